"""Lines 30, 35, 36 and 41 to 43 of the fault matrix: names, days, claims and terms that are not what they were."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import decisions, terms, watch
from pipeline import refresh as steps
from pipeline.archive import Archive
from pipeline.errors import FetchError
from pipeline.facts import Fact, Issue, TokenPrice
from pipeline.identity import resolve_model
from pipeline.normalise import resolve_accelerator
from pipeline.paths import Home
from pipeline.read import fact_or_issue
from pipeline.source import Page
from tests import test_articles as articles
from tests.support import price_world
from tests.support.command import Aicost, Said
from tests.support.fake_door import FakeDoor
from tests.support.price_world import SHOP, PriceWorld
from tests.test_faults_content import quiet_headline

NOW = datetime.now(UTC)
LOOK_ALIKES = ["\u041d100", "H1\u041e0", "H1\u0660\u0660", "\u0397100", "H10O", "H l00", "H100X", "Hl00 SXM"]
SAME = ["H100\u00a0SXM", "H100\u200b SXM", " H100 SXM\t", "H100 SXM\r\n", "\uff28\uff11\uff10\uff10 SXM",
        "H100\u2011SXM", "H\u00ad100 SXM", "\ufeffH100 SXM", "\u1d34100 SXM", "H100\u2060 SXM"]  # fmt: skip


def offer(name: str, gpu: str = "H100 SXM", price: object = 2.0, day: str = "") -> str:
    """A line of the shop's page."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([name, gpu, 8, "on_demand", price, *([day] if day else [])])
    return out.getvalue().removesuffix("\n")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PriceWorld:
    """A shop that was seen three days ago with one offer."""
    quiet_headline(monkeypatch)
    world = price_world.make(Home(tmp_path), monkeypatch)
    world.see((NOW - timedelta(days=3)).isoformat()[:19], offer("a"))
    world.publish()
    return world


def refreshed(world: PriceWorld, monkeypatch: pytest.MonkeyPatch, aicost: Aicost, *lines: str, **more: bytes) -> Said:
    """The command, when the shop's page has these lines."""
    bodies = {world.sources[SHOP].url: "\n".join(lines).encode()}
    bodies |= {f"http://shop.test/{name}": body for name, body in {"other": offer("o").encode(), **more}.items()}
    monkeypatch.setattr(steps, "Fetcher", lambda: FakeDoor(bodies))
    return aicost("refresh", "--home", world.home.root)


# --- 30: what a jump looks like ---------------------------------------------------------------------------


@pytest.mark.fault(30)
def test_fault_30_the_factor_between_two_units_is_named(
    shop: PriceWorld, monkeypatch: pytest.MonkeyPatch, aicost: Aicost
) -> None:
    """A jump by just as much as a unit is held with the units named; any other jump with none."""
    factors = {"a": 60.0, "b": 8.0, "c": 730.0, "d": 1 / 60, "e": 1 / 1000, "f": 10.0, "g": 3600.0}
    shop.see((NOW - timedelta(days=2)).isoformat()[:19], *(offer(name) for name in factors))
    shop.publish()
    said = refreshed(shop, monkeypatch, aicost, *(offer(name, price=2 * factor) for name, factor in factors.items()))
    told = dict(shop.ask("select split_part(split_part(what, ' ', 2), ',', 1), what from meta.quarantine "
                         "where state = 'held'"))  # fmt: skip

    assert said.code == 3
    assert told.keys() == factors.keys() - {"g"} | (told.keys() & {"g"})  # $7200 an hour may be refused outright
    for name, words in {
        "a": "x60 is the factor between a minute and an hour", "b": "x8 is the factor between one GPU and a node of 8",
        "c": "x730 is the factor between an hour and a month", "d": "/60 is the factor", "e": "/1000 is the factor",
    }.items():  # fmt: skip
        assert words in told[name]
    assert "factor" not in told["f"]


# --- 35 and 36: names -------------------------------------------------------------------------------------


