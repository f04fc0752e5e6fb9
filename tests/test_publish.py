"""The front window: a new version is there whole or not at all, and nobody who reads waits or sees a half."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import build, load, memory, publish, schema, warehouse
from pipeline.doctor import examine
from pipeline.errors import AicostError, Busy, CheckFailed, ContractBroken, StorageError
from pipeline.paths import Home
from tests.support import small_world
from tests.support.small_world import NOON, SmallWorld

BESIDE = {"warehouse.duckdb", "warehouse.duckdb.sha256", "refresh.lock"}


def names(world: SmallWorld) -> set[str]:
    """What lies in the home, but for the archive, what was read of it, and the version before."""
    home = world.home
    return {path.name for path in home.root.iterdir()} - {"archive", home.readings.name, home.previous.name}


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a small world that has published one version, to be copied."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        world = small_world.make(tmp_path_factory.mktemp("published"), monkeypatch)
        world.receive("list", "2026-01-01,1")
        world.publish()
    return world.home.root


@pytest.fixture
def served(world: SmallWorld, published_once: Path) -> SmallWorld:
    """A small world that has published one version."""
    shutil.copytree(published_once, world.home.root)
    return world


@contextmanager
def untouched(world: SmallWorld) -> Generator[None]:
    """Hold the served version to stay byte for byte, with nothing left beside it."""
    before = world.home.warehouse.read_bytes()
    yield
    assert world.home.warehouse.read_bytes() == before
    assert names(world) == BESIDE


# --- whole or not at all --------------------------------------------------------------------------


def test_a_publish_leaves_the_warehouse_its_checksum_and_nothing_else(served: SmallWorld) -> None:
    """No draft, no log; ``sha256sum --check`` agrees."""
    assert names(served) == BESIDE
    checked = subprocess.run(
        ["sha256sum", "--check", served.home.checksum.name], cwd=served.home.root, capture_output=True, check=False
    )
    assert checked.returncode == 0


def test_a_publish_is_given_as_much_memory_as_what_was_loaded_needs(
    served: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the size of the file before, then by the rows; models are made under that limit."""
    limits, real = list[object](), build.make

    def make(draft: duckdb.DuckDBPyConnection, *more: Any) -> int:
        limits.extend(draft.execute("select current_setting('memory_limit')").fetchall()[0])
        return real(draft, *more)

    monkeypatch.delenv("AICOST_MEMORY_LIMIT", raising=False)
    monkeypatch.setattr(memory, "allowed", lambda: 3 * 2**30)
    monkeypatch.setattr(publish, "BYTES_A_ROW", 2**29)
    monkeypatch.setattr(build, "make", make)
    served.publish()
    ((most,),) = served.ask("select count(*) from raw.index_values")

    assert most == 1
    assert set(limits) == {"512.0 MiB"}


