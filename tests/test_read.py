"""The strict helpers: what is read is what is printed, and what is in doubt is not read.

Properties are tried on examples that hypothesis makes, always the same ones: the suite cannot flake.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pipeline.errors import PageChanged
from pipeline.facts import Extra, HardwarePrice, IndexValue, Issue
from pipeline.money import Money, money, usd
from pipeline.read import (
    Column,
    Row,
    Unreadable,
    clean,
    count,
    csv_rows,
    fact_or_issue,
    flag,
    iso_date,
    json_of,
    number,
    one_of,
    positive,
    text_of,
    web_address,
    words,
)
from pipeline.read_html import cell_text, html_of, one, tables
from pipeline.source import Page

examples = settings(
    derandomize=True, max_examples=80, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)

FULL_WIDTH = str.maketrans("0123456789.,$", "０１２３４５６７８９．，＄")  # noqa: RUF001 - that is the point
NOTHING = ("", " ", "\u00a0", "\u200b", "-", "–", "—", "n/a", "N/A", "na")  # noqa: RUF001 - as pages print them

amounts = st.decimals(min_value="0.01", max_value="9999999", places=2).map(float)
anything = st.text(max_size=30)
# What a decoder can hand on: no lone surrogates, and neither NUL nor the replacement character.
printed = st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffd")


def page(body: bytes | str, content_type: str = "") -> Page:
    """A page with that body."""
    return Page(
        "a_source", "https://example.org/page", body if isinstance(body, bytes) else body.encode(), content_type
    )


def refused(reader: Callable[[str], object], text: str) -> str:
    """The rule by which a reader refuses a text."""
    with pytest.raises(Unreadable) as caught:
        reader(text)
    assert caught.value.raw == text
    assert caught.value.what
    return caught.value.rule


def read_or_refused(reader: Callable[[str], object], text: str) -> object:
    """What is read, or the refusal; anything else is an error of the reader."""
    try:
        return reader(text)
    except Unreadable as error:
        return error


# --- text -----------------------------------------------------------------------------------------


@examples
@given(st.text(printed, max_size=60), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"]))
def test_text_survives_every_encoding_that_is_stated(text: str, encoding: str) -> None:
    """By byte-order mark or by label, what was encoded is what is read."""
    assume(not text.startswith(("\ufeff", "\ufffe")))

    assert text_of(page(text.encode(encoding), f'text/csv; charset="{encoding}"')) == text


@pytest.mark.parametrize("text", ["2,49 €", "Café", "1–2", "£5"])  # noqa: RUF001 - a dash that cp1252 has
def test_a_mislabelled_encoding_stops_the_page(text: str) -> None:
    """A euro sign that is lost would leave an amount that looks like dollars."""
    assert text_of(page(text.encode("cp1252"), "text/html; charset=windows-1252")) == text
    with pytest.raises(PageChanged, match="not utf-8"):
        text_of(page(text.encode("cp1252"), "text/html; charset=utf-8"))
    with pytest.raises(PageChanged, match="not utf-8"):
        text_of(page(text.encode("cp1252")))


@pytest.mark.parametrize("label", ["undefined", "no-such-charset", "rot13", "idna", "hex"])
def test_a_charset_that_decodes_no_text_stops_the_page(label: str) -> None:
    """A publisher's label is not trusted to name a codec."""
    with pytest.raises(PageChanged, match=label):
        text_of(page("é,b\n", f"text/csv; charset={label}"))


@pytest.mark.parametrize("body", [b"a\x00b", "a\ufffdb".encode(), "a,b".encode("utf-16-le"), "a,b".encode("utf-32")])
def test_characters_that_were_lost_stop_the_page(body: bytes) -> None:
    """NUL and U+FFFD are what a wrong decoding leaves behind."""
    with pytest.raises(PageChanged):
        text_of(page(body))


def test_a_page_s_own_meta_tag_counts_only_in_html_and_after_the_label() -> None:
    """A cell of a CSV file that talks of a charset decides nothing."""
    tag = "<meta charset=windows-1252>€</html>"

    assert "€" in text_of(page(tag.encode("cp1252")))
    assert "€" in text_of(page(tag.encode(), "text/html; charset=utf-8"))
    assert "€" in text_of(page(f"note\n{tag}\n".encode()))


@examples
@given(anything)
def test_clean_text_is_clean(text: str) -> None:
    """No control, no invisible character, no double blank is left, and cleaning again changes nothing."""
    cleaned = clean(text)

    assert clean(cleaned) == cleaned
    assert cleaned == " ".join(cleaned.split())
    assert not {unicodedata.category(character) for character in cleaned} & {"Cc", "Cf"}


