"""Tables: what a cell counts is said by its column's header or its row's, not by its own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from pipeline.claims.bare import bare, whole_time
from pipeline.claims.blocks import Block, Table
from pipeline.claims.columns import (
    NO_HEAD,
    ONE_OF,
    PER_HEAD,
    PERIOD_HEAD,
    PERIODS,
    TOKEN_HEAD,
    Head,
    above,
    day_factor,
    head_of,
)
from pipeline.claims.figures import Figure, figures_in
from pipeline.claims.names import Name
from pipeline.claims.prices import MOST_A_MONTH, MOST_TOKEN_PRICE, by_its_amount
from pipeline.claims.style import Style

LONGEST_CELL = 160  # a longer one is prose
LONGEST_HEADER = 90
WIDEST_ROW = 40  # cells beyond name nothing for the others
LONGEST_ROW = 600  # characters
_NUMBER = re.compile(r"\d")
LEAST_UNSCALED = 10_000  # a larger amount below "in millions" is written out in full

_NUMBER_ONLY = re.compile(r"[~<>$€£\s]{0,6}[\d.,]{1,24}[kKmMbBtT%+]{0,3}")
_YEAR = re.compile(r"(?:fy ?)?(?:19|20)\d\d ?[ef]?", re.IGNORECASE)
_MULTIPLE = re.compile(r"\W{0,3}(?:x|times|factor|ratio|multiple|change|growth|delta|vs\.?|%)\W{0,3}", re.IGNORECASE)
# A column of what is for rent or sale: the accelerators in it are what a machine holds.
_FOR_SALE = re.compile(r"[$€£\xa5₹][\d.,]+|\bfree\b", re.IGNORECASE)
_OF_RUNS = re.compile(
    r"train|\bruns?\b|\bran\b|tokens|duration|time\b|stage|phase|wall|speed|job|epoch|cluster|fleet|total|count|number|#|owner|site|capex"
    r"|compan|lab\b|operator|order",
    re.IGNORECASE,
)
_IS_OF_TIME = re.compile(r"\btime\b|duration|\btrain|dauer|训练", re.IGNORECASE)
_MAY_BE_RUNS = re.compile(
    r"train|tuning|\bruns?\b|epoch|steps?\b|loss|token|gpu|tpu|chip|[ahv]\d00|cost|[$€£]|record|stage|phase|model"
    r"|duration|days|训练|dauer|durée|duración|学習|학습",
    re.IGNORECASE,
)
_A_NODE = re.compile(r"(?:per|/) ?(?:node|server|rack|machine|box)", re.IGNORECASE)
_RENTED = re.compile(r"[$€£][\d.,]{1,12} ?(?:/|per |an? ) ?(?:hour|hr|h)\b", re.IGNORECASE)
_OF_TRAINING = re.compile(r"train|\bruns?\b|tokens|cluster|fleet|time\b|duration|job|total cost", re.IGNORECASE)
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
# The header of what one accelerator is bought for; by the hour, or for a run, it is something else.
_BOUGHT = re.compile(
    r"^(?!.*(?:hour|/ ?h|hr\b|train|run|total|budget|month|token))"
    r".*(?:price|msrp|cost|value|[$€£]|usd|价格|preis|prix)",
    re.IGNORECASE,
)
_OF_HARDWARE = re.compile(
    r"(?:gpu|accelerator|chip|card|graphics card|hardware|显卡)s?(?: (?:model|name|type))?", re.IGNORECASE
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


LEAST_PLAIN = 4  # cells of a first row of words for each that says on how many chips
_IN_HEADERS = ("gpu_count", "tokens", "price_per_gpu_hour", "price_per_node_hour")


def head_rows(table: Table, figures: dict[int, list[Figure]]) -> int:
    """How many rows at the top are headers: those without a figure, one at least where the first row has words only.

    Chips, tokens and hourly prices may stand among a header's words: "Cost at $2/H100-hour", "8 GPUs".
    """
    rows = 0
    for row in range(min(3, table.height - 1)):
        cells = [cell for cell in table.row(row) if cell is not None]
        marked = bool(cells) and all(cell.cell is not None and cell.cell.is_header for cell in cells)
        telling = [cell for cell in cells if figures.get(id(cell))]
        is_named = all(figure.kind in _IN_HEADERS for cell in telling for figure in figures[id(cell)])
        few = len(telling) <= len(cells) // LEAST_PLAIN or all(_heads_a_column(cell, figures) for cell in telling)
        texts = [cell.text.strip() for cell in cells]
        digits = sum(bool(_NUMBER_ONLY.fullmatch(text)) and not _YEAR.fullmatch(text) for text in texts)
        if not (marked or (is_named and few and rows == 0 and digits == 0 and len(telling) < len(cells))):
            break
        rows += 1
    return rows


def _heads_a_column(cell: Block, figures: dict[int, list[Figure]]) -> bool:
    """Whether the words around a cell's figures say what stands below, or it is chips alone: "8 GPUs" of four."""
    own = figures[id(cell)]
    return head_of(_words_of(cell, own)).kind is not None or _ON_CHIPS.fullmatch(cell.text.strip()) is not None


