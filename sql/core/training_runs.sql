-- What is recorded about the training of each model, with its hardware resolved where it is one kind of chip.
--
-- grain: model_id
-- unit: FLOP, hours, chip-hours, shares, as the column names say
-- sources: raw.training_runs (epoch_models); meta.names
with runs as (
    select
        models.model_id,
        models.source_row,
        models.source,
        models.observed_at,
        runs.* exclude (row, source, visit_id, observed_at, name),
        case when runs.hardware not like '%,%' then runs.hardware end as chip_name
    from core.models as models
    -- a model whose run could not be read is still a model
    left join raw.training_runs as runs
        on runs.source = models.source and runs.visit_id = models.visit_id and runs.row = models.source_row
)
select
    runs.model_id,
    runs.compute_flop,
    runs.compute_flop_low,
    runs.compute_flop_high,
    runs.finetune_compute_flop,
    runs.post_training_compute_flop,
    runs.hardware as hardware_as_printed,
    runs.chip_name,
    names.accelerator_id,
    names.family,
    runs.hardware_quantity,
    runs.training_hours,
    runs.chip_hours,
    runs.mfu_share,
    runs.number_format,
    runs.cloud_vendor,
    runs.confidence,
    runs.catalogue_cost_usd,
    runs.catalogue_cost_price_year,
    runs.source_row,
    runs.source,
    runs.observed_at
from runs
left join meta.names as names on names.printed = runs.chip_name and names.memory_gb is null
order by runs.model_id