def test_clean_folds_what_looks_the_same_and_keeps_what_does_not() -> None:
    """Full-width letters and hidden characters are folded, raised digits and other alphabets are not."""
    assert clean("\u00a0Ｈ１００\u200b \t\n SXM\u00ad5\ufeff ") == "H100 SXM5"  # noqa: RUF001
    assert clean("a\x0bb\x00c\x85d") == "a b c d"
    assert clean("4¹") == "4¹"
    assert clean("½") == "1\u20442"
    assert clean("Н100") != clean("H100")  # noqa: RUF001 - the first is Cyrillic


# --- cells ----------------------------------------------------------------------------------------

STYLES: dict[str, Callable[[float], str]] = {
    "shortest": repr,
    "grouped": lambda value: f"{value:,.3f}",
    "scientific": lambda value: f"{value:.17e}",
    "capital exponent": lambda value: f"{value:.17E}",
    "with a plus": lambda value: f"{value:+.6f}",
    "whole": lambda value: f"{value:.0f}",
    "with a bare point": lambda value: f"{value:.0f}.",
}


@examples
@given(
    st.floats(-1e18, 1e18, allow_subnormal=False),
    st.sampled_from(sorted(STYLES)),
    st.sampled_from(["", " ", "\u00a0", "\u200b"]),
)
def test_a_number_is_read_in_every_style(value: float, style: str, around: str) -> None:
    """What a spreadsheet, a program or a page prints is read back to the last digit."""
    text = STYLES[style](value)

    assert number(f"{around}{text}{around}") == float(text.replace(",", ""))
    assert number(text.translate(FULL_WIDTH)) == float(text.replace(",", ""))


@examples
@given(anything)
def test_a_number_is_finite_or_nothing_or_refused(text: str) -> None:
    """No text at all makes the reader fail otherwise, and no letters but an exponent's are in a number."""
    value = read_or_refused(number, text)
    if isinstance(value, float):
        assert math.isfinite(value)
        assert re.fullmatch(r"[-+.,\deE]+", clean(text), re.ASCII)
    else:
        assert value is None or (isinstance(value, Unreadable) and value.raw == text)


@pytest.mark.parametrize("text", NOTHING)
def test_a_dash_or_a_blank_is_nothing_never_zero(text: str) -> None:
    """Missing is missing, in every column of amounts."""
    assert (number(text), positive(text), count(text), usd(text), money(text, currency="USD")) == (None,) * 5


@pytest.mark.parametrize(
    "text",
    [
        *("NaN", "inf", "-Infinity", "1e999", "0x10", "1_000", "1,5", "1.234,56", "1,23,456", "1,2345", "0,123", ",5"),
        *(
            "1 000",
            "12e",
            "e5",
            "--5",
            "5-",
            "5%",
            "$5",
            "5 USD",
            "about 5",
            "5 or 6",
            "5¹",
            "5*",
            "½",
            "2½",
            "⑤",
            "㉑",
        ),
        *("٣", "五", "۵", "5\u2044 6", "−5", "TBD", "none", "null", "5\n6", "5\x0b6"),  # noqa: RUF001 - look-alikes
    ],
)
def test_what_is_not_plainly_a_number_is_refused(text: str) -> None:
    """A decimal comma, a footnote, another script or a unit is never guessed at."""
    assert refused(number, text) in {"not_a_number", "not_finite"}


@pytest.mark.parametrize("text", ["0", "0.0", "-1", "-0", "+0"])
def test_what_is_not_above_zero_is_refused(text: str) -> None:
    """A zero in a catalogue means unknown."""
    assert refused(positive, text) == "not_positive"
    assert refused(count, text) == "not_positive"


@examples
@given(st.integers(1, 2**53), st.sampled_from(["{}", "{:,}", "{}.0", " {} ", "{:e}"]))
def test_a_count_is_a_whole_number(value: int, style: str) -> None:
    """A count is read exactly, or refused where the style has rounded it to a fraction."""
    text = style.format(value)
    if float(text.replace(",", "")) % 1:
        assert refused(count, text) == "not_a_count"
    else:
        assert count(text) == float(text.replace(",", ""))
        assert isinstance(count(text), int)


@pytest.mark.parametrize("text", ["1.5", "0.9", "1e17", "1e300", "9007199254740994"])
def test_a_fraction_or_an_endless_number_is_no_count(text: str) -> None:
    """Half a GPU, and more than a float can count."""
    assert refused(count, text) == "not_a_count"


@examples
@given(st.dates(date(1940, 1, 1), date(2099, 12, 31)), st.sampled_from(["", " ", "\u00a0", "\u200b"]))
def test_a_day_is_read_as_it_is_written(day: date, around: str) -> None:
    """ISO dates, and nothing else."""
    assert iso_date(f"{around}{day.isoformat()}") == day
    assert iso_date(around) is None
    for style in ("%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%Y-%m-%dT00:00", "%d %B %Y", "%Y-%m", "%G-W%V-%u"):
        assert refused(iso_date, day.strftime(style)) == "not_a_date"


