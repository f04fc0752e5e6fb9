"""The US Bureau of Labor Statistics publishes a producer price index of data processing and hosting, here through FRED.

Oddities: the file ends with a blank line; a month that is not out yet is printed as a dot; recent months are
revised four months later.
"""

from collections.abc import Iterator

from pipeline.errors import PageChanged
from pipeline.facts import Fact, IndexValue, Issue
from pipeline.read import Column, csv_rows, fact_or_issue, iso_date, positive
from pipeline.source import Page, source

SERIES = "PCU518210518210"


def index_value(text: str) -> float | None:
    """The index of the month; a dot is FRED's sign for a month that is not out."""
    return None if text.strip() == "." else positive(text)


COLUMNS = {"period_on": Column("observation_date", iso_date, formerly=("DATE",)), "value": Column(SERIES, index_value)}


@source(
    title="Producer Price Index: data processing, hosting and related services (PCU518210518210)",
    publisher="US Bureau of Labor Statistics, via FRED",
    url=f"https://fred.stlouisfed.org/graph/fredgraph.csv?id={SERIES}",
    licence="Public domain (US government work); FRED asks for citation",
    attribution="U.S. Bureau of Labor Statistics, Producer Price Index by Industry: Data Processing, Hosting and "
    "Related Services [PCU518210518210], retrieved from FRED, Federal Reserve Bank of St. Louis",
    robots="the download address of a public chart",
    cadence="monthly",
    least=250,
    most=1000,
    facts=(IndexValue,),
    unit="index",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each month that is out."""
    for row in csv_rows(page, COLUMNS):
        if isinstance(row, Issue):
            yield row
        elif row.cells["value"] is None:
            continue
        elif getattr(row.cells["period_on"], "day", None) != 1:
            raise PageChanged("a period does not start on the first of a month", source=page.source, page=page.url,
                              likely="the series is no longer monthly")  # fmt: skip
        else:
            yield fact_or_issue(
                IndexValue, row.position, series=SERIES, unit="index (December 2000 = 100)", **row.cells
            )
