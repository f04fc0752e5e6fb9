-- What each input does to each estimate: the cost at the low and at the high end of the input, the others unchanged.
--
-- grain: model_id, method, input
-- unit: USD, nominal; inputs as in the column unit
-- sources: aicost_components, core.run_hours, core.run_cloud_prices, core.run_purchase_prices, core.run_energy, core.assumptions
-- column model_id: model, as in training_costs
-- column model_name: model
-- column method: amortised, acquisition or cloud
-- column scope: what the cost covers
-- column input: the input
-- column input_low: lower end of its 90 % range
-- column input_central: value used
-- column input_high: upper end of its range
-- column unit: what it is in
-- column exponent: the cost's share moves with the input to this power
-- column share: share of the cost that the input acts on
-- column cost_at_low_usd: cost with the input at its low end
-- column cost_usd: central estimate
-- column cost_at_high_usd: cost with the input at its high end
-- column swing_usd: distance of the two
-- column swing_rank: 1 for the input that moves the cost most
-- column basis: whether the input is recorded, read from a price list, or assumed
with assumed as (
    select assumption, coalesce(key, '') as key, low, central, high from core.assumptions where variant = 'aicost'
),
chosen as (
    select
        max(central) filter (where assumption = 'z_90') as z_90,
        max(central) filter (where assumption = 'days_per_year') as days_per_year,
        max(high) filter (where assumption = 'start_date_days') as start_days,
        max({'low': low, 'central': central, 'high': high}) filter (where assumption = 'depreciation_oom_per_year') as rate,
        max({'low': low, 'central': central, 'high': high}) filter (where assumption = 'cluster_overhead') as overhead,
        max({'low': low, 'central': central, 'high': high}) filter (where assumption = 'hardware_quantity') as quantity,
        max({'low': low, 'central': central, 'high': high}) filter (where assumption = 'training_time') as duration,
        max({'low': low, 'central': central, 'high': high}) filter (where assumption = 'peak_speed') as speed,
        max({'low': low, 'central': central, 'high': high}) filter (where assumption = 'utilisation') as utilisation,
        max({'low': low, 'central': central, 'high': high}) filter (where assumption = 'reported_chip_hours') as hours_range,
        1 - max(central) filter (where assumption = 'commitment_discount' and key = 'one_year') as one_year,
        1 - max(central) filter (where assumption = 'commitment_discount' and key = 'three_year') as three_year
    from assumed
),
costed as (
    select
        components.model_id, components.method, components.cost_usd, components.usd_per_chip_hour, components.usd_per_chip,
        runs.* exclude (model_id), energy.energy_usd_per_chip_hour, energy.energy_variance,
        rented.price_log_sd as rent_log_sd, bought.price_log_sd as bought_log_sd, bought.usd_per_chip as bought_usd,
        greatest(date_diff('day', bought.available_on, runs.started_at::date), 0) / chosen.days_per_year as age_years, chosen.*,
        case components.method when 'amortised' then 1 - energy.energy_usd_per_chip_hour / components.usd_per_chip_hour else 1 end as capital_share
    from aicost_components as components
    join core.run_hours as runs using (model_id)
    join core.run_energy as energy using (model_id)
    cross join chosen
    left join core.run_cloud_prices as rented using (model_id)
    left join core.run_purchase_prices as bought using (model_id)
    where components.cost_usd is not null
),
inputs as (
    select model_id, method, cost_usd, unnest([
        case when method <> 'acquisition' and hours_source = 'reported' then {'input': 'GPU-hours', 'low': chip_hours * exp(-z_90 * hours_log_sd), 'central': chip_hours, 'high': chip_hours * exp(z_90 * hours_log_sd), 'unit': 'GPU-hours', 'exponent': 1, 'share': 1, 'basis': 'recorded'} end,
        case when method = 'acquisition' or hours_source = 'quantity x time' then {'input': 'number of chips', 'low': hardware_quantity * quantity.low, 'central': hardware_quantity, 'high': hardware_quantity * quantity.high, 'unit': 'chips', 'exponent': 1, 'share': 1, 'basis': 'recorded'} end,
        case when method <> 'acquisition' and hours_source = 'quantity x time' then {'input': 'training time', 'low': chip_hours / hardware_quantity * duration.low, 'central': chip_hours / hardware_quantity, 'high': chip_hours / hardware_quantity * duration.high, 'unit': 'hours', 'exponent': 1, 'share': 1, 'basis': 'recorded'} end,
        case when method <> 'acquisition' and hours_source = 'compute' then {'input': 'compute', 'low': own_flop * exp(-z_90 * compute_log_sd), 'central': own_flop, 'high': own_flop * exp(z_90 * compute_log_sd), 'unit': 'FLOP', 'exponent': 1, 'share': 1, 'basis': 'recorded'} end,
        case when method <> 'acquisition' and hours_source = 'compute' then {'input': 'utilisation', 'low': case mfu_basis when 'assumed' then utilisation.low else mfu_used * hours_range.low end, 'central': mfu_used, 'high': case mfu_basis when 'assumed' then utilisation.high else mfu_used * hours_range.high end, 'unit': 'share of peak speed', 'exponent': -1, 'share': 1, 'basis': mfu_basis} end,
        case when method <> 'acquisition' and hours_source = 'compute' then {'input': 'speed of the chip', 'low': peak_flop_per_second * speed.low, 'central': peak_flop_per_second, 'high': peak_flop_per_second * speed.high, 'unit': 'FLOP/s', 'exponent': -1, 'share': 1, 'basis': 'data sheet'} end,
        case when method = 'cloud' then {'input': 'rental price', 'low': usd_per_chip_hour * exp(-z_90 * rent_log_sd), 'central': usd_per_chip_hour, 'high': usd_per_chip_hour * exp(z_90 * rent_log_sd), 'unit': 'USD per GPU-hour', 'exponent': 1, 'share': 1, 'basis': 'price list'} end,
        case when method = 'cloud' then {'input': 'length of the contract', 'low': three_year, 'central': one_year, 'high': 1, 'unit': 'share of the on-demand price: three years, one year, none', 'exponent': 1, 'share': 1, 'basis': 'assumed'} end,
        case when method <> 'cloud' then {'input': 'purchase price', 'low': bought_usd * exp(-z_90 * bought_log_sd), 'central': bought_usd, 'high': bought_usd * exp(z_90 * bought_log_sd), 'unit': 'USD per chip with server', 'exponent': 1, 'share': capital_share, 'basis': 'price list'} end,
        case when method <> 'cloud' then {'input': 'network and other overhead', 'low': overhead.low, 'central': overhead.central, 'high': overhead.high, 'unit': 'ratio of cluster to servers', 'exponent': 1, 'share': capital_share, 'basis': 'assumed'} end,
        -- a faster loss of value takes more in the hour, but from hardware that is worth less by then
        case when method = 'amortised' then {'input': 'loss of value per year', 'low': least(rate.low * pow(10, -rate.low * age_years), rate.high * pow(10, -rate.high * age_years)), 'central': rate.central * pow(10, -rate.central * age_years), 'high': greatest(rate.low * pow(10, -rate.low * age_years), rate.high * pow(10, -rate.high * age_years)), 'unit': 'orders of magnitude per year, times what is left', 'exponent': 1, 'share': capital_share, 'basis': 'assumed'} end,
        case when method = 'amortised' then {'input': 'start of training', 'low': -start_days, 'central': 0, 'high': start_days, 'unit': 'days', 'exponent': 0, 'share': capital_share, 'basis': 'assumed'} end,
        case when method = 'amortised' then {'input': 'electricity, load and cooling', 'low': energy_usd_per_chip_hour * exp(-z_90 * sqrt(energy_variance)), 'central': energy_usd_per_chip_hour, 'high': energy_usd_per_chip_hour * exp(z_90 * sqrt(energy_variance)), 'unit': 'USD per GPU-hour', 'exponent': 1, 'share': 1 - capital_share, 'basis': 'assumed'} end
    ]) as one, rate.central as rate_central, days_per_year
    from costed
),
moved as (
    select
        *,
        case when one.exponent = 0 then pow(10, -rate_central * one.low / days_per_year) else pow(one.low / one.central, one.exponent) end as factor_low,
        case when one.exponent = 0 then pow(10, -rate_central * one.high / days_per_year) else pow(one.high / one.central, one.exponent) end as factor_high
    from inputs
    where one is not null and one.central is not null
)
select
    moved.model_id, models.model_name, moved.method, case moved.method when 'acquisition' then 'hardware_capex' else case when models.is_finetune then 'post_training' else 'final_run' end end as scope,
    one.input, one.low as input_low, one.central as input_central, one.high as input_high, one.unit, one.exponent, one.share,
    cost_usd * (1 + one.share * (factor_low - 1)) as cost_at_low_usd, cost_usd,
    cost_usd * (1 + one.share * (factor_high - 1)) as cost_at_high_usd,
    abs(cost_at_high_usd - cost_at_low_usd) as swing_usd,
    row_number() over (partition by moved.model_id, moved.method order by abs(cost_at_high_usd - cost_at_low_usd) desc, one.input) as swing_rank,
    one.basis
from moved
join core.models as models using (model_id)
order by moved.model_id, moved.method, swing_rank
