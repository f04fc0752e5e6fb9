"""Lines 24 to 30 of the fault matrix to the letter: a visit as a whole, new columns, and what a factor hints at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import batch, decisions, normalise
from pipeline import refresh as steps
from pipeline.batch import Size
from pipeline.errors import PageChanged
from pipeline.facts import Fact, GpuPrice, IndexValue, Issue
from pipeline.load import parse_pages
from pipeline.money import money
from pipeline.paths import Home
from pipeline.read import Column, Row, csv_rows, fact_or_issue, iso_date, json_of, number
from pipeline.read_json import MOST_NEW, items_of, new_keys
from pipeline.source import Page
from tests.support import price_world
from tests.support.command import Aicost
from tests.support.small_world import NOON, SmallWorld, small_source
from tests.test_faults_content import quiet_headline

HOUR = timedelta(hours=1)
FIRST = date(2026, 1, 1)


def lines(many: int, value: int) -> list[str]:
    """So many rows of a page."""
    return [f"{FIRST + timedelta(days=number)},{value}" for number in range(many)]


@pytest.fixture
def wide(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> SmallWorld:
    """A catalogue and a history, of both of which a hundred rows were seen a day ago."""
    quiet_headline(monkeypatch)
    for name in ("list", "prices"):
        world.sources[name] = small_source(name, history=name == "prices", most=1000)
        world.receive(name, *lines(100, 1), at=NOON - 24 * HOUR)
    world.publish()
    return world


def counted(world: SmallWorld) -> dict[tuple[str, float], int]:
    """Rows in force, by source and value."""
    asked = world.ask("select source, value, count(*) from readings group by all")
    return {(source, value): count for source, value, count in asked}


def says(world: SmallWorld, aicost: Aicost, *words: str, code: int) -> Any:
    """The command, and that a build from nothing but the archive and the decisions is the same."""
    said = aicost("refresh", "--offline", *words, "--home", world.home.root)
    assert said.code == code, said.err
    before = {name: rows for name, rows in world.everything().items() if not name.startswith("meta.")}
    steps.rebuild(world.home)
    after = world.everything()
    assert {name: after[name] for name in before} == before
    return said


def held_and_released(wide: SmallWorld, aicost: Aicost, name: str, many: int, likely: str) -> None:
    """What becomes of so many rows where there were a hundred."""
    wide.receive(name, *lines(many, 2), at=NOON)
    said = says(wide, aicost, code=3)
    assert counted(wide) == {("list", 1): 100, ("prices", 1): 100}
    found = [line for line in said.err.splitlines() if line.startswith(f"warning: {name}: {many} facts where")]
    assert len(found) == 1
    below = said.err[said.err.index(found[0]) :].splitlines()[1:5]
    assert [line.split()[0] for line in below] == ["page", "likely", "kept", "next"]
    assert likely in below[1]

    visit = wide.archive.visits(name)[-1]
    asked = "select visit_id, rule, state from meta.quarantine"
    assert wide.ask(asked) == [(visit.visit_id, "batch_size", "held")]
    assert visit.pages[0].sha256 in {path.stem for path in wide.archive.root.glob("*/*.gz")}
    item = batch.item_id(wide.sources[name], visit.visit_id)
    decisions.record(wide.home.archive, item, "release", reason="so it is", by="us")
    says(wide, aicost, code=0)
    assert counted(wide)[name, 2] == many


@pytest.mark.fault(24)
@pytest.mark.parametrize("page", [["words"], ["changed"], [""]])
def test_fault_24_no_rows(wide: SmallWorld, aicost: Aicost, page: list[str]) -> None:
    """Fatal for the source whatever it said before; all is kept, and the page is archived for replay."""
    wide.receive("list", *page, at=NOON)
    said = says(wide, aicost, code=3)
    assert counted(wide) == {("list", 1): 100, ("prices", 1): 100}
    for part in ("warning: list: ", "  page   ", "  likely ", "  kept   ", "  next   "):
        assert part in said.err
    assert wide.archive.body("list", wide.archive.visits("list")[-1].pages[0].sha256) == "\n".join(page).encode()
    assert wide.ask("select outcome, visits_failed from meta.runs where outcome <> 'published'") == []


@pytest.mark.fault(25)
@pytest.mark.parametrize(("many", "name"), [(79, "list"), (50, "prices")])
def test_fault_25_far_fewer(wide: SmallWorld, aicost: Aicost, name: str, many: int) -> None:
    """Held as a whole: every row of before stays, the batch is in the quarantine, and a person may release it."""
    held_and_released(wide, aicost, name, many, "missing")


@pytest.mark.fault(26)
@pytest.mark.parametrize(("many", "name"), [(201, "list"), (300, "prices")])
def test_fault_26_far_more(wide: SmallWorld, aicost: Aicost, name: str, many: int) -> None:
    """The same."""
    held_and_released(wide, aicost, name, many, "repeated")


@pytest.mark.fault(26)
def test_fault_26_released_by_a_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aicost: Aicost) -> None:
    """A list of prices, with the real quarantine and its commands."""
    quiet_headline(monkeypatch)
    shop = price_world.make(Home(tmp_path), monkeypatch)
    offers = [f"{number},H100 SXM,8,on_demand,2.{number:02}" for number in range(60)]
    shop.see("2026-11-20T12:00:00", *offers[:20])
    shop.publish()
    shop.see("2026-11-21T12:00:00", *offers)
    home = ("--home", shop.home.root)
    assert aicost("refresh", "--offline", *home).code == 3
    (item,) = [item for item in aicost("quarantine", "list", "--json", *home).data if item["state"] == "held"]
    assert (item["rule"], item["source"]) == ("batch_size", price_world.SHOP)
    assert "60 facts where the visit of 2026-11-20 12:00 UTC had 20" in item["what"]
    assert shop.ask("select count(*) from gpu_price_history") == [(20,)]
    released = aicost("quarantine", "release", item["item_id"], "--reason", "so it is", *home)
    assert released.code == 0, released.err
    assert aicost("refresh", "--offline", *home).code == 0
    assert shop.ask("select count(*) from gpu_price_history") == [(60,)]


@pytest.mark.fault(25)
@pytest.mark.parametrize("name", [pytest.param("list", marks=pytest.mark.slow), "prices"])
def test_fault_25_seen_again(wide: SmallWorld, aicost: Aicost, name: str) -> None:
    """An echo soon after is the same page; hours later it is what the publisher lists; margins are not news."""
    wide.receive(name, *lines(50, 2), at=NOON)
    wide.receive(name, *lines(50, 3), at=NOON + HOUR)
    says(wide, aicost, code=3)
    assert counted(wide) == {("list", 1): 100, ("prices", 1): 100}
    wide.receive(name, *lines(51, 4), at=NOON + 7 * HOUR)
    says(wide, aicost, code=0)
    assert counted(wide)[name, 4] == 51
    assert (name, 2) not in counted(wide)
    for many, value in ((100, 5), (80, 6), (160, 7)):
        wide.receive(name, *lines(many, value), at=NOON + value * 10 * HOUR)
        says(wide, aicost, code=0)
        assert counted(wide)[name, value] == many


@pytest.mark.parametrize(
    ("before", "facts", "held"),
    [
        ([], 5, False), ([9], 1, False), ([(100)], 100, False), ([100], 80, False), ([100], 79, True),
        ([100], 200, False), ([100], 201, True), ([50, 100], 100, False), ([50, 100], 50, True),
        ([50, 50, 100], 50, False), ([100, 20, 100], 100, False), ([20, 100], 90, False), ([20, 20, 100], 100, True),
        ([9, 9, 30], 30, False), ([9], 300, False), ([100], 5, True),
        ([300, 20, 100], 100, False), ([300, 20, 100], 290, True),
    ],
)  # fmt: skip
def test_what_keeps_step(before: list[int], facts: int, held: bool) -> None:
    """A visit an hour, newest first: what was held is no measure for the next one."""
    earlier = [Size(NOON - (number + 1) * HOUR, many) for number, many in enumerate(before)]
    if before == [50, 50, 100]:  # the first of them long ago
        earlier[1] = Size(NOON - 8 * HOUR, 50)
    if before == [20, 20, 100]:
        earlier[0], earlier[1] = Size(NOON - HOUR, 20), Size(NOON - 9 * HOUR, 20)
    assert (batch.out_of_step(Size(NOON, facts), iter(earlier)) is not None) is held


# --- 27: columns that changed places --------------------------------------------------------------------


def price(row: int, kind: str, amount: float, vram_gb: float | None = None) -> GpuPrice:
    """An offer."""
    return GpuPrice.model_validate({
        "row": row, "provider": "p", "offer": f"{row // 2}", "gpu": f"GPU {row // 2}", "pricing_type": kind,
        "price": amount, "currency": "USD", "price_unit": "gpu_hour", "vram_gb": vram_gb,
    })  # fmt: skip


def read(facts: list[GpuPrice]) -> int:
    """How many of them a visit loads."""

    def parse(_: Page) -> Iterator[Fact | Issue]:
        yield from facts

    source = small_source("list", parse=parse, facts=(GpuPrice,), currency="USD", unit="gpu_hour", most=100)
    return len(parse_pages(source, [Page("list", "http://site.test/", b"x")])[0])


@pytest.mark.fault(27)
def test_fault_27_spot_and_on_demand() -> None:
    """Most spot prices above the others: the two columns changed places. A single one is the publisher's."""
    good = [price(row, "spot" if row % 2 else "on_demand", 1 if row % 2 else 2) for row in range(20)]
    swapped = [price(row, "spot" if row % 2 else "on_demand", 2 if row % 2 else 1) for row in range(20)]
    assert read(good) == 20
    assert read(swapped[:2] + good[2:]) == 20
    with pytest.raises(PageChanged, match="10 of 10 spot prices are above the price on demand"):
        read(swapped)


