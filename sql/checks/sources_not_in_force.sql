-- Every source that is not disabled has facts in force, unless none come with the project and it was never visited.
-- severity: warn
select source, last_outcome, coalesce(rejected_reason, last_error) as reason
from sources
where facts = 0 and disabled is null and (not_bundled is null or last_attempt_at is not null)
order by all
