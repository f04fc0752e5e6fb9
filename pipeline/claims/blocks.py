"""What a reader meets one after the other: headings, paragraphs, list items, table cells; and from plain text too.

Of a page only the article is read. Navigation, asides, teasers of other articles, forms and footers are not,
whether their element, their class or the heading above them says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple

from pipeline.claims.plain import Plain, joined

MOST_LINES_OPEN = 0.3  # share of lines that the next one goes on; more, and a page is set line by line
LONGEST_LINE = 140  # characters on average; longer ones are paragraphs
LEAST_LINE = 12  # characters
_GOES_ON = re.compile(r"\s{0,3}[a-z0-9$(]")

BlockKind = Literal["heading", "text", "cell", "note"]


class Cell(NamedTuple):
    """Where a cell stands in its table; spans are counted."""

    table: int
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    is_header: bool = False


class Block(NamedTuple):
    """A stretch of text that a reader takes in at once."""

    kind: BlockKind
    plain: Plain
    level: int = 0
    """Of a heading: 1 to 6."""
    cell: Cell | None = None
    leads_away: bool = False
    """Of a heading or note: whether most of it is a link to another page, whose figures are not this page's."""
    is_item: bool = False
    """Whether it is an item of a list."""
    leads_list: bool = False
    """Whether it is a short line right above a list, which may say what the items are about."""

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


def joined_lines(blocks: Sequence[Block]) -> list[Block]:
    """Lines of a page set line by line, as those made of a PDF are, joined where a sentence goes on."""
    lines = [block for block in blocks if block.kind == "text"]
    broken = sum(
        _GOES_ON.match(after.text) is not None for before, after in pairwise(lines) if _breaks_off(before.text)
    )
    if broken < MOST_LINES_OPEN * len(lines) or sum(len(block.text) for block in lines) > LONGEST_LINE * len(lines):
        return list(blocks)
    found: list[list[Block]] = []
    for block in blocks:
        if found and block.kind == found[-1][-1].kind == "text" and _breaks_off(found[-1][-1].text):
            found[-1].append(block)
        else:
            found.append([block])
    return [
        part[0] if len(part) == 1 else part[0]._replace(plain=joined([block.plain for block in part]))
        for part in found
    ]  # fmt: skip


LONGEST_LEAD = 80  # characters of a line that only says what the list below is about
_SENTENCE_END = (".", "!", "?", ",", ";", "。")


def with_leads(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, with the short lines marked that stand right above a list."""
    found = list(blocks)
    for at, (line, below) in enumerate(pairwise(blocks)):
        if line.kind == "text" and not line.is_item and below.is_item and len(line.text) < LONGEST_LEAD:
            found[at] = line._replace(leads_list=not line.text.rstrip().endswith(_SENTENCE_END))
    return found


def _breaks_off(line: str) -> bool:
    return len(line) >= LEAST_LINE and line.rstrip()[-1:] not in ".!?:;|\"')"


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