_ON_CHIPS = re.compile(r"(?:on |with )?\d{1,4} ?[x×]? ?(?:gpus?|[abhv]\d00s?|tpus?|chips|cards)", re.IGNORECASE)  # noqa: RUF001


def _words_of(cell: Block, figures: Sequence[Figure]) -> str:
    """A header's text without the figures in it: what is left says what stands below."""
    text, at = "", 0
    for figure in figures:
        text, at = text + cell.text[at : figure.start], figure.head_end
    return (text + cell.text[at:]).strip()


class _Row(NamedTuple):
    """What the cells of a row have in common."""

    head: Block | None
    text: str
    """Of its first cell, as a header."""
    kind: Head
    telling: tuple[Block, ...]
    whole: str
    names_no_model: bool
    is_of_hardware: bool


class _Column(NamedTuple):
    """What the cells of a column have in common."""

    head: Block | None
    text: str
    kind: Head
    corner: Block | None
    top: str
    is_of_caption: bool
    """Whether it holds what the caption says: no header, one of a period or a stage, or a name."""
    is_of_tokens: bool
    """Whether one of its cells says itself that it is a price of tokens."""


def figures_of(table: Table, names: dict[int, list[Name]], style: Style, caption: str = "") -> Iterator[CellFigure]:
    """The figures of a table's cells, row by row; a caption may say what all its columns hold."""
    said = above(caption)
    own = _own_figures(table, names, style)
    first = head_rows(table, own)
    if not first and said.kind is None and _is_price_list(table, names, own):
        said = Head("price_other", 1.0, style.only_currency)
    done: set[int] = set()
    top = " ".join(cell.text.strip() for cell in table.row(0)[:WIDEST_ROW] if cell is not None)[:LONGEST_ROW]
    lists_chips = _lists_chips(table, first, names)
    columns = [_column(table, first, column, top, names, own) for column in range(table.width)]
    yield from _of_headers(table, first, columns, own)
    for at in range(first, table.height):
        cells = table.row(at)
        row: _Row | None = None
        for column, cell in enumerate(cells):
            if cell is None or id(cell) in done or (column == 0 and table.width > 1 and len(cell.text) > 60):
                continue
            done.add(id(cell))
            figures = own[id(cell)]
            if figures or _NUMBER.search(cell.text):
                row = row or _row(cells, names, own, lists_chips=lists_chips)
                yield from _of_cell(cell, row, columns[column], figures, style, said, is_first=column == 0)


def _of_headers(
    table: Table, first: int, columns: Sequence[_Column], own: dict[int, list[Figure]]
) -> Iterator[CellFigure]:
    """The figures that headers hold: chips that a column's runs had, tokens they read, the price of their hours."""
    done: set[int] = set()
    for row in range(first):
        for column, cell in zip(columns, table.row(row)[:WIDEST_ROW], strict=False):
            if cell is None or id(cell) in done:
                continue
            if cell is column.corner and not _ON_CHIPS.fullmatch(cell.text.strip()):
                continue  # "8x H100, three years | own | cloud" is what the table is about
            done.add(id(cell))
            figures = own.get(id(cell)) or _one_chip(cell)
            for figure in figures:
                in_brackets = cell.text[: figure.start].rstrip().endswith("(")  # "Cost (8xH100)": a remark on the unit
                if figure.kind in _IN_HEADERS and not in_brackets and not _A_NODE.search(cell.text):
                    yield CellFigure(figure, cell, "", None, column.corner, (cell,), column.top, column.top)


