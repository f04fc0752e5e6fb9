"""What a reader meets one after the other: headings, paragraphs, list items, table cells; and from plain text too.

Of a page only the article is read. Navigation, asides, teasers of other articles, forms and footers are not,
whether their element, their class or the heading above them says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from pipeline.claims.plain import Plain

BlockKind = Literal["heading", "text", "cell"]


@dataclass(frozen=True)
class Cell:
    """Where a cell stands in its table; spans are counted."""

    table: int
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    is_header: bool = False


@dataclass(frozen=True)
class Block:
    """A stretch of text that a reader takes in at once."""

    kind: BlockKind
    plain: Plain
    level: int = 0
    """Of a heading: 1 to 6."""
    cell: Cell | None = None

    @property
    def text(self) -> str:
        """As a reader sees it."""
        return self.plain.text


@dataclass(frozen=True)
class Table:
    """A grid of blocks; a cell that spans several places stands at each."""

    grid: dict[tuple[int, int], Block] = field(default_factory=dict[tuple[int, int], Block])

    @cached_property
    def height(self) -> int:
        """Number of rows."""
        return max((row for row, _ in self.grid), default=-1) + 1

    @cached_property
    def width(self) -> int:
        """Number of columns."""
        return max((column for _, column in self.grid), default=-1) + 1

    def row(self, row: int) -> list[Block | None]:
        """The cells of a row, by column."""
        return [self.grid.get((row, column)) for column in range(self.width)]

    def column(self, column: int) -> list[Block | None]:
        """The cells of a column, by row."""
        return [self.grid.get((row, column)) for row in range(self.height)]


@dataclass(frozen=True)
class Reading:
    """A document as blocks."""

    blocks: Sequence[Block]
    tables: dict[int, Table]
    title: str | None = None
    published: str | None = None


def tables_of(blocks: Sequence[Block]) -> dict[int, Table]:
    """The tables among the blocks, by number."""
    cells: dict[int, list[Block]] = {}
    for block in blocks:
        if block.cell:
            cells.setdefault(block.cell.table, []).append(block)
    return {number: _table_of(found) for number, found in cells.items()}


def _table_of(cells: Sequence[Block]) -> Table:
    grid: dict[tuple[int, int], Block] = {}
    for block in cells:
        cell = block.cell
        if cell is None:
            continue
        for row in range(cell.row, cell.row + min(cell.rows, 200)):
            for column in range(cell.column, cell.column + min(cell.columns, 50)):
                grid.setdefault((row, column), block)
    return Table(grid)
