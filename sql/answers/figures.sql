-- Which dollar figures of a model are on file, stated and computed, and what is each made of?
-- parameter model_id: model, as in training_costs
select
    usd as value, hedge, 'USD' as unit, scope, method, claimant, case when is_stated then 'stated' else 'computed' end as basis, price_level_on,
    gpu_hours, usd_per_gpu_hour, chips, usd_per_chip, dated_on as as_of, figure_id, source_url
from cost_figures
where model_id = $model_id
order by usd, figure_id
