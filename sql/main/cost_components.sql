-- What the cost of a final run on its maker's own chips is made of: chips, servers, interconnect and energy, as shares.
--
-- grain: model_id, component
-- unit: share of the amortised cost of the final run, 0 to 1; 90 % intervals: on each side the ranges of the factors, added as squares of logarithms
-- sources: aicost_components, core.run_hours, core.run_energy, core.assumptions (server_multiplier_range, cluster_overhead)
-- column model_id: model, as in training_costs
-- column component: chips, servers, interconnect, energy; staff, which no final run holds; unknown where the cost cannot be taken apart
-- column share_low: low end
-- column share: central share; NULL where there is none; those of one model sum to 1
-- column share_high: high end
-- column scope: what the whole covers
-- column basis: derived or estimated: the shares of servers and interconnect are assumed, those of energy follow from power and price
-- column priced_on: day of the chip's price
-- column missing_reason: why there is no share
-- column source_url: where the price of the chip was read
with chosen as (
    select
        max(central) filter (where assumption = 'z_90') as z_90,
        max(low) filter (where assumption = 'server_multiplier_range') as server_low,
        max(central) filter (where assumption = 'server_multiplier_range') as server,
        max(high) filter (where assumption = 'server_multiplier_range') as server_high,
        max(low) filter (where assumption = 'cluster_overhead') as overhead_low,
        max(central) filter (where assumption = 'cluster_overhead') as overhead,
        max(high) filter (where assumption = 'cluster_overhead') as overhead_high
    from core.assumptions
    where variant = 'aicost'
),
factors as (
    -- of the hardware: its network, and of the rest the chip and what stands around it
    select 'interconnect' as component, 1 - 1 / overhead as part, [1 - 1 / overhead_low] as lows, [1 - 1 / overhead_high] as highs from chosen
    union all
    select 'chips', 1 / overhead / server, [1 / overhead_high / server, 1 / overhead / server_high], [1 / overhead_low / server, 1 / overhead / server_low]
    from chosen
    union all
    select
        'servers', (1 - 1 / server) / overhead,
        [(1 - 1 / server) / overhead_high, (1 - 1 / server_low) / overhead], [(1 - 1 / server) / overhead_low, (1 - 1 / server_high) / overhead]
    from chosen
),
ranges as (
    select
        component, part,
        list_sum([pow(ln(part / low), 2) for low in lows]) as below,
        list_sum([pow(ln(high / part), 2) for high in highs]) as above
    from factors
),
runs as (
    select
        costs.model_id, costs.cost_usd, costs.chip_hours_basis, costs.priced_on, costs.price_source, costs.missing_reason,
        1 - energy.energy_usd_per_chip_hour / costs.usd_per_chip_hour as hardware,
        -- of the spread of the cost what is not of the hours is of hardware and energy, each by its share
        sqrt(
            greatest(0, pow(costs.log_sd, 2) - pow(hours.hours_log_sd, 2) - pow(1 - hardware, 2) * energy.energy_variance) / pow(hardware, 2)
            + energy.energy_variance
        ) * (select z_90 from chosen) as odds
    from aicost_components as costs
    join core.run_hours as hours using (model_id)
    join core.run_energy as energy using (model_id)
    where costs.method = 'amortised'
),
ends as (
    select
        *,
        1 / (1 + (1 - hardware) / hardware * exp(odds)) as hardware_low,
        1 / (1 + (1 - hardware) / hardware * exp(-odds)) as hardware_high
    from runs
),
shares as (
    select
        model_id, component, hardware * part * exp(-sqrt(below + pow(ln(hardware / hardware_low), 2))) as share_low, hardware * part as share,
        least(1, hardware * part * exp(sqrt(above + pow(ln(hardware_high / hardware), 2)))) as share_high, chip_hours_basis, priced_on, price_source
    from ends
    cross join ranges
    where cost_usd is not null
    union all
    select model_id, 'energy', 1 - hardware_high, 1 - hardware, 1 - hardware_low, chip_hours_basis, priced_on, price_source
    from ends
    where cost_usd is not null
)
select
    model_id, component, share_low, share, share_high, 'final_run' as scope,
    case when chip_hours_basis = 'assumed' then 'estimated' else 'derived' end as basis,
    priced_on, null::varchar as missing_reason, price_source as source_url
from shares
union all
select
    model_id, case when cost_usd is null then 'unknown' else 'staff' end, null, null, null, 'final_run',
    null, null, case when cost_usd is null then missing_reason else 'not in the cost of a run; not published by model' end, null
from ends
order by model_id, component
