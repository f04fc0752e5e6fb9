"""Nebius publishes its cloud prices as one HTML page: GPU instances on demand and preemptible ones, per GPU-hour.

Oddities: the tables are drawn with div elements and known by their titles and headers alone; the shape changed
three times in 2026. A column "GPU-hour (Effective October 1, 2026)" holds prices of the future, which are kept
with that day; both columns stay for some days after it. Preemptible prices, and those of instances whose size is
chosen, are lower bounds ("from"). An instance names its host ("L40S with Intel CPU"). CPU-only instances and other
services are not read, nor are the discounts of a commitment, which the page gives in prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Literal

from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.money import each_once, listed
from pipeline.read import changed, fact_or_issue
from pipeline.read_html import cell_text, html_of
from pipeline.source import Page, source

if TYPE_CHECKING:
    from bs4 import Tag

TABLES: dict[str, tuple[Literal["on_demand", "spot"], str]] = {
    "NVIDIA GPU Instances": ("on_demand", "On-demand"),
    "Preemptible NVIDIA GPU Instances": ("spot", "Spot price"),
}
BEFORE_PRICES = ["Item", "vCPUs", "RAM, GB"]
BLOCK = ".pc-highlight-table-block__"
_PRICE = re.compile(r"(?:([A-Z][a-z -]+), )?GPU-hour(?: \(Effective ([A-Z][a-z]+) (\d{1,2}), (\d{4})\))?\**")
_UNKNOWN = date.min
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@source(
    title="Nebius AI Cloud prices",
    publisher="Nebius",
    url="https://nebius.com/prices",
    licence="Facts of a public price list",
    attribution="Nebius, https://nebius.com/prices",
    robots="read before every visit; another collector found robots.txt and terms without a bar in October 2026",
    cadence="daily",
    least=10,
    most=60,
    facts=(GpuPrice,),
    currency="USD",
    unit="gpu_hour",
    also_hosts=("www.nebius.com",),
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """On-demand and preemptible GPUs, each price with the day from which it holds."""
    yield from each_once(page, _prices(page))


def _prices(page: Page) -> Iterator[GpuPrice | Issue]:
    position, read = 0, set[str]()
    for block in html_of(page).select(f"{BLOCK}root"):
        title = _title(block)
        if title not in TABLES:
            if "GPU" in title:
                raise changed(page, f"a table of GPUs is called {title!r}, which is not known")
            continue  # CPU-only instances, storage, other services
        pricing_type, word = TABLES[title]
        days = _days([cell_text(cell) for cell in block.select(f"{BLOCK}head {BLOCK}cell")], word, page)
        if rows := block.select(f"{BLOCK}body {BLOCK}row"):
            read.add(title)
        for row in rows:
            name, *prices = _cells(row, len(days), page)
            for text, day in zip(prices, days, strict=True):
                yield _offer(position, text, gpu=name, pricing_type=pricing_type, effective_on=day)
                position += 1
    if read != set(TABLES):
        raise changed(page, f"no table {' or '.join(sorted(set(TABLES) - read))}, or one without rows")


def _title(block: Tag) -> str:
    heading = block.select_one("h2")
    return cell_text(heading) if heading is not None else ""


def _days(headers: list[str], word: str, page: Page) -> list[date | None]:
    """The day from which each column of prices holds: at first perhaps one that holds now, then in order of days."""
    found = [_PRICE.fullmatch(header) for header in headers[len(BEFORE_PRICES) :]]
    days = [_day(match, page) if match and match[1] in (word, None) else _UNKNOWN for match in found]
    is_now_stated = all(match is None or match[1] or match[2] for match in found)
    if (
        not days or headers[: len(BEFORE_PRICES)] != BEFORE_PRICES or not is_now_stated or _UNKNOWN in days
        or days != sorted(set(days), key=lambda day: day or _UNKNOWN)
    ):  # fmt: skip
        raise changed(page, f"a table of GPUs has the columns {headers}, which are not known")
    return days


def _day(found: re.Match[str], page: Page) -> date | None:
    if found[2] is None:
        return None
    try:
        return date(int(found[4]), MONTHS.index(found[2]) + 1, int(found[3]))
    except ValueError as error:
        raise changed(page, f"{found[0]!r} names no day") from error


def _cells(row: Tag, prices: int, page: Page) -> list[str]:
    """The item and its prices."""
    cells = [cell_text(cell) for cell in row.select(f"{BLOCK}cell")]
    if len(cells) != len(BEFORE_PRICES) + prices:
        raise changed(page, f"a row has {len(cells)} cells: {' | '.join(cells)[:80]!r}")
    return [cells[0].rstrip("* "), *cells[len(BEFORE_PRICES) :]]


def _offer(position: int, price: str, *, gpu: str, **fields: object) -> GpuPrice | Issue:
    amount = listed(price, row=position, offer=gpu, currency="USD", unit="gpu_hour")
    if isinstance(amount, Issue):
        return amount
    return fact_or_issue(
        GpuPrice, position, provider="nebius", offer=gpu, gpu=gpu, price=amount.value, currency=amount.currency,
        price_unit="gpu_hour", is_floor=amount.is_floor, **fields,
    )  # fmt: skip
