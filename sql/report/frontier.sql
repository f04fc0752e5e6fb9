-- The runs of the benchmark with most runs on the cost frontier or near it, with how sure their place is, and the rest.
-- parameter benchmark: a benchmark with measured costs
select
    model, configuration, run_on, score_share_low, score_share, score_share_high, usd_per_task, usd_per_solved, run_cost_usd,
    is_on_frontier, frontier_probability, tasks, source_url
from cost_frontier
where benchmark = $benchmark
order by usd_per_task, score_share, score_id
