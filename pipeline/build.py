"""The kitchen and the table: run the SQL models in the order that the SQL itself asks for, and hold each to its header.

A model is one SELECT in ``sql/core`` or ``sql/main``; its path is its name. Its header is a contract that the
build executes: the first sentence becomes the table's comment, ``grain`` must be unique and not null, and in
``main`` and ``meta`` every column has a line that becomes its comment. Dependencies are read from the SQL itself.
A macro is one SELECT in ``sql/macros`` with its parameters named in the header: a question with a day to fill in.
A check is one SELECT in ``sql/checks`` that returns the rows that should not exist.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from pipeline import contents, paths, schema
from pipeline.contents import Contents
from pipeline.errors import CheckFailed, ContractBroken
from pipeline.warehouse import ALONE

ROOMS = ("core", "meta", "main")  # of models; sql/checks and sql/macros besides
COLUMNED = ("meta", "main")  # rooms whose every column has its line
KEYS = {
    "core": {"grain", "unit", "sources"},
    "meta": {"grain", "unit", "sources", "column"},
    "main": {"grain", "unit", "sources", "column"},
    "macros": {"parameters", "sources"},
    "checks": {"severity"},
}
MAY_READ = {
    "core": {"reference", "raw", "core", "meta"},
    "meta": {"core", "meta"},
    "main": {"core", "main", "meta"},
    "macros": {"main"},
    "checks": {"reference", "raw", "core", "main", "meta"},
}
SAMPLE_ROWS = 5
ROWS_HELD = 100_000  # of one table, in memory until a commit
ROWS_TOLD_APART = 1_000_000  # at once: a few hundred megabytes


@dataclass(frozen=True)
class Model:
    """A SQL file and its header."""

    path: Path
    schema: str
    name: str
    sentence: str
    header: dict[str, str]
    columns: dict[str, str]
    """Column sentences, in ``main`` and ``meta``."""
    sql: str
    reads: frozenset[str]
    """Tables it reads, as ``schema.name``."""

    @property
    def table(self) -> str:
        """Its table as ``schema.name``."""
        return f"{self.schema}.{self.name}"

    @property
    def grain(self) -> tuple[str, ...]:
        """Columns that together are unique and not null."""
        return tuple(part.strip() for part in self.header["grain"].split(","))


def read_model(path: Path) -> Model:
    """Read one SQL file and its header.

    Raises:
        ContractBroken: The header is incomplete or has unknown keys, or the file is not one SELECT over
            tables that its room may read.
    """
    return _model_of(path, path.read_text(encoding="utf-8"))


@lru_cache(maxsize=512)
def _model_of(path: Path, text: str) -> Model:
    room = path.parent.name
    sentence, header, columns = _read_header(path, room, text)
    try:
        reads = _tables_read(text)
    except ValueError as error:
        raise ContractBroken(f"{path.name} is not {error}", page=str(path)) from error
    forbidden = sorted(name for name in reads if name.split(".")[0] not in MAY_READ[room])
    if forbidden:
        raise ContractBroken(f"{room}/{path.name} may not read {', '.join(forbidden)}", page=str(path))
    return Model(path, room, path.stem, sentence, header, columns, text, reads)


def _read_header(path: Path, room: str, text: str) -> tuple[str, dict[str, str], dict[str, str]]:
    prose: list[str] = []
    header: dict[str, str] = {}
    columns: dict[str, str] = {}
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        body = line[2:].strip()
        keyed = re.match(r"(grain|unit|sources|severity|column (\w+)|\w+):\s+(.*)", body)
        if keyed is None:
            prose.append(body)
        elif keyed[2]:
            columns[keyed[2]] = keyed[3]
        elif keyed[1] in KEYS[room]:
            header[keyed[1]] = keyed[3]
        else:
            raise ContractBroken(f"unknown header key {keyed[1]!r} in {room}/{path.name}", page=str(path))
    missing = KEYS[room] - {"column"} - header.keys()
    sentence = " ".join(" ".join(prose).split())
    if missing or not sentence:
        raise ContractBroken(
            f"the header of {room}/{path.name} lacks {', '.join(sorted(missing)) or 'its sentence'}", page=str(path)
        )
    return sentence, header, columns


@lru_cache(maxsize=512)
def _tables_read(text: str) -> frozenset[str]:
    """The tables that one SELECT reads, as ``schema.name``; ValueError where it is none."""
    tables, local = set[tuple[str, str]](), set[str]()

    def note(node: dict[str, Any]) -> dict[str, Any]:
        if node.get("type") == "BASE_TABLE":
            tables.add((node.get("schema_name", ""), node["table_name"]))
        if "cte_map" in node:
            local.update(entry["key"] for entry in node["cte_map"].get("map", ()))
        return node

    tree = json.loads(_parser().execute(_TREE, [text]).fetchall()[0][0], object_hook=note)
    if tree["error"]:
        raise ValueError(f"exactly one SELECT: {tree['error_message'][:300]}")
    if len(tree["statements"]) != 1:
        raise ValueError("exactly one SELECT")
    return frozenset(f"{schema or 'main'}.{name}" for schema, name in tables if schema or name not in local)


_TREE = "select json_serialize_sql(?::varchar, skip_null := true, skip_empty := true, skip_default := true)"


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config=ALONE)


def models() -> dict[str, Model]:
    """Every model by table name, in an order in which each comes after what it reads.

    Raises:
        ContractBroken: A model reads a table that no one makes, or two models read each other.
    """
    found = {
        model.table: model
        for room in ROOMS
        for model in map(read_model, sorted((paths.sql_dir() / room).glob("*.sql")))
    }
    made = found.keys()
    for model in found.values():
        unknown = sorted(n for n in model.reads if n.split(".")[0] in ("core", "main") and n not in made)
        if unknown:
            raise ContractBroken(f"{model.table} reads {', '.join(unknown)}, which no model makes")
    sorter = TopologicalSorter({name: sorted(model.reads & made) for name, model in found.items()})
    try:
        return {name: found[name] for name in sorter.static_order()}
    except CycleError as error:
        raise ContractBroken(f"models read each other: {' -> '.join(error.args[1])}") from error


def checks() -> list[Model]:
    """Every check, by name."""
    return [read_model(path) for path in sorted((paths.sql_dir() / "checks").glob("*.sql"))]


def build(draft: duckdb.DuckDBPyConnection, known: Contents | None = None) -> dict[str, int]:
    """Make every model's table in the draft and hold it to its header, then the macros; row counts by table name.

    Args:
        draft: A connection to the new database file, in a transaction; it is committed now and then.
        known: What its tables hold, and which of them may be copied; None: all are made.
    """
    known, rows = known or Contents(draft), dict[str, int]()
    _set_down(draft)
    for table, model in models().items():
        rows[table] = make(draft, model, known)
        if rows[table] > ROWS_HELD:
            _set_down(draft)
    for path in sorted((paths.sql_dir() / "macros").glob("*.sql")):
        _make_macro(draft, read_model(path))
    known.write()
    return rows


def _set_down(draft: duckdb.DuckDBPyConnection) -> None:
    """Let what was made go to the file: until it is committed, DuckDB keeps it in memory. The file is nobody's yet."""
    draft.execute("commit")
    draft.execute("begin")


