-- What so many GPU-hours of an accelerator cost at list prices on a day, by pricing type: low, median and high.
--
-- Where the chip has no price of its own in a pricing type, that of its equivalent stands for it, times the factor of
-- accelerator_equivalents.
-- parameter family: chip family
-- parameter form_factor: form factor; NULL: any
-- parameter memory_gb: memory of the accelerator in GB; NULL: any
-- parameter pricing_type: pricing type; NULL: each
-- parameter gpu_hours: GPU-hours wanted
-- parameter by_provider: true: a row per provider
-- parameter day: day; NULL: the newest on file
with asked as (
    select
        coalesce($day::date, max(greatest(observed_at, last_seen_at))::date) as day,
        (select central from assumptions where variant = 'aicost' and assumption = 'price_current_days') as current_days,
        (select central from assumptions where variant = 'aicost' and assumption = 'market_price_current_days') as market_days
    from sources
    where source in (select source from gpu_price_history)
),
wanted as (
    select
        $family as family, $form_factor::varchar as form_factor, $memory_gb::double as memory_gb,
        0 as preference, 1::double as ratio_low, 1::double as ratio, 1::double as ratio_high, null as equivalence
    union all
    select
        equivalent_family, null, null, 1, ratio_low, ratio, ratio_high,
        concat(equivalent_family, ' x ', round(ratio, 2), ' (', ratio_low, ' to ', ratio_high, ', ', basis, '): ', note, '. ', citation)
    from accelerator_equivalents
    where family = $family
),
offers as (
    select
        history.*, wanted.preference, wanted.ratio_low, wanted.ratio, wanted.ratio_high, wanted.equivalence, asked.day,
        date_diff('day', least(last_seen::date, asked.day), asked.day) as days_since_seen
    from gpu_price_history as history
    cross join asked
    join wanted
        on wanted.family = history.family
        and (wanted.form_factor is null or history.form_factor = wanted.form_factor)
        and (wanted.memory_gb is null or history.memory_gb = wanted.memory_gb)
    where valid_from::date <= asked.day and (valid_to is null or valid_to::date > asked.day)
      and not is_cross_check and not is_gpu_only and not is_floor and usd_per_gpu_hour is not null
      and days_since_seen <= case when pricing_type in ('spot', 'community') then market_days else current_days end
      and ($pricing_type::varchar is null or pricing_type = $pricing_type)
    qualify preference = min(preference) over (partition by pricing_type, commitment)
),
providers as (
    select
        pricing_type, commitment, provider, any_value(day) as day, any_value(equivalence) as equivalence,
        min(usd_per_gpu_hour * ratio_low) as low, median(usd_per_gpu_hour * ratio) as middle,
        max(usd_per_gpu_hour * ratio_high) as high, count(*) as offers, max(days_since_seen) as age_days,
        max(term_months) as term_months,
        string_agg(distinct source_url, ' ' order by source_url) as sources
    from offers
    group by pricing_type, commitment, provider
)
select
    pricing_type, commitment,
    case when $by_provider then provider end as provider,
    $gpu_hours::double as gpu_hours,
    min(low) as low_usd_per_gpu_hour, median(middle) as usd_per_gpu_hour, max(high) as high_usd_per_gpu_hour,
    min(low) * $gpu_hours as low_usd, median(middle) * $gpu_hours as usd, max(high) * $gpu_hours as high_usd,
    count(*) as providers, sum(offers)::integer as offers,
    'reported' as basis, any_value(day) as as_of, max(age_days) as age_days, max(term_months) as term_months,
    any_value(equivalence) as equivalence,
    string_agg(sources, ' ' order by provider) as sources
from providers
group by pricing_type, commitment, case when $by_provider then provider end
order by
    array_position(['on_demand', 'reserved', 'cluster', 'spot', 'community', 'serverless', 'low_priority'], pricing_type),
    commitment, usd_per_gpu_hour, provider
