-- No source lists mostly other offers of a provider than at its visit before: a label has changed, or a column.
-- severity: warn
with offers as (
    select rows.source, rows.provider, rows.offer_id, min(visits.newest) as newest, max(visits.newest) as oldest
    from core.gpu_price_rows as rows
    join core.newest_visits as visits using (source, visit_id)
    where visits.newest in (1, 2)
    group by rows.source, rows.provider, rows.offer_id
)
select
    source, provider,
    count(*) filter (where oldest = 2) as offers_before,
    count(*) filter (where newest = 1 and oldest = 2) as still_listed,
    count(*) filter (where oldest = 1) as new_offers
from offers
group by source, provider
having 2 * still_listed < offers_before and new_offers > 0
order by all
