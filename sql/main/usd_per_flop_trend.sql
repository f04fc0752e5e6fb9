-- How the cost of a FLOP of training fell: one straight line per method through the logarithms, with its scatter.
--
-- grain: method
-- unit: log10 of nominal USD per FLOP, against years since 2000-01-01
-- sources: aicost_components, models whose chip-hours are recorded and plausible
-- column method: amortised or cloud
-- column intercept_log10: log10 USD per FLOP on 2000-01-01 by the line
-- column slope_log10_per_year: change of log10 USD per FLOP in a year
-- column scatter_log10: standard deviation of the points around the line
-- column models: number of models
-- column first_on: start of training of the first of them
-- column last_on: start of training of the last of them
with points as (
    select
        components.method,
        components.started_on,
        date_diff('day', date '2000-01-01', components.started_on) / assumed.central as years,
        log10(components.cost_usd / components.own_flop) as log10_usd_per_flop
    from aicost_components as components
    join core.models as models using (model_id)
    join core.assumptions as assumed on assumed.variant = 'aicost' and assumed.assumption = 'days_per_year'
    where components.method in ('amortised', 'cloud')
      and components.cost_usd / components.own_flop is not null
      and components.chip_hours_from in ('reported', 'quantity x time')
      and not models.is_finetune
)
select
    method,
    regr_intercept(log10_usd_per_flop, years) as intercept_log10,
    regr_slope(log10_usd_per_flop, years) as slope_log10_per_year,
    sqrt((1 - regr_r2(log10_usd_per_flop, years)) * regr_syy(log10_usd_per_flop, years) / nullif(count(*) - 2, 0))
        as scatter_log10,
    count(*) as models,
    min(started_on) as first_on,
    max(started_on) as last_on
from points
group by method
order by method