_ONE_CHIP = re.compile(r"(?:1|one|single) ?[x×]? ?(?:gpu|tpu|[abhv]\d00)", re.IGNORECASE)  # noqa: RUF001


def _one_chip(cell: Block) -> list[Figure]:
    """The one accelerator that heads a column: "1 GPU" beside "8 GPUs"."""
    found = _ONE_CHIP.fullmatch(cell.text.strip())
    start = len(cell.text) - len(cell.text.lstrip())
    return [Figure("gpu_count", 1, 1, start, start + found.end(), start + found.end())] if found else []


MOST_IN_LIST = 100  # USD; a million tokens of nearly all models cost less


def _is_price_list(table: Table, names: dict[int, list[Name]], own: dict[int, list[Figure]]) -> bool:
    """Whether a table without headers is part of a list of models with what their tokens cost: two small sums a row."""
    for at in range(table.height):
        cells = [cell for cell in table.row(at) if cell is not None]
        money = [figure for cell in cells for figure in own[id(cell)]]
        is_of_model = any(name.kind == "model" for cell in cells for name in names.get(id(cell), ()))
        if not is_of_model or len(money) < LEAST_PRICES or any(not _is_small(figure) for figure in money):
            return False
    return table.height >= LEAST_PRICES


LEAST_PRICES = 2


def _is_small(figure: Figure) -> bool:
    return figure.kind in ("money", "price_other") and figure.high < MOST_IN_LIST


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


def _lists_chips(table: Table, first: int, names: dict[int, list[Name]]) -> bool:
    """Whether most rows begin with an accelerator: the others do too, though nobody may know theirs yet."""
    heads = [cell for cell in table.column(0)[first : first + MOST_ASKED] if cell is not None]
    chips = sum(any(name.kind == "hardware" for name in names.get(id(cell), ())) for cell in heads)
    return chips * 2 > len(heads)


def _row(
    cells: Sequence[Block | None], names: dict[int, list[Name]], own: dict[int, list[Figure]], *, lists_chips: bool
) -> _Row:
    first = list({id(cell): cell for cell in cells[:WIDEST_ROW] if cell is not None}.values())
    head = cells[0]
    text = head.text.strip()[:LONGEST_HEADER] if head is not None else ""
    telling = tuple(cell for cell in first if names.get(id(cell)))
    named = {id(head): names.get(id(head), []) for head in first}
    kinds = {name.kind for own in named.values() for name in own}
    reckons = any(figure.kind != "gpu_count" for figure in own.get(id(head), ()))  # "A100, 26 h at $1.10/hr"
    is_chip = lists_chips or any(name.kind == "hardware" for name in named.get(id(head), []))
    is_of_hardware = is_chip and not reckons and "model" not in kinds
    names_no_model = "model" not in kinds
    whole = " | ".join(cell.text.strip() for cell in first)[:LONGEST_ROW]
    kind = NO_HEAD if own.get(id(head)) else head_of(text)  # "Distil with 2.5B tokens" says what was done, and no unit
    return _Row(head, text, kind, telling, whole, names_no_model, is_of_hardware)


def _column(
    table: Table, first: int, column: int, top: str, names: dict[int, list[Name]], own: dict[int, list[Figure]]
) -> _Column:
    cells = [table.grid.get((row, column)) for row in range(first)]
    heads = list({id(cell): cell for cell in cells if cell is not None and cell.text.strip()}.values())
    text = " ".join(head.text.strip() for head in heads)[:LONGEST_HEADER]
    said = " ".join(_words_of(head, own.get(id(head), ())) for head in heads)[:LONGEST_HEADER]
    is_chips = len(heads) == 1 and _ON_CHIPS.fullmatch(text.strip()) is not None
    kind = Head("duration", 1.0, None) if is_chips else head_of(said)  # what stands below "8 GPUs" is a time, if any
    corner = table.grid.get((0, 0)) if first else None
    kinds = {name.kind for head in heads for name in names.get(id(head), ())}
    is_of_caption = not text or bool(kinds & {"model", "organisation"}) or _OF_CAPTION.match(text) is not None
    below = (table.grid.get((row, column)) for row in range(first, min(table.height, first + MOST_ASKED)))
    is_of_tokens = any(figure.per and "tok" in figure.per for cell in below if cell for figure in own[id(cell)])
    return _Column(heads[-1] if heads else None, text, kind, corner, top, is_of_caption, is_of_tokens)


