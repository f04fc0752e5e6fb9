"""The pantry: parsed facts with their provenance into ``raw.*``, and what became of every visit into ``meta.*``.

What is loaded follows from the archive, the bundled facts and the code alone. A catalogue is in force as its
latest good visit; prices are observations, and every good visit stays. What the same code has made of a visit before
is copied from the warehouse that is served now; a rebuild reads every page again and gets the same.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Literal, Self, TextIO

import duckdb

from pipeline import apart, bundle, catalogue, decisions, drift, model_names, paths, schema
from pipeline.archive import Archive, Visit, in_time
from pipeline.contents import Contents
from pipeline.durable import SCRATCH
from pipeline.errors import AicostError, ArchiveError, ContractBroken, PageChanged
from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.normalise import AcceleratorMatch, resolve_accelerator, resolve_sku
from pipeline.source import Page, Source, all_sources

SHARE_UNREADABLE = 0.2  # above this share of rows that are not facts, the page is not as known
READERS = (
    *("sources/**/*.py", "claims/**/*.py", "read*.py", "money.py"),
    *("facts*.py", "source.py", "schema.py", "drift.py", "load.py", "catalogue.py", "apart.py"),
)
READERS_WORDS = "claim_*.csv"  # of data/reference: names and cues that the reader of prose goes by
COPIED = ("meta.visits", "meta.issues")  # besides the facts
PARTS_OF_ERRORS = (("page", "page"), ("likely", "likely"), ("fix", "hint"))  # as columns, and in the log of visits
State = Literal["loaded", "superseded", "rejected"]


@dataclass(frozen=True)
class Reading:
    """One visit as read: its facts and issues, or the reason why none are loaded."""

    source: Source
    visit_id: str
    observed_at: datetime
    via: str
    pages: Sequence[Mapping[str, object]] = ()
    facts: Sequence[Fact] = ()
    issues: Sequence[Issue] = ()
    rejected: AicostError | None = None
    offers: catalogue.Offers | None = None
    """The facts of a catalogue that was read by kinds of rows, in a file of their own; `facts` is empty then."""


def load(
    draft: duckdb.DuckDBPyConnection, archive: Archive, served: Path | None = None, *, scratch: Path | None = None
) -> Contents:
    """Fill ``reference``, ``raw`` and ``meta`` of an empty draft; what its tables hold, and which may be copied.

    Args:
        draft: A connection to the new database file.
        archive: The archive to load from.
        served: The warehouse served now, to copy from what the same code has read; None: read all.
        scratch: Where rows lie on their way, so that a killed run's are found and removed; None: the system's place.
    """
    schema.create(draft)
    _load_reference(draft)
    _load_decisions(draft, archive)
    is_served = served is not None and _attach_served(draft, served)
    known = Contents.beside_served(draft, is_served=is_served)
    earlier = _read_earlier(draft) if is_served else {}
    if scratch is not None:
        scratch.mkdir(exist_ok=True)
    with _Spool(scratch) as spool:
        for source in all_sources().values():
            _load_source(source, archive, earlier, spool)
        spool.write_to(draft)
    _resolve_names(draft, scratch)
    _resolve_models(draft, known, scratch)
    return known


def _attach_served(draft: duckdb.DuckDBPyConnection, served: Path) -> bool:
    """Attach the warehouse served now; whether it has today's layout, so that something of it may be copied."""
    draft.execute(f"attach {schema.quoted(str(served))} as served (type duckdb, read_only)")
    return draft.execute("select layout from served.meta.snapshot").fetchall() == [(schema.LAYOUT,)]


