"""Epoch AI publishes the rounds of funding of AI companies: shares, debt and the value of the company after them.

Oddities: sales among shareholders stand beside money for the company, with a zero that is set aside; rounds under
discussion have no day of closing; some sums are in computing, not cash. The notes hold quotations and are not kept.
"""

from collections.abc import Callable, Iterator
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

LEAST_USD = 1e5
KINDS = ("Primary", "Secondary", "Debt", "Other")


def amount(text: str) -> float | None:
    """Dollars of a round; less than a hundred thousand belongs to another column."""
    value = positive(text)
    if value is not None and value < LEAST_USD:
        raise Unreadable("too_small", text, f"{clean(text)[:40]!r} is no round of funding, in USD")
    return value


def list_of(*known: str) -> Callable[[str], str | None]:
    """A reader of comma-separated words of a closed set."""

    def read(text: str) -> str | None:
        unknown = [part for part in clean(text).split(",") if part and part not in known]
        if unknown:
            raise Unreadable("unknown_category", text, f"{unknown[0][:40]!r} is none of {', '.join(known)}")
        return clean(text) or None

    return read


COLUMNS = {
    "name": Column("Id", holds=("Jan 2023 Microsoft",)),
    "company": Column("Company", holds=("OpenAI", "Anthropic")),
    "period_on": Column("Close date", iso_date, holds=(date(2023, 1, 23),)),
    "status": Column("Status", one_of("Closed", "Late discussions", "Early discussions", "Rumored", "Announced")),
    "equity_usd": Column("Funding (equity)", amount, holds=(6.6e9,)),
    "debt_usd": Column("Funding (debt)", amount),
    "valuation_usd": Column("Valuation (post-money)", amount, holds=(157e9,)),
    "reported_on": Column("Report date", iso_date),
    "covers": Column("Type", list_of(*KINDS)),
    "confidence": Column("Confidence", one_of("Confident", "Likely", "Speculative", "Uncertain", "Unknown")),
    "is_left_out": Column("Exclude from graph view", flag, required=False, holds=(True,)),
    "address": Column("Source 1", web_address, required=False),
}
IGNORED = ("Notes", "Source 2", "Source 3", "Graph note")


@source(
    title="Data on AI companies: funding rounds",
    publisher="Epoch AI",
    url="https://epoch.ai/data/ai_companies_funding_rounds.csv",
    licence="CC BY 4.0",
    attribution="Epoch AI, 'Data on AI Companies'. Published online at epoch.ai. "
    "Retrieved from https://epoch.ai/data/ai-companies",
    robots="published for download; looked at 2026-11-23 from a description, to be seen on first contact",
    cadence="weekly",
    least=25,
    most=2000,
    facts=(CompanySpend,),
    currency="USD",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each row as one round."""
    for row in csv_rows(page, COLUMNS, ignored=IGNORED):
        if isinstance(row, Issue):
            yield row
            continue
        cells = dict(row.cells) | {"is_left_out": bool(row.cells.get("is_left_out"))}
        parts = [float(str(cells[name])) for name in ("equity_usd", "debt_usd") if cells[name] is not None]
        yield fact_or_issue(
            CompanySpend, row.position, **(cells | {"kind": "funding", "amount_usd": sum(parts) or None})
        )
