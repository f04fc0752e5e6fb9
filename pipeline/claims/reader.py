"""The order of the reading: blocks, names, figures; then for each figure hedge, model, scope and organisation."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from operator import attrgetter

from pipeline.claims import covers, firms, linker, neighbours, whose
from pipeline.claims.article import reading_of_page
from pipeline.claims.blocks import Block, BlockKind, Reading
from pipeline.claims.claim import ExtractedClaim
from pipeline.claims.covers import Opinion
from pipeline.claims.figures import Figure, figures_in, may_hold_figures
from pipeline.claims.hedging import hedge_of
from pipeline.claims.linker import Link, Memory
from pipeline.claims.made import as_gloss, made
from pipeline.claims.members import member_below, member_in_row, names_by_head, resolved_sizes
from pipeline.claims.names import Name, names_in
from pipeline.claims.neighbours import Amount, sure
from pipeline.claims.parts import is_gloss, is_part, is_worth
from pipeline.claims.passages import reading_of_text
from pipeline.claims.pause import collection_paused
from pipeline.claims.plain import folded
from pipeline.claims.refine import refined
from pipeline.claims.scope import Decision, Sentence, flags_of
from pipeline.claims.style import Style, style_of
from pipeline.claims.tables import LONGEST_CELL, CellFigure, figures_of
from pipeline.claims.titles import titled
from pipeline.claims.whose import Candidate
from pipeline.claims.words import sentences_of
from pipeline.facts import Hedge, Scope
from pipeline.read import text_of
from pipeline.source import Page

# Kinds of amounts that are a model's only where the text says so itself.
_NO_MODEL = ("company_investment", "national_programme", "funding", "fleet", "other_not_cost")
_OWN_WORDS = ("hardware_capex", "rnd_total")
_CAPTION = re.compile(r"\W{0,3}(?:table|tab\.|tabelle|tableau|tabla|tabella|表)\s?\d{0,2}", re.IGNORECASE)
LONGEST_START = 200  # characters of the sentence behind that may say what an amount leaves out
LONGEST_LABEL = 140  # characters
_SENTENCE = re.compile(r"[A-Za-z0-9)][.!?][\"')]?(?: [A-Z]|$)")
MOST_CELLS = 600  # looked over for the end of a table
MOST_LATER = 6  # names behind a sentence that its figures may be of
REMEMBERED = 2_000  # characters of paragraphs without figures before one with; what is said farther off is forgotten
_MARKUP = re.compile(
    r"[\s\ufeff]{0,200}<(?:!doctype|\?xml|!--|html|head|body|article|section|div|p|main)\b", re.IGNORECASE
)
_DIGITS = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
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
    found = list(_all_found(given, reading, title, url, published_on))
    prose = _claims_of(given, [one for _, one in found if isinstance(one, Seen)], published_on)
    claims = [(kind, next(prose) if isinstance(one, Seen) else one) for kind, one in found]
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


def _all_found(
    given: str, reading: Reading, title: str | None, url: str | None, published_on: date | None
) -> Iterator[tuple[BlockKind, ExtractedClaim | Seen]]:
    """The claims of tables and the figures of prose, in the order of the document."""
    title = title and folded(title)
    words = " ".join(
        (title or "", re.sub(r"[-_/.]", " ", (url or "")[:300]), *(block.text for block in reading.blocks))
    )
    style = style_of(words, title or "")
    memory = Memory(title=titled(title or "", url or "", words))
    seen: set[int] = set()
    silent: deque[Block] = deque()
    for place, block in enumerate(reading.blocks):
        if block.kind == "text" and not may_hold_figures(block.text):
            _keep_silent(silent, block)
            continue
        for before in silent if block.kind == "text" else ():
            _take_in(before, words, memory)
        silent.clear()
        if block.kind == "cell" and block.cell:
            if block.cell.table not in seen:
                seen.add(block.cell.table)
                _take_caption(reading, place, words, memory)
                caption = _caption_of(reading, place)
                for claim in _table_claims(
                    given, reading, block.cell.table, words, style, memory, published_on, title, caption
                ):
                    yield "cell", claim
            continue
        names = _names(block, words, memory)
        if block.kind == "heading":
            memory.enter(block.level, names, block.text)
        own = _memory_of(block, memory)
        for one in _block_figures(block, names, style, own, title) if own else ():
            yield block.kind, one


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


def _take_caption(reading: Reading, place: int, words: str, memory: Memory) -> None:
    """Read the line below a table before it, where that line is its caption and nothing else names a model."""
    after = next((block for block in reading.blocks[place : place + MOST_CELLS] if block.cell is None), None)
    if after is None or after.kind != "text" or not _CAPTION.match(after.text) or linker.remembered(memory):
        return
    models = [name for name in _names(after, words, memory) if name.kind == "model"]
    if len({name.name for name in models}) == 1:
        memory.model = models[0]
        memory.maker = models[0].organisation


def _caption_of(reading: Reading, place: int) -> str:
    """The line above a table or below it that says what it holds."""
    after = next((block for block in reading.blocks[place : place + MOST_CELLS] if block.cell is None), None)
    above = reading.blocks[place - 1] if place else None
    if above and (_CAPTION.match(above.text) or _is_label(above)):
        return above.text[:LONGEST_START]
    return after.text[:LONGEST_START] if after and _CAPTION.match(after.text) else ""


def _is_label(block: Block) -> bool:
    """Whether a line only says what stands below it: a heading, or some words that are no sentence."""
    text = block.text.strip()
    return block.cell is None and len(text) < LONGEST_LABEL and (block.kind == "heading" or not _SENTENCE.search(text))


def _keep_silent(silent: deque[Block], block: Block) -> None:
    """Keep a paragraph without figures: what it speaks of is asked for only where figures follow close behind."""
    silent.append(block)
    while len(silent) > 1 and sum(len(before.text) for before in silent) > REMEMBERED:
        silent.popleft()


def _take_in(block: Block, words: str, memory: Memory) -> None:
    """Remember what a paragraph without figures speaks of."""
    names = _names(block, words, memory)
    memory.begin_paragraph()
    for start, end in sentences_of(block.text) if names else ():
        linker.remember(memory, Sentence.of(block.text, start, end, (), names), None)


def _names(block: Block, words: str, memory: Memory) -> list[Name]:
    """The names of a block; a bare size belongs to the family that was named last."""
    known = [name for _, names, _ in memory.headings for name in names if name.kind == "model"]
    families = [name for name in (*memory.title, *known, memory.model) if name is not None and name.kind == "model"]
    return resolved_sizes(names_in(block.text, words), families, block.text)


def _block_figures(block: Block, names: list[Name], style: Style, memory: Memory, title: str | None) -> Iterator[Seen]:
    figures = figures_in(block.text, names, style)
    around = _surroundings(memory, title)
    memory.begin_paragraph()
    previous: list[Sentence] = []
    told: Scope | None = None
    spans = sentences_of(block.text)
    for at, (start, end) in enumerate(spans):
        sentence = Sentence.of(block.text, start, end, figures, names)
        if not sentence.figures:
            linker.remember(memory, sentence, None)
            previous, told = [sentence], None
            continue
        sentence = refined(sentence, previous[0] if previous else None)
        following = block.text[slice(*spans[at + 1])][:LONGEST_START] if at + 1 < len(spans) else ""
        behind = bisect_left(names, end, key=attrgetter("start"))
        later = tuple(names[behind : behind + MOST_LATER])
        sentence = replace(sentence, following=following, owner=linker.owner(memory), later=later, told=told)
        if block.text[start:end].rstrip().endswith("?") and at + 1 < len(spans):  # the answer says what it is about
            previous = [Sentence.of(block.text, *spans[at + 1], (), names)]
        for seen in _sentence_figures(block, sentence, memory, [*previous, *around]):
            told = seen.opinion.decision.scope if seen.figure.kind == "money" else told
            yield seen
        previous = [sentence]


def _surroundings(memory: Memory, title: str | None) -> list[Sentence]:
    texts = [memory.headings[-1][2] if memory.headings else "", title or ""]
    return [Sentence.of(text, 0, len(text), (), ()) for text in texts]


@dataclass(frozen=True)
class Seen:
    """A figure of prose, with what was made of it in its place; what it covers is seen when its neighbours are."""

    block: Block
    figure: Figure
    sentence: Sentence
    before: Figure | None
    """The amount of money before it in the sentence."""
    opinion: Opinion
    link: Link | None
    """The model that the rules would give it if it covered a model's cost."""
    candidates: Sequence[Candidate]
    links: dict[Scope, Link | None] = field(default_factory=dict["Scope", "Link | None"])
    """The model that it is of by what it covers, as far as that was asked."""

    def by_rules(self, scope: Scope) -> Link | None:
        """The model that the rules give it, if it covers this."""
        if self.link is None:
            return None
        is_of_a_firm = covers.is_of_a_firm(self.figure, self.sentence)
        return self.link if _is_linked(self.figure, scope, self.link, is_of_a_firm=is_of_a_firm) else None

    def link_for(self, scope: Scope) -> Link | None:
        """The model that it is of, if it covers this."""
        if self.figure.kind == "price_per_gpu" or not self.candidates:
            return None
        if self.link and self.link.name.size is None and linker.speaks_of_family(self.sentence):
            return self.by_rules(scope)  # a sum over all sizes is the family's
        if scope not in self.links:
            self.links[scope] = whose.chosen(self.candidates, self.figure, scope, self.by_rules(scope))
        return self.links[scope]


