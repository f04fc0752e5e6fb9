"""The claims of a table: for each cell that holds a figure its model, what it covers and its hedge, by its heads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pipeline.claims import covers, linker
from pipeline.claims.blocks import Block, Table
from pipeline.claims.columns import is_estimated
from pipeline.claims.hedging import hedge_of
from pipeline.claims.linker import Link, Memory
from pipeline.claims.made import Parts
from pipeline.claims.members import member_below, member_in_row, names_by_head
from pipeline.claims.names import Name
from pipeline.claims.prose import is_linked, surroundings
from pipeline.claims.scope import Decision, Sentence
from pipeline.claims.style import Style
from pipeline.claims.tables import LONGEST_CELL, CellFigure, figures_of
from pipeline.facts import Hedge

_DIGITS = re.compile(r"[0-9]+(?:[.,][0-9]+)*")


def read(
    table: Table, names_of: Callable[[Block], list[Name]], style: Style, memory: Memory, title: str | None, caption: str
) -> Iterator[tuple[Block, Parts]]:
    """What the figures of a table say, each with its cell.

    Args:
        table: The table.
        names_of: The names of a cell.
        style: How the document writes numbers.
        memory: What the document has spoken of before.
        title: The document's.
        caption: The line above or below that says what the table holds.
    """
    named = {cell.text: cell for cell in table.grid.values()}
    known_names = {text: names_of(cell) for text, cell in named.items()}  # what a table repeats is read once
    names = names_by_head(table, {id(cell): known_names[cell.text] for cell in table.grid.values()})
    heads = (caption, *(cell.text.strip() for cell in table.row(0)[:12] if cell is not None))
    top = " | ".join(head for head in dict.fromkeys(heads) if head)[:400]
    around = [s for s in (Sentence.of(top, 0, len(top), (), ()), *surroundings(memory, title)) if s.text]
    known: Judged = {}
    is_nameless = not any(name.kind == "model" for own in names.values() for name in own)
    for found in figures_of(table, names, style, caption):
        yield found.block, _cell_parts(found, names, memory, around, known, is_nameless=is_nameless)


def _cell_parts(
    found: CellFigure,
    names: dict[int, list[Name]],
    memory: Memory,
    around: Sequence[Sentence],
    known: Judged,
    *,
    is_nameless: bool,
) -> Parts:
    own = names[id(found.block)]
    link = _cell_link(found, own, names, memory)
    decision, hedge = _judged(found, link, around, known)
    decision = _by_headers(found, decision)
    if found.is_of_hardware and found.figure.kind in ("money", "price_per_gpu"):
        link, decision = None, Decision("hardware_capex", found.headers or None)
    is_page_of_model = is_nameless and link is not None and link.place in ("title", "heading")
    if is_page_of_model and "tok" in (found.figure.per or ""):
        link = link and Link(link.name, "table")  # what the tokens of the page's model cost
    if not is_linked(found.figure, decision.scope, link):
        link = None
    figure = found.figure
    if figure.hardware is None and (hardware := _cell_hardware(found, names)):
        figure = replace(figure, hardware=hardware)
    organisation = (link.name.organisation if link else None) or _cell_organisation(found, own, names)
    if organisation is None and figure.kind == "money" and memory.organisation:
        organisation = memory.organisation.organisation
    return Parts(figure, decision, hedge, link, organisation, f"{found.headers}: {found.row_text}")


_OF_USE = re.compile(
    r"\b(?:inference|serving|hosting|self-host\w*|infra|own)\b|推理|推論"
    r"|\d ?[kmb]? (?:tokens?|requests?|queries|images|users|tasks) (?:a|per|each|/) ?(?:day|month|week|year)",
    re.IGNORECASE,
)
_USES = ("query", "request", "prompt", "call", "session", "answer")
_OF_RUNS = re.compile(r"\btime\b|duration|\b(?:gpu[- ]?)?hours\b|epochs?\b|\bsteps\b", re.IGNORECASE)
_TOTAL = re.compile(
    r"\W{0,5}(?:(?:grand |in )?total|sum|all(?: models)?|altogether|gesamt|合计|总计|合計)\W{0,5}", re.IGNORECASE
)  # fmt: skip


def _by_headers(found: CellFigure, decision: Decision) -> Decision:
    """What a figure covers where the headers are plain on it: use of a model, a list price, the chips of a run."""
    figure, headers = found.figure, found.headers
    if figure.kind in ("price_other", "money") and decision.scope in ("other_not_cost", "inference", "unknown"):
        is_of_tokens = "tok" in (figure.per or "")
        if _OF_USE.search(headers) or (figure.per in _USES and not is_of_tokens):
            return Decision("inference", headers)
        return Decision("other_not_cost", headers) if is_of_tokens else decision
    if figure.kind == "gpu_count" and decision.scope == "fleet" and _OF_RUNS.search(found.top):
        return Decision("final_run", headers)
    if figure.kind == "gpu_hours" and _TOTAL.fullmatch(found.row_text.split(" | ")[0]):
        return Decision("training_total", headers)
    return decision


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
    if hedge[0] == "exact" and (figure.kind == "money" and is_estimated(found.headers)):
        hedge = "approx", None
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