@cache
def readers_version() -> str:
    """Hash of all code that turns pages into rows: what another version has read is read again."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    read = [(path.relative_to(here), path) for pattern in READERS for path in here.glob(pattern)]
    read += [(Path(path.name), path) for path in paths.reference_dir().glob(READERS_WORDS)]
    for name, path in sorted(read):
        digest.update(name.as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


# --- reading --------------------------------------------------------------------------------------


def parse_pages(source: Source, pages: Iterable[Page]) -> tuple[list[Fact], list[Issue]]:
    """All facts and issues of one visit, within the bounds that the source declares.

    Raises:
        PageChanged: The structure is not as known, too few or too many facts, or too many unreadable rows.
        ContractBroken: The source yields facts that it does not declare.
    """
    facts: list[Fact] = []
    issues: list[Issue] = []
    for number, page in enumerate(pages):
        found, problems = _parted(_read_page(source, page))
        facts += [fact.model_copy(update={"page_number": number}) if number else fact for fact in found]
        issues += [problem.model_copy(update={"page": page.url}) for problem in problems]
    strange = {type(fact).__name__ for fact in facts if type(fact) not in source.facts}
    if strange:
        raise ContractBroken(f"parse yielded undeclared facts: {', '.join(sorted(strange))}", source=source.name)
    if source.listed_in is None:
        _within_bounds(source, len(facts), issues)
    elif not facts:
        raise PageChanged("no listed page could be read", source=source.name, page=issues[0].page if issues else None)
    _as_declared(source, facts)
    return facts, issues


def _parted(found: Iterable[Fact | Issue]) -> tuple[list[Fact], list[Issue]]:
    read = list(found)
    return [item for item in read if isinstance(item, Fact)], [item for item in read if isinstance(item, Issue)]


def _read_page(source: Source, page: Page) -> Iterable[Fact | Issue]:
    """What a page holds; where it cannot be read and stands alone, the issue that says so."""
    if source.is_reference:
        return source.parse(page)  # our own file
    if source.listed_in is None:
        return apart.found_on(source, page)
    try:
        found = apart.found_on(source, page)
        facts, issues = _parted(found)
        _within_bounds(source, len(facts), issues)
    except Exception as error:  # noqa: BLE001 - a bug that one page meets must not lose the others
        why = error if isinstance(error, PageChanged) else apart.reader_failed(source, error)
        return [Issue(row=None, rule=why.code, field=page.url, what=why.what)]
    return found


def _within_bounds(source: Source, facts: int, issues: Sequence[Issue]) -> None:
    # An offer that is listed without a price was read well; it says that there is none.
    unreadable = sum(not issue.kept and issue.rule != "no_price" for issue in issues)
    if not source.least <= facts <= source.most:
        raise PageChanged(
            f"{facts} facts, expected {source.least} to {source.most}", source=source.name, page=source.url,
            likely="rows went missing, or were repeated" if facts else "the layout changed, or a stand-in was served",
            fix=f"read the archived page; if it is right, change the bounds in pipeline/sources/{source.name}.py",
        )  # fmt: skip
    if unreadable > SHARE_UNREADABLE * (facts + unreadable):
        raise PageChanged(
            f"{unreadable} of {facts + unreadable} rows cannot be read", source=source.name, page=source.url,
            likely="a column changed its meaning, unit or currency",
        )  # fmt: skip


def _as_declared(source: Source, facts: Sequence[Fact]) -> None:
    units = (source.unit or "").split(", ")
    for fact in facts:
        if not isinstance(fact, GpuPrice):
            continue
        if fact.currency != source.currency or fact.price_unit not in units:
            raise PageChanged(
                f"row {fact.row} is in {fact.currency} per {fact.price_unit}, not {source.currency} per {source.unit}",
                source=source.name, page=source.url, likely="the publisher changed currency or unit",
            )  # fmt: skip


def read_visit(source: Source, archive: Archive, visit: Visit, folder: Path | None = None) -> Reading:
    """Read the archived pages of a visit; whatever goes wrong in there rejects this visit alone.

    With a `folder` a catalogue is read by kinds of rows, and its facts go into a file there.
    """
    reading = _unread(source, visit)
    try:
        pages = [
            Page(source.name, page.url, archive.body(source.name, page.sha256), page.header("content-type") or "")
            for page in visit.pages
        ]
        if folder is not None and source.catalogue is not None:
            offers = catalogue.read_pages(source.catalogue, pages, folder / f"{source.name} {visit.visit_id}.parquet")
            _within_bounds(source, offers.facts, offers.issues)
            _as_declared(source, offers.one_of_each)
            return replace(reading, issues=offers.issues, offers=offers)
        facts, issues = parse_pages(source, pages)
    except AicostError as error:
        return replace(reading, rejected=error)
    except Exception as error:  # noqa: BLE001 - a bug in one reader must not stop the other sources
        return replace(reading, rejected=apart.reader_failed(source, error))
    return replace(reading, facts=facts, issues=issues)


def _not_moved(reading: Reading) -> Reading:
    *_, bundled = bundle.find_all(reading.source.name) or (None,)
    if reading.rejected or bundled is None:
        return reading
    # prices of a page that is observed again and again are compared offer by offer, in SQL
    fixed = [fact for fact in reading.facts if not (reading.source.history and isinstance(fact, GpuPrice))]
    moved = drift.moved_columns(fixed, bundled.facts())
    if not moved:
        return reading
    error = PageChanged(
        f"most values of {', '.join(moved)} are gone, or differ from those of {bundled.header.as_of} by more than half",
        source=reading.source.name, page=reading.source.url, likely="another unit, or other values under the header",
        fix="read the archived page; if it is right, write its facts anew with aicost bundle",
    )  # fmt: skip
    return replace(reading, facts=(), issues=(), rejected=error)


def _unread(source: Source, visit: Visit) -> Reading:
    pages = [page.model_dump(mode="json", exclude={"headers", "retries"}) for page in visit.pages]
    return Reading(source, visit.visit_id, visit.visited_at, visit.via, pages)


def _read_reference(source: Source) -> Reading:
    path = paths.reference_dir() / source.url.removeprefix("reference:")
    try:
        facts, issues = parse_pages(source, [Page(source.name, source.url, path.read_bytes())])
    except Exception as error:  # our own file: nothing is published on top of a broken one
        why = error if isinstance(error, AicostError | OSError) else apart.reader_failed(source, error)
        raise ContractBroken(f"data/reference/{path.name} cannot be read: {why}", source=source.name) from error
    said = (getattr(fact, name, None) for fact in facts for name in ("claimed_on", "effective_on"))
    days = [day for day in said if isinstance(day, date)]
    return Reading(source, "reference", _midnight(max(days)), "reference", facts=facts, issues=issues)


def _read_bundle(source: Source, bundled: bundle.Bundle) -> Reading:
    header = bundled.header
    pages = [{"url": header.address, "sha256": header.page_sha256, "via": header.via}]
    return Reading(source, bundled.visit_id, _midnight(header.as_of), "bundled", pages, facts=bundled.facts())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


# --- loading --------------------------------------------------------------------------------------


def _load_reference(draft: duckdb.DuckDBPyConnection) -> None:
    for path in sorted(paths.reference_dir().glob("*.csv")):
        try:
            draft.execute(
                f'create table reference."{path.stem}" as '
                "select * from read_csv(?, all_varchar = true, header = true, strict_mode = true, nullstr = '', "
                "delim = ',', quote = '\"', escape = '\"')",  # said, as guessing takes ten times as long
                [str(path)],
            )
        except duckdb.InvalidInputException as error:
            raise ContractBroken(f"data/reference/{path.name} is not a table: {str(error)[:300]}") from error


def _load_decisions(draft: duckdb.DuckDBPyConnection, archive: Archive) -> None:
    latest = {decision.item_id: decision for decision in decisions.read(archive.root)}
    for decision in latest.values():
        draft.execute(
            "insert into meta.decisions values (?, ?, ?, ?, ?)",
            [decision.item_id, decision.verdict, decision.reason, decision.decided_by, decision.decided_at],
        )


def _load_source(source: Source, archive: Archive, earlier: dict[tuple[str, str], str], spool: _Spool) -> None:
    visits = archive.visits(source.name)
    spool.add_source(source, visits, archive.damage(source.name))
    if source.is_reference:
        spool.add(_read_reference(source), "loaded")
        return
    good = False
    for visit in _newest_first(visits):
        if good and not source.history:
            spool.add(_unread(source, visit), "superseded")
        elif (source.name, visit.visit_id) in earlier:
            spool.copy(source, visit)
            good |= earlier[source.name, visit.visit_id] == "loaded"
        else:
            # what a person has looked at is compared fact by fact
            folder = None if bundle.find_all(source.name) else spool.folder
            reading = _not_moved(read_visit(source, archive, visit, folder))
            spool.add(reading, "rejected" if reading.rejected else "loaded")
            good |= reading.rejected is None
    for bundled in reversed(bundle.find_all(source.name)):
        spool.add(_read_bundle(source, bundled), "loaded" if source.history or not good else "superseded")
        good = True


def _newest_first(visits: list[Visit]) -> list[Visit]:
    received = {visit.visit_id: visit for visit in visits if visit.outcome == "new"}
    return [visit for visit in reversed(in_time(visits)) if received.get(visit.visit_id) is visit]


def _read_earlier(draft: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """What the code of today has made of which visits, by the warehouse served now, which is attached as ``served``."""
    # A body that was lost may be back: such a visit is always tried again.
    rows = draft.execute(
        """
        select source, visit_id, state from served.meta.visits as visits
        where via in ('fetch', 'ingest') and version = ? and state in ('loaded', 'rejected')
          and not exists (
            select 1 from served.meta.issues as issues
            where issues.source = visits.source and issues.visit_id = visits.visit_id and rule = ?
          )
        """,
        [readers_version(), ArchiveError.code],
    ).fetchall()
    return {(source, visit_id): state for source, visit_id, state in rows}


# --- names ----------------------------------------------------------------------------------------

_PRINTED_NAMES = """
    select trim(atom) as printed, null::double as memory_gb, source, count(*) as uses
    from raw.training_runs, unnest(string_split(hardware, ',')) as split (atom) where trim(atom) <> '' group by all
    union all select hardware, null, source, count(*) from raw.hardware_prices group by all
    union all select gpu, vram_gb, source, count(*) from raw.gpu_prices where gpu is not null group by all
    union all select hardware, null, source, count(*) from raw.reported_claims where hardware is not null group by all
    union all select name, null, source, count(*) from raw.accelerators where is_ml_hardware group by all
