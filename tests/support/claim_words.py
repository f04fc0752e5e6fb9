"""Fits the weights of words for scopes to the labelled texts beside the tests, and writes them to the notebook.

``python -m tests.support.claim_words`` takes half a minute and needs nothing but Python; the same texts make the same
file. ``coverage/untouched.jsonl`` is left out: it says what the weights are worth on texts that they were not fitted
to. The project's development passages beside the repository take part, and are needed. Each amount that a text
labels is an example, with the signs that `pipeline.claims.habits` sees; a label that allows several scopes counts for
each of them in part. The fit is a multinomial logistic regression, step by step over the examples in their order
(AdaGrad), with a penalty on size.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

from pipeline.claims import covers, read_html, read_text
from pipeline.claims.habits import Signs, signs_of
from pipeline.facts import Scope
from pipeline.paths import reference_dir
from tests.support import claim_scores

ROUNDS, RATE, PENALTY = 24, 0.35, 1.2e-3
LEAST_SEEN = 2  # examples: what was seen in one alone says nothing of the next
LEAST_WEIGHT = 0.02  # smaller ones are left out of the file
SCOPES = tuple(scope for scope in get_args(Scope) if scope not in ("unknown", "post_training", "fleet"))

DEVELOPMENT = Path(__file__).parents[3] / "shared" / "claims" / "dev.jsonl"

Example = tuple[dict[str, float], frozenset[str]]
Row = tuple[bool, str, str | None, list[claim_scores.Label]]


def texts() -> Iterator[Row]:
    """Every labelled text that may be fitted to: whether it is a page, the text, its title, its labels."""
    folder = claim_scores.CLAIMS
    files = [claim_scores.SENTENCES, claim_scores.UNSEEN, claim_scores.DECOYS, *sorted(folder.glob("blind/*.jsonl"))]
    files += [folder / "coverage" / name for name in ("developed.jsonl", "second.jsonl")]
    files += [folder / part / "developed.jsonl" for part in ("frames", "web")]
    for file in files:
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            yield row["theme"] == "page", row["text"], row.get("title"), row["claims"]
    for row in map(json.loads, DEVELOPMENT.read_text(encoding="utf-8").splitlines()):
        yield False, row["text"], row["title"], [_label(claim) for claim in row["claims"] if not claim.get("vague")]
    for page in sorted([*folder.glob("pages/*.html"), *folder.glob("blind/*/*.html")]):
        yield True, page.read_text(encoding="utf-8"), None, claim_scores.labels_of(page)[1:]
    for row in map(json.loads, claim_scores.SCOPES.read_text(encoding="utf-8").splitlines()):
        labels = [
            {"quote": quote, "optional": True, "kind": ["money"], "scope": [row["scope"]]} for quote in row["quotes"]
        ]
        yield False, row["text"], None, labels


def _label(claim: claim_scores.Label) -> claim_scores.Label:
    """A claim of the development passages as a label of ours."""
    ends = [claim[name] for name in ("value_low", "value", "value_high") if claim[name] is not None]
    figure = {"low": ends[0], "high": ends[-1]} if claim["hedge"] == "range" else {"value": ends[0]}
    return {**figure, "kind": [claim["kind"]], "currency": claim["currency"], "quote": claim["quote"],
            "scope": [claim["scope"]]}  # fmt: skip


def examples(rows: Iterable[Row]) -> Iterator[Example]:
    """The amounts of texts that are labelled, with their signs and the scopes that are right."""
    seen: list[tuple[Any, Signs]] = []

    def noting(figure: Any, *rest: Any) -> Signs:
        signs = signs_of(figure, *rest)
        seen.append((figure, signs))
        return signs

    covers.signs_of = noting  # the reader is asked what it sees, where it sees it
    try:
        for is_page, text, title, labels in rows:
            seen.clear()
            claims = read_html(text).claims if is_page else read_text(text, title=title)
            yield from _labelled(seen, claims, labels)
    finally:
        covers.signs_of = signs_of


def _labelled(seen: list[tuple[Any, Signs]], claims: Any, labels: list[claim_scores.Label]) -> Iterator[Example]:
    for figure, signs in seen:
        for claim in claims:
            ends = [end for end in (claim.value_low, claim.value, claim.value_high) if end is not None]
            if claim.kind != "money" or claim.currency != figure.currency or ends[0] not in (figure.low, figure.high):
                continue
            label = next((label for label in labels if claim_scores.is_of(claim, label)), None)
            if label is not None:
                yield signs.strengths, frozenset(label["scope"]) & frozenset(SCOPES)
                break


def fitted(known: list[Example]) -> dict[str, list[float]]:
    """Weights for each sign, by scope; the empty sign is the bias."""
    counts = Counter(sign for signs, _ in known for sign in signs)
    weights = {sign: [0.0] * len(SCOPES) for sign, count in counts.items() if count >= LEAST_SEEN} | {
        "": [0.0] * len(SCOPES)
    }
    squares = {sign: [1e-8] * len(SCOPES) for sign in weights}
    prepared = [
        ([("", 1.0), *((sign, strength) for sign, strength in signs.items() if sign in weights)],
         [1 / len(right) if scope in right else 0.0 for scope in SCOPES])
        for signs, right in known if right
    ]  # fmt: skip
    for _ in range(ROUNDS):
        for signs, wanted in prepared:
            _step(weights, squares, signs, wanted)
    return weights


def _step(
    weights: dict[str, list[float]],
    squares: dict[str, list[float]],
    signs: list[tuple[str, float]],
    wanted: list[float],
) -> None:
    sums = [0.0] * len(SCOPES)
    for sign, strength in signs:
        sums = [total + strength * weight for total, weight in zip(sums, weights[sign], strict=True)]
    top = max(sums)
    powers = [math.exp(one - top) for one in sums]
    whole = sum(powers)
    errors = [power / whole - want for power, want in zip(powers, wanted, strict=True)]
    for sign, strength in signs:
        row, square = weights[sign], squares[sign]
        for at, error in enumerate(errors):
            slope = error * strength + (PENALTY * row[at] if sign else 0.0)
            square[at] += slope * slope
            row[at] -= RATE * slope / math.sqrt(square[at])


def write(weights: dict[str, list[float]], path: Path) -> None:
    """The weights as a table, one sign a row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("sign", *SCOPES))
        for sign, row in sorted(weights.items()):
            if not sign or max(map(abs, row)) >= 5 * LEAST_WEIGHT:
                table.writerow((sign, *(f"{one:.2f}" if abs(one) >= LEAST_WEIGHT else "" for one in row)))


def main() -> None:
    """Fit, and say what it made of its own texts."""
    known = list(examples(texts()))
    write(fitted(known), reference_dir() / "claim_scope_words.csv")
    sys.stdout.write(f"{len(known)} amounts\n")


if __name__ == "__main__":
    main()
