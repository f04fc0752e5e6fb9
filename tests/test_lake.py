"""The lake: the same tables as the single file, one transaction a publish, and nothing lost when a publisher dies."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import export, lake, publish, refresh, runs, tidy, warehouse
from pipeline.errors import Busy, StorageError, UsageError
from pipeline.paths import Home
from pipeline.place import Lake, Place
from tests.support.command import Aicost
from tests.support.postgres import Postgres
from tests.support.prefect_home import ROOT, free_port
from tests.support.small_world import NOON, SmallWorld

Cells = tuple[Any, ...]
HOUR = timedelta(hours=1)


def ask(place: Place, sql: str) -> list[Cells]:
    """Rows of the published warehouse."""
    with warehouse.attached(place) as reader:
        return reader.execute(sql).fetchall()


def contents(place: Place, room: str = "main") -> dict[str, Counter[str]]:
    """Every row of every table, in any order."""
    with warehouse.attached(place) as reader:
        tables = reader.execute(
            "select distinct concat(schema_name, '.\"', table_name, '\"') as name from duckdb_columns() "
            f"where database_name = current_database() and schema_name = '{room}' and table_name <> 'lake_contents'"
        ).fetchall()
        return {name: Counter(map(str, reader.execute(f"from {name}").fetchall())) for (name,) in tables}


@pytest.fixture
def lakeside(world: SmallWorld, new_lake: Lake) -> SmallWorld:
    """The small world, publishing to a lake, with one page of each source."""
    world.home = Home(world.home.root, new_lake)
    world.receive("list", "2026-01-01,1", "2026-01-02,2")
    world.receive("prices", "2026-01-01,10")
    return world


def target(world: SmallWorld) -> Lake:
    """The lake it publishes to."""
    assert isinstance(world.home.target, Lake)
    return world.home.target


# --- the same as the file -------------------------------------------------------------------------


@pytest.mark.slow(seconds=30)
def test_every_table_of_the_real_warehouse_is_the_file_s_row_for_row(offline_warehouse: Path, new_lake: Lake) -> None:
    """All that comes with the project: tables, columns, types, comments, macros and every row."""
    home = Home(offline_warehouse.parent)
    served = warehouse.served_snapshot(home)
    assert served is not None
    lake.publish(offline_warehouse, new_lake, served.snapshot_id, served.published_at)

    assert warehouse.served_snapshot(replace(home, target=new_lake)) == served
    for room in ("main", "core", "meta", "raw", "reference"):
        ours, theirs = contents(offline_warehouse, room), contents(new_lake, room)
        assert ours.keys() == theirs.keys()
        assert {name for name in ours if ours[name] != theirs[name]} == set()
    assert warehouse.dictionary(new_lake) == warehouse.dictionary(offline_warehouse)
    day = "from gpu_prices_as_of(date '2025-06-30')"
    assert sorted(map(str, ask(new_lake, day))) == sorted(map(str, ask(offline_warehouse, day))) != []


def test_a_publish_writes_only_what_differs(lakeside: SmallWorld) -> None:
    """A table whose rows are the same keeps its files; of another one only the rows that differ are written."""
    lakeside.publish()
    before = _versions(target(lakeside))
    lakeside.receive("prices", "2026-01-01,11", at=NOON + HOUR)
    lakeside.publish()

    after = _versions(target(lakeside))
    assert after["main.readings"] == before["main.readings"] + [1]  # one row more in it, none rewritten
    assert after["meta.checks"] == before["meta.checks"]
    assert contents(target(lakeside)) == contents(lakeside.home.warehouse)


def _versions(place: Lake) -> dict[str, list[int]]:
    """How many rows each insert brought, by table."""
    with warehouse.attached(place) as reader:
        (newest,) = reader.execute("select max(snapshot_id) from warehouse.snapshots()").fetchall()[0]
        tables = reader.execute("select schema_name, table_name from duckdb_tables() where not internal").fetchall()
        found: dict[str, list[int]] = {}
        for room, table in tables:
            inserted = reader.execute(
                f"select snapshot_id, count(*) from ducklake_table_insertions('warehouse', '{room}', '{table}', 0, "
                f"{newest}) group by all order by all"
            ).fetchall()
            found[f"{room}.{table}"] = [count for _, count in inserted]
        return found


@pytest.mark.slow
def test_a_table_that_changes_its_columns_or_goes_is_followed(lakeside: SmallWorld) -> None:
    """The lake has the draft's tables, as they are now."""
    lakeside.publish()
    text = (lakeside.sql / "main" / "readings.sql").read_text(encoding="utf-8")
    (lakeside.sql / "main" / "doubled.sql").write_text(text.replace("core.readings", "readings"), encoding="utf-8")
    lakeside.publish()
    assert ask(target(lakeside), "from doubled") == ask(target(lakeside), "from readings")

    (lakeside.sql / "main" / "doubled.sql").unlink()
    wider = text.replace("-- column value: value", "-- column value: value\n-- column one: one").replace(
        "value from", "value, 1 as one from"
    )
    (lakeside.sql / "main" / "readings.sql").write_text(wider, encoding="utf-8")
    lakeside.publish()
    assert contents(target(lakeside)) == contents(lakeside.home.warehouse)
    assert warehouse.dictionary(target(lakeside)) == warehouse.dictionary(lakeside.home.warehouse)


