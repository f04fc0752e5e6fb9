"""The registry of models and every spelling of their names: ``models.csv``, ``model_aliases.csv``, ``model_hosts.csv``.

A build's spellings are its name and aliases with every form of its date. A name without a date is the build's if
there is but one of that name, or if the registry says so (``undated``); otherwise an alias must say from when to
when it meant which.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from functools import cache

from pipeline.paths import reference_dir

EVERY_BUILD = "@*"  # behind a family: the alias covers several of its builds
LEAST_LIKENESS = 0.6  # of a suggestion to a person, 0 to 1


@dataclass(frozen=True)
class Model:
    """One build of a model, as ``models.csv`` registers it."""

    model_id: str
    """``org/model@snapshot``; without snapshot where there is one build and no day in its name."""
    organisation: str
    model: str
    snapshot: str | None
    released_on: date | None
    """None: known from price lists only."""
    family_id: str
    """What is linked to one training cost: base, instruct and snapshots of one pre-training share it."""
    settings: frozenset[str]
    """What can be set when it is run: effort, max, thinking, reasoning, budget."""
    is_undated: bool
    """Whether a name without a date means this build although there are others."""
    citation: str


@dataclass(frozen=True)
class Alias:
    """A reviewed name of a model in some source and time; without a model: reviewed, and means none."""

    alias: str
    is_exact: bool
    """Whether it must be printed letter for letter: written with a leading ``=``."""
    sources: tuple[str, ...]
    """Empty: wherever it is printed."""
    valid_from: date | None
    valid_to: date | None
    """The last day."""
    model_id: str | None
    """A registered build; or ``org/family@*``: several builds of it."""
    configuration: str | None
    citation: str


# --- the notebook ---------------------------------------------------------------------------------


def _rows(file: str) -> list[dict[str, str]]:
    with (reference_dir() / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def registry() -> dict[str, Model]:
    """Every model by its id, in the order of ``models.csv``."""
    return {row["model_id"]: _model(row) for row in _rows("models.csv")}


def _model(row: dict[str, str]) -> Model:
    stem, _, snapshot = row["model_id"].partition("@")
    organisation, _, model = stem.partition("/")
    return Model(
        row["model_id"], organisation, model, snapshot or None, _day(row["released_on"]),
        row["family_id"] or stem, frozenset(row["settings"].split()), row["undated"] == "yes", row["citation"],
    )  # fmt: skip


@cache
def aliases() -> tuple[Alias, ...]:
    """Every row of ``model_aliases.csv``."""
    return tuple(_alias(row) for row in _rows("model_aliases.csv"))


def _alias(row: dict[str, str]) -> Alias:
    is_exact = row["alias"].startswith("=")
    return Alias(
        row["alias"].removeprefix("="), is_exact, tuple(row["source"].split()), _day(row["valid_from"]),
        _day(row["valid_to"]), row["model_id"] or None, row["configuration"] or None, row["citation"],
    )  # fmt: skip


@cache
def hosts() -> dict[str, tuple[str, str]]:
    """First part of a path: to its kind (maker, host or route) and what it stands for."""
    return {row["prefix"]: (row["kind"], row["stands_for"]) for row in _rows("model_hosts.csv")}


# --- spellings ------------------------------------------------------------------------------------

_GLUE = re.compile(r"(?<=[a-z])-(?=\d)")
_BREAK = re.compile(r"[\W_]+")  # a letter of another alphabet stays, and makes another word
_SIGNS = str.maketrans({"\u2122": None, "\u00ae": None, "\u00a9": None, "\u03b1": "alpha"})


def spelt_out(text: str) -> str:
    """Lower-case words joined by hyphens; the sign of alpha and the plus of R+ are spelt out."""
    plain = unicodedata.normalize("NFKD", text.translate(_SIGNS)).lower()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return _BREAK.sub("-", re.sub(r"(?<=\w)\+(?!\w)", "-plus", plain)).strip("-")


def key(words: str) -> str:
    """Spelling that a look-up compares: ``gpt-4.1``, ``GPT 4.1`` and ``gpt4-1`` are one."""
    return _GLUE.sub("", words)


_DAYS = ("%Y-%m-%d", "%Y%m%d", "%y%m%d", "%m-%d", "%m%d", "%m-%d-%Y")
_MONTHS = ("%Y-%m", "%y-%m", "%y%m", "%m-%Y", "%m-%y", "%b-%Y", "%B-%Y", "%b-%y")


def _spelt(model: Model) -> Iterator[str]:
    """Every way in which the day of a build, or of its announcement, is printed behind a name."""
    days, months = {model.released_on} - {None}, set[date]()
    if model.snapshot and re.fullmatch(r"\d{4}-\d\d-\d\d", model.snapshot):
        days.add(date.fromisoformat(model.snapshot))
    elif model.snapshot and re.fullmatch(r"\d{4}-\d\d", model.snapshot):
        months.add(date.fromisoformat(f"{model.snapshot}-01"))
    elif model.snapshot:
        yield model.snapshot
        return
    yield from (day.strftime(form).lower() for day in days if day for form in _DAYS)
    yield from (day.strftime(form).lower() for day in days | months if day for form in _MONTHS)


def _turned(words: str) -> Iterator[str]:
    """Anthropic's names in both orders: claude-opus-4-1 and claude-4.1-opus."""
    yield words
    tiers = r"(opus|sonnet|haiku)"
    for order in (rf"claude-{tiers}-(\d(?:-\d)?)(?!\d)(.*)", rf"claude-(\d(?:-\d)?)-{tiers}(.*)"):
        if found := re.fullmatch(order, words):
            yield f"claude-{found[2]}-{found[1]}{found[3]}"


