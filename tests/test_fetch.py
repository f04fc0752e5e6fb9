"""The street door: polite, bounded, and never fooled by what answers."""

from __future__ import annotations

import gzip
import logging
import pickle
import socket
import ssl
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

from pipeline import __version__
from pipeline._net import Deadline, asked_wait, collect, parse_robots, system_resolver
from pipeline.errors import FetchError
from pipeline.fetch import Answer, DoorError, Fetcher, Limits, Reason, Request, Resolver, Validators
from pipeline.paths import environment
from tests.support import fault_server as play
from tests.support.certificates import write_certificate
from tests.support.fault_server import FaultServer

HOSTS = frozenset({"site.test", "other.test"})
QUICK = Limits(pause_seconds=0.0, deadline_seconds=100.0)
ONCE = replace(QUICK, tries=1)
UNTOLD = 0.9 * play.SOCKET_SECONDS  # how long it takes, at the least, where it ends only when the server gives up
MIB = 1024 * 1024
REAL_TRUST = httpx.create_ssl_context
STANDARD_TRUST = cache(REAL_TRUST)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.naps: list[float] = []

    def clock(self) -> float:
        """Seconds so far."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass without waiting for it."""
        self.naps.append(seconds)
        self.now += seconds


def leads_to(*addresses: str) -> Resolver:
    """A resolver to which every name leads to these addresses."""

    def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return resolve


def not_asked(host: str, port: int) -> Sequence[str]:
    """A resolver for names that must not be looked up."""
    pytest.fail(f"{host} was looked up")


def together(jobs: Iterable[Callable[[], object]]) -> None:
    """Do jobs at the same time, one thread each."""
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)


class Door:
    """A fetcher for loopback tests, its waits recorded instead of waited."""

    def __init__(self, **options: Any) -> None:
        self.naps: list[float] = []
        defaults: dict[str, Any] = {
            "limits": QUICK,
            "resolver": leads_to("127.0.0.1"),
            "allow_private": True,
            "sleep": self.naps.append,
        }
        self.fetcher = Fetcher(**(defaults | options))

    def get(self, url: str, **options: Any) -> Answer:
        """Fetch an address within the test's hosts."""
        options.setdefault("hosts", HOSTS)
        return self.fetcher.get(Request(url), **options)

    def refused(self, url: str, **options: Any) -> DoorError:
        """The error that fetching leads to."""
        with pytest.raises(DoorError) as caught:
            self.get(url, **options)
        return caught.value


@pytest.fixture(autouse=True)
def one_trust_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load the standard list of authorities once, not 250 times: that is most of a fetcher's start."""

    def load() -> ssl.SSLContext:
        return REAL_TRUST() if environment("SSL_CERT_FILE") else STANDARD_TRUST()

    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setattr(httpx, "create_ssl_context", load)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """A server with no pages yet."""
    with FaultServer() as running:
        yield running


# --- a good answer --------------------------------------------------------------------------------


def test_bytes_come_as_they_are(server: FaultServer) -> None:
    """No byte is decoded, added or lost, and the answer says where it is from."""
    body = bytes(range(256)) * 5
    server.add("/a?q=%20", play.page(body, headers=[("Content-Type", "text/html; charset=x"), ("X-A", "\xe9")]))
    answer = Door(now=lambda: NOON).get(server.url("/a?q=%20#part"))
    assert answer.body == body
    assert (answer.status, answer.tries, answer.not_modified) == (200, 1, False)
    assert answer.final_url == server.url("/a?q=%20")
    assert answer.fetched_at == NOON
    assert answer.header("Content-Type") == "text/html; charset=x"
    assert ("x-a", "\xe9") in answer.headers
    assert answer.header("absent") is None


