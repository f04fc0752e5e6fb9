"""The shelf of readings: no page is read twice by the same code, and what is damaged or lost costs only time."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import load, shelf
from pipeline.archive import Archive, Visit
from pipeline.facts import GpuPrice, IndexValue, Issue
from pipeline.paths import Home
from pipeline.shelf import Line, Shelf, lines_of, standing
from pipeline.source import Source
from pipeline.spool import Reading
from tests.support import price_world
from tests.support.price_world import PriceWorld
from tests.support.small_world import NOON, SmallWorld

FACT = IndexValue.model_validate({"row": 3, "series": "a\tb\n", "unit": "u", "period_on": "2026-01-01", "value": 0.1})
ISSUE = Issue(row=1, rule="not_a_number", raw_value="x\ty", what="no value")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The visits whose pages were read."""
    real, seen = load.read_visit, list[str]()

    def read_visit(source: Source, archive: Archive, visit: Visit, folder: Path | None = None) -> Reading:
        seen.append(visit.visit_id)
        return real(source, archive, visit, folder)

    monkeypatch.setattr(load, "read_visit", read_visit)
    return seen


def test_what_was_kept_is_found_under_its_key_alone(tmp_path: Path) -> None:
    """Tabs and line breaks in cells included; another page, code or source is another key."""
    kept = Shelf(tmp_path / "readings")
    kept.keep(lines_of([FACT]), [ISSUE], "source", "code", [("url", "sha", None)])

    assert kept.find("source", "code", [("url", "sha", None)]) == (lines_of([FACT]), [ISSUE])
    assert kept.find("source", "other code", [("url", "sha", None)]) is None
    assert kept.find("source", "code", [("url", "other", None)]) is None


def test_a_page_without_facts_is_kept_too(tmp_path: Path) -> None:
    """Nothing is something to remember."""
    kept = Shelf(tmp_path)
    kept.keep([], [], "key")

    assert kept.find("key") == ([], [])


@pytest.mark.parametrize("share", [0, 0.3, 0.9, 0.999])
def test_a_torn_file_is_not_there(tmp_path: Path, share: float) -> None:
    """A power cut, a full disk."""
    kept = Shelf(tmp_path)
    kept.keep(lines_of([FACT] * 50), [ISSUE], "key")
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[: int(share * file.stat().st_size)])

    assert kept.find("key") is None


def test_a_flipped_bit_is_not_there(tmp_path: Path) -> None:
    """Wherever it is, but for the four bytes of a date that nobody reads."""
    kept = Shelf(tmp_path)
    kept.keep(lines_of([FACT] * 5), [ISSUE], "key")
    (file,) = tmp_path.iterdir()
    whole, right = file.read_bytes(), kept.find("key")
    for place in range(len(whole)):
        broken = bytearray(whole)
        broken[place] ^= 0x10
        file.write_bytes(bytes(broken))
        assert kept.find("key") in (None, right), place


def test_the_shelf_is_bounded_and_what_was_not_asked_for_longest_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look is what keeps a reading."""
    kept, files, newest = Shelf(tmp_path), set[Path](), tmp_path
    for number in range(4):
        kept.keep(lines_of([FACT]), [], number)
        (newest,) = set(tmp_path.iterdir()) - files
        os.utime(newest, ns=(number, number))
        files.add(newest)
    monkeypatch.setattr(shelf, "MOST_BYTES", 2 * newest.stat().st_size)
    assert kept.find(0) is not None
    kept.tidy()

    assert [number for number in range(4) if kept.find(number) is not None] == [0, 3]


def test_a_rebuild_reads_no_page_that_the_same_code_has_read(world: SmallWorld, reads: list[str]) -> None:
    """And gives the same, with the shelf, without it, and with one that is damaged."""
    for day in range(4):
        world.receive("prices", f"2026-01-01,{day + 1}", at=NOON + timedelta(days=day))
    world.publish()
    first, _ = world.everything(), reads.clear()
    world.publish(from_scratch=True)
    assert (world.everything(), reads) == (first, [])

    for file in world.home.readings.iterdir():
        file.write_bytes(b"damaged")
    world.publish(from_scratch=True)
    assert world.everything() == first
    assert len(reads) == 4


def test_other_readers_read_again(world: SmallWorld, reads: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The code's hash is part of the key."""
    world.receive("prices", "2026-01-01,1")
    world.publish()
    reads.clear()
    monkeypatch.setattr(load, "readers_version", lambda: "another")
    world.publish(from_scratch=True)

    assert len(reads) == 1


