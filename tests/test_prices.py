"""``aicost prices``, ``quote`` and ``quarantine``: what a person asks and sees, and the same as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import paths, warehouse
from pipeline.errors import Exit, UsageError
from pipeline.paths import Home
from pipeline.prices import card_of
from tests.support import price_world
from tests.support.command import Aicost
from tests.support.price_world import PriceWorld

PAGE = (
    "sxm,H100 SXM 80GB,8,on_demand,2.00",
    "sxm large,H100 SXM 80GB,16,on_demand,2.20",
    "pcie,H100 PCIe 80GB,1,on_demand,1.80",
    "bare,H100,8,on_demand,1.00",
    "spare,H100 SXM 80GB,8,spot,1.20",
    "a100,A100 SXM 80GB,8,on_demand,1.00",
)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PriceWorld:
    """A shop with a few offers on one day, and a dearer one that is held."""
    shop = price_world.make(Home(tmp_path), monkeypatch)
    shop.see("2026-01-01T06:00", *PAGE)
    shop.see("2026-01-02T06:00", *PAGE[:-1], "a100,A100 SXM 80GB,8,on_demand,8.00")
    shop.publish()
    return shop


@pytest.mark.parametrize(
    ("printed", "family", "form_factor", "memory_gb"),
    [
        ("H100", "H100", None, None),
        ("H100-SXM", "H100", "sxm", None),
        ("A100-SXM-80GB", "A100", "sxm", 80),
        ("NVIDIA A100 40GB", "A100", None, 40),
        ("L4", "L4", None, None),
        ("GH200", "GH200", None, None),
        ("MI300X", "MI300X", None, None),
    ],
)
def test_a_name_says_what_it_says_and_no_more(
    printed: str, family: str, form_factor: str | None, memory_gb: float | None
) -> None:
    """What it leaves open is any; what the family leaves no choice about need not be asked."""
    assert card_of(printed) == {"family": family, "form_factor": form_factor, "memory_gb": memory_gb}


@pytest.mark.parametrize("printed", ["H99", "EPYC 9654", "A100X", "1g.10gb MIG"])
def test_what_is_no_accelerator_is_said_to_be_none(printed: str) -> None:
    """Never the nearest one."""
    with pytest.raises(UsageError, match="is no known accelerator"):
        card_of(printed)


def test_prices_by_form_factor_and_size(shop: PriceWorld, aicost: Aicost) -> None:
    """Low, median and high of the offers, pricing types apart; what is left out is counted with its reason."""
    said = aicost("prices", "H100-SXM", "--gpus", "8", "--home", shop.home.root, "--json")
    rows = [
        (row["pricing_type"], row["low_usd_per_gpu_hour"], row["usd_per_gpu_hour"], row["high_usd_per_gpu_hour"])
        for row in said.data["prices"]
    ]

    assert said.code == 0
    assert rows == [("on_demand", 2.0, 2.1, 2.2), ("spot", 1.2, 1.2, 1.2)]
    assert {(left["reason"], left["offers"]) for left in said.data["excluded"]} == {
        ("form factor is pcie, not sxm", 1),
        ("form factor is unknown, not sxm", 1),
    }
    assert all(row["as_of"] == "2026-01-02" and row["sources"] and row["basis"] for row in said.data["prices"])


def test_prices_of_a_past_day_and_of_nothing(shop: PriceWorld, aicost: Aicost) -> None:
    """Before the first page there was no price; a day that is none is an error."""
    home = ("--home", shop.home.root)

    assert [row["usd_per_gpu_hour"] for row in aicost("prices", "A100", *home, "--json").data["prices"]] == [1.0]
    assert aicost("prices", "A100", "--as-of", "2025-12-31", *home, "--json").data["prices"] == []
    assert "no price is on file" in aicost("prices", "B200", *home).out
    assert aicost("prices", "A100", "--as-of", "soon", *home).code == Exit.USAGE
    assert aicost("prices", "A100", "--pricing-type", "cheap", *home).code == Exit.USAGE


def test_a_provider_is_known_by_its_name_its_code_or_a_part_of_it(shop: PriceWorld, aicost: Aicost) -> None:
    """A name that is nobody's, or of several, is an error that names those on file."""
    home = ("--home", shop.home.root)
    of_shop = aicost("prices", "A100", "--provider", "Shop", *home, "--json").data["prices"]

    assert len(of_shop) == 1
    assert aicost("prices", "A100", "--provider", "SHO", *home, "--json").data["prices"] == of_shop
    nobody = aicost("prices", "A100", "--provider", "nobody", *home)
    assert (nobody.code, "no price of a provider 'nobody'" in nobody.err) == (Exit.USAGE, True)
    assert "one of" in nobody.err
    assert "Shop" in nobody.err


@pytest.mark.parametrize("days", ["inf", "1e9", "nan", "0", "-1"])
def test_a_quote_is_for_days_that_come(shop: PriceWorld, aicost: Aicost, days: str) -> None:
    """Nobody rents for ever."""
    asked = ("quote", "--gpu", "A100", "--count", "8", "--days", days)
    assert aicost(*asked, "--home", shop.home.root).code == Exit.USAGE


