"""Fits the weights of signs for scopes to the labelled texts beside the tests, and writes them to the notebook.

``python -m tests.support.claim_signs`` takes a minute or two and needs the extra ``fit``. Each figure that a text
labels is an example, with the signs that `pipeline.claims.signs` sees; a label that allows several scopes counts for
each of them in part. The second look (`pipeline.claims.neighbours`) is fitted to shares by weights that were fitted to
other texts. With ``--folds`` nothing is written, and it says what the weights are worth on reworded passages that they
were not fitted to.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from pipeline.claims import covers, neighbours, prose
from pipeline.claims.figures import Figure
from pipeline.claims.learned import likeliest, shares_of
from pipeline.claims.lexicon import ScopeWords
from pipeline.claims.neighbours import Amount
from pipeline.claims.opinion import Opinion
from pipeline.claims.scope import Decision, Sentence
from pipeline.facts import Scope
from pipeline.paths import reference_dir
from tests.support import claim_fit, claim_scores, claim_texts
from tests.support.claim_fit import Example
from tests.support.claim_texts import Text

TABLES = {"money": "claim_scope_signs.csv", "chips": "claim_chip_signs.csv", "prices": "claim_price_signs.csv"}
NEIGHBOURS = "claim_neighbour_signs.csv"
STRENGTH, STRENGTH_OF_NEIGHBOURS = 0.25, 0.3
LEAST, DIGITS = 0.03, 2  # of .05 the folds lost a third of a point
# How much examples count: those whose labels all others follow, those from pages, texts put together from two.
OF_REFERENCE, OF_PAGES, OF_MADE_UP = 4.0, 2.0, 0.5
NOT_ASKED = frozenset(["unknown", "post_training"])  # scopes that no weight says


@dataclass(frozen=True)
class Noted:
    """A figure of prose as the reader saw it, with its label and its example, where it has them."""

    text: str
    counts: float
    seen: prose.Seen
    label: claim_scores.Label | None
    example: Example | None


@dataclass
class Known:
    """What the reader saw of labelled texts."""

    of_group: dict[str, list[Example]] = field(default_factory=lambda: {group: [] for group in TABLES})
    """Examples by group of kinds, those of tables too."""
    documents: list[list[Noted]] = field(default_factory=list[list[Noted]])
    """The figures of each document's prose, in its order."""


def group_of(figure: Figure) -> str:
    """The table of a figure's kind."""
    return {"money": "money", "gpu_count": "chips"}.get(figure.kind, "prices")


def known() -> Known:
    """All that is labelled."""
    found = Known()
    for texts, counts in (
        (claim_texts.development(), OF_REFERENCE), (claim_texts.reworded(), OF_PAGES), (claim_texts.written(), 1.0),
        (claim_texts.older(), 1.0), (claim_texts.beside(), OF_MADE_UP),
    ):  # fmt: skip
        _look(texts, counts, found)
    return found


def _look(texts: Iterable[Text], counts: float, known: Known) -> None:
    """Add what the reader sees of labelled texts."""
    opinion_of, decisions = covers.opinion_of, prose.decisions
    found: list[tuple[Figure, Sentence, Opinion]] = []
    listed: list[prose.Seen] = []

    def noting(figure: Figure, sentence: Sentence, *rest: Any) -> Opinion:
        found.append((figure, sentence, opinion_of(figure, sentence, *rest)))
        return found[-1][2]

    def listing(figures: Sequence[prose.Seen]) -> list[Decision]:
        listed.extend(figures)
        return decisions(figures)

    with claim_fit.seeing(covers, "opinion_of", noting), claim_fit.seeing(prose, "decisions", listing):
        for text in texts:
            found.clear()
            listed.clear()
            claim_fit.read(text)
            taken: set[int] = set()
            labels = {id(figure): claim_fit.label_of(figure, sentence, text.labels, taken)
                      for figure, sentence, _ in found}  # fmt: skip
            examples: dict[int, Example] = {}
            for figure, _, opinion in found:
                label = labels[id(figure)]
                if label and opinion.signs and (right := frozenset(label["scope"]) - NOT_ASKED):
                    examples[id(figure)] = Example(text.name, opinion.signs.strengths, right, counts)
                    known.of_group[group_of(figure)].append(examples[id(figure)])
            known.documents.append([
                Noted(text.name, counts, one, labels[id(one.figure)], examples.get(id(one.figure))) for one in listed
            ])  # fmt: skip


