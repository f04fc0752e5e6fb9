"""Rows on their way into DuckDB, whatever became of the visits that they are from."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Self, TextIO

import duckdb

from pipeline import schema
from pipeline.archive import Visit, in_time
from pipeline.catalogue import Offers
from pipeline.durable import SCRATCH
from pipeline.errors import AicostError, ArchiveError
from pipeline.facts import Extra, Fact, GpuPrice, Issue
from pipeline.shelf import Line, Row, lines_of
from pipeline.source import Source

COPIED = ("meta.visits", "meta.issues", "raw.extra")  # besides the facts
LIKELY = "the page is not as it was"  # where nothing better is known
UNKNOWN_PAGE = "read the archived page; if it is right, teach pipeline/sources/{}.py"
PARTS_OF_ERRORS = (("page", "page"), ("likely", "likely"), ("fix", "hint"))  # as columns, and in the log of visits
State = Literal["loaded", "superseded", "rejected"]


@dataclass(frozen=True)
class Reading:
    """One visit as read: its facts and issues, or the reason why none are loaded."""

    source: Source
    visit_id: str
    observed_at: datetime
    via: str
    version: str
    """Hash of the code that has read it."""
    pages: Sequence[Mapping[str, object]] = ()
    facts: Sequence[Fact] = ()
    issues: Sequence[Issue] = ()
    rejected: AicostError | None = None
    offers: Offers | None = None
    """The facts of a catalogue that was read by kinds of rows, in a file of their own; `facts` is empty then."""
    lines: Sequence[Line] = ()
    """The facts on their way to the warehouse."""
    size: int | None = None
    """How many facts the page has, whatever becomes of them; None where they were not counted."""


class Spool:
    """Rows on their way into DuckDB: JSON lines in a temporary folder, read in one go per table.

    DuckDB reads 100 times faster from a file than row by row, and a file needs no further library. Rows are
    written in an order of their own, so that copied and newly read ones make the same table.
    """

    def __init__(self, scratch: Path | None) -> None:
        self._stack = ExitStack()
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix=SCRATCH, dir=scratch)))
        self._files: dict[str, TextIO] = {}
        self._catalogues: list[str] = []
        self._copied: set[str] = set()
        self._copied_tables: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def put(self, table: str, row: Mapping[str, object]) -> None:
        """One row of a table."""
        self._write(table, json.dumps(row, ensure_ascii=False, default=str))

    def _write(self, table: str, row: str) -> None:
        if table not in self._files:
            path = self.folder / f"{table}.jsonl"
            self._files[table] = self._stack.enter_context(path.open("w", encoding="utf-8"))
        self._files[table].write(f"{row}\n")

    def copy(self, source: Source, visit: Visit) -> None:
        """What the served warehouse holds of that visit."""
        self._copied.add(f"{source.name} {visit.visit_id}")
        self._copied_tables |= {*COPIED, *(f"raw.{kind.table}" for kind in source.facts)}

    def add(self, reading: Reading, state: State, rows: Iterable[Row] | None = None) -> None:
        """One visit, its facts (if loaded) and what was not readable.

        Args:
            reading: The visit as read.
            state: What becomes of it.
            rows: Those of its lines that become rows; None: all.
        """
        common: dict[str, object] = {"source": reading.source.name, "visit_id": reading.visit_id}
        observed_at = reading.observed_at.isoformat()
        lines = (reading.lines or lines_of(reading.facts)) if state == "loaded" else ()
        offers = reading.offers if state == "loaded" else None
        error, issues = reading.rejected, reading.issues if state == "loaded" else ()
        self.put("meta.visits", {
            **common, "observed_at": observed_at, "via": reading.via, "state": state, "version": reading.version,
            "facts": offers.facts if offers else len(lines), "facts_read": reading.size, "issues": len(issues),
            "pages": reading.pages,
            "reason": error.what if error else None, "likely": error.likely or LIKELY if error else None,
            "page": error.page or reading.source.url if error else None,
            "fix": error.fix or UNKNOWN_PAGE.format(reading.source.name) if error else None,
        })  # fmt: skip
        beside = json.dumps({**common, "observed_at": observed_at})[1:-1]
        for row in (Row(line, reading.visit_id) for line in lines) if rows is None else rows:
            _, offer, position, cells = row.line
            seen_to = f',"last_visit_id":{json.dumps(row.last_visit_id)}' if offer else ""
            self._write(f"raw.{row.line.table}", f"{{{beside}{seen_to},{position},{cells}}}")
        if offers:
            said = {**common, "observed_at": observed_at, "last_visit_id": reading.visit_id}
            constants = ", ".join(f'{schema.quoted(str(value))} as "{name}"' for name, value in said.items())
            self._catalogues.append(f"select {constants}, * from read_parquet({schema.quoted(str(offers.file))})")
        for issue in issues:
            if isinstance(issue, Extra):
                page = issue.page or reading.source.url
                self.put("raw.extra", {**common, "observed_at": observed_at, "page": page, **issue.cell})
            else:
                self.put("meta.issues", {**common, "page": reading.source.url, **issue.model_dump(exclude_none=True)})
        if error:
            self._refuse(common, reading.source.url, error)

    def add_source(
        self, source: Source, visits: list[Visit], damage: list[ArchiveError], said: Iterable[tuple[str, Issue]]
    ) -> None:
        """The declaration, every line of its log, what else is said of it, and how its newest visit ended."""
        tried = in_time(visits)
        seen = [visit for visit in tried if visit.outcome != "failed"]
        last = tried[-1] if tried else None
        declared = {name: getattr(source, name) for name in schema.META["sources"][1] if hasattr(source, name)}
        self.put("meta.sources", {
            **declared, "source": source.name,
            "last_attempt_at": last.visited_at.isoformat() if last else None,
            "last_seen_at": seen[-1].visited_at.isoformat() if seen else None,
            "last_outcome": last.outcome if last else None,
            "last_error": _message(last) if last else None,
            **{f"last_error_{part}": (last.error or {}).get(key) if last else None for part, key in PARTS_OF_ERRORS},
        })  # fmt: skip
        for number, visit in enumerate(visits):
            self.put("meta.attempts", {
                "source": visit.source, "attempt": number, "visit_id": visit.visit_id,
                "visited_at": visit.visited_at.isoformat(), "via": visit.via,
                "outcome": visit.outcome, "error": _message(visit),
                "retries": sum(page.retries or 0 for page in visit.pages),
            })  # fmt: skip
        for error in damage:
            self._refuse({"source": source.name, "visit_id": "log"}, "visits.jsonl", error)
        for visit_id, issue in said:
            self.put("meta.issues", {
                "source": source.name, "visit_id": visit_id, **issue.model_dump(exclude_none=True)
            })  # fmt: skip

    def _refuse(self, common: Mapping[str, object], page: str, error: AicostError) -> None:
        issue = Issue(row=None, rule=error.code, what=error.what)
        self.put("meta.issues", {**common, "page": page, **issue.model_dump(exclude_none=True)})

    def write_to(self, draft: duckdb.DuckDBPyConnection) -> None:
        """Fill the draft's tables."""
        catalogued = {f"raw.{GpuPrice.table}"} if self._catalogues else set[str]()
        for table in sorted(self._files.keys() | self._copied_tables | catalogued):
            columns = schema.columns_of(draft, table)
            names = ", ".join(f'"{name}"' for name in columns)
            parts, parameters = list[str](), list[object]()
            if table in self._files:
                self._files[table].flush()
                types = ", ".join(f'"{name}": {schema.quoted(kind)}' for name, kind in columns.items())
                parts.append(
                    f"select {names} from read_json(?, format = 'newline_delimited', columns = {{{types}}}, "
                    "maximum_object_size = 16777216)"
                )
                parameters.append(self._files[table].name)
            if table in self._copied_tables:
                parts.append(
                    f"select {names} from served.{table} where concat(source, ' ', visit_id) in (select unnest(?))"
                )
                parameters.append(sorted(self._copied))
            if table in catalogued:
                parts += [f"select {names} from ({rows})" for rows in self._catalogues]
            # The sort of a union does not spill, and a year of hourly prices is more than there is memory for.
            draft.execute(f"create or replace temp table parts as {' union all '.join(parts)}", parameters)
            draft.execute(f"insert into {table} from temp.parts order by all")
        draft.execute("drop table if exists temp.parts")


def _message(visit: Visit) -> str | None:
    return (visit.error or {}).get("message")
