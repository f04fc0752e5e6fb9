"""What becomes of a price from visit to visit: history, jumps, verdicts, announcements, gaps, and past days."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline import quarantine
from pipeline.archive import Archive
from pipeline.errors import ArchiveError, UsageError
from pipeline.paths import Home
from tests.support import price_world
from tests.support.price_world import PriceWorld


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PriceWorld:
    """A shop whose page has not been seen yet."""
    return price_world.make(Home(tmp_path), monkeypatch)


def test_a_price_stands_until_another_is_seen(shop: PriceWorld) -> None:
    """Intervals touch, the last one is open, and nothing of the past is changed."""
    shop.see("2026-01-01T06:00", "a,H100 SXM,8,on_demand,2.00")
    shop.see("2026-01-02T06:00", "a,H100 SXM,8,on_demand,2.00")
    shop.see("2026-01-05T06:00", "a,H100 SXM,8,on_demand,2.40")
    shop.publish()

    assert shop.history() == [
        (2.0, "2026-01-01", "2026-01-05", "superseded"),
        (2.4, "2026-01-05", None, "open"),
    ]


def test_an_unchanged_page_is_a_sighting(shop: PriceWorld) -> None:
    """The price was seen again, though no new page was archived."""
    for day in ("01", "02", "03"):
        shop.see(f"2026-01-{day}T06:00", "a,H100 SXM,8,on_demand,2.00")
    shop.publish()

    assert shop.history("last_seen::date::varchar, status") == [("2026-01-03", "open")]


def test_a_refused_page_has_shown_nothing(shop: PriceWorld) -> None:
    """Weeks later a page comes that cannot be read: prices are no staler for it, and no index goes on."""
    shop.see("2026-01-01T06:00", "a,H100 SXM,8,on_demand,2.00")
    shop.publish()
    before = shop.history("status"), shop.ask("from gpu_price_index")
    shop.see("2026-01-20T06:00", "a,H100 SXM,8,on_demand,a great deal")
    shop.publish()

    assert shop.ask("select state from meta.visits where source = 'shop' order by observed_at")[-1] == ("rejected",)
    assert (shop.history("status"), shop.ask("from gpu_price_index")) == before


def test_a_jump_waits_and_is_confirmed_by_a_second_sighting_hours_later(shop: PriceWorld) -> None:
    """An hour later says nothing, six hours do; then the price counts from when it was first seen."""
    shop.see("2026-01-01T06:00", "a,H100 SXM,8,on_demand,2.00")
    shop.see("2026-01-02T06:00", "a,H100 SXM,8,on_demand,16.00")
    shop.publish()
    waiting = shop.history(), shop.ask("select state, rule, raw_value, source from meta.quarantine")
    shop.see("2026-01-02T07:00", "a,H100 SXM,8,on_demand,16.00")
    shop.publish()
    an_hour_later = shop.history()
    shop.see("2026-01-02T12:00", "a,H100 SXM,8,on_demand,16.00")
    shop.publish()

    assert waiting == (
        [(2.0, "2026-01-01", None, "stale")],
        [("held", "price_jump", "16.0 USD per gpu_hour", "shop")],
    )
    assert [price for price, *_ in an_hour_later] == [2.0]
    assert shop.history() == [(2.0, "2026-01-01", "2026-01-02", "superseded"), (16.0, "2026-01-02", None, "open")]
    assert shop.ask("select count(*) from meta.quarantine") == [(0,)]


@pytest.mark.parametrize(("price", "held"), [(3.0, 0), (3.01, 1), (1.34, 0), (1.33, 1), (0.25, 1), (120.0, 1)])
def test_a_jump_is_more_than_half_as_much_again_either_way(shop: PriceWorld, price: float, held: int) -> None:
    """1.5 times is a price move; beyond it, it may be another unit."""
    shop.see("2026-01-01T06:00", "a,H100 SXM,8,on_demand,2.00")
    shop.see("2026-01-02T06:00", f"a,H100 SXM,8,on_demand,{price}")
    shop.publish()

    assert shop.ask("select count(*) from meta.quarantine where state = 'held'") == [(held,)]
    assert shop.ask("select count(*) from core.gpu_prices") == [(2 - held,)]


def test_a_price_that_comes_back_after_a_false_one_was_never_away(shop: PriceWorld) -> None:
    """One broken page leaves one held item, and one interval around it."""
    for at, price in (("01", "2.00"), ("02", "16.00"), ("03", "2.00")):
        shop.see(f"2026-01-{at}T06:00", f"a,H100 SXM,8,on_demand,{price}")
    shop.publish()

    assert shop.history() == [(2.0, "2026-01-01", None, "open")]
    assert shop.ask("select status, count(*) from gpu_prices group by all order by all") == [
        ("accepted", 2),
        ("held", 1),
    ]


def test_a_new_level_is_confirmed_even_when_it_still_moves(shop: PriceWorld) -> None:
    """On a marketplace the second sighting is near the first, not equal to it."""
    for at, price in (("01", "2.00"), ("02", "4.00"), ("03", "4.20")):
        shop.see(f"2026-01-{at}T06:00", f"a,H100 SXM,8,on_demand,{price}")
    shop.publish()

    assert [row[0] for row in shop.history()] == [2.0, 4.0, 4.2]


def test_an_offer_s_first_price_is_not_held(shop: PriceWorld) -> None:
    """There is nothing to compare it with; other offers of the page do not matter."""
    shop.see("2026-01-01T06:00", "a,H100 SXM,8,on_demand,2.00")
    shop.see("2026-01-02T06:00", "a,H100 SXM,8,on_demand,2.00", "b,B200,8,on_demand,9.00")
    shop.publish()

    assert [row[0] for row in shop.history()] == [2.0, 9.0]


def held_item(shop: PriceWorld) -> str:
    """The one item that waits."""
    ((item,),) = shop.ask("select item_id from meta.quarantine where state = 'held'")
    return str(item)


def decide(shop: PriceWorld, verdict: str, item: str) -> None:
    """A person's verdict, then a publish."""
    assert verdict in ("release", "reject")
    quarantine.decide(
        shop.home, item, "release" if verdict == "release" else "reject", reason="seen by hand", by="Ada",
        as_json=False, quiet=True,
    )  # fmt: skip
    shop.publish()


