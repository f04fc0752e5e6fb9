"""Which scope a figure has by all its signs: what they have meant in some thousands of labelled figures.

Each sign has a weight for each scope, fitted by ``python -m tests.support.claim_signs`` to the labelled texts beside
the tests: in ``claim_scope_signs.csv`` for amounts of money, in ``claim_chip_signs.csv`` for counts of accelerators,
in ``claim_price_signs.csv`` for prices and accelerator hours. Here they are only added up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from pipeline.claims.governed import OF_A_MODEL
from pipeline.claims.lexicon import ScopeWords
from pipeline.claims.signs import Signs
from pipeline.facts import Scope

LARGEST_RUN = 2e9  # USD: no single run is said to have cost so much by 2026
A_GUESS = 0.25  # the greatest share is smaller: the text does not say
LEAST_OF_REST = 0.42  # the same for an amount that no frame of cost governs


def likeliest(shares: Mapping[Scope, float]) -> Scope:
    """The scope with the greatest share; unknown where that is no more than a guess."""
    best: Scope | None = max(shares, key=lambda one: shares[one], default=None)
    return best if best and shares[best] >= A_GUESS else "unknown"


def likeliest_of_others(shares: Mapping[Scope, float], *, is_known: bool) -> Scope:
    """The same for an amount that no frame of cost governs: it is no model's cost, however likely that seems.

    Args:
        shares: For each scope its share.
        is_known: Whether the word that governs the amount is known to be one of something else.
    """
    left: dict[Scope, float] = {scope: share for scope, share in shares.items() if scope not in OF_A_MODEL}
    best: Scope | None = max(left, key=lambda one: left[one], default=None)
    least = A_GUESS * sum(left.values()) if is_known else LEAST_OF_REST
    return best if best and left[best] >= least else "unknown"


def shares_of(signs: Mapping[str, float], known: ScopeWords) -> dict[Scope, float]:
    """For each scope its share among figures with these signs; together 1."""
    sums, table = list(known.bias), known.weights
    for sign, strength in signs.items():
        for at, weight in table[sign]:
            sums[at] += strength * weight
    top = max(sums)
    powers = [math.exp(one - top) for one in sums]
    whole = sum(powers)
    return {scope: power / whole for scope, power in zip(known.scopes, powers, strict=True)}


def words_for(scope: Scope, signs: Signs, known: ScopeWords) -> str | None:
    """The words that speak most for a scope, as printed."""
    place = known.scopes.index(scope) if scope in known.scopes else -1
    spoken = [
        (strength * weight, signs.printed[sign])
        for sign, strength in signs.strengths.items()
        if sign in signs.printed
        for at, weight in known.weights[sign]
        if at == place and not signs.printed[sign].startswith("<")
    ]
    best = max(spoken, default=None)
    return best[1] if best and best[0] > 0 else None
