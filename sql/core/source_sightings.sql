-- When each source's page was seen and could be read: a page that had not changed counts as seen again.
--
-- grain: source, sighting
-- unit: none; times in UTC
-- sources: meta.visits (loaded), meta.attempts (unchanged)
with received as (
    select source, visit_id, attempt from meta.attempts where outcome = 'new'
),
seen_again as (
    select attempts.source, received.visit_id, attempts.visited_at as seen_at
    from (from meta.attempts where outcome = 'unchanged') as attempts
    -- in the order of the log: a page of an earlier day that was brought in later was not what it was compared with
    asof join received
        on received.source = attempts.source and attempts.attempt >= received.attempt
),
seen as (
    select source, visit_id, observed_at as seen_at from meta.visits where state = 'loaded'
    union all
    select seen_again.source, seen_again.visit_id, seen_again.seen_at
    from seen_again
    join meta.visits as visits using (source, visit_id)
    where visits.state = 'loaded'
)
select
    source,
    row_number() over (partition by source order by seen_at, visit_id) as sighting,
    visit_id,
    seen_at
from seen
order by source, sighting