def test_who_asks(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The User-Agent names the program and a contact, and asks for gzip only."""
    server.add("/", play.page())
    monkeypatch.setenv("AICOST_CONTACT", "env@example.org")
    for contact in (None, "https://example.org/me", "x\r\nEvil: 1 (\u20ac)"):
        Door(contact=contact).get(server.url("/"))
    agents = [call.headers["user-agent"] for call in server.calls if call.target == "/"]
    assert agents == [
        f"aicost/{__version__} (+env@example.org)",
        f"aicost/{__version__} (+https://example.org/me)",
        f"aicost/{__version__} (+xEvil: 1 )",
    ]
    assert all(call.headers["accept-encoding"] == "gzip" for call in server.calls)
    assert all(call.headers["user-agent"].startswith("aicost/") for call in server.calls)


def test_contact_has_a_default(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a contact the User-Agent says so."""
    monkeypatch.delenv("AICOST_CONTACT", raising=False)
    server.add("/", play.page())
    Door().get(server.url("/"))
    assert server.calls[-1].headers["user-agent"] == f"aicost/{__version__} (+ai-model-costs, contact not set)"


def test_post_and_headers(server: FaultServer) -> None:
    """A POST carries its body; a source's headers do not replace the door's own."""
    server.add("/query", play.page(b"{}"))
    given = (("Content-Type", "application/json"), ("User-Agent", "Mozilla"), ("accept-encoding", "br"))
    request = Request(server.url("/query"), "POST", (*given, ("Host", "evil.test")), b'{"a":1}')
    assert Door().fetcher.get(request, hosts=HOSTS).request == request
    call = server.calls[-1]
    assert (call.method, call.body, call.headers["content-type"]) == ("POST", b'{"a":1}', "application/json")
    assert call.headers["user-agent"].startswith("aicost/")
    assert call.headers["accept-encoding"] == "gzip"
    assert call.headers["host"] == f"site.test:{server.port}"


def test_unchanged_page(server: FaultServer) -> None:
    """The validators of one answer make the next one a 304."""
    stamp = "Mon, 23 Nov 2026 06:00:00 GMT"
    server.add("/", play.page(headers=[("ETag", 'W/"1"'), ("Last-Modified", stamp)]), play.raw(play.head(304)))
    door = Door()
    first = door.get(server.url("/"))
    assert first.validators == Validators('W/"1"', stamp)
    again = door.get(server.url("/"), validators=first.validators)
    assert (again.not_modified, again.body) == (True, b"")
    assert server.calls[-1].headers["if-none-match"] == 'W/"1"'
    assert server.calls[-1].headers["if-modified-since"] == stamp


def test_304_nobody_asked_for(server: FaultServer) -> None:
    """A 304 without validators is no answer."""
    server.add("/", play.raw(play.head(304)))
    failed = Door().refused(server.url("/"))
    assert (failed.reason, failed.status) == ("status", 304)


def test_no_cookies(server: FaultServer) -> None:
    """Cookies are neither sent back nor handed on."""
    server.add("/", play.page(headers=[("Set-Cookie", "id=1"), ("Set-Cookie", "x=2; Path=/"), ("X-A", "b")]))
    door = Door()
    answer = door.get(server.url("/"))
    door.get(server.url("/"))
    assert answer.header("set-cookie") is None
    assert answer.header("x-a") == "b"
    assert all("cookie" not in call.headers for call in server.calls)


def test_proxy_variables_are_not_used(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would look the name up again; the checked address is called instead."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.add("/", play.page())
    assert Door().get(server.url("/")).body == b"ok"


# --- complete or not ------------------------------------------------------------------------------


def test_truncation_is_retried(server: FaultServer) -> None:
    """A body shorter than announced is not an answer, but the next try may be."""
    server.add("/", play.page(b"half", length=9), play.page(b"the whole"))
    answer = Door().get(server.url("/"))
    assert (answer.body, answer.tries) == (b"the whole", 2)


ZIPPED = [("Content-Encoding", "gzip")]
GZ = gzip.compress(b"price," * 5000)


@pytest.mark.parametrize(
    "reply",
    [
        play.page(b"0123456789", length=20),
        play.page(b"0123456789", length=5),
        play.page(b"0123456789", length=0),
        play.chunked(b"abc", end=False),
        play.raw(play.head(200, [("Transfer-Encoding", "chunked")]) + b"zz\r\nabc\r\n"),
        play.chunked(b"abc", headers=[("Content-Length", "9")]),
        play.page(GZ[:-1], headers=ZIPPED),
        play.page(GZ[: len(GZ) // 2], headers=ZIPPED),
        play.unmeasured(GZ[: len(GZ) // 2], headers=ZIPPED),
        play.chunked(GZ + GZ[:15], headers=ZIPPED),
        play.page(b"", headers=ZIPPED),
    ],
)
def test_truncated(server: FaultServer, reply: play.Reply) -> None:
    """Whatever way the transport can tell that a body is not whole, it is told, and tried again."""
    server.add("/", reply)
    assert Door().refused(server.url("/")).reason == "truncated"
    assert len(server.targets()) == 4


@pytest.mark.parametrize(
    ("reply", "body"),
    [
        (play.page(GZ, headers=ZIPPED), b"price," * 5000),
        (play.chunked(GZ[:7], GZ[7:], headers=[("Content-Encoding", "X-GZip")]), b"price," * 5000),
        (play.chunked(*(bytes([byte]) for byte in GZ), headers=ZIPPED), b"price," * 5000),
        (play.page(gzip.compress(b"a") + GZ + gzip.compress(b""), headers=ZIPPED), b"a" + b"price," * 5000),
        (play.page(b"plain", headers=[("Content-Encoding", "identity")]), b"plain"),
        (play.page(b""), b""),
        (play.chunked(b"a", b"bc"), b"abc"),
        (play.unmeasured(b"who knows"), b"who knows"),
        (play.page(b"abc", headers=[("Content-Length", "3")]), b"abc"),
        (
            play.raw(play.head(100) + play.head(103) + play.head(200, [("Content-Length", "2")]) + b"ok"),
            b"ok",
        ),
    ],
)
def test_whole(server: FaultServer, reply: play.Reply, body: bytes) -> None:
    """Every honest way to send a body works."""
    server.add("/", reply)
    assert Door().get(server.url("/")).body == body


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "gzip, gzip", "gzip,br", "identity, gzip", "\xe9"])
def test_other_encodings_are_refused(server: FaultServer, coding: str) -> None:
    """Only one layer of gzip was asked for; nothing else is tried or retried."""
    server.add("/", play.page(GZ, headers=[("Content-Encoding", coding)]))
    assert Door().refused(server.url("/")).reason == "encoding"
    assert len(server.targets()) == 1


def test_two_encoding_headers_are_two_layers(server: FaultServer) -> None:
    """Two headers say the same as one with a comma."""
    server.add("/", play.page(gzip.compress(GZ), headers=ZIPPED * 2))
    assert Door().refused(server.url("/")).reason == "encoding"


def test_damaged_gzip(server: FaultServer) -> None:
    """A checksum that does not fit is an error and not a short text."""
    server.add("/", play.page(GZ[:-8] + b"12345678", headers=ZIPPED))
    assert Door().refused(server.url("/")).reason == "encoding"
    assert len(server.targets()) == 1


# --- bounded --------------------------------------------------------------------------------------


def peak_of(work: Callable[[], object]) -> int:
    """The most memory that Python held during some work."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_gzip_bomb(server: FaultServer) -> None:
    """128 MiB in 128 KB ends at the cap, not after it."""
    server.add("/", play.page(play.bomb(128), headers=ZIPPED))
    door, limits = Door(), replace(QUICK, max_body_bytes=2 * MIB)
    failures: list[DoorError] = []
    peak = peak_of(lambda: failures.append(door.refused(server.url("/"), limits=limits)))
    assert failures[0].reason == "too_large"
    assert peak < 8 * MIB
    assert len(server.targets()) == 1


@pytest.mark.parametrize("coding", ["gzip", "gzip, gzip"])
def test_double_gzip_bomb(server: FaultServer, coding: str) -> None:
    """Two layers are refused when announced and never opened when not."""
    server.add("/", play.page(play.bomb(128, 2), headers=[("Content-Encoding", coding)]))
    door, got = Door(), list[bytes]()

    def fetch() -> None:
        if coding == "gzip":
            got.append(door.get(server.url("/")).body)
        else:
            assert door.refused(server.url("/")).reason == "encoding"

    assert peak_of(fetch) < 8 * MIB
    assert got in ([], [play.bomb(128)])


ENDLESS_CHUNKS = play.endless(play.head(200, [("Transfer-Encoding", "chunked")]), b"10000\r\n" + b"x" * 65536 + b"\r\n")


@pytest.mark.parametrize(
    ("reply", "limits"),
    [
        (play.page(b"x" * 2000), replace(QUICK, max_body_bytes=1999)),
        (play.page(b"x" * 10, length=10**9), QUICK),
        (play.page(b"x" * 10, length=10**19), QUICK),
        (ENDLESS_CHUNKS, replace(QUICK, max_body_bytes=2 * MIB)),
        (ENDLESS_CHUNKS, replace(QUICK, max_wire_bytes=2 * MIB)),
        (play.endless(play.head(200), b"x" * 65536), replace(QUICK, max_body_bytes=2 * MIB)),
        (play.endless(play.head(200, ZIPPED), gzip.compress(b"")), replace(QUICK, max_wire_bytes=MIB // 4)),
        (play.raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 400_000 + b"\r\n\r\n"), QUICK),
        (play.endless(b"HTTP/1.1 200 OK\r\n", b"Set-Cookie: a=b\r\n" * 100), QUICK),
        (play.page(headers=[("Set-Cookie", f"c{n}=1") for n in range(10_000)]), QUICK),
        (play.endless(b"", play.head(100) * 100), QUICK),
    ],
)
def test_too_large(server: FaultServer, reply: play.Reply, limits: Limits) -> None:
    """Bodies, wires and headers have an end, and asking again would not make them smaller."""
    server.add("/", reply)
    assert Door().refused(server.url("/"), limits=limits).reason == "too_large"
    assert len(server.targets()) == 1


def test_a_body_of_exactly_the_cap(server: FaultServer) -> None:
    """The cap is the most that passes, not the least that fails."""
    server.add("/", play.page(b"x" * 2000))
    assert len(Door(limits=replace(QUICK, max_body_bytes=2000)).get(server.url("/")).body) == 2000


@pytest.mark.parametrize(
    "reply",
    [
        play.dribble(play.head(200, [("Content-Length", "9999")]) + b"x" * 9999),
        play.dribble(play.head(200, [("Transfer-Encoding", "chunked")]) + b"1\r\nx\r\n" * 999),
        play.dribble(b"HTTP/1.1 200 OK\r\n" + b"X-Slow: header\r\n" * 999),
        play.dribble(b"HTTP/1.1 200 " + b"O" * 9999),
        play.stall(),
        play.stall(b"HTTP/1.1 200 OK\r\nX: y\r\n"),
        play.stall(play.head(200) + b"and then"),
        play.stall(play.head(200, ZIPPED) + GZ[:100]),
    ],
)
def test_deadline(server: FaultServer, reply: play.Reply) -> None:
    """Neither silence nor a byte now and then keeps a request alive."""
    server.add("/", reply)
    begun = time.monotonic()
    assert Door().refused(server.url("/"), limits=replace(ONCE, deadline_seconds=0.3)).reason == "timeout"
    assert 0.25 < time.monotonic() - begun < UNTOLD


def test_patience_within_the_deadline(server: FaultServer) -> None:
    """A site may think for a while: only the deadline ends a request."""

    def slow(peer: play.Peer) -> None:
        peer.wait(0.8)
        peer.send(play.head(200, [("Content-Length", "2")]) + b"ok")

    server.add("/", slow)
    assert Door().get(server.url("/"), limits=ONCE).body == b"ok"


def test_deadline_of_decoding() -> None:
    """Work that never waits for the network ends in time too."""
    fake = FakeTime()

    def busy() -> Iterator[bytes]:
        while True:
            fake.now += 1
            yield b""

    with pytest.raises(DoorError) as caught:
        collect(busy(), 1, Deadline(5.0, fake.clock, threading.Event()), cut=False)
    assert caught.value.reason == "timeout"


def test_deadline_of_a_slow_resolver() -> None:
    """A look-up that hangs does not hang the request."""
    awake = threading.Event()

    def slow(host: str, port: int) -> Sequence[str]:
        awake.wait(100)
        return ["127.0.0.1"]

    failed = Door(resolver=slow).refused("http://site.test/", limits=replace(ONCE, deadline_seconds=0.2))
    awake.set()
    assert failed.reason == "timeout"


def test_deadline_of_a_handshake() -> None:
    """A port that takes connections and never speaks TLS ends in time."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://site.test:{silent.getsockname()[1]}/"
        begun = time.monotonic()
        failed = Door().refused(url, limits=replace(ONCE, deadline_seconds=0.3))
    assert failed.reason == "timeout"
    assert time.monotonic() - begun < UNTOLD


def test_close_ends_a_wait_and_an_exchange(server: FaultServer) -> None:
    """Ctrl-C need not wait for a site."""
    server.add("/stall", play.stall(play.head(200)))
    server.add("/busy", play.page(status=503, headers=[("Retry-After", "60")]))
    door = Door(sleep=None, limits=QUICK)
    reasons: list[str] = []
    ended: list[float] = []

    def fetch(url: str) -> None:
        reasons.append(door.refused(url).reason)

    def stop() -> None:
        while len(server.targets()) < 2:
            time.sleep(0.01)
        ended.append(time.monotonic())
        door.fetcher.close()

    together([partial(fetch, server.url("/stall")), partial(fetch, server.url("/busy", "other.test")), stop])
    assert reasons == ["stopped", "stopped"]
    assert time.monotonic() - ended[0] < UNTOLD


def test_closed_before_it_began() -> None:
    """After the end nothing is even looked up."""
    door = Door(resolver=not_asked)
    with door.fetcher:
        pass
    assert door.refused("http://site.test/").reason == "stopped"


# --- retries --------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_passing_statuses_are_retried(server: FaultServer, status: int) -> None:
    """What may pass is tried again, with longer and longer waits."""
    server.add("/", play.page(status=status), play.page(status=status), play.page(b"at last"))
    door = Door()
    answer = door.get(server.url("/"))
    assert (answer.body, answer.tries) == (b"at last", 3)
    assert 0.75 <= door.naps[0] <= 1.25 < 1.5 <= door.naps[1] <= 2.5


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451, 501, 204, 206, 300])
def test_other_statuses_are_not(server: FaultServer, status: int) -> None:
    """Everything but a 200 is an error; what will not pass is asked for once."""
    server.add("/", play.page(b"no", status=status))
    failed = Door().refused(server.url("/"))
    assert (failed.reason, failed.status) == ("status", status)
    assert len(server.targets()) == 1


def test_server_error_for_ever(server: FaultServer) -> None:
    """Four tries, and the error says so."""
    server.add("/", play.page(status=500))
    door = Door()
    failed = door.refused(server.url("/"))
    assert failed.what == "the site answered 500 (4 times)"
    assert (len(server.targets()), len(door.naps)) == (4, 3)


def test_waits_have_jitter_and_a_cap(server: FaultServer) -> None:
    """Many machines do not come back at the same moment, and not hours later."""
    server.add("/", play.page(status=500))
    limits = replace(QUICK, tries=9, retry_budget_seconds=10_000)
    first, second = Door(limits=limits), Door(limits=limits)
    first.refused(server.url("/"))
    second.refused(server.url("/"))
    assert first.naps != second.naps
    assert max(first.naps) <= 30 * 1.25


def ago(seconds: float) -> str:
    """An HTTP date so long before noon."""
    return format_datetime(NOON - timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ([("Retry-After", "30")], 30, 30),
        ([("Retry-After", ago(-30))], 30, 30),
        ([("Retry-After", ago(86400 - 30)), ("Date", ago(86400))], 30, 30),  # by the site's own clock
        ([("Retry-After", "0")], 0.75, 1.25),
        ([("Retry-After", "-5")], 0.75, 1.25),
        ([("Retry-After", ago(500))], 0.75, 1.25),
        ([("Retry-After", "soon")], 0.75, 1.25),
        ([("Retry-After", "nan")], 0.75, 1.25),
        ([("Retry-After", "\xb2")], 0.75, 1.25),
        ([("Retry-After", "Mon, 99 Nov 99999 99:99:99 GMT")], 0.75, 1.25),
        ([("Retry-After", "7"), ("Retry-After", ago(-30))], 30, 30),
        ([("Retry-After", "30"), ("Retry-After", "soon")], 30, 30),
        ([], 0.75, 1.25),
    ],
)
def test_retry_after(server: FaultServer, headers: list[tuple[str, str]], least: float, most: float) -> None:
    """A wait that is asked for is kept, in either notation; nonsense is not asked for."""
    server.add("/", play.page(status=429, headers=headers), play.page())
    door = Door(now=lambda: NOON, clock=FakeTime().clock)
    assert door.get(server.url("/")).tries == 2
    assert least <= door.naps[0] <= most


def test_a_wait_that_has_passed() -> None:
    """A date in the past asks for nothing, not for a negative wait."""
    assert asked_wait([ago(500)], None, NOON) == 0


@pytest.mark.parametrize("wait", ["121", "31536000", "9" * 5000, ago(-86400 * 365)])
def test_a_wait_too_long_ends_the_request(server: FaultServer, wait: str) -> None:
    """We never come back sooner than asked: then rather not at all."""
    server.add("/", play.page(status=503, headers=[("Retry-After", wait)]))
    door = Door(now=lambda: NOON)
    failed = door.refused(server.url("/"))
    assert "asks to wait" in failed.what
    assert (len(server.targets()), door.naps) == (1, [])


def test_a_wait_too_long_holds_for_the_host(server: FaultServer) -> None:
    """Who asked one source to come back in an hour is not asked by the next one either."""
    server.add("/a", play.page(status=429, headers=[("Retry-After", "3600")]))
    server.add("/b", play.page())
    fake = FakeTime()
    door = Door(clock=fake.clock, sleep=fake.sleep)
    door.refused(server.url("/a"))
    failed = door.refused(server.url("/b"))
    assert (failed.status, fake.naps, server.targets()) == (429, [], ["/a"])
    assert "3600 s more" in failed.what
    fake.now += 3600
    assert door.get(server.url("/b")).body == b"ok"


def test_waits_have_one_budget(server: FaultServer) -> None:
    """Waits that are fine one by one are not fine together."""
    server.add("/", play.page(status=503, headers=[("Retry-After", "50")]))
    fake = FakeTime()
    door = Door(clock=fake.clock, sleep=fake.sleep)
    door.refused(server.url("/"))
    assert fake.naps == [50, 50]
    assert len(server.targets()) == 3


def test_retry_after_holds_for_the_host(server: FaultServer) -> None:
    """Who asks one source to wait means the next one too."""
    server.add("/a", play.page(status=429, headers=[("Retry-After", "40")]))
    server.add("/b", play.page())
    fake = FakeTime()
    door = Door(clock=fake.clock, sleep=fake.sleep)
    door.refused(server.url("/a"), limits=ONCE)
    assert fake.naps == []
    door.get(server.url("/b"))
    assert fake.naps == [40]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff" * 50,
        b"SSH-2.0-x\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    ],
)
def test_not_http(server: FaultServer, data: bytes) -> None:
    """Garbage instead of an answer is an error for people, and tried again."""
    server.add("/", play.raw(data))
    assert Door().refused(server.url("/")).reason == "protocol"
    assert len(server.targets()) == 4


