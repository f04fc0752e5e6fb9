"""Reading the published file: any question may be asked, and nothing but an answer comes of it."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import kept, warehouse
from pipeline.errors import StorageError, UsageError
from pipeline.paths import Home
from tests.support.small_world import SmallWorld

VALUE = "select value from readings"
secret = [("a list of this module",)]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with two public tables and one that is not."""
    made = tmp_path_factory.mktemp("warehouse") / "warehouse.duckdb"
    with duckdb.connect(str(made)) as connection:
        connection.execute("create table prices as select range as id, range / 2 as price from range(1000)")
        connection.execute("comment on table prices is 'Prices.'")
        connection.execute("comment on column prices.price is 'in dollars'")
        connection.execute("create table names as select 'a' as name")
        connection.execute("create schema core")
        connection.execute("create table core.prices as select 1 as id")
    return made


# --- questions ------------------------------------------------------------------------------------


def test_a_question_gets_columns_types_and_rows(path: Path) -> None:
    """Everything that a table, CSV or JSON needs."""
    answer = warehouse.query(path, "select id, price from prices where id < ? order by id;", [3])

    assert answer.columns == ("id", "price")
    assert answer.types == ("BIGINT", "DOUBLE")
    assert answer.rows == [(0, 0.0), (1, 0.5), (2, 1.0)]
    assert not answer.is_cut


def test_a_limit_fetches_no_more_and_says_so(path: Path) -> None:
    """Ten billion rows are not read to show three of them."""
    answer = warehouse.query(path, "select range as id from range(10000000000)", limit=3)

    assert (answer.rows, answer.is_cut) == ([(0,), (1,), (2,)], True)
    assert not warehouse.query(path, "from prices", limit=1000).is_cut


REFUSED = [
    "from read_csv('/etc/passwd')", "from read_text('/etc/passwd')", "from '/etc/passwd'", "from glob('/*')",
    "from read_parquet('https://example.org/x.parquet')", "copy prices to '/tmp/aicost-copied.csv'",
    "copy (select 1) to '/dev/stdout'", "export database '/tmp/aicost-exported'", "import database '/tmp'",
    "attach '/tmp/aicost-attached.duckdb'", "install httpfs", "load httpfs", "insert into prices values (1, 1)",
    "update prices set price = 0", "delete from prices", "drop table prices", "create table mine as select 1",
    "create table core.mine as select 1", "alter table prices add column x int", "set threads = 1", "reset threads",
    "set enable_external_access = true", "set lock_configuration = false", "set temp_directory = '/tmp'",
    "pragma enable_external_access", "create persistent secret s (type http)", "select getenv('HOME')", "from secret",
]  # fmt: skip


@pytest.mark.parametrize("sql", REFUSED)
def test_what_reaches_beyond_the_file_is_refused(path: Path, sql: str) -> None:
    """Files, network, extensions, settings, changes: exit 2, and the file stays as it was."""
    before = path.read_bytes()
    with pytest.raises(UsageError) as raised:
        warehouse.query(path, sql)

    assert raised.value.exit == 2
    assert path.read_bytes() == before
    assert not list(Path("/tmp").glob("aicost-[cea][oxt][pt]*"))


@pytest.mark.parametrize("sql", ["", "  ", "-- nothing", "select 1; select 2", "select 1; drop table prices"])
def test_a_question_is_one_statement(path: Path, sql: str) -> None:
    """None, or two, is a mistake and not half an answer."""
    with pytest.raises(UsageError, match="exactly one SQL statement"):
        warehouse.query(path, sql)


def test_a_wrong_question_gets_the_database_s_own_words(path: Path) -> None:
    """And a hint to where the names stand."""
    with pytest.raises(UsageError, match="pricess does not exist") as raised:
        warehouse.query(path, "from pricess")
    assert "aicost schema" in str(raised.value)


@pytest.mark.parametrize(
    "sql", ["select count(*) from range(100000000000) as t (i) where i % 7 = 3", "select * from range(1e12::bigint)"]
)
def test_a_question_that_takes_too_long_is_interrupted(path: Path, sql: str) -> None:
    """While it computes and while it is fetched; in seconds, not never."""
    started = time.monotonic()
    with pytest.raises(UsageError, match=r"longer than 0\.3 s"):
        warehouse.query(path, sql, seconds=0.3)
    assert time.monotonic() - started < 60


def test_no_thread_is_left_behind(path: Path) -> None:
    """A thousand questions are not a thousand threads."""
    for _ in range(5):
        warehouse.query(path, "select 1")
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("query")]


def test_times_are_utc_wherever_the_question_is_asked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's zone changes nothing."""
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    try:
        sql = "select timestamptz '2026-01-01 00:00:00+00'::varchar, current_setting('TimeZone')"
        assert warehouse.query(path, sql).rows == [("2026-01-01 00:00:00+00", "UTC")]
    finally:
        monkeypatch.undo()
        time.tzset()


# --- files ----------------------------------------------------------------------------------------


