"""Tables out of the published warehouse: as files, whole or not there, the same bytes every time; or as text."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Literal, cast

import duckdb

from pipeline import schema, warehouse
from pipeline.archive import whole_file
from pipeline.errors import UsageError

Format = Literal["csv", "parquet", "json"]
NEEDS_QUOTES = re.compile(r'[,"\r\n]')
EMPTY_LINE = '""'  # one column, and nothing in it: an empty line would not count as a row
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


def export(path: Path, folder: Path, names: Iterable[str], form: Format) -> list[Path]:
    """Write public tables into a folder, one file each, all of one snapshot; every table when none is named.

    Raises:
        UsageError: No public table has that name.
        StorageError: The folder cannot be written.
    """
    with warehouse.attached(path) as connection:
        connection.execute("set threads = 1")  # keeps rows and row groups, and so the bytes, the same
        known = warehouse.tables(connection)
        wanted = list(dict.fromkeys(names)) or known
        unknown = [name for name in wanted if name not in known]
        if unknown:
            raise UsageError(f"no public table is called {', '.join(unknown)}", fix=f"there are {', '.join(known)}")
        return [_export_one(connection, folder / f"{name}.{form}", name, form) for name in wanted]


def _export_one(connection: duckdb.DuckDBPyConnection, file: Path, name: str, form: Format) -> Path:
    with whole_file(file) as partial:
        try:
            if form == "parquet":
                target = schema.quoted(str(partial))
                connection.execute(f'copy main."{name}" to {target} (format parquet, compression zstd)')
            else:
                partial.write_text(AS_TEXT[form](_whole_table(connection, name)), encoding="utf-8", newline="")
        except duckdb.IOException as error:
            raise OSError(str(error)) from error
    return file


def _whole_table(connection: duckdb.DuckDBPyConnection, name: str) -> warehouse.Rows:
    cursor = connection.execute(f'from main."{name}"')
    described = cursor.description or []
    names, types = tuple(column[0] for column in described), tuple(str(column[1]) for column in described)
    return warehouse.Rows(names, types, cursor.fetchall())


# --- text -----------------------------------------------------------------------------------------


def as_csv(answer: warehouse.Rows) -> str:
    """Rows as CSV: UTF-8, LF, ISO dates, empty for missing.

    Text that a spreadsheet would run as a formula gets an apostrophe in front, and so does text that begins with
    one: taking the first apostrophe away gives every text back.
    """
    # Not the csv module: with LF at the ends of lines it leaves a CR within a cell unquoted, and readers end the row.
    lines = [answer.columns, *([_csv_text(cell) for cell in row] for row in answer.rows)]
    return "".join(f"{','.join(map(_csv_quoted, line)) or EMPTY_LINE}\n" for line in lines)


def _csv_text(cell: object) -> str:
    value = plain(cell)
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False)
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else str(value)


def _csv_quoted(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""')) if NEEDS_QUOTES.search(text) else text


def as_json(answer: warehouse.Rows) -> str:
    """Rows as a JSON array of objects, one to a line."""
    lines = [json.dumps(record, ensure_ascii=False) for record in records(answer)]
    return "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"


def as_markdown(answer: warehouse.Rows) -> str:
    """Rows as a Markdown table that shows the text and does nothing else."""
    lines = ["| " + " | ".join(answer.columns) + " |", "|" + " --- |" * len(answer.columns)]
    lines += ["| " + " | ".join(_markdown_cell(value) for value in row) + " |" for row in answer.rows]
    return "\n".join(lines) + "\n"


def _markdown_cell(value: object) -> str:
    text = "" if value is None else " ".join(str(plain(value)).split())
    for sign, written in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), ("[", "\\["), ("`", "\\`")):
        text = text.replace(sign, written)
    return text


AS_TEXT: dict[str, Callable[[warehouse.Rows], str]] = {"csv": as_csv, "json": as_json, "md": as_markdown}


def records(answer: warehouse.Rows) -> list[dict[str, object]]:
    """Rows as objects of plain JSON values."""
    return [{name: plain(cell) for name, cell in zip(answer.columns, row, strict=True)} for row in answer.rows]


def plain(cell: object) -> object:
    """A value as JSON and CSV have it: ISO dates, UTC times, numbers as numbers, no NaN."""
    if cell is None or isinstance(cell, str | int):  # nearly all cells
        return cell
    match cell:
        case datetime():
            at = cell.replace(tzinfo=UTC) if cell.tzinfo is None else cell.astimezone(UTC)
            return at.isoformat().replace("+00:00", "Z")
        case date() | time():
            return cell.isoformat()
        case float() if not math.isfinite(cell):
            return None
        case Decimal():
            return float(cell)
        case list() | tuple():
            return [plain(part) for part in cast("Iterable[object]", cell)]
        case dict():
            return {str(key): plain(part) for key, part in cast("dict[object, object]", cell).items()}
        case float():
            return cell
        case _:
            return str(cell)
