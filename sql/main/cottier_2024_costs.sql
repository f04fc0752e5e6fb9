-- The published method's three costs of each model, one row per method, with the intervals that the paper gives.
--
-- grain: model_id, method
-- unit: nominal USD of the month of publication
-- sources: cottier_2024_components, core.run_hours (spread of a rental, which the paper does not give)
-- column model_id: model, as in training_costs
-- column method: amortised, acquisition or cloud
-- column scope: final_run; hardware_capex for the purchase of the cluster
-- column basis: derived from recorded hours, or estimated from compute
-- column cost_usd_low: lower end of the 90 % interval
-- column cost_usd: the published method's cost
-- column cost_usd_high: upper end of the 90 % interval
-- column recipe: how cost and interval were made
-- column chip_hours: chip-hours used
-- column chip_hours_basis: reported, derived or assumed
-- column utilisation_basis: reported or assumed, where chip-hours come from compute
-- column price_basis: which price was used
-- column priced_on: day of that price
-- column price_source: where it was read
-- column started_on: when training is taken to have begun
-- column start_basis: derived from a recorded duration, assumed, or set by name
-- column flags: inputs that the method uses although they are implausible
-- column missing_reason: what is missing, where the cost is NULL
with methods as (
    select
        components.* exclude (started_at),
        components.started_at::date as started_on,
        unnest([
            {'method': 'amortised', 'cost_usd': amortised_usd},
            {'method': 'acquisition', 'cost_usd': acquisition_usd},
            {'method': 'cloud', 'cost_usd': cloud_usd}
        ]) as one
    from cottier_2024_components as components
),
costs as (
    select * exclude (one), one.method, one.cost_usd from methods
),
chosen as (
    select
        max(central) filter (where assumption = 'z_90') as z_90,
        -- the published method takes a price of any date
        max(ln(high / low)) filter (where assumption = 'cloud_price_far') / (2 * z_90) as price_log_sd
    from core.assumptions
    where variant = 'aicost'
)
select
    costs.model_id,
    costs.method,
    case when costs.method = 'acquisition' then 'hardware_capex' else 'final_run' end as scope,
    case
        when costs.cost_usd is null then null
        when costs.method <> 'acquisition' and costs.chip_hours_method like 'compute%' then 'estimated'
        else 'derived'
    end as basis,
    costs.cost_usd * coalesce(factors.low, exp(-chosen.z_90 * sqrt(pow(hours.hours_log_sd, 2) + pow(chosen.price_log_sd, 2)))) as cost_usd_low,
    costs.cost_usd,
    costs.cost_usd * coalesce(factors.high, exp(chosen.z_90 * sqrt(pow(hours.hours_log_sd, 2) + pow(chosen.price_log_sd, 2)))) as cost_usd_high,
    concat(
        'Cottier et al. 2024, ', costs.method, coalesce('; hours: ' || costs.chip_hours_method, ''),
        '; 90 % interval: ', case when factors.low is null then 'log-normal, spreads of variant aicost' else 'factors of the paper' end
    ) as recipe,
    costs.chip_hours,
    case
        when costs.chip_hours_method = 'reported' then 'reported'
        when costs.chip_hours_method like 'compute%' and runs.mfu_share is null then 'assumed'
        when costs.chip_hours_method is not null then 'derived'
    end as chip_hours_basis,
    case
        when costs.chip_hours_method like 'compute%' then case when runs.mfu_share is null then 'assumed' else 'reported' end
    end as utilisation_basis,
    case
        when costs.method = 'cloud' then costs.cloud_vendor || ', three-year commitment'
        when costs.purchase_usd_per_chip is not null then 'earliest price of the chip family, or constant for TPUs'
    end as price_basis,
    case when costs.method = 'cloud' then costs.cloud_priced_on else costs.purchase_priced_on end as priced_on,
    case when costs.method = 'cloud' then costs.cloud_price_source else costs.purchase_price_source end as price_source,
    costs.started_on,
    case when runs.training_hours is null then 'assumed' else 'derived' end as start_basis,
    -- what aicost found implausible in the very input that this method uses
    replace(array_to_string(list_filter(hours.flags, lambda flag: costs.method <> 'acquisition' and case
        when costs.chip_hours_method = 'reported' then flag like 'recorded chip-hours%'
        when costs.chip_hours_method = 'quantity x time' then flag like '%quantity x time%'
        else flag like 'recorded utilisation%'
    end), '; '), 'not used', 'used as the published method does') as flags,
    case when costs.cost_usd is null then costs.missing_reason end as missing_reason
from costs
cross join chosen
join core.training_runs as runs using (model_id)
left join core.assumptions as factors
    on factors.variant = 'cottier_2024' and factors.assumption = concat('interval_', costs.method)
    and factors.key = case when contains(runs.chip_name, 'TPU') then 'TPU' else 'GPU' end
join core.run_hours as hours using (model_id)
order by costs.model_id, costs.method
