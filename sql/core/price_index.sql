-- The producer price index that turns nominal into real dollars, one value a month.
--
-- grain: period_on
-- unit: index, December 2000 = 100
-- sources: raw.index_values (price_index)
select
    period_on,
    value as index_value,
    source,
    observed_at
from raw.index_values
where source = 'price_index'
qualify row_number() over (partition by period_on order by observed_at desc) = 1
order by period_on
