"""Fits the weights of signs for scopes to the labelled texts beside the tests, and writes them to the notebook.

``python -m tests.support.claim_signs`` takes some minutes and needs nothing but Python; the same texts make the same
file. The ``untouched`` halves of the collections are left out: they say what the weights are worth on texts that they
were not fitted to. With ``--folds`` nothing is written, and it says what weights of four fifths of the passages in
``written`` are worth on the last fifth. The project's development passages beside the repository take part, and are
needed. Each amount that a text labels is an example, with the signs that `pipeline.claims.learned` sees; a label that
allows several scopes counts for each of them in part. The fit is a multinomial logistic regression, step by step over
the examples (AdaGrad), with a penalty on size.
"""

from __future__ import annotations

import csv
import math
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast, get_args

from pipeline.claims import learned, read_html, read_text
from pipeline.claims.figures import Figure
from pipeline.claims.governed import OF_A_MODEL
from pipeline.claims.habits import Signs
from pipeline.claims.learned import Heard
from pipeline.claims.lexicon import ScopeWords
from pipeline.claims.scope import Decision
from pipeline.facts import Scope
from pipeline.paths import reference_dir
from tests.support import claim_scores, claim_words

ROUNDS, RATE = 12, 0.1
PENALTY = 1.0  # on the square of each weight, spread over the examples that have its sign
LEAST_SEEN = 3  # examples: what was seen in fewer says nothing of the next
LEAST_WEIGHT, LEAST_GREATEST = 0.05, 0.2  # smaller ones, and signs that have none as large, are left out of the file
FOLDS = 5
SCOPES = tuple(scope for scope in get_args(Scope) if scope not in ("unknown", "post_training", "fleet"))


class Example(NamedTuple):
    """An amount: its passage, its signs, the scopes that are right, and what the rules say."""

    passage: str
    signs: dict[str, float]
    right: frozenset[str]
    by_rules: Scope
    is_governed: bool


def written() -> Iterator[Example]:
    """The amounts of the passages that were written for this: nothing else was grown on them."""
    for row in claim_scores.marked():
        yield from examples(row["id"], (False, row["text"], row["title"], row["claims"]))


def older() -> Iterator[Example]:
    """Those of every other labelled text that may be fitted to."""
    for row in claim_words.texts():
        yield from examples("", row)


def examples(passage: str, row: claim_words.Row) -> list[Example]:
    """The amounts of a text that are labelled, with their signs as the reader sees them."""
    is_page, text, title, labels = row
    seen: list[tuple[Figure, Signs]] = []
    ruled: list[tuple[Scope, bool]] = []
    signs_of, decided = learned.signs_of, learned.decided

    def seeing(figure: Figure, *rest: Any) -> Signs:
        seen.append((figure, signs_of(figure, *rest)))
        return seen[-1][1]

    def ruling(by_rules: Decision, heard: Heard, signs: Signs) -> Decision:
        ruled.append((by_rules.scope, heard.frame.is_of_cost or heard.is_of_machines))
        return decided(by_rules, heard, signs)

    learned.signs_of, learned.decided = seeing, ruling  # the reader is asked what it sees, where it sees it
    try:
        claims = read_html(text).claims if is_page else read_text(text, title=title)
    finally:
        learned.signs_of, learned.decided = signs_of, decided
    found: list[Example] = []
    for (figure, signs), (by_rules, is_governed) in zip(seen, ruled, strict=True):
        label = _label_of(figure, claims, labels)
        if label and (right := frozenset(label["scope"]) & frozenset(SCOPES)):
            found.append(Example(passage, signs.strengths, right, by_rules, is_governed))
    return found


def _label_of(figure: Figure, claims: Any, labels: list[claim_scores.Label]) -> claim_scores.Label | None:
    for claim in claims:
        ends = [end for end in (claim.value_low, claim.value, claim.value_high) if end is not None]
        if claim.kind == "money" and claim.currency == figure.currency and ends[0] in (figure.low, figure.high):
            label = next((label for label in labels if claim_scores.is_of(claim, label)), None)
            if label is not None:
                return label
    return None


Weights = dict[str, list[float]]


