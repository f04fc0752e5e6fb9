-- No spot price in force is above every on-demand price of the same provider, accelerator, size and region.
-- severity: warn
with sides as (
    select
        provider, coalesce(sku, '') as sku, accelerator_id, region_id, gpus,
        max(usd_per_gpu_hour) filter (where pricing_type = 'spot') as spot_usd_per_gpu_hour,
        max(usd_per_gpu_hour) filter (where pricing_type = 'on_demand') as on_demand_usd_per_gpu_hour,
        string_agg(distinct source, ', ' order by source) as sources
    from gpu_price_history
    cross join core.gpu_price_watch
    where valid_from <= as_of and (valid_to is null or valid_to > as_of)
      and commitment = 'none' and not is_cross_check and accelerator_id is not null
    group by all
)
select *
from sides
-- spot prices are printed with fewer decimals than the list prices that they may reach
where round(spot_usd_per_gpu_hour, 4) > round(on_demand_usd_per_gpu_hour, 4)
order by all
