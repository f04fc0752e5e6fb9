"""Look at everything that a refresh needs, and say what is wrong before it goes wrong."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import duckdb

import pipeline
from pipeline import paths, publish, schema, warehouse
from pipeline.archive import Archive
from pipeline.durable import check_writable
from pipeline.errors import AicostError, ArchiveError, Busy
from pipeline.paths import Home
from pipeline.source import all_sources

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
        ("archive", _archive), ("warehouse", _warehouse), ("write-ahead log", _log), ("prefect", _prefect),
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
    check_writable(home.root)
    return f"{home.root} can be written"


def _disk(home: Home) -> str:
    free = shutil.disk_usage(home.root).free
    if free < ROOM_NEEDED:
        raise OSError(f"{free / 2**20:,.0f} MiB free below {home.root}; a refresh needs {ROOM_NEEDED / 2**20:,.0f}")
    return f"{free / 2**30:,.1f} GiB free"


def _lock(home: Home) -> str:
    try:
        with publish.refresh_lock(home):
            return "no refresh is running"
    except Busy as error:
        return error.what


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
    if problems:
        raise ArchiveError("\n".join(problems))
    return f"{len(bodies)} bodies of {len(archive.sources())} sources, each with the hash that its name says"


def _warehouse(home: Home) -> str:
    snapshot = warehouse.served_snapshot(home)
    if snapshot is None:
        return "none yet; aicost refresh makes one"
    size = home.warehouse.stat().st_size / 2**20
    return f"{snapshot.snapshot_id}, layout {snapshot.layout} of {schema.LAYOUT}, {size:,.1f} MiB"


def _log(home: Home) -> str:
    log = home.warehouse.with_name(home.warehouse.name + ".wal")
    if log.exists():
        raise OSError(f"{log} is there: someone opened the published file for writing; the next publish sets it aside")
    return "none beside the published file"


def _prefect(_: Home) -> str:
    try:
        return f"Prefect {version('prefect')}"
    except PackageNotFoundError:
        return "not installed; aicost refresh works without it, aicost serve does not"
