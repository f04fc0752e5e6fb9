"""The lock on the street door: whom we may call, on a line that ends in time, and a decoder with a bottom.

What ``pipeline/fetch.py`` needs below and beside HTTP; hence no httpx here. httpx alone takes a truncated
gzip body for a whole one, never ends a body that is dribbled, and connects to whatever a name leads to.
"""

from __future__ import annotations

import ipaddress
import logging
import queue
import re
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import httpcore
from protego import Protego

from pipeline.errors import FetchError

_log = logging.getLogger(__name__)

Reason = Literal[
    "request",  # what we asked for cannot be asked: address, host not declared, header
    "robots",
    "blocked_address",
    "redirect",
    "status",
    "timeout",
    "truncated",
    "protocol",
    "too_large",
    "encoding",
    "tls",
    "unreachable",
    "stopped",
]

_BY_HAND = "save the page by hand: aicost ingest SOURCE FILE"
_LATER = "aicost refresh SOURCE later"
_ADVICE: dict[Reason, tuple[str, str]] = {  # the usual cause and the next step
    "request": ("a slip in the source's own address, hosts or headers", "correct it in pipeline/sources"),
    "robots": ("the publisher does not want programs here", _BY_HAND),
    "blocked_address": ("a name that leads into a private network", "check the name's DNS entry"),
    "redirect": ("the page moved", "open it in a browser and correct the source's url or hosts"),
    "status": ("the site does not serve this page now", _LATER),
    "timeout": ("a slow or stalled site or network", _LATER),
    "truncated": ("the connection broke off", _LATER),
    "protocol": ("a server, or something before it, that does not speak HTTP properly", _LATER),
    "too_large": (
        "not the page we know, or a trap",
        "look at it in a browser; raise the limits if it is right",
    ),
    "encoding": ("a server that compresses in a way we did not ask for", _BY_HAND),
    "tls": (
        "an expired or foreign certificate, or a proxy that intercepts",
        "set SSL_CERT_FILE for your own",
    ),
    "unreachable": ("no network, or none without a proxy, or the site is down", "aicost refresh --offline"),
    "stopped": ("the program is ending", "run it again"),
}
_STATUS_ADVICE: dict[int, tuple[str, str]] = {
    401: ("the site does not let programs in", _BY_HAND),
    403: ("the site does not let programs in", _BY_HAND),
    451: ("the site may not show this page here", _BY_HAND),
    404: ("the page moved or was taken down", "find its new address and correct the source's url"),
    410: ("the page moved or was taken down", "find its new address and correct the source's url"),
    429: ("too many requests", _LATER),
}
_PASSING: frozenset[Reason] = frozenset({"timeout", "truncated", "protocol", "unreachable"})
_PASSING_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


class DoorError(FetchError):
    """A page that could not be had, with a reason a program can read.

    Args:
        what: One line that says what went wrong.
        reason: One word of a closed set; brings the usual ``likely`` and ``fix``.
        status: The HTTP status, when the site answered with one.
        retry_after: Seconds the site asked us to stay away.
        not_before: Until when that is, in ISO form, for later runs.
        passing: Whether trying again may help; by default the reason and the status say.
        parts: The other parts of an ``AicostError``. ``kept`` is left to the caller.
    """

    def __init__(
        self,
        what: str,
        *,
        reason: Reason,
        status: int | None = None,
        retry_after: float | None = None,
        not_before: str | None = None,
        passing: bool | None = None,
        **parts: str | None,
    ) -> None:
        likely, fix = _STATUS_ADVICE.get(status or 0, _ADVICE[reason])
        super().__init__(what, **{"likely": likely, "fix": fix, **{k: v for k, v in parts.items() if v}})
        self.reason: Reason = reason
        self.status = status
        self.retry_after = retry_after
        self.not_before = not_before
        self.passing = (reason in _PASSING or status in _PASSING_STATUSES) if passing is None else passing

    def as_json(self) -> dict[str, str | None]:
        """The error as others have it, with the reason and the status it was answered with."""
        told = {**super().as_json(), "reason": self.reason, "status": None if self.status is None else str(self.status)}
        return told | ({"not_before": self.not_before} if self.not_before else {})


# --- time -----------------------------------------------------------------------------------------

_POLL_SECONDS = 0.5  # how long a wait may be deaf to the deadline and to a stop


class Deadline:
    """A point in monotonic time after which nothing of one exchange goes on."""

    def __init__(self, seconds: float, clock: Callable[[], float], stopped: threading.Event) -> None:
        self._seconds, self._clock, self._stopped = seconds, clock, stopped
        self._end = clock() + seconds

    def left(self, at_most: float = _POLL_SECONDS) -> float:
        """Seconds that a wait may still take, always above 0; raises when there are none."""
        if self._stopped.is_set():
            raise DoorError("stopped while fetching", reason="stopped")
        left = self._end - self._clock()
        if left <= 0:
            raise DoorError(f"no complete answer within {self._seconds:g} s", reason="timeout")
        return min(left, at_most)


