"""From publishers' pages to a published warehouse: offline, live, and with everything that goes wrong on the way."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import refresh as steps
from pipeline import source, status, summary, warehouse
from pipeline.archive import Archive, Visit
from pipeline.errors import CheckFailed, Exit, FetchError, PageChanged, StorageError, UsageError
from pipeline.fetch import Fetcher, Limits
from pipeline.paths import Home
from pipeline.refresh import Refreshed
from pipeline.source import Page, Request, Requests, Source, all_sources
from tests.support import fault_server as play
from tests.support import small_world
from tests.support.fault_server import FaultServer
from tests.support.small_world import NOON, SmallWorld, bytes_below
from tests.test_sources import zipped

MORE = {"price_index": b"2025-06-01,200\n"}  # without the month whose dollars the costs are in, nothing is published
PAGES = Path(__file__).parent / "pages"
ONCE = Limits(pause_seconds=0.0, deadline_seconds=100.0, tries=1)
# catalogues that repeat prices are fetched, and none comes along; a first publish has nothing to be compared with
EMPTY_OFFLINE = {"gpu_price_cross_checks", "changes"}
PUBLIC = {
    "aicost_components", "aicost_costs", "cottier_2024_components", "cottier_2024_costs", "reported_claims",
    "reported_vs_implied", "sources", "training_costs", "usd_per_flop_trend",
}  # fmt: skip


def to_this_machine(host: str, port: int) -> Sequence[str]:
    """Every name leads to the loopback."""
    return ["127.0.0.1"]


def door() -> Fetcher:
    """A street door to the loopback that does not wait or try again."""
    return Fetcher(allow_private=True, resolver=to_this_machine, limits=ONCE)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """A publisher."""
    with FaultServer() as running:
        yield running


@pytest.fixture
def live(world: SmallWorld, server: FaultServer) -> SmallWorld:
    """The small world, whose two sources are served: each with one good page."""
    for name, declared in list(world.sources.items()):
        world.sources[name] = replace(declared, url=server.url(f"/{name}"))
        server.add(f"/{name}", play.page(b"2026-01-01,1"))
    return world


def refresh(world: SmallWorld, **options: Any) -> Refreshed:
    """Refresh through a door of its own."""
    return steps.refresh(world.home, fetcher=door(), **options)


def ending(world: SmallWorld, done: Refreshed) -> tuple[Exit, dict[str, str]]:
    """Exit code and state of every source, as the command line says them."""
    states = status.of_sources(world.home.warehouse, visits=done.visits)
    return summary.exit_code(done, states), {state.source: state.state for state in states}


def outcomes(done: Refreshed) -> dict[str, str]:
    """How each visit ended."""
    return {name: visit.outcome for name, visit in done.visits.items()}


# --- the whole path, with the real sources --------------------------------------------------------


def test_an_offline_refresh_of_an_empty_home_publishes_every_table(offline_home: Path) -> None:
    """No network, no archive: the bundled facts make a warehouse with rows in all public tables."""
    path = Home(offline_home).warehouse
    tables = {
        name
        for (name,) in warehouse.query(path, "select table_name from duckdb_tables() where schema_name = 'main'").rows
    }

    assert tables >= PUBLIC
    for table in tables - EMPTY_OFFLINE:
        assert warehouse.query(path, f"select count(*) > 0 from {table}").rows == [(True,)], table
    assert {state.state for state in status.of_sources(path)} <= {"bundled", "ledger", "disabled", "unvisited"}


def test_an_offline_refresh_opens_no_socket(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even the street door is built."""

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("offline")

    monkeypatch.setattr(steps, "Fetcher", refused)
    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    world.bundle("list", "2025-06-10", 9)
    done = steps.refresh(world.home, offline=True)

    assert (done.visits, done.offline) == ({}, True)
    assert world.values() == [("list", 9.0)]


def test_no_test_leaves_this_machine(refused_connections: list[str]) -> None:
    """The guard of conftest.py refuses and remembers, so that the tests here mean what they say."""
    with pytest.raises(PermissionError, match="do not leave this machine"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)

    assert len(refused_connections) == 1
    refused_connections.clear()


