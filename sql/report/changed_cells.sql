-- The cells that moved most in the week before a publish, old and new, with the cause; numbers first, the largest move first.
-- parameter until: when it was published
select
    table_name, row_key, column_name, old_value, new_value, change_share, cause, cause_detail, changed_at
from changes
where change = 'changed' and row_key <> '*' and changed_at > $until::timestamptz - interval 7 day and changed_at <= $until::timestamptz
order by abs(change_share) desc nulls last, changed_at desc, table_name, row_key, column_name
limit 60
