"""Upkeep of a lake: small files made one, old versions forgotten, and files removed that no version needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import duckdb

from pipeline import lake
from pipeline.errors import UsageError
from pipeline.place import Lake, Place

READERS = timedelta(days=1)  # how long a file that is no longer needed stays, for whoever is still reading it
TURN_SECONDS = 600.0


@dataclass(frozen=True)
class Tidied:
    """What was done."""

    merged: int
    """Files that became part of larger ones; no version loses a row by that."""
    expired: int
    """Versions that can no longer be read."""
    removed: int
    """Files that are gone from the data path."""


def tidy(target: Place | None, keep: timedelta, *, readers: timedelta = READERS) -> Tidied:
    """Merge small files of all tables in a lake and forget versions older than `keep`; what is served always stays.

    Each publish adds two small files for each table that changed, which readers then open one by one. It takes the
    turn of a publish, so that none is under way meanwhile.

    Args:
        target: The lake.
        keep: How far back ``--as-of`` is to reach, by the catalog's clock.
        readers: Age from which files that no version needs are removed, those that a dead publisher left included.

    Raises:
        UsageError: It is no lake.
        Busy: Somebody publishes for longer than ten minutes.
        StorageError: The catalog or the data path cannot be reached or written.
    """
    if not isinstance(target, Lake):
        raise UsageError("only a lake keeps old versions to be forgotten", fix="set AICOST_WAREHOUSE to a lake")
    with lake.turn(target, TURN_SECONDS), lake.writing(target) as connection:
        _call(connection, "ducklake_flush_inlined_data")  # a handful of rows is kept in the catalog at first
        merged = _call(connection, "ducklake_merge_adjacent_files")
        expired = _expire(connection, keep)
        aged = f", older_than => now() - interval '{readers.total_seconds():.0f} seconds'"
        removed = len(_call(connection, "ducklake_cleanup_old_files", aged))
        removed += len(_call(connection, "ducklake_delete_orphaned_files", aged))
    return Tidied(sum(int(str(files)) for _, _, files, _ in merged), expired, removed)


def _call(connection: duckdb.DuckDBPyConnection, name: str, more: str = "") -> list[tuple[object, ...]]:
    return connection.execute(f"call {name}('{lake.ALIAS}'{more})").fetchall()


def _expire(connection: duckdb.DuckDBPyConnection, keep: timedelta) -> int:
    """All but the publish that is served: the version after it may be of a merge, which nobody reads by its time."""
    served = lake.published_by(connection)
    found = connection.execute(
        f"select snapshot_id from {lake.CATALOG}.ducklake_snapshot where snapshot_time < now() - $keep "
        f"and snapshot_id <> $served and snapshot_id < (select max(snapshot_id) from {lake.CATALOG}.ducklake_snapshot)",
        {"keep": keep, "served": served.version if served else -1},
    ).fetchall()
    if found:
        _call(connection, "ducklake_expire_snapshots", f", versions => {[version for (version,) in found]}")
    return len(found)
