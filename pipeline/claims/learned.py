"""What all signs around an amount have meant in some thousands of labelled amounts: which scope is the likeliest.

The rules say what they know, and texts say things otherwise. So what the cues come to, the frame that governs the
amount, every word near it and the class that the word is of (``claim_word_classes.csv``), the amount's size and what
stands beside it are signs. Each has a weight for each scope in ``claim_scope_signs.csv``, fitted by ``python -m
tests.support.claim_signs`` to the labelled texts beside the tests. Here they are only added up. Whether an amount is a
model's cost at all the rules decide, unless the signs leave hardly a doubt; which of the scopes it is then, the signs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.claims.figures import Figure
from pipeline.claims.governed import OF_A_MODEL, Frame
from pipeline.claims.habits import Signs, shares_of, stem, words_for
from pipeline.claims.lexicon import scope_signs, word_classes
from pipeline.claims.linker import Link
from pipeline.claims.scope import Decision, Sentence, Sums, Token, cue_for, total_of
from pipeline.facts import Scope

REACH, CLOSE, NEAR = 14, 3, 4  # words on each side: looked at, told apart by their place, close by
FADING = 6.0  # words at which a word counts half
STRONG = 0.7  # of what holds for the whole amount
IN_CLAUSE, BEFORE = 0.5, 0.2  # of a word somewhere in the clause, and in the sentence before or a heading
LARGEST_RUN = 2e9  # USD: no single run is said to have cost so much by 2026
MOST_OF_CUES, LEAST_OF_CUES = 8.0, 0.45
SURELY, HARDLY = 0.99, 0.25  # shares of a model's cost at which the signs overrule what the rules decided
A_GUESS = 0.6  # a smaller share leaves unknown what the rules leave so


@dataclass(frozen=True)
class Heard:
    """What the rules have made of an amount."""

    sums: Sums
    """What its cues weigh."""
    frame: Frame
    noun: Decision | None
    """What its own noun says."""
    subject: Decision | None
    """What the subject of its verb says."""
    earlier: Decision | None
    """What the amount before it in its sentence covers."""
    link: Link | None
    is_of_machines: bool
    usd: float
    """Its size in US dollars, nearly."""


@lru_cache(maxsize=20_000)
def classes_of(word: str) -> tuple[str, ...]:
    """The classes that a word is of, as it stands or by its stem."""
    known = word_classes()
    return known.get(word) or known.get(stem(word), ())


def signs_of(figure: Figure, sentence: Sentence, heard: Heard, around: Sequence[Sentence]) -> Signs:
    """All that may speak for a scope.

    Args:
        figure: The amount.
        sentence: Its sentence.
        heard: What the rules have made of it.
        around: The sentence before, the headings and the title.
    """
    strengths: dict[str, float] = {}
    printed: dict[str, str] = {}
    size = int(math.log10(max(heard.usd, 1e-3)))
    strengths |= {f"size {power}": 0.4 for power in range(-1, 13) if size >= power}
    strengths |= _of_rules(heard)
    strengths[f"per {figure.per}"] = STRONG
    strengths[f"in {figure.currency}"] = 0.4
    at = next((number for number, other in enumerate(sentence.figures) if other is figure), 0)
    strengths["first" if at == 0 else "not first"] = 0.3
    strengths["last" if at == len(sentence.figures) - 1 else "not last"] = 0.3
    strengths |= {f"beside {other.kind}": 0.4 for other in sentence.figures if other is not figure}
    before, after = sentence.around(figure)
    nearest = [_add_words(side, words, strengths, printed) for side, words in (("before", before), ("after", after))]
    strengths[f"between {' '.join(nearest)}"] = STRONG
    clause = sentence.clause_of(figure.start)
    for token in (*before, *after):
        if sentence.clause_of(token.start) == clause:
            strengths[f"clause {stem(token.text)}"] = IN_CLAUSE
            strengths |= {f"clause <{name}>": IN_CLAUSE for name in classes_of(token.text)}
    for place, other in zip(("earlier", "above", "above"), around, strict=False):
        for token in other.tokens[: 3 * REACH]:
            strengths |= {f"{place} <{name}>": BEFORE for name in classes_of(token.text)}
    return Signs(strengths, printed)


def _of_rules(heard: Heard) -> dict[str, float]:
    frame = heard.frame
    totals: dict[Scope, float] = {scope: total_of(parts) for scope, parts in heard.sums.items()}
    signs: dict[str, float] = {f"cues {scope}": min(total, MOST_OF_CUES) / 4 for scope, total in totals.items()}
    best: Scope | None = max(totals, key=lambda scope: totals[scope], default=None)
    signs[f"best {best if best and totals[best] > LEAST_OF_CUES else None}"] = 1.0
    held = {"cost": frame.is_of_cost, "else": frame.is_known, "run": bool(frame.run), "goes on": frame.goes_on}
    signs |= {f"frame {name}": 1.0 for name, holds in held.items() if holds}
    signs["making"] = frame.making
    if frame.cue:
        signs[f"governed {stem(frame.cue.lower())}"] = 1.0
        signs |= {f"governed <{name}>": 1.0 for name in classes_of(frame.cue.lower())}
    if heard.is_of_machines:
        signs["machines"] = 1.0
    signs[f"earlier {heard.earlier.scope if heard.earlier else None}"] = STRONG
    signs[f"link {heard.link.place if heard.link else None}"] = STRONG
    signs |= {f"noun {said.scope}": 1.0 for said in (heard.noun,) if said}
    signs |= {f"subject {said.scope}": 1.0 for said in (heard.subject,) if said}
    return signs


def _add_words(side: str, words: Sequence[Token], strengths: dict[str, float], printed: dict[str, str]) -> str:
    """Add what the words on a side say, the nearest first; the first class among them."""
    nearest = ""
    stems = [stem(word.text) for word in words[: REACH + 1]]
    for at, word in enumerate(stems[:REACH]):
        strength = 1 / (1 + at / FADING)
        signs = [word, f"{side} {word}", f"{side} {at if at < CLOSE else 'far'} {word}"]
        if at + 1 < len(stems):
            signs.append(" ".join((stems[at + 1], word) if side == "before" else (word, stems[at + 1])))
        classes = classes_of(words[at].text)
        places = ("", f"{side} ", f"{side} {'near' if at < NEAR else 'far'} ")
        signs += [f"{place}<{name}>" for name in classes for place in places]
        nearest = nearest or (f"<{classes[0]}>" if classes else "")
        for sign in signs:
            if strengths.get(sign, 0.0) < strength:
                strengths[sign] = strength
                printed[sign] = words[at].text
    return nearest


def decided(by_rules: Decision, heard: Heard, signs: Signs) -> Decision:
    """What the rules decided, or what all signs together make likelier; what goes on with a cost is left to rules."""
    if heard.frame.goes_on:
        return by_rules
    is_governed = heard.frame.is_of_cost or heard.is_of_machines
    shares = shares_of(signs, scope_signs())
    if heard.usd >= LARGEST_RUN:
        shares["final_run"] = 0.0
    scope = likeliest(shares, by_rules.scope, may_be_of_model=is_governed)
    if scope == by_rules.scope:
        return by_rules
    return Decision(scope, cue_for(scope, heard.sums) or words_for(scope, signs, scope_signs()))


def likeliest(shares: Mapping[Scope, float], by_rules: Scope, *, may_be_of_model: bool) -> Scope:
    """The likeliest scope on the side that the rules chose, a model's cost or not, or on the other if that is sure."""
    of_model = sum(shares[scope] for scope in OF_A_MODEL)
    least = HARDLY if by_rules in OF_A_MODEL else SURELY
    is_of_model = of_model >= least and (may_be_of_model or by_rules in OF_A_MODEL)
    scope: Scope = max((one for one in shares if (one in OF_A_MODEL) == is_of_model), key=lambda one: shares[one])
    return by_rules if by_rules == "unknown" and shares[scope] < A_GUESS else scope
