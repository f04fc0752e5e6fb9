"""A page's HTML as blocks: its article alone, with the title and the day that the page states."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.claims.blocks import Block, BlockKind, Cell, Reading, joined_lines, tables_of, with_leads
from pipeline.claims.furniture import (
    Part,
    is_citation,
    is_notes_heading,
    is_side_heading,
    is_side_line,
    part_by,
)
from pipeline.claims.markup import Tag, Text, scan
from pipeline.claims.plain import PlainText

_BREAKS = frozenset(
    """address article aside blockquote body br center dd details dialog div dl dt fieldset figcaption
    figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li main nav ol p pre section summary table
    tbody td tfoot th thead tr ul caption option""".split()  # noqa: SIM905
)
_EMPTY = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
_CLOSES = {
    "li": ("li",), "p": ("p",), "dt": ("dt", "dd"), "dd": ("dt", "dd"), "tr": ("tr", "td", "th"), "td": ("td", "th"),
    "th": ("td", "th"), "option": ("option",
)}  # fmt: skip
_STOPS = {
    "li": ("ul", "ol"),
    "tr": ("table",),
    "td": ("tr", "table"),
    "th": ("tr", "table"),
    "dt": ("dl",),
    "dd": ("dl",),
}
_NOT_READ = frozenset(
    ["nav", "aside", "footer", "form", "button", "dialog", "menu", "sup", "audio", "video", "canvas", "object", "label"]
)
_GLUED = frozenset(["span", "strong", "b", "small", "cite"])
_PARTS_WORDS = _GLUED | {"sup", "wbr"}
_FRAME = frozenset(["html", "body", "main", "article"])
_SIDE_ROLES = frozenset(["navigation", "complementary", "banner", "contentinfo", "search", "menu", "dialog", "alert"])
_DATE_KEYS = (
    "article:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "pubdate", "publishdate",
    "parsely-pub-date", "citation_publication_date", "og:published_time", "sailthru.date", "publication_date",
)  # fmt: skip
_JSON_DATE = re.compile(r"\"datePublished\"\s{0,4}:\s{0,4}\"([^\"]{4,40})\"")


LEAST_AREA = 200  # characters; a smaller part is hardly the article
LEAST_NAMED = 0.55  # share of the article's element or the page
MOST_IN_LINKS = 0.6  # share of a short paragraph: more, and it is a list of links
_NO_PART = Part(is_side=False, is_remark=False, is_body=False)
DEEPEST = 300  # open elements; what is nested deeper counts as part of the last


@dataclass
class _Open:
    """An element that is open."""

    name: str
    sides: tuple[int, ...] = ()
    """Numbers of the side parts it stands in or begins."""
    areas: tuple[int, ...] = ()
    """Numbers of the parts it stands in or begins that may hold the article."""
    is_side_element: bool = False
    is_note: bool = False
    """Whether it holds notes to the text."""


_NOWHERE = _Open("")


class _Draft(NamedTuple):
    """A block with what decides whether it is read."""

    block: Block
    areas: tuple[int, ...]
    sides: tuple[int, ...]
    link_share: float
    follows: bool
    """Whether a heading above it says that other articles follow."""


@dataclass
class _State:
    open: list[_Open] = field(default_factory=list[_Open])
    unread: int = 0
    """How many of the open elements are never read."""
    drafts: list[_Draft] = field(default_factory=list[_Draft])
    text: PlainText = field(default_factory=PlainText)
    links: int = 0
    in_links: int = 0
    sides: list[bool] = field(default_factory=list[bool])
    """Of each side part: whether it holds readers' remarks, which on some pages are the article."""
    areas: list[str] = field(default_factory=list[str])
    tables: list[list[int]] = field(default_factory=list[list[int]])
    """Of each open table: its number, row, column and, by column, rows still to be spanned."""
    table_count: int = 0
    layout: set[int] = field(default_factory=set[int])
    """Tables that hold other tables: they place parts of the page, and their cells are prose."""
    heights: dict[int, int] = field(default_factory=dict[int, int])
    """Rows of each table; one of a single row places things, too."""
    widths: dict[int, int] = field(default_factory=dict[int, int])
    spans: dict[tuple[int, int], set[int]] = field(default_factory=dict[tuple[int, int], set[int]])
    cell: Cell | None = None
    heading: int = 0
    notes: int = 0
    """How many of the open elements hold notes to the text."""
    notes_below: int = 0
    """Level of the heading that says notes follow; 0 where none does."""
    quiet_below: int = 0
    """Level of the heading that says other articles follow; 0 where none does."""
    quiet_depth: int = 0
    """Depth of the element that this heading heads: it ends with it."""
    title: str | None = None
    date: str | None = None
    share_title: str | None = None


