-- The newest on-demand price of an H100 hour, and how the same providers' prices moved over at least a week before.
with series as (
    select * from gpu_price_index
    where family = 'H100' and pricing_type = 'on_demand' and commitment = 'none' and frequency = 'day'
),
newest as (
    select * from series order by period_on desc limit 1
),
before as (
    select series.period_on, series.fixed_basket_index
    from series, newest
    where series.period_on <= newest.period_on - interval 7 day and series.chain = newest.chain
    order by series.period_on desc
    limit 1
),
providers as (
    select count(distinct provider) as providers
    from gpu_price_now
    where family = 'H100' and pricing_type = 'on_demand' and commitment = 'none' and usd_per_gpu_hour is not null
)
select
    newest.family, newest.period_on as as_of, newest.low_usd_per_gpu_hour, newest.usd_per_gpu_hour, newest.high_usd_per_gpu_hour,
    newest.elements, providers.providers, before.period_on as compared_with,
    newest.fixed_basket_index / before.fixed_basket_index - 1 as change_share
from newest
cross join providers
left join before on true
