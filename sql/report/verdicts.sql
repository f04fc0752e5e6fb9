-- How many claims were checked, by verdict and rule.
select verdict, rule, count(*) as claims
from claim_checks
group by verdict, rule
order by verdict, claims desc, rule
