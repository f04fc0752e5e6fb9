"""A reader of the warehouse that stays open from one question of a command to the next: to open it takes as long.

It stands apart from the warehouse, so that a command that asks nothing does not wait for DuckDB.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Generator
from typing import Any


class _Kept(threading.local):
    is_wanted = False
    reader: tuple[object, Any, Callable[[], None]] | None = None


_kept = _Kept()


@contextlib.contextmanager
def one_reader() -> Generator[None]:
    """Let what this thread asks of one version of a file share a reader; a block within a block changes nothing."""
    if _kept.is_wanted:
        yield
        return
    _kept.is_wanted = True
    try:
        yield
    finally:
        _kept.is_wanted = False
        close()


def is_wanted() -> bool:
    """Whether a reader may be kept."""
    return _kept.is_wanted


def take(version: object) -> tuple[Any, Callable[[], None]] | None:
    """The reader of that version with what closes it, if it is kept; whoever takes it keeps it again or closes it."""
    if _kept.reader is None or _kept.reader[0] != version:
        return None
    (_, reader, closing), _kept.reader = _kept.reader, None
    return reader, closing


def keep(version: object, reader: object, closing: Callable[[], None]) -> None:
    """Keep a reader instead of the one before."""
    close()
    _kept.reader = version, reader, closing


def close() -> None:
    """Close the reader that is kept."""
    kept, _kept.reader = _kept.reader, None
    if kept is not None:
        kept[2]()