def test_a_failing_check_stops_the_publish_and_names_the_rows(served: SmallWorld) -> None:
    """Exit 4: the check, its sentence, and the first rows that should not exist."""
    served.receive("list", "2026-02-03,1001", at=NOON + timedelta(hours=1))

    with untouched(served), pytest.raises(CheckFailed) as raised:
        served.publish()
    assert (raised.value.exit, raised.value.kept) == (4, "the version published before is still served")
    for part in ("not_too_high: 1 rows", "No value is above a thousand", '"period_on": "2026-02-03"', "1001.0"):
        assert part in str(raised.value)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select source, visit_id, period_on, vallue from core.readings", "main.readings fails"),
        ("select 'x' as source, 'y' as visit_id, date '2026-01-01' as period_on, unnest([1, 2]) as value", "grain"),
        ("select source, visit_id, period_on, value, 1 as more from core.readings", "header's columns"),
        ("select * from raw.index_values", "may not read raw"),
        ("selec", "is not"),
    ],
)
def test_a_model_that_breaks_its_contract_stops_the_publish(served: SmallWorld, sql: str, said: str) -> None:
    """Exit 4: broken SQL, a key that is not one, other columns than stated, a table of another room."""
    model = served.sql / "main" / "readings.sql"
    header = [line for line in model.read_text(encoding="utf-8").splitlines() if line.startswith("--")]
    model.write_text("\n".join([*header, sql]), encoding="utf-8")

    with untouched(served), pytest.raises(ContractBroken, match=said) as raised:
        served.publish()
    assert raised.value.exit == 4


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("a bug")])
@pytest.mark.parametrize("place", [(load, "load"), (build, "build"), (build, "run_checks"), (publish, "_verify")])
def test_whatever_ends_a_publish_leaves_nothing_behind(
    served: SmallWorld, monkeypatch: pytest.MonkeyPatch, error: BaseException, place: tuple[Any, str]
) -> None:
    """Ctrl-C and bugs at every step: the draft is gone, the served version is as it was."""

    def end(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(*place, end)
    with untouched(served), pytest.raises(type(error)):
        served.publish()


def test_a_draft_that_a_killed_run_left_is_in_nobodys_way(served: SmallWorld) -> None:
    """A kill -9 leaves a draft, its log and its spill; the next publish clears them away."""
    (served.home.root / ".warehouse.draft").write_bytes(b"half a database")
    (served.home.root / ".warehouse.draft.wal").write_bytes(b"half a log")
    (served.home.root / ".warehouse.draft.spill").mkdir()
    (served.home.root / ".warehouse.draft.spill" / "block").write_bytes(b"spilled")
    served.publish()

    assert names(served) == BESIDE


def test_a_finished_file_is_compared_with_what_was_built(served: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that does not hold what was counted is not swapped in."""
    monkeypatch.setattr(build, "build", lambda *_: {"main.readings": 17})  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType]
    for model in served.sql.glob("checks/*.sql"):
        model.unlink()

    with untouched(served), pytest.raises(StorageError, match="does not hold what was built"):
        served.publish()


FULL_DISK = """
import resource, sys
from pathlib import Path
import pytest
from pipeline.errors import StorageError
from tests.support import small_world

world = small_world.make(Path(sys.argv[1]), pytest.MonkeyPatch())
world.receive("list", "2026-01-01,1")
world.publish()
before = world.home.warehouse.read_bytes()
for share in (0, 0.1, 0.5, 0.9, 10):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(share * len(before)), resource.RLIM_INFINITY))
    try:
        world.publish()
        print("published", world.home.warehouse.read_bytes() != before)
    except StorageError as error:
        same = world.home.warehouse.read_bytes() == before
        print(error.exit, same, [path.name for path in world.home.root.glob(".*")])
"""


@pytest.mark.fault(51)
def test_fault_51_short_writes_wherever_the_room_ends(tmp_path: Path) -> None:
    """Exit 7 wherever the room ends: at the first byte, in a table, at the commit; with room enough it publishes."""
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1])

    assert done.stdout.splitlines() == ["7 True []"] * 4 + ["published True"], done.stdout + done.stderr


PUBLISHING = """
import sys
from datetime import timedelta
from pathlib import Path
import pytest
from tests.support import small_world

world = small_world.make(Path(sys.argv[1]), pytest.MonkeyPatch())
for version in range(1, 1000):
    world.receive("list", *[f"2026-01-0{day},{version}" for day in range(1, 6)],
                  at=small_world.NOON + timedelta(minutes=version))
    world.publish()
    print(version, flush=True)
"""


@pytest.mark.fault(53)
@pytest.mark.parametrize("wait", [0.05, 0.15, 0.3])
def test_fault_53_killed_at_any_moment_leaves_a_whole_version(world: SmallWorld, wait: float) -> None:
    """Kill -9 while it publishes: what is served is whole, the next run finishes, and no archived page is lost."""
    root = world.home.root.parent / "killed"
    root.mkdir()
    running = subprocess.Popen(
        [sys.executable, "-c", PUBLISHING, str(root)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]
    )
    assert running.stdout is not None
    assert running.stdout.readline() == b"1\n"
    time.sleep(wait)
    running.kill()
    done = 1 + len(running.communicate()[0].splitlines())

    world.home = Home(root / "home")
    served = world.values()
    assert len(set(served)) == 1
    assert len(served) == 5
    assert done <= served[0][1] <= done + 1
    archived = len(world.archive.visits("list"))
    assert archived >= served[0][1]
    world.publish()
    assert world.values() == [("list", float(archived))] * 5
    assert world.archive.damage("list") == []
    assert names(world) <= BESIDE


# --- readers --------------------------------------------------------------------------------------

READER = """
import json, sys, time
from pathlib import Path
import duckdb

