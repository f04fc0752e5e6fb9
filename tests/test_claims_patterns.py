"""Every pattern of the reader of prose is thrown strings that make patterns look back: its work grows with the text.

No list of patterns is kept: they are found in the modules, in what the notebook is compiled to, and in the calls within
functions. For each, pumps are made of its own parts, so that nearly everything matches and the end fails.
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

import pipeline.claims
from pipeline.claims import lexicon
from pipeline.claims.coined import coined_in
from pipeline.claims.purchases import on_machine

PARSE: Any = importlib.import_module("re._parser").parse  # what a pattern is made of
FOLDER = Path(pipeline.claims.__file__).parent
SMALL, FACTOR = 800, 4
SLACK = 2.5  # four times the text may take ten times as long: times are noisy; squares take sixteen, cubes sixty-four
UNHURT = 0.01  # seconds for the long string: faster is no harm, and too fast to be measured
GENERAL = (
    "a",
    "1",
    " ",
    "$1",
    "1,",
    "1.",
    "a ",
    "A ",
    "A-",
    ".",
    ", ",
    "(",
    "1 to ",
    "$1-",
    "the ",
    "一",
    "1万",
    "&",
    "<a b='",
)


def compiled() -> dict[str, re.Pattern[str]]:
    """Every pattern of the reader, by its text."""
    found: dict[str, re.Pattern[str]] = {}
    for module in sorted(FOLDER.glob("*.py")):
        name = f"pipeline.claims.{module.stem}" if module.stem != "__init__" else "pipeline.claims"
        for value in vars(sys.modules[name]).values():
            found |= {pattern.pattern: pattern for pattern in _within(value)}
        found |= {text: re.compile(text, re.IGNORECASE) for text in _inline(module)}
    for names in (lexicon.models(), lexicon.hardware(), lexicon.organisations()):
        eithers = [either.pattern for head in names.of_beginning if (either := names.beginning_with(head))]
        found |= {pattern.pattern: pattern for pattern in eithers}
        for rule in names.rules:  # each is matched alone, too, and may need a word elsewhere
            found |= {pattern.pattern: pattern for pattern in _within([rule.needs])}
            alone = rule.pattern + lexicon.END_OF_NAME
            found[alone] = re.compile(alone, re.IGNORECASE)
    uses = vars(sys.modules[coined_in.__module__])["_USES"]  # compiled where a document has their word
    found |= {text: re.compile(text) for _, *texts in uses for text in texts if text}
    coined = coined_in("Training Kestrel 9 cost $3 million. Osprey-2 was trained for nothing.")
    tables = (coined, lexicon.small_names(), lexicon.machines(), on_machine())
    return found | {pattern.pattern: pattern for pattern in _within(tables)}


def _within(value: object, depth: int = 0) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield cast("re.Pattern[str]", value)
    elif isinstance(value, dict) and depth < 4:
        for part in cast("dict[object, object]", value).values():
            yield from _within(part, depth + 1)
    elif isinstance(value, tuple | list) and depth < 4:
        for part in cast("tuple[object, ...]", value):
            yield from _within(part, depth + 1)


def _inline(module: Path) -> Iterator[str]:
    """Patterns that are written where they are used."""
    for call in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args:
            owner, text = call.func.value, call.args[0]
            if isinstance(owner, ast.Name) and owner.id == "re" and isinstance(text, ast.Constant):
                yield str(text.value)


def test_no_pattern_is_missed() -> None:
    """There are some hundred patterns, and each module that compiles one is among those searched."""
    texts = "\n".join(compiled())

    assert len(compiled()) > 120
    for module in sorted(FOLDER.glob("*.py")):
        for call in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or ast.unparse(call.func) != "re.compile":
                continue
            written = call.args[0]
            if isinstance(written, ast.Constant):
                assert str(written.value) in texts, f"{module.name}:{call.lineno}"


# --- pumps ----------------------------------------------------------------------------------------


def samples(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """A string that leads to each repetition of a pattern, and one round of it."""
    found: list[tuple[str, str]] = []
    _walk(PARSE(pattern.pattern, pattern.flags & ~re.UNICODE), "", found)
    return found


def _walk(parts: Any, lead: str, found: list[tuple[str, str]]) -> str:
    """The shortest string that fits the parts; every repetition met is noted with what led to it."""
    text = ""
    for kind, value in parts:
        name = str(kind)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, inner = value
            one = _walk(inner, lead + text, found)
            if int(most) > 1:
                found.append((lead + text, one or "a"))
            text += one * int(least)
        elif name == "BRANCH":
            options = [_walk(option, lead + text, found) for option in value[1]]
            text += min(options, key=len)
        elif name == "SUBPATTERN":
            text += _walk(value[3], lead + text, found)
        elif name == "ATOMIC_GROUP":
            text += _walk(value, lead + text, found)
        elif name in ("ASSERT", "ASSERT_NOT"):
            _walk(value[1], lead + text, found)
        else:
            text += _sign(name, value)
    return text


def _sign(name: str, value: Any) -> str:
    if name == "LITERAL":
        return chr(value)
    if name in ("ANY", "NOT_LITERAL"):
        return "a" if value != ord("a") else "b"
    return _of_set(value) if name == "IN" else ""


def _of_set(parts: Any) -> str:
    kinds = {str(kind): value for kind, value in parts}
    if "NEGATE" in kinds:
        banned = {chr(value) for kind, value in parts if str(kind) == "LITERAL"}
        return next(sign for sign in "a1 Zé" if sign not in banned)
    if "LITERAL" in kinds:
        return chr(kinds["LITERAL"])
    if "RANGE" in kinds:
        return chr(kinds["RANGE"][0])
    category = str(kinds.get("CATEGORY", ""))
    return "1" if "DIGIT" in category else " " if "SPACE" in category else "a"


def pumped(pattern: re.Pattern[str], size: int) -> Iterator[tuple[str, str]]:
    """Strings of about a size, with what they are made of."""
    rounds = {(lead[-60:], one) for lead, one in samples(pattern)} | {("", one) for one in GENERAL}
    for lead, one in sorted(rounds):
        yield f"{lead!r} and many {one!r}", lead + one * (size // len(one)) + "\x00"
        if lead:
            both = lead + one
            yield f"many {both!r}", both * (size // len(both)) + "\x00"


def seconds(pattern: re.Pattern[str], text: str) -> float:
    """Processor time of one search for all places."""
    begun = time.process_time()
    for _ in pattern.finditer(text):
        pass
    return time.process_time() - begun


def is_linear(pattern: re.Pattern[str], short: str, long: str) -> bool:
    """Whether the long string takes about as much longer as it is longer; measured again before that is denied."""
    for _ in range(4):
        spent = seconds(pattern, long)
        if spent < UNHURT:
            return True
        if spent < SLACK * FACTOR * min(seconds(pattern, short) for _ in range(3)):  # a busy machine lengthens any one
            return True
    return False


@pytest.mark.slow
def test_the_work_of_every_pattern_grows_with_the_text() -> None:
    """Four times the text, about four times the work: no part of any pattern is tried anew for each part before it."""
    slow = [
        f"{text[:80]} :: {made_of}"
        for text, pattern in compiled().items()
        for (made_of, short), (_, long) in zip(pumped(pattern, SMALL), pumped(pattern, SMALL * FACTOR), strict=True)
        if not is_linear(pattern, short, long)
    ]

    assert slow == []


def test_a_pattern_that_looks_back_would_be_caught() -> None:
    """The measure measures: nested and adjoining repetitions fail it, a plain one passes."""

    def holds(text: str, size: int) -> bool:
        pattern = re.compile(text)
        pairs = zip(pumped(pattern, size), pumped(pattern, size * FACTOR), strict=True)
        return all(is_linear(pattern, short, long) for (_, short), (_, long) in pairs)

    # The cube takes sixty-four times as long for four times the text, the square sixteen times: short texts show both.
    assert not holds(r"a*a*b", 160)
    assert not holds(r"\s+$", 2_500)
    assert holds(r"[ab]c{1,4}d", 1_500)
