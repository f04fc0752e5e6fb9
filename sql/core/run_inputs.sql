-- What is known of each run: its own compute, its chip's speed, when it began; and whether the figures can be true.
--
-- grain: model_id
-- unit: FLOP, FLOP/s, hours, chip-hours, as the column names say; log_sd is of the natural logarithm
-- sources: core.models, core.training_runs, core.chips, core.accelerators, core.assumptions (variant aicost)
with assumed as (
    select * from core.assumptions where variant = 'aicost'
),
chosen as (
    select
        max(central) filter (where assumption = 'z_90') as z_90,
        max(central) filter (where assumption = 'training_hours_fallback') as training_hours_fallback,
        max(central) filter (where assumption = 'publication_buffer_days')::integer as publication_buffer_days,
        max(central) filter (where assumption = 'utilisation') as utilisation,
        max(low) filter (where assumption = 'plausible_utilisation') as utilisation_least,
        max(high) filter (where assumption = 'plausible_utilisation') as utilisation_most,
        max(low) filter (where assumption = 'plausible_finetune_flop_per_parameter') as flop_per_parameter_least
    from assumed
),
runs as (
    select
        models.model_id,
        models.published_on,
        models.is_finetune,
        models.parameters,
        runs.* exclude (model_id, source_row, source, observed_at),
        chosen.*,
        -- a fine-tune's compute column counts its base model too
        case when models.is_finetune then runs.finetune_compute_flop else runs.compute_flop end as stated_flop,
        -- first as the catalogue of the published method has it, else the dictionary's
        case
            when chips.family = 'TPU v1' then chips.int8_op_per_second
            else coalesce(
                chips.tensor_fp16_flop_per_second, chips.tf32_flop_per_second,
                case when chips.kind = 'TPU' then chips.fp16_flop_per_second end, chips.fp32_flop_per_second,
                accelerators.tensor_fp16_flop_per_second
            )
        end as peak_flop_per_second,
        coalesce(trust.low, no_trust.low) as compute_factor_low,
        coalesce(trust.high, no_trust.high) as compute_factor_high
    from core.models as models
    join core.training_runs as runs using (model_id)
    cross join chosen
    left join core.chips as chips using (chip_name)
    left join core.accelerators as accelerators on accelerators.accelerator_id = runs.accelerator_id
    left join assumed as trust on trust.assumption = 'compute' and trust.key = runs.confidence
    -- a label that is missing or new
    join assumed as no_trust on no_trust.assumption = 'compute' and no_trust.key = 'Unknown'
)
select
    model_id,
    published_on::timestamp - to_days(publication_buffer_days)
        - to_seconds(coalesce(training_hours, training_hours_fallback) * 3600) as started_at,
    training_hours is null as is_duration_assumed,
    is_finetune,
    chip_name,
    accelerator_id,
    family,
    hardware_as_printed,
    hardware_quantity,
    peak_flop_per_second,
    chip_hours,
    hardware_quantity * training_hours as product_hours,
    mfu_share is not null as is_mfu_recorded,
    coalesce(mfu_share between utilisation_least and utilisation_most, false) as is_mfu_plausible,
    case when is_mfu_plausible then mfu_share else utilisation end as mfu_used,
    coalesce(not is_finetune or stated_flop / parameters >= flop_per_parameter_least, true) as is_compute_plausible,
    case when is_compute_plausible then stated_flop end as own_flop,
    own_flop / (peak_flop_per_second * 3600) as perfect_hours,
    coalesce(perfect_hours / chip_hours between utilisation_least and utilisation_most, true) as is_reported_plausible,
    coalesce(perfect_hours / product_hours between utilisation_least and utilisation_most, true) as is_product_plausible,
    case
        when not is_finetune and compute_flop_low <= compute_flop and compute_flop <= compute_flop_high
            and compute_flop_low < compute_flop_high
            then ln(compute_flop_high / compute_flop_low)
        else ln(compute_factor_high / compute_factor_low)
    end / (2 * z_90) as compute_log_sd
from runs
order by model_id
