"""Models that have their figures by their place: "cost $7,000 and $60,000 respectively", "the latter", "the larger"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from pipeline.claims.figures import Figure
from pipeline.claims.names import Name
from pipeline.claims.scope import Sentence

_RESPECTIVELY = re.compile(r"\brespectively\b|\bin that order\b", re.IGNORECASE)
_AND = re.compile(
    r",? ?(?:(?:and|or|&) )?(?:(?:about|around|some|roughly|nearly|over|its|the|[\w.-]{1,40}['\u2019]s) ){0,2}[~$]?"
)
_TAKES = (
    r"(?:took|takes?|costs?|needed|needs|used|uses|was|is|had|ran|came|at|about|for|with|some|roughly|nearly|over"
    r"|only|just)"
)
_ONE_OF_TWO = re.compile(
    rf"\bthe (?:(?P<first>former)|(?P<second>latter)|(?P<one>first|second)(?= {_TAKES}\b)"
    r"|(?P<size>larger|bigger|smaller)(?: of the two| one| model| version| sibling)?(?! (?:the|than)\b))\b",
    re.IGNORECASE,
)


_FOR_ONE = re.compile(
    r" (?:for|on|of|by) the (?:(?P<first>former)|(?P<second>latter)|(?P<one>first|second)(?=[,.;]| and\b|$)"
    r"|(?P<size>larger|bigger|smaller)(?: of the two| one| model| version| sibling)?(?=[,.;]| and\b|$))",
    re.IGNORECASE,
)


def respective(figure: Figure, sentence: Sentence) -> Name | None:
    """The model that a list of models, as long as the figure's own list of figures, has in the figure's place."""
    if not _RESPECTIVELY.search(sentence.text, sentence.start, sentence.end):
        return None
    figures = _listed([other for other in sentence.figures if other.kind == figure.kind], figure, sentence)
    models = [name for name in sentence.names if name.kind == "model"]
    lists = [found for name in models if len(found := _listed(models, name, sentence)) == len(figures)]
    return lists[0][figures.index(figure)] if lists and len(figures) > 1 else None


def one_of_two(figure: Figure, sentence: Sentence, before: Sequence[Name]) -> Name | None:
    """The one of two models that "the former", "the second" or "the larger" before a figure means.

    Args:
        figure: The figure.
        sentence: Its sentence.
        before: The models of the last sentence that named any.
    """
    behind = _FOR_ONE.match(sentence.text, figure.end, sentence.end)
    found = [behind] if behind else list(_ONE_OF_TWO.finditer(sentence.text, sentence.start, figure.start))
    if not found:
        return None
    here = [name for name in sentence.names if name.kind == "model" and name.end <= found[-1].start()]
    two = _distinct(here) or _distinct(before)
    is_near = not any(name.kind == "model" and found[-1].end() <= name.start < figure.start for name in sentence.names)
    if len(two) != 2 or not is_near:
        return None
    said = found[-1]
    if said["size"]:
        sized = [(float(name.size[:-1]), name) for name in two if name.size]
        if len(sized) < len(two):
            return None
        pick = min if said["size"].lower() == "smaller" else max
        return pick(sized, key=lambda item: item[0])[1]
    return two[1] if said["second"] or (said["one"] or "").lower() == "second" else two[0]


_Spanned = TypeVar("_Spanned", Figure, Name)


def _listed(all_of_them: Sequence[_Spanned], one: _Spanned, sentence: Sentence) -> list[_Spanned]:
    """What stands beside one thing with nothing but commas and conjunctions between."""
    low = high = all_of_them.index(one)
    while low and _AND.fullmatch(sentence.text, all_of_them[low - 1].end, all_of_them[low].start):
        low -= 1
    while high + 1 < len(all_of_them) and _AND.fullmatch(
        sentence.text, all_of_them[high].end, all_of_them[high + 1].start
    ):
        high += 1
    return list(all_of_them[low : high + 1])


def _distinct(names: Sequence[Name]) -> list[Name]:
    return list({name.name: name for name in names}.values())
