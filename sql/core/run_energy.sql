-- What the electricity of a chip-hour costs each run: server power, average load, cooling, and the year's price.
--
-- grain: model_id
-- unit: USD per chip-hour, nominal; variance is of the natural logarithm
-- sources: core.run_hours, core.models, core.chips, core.accelerators, core.assumptions (variant aicost)
with assumed as (
    select * from core.assumptions where variant = 'aicost'
),
chosen as (
    select
        max(central) filter (where assumption = 'z_90') as z_90,
        max(ln(high / low)) filter (where assumption = 'electricity') / (2 * z_90) as electricity_log_sd
    from assumed
),
sites as (
    -- one owner of such data centres among the organisations is enough
    select models.model_id, case when bool_or(assumed.key is not null) then 'hyperscaler' else 'other' end as site
    from core.models as models, unnest(string_split(coalesce(models.organisations, ''), ',')) as split (part)
    left join assumed on assumed.assumption = 'hyperscaler' and assumed.key = trim(part)
    group by models.model_id
),
electricity as (
    select try_cast(key as integer) as in_year, central as usd_per_kwh
    from core.assumptions
    where assumption = 'electricity_usd_per_kwh'
),
powered as (
    select
        runs.model_id,
        runs.started_at,
        runs.family,
        case when chips.kind = 'TPU' then 'TPU' else 'GPU' end as kind,
        coalesce(tdp.central, chips.tdp_watts, accelerators.tdp_watts) as tdp_watts,
        sites.site
    from core.run_hours as runs
    join sites using (model_id)
    left join core.chips as chips using (chip_name)
    left join core.accelerators as accelerators on accelerators.accelerator_id = runs.accelerator_id
    left join assumed as tdp on tdp.assumption = 'tdp_watts' and tdp.key = runs.accelerator_id
)
select
    powered.model_id,
    powered.site,
    powered.tdp_watts,
    electricity.usd_per_kwh as electricity_usd_per_kwh,
    coalesce(own_server.central, kind_server.central) * average.central * pue.central
        * powered.tdp_watts / 1000 * electricity.usd_per_kwh as energy_usd_per_chip_hour,
    pow(chosen.electricity_log_sd, 2) + pow(ln(average.high / average.low) / (2 * chosen.z_90), 2)
        + pow(ln(pue.high / pue.low) / (2 * chosen.z_90), 2) as energy_variance
from powered
cross join chosen
join assumed as pue on pue.assumption = 'pue' and pue.key = powered.site
join assumed as average on average.assumption = 'average_power_share' and average.key = powered.kind
join assumed as kind_server on kind_server.assumption = 'server_power_multiplier' and kind_server.key = powered.kind
left join assumed as own_server on own_server.assumption = 'server_power_multiplier' and own_server.key = powered.family
-- any year: the nearest one that is known
cross join electricity
qualify row_number() over (
    partition by powered.model_id
    order by abs(electricity.in_year - year(powered.started_at)), electricity.in_year
) = 1
order by powered.model_id
