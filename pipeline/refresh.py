"""The steps of a refresh, as plain functions: visit each source, then load, build, check and publish.

The command line runs them in-process; the Prefect flow wraps the very same ones. A source fails alone: its last
good pages stay in force, and the rest goes on.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from pipeline import after as following
from pipeline import apart, kept, paths, publish, runs, settings, terms, warehouse, watch
from pipeline.archive import Archive, ArchivedPage, Visit, new_visit_id
from pipeline.errors import AicostError, CheckFailed, ContractBroken, FetchError, StorageError, UsageError
from pipeline.fetch import Answer, DoorError, Fetcher, Limits, Validators
from pipeline.paths import Home
from pipeline.place import Place
from pipeline.running import run_of
from pipeline.source import Page, Request, Source, all_sources, find_source

LARGEST_INGEST = 256 * 2**20  # bytes
MOST_PAGES = 500  # of one visit: a publisher's "next" may lead in a circle
INGEST_WAIT_SECONDS = 10.0
NOT_THERE = frozenset({404, 410})  # statuses of a page that a publisher does not have
MISSED_NAMED = 3  # addresses in one message
VISITED_AT_ONCE = 32  # sources: most of the time they wait, each for its own host
LISTED_AT_ONCE = 8  # pages of unrelated sites
LISTED_LIMITS = Limits(tries=2, max_body_bytes=8 * 2**20)  # a page that cannot be had is tried again at the next visit


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did: the visits that were made, and what was published."""

    visits: dict[str, Visit]
    published: publish.Published
    offline: bool
    notes: tuple[str, ...] = ()
    """What was found broken at the start, and mended."""
    newly_aside: Mapping[str, int] = field(default_factory=dict[str, int])
    """By source, rows of this run's visits that are held or set aside and were not in the version before."""
    newly_unmatched: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """By source visited, printed names that no rule knows and that were not in the version before."""
    after: tuple[following.Outcome, ...] = ()
    """How the steps after the publish ended."""
    brought: frozenset[str] = frozenset()
    """Sources of which this publish is the first to see a page, whoever fetched or ingested it."""

    @property
    def reached_nothing(self) -> bool:
        """Whether every visit failed."""
        return bool(self.visits) and all(visit.outcome == "failed" for visit in self.visits.values())


def chosen_sources(names: Iterable[str]) -> list[Source]:
    """The named sources, each once, or all that are fetched.

    Raises:
        UsageError: A name is not known, or the source is not fetched.
    """
    named = [find_source(name) for name in dict.fromkeys(names)]
    for source in named:
        if source.disabled or source.is_reference:
            why = source.disabled or "it is a file in data/reference"
            raise UsageError(f"{source.name} is not fetched: {why}", fix="aicost refresh --offline builds it in")
    return named or [source for source in all_sources().values() if not source.disabled and not source.is_reference]


@kept.one_reader()
def refresh(
    home: Home,
    names: Iterable[str] = (),
    *,
    offline: bool = False,
    strict: bool = False,
    lock_timeout: float = 0.0,
    told: Callable[[Source, Visit], None] | None = None,
    fetcher: Fetcher | None = None,
    after: str | None = None,
) -> Refreshed:
    """Visit the sources (unless offline), then load, build, check and publish, and run what comes after a publish.

    Args:
        home: Where the archive is and the warehouse goes.
        names: Sources to visit; all when none is named.
        offline: Use what is archived or bundled, and open no socket.
        strict: Publish only if the newest visit of every one of these sources is in force.
        lock_timeout: Seconds to wait for another refresh to end.
        told: Called after each visit.
        fetcher: The street door; None: a new one.
        after: What runs after the publish, as ``AICOST_AFTER``; None: as that says.

    Raises:
        Busy: Another refresh holds the home's lock after `lock_timeout` seconds.
        CheckFailed, ContractBroken, StorageError: Nothing was published; the served version stays.
    """
    sources, chosen = chosen_sources(names), settings.read(after=after)
    with run_of(home, "refresh", offline=offline, lock_timeout=lock_timeout) as run:
        visits: dict[str, Visit] = {}
        if not offline:
            with fetcher or Fetcher() as door:
                visits = visit_all(sources, home, door, told=told)
            runs.record(home, run.counting(visits))
        known, arrived = aside(home.served), unseen(home)
        names_strict = [source.name for source in sources] if strict else ()
        try:
            published = publish.make_and_publish(home, strict_about=names_strict, run_id=run.run_id)
        except CheckFailed as error:
            following.refused(home, chosen, error)
            raise
        run.snapshot_id = published.snapshot_id
        outcomes = following.run(home, chosen)
    news = newly(published.path, known, arrived | visits)
    return Refreshed(visits, published, offline, run.notes, *news, tuple(outcomes), frozenset(arrived))