@pytest.mark.fault(27)
def test_fault_27_memory_is_of_a_known_size() -> None:
    """A price where the memory stood, or megabytes: no accelerator has that."""
    assert normalise.is_known_memory(80)
    assert read([price(row, "on_demand", 2, 80) for row in range(0, 20, 2)]) == 10
    for wrong in (2.49, 81_559, 55):
        with pytest.raises(PageChanged, match="10 of 10 cards have a memory"):
            read([price(row, "on_demand", 80, wrong) for row in range(0, 20, 2)])


# --- 28: columns that come and go -----------------------------------------------------------------------


def parse_table(page: Page) -> Iterator[Fact | Issue]:
    """Two columns."""
    columns = {"day": Column("Day", iso_date), "value": Column("Value", number)}
    for row in csv_rows(page, columns):
        if isinstance(row, Row):
            cells = {"period_on": row.cells["day"], "value": row.cells["value"]}
            yield IndexValue.model_validate({"row": row.position, "series": "s", "unit": "u", **cells})
        else:
            yield row


@pytest.mark.fault(28)
def test_fault_28_added_is_kept_renamed_and_removed_stop(
    world: SmallWorld, aicost: Aicost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a new column holds is in raw.extra, with a warning; a column that is gone, by whatever name, is fatal."""
    quiet_headline(monkeypatch)
    world.sources["list"] = small_source("list", parse=parse_table)
    del world.sources["prices"]
    world.receive("list", "Day,Value", "2026-01-01,1", "2026-01-02,2", "")
    world.publish()
    assert world.ask("from raw.extra") == []

    world.receive("list", "Day,New,Value", "2026-01-01,a,3", "2026-01-02,,4", "", at=NOON + HOUR)
    says(world, aicost, code=0)
    assert world.ask("select value from readings order by 1") == [(3,), (4,)]
    assert world.ask('select source, "row", field, raw_value from raw.extra') == [("list", 0, "New", "a")]
    assert world.ask("select rule, field, kept from meta.issues") == [("new_column", "New", True)]

    for hours, header in enumerate(("Day,Worth", "Day", "Value,Date"), start=2):
        world.receive("list", header, "2026-01-01,5" if "," in header else "2026-01-01", "", at=NOON + hours * HOUR)
        said = says(world, aicost, code=3)
        assert "list: columns are missing:" in said.err
        assert world.ask("select value from readings order by 1") == [(3,), (4,)]
    world.receive("list", "Value,Day", "6,2026-01-01", "", at=NOON + 9 * HOUR)
    says(world, aicost, code=0)
    assert world.ask("select value from readings") == [(6,)]  # by name, not by place


def parse_items(page: Page) -> Iterator[Fact | Issue]:
    """Two keys, and one that is known and not read."""
    items = items_of(page, json_of(page), "the page", needs=("day", "value"))
    yield from new_keys(items, ("day", "value", "note"))
    for row, item in enumerate(items):
        cells = {"period_on": item["day"], "value": item["value"]}
        yield IndexValue.model_validate({"row": row, "series": "s", "unit": "u", **cells})


def item(day: int, **more: object) -> dict[str, object]:
    """An object as a page of them has it."""
    return {"day": f"2026-01-0{day}", "value": day, "note": "x", **more}


@pytest.mark.fault(28)
def test_fault_28_a_new_key_is_told_once_a_visit(
    world: SmallWorld, aicost: Aicost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the first value under it in raw.extra, however many objects and pages have it; it changes no fact."""
    quiet_headline(monkeypatch)
    world.sources["list"] = small_source("list", parse=parse_items)
    del world.sources["prices"]
    world.receive("list", json.dumps([item(1), item(2)]))
    world.publish()
    assert world.ask("from raw.extra") == []

    pages = [[item(1), item(2, tier="a")], [item(3, tier="b", gone=None), item(4, tier="c", rates={"x": 1})]]
    world.receive_pages("list", *map(json.dumps, pages), at=NOON + HOUR)
    says(world, aicost, code=0)
    assert world.ask("select value from readings order by 1") == [(1,), (2,), (3,), (4,)]
    assert world.ask("select rule, field, kept from meta.issues order by 2") == [
        ("new_key", "gone", True), ("new_key", "rates", True), ("new_key", "tier", True),
    ]  # fmt: skip
    assert world.ask('select "row", field, raw_value from raw.extra order by 2') == [
        (0, "gone", "null"), (1, "rates", '{"x": 1}'), (1, "tier", "a"),
    ]  # fmt: skip


@pytest.mark.fault(28)
def test_fault_28_objects_by_name_do_not_flood() -> None:
    """Where names of things stand as keys, a few are named and the rest is counted; long ones are cut."""
    names = [f"key {number:05}" for number in range(5000)]
    found = list(new_keys([dict.fromkeys(names, "x" * 10_000), {"k" * 10_000: 1, "known": 2}], ["known"], of="offer"))
    assert len(found) == 2 * MOST_NEW + 1
    assert found[-1].what == f"{5001 - MOST_NEW} further keys are not known"
    assert all(len(one.field or "") <= 220 and len(one.raw_value or "") <= 200 for one in found)
    assert [one.field for one in new_keys([{"a": 1, "b_c": 2, "\u200b": 3}], ["a"], but="b_.*")] == ["no name"] * 2


# --- 29 and 30: other currencies and units --------------------------------------------------------------


@pytest.mark.fault(29)
@pytest.mark.parametrize(("currency", "unit"), [("EUR", "gpu_hour"), ("USD", "gpu_minute"), ("USD", "instance_hour")])
def test_fault_29_what_is_printed_must_be_what_is_declared(currency: str, unit: str) -> None:
    """A single row in another currency, or per something else, stops the batch."""
    other = price(3, "on_demand", 2).model_copy(update={"currency": currency, "price_unit": unit})
    with pytest.raises(PageChanged, match=f"row 3 is in {currency} per {unit}, not USD per gpu_hour"):
        read([*(price(row, "on_demand", 2) for row in range(0, 20, 2)), other])


@pytest.mark.fault(29)
@pytest.mark.parametrize(
    "printed", ["C$2.49", "A$2.49", "2,49 \u20ac", "\u20ac2.49", "$2,49", "$1.234,56", "2.49 CAD", "R$2"]
)
def test_fault_29_no_sign_is_taken_for_another(printed: str) -> None:
    """Neither a dollar of another country, nor a comma that no source declares."""
    with pytest.raises(ValueError, match=r".") as raised:
        money(printed, currency="USD")
    assert str(raised.value)


@pytest.mark.fault(30)
def test_fault_30_the_factor_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aicost: Aicost) -> None:
    """A price that moved by what units differ by is held, with the units in the hint."""
    quiet_headline(monkeypatch)
    shop = price_world.make(Home(tmp_path), monkeypatch)
    factors = {"x60": 60, "x8": 8, "x730": 730, "/60": 1 / 60, "/8": 1 / 8, "/730": 1 / 730}
    shop.see("2026-11-20T12:00:00", *(f"{name},H100 SXM,8,on_demand,2" for name in factors))
    shop.publish()
    shop.see("2026-11-21T12:00:00", *(f"{name},H100 SXM,8,on_demand,{2 * by:.6f}" for name, by in factors.items()))
    assert aicost("refresh", "--offline", "--home", shop.home.root).code == 3
    held = shop.ask("select what from meta.quarantine where rule = 'price_jump' and state = 'held'")
    hints = {name: [what for (what,) in held if f"{name} is the factor between" in what] for name in factors}
    assert {name: len(found) for name, found in hints.items()} == dict.fromkeys(factors, 1)
    assert "minute" in hints["x60"][0]
    assert "month" in hints["x730"][0]
    assert shop.ask("select distinct price from gpu_price_history where valid_to is null") == [(2,)]


