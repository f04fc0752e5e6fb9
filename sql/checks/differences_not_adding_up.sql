-- The steps from one figure of a model to another add up to their difference, to the cent of each step.
-- severity: stop
select from_figure_id, to_figure_id, any_value(to_usd - from_usd) as difference_usd, sum(delta_usd) as steps_usd
from cost_differences
group by from_figure_id, to_figure_id
having abs(sum(delta_usd) - any_value(to_usd - from_usd)) > count(*) * 0.01
order by all
