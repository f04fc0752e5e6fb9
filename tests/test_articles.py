"""Articles: unrelated pages from one list, of which each may fail alone, and the claims that are read out of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pipeline import load, paths, publish, schema, status, warehouse
from pipeline import refresh as steps
from pipeline.archive import Archive, ArchivedPage, Visit, new_visit_id
from pipeline.claims import read_page
from pipeline.errors import ContractBroken, PageChanged, UsageError
from pipeline.facts import SCOPES, ExtractedClaim, Issue
from pipeline.fetch import Fetcher, Limits
from pipeline.paths import Home
from pipeline.read import text_of
from pipeline.refresh import Refreshed
from pipeline.source import Page, Source, find_source
from tests.support import fault_server as play
from tests.support import part_of_sql
from tests.support.fault_server import FaultServer
from tests.support.small_world import NOON, SmallWorld, small_source

ONCE = Limits(pause_seconds=0.0, deadline_seconds=100.0, tries=1)
ARTICLES = find_source("articles")
ARTICLE = Path(__file__).parent / "pages" / "articles.htm"


def to_this_machine(host: str, port: int) -> Sequence[str]:
    """Every name leads to the loopback."""
    return ["127.0.0.1"]


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Several publishers in one."""
    with FaultServer() as running:
        yield running


