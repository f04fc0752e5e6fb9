"""A second look at amounts of money: what the amounts around one are likely to cover says something of it, too.

Amounts of a sentence stand in lists, in sums and in contrasts, and those of a paragraph speak of one matter more often
than not. So once each amount has its shares by its own signs, they are weighed again together with those of its
neighbours; the weights are in ``claim_neighbour_signs.csv``, fitted with the others by
``python -m tests.support.claim_signs``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.claims.figures import Figure
from pipeline.claims.learned import shares_of
from pipeline.claims.lexicon import neighbour_signs
from pipeline.claims.parts import is_gloss, is_part
from pipeline.claims.scope import Decision, Sentence
from pipeline.facts import Scope

REACH = 4  # amounts on each side in its sentence
MOST_AROUND = 12  # amounts on each side in its paragraph
LIST = 3  # words at most between amounts of a list
LEAST_SHARE = 1e-3
Shares = Mapping[Scope, float]


class Amount(NamedTuple):
    """An amount with the share that each scope has by its own signs."""

    figure: Figure
    sentence: Sentence
    shares: Shares


def signs_of(amounts: Sequence[Amount], at: int) -> dict[str, float]:
    """What an amount's own shares and those of its neighbours speak for.

    Args:
        amounts: All amounts of a paragraph, in its order.
        at: The place of the one in question.
    """
    own = amounts[at]
    signs = {f"own {scope}": math.log(share + LEAST_SHARE) for scope, share in own.shares.items()}
    for place, other in (("before", at - 1), ("behind", at + 1)):
        if not 0 <= other < len(amounts):
            continue
        beside = amounts[other]
        if beside.sentence is own.sentence:
            joint = joint_of(beside, own) if place == "before" else f"then {joint_of(own, beside)}"
        else:
            joint = place
        signs |= {f"{joint} {scope}": share for scope, share in beside.shares.items()}
    near = [one for one in _beside(amounts, at, REACH) if one.sentence is own.sentence]
    _add_mean("around", near, signs)
    _add_mean("all", _beside(amounts, at, MOST_AROUND), signs)
    return signs


def _add_mean(place: str, amounts: Sequence[Amount], signs: dict[str, float]) -> None:
    """Add the mean of the shares of some amounts."""
    for other in amounts:
        for scope, share in other.shares.items():
            sign = f"{place} {scope}"
            signs[sign] = signs.get(sign, 0.0) + share / len(amounts)


def _beside(amounts: Sequence[Amount], at: int, reach: int) -> Sequence[Amount]:
    return (*amounts[max(0, at - reach) : at], *amounts[at + 1 : at + 1 + reach])


def joint_of(one: Amount, other: Amount) -> str:
    """How an amount stands to the one before it in its sentence."""
    if is_gloss(other.figure, one.figure, one.sentence.text):
        return "gloss"
    if is_part(one.figure, other.figure, one.sentence):
        return "part"
    between = sum(one.figure.end <= token.start < other.figure.start for token in one.sentence.tokens)
    if between <= LIST:
        return "list"
    is_same = one.sentence.clause_of(one.figure.start) == one.sentence.clause_of(other.figure.start)
    return "clause" if is_same else "sentence"


def second_shares(amounts: Sequence[Amount], at: int) -> dict[Scope, float]:
    """For each scope its share, with the neighbours in view."""
    return shares_of(signs_of(amounts, at), neighbour_signs())


def sure(decision: Decision) -> dict[Scope, float]:
    """The shares of what leaves no choice."""
    return {decision.scope: 1.0}
