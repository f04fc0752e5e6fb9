"""The lake: the same tables on many machines, as Parquet files with a catalog in PostgreSQL (DuckLake).

A draft is built and checked as for the single file, by the same code, and then carried over in one transaction: a
table whose content is the same is left alone, of the others only the rows that differ are written, and what the lake
then holds is compared with the draft before it counts. Readers see one publish or the next, and any earlier one by
its time. Extensions come from the registry's wheels and are loaded by their path; nothing is downloaded.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import duckdb

from pipeline import paths, schema
from pipeline.errors import Busy, StorageError, UsageError
from pipeline.place import POSTGRES, REMOTE, Lake

ALIAS = "warehouse"
CATALOG = f"__ducklake_metadata_{ALIAS}"
AUTHOR = "aicost"
CONTENTS = 'meta."lake_contents"'  # of the lake alone: what each table held when we left it
TURN = 4_711_202_611  # the key of our advisory lock in the catalog's database
TRIES = 5  # of a publish that others' changes of the lake collide with
EXTENSIONS = ("ducklake", "postgres_scanner")
# An extension is part of an installed package, as all that runs here: checking its signature at each connection
# takes a third of a second, and tells nothing that the package's own hash did not.
CONFIG: dict[str, Any] = {
    "allow_unsigned_extensions": "true", "autoinstall_known_extensions": "false", "autoload_known_extensions": "false",
}  # fmt: skip
NO_LAKE = "creating a new DuckLake is explicitly disabled"  # in DuckLake's words
NO_STORE = "requires the extension httpfs"
OTHER_PATH = "does not match existing data path in the catalog"
# Tables and views of PostgreSQL, and SQL in a text, which hides what it calls. Of DuckLake's own, the ones that change.
REFUSED_CALLS = (
    "postgres_", "pg_clear_cache", "query", "json_execute_serialized_sql", "duckdb_secrets", "which_secret",
    "ducklake_add", "ducklake_cleanup", "ducklake_delete", "ducklake_expire", "ducklake_flush", "ducklake_merge",
    "ducklake_rewrite", "ducklake_set",
)  # fmt: skip
S3 = "s3://"
S3_OPTIONS = {
    "key_id": "AWS_ACCESS_KEY_ID", "secret": "AWS_SECRET_ACCESS_KEY", "session_token": "AWS_SESSION_TOKEN",
    "region": "AWS_REGION",
}  # fmt: skip


class NothingPublished(StorageError):
    """The catalog's database is there, and nothing of ours in it, or nothing yet at the time that was asked for."""


@dataclass(frozen=True)
class Publish:
    """One publish that the lake remembers."""

    version: int
    """DuckLake's number of it."""
    snapshot_id: str
    published_at: datetime


# --- reading --------------------------------------------------------------------------------------


@contextlib.contextmanager
def attached(lake: Lake) -> Generator[duckdb.DuckDBPyConnection]:
    """A connection with the lake attached read-only as its default database, as published at the time that it names.

    Raises:
        NothingPublished: There is no lake in the catalog, or nothing was published at that time yet.
        StorageError: The catalog cannot be reached.
        UsageError: An extension is missing.
    """
    with connected(lake) as connection:
        attach(connection, lake, "read_only")
        found = published_by(connection, lake.as_of)
        if found is None:
            when = f" by {lake.as_of.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if lake.as_of else " there yet"
            raise NothingPublished(f"nothing was published{when}", page=str(lake), fix="aicost refresh publishes")
        if lake.as_of is not None:
            connection.execute(f"detach {ALIAS}")
            attach(connection, lake, f"read_only, snapshot_version {found.version}")
        connection.execute(f"use {ALIAS}")
        yield connection


def data_path(connection: duckdb.DuckDBPyConnection) -> str:
    """Where the attached lake's Parquet files are."""
    rows = connection.execute(f"select value from {CATALOG}.ducklake_metadata where key = 'data_path'").fetchall()
    return str(rows[0][0])


