"""Fits the weights of signs for scopes to the labelled texts beside the tests, and writes them to the notebook.

``python -m tests.support.claim_signs`` takes some minutes and needs nothing but Python; the same texts make the same
file. The ``untouched`` halves of the collections are left out: they say what the weights are worth on texts that they
were not fitted to. With ``--folds`` nothing is written, and it says what weights of four fifths of the passages in
``written`` are worth on the last fifth. The project's development passages beside the repository take part, and are
needed. Each amount that a text labels is an example, with the signs that `pipeline.claims.learned` sees; a label that
allows several scopes counts for each of them in part. `tests.support.claim_fit` fits.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pipeline.claims import learned, read_html, read_text
from pipeline.claims.figures import Figure
from pipeline.claims.governed import OF_A_MODEL
from pipeline.claims.habits import Signs, shares_of
from pipeline.claims.learned import Heard
from pipeline.claims.lexicon import ScopeWords
from pipeline.claims.scope import Decision
from pipeline.facts import Scope
from pipeline.paths import reference_dir
from tests.support import claim_scores, claim_words
from tests.support.claim_fit import SCOPES, Fit, Weights, known_of, label_of, right_scopes, shares

FIT = Fit(
    rounds=12, rate=0.1, penalty_of=lambda count: 1 / count, least_seen=3, least_weight=0.05, least_greatest=0.2,
    digits=1, is_shuffled=True,
)  # fmt: skip
FOLDS = 5


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
        label = label_of(figure, claims, labels)
        if label and (right := right_scopes(label)):
            found.append(Example(passage, signs.strengths, right, by_rules, is_governed))
    return found


def fitted(known: Sequence[Example]) -> Weights:
    """Weights for each sign, by scope."""
    return FIT.fitted([(one.signs, one.right) for one in known])


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
                of_scope = dict(zip(SCOPES, shares(weights, known_of(one.signs, weights)), strict=True))
                scope = learned.likeliest(of_scope, one.by_rules, may_be_of_model=one.is_governed)
                right += scope in one.right
                filed += scope in OF_A_MODEL and not one.right & set(OF_A_MODEL)
    return right, filed


def right_of(examples: Sequence[Example], known: ScopeWords) -> int:
    """How many amounts get a right scope by these weights and the rules."""
    return sum(
        learned.likeliest(
            shares_of(Signs(one.signs, {}), known), one.by_rules, may_be_of_model=one.is_governed
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
    FIT.write(fitted([*new, *old]), reference_dir() / "claim_scope_signs.csv")
    sys.stdout.write(f"{len(new) + len(old)} amounts\n")


if __name__ == "__main__":
    main(sys.argv[1:])
