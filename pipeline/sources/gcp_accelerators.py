"""Google publishes the prices of its accelerator-optimized machines as HTML tables, without a key for one region.

Oddities: the static page is of us-central1, its default; other regions are drawn by a script (all of them are in the
Cloud Billing Catalog, which needs a key). A machine's price has its GPUs, processors, memory and local disk in it.
There are several tables with different columns, known by header text; notes and tooltips stand inside the headers.
A row of a bold name alone heads a group. Numbers have stray blanks ("$2 .0000/ 1 hour"), and a spot cell may hold
a placeholder that was never filled in. "N/A" and "-" are not sold that way. Shares of a card print 1/8, 1/4, 1/2.

Spot is spot. Flex-start waits in a queue for capacity: low_priority, with its name as commitment. Calendar mode and the
committed-use discounts are reserved. Not read: the page of spot prices alone, which repeats this one.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.errors import PageChanged
from pipeline.facts import Fact, GpuPrice, Issue, PricingType
from pipeline.money import Money, money
from pipeline.read import NOTHING, Unreadable, count, fact_or_issue
from pipeline.read_html import Table, html_of, tables
from pipeline.source import Page, source

REGION = "us-central1"
NAMES = ("Machine type", "GPU", "Components")
MACHINE = re.compile(r"[a-z][a-z0-9]{1,5}-[a-z0-9]+(?:-[a-z0-9]+)*")
HEADER = re.compile(r"(?:Current )?(?P<name>.*?)(?: pric(?:e|ing))?(?: \(USD\))?[ *]*")
GPUS = re.compile(r"GPUs: ?(?P<share>1/)?(?P<number>\d+)(?!\S)")


@dataclass(frozen=True)
class Bound:
    """How the prices of a column are bound."""

    pricing_type: PricingType
    commitment: str | None = None
    term_months: int | None = None


COLUMNS = {
    "Price": Bound("on_demand"),
    "Spot": Bound("spot"),
    "DWS Flex-start": Bound("low_priority", "DWS Flex-start"),
    "DWS Calendar Mode": Bound("reserved", "DWS Calendar Mode"),
} | {
    name: Bound("reserved", name, 12 * years)
    for years in (1, 3)
    for name in (f"Compute Resource CUDs - {years} Year", f"Compute Flexible CUD - {years} Year")
}


@source(
    title="Google Compute Engine: prices of accelerator-optimized machines",
    publisher="Google Cloud",
    url="https://cloud.google.com/products/compute/pricing/accelerator-optimized",
    licence="Facts of a public price list",
    attribution="Google Cloud, https://cloud.google.com/products/compute/pricing/accelerator-optimized",
    robots="read before every visit; nothing in the terms we know of forbids one visit a day",
    cadence="daily",
    least=60,
    most=600,
    facts=(GpuPrice,),
    currency="USD",
    unit="instance_hour",
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """A price for each machine type and way of buying it."""
    offers: dict[tuple[object, ...], GpuPrice] = {}
    for found in _cells(page):
        if isinstance(found, GpuPrice):
            known = offers.setdefault((found.offer, found.pricing_type, found.commitment), found)
            if known.price != found.price:
                raise _changed(page, f"{found.offer} stands twice, at {known.price:g} and at {found.price:g}")
            if known is not found:
                what = "the same offer stands before"
                yield Issue(row=found.row, rule="repeated_row", field="offer", raw_value=found.offer, what=what)
                continue
        yield found


def _changed(page: Page, what: str) -> PageChanged:
    return PageChanged(
        what, source=page.source, page=page.url,
        likely="the page layout changed, or its tables are now drawn by a script",
        fix="read the archived page and teach pipeline/sources/gcp_accelerators.py",
    )  # fmt: skip


def _cells(page: Page) -> Iterator[GpuPrice | Issue]:
    tree = html_of(page)
    for note in tree.select("[data-is-tooltip-wrapper], sup"):
        note.decompose()
    ours = [table for table in tables(tree, page=page) if table.headers[0] == NAMES[0]]
    if not ours:
        raise _changed(page, f"there is no table of a {NAMES[0]!r}")
    position = 0
    for table in ours:
        bounds = _bounds(table, page)
        for row in table.rows:
            if all(cell in NOTHING for cell in list(row.values())[1:]):
                continue  # the name of a group
            found = [
                _offer(row, row[header], bound, position + n, page) for n, (header, bound) in enumerate(bounds.items())
            ]
            _none_above_on_demand(found, page)
            yield from found
            position += len(found)


def _none_above_on_demand(found: list[GpuPrice | Issue], page: Page) -> None:
    prices = {fact.pricing_type: fact.price for fact in found if isinstance(fact, GpuPrice)}
    for kind in ("spot", "low_priority"):
        if kind in prices and prices[kind] > prices.get("on_demand", math.inf):
            raise _changed(page, f"a machine costs {prices[kind]:g} as {kind}, and {prices['on_demand']:g} on demand")


def _bounds(table: Table, page: Page) -> dict[str, Bound]:
    """The columns of prices, by header text."""
    found: dict[str, Bound] = {}
    for header in table.headers[len(NAMES) :]:
        parts = HEADER.fullmatch(header)
        if parts is None or parts["name"] not in COLUMNS:
            raise _changed(page, f"a column is called {header[:80]!r}, which is not known")
        found[header] = COLUMNS[parts["name"]]
    if table.headers[: len(NAMES)] != NAMES or not {Bound("on_demand"), Bound("spot")} <= set(found.values()):
        raise _changed(page, f"a table has the columns {', '.join(table.headers)[:200]}")
    return found


def _offer(row: Mapping[str, str], printed: str, bound: Bound, position: int, page: Page) -> GpuPrice | Issue:
    machine, gpu, components = (row[name] for name in NAMES)
    if not MACHINE.fullmatch(machine) or not gpu:
        raise _changed(page, f"a row of prices is called {machine[:40]!r}, of {gpu[:40]!r}")
    way = bound.commitment or bound.pricing_type
    if printed.lower() in NOTHING:
        what = f"{machine} is listed without a price for {way}"
        return Issue(row=position, rule="no_price", field="price", raw_value=printed or "-", what=what)
    field = "price"
    try:
        amount = _per_hour(printed)
        field = "gpu_count"
        gpus = _gpus(components)
    except Unreadable as error:
        return error.issue(position, field)
    return fact_or_issue(
        GpuPrice, position, provider="gcp", offer=machine, sku=machine, gpu=gpu, gpu_count=gpus, region=REGION,
        pricing_type=bound.pricing_type, commitment=bound.commitment, term_months=bound.term_months,
        price=amount.value, currency=amount.currency, price_unit="instance_hour", is_floor=amount.is_floor,
    )  # fmt: skip


def _per_hour(printed: str) -> Money:
    number, _, per = (part.strip(" *†‡") for part in printed.partition("/"))
    try:
        amount = money(re.sub(r"(?<=\d) (?=\.\d)", "", number), currency="USD")
    except Unreadable as error:
        raise Unreadable(error.rule, printed, error.what) from error
    if amount is None or per not in ("1 hour", "hour"):
        raise Unreadable("wrong_unit", printed, f"{printed[:40]!r} is not per hour")
    return amount


def _gpus(components: str) -> int | None:
    """Whole GPUs; None for a share of one, which the machine type tells."""
    found = GPUS.search(components)
    if found is None:
        raise Unreadable("not_a_count", components, f"{components[:40]!r} says nothing of GPUs")
    return None if found["share"] else count(found["number"])
