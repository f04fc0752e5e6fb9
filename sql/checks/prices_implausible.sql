-- A GPU-hour costs between a cent and a hundred dollars; others are another unit or quantity, and no estimate uses them.
-- severity: warn
select source, source_row, provider, gpu_as_printed, pricing_type, usd_per_gpu_hour
from core.gpu_prices
cross join (
    select low, high from core.assumptions where variant = 'aicost' and assumption = 'plausible_gpu_hour_price'
) as plausible
where not coalesce(usd_per_gpu_hour between plausible.low and plausible.high, false)
order by all
