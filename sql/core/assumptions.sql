-- Every constant that a formula uses, with its range and where it comes from.
--
-- grain: variant, assumption, key
-- unit: as in the column unit
-- sources: data/reference/assumptions.csv
select
    variant,
    assumption,
    coalesce(key, '') as key,
    position::integer as position,
    low::double as low,
    central::double as central,
    high::double as high,
    value_text,
    unit,
    citation
from reference.assumptions
order by all