@pytest.mark.parametrize("text", ["2023-02-29", "2024-00-10", "2024-13-01", "2024-1-2", "٢٠٢٤-٠٣-٠٤", "soon"])
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    """No leap day in 2023, no thirteenth month."""
    assert refused(iso_date, text) == "not_a_date"


@pytest.mark.parametrize("text", ["1939-12-31", "1870-01-01", "2100-01-01", "9999-12-31", "0001-01-01"])
def test_a_day_out_of_all_reason_is_refused(text: str) -> None:
    """Nothing that is read here happened before computers, or in the next century."""
    assert refused(iso_date, text) == "date_out_of_range"


@examples
@given(anything)
def test_a_flag_is_one_of_nine_words(text: str) -> None:
    """A check mark, yes or no, or nothing; another word is refused, not false."""
    known = {"checked": True, "true": True, "yes": True, "1": True}
    known |= {"": False, "unchecked": False, "false": False, "no": False, "0": False}
    word = clean(text).lower()
    if word in known:
        assert flag(text) is known[word]
    else:
        assert refused(flag, text) == "not_a_flag"


@pytest.mark.parametrize(
    ("text", "meant"), [(" Checked\n", True), ("YES", True), ("unchecked", False), ("\u00a0", False)]
)
def test_a_flag_is_read_in_any_case(text: str, meant: bool) -> None:
    """Blanks and capitals around the word do not matter."""
    assert flag(text) is meant


@pytest.mark.parametrize("text", ["maybe", "x", "2", "✓", "checked, twice"])
def test_another_word_is_no_flag(text: str) -> None:
    """What the column never held before is for a person to read."""
    assert refused(flag, text) == "not_a_flag"


def test_a_label_out_of_a_closed_set_is_refused() -> None:
    """A new category never falls to a default."""
    kind = one_of("GPU", "TPU")

    assert [kind("GPU"), kind(" TPU\u200b"), kind(""), kind("\u00a0")] == ["GPU", "TPU", None, None]
    for text in ("NPU", "gpu", "GPU, TPU"):
        assert refused(kind, text) == "unknown_category"


def test_words_are_kept_as_printed_and_blanks_are_nothing() -> None:
    """A name keeps its tabs; a cell of invisible characters is empty."""
    assert words(" A\t\t") == " A\t\t"
    assert [words(text) for text in ("", " \t\n", "\u00a0", "\u200b")] == [None] * 4


def test_an_address_is_found_or_refused() -> None:
    """The first web address of the cell; words without one are not passed over."""
    assert web_address("see https://example.org/a?b=c#d\nhttp://example.com") == "https://example.org/a?b=c#d"
    assert web_address("https://example.org/a,b'c; https://example.com.") == "https://example.org/a,b'c"
    assert web_address("https://example.org/1,https://example.com/2") == "https://example.org/1"
    assert web_address(" \n") is None
    for text in ("No source", "arxiv.org/abs/1706.03762", "javascript:alert(1)", "ftp://example.org"):
        assert refused(web_address, text) == "not_an_address"


# --- money ----------------------------------------------------------------------------------------

DOLLARS = ("${}", "$ {}", "US${}", "USD {}", "{} USD", "{}USD", "{} $", "usd{}", "${} USD")
FOREIGN = (
    "€{}",
    "{} €",
    "£{}",
    "₹{}",
    "¥{}",
    "CA${}",
    "C${}",
    "A${}",
    "R${}",
    "{} EUR",
    "EUR {}",
    "{}",
    "${} EUR",
    "€{} USD",
    "CA${} USD",
)
PER_HOUR = ("/hr", "/hour", " per hour", "/h", "/GPU/hr", "/hr/GPU", " / GPU / hour", "/GPU-hr", " per GPU-hour")
PER_ELSE = (
    "/mo",
    "/month",
    " per month",
    "/min",
    "/sec",
    "/s",
    "/yr",
    " per year",
    "/node-hr",
    "/node",
    "/instance/hr",
    "/day",
)


@examples
@given(
    amounts,
    st.sampled_from(["{:.2f}", "{:,.2f}"]),
    st.sampled_from(DOLLARS),
    st.sampled_from(["", *PER_HOUR]),
    st.sampled_from(["{}", "{}*", "{} †", " {}\u00a0", "\u200b{}", "from {}", "Starting at {}", "from {}‡"]),
)
def test_money_is_read_in_every_style(value: float, digits: str, sign: str, unit: str, around: str) -> None:
    """Value, currency, unit and "from" come back as they were printed."""
    text = around.format(sign.format(digits.format(value)) + unit)
    read = money(text, currency="USD", unit="gpu_hour")

    assert read is not None
    assert (read.value, read.currency, read.is_floor) == (value, "USD", around[0] in "fS")
    assert read.unit == (None if not unit else "gpu_hour" if "gpu" in unit.lower() else "hour")
    assert money(text.translate(FULL_WIDTH), currency="USD", unit="gpu_hour") == read


