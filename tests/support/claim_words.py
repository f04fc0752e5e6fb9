"""Fits the weights of words for scopes to the labelled texts beside the tests, and writes them to the notebook.

``python -m tests.support.claim_words`` takes half a minute and needs nothing but Python; the same texts make the same
file. ``coverage/untouched.jsonl`` is left out: it says what the weights are worth on texts that they were not fitted
to. The project's development passages beside the repository take part, and are needed. Each amount that a text
labels is an example, with the signs that `pipeline.claims.habits` sees; a label that allows several scopes counts for
each of them in part. `tests.support.claim_fit` fits, over the examples in their order.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pipeline.claims import covers, read_html, read_text
from pipeline.claims.figures import Figure
from pipeline.claims.habits import Signs, signs_of
from pipeline.paths import reference_dir
from tests.support import claim_scores
from tests.support.claim_fit import Example, Fit, label_of, right_scopes

FIT = Fit(
    rounds=24, rate=0.35, penalty_of=lambda _: 1.2e-3, least_seen=2, least_weight=0.02, least_greatest=0.1, digits=2
)

DEVELOPMENT = Path(__file__).parents[3] / "shared" / "claims" / "dev.jsonl"

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
            "scope": [claim["scope"]], "model": [claim["model"]]}  # fmt: skip


def examples(rows: Iterable[Row]) -> Iterator[Example]:
    """The amounts of texts that are labelled, with their signs and the scopes that are right."""
    seen: list[tuple[Figure, Signs]] = []

    def noting(figure: Figure, *rest: Any) -> Signs:
        seen.append((figure, signs_of(figure, *rest)))
        return seen[-1][1]

    covers.signs_of = noting  # the reader is asked what it sees, where it sees it
    try:
        for is_page, text, title, labels in rows:
            seen.clear()
            claims = read_html(text).claims if is_page else read_text(text, title=title)
            for figure, signs in seen:
                if label := label_of(figure, claims, labels):
                    yield signs.strengths, right_scopes(label)
    finally:
        covers.signs_of = signs_of


def main() -> None:
    """Fit, and say of how many amounts."""
    known = list(examples(texts()))
    FIT.write(FIT.fitted(known), reference_dir() / "claim_scope_words.csv")
    sys.stdout.write(f"{len(known)} amounts\n")


if __name__ == "__main__":
    main()
