-- Where catalogs that repeat prices agree with the providers' own pages, and where they do not: medians side by side.
--
-- grain: accelerator_id, provider, pricing_type
-- unit: USD per GPU-hour, nominal
-- sources: gpu_price_history (in force, without commitment, no lower bounds); core.gpu_price_watch, core.assumptions
-- column accelerator_id: accelerator
-- column provider: provider
-- column pricing_type: pricing type
-- column usd_per_gpu_hour: median of the provider's own pages; NULL where they have none
-- column offers: offers behind it
-- column last_seen: when they were last seen (UTC)
-- column catalog_usd_per_gpu_hour: median of the catalogs
-- column catalog_offers: offers behind it
-- column catalog_last_seen: when they were last seen (UTC)
-- column ratio: catalog over own page
-- column verdict: agrees, differs (by more than the price_jump factor), or not comparable
-- column catalogs: which catalogs
with offers as (
    select *
    from gpu_price_history
    cross join core.gpu_price_watch
    where valid_from <= as_of and (valid_to is null or valid_to > as_of) and commitment = 'none' and not is_floor and not is_gpu_only
      and accelerator_id is not null and usd_per_gpu_hour is not null
),
compared as (
    select
        accelerator_id, provider, pricing_type,
        median(usd_per_gpu_hour) filter (where not is_cross_check) as usd_per_gpu_hour,
        count(*) filter (where not is_cross_check) as offers,
        max(last_seen) filter (where not is_cross_check) as last_seen,
        median(usd_per_gpu_hour) filter (where is_cross_check) as catalog_usd_per_gpu_hour,
        count(*) filter (where is_cross_check) as catalog_offers,
        max(last_seen) filter (where is_cross_check) as catalog_last_seen,
        string_agg(distinct source, ', ' order by source) filter (where is_cross_check) as catalogs
    from offers
    group by accelerator_id, provider, pricing_type
    having bool_or(is_cross_check)
)
select
    accelerator_id, provider, pricing_type, usd_per_gpu_hour, offers, last_seen,
    catalog_usd_per_gpu_hour, catalog_offers, catalog_last_seen,
    catalog_usd_per_gpu_hour / usd_per_gpu_hour as ratio,
    case
        when ratio is null then 'not comparable'
        when ratio between 1 / factor.central and factor.central then 'agrees'
        else 'differs'
    end as verdict,
    catalogs
from compared
cross join (
    select central from core.assumptions where variant = 'aicost' and assumption = 'price_jump'
) as factor
order by accelerator_id, provider, pricing_type
