-- What a run on a benchmark cost, per task and per solved task, beside what its tokens cost at the list price of its day.
--
-- grain: score_id
-- unit: USD of the day of the run
-- sources: core.scores, core.run_prices, core.task_draws
-- column score_id: run, as in scores
-- column benchmark: benchmark
-- column model: model as printed
-- column model_id: registered model; NULL for two models together and for names that are not resolved
-- column configuration: how it was run
-- column run_on: day of the run
-- column score_share: share of tasks solved
-- column score_share_low: lower end of its 90 % Wilson interval
-- column score_share_high: upper end of its 90 % Wilson interval
-- column tasks: number of tasks
-- column solved: number of tasks solved, printed or the share of them
-- column scope: inference: API tokens of the run, nothing else
-- column basis: reported (a cost is printed) or derived (from tokens and list price)
-- column run_cost_usd: what the whole run cost: as printed, else tokens at list price
-- column usd_per_task: that over the tasks
-- column usd_per_solved_low: cost per solved task at the upper end of the score's interval, or of draws of single tasks
-- column usd_per_solved: cost over the tasks solved; NULL where none is
-- column usd_per_solved_high: cost per solved task at the lower end of the score's interval, or of draws of single tasks
-- column is_ranked: whether the score reaches the floor from which models are ranked by cost per solved task
-- column reported_usd: cost as printed, of the whole run
-- column recomputed_usd: tokens of the run at the list price in force on its day
-- column reported_over_recomputed: cost printed over cost recomputed; caches push it below 1, retries above
-- column input_usd_per_mtok: list price of input used
-- column output_usd_per_mtok: list price of output used
-- column price_basis: how near the price's date is to the run
-- column price_confidence: ledger, confirmed, single, disputed, implausible or free
-- column price_host: host the price is of
-- column price_source: catalogue the price is from
-- column recipe: how cost and interval were made
-- column source: source of the run
-- column source_url: address of the run or of the board
-- column observed_at: when the page was received (UTC)
with z as (
    select
        max(central) filter (where assumption = 'z_90') as z,
        max(central) filter (where assumption = 'frontier_least_share') as least
    from core.assumptions where variant = 'aicost'
),
runs as (
    select
        scores.*,
        score_share + power(z, 2) / (2 * tasks) as middle,
        z * sqrt(score_share * (1 - score_share) / tasks + power(z, 2) / (4 * power(tasks, 2))) as spread,
        1 + power(z, 2) / tasks as denominator,
        least
    from core.scores as scores cross join z
    where is_current and not is_mirror and (run_cost_usd is not null or prompt_tokens is not null)
),
drawn as (
    select
        score_id,
        quantile_cont(usd_per_task * tasks / nullif(solved, 0), 5 / 100) as per_solved_low,
        quantile_cont(usd_per_task * tasks / nullif(solved, 0), (100 - 5) / 100) as per_solved_high
    from core.task_draws
    where usd_per_task > 0
    group by score_id
),
priced as (
    select
        runs.*,
        drawn.per_solved_low, drawn.per_solved_high,
        (middle - spread) / denominator as wilson_low,
        (middle + spread) / denominator as wilson_high,
        prices.input_usd_per_mtok, prices.output_usd_per_mtok, prices.price_basis, prices.price_confidence,
        prices.host as price_host, prices.price_source,
        (prompt_tokens * prices.input_usd_per_mtok + completion_tokens * prices.output_usd_per_mtok)
            / mtok.tokens as recomputed_usd
    from runs
    cross join (select power(10, 5 + 1) as tokens) as mtok
    left join drawn on drawn.score_id = runs.score_id
    left join core.run_prices as prices on prices.score_id = runs.score_id and prompt_tokens is not null
        and prices.price_confidence not in ('implausible', 'free')
)
select
    score_id,
    benchmark,
    printed as model,
    model_id,
    configuration,
    run_on,
    score_share,
    wilson_low as score_share_low,
    wilson_high as score_share_high,
    tasks,
    solved::bigint as solved,
    'inference' as scope,
    case when run_cost_usd is not null then 'reported' else 'derived' end as basis,
    coalesce(priced.run_cost_usd, recomputed_usd) as run_cost_usd,
    coalesce(task_cost_usd, recomputed_usd / tasks) as usd_per_task,
    coalesce(per_solved_low, coalesce(priced.run_cost_usd, recomputed_usd) / nullif(wilson_high * tasks, 0))
        as usd_per_solved_low,
    coalesce(priced.run_cost_usd, recomputed_usd) / nullif(solved, 0) as usd_per_solved,
    coalesce(per_solved_high, coalesce(priced.run_cost_usd, recomputed_usd) / nullif(wilson_low * tasks, 0))
        as usd_per_solved_high,
    score_share >= least as is_ranked,
    priced.run_cost_usd as reported_usd,
    recomputed_usd,
    priced.run_cost_usd / recomputed_usd as reported_over_recomputed,
    input_usd_per_mtok,
    output_usd_per_mtok,
    price_basis,
    price_confidence,
    price_host,
    price_source,
    concat(
        case
            when cost_printed_for = 'run' then 'cost printed for the run'
            when cost_printed_for = 'task' then 'cost printed for a task, times the tasks'
            else 'tokens at the list price of the day'
        end,
        case
            when per_solved_low is not null then '; 90 % of draws of tasks with replacement, solved and cost task by task'
            else '; 90 % Wilson interval of the score over the tasks, the cost taken as exact'
        end
    ) as recipe,
    source,
    address as source_url,
    observed_at
from priced
where coalesce(priced.run_cost_usd, recomputed_usd) is not null
order by benchmark, score_id
