-- Every claim names its scope, its claimant, its day, and a document or the place where it was read.
-- severity: stop
select claim_id, scope, claimant, claimed_on, source_url, seen_at
from reported_claims
where scope is null or claimant is null or claimed_on is null or coalesce(source_url, seen_at) is null
order by all
