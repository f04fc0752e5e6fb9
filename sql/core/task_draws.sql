-- Tasks drawn with replacement, the same ones for all runs of a size: what each run solved of them, and what they cost.
--
-- grain: score_id, replicate
-- unit: tasks; USD per task of the day of the run
-- sources: core.task_results; draw number i of replicate b is the task md5(b-i) modulo the number of tasks
with draws_wanted as (
    select central::bigint as most from core.assumptions where variant = 'aicost' and assumption = 'bootstrap_draws'
),
sizes as (
    select distinct tasks from core.task_results
),
results as (
    -- a run that lacks the cost of one task has none
    select *, bool_and(cost_usd is not null) over (partition by score_id) as is_costed from core.task_results
),
weights as materialized (
    select
        sizes.tasks,
        replicate,
        ('0x' || substr(md5(concat(replicate, '-', position)), 1, 4 * 2))::ubigint % sizes.tasks as number,
        count(*) as weight
    from sizes
    cross join draws_wanted
    cross join unnest(generate_series(1, draws_wanted.most)) as replicates (replicate)
    cross join unnest(generate_series(1, sizes.tasks)) as positions (position)
    group by all
)
select
    results.score_id,
    weights.replicate,
    sum(weights.weight * results.solved::integer)::bigint as solved,
    any_value(results.tasks) as tasks,
    case when any_value(results.is_costed) then sum(weights.weight * results.cost_usd) / any_value(results.tasks) end
        as usd_per_task
from results
join weights using (tasks, number)
group by results.score_id, weights.replicate
order by results.score_id, weights.replicate
