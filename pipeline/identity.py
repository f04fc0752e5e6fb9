"""The registry of models: a printed name, its source and its day to one model, or to none with the reason why.

Nothing is guessed and nothing is joined by likeness. A name is looked up whole; what may be taken off it first is a
closed list: who makes or serves the model (``model_hosts.csv``), how it was run (effort, thinking, edit format,
precision), how it is billed (``:free``). What is left must be, word for word, a name that the registry
(``models.csv``) or a reviewed alias (``model_aliases.csv``) gives. So a word that nobody knows never yields a
match, and "-mini", "-codex" or "-preview" never fall back to the model before them.

The registry gives each build its name with every spelling of its date. A name without a date is the build's
if there is but one, or if the registry says so; otherwise an alias must say from when to when it meant which.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import combinations, pairwise

from pipeline.registry import EVERY_BUILD, Entry, Model, book, hosts, key, registry, spelt_out

# A name without a date is no older than its model, but for boards that test a model before it is announced.
EARLY = timedelta(days=31)
FEW = 3  # ids in a message
MOST_PHRASES = 4  # taken off one name; more are not a name but a sentence
SETTINGS = ("thinking", "effort", "edit", "precision", "surface")  # the order in a configuration
OFFERS = frozenset({"free", "batch", "beta", "extended", "nitro", "floor", "exacto", "flex", "priority"})


@dataclass(frozen=True)
class ModelMatch:
    """What a printed model name says: one registered model and how it was run, or none and the reason."""

    model_id: str | None
    """``org/model@snapshot``; ``composite:A+B`` where the name is of two models that worked together."""
    organisation: str | None
    model: str | None
    """Name without organisation and snapshot."""
    snapshot: str | None
    family_id: str | None
    """Also where the name covers several snapshots of one family, and therefore has no ``model_id``."""
    configuration: str | None
    """How it was run, ``key=value;key=value``, as far as the name says; never part of the identity."""
    host: str | None
    """Who serves it, where the name says so."""
    offer: str | None
    """``free``, ``batch`` ... where the name says so: another price of the same model."""
    rule: str
    """registry, alias, composite; or why not: unmatched, ambiguous, several_snapshots, too_early, and, by a
    reviewed alias, reviewed_family or reviewed_none."""
    reason: str | None
    """Why there is no model."""
    valid_from: date | None = None
    valid_to: date | None = None
    """Last day on which the name meant this model."""
    citation: str | None = None
    stripped: tuple[str, ...] = ()
    """What was taken off the name, in words."""
    members: tuple[str, ...] = ()
    """The models of a composite."""


# --- what is taken off ----------------------------------------------------------------------------

_LEVELS = "minimal|low|medium|high|x-?high|max"
# A phrase, the settings of which a model must have one, and the configuration it says (\1 is what was printed).
_PHRASES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (r"(?:default-)think(?:ing)?|default", (("thinking", "thinking=default"), ("effort", "effort=default"))),
    (r"unknown(?:-thinking)?", (("effort", "effort=unknown"), ("thinking", "thinking=unknown"),
                                ("budget", "thinking=unknown"))),
    (r"no-?think(?:ing)?|non-(?:thinking|reasoning)|none", (
        ("thinking", "thinking=off"), ("reasoning", "thinking=off"), ("effort", "effort=none"))),
    (r"(?:thinking-(\d{1,3}k)|(\d{1,3}k)(?:-think(?:ing)?)?(?:-tokens|-budget)?)", (
        ("thinking", r"thinking=\1"), ("budget", r"thinking=\1"))),
    (rf"(?:reasoning-)?({_LEVELS})(?:-?(?:reasoning|effort|thinking))?", (
        ("effort", r"effort=\1"), ("thinking", r"thinking=\1"))),
    (r"thinking-auto", (("thinking", "thinking=auto"), ("budget", "thinking=auto"))),
    (r"thinking|think|reasoning|reasoner", (("thinking", "thinking=on"), ("reasoning", "thinking=on"))),
    (r"bf16|fp16|fp8|fp4|nvfp4|mxfp4|int8|int4|awq|gptq|gguf|q\d(?:-[0-9k]+)?(?:-[msl])?", (("", r"precision=\0"),)),
    (r"web-?app", (("", "surface=web-app"),)),
)  # fmt: skip
# Words that say something in some sources only.
_PHRASES_OF: dict[str, tuple[tuple[str, tuple[tuple[str, str], ...]], ...]] = {
    "aider": (
        (r"diff-fenced|udiff|diff|whole", (("", r"edit=\0"),)),
        (r"(?:via-)?(?:official-)?alibaba-api", (("", ""),)),
        (r"chat", (("thinking", "thinking=off"),)),
    ),
    "livebench": ((r"base", (("thinking", "thinking=off"),)),),
}


@dataclass(frozen=True)
class _Phrase:
    """Words in a name that may say how the model was run."""

    start: int
    end: int
    printed: str
    says: tuple[tuple[str, str], ...]
    """A setting, and what the phrase says of a model that has it."""

    def said_of(self, model: Model) -> str | None:
        """What it says of a model; None where that has no such setting."""
        for setting, said in self.says:
            if (not setting or setting in model.settings) and not (
                said.endswith("=max") and "max" not in model.settings
            ):
                return said
        return None


@dataclass(frozen=True)
class _Name:
    """A printed name in parts."""

    words: str
    printed: str = ""
    makers: tuple[str, ...] = ()
    host: str | None = None
    offer: str | None = None
    stripped: tuple[str, ...] = ()
    unknown: str | None = None
    """A part of its path that nobody knows."""


PREFIXES = {"parasail-": "parasail", "databricks-": "databricks", "fw-": "fireworks"}  # without a slash
_BEDROCK = re.compile(r"(?:(us-gov|us|eu|apac|jp|au|ca|global|regional)\.)?([a-z0-9]+)\.([a-z].*)")
_VERSION = re.compile(r"-v?[1-9]\d?:\d+(?::\d+k)?$|-v1$")


def _served_by(name: _Name, column: str | None) -> _Name:
    """With the host that the page has a column for; a maker that serves its own model is no host."""
    if name.host or not column:
        return name
    kind, stands_for = hosts().get(column, ("host", column))
    if kind == "maker":
        return name if not name.makers or stands_for in name.makers else replace(name, host=stands_for)
    return replace(name, host=stands_for)


@lru_cache(maxsize=65_536)
def _in_parts(printed: str, source: str, column: str | None) -> _Name:
    """A printed name in parts; the same on every day."""
    return replace(_served_by(_parts(printed, source, column), column), printed=printed)


def _parts(printed: str, source: str, column: str | None) -> _Name:
    """Take path, cloud, packaging and offer off a name."""
    text, stripped, makers, host, offer = printed.strip().lower(), list[str](), list[str](), None, None
    stem, colon, end = text.rpartition(":")
    if colon and end in OFFERS:
        text, offer = stem, end
        stripped.append(f"offer :{end}")
    is_path = " " not in text.partition("/")[0]  # not Qwen3-Coder 480B/A35B, nor DeepSeek R1 (05/28)
    *path, last = ([part for part in text.split("/") if part] if is_path else []) or [text]  # a name may be a stroke
    for part in path:
        kind, stands_for = hosts().get(part, ("host", part) if part == column else ("", ""))
        if part == "openai" and is_of(source, "aider"):
            kind = "route"  # Aider's way to say: any service with OpenAI's interface
        if not kind:
            return _Name("", stripped=tuple(stripped), unknown=part)
        if kind == "maker":
            makers.append(stands_for)
        elif kind == "host":
            host = stands_for
        stripped.append(f"{kind} {part}/")
    found = _BEDROCK.fullmatch(last)
    if found and hosts().get(found[2], ("",))[0] == "maker" and not found[3][0].isdigit():
        host = host or ("bedrock-regional" if found[1] == "regional" else "bedrock")
        makers.append(hosts()[found[2]][1])
        short = _VERSION.sub("", found[3])
        stripped.append(f"Bedrock's {last[: found.start(3)]} and {found[3][len(short) :] or 'no version'}")
        last = short
    return _packaged(last, source, tuple(makers), host, offer, stripped)


def _packaged(
    last: str, source: str, makers: tuple[str, ...], host: str | None, offer: str | None, stripped: list[str]
) -> _Name:
    """Take off what one host adds to the names of others."""
    for prefix, served_by in PREFIXES.items():
        if last.startswith(prefix):
            last, host = last.removeprefix(prefix), host or served_by
            stripped.append(f"host {prefix}")
    if host == "fireworks":
        last = re.sub(r"(?<=\d)p(?=\d)", ".", last)
    # LiveBench ran open models at Together, and prints Together's names without saying so
    if (host in ("together", "deepinfra") or is_of(source, "livebench")) and re.search(
        r"(?:instruct|r1|0528|v3)-turbo$", last
    ):
        last = last.removesuffix("-turbo")
        stripped.append(f"{host or 'Together'}'s packaging -turbo")
    for end in ("-maas", "@default"):
        if last.endswith(end):
            last = last.removesuffix(end)
            stripped.append(f"Vertex's {end}")
    if is_of(source, "aider"):
        last = re.sub(r"\((?:prev|deprecated)\)", "", last)
    return _Name(spelt_out(last), "", makers, host, offer, tuple(stripped))


def is_of(source: str, scope: str) -> bool:
    """Whether a source is the one that an alias names, or one of its: ``epoch`` holds for ``epoch_models``."""
    return source == scope or source.startswith(f"{scope}_")


@lru_cache(maxsize=65_536)
def _phrases(words: str, source: str) -> list[_Phrase]:
    """What in a name may say how the model was run, in order."""
    tables = [table for scope, table in _PHRASES_OF.items() if is_of(source, scope)]
    found: list[_Phrase] = []
    for pattern, says in (*(row for table in tables for row in table), *_PHRASES):
        for hit in re.finditer(rf"(?<=-)(?:{pattern})(?=-|$)", words):
            printed = next((group for group in hit.groups() if group), "").replace("x-high", "xhigh")
            filled = tuple((gate, said.replace(r"\1", printed).replace(r"\0", hit[0])) for gate, said in says)
            found.append(_Phrase(hit.start(), hit.end(), hit[0], filled))
    return sorted(found, key=lambda phrase: (phrase.start, -phrase.end))[: 2 * MOST_PHRASES]


# --- a name ---------------------------------------------------------------------------------------


def resolve_model(printed: str, *, source: str, on: date | None = None, host: str | None = None) -> ModelMatch:
    """The model that a printed name means in that source on that day.

    Args:
        printed: The name as the page prints it.
        source: Who prints it; an alias of ``epoch`` also holds for ``epoch_models`` and so on.
        on: The day the name is from: the run of a score, the day a price holds. None: not known; a name whose
            meaning moved is then not resolved, unless the registry or an alias says what it means without a day.
        host: Who serves it, where the page has a field for that; what the name says goes before it.
    """
    return _resolve(printed.strip(), source, on, host.strip().lower() if host else None)


@lru_cache(maxsize=262_144)
def _resolve(printed: str, source: str, on: date | None, host: str | None) -> ModelMatch:
    if printed in registry():
        model = registry()[printed]
        return _found(Entry(printed, "registry", citation=model.citation), model, _Name(""), None)
    parts = re.split(r"\s\+\s", printed)
    if len(parts) > 1:
        return _composite([_resolve(part.strip(), source, on, host) for part in parts], parts, source)
    name = _in_parts(printed, source, host)
    if name.unknown:
        return _none("unmatched", f"nobody is known to make or serve models as {name.unknown}/", name)
    if as_printed := _look_up(name, (), source, on):
        return as_printed
    phrases = _phrases(name.words, source)
    for count in range(1, min(len(phrases), MOST_PHRASES) + 1):
        says = [_look_up(name, chosen, source, on) for chosen in combinations(phrases, count)]
        if matches := [match for match in says if match]:
            return _one_of(matches, name)
    return _none("unmatched", "neither a registered name nor a reviewed alias", name)


def _composite(found: list[ModelMatch], parts: list[str], source: str) -> ModelMatch:
    missing = [part.strip() for part, match in zip(parts, found, strict=True) if match.model_id is None]
    if missing:
        return _none("unmatched", f"a name of several models, of which not known: {', '.join(missing)}", _Name(""))
    members = tuple(match.model_id for match in found if match.model_id)
    configuration = "architect/editor" if is_of(source, "aider") else None
    return ModelMatch(
        f"composite:{'+'.join(members)}", None, None, None, None, configuration, None, None, "composite", None,
        members=members,
    )  # fmt: skip


def _one_of(matches: list[ModelMatch], name: _Name) -> ModelMatch:
    """What was found with as little taken off as possible, if it is one thing."""
    good = sorted({match.model_id for match in matches if match.model_id})
    if len(good) > 1:
        return _none("ambiguous", f"it may be {' or '.join(good)}", name)
    return next((match for match in matches if match.model_id), matches[0])


def _look_up(name: _Name, chosen: tuple[_Phrase, ...], source: str, on: date | None) -> ModelMatch | None:
    """What the name without these phrases stands for; None where that is not known."""
    words = _without(name.words, chosen)
    if words is None:
        return None
    known = [entry for entry in book().get(key(words), ()) if _is_made_by(entry, name)]
    entries = _in_scope(known, name, source, on)
    if not entries:
        return _elsewhere(known, name)
    meant = [entry for entry in entries if entry.rule != "several_snapshots" and (on is None or entry.holds(on))]
    if len({entry.model_id for entry in meant}) != 1 or not all(entry.holds(on) for entry in meant):
        return _several(entries, name, on)
    entry = meant[0]
    if entry.model_id is None:
        return _none("reviewed_none", entry.citation or "", name)
    if entry.model_id.endswith(EVERY_BUILD):
        reviewed = _family(entry.model_id.removesuffix(EVERY_BUILD), entry.citation or "", name)
        return replace(reviewed, rule="reviewed_family", citation=entry.citation)
    model = registry()[entry.model_id]
    if entry.is_undated and on and model.released_on and on < model.released_on - EARLY:
        return _none("too_early", f"{model.model_id} is of {model.released_on}, the name of {on}", name)
    said = [phrase.said_of(model) for phrase in chosen]
    if None in said:
        return None  # the model has no such setting: it is the name of another one
    configuration = sorted({part for part in (entry.configuration, *said) if part}, key=_by_setting)
    taken = replace(name, stripped=(*name.stripped, *(f"{one.printed} (how it was run)" for one in chosen)))
    return _found(entry, model, taken, ";".join(configuration) or None)


def _by_setting(said: str) -> tuple[int, str]:
    return SETTINGS.index(said.partition("=")[0]), said


def _without(words: str, chosen: tuple[_Phrase, ...]) -> str | None:
    """The words without the phrases; None where these overlap."""
    for left, right in pairwise(chosen):
        if left.end > right.start:
            return None
    for phrase in reversed(chosen):
        words = f"{words[: phrase.start - 1]}{words[phrase.end :]}"
    return words


def _elsewhere(known: list[Entry], name: _Name) -> ModelMatch | None:
    """A name that moves at its maker, seen at another host: what it means there is for an alias to say."""
    if not name.host or not any(entry.is_dated and not entry.sources for entry in known):
        return None
    return _none("ambiguous", f"it moves at its maker; which build {name.host} means by it, no alias says", name)


def _in_scope(entries: list[Entry], name: _Name, source: str, on: date | None) -> list[Entry]:
    """Of what a spelling stands for, what holds in that source on that day; the nearer source goes first."""
    # On another's service a moving name moves on other days: there only that service's own aliases have dates.
    speaker = name.host or source
    spelt = (None, name.printed, name.printed.rpartition("/")[2])
    entries = [entry for entry in entries if entry.exactly in spelt]
    scoped = [entry for entry in entries if any(is_of(speaker, scope) for scope in entry.sources)]
    everywhere = [entry for entry in entries if not entry.sources and not (name.host and entry.is_dated)]
    left: list[Entry] = []
    for group in ([entry for entry in scoped if entry.exactly], scoped, everywhere):
        if on and (inside := [entry for entry in group if entry.is_dated and entry.holds(on)]):
            return inside
        if lasting := [entry for entry in group if not entry.is_dated and entry.rule != "several_snapshots"]:
            return lasting
        left += group
    return left


def _is_made_by(entry: Entry, name: _Name) -> bool:
    """Whether the maker that the name gives is the model's: nvidia/llama-... is not Meta's."""
    return not name.makers or entry.model_id is None or name.makers[-1] == entry.model_id.partition("/")[0]


# --- answers --------------------------------------------------------------------------------------


def _found(entry: Entry, model: Model, name: _Name, configuration: str | None) -> ModelMatch:
    return ModelMatch(
        model.model_id, model.organisation, model.model, model.snapshot, model.family_id, configuration, name.host,
        name.offer, entry.rule, None, entry.valid_from, entry.valid_to, entry.citation, name.stripped,
    )  # fmt: skip


def _several(entries: list[Entry], name: _Name, on: date | None) -> ModelMatch:
    ids = sorted({entry.model_id for entry in entries if entry.model_id})
    families = {registry()[one].family_id if one in registry() else one.removesuffix(EVERY_BUILD) for one in ids}
    few = ", ".join(ids[:FEW]) + (f" or {len(ids) - FEW} others" if len(ids) > FEW else "")
    when = f"none of them is known to be meant on {on}" if on else "the day it is from decides"
    why = f"it may mean {few}; {when}"
    return _family(families.pop(), why, name) if len(families) == 1 else _none("ambiguous", why, name)


def _family(family_id: str, why: str, name: _Name) -> ModelMatch:
    organisation, _, model = family_id.partition("/")
    return ModelMatch(
        None, organisation, model, None, family_id, None, name.host, name.offer, "several_snapshots", why,
        stripped=name.stripped,
    )  # fmt: skip


def _none(rule: str, reason: str, name: _Name) -> ModelMatch:
    return ModelMatch(
        None, None, None, None, None, None, name.host, name.offer, rule, reason, stripped=name.stripped
    )  # fmt: skip
