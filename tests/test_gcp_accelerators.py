"""Google's page of accelerator-optimized machines: columns by header text, and what becomes of others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.errors import PageChanged
from pipeline.facts import GpuPrice, Issue
from pipeline.normalise import resolve_sku
from pipeline.source import Page, find_source

GCP = find_source("gcp_accelerators")
TEXT = (Path(__file__).parent / "pages" / "gcp_accelerators.html").read_text("utf-8")


def read(pattern: str = "", by: str = "", count: int = 0) -> tuple[list[GpuPrice], list[Issue]]:
    """Facts and issues of the practice page, with a pattern of it, which must be there, replaced."""
    text, times = re.subn(pattern, by, TEXT, count=count) if pattern else (TEXT, 1)
    assert times, f"{pattern} is not on the page"
    found = list(GCP.parse(Page(GCP.name, GCP.url, text.encode())))
    return [one for one in found if isinstance(one, GpuPrice)], [one for one in found if isinstance(one, Issue)]


def test_the_ways_of_buying_keep_apart() -> None:
    """Spot is spot, a queue is no on-demand price, and every discount has its name and length."""
    facts, _ = read()

    assert {(fact.pricing_type, fact.commitment, fact.term_months) for fact in facts} == {
        ("on_demand", None, None),
        ("spot", None, None),
        ("low_priority", "DWS Flex-start", None),
        ("reserved", "DWS Calendar Mode", None),
        ("reserved", "Compute Resource CUDs - 1 Year", 12),
        ("reserved", "Compute Resource CUDs - 3 Year", 36),
        ("reserved", "Compute Flexible CUD - 1 Year", 12),
        ("reserved", "Compute Flexible CUD - 3 Year", 36),
    }


def test_a_share_of_a_card_is_told_by_the_machine_type() -> None:
    """1/8 is no number of GPUs; the map of machine types has it."""
    facts, _ = read()
    counts = {fact.sku: fact.gpu_count for fact in facts}

    assert counts == {
        "a4-highgpu-8g": 8, "a3-highgpu-8g": 8, "a2-highgpu-1g": 1, "g4-standard-6": None, "g2-standard-24": 2,
    }  # fmt: skip
    for sku, number in counts.items():
        assert resolve_sku("gcp", str(sku)).gpus == (number or 1 / 8)


@pytest.mark.parametrize(
    ("pattern", "by"),
    [
        ("Machine type", "Machine"),
        ("<p>GPU</p>", "<p>Accelerator</p>"),
        ("<p>Components</p>", "<p>Parts</p>"),
        (r"<p>Price \(USD\)</p>", "<p>Price (EUR)</p>"),
        (r"<p>Price \(USD\)</p>", "<p>Price per GPU (USD)</p>"),
        (r"<p>Current Spot pricing \(USD\)</p>", "<p>Typical Spot pricing (USD)</p>"),
        ("CUDs - 1 Year", "CUDs - 5 Year"),
        (r"<p>DWS Flex-start price \(USD\)</p>", "<p>Price (USD)</p>"),
        ("<p>a4-highgpu-8g</p>", "<p>A4 with 8 GPUs</p>"),
        ("<p>a4-highgpu-8g</p>", ""),
        ("<p>Nvidia B200</p>", ""),
        ("<td>\\$51.5 / 1 hour</td>", ""),
        ("<td>\\$51.5 / 1 hour</td>", '<td colspan="2">$51.5 / 1 hour</td>'),
        (r"(?s)<table class=.nOo.*</table>", ""),
    ],
)
def test_a_table_of_another_shape_stops_the_source(pattern: str, by: str) -> None:
    """A new column, currency or unit in a header, a row without a name, cells that moved, no table at all."""
    with pytest.raises(PageChanged):
        read(pattern, by)


def test_swapped_columns_stay_under_their_headers() -> None:
    """The order of the columns says nothing; a header twice stops the source."""
    facts, _ = read()
    spot, calendar = r"<th><p>Current Spot pricing \(USD\)</p></th>", r"<th><p>DWS Calendar Mode price \(USD\)</p></th>"
    moved, _ = read(f"({calendar})({spot})", r"\2\1", 1)

    assert [fact.price for fact in moved] == [fact.price for fact in facts]
    assert [fact.pricing_type for fact in moved[:3]] == ["low_priority", "spot", "reserved"]
    with pytest.raises(PageChanged):
        read(calendar, "<th><p>Current Spot pricing (USD)</p></th>", 1)


@pytest.mark.parametrize(
    ("printed", "rule"),
    [
        ("€38.7211 / 1 hour", "wrong_currency"),
        ("38.7211 / 1 hour", "wrong_currency"),
        ("CA$38.7211 / 1 hour", "wrong_currency"),
        ("$38.7211 / 1 month", "wrong_unit"),
        ("$38.7211 / 8 hours", "wrong_unit"),
        ("$38.7211", "wrong_unit"),
        ("$38,72 / 1 hour", "not_money"),
        ("$38 7211 / 1 hour", "not_money"),
        ("$0.00 / 1 hour", "not_positive"),
        ("$-38.7211 / 1 hour", "not_money"),
        ("Contact sales", "not_money"),
        ("N/A", "no_price"),
        ("-", "no_price"),
        ("", "no_price"),
    ],
)
def test_a_price_that_is_none_is_named_and_not_loaded(printed: str, rule: str) -> None:
    """And the prices beside it stay."""
    whole, _ = read()
    facts, issues = read(r"\$38\.7211 / 1 hour", printed)

    assert [(issue.rule, issue.field, issue.raw_value) for issue in issues if issue.row == 3] == [
        (rule, "price", printed or "-")
    ]
    assert facts == [fact for fact in whole if fact.row != 3]


@pytest.mark.parametrize(
    "printed", ["$38.7211/ 1 hour", "$38 .7211 / 1 hour", "$38.7211 / hour", "US$38.7211 / 1 hour"]
)
def test_the_same_price_in_other_words_is_the_same_price(printed: str) -> None:
    """Blanks stand anywhere in Google's cells."""
    assert read(r"\$38\.7211 / 1 hour", printed) == read()


def test_a_number_of_gpus_that_is_none_is_named() -> None:
    """Without it a machine's price is of nobody knows how many."""
    for printed in ("GPUs: eight", "GPUs: 0", "GPUs: 8.5", "vCPUs: 8"):
        facts, issues = read("<p>GPUs: 8</p><p>vCPUs: 224</p>", f"<p>{printed}</p>")
        assert {issue.field for issue in issues if issue.row in range(1, 6)} == {"gpu_count"}, printed
        assert not {fact.row for fact in facts} & set(range(1, 6)), printed


def test_a_machine_at_two_prices_stops_the_source() -> None:
    """The copy at one price is only named."""
    _, issues = read()
    assert [(issue.row, issue.raw_value) for issue in issues if issue.rule == "repeated_row"] == [
        (28, "g2-standard-24")
    ]
    with pytest.raises(PageChanged, match="stands twice"):
        read(r"\$2\.05 / 1 hour", "$2.06 / 1 hour", 1)
