-- When each accepted price of an offer was in force: until another price, until the offer was gone, or still.
--
-- grain: offer_id, valid_from
-- unit: times in UTC
-- sources: core.gpu_price_runs, core.source_sightings, meta.sources, meta.visits, core.assumptions
with chosen as (
    select max(central) as visits_missed
    from core.assumptions
    where variant = 'aicost' and assumption = 'visits_missed'
),
latest as (
    select max(seen_at) as as_of
    from (
        select max(visited_at) as seen_at from meta.attempts where outcome <> 'failed'
        union all
        select max(observed_at) from meta.visits where state = 'loaded'
    )
),
accepted as (
    select
        *,
        price is not distinct from lag(price) over offers
            and coalesce(first_sighting - lag(last_sighting) over offers - 1 < visits_missed, false) as goes_on
    from core.gpu_price_runs
    cross join chosen
    where status in ('accepted', 'released')
    window offers as (partition by offer_id order by run)
),
joined as (
    -- one price before and after a held one is one interval
    select *, sum((not goes_on)::integer) over (partition by offer_id order by run) as interval_number
    from accepted
),
intervals as (
    select
        offer_id, interval_number, any_value(source) as source, any_value(price) as price,
        min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at, max(last_sighting) as last_sighting,
        arg_min(effective_on, run) as effective_on,
        arg_min(visit_id, run) as visit_id, arg_min(page_number, run) as page_number,
        arg_min(source_row, run) as source_row
    from joined
    group by offer_id, interval_number
),
missed as (
    select intervals.offer_id, intervals.interval_number, count(*) as sightings, min(sightings.seen_at) as since
    from intervals
    join core.source_sightings as sightings
        on sightings.source = intervals.source and sightings.sighting > intervals.last_sighting
    group by intervals.offer_id, intervals.interval_number
),
known as (
    select
        intervals.*,
        sources.cadence_hours * chosen.visits_missed * 3600 as patience_seconds,
        latest.as_of,
        -- the publisher can say that a price holds for longer than we have watched it, not since before another one
        case
            when effective_on::timestamptz < first_seen_at
                and coalesce(effective_on::timestamptz > lag(intervals.last_seen_at) over offers, interval_number = 1)
                then effective_on::timestamptz
            else first_seen_at
        end as valid_from,
        missed.since as missed_since,
        coalesce(missed.sightings, 0) as sightings_without_it,
        missed.sightings >= visits_missed
            or date_diff('second', intervals.last_seen_at, missed.since) > patience_seconds as is_gone
    from intervals
    cross join chosen
    cross join latest
    left join missed using (offer_id, interval_number)
    left join meta.sources as sources on sources.source = intervals.source
    window offers as (partition by intervals.offer_id order by intervals.interval_number)
),
ended as (
    select known.*, lead(valid_from) over (partition by offer_id order by interval_number) as next_valid_from
    from known
)
select
    offer_id, source, price, visit_id, page_number, source_row, effective_on, as_of,
    valid_from,
    case when coalesce(is_gone, false) then least(missed_since, next_valid_from) else next_valid_from end as valid_to,
    last_seen_at as last_seen,
    case
        when next_valid_from is not null and not coalesce(is_gone and missed_since < next_valid_from, false) then 'superseded'
        when coalesce(is_gone, false) then 'closed'
        when sightings_without_it > 0 or date_diff('second', last_seen_at, as_of) > patience_seconds then 'stale'
        else 'open'
    end as status
from ended
order by offer_id, valid_from
