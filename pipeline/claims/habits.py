"""What the words around an amount have mostly meant: a second opinion beside the cues, learned from labelled texts.

The cues are what somebody thought of; texts say things otherwise. So every word near an amount, every pair of words,
the amount's size and what stands beside it have a weight for each scope in ``claim_scope_words.csv``, fitted by
``python -m tests.support.claim_words`` to the labelled texts beside the tests. Here they are only added up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.claims.actors import actors_of
from pipeline.claims.figures import Figure
from pipeline.claims.lexicon import ScopeWords, scope_words
from pipeline.claims.linker import Link
from pipeline.claims.scope import Decision, Sentence
from pipeline.facts import Scope

REACH, REACH_OF_PAIRS, NEAR = 16, 10, 5  # words on each side: looked at, paired, close by
FADING = 6.0  # words at which a word counts half
LEAST_SHARE = -5.0  # log; rarer than that is as good as never
# Small words of other languages: the few labelled texts that have them would say what they mean.
_SMALL_ABROAD = frozenset(
    """der das den dem des ein eine einen einem einer eines und mit für von vom zu zum zur im aus bei nach über um als
    auch nur noch sich ist sind wird werden wurde wurden hat haben nicht er sie es le la les un une des du de et en au
    aux pour sur dans avec qui que ce cette sa ses se est sont été ne pas il elle el los las lo una unos unas y con para
    del al su sus más como gli di da dal della dei delle nel per è sono si uma os em ao à het een van op te voor dat
    """.split()  # noqa: SIM905
)
_ENDINGS = ("ings", "ing", "ed", "es", "s")


@dataclass(frozen=True)
class Signs:
    """What speaks for a scope around an amount: by name its strength, and the words as printed."""

    strengths: dict[str, float]
    printed: dict[str, str]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its ending, roughly."""
    if len(word) > 5:
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 4:
                return word[: -len(ending)].rstrip("e")
    return word.rstrip("s") if len(word) > 4 else word


def signs_of(
    figure: Figure, usd: float, sentence: Sentence, link: Link | None, said: Decision | None, earlier: Decision | None
) -> Signs:
    """All that may speak for a scope: the words on both sides, the size in dollars, the company of the amount."""
    strengths: dict[str, float] = {}
    printed: dict[str, str] = {}
    size = int(math.log10(max(usd, 1e-3)))
    strengths |= {f"size {power}": 0.4 for power in range(-1, 13) if size >= power}
    actors = [name.kind for name in actors_of(sentence) if name.end <= figure.start]
    company = [
        f"per {figure.per}", f"link {link.place if link else None}", f"subject {said.scope if said else None}",
        f"actor {actors[-1] if actors else None}", *(f"beside {other.kind}" for other in sentence.figures
                                                    if other is not figure),
    ]  # fmt: skip
    strengths |= dict.fromkeys(company, 0.7)
    if earlier:
        strengths[f"earlier {earlier.scope}"] = 0.7
    before, after = _masked(figure, sentence)
    for side, words in (("before", before), ("after", after)):
        _add_words(side, words, strengths, printed)
    return Signs(strengths, printed)


def _masked(figure: Figure, sentence: Sentence) -> tuple[list[str], list[str]]:
    """The words before an amount, the nearest first, and those behind it; names and numbers by their kind."""
    before: list[str] = []
    after: list[str] = []
    last: object = None
    low, high = figure.start, figure.end
    for word in sentence.words:
        if (word.start < high and word.end > low) or word.text in _SMALL_ABROAD:
            continue
        name = next((name for name in sentence.names if name.start <= word.start < name.end), None)
        if name is not None and name is last:
            continue
        last = name
        text = f"<{name.kind}>" if name else "<number>" if word.text[0].isdigit() else word.text
        (before if word.end <= low else after).append(text)
    return before[::-1], after


def _add_words(side: str, words: Sequence[str], strengths: dict[str, float], printed: dict[str, str]) -> None:
    stems = [stem(word) for word in words[: REACH + 1]]
    for at, word in enumerate(stems[:REACH]):
        strength = 1 / (1 + at / FADING)
        place = f"{side} {'near' if at < NEAR else 'far'} {word}"
        for sign in (word, place):
            if strengths.get(sign, 0.0) < strength:
                strengths[sign] = strength
                printed[sign] = words[at]
        if at < REACH_OF_PAIRS and at + 1 < len(stems):
            first, second = (at + 1, at) if side == "before" else (at, at + 1)
            sign = f"{stems[first]} {stems[second]}"
            strengths[sign] = strength
            printed[sign] = f"{words[first]} {words[second]}"


def shares_of(signs: Signs, known: ScopeWords) -> dict[Scope, float]:
    """For each scope its share among amounts with these signs; together 1."""
    sums = list(known.bias)
    for sign, strength in signs.strengths.items():
        weights = known.weights.get(sign)
        if weights is not None:
            for at, weight in weights:
                sums[at] += strength * weight
    top = max(sums)
    powers = [math.exp(one - top) for one in sums]
    whole = sum(powers)
    return {scope: power / whole for scope, power in zip(known.scopes, powers, strict=True)}


def log_shares_of(signs: Signs) -> dict[Scope, float]:
    """The logarithm of each share that the words around the amount speak for."""
    least = math.exp(LEAST_SHARE)
    return {scope: math.log(max(least, share)) for scope, share in shares_of(signs, scope_words()).items()}


def words_for(scope: Scope, signs: Signs, known: ScopeWords) -> str | None:
    """The words that speak most for a scope, as printed."""
    place = known.scopes.index(scope) if scope in known.scopes else -1
    spoken = [
        (strength * weight, signs.printed[sign])
        for sign, strength in signs.strengths.items()
        if sign in signs.printed
        for at, weight in known.weights.get(sign, ())
        if at == place and not signs.printed[sign].startswith("<")
    ]
    best = max(spoken, default=None)
    return best[1] if best and best[0] > 0 else None