def test_rows_that_are_there_twice_stay_twice(lakeside: SmallWorld, tmp_path: Path) -> None:
    """Not every table has a key."""
    for number, values in enumerate(["(1), (1), (2)", "(1), (2), (2)", "(1), (1), (1)"]):
        draft = tmp_path / f"{number}.duckdb"
        with duckdb.connect(str(draft)) as connection:
            connection.execute("create schema meta")
            connection.execute(f"create table twice as from (values {values}) as t (n)")
        lake.publish(draft, target(lakeside), str(number), NOON)
        assert contents(target(lakeside)) == contents(draft)


@pytest.mark.slow
def test_exports_are_the_same_bytes_however_the_rows_came(
    lakeside: SmallWorld, postgres: Postgres, tmp_path: Path
) -> None:
    """In three publishes, or in one."""
    for hours in (1, 2, 3):
        lakeside.receive("prices", f"2026-01-01,{10 - hours}", at=NOON + hours * HOUR)
        lakeside.publish()
    fresh = Lake.parse(f"ducklake:postgres:{postgres.new_database('fresh')}?data_path={tmp_path / 'fresh'}")
    lake.publish(lakeside.home.warehouse, fresh, "fresh", NOON)
    slow, quick = (
        export.export(place, tmp_path / name, ["readings"], ["csv"]).files[0].read_bytes()
        for name, place in (("slow", target(lakeside)), ("quick", fresh))
    )

    assert slow == quick
    assert slow.count(b"\n") == 1 + len(lakeside.values())


# --- time travel ----------------------------------------------------------------------------------


def test_any_publish_can_be_read_by_its_time(lakeside: SmallWorld) -> None:
    """By the time that it was published at, not by the catalog's clock."""
    lakeside.publish(now=NOON)
    lakeside.receive("prices", "2026-01-01,11", at=NOON + HOUR)
    lakeside.publish(now=NOON + HOUR)
    count = "select count(*) from readings"

    assert ask(target(lakeside), count) == [(4,)]
    assert ask(target(lakeside).at(NOON + HOUR / 2), count) == [(3,)]
    assert ask(target(lakeside).at(NOON + HOUR), count) == [(4,)]
    with pytest.raises(StorageError, match="nothing was published by 2026-11-23 11:00:00 UTC"):
        ask(target(lakeside).at(NOON - HOUR), count)


# --- whole or not at all --------------------------------------------------------------------------

DIE = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from pipeline import lake, place

def tell_and_wait(*_):
    print("within", flush=True)
    time.sleep(60)

if sys.argv[3] == "carrying":
    lake.carry_macros = tell_and_wait
    lake.publish(Path(sys.argv[1]), place.parse(sys.argv[2]), "dying", datetime.now(UTC))
with lake.turn(place.parse(sys.argv[2]), 0):
    tell_and_wait()
