"""The street door: bytes in, politely and bounded. The only module that may import httpx.

One ``Fetcher`` serves all sources of a refresh, one thread each. It asks robots.txt first, keeps to one
request at a time and a pause per host, retries what may pass, follows redirects by hand to declared hosts
only, and never looks inside the bytes (robots.txt, its own paper, excepted).

Proxy variables are not honoured: a proxy looks names up itself, so the address that was checked would not be
the one that is called. Behind a proxy-only network use ``aicost ingest`` or ``--offline``. Certificates are
checked against certifi's list, or the one that ``SSL_CERT_FILE`` names; there is no switch to skip it.
"""

from __future__ import annotations

import contextlib
import logging
import random
import re
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Self

import httpcore
import httpx
from protego import Protego

from pipeline import __version__
from pipeline._net import (
    ROBOT,
    Deadline,
    DoorError,
    Line,
    Reason,
    Resolver,
    RobotsBook,
    asked_wait,
    blocked,
    collect,
    decoded,
    is_number,
    system_resolver,
)
from pipeline.paths import environment
from pipeline.source import Request

__all__ = ["Answer", "DoorError", "Fetcher", "Limits", "Reason", "Request", "Resolver", "Validators"]

_log = logging.getLogger(__name__)

_NO_CONTACT = "ai-model-costs, contact not set"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MIB = 1024 * 1024
_MAX_BACKOFF_SECONDS = 30.0
_LONGEST_ADDRESS = 8000  # characters, as far as servers of any kind read one
_LONGEST_ABSENCE = timedelta(days=1)  # that later runs keep to: a year is a slip, or a trap
_HEADERS_FOR_STRANGERS = frozenset({"accept", "accept-language", "content-type"})  # never a key or a token


@dataclass(frozen=True)
class Validators:
    """What the last archived answer said about its version; sent back to hear "304, unchanged"."""

    etag: str | None = None
    last_modified: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The conditional request headers."""
        given = {"if-none-match": self.etag, "if-modified-since": self.last_modified}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True)
class Limits:
    """How much one request may take.

    Attributes:
        deadline_seconds: For one exchange: look-up, connection, headers and body together.
        max_body_bytes: Decoded.
        max_wire_bytes: As received, headers and framing included.
        max_redirects: Hops after the first address.
        tries: Requests in all, the first included.
        backoff_seconds: Wait after the first failure; doubles, with jitter, up to half a minute.
        retry_budget_seconds: All waits between tries together; a longer ``Retry-After`` ends the request, and every
            later one of the run to that host.
        pause_seconds: Between two requests to one host.
        max_crawl_delay_seconds: The most of a ``Crawl-delay`` that is obeyed; more is logged.
        robots_max_bytes: Where reading a robots.txt ends.
    """

    deadline_seconds: float = 30.0
    max_body_bytes: int = 20 * _MIB
    max_wire_bytes: int = 21 * _MIB
    max_redirects: int = 5
    tries: int = 4
    backoff_seconds: float = 1.0
    retry_budget_seconds: float = 120.0
    pause_seconds: float = 1.0
    max_crawl_delay_seconds: float = 60.0
    robots_max_bytes: int = 512 * 1024


@dataclass(frozen=True)
class Answer:
    """A complete answer: 200 with its body, or 304 without."""

    request: Request
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]  # as received, names in lower case, without cookies
    body: bytes
    fetched_at: datetime
    tries: int

    @property
    def not_modified(self) -> bool:
        """Whether the archived answer is still the current one."""
        return self.status == 304

    def header(self, name: str) -> str | None:
        """The values of a header, joined by commas, or None."""
        values = [value for key, value in self.headers if key == name.lower()]
        return ", ".join(values) if values else None

    @property
    def validators(self) -> Validators:
        """What to send next time. A 304 may leave them out: then the old ones stay valid."""
        return Validators(self.header("etag"), self.header("last-modified"))


@dataclass(frozen=True)
class _Errand:
    """One request with what holds for all its tries and hops."""

    request: Request
    limits: Limits
    hosts: frozenset[str] | None  # None: any public host, for robots.txt only (RFC 9309 2.3.1.2)
    validators: Validators = Validators()
    is_robots: bool = False


@dataclass
class _Host:
    """Whose turn it is at a host, and when the next one may come."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    ready_at: float = float("-inf")
    crawl_delay: float = 0.0


