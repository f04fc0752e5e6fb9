-- The least cost at which a score could be had, over time: one row whenever a cheaper model or a lower price came.
--
-- grain: benchmark, basis, reasoning, threshold, from_on
-- unit: USD per task (basis run_cost) or USD per million tokens (basis list_price)
-- sources: capability_prices, the confidence of whose prices is neither disputed nor implausible
-- column benchmark: benchmark
-- column basis: run_cost (measured) or list_price (blended tokens: three parts input, one part output)
-- column reasoning: included, or left out: reasoning models take many more tokens than a list price shows
-- column threshold: score to reach, as a share, or in points of an index
-- column threshold_kind: grid (every 5 per cent) or record (the score of a model that was once the best)
-- column from_on: day from which it could be had at this cost
-- column model: model as printed
-- column model_id: registered model; NULL for two models together
-- column configuration: how it was run
-- column score: its score, as a share, or in points
-- column usd: cost
-- column usd_low: least cost over the models that reach the threshold with the upper end of their interval
-- column usd_high: least cost over the models that reach it with the lower end of their interval; NULL where none does
-- column total_usd: cost of the whole run, for run_cost
-- column unit: USD per task or USD per million tokens
-- column scope: inference: API tokens, nothing else
-- column from_basis: what the day is: of the run, announced, of the release, or first seen in a catalogue
-- column eligible: runs or price events that ever reach the threshold
-- column step: number of the row on its path, from 1
-- column confidence: of the price, as in token_prices; reported for a run cost
-- column recipe: how the path and its interval were made
-- column price_source: catalogue, or source of the run
-- column source_url: address of the price or of the board
with events as (
    select
        *,
        coalesce(score_share, score) as level,
        -- limits of a percentage are printed in per cent
        coalesce(score_low * score_share / nullif(score, 0), score_low) as level_low,
        coalesce(score_high * score_share / nullif(score, 0), score_high) as level_high
    from capability_prices
    where confidence not in ('disputed', 'implausible') and from_on is not null
),
records as (
    select distinct benchmark, level as threshold
    from (
        select
            benchmark, level, from_on,
            max(level) over (partition by benchmark order by from_on rows between unbounded preceding and 1 preceding)
                as best_before
        from (select benchmark, from_on, max(level) as level from (
            select score_id, benchmark, level, min(from_on) as from_on from events group by all
        ) group by all)
    )
    where level > coalesce(best_before, 0)
),
thresholds as (
    select benchmark, threshold, 'record' as kind from records
    union all
    select benchmark, step / 100, 'grid'
    from (select distinct benchmark from events where score_share is not null)
    cross join unnest(generate_series(5, 100 - 5, 5)) as steps (step)
),
pools as (
    select events.*, thresholds.threshold, thresholds.kind, reasoning
    from events
    join thresholds on thresholds.benchmark = events.benchmark
        and coalesce(events.level_high, events.level) >= thresholds.threshold
    cross join unnest(['included', 'left out']) as pools (reasoning)
    where reasoning = 'included' or not events.is_reasoning
    -- a record that lies on the grid is one threshold
    qualify thresholds.kind = 'grid' or max((thresholds.kind = 'grid')::integer) over (
        partition by events.benchmark, events.score_id, events.event_id, thresholds.threshold, reasoning
    ) = 0
),
days as (
    select
        benchmark, basis, reasoning, threshold, kind, from_on,
        min(usd) filter (where level >= threshold) as usd,
        arg_min({'score_id': score_id, 'event_id': event_id}, (usd, score_id, event_id)) filter (where level >= threshold) as chosen,
        min(usd) as usd_low,
        min(usd) filter (where coalesce(level_low, level) >= threshold) as usd_high,
        count(*) filter (where level >= threshold) as eligible
    from pools group by all
),
paths as (
    select
        *,
        min(usd) over (path rows between unbounded preceding and 1 preceding) as usd_before,
        min(usd_low) over path as path_low,
        min(usd_high) over path as path_high,
        sum(eligible) over (partition by benchmark, basis, reasoning, threshold) as all_eligible
    from days
    window path as (partition by benchmark, basis, reasoning, threshold order by from_on)
)
select
    paths.benchmark,
    paths.basis,
    paths.reasoning,
    paths.threshold,
    paths.kind as threshold_kind,
    paths.from_on,
    events.model,
    events.model_id,
    events.configuration,
    events.level as score,
    paths.usd,
    least(paths.path_low, paths.usd) as usd_low,
    greatest(paths.path_high, paths.usd) as usd_high,
    events.total_usd,
    events.unit,
    'inference' as scope,
    events.from_basis,
    paths.all_eligible::bigint as eligible,
    row_number() over (
        partition by paths.benchmark, paths.basis, paths.reasoning, paths.threshold order by paths.from_on
    ) as step,
    events.confidence,
    'running minimum over dated events; interval: the same with the ends of the scores'' 90 % intervals' as recipe,
    events.price_source,
    events.source_url
from paths
join events on events.score_id = paths.chosen.score_id and events.event_id = paths.chosen.event_id
where paths.usd < coalesce(paths.usd_before, paths.usd + 1)
order by paths.benchmark, paths.basis, paths.reasoning, paths.threshold, paths.from_on
