"""Tables: what a cell counts is said by its column's header or its row's, not by its own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from pipeline.claims.blocks import Block, Table
from pipeline.claims.claim import Kind
from pipeline.claims.figures import SYMBOLS, Figure, figures_in
from pipeline.claims.heads import MOST_HOURS
from pipeline.claims.labels import kind_of
from pipeline.claims.names import Name
from pipeline.claims.numbers import number_at
from pipeline.claims.prices import MOST_TOKEN_PRICE, by_its_amount
from pipeline.claims.style import Style

LONGEST_CELL = 160  # a longer one is prose
LONGEST_HEADER = 90
WIDEST_ROW = 40  # cells beyond name nothing for the others
LONGEST_ROW = 600  # characters
_NUMBER = re.compile(r"\d")
LEAST_UNSCALED = 10_000  # a larger amount below "in millions" is written out in full

_MAGNITUDE = (
    r"(?:in )?(?:us ?)?(?P<sign>[$€£\xa5]|usd|eur|rmb|cny|gbp)? ?"
    r"(?P<size>k|m|mn|mio|millions?|b|bn|billions?|t|tn|trillions?|thousands?|lakh|crore|万元|亿元|百万)"
)
_SCALE = re.compile(
    rf"[(\[,/] ?{_MAGNITUDE}\b(?: (?P<word>usd|us dollars|dollars|euros?|eur|yuan|rmb|yen|rupees))?|\b(?:in"
    rf"|of) {_MAGNITUDE.replace('P<sign>', 'P<sign2>').replace('P<size>', 'P<size2>')}\b",
    re.IGNORECASE,
)
_SIZES = {
    "k": 1e3, "thousand": 1e3, "lakh": 1e5, "m": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6, "crore": 1e7, "b": 1e9,
    "bn": 1e9, "billion": 1e9, "t": 1e12, "tn": 1e12, "trillion": 1e12, "万元": 1e4, "亿元": 1e8, "百万": 1e6,
}  # fmt: skip
_CURRENCIES = tuple(
    (code, re.compile(pattern, re.IGNORECASE))
    for code, pattern in (
        ("USD", r"\$|\busd\b|dollar"),
        ("EUR", r"€|\beur"),
        ("GBP", r"£|\bgbp\b"),
        ("CNY", r"\brmb\b|\bcny\b|yuan|元"),
        ("INR", r"₹|\binr\b|rupee|\brs\b"),
        ("JPY", r"\bjpy\b|\byen\b"),
    )
)
_TIME_UNIT = re.compile(r"(?:\b|(?<=\d))(minute|hour|hr|h|day|week|month|year)s?\b", re.IGNORECASE)
_DAYS = {
    "minute": 1 / 1440,
    "hour": 1 / 24,
    "hr": 1 / 24,
    "h": 1 / 24,
    "day": 1.0,
    "week": 7.0,
    "month": 30.0,
    "year": 365.0,
}
# A table of prices per token says so above its columns.
_NUMBER_ONLY = re.compile(r"[~<>$€£\s]{0,6}[\d.,]{1,24}[kKmMbBtT%+]{0,3}")
_YEAR = re.compile(r"(?:fy ?)?(?:19|20)\d\d ?[ef]?", re.IGNORECASE)
_TOKEN_HEAD = re.compile(
    r"(?:per|/|a|每) ?(?:1 ?|one )?(?:million|m|1k|k)?[ -]?(?:tokens?|tok)\b|/mtok|\b(?:input|output|cached|prompt"
    r"|completion)\b|\bin ?/ ?out\b",
    re.IGNORECASE,
)
# What else the prices below a header are for.
_PER_HEAD = re.compile(
    r"(?:\b(?:per|each|one|for an?)\b|/|每) ?(?:\w+ )?(?P<per>query|test|task|request|prompt|image|seat|user|month|mo"
    r"|call"
    r"|session|page|video|clip|gb|kwh|dbu|week|day)\b|(?P<monthly>\bmonthly\b)",
    re.IGNORECASE,
)
_MULTIPLE = re.compile(r"\W{0,3}(?:x|times|factor|ratio|multiple|change|growth|delta|vs\.?|%)\W{0,3}", re.IGNORECASE)
# A column of what is for rent or sale: the accelerators in it are what a machine holds.
_FOR_SALE = re.compile(r"[$€£\xa5₹][\d.,]+|\bfree\b", re.IGNORECASE)
_OF_RUNS = re.compile(
    r"train|\bruns?\b|\bran\b|tokens|duration|wall|speed|job|epoch|cluster|fleet|total|count|number|#|owner|site|capex"
    r"|compan|lab\b|operator|order",
    re.IGNORECASE,
)
_A_NODE = re.compile(r"(?:per|/) ?(?:node|server|rack|machine|box)", re.IGNORECASE)
MOST_FOR_SALE = 16  # accelerators of a machine
_TOKENS_IN = re.compile(r"\d ?(?:[KMBT]|million|billion|trillion)? ?tokens?\b", re.IGNORECASE)
_OF_TOKENS = re.compile(r"corpus|data|token|train", re.IGNORECASE)
# Headers of columns that hold what the caption says of the whole table: periods, bounds, stages; and names.
_OF_CAPTION = re.compile(
    r"^\W*(?:(?:fy|cy|q[1-4]|h[12])?[ ']?(?:19|20)?\d\d[ef]?|[qh][1-4]\b.*|low|high|min|max|mid\w*|lower.*"
    r"|upper.*|est\w*|(?:grand )?total"
    r"|value|amount|actual|forecast|guidance|budget\w*|spen[dt]\w*|costs?|(?:pre|post|mid)-?train\w*|fine-?tun\w*|rl"
    r"|sft"
    r"|training.*"
    r"|inference|stage.*|phase.*|(?:final )?runs?|cloud|amorti[sz]ed|hardware)\W*$",
    re.IGNORECASE,
)
_UNIT = re.compile(r"[$€£\xa5]|dollars|\busd\b|euros?\b|\beur\b|yuan|rmb|millions?\b|billions?\b", re.IGNORECASE)
# The header of what one accelerator is bought for; by the hour, or for a run, it is something else.
_BOUGHT = re.compile(
    r"^(?!.*(?:hour|/ ?h|hr\b|train|run|total|budget|month|token))"
    r".*(?:price|msrp|cost|value|[$€£]|usd|价格|preis|prix)",
    re.IGNORECASE,
)
_OF_HARDWARE = re.compile(
    r"(?:gpu|accelerator|chip|card|graphics card|hardware|显卡)s?(?: (?:model|name|type))?", re.IGNORECASE
)
_DASH = re.compile(r" ?[-–] ?(?=\d)")  # noqa: RUF001
_BARE = re.compile(
    r"[^\w~<>≥≤]{0,3}(?P<words>(?:up to|over|under|about|around|roughly|more than|less than|at least) )?"
    r"(?P<sign>~|<|>|≥|≤)?[^\w\d~<>]{0,3}(?=\d)"
)
_REST = re.compile(
    r"\W*(?:\((?:est\.?|estimated|approx\.?|reported)\)|est\.?|hours?|hrs?|h|days?|weeks?|months?|minutes?|mins?|gpus?"
    r"|tokens?|시간|小时|小時|時間)?\W*(?:\[\d+\]|\([^()]{0,30}\))?(?:[,;] [^|]{0,120})?\W*",
    re.IGNORECASE,
)


class CellFigure(NamedTuple):
    """A figure of a table, with the texts and blocks that say what it is about."""

    figure: Figure
    block: Block
    headers: str
    """Row header and column header, as one text."""
    column_head: Block | None
    corner: Block | None
    row: tuple[Block, ...]
    """The cells of its row that name something."""
    row_text: str
    top: str
    """Its table's first row, as one text."""
    is_prose: bool = False
    is_of_hardware: bool = False
    """Whether its row is one of accelerators, and names no model: what it costs is a purchase."""


