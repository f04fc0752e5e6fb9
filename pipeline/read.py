"""Strict reading: text, rows by header text, cells that are what their column says.

Nothing here guesses. A structure that is not as known raises `PageChanged` and stops the source; a cell
that cannot be read raises `Unreadable`, which a source turns into an `Issue` for that row alone.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from pydantic import ValidationError

from pipeline.errors import PageChanged
from pipeline.facts import Extra, Fact, Issue
from pipeline.source import Page

FactType = TypeVar("FactType", bound=Fact)

LARGEST_CELL = 1_000_000  # characters; longer ones are a broken quote, not a note
MOST_COLUMNS = 2000
MOST_REMEMBERED = 4096  # distinct cells of a column whose reading is kept while its file is read
LARGEST_COUNT = 2**53  # above it a float no longer holds every whole number
LONGEST_RAW = 200  # characters of a cell that an issue repeats
MISREAD_SHARE = 0.01  # from this share of ragged rows on the file is broken, not the rows
REPEATED_SHARE = 0.1  # above this share of repeated rows the table stands twice
EARLIEST, LATEST = date(1940, 1, 1), date(2100, 1, 1)


class Unreadable(ValueError):
    """A cell that is not what its column says. Carries the rule that it broke."""

    def __init__(self, rule: str, raw: str, what: str) -> None:
        super().__init__(what)
        self.rule, self.raw, self.what = rule, raw, what

    def issue(self, row: int, field: str, *, kept: bool = False) -> Issue:
        """What the cell leaves behind; `kept` where the row is loaded without it."""
        raw = self.raw[:LONGEST_RAW]
        return Issue(row=row, rule=self.rule, field=field, raw_value=raw, what=self.what, kept=kept)


def text_of(page: Page) -> str:
    """The page as text: byte-order mark, else the declared charset, else UTF-8; strict.

    Raises:
        PageChanged: The bytes are not that encoding, or hold NUL or replacement characters.
    """
    encoding = _encoding_of(page)
    try:
        text = page.body.decode(encoding)
    except (UnicodeError, LookupError) as error:
        likely = "the publisher changed or mislabelled the encoding; a currency sign may be lost"
        raise changed(page, f"the page is not {encoding}: {error}", likely) from error
    for lost in ("\x00", "\ufffd"):
        if lost in text:
            raise changed(page, f"the page holds {lost!r}", "the bytes were decoded wrongly before they were published")
    return text.removeprefix("\ufeff")


# The encoding that a byte-order mark is of, and the names that say the same.
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", {"utf-8", "utf-8-sig"}),
    (b"\xff\xfe", "utf-16", {"utf-16", "utf-16-le"}),
    (b"\xfe\xff", "utf-16", {"utf-16", "utf-16-be"}),
)


def _encoding_of(page: Page) -> str:
    for mark, encoding, _ in _MARKS:
        if page.body.startswith(mark):
            return encoding
    head = page.content_type
    if page.body.lstrip().startswith(b"<"):
        head += "".join(re.findall("<meta[^>]{0,200}", page.body[:4096].decode("latin-1"), re.IGNORECASE))
    return _charset(head) or "utf-8"


def _charset(head: str) -> str | None:
    declared = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", head, re.IGNORECASE)
    return declared[1].lower() if declared else None


def disputed_encoding(page: Page) -> Iterator[Issue]:
    """An issue where the server names another encoding than the byte-order mark, which is followed.

    So does every browser (https://encoding.spec.whatwg.org/#decode): in the header's encoding a mark would be signs
    that no page begins with, and a currency sign would become another without an error.
    """
    declared = _charset(page.content_type)
    for mark, _, names in _MARKS:
        if declared and page.body.startswith(mark) and _known_as(declared) not in names:
            what = f"the server calls the page {declared}, and its byte-order mark says {min(names)}: the mark counts"
            yield Issue(
                row=None, rule="disputed_encoding", field="content-type", raw_value=declared, what=what, kept=True
            )


def _known_as(encoding: str) -> str | None:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return None


def changed(page: Page, what: str, likely: str = "the page layout changed") -> PageChanged:
    """The error that stops the page's source."""
    return PageChanged(what, source=page.source, page=page.url, likely=likely)


_RAISED = re.compile("([\xb2\xb3\xb9\u2070-\u2089\u2460-\u24ff\u3248-\u32bf]+)")  # also lowered or ringed: footnotes

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def clean(text: str) -> str:
    """Text with compatibility forms folded, invisible characters removed, and controls and blanks collapsed.

    Raised digits stay raised: folded, the footnote of "4¹" would become a digit of the number.
    """
    if text.isascii() and text.isprintable():  # most are, and it takes a third of the time
        return " ".join(text.split())
    if not text.isascii():
        parts = _RAISED.split("".join(c for c in text if unicodedata.category(c) != "Cf"))
        parts[::2] = [unicodedata.normalize("NFKC", part) for part in parts[::2]]
        text = "".join(parts)
    return " ".join(_CONTROL.sub(" ", text).split())


# --- cells ----------------------------------------------------------------------------------------

GROUPED = r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?"  # 0,123 is a decimal comma
_NUMBER = re.compile(rf"[+-]?(?:{GROUPED}|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{{1,3}})?)", re.ASCII)
TURNED = re.compile("[\u202a-\u202e\u2066-\u2069]")  # text that is shown in another order than it is read
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_NEXT_ADDRESS = re.compile(r"[,;]+(?=https?:)")
NOTHING = {"", "-", "–", "—", "n/a", "na"}  # noqa: RUF001 - dashes that pages print for "none"
_FLAGS = dict.fromkeys(("checked", "true", "yes", "1"), True) | dict.fromkeys(
    ("", "unchecked", "false", "no", "0"), False
)


def number(text: str) -> float | None:
    """A finite number in plain or comma-grouped digits; None where the cell says nothing.

    Raises:
        Unreadable: Anything else: NaN, infinity, a decimal comma, a footnote, words.
    """
    bare = clean(text)
    if bare.lower() in NOTHING:
        return None
    if not _NUMBER.fullmatch(bare) or TURNED.search(text):
        raise Unreadable("not_a_number", text, f"{bare[:40]!r} is not a number")
    value = float(bare.replace(",", ""))
    if not math.isfinite(value) or _is_lost(value, bare):
        raise Unreadable("not_finite", text, f"{bare[:40]!r} is not a finite number, or none that can be told from 0")
    return value


def _is_lost(value: float, printed: str) -> bool:
    """Whether a number that is not zero is too small to be told from it."""
    return value == 0 and re.search("[1-9]", re.split("[eE]", printed)[0]) is not None


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
        Unreadable: A fraction, zero, beyond all counting, or no number.
    """
    value = positive(text)
    if value is not None and (value > LARGEST_COUNT or value != int(value)):
        raise Unreadable("not_a_count", text, f"{clean(text)[:40]!r} is not a whole number")
    return None if value is None else int(value)


def one_or_more(text: str) -> int:
    """A whole number of at least 1, in a cell that may not be empty.

    Raises:
        Unreadable: Anything else.
    """
    value = count(text)
    if value is None:
        raise Unreadable("no_count", text, "there is no number")
    return value


def iso_date(text: str) -> date | None:
    """A day as ``YYYY-MM-DD``, or None for an empty cell.

    Raises:
        Unreadable: Another form, a day that does not exist, or one outside 1940 to 2100.
    """
    bare = clean(text)
    if not bare:
        return None
    try:
        day = date.fromisoformat(bare if _DAY.fullmatch(bare) else "")
    except ValueError as error:
        raise Unreadable("not_a_date", text, f"{bare[:40]!r} is not a day as YYYY-MM-DD") from error
    if not EARLIEST <= day < LATEST:
        raise Unreadable("date_out_of_range", text, f"{bare!r} lies outside 1940 to 2100")
    return day


def flag(text: str) -> bool:
    """A check mark column: true for checked, true, yes and 1; false for the rest of the known words.

    Raises:
        Unreadable: Another word.
    """
    word = clean(text).lower()
    if word not in _FLAGS:
        raise Unreadable("not_a_flag", text, f"{word[:40]!r} is neither yes nor no")
    return _FLAGS[word]


def words(text: str) -> str | None:
    """Text as printed, or None where there is nothing but blanks; what is invisible is not printed."""
    if not text.isascii():
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return text if clean(text) else None


def one_of(*known: str) -> Callable[[str], str | None]:
    """A reader of a closed set of labels, or None for an empty cell; a new label is unreadable, never a default."""

    def read(text: str) -> str | None:
        label = clean(text) or None
        if label not in (None, *known):
            raise Unreadable("unknown_category", text, f"{label[:40]!r} is none of {', '.join(known)}")
        return label

    return read


def web_address(text: str) -> str | None:
    """The first http(s) address of the cell, or None for an empty cell.

    Raises:
        Unreadable: Words without an address.
    """
    found = _ADDRESS.search(text)
    if found is None and clean(text):
        raise Unreadable("not_an_address", text, f"{clean(text)[:40]!r} has no web address")
    return _NEXT_ADDRESS.split(found[0], maxsplit=1)[0].rstrip(",;.") if found else None


# --- comma-separated files ------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """A column of a publisher's file: its header now, how its cells are read, and the headers it had before."""

    header: str
    read: Callable[[str], object] = words
    formerly: tuple[str, ...] = ()
    required: bool = True
    holds: tuple[object, ...] = ()
    """Values of which every whole file has one: without it, other values or units stand under the header."""


Columns = Mapping[str, Column]


@dataclass(frozen=True)
class Row:
    """One row as read: its position and its cells by our keys; None where empty or unreadable."""

    position: int
    cells: Mapping[str, object]


def csv_rows(
    page: Page, columns: Columns, *, ignored: Sequence[str] = (), rows_of_all: int = 0
) -> Iterator[Row | Issue]:
    """The rows of a CSV page, and an issue for each ragged or repeated row, unreadable cell, new or absent column.

    The cells of a new column come with it, as printed.

    Args:
        page: The page.
        columns: Our key to the publisher's column.
        ignored: Headers that are known and not read.
        rows_of_all: Rows of all files of the archive that the page is of, if it is: of more than a hundred, one ragged
            row is few, however small its own file is.

    Raises:
        PageChanged: Not CSV, cut off, a required column gone, a column without the value that it holds in every
            whole file, a header twice, too many ragged or repeated rows.
    """
    records = _csv_records(page)
    headers = [clean(cell) for cell in next(records, list[str]())]
    places = _places(page, headers, columns)
    yield from _column_issues(headers, places, columns, ignored)
    extra = _extra(headers, places, ignored)
    awaited = {key for key in places if columns[key].holds}
    unread: list[tuple[str, Unreadable]] = []
    read = [(key, place, _Cells(key, columns[key].read, unread)) for key, place in places.items()]
    seen: set[tuple[str, ...]] = set()
    ragged, repeated, position, record = 0, 0, -1, headers
    for position, record in enumerate(filter(None, records)):  # a blank line, as at the PPI file's end, is no row
        if not any(map(str.strip, record)):
            continue
        issue = _row_issue(position, record, len(headers), seen)
        if issue is not None:
            yield issue
            ragged, repeated = ragged + (not issue.kept), repeated + issue.kept
        if issue is None or issue.kept:
            row = Row(position, {key: cells[record[place]] for key, place, cells in read})
            yield from (error.issue(position, key, kept=True) for key, error in unread)
            unread.clear()
            yield from (
                Extra(row=position, field=name or "no name", raw_value=record[place][:LONGEST_RAW])
                for name, place in extra.items()
                if record[place]
            )
            yield row
            if awaited:
                awaited -= {key for key in awaited if row.cells[key] in columns[key].holds}
    if not page.body.rstrip(b"\0 ").endswith((b"\n", b"\r")):  # as some of Epoch's files do, and every file cut off
        if len(record) != len(headers):
            raise changed(page, "the last row has no end", "the file was cut off")
        what, raw = "the last line has no end: its last cell may be cut", record[-1][:LONGEST_RAW]
        yield Issue(row=max(position, 0), rule="no_line_end", field=headers[-1], raw_value=raw, what=what, kept=True)
    few = max(MISREAD_SHARE * (position + 1), 1.5 if rows_of_all * MISREAD_SHARE > 1 else 0)
    if (ragged and ragged >= few) or repeated > max(1, REPEATED_SHARE * position):
        what = f"{ragged} rows have another number of cells than the header, and {repeated} stand twice"
        raise changed(page, what, "its quoting broke, or the table was repeated")
    for key in sorted(awaited):
        what = f"no row has {' or '.join(map(str, columns[key].holds))} under {headers[places[key]]!r}"
        raise changed(page, what, "values stand under the wrong header or in another unit, or rows are gone")


class _Cells(dict[str, object]):
    """A column of one file: what its cells say by what is printed; what is printed again and again is read once."""

    def __init__(self, key: str, read: Callable[[str], object], unread: list[tuple[str, Unreadable]]) -> None:
        super().__init__()
        self._key, self._read, self._unread = key, read, unread

    def __missing__(self, text: str) -> object:
        try:
            value = self._read(text)
        except Unreadable as error:  # told each time, and so not remembered
            self._unread.append((self._key, error))
            return None
        if len(self) < MOST_REMEMBERED:
            self[text] = value
        return value


def _row_issue(position: int, record: list[str], width: int, seen: set[tuple[str, ...]]) -> Issue | None:
    if len(record) != width:
        what = f"{len(record)} cells where the header has {width}"
        return Issue(row=position, rule="ragged_row", raw_value=_raw(record), what=what)
    known, cells = len(seen), tuple(record)
    seen.add(cells)
    if len(seen) == known:
        what = "the same row stands before"
        return Issue(row=position, rule="repeated_row", raw_value=_raw(record), what=what, kept=True)
    return None


def _raw(record: list[str]) -> str:
    return ",".join(record)[:LONGEST_RAW]


def _csv_records(page: Page) -> Iterator[list[str]]:
    # A lone CR ends no record in the files we know (Epoch's chip file has one inside a field).
    text = text_of(page).replace("\r\n", "\n").replace("\r", " ")
    if text.lstrip()[:1] == "<":
        raise changed(page, "the page is HTML, not CSV", "the address moved: Epoch answers wrong paths with a page")
    csv.field_size_limit(LARGEST_CELL)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), strict=True)
    except csv.Error as error:
        raise changed(page, f"not readable as CSV: {error}", "the file was cut off or its quoting broke") from error