def _nothing(*_: object) -> list[str]:
    return []


@pytest.fixture
def real_sources(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, Source]:
    """The product's own sources, each served with our small page in its publisher's shape."""
    sources: dict[str, Source] = {}
    for name, declared in all_sources().items():
        page = next((path for path in PAGES.glob(f"{name}.*") if path.name.count(".") == 1), None)
        if page is None or declared.is_reference:
            sources[name] = declared
            continue
        url = server.url(f"/{name}")
        served = replace(declared, url=url, pages=None, hosts=frozenset({"site.test"}), least=1)
        body = zipped(page) if page.is_dir() else page.read_bytes().rstrip() + b"\n" + MORE.get(name, b"")
        try:
            small_world.load.parse_pages(served, [Page(name, url, body)])
        except PageChanged:
            continue  # a page full of traps, or one of several that only its own address tells apart
        sources[name] = served
        server.add(f"/{name}", play.page(body, headers=[("ETag", f'"{name}"')]))
    for module in (steps, source, small_world.load):
        monkeypatch.setattr(module, "all_sources", lambda: sources)
    # a practice page holds other models than the bundled facts, and would be taken for another page
    monkeypatch.setattr(small_world.load.drift, "moved_columns", _nothing)
    # practice pages are of days to come, so that nobody takes them for a publisher's
    monkeypatch.setattr(small_world.load.days, "ANNOUNCED", timedelta(days=5000))
    monkeypatch.setattr(small_world.load.days, "SOMEWHERE", timedelta(days=5000))
    return sources


def test_the_real_sources_live_from_new_to_unchanged_to_changed_to_down(
    real_sources: dict[str, Source], server: FaultServer, home: Home
) -> None:
    """Pages are fetched, read, loaded and published; then not modified; then one changes and another is down."""
    fetched = [name for name, declared in real_sources.items() if not (declared.is_reference or declared.disabled)]
    changing = next(
        name for name in fetched if not real_sources[name].history
    )  # a catalogue, of which one state counts
    down, *others = [name for name in fetched if name != changing]

    done = steps.refresh(home, fetcher=door())
    states = {state.source: state for state in status.of_sources(home.warehouse, visits=done.visits)}
    assert len(fetched) >= 12
    assert outcomes(done) == dict.fromkeys(fetched, "new")
    assert {name: (states[name].state, states[name].problem) for name in fetched} == dict.fromkeys(
        fetched, ("fresh", None)
    )
    assert summary.exit_code(done, list(states.values())) == Exit.DEGRADED  # the practice pages hold rows to set aside
    assert warehouse.query(home.warehouse, "select count(*) > 0 from training_costs").rows == [(True,)]

    for name in fetched:
        server.add(f"/{name}", play.raw(play.head(304)))
    (page,) = done.visits[changing].pages
    server.add(f"/{changing}", play.page(Archive(home.archive).body(changing, page.sha256) + b"\n"))
    server.add(f"/{down}", play.page(b"sorry", status=500))
    facts = {name: states[name].facts for name in fetched}
    done = steps.refresh(home, fetcher=door())
    states = {state.source: state for state in status.of_sources(home.warehouse, visits=done.visits)}

    assert outcomes(done) == {changing: "new", down: "failed"} | dict.fromkeys(others, "unchanged")
    assert {name: states[name].state for name in fetched} == {changing: "fresh", down: "failed"} | dict.fromkeys(
        others, "unchanged"
    )
    assert {name: states[name].facts for name in fetched} == facts
    assert (states[down].in_force, states[down].problem) == ("fetched page", "the site answered 500")
    assert summary.exit_code(done, list(states.values())) == Exit.DEGRADED
    asked = {call.target: call.headers.get("if-none-match") for call in server.calls if call.target != "/robots.txt"}
    assert asked == {f"/{name}": f'"{name}"' for name in fetched}


# --- visits ---------------------------------------------------------------------------------------


