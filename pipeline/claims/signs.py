"""What speaks for a scope around a figure: words and their classes, names, size, neighbours, and what the rules hear.

`learned` weighs these signs. A sign is a name with a strength; the same figure in the same text has the same signs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from pipeline.claims.figures import Figure
from pipeline.claims.governed import Frame
from pipeline.claims.joined import Token
from pipeline.claims.lexicon import word_classes, word_parts
from pipeline.claims.linker import Link
from pipeline.claims.scope import LEAST, MARKS, Sentence, Sums, total_of
from pipeline.facts import Scope

REACH, CLOSE, NEAR = 14, 3, 4  # words on each side: looked at, told apart by their place, close by
FADING = 6.0  # words at which a word counts half
STRONG, WEAK = 0.7, 0.4  # of what holds for the whole figure
IN_CLAUSE, BEFORE, TITLED = 0.5, 0.2, 0.25  # of a word somewhere in the clause, in the sentence before, in the title
LONGEST_TITLE = 25  # words
CLASSED_BEFORE, CLASSED_BEHIND = 7, 6  # words whose classes are paired
MOST_BEFORE, MOST_BEHIND = 4, 3  # classes paired
MOST_OF_CUES = 8.0
SHORT_GAP = 3  # words between neighbours that are told apart
SIZES = ((1e3, "tiny"), (1e6, "small"), (1e8, "middling"), (1e9, "large"), (1e11, "billions"))  # up to, in dollars
_NAMED = ("organisation", "state", "programme", "hardware")
_ENDINGS = ("ings", "ing", "ed", "es", "s")


@dataclass(frozen=True)
class Signs:
    """What speaks for a scope around a figure: by name its strength, and the words as printed."""

    strengths: dict[str, float]
    printed: dict[str, str]


@dataclass(frozen=True)
class Heard:
    """What the rules have made of a figure."""

    sums: Sums
    """What its cues weigh."""
    link: Link | None
    size: float
    """Its size, of money in US dollars, nearly."""
    said: Mapping[str, Scope | None] = field(default_factory=dict[str, "Scope | None"])
    """Scopes that single rules speak for: its own noun, the subject of its verb, the amount before it."""
    holds: frozenset[str] = frozenset()
    """Rules that hold and name no scope."""
    frame: Frame | None = None
    """What governs it; None for what is no amount of money."""


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its ending, roughly."""
    if len(word) > 5:
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 4:
                return word[: -len(ending)].rstrip("e")
    return word.rstrip("s") if len(word) > 4 else word


@lru_cache(maxsize=20_000)
def classes_of(word: str) -> tuple[str, ...]:
    """The classes that a word is of, as it stands, by the stem that it shares with a listed one, or by its parts."""
    listed = word_classes().get(word)
    if listed is None:
        listed = _classes_by_stem().get(stem(word))
    return _classes_by_parts(word) if listed is None else listed


def _classes_by_parts(word: str) -> tuple[str, ...]:
    """The classes of a word's end and of its beginning: "Trainingskosten" is of ``cost`` and of ``train``."""
    parts = word_parts()
    end = next((word[at:] for at in range(1, len(word) - 1) if word[at:] in parts.ends), "")
    body = word[: len(word) - len(end)]
    beginning = next((body[:size] for size in range(len(body), 0, -1) if body[:size] in parts.beginnings), None)
    if beginning is None:
        of_body = word_classes().get(body, ()) if end else ()
    else:
        of_body = parts.beginnings[beginning]
        if not of_body:  # listed so that nothing is read into it: "kostenlos"
            return ()
    return tuple(dict.fromkeys((*parts.ends.get(end, ()), *of_body)))


@cache
def _classes_by_stem() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for word, classes in word_classes().items():
        found.setdefault(stem(word), classes)
    return found


