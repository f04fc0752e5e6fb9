-- What an hour of one accelerator costs, by provider and pricing type, on a day: low, median and high of what was in force.
-- parameter family: chip family
-- parameter form_factor: form factor; NULL: any
-- parameter memory_gb: memory of the accelerator in GB; NULL: any
-- parameter gpus: only offers of at least so many; NULL: any
-- parameter pricing_type: pricing type; NULL: each
-- parameter provider: provider; NULL: any
-- parameter day: day; NULL: the newest on file
with asked as (
    select
        coalesce($day::date, max(greatest(observed_at, last_seen_at))::date) as day,
        (select central from assumptions where variant = 'aicost' and assumption = 'price_current_days') as current_days,
        (select central from assumptions where variant = 'aicost' and assumption = 'market_price_current_days') as market_days
    from sources
    where source in (select source from gpu_price_history)
),
offers as (
    select
        history.*, asked.*,
        date_diff('day', least(last_seen::date, asked.day), asked.day) as days_since_seen
    from gpu_price_history as history
    cross join asked
    where history.family = $family
      and ($form_factor::varchar is null or history.form_factor = $form_factor)
      and ($memory_gb::double is null or history.memory_gb = $memory_gb)
      and ($pricing_type::varchar is null or pricing_type = $pricing_type)
      and ($provider::varchar is null or lower(provider) = lower($provider))
      and ($gpus::integer is null or gpus >= $gpus or (gpus is null and price_unit like 'gpu_%'))
      and valid_from::date <= asked.day and (valid_to is null or valid_to::date > asked.day)
      and not is_cross_check and usd_per_gpu_hour is not null
)
select
    accelerator_id, provider, pricing_type, commitment,
    min(usd_per_gpu_hour) as low_usd_per_gpu_hour,
    median(usd_per_gpu_hour) filter (where not is_floor) as usd_per_gpu_hour,
    max(usd_per_gpu_hour) filter (where not is_floor) as high_usd_per_gpu_hour,
    count(*) as offers,
    count(*) filter (where is_floor) as floors,
    bool_and(is_gpu_only) as is_gpu_only,
    min(gpus) as gpus_least, max(gpus) as gpus_most,
    string_agg(distinct region, ', ' order by region) as regions,
    'reported' as basis, any_value(day) as as_of, max(days_since_seen) as age_days,
    $day::date is null and bool_or(status = 'stale') as is_stale,
    string_agg(distinct source_url, ' ' order by source_url) as sources
from offers
where days_since_seen <= case when pricing_type in ('spot', 'community') then market_days else current_days end
group by accelerator_id, provider, pricing_type, commitment
order by
    array_position(['on_demand', 'reserved', 'cluster', 'spot', 'community', 'serverless', 'low_priority'], pricing_type),
    commitment, min(usd_per_gpu_hour), provider, accelerator_id
