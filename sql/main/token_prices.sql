-- Price history: every price of a registered model at a host, from when to when, and whether other catalogues agree.
--
-- grain: event_id
-- unit: USD per million tokens
-- sources: core.price_events, core.price_pairs
-- column event_id: price
-- column model_id: registered model
-- column organisation: its maker
-- column host: who serves it
-- column is_first_party: whether that is the maker
-- column offer: standard, batch, priority, flex, off_peak, free and so on
-- column input_kind: prompt, or what the cache is asked for
-- column tier_from_tokens: context length from which the price holds
-- column configuration: how it is run, where the price depends on it
-- column input_usd_per_mtok: price of input; NULL where zero is printed
-- column output_usd_per_mtok: price of output; NULL where none or zero is printed
-- column blended_usd_per_mtok: three parts input, one part output
-- column blended_1_to_1_usd_per_mtok: equal parts
-- column blended_10_to_1_usd_per_mtok: ten parts input, one part output
-- column is_free: served free of charge: whatever else is printed is a placeholder
-- column valid_from: first day of the price: announced, or first seen in a catalogue; NULL: from the start
-- column valid_to: day from which another price holds; NULL: still, or the catalogue dropped the model
-- column date_basis: announced or first_seen
-- column not_before: last day on which another price was seen; the change lies between it and valid_from
-- column first_seen_on: first visit that showed it
-- column last_seen_on: last visit that showed it
-- column confidence: ledger, confirmed, single, disputed, implausible or free
-- column agreeing: catalogues with the same price on the same days
-- column disagreeing: catalogues with another price on the same days
-- column printed: the model's name there
-- column source: catalogue
-- column source_url: address of the price list, where it is printed
with judged as (
    select
        event_id,
        list_sort(list(distinct other_source) filter (where is_agreed)) as agreeing,
        list_sort(list(distinct other_source) filter (where not is_agreed)) as disagreeing,
        bool_or(not is_agreed and other_is_ledger) as is_contradicted,
        bool_or(not is_sane) as is_insane
    from core.price_pairs
    group by event_id
),
ratios as (
    select low, high from core.assumptions where variant = 'aicost' and assumption = 'input_output_ratio'
)
select
    events.event_id,
    events.model_id,
    events.organisation,
    events.host,
    events.is_first_party,
    events.offer,
    events.input_kind,
    events.tier_from_tokens,
    events.configuration,
    events.input_usd_per_mtok,
    events.output_usd_per_mtok,
    events.blended_usd_per_mtok,
    (ratios.low * events.input_usd_per_mtok + events.output_usd_per_mtok) / (ratios.low + 1)
        as blended_1_to_1_usd_per_mtok,
    (ratios.high * events.input_usd_per_mtok + events.output_usd_per_mtok) / (ratios.high + 1)
        as blended_10_to_1_usd_per_mtok,
    events.is_free,
    events.valid_from,
    events.valid_to,
    events.date_basis,
    events.not_before,
    events.first_seen_on,
    events.last_seen_on,
    case
        when events.is_free then 'free'
        when sources.url like 'reference:%' then 'ledger'
        when judged.is_insane or judged.is_contradicted then 'implausible'
        when len(judged.disagreeing) > 0 then 'disputed'
        when len(judged.agreeing) > 0 then 'confirmed'
        else 'single'
    end as confidence,
    coalesce(judged.agreeing, []) as agreeing,
    coalesce(judged.disagreeing, []) as disagreeing,
    events.printed,
    events.source,
    coalesce(events.address, sources.url) as source_url
from core.price_events as events
join meta.sources as sources on sources.source = events.source
left join judged using (event_id)
cross join ratios
order by model_id, host, offer, input_kind, tier_from_tokens, valid_from nulls first, event_id
