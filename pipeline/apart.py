"""Reading a stranger's bytes apart: in a process of its own that has little time and memory, and nothing to lose.

A page nested a hundred thousand deep, of five million elements, or made for the slowest path of a regular expression
costs its source this one visit, and never the refresh. The process is started when it is first needed, reads one page
after the other, and is replaced when one has killed it. What it sends back is taken for what a reader may yield, and
for nothing else.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import io
import pickle
import resource
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, cast

from pipeline import bounds
from pipeline.errors import AicostError, PageBlocked, PageChanged
from pipeline.facts import Fact, Issue
from pipeline.read_blocked import stand_in
from pipeline.source import Page, Source

READING_SECONDS = 30  # of processor time, for one page: the largest we know takes two
PATIENCE = 4  # times as long on the clock, for a busy machine
READING_BYTES = 2**30  # that reading one page may add: the largest we know takes a tenth
MOST_REPLY = 256 * 2**20  # bytes of facts and issues
_HEAD = 8  # bytes that say how long a message is
_MAY_COME_BACK = ("pipeline.facts", "pipeline.errors", "datetime")
_SERVE = "import sys; sys.path[:] = {path!r}; from pipeline import apart; apart.serve()"

Found = Sequence[Fact | Issue]


def found_on(source: Source, page: Page) -> Found:
    """What the source's reader finds on a page.

    Raises:
        PageChanged: The reader does not know the page, failed, or took more time or memory than it may.
    """
    module, _, name = f"{source.parse.__module__}:{source.parse.__qualname__}".partition(":")
    if "<" in name:  # a reader made on the spot, which no other process can know
        return _read(source, page)
    parcel = (
        module,
        name,
        replace(source, parse=_elsewhere, pages=None, catalogue=None, files=()),
        page,
        READING_SECONDS,
    )
    with _LOCK:
        answer = _reader().ask(parcel, page)
    if isinstance(answer, Exception):
        raise answer
    return answer


def reader_failed(source: Source, error: Exception) -> PageChanged:
    """The error for a page that a reader stumbled over."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return PageChanged(
        f"the reader failed with {type(error).__name__}: {str(error)[:200]}", source=source.name, page=source.url,
        likely=f"the page holds what {Path(last.filename).name} does not foresee in line {last.lineno}",
        fix="read the archived page; if it is right, please report it",
    )  # fmt: skip


def _too_much(page: Page, what: str) -> PageChanged:
    return PageChanged(
        f"reading the page {what}", source=page.source, page=page.url,
        likely="it is nested too deep, or has far more in it than the page we know: broken, or made to harm",
        fix="look at the archived page; aicost refresh SOURCE once it is mended".replace("SOURCE", page.source),
    )  # fmt: skip


# --- here -------------------------------------------------------------------------------------------


