"""Tables out of the published warehouse: as files, whole or not there, the same bytes every time; or as text."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import duckdb

from pipeline import schema, warehouse
from pipeline.durable import whole_file
from pipeline.place import Place
from pipeline.values import plain

if TYPE_CHECKING:
    from pipeline.about import About, Table

Format = Literal["csv", "parquet", "json", "xlsx"]
NEEDS_QUOTES = re.compile(r'[,"\r\n]')
EMPTY_LINE = '""'  # one column, and nothing in it: an empty line would not count as a row
# Also in full width, and behind blanks or what is not seen: some spreadsheets take those away first.
_FORMULA = re.compile(
    "[\\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]*[-=+@\uff0b\uff0d\uff1d\uff20]|[\t\r\n']"
)
WORKBOOK = "aicost.xlsx"
FILE_NAME = re.compile(r"[a-z0-9_-]{1,64}")
DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d")  # files of these names are devices on some systems
BATCH = 10_000  # rows in memory at a time


@dataclass
class Exported:
    """What was written, and what did not fit."""

    files: list[Path] = field(default_factory=list[Path])
    notes: list[str] = field(default_factory=list[str])


def export(
    path: Place,
    folder: Path,
    names: Iterable[str],
    forms: Sequence[Format],
    step: Callable[[str], None] = lambda name: None,
) -> Exported:
    """Write public tables into a folder, all of one snapshot: a file each and form, and one workbook for all of them.

    Args:
        path: The warehouse.
        folder: The folder; files of these names in it are replaced, each whole.
        names: Public tables; all when none is named.
        forms: csv, parquet, json or xlsx.
        step: Called before each table with its name and form.

    Raises:
        UsageError: No public table has that name; nothing is written then.
        StorageError: The folder cannot be written.
    """
    from pipeline import about  # knows every source: a question needs none of that

    with opened(path) as reader:
        return write_tables(reader, folder, about.read(reader, names), forms, step)


def write_tables(
    reader: duckdb.DuckDBPyConnection,
    folder: Path,
    told: About,
    forms: Sequence[Format],
    step: Callable[[str], None],
) -> Exported:
    """Write the tables of an opened warehouse into a folder; see ``export``."""
    made = Exported()
    for form in dict.fromkeys(forms):
        if form == "xlsx":
            made.files.append(folder / WORKBOOK)
            made.notes += _write_workbook(reader, told, folder / WORKBOOK, step)
            continue
        for table in told.tables:
            step(f"{table.name}.{form}")
            made.files.append(folder / f"{file_name(table.name)}.{form}")
            write_table(reader, made.files[-1], table, told, form)
    return made


@contextlib.contextmanager
def opened(path: Place) -> Generator[duckdb.DuckDBPyConnection]:
    """The warehouse, to write files from: one thread keeps rows and row groups, and so the bytes, the same."""
    with warehouse.attached(path) as reader:
        reader.execute("set threads = 1")
        yield reader


def file_name(table: str) -> str:
    """A table's name as a file's: its own where it is a plain one, else a plain one that no other table gets."""
    if FILE_NAME.fullmatch(table) and not DEVICES.fullmatch(table):
        return table
    plain_part = re.sub(r"[^a-z0-9_-]+", "_", table.lower())[:40].strip("_")
    return f"{plain_part}-{hashlib.sha256(table.encode()).hexdigest()[:8]}".lstrip("-")


def write_table(reader: duckdb.DuckDBPyConnection, file: Path, table: Table, told: About, form: str) -> None:
    """Write one table of an opened warehouse as a csv, parquet or json file, whole.

    Raises:
        StorageError: The file cannot be written.
    """
    with whole_file(file) as partial:
        try:
            if form == "parquet":
                _write_parquet(reader, partial, table, told)
            else:
                with partial.open("w", encoding="utf-8", newline="") as text:
                    text.writelines(_pieces(reader, table, form))
        except duckdb.IOException as error:
            raise OSError(str(error)) from error


def _write_parquet(reader: duckdb.DuckDBPyConnection, partial: Path, table: Table, told: About) -> None:
    """Parquet with what table and columns mean in the file's own metadata, where every reader of Parquet finds it."""
    said = {
        "description": table.sentence,  # not the snapshot: a table that did not change is the same file
        "columns": json.dumps({column.name: column.meaning for column in table.columns}, ensure_ascii=False),
        "units": json.dumps({column.name: column.unit for column in table.columns if column.unit}, ensure_ascii=False),
        "sources": json.dumps({s.name: [s.licence, s.attribution] for s in told.sources_of(table)}, ensure_ascii=False),
    }  # fmt: skip
    metadata = ", ".join(f"{name}: {schema.quoted(text)}" for name, text in said.items())
    reader.execute(
        f"copy ({warehouse.all_rows(reader, table.name)}) to {schema.quoted(str(partial))} "
        f"(format parquet, compression zstd, kv_metadata {{{metadata}}})"
    )


