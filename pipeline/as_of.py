"""Any state that was ever published, made again from the archive: as it was then, and compared with what was said then.

The published state follows from the archive, the bundled facts, code, SQL and reference. The log of publishes says how
long every log of the archive was, so the archive of then is known; the rest is today's. Where it has moved since, the
content of then is shown under today's code, under a name of its own, and the parts that moved are named.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipeline import changes, chronicle, inputs, publish, publishes, warehouse
from pipeline.durable import whole_file
from pipeline.errors import ArchiveError
from pipeline.paths import Home
from pipeline.place import Place
from pipeline.publishes import Line, Record

MOST_KEPT = 8  # past states in the folder; the one that was asked for longest ago goes first


@dataclass(frozen=True)
class Past:
    """A past state, and how it compares with what was published then."""

    path: Place
    """A warehouse file or a lake, to be read only."""
    snapshot_id: str
    """The publish that was asked for."""
    published_at: str
    moved: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """What of ours has moved since, by group: files of code, SQL, reference and bundled facts."""
    differing: list[str] = field(default_factory=list[str])
    """Public tables that do not hold what was published then."""

    @property
    def is_as_published(self) -> bool:
        """Whether every public table holds, row for row, what was published."""
        return not self.differing

    @property
    def said(self) -> list[str]:
        """What a reader must know, one line each; nothing where it is as published."""
        if self.is_as_published:
            return []
        parts = [f"{group} ({changes.listed(names)})" for group, names in self.moved.items()]
        return [
            f"as of {self.snapshot_id}, under the code of today: {len(self.differing)} tables differ from what was "
            f"published then ({changes.listed(self.differing)})",
            f"moved since: {'; '.join(parts) or 'nothing that is logged'}",
        ]


def find(home: Home, text: str) -> Line:
    """The publish that a day, a time, an age or a name means.

    Raises:
        UsageError: There is none.
    """
    return publishes.find(history(home), text)


def history(home: Home) -> list[Line]:
    """Every publish up to the one that is served, oldest first."""
    served = warehouse.served_snapshot(home)
    return publishes.served(home.archive, served.snapshot_id if served else None)


def state(home: Home, text: str) -> Past:
    """The state that was published then; built once, and kept for the next time while archive and code stay.

    Args:
        home: Where archive and warehouse are.
        text: A day (what was served at its end), a time, an age as 7d, or the name of a snapshot.

    Raises:
        UsageError: No publish is meant by that.
        ArchiveError: The log of publishes, or the archive of then, is not what it was.
        StorageError: The past state cannot be written.
    """
    line = find(home, text)
    record = _record(home, line)
    served = warehouse.served_snapshot(home)
    if served and served.snapshot_id == line.snapshot_id and publish.is_as_published(home):
        return Past(home.warehouse, line.snapshot_id, line.published_at.isoformat())
    today = inputs.of_today()
    path = home.past / f"{publishes.slug(line.snapshot_id)}-{inputs.digest(today)}.duckdb"
    kept = _kept(path)
    if kept is None:
        kept = _make(home, line, record, today, path)
        _forget(home.past)
    with contextlib.suppress(OSError):  # the folder may be read-only: then nothing is forgotten either
        os.utime(path)
    return kept


def _record(home: Home, line: Line) -> Record:
    record = publishes.record_of(home.archive, line.snapshot_id)
    if record is None:
        raise ArchiveError(
            f"the record of {line.snapshot_id} is gone", page=str(home.archive / publishes.RECORDS),
            kept="every other publish", fix="restore the folder from a copy, or ask for another day",
        )  # fmt: skip
    return record


def _make(home: Home, line: Line, record: Record, today: inputs.Inputs, path: Path) -> Past:
    then = publishes.inputs_of(home.archive, record.inputs)
    moved = inputs.moved(then, today) if then is not None else {"code": ["what it was then is not on file"]}
    path.parent.mkdir(parents=True, exist_ok=True)
    draft_path = path.with_name(f".{path.name}.{os.getpid()}")
    copied = home.warehouse if publish.is_as_published(home) else None
    try:
        with chronicle.past_archive(home, record) as archive, publish.drafting(draft_path, archive, copied) as draft:
            lines = publishes.served(home.archive, line.snapshot_id)
            chronicle.fill(draft, home.archive, lines)
            found = changes.contents(draft, chronicle.database(draft))
            differing = sorted(
                name for name in {*found, *record.tables}
                if (found[name].content if name in found else None)
                != (record.tables[name].content if name in record.tables else None)
            )  # fmt: skip
            # One name never stands for two contents.
            own = f"{line.snapshot_id}+{inputs.digest(today)[:8]}" if differing else line.snapshot_id
            publish.stamp(draft, own, line.published_at)
        past = Past(path, line.snapshot_id, line.published_at.isoformat(), moved, differing)
        with whole_file(path.with_suffix(".json")) as partial:
            partial.write_text(json.dumps({**asdict(past), "path": path.name}, indent=1), encoding="utf-8")
        draft_path.replace(path)
    finally:
        for leftover in (draft_path, draft_path.with_name(f"{draft_path.name}.wal")):
            leftover.unlink(missing_ok=True)
    return past


def _kept(path: Path) -> Past | None:
    try:
        told: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        told["path"] = path
        return Past(**told) if path.exists() else None
    except (OSError, ValueError, TypeError):
        return None  # made anew


def _forget(folder: Path) -> None:
    files = sorted(folder.glob("[!.]*.duckdb"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[MOST_KEPT:]:
        path.unlink(missing_ok=True)
        path.with_suffix(".json").unlink(missing_ok=True)
