"""Reading apart: what a page may cost that was made to harm, and what the other process may hand over."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import apart
from pipeline.errors import PageChanged
from pipeline.facts import Fact, IndexValue, Issue
from pipeline.source import Page, Request, Source, all_sources
from pipeline.sources import gpuhunt_catalog
from tests.support.small_world import small_source

ROOT = Path(__file__).parents[1]
PAGE = Page("list", "http://site.test/list", b"x")
SENT = "1"  # a clue that every generator goes on with


def parse_one(_: Page) -> Iterator[Fact | Issue]:
    """A good reader."""
    yield IndexValue.model_validate({"row": 0, "series": "s", "unit": "u", "period_on": "2026-01-01", "value": 1})


def still_reads() -> None:
    """The next page finds a reader."""
    assert len(apart.found_on(small_source("list", parse=parse_one), PAGE)) == 1


# --- pages that lead to the next ------------------------------------------------------------------------


def clues() -> list[tuple[Source, Request]]:
    """Every reader of a clue that a source has, with the request whose page it reads; nothing listed by hand."""
    found: dict[object, tuple[Source, Request]] = {}
    for source in all_sources().values():
        requests = source.requests()
        try:
            request = next(requests)
            for _ in range(9):
                if request.clue is not None:
                    found.setdefault(request.clue, (source, request))
                request = requests.send(SENT)
        except (StopIteration, PageChanged):
            continue
    return list(found.values())


HOSTILE = {
    "deep lists": b"[" * 200_000 + b"]" * 200_000,
    "deep objects": b'{"meta":' * 200_000 + b"1" + b"}" * 200_000,
    "a number without end": b'{"num_rows_total": ' + b"9" * 10**6 + b"}",
    "the same opening again and again": b'src="/static/js/main' * 50_000,
    "days without end": b" ".join(b"20%02d-0%d-01" % (n % 100, n % 9 + 1) for n in range(200_000)),
    "a long address": b'{"BillingCurrency": "USD", "Items": [], "Count": 0, "NextPageLink": "' + b"x" * 10**6 + b'"}',
    "a long cursor": b'{"plans": [{}], "meta": {"links": {"next": "' + b"x" * 10**6 + b'"}}}',
    "no text": bytes(range(256)) * 1000,
}


@pytest.mark.fault(40)
@pytest.mark.parametrize(("source", "request_"), clues(), ids=lambda found: getattr(found, "name", ""))
def test_fault_40_pages_that_lead_on(source: Source, request_: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    """What leads from page to page is read apart, too: it brings a short word, or the visit ends there."""
    assert request_.clue is not None
    pids: list[int] = []
    real = apart.Reader.ask

    def ask(self: apart.Reader, *given: Any) -> object:
        pids.append(self.process.pid)
        return real(self, *given)

    monkeypatch.setattr(apart.Reader, "ask", ask)
    for name, body in HOSTILE.items():
        here = time.thread_time()
        try:
            clue = apart.clue_on(source, request_, Page(source.name, request_.url, body))
            assert len(clue) <= apart.LONGEST_CLUE, name
        except PageChanged as error:
            assert (error.page, error.likely) > (request_.url, ""), name  # noqa: PT017 - either is right
        assert time.thread_time() - here < 1, name
    assert len(pids) == len(HOSTILE)
    assert os.getpid() not in pids


def test_every_source_that_looks_for_its_next_page_is_among_them() -> None:
    """There are such sources, and the search above finds them: a page that is answered by nothing leads nowhere."""
    found = {source.name for source, _ in clues()}
    assert {"azure_retail_prices", "livebench_table", "lmarena", "vultr", "gpuhunt_catalog"} <= found


# --- readers that go wrong ------------------------------------------------------------------------------


def parse_busily(_: Page) -> Iterator[Fact | Issue]:
    """Reads for ever."""
    while True:
        pass
    yield from ()


def parse_sleepily(_: Page) -> Iterator[Fact | Issue]:
    """Waits for ever, and takes no time of the processor."""
    time.sleep(1000)
    yield from ()


def parse_greedily(_: Page) -> Iterator[Fact | Issue]:
    """Takes all the memory there is."""
    held = [bytes(2**26)]
    while True:
        held.append(bytes(2**26))
    yield from ()


def parse_fatally(_: Page) -> Iterator[Fact | Issue]:
    """Takes the process with it."""
    os.abort()
    yield from ()


def parse_noisily(_: Page) -> Iterator[Fact | Issue]:
    """Prints, as libraries in C do, past Python."""
    os.write(1, b"\x00\x00\x00\x00\x00\x00\x00\x01garbage")
    print("and so does Python")  # noqa: T201
    yield from parse_one(PAGE)


def parse_foreign(_: Page) -> Iterator[Any]:
    """Brings what is no fact."""
    yield {"row": 0}


class Bait:
    """Runs what it likes where it is unpickled without care."""

    def __reduce__(self) -> tuple[object, ...]:
        """Call eval."""
        return (eval, ("__import__('os').abort()",))


def parse_bait(_: Page) -> Iterator[Any]:
    """Brings a pickle that does things."""
    yield Bait()


@pytest.mark.fault(40)
@pytest.mark.parametrize(
    ("parse", "says"),
    [
        (parse_busily, "processor time"), (parse_sleepily, "took longer than 2 s"), (parse_greedily, "Memory"),
        (parse_fatally, "needed more than"), (parse_foreign, "something else"), (parse_bait, "something else"),
    ],
)  # fmt: skip
def test_fault_40_readers_that_go_wrong(parse: Any, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each costs its page, is named, and the next page is read; here a page has a second instead of thirty."""
    still_reads()
    monkeypatch.setattr(apart, "READING_SECONDS", 1)
    # on a busy machine a second of the processor takes long: only the one that takes none is to run out of patience
    monkeypatch.setattr(apart, "PATIENCE", 2 if parse is parse_sleepily else 60)
    with pytest.raises(PageChanged, match=says):
        apart.found_on(small_source("list", parse=parse), PAGE)
    monkeypatch.undo()
    still_reads()


