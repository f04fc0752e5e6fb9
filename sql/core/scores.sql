-- Every score in force, with the model it means and its score as a share where the scale allows it.
--
-- grain: score_id
-- unit: as in the column scale; score_share 0 to 1
-- sources: raw.scores, meta.model_names, data/reference/benchmarks.csv, data/reference/score_corrections.csv
with newest as (
    select source, benchmark, max(observed_at) as newest_at from raw.scores group by all
),
corrected as (
    select
        scores.*,
        coalesce(corrections.corrected::date, scores.model_released_on) as released_on,
        corrections.citation as correction,
        -- an index is fitted anew at every visit, and two fits are never mixed; a leaderboard's older rows are withdrawn
        scores.observed_at = newest.newest_at as is_current
    from raw.scores as scores
    join newest using (source, benchmark)
    left join reference.score_corrections as corrections
        on corrections.source = scores.source and corrections.model = scores.model
        and corrections.field = 'model_released_on' and corrections.printed = scores.model_released_on::varchar
),
named as (
    select
        corrected.*,
        names.model_id,
        names.organisation as model_organisation,
        names.family_id,
        names.configuration as named_configuration,
        called.host as called_host,
        names.reason,
        tests.tasks::bigint as usual_tasks,
        tests.chance_share::double as chance_share,
        coalesce(tests.is_multiple_choice::boolean, false) as is_multiple_choice,
        registered.settings
    from corrected
    left join meta.model_names as names
        on names.source = corrected.source and names.printed = corrected.model
        and names.named_on is not distinct from corrected.run_on and names.printed_host is null
    left join meta.model_names as called
        on called.source = corrected.source and called.printed = corrected.api_model
        and called.named_on is not distinct from corrected.run_on and called.printed_host is null
    left join reference.benchmarks as tests on tests.benchmark = corrected.benchmark
    left join reference.models as registered on registered.model_id = names.model_id
),
scaled as (
    select
        *,
        case scale when 'share' then 1 when 'percent' then 100 end as whole,
        coalesce(tasks, usual_tasks) as n
    from named
)
select
    format('{}/{}/{}', source, visit_id, row) as score_id,
    source,
    benchmark,
    is_current,
    -- rows of other publishers are left out of comparisons where the publisher itself is on file
    upstream is not null and exists (
        select 1 from raw.scores as own where own.benchmark = scaled.benchmark and own.upstream is null
    ) as is_mirror,
    model as printed,
    case when model_id not like 'composite:%' then model_id end as model_id,
    coalesce(model_id like 'composite:%', false) as is_composite,
    model_organisation as organisation,
    family_id,
    model_group,
    reason as unmatched_reason,
    called_host,
    nullif(concat_ws('; ', nullif(named_configuration, ''), configuration), '') as configuration,
    named_configuration,
    coalesce(
        regexp_matches(coalesce(settings, ''), 'effort|reasoning')
        or regexp_matches(coalesce(named_configuration, ''), '(thinking|effort)=')
        and not regexp_matches(coalesce(named_configuration, ''), '(thinking=off|effort=none)'),
        false
    ) as is_reasoning,
    released_on,
    correction,
    run_on,
    observed_at::date as observed_on,
    metric,
    scale,
    score,
    score_low,
    score_high,
    interval_percent,
    standard_error,
    score / whole as score_share,
    score_low / whole as share_low,
    score_high / whole as share_high,
    standard_error / whole as share_error,
    n as tasks,
    coalesce(solved, round(n * score / whole)) as solved,
    solved is not null as is_solved_printed,
    tasks is not null as is_tasks_printed,
    chance_share,
    is_multiple_choice,
    coalesce(run_cost_usd, task_cost_usd * n) as run_cost_usd,
    coalesce(task_cost_usd, run_cost_usd / n) as task_cost_usd,
    case when run_cost_usd is not null then 'run' when task_cost_usd is not null then 'task' end as cost_printed_for,
    prompt_tokens,
    completion_tokens,
    training_compute_flop,
    run_id,
    upstream,
    address,
    visit_id,
    observed_at
from scaled
order by source, visit_id, row