def with_shares_of_others(known: Known) -> list[list[Noted]]:
    """The documents, each figure's opinion by weights that were fitted to the texts of other folds."""
    weights: dict[tuple[str, str], ScopeWords] = {}
    for group, examples in known.of_group.items():
        for held in claim_fit.folds([one.text for one in examples]):
            fitted = claim_fit.fitted([one for one in examples if one.text not in held], STRENGTH)
            weights |= dict.fromkeys(((group, text) for text in held), fitted)
    return [[_reshared(one, weights) for one in document] for document in known.documents]


def _reshared(noted: Noted, weights: Mapping[tuple[str, str], ScopeWords]) -> Noted:
    if noted.example is None:
        return noted
    of_fold = weights[group_of(noted.seen.figure), noted.example.text]
    shares = shares_of(noted.example.signs, of_fold)
    own = noted.seen.opinion
    opinion = replace(own, decision=Decision(likeliest(shares)), shares=shares if own.shares is not None else None)
    return replace(noted, seen=replace(noted.seen, opinion=opinion))


def second(documents: Iterable[Sequence[Noted]]) -> Iterator[tuple[Noted, Example]]:
    """The examples of the second look, by the shares as they stand."""
    for money in _paragraphs(documents):
        amounts = [
            Amount(one.figure, one.sentence, one.opinion.shares or neighbours.sure(one.opinion.decision))
            for one in (noted.seen for noted in money)
        ]
        for at, noted in enumerate(money):
            if noted.example is not None:
                yield noted, noted.example._replace(signs=neighbours.signs_of(amounts, at))


def _paragraphs(documents: Iterable[Sequence[Noted]]) -> Iterator[list[Noted]]:
    """The amounts of money of each paragraph, as the reader looks at them together."""
    for document in documents:
        money = (one for one in document if one.seen.figure.kind == "money")
        for _, of_one in groupby(money, key=lambda one: id(one.seen.sentence.text)):
            yield list(of_one)


def fitted_in_folds(examples: Sequence[Example], strength: float) -> dict[str, ScopeWords]:
    """By text, weights that were not fitted to it."""
    weights: dict[str, ScopeWords] = {}
    for held in claim_fit.folds([one.text for one in examples]):
        weights |= dict.fromkeys(held, claim_fit.fitted([one for one in examples if one.text not in held], strength))
    return weights


def scope_by(example: Example, weights: ScopeWords) -> Scope:
    """The likeliest scope."""
    return likeliest(shares_of(example.signs, weights))


def _said(name: str, examples: Sequence[Example], strength: float) -> str:
    """How many figures of the reworded passages are right by weights that were not fitted to them."""
    weights = fitted_in_folds(examples, strength)
    asked = [one for one in examples if one.counts == OF_PAGES]
    missed: Counter[tuple[str, str]] = Counter()
    for one in asked:
        scope = scope_by(one, weights[one.text])
        if scope not in one.right:
            missed[min(one.right), scope] += 1
    right = len(asked) - missed.total()
    often = ", ".join(f"{count} {wanted} as {got}" for (wanted, got), count in missed.most_common(8))
    return f"{name}: {right} of {len(asked)} right ({right / len(asked):.3f}); {often}\n"


def main(arguments: Sequence[str]) -> None:
    """Fit and write, or say what the weights are worth on passages that they were not fitted to."""
    found = known()
    again = [example for _, example in second(with_shares_of_others(found))]
    if "--folds" in arguments:
        for group, examples in found.of_group.items():
            sys.stdout.write(_said(group, examples, STRENGTH))
        sys.stdout.write(_said("money at the second look", again, STRENGTH_OF_NEIGHBOURS))
        return
    tables = [(reference_dir() / TABLES[group], examples, STRENGTH) for group, examples in found.of_group.items()]
    for path, examples, strength in [*tables, (reference_dir() / NEIGHBOURS, again, STRENGTH_OF_NEIGHBOURS)]:
        weights = claim_fit.fitted(examples, strength)
        claim_fit.write(weights, path, least=LEAST, digits=DIGITS)
        sys.stdout.write(f"{path.name}: {len(examples)} figures, {len(weights.weights)} signs\n")


if __name__ == "__main__":
    main(sys.argv[1:])
