"""Strict reading: exactly one element, tables by header text, money with currency and unit.

Nothing here guesses. A structure that is not as known raises `PageChanged` and stops the source; a cell
that cannot be read raises `Unreadable`, which a source turns into an `Issue` for that row alone.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from bs4 import BeautifulSoup, Tag
from pydantic import ValidationError

from pipeline.errors import PageChanged
from pipeline.facts import Fact, Issue
from pipeline.source import Page

FactType = TypeVar("FactType", bound=Fact)

LARGEST_CELL = 1_000_000  # characters; longer ones are a broken quote, not a note
MISREAD_SHARE = 0.01  # above this share of ragged rows the file is broken, not the rows
EARLIEST = date(1940, 1, 1)
LATEST = date(2100, 1, 1)


class Unreadable(ValueError):
    """A cell that is not what its column says. Carries the rule that it broke."""

    def __init__(self, rule: str, raw: str, what: str) -> None:
        super().__init__(what)
        self.rule = rule
        self.raw = raw
        self.what = what


# --- text -----------------------------------------------------------------------------------------


def text_of(page: Page) -> str:
    """The page as text: byte-order mark, else the declared charset, else UTF-8; strict.

    Raises:
        PageChanged: The bytes are not that encoding, or hold NUL or replacement characters.
    """
    encoding = _encoding_of(page)
    try:
        text = page.body.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise PageChanged(
            f"the page is not {encoding}: {error}",
            source=page.source, page=page.url,
            likely="the publisher changed or mislabelled the encoding; a currency sign may be lost",
        ) from error  # fmt: skip
    for character, name in (("\x00", "NUL"), ("\ufffd", "replacement")):
        if character in text:
            raise PageChanged(
                f"the page holds {name} characters", source=page.source, page=page.url,
                likely="the bytes were decoded wrongly before they were published",
            )  # fmt: skip
    return text.removeprefix("\ufeff")


def _encoding_of(page: Page) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if page.body.startswith(mark):
            return encoding
    declared = re.search(r"charset\s*=\s*\"?([\w.:-]+)", page.content_type, re.IGNORECASE)
    if declared:
        return declared.group(1).lower()
    meta = re.search(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{1,40})", page.body[:4096], re.IGNORECASE)
    return meta.group(1).decode("ascii").lower() if meta else "utf-8"


def clean(text: str) -> str:
    """Text with compatibility forms folded, invisible characters removed and blanks collapsed."""
    folded = unicodedata.normalize("NFKC", text)
    visible = "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Cc") or c in "\t\n\r")
    return " ".join(visible.split())


# --- cells ----------------------------------------------------------------------------------------

_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_NOTHING = {"", "-", "–", "—", "n/a", "na"}  # noqa: RUF001 - dashes that pages print for "none"


def number(text: str) -> float | None:
    """A finite number in plain or comma-grouped digits; None where the cell says nothing.

    Raises:
        Unreadable: Anything else: NaN, infinity, a decimal comma, words.
    """
    bare = clean(text)
    if bare.lower() in _NOTHING:
        return None
    if not (_PLAIN.fullmatch(bare) or _GROUPED.fullmatch(bare)):
        raise Unreadable("not_a_number", text, f"{bare[:40]!r} is not a number")
    value = float(bare.replace(",", ""))
    if not math.isfinite(value):
        raise Unreadable("not_finite", text, f"{bare[:40]!r} is not a finite number")
    return value


def positive(text: str) -> float | None:
    """A number above zero, or None for an empty cell.

    Raises:
        Unreadable: Zero or less: a zero in a catalogue means unknown, and is not absorbed.
    """
    value = number(text)
    if value is not None and value <= 0:
        raise Unreadable("not_positive", text, f"{clean(text)[:40]!r} is not above zero")
    return value


def count(text: str) -> int | None:
    """A whole number of at least 1, or None for an empty cell.

    Raises:
        Unreadable: A fraction, zero, or no number.
    """
    value = positive(text)
    if value is not None and value != int(value):
        raise Unreadable("not_a_count", text, f"{clean(text)[:40]!r} is not a whole number")
    return None if value is None else int(value)


def iso_date(text: str) -> date | None:
    """A day as ``YYYY-MM-DD``, or None for an empty cell.

    Raises:
        Unreadable: Another form, a day that does not exist, or one outside 1940 to 2100.
    """
    bare = clean(text)
    if not bare:
        return None
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", bare):
        raise Unreadable("not_a_date", text, f"{bare[:40]!r} is not a date as YYYY-MM-DD")
    try:
        day = date.fromisoformat(bare)
    except ValueError as error:
        raise Unreadable("not_a_date", text, f"{bare!r} is not a day of the calendar") from error
    if not EARLIEST <= day < LATEST:
        raise Unreadable("date_out_of_range", text, f"{bare!r} lies outside 1940 to 2100")
    return day


def flag(text: str) -> bool:
    """A check mark column: true for checked, true, yes and 1; false for the rest of the known words.

    Raises:
        Unreadable: Another word.
    """
    word = clean(text).lower()
    if word in {"checked", "true", "yes", "1"}:
        return True
    if word in {"", "unchecked", "false", "no", "0"}:
        return False
    raise Unreadable("not_a_flag", text, f"{word[:40]!r} is neither yes nor no")


def words(text: str) -> str | None:
    """Text as printed, or None where there is nothing but blanks."""
    return text if text.strip() else None


def web_address(text: str) -> str | None:
    """The first http(s) address of the cell, or None where there is none."""
    found = re.search(r"https?://[^\s,<>\"']+", text)
    return found.group(0) if found else None


# --- money ----------------------------------------------------------------------------------------

_CURRENCIES = {"$": "USD", "US$": "USD", "USD": "USD", "€": "EUR", "EUR": "EUR", "£": "GBP", "GBP": "GBP",
               "¥": None, "CA$": "CAD", "A$": "AUD", "C$": "CAD", "R$": "BRL", "₹": "INR", "INR": "INR"}  # fmt: skip
_UNITS = {
    "hr": "hour", "hour": "hour", "h": "hour", "hrs": "hour", "gpu/hr": "gpu_hour", "gpu/hour": "gpu_hour",
    "gpu-hr": "gpu_hour", "gpu-hour": "gpu_hour", "gpu/h": "gpu_hour", "mo": "month", "month": "month",
    "min": "minute", "minute": "minute", "sec": "second", "second": "second", "s": "second",
    "day": "day", "year": "year", "yr": "year",
}  # fmt: skip
_MONEY = re.compile(
    r"(?P<floor>from\s+|starting at\s+)?"
    r"(?P<sign>US\$|CA\$|A\$|C\$|R\$|[$€£¥₹])?\s?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"\s?(?P<code>USD|EUR|GBP|INR)?"
    r"(?:\s?(?:/|per)\s?(?P<unit>[A-Za-z]+(?:\s?[/-]\s?[A-Za-z]+)?))?"
    r"(?P<mark>\s?[*†‡]+)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Money:
    """An amount as printed: value, currency, what it is per, and whether it is a lower bound."""

    value: float
    currency: str
    unit: str | None
    is_floor: bool


def money(text: str, *, currency: str, unit: str | None = None) -> Money | None:
    """Read an amount; its currency must be stated and be `currency`, and its unit, if printed, `unit`.

    Args:
        text: The cell, for instance ``$2.99/hr*``, ``from US$0.79``; a dash is None.
        currency: The ISO code that the source declares.
        unit: What the source declares a price to be per (gpu_hour, hour, month ...); None: any or none.

    Raises:
        Unreadable: No or another currency, another unit, zero or less, words such as "Contact us".
    """
    bare = clean(text)
    if bare.lower() in _NOTHING:
        return None
    found = _MONEY.fullmatch(bare)
    if found is None:
        raise Unreadable("not_money", text, f"{bare[:40]!r} is not an amount of money")
    stated = _stated_currency(found, text)
    if stated != currency:
        raise Unreadable("wrong_currency", text, f"{bare[:40]!r} is in {stated or 'no stated currency'}, not {currency}")
    read_unit = _stated_unit(found, text)
    if unit is not None and read_unit is not None and not _same_unit(read_unit, unit):
        raise Unreadable("wrong_unit", text, f"{bare[:40]!r} is per {read_unit}, not per {unit}")
    value = float(found["digits"].replace(",", ""))
    if value <= 0:
        raise Unreadable("not_positive", text, f"{bare[:40]!r} is not above zero")
    return Money(value, currency, read_unit, found["floor"] is not None)


def _stated_currency(found: re.Match[str], text: str) -> str | None:
    sign = _CURRENCIES.get((found["sign"] or "").upper())
    code = _CURRENCIES.get((found["code"] or "").upper())
    if sign and code and sign != code:
        raise Unreadable("wrong_currency", text, f"{clean(text)[:40]!r} names two currencies")
    return sign or code


def _stated_unit(found: re.Match[str], text: str) -> str | None:
    if found["unit"] is None:
        return None
    word = re.sub(r"\s", "", found["unit"]).lower()
    if word not in _UNITS:
        raise Unreadable("unknown_unit", text, f"{clean(text)[:40]!r} is per {word!r}, which is not known")
    return _UNITS[word]


def _same_unit(read: str, wanted: str) -> bool:
    # "$2.99 / hr" under a header that says PRICE/GPU/HR is per GPU-hour; the header has stated the rest.
    return read == wanted or (read == "hour" and wanted.endswith("_hour"))


# --- comma-separated files ------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """A column of a publisher's file: its header now, how its cells are read, and the headers it had before."""

    header: str
    read: Callable[[str], object] = words
    formerly: tuple[str, ...] = ()
    required: bool = True

    def find(self, headers: Sequence[str]) -> str | None:
        """The header under which it stands in this file."""
        return next((name for name in (self.header, *self.formerly) if name in headers), None)


