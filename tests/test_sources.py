"""One test for every source: from a page in the publisher's shape to reviewed facts, and what becomes of broken pages.

A page stands in ``tests/pages`` under its source's name; beside it stand its facts and issues as JSON lines,
read by a person. A broken page stops its source, or leaves an issue that names row, rule, field and raw value:
nothing is absorbed in silence.
"""

from __future__ import annotations

import csv
import importlib
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest

from pipeline.errors import PageChanged
from pipeline.facts import FACTS, Extra, Fact, Issue, TrainingRun
from pipeline.load import parse_pages
from pipeline.read import Column, flag, words
from pipeline.source import HOURS, Page, Source, all_sources
from pipeline.sources import livebench_table

PAGES = Path(__file__).parent / "pages"
SOURCES = list(all_sources().values())

# Text columns whose values may change places unseen, and why that does no harm.
HARMLESS = {
    # prose in our own words: shown beside each other, never counted with or joined by
    "reported_claims": ({"scope_note", "note"}, {"scope_note", "seen_at"}, {"seen_at", "note"}),
    # tasks of one scale, of which only the mean is kept: two that change places move it by a point of 100 at most
    "livebench_table": tuple({one, other} for one, other in combinations(livebench_table.TASKS, 2)),
}


# --- a page and what is read from it --------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A page of a source."""

    source: Source
    path: Path

    @property
    def body(self) -> bytes:
        """The page as received; a folder ``name.zip`` stands for the archive of its files."""
        return zipped(self.path) if self.path.is_dir() else self.path.read_bytes()

    @property
    def text(self) -> str:
        """The page as text, without its byte-order mark."""
        return self.body.decode("utf-8-sig")

    @property
    def facts_path(self) -> Path:
        """The reviewed facts beside it."""
        return self.path.with_suffix(".facts.jsonl")