def test_a_page_is_new_then_unchanged_then_changed(live: SmallWorld, server: FaultServer) -> None:
    """304 and equal bytes both are "unchanged": last_seen moves, the observation does not, nothing is stored twice."""
    tagged = play.page(b"2026-01-01,1", headers=[("ETag", '"one"'), ("Last-Modified", "Mon, 23 Nov 2026 12:00:00 GMT")])
    server.add("/list", tagged, play.raw(play.head(304)), play.page(b"2026-01-01,2"))
    first = refresh(live)
    assert (outcomes(first), ending(live, first)) == (
        {"list": "new", "prices": "new"}, (Exit.DONE, {"list": "fresh", "prices": "fresh"}),
    )  # fmt: skip
    bodies = {name for name in bytes_below(live.home.archive) if not name.startswith("publishes/")}

    second = refresh(live)
    assert (outcomes(second), ending(live, second)) == (
        {"list": "unchanged", "prices": "unchanged"}, (Exit.DONE, {"list": "unchanged", "prices": "unchanged"}),
    )  # fmt: skip
    assert {name for name in bytes_below(live.home.archive) if not name.startswith("publishes/")} == bodies
    asked = [call for call in server.calls if call.target == "/list"][1]
    assert asked.headers["if-none-match"] == '"one"'
    assert asked.headers["if-modified-since"] == "Mon, 23 Nov 2026 12:00:00 GMT"
    ((observed, seen),) = live.ask("select observed_at, last_seen_at from sources where source = 'list'")
    assert observed == first.visits["list"].visited_at < seen

    third = refresh(live)
    assert outcomes(third) == {"list": "new", "prices": "unchanged"}
    assert live.values() == [("list", 2.0), ("prices", 1.0)]


def test_a_page_that_changes_back_is_a_new_page(live: SmallWorld, server: FaultServer) -> None:
    """It is compared with the newest page, not with all there ever were."""
    server.add("/list", *(play.page(body) for body in (b"2026-01-01,1", b"2026-01-01,2", b"2026-01-01,1")))
    visits = [outcomes(refresh(live, names=["list"]))["list"] for _ in range(3)]

    assert visits == ["new", "new", "new"]
    assert live.values() == [("list", 1.0)]


def test_one_source_that_fails_leaves_the_others_fresh(live: SmallWorld, server: FaultServer) -> None:
    """Its last good facts stay in force, its state and age are said, and the refresh is degraded."""
    refresh(live)
    server.add("/list", play.page(b"sorry", status=500))
    server.add("/prices", play.page(b"2026-01-01,5"))
    done = refresh(live)

    assert ending(live, done) == (Exit.DEGRADED, {"list": "failed", "prices": "fresh"})
    assert live.values() == [("list", 1.0), ("prices", 1.0), ("prices", 5.0)]
    (said,) = summary.warnings(done, status.of_sources(live.home.warehouse, visits=done.visits))
    lines = [line.split(maxsplit=1) for line in said.splitlines()[1:]]
    assert said.splitlines()[0] == "warning: list: the site answered 500"
    assert [part for part, _ in lines] == ["page", "likely", "kept", "next"]
    assert dict(lines)["kept"].startswith("fetched page of ")


def test_a_page_that_is_refused_degrades_until_a_good_one_comes(live: SmallWorld, server: FaultServer) -> None:
    """Also while it stays as it is: unchanged, and still not in force."""
    refresh(live)
    server.add("/list", play.page(b"changed"))
    assert ending(live, refresh(live)) == (Exit.DEGRADED, {"list": "failed", "prices": "unchanged"})
    assert ending(live, refresh(live)) == (Exit.DEGRADED, {"list": "failed", "prices": "unchanged"})
    assert ending(live, refresh(live, names=["prices"]))[0] == Exit.DONE  # nobody asked for it now
    server.add("/list", play.page(b"2026-01-01,2"))
    assert ending(live, refresh(live)) == (Exit.DONE, {"list": "fresh", "prices": "unchanged"})