def _sentence_figures(block: Block, sentence: Sentence, memory: Memory, around: Sequence[Sentence]) -> Iterator[Seen]:
    linked: Name | None = None
    before: Figure | None = None
    for figure in sentence.figures:
        found = linker.model_of(figure, sentence, memory)
        opinion = covers.opinion_of(figure, sentence, found, around, before)
        seen = Seen(block, figure, sentence, before, opinion, found, whose.candidates(figure, sentence, found, memory))
        if figure.kind == "money" and not figure.is_difference:
            before = figure
        if link := seen.link_for(opinion.decision.scope):
            linked = linked or link.name
            if figure.kind in KNOWN_AGAIN and figure.low >= LEAST_KNOWN_AGAIN:
                memory.amounts.setdefault(linker.amount_of(figure), link.name)
        yield seen
    linker.remember(memory, sentence, linked)


KNOWN_AGAIN = ("money", "gpu_hours", "gpu_count", "tokens")  # kinds of figures that are hardly two models' by chance
LEAST_KNOWN_AGAIN = 1_000


def decisions(seen: Sequence[Seen]) -> list[Decision]:
    """What each figure covers, by a second look at the amounts of money: with their neighbours in view."""
    decided = [one.opinion.decision for one in seen]
    money = [(at, one) for at, one in enumerate(seen) if one.figure.kind == "money"]
    amounts = [Amount(one.figure, one.sentence, one.opinion.shares or sure(one.opinion.decision)) for _, one in money]
    at_of = {id(one.figure): at for at, one in money}
    for place, (at, one) in enumerate(money):
        if one.opinion.shares is None:
            continue
        before = decided[at_of[id(one.before)]] if one.before else None
        if one.before and before and (same := _goes_on(one.before, before, one)):
            decided[at] = same
            continue
        if not neighbours.has_any(amounts, place):
            continue
        shares = neighbours.second_shares(amounts, place)
        decided[at] = one.opinion.decided_on(one.opinion.likeliest(shares))
    return decided