Item = tuple[str, str, str, str]
UNMATCHED = "unmatched"
_ASIDE = f"""
    select source, rule, coalesce(field, ''), coalesce(raw_value, ''), visit_id
    from meta.quarantine where state in ('held', 'set_aside') and rule <> 'no_price'
    union all select source, '{UNMATCHED}', kind, printed, null from meta.unmatched_names
"""


def aside(place: Place) -> frozenset[Item]:
    """What a version of the warehouse holds back: rows that wait or could not be read, and names that no rule knows."""
    try:
        rows = warehouse.query(place, _ASIDE).rows
    except AicostError:  # there is none, or one of another layout, or damaged: then all that comes is new
        return frozenset()
    return frozenset((str(source), str(rule), str(name), str(raw)) for source, rule, name, raw, _ in rows)


def unseen(home: Home) -> dict[str, Visit]:
    """By source, its newest page where the version that is served has not seen it: ingested, or by a killed run."""
    try:
        rows = warehouse.query(home.served, "select source, visit_id from meta.visits").rows
    except AicostError:  # as above: all is new
        rows = []
    seen, archive = {(str(source), str(visit_id)) for source, visit_id in rows}, Archive(home.archive)
    newest = {name: archive.latest(name) for name in all_sources()}
    return {name: visit for name, visit in newest.items() if visit and (name, visit.visit_id) not in seen}


def newly(
    place: Place, known: frozenset[Item], visits: Mapping[str, Visit]
) -> tuple[dict[str, int], dict[str, list[str]]]:
    """By source of these visits: how many rows are held back, and which names no rule knows, that were not before."""
    made = {visit.visit_id for visit in visits.values()}
    sources = {visit.source for visit in visits.values() if visit.outcome == "new"}
    rows, names = Counter[str](), dict[str, list[str]]()
    for source, rule, field_name, raw, visit_id in warehouse.query(place, _ASIDE).rows if made else []:
        if (str(source), str(rule), str(field_name), str(raw)) in known:
            continue
        if rule == UNMATCHED and source in sources:
            names.setdefault(str(source), []).append(str(raw))
        elif visit_id in made or (visit_id == terms.VISIT and source in visits):
            rows[str(source)] += 1
    return dict(rows), names


def hosts_of(source: Source) -> list[str]:
    """Every host that a visit to the source may ask."""
    listed = [urlsplit(address).hostname or "" for address in listed_addresses(source)] if source.listed_in else []
    return sorted({host.lower() for host in (*source.hosts, *listed) if host})


@kept.one_reader()
def publish_archived(home: Home, *, lock_timeout: float = 0.0) -> publish.Published:
    """Publish what is archived by now, by whichever worker; the logs stand still while they are read."""
    chosen = settings.read()
    with run_of(home, "refresh", offline=True, lock_timeout=lock_timeout) as run:
        try:
            published = publish.make_and_publish(home, run_id=run.run_id)
        except CheckFailed as error:
            following.refused(home, chosen, error)
            raise
        run.snapshot_id = published.snapshot_id
        following.run(home, chosen)
    return published


