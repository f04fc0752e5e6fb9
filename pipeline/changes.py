"""What changed between two builds: rows added and removed, cells changed, and why.

A build is an attached database. Only public tables whose rows have another hash are compared, by the grain of their
model. What moves without meaning anything is no change: the last digits of a number, and columns that say when or
where on a page a thing was seen.

The cause is exact. Where nothing but the archive moved it is a source or a person's decision; where nothing but ours
moved it is method, reference, bundled facts or the engine, by what the table is made of. Where both moved, a third
build stands between: the old archive under the new code. What differs from the old to it is ours, from it to the new
is the sources'.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from pipeline import build, schema
from pipeline.publishes import Table
from pipeline.source import all_sources

OWN = "changes"  # the table that tells; it does not tell of itself
WHOLE = "*"  # as row_key: the table, or the rows beyond those listed
SEEN = re.compile(
    r"(catalog_)?last_seen(_at|_on)?|last_attempt_at|observed_at|published_at|as_of|age_days|visits?|visit_id"
    r"|source_row|page_number"
)
"""Columns that say when, how often or where on a page: they move though nothing has changed."""
NOISE = 1e-9  # of a number: two ways to add the same figures up
MOST_LISTED = 1000  # changes of one table in one publish; what is beyond is counted
NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT", "FLOAT", "DOUBLE", "DECIMAL")
COLUMNS = ("table_name", "row_key", "change", "column_name", "old_value", "new_value", "change_share")
GROUPS = {"sql": "method", "code": "method", "reference": "reference", "bundled": "bundled", "engine": "engine"}
MOST_NAMED = 4  # files in one cause

Row = dict[str, object]


@dataclass(frozen=True)
class Moved:
    """What moved between two states: the cause of whatever differs."""

    sources: frozenset[str] = frozenset()
    """Of which another visit is in force, or was refused."""
    decisions: bool = False
    visited: bool = False
    """Whether anything at all was written to the archive's logs; an unchanged page moves ages."""
    ours: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Files by group, as `pipeline.inputs.moved` has them."""

    @property
    def is_archive(self) -> bool:
        """Whether the archive moved."""
        return bool(self.sources) or self.decisions or self.visited


# --- content --------------------------------------------------------------------------------------


Shape = dict[str, dict[str, str]]
"""Public tables to their columns and types, without the table that tells of changes."""


class Shapes:
    """The public tables of attached databases, each database asked in one question and once.

    Asked table by table it takes longer than a diff.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._known: dict[str, Shape] = {}

    def of(self, database: str) -> Shape:
        """The tables of one of them, whose tables are all made by now."""
        if database not in self._known:
            rows = self._connection.execute(
                "select table_name, column_name, data_type from duckdb_columns() where database_name = ? "
                "and schema_name = 'main' and not internal and table_name <> ? order by table_name, column_index",
                [database, OWN],
            ).fetchall()
            shape = self._known[database] = Shape()
            for table, column, kind in rows:
                shape.setdefault(str(table), {})[str(column)] = str(kind)
        return self._known[database]


def content(connection: duckdb.DuckDBPyConnection, database: str, table: str) -> Table:
    """How many rows a table holds, and a sum of their hashes that no order of rows or version of DuckDB changes."""
    rows, total = _total(connection, f'{database}.main."{table}" as t')
    return Table(rows=rows, content=_hexed(total))


def contents(
    connection: duckdb.DuckDBPyConnection,
    database: str,
    known: Mapping[str, Table] | None = None,
    old: str | None = None,
    shapes: Shapes | None = None,
) -> dict[str, Table]:
    """The content of every public table; from what is known of the old build, only rows that differ are hashed."""
    shapes = shapes or Shapes(connection)
    shape, before = shapes.of(database), shapes.of(old) if old else {}
    found: dict[str, Table] = {}
    for table, columns in shape.items():
        was = (known or {}).get(table) if before.get(table) == columns else None
        found[table] = _moved_on(connection, old or "", database, table, was) or content(connection, database, table)
    return found