MOST_ASKED = 20  # rows that are looked over for what a column holds


def _of_cell(
    block: Block, row: _Row, column: _Column, own: list[Figure], style: Style, said: Head, *, is_first: bool
) -> Iterator[CellFigure]:
    """The figures of a cell, as its headers have them."""
    row_text = "" if row.head is block else row.text
    row_kind = row.kind if row_text and not is_first else NO_HEAD
    head = column.kind if column.kind.kind or not row_kind.kind else row_kind
    if row_kind.kind in ("gpu_hours", "gpu_count", "tokens") and column.kind.kind in (None, "money"):
        head = row_kind
    corner = column.corner.text.strip() if column.corner is not None else ""
    is_hardware = row.is_of_hardware or (row.names_no_model and _OF_HARDWARE.fullmatch(corner) is not None)
    is_bought = (
        is_hardware and not is_first and said.kind != "price_per_gpu_hour" and _BOUGHT.search(column.text) is not None
    )
    if is_bought and head.kind == "money" and head.factor < LEAST_OF_MANY:
        head = head._replace(kind="price_per_gpu")  # "GPU | Price"
    is_priced = said.kind == "price_other" and column.kind.kind in (None, "money", "price_other")
    figures = [
        _retyped(figure, head, (column.text, row_text), column.top, is_priced=is_priced or column.is_of_tokens)
        for figure in own
    ]
    if said.kind == "price_per_gpu_hour" and is_hardware:
        figures = [_by_the_hour(figure) for figure in figures]
    words = f"{column.text} {row_text}"
    if not figures and head.kind is None and _TOKENS_IN.search(block.text) and _OF_TOKENS.search(words):
        head = Head("tokens", 1.0, None)
    if (
        not figures
        and head.kind is None
        and said.kind
        and said.kind != "price_per_gpu_hour"
        and not is_first
        and (column.is_of_caption or (said.kind == "price_other" and TOKEN_HEAD.search(column.text)))
    ):
        head = said  # the caption says what all columns hold
    if head.kind == said.kind and head.kind in ("money", "price_other"):
        head = head._replace(
            factor=head.factor if head.factor > 1 else said.factor, currency=head.currency or said.currency
        )
    is_unsure = head.kind == "duration" and "time" in (column.text.strip().lower(), row_text.strip().lower())
    if is_unsure and row.names_no_model and not _MAY_BE_RUNS.search(f"{column.top} {row_text}"):
        head = NO_HEAD  # the time of something else
    figures = _alone(block, own, head, column, row_text, style) or figures
    figures = [figure for figure in figures if not _is_stock(figure, row, column)]
    figures = [by_its_amount(figure) if figure.per == "hour" else figure for figure in figures]
    is_prose = len(block.text) > LONGEST_CELL
    headers = f"{row_text} {column.text}".strip()
    for figure in figures:
        yield CellFigure(
            figure, block, headers, column.head, column.corner, row.telling, row.whole, column.top, is_prose, is_bought
        )


LEAST_OF_MANY = 1e6  # a column in millions says what many cost together


def _alone(block: Block, own: list[Figure], head: Head, column: _Column, row_text: str, style: Style) -> list[Figure]:
    """The number that fills a cell, as the headers have it, with the figures that a remark behind it holds."""
    if _MULTIPLE.fullmatch(column.text):
        return []
    words = f"{column.text} {row_text}"
    if not own:
        found = bare(block.text, head, words, style)
        if found is None and _IS_OF_TIME.search(f"{column.top} {row_text}"):
            found = whole_time(block.text)
        return [found] if found else []
    if head.kind == own[0].kind and own[0].start > LEAST_REMARK and len(block.text) < LONGEST_CELL:
        found = bare(block.text[: own[0].start], head, words, style)  # "16T, some 32 times GPT-3's (499B tokens)"
        return [found, *own] if found else []
    return []