@pytest.mark.fault(35)
def test_fault_35_names_that_look_alike(shop: PriceWorld, monkeypatch: pytest.MonkeyPatch, aicost: Aicost) -> None:
    """What is only spelt otherwise is the card; what only looks like it is nobody's, and named where a person looks."""
    same = [offer(f"same {number}", name) for number, name in enumerate(SAME)]
    others = [offer(f"other {number}", name) for number, name in enumerate(LOOK_ALIKES)]
    said = refreshed(shop, monkeypatch, aicost, offer("a"), *same, *others)
    cards = "select split_part(offer, ' ', 1), array_agg(distinct accelerator_id) from gpu_price_history group by 1"
    unmatched = {str(name) for (name,) in shop.ask("select printed from meta.unmatched_names")}

    assert said.code == 3
    found = dict(shop.ask(cards))
    assert (found["a"], found["same"]) == (["nvidia-h100-sxm-80gb"],) * 2
    assert found.get("other") in (None, [None])
    assert unmatched == set(LOOK_ALIKES)
    assert f"no rule knows {len(LOOK_ALIKES)} names" in said.err
    assert "meta.unmatched_names" in said.err

    again = refreshed(shop, monkeypatch, aicost, offer("a", price=2.1), *same, *others)
    assert (again.code, "no rule knows" in again.err) == (0, False)  # told once


@pytest.mark.fault(35)
@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_fault_35_says_why(name: str) -> None:
    """The letter that is another one is named."""
    match = resolve_accelerator(name)
    assert match.accelerator_id is None
    assert match.reason


def parse_tokens(page: Page) -> Iterator[Fact | Issue]:
    """Lines of ``model,price``."""
    for row, line in enumerate(page.body.decode().splitlines()):
        model, price = line.split(",")
        yield fact_or_issue(
            TokenPrice, row, host="anthropic", model=model, input_usd_per_mtok=price, output_usd_per_mtok=price
        )


@pytest.mark.fault(36)
def test_fault_36_an_alias_means_its_model_for_so_long_and_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aicost: Aicost
) -> None:
    """A name that moved on is nobody's: exit 3, its row unmatched, and the dated name beside it as ever."""
    quiet_headline(monkeypatch)
    made = price_world.made_source("list_of_models", parse=parse_tokens, facts=(TokenPrice,), currency=None, unit=None)
    world = price_world.make(Home(tmp_path), monkeypatch, made)
    world.see((NOW - timedelta(days=1)).isoformat()[:19], offer("a"))
    world.publish()
    page = b"deepseek-chat,1\nclaude-3-5-sonnet-20241022,3\nclaude-9-sonnet-latest,3\n"
    bodies = {world.sources[SHOP].url: offer("a").encode(), made.url: page}
    monkeypatch.setattr(steps, "Fetcher", lambda: FakeDoor(bodies))
    said = aicost("refresh", "--home", world.home.root)
    named = dict(world.ask("select printed, model_id from meta.model_names where source = 'list_of_models'"))

    assert said.code == 3
    assert named["deepseek-chat"] is None  # its last meaning ended
    assert named["claude-9-sonnet-latest"] is None  # nobody has said what it is
    assert str(named["claude-3-5-sonnet-20241022"]).endswith("@2024-10-22")
    assert "deepseek-chat" in said.err


@pytest.mark.fault(36)
def test_fault_36_no_undated_name_inherits_a_later_model() -> None:
    """The day decides which one it was; past the last one that is known, it is none."""
    meant = [resolve_model("deepseek-chat", source="litellm", on=day).snapshot
             for day in (date(2024, 12, 24), date(2024, 12, 27), date(2030, 1, 1))]  # fmt: skip
    assert meant == ["2024-12-10", "2024-12-26", None]


# --- 41: days ---------------------------------------------------------------------------------------------