def reading_of_page(page: str) -> Reading:
    """The blocks of a page's article."""
    state = _State()
    for piece in scan(page):
        if isinstance(piece, Text):
            _take_text(state, page, piece)
        elif piece.is_end:
            _close(state, piece.name)
        else:
            _begin(state, piece, page)
    _finish_block(state)
    drafts = _article_of(state)
    blocks = with_leads(joined_lines([_out_of_layout(state, draft.block) for draft in drafts]))
    first = next((block.text.strip() for block in blocks if block.kind == "heading" and block.level == 1), None)
    return Reading(blocks, tables_of(blocks), first or state.share_title or state.title, state.date)


def _out_of_layout(state: _State, block: Block) -> Block:
    """A block without its cell where that belongs to a table that only places parts of the page."""
    if block.cell is None or not _is_layout(state, block.cell.table):
        return block
    return block._replace(kind="text", cell=None)


def _is_layout(state: _State, number: int) -> bool:
    """Whether a table holds others, or has a single row or column: it places parts of the page then."""
    return number in state.layout or state.heights.get(number, 0) == 1 or state.widths.get(number, 0) == 1


# --- the tree, as far as it matters -----------------------------------------------------------------


def _take_text(state: _State, page: str, piece: Text) -> None:
    if piece.of == "title" and state.title is None:
        folded = PlainText()
        folded.fold_entities(page, piece.start, piece.end)
        state.title = folded.done().text.strip() or None
    elif piece.of == "script" and "ld+json" in piece.attributes.get("type", "") and state.date is None:
        found = _JSON_DATE.search(page, piece.start, piece.end)
        state.date = found[1] if found else None
    if piece.of or state.unread:
        return
    before = state.text.length
    state.text.fold_entities(page, piece.start, piece.end)
    if state.links:
        state.in_links += state.text.length - before


def _begin(state: _State, tag: Tag, page: str) -> None:
    if tag.name == "meta":
        _note_meta(state, tag.attributes)
    if tag.name == "time" and state.date is None and tag.attributes.get("datetime"):
        state.date = tag.attributes["datetime"]
    for name in _CLOSES.get(tag.name, ()):
        _close_implied(state, name, _STOPS.get(tag.name, ()))
    if state.text.length and tag.name in _BREAKS and not _goes_on(state, tag):
        _finish_block(state, soft=tag.name == "br")
    if tag.name in _PARTS_WORDS:
        _part_words(state, tag, page)
    if tag.name in _EMPTY:
        return
    if len(state.open) >= DEEPEST:
        return
    state.open.append(_element(state, tag))
    state.unread += state.open[-1].is_side_element
    state.notes += state.open[-1].is_note
    if tag.name == "a" and not (state.heading and tag.attributes.get("href", "").startswith("#")):
        state.links += 1  # a heading that links to itself leads nowhere
    if len(tag.name) == 2 and tag.name[0] == "h" and tag.name[1] in "123456":
        state.heading = int(tag.name[1])
    _begin_table_part(state, tag)


def _goes_on(state: _State, tag: Tag) -> bool:
    """Whether what a term is said to be goes on with it: "<dt>GPU hours<dd>7,000" is a key and its value."""
    is_key = tag.name == "dd" and state.text.length <= LONGEST_KEY
    if is_key:
        state.text.put(": ", tag.start, 0)
    return is_key


LONGEST_KEY = 60  # characters


def _part_words(state: _State, tag: Tag, page: str) -> None:
    """Put a blank where a tag parts words and the markup has none."""
    if tag.name == "sup" or tag.name == "wbr":
        state.text.put("" if tag.name == "wbr" else " ", tag.start, tag.end - tag.start)
    if tag.name in _GLUED and state.text.ends_small() and page[tag.end : tag.end + 1].isupper():
        state.text.put(" ", tag.start, 0)  # "built for 1 billion yuan<strong>Image credits": the style sheet parts them


