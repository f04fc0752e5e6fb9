-- The dollar figures of each model that somebody has stated a figure for, stated and computed, taken apart.
--
-- grain: figure_id
-- unit: USD, in dollars of price_level_on, nominal where that is NULL
-- sources: core.claims, core.claim_inputs, core.claim_methods, training_costs, cottier_2024_components, core.price_index
-- column figure_id: the claim, or model/variant/method
-- column model_id: model, as in training_costs
-- column model_name: model
-- column is_stated: whether somebody stated it, and not we computed it
-- column claimant: who states or computes it
-- column scope: what it covers
-- column method: amortised, acquisition or cloud, where known
-- column usd: the figure; of a range its middle, of a bound the bound
-- column inputs_of: method whose recorded inputs it was computed from, where known
-- column hedge: exact, approx, at_least, at_most or range; estimate for computed ones
-- column price_level_on: month whose dollars it is in; NULL for dollars of the day
-- column price_level_factor: its dollars over dollars of the month of publication
-- column gpu_hours: GPU-hours it rests on, where known
-- column usd_per_gpu_hour: what it comes to per GPU-hour, in dollars of the day
-- column chips: chips bought, of an acquisition
-- column usd_per_chip: what it comes to per chip, in dollars of the day
-- column dated_on: day of the claim, or of publication
-- column source_url: where it is stated
with stated as (
    select
        claims.claim_id as figure_id, claims.model_id, models.model_name, true as is_stated, claims.claimant, claims.scope, methods.method, methods.inputs_of,
        coalesce(claims.value, case when claims.hedge = 'range' then sqrt(claims.value_low * claims.value_high) end, claims.value_low, claims.value_high) as usd,
        claims.hedge, methods.price_level_on,
        coalesce(level.index_value / published.index_value, 1) as price_level_factor,
        case when methods.inputs_of = 'cottier_2024' then components.chip_hours when inputs.hours_from <> 'catalogue' then inputs.gpu_hours end as gpu_hours,
        case when methods.method = 'acquisition' then runs.hardware_quantity end as chips,
        claims.claimed_on as dated_on, claims.source_url
    from core.claims as claims
    join core.models as models using (model_id)
    join core.training_runs as runs using (model_id)
    join core.claim_inputs as inputs using (claim_id)
    left join core.claim_methods as methods using (claim_id)
    left join cottier_2024_components as components using (model_id)
    left join core.price_index as level on level.period_on = methods.price_level_on
    left join core.price_index as published on published.period_on = date_trunc('month', models.published_on)
    where claims.kind = 'money' and claims.unit = 'USD' and coalesce(claims.per, 'run') = 'run'
      and coalesce(claims.stage, 'total') = 'total' and claims.scope not in ('other_not_cost', 'inference')
),
computed as (
    select
        format('{}/{}/{}', costs.model_id, costs.variant, costs.method) as figure_id, costs.model_id, costs.model_name, false as is_stated,
        case costs.variant when 'aicost' then 'aicost' else 'method of Cottier et al. 2024' end as claimant, costs.scope, costs.method,
        costs.variant as inputs_of,
        costs.cost_usd as usd, 'estimate' as hedge, null::date as price_level_on, 1 as price_level_factor, costs.chip_hours as gpu_hours,
        case when costs.method = 'acquisition' then runs.hardware_quantity end as chips, costs.published_on as dated_on, costs.source_url
    from training_costs as costs
    join core.training_runs as runs using (model_id)
    where costs.method <> 'reported' and costs.cost_usd is not null and costs.model_id in (select model_id from stated)
)
select
    figure_id, model_id, model_name, is_stated, claimant, scope, method, usd, inputs_of, hedge, price_level_on, price_level_factor,
    case when chips is null then gpu_hours end as gpu_hours,
    case when chips is null then usd / price_level_factor / gpu_hours end as usd_per_gpu_hour,
    chips, usd / price_level_factor / chips as usd_per_chip, dated_on, source_url
from (select * from stated union all by name select * from computed)
order by model_id, usd, figure_id