def _moved_on(connection: duckdb.DuckDBPyConnection, old: str, new: str, table: str, was: Table | None) -> Table | None:
    """The content of a table whose rows are all different from each other, by what it was and the rows that differ."""
    if was is None:
        return None
    if _same_rows(connection, old, new, table):
        return Table(rows=was.rows, content=was.content)
    one, two = (f'(select t, hash(t) as h from {name}.main."{table}" as t)' for name in (old, new))
    (gone, minus), (come, plus) = (
        _total(connection, f"{here} anti join {there} using (h)") for here, there in ((one, two), (two, one))
    )
    rows, distinct = connection.execute(f"select count(*), count(distinct h) from {two}").fetchall()[0]
    if rows != distinct or was.rows - gone + come != rows:
        return None
    return Table(rows=int(rows), content=_hexed(int(was.content, 16) - minus + plus))


def _total(connection: duckdb.DuckDBPyConnection, rows: str) -> tuple[int, int]:
    """How many rows there are, called ``t``, and the sum of their hashes."""
    hashes = "coalesce(sum(md5_number_lower(to_json(t)::varchar)), 0)"
    count, total = connection.execute(f"select count(*), {hashes} from {rows}").fetchall()[0]
    return int(count), int(total)


def _hexed(total: int) -> str:
    return f"{total % 2**64:016x}"


def _same_rows(connection: duckdb.DuckDBPyConnection, old: str, new: str, table: str) -> bool:
    """Whether two tables of one shape hold the same rows, by a quick hash that holds within this process."""
    one, two = connection.execute(
        " union all ".join(f'select count(*), sum(hash(t)) from {name}.main."{table}" as t' for name in (old, new))
    ).fetchall()
    return one == two


# --- differences ----------------------------------------------------------------------------------


def compare(
    connection: duckdb.DuckDBPyConnection,
    old: str,
    new: str,
    into: str,
    grains: Mapping[str, Sequence[str]],
    shapes: Shapes,
) -> None:
    """Put every difference between two builds into a new temporary table, one row a row or cell."""
    connection.execute(
        f"create or replace temp table {into} (table_name varchar, row_key varchar, change varchar, "
        "column_name varchar, old_value varchar, new_value varchar, change_share double, source varchar)"
    )
    before, after = shapes.of(old), shapes.of(new)
    for table in sorted({*before, *after}):
        if table not in before or table not in after:
            is_new = table in after
            rows = content(connection, new if is_new else old, table).rows
            _note(connection, into, table, "added" if is_new else "removed", "", f"{rows:,} rows")
        elif before[table] != after[table] or not _same_rows(connection, old, new, table):
            both = before[table], after[table]
            _compare_table(connection, old, new, into, table, grains.get(table, ()), both)


def _note(
    connection: duckdb.DuckDBPyConnection, into: str, table: str, change: str, column: str, said: str | None
) -> None:
    values = [None, said] if change == "added" else [said, None]
    connection.execute(
        f"insert into temp.{into} values (?, '{WHOLE}', ?, ?, ?, ?, null, null)", [table, change, column, *values]
    )


def _compare_table(
    connection: duckdb.DuckDBPyConnection,
    old: str,
    new: str,
    into: str,
    table: str,
    grain: Sequence[str],
    shapes: tuple[Mapping[str, str], Mapping[str, str]],
) -> None:
    before, after = shapes
    for column in sorted(before.keys() ^ after.keys()):
        _note(connection, into, table, "added" if column in after else "removed", column, "the column")
    if not grain or not set(grain) <= before.keys() & after.keys():
        rows = [content(connection, name, table).rows for name in (old, new)]
        connection.execute(
            f"insert into temp.{into} values (?, '{WHOLE}', 'changed', '', ?, ?, null, null)",
            [table, f"{rows[0]:,} rows under another key", f"{rows[1]:,} rows"],
        )
        return
    shared = [name for name in after if name in before and name not in grain and not SEEN.fullmatch(name)]
    one, two = _parted(connection, f'{old}.main."{table}"', f'{new}.main."{table}"')
    # A row whose key is a moment was not there before and is no news by itself: such rows are counted.
    counted = any(SEEN.fullmatch(name) for name in grain)
    parts = [_rows(table, grain, shared, two, one, "added", counted=counted, sourced="source" in after)]
    parts += [_rows(table, grain, shared, one, two, "removed", counted=counted, sourced="source" in before)]
    if shared:
        parts.append(_cells(table, grain, {name: (before[name], after[name]) for name in shared}, one, two))
    for part in parts:
        connection.execute(f"insert into temp.{into} {part}")