def _element(state: _State, tag: Tag) -> _Open:
    around = state.open[-1] if state.open else _NOWHERE
    element = _Open(tag.name, around.sides, around.areas)
    element.is_side_element = tag.name in _NOT_READ or (tag.name == "header" and not state.areas)
    attributes = tag.attributes
    if not attributes and tag.name not in _FRAME:
        return element  # most of a page's elements, and all of a table's
    label = f"{attributes.get('class', '')} {attributes.get('id', '')}"
    hidden = (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or "display:none" in attributes.get("style", "").replace(" ", "")
    )
    part = part_by(f"{label} {attributes.get('role', '')}") if len(label) > 1 or "role" in attributes else _NO_PART
    element.is_note = part.is_note and tag.name not in _FRAME
    element.is_side_element = element.is_side_element and not element.is_note
    is_side = part.is_side or attributes.get("role") in _SIDE_ROLES or hidden
    is_remark = not is_side and part.is_remark
    if tag.name not in _FRAME and (is_side or is_remark):
        element.sides = (*element.sides, len(state.sides))
        state.sides.append(is_remark)
    if kind := _area_kind(tag.name, attributes, part):
        element.areas = (*element.areas, len(state.areas))
        state.areas.append(kind)
    return element


def _area_kind(name: str, attributes: dict[str, str], part: Part) -> str | None:
    """What kind of part an element begins that may hold the article."""
    if attributes.get("itemprop") == "articleBody":
        return "body"
    if name == "article" or name == "main":
        return name
    if attributes.get("role") == "main":
        return "main"
    return "named" if part.is_body and not part.is_side and name in ("div", "section", "td") else None


def _note_meta(state: _State, attributes: dict[str, str]) -> None:
    key = (attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or "").lower()
    if key in _DATE_KEYS and attributes.get("content"):
        state.date = attributes["content"]
    elif key == "og:title" and attributes.get("content"):
        state.share_title = attributes["content"]


def _close_implied(state: _State, name: str, stops: tuple[str, ...]) -> None:
    for element in reversed(state.open[-30:]):
        if element.name in stops:
            return
        if element.name == name:
            _close(state, name)
            return


def _close(state: _State, name: str) -> None:
    if state.text.length and name in _BREAKS and (name != "dt" or state.text.length > LONGEST_KEY):
        _finish_block(state)
    if not (state.open and state.open[-1].name == name) and not any(e.name == name for e in state.open[-60:]):
        return
    while state.open:
        element = state.open.pop()
        state.unread -= element.is_side_element
        state.notes -= element.is_note
        if len(state.open) < state.quiet_depth:
            state.quiet_below = state.quiet_depth = 0
        if element.name == "a":
            state.links = max(0, state.links - 1)
        if element.name == "table" and state.tables:
            state.tables.pop()
        if element.name == name:
            break
    if name in ("td", "th", "table", "tr"):
        state.cell = None
    if len(name) == 2 and name[0] == "h" and name[1] in "123456":
        state.heading = 0


def _begin_table_part(state: _State, tag: Tag) -> None:
    if tag.name == "table":
        state.layout.update(table[0] for table in state.tables)
        state.tables.append([state.table_count, -1, 0])
        state.table_count += 1
    elif tag.name == "tr" and state.tables:
        state.tables[-1][1] += 1
        state.heights[state.tables[-1][0]] = state.tables[-1][1] + 1
        state.tables[-1][2] = 0
    elif tag.name in ("td", "th") and state.tables:
        state.cell = _cell(state, tag)


def _cell(state: _State, tag: Tag) -> Cell:
    table = state.tables[-1]
    number, row = table[0], max(0, table[1])
    while table[2] in state.spans.get((number, row), ()):
        table[2] += 1
    rows = _span(tag.attributes.get("rowspan"))
    columns = _span(tag.attributes.get("colspan"))
    cell = Cell(number, row, table[2], rows, columns, tag.name == "th")
    for below in range(1, rows):
        state.spans.setdefault((number, row + below), set()).update(range(table[2], table[2] + columns))
    table[2] += columns
    state.widths[number] = max(table[2], state.widths.get(number, 0))
    return cell


