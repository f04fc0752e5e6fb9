"""What a figure covers: cues of its sentence are weighed, near ones more; what nothing decides stays unknown.

The weights stand in ``claim_scope_cues.csv``. Here is only how they add up: a cue in the figure's clause counts
whole, one beyond another amount little, one behind a negation nothing; the greatest sum wins.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple, cast

from pipeline.claims.claim import Flag
from pipeline.claims.figures import Figure
from pipeline.claims.joined import Token, joined
from pipeline.claims.lexicon import FrameWord, ScopeCue, frame_words, scope_cues
from pipeline.claims.names import Name
from pipeline.claims.words import Found, Word, clause_breaks, clause_numbers, words_of
from pipeline.facts import Scope

NEAR = 11.0  # words at which a cue counts half
OTHER_CLAUSE, BEYOND_AMOUNT, WRONG_SIDE, PREVIOUS = 0.55, 0.3, 0.3, 0.3
LEAST_SHARE = 0.35
LEAST = 0.45  # a smaller sum decides nothing
BOUND, BOUND_ELSEWHERE = 1.1, 0.25  # a cue whose own amount follows it says little of another
_start = attrgetter("start")
REACH_OF_NEGATION = 9  # words

_MEASURE = re.compile(
    r"(?:\)|'s)?,?:? ?(?:(?:of|at|to|by|is|was|are|were|worth|for|than|over|about|around|roughly|some|nearly"
    r"|almost|an?|another|up"
    r"|more|less|under|just|only|approximately|estimated|the|further|total|totalling|totaling|reached|hit|came"
    r"|stood|stands) ?){0,4}",
    re.IGNORECASE,
)
_CHIPS_BEHIND = re.compile(
    r" (?:\w+ )?(?:gpus?|chips?|cards?|accelerators?|tpus?|nodes?|servers?|boxes|instances?)\b", re.IGNORECASE
)
AROUND_COUNT = 14  # "a rack of 8 H100s", "a cluster of 512 GPUs"
MONEY_KINDS = ("money", "price_per_gpu_hour", "price_per_node_hour", "price_per_gpu", "price_other")


_WHO_RENTS = re.compile(r"\b(?:they|we|you|he|she|it|had|have|has|who|one|would|be)(?: \w+)? $", re.IGNORECASE)
MARKS = ("negation", "superseded", "disputed", "hypothetical", "forecast")  # cues that name no scope


@dataclass(frozen=True)
class Decision:
    """A scope, and the words that weighed most for it."""

    scope: Scope
    cue: str | None = None


@dataclass(frozen=True)
class Sentence:
    """A sentence with what is known of it, shared by its figures."""

    text: str
    start: int
    end: int
    figures: tuple[Figure, ...]
    names: tuple[Name, ...]
    following: str = ""
    """The beginning of the sentence behind it, which may say what the last amount leaves out."""
    later: tuple[Name, ...] = ()
    """The names of its block behind it."""
    owner: Name | None = None
    """The organisation or state that was spoken of last, else the title's: it acts where the sentence names none."""

    told: Scope | None = None
    """What the last amount of the sentence before covers, for one that goes on with it: "this may climb to $1bn"."""

    @classmethod
    def of(cls, text: str, start: int, end: int, figures: Sequence[Figure], names: Sequence[Name]) -> Sentence:
        """The sentence between two positions of a block."""
        return cls(
            text, start, end,
            tuple(figures[bisect_left(figures, start, key=_start) : bisect_left(figures, end, key=_start)]),
            tuple(names[bisect_left(names, start, key=_start) : bisect_left(names, end, key=_start)]),
        )  # fmt: skip

    # Worked out when first asked for: most sentences hold no figure.
    @cached_property
    def words(self) -> list[Word]:
        """Its words."""
        return words_of(self.text, self.start, self.end)

    @cached_property
    def cues(self) -> list[Found[ScopeCue]]:
        """The cues among its words, without those that are part of a longer one."""
        return _longest(list(scope_cues().find(self.words)))

    @cached_property
    def heads(self) -> list[Found[FrameWord]]:
        """The words that an amount may hang on, without those that are part of a longer one."""
        found = list(frame_words().find(self.words))
        return [
            head
            for head in found
            if not any(
                other.first <= head.first and head.last <= other.last
                and other.last - other.first > head.last - head.first
                for other in found
            )
        ]  # fmt: skip

    @cached_property
    def breaks(self) -> list[int]:
        """Where its clauses begin."""
        return clause_breaks(self.text, self.start, self.end)

    @cached_property
    def word_starts(self) -> list[int]:
        """Where its words begin."""
        return [word.start for word in self.words]

    @cached_property
    def placed(self) -> list[Placed]:
        """Its cues that say something here, with what they belong to: worked out once for all figures."""
        return [_placed(cue, self) for cue in self.cues if cue.entry.scope not in MARKS and not _is_idle(cue, self)]

    @cached_property
    def denials(self) -> list[Found[ScopeCue]]:
        """Its negations."""
        return [cue for cue in self.cues if cue.entry.scope == "negation"]

    @cached_property
    def said(self) -> dict[str, dict[str, float]]:
        """What it says of figures in other sentences, by how it stands to them, as far as that was asked."""
        return {}

    @cached_property
    def tokens(self) -> list[Token]:
        """Its words as the classes know them, names and numbers by their kind: "<model>", "<number>"."""
        found: list[Token] = []
        names = iter(self.names)
        name = next(names, None)
        for word in self.words:
            while name is not None and name.end <= word.start:
                name = next(names, None)
            if name is None or word.start < name.start:
                found.append(Token("<number>" if word.text[0].isdigit() else word.text, word.start, word.end))
            elif not found or found[-1].start < name.start:
                found.append(Token(f"<{name.kind}>", word.start, name.end))
        return joined(found)

    @cached_property
    def by_clause(self) -> dict[float, list[Token]]:
        """Its tokens by the number of their clause."""
        found: dict[float, list[Token]] = {}
        for token in self.tokens:
            found.setdefault(self.clause_of(token.start), []).append(token)
        return found

    def around(self, figure: Figure) -> tuple[list[Token], list[Token]]:
        """The words before a figure, the nearest first, and those behind it."""
        at = bisect_left(self.tokens, figure.start, key=_start)
        behind = bisect_left(self.tokens, figure.end, key=_start)
        before = self.tokens[:at]
        while before and before[-1].end > figure.start:
            before.pop()
        return before[::-1], self.tokens[behind:]

    def words_between(self, low: int, high: int) -> int:
        """How many words begin between two positions."""
        return bisect_left(self.word_starts, high) - bisect_left(self.word_starts, low)

    @cached_property
    def numbers(self) -> list[float]:
        """Number of each clause; what follows an aside goes on with the clause before it."""
        return clause_numbers(self.text, self.start, self.breaks)

    def clause_of(self, position: int) -> float:
        """Number of the clause that a position is in."""
        return self.numbers[bisect_right(self.breaks, position)]


