-- No model was published more than a year after the page that lists it was received.
-- severity: warn
select model_id, published_on, observed_at
from core.models
where published_on > observed_at::date + interval 1 year
order by all
