"""A second look at amounts of money: what the amounts around one are likely to cover says something of it, too.

Amounts of a sentence stand in lists, in sums and in contrasts. So once each amount has its shares by its own signs,
they are weighed again together with those of its neighbours; the weights are in ``claim_neighbour_signs.csv``, fitted
with the others by ``python -m tests.support.claim_signs``.
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

REACH = 4  # amounts on each side
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
        amounts: All amounts of a document, in its order.
        at: The place of the one in question.
    """
    own = amounts[at]
    signs = {f"own {scope}": math.log(share + LEAST_SHARE) for scope, share in own.shares.items()}
    near = _near(amounts, at)
    if at and amounts[at - 1] in near:
        joint = joint_of(amounts[at - 1], own)
        signs |= {f"{joint} {scope}": share for scope, share in amounts[at - 1].shares.items()}
    if at + 1 < len(amounts) and amounts[at + 1] in near:
        joint = joint_of(own, amounts[at + 1])
        signs |= {f"then {joint} {scope}": share for scope, share in amounts[at + 1].shares.items()}
    for other in near:
        for scope, share in other.shares.items():
            sign = f"around {scope}"
            signs[sign] = signs.get(sign, 0.0) + share / len(near)
    return signs


def has_any(amounts: Sequence[Amount], at: int) -> bool:
    """Whether an amount has neighbours in its sentence."""
    return bool(_near(amounts, at))


def _near(amounts: Sequence[Amount], at: int) -> list[Amount]:
    own = amounts[at]
    around = amounts[max(0, at - REACH) : at + REACH + 1]
    return [other for other in around if other is not own and other.sentence is own.sentence]


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