def _goes_on(before: Figure, decision: Decision, one: Seen) -> Decision | None:
    """What an amount covers that goes on with the one before it, or is what somebody is worth who raised that."""
    if is_part(before, one.figure, one.sentence):
        return decision
    is_value = decision.scope == "funding" or (decision.cue or "").lower().startswith("valu")
    return Decision("other_not_cost", "at") if is_value and is_worth(before, one.figure, one.sentence) else None


def _claims_of(given: str, seen: Sequence[Seen], day: date | None) -> Iterator[ExtractedClaim]:
    """The claims of the figures of prose, in their order."""
    made: dict[int, ExtractedClaim] = {}
    for one, decision in zip(seen, decisions(seen), strict=True):
        claim = _claim(given, one, decision, day)
        if one.before and id(one.before) in made and is_gloss(one.figure, one.before, one.sentence.text):
            claim = as_gloss(claim, made[id(one.before)])
        made[id(one.figure)] = claim
        yield claim


def _claim(given: str, one: Seen, decision: Decision, day: date | None) -> ExtractedClaim:
    figure, sentence, block = one.figure, one.sentence, one.block
    link = one.link_for(decision.scope)
    hedge = hedge_of(figure, sentence.text, sentence.start, sentence.end, sentence.figures)
    organisation = (link.name.organisation if link else None) or (
        None
        if figure.kind == "price_per_gpu"
        else firms.organisation_of(
            figure, sentence, states=decision.scope in ("national_programme", "hardware_capex", "fleet")
        )
    )
    printed = " ".join(block.text[sentence.start : sentence.end].split())
    return made(given, block, figure, decision, hedge, link, organisation, printed, day, flags_of(figure, sentence))