path, stop = sys.argv[1], Path(sys.argv[2])
seen = []
held = duckdb.connect(path, read_only=True)
first = held.execute("select snapshot_id from meta.snapshot").fetchall()
is_over = False
while not is_over:
    is_over = stop.exists()  # so that the last version is seen, too, however busy the machine
    with duckdb.connect() as reader:
        reader.execute(f"attach '{path}' as served (read_only)")
        rows = reader.execute("select distinct value from served.readings").fetchall()
        counted = reader.execute("select count(*) from served.readings").fetchall()
        seen.append((rows, counted))
    assert held.execute("select snapshot_id from meta.snapshot").fetchall() == first
    if len(seen) == 1:
        print("ready", flush=True)
    time.sleep(0.05)
mixed = [one for one in seen if len(one[0]) != 1 or one[1][0][0] != 5]
print(json.dumps({"mixed": mixed, "versions": len({one[0][0][0] for one in seen})}))
"""


def page(value: int) -> list[str]:
    """A page whose five lines all hold the version's number."""
    return [f"2026-01-0{day},{value}" for day in range(1, 6)]


@pytest.mark.fault(57)
def test_fault_57_readers_are_not_blocked_do_not_block_and_see_whole_versions(world: SmallWorld) -> None:
    """Three processes hold the file and open it again and again while eight versions are published."""
    world.receive("list", *page(1))
    world.publish()
    stop = world.home.root / "stop"
    command = [sys.executable, "-c", READER, str(world.home.warehouse), str(stop)]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
    for version in range(2, 9):
        world.receive("list", *page(version), at=NOON + timedelta(minutes=version))
        world.publish()
    stop.touch()

    for out, error in [reader.communicate(timeout=300) for reader in readers]:
        assert not error
        found = json.loads(out.splitlines()[-1])  # DuckDB may draw a bar before it, in programs of -c
        assert found["mixed"] == []
        assert found["versions"] > 1


MANY = """
import json, sys, threading, time
from pathlib import Path
import duckdb

path, stop, seen = sys.argv[1], Path(sys.argv[2]), []

def read(number):
    time.sleep(number / 7)  # each at its own moment
    while not stop.exists():
        with duckdb.connect(config={"threads": 1}) as reader:
            reader.execute(f"attach '{path}' as served (read_only)")
            name = "(select snapshot_id from served.meta.snapshot)"
            said = f"select {name}, min(value), max(value), count(*) from served.readings"
            seen.append(reader.execute(said).fetchall()[0])
        stop.with_name(seen[-1][0].replace(":", "-")).touch()  # this version was read
        time.sleep(8)

threads = [threading.Thread(target=read, args=(number,)) for number in range(int(sys.argv[3]))]
[thread.start() for thread in threads]
print("ready", flush=True)
[thread.join() for thread in threads]
print(json.dumps(sorted(set(seen))))
"""


@pytest.mark.slow(seconds=45)
@pytest.mark.fault(57)
def test_fault_57_a_hundred_readers_through_fifty_publishes(world: SmallWorld) -> None:
    """Every answer of every reader is of one version: its five rows hold the number published under its name."""
    world.receive("list", *page(1))
    published = {world.publish().snapshot_id: 1}
    stop = world.home.root / "stop"
    command = [sys.executable, "-c", MANY, str(world.home.warehouse), str(stop), "20"]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(5)]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
    for version in range(2, 52):
        world.receive("list", *page(version), at=NOON + timedelta(minutes=version))
        snapshot = world.publish().snapshot_id
        published[snapshot] = version
        if version % 3:  # two of three stay until somebody has read them, however quick publishing is
            is_read = stop.with_name(snapshot.replace(":", "-"))
            deadline = time.monotonic() + 60
            while not is_read.exists() and time.monotonic() < deadline:
                time.sleep(0.02)
            assert is_read.exists()
    stop.touch()

    seen: set[str] = set()
    for out, error in [reader.communicate(timeout=600) for reader in readers]:
        assert not error
        for snapshot, least, most, rows in json.loads(out.splitlines()[-1]):  # DuckDB may draw a bar before it
            assert (least, most, rows) == (published[snapshot], published[snapshot], 5)
            seen.add(snapshot)
    assert len(seen) > 25


@pytest.mark.fault(58)
def test_fault_58_reader_in_the_same_process_sees_the_new_version(served: SmallWorld) -> None:
    """DuckDB shares an open file within a process; we read past that."""
    with (
        duckdb.connect(str(served.home.warehouse), read_only=True) as held,
        warehouse.reading(served.home.warehouse) as old,
    ):
        served.receive("list", "2026-01-01,2", at=NOON + timedelta(hours=1))
        served.publish()

        assert served.values() == [("list", 2.0)]
        assert old.execute("select value from readings").fetchall() == [(1.0,)]
        assert held.execute("select value from readings").fetchall() == [(1.0,)]