class _Head(NamedTuple):
    kind: Kind | None
    factor: float
    currency: str | None


_NO_HEAD = _Head(None, 1.0, None)


LEAST_PLAIN = 4  # cells of a first row of words for each that says on how many chips


def head_rows(table: Table, figures: dict[int, list[Figure]]) -> int:
    """How many rows at the top are headers: those without a figure, one at least where the first row has words only."""
    rows = 0
    for row in range(min(3, table.height - 1)):
        cells = [cell for cell in table.row(row) if cell is not None]
        marked = bool(cells) and all(cell.cell is not None and cell.cell.is_header for cell in cells)
        counted = [figures.get(id(cell), ()) for cell in cells]
        is_named = all(figure.kind == "gpu_count" for own in counted for figure in own)  # "Cost (8XH100)"
        plain = is_named and sum(map(bool, counted)) <= len(cells) // LEAST_PLAIN
        texts = [cell.text.strip() for cell in cells]
        digits = sum(bool(_NUMBER_ONLY.fullmatch(text)) and not _YEAR.fullmatch(text) for text in texts)
        if not (marked or (plain and rows == 0 and digits == 0)):
            break
        rows += 1
    return rows


class _Row(NamedTuple):
    """What the cells of a row have in common."""

    head: Block | None
    text: str
    """Of its first cell, as a header."""
    kind: _Head
    telling: tuple[Block, ...]
    whole: str
    names_no_model: bool
    is_of_hardware: bool


