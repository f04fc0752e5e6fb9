"""The public tables as one workbook: a sheet a table, and a first sheet that says what they are.

Nothing in it computes: every text is written as text, whatever it begins with. Dates and numbers are typed. What Excel
cannot hold (a text above 32,767 characters, a row above 1,048,576, a whole number above 15 digits) is cut or written
as text, and the first sheet says where.
"""

from __future__ import annotations

import json
import math
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]

from pipeline import about, schema
from pipeline.about import About, Table
from pipeline.values import plain

FIRST = "README"
MOST_ROWS = 1_048_576  # of a sheet, its header included
LONGEST_TEXT = 32_767  # characters of a cell
LONGEST_NAME = 31  # characters of a sheet's name
LARGEST_WHOLE = 10**15  # Excel keeps 15 digits
FIRST_DAY = date(1900, 3, 1)  # before it, Excel counts a day that never was
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
RESERVED = {"history", FIRST.lower()}
BATCH = 5_000  # rows
NARROWEST, WIDEST, LOOKED_AT = 8, 48, 200  # characters; rows that a column's width is taken from
CUT = "… [cut]"
OPTIONS = {
    "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True,
    "default_date_format": "yyyy-mm-dd", "nan_inf_to_errors": False,
}  # fmt: skip


@dataclass
class _Sheet:
    """One sheet while it is written, and what did not fit."""

    table: Table
    name: str
    written: int = 0
    cut_texts: int = 0
    as_text: int = 0

    @property
    def notes(self) -> list[str]:
        """What a reader must know, one line each."""
        said: list[str] = []
        if self.name != self.table.name:
            said.append(
                f"{self.table.name} is on the sheet {self.name}: names of sheets have {LONGEST_NAME} characters"
            )
        if self.written < self.table.rows:
            left = self.table.rows - self.written
            said.append(f"{self.table.name}: the last {left:,} rows are left out: a sheet ends at row {MOST_ROWS:,}")
        if self.cut_texts:
            said.append(f"{self.table.name}: {self.cut_texts:,} texts are cut at {LONGEST_TEXT:,} characters")
        if self.as_text:
            said.append(
                f"{self.table.name}: {self.as_text:,} numbers or days that Excel cannot hold are written as text"
            )
        return said


@dataclass
class Workbook:
    """A workbook that was written: what did not fit into it."""

    notes: list[str] = field(default_factory=list[str])


def write(reader: Any, told: About, file: Path, step: Callable[[str], None] = lambda name: None) -> Workbook:
    """Write a workbook of the described tables; the same state gives the same bytes.

    Args:
        reader: A connection with the warehouse attached.
        told: What is in it.
        file: The file to write.
        step: Called before each table with its name.
    """
    made = Workbook()
    with tempfile.TemporaryDirectory(prefix="aicost-") as folder:
        book: Any = xlsxwriter.Workbook(str(file), {**OPTIONS, "tmpdir": folder})
        book.set_properties({
            "title": about.TITLE, "subject": about.SENTENCE, "author": told.made_by, "comments": told.cite_as,
            "created": told.published_at.replace(tzinfo=None),
        })  # fmt: skip
        styles = _styles(book)
        first = book.add_worksheet(FIRST)
        sheets = [
            _Sheet(table, name) for table, name in zip(told.tables, names(t.name for t in told.tables), strict=True)
        ]
        for sheet in sheets:
            step(sheet.table.name)
            _fill(reader, book.add_worksheet(sheet.name), sheet, styles)
        made.notes += [note for sheet in sheets for note in sheet.notes]
        _fill_first(first, told, sheets, made.notes, styles)
        book.close()
    return made


def names(tables: Any) -> list[str]:
    """Names of sheets: short enough, without signs that Excel forbids, no two alike in any case of letters."""
    given: list[str] = []
    for table in tables:
        base = NOT_IN_NAMES.sub("_", table)[:LONGEST_NAME] or "_"
        name, number = base, 1
        while name.lower() in {*RESERVED, *(known.lower() for known in given)}:
            number += 1
            name = f"{base[: LONGEST_NAME - len(str(number)) - 1]}~{number}"
        given.append(name)
    return given


