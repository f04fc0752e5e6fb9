-- Claims that no page states any more that stated them, where the page states another figure for the same thing instead.
--
-- grain: claim_id
-- unit: none
-- sources: core.claim_sightings
with read as (
    select
        *, coalesce(model_name, organisation, hardware) as subject,
        max(last_seen_at) over (partition by address) as page_seen_at
    from core.claim_sightings
),
stated as (
    select * from read where last_seen_at = page_seen_at
)
select gone.claim_id, min(stated.claim_id) as superseded_by, min(stated.first_seen_at) as edited_at
from read as gone
join stated
    on stated.address = gone.address
    and stated.kind = gone.kind
    and stated.unit = gone.unit
    and stated.per is not distinct from gone.per
    and stated.scope = gone.scope
    and stated.subject = gone.subject
    and stated.first_seen_at > gone.last_seen_at
where gone.claim_id not in (select claim_id from stated)
group by gone.claim_id
-- of two that took its place, neither is the one
having count(distinct stated.claim_id) = 1
order by gone.claim_id