def _is_linked(figure: Figure, scope: Scope, link: Link | None, *, is_of_a_firm: bool = False) -> bool:
    if link is None or figure.kind == "price_per_gpu":
        return False
    if figure.kind == "price_other" and "tok" in (figure.per or ""):
        return link.place in ("clause", "sentence", "table")  # what a model's tokens are sold for: no cost of it
    if scope in _NO_MODEL or (figure.kind == "price_other" and scope == "hardware_capex"):
        return False
    if figure.kind == "money" and scope == "unknown":
        return False  # an amount that nothing says the purpose of is no model's
    if scope == "rnd_total" and link.place == "sentence":
        return False
    if scope == "hardware_capex" and link.place == "passage" and is_of_a_firm:
        return False  # a firm's machines serve more than the model that was spoken of
    return not (scope in _OWN_WORDS and link.place not in ("clause", "sentence", "passage", "table"))


# --- a table --------------------------------------------------------------------------------------


def _table_claims(
    given: str, reading: Reading, number: int, words: str, style: Style, memory: Memory, day: date | None,
    title: str | None, caption: str,
) -> Iterator[ExtractedClaim]:  # fmt: skip
    table = reading.tables[number]
    named = {cell.text: cell for cell in table.grid.values()}
    read = {text: _names(cell, words, memory) for text, cell in named.items()}  # what a table repeats is read once
    names = names_by_head(table, {id(cell): read[cell.text] for cell in table.grid.values()})
    heads = (caption, *(cell.text.strip() for cell in table.row(0)[:12] if cell is not None))
    top = " | ".join(head for head in dict.fromkeys(heads) if head)[:400]
    around = [s for s in (Sentence.of(top, 0, len(top), (), ()), *_surroundings(memory, title)) if s.text]
    known: Judged = {}
    for found in figures_of(table, names, style, caption):
        yield _cell_claim(given, found, names, memory, around, day, known)


