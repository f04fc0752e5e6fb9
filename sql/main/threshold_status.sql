-- Each model against thresholds of cost and compute that laws name, at average cloud prices when training began. Not legal advice.
--
-- grain: model_id, threshold
-- unit: USD, nominal, or FLOP
-- sources: training_costs, runs, core.assumptions (threshold_usd, threshold_flop, commitment_discount)
-- column model_id: model, as in training_costs
-- column model_name: model
-- column organisation: first developing organisation
-- column published_on: day of publication
-- column threshold: the threshold, as USD 100M or FLOP 1e26
-- column threshold_value: its value
-- column unit: USD or FLOP
-- column law: where it stands
-- column value_low: lower end of the 90 % interval
-- column value: cost to rent the run's GPU-hours on demand at the prices of the start of training, or compute
-- column value_high: upper end of the 90 % interval
-- column status: above, below, straddles or cannot tell
-- column scope: what the value covers
-- column basis: derived or estimated
-- column started_on: when training is taken to have begun
-- column start_basis: derived from a recorded duration, or assumed
-- column how: how the value was made
-- column missing_reason: what is missing, where it cannot be told
-- column source_url: document that announced the model
with chosen as (
    select
        max(central) filter (where assumption = 'z_90') as z_90,
        1 - max(central) filter (where assumption = 'commitment_discount' and key = 'one_year') as one_year
    from core.assumptions
    where variant = 'aicost'
),
thresholds as (
    select assumption, key, central as threshold_value, case assumption when 'threshold_usd' then 'USD' else 'FLOP' end as unit, citation
    from core.assumptions
    where variant = 'aicost' and assumption in ('threshold_usd', 'threshold_flop')
),
valued as (
    select
        model_id, 'USD' as unit, cost_usd / one_year as value,
        -- the spread of the estimate without the unknown term: laws ask for market prices, which are on demand
        sqrt(greatest(0, pow(ln(cost_usd_high / cost_usd) / z_90, 2) - pow(-ln(one_year) / z_90, 2))) as log_sd,
        scope, basis, concat(recipe, '; brought to on-demand prices') as how, missing_reason, started_on, start_basis
    from training_costs
    cross join chosen
    where variant = 'aicost' and method = 'cloud'
    union all by name
    select
        model_id, 'FLOP' as unit, training_flop as value, compute_log_sd as log_sd,
        case when is_finetune then 'post_training' else 'final_run' end as scope, case when training_flop is not null then 'derived' end as basis,
        'compute as the catalogue has it' as how, case when training_flop is null then 'no compute recorded' end as missing_reason,
        started_on, case when is_start_assumed then 'assumed' else 'derived' end as start_basis
    from runs
),
bounded as (
    select valued.*, value * exp(-z_90 * log_sd) as value_low, value * exp(z_90 * log_sd) as value_high
    from valued
    cross join chosen
)
select
    models.model_id, models.model_name, models.organisation, models.published_on, concat(thresholds.unit, ' ', thresholds.key) as threshold,
    thresholds.threshold_value, thresholds.unit, thresholds.citation as law, value_low, value, value_high,
    case
        when value is null then 'cannot tell'
        when value_low > threshold_value then 'above'
        when value_high <= threshold_value then 'below'
        else 'straddles'
    end as status,
    bounded.scope, bounded.basis, bounded.started_on, bounded.start_basis, bounded.how, bounded.missing_reason, models.address as source_url
from bounded
join core.models as models using (model_id)
join thresholds on thresholds.unit = bounded.unit
order by models.model_id, threshold
