-- What a unit of each currency was worth on each day with a reference rate, by the latest publication of that day.
--
-- grain: currency, rate_on
-- unit: USD per unit of the currency
-- sources: raw.index_values of the series EUR/... (euro foreign exchange reference rates)
with per_euro as (
    select
        split_part(series, '/', 2) as currency,
        period_on as rate_on,
        value as units_per_euro,
        source,
        observed_at
    from raw.index_values
    where series like 'EUR/%'
    qualify row_number() over (partition by series, period_on order by observed_at desc, visit_id desc) = 1
),
dollars as (
    select rate_on, units_per_euro as usd_per_euro, source, observed_at from per_euro where currency = 'USD'
)
select 'EUR' as currency, rate_on, usd_per_euro as usd_per_unit, source, observed_at
from dollars
union all
select per_euro.currency, rate_on, usd_per_euro / units_per_euro, per_euro.source, per_euro.observed_at
from per_euro
join dollars using (rate_on)
where per_euro.currency <> 'USD'
order by currency, rate_on
