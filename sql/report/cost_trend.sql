-- The line through the cost of frontier runs, rented, with the 90 % band of the line, quarter by quarter.
with chosen as (
    select
        max(central) filter (where assumption = 'z_90') as z,
        max(central) filter (where assumption = 'days_per_year') as days_per_year,
        max(central) filter (where assumption = 'frontier_top')::integer as top,
        max(value_text) filter (where assumption = 'trend_since')::date as since
    from assumptions
    where variant = 'aicost'
),
points as (
    select
        costs.model_id, date_diff('day', chosen.since, costs.published_on) / chosen.days_per_year as years,
        log10(costs.cost_usd) as log10_usd, log10(costs.cost_real_usd) as log10_real_usd, costs.published_on, costs.price_base_month
    from training_costs as costs
    cross join chosen
    join frontier_ranks as ranks using (model_id)
    where costs.variant = 'aicost' and costs.method = 'cloud' and costs.cost_real_usd is not null
      and costs.published_on >= chosen.since and ranks.frontier_rank <= chosen.top
),
lines as (
    -- in one order, so that sums round the same way every time
    select
        'nominal' as dollars, null::date as price_base_month, regr_slope(log10_usd, years order by model_id) as slope,
        regr_intercept(log10_usd, years order by model_id) as intercept, regr_r2(log10_usd, years order by model_id) as r2,
        regr_syy(log10_usd, years order by model_id) as syy, regr_sxx(log10_usd, years order by model_id) as sxx,
        avg(years order by model_id) as mean_years, count(*) as models, min(published_on) as first_on, max(published_on) as last_on
    from points
    union all
    select
        'real', max(price_base_month), regr_slope(log10_real_usd, years order by model_id),
        regr_intercept(log10_real_usd, years order by model_id), regr_r2(log10_real_usd, years order by model_id),
        regr_syy(log10_real_usd, years order by model_id), regr_sxx(log10_real_usd, years order by model_id),
        avg(years order by model_id), count(*), min(published_on), max(published_on)
    from points
),
fitted as (
    select
        lines.*, sqrt((1 - r2) * syy / nullif(models - 2, 0)) as scatter,
        -- Student's quantile from the normal one, first term of the expansion
        chosen.z + (pow(chosen.z, 3) + chosen.z) / (4 * nullif(models - 2, 0)) as t, chosen.since, chosen.days_per_year
    from lines, chosen
    where slope is not null
),
days as (
    select fitted.*, unnest(generate_series(first_on, last_on, interval 3 month))::date as on_day from fitted
    union
    select fitted.*, last_on from fitted
),
placed as (
    select *, date_diff('day', since, on_day) / days_per_year as years from days
)
select
    dollars, price_base_month, on_day,
    pow(10, intercept + slope * years - t * scatter * sqrt(1 / models + pow(years - mean_years, 2) / sxx)) as usd_low,
    pow(10, intercept + slope * years) as usd,
    pow(10, intercept + slope * years + t * scatter * sqrt(1 / models + pow(years - mean_years, 2) / sxx)) as usd_high,
    pow(10, slope - t * scatter / sqrt(sxx)) as growth_per_year_low, pow(10, slope) as growth_per_year,
    pow(10, slope + t * scatter / sqrt(sxx)) as growth_per_year_high, models, first_on, last_on
from placed
order by dollars, on_day
