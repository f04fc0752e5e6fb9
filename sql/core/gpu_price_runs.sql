-- Each offer's runs of one price, and whether it is accepted: a jump waits for a second sighting or for a person.
--
-- grain: offer_id, run
-- unit: price in the currency and unit of the offer; times in UTC
-- sources: core.gpu_price_sightings, meta.decisions, core.assumptions
with recursive chosen as (
    select
        max(central) filter (where assumption = 'price_jump') as price_jump,
        max(central) filter (where assumption = 'price_confirmation_hours') as confirmation_hours
    from core.assumptions
    where variant = 'aicost'
),
spans as (
    -- no texts in here: DuckDB keeps those of a group in memory
    select
        offer_id, run,
        min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at,
        min(read_at) as read_at, max(last_read_at) as last_read_at, max(last_sighting) as last_sighting,
        bool_or(is_announced) as is_announced, bool_or(is_reviewed) as is_reviewed, min(effective_on) as effective_on
    from core.gpu_price_sightings
    group by offer_id, run
),
runs as (
    select
        spans.*, firsts.source, firsts.price, firsts.stay, firsts.visit_id, firsts.page_number, firsts.source_row,
        left(md5(concat_ws('|', offer_id, firsts.price, firsts.visit_id)), 12) as item_id
    from spans
    join (from core.gpu_price_sightings where begins_run) as firsts using (offer_id, run)
),
judged as (
    select runs.*, decisions.verdict, decisions.reason as decision_reason
    from runs
    left join meta.decisions as decisions on decisions.item_id = runs.item_id
),
-- offers that ever jump, or that a person has decided about, are walked run by run; all others are accepted
walked_offers as (
    select distinct offer_id
    from (select *, lag(price) over (partition by offer_id order by run) as price_before from judged)
    cross join chosen
    where verdict is not null
        or (not is_reviewed and not coalesce(round(price / price_before, 9) between round(1 / price_jump, 9) and price_jump, true))
),
walk as (
    select
        offer_id, run,
        case when verdict = 'reject' then null else price end as accepted_price,
        null::double as waiting_price,
        null::timestamptz as waiting_since,
        null::double as jumped_from,
        coalesce(verdict = 'reject', false) as is_held
    from judged
    join walked_offers using (offer_id)
    where run = 1
    union all
    select
        stepped.offer_id, stepped.run,
        case when stepped.is_held then stepped.accepted_price else stepped.price end,
        -- a price that a person rejected waits for nothing, and speaks for no other
        case
            when stepped.verdict = 'reject' then stepped.waiting_price
            when stepped.is_held then coalesce(stepped.still_waiting, stepped.price)
        end,
        case
            when stepped.verdict = 'reject' then stepped.waiting_since
            when stepped.is_held then stepped.since
        end,
        case when stepped.jumps then stepped.accepted_price end,
        stepped.is_held
    from (
        select
            next_run.*, walk.accepted_price, walk.waiting_price, walk.waiting_since,
            case when round(next_run.price / walk.waiting_price, 9) between round(1 / price_jump, 9) and price_jump
                then walk.waiting_price end as still_waiting,
            case when still_waiting is null then next_run.read_at else walk.waiting_since end as since,
            not next_run.is_reviewed and not coalesce(
                round(next_run.price / walk.accepted_price, 9) between round(1 / price_jump, 9) and price_jump, true
            ) as jumps,
            -- an announcement speaks for the day on which it was read, not for the day from which it holds
            date_diff('second', since, next_run.last_read_at) >= confirmation_hours * 3600 as is_confirmed,
            coalesce(next_run.verdict = 'reject', false)
            or (jumps and not is_confirmed and next_run.verdict is distinct from 'release') as is_held
        from walk
        join judged as next_run on next_run.offer_id = walk.offer_id and next_run.run = walk.run + 1
        cross join chosen
    ) as stepped
),
confirmed as (
    -- a price that waited counts after all when the next one that counts is near it: that one confirmed its level
    select
        walk.*,
        arg_min(price, run) filter (where not is_held) over later as next_price,
        arg_min_null(jumped_from, run) filter (where not is_held) over later as next_jumped_from
    from walk
    join judged using (offer_id, run)
    window later as (partition by offer_id order by run rows between 1 following and unbounded following)
)
select
    judged.*,
    confirmed.jumped_from,
    case
        when judged.verdict = 'reject' then 'rejected'
        when confirmed.is_held and not coalesce(
            next_jumped_from is not null
            and round(judged.price / next_price, 9) between round(1 / price_jump, 9) and price_jump, false
        ) then 'held'
        when judged.verdict = 'release' then 'released'
        else 'accepted'
    end as status
from judged
cross join chosen
left join confirmed using (offer_id, run)
order by offer_id, run