# Whole seconds by the standard; fractions, and several from several servers on the way, are as plain.
_WAITS = re.compile(r"\s*\+?\d+(?:\.\d*)?(?:[eE]\d{1,3})?\s*(?:,\s*\+?\d+(?:\.\d*)?(?:[eE]\d{1,3})?\s*)*", re.ASCII)


def asked_wait(retry_after: Iterable[str], date: str | None, now: datetime) -> float | None:
    """Seconds that ``Retry-After`` asks for, given as a number or as a date by the site's own clock.

    None when it is not understood; 0 for a date that has passed; the longest where it is said more than once.
    """
    parts = [part for text in retry_after for part in (text.split(",") if _WAITS.fullmatch(text) else [text])]
    asked = [_one_wait(text.strip(), date, now) for text in parts]
    return max((wait for wait in asked if wait is not None), default=None)


def _one_wait(text: str, date: str | None, now: datetime) -> float | None:
    if _WAITS.fullmatch(text):
        return float(text)
    until = _http_date(text)
    return max(0.0, (until - (_http_date(date or "") or now)).total_seconds()) if until else None


def _http_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


# --- addresses ------------------------------------------------------------------------------------

Resolver = Callable[[str, int], Sequence[str]]

_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NEVER = (  # public on paper, or to some of the Pythons we run on
    ipaddress.IPv4Network("192.0.0.0/24"),  # protocol assignments, Oracle's metadata service among them
    ipaddress.IPv4Network("192.88.99.0/24"),  # 6to4 relays
    ipaddress.IPv4Network("168.63.129.16/32"),  # Azure's metadata service
)
_NUMERIC_HOST = re.compile(r"(?:.*\.)?(?:0x[0-9a-f]*|[0-9]+)\.?", re.IGNORECASE)


