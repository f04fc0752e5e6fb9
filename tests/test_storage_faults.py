"""Storage, processes and time: lines 52 to 64 of the fault matrix, but for the loops of tests/test_durable.py."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import after, publish, runs, schema
from pipeline import refresh as steps
from pipeline.archive import in_time
from pipeline.doctor import examine
from pipeline.errors import Busy, CheckFailed, Exit, StorageError
from pipeline.paths import Home
from tests.support import crashes, small_world
from tests.support.command import Aicost
from tests.support.small_world import NOON, SmallWorld, bytes_below
from tests.test_faults_content import quiet_headline

ROOT = Path(__file__).parents[1]
HOUR = timedelta(hours=1)
NOBODY = 65534


class ShutDoor(crashes.Door):
    """A street door that nobody may knock at."""

    def __init__(self) -> None:
        super().__init__({}, NOON)

    def get(self, *_: object, **__: object) -> Any:
        """Refuse."""
        raise AssertionError("a publisher was asked")


def shut() -> Any:
    """A door that tells of whoever asks a publisher."""
    return ShutDoor()


@pytest.fixture(scope="module")
def refreshed_twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a small world that has published twice; to be copied, not changed."""
    with pytest.MonkeyPatch.context() as patch:
        world = small_world.make(tmp_path_factory.mktemp("refreshed-twice"), patch)
        steps.refresh(world.home, fetcher=crashes.door(1, NOON))
        steps.refresh(world.home, fetcher=crashes.door(2, NOON + HOUR))
    return world.home.root


@pytest.fixture
def served(world: SmallWorld, refreshed_twice: Path) -> SmallWorld:
    """A small world that has published twice, with a decision and everything else that a home can hold."""
    shutil.copytree(refreshed_twice, world.home.root)
    return world


def refused(world: SmallWorld) -> StorageError:
    """What a refresh says that is refused before a publisher is asked."""
    before = bytes_below(world.home.root)
    with pytest.raises(StorageError) as raised:
        steps.refresh(world.home, fetcher=shut())
    after = bytes_below(world.home.root)
    for gone in ("runs.jsonl", "refresh.lock"):
        for state in (before, after):
            state.pop(gone, None)
    assert after == before
    assert raised.value.exit == Exit.STORAGE
    return raised.value


# --- 52: what cannot be written is named before anything is fetched ------------------------------------


@contextmanager
def immutable(path: Path) -> Generator[None]:
    """A file or folder that not even root may change."""
    done = subprocess.run(["chattr", "+i", str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"chattr does not work here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", str(path)], check=True)


KEPT = (
    "warehouse.duckdb", "warehouse.duckdb.sha256", "warehouse.previous.duckdb", "runs.jsonl", "refresh.lock",
    "archive", "archive/list", "archive/list/visits.jsonl", "archive/publishes", "archive/publishes.jsonl", ".",
)  # fmt: skip


@pytest.mark.fault(52)
def test_fault_52_immutable_files_are_named_before_fetching(served: SmallWorld) -> None:
    """Each thing that a refresh writes, made immutable: exit 7, its path, no publisher asked, nothing changed."""
    for name in KEPT:
        path = served.home.root / name
        assert path.exists(), name
        with immutable(path):
            error = refused(served)
        assert error.page == str(path), (name, str(error))
        assert "immutable" in str(error.likely), (name, str(error))
    assert steps.refresh(served.home, fetcher=crashes.door(3, NOON + 2 * HOUR)).published