@examples
@given(amounts, st.sampled_from(DOLLARS), st.sampled_from(PER_ELSE))
def test_a_price_per_month_is_never_read_as_per_hour(value: float, sign: str, unit: str) -> None:
    """$2.99/mo is not $2.99 an hour, and neither is any unit that is not declared."""
    text = sign.format(value) + unit

    assert refused(lambda cell: money(cell, currency="USD", unit="gpu_hour"), text) == "wrong_unit"
    assert refused(lambda cell: money(cell, currency="USD"), text) == "wrong_unit"
    assert refused(usd, text) in {"wrong_unit", "not_a_number"}


@examples
@given(amounts, st.sampled_from(FOREIGN))
def test_another_currency_or_none_is_never_read_as_dollars(value: float, sign: str) -> None:
    """A sign in front, a code behind, two that contradict each other, or no currency at all."""
    assert refused(lambda cell: money(cell, currency="USD"), sign.format(value)) == "wrong_currency"


@pytest.mark.parametrize(
    ("text", "currency"),
    [("€5", "EUR"), ("5 €", "EUR"), ("£5", "GBP"), ("CNY 5", "CNY"), ("5 INR", "INR"), ("₹5", "INR")],
)
def test_a_declared_currency_is_read_and_dollars_are_not(text: str, currency: str) -> None:
    """The rule is the same for every currency."""
    read = money(text, currency=currency)

    assert read is not None
    assert (read.value, read.currency) == (5.0, currency)
    assert refused(lambda cell: money(cell, currency=currency), "$5") == "wrong_currency"


@pytest.mark.parametrize("text", ["¥5", "CN¥5", "JP¥5"])
def test_a_yen_sign_is_ambiguous(text: str) -> None:
    """It stands for yuan and for yen, so it is neither."""
    for currency in ("CNY", "JPY"):
        assert refused(lambda cell, currency=currency: money(cell, currency=currency), text) in {
            "wrong_currency",
            "not_money",
        }


@pytest.mark.parametrize(
    "text",
    [
        *("$2,49", "$1.234,56", "$0,123", "$1,2345", "$2.99¹", "$2.99²/hr", "$½", "$٣", "$1.2M", "$5.6 million", "$5k"),
        *("Contact us", "Contact sales", "free", "custom", "TBD", "$", "$-5", "-$5", "$NaN", "$1e3", "$5-6", "$5 - $6"),
        *("$5 $6", "$2.99 per GPU per hr", "~$5", "about $5", "under $5", "$5+", "HK$5", "NZ$5", "$5 CAD", "$5 AUD"),
    ],
)
def test_what_is_not_plainly_an_amount_is_refused(text: str) -> None:
    """A decimal comma, a raised footnote, a range, a magnitude word or a currency that is not known."""
    assert refused(lambda cell: money(cell, currency="USD", unit="gpu_hour"), text) == "not_money"


@pytest.mark.parametrize("text", ["$0", "$0.00", "0 USD", "from $0"])
def test_an_amount_of_nothing_is_refused(text: str) -> None:
    """Nobody rents for nothing: a zero is a placeholder."""
    assert refused(lambda cell: money(cell, currency="USD"), text) == "not_positive"


@examples
@given(
    anything | st.builds("{}{}{}".format, st.sampled_from("$€£"), anything, st.sampled_from(["", "/hr", "/mo", " EUR"]))
)
def test_money_is_positive_in_the_declared_currency_or_refused(text: str) -> None:
    """Whatever the cell holds, an amount that comes out is one, and the reader never fails otherwise."""
    read = read_or_refused(lambda cell: money(cell, currency="USD", unit="hour"), text)
    if isinstance(read, Money):
        assert 0 < read.value < math.inf
        assert (read.currency, read.unit) in {("USD", None), ("USD", "hour")}
    else:
        assert read is None or (isinstance(read, Unreadable) and read.raw == text)


def test_dollars_under_a_header_that_says_so() -> None:
    """A bare number counts there; a unit, a floor or another currency does not."""
    assert [usd(text) for text in ("6770000.00", "$6770000.00", "$1,850.00", " 0.43 ", "US$5")] == [
        6.77e6,
        6.77e6,
        1850.0,
        0.43,
        5.0,
    ]
    assert refused(usd, "from $5") == "lower_bound"
    assert refused(usd, "€5") == "wrong_currency"
    assert refused(usd, "5 EUR") == "not_a_number"
    assert refused(usd, "0.00") == "not_positive"


