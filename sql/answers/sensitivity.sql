-- Which inputs move the cost of a model most, and what would each have to be for another figure to be right?
-- parameter model_id: model, as in training_costs
-- parameter method: amortised, acquisition or cloud
-- parameter rival_id: figure to reach, as in cost_figures; NULL: the stated one of that scope that is furthest away
with inputs as (
    select * from cost_sensitivities where model_id = $model_id and method = $method
),
rival as (
    select figure_id, claimant, usd, scope
    from cost_figures
    where model_id = $model_id
      and (figure_id = $rival_id or ($rival_id is null and is_stated and scope in (select scope from inputs)))
    order by abs(ln(usd / (select any_value(cost_usd) from inputs))) desc, figure_id
    limit 1
)
select
    swing_rank, input, input_low, input_central, input_high, inputs.unit as input_unit, inputs.basis,
    cost_at_low_usd as value_low, inputs.cost_usd as value, cost_at_high_usd as value_high, 'USD' as unit, inputs.scope, swing_usd,
    rival.figure_id as rival_id, rival.claimant as rival_claimant, rival.usd as rival_usd,
    case when exponent <> 0 and 1 + (rival.usd / inputs.cost_usd - 1) / share > 0
        then input_central * pow(1 + (rival.usd / inputs.cost_usd - 1) / share, 1 / exponent) end as needed_input,
    needed_input between input_low and input_high as is_needed_in_range,
    runs.started_on as as_of, runs.hardware, costs.price_source, costs.source_url
from inputs
join runs using (model_id)
left join training_costs as costs on costs.model_id = runs.model_id and costs.variant = 'aicost' and costs.method = $method
left join rival on true
order by swing_rank