def test_what_a_library_prints_is_no_answer() -> None:
    """The pipe of answers is known to nobody else."""
    assert len(apart.found_on(small_source("list", parse=parse_noisily), PAGE)) == 1
    still_reads()


# --- what comes back ------------------------------------------------------------------------------------


def named(module: str, name: str) -> bytes:
    """A pickle that names something of a module."""
    return (
        pickle.PROTO
        + b"\x04"
        + b"".join(pickle.SHORT_BINUNICODE + bytes([len(word)]) + word.encode() for word in (module, name))
        + pickle.STACK_GLOBAL
        + pickle.STOP
    )


def answers_with(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is asked."""

    def exchange(*_: object) -> bytes:
        return answer

    monkeypatch.setattr(apart.Reader, "_exchange", exchange)


PICKLES = {
    "a function": named("builtins", "eval"),
    "a way through a module of facts": named("pipeline.facts", "date.__class__.__subclasses__"),
    "a way through a module of errors": named("pipeline.errors", "AicostError.__init__.__globals__"),
    "what facts are made with": named("pipeline.facts_base", "BaseModel"),
    "a module of facts that is none": named("pipeline.facts_evil", "Fact"),
    "nothing": b"",
    "no pickle": b"garbage",
    "cut": pickle.dumps([1, 2, 3])[:-3],
    "a memo that is not there": b"\x80\x04h\x07.",
    "a stack that is empty": b"\x80\x04.",
    "a length beyond all": b"\x80\x04\x8e" + b"\xff" * 8 + b".",
}


@pytest.mark.fault(40)
@pytest.mark.parametrize("answer", PICKLES.values(), ids=PICKLES)
def test_fault_40_answers_that_are_none(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but facts, issues and errors is ever made of what the other process says."""
    answers_with(answer, monkeypatch)
    with pytest.raises(PageChanged, match="something else"):
        apart.found_on(small_source("list", parse=parse_one), PAGE)


@pytest.mark.fault(40)
def test_fault_40_catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer of another shape is no catalogue; a page that is no archive is the publisher's."""
    source = all_sources()["gpuhunt_catalog"]
    page = Page(source.name, f"{gpuhunt_catalog.URL}/aws/20261104/catalog.zip", b"PK\x03\x04 broken")
    with pytest.raises(PageChanged, match="not readable as a ZIP archive"):
        apart.offers_on(source, [page], tmp_path / "x.parquet")
    strange: list[object] = [None, [], (1, [], [None]), ("1", [], []), (1, [2], [])]
    for answer in strange:
        answers_with(pickle.dumps(answer), monkeypatch)
        with pytest.raises(PageChanged, match="something else"):
            apart.offers_on(source, [page], tmp_path / "x.parquet")


# --- limits and interruptions ---------------------------------------------------------------------------


UNDER_LIMITS = """
import resource, sys
for what, most in ((resource.RLIMIT_CPU, 600), (resource.RLIMIT_AS, 4 * 2**30), (resource.RLIMIT_NOFILE, 64)):
    resource.setrlimit(what, (most, most))
from tests.test_apart import still_reads
still_reads()
"""


def test_a_reader_under_limits_of_its_own() -> None:
    """Who starts us with less time, memory or files than we would allow a reader has set the limit."""
    subprocess.run([sys.executable, "-c", UNDER_LIMITS], cwd=ROOT, check=True, timeout=600)


def test_an_interrupt_ends_the_wait() -> None:
    """Ctrl-C does not wait for a page that is read for ever."""
    still_reads()
    threading.Timer(0.3, apart.interrupt).start()
    begun = time.monotonic()
    with pytest.raises(PageChanged):
        apart.found_on(small_source("list", parse=parse_sleepily), PAGE)
    assert time.monotonic() - begun < 60  # it would read for a quarter of an hour
    still_reads()


KILLED = """
from pipeline import apart
from tests.support.small_world import small_source
from tests.test_apart import PAGE, parse_sleepily, still_reads
still_reads()
print(apart._running[0].process.pid, flush=True)
apart.found_on(small_source("list", parse=parse_sleepily), PAGE)
"""


def is_alive(pid: int) -> bool:
    """Whether the process does anything yet; one that nobody has buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_who_reads_for_nobody_stops() -> None:
    """A run that is killed in the middle of a page leaves no process behind."""
    running = subprocess.Popen([sys.executable, "-c", KILLED], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    pid = int(running.stdout.readline())
    assert is_alive(pid)
    running.kill()
    running.communicate()
    deadline = time.monotonic() + 300
    while is_alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)