def _styles(book: Any) -> dict[str, Any]:
    return {
        "head": book.add_format({"bold": True, "bottom": 1, "bg_color": "#F2F2F2"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "part": book.add_format({"bold": True, "top": 1}),
        "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }


# --- tables ---------------------------------------------------------------------------------------


def _fill(reader: Any, page: Any, sheet: _Sheet, styles: dict[str, Any]) -> None:
    columns = [column.name for column in sheet.table.columns]
    cursor = reader.execute(f"from main.{schema.identifier(sheet.table.name)}")
    rows = cursor.fetchmany(BATCH)
    for number, width in enumerate(_widths(columns, rows[:LOOKED_AT])):
        page.set_column(number, number, width)
    page.freeze_panes(1, 1)
    for number, name in enumerate(columns):
        page.write_string(0, number, name, styles["head"])
    while rows and sheet.written < MOST_ROWS - 1:
        for row in rows[: MOST_ROWS - 1 - sheet.written]:
            sheet.written += 1
            for number, cell in enumerate(row):
                if cell is not None:
                    _put(page, sheet, number, cell, styles)
        rows = cursor.fetchmany(BATCH)
    if sheet.written:
        page.autofilter(0, 0, sheet.written, len(columns) - 1)


def _widths(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[int]:
    for number, name in enumerate(columns):
        longest = max((len(str(plain(row[number]))) for row in rows if row[number] is not None), default=0)
        yield max(NARROWEST, min(WIDEST, max(longest, len(name)) + 2))


def _put(page: Any, sheet: _Sheet, column: int, cell: object, styles: dict[str, Any]) -> None:
    row = sheet.written
    match cell:
        case str():
            text, sheet.cut_texts = _fitting(cell, sheet.cut_texts)
            page.write_string(row, column, text)
        case bool():
            page.write_boolean(row, column, cell)
        case int() | float() | Decimal():
            _put_number(page, sheet, column, cell)
        case datetime() if cell.date() >= FIRST_DAY:
            at = cell if cell.tzinfo is None else cell.astimezone(UTC).replace(tzinfo=None)
            page.write_datetime(row, column, at, styles["moment"])
        case date() if cell >= FIRST_DAY:
            page.write_datetime(row, column, datetime.combine(cell, time()), styles["day"])
        case datetime() | date():
            sheet.as_text += 1
            page.write_string(row, column, str(plain(cell)))
        case _:
            value = plain(cell)
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            text, sheet.cut_texts = _fitting(text, sheet.cut_texts)
            page.write_string(row, column, text)


def _put_number(page: Any, sheet: _Sheet, column: int, cell: float | Decimal) -> None:
    if isinstance(cell, int) and abs(cell) >= LARGEST_WHOLE:
        sheet.as_text += 1
        page.write_string(sheet.written, column, str(cell))
    elif math.isfinite(cell):
        page.write_number(sheet.written, column, float(cell))


def _fitting(text: str, cut: int) -> tuple[str, int]:
    # Excel counts in units of UTF-16: a sign beyond them takes two.
    if len(text) <= LONGEST_TEXT // 2 or len(text.encode("utf-16-le", "surrogatepass")) // 2 <= LONGEST_TEXT:
        return text, cut
    room = (LONGEST_TEXT - len(CUT)) * 2
    kept = text.encode("utf-16-le", "surrogatepass")[:room].decode("utf-16-le", "ignore")
    return kept + CUT, cut + 1


# --- the first sheet ------------------------------------------------------------------------------


def _fill_first(page: Any, told: About, sheets: list[_Sheet], notes: list[str], styles: dict[str, Any]) -> None:
    for number, width in enumerate((26, 60, 60, 30, 40)):
        page.set_column(number, number, width)
    for row, (style, cells) in enumerate(_lines(told, sheets, notes)):
        for column, cell in enumerate(cells):
            if isinstance(cell, int):
                page.write_number(row, column, cell)
            elif cell:
                page.write_string(row, column, cell[:LONGEST_TEXT], styles.get(style))


def _lines(told: About, sheets: list[_Sheet], notes: list[str]) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    yield "title", (about.TITLE,)
    yield "", (about.SENTENCE,)
    yield "", (about.RULE,)
    yield "", ()
    yield "", ("as of", f"{told.published_at:%Y-%m-%d %H:%M:%S} UTC")
    yield "", ("snapshot", told.snapshot_id)
    yield "", ("version of the data", told.version)
    yield "", ("made by", told.made_by)
    yield "", ("how to cite", told.cite_as)
    yield "", ("licence", "of each source, below; the collection and our own ledgers: CC BY 4.0")
    yield "", ("times", "UTC; an empty cell is not known, never zero")
    for note in notes:
        yield "", ("what did not fit", note)
    if told.scopes:
        yield "", ()
        yield "part", ("scope", "what it covers", "what it leaves out")
        for scope in told.scopes:
            yield "wrapped", tuple(str(cell) for cell in scope.values())
    yield "", ()
    yield "part", ("sheet", "table", "what it holds", "rows")
    for sheet in sheets:
        yield "wrapped", (sheet.name, sheet.table.name, sheet.table.sentence, sheet.table.rows)
    yield "", ()
    yield "part", ("source", "publisher", "attribution", "licence", "address")
    for source in told.sources:
        yield "wrapped", (source.name, source.publisher, source.attribution, source.licence, source.url)
    yield "", ()
    yield "part", ("table", "column", "meaning", "type", "unit")
    for sheet in sheets:
        for column in sheet.table.columns:
            yield "", (sheet.table.name, column.name, column.meaning, column.kind, column.unit or "")
