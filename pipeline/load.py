"""The pantry: parsed facts with their provenance into ``raw.*``, and what became of every visit into ``meta.*``.

What is loaded follows from the archive, the bundled facts and the code alone. A catalogue is in force as its
latest good visit; prices are observations, and every good visit stays. What the same code has made of a visit before
is copied from the warehouse that is served now; a rebuild reads every page again and gets the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path

import duckdb

from pipeline import apart, batch, bundle, days, decisions, drift, model_names, paths, schema, terms
from pipeline.archive import Archive, Visit, in_time
from pipeline.batch import Earlier, Steps
from pipeline.contents import Contents
from pipeline.errors import AicostError, ArchiveError, ContractBroken, PageChanged
from pipeline.facts import Extra, Fact, GpuPrice, IndexValue, Issue
from pipeline.normalise import AcceleratorMatch, resolve_accelerator, resolve_sku
from pipeline.shelf import Shelf, lines_of, standing
from pipeline.source import Page, Source, all_sources
from pipeline.spool import Reading, Spool

SHARE_UNREADABLE = 0.2  # above this share of rows that are not facts, the page is not as known
READERS = (
    *("sources/**/*.py", "claims/**/*.py", "read*.py", "money.py"),
    *(
        "facts*.py",
        "source.py",
        "schema.py",
        "drift.py",
        "shelf.py",
        "spool.py",
        "load.py",
        "days.py",
        "catalogue.py",
        "apart.py",
        "batch.py",
    ),
)
READERS_WORDS = "claim_*.csv"  # of data/reference: names and cues that the reader of prose goes by


def load(
    draft: duckdb.DuckDBPyConnection,
    archive: Archive,
    served: Path | None = None,
    *,
    shelf: Shelf | None = None,
    scratch: Path | None = None,
) -> Contents:
    """Fill ``reference``, ``raw`` and ``meta`` of an empty draft; what its tables hold, and which may be copied.

    Args:
        draft: A connection to the new database file.
        archive: The archive to load from.
        served: The warehouse served now, to copy from what the same code has read; None: read all.
        shelf: Where readings are kept; None: nowhere.
        scratch: Where rows lie on their way, so that a killed run's are found and removed; None: the system's place.
    """
    schema.create(draft)
    schema.describe(draft)
    for path in sorted(paths.reference_dir().glob("*.csv")):
        load_reference(draft, path)
    _load_decisions(draft, archive)
    is_served = served is not None and _attach_served(draft, served)
    known = Contents.beside_served(draft, is_served=is_served)
    earlier = _read_earlier(draft) if is_served else {}
    if scratch is not None:
        scratch.mkdir(exist_ok=True)
    with Spool(scratch) as spool:
        for source in all_sources().values():
            _load_source(source, Readers(source, archive, shelf, spool.folder), earlier, spool)
        spool.write_to(draft)
    if shelf is not None:
        shelf.tidy()
    _resolve_names(draft, scratch)
    _resolve_models(draft, known, scratch)
    return known


def _attach_served(draft: duckdb.DuckDBPyConnection, served: Path) -> bool:
    """Attach the warehouse served now; whether it has today's layout, so that something of it may be copied."""
    draft.execute(f"attach {schema.quoted(str(served))} as served (type duckdb, read_only)")
    return draft.execute("select layout from served.meta.snapshot").fetchall() == [(schema.LAYOUT,)]


def readers_version() -> str:
    """Hash of all code that turns pages into rows: what another version has read is read again."""
    return version_of(Path(__file__).parent, paths.reference_dir())


@cache
def version_of(code: Path, reference: Path) -> str:
    """Hash of what reads pages among the code and the reference tables of these folders."""
    digest = hashlib.sha256()
    read = [(path.relative_to(code), path) for pattern in READERS for path in code.glob(pattern)]
    read += [(Path(path.name), path) for path in reference.glob(READERS_WORDS)]
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
    addresses: list[str] = []
    told: set[tuple[bool, str | None]] = set()
    for number, page in enumerate(pages):
        addresses.append(page.url)
        found, problems = _parted(_read_page(source, page))
        facts += [fact.model_copy(update={"page_number": number}) if number else fact for fact in found]
        issues += [problem.model_copy(update={"page": page.url}) for problem in problems if _is_news(problem, told)]
    strange = {type(fact).__name__ for fact in facts if type(fact) not in source.facts}
    if strange:
        raise ContractBroken(f"parse yielded undeclared facts: {', '.join(sorted(strange))}", source=source.name)
    facts, left_out = batch.each_at_one_price(facts)
    issues += [issue.model_copy(update={"page": addresses[price.page_number]}) for price, issue in left_out]
    if source.listed_in is None:
        _within_bounds(source, len(facts), issues)
    elif not facts:
        raise PageChanged("no listed page could be read", source=source.name, page=issues[0].page if issues else None)
    _as_declared(source, facts)
    batch.check_places(source, facts)
    return facts, issues