class _Column(NamedTuple):
    """What the cells of a column have in common."""

    head: Block | None
    text: str
    kind: _Head
    corner: Block | None
    top: str
    is_of_caption: bool
    """Whether it holds what the caption says: no header, one of a period or a stage, or a name."""


def figures_of(table: Table, names: dict[int, list[Name]], style: Style, caption: str = "") -> Iterator[CellFigure]:
    """The figures of a table's cells, row by row; a caption may say what all its columns hold."""
    above = _above(caption)
    own = _own_figures(table, names, style)
    first = head_rows(table, own)
    done: set[int] = set()
    top = " ".join(cell.text.strip() for cell in table.row(0)[:WIDEST_ROW] if cell is not None)[:LONGEST_ROW]
    columns = [_column(table, first, column, top, names) for column in range(table.width)]
    for at in range(first, table.height):
        cells = table.row(at)
        row: _Row | None = None
        for column, cell in enumerate(cells):
            if cell is None or id(cell) in done or (column == 0 and table.width > 1 and len(cell.text) > 60):
                continue
            done.add(id(cell))
            figures = own[id(cell)]
            if figures or _NUMBER.search(cell.text):
                row = row or _row(cells, names, own)
                yield from _of_cell(cell, row, columns[column], figures, style, above, is_first=column == 0)


def _own_figures(table: Table, names: dict[int, list[Name]], style: Style) -> dict[int, list[Figure]]:
    """The figures that each cell states itself; what a table repeats is read once."""
    read: dict[str, list[Figure]] = {}
    own: dict[int, list[Figure]] = {}
    for cell in table.grid.values():
        if id(cell) not in own:
            if cell.text not in read:
                read[cell.text] = figures_in(cell.text, names.get(id(cell), []), style)
            own[id(cell)] = read[cell.text]
    return own


def _row(cells: Sequence[Block | None], names: dict[int, list[Name]], own: dict[int, list[Figure]]) -> _Row:
    first = list({id(cell): cell for cell in cells[:WIDEST_ROW] if cell is not None}.values())
    head = cells[0]
    text = head.text.strip()[:LONGEST_HEADER] if head is not None else ""
    telling = tuple(cell for cell in first if names.get(id(cell)))
    named = {id(head): names.get(id(head), []) for head in first}
    kinds = {name.kind for own in named.values() for name in own}
    is_of_hardware = "model" not in kinds and any(name.kind == "hardware" for name in named.get(id(head), []))
    names_no_model = "model" not in kinds
    whole = " | ".join(cell.text.strip() for cell in first)[:LONGEST_ROW]
    kind = _NO_HEAD if own.get(id(head)) else _head(text)  # "Distil with 2.5B tokens" says what was done, and no unit
    return _Row(head, text, kind, telling, whole, names_no_model, is_of_hardware)


