"""The order of the reading: blocks, names, figures; then for each figure hedge, model, scope and organisation."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import islice

from pipeline.claims import cells, linker, prose
from pipeline.claims.again import Again
from pipeline.claims.article import reading_of_page
from pipeline.claims.blocks import Block, Reading
from pipeline.claims.claim import ExtractedClaim
from pipeline.claims.figures import figures_in, may_hold_figures
from pipeline.claims.linker import Memory
from pipeline.claims.made import Parts, claims_of
from pipeline.claims.members import resolved_sizes
from pipeline.claims.names import Name, names_in
from pipeline.claims.passages import reading_of_text
from pipeline.claims.pause import collection_paused
from pipeline.claims.plain import folded
from pipeline.claims.scope import Sentence
from pipeline.claims.style import style_of
from pipeline.claims.titles import titled
from pipeline.claims.words import sentences_of
from pipeline.read import text_of
from pipeline.source import Page

_CAPTION = re.compile(r"\W{0,3}(?:table|tab\.|tabelle|tableau|tabla|tabella|表)\s?\d{0,2}", re.IGNORECASE)
LONGEST_LABEL, LONGEST_CAPTION = 140, 200  # characters
_SENTENCE = re.compile(r"[A-Za-z0-9)][.!?][\"')]?(?: [A-Z]|$)")
MOST_CELLS = 600  # looked over for the end of a table
BELOW_HEADINGS = 7  # the level of a line that heads a list
REMEMBERED = 2_000  # characters of paragraphs without figures before one with; what is said farther off is forgotten
_MARKUP = re.compile(
    r"[\s\ufeff]{0,200}<(?:!doctype|\?xml|!--|html|head|body|article|section|div|p|main)\b", re.IGNORECASE
)
_DATE = re.compile(r"(\d{4})[-/](\d{2})[-/](\d{2})")


@dataclass(frozen=True)
class Document:
    """What a page says, and what it says of itself."""

    claims: tuple[ExtractedClaim, ...]
    title: str | None
    published_on: date | None
    text: str
    """The text that ``start`` and ``end`` count in."""


def read_text(
    text: str, *, title: str | None = None, url: str | None = None, published_on: date | None = None
) -> list[ExtractedClaim]:
    """The claims of a text, in its order. Any text at all can be given; none raises."""
    with collection_paused():
        reading = reading_of_text(text, title)
        return list(_claims(text, reading, title, url, published_on))


def read_html(
    markup: str, *, title: str | None = None, url: str | None = None, published_on: date | None = None
) -> Document:
    """The claims of a page's article; title and date are the page's own unless given."""
    with collection_paused():
        reading = reading_of_page(markup)
        day = published_on or _day(reading.published)
        claims = tuple(_claims(markup, reading, title or reading.title, url, day))
    return Document(claims, title or reading.title, day, markup)


def read_page(page: Page, *, title: str | None = None, published_on: date | None = None) -> Document:
    """The claims of a page as archived.

    Raises:
        PageChanged: The bytes are not the encoding that the page declares.
    """
    text = text_of(page)
    if "html" in page.content_type or is_markup(text):
        return read_html(text, title=title, url=page.url, published_on=published_on)
    claims = read_text(text, title=title, url=page.url, published_on=published_on)
    return Document(tuple(claims), title, published_on, text)


def is_markup(text: str) -> bool:
    """Whether a text begins as the HTML of a page does."""
    return _MARKUP.match(text) is not None


def _day(printed: str | None) -> date | None:
    found = _DATE.match(printed or "")
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


# --- a document -----------------------------------------------------------------------------------


def _claims(
    given: str, reading: Reading, title: str | None, url: str | None, published_on: date | None
) -> Iterator[ExtractedClaim]:
    """The claims of a document; what a heading or a note repeats of its text is one claim, the text's."""
    found = _Reader(reading, title, url).read()
    claims = [(block.kind, claim) for block, parts in found for claim in claims_of(given, block, parts, published_on)]
    said = {_figure_of(claim) for kind, claim in claims if kind not in ASIDES}
    for kind, claim in claims:
        if kind in ASIDES:
            if _figure_of(claim) in said:
                continue
            said.add(_figure_of(claim))
        yield claim


ASIDES = ("heading", "note")  # kinds of blocks that say again what the text says
HIGHEST_HEADING = 2  # the first is the title: it announces, and its figures are the text's


def _figure_of(claim: ExtractedClaim) -> tuple[object, ...]:
    ends = [end for end in (claim.value_low, claim.value, claim.value_high) if end is not None]
    return claim.kind, claim.currency, ends[0], ends[-1]


