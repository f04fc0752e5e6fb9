"""Crusoe publishes its cloud prices as one HTML page: a card a GPU with its on-demand and its current spot price.

Oddities: cards are called "prixing-item" (sic), and so are those of CPUs, storage, models and deployments, whose
GPUs have the same headings at other prices: only the section "GPU instances pricing" is read, every part within
its own card, and a price only where it says "/GPU-hr". Memory and form factor are tags; the second may be empty.
Which price is which follows from the captions above the cards. "Contact sales" is an offer without a price.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.money import each_once, listed
from pipeline.read import Unreadable, changed, fact_or_issue, positive
from pipeline.read_html import cell_text, html_of, one
from pipeline.source import Page, source

if TYPE_CHECKING:
    from bs4 import Tag

SECTION = "GPU instances pricing"
CAPTIONS = ["GPU model", "On-demand", "Current spot"]
PRICING_TYPES: tuple[Literal["on_demand", "spot"], ...] = ("on_demand", "spot")


@source(
    title="Crusoe Cloud pricing",
    publisher="Crusoe",
    url="https://www.crusoe.ai/cloud/pricing",
    licence="Facts of a public price list",
    attribution="Crusoe, https://www.crusoe.ai/cloud/pricing",
    robots="read before every visit; another collector found robots.txt and terms without a bar in October 2026",
    cadence="daily",
    least=5,
    most=40,
    facts=(GpuPrice,),
    currency="USD",
    unit="gpu_hour",
    also_hosts=("crusoe.ai",),
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """On-demand and spot price of every GPU."""
    yield from each_once(page, _prices(page))


def _prices(page: Page) -> Iterator[GpuPrice | Issue]:
    tree, position = html_of(page), 0
    headings = [heading for heading in tree.find_all("h3") if cell_text(heading) == SECTION]
    for section in filter(None, [heading.find_parent(class_="pricing-dd") for heading in headings]):
        captions = [cell_text(caption) for caption in section.select(".pricing-table-heading .pricing-heading")]
        if captions != CAPTIONS:
            raise changed(page, f"the cards of GPUs have the captions {captions}, which are not known")
        for card in section.select(".prixing-item"):
            yield from _card(card, position, page)
            position += len(PRICING_TYPES)
        section.decompose()
    elsewhere = " ".join(cell_text(card) for card in tree.select(".prixing-item"))
    if not position or re.search(r"/ ?gpu", elsewhere, re.IGNORECASE):
        raise changed(page, f"no cards under {SECTION!r}, or cards with prices per GPU outside of it")


def _card(card: Tag, position: int, page: Page) -> Iterator[GpuPrice | Issue]:
    name = cell_text(one(card, ".pricing-item-heading", page=page))
    tags = [cell_text(tag) for tag in card.select(".pricing-tag")]
    prices = [cell_text(price) for price in card.select(".pricing-rich")]
    if len(tags) != 2 or len(prices) != len(PRICING_TYPES):
        raise changed(page, f"the card of {name} has {len(tags)} tags and {len(prices)} prices")
    memory, form = tags
    for place, (pricing_type, price) in enumerate(zip(PRICING_TYPES, prices, strict=True)):
        yield _offer(
            position + place, price, memory,
            offer=", ".join(filter(None, (name, memory, form))), gpu=f"{name} {form}".strip(),
            pricing_type=pricing_type,
        )  # fmt: skip


def _offer(position: int, price: str, memory: str, **fields: object) -> GpuPrice | Issue:
    amount = listed(price, row=position, offer=str(fields["offer"]), currency="USD", unit="gpu_hour")
    if isinstance(amount, Issue):
        return amount
    if amount.unit != "gpu_hour":
        what = f"{price!r} does not say that it is per GPU-hour"
        return Issue(row=position, rule="wrong_unit", field="price", raw_value=price, what=what)
    try:
        vram_gb = _gigabytes(memory)
    except Unreadable as error:
        return error.issue(position, "vram_gb")
    return fact_or_issue(
        GpuPrice, position, provider="crusoe", vram_gb=vram_gb, price=amount.value, currency=amount.currency,
        price_unit="gpu_hour", is_floor=amount.is_floor, **fields,
    )  # fmt: skip


def _gigabytes(text: str) -> float | None:
    found = re.fullmatch(r"(\S+?) ?GB", text)
    if found is None:
        raise Unreadable("not_a_size", text, f"{text!r} is no number of GB")
    return positive(found[1])
