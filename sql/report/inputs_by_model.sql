-- Which inputs of a cost are on file for the newest models at the frontier of their day: on file, derived, assumed or missing.
with chosen as (
    select max(central) filter (where assumption = 'frontier_top') as top from assumptions where variant = 'aicost'
)
select
    runs.model_id, runs.model_name, runs.organisation, runs.published_on,
    case when runs.training_flop is null then 'missing' else 'on file' end as compute,
    case when runs.hardware is null then 'missing' else 'on file' end as chip,
    case when runs.hardware_quantity is null then 'missing' else 'on file' end as chips,
    case runs.hours_basis when 'reported' then 'on file' when 'derived' then 'derived' when 'assumed' then 'assumed' else 'missing' end as chip_hours,
    case when runs.mfu_share is null then 'missing' when runs.hours_basis = 'assumed' then 'assumed' else 'derived' end as utilisation,
    case when runs.started_on is null then 'missing' when runs.is_start_assumed then 'assumed' else 'on file' end as start,
    case when bool_or(costs.method = 'reported' and costs.cost_usd is not null) then 'on file' else 'missing' end as dollars,
    coalesce(max(costs.price_basis) filter (where costs.method = 'cloud'), max(costs.missing_reason) filter (where costs.method = 'cloud')) as rests_on,
    min(costs.source_url) as source_url
from runs
cross join chosen
join frontier_ranks as ranks using (model_id)
join training_costs as costs on costs.model_id = runs.model_id and costs.variant = 'aicost'
where ranks.frontier_rank <= chosen.top
group by all
order by runs.published_on desc, runs.model_id
limit 24
