-- What the training of the models at the frontier of their day cost, rented, and what was reported; two models in any case.
with chosen as (
    select
        max(value_text) filter (where assumption = 'trend_since')::date as since,
        max(central) filter (where assumption = 'frontier_top') as top
    from assumptions
    where variant = 'aicost'
)
select
    costs.model_id, costs.model_name, costs.organisation, costs.published_on, costs.scope, costs.basis, costs.method,
    costs.cost_usd_low, costs.cost_usd, costs.cost_usd_high,
    costs.cost_real_usd_low, costs.cost_real_usd, costs.cost_real_usd_high, costs.price_base_month,
    ranks.frontier_rank, costs.recipe, costs.price_basis, costs.source_url
from training_costs as costs
cross join chosen
left join frontier_ranks as ranks using (model_id)
where costs.variant = 'aicost' and costs.cost_usd is not null and costs.published_on >= chosen.since
  and (
    (costs.method = 'cloud' and costs.scope = 'final_run'
        and (ranks.frontier_rank <= chosen.top or costs.model_name in ('DeepSeek-V3', 'GPT-4')))
    or (costs.method = 'reported' and costs.scope in ('final_run', 'training_total'))
  )
order by costs.published_on, costs.model_id, costs.method
