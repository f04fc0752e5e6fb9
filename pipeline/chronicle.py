"""What a publish tells about itself: what it was made from, what it holds, and what changed since the one before.

`begin` looks at what was there, `Story.tell` fills ``meta.changes`` and the table ``changes`` of the finished draft,
`Story.keep` writes the log. A past state tells the same by the log alone.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

import pipeline
from pipeline import build, changes, inputs, publishes, schema, warehouse
from pipeline.archive import Archive
from pipeline.durable import SCRATCH
from pipeline.errors import ArchiveError
from pipeline.paths import Home
from pipeline.publishes import Line, Log, Record, Table

DAYS_BACK = 92  # of changes in the table; the log keeps all
MOST_ROWS = 50_000  # of changes in the table, whole publishes, the newest first
TELLING = "main.changes"  # the model


@dataclass
class Story:
    """One publish, on its way into the log."""

    archive: Path
    previous_id: str | None
    before: Record | None
    """The publish before, where it is on record."""
    intact: Path | None
    """Its warehouse, where nobody has changed it since."""
    state: dict[str, Log]
    inputs: inputs.Inputs
    ours: dict[str, list[str]]
    """What of ours has moved since, by group."""
    untold: str | None = None
    """Why what both moved cannot be told apart."""
    _line: Line | None = None
    _record: Record | None = None
    _rows: list[str] = field(default_factory=list[str])

    @property
    def both_moved(self) -> bool:
        """Whether the archive and what is ours have moved since the publish before."""
        moved = self.before is not None and self.intact is not None and self.state != self.before.archive
        return moved and bool(self.ours)

    def tell(
        self, draft: duckdb.DuckDBPyConnection, snapshot_id: str, published_at: datetime, middle: Path | None
    ) -> dict[str, int]:
        """Say in the finished draft what has changed; row counts of the tables that this fills."""
        new = database(draft)
        old = _attached(draft, self.intact) if self.before and self.intact else None
        known = self.before.tables if self.before else {}
        shapes = changes.Shapes(draft)
        tables, rows = changes.contents(draft, new, known, old, shapes), list[changes.Row]()
        if self.before and old:
            tables, rows = self._compared(draft, (old, new, middle), tables, shapes)
        common = {
            "changed_at": published_at.isoformat(), "snapshot_id": snapshot_id,
            "previous_snapshot_id": self.previous_id,
        }  # fmt: skip
        self._rows = [json.dumps({**common, **row}, ensure_ascii=False) for row in rows]
        self._line = Line(
            snapshot_id=snapshot_id, published_at=published_at, previous_snapshot_id=self.previous_id,
            version=pipeline.__version__, changes=len(self._rows),
        )  # fmt: skip
        self._record = Record(
            snapshot_id=snapshot_id, published_at=published_at, layout=schema.LAYOUT, archive=self.state,
            inputs=inputs.digest(self.inputs), tables=tables,
        )  # fmt: skip
        lines = publishes.served(self.archive, self.previous_id) if self.previous_id else []
        return fill(draft, self.archive, [*lines, self._line], "".join(f"{row}\n" for row in self._rows))

    def _compared(
        self,
        draft: duckdb.DuckDBPyConnection,
        builds: tuple[str, str, Path | None],
        tables: dict[str, Table],
        shapes: changes.Shapes,
    ) -> tuple[dict[str, Table], list[changes.Row]]:
        old, new, middle = builds
        grains = {model.name: model.grain for model in build.models().values() if model.schema == "main"}
        changes.compare(draft, old, new, "net", grains, shapes)
        if middle:
            between = _attached(draft, middle)
            changes.compare(draft, old, between, "by_ours", grains, shapes)
            changes.compare(draft, between, new, "by_archive", grains, shapes)
        was = self.before.archive if self.before else {}
        moved = changes.Moved(
            sources=changes.moved_sources(draft, old, new),
            decisions=was.get("decisions.jsonl") != self.state.get("decisions.jsonl"),
            visited=was != self.state,
            ours=self.ours,
        )
        counts = changes.counts(draft)
        counted = {
            name: Table(rows=table.rows, content=table.content, added=added, removed=removed, changed=changed)
            for name, table in tables.items()
            for added, removed, changed in [counts.get(name, (0, 0, 0))]
        }
        return counted, list(changes.told(draft, moved, changes.Lineage(), has_middle=middle is not None))

    def keep(self) -> None:
        """Write the publish into the log, durably.

        Raises:
            StorageError: The archive cannot be written.
        """
        if self._line is not None and self._record is not None:
            publishes.write(self.archive, self._line, self._record, self.inputs, self._rows)


def begin(home: Home, served: warehouse.Snapshot | None, intact: Path | None) -> Story:
    """What there is before a publish: the one before, the archive and our own things of now. Writes nothing.

    Args:
        home: Where archive and warehouse are; the caller holds its lock.
        served: The build that is served now.
        intact: Its file, where nobody has changed it since.
    """
    known = publishes.served(home.archive)
    previous = served.snapshot_id if served else known[-1].snapshot_id if known else None
    before, then = _on_record(home.archive, previous)
    today = inputs.of_today()
    ours = inputs.moved(then, today) if then is not None else {}
    return Story(home.archive, previous, before, intact, publishes.state_of(home.archive), today, ours)


def _on_record(archive: Path, snapshot_id: str | None) -> tuple[Record | None, inputs.Inputs | None]:
    """A publish and what it was made from; a record that is damaged stops no publish (aicost doctor names it)."""
    try:
        before = publishes.record_of(archive, snapshot_id) if snapshot_id else None
        return before, publishes.inputs_of(archive, before.inputs) if before else None
    except ArchiveError:
        return None, None


def _told_before(archive: Path, line: Line) -> str:
    try:
        return publishes.changes_of(archive, line)
    except ArchiveError:
        return ""  # as where its file is gone


def fill(
    draft: duckdb.DuckDBPyConnection, archive: Path, lines: list[Line], newest: str | None = None
) -> dict[str, int]:
    """Fill ``meta.changes`` and the table ``changes`` of a build that is the last of these publishes.

    Args:
        draft: The build.
        archive: Where the log is.
        lines: The publishes up to this one.
        newest: What this one changed, as JSON lines, where it is not in the log yet.

    Returns:
        Row counts of the tables that were filled.
    """
    text, left = list[str](), MOST_ROWS
    for number, line in enumerate(reversed(lines)):
        is_old = line.published_at < lines[-1].published_at - timedelta(days=DAYS_BACK)
        if number and (is_old or line.changes > left):
            break
        text.append(newest if newest is not None and not number else _told_before(archive, line))
        left -= line.changes
    columns = schema.columns_of(draft, "meta.changes")
    with tempfile.TemporaryDirectory(prefix=SCRATCH) as folder:
        file = Path(folder) / "changes.jsonl"
        file.write_text("".join(text), encoding="utf-8")
        if file.stat().st_size:
            types = ", ".join(f'"{name}": {schema.quoted(kind)}' for name, kind in columns.items())
            draft.execute(
                f"insert into meta.changes select {', '.join(columns)} from read_json(?, format = 'newline_delimited', "
                f"columns = {{{types}}}, maximum_object_size = 16777216) order by all",
                [str(file)],
            )
    model = build.models().get(TELLING)
    return {TELLING: build.make(draft, model)} if model else {}


@contextlib.contextmanager
def past_archive(home: Home, record: Record | None) -> Generator[Archive]:
    """The archive as it was at that publish, without copying a body.

    Raises:
        ArchiveError: A log was not only appended to since.
    """
    with tempfile.TemporaryDirectory(prefix=SCRATCH) as folder:
        if record is not None:
            publishes.cut_to(home.archive, record.archive, Path(folder))
        yield Archive(Path(folder), bodies=home.archive)


def database(connection: duckdb.DuckDBPyConnection) -> str:
    """The database that a connection writes to."""
    return str(connection.execute("select current_database()").fetchall()[0][0])


def _attached(connection: duckdb.DuckDBPyConnection, path: Path) -> str:
    """The name under which a file is attached, read-only; attached now where it is not."""
    rows = connection.execute("select database_name, path from duckdb_databases() where path is not null").fetchall()
    known = next((str(name) for name, at in rows if Path(str(at)) == path), None)
    if known is None:
        known = f"beside_{len(rows)}"
        connection.execute(f"attach {schema.quoted(str(path))} as {known} (read_only)")
    return known
