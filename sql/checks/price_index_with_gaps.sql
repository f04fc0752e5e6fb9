-- The price index has a value for every month between its first and its last.
-- severity: warn
select series.month::date as missing_month
from (
    select unnest(generate_series(min(period_on), max(period_on), interval 1 month)) as month from core.price_index
) as series
where series.month::date not in (select period_on from core.price_index)
order by all
