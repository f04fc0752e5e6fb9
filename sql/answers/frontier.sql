-- The runs of a benchmark that no other run beats in both score and cost, and those that may be among them.
-- parameter benchmark: a benchmark with measured costs, such as aider_polyglot
select
    model,
    configuration,
    score_share as score, score_share_low as score_low, score_share_high as score_high,
    usd_per_task as value, usd_per_task as value_low, usd_per_task as value_high,
    'USD per task' as unit,
    usd_per_solved,
    run_cost_usd,
    is_on_frontier,
    frontier_probability,
    scope,
    'reported' as basis,
    run_on as as_of,
    concat('cost as printed; ', recipe) as recipe,
    source_url
from cost_frontier
where benchmark = $benchmark and (is_on_frontier or frontier_probability >= 1 / 10)
order by score, value