def _span(printed: str | None) -> int:
    return min(max(int(printed), 1), 50) if printed and printed.isdecimal() and len(printed) < 4 else 1


def _kind_of(state: _State, bare: str) -> BlockKind:
    level = state.heading
    if level > 1 and is_notes_heading(bare):
        state.notes_below = level
    elif level and level <= state.notes_below:
        state.notes_below = 0
    if state.cell:
        return "cell"
    if level:
        return "heading"
    return "note" if state.notes or state.notes_below else "text"


def _finish_block(state: _State, *, soft: bool = False) -> None:
    """What was gathered since the last break, as a block; a line break within a cell is only a blank."""
    if not state.text.length:
        return
    if soft and state.cell:
        state.text.put(" ", 0, 0)
        return
    plain, links = state.text.done(), state.in_links
    state.text, state.in_links = PlainText(), 0
    bare = plain.text.strip()
    if not bare:
        return
    level = state.heading
    if level and is_side_heading(bare):
        state.quiet_below, state.quiet_depth = level, len(state.open) - 1
    elif level and level <= state.quiet_below:
        state.quiet_below = 0
    kind = _kind_of(state, bare)
    leads_away = links >= MOST_IN_LINKS * len(bare) or (kind == "note" and is_citation(bare))
    around = state.open[-1] if state.open else _NOWHERE
    state.drafts.append(
        _Draft(
            Block(kind, plain, level, state.cell, leads_away, kind == "text" and _is_in_list(state)),
            around.areas,
            around.sides,
            links / len(bare),
            state.quiet_below > 0 or is_side_line(bare),
        )
    )


def _is_in_list(state: _State) -> bool:
    """Whether what is gathered stands in an item of a list, or behind its term."""
    return any(element.name in ("li", "dd") for element in state.open[-MOST_IN_ITEM:])


MOST_IN_ITEM = 5  # elements around the words of an item

# --- which blocks are the article -----------------------------------------------------------------


def _article_of(state: _State) -> list[_Draft]:
    """The blocks of the article, if one is marked and holds enough; a side part with most of the text is none."""
    total = sum(len(draft.block.text) for draft in state.drafts) or 1
    size: dict[int, int] = {}
    for draft in state.drafts:
        for side in draft.sides:
            size[side] = size.get(side, 0) + len(draft.block.text)
    false_sides = {side for side, length in size.items() if length > 0.6 * total}
    remarks = {side for side, is_remark in enumerate(state.sides) if is_remark}
    if sum(len(draft.block.text) for draft in state.drafts if remarks.intersection(draft.sides)) > 0.5 * total:
        false_sides |= remarks
    read = [draft for draft in state.drafts if set(draft.sides) <= false_sides and not draft.follows]
    area = _area_of(state, read)
    inside = [draft for draft in read if area is None or area in draft.areas]
    return [
        draft
        for draft in inside
        if draft.block.kind != "text" or draft.link_share < MOST_IN_LINKS or len(draft.block.text) > 300
    ]


def _area_of(state: _State, drafts: list[_Draft]) -> int | None:
    size: dict[int, int] = {}
    for draft in drafts:
        for area in draft.areas:
            size[area] = size.get(area, 0) + len(draft.block.text)
    total = sum(len(draft.block.text) for draft in drafts)
    best = None
    for kind in ("body", "article", "main"):
        known = {area: size.get(area, 0) for area, name in enumerate(state.areas) if name == kind}
        largest = max(known, key=lambda area: known[area], default=None)
        if largest is not None and known[largest] >= LEAST_AREA and known[largest] >= 0.3 * max(size.values()):
            best = largest
            break
    named = max(
        (area for area, name in enumerate(state.areas) if name == "named"), key=lambda at: size.get(at, 0), default=None
    )
    around = size[best] if best is not None else total
    if named is not None and size.get(named, 0) >= max(LEAST_AREA, LEAST_NAMED * around):
        return named  # what a site calls the body of the article, where it is most of what would be read
    return best
