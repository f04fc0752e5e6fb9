"""The European Central Bank publishes one reference rate a working day for each currency, in units of it per euro.

Oddities: rates are set at about 14:15 Central European time and are no prices anybody traded at; there are none on
weekends and TARGET holidays, so a day without one has the rate of the working day before it (SQL does that, nothing
is filled in here). Every visit brings the whole series since 2023, which closes all gaps; the latest one is in force.
A rate that was not set is printed as an empty cell. What is asked for is the euro against every other currency
that a price may be in.
"""

from collections.abc import Iterator
from datetime import date
from typing import get_args

from pipeline.errors import PageChanged
from pipeline.facts import Currency, Fact, IndexValue, Issue
from pipeline.read import Column, csv_rows, fact_or_issue, iso_date, one_of, positive
from pipeline.source import Page, source

CURRENCIES = sorted(set(get_args(Currency)) - {"EUR"})
SERIES = "SP00"  # spot, as opposed to averages of a period
LARGEST_STEP = 1.25  # from one working day to the next; more is another unit, or euros per unit
# Half of the least and twice the most that a euro has been worth since 1999: beyond it a whole series is wrong.
PLAUSIBLE = {"CNY": (3.2, 22.6), "GBP": (0.28, 1.96), "INR": (19.0, 240.0), "JPY": (44.0, 380.0), "USD": (0.41, 3.2)}

COLUMNS = {
    "key": Column("KEY"),
    "frequency": Column("FREQ", one_of("D"), holds=("D",)),
    "currency": Column("CURRENCY", one_of(*CURRENCIES), holds=("USD",)),
    "base": Column("CURRENCY_DENOM", one_of("EUR"), holds=("EUR",)),
    "kind": Column("EXR_TYPE", one_of(SERIES), holds=(SERIES,)),
    "variation": Column("EXR_SUFFIX", one_of("A"), holds=("A",)),
    "period_on": Column("TIME_PERIOD", iso_date),
    "value": Column("OBS_VALUE", positive),
}


@source(
    title="Euro foreign exchange reference rates",
    publisher="European Central Bank",
    url=f"https://data-api.ecb.europa.eu/service/data/EXR/D.{'+'.join(CURRENCIES)}.EUR.{SERIES}.A"
    "?startPeriod=2023-01-01&detail=dataonly&format=csvdata",
    licence="Free reuse with the source quoted (ECB)",
    attribution="European Central Bank, Euro foreign exchange reference rates, https://data.ecb.europa.eu",
    robots="a documented API that needs no key; robots.txt is read before every visit",
    cadence="daily",
    least=4_000,
    most=20_000,
    facts=(IndexValue,),
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each rate that was set: how many units of the currency one euro is worth."""
    last: dict[object, date] = {}
    rates: dict[object, float] = {}
    for row in csv_rows(page, COLUMNS):
        if isinstance(row, Issue):
            if row.rule == "no_line_end":
                raise _changed(page, f"{row.what}: {row.raw_value}", "the answer was cut off")
            yield row
            continue
        cells = row.cells
        currency, day, value = cells["currency"], cells["period_on"], cells["value"]
        expected = f"EXR.D.{currency}.EUR.{SERIES}.A"
        if currency and cells["key"] != expected:
            raise _changed(page, f"the key of row {row.position} is {cells['key']}, not {expected}", "columns moved")
        if isinstance(day, date):
            if day <= last.get(currency, date.min):
                what = f"{currency}: {day} stands after {last[currency]}"
                raise _changed(page, what, "the series stands twice, or in another order")
            last[currency] = day
        if isinstance(value, float):
            _check_rate(page, str(currency), rates.get(currency, value), value)
            rates[currency] = value
        if None not in row.cells.values():  # else none was set, or the cell has left its issue
            names = {"series": f"EUR/{currency}", "unit": f"{currency} per EUR"}
            yield fact_or_issue(IndexValue, row.position, period_on=day, value=value, **names)


def _check_rate(page: Page, currency: str, before: float, value: float) -> None:
    if not 1 / LARGEST_STEP < value / before < LARGEST_STEP:
        raise _changed(page, f"{currency} went from {before:g} to {value:g} in a day", "another unit or base")
    bounds = PLAUSIBLE.get(currency)  # none where the currency could not be read, which has left its issue
    if bounds and not bounds[0] < value < bounds[1]:
        raise _changed(page, f"a euro is worth {value:g} {currency}", "another unit or base")


def _changed(page: Page, what: str, likely: str) -> PageChanged:
    return PageChanged(what, source=page.source, page=page.url, likely=likely)
