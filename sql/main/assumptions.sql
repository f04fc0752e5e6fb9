-- Every constant that a formula uses, with its range and where it comes from.
--
-- grain: variant, assumption, key
-- unit: as in the column unit
-- sources: data/reference/assumptions.csv
-- column variant: cottier_2024 (the published method) or aicost
-- column assumption: name of the constant
-- column key: what it is for, where there is one for each chip, currency and so on; '' otherwise
-- column low: lower end of its range
-- column central: value used
-- column high: upper end of its range
-- column value_text: value used, where it is no number
-- column unit: what it is in
-- column citation: where it comes from
select variant, assumption, key, low, central, high, value_text, unit, citation
from core.assumptions
order by variant, assumption, key
