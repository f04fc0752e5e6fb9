"""Reading a stranger's bytes apart: in a process of its own that has little time and memory, and nothing to lose.

A page nested a hundred thousand deep, of five million elements, or made for the slowest path of a regular expression
costs its source this one visit, and never the refresh. The process is started when it is first needed, does one errand
after the other, and is replaced when one has killed it: the facts of a page, the offers of a catalogue, and what in a
page says which one to ask for next. What it sends back is taken for what was asked for, and for nothing else.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import io
import math
import os
import pickle
import resource
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import IO, Any, cast

from pipeline import bounds, catalogue, errors, memory
from pipeline.catalogue import Offers
from pipeline.errors import AicostError, PageBlocked, PageChanged
from pipeline.facts import FACTS, Extra, Fact, GpuPrice, Issue
from pipeline.read import disputed_encoding
from pipeline.read_blocked import stand_in
from pipeline.source import Page, Request, Source

READING_SECONDS = 30  # of processor time, for one page: the largest we know takes two
PATIENCE = 4  # times as long on the clock, for a busy machine
READING_BYTES = 2**30  # that reading one page may add: the largest we know takes a tenth
MOST_REPLY = 256 * 2**20  # bytes of facts and issues
LONGEST_CLUE = 4096  # characters: an address, a number, a few days
_HEAD = 8  # bytes that say how long a message is
_AT_ONCE = 2**20  # bytes of a message
_SERVE = "import sys; sys.path[:] = {path!r}; from pipeline import apart; apart.serve()"

Found = Sequence[Fact | Issue]


def found_on(source: Source, page: Page) -> Found:
    """What the source's reader finds on a page.

    Raises:
        PageChanged: The reader does not know the page, failed, or took more time or memory than it may.
    """
    if _is_made_here(source.parse):
        return _read(source, page)
    found = _asked("facts", source.parse, source, [page])
    items = cast("list[object]", found if isinstance(found, list) else [None])
    if not all(isinstance(item, Fact | Issue) for item in items):
        raise _something_else(page)
    return cast("Found", items)


def offers_on(source: Source, pages: Sequence[Page], file: Path) -> Offers:
    """The offers of a catalogue's visit, in a file.

    Raises:
        PageChanged: As above.
    """
    if source.catalogue is None or _is_made_here(source.parse):
        raise TypeError(f"{source.name} is no catalogue that another process knows")
    answer = _asked("offers", source.parse, source, pages, file)
    facts, issues, one_of_each = cast("tuple[Any, ...]", answer) if _are_three(answer) else (None, None, None)
    if type(facts) is not int or not _all(Issue, issues) or not _all(GpuPrice, one_of_each):
        raise _something_else(pages[0])
    return Offers(file, facts, tuple(cast("Any", issues)), tuple(cast("Any", one_of_each)))


def clue_on(source: Source, request: Request, page: Page) -> str:
    """What the page says of where to go next, by the request's own reader; empty where it has none.

    Raises:
        PageChanged: As above.
    """
    if request.clue is None:
        return ""
    clue = request.clue(page) if _is_made_here(request.clue) else _asked("clue", request.clue, source, [page])
    if not isinstance(clue, str) or len(clue) > LONGEST_CLUE:
        raise _too_much(page, "led to no address that a page may have")
    return clue


def _are_three(answer: object) -> bool:
    return isinstance(answer, tuple) and len(cast("tuple[object, ...]", answer)) == 3


def _all(kind: type[object], items: object) -> bool:
    return isinstance(items, list) and all(isinstance(item, kind) for item in cast("list[object]", items))


def _is_made_here(reader: Callable[..., object]) -> bool:
    """Whether a reader was made on the spot, so that no other process can know it."""
    return "<" in reader.__qualname__


def _asked(errand: str, reader: Callable[..., object], source: Source, pages: Sequence[Page], *more: object) -> object:
    """What the other process makes of the pages."""
    declared = replace(source, parse=_elsewhere, pages=None, catalogue=None, files=())
    seconds = READING_SECONDS * len(pages)
    parcel = (errand, reader.__module__, reader.__qualname__, declared, list(pages), seconds, more)
    with _LOCK:
        answer = _reader().ask(parcel, pages[0], seconds)
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


def _something_else(page: Page) -> PageChanged:
    return _too_much(page, "brought something else than was asked for")


# --- here -------------------------------------------------------------------------------------------


@dataclass
class Reader:
    """The other process, as this one sees it."""

    process: subprocess.Popen[bytes]

    def ask(self, parcel: object, page: Page, seconds: int) -> object:
        """What comes back for a parcel, or the error that nothing did."""
        try:
            data = self._exchange(pickle.dumps(parcel), seconds * PATIENCE)
        except TimeoutError:
            self.end()
            return _too_much(page, f"took longer than {seconds * PATIENCE} s")
        except (EOFError, BrokenPipeError):
            self.end()
            return _too_much(page, _said_of_death(self.process.returncode, seconds))
        except BaseException:
            self.end()  # Ctrl-C: what is on its way belongs to no later question
            raise
        try:
            return _Careful(io.BytesIO(data)).load()
        except Exception:  # noqa: BLE001 - bytes that are no pickle end in any error that there is
            self.end()  # who answers so is not asked again
            return _something_else(page)

    def _exchange(self, message: bytes, patience: float) -> bytes:
        end = time.monotonic() + patience
        self._send(len(message).to_bytes(_HEAD, "big"), end)
        self._send(message, end)
        size = int.from_bytes(self._receive(_HEAD, end), "big")
        return self._receive(min(size, MOST_REPLY), end)

    def _send(self, message: bytes, end: float) -> None:
        left, to = memoryview(message), cast("io.FileIO", self.process.stdin)
        os.set_blocking(to.fileno(), False)  # one that does not listen must not keep us
        while left:
            _await(to, select.POLLOUT, end)
            left = left[to.write(left[:_AT_ONCE]) or 0 :]

    def _receive(self, size: int, end: float) -> bytes:
        data, back = bytearray(), cast("io.FileIO", self.process.stdout)
        while len(data) < size:
            _await(back, select.POLLIN, end)
            piece = back.read(min(size - len(data), _AT_ONCE))
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


def _await(pipe: io.FileIO, event: int, end: float) -> None:
    waiting = select.poll()
    waiting.register(pipe, event)
    if not waiting.poll(max(0.0, end - time.monotonic()) * 1000):
        raise TimeoutError


def _said_of_death(code: int, seconds: int) -> str:
    if code == -signal.SIGXCPU or code == -signal.SIGKILL:
        return f"took more than {seconds} s of processor time"
    if code == -signal.SIGSEGV:
        return "overran the stack"
    return f"needed more than {READING_BYTES // 2**20} MiB of memory"


def _errors(kind: type[AicostError]) -> list[type[AicostError]]:
    return [kind, *(further for below in kind.__subclasses__() for further in _errors(below))]


# By their plain names: a dotted one ("facts.re.enum...") would lead from any of these modules to all of Python.
_MAY_COME_BACK: dict[tuple[str, str], object] = {
    (kind.__module__, kind.__qualname__): kind
    for kind in (*FACTS, Issue, Extra, date, *_errors(AicostError), errors.rebuilt)
}


class _Careful(pickle.Unpickler):
    """Facts, issues and errors, and no other class or function, whatever the other process was made to say."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        """The class of that name, where it may come."""
        found = _MAY_COME_BACK.get((module_name, global_name))
        if found is None:
            raise pickle.UnpicklingError(f"{module_name}.{global_name} is no fact")
        return found


_LOCK = threading.Lock()
_running: list[Reader] = []


def _reader() -> Reader:
    if _running and _running[0].process.poll() is None:
        return _running[0]
    stop()
    _running.append(Reader(subprocess.Popen(
        [sys.executable, "-c", _SERVE.format(path=sys.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, bufsize=0,
    )))  # fmt: skip
    return _running[0]


def start() -> None:
    """Start the process now, where it will be needed soon: it takes half a second to import what all readers need."""
    with _LOCK:
        _reader()


def interrupt() -> None:
    """Kill the process, from any thread: whoever waits for its answer stops waiting."""
    for reader in _running[:]:
        reader.process.kill()


def stop() -> None:
    """End the process; the next page starts another."""
    while _running:
        _running.pop().end()


atexit.register(stop)


# --- there ------------------------------------------------------------------------------------------


def serve() -> None:
    """Do errands until nobody asks any more. This is all that the other process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asked
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints, in whatever language, must not get among the answers
    threading.Thread(target=_end_with_the_asker, daemon=True).start()
    memory.collect_seldom()
    _bound(resource.RLIMIT_AS, bounds.address_space() + READING_BYTES)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while head := questions.read(_HEAD):
        answer = _answered(questions.read(int.from_bytes(head, "big")))
        answers.write(len(answer).to_bytes(_HEAD, "big") + answer)
        answers.flush()


