"""Together AI publishes prices of its GPU clusters as an HTML table; its robots.txt disallows fetching the page.

Oddities: a price is per GPU-hour and falls with the length of the reservation, which is a column of its own; the first
column names the card. "Contact us" is no price.

It is not fetched. A page that was saved by hand can be read with ``aicost ingest together FILE``.
"""

from collections.abc import Iterator, Mapping

from pipeline.errors import PageChanged
from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.money import each_once, money
from pipeline.read import Unreadable, fact_or_issue
from pipeline.read_html import html_of, tables
from pipeline.source import Page, source

GPU = "Hardware"
TERMS = {"Hourly rate": None, "1-6 days": "1-6 days", "1 week-3 months": "1 week-3 months"}
UNIT = "Price per GPU-hour"


@source(
    title="Together AI GPU clusters",
    publisher="Together AI",
    url="https://www.together.ai/pricing",
    licence="Facts of a public price list",
    attribution="Together AI, https://www.together.ai/pricing",
    robots="robots.txt disallows the page to robots",
    cadence="daily",
    least=8,
    most=60,
    facts=(GpuPrice,),
    currency="USD",
    unit="gpu_hour",
    history=True,
    disabled="the robots.txt of together.ai disallows fetching its prices",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each card at each length of reservation."""
    found = [table for table in tables(html_of(page), page=page) if table.headers[:1] == (GPU,)]
    if len(found) != 1 or set(found[0].headers[1:]) != set(TERMS) or UNIT.lower() not in found[0].heading.lower():
        shown = [(table.heading, table.headers) for table in found]
        raise PageChanged(
            f"expected one table of {UNIT.lower()} with {', '.join(TERMS)}, found {shown}",
            source=page.source, page=page.url, likely="the table was renamed, or is drawn by a script",
        )  # fmt: skip
    rows = found[0].rows
    yield from each_once(page, (item for n, row in enumerate(rows) for item in _row(row, len(TERMS) * n)))


def _row(row: Mapping[str, str], position: int) -> Iterator[GpuPrice | Issue]:
    shorter = float("inf")  # the price for a shorter time
    for place, (header, term) in enumerate(TERMS.items(), start=position):
        try:
            amount = money(row[header], currency="USD", unit="gpu_hour")
        except Unreadable as error:
            yield error.issue(place, "price")
            continue
        if amount is None:
            what = f"{row[GPU]} is listed without a price for {header}"
            yield Issue(row=place, rule="no_price", field="price", raw_value=row[header], what=what)
            continue
        if amount.value > shorter:
            what = f"{row[GPU]} for {header} costs more than for a shorter time"
            yield Issue(
                row=place, rule="dearer_for_longer", field="price", raw_value=row[header], what=what, kept=True
            )  # fmt: skip
        shorter = amount.value
        yield fact_or_issue(
            GpuPrice, place, provider="together", offer=f"GPU cluster, {row[GPU]}", gpu=row[GPU], commitment=term,
            pricing_type="reserved" if term else "on_demand", price=amount.value, currency=amount.currency,
            price_unit="gpu_hour", is_floor=amount.is_floor,
        )  # fmt: skip