def published_by(connection: duckdb.DuckDBPyConnection, moment: datetime | None = None) -> Publish | None:
    """The publish of the attached lake that was served at that time, now where none is given; None before the first."""
    asked = f"{_PUBLISHES} order by version desc limit 1"
    rows = connection.execute(asked, {"author": AUTHOR, "moment": moment}).fetchall()
    return Publish(*rows[0]) if rows else None


_PUBLISHES = f"""
    select snapshot_id as version, commit_extra_info ->> 'snapshot_id',
           (commit_extra_info ->> 'published_at')::timestamptz as published_at
    from {CATALOG}.ducklake_snapshot_changes
    where author = $author and ($moment is null or published_at <= $moment)
"""


def history(lake: Lake) -> list[Publish]:
    """Every publish that the lake remembers, oldest first."""
    with attached(lake) as connection:
        rows = connection.execute(f"{_PUBLISHES} order by version", {"author": AUTHOR, "moment": None}).fetchall()
    return [Publish(*row) for row in rows]


def copy_out(connection: duckdb.DuckDBPyConnection, lake: Lake, target: str) -> None:
    """Fill an empty database that is attached with all that is published in the lake."""
    prepare(connection, lake)
    attach(connection, lake, "read_only")
    for name, table in tables(connection, ALIAS).items():
        if name != CONTENTS:
            carry_table(connection, f"{ALIAS}.{name}", f"{target}.{name}", table, None, is_same=False)
    carry_macros(connection, ALIAS, target)