@dataclass(frozen=True)
class Row:
    """One row as read: its position and its cells by our keys; None where empty, absent or unreadable."""

    position: int
    cells: Mapping[str, object]


def csv_rows(
    page: Page, columns: Mapping[str, Column], *, ignored: Sequence[str] = ()
) -> Iterator[Row | Issue]:
    """The rows of a CSV page, and an issue for each ragged row, unreadable cell and new column.

    Args:
        page: The page.
        columns: Our key to the publisher's column. A missing required one raises.
        ignored: Headers that are known and not read. A header in neither is an issue, not an error.

    Raises:
        PageChanged: Not CSV, a required column is gone, a header twice, or too many ragged rows.
    """
    records = _csv_records(page)
    headers = [clean(cell) for cell in next(records, [])]
    found = _match_columns(page, headers, columns)
    yield from _new_columns(headers, {*found.values(), *ignored})
    places = {key: headers.index(name) for key, name in found.items()}
    ragged, position = 0, -1
    for record in records:
        if not record:
            continue  # a blank line, as at the end of the PPI file
        position += 1
        if len(record) != len(headers):
            ragged += 1
            what = f"{len(record)} cells where the header has {len(headers)}"
            yield Issue(row=position, rule="ragged_row", raw_value=",".join(record)[:200], what=what)
        elif any(cell.strip() for cell in record):
            yield from _read_record(position, record, places, columns)
    if ragged > max(1, MISREAD_SHARE * (position + 1)):
        raise PageChanged(
            f"{ragged} of {position + 1} rows have another number of cells than the header",
            source=page.source, page=page.url, likely="the file was cut off or its quoting broke",
        )  # fmt: skip


