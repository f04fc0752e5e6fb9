"""Bounds on this process, where a library has none: memory that may be added, and seconds after which all ends."""

from __future__ import annotations

import contextlib
import os
import resource
import threading
from collections.abc import Callable, Generator
from pathlib import Path

_STATM = Path("/proc/self/statm")  # first number: pages of address space in use


@contextlib.contextmanager
def added_memory(most_bytes: int) -> Generator[None]:
    """Let this process grow by so much and no more: what asks for more gets a MemoryError, or its library's own.

    Where the system does not say how large a process is (macOS, which does not keep to such a bound either), there
    is none.
    """
    if not _STATM.exists():
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = address_space() + most_bytes
    resource.setrlimit(resource.RLIMIT_AS, (bound if soft == resource.RLIM_INFINITY else min(soft, bound), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def address_space() -> int:
    """Bytes of address space that this process has."""
    return int(_STATM.read_text(encoding="ascii").split()[0]) * resource.getpagesize()


@contextlib.contextmanager
def ended_after(seconds: float, code: int, say: Callable[[], object]) -> Generator[None]:
    """End the whole process, saying why, where something goes on that nothing else can stop."""

    def end() -> None:
        try:
            say()
        finally:
            os._exit(code)

    watch = threading.Timer(seconds, end)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
