-- What each run did on each task, where the publisher prints that, with the tasks numbered by name from 0.
--
-- grain: score_id, task
-- unit: USD of the day of the run
-- sources: raw.task_results, core.scores
select
    scores.score_id,
    results.task,
    row_number() over (partition by scores.score_id order by results.task) - 1 as number,
    count(*) over (partition by scores.score_id) as tasks,
    results.solved,
    results.cost_usd
from raw.task_results as results
join core.scores as scores
    on scores.source = results.source and scores.visit_id = results.visit_id
    and scores.benchmark = results.benchmark and scores.run_id = results.run_id
where scores.is_current
order by scores.score_id, results.task
