-- Benchmark scores with model, configuration, day and interval; every visit of a refitted index, every withdrawn run.
--
-- grain: score_id
-- unit: as in scale; score_share 0 to 1
-- sources: core.scores
-- column score_id: score
-- column benchmark: benchmark, by its short name
-- column model: model as printed
-- column model_id: registered model; NULL for two models together and for names that are not resolved
-- column family_id: what was pre-trained once
-- column model_group: model without version and configuration as printed, for the index
-- column organisation: maker
-- column configuration: how it was run, from the name and from the page
-- column is_composite: two models that worked together
-- column is_reasoning: run with reasoning on, or a model that always reasons
-- column is_current: on the newest visit; otherwise withdrawn, overwritten or of an older fit
-- column is_mirror: another publisher's number, where that publisher itself is on file
-- column released_on: day the model was released, as the page prints it, corrected where a reviewed row says so
-- column correction: why the day was corrected
-- column run_on: day of the run; NULL where none is printed
-- column observed_on: day of the visit
-- column metric: heading of the score
-- column scale: share, percent, points, index, rating or minutes
-- column score: score as printed
-- column score_low: lower end of the 90 % interval: printed, else from the standard error, else Wilson over the tasks
-- column score_high: upper end of the 90 % interval
-- column interval_basis: printed (with what it covers), standard error, Wilson or none
-- column score_share: score as a share
-- column chance_share: share that guessing gets
-- column tasks: number of tasks
-- column run_cost_usd: what the run cost as printed, or task cost times tasks; NULL: not known
-- column training_compute_flop: training compute printed beside the score
-- column unmatched_reason: why there is no registered model
-- column upstream: whose number it is, where the page repeats another publisher's
-- column source: source
-- column source_url: address of the run, the document or the board
-- column observed_at: when the page was received (UTC)
with z as (
    select central as z from core.assumptions where variant = 'aicost' and assumption = 'z_90'
),
spread as (
    select
        scores.*,
        z,
        score_share + power(z, 2) / (2 * tasks) as middle,
        z * sqrt(score_share * (1 - score_share) / tasks + power(z, 2) / (4 * power(tasks, 2))) as wilson,
        1 + power(z, 2) / tasks as denominator,
        score / nullif(score_share, 0) as whole
    from core.scores as scores cross join z
)
select
    score_id,
    benchmark,
    printed as model,
    model_id,
    family_id,
    model_group,
    organisation,
    configuration,
    is_composite,
    is_reasoning,
    is_current,
    is_mirror,
    released_on,
    correction,
    run_on,
    observed_on,
    metric,
    scale,
    score,
    case
        when score_low is not null then score_low
        when standard_error is not null then score - z * standard_error
        when tasks is not null and whole is not null then (middle - wilson) / denominator * whole
    end as score_low,
    case
        when score_low is not null then score_high
        when standard_error is not null then score + z * standard_error
        when tasks is not null and whole is not null then (middle + wilson) / denominator * whole
    end as score_high,
    case
        when score_low is not null then concat('printed', ', ' || interval_percent || ' %')
        when standard_error is not null then '90 %, from the printed standard error'
        when tasks is not null and whole is not null then '90 % Wilson, over the tasks'
        else 'none'
    end as interval_basis,
    score_share,
    chance_share,
    tasks,
    run_cost_usd,
    training_compute_flop,
    unmatched_reason,
    upstream,
    source,
    address as source_url,
    observed_at
from spread
order by benchmark, score_id
