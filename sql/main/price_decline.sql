-- How fast the least cost of a fixed score fell: a straight line through the logarithms of each path, with its interval.
--
-- grain: benchmark, basis, reasoning, threshold
-- unit: factor per year of 365 days; 10 means a tenth of the cost after a year
-- sources: cheapest_at_threshold, thresholds that were once a record
-- column benchmark: benchmark
-- column basis: run_cost or list_price
-- column reasoning: included or left out
-- column threshold: score to reach, as a share, or in points of an index
-- column events: cheaper events on the path
-- column first_on: day of the first of them
-- column last_on: day of the last of them
-- column span_days: days between
-- column first_usd: cost on the first day
-- column last_usd: cost on the last day
-- column factor_per_year_low: lower end of the 90 % t interval of the line
-- column factor_per_year: by what factor the cost fell in a year
-- column factor_per_year_high: upper end of it; residuals of a running minimum depend on each other, so it is too narrow
-- column r_squared: share of the variance that the line explains
-- column is_falling: whether the interval excludes 1
-- column is_headline: spans a year or more: shorter spans give extreme rates
-- column unit: USD per task or USD per million tokens
-- column scope: inference
-- column recipe: how it was made
with constants as (
    select
        max(low) filter (where assumption = 'price_decline_points') as least,
        max(central) filter (where assumption = 'price_decline_days') as year_days,
        max(central) filter (where assumption = 'headline_span_days') as headline_days,
        max(low) filter (where assumption = 'multiple_choice_least') as multiple_choice_least
    from core.assumptions where variant = 'aicost'
),
multiple_choice as (
    select distinct benchmark from core.scores where is_multiple_choice
),
points as (
    select
        paths.*,
        log10(usd) as y,
        date_diff('day', date '2000-01-01', from_on)::double as x
    from cheapest_at_threshold as paths
    cross join constants
    where threshold_kind = 'record'
      -- the score of every model that was once the best, but for full marks and guessing
      and not (unit <> '' and threshold = 1)
      and (threshold >= multiple_choice_least or benchmark not in (select benchmark from multiple_choice))
),
lines as (
    select
        benchmark, basis, reasoning, threshold, unit, scope,
        count(*) as events,
        min(from_on) as first_on,
        max(from_on) as last_on,
        arg_min(usd, from_on) as first_usd,
        arg_max(usd, from_on) as last_usd,
        regr_slope(y, x) as slope,
        regr_r2(y, x) as r_squared,
        sqrt(greatest(1 - regr_r2(y, x), 0) * regr_syy(y, x) / ((count(*) - 2) * regr_sxx(y, x))) as slope_error
    from points
    group by all
    having count(*) >= (select least from constants)
),
quantiles as (
    select key::bigint as freedom, central as t from core.assumptions
    where variant = 'aicost' and assumption = 'student_t_95'
),
fitted as (
    select lines.*, quantiles.t
    from lines join quantiles on quantiles.freedom <= lines.events - 2
    qualify row_number() over (
        partition by benchmark, basis, reasoning, threshold order by quantiles.freedom desc
    ) = 1
)
select
    benchmark,
    basis,
    reasoning,
    threshold,
    events,
    first_on,
    last_on,
    date_diff('day', first_on, last_on) as span_days,
    first_usd,
    last_usd,
    power(10, -year_days * (slope + t * slope_error)) as factor_per_year_low,
    power(10, -year_days * slope) as factor_per_year,
    power(10, -year_days * (slope - t * slope_error)) as factor_per_year_high,
    r_squared,
    power(10, -year_days * (slope + t * slope_error)) > 1 as is_falling,
    date_diff('day', first_on, last_on) >= headline_days as is_headline,
    unit,
    scope,
    'least squares of log10 USD on the day over the strictly cheaper events; 90 % interval from Student''s t' as recipe
from fitted cross join constants
order by benchmark, basis, reasoning, threshold