def refuse_escapes(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Refuse a statement of someone who may only read, where it would do more than read the lake's tables.

    A lake cannot be read with all access to files switched off, and its catalog's connection stays open. So one
    SELECT may be asked, in which nothing is called that reaches PostgreSQL, or SQL that is hidden in a text.

    Raises:
        UsageError: It is another statement, or calls such a function.
    """
    tree = json.loads(connection.execute("select json_serialize_sql(?)", [sql]).fetchall()[0][0])
    if tree["error"]:
        if tree.get("error_type") == "parser":
            return  # DuckDB's own words on it are better
        raise UsageError("a lake answers one SELECT at a time, and nothing else", fix="aicost schema lists its tables")
    refused = sorted({name for name in _called(tree) if name.startswith(REFUSED_CALLS)})
    if refused:
        raise UsageError(f"{refused[0]} may not be called: it reaches beyond the lake's tables")


def _called(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        found = cast("dict[str, Any]", node)
        yield str(found.get("function_name", "")).lower()
        yield from (name for part in found.values() for name in _called(part))
    elif isinstance(node, list):
        yield from (name for part in cast("list[Any]", node) for name in _called(part))


# --- writing --------------------------------------------------------------------------------------


@contextlib.contextmanager
def turn(lake: Lake, wait_seconds: float) -> Generator[None]:
    """Be the only one who publishes there; PostgreSQL lets go of the turn if this process dies or is cut off.

    Raises:
        Busy: Another publisher has it after `wait_seconds`.
        StorageError: The catalog cannot be reached.
    """
    deadline = time.monotonic() + wait_seconds
    with connected(lake) as connection:
        with _as_storage_errors(lake):
            connection.execute(f"attach {schema.quoted(lake.connection)} as turn (type postgres)")
            connection.execute("begin")
        while not _take_turn(connection):
            if time.monotonic() >= deadline:
                raise Busy(
                    "another publish to the lake is under way", page=str(lake),
                    kept="the version published before is served meanwhile", fix="try again when it has ended",
                )  # fmt: skip
            time.sleep(min(0.5, max(0.0, deadline - time.monotonic())))
        yield


def _take_turn(connection: duckdb.DuckDBPyConnection) -> bool:
    asked = f"from postgres_query('turn', 'select pg_try_advisory_xact_lock({TURN})')"
    return bool(connection.execute(asked).fetchall()[0][0])


@contextlib.contextmanager
def writing(lake: Lake) -> Generator[duckdb.DuckDBPyConnection]:
    """A connection with a lake that is there attached as `ALIAS`, to change it.

    Raises:
        NothingPublished: There is no lake in the catalog.
        StorageError: The catalog or the data path cannot be reached, also later in the block.
    """
    with connected(lake) as connection, _as_storage_errors(lake):
        attach(connection, lake, "create_if_not_exists false")
        yield connection


def publish(draft: Path, lake: Lake, snapshot_id: str, published_at: datetime) -> None:
    """Carry a finished draft over, in one transaction; the lake is made where there is none.

    Raises:
        StorageError: The catalog or the data path cannot be reached or written, or others kept changing our tables.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            _publish_once(draft, lake, snapshot_id, published_at)
        except _CollisionError:
            if not tries_left:
                raise
        else:
            return


def _publish_once(draft: Path, lake: Lake, snapshot_id: str, published_at: datetime) -> None:
    with connected(lake) as connection, _as_storage_errors(lake):
        connection.execute("set threads = 1")  # rows keep the draft's order
        attach(connection, lake, f"data_path {schema.quoted(lake.data_path)}" if lake.data_path else "read_write")
        connection.execute(f"attach {schema.quoted(str(draft))} as draft (type duckdb, read_only)")
        connection.execute(f"use {ALIAS}")
        connection.execute("begin")
        _carry_over(connection)
        told = json.dumps({"snapshot_id": snapshot_id, "published_at": published_at.isoformat()})
        connection.execute(
            f"call {ALIAS}.set_commit_message(?, ?, extra_info => ?)", [AUTHOR, f"published {snapshot_id}", told]
        )
        connection.execute("commit")


def _carry_over(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the lake hold what the draft holds; what someone else keeps in the lake stays."""
    before, contents = _known_contents(connection), dict[str, str]()
    lake, draft = tables(connection, ALIAS), tables(connection, "draft")
    for name, table in draft.items():
        contents[name] = _content(connection, f"draft.{name}")
        is_ours = name in before and name in lake
        is_same = is_ours and (before[name] or _content(connection, f"{ALIAS}.{name}")) == contents[name]
        carry_table(connection, f"draft.{name}", f"{ALIAS}.{name}", table, lake.get(name), is_same=is_same)
        if not is_same and _content(connection, f"{ALIAS}.{name}") != contents[name]:
            raise StorageError(f"{name} in the lake would not hold what was built")
    for name in before.keys() - draft.keys():
        connection.execute(f"drop table if exists {ALIAS}.{name}")
    carry_macros(connection, "draft", ALIAS)
    connection.execute(f"create schema if not exists {ALIAS}.{CONTENTS.partition('.')[0]}")
    connection.execute(f"create table if not exists {ALIAS}.{CONTENTS} (table_name varchar, content varchar)")
    connection.execute("create or replace temp table contents (table_name varchar, content varchar)")
    connection.executemany("insert into temp.contents values (?, ?)", list(contents.items()))
    _carry_rows(connection, "temp.contents", f"{ALIAS}.{CONTENTS}")


def _known_contents(connection: duckdb.DuckDBPyConnection) -> dict[str, str | None]:
    """Our tables, each with its content as we left it; None where someone else has changed the lake since."""
    if CONTENTS not in tables(connection, ALIAS):
        return {}
    newest = connection.execute(
        f"select author from {CATALOG}.ducklake_snapshot_changes order by snapshot_id desc limit 1"
    ).fetchall()
    rows = connection.execute(f"select table_name, content from {ALIAS}.{CONTENTS}").fetchall()
    return {str(name): str(content) if newest == [(AUTHOR,)] else None for name, content in rows}


def _content(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """A table's rows in any order as a few numbers: how many, and the sum and the XOR of their hashes."""
    asked = f"select concat_ws(' ', count(*), sum(hash(one_row)), bit_xor(hash(one_row))) from {table} as one_row"
    return str(connection.execute(asked).fetchall()[0][0])


# --- tables ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """A table as the catalog describes it."""

    columns: tuple[tuple[str, str], ...]
    comments: tuple[str | None, ...]
    """The table's, then each column's."""


def tables(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, Table]:
    """The tables of an attached database, by ``schema."name"``."""
    said = dict(
        connection.execute(_LAKE_COMMENTS if database == ALIAS else _COMMENTS, {"database": database}).fetchall()
    )
    rows = connection.execute(
        """
        select concat(schema_name, '."', table_name, '"'), list(column_name order by column_index),
               list(data_type order by column_index), list(comment order by column_index)
        from duckdb_columns() where database_name = ? and not internal group by all order by all
        """,
        [database],
    ).fetchall()
    return {
        str(name): Table(tuple(zip(names, kinds, strict=True)), (said.get(name), *comments))
        for name, names, kinds, comments in rows
    }


_COMMENTS = (
    "select concat(schema_name, '.\"', table_name, '\"'), comment from duckdb_tables() where database_name = $database"
)
# For the same, DuckDB would have the statistics of all columns fetched: a second for 140 tables.
_LAKE_COMMENTS = f"""
    select concat(schema_name, '."', table_name, '"'), value
    from {CATALOG}.ducklake_tag as tags
    join {CATALOG}.ducklake_table as tables on tables.table_id = tags.object_id and tables.end_snapshot is null
    join {CATALOG}.ducklake_schema as schemas using (schema_id)
    where key = 'comment' and tags.end_snapshot is null and schemas.end_snapshot is null and $database is not null
"""


def carry_table(
    connection: duckdb.DuckDBPyConnection, source: str, target: str, table: Table, there: Table | None, *, is_same: bool
) -> None:
    """Make a table of one attached database hold what a table of another holds, in as few rows as that takes."""
    if there is not None and there.columns != table.columns:
        connection.execute(f"drop table {target}")
        there = None
    if there is None:
        connection.execute(f"create schema if not exists {target.rpartition('.')[0]}")
        connection.execute(f"create table {target} as from {source}")
    elif not is_same:
        _carry_rows(connection, source, target)
    before = there.comments if there else (None,) * len(table.comments)
    names = [f"table {target}", *(f'column {target}."{name}"' for name, _ in table.columns)]
    said = [
        f"comment on {name} is {schema.quoted(comment) if comment else 'null'}"
        for name, comment, old in zip(names, table.comments, before, strict=True)
        if comment != old
    ]
    connection.execute(";\n".join(said) or "select 1")


def _carry_rows(connection: duckdb.DuckDBPyConnection, source: str, target: str) -> None:
    """Delete and insert the rows that differ, known by their hashes; where a row is there twice, both its copies."""
    connection.execute(
        f"""
        create or replace temp table differing as
        select row_hash from (
            select hash(one_row) as row_hash, 1 as side from {source} as one_row
            union all select hash(one_row), -1 from {target} as one_row
        ) group by row_hash having sum(side) <> 0
        """
    )
    connection.execute(f"delete from {target} as one_row where hash(one_row) in (from temp.differing)")
    connection.execute(f"insert into {target} from {source} as one_row where hash(one_row) in (from temp.differing)")


def carry_macros(connection: duckdb.DuckDBPyConnection, source: str, target: str) -> None:
    """Make the macros of one attached database those of the default one; a lake keeps no comments on them."""
    ours, theirs = _macros(connection, source), _macros(connection, target)
    for name, (parameters, definition) in ours.items():
        if theirs.get(name) != (parameters, definition):
            connection.execute(f"create or replace macro {target}.{name}({parameters}) as table {definition}")


def _macros(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, tuple[str, str]]:
    rows = connection.execute(
        """
        select concat(schema_name, '."', function_name, '"'), array_to_string(parameters, ', '), macro_definition
        from duckdb_functions() where database_name = ? and function_type = 'table_macro' and not internal
        """,
        [database],
    ).fetchall()
    return {str(name): (str(parameters), str(definition)) for name, parameters, definition in rows}


# --- connections ----------------------------------------------------------------------------------


class _CollisionError(StorageError):
    """Someone else has changed our tables in the meantime."""


@contextlib.contextmanager
def connected(lake: Lake) -> Generator[duckdb.DuckDBPyConnection]:
    """A connection that can open the lake; its password is in a secret of DuckDB's, which shows none.

    Raises:
        UsageError: An extension is missing.
    """
    with duckdb.connect(config=CONFIG) as connection:
        connection.execute("set timezone = 'UTC'")
        prepare(connection, lake)
        yield connection


def prepare(connection: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    """Let a connection open the lake."""
    for name in EXTENSIONS:
        _load(connection, name)
    if lake.password is not None:
        with _as_storage_errors(lake):
            connection.execute(f"create secret (type postgres, password {schema.quoted(lake.password)})")
    if lake.data_path is not None:
        _open_store(connection, lake.data_path)


def attach(connection: duckdb.DuckDBPyConnection, lake: Lake, options: str) -> None:
    """Attach the lake under its alias."""
    asked = f"attach {schema.quoted(f'{POSTGRES}{lake.connection}')} as {ALIAS} ({options})"
    with _as_storage_errors(lake):
        try:
            connection.execute(asked)
        except duckdb.Error as error:
            if NO_STORE not in str(error):
                raise
            _open_store(connection, S3)  # where only the catalog knows that the files are in one
            connection.execute(asked)


def missing() -> list[str]:
    """The extensions that a lake needs and that are not installed for this DuckDB."""
    return [name for name in EXTENSIONS if _file_of(name) is None]


def _file_of(extension: str) -> Path | None:
    found = find_spec(f"duckdb_extension_{extension}")
    folders = [Path(place) / "extensions" for place in (found and found.submodule_search_locations) or ()]
    files = [folder / f"v{duckdb.__version__}" / f"{extension}.duckdb_extension" for folder in folders]
    return next((file for file in files if file.is_file()), None)


def _load(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    file = _file_of(name)
    if file is not None:
        connection.execute(f"load {schema.quoted(str(file))}")
        return
    raise UsageError(
        f"DuckDB's extension {name} is not installed for DuckDB {duckdb.__version__}",
        likely="a lake needs the extra of that name, which pins DuckDB to the version that its extensions are made for",
        fix="pip install 'ai-model-costs[lake]'",
    )


def _open_store(connection: duckdb.DuckDBPyConnection, where: str) -> None:
    """Let a connection read and write an object store; its keys come from the environment, by the usual names."""
    if REMOTE not in where:
        return
    if not where.startswith(S3):
        raise UsageError(f"a lake's files are in a folder or at {S3}BUCKET/FOLDER, not at {where.partition(REMOTE)[0]}")
    _load(connection, "httpfs")
    given = {name: paths.environment(variable) for name, variable in S3_OPTIONS.items()}
    given["region"] = given["region"] or paths.environment("AWS_DEFAULT_REGION")
    endpoint = urlsplit(paths.environment("AWS_ENDPOINT_URL") or "")
    if endpoint.netloc:
        given |= {"endpoint": endpoint.netloc, "use_ssl": str(endpoint.scheme != "http").lower(), "url_style": "path"}
    options = ", ".join(f"{name} {schema.quoted(value)}" for name, value in given.items() if value)
    connection.execute(f"create or replace secret store (type s3{', ' if options else ''}{options})")


@contextlib.contextmanager
def _as_storage_errors(lake: Lake) -> Generator[None]:
    """Say plainly what the catalog or the store did, without a password."""
    try:
        yield
    except duckdb.Error as error:
        said = str(error).replace(lake.password, "***") if lake.password else str(error)
        kind, fix = StorageError, "see that PostgreSQL runs, that the role may log in, and that the data path is there"
        if OTHER_PATH in said:
            here = said.partition(OTHER_PATH)[2].split('"')[1]
            what = f"the lake's files are in {here}, and not where data_path says"
            raise UsageError(what, page=str(lake), fix="leave data_path out: the catalog remembers it") from None
        if NO_LAKE in said:
            raise NothingPublished(
                "nothing was published there yet", page=str(lake), fix="aicost refresh makes it"
            ) from None
        if isinstance(error, duckdb.TransactionException):
            kind, fix = _CollisionError, "find out who else changes these tables; then aicost refresh --offline"
        raise kind(
            f"the lake cannot be used: {said[:400]}", page=str(lake), kept="the version published before", fix=fix
        ) from None
