-- Every accelerator on the newest page of a price source was on an earlier page of it, or a person looks at it.
-- severity: warn
with visits as (
    select
        sightings.source, sightings.visit_id,
        row_number() over (partition by sightings.source order by max(sightings.sighting) desc) as newest
    from core.source_sightings as sightings
    -- the facts that come with the project are no whole pages
    join meta.visits as received using (source, visit_id)
    where received.via in ('fetch', 'ingest')
    group by sightings.source, sightings.visit_id
),
seen as (
    -- a row spans the visits of a day: joined to each of them only when all offers of an accelerator are one row
    select source, provider, visit_id, last_visit_id, coalesce(accelerator_id, gpu_as_printed, sku) as accelerator
    from core.gpu_price_rows
    group by all
),
named as (
    select seen.source, provider, newest, accelerator
    from seen
    join visits on visits.source = seen.source and visits.visit_id between seen.visit_id and seen.last_visit_id
    group by all
)
select source, provider, accelerator
from named
where newest = 1
  and source in (select source from named where newest = 2)
  and (source, accelerator) not in (select (source, accelerator) from named where newest > 1)
order by all