@pytest.mark.fault(59)
def test_fault_59_log_left_by_somebody_who_wrote_is_set_aside(served: SmallWorld) -> None:
    """DuckDB would play it onto the new file; it is kept under another name, and nothing is copied from such a file."""
    write = "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]); c.execute(sys.argv[2]); os._exit(9)"
    update = "update raw.index_values set value = 99"
    subprocess.run([sys.executable, "-c", write, str(served.home.warehouse), update], check=False)
    log = served.home.root / "warehouse.duckdb.wal"
    assert log.exists()
    assert [str(log) in finding.said for finding in examine(served.home) if finding.what == "write-ahead log"] == [True]
    served.publish()

    assert not log.exists()
    assert list(served.home.root.glob("warehouse.duckdb.wal.set-aside-*"))
    assert served.values() == [("list", 1.0)]


@pytest.mark.fault(59)
def test_fault_59_somebody_who_writes_right_now_is_named(served: SmallWorld) -> None:
    """The file is not swapped under a writer; the message has his process id."""
    write = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('ready', flush=True); sys.stdin.read()"
    writer = subprocess.Popen(
        [sys.executable, "-c", write, str(served.home.warehouse)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"ready\n"
    try:
        with pytest.raises(StorageError, match=f"PID {writer.pid}") as raised:
            served.publish()
        assert raised.value.exit == 7
    finally:
        writer.communicate()


@pytest.mark.fault(61)
def test_fault_61_storage_version_that_older_tools_read(served: SmallWorld) -> None:
    """Version 64 of the main header is DuckDB 1.2's and what BI tools of last year open."""
    assert served.home.warehouse.read_bytes()[8:12] == b"DUCK"
    assert served.ask(
        "select tags['storage_version'] from duckdb_databases() where database_name = current_database()"
    ) == [("v1.2.0+",)]


def test_nothing_in_the_file_knows_where_it_was_built(served: SmallWorld) -> None:
    """It can be moved, copied and opened anywhere: no path, no view, no host."""
    assert str(served.home.root).encode() not in served.home.warehouse.read_bytes()
    assert served.ask("select count(*) from duckdb_views() where not internal") == [(0,)]


# --- which version --------------------------------------------------------------------------------


@pytest.mark.fault(63)
def test_fault_63_snapshot_ids_grow_although_the_clock_was_set_back(world: SmallWorld) -> None:
    """A day back, the same microsecond again: every version sorts after the one before."""
    times = [NOON, NOON - timedelta(days=1), NOON, NOON, datetime(1970, 1, 1, tzinfo=UTC)]
    ids = [world.publish(now=at).snapshot_id for at in times]

    assert ids == sorted(set(ids))
    assert ids[0] == "2026-11-23T12:00:00.000000Z"
    assert world.ask("select snapshot_id, published_at::varchar from meta.snapshot")[0][0] == ids[-1]


def changed(world: SmallWorld, sql: str) -> None:
    """Change the served file as another program would."""
    with duckdb.connect(str(world.home.warehouse)) as writer:
        writer.execute(sql)


@pytest.mark.fault(61)
def test_fault_61_newer_layout_is_refused(served: SmallWorld) -> None:
    """An older aicost does not replace what a newer one has made; it says which."""
    changed(served, "update meta.snapshot set layout = layout + 1, version = '9.0'")

    with untouched(served), pytest.raises(StorageError, match=r"newer aicost \(9\.0\)") as raised:
        served.publish()
    assert raised.value.exit == 7


@pytest.mark.fault(61)
def test_fault_61_older_layout_is_built_anew(served: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is copied from it, nothing is lost: it follows from the archive."""
    changed(served, "update raw.index_values set value = 99")
    monkeypatch.setattr(schema, "LAYOUT", schema.LAYOUT + 1)
    served.publish()

    assert served.values() == [("list", 1.0)]
    assert served.ask("select layout from meta.snapshot") == [(schema.LAYOUT,)]


@pytest.mark.fault(61)
@pytest.mark.parametrize("content", [b"", b"not a database" * 1000, None])
def test_fault_61_foreign_file_is_refused(served: SmallWorld, content: bytes | None) -> None:
    """An empty file, garbage, somebody else's database: not ours to replace."""
    served.home.warehouse.unlink()
    if content is None:
        changed(served, "create table mine as select 1")
    else:
        served.home.warehouse.write_bytes(content)

    with untouched(served), pytest.raises(StorageError) as raised:
        served.publish()
    assert raised.value.exit == 7


def test_one_flipped_byte_is_noticed(served: SmallWorld) -> None:
    """The checksum beside the file no longer fits: nothing is copied from it."""
    content = bytearray(served.home.warehouse.read_bytes())
    content[-1] ^= 1
    served.home.warehouse.write_bytes(content)

    assert not publish.is_as_published(served.home)


def test_the_hash_of_the_inputs_follows_the_inputs(served: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same inputs have the same hash; other code, SQL, bundled facts or pages have others."""
    code = served.sql.parent / "code" / "publish.py"
    code.parent.mkdir()
    code.write_text("one", encoding="utf-8")
    monkeypatch.setattr(publish, "__file__", str(code))

    def hash_of_a_publish() -> str:
        served.publish()
        return str(served.ask("select inputs_sha256 from meta.snapshot"))

    first = hash_of_a_publish()
    assert hash_of_a_publish() == first
    code.write_text("two", encoding="utf-8")
    hashes = [first, hash_of_a_publish()]
    check = small_world.CHECK.replace("thousand", "1000")
    (served.sql / "checks" / "not_too_high.sql").write_text(check, encoding="utf-8")
    hashes.append(hash_of_a_publish())
    served.bundle("prices", "2025-06-10", 9)
    hashes.append(hash_of_a_publish())
    served.receive("list", "2026-01-01,2", at=NOON + timedelta(hours=1))
    hashes.append(hash_of_a_publish())
    assert len(set(hashes)) == len(hashes)


# --- the lock -------------------------------------------------------------------------------------

HOLDER = """
import sys, time
from pathlib import Path
from pipeline import publish
from pipeline.paths import Home

with publish.refresh_lock(Home(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_elsewhere(world: SmallWorld) -> Generator[subprocess.Popen[str]]:
    """Another process holds the lock."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(world.home.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    try:
        yield holder
    finally:
        holder.communicate()


@pytest.mark.fault(56)
def test_fault_56_second_refresh_waits_and_then_says_who_is_at_it(world: SmallWorld) -> None:
    """Exit 6 after the time given, with process id and start."""
    with held_elsewhere(world) as holder:
        started = time.monotonic()
        with pytest.raises(Busy) as raised, publish.refresh_lock(world.home, wait_seconds=0.3):
            pass
        waited = time.monotonic() - started

    assert 0.3 <= waited < 60
    assert raised.value.exit == 6
    assert f"process {holder.pid} since {datetime.now(UTC):%Y-%m-%d}" in raised.value.what


@pytest.mark.fault(56)
def test_fault_56_second_refresh_goes_on_when_the_first_ends(world: SmallWorld) -> None:
    """Waiting is worth it."""
    with held_elsewhere(world) as holder:
        threading.Timer(0.3, holder.terminate).start()
        with publish.refresh_lock(world.home, wait_seconds=200):
            assert f"process {os.getpid()}" in world.home.lock.read_text(encoding="utf-8")


@pytest.mark.fault(56)
def test_fault_56_lock_of_a_killed_process_is_free(world: SmallWorld) -> None:
    """The system lets go of it; no file has to be removed by hand."""
    with held_elsewhere(world) as holder:
        holder.kill()
        holder.wait()
        with publish.refresh_lock(world.home):
            pass


@pytest.mark.fault(64)
def test_fault_64_disk_without_locks_is_refused_at_the_start(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some network file systems: better no refresh than two at once."""

    def no_locks(handle: int, how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with pytest.raises(StorageError, match="No locks available"), publish.refresh_lock(world.home):
        pass


def test_errors_survive_the_way_between_processes() -> None:
    """Prefect and process pools pickle what is raised."""
    import pickle

    error = CheckFailed("what", page="page", kept="kept", fix="fix", source="source", likely="likely")
    again = pickle.loads(pickle.dumps(error))

    assert isinstance(again, AicostError)
    assert (str(again), again.as_json(), again.exit) == (str(error), error.as_json(), error.exit)


@pytest.mark.fault(64)
def test_fault_64_home_may_have_blanks_quotes_and_umlauts(world: SmallWorld, tmp_path: Path) -> None:
    """Paths are quoted wherever they stand in SQL."""
    world.home = type(world.home)(tmp_path / "it's a höme, 100 %")
    world.receive("list", "2026-01-01,1")
    world.publish()
    world.publish()

    assert world.values() == [("list", 1.0)]