class Placed(NamedTuple):
    """A cue in its sentence."""

    cue: Found[ScopeCue]
    words: str
    clause: float
    bound: Figure | None
    """The amount that follows it as what it measures."""
    nearest: float | None
    """How far the nearest amount is; None where the sentence has none."""


def _placed(cue: Found[ScopeCue], sentence: Sentence) -> Placed:
    bound = next((figure for figure in sentence.figures if _binds(cue, figure, sentence)), None)
    nearest = min(
        (_distance(other, cue, sentence) for other in sentence.figures if other.kind == "money"), default=None
    )
    return Placed(cue, sentence.text[cue.start : cue.end], sentence.clause_of(cue.start), bound, nearest)


def _longest(cues: list[Found[ScopeCue]]) -> list[Found[ScopeCue]]:
    """Cues that are no part of a longer one for the same figures."""
    return [
        cue
        for cue in cues
        if not any(
            other.first <= cue.first and cue.last <= other.last and other.last - other.first > cue.last - cue.first
            and other.entry.figures == cue.entry.figures
            for other in cues
        )
    ]  # fmt: skip


def flags_of(figure: Figure, sentence: Sentence) -> tuple[Flag, ...]:
    """What the clause says about the standing of a figure."""
    clause = sentence.clause_of(figure.start)
    found = {cue.entry.scope for cue in sentence.cues if sentence.clause_of(cue.start) == clause}
    return tuple(flag for flag in ("disputed", "superseded", "hypothetical", "forecast") if flag in found)


