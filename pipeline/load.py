"""The pantry: parsed facts with their provenance into ``raw.*``, and what became of every visit into ``meta.*``.

What is loaded follows from the archive, the bundled facts and the code alone. A catalogue is in force as its
latest good visit; prices are observations, and every good visit stays. Facts parsed before by the same code are
copied from the warehouse that is served now; a rebuild parses all of them again and gets the same.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Literal

import duckdb

from pipeline import bundle, paths, schema
from pipeline.archive import Archive, Visit
from pipeline.errors import AicostError, ContractBroken, PageChanged
from pipeline.facts import FACTS, Fact, Issue
from pipeline.source import Page, Source, all_sources

SHARE_UNREADABLE = 0.2  # above this share of rows that are not facts, the page is not as known
State = Literal["loaded", "superseded", "rejected"]


@dataclass
class Reading:
    """One visit as read: its facts and issues, or the reason why none are loaded."""

    source: Source
    visit_id: str
    observed_at: datetime
    via: str
    pages: tuple[dict[str, object], ...] = ()
    facts: list[Fact] = field(default_factory=list[Fact])
    issues: list[Issue] = field(default_factory=list[Issue])
    rejected: AicostError | None = None


def parse_pages(source: Source, pages: Iterable[Page]) -> tuple[list[Fact], list[Issue]]:
    """All facts and issues of one visit, within the bounds that the source declares.

    Raises:
        PageChanged: The structure is not as known, too few or too many facts, or too many unreadable rows.
    """
    facts: list[Fact] = []
    issues: list[Issue] = []
    for page in pages:
        for found in source.parse(page):
            if isinstance(found, Issue):
                issues.append(found)
            else:
                facts.append(found)
    _within_bounds(source, len(facts), sum(not issue.kept for issue in issues))
    strange = {type(fact) for fact in facts} - set(source.facts)
    if strange:
        raise ContractBroken(f"parse yielded undeclared facts: {strange}", source=source.name)
    return facts, issues


def _within_bounds(source: Source, facts: int, unreadable: int) -> None:
    if not source.least <= facts <= source.most:
        raise PageChanged(
            f"{facts} facts, expected {source.least} to {source.most}", source=source.name, page=source.url,
            likely="rows went missing, or were repeated" if facts else "the page layout changed, or a stand-in was served",
            fix=f"read the archived page; if it is right, change the bounds in pipeline/sources/{source.name}.py",
        )  # fmt: skip
    if unreadable > SHARE_UNREADABLE * (facts + unreadable):
        raise PageChanged(
            f"{unreadable} of {facts + unreadable} rows cannot be read", source=source.name, page=source.url,
            likely="a column changed its meaning, unit or currency",
        )  # fmt: skip


def load(draft: duckdb.DuckDBPyConnection, archive: Archive, served: Path | None = None) -> None:
    """Fill ``reference``, ``raw`` and ``meta`` of an empty draft.

    Args:
        draft: A connection to the new database file.
        archive: The archive to load from.
        served: The warehouse served now, to copy facts from that the same code has parsed; None: parse all.
    """
    schema.create(draft)
    _load_reference(draft)
    earlier = _Earlier(draft, served)
    spool = _Spool()
    for source in all_sources().values():
        _load_source(source, archive, earlier, spool)
    spool.write_to(draft)
    earlier.close()


def _load_reference(draft: duckdb.DuckDBPyConnection) -> None:
    for path in sorted(paths.reference_dir().glob("*.csv")):
        draft.execute(
            f'create table reference."{path.stem}" as '
            "select * from read_csv(?, all_varchar = true, header = true, strict_mode = true, nullstr = '')",
            [str(path)],
        )


def _load_source(source: Source, archive: Archive, earlier: _Earlier, spool: _Spool) -> None:
    history = archive.visits(source.name)
    spool.add_attempts(history)
    spool.add_source(source, history)
    if source.is_reference:
        spool.add(_read_reference(source), "loaded")
        return
    good = 0
    for visit in _newest_first(history):
        if good and not source.history:
            spool.add(_unread(source, visit), "superseded")
            continue
        reading = earlier.copy(source, visit, spool)
        if reading is None:
            reading = _read_visit(source, archive, visit)
            spool.add(reading, "rejected" if reading.rejected else "loaded")
        good += reading.rejected is None
    bundled = bundle.find(source.name)
    if bundled is not None:
        spool.add(_read_bundle(source, bundled), "loaded" if source.history or not good else "superseded")


def _newest_first(visits: list[Visit]) -> list[Visit]:
    received = {visit.visit_id: visit for visit in visits if visit.outcome == "new"}
    return sorted(received.values(), key=lambda visit: (visit.visited_at, visit.visit_id), reverse=True)


def _unread(source: Source, visit: Visit) -> Reading:
    pages = tuple(page.model_dump(mode="json", exclude={"headers"}) for page in visit.pages)
    return Reading(source, visit.visit_id, visit.visited_at, visit.via, pages)


def _read_visit(source: Source, archive: Archive, visit: Visit) -> Reading:
    reading = _unread(source, visit)
    try:
        pages = [
            Page(source.name, page.url, archive.body(source.name, page.sha256), page.header("content-type") or "")
            for page in visit.pages
        ]
        reading.facts, reading.issues = parse_pages(source, pages)
    except AicostError as error:
        reading.rejected = error
    return reading


def _read_reference(source: Source) -> Reading:
    path = paths.reference_dir() / source.url.removeprefix("reference:")
    facts, issues = parse_pages(source, [Page(source.name, source.url, path.read_bytes())])
    days = [day for fact in facts if (day := getattr(fact, "claimed_on", None)) is not None]
    return Reading(source, "reference", _midnight(max(days)), "reference", facts=facts, issues=issues)


def _read_bundle(source: Source, bundled: bundle.Bundle) -> Reading:
    header = bundled.header
    pages = ({"url": header.address, "sha256": header.page_sha256, "via": header.via},)
    return Reading(source, "bundled", _midnight(header.as_of), "bundled", pages, facts=list(bundled.facts()))


def _midnight(day: object) -> datetime:
    return datetime.combine(day, time(), UTC)  # pyright: ignore[reportArgumentType] - a date of a fact


class _Earlier:
    """Facts that the warehouse served now holds, parsed by the code of today."""

    def __init__(self, draft: duckdb.DuckDBPyConnection, served: Path | None) -> None:
        self.draft = draft
        self.known: dict[tuple[str, str, str], str] = {}
        self.attached = False
        if served is None or not served.exists():
            return
        try:
            draft.execute(f"attach '{str(served).replace(chr(39), chr(39) * 2)}' as served (read_only)")
            self.attached = True
            rows = draft.execute(
                "select source, visit_id, version, state from served.meta.visits "
                "where via in ('fetch', 'ingest') and state in ('loaded', 'rejected')"
            ).fetchall()
        except duckdb.Error:
            self.close()  # another schema, or not a warehouse of ours: everything is parsed again
            return
        self.known = {(source, visit, version): state for source, visit, version, state in rows}

    def copy(self, source: Source, visit: Visit, spool: _Spool) -> Reading | None:
        """Copy what was made of the visit before; None if it has to be read."""
        state = self.known.get((source.name, visit.visit_id, source.version))
        if state != "loaded":
            return None
        for kind in source.facts:
            names = ", ".join(schema.raw_columns(kind))
            self.draft.execute(
                f"insert into raw.{kind.table} ({names}) select {names} from served.raw.{kind.table} "
                "where source = ? and visit_id = ?",
                [source.name, visit.visit_id],
            )
        for table in ("quarantine", "visits"):
            self.draft.execute(
                f"insert into meta.{table} select * from served.meta.{table} where source = ? and visit_id = ?",
                [source.name, visit.visit_id],
            )
        spool.copied.add((source.name, visit.visit_id))
        return _unread(source, visit)

    def close(self) -> None:
        if self.attached:
            self.draft.execute("detach served")
            self.attached = False


class _Spool:
    """Rows on their way into DuckDB: JSON lines in a temporary folder, read in one go per table.

    DuckDB reads 100 times faster from a file than row by row, and a file needs no further library.
    """

    def __init__(self) -> None:
        self.rows: dict[str, list[str]] = {}
        self.copied: set[tuple[str, str]] = set()

    def put(self, table: str, row: dict[str, object]) -> None:
        self.rows.setdefault(table, []).append(json.dumps(row, ensure_ascii=False, default=str))

    def add(self, reading: Reading, state: State) -> None:
        """One visit, its facts (if loaded) and what was not readable."""
        common: dict[str, object] = {"source": reading.source.name, "visit_id": reading.visit_id}
        facts = reading.facts if state == "loaded" else []
        error = reading.rejected
        self.put("meta.visits", {
            **common, "observed_at": reading.observed_at.isoformat(), "via": reading.via, "state": state,
            "version": reading.source.version, "facts": len(facts),
            "issues": len(reading.issues), "pages": list(reading.pages),
            "reason": error.what if error else None, "likely": error.likely if error else None,
        })  # fmt: skip
        for fact in facts:
            cells = fact.model_dump(mode="json", exclude_none=True)
            self.put(f"raw.{fact.table}", {**common, "observed_at": reading.observed_at.isoformat(), **cells})
        for issue in _issues_of(reading):
            self.put("meta.quarantine", {**common, "page": reading.source.url, **issue.model_dump(exclude_none=True)})

    def add_attempts(self, visits: list[Visit]) -> None:
        """Every line of the log: what was tried and how it ended."""
        for number, visit in enumerate(visits):
            self.put("meta.attempts", {
                "source": visit.source, "attempt": number, "visit_id": visit.visit_id,
                "visited_at": visit.visited_at.isoformat(), "via": visit.via,
                "outcome": visit.outcome, "error": (visit.error or {}).get("message"),
            })  # fmt: skip

    def add_source(self, source: Source, visits: list[Visit]) -> None:
        """The declaration, and when it was last tried and last seen."""
        tried = [visit.logged_at for visit in visits]
        seen = [visit.logged_at for visit in visits if visit.outcome != "failed"]
        self.put("meta.sources", {
            "source": source.name, "sentence": source.sentence, "title": source.title, "publisher": source.publisher,
            "url": source.url, "licence": source.licence, "attribution": source.attribution,
            "robots": source.robots, "cadence": source.cadence, "least": source.least, "most": source.most,
            "currency": source.currency, "unit": source.unit, "disabled": source.disabled,
            "last_attempt_at": max(tried).isoformat() if tried else None,
            "last_seen_at": max(seen).isoformat() if seen else None,
            "last_outcome": visits[-1].outcome if visits else None,
            "last_error": (visits[-1].error or {}).get("message") if visits else None,
        })  # fmt: skip

    def write_to(self, draft: duckdb.DuckDBPyConnection) -> None:
        """Insert everything, in the order it was put."""
        with tempfile.TemporaryDirectory(prefix="aicost-") as folder:
            for table, lines in self.rows.items():
                path = Path(folder) / f"{table}.jsonl"
                path.write_text("\n".join(lines), encoding="utf-8")
                columns = schema.columns_of(draft, table)
                types = ", ".join(f"{name}: '{kind}'" for name, kind in columns.items())
                draft.execute(
                    f"insert into {table} select {', '.join(columns)} from read_json(?, "
                    f"format = 'newline_delimited', columns = {{{types}}}, maximum_object_size = 16777216)",
                    [str(path)],
                )


def _issues_of(reading: Reading) -> Iterator[Issue]:
    yield from reading.issues
    if reading.rejected is not None:
        yield Issue(row=None, rule=reading.rejected.code, what=reading.rejected.what)


__all__ = ["FACTS", "load", "parse_pages"]
