-- How a stated figure was computed and in whose dollars it is, where the claimant or the arithmetic tells.
--
-- grain: claim_id
-- unit: none; price_level_on is a month, NULL for dollars of the day
-- sources: data/reference/claim_methods.csv; core.claims (catalogue costs); core.assumptions
select claim_id, method, price_level_on::date as price_level_on, inputs_of, citation
from reference.claim_methods
union all
select claims.claim_id, 'amortised', level.value_text::date, 'cottier_2024', level.citation
from core.claims as claims
join core.assumptions as level on level.variant = 'aicost' and level.assumption = 'catalogue_price_level'
where claims.claim_id like 'epoch-catalogue-cost-%' and claims.scope = 'final_run'
order by claim_id
