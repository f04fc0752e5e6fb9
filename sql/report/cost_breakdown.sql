-- What the final runs of models at the frontier of their day are made of, on their makers' own chips, newest first.
with chosen as (
    select
        max(value_text) filter (where assumption = 'trend_since')::date as since,
        max(central) filter (where assumption = 'frontier_top') as top
    from assumptions
    where variant = 'aicost'
),
parts as (
    select
        model_id, any_value(basis) as basis, max(missing_reason) filter (where component = 'unknown') as missing_reason, max(source_url) as source_url,
        max(share_low) filter (where component = 'chips') as chips_low, max(share) filter (where component = 'chips') as chips,
        max(share_high) filter (where component = 'chips') as chips_high,
        max(share_low) filter (where component = 'servers') as servers_low, max(share) filter (where component = 'servers') as servers,
        max(share_high) filter (where component = 'servers') as servers_high,
        max(share_low) filter (where component = 'interconnect') as interconnect_low, max(share) filter (where component = 'interconnect') as interconnect,
        max(share_high) filter (where component = 'interconnect') as interconnect_high,
        max(share_low) filter (where component = 'energy') as energy_low, max(share) filter (where component = 'energy') as energy,
        max(share_high) filter (where component = 'energy') as energy_high,
        max(missing_reason) filter (where component = 'staff') as staff
    from cost_components
    group by model_id
)
select
    costs.model_id, costs.model_name, costs.organisation, costs.published_on, costs.scope, parts.basis,
    costs.cost_usd_low, costs.cost_usd, costs.cost_usd_high, parts.* exclude (model_id, basis)
from training_costs as costs
cross join chosen
join parts using (model_id)
left join frontier_ranks as ranks using (model_id)
where costs.variant = 'aicost' and costs.method = 'amortised' and costs.scope = 'final_run' and costs.published_on >= chosen.since
  and (ranks.frontier_rank <= chosen.top or costs.model_name in ('DeepSeek-V3', 'GPT-4'))
order by parts.chips is null, costs.published_on desc, costs.model_id
