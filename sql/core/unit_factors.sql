-- What a price moves by when its unit does, and by what a price of rounded digits may miss that.
--
-- grain: factor
-- unit: none
-- sources: reference.unit_factors
select
    factor::double as factor, factor_low::double as factor_low, factor_high::double as factor_high, words, citation
from reference.unit_factors
order by factor
