-- Every accelerator on the newest page of a price source was on an earlier page of it, or a person looks at it.
-- severity: warn
with seen as (
    -- a row spans the visits of a day: joined to each of them only when all offers of an accelerator are one row
    select source, provider, visit_id, last_visit_id, coalesce(accelerator_id, gpu_as_printed, sku) as accelerator
    from core.gpu_price_rows
    group by all
),
named as (
    select seen.source, provider, newest, accelerator
    from seen
    join core.newest_visits as visits
        on visits.source = seen.source and visits.visit_id between seen.visit_id and seen.last_visit_id
    group by all
)
select source, provider, accelerator
from named
where newest = 1
  and source in (select source from named where newest = 2)
  and (source, accelerator) not in (select (source, accelerator) from named where newest > 1)
order by all