def _column(table: Table, first: int, column: int, top: str, names: dict[int, list[Name]]) -> _Column:
    cells = [table.grid.get((row, column)) for row in range(first)]
    heads = list({id(cell): cell for cell in cells if cell is not None and cell.text.strip()}.values())
    text = " ".join(head.text.strip() for head in heads)[:LONGEST_HEADER]
    corner = table.grid.get((0, 0)) if first else None
    kinds = {name.kind for head in heads for name in names.get(id(head), ())}
    is_of_caption = not text or bool(kinds & {"model", "organisation"}) or _OF_CAPTION.match(text) is not None
    return _Column(heads[-1] if heads else None, text, _head(text), corner, top, is_of_caption)


def _of_cell(
    block: Block, row: _Row, column: _Column, own: list[Figure], style: Style, above: _Head, *, is_first: bool
) -> Iterator[CellFigure]:
    """The figures of a cell, as its headers have them."""
    row_text = "" if row.head is block else row.text
    row_kind = row.kind if row_text and not is_first else _NO_HEAD
    head = column.kind if column.kind.kind or not row_kind.kind else row_kind
    if row_kind.kind in ("gpu_hours", "gpu_count", "tokens") and column.kind.kind in (None, "money"):
        head = row_kind
    corner = column.corner.text.strip() if column.corner is not None else ""
    is_hardware = row.is_of_hardware or (row.names_no_model and _OF_HARDWARE.fullmatch(corner) is not None)
    is_bought = (
        is_hardware and not is_first and above.kind != "price_per_gpu_hour" and _BOUGHT.search(column.text) is not None
    )
    if is_bought and head.kind == "money":
        head = head._replace(kind="price_per_gpu")  # "GPU | Price"
    figures = [
        _retyped(figure, head, column.text + " " + row_text) for figure in own if not _is_stock(figure, row, column)
    ]
    if above.kind == "price_per_gpu_hour" and is_hardware:
        figures = [_by_the_hour(figure) for figure in figures]
    words = f"{column.text} {row_text}"
    if not figures and head.kind is None and _TOKENS_IN.search(block.text) and _OF_TOKENS.search(words):
        head = _Head("tokens", 1.0, None)
    if (
        not figures
        and head.kind is None
        and above.kind
        and above.kind != "price_per_gpu_hour"
        and not is_first
        and column.is_of_caption
    ):
        head = above  # the caption says what all columns hold
    if head.kind == above.kind == "money":
        head = head._replace(
            factor=head.factor if head.factor > 1 else above.factor, currency=head.currency or above.currency
        )
    if not own and not _MULTIPLE.fullmatch(column.text) and (bare := _bare(block.text, head, words, style)):
        figures = [bare]
    figures = [by_its_amount(figure) if figure.per == "hour" else figure for figure in figures]
    is_prose = len(block.text) > LONGEST_CELL
    headers = f"{row_text} {column.text}".strip()
    for figure in figures:
        yield CellFigure(
            figure, block, headers, column.head, column.corner, row.telling, row.whole, column.top, is_prose, is_bought
        )


def _is_stock(figure: Figure, row: _Row, column: _Column) -> bool:
    """Whether accelerators in a cell are what a machine for rent or sale holds, and nobody's count."""
    if figure.kind != "gpu_count":
        return False
    if _A_NODE.search(row.text) or _A_NODE.search(column.text):
        return True
    if figure.high > MOST_FOR_SALE or not row.names_no_model:
        return False
    return _FOR_SALE.search(row.whole) is not None and not _OF_RUNS.search(f"{column.top} {row.text}")


# The line above a table that says its prices are by the hour.
_HOURLY = re.compile(r"(?:\b(?:per|an)|/) ?(?:gpu[- ]?)?(?:hour|hr)\b|\bhourly\b", re.IGNORECASE)
MOST_HOURLY = 200  # USD; an hour of no accelerator or node costs more


def _above(caption: str) -> _Head:
    """What a caption says of all columns that say nothing themselves: their kind and unit."""
    head = _head(caption)
    if _HOURLY.search(caption):
        return head._replace(kind="price_per_gpu_hour")
    is_of_all = head.kind == "gpu_hours" or (head.kind == "money" and _UNIT.search(caption) is not None)
    return head if is_of_all else _NO_HEAD


