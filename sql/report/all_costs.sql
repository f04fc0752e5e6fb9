-- One row per model with any cost on file: what was reported, and what renting, depreciation and purchase come to.
select
    model_id, any_value(model_name) as model_name, any_value(organisation) as organisation, any_value(published_on) as published_on,
    max(cost_usd) filter (where method = 'reported') as reported_usd,
    max(cost_usd_low) filter (where method = 'cloud') as cloud_usd_low,
    max(cost_usd) filter (where method = 'cloud') as cloud_usd,
    max(cost_usd_high) filter (where method = 'cloud') as cloud_usd_high,
    max(cost_usd) filter (where method = 'amortised') as amortised_usd,
    max(cost_usd) filter (where method = 'acquisition') as acquisition_usd,
    max(scope) filter (where method = 'cloud') as scope,
    max(basis) filter (where method = 'cloud') as basis,
    any_value(source_url) as source_url
from training_costs
where variant = 'aicost' and cost_usd is not null
group by model_id
order by cloud_usd desc nulls last, model_id