def _parted(connection: duckdb.DuckDBPyConnection, one: str, two: str) -> tuple[str, str]:
    """Tables of the rows that only the one has, and only the other: mostly few, and only they are compared by key."""
    for name, here, there in (("only_one", one, two), ("only_two", two, one)):
        connection.execute(
            f"create or replace temp table {name} as "
            f"select here.* from {here} as here anti join (select hash(t) as h from {there} as t) on hash(here) = h"
        )
    return "temp.only_one", "temp.only_two"


def _rows(
    table: str, grain: Sequence[str], shared: Sequence[str], here: str, there: str, change: str, *, counted: bool,
    sourced: bool,
) -> str:  # fmt: skip
    on = " and ".join(f'here."{name}" = there."{name}"' for name in grain)
    missing = f"from {here} as here anti join {there} as there on {on}"
    source = 'here."source"' if sourced else "null"
    if counted:
        values = "null, said" if change == "added" else "said, null"
        return (
            f"select {schema.quoted(table)}, '{WHOLE}', '{change}', '', {values}, null, source from (select "
            f"format('{{:,}} rows', count(*)) as said, string_agg(distinct {source}, ', ' order by {source}) as source "
            f"{missing} having count(*) > 0)"
        )
    cells = _json("here", shared) if shared else "null"
    values = f"null, {cells}" if change == "added" else f"{cells}, null"
    return f"select {schema.quoted(table)}, {_json('here', grain)}, '{change}', '', {values}, null, {source} {missing}"


def _cells(
    table: str, grain: Sequence[str], shared: Mapping[str, tuple[str, str]], one: str, two: str
) -> str:  # fmt: skip
    on = " and ".join(f'o."{name}" = n."{name}"' for name in grain)
    source = 'n."source"' if "source" in {*shared, *grain} else "null"
    cells = ", ".join(_cell(name, *kinds) for name, kinds in shared.items())
    any_differs = " or ".join(f'o."{name}" is distinct from n."{name}"' for name in shared)
    return (
        f"select {schema.quoted(table)}, key, 'changed', cell.name, cell.before, cell.after, cell.share, source from ("
        f"select {_json('n', grain)} as key, {source} as source, unnest([{cells}]) as cell "
        f"from {one} as o join {two} as n on {on} where {any_differs}) where cell is not null"
    )


def _cell(name: str, before: str, after: str) -> str:
    o, n = f'o."{name}"', f'n."{name}"'
    share = "null::double"
    if before.startswith(NUMBERS) and after.startswith(NUMBERS) and not (before + after).endswith("]"):
        apart = f"abs({o}::double - {n}::double) > {NOISE} * greatest(abs({o}::double), abs({n}::double))"
        differs = f"(({o} is null) <> ({n} is null) or ({o} <> {n} and {apart}))"
        share = f"case when {o} <> 0 then {n}::double / {o}::double - 1 end"
    elif before == after:
        differs = f"{o} is distinct from {n}"
    else:
        differs = f"{o}::varchar is distinct from {n}::varchar"
    return (
        f"case when {differs} then struct_pack(name := {schema.quoted(name)}, before := {o}::varchar, "
        f"after := {n}::varchar, share := {share}) end"
    )


def _json(of: str, names: Sequence[str]) -> str:
    return "to_json(struct_pack({}))::varchar".format(", ".join(f'"{name}" := {of}."{name}"' for name in names))


# --- causes ---------------------------------------------------------------------------------------


