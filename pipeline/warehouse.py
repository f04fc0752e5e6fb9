"""Reading the published warehouse: read-only, without access to files or network, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence, Sized
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import duckdb

from pipeline import kept, lake, schema
from pipeline.errors import StorageError, UsageError
from pipeline.paths import Home
from pipeline.place import Lake, Place

QUERY_SECONDS = 60.0
QUERY_MEMORY = "1GB"  # of what DuckDB itself counts
QUERY_THREADS = 4  # each reserves memory of its own
MOST_CELLS = 20_000_000  # of one answer: more is an export
MOST_TEXT = 256 * 2**20  # characters, likewise
FETCHED_AT_ONCE = 2048  # rows
LARGEST_KEPT = 64 * 2**20  # bytes of a file whose reader is kept: what was read of it stays in memory
_LONG = (str, bytes, list, dict)
_EXPLAIN = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*explain\b(?:\s*analyze\b)?(?:\s*\([^)]*\))?", re.I | re.S)
_NOT_A_QUESTION = "only questions are answered: SELECT, FROM, WITH, DESCRIBE, SUMMARIZE, SHOW, EXPLAIN"
# Opening a file of another kind must not fetch an extension that could read it.
ALONE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
DUCKDB, MAGIC = b"DUCK", slice(8, 12)  # where DuckDB's files say what they are
EMPTY, OTHER = "an empty file", "of another format"
KINDS = {
    b"SQLite format 3": "a database of SQLite",
    b"PAR1": "a Parquet file",
    b"PK": "a ZIP file",
}
DAMAGED = ("Corrupt database file", "Could not read enough bytes", "is not a valid DuckDB database", "read past end")
NEWER = "version number"  # in DuckDB's words on a file of another storage version


@dataclass(frozen=True)
class Snapshot:
    """Which build a warehouse file is."""

    snapshot_id: str
    published_at: datetime
    version: str
    layout: int


@dataclass(frozen=True)
class Rows:
    """The answer to a query."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[object, ...]]
    is_cut: bool = False
    """Whether there are more rows than were asked for."""


def served_snapshot(home: Home) -> Snapshot | None:
    """The build that is served now; None when there is none.

    Raises:
        StorageError: The file is not a warehouse of ours, damaged, or of a newer layout than this program's.
    """
    return snapshot_of(home.served)


def snapshot_of(place: Place) -> Snapshot | None:
    """The build that a published file or a lake holds; None when there is none.

    Raises:
        StorageError: The file is not a warehouse of ours, damaged, or of a newer layout than this program's; or the
            lake cannot be reached.
    """
    if isinstance(place, Path) and not place.exists():
        return None
    try:
        return _snapshot_of(place)
    except lake.NothingPublished:
        return None


def _snapshot_of(place: Place) -> Snapshot:
    with reading(place) as connection:
        try:
            row = connection.execute("select snapshot_id, published_at, version, layout from meta.snapshot").fetchall()[
                0
            ]
        except (duckdb.Error, IndexError) as error:
            raise StorageError(
                "the file is a database, but not a warehouse of aicost", page=str(place),
                kept="the file, untouched", fix="move it away, then aicost refresh",
            ) from error  # fmt: skip
    snapshot = Snapshot(str(row[0]), row[1].astimezone(UTC), str(row[2]), int(row[3]))
    if snapshot.layout > schema.LAYOUT:
        raise StorageError(
            f"the warehouse was written by a newer aicost ({snapshot.version})", page=str(place),
            kept="the file, untouched", fix="upgrade aicost, or choose another --home",
        )  # fmt: skip
    return snapshot


def visits_held(place: Place) -> list[tuple[str, str]]:
    """Source and name of every archived visit that a warehouse rests on; none where its layout has no such table."""
    with reading(place) as connection:
        try:
            found = connection.execute(
                "select source, visit_id from meta.visits where via in ('fetch', 'ingest') order by all"
            ).fetchall()
        except duckdb.CatalogException:
            return []
    return [(str(source), str(visit_id)) for source, visit_id in found]


def _version_of(place: Place) -> tuple[int, ...] | None:
    """What tells a version of a file from every other; None where its reader is not kept."""
    if not kept.is_wanted() or isinstance(place, Lake):
        return None
    try:
        at = place.stat()
    except OSError:
        return None  # as whoever opens it will say
    return (at.st_dev, at.st_ino, at.st_mtime_ns, at.st_size) if at.st_size <= LARGEST_KEPT else None


@contextlib.contextmanager
def reading(place: Place) -> Generator[duckdb.DuckDBPyConnection]:
    """A read-only connection that cannot reach other files, the network or extensions; but for a lake's own.

    Raises:
        StorageError: There is no such file or lake, or it cannot be opened.
    """
    version = _version_of(place)
    if version is None:
        with _opened(place) as connection:
            yield connection
        return
    # Taken while it is in use: a question within a question opens a connection of its own.
    if taken := kept.take(version):
        connection, closing = taken
    else:
        kept.close()
        opened = contextlib.ExitStack()
        connection, closing = opened.enter_context(_opened(place)), opened.close
    try:
        yield connection
    except BaseException:
        closing()  # what failed may have left it in any state
        raise
    kept.keep(version, connection, closing)


