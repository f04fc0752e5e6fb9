-- What moved in the days before the newest publish: by table and cause, how many rows came, went or changed.
select table_name, cause, change, count(*) as changes, count(distinct row_key) as rows, min(changed_at) as first_at, max(changed_at) as last_at
from changes
where changed_at > (select max(changed_at) from changes) - interval 7 day
group by table_name, cause, change
order by changes desc, table_name, cause, change
