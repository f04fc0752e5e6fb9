"""The reader's part of the notebook, read once: names, hedges, cues. The only file of the reader that opens one."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, NamedTuple, TypeAlias, TypeVar, get_args

from pipeline.claims.words import MOST_WORDS, Phrases
from pipeline.facts import Hedge, Scope
from pipeline.paths import reference_dir

# Rows of the cue lexicon that say no scope but how a figure stands: behind a negation, taken back, about the future.
Mark = Literal["negation", "superseded", "disputed", "hypothetical", "forecast"]


_Word = TypeVar("_Word", str, tuple[str, ...])


def _table(file: str) -> tuple[list[str], list[list[str]]]:
    """A file's header and its rows."""
    with (reference_dir() / file).open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    return header, rows


def _rows(file: str) -> list[dict[str, str]]:
    header, rows = _table(file)
    return [dict(zip(header, row, strict=True)) for row in rows]


NameKind = Literal["model", "size", "hardware", "organisation", "state", "programme", "address"]


@dataclass(frozen=True)
class NameRule:
    """A spelling, as a pattern, and the name it stands for; ``{1}`` is the pattern's first group."""

    kind: NameKind
    pattern: str
    name: str
    organisation: str | None = None
    needs: re.Pattern[str] | None = None
    """What the document must say besides, for a spelling that means other things too."""


class Names:
    """Spellings by their beginning: the reader asks once a word, and the first rule wins.

    Args:
        rules: In the order in which they are tried.
        of_beginning: The rules' places by their first characters, lower-case, six at most: what begins otherwise is no
            name.
    """

    def __init__(self, rules: Sequence[NameRule], of_beginning: Mapping[str, Sequence[int]]) -> None:
        self.rules = tuple(rules)
        self.of_beginning = of_beginning
        self.beginning_with = lru_cache(maxsize=MOST_WORDS)(self._beginning_with)
        self._eithers: dict[tuple[str, ...], Either] = {}

    def may_begin(self, head: str) -> bool:
        """Whether a name can begin with six characters, lower-case; quick, and seldom wrong."""
        return any(head[:size] in self.of_beginning for size in range(1, LONGEST_BEGINNING + 1))

    def _beginning_with(self, head: str) -> Either | None:
        """One pattern for the rules that six characters, lower-case, can begin; compiled when first asked for.

        All rules of a letter together would take a tenth of a second to compile, for a page that has two of them.
        """
        sizes = range(1, min(len(head), LONGEST_BEGINNING) + 1)
        begun = tuple(head[:size] for size in sizes if head[:size] in self.of_beginning)
        if not begun:
            return None
        if begun not in self._eithers:
            places = sorted({place for beginning in begun for place in self.of_beginning[beginning]})
            self._eithers[begun] = _either([self.rules[place] for place in places])
        return self._eithers[begun]


class Either(NamedTuple):
    """Rules, and one pattern for all of them."""

    pattern: re.Pattern[str]
    rules: tuple[NameRule, ...]

    def match(self, text: str, at: int = 0) -> tuple[int, re.Match[str]] | None:
        """The place of the first rule that fits at a position, and where it ends."""
        hit = self.pattern.match(text, at)
        return (int(hit.lastgroup.removeprefix("rule")), hit) if hit and hit.lastgroup else None


LONGEST_BEGINNING = 6


@lru_cache(maxsize=MOST_WORDS)
def kinds_beginning(head: str) -> tuple[bool, bool, bool]:
    """Whether a model, an accelerator, an organisation can begin with six characters; words come again and again."""
    return models().may_begin(head), hardware().may_begin(head), organisations().may_begin(head)


@dataclass(frozen=True)
class HedgeCue:
    """Words that bound a figure."""

    hedge: Hedge
    after: bool
    """Whether they stand behind the figure."""


@dataclass(frozen=True)
class ScopeCue:
    """Words that say what a figure covers."""

    scope: Scope | Mark
    weight: float
    side: str
    """before, after or around the figure."""
    figures: str
    """Which figures they speak of: money, count (of accelerators), all."""


