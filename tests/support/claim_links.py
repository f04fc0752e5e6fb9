"""Fits the weights of signs for links to the labelled texts beside the tests, and writes them to the notebook.

``python -m tests.support.claim_links`` comes after `tests.support.claim_signs`, takes a minute and needs the extra
``fit``. Each figure whose label names a model or says that it is no model's is an example: its candidates with the
signs that `pipeline.claims.whose` sees, and which of them are right. Scopes are those by weights that were fitted to
other texts, as a link must do with the scopes that it gets. A label's model that is no candidate stands for none, at
half the weight. With ``--folds`` nothing is written, and it says what the weights are worth on reworded passages that
they were not fitted to. The fit is the one of choices among candidates (conditional logit), step by step (AdaGrad).
"""

from __future__ import annotations

import csv
import math
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.claims import whose
from pipeline.facts import Scope
from pipeline.paths import reference_dir
from tests.support import claim_fit, claim_signs
from tests.support.claim_signs import Noted

TABLE = "claim_link_signs.csv"
ROUNDS, RATE, PENALTY = 6, 0.1, 1.5
LEAST, DIGITS = 0.02, 2
OF_ANOTHER = 0.5  # how much an example counts whose model is no candidate
Signs = Mapping[str, float]


class Choice(NamedTuple):
    """A figure: its text, its candidates with their signs, which are right, and how much it counts."""

    text: str
    names: tuple[str | None, ...]
    signs: tuple[Signs, ...]
    right: tuple[int, ...]
    wanted: frozenset[str | None]
    by_rules: str | None
    counts: float
    is_of_page: bool


def choices(documents: Iterable[Sequence[Noted]]) -> Iterator[Choice]:
    """The figures whose labels speak of a model, or of none, and that have candidates."""
    noted = list(claim_signs.second(documents))
    weights = claim_signs.fitted_in_folds([one for _, one in noted], claim_signs.STRENGTH_OF_NEIGHBOURS)
    scopes: dict[int, Scope] = {
        id(one.seen): claim_signs.scope_by(example, weights[example.text]) for one, example in noted
    }
    for one in (one for document in documents for one in document):
        if one.label is None or "model" not in one.label or one.counts == claim_signs.OF_MADE_UP:
            continue
        if not one.seen.candidates:
            continue
        scope = scopes.get(id(one.seen), one.seen.opinion.decision.scope)
        by_rules = one.seen.by_rules(scope)
        found = one.seen.candidates
        wanted = frozenset(folded(name) for name in one.label["model"])
        names = tuple(folded(candidate.name) for candidate in found)
        right = tuple(at for at, name in enumerate(names) if name in wanted)
        yield Choice(
            one.text, names,
            tuple(whose.signs_of(candidate, one.seen.figure, scope, by_rules) for candidate in found),
            right or (0,), wanted, folded(by_rules.name.name if by_rules else None),
            one.counts * (1.0 if right else OF_ANOTHER), one.counts == claim_signs.OF_PAGES,
        )  # fmt: skip


def folded(name: str | None) -> str | None:
    """A name without what spellings differ in."""
    return "".join(sign for sign in name.lower() if sign.isalnum()) if name else None


def fitted(known: Sequence[Choice]) -> dict[str, float]:
    """Weights under which the right candidates have the greatest sums; the same examples give the same."""
    seen = Counter(sign for one in known for signs in one.signs for sign in signs)
    penalties = {sign: PENALTY / times for sign, times in seen.items() if times >= claim_fit.LEAST_SEEN}
    weights = dict.fromkeys(penalties, 0.0)
    squares = dict.fromkeys(penalties, 1e-8)
    prepared = [
        ([[(sign, value) for sign, value in signs.items() if sign in penalties] for signs in one.signs], one)
        for one in known if len(one.names) > 1
    ]  # fmt: skip
    order = random.Random(7)
    for _ in range(ROUNDS):
        order.shuffle(prepared)
        for candidates, one in prepared:
            for sign, slope in _slopes(candidates, one, weights).items():
                full = slope + penalties[sign] * weights[sign]
                squares[sign] += full * full
                weights[sign] -= RATE * full / math.sqrt(squares[sign])
    return weights


def _slopes(
    candidates: Sequence[Sequence[tuple[str, float]]], one: Choice, weights: Mapping[str, float]
) -> dict[str, float]:
    sums = [sum(weights[sign] * value for sign, value in signs) for signs in candidates]
    top = max(sums)
    powers = [math.exp(total - top) for total in sums]
    whole, of_right = sum(powers), sum(powers[at] for at in one.right)
    slopes: dict[str, float] = {}
    for at, signs in enumerate(candidates):
        error = powers[at] / whole - (powers[at] / of_right if at in one.right else 0.0)
        for sign, value in signs:
            slopes[sign] = slopes.get(sign, 0.0) + error * value * one.counts
    return slopes


def best_by(one: Choice, weights: Mapping[str, float]) -> str | None:
    """The name whose candidates have the greatest share together."""
    sums = [sum(weights.get(sign, 0.0) * value for sign, value in signs.items()) for signs in one.signs]
    return whose.likeliest(one.names, sums)


def _said(known: Sequence[Choice]) -> str:
    asked = [one for one in known if one.is_of_page]
    chosen: dict[int, str | None] = {}
    for held in claim_fit.folds([one.text for one in known]):
        weights = fitted([one for one in known if one.text not in held])
        chosen |= {at: best_by(one, weights) for at, one in enumerate(asked) if one.text in held}
    by_rules = _pairs(asked, [one.by_rules for one in asked])
    return f"pairs by rules {by_rules}\npairs by weights {_pairs(asked, [chosen[at] for at in range(len(asked))])}\n"


def _pairs(asked: Sequence[Choice], chosen: Sequence[str | None]) -> str:
    found = sum(name is not None for name in chosen)
    wanted = sum(None not in one.wanted for one in asked)
    right = sum(name is not None and name in one.wanted for one, name in zip(asked, chosen, strict=True))
    return f"{2 * right / (found + wanted):.3f} (right {right}, found {found}, wanted {wanted})"


def main(arguments: Sequence[str]) -> None:
    """Fit and write, or say what the weights are worth on passages that they were not fitted to."""
    known = list(choices(claim_signs.with_shares_of_others(claim_signs.known())))
    if "--folds" in arguments:
        sys.stdout.write(_said(known))
        return
    weights = fitted(known)
    with (reference_dir() / TABLE).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("sign", "weight"))
        table.writerows((sign, f"{one:.{DIGITS}f}") for sign, one in sorted(weights.items()) if abs(one) >= LEAST)
    sys.stdout.write(f"{len(known)} figures, {len(weights)} signs\n")


if __name__ == "__main__":
    main(sys.argv[1:])