@pytest.mark.parametrize("lengths", [("1", "2"), ("-1",), ("1e3",), ("9" * 5000,)])
def test_lengths_that_contradict(server: FaultServer, lengths: tuple[str, ...]) -> None:
    """An answer of two lengths, or of none that is a number, has no length to believe."""
    server.add("/", play.raw(play.head(200, [("Content-Length", length) for length in lengths]) + b"ab"))
    assert Door().refused(server.url("/"), limits=ONCE).reason == "protocol"


def test_refused_connection_and_unknown_name() -> None:
    """No site and no name are both "unreachable", after four tries of the first request."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    door = Door()
    assert door.refused(f"http://site.test:{port}/").reason == "unreachable"
    assert len(door.naps) == 3

    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(-2, "Name or service not known")

    failed = Door(resolver=unknown).refused("http://site.test/")
    assert failed.reason == "unreachable"
    assert "site.test" in failed.what
    assert Door(resolver=leads_to()).refused("http://site.test/").reason == "unreachable"


def test_a_name_that_no_resolver_takes() -> None:
    """A label of 70 letters cannot be encoded for the DNS; that is no network fault, and no traceback."""
    host = "a" * 70 + ".test"
    failed = Door(resolver=system_resolver).refused(f"http://{host}/", hosts=frozenset({host}), limits=ONCE)
    assert failed.reason == "unreachable"


# --- redirects ------------------------------------------------------------------------------------


def test_redirects_are_followed(server: FaultServer) -> None:
    """Five hops, relative or to a declared host, each asked of robots.txt where it leads."""
    server.add("/0", play.redirect("/1", status=301))
    server.add("/1", play.redirect(server.url("/2", "other.test"), status=302))
    server.add("/2", play.redirect("3", status=303))
    server.add("/3", play.redirect("?x=1", status=307))
    server.add("/3?x=1", play.redirect("//site.test:%d/5#part" % server.port, status=308))  # noqa: UP031
    server.add("/5", play.page(b"here"))
    answer = Door().get(server.url("/0"))
    assert (answer.body, answer.final_url) == (b"here", server.url("/5"))
    assert answer.request.url == server.url("/0")
    assert [call.headers["host"].partition(":")[0] for call in server.calls if call.target == "/robots.txt"] == [
        "site.test",
        "other.test",
    ]


def test_six_hops_are_too_many(server: FaultServer) -> None:
    """The sixth redirect is not followed."""
    for hop in range(7):
        server.add(f"/{hop}", play.redirect(f"/{hop + 1}"))
    failed = Door().refused(server.url("/0"))
    assert failed.reason == "redirect"
    assert server.targets() == [f"/{hop}" for hop in range(6)]


def test_redirect_circle(server: FaultServer) -> None:
    """A circle is seen when it closes."""
    server.add("/a", play.redirect("/b"))
    server.add("/b", play.redirect("/a#again"))
    failed = Door().refused(server.url("/a"))
    assert (failed.reason, server.targets()) == ("redirect", ["/a", "/b"])


@pytest.mark.parametrize(
    "to",
    [
        "http://elsewhere.test/",
        "http://site.test.evil.test/",
        "http://site.test./",
        "http://user:pass@site.test/",
        "file:///etc/passwd",
        "ftp://site.test/",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://[::1/",
        "http://site.test:99999/",
        "http://0177.0.0.1/",
    ],
)
def test_redirects_that_are_refused(server: FaultServer, to: str) -> None:
    """Only http(s), only declared hosts, no user names, and no retry."""
    server.add("/", play.redirect(to))
    failed = Door().refused(server.url("/"))
    assert (failed.reason, failed.page) == ("redirect", server.url("/"))
    assert len(server.targets()) == 1


@pytest.mark.parametrize("host", ["169.254.169.254", "2130706433", "[::ffff:a00:1]", "127.0.0.1.", "8.8.8.8"])
def test_redirects_to_numbers_are_attempts_on_the_network(
    server: FaultServer, caplog: pytest.LogCaptureFixture, host: str
) -> None:
    """Nobody honest redirects to a bare number: refused before anything is looked up, and logged."""
    server.add("/", play.redirect(f"http://{host}/latest/meta-data/"))
    failed = Door().refused(server.url("/"))
    assert (failed.reason, failed.page) == ("blocked_address", server.url("/"))
    assert "security" in caplog.text


def test_redirect_to_nowhere(server: FaultServer) -> None:
    """A redirect needs an address."""
    server.add("/", play.page(status=302))
    assert Door().refused(server.url("/")).reason == "redirect"


@pytest.mark.parametrize(("status", "method", "body"), [(302, "GET", b""), (303, "GET", b""), (307, "POST", b"q")])
def test_redirected_post(server: FaultServer, status: int, method: str, body: bytes) -> None:
    """A POST turns into a GET where browsers do that; keys do not travel to another origin."""
    server.add("/", play.redirect(server.url("/to", "other.test"), status=status))
    server.add("/to", play.page())
    headers = (("Authorization", "Bearer key"), ("Accept", "text/csv"))
    request = Request(server.url("/"), "POST", headers, b"q")
    assert Door().fetcher.get(request, hosts=HOSTS).request == request
    first, last = (call for call in server.calls if call.target != "/robots.txt")
    assert (last.method, last.body, last.headers["accept"]) == (method, body, "text/csv")
    assert first.headers["authorization"] == "Bearer key"
    assert "authorization" not in last.headers


@pytest.mark.parametrize(
    "url",
    [
        "ftp://site.test/",
        "site.test/page",
        "http://unlisted.test/",
        "http://me@site.test/",
        "http://[x",
        "\x00",
    ],
)
def test_addresses_a_source_may_not_ask_for(url: str) -> None:
    """A slip in a source is an error too, before anything is looked up."""
    failed = Door(resolver=not_asked).refused(url)
    assert failed.reason == "request"


def test_headers_that_cannot_be_sent(server: FaultServer) -> None:
    """A header that would split the request is not sent."""
    for value in ("a\r\nEvil: 1", "\u20ac"):
        request = Request(server.url("/"), headers=(("X-A", value),))
        with pytest.raises(DoorError) as caught:
            Door().fetcher.get(request, hosts=HOSTS)
        assert caught.value.reason == "request"
    assert server.targets() == []


# --- addresses ------------------------------------------------------------------------------------

PRIVATE = """
    127.0.0.1 127.8.9.1 0.0.0.0 10.0.0.1 172.16.5.4 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200
    192.0.0.192 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255
    168.63.129.16 192.88.99.1 :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 fec0::1 ff02::1 100::1
    2001:db8::1 2001::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1
    64:ff9b::a9fe:a9fe 64:ff9b:1::808:808 2002:7f00:1:: 2002:a9fe:a9fe::1 2606:4700::1%eth0 nonsense
