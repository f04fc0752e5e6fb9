-- When each accepted price of an offer was in force: until another price, until the offer was gone, or still.
--
-- grain: offer_id, valid_from
-- unit: times in UTC
-- sources: core.gpu_price_runs, core.gpu_price_sightings, core.source_sightings, core.gpu_price_watch, meta.sources
with chosen as (
    select max(central) as visits_missed
    from core.assumptions
    where variant = 'aicost' and assumption = 'visits_missed'
),
patience as (
    -- a source that is visited daily and has not been seen for more than two days is quiet
    select sources.source, visits_missed, sources.cadence_hours * visits_missed * 3600 as patience_seconds
    from meta.sources as sources
    cross join chosen
),
accepted as (
    select
        *,
        coalesce(price = lag(price) over offers and stay = lag(stay) over offers, false) as goes_on
    from core.gpu_price_runs
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
        offer_id, interval_number, any_value(source) as source, any_value(price) as price, any_value(stay) as stay,
        min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at, max(last_sighting) as last_sighting,
        arg_min(effective_on, run) as effective_on,
        arg_min(visit_id, run) as visit_id, arg_min(page_number, run) as page_number,
        arg_min(source_row, run) as source_row
    from joined
    group by offer_id, interval_number
),
newest as (
    select source, max(sighting) as sighting from core.source_sightings group by source
),
stays as (
    -- how long an offer was on the page, at whatever price
    select
        offer_id, stay, any_value(source) as source,
        max(last_sighting) as last_sighting, max(last_seen_at) as last_seen_at,
        stay < max(stay) over (partition by offer_id) as has_returned
    from core.gpu_price_sightings
    group by offer_id, stay
),
absences as (
    select
        stays.offer_id, stays.stay, sightings.seen_at as absent_since,
        stays.has_returned
        or newest.sighting - stays.last_sighting >= visits_missed
        or date_diff('second', stays.last_seen_at, sightings.seen_at) > patience_seconds as is_gone
    from stays
    join patience using (source)
    join newest using (source)
    join core.source_sightings as sightings
        on sightings.source = stays.source and sightings.sighting = stays.last_sighting + 1
        and not sightings.is_excerpt
),
known as (
    select
        intervals.*,
        patience.patience_seconds,
        newest.sighting as newest_sighting,
        latest.as_of,
        -- the publisher can say that a price holds for longer than we have watched it, not since before another one
        case
            when effective_on::timestamptz < first_seen_at
                and coalesce(effective_on::timestamptz > lag(intervals.last_seen_at) over offers, interval_number = 1)
                then effective_on::timestamptz
            else first_seen_at
        end as valid_from,
        lead(stay) over offers is not distinct from stay as has_next,
        absences.absent_since,
        coalesce(absences.is_gone, false) as is_gone
    from intervals
    cross join core.gpu_price_watch as latest
    left join patience using (source)
    left join newest using (source)
    left join absences using (offer_id, stay)
    window offers as (partition by intervals.offer_id order by intervals.interval_number)
),
ended as (
    select known.*, lead(valid_from) over (partition by offer_id order by interval_number) as next_valid_from
    from known
)
select
    offer_id, source, price, visit_id, page_number, source_row, effective_on,
    valid_from,
    case when has_next or not is_gone then next_valid_from else least(absent_since, next_valid_from) end as valid_to,
    last_seen_at as last_seen,
    case
        when has_next then 'superseded'
        when is_gone then 'closed'
        when next_valid_from is not null then 'superseded'
        when newest_sighting > last_sighting or date_diff('second', last_seen_at, as_of) > patience_seconds then 'stale'
        else 'open'
    end as status
from ended
order by offer_id, valid_from