@contextlib.contextmanager
def _opened(place: Place) -> Generator[duckdb.DuckDBPyConnection]:
    with attached(place) as connection:
        if isinstance(place, Lake):
            own = schema.quoted(lake.data_path(connection))
            connection.execute(f"set allowed_directories = [{own}]")
        for setting in (
            f"memory_limit = '{QUERY_MEMORY}'", f"threads = {min(QUERY_THREADS, os.cpu_count() or 1)}",
            "temp_directory = ''", "autoinstall_known_extensions = false", "python_enable_replacements = false",
            "enable_external_access = false", "lock_configuration = true",
        ):  # fmt: skip
            connection.execute(f"set {setting}")
        yield connection


@contextlib.contextmanager
def attached(place: Place) -> Generator[duckdb.DuckDBPyConnection]:
    """A connection with the warehouse attached read-only as its default database; it may write other files.

    Raises:
        StorageError: There is no such file or lake, or it cannot be opened.
    """
    with lake.attached(place) if isinstance(place, Lake) else _file_attached(place) as connection:
        yield connection


@contextlib.contextmanager
def _file_attached(path: Path) -> Generator[duckdb.DuckDBPyConnection]:
    """The same of a file.

    The file is attached to a database of its own in memory and not connected to: connections to one path share
    one open file within a process, and would go on seeing a version that was replaced.
    """
    if not path.exists():
        raise StorageError("there is no warehouse yet", page=str(path), fix="aicost refresh makes one")
    if not path.is_file():  # to open a pipe is to wait for ever
        what = "a folder" if path.is_dir() else "no plain file"
        raise StorageError(
            f"the warehouse cannot be opened: it is {what}", page=str(path), kept="it, untouched",
            fix="move it away and run aicost refresh --offline",
        )  # fmt: skip
    with duckdb.connect(config=ALONE) as connection:
        connection.execute("set timezone = 'UTC'")
        try:
            connection.execute(f"attach {schema.quoted(str(path))} as warehouse (type duckdb, read_only)")
        except duckdb.Error as error:
            raise _cannot_open(path, str(error)) from error
        connection.execute("use warehouse")
        yield connection


def _cannot_open(path: Path, said: str) -> StorageError:
    fix = "move it away and run aicost refresh --offline"
    if NEWER in said:
        likely, fix = "it was written by a newer DuckDB", f"upgrade aicost; this one has DuckDB {duckdb.__version__}"
    elif "set lock" in said:
        likely, fix = "another program has it open for writing", "close that program; readers open it read-only"
    elif any(sign in said for sign in DAMAGED):
        what = kind_of(path)
        likely = f"it is {what}, not a warehouse" if what else "the file is damaged; aicost doctor looks at everything"
    else:
        likely = "it belongs to someone else, or the disk fails"
    return StorageError(
        f"the warehouse cannot be opened: {said[:400]}",
        page=str(path),
        likely=likely,
        kept="the file, untouched",
        fix=fix,
    )


def kind_of(path: Path) -> str | None:
    """What a file is by its first bytes, where it is no database of DuckDB's."""
    with path.open("rb") as file:
        head = file.read(MAGIC.stop + 8)
    if head[MAGIC] == DUCKDB or (head and not any(head)):
        return None
    return next((what for sign, what in KINDS.items() if head.startswith(sign)), OTHER) if head else EMPTY


def is_damaged(path: Path) -> bool:
    """Whether what is there is a DuckDB file, or what a crash left of one, and cannot be read to its end."""
    if not path.is_file() or kind_of(path) not in (None, EMPTY):
        return False
    try:
        with reading(path) as connection:
            tables = connection.execute(_EVERY_TABLE).fetchall()
            if tables:  # in one statement: one each takes twice as long
                connection.execute(
                    " union all ".join(f"select sum(hash(one)) from {table} as one" for (table,) in tables)
                ).fetchall()
    except (StorageError, duckdb.Error) as error:
        return any(sign in str(error) for sign in DAMAGED)
    return False


_EVERY_TABLE = """
    select format('"{}"."{}"', schema_name, table_name) from duckdb_tables()
    where database_name = current_database() order by all
"""

Parameters = Sequence[object] | Mapping[str, object]