""".split()  # noqa: SIM905 - a list of quoted words is harder to read


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused(address: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever a name leads to, and in whatever disguise: not into a private network."""
    door = Door(resolver=leads_to(address), allow_private=False)
    with caplog.at_level(logging.WARNING):
        failed = door.refused("http://site.test/")
    assert failed.reason == "blocked_address"
    assert door.naps == []
    assert "security" in caplog.text


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "93.184.216.34",
        "2606:4700:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::",
    ],
)
def test_public_addresses_pass(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Public addresses are called, as numbers and without a second look-up."""
    called: list[tuple[str, int]] = []

    def connect(to: tuple[str, int], *args: object, **options: object) -> socket.socket:
        called.append(to)
        raise ConnectionRefusedError("tests call nobody")

    monkeypatch.setattr(socket, "create_connection", connect)
    failed = Door(resolver=leads_to(address), allow_private=False).refused("http://site.test/", limits=ONCE)
    assert failed.reason == "unreachable"
    assert called == [(address, 80)]


def test_one_private_address_among_public_ones() -> None:
    """A mixed answer is refused as a whole."""
    door = Door(resolver=leads_to("8.8.8.8", "10.0.0.1"), allow_private=False)
    assert door.refused("http://site.test/").reason == "blocked_address"


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "127.1",
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "1.0x7f",
        "[fe80::1%25eth0]",
    ],
)
def test_numbers_for_hosts(host: str) -> None:
    """No notation of a private address passes, declared or not, and no resolver is asked about it."""
    door = Door(resolver=not_asked, allow_private=False)
    hosts = frozenset({host.strip("[]")})
    assert door.refused(f"http://{host}/", hosts=hosts).reason == "blocked_address"


def test_nothing_is_sent_to_a_private_address(server: FaultServer) -> None:
    """The check comes before the connection, for robots.txt too."""
    server.add("/", play.page())
    assert Door(allow_private=False).refused(server.url("/")).reason == "blocked_address"
    assert server.connections == 0


def test_every_hop_is_checked(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A declared host that begins to lead elsewhere is refused when a redirect leads there."""
    monkeypatch.setattr("pipeline._net._is_public", "127.0.0.1".__eq__)

    def by_name(host: str, port: int) -> Sequence[str]:
        return {"site.test": ["127.0.0.1"], "other.test": ["169.254.169.254"]}[host]

    server.add("/", play.redirect("http://other.test/"))
    door = Door(resolver=by_name, allow_private=False)
    assert door.refused(server.url("/")).reason == "blocked_address"


def test_rebinding(server: FaultServer) -> None:
    """A name is looked up once for a connection: the second answer would be the attacker's."""
    asked: list[str] = []

    def twofaced(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    server.add("/", play.page())
    Door(resolver=twofaced).get(server.url("/"))
    assert asked == ["site.test"] * 2 == ["site.test"] * server.connections


def test_second_address_is_tried(server: FaultServer) -> None:
    """A host with a dead first address is still reached."""
    server.add("/", play.page())
    assert Door(resolver=leads_to("::1", "127.0.0.1")).get(server.url("/")).body == b"ok"


def test_system_resolver_answers_numbers() -> None:
    """The real resolver gives plain addresses."""
    assert list(system_resolver("127.0.0.1", 80)) == ["127.0.0.1"]


# --- robots.txt -----------------------------------------------------------------------------------


def rules(text: str) -> play.Reply:
    """A robots.txt."""
    return play.page(text.encode(), headers=[("Content-Type", "text/plain")])


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: aicost\nDisallow: /prices", False),
        ("User-agent: AICost\nDisallow: /prices\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: aicost\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: *\nDisallow: /*.php$\nDisallow: /*gpu", False),
        ("User-agent: *\nDisallow: /\nAllow: /prices", True),
        ("User-agent: other\nDisallow: /", True),
        ("User-agent: other\nUser-agent: aicost\nDisallow: /", False),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", False),
        ("User-agent: *\nDisallow:", True),
        ("", True),
        ("<!DOCTYPE html><html>\nUser-agent: *\nDisallow: /\n</html>", True),
    ],
)
def test_robots(server: FaultServer, text: str, allowed: bool) -> None:
    """What robots.txt forbids is not fetched."""
    server.add("/robots.txt", rules(text))
    server.add("/prices?gpu=1", play.page())
    if allowed:
        assert Door().get(server.url("/prices?gpu=1")).status == 200
    else:
        failed = Door().refused(server.url("/prices?gpu=1"))
        assert (failed.reason, server.targets()) == ("robots", [])
        assert failed.what == "robots.txt forbids this page"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_robots_absent(server: FaultServer, status: int) -> None:
    """No robots.txt forbids nothing (RFC 9309 2.3.1.3)."""
    server.add("/robots.txt", play.page(status=status))
    server.add("/", play.page())
    assert Door().get(server.url("/")).status == 200


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (play.page(status=500), "robots"),
        (play.page(status=503), "robots"),
        (play.page(status=501), "robots"),
        (play.page(status=429), "robots"),
        (play.page(b"User-agent", length=99), "robots"),
        (play.page(b"x", headers=[("Content-Encoding", "br")]), "robots"),
        (play.raw(b"nonsense\r\n\r\n"), "robots"),
        (play.redirect("/robots.txt"), "robots"),
        (play.redirect("ftp://site.test/robots.txt"), "robots"),
        (play.stall(), "timeout"),
    ],
)
def test_robots_unread(server: FaultServer, reply: play.Reply, reason: str) -> None:
    """Rules we could not read might forbid the page: it is not fetched, and not retried for itself."""
    server.add("/robots.txt", reply)
    server.add("/", play.page())
    limits = replace(QUICK, deadline_seconds=0.2 if reason == "timeout" else 100.0, tries=2)
    door = Door(clock=time.monotonic, limits=limits)
    failed = door.refused(server.url("/"))
    assert (failed.reason, server.targets()) == (reason, [])
    assert "robots.txt could not be read" in failed.what
    asked = len(server.calls)
    assert door.refused(server.url("/")).what == failed.what
    assert len(server.calls) == asked, "a failure is remembered for a while"


