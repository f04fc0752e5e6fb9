-- Which models lie above a threshold of cost or compute, which below, and of which can it not be told? Not legal advice.
-- parameter threshold: as USD 100M or FLOP 1e26; NULL: all of them
-- parameter status: above, below, straddles or cannot tell; NULL: all
-- parameter model_id: one model; NULL: all
select
    model_name, threshold, status, value_low, value, value_high, unit, scope, basis, started_on as as_of, start_basis, how, missing_reason, law, source_url, model_id
from threshold_status
where ($threshold is null or threshold = $threshold) and ($status is null or status = $status) and ($model_id is null or model_id = $model_id)
order by threshold, coalesce(value, 0) desc, model_id
