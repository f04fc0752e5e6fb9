"""The small pipeline behind a street door whose every name leads, checked as ever, to one misbehaving server.

`FaultWorld.meets` plays a fault through the command line, and holds it to what is common to all lines of the fault
matrix: the exit code; no traceback; an error in five parts; the archive only grows; the last good version is readable
while the fault lasts and after it; the other source goes on; and the same command succeeds once the fault is over.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest

from pipeline import refresh as steps
from pipeline import summary, warehouse
from pipeline.archive import Visit
from pipeline.fetch import Fetcher, Limits
from pipeline.source import Source
from tests.support import fault_server as play
from tests.support import small_world
from tests.support.command import Aicost, Said
from tests.support.fault_matrix import LINES
from tests.support.fault_server import FaultServer, Peer, Reply
from tests.support.small_world import SmallWorld, bytes_below, small_source

PUBLIC = "93.184.215.14"  # where names lead in these tests; the route from there to the loopback is laid below TLS
REFUSES, SILENT = "93.184.215.15", "93.184.215.16"
LIMITS = Limits(pause_seconds=0.0, deadline_seconds=200.0, backoff_seconds=0.001)
DAY = "2026-01-01"

OTHER = "prices"  # the source that no fault is played on


class Later(datetime):
    """The clock of visits, which a test may put forward."""

    by = timedelta()

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        """The time, or later."""
        return datetime.now(tz) + cls.by


Resolve = Callable[[str], Sequence[str]]
real_trust = httpx.create_ssl_context
standard_trust = cache(real_trust)  # the list of authorities takes longer to read than a fault to play


@dataclass(frozen=True)
class Fault:
    """What a server does instead of answering with a page, and what has to be said of it."""

    replies: tuple[Reply, ...]
    says: str
    path: str = ""
    """Where it does it; by default at the source's page."""


def fault(says: str, *replies: Reply, path: str = "") -> Fault:
    """A fault, in the order of a sentence."""
    return Fault(replies, says, path)


def host_of(name: str) -> str:
    """The host of a source: each has its own."""
    return f"{name.replace('_', '-')}.test"


def source_at_its_host(name: str, **changes: Any) -> Source:
    """A small source at the host of its name."""
    return small_source(name, url=f"http://{host_of(name)}/{name}", hosts=frozenset({host_of(name)}), **changes)


@dataclass
class FaultWorld:
    """A home with one good page of each source, about to meet a fault."""

    small: SmallWorld
    server: FaultServer
    aicost: Aicost
    limits: Limits = LIMITS
    resolve: Resolve = lambda host: [PUBLIC]
    naps: list[float] = field(default_factory=list[float])
    called: list[str] = field(default_factory=list[str])
    """Addresses that were connected to."""
    tls_port: int | None = None
    """Where the server listens that speaks TLS, if there is one."""
    seen: list[float] = field(default_factory=list[float])
    """What a reader saw while the fault was being played."""

    def door(self) -> Fetcher:
        """A street door that checks all it ever checks; only its waits take no time."""
        return Fetcher(
            limits=self.limits, resolver=lambda host, port: self.resolve(host), sleep=self.naps.append,
            clock=lambda: time.monotonic() + sum(self.naps),
        )  # fmt: skip

    def values(self) -> dict[str, float]:
        """The value of each source that is in force last."""
        return dict(self.ask("select source, max_by(value, visit_id) from readings group by source"))

    def value(self, name: str = "list") -> float:
        """The value of a source that is in force last."""
        return self.values()[name]

    def refresh(self, *words: str) -> Said:
        """The command of which all of this is about."""
        return self.aicost("refresh", *words, "--home", self.small.home.root)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the published file."""
        return self.small.ask(sql)

    def last_visit(self, name: str = "list") -> Visit:
        """The newest line of a source's log."""
        return self.small.archive.visits(name)[-1]

    def serve(self, name: str, value: float) -> None:
        """A good page of a source."""
        self.server.add(f"//{host_of(name)}/{name}", play.page(f"{DAY},{value:g}".encode()))

    def meets(self, number: int, faults: Mapping[str, Fault], *, code: int = 3) -> dict[str, str]:
        """Play faults, each on a source of its own; what was said of each."""
        self.know(faults)
        for name, fault in faults.items():
            self.server.add(f"//{host_of(name)}{fault.path or f'/{name}'}", *map(self._watched, fault.replies))
        with self.keeps_what_was_good(number, list(faults), code) as ended:
            ended.append(self.refresh())
        said = {name: five_parts(ended[0].err, name) for name in faults}
        for name, fault in faults.items():
            assert fault.says in said[name], said[name]
        self.recovers(faults)
        return said

    def passes(self, number: int, pages: Mapping[str, Sequence[Reply]], *, path: str = "") -> Said:
        """Play what is no fault in the end, each on a source of its own: every page is had, and the exit code is 0."""
        self.know(pages)
        for name, replies in pages.items():
            self.serve(name, 5)
            self.server.add(f"//{host_of(name)}{path or f'/{name}'}", *replies)
        done = self.refresh()
        assert done.code == 0 in LINES[number].exits, done.err
        assert set(map(self.values().get, pages)) == {5}
        return done

    def know(self, names: Iterable[str]) -> None:
        """Have one good page of each source."""
        new = [name for name in names if name not in self.small.sources]
        for name in new:
            self.small.sources[name] = source_at_its_host(name)
            self.serve(name, 1)
        if new:
            assert self.refresh().code == 0
        self.server.calls.clear()
        self.called.clear()
        self.naps.clear()
        self.seen.clear()

    @contextlib.contextmanager
    def keeps_what_was_good(self, number: int, names: Sequence[str], code: int) -> Generator[list[Said]]:
        """What holds of a run in which some sources fail and another has news."""
        kept, before = bytes_below(self.small.home.archive), self.values()
        news = before[OTHER] + 1
        self.serve(OTHER, news)
        ended: list[Said] = []
        with warehouse.reading(self.small.home.warehouse) as early:
            yield ended
            assert early.execute("select max(value) from readings").fetchall() == [(max(before.values()),)]
        assert code in LINES[number].exits
        assert ended[0].code == code, ended[0].err
        assert "Traceback" not in ended[0].err
        recorded = self.ask("select outcome, visits_failed + visits_new from meta.runs order by started_at")[-1]
        assert recorded == ("published", len(names) + 1), "the run is recorded"
        now = bytes_below(self.small.home.archive)
        assert all(now[name].startswith(body) for name, body in kept.items()), "the archive only grows"
        assert self.values() == {**before, OTHER: news}, "what was good is in force, and the other source goes on"
        assert set(self.seen) <= {max(before.values())}
        shown = self.aicost("status", "--home", self.small.home.root)
        assert shown.code == 3
        for name in names:
            five_parts(shown.out, name)

    def recovers(self, names: Iterable[str]) -> None:
        """The same command, once the fault is over; two days later, for some were asked to stay away so long."""
        Later.by += timedelta(days=2)
        for name in names:
            self.server.add(f"//{host_of(name)}/robots.txt", play.page(b"", status=404))
            self.serve(name, 9)
        again = self.refresh()
        assert again.code == 0, again.err
        assert set(map(self.values().get, names)) == {9}

    def _watched(self, reply: Reply) -> Reply:
        def played(peer: Peer) -> None:
            if not self.seen:
                self.seen.append(max(self.values().values()))
            reply(peer)

        return played