READERS: tuple[Callable[[str], object], ...] = (number, count, usd, words, flag, web_address, iso_date, one_of("GPU"))


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_a_huge_cell_is_read_or_refused_at_once(reader: Callable[[str], object]) -> None:
    """No pattern walks a long cell more than once: a second would be an attack."""
    for text in ("1" * 300_000, "1" * 300_000 + "x", "$" + "1,111" * 60_000, " " * 300_000, "1." * 150_000):
        found = read_or_refused(reader, text)
        assert not isinstance(found, Unreadable) or len(found.issue(0, "a field").raw_value or "") <= 200


# --- comma-separated files ------------------------------------------------------------------------

COLUMNS = {
    "name": Column("Name"),
    "price": Column("Price", usd, formerly=("Cost", "Fee")),
    "note": Column("Note", required=False),
}


def rows_of(
    body: bytes | str, columns: Mapping[str, Column] = COLUMNS, ignored: tuple[str, ...] = ()
) -> tuple[list[Row], list[Issue]]:
    """The rows and the issues of a CSV page."""
    found = list(csv_rows(page(body), columns, ignored=ignored))
    return [row for row in found if isinstance(row, Row)], [issue for issue in found if isinstance(issue, Issue)]


def written(records: list[list[str]], end: str = "\n") -> str:
    """A CSV file as a spreadsheet writes it."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end).writerows(records)
    return out.getvalue()


cells = st.text(printed, max_size=12) | st.sampled_from(
    ['"', '""', ",", "\n", "\r", "\r\n", "a\rb", "'", "\\", " ", "=1+1", "<p>"]
)


@examples
@given(st.lists(st.tuples(cells, cells), max_size=6), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_any_cells_survive_a_csv_file(pairs: list[tuple[str, str]], end: str, marked: bool) -> None:
    """Quotes, commas, line breaks and a byte-order mark change nothing; a lone carriage return is a blank."""
    records = [["No", "A", "B"], *([str(n), *pair] for n, pair in enumerate(pairs))]
    body = written(records, end).encode("utf-8-sig" if marked else "utf-8")
    rows, issues = rows_of(body, {"no": Column("No"), "a": Column("A"), "b": Column("B")})

    assert issues == []
    assert [(row.position, *row.cells.values()) for row in rows] == [
        (n, str(n), *(words(re.sub(r"\r(?!\n)", " ", cell)) for cell in pair)) for n, pair in enumerate(pairs)
    ]


def test_a_lone_carriage_return_ends_no_row() -> None:
    """Epoch's chip file has one in a name, without quotes: the row stays whole."""
    rows, issues = rows_of("Name,Price,Note\nFounders Edition\r,$1199.00,x\nB,$2,y\n")

    assert issues == []
    assert [row.cells["price"] for row in rows] == [1199.0, 2.0]
    assert rows[0].cells["name"] == "Founders Edition "


