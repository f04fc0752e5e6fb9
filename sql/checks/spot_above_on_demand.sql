-- No spot price in force is above the on-demand price of the same provider, accelerator and region.
-- severity: warn
with sides as (
    select
        source, provider, coalesce(sku, '') as sku, accelerator_id, region, gpus,
        min(usd_per_gpu_hour) filter (where pricing_type = 'spot') as spot_usd_per_gpu_hour,
        max(usd_per_gpu_hour) filter (where pricing_type = 'on_demand') as on_demand_usd_per_gpu_hour
    from gpu_price_history
    where status in ('open', 'stale') and commitment = 'none' and not is_cross_check and accelerator_id is not null
    group by all
)
select *
from sides
where spot_usd_per_gpu_hour > on_demand_usd_per_gpu_hour
order by all
