"""The front window: build on a private file, verify it, and swap it in with one rename.

Readers are never blocked and never see a half: they hold the old file or open the new one. Nothing ever opens
the published file for writing, and no write-ahead log is left beside it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import socket
import time
from collections.abc import Collection, Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

import pipeline
from pipeline import build, chronicle, inputs, lake, load, memory, paths, runs, schema, stopping, warehouse
from pipeline.archive import Archive
from pipeline.contents import Contents
from pipeline.durable import next_step, plain_bytes, room, step, storing, sync, whole_file, why
from pipeline.errors import AicostError, Busy, CheckFailed, ContractBroken, StorageError, UsageError
from pipeline.place import Lake, Place
from pipeline.shelf import Shelf

STORAGE_VERSION = "v1.2.0"  # older DuckDB clients and BI tools can open it
BLOCK_BYTES = 65_536  # of 200 small tables, half of a file of the usual 256 KiB blocks is air
SLOW_COMPRESSION = "fsst"  # of text: saves 6 % of the file and takes two thirds of the time to write it
TURN_SECONDS = 600.0  # how long a publish waits for another machine's publish to the same lake
DISK_FAULTS = (duckdb.IOException, duckdb.TransactionException, duckdb.FatalException)
LOCK_BYTES = 100  # who holds it, and since when
BYTES_A_ROW = 400  # of a fact, in all tables made from it
MEMORY_FAULTS = (duckdb.OutOfMemoryException, MemoryError)


@dataclass(frozen=True)
class Published:
    """What was published."""

    path: Place
    snapshot_id: str
    rows: dict[str, int]
    """Row counts of the models, by ``schema.name``."""
    checks: list[build.CheckResult]


def make_and_publish(
    home: paths.Home,
    *,
    now: datetime | None = None,
    from_scratch: bool = False,
    strict_about: Collection[str] = (),
    run_id: str | None = None,
) -> Published:
    """Load, build, check and publish; the published state follows from archive, bundled facts, code and reference.

    The caller holds the home's lock. Whatever is raised, Ctrl-C included, the served version stays as it was and
    nothing is left beside it.

    Args:
        home: Where the archive is and the warehouse goes.
        now: Time of the publish; None: now.
        from_scratch: Read every archived page again instead of copying facts from the served warehouse.
        strict_about: Sources that must be up to date: their newest visit is in force.
        run_id: The run of the journal that this is.

    Raises:
        CheckFailed: A check found rows, or a source of `strict_about` is not up to date.
        ContractBroken: A model does not keep its header.
        StorageError: The home cannot be written, or holds a warehouse of a newer layout.
    """
    draft_path = draft_of(home)
    try:
        with _storage_errors(draft_path, home), _turn(home), contextlib.ExitStack() as still:
            _remove(draft_path)
            _remove(_middle_of(home))
            served = warehouse.served_snapshot(home)
            snapshot_id, published_at = _next_snapshot(served, now or datetime.now(UTC))
            intact = home.warehouse if served is not None and is_as_published(home) else None
            still.enter_context(Archive(home.archive).standing_still())
            story = chronicle.begin(home, served, intact)
            with stopping.insisting(), _middle(home, story) as middle, _draft(draft_path, home.warehouse) as draft:
                step("draft begun")
                from_served = None if from_scratch else middle or intact
                known = load.load(
                    draft, Archive(home.archive), from_served, shelf=Shelf(home.readings), scratch=_spill(draft_path)
                )
                still.close()
                step("draft loaded")
                _load_runs(draft, home, run_id, snapshot_id)
                rows = _built(draft, known, home.warehouse)
                step("draft built")
                checks = build.run_checks(draft)
                if strict_about:
                    _refuse_degraded(draft, list(strict_about))
                rows |= story.tell(draft, snapshot_id, published_at, middle)
                stamp(draft, snapshot_id, published_at)
                step("draft checked")
            step("draft closed")
            _verify(draft_path, snapshot_id, rows)
            step("draft verified")
            story.keep()  # before the swap: a line whose warehouse never came is left out of the chain
            if isinstance(home.target, Lake):
                lake.publish(draft_path, home.target, snapshot_id, published_at)
                step("lake published")
            _swap_in(draft_path, home)
    except BaseException:
        _remove(draft_path)
        raise
    return Published(home.served, snapshot_id, rows, checks)


@contextlib.contextmanager
def _turn(home: paths.Home) -> Generator[None]:
    """Where a lake is published to, be the only one who does, and start from the version that it serves."""
    if isinstance(home.target, Path):
        what = "a DuckDB file is published in its home, as warehouse.duckdb"
        raise UsageError(what, page=str(home.target), fix="choose the folder with --home or AICOST_HOME")
    with lake.turn(home.target, TURN_SECONDS) if home.target else contextlib.nullcontext():
        if home.target is not None:
            _catch_up(home, home.target)
        yield


def _catch_up(home: paths.Home, target: Lake) -> None:
    """Let the home's file be a copy of what the lake serves, if another machine has published since."""
    served = warehouse.served_snapshot(home)
    try:
        is_behind = served is not None and served != warehouse.snapshot_of(home.warehouse)
    except StorageError:
        is_behind = True  # the copy is damaged
    if is_behind:
        copy_path = home.root / ".warehouse.copy"
        _remove(copy_path)
        with _draft(copy_path, home.warehouse) as copy:
            lake.copy_out(copy, target, "draft")
        _swap_in(copy_path, home)


