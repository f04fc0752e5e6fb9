-- The aicost method taken apart: each model's hours, prices and components, with the spread of every input.
--
-- grain: model_id, method
-- unit: nominal USD; log_sd is the standard deviation of the cost's natural logarithm
-- sources: core.run_hours, core.run_energy, core.run_cloud_prices, core.run_purchase_prices, core.assumptions
-- column model_id: model, as in training_costs
-- column method: amortised (hardware depreciation and energy), acquisition (buying the cluster) or cloud (renting)
-- column cost_usd: central estimate; NULL where an input is missing
-- column log_sd: spread of the cost: input spreads added as variances, by their share of it; without the contract's term
-- column own_flop: compute of the run itself; a fine-tune's own, without its base model
-- column chip_hours: chip-hours used
-- column chip_hours_basis: reported, derived (quantity x time, or compute at the reported utilisation) or assumed
-- column chip_hours_from: reported, quantity x time, or compute
-- column utilisation_basis: reported or assumed where hours come from compute
-- column usd_per_chip_hour: price of an hour (cloud), or what an hour costs in depreciation and energy (amortised)
-- column usd_per_chip: price of a chip with its share of server and interconnect (acquisition)
-- column price_basis: how near the price is: the very chip, its family, launch price or estimate; and how many clouds
-- column priced_on: day of the price; the latest of several
-- column days_apart: days between price and start of training
-- column price_source: where a price was read
-- column started_on: when training is taken to have begun
-- column is_start_assumed: whether that rests on an assumed duration
-- column flags: inputs that were implausible and not used
-- column missing_reason: what is missing, where the cost is NULL
with chosen as (
    select
        max(central) filter (where assumption = 'z_90') as z_90,
        max(central) filter (where assumption = 'hours_per_year') as hours_per_year,
        max(central) filter (where assumption = 'depreciation_oom_per_year') as oom_per_year,
        max(central) filter (where assumption = 'interconnect_share') as interconnect_share,
        max(ln(high / low)) filter (where assumption = 'depreciation_oom_per_year') / (2 * z_90) as rate_log_sd,
        max(ln(high / low)) filter (where assumption = 'cluster_overhead') / (2 * z_90) as overhead_log_sd,
        -- who commits for how long is not known: the one-year price is the middle, in ratios, of three years and on demand
        (1 - max(central) filter (where assumption = 'commitment_discount' and key = 'one_year'))
            / (1 - max(central) filter (where assumption = 'commitment_discount' and key = 'three_year')) as term_ratio,
        -- a start some months off has another value of the chip
        oom_per_year * ln(10) * max(high) filter (where assumption = 'start_date_days')
            / max(central) filter (where assumption = 'days_per_year') / z_90 as date_log_sd
    from core.assumptions
    where variant = 'aicost'
),
priced as (
    select
        hours.*,
        energy.energy_usd_per_chip_hour, energy.energy_variance, chosen.*,
        bought.usd_per_chip / (1 - interconnect_share) as cluster_usd_per_chip,
        bought.value_usd_per_chip / (1 - interconnect_share) * oom_per_year * ln(10) / hours_per_year as capital_usd_per_chip_hour,
        bought.price_log_sd as bought_log_sd, bought.match, bought.priced_on as bought_on, bought.source_url as bought_url,
        rented.usd_per_chip_hour * term_ratio as rent_usd_per_chip_hour, rented.price_log_sd as rent_log_sd,
        rented.priced_on_last, rented.source_url as rent_url,
        concat(
            case when rented.is_exact then 'the very chip' else 'its family' end,
            case when rented.clouds = 1 then ', one cloud' else concat(', median of ', rented.clouds, ' clouds') end,
            ', one-year term'
        ) as rent_match
    from core.run_hours as hours
    join core.run_energy as energy using (model_id)
    cross join chosen
    left join core.run_purchase_prices as bought using (model_id)
    left join core.run_cloud_prices as rented using (model_id)
),
methods as (
    select
        *, 'amortised' as method,
        (capital_usd_per_chip_hour + energy_usd_per_chip_hour) as usd_per_chip_hour,
        null::double as usd_per_chip,
        chip_hours * (capital_usd_per_chip_hour + energy_usd_per_chip_hour) as cost_usd,
        capital_usd_per_chip_hour / (capital_usd_per_chip_hour + energy_usd_per_chip_hour) as capital_share,
        sqrt(
            pow(hours_log_sd, 2)
            + pow(capital_share, 2)
                * (pow(bought_log_sd, 2) + pow(rate_log_sd, 2) + pow(overhead_log_sd, 2) + pow(date_log_sd, 2))
            + pow(1 - capital_share, 2) * energy_variance
        ) as log_sd,
        match as price_basis, bought_on as priced_on, bought_url as price_source
    from priced
    union all by name
    select
        *, 'acquisition' as method, null::double as usd_per_chip_hour, cluster_usd_per_chip as usd_per_chip,
        hardware_quantity * cluster_usd_per_chip as cost_usd,
        sqrt(pow(quantity_log_sd, 2) + pow(bought_log_sd, 2) + pow(overhead_log_sd, 2)) as log_sd,
        match as price_basis, bought_on as priced_on, bought_url as price_source
    from priced
    union all by name
    select
        *, 'cloud' as method, rent_usd_per_chip_hour as usd_per_chip_hour, null::double as usd_per_chip,
        chip_hours * rent_usd_per_chip_hour as cost_usd,
        sqrt(pow(hours_log_sd, 2) + pow(rent_log_sd, 2)) as log_sd,
        rent_match as price_basis, priced_on_last as priced_on, rent_url as price_source
    from priced
)
select
    model_id,
    method,
    cost_usd,
    case when cost_usd is not null then log_sd end as log_sd,
    own_flop,
    chip_hours,
    hours_basis as chip_hours_basis,
    hours_source as chip_hours_from,
    mfu_basis as utilisation_basis,
    usd_per_chip_hour,
    usd_per_chip,
    case when coalesce(usd_per_chip_hour, usd_per_chip) is not null then price_basis end as price_basis,
    case when coalesce(usd_per_chip_hour, usd_per_chip) is not null then priced_on end as priced_on,
    abs(date_diff('day', priced_on, started_at::date)) as days_apart,
    case when coalesce(usd_per_chip_hour, usd_per_chip) is not null then price_source end as price_source,
    started_at::date as started_on,
    is_duration_assumed as is_start_assumed,
    array_to_string(flags, '; ') as flags,
    case
        when cost_usd is not null then null
        when hardware_as_printed is null then 'no hardware recorded'
        when chip_name is null then 'several kinds of chip recorded, without their shares'
        when method = 'acquisition' and hardware_quantity is null then 'number of chips not recorded'
        when method <> 'acquisition' and chip_hours is null then 'no chip-hours: no time, quantity or compute recorded'
        when method = 'cloud' then 'no cloud price for the chip or its family'
        when energy_usd_per_chip_hour is null and method = 'amortised' and bought_log_sd is not null
            then 'no power rating for the chip'
        else 'no purchase price for the chip or its family'
    end as missing_reason
from methods
order by model_id, method
