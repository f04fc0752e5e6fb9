-- What the training of each model cost: one row per variant and method, with interval, scope, inputs and recipe.
--
-- grain: model_id, variant, method
-- unit: USD of the month of publication (nominal), and of price_base_month (real)
-- sources: cottier_2024_costs, aicost_costs, core.index_factors, core.models
-- column model_id: model: organisation/name@day of publication
-- column model_name: name, blanks cleaned
-- column organisation: first developing organisation
-- column published_on: day of publication
-- column variant: cottier_2024 (the published method to the letter) or aicost (its defects mended)
-- column method: amortised (hardware depreciation and energy), acquisition (buying the cluster), cloud (renting) or reported
-- column scope: what the figure covers: final_run, post_training (a fine-tune, its base not counted), training_total or hardware_capex
-- column basis: reported, derived (from recorded hours) or estimated (assumed inputs or a trend)
-- column cost_usd_low: lower end of the 90 % interval, nominal
-- column cost_usd: central estimate, nominal; NULL with a missing_reason
-- column cost_usd_high: upper end of the 90 % interval, nominal
-- column cost_real_usd_low: lower end in USD of price_base_month
-- column cost_real_usd: central estimate in USD of price_base_month
-- column cost_real_usd_high: upper end in USD of price_base_month
-- column price_base_month: month whose dollars the real columns are in
-- column recipe: how cost and interval were made
-- column chip_hours: chip-hours used
-- column chip_hours_basis: reported, derived or assumed
-- column utilisation_basis: reported or assumed, where chip-hours come from compute
-- column price_basis: which price was used and how near it is
-- column priced_on: day of that price, or of the statement
-- column price_source: where it was read
-- column started_on: when training is taken to have begun
-- column start_basis: derived from a recorded duration, or assumed
-- column hardware: chips as printed
-- column is_finetune: whether it was made from another model
-- column compute_rank: rank by compute among notable models when published, as the catalogue gives it
-- column flags: implausible inputs, missing price index, and other warnings
-- column missing_reason: what is missing, where the cost is NULL
-- column source: source of the model's row, as in sources
-- column source_row: position of the row on that page, the first data row being 0
-- column source_url: document that announced the model
-- column observed_at: when the page was received (UTC)
with costs as (
    select 'cottier_2024' as variant, * from cottier_2024_costs
    union all by name
    select 'aicost' as variant, * from aicost_costs
)
select
    models.model_id,
    models.model_name,
    models.organisation,
    models.published_on,
    costs.variant,
    costs.method,
    costs.scope,
    costs.basis,
    costs.cost_usd_low,
    costs.cost_usd,
    costs.cost_usd_high,
    costs.cost_usd_low * factors.index_factor as cost_real_usd_low,
    costs.cost_usd * factors.index_factor as cost_real_usd,
    costs.cost_usd_high * factors.index_factor as cost_real_usd_high,
    factors.price_base_month,
    costs.recipe,
    costs.chip_hours,
    costs.chip_hours_basis,
    costs.utilisation_basis,
    costs.price_basis,
    costs.priced_on,
    costs.price_source,
    costs.started_on,
    costs.start_basis,
    runs.hardware_as_printed as hardware,
    models.is_finetune,
    models.compute_rank,
    concat_ws('; ', nullif(costs.flags, ''), case when costs.cost_usd is not null then factors.index_flag end) as flags,
    costs.missing_reason,
    models.source,
    models.source_row,
    coalesce(models.address, sources.url) as source_url,
    models.observed_at
from costs
join core.models as models using (model_id)
join core.training_runs as runs using (model_id)
join core.index_factors as factors using (model_id, variant)
left join meta.sources as sources on sources.source = models.source
order by models.model_id, costs.variant, costs.method