def _cell_claim(
    given: str,
    found: CellFigure,
    names: dict[int, list[Name]],
    memory: Memory,
    around: Sequence[Sentence],
    day: date | None,
    known: Judged,
) -> ExtractedClaim:
    own = names[id(found.block)]
    link = _cell_link(found, own, names, memory)
    decision, hedge = _judged(found, link, around, known)
    if found.is_of_hardware and found.figure.kind in ("money", "price_per_gpu"):
        link, decision = None, Decision("hardware_capex", found.headers or None)
    if not _is_linked(found.figure, decision.scope, link):
        link = None
    figure = found.figure
    if figure.hardware is None and (hardware := _cell_hardware(found, names)):
        figure = replace(figure, hardware=hardware)
    organisation = (link.name.organisation if link else None) or _cell_organisation(found, own, names)
    if organisation is None and figure.kind == "money" and memory.organisation:
        organisation = memory.organisation.organisation
    return made(
        given, found.block, figure, decision, hedge, link, organisation, f"{found.headers}: {found.row_text}", day, ()
    )


Judged = dict[tuple[object, ...], tuple[Decision, tuple[Hedge, str | None]]]
"""What was decided for a cell, for the others of its table that have the same words around their number."""


def _judged(
    found: CellFigure, link: Link | None, around: Sequence[Sentence], known: Judged
) -> tuple[Decision, tuple[Hedge, str | None]]:
    """What a cell's figure covers and how it is bounded."""
    figure, lead = found.figure, f"{found.headers}: "
    text = lead + found.block.text
    key = (_DIGITS.sub("0", text), figure.kind, figure.per, figure.hedge, covers.size_of(figure), link and link.place,
           link and link.name.size is None, figure.is_vague, figure.is_range)  # fmt: skip
    if (decided := known.get(key)) is not None:
        return decided
    offset = len(lead)
    shifted = replace(
        figure, start=figure.start + offset, end=figure.end + offset, head_end=figure.head_end + offset
    )  # fmt: skip
    sentence = Sentence.of(text, 0, min(len(text), 900), (shifted,), ())
    decision = covers.opinion_of(shifted, sentence, link, around).decision
    hedge = hedge_of(figure, found.block.text, 0, len(found.block.text), ())
    if len(found.block.text) < LONGEST_CELL:
        known[key] = decision, hedge
    return decision, hedge


def _cell_link(found: CellFigure, own: list[Name], names: dict[int, list[Name]], memory: Memory) -> Link | None:
    for place in ([own] if found.is_prose or _names_its_own(found, own) else []) + [
        names.get(id(found.column_head), []) if found.column_head else [],
        *(names.get(id(cell), []) for cell in found.row if cell is not found.block),
        own,
        names.get(id(found.corner), []) if found.corner else [],
    ]:
        models = [name for name in place if name.kind == "model"]
        if models:
            return Link(member_in_row(models[0], found, names), "table")
    spoken = linker.remembered(memory)
    if (
        spoken
        and spoken.place == "passage"
        and found.figure.kind == "money"
        and not any(covers.speaks_of_training(words) for words in (_DIGITS.sub("0", found.headers), found.top))
    ):
        return None  # a table of something else below a paragraph on a model
    return spoken and spoken.with_name(member_below(spoken.name, found))


def _names_its_own(found: CellFigure, own: list[Name]) -> bool:
    """Whether a cell names the one model that its figure stands right behind: "DeepSeek-V3 $5.5M" among headers."""
    models = [name for name in own if name.kind == "model"]
    gap = found.figure.start - models[0].end if len(models) == 1 else -1
    return 0 <= gap <= LONGEST_GAP


LONGEST_GAP = 3  # characters, as of " ($"


def _cell_hardware(found: CellFigure, names: dict[int, list[Name]]) -> str | None:
    cells = [found.block, *([found.column_head] if found.column_head else []), *found.row]
    return next((name.name for cell in cells for name in names.get(id(cell), []) if name.kind == "hardware"), None)


def _cell_organisation(found: CellFigure, own: list[Name], names: dict[int, list[Name]]) -> str | None:
    places = [own, *(names.get(id(cell), []) for cell in found.row), names.get(id(found.column_head), [])]
    return next(
        (
            name.organisation
            for place in places
            for name in place
            if name.kind in ("organisation", "programme", "state")
        ),
        None,
    )
