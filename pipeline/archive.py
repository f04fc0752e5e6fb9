"""The cellar: every body as received, content-addressed, kept before anything reads it.

One folder a source: bodies as ``<sha256>.gz`` (the hash is of the body itself) and ``visits.jsonl``, a log
that is only appended to. A visit's line is written last, so that a line never names a body that is not there.
Nothing here edits, deletes or interprets.
"""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import hashlib
import os
import re
import zlib
from collections.abc import Generator, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.durable import append_line, plain_bytes, read_lines, storing, whole_file
from pipeline.errors import ArchiveError
from pipeline.redact import redacted

Outcome = Literal["new", "unchanged", "failed"]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
VISITING, LOGGING = ".visiting", ".logging"  # files whose locks are held; there is nothing in them
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class ArchivedPage(BaseModel):
    """One body of a visit, and the answer it came in."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    sha256: Sha256
    bytes: int
    fetched_at: datetime
    retries: int | None = None
    """How often it was asked for again before it came, where it was."""

    def header(self, name: str) -> str | None:
        """The header of that lower-case name, if the answer had it."""
        return next((value for key, value in self.headers if key == name), None)


class Visit(BaseModel):
    """One visit to a source: what was received, that nothing had changed, or why there was nothing."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    visit_id: str
    source: str
    outcome: Outcome
    via: Literal["fetch", "ingest"]
    visited_at: datetime
    """When the visit was made, or the time given with a page saved by hand (UTC)."""
    logged_at: datetime
    """When this line was written (UTC)."""
    pages: tuple[ArchivedPage, ...] = ()
    error: dict[str, str | None] | None = None
    same_as: str | None = None
    """For an unchanged visit: the visit that holds the bodies."""


def new_visit_id(visited_at: datetime, pages: tuple[ArchivedPage, ...]) -> str:
    """Time and content in one name: the same page at the same time is the same visit."""
    digest = hashlib.sha256("".join(page.sha256 for page in pages).encode()).hexdigest()[:8]
    return f"{visited_at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{digest}"


def in_time(visits: Iterable[Visit]) -> list[Visit]:
    """Visits from the oldest page to the newest, also where the clock was wrong.

    A page saved by hand stands at the time given with it. Pages that were fetched stand in the order of the log,
    which no clock can turn round: one that was logged before another was not fetched after it. So a day on which the
    clock was ahead does not stay the newest until the time comes.
    """
    logged, latest = list(visits), datetime.max.replace(tzinfo=UTC)
    placed: list[tuple[datetime, int]] = []
    for number, visit in reversed(list(enumerate(logged))):
        if visit.via == "fetch":
            latest = min(latest, visit.visited_at)
        placed.append((latest if visit.via == "fetch" else visit.visited_at, number))
    return [logged[number] for _, number in sorted(placed)]


