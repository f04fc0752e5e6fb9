"""A run from its first moment to its last: the lock, a look at all that it will need, its lines in the journal."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Generator
from typing import Literal

from pipeline import publish, runs, warehouse
from pipeline.archive import Archive
from pipeline.durable import (
    check_appendable,
    check_replaceable,
    check_writable,
    clear_partials,
    clear_scratch,
    step,
    storing,
)
from pipeline.errors import AicostError, Busy
from pipeline.paths import Home


@contextlib.contextmanager
def run_of(
    home: Home, verb: Literal["refresh", "rebuild"], *, offline: bool = False, lock_timeout: float = 0.0
) -> Generator[runs.Run]:
    """Hold the home's lock for a run that is recorded, whatever ends it; everything it needs is looked at first.

    Raises:
        Busy: Another process holds the lock after `lock_timeout` seconds.
        StorageError: Something in the home cannot be written, or what is served is not ours to replace.
    """
    run = runs.begin(verb, offline=offline)
    try:
        with publish.refresh_lock(home, wait_seconds=lock_timeout):
            try:
                run.notes = tuple(make_ready(home))
                runs.record(home, run)
                yield run
            except BaseException as error:
                _record_end(home, run, error)
                raise
            _record_end(home, run, None)
    except Busy as error:
        _record_end(home, run, error)
        raise


def _record_end(home: Home, run: runs.Run, error: BaseException | None) -> None:
    # The disk may be what ended it. What ended it is told all the same, and the journal has its first line.
    with contextlib.suppress(AicostError):
        runs.record(home, runs.end(run, error))


def make_ready(home: Home) -> list[str]:
    """Look at all that a run needs, clear away what killed runs left, mend what a power cut broke; what was found.

    Raises:
        StorageError: Names the first path that cannot be written or replaced. Nothing was asked of a publisher yet.
    """
    check_home(home)
    clear_scratch()
    clear_partials(home.root, deep=False)
    for folder in sorted(home.archive.glob("*/")):
        with Archive(home.archive).if_idle(folder.name) as is_idle:  # a worker needs no lock of the home
            if is_idle:
                clear_partials(folder, deep=True)
    clear_partials(home.archive, deep=False)
    notes = _mend(home)
    if warehouse.served_snapshot(home) is not None:
        notes += gone(home)
    return notes


def gone(home: Home) -> list[str]:
    """Visits that the served version rests on and whose lines the archive no longer has: at most one sentence."""
    archive = Archive(home.archive)
    held = warehouse.visits_held(home.served)
    kept = {(name, visit.visit_id) for name in {name for name, _ in held} for visit in archive.visits(name)}
    lost = [f"{source} {visit_id}" for source, visit_id in held if (source, visit_id) not in kept]
    if not lost:
        return []
    return [
        f"{len(lost)} visits that the version served until now rests on are gone from the archive: {', '.join(lost)}"
    ]


def check_home(home: Home) -> None:
    """Make sure that everything in a home that a run writes can be written.

    Raises:
        StorageError: Names the first path that cannot be.
    """
    check_writable(home.root, needed=publish.size_of(home.warehouse))
    check_writable(home.archive)
    for log in (home.journal, *sorted(home.archive.glob("*.jsonl")), *sorted(home.archive.glob("*/*.jsonl"))):
        check_appendable(log)
    for folder in sorted(home.archive.glob("*/")):
        check_writable(folder)
    for file in (home.warehouse, home.checksum, home.previous):
        check_replaceable(file)


def _mend(home: Home) -> list[str]:
    """Fall back to the version before where the published file is damaged; it is kept under another name."""
    if not warehouse.is_damaged(home.warehouse) or not publish.is_previous_whole(home):
        return []
    aside = home.warehouse.with_name(f"{home.warehouse.name}.damaged-{time.time_ns()}")
    with storing(home.warehouse):
        aside.hardlink_to(home.warehouse)
    step("fall back begun")
    publish.give_name(home.previous, home.warehouse, stage="fall back")
    return [
        f"the published file was damaged; the version before was put back, and the damaged one kept as {aside.name}"
    ]
