-- What each source brought on each day that it was visited, or that its bundled facts stand for.
--
-- grain: source, visited_on
-- unit: counts
-- sources: meta.attempts, meta.visits, meta.issues
-- column source: source, as in sources
-- column visited_on: the day (UTC)
-- column loaded: visits of the day whose page, bundled facts or ledger were put in force
-- column unchanged: visits that found the page as it was
-- column failed: visits that brought nothing, or a page that was rejected
-- column bundled: how many of the loaded are facts or a ledger that come with the project
-- column facts: facts in force of the day's visits
-- column quarantined: rows and cells of them that were refused
with received as (
    select
        visits.source, (visits.observed_at at time zone 'UTC')::date as visited_on,
        count(*) filter (where visits.state <> 'rejected') as loaded, 0 as unchanged,
        count(*) filter (where visits.state = 'rejected') as failed,
        count(*) filter (where visits.state <> 'rejected' and visits.via in ('bundled', 'reference')) as bundled,
        coalesce(sum(visits.facts) filter (where visits.state = 'loaded'), 0) as facts,
        coalesce(sum(refused.rows), 0) as quarantined
    from meta.visits as visits
    left join (select source, visit_id, count(*) as rows from meta.issues group by source, visit_id) as refused
        on refused.source = visits.source and refused.visit_id = visits.visit_id and visits.state = 'loaded'
    group by visits.source, visited_on
),
without_page as (
    -- a visit that brought a page is told above, by what became of the page
    select
        source, (visited_at at time zone 'UTC')::date as visited_on,
        0 as loaded, count(*) filter (where outcome = 'unchanged') as unchanged, count(*) filter (where outcome = 'failed') as failed,
        0 as bundled, 0 as facts, 0 as quarantined
    from meta.attempts
    where outcome <> 'new'
    group by source, visited_on
)
select
    source, visited_on, sum(loaded)::bigint as loaded, sum(unchanged)::bigint as unchanged, sum(failed)::bigint as failed, sum(bundled)::bigint as bundled,
    sum(facts)::bigint as facts, sum(quarantined)::bigint as quarantined
from (select * from received union all select * from without_page)
group by source, visited_on
order by source, visited_on