def _make_macro(draft: duckdb.DuckDBPyConnection, macro: Model) -> None:
    try:
        draft.execute(f'create macro main."{macro.name}"({macro.header["parameters"]}) as table {macro.sql}')
    except duckdb.Error as error:
        raise ContractBroken(f"macro {macro.name} fails: {str(error)[:600]}", page=str(macro.path)) from error
    draft.execute(f'comment on macro table main."{macro.name}" is {schema.quoted(macro.sentence)}')


def make(draft: duckdb.DuckDBPyConnection, model: Model, known: Contents | None = None) -> int:
    """Make one model's table, or copy it where it is known to have been made from the same before; its row count.

    Raises:
        ContractBroken: The SQL fails, the grain is not unique and not null, or the columns are not as stated.
    """
    made_from = known.made_from(model.sql, model.reads) if known else ""
    is_copied = known is not None and known.copy(model.table, made_from)
    if not is_copied:
        try:
            draft.execute(f'create or replace table {model.schema}."{model.name}" as {model.sql}')
        except duckdb.Error as error:
            raise ContractBroken(f"{model.table} fails: {str(error)[:600]}", page=str(model.path)) from error
    columns = schema.columns_of(draft, model.table)
    _hold_columns(model, list(columns))
    schema.comment(draft, model.table, f"{model.sentence} Unit: {model.header['unit']}.", model.columns)
    if is_copied:
        return int(draft.execute(f"select count(*) from {model.table}").fetchall()[0][0])
    rows, digest = _hold_grain(draft, model)
    if known:
        known.note(model.table, made_from, contents.content(columns, rows, digest))
    return rows