def test_a_person_releases_or_rejects_a_held_price_and_can_think_again(shop: PriceWorld) -> None:
    """The verdict is kept with its reason; a rejected price does not come back by being seen again."""
    shop.see("2026-01-01T06:00", "a,H100 SXM,8,on_demand,2.00")
    shop.see("2026-01-02T06:00", "a,H100 SXM,8,on_demand,16.00")
    shop.publish()
    item = held_item(shop)

    decide(shop, "release", item[:6])
    assert [row[0] for row in shop.history()] == [2.0, 16.0]
    assert shop.ask("select state, decision_reason from meta.quarantine") == [("released", "seen by hand")]

    decide(shop, "reject", item)
    shop.see("2026-01-03T06:00", "a,H100 SXM,8,on_demand,16.00")
    shop.publish()
    assert [row[0] for row in shop.history()] == [2.0]
    assert shop.ask("select state from meta.quarantine") == [("rejected",)]
    assert shop.ask("select count(*) from meta.decisions") == [(1,)]


def test_only_a_held_price_can_be_released(shop: PriceWorld) -> None:
    """A row that could not be read holds no fact to release; it can be taken off the list."""
    shop.see("2026-01-01T06:00", *(f"{n},H100 SXM,8,on_demand,2.00" for n in range(9)), "a,H100 SXM,8,on_demand,0")
    shop.publish()
    ((item, state),) = shop.ask("select item_id, state from meta.quarantine")

    assert state == "set_aside"
    with pytest.raises(UsageError, match="holds nothing that could be released"):
        decide(shop, "release", str(item))
    with pytest.raises(UsageError, match="no item begins with"):
        decide(shop, "reject", "ffffffffffff")
    decide(shop, "reject", str(item))
    assert shop.ask("select state from meta.quarantine") == [("rejected",)]


