"""What the fits of weights share: which label a figure has, the fit of scopes, and the tables.

Scopes are fitted by scikit-learn's logistic regression (``pip install -e .[fit]``): only whoever fits needs it.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.claims import read_html, read_text
from pipeline.claims.figures import Figure
from pipeline.claims.lexicon import ScopeWords, WeightsOfSigns
from pipeline.claims.scope import Sentence
from tests.support import claim_scores
from tests.support.claim_texts import Text

LEAST_SEEN = 3  # examples: what was seen in fewer says nothing of the next
FOLDS = 5


class Example(NamedTuple):
    """A figure: its text, its signs, the answers that are right, and how much it counts."""

    text: str
    signs: Mapping[str, float]
    right: frozenset[str]
    counts: float = 1.0


@contextmanager
def seeing(module: Any, name: str, see: Callable[..., Any]) -> Generator[None]:
    """Ask the reader what it sees, where it sees it: one of its functions is another for a while."""
    own = getattr(module, name)
    setattr(module, name, see)
    try:
        yield
    finally:
        setattr(module, name, own)


def read(text: Text) -> None:
    """Let the reader read a text."""
    _ = read_html(text.text) if text.is_page else read_text(text.text, title=text.title)


def label_of(
    figure: Figure, sentence: Sentence, labels: Sequence[claim_scores.Label], taken: set[int]
) -> claim_scores.Label | None:
    """The label of a figure; each is taken once."""
    for number, label in enumerate(labels):
        if number not in taken and not label.get("optional") and _is_of(figure, sentence, label):
            taken.add(number)
            return label
    return None


def _is_of(figure: Figure, sentence: Sentence, label: claim_scores.Label) -> bool:
    if claim_scores.group_of(figure.kind) != claim_scores.group_of(label["kind"][0]):
        return False
    if "low" not in label and "value" not in label:
        return sentence.text[figure.start : figure.end] in label["quote"]
    low, high = (label["low"], label["high"]) if "low" in label else (label["value"], label["value"])
    is_near = all(
        abs(got - want) <= claim_scores.TOLERANCE * abs(want)
        for got, want in ((figure.low, low), (figure.high, high))
    )  # fmt: skip
    return is_near and figure.currency == label.get("currency")


def folds(texts: Sequence[str]) -> list[frozenset[str]]:
    """The texts in five parts, each as good as any."""
    names = sorted(set(texts), key=lambda name: (hash_of(name), name))
    return [frozenset(names[number::FOLDS]) for number in range(FOLDS)]


def hash_of(name: str) -> int:
    """A number that has nothing to do with a name's place in the order."""
    return sum(ord(sign) * 31**at for at, sign in enumerate(name)) % 10_007


def fitted(known: Sequence[Example], strength: float) -> ScopeWords:
    """Weights by logistic regression.

    Args:
        known: The examples; one with several right answers counts for each of them in part.
        strength: How little large weights are held against it (scikit-learn's C).
    """
    sparse, linear = (import_module(name) for name in ("scipy.sparse", "sklearn.linear_model"))
    seen = Counter(sign for one in known for sign in one.signs)
    columns = {sign: at for at, sign in enumerate(sorted(sign for sign, times in seen.items() if times >= LEAST_SEEN))}
    rows, places, values = list[int](), list[int](), list[float]()
    answers, counts = list[str](), list[float]()
    for one in known:
        for answer in sorted(one.right):
            for sign, value in one.signs.items():
                if sign in columns:
                    rows.append(len(answers))
                    places.append(columns[sign])
                    values.append(value)
            answers.append(answer)
            counts.append(one.counts / len(one.right))
    table: Any = sparse.csr_matrix((values, (rows, places)), shape=(len(answers), len(columns)))
    model: Any = linear.LogisticRegression(C=strength, max_iter=1000, tol=1e-3)
    model.fit(table, answers, sample_weight=counts)
    rows_of: Any = model.coef_.T
    return ScopeWords(
        tuple(model.classes_),
        tuple(map(float, model.intercept_)),
        WeightsOfSigns({sign: tuple(enumerate(map(float, rows_of[at]))) for sign, at in columns.items()}),
    )


def write(weights: ScopeWords, path: Path, *, least: float, digits: int) -> None:
    """The weights as a table, one sign a row, the bias first; smaller ones are left out."""
    rows = {"": tuple(enumerate(weights.bias)), **dict(sorted(weights.weights.items()))}
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("sign", *weights.scopes))
        for sign, row in rows.items():
            said = [f"{weight:.{digits}f}" if abs(weight) >= least else "" for _, weight in row]
            if any(said):
                table.writerow((sign, *said))
