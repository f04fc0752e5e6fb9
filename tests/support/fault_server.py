"""A web server that misbehaves on purpose: loopback only, standard library only, gone after a minute.

Replies are functions that write to the connection as they please, so every fault of HTTP can be played::

    with FaultServer() as server:
        server.add("/prices", page(b"sorry", status=503), page(b"<table>..."))  # in turn; the last one stays
        fetch(server.url("/prices"))
        assert [call.target for call in server.calls] == ["/robots.txt", "/prices"]

A path without a reply answers 404, and so robots.txt allows everything until a test says otherwise.
"""

from __future__ import annotations

import contextlib
import gzip
import itertools
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Self

LIFETIME_SECONDS = 600.0
SOCKET_SECONDS = 60.0
MOST_BYTES = 256 * 1024 * 1024  # of one reply: "endless" is not, in case a client has no cap


@dataclass(frozen=True)
class Call:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass(frozen=True)
class Peer:
    """The client's end, as a reply sees it."""

    socket: socket.socket
    stopped: threading.Event

    def send(self, data: bytes) -> None:
        """Write all of it."""
        self.socket.sendall(data)

    def wait(self, seconds: float) -> bool:
        """Pause; False once the server is to stop."""
        return not self.stopped.wait(seconds)


Reply = Callable[[Peer], None]
Headers = Iterable[tuple[str, str]]


def head(status: int = 200, headers: Headers = ()) -> bytes:
    """A status line and headers, with the empty line."""
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def page(body: bytes = b"ok", *, status: int = 200, headers: Headers = (), length: int | None = None) -> Reply:
    """An answer with a Content-Length: the right one unless ``length`` says otherwise."""
    size = len(body) if length is None else length
    return raw(head(status, [*headers, ("Content-Length", str(size))]) + body)


def unmeasured(body: bytes, *, headers: Headers = ()) -> Reply:
    """An answer that ends where the connection ends."""
    return raw(head(200, headers) + body)


def chunked(*chunks: bytes, headers: Headers = (), end: bool = True) -> Reply:
    """An answer in chunks, cut off before the last one unless ``end``."""
    framed = [b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks]
    return raw(head(200, [*headers, ("Transfer-Encoding", "chunked")]) + b"".join(framed) + b"0\r\n\r\n" * end)


def redirect(to: str, *, status: int = 302) -> Reply:
    """A redirect with a short body, as servers send them."""
    return page(b"moved", status=status, headers=[("Location", to)])


def raw(data: bytes) -> Reply:
    """Exactly these bytes, then the end of the connection."""

    def reply(peer: Peer) -> None:
        peer.send(data)

    return reply


def dribble(data: bytes, *, every: float = 0.02) -> Reply:
    """Byte by byte: never silent for long, never done."""

    def reply(peer: Peer) -> None:
        for byte in data:
            peer.send(bytes([byte]))
            if not peer.wait(every):
                break

    return reply


def stall(data: bytes = b"") -> Reply:
    """These bytes, then silence."""

    def reply(peer: Peer) -> None:
        peer.send(data)
        peer.wait(SOCKET_SECONDS)

    return reply


def endless(start: bytes, again: bytes) -> Reply:
    """A start, then the same bytes until the client leaves."""

    def reply(peer: Peer) -> None:
        peer.send(start)
        for sent in itertools.count(0, len(again)):
            if sent > MOST_BYTES or peer.stopped.is_set():
                break
            peer.send(again)

    return reply


def meet(barrier: threading.Barrier, then: Reply) -> Reply:
    """Answer only when as many requests are here as the barrier wants."""

    def reply(peer: Peer) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait()
            then(peer)

    return reply


@cache
def bomb(mebibytes: int, layers: int = 1) -> bytes:
    """Zeros, compressed once or more: 256 MiB are 256 KB, and 1 KB in two layers."""
    squeeze = zlib.compressobj(9, wbits=31)
    data = b"".join(squeeze.compress(bytes(1024 * 1024)) for _ in range(mebibytes)) + squeeze.flush()
    for _ in range(layers - 1):
        data = gzip.compress(data)
    return data


class FaultServer:
    """Listens on the loopback while used as a context manager, for a minute at the most.

    Args:
        tls: A server-side context, to speak TLS.

    Attributes:
        calls: The requests so far, robots.txt included.
        connections: How many connections were accepted, those without a request included.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.calls: list[Call] = []
        self.connections = 0
        self._tls = tls
        self._replies: dict[str, list[Reply]] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(1.0)
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        with contextlib.suppress(OSError):  # wakes the accept
            socket.create_connection(("127.0.0.1", self.port), timeout=1.0).close()
        for thread in self._threads:
            thread.join(10.0)
        self._listener.close()

    def url(self, path: str, host: str = "site.test") -> str:
        """The address of a path, under any name that the client's resolver leads here."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def add(self, path: str, *replies: Reply) -> None:
        """Give replies to a path, in turn; the last one stays. ``//host/path`` is for one host only."""
        self._replies[path] = list(replies)

    def targets(self) -> list[str]:
        """What was asked for, robots.txt left out."""
        return [call.target for call in self.calls if call.target != "/robots.txt"]

    def _accept(self) -> None:
        end = time.monotonic() + LIFETIME_SECONDS
        while not self._stopped.is_set() and time.monotonic() < end:
            with contextlib.suppress(TimeoutError):
                connection, _ = self._listener.accept()
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        """One connection, one request. A client that hangs up is no news here."""
        connection.settimeout(SOCKET_SECONDS)
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.enter_context(connection)
            if self._tls:
                connection = stack.enter_context(self._tls.wrap_socket(connection, server_side=True))
            call = _read_call(connection)
            if call:
                host = call.headers.get("host", "").partition(":")[0]
                self.calls.append(call)
                self._reply(host, call.target)(Peer(connection, self._stopped))

    def _reply(self, host: str, target: str) -> Reply:
        with self._lock:
            replies = self._replies.get(f"//{host}{target}") or self._replies.get(target)
            if not replies:
                return page(b"not here", status=404)
            return replies.pop(0) if len(replies) > 1 else replies[0]


def _read_call(connection: socket.socket) -> Call | None:
    """Read one request; None when the client says nothing."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return None
        data += more
        if data.startswith(b"\x16"):  # TLS to a plain server
            connection.sendall(head(400))
            return None
    start, _, body = data.partition(b"\r\n\r\n")
    first, *rest = start.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    return Call(method, target, headers, body, time.monotonic())
