-- Can a claim be true: what does it imply, how does that compare, which rule decided, and what is left out?
-- parameter claim_id: claim, as in reported_claims
select * from claim_checks where claim_id = $claim_id
