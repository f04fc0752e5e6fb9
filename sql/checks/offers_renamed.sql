-- No source lists offers of a provider that are gone under other labels: several new ones ask what those that are gone asked.
-- severity: warn
with offers as (
    select
        rows.source, rows.provider, rows.offer_id, rows.pricing_type, rows.price, rows.currency,
        min(visits.newest) as newest, max(visits.newest) as oldest
    from core.gpu_price_rows as rows
    -- names of visits are in order of time
    join core.newest_visits as visits
        on visits.source = rows.source and visits.visit_id between rows.visit_id and rows.last_visit_id
    where visits.newest in (1, 2)
    group by all
),
standing as (
    -- an offer is there before and now, at whatever price
    select source, offer_id from offers group by source, offer_id having min(newest) < max(oldest)
),
changed as (select * from offers anti join standing using (source, offer_id))
select
    source, provider,
    count(*) filter (where oldest = 1) as new_offers,
    count(*) filter (where oldest = 1 and (source, provider, pricing_type, currency, price) in (
        select (source, provider, pricing_type, currency, price) from changed where newest = 2
    )) as at_the_price_of_one_gone
from changed
group by source, provider
having at_the_price_of_one_gone > 1 and 2 * at_the_price_of_one_gone >= new_offers
order by all
