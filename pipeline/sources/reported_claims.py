"""Our own ledger of figures that companies, analysts and the press have stated, each with its scope and source.

It is a file in ``data/reference``, written by hand: nothing is fetched. It holds the press version of a figure
beside the claimant's own, because both were said. A figure is here because it was said, not because it is true.
"""

from collections.abc import Iterator

from pipeline.facts import Fact, Issue, ReportedClaim
from pipeline.read import Column, count, csv_rows, fact_or_issue, flag, iso_date, one_of, positive, web_address, words
from pipeline.source import Page, source

READERS = {
    "value_low": positive, "value": positive, "value_high": positive, "price_year": count,
    "claimed_on": iso_date, "disputed": flag, "source_url": web_address,
    "unit": one_of("USD", "CNY", "EUR", "GBP", "JPY", "INR", "GPU-hours", "GPUs", "USD/GPU-hour", "days"),
    "per": one_of("day", "year", "run", "1e12 tokens"),
}  # fmt: skip
# Words of the claim that everybody knows: under another header, they show that columns were mixed up.
HOLDS = {
    "claim_id": "deepseek-v3-final-run-usd", "subject": "DeepSeek-V3", "model_name": "DeepSeek-V3",
    "organisation": "DeepSeek", "claimant": "SemiAnalysis", "hardware": "H800",
    "source_title": "DeepSeek-V3 Technical Report", "group_id": "deepseek-v3-final-run",
}  # fmt: skip
COLUMNS = {
    name: Column(name, READERS.get(name, words), holds=(HOLDS[name],) if name in HOLDS else ())
    for name in ReportedClaim.model_fields
    if name not in Fact.model_fields  # where it stands is no column
}


@source(
    title="Ledger of reported claims",
    publisher="aicost",
    url="reference:reported_claims.csv",
    licence="Facts with their sources; the collection CC BY 4.0",
    attribution="aicost ledger of reported claims; each row names its source",
    robots="our own file",
    cadence="monthly",
    least=100,
    most=5000,
    facts=(ReportedClaim,),
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each row as a claim."""
    for row in csv_rows(page, COLUMNS):
        if isinstance(row, Issue):
            yield row
        else:
            yield fact_or_issue(
                ReportedClaim, row.position, **(dict(row.cells) | {"disputed": bool(row.cells["disputed"])})
            )
