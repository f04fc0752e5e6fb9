-- Until when prices were watched: the newest successful visit of any source of prices, from which stale is measured.
--
-- In a table of its own, as it moves with every visit: an interval that a visit does not touch stays as it is.
-- grain: as_of
-- unit: time in UTC
-- sources: meta.attempts, meta.visits, core.gpu_price_sightings
select max(seen_at) as as_of
from (
    select source, visited_at as seen_at
    from meta.attempts as attempts
    -- a page that was refused has shown nothing
    where outcome <> 'failed' and not exists (
        select 1 from meta.visits as refused
        where refused.source = attempts.source and refused.visit_id = attempts.visit_id and refused.state = 'rejected'
    )
    union all
    select source, observed_at from meta.visits where state = 'loaded'
)
where source in (select source from core.gpu_price_sightings)
having count(*) > 0
