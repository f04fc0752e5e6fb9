-- What the developer itself states that the training of a model cost: one claim per model, by rule.
--
-- grain: model_id
-- unit: USD, nominal
-- sources: core.claims
select
    model_id,
    claim_id,
    scope,
    low,
    coalesce(value, case when hedge = 'range' then sqrt(value_low * value_high) end) as central,
    high,
    hedge,
    claimed_on,
    verified,
    source_url,
    scope_note
from core.claims
where kind = 'money' and unit = 'USD' and per is null and basis = 'reported' and model_id is not null
  and scope in ('final_run', 'training_total', 'post_training')
  and coalesce(stage, 'total') = 'total'
  and not coalesce(disputed, false)
-- the narrowest scope first, since that is what the estimates cover; then what was read; then what was said last
qualify row_number() over (
    partition by model_id
    order by
        case scope when 'final_run' then 1 when 'post_training' then 2 else 3 end,
        verified <> 'yes', value is null, claimed_on desc, claim_id
) = 1
order by model_id