@lru_cache(maxsize=4096)
def _head(text: str) -> _Head:
    kind = kind_of(text) or ("price_other" if _TOKEN_HEAD.search(text) and _UNIT.search(text) else None)
    scale = _SCALE.search(text)
    size = (scale["size"] or scale["size2"]).lower() if scale else ""
    factor = _SIZES.get(size) or _SIZES.get(size.rstrip("s")) or 1.0
    currency = next((code for code, pattern in _CURRENCIES if pattern.search(text)), None) if kind else None
    return _Head(kind, factor, currency)


def _retyped(figure: Figure, head: _Head, header: str) -> Figure:
    """A cell's figure under its header: "2.788M H800" of GPU-hours are no accelerators."""
    if figure.kind == "money" and figure.high < MOST_TOKEN_PRICE and _TOKEN_HEAD.search(header):
        return replace(figure, kind="price_other", per="1m tokens")
    if figure.kind == "money" and (priced := _PER_HEAD.search(header)) and not figure.per and figure.high < MOST_PRICE:
        return replace(figure, kind="price_other", per=(priced["per"] or "month").lower())
    if head.kind == "gpu_hours" and figure.kind in ("gpu_count", "duration"):
        factor = 24.0 if figure.kind == "duration" else _day_factor(header)
        return replace(figure, kind="gpu_hours", low=figure.low * factor, high=figure.high * factor)
    if figure.kind == "money" and head.kind in ("price_per_gpu_hour", "price_per_gpu"):
        return replace(figure, kind=head.kind)
    is_scaled = figure.kind == "money" and head.factor > 1 and figure.high < LEAST_UNSCALED
    if is_scaled:
        return replace(figure, low=figure.low * head.factor, high=figure.high * head.factor)
    return figure


MOST_PRICE = 100_000  # USD; more a month is what something costs, and no price


def _by_the_hour(figure: Figure) -> Figure:
    is_price = figure.kind in ("money", "price_per_gpu") and figure.per is None and figure.high < MOST_HOURLY
    return replace(figure, kind="price_per_gpu_hour") if is_price else figure


def _day_factor(header: str) -> float:
    return 24.0 if re.search(r"(?:gpu|chip|tpu|[ahv]\d{2,3})s?[ -]{0,2}days?\b", header, re.IGNORECASE) else 1.0


def _bare(text: str, head: _Head, header: str, style: Style) -> Figure | None:
    """A number alone in its cell, as its header says; None where the header does not."""
    lead = _BARE.match(text)
    if head.kind is None or lead is None:
        return None
    number = number_at(text, lead.end(), continental=style.continental)
    if number is None or number.value <= 0:
        return None
    gap = _DASH.match(text, number.end)
    second = number_at(text, gap.end(), continental=style.continental) if gap else None
    last = second or number
    if not _REST.fullmatch(text, last.end):
        return None
    kind, factor = head.kind, 1.0 if last.magnitude else head.factor
    if kind == "gpu_hours":
        factor *= _day_factor(header)
    if kind == "duration":
        unit = _TIME_UNIT.search(text, last.end) or _TIME_UNIT.search(header)
        if unit is None:
            return None
        factor = _DAYS[unit[1].lower()]
        if factor == _DAYS["hour"] and number.value >= MOST_HOURS:
            kind, factor = "gpu_hours", 1.0  # those of all chips together
    is_money = kind in ("money", "price_per_gpu", "price_per_gpu_hour", "price_other")
    currency = (head.currency or style.only_currency) if is_money else None
    shared = last.magnitude if second and number.magnitude is None and last.magnitude else 1.0
    low, high = number.value * shared, last.value
    is_whole = number.value == int(number.value)
    if (is_money and currency is None) or (kind == "gpu_count" and not is_whole) or low > high:
        return None
    hedge = "at_least" if last.plus else SYMBOLS.get(lead["sign"] or "")
    start = lead.start("sign") if lead["sign"] else number.start
    return Figure(
        kind, low * factor, high * factor, start, last.end, last.end, currency,
        hedge=hedge, is_range=second is not None,
    )  # fmt: skip
