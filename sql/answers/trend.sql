-- How fast does the cost of frontier training grow, by method?
-- parameter method: amortised, acquisition or cloud; NULL: all
-- parameter top: the models with the most compute when published that count, 5 or 10; NULL: all
select
    variant, method, scope, top, rank_by, growth_per_year_low as value_low, growth_per_year as value, growth_per_year_high as value_high,
    'factor per year' as unit, basis, models, models_by_trend, models_without_cost, first_on, last_on as as_of, doubling_months, sources, how
from training_cost_trend
where ($method is null or method = $method) and ($top is null or top = $top)
order by variant, method, top, rank_by