def test_what_an_excerpt_leaves_out_still_stands(offline_warehouse: Path) -> None:
    """Few of Google's prices were kept on the later day; the others were not looked for, and are stale, not gone."""
    with warehouse.reading(offline_warehouse) as connection:
        found = connection.execute(
            "select distinct status, valid_to is null from gpu_price_history "
            "where source = 'gcp_accelerators' and commitment = 'DWS Flex-start'"
        ).fetchall()
        whole = connection.execute("select offers from provider_coverage where source = 'gcp_accelerators'").fetchall()

    assert found == [("stale", True)]
    assert whole == [(157,)]


def test_prices_for_people(shop: PriceWorld, aicost: Aicost) -> None:
    """The unit and the day stand above, the address below."""
    said = aicost("prices", "A100", "--home", shop.home.root)

    assert said.out.startswith("A100: USD per GPU-hour, as of 2026-01-02; list prices, pricing types never averaged\n")
    assert "left out: 1 offers, held: held (Shop)" in said.out
    assert "source  http://shop.test/shop" in said.err


def test_a_quote_multiplies_hours_by_low_median_and_high(shop: PriceWorld, aicost: Aicost) -> None:
    """2 x 10 days are 480 GPU-hours; the median is over providers, the ends over offers."""
    said = aicost("quote", "--gpu", "H100 SXM", "--count", "2", "--days", "10", "--home", shop.home.root, "--json")
    row = said.data["quotes"][0]

    assert said.data["gpu_hours"] == 480
    assert (row["pricing_type"], row["low_usd"], row["high_usd"]) == ("on_demand", 960.0, 1056.0)
    assert round(row["usd"], 6) == 1008.0
    assert said.data["equivalence"] == []
    assert "list price" in said.data["scope"]


def test_a_quote_for_a_chip_without_prices_uses_its_equivalent_and_says_so(shop: PriceWorld, aicost: Aicost) -> None:
    """The rule is printed with its reason and citation, and widens the interval."""
    said = aicost("quote", "--gpu", "H800", "--count", "2048", "--days", "55", "--home", shop.home.root)
    row = aicost("quote", "--gpu", "H800", "--count", "2048", "--days", "55", "--home", shop.home.root, "--json").data[
        "quotes"
    ][0]

    assert "2,703,360 GPU-hours" in said.out
    assert "no price of H800 itself: H100 x 1.0 (0.8 to 1.2, observed price)" in said.out
    assert "CR8DL" in said.out
    assert round(row["low_usd_per_gpu_hour"], 6) == round(1.0 * 0.8, 6)
    assert round(row["high_usd_per_gpu_hour"], 6) == round(2.2 * 1.2, 6)


def test_a_quote_says_which_prices_bind_for_longer_than_is_asked(offline_warehouse: Path, aicost: Aicost) -> None:
    """The hour of a three years' reservation is cheap for whoever pays for three years."""
    asked = ("quote", "--gpu", "H100", "--count", "8", "--warehouse", offline_warehouse, "--days")

    assert (
        "longer than 55 days, and the whole term is to be paid: Compute Resource CUDs - 1 Year;"
        in aicost(*asked, "55").out
    )
    assert (
        "longer than 365 days, and the whole term is to be paid: Compute Resource CUDs - 3 Year;"
        in aicost(*asked, "365").out
    )
    assert "binds for longer" not in aicost(*asked, "1095").out


def test_a_quote_by_provider_has_a_row_for_each(shop: PriceWorld, aicost: Aicost) -> None:
    """And one pricing type, where one is asked for."""
    asked = ("quote", "--gpu", "H100", "--count", "8", "--days", "1", "--by", "provider", "--pricing-type", "spot")
    rows = aicost(*asked, "--home", shop.home.root, "--json").data["quotes"]

    assert [(row["provider"], row["pricing_type"], row["usd_per_gpu_hour"]) for row in rows] == [("Shop", "spot", 1.2)]
    assert aicost("quote", "--gpu", "H100", "--count", "8", "--days", "1", "--by", "colour").code == Exit.USAGE


def test_the_quarantine_for_people_and_programs(shop: PriceWorld, aicost: Aicost) -> None:
    """List, show, release: and the next offline refresh publishes by it."""
    home = ("--home", shop.home.root)
    (item,) = aicost("quarantine", "list", *home, "--json").data
    shown = aicost("quarantine", "show", item["item_id"][:5], *home)
    wrong = aicost("quarantine", "show", "zzz", *home)
    released = aicost("quarantine", "release", item["item_id"], "--reason", "new list", "--by", "Ada", *home)
    shop.publish()
    everything = aicost("quarantine", "list", "--all", *home, "--json").data

    assert (item["state"], item["rule"], item["raw_value"]) == ("held", "price_jump", "8.0 USD per gpu_hour")
    assert item["page"] == "http://shop.test/shop"
    assert "from 1.0 to 8.0" in shown.out
    assert wrong.code == Exit.USAGE
    assert released.code == 0
    assert "aicost refresh --offline" in released.err
    assert [(row["state"], row["decision_reason"]) for row in everything] == [("released", "new list")]
    assert aicost("quarantine", "list", *home, "--json").data == []


def test_every_answer_is_one_select_that_runs_in_any_client(shop: PriceWorld) -> None:
    """The file that the command runs can be read, copied and changed."""
    sql = (paths.sql_dir().parent / "sql" / "answers" / "quote.sql").read_text(encoding="utf-8")

    assert sql.startswith("-- ")
    with pytest.raises(UsageError, match="the query failed"):
        warehouse.query(shop.home.warehouse, sql, {"family": "H100"})
