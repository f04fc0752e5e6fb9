-- Every decision is about a claim that is on file, and what it points to exists.
-- severity: warn
select reviews.claim_id, reviews.status, reviews.ledger_claim_id, reviews.superseded_by
from reference.extracted_claim_reviews as reviews
left join core.extracted_claims as claims on claims.claim_id = reviews.claim_id
left join core.claims as ledger on ledger.claim_id = reviews.ledger_claim_id
left join core.extracted_claims as successors on successors.claim_id = reviews.superseded_by
where claims.claim_id is null
   or (reviews.ledger_claim_id is not null and ledger.claim_id is null)
   or (reviews.superseded_by is not null and successors.claim_id is null)
order by all