@pytest.mark.fault(41)
def test_fault_41_days_that_cannot_be(shop: PriceWorld, monkeypatch: pytest.MonkeyPatch, aicost: Aicost) -> None:
    """Of 1970, years ahead, not in the calendar, not in the form: set aside with the day, and the rest is read."""
    bad = {"b": "1970-01-01", "c": "2099-12-31", "d": "2027-02-29", "e": "13/11/2026", "f": "0001-01-01"}
    good = [offer(f"g{number}", price=2 + number / 50, day="2026-01-05") for number in range(30)]
    said = refreshed(shop, monkeypatch, aicost, offer("a"), *good, *(offer(name, day=day) for name, day in bad.items()))
    rules = dict(shop.ask("select raw_value, rule from meta.quarantine where source = 'shop'"))
    offers = {str(name) for (name,) in shop.ask("select offer from gpu_price_history")}

    assert said.code == 3
    assert offers == {"a", *(f"g{number}" for number in range(30))}
    assert len(rules) == len(bad)
    assert {rules["1970-01-01"], rules["2099-12-31"], rules["0001-01-01"]} == {"unreasonable_day"}


@pytest.mark.fault(41)
def test_fault_41_a_page_of_swapped_days_is_refused(
    shop: PriceWorld, monkeypatch: pytest.MonkeyPatch, aicost: Aicost
) -> None:
    """Many days that cannot be are no typing errors."""
    lines = [offer(f"g{number}", price=2, day=f"{NOW.year + 3}-0{number + 1}-05") for number in range(8)]
    said = refreshed(shop, monkeypatch, aicost, offer("a", price=2.1), *lines)

    assert said.code == 3
    assert "shop: 8 of 9 rows cannot be read" in said.err
    assert "day and month are swapped" in said.err
    assert shop.ask("select offer, price from gpu_price_history") == [("a", 2.0)]


# --- 42: claims -------------------------------------------------------------------------------------------


@pytest.mark.fault(42)
def test_fault_42_a_claim_edited_at_its_source(built_home: Home, aicost: Aicost) -> None:
    """What the page said stays with the day it was last read, what it says now stands beside it; diff shows both."""
    address = "https://site-a.test/1"
    for days, amount in ((9, 6), (1, 7)):
        text = f"DeepSeek says that it developed its R1 model on a budget of approximately ${amount} million."
        articles.receive(built_home, {address: articles.article(text)}, days=-days)
        articles.publish_again(built_home)
    seen = articles.ask(
        built_home, "select c.value, c.status, c.superseded_by, s.last_seen_at from claim_sightings as s "
        f"join extracted_claims as c using (claim_id) where s.address = '{address}' order by value"
    )  # fmt: skip

    assert [value for value, *_ in seen] == [6e6, 7e6]
    assert seen[0][3] < seen[1][3]
    ids = dict(articles.ask(built_home, "select value, claim_id from extracted_claims where value in (6e6, 7e6) "
                            f"and source_url = '{address}'"))  # fmt: skip
    assert seen[0][2] == ids[7e6]  # what took its place
    said = aicost("diff", "--json", "--home", built_home.root)
    told = [(row["row_key"], row["change"], row["column_name"], row["new_value"])
            for row in said.data["changes"] if row["table_name"] == "extracted_claims"]  # fmt: skip
    assert said.code == 0
    assert any(ids[7e6] in key and change == "added" for key, change, *_ in told), told
    assert any(ids[6e6] in key and column == "superseded_by" and new == ids[7e6] for key, _, column, new in told), told


# --- 43: terms --------------------------------------------------------------------------------------------

TERMS = "http://shop.test/terms"


@pytest.fixture
def bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shop: PriceWorld) -> PriceWorld:
    """The shop has terms, which are looked at with every visit."""
    shop.sources[SHOP] = price_world.made_source(terms=TERMS)
    shop.sources["other"] = price_world.made_source("other")
    monkeypatch.setattr(watch, "EVERY", timedelta(0))
    return shop


def door_with(text: bytes) -> Any:
    """A street door that leads to the terms alone."""
    return FakeDoor({TERMS: text})