class _Transport(httpx.HTTPTransport):
    """httpx for one exchange: no proxy, no cookie jar, no redirects, no shared pool, our own line."""

    def __init__(self, line: Line, tls: ssl.SSLContext) -> None:
        super().__init__(verify=tls, trust_env=False)
        self._pool = httpcore.ConnectionPool(ssl_context=tls, network_backend=line, max_connections=1)


class Fetcher:
    """Fetches pages for all sources of a run; safe to share between threads.

    Args:
        limits: For requests that bring none of their own.
        contact: An address for the User-Agent; ``AICOST_CONTACT`` when None.
        resolver: Who turns names into addresses.
        allow_private: Whether private addresses may be called. For tests on the loopback only.
        clock: Monotonic seconds.
        sleep: Waits; by default a wait that ``close`` ends.
        now: The time of day, for ``fetched_at`` and dates in ``Retry-After``.
    """

    def __init__(
        self,
        *,
        limits: Limits = Limits(),
        contact: str | None = None,
        resolver: Resolver = system_resolver,
        allow_private: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._limits, self._agent = limits, _user_agent(contact)
        self._resolver, self._allow_private = resolver, allow_private
        self._closed = threading.Event()
        self._clock, self._sleep, self._now = clock, sleep or self._closed.wait, now
        self._tls = _trust()
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}
        self._robots = RobotsBook(clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def settle(self, hosts: Iterable[str]) -> None:
        """Wait until the pauses at these hosts are over, for whoever asks them next from another machine."""
        named = set(hosts)
        with self._lock:
            ready = [host.ready_at for name, host in self._hosts.items() if name in named]
        self._nap(max(ready, default=float("-inf")) - self._clock())

    def close(self) -> None:
        """End waits at once and exchanges within half a second, or six while connecting; from any thread."""
        self._closed.set()

    def get(
        self,
        request: Request,
        *,
        hosts: frozenset[str],
        validators: Validators | None = None,
        source: str | None = None,
        limits: Limits | None = None,
    ) -> Answer:
        """Fetch one page.

        Args:
            request: What to ask for. A POST must be a mere question: it is retried like a GET.
            hosts: The host names this source may be sent to, exactly as written (IDNA form).
            validators: From the last archived answer, to hear 304 when nothing changed.
            source: The source's name, for the error.
            limits: Instead of the fetcher's own.

        Returns:
            A complete 200, or a 304 if validators were given.

        Raises:
            DoorError: The page could not be had; ``reason`` says why.
        """
        errand = _Errand(request, limits or self._limits, hosts, validators or Validators())
        try:
            return self._persist(errand)
        except DoorError as failed:
            failed.source = source
            raise

    def post(self, address: str, body: bytes, *, headers: tuple[tuple[str, str], ...], seconds: float) -> int:
        """Send a message to somebody's own door, once: no robots.txt, no redirect, no second try; the status.

        Raises:
            DoorError: It was not taken. Its text may hold the address: whoever keeps that secret says less.
        """
        url = _admit(address, None)
        request = Request(address, method="POST", headers=headers, body=body)
        deadline = Deadline(seconds, self._clock, self._closed)
        line = Line(self._resolver, deadline, self._limits.max_wire_bytes, allow_private=self._allow_private)
        with _plainly(str(url), line), _Transport(line, self._tls) as transport:
            response = transport.handle_request(self._outgoing(request, url, Validators()))
            with contextlib.closing(response):
                if not 200 <= response.status_code < 300:
                    what = f"the receiver answered {response.status_code}"
                    raise DoorError(what, reason="status", status=response.status_code)
                return response.status_code

    def _persist(self, errand: _Errand) -> Answer:
        """Try until it works, cannot work, or has cost enough.

        A plain loop and not stamina: its sleep can be neither injected nor interrupted, and its time limit
        does not know that a wait the site asks for is too long before it has begun.
        """
        waited, attempt = 0.0, 1
        while True:
            try:
                return replace(self._follow(errand), tries=attempt)
            except DoorError as failed:
                wait = _wait_before_retry(failed, attempt, errand.limits)
                over_budget = waited + wait > errand.limits.retry_budget_seconds
                if not failed.passing or attempt >= errand.limits.tries or over_budget:
                    failed.what += f" ({attempt} times)" if attempt > 1 else ""
                    raise
            self._nap(wait)
            waited, attempt = waited + wait, attempt + 1

    def _nap(self, seconds: float) -> None:
        if seconds > 0:
            self._sleep(seconds)
        if self._closed.is_set():
            raise DoorError("stopped while waiting", reason="stopped")

    def _follow(self, errand: _Errand) -> Answer:
        """One try: the address asked for, and the redirects from there."""
        request, url = errand.request, _admit(errand.request.url, errand.hosts)
        been: set[tuple[str, str]] = set()
        while True:
            if not errand.is_robots:
                self._mind_robots(url, errand.limits)
            been.add((request.method, str(url)))
            answer = self._exchange(request, url, errand)
            if answer.status not in _REDIRECTS:
                return replace(answer, request=errand.request)
            request, url = _redirected(request, url, answer, errand.hosts)
            if (request.method, str(url)) in been:
                raise DoorError("redirects in a circle", reason="redirect", page=str(url))
            if len(been) > errand.limits.max_redirects:
                raise DoorError(f"more than {len(been) - 1} redirects", reason="redirect", page=str(url))

    @contextlib.contextmanager
    def _turn(self, url: httpx.URL, limits: Limits) -> Generator[None]:
        """Wait for our turn at a host, and leave the pause behind."""
        host, pause = self._host(url), limits.pause_seconds
        with host.lock:
            wait = host.ready_at - self._clock()
            if wait > limits.retry_budget_seconds + host.crawl_delay:
                what = f"the site asked, at an earlier request, to stay away for {wait:.0f} s more"
                raise DoorError(what, reason="status", status=429, passing=False, page=str(url))
            self._nap(wait)
            try:
                yield
            except DoorError as failed:
                # Who asks one source to stay away means the others too.
                pause = max(pause, failed.retry_after or 0.0)
                raise
            finally:
                host.ready_at = self._clock() + max(pause, host.crawl_delay)

    def _host(self, url: httpx.URL) -> _Host:
        with self._lock:
            return self._hosts.setdefault(_host_name(url), _Host())

    def _exchange(self, request: Request, url: httpx.URL, errand: _Errand) -> Answer:
        """One request and its answer: a complete 200, a 304, or a redirect without its body."""
        with self._turn(url, errand.limits):
            deadline = Deadline(errand.limits.deadline_seconds, self._clock, self._closed)
            wire = errand.limits.max_wire_bytes
            line = Line(self._resolver, deadline, wire, allow_private=self._allow_private)
            with _plainly(str(url), line), _Transport(line, self._tls) as transport:
                response = transport.handle_request(self._outgoing(request, url, errand.validators))
                line.in_body = True
                with contextlib.closing(response):
                    answer = Answer(request, str(url), *_head(response), b"", self._now(), tries=1)
                    if answer.status == 200:
                        body = _body(answer, response, line, errand)
                        return replace(answer, body=body, fetched_at=self._now())
            if answer.status in _REDIRECTS or (answer.not_modified and errand.validators.headers):
                return answer
            raise _status_failure(answer)  # within our turn, so that a Retry-After holds for the host

    def _outgoing(self, request: Request, url: httpx.URL, validators: Validators) -> httpx.Request:
        own = {"user-agent": self._agent, "accept-encoding": "gzip", "connection": "close"}
        given = {name.lower(): value for name, value in request.headers if name.lower() != "host"}
        headers = {"accept": "*/*", **given, **validators.headers, **own}
        raw = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
        return httpx.Request(request.method, url, headers=raw, content=request.body)

    def _mind_robots(self, url: httpx.URL, limits: Limits) -> None:
        """Raise unless robots.txt lets us in; read it first, when that was more than a day ago."""
        address = str(url.copy_with(raw_path=b"/robots.txt"))
        within = replace(limits, max_body_bytes=limits.robots_max_bytes)
        errand = _Errand(Request(address), within, hosts=None, is_robots=True)
        rules = self._robots.rules(address, lambda: self._persist(errand).body, limits.robots_max_bytes)
        if rules is None:
            return
        self._obey_crawl_delay(url, rules, limits)
        if not rules.can_fetch(str(url), ROBOT):
            raise DoorError("robots.txt forbids this page", reason="robots", page=str(url))

    def _obey_crawl_delay(self, url: httpx.URL, rules: Protego, limits: Limits) -> None:
        asked, most = rules.crawl_delay(ROBOT) or 0.0, limits.max_crawl_delay_seconds
        host = self._host(url)
        if asked > most > host.crawl_delay:
            _log.warning("%s asks for a crawl delay of %g s; %g s is kept", _host_name(url), asked, most)
        host.crawl_delay = max(host.crawl_delay, min(asked, most))


def _user_agent(contact: str | None) -> str:
    """Who we are and how to reach us; nobody is imitated."""
    reach = contact or environment("AICOST_CONTACT") or _NO_CONTACT
    plain = re.sub(r"[^ -'*-~]", "", reach)[:200]  # printable ASCII without brackets: it stands in a comment
    return f"{ROBOT}/{__version__} (+{plain})"


def _trust() -> ssl.SSLContext:
    try:
        trust = httpx.create_ssl_context()
    except OSError as error:
        what = f"the list of trusted certificates cannot be read: {error}"
        likely, fix = "SSL_CERT_FILE or SSL_CERT_DIR names no such list", "correct or unset it"
        raise DoorError(what, reason="tls", likely=likely, fix=fix) from error
    trust.hostname_checks_common_name = False  # a certificate says whose it is in its list of names, or not at all
    return trust


def _host_name(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii")


def _admit(address: str, hosts: frozenset[str] | None, before: httpx.URL | None = None) -> httpx.URL:
    """The address as a URL we may call, seen from the one before it in a chain of redirects."""
    reason: Reason = "redirect" if before else "request"
    page = str(before or address)
    try:
        url = (before.join(address) if before else httpx.URL(address)).copy_with(fragment=None)
        host = url.host  # which may be spelt in letters that are none
    except (httpx.InvalidURL, UnicodeError) as error:
        raise DoorError(f"{address[:200]!r} is no address: {error}", reason=reason, page=page) from error
    problem = None
    if len(address) > _LONGEST_ADDRESS:
        problem = f"has {len(address):,} characters"
    elif url.scheme not in ("http", "https") or not host:
        problem = "is neither http nor https"
    elif url.userinfo:
        problem = "carries a user name"
    elif before and before.scheme == "https" and url.scheme == "http":
        problem = "gives up encryption"
    elif url.port is not None and not 0 < url.port < 65536:
        problem = "names an impossible port"
    elif hosts is not None and _host_name(url) not in hosts:
        if before and is_number(_host_name(url)):
            raise blocked(_host_name(url), "is a number for a host, in a redirect", page)
        problem = "is on a host that the source does not declare"
    if problem:
        raise DoorError(f"{str(url)[:200]!r} {problem}", reason=reason, page=page)
    return url


def _redirected(
    request: Request, url: httpx.URL, answer: Answer, hosts: frozenset[str] | None
) -> tuple[Request, httpx.URL]:
    """The request and the address that a redirect leads to."""
    locations = {value for name, value in answer.headers if name == "location"}
    if len(locations) > 1:
        raise DoorError(f"{answer.status} with {len(locations)} new addresses", reason="redirect", page=str(url))
    location = answer.header("location")
    if not location:
        raise DoorError(f"{answer.status} without a new address", reason="redirect", page=str(url))
    target = _admit(location, hosts, url)
    if request.method == "POST" and answer.status in (301, 302, 303):  # as every browser does
        request = replace(request, method="GET", body=None)
    if (url.scheme, url.host, url.port) != (target.scheme, target.host, target.port):
        safe = tuple(header for header in request.headers if header[0].lower() in _HEADERS_FOR_STRANGERS)
        request = replace(request, headers=safe)
    return request, target


def _head(response: httpx.Response) -> tuple[int, tuple[tuple[str, str], ...]]:
    """Status and headers. Latin-1 keeps every byte; cookies are kept nowhere."""
    pairs = ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers.raw)
    return response.status_code, tuple(pair for pair in pairs if not pair[0].startswith("set-cookie"))


def _body(answer: Answer, response: httpx.Response, line: Line, errand: _Errand) -> bytes:
    """The decoded body, complete as far as the transport can tell.

    Without a length, chunks or gzip nothing marks the end: the caller checks for what must be there.
    """
    limits, declared = errand.limits, answer.header("content-length")
    if declared and int(declared) > limits.max_wire_bytes:
        raise DoorError(f"{int(declared):,} bytes were announced", reason="too_large")
    pieces = decoded(response.iter_raw(), answer.header("content-encoding"))
    body = collect(pieces, limits.max_body_bytes, line.deadline, cut=errand.is_robots)
    if errand.is_robots and len(body) == limits.max_body_bytes:
        return body  # deliberately not read to the end
    chunked = answer.header("transfer-encoding") is not None
    came = response.num_bytes_downloaded if chunked else line.received - line.head
    if declared and int(declared) != came:
        raise DoorError(f"{declared} bytes were announced and {came} came", reason="truncated")
    return body


def _status_failure(answer: Answer) -> DoorError:
    said = [value for name, value in answer.headers if name == "retry-after"]
    wait = asked_wait(said, answer.header("date"), answer.fetched_at)
    what = f"the site answered {answer.status}" + (f" and asks to wait {wait:g} s" if wait else "")
    until = (answer.fetched_at + min(timedelta(seconds=min(wait, 1e9)), _LONGEST_ABSENCE)).isoformat() if wait else None
    return DoorError(
        what, reason="status", status=answer.status, retry_after=wait, not_before=until, page=answer.final_url
    )


@contextlib.contextmanager
def _plainly(page: str, line: Line) -> Generator[None]:
    """Turn whatever a library raises into an error for people."""
    try:
        yield
    except DoorError as failed:
        failed.page = failed.page or page
        raise
    except (httpx.HTTPError, OSError, zlib.error, UnicodeError) as error:
        reason, what = _cause(error, in_body=line.in_body)
        raise DoorError(f"{what}: {f'{error}'[:200]}", reason=reason, page=page) from error


def _cause(error: Exception, *, in_body: bool) -> tuple[Reason, str]:
    if _is_of_tls(error):
        return "tls", "no trusted connection"
    match error:
        case httpx.TimeoutException():
            return "timeout", "no answer in time"
        case httpx.RemoteProtocolError() | httpx.ReadError() if in_body:
            return "truncated", "the answer broke off"
        case httpx.RemoteProtocolError():
            return "protocol", "the answer is not proper HTTP"
        case httpx.LocalProtocolError() | UnicodeError():
            return "request", "the request cannot be sent"
        case zlib.error():
            return "encoding", "the compressed body is damaged"
        case _:
            return "unreachable", "the site could not be reached"


def _is_of_tls(error: BaseException | None) -> bool:
    """Whether the other side refused us, or garbled what it sent; a line that ends is no fault of TLS."""
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError)


def _wait_before_retry(failed: DoorError, attempt: int, limits: Limits) -> float:
    """Doubling waits with jitter, but never less than the site asked for."""
    backoff = min(_MAX_BACKOFF_SECONDS, limits.backoff_seconds * 2 ** (attempt - 1))
    return max(backoff * random.uniform(0.75, 1.25), failed.retry_after or 0.0)
