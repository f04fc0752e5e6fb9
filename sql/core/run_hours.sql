-- The chip-hours of each run: reported, else quantity x time, else from compute; implausible ones are passed over.
--
-- grain: model_id
-- unit: chip-hours; log_sd is the standard deviation of their natural logarithm
-- sources: core.run_inputs, core.assumptions (variant aicost)
with chosen as (
    select
        max(central) filter (where assumption = 'z_90') as z_90,
        max(central) filter (where assumption = 'utilisation') as utilisation,
        max(high) filter (where assumption = 'hours_agreement') as agreement,
        max(ln(high / low)) filter (where assumption = 'utilisation') / (2 * z_90) as utilisation_log_sd,
        max(ln(high / low)) filter (where assumption = 'peak_speed') / (2 * z_90) as peak_log_sd,
        max(ln(high / low)) filter (where assumption = 'reported_chip_hours') / (2 * z_90) as reported_log_sd,
        max(ln(high / low)) filter (where assumption = 'hardware_quantity') / (2 * z_90) as quantity_log_sd,
        max(ln(high / low)) filter (where assumption = 'training_time') / (2 * z_90) as time_log_sd
    from core.assumptions
    where variant = 'aicost'
),
judged as (
    select
        inputs.*,
        chosen.*,
        inputs.perfect_hours / inputs.mfu_used as compute_hours,
        -- both could be true, but not at once: a node counted as a chip, or hours multiplied twice
        coalesce(
            is_reported_plausible and is_product_plausible and abs(ln(chip_hours / product_hours)) > ln(agreement), false
        ) as is_disputed,
        -- then the one with the more usual utilisation
        coalesce(
            is_disputed and abs(ln(perfect_hours / product_hours / utilisation)) < abs(ln(perfect_hours / chip_hours / utilisation)),
            false
        ) as is_product_likelier
    from core.run_inputs as inputs
    cross join chosen
),
picked as (
    select
        *,
        case
            when chip_hours is not null and is_reported_plausible and not is_product_likelier then 'reported'
            when product_hours is not null and is_product_plausible then 'quantity x time'
            when compute_hours is not null then 'compute'
        end as hours_source,
        case hours_source when 'reported' then chip_hours when 'quantity x time' then product_hours when 'compute' then compute_hours end
            as hours_used
    from judged
)
select
    model_id,
    started_at,
    is_duration_assumed,
    is_finetune,
    own_flop,
    peak_flop_per_second,
    chip_name,
    accelerator_id,
    family,
    hardware_as_printed,
    hardware_quantity,
    hours_used as chip_hours,
    hours_source,
    case
        when hours_source = 'reported' then 'reported'
        when hours_source = 'compute' and not is_mfu_plausible then 'assumed'
        when hours_source is not null then 'derived'
    end as hours_basis,
    case when hours_source = 'compute' then mfu_used end as mfu_used,
    case when hours_source = 'compute' then case when is_mfu_plausible then 'reported' else 'assumed' end end as mfu_basis,
    case when hours_source in ('reported', 'quantity x time') then perfect_hours / hours_used end as implied_mfu_share,
    sqrt(
        case hours_source
            when 'reported' then pow(reported_log_sd, 2)
            when 'quantity x time' then pow(quantity_log_sd, 2) + pow(time_log_sd, 2)
            when 'compute' then pow(compute_log_sd, 2) + pow(peak_log_sd, 2)
                + pow(case when is_mfu_plausible then reported_log_sd else utilisation_log_sd end, 2)
        end
        -- where recorded hours contradict compute or each other, the interval reaches them
        + case
            when hours_source = 'compute' or is_disputed
                then pow(coalesce(greatest(abs(ln(chip_hours / hours_used)), abs(ln(product_hours / hours_used))), 0) / z_90, 2)
            else 0
        end
    ) as hours_log_sd,
    -- where they contradict each other, the number of chips is in doubt too
    sqrt(
        pow(quantity_log_sd, 2)
        + case when is_disputed then pow(ln(chip_hours / product_hours) / z_90, 2) else 0 end
    ) as quantity_log_sd,
    compute_log_sd,
    list_filter([
        case when is_mfu_recorded and not is_mfu_plausible then 'recorded utilisation outside the plausible range, not used' end,
        case when not is_compute_plausible then 'recorded compute too small for the parameters, not used' end,
        case when not is_reported_plausible then 'recorded chip-hours contradict compute and chip, not used' end,
        case when not is_product_plausible then 'quantity x time contradicts compute and chip, not used' end,
        case when is_disputed then 'recorded chip-hours contradict quantity x time: the interval reaches both' end
    ], lambda flag: flag is not null) as flags
from picked
order by model_id