"""


def die(draft: Path, place: Lake, when: str) -> None:
    """Publish in a process of its own, and kill that while it is at it."""
    command = [sys.executable, "-c", DIE, str(draft), f"{place}?data_path={place.data_path}", when]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"within\n"
        if when == "holding":
            with pytest.raises(Busy, match="another publish to the lake") as raised, lake.turn(place, 0):
                pass
            assert raised.value.exit == 6
        process.send_signal(signal.SIGKILL)


def test_a_publisher_that_dies_in_its_transaction_leaves_the_old_snapshot(lakeside: SmallWorld, tmp_path: Path) -> None:
    """Kill -9 after all is written and before it is committed: readers see what was, and the next publish counts."""
    lakeside.publish()
    before, served = contents(target(lakeside)), warehouse.served_snapshot(lakeside.home)
    lakeside.receive("prices", "2026-01-01,11", at=NOON + HOUR)
    draft = tmp_path / "draft.duckdb"
    draft.write_bytes(lakeside.home.warehouse.read_bytes())
    with duckdb.connect(str(draft)) as connection:
        connection.execute("update readings set value = 99")
    die(draft, target(lakeside), "carrying")

    assert contents(target(lakeside)) == before
    assert warehouse.served_snapshot(lakeside.home) == served
    lakeside.publish()
    assert contents(target(lakeside)) == contents(lakeside.home.warehouse) != before


def test_one_publishes_at_a_time_and_a_dead_one_lets_go(lakeside: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """On any machine: PostgreSQL keeps the turn, and notices when its holder is gone."""
    lakeside.publish()
    die(lakeside.home.warehouse, target(lakeside), "holding")
    with lake.turn(target(lakeside), 10):
        monkeypatch.setattr(publish, "TURN_SECONDS", 0.0)
        with pytest.raises(Busy):
            lakeside.publish()
    lakeside.publish()


def test_a_collision_with_someone_else_s_change_is_tried_again(
    lakeside: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes to our tables between our first row and our commit only costs us another try."""
    lakeside.publish()
    lakeside.receive("prices", "2026-01-01,11", at=NOON + HOUR)
    carry, tries = lake.carry_macros, list[int]()

    def meddle(*given: Any) -> None:
        tries.append(1)
        if len(tries) < 3:
            _write(target(lakeside), f"update readings set value = -{len(tries)}")
        carry(*given)

    monkeypatch.setattr(lake, "carry_macros", meddle)
    lakeside.publish()
    assert len(tries) == 3
    assert contents(target(lakeside)) == contents(lakeside.home.warehouse)


