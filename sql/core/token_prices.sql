-- Every printed price of tokens of a registered model, with its host and whether that host is the model's maker.
--
-- grain: price_id
-- unit: USD per million tokens
-- sources: raw.token_prices, meta.model_names, data/reference/model_hosts.csv, data/reference/models.csv
with named as (
    select
        prices.*,
        names.model_id,
        names.organisation,
        names.host as named_host,
        names.offer as named_offer,
        names.configuration as named_configuration,
        coalesce(prices.effective_on, prices.observed_at::date) as named_on
    from raw.token_prices as prices
    join meta.model_names as names
        on names.source = prices.source and names.printed = prices.model
        and names.printed_host is not distinct from prices.host
        and names.named_on = coalesce(prices.effective_on, prices.observed_at::date)
    where names.model_id is not null and names.model_id not like 'composite:%'
),
hosted as (
    select
        named.*,
        coalesce(
            case when hosts.kind in ('maker', 'host') then hosts.stands_for end, named.named_host,
            -- vertex_ai-language-models and the like are one host
            regexp_replace(lower(named.host), '^(vertex_ai|bedrock|azure)\W.*$', '\1'), 'unknown'
        ) as host_id,
        split_part(split_part(named.model_id, '/', 2), '@', 1) as slug,
        nullif(split_part(named.model_id, '@', 2), '') as snapshot,
        regexp_replace(lower(named.model), 'v(\d)p(\d)', 'v\1.\2') as key
    from named
    left join reference.model_hosts as hosts on hosts.prefix = lower(named.host)
),
-- the key spells the model's own name to its end: the build's day may follow, or, behind a name without one, the host's suffix
spelt as (
    select
        *,
        case
            when ends_with(key, strftime(try_cast(snapshot as date), '-%m%d')) then left(key, -length('-mmdd'))
            when ends_with(key, strftime(try_cast(snapshot as date), '-%Y%m%d')) then left(key, -length('-yyyymmdd'))
            when ends_with(key, '-' || snapshot) then left(key, -length('-' || snapshot))
            else regexp_replace(key, '(-maas|-v?\d+(:\d+)?)$', '')
        end as bare
    from hosted
)
select
    format('{}/{}/{}', source, visit_id, row) as price_id,
    source,
    visit_id,
    observed_at,
    observed_at::date as observed_on,
    model as printed,
    host as printed_host,
    model_id,
    organisation,
    host_id as host,
    host_id = organisation as is_first_party,
    case when offer = 'standard' then coalesce(named_offer, offer) else offer end as offer,
    input_kind,
    tier_from_tokens,
    coalesce(configuration, named_configuration) as configuration,
    input_usd_per_mtok,
    output_usd_per_mtok,
    price_state,
    effective_on,
    effective_to,
    retires_on,
    address,
    (ends_with(key, slug) and not regexp_matches(left(key, -length(slug)), '[a-z0-9]$'))
    or (ends_with(bare, slug) and not regexp_matches(left(bare, -length(slug)), '[a-z0-9]$')) as is_full_name
from spelt
order by source, visit_id, row
