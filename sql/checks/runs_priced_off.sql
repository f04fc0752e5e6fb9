-- A run whose printed cost is far from its tokens at the list price of its day: a wrong model, price or day.
--
-- severity: warn
select score_id, model, run_on, reported_usd, recomputed_usd, reported_over_recomputed, price_source
from cost_per_task
where reported_over_recomputed not between 0.5 and 2
order by all