def moved_sources(connection: duckdb.DuckDBPyConnection, old: str, new: str) -> frozenset[str]:
    """Sources of which another visit is in force, or was refused."""
    visits = "select source, visit_id, state from {}.meta.visits where via not in ('bundled', 'excerpt', 'reference')"
    one, two = visits.format(old), visits.format(new)
    rows = connection.execute(
        f"select distinct source from (({one} except {two}) union all ({two} except {one}))"
    ).fetchall()
    return frozenset(str(source) for (source,) in rows)


class Lineage:
    """What each public table is made of: SQL files, reference tables and sources."""

    def __init__(self) -> None:
        self._models = build.models()
        self._closed: dict[str, frozenset[str]] = {}
        self._read_in_sql = {
            table.removeprefix("reference.") for model in self._models.values() for table in model.reads
            if table.startswith("reference.")
        }  # fmt: skip

    def tables(self, table: str) -> frozenset[str]:
        """Everything it reads, however far, as ``schema.name``; itself included."""
        name = table if "." in table else f"main.{table}"
        if name not in self._closed:
            model = self._models.get(name)
            parts = [self.tables(read) for read in model.reads if read != name] if model else []
            self._closed[name] = frozenset({name}).union(*parts)
        return self._closed[name]

    def ours(self, table: str, moved: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Of what moved of ours, what this table can depend on."""
        reads = self.tables(table)
        sql = [name for name in moved.get("sql", ()) if name.removesuffix(".sql").replace("/", ".") in reads]
        # A reference file that no SQL reads is read by code (names, registries): every table may depend on it.
        reference = [
            name for name in moved.get("reference", ())
            if f"reference.{name.removesuffix('.csv')}" in reads or name.removesuffix(".csv") not in self._read_in_sql
        ]  # fmt: skip
        sources = self.sources(table)
        bundled = [name for name in moved.get("bundled", ()) if name.split(".")[0] in sources]
        rest = {group: list(moved.get(group, ())) for group in ("code", "engine")}
        found = {"sql": sql, "reference": reference, "bundled": bundled, **rest}
        return {group: names for group, names in found.items() if names}

    def sources(self, table: str) -> frozenset[str]:
        """Sources that can move it: those whose facts it reads; all, where it tells of visits."""
        reads = self.tables(table)
        of_all = any(name in reads for name in ("meta.visits", "meta.sources", "meta.issues", "meta.attempts"))
        return frozenset(all_sources()) if of_all else self.facts_of(table)

    def facts_of(self, table: str) -> frozenset[str]:
        """Sources whose facts it reads, however far."""
        reads = self.tables(table)
        sources = all_sources().items()
        return frozenset(name for name, source in sources if any(f"raw.{kind.table}" in reads for kind in source.facts))


def cause_of(table: str, source: str | None, moved: Moved, lineage: Lineage) -> tuple[str, str]:
    """Why a row of a table differs, where one step lies between: the kind, and which."""
    if moved.is_archive:
        return _cause_of_archive(table, source, moved, lineage)
    ours = lineage.ours(table, moved.ours) or {group: list(names) for group, names in moved.ours.items()}
    kinds = list(dict.fromkeys(GROUPS[group] for group in GROUPS if group in ours))
    said = "; ".join(f"{group} {listed(ours[group])}" for group in GROUPS if group in ours)
    return (kinds[0] if kinds else "method"), said or "nothing that is logged moved"


def _cause_of_archive(table: str, source: str | None, moved: Moved, lineage: Lineage) -> tuple[str, str]:
    said = (source or "").split(", ")
    own = [name for name in said if name in moved.sources]
    named = own or sorted(moved.sources & lineage.sources(table))
    if moved.decisions and not own:
        return "decision", "a person's decision about the quarantine" + (f"; {listed(named)}, too" if named else "")
    if named:
        return "source", listed(named) + ("; decisions changed, too" if moved.decisions else "")
    return "source", f"{source}: visited again" if source else "pages visited again, and time that went by"


def listed(names: Collection[str]) -> str:
    """The first names, in order, and how many more there are."""
    listed = sorted(names)
    more = f" and {len(listed) - MOST_NAMED} more" if len(listed) > MOST_NAMED else ""
    return ", ".join(listed[:MOST_NAMED]) + more


def told(connection: duckdb.DuckDBPyConnection, moved: Moved, lineage: Lineage, *, has_middle: bool) -> Iterator[Row]:
    """The differences of the temporary table ``net`` with their causes, the first of each table; then what is beyond.

    With a middle, ``by_ours`` and ``by_archive`` say which of the two steps moved a row or cell.
    """
    steps = ("by_ours", "by_archive") if has_middle else ()
    seen = ", ".join(
        f"exists (select 1 from temp.{step} as s where s.table_name = d.table_name and s.row_key = d.row_key "
        "and (s.column_name = d.column_name or s.column_name = '' or d.column_name = ''))"
        for step in steps
    )
    middle = (
        ", (select any_value(s.new_value) from temp.by_ours as s where s.table_name = d.table_name "
        "and s.row_key = d.row_key and s.column_name = d.column_name)" if has_middle else ", null"
    )  # fmt: skip
    cursor = connection.execute(
        f"select {', '.join(f'd.{name}' for name in COLUMNS)}, source, {seen or 'null, null'}{middle}, "
        "row_number() over (partition by table_name order by row_key <> '*', row_key, change, column_name), "
        "count(*) over (partition by table_name) "
        "from temp.net as d order by table_name, row_key, change, column_name"
    )
    beyond: dict[str, int] = {}
    for *cells, source, by_ours, by_archive, between, number, total in cursor.fetchall():
        row = dict(zip(COLUMNS, cells, strict=True))
        table = str(row["table_name"])
        if number > MOST_LISTED:
            beyond[table] = total - MOST_LISTED
            continue
        cause, detail = _cause(table, source, moved, lineage, (by_ours, by_archive) if has_middle else None, between)
        yield {**row, "cause": cause, "cause_detail": detail}
    for table, count in beyond.items():
        cause, detail = _cause(table, None, moved, lineage, (True, True) if has_middle else None, None)
        yield {
            "table_name": table, "row_key": WHOLE, "change": "changed", "column_name": "",
            "new_value": f"{count:,} more changes", "cause": cause, "cause_detail": detail,
        }  # fmt: skip


def _cause(
    table: str,
    source: str | None,
    moved: Moved,
    lineage: Lineage,
    steps: tuple[bool, bool] | None,
    between: str | None,
) -> tuple[str, str]:
    archive, ours = Moved(moved.sources, moved.decisions, moved.visited), Moved(ours=moved.ours)
    if steps is None and moved.is_archive and moved.ours:
        return "both", "archive and code moved, and the archive of then cannot be built by the code of today"
    if steps is None:
        return cause_of(table, source, archive if moved.is_archive else ours, lineage)
    if steps == (True, False):
        return cause_of(table, source, ours, lineage)
    if steps == (False, True):
        return cause_of(table, source, archive, lineage)
    (first, why), (then, who) = (cause_of(table, source, step, lineage) for step in (ours, archive))
    value = f", to {between}" if between is not None else ""
    return "both", f"{first}: {why}{value}; then {then}: {who}"


def counts(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int, int]]:
    """Rows added, removed and changed, by table, of the temporary table ``net``; counted rows are not listed ones."""
    rows: Iterable[tuple[str, int, int, int]] = connection.execute(
        "select table_name, "
        "coalesce(sum(n) filter (where change = 'added'), 0)::bigint, "
        "coalesce(sum(n) filter (where change = 'removed'), 0)::bigint, "
        "count(distinct row_key) filter (where change = 'changed') from (select *, case when row_key <> '*' then 1 "
        "when column_name = '' then coalesce(try_cast(replace(regexp_extract(coalesce(new_value, old_value), "
        "'^([0-9,]+) rows$', 1), ',', '') as bigint), 0) else 0 end as n from temp.net) group by table_name"
    ).fetchall()
    return {table: (added, removed, changed) for table, added, removed, changed in rows}
