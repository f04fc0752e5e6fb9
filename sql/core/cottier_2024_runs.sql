-- The published method's dates and chip-hours of each run: when training began, when chips were procured, how long.
--
-- grain: model_id
-- unit: UTC timestamps and chip-hours
-- sources: Cottier et al. 2024 (spec sections 2 and 3); core.models, core.training_runs, core.chips, core.assumptions
with chosen as (
    select
        max(central) filter (where assumption = 'training_hours_fallback') as training_hours_fallback,
        max(central) filter (where assumption = 'publication_buffer_days')::integer as publication_buffer_days,
        max(central) filter (where assumption = 'procurement_buffer_days')::integer as procurement_buffer_days,
        max(central) filter (where assumption = 'utilisation_fallback') as utilisation_fallback
    from core.assumptions
    where variant = 'cottier_2024'
),
special as (
    select assumption, key, position, value_text::timestamp as day
    from core.assumptions
    where variant = 'cottier_2024' and assumption in ('training_start_contains', 'training_end_equals')
),
runs as (
    select
        models.model_id,
        models.name_as_printed,
        models.published_on,
        runs.* exclude (model_id, source_row, source, observed_at),
        chosen.*,
        special.assumption as special_rule,
        special.day as special_day
    from core.models as models
    join core.training_runs as runs using (model_id)
    cross join chosen
    left join special
        on (special.assumption = 'training_start_contains' and contains(models.name_as_printed, special.key))
        or (special.assumption = 'training_end_equals' and models.name_as_printed = special.key)
    qualify row_number() over (partition by models.model_id order by special.position) = 1
),
dated as (
    select
        *,
        case
            when special_rule = 'training_start_contains' then special_day
            when special_rule = 'training_end_equals' then special_day - to_hours(trunc(training_hours)::bigint)
            else published_on::timestamp - to_days(publication_buffer_days)
                - to_seconds(coalesce(trunc(training_hours), training_hours_fallback) * 3600)
        end as started_at
    from runs
),
speeds as (
    select
        chip_name,
        case
            when contains(chip_name, 'TPU v1') then int8_op_per_second
            else coalesce(
                tensor_fp16_flop_per_second,
                tf32_flop_per_second,
                case when contains(chip_name, 'TPU') then fp16_flop_per_second end,
                fp32_flop_per_second
            )
        end as flop_per_second
    from core.chips
)
select
    dated.model_id,
    dated.chip_name,
    dated.hardware_quantity,
    dated.started_at,
    dated.started_at - to_days(dated.procurement_buffer_days) as procured_at,
    speeds.flop_per_second,
    coalesce(dated.mfu_share, dated.utilisation_fallback) as mfu_share,
    coalesce(
        dated.chip_hours,
        dated.hardware_quantity * dated.training_hours,
        dated.compute_flop / (speeds.flop_per_second * coalesce(dated.mfu_share, dated.utilisation_fallback)) / 3600
    ) as chip_hours,
    case
        when dated.chip_hours is not null then 'reported'
        when dated.hardware_quantity * dated.training_hours is not null then 'quantity x time'
        when dated.compute_flop / speeds.flop_per_second is not null then 'compute / (speed x utilisation)'
    end as chip_hours_method
from dated
left join speeds using (chip_name)
order by dated.model_id
