-- The models that are above a cost threshold of a law, or whose interval straddles it, and how many are below or cannot be told.
-- parameter threshold: as USD 100M
select
    model_name, organisation, published_on, threshold_value, status, value_low, value, value_high, scope, basis, started_on, start_basis,
    law, source_url, model_id
from threshold_status
where threshold = $threshold and status in ('above', 'straddles')
order by value desc, model_id
