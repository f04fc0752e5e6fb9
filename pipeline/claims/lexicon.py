"""The reader's part of the notebook, read once: names, hedges, cues. The only file of the reader that opens one."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from pipeline.claims.words import Phrases
from pipeline.facts import Hedge, Scope
from pipeline.paths import reference_dir


# Rows of the cue lexicon that say no scope but how a figure stands: behind a negation, taken back, about the future.
Mark = Literal["negation", "superseded", "disputed", "hypothetical", "forecast"]


def _rows(file: str) -> list[dict[str, str]]:
    with (reference_dir() / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@dataclass(frozen=True)
class NameRule:
    """A spelling, as a pattern, and the name it stands for; ``{1}`` is the pattern's first group."""

    pattern: str
    name: str
    organisation: str | None
    needs: re.Pattern[str] | None
    """What the document must say besides, for a spelling that means other things too."""


@dataclass(frozen=True)
class Alias:
    """A spelling of an organisation, and what it is: company, state, programme."""

    organisation: str
    kind: str
    has_capital: bool


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


END_OF_NAME = r"(?![A-Za-z0-9])"
END_OF_HARDWARE = r"(?=e?s?(?![A-Za-z0-9])|s?[Cc]hips?|[Gg][Pp][Uu])"  # A100s, TPUv4chip-hours, H100e


def _by_first_sign(
    rules: list[tuple[str, NameRule]], end: str
) -> dict[str, tuple[re.Pattern[str], tuple[NameRule, ...]]]:
    """One pattern a first character: the reader asks once a word, and the first rule wins."""
    by_sign: dict[str, list[NameRule]] = {}
    for signs, rule in rules:
        for sign in signs:
            by_sign.setdefault(sign, []).append(rule)
    return {sign: (_either(found, end), tuple(found)) for sign, found in by_sign.items()}


def _either(rules: list[NameRule], end: str) -> re.Pattern[str]:
    # An empty group at the end of each rule tells which one matched.
    body = "|".join(f"(?:{rule.pattern}){end}(?P<rule{at}>)" for at, rule in enumerate(rules))
    return re.compile(body, re.IGNORECASE)


def _first_sign(pattern: str) -> str:
    return re.sub(r"^\(\?-i:", "", pattern)[0].lower()


@cache
def models() -> dict[str, tuple[re.Pattern[str], tuple[NameRule, ...]]]:
    """Spellings of models by their first character, in the order of the notebook."""
    rows = sorted(_rows("claim_models.csv"), key=lambda row: int(row["position"]))
    return _by_first_sign([(row["starts"] or _first_sign(row["pattern"]), _model(row)) for row in rows], END_OF_NAME)


def _model(row: dict[str, str]) -> NameRule:
    needs = re.compile(row["needs"], re.IGNORECASE) if row["needs"] else None
    return NameRule(row["pattern"], row["model"], row["organisation"] or None, needs)


@cache
def hardware() -> dict[str, tuple[re.Pattern[str], tuple[NameRule, ...]]]:
    """Spellings of accelerators by their first character."""
    rows = _rows("claim_hardware.csv")
    return _by_first_sign([(row["starts"], NameRule(row["pattern"], row["hardware"], None, None)) for row in rows], END_OF_HARDWARE)


@cache
def organisations() -> Phrases[Alias]:
    """Spellings of organisations, states and programmes."""
    return Phrases(
        [
            (
                re.sub(r"[.\-&']", " ", row["alias"]),
                Alias(row["organisation"], row["kind"], row["alias"][0].isupper()),
            )
            for row in _rows("claim_organisations.csv")
        ]
    )


@cache
def hedges() -> Phrases[HedgeCue]:
    """Words that bound a figure."""
    rows = _rows("claim_hedges.csv")
    known = get_args(Hedge)
    for row in rows:
        if row["hedge"] not in known:
            raise ValueError(f"claim_hedges.csv: {row['cue']!r} has the unknown hedge {row['hedge']!r}")
    return Phrases([(row["cue"], HedgeCue(row["hedge"], row["side"] == "after")) for row in rows])  # type: ignore[arg-type]


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