def fitted(known: list[Example]) -> Weights:
    """Weights for each sign, by scope; the empty sign is the bias."""
    seen = Counter(sign for one in known for sign in one.signs)
    penalties = {sign: PENALTY / count for sign, count in seen.items() if count >= LEAST_SEEN} | {"": 0.0}
    weights = {sign: [0.0] * len(SCOPES) for sign in penalties}
    squares = {sign: [1e-8] * len(SCOPES) for sign in penalties}
    prepared = [
        ([("", 1.0), *((sign, strength) for sign, strength in one.signs.items() if sign in weights)],
         [1 / len(one.right) if scope in one.right else 0.0 for scope in SCOPES])
        for one in known
    ]  # fmt: skip
    order = random.Random(7)
    for _ in range(ROUNDS):
        order.shuffle(prepared)
        for signs, wanted in prepared:
            errors = [share - want for share, want in zip(_shares(weights, signs), wanted, strict=True)]
            for sign, strength in signs:
                row, square, penalty = weights[sign], squares[sign], penalties[sign]
                for at, error in enumerate(errors):
                    slope = error * strength + penalty * row[at]
                    square[at] += slope * slope
                    row[at] -= RATE * slope / math.sqrt(square[at])
    return weights


def _shares(weights: Weights, signs: list[tuple[str, float]]) -> list[float]:
    sums = [0.0] * len(SCOPES)
    for sign, strength in signs:
        sums = [total + strength * weight for total, weight in zip(sums, weights[sign], strict=True)]
    top = max(sums)
    powers = [math.exp(one - top) for one in sums]
    whole = sum(powers)
    return [power / whole for power in powers]


def write(weights: Weights, path: Path) -> None:
    """The weights as a table, one sign a row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("sign", *SCOPES))
        for sign, row in sorted(weights.items()):
            if not sign or max(map(abs, row)) >= LEAST_GREATEST:
                table.writerow((sign, *(f"{one:.1f}" if abs(one) >= LEAST_WEIGHT else "" for one in row)))


def _in_folds(new: list[Example], old: list[Example]) -> tuple[int, int]:
    """How many of the written amounts are right by weights of the other passages, and how many are filed wrongly."""
    names = sorted({one.passage for one in new})
    random.Random(1).shuffle(names)
    right = filed = 0
    for fold in range(FOLDS):
        kept = set(names[fold::FOLDS])
        weights = fitted([*(one for one in new if one.passage not in kept), *old])
        for one in new:
            if one.passage in kept:
                signs = [("", 1.0), *((sign, strength) for sign, strength in one.signs.items() if sign in weights)]
                shares = dict(zip(SCOPES, _shares(weights, signs), strict=True))
                scope = learned.likeliest(
                    cast("dict[Scope, float]", shares), one.by_rules, may_be_of_model=one.is_governed
                )
                right += scope in one.right
                filed += scope in OF_A_MODEL and not one.right & set(OF_A_MODEL)
    return right, filed


def right_of(examples: Sequence[Example], known: ScopeWords) -> int:
    """How many amounts get a right scope by these weights and the rules."""
    return sum(
        learned.likeliest(
            learned.shares_of(Signs(one.signs, {}), known), one.by_rules, may_be_of_model=one.is_governed
        ) in one.right
        for one in examples
    )  # fmt: skip


def main(arguments: Sequence[str]) -> None:
    """Fit and write, or say what the weights are worth on texts that they were not fitted to."""
    new, old = list(written()), list(older())
    if "--folds" in arguments:
        right, filed = _in_folds(new, old)
        by_rules = sum(one.by_rules in one.right for one in new)
        others = sum(not one.right & set(OF_A_MODEL) for one in new)
        sys.stdout.write(
            f"{right} of {len(new)} right ({right / len(new):.3f}; by rules alone {by_rules / len(new):.3f}); "
            f"{filed} of {others} that are no model's cost filed as one\n"
        )
        return
    write(fitted([*new, *old]), reference_dir() / "claim_scope_signs.csv")
    sys.stdout.write(f"{len(new) + len(old)} amounts\n")


if __name__ == "__main__":
    main(sys.argv[1:])
