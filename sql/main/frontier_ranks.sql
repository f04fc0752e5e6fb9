-- Rank of each model by training compute among notable models that were not fine-tuned, on the day it was published.
--
-- grain: model_id
-- unit: rank, 1 is the most compute
-- sources: core.models, core.training_runs, core.assumptions (frontier_since); rule of the published data set
-- column model_id: model, as in training_costs
-- column model_name: model
-- column published_on: day of publication
-- column training_flop: training compute
-- column frontier_rank: 1 and the number of models of the pool published up to that day with strictly more compute
-- column catalogue_rank: rank that the catalogue gives, where it gives one
with pool as (
    select models.model_id, models.model_name, models.published_on, runs.compute_flop, models.compute_rank
    from core.models as models
    join core.training_runs as runs using (model_id)
    where runs.compute_flop is not null and models.is_notable and not models.is_finetune
)
select
    pool.model_id, pool.model_name, pool.published_on, pool.compute_flop as training_flop,
    1 + count(others.model_id) as frontier_rank, any_value(pool.compute_rank) as catalogue_rank
from pool
join core.assumptions as since
    on since.variant = 'aicost' and since.assumption = 'frontier_since' and pool.published_on > since.value_text::date
left join pool as others on others.published_on <= pool.published_on and others.compute_flop > pool.compute_flop
group by pool.model_id, pool.model_name, pool.published_on, pool.compute_flop
order by pool.model_id