def draft_of(home: paths.Home) -> Path:
    """The private file that is built. One name will do: the lock is held, and what a killed run left is dead."""
    return home.root / ".warehouse.draft"


@contextlib.contextmanager
def _middle(home: paths.Home, story: chronicle.Story) -> Generator[Path | None]:
    """The archive as it was at the publish before, under the code of today; None unless both have moved since.

    It tells apart what the sources changed from what we did. Where the code of today cannot build the old archive,
    there is none, and the changes say so.
    """
    path = _middle_of(home)
    if not story.both_moved:
        yield None
        return
    try:
        with chronicle.past_archive(home, story.before) as archive:
            try:
                with drafting(path, archive, story.intact):
                    pass
            except (AicostError, duckdb.Error) as error:
                story.untold = str(error)
            yield None if story.untold else path
    finally:
        _remove(path)


@contextlib.contextmanager
def drafting(path: Path, archive: Archive, served: Path | None) -> Generator[duckdb.DuckDBPyConnection]:
    """A new database file with everything built from an archive, to be added to in the block; whole at its end.

    Args:
        path: The file; what is there is removed first, and it is gone if anything fails.
        archive: What to build from.
        served: The warehouse served now, to copy from what the same code has read; None: read all.

    Raises:
        ContractBroken: A model does not keep its header.
    """
    _remove(path)
    try:
        with _draft(path, served) as draft:
            _built(draft, load.load(draft, archive, served, scratch=_spill(path)), served)
            build.run_checks(draft, refusing=False)
            yield draft
    except BaseException:
        _remove(path)
        raise


def _middle_of(home: paths.Home) -> Path:
    return home.root / ".warehouse.middle"


def _next_snapshot(served: warehouse.Snapshot | None, now: datetime) -> tuple[str, datetime]:
    # Strictly increasing even when the clock was set back.
    at = now if served is None else max(now, served.published_at + timedelta(microseconds=1))
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}", at


@contextlib.contextmanager
def _draft(path: Path, earlier: Path | None) -> Generator[duckdb.DuckDBPyConnection]:
    """A connection to a new, private database file, in one transaction; at the end everything is in the file.

    An earlier version tells how much memory it takes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(config=warehouse.ALONE) as connection:
        connection.execute("set timezone = 'UTC'")
        # One thread adds numbers in one order: the same inputs give the same bytes. Measured, it is faster too, and
        # Ctrl-C leaves nothing running.
        connection.execute("set threads = 1")
        _give_memory(connection, earlier)
        connection.execute(f"set temp_directory = {schema.quoted(str(_spill(path)))}")
        connection.execute(f"set disabled_compression_methods = '{SLOW_COMPRESSION}'")
        layout = f"storage_version '{STORAGE_VERSION}', block_size {BLOCK_BYTES}"
        connection.execute(f"attach {schema.quoted(str(path))} as draft ({layout})")
        connection.execute("use draft")
        connection.execute("begin")
        yield connection
        connection.execute("commit")
        step("draft committed")
        connection.execute("checkpoint draft")
    shutil.rmtree(_spill(path), ignore_errors=True)


def _give_memory(draft: duckdb.DuckDBPyConnection, earlier: Path | None, rows: int = 0) -> None:
    needed = max(size_of(earlier) if earlier else 0, rows * BYTES_A_ROW)
    draft.execute(f"set memory_limit = '{memory.limit(needed)}'")


def _built(draft: duckdb.DuckDBPyConnection, known: Contents, earlier: Path | None) -> dict[str, int]:
    """Make the models, with as much memory as what was loaded needs; row counts by table name."""
    tables = draft.execute(
        "select table_name from duckdb_tables() where schema_name = 'raw' and database_name = current_database()"
    ).fetchall()
    counts = " union all ".join(f'select count(*) from raw."{table}"' for (table,) in tables)
    _give_memory(draft, earlier, max(rows for (rows,) in draft.execute(counts).fetchall()))
    return build.build(draft, known)


def _spill(path: Path) -> Path:
    return path.with_name(f"{path.name}.spill")


def _remove(path: Path) -> None:
    for leftover in (path, _log_of(path)):
        with contextlib.suppress(OSError):
            leftover.unlink(missing_ok=True)
    shutil.rmtree(_spill(path), ignore_errors=True)


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


@contextlib.contextmanager
def _storage_errors(path: Path, home: paths.Home) -> Generator[None]:
    """Say plainly what the disk did, also where a model's error wraps it."""
    try:
        yield
    except (OSError, duckdb.Error, ContractBroken, MemoryError) as error:
        fault = _disk_fault(error)
        if fault is None:
            raise
        raise StorageError(
            f"the warehouse cannot be made: {str(fault)[:300]}", page=str(path), likely=_likely(fault, home),
            kept="the version published before", fix=next_step(fault),
        ) from error  # fmt: skip


