"""Look at everything that a refresh needs, and say what is wrong before it goes wrong."""

from __future__ import annotations

import contextlib
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version

import duckdb

import pipeline
from pipeline import decisions, memory, paths, publish, publishes, running, runs, schema, warehouse
from pipeline.archive import Archive
from pipeline.durable import PARTIAL, storing
from pipeline.errors import AicostError, ArchiveError, Busy, StorageError
from pipeline.paths import Home
from pipeline.source import all_sources

FREE = "no refresh is running"
CLOCK_PATIENCE = timedelta(hours=1)
ROOM_NEEDED = 200 * 2**20  # bytes: a draft beside the served warehouse, and a day of pages


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    what: str
    ok: bool
    said: str


def examine(home: Home) -> list[Finding]:
    """Every finding, in the order in which a refresh would meet it."""
    looks: tuple[tuple[str, Callable[[Home], str]], ...] = (
        ("versions", _versions), ("carried files", _carried), ("home", _home), ("disk", _disk), ("lock", _lock),
        ("clock", _clock), ("archive", _archive), ("warehouse", _warehouse), ("checksum", _checksum),
        ("version before", _previous), ("write-ahead log", _log), ("left behind", _left), ("runs", _runs),
        ("memory", _memory), ("prefect", _prefect),
    )  # fmt: skip
    return list(_look(home, looks))


def _look(home: Home, looks: tuple[tuple[str, Callable[[Home], str]], ...]) -> Iterator[Finding]:
    for what, look in looks:
        try:
            yield Finding(what, True, look(home))
        except AicostError as error:
            yield Finding(what, False, " ".join(str(error).split()))
        except (OSError, duckdb.Error) as error:
            yield Finding(what, False, str(error))


def _versions(_: Home) -> str:
    ours, python = f"aicost {pipeline.__version__}", f"Python {platform.python_version()}"
    return f"{ours}, {python}, DuckDB {duckdb.__version__}, {sys.platform}"


def _carried(_: Home) -> str:
    where = "the checkout" if paths.in_checkout() else "the installed package"
    models = len(list(paths.sql_dir().glob("*/*.sql")))
    tables = len(list(paths.reference_dir().glob("*.csv")))
    return f"{models} SQL files, {tables} reference tables, {len(all_sources())} sources, from {where}"


def _home(home: Home) -> str:
    running.check_home(home)
    return f"{home.root} and everything in it that a refresh writes can be written"


def _disk(home: Home) -> str:
    free, needed = shutil.disk_usage(home.root).free, ROOM_NEEDED + 2 * publish.size_of(home.warehouse)
    if free < needed:
        raise OSError(f"{free / 2**20:,.0f} MiB free below {home.root}; a refresh needs {needed / 2**20:,.0f}")
    return f"{free / 2**30:,.1f} GiB free"


def _lock(home: Home) -> str:
    try:
        with publish.refresh_lock(home):
            return FREE
    except Busy as error:
        return error.what


def _clock(home: Home) -> str:
    now, latest = datetime.now(UTC), list[datetime]()
    snapshot = warehouse.served_snapshot(home)
    latest += [snapshot.published_at] if snapshot else []
    archive = Archive(home.archive)
    latest += [visit.visited_at for source in archive.sources() for visit in archive.visits(source)]
    ahead = max(latest, default=now)
    if ahead > now + CLOCK_PATIENCE:
        raise OSError(
            f"something is dated {ahead:%Y-%m-%d %H:%M} UTC, this clock says {now:%Y-%m-%d %H:%M}: one is wrong"
        )
    return f"{now:%Y-%m-%d %H:%M:%S} UTC, and nothing is dated after it"