class Archive:
    """The archive below one folder.

    Args:
        root: The folder of logs and bodies.
        bodies: Where bodies lie instead, for logs that were cut to a past state.
    """

    def __init__(self, root: Path, *, bodies: Path | None = None) -> None:
        self.root = root
        self._bodies = bodies or root

    def sources(self) -> list[str]:
        """Names of the sources that have a log."""
        return sorted(path.parent.name for path in self.root.glob("*/visits.jsonl"))

    def keep(self, source: str, body: bytes) -> str:
        """Keep a body and return its SHA-256; a body that is there, and whole, is not written again."""
        sha256 = hashlib.sha256(body).hexdigest()
        if not self.holds(source, sha256):
            packed, path = gzip.compress(body, compresslevel=6, mtime=0), self._body_path(source, sha256)
            with whole_file(path, stage="body", needed=len(packed)) as partial:
                partial.write_bytes(packed)
        return sha256

    def holds(self, source: str, sha256: str) -> bool:
        """Whether the body is there and is what its name says."""
        try:
            self.body(source, sha256)
        except ArchiveError:
            return False
        return True

    def still_holds(self, visit: Visit) -> bool:
        """Whether the bodies of a visit are there as they were logged, at the cost of one stat each.

        What was written to since, or has become empty, is read to the end; what a disk has let rot silently is found
        by whoever reads it, and by ``aicost doctor``.
        """
        for page in visit.pages:
            try:
                found = self._body_path(visit.source, page.sha256).stat()
            except OSError:
                return False
            is_as_logged = found.st_size > 0 and found.st_mtime <= visit.logged_at.timestamp()
            if not is_as_logged and not self.holds(visit.source, page.sha256):
                return False
        return True

    def body(self, source: str, sha256: str) -> bytes:
        """The body of that hash, verified.

        Raises:
            ArchiveError: It is missing, unreadable, or not what its name says.
        """
        path = self._body_path(source, sha256)
        try:
            body = gzip.decompress(plain_bytes(path))
        except FileNotFoundError:
            raise _lost(source, path, "is missing") from None
        except (OSError, EOFError, zlib.error) as error:
            raise _lost(source, path, f"cannot be read ({error})") from error
        if hashlib.sha256(body).hexdigest() != sha256:
            raise _lost(source, path, "does not have the hash that its name says")
        return body

    def log(self, visit: Visit) -> None:
        """Append the visit's line, durably; a line that is there already is not written again.

        Raises:
            ArchiveError: A body was not kept before its visit.
            StorageError: The log cannot be written.
        """
        for page in visit.pages:
            if not self._body_path(visit.source, page.sha256).exists():
                raise ArchiveError(f"body {page.sha256} was not kept before its visit", source=visit.source)
        with self._locked(self.root / LOGGING, fcntl.LOCK_SH):
            named = visit.visit_id.encode()
            lines = [line for _, line in read_lines(self._log_path(visit.source)) if named in line]
            if visit.visit_id in {known.visit_id for known in map(_parsed, lines) if known}:
                return
            if visit.error:  # the log is published and copied: a proxy's password must not go with it
                told = {name: redacted(said) if said else said for name, said in visit.error.items()}
                visit = visit.model_copy(update={"error": told})
            append_line(self._log_path(visit.source), visit.model_dump_json(exclude_none=True), stage="visit")

    @contextlib.contextmanager
    def alone_with(self, source: str) -> Generator[None]:
        """Be the only one who visits a source, on whichever machine shares the folder; waits for one who does.

        Raises:
            StorageError: The archive cannot be written.
        """
        with self._locked(self._folder(source) / VISITING, fcntl.LOCK_EX):
            yield

    @contextlib.contextmanager
    def if_idle(self, source: str) -> Generator[bool]:
        """Whether nobody visits a source now; while the answer is yes and the block runs, nobody begins to."""
        path = self.root / source / VISITING
        with contextlib.ExitStack() as stack:
            try:
                if path.exists():
                    stack.enter_context(self._locked(path, fcntl.LOCK_EX | fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True

    @contextlib.contextmanager
    def standing_still(self) -> Generator[None]:
        """Let nobody add to a log: what is noted of the logs and what is read from them are then the same."""
        with self._locked(self.root / LOGGING, fcntl.LOCK_EX):
            yield

    @contextlib.contextmanager
    def _locked(self, path: Path, kind: int) -> Generator[None]:
        with storing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, kind)  # the system lets go of it if the process dies
            yield
        finally:
            os.close(handle)

    def visits(self, source: str) -> list[Visit]:
        """Every visit in the order of the log; lines that cannot be read are named by `damage`."""
        return [line for line in self._read_log(source) if isinstance(line, Visit)]

    def damage(self, source: str) -> list[ArchiveError]:
        """The lines of the log that cannot be read, except one torn by a crash: that visit was never finished."""
        return [line for line in self._read_log(source) if isinstance(line, ArchiveError)]

    def latest(self, source: str) -> Visit | None:
        """The visit with the newest page: what an unchanged page is compared with.

        Of a long log only the end is parsed, back to the newest page that was fetched, and pages saved by hand, which
        may be of any day.
        """
        end: list[Visit] = []
        is_found = False
        for _, line in reversed(list(read_lines(self._log_path(source)))):
            if is_found and b"ingest" not in line:
                continue
            visit = _parsed(line)
            if visit is not None and (visit.via == "ingest" or not is_found):
                end.append(visit)
                is_found |= visit.via == "fetch" and visit.outcome == "new"
        received = [visit for visit in in_time(reversed(end)) if visit.outcome == "new"]
        return received[-1] if received else None

    def _read_log(self, source: str) -> Iterator[Visit | ArchiveError]:
        path = self._log_path(source)
        for number, line in read_lines(path):
            yield _parsed(line) or ArchiveError(
                f"line {number} of the log of visits cannot be read", source=source, page=str(path),
                likely="the file was edited or damaged, or written by a newer version",
                kept="every other visit", fix="restore the file from a copy, or move that line aside",
            )  # fmt: skip

    def _body_path(self, source: str, sha256: str) -> Path:
        return self._folder(source, self._bodies) / f"{sha256}.gz"

    def _log_path(self, source: str) -> Path:
        return self._folder(source) / "visits.jsonl"

    def _folder(self, source: str, root: Path | None = None) -> Path:
        if not SLUG.fullmatch(source):
            raise ArchiveError(f"{source!r} is not the name of a source", fix="use a-z, 0-9, _ and -, at most 64")
        return (root or self.root) / source


def _parsed(line: bytes) -> Visit | None:
    try:
        return Visit.model_validate_json(line)
    except ValidationError:
        return None


def _lost(source: str, path: Path, what: str) -> ArchiveError:
    return ArchiveError(
        f"archived body {path.stem} {what}", source=source, page=str(path), kept="every other body",
        fix=f"restore it from a copy, or run aicost refresh {source} to fetch the page again",
    )  # fmt: skip