def _is_news(issue: Issue, told: set[tuple[bool, str | None]]) -> bool:
    """Whether it says something that no page of the visit has said: a new key is on all of them, and is named once."""
    if issue.rule != "new_key":
        return True
    known, key = len(told), (isinstance(issue, Extra), issue.field)
    told.add(key)
    return len(told) > known


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
            offers = apart.offers_on(source, pages, folder / f"{source.name} {visit.visit_id}.parquet")
            _within_bounds(source, offers.facts, offers.issues)
            _as_declared(source, offers.one_of_each)
            return replace(reading, issues=offers.issues, offers=offers, size=offers.facts)
        facts, issues = parse_pages(source, pages)
    except AicostError as error:
        return replace(reading, rejected=error)
    except Exception as error:  # noqa: BLE001 - a bug in one reader must not stop the other sources
        return replace(reading, rejected=apart.reader_failed(source, error))
    return replace(reading, facts=facts, issues=issues, size=len(facts))


def _not_ahead(reading: Reading) -> Reading:
    """A value of a day that is yet to come has not been measured: the page counts other years, or other days."""
    until = reading.observed_at.date() + timedelta(days=1)  # somewhere it is tomorrow
    ahead = [fact for fact in reading.facts if isinstance(fact, IndexValue) and fact.period_on > until]
    if not ahead:
        return reading
    error = PageChanged(
        f"{len(ahead)} values are of days to come, the first of {ahead[0].period_on}",
        source=reading.source.name, page=reading.source.url, likely="its dates are counted otherwise",
    )  # fmt: skip
    return replace(reading, facts=(), issues=(), rejected=error)


def _in_reason(reading: Reading) -> Reading:
    """The reading without the rows whose days cannot be; rejected where those are many."""
    found = _not_ahead(reading)
    kept, aside = days.parted(found.facts, found.observed_at)
    if not aside:
        return found
    issues = (*found.issues, *aside)
    try:
        if found.source.listed_in is None:
            _within_bounds(found.source, len(kept), issues)
    except PageChanged as error:
        error.likely = "day and month are swapped, or the days are counted otherwise"
        return replace(found, facts=(), issues=(), rejected=error)
    return replace(found, facts=kept, issues=issues)


def _not_moved(reading: Reading) -> Reading:
    *_, bundled = bundle.find_all(reading.source.name) or (None,)
    if reading.rejected or bundled is None:
        return reading
    # prices of a page that is observed again and again are compared offer by offer, in SQL
    fixed = [fact for fact in reading.facts if not (reading.source.history and isinstance(fact, GpuPrice))]
    moved = drift.moved_columns(fixed, bundled.facts()) if fixed or not reading.facts else []
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
    return Reading(source, visit.visit_id, visit.visited_at, visit.via, readers_version(), pages)


def _read_reference(source: Source) -> Reading:
    path = paths.reference_dir() / source.url.removeprefix("reference:")
    try:
        facts, issues = parse_pages(source, [Page(source.name, source.url, path.read_bytes())])
    except Exception as error:  # our own file: nothing is published on top of a broken one
        why = error if isinstance(error, AicostError | OSError) else apart.reader_failed(source, error)
        raise ContractBroken(f"data/reference/{path.name} cannot be read: {why}", source=source.name) from error
    said = (getattr(fact, name, None) for fact in facts for name in ("claimed_on", "effective_on"))
    days = [day for day in said if isinstance(day, date)]
    at = _midnight(max(days))
    return Reading(source, "reference", at, "reference", readers_version(), facts=facts, issues=issues)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@dataclass
class Readers:
    """A source's visits and bundled facts as lines to load; from the shelf, where this code has read these bytes."""

    source: Source
    archive: Archive
    shelf: Shelf | None = None
    folder: Path | None = None
    """Where the facts of a catalogue that is read by kinds of rows are put."""

    @cached_property
    def bundled(self) -> tuple[bundle.Bundle, ...]:
        """Its bundled files, oldest first."""
        return bundle.find_all(self.source.name)

    @cached_property
    def _newest_bundled(self) -> str | None:
        return self.bundled[-1].sha256 if self.bundled else None

    def of_visit(self, visit: Visit) -> Reading:
        """What the archived pages of a visit say, compared with the bundled facts."""
        pages = [(page.url, page.sha256, page.header("content-type")) for page in visit.pages]
        # what a person has looked at is compared fact by fact
        folder = None if self.bundled else self.folder
        # a reading that is kept hides no body that is lost: a rebuild names what the archive lacks
        is_whole = self.archive.still_holds(visit)
        return self._read(
            _unread(self.source, visit),
            lambda: _not_moved(_in_reason(read_visit(self.source, self.archive, visit, folder))),
            *(pages, self._newest_bundled),
            is_shelved=is_whole,
        )

    def of_bundle(self, bundled: bundle.Bundle) -> Reading:
        """What a bundled file holds."""
        header = bundled.header
        pages = [{"url": header.address, "sha256": header.page_sha256, "via": header.via}]
        via = "excerpt" if header.is_excerpt else "bundled"
        unread = Reading(self.source, bundled.visit_id, _midnight(header.as_of), via, readers_version(), pages)
        return self._read(unread, lambda: replace(unread, facts=bundled.facts()), bundled.sha256)

    def _read(self, unread: Reading, read: Callable[[], Reading], *key: object, is_shelved: bool = True) -> Reading:
        named = (self.source.name, readers_version(), *key)
        if self.shelf is not None and is_shelved and (kept := self.shelf.find(*named)):
            return replace(unread, lines=kept[0], issues=kept[1], size=len(kept[0]))
        reading = read()
        reading = replace(reading, lines=lines_of(reading.facts))
        if reading.rejected is not None:
            reading = replace(reading, size=None)
        elif reading.offers is None:
            reading = replace(reading, size=len(reading.lines))
        if self.shelf is not None and reading.rejected is None and reading.offers is None:
            self.shelf.keep(reading.lines, reading.issues, *named)
        return reading


