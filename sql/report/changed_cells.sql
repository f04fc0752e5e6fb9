-- The cells that moved most in the last week of changes, old and new, with the cause; numbers first, the largest move first.
select
    table_name, row_key, column_name, old_value, new_value, change_share, cause, cause_detail, changed_at
from changes
where change = 'changed' and row_key <> '*' and changed_at > (select max(changed_at) from changes) - interval 7 day
order by abs(change_share) desc nulls last, changed_at desc, table_name, row_key, column_name
limit 60
