-- When each source's page was seen and could be read: a page that had not changed counts as seen again.
--
-- Whole pages are numbered. An excerpt has the number of the page before it: what it leaves out has not been looked for.
-- grain: source, visit_id, seen_at
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
    select source, visit_id, observed_at as seen_at, via = 'excerpt' as is_excerpt from meta.visits where state = 'loaded'
    union all
    select seen_again.source, seen_again.visit_id, seen_again.seen_at, false
    from seen_again
    join meta.visits as visits using (source, visit_id)
    where visits.state = 'loaded'
)
select
    source,
    count(*) filter (where not is_excerpt) over (
        partition by source order by seen_at, visit_id rows unbounded preceding
    ) as sighting,
    visit_id,
    seen_at,
    is_excerpt
from seen
order by source, seen_at, visit_id