@pytest.mark.parametrize("most", [0, 1, 4096])
def test_what_is_printed_again_is_read_once_and_refused_each_time(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much is remembered: the same rows, and an issue where each cell stands."""
    monkeypatch.setattr("pipeline.read.MOST_REMEMBERED", most)
    asked = list[str]()

    def read(text: str) -> float | None:
        asked.append(text)
        return usd(text)

    columns = {**COLUMNS, "price": Column("Price", read)}
    printed = ["$1", "$2", "a lot", "$1", "a lot", "$2", "", "", "$3"]
    rows, issues = rows_of("Name,Price,Note\n" + "".join(f"{n},{cell},\n" for n, cell in enumerate(printed)), columns)

    assert [row.cells["price"] for row in rows] == [1, 2, None, 1, None, 2, None, None, 3]
    assert [(issue.row, issue.field, issue.raw_value) for issue in issues] == [
        (2, "price", "a lot"),
        (4, "price", "a lot"),
    ]
    assert len(asked) == {0: 9, 1: 8, 4096: 6}[most]


def test_columns_are_found_by_name_also_by_a_former_one() -> None:
    """Order and blanks around a header do not matter; the newest name wins."""
    rows, issues = rows_of("\ufeff Cost ,Note,Name\u00a0,Price\n1,n,A,2\n")

    assert [dict(row.cells) for row in rows] == [{"name": "A", "price": 2.0, "note": "n"}]
    assert [(issue.rule, issue.field, issue.raw_value) for issue in issues] == [
        ("new_column", "Cost", None), ("new_column", "Cost", "1"),
    ]  # fmt: skip
    assert [row.cells["price"] for row in rows_of("Name,Fee,Note\nA,3,\n")[0]] == [3.0]


def test_a_column_that_is_new_or_gone_is_named() -> None:
    """A new one, an optional one that is missing; one that is ignored on purpose is not."""
    _, issues = rows_of("Name,Price,Colour,,Weight\nA,1,red,x,9\n", ignored=("Weight",))

    assert [(issue.rule, issue.field, issue.kept) for issue in issues if not isinstance(issue, Extra)] == [
        ("new_column", "Colour", True),
        ("new_column", "no name", True),
        ("missing_column", "note", True),
    ]
    assert [issue.cell for issue in issues if isinstance(issue, Extra)] == [
        {"row": 0, "field": "Colour", "raw_value": "red"}, {"row": 0, "field": "no name", "raw_value": "x"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("Name,Note\nA,x\n", "columns are missing: Price"),
        ("", "columns are missing: Name, Price"),
        ("Name,Price,Name\nA,1,B\n", "columns appear twice: Name"),
        ("Name,Price,Name \nA,1,B\n", "columns appear twice: Name"),
        ('Name,Price,Note\n"A,1,x\n', "unexpected end of data"),
        ('Name,Price,Note\n"A"B,1,x\n', "not readable as CSV"),
        ("Name,Price,Note\nA,1,x\x00\n", "the page holds"),
        ("Name,Price,Note\nA,1," + "x" * 10_000_000 + "\n", "field larger than field limit"),
        ("\n <!DOCTYPE html><p>Name,Price,Note</p>", "HTML, not CSV"),
        ("Name,Price,Note\nA,1,x\nB,2", "the last row has no end"),
        ("Name,Price,Note\nA,1,x\nB\nC\n", "2 rows have another number of cells"),
        ("Name,Price,Note\nA,1,x\nA,1,x\nA,1,x\n", "2 stand twice"),
    ],
    ids=lambda text: repr(text[:30]),
)
def test_a_broken_file_stops_the_source(body: str, why: str) -> None:
    """What cannot be whole is not read in part."""
    with pytest.raises(PageChanged, match=re.escape(why)) as caught:
        rows_of(body)
    assert caught.value.source == "a_source"
    assert caught.value.likely


@examples
@given(st.integers(100, 400), st.integers(1, 4), st.sampled_from([["only one"], ["A", "1", "x", "one more"]]))
def test_a_few_ragged_rows_are_named_and_many_stop_the_source(rows: int, ragged: int, shape: list[str]) -> None:
    """Under one row in a hundred is set aside with its text; from there on the file is broken, not the rows."""
    records = [["Name", "Price", "Note"], *([f"row {n}", "1", ""] for n in range(rows))]
    for n in range(ragged):
        records[1 + 7 * n] = shape
    if ragged >= rows / 100:
        with pytest.raises(PageChanged, match=f"{ragged} rows"):
            rows_of(written(records))
        return
    read, issues = rows_of(written(records))

    assert len(read) == rows - ragged
    assert [(i.row, i.rule, i.raw_value, i.kept) for i in issues] == [
        (7 * n, "ragged_row", ",".join(shape), False) for n in range(ragged)
    ]


def test_an_unreadable_cell_costs_the_cell_not_the_row() -> None:
    """The row is read without it, and the issue has row, field, rule and what was printed."""
    rows, issues = rows_of("Name,Price,Note\nA,€5,x\n,,\nB,6,y\n")

    assert [dict(row.cells) for row in rows] == [
        {"name": "A", "price": None, "note": "x"},
        {"name": "B", "price": 6.0, "note": "y"},
    ]
    assert [(i.row, i.field, i.rule, i.raw_value, i.kept) for i in issues] == [
        (0, "price", "wrong_currency", "€5", True)
    ]
    assert rows[1].position == 2


def test_a_row_that_stands_twice_is_named_and_read() -> None:
    """Two offers can be alike; a table that stands twice is not let in."""
    lines = "".join(f"row {n},1,\n" for n in range(30))
    rows, issues = rows_of(f"Name,Price,Note\n{lines}row 7,1,\n")

    assert len(rows) == 31
    assert [(issue.row, issue.rule, issue.raw_value) for issue in issues] == [(30, "repeated_row", "row 7,1,")]
    with pytest.raises(PageChanged, match="30 stand twice"):
        rows_of(f"Name,Price,Note\n{lines}{lines}")


def test_a_file_without_a_last_line_end_names_its_last_cell() -> None:
    """16 cut to 1 looks like any other 1, so a person is told."""
    rows, issues = rows_of("Name,Note,Price\nA,x,16\nB,y,1")

    assert [row.cells["price"] for row in rows] == [16.0, 1.0]
    assert [(i.row, i.rule, i.field, i.raw_value) for i in issues] == [(1, "no_line_end", "Price", "1")]
    assert rows_of("Name,Note,Price\r\nA,x,16\r\n\r\n")[1] == []
    assert rows_of("Name,Note,Price\nA,x,16\n".encode("utf-16"))[1] == []


def test_a_column_without_what_it_always_holds_stops_the_source() -> None:
    """Swapped values, another unit or missing rows show in a value that every whole file has."""
    columns = {"name": Column("Name", holds=("A", "B")), "price": Column("Price", usd, holds=(16.0,))}

    assert len(rows_of("Name,Price\nB,16\nC,2\n", columns)[0]) == 2
    for body in ("Name,Price\n16,B\n2,C\n", "Name,Price\nB,16000\nC,2000\n", "Name,Price\nC,2\n", "Name,Price\n"):
        with pytest.raises(PageChanged, match="no row has"):
            rows_of(body, columns)


# --- facts ----------------------------------------------------------------------------------------


def test_a_row_becomes_a_fact_or_says_why_not() -> None:
    """A bad field is named with its value; a row that is wrong as a whole is shown whole."""
    good = fact_or_issue(IndexValue, 3, series="S", period_on=date(2024, 1, 1), value=1.5, unit="index")
    bad = fact_or_issue(IndexValue, 4, series="S", period_on=date(2024, 1, 1), value=-1.5, unit="index")
    none = fact_or_issue(IndexValue, 5, series=None, period_on=date(2024, 1, 1), value=1.5, unit="index")
    whole = fact_or_issue(HardwarePrice, 6, hardware="NVIDIA L4", vendor="A cloud")
    strange = fact_or_issue(
        IndexValue, 7, series="S", period_on=date(2024, 1, 1), value=1.5, unit="index", colour="red"
    )

    assert good == IndexValue(row=3, series="S", period_on=date(2024, 1, 1), value=1.5, unit="index")
    assert [(i.row, i.field, i.raw_value, i.kept) for i in (bad, none, whole, strange) if isinstance(i, Issue)] == [
        (4, "value", "-1.5", False),
        (5, "series", "", False),
        (6, None, "hardware=NVIDIA L4, vendor=A cloud", False),
        (7, "colour", "red", False),
    ]


@examples
@given(st.floats() | st.text(max_size=5) | st.none(), st.text(max_size=300))
def test_no_value_gets_into_a_fact_unchecked(value: object, series: str) -> None:
    """A fact's numbers are finite and above zero, or there is an issue with the rule."""
    found = fact_or_issue(IndexValue, 0, series=series, period_on=date(2024, 1, 1), value=value, unit="index")
    if isinstance(found, Issue):
        assert (found.row, found.rule) == (0, "not_a_fact")
        assert len(found.raw_value or "") <= 200
    else:
        assert 0 < found.value < math.inf
        assert found.series


# --- JSON -----------------------------------------------------------------------------------------

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(printed, max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(printed, max_size=4), inner, max_size=4),
    max_leaves=12,
)