@dataclass
class _Reader:
    """The other process, as this one sees it."""

    process: subprocess.Popen[bytes]

    def ask(self, parcel: object, page: Page) -> Found | Exception:
        """What comes back for a parcel, or the error that nothing did."""
        try:
            data = self._exchange(pickle.dumps(parcel))
        except TimeoutError:
            self.end()
            return _too_much(page, f"took longer than {READING_SECONDS * PATIENCE} s")
        except (EOFError, BrokenPipeError):
            self.end()
            return _too_much(page, _said_of_death(self.process.returncode))
        except BaseException:
            self.end()  # Ctrl-C: what is on its way belongs to no later question
            raise
        try:
            answer = _Careful(io.BytesIO(data)).load()
        except pickle.UnpicklingError:
            return _too_much(page, "brought something else than facts")
        if isinstance(answer, AicostError):
            return answer
        found = cast("list[object]", answer if isinstance(answer, list) else [None])
        if not all(isinstance(item, Fact | Issue) for item in found):
            return _too_much(page, "brought something else than facts")
        return cast("Found", found)

    def _exchange(self, message: bytes) -> bytes:
        to, back = cast("IO[bytes]", self.process.stdin), cast("IO[bytes]", self.process.stdout)
        end = time.monotonic() + READING_SECONDS * PATIENCE
        to.write(len(message).to_bytes(_HEAD, "big") + message)
        to.flush()
        size = int.from_bytes(self._receive(back, _HEAD, end), "big")
        return self._receive(back, min(size, MOST_REPLY), end)

    def _receive(self, back: IO[bytes], size: int, end: float) -> bytes:
        data = bytearray()
        while len(data) < size:
            ready, _, _ = select.select([back], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                raise TimeoutError
            piece = cast("io.FileIO", back).read(size - len(data))
            if not piece:
                raise EOFError
            data += piece
        return bytes(data)

    def end(self) -> None:
        """End the process, and wait until it is gone."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                cast("IO[bytes]", pipe).close()


def _said_of_death(code: int) -> str:
    if code == -signal.SIGXCPU or code == -signal.SIGKILL:
        return f"took more than {READING_SECONDS} s of processor time"
    if code == -signal.SIGSEGV:
        return "overran the stack"
    return f"needed more than {READING_BYTES // 2**20} MiB of memory"


class _Careful(pickle.Unpickler):
    """Facts, issues and errors, and no other class or function, whatever the other process was made to say."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        """The class of that name, where it may come."""
        if not module_name.startswith(_MAY_COME_BACK):
            raise pickle.UnpicklingError(f"{module_name}.{global_name} is no fact")
        return super().find_class(module_name, global_name)


_LOCK = threading.Lock()
_running: list[_Reader] = []


def _reader() -> _Reader:
    if _running and _running[0].process.poll() is None:
        return _running[0]
    stop()
    _running.append(_Reader(subprocess.Popen(
        [sys.executable, "-c", _SERVE.format(path=sys.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, bufsize=0,
    )))  # fmt: skip
    return _running[0]


def start() -> None:
    """Start the process now, where it will be needed soon: it takes a second to import what readers need."""
    with _LOCK:
        _reader()


def stop() -> None:
    """End the process; the next page starts another."""
    while _running:
        _running.pop().end()


atexit.register(stop)


# --- there ------------------------------------------------------------------------------------------


def serve() -> None:
    """Read pages until nobody asks any more. This is all that the other process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asked
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints must not get among the answers
    importlib.import_module("pipeline.source").all_sources()
    bound = bounds.address_space() + READING_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while head := questions.read(_HEAD):
        answer = _answered(questions.read(int.from_bytes(head, "big")))
        answers.write(len(answer).to_bytes(_HEAD, "big") + answer)
        answers.flush()


def _answered(message: bytes) -> bytes:
    module, name, declared, page, seconds = pickle.loads(message)  # from the process that started this one
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, hard))
    source = replace(declared, parse=_parse_of(module, name))
    try:
        answer = pickle.dumps(_read(source, page))
    except PageChanged as error:
        return pickle.dumps(error)
    except (MemoryError, RecursionError) as error:
        return pickle.dumps(_too_much(page, f"ended in a {type(error).__name__}"))
    if len(answer) > MOST_REPLY:
        return pickle.dumps(_too_much(page, f"found {len(answer):,} bytes of facts"))
    return answer


def _read(source: Source, page: Page) -> list[Fact | Issue]:
    """What the reader finds; where that is nothing or an error, and another page stands in for this one, that."""
    try:
        found = list(source.parse(page))
    except (MemoryError, RecursionError):
        raise
    except Exception as error:
        why = error if isinstance(error, AicostError) else reader_failed(source, error)
        raise _blocked(page, why.what) or why from error
    is_empty = source.listed_in is None and not any(isinstance(item, Fact) for item in found)
    if is_empty and (blocked := _blocked(page, "it holds no facts")):
        raise blocked
    return found


def _blocked(page: Page, why: str) -> PageBlocked | None:
    kind = stand_in(page)
    if kind is None:
        return None
    return PageBlocked(
        f"blocked page: {kind} came instead ({why})", source=page.source, page=page.url,
        likely="the site does not let programs in, or is being worked on",
        fix=f"aicost refresh {page.source} later, or save the page by hand: aicost ingest {page.source} FILE",
    )  # fmt: skip


def _parse_of(module: str, name: str) -> Any:
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found.parse if isinstance(found, Source) else found


def _elsewhere(page: Page) -> Any:
    raise NotImplementedError("the reader is named beside its source")