def test_robots_is_read_up_to_512_kb(server: FaultServer) -> None:
    """Rules in the first half megabyte count, the rest is not read, and no rule is cut into a wider one."""
    start = "User-agent: *\nDisallow: /early\n"
    filler = "#" * (512 * 1024 - len(start) - len("\nDisallow: /"))
    server.add("/robots.txt", rules(start + filler + "\nDisallow: /late\n" + "# more\n" * 300_000))
    for path in ("/early", "/late", "/else"):
        server.add(path, play.page())
    door = Door()
    assert door.refused(server.url("/early")).reason == "robots"
    assert door.get(server.url("/late")).status == 200
    assert door.get(server.url("/else")).status == 200


def test_robots_bomb(server: FaultServer) -> None:
    """A compressed robots.txt is decoded up to the same half megabyte."""
    server.add("/robots.txt", play.page(play.bomb(128), headers=ZIPPED))
    server.add("/", play.page())
    assert peak_of(lambda: Door().get(server.url("/"))) < 16 * MIB


def test_robots_names_without_end() -> None:
    """Rules under thousands of names are kept once, not once per name."""
    names = b"".join(b"user-agent: a%d\n" % n for n in range(5000))
    paths = b"".join(b"disallow: /%d\n" % n for n in range(5000))
    assert peak_of(lambda: parse_robots(names + paths, cut=False)) < 32 * MIB


