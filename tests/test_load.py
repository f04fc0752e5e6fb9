"""The pantry: what is in force follows from the archive, the bundled facts and the code, and from nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from pipeline import load, paths, schema, warehouse
from pipeline.archive import Archive, Visit
from pipeline.errors import ContractBroken, PageChanged
from pipeline.facts import Fact, GpuPrice, IndexValue, Issue
from pipeline.load import parse_pages
from pipeline.source import Page, Source
from tests.support.small_world import NOON, SmallWorld, parse, small_source

HOUR = timedelta(hours=1)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The visits whose pages are read, and not copied."""
    read: list[str] = []
    real = load.read_visit

    def spy(source: Source, archive: Archive, visit: Visit, folder: Path | None = None) -> load.Reading:
        read.append(visit.visit_id)
        return real(source, archive, visit, folder)

    monkeypatch.setattr(load, "read_visit", spy)
    return read


# --- what is in force -----------------------------------------------------------------------------


def test_of_a_catalogue_the_latest_good_visit_is_in_force(world: SmallWorld) -> None:
    """The list of today, not the lists of all days."""
    world.receive("list", "2026-01-01,1", at=NOON)
    world.receive("list", "2026-01-01,2", "2026-01-02,3", at=NOON + HOUR)
    world.publish()

    assert world.values() == [("list", 2.0), ("list", 3.0)]
    assert world.states("list") == [("fetch", "superseded"), ("fetch", "loaded")]


def test_of_observations_every_good_visit_is_in_force(world: SmallWorld) -> None:
    """A price of yesterday stays an observation of yesterday."""
    world.receive("prices", "2026-01-01,1", at=NOON)
    world.receive("prices", "2026-01-01,2", at=NOON + HOUR)
    world.bundle("prices", "2025-01-01", 3)
    world.publish()

    assert world.values() == [("prices", 1.0), ("prices", 2.0), ("prices", 3.0)]


def test_bundled_facts_are_in_force_until_a_page_is_there(world: SmallWorld) -> None:
    """Also a page saved by hand, and one of long ago: the larder is for when there is nothing else."""
    world.bundle("list", "2025-06-10", 9)
    world.publish()
    assert world.values() == [("list", 9.0)]
    assert world.ask("select observed_at::varchar from meta.visits") == [("2025-06-10 00:00:00+00",)]

    world.receive("list", "2024-01-01,1", at=NOON - timedelta(days=900), via="ingest")
    world.publish()
    assert world.values() == [("list", 1.0)]
    assert world.states("list") == [("ingest", "loaded"), ("bundled", "superseded")]


def test_an_older_page_ingested_later_displaces_nothing(world: SmallWorld) -> None:
    """Time is the page's own, not the order in which pages came to us."""
    world.receive("list", "2026-01-01,2", at=NOON)
    world.receive("list", "2025-01-01,1", at=NOON - timedelta(days=365), via="ingest")
    world.publish()

    assert world.values() == [("list", 2.0)]
    seen = world.ask("select last_seen_at::varchar from meta.sources where source = 'list'")
    assert seen == [("2026-11-23 12:00:00+00",)]


def test_a_visit_that_failed_later_is_the_last_one_whatever_was_ingested_since(world: SmallWorld) -> None:
    """Ingesting an old page does not hide that the site is down."""
    world.fail("list", NOON)
    world.receive("list", "2026-01-01,1", at=NOON - HOUR, via="ingest")
    world.publish()

    assert world.ask("select last_outcome, last_error from meta.sources where source = 'list'") == [
        ("failed", "no answer in time")
    ]


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([], "0 facts, expected 1 to 5"),
        ([f"2026-01-{day:02},1" for day in range(1, 7)], "6 facts, expected 1 to 5"),
        (["2026-01-01,1", "words", "words"], "2 of 3 rows cannot be read"),
        (["changed"], "the heading is not as known"),
        (["2026-01-01,1", "crash"], "the reader failed with ZeroDivisionError: a bug in the reader"),
        (["2026-01-01,nan"], "the reader failed with ValidationError"),
    ],
)
def test_a_refused_page_leaves_the_older_one_in_force_and_says_why(
    world: SmallWorld, lines: list[str], reason: str
) -> None:
    """Bounds, structure, or a bug of the reader: state, reason and a row of the quarantine."""
    world.receive("list", "2026-01-01,1", at=NOON)
    refused = world.receive("list", *lines, at=NOON + HOUR)
    world.receive("prices", "2026-01-01,7")
    world.publish()

    assert world.values() == [("list", 1.0), ("prices", 7.0)]
    assert world.states("list") == [("fetch", "loaded"), ("fetch", "rejected")]
    ((said,),) = world.ask("select reason from meta.visits where state = 'rejected'")
    assert said.startswith(reason)
    assert world.ask("select visit_id, rule, what from meta.quarantine") == [(refused.visit_id, "page_changed", said)]
    assert world.ask("select rejected_reason from sources where source = 'list'") == [(said,)]