def test_a_refused_page_is_in_the_archive(live: SmallWorld, server: FaultServer) -> None:
    """Every body is kept before it is read: tomorrow's reader can read it."""
    server.add("/list", play.page(b"crash"))
    done = refresh(live)
    (page,) = done.visits["list"].pages

    assert live.archive.body("list", page.sha256) == b"crash"


def test_when_nobody_can_be_reached_the_archive_is_published(live: SmallWorld, server: FaultServer) -> None:
    """Exit 5, with what to do about it; the warehouse is there all the same."""
    refresh(live)
    server.add("/list", play.page(b"", status=503))
    server.add("/prices", play.page(b"", status=404))
    done = refresh(live)

    assert done.reached_nothing
    assert ending(live, done) == (Exit.NOTHING_FETCHED, {"list": "failed", "prices": "failed"})
    assert live.values() == [("list", 1.0), ("prices", 1.0)]
    said = summary.warnings(done, status.of_sources(live.home.warehouse, visits=done.visits))
    assert "not one source could be reached" in said[-1]
    assert "--offline" in said[-1]


def test_an_offline_refresh_is_not_degraded_by_failures_of_the_past(live: SmallWorld) -> None:
    """It visited nothing; only a source of which there is nothing at all makes it 3."""
    live.bundle("list", "2025-06-10", 9)
    live.fail("list", NOON)
    done = steps.refresh(live.home, offline=True)
    assert ending(live, done) == (Exit.DEGRADED, {"list": "failed", "prices": "failed"})

    live.bundle("prices", "2025-06-10", 9)
    done = steps.refresh(live.home, offline=True)
    assert ending(live, done) == (Exit.DONE, {"list": "failed", "prices": "bundled"})


@pytest.mark.parametrize("answer", [play.page(b"sorry", status=500), play.page(b"changed")])
def test_a_strict_refresh_publishes_nothing_that_is_degraded(
    live: SmallWorld, server: FaultServer, answer: play.Reply
) -> None:
    """Exit 4 means what it says: the version before is still served, and the reason is told."""
    refresh(live, strict=True)
    before = live.home.warehouse.read_bytes()
    server.add("/list", answer)

    with pytest.raises(CheckFailed, match="list: the") as raised:
        refresh(live, strict=True)
    assert raised.value.exit == Exit.REFUSED
    assert live.home.warehouse.read_bytes() == before
    server.add("/list", play.page(b"2026-01-01,3"))
    assert ending(live, refresh(live, strict=True))[0] == Exit.DONE


def test_a_strict_refresh_wants_something_of_every_source(world: SmallWorld) -> None:
    """Offline too: a source of which there is nothing at all is not up to date; one not named is not asked about."""
    world.bundle("list", "2025-06-10", 9)

    with pytest.raises(CheckFailed, match="prices: nothing is in force"):
        steps.refresh(world.home, offline=True, strict=True)
    steps.refresh(world.home, ["list"], offline=True, strict=True)


def test_sources_are_visited_at_once(live: SmallWorld, server: FaultServer) -> None:
    """Two hosts answer only when both have been asked."""
    both = threading.Barrier(2, timeout=100)
    for name in ("list", "prices"):
        url = server.url(f"/{name}", host=f"{name}.test")
        live.sources[name] = replace(live.sources[name], url=url, hosts=frozenset({f"{name}.test"}))
        server.add(f"/{name}", play.meet(both, play.page(b"2026-01-01,1")))

    assert outcomes(refresh(live)) == {"list": "new", "prices": "new"}


def test_progress_is_told_in_order(live: SmallWorld) -> None:
    """One call a source, with its visit."""
    told: list[tuple[str, str]] = []

    def tell(source: Source, visit: Visit) -> None:
        told.append((source.name, visit.outcome))

    refresh(live, told=tell)
    assert told == [("list", "new"), ("prices", "new")]


def body_of(page: Page) -> str:
    """All of a page as its clue."""
    return page.body.decode()


def paged(urls: Sequence[str]) -> Callable[[], Requests]:
    """A source of several pages, that looks at each body for the next."""

    def pages() -> Requests:
        for url in urls:
            if (yield Request(url, clue=body_of)) == "crash":
                raise ZeroDivisionError("a bug in the paging")

    return pages