@examples
@given(values, st.booleans())
def test_any_json_is_read_as_it_was_written(value: object, marked: bool) -> None:
    """With and without a byte-order mark."""
    assert json_of(page(json.dumps(value).encode("utf-8-sig" if marked else "utf-8"))) == value


@examples
@given(st.dictionaries(st.text(printed, max_size=4), values, min_size=1, max_size=3), st.data())
def test_json_cut_anywhere_stops_the_source(value: dict[str, object], data: st.DataObject) -> None:
    """An answer that was cut off is no answer."""
    text = json.dumps(value)
    with pytest.raises(PageChanged, match="not readable as JSON"):
        json_of(page(text[: data.draw(st.integers(0, len(text) - 1))]))


@pytest.mark.parametrize(
    "body",
    [
        *(
            "",
            "NaN",
            '{"a": Infinity}',
            "[-Infinity]",
            "[1e999]",
            "[-1e999]",
            '{"a": 1, "a": 2}',
            '[{"b": {"a": 1, "a": 1}}]',
        ),
        *("{} {}", "[1,]", "{'a': 1}", "<html></html>", "[" * 200_000, '{"a":' * 200_000, "[" + "9" * 1_000_000 + "]"),
    ],
    ids=lambda body: body[:20] or "empty",
)
def test_what_json_does_not_allow_stops_the_source(body: str) -> None:
    """NaN, infinities, a key twice, endless nesting or digits: Python would read them, and we do not."""
    with pytest.raises(PageChanged, match="not readable as JSON"):
        json_of(page(body))


# --- HTML -----------------------------------------------------------------------------------------


def tree_of(inside: str) -> BeautifulSoup:
    """A page with that body, as a tree."""
    return html_of(page(f"<html><body>{inside}</body></html>"))


