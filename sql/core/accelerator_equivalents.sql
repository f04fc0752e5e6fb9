-- Where a chip has no rental price of its own: whose price stands for it, times what, and why.
--
-- grain: family
-- unit: price of its hour over the price of the other chip's hour
-- sources: data/reference/accelerator_equivalents.csv
select
    family, equivalent_family, ratio_low::double as ratio_low, ratio::double as ratio, ratio_high::double as ratio_high,
    basis, citation, note
from reference.accelerator_equivalents
order by family