@pytest.mark.fault(52)
def test_fault_52_read_only_disk(served: SmallWorld) -> None:
    """A home on a disk that is mounted read-only can be read, and a refresh says so before it fetches."""
    where = str(served.home.root)
    for command in (["mount", "--bind", where, where], ["mount", "-o", "remount,ro,bind", where]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            subprocess.run(["umount", where], capture_output=True, check=False)
            pytest.skip(f"this process may not mount: {done.stderr.strip()}")
    try:
        with pytest.raises(StorageError, match="read-only") as raised:
            steps.refresh(served.home, fetcher=shut())
        assert raised.value.exit == Exit.STORAGE
        assert where in str(raised.value.page)
        assert served.ask("select count(*) from readings") == [(15,)]
        assert {finding.what for finding in examine(served.home) if not finding.ok} >= {"home"}
    finally:
        subprocess.run(["umount", where], check=True)


SOMEBODY = """
import os, sys
from pathlib import Path
from pipeline import refresh as steps
from pipeline.errors import StorageError
from pipeline.paths import Home
from pipeline.source import all_sources

all_sources()  # what is imported later, somebody else may not be allowed to read
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
try:
    steps.refresh(Home(Path(sys.argv[1])), fetcher=object())
except StorageError as error:
    print(int(error.exit), error)
"""


@pytest.mark.fault(52)
@pytest.mark.parametrize("closed", ["home", "home/archive", "home/runs.jsonl"])
def test_fault_52_no_permission(closed: str) -> None:
    """Somebody else's folder, folder of pages or file: which one, before anything is fetched."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        home = Path(folder) / "home"
        (home / "archive").mkdir(parents=True)
        (home / "runs.jsonl").touch()
        for path in (home, *home.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        path = Path(folder) / closed
        os.chown(path, 0, 0)
        path.chmod(0o555 if path.is_dir() else 0o444)
        command = [sys.executable, "-c", SOMEBODY, str(home)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.stdout.startswith(f"7 cannot write {path}"), done.stdout + done.stderr
        assert "belongs to someone else" in done.stdout


@pytest.mark.fault(52)
@pytest.mark.parametrize("instead", ["folder", "link", "fifo"])
def test_fault_52_something_else_stands_where_the_warehouse_goes(world: SmallWorld, instead: str) -> None:
    """A folder, a link or a pipe is not replaced: it is somebody's."""
    world.home.root.mkdir()
    path = world.home.warehouse
    {"folder": path.mkdir, "link": lambda: path.symlink_to("elsewhere"), "fifo": lambda: os.mkfifo(path)}[instead]()
    assert str(refused(world)).startswith(f"{path} is ")
    assert path.is_symlink() or path.exists()


# --- 51: a real disk that is full ------------------------------------------------------------------------


@pytest.mark.fault(51)
def test_fault_51_small_disk(world: SmallWorld) -> None:
    """A disk of 2 MB fills up: exit 7 with the bytes that are free; with room again, the same command publishes."""
    home = world.home.root
    home.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(home)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"this process may not mount: {done.stderr.strip()}")
    try:
        steps.refresh(world.home, fetcher=crashes.door(1, NOON))
        before, filler = world.home.warehouse.read_bytes(), home / "filler"
        filler.write_bytes(bytes(shutil.disk_usage(home).free))
        for left in (0, 50_000, len(before) - 100_000):
            os.truncate(filler, filler.stat().st_size - left)
            with pytest.raises(StorageError, match=r"bytes free") as raised:
                steps.refresh(world.home, fetcher=crashes.door(2, NOON + HOUR))
            assert raised.value.exit == Exit.STORAGE
            assert world.home.warehouse.read_bytes() == before
            assert crashes.leftovers(world.home) == []
            assert "disk" in {finding.what for finding in examine(world.home) if not finding.ok}
        filler.unlink()
        steps.refresh(world.home, fetcher=crashes.door(3, NOON + 2 * HOUR))
        assert world.values() == [("list", 3.0)] * 5 + [("prices", 1.0)] * 5 + [("prices", 3.0)] * 5
    finally:
        subprocess.run(["umount", str(home)], check=True)


# --- 54: SIGTERM and Ctrl-C ------------------------------------------------------------------------------

STOPPED = """
import socket, sys, time
from dataclasses import replace
from pathlib import Path
import pytest
from pipeline import __main__ as cli, refresh
from pipeline.fetch import Fetcher
from tests.support import small_world

at, root = sys.argv[1], Path(sys.argv[2])
patch = pytest.MonkeyPatch()
world = small_world.make(root, patch)
deaf = socket.create_server(("127.0.0.1", 0))  # takes calls and never answers
for name, source in list(world.sources.items()):
    world.sources[name] = replace(source, url=f"http://site.test:{deaf.getsockname()[1]}/{name}")
open_door = lambda: Fetcher(allow_private=True, resolver=lambda host, port: ["127.0.0.1"])
patch.setattr(refresh, "Fetcher", open_door)
if at == "build":
    endless = "select count(*) as n from range(100000000000) as t (i) where i % 7 = 3"
    header = "-- Endless.\\n-- grain: n\\n-- unit: none\\n-- sources: none\\n"
    (world.sql / "core" / "endless.sql").write_text(header + endless, encoding="utf-8")
given = ["refresh", "--home", str(world.home.root)]
given += {"visit": [], "build": ["--offline"], "lock": ["--offline", "--lock-timeout", "600"]}[at]
sys.argv[1:] = given
if at == "lock":
    real_sleep = time.sleep
    patch.setattr(time, "sleep", lambda seconds: ((root / "waiting").touch(), real_sleep(seconds)))
cli.main()
"""