def weighed(figure: Figure, sentence: Sentence, figures: str) -> Sums:
    """For each scope the weights of its cues in a sentence, with their words."""
    sums: Sums = {}
    for placed in sentence.placed:
        cue, entry = placed.cue, placed.cue.entry
        if entry.figures != figures or (figures == "money" and figure.start <= cue.start < figure.end):
            continue
        weight = entry.weight * _nearness(figure, placed, sentence)
        if (entry.side == "before" and cue.start > figure.end) or (entry.side == "after" and cue.end < figure.start):
            weight *= WRONG_SIDE
        if any(_denies(denial, cue, figure, sentence) for denial in sentence.denials):
            sums.setdefault("final_run", []).append((0.25 * weight, placed.words))
        else:
            sums.setdefault(cast("Scope", entry.scope), []).append((weight, placed.words))
    return sums


# What may be raised and is no money then: "raised its forecast to $72 billion", "raises the price to $40".
_NO_FUNDS = re.compile(
    r"(?:'s)?(?: [\w'-]+){0,4}? (?:capital (?:expenditures?|spending|outlays?)|cap-?ex|spending|forecasts?"
    r"|guidance|outlook"
    r"|targets?|prices?|expectations?|estimates?|concerns?|questions?|eyebrows|doubts|alarms?|fears|projections?|range"
    r"|budgets?|dividends?|wages|salaries|fees|tariffs|bar|stakes|limit|threshold|pay|offers?|bid)\b",
    re.IGNORECASE,
)


def _is_idle(cue: Found[ScopeCue], sentence: Sentence) -> bool:
    """Whether a cue says here nothing of what it says elsewhere."""
    if cue.entry.scope == "funding" and sentence.text[cue.start : cue.end].lower().startswith("rais"):
        return _NO_FUNDS.match(sentence.text, cue.end, sentence.end) is not None
    if cue.entry.scope == "training_total" and _STAGE_BEFORE.search(sentence.text, max(0, cue.start - 5), cue.start):
        return True  # "pre-training cost" says the stage
    if cue.entry.scope == "hardware_capex" and any(
        other.kind in ("gpu_count", "gpu_hours") and other.start - AROUND_COUNT <= cue.start < other.end
        for other in sentence.figures
    ):
        return True  # what the chips are counted for is weighed by itself
    if any(name.kind == "organisation" and name.start <= cue.start < name.end for name in sentence.names):
        return True  # a word of somebody's name: Thinking Machines
    return _is_of_chips(cue, sentence)


_STAGE_BEFORE = re.compile(r"(?:pre|post|mid)[- ]$", re.IGNORECASE)


def _is_of_chips(cue: Found[ScopeCue], sentence: Sentence) -> bool:
    """Whether "rented" only says whose chips they were: "trained for $500 on sixteen rented A100s"."""
    if not sentence.text[cue.start : cue.end].lower().endswith(("rented", "leased")):
        return False
    if _WHO_RENTS.search(sentence.text, max(sentence.start, cue.start - 24), cue.start):
        return False
    return any(name.kind == "hardware" and 0 <= name.start - cue.end < 14 for name in sentence.names) or bool(
        _CHIPS_BEHIND.match(sentence.text, cue.end)
    )


