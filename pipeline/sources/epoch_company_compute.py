"""Epoch AI publishes what AI companies are reported to spend on computing, by year, for research and for inference.

Oddities: most rows are media reports of plans made before the year was over; a row may state the total, one part or
both; some are yearly rates at a day. The notes hold quotations and are not kept.
"""

from collections.abc import Iterator
from datetime import date

from pipeline.facts import CompanySpend, Fact, Issue
from pipeline.read import (
    Column,
    Unreadable,
    clean,
    csv_rows,
    fact_or_issue,
    flag,
    iso_date,
    one_of,
    positive,
    web_address,
)
from pipeline.source import Page, source

LEAST_USD = 1e6
CATEGORIES = ("R&D cloud compute", "Inference cloud compute", "Data")


def amount(text: str) -> float | None:
    """Dollars of a company's year; less than a million belongs to another column."""
    value = positive(text)
    if value is not None and value < LEAST_USD:
        raise Unreadable("too_small", text, f"{clean(text)[:40]!r} is no company's computing of a year, in USD")
    return value


def categories(text: str) -> str | None:
    """A list of known categories; a new one is unreadable, never a default."""
    unknown = [part for part in clean(text).split(",") if part and part not in CATEGORIES]
    if unknown:
        raise Unreadable("unknown_category", text, f"{unknown[0][:40]!r} is none of {', '.join(CATEGORIES)}")
    return clean(text) or None


COLUMNS = {
    "name": Column("Id", holds=("OpenAI 2024 R&D compute",)),
    "company": Column("Company", holds=("OpenAI",)),
    "amount_usd": Column("Amount", amount, holds=(285e6,)),
    "covers": Column("Category", categories),
    "period": Column("Period type", one_of("Year", "Annualized")),
    "period_on": Column("Date", iso_date, holds=(date(2022, 12, 31),)),
    "reported_on": Column("Report date", iso_date),
    "confidence": Column("Confidence", one_of("Confident", "Likely", "Speculative", "Uncertain", "Unknown")),
    "inference_compute_usd": Column("Inference compute spend", amount, holds=(1.8e9,)),
    "rnd_compute_usd": Column("R&D compute spend", amount, holds=(4e9,)),
    "total_usd": Column("Total compute spend", amount, holds=(416e6,)),
    "is_left_out": Column("Exclude from graph view", flag, required=False),
    "address": Column("Source 1", web_address, required=False),
}
IGNORED = ("Notes", "Source 2", "Source 3", "Source Type")


@source(
    title="Data on AI companies: compute spend",
    publisher="Epoch AI",
    url="https://epoch.ai/data/ai_companies_compute_spend.csv",
    licence="CC BY 4.0",
    attribution="Epoch AI, 'Data on AI Companies'. Published online at epoch.ai. "
    "Retrieved from https://epoch.ai/data/ai-companies",
    robots="published for download; looked at 2026-11-23 from a description, to be seen on first contact",
    cadence="weekly",
    least=8,
    most=800,
    facts=(CompanySpend,),
    currency="USD",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each row as what one company spends in one period."""
    for row in csv_rows(page, COLUMNS, ignored=IGNORED):
        if isinstance(row, Issue):
            yield row
            continue
        cells = dict(row.cells) | {"is_left_out": bool(row.cells.get("is_left_out"))}
        parts = [cells.pop("total_usd"), cells["rnd_compute_usd"], cells["inference_compute_usd"]]
        stated = next((part for part in parts if part is not None), None)
        if stated != cells["amount_usd"]:
            what = f"the amount {cells['amount_usd']} is not what the column of its kind says"
            yield Issue(row=row.position, rule="wrong_sum", field="amount_usd", raw_value=str(stated), what=what)
            continue
        yield fact_or_issue(CompanySpend, row.position, **(cells | {"kind": "compute"}))
