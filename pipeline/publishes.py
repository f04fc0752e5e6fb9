"""The log of what was published, beside the archive: from which state of the archive, with which code, holding what.

``publishes.jsonl`` is only appended to, a short line a publish; ``publishes/`` holds each publish's record (the
lengths of all logs then, row counts and content of every table) and what it changed. A line is written just before its
warehouse takes the front window. Where a crash fell between the two, the next publish names the one before as its
predecessor: only what can be reached that way was ever served, so an orphan stays in the file and counts for nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.durable import append_line, plain_bytes, storing, whole_file
from pipeline.errors import ArchiveError, UsageError
from pipeline.inputs import Inputs, digest

LOG, RECORDS = "publishes.jsonl", "publishes"
LOGS = ("*/visits.jsonl", "*/terms.jsonl", "decisions.jsonl")  # what the published state follows from, of the archive
AGE = re.compile(r"(\d{1,4})([dh])", re.ASCII)
SHORTEST_ID = 10  # characters of a snapshot's name that may stand for it: its day


class Line(BaseModel):
    """One publish, in the log."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    snapshot_id: str
    published_at: datetime
    previous_snapshot_id: str | None
    version: str
    changes: int
    """Rows of its file of changes; 0: there is no such file."""


class Log(BaseModel):
    """How long one log of the archive was, and the hash of that much of it."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    bytes: int
    sha256: str


class Table(BaseModel):
    """What one public table held, and how it differs from the publish before."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    rows: int
    content: str
    """Sum of the rows' hashes: the same rows in any order give the same."""
    added: int = 0
    removed: int = 0
    changed: int = 0
    """Rows of which a cell changed."""


class Record(BaseModel):
    """One publish in full."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    snapshot_id: str
    published_at: datetime
    layout: int
    archive: dict[str, Log]
    """State of the archive, by the log's path below it."""
    inputs: str
    """Name of the set of code, SQL, reference, bundled facts and engine."""
    tables: dict[str, Table]


def state_of(archive: Path) -> dict[str, Log]:
    """The state of the archive now: every log, as long as it is. The caller holds the home's lock."""
    found: dict[str, Log] = {}
    for pattern in LOGS:
        for path in sorted(archive.glob(pattern)):
            with storing(path, "read"):
                text = plain_bytes(path)
            found[path.relative_to(archive).as_posix()] = Log(bytes=len(text), sha256=hashlib.sha256(text).hexdigest())
    return found


def cut_to(archive: Path, state: dict[str, Log], folder: Path) -> None:
    """Write the logs as they were in that state into an empty folder; bodies stay where they are.

    Raises:
        ArchiveError: A log was not only appended to since.
    """
    for name, log in state.items():
        path = archive / name
        with storing(path, "read"):
            text = plain_bytes(path)[: log.bytes] if path.exists() else b""
        if hashlib.sha256(text).hexdigest() != log.sha256:
            raise ArchiveError(
                f"{name} is not what it was: its first {log.bytes:,} bytes have changed", page=str(path),
                likely="the log was edited, cut or replaced; logs are only appended to", kept="everything published",
                fix="restore the file from a copy",
            )  # fmt: skip
        with storing(folder):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text)


# --- writing --------------------------------------------------------------------------------------


def write(archive: Path, line: Line, record: Record, inputs: Inputs, changes: Sequence[str]) -> None:
    """Keep a publish, durably: its inputs, its record and its changes first, its line last."""
    folder = archive / RECORDS
    named = folder / f"inputs-{digest(inputs)}.json.gz"
    if not named.exists() or _is_damaged(named):
        _keep(named, json.dumps(inputs, sort_keys=True))
    _keep(folder / f"{slug(line.snapshot_id)}.json.gz", record.model_dump_json())
    if changes:
        _keep(folder / f"{slug(line.snapshot_id)}.changes.jsonl.gz", "".join(f"{row}\n" for row in changes))
    append_line(archive / LOG, line.model_dump_json(), stage="publish")


def _keep(path: Path, text: str) -> None:
    with whole_file(path, stage="record") as partial:
        partial.write_bytes(gzip.compress(text.encode(), compresslevel=6, mtime=0))


def slug(snapshot_id: str) -> str:
    """A snapshot's name as the beginning of a file's name."""
    return "".join(char for char in snapshot_id if char.isalnum() or char == ".")


# --- reading --------------------------------------------------------------------------------------


