"""Epoch AI publishes its estimates of frontier AI data centres: power, chips in H100 equivalents, and capital cost.

Oddities: owners and users carry a tag of confidence inside the text (#confident, #likely, #speculative); costs are
in billions of 2025 US dollars and cover buildings and power supply too; a site that is not running yet has zeros,
which are set aside. What is built later stands in another file, as projections, and is not read.
"""

import re
from collections.abc import Callable, Iterator

from pipeline.facts import Cluster, Fact, Issue
from pipeline.read import Column, Unreadable, clean, csv_rows, fact_or_issue, positive, web_address
from pipeline.source import Page, source

BILLION = 1e9
PRICE_YEAR = 2025  # stated in the header of the cost column
MOST_BILLIONS, MOST_MEGAWATTS, MOST_CHIPS = 500.0, 2e4, 1e8


def within(least: float, most: float) -> Callable[[str], float | None]:
    """A reader of numbers between limits of nature: what lies outside belongs to another column."""

    def checked(text: str) -> float | None:
        value = positive(text)
        if value is not None and not least <= value <= most:
            raise Unreadable("out_of_range", text, f"{clean(text)[:40]!r} is not between {least:g} and {most:g}")
        return value

    return checked


def label(text: str) -> str | None:
    """Names without the tags of confidence."""
    return clean(re.sub(r"#\w+", "", text)).replace(" ,", ",") or None


def first_link(text: str) -> str | None:
    """The address of the first link of a list in Markdown."""
    link = re.search(r"\]\((https?://[^()\s]+)\)", text)
    return web_address(link[1] if link else text)


COLUMNS = {
    "name": Column("Name", formerly=("Title",), holds=("Meta Prometheus",)),
    "h100_equivalents": Column("Current H100 equivalents", within(1, MOST_CHIPS)),
    "power_megawatts": Column("Current power (MW)", within(1, MOST_MEGAWATTS)),
    "cost_usd": Column("Current total capital cost (2025 USD billions)", within(0, MOST_BILLIONS)),
    "owner": Column("Owner", label, holds=("Meta", "Microsoft")),
    "users": Column("Users", label, holds=("OpenAI", "Anthropic")),
    "chips": Column("Current chip types", required=False, holds=("B200",)),
    "country": Column("Country", required=False, holds=("United States",)),
    "address": Column("Selected Sources", first_link, required=False),
}
IGNORED = (
    "Handle", "Calculations sheet", "Project", "All chip types", "Investors", "Construction companies",
    "Energy companies", "Address", "Latitude", "Longitude", "Sentinel satellite timelapse", "Notes",
)  # fmt: skip


@source(
    title="Data on frontier data centers",
    publisher="Epoch AI",
    url="https://epoch.ai/data/data_centers/data_centers.csv",
    licence="CC BY 4.0",
    attribution="Epoch AI, 'Data on Frontier Data Centers'. Published online at epoch.ai. "
    "Retrieved from https://epoch.ai/data/data-centers",
    robots="published for download; looked at 2026-11-23 from a description, to be seen on first contact",
    cadence="weekly",
    least=10,
    most=1000,
    facts=(Cluster,),
    currency="USD",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each site as it stands now."""
    for row in csv_rows(page, COLUMNS, ignored=IGNORED):
        if isinstance(row, Issue):
            yield row
            continue
        billions = row.cells["cost_usd"]
        cost = None if billions is None else float(str(billions)) * BILLION
        year = None if cost is None else PRICE_YEAR
        changed = {"kind": "site", "cost_usd": cost, "cost_price_year": year}
        yield fact_or_issue(Cluster, row.position, **(dict(row.cells) | changed))
