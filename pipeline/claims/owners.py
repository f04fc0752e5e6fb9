"""Models whose own a figure is by what stands between the two and nothing else: "GPT-4 ($40M)", "$78M for GPT-4".

Such a bond decides, whatever other names the sentence has; and a model bound to one amount says nothing of another one
that it is only contrasted with: "$6 million, against $100 million for GPT-4".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.claims.comparison import OWN_SIGN, OWN_VERB, is_basis, is_only_compared
from pipeline.claims.figures import Figure
from pipeline.claims.names import Name
from pipeline.claims.scope import MONEY_KINDS, Sentence

# Behind an amount: "(GPT-4)", "for GPT-4", "to train OpenAI's GPT-4", "for the training of GPT-4", ": s1".
_BEHIND = re.compile(
    r" ?(?:[(\[]|(?:was |were )?(?:spent |needed |paid |required |put )?(?:for|of|on|into|behind|in the case of"
    r"|pour|para|per|für|por"
    r"|(?:only |just )?(?:refers|relates|applies|belongs) (?:only |just |specifically )?to|bezieht sich (?:nur "
    r"|speziell |allein )?auf"
    r"|concerne|se rapporte à|se refiere a|si riferisce a)"
    r"(?: (?:the )?(?:(?:pre-?|re)?training|building|making|development|creation)(?: of)?)?"
    r"|to (?:pre-?train|train|build|develop|make|create|fine-?tune)|in training|training)"
    r"(?: (?:the|its|their|a|an|our|der|das|den|la|el|le))?(?: (?:[\w.-]+ ){0,2}[\w.-]+['\u2019]s?)? ?",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(r"(?::|,? namely| \u2014| \u2013) (?:the )?(?:[\w.-]+['\u2019]s )?")
_CONTRAST = re.compile(
    r"\b(?:compared?|comparison|versus|vs\.?|against|than|while|whereas|unlike|instead of|next to|opposed to"
    r"|rather than"
    r"|gegen\u00fcber|gegen|verglichen|contre|frente a|contro|comparado|compar\u00e9|w\u00e4hrend"
    r"|statt)(?![a-z])|相比|而|对比|に対し",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[:;](?!\d)")  # what stands behind is another statement
LONGEST_BOND = 60  # characters between a figure and what it is of


def bound_model(figure: Figure, sentence: Sentence) -> Name | None:
    """The model that a figure is bound to; None where none is, or several are."""
    models = [name for name in sentence.names if name.kind == "model" and name.name]
    before = next((name for name in reversed(models) if name.end <= figure.start), None)
    if before and _is_of(before, figure, sentence) and not _has_an_earlier(before, figure, sentence):
        return before
    behind = next((name for name in models if name.start >= figure.end), None)
    if behind and _is_for(figure, behind, sentence) and not _begins_its_own(behind, sentence):
        return behind
    return None


def _has_an_earlier(name: Name, figure: Figure, sentence: Sentence) -> bool:
    """Whether a name before a figure is what the figure before it is for: "$4M for GPT-3 to $78M for GPT-4"."""
    earlier = [other for other in _alike(figure, sentence) if other.end <= name.start]
    return bool(earlier) and _is_for(earlier[-1], name, sentence)


def is_of_another(figure: Figure, name: Name, sentence: Sentence) -> bool:
    """Whether a name behind a figure belongs to a later amount that the figure is contrasted with."""
    between = [other for other in _alike(figure, sentence) if figure.end <= other.start and other.end <= name.start]
    if not between:
        return False
    last = between[-1]
    if not _is_for(last, name, sentence):
        return False
    return (
        _CONTRAST.search(sentence.text, figure.end, last.start) is not None
        or _PARTS.search(sentence.text, figure.end, last.start) is not None
    )


def in_order(figure: Figure, sentence: Sentence) -> Name | None:
    """The model in the figure's place, where all models stand before as many figures: "A and B cost $4M and $9M"."""
    figures = _alike(figure, sentence)
    if figure not in figures:
        return None
    first, last = figures[0], figures[-1]
    models = [name for name in sentence.names if name.kind == "model" and name.end <= first.start]
    others = [name for name in sentence.names if name.kind == "model" and name.start >= first.start]
    if (
        len(figures) < LEAST_LIST
        or len(models) != len(figures)
        or others
        or len({one.name for one in models}) < LEAST_LIST
    ):
        return None
    joined = [*_gaps(models, sentence), *_gaps(figures, sentence)]
    if not all(_LISTED.fullmatch(gap) for gap in joined) or last.end - first.start > LONGEST_LIST:
        return None
    return models[figures.index(figure)]


LEAST_LIST, LONGEST_LIST = 2, 200
_LISTED = re.compile(
    r",? ?(?:(?:and|or|&|und|et|y|e|和|、|与) ?)?(?:(?:about|around|some|roughly|nearly|over|its|the|an estimated"
    r"|[\w.-]{1,40}['\u2019]s?) ){0,2}[~$\u20ac\xa3]?",
    re.IGNORECASE,
)


def _gaps(spans: Sequence[Figure] | Sequence[Name], sentence: Sentence) -> list[str]:
    return [sentence.text[one.end : other.start] for one, other in pairwise(spans)]


def _alike(figure: Figure, sentence: Sentence) -> list[Figure]:
    """The figures of a sentence that count the same."""
    kinds = MONEY_KINDS if figure.kind in MONEY_KINDS else (figure.kind,)
    return [other for other in sentence.figures if other.kind in kinds and not other.is_difference]


def _is_of(name: Name, figure: Figure, sentence: Sentence) -> bool:
    """Whether a figure stands right behind the model that it is of."""
    if figure.start - name.end > LONGEST_BOND or is_only_compared(figure, name, sentence) or is_basis(name, sentence):
        return False
    return any(way.fullmatch(sentence.text, name.end, figure.start) for way in (OWN_SIGN, OWN_VERB))


def _is_for(figure: Figure, name: Name, sentence: Sentence) -> bool:
    """Whether a model stands right behind the figure that is for it."""
    if name.start - figure.end > LONGEST_BOND:
        return False
    return any(way.fullmatch(sentence.text, figure.end, name.start) for way in (_BEHIND, _ANNOUNCED))


def _begins_its_own(name: Name, sentence: Sentence) -> bool:
    """Whether a model behind a figure has a figure of its own right behind it."""
    behind = next((other for other in sentence.figures if other.start >= name.end), None)
    return behind is not None and _is_of(name, behind, sentence)
