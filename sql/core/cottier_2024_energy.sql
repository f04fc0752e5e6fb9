-- The published method's electricity of a chip-hour: server power, average load, cooling, and the year's price.
--
-- grain: model_id
-- unit: USD per chip-hour, nominal
-- sources: Cottier et al. 2024 (spec section 6); core.models, core.cottier_2024_runs, core.chips, core.assumptions
with assumed as (
    select * from core.assumptions where variant = 'cottier_2024'
),
chosen as (
    select
        max(central) filter (where assumption = 'pue_other') as pue_other,
        max(central) filter (where assumption = 'tpu_v4_power_fallback_watts') as tpu_v4_power_fallback_watts
    from assumed
),
powered as (
    select
        chips.chip_name,
        coalesce(
            chips.tdp_watts,
            case when contains(chips.chip_name, 'TPU v4') then chosen.tpu_v4_power_fallback_watts end
        ) / 1000 as chip_kilowatts,
        server.central as server_power_multiplier,
        average.central as average_power_share
    from core.chips as chips
    cross join chosen
    join assumed as server
        on server.assumption = 'server_power_multiplier' and contains(chips.chip_name, server.key)
        and (server.key not in ('v1', 'v2', 'v3') or contains(chips.chip_name, 'TPU'))
        and (not contains(chips.chip_name, 'TPU') or server.key in ('v1', 'v2', 'v3', 'TPU'))
    join assumed as average
        on average.assumption = 'average_power_share' and contains(chips.chip_name, average.key)
    qualify row_number() over (partition by chips.chip_name order by server.position, average.position) = 1
),
located as (
    select
        models.model_id,
        coalesce(max(assumed.central), max(chosen.pue_other)) as pue
    from core.models as models
    cross join chosen
    left join assumed
        on assumed.assumption = 'pue_hyperscaler' and contains(lower(models.organisations), assumed.key)
    group by models.model_id
)
select
    models.model_id,
    powered.chip_kilowatts,
    powered.server_power_multiplier,
    powered.average_power_share,
    located.pue,
    electricity.central as electricity_usd_per_kwh,
    powered.chip_kilowatts * powered.server_power_multiplier * powered.average_power_share * located.pue
        * electricity.central as energy_usd_per_chip_hour
from core.models as models
join core.cottier_2024_runs as runs using (model_id)
join located using (model_id)
left join powered using (chip_name)
left join assumed as electricity
    on electricity.assumption = 'electricity_usd_per_kwh' and electricity.key = year(models.published_on)::varchar
order by models.model_id
