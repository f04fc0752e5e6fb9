"""Epoch AI's training-cost repository keeps a table of dated chip prices, rented by the hour and bought.

Oddities: frozen at March 2025; one row has nothing in it and some have no price; whether a purchase price is
a bare chip's or a server's share stands only in the notes, which are read for those words and not kept. Rows
of one vendor, chip and day can differ: their order in the file is kept.
"""

from collections.abc import Iterator

from pipeline.facts import Fact, HardwarePrice, Issue
from pipeline.read import Column, count, csv_rows, fact_or_issue, iso_date, web_address
from pipeline.source import Page, source
from pipeline.sources.epoch_models import usd

COLUMNS = {
    "hardware": Column("Hardware model", str),
    "priced_on": Column("Price date", iso_date),
    "vendor": Column("Vendor"),
    "location": Column("Location"),
    "on_demand_usd_per_chip_hour": Column("Price per chip-hour (on-demand)", usd),
    "one_year_usd_per_chip_hour": Column("Price per chip-hour (1-year CUD)", usd),
    "three_year_usd_per_chip_hour": Column("Price per chip-hour (3-year CUD)", usd),
    "purchase_usd": Column("Price (hardware purchase)", usd),
    "chips_per_instance": Column("Number of GPUs", count, required=False),
    "description": Column("Cloud GPU description", required=False),
    "address": Column("Price source", web_address),
    "notes": Column("Notes"),
}
IGNORED = ("Manufacturer",)


@source(
    title="Hardware prices of the training-cost trends repository",
    publisher="Epoch AI",
    url="https://raw.githubusercontent.com/epoch-research/training-cost-trends/main/data/Hardware%20prices.csv",
    licence="CC BY 4.0",
    attribution="Epoch AI, training-cost-trends repository, 'Hardware prices'. "
    "Retrieved from https://github.com/epoch-research/training-cost-trends",
    robots="raw file of a public repository",
    cadence="weekly",
    least=500,
    most=5000,
    facts=(HardwarePrice,),
    currency="USD",
    unit="chip_hour",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each row that names a chip as one price row."""
    for row in csv_rows(page, COLUMNS, ignored=IGNORED):
        if isinstance(row, Issue):
            yield row
            continue
        cells = dict(row.cells)
        notes = str(cells.pop("notes") or "")
        yield fact_or_issue(
            HardwarePrice,
            row.position,
            **cells,
            is_dgx_share="DGX" in notes,
            is_single_unit="single-unit" in notes.lower(),
            is_estimate="estimat" in notes.lower(),
        )