@pytest.mark.fault(43)
def test_fault_43_terms_that_change(bound: PriceWorld, monkeypatch: pytest.MonkeyPatch, aicost: Aicost) -> None:
    """Fetched once more, flagged, not fetched until a person has read them, and then again."""

    def at(price: float, text: bytes) -> Said:
        return refreshed(bound, monkeypatch, aicost, offer("a", price=price), terms=text)

    def in_force() -> float:
        return float(
            bound.ask("select price from gpu_price_history where offer = 'a' and status <> 'superseded'")[0][0]
        )

    assert at(2.1, b"Do as you like.").code == 0
    changed = at(2.3, b"Ask us first.")
    assert (changed.code, in_force()) == (3, 2.3)
    assert "licence or terms page http://shop.test/terms reads otherwise" in changed.err
    status = aicost("status", "--home", bound.home.root)
    assert (status.code, "reads otherwise" in status.out) == (3, True)

    held = at(2.4, b"Ask us first.")
    assert (held.code, in_force()) == (3, 2.3)
    assert "nobody has looked at it yet" in held.err
    ((item, state),) = bound.ask("select item_id, state from meta.quarantine where rule = 'terms_changed'")
    assert (state, item) == ("set_aside", next(terms.changes(bound.home.archive, bound.sources[SHOP])).item_id)
    assert aicost("quarantine", "release", item, "--reason", "still fine", "--home", bound.home.root).code == 0
    assert (at(2.5, b"Ask us first.").code, in_force()) == (0, 2.5)
    assert aicost("status", "--home", bound.home.root).out.count("reads otherwise") == 0

    watch.look(bound.sources[SHOP], Archive(bound.home.archive), door_with(b"Pay us first."), datetime.now(UTC))
    *_, last = terms.changes(bound.home.archive, bound.sources[SHOP])
    decisions.record(bound.home.archive, last.item_id, "reject", reason="no", by="us")
    with pytest.raises(FetchError, match="was rejected"):
        watch.mind(bound.sources[SHOP], bound.home.archive)
    bodies = {Archive(bound.home.archive).body(SHOP, str(look.body_sha256))
              for look in terms.looks(bound.home.archive, SHOP)}  # fmt: skip
    assert {b"Do as you like.", b"Ask us first.", b"Pay us first."} <= bodies  # what they said is kept


@pytest.mark.fault(43)
def test_fault_43_terms_that_cannot_be_had_stop_nothing(
    bound: PriceWorld, monkeypatch: pytest.MonkeyPatch, aicost: Aicost
) -> None:
    """A page that is gone has not changed; that it is gone can be seen."""
    assert refreshed(bound, monkeypatch, aicost, offer("a", price=2.1), terms=b"Do as you like.").code == 0
    assert refreshed(bound, monkeypatch, aicost, offer("a", price=2.2)).code == 0
    ((state, what),) = bound.ask("select state, what from meta.quarantine where rule = 'terms_unread'")
    assert state == "kept"
    assert "404" in what
    assert refreshed(bound, monkeypatch, aicost, offer("a", price=2.3), terms=b"Do as you like.").code == 0
    assert list(terms.changes(bound.home.archive, bound.sources[SHOP])) == []
    watch.mind(bound.sources[SHOP], bound.home.archive)


@pytest.mark.fault(43)
def test_fault_43_terms_are_looked_at_once_a_week(bound: PriceWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a change that was noticed is minded from then on."""
    monkeypatch.setattr(watch, "EVERY", timedelta(days=7))
    archive = Archive(bound.home.archive)
    for hours, text in ((0, b"one"), (99, b"two"), (169, b" one\n\n")):  # only spaced otherwise
        watch.look(bound.sources[SHOP], archive, door_with(text), NOW - timedelta(days=8) + timedelta(hours=hours))
    assert len(terms.looks(bound.home.archive, SHOP)) == 2
    watch.mind(bound.sources[SHOP], bound.home.archive)
    watch.look(bound.sources[SHOP], archive, door_with(b"two"), NOW + timedelta(days=8))
    with pytest.raises(FetchError, match="nobody has looked at it"):
        watch.mind(bound.sources[SHOP], bound.home.archive)
