-- Which figures are on file for a model, an organisation or a programme, and on which rung of scope does each stand?
-- parameter model_id: model, as in training_costs; NULL for an organisation
-- parameter about: organisation, company or programme, or a part of its name; NULL for a model
select
    rung, scope, subject, value_low, value, value_high, unit, per, usd, magnitude, basis, how, claimant, dated_on as as_of, verified,
    scope_leaves_out, source_url, quote_start, quote_end, entry_id
from cost_ladder
where model_id = $model_id
   or (
    entry_id not like '%/aicost/%' and entry_id not like '%/cottier_2024/%'
    and (contains(lower(organisation), lower($about)) or contains(lower(subject), lower($about)))
   )
order by rung, coalesce(usd, usd_low, usd_high), entry_id