def test_a_damaged_decision_publishes_nothing(shop: PriceWorld) -> None:
    """A verdict that was forgotten would publish what a person refused."""
    shop.see("2026-01-01T06:00", "a,H100 SXM,8,on_demand,2.00")
    shop.publish()
    (shop.home.archive / "decisions.jsonl").write_text("no decision\n", encoding="utf-8")

    with pytest.raises(ArchiveError, match="line 1 of the log of decisions"):
        shop.publish()


def test_an_offer_missed_once_is_stale_and_twice_is_gone(shop: PriceWorld) -> None:
    """A page that forgot a row is not believed at once; when it comes back later, that is a new interval."""
    both = ("a,H100 SXM,8,on_demand,2.00", "b,B200,8,on_demand,5.00")
    shop.see("2026-01-01T06:00", *both)
    shop.see("2026-01-02T06:00", both[0])
    shop.publish()
    once = shop.history("offer, valid_to::date::varchar, status")
    shop.see("2026-01-03T06:00", both[0])
    shop.publish()
    twice = shop.history("offer, valid_to::date::varchar, status")
    shop.see("2026-01-04T06:00", *both)
    shop.publish()

    assert once == [("a", None, "open"), ("b", None, "stale")]
    assert twice == [("a", None, "open"), ("b", "2026-01-02", "closed")]
    assert shop.history("offer, valid_from::date::varchar, status") == [
        ("a", "2026-01-01", "open"),
        ("b", "2026-01-01", "closed"),
        ("b", "2026-01-04", "open"),
    ]


def test_a_source_that_goes_quiet_makes_its_prices_stale_and_closes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last prices stand, marked; another source's later visit is what tells that time has passed."""
    shop = price_world.make(Home(tmp_path), monkeypatch, price_world.made_source("other"))
    shop.see("2026-01-01T06:00", "a,H100 SXM,8,on_demand,2.00")
    shop.see("2026-01-02T06:00", "b,B200,8,on_demand,5.00", source="other")
    shop.publish()
    in_time = shop.history("source, status")
    shop.see("2026-01-10T06:00", "b,B200,8,on_demand,5.00", source="other")
    shop.publish()

    assert in_time == [("shop", "open"), ("other", "open")]
    assert shop.history("source, status, valid_to") == [("shop", "stale", None), ("other", "open", None)]
    assert shop.ask("select provider, is_stale, age_days from gpu_price_now where family = 'H100'") == [
        ("Shop", True, 9)
    ]


def test_an_announced_price_is_not_served_early(shop: PriceWorld) -> None:
    """It stands from its day on, also when the page has not been seen since."""
    shop.see("2026-01-01T06:00", "a,H100 SXM,8,on_demand,2.00", "a,H100 SXM,8,on_demand,2.50,2026-02-01")
    shop.publish()

    assert shop.history() == [(2.0, "2026-01-01", "2026-02-01", "superseded"), (2.5, "2026-02-01", None, "open")]
    assert shop.ask("select usd_per_gpu_hour from gpu_prices_as_of(date '2026-01-31')") == [(2.0,)]
    assert shop.ask("select usd_per_gpu_hour from gpu_prices_as_of(date '2026-02-01')") == [(2.5,)]


def test_an_announcement_that_is_withdrawn_never_comes_into_force(shop: PriceWorld) -> None:
    """The page of a later day, before the announced one, no longer has it."""
    shop.see("2026-01-01T06:00", "a,H100 SXM,8,on_demand,2.00", "a,H100 SXM,8,on_demand,2.50,2026-02-01")
    shop.see("2026-01-15T06:00", "a,H100 SXM,8,on_demand,2.00")
    shop.publish()

    assert shop.history() == [(2.0, "2026-01-01", None, "open")]
    assert shop.ask("select status from gpu_prices where effective_on is not null") == [("withdrawn",)]


