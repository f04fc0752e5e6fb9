-- The run of each model as the estimates use it: hours, chip, speed and compute, with the spread of the hours.
--
-- grain: model_id
-- unit: FLOP, FLOP/s, GPU-hours, as the column names say; log_sd is of the natural logarithm
-- sources: core.run_hours, core.models
-- column model_id: model, as in training_costs
-- column model_name: model
-- column organisation: first developing organisation
-- column published_on: day of publication
-- column is_finetune: whether it was made from another model
-- column started_on: when training is taken to have begun
-- column is_start_assumed: whether that rests on an assumed duration
-- column training_flop: compute of the run itself
-- column compute_log_sd: spread of that compute
-- column hardware: chips as printed
-- column family: chip family; NULL where unknown or several
-- column peak_flop_per_second: peak speed of the chip
-- column hardware_quantity: number of chips
-- column gpu_hours: chip-hours used
-- column hours_basis: reported, derived or assumed
-- column hours_from: reported, quantity x time, or compute
-- column hours_log_sd: spread of the hours
-- column mfu_share: utilisation: implied by recorded hours, or used to get them
-- column flags: inputs that were implausible and not used
select
    models.model_id, models.model_name, models.organisation, models.published_on, models.is_finetune,
    hours.started_at::date as started_on, hours.is_duration_assumed as is_start_assumed,
    hours.own_flop as training_flop, hours.compute_log_sd, hours.hardware_as_printed as hardware, hours.family,
    hours.peak_flop_per_second, hours.hardware_quantity, hours.chip_hours as gpu_hours, hours.hours_basis,
    hours.hours_source as hours_from, hours.hours_log_sd, coalesce(hours.implied_mfu_share, hours.mfu_used) as mfu_share,
    array_to_string(hours.flags, '; ') as flags
from core.models as models
join core.run_hours as hours using (model_id)
order by models.model_id
