-- The runs of the benchmark with most dated runs that have a cost: which are on the frontier, and how sure that is.
with chosen as (
    select benchmark from cost_frontier where run_on is not null group by benchmark order by count(*) desc, benchmark limit 1
)
select
    runs.benchmark, runs.model, runs.configuration, runs.run_on, runs.score_share_low, runs.score_share, runs.score_share_high,
    runs.usd_per_task, runs.usd_per_solved, runs.run_cost_usd, runs.is_on_frontier, runs.frontier_probability, runs.tasks,
    sources.publisher, runs.source_url
from cost_frontier as runs
join chosen using (benchmark)
left join sources using (source)
where runs.run_on is not null
order by runs.usd_per_task, runs.score_share, runs.score_id