@kept.one_reader()
def rebuild(home: Home, *, lock_timeout: float = 0.0) -> publish.Published:
    """Publish from the archive alone, reading every page again."""
    chosen = settings.read()
    with run_of(home, "rebuild", offline=True, lock_timeout=lock_timeout) as run:
        published = publish.make_and_publish(home, from_scratch=True, run_id=run.run_id)
        run.snapshot_id = published.snapshot_id
        following.run(home, chosen)
    return published


# --- visits ---------------------------------------------------------------------------------------


def visit_all(
    sources: Iterable[Source], home: Home, fetcher: Fetcher, *, told: Callable[[Source, Visit], None] | None = None
) -> dict[str, Visit]:
    """Visit sources at once; the fetcher keeps each host to one polite request at a time."""
    archive, listed = Archive(home.archive), list(sources)
    visits: dict[str, Visit] = {}
    with ThreadPoolExecutor(max_workers=min(VISITED_AT_ONCE, len(listed) or 1), thread_name_prefix="visit") as pool:
        running = {source.name: pool.submit(visit, source, archive, fetcher) for source in listed}
        try:
            for source in listed:
                visits[source.name] = running[source.name].result()
                if told is not None:
                    told(source, visits[source.name])
        except BaseException:
            fetcher.close()  # the others stop waiting: Ctrl-C takes effect now, not at the last timeout
            apart.interrupt()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return visits


def visit(source: Source, archive: Archive, fetcher: Fetcher) -> Visit:
    """Fetch and archive the pages of one source; a failure is a visit too, with its reason.

    Raises:
        StorageError: The archive cannot be written; that is no source's fault.
    """
    with archive.alone_with(source.name):
        return _visit_alone(source, archive, fetcher)


def _visit_alone(source: Source, archive: Archive, fetcher: Fetcher) -> Visit:
    earlier = _usable(archive, source)
    started = datetime.now(UTC)
    missed: dict[str, str | None] | None = None
    try:
        watch.mind(source, archive.root)
        _stay_away(source, archive, started)
        if source.listed_in:
            pages, missed = _receive_listed(source, archive, fetcher, earlier)
        else:
            pages = _receive(source, archive, fetcher, earlier)
    except StorageError:
        raise
    except Exception as error:  # noqa: BLE001 - a bug at one source must not stop the others
        made = _visit(source, "failed", started, error=_failed(source, archive, error))
    else:
        if earlier and [page.sha256 for page in pages] == [page.sha256 for page in earlier.pages]:
            made = _visit(source, "unchanged", started, error=missed, same_as=earlier.visit_id)
        else:
            made = _visit(source, "new", started, error=missed, pages=pages)
            apart.start()  # there is something to read: the reader gets ready while others are still asked
        watch.look(source, archive, fetcher, started)
    archive.log(made)
    return made


def _stay_away(source: Source, archive: Archive, now: datetime) -> None:
    """Raise while a site asks not to be asked, also where it said so to an earlier run."""
    *_, last = (None, *archive.visits(source.name))
    said = (last.error or {}) if last and last.outcome == "failed" else {}
    until = said.get("not_before")
    if until and datetime.fromisoformat(until) > now:
        raise DoorError(
            f"the site asked an earlier run to stay away until {until[:16]} UTC, and is not asked before",
            reason="status", status=int(said.get("status") or 0) or None, not_before=until, page=said.get("page"),
            passing=False,
        )  # fmt: skip


def _failed(source: Source, archive: Archive, error: Exception) -> dict[str, str | None]:
    """The error of a failed visit, with what only a look at the visit before can tell."""
    if not isinstance(error, AicostError):
        what = f"unexpected {type(error).__name__}: {str(error)[:200]}"
        error = FetchError(what, source=source.name, fix="please report it")
    if isinstance(error, DoorError) and error.status in NOT_THERE:
        *_, before = archive.visits(source.name) or [None]
        if before and (before.error or {}).get("status") in [str(status) for status in NOT_THERE]:
            error.likely = "the page moved: it was not there at the visit before either"
    error.fix = (error.fix or "").replace("SOURCE", source.name) or None
    return error.as_json()


