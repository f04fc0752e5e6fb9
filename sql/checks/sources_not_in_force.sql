-- Every source that is not disabled, and was visited or travels with the project, has facts in force.
-- severity: warn
select source, last_outcome, coalesce(rejected_reason, last_error) as reason
from sources
where facts = 0 and disabled is null and (unbundled is null or last_outcome is not null)
order by all
