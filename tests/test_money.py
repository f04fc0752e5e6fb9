"""Lists of prices: an offer has one price or says why it has none, and counts once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.errors import PageChanged
from pipeline.facts import GpuPrice, Issue
from pipeline.money import Money, each_once, listed, money
from pipeline.read import Unreadable, one_or_more
from pipeline.source import Page

PAGE = Page("lambda_cloud", "https://lambda.ai/pricing", b"")


def price(row: int, amount: float, **fields: Any) -> GpuPrice:
    """A price of one offer."""
    known = {"provider": "p", "offer": "8x H100", "gpu": "H100", "pricing_type": "on_demand", "price_unit": "gpu_hour"}
    return GpuPrice.model_validate({"row": row, "price": amount, "currency": "USD", **known, **fields})


@pytest.mark.parametrize(
    "text",
    ["", "-", "—", "N/A", "n/a", "Contact us", "Contact sales", "contact  Sales", "Please contact us", "Talk to sales"],
)
def test_an_offer_without_a_price_is_not_unreadable(text: str) -> None:
    """The page says that there is no price, which is different from a price that cannot be read."""
    issue = listed(text, row=3, offer="8x H100", currency="USD", unit="gpu_hour")

    assert isinstance(issue, Issue)
    assert (issue.row, issue.rule, issue.field, issue.raw_value, issue.kept) == (3, "no_price", "price", text, False)
    assert "8x H100" in issue.what


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("free", "not_money"),
        ("€5", "wrong_currency"),
        ("$0", "not_positive"),
        ("$5/mo", "wrong_unit"),
        ("Contact us from $5", "not_money"),
        ("$5 or contact sales", "not_money"),
    ],
)
def test_a_price_that_cannot_be_read_says_what_is_wrong(text: str, rule: str) -> None:
    """The rule, the field and what is printed."""
    issue = listed(text, row=3, offer="8x H100", currency="USD", unit="gpu_hour")

    assert isinstance(issue, Issue)
    assert (issue.row, issue.rule, issue.field, issue.raw_value) == (3, rule, "price", text)


@pytest.mark.parametrize("text", ["$2.99", "$2.99 / GPU-hr", "$2.99**", "$2.99* †", "$2.99 ‡"])
def test_a_price_may_have_several_footnotes(text: str) -> None:
    """Marks are no part of the number."""
    amount = listed(text, row=0, offer="8x H100", currency="USD", unit="gpu_hour")

    assert isinstance(amount, Money)
    assert amount.value == 2.99
    assert money(text, currency="USD", unit="gpu_hour") == amount


def test_a_repeated_offer_counts_once_and_is_named() -> None:
    """The first one counts; issues in between pass through."""
    issue = Issue(row=1, rule="no_price", field="price", raw_value="-", what="x")
    first, second, copy, again = list(each_once(PAGE, [price(0, 2), issue, price(2, 2), price(3, 2)]))

    assert (first, second) == (price(0, 2), issue)
    assert isinstance(copy, Issue)
    assert (copy.row, copy.rule, copy.field, copy.raw_value, copy.kept) == (2, "repeated_row", "offer", "8x H100", True)
    assert isinstance(again, Issue)


@pytest.mark.parametrize(
    "other",
    [
        {"price": 3.0},
        {"gpu_count": 8},
        {"price_unit": "instance_hour"},
        {"is_floor": True},
        {"sku": "another"},
        {"vram_gb": 94},
    ],
)
def test_one_offer_at_two_prices_or_on_two_terms_stops(other: dict[str, object]) -> None:
    """Neither of them wins."""
    with pytest.raises(PageChanged, match=r"8x H100 .* stands twice, at 2 and at"):
        list(each_once(PAGE, [price(0, 2), price(1, 2, **other)]))


@pytest.mark.parametrize(
    "other",
    [
        {"region": "EUROPE"},
        {"pricing_type": "spot"},
        {"commitment": "1 year"},
        {"effective_on": date(2027, 1, 1)},
        {"offer": "1x H100"},
    ],
)
def test_another_region_kind_term_or_day_is_another_offer(other: dict[str, object]) -> None:
    """The same words may stand in several tables."""
    both = [price(0, 2), price(1, 3, **other)]

    assert list(each_once(PAGE, both)) == both


@pytest.mark.parametrize("text", ["", "-", "0", "1.5", "4\xb9", "many"])
def test_a_count_that_must_be_there_is(text: str) -> None:
    """An empty cell is no count either."""
    with pytest.raises(Unreadable):
        one_or_more(text)
    assert one_or_more("1,040") == 1040
