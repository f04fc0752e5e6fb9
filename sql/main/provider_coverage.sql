-- What each price source covers of each provider: offers, accelerators and regions now, and at the visit before.
--
-- grain: source, provider
-- unit: counts; times in UTC
-- sources: core.gpu_price_rows, core.source_sightings, meta.sources
-- column source: source
-- column provider: provider
-- column is_cross_check: whether the source repeats what others publish
-- column disabled: why the source is not fetched, where it is not
-- column offers: offers of the newest good visit
-- column offers_before: offers of the good visit before it; NULL where there is none, or only bundled facts
-- column offers_change_share: change from that, as a share
-- column accelerators: accelerators among them
-- column families: chip families among them
-- column unresolved: offers whose accelerator is not known
-- column regions: regions among them; 0 where prices hold everywhere
-- column pricing_types: pricing types among them
-- column without_dollars: offers whose USD per GPU-hour cannot be derived
-- column first_seen: oldest visit in force (UTC)
-- column last_seen: newest sighting (UTC)
with visits as (
    select
        sightings.source, sightings.visit_id, any_value(visits.via) as via, max(sightings.seen_at) as last_seen,
        -- an excerpt says nothing about what a source covers, unless there is nothing else
        row_number() over (
            partition by sightings.source order by bool_or(sightings.is_excerpt), max(sightings.seen_at) desc, sightings.visit_id
        ) as newest
    from core.source_sightings as sightings
    join meta.visits as visits using (source, visit_id)
    group by sightings.source, sightings.visit_id
),
counted as (
    select
        rows.source, rows.provider, visits.newest, visits.via, visits.last_seen, bool_or(rows.is_cross_check) as is_cross_check,
        count(distinct rows.offer_id) as offers,
        count(distinct rows.accelerator_id) as accelerators,
        count(distinct rows.family) as families,
        count(distinct rows.offer_id) filter (where rows.accelerator_id is null) as unresolved,
        count(distinct rows.region) as regions,
        string_agg(distinct rows.pricing_type, ', ' order by rows.pricing_type) as pricing_types,
        count(distinct rows.offer_id) filter (where rows.usd_per_gpu_hour is null) as without_dollars
    from core.gpu_price_rows as rows
    -- names of visits are in order of time
    join visits on visits.source = rows.source and visits.visit_id between rows.visit_id and rows.last_visit_id
    where visits.newest in (1, 2)
    group by rows.source, rows.provider, visits.newest, visits.via, visits.last_seen
),
first_seen as (
    select source, provider, min(observed_at) as first_seen from core.gpu_price_rows group by source, provider
)
select
    source, provider,
    coalesce(now.is_cross_check, before.is_cross_check) as is_cross_check,
    sources.disabled,
    coalesce(now.offers, 0) as offers,
    case when before.via in ('fetch', 'ingest') then before.offers end as offers_before,
    coalesce(now.offers, 0) / offers_before - 1 as offers_change_share,
    coalesce(now.accelerators, 0) as accelerators,
    coalesce(now.families, 0) as families,
    coalesce(now.unresolved, 0) as unresolved,
    coalesce(now.regions, 0) as regions,
    now.pricing_types,
    coalesce(now.without_dollars, 0) as without_dollars,
    first_seen.first_seen,
    coalesce(now.last_seen, before.last_seen) as last_seen
from (from counted where newest = 1) as now
full join (from counted where newest = 2) as before using (source, provider)
left join first_seen using (source, provider)
left join meta.sources as sources using (source)
order by source, provider
