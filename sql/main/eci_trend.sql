-- How fast the Epoch Capabilities Index rose: straight lines through the models that were the best, and through compute.
--
-- grain: observed_on, series
-- unit: ECI points per year of 365.25 days, or per tenfold training compute
-- sources: core.scores; each fit of the index by itself, every version of a model group once
-- column observed_on: day of the fit
-- column series: frontier (models that were the best when released), frontier before or since the break, or training compute
-- column models: number of models
-- column eci_per_step_low: lower end of the 90 % t interval
-- column eci_per_step: slope of the line
-- column eci_per_step_high: upper end of it; residuals of a running maximum depend on each other, so it is too narrow
-- column step: year, or tenfold training compute
-- column r_squared: share of the variance that the line explains
-- column first_on: release of the first model
-- column last_on: release of the last model
-- column breaks_on: day that parts the two stretches
-- column basis: derived
-- column recipe: how it was made
-- column source: source of the index
with constants as (
    select
        max(central) filter (where assumption = 'days_per_year') as year_days,
        max(low) filter (where assumption = 'cost_multiplier_points') as least,
        max(value_text) filter (where assumption = 'eci_break')::date as breaks_on
    from core.assumptions where variant = 'aicost'
),
-- the index is fitted for a group of versions: each carries the same number, the first release counts
groups as (
    select
        source, observed_on, model_group, max(score) as eci, min(released_on) as released_on,
        max(training_compute_flop) as flop
    from core.scores
    where benchmark = 'eci' and released_on is not null
    group by all
),
all_groups as (
    select source, observed_on, model_group, max(score) as eci, max(training_compute_flop) as flop
    from core.scores
    where benchmark = 'eci'
    group by all
),
frontier as (
    select *
    from (
        select
            *,
            max(eci) over (
                partition by source, observed_on order by released_on, eci desc, model_group
                rows between unbounded preceding and 1 preceding
            ) as best_before
        from groups
    )
    where eci > coalesce(best_before, eci - 1)
),
points as (
    select source, observed_on, 'frontier' as series, 'year' as step, released_on,
        date_diff('day', date '2000-01-01', released_on) / year_days as x, eci as y
    from frontier cross join constants
    union all
    select source, observed_on, case when released_on < breaks_on then 'frontier before' else 'frontier since' end, 'year',
        released_on, date_diff('day', date '2000-01-01', released_on) / year_days, eci
    from frontier cross join constants
    union all
    select source, observed_on, 'training compute', 'tenfold training compute', null, log10(flop), eci
    from all_groups where flop is not null
),
lines as (
    select
        observed_on, source, series, step, count(*) as models, regr_slope(y, x) as slope, regr_r2(y, x) as r_squared,
        sqrt(greatest(1 - regr_r2(y, x), 0) * regr_syy(y, x) / (nullif(count(*) - 2, 0) * regr_sxx(y, x))) as slope_error,
        min(released_on) as first_on, max(released_on) as last_on
    from points
    group by observed_on, source, series, step
    having regr_sxx(y, x) > 0
),
quantiles as (
    select key::bigint as freedom, central as t from core.assumptions
    where variant = 'aicost' and assumption = 'student_t_95'
)
select
    lines.observed_on,
    lines.series,
    lines.models,
    case when lines.models >= least then slope - quantiles.t * slope_error end as eci_per_step_low,
    slope as eci_per_step,
    case when lines.models >= least then slope + quantiles.t * slope_error end as eci_per_step_high,
    lines.step,
    r_squared,
    first_on,
    last_on,
    breaks_on,
    'derived' as basis,
    'least squares; 90 % interval from Student''s t, none below four models; compute mixes in algorithmic progress'
        as recipe,
    lines.source
from lines
cross join constants
left join quantiles on quantiles.freedom <= lines.models - 2
qualify row_number() over (
    partition by lines.observed_on, lines.series order by quantiles.freedom desc nulls last
) = 1
order by lines.observed_on, lines.series