@pytest.mark.slow
def test_who_never_stops_meddling_is_named_as_the_trouble(
    lakeside: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The served file stays, too."""
    lakeside.publish()
    lakeside.receive("prices", "2026-01-01,11", at=NOON + HOUR)
    values, before = iter(range(100)), lakeside.home.warehouse.read_bytes()

    def meddle(*_: object) -> None:
        _write(target(lakeside), f"update readings set value = {next(values)}")

    monkeypatch.setattr(lake, "carry_macros", meddle)
    with pytest.raises(StorageError, match="the lake cannot be used") as raised:
        lakeside.publish()
    assert "find out who else changes these tables" in str(raised.value)
    assert lakeside.home.warehouse.read_bytes() == before


def _write(place: Lake, sql: str) -> None:
    with lake.connected(place) as connection:
        lake.attach(connection, place, "read_write")
        connection.execute(f"use {lake.ALIAS}")
        connection.execute(sql)


@pytest.mark.slow
def test_what_others_keep_in_the_lake_stays_and_what_they_broke_is_mended(lakeside: SmallWorld) -> None:
    """Tables of their own are theirs; rows that they changed in ours are ours again with the next publish."""
    lakeside.publish()
    for sql in ("create table theirs as select 1 as n", "create schema own", "create table own.t as select 2 as n"):
        _write(target(lakeside), sql)
    _write(target(lakeside), "delete from readings where value = 1")
    lakeside.publish()
    lakeside.publish()

    assert ask(target(lakeside), "from theirs union all from own.t") == [(1,), (2,)]
    assert contents(target(lakeside))['main."readings"'] == contents(lakeside.home.warehouse)['main."readings"']


@pytest.mark.slow
def test_two_machines_publish_in_turn(lakeside: SmallWorld, tmp_path: Path) -> None:
    """Each starts from what the lake serves; snapshots only grow, and nobody's file is behind what it publishes."""
    here, there = lakeside.home, Home(tmp_path / "there", lakeside.home.target)
    there.root.mkdir()
    there.archive.symlink_to(here.archive)
    names: list[str] = []
    for hours in range(4):
        lakeside.home = here
        lakeside.receive("prices", f"2026-01-01,{20 + hours}", at=NOON + (hours + 1) * HOUR)
        lakeside.home = (here, there)[hours % 2]
        names.append(lakeside.publish(now=NOON - hours * HOUR).snapshot_id)  # clocks that differ
    assert names == sorted(names)
    assert len(set(names)) == 4
    assert contents(target(lakeside)) == contents(there.warehouse)

    lakeside.home = here
    there.warehouse.unlink()
    lakeside.publish()
    lakeside.home = there
    monotonic = lakeside.publish()
    assert contents(target(lakeside)) == contents(there.warehouse)
    assert warehouse.served_snapshot(there) == warehouse.served_snapshot(Home(there.root))
    assert monotonic.path == target(lakeside)


def test_a_machine_that_has_no_copy_yet_joins(lakeside: SmallWorld, tmp_path: Path) -> None:
    """A home without a file publishes to a lake that others have filled, and tells what its archive has not."""
    lakeside.publish()
    new, strange = Home(tmp_path / "new", lakeside.home.target), Home(tmp_path / "strange", lakeside.home.target)
    new.root.mkdir()
    new.archive.symlink_to(lakeside.home.archive)
    refresh.publish_archived(new)
    assert contents(target(lakeside)) == contents(new.warehouse)
    assert runs.read(new)[-1].notes == ()

    refresh.publish_archived(strange)
    (note,) = runs.read(strange)[-1].notes
    assert note.startswith("2 visits that the version served until now rests on are gone from the archive: list ")


def test_what_is_served_outlives_all_upkeep(new_lake: Lake, tmp_path: Path) -> None:
    """Small files are merged, versions older than asked for are gone and their files too; the newest publish stays."""
    for number in range(4):
        _publish_numbers(new_lake, tmp_path / f"{number}.duckdb", number)
    before = _files_of(new_lake)
    kept = tidy.tidy(new_lake, HOUR)  # every version is younger
    assert (kept.merged, kept.expired, kept.removed) == (4, 0, 0)
    assert ask(new_lake.at(NOON), "select sum(n), (select count(*) from more) from numbers") == [(0, 1000)]

    done = tidy.tidy(new_lake, timedelta(0), readers=timedelta(0))
    assert done.expired >= 3
    assert done.removed >= 4
    assert len(_files_of(new_lake)) < len(before)
    assert ask(new_lake, "select count(*) from more") == [(1300,)]
    for _ in range(2):  # the newest version is one that nobody published
        assert ask(new_lake, "select sum(n), count(*) from numbers") == [(300, 1000)]
        with pytest.raises(StorageError, match="nothing was published by"):
            ask(new_lake.at(NOON), "from numbers")
        tidy.tidy(new_lake, timedelta(0), readers=timedelta(0))
    _publish_numbers(new_lake, tmp_path / "next.duckdb", 4)
    assert ask(new_lake, "select sum(n), count(*) from numbers") == [(400, 1000)]


def _files_of(place: Lake) -> list[Path]:
    return sorted(Path(str(place.data_path)).rglob("*.parquet"))


def _publish_numbers(place: Lake, draft: Path, number: int) -> None:
    with duckdb.connect(str(draft)) as connection:
        connection.execute("create schema meta")
        connection.execute(f"create table more as from range(1000 + 100 * {number}) as r (n)")
        connection.execute(f"create table numbers as select if(n < 100, {number}, 0) as n from range(1000) as r (n)")
    lake.publish(draft, place, str(number), NOON + number * HOUR)


def test_the_catalog_alone_tells_that_the_files_are_in_a_store(new_lake: Lake) -> None:
    """Who does not say so is let in with the keys of the environment; nothing is asked of the store by that."""
    there = "s3://bucket/lake/"
    with lake.connected(replace(new_lake, data_path=there)) as connection:
        lake.attach(connection, new_lake, f"data_path '{there}'")
    with lake.writing(replace(new_lake, data_path=None)) as connection:
        assert lake.data_path(connection) == there
        assert connection.execute("select type from duckdb_secrets()").fetchall() == [("s3",)]


def test_a_data_path_that_is_not_the_lake_s_is_named(new_lake: Lake, tmp_path: Path) -> None:
    """Nobody's files are left where the catalog does not look for them; and a file has no versions to be forgotten."""
    _publish_numbers(new_lake, tmp_path / "draft.duckdb", 1)
    elsewhere = replace(new_lake, data_path=str(tmp_path / "elsewhere"))
    with pytest.raises(UsageError, match=r"the lake's files are in .*/lake/, and not where data_path says"):
        lake.publish(tmp_path / "draft.duckdb", elsewhere, "2", NOON)
    assert not (tmp_path / "elsewhere").exists()
    with pytest.raises(UsageError, match="only a lake"):
        tidy.tidy(tmp_path / "draft.duckdb", HOUR)


# --- readers --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def read_lake(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake of one table, to be read and not changed."""
    if lake.missing():
        pytest.skip(f"no extension of DuckDB {duckdb.__version__}: {', '.join(lake.missing())}; see the extra lake")
    folder = tmp_path_factory.mktemp("read")
    draft, place = folder / "draft.duckdb", Lake.parse(f"ducklake:postgres:{postgres.new_database('read')}")
    with duckdb.connect(str(draft)) as connection:
        connection.execute("create table readings as select i as value from range(50) as r (i)")
    place = replace(place, data_path=str(folder / "lake"))
    lake.publish(draft, place, "read", NOON)
    return place


@pytest.mark.parametrize(
    "sql",
    [
        "copy (select 1) to '{files}/x.csv'",
        "delete from readings",
        "create table more (n int)",
        "attach '{files}/x.duckdb'",
        "call ducklake_expire_snapshots('warehouse', older_than => now())",
        "from ducklake_cleanup_old_files('warehouse', cleanup_all => true)",
        "from postgres_query('__ducklake_metadata_warehouse', 'select pg_sleep(0)')",
        "select * from readings where value in (select 1 from Postgres_Scan('host=db.test', 'public', 't'))",
        "with t as (from query('from postgres_scan(1, 2, 3)')) from t",
        "explain analyze copy (select 1) to '{files}/x.csv'",
        "from read_csv('/etc/passwd')",
        "from json_execute_serialized_sql('x')",
        "set lock_configuration = false",
    ],
)
def test_a_question_reads_and_does_nothing_else(read_lake: Lake, sql: str) -> None:
    """What comes with access to a lake's files and catalog stays out of reach of a question."""
    files = str(read_lake.data_path)
    before = sorted(Path(files).rglob("*"))
    with pytest.raises(UsageError):
        warehouse.query(read_lake, sql.format(files=files))
    assert sorted(Path(files).rglob("*")) == before


@pytest.mark.parametrize(
    "sql", ["from readings", "describe readings", "summarize readings", "with t as (select 1 as n) from t",
            "select count(*) from warehouse.snapshots()", "show tables", "from meta.lake_contents"],
)  # fmt: skip
def test_questions_are_as_free_as_of_a_file(read_lake: Lake, sql: str) -> None:
    """Any SELECT, DuckLake's own history included."""
    assert warehouse.query(read_lake, sql).rows


def test_sql_that_cannot_be_read_is_explained_by_duckdb(read_lake: Lake) -> None:
    """As of a file."""
    with pytest.raises(UsageError, match="syntax error"):
        warehouse.query(read_lake, "selec 1")


def test_the_command_line_works_on_a_lake(
    lakeside: SmallWorld, aicost: Aicost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """query, status, schema, export, diff and doctor, by option or by the environment."""
    given = ("--warehouse", f"{target(lakeside)}?data_path={target(lakeside).data_path}")
    at = ("--home", lakeside.home.root)
    assert aicost("query", "from readings", *given).code == 7  # nothing is there yet
    lakeside.publish()
    count = aicost("query", "select count(*) as n from readings", *given, "--json")
    assert (count.code, count.data) == (0, [{"n": 3}])
    assert [row["source"] for row in aicost("status", *given, "--json").data["sources"]] == ["list", "prices"]
    assert {row["table_name"] for row in aicost("schema", *given, "--json").data} >= {"readings", "sources"}
    lakeside.receive("prices", "2026-01-01,11", at=NOON + HOUR)
    first = ask(target(lakeside), "select snapshot_id from meta.snapshot")[0][0]
    lakeside.publish()
    then = aicost("query", "select count(*) as n from readings", *given, "--as-of", first, "--json")
    assert (then.data, then.err) == ([{"n": 3}], f"as published at {first}\n")
    assert aicost("query", "from readings", *given, "--as-of", "2020-01-01").code == 2
    done = aicost("export", "readings", "--to", tmp_path / "out", *given, *at)
    assert done.code == 0, done.err
    assert (tmp_path / "out" / "readings.csv").read_text(encoding="utf-8").count("\n") == 5

    monkeypatch.setenv("AICOST_WAREHOUSE", given[1])
    assert "readings" in str(aicost("diff", *at, "--json").data)
    for home, copy in ((lakeside.home.root, "the copy here has"), (tmp_path / "reader", "this home has no copy")):
        looked = {found["what"]: found["said"] for found in aicost("doctor", "--home", home, "--json").data}
        assert copy in looked["warehouse"]
        assert "ducklake:postgres:" in looked["warehouse"]


def test_a_file_elsewhere_is_read_but_not_published_to(world: SmallWorld, aicost: Aicost, tmp_path: Path) -> None:
    """A file is published in its home."""
    done = aicost("refresh", "--offline", "--home", world.home.root, "--warehouse", tmp_path / "other.duckdb")

    assert done.code == 2
    assert "--home" in done.err
    assert not (tmp_path / "other.duckdb").exists()


# --- what goes wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [("query", "select 1"), ("status",), ("refresh", "--offline")])
def test_no_password_is_printed_when_nobody_answers(
    new_lake: Lake, world: SmallWorld, aicost: Aicost, verb: tuple[str, ...]
) -> None:
    """Exit 7, with the catalog's place and without what opens it."""
    text = str(new_lake).replace("dbname=", "dbname=no_such_").replace(" user=", " password=hush-hush user=")
    done = aicost(*verb, "--home", world.home.root, "--warehouse", text)

    assert done.code == 7
    assert "no_such_" in done.err
    assert "hush" not in done.out + done.err


def test_a_password_opens_the_lake_and_is_shown_to_no_question(read_lake: Lake) -> None:
    """It is in a secret of DuckDB's, which is asked for in vain."""
    named = replace(read_lake, password="hush-hush")
    for sql in ("from duckdb_databases()", "from duckdb_settings()", "select current_setting('secret_directory')"):
        assert "hush" not in str(warehouse.query(named, sql).rows)
    for sql in ("from duckdb_secrets()", "from duckdb_secrets(redact => false)", "from which_secret('x', 'postgres')"):
        with pytest.raises(UsageError):
            warehouse.query(named, sql)


def test_without_the_extensions_it_says_what_to_install(
    new_lake: Lake, aicost: Aicost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They come with the extra, for one version of DuckDB."""

    def nothing(_: str) -> None:
        return None

    monkeypatch.setattr(lake, "find_spec", nothing)
    done = aicost("query", "select 1", "--warehouse", str(new_lake))

    assert done.code == 2
    assert "pip install 'ai-model-costs[lake]'" in done.err


@pytest.mark.slow
def test_a_lake_s_files_may_be_in_an_object_store(
    lakeside: SmallWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against a server that speaks S3: publish, ask, publish what changed, and read the version before."""
    program = shutil.which("moto_server") or pytest.skip("no S3 server on this machine: pip install 'moto[server]'")
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    for name, value in (("AWS_ACCESS_KEY_ID", "k"), ("AWS_SECRET_ACCESS_KEY", "s"), ("AWS_ENDPOINT_URL", endpoint)):
        monkeypatch.setenv(name, value)
    with subprocess.Popen([program, "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            make_bucket(f"{endpoint}/aicost")
            lakeside.home = Home(lakeside.home.root, replace(target(lakeside), data_path="s3://aicost/lake"))
            first = lakeside.publish()
            assert contents(target(lakeside)) == contents(lakeside.home.warehouse)
            lakeside.receive("list", "2026-01-01,1", "2026-01-02,7", at=NOON + HOUR)
            lakeside.publish()
            assert contents(target(lakeside)) == contents(lakeside.home.warehouse)
            assert warehouse.query(target(lakeside), "select count(*) from readings where value = 7").rows == [(1,)]
            (was,) = [made for made in lake.history(target(lakeside)) if made.snapshot_id == first.snapshot_id]
            before = replace(target(lakeside), as_of=was.published_at)
            assert ask(before, "select count(*) from readings where value = 7") == [(0,)]
            assert not (tmp_path / "lake").exists()
        finally:
            server.terminate()


def make_bucket(address: str) -> None:
    """Once the server is there."""
    for _ in range(1000):
        try:
            urllib.request.urlopen(urllib.request.Request(address, method="PUT"), timeout=10).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"no server at {address}")