def _usable(archive: Archive, source: Source) -> Visit | None:
    # A body that was lost is fetched again, not answered "not modified".
    latest = archive.latest(source.name)
    return latest if latest and archive.still_holds(latest) else None


def _receive(source: Source, archive: Archive, fetcher: Fetcher, earlier: Visit | None) -> tuple[ArchivedPage, ...]:
    known = {page.url: page for page in earlier.pages} if earlier else {}
    pages: list[ArchivedPage] = []
    requests = source.requests()
    try:
        request = next(requests)
        for _ in range(MOST_PAGES):
            before = known.get(request.url) if request.method == "GET" else None
            answer = _ask(source, fetcher, request, before)
            page = _keep(source, archive, answer, before) if answer else None
            pages += [page] if page else []
            request = requests.send(_clue(source, archive, request, page) if page else None)
    except StopIteration:
        if pages:
            return tuple(pages)
        raise FetchError(
            "not one of its pages is there", source=source.name, page=source.url, likely="their addresses changed"
        ) from None
    raise FetchError(
        f"more than {MOST_PAGES} pages", source=source.name, page=request.url, likely="they lead in a circle"
    )


def _clue(source: Source, archive: Archive, request: Request, page: ArchivedPage) -> str:
    """What the page says of where to go next; only who asks for it has the page read."""
    if request.clue is None:
        return ""
    body = archive.body(source.name, page.sha256)
    return apart.clue_on(source, request, Page(source.name, page.url, body, page.header("content-type") or ""))


def _receive_listed(
    source: Source, archive: Archive, fetcher: Fetcher, earlier: Visit | None
) -> tuple[tuple[ArchivedPage, ...], dict[str, str | None] | None]:
    """Every listed page that can be had, in the order of the list, and which could not."""
    known = {page.url: page for page in earlier.pages} if earlier else {}
    addresses = listed_addresses(source)

    def ask(address: str) -> Answer | AicostError | None:
        host = urlsplit(address).hostname or ""
        alone = replace(source, hosts=frozenset({host, f"www.{host}", host.removeprefix("www.")}))
        try:
            return _ask(alone, fetcher, Request(address), known.get(address), LISTED_LIMITS)
        except FetchError as error:
            return error

    pages: list[ArchivedPage] = []
    missed: list[str] = []
    with ThreadPoolExecutor(LISTED_AT_ONCE, thread_name_prefix="listed") as pool:
        # asked at once, kept one after the other: two sites may answer with the same bytes
        for address, answer in zip(addresses, pool.map(ask, addresses), strict=True):
            if isinstance(answer, AicostError):
                missed.append(f"{address}: {answer.what}")
            elif answer is not None:
                pages.append(_keep(source, archive, answer, known.get(address)))
    if not pages:
        raise FetchError(f"none of {len(addresses)} listed pages could be had; the first is {missed[0]}")
    return tuple(pages), _said_of_missed(source, missed, len(addresses)) if missed else None


def _said_of_missed(source: Source, missed: list[str], listed: int) -> dict[str, str | None]:
    more = f" and {len(missed) - MISSED_NAMED} more" if len(missed) > MISSED_NAMED else ""
    what = f"{len(missed)} of {listed} listed pages could not be had: {'; '.join(missed[:MISSED_NAMED])}{more}"
    return FetchError(what, source=source.name, kept="what earlier visits read there").as_json()