def _places(page: Page, headers: list[str], columns: Columns) -> dict[str, int]:
    if len(headers) > MOST_COLUMNS:
        raise changed(page, f"the header has {len(headers):,} cells", "the page is no table that we know")
    twice = sorted(name for name, count in Counter(headers).items() if count > 1)
    if twice:
        raise changed(page, f"columns appear twice: {', '.join(twice)}", "two files were joined")
    places: dict[str, int] = {}
    for key, column in columns.items():
        for name in (*column.formerly, column.header):  # the last one found counts
            if name in headers:
                places[key] = headers.index(name)
    gone = [column.header for key, column in columns.items() if column.required and key not in places]
    if gone:
        raise PageChanged(f"columns are missing: {', '.join(gone)}", source=page.source,
                          page=f"{page.url} ({len(headers)} columns)", likely="the publisher renamed or removed them",
                          fix=f"add the new header to pipeline/sources/{page.source}.py")  # fmt: skip
    return places


def _extra(headers: list[str], places: dict[str, int], ignored: Sequence[str]) -> dict[str, int]:
    """Where the columns stand that are not known."""
    known = {*ignored, *(headers[place] for place in places.values())}
    return {name: place for place, name in enumerate(headers) if name not in known}


def _column_issues(
    headers: list[str], places: dict[str, int], columns: Columns, ignored: Sequence[str]
) -> Iterator[Issue]:
    for name in _extra(headers, places, ignored):
        yield Issue(row=None, rule="new_column", field=name or "no name", what="a column that is not known", kept=True)
    for key, column in columns.items():
        if key not in places:
            yield Issue(row=None, rule="missing_column", field=key, what=f"there is no {column.header!r}", kept=True)