# --- loading --------------------------------------------------------------------------------------


def load_reference(draft: duckdb.DuckDBPyConnection, path: Path) -> None:
    """A table of ``data/reference`` as it stands there.

    Raises:
        ContractBroken: The file is not a table.
    """
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


def _load_source(source: Source, readers: Readers, earlier: dict[tuple[str, str], Earlier], spool: Spool) -> None:
    visits = readers.archive.visits(source.name)
    damage, said = readers.archive.damage(source.name), terms.issues(source, readers.archive.root)
    spool.add_source(source, visits, damage, [(terms.VISIT, issue) for issue in said])
    if source.is_reference:
        spool.add(_read_reference(source), "loaded")
        return
    good, steps = False, Steps(readers, earlier)
    for unit in _units(source, visits):
        if good and not source.history:
            for visit in unit:
                spool.add(replace(_unread(source, visit), size=steps.size_if_asked(visit)), "superseded")
            continue
        states = [steps.known(visit) for visit in unit]
        if all(states):
            for visit in unit:
                spool.copy(source, visit)
        else:
            states = _load_unit(readers, unit, spool, steps)
        good |= "loaded" in states
    for bundled in reversed(readers.bundled):
        spool.add(readers.of_bundle(bundled), "loaded" if source.history or not good else "superseded")
        good = True


def _units(source: Source, visits: list[Visit]) -> list[list[Visit]]:
    """What is read or copied as one, newest first: a visit; where offers stand, a day's visits, oldest first."""
    received = {visit.visit_id: visit for visit in visits if visit.outcome == "new"}
    if not (source.history and any(kind.offered_as for kind in source.facts)):
        return [[visit] for visit in reversed(in_time(visits)) if received.get(visit.visit_id) is visit]
    # By the days and order in the visits' names, which no later visit changes: what was read as one is copied as one.
    ordered = [received[visit_id] for visit_id in sorted(received)]
    days = groupby(ordered, key=lambda visit: visit.visited_at.astimezone(UTC).date())
    return [list(day) for _, day in days][::-1]


def _load_unit(readers: Readers, unit: list[Visit], spool: Spool, steps: Steps) -> list[str | None]:
    read = [steps.judged(readers.of_visit(visit), visit) for visit in unit]
    loaded = [reading for reading in read if reading.rejected is None]
    rows = iter(standing((reading.visit_id, reading.lines) for reading in loaded))
    for reading in read:
        if reading.rejected:
            spool.add(reading, "rejected")
        else:
            spool.add(reading, "loaded", next(rows))
    return ["loaded"] if loaded else []


def _read_earlier(draft: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Earlier]:
    """What the code of today has made of which visits, by the warehouse served now, which is attached as ``served``."""
    # A body that was lost may be back, and a visit that was held be released: such a visit is always tried again.
    rows = draft.execute(
        """
        select source, visit_id, state, facts_read from served.meta.visits as visits
        where via in ('fetch', 'ingest') and version = ?
          and (state in ('loaded', 'rejected') or (state = 'superseded' and facts_read is not null))
          and not exists (
            select 1 from served.meta.issues as issues
            where issues.source = visits.source and issues.visit_id = visits.visit_id and rule in (?, ?)
          )
        """,
        [readers_version(), ArchiveError.code, batch.RULE],
    ).fetchall()
    return {(source, visit_id): Earlier(state, size) for source, visit_id, state, size in rows}


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
    with Spool(scratch) as spool:
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
        with Spool(scratch) as spool:
            for row in model_names.resolved(draft.execute("from printed_names").fetchall()):
                spool.put("meta.model_names", row)
            spool.write_to(draft)
        known.note("meta.model_names", made_from)
    draft.execute(f"drop table printed_names; {model_names.OPEN}")
