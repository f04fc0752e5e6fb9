-- The costs of each model by the aicost method, with the trend where only compute is known, and what was reported.
--
-- grain: model_id, method
-- unit: nominal USD of the month of publication
-- sources: aicost_components, usd_per_flop_trend, core.reported_costs, core.run_hours
-- column model_id: model, as in training_costs
-- column method: amortised, acquisition, cloud or reported
-- column scope: final_run, post_training (a fine-tune, its base not counted), training_total or hardware_capex
-- column basis: reported, derived (from recorded inputs) or estimated (assumed inputs or the trend)
-- column cost_usd_low: lower end of the 90 % interval, or of what was stated
-- column cost_usd: central estimate, or the figure stated
-- column cost_usd_high: upper end of the 90 % interval, or of what was stated
-- column recipe: how cost and interval were made
-- column chip_hours: chip-hours used
-- column chip_hours_basis: reported, derived or assumed
-- column utilisation_basis: reported or assumed, where chip-hours come from compute
-- column price_basis: which price was used and how near it is
-- column priced_on: day of that price
-- column price_source: where it was read
-- column started_on: when training is taken to have begun
-- column start_basis: derived from a recorded duration, or assumed
-- column flags: inputs that were implausible and not used, and other warnings
-- column missing_reason: what is missing, where the cost is NULL
with chosen as (
    select
        max(central) filter (where assumption = 'z_90') as z_90,
        max(central) filter (where assumption = 'days_per_year') as days_per_year,
        -- the contract is not known: from the one-year price the interval reaches down to three years and up to on demand
        ln((1 - max(central) filter (where assumption = 'commitment_discount' and key = 'one_year'))
            / (1 - max(central) filter (where assumption = 'commitment_discount' and key = 'three_year'))) / z_90 as term_log_sd_low,
        -ln(1 - max(central) filter (where assumption = 'commitment_discount' and key = 'one_year')) / z_90 as term_log_sd_high,
        max(central) filter (where assumption = 'usd_per_flop_models_min') as models_min,
        max(central) filter (where assumption = 'trend_reach_days')::integer as reach_days
    from core.assumptions
    where variant = 'aicost'
),
tried as (
    select
        components.*,
        chosen.z_90,
        case components.method when 'cloud' then chosen.term_log_sd_low else 0 end as term_log_sd_low,
        case components.method when 'cloud' then chosen.term_log_sd_high else 0 end as term_log_sd_high,
        hours.is_finetune,
        components.cost_usd is null and trend.method is not null and components.own_flop is not null as is_trend,
        case when is_trend then components.own_flop * pow(10,
            trend.intercept_log10 + trend.slope_log10_per_year
            * date_diff('day', date '2000-01-01', components.started_on) / chosen.days_per_year
        ) else components.cost_usd end as usd,
        case when is_trend then sqrt(pow(trend.scatter_log10 * ln(10), 2) + pow(hours.compute_log_sd, 2))
            else components.log_sd end as spread,
        trend.models,
        components.started_on > trend.last_on as is_beyond,
        case components.method when 'cloud' then ', reaching from the three-year to the on-demand price' else '' end as above
    from aicost_components as components
    join core.run_hours as hours using (model_id)
    cross join chosen
    left join usd_per_flop_trend as trend
        on trend.method = components.method and trend.models >= chosen.models_min
        and components.started_on between trend.first_on and trend.last_on + chosen.reach_days
),
computed as (
    select
        model_id, method,
        case when method = 'acquisition' then 'hardware_capex' when is_finetune then 'post_training' else 'final_run' end as scope,
        case
            when usd is null then null
            when is_trend or (method <> 'acquisition' and chip_hours_basis = 'assumed') then 'estimated'
            else 'derived'
        end as basis,
        usd * exp(-z_90 * sqrt(pow(spread, 2) + pow(term_log_sd_low, 2))) as cost_usd_low,
        usd as cost_usd,
        usd * exp(z_90 * sqrt(pow(spread, 2) + pow(term_log_sd_high, 2))) as cost_usd_high,
        case
            when is_trend then format('own compute x USD per FLOP of the year, line through {} {} costs; interval: scatter of the line and confidence in the compute{}', models, method, above)
            when method = 'acquisition' then 'number of chips x price with server and interconnect; 90 % interval: log-normal'
            else format('chip-hours ({}) x USD per chip-hour ({}); 90 % interval: log-normal{}', chip_hours_from, method, above)
        end as recipe,
        case when not is_trend and method <> 'acquisition' then chip_hours end as chip_hours,
        case when not is_trend and method <> 'acquisition' then chip_hours_basis end as chip_hours_basis,
        case when not is_trend and method <> 'acquisition' then utilisation_basis end as utilisation_basis,
        case when is_trend then 'trend of USD per FLOP' else price_basis end as price_basis,
        case when not is_trend then priced_on end as priced_on,
        case when not is_trend then price_source end as price_source,
        started_on,
        case when is_start_assumed then 'assumed' else 'derived' end as start_basis,
        concat_ws(
            '; ', nullif(flags, ''), case when is_trend then concat(missing_reason, ': trend used') end,
            case when is_trend and is_beyond then 'trend extended beyond its last model' end
        ) as flags,
        case when usd is null then missing_reason end as missing_reason
    from tried
),
stated as (
    select
        models.model_id, 'reported' as method, claims.scope, case when claims.claim_id is not null then 'reported' end as basis,
        claims.low as cost_usd_low, claims.central as cost_usd, claims.high as cost_usd_high,
        case when claims.claim_id is null then 'as stated by the developer'
            else concat('as stated (', claims.hedge, '), claim ', claims.claim_id, ': ', claims.scope_note) end as recipe,
        claims.claimed_on as priced_on, claims.source_url as price_source,
        case when claims.claim_id is not null then 'stated by the developer' end as price_basis,
        case when claims.verified <> 'yes' then 'read in a copy of the source' else '' end as flags,
        case
            when claims.claim_id is null then 'the developer has stated no cost that is on file'
            when claims.central is null then 'stated as a bound only'
        end as missing_reason
    from core.models as models
    left join core.reported_costs as claims using (model_id)
)
select
    model_id, method, coalesce(scope, 'final_run') as scope, basis, cost_usd_low, cost_usd, cost_usd_high, recipe,
    chip_hours, chip_hours_basis, utilisation_basis, price_basis, priced_on, price_source,
    started_on, start_basis, flags, missing_reason
from (select * from computed union all by name select * from stated)
order by model_id, method
