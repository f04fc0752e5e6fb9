-- Every accelerator that a name resolves to, with what is known of it; form factor or memory may be unknown.
--
-- grain: accelerator_id
-- unit: GB, FLOP/s, watts, as the column names say; speeds dense
-- sources: data/reference/accelerators.csv; meta.names
with partly_known as (
    select distinct
        accelerator_id, vendor, family, form_factor, chip_memory_gb as memory_gb
    from meta.names
    where accelerator_id is not null
      and accelerator_id not in (select accelerator_id from reference.accelerators)
)
select
    accelerator_id,
    vendor,
    model as family,
    form_factor,
    memory_gb::double as memory_gb,
    true as is_exact,
    coalesce(bf16_flop_per_second, fp16_flop_per_second)::double as tensor_fp16_flop_per_second,
    fp8_flop_per_second::double as fp8_flop_per_second,
    tdp_watts::double as tdp_watts,
    released_on::date as released_on,
    source as citation,
    note
from reference.accelerators
union all by name
select
    accelerator_id, vendor, family, form_factor, memory_gb, false as is_exact,
    'resolved from a printed name that leaves form factor or memory open' as note
from partly_known
order by accelerator_id
