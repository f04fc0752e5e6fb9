-- No source's prices change places: labels, regions or columns may stand beside the wrong price.
-- severity: warn
with offers as (
    select
        rows.source, rows.provider, rows.offer_id, rows.currency,
        any_value(rows.price) filter (where newest = 2) as price_before,
        any_value(rows.price) filter (where newest = 1) as price
    from core.gpu_price_rows as rows
    -- names of visits are in order of time
    join core.newest_visits as visits
        on visits.source = rows.source and visits.visit_id between rows.visit_id and rows.last_visit_id
    where visits.newest in (1, 2)
    group by all
    -- an offer of several prices, one of them announced, says nothing here
    having count(distinct rows.price) filter (where newest = 2) = 1
        and count(distinct rows.price) filter (where newest = 1) = 1
        and price <> price_before
),
changed as (
    select
        *,
        exists (
            from offers as others
            where others.source = offers.source and others.provider = offers.provider
                and others.currency = offers.currency and others.offer_id <> offers.offer_id
                and others.price_before = offers.price
        ) as has_anothers
    from offers
)
select source, provider, count(*) as prices_changed, count(*) filter (where has_anothers) as had_by_another_offer
from changed
group by source, provider
having had_by_another_offer > 1 and 2 * had_by_another_offer >= prices_changed
order by all