@dataclass(frozen=True)
class Entry:
    """What a spelling stands for."""

    model_id: str | None
    rule: str
    configuration: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    sources: tuple[str, ...] = ()
    citation: str | None = None
    exactly: str | None = None
    """How it must be printed, where the spelling itself is what tells."""
    is_undated: bool = False
    """Whether it is a registered name without its date."""

    @property
    def is_dated(self) -> bool:
        """Whether it held, or holds, for a time only."""
        return bool(self.valid_from or self.valid_to)

    @property
    def is_everywhere(self) -> bool:
        """Whether it says no more than another name."""
        return not (self.sources or self.is_dated or self.configuration or self.exactly)

    def holds(self, on: date | None) -> bool:
        """Whether it holds on that day; where the day is not known, whether it never ended."""
        if on is None:
            return self.valid_to is None
        return (self.valid_from or date.min) <= on <= (self.valid_to or date.max)


@cache
def book() -> dict[str, tuple[Entry, ...]]:
    """Every spelling that is known, and what it stands for."""
    names: dict[str, list[str]] = {model_id: [model.model] for model_id, model in registry().items()}
    found: dict[str, dict[Entry, None]] = {}
    for alias in aliases():
        when = (alias.valid_from, alias.valid_to)
        entry = Entry(alias.model_id, "alias", alias.configuration, *when, alias.sources, alias.citation)
        if alias.is_exact:
            entry = replace(entry, exactly=alias.alias)
        if alias.model_id in names and entry.is_everywhere:
            names[alias.model_id].append(alias.alias)
        for words in _turned(spelt_out(alias.alias)):
            found.setdefault(key(words), {})[entry] = None
    for words, entry in _registered(names):
        found.setdefault(key(words), {})[entry] = None
    return {spelling: tuple(entries) for spelling, entries in found.items()}


def _registered(names: dict[str, list[str]]) -> Iterator[tuple[str, Entry]]:
    builds = Counter((model.organisation, model.model) for model in registry().values())
    for model in registry().values():
        entry = Entry(model.model_id, "registry", citation=model.citation)
        days = [spelt_out(day) for day in _spelt(model)]
        stems = {_without_day(spelt_out(name), days) for name in names[model.model_id]}
        for words in (turned for stem in stems for turned in _turned(stem)):
            yield from ((f"{words}-{day}", entry) for day in days)
        is_only = builds[model.organisation, model.model] == 1 or model.is_undated
        undated = replace(entry, is_undated=True, rule="registry" if is_only else "several_snapshots")
        yield from ((words, undated) for words in _turned(spelt_out(model.model)))


def _without_day(words: str, days: list[str]) -> str:
    ends = [day for day in days if words.endswith(f"-{day}")]
    return words[: -len(max(ends, key=len)) - 1] if ends else words


# --- for people -----------------------------------------------------------------------------------


def meanings(printed: str) -> tuple[Entry, ...]:
    """What a spelling stands for anywhere and at any time, the last part of a path only."""
    return book().get(key(spelt_out(printed.rpartition("/")[2])), ())


def suggestions(printed: str, most: int) -> list[str]:
    """Models whose names are spelt alike, for a person to judge: nothing is ever joined by this."""
    words = key(spelt_out(printed.rpartition("/")[2]))
    scored = [(SequenceMatcher(None, words, name).ratio(), model_id) for name, model_id in _spellings()]
    best: dict[str, None] = {}
    for score, model_id in sorted(scored, reverse=True):
        if score < LEAST_LIKENESS or len(best) == most:
            break
        best[model_id] = None
    return list(best)


@cache
def _spellings() -> tuple[tuple[str, str], ...]:
    named = [(model.model, model.model_id) for model in registry().values()]
    named += [(alias.alias, alias.model_id) for alias in aliases() if alias.model_id in registry()]
    return tuple((key(spelt_out(name)), model_id) for name, model_id in named)
