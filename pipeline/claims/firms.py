"""Which organisation an amount is of that is no model's: the nearest that acts, less whoever only stands beside."""

from __future__ import annotations

import re

from pipeline.claims import owners
from pipeline.claims.actors import actors_of
from pipeline.claims.figures import Figure
from pipeline.claims.names import Name
from pipeline.claims.scope import Sentence

ANALYSTS = frozenset([
    "SemiAnalysis", "Epoch AI", "McKinsey", "Gartner", "IDC", "Goldman Sachs", "Morgan Stanley", "JPMorgan", "Citi",
    "Barclays", "Bernstein", "RAND", "Bloomberg",
])  # fmt: skip
# What may stand before the subject that a sentence opens with.
_OPENS = re.compile(
    r"\W{0,3}(?:(?:but|and|meanwhile|now|today|so|yet|the|rivals?|last \w+|in \d{4}|its (?:owner|parent)),? ){0,3}",
    re.IGNORECASE,
)


def organisation_of(figure: Figure, sentence: Sentence, *, states: bool) -> str | None:
    """The organisation a figure without a model is about; a state only for a state's money."""
    actors = [name for name in actors_of(sentence) if states or name.kind != "state"]
    best: tuple[float, Name] | None = None
    for name in actors:
        before = name.end <= figure.start
        low, high = (name.end, figure.start) if before else (figure.end, name.start)
        words = sum(low <= word.start < high for word in sentence.words)
        rivals = sum(other.kind == figure.kind and low <= other.start < high for other in sentence.figures)
        clauses = abs(sentence.clause_of(name.start) - sentence.clause_of(figure.start))
        score = 3 - 0.08 * words - 0.7 * rivals - 0.5 * clauses + 0.7 * before - 3 * (name.name in ANALYSTS)
        score += 1.0 * (states and name.kind == "state")
        score += _part_in(name, sentence)
        if best is None or score > best[0]:
            best = (score, name)
    if best and best[0] > 0:
        return best[1].organisation
    models = [name for name in sentence.names if name.kind == "model" and name.organisation]
    models = [name for name in models if not owners.is_of_another(figure, name, sentence)]
    if models:
        return models[0].organisation
    spoken = sentence.owner
    return spoken.organisation if spoken and (states or spoken.kind != "state") else None


# What a name behind these is to the amount: who lends, leads, sells, or is compared with; not whose amount it is.
_BESIDE_SUBJECT = re.compile(
    r"\b(?:led by|with|from|to|against|like|including|via|through|says|said|between|than|over"
    r"|at)(?: the)? $",
    re.IGNORECASE,
)
SUBJECT_OF_IT, BESIDE_IT = 0.8, -1.2


def _part_in(name: Name, sentence: Sentence) -> float:
    """How much the place of an organisation's name speaks for it: the subject of its sentence, or beside it."""
    if is_beside(name, sentence):
        return BESIDE_IT
    return SUBJECT_OF_IT if opens(name, sentence) and not sentence.text.startswith(("'s", "\u2019s"), name.end) else 0.0


def is_beside(name: Name, sentence: Sentence) -> bool:
    """Whether a name is beside the subject: who lends, leads, sells, or is compared with."""
    return _BESIDE_SUBJECT.search(sentence.text, max(sentence.start, name.start - 20), name.start) is not None


def opens(name: Name, sentence: Sentence) -> bool:
    """Whether a sentence opens with a name."""
    return _OPENS.fullmatch(sentence.text, sentence.start, name.start) is not None