def test_a_refused_first_page_leaves_the_bundled_facts_in_force(world: SmallWorld) -> None:
    """Nothing gets worse because a page was fetched."""
    world.bundle("list", "2025-06-10", 9)
    world.receive("list", "changed")
    world.publish()

    assert world.values() == [("list", 9.0)]


def test_a_source_of_which_there_is_nothing_stops_nobody(world: SmallWorld) -> None:
    """No page, no bundled facts: no rows, and a row in sources that says so."""
    world.receive("prices", "2026-01-01,7")
    world.publish()

    assert world.values() == [("prices", 7.0)]
    assert world.ask("select via, facts from sources where source = 'list'") == [(None, 0)]


def test_unreadable_rows_are_set_aside_and_counted(world: SmallWorld) -> None:
    """One bad row in a page of five is an issue, not a refusal."""
    world.receive("list", "2026-01-01,1", "2026-01-02,2", "2026-01-03,3", "2026-01-04,4", "words")
    world.publish()

    assert len(world.values()) == 4
    assert world.ask('select "row", rule, raw_value, what from meta.quarantine') == [
        (4, "not_a_number", "words", "no value")
    ]
    assert world.ask("select quarantined from sources where source = 'list'") == [(1,)]


def test_facts_that_are_not_declared_are_refused() -> None:
    """A source that yields another kind than it says is wrong about itself."""
    source = small_source("list", facts=(GpuPrice,))

    with pytest.raises(ContractBroken, match="undeclared facts: IndexValue"):
        parse_pages(source, [Page("list", "http://site.test", b"2026-01-01,1")])


def test_bounds_hold_for_all_pages_of_a_visit_together() -> None:
    """Three pages of two rows are six rows."""
    pages = [Page("list", "http://site.test", b"2026-01-01,1\n2026-01-02,2")] * 3

    with pytest.raises(PageChanged, match="6 facts"):
        parse_pages(small_source("list"), pages)


# --- damage ---------------------------------------------------------------------------------------


def test_a_lost_body_is_named_and_the_next_older_page_serves(world: SmallWorld) -> None:
    """Rebuilding from an archive with a hole says which body is missing, and is whole again when it is back."""
    world.receive("list", "2026-01-01,1", at=NOON)
    lost = world.receive("list", "2026-01-01,2", at=NOON + HOUR)
    path = world.home.archive / "list" / f"{lost.pages[0].sha256}.gz"
    kept = path.read_bytes()
    path.unlink()
    world.publish()

    assert world.values() == [("list", 1.0)]
    assert world.ask("select rule, what from meta.quarantine") == [
        ("archive", f"archived body {lost.pages[0].sha256} is missing")
    ]
    path.write_bytes(kept)
    world.publish()
    assert world.values() == [("list", 2.0)]
    assert world.ask("select count(*) from meta.quarantine") == [(0,)]


def test_a_damaged_line_of_a_log_is_named_in_the_quarantine(world: SmallWorld) -> None:
    """One line lost is not a source lost."""
    world.receive("list", "2026-01-01,1")
    with (world.home.archive / "list" / "visits.jsonl").open("ab") as log:
        log.write(b"damaged\n")
    world.publish()

    assert world.values() == [("list", 1.0)]
    assert world.ask("select visit_id, page, rule, what from meta.quarantine") == [
        ("log", "visits.jsonl", "archive", "line 2 of the log of visits cannot be read")
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not begin with a header"),
        ('{"source": "list"}\n', "does not begin with a header"),
        ("HEADER\n", "holds 0 facts and announces 1"),
        ('HEADER\n{"fact": "IndexValue"}\n', "line 2 of list.jsonl is not a fact"),
        ('HEADER\n{"fact": "Unknown"}\n', "line 2 of list.jsonl is not a fact"),
        ("HEADER\n[]\n", "line 2 of list.jsonl is not a fact"),
        ("HEADER\n{\n", "line 2 of list.jsonl is not a fact"),
    ],
)
def test_a_broken_bundled_file_stops_the_publish(world: SmallWorld, text: str, said: str) -> None:
    """It is part of the code: nothing is published on top of it, and the line is named."""
    world.bundle("list", "2025-06-10", 9)
    path = world.bundled / "list.jsonl"
    header = path.read_text(encoding="utf-8").splitlines()[0]
    path.write_text(text.replace("HEADER", header), encoding="utf-8")

    with pytest.raises(ContractBroken, match=said):
        world.publish()


@pytest.mark.parametrize("text", [None, "", "claim_id,value\n1\n", "a,b\n1,2\n"])
def test_a_broken_ledger_stops_the_publish(world: SmallWorld, text: str | None) -> None:
    """Our own file is not a page that may have changed: it is mended, not worked around."""
    folder = paths.reference_dir()
    world.sources["ours"] = small_source("ours", url="reference:ledger.csv", hosts=frozenset[str]())
    if text is not None:
        (folder / "ledger.csv").write_text(text, encoding="utf-8")

    with pytest.raises(ContractBroken, match=r"data/reference/ledger\.csv"):
        world.publish()


