"""How much memory DuckDB may take: what a person has set, or what the data needs and the machine has.

A small machine finishes by spilling; so does a large history.
"""

from __future__ import annotations

import gc
import os
import resource
from pathlib import Path

from pipeline import settings
from pipeline.errors import StorageError, UsageError

SHARE = 2  # the other half is Python's: pages, facts and the parser
USUAL = 400 * 2**20  # bytes; ten million prices seen are published in the same time with three times as much
MOST = 4 * 2**30  # bytes
LEAST_ADDRESSES = 400 * 2**20  # bytes of address space; with less, the system ends the process without a word
OBJECTS_MADE = 50_000  # between two looks for circular garbage: some ten megabytes
LEAST_STACK = 2**20  # bytes, of each thread; with less, the system ends the process without a word
_GROUPS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def limit(needed: int = 0) -> str:
    """DuckDB's ``memory_limit``.

    Args:
        needed: Bytes of the tables that are made, as far as known: where they are sorted in a tenth of that, most
            of the time goes into spilling.

    Raises:
        UsageError: ``AICOST_MEMORY_LIMIT`` is not understood, or more than there is.
    """
    chosen, most = settings.read().memory_limit, allowed()
    if chosen is not None and chosen > most:
        raise UsageError(f"AICOST_MEMORY_LIMIT is more than the {most:,} bytes that this process may use")
    fitting = min(max(most // SHARE, settings.LEAST_MEMORY), max(USUAL, needed), MOST)
    return f"{(chosen or fitting) // 2**20}MiB"


def collect_seldom() -> None:
    """Let Python look for circular garbage seldom: what is read from pages is much, stays, and has no circles.

    At its own pace it looks through all that was imported again and again, which takes a tenth of the time of reading.
    """
    gc.set_threshold(OBJECTS_MADE)


def check() -> None:
    """Make sure that there is room to work in at all.

    Raises:
        StorageError: There is not.
    """
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY and soft < LEAST_ADDRESSES:
        raise too_little(MemoryError(f"{soft:,} bytes of address space, {LEAST_ADDRESSES:,} needed"))
    soft, _ = resource.getrlimit(resource.RLIMIT_STACK)
    if soft != resource.RLIM_INFINITY and soft < LEAST_STACK:
        raise too_little(MemoryError(f"{soft:,} bytes of stack (ulimit -s), {LEAST_STACK:,} needed"))


def too_little(error: BaseException) -> StorageError:
    """What is said where the system gives no more memory, or no more threads."""
    said = f": {error}" if str(error) else ""
    return StorageError(
        f"too little memory{said}", likely=f"this process may use {allowed():,} bytes (ulimit -v, -d, a container)",
        kept="the version published before", fix="allow it more, or close other programs",
    )  # fmt: skip


def allowed() -> int:
    """Bytes that this process may use: the machine's memory, its group's limit or its own, whichever is least."""
    known = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), *_of_groups()]
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA):
        soft, _ = resource.getrlimit(kind)
        known += [soft] if soft != resource.RLIM_INFINITY else []
    return min(known)


def _of_groups() -> list[int]:
    """Limits of the control groups that this process is in, of both versions."""
    found: list[int] = []
    for path in (*_GROUPS, *_own_groups()):
        try:
            text = path.read_text(encoding="ascii").strip()
        except OSError:
            continue
        found += [int(text)] if text.isdecimal() else []
    return found


def _own_groups() -> list[Path]:
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    paths: list[Path] = []
    for line in lines:
        _, controllers, group = line.split(":", 2)
        inside = [Path(group), *Path(group).parents]
        if controllers == "memory":
            paths += [Path(f"/sys/fs/cgroup/memory/{one}/memory.limit_in_bytes") for one in inside]
        elif not controllers:
            paths += [Path(f"/sys/fs/cgroup/{one}/memory.max") for one in inside]
    return paths