def system_resolver(host: str, port: int) -> Sequence[str]:
    """Every address the system knows for a name, in the order it advises."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _is_public(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:  # an IPv4 address in disguise is judged as what it is
            return _is_public(str(inner))
        return address in _GLOBAL_V6 and address.is_global and address.scope_id is None
    if address.is_multicast or address.is_reserved:  # ``is_global`` lets these pass
        return False
    return address.is_global and not any(address in network for network in _NEVER)


def _literal(host: str) -> str | None:
    """The host itself when it is an IP address in plain notation; raises for any other number.

    ``2130706433``, ``0x7f.1`` and ``0177.0.0.1`` are all 127.0.0.1 to some resolver: nobody honest writes
    them, so they are refused before one is asked.
    """
    if ":" not in host and not _NUMERIC_HOST.fullmatch(host):
        return None
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        raise blocked(host, "is an oddly written number") from None


def blocked(host: str, why: str, page: str | None = None) -> DoorError:
    """The error for a host that must not be called, which is logged as an attempt on our network."""
    _log.warning("security: refused %r, which %s", host[:200], why)
    return DoorError(f"{host[:200]!r} {why}", reason="blocked_address", page=page)


def is_number(host: str) -> bool:
    """Whether a host is an IP address, or a number that some resolver takes for one, in whatever notation."""
    try:
        return _literal(host.strip("[]").removesuffix(".")) is not None
    except DoorError:
        return True


def _look_up(host: str, port: int, resolver: Resolver, deadline: Deadline) -> Sequence[str]:
    """Ask the resolver, but no longer than the deadline: getaddrinfo itself has no timeout."""
    answer: queue.SimpleQueue[Sequence[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(resolver(host, port))
        except (OSError, UnicodeError) as error:
            answer.put(error)  # resolvers have asked several times before they say so

    threading.Thread(target=ask, name=f"resolve {host}", daemon=True).start()
    while True:
        try:
            found = answer.get(timeout=deadline.left())
        except queue.Empty:
            continue
        if isinstance(found, Exception):
            # Not tried again here: without a network every name fails, and a refresh should say so at once.
            raise DoorError(f"the name {host!r} could not be resolved", reason="unreachable", passing=False)
        return found


# --- the line -------------------------------------------------------------------------------------

_CONNECT_SECONDS = 6.0  # for one address of a host, so that a dead IPv6 route leaves time for IPv4
_MAX_HEAD_BYTES = 64 * 1024  # status line and headers; h11 alone would take endless "100 Continue"
_WRITE_BYTES = 16 * 1024


class Line(httpcore.NetworkBackend):
    """One connection, to an address that was checked, until the deadline, for so many bytes.

    The name is looked up once and the very address that was checked is called, so a second answer from
    the DNS (rebinding) changes nothing. TLS is still checked against the name.

    Attributes:
        deadline: When it ends.
        in_body: To be set once the headers have been read.
        received: Bytes received so far.
        head: Bytes of them handed out as headers.
    """

    def __init__(self, resolver: Resolver, deadline: Deadline, max_bytes: int, *, allow_private: bool) -> None:
        self.deadline = deadline
        self.in_body = False
        self.received = 0
        self.head = 0
        self._resolver, self._max_bytes, self._allow_private = resolver, max_bytes, allow_private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Look the host up, check every address, and connect to the first that answers."""
        failed: Exception = httpcore.ConnectError("no address")
        for address in self._checked(host, port):
            seconds = self.deadline.left(_CONNECT_SECONDS)
            try:
                stream = httpcore.SyncBackend().connect_tcp(address, port, seconds, None, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _Stream(stream, self)
        raise failed

    def _checked(self, host: str, port: int) -> Sequence[str]:
        literal = _literal(host)
        found = [literal] if literal else _look_up(host, port, self._resolver, self.deadline)
        # One bad address condemns the name: a mixed answer is how rebinding looks.
        bad = None if self._allow_private else next((text for text in found if not _is_public(text)), None)
        if bad:
            raise blocked(host, f"leads to {bad}, not a public address")
        return found

    def receive(self, stream: httpcore.NetworkStream, max_bytes: int) -> bytes:
        """Read what comes next, in waits short enough to notice the deadline and a stop."""
        while True:
            try:
                data = stream.read(max_bytes, self.deadline.left())
            except httpcore.ReadTimeout:
                continue
            self.received += len(data)
            if self.received > self._max_bytes:
                raise DoorError(f"more than {self._max_bytes:,} bytes came", reason="too_large")
            return data

    def count_head(self, size: int) -> None:
        """Count header bytes, and end the line when there are too many."""
        self.head += size
        if self.head > _MAX_HEAD_BYTES:
            raise DoorError(f"more than {_MAX_HEAD_BYTES:,} bytes of headers came", reason="too_large")


class _Stream(httpcore.NetworkStream):
    """A socket that obeys its line. httpx's own timeouts are per read: a dribble never meets them."""

    def __init__(self, inner: httpcore.NetworkStream, line: Line) -> None:
        self._inner, self._line = inner, line
        self._ahead = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Hand out headers line by line, so that where the body starts is known exactly."""
        if not self._ahead:
            self._ahead = self._line.receive(self._inner, max_bytes)
        cut = len(self._ahead)
        if not self._line.in_body:
            cut = self._ahead.find(b"\n") + 1 or cut
            self._line.count_head(cut)
        piece, self._ahead = self._ahead[:cut], self._ahead[cut:]
        return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write in pieces, with a look at the deadline before each."""
        for start in range(0, len(buffer), _WRITE_BYTES):
            seconds = self._line.deadline.left(_CONNECT_SECONDS)
            self._inner.write(buffer[start : start + _WRITE_BYTES], seconds)

    def close(self) -> None:
        """Close the socket."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Encrypt; a line that ends without TLS's own farewell may have been cut by anybody, and is an error."""
        seconds = self._line.deadline.left(_CONNECT_SECONDS)
        encrypted = self._inner.start_tls(ssl_context, server_hostname, seconds)
        line: Any = encrypted.get_extra_info("socket")
        line.suppress_ragged_eofs = False
        return _Stream(encrypted, self._line)

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks about the socket."""
        return self._inner.get_extra_info(info)


# --- bodies ---------------------------------------------------------------------------------------

_PIECE_BYTES = 64 * 1024
_LARGEST_RATIO = 200  # decoded to compressed: text packs 5 to 20 times, a bomb a thousand times
_RATIO_FREE_BYTES = 1024 * 1024  # decoded, before the ratio counts: a page of nothing but blanks is no bomb


def decoded(raw: Iterable[bytes], coding: str | None) -> Iterable[bytes]:
    """At most one layer of gzip: two layers turn 2 KB into 1 GB, and we asked for one."""
    coding = (coding or "identity").strip().lower()
    if coding == "identity":
        return raw
    if coding in ("gzip", "x-gzip"):
        return _gunzip(raw)
    raise DoorError(f"the body is encoded as {coding[:80]!r}", reason="encoding")


def _gunzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Decode in pieces of bounded size, one gzip member after the other, to the very end mark."""
    member = zlib.decompressobj(wbits=31)
    packed = unpacked = 0
    for chunk in chunks:
        data = chunk
        packed += len(chunk)
        while data:
            if member.eof:
                member = zlib.decompressobj(wbits=31)
            piece = member.decompress(data, _PIECE_BYTES)
            unpacked += len(piece)
            if unpacked > _RATIO_FREE_BYTES and unpacked > _LARGEST_RATIO * packed:
                raise DoorError(f"{packed:,} bytes unpack to more than {unpacked:,}: a bomb", reason="too_large")
            yield piece
            data = member.unconsumed_tail or member.unused_data
    if not member.eof:
        raise DoorError("the compressed body ends before its end mark", reason="truncated")


def collect(pieces: Iterable[bytes], max_bytes: int, deadline: Deadline, *, cut: bool) -> bytes:
    """Gather a body within a size and a time; a longer one is refused, or cut there if ``cut``."""
    body = bytearray()
    for piece in pieces:
        deadline.left()  # decoding never waits, so nothing else would notice
        body += piece
        if len(body) > max_bytes and not cut:
            raise DoorError(f"more than {max_bytes:,} bytes when decoded", reason="too_large")
        if len(body) >= max_bytes and cut:
            break
    return bytes(body[:max_bytes])


# --- robots.txt -----------------------------------------------------------------------------------

ROBOT = "aicost"  # the name that robots.txt files may address, and that the User-Agent begins with
_ROBOTS_SECONDS = 24 * 3600.0  # RFC 9309 2.4: no longer
_ROBOTS_FAILED_SECONDS = 600.0  # a shut door is tried again within the same long-lived process
_NO_ANSWER: frozenset[Reason] = frozenset({"unreachable", "timeout", "tls", "blocked_address"})
_USER_AGENT_LINE = re.compile(r"\s*user[\s-]*agent\s*:?\s*([^#]*)", re.IGNORECASE)


@dataclass
class _Robots:
    """What one origin's robots.txt says, until when."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    until: float = float("-inf")
    rules: Protego | None = None  # None: nothing is forbidden
    failure: DoorError | None = None  # it could not be read: everything is forbidden for now


class RobotsBook:
    """The robots.txt files of a run, each read once a day, by whichever thread needs it first."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, _Robots] = {}

    def rules(self, address: str, read: Callable[[], bytes], max_bytes: int) -> Protego | None:
        """The rules at an address, None when nothing is forbidden; raises while they cannot be read."""
        with self._lock:
            robots = self._known.setdefault(address, _Robots())
        with robots.lock:
            if robots.until <= self._clock():
                self._renew(robots, read, max_bytes)
            if robots.failure:
                raise _unread(robots.failure)
            return robots.rules

    def _renew(self, robots: _Robots, read: Callable[[], bytes], max_bytes: int) -> None:
        """Read again. "None there" (4xx, or nothing in it) opens the door; anything else that is no 200 shuts it."""
        robots.rules = robots.failure = None
        try:
            body = read()
            robots.rules = parse_robots(body, cut=len(body) == max_bytes)
        except DoorError as failed:
            if failed.reason == "stopped":
                raise
            status = failed.status or 0
            if status != 204 and (not 400 <= status < 500 or failed.passing):
                robots.failure = failed.with_traceback(None)
        lasting = _ROBOTS_FAILED_SECONDS if robots.failure else _ROBOTS_SECONDS
        robots.until = self._clock() + lasting


def _unread(failure: DoorError) -> DoorError:
    """A fresh error: the remembered one would gather a traceback per page."""
    told = f"robots.txt could not be read ({failure.what}), so nothing is fetched from there now"
    return DoorError(
        # where nobody was met, robots.txt has nothing to do with it
        failure.what if failure.reason == "unreachable" else told,
        reason=failure.reason if failure.reason in _NO_ANSWER else "robots",
        status=failure.status,
        passing=False,  # it has had its tries
        page=failure.page,
        likely=failure.likely,
        fix=failure.fix,
    )


def parse_robots(body: bytes, *, cut: bool) -> Protego | None:
    """The rules in a robots.txt; None when the answer is a web page, which holds no rules.

    A site without rules often sends its start page or "not found" page and calls that a success.
    """
    encoding = "utf-16" if body.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = body.decode(encoding, errors="replace").replace("\x00", "")
    if text.lstrip().startswith("<"):
        return None
    lines = text.splitlines()[: -1 if cut else None]  # half a rule could be a wider rule
    return Protego.parse("\n".join(_one_name(line) for line in lines))


def _one_name(line: str) -> str:
    """Give all other robots one name: Protego keeps every rule once per name it stands under.

    Half a megabyte of names followed by rules would otherwise fill the memory.
    """
    found = _USER_AGENT_LINE.match(line)
    if not found or found[1].strip().lower().replace("*", "") in ROBOT:
        return line
    return "User-agent: someone-else"