def _new_columns(headers: list[str], known: set[str]) -> Iterator[Issue]:
    for name in headers:
        if name not in known:
            yield Issue(row=None, rule="new_column", field=name, what="a column that is not known", kept=True)


def _read_record(
    position: int, record: list[str], places: Mapping[str, int], columns: Mapping[str, Column]
) -> Iterator[Row | Issue]:
    cells: dict[str, object] = {}
    for key, place in places.items():
        raw = record[place]
        try:
            cells[key] = columns[key].read(raw) if raw.strip() else None
        except Unreadable as error:
            cells[key] = None
            yield Issue(row=position, rule=error.rule, field=key, raw_value=raw[:200], what=error.what, kept=True)
    yield Row(position, cells)


def _csv_records(page: Page) -> Iterator[list[str]]:
    # A lone CR ends no record in the files we know (Epoch's chip file has one inside a field).
    text = re.sub(r"\r(?!\n)", " ", text_of(page))
    if text.lstrip()[:1] == "<":
        raise PageChanged("the page is HTML, not CSV", source=page.source, page=page.url,
                          likely="the address moved: Epoch answers wrong paths with a page")  # fmt: skip
    csv.field_size_limit(LARGEST_CELL)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), strict=True)
    except csv.Error as error:
        raise PageChanged(f"not readable as CSV: {error}", source=page.source, page=page.url,
                          likely="the file was cut off or its quoting broke") from error  # fmt: skip


