-- Chip families with speed, power and launch, each by its fastest variant, and whether it is built for large runs.
--
-- grain: family
-- unit: FLOP/s dense, watts
-- sources: core.accelerators, core.assumptions (training_form_factor)
-- column family: chip family
-- column accelerator_id: the variant taken: the fastest
-- column vendor: maker
-- column peak_flop_per_second: peak tensor BF16 or FP16 speed
-- column tdp_watts: thermal design power
-- column released_on: launch
-- column is_for_large_runs: whether the family has a form with a fast network between servers
-- column citation: where speed and power are from
select
    cards.family,
    max_by(cards.accelerator_id, cards.tensor_fp16_flop_per_second) as accelerator_id,
    max_by(cards.vendor, cards.tensor_fp16_flop_per_second) as vendor,
    max(cards.tensor_fp16_flop_per_second) as peak_flop_per_second,
    max_by(cards.tdp_watts, cards.tensor_fp16_flop_per_second) as tdp_watts,
    min(cards.released_on) as released_on,
    bool_or(forms.key is not null) as is_for_large_runs,
    max_by(cards.citation, cards.tensor_fp16_flop_per_second) as citation
from core.accelerators as cards
left join core.assumptions as forms
    on forms.variant = 'aicost' and forms.assumption = 'training_form_factor' and forms.key = cards.form_factor
where cards.tensor_fp16_flop_per_second is not null
group by cards.family
order by cards.family
