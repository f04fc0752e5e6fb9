-- Compute of a run from what its paper states: active parameters and tokens.
--
-- grain: model_name
-- unit: FLOP
-- sources: data/reference/reported_compute.csv; core.assumptions
select
    reported.model_name,
    reported.active_parameters::double as active_parameters,
    reported.training_tokens::double as training_tokens,
    coalesce(reported.stage, 'total') as stage,
    assumed.central * reported.active_parameters::double * reported.training_tokens::double as training_flop,
    reported.source_url
from reference.reported_compute as reported
join core.assumptions as assumed
    on assumed.variant = 'aicost' and assumed.assumption = 'flop_per_parameter_and_token'
order by reported.model_name