# --- copied and read anew -------------------------------------------------------------------------


def busy_archive(world: SmallWorld) -> None:
    """Visits of every kind: superseded, refused, observed, unreadable rows, with bundled facts beside them."""
    world.bundle("prices", "2025-01-01", 30)
    world.receive("list", "2026-01-01,1", at=NOON)
    world.receive("list", "2026-01-01,2", "2026-01-02,3", "2026-01-03,4", "2026-01-04,5", "words", at=NOON + HOUR)
    world.receive("list", "changed", at=NOON + 2 * HOUR)
    world.receive("prices", "2026-01-02,20", "2026-01-01,10", at=NOON)
    world.receive("prices", "crash", at=NOON + HOUR)
    world.receive("prices", "2026-01-01,11", at=NOON - HOUR, via="ingest")
    world.fail("prices", NOON + 2 * HOUR)


def test_copied_facts_equal_facts_read_anew(world: SmallWorld, reads: list[str]) -> None:
    """Refreshed twice and rebuilt are the same, row for row and in the same order, in every table."""
    busy_archive(world)
    world.publish()
    first = world.everything()
    assert len(first["raw.index_values"]) == 8

    reads.clear()
    world.publish()
    assert world.everything() == first
    assert reads == []  # all of it was copied

    world.publish(from_scratch=True)
    assert world.everything() == first
    assert len(reads) == 2  # what was refused is tried again; the others are on the shelf

    reads.clear()
    shutil.rmtree(world.home.readings)
    world.publish(from_scratch=True)
    assert world.everything() == first
    assert len(reads) == 6  # all of it was read, and of a catalogue the page before, for how much was on it


def test_a_new_visit_is_read_and_the_others_are_copied(world: SmallWorld, reads: list[str]) -> None:
    """Work follows what is new, and the result does not show what was copied."""
    busy_archive(world)
    world.publish()
    new = world.receive("prices", "2026-01-01,12", at=NOON + 3 * HOUR)
    reads.clear()
    world.publish()

    assert reads == [new.visit_id]
    copied = world.everything()
    world.publish(from_scratch=True)
    assert world.everything() == copied


def test_another_version_of_the_readers_reads_again(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """What old code has made of a page is not kept."""
    world.receive("list", "2026-01-01,1")
    world.publish()
    world.sources["list"] = replace(world.sources["list"], parse=parse_halved)
    world.publish()
    assert world.values() == [("list", 1.0)]  # the version says that nothing has changed

    monkeypatch.setattr(load, "readers_version", lambda: "another")
    world.publish()
    assert world.values() == [("list", 0.5)]


def parse_halved(page: Page) -> Iterator[Fact | Issue]:
    """As another version of the parser would read the page."""
    for found in parse(page):
        yield found.model_copy(update={"value": found.value / 2}) if isinstance(found, IndexValue) else found


def test_the_version_changes_with_every_file_that_reads(tmp_path: Path) -> None:
    """A source that imports a helper from another source is read again when that helper changes."""
    package = tmp_path / "pipeline"
    shutil.copytree(Path(load.__file__).parent, package)
    looked_up_anew = load.version_of.__wrapped__
    versions = [looked_up_anew(package, paths.reference_dir())]
    for name in ("sources/epoch_models.py", "read.py", "facts.py", "schema.py", "load.py"):
        (package / name).write_text("# changed", encoding="utf-8")
        versions.append(looked_up_anew(package, paths.reference_dir()))

    assert len(set(versions)) == len(versions)


def test_a_file_that_somebody_changed_is_not_copied_from(world: SmallWorld) -> None:
    """Whoever edits the served file gets the archive's truth back with the next refresh."""
    world.receive("list", "2026-01-01,1")
    world.publish()
    with duckdb.connect(str(world.home.warehouse)) as writer:
        writer.execute("update raw.index_values set value = 99")
    world.publish()

    assert world.values() == [("list", 1.0)]


# --- the tables -----------------------------------------------------------------------------------


def test_every_column_of_raw_and_meta_says_what_it_holds(offline_warehouse: Path) -> None:
    """The data dictionary has no blank lines."""
    with warehouse.reading(offline_warehouse) as reader:
        unsaid = reader.execute(
            "select table_name, column_name from duckdb_columns() "
            "where schema_name in ('raw', 'meta') and not internal and coalesce(comment, '') = ''"
        ).fetchall()
        tables = reader.execute("select table_name from duckdb_tables() where schema_name = 'meta'").fetchall()

    assert unsaid == []
    assert {table for (table,) in tables} == set(schema.META) | {
        path.stem for path in (paths.sql_dir() / "meta").glob("*.sql")
    }


def test_attempts_tell_the_whole_log(world: SmallWorld) -> None:
    """What was tried, in the order of the log, and how it ended."""
    world.receive("list", "2026-01-01,1")
    world.fail("list", NOON + HOUR)
    world.publish()

    assert world.ask("select attempt, outcome, error from meta.attempts order by attempt") == [
        (0, "new", None), (1, "failed", "no answer in time"),
    ]  # fmt: skip
