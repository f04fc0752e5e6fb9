-- What changed: every row that came or went and every cell that moved from one publish to the next, and why.
--
-- grain: snapshot_id, table_name, row_key, change, column_name
-- unit: as in the column that changed
-- sources: meta.changes (the log of publishes, 92 days back, and this publish against the one before)
-- column changed_at: when the new state was published (UTC)
-- column snapshot_id: publish that brought the change
-- column previous_snapshot_id: publish it is compared with
-- column table_name: public table
-- column row_key: key of the row as a JSON object; * stands for a whole table, or for what is beyond the rows listed
-- column change: added, removed or changed
-- column column_name: column whose cell changed, or that came or went with its table; empty for a whole row
-- column old_value: cell as text before; for a row that went, its cells as JSON
-- column new_value: cell as text now; for a row that came, its cells as JSON
-- column change_share: new over old, less one, where both are numbers
-- column cause: source, decision, bundled, method, reference, engine, or both where two steps moved one cell
-- column cause_detail: which source, SQL, code or file; where two steps moved it, both
select
    changed_at, snapshot_id, previous_snapshot_id, table_name, row_key, change, column_name, old_value, new_value,
    change_share, cause, cause_detail
from meta.changes
order by changed_at desc, table_name, row_key, change, column_name
