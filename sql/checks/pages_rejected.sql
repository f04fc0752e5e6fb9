-- The newest page of every source is in force, not an older one or the bundled facts in its place.
-- severity: warn
select source, rejected_reason
from sources
where rejected_reason is not null
order by all
