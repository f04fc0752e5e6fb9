"""One chart of the report with all that belongs to it: what it found, what it measures, its table, note and source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.report.evidence import Asked, Row
from pipeline.report.look import Size, configured
from pipeline.report.markup import Markup


@dataclass(frozen=True, eq=False)
class Drawing:
    """A chart as Vega-Lite, for a screen and for a phone, over one set of data."""

    name: str
    description: str
    """What somebody hears who cannot see it."""
    data: dict[str, list[Row]]
    wide: dict[str, Any]
    narrow: dict[str, Any]

    def spec(self, *, is_wide: bool) -> dict[str, Any]:
        """The whole specification, data included."""
        chosen = self.wide if is_wide else self.narrow
        return {**chosen, "datasets": {**chosen.get("datasets", {}), **self.data}}

    @property
    def is_one_size(self) -> bool:
        """Whether screen and phone get the same picture."""
        return self.wide is self.narrow


def drawing(
    name: str, description: str, data: dict[str, list[Row]], build: Callable[[Size], Any], *, one_size: bool = False
) -> Drawing:
    """Build the chart in both sizes, or in the small one alone where it is small on a screen, too."""
    narrow = configured(build(Size(is_wide=False)), Size(is_wide=False))
    wide = narrow if one_size else configured(build(Size(is_wide=True)), Size(is_wide=True))
    drawn = {key: [{field: _drawn(cell) for field, cell in row.items()} for row in rows] for key, rows in data.items()}
    return Drawing(name, description, drawn, wide, narrow)


def _drawn(cell: object) -> object:
    """Six digits place a mark better than any screen can; the tables have all of them."""
    return float(f"{cell:.6g}") if isinstance(cell, float) else cell


@dataclass(frozen=True)
class Column:
    """A column of a table for people."""

    title: str
    key: str
    show: Callable[[Any], str]
    is_number: bool = False
    link: str | None = None
    """Column that holds the address which the cell leads to."""


@dataclass(frozen=True)
class Table:
    """Rows for people, and the question that anybody can ask to get them."""

    asked: Asked
    columns: Sequence[Column]
    caption: str
    is_sortable: bool = False
    is_open: bool = False
    """Whether it is seen at once: where it is the exhibit."""


@dataclass(frozen=True)
class Exhibit:
    """A section of the report."""

    name: str
    """Anchor of the page."""
    topic: str
    title: str
    """The finding, made from the values."""
    subtitle: str
    """What is measured, in which unit, in money of which year."""
    note: str
    """How many, as of when, which scope, which source, and what to beware of."""
    drawings: Sequence[Drawing] = ()
    captions: Sequence[str] = ()
    """A heading over each drawing, where there are several."""
    choices: Sequence[str] = ()
    """Names of the drawings, where a reader sees one of them at a time."""
    legend: Sequence[tuple[str, str, str]] = ()
    """Shape, colour and text of each sign."""
    tables: Sequence[Table] = ()
    body: Sequence[Markup] = ()
    """What stands there besides, or instead of a chart."""
