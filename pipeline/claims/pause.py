"""No search for cyclic garbage while a page is read: what is made holds no cycles, and the search takes a fifth."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Generator[None]:
    """Pause the collector where it runs; of several readers at once the first to begin lets it run again."""
    was_running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_running:
            gc.enable()
