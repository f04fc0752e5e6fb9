-- Dollars that a claimant computed from stated hours at a stated price agree with them within a tenth.
-- severity: warn
select claim_id, gpu_hours, usd_per_gpu_hour, reported_usd, reported_over_implied
from reported_vs_implied
cross join (select low, high from core.assumptions where variant = 'aicost' and assumption = 'claim_rounding') as rounding
where price_basis = 'stated' and reported_over_implied not between rounding.low and rounding.high
order by all