def test_no_warehouse_yet_is_said_with_what_makes_one(home: Home) -> None:
    """A first user who asks too early learns the next command."""
    with pytest.raises(StorageError, match="there is no warehouse yet") as raised:
        warehouse.query(home.warehouse, "select 1")
    assert "aicost refresh" in str(raised.value)
    assert warehouse.served_snapshot(home) is None
    assert not home.root.exists()


@pytest.mark.parametrize("content", [b"", b"x", b"not a database" * 1000])
def test_a_damaged_file_is_said(tmp_path: Path, content: bytes) -> None:
    """No traceback of the database, and what to do."""
    damaged = tmp_path / "warehouse.duckdb"
    damaged.write_bytes(content)

    with pytest.raises(StorageError, match="cannot be opened"):
        warehouse.query(damaged, "select 1")


def test_a_folder_is_not_a_warehouse(tmp_path: Path) -> None:
    """``--warehouse`` with the home instead of the file."""
    with pytest.raises(StorageError, match="cannot be opened"):
        warehouse.query(tmp_path, "select 1")


# --- the dictionary -------------------------------------------------------------------------------


def test_the_dictionary_lists_public_tables_with_their_sentences(path: Path) -> None:
    """What is not public is left out unless it is asked for by name."""
    found = warehouse.dictionary(path)

    assert [row[:4] for row in found.rows] == [
        ("main", "names", None, "name"), ("main", "prices", "Prices.", "id"), ("main", "prices", "Prices.", "price"),
    ]  # fmt: skip
    assert found.rows[2][4:] == ("DOUBLE", "in dollars")
    assert {row[0] for row in warehouse.dictionary(path, ["core.prices"]).rows} == {"core"}
    assert {row[0] for row in warehouse.dictionary(path, ["prices"]).rows} == {"core", "main"}


@pytest.mark.parametrize("names", [["pricess"], ["names", "pricess"], ["main.'; drop table prices; --"]])
def test_a_table_that_is_not_there_is_named(path: Path, names: list[str]) -> None:
    """Also beside one that is; names are parameters, never SQL."""
    with pytest.raises(UsageError, match="no table is called"):
        warehouse.dictionary(path, names)


def test_a_snapshot_tells_which_build_a_file_is(world: SmallWorld) -> None:
    """Identity, time, version, layout."""
    published = world.publish()
    snapshot = warehouse.served_snapshot(world.home)

    assert snapshot is not None
    assert snapshot.snapshot_id == published.snapshot_id
    assert f"{snapshot.published_at:%Y-%m-%dT%H:%M:%S.%fZ}" == published.snapshot_id


# --- one reader for many questions ----------------------------------------------------------------


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """A list that gets longer with every connection to DuckDB."""
    connect, made = duckdb.connect, list[object]()

    def counting(**options: Any) -> duckdb.DuckDBPyConnection:
        made.append(options)
        return connect(**options)

    monkeypatch.setattr(duckdb, "connect", counting)
    return made


def test_the_questions_of_a_command_share_a_connection(path: Path, opened: list[object]) -> None:
    """Also after one that failed, and where one is asked within another; without a command each opens its own."""
    with kept.one_reader():
        for _ in range(3):
            assert warehouse.query(path, "select 1").rows == [(1,)]
        assert len(opened) == 1
        with warehouse.reading(path) as reader, warehouse.reading(path) as other:
            assert reader is not other
        assert len(opened) == 2
        with pytest.raises(UsageError, match="the query failed"):
            warehouse.query(path, "from nothing")
        with kept.one_reader():
            assert warehouse.query(path, "select 1").rows == warehouse.query(path, "select 1").rows == [(1,)]
        assert len(opened) == 3
        assert warehouse.query(path, "select 1").rows == [(1,)]
        assert len(opened) == 3
    warehouse.query(path, "select 1")
    warehouse.query(path, "select 1")
    assert len(opened) == 5


def test_a_kept_reader_sees_what_is_published_meanwhile_and_is_as_confined(world: SmallWorld) -> None:
    """The next question is asked of the version that is served then; it may do no more than any other."""
    world.bundle("list", "2026-01-01", 1)
    world.publish()
    with kept.one_reader():
        assert warehouse.query(world.home.warehouse, VALUE).rows == [(1.0,)]
        world.bundle("list", "2026-01-01", 2)
        world.publish()
        for _ in range(2):
            assert warehouse.query(world.home.warehouse, VALUE).rows == [(2.0,)]
            for sql in REFUSED[:3]:
                with pytest.raises(UsageError):
                    warehouse.query(world.home.warehouse, sql)


def test_the_reader_of_a_large_file_is_not_kept(
    path: Path, opened: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it has read would stay in memory while something else is made."""
    monkeypatch.setattr(warehouse, "LARGEST_KEPT", path.stat().st_size - 1)
    with kept.one_reader():
        for _ in range(2):
            assert warehouse.query(path, "select 1").rows == [(1,)]
    assert len(opened) == 2
