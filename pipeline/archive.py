"""The cellar: every body as received, content-addressed, kept before anything reads it.

One folder a source: bodies as ``<sha256>.gz`` (the hash is of the body itself) and ``visits.jsonl``, a log
that is only appended to. A visit's line is written last, so that a line never names a body that is not there.
Nothing here edits, deletes or interprets.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import ArchiveError, StorageError

Outcome = Literal["new", "unchanged", "failed"]


class ArchivedPage(BaseModel):
    """One body of a visit, and the answer it came in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    sha256: str
    bytes: int
    fetched_at: datetime

    def header(self, name: str) -> str | None:
        """The header of that lower-case name, if the answer had it."""
        return next((value for key, value in self.headers if key == name), None)


class Visit(BaseModel):
    """One visit to a source: what was received, that nothing had changed, or why there was nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

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


class Archive:
    """The archive below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def sources(self) -> list[str]:
        """Names of the sources that have a log."""
        return sorted(path.parent.name for path in self.root.glob("*/visits.jsonl"))

    def keep(self, source: str, body: bytes) -> str:
        """Keep a body and return its SHA-256; a body that is there, and whole, is not written again."""
        sha256 = hashlib.sha256(body).hexdigest()
        if not self.holds(source, sha256):
            path = self._body_path(source, sha256)
            write_durably(path, lambda: gzip.compress(body, compresslevel=6, mtime=0))
        return sha256

    def holds(self, source: str, sha256: str) -> bool:
        """Whether the body is there and is what its name says."""
        try:
            self.body(source, sha256)
        except ArchiveError:
            return False
        return True

    def log(self, visit: Visit) -> None:
        """Append the visit's line, durably. Its bodies must have been kept before."""
        for page in visit.pages:
            if not self._body_path(visit.source, page.sha256).exists():
                raise ArchiveError(f"body {page.sha256} was not kept before its visit", source=visit.source)
        path = self._log_path(visit.source)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as log:
                if log.tell() and not _ends_with_newline(path):
                    log.write(b"\n")  # a line torn by a crash stays, and stays apart
                log.write(visit.model_dump_json(exclude_none=True).encode() + b"\n")
                log.flush()
                os.fsync(log.fileno())
        except OSError as error:
            raise _storage(path, error) from error

    def visits(self, source: str) -> list[Visit]:
        """Every visit in the order of the log; a line torn by a crash is passed over.

        Raises:
            ArchiveError: A line other than a torn one cannot be read.
        """
        path = self._log_path(source)
        if not path.exists():
            return []
        return list(self._read_log(path, source))

    def latest(self, source: str) -> Visit | None:
        """The visit with the newest page: what an unchanged page is compared with."""
        received = [visit for visit in self.visits(source) if visit.outcome == "new"]
        return max(received, key=lambda visit: (visit.visited_at, visit.visit_id), default=None)

    def body(self, source: str, sha256: str) -> bytes:
        """The body of that hash, verified.

        Raises:
            ArchiveError: It is missing, unreadable, or not what its name says.
        """
        path = self._body_path(source, sha256)
        try:
            body = gzip.decompress(path.read_bytes())
        except FileNotFoundError:
            raise _lost(source, path, "is missing") from None
        except (OSError, EOFError, zlib.error) as error:
            raise _lost(source, path, f"cannot be read ({error})") from error
        if hashlib.sha256(body).hexdigest() != sha256:
            raise _lost(source, path, "does not have the hash that its name says")
        return body

    def _read_log(self, path: Path, source: str) -> Iterator[Visit]:
        lines = path.read_bytes().split(b"\n")
        for number, line in enumerate(lines, start=1):
            if not line:
                continue
            try:
                yield Visit.model_validate_json(line)
            except ValidationError as error:
                if _is_torn(line):
                    continue
                raise ArchiveError(
                    f"line {number} of the log of visits cannot be read", source=source, page=str(path),
                    likely="the file was edited, or written by a newer version",
                    fix="restore the file from a copy, or move that line aside",
                ) from error  # fmt: skip

    def _body_path(self, source: str, sha256: str) -> Path:
        return self.root / source / f"{sha256}.gz"

    def _log_path(self, source: str) -> Path:
        return self.root / source / "visits.jsonl"


def write_durably(path: Path, content: Callable[[], bytes]) -> None:
    """Write a file so that it is whole or not there: temporary name, fsync, rename, fsync of the folder."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.write(content())
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise _storage(path, error) from error


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _storage(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"cannot write {path}: {error.strerror or error}", page=str(path),
        likely="the disk is full, read-only, or the folder belongs to someone else",
        kept="everything written before", fix="free space or choose another folder with --home",
    )  # fmt: skip


def _lost(source: str, path: Path, what: str) -> ArchiveError:
    return ArchiveError(
        f"archived body {path.stem} {what}", source=source, page=str(path), kept="every other body",
        fix=f"restore it from a copy, or run aicost refresh {source} to fetch the page again",
    )  # fmt: skip


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _is_torn(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return not line.endswith(b"}")
    return False
