-- Every source that is not disabled has facts in force.
-- severity: warn
select source, last_outcome, coalesce(rejected_reason, last_error) as reason
from sources
where facts = 0 and disabled is null
order by all