def _match_columns(page: Page, headers: list[str], columns: Mapping[str, Column]) -> dict[str, str]:
    twice = sorted({name for name in headers if headers.count(name) > 1})
    if twice:
        raise PageChanged(f"columns appear twice: {', '.join(twice)}", source=page.source, page=page.url)
    found = {key: column.find(headers) for key, column in columns.items()}
    gone = [columns[key].header for key, name in found.items() if name is None and columns[key].required]
    if gone:
        raise PageChanged(
            f"columns are missing: {', '.join(gone)}", source=page.source,
            page=f"{page.url} ({len(headers)} columns)", likely="the publisher renamed or removed them",
            fix=f"add the new header to pipeline/sources/{page.source}.py",
        )  # fmt: skip
    return {key: name for key, name in found.items() if name is not None}


def fact_or_issue(kind: type[FactType], row: int, /, **fields: object) -> FactType | Issue:
    """The fact, or the issue that says why the row is not one."""
    try:
        return kind.model_validate({"row": row, **fields})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"]) or None
        raw = None if name is None else str(fields.get(name.split(".")[0]))
        return Issue(row=row, rule="not_a_fact", field=name, raw_value=(raw or "")[:200] or None, what=str(first["msg"]))


# --- JSON -----------------------------------------------------------------------------------------


def json_of(page: Page) -> object:
    """The page as JSON; NaN, infinities and duplicate keys are refused.

    Raises:
        PageChanged: Not JSON, cut off, nested too deep, or with tokens that JSON does not have.
    """
    try:
        return json.loads(text_of(page), parse_constant=_refuse_constant, object_pairs_hook=_no_duplicates)
    except (ValueError, RecursionError) as error:
        raise PageChanged(f"not readable as JSON: {str(error)[:200]}", source=page.source, page=page.url,
                          likely="the answer was cut off, or is an error page") from error  # fmt: skip


def _refuse_constant(token: str) -> object:
    raise ValueError(f"{token} is not a JSON number")


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


# --- HTML -----------------------------------------------------------------------------------------


def html_of(page: Page) -> BeautifulSoup:
    """The page as a tree; scripts and styles removed, so that no price is read out of a program."""
    tree = BeautifulSoup(text_of(page), "lxml")
    for element in tree.find_all(["script", "style", "template", "noscript"]):
        element.decompose()
    return tree


def one(parent: Tag, selector: str, *, page: Page) -> Tag:
    """The one element that the CSS selector finds below `parent`.

    Raises:
        PageChanged: None or several.
    """
    found = parent.select(selector)
    if len(found) != 1:
        raise PageChanged(
            f"selector {selector!r} found {len(found)} elements, expected exactly 1",
            source=page.source, page=page.url, likely="the page layout changed",
        )  # fmt: skip
    return found[0]


def cell_text(element: Tag) -> str:
    """The element's text, cleaned; parts of it are kept apart by blanks."""
    return clean(element.get_text(" "))


@dataclass(frozen=True)
class Table:
    """An HTML table by its header texts: rows of cells in the headers' order."""

    heading: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(tree: Tag, *, page: Page) -> Iterator[Table]:
    """Every table with a header row, with the heading that stands before it.

    Raises:
        PageChanged: A row has another number of cells than the header, or cells that span.
    """
    for element in tree.find_all("table"):
        head = element.find("tr")
        if head is None or not head.find_all("th"):
            continue
        headers = tuple(cell_text(cell) for cell in head.find_all(["th", "td"]))
        before = element.find_previous(["h1", "h2", "h3", "h4", "h5"])
        heading = cell_text(before) if before is not None else ""
        rows: list[tuple[str, ...]] = []
        for line in element.find_all("tr")[1:]:
            cells = line.find_all(["th", "td"])
            spans = any(cell.get("colspan", "1") != "1" or cell.get("rowspan", "1") != "1" for cell in cells)
            if spans or len(cells) != len(headers):
                raise PageChanged(
                    f"a row of table {heading!r} has {len(cells)} cells, its header {len(headers)}",
                    source=page.source, page=page.url, likely="the table layout changed",
                )  # fmt: skip
            rows.append(tuple(cell_text(cell) for cell in cells))
        yield Table(heading, headers, tuple(rows))