@pytest.fixture
def listed(world: SmallWorld, server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> SmallWorld:
    """The small world with one source, whose three pages stand in a list."""
    world.sources.clear()
    world.sources["pages"] = small_source("pages", url="listed:pages.csv", hosts=frozenset(), history=True, most=50)
    write_list(server.url("/a"), server.url("/b"), server.url("/c"))
    for name, line in (("a", b"2026-01-01,1"), ("b", b"2026-01-02,2"), ("c", b"2026-01-03,3")):
        server.add(f"/{name}", play.page(line))
    monkeypatch.setattr(steps, "LISTED_LIMITS", ONCE)
    return world


def write_list(*addresses: str, name: str = "pages.csv") -> None:
    """The list of pages, in the reference folder of the world."""
    text = "address,about\n" + "".join(f"{address},x\n" for address in addresses)
    (paths.reference_dir() / name).write_text(text, encoding="utf-8")


def door() -> Fetcher:
    """A street door to the loopback that does not wait or try again."""
    return Fetcher(allow_private=True, resolver=to_this_machine, limits=ONCE)


def refresh(world: SmallWorld) -> Refreshed:
    """Refresh through a door of its own."""
    return steps.refresh(world.home, fetcher=door())


def said(done: Refreshed) -> str:
    """What the visit says that it missed."""
    return str((done.visits["pages"].error or {}).get("message"))


# --- a list of pages ------------------------------------------------------------------------------


def test_every_listed_page_is_read_in_the_order_of_the_list(listed: SmallWorld, server: FaultServer) -> None:
    """One visit, with as many pages as the list has; nothing is missed."""
    done = refresh(listed)
    (visit,) = done.visits.values()

    assert (visit.outcome, visit.error) == ("new", None)
    assert [urlsplit(page.url).path for page in visit.pages] == ["/a", "/b", "/c"]
    assert [value for _, value in listed.values()] == [1, 2, 3]
    assert listed.ask("select page_number, row, value from raw.index_values order by all") == [
        (0, 0, 1.0),
        (1, 0, 2.0),
        (2, 0, 3.0),
    ]


@pytest.mark.parametrize(
    "gone", [play.page(b"", status=404), play.page(b"", status=500), play.page(b"2026-01-02,2", length=99)]
)
def test_a_page_that_cannot_be_had_loses_no_other(listed: SmallWorld, server: FaultServer, gone: play.Reply) -> None:
    """The visit is good and says which page it lacks; so do status and the log of attempts."""
    server.add("/b", gone)
    done = refresh(listed)
    (state,) = status.of_sources(listed.home.warehouse, visits=done.visits)

    assert done.visits["pages"].outcome == "new"
    assert [value for _, value in listed.values()] == [1, 3]
    assert said(done).startswith(f"1 of 3 listed pages could not be had: {server.url('/b')}: ")
    assert (state.state, state.problem) == ("fresh", said(done))
    assert listed.ask("select error from meta.attempts") == [(said(done),)]


def test_a_page_that_robots_txt_forbids_is_left_out(listed: SmallWorld, server: FaultServer) -> None:
    """A site that does not want us is not asked; the others are."""
    server.add("/robots.txt", play.page(b"User-agent: *\nDisallow: /b\n"))
    done = refresh(listed)

    assert "robots.txt forbids" in said(done)
    assert "/b" not in {call.target for call in server.calls}
    assert [value for _, value in listed.values()] == [1, 3]


def test_what_a_page_once_said_stays_when_it_is_gone(listed: SmallWorld, server: FaultServer) -> None:
    """A sighting is an observation: the page that is lost today was read before."""
    refresh(listed)
    server.add("/b", play.page(b"", status=410))
    server.add("/c", play.page(b"2026-01-03,4"))
    refresh(listed)

    assert sorted(value for _, value in listed.values()) == [1, 1, 2, 3, 4]


def test_nothing_new_is_unchanged_and_still_says_what_is_missed(listed: SmallWorld, server: FaultServer) -> None:
    """The same bodies are the same visit; a page that stays away is named each time."""
    server.add("/b", play.page(b"", status=404))
    refresh(listed)
    done = refresh(listed)

    assert done.visits["pages"].outcome == "unchanged"
    assert said(done).startswith("1 of 3 listed pages")


def test_when_no_page_can_be_had_the_visit_has_failed(listed: SmallWorld, server: FaultServer) -> None:
    """What was read before stays in force."""
    refresh(listed)
    for name in "abc":
        server.add(f"/{name}", play.page(b"", status=503))
    done = refresh(listed)

    assert done.visits["pages"].outcome == "failed"
    assert said(done).startswith("none of 3 listed pages could be had")
    assert [value for _, value in listed.values()] == [1, 2, 3]


@pytest.mark.parametrize("line", [b"changed", b"crash"])
def test_a_page_that_cannot_be_read_loses_no_other(listed: SmallWorld, server: FaultServer, line: bytes) -> None:
    """Another layout, or a bug that it meets: the page is named in the quarantine, and the others are in force."""
    server.add("/b", play.page(line))
    refresh(listed)

    assert [value for _, value in listed.values()] == [1, 3]
    assert listed.ask("select state, facts from meta.visits") == [("loaded", 2)]
    assert listed.ask('select rule, page, "row" from meta.quarantine') == [("page_changed", server.url("/b"), None)]


def test_a_source_of_one_publisher_still_stops_as_a_whole(listed: SmallWorld) -> None:
    """Pages that belong together are whole or nothing: a list of prices without its second page is no list."""
    together = small_source("together")
    pages = [
        Page("together", "http://site.test/1", b"2026-01-01,1"),
        Page("together", "http://site.test/2", b"changed"),
    ]

    with pytest.raises(PageChanged):
        load.parse_pages(together, pages)


def test_the_bounds_of_a_list_hold_for_each_page(listed: SmallWorld, server: FaultServer) -> None:
    """A page with too many facts is no article; three good pages are not too many together."""
    listed.sources["pages"] = small_source("pages", url="listed:pages.csv", hosts=frozenset(), history=True, most=1)
    server.add("/b", play.page(b"2026-01-02,2\n2026-01-03,3"))
    refresh(listed)

    assert [value for _, value in listed.values()] == [1, 3]
    assert listed.ask("select what from meta.quarantine") == [("2 facts, expected 1 to 1",)]


def test_a_visit_of_which_no_page_can_be_read_is_rejected(listed: SmallWorld, server: FaultServer) -> None:
    """What was read before stays in force."""
    refresh(listed)
    for name in "abc":
        server.add(f"/{name}", play.page(b"changed"))
    refresh(listed)

    assert listed.states("pages") == [("fetch", "loaded"), ("fetch", "rejected")]
    assert [value for _, value in listed.values()] == [1, 2, 3]


def test_pages_with_the_same_bytes_are_kept_once_each(listed: SmallWorld, server: FaultServer) -> None:
    """Several sites are asked at once, and may all answer with the same page: of a host for sale, for instance."""
    addresses = [server.url(f"/same-{n}") for n in range(16)]
    write_list(*addresses)
    for n in range(16):
        server.add(f"/same-{n}", play.page(b"2026-01-01,1"))
    visit = steps.visit(listed.sources["pages"], listed.archive, door())

    assert [page.url for page in visit.pages] == addresses
    assert listed.archive.body("pages", visit.pages[0].sha256) == b"2026-01-01,1"


def test_a_listed_page_may_move_to_its_own_www_and_nowhere_else(listed: SmallWorld, server: FaultServer) -> None:
    """A redirect to a stranger is not followed: the list names the site."""
    server.add("/b", play.redirect("http://elsewhere.test/b"))
    done = refresh(listed)

    assert "1 of 3" in said(done)
    assert "/b" in said(done)


@pytest.mark.parametrize("text", ["", "url\nhttps://a.test/x\n", "address,about\n"])
def test_a_list_without_addresses_fails_the_visit(listed: SmallWorld, text: str) -> None:
    """The contract names the file; an empty list is a mistake, not a wish."""
    (paths.reference_dir() / "pages.csv").write_text(text, encoding="utf-8")

    with pytest.raises(ContractBroken, match=r"data/reference/pages\.csv"):
        steps.listed_addresses(listed.sources["pages"])


def test_a_page_saved_by_hand_says_which_it_is(listed: SmallWorld, tmp_path: Path) -> None:
    """One article is a visit; without its address nobody would know what it is."""
    file = tmp_path / "saved.txt"
    file.write_bytes(b"2026-05-01,9")

    with pytest.raises(UsageError, match="many pages"):
        steps.ingest(listed.home, "pages", file)
    made = steps.ingest(listed.home, "pages", file, url="https://a.test/x", fetched_at=NOON)
    listed.publish()
    assert made.pages[0].url == "https://a.test/x"
    assert listed.values() == [("pages", 9.0)]


# --- the real list and the real source ------------------------------------------------------------


def rows_of(name: str) -> list[dict[str, str]]:
    """A table of the notebook."""
    with (paths.reference_dir() / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_the_list_of_articles_is_sorted_dated_and_can_be_opened() -> None:
    """Every address once, https, with its site, the day it was added, and its own day where known."""
    rows = rows_of("articles.csv")
    addresses = [row["address"] for row in rows]

    assert addresses == sorted(set(addresses))
    assert len(addresses) >= 30
    assert all(row["about"] for row in rows)
    for row in rows:
        parts = urlsplit(row["address"])
        assert parts.scheme == "https"
        assert (parts.hostname or "").removeprefix("www.") == row["site"]
        assert bool(row["published_on"]) == bool(row["published_on_precision"])
        assert row["added_on"]


def test_every_scope_has_its_plain_words_and_no_other() -> None:
    """What a figure covers and leaves out is said from one place."""
    rows = rows_of("scopes.csv")

    assert {row["scope"] for row in rows} == set(SCOPES)
    assert [int(row["rung"]) for row in rows] == list(range(1, len(SCOPES) + 1))
    for row in rows:
        assert all(row.values()), row["scope"]
        assert row["covers"] != row["leaves_out"]


def article(text: str) -> bytes:
    """A page of one paragraph."""
    head = "<!doctype html><html><head><title>T</title></head>"
    return f"{head}<body><article><p>{text}</p></article></body></html>".encode()


def facts_of(body: bytes) -> list[ExtractedClaim]:
    """What the source reads."""
    found = list(ARTICLES.parse(Page("articles", "https://a.test/1", body)))
    assert not [item for item in found if isinstance(item, Issue)]
    return [item for item in found if isinstance(item, ExtractedClaim)]


def test_a_fact_points_at_its_figure_and_keeps_no_sentence() -> None:
    """The page's characters from starts_at to ends_at are the figure; no field holds the words around it."""
    body = ARTICLE.read_bytes()
    text = text_of(Page("articles", "https://a.test/1", body))
    facts = facts_of(body)
    sentences = {claim.sentence for claim in read_page(Page("articles", "https://a.test/1", body)).claims}

    assert len(facts) >= 4
    for fact in facts:
        assert fact.starts_at is not None
        assert fact.ends_at is not None
        assert fact.printed.split()[0] in " ".join(text[fact.starts_at : fact.ends_at].split())
        assert not {str(value) for value in fact.model_dump().values()} & sentences


def test_every_kind_and_unit_of_the_reader_fits_the_fact() -> None:
    """Kinds and units are those of the ledger, so that a figure can be looked up there."""
    text = (
        "Training GPT-4 took 3 months, 13 trillion tokens and $63 million. The run used 25,000 A100 GPUs and "
        "54 million A100 GPU hours at $1 per GPU hour. An H100 costs $30,000 to buy. "
        "A p5.48xlarge node costs $98 per hour. GPT-4o costs $2.50 per million input tokens."
    )
    units = {fact.kind: fact.unit for fact in facts_of(article(text))}

    assert units == {
        "duration_days": "days", "tokens": "tokens", "money": "USD", "gpu_count": "GPUs", "gpu_hours": "GPU-hours",
        "price_per_gpu_hour": "USD/GPU-hour", "price_per_gpu": "USD/GPU", "price_per_node_hour": "USD/node-hour",
        "price_other": "USD",
    }  # fmt: skip


def test_a_page_without_a_figure_is_not_the_article() -> None:
    """A subscription wall, a page that a program draws: named, not taken for an article that claims nothing."""
    with pytest.raises(PageChanged, match="no figure"):
        facts_of(article("Please switch on scripts to read this."))


# --- many sites, one claim ------------------------------------------------------------------------

SIX_MILLION = "DeepSeek says that it developed its R1 model with a budget of approximately $6 million."


def receive(home: Home, pages: dict[str, bytes], *, days: int = 0) -> Visit:
    """Archive articles as one visit."""
    archive, at = Archive(home.archive), NOON - timedelta(days=30) + timedelta(days=days)
    kept = tuple(
        ArchivedPage(
            url=url, final_url=url, status=200, headers=(), sha256=archive.keep("articles", body), bytes=len(body),
            fetched_at=at,
        )
        for url, body in pages.items()
    )  # fmt: skip
    visit = Visit.model_validate({
        "visit_id": new_visit_id(at, kept), "source": "articles", "outcome": "new", "via": "fetch",
        "visited_at": at, "logged_at": at, "pages": kept,
    })  # fmt: skip
    archive.log(visit)
    return visit


def ask(home: Home, sql: str) -> list[tuple[Any, ...]]:
    """Rows of the published file."""
    return list(warehouse.query(home.warehouse, sql).rows)


def publish_again(home: Home) -> None:
    """Load, build, check and publish."""
    with publish.refresh_lock(home):
        publish.make_and_publish(home)


@pytest.fixture
def built_home(built_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home to publish to again, of which only the tables about claims are made anew."""
    part_of_sql.use(part_of_sql.CLAIMS, tmp_path / "sql", monkeypatch)
    return built_home


def test_the_same_claim_on_many_sites_is_one_claim_with_many_sightings(built_home: Home) -> None:
    """Each site is listed; the claim stands once, as one that the ledger holds already."""
    ledger = (paths.reference_dir() / "reported_claims.csv").read_bytes()
    pages = {f"https://site-{name}.test/1": article(SIX_MILLION) for name in "abc"}
    receive(built_home, pages)
    publish_again(built_home)
    columns = "claim_id, hedge, scope, model_name, sightings, status, status_from, ledger_claim_id, covers is not null"
    first = "source_url = 'https://site-a.test/1'"
    claims = ask(built_home, f"select {columns} from extracted_claims where {first}")
    sites = ask(
        built_home, f"select address from claim_sightings where claim_id = '{claims[0][0]}' and address like '%.test/1'"
    )

    assert [row[1:4] for row in claims] == [("approx", "training_total", "DeepSeek-R1")]
    assert claims[0][4] >= 3
    assert claims[0][5:] == ("confirmed", "ledger", "deepseek-r1-press-6m", True)
    assert [address for (address,) in sites] == sorted(pages)
    assert (paths.reference_dir() / "reported_claims.csv").read_bytes() == ledger


def test_an_extracted_claim_changes_no_curated_row(built_home: Home) -> None:
    """Whatever articles say, the ledger's tables are the same, row by row."""
    before = ask(built_home, "from reported_claims order by all")
    text = "DeepSeek-V3's final run cost $7 million, not $5.576 million. GPT-4 cost more than $100 million to train."
    receive(built_home, {"https://site-a.test/1": article(text)})
    publish_again(built_home)

    assert ask(built_home, "from reported_claims order by all") == before
    assert ask(built_home, "select count(*) > 0 from extracted_claims where status = 'new'") == [(True,)]


def test_raw_claims_have_a_comment_for_every_column() -> None:
    """The data dictionary is the fact's own docstrings."""
    assert all(text for _, text in schema.raw_columns(ExtractedClaim).values())


def test_the_source_is_declared_as_a_list(request: pytest.FixtureRequest) -> None:
    """Its pages stand alone, and every visit stays."""
    declared: Source = ARTICLES

    assert declared.listed_in == "articles.csv"
    assert declared.history
    assert not declared.is_reference
