-- How many changes are on file, and since when.
select count(*) as changes, min(changed_at) as first_at
from changes
order by changes
