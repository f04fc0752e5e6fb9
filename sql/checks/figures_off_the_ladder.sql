-- Every figure on the ladder has a scope, a unit, a claimant, a day and a source, and its value lies in its interval.
-- severity: stop
select entry_id, scope, unit, claimant, dated_on, source_url, value_low, value, value_high
from cost_ladder
where unit is null or claimant is null or dated_on is null or source is null
   or value < value_low or value > value_high
   or coalesce(value, value_low, value_high) is null
order by all