def test_robots_redirects(server: FaultServer) -> None:
    """Five hops are followed, to another host too."""
    for hop in range(4):
        server.add(f"/{hop}", play.redirect(f"/{hop + 1}"))
    server.add("/robots.txt", play.redirect(server.url("/0", "elsewhere.test")))
    server.add("/4", rules("User-agent: *\nDisallow: /no"))
    server.add("/yes", play.page())
    door = Door()
    assert door.refused(server.url("/no")).what == "robots.txt forbids this page"
    assert door.get(server.url("/yes")).status == 200


def test_robots_is_asked_once_a_day(server: FaultServer) -> None:
    """Once for many pages and threads; again after 24 hours, when it may say something else."""
    server.add("/robots.txt", rules("User-agent: *\nAllow: /"), rules("User-agent: *\nDisallow: /"))
    server.add("/", play.page())
    fake = FakeTime()
    door = Door(clock=fake.clock, sleep=fake.sleep)
    together([partial(door.get, server.url("/"))] * 8)
    assert [call.target for call in server.calls].count("/robots.txt") == 1
    fake.now += 24 * 3600 - 60
    assert door.get(server.url("/")).status == 200
    fake.now += 61
    assert door.refused(server.url("/")).reason == "robots"


def test_robots_failure_is_asked_again_sooner(server: FaultServer) -> None:
    """A site that was in trouble is let off after ten minutes."""
    server.add("/robots.txt", play.page(status=501), rules(""))
    server.add("/", play.page())
    fake = FakeTime()
    door = Door(clock=fake.clock, sleep=fake.sleep)
    assert door.refused(server.url("/")).reason == "robots"
    fake.now += 601
    assert door.get(server.url("/")).status == 200


