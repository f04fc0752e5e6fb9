-- In which state each source was on each of the last sixty days: spans of days of one state, by the visits on file.
-- parameter until: the last day
with chosen as (
    select max(central) as missed from assumptions where variant = 'aicost' and assumption = 'visits_missed'
),
visited as (
    select
        sources.source, sources.publisher, sources.url, days.on_day::date as on_day,
        -- a source is stale when more visits than that were missed
        chosen.missed * case sources.cadence when 'monthly' then interval 1 month when 'weekly' then interval 1 week else interval 1 day end as patience,
        max(visits.visited_on) filter (where visits.loaded + visits.unchanged > 0) as good_on,
        max(visits.visited_on) filter (where visits.failed > 0) as failed_on,
        max_by(visits.quarantined, visits.visited_on) filter (where visits.loaded > 0) as quarantined,
        max_by(visits.bundled >= visits.loaded, visits.visited_on) filter (where visits.loaded > 0) as is_bundled,
        max(visits.visited_on) filter (where visits.unchanged > 0) as unchanged_on
    from sources
    cross join chosen
    cross join generate_series($until::date - interval 60 day, $until::date, interval 1 day) as days (on_day)
    join source_visits as visits on visits.source = sources.source and visits.visited_on <= days.on_day
    where sources.disabled is null
    group by all
),
judged as (
    select
        *,
        case
            when good_on is null or failed_on > good_on then 'failed'
            when is_bundled and unchanged_on is null then 'bundled'
            when on_day > good_on + patience then 'stale'
            when quarantined > 0 then 'quarantined'
            else 'fresh'
        end as state
    from visited
),
turned as (
    select *, state is distinct from lag(state) over (partition by source order by on_day) as is_turn
    from judged
),
spans as (
    select *, count(*) filter (where is_turn) over (partition by source order by on_day) as span
    from turned
)
select
    source, publisher, state, min(on_day) as from_on, max(on_day) as to_on, count(*) as days, max(good_on) as good_on, max(quarantined) as quarantined, url
from spans
group by source, publisher, url, state, span
order by source, from_on