def fact_or_issue(kind: type[FactType], row: int, /, **fields: object) -> FactType | Issue:
    """The fact, or the issue that says why the row is not one."""
    try:
        return kind.model_validate({"row": row, **fields})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else None
        read = {key: str(value) for key, value in fields.items() if value is not None}
        raw = read.get(name, "") if name else ", ".join(f"{key}={value}" for key, value in read.items())
        return Issue(row=row, rule="not_a_fact", field=name, raw_value=raw[:LONGEST_RAW], what=str(first["msg"]))


# --- JSON -----------------------------------------------------------------------------------------


_LOST_IN_JSON = re.compile(  # spelt out: a NUL, a lost sign, half a pair of surrogates
    r"(?<!\\)(?:\\\\)*(\\u(?:0000|[fF]{3}[dD]|[dD][89abAB]..(?!\\u[dD][c-fC-F]))"
    r"|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]..)"
)


def json_of(page: Page, *, pairs: Callable[[list[tuple[str, object]]], object] | None = None) -> object:
    """The page as JSON; NaN and infinities are refused, and duplicate keys unless `pairs` makes the objects.

    Raises:
        PageChanged: Not JSON, cut off, nested too deep, or with numbers and tokens that JSON does not have.
    """
    hook, text = pairs or _no_duplicates, text_of(page)
    if lost := _LOST_IN_JSON.search(text):
        what = f"not readable as JSON: it holds {lost[1]}"
        raise changed(page, what, "the bytes were decoded wrongly before they were published, or cut off")
    try:
        return json.loads(text, parse_constant=_finite, parse_float=_finite, object_pairs_hook=hook)
    except (ValueError, RecursionError) as error:
        what = f"not readable as JSON: {str(error)[:LONGEST_RAW]}"
        raise changed(page, what, "the answer was cut off, or is an error page") from error


def _finite(token: str) -> float:
    if math.isfinite(value := float(token)) and not _is_lost(value, token):
        return value
    raise ValueError(f"{token} is not a JSON number")


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found
