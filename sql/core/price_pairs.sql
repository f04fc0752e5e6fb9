-- Two catalogues' prices of one model at one host on the same days, side by side.
--
-- grain: event_id, other_event_id
-- unit: USD per million tokens
-- sources: core.price_events; standard offer, first context tier, fresh prompts
with spans as (
    select
        events.*,
        sources.url like 'reference:%' as is_ledger,
        price_state = 'printed_zero' as is_zero,
        coalesce(valid_from, date '1970-01-01') as from_on,
        -- an announced price holds to its end; an observed one was seen until then
        case
            when date_basis = 'announced' then coalesce(valid_to - 1, date '2100-01-01') else last_seen_on
        end as to_on
    from core.price_events as events
    join meta.sources as sources on sources.source = events.source
    where offer in ('standard', 'free') and input_kind = 'prompt' and tier_from_tokens = 0
),
limits as (
    select
        max(low) filter (where assumption = 'price_agreement') as agree_low,
        max(high) filter (where assumption = 'price_agreement') as agree_high,
        max(low) filter (where assumption = 'price_sanity') as sane_low,
        max(high) filter (where assumption = 'price_sanity') as sane_high
    from core.assumptions where variant = 'aicost'
)
select
    one.event_id,
    other.event_id as other_event_id,
    one.model_id,
    one.host,
    one.is_first_party,
    one.source,
    other.source as other_source,
    one.is_ledger,
    other.is_ledger as other_is_ledger,
    greatest(one.from_on, other.from_on) as from_on,
    least(one.to_on, other.to_on) as to_on,
    one.printed,
    other.printed as other_printed,
    one.input_usd_per_mtok,
    one.output_usd_per_mtok,
    other.input_usd_per_mtok as other_input_usd_per_mtok,
    other.output_usd_per_mtok as other_output_usd_per_mtok,
    one.blended_usd_per_mtok / other.blended_usd_per_mtok as ratio,
    case
        when one.is_zero or other.is_zero then one.is_zero = other.is_zero
        else coalesce(one.input_usd_per_mtok / other.input_usd_per_mtok between agree_low and agree_high, true)
            and coalesce(one.output_usd_per_mtok / other.output_usd_per_mtok between agree_low and agree_high, true)
    end as is_agreed,
    case
        -- what our ledger calls free has no price; another catalogue's zero may be an unknown
        when one.is_zero or other.is_zero then one.is_zero = other.is_zero or not (one.is_ledger or other.is_ledger)
        else coalesce(one.blended_usd_per_mtok / other.blended_usd_per_mtok between sane_low and sane_high, true)
    end as is_sane,
    one.is_zero or other.is_zero as is_about_zero
from spans as one
join spans as other
    on other.model_id = one.model_id and other.host = one.host and other.source <> one.source
    and other.from_on <= one.to_on and one.from_on <= other.to_on
    -- our ledger speaks of every way of running unless it names one
    and (
        one.configuration is not distinct from other.configuration
        or (one.is_ledger and one.configuration is null) or (other.is_ledger and other.configuration is null)
    )
cross join limits
-- the same two events may meet under several ways of running
qualify row_number() over (partition by one.event_id, other.event_id order by one.printed) = 1
order by event_id, other_event_id