def _write_workbook(
    reader: duckdb.DuckDBPyConnection, told: About, file: Path, step: Callable[[str], None]
) -> list[str]:
    from pipeline import excel  # it takes a tenth of a second to import, and most exports are none

    with whole_file(file) as partial:
        return excel.write(reader, told, partial, step).notes


def _pieces(reader: duckdb.DuckDBPyConnection, table: Table, form: str) -> Iterator[str]:
    """The text of a table, some rows at a time."""
    cursor = reader.execute(warehouse.all_rows(reader, table.name))
    names, types = tuple(c.name for c in table.columns), tuple(c.kind for c in table.columns)
    yield _csv_line(names) if form == "csv" else ""
    is_first = True
    while rows := cursor.fetchmany(BATCH):
        batch = warehouse.Rows(names, types, rows)
        if form == "csv":
            yield from (_csv_line([_csv_text(cell) for cell in row]) for row in rows)
        else:
            lines = ",\n".join(json.dumps(record, ensure_ascii=False) for record in records(batch))
            yield f"{'[' if is_first else ','}\n{lines}"
        is_first = False
    if form == "json":
        yield "[]\n" if is_first else "\n]\n"


# --- text -----------------------------------------------------------------------------------------


def as_csv(answer: warehouse.Rows) -> str:
    """Rows as CSV: UTF-8, LF, ISO dates, empty for missing.

    Text that a spreadsheet would run as a formula gets an apostrophe in front, and so does text that begins with
    one: taking the first apostrophe away gives every text back.
    """
    # Not the csv module: with LF at the ends of lines it leaves a CR within a cell unquoted, and readers end the row.
    lines = [list(map(_csv_text, answer.columns)), *([_csv_text(cell) for cell in row] for row in answer.rows)]
    return "".join(map(_csv_line, lines))


def _csv_line(cells: Sequence[str]) -> str:
    return f"{','.join(map(_csv_quoted, cells)) or EMPTY_LINE}\n"


def _csv_text(cell: object) -> str:
    value = plain(cell)
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False)
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else str(value)


def _csv_quoted(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""')) if NEEDS_QUOTES.search(text) else text


def as_json(answer: warehouse.Rows) -> str:
    """Rows as a JSON array of objects, one to a line."""
    lines = [json.dumps(record, ensure_ascii=False) for record in records(answer)]
    return "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"


def as_markdown(answer: warehouse.Rows) -> str:
    """Rows as a Markdown table that shows the text and does nothing else."""
    lines = ["| " + " | ".join(map(inert, answer.columns)) + " |", "|" + " --- |" * len(answer.columns)]
    lines += ["| " + " | ".join(_markdown_cell(value) for value in row) + " |" for row in answer.rows]
    return "\n".join(lines) + "\n"


def _markdown_cell(value: object) -> str:
    return "" if value is None else inert(str(plain(value)))


def inert(text: str) -> str:
    """Text on one line of Markdown that only shows it."""
    text = " ".join(text.split())
    text = text.replace("\\", "\\\\").replace("&", "&amp;").replace("<", "&lt;")
    text = re.sub(r"[|\[`*~]", r"\\\g<0>", text)
    return re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)  # within a word it stays: it is no emphasis there


AS_TEXT: dict[str, Callable[[warehouse.Rows], str]] = {"csv": as_csv, "json": as_json, "md": as_markdown}


def records(answer: warehouse.Rows) -> list[dict[str, object]]:
    """Rows as objects of plain JSON values."""
    return [{name: plain(cell) for name, cell in zip(answer.columns, row, strict=True)} for row in answer.rows]
