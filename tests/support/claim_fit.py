"""Weights of signs for scopes, fitted to labelled amounts: multinomial logistic regression, step by step (AdaGrad)."""

from __future__ import annotations

import csv
import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from pipeline.claims import ExtractedClaim
from pipeline.claims.figures import Figure
from pipeline.facts import Scope
from tests.support import claim_scores

SCOPES: tuple[Scope, ...] = tuple(
    scope for scope in get_args(Scope) if scope not in ("unknown", "post_training", "fleet")
)

Example = tuple[Mapping[str, float], frozenset[str]]
"""The signs of an amount with their strengths, and the scopes that are right: each counts in part."""
Weights = dict[str, list[float]]
"""By sign, a weight for each of `SCOPES`; the empty sign is the bias."""


def label_of(
    figure: Figure, claims: Iterable[ExtractedClaim], labels: Sequence[claim_scores.Label]
) -> claim_scores.Label | None:
    """The label of an amount that the reader saw and made a claim of."""
    for claim in claims:
        ends = [end for end in (claim.value_low, claim.value, claim.value_high) if end is not None]
        if claim.kind == "money" and claim.currency == figure.currency and ends[0] in (figure.low, figure.high):
            label = next((label for label in labels if claim_scores.is_of(claim, label)), None)
            if label is not None:
                return label
    return None


def right_scopes(label: claim_scores.Label) -> frozenset[str]:
    """The scopes of a label that weights may say."""
    return frozenset(label["scope"]) & frozenset(SCOPES)


@dataclass(frozen=True)
class Fit:
    """How weights are fitted and written."""

    rounds: int
    rate: float
    penalty_of: Callable[[int], float]
    """On the size of a weight at each example that has its sign, by how many have it."""
    least_seen: int
    """Examples: what was seen in fewer says nothing of the next."""
    least_weight: float
    """Smaller ones are left out of the file."""
    least_greatest: float
    """Signs that have none as large are, too."""
    digits: int
    is_shuffled: bool = False

    def fitted(self, known: Sequence[Example]) -> Weights:
        """The weights; the same examples give the same."""
        seen = Counter(sign for signs, _ in known for sign in signs)
        penalties = {sign: self.penalty_of(count) for sign, count in seen.items() if count >= self.least_seen}
        penalties[""] = 0.0
        weights: Weights = {sign: [0.0] * len(SCOPES) for sign in penalties}
        squares: Weights = {sign: [1e-8] * len(SCOPES) for sign in penalties}
        prepared = [
            (known_of(signs, weights), [1 / len(right) if scope in right else 0.0 for scope in SCOPES])
            for signs, right in known if right
        ]  # fmt: skip
        order = random.Random(7)
        for _ in range(self.rounds):
            if self.is_shuffled:
                order.shuffle(prepared)
            for signs, wanted in prepared:
                self._step(weights, squares, penalties, signs, wanted)
        return weights

    def _step(
        self, weights: Weights, squares: Weights, penalties: Mapping[str, float], signs: list[tuple[str, float]],
        wanted: list[float],
    ) -> None:  # fmt: skip
        errors = [share - want for share, want in zip(shares(weights, signs), wanted, strict=True)]
        for sign, strength in signs:
            row, square, penalty = weights[sign], squares[sign], penalties[sign]
            for at, error in enumerate(errors):
                slope = error * strength + penalty * row[at]
                square[at] += slope * slope
                row[at] -= self.rate * slope / math.sqrt(square[at])

    def write(self, weights: Weights, path: Path) -> None:
        """The weights as a table, one sign a row."""
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(("sign", *SCOPES))
            for sign, row in sorted(weights.items()):
                if not sign or max(map(abs, row)) >= self.least_greatest:
                    said = (f"{one:.{self.digits}f}" if abs(one) >= self.least_weight else "" for one in row)
                    table.writerow((sign, *said))


def known_of(signs: Mapping[str, float], weights: Weights) -> list[tuple[str, float]]:
    """The bias and those signs that have weights."""
    return [("", 1.0), *((sign, strength) for sign, strength in signs.items() if sign in weights)]


def shares(weights: Weights, signs: Iterable[tuple[str, float]]) -> list[float]:
    """The share of each scope among amounts with these signs, all of which have weights."""
    sums = [0.0] * len(SCOPES)
    for sign, strength in signs:
        sums = [total + strength * weight for total, weight in zip(sums, weights[sign], strict=True)]
    top = max(sums)
    powers = [math.exp(one - top) for one in sums]
    whole = sum(powers)
    return [power / whole for power in powers]
