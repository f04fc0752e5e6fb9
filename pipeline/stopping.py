"""Ctrl-C, a stop and a closed terminal: one way to end, and not to be overheard.

A library may swallow the interrupt: DuckDB looks for pandas when it is handed a list, and takes an interrupted import
for a missing package. Within `insisting` the interrupt therefore comes again, until the block has ended by it.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Generator
from types import FrameType

AGAIN_SECONDS = 0.5
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGXCPU)

_state = {"insists": False, "asked": False}


def listen() -> None:
    """Let every signal that ends a program be a Ctrl-C, but for those that it was told to ignore (nohup)."""
    for ending in ENDINGS:
        if signal.getsignal(ending) is not signal.SIG_IGN:
            signal.signal(ending, _stop)
    signal.signal(signal.SIGALRM, _stop)


def _stop(_: int, __: FrameType | None) -> None:
    _state["asked"] = True
    if _state["insists"]:
        signal.setitimer(signal.ITIMER_REAL, AGAIN_SECONDS)
    raise KeyboardInterrupt


@contextlib.contextmanager
def insisting() -> Generator[None]:
    """Interrupt the block again and again once it was interrupted; what comes after it is left in peace.

    Raises:
        KeyboardInterrupt: At the end, where the block has swallowed it.
    """
    _state.update(insists=True, asked=False)
    try:
        yield
    finally:
        _state["insists"] = False
        signal.setitimer(signal.ITIMER_REAL, 0)
    if _state["asked"]:
        raise KeyboardInterrupt