def zipped(folder: Path) -> bytes:
    """An archive of a folder's files, the same bytes every time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.writestr(zipfile.ZipInfo(f"folder/{path.name}"), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


@dataclass(frozen=True)
class Outcome:
    """What a source makes of a page."""

    facts: tuple[Fact, ...]
    issues: tuple[Issue, ...]
    stopped: PageChanged | None = None

    @property
    def why(self) -> str:
        """Why the source stopped; empty if it did not."""
        return self.stopped.what if self.stopped else ""

    def says_more_than(self, other: Outcome) -> bool:
        """Whether the source stopped, or an issue is there that the other outcome has not."""
        return self.stopped is not None or bool(self.complaints - other.complaints)

    @property
    def complaints(self) -> Counter[tuple[str, int | None, str | None]]:
        """What the issues are about, without their words."""
        return Counter((issue.rule, issue.row, issue.field) for issue in self.issues)


def read(source: Source, body: bytes | str, content_type: str = "") -> Outcome:
    """Read a page without bounds on the number of facts; every issue is one that a person can act on."""
    found: list[Fact | Issue] = []
    stopped = None
    page = Page(source.name, source.url, body if isinstance(body, bytes) else body.encode(), content_type)
    try:
        for item in source.parse(page):
            found.append(item)  # noqa: PERF402 - what came before the stop counts
    except PageChanged as error:
        stopped = error
    assert stopped is None or (stopped.source == source.name and stopped.page and stopped.likely)
    issues = tuple(item for item in found if isinstance(item, Issue))
    for issue in issues:
        of_a_cell = issue.row is not None and issue.raw_value is not None
        assert of_a_cell or (issue.row is None and issue.field), f"says too little: {issue}"
    return Outcome(tuple(item for item in found if isinstance(item, Fact)), issues, stopped)


def pages_of(source: Source) -> list[Path]:
    """The pages of a source: ``name.csv`` and variants such as ``name.current.csv``."""
    return sorted(path for path in PAGES.glob(f"{source.name}.*") if path.suffix != ".jsonl")


def texts() -> list[Any]:
    """The pages that are text, as parameters."""
    return [found for found in cases() if not found.values[0].path.is_dir()]


def cases(suffix: str = "") -> list[Any]:
    """Every page as a parameter; a source without one is a parameter too, and fails."""
    found = [Case(source, path) for source in SOURCES for path in pages_of(source)]
    return [pytest.param(case, id=case.path.name) for case in found if case.path.name.endswith(suffix)]


every_source = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
every_page = pytest.mark.parametrize("case", cases())
every_text = pytest.mark.parametrize("case", texts())
every_csv = pytest.mark.parametrize("case", cases(".csv"))
# Price lists, whose cells carry labels.
every_html = pytest.mark.parametrize("case", [c for c in cases(".html") if "data-label" in c.values[0].text])


# --- whole pages ----------------------------------------------------------------------------------


@every_source
def test_a_source_has_a_page_to_practise_on(source: Source) -> None:
    """Without a page nobody can change a parser and know what changed."""
    where = f"put a small page of your own in the publisher's shape at tests/pages/{source.name}.csv (or .html, .json)"

    assert pages_of(source), where


def as_line(item: Fact | Issue) -> str:
    """A fact or an issue as one line of JSON; fields that say nothing are left out."""
    head = {"issue": item.rule} if isinstance(item, Issue) else {"fact": type(item).__name__}
    return json.dumps(head | item.model_dump(mode="json", exclude_defaults=True, exclude={"rule"}), ensure_ascii=False)


@every_page
def test_a_page_holds_its_reviewed_facts(case: Case) -> None:
    """The facts and issues of a page are those that a person has read and committed."""
    outcome = read(case.source, case.body)
    lines = [as_line(item) for item in (*outcome.facts, *outcome.issues)]
    if not case.facts_path.exists():
        case.facts_path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        pytest.fail(f"{case.facts_path} was missing and is written: read it, then commit it")

    assert outcome.stopped is None
    assert lines == case.facts_path.read_text(encoding="utf-8").splitlines()


@every_page
def test_the_same_bytes_give_the_same_facts(case: Case) -> None:
    """Parsing is a pure function of the page."""
    assert read(case.source, case.body) == read(case.source, case.body)


@every_source
def test_every_declared_kind_of_fact_occurs_and_no_other(source: Source) -> None:
    """What a source declares and what it yields are the same."""
    kinds = {type(fact) for path in pages_of(source) for fact in read(source, Case(source, path).body).facts}

    assert kinds == set(source.facts)


@every_source
def test_a_source_declares_what_a_reader_must_know(source: Source) -> None:
    """Bounds, licence, attribution, robots, cadence, address and currency are stated, not left to chance."""
    host = urlsplit(source.url).hostname

    assert source.sentence.endswith(".")
    assert all([source.title, source.publisher, source.licence, source.robots])
    assert source.publisher.split(",")[0].replace("US ", "U.S. ") in source.attribution
    assert source.cadence in HOURS
    assert 1 <= source.least < source.most <= (1000 if source.listed_in else 100) * source.least
    assert source.is_reference or source.listed_in or (urlsplit(source.url).scheme == "https" and host in source.hosts)
    assert set(source.facts) <= set(FACTS)
    assert source.currency or not any("usd" in name for kind in source.facts for name in kind.model_fields)


@pytest.mark.parametrize("case", [case for case in cases() if case.values[0].source.listed_in is None])
def test_a_page_with_fewer_facts_than_declared_is_refused(case: Case) -> None:
    """The practice pages are far too small for the publisher's own; the bounds say so. A listed page has any length."""
    facts = read(case.source, case.body).facts

    with pytest.raises(PageChanged, match=f"{len(facts)} facts, expected {case.source.least} to"):
        parse_pages(case.source, [Page(case.source.name, case.source.url, case.body)])


# --- bytes that are not the page ------------------------------------------------------------------

NO_PAGES: dict[str, bytes] = {
    "empty body": b"",
    "a blank line": b"\n",
    "an error in JSON": b'{"error": "too many requests"}',
    "an error in HTML": b"<!doctype html><html><head><title>404</title></head><body><h1>Not found</h1></body></html>",
    "a shell that a script fills": b"<html><body><div id=root></div><script src=app.js></script></body></html>",
    "another CSV": b"a,b\n1,2\n",
    "only quotes": b'"""',
}