# make, build, run, compute, research, model: what a model's cost is of; pay, sum, be, figure: words of any amount;
# act, thing, people: verbs and nouns of other amounts, and who is paid; law: what a rule holds from.
FramePart = Literal[
    "make", "build", "run", "compute", "research", "model", "pay", "sum", "be", "figure", "act", "thing", "people",
    "law",
]  # fmt: skip


@dataclass(frozen=True)
class FrameWord:
    """A word that an amount may hang on."""

    part: FramePart
    """What it is of."""
    weight: float


END_OF_NAME = r"(?![A-Za-z0-9]|(?<=\d)\.\d)"  # the 1 of "LLaMA-1.3B" ends no name, nor the 2 of "LFM2.5"
END_OF_HARDWARE = r"(?=e?s?(?![A-Za-z0-9])|s?[Cc]hips?|[Gg][Pp][Uu])"  # A100s, TPUv4chip-hours, H100e


def _names(rules: list[tuple[str, NameRule]]) -> Names:
    """The rules by their beginnings, which are listed ("ama|nov") where a pattern does not begin with letters."""
    of_beginning: dict[str, list[int]] = {}
    for place, (listed, rule) in enumerate(rules):
        for beginning in listed.split("|") if listed else [_literal(rule.pattern)]:
            of_beginning.setdefault(beginning[:LONGEST_BEGINNING], []).append(place)
    return Names([rule for _, rule in rules], of_beginning)


def _literal(pattern: str) -> str:
    """The letters that a pattern surely begins with, lower-case."""
    found = re.match(r"(?:\(\?-i:)?([^\W_]+)(.?)", pattern)
    if found is None:
        raise ValueError(f"claim names: {pattern!r} begins with no letter and its row has no starts")
    open_end = "|" in pattern and not re.match(r"[^|]{0,200}[(\[]", pattern.removeprefix("(?-i:"))
    letters = found[1][:1] if open_end else found[1][:-1] if found[2] in ("?", "*", "{") else found[1]
    return letters.lower()


def _either(rules: Sequence[NameRule]) -> Either:
    # An empty group at the end of each rule tells which one matched.
    ends = {"hardware": END_OF_HARDWARE}
    body = "|".join(
        f"(?:{rule.pattern}){ends.get(rule.kind, END_OF_NAME)}(?P<rule{at}>)" for at, rule in enumerate(rules)
    )
    return Either(re.compile(body, re.IGNORECASE), tuple(rules))


@cache
def small_names() -> tuple[tuple[str, ...], re.Pattern[str]]:
    """Names written in small letters without a digit ("hopper", "nanochat"), and where one of them begins."""
    rules = [*models().rules, *hardware().rules, *organisations().rules]
    small = {rule.name.split(" ")[0].lower() for rule in rules if rule.name[:1].islower() and rule.name.isascii()}
    small |= {found[1] for rule in rules if (found := re.fullmatch(r"\(\?-i:([a-z]+)\)", rule.pattern))}  # "davinci"
    small |= {word for rule in hardware().rules for word in re.findall(r"(?:^|\|)([a-z]{3,})", rule.pattern)}
    words = tuple(sorted((word for word in small if len(word) > 2), key=len, reverse=True))
    return words, re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, words))})")


@cache
def models() -> Names:
    """Spellings of models, in the order of the notebook."""
    rows = sorted(_rows("claim_models.csv"), key=lambda row: int(row["position"]))
    return _names([(row["starts"], _model(row)) for row in rows])


def _model(row: dict[str, str]) -> NameRule:
    needs = re.compile(row["needs"], re.IGNORECASE) if row["needs"] else None
    return NameRule("model", row["pattern"], row["model"], row["organisation"] or None, needs)