def _archive(home: Home) -> str:
    archive, bodies = Archive(home.archive), set[tuple[str, str]]()
    problems: list[str] = []
    for source in archive.sources():
        problems += [str(error) for error in archive.damage(source)]
        bodies |= {(source, page.sha256) for visit in archive.visits(source) for page in visit.pages}
    for source, sha256 in sorted(bodies):
        try:
            archive.body(source, sha256)
        except ArchiveError as error:
            problems.append(str(error))
    problems += [str(error) for error in publishes.damage(home.archive)]
    with contextlib.suppress(StorageError):  # what is wrong with the warehouse is told by its own look
        problems += running.gone(home) if home.warehouse.is_file() else []
    if problems:
        raise ArchiveError("\n".join(problems))
    decided = len(decisions.read(home.archive))
    return (
        f"{len(bodies)} bodies of {len(archive.sources())} sources, each with the hash that its name says; "
        f"{decided} decisions; nothing that is served is gone from it"
    )


def _warehouse(home: Home) -> str:
    if warehouse.is_damaged(home.warehouse):
        back = "aicost refresh --offline puts the version before back, and makes a new one"
        raise StorageError(
            "the published file is damaged", page=str(home.warehouse),
            fix=back if publish.is_previous_whole(home) else "move it away, then aicost refresh --offline",
        )  # fmt: skip
    snapshot = warehouse.served_snapshot(home)
    if snapshot is None:
        return "none yet; aicost refresh makes one"
    size = publish.size_of(home.warehouse) / 2**20
    said = f"{snapshot.snapshot_id}, layout {snapshot.layout} of {schema.LAYOUT}"
    if home.target is None:
        return f"{said}, {size:,.1f} MiB"
    copy = f"; the copy here has {size:,.1f} MiB" if size else "; this home has no copy of it"
    return f"{said}, in {home.target}{copy}"


def _checksum(home: Home) -> str:
    if not home.warehouse.is_file():
        return "nothing is published yet"
    if not publish.is_as_published(home):
        raise OSError(
            f"{home.warehouse} is not what was published: somebody wrote to it; the next refresh makes it anew"
        )
    return "the published file is, byte for byte, what was published"


def _previous(home: Home) -> str:
    if not home.previous.exists():
        return "none yet; the second publish keeps one"
    if not publish.is_previous_whole(home):
        raise OSError(f"{home.previous} is not what was served before; the next publish puts another in its place")
    return "whole; it is served again if the published file is damaged"


def _log(home: Home) -> str:
    log = home.warehouse.with_name(home.warehouse.name + ".wal")
    if log.exists():
        raise OSError(f"{log} is there: someone opened the published file for writing; the next publish sets it aside")
    return "none beside the published file"


def _left(home: Home) -> str:
    signs = (
        f".*{PARTIAL}",
        f"archive/**/.*{PARTIAL}",
        f"{publish.draft_of(home).name}*",
        "*.damaged-*",
        "*.set-aside-*",
    )
    left = sorted({str(path.relative_to(home.root)) for sign in signs for path in home.root.glob(sign)})
    if left and _lock(home) == FREE:
        raise OSError(
            f"{', '.join(left)}: the next refresh clears drafts and partial files; what was set aside or damaged "
            "is yours to look at and remove"
        )
    return "nothing of a run that died"


def _runs(home: Home) -> str:
    with storing(home.journal, "read"):
        unreadable, known = runs.damage(home), runs.read(home)
    if unreadable:
        raise OSError(
            f"{home.journal}: lines {', '.join(map(str, unreadable))} cannot be read; no number rests on them"
        )
    if not known:
        return "none yet"
    last = known[-1]
    if last.outcome == "running" and _lock(home) == FREE:
        raise OSError(f"the last run, {last.run_id}, died without a word; aicost refresh goes on where it was")
    if last.outcome not in ("running", "published", "busy"):
        raise OSError(f"the last run, {last.run_id}, ended as {last.outcome}: {(last.error or '').splitlines()[:1]}")
    return f"{len(known)}, the last of {last.started_at:%Y-%m-%d %H:%M} UTC: {last.outcome}"


def _memory(home: Home) -> str:
    most = memory.limit(publish.size_of(home.warehouse))
    return f"{memory.allowed() / 2**20:,.0f} MiB for this process, of which DuckDB may use {most}"


def _prefect(_: Home) -> str:
    try:
        return f"Prefect {version('prefect')}"
    except PackageNotFoundError:
        return "not installed; aicost refresh works without it, aicost serve does not"
