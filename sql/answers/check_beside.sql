-- What else is on file for the organisation of a claim, in other scopes, that must not be taken for the same thing?
-- parameter claim_id: claim, as in reported_claims
with asked as (
    select organisation, scope from reported_claims where claim_id = $claim_id
)
select
    claims.scope, claims.subject, claims.value_low, claims.value, claims.value_high, claims.unit, claims.per, claims.basis, claims.claimant,
    claims.claimed_on as as_of, claims.scope_note, claims.claim_id, claims.source_url
from reported_claims as claims
join asked on asked.organisation = claims.organisation and asked.scope <> claims.scope
where claims.kind = 'money' and coalesce(claims.stage, 'total') = 'total' and claims.scope <> 'other_not_cost' and claims.source = 'reported_claims'
order by coalesce(claims.value, claims.value_low, claims.value_high), claims.claim_id
