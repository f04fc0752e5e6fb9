-- The raw median of on-demand prices by month, its range, and the index over the same providers' same chips.
select
    family, period_on, low_usd_per_gpu_hour, usd_per_gpu_hour, high_usd_per_gpu_hour, elements, matched, change_ratio,
    fixed_basket_index, chain::integer as chain, entries, exits, entered, left_behind
from gpu_price_index
where pricing_type = 'on_demand' and commitment = 'none' and frequency = 'month' and family in ('H100', 'A100', 'H200', 'B200')
order by family, period_on
