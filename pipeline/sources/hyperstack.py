"""Hyperstack publishes its cloud prices as one HTML page: GPUs on demand, from a reservation on, and as spot VMs.

Oddities: each way to rent is a card of its own, drawn with div elements and known by its heading and headers;
cards of CPUs, storage and models have the same shape and are not read. All prices are for one GPU and an hour,
billed by the minute; only the on-demand card says so, so the others are held against it. Reservations print no
term, and "Starting from": lower bounds. What a GPU is called is its product name: "H100", "A100" and those with
"NVLink" are PCIe cards here (bridged), which ``data/reference/instances.csv`` knows and the bare name does not say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.money import each_once, listed
from pipeline.read import Unreadable, changed, fact_or_issue, positive
from pipeline.read_html import cell_text, html_of
from pipeline.source import Page, source

if TYPE_CHECKING:
    from bs4 import Tag

MODEL, MEMORY = "GPU Model", "VRAM (GB)"
# A card: its pricing type, its headers, and which of them stands above the price.
Card = tuple[Literal["on_demand", "reserved", "spot"], list[str], str]
CARDS: dict[str, Card] = {
    "On-Demand GPU Pricing": (
        "on_demand",
        [MODEL, MEMORY, "Max pCPUs per GPU", "Max RAM (GB) per GPU", "Pricing Per Hour"],
        "Pricing Per Hour",
    ),
    "Reservation Pricing": ("reserved", [MODEL, "Starting from", "Reserve"], "Starting from"),
    "Spot VM Pricing": ("spot", [MODEL, "Spot VM"], "Spot VM"),
}
LEAST_SHARE, MOST_SHARE = 0.2, 1.2  # of the on-demand price; outside of it a price is of another unit or column
CARD = ".page-price_card"


@source(
    title="Hyperstack GPU cloud pricing",
    publisher="Hyperstack",
    url="https://www.hyperstack.cloud/gpu-pricing",
    licence="Facts of a public price list",
    attribution="Hyperstack, https://www.hyperstack.cloud/gpu-pricing",
    robots="read before every visit; another collector found robots.txt and terms without a bar in October 2026",
    cadence="daily",
    least=15,
    most=100,
    facts=(GpuPrice,),
    currency="USD",
    unit="gpu_hour",
    also_hosts=("hyperstack.cloud",),
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """GPUs on demand, reserved and as spot VMs."""
    on_demand: dict[str | None, float] = {}
    for found in each_once(page, _prices(page)):
        if isinstance(found, GpuPrice):
            if found.pricing_type == "on_demand":
                on_demand[found.gpu] = found.price
            share = found.price / on_demand.get(found.gpu, found.price)
            if not LEAST_SHARE <= share <= MOST_SHARE:
                what = f"{found.gpu} costs {found.price:g} as {found.pricing_type}, {share:.2g} times on demand"
                raise changed(page, what, "a card changed its unit, or its columns moved")
        yield found


def _prices(page: Page) -> Iterator[GpuPrice | Issue]:
    position, read = 0, list[str]()
    for card in html_of(page).select(CARD):
        title, headers = " ".join(_texts(card, "h3")), _texts(card, f"{CARD}_head_item")
        if title not in CARDS:
            if "GPU" in title or MODEL in headers:
                raise changed(page, f"a card of GPUs is called {title!r}, which is not known")
            continue  # CPUs, storage, models
        pricing_type, known, priced = CARDS[title]
        if headers != known:
            raise changed(page, f"the card {title!r} has the columns {headers}, which are not known")
        if rows := card.select(f"{CARD}_row_item"):
            read.append(title)
        for row in rows:
            yield _offer(position, _cells(row, headers, page), priced, pricing_type)
            position += 1
    if list(dict.fromkeys(read)) != list(CARDS):  # on demand first: the others are held against it
        raise changed(page, f"expected the cards {', '.join(CARDS)}; found rows in {', '.join(read) or 'none'}")


def _texts(parent: Tag, selector: str) -> list[str]:
    return [cell_text(cell) for cell in parent.select(selector)]


def _cells(row: Tag, headers: list[str], page: Page) -> dict[str, str]:
    cells = _texts(row, f"{CARD}_row_item_col")
    if len(cells) != len(headers):
        raise changed(page, f"a row has {len(cells)} cells under {len(headers)} headers: {' | '.join(cells)[:80]!r}")
    return dict(zip(headers, cells, strict=True))


def _offer(position: int, cells: dict[str, str], priced: str, pricing_type: str) -> GpuPrice | Issue:
    gpu = cells[MODEL]
    amount = listed(cells[priced], row=position, offer=gpu, currency="USD", unit="gpu_hour")
    if isinstance(amount, Issue):
        return amount
    try:
        vram_gb = positive(cells.get(MEMORY, ""))
    except Unreadable as error:
        return error.issue(position, "vram_gb")
    return fact_or_issue(
        GpuPrice, position, provider="hyperstack", offer=gpu, sku=gpu, gpu=gpu, vram_gb=vram_gb,
        pricing_type=pricing_type, price=amount.value, currency=amount.currency, price_unit="gpu_hour",
        is_floor=amount.is_floor or priced == "Starting from",
    )  # fmt: skip
