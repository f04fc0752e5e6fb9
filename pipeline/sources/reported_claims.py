"""Our own ledger of figures that companies, analysts and the press have stated, each with its scope and source.

It is a file in ``data/reference``, written by hand: nothing is fetched. It holds the press version of a figure
beside the claimant's own, because both were said. A figure is here because it was said, not because it is true.
"""

from collections.abc import Iterator

from pipeline.facts import Fact, Issue, ReportedClaim
from pipeline.read import Column, count, csv_rows, fact_or_issue, flag, iso_date, positive, words
from pipeline.source import Page, source

READERS = {
    "value_low": positive, "value": positive, "value_high": positive, "price_year": count,
    "claimed_on": iso_date, "disputed": flag,
}  # fmt: skip
COLUMNS = {name: Column(name, READERS.get(name, words)) for name in ReportedClaim.model_fields if name != "row"}


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
            yield fact_or_issue(ReportedClaim, row.position, **(dict(row.cells) | {"disputed": bool(row.cells["disputed"])}))