@examples
@given(st.integers(0, 4))
def test_exactly_one_element_is_found_or_the_source_stops(times: int) -> None:
    """None and several are both not what was meant."""
    tree = tree_of("<p class=a>x</p>" * times + "<p>y</p>")
    if times == 1:
        assert cell_text(one(tree, "p.a", page=page(""))) == "x"
        return
    with pytest.raises(PageChanged, match=f"found {times} elements, expected exactly 1"):
        one(tree, "p.a", page=page(""))


def test_programs_and_styles_are_no_part_of_a_page() -> None:
    """A price in a script, a template or a comment is not on the page."""
    hidden = "<script>$1</script><style>$2</style><template><p>$3</p></template><noscript>$4</noscript><!-- $5 -->"

    assert cell_text(tree_of(f"{hidden}<p>$6</p>")) == "$6"


def test_a_page_without_its_end_stops_the_source() -> None:
    """A lenient parser would mend a cut page without a word."""
    for body in ("", "<html><p>$6", "<html><p></html>" + "x" * 3000, '{"a": 1}'):
        with pytest.raises(PageChanged, match="does not end"):
            html_of(page(body))
    assert cell_text(html_of(page("<HTML><p>$6</HTML >\n<!-- cached -->"))) == "$6"


def test_parts_of_a_cell_are_kept_apart() -> None:
    """A footnote in an element of its own does not become a digit."""
    cell = one(tree_of("<table><tr><td>4<sup>1</sup></td></tr></table>"), "td", page=page(""))

    assert cell_text(cell) == "4 1"
    assert refused(count, cell_text(cell)) == "not_a_number"


labels = st.text("abcdefgh $€./", min_size=1, max_size=8).filter(lambda text: bool(text.strip()))


def table_of(records: list[list[str]], head: str = "th") -> str:
    """An HTML table whose first record is its header."""
    first = "".join(f"<{head}>{cell}</{head}>" for cell in records[0])
    rest = "".join("<tr>" + "".join(f"<td> {cell}\n</td>" for cell in record) + "</tr>" for record in records[1:])
    return f"<table><thead><tr>{first}</tr></thead><tbody>{rest}</tbody></table>"


@examples
@given(st.lists(labels.map(clean), min_size=1, max_size=4, unique=True), st.data())
def test_a_table_is_read_by_its_header_texts(headers: list[str], data: st.DataObject) -> None:
    """Every cell comes back under its header, whatever the order of the columns."""
    records = data.draw(st.lists(st.lists(labels, min_size=len(headers), max_size=len(headers)), max_size=4))
    found = list(tables(tree_of(f"<h2>Prices</h2><p>now</p>{table_of([headers, *records])}"), page=page("")))

    assert [(table.heading, table.headers) for table in found] == [("Prices", tuple(headers))]
    assert list(found[0].rows) == [dict(zip(headers, map(clean, record), strict=True)) for record in records]


def test_each_table_has_the_heading_before_it_and_tables_without_headers_are_left_out() -> None:
    """A layout table is none; the nearest heading above counts."""
    layout, first, second = table_of([["x"], ["y"]], head="td"), table_of([["A"], ["1"]]), table_of([["B"], ["2"]])
    found = list(tables(tree_of(f"{first}<h1>Top</h1><h3>Near</h3>{layout}{second}<table></table>"), page=page("")))

    assert [(table.heading, table.headers) for table in found] == [("", ("A",)), ("Near", ("B",))]


@pytest.mark.parametrize(
    "inside",
    [
        table_of([["A", "B"], ["1"]]),
        table_of([["A", "B"], ["1", "2", "3"]]),
        table_of([["A", "B"], ["1", "2"]]).replace("<td>", "<td colspan=2>", 1),
        table_of([["A", "B"], ["1", "2"]]).replace("<td>", "<td rowspan=2>", 1),
        table_of([["A", "B"], ["1", "2"]]).replace("<th>", "<th colspan=2>", 1),
        table_of([["A", "A "], ["1", "2"]]),
        table_of([["A"], [table_of([["B"], ["2"]])]]),
        table_of([["A", "B"], ["1", "2"]]).replace("</tbody>", "<tr></tr></tbody>"),
    ],
    ids=["short row", "long row", "colspan", "rowspan", "header spans", "header twice", "nested", "empty row"],
)
def test_a_table_that_is_not_a_plain_grid_stops_the_source(inside: str) -> None:
    """A cell that spans shifts all after it under another header."""
    with pytest.raises(PageChanged, match="uneven rows, cells that span, or a header twice"):
        list(tables(tree_of(inside), page=page("")))


def test_a_page_nested_without_end_is_read() -> None:
    """20,000 elements inside one another neither overflow nor hang."""
    assert cell_text(tree_of("<div>" * 20_000 + "deep")) == "deep"
