"""Catalogues of offers in one large CSV file: what a source says of such a file, and how it is read row by row.

Most rows of such a catalogue differ in place and price alone. So a source says what one row means, and leaves open who
asks: row by row (`by_rows`), or once for all rows of a kind (``pipeline/catalogue.py``), with the same facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.money import each_once
from pipeline.read import Columns, Row, csv_rows
from pipeline.source import Page


@dataclass(frozen=True)
class Catalogue:
    """How one catalogue is read."""

    columns: Columns
    ignored: tuple[str, ...]
    """Headers that are known and not read."""
    amount: str
    """Key of the column whose number differs from row to row: the price; it goes into the fact as it is."""
    place: str
    """Key of the column that names the place; it goes into the fact as it is, and no column of a fact depends on it."""
    plain: str
    """Amounts of this pattern are read by the column's reader as the number that they print; all others one by one."""
    opened: Callable[[Page], tuple[Page, str] | None]
    """The CSV of a page, and the provider it is of; None for a page that holds no offers."""
    offers: Callable[[Row, str], Iterator[GpuPrice | Issue]]
    """What one row of a provider says."""


def by_rows(catalogue: Catalogue, page: Page) -> Iterator[Fact | Issue]:
    """Every offer of the page, read row by row; each once.

    Raises:
        PageChanged: Not as known; as `csv_rows` and `each_once`.
    """
    opened = catalogue.opened(page)
    if opened is not None:
        yield from each_once(page, _rows(catalogue, *opened))


def _rows(catalogue: Catalogue, page: Page, provider: str) -> Iterator[GpuPrice | Issue]:
    for row in csv_rows(page, catalogue.columns, ignored=catalogue.ignored):
        if isinstance(row, Issue):
            yield row
        else:
            yield from catalogue.offers(row, provider)
