-- What moved in the week before a publish: by table and cause, how many rows came, went or changed.
-- parameter until: when it was published
select
    table_name, cause, change, count(*) as changes, count(distinct row_key) as rows, string_agg(distinct cause_detail, '; ' order by cause_detail) as which,
    min(changed_at) as first_at, max(changed_at) as last_at
from changes
where changed_at > $until::timestamptz - interval 7 day and changed_at <= $until::timestamptz
group by table_name, cause, change
order by changes desc, table_name, cause, change