def test_redirect_into_a_forbidden_page(server: FaultServer) -> None:
    """The page that a redirect leads to is asked of its own robots.txt."""
    server.add("//other.test/robots.txt", rules("User-agent: *\nDisallow: /to"))
    server.add("/from", play.redirect(server.url("/to", "other.test")))
    assert Door().refused(server.url("/from")).reason == "robots"
    assert server.targets() == ["/from"]


# --- pace -----------------------------------------------------------------------------------------


def test_pause_between_requests(server: FaultServer) -> None:
    """A second between any two requests to a host, robots.txt and redirects included."""
    server.add("/a", play.redirect("/b"))
    server.add("/b", play.page())
    fake = FakeTime()
    door = Door(limits=Limits(), clock=fake.clock, sleep=fake.sleep)
    door.get(server.url("/a"))
    assert fake.naps == [1.0, 1.0]
    door.get(server.url("/b"))
    assert fake.naps == [1.0, 1.0, 1.0]
    fake.now += 0.75
    door.get(server.url("/b"))
    assert fake.naps[3:] == [0.25]
    fake.now += 5
    door.get(server.url("/b"))
    assert fake.naps[4:] == []


@pytest.mark.parametrize(("asked", "kept"), [("7", 7.0), ("0.2", 1.0), ("86400", 60.0), ("-3", 1.0), ("x", 1.0)])
def test_crawl_delay(server: FaultServer, asked: str, kept: float, caplog: pytest.LogCaptureFixture) -> None:
    """A longer pause that a site asks for is kept, up to a minute; a shorter one changes nothing."""
    server.add("/robots.txt", rules(f"User-agent: *\nCrawl-delay: {asked}"))
    server.add("/", play.page())
    fake = FakeTime()
    door = Door(limits=Limits(), clock=fake.clock, sleep=fake.sleep)
    for _ in range(3):
        door.get(server.url("/"))
    assert fake.naps[1:] == [kept, kept]
    assert [record.levelname for record in caplog.records] == (["WARNING"] if kept == 60 else [])


def test_one_request_at_a_time_per_host(server: FaultServer) -> None:
    """Threads that want the same host come one after the other."""
    lock, served, at_once = threading.Lock(), [0], list[int]()

    def reply(peer: play.Peer) -> None:
        with lock:
            served[0] += 1
            at_once.append(served[0])
        peer.send(play.head(200, [("Content-Length", "3")]) + b"ab")
        peer.wait(0.02)
        with lock:
            served[0] -= 1
        peer.send(b"c")

    server.add("/", reply)
    door = Door()
    together([partial(door.get, server.url("/"))] * 5)
    assert at_once == [1] * 5


def test_hosts_do_not_wait_for_each_other(server: FaultServer) -> None:
    """Two hosts are asked at the same time: neither would be answered without the other."""
    barrier = threading.Barrier(2, timeout=100)
    server.add("/", play.meet(barrier, play.page(b"together")))
    door, bodies = Door(), list[bytes]()

    def fetch(host: str) -> None:
        bodies.append(door.get(server.url("/", host)).body)

    together(partial(fetch, host) for host in HOSTS)
    assert bodies == [b"together"] * 2


# --- TLS ------------------------------------------------------------------------------------------


def test_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pinned address is called under the host's name, with a certificate for that name."""
    context, authority = write_certificate(tmp_path, "site.test", days=9, trusted=True)
    asked: list[str | None] = []
    context.sni_callback = lambda sock, name, ctx: asked.append(name)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with FaultServer(context) as server:
        server.add("/", play.page(b"secret"))
        assert Door().get(server.url("/")).body == b"secret"
    assert asked == ["site.test"] * 2