LEAST_REMARK = 8  # characters before the figure of a remark


def _is_stock(figure: Figure, row: _Row, column: _Column) -> bool:
    """Whether accelerators in a cell are what a machine for rent or sale holds, and nobody's count."""
    if figure.kind != "gpu_count":
        return False
    if _A_NODE.search(row.text) or _A_NODE.search(column.text):
        return True
    if row.names_no_model and _RENTED.search(row.whole) and not _OF_TRAINING.search(f"{column.top} {row.text}"):
        return True
    if figure.high > MOST_FOR_SALE or not row.names_no_model:
        return False
    return _FOR_SALE.search(row.whole) is not None and not _OF_RUNS.search(f"{column.top} {row.text}")


def _retyped(figure: Figure, head: Head, headers: tuple[str, str], top: str, *, is_priced: bool) -> Figure:
    """A cell's figure under its headers: "2.788M H800" of GPU-hours are no accelerators."""
    is_priced = is_priced or any(TOKEN_HEAD.search(header) for header in headers)
    if figure.kind == "money" and not figure.per and figure.high < MOST_TOKEN_PRICE and is_priced:
        return replace(figure, kind="price_other", per="1m tokens")
    if figure.kind == "money" and figure.high < MOST_PRICE and (per := _per(figure, headers, top)):
        return replace(figure, kind="price_other", per=per)
    header = " ".join(headers)
    if head.kind == "gpu_hours" and figure.kind in ("gpu_count", "duration"):
        factor = 24.0 if figure.kind == "duration" else day_factor(header)
        return replace(figure, kind="gpu_hours", low=figure.low * factor, high=figure.high * factor)
    if figure.kind == "money" and head.kind in ("price_per_gpu_hour", "price_per_node_hour", "price_per_gpu"):
        return replace(figure, kind=head.kind)
    is_scaled = figure.kind == "money" and head.factor > 1 and figure.high < LEAST_UNSCALED
    if is_scaled:
        return replace(figure, low=figure.low * head.factor, high=figure.high * head.factor)
    return figure


def _per(figure: Figure, headers: tuple[str, str], top: str) -> str | None:
    """What else the prices below a header are for: a task, a month."""
    is_hourly = _BY_THE_HOUR.search(top) or _COMMITTED.search(top)
    if figure.per:
        return figure.per if is_hourly or figure.high < MOST_A_MONTH else None
    if any(_WORKLOAD.search(header) for header in headers):
        return None  # "10M tokens a day, per month" heads what a month of that came to
    if priced := next((found for header in headers if (found := PER_HEAD.search(header))), None):
        return (priced["per"] or "month").lower()
    if one := ONE_OF.fullmatch(headers[1].strip()):
        return one["per"].lower()
    if is_hourly and (period := PERIOD_HEAD.fullmatch(headers[0].strip())):
        return PERIODS.get(period["per"].lower(), period["per"].lower())
    return None


_WORKLOAD = re.compile(r"\d ?[kmb]? (?:tokens?|requests?|queries|images|users|tasks)\b", re.IGNORECASE)
_COMMITTED = re.compile(r"commit(?:ment|ted)|on[- ]demand|reserved|\bspot\b|\bmonthly\b", re.IGNORECASE)
_BY_THE_HOUR = re.compile(r"(?:/|per |an? |and )(?:hour|hr|h)\b|hourly", re.IGNORECASE)
MOST_HOURLY = 200  # USD; an hour of no accelerator or node costs more
MOST_PRICE = 100_000  # USD; more a month is what something costs, and no price


def _by_the_hour(figure: Figure) -> Figure:
    is_price = figure.kind in ("money", "price_per_gpu") and figure.per is None and figure.high < MOST_HOURLY
    return replace(figure, kind="price_per_gpu_hour") if is_price else figure
