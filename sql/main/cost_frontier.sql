-- Which measured runs no other run beats in both score and cost, and how sure that is.
--
-- grain: score_id
-- unit: USD per task of the day of the run
-- sources: cost_per_task, runs with a printed cost; core.task_draws where single tasks are printed
-- column score_id: run, as in scores
-- column benchmark: benchmark
-- column model: model as printed
-- column model_id: registered model; NULL for two models together
-- column is_composite: two models that worked together
-- column configuration: how it was run
-- column run_on: day of the run
-- column score_share: share of tasks solved
-- column score_share_low: lower end of its 90 % interval
-- column score_share_high: upper end of its 90 % interval
-- column run_cost_usd: cost of the whole run
-- column usd_per_task: cost over the tasks
-- column usd_per_solved: cost over the tasks solved
-- column is_on_frontier: no other run scores at least as much for at most the cost, one of them strictly
-- column frontier_probability: share of the draws in which it is on the frontier
-- column draws: number of draws
-- column tasks: number of tasks drawn from
-- column scope: inference: API tokens of the run, nothing else
-- column recipe: how the probability was made
-- column source: source of the run
-- column source_url: address of the run or of the board
with runs as (
    select
        costs.*,
        scores.is_composite,
        row_number() over (order by costs.score_id) as number
    from cost_per_task as costs
    join core.scores as scores using (score_id)
    where costs.basis = 'reported' and costs.usd_per_task is not null and costs.solved is not null
),
draws_wanted as (
    select central::bigint as most from core.assumptions where variant = 'aicost' and assumption = 'bootstrap_draws'
),
-- the same tasks are drawn for every run of a benchmark
hashed as materialized (
    select replicate, position, ('0x' || substr(md5(concat(replicate, '-', position)), 1, 4 * 2))::bigint as number
    from draws_wanted
    cross join unnest(generate_series(1, draws_wanted.most)) as replicates (replicate)
    cross join unnest(generate_series(1, (select max(tasks) from runs))) as positions (position)
),
drawn as (
    select sizes.tasks, replicate, hashed.number % sizes.tasks as task, count(*) as weight
    from (select distinct tasks from runs) as sizes join hashed on hashed.position <= sizes.tasks
    group by all
),
-- sets of tasks as bits, 60 to a word: those drawn at least once, at least twice, and so on
drawn_sets as (
    select tasks, replicate, times, task // 60 as word, bit_or(1::bigint << (task % 60)) as bits
    from (select tasks, replicate, task, unnest(generate_series(1, weight)) as times from drawn)
    group by all
),
-- where a board prints how many tasks were solved and not which, each run solved as many, in an order of its own
solved_sets as (
    select number, tasks, task // 60 as word, bit_or(1::bigint << (task % 60)) as bits from (
        select
            runs.number, runs.tasks, runs.solved, task,
            row_number() over (partition by runs.number order by md5(concat(runs.score_id, '-', task)), task) as rank
        from runs cross join unnest(generate_series(0, runs.tasks - 1)) as all_tasks (task)
    )
    where rank <= solved
    group by all
),
resampled as (
    select drawn_sets.replicate, solved_sets.number, sum(bit_count(drawn_sets.bits & solved_sets.bits)) as solved
    from drawn_sets join solved_sets using (tasks, word)
    group by all
),
replicated as (
    select 0 as replicate, benchmark, number, usd_per_task, score_share as share from runs
    union all
    select
        replicate, benchmark, number,
        coalesce(by_task.usd_per_task, runs.usd_per_task),
        coalesce(by_task.solved / by_task.tasks, coalesce(resampled.solved, 0) / runs.tasks)
    from runs
    cross join draws_wanted
    cross join unnest(generate_series(1, draws_wanted.most)) as replicates (replicate)
    left join resampled using (replicate, number)
    left join core.task_draws as by_task using (score_id, replicate)
),
judged as (
    select
        number,
        replicate,
        share = max(share) over not_dearer and share > coalesce(max(share) over cheaper, -1) as is_on
    from replicated
    window
        not_dearer as (
            partition by replicate, benchmark order by usd_per_task
            range between unbounded preceding and current row
        ),
        cheaper as (
            partition by replicate, benchmark order by usd_per_task
            range between unbounded preceding and current row exclude group
        )
),
counted as (
    select
        number,
        bool_or(is_on) filter (where replicate = 0) as is_on_frontier,
        avg(is_on::integer) filter (where replicate > 0) as frontier_probability
    from judged group by number
)
select
    score_id, benchmark, model, model_id, is_composite, configuration, run_on, score_share, score_share_low,
    score_share_high, run_cost_usd, usd_per_task, usd_per_solved, is_on_frontier, frontier_probability,
    draws_wanted.most as draws, tasks, scope,
    'tasks drawn with replacement, the same for all runs; ' || case
        when score_id in (select score_id from core.task_draws) then 'solved tasks and their costs as printed task by task'
        else 'which tasks a run solved is not printed and taken as independent; the cost is taken as exact'
    end as recipe,
    source, source_url
from runs join counted using (number) cross join draws_wanted
order by benchmark, score_share, usd_per_task, score_id