@cache
def hardware() -> Names:
    """Spellings of accelerators."""
    return _names(
        [(row["starts"], NameRule("hardware", row["pattern"], row["hardware"])) for row in _rows("claim_hardware.csv")]
    )


@cache
def machines(*, surely: bool = False) -> re.Pattern[str]:
    """Names of machines and sites, none of which is a model's; those that mean nothing else alone if asked for."""
    rows = sorted(_rows("claim_machines.csv"), key=lambda row: -len(row["machine"]))
    names = [re.escape(row["machine"]) for row in rows if row["kind"] == "machine" or not surely]
    return re.compile(rf"(?:{'|'.join(names)})\b")


@cache
def things() -> frozenset[str]:
    """Benchmarks, collections of text, tools, methods and other names that are never a model's."""
    return frozenset(row["thing"] for row in _rows("claim_things.csv"))


@cache
def organisations() -> Names:
    """Spellings of organisations, states and programmes; the longest first."""
    rows = sorted(_rows("claim_organisations.csv"), key=lambda row: -len(row["alias"]))
    return _names([("", _organisation(row)) for row in rows])


def _organisation(row: dict[str, str]) -> NameRule:
    kinds: dict[str, NameKind] = {"company": "organisation", "state": "state", "programme": "programme"}
    spelling = "[ -]".join(re.escape(part) for part in re.split("[ -]", row["alias"]))
    return NameRule(kinds[row["kind"]], f"(?-i:{spelling})", row["organisation"], row["organisation"])


@cache
def hedges() -> Phrases[HedgeCue]:
    """Words that bound a figure."""
    rows = _rows("claim_hedges.csv")
    known = get_args(Hedge)
    for row in rows:
        if row["hedge"] not in known:
            raise ValueError(f"claim_hedges.csv: {row['cue']!r} has the unknown hedge {row['hedge']!r}")
    return Phrases([(row["cue"], HedgeCue(row["hedge"], row["side"] == "after")) for row in rows])  # type: ignore[arg-type]


Weights: TypeAlias = tuple[tuple[int, float], ...]
"""Of a sign: the place of a scope, and its weight."""