def _nearness(figure: Figure, placed: Placed, sentence: Sentence) -> float:
    cue, bound = placed.cue, placed.bound
    low, high = (figure.end, cue.start) if cue.start >= figure.end else (cue.end, figure.start)
    factor = 1 / (1 + max(0, sentence.words_between(low, high)) / NEAR)
    if sentence.clause_of(figure.start) != placed.clause:
        factor *= OTHER_CLAUSE
    rivals = sum(low <= other.start < high and other.kind in MONEY_KINDS for other in sentence.figures)
    if bound is not None:
        factor *= BOUND if bound is figure else BOUND_ELSEWHERE
    return factor * BEYOND_AMOUNT ** min(rivals, 2) * _share_of(figure, placed, sentence)


def _binds(cue: Found[ScopeCue], figure: Figure, sentence: Sentence) -> bool:
    """Whether an amount follows a cue as what it measures: "a saving of $1.3 million", "revenue: €4 million"."""
    gap = figure.start - cue.end
    return (
        figure.kind in MONEY_KINDS
        and 0 <= gap <= 30
        and _MEASURE.fullmatch(sentence.text, cue.end, figure.start) is not None
    )


def _share_of(figure: Figure, placed: Placed, sentence: Sentence) -> float:
    """Less than 1 where another amount is nearer to the cue: cues mostly speak of their neighbour."""
    if figure.kind not in MONEY_KINDS or placed.nearest is None:
        return 1.0
    own = _distance(figure, placed.cue, sentence)
    return max(LEAST_SHARE, (placed.nearest + 2) / (own + 2)) if placed.nearest < own else 1.0


def _distance(figure: Figure, cue: Found[ScopeCue], sentence: Sentence) -> float:
    """Characters between a figure and a cue; another clause is farther."""
    gap = max(cue.start - figure.end, figure.start - cue.end, 0)
    return gap + 25 * abs(sentence.clause_of(figure.start) - sentence.clause_of(cue.start))


def _denies(denial: Found[ScopeCue], cue: Found[ScopeCue], figure: Figure, sentence: Sentence) -> bool:
    """Whether a negation stands before the cue and the figure does not: it says what the figure leaves out."""
    if denial.entry.side == "after":  # "salaries not counted"
        return 0 < denial.first - cue.last <= 2
    if not denial.last < cue.first <= denial.last + REACH_OF_NEGATION or denial.start > cue.start:
        return False
    if denial.start < figure.start < cue.start or (figure.start > cue.start and figure.start - cue.end < 12):
        return False
    return sentence.clause_of(cue.start) - sentence.clause_of(denial.start) <= 1


def _once(parts: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """The parts with the same words once, at their greatest weight; what is no words stands as it is."""
    worded: dict[str, float] = {}
    for weight, cue in parts:
        if cue:
            worded[cue] = max(weight, worded.get(cue, weight))
    return [*((weight, cue) for cue, weight in worded.items()), *(part for part in parts if not part[1])]


def total_of(parts: Sequence[tuple[float, str]]) -> float:
    """The weights of a scope's cues together; each further one adds half."""
    return sum(weight * 0.5**rank for rank, (weight, _) in enumerate(sorted(_once(parts), reverse=True)))


Sums = dict[Scope, list[tuple[float, str]]]
"""For each scope the weights of what speaks for it, with the words."""


def cue_for(scope: Scope, sums: Sums) -> str | None:
    """The words that weigh most for a scope."""
    return next((words for _, words in sorted(sums.get(scope, ()), reverse=True) if words), None)


def decide(sums: Sums) -> Decision:
    """The scope of the greatest sum; repeated cues of one scope add ever less."""
    best: tuple[float, Scope, str | None] = (LEAST, "unknown", None)
    for scope, parts in sums.items():
        total = total_of(parts)
        if total > best[0]:
            best = (total, scope, next((cue for _, cue in sorted(parts, reverse=True) if cue), None))
    return Decision(best[1], best[2])
