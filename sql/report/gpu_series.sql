-- The on-demand price of a GPU-hour at the end of each month: each provider's median, and what the market's middle and ends were.
with chosen as (
    select max(central)::integer as carry_days from assumptions where variant = 'aicost' and assumption = 'price_carry_days'
),
months as (
    select family, period_on, least((period_on + interval 1 month)::date - 1, as_of) as end_on
    from gpu_price_index, (
        select max(greatest(observed_at, last_seen_at))::date as as_of
        from sources
        where source in (select source from gpu_price_history)
    )
    where pricing_type = 'on_demand' and commitment = 'none' and frequency = 'month' and family in ('H100', 'A100', 'H200', 'B200')
),
prices as (
    select
        months.family, months.period_on, offers.provider, median(offers.usd_per_gpu_hour) as usd_per_gpu_hour,
        count(*) as offers, min(offers.source_url) as source_url
    from months
    cross join chosen
    join gpu_price_history as offers
        on offers.family = months.family and offers.pricing_type = 'on_demand' and offers.commitment = 'none'
        and not offers.is_floor and not offers.is_gpu_only and not offers.is_cross_check and offers.usd_per_gpu_hour is not null
        and offers.valid_from::date <= months.end_on and (offers.valid_to is null or offers.valid_to::date > months.end_on)
        and offers.last_seen::date + chosen.carry_days >= months.end_on
    group by months.family, months.period_on, offers.provider
)
select
    *,
    quantile_cont(usd_per_gpu_hour, 1 / 10) over market as tenth_low_usd_per_gpu_hour,
    quantile_cont(usd_per_gpu_hour, 9 / 10) over market as tenth_high_usd_per_gpu_hour
from prices
window market as (partition by family, period_on)
order by family, period_on, provider