class WeightsOfSigns(dict[str, Weights]):
    """Weights by sign; none for a sign that has none.

    Those of a file are turned to numbers when a page first has their sign: it has a tenth of them, and to turn all
    takes a tenth of a second.
    """

    def __init__(self, known: Mapping[str, Weights], unread: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(known)
        self._unread = unread or {}

    def __missing__(self, sign: str) -> Weights:
        printed = self._unread.get(sign)  # not taken out: another thread may be asking for the same
        if printed is None:
            return ()
        self[sign] = found = tuple([(at, float(one)) for at, one in enumerate(printed) if one])
        return found

    def all(self) -> dict[str, Weights]:
        """Of every sign, those that no page had included."""
        return {sign: self[sign] for sign in (*self._unread, *self)}


@dataclass(frozen=True)
class ScopeWords:
    """Weights of signs for scopes, as fitted to labelled texts."""

    scopes: tuple[Scope, ...]
    bias: tuple[float, ...]
    weights: WeightsOfSigns


@cache
def scope_signs() -> ScopeWords:
    """What the signs around an amount of money have mostly meant."""
    return _weights("claim_scope_signs.csv")


@cache
def neighbour_signs() -> ScopeWords:
    """What the scopes of an amount's neighbours have mostly meant for it."""
    return _weights("claim_neighbour_signs.csv")


@cache
def chip_signs() -> ScopeWords:
    """What the signs around a count of accelerators have mostly meant."""
    return _weights("claim_chip_signs.csv")


@cache
def price_signs() -> ScopeWords:
    """What the signs around a price, or around accelerator hours, have mostly meant."""
    return _weights("claim_price_signs.csv")


@cache
def link_signs() -> dict[str, float]:
    """What the place of a model's name, and the words around it, have mostly meant for whose a figure is."""
    return {row["sign"]: float(row["weight"]) for row in _rows("claim_link_signs.csv")}


@cache
def ledger() -> list[dict[str, str]]:
    """The figures of the ledger, a row each as the notebook has them."""
    return _rows("reported_claims.csv")


def _weights(file: str) -> ScopeWords:
    (_, *named), rows = _table(file)  # the sign, and what it weighs for each scope
    known = {str(scope): scope for scope in get_args(Scope)}
    scopes: tuple[Scope, ...] = tuple(known[name] for name in named)
    unread = {sign: weights for sign, *weights in rows}
    bias = [float(one or 0) for one in unread.pop("")]
    return ScopeWords(scopes, tuple(bias), WeightsOfSigns({}, unread))


@cache
def word_classes() -> dict[str, tuple[str, ...]]:
    """The classes of what is done or spoken of that a word is of: "leased" is of ``deal`` and of ``rent``.

    A word without a class is listed so that its parts are not taken for words: "部分" is no ministry.
    """
    return {word: classes for word, classes in _classed() if "*" not in word}


@dataclass(frozen=True)
class WordParts:
    """Classes of what words begin and end with, of languages that bend or compound them."""

    beginnings: dict[str, tuple[str, ...]]
    """Listed as ``invest*``."""
    ends: dict[str, tuple[str, ...]]
    """Listed as ``*kosten``."""


@cache
def word_parts() -> WordParts:
    """The classes of beginnings and ends of words."""
    return WordParts(
        {word[:-1]: classes for word, classes in _classed() if word.endswith("*")},
        {word[1:]: classes for word, classes in _classed() if word.startswith("*")},
    )


@cache
def unspaced_words() -> dict[str, tuple[str, ...]]:
    """Listed words of scripts without blanks between words, and Korean ones, by their first sign; the longest first."""
    words = [word for word in word_classes() if word[0] >= FIRST_UNSPACED]
    return {sign: tuple(found) for sign, found in _by_first(sorted(words, key=len, reverse=True)).items()}


FIRST_UNSPACED = "\u3040"  # kana, Chinese signs and Korean syllables stand behind all other letters


@cache
def spaced_words() -> dict[str, tuple[tuple[str, ...], ...]]:
    """What follows the first word of a listed one that is written as several: "doanh thu"; the longest first."""
    words = sorted((tuple(word.split()) for word in word_classes() if " " in word), key=len, reverse=True)
    return {first: tuple(word[1:] for word in found) for first, found in _by_first(words).items()}


def _by_first(words: Sequence[_Word]) -> dict[str, list[_Word]]:
    found: dict[str, list[_Word]] = {}
    for word in words:
        found.setdefault(word[0], []).append(word)
    return found


def _classed() -> list[tuple[str, tuple[str, ...]]]:
    return [(row["word"], tuple(row["classes"].split())) for row in _rows("claim_word_classes.csv")]


@cache
def scope_cues() -> Phrases[ScopeCue]:
    """Words that say what a figure covers, with their weight."""
    known = (*get_args(Scope), *get_args(Mark))
    rows = _rows("claim_scope_cues.csv")
    for row in rows:
        if row["scope"] not in known:
            raise ValueError(f"claim_scope_cues.csv: {row['cue']!r} has the unknown scope {row['scope']!r}")
    return Phrases([(row["cue"], _scope_cue(row)) for row in rows])


def _scope_cue(row: dict[str, str]) -> ScopeCue:
    return ScopeCue(row["scope"], float(row["weight"]), row["side"], row["figures"])  # type: ignore[arg-type]


@cache
def frame_words() -> Phrases[FrameWord]:
    """Words that an amount may hang on."""
    rows = _rows("claim_frames.csv")
    for row in rows:
        if row["part"] not in get_args(FramePart):
            raise ValueError(f"claim_frames.csv: {row['words']!r} has the unknown part {row['part']!r}")
    return Phrases([(row["words"], FrameWord(row["part"], float(row["weight"]))) for row in rows])  # type: ignore[arg-type]
