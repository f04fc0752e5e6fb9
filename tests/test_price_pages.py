"""What only CoreWeave's, Nebius's, Crusoe's or Hyperstack's price page has: drawn tables, regions, days, cards."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from bs4 import BeautifulSoup

from pipeline.facts import GpuPrice
from pipeline.normalise import resolve_accelerator, resolve_sku
from tests.test_sources import Case, Outcome, case_of, read

COREWEAVE, NEBIUS = case_of("coreweave.html"), case_of("nebius.html")
CRUSOE, HYPERSTACK = case_of("crusoe.html"), case_of("hyperstack.html")
# A drawn table: its page, a cell of its header row, its rows, and a cell of a row.
DRAWN = {
    "coreweave": (COREWEAVE, ".table-v2-header .table-v2-cell", ".table-row-v2", ".table-v2-cell"),
    "nebius": (NEBIUS, "[class*=__head] [class*=__cell]", "[class*=__body] [class*=__row]", "[class*=__cell]"),
    "hyperstack": (
        HYPERSTACK,
        ".page-price_card_head_item",
        ".page-price_card_row_item",
        ".page-price_card_row_item_col",
    ),
    "crusoe": (CRUSOE, ".pricing-heading", ".prixing-item", ".pricing-rich"),
}
every_drawn = pytest.mark.parametrize("name", DRAWN)


def replaced(case: Case, pattern: str, by: str | Callable[[re.Match[str]], str], count: int = 0) -> Outcome:
    """What is read when a pattern of the page, which must be there, is replaced."""
    text, times = re.subn(pattern, by, case.text, count=count)
    assert times, f"{pattern} is not on the page"
    return read(case.source, text)


def changed(case: Case, change: Callable[[BeautifulSoup], None]) -> Outcome:
    """What is read of the page when its tree is changed."""
    tree = BeautifulSoup(case.text, "lxml")
    change(tree)
    return read(case.source, str(tree))


def prices(outcome: Outcome) -> list[GpuPrice]:
    """The facts, all of one kind."""
    return [fact for fact in outcome.facts if isinstance(fact, GpuPrice)]


# --- tables drawn with div elements ---------------------------------------------------------------


@every_drawn
def test_a_column_more_or_less_stops_the_source(name: str) -> None:
    """In the header, in a row, or in both: what stands where is no longer known."""
    case, head, row, cell = DRAWN[name]

    def insert(tree: BeautifulSoup, *where: str) -> None:
        for selector in where:
            (first, *_) = tree.select(selector)
            new = BeautifulSoup(str(first), "html.parser")
            next(iter(new.find_all(string=True))).replace_with("New")
            first.insert_after(new)

    def remove(tree: BeautifulSoup, where: str) -> None:
        tree.select(where)[0].decompose()

    in_a_row = f"{row} {cell}"
    assert changed(case, lambda tree: insert(tree, head)).stopped
    assert changed(case, lambda tree: insert(tree, in_a_row)).stopped
    assert changed(case, lambda tree: insert(tree, head, in_a_row)).stopped
    assert changed(case, lambda tree: remove(tree, head)).stopped
    assert changed(case, lambda tree: remove(tree, in_a_row)).stopped


@every_drawn
def test_columns_in_another_order_stop_the_source(name: str) -> None:
    """A table whose last two headers change places with their cells is another table."""
    case, head, _, _ = DRAWN[name]

    def swap(tree: BeautifulSoup) -> None:
        first, second = tree.select(head)[:2]
        first.insert_before(second.extract())

    assert changed(case, swap).stopped


@every_drawn
def test_a_page_with_other_class_names_stops(name: str) -> None:
    """Without its rows or its headers a page is empty, not free of offers."""
    case, _, row, _ = DRAWN[name]
    stem = re.sub(r"^.*[.=]|[\]*]", "", row)

    assert replaced(case, re.escape(stem) + r"(?=[ \"_])", "renamed").stopped


# --- CoreWeave ------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["4^1", "4^12", "4\xb9", "4"])
def test_a_footnote_at_a_count_is_no_digit_of_it(mark: str) -> None:
    """4^1 is four GPUs, not 41: the price of one of them is held against it."""
    outcome = replaced(COREWEAVE, r"4\^1", mark)

    assert outcome == read(COREWEAVE.source, COREWEAVE.body)
    assert {price.gpu_count for price in prices(outcome) if "GB200" in (price.gpu or "")} == {4, 1}


@pytest.mark.parametrize("count", ["41", "1", "16"])
def test_a_count_that_does_not_fit_the_price_of_one_gpu_stops(count: str) -> None:
    """A price per GPU taken for one per instance, or the other way round, is eight times wrong."""
    assert "for inference" in replaced(COREWEAVE, r"<div>8</div>", f"<div>{count}</div>").why


@pytest.mark.parametrize("factor", [60, 8, 1 / 8, 730])
def test_a_price_in_another_unit_stops_where_two_prices_are_printed(factor: float) -> None:
    """Per minute, per GPU, per month: the two prices of an offer no longer fit."""
    assert replaced(COREWEAVE, r"\$47\.92", f"${47.92 * factor:,.2f}").stopped
    assert replaced(COREWEAVE, r"\$5\.99", f"${5.99 * factor:,.2f}").stopped


def test_a_row_whose_two_copies_differ_stops() -> None:
    """One of them is out of date, or a column has moved."""
    assert "copy for small screens" in replaced(COREWEAVE, r'"item-value">\$18\.88', '"item-value">$17.88').why


def test_regions_are_those_of_the_heading_above() -> None:
    """A table without one is not taken for the region before."""
    whole = read(COREWEAVE.source, COREWEAVE.body)

    assert {price.region for price in prices(whole)} == {"NORTH AMERICA", "EUROPE"}
    assert replaced(COREWEAVE, "REGION: EUROPE", "Europe").stopped
    assert replaced(COREWEAVE, "<h5><strong[^>]*>REGION: EUROPE</strong></h5>", "").stopped
    assert replaced(COREWEAVE, "REGION: EUROPE", "REGION: NORTH AMERICA").stopped  # one offer at two spot prices


def test_what_inference_costs_is_no_on_demand_price() -> None:
    """It is for one GPU, and for customers of the inference platform."""
    inference = [price for price in prices(read(COREWEAVE.source, COREWEAVE.body)) if price.price_unit == "gpu_hour"]

    assert {(price.pricing_type, price.gpu_count) for price in inference} == {("serverless", 1)}


# --- Nebius ---------------------------------------------------------------------------------------


def test_a_column_of_the_future_has_its_day() -> None:
    """The price of today is not replaced before that day, and the day may have passed."""
    found = [(price.price, price.effective_on) for price in prices(read(NEBIUS.source, NEBIUS.body))][:2]
    past = prices(replaced(NEBIUS, "January 1, 2027", "October 1, 2026"))

    assert found == [(7.45, None), (9.1, date(2027, 1, 1))]
    assert past[1].effective_on == date(2026, 10, 1)


def test_a_column_that_has_taken_over_may_stand_alone() -> None:
    """After the day, with its date or without."""
    alone = replaced(NEBIUS, r"On-demand, GPU-hour", "GPU-hour (Effective October 1, 2026)")

    assert [price.effective_on for price in prices(alone)[:2]] == [date(2026, 10, 1), date(2027, 1, 1)]


@pytest.mark.parametrize(
    "header",
    [
        "GPU-hour (Effective Jan 1, 2027)",
        "GPU-hour (Effective February 30, 2027)",
        "GPU-hour (Effective 2027-01-01)",
        "GPU-hour",
        "GPU-month (Effective January 1, 2027)",
        "On-demand, GPU-hour (EUR)",
        "3-month reserve, GPU-hour",
        "Spot price, GPU-hour",
        "On-demand, GPU-hour",
    ],
)
def test_a_header_that_is_not_known_stops(header: str) -> None:
    """No price is loaded from a column whose unit, day or kind is not certain."""
    assert replaced(NEBIUS, r"GPU-hour \(Effective January 1, 2027\)", header).stopped


def test_preemptible_prices_are_lower_bounds_and_spot() -> None:
    """The word "from" makes a floor; a dash is no price."""
    spot = [price for price in prices(read(NEBIUS.source, NEBIUS.body)) if price.pricing_type == "spot"]

    assert [(price.price, price.is_floor) for price in spot] == [(0.95, True), (0.75, True)]


def test_a_new_table_of_gpus_stops() -> None:
    """A table of reservations would be GPUs at other terms."""
    assert replaced(NEBIUS, "CPU-only instances", "Reserved NVIDIA GPU Instances").stopped
    assert replaced(NEBIUS, "Preemptible NVIDIA GPU Instances", "Spot").stopped


# --- Crusoe ---------------------------------------------------------------------------------------


def test_only_the_cards_of_gpu_instances_are_read() -> None:
    """Deployments have the same headings at other prices, and CPUs the same cards."""
    amounts = {price.price for price in prices(read(CRUSOE.source, CRUSOE.body))}

    assert amounts == {4.19, 1.65, 1.9, 1.4}
    assert replaced(CRUSOE, "GPU instances pricing", "GPU pricing").stopped
    assert replaced(CRUSOE, r"\$5\.75", "$5.75/GPU-hr").stopped  # GPUs per hour, in a section that is not known


@pytest.mark.parametrize("printed", ["$4.19", "$4.19/hr", "$4.19/vCPU-hr", "$4.19/GPU-mo", "$4.19/GPU-hr per node"])
def test_a_price_that_does_not_say_per_gpu_hour_is_not_loaded(printed: str) -> None:
    """That suffix alone tells GPU rentals from other products."""
    outcome = replaced(CRUSOE, r"\$4\.19/GPU-hr", printed)

    assert [(i.row, i.field, i.raw_value) for i in outcome.issues if i.row == 2] == [(2, "price", printed)]
    assert 4.19 not in {price.price for price in prices(outcome)}


def test_every_part_is_read_within_its_card() -> None:
    """A card without its second price does not take that of the next card."""
    assert replaced(CRUSOE, r"(?s)<div class=\"pricing-rich[^>]*><p>\$1\.65.*?</div>", "", count=1).stopped
    assert replaced(CRUSOE, '<h4 class="pricing-item-heading">NVIDIA H200</h4>', "", count=1).stopped
    assert replaced(CRUSOE, '<div class="pricing-tag">HGX</div>', "", count=1).stopped


def test_form_factors_tell_two_offers_of_one_gpu_apart() -> None:
    """Two cards are called NVIDIA A100."""
    (a100,) = [price for price in prices(read(CRUSOE.source, CRUSOE.body)) if "A100" in price.offer]

    assert (a100.offer, a100.gpu, a100.vram_gb) == ("NVIDIA A100, 80GB, PCIe", "NVIDIA A100 PCIe", 80)


# --- Hyperstack -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "accelerator_id"),
    [
        ("NVIDIA H100", "nvidia-h100-pcie-80gb"),
        ("NVIDIA H100 NVLink", "nvidia-h100-pcie-80gb"),
        ("NVIDIA A100", "nvidia-a100-pcie-80gb"),
        ("NVIDIA A100 NVLink", "nvidia-a100-pcie-80gb"),
        ("NVIDIA H100 SXM", None),
        ("NVIDIA A100 SXM", None),
    ],
)
def test_a_bare_name_is_a_pcie_card_at_hyperstack_only(printed: str, accelerator_id: str | None) -> None:
    """Elsewhere NVLink and a bare name say neither; what states its form needs no row."""
    assert resolve_sku("hyperstack", printed).accelerator_id == accelerator_id
    assert (resolve_accelerator(printed).form_factor == "unknown") == (accelerator_id is not None)


@pytest.mark.parametrize("price", ["$0.04", "$30.80", "$0.48", "$2,810.50"])
def test_a_card_in_another_unit_stops(price: str) -> None:
    """Reservations and spot VMs print no unit; they are held against the same GPU on demand."""
    assert "times on demand" in replaced(HYPERSTACK, r"\$2\.65", price).why


def test_reservations_are_lower_bounds_without_a_term() -> None:
    """The header says "Starting from"."""
    reserved = [price for price in prices(read(HYPERSTACK.source, HYPERSTACK.body)) if price.pricing_type == "reserved"]

    assert len(reserved) == 3
    assert all(price.is_floor and price.term_months is None and price.commitment is None for price in reserved)


def test_a_card_of_gpus_that_is_not_known_stops() -> None:
    """GPUs under a new heading would be at other terms; a card that is gone is missed."""
    assert replaced(HYPERSTACK, "<span>Token-based</span>", "<span>Private GPU</span>").stopped
    assert replaced(HYPERSTACK, "<span>Spot VM</span> Pricing", "<span>Spot</span> Pricing").stopped
    assert replaced(HYPERSTACK, r"(?s)<h3><span>Spot VM</span> Pricing</h3>", "").stopped