def _hold_columns(model: Model, made: list[str]) -> None:
    if model.schema in COLUMNED and made != list(model.columns):
        raise ContractBroken(
            f"{model.table}: the header's columns are not the table's", page=str(model.path),
            likely=f"header {list(model.columns)}, table {made}",
        )  # fmt: skip


def _hold_grain(draft: duckdb.DuckDBPyConnection, model: Model) -> tuple[int, int | None]:
    """Count the rows and digest them; the grain must be unique and not null."""
    grain = ", ".join(model.grain)
    nulls = " or ".join(f"{name} is null" for name in model.grain)
    # Most models are written in the order of their grain: each row after the one before is each row once.
    rows, digest, astray, missing = draft.execute(
        f"""
        select count(*), {contents.DIGEST}, count(*) filter (where "the grain" <= "the one before"),
            count(*) filter (where {nulls})
        from (
            select *, row({grain}) as "the grain", lag(row({grain})) over () as "the one before"
            from {contents.in_order(model.table)}
        )
        """
    ).fetchall()[0]
    if missing or (astray and _distinct(draft, model.table, grain, rows) != rows):
        twice = draft.execute(
            f"select {grain}, count(*) as n from {model.table} group by all having n > 1 or {nulls} limit {SAMPLE_ROWS}"
        ).fetchall()
        raise ContractBroken(
            f"{model.table}: grain ({grain}) is not unique and not null", page=str(model.path), likely=f"rows {twice}"
        )
    return int(rows), digest


def _distinct(draft: duckdb.DuckDBPyConnection, table: str, grain: str, rows: int) -> int:
    """How many grains there are, in parts that fit into memory: to tell them apart, DuckDB keeps each of them."""
    parts = 1 + rows // ROWS_TOLD_APART
    count = f"select count(distinct ({grain})) from {table} where hash({grain}) % {parts} = ?"
    return sum(int(draft.execute(count, [part]).fetchall()[0][0]) for part in range(parts))


@dataclass(frozen=True)
class CheckResult:
    """One check, run: how many rows should not exist, and the first of them."""

    name: str
    sentence: str
    severity: str
    rows: int
    sample: tuple[dict[str, object], ...]


def run_checks(draft: duckdb.DuckDBPyConnection, *, refusing: bool = True) -> list[CheckResult]:
    """Run every check, record the results in ``meta.checks``, and stop on a broken one.

    Args:
        draft: The finished build.
        refusing: Whether a broken check stops; a past state is shown with what the checks of today say of it.

    Raises:
        CheckFailed: A check of severity ``stop`` found rows; it says which.
    """
    results = [_run_check(draft, check) for check in checks()]
    for result in results:
        draft.execute(
            "insert into meta.checks values (?, ?, ?, ?, ?)",
            [result.name, result.sentence, result.severity, result.rows, _as_json(result.sample)],
        )
    broken = [result for result in results if result.severity == "stop" and result.rows]
    if broken and refusing:
        raise CheckFailed(
            f"{len(broken)} of {len(results)} checks failed; nothing was published",
            page="\n         ".join(
                f"{found.name}: {found.rows} rows. {found.sentence} {_as_json(found.sample[:2])}" for found in broken
            ),
            kept="the version published before is still served",
            fix="mend the source, reference row or SQL that made these rows, then aicost refresh --offline",
        )
    return results


def _run_check(draft: duckdb.DuckDBPyConnection, check: Model) -> CheckResult:
    if check.header["severity"] not in ("stop", "warn"):
        raise ContractBroken(f"severity of check {check.name} is neither stop nor warn", page=str(check.path))
    try:
        cursor = draft.execute(check.sql)
    except duckdb.Error as error:
        raise ContractBroken(f"check {check.name} fails: {str(error)[:600]}", page=str(check.path)) from error
    names = [column[0] for column in cursor.description or []]
    rows = cursor.fetchall()
    sample = tuple(dict(zip(names, row, strict=True)) for row in rows[:SAMPLE_ROWS])
    return CheckResult(check.name, check.sentence, check.header["severity"], len(rows), sample)


def _as_json(sample: tuple[dict[str, object], ...]) -> str:
    return json.dumps(sample, default=str, ensure_ascii=False)
