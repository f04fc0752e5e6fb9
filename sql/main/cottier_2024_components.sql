-- The published training-cost method of Cottier et al. 2024, taken apart: every model with each component and cost.
--
-- grain: model_id
-- unit: nominal USD of the month the model was published
-- sources: Cottier et al. 2024, arXiv 2405.21015, and its repository at commit 263c40a, without imputation; core.*
-- column model_id: model, as in models
-- column started_at: when training is taken to have begun (UTC)
-- column chip_hours: chip-hours of the run
-- column chip_hours_method: reported, quantity x time, or compute / (speed x utilisation)
-- column purchase_usd_per_chip: price to buy a chip, its share of the server included
-- column purchase_priced_on: day of that price
-- column purchase_price_source: where it was read
-- column available_on: day from which the chip could be had at that price
-- column years_depreciated: years from then to the start of training
-- column value_usd_per_chip: value of a chip, server included, when training began
-- column server_capex_usd: depreciation of chips and servers over the run
-- column interconnect_usd: depreciation of the cluster's interconnect over the run
-- column energy_usd: electricity of the run
-- column amortised_usd: hardware depreciation and energy; NULL for fine-tunes and where an input is missing
-- column acquisition_usd: price to buy the whole cluster; NULL for fine-tunes and where an input is missing
-- column cloud_usd_per_chip_hour: cloud price with a three-year commitment
-- column cloud_vendor: cloud that price is from
-- column cloud_priced_on: day of that price
-- column cloud_price_source: where that price was read
-- column cloud_usd: price to rent the run's chip-hours; NULL for fine-tunes and where an input is missing
-- column missing_reason: what is missing, where a cost is NULL
with chosen as (
    select
        max(central) filter (where assumption = 'hours_per_year') as hours_per_year,
        max(central) filter (where assumption = 'days_per_year') as days_per_year,
        max(central) filter (where assumption = 'depreciation_oom_per_year') as oom_per_year,
        max(central) filter (where assumption = 'interconnect_share') as interconnect_share
    from core.assumptions
    where variant = 'cottier_2024'
),
inputs as (
    select
        models.*,
        runs.started_at, runs.chip_name, runs.hardware_quantity, runs.chip_hours, runs.chip_hours_method,
        purchases.usd_per_chip, purchases.available_on,
        purchases.priced_on as purchase_priced_on, purchases.price_source as purchase_price_source,
        clouds.usd_per_chip_hour as cloud_usd_per_chip_hour, clouds.vendor, clouds.priced_on,
        clouds.price_source as cloud_price_source,
        energy.energy_usd_per_chip_hour,
        chosen.*,
        floor(epoch(
            case when contains(runs.chip_name, 'TPU') then runs.started_at
                 else greatest(runs.started_at, purchases.available_on::timestamp) end
            - purchases.available_on::timestamp
        ) / 86400) / chosen.days_per_year as years_depreciated
    from core.models as models
    join core.cottier_2024_runs as runs using (model_id)
    join core.cottier_2024_energy as energy using (model_id)
    cross join chosen
    left join core.cottier_2024_purchases as purchases using (chip_name)
    left join core.cottier_2024_cloud_prices as clouds using (model_id)
),
valued as (
    select *, usd_per_chip * pow(10, -oom_per_year * years_depreciated) as value_usd_per_chip
    from inputs
),
costed as (
    select
        *,
        value_usd_per_chip * oom_per_year * ln(10) / hours_per_year * chip_hours as server_capex_usd,
        energy_usd_per_chip_hour * chip_hours as energy_usd
    from valued
)
select
    model_id,
    started_at,
    chip_hours,
    chip_hours_method,
    usd_per_chip as purchase_usd_per_chip,
    purchase_priced_on,
    purchase_price_source,
    available_on,
    years_depreciated,
    value_usd_per_chip,
    server_capex_usd,
    server_capex_usd * interconnect_share / (1 - interconnect_share) as interconnect_usd,
    energy_usd,
    case when not is_finetune then server_capex_usd / (1 - interconnect_share) + energy_usd end as amortised_usd,
    case when not is_finetune then hardware_quantity * usd_per_chip / (1 - interconnect_share) end as acquisition_usd,
    cloud_usd_per_chip_hour,
    vendor as cloud_vendor,
    priced_on as cloud_priced_on,
    cloud_price_source,
    case when not is_finetune then cloud_usd_per_chip_hour * chip_hours end as cloud_usd,
    case
        when is_finetune then 'a fine-tune: the published method gives none a cost'
        when chip_name is null then 'no hardware recorded, or several kinds'
        when chip_hours is null then 'no chip-hours: no time, quantity or compute recorded'
        when usd_per_chip is null and cloud_usd_per_chip_hour is null then 'no price for the chip'
        when usd_per_chip is null then 'no purchase price for the chip'
        when cloud_usd_per_chip_hour is null then 'no cloud price for the chip'
        when energy_usd is null then 'no power rating for the chip, or no electricity price for the year'
        when hardware_quantity is null then 'number of chips not recorded'
    end as missing_reason
from costed
order by model_id
