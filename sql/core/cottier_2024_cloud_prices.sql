-- The cloud price that the published method picks for each run: vendor, term, and the row nearest to procurement.
--
-- grain: model_id
-- unit: USD per chip-hour with a three-year commitment, nominal
-- sources: Cottier et al. 2024 (spec section 8); core.models, core.cottier_2024_runs, core.hardware_prices, core.assumptions
with assumed as (
    select * from core.assumptions where variant = 'cottier_2024'
),
parts as (
    select model_id, lower(part) as part, place
    from core.models, unnest(string_split(coalesce(organisations, ''), ',')) with ordinality as split (part, place)
),
preferred as (
    select parts.model_id, assumed.value_text as vendor
    from parts
    join assumed on assumed.assumption = 'preferred_vendor' and contains(parts.part, assumed.key)
    -- the last organisation that a word fits wins, and in it the first word; the empty word fits when none does
    qualify row_number() over (
        partition by parts.model_id order by assumed.key = '', parts.place desc, assumed.position
    ) = 1
),
vendors as (
    select
        prices.vendor,
        coalesce(max(assumed.position), 100 + min(prices.source_row)) as vendor_position
    from core.hardware_prices as prices
    left join assumed on assumed.assumption = 'vendor_order' and assumed.key = prices.vendor
    where prices.vendor is not null
    group by prices.vendor
),
runs as (
    select
        runs.model_id,
        runs.chip_name,
        runs.procured_at,
        vendors.vendor,
        case when vendors.vendor = preferred.vendor then 0 else vendors.vendor_position end as vendor_position
    from core.cottier_2024_runs as runs
    join preferred using (model_id)
    cross join vendors
    where runs.chip_name is not null
      and (not contains(runs.chip_name, 'TPU') or vendors.vendor = 'Google Cloud')
),
softened as (
    -- the names to try for a chip, in order: its own, its simplified one, then each long name with all its words
    select chip_name, chip_name as try_name, 0 as try_position from (select distinct chip_name from runs)
    union all
    select key, value_text, 1 from assumed where assumption = 'soft_match'
    union all
    select short.key, long.key, 1 + long.position
    from assumed as short
    join assumed as long
        on long.assumption = 'soft_match'
        and len(list_filter(string_split(short.value_text, ' '), lambda word: not contains(long.key, word))) = 0
    where short.assumption = 'soft_match'
),
named as (
    select vendors.vendor, softened.chip_name, softened.try_name
    from vendors
    join softened on exists (
        select 1 from core.hardware_prices as prices
        where prices.vendor = vendors.vendor and prices.chip_name = softened.try_name
    )
    qualify row_number() over (partition by vendors.vendor, softened.chip_name order by softened.try_position) = 1
),
nearest_rows as (
    select
        runs.model_id,
        runs.vendor,
        any_value(runs.vendor_position) as vendor_position,
        any_value(runs.chip_name) as chip_name,
        any_value(named.try_name) as try_name,
        min({
            'is_after': prices.priced_on > runs.procured_at,
            'seconds': abs(epoch(prices.priced_on::timestamp - runs.procured_at)),
            'source_row': prices.source_row,
            'source': prices.source
        }) as nearest
    from runs
    join named using (vendor, chip_name)
    join core.hardware_prices as prices on prices.vendor = runs.vendor and prices.chip_name = named.try_name
    group by runs.model_id, runs.vendor
),
nearest as (
    select rows.* exclude (nearest), prices.* exclude (chip_name, vendor, accelerator_id, family)
    from nearest_rows as rows
    join core.hardware_prices as prices
        on prices.source is not distinct from rows.nearest.source and prices.source_row = rows.nearest.source_row
),
terms as (
    unpivot nearest
    on three_year_usd_per_chip_hour, one_year_usd_per_chip_hour, on_demand_usd_per_chip_hour
    into name term value usd_per_chip_hour
),
picked as (
    select *, replace(term, '_usd_per_chip_hour', '') as price_type from terms
    qualify row_number() over (
        partition by model_id
        order by
            case term when 'three_year_usd_per_chip_hour' then 1 when 'one_year_usd_per_chip_hour' then 2 else 3 end,
            vendor_position
    ) = 1
)
select
    picked.model_id,
    case
        when picked.price_type = 'three_year' then picked.usd_per_chip_hour
        else picked.usd_per_chip_hour * (1 - longest.central) / (1 - own.central)
    end as usd_per_chip_hour,
    picked.usd_per_chip_hour as printed_usd_per_chip_hour,
    picked.price_type,
    picked.vendor,
    picked.priced_on,
    picked.try_name as priced_chip,
    picked.try_name <> picked.chip_name as is_soft_match,
    picked.source_url as price_source
from picked
left join assumed as longest
    on longest.assumption = 'commitment_discount_three_year' and longest.key = picked.vendor
left join assumed as own
    on own.assumption = concat('commitment_discount_', picked.price_type) and own.key = picked.vendor
order by picked.model_id