def test_all_pages_of_a_visit_are_one_visit(live: SmallWorld, server: FaultServer) -> None:
    """Fetched in turn, archived each, read together; one that is not modified is taken from the archive."""
    server.add("/one", play.page(b"2026-01-01,1", headers=[("ETag", '"1"')]), play.raw(play.head(304)))
    server.add("/two", play.page(b"2026-01-02,2"), play.page(b"2026-01-02,3"))
    live.sources["list"] = replace(live.sources["list"], pages=paged([server.url("/one"), server.url("/two")]))
    first = refresh(live, names=["list"])
    assert len(first.visits["list"].pages) == 2
    assert live.values() == [("list", 1.0), ("list", 2.0)]

    assert outcomes(refresh(live, names=["list"])) == {"list": "new"}
    assert live.values() == [("list", 1.0), ("list", 3.0)]


def test_an_optional_page_that_is_not_there_costs_only_itself(live: SmallWorld, server: FaultServer) -> None:
    """A region without a page is no fault; one that cannot be had, or no page at all, is."""
    server.add("/two", play.page(b"2026-01-02,2"))
    server.add("/gone", play.page(b"gone", status=410))
    server.add("/broken", play.page(b"no", status=403))
    answers: list[str | None] = []

    def visit(*paths: str, optional: bool = True) -> dict[str, str]:
        def pages() -> Requests:
            for path in paths:
                answers.append((yield Request(server.url(path), optional=optional, clue=body_of)))

        live.sources["list"] = replace(live.sources["list"], pages=pages)
        return outcomes(refresh(live, names=["list"]))

    assert visit("/nowhere", "/two", "/gone") == {"list": "new"}
    assert answers == [None, "2026-01-02,2", None]
    assert live.values() == [("list", 2.0)]
    assert visit("/two", "/nowhere", optional=False) == {"list": "failed"}
    assert visit("/two", "/broken") == {"list": "failed"}
    assert visit("/nowhere", "/gone") == {"list": "failed"}
    assert live.values() == [("list", 2.0)]


def test_a_bug_at_one_source_stops_nobody(live: SmallWorld, server: FaultServer) -> None:
    """An exception that nobody foresaw is a failed visit with its name."""
    server.add("/list", play.page(b"crash"))
    live.sources["list"] = replace(live.sources["list"], pages=paged([server.url("/list")]))
    done = refresh(live)

    assert outcomes(done) == {"list": "failed", "prices": "new"}
    assert (done.visits["list"].error or {})["message"] == "unexpected ZeroDivisionError: a bug in the paging"