"""


_PRINTED_SKUS = "select distinct provider, sku from raw.gpu_prices where sku is not null order by all"


def _resolve_names(draft: duckdb.DuckDBPyConnection, scratch: Path | None) -> None:
    """Printed accelerator names to ids; what no rule knows goes where a person sees it."""
    printed = draft.execute(f"from ({_PRINTED_NAMES}) order by all").fetchall()
    known: dict[tuple[str, float | None], AcceleratorMatch] = {}
    with _Spool(scratch) as spool:
        for name, memory_gb, source, uses in printed:
            match = known.get((name, memory_gb))
            if match is None:
                match = known[name, memory_gb] = resolve_accelerator(name, memory_gb=memory_gb)
                row = {"printed": name, **asdict(match), "memory_gb": memory_gb, "chip_memory_gb": match.memory_gb}
                spool.put("meta.names", row)
            if match.accelerator_id is None:
                row = {"kind": "accelerator", "source": source, "printed": name, "uses": uses, "reason": match.reason}
                spool.put("meta.unmatched_names", row)
        for provider, sku in draft.execute(_PRINTED_SKUS).fetchall():
            sold = resolve_sku(provider, sku)
            spool.put("meta.skus", {"provider": provider, "sku": sku, **asdict(sold)})
        spool.write_to(draft)


def _resolve_models(draft: duckdb.DuckDBPyConnection, known: Contents, scratch: Path | None) -> None:
    """Printed model names to the registry; what nothing settles goes where a person sees it."""
    draft.execute(f"create temp table printed_names as {model_names.PRINTED}")
    made_from = known.made_from(model_names.version(), ["printed_names"])
    if not known.copy("meta.model_names", made_from, into="insert into {}"):
        with _Spool(scratch) as spool:
            for row in model_names.resolved(draft.execute("from printed_names").fetchall()):
                spool.put("meta.model_names", row)
            spool.write_to(draft)
        known.note("meta.model_names", made_from)
    draft.execute(f"drop table printed_names; {model_names.OPEN}")


# --- writing --------------------------------------------------------------------------------------


class _Spool:
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
        if table not in self._files:
            path = self.folder / f"{table}.jsonl"
            self._files[table] = self._stack.enter_context(path.open("w", encoding="utf-8"))
        self._files[table].write(json.dumps(row, ensure_ascii=False, default=str) + "\n")

    def copy(self, source: Source, visit: Visit) -> None:
        """What the served warehouse holds of that visit."""
        self._copied.add(f"{source.name} {visit.visit_id}")
        self._copied_tables |= {*COPIED, *(f"raw.{kind.table}" for kind in source.facts)}

    def add(self, reading: Reading, state: State) -> None:
        """One visit, its facts (if loaded) and what was not readable."""
        common: dict[str, object] = {"source": reading.source.name, "visit_id": reading.visit_id}
        observed_at = reading.observed_at.isoformat()
        facts, offers = (reading.facts, reading.offers) if state == "loaded" else ((), None)
        error, issues = reading.rejected, reading.issues if state == "loaded" else ()
        self.put("meta.visits", {
            **common, "observed_at": observed_at, "via": reading.via, "state": state, "version": readers_version(),
            "facts": offers.facts if offers else len(facts), "issues": len(issues), "pages": reading.pages,
            "reason": error.what if error else None, "likely": error.likely if error else None,
            "page": error.page if error else None, "fix": error.fix if error else None,
        })  # fmt: skip
        for fact in facts:
            cells = fact.model_dump(mode="json", exclude_none=True)
            self.put(f"raw.{fact.table}", {**common, "observed_at": observed_at, **cells})
        if offers:
            said = {**common, "observed_at": observed_at}
            constants = ", ".join(f'{schema.quoted(str(value))} as "{name}"' for name, value in said.items())
            self._catalogues.append(f"select {constants}, * from read_parquet({schema.quoted(str(offers.file))})")
        for issue in issues:
            self.put("meta.issues", {**common, "page": reading.source.url, **issue.model_dump(exclude_none=True)})
        if error:
            self._refuse(common, reading.source.url, error)

    def add_source(self, source: Source, visits: list[Visit], damage: list[ArchiveError]) -> None:
        """The declaration, every line of its log, and how the visit to the newest state of the page ended."""
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
            draft.execute(f"insert into {table} from ({' union all '.join(parts)}) order by all", parameters)


def _message(visit: Visit) -> str | None:
    return (visit.error or {}).get("message")
