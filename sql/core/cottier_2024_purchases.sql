-- The published method's price to buy one chip of each kind, server included, and the day it could be had.
--
-- grain: chip_name
-- unit: USD per chip, nominal
-- sources: Cottier et al. 2024 (spec section 4); core.chips, core.hardware_prices, core.training_runs, core.assumptions
with assumed as (
    select * from core.assumptions where variant = 'cottier_2024'
),
wanted as (
    select distinct runs.chip_name, chips.released_on
    from core.training_runs as runs
    join core.chips as chips using (chip_name)
),
multiplied as (
    select wanted.*, assumed.central as server_multiplier
    from wanted
    join assumed on assumed.assumption = 'server_multiplier' and contains(wanted.chip_name, assumed.key)
    qualify row_number() over (partition by wanted.chip_name order by assumed.position) = 1
),
aliased as (
    select multiplied.chip_name, assumed.key as alias
    from multiplied
    join assumed on assumed.assumption = 'purchase_alias' and contains(multiplied.chip_name, assumed.key)
    where not contains(multiplied.chip_name, 'TPU')
    qualify row_number() over (partition by multiplied.chip_name order by assumed.position) = 1
),
picked as (
    select aliased.chip_name, prices.priced_on, prices.purchase_usd, prices.is_single_unit, prices.source_url
    from aliased
    join core.hardware_prices as prices
        on prices.purchase_usd is not null and contains(prices.chip_name, aliased.alias)
    qualify row_number() over (
        partition by aliased.chip_name order by prices.is_dgx_share desc, prices.priced_on, prices.source_row
    ) = 1
),
buffers as (
    select max(central)::integer as release_buffer_days from assumed where assumption = 'release_buffer_days'
)
select
    multiplied.chip_name,
    multiplied.server_multiplier,
    case
        when contains(multiplied.chip_name, 'TPU') then tpus.central * multiplied.server_multiplier
        when picked.is_single_unit then picked.purchase_usd * multiplied.server_multiplier
        else picked.purchase_usd
    end as usd_per_chip,
    case
        when contains(multiplied.chip_name, 'TPU') then multiplied.released_on
        else greatest(picked.priced_on, multiplied.released_on + buffers.release_buffer_days)
    end as available_on,
    picked.priced_on,
    coalesce(picked.source_url, tpus.citation) as price_source
from multiplied
cross join buffers
left join picked using (chip_name)
left join assumed as tpus on tpus.assumption = 'tpu_price_usd' and tpus.key = multiplied.chip_name
order by multiplied.chip_name
