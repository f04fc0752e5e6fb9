-- Chips as the hardware catalogue lists them; where a name stands twice, its first row counts.
--
-- grain: chip_name
-- unit: FLOP/s, watts, USD, as the column names say
-- sources: raw.accelerators (epoch_hardware); meta.names
select
    chips.name as chip_name,
    names.accelerator_id,
    names.family,
    chips.manufacturer,
    chips.kind,
    chips.released_on,
    chips.release_price_usd,
    chips.tensor_fp16_flop_per_second,
    chips.tf32_flop_per_second,
    chips.fp16_flop_per_second,
    chips.fp32_flop_per_second,
    chips.fp8_flop_per_second,
    chips.int8_op_per_second,
    chips.memory_bytes,
    chips.tdp_watts,
    chips.is_ml_hardware,
    chips.row as source_row,
    chips.source,
    chips.observed_at,
    coalesce(chips.address, sources.url) as source_url
from raw.accelerators as chips
left join meta.names as names on names.printed = chips.name and names.memory_gb is null
left join meta.sources as sources on sources.source = chips.source
qualify row_number() over (partition by chips.name order by chips.source, chips.row) = 1
order by chip_name