def signs_of(figure: Figure, sentence: Sentence, heard: Heard, around: Sequence[Sentence]) -> Signs:
    """All that may speak for a scope.

    Args:
        figure: The figure.
        sentence: Its sentence.
        heard: What the rules have made of it.
        around: The sentences before that its own goes on with, the heading above, the title.
    """
    signs = Signs({}, {})
    before, after = sentence.around(figure)
    strengths = signs.strengths
    strengths |= _of_rules(heard)
    strengths[f"kind {figure.kind}"] = STRONG
    strengths[f"per {figure.per}"] = STRONG
    strengths[f"in {figure.currency}"] = WEAK
    nearest = [_add_words(side, words, signs) for side, words in (("before", before), ("after", after))]
    strengths[f"between {' '.join(nearest)}"] = STRONG
    for token in sentence.by_clause.get(sentence.clause_of(figure.start), ()):
        if token.end <= figure.start or token.start >= figure.end:
            strengths |= dict.fromkeys(_signs_in("clause", token.text), IN_CLAUSE)
    paired = _add_pairs(before, after, strengths)
    _add_size(heard, paired, strengths)
    _add_names(figure, sentence, strengths)
    _add_neighbours(figure, sentence, strengths)
    _add_around(around, strengths)
    return signs


def _of_rules(heard: Heard) -> dict[str, float]:
    totals: dict[Scope, float] = {scope: total_of(parts) for scope, parts in heard.sums.items()}
    signs: dict[str, float] = {f"cues {scope}": min(total, MOST_OF_CUES) / 4 for scope, total in totals.items()}
    best: Scope | None = max(totals, key=lambda scope: totals[scope], default=None)
    signs[f"best {best if best and totals[best] > LEAST else None}"] = 1.0
    signs |= {f"{rule} {scope}": STRONG if scope is None else 1.0 for rule, scope in heard.said.items()}
    signs |= dict.fromkeys(heard.holds, 1.0)
    signs[f"link {heard.link.place if heard.link else None}"] = STRONG
    if (frame := heard.frame) is None:
        return signs
    held = {"cost": frame.is_of_cost, "else": frame.is_known, "run": bool(frame.run), "goes on": frame.goes_on}
    signs |= {f"frame {name}": 1.0 for name, holds in held.items() if holds}
    signs["making"] = frame.making
    if frame.cue:
        signs[f"governed {stem(frame.cue.lower())}"] = 1.0
        signs |= {f"governed <{name}>": 1.0 for name in classes_of(frame.cue.lower())}
    return signs


def _add_words(side: str, words: Sequence[Token], signs: Signs) -> str:
    """Add what the words on a side say, the nearest first; the first class among them."""
    nearest = ""
    stems = [stem(word.text) for word in words[: REACH + 1]]
    strengths, printed = signs.strengths, signs.printed
    for at, word in enumerate(stems[:REACH]):
        strength = 1 / (1 + at / FADING)
        text = words[at].text
        names = _signs_beside(side, min(at, CLOSE), at < NEAR, text)
        if at + 1 < len(stems):
            following = stems[at + 1]
            names = (f"{following} {word}" if side == "before" else f"{word} {following}", *names)
        if not nearest and (classes := classes_of(text)):
            nearest = f"<{classes[0]}>"
        for sign in names:
            if strengths.get(sign, 0.0) < strength:
                strengths[sign] = strength
                printed[sign] = text
    return nearest


@lru_cache(maxsize=20_000)
def _signs_beside(side: str, place: int, is_near: bool, word: str) -> tuple[str, ...]:
    """What a word says on a side of a figure, at a place: itself and its classes, by side and by place."""
    own = stem(word)
    places = ("", f"{side} ", f"{side} {'near' if is_near else 'far'} ")
    of_classes = (f"{where}<{name}>" for name in classes_of(word) for where in places)
    return own, f"{side} {own}", f"{side} {place if place < CLOSE else 'far'} {own}", *of_classes


@lru_cache(maxsize=20_000)
def _signs_in(place: str, word: str) -> tuple[str, ...]:
    """What a word says somewhere in a clause: itself and its classes."""
    return f"{place} {stem(word)}", *(f"{place} <{name}>" for name in classes_of(word))


def _add_pairs(before: Sequence[Token], after: Sequence[Token], strengths: dict[str, float]) -> set[str]:
    """Add which classes stand on both sides together, and before it in their order; the classes themselves."""
    left = [name for word in before[:CLASSED_BEFORE] for name in classes_of(word.text)][:MOST_BEFORE]
    right = [name for word in after[:CLASSED_BEHIND] for name in classes_of(word.text)][:MOST_BEHIND]
    strengths |= {f"<{one}> _ <{other}>": IN_CLAUSE for one in left for other in right}
    strengths |= {f"<{far}> <{near}> _": IN_CLAUSE for at, near in enumerate(left) for far in left[at + 1 :]}
    return {*left, *right}


