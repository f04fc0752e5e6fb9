-- Price events: from when to when a catalogue shows one price of a model at a host, as one row a price.
--
-- grain: event_id
-- unit: USD per million tokens
-- sources: core.token_prices
with keyed as (
    select
        *,
        concat_ws('|', source, model_id, host, offer, input_kind, tier_from_tokens, coalesce(configuration, '')) as series,
        effective_on is not null or effective_to is not null as is_announced
    from core.token_prices
),
-- several keys of one catalogue for one model and host: the price that most of them print, the dearer of equals;
-- a zero beside a price says that the price is a placeholder
counted as (
    select
        series, observed_on, effective_on, effective_to, input_usd_per_mtok, output_usd_per_mtok, price_state,
        count(*) as keys, min(printed) as printed, min(price_id) as price_id,
        bool_or(is_full_name) as is_full_name, max(address) as address
    from keyed
    where price_state <> 'not_printed'
    group by all
),
chosen as (
    select
        *,
        bool_or(price_state = 'printed_zero') over day and bool_or(price_state = 'priced') over day as is_placeholder,
        count(*) over day > 1 as keys_differ
    from counted
    window day as (partition by series, observed_on, effective_on)
    qualify row_number() over (
        partition by series, observed_on, effective_on
        order by price_state = 'printed_zero' desc, keys desc, is_full_name desc,
            coalesce(input_usd_per_mtok, 0) + coalesce(output_usd_per_mtok, 0) desc, printed
    ) = 1
),
announced as (
    select
        series, input_usd_per_mtok, output_usd_per_mtok, price_state, printed, price_id, address, is_placeholder,
        keys_differ, effective_on as valid_from, effective_to as valid_to, observed_on as first_seen_on,
        observed_on as last_seen_on, null::date as not_before, 'announced' as date_basis
    from chosen
    where effective_on is not null or effective_to is not null
    -- what the newest visit says of the past goes before what older visits said
    qualify row_number() over (partition by series, effective_on order by observed_on desc) = 1
),
islands as (
    select
        *,
        count(*) filter (where is_new) over (partition by series order by observed_on) as island
    from (
        select
            *,
            (input_usd_per_mtok, output_usd_per_mtok, price_state) is distinct from lag(
                (input_usd_per_mtok, output_usd_per_mtok, price_state)
            ) over (partition by series order by observed_on) as is_new
        from chosen
        where effective_on is null and effective_to is null
    )
),
observed as (
    select
        series, min(input_usd_per_mtok) as input_usd_per_mtok, min(output_usd_per_mtok) as output_usd_per_mtok,
        min(price_state) as price_state, min(printed) as printed, min(price_id) as price_id, max(address) as address,
        bool_or(is_placeholder) as is_placeholder, bool_or(keys_differ) as keys_differ,
        min(observed_on) as valid_from,
        lead(min(observed_on)) over (partition by series order by min(observed_on)) as valid_to,
        min(observed_on) as first_seen_on, max(observed_on) as last_seen_on,
        lag(max(observed_on)) over (partition by series order by min(observed_on)) as not_before,
        'first_seen' as date_basis
    from islands
    group by series, island
)
select
    format('{}/{}', events.price_id, events.date_basis) as event_id,
    prices.source,
    prices.model_id,
    prices.organisation,
    prices.host,
    prices.is_first_party,
    prices.offer,
    prices.input_kind,
    prices.tier_from_tokens,
    prices.configuration,
    events.* exclude (series, price_id),
    (ratio.central * events.input_usd_per_mtok + events.output_usd_per_mtok) / (ratio.central + 1)
        as blended_usd_per_mtok,
    events.is_placeholder or prices.offer = 'free' as is_free,
    events.price_id
from (select * from announced union all by name select * from observed) as events
join core.token_prices as prices using (price_id)
cross join (select central from core.assumptions where variant = 'aicost' and assumption = 'input_output_ratio') as ratio
order by event_id
