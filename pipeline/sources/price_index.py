"""The US Bureau of Labor Statistics publishes a producer price index of data processing and hosting, here through FRED.

Oddities: the file ends with a blank line; a month that is not out yet is printed as a dot, or left empty; recent
months are revised four months later.
"""

from collections.abc import Iterator
from datetime import date

from pipeline.errors import PageChanged
from pipeline.facts import Fact, IndexValue, Issue
from pipeline.read import Column, csv_rows, fact_or_issue, iso_date, positive
from pipeline.source import Page, source

SERIES = "PCU518210518210"
BASE = date(2000, 12, 1)
NOT_OUT = {"", "."}


def index_value(text: str) -> float | str | None:
    """The index of the month, or a dot for one that is not out."""
    return "." if text.strip() in NOT_OUT else positive(text)


COLUMNS = {
    "period_on": Column("observation_date", iso_date, formerly=("DATE",), holds=(BASE,)),
    "value": Column(SERIES, index_value),
}


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
    """Each month that is out, oldest first."""
    last = date.min
    for row in csv_rows(page, COLUMNS):
        if isinstance(row, Issue):
            if row.rule == "no_line_end":
                raise _changed(page, f"{row.what}: {row.raw_value}", "the file was cut off")
            yield row
            continue
        month, value = row.cells["period_on"], row.cells["value"]
        if isinstance(month, date):
            if month.day != 1 or month <= last:
                raise _changed(page, f"{month} is no month after {last}", "another period, or the series stands twice")
            if month == BASE and value != 100:
                raise _changed(page, f"the index of {month} is {value}, not 100", "the publisher moved the base")
            last = month
        if value != ".":
            unit = "index (December 2000 = 100)"
            yield fact_or_issue(IndexValue, row.position, series=SERIES, unit=unit, **row.cells)


def _changed(page: Page, what: str, likely: str) -> PageChanged:
    return PageChanged(what, source=page.source, page=page.url, likely=likely)