def _add_size(heard: Heard, classes: set[str], strengths: dict[str, float]) -> None:
    """Add how large a figure is, and that together with what stands near it."""
    power = int(math.log10(max(heard.size, 1e-3)))
    strengths |= {f"size {least}": WEAK for least in range(-1, 13) if power >= least}
    size = next((name for most, name in SIZES if heard.size < most), "huge")
    strengths[f"is {size}"] = STRONG
    strengths |= {f"is {size} <{name}>": IN_CLAUSE for name in classes}
    strengths[f"is {size} link {heard.link.place if heard.link else None}"] = STRONG
    strengths[f"is {size} cost {heard.frame is not None and heard.frame.is_of_cost}"] = STRONG


def _add_names(figure: Figure, sentence: Sentence, strengths: dict[str, float]) -> None:
    """Add who and what is named, and of what kind the names are that the figure stands between."""
    nearest: dict[str, str] = {}
    for name in sentence.names:
        is_before = name.end <= figure.start
        side = "before" if is_before else "after"
        if is_before or "after" not in nearest:
            nearest[side] = name.kind
        if name.kind in _NAMED:
            low, high = (name.end, figure.start) if is_before else (figure.end, name.start)
            strength = 1 / (1 + max(0, sentence.words_between(low, high)) / FADING)
            for sign in (f"name {name.name}", f"{side} name {name.name}"):
                strengths[sign] = max(strengths.get(sign, 0.0), strength)
    strengths |= {f"{side} nearest {kind}": STRONG for side, kind in nearest.items()}
    strengths[f"names {nearest.get('before')} {nearest.get('after')}"] = IN_CLAUSE


def _add_neighbours(figure: Figure, sentence: Sentence, strengths: dict[str, float]) -> None:
    """Add what the figures on both sides are, and what joins them to this one."""
    figures = sentence.figures
    at = next((number for number, other in enumerate(figures) if other is figure), 0)
    strengths["first" if at == 0 else "not first"] = 0.3
    strengths["last" if at == len(figures) - 1 else "not last"] = 0.3
    strengths |= {f"beside {other.kind}": WEAK for other in figures if other is not figure}
    for side, number in (("previous", at - 1), ("next", at + 1)):
        if not 0 <= number < len(figures):
            continue
        other = figures[number]
        low, high = (other.end, figure.start) if side == "previous" else (figure.end, other.start)
        gap = [stem(token.text) for token in sentence.tokens if low <= token.start < high]
        is_short = len(gap) <= SHORT_GAP
        strengths[f"{side} {other.kind} {len(gap) if is_short else 'far'}"] = IN_CLAUSE
        if is_short:
            strengths[f"{side} gap {' '.join(gap)}"] = STRONG
        if other.kind == figure.kind and other.high > 0 < figure.high:
            strengths[f"{side} ratio {round(math.log10(figure.high) - math.log10(other.high))}"] = WEAK


def _add_around(around: Sequence[Sentence], strengths: dict[str, float]) -> None:
    """Add the words of the title, of the heading and of the sentence before."""
    for place, sentences in (("title", around[-1:]), ("above", around[-2:-1]), ("earlier", around[:-2])):
        for other in sentences:
            said = other.said.get(place)
            if said is None:
                said = other.said[place] = _said_around(place, other)
            strengths |= said


def _said_around(place: str, sentence: Sentence) -> dict[str, float]:
    """What another sentence says of the figures here; worked out once for all of them."""
    strength = TITLED if place == "title" else BEFORE
    said: dict[str, float] = {}
    for token in sentence.tokens[:LONGEST_TITLE]:
        word, *classes = _signs_in(place, token.text)
        said[word] = strength
        said |= dict.fromkeys(classes, BEFORE)
    for cue in sentence.cues:
        if cue.entry.scope not in MARKS:
            said[f"{place} cue {cue.entry.scope}"] = BEFORE
    return said
