-- What each claim can be checked with: hours, price and dollars of one computation, its chip and its compute.
--
-- grain: claim_id
-- unit: USD, GPU-hours, USD per GPU-hour, FLOP, as the column names say
-- sources: core.claims, core.run_hours, core.reported_compute, core.accelerators, core.assumptions; meta.names
with chosen as (
    select
        max(central) filter (where assumption = 'hours_per_year')
            / max(central) filter (where assumption = 'days_per_year') as hours_per_day
    from core.assumptions
    where variant = 'aicost'
),
claims as (
    select
        *, coalesce(stage, 'total') as of_stage,
        coalesce(value, case when hedge = 'range' then sqrt(value_low * value_high) end) as central
    from core.claims
),
paired as (
    select
        claims.claim_id, others.kind, others.central, others.hardware, others.claim_id as other_id,
        others.claim_id = claims.claim_id as is_own
    from claims
    join claims as others
        on others.claim_id = claims.claim_id
        or (others.group_id = claims.group_id and others.scope = claims.scope and others.of_stage = claims.of_stage)
    where others.central is not null
),
counted as (
    select
        claims.claim_id,
        max_by(paired.central, paired.is_own) filter (where paired.kind = 'gpu_hours') as stated_hours,
        max_by(paired.other_id, paired.is_own) filter (where paired.kind = 'gpu_hours') as hours_claim_id,
        max(paired.central) filter (where paired.kind = 'gpu_count') as gpus,
        max(paired.central) filter (where paired.kind = 'duration_days') as days,
        coalesce(max(claims.hardware), max(paired.hardware)) as hardware
    from claims
    left join paired using (claim_id)
    group by claims.claim_id
),
prices as (
    -- a price stated for the whole run holds for its stages, and for what else the same document costs in that scope
    select claims.claim_id, prices.central as usd_per_gpu_hour
    from claims
    join claims as prices
        on prices.kind = 'price_per_gpu_hour' and prices.central is not null
        and prices.claimant = claims.claimant and prices.scope = claims.scope
        and (prices.subject = claims.subject or prices.source_url = claims.source_url)
    qualify row_number() over (
        partition by claims.claim_id
        order by prices.group_id = claims.group_id desc, prices.subject = claims.subject desc, prices.claim_id
    ) = 1
),
computed as (
    -- compute of a stage is divided by the hours of that stage
    select
        claims.claim_id, compute.training_flop, compute.stage, compute.source_url as compute_source, hours.central as stage_hours
    from claims
    left join core.models as models using (model_id)
    join core.reported_compute as compute on compute.model_name in (claims.model_name, models.model_name)
    left join claims as hours
        on hours.kind = 'gpu_hours' and hours.subject = claims.subject and hours.scope = claims.scope
        and hours.of_stage = compute.stage and hours.central is not null
    where claims.scope in ('final_run', 'training_total') and claims.of_stage in ('total', compute.stage)
    qualify row_number() over (partition by claims.claim_id order by hours.claim_id) = 1
),
matched as (
    select
        claims.claim_id, runs.* exclude (model_id),
        claims.scope in ('final_run', 'training_total') and claims.of_stage = 'total' and not coalesce(runs.is_finetune, true) as is_run,
        is_run and claims.scope = 'final_run' and coalesce(runs.hours_basis in ('reported', 'derived'), false) as is_catalogue
    from claims
    left join core.run_hours as runs using (model_id)
),
fastest as (
    -- a name that leaves the form factor open is taken as the fastest of its family
    select family, max(tensor_fp16_flop_per_second) as peak_flop_per_second from core.accelerators group by family
)
select
    claims.claim_id,
    case when claims.kind = 'money' and claims.unit = 'USD' then claims.low end as usd_low,
    case when claims.kind = 'money' and claims.unit = 'USD' then claims.central end as usd,
    case when claims.kind = 'money' and claims.unit = 'USD' then claims.high end as usd_high,
    coalesce(
        counted.stated_hours,
        counted.gpus * counted.days * chosen.hours_per_day,
        case when claims.per = 'day' then counted.gpus * chosen.hours_per_day end,
        case when runs.is_catalogue then runs.chip_hours end
    ) as gpu_hours,
    case
        when counted.stated_hours is not null then 'stated'
        when counted.gpus * counted.days is not null or (claims.per = 'day' and counted.gpus is not null) then 'GPUs x time'
        when runs.is_catalogue and runs.chip_hours is not null then 'catalogue'
    end as hours_from,
    counted.hours_claim_id,
    counted.gpus * counted.days * chosen.hours_per_day as counted_hours,
    prices.usd_per_gpu_hour as stated_usd_per_gpu_hour,
    coalesce(counted.hardware, case when runs.is_catalogue then runs.hardware_as_printed end) as hardware,
    coalesce(names.family, case when runs.is_catalogue then runs.family end) as family,
    coalesce(cards.tensor_fp16_flop_per_second, fastest.peak_flop_per_second, runs.peak_flop_per_second) as peak_flop_per_second,
    coalesce(computed.training_flop, case when runs.is_run then runs.own_flop end) as training_flop,
    case
        when computed.training_flop is not null then 'parameters x tokens of the paper'
        when runs.is_run and runs.own_flop is not null then 'catalogue'
    end as flop_from,
    coalesce(computed.stage_hours, gpu_hours) as flop_gpu_hours
from claims
cross join chosen
join counted using (claim_id)
left join prices using (claim_id)
left join computed using (claim_id)
join matched as runs using (claim_id)
left join meta.names as names on names.printed = counted.hardware and names.memory_gb is null
left join core.accelerators as cards on cards.accelerator_id = names.accelerator_id
left join fastest on fastest.family = coalesce(names.family, runs.family)
order by claims.claim_id