def listed_addresses(source: Source) -> list[str]:
    """The addresses of a source's list, each once.

    Raises:
        ContractBroken: There is no such list, or it has no addresses.
    """
    path = paths.reference_dir() / (source.listed_in or "")
    try:
        with path.open(encoding="utf-8", newline="") as file:
            addresses = [row["address"] for row in csv.DictReader(file, strict=True)]
    except (OSError, KeyError, csv.Error) as error:
        what = f"data/reference/{path.name} does not list addresses: {error}"
        raise ContractBroken(what, source=source.name) from error
    if not addresses:
        raise ContractBroken(f"data/reference/{path.name} lists no page", source=source.name)
    return list(dict.fromkeys(addresses))


def _ask(
    source: Source, fetcher: Fetcher, request: Request, before: ArchivedPage | None, limits: Limits | None = None
) -> Answer | None:
    """The answer, or None where an optional page is not there."""
    validators = Validators(before.header("etag"), before.header("last-modified")) if before else None
    try:
        return fetcher.get(request, hosts=source.hosts, validators=validators, source=source.name, limits=limits)
    except DoorError as failed:
        if request.optional and failed.status in NOT_THERE:
            return None
        raise


def _keep(source: Source, archive: Archive, answer: Answer, before: ArchivedPage | None) -> ArchivedPage:
    if answer.not_modified and before is not None:
        return before
    return ArchivedPage(
        url=answer.request.url, final_url=answer.final_url, status=answer.status, headers=answer.headers,
        sha256=archive.keep(source.name, answer.body), bytes=len(answer.body), fetched_at=answer.fetched_at,
        retries=answer.tries - 1 or None,
    )  # fmt: skip


def _visit(
    source: Source,
    outcome: str,
    visited_at: datetime,
    *,
    via: str = "fetch",
    pages: tuple[ArchivedPage, ...] = (),
    error: dict[str, str | None] | None = None,
    same_as: str | None = None,
) -> Visit:
    return Visit.model_validate({
        "visit_id": new_visit_id(visited_at, pages), "source": source.name, "outcome": outcome, "via": via,
        "visited_at": visited_at, "logged_at": datetime.now(UTC), "pages": pages, "error": error, "same_as": same_as,
    })  # fmt: skip


# --- pages saved by hand --------------------------------------------------------------------------


def ingest(home: Home, name: str, file: Path, *, url: str | None = None, fetched_at: datetime | None = None) -> Visit:
    """Archive a page saved by hand as if it had been fetched; the same page at the same time is one visit.

    Raises:
        UsageError: No such file or source, an empty or too large file, no web address, or a time in the future.
        Busy: A refresh is running.
        StorageError: The archive cannot be written.
    """
    source, now = find_source(name), datetime.now(UTC)
    if source.is_reference:
        raise UsageError(
            f"{name} is our own ledger", fix=f"edit data/reference/{source.url.removeprefix('reference:')}"
        )
    if source.listed_in and url is None:
        raise UsageError(f"{name} has many pages", fix="say with --url which page it is")
    if url is not None and not url.startswith(("https://", "http://")):
        raise UsageError(f"{url!r} is not a web address", fix="give the address that the page was saved from")
    at = fetched_at or now
    if at > now:
        raise UsageError(f"--fetched-at {at.isoformat()} is in the future")
    body, archive, address = _saved_page(file), Archive(home.archive), url or source.url
    with publish.refresh_lock(home, wait_seconds=INGEST_WAIT_SECONDS):
        page = ArchivedPage(
            url=address, final_url=address, status=200, headers=(),
            sha256=archive.keep(source.name, body), bytes=len(body), fetched_at=at,
        )  # fmt: skip
        made = _visit(source, "new", at, via="ingest", pages=(page,))
        archive.log(made)
    return made


def _saved_page(file: Path) -> bytes:
    try:
        size = file.stat().st_size
        if not file.is_file() or size == 0 or size > LARGEST_INGEST:
            raise UsageError(f"{file} is not a file of 1 byte to {LARGEST_INGEST // 2**20} MiB")
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}", fix="give the page's file") from error
