"""Names as atoms: models, organisations and accelerators are found before any number is read.

So the digits of H800, GPT-3.5 and A100-40G are never figures. Where two names share a place the longer one
stands; a spelling that means other things too counts only where its document says the word that it needs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.claims import lexicon
from pipeline.claims.words import Word, words_of

NameKind = Literal["model", "size", "hardware", "organisation", "state", "programme", "address"]

_HEAD = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z0-9\u0370-\u03ff\u4e00-\u9fff]|(?<=[0-9][xX])[A-Za-z]|(?<=[\u4e00-\u9fff])[A-Za-z0-9]"
)
_UNLISTED = re.compile(r"[A-Z][A-Za-z]*[A-Za-z](?:[-.]?\d(?:\.\d)?)?-(\d{1,4}(?:\.\d{1,2})?[BM])(?![A-Za-z0-9])")
_SIZE = re.compile(r"(\d{1,4}(?:\.\d{1,2})?)[Bb](?![A-Za-z0-9%$])(?![- ]?(?:\w+[- ])?(?:param|token|dollar|weight|active))")
_MONEY_BEFORE = re.compile(r"(?:[$€£\xa5₹~–-]|USD|RMB|EUR|CNY|Rs\.?) ?$")  # noqa: RUF001
# "Chinese start-up", "US tech groups": whose home it is, not who pays.
_NO_STATE = re.compile(
    r"(?:-based|'s (?:biggest|largest|leading|top|deepseek|alibaba|tencent|baidu|stargate)| (?:\w+ )?(?:start-?ups?|compan(?:y|ies)|groups?|firms?|labs?|giants?"
    r"|rivals?|competitors?|peers?|models?|developers?|tech|chip ?makers?|dollars?|ai lab|investors?|banks?|stocks?|markets?|counterparts?|researchers?"
    r"|billionaire|unicorns?|hyperscalers?|cloud|engineers?|users?|courts?|export|chips?))\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"|)]{1,500}")
_MEMORY = r"(?:[ -]?\(?(?:SXM\d?|PCIe|NVL\d{0,3}|HBM\d?e?|\d{2,3} ?(?:GB?|GiB))\)?){0,3}"
_HARDWARE_TAIL = re.compile(rf"{_MEMORY}(?:s(?![a-z]))?", re.IGNORECASE)


@dataclass(frozen=True)
class Name:
    """A name in a text."""

    kind: NameKind
    name: str
    start: int
    end: int
    organisation: str | None = None
    size: str | None = None


def names_in(text: str, context: str) -> list[Name]:
    """The names of a text, left to right.

    Args:
        text: A block's plain text.
        context: What the whole document says, for spellings that need another word beside them.
    """
    found: list[Name] = [
        Name("address", hit[0], hit.start(), hit.end()) for hit in _ADDRESS.finditer(text)
    ]
    at = 0
    for head in _HEAD.finditer(text):
        if head.start() < at:
            continue
        name = _name_at(text, head.start(), context)
        if name:
            found.append(name)
            at = name.end
    found += _organisations(text, found)
    return sorted(found, key=lambda name: name.start)


def _name_at(text: str, at: int, context: str) -> Name | None:
    sign = text[at].lower()
    after_count = at > 1 and text[at - 1] in "xX" and text[at - 2].isdigit()
    return (
        (None if after_count else _model_at(text, at, sign, context))
        or _hardware_at(text, at, sign)
        or (None if after_count else _unlisted_at(text, at))
    )


def _filled(template: str, found: re.Match[str]) -> str:
    groups = {str(at): group or "" for at, group in enumerate((found[0], *found.groups()))}
    name = re.sub(r"\{(\d)\}", lambda slot: groups.get(slot[1], ""), template)
    name = re.sub(r"(?<=\d)[bm](?![A-Za-z])", lambda size: size[0].upper(), name)
    return re.sub(r"[ -]+$|(?<=[ -])[ -]+", "", name)


def _by_rule(
    text: str, at: int, rules: dict[str, tuple[re.Pattern[str], tuple[lexicon.NameRule, ...]]], sign: str
) -> tuple[lexicon.NameRule, re.Match[str], str] | None:
    either = rules.get(sign)
    if either is None:
        return None
    hit = either[0].match(text, at)
    if hit is None or hit.lastgroup is None:
        return None
    rule = either[1][int(hit.lastgroup.removeprefix("rule"))]
    alone = re.compile(rule.pattern, re.IGNORECASE).match(text, at)
    return (rule, hit, _filled(rule.name, alone)) if alone else None


def _model_at(text: str, at: int, sign: str, context: str) -> Name | None:
    hit = _by_rule(text, at, lexicon.models(), sign)
    if hit is None:
        return None
    rule, found, name = hit
    if rule.needs and not rule.needs.search(context):
        return None
    if not any(c.isupper() or c.isdigit() or c > "\u0370" for c in found[0]) and rule.name.lower() != found[0]:
        return None
    return Name("model", name, at, found.end(), rule.organisation, _size_in(name))


def _size_in(name: str) -> str | None:
    size = re.search(r"(?<![\dA-Za-z.])\d+(?:\.\d+)?B(?![A-Za-z])", name)
    return size[0] if size else None


def _hardware_at(text: str, at: int, sign: str) -> Name | None:
    hit = _by_rule(text, at, lexicon.hardware(), sign)
    if hit is None:
        return None
    tail = _HARDWARE_TAIL.match(text, hit[1].end())
    return Name("hardware", hit[2].strip(), at, tail.end() if tail else hit[1].end())


def _unlisted_at(text: str, at: int) -> Name | None:
    if found := _UNLISTED.match(text, at):
        return Name("model", found[0], at, found.end(), None, found[1])
    if (found := _SIZE.match(text, at)) and not _MONEY_BEFORE.search(text, max(0, at - 5), at):
        return Name("size", found[1] + "B", at, found.end(), None, found[1] + "B")
    return None


def _organisations(text: str, taken: list[Name]) -> list[Name]:
    words = words_of(text)
    found: dict[int, Name] = {}
    for hit in lexicon.organisations().find(words):
        alias = hit.entry
        if alias.has_capital and not text[hit.start].isupper():
            continue
        if text[hit.end : hit.end + 1] == "$" or (alias.kind == "state" and _NO_STATE.match(text, hit.end)):
            continue
        if any(name.start < hit.end and hit.start < name.end for name in taken if name.kind != "hardware"):
            continue
        kind: NameKind = "organisation" if alias.kind == "company" else "state" if alias.kind == "state" else "programme"
        known = found.get(hit.start)
        if known is None or known.end < hit.end:
            found[hit.start] = Name(kind, alias.organisation, hit.start, hit.end, alias.organisation)
    return list(found.values())


def resolved_sizes(names: list[Name], families: list[Name]) -> list[Name]:
    """Bare sizes ("the 405B") as members of the family named last; those without one are dropped."""
    known: list[Name] = []
    family = families[-1] if families else None
    for name in names:
        if name.kind == "model":
            family = name
        if name.kind != "size":
            known.append(name)
        elif any(other.kind == "model" and 0 <= other.start - name.end <= 2 for other in names):
            continue  # "a 7B LLaMA model": the size is said of the name behind it
        elif family and family.organisation:
            stem = re.sub(r"[ -]*\(?\d+(?:\.\d+)?B\b.*$", "", family.name)
            known.append(Name("model", f"{stem} {name.name}", name.start, name.end, family.organisation, name.size))
    return known


def has_name(words: list[Word], text: str) -> bool:
    """Whether any organisation stands among the words."""
    return any(text[hit.start].isupper() for hit in lexicon.organisations().find(words))