def query(
    place: Place, sql: str, parameters: Parameters = (), *, limit: int = 0, seconds: float = QUERY_SECONDS
) -> Rows:
    """Answer one SQL statement from the published warehouse.

    Args:
        place: The published file, or the lake.
        sql: One statement.
        parameters: For its placeholders: ``?`` by position, ``$name`` by name.
        limit: Most rows to fetch; 0 is all.
        seconds: How long it may run.

    Raises:
        UsageError: The statement is wrong, not one, not a question, or takes too long or too much.
    """
    with reading(place) as connection:
        if isinstance(place, Lake):
            lake.refuse_escapes(connection, sql)
        try:
            return _within(seconds, connection, lambda: _answer(connection, sql, parameters, limit))
        except TimeoutError as error:
            raise UsageError(f"the query ran longer than {seconds:g} s", fix="narrow it, or give --timeout") from error
        except (MemoryError, duckdb.OutOfMemoryException) as error:
            raise UsageError("the query needs more memory than it may have", fix="narrow it") from error
        except duckdb.Error as error:
            raise UsageError(f"the query failed: {error}", fix="aicost schema lists tables and columns") from error


def _within(seconds: float, connection: duckdb.DuckDBPyConnection, ask: Callable[[], Rows]) -> Rows:
    """Ask in a thread of its own, so that this one can end it when the time is over, or at Ctrl-C.

    DuckDB's own answer to Ctrl-C leaves its threads at work, and closing the connection waits for them.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="query") as pool:
        asked = pool.submit(ask)
        try:
            return asked.result(timeout=seconds)
        except BaseException:
            while not asked.done():  # again and again: an interrupt between two steps is lost
                connection.interrupt()
                wait([asked], timeout=0.05)
            raise


def _answer(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Parameters, limit: int) -> Rows:
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise UsageError("the query is not exactly one SQL statement", fix="ask one question at a time")
    kind = statements[0].type
    if kind == duckdb.StatementType.EXPLAIN:  # and perhaps ANALYZE, which carries out what it explains
        (kind,) = {inner.type for inner in connection.extract_statements(_EXPLAIN.sub("", sql))} or {kind}
    if kind != duckdb.StatementType.SELECT:
        raise UsageError(f"{kind.name} is not a question", likely=_NOT_A_QUESTION, fix="ask with SELECT")
    given = dict(parameters) if isinstance(parameters, Mapping) else list(parameters)
    cursor = connection.execute(sql, given)
    described = cursor.description or []
    rows = _fetched(cursor, limit + 1 if limit else None)
    names, types = tuple(column[0] for column in described), tuple(str(column[1]) for column in described)
    return Rows(names, types, rows[:limit] if limit else rows, is_cut=bool(limit) and len(rows) > limit)


def _fetched(cursor: duckdb.DuckDBPyConnection, most: int | None) -> list[tuple[object, ...]]:
    """The rows, or the first of them, as long as they are an answer and no flood."""
    rows: list[tuple[object, ...]] = []
    cells = text = 0
    while batch := cursor.fetchmany(min(FETCHED_AT_ONCE, FETCHED_AT_ONCE if most is None else most - len(rows))):
        rows += batch
        cells += len(batch) * len(batch[0])
        text += sum(len(cast("Sized", cell)) for row in batch for cell in row if isinstance(cell, _LONG))
        if cells > MOST_CELLS or text > MOST_TEXT:
            raise UsageError(
                f"the answer has more than {len(rows):,} rows of {len(batch[0])} columns, or very long ones",
                likely="it is no answer but a table", fix="narrow it, or aicost export",
            )  # fmt: skip
        if len(rows) == most:
            break
    return rows


def tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The public tables, by name."""
    found = connection.execute(
        "select distinct table_name from duckdb_columns() "
        "where database_name = current_database() and schema_name = 'main' and not internal order by table_name"
    ).fetchall()
    return [str(name) for (name,) in found]


def all_rows(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """The query for all rows of a public table, in one order each time.

    A file has them in the order of its model; a lake keeps no order.
    """
    kinds = connection.execute(
        "select type from duckdb_databases() where database_name = current_database()"
    ).fetchall()
    return f"from main.{schema.identifier(table)}{'' if kinds == [('duckdb',)] else ' order by all'}"


_DICTIONARY = """
    select tables.schema_name, tables.table_name, tables.comment as table_comment, columns.column_name,
           columns.data_type, columns.comment as column_comment
    from duckdb_tables() as tables
    join duckdb_columns() as columns using (database_name, schema_name, table_name)
    where database_name = current_database()
      and case when len($names) = 0 then schema_name = 'main'
          else concat(schema_name, '.', table_name) in $names or table_name in $names end
    order by schema_name, table_name, columns.column_index
"""


def dictionary(place: Place, names: Iterable[str] = ()) -> Rows:
    """The data dictionary of the named tables (``name`` or ``schema.name``), or of all public ones.

    Raises:
        UsageError: There is no table of one of the names.
    """
    wanted = list(names)
    with reading(place) as connection:
        cursor = connection.execute(_DICTIONARY, {"names": wanted})
        columns, rows = tuple(column[0] for column in cursor.description or []), cursor.fetchall()
    known = {name for row in rows for name in (row[1], f"{row[0]}.{row[1]}")}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise UsageError(f"no table is called {', '.join(unknown)}", fix="aicost schema lists the public ones")
    return Rows(columns, ("VARCHAR",) * len(columns), rows)
