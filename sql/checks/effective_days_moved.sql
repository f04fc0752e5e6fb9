-- No source says of more than a tenth of its prices that stay that they hold from another day than it said before.
-- severity: warn
with stated as (
    select
        source, offer_id, price, effective_on, observed_at,
        lag(effective_on) over (partition by offer_id, price order by observed_at, effective_on) as effective_before,
        max(observed_at) over (partition by source) as newest
    from core.gpu_price_rows
    where effective_on is not null
)
select
    source, count(*) as prices, count(*) filter (where effective_on <> effective_before) as moved,
    min(effective_before) as earliest_before, min(effective_on) as earliest_now
from stated
where observed_at = newest and effective_before is not null
group by source
having moved > 1 and 10 * moved > prices
order by all
