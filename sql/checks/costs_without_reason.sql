-- A cost that is missing says why, and one that is there says its basis, its recipe and where its inputs are from.
-- severity: stop
select model_id, variant, method, basis, recipe, missing_reason
from training_costs
where (cost_usd is null and missing_reason is null)
   or (cost_usd is not null and (missing_reason is not null or basis is null or recipe is null or source_url is null))
order by all