def _disk_fault(error: Exception) -> BaseException | None:
    if isinstance(error, OSError | MemoryError):
        return error
    cause = error.__cause__ if isinstance(error, ContractBroken) else error
    # With one connection, a commit fails for no other reason; after it, all that is asked of the database is fatal.
    return cause if isinstance(cause, (*DISK_FAULTS, *MEMORY_FAULTS)) else None


def _likely(fault: BaseException, home: paths.Home) -> str:
    needed = size_of(home.warehouse)  # what was needed the last time
    if isinstance(fault, MEMORY_FAULTS):
        return f"too little memory: {memory.allowed():,} bytes for all, of which DuckDB may use {memory.limit(needed)}"
    if isinstance(fault, OSError):
        return why(fault, home.root, needed)
    return f"the disk is full, read-only or faulty, or the folder belongs to someone else; {room(home.root, needed)}"


def size_of(path: Path) -> int:
    """Bytes of a file; 0 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _load_runs(draft: duckdb.DuckDBPyConnection, home: paths.Home, run_id: str | None, snapshot_id: str) -> None:
    names = list(schema.META["runs"][1])
    told = [run.model_dump() for run in runs.as_published(runs.read(home), run_id, snapshot_id)]
    rows = [[run[name] if name != "notes" else "; ".join(run[name]) or None for name in names] for run in told]
    if rows:  # in one statement: a row at a time takes ten times as long
        columns = [list(column) for column in zip(*rows, strict=True)]
        draft.execute(f"insert into meta.runs select {', '.join(['unnest(?)'] * len(names))}", columns)


def stamp(draft: duckdb.DuckDBPyConnection, snapshot_id: str, published_at: datetime) -> None:
    """Write into a finished build which one it is."""
    draft.execute(
        "insert into meta.snapshot values (?, ?, ?, ?, ?)",
        [snapshot_id, published_at, inputs_sha256(draft), pipeline.__version__, schema.LAYOUT],
    )


def inputs_sha256(draft: duckdb.DuckDBPyConnection) -> str:
    """Hash of all that the published state follows from: code, SQL, reference, bundled facts, visits, verdicts."""
    digest = hashlib.sha256()
    made_from = (
        (Path(__file__).parent, "**/*.py"), (paths.sql_dir(), "**/*.sql"),
        (paths.reference_dir(), "*.csv"), (paths.bundled_dir(), "*.jsonl"),
    )  # fmt: skip
    for root, pattern in made_from:
        for path in sorted(root.glob(pattern)):
            digest.update(f"{path.relative_to(root).as_posix()}\0{inputs.sha256_of(path)}\n".encode())
    visits = draft.execute("select source, visit_id, state, version from meta.visits order by all").fetchall()
    decided = draft.execute("select item_id, verdict from meta.decisions order by all").fetchall()
    digest.update(json.dumps([visits, decided]).encode())
    return digest.hexdigest()


def _refuse_degraded(draft: duckdb.DuckDBPyConnection, names: list[str]) -> None:
    degraded = draft.execute(
        "select source, coalesce(rejected_reason, last_error, 'nothing is in force') from sources "
        "where source in (select unnest(?::varchar[])) "
        "and (via is null or rejected_reason is not null or last_outcome = 'failed') order by source",
        [names],
    ).fetchall()
    if degraded:
        raise CheckFailed(
            f"{len(degraded)} sources are not up to date; with --strict nothing is published",
            page="\n         ".join(f"{source}: {problem}" for source, problem in degraded),
            kept="the version published before is still served", fix="mend it, or refresh without --strict",
        )  # fmt: skip


def _verify(path: Path, snapshot_id: str, rows: dict[str, int]) -> None:
    """Open the finished file as a reader would, and compare what it holds with what was built."""
    with warehouse.reading(path) as reader:
        try:
            found = reader.execute("select snapshot_id from meta.snapshot").fetchall()
            counts = " union all ".join(f"select {schema.quoted(table)}, count(*) from {table}" for table in rows)
            held = dict(reader.execute(counts).fetchall()) if rows else {}
        except duckdb.Error as error:
            raise _not_as_built(path) from error
    if found != [(snapshot_id,)] or held != rows or _log_of(path).exists():
        raise _not_as_built(path)


def _not_as_built(path: Path) -> StorageError:
    return StorageError(
        "the finished warehouse does not hold what was built", page=str(path), kept="the version published before"
    )


def _swap_in(draft_path: Path, home: paths.Home) -> None:
    """The contents are on the disk before their name is; the version served until now stays as the previous one."""
    sync(draft_path)
    step("draft synced")
    sums = {home.warehouse.name: _sha256(draft_path)}
    if home.warehouse.exists():
        sums[home.previous.name] = _sha256(home.warehouse)
        give_name(home.warehouse, home.previous, stage="previous")
    # The checksums go first: if all ends between the two, the file that is served is the previous one by them.
    with whole_file(home.checksum, stage="checksums") as partial:
        partial.write_text("".join(f"{sha256}  {name}\n" for name, sha256 in sums.items()), encoding="utf-8")
    _set_aside_log(home.warehouse)
    step("swap begun")
    draft_path.replace(home.warehouse)
    try:
        step("swap done")
        sync(home.root)
        step("swap synced")
    except OSError as error:
        raise StorageError(
            f"the new version is served, but a power cut may undo that: {error.strerror}", page=str(home.root),
            likely=why(error, home.root), kept="the new version, and the one before",
            fix="look at the disk, then aicost refresh",
        ) from error  # fmt: skip


def give_name(file: Path, name: Path, *, stage: str) -> None:
    """Let a finished file be known by another name too, without writing it again where the disk can do that."""
    with whole_file(name, stage=stage) as partial:
        try:
            partial.hardlink_to(file)
        except OSError:  # the file system has no links
            shutil.copyfile(file, partial)


def _set_aside_log(published: Path) -> None:
    # Someone has opened the published file for writing. DuckDB would play that log onto the file that comes now.
    log = _log_of(published)
    if log.exists():
        log.replace(log.with_name(f"{log.name}.set-aside-{time.time_ns()}"))


def noted_sums(home: paths.Home) -> dict[str, str]:
    """The SHA-256 of the published file and of the one before, as they were noted when they were published."""
    try:
        lines = plain_bytes(home.checksum).decode().splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    return {name: sha256 for sha256, _, name in (line.partition("  ") for line in lines)}


def is_as_published(home: paths.Home) -> bool:
    """Whether nobody has changed the served file since; what was changed is not copied from, but made anew."""
    # Where a publish was cut off before its rename, the file that is served is the previous one by the checksums.
    if not home.warehouse.is_file() or _log_of(home.warehouse).exists():
        return False
    return _sha256(home.warehouse) in noted_sums(home).values()


def is_previous_whole(home: paths.Home) -> bool:
    """Whether the version before is there, with the checksum that was noted when it was set aside."""
    noted = noted_sums(home).get(home.previous.name)
    return noted is not None and home.previous.is_file() and _sha256(home.previous) == noted


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def refresh_lock(home: paths.Home, *, wait_seconds: float = 0.0) -> Generator[None]:
    """Hold the home's refresh lock; the system lets go of it if the process dies.

    Raises:
        Busy: Another process holds it after `wait_seconds`; says which, and since when.
        StorageError: The home cannot be written.
    """
    with storing(home.root):
        home.root.mkdir(parents=True, exist_ok=True)
    with storing(home.lock):
        handle = os.open(home.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _acquire(handle, home, wait_seconds)
        with storing(home.lock, needed=LOCK_BYTES):
            os.ftruncate(handle, 0)
            holder = f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC on {socket.gethostname()}"
            os.pwrite(handle, holder.encode(), 0)
        with _also_locked(home):
            yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def _also_locked(home: paths.Home) -> Generator[None]:
    """Lock the folder as well, where it can be: removing the lock file under a running refresh starts no second one."""
    handle = os.open(home.root, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):  # network file systems lock files alone
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy(
                    "another refresh is running, although its lock file was removed", page=str(home.lock),
                    kept="the version published before is served meanwhile",
                    fix="wait for it, and leave refresh.lock where it is",
                ) from None  # fmt: skip
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, home: paths.Home, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = home.lock.read_text(encoding="utf-8", errors="replace") or "another process"
                raise Busy(
                    f"another refresh is running: {holder}", page=str(home.lock),
                    kept="the version published before is served meanwhile",
                    fix="wait for it, or give --lock-timeout SECONDS",
                ) from None  # fmt: skip
            time.sleep(min(0.1, max(0.0, deadline - time.monotonic())))
        except OSError as error:
            raise StorageError(
                f"{home.lock} cannot be locked: {error.strerror or error}", page=str(home.lock),
                likely="the home is on a network file system without locks", fix="choose a folder on a local disk",
            ) from error  # fmt: skip
        else:
            return