def test_pages_that_lead_in_a_circle_end(
    live: SmallWorld, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A "next" that never ends is a failed visit, not an endless one."""
    monkeypatch.setattr(steps, "MOST_PAGES", 5)
    live.sources["list"] = replace(live.sources["list"], pages=paged([server.url("/list")] * 50))
    done = refresh(live)

    assert (done.visits["list"].error or {})["message"] == "more than 5 pages"
    assert server.targets().count("/list") == 5


def test_a_lost_body_is_fetched_again(live: SmallWorld, server: FaultServer) -> None:
    """The publisher is not asked whether it was modified: we no longer have it."""
    server.add("/list", play.page(b"2026-01-01,1", headers=[("ETag", '"one"')]))
    (page,) = refresh(live).visits["list"].pages
    path = live.home.archive / "list" / f"{page.sha256}.gz"
    path.write_bytes(b"damaged")
    done = refresh(live)

    assert "if-none-match" not in [call for call in server.calls if call.target == "/list"][1].headers
    assert live.archive.body("list", page.sha256) == b"2026-01-01,1"
    assert outcomes(done)["list"] == "new"


def test_ctrl_c_ends_a_refresh_at_once_and_frees_the_lock(live: SmallWorld, server: FaultServer) -> None:
    """A publisher that never answers does not hold up whoever wants to stop."""
    silent = "silent.test"  # of another host: at one host, the second waits for the first
    live.sources["prices"] = replace(
        live.sources["prices"], url=server.url("/prices", silent), hosts=frozenset({silent})
    )
    server.add("/prices", play.stall())

    def stop(source: Source, visit: Visit) -> None:
        raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        refresh(live, told=stop)
    assert time.monotonic() - started < 0.9 * play.SOCKET_SECONDS  # after which the publisher would give up
    assert not live.home.warehouse.exists()
    refresh(live, names=["list"])


# --- before anything is fetched -------------------------------------------------------------------


@pytest.mark.parametrize("blocked", ["home", "archive"])
def test_a_home_that_cannot_be_written_is_said_before_anything_is_fetched(
    live: SmallWorld, server: FaultServer, blocked: str
) -> None:
    """Exit 7 with the path; the publishers never hear of us."""
    path = live.home.root if blocked == "home" else live.home.archive
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("a file where a folder should be", encoding="utf-8")

    with pytest.raises(StorageError, match=str(path)) as raised:
        refresh(live)
    assert raised.value.exit == Exit.STORAGE
    assert server.calls == []


@pytest.mark.parametrize(
    ("names", "said"),
    [(["lst"], "did you mean list"), (["zzz"], "aicost sources lists them"), (["ours"], "is not fetched"),
     (["closed"], "robots.txt forbids it")],
)  # fmt: skip
def test_a_source_that_cannot_be_visited_is_refused_at_the_start(live: SmallWorld, names: list[str], said: str) -> None:
    """A wrong name with the nearest one, our own ledger, a source that is switched off: exit 2, nothing is made."""
    live.sources["ours"] = small_world.small_source("ours", url="reference:ours.csv")
    live.sources["closed"] = small_world.small_source("closed", disabled="robots.txt forbids it")

    with pytest.raises(UsageError, match=said):
        refresh(live, names=names)
    assert not live.home.root.exists()
    assert [source.name for source in steps.chosen_sources(())] == ["list", "prices"]


def test_a_source_named_twice_is_visited_once(live: SmallWorld, server: FaultServer) -> None:
    """Twice would be impolite, and two visits at one time."""
    refresh(live, names=["list", "list"])

    assert server.targets() == ["/list"]


def test_a_new_home_needs_nothing_prepared(live: SmallWorld) -> None:
    """Folders are made on the way, however deep."""
    live.home = Home(live.home.root / "deep" / "er")
    refresh(live)

    assert live.home.warehouse.exists()


# --- pages saved by hand --------------------------------------------------------------------------


def test_an_ingested_page_is_read_as_if_it_had_been_fetched(world: SmallWorld, tmp_path: Path) -> None:
    """The next refresh puts it in force; its address, time and way are recorded."""
    world.bundle("list", "2025-06-10", 9)
    page = tmp_path / "saved.txt"
    page.write_bytes(b"2026-01-01,4")
    visit = steps.ingest(world.home, "list", page, url="https://web.archive.org/list", fetched_at=NOON)
    done = steps.refresh(world.home, offline=True)

    assert world.values() == [("list", 4.0)]
    assert ending(world, done)[1]["list"] in ("fresh", "stale")
    ((via, at, address),) = world.ask(
        "select via, observed_at, pages[1].url from meta.visits where source = 'list' and state = 'loaded'"
    )
    assert (via, at, address) == ("ingest", NOON, "https://web.archive.org/list")
    assert visit.pages[0].bytes == len(b"2026-01-01,4")


def test_ingesting_twice_is_ingesting_once(world: SmallWorld, tmp_path: Path) -> None:
    """The same page at the same time is one visit."""
    page = tmp_path / "saved.txt"
    page.write_bytes(b"2026-01-01,4")
    first = steps.ingest(world.home, "list", page, fetched_at=NOON)
    second = steps.ingest(world.home, "list", page, fetched_at=NOON)

    assert first.visit_id == second.visit_id
    assert len(world.archive.visits("list")) == 1


def test_ingesting_without_a_time_is_ingesting_now(world: SmallWorld, tmp_path: Path) -> None:
    """A page just saved is today's page."""
    page = tmp_path / "saved.txt"
    page.write_bytes(b"2026-01-01,4")

    assert abs(datetime.now(UTC) - steps.ingest(world.home, "list", page).visited_at) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": "lst"}, "did you mean list"),
        ({"name": "ours"}, "our own ledger"),
        ({"file": Path("/nowhere/page.html")}, "cannot read"),
        ({"file": Path("/")}, "is not a file"),
        ({"file": Path("/dev/null")}, "is not a file"),
        ({"url": "javascript:alert(1)"}, "is not a web address"),
        ({"fetched_at": datetime.now(UTC) + timedelta(days=1)}, "is in the future"),
    ],
)
def test_what_cannot_be_ingested_is_refused(
    world: SmallWorld, tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    """Exit 2, and the archive stays as it was."""
    world.sources["ours"] = small_world.small_source("ours", url="reference:ours.csv")
    page = tmp_path / "saved.txt"
    page.write_bytes(b"2026-01-01,4")
    given: dict[str, Any] = {"name": "list", "file": page}

    with pytest.raises(UsageError, match=said):
        steps.ingest(world.home, **(given | options))
    assert not world.home.archive.exists()


def test_an_empty_page_is_refused(world: SmallWorld, tmp_path: Path) -> None:
    """Nothing was saved: that is a slip of the hand, not a page."""
    (tmp_path / "saved.txt").write_bytes(b"")

    with pytest.raises(UsageError, match="is not a file of 1 byte"):
        steps.ingest(world.home, "list", tmp_path / "saved.txt")


# --- states ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hours", "state"), [(0, "fresh"), (47, "fresh"), (49, "stale")])
def test_a_source_is_stale_when_two_visits_were_missed(world: SmallWorld, hours: int, state: str) -> None:
    """Age is measured against what the source promises."""
    world.receive("list", "2026-01-01,1")
    world.publish()
    (found, _) = status.of_sources(world.home.warehouse, now=NOON + timedelta(hours=hours))

    assert (found.source, found.state, found.is_degraded) == ("list", state, state == "stale")
    assert found.age_days == pytest.approx(hours / 24)


def test_an_old_page_ingested_today_is_stale_today(world: SmallWorld, tmp_path: Path) -> None:
    """What counts is when the page was so, not when we were told."""
    page = tmp_path / "saved.txt"
    page.write_bytes(b"2026-01-01,4")
    steps.ingest(world.home, "list", page, fetched_at=NOON - timedelta(days=300))
    world.publish()
    (found, _) = status.of_sources(world.home.warehouse, now=NOON)

    assert (found.state, round(found.age_days or 0)) == ("stale", 300)


def test_every_kind_of_state_is_told(world: SmallWorld) -> None:
    """Bundled facts, nothing at all, and switched off."""
    world.bundle("list", "2026-11-13", 9)
    world.sources["off"] = small_world.small_source("off", disabled="robots.txt forbids it")
    world.publish()
    found = {state.source: state for state in status.of_sources(world.home.warehouse, now=NOON)}

    assert {name: (state.state, state.in_force, state.is_empty) for name, state in found.items()} == {
        "list": ("bundled", "bundled facts", False),
        "off": ("disabled", "nothing", False),
        "prices": ("failed", "nothing", True),
    }
    assert found["list"].age_days == pytest.approx(10.5)


def test_a_rebuild_follows_from_the_archive_alone(live: SmallWorld) -> None:
    """The warehouse may be lost: the archive makes the same again."""
    refresh(live)
    first = live.everything()
    live.home.warehouse.unlink()
    steps.rebuild(live.home)

    assert live.everything() == first


def test_a_home_can_be_moved(live: SmallWorld) -> None:
    """Nothing in it says where it was."""
    refresh(live)
    first = live.everything()
    live.home = Home(Path(shutil.move(live.home.root, live.home.root.with_name("moved"))))
    steps.refresh(live.home, offline=True)

    assert live.everything() == first


def test_a_fetch_error_is_an_error_of_ours() -> None:
    """What a visit fails with has the five parts."""
    assert FetchError("what", source="list").exit == Exit.DEGRADED