# --- what stands ----------------------------------------------------------------------------------


def price(offer: str, usd: float, row: int = 0) -> Line:
    """An offer's price as a line."""
    fact = GpuPrice.model_validate({
        "row": row, "provider": "P", "offer": offer, "gpu": "H100", "price": usd, "currency": "USD",
        "pricing_type": "on_demand", "price_unit": "gpu_hour",
    })  # fmt: skip
    return lines_of([fact])[0]


def told(*visits: list[Line]) -> list[list[tuple[str, str]]]:
    """Of each visit its rows: the offer's price and the newest visit that shows it."""
    rows = standing((str(number), lines) for number, lines in enumerate(visits))
    return [[(row.line.cells.split('"price":')[1].split(",")[0], row.last_visit_id) for row in each] for each in rows]


def test_what_stands_is_one_row_wherever_it_stands_on_the_page() -> None:
    """A new price, a gap and a return are rows of their own."""
    a, b = price("a", 1), price("b", 2)
    moved = price("a", 1, row=7)

    assert told([a, b], [moved], [a, b], [price("a", 3)]) == [
        [("1.0", "2"), ("2.0", "0")],
        [],
        [("2.0", "2")],
        [("3.0", "3")],
    ]


def test_what_a_page_lists_twice_stands_for_itself() -> None:
    """Which of the two holds is for SQL to say; neither is drawn out over later visits."""
    a, again = price("a", 1), price("a", 2, row=1)

    assert told([a], [a, again], [a]) == [[("1.0", "0")], [("1.0", "1"), ("2.0", "1")], [("1.0", "2")]]


def test_other_facts_are_rows_of_every_visit() -> None:
    """Only offers stand."""
    assert [len(rows) for rows in standing([("1", lines_of([FACT])), ("2", lines_of([FACT]))])] == [1, 1]


@settings(deadline=None)
@given(st.lists(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([1, 2])), max_size=5), max_size=6))
def test_every_price_of_every_visit_can_be_told_from_the_rows(pages: list[list[tuple[str, int]]]) -> None:
    """Nothing is lost and nothing is made up: rows and the visits that they span give back what was seen."""
    visits = [(str(number), [price(offer, usd) for offer, usd in page]) for number, page in enumerate(pages)]
    spans = [
        (number, int(row.last_visit_id), row.line.cells) for number, rows in enumerate(standing(visits)) for row in rows
    ]

    for number, (_, lines) in enumerate(visits):
        seen = sorted(cells for first, last, cells in spans if first <= number <= last)
        assert seen == sorted(line.cells for line in lines)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PriceWorld:
    """A shop whose page has not been seen yet."""
    return price_world.make(Home(tmp_path), monkeypatch)


def test_prices_of_one_day_are_stored_as_they_change(shop: PriceWorld, reads: list[str]) -> None:
    """Hourly visits leave a row a day and a change; sightings, history and coverage know of all of them."""
    for hour, other in enumerate((2.0, 2.1, 2.2, 2.2, 2.3)):
        shop.see(f"2026-01-01T0{hour}:00", "a,H100 SXM,8,on_demand,2.00", f"b,H100 SXM,8,on_demand,{other}")
        if hour == 2:
            shop.publish()
    reads.clear()
    shop.see("2026-01-02T00:00", "a,H100 SXM,8,on_demand,2.00", "b,H100 SXM,8,on_demand,2.40")
    shop.publish()

    assert shop.ask("select offer, count(*) from raw.gpu_prices group by all order by all") == [("a", 2), ("b", 5)]
    assert shop.history("offer, price, strftime(last_seen, '%d %H')") == [
        ("a", 2.0, "02 00"),
        ("b", 2.0, "01 00"), ("b", 2.1, "01 01"), ("b", 2.2, "01 03"), ("b", 2.3, "01 04"), ("b", 2.4, "02 00"),
    ]  # fmt: skip
    assert shop.ask("select offers, offers_before from provider_coverage") == [(2, 2)]
    in_steps = shop.ask("from raw.gpu_prices"), shop.ask("from gpu_price_history")
    shop.publish(from_scratch=True)
    assert (shop.ask("from raw.gpu_prices"), shop.ask("from gpu_price_history")) == in_steps