def test_a_price_holds_from_the_day_that_the_page_says(shop: PriceWorld) -> None:
    """An effective day in the past is when it came into force, not when we first looked."""
    shop.see("2026-01-01T06:00", "a,H100 SXM,8,on_demand,2.00,2025-06-01")
    shop.publish()

    assert shop.history("valid_from::date::varchar, last_seen::date::varchar") == [("2025-06-01", "2026-01-01")]
    assert shop.ask("select days_since_seen from gpu_prices_as_of(date '2025-07-01')") == [(0,)]
    assert shop.ask("from gpu_prices_as_of(date '2025-05-31')") == []


def test_any_past_day_can_be_asked_for(shop: PriceWorld) -> None:
    """What was in force at its end, as far as is known now."""
    for day, price in (("2026-01-01", "2.00"), ("2026-02-01", "2.20"), ("2026-03-01", "1.90")):
        shop.see(f"{day}T06:00", f"a,H100 SXM,8,on_demand,{price}")
    shop.publish()

    def on(day: str) -> list[tuple[object, ...]]:
        return shop.ask("select usd_per_gpu_hour from gpu_prices_as_of(?)", date.fromisoformat(day))

    days = ("2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01", "2026-12-31")
    assert [on(day) for day in days] == [[], [(2.0,)], [(2.0,)], [(2.2,)], [(1.9,)]]


def test_a_rebuild_and_a_copy_give_the_same_history(shop: PriceWorld) -> None:
    """Held, closed and decided: everything follows from the archive."""
    shop.see("2026-01-01T06:00", "a,H100 SXM,8,on_demand,2.00", "b,B200,8,on_demand,5.00")
    shop.publish()
    shop.see("2026-01-02T06:00", "a,H100 SXM,8,on_demand,16.00")
    shop.publish()
    decide(shop, "release", held_item(shop))
    tables = ("gpu_prices", "gpu_price_history", "gpu_price_now", "gpu_price_index", "meta.quarantine")
    copied = [shop.ask(f"from {table}") for table in tables]
    shop.publish(from_scratch=True)

    assert [shop.ask(f"from {table}") for table in tables] == copied
    assert Archive(shop.home.archive).visits("shop")


def test_the_index_moves_with_prices_and_not_with_who_is_on_the_market(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cheap entrant pulls the median down and leaves the fixed basket where it was."""
    shop = price_world.make(Home(tmp_path), monkeypatch, price_world.made_source("other"))
    for day, sxm, pcie in (("01-10", "4.00", "3.00"), ("02-10", "4.00", "3.00"), ("03-10", "3.60", "2.70")):
        shop.see(f"2026-{day}T06:00", f"a,H100 SXM,8,on_demand,{sxm}", f"b,H100 PCIe,8,on_demand,{pcie}")
    shop.see("2026-02-10T06:00", "c,H100 SXM,8,on_demand,1.00", source="other")
    shop.publish()

    assert shop.ask(
        "select period_on::varchar, round(usd_per_gpu_hour, 6), matched, round(fixed_basket_index, 6), "
        "entries, entered from gpu_price_index where frequency = 'month' order by period_on"
    ) == [
        ("2026-01-01", 3.5, 0, 100.0, 2, "Shop nvidia-h100-pcie-80gb, Shop nvidia-h100-sxm-80gb"),
        ("2026-02-01", 3.0, 2, 100.0, 1, "Other nvidia-h100-sxm-80gb"),
        ("2026-03-01", 2.7, 3, round(100 * (0.9 * 0.9) ** (1 / 3), 6), 0, None),
    ]


def test_prices_in_other_currencies_wait_for_a_rate_of_their_day(shop: PriceWorld) -> None:
    """Dollars follow from the reference rate of the day, or the last one within a week; else they are missing."""
    shop.see("2026-01-10T06:00", "EUR/USD,2026-01-09,1.25", "EUR/GBP,2026-01-09,0.80", "a,H100 SXM,8,on_demand,2.00")
    shop.publish()

    assert shop.ask("select currency, rate_on::varchar, usd_per_unit from core.exchange_rates") == [
        ("EUR", "2026-01-09", 1.25),
        ("GBP", "2026-01-09", 1.5625),
    ]
