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
from dataclasses import dataclass, field
from typing import Any

from pipeline.claims import covers, neighbours, reader
from pipeline.claims.covers import Opinion
from pipeline.claims.figures import Figure
from pipeline.claims.learned import likeliest
from pipeline.claims.neighbours import Amount
from pipeline.claims.scope import Sentence
from pipeline.facts import Scope
from pipeline.paths import reference_dir
from tests.support import claim_fit, claim_texts
from tests.support.claim_fit import Example, Weights
from tests.support.claim_texts import Text

TABLES = {"money": "claim_scope_signs.csv", "chips": "claim_chip_signs.csv", "prices": "claim_price_signs.csv"}
NEIGHBOURS = "claim_neighbour_signs.csv"
STRENGTH, STRENGTH_OF_NEIGHBOURS = 0.25, 0.3
LEAST, DIGITS = 0.05, 2
OF_PAGES = 2.0  # how much an example from a published page counts
NOT_ASKED = frozenset(["unknown", "post_training"])  # scopes that no weight says


@dataclass
class Seen:
    """What the reader saw of labelled texts."""

    of_group: dict[str, list[Example]] = field(default_factory=lambda: {group: [] for group in TABLES})
    """Examples by group of kinds."""
    documents: list[list[tuple[Amount, Example | None]]] = field(
        default_factory=list[list[tuple[Amount, "Example | None"]]]
    )
    """The amounts of each document's prose, in its order, with their examples where a label says what is right."""


def group_of(figure: Figure) -> str:
    """The table of a figure's kind."""
    return {"money": "money", "gpu_count": "chips"}.get(figure.kind, "prices")


def see(texts: Iterable[Text], counts: float, seen: Seen) -> None:
    """Add what the reader sees of labelled texts."""
    opinion_of, decisions = covers.opinion_of, reader.decisions
    found: list[tuple[Figure, Sentence, Opinion]] = []
    prose: list[Any] = []

    def noting(figure: Figure, sentence: Sentence, *rest: Any) -> Opinion:
        found.append((figure, sentence, opinion_of(figure, sentence, *rest)))
        return found[-1][2]

    def listing(figures: Sequence[Any]) -> Any:
        prose.extend(figures)
        return decisions(figures)

    with claim_fit.seeing(covers, "opinion_of", noting), claim_fit.seeing(reader, "decisions", listing):
        for text in texts:
            found.clear()
            prose.clear()
            claim_fit.read(text)
            examples = _examples(text, found, counts)
            for number, example in examples.items():
                seen.of_group[group_of(found[number][0])].append(example)
            at = {id(figure): number for number, (figure, _, _) in enumerate(found)}
            seen.documents.append([
                (
                    Amount(one.figure, one.sentence, one.opinion.shares or neighbours.sure(one.opinion.decision)),
                    examples.get(at[id(one.figure)]) if one.opinion.shares else None,
                )
                for one in prose
                if one.figure.kind == "money"
            ])  # fmt: skip


def _examples(
    text: Text, found: Sequence[tuple[Figure, Sentence, Opinion]], counts: float
) -> dict[int, Example]:
    """The figures that are labelled, by their place."""
    taken: set[int] = set()
    examples: dict[int, Example] = {}
    for number, (figure, sentence, opinion) in enumerate(found):
        label = claim_fit.label_of(figure, sentence, text.labels, taken)
        if label and opinion.signs and (right := frozenset(label["scope"]) - NOT_ASKED):
            examples[number] = Example(text.name, opinion.signs.strengths, right, counts)
    return examples


def known() -> Seen:
    """All that is labelled."""
    seen = Seen()
    see(claim_texts.reworded(), OF_PAGES, seen)
    see(claim_texts.written(), 1.0, seen)
    see(claim_texts.older(), 1.0, seen)
    return seen


def second(documents: Iterable[Sequence[tuple[Amount, Example | None]]]) -> Iterator[Example]:
    """The examples of the second look, by the shares as they stand."""
    for document in documents:
        amounts = [amount for amount, _ in document]
        for at, (_, example) in enumerate(document):
            if example is not None:
                yield example._replace(signs=neighbours.signs_of(amounts, at))


def with_shares_of_others(seen: Seen) -> list[list[tuple[Amount, Example | None]]]:
    """The documents, each amount's shares by weights that were fitted to the texts of other folds."""
    money = seen.of_group["money"]
    weights: dict[str, Weights] = {}
    for held in claim_fit.folds([one.text for one in money]):
        of_fold = claim_fit.fitted([one for one in money if one.text not in held], STRENGTH)
        weights |= dict.fromkeys(held, of_fold)
    return [
        [
            (amount if example is None else _reshared(amount, example, weights[example.text]), example)
            for amount, example in document
        ]
        for document in seen.documents
    ]  # fmt: skip


def _reshared(amount: Amount, example: Example, weights: Weights) -> Amount:
    shares = claim_fit.shares_of(example.signs, weights)
    return amount._replace(shares=shares)  # type: ignore[arg-type]


def _said(group: str, examples: Sequence[Example], weights_of: Mapping[str, Weights]) -> str:
    """How many figures of the reworded passages are right."""
    missed: Counter[tuple[str, str]] = Counter()
    asked = [one for one in examples if one.counts == OF_PAGES]
    for one in asked:
        shares: dict[Scope, float] = claim_fit.shares_of(one.signs, weights_of[one.text])  # type: ignore[assignment]
        scope = likeliest(shares)
        if scope not in one.right:
            missed[min(one.right), scope] += 1
    right = len(asked) - missed.total()
    often = ", ".join(f"{count} {wanted} as {got}" for (wanted, got), count in missed.most_common(8))
    return f"{group}: {right} of {len(asked)} right ({right / len(asked):.3f}); {often}\n"


def _in_folds(group: str, examples: Sequence[Example], strength: float) -> str:
    weights: dict[str, Weights] = {}
    for held in claim_fit.folds([one.text for one in examples if one.counts == OF_PAGES]):
        weights |= dict.fromkeys(held, claim_fit.fitted([one for one in examples if one.text not in held], strength))
    return _said(group, examples, weights)


def main(arguments: Sequence[str]) -> None:
    """Fit and write, or say what the weights are worth on passages that they were not fitted to."""
    seen = known()
    again = list(second(with_shares_of_others(seen)))
    if "--folds" in arguments:
        for group, examples in seen.of_group.items():
            sys.stdout.write(_in_folds(group, examples, STRENGTH))
        sys.stdout.write(_in_folds("money at the second look", again, STRENGTH_OF_NEIGHBOURS))
        return
    for group, examples in seen.of_group.items():
        weights = claim_fit.fitted(examples, STRENGTH)
        claim_fit.write(weights, reference_dir() / TABLES[group], least=LEAST, digits=DIGITS)
        sys.stdout.write(f"{group}: {len(examples)} figures, {len(weights)} signs\n")
    weights = claim_fit.fitted(again, STRENGTH_OF_NEIGHBOURS)
    claim_fit.write(weights, reference_dir() / NEIGHBOURS, least=LEAST, digits=DIGITS)


if __name__ == "__main__":
    main(sys.argv[1:])
