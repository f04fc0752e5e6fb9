-- The list price in force on the day of each dated run, at the host it was run on, and how well it is known.
--
-- grain: score_id
-- unit: USD per million tokens
-- sources: core.scores, core.price_events; prices of our ledger go before dated ones, those before observed ones
with limits as (
    select
        max(central) filter (where assumption = 'price_first_seen_days') as days_before,
        max(central) filter (where assumption = 'price_last_seen_days') as days_after,
        max(low) filter (where assumption = 'price_agreement') as agree_low,
        max(high) filter (where assumption = 'price_agreement') as agree_high,
        max(low) filter (where assumption = 'price_sanity') as sane_low,
        max(high) filter (where assumption = 'price_sanity') as sane_high
    from core.assumptions
    where variant = 'aicost'
),
runs as (
    select score_id, model_id, organisation, run_on, named_configuration, coalesce(called_host, organisation) as run_host
    from core.scores
    where model_id is not null and run_on is not null
),
candidates as (
    select
        runs.score_id,
        runs.run_host,
        events.*,
        sources.url like 'reference:%' as is_ledger,
        case
            when coalesce(events.valid_from, runs.run_on) <= runs.run_on
                and coalesce(events.valid_to, runs.run_on + 1) > runs.run_on and events.date_basis = 'announced' then 1
            when events.date_basis = 'announced' then null
            when runs.run_on between events.first_seen_on and events.last_seen_on then 2
            when runs.run_on < events.first_seen_on
                and runs.run_on >= events.first_seen_on - limits.days_before::integer
                and runs.run_on > coalesce(events.not_before, runs.run_on - 1) then 3
            when runs.run_on > events.last_seen_on and runs.run_on <= events.last_seen_on + limits.days_after::integer
                then 4
        end as nearness,
        abs(date_diff('day', runs.run_on, case when runs.run_on < events.first_seen_on then events.first_seen_on
            else events.last_seen_on end)) as days_away,
        limits.*
    from runs
    join core.price_events as events using (model_id)
    join meta.sources as sources on sources.source = events.source
    cross join limits
    where events.offer in ('standard', 'free') and events.input_kind = 'prompt' and events.tier_from_tokens = 0
      and events.host = runs.run_host
      -- a price of one way of running holds for that way only
      and (events.configuration is null or events.configuration = runs.named_configuration)
),
-- of each catalogue the price that is nearest
nearest as (
    select * from candidates
    where nearness is not null
    qualify row_number() over (
        partition by score_id, source
        order by configuration is not null desc, nearness, days_away, event_id
    ) = 1
),
judged as (
    select
        *,
        first_value(blended_usd_per_mtok) over first_choice as used_blended,
        first_value(is_ledger) over first_choice as used_ledger,
        first_value(is_free) over first_choice as used_free
    from nearest
    window first_choice as (
        partition by score_id
        order by is_ledger desc, configuration is not null desc, nearness, days_away, source
        rows between unbounded preceding and unbounded following
    )
)
select
    score_id,
    first(host order by rank) as host,
    first(input_usd_per_mtok order by rank) as input_usd_per_mtok,
    first(output_usd_per_mtok order by rank) as output_usd_per_mtok,
    min(input_usd_per_mtok) filter (where is_alike) as input_usd_per_mtok_low,
    max(input_usd_per_mtok) filter (where is_alike) as input_usd_per_mtok_high,
    min(output_usd_per_mtok) filter (where is_alike) as output_usd_per_mtok_low,
    max(output_usd_per_mtok) filter (where is_alike) as output_usd_per_mtok_high,
    any_value(used_blended) as blended_usd_per_mtok,
    first(source order by rank) as price_source,
    first(printed order by rank) as printed,
    first(address order by rank) as address,
    first(event_id order by rank) as event_id,
    case first(nearness order by rank)
        when 1 then 'announced for that day' when 2 then 'seen before and after'
        when 3 then 'first seen later' else 'last seen before'
    end as price_basis,
    case
        when any_value(used_free) then 'free'
        when any_value(used_ledger) then 'ledger'
        when count(*) filter (where not is_sane) > 0 then 'implausible'
        when count(*) filter (where not is_agreed) > 0 then 'disputed'
        when count(*) > 1 then 'confirmed'
        else 'single'
    end as price_confidence,
    list_sort(list(source)) as catalogues
from (
    select
        *,
        row_number() over (
            partition by score_id
            order by is_ledger desc, configuration is not null desc, nearness, days_away, source
        ) as rank,
        coalesce(blended_usd_per_mtok / used_blended between agree_low and agree_high, is_free) as is_agreed,
        coalesce(blended_usd_per_mtok / used_blended between sane_low and sane_high, is_free) as is_sane,
        coalesce(blended_usd_per_mtok / used_blended between sane_low and sane_high, false) as is_alike
    from judged
)
group by score_id
order by score_id