class _Reader:
    """Reads a document block after block, and remembers what it has spoken of."""

    def __init__(self, reading: Reading, title: str | None, url: str | None) -> None:
        self.reading = reading
        self.title = title and folded(title)
        address = re.sub(r"[-_/.]", " ", (url or "")[:300])
        self.words = " ".join((self.title or "", address, *(block.text for block in reading.blocks)))
        self.style = style_of(self.words, self.title or "")
        self.memory = Memory(title=titled(self.title or "", url or "", self.words))
        self.again = Again(reading.blocks)
        self.has_own_heading = False

    def read(self) -> Iterator[tuple[Block, list[Parts]]]:
        """What the figures say of each block that has any, in the order of the document."""
        tables: set[int] = set()
        silent: deque[Block] = deque()
        for place, block in enumerate(self.reading.blocks):
            if block.kind == "text" and not block.is_item and self._heads_list(block):
                silent.clear()
                continue
            if block.kind == "text" and not may_hold_figures(block.text):
                _keep_silent(silent, block)
                continue
            for before in silent if block.kind == "text" else ():
                self.again.read(before, self.memory, partial(self._take_in, before))
            silent.clear()
            if block.cell is None:
                yield block, self._block(block)
            elif block.cell.table not in tables:
                tables.add(block.cell.table)
                yield from self._table(block.cell.table, place)

    def _heads_list(self, block: Block) -> bool:
        """Go on below a line that names the one model that a list is about, as below a heading; leave the last one."""
        memory = self.memory
        while memory.headings and memory.headings[-1][0] == BELOW_HEADINGS:
            memory.headings.pop()
        if not block.leads_list:
            return False
        names = self._names(block)
        models = {name.name for name in names if name.kind == "model"}
        if len(models) != 1 or figures_in(block.text, names, self.style):
            return False
        memory.enter(BELOW_HEADINGS, names, block.text)
        return True

    def _block(self, block: Block) -> list[Parts]:
        if block.kind == "heading":
            self._enter(block)
        own = _memory_of(block, self.memory)
        return self.again.read(block, own, partial(self._prose, block, own)) if own else []

    def _enter(self, block: Block) -> None:
        """Go on below a heading; the first of the highest level is the page's own and says what its title says."""
        names = self._names(block)
        if block.level < HIGHEST_HEADING and not (self.has_own_heading or self.memory.headings or self.memory.seen):
            self.has_own_heading = True
            known = {name.name for name in self.memory.title}
            self.memory.title = [*self.memory.title, *(name for name in names if name.name not in known)]
        else:
            self.memory.enter(block.level, names, block.text)

    def _prose(self, block: Block, memory: Memory) -> list[Parts]:
        entered = self.memory.headings[-1:] if block.kind == "heading" else []
        names = entered[0][1] if entered and entered[0][2] == block.text else self._names(block)
        return prose.read(block.text, names, self.style, memory, self.title)

    def _table(self, number: int, place: int) -> Iterator[tuple[Block, list[Parts]]]:
        self._take_caption(place)
        caption = _caption_of(self.reading, place)
        table = self.reading.tables[number]
        for cell, parts in cells.read(table, self._names, self.style, self.memory, self.title, caption):
            yield cell, [parts]

    def _take_caption(self, place: int) -> None:
        """Read the line below a table before it, where that line is its caption and nothing else names a model."""
        after = _line_below(self.reading, place)
        if after is None or not _CAPTION.match(after.text) or linker.remembered(self.memory):
            return
        models = [name for name in self._names(after) if name.kind == "model"]
        if len({name.name for name in models}) == 1:
            self.memory.model = models[0]
            self.memory.maker = models[0].organisation

    def _take_in(self, block: Block) -> list[Parts]:
        """Remember what a paragraph without figures speaks of."""
        names = self._names(block)
        self.memory.begin_paragraph()
        for start, end in sentences_of(block.text) if names else ():
            linker.remember(self.memory, Sentence.of(block.text, start, end, (), names), None)
        return []

    def _names(self, block: Block) -> list[Name]:
        """The names of a block; a bare size belongs to the family that was named last."""
        memory = self.memory
        known = [name for _, names, _ in memory.headings for name in names if name.kind == "model"]
        families = [name for name in (*memory.title, *known, memory.model) if name is not None and name.kind == "model"]
        return resolved_sizes(names_in(block.text, self.words), families, block.text)


def _memory_of(block: Block, memory: Memory) -> Memory | None:
    """What a block is read with; None where it is not read.

    What a heading or a note speaks of is no topic of the text behind it.
    """
    if block.kind == "text":
        return memory
    if block.leads_away or (block.kind == "heading" and block.level < HIGHEST_HEADING):
        return None
    seen = set(islice(memory.seen, 2))  # whether it was one model or more is all that is asked
    return replace(memory, seen=seen, spoken=dict(memory.spoken), makers=set(memory.makers))


def _line_below(reading: Reading, place: int) -> Block | None:
    """The line of text right below the table that begins at a place."""
    after = next((block for block in reading.blocks[place : place + MOST_CELLS] if block.cell is None), None)
    return after if after and after.kind == "text" else None


def _caption_of(reading: Reading, place: int) -> str:
    """The line above a table or below it that says what it holds."""
    after = next((block for block in reading.blocks[place : place + MOST_CELLS] if block.cell is None), None)
    above = reading.blocks[place - 1] if place else None
    if above and (_CAPTION.match(above.text) or _is_label(above)):
        return above.text[:LONGEST_CAPTION]
    return after.text[:LONGEST_CAPTION] if after and _CAPTION.match(after.text) else ""


def _is_label(block: Block) -> bool:
    """Whether a line only says what stands below it: a heading, or some words that are no sentence."""
    text = block.text.strip()
    return block.cell is None and len(text) < LONGEST_LABEL and (block.kind == "heading" or not _SENTENCE.search(text))


def _keep_silent(silent: deque[Block], block: Block) -> None:
    """Keep a paragraph without figures: what it speaks of is asked for only where figures follow close behind."""
    silent.append(block)
    while len(silent) > 1 and sum(len(before.text) for before in silent) > REMEMBERED:
        silent.popleft()
