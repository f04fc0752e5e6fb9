-- Visits that a run or a person made to a source of prices, numbered from the newest.
-- grain: source, visit_id
-- unit: none
-- sources: core.source_sightings, meta.visits
select
    sightings.source, sightings.visit_id,
    row_number() over (partition by sightings.source order by max(sightings.sighting) desc) as newest
from core.source_sightings as sightings
join meta.visits as received using (source, visit_id)
-- the facts that come with the project are no whole pages
where received.via in ('fetch', 'ingest')
group by sightings.source, sightings.visit_id
order by all