def five_parts(text: str, source: str) -> str:
    """What is said of a source, which has its five parts."""
    parts = "".join(rf"\n  {part:<7}\S.*" for part in ("page", "likely", "kept", "next"))
    found = re.search(rf"(?m)^(?:warning: )?{source}: \S.*{parts}$", text)
    assert found, text
    return found[0]


def _prepared(world: SmallWorld, prepared: Path) -> None:
    """One good refresh, made once and copied."""
    if not prepared.exists():
        done = steps.refresh(world.home)
        assert {visit.outcome for visit in done.visits.values()} == {"new"}
        shutil.copytree(world.home.root, prepared)
    else:
        shutil.copytree(prepared, world.home.root)


def _no_headline(path: Path) -> warehouse.Rows:
    """The small warehouse has no tables for it."""
    return warehouse.Rows((), (), [])


def make(
    root: Path, prepared: Path, monkeypatch: pytest.MonkeyPatch, aicost: Aicost, server: FaultServer
) -> FaultWorld:
    """A world that has seen one good page of each source; `prepared` is a folder that many of them share."""
    small = small_world.make(root, monkeypatch)
    world = FaultWorld(small, server, aicost)
    backend = httpcore.SyncBackend

    class Routed(httpcore.SyncBackend):
        """The network of the tests: the one public address is the server."""

        def connect_tcp(self, host: str, port: int, *given: Any, **options: Any) -> httpcore.NetworkStream:
            world.called.append(host)
            if host == REFUSES:
                raise httpcore.ConnectError("[Errno 111] Connection refused")
            if host == SILENT:
                raise httpcore.ConnectTimeout("timed out")
            assert host == PUBLIC, f"{host} was called"
            to = world.tls_port if port == 443 and world.tls_port else server.port
            return backend.connect_tcp(self, "127.0.0.1", to, *given, **options)

    monkeypatch.setattr(httpcore, "SyncBackend", Routed)
    monkeypatch.setattr(httpx, "create_ssl_context", lambda: standard_trust())
    monkeypatch.setattr(steps, "Fetcher", lambda: world.door())
    monkeypatch.setattr(steps, "datetime", Later)
    monkeypatch.setattr(Later, "by", timedelta())
    monkeypatch.setattr(summary, "show_headline", _no_headline)
    monkeypatch.setattr(summary, "headline", _no_headline)
    small.sources |= {"list": source_at_its_host("list"), OTHER: source_at_its_host(OTHER, history=True)}
    for name in small.sources:
        world.serve(name, 1)
    _prepared(small, prepared)
    server.calls.clear()
    world.called.clear()
    return world
