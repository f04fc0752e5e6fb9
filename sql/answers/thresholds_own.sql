-- Which models lie above an amount of dollars, or of compute, that somebody names? Not legal advice.
-- parameter amount: the threshold
-- parameter unit: USD or FLOP
-- parameter status: above, below, straddles or cannot tell; NULL: all
-- parameter model_id: one model; NULL: all
with models as (
    select
        * exclude (status, threshold),
        case
            when value is null then 'cannot tell' when value_low > $amount::double then 'above'
            when value_high <= $amount::double then 'below' else 'straddles'
        end as status
    from threshold_status
    where unit = $unit
    qualify row_number() over (partition by model_id order by threshold) = 1
)
select
    model_name, concat($unit, ' ', format('{:g}', $amount::double)) as threshold, status, value_low, value, value_high, unit, scope, basis,
    started_on as as_of, start_basis, how, missing_reason, 'as given' as law, source_url, model_id
from models
where ($status is null or status = $status) and ($model_id is null or model_id = $model_id)
order by coalesce(value, 0) desc, model_id
