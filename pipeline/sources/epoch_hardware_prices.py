"""Epoch AI's training-cost repository keeps a table of dated chip prices, rented by the hour and bought.

Oddities: frozen at March 2025; one row has nothing in it and some have no price; whether a purchase price is
a bare chip's or a server's share stands only in the notes, which are read for those words and not kept. Rows
of one vendor, chip and day can differ: their order in the file is kept.
"""

from collections.abc import Iterator

from pipeline.facts import Fact, HardwarePrice, Issue
from pipeline.money import usd
from pipeline.read import Column, Unreadable, count, csv_rows, fact_or_issue, iso_date, web_address, words
from pipeline.source import Page, source

LONGEST_LABEL = 100  # characters; a longer one is a sentence of the cloud's, which is not ours to keep


def label(text: str) -> str | None:
    """A short label as printed; sentences are not kept."""
    if len(text) > LONGEST_LABEL:
        raise Unreadable("prose", text, f"{len(text)} characters are no label")
    return words(text)


COLUMNS = {
    "hardware": Column("Hardware model", holds=("NVIDIA A100 SXM4 80 GB",)),
    "priced_on": Column("Price date", iso_date),
    "vendor": Column("Vendor", holds=("Google Cloud",)),
    "location": Column("Location", holds=("East US",)),
    "on_demand_usd_per_chip_hour": Column("Price per chip-hour (on-demand)", usd, holds=(3.67,)),
    "one_year_usd_per_chip_hour": Column("Price per chip-hour (1-year CUD)", usd, holds=(2.4,)),
    "three_year_usd_per_chip_hour": Column("Price per chip-hour (3-year CUD)", usd, holds=(1.45,)),
    "purchase_usd": Column("Price (hardware purchase)", usd),
    "chips_per_instance": Column("Number of GPUs", count, required=False),
    "description": Column("Cloud GPU description", label, required=False, holds=("A100 (80 GB)",)),
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