def served(archive: Path, snapshot_id: str | None = None) -> list[Line]:
    """The publishes that were served, oldest first, up to that one; None: up to the newest line.

    A line that a crash has torn was never served. A snapshot that no line names (it was published before there was
    a log) has no history.
    """
    path = archive / LOG
    if not path.exists():
        return []
    with storing(path, "read"):
        text = plain_bytes(path)
    by_id = {line.snapshot_id: line for line in map(_line, text.splitlines()) if line is not None}
    at = snapshot_id if snapshot_id is not None else next(reversed(by_id), None)
    chain: list[Line] = []
    while at in by_id and (not chain or by_id[at].published_at < chain[-1].published_at):
        chain.append(by_id[at])
        at = by_id[at].previous_snapshot_id
    return chain[::-1]


def _line(text: bytes) -> Line | None:
    try:
        return Line.model_validate_json(text)
    except ValidationError:
        return None


def record_of(archive: Path, snapshot_id: str) -> Record | None:
    """The publish in full; None where its record is gone."""
    text = _read(archive / RECORDS / f"{slug(snapshot_id)}.json.gz")
    try:
        return None if text is None else Record.model_validate_json(text)
    except ValidationError as error:
        raise _damaged(archive / RECORDS, str(error)) from error


def inputs_of(archive: Path, name: str) -> Inputs | None:
    """The set of inputs of that name; None where its file is gone."""
    text = _read(archive / RECORDS / f"inputs-{name}.json.gz")
    return None if text is None else json.loads(text)


def changes_of(archive: Path, line: Line) -> str:
    """What a publish changed, as JSON lines; empty where nothing did, or its file is gone."""
    if not line.changes:
        return ""
    return _read(archive / RECORDS / f"{slug(line.snapshot_id)}.changes.jsonl.gz") or ""


def _read(path: Path) -> str | None:
    try:
        with storing(path, "read"):
            return gzip.decompress(plain_bytes(path)).decode() if path.exists() else None
    except (EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError) as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, why: str) -> ArchiveError:
    return ArchiveError(
        f"{path.name} cannot be read: {why}", page=str(path), kept="everything published",
        fix="restore the file from a copy, or move it aside: that publish then has no details",
    )  # fmt: skip


def damage(archive: Path) -> list[ArchiveError]:
    """The records that cannot be read; nothing that is published now rests on them."""
    return [_damaged(path, "damaged") for path in sorted((archive / RECORDS).glob("*.gz")) if _is_damaged(path)]


def _is_damaged(path: Path) -> bool:
    try:
        _read(path)
    except ArchiveError:
        return True
    return False


# --- which one ------------------------------------------------------------------------------------


def find(lines: Sequence[Line], text: str, *, now: datetime | None = None, is_age_capped: bool = False) -> Line:
    """The publish that a person means: its snapshot's name or the beginning of it, a day, a time, or an age as 7d.

    A day means what was served at its end, a time what was served then (UTC).

    Args:
        lines: The publishes, oldest first.
        text: What the person wrote.
        now: What ages are measured from; None: now.
        is_age_capped: Take the first publish where an age reaches beyond it: a week of a project of three days.

    Raises:
        UsageError: Nothing is logged, the text is none of these, or nothing was published by then.
    """
    if not lines:
        raise UsageError("no publish is logged yet", fix="aicost refresh publishes one")
    named = [line for line in lines if line.snapshot_id == text]
    if named:
        return named[0]
    until = _moment(text, now or datetime.now(UTC))
    if until is None:
        begun = [line for line in lines if len(text) > SHORTEST_ID and line.snapshot_id.startswith(text)]
        if len(begun) == 1:
            return begun[0]
        what = f"{text!r} is neither a snapshot, a day, a time nor an age"
        raise UsageError(what, fix="write 2026-11-23, 2026-11-23T06:00Z, 7d, 12h or the name of a snapshot")
    earlier = [line for line in lines if line.published_at <= until]
    if not earlier and is_age_capped and AGE.fullmatch(text):
        return lines[0]
    if not earlier:
        first = lines[0]
        what = f"nothing was published by {until:%Y-%m-%d %H:%M} UTC"
        raise UsageError(what, fix=f"the first publish on record is {first.snapshot_id}")
    return earlier[-1]


def _moment(text: str, now: datetime) -> datetime | None:
    if age := AGE.fullmatch(text):
        return now - int(age[1]) * {"d": timedelta(days=1), "h": timedelta(hours=1)}[age[2]]
    try:
        if len(text) == len("2026-11-23"):
            return datetime.combine(date.fromisoformat(text), datetime.max.time(), UTC)
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