@every_page
@pytest.mark.parametrize("body", NO_PAGES.values(), ids=NO_PAGES.keys())
def test_something_else_in_the_page_s_place_stops_the_source(case: Case, body: bytes) -> None:
    """An error page with status 200 yields nothing."""
    outcome = read(case.source, body)

    assert outcome.stopped is not None
    assert outcome.facts == ()


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "cp1252 labelled utf-8": lambda body: body.replace(b",", b"\x80,", 1),
    "utf-16 without a mark": lambda body: body.decode("utf-8-sig").encode("utf-16-le"),
    "a NUL": lambda body: body.replace(b",", b"\x00,", 1),
    "a replacement character": lambda body: body.replace(b",", "\ufffd,".encode(), 1),
    "cut inside a character": lambda body: body + "€".encode()[:2],
}


@every_text
@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_bytes_that_are_not_text_stop_the_source(case: Case, spoil: Callable[[bytes], bytes]) -> None:
    """A wrongly decoded currency sign must not vanish, so nothing of such a page is read."""
    outcome = read(case.source, spoil(case.body), "text/plain; charset=utf-8")

    assert outcome.stopped is not None
    assert outcome.facts == ()


@every_text
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_page_reads_the_same_in_every_encoding_that_names_itself(case: Case, encoding: str) -> None:
    """A byte-order mark decides, also against the label."""
    assert read(case.source, case.text.encode(encoding), "text/plain; charset=utf-8") == read(case.source, case.body)