@pytest.mark.fault(54)
@pytest.mark.parametrize(
    ("at", "with_what"),
    [
        ("visit", signal.SIGINT), ("visit", signal.SIGHUP), ("build", signal.SIGTERM), ("build", signal.SIGINT),
        ("lock", signal.SIGTERM),
    ],
)  # fmt: skip
def test_fault_54_stopped(world: SmallWorld, at: str, with_what: signal.Signals) -> None:
    """Stopped while a publisher is silent, in a query without end, in line for the lock: 2 s, exit 130, no trace."""
    took: list[float] = []
    while len(took) < 3:  # a busy machine lengthens any one
        took.append(_stopped(world, world.home.root.parent / f"stopped-{len(took)}", at, with_what))
        if took[-1] < 2 + os.getloadavg()[0] / (os.cpu_count() or 1):  # of a machine that does nothing else: 2 s
            return
    raise AssertionError(took)


def _stopped(world: SmallWorld, root: Path, at: str, with_what: signal.Signals) -> float:
    """Seconds from the signal to the end of a refresh that leaves no trace."""
    root.mkdir()
    home = Home(root / "home")
    with publish.refresh_lock(home) if at == "lock" else publish.refresh_lock(world.home):
        running = subprocess.Popen(
            [sys.executable, "-c", STOPPED, at, str(root)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        signs = {"visit": home.journal, "build": home.root / ".warehouse.draft", "lock": root / "waiting"}
        deadline = time.monotonic() + 300
        while not signs[at].exists() and running.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1.0)
        started = time.monotonic()
        running.send_signal(with_what)
        out, err = running.communicate(timeout=300)
        took = time.monotonic() - started
    assert (running.returncode, out) == (Exit.INTERRUPTED, ""), err
    assert "Traceback" not in err
    assert crashes.leftovers(home) == []
    with publish.refresh_lock(home):
        pass
    assert [run.outcome for run in runs.read(home)] == ([] if at == "lock" else ["interrupted"])
    return took


# --- 55: power loss --------------------------------------------------------------------------------------


@pytest.mark.fault(55)
def test_fault_55_contents_reach_the_disk_before_their_name(
    served: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The draft is synced, then the line of the log of publishes, the checksums, the name, and last the folder."""
    done: list[str] = []
    real_replace, real_fsync = Path.replace, os.fsync

    def fsync(handle: int) -> None:
        done.append(f"sync {Path(f'/proc/self/fd/{handle}').readlink().name}")
        real_fsync(handle)

    def rename(self: Path, target: Path) -> Path:
        done.append(f"name {target.name}")
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", rename)
    served.publish()

    named = done.index("name warehouse.duckdb")
    assert done[named + 1] == "sync home"
    for first in (
        "sync .warehouse.draft",
        "name warehouse.previous.duckdb",
        "name warehouse.duckdb.sha256",
        "sync publishes.jsonl",
    ):
        assert done.index(first) < named, first
    for number, what in enumerate(done):
        if what.startswith("name ") and what != "name warehouse.duckdb":
            assert done[number - 1].startswith(f"sync .{what.removeprefix('name ')}."), what


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "zeros": lambda content: bytes(len(content)),
    "zeros at the end": lambda content: content[:20_000] + bytes(len(content) - 20_000),
    "a byte of its head": lambda content: content[:4200] + bytes([content[4200] ^ 1]) + content[4201:],
}  # fmt: skip


@pytest.mark.fault(55)
@pytest.mark.parametrize("damage", DAMAGES)
def test_fault_55_falls_back_to_the_version_before(served: SmallWorld, damage: str) -> None:
    """A published file that a power cut broke: the version before is served from the first moment, and said so."""
    content = served.home.warehouse.read_bytes()
    served.home.warehouse.write_bytes(DAMAGES[damage](content))
    assert "warehouse" in {finding.what for finding in examine(served.home) if not finding.ok}
    during: list[Any] = []
    done = steps.refresh(
        served.home, fetcher=crashes.door(3, NOON + 2 * HOUR),
        told=lambda source, visit: during.append(served.ask("select max(value) from readings")),
    )  # fmt: skip

    assert during == [[(1.0,)]] * 2
    assert ("list", 3.0) in served.values()
    assert len(done.notes) == 1
    assert "the version before was put back" in done.notes[0]
    (aside,) = served.home.root.glob("warehouse.duckdb.damaged-*")
    assert aside.read_bytes() == DAMAGES[damage](content)
    assert served.ask("select notes from meta.runs where notes is not null") == [(done.notes[0],)]


@pytest.mark.fault(55)
def test_fault_55_the_command_ends_well_with_a_note(
    served: SmallWorld, monkeypatch: pytest.MonkeyPatch, aicost: Aicost
) -> None:
    """Exit 0: what was served before is served, and a new version is made."""
    quiet_headline(monkeypatch)
    served.home.warehouse.write_bytes(b"")
    said = aicost("refresh", "--offline", "--home", served.home.root)
    assert (said.code, "the version before was put back" in said.err) == (0, True), said.err
    assert ("list", 2.0) in served.values()


@pytest.mark.fault(55)
def test_fault_55_without_a_version_before_nothing_is_touched(served: SmallWorld) -> None:
    """Also where the version before is damaged itself: the file stays, and the message says what comes next."""
    served.home.warehouse.write_bytes(served.home.warehouse.read_bytes()[:5000])
    served.home.previous.write_bytes(b"damaged")
    assert "the file is damaged" in str(refused(served))


# --- 56: two at once -------------------------------------------------------------------------------------


@pytest.mark.fault(56)
def test_fault_56_many_at_once_take_turns(served: SmallWorld) -> None:
    """Four runs of one home at the same moment, each ready to wait: each publishes, one after the other."""
    command = [sys.executable, "-m", "tests.support.turns", str(served.home.root.parent), "4"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)

    assert said.returncode == 0, said.stderr
    ids = said.stdout.split()
    assert len(set(ids)) == 4
    ended = [run for run in runs.read(served.home) if run.snapshot_id in ids]
    assert [run.outcome for run in ended] == ["published"] * 4
    assert crashes.leftovers(served.home) == []
    assert served.ask("select snapshot_id from meta.snapshot") == [(max(ids),)]


@pytest.mark.fault(56)
def test_fault_56_the_lock_file_is_removed_under_a_run(world: SmallWorld) -> None:
    """Somebody tidies up: a second run is refused all the same."""
    holder = "import sys; from pathlib import Path; from pipeline import publish; from pipeline.paths import Home\n"
    holder += "with publish.refresh_lock(Home(Path(sys.argv[1]))): print('held', flush=True); sys.stdin.read()"
    held = subprocess.Popen(
        [sys.executable, "-c", holder, str(world.home.root)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert held.stdout is not None
    assert held.stdout.readline() == "held\n"
    world.home.lock.unlink()
    try:
        with pytest.raises(Busy, match="lock file was removed"), publish.refresh_lock(world.home):
            pass
    finally:
        held.communicate()
    with publish.refresh_lock(world.home):
        pass


# --- 60: what is archived --------------------------------------------------------------------------------


@pytest.mark.fault(60)
@pytest.mark.parametrize("how", ["missing", "corrupt", "another page", "empty"])
def test_fault_60_lost_bodies_are_named_and_fetched_again(
    served: SmallWorld, monkeypatch: pytest.MonkeyPatch, aicost: Aicost, how: str
) -> None:
    """A rebuild names exactly what is lost; a refresh fetches the page again, and a rebuild is whole once more."""
    newest = served.archive.latest("list")
    assert newest is not None
    sha256 = newest.pages[0].sha256
    path = served.home.archive / "list" / f"{sha256}.gz"
    path.unlink()
    other = served.home.archive / "prices" / f"{hashlib.sha256(crashes.page(1)).hexdigest()}.gz"
    contents = {"corrupt": b"\x1f\x8bdamaged", "another page": other.read_bytes(), "empty": b""}
    if how in contents:
        path.write_bytes(contents[how])

    quiet_headline(monkeypatch)
    said = aicost("rebuild", "--home", served.home.root)
    assert (said.code, sha256 in said.err) == (3, True), said.err
    lost = served.ask("select source, what from meta.issues where rule = 'archive'")
    assert [(source, sha256 in what) for source, what in lost] == [("list", True)]
    assert ("list", 1.0) in served.values()  # the page before
    archive = next(finding for finding in examine(served.home) if finding.what == "archive")
    assert not archive.ok
    assert sha256 in archive.said

    steps.refresh(served.home, fetcher=crashes.door(2, NOON + 2 * HOUR))
    assert ("list", 2.0) in served.values()
    steps.rebuild(served.home)
    assert served.ask("select source, what from meta.issues where rule = 'archive'") == []


@pytest.mark.fault(60)
def test_fault_60_visits_that_are_gone_from_the_archive_are_named(served: SmallWorld) -> None:
    """A folder removed, a log cut: what the served version rests on and the archive no longer has is told by name."""
    known = {source: [visit.visit_id for visit in served.archive.visits(source)] for source in ("list", "prices")}
    shutil.rmtree(served.home.archive / "list")
    log = served.home.archive / "prices" / "visits.jsonl"
    log.write_bytes(log.read_bytes().splitlines(keepends=True)[0])
    finding = next(finding for finding in examine(served.home) if finding.what == "archive")

    assert not finding.ok
    for visit_id in (*known["list"], known["prices"][1]):
        assert visit_id in finding.said
    assert known["prices"][0] not in finding.said
    done = steps.refresh(served.home, offline=True)
    assert len(done.notes) == 1
    assert all(visit_id in done.notes[0] for visit_id in (*known["list"], known["prices"][1]))


@pytest.mark.fault(60)
def test_fault_60_a_damaged_record_of_a_publish_stops_nothing(served: SmallWorld) -> None:
    """What is told about earlier publishes is a courtesy: damaged, it is named, and the next publish goes on."""
    for record in (served.home.archive / "publishes").glob("*.gz"):
        record.write_bytes(b"\x1f\x8bdamaged")
    finding = next(finding for finding in examine(served.home) if finding.what == "archive")
    assert not finding.ok
    steps.refresh(served.home, fetcher=crashes.door(3, NOON + 2 * HOUR))

    assert ("list", 3.0) in served.values()


# --- 61: other files than ours ---------------------------------------------------------------------------


@pytest.mark.fault(61)
def test_fault_61_an_older_layout_is_rebuilt_and_kept(served: SmallWorld) -> None:
    """Tables and columns that an older version did not have: all is made anew, and the old file stays beside it."""
    with duckdb.connect(str(served.home.warehouse)) as writer:
        for sql in (
            "update meta.snapshot set layout = 3", "alter table meta.visits drop column version",
            "drop table meta.decisions", "drop table meta.runs", "alter table raw.index_values drop column unit",
        ):  # fmt: skip
            writer.execute(sql)
    old = served.home.warehouse.read_bytes()
    steps.refresh(served.home, offline=True)

    assert served.ask("select layout from meta.snapshot") == [(schema.LAYOUT,)]
    assert ("list", 2.0) in served.values()
    assert served.home.previous.read_bytes() == old


def newer_storage(path: Path) -> None:
    """A file whose header says a storage version that no DuckDB has yet, with the checksum that belongs to it."""
    content = bytearray(path.read_bytes())
    content[12:20] = (10_000).to_bytes(8, "little")
    content[0:8] = duckdb_checksum(bytes(content[8:4096])).to_bytes(8, "little")
    path.write_bytes(content)


def duckdb_checksum(block: bytes) -> int:
    """DuckDB's checksum of a block: its 64-bit words, each mixed, xor-ed into a constant."""
    mask, result = 2**64 - 1, 5381
    for at in range(0, len(block) - len(block) % 8, 8):
        result ^= int.from_bytes(block[at : at + 8], "little") * 0xBF58476D1CE4E5B9 & mask
    return result


@pytest.mark.fault(61)
@pytest.mark.parametrize("kind", ["text", "sqlite", "parquet", "duckdb of others", "newer layout", "newer storage"])
def test_fault_61_foreign_and_newer_files_are_refused_untouched(
    served: SmallWorld, kind: str, refused_connections: list[str]
) -> None:
    """Exit 7 before anything is fetched, with what the file is and what to do; no extension is fetched to read it."""
    path = served.home.warehouse
    match kind:
        case "text":
            path.write_bytes(b"dear diary\n" * 1000)
        case "sqlite":
            path.write_bytes(b"SQLite format 3\x00" + bytes(8000))
        case "parquet":
            path.write_bytes(b"PAR1" + bytes(8000) + b"PAR1")
        case "newer storage":
            newer_storage(path)
        case "newer layout":
            with duckdb.connect(str(path)) as writer:
                writer.execute("update meta.snapshot set layout = layout + 1, version = '9.0'")
        case _:
            path.unlink()
            with duckdb.connect(str(path)) as writer:
                writer.execute("create table mine as select 1 as one")
    error = refused(served)

    said = {
        "text": "of another format", "sqlite": "a database of SQLite", "parquet": "a Parquet file",
        "duckdb of others": "not a warehouse of aicost", "newer layout": "newer aicost (9.0)",
        "newer storage": "newer DuckDB",
    }  # fmt: skip
    assert said[kind] in str(error)
    assert error.kept == "the file, untouched"
    assert error.fix
    assert ("upgrade aicost" in error.fix) == kind.startswith("newer")
    assert refused_connections == []


# --- 62: after the swap ----------------------------------------------------------------------------------


@pytest.mark.fault(62)
def test_fault_62_a_step_after_the_swap_fails(
    served: SmallWorld, monkeypatch: pytest.MonkeyPatch, aicost: Aicost
) -> None:
    """The data is published, exit 3, status shows what is owed, and the next run does it, also one that has no news."""
    monkeypatch.setenv("AICOST_AFTER", "feed,export")
    quiet_headline(monkeypatch)
    monkeypatch.setattr(steps, "Fetcher", lambda: crashes.door(3, NOON + 2 * HOUR))
    served.home.exports.write_text("a file where the folder goes", encoding="utf-8")
    done = aicost("refresh", "--home", served.home.root)

    assert done.code == 3, done.err
    assert ("list", 3.0) in served.values()
    assert "after the publish: export failed" in done.err
    assert "retried at the next run" in done.err
    assert served.home.feed.exists()  # the other step went on
    shown = aicost("status", "--home", served.home.root)
    assert (shown.code, "after the publish: export failed" in shown.out) == (3, True)

    served.home.exports.unlink()
    again = aicost("refresh", "--offline", "--home", served.home.root)
    assert again.code == 0, again.err
    assert (served.home.exports / "readings.parquet").exists()
    assert "after the publish" not in aicost("status", "--home", served.home.root).out


@pytest.mark.fault(62)
def test_fault_62_killed_between_the_swap_and_what_follows(
    served: SmallWorld, monkeypatch: pytest.MonkeyPatch, aicost: Aicost
) -> None:
    """What was served when the process died is told as owed, and made up for by the next run."""
    monkeypatch.setenv("AICOST_AFTER", "feed")

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setitem(after.STEPS, "feed", die)
        with pytest.raises(KeyboardInterrupt):
            steps.refresh(served.home, fetcher=crashes.door(3, NOON + 2 * HOUR))
    assert ("list", 3.0) in served.values()
    assert "feed pending" in aicost("status", "--home", served.home.root).out
    steps.refresh(served.home, offline=True)
    assert served.home.feed.exists()
    assert "feed pending" not in aicost("status", "--home", served.home.root).out


# --- 63: time --------------------------------------------------------------------------------------------


@pytest.mark.fault(63)
def test_fault_63_a_clock_that_was_ahead_does_not_keep_its_page_in_force(served: SmallWorld) -> None:
    """A day on which the clock said next year: the pages fetched afterwards are the newer ones, as the log says."""
    ahead, right = NOON + timedelta(days=400), NOON + timedelta(days=1)
    for at, version in ((ahead, 3), (right, 4)):
        served.receive("list", *crashes.page(version).decode().splitlines(), at=at)
        served.publish(now=at)
        assert ("list", float(version)) in served.values()
    assert served.archive.latest("list") == served.archive.visits("list")[-1]
    served.receive("list", "2026-01-01,9", at=NOON - timedelta(days=300), via="ingest")
    served.publish()
    assert ("list", 4.0) in served.values()
    assert [visit.via for visit in in_time(served.archive.visits("list"))] == [
        "ingest",
        "fetch",
        "fetch",
        "fetch",
        "fetch",
    ]


@pytest.mark.fault(63)
def test_fault_63_snapshots_grow_through_every_jump_of_the_clock(world: SmallWorld) -> None:
    """A day back and forward, the leap day, the hour that a zone repeats, 2038 and beyond."""
    times = [
        NOON, NOON - timedelta(days=1), NOON + timedelta(days=1), datetime(2028, 2, 29, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
        datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC), datetime(2106, 2, 7, 6, 28, 16, tzinfo=UTC), NOON,
    ]  # fmt: skip
    ids: list[str] = []
    for number, at in enumerate(times):
        world.receive("list", f"2026-01-01,{number + 1}", at=at)
        ids.append(world.publish(now=at).snapshot_id)
        assert world.values() == [("list", number + 1.0)]
    assert ids == sorted(set(ids))


@pytest.mark.fault(63)
def test_fault_63_waits_go_by_a_clock_that_nobody_sets() -> None:
    """Whatever is waited for is measured by the monotonic clock; the other one only tells how old a file is."""
    places = [
        path.name
        for path in sorted([*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "flows").rglob("*.py")])
        if "time.time()" in path.read_text(encoding="utf-8")
    ]
    assert places == ["durable.py"]


ZONED = """
import hashlib, os, sys, time
from datetime import timedelta
from pathlib import Path
import pytest
from tests.support import crashes, small_world

for place, zone in enumerate(sys.argv[2:]):
    if os.fork():
        os.wait()
        continue
    os.environ["TZ"] = zone
    time.tzset()
    root = Path(sys.argv[1]) / str(place)
    root.mkdir(parents=True)
    world = small_world.make(root, pytest.MonkeyPatch())
    for number, name in enumerate(("list", "prices")):
        world.receive(name, "2026-01-01,1", "2028-02-29,2", "words", at=small_world.NOON + timedelta(hours=number))
    world.publish(now=small_world.NOON)
    print(hashlib.sha256(world.home.warehouse.read_bytes()).hexdigest(), flush=True)
    os._exit(0)
"""


@pytest.mark.fault(63)
def test_fault_63_the_same_bytes_in_four_zones(tmp_path: Path) -> None:
    """Zone, order of sets and language of the machine leave no trace in the file."""
    hashes: list[str] = []
    for number, zones in enumerate((("UTC", "America/St_Johns"), ("Asia/Kathmandu", "Pacific/Kiritimati"))):
        language = "C" if number % 2 else "C.UTF-8"
        environment = {**os.environ, "TZ": zones[0], "PYTHONHASHSEED": str(number), "LC_ALL": language}
        command = [sys.executable, "-c", ZONED, str(tmp_path / str(number)), *zones]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert not done.returncode, done.stderr
        hashes += done.stdout.split()
    assert len(hashes) == 4
    assert len(set(hashes)) == 1


# --- 64: odd places --------------------------------------------------------------------------------------


@pytest.mark.fault(64)
@pytest.mark.parametrize("linked", ["home", "archive"])
def test_fault_64_linked_folders_with_odd_names(world: SmallWorld, tmp_path: Path, linked: str) -> None:
    """The home, or the archive alone, is a link to a folder whose name has blanks, quotes, signs and no ASCII."""
    there = tmp_path / "it's 100 % “größer”; \\ 数据 'x'"
    there.mkdir()
    if linked == "home":
        world.home.root.symlink_to(there)
    else:
        world.home.root.mkdir()
        world.home.archive.symlink_to(there)
    for version in (1, 2):
        steps.refresh(world.home, fetcher=crashes.door(version, NOON + version * HOUR))
        assert ("list", float(version)) in world.values()
    assert list(there.glob("**/visits.jsonl"))
    assert world.home.root.joinpath("archive").is_symlink() == (linked == "archive")
    assert all(finding.ok for finding in examine(world.home) if finding.what not in ("prefect",))


@pytest.mark.fault(64)
@pytest.mark.parametrize("name", ["a*b", "[ab]", "{a,b}", "a#b%20c", "-x", "a\nb", "'; drop table x; --"])
def test_fault_64_names_that_mean_something_to_a_tool(world: SmallWorld, aicost: Aicost, name: str) -> None:
    """Patterns, options, statements: a folder's name is a name, of the home and of the place for temporary files."""
    (world.home.root.parent / "ab").mkdir()
    world.receive("list", *[f"2026-01-0{day},{day}" for day in range(1, 6)])
    home = Home(world.home.root.parent / name)
    world.home.root.rename(home.root)
    steps.refresh(home, offline=True)
    assert aicost("query", "select count(*) from readings", "--home", home.root).code == 0
    assert aicost("export", "--home", home.root, "--to", home.root / name).code == 0
    assert not any((home.root.parent / "ab").iterdir())


@pytest.mark.fault(64)
def test_fault_64_a_question_mark_is_refused_at_the_start(aicost: Aicost, tmp_path: Path) -> None:
    """DuckDB would put its log into another folder; with the reason, and before anything is made."""
    said = aicost("refresh", "--offline", "--home", tmp_path / "why?")
    assert said.code == 2
    assert "has a question mark in its path" in said.err
    assert not any(tmp_path.iterdir())


@pytest.mark.fault(64)
@pytest.mark.parametrize("target", ["nowhere", "archive"])
def test_fault_64_an_archive_that_is_a_link_to_nothing(world: SmallWorld, target: str) -> None:
    """Refused at the start, with its path and what it is; one to itself leads nowhere, too."""
    world.home.root.mkdir()
    world.home.archive.symlink_to(target)
    with pytest.raises(StorageError) as raised:
        steps.refresh(world.home, fetcher=shut())
    assert raised.value.page == str(world.home.archive)
    assert "a link that leads nowhere" in str(raised.value.likely)


@pytest.mark.fault(64)
def test_fault_64_a_disk_that_locks_files_alone(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """NFS locks no folders; the file's lock is enough."""
    import fcntl

    real = fcntl.flock

    def files_alone(handle: int, how: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{handle}"):  # noqa: PTH112 - a link of the kernel's
            raise OSError(9, "Bad file descriptor")
        real(handle, how)

    monkeypatch.setattr(fcntl, "flock", files_alone)
    steps.refresh(world.home, fetcher=crashes.door(1, NOON))
    assert ("list", 1.0) in world.values()


@pytest.mark.fault(64)
def test_fault_64_a_disk_without_links_keeps_the_version_before_as_a_copy(
    served: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FAT has no hard links."""

    def no_links(self: Path, target: Path) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    before = served.home.warehouse.read_bytes()
    steps.refresh(served.home, fetcher=crashes.door(3, NOON + 2 * HOUR))
    assert served.home.previous.read_bytes() == before


# --- every run is recorded ---------------------------------------------------------------------------------


def test_every_run_is_recorded_and_seen(world: SmallWorld, aicost: Aicost) -> None:
    """Published, refused, interrupted, busy, died: in the journal at once, in SQL with the next publish."""
    steps.refresh(world.home, fetcher=crashes.door(1, NOON))
    world.receive("list", "2026-02-03,1001", at=NOON + HOUR)
    with pytest.raises(CheckFailed):
        steps.refresh(world.home, offline=True)
    assert "last run  refresh --offline of" in aicost("status", "--home", world.home.root).out
    said = aicost("status", "--json", "--home", world.home.root).data["runs"]
    assert [run["outcome"] for run in said] == ["published", "check"]
    assert "not_too_high" in said[1]["error"]
    runs.record(world.home, runs.begin("refresh", offline=False))  # and it is killed
    world.receive("list", "2026-02-03,7", at=NOON + 2 * HOUR)
    with world.home.journal.open("ab") as file:
        file.write(b'{"run_id": "torn')
    steps.rebuild(world.home)

    assert world.ask("select verb, outcome, offline, error is not null, snapshot_id is not null from meta.runs") == [
        ("refresh", "published", False, False, True), ("refresh", "check", True, True, False),
        ("refresh", "died", False, False, False), ("rebuild", "published", True, False, True),
    ]  # fmt: skip
    assert world.ask("select visits_new, visits_failed, ended_at >= started_at from meta.runs limit 1") == [
        (2, 0, True)
    ]
    assert runs.damage(world.home) == []
