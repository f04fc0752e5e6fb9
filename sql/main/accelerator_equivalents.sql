-- Where a chip has no rental price of its own: whose price stands for it, times what, and why.
--
-- grain: family
-- unit: price of its hour over the price of the other chip's hour
-- sources: data/reference/accelerator_equivalents.csv by core.accelerator_equivalents
-- column family: chip family without a price
-- column equivalent_family: chip family whose price is used
-- column ratio_low: low end of the factor
-- column ratio: factor
-- column ratio_high: high end of the factor
-- column basis: what the factor rests on
-- column citation: where that is from
-- column note: what differs between the chips
select family, equivalent_family, ratio_low, ratio, ratio_high, basis, citation, note
from core.accelerator_equivalents
order by family
