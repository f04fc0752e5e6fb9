-- No price in force is several times above or below the median of the other providers of that chip and pricing type.
-- severity: warn
with providers as (
    select accelerator_id, pricing_type, provider, median(usd_per_gpu_hour) as usd_per_gpu_hour
    from gpu_price_now
    where commitment = 'none' and not is_gpu_only
    group by all
),
compared as (
    select
        one.*, median(other.usd_per_gpu_hour) as others_usd_per_gpu_hour, count(other.usd_per_gpu_hour) as others
    from providers as one
    join providers as other
        on other.accelerator_id = one.accelerator_id and other.pricing_type = one.pricing_type
        and other.provider <> one.provider
    group by one.accelerator_id, one.pricing_type, one.provider, one.usd_per_gpu_hour
    having count(other.usd_per_gpu_hour) >= 2
)
select compared.*
from compared
cross join (
    select central as factor from core.assumptions where variant = 'aicost' and assumption = 'far_from_market'
)
where not usd_per_gpu_hour between others_usd_per_gpu_hour / factor and others_usd_per_gpu_hour * factor
order by all
