"""Words, sentences and clauses of a plain text; phrases from the lexicons are found by their first word.

Nothing here searches: each word is looked up once, so the work grows with the text and not with the lexicon.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

_WORD = re.compile(r"r&d(?![a-z])|[\u4e00-\u9fff]|[^\W\d_\u4e00-\u9fff]+|\d+(?:[.,]\d+)*", re.IGNORECASE)
_END = re.compile(
    r"(?=[.!?;\[\n。！？；])"  # noqa: RUF001 - most places are ruled out at once
    r"(?:[.!?]['\")\]]{0,2} +(?=['\"(\[]{0,2}(?:[^\sa-z]|[a-z][A-Z]|o\d))|[。！？；]"  # noqa: RUF001 - Chinese stops
    r"|(?<=[.!?])\[\d{1,3}\] ?|; +|\n+)"
)
_NO_END = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|U\.S|U\.K|E\.U|[Ii]nc|[Cc]orp|[Ll]td|[Cc]o|vs|[Aa]pprox|[Ee]st|[Cc]a|[Nn]o|[Ff]ig|Dr|Mr"
    r"|Mrs|Ms"
    r"|Prof|St|Sen|Gov|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|e\.g|i\.e|cf|al|Rs|Mio|Mrd|bzw|ca|rund|etwa)\.$"
)
_CLAUSE = re.compile(
    r"[;；，]|[:：](?!\d)|\s[–—-]{1,2}\s|—"  # noqa: RUF001 - as printed
    r"|,? (?=and (?:about |around |roughly |another |some |over |nearly )?[$€£\xa5₹])|, (?=(?:about |around |some "
    r"|another )?[$€£\xa5₹])"
    r"|, (?=(?:and|but|while|whereas|which|whose|though|although|yet|so|then|or|with|compared|versus|against|than|not"
    r"|including|excluding|of which|up from|down from|plus|even|because|since|as|where|when)\b)"
    r"| (?=and (?:has|had|is|was|will|would|plans?|wants?|expects?|valu(?:es|ed|ing)|sold|sells?|raised?"
    r"|borrowed|paid|pays?|lost"
    r"|owns?|bought|buys|gave|gives|returned|announced|spent|spends|needs?|took|takes|costs?|earns?|earned"
    r"|employs|reported"
    r"|reports|made|makes|rented|rents|leased|used|uses|ordered|orders|aims|intends|hopes|promised|pledged)\b)"
    r"|, (?=(?:arguing|saying|adding|noting|claiming|meaning|bringing|giving|making|putting|leaving|valuing"
    r"|wiping|erasing)\b)"
    r"|(?<=illion),(?= [a-z])"
    r"| (?=(?:while|whereas|but|although|compared (?:to|with)|versus|vs\.?|which|because)\s)|\s(?=\()|\)(?=\s|$)",
    re.IGNORECASE,
)


MOST_WORDS = 50_000  # remembered by each lexicon
LONGEST_SENTENCE = 900  # characters; names and cues farther away decide nothing, and the work stays linear


class Word(NamedTuple):
    """A word, lower-case, and where it stands."""

    text: str
    start: int
    end: int


def words_of(text: str, start: int = 0, end: int | None = None) -> list[Word]:
    """The words between two positions."""
    stop = len(text) if end is None else end
    return [Word(found[0].lower(), *found.span()) for found in _WORD.finditer(text, start, stop)]


def sentences_of(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence; a point after an abbreviation ends none."""
    spans: list[tuple[int, int]] = []
    at = 0
    for found in _END.finditer(text):
        point = found.start() + 1
        if text[found.start()] == "." and _NO_END.search(text, max(at, point - 9), point):
            continue
        spans += _cut(text, at, found.end())
        at = found.end()
    return spans + _cut(text, at, len(text))


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The stretch, in pieces where it is too long to be one sentence; none where it is blank."""
    spans: list[tuple[int, int]] = []
    while end - start > LONGEST_SENTENCE:
        blank = text.rfind(" ", start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE)
        middle = blank + 1 if blank >= 0 else start + LONGEST_SENTENCE
        spans.append((start, middle))
        start = middle
    return [*spans, (start, end)] if text[start:end].strip() else spans


# A clause set in front: what it says is said of somebody else or as a condition.
_IN_FRONT = re.compile(
    r"\s{0,3}[\"']?(?:Unlike|Whereas|While|Although|Though|Where|When|If|Compared (?:to|with)|In contrast"
    r"|Instead of|Despite"
    r"|Rather than|By contrast with|Besides|Apart from|Aside from|After|Before|Because|Since|As|Had)\b[^,;]{3,200}, "
)


# An aside between commas, which says something more of what stands before it.
_ASIDE = re.compile(
    r", (?:including|excluding|such as|not counting|among (?:them|others)|like|which|whose|who|itself|the|an?"
    r"|led by|based"
    r"|backed by|built|known as)\b[^,;:()$\u20ac\xa3]{3,70}, (?!and\b|or\b|but\b)"
)


def clause_breaks(text: str, start: int, end: int) -> list[int]:
    """Positions in a sentence where a new clause begins."""
    front = _IN_FRONT.match(text, start, end)
    breaks = [found.end() for found in _CLAUSE.finditer(text, start, end)]
    asides = [found.end() for found in _ASIDE.finditer(text, start, end)]
    return sorted({*breaks, *asides, *([front.end()] if front else ())})


def clause_numbers(text: str, start: int, breaks: Sequence[int]) -> list[float]:
    """A number for each stretch between breaks: one more each time; behind an aside that of the clause around it."""
    numbers: list[float] = [0.0]
    ends = {found.end(): found.start() for found in _ASIDE.finditer(text, start, breaks[-1] if breaks else start)}
    for at in breaks:
        begun = ends.get(at)
        if begun is None:
            numbers.append(float(int(numbers[-1]) + 1))
        else:
            around = bisect_right(breaks, begun)
            numbers[around + 1 :] = [numbers[around] + 0.5] * (len(numbers) - around - 1)
            numbers.append(numbers[around])
    return numbers


# --- phrases --------------------------------------------------------------------------------------

Entry = TypeVar("Entry")
Test = Callable[[str], bool] | None


class Found(NamedTuple, Generic[Entry]):
    """A phrase of a lexicon in a text."""

    entry: Entry
    first: int
    """Index of its first word."""
    last: int
    start: int
    end: int


class _Rest(NamedTuple, Generic[Entry]):
    """What must follow the first word of a phrase."""

    tests: tuple[Test, ...]
    may_miss: tuple[bool, ...]
    entry: Entry


class Phrases(Generic[Entry]):
    """A lexicon of phrases.

    A phrase is words with blanks between: ``word`` itself, ``stem*``, ``either/or``, ``_`` any one word, ``?``
    at the end of a word for one that may be missing. Chinese needs no blanks.
    """

    def __init__(self, phrases: Sequence[tuple[str, Entry]]) -> None:
        self._exact: dict[str, list[_Rest[Entry]]] = {}
        self._stems: dict[str, list[_Rest[Entry]]] = {}
        for phrase, entry in phrases:
            self._add(_parts(phrase), entry)
        # The same words come again and again: what can begin with one is worked out once, and by the next word too.
        self._beginning = lru_cache(maxsize=MOST_WORDS)(self._beginning_with)
        self._alone = lru_cache(maxsize=MOST_WORDS)(self._standing_alone)
        self._longer = lru_cache(maxsize=MOST_WORDS)(self._going_on)

    def _add(self, parts: list[str], entry: Entry) -> None:
        optional = tuple(part.endswith("?") for part in parts[1:])
        tests = tuple(_test(part.removesuffix("?")) for part in parts[1:])
        for head in parts[0].split("/"):
            index = self._stems if head.endswith("*") else self._exact
            index.setdefault(head.rstrip("*"), []).append(_Rest(tests, optional, entry))

    def _beginning_with(self, word: str) -> tuple[_Rest[Entry], ...]:
        stems = [rest for size in range(2, len(word) + 1) for rest in self._stems.get(word[:size], ())]
        return (*self._exact.get(word, ()), *stems)

    def _standing_alone(self, word: str) -> tuple[Entry, ...]:
        return tuple(rest.entry for rest in self._beginning(word) if not rest.tests)

    def _going_on(self, word: str, following: str) -> tuple[_Rest[Entry], ...]:
        longer = (rest for rest in self._beginning(word) if rest.tests)
        return tuple(rest for rest in longer if rest.may_miss[0] or rest.tests[0] is None or rest.tests[0](following))

    def find(self, words: Sequence[Word]) -> Iterator[Found[Entry]]:
        """Every phrase of the lexicon among the words, by position; overlapping ones too."""
        last = len(words) - 1
        for index, word in enumerate(words):
            if not self._beginning(word.text):
                continue
            for entry in self._alone(word.text):
                yield Found(entry, index, index, word.start, word.end)
            for rest in self._longer(word.text, words[index + 1].text if index < last else ""):
                end = _reach(words, index, rest.tests, rest.may_miss)
                if end is not None:
                    yield Found(rest.entry, index, end, word.start, words[end].end)


def _reach(words: Sequence[Word], index: int, tests: tuple[Test, ...], optional: tuple[bool, ...]) -> int | None:
    """Index of the last word, if all that follow the first are as the phrase wants them."""
    at = index
    for test, may_miss in zip(tests, optional, strict=True):
        fits = at + 1 < len(words) and (test is None or test(words[at + 1].text))
        if not fits and not may_miss:
            return None
        at += fits
    return at


def _parts(phrase: str) -> list[str]:
    return [part for word in phrase.lower().split() for part in re.findall(r"[\u4e00-\u9fff]|[^\u4e00-\u9fff]+", word)]


def _test(part: str) -> Test:
    if part == "_":
        return None
    exact = frozenset(word for word in part.split("/") if not word.endswith("*"))
    stems = tuple(word.rstrip("*") for word in part.split("/") if word.endswith("*"))
    return lambda word: word in exact or word.startswith(stems)