# --- what one page may do to the others ---------------------------------------------------------------

LONG = "x" * 17 * 2**20  # longer than DuckDB takes a line of JSON for


def parse_too_much(page: Page) -> Iterator[Fact | Issue]:
    """A reader that passes on whatever stands there, and says it."""
    kind = page.body.decode()
    if kind == "stop":
        raise PageChanged(LONG, source=page.source, page=LONG, likely=LONG, fix=LONG)
    if kind == "issue":
        yield Issue(row=0, rule="r", field=LONG, raw_value=LONG, what=LONG, kept=True)
    if kind == "number":
        yield Issue(row=10**400, rule="r", what="a number")
    series, row = LONG if kind == "text" else "s", 2**63 if kind == "row" else 0
    yield fact_or_issue(IndexValue, row, series=series, unit="u", period_on=FIRST, value=1)


@pytest.mark.fault(40)
@pytest.mark.parametrize("kind", ["good", "stop", "issue", "text", "row", "number"])
def test_fault_40_no_page_is_too_much_for_the_others(
    world: SmallWorld, aicost: Aicost, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A text of 17 MB, a number beyond the columns', in a fact, an issue or an error: it costs its own source."""
    quiet_headline(monkeypatch)
    world.sources["list"] = small_source("list", parse=parse_too_much)
    world.receive("list", kind)
    world.receive("prices", *lines(3, 5))
    said = aicost("refresh", "--offline", "--home", world.home.root)
    assert said.code == (0 if kind in ("good", "issue") else 3), said.err[:2000]
    assert counted(world).get(("prices", 5.0)) == 3
    assert len(said.err + said.out) < 20_000
