-- By what factor the cost grows for one step more of capability, on the frontier of each day: per 10 ECI, or per logit.
--
-- grain: benchmark, basis, points, quantity
-- unit: factor on the cost; 2 means twice the cost for one step more
-- sources: capability_prices, cost_frontier; linear dollars per point are not given: a score has no zero point
-- column benchmark: benchmark; eci for the index
-- column basis: run_cost (measured, USD per task) or list_price (USD per million tokens, latest price)
-- column points: frontier (no cheaper model is as able) or all models
-- column quantity: usd per task or usd per million tokens
-- column step: 10 ECI points; or 1 logit after correction for guessing
-- column models: number of models
-- column multiplier_low: lower end of the 90 % t interval of the line
-- column multiplier: factor on the cost per step
-- column multiplier_high: upper end of it
-- column elasticity: logits gained per natural logarithm of the cost; NULL for the index
-- column r_squared: share of the variance that the line explains
-- column scope: inference
-- column recipe: how it was made
with constants as (
    select
        max(central) filter (where assumption = 'eci_step') as eci_step,
        max(low) filter (where assumption = 'cost_multiplier_points') as least
    from core.assumptions where variant = 'aicost'
),
-- of each model the least cost: of a list price the latest, of a run what it cost
costs as (
    select
        prices.benchmark, prices.basis, prices.score_id, prices.tasks, scores.chance_share,
        coalesce(prices.score_share, prices.score) as level,
        prices.score_share is null as is_index,
        coalesce(scores.model_group, prices.model_id, prices.model) as able,
        prices.usd
    from capability_prices as prices
    join core.scores as scores using (score_id)
    where prices.confidence not in ('disputed', 'implausible')
      and (prices.basis = 'run_cost' or prices.to_on is null)
      and (prices.benchmark = 'eci' or prices.score_share is not null)
),
models as (
    select
        benchmark, basis, is_index, able, level, min(usd) as usd, max(tasks) as tasks,
        max(coalesce(chance_share, 0)) as chance_share
    from costs
    -- one fit of the index, the newest that lists versions
    group by all
),
marked as (
    select
        *,
        not exists (
            select 1 from models as other
            where other.benchmark = models.benchmark and other.basis = models.basis and other.is_index = models.is_index
              and other.level >= models.level and other.usd <= models.usd
              and (other.level > models.level or other.usd < models.usd)
        ) as is_on_frontier
    from models
),
placed as (
    select
        *,
        -- clipped to half a task from either end: no logit of nought or of all
        least(greatest((level - chance_share) / (1 - chance_share), 1 / (2 * coalesce(tasks, 1000))),
            1 - 1 / (2 * coalesce(tasks, 1000))) as share
    from marked
),
points as (
    select
        benchmark, basis, points, is_index,
        case when is_index then level / eci_step else ln(share / (1 - share)) end as x,
        ln(usd) as y
    from placed
    cross join constants
    cross join unnest(['frontier', 'all']) as sets (points)
    where points = 'all' or is_on_frontier
),
lines as (
    -- cost on capability for the index; capability on cost for logits, whose slope is the elasticity
    select
        benchmark, basis, points, is_index, count(*) as models,
        case when is_index then regr_slope(y, x) else regr_slope(x, y) end as slope,
        regr_r2(y, x) as r_squared,
        sqrt(
            greatest(1 - regr_r2(y, x), 0) * case when is_index then regr_syy(y, x) / regr_sxx(y, x)
            else regr_sxx(y, x) / regr_syy(y, x) end / nullif(count(*) - 2, 0)
        ) as slope_error
    from points
    group by benchmark, basis, points, is_index
    having count(*) >= (select least from constants) and regr_sxx(y, x) > 0 and regr_syy(y, x) > 0
),
fitted as (
    select lines.*, quantiles.central as t
    from lines
    join core.assumptions as quantiles
        on quantiles.variant = 'aicost' and quantiles.assumption = 'student_t_95'
        and quantiles.key::bigint <= lines.models - 2
    qualify row_number() over (partition by benchmark, basis, points order by quantiles.key::bigint desc) = 1
)
select
    benchmark,
    basis,
    points,
    case when basis = 'run_cost' then 'USD per task' else 'USD per million tokens' end as quantity,
    case when is_index then '10 ECI points' else '1 logit' end as step,
    models,
    case
        when is_index then exp(slope - t * slope_error)
        when slope - t * slope_error > 0 then exp(1 / (slope + t * slope_error))
    end as multiplier_low,
    case when is_index then exp(slope) when slope > 0 then exp(1 / slope) end as multiplier,
    case
        when is_index then exp(slope + t * slope_error)
        when slope - t * slope_error > 0 then exp(1 / (slope - t * slope_error))
    end as multiplier_high,
    case when not is_index then slope end as elasticity,
    r_squared,
    'inference' as scope,
    case when is_index then 'least squares of log USD on the index'
        else 'least squares of the logit on log USD, inverted; scores corrected for guessing, none where the interval holds 0'
    end || '; 90 % interval from Student''s t; a line through different models, not an effect of paying more' as recipe
from fitted
order by benchmark, basis, points