def _end_with_the_asker() -> None:
    """End when whoever asks is gone, also in the middle of a page that nobody waits for any more."""
    gone = select.poll()
    gone.register(0, 0)  # of a pipe, its other end's end is told unasked
    gone.poll()
    os._exit(0)


def _bound(what: int, most: int) -> None:
    """Lower a limit of this process; one that is lower already stays."""
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _answered(message: bytes) -> bytes:
    errand, module, name, declared, pages, seconds, more = pickle.loads(message)  # from the process that started this
    used = resource.getrusage(resource.RUSAGE_SELF)
    _bound(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime) + seconds)
    try:
        answer = pickle.dumps(_ERRANDS[errand](_found(module, name), declared, pages, *more))
    except AicostError as error:
        return pickle.dumps(error)
    except (MemoryError, RecursionError) as error:
        return pickle.dumps(_too_much(pages[0], f"ended in a {type(error).__name__}"))
    if len(answer) > MOST_REPLY:
        return pickle.dumps(_too_much(pages[0], f"found {len(answer):,} bytes of facts"))
    return answer


def _facts(reader: Any, declared: Source, pages: list[Page]) -> object:
    parse = reader.parse if isinstance(reader, Source) else reader
    return _read(replace(declared, parse=parse), pages[0])


def _offers(reader: Any, declared: Source, pages: list[Page], file: Path) -> object:
    try:
        offers = catalogue.read_pages(reader.catalogue, pages, file)
    except (MemoryError, RecursionError):
        raise
    except Exception as error:
        why = error if isinstance(error, AicostError) else reader_failed(declared, error)
        raise next(filter(None, (_blocked(page, why.what) for page in pages)), why) from error
    return offers.facts, list(offers.issues), list(offers.one_of_each)


def _clue(reader: Any, declared: Source, pages: list[Page]) -> object:
    try:
        return reader(pages[0])
    except (AicostError, MemoryError, RecursionError):
        raise
    except Exception as error:
        raise reader_failed(declared, error) from error


_ERRANDS: dict[str, Callable[..., object]] = {"facts": _facts, "offers": _offers, "clue": _clue}


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
    return [*found, *disputed_encoding(page)]


def _blocked(page: Page, why: str) -> PageBlocked | None:
    kind = stand_in(page)
    if kind is None:
        return None
    return PageBlocked(
        f"blocked page: {kind} came instead ({why})", source=page.source, page=page.url,
        likely="the site does not let programs in, or is being worked on",
        fix=f"aicost refresh {page.source} later, or save the page by hand: aicost ingest {page.source} FILE",
    )  # fmt: skip


def _found(module: str, name: str) -> Any:
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _elsewhere(page: Page) -> Any:
    raise NotImplementedError("the reader is named beside its source")