@pytest.mark.parametrize(
    ("name", "days", "trusted"), [("site.test", -1, True), ("other.test", 9, True), ("site.test", 9, False)]
)
def test_bad_certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, days: int, trusted: bool) -> None:
    """Expired, for another name, or self-signed: refused, once, before anything is sent."""
    context, authority = write_certificate(tmp_path, name, days=days, trusted=trusted)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with FaultServer(context) as server:
        failed = Door().refused(server.url("/"))
        assert (failed.reason, server.connections, server.calls) == ("tls", 1, [])
    assert "certificate" in failed.what


@pytest.mark.parametrize("lists_names", [True, False])
def test_other_ends_that_do_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lists_names: bool) -> None:
    """Who asks for our certificate, behind the handshake, or has one without a list of names: no fault of the line."""
    context, authority = write_certificate(tmp_path, "site.test", days=9, trusted=True, lists_names=lists_names)
    context.verify_mode = ssl.CERT_REQUIRED if lists_names else ssl.CERT_NONE
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with FaultServer(context) as server:
        server.add("/", play.page(b"secret"))
        assert (Door().refused(server.url("/")).reason, server.connections, server.calls) == ("tls", 1, [])


def goodbye(peer: play.Peer) -> None:
    """An answer that ends where the line ends, which ends as TLS ends."""
    peer.send(play.head(200) + b"half")
    assert isinstance(peer.socket, ssl.SSLSocket)
    peer.socket.unwrap()


@pytest.mark.parametrize(
    ("reply", "is_whole"), [(play.unmeasured(b"half"), False), (goodbye, True), (play.page(b"half"), True)]
)
def test_a_line_that_is_cut_has_no_farewell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply: play.Reply, is_whole: bool
) -> None:
    """A body that ends with the line is whole only where TLS says goodbye; one that is measured is whole anyway."""
    context, authority = write_certificate(tmp_path, "site.test", days=9, trusted=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with FaultServer(context) as server:
        server.add("/", reply)
        if is_whole:
            assert Door().get(server.url("/")).body == b"half"
        else:
            assert Door().refused(server.url("/"), limits=ONCE).reason == "truncated"


def test_tls_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body dribbled through TLS meets the same deadline."""
    context, authority = write_certificate(tmp_path, "site.test", days=9, trusted=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with FaultServer(context) as server:
        server.add("/", play.dribble(play.head(200) + b"x" * 9999))
        assert Door().refused(server.url("/"), limits=replace(ONCE, deadline_seconds=0.5)).reason == "timeout"


def test_redirect_gives_up_encryption(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From https there is no way to http, not even to the same host."""
    context, authority = write_certificate(tmp_path, "site.test", days=9, trusted=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with FaultServer(context) as secure, FaultServer() as plain:
        secure.add("/", play.redirect(plain.url("/")))
        plain.add("/", play.page())
        failed = Door().refused(secure.url("/"))
        assert (failed.reason, plain.connections) == ("redirect", 0)
    assert "encryption" in failed.what


def test_not_tls_at_all(server: FaultServer) -> None:
    """An https address of a plain server is a TLS failure."""
    url = server.url("/").replace("http:", "https:")
    assert Door().refused(url).reason == "tls"


def test_handshake_that_breaks_off() -> None:
    """A line that ends during the handshake may work next time; a refused certificate will not."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)

        def fetch() -> None:
            failed.append(door.refused(f"https://site.test:{listener.getsockname()[1]}/", limits=ONCE))

        door, failed = Door(), list[DoorError]()
        together([hang_up, fetch])
    assert failed[0].reason == "unreachable"


def test_trust_list_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong SSL_CERT_FILE is named as what it is."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))
    with pytest.raises(DoorError, match="trusted certificates") as caught:
        Fetcher()
    assert "SSL_CERT_FILE" in str(caught.value)


# --- errors ---------------------------------------------------------------------------------------


def test_error_for_people(server: FaultServer) -> None:
    """The error has its parts, keeps its reason when it travels, and leaves what was kept to the caller."""
    failed = Door().refused(server.url("/gone"), source="runpod")
    assert isinstance(failed, FetchError)
    assert str(failed).splitlines() == [
        "runpod: the site answered 404",
        f"  page   {server.url('/gone')}",
        "  likely the page moved or was taken down",
        "  next   find its new address and correct the source's url",
    ]
    again = pickle.loads(pickle.dumps(failed))
    assert (str(again), again.reason, again.status, again.passing) == (str(failed), "status", 404, False)


def test_every_reason_comes_with_advice() -> None:
    """No error leaves a person without a next step."""
    for reason in get_args(Reason):
        failed = DoorError("x", reason=reason)
        assert failed.likely
        assert failed.fix


def test_no_library_error_leaks(server: FaultServer) -> None:
    """Any prefix of an answer, cut anywhere, is an answer or a DoorError."""
    whole = play.head(200, [*ZIPPED, ("Transfer-Encoding", "chunked")]) + b"%x\r\n%s\r\n0\r\n\r\n" % (
        len(GZ),
        GZ,
    )
    door = Door()
    for cut in range(0, len(whole), 3):
        server.add("/", play.raw(whole[:cut]))
        assert door.refused(server.url("/"), limits=ONCE).reason in ("truncated", "protocol", "encoding")


def test_a_small_zlib_stream_is_not_gzip(server: FaultServer) -> None:
    """Zlib's own framing under the name of gzip is damaged gzip."""
    server.add("/", play.page(zlib.compress(b"x"), headers=ZIPPED))
    assert Door().refused(server.url("/")).reason == "encoding"


def test_limits_of_the_spec() -> None:
    """The defaults that the documentation promises."""
    limits = Limits()
    assert (limits.deadline_seconds, limits.tries, limits.max_redirects) == (30.0, 4, 5)
    assert (limits.max_body_bytes, limits.robots_max_bytes) == (20 * MIB, 512 * 1024)
    assert (limits.retry_budget_seconds, limits.pause_seconds) == (120.0, 1.0)
