-- The month whose dollars the real columns are in has a price index.
-- severity: stop
select distinct price_base_month
from training_costs
where price_base_month not in (select period_on from core.price_index)
order by all
