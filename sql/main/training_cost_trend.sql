-- How fast the cost of frontier training grows: a line through the logarithms of cost, by method, with its 90 % interval.
--
-- grain: variant, method, rank_by, top
-- unit: factor per year, of USD of price_base_month
-- sources: training_costs, frontier_ranks, core.assumptions (trend_since, frontier_top)
-- column variant: cottier_2024 (the published method) or aicost
-- column method: amortised, acquisition or cloud
-- column scope: what the costs cover
-- column rank_by: computed (the rule, on the models in force) or catalogue (the rank that the catalogue gives)
-- column top: models up to that rank count
-- column growth_per_year_low: lower end of the 90 % interval
-- column growth_per_year: factor by which the cost grows in a year
-- column growth_per_year_high: upper end of the 90 % interval
-- column doubling_months: months in which it doubles
-- column models: models with a cost
-- column models_by_trend: of them those whose cost is their compute x USD per FLOP of the year
-- column models_without_cost: models of the frontier without one
-- column first_on: publication of the first
-- column last_on: publication of the last
-- column scatter_log10: standard deviation of the points around the line
-- column basis: estimated
-- column sources: sources of the models, as in sources
-- column how: how the interval was made
with chosen as (
    select
        max(central) filter (where assumption = 'z_90') as z,
        max(central) filter (where assumption = 'days_per_year') as days_per_year,
        max(central) filter (where assumption = 'months_per_year') as months_per_year,
        max(value_text) filter (where assumption = 'trend_since')::date as since
    from core.assumptions
    where variant = 'aicost'
),
frontier as (
    select model_id, 'computed' as rank_by, frontier_rank as rank from frontier_ranks
    union all
    select model_id, 'catalogue', catalogue_rank from frontier_ranks where catalogue_rank is not null
),
tops as (
    select central as top from core.assumptions where variant = 'aicost' and assumption = 'frontier_top'
),
points as (
    select
        costs.variant, costs.method, costs.scope, frontier.rank_by, tops.top, costs.published_on, costs.cost_real_usd, costs.price_basis, costs.source, costs.model_id, chosen.*,
        date_diff('day', chosen.since, costs.published_on) / chosen.days_per_year as years, log10(costs.cost_real_usd) as log10_usd
    from training_costs as costs
    cross join chosen
    join frontier using (model_id)
    join tops on frontier.rank <= tops.top
    where costs.method <> 'reported' and costs.published_on >= chosen.since
),
lines as (
    select
        variant, method, any_value(scope) as scope, string_agg(distinct source, ', ' order by source) as sources, rank_by, top, any_value(z) as z, any_value(months_per_year) as months_per_year,
        -- in one order, so that sums round the same way in every build
        regr_slope(log10_usd, years order by model_id) as slope, count(log10_usd) as models, count(*) filter (price_basis = 'trend of USD per FLOP') as models_by_trend, count(*) - count(log10_usd) as models_without_cost,
        regr_r2(log10_usd, years order by model_id) as r2, regr_syy(log10_usd, years order by model_id) as syy, regr_sxx(log10_usd, years order by model_id) as sxx,
        min(published_on) filter (where log10_usd is not null) as first_on, max(published_on) filter (where log10_usd is not null) as last_on
    from points
    group by variant, method, rank_by, top
),
spread as (
    select
        *, sqrt((1 - r2) * syy / nullif(models - 2, 0)) as scatter,
        -- Student's quantile from the normal one, first term of the expansion: within 0.3 % from 20 models on
        (z + (pow(z, 3) + z) / (4 * nullif(models - 2, 0))) * scatter / sqrt(sxx) as half
    from lines
)
select
    variant, method, scope, rank_by, top::integer as top,
    pow(10, slope - half) as growth_per_year_low, pow(10, slope) as growth_per_year, pow(10, slope + half) as growth_per_year_high,
    months_per_year * log10(2) / slope as doubling_months, models, models_by_trend, models_without_cost, first_on, last_on, scatter as scatter_log10,
    'estimated' as basis, sources, 'least squares on log10 of cost in real dollars; 90 % interval of the slope by Student, without the costs'' own intervals' as how
from spread
order by variant, method, rank_by, top