@every_page
def test_a_page_cut_anywhere_yields_no_fact_that_the_whole_page_has_not(case: Case) -> None:
    """A cut file stops its source; at the end of a row it has fewer facts, and a last cell in doubt is named."""
    whole = read(case.source, case.body)
    known = Counter(whole.facts)
    body = case.body
    for cut in sorted({*range(1, len(body), max(1, len(body) // 150)), *range(len(body) - 40, len(body))}):
        outcome = read(case.source, body[:cut])
        doubted = {issue.row for issue in outcome.issues if issue.rule == "no_line_end"}
        strange = [fact for fact in (Counter(outcome.facts) - known) if fact.row not in doubted]
        assert outcome.stopped or not strange, f"cut at byte {cut}: {strange}"
        fewer = len(outcome.facts) < len(whole.facts)
        assert outcome.says_more_than(whole) or fewer or doubted or outcome == whole, f"cut at byte {cut}"


# --- tables in CSV --------------------------------------------------------------------------------


def records_of(case: Case) -> list[list[str]]:
    """Header and rows of a CSV page."""
    return [row for row in csv.reader(io.StringIO(re.sub(r"\r(?!\n)", " ", case.text), newline="")) if row]


def dump(records: list[list[str]], end: str = "\n") -> str:
    """A CSV page of these records."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end).writerows(records)
    return out.getvalue()


def columns_of(case: Case) -> dict[str, tuple[Column, int]]:
    """The columns that the source reads from this page, with their places."""
    module = vars(importlib.import_module(f"pipeline.sources.{case.source.name}"))
    declared = [
        (key, column)
        for table in module.values()
        if isinstance(table, dict)
        for key, column in cast("dict[str, object]", table).items()
        if isinstance(column, Column)
    ]
    headers = records_of(case)[0]
    return {
        key: (column, headers.index(name))
        for key, column in declared
        for name in (column.header, *column.formerly)
        if name in headers
    }


def with_column(records: list[list[str]], place: int, change: Callable[[str], str]) -> list[list[str]]:
    """The records with every value of a column changed, its header left."""
    return [records[0], *([change(v) if n == place else v for n, v in enumerate(row)] for row in records[1:])]


@every_csv
def test_every_column_that_is_read_is_practised(case: Case) -> None:
    """A column without a readable value on the page would be read by luck."""
    records = records_of(case)
    idle = {
        key
        for key, (column, place) in columns_of(case).items()
        if not any(row[place].strip() and readable(column, row[place]) for row in records[1:])
    }

    assert idle == set()


@every_csv
def test_a_renamed_or_removed_column_stops_the_source_or_is_named(case: Case) -> None:
    """A required column stops it; an optional or an ignored one is an issue with the column's name."""
    records, columns = records_of(case), columns_of(case)
    by_place = {place: (key, column) for key, (column, place) in columns.items()}
    for place, header in enumerate(records[0]):
        renamed = read(case.source, dump([[*records[0][:place], "Another", *records[0][place + 1 :]], *records[1:]]))
        removed = read(case.source, dump([row[:place] + row[place + 1 :] for row in records]))
        key, column = by_place.get(place, ("", None))
        if column is not None and column.required:
            assert column.header in renamed.why, header
            assert column.header in removed.why, header
        else:
            named = {(issue.rule, issue.field) for issue in renamed.issues}
            assert ("new_column", "Another") in named, header
            assert column is None or ("missing_column", key) in named, header
            assert column is None or ("missing_column", key) in {(i.rule, i.field) for i in removed.issues}, header


@every_csv
def test_a_new_column_is_named_and_changes_no_fact(case: Case) -> None:
    """The publisher may add columns; a person hears of it, and its cells are kept."""
    whole = read(case.source, dump(records_of(case)))
    wider = read(case.source, dump([[*row, "new" if n else "Brand new"] for n, row in enumerate(records_of(case))]))

    assert wider.facts == whole.facts
    new = [issue for issue in wider.issues if issue.rule == "new_column"]
    assert [issue.field for issue in new if not isinstance(issue, Extra)] == ["Brand new"]
    assert {(issue.field, issue.raw_value) for issue in new if isinstance(issue, Extra)} == {("Brand new", "new")}


@every_csv
def test_a_header_that_stands_twice_stops_the_source(case: Case) -> None:
    """Which of the two is meant cannot be known."""
    for place, header in enumerate(records_of(case)[0]):
        outcome = read(case.source, dump([[*row, row[place]] for row in records_of(case)]))
        assert header in outcome.why


@every_csv
def test_the_order_of_columns_and_the_ends_of_lines_do_not_matter(case: Case) -> None:
    """Columns are found by name, and both kinds of line end are common."""
    records = records_of(case)
    whole = read(case.source, dump(records))

    assert read(case.source, dump([row[::-1] for row in records])).facts == whole.facts
    assert read(case.source, dump(records, end="\r\n")) == whole
    assert read(case.source, dump([*records, [], []])) == whole


@every_csv
def test_values_under_the_wrong_header_are_noticed(case: Case) -> None:
    """For every pair of columns that are read: swapped values stop the source, or leave issues, or change nothing."""
    records, columns = records_of(case), columns_of(case)
    whole = read(case.source, dump(records))
    unnoticed: list[set[str]] = []
    for (key, (_, place)), (other, (_, there)) in combinations(columns.items(), 2):
        order = list(range(len(records[0])))
        order[place], order[there] = there, place
        swapped = read(case.source, dump([records[0], *([row[n] for n in order] for row in records[1:])]))
        if not swapped.says_more_than(whole) and swapped.facts != whole.facts:
            unnoticed.append({key, other})

    assert [pair for pair in unnoticed if pair not in HARMLESS.get(case.source.name, ())] == []


@every_csv
def test_a_column_in_another_unit_stops_the_source(case: Case) -> None:
    """TFLOP/s for FLOP/s, cents for dollars: columns that hold a well-known number no longer have it."""
    records = records_of(case)
    for key, (column, place) in columns_of(case).items():
        if any(isinstance(value, int | float) and not isinstance(value, bool) for value in column.holds):
            thousandfold = with_column(records, place, lambda raw: raw and f"{float(raw.replace(',', '')) * 1000:g}")
            outcome = read(case.source, dump(thousandfold))
            assert records[0][place] in outcome.why, key


BAD_NUMBERS = (
    *("NaN", "nan", "inf", "-Infinity", "1e999", "-5", "0", "0.0", "5,5", "0,123", "5.5.5", "4¹", "½", "٣"),
    *("€5", "5 €", "CA$5", "5 EUR", "$5/mo", "$5 per month", "from $5", "free", "Contact us", "about 5", "5-6"),
)
BAD_DATES = ("2023-02-29", "2024-13-01", "01/02/2024", "20240102", "2024-1-2", "1870-01-01", "9999-01-01", "May 2024")


def bad_values(column: Column, good: object) -> tuple[str, ...]:
    """What must not be readable in a column whose good value is this."""
    if isinstance(good, bool):
        return ("maybe", "2") if column.read is flag else ()
    if isinstance(good, date):
        return BAD_DATES
    if isinstance(good, int | float):
        return BAD_NUMBERS
    return () if column.read is words or column.read.__name__ == "label" else ("something new",)


@every_csv
def test_an_unreadable_cell_is_named_and_not_loaded(case: Case) -> None:
    """NaN, zero, a negative number, another currency, a new label: an issue with row, field and raw value."""
    records = records_of(case)
    tried = 0
    for key, (column, place) in columns_of(case).items():
        good = {
            n: column.read(row[place])
            for n, row in enumerate(records[1:])
            if row[place].strip() and readable(column, row[place])
        }
        row = next((n for n, value in good.items() if value not in (None, False)), None)
        for bad in bad_values(column, good[row]) if row is not None else ():
            tried += 1
            changed = [list(record) for record in records]
            changed[cast("int", row) + 1][place] = bad
            outcome = read(case.source, dump(changed))
            named = [issue for issue in outcome.issues if (issue.row, issue.field, issue.raw_value) == (row, key, bad)]
            assert outcome.stopped or named, f"{bad!r} as {key} of row {row} went through"
            loaded = [getattr(fact, key) for fact in outcome.facts if fact.row == row and hasattr(fact, key)]
            assert outcome.stopped or set(loaded) <= {None, False}, f"{bad!r} was loaded as {key}: {loaded}"

    assert tried >= len(BAD_NUMBERS)


def readable(column: Column, raw: str) -> bool:
    """Whether a cell of the practice page can be read at all."""
    try:
        column.read(raw)
    except ValueError:
        return False
    return True


@every_csv
def test_another_currency_is_never_read_as_dollars(case: Case) -> None:
    """With every dollar sign turned into another sign, no amount under it is left."""
    records = records_of(case)
    whole = read(case.source, dump(records))
    for sign in ("€", "£", "CA$", "¥"):
        outcome = read(case.source, dump(records).replace("$", sign))
        cells = sum(cell.startswith("$") for row in records for cell in row)
        wrong = [issue for issue in outcome.issues if issue.rule == "wrong_currency"]
        assert outcome.stopped or len(wrong) == cells, sign
        assert outcome.stopped or (outcome.facts == whole.facts) == (cells == 0), sign


@every_csv
def test_a_table_that_stands_twice_stops_the_source(case: Case) -> None:
    """Twice the rows would count every fact twice."""
    records = records_of(case)

    assert read(case.source, dump([*records, *records[1:]])).stopped
    assert read(case.source, dump([*records, *records])).stopped


@every_csv
def test_a_row_that_stands_twice_is_named(case: Case) -> None:
    """An exact copy of one row is counted, never passed over."""
    records = [row for row in records_of(case) if any(row)]
    outcome = read(case.source, dump([*records, records[1]]))
    copies = [issue for issue in outcome.issues if issue.rule == "repeated_row"]

    assert outcome.stopped or copies[-1].row == len(records) - 1


@every_csv
def test_a_ragged_row_stops_the_source(case: Case) -> None:
    """A cell too many or too few shifts values under the wrong header; these pages have fewer than a hundred rows."""
    records = [row for row in records_of(case) if any(row)]
    for ragged in ([*records[-1], "one more"], records[-1][:-1]):
        assert read(case.source, dump([*records[:-1], ragged])).stopped


@every_csv
def test_a_broken_quote_stops_the_source_or_names_the_row(case: Case) -> None:
    """A quote that is opened and not closed swallows rows."""
    records = records_of(case)
    whole = read(case.source, dump(records))
    for n in range(len(records)):
        head, tail = dump(records[:n]), dump(records[n:])
        assert read(case.source, f'{head}"{tail}').says_more_than(whole), f"a quote before row {n}"
    assert read(case.source, dump(records) + '"' + "x" * 10_000_000).stopped


# --- what only one source has ---------------------------------------------------------------------


def case_of(name: str) -> Case:
    """A page by its file's name."""
    return Case(all_sources()[name.split(".")[0]], PAGES / name)


@pytest.mark.parametrize(
    ("row", "by"),
    [
        ("2001-02-01,101.9", "2001-01-01,101.9"),  # a month at two values
        ("2001-02-01,101.9", "2001-05-01,101.9"),  # out of order
        ("2001-02-01,101.9", "2001-02-15,101.9"),  # no month
        ("2000-12-01,100.0", "2000-12-01,57.3"),  # another base
        ("2000-12-01,100.0", "2000-12-01,."),
        ("2000-12-01,100.0\n", ""),
    ],
)
def test_an_index_of_another_period_or_base_stops(row: str, by: str) -> None:
    """Its unit says December 2000 = 100; a publisher that moves the base would move every real dollar."""
    case = case_of("price_index.csv")
    assert row in case.text

    assert read(case.source, case.text.replace(row, by)).stopped


def test_a_month_that_cannot_be_read_is_set_aside_alone() -> None:
    """The months around it stay."""
    case = case_of("price_index.csv")
    outcome = read(case.source, case.text.replace("2001-02-01,101.9", "Feb 2001,101.9").replace("102.2", "n.v."))

    assert [fact.row for fact in outcome.facts] == [0, 1, 5]
    assert [(issue.row, issue.rule, issue.field, issue.kept) for issue in outcome.issues] == [
        (2, "not_a_date", "period_on", True),
        (2, "not_a_fact", "period_on", False),
        (4, "not_a_number", "value", True),
        (4, "not_a_fact", "value", False),
    ]


@pytest.mark.parametrize(
    ("low", "high", "wrong"),
    [
        ("1.1e+21", "4.2e+21", []),
        ("2.2e+21", "4.2e+21", ["compute_flop_low"]),
        ("5.42", "4.2e+21", ["compute_flop_low"]),
        ("4.2e+21", "1.1e+21", ["compute_flop_low", "compute_flop_high"]),
        ("1.1e+21", "4.2e+24", ["compute_flop_high"]),
        ("", "", []),
    ],
)
def test_a_bound_that_bounds_nothing_is_not_loaded(low: str, high: str, wrong: list[str]) -> None:
    """A lower bound above the estimate, or far from it, is of another column or has lost its exponent."""
    case = case_of("epoch_models.csv")
    outcome = read(case.source, case.text.replace("1.1e+21,4.2e+21", f"{low},{high}"))
    (run,) = [fact.model_dump() for fact in outcome.facts if isinstance(fact, TrainingRun) and fact.row == 4]

    assert [issue.field for issue in outcome.issues if issue.rule == "wrong_bound"] == wrong
    assert run["compute_flop"] == 2.1e21
    assert [run[name] is None for name in wrong] == [True] * len(wrong)
    assert "compute_flop_low" in wrong or run["compute_flop_low"] == (float(low) if low else None)


def test_a_row_without_a_name_is_no_model_and_no_run() -> None:
    """A cell of blanks names nothing; both facts of the row are set aside."""
    case = case_of("epoch_models.csv")
    outcome = read(case.source, case.text.replace("Beacon-405B", "\u00a0 \u200b"))

    assert [(i.row, i.rule, i.field, i.kept) for i in outcome.issues if i.row == 9] == [
        (9, "not_a_fact", "name", False)
    ] * 2
    assert 9 not in {fact.row for fact in outcome.facts}


def test_words_of_the_notes_mark_a_price_in_any_case() -> None:
    """Single-unit, DGX and estimate stand only in prose, which is read for those words and not kept."""
    case = case_of("epoch_hardware_prices.csv")
    text = case.text.replace("a single-unit at", "a Single-Unit at").replace("Estimated from", "Our ESTIMATE from")
    outcome = read(case.source, text)

    assert outcome.facts == read(case.source, case.body).facts
    assert "Single" not in outcome.facts[0].model_dump_json()


def test_an_index_that_ends_inside_a_line_stops() -> None:
    """101.987 cut to 101.9 is another number, and nothing in the row would say so."""
    case = case_of("price_index.csv")
    end = case.text.index("101.987")
    for cut in range(end + 1, end + len("101.987") + 1):
        assert read(case.source, case.text[:cut]).stopped, case.text[cut - 5 : cut]
