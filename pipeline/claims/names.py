"""Names as atoms: models, organisations and accelerators are found before any number is read.

So the digits of H800, GPT-3.5 and A100-40G are never figures. Where two names share a place the longer one
stands; a spelling that means other things too counts only where its document says the word that it needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from pipeline.claims import lexicon
from pipeline.claims.coined import UNLISTED, coined_in, is_dated
from pipeline.claims.lexicon import NameKind

_MAY_BE_NAME = re.compile(
    r"(?:(?<![A-Za-z0-9])|(?<=[0-9][xX])|(?<=[\u4e00-\u9fff]))[A-Z0-9\xc0-\xde\u0370-\uffff]|(?<![A-Za-z0-9])[a-z]{1,4}(?=[A-Z])"
)
_DIGIT_BEHIND_SMALL = re.compile(r"(?<=[a-z -])[0-9]")
_SMALL_WORD = re.compile(
    r"(?<![A-Za-z0-9])[a-z]{1,20}(?: (?:opus|sonnet|haiku|flash|pro|ultra|large|mini))?[ -]?[a-z]?$"
)
_SMALL_LETTERS = re.compile(r"(?<![A-Za-z0-9])[a-z]{1,20}-?$")
_SLUG = re.compile(r"(?<![A-Za-z0-9-])(?:[a-z]{1,20}-){1,3}[a-z]{0,4}$")
_HAS_SIZE = re.compile(r"[0-9][BbMT](?![a-z])|GPT|LLM|BERT")
# What a number with a B behind it counts where it is no model's size.
_COUNTED = (
    r"[- ]?(?:(?:\w+[- ])?(?:param|token|dollar|weight|active)|个?(?:参数|token|词)|參數|パラメータ|파라미터"
    r"|개?의? ?토큰|параметр)"
)
_SIZE = re.compile(
    r"(?<![A-Za-z0-9.,])(?:(?<![^A-Za-z][Aa] )(?<![^A-Za-z][Aa]n )|(?=[\d.]{1,5}[Bb] [A-Z]))"  # "a 7B" is any
    rf"(\d{{1,4}}(?:\.\d{{1,2}})?)[Bb](?![A-Za-z0-9%$])(?!{_COUNTED}|[- ]?(?:total|dense|in total)\b)"
)
_VERSION = re.compile(r"(?:\b[Vv]ersion |(?:\b[a-z]{1,12} |[.|;:(] )v)(\d\.\d)(?![\d.]*\d|[A-Za-z%])")  # "version 1.2"
_SMALL_SIZE = re.compile(
    r"(?<![A-Za-z0-9.,])(\d{2,3}M)(?= (?:models?|version|variant|one"
    r"|checkpoint)\b)"
)  # "the 350M model"
_MONEY_BEFORE = re.compile(r"(?:[$€£\xa5₹~–-]|USD|RMB|EUR|CNY|Rs\.?) ?$")  # noqa: RUF001
# "Chinese start-up", "US tech groups": whose home it is, not who pays.
_NO_STATE = re.compile(
    r"(?:[ -]{1,2}-?[Dd]ollars?\b|-based|'s (?:biggest|largest|leading|top|deepseek|alibaba|tencent|baidu"
    r"|stargate)| (?:\w+ )?(?:start-?ups?"
    r"|compan(?:y|ies)|groups?|firms?|labs?|giants?"
    r"|rivals?|competitors?|peers?|models?|developers?|tech|chip ?makers?|dollars?|ai lab|investors?|banks?|stocks?"
    r"|markets?|counterparts?|researchers?"
    r"|billionaire|unicorns?|hyperscalers?|cloud|engineers?|users?|courts?|export|chips?))\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"|)]{1,500}")
_MEMORY = r"(?:[ -]?\(?(?:SXM\d?|PCIe|NVL\d{0,3}|HBM\d?e?|\d{2,3} ?(?:GB?|GiB))\)?){0,3}"
_HARDWARE_TAIL = re.compile(rf"{_MEMORY}(?:s(?![a-z]))?", re.IGNORECASE)


# What stands behind a name and is part of it. "Base" and the day of the weights say no other model.
_KINDS = {
    kind.lower(): kind
    for kind in """Instruct Chat Thinking Think Reasoning Exp Speciale Terminus Flash Pro Lite Mini Max Turbo Nano Micro
    Tiny Coder Math VL Vision Omni Audio Image Video Voice Preview Next Large XL XXL Medium Small Plus Ultra Heavy Fast
    Air Reward Hybrid Alpha""".split()  # noqa: SIM905
}
_CAPITALISED = ("opus", "sonnet", "haiku", "ultra", "pro", "flash", "turbo", "thinking", "instruct", "coder", "max")
_MEMBER = r"A\d{1,3}B|\d{1,3}x\d{1,3}B|v\d(?:\.\d{1,2})?"
_NO_TAIL = r"(?![A-Za-z0-9]|\.\d|-(?:scale|class|level|style|sized?|based|like|trained|capable|powered|compatible)\b)"
_HYPHENED = re.compile(
    rf"-(?:(?P<kind>{'|'.join(sorted(_KINDS, key=len, reverse=True))}|{_MEMBER})"
    r"|Base|hf|it|GGUF|AWQ|GPTQ|FP8|BF16|INT[48]|20\d\d-?\d\d-?\d\d|(?:0[1-9]|1[0-2])[0-3]\d|2[4-7](?:0[1-9]|1[0-2])"
    rf"|(?:8|16|32|64|128)k){_NO_TAIL}",
    re.IGNORECASE,
)
_SPACED = re.compile(
    r" (?:(?P<kind>Instruct|Thinking|Think|Exp|Speciale|Terminus|Flash|Pro|Lite|Mini|Max|Turbo|Nano|Coder|VL|Omni"
    rf"|Preview|{_MEMBER})|Base){_NO_TAIL}(?![-'])"
)
_PLANS = ("Pro", "Plus", "Max")  # what is sold under a product's name: "ChatGPT Plus"
_BASE = re.compile(rf"-base{_NO_TAIL}", re.IGNORECASE)  # a size of what has none in numbers: "MosaicBERT-Base"
MOST_TAILS = 4
# A version alone, and a word before it whose version it is.
_CODE = re.compile(r"V\d(?:\.\d)?")
_CAPITAL_BEFORE = re.compile(r"[A-Za-z,] (?!\w{0,12}(?:[Mm]odell?|[Vv]ersion) )([A-Z][A-Za-z]{2,14}) $")
# A size right behind a name: of a family whose rule knows no sizes, or one other than the usual ("OPT-66B").
_OWN_SIZE = re.compile(rf"[- ](\d{{1,4}}(?:\.\d{{1,2}})?)[Bb](?![A-Za-z0-9%$]|-\d)(?!{_COUNTED})")
# A word that a hyphen makes one name with the listed one behind it ("OpenMath-Nemotron-14B"), and those that do not.
_PREFIX = re.compile(r"(?<![A-Za-z0-9.-])(?:[A-Z][A-Za-z]{2,14}|[a-zK])-$")
_NO_PREFIX = frozenset(
    """Pre Post Non Anti Sub Multi Mid Mini Near Semi Inter Intra Cross Pseudo Self Full Half Original Base Like
    Open Chat Free Fine Local Early Late Vanilla Classic Standard Either Both The""".split()  # noqa: SIM905
)
# A word behind a hyphen that makes another model of a listed one: "LLaMA-Adapter", "Falcon-Arabic". Others make none:
# "ChatGPT-Maker", "Llama-Modell".
_SUFFIXES = """
    Adapter Distill Distilled RLHF CoT IML MoE Mesh VID Med Law Legal Fin Finance Bio Chem Geo Code Long Reasoner
    Prover Guard Reranker Embed Embedding Search Streaming Edit Inpainting Lightning Uncensored Abliterated SFT
    DPO GRPO PPO Zero R1 OneVision Ada Babbage Curie Davinci XLarge Huge Giant Multilingual Arabic Chinese
    Japanese Korean Hindi Thai Vietnamese Indonesian German French Italian Spanish Portuguese Dutch Polish Turkish
    Russian Ukrainian Greek Hebrew Persian Swedish Factory Agent Recipes Engineer Researcher Cookbook""".split()  # noqa: SIM905
_SUFFIX = re.compile(
    rf"-(?P<word>{'|'.join(_SUFFIXES)})(?:[- ][vV]\d(?:\.\d)?)?(?:-(?P<size>\d{{1,4}}(?:\.\d)?[BM]))?{_NO_TAIL}"
)
_OF_A_STATE = re.compile(r"(?:ese|ian|an|ish|nch|ic|tch)-$")  # "Chinese-LLaMA" is a model's, "Meta-Llama" its maker's
# "Llama 2, the 7B parameter version": the family and its member in one breath.
_SIZE_IN_BRACKETS = re.compile(r" ?\((\d{2,4}(?:\.\d)?M)\)| (?:of|with) (\d{2,4}M)(?! tokens)\b")  # "GPT-2 (124M)"
_APPOSED_SIZE = re.compile(
    r",? (?:the|in its|with|at)? ?(\d{1,4}(?:\.\d{1,2})?)[- ]?[Bb](?:illion)?(?: \(billion\))?[- ]?(?:parameters?)?"
    r" (?:version|model|variant|size)\b"
)
_EN_DASH = re.compile(r"(?<=[A-Za-z])\u2013(?=\d)")  # GPT and a 4, as some set it
_PLAIN_WORD = re.compile(r"[A-Z][a-z]{1,30}(?= )")
LONGEST_AMOUNT = 40
LONGEST_PREFIX = 18
# A cell of a table that holds an amount and nothing else.
_NO_NAME = re.compile(
    r"[^A-Za-z\u0370-\uffff]{0,30}(?:(?:thousand|million|billion|trillion|hours?|days?|tokens?|bn|mn|[kKmMbB])"
    r"[^A-Za-z\u0370-\uffff]{0,30})?"
)


class Name(NamedTuple):
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
    if len(text) < LONGEST_AMOUNT and _NO_NAME.fullmatch(text):
        return []
    text = text if text.isascii() else _EN_DASH.sub("-", text)
    found: list[Name] = []
    at = 0
    lower = text.lower()
    lower = lower if len(lower) == len(text) else text  # a sign whose small form is two characters long
    for here in _beginnings(text):
        if here < at:
            continue
        name = None
        is_model, is_hardware, is_organisation = lexicon.kinds_beginning(lower[here : here + lexicon.LONGEST_BEGINNING])
        if is_model:
            name = _model_at(text, here, context)
        if name is None and is_hardware:
            name = _hardware_at(text, here)
        if name is None and is_organisation:
            name = _organisation_at(text, here)
        if name:
            while found and found[-1].end > name.start:
                found.pop()  # "Qwen" of a longer name that a hyphen makes
            found.append(name)
            at = name.end
    others = list(_unlisted(text, found, context))
    wholes = {name.start: name.end for name in others}
    found = [name for name in found if wholes.get(name.start, 0) <= name.end]  # "Krutrim" of "Krutrim-2"
    return sorted([*found, *others], key=lambda name: name.start)


def _beginnings(text: str) -> list[int]:
    """Where a name may begin: at a capital, a digit, a letter that is not Latin, or a small word before a digit."""
    starts = {found.start() for found in _MAY_BE_NAME.finditer(text)}
    for digit in _DIGIT_BEHIND_SMALL.finditer(text):
        for pattern in (_SMALL_WORD, _SMALL_LETTERS, _SLUG):
            if word := pattern.search(text, max(0, digit.start() - 32), digit.start()):
                starts.add(word.start())
    words, pattern = lexicon.small_names()
    if len(text) < LONGEST_AMOUNT or any(word in text for word in words):
        starts.update(found.start() for found in pattern.finditer(text))
    return sorted(starts)


def _unlisted(text: str, listed: list[Name], context: str) -> Iterator[Name]:
    """Names that no lexicon has: by their shape or their use, sizes alone, addresses."""
    taken = {at for name in listed for at in range(name.start, name.end)}
    makers = {name.start: name.end for name in listed if name.kind == "organisation"}
    for found in _shaped(text, context):
        maker = makers.get(found.start(), found.start())
        own = range(maker if text[maker : maker + 1] == "-" else found.start(), found.end())
        if taken.isdisjoint(own):
            taken.update(range(*found.span()))
            size = next((group for group in found.groups() if group), None) or _size_in(found[0])
            yield Name("model", found[0], found.start(), found.end(), None, size)
    for found, unit in _bare(text):
        if found.start(1) not in taken and not _is_amount(text, found.start(1)):
            name = found[1] + unit
            yield Name("size", name, found.start(1), found.end(), None, None if name[-1].isdigit() else name)
    for found in _ADDRESS.finditer(text) if "://" in text or "www." in text else ():
        yield Name("address", found[0], found.start(), found.end())


def _shaped(text: str, context: str) -> Iterator[re.Match[str]]:
    """Names with a size behind them, and those that the document coins."""
    for found in UNLISTED.finditer(text) if _HAS_SIZE.search(text) else ():
        plain = _PLAIN_WORD.match(found[0])  # "Take 7B": a verb; "NuminaMath 7B" is called after its data
        first = plain[0] if plain else found[0].split("-")[0]
        is_other = first in lexicon.things() or (first.islower() and is_dated(first.capitalize()))  # "phase-3b"
        if not is_other and not _is_amount(text, found.start()):
            yield found
    coined = coined_in(context)
    if coined and any(name in text for name in coined[0]):
        yield from coined[1].finditer(text)


def _bare(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Sizes and versions without a name, and the unit that is not printed with them."""
    if _HAS_SIZE.search(text):
        yield from ((found, "B") for found in _SIZE.finditer(text))
    if "M" in text:
        yield from ((found, "") for found in _SMALL_SIZE.finditer(text))
    if "ersion " in text or " v" in text:
        yield from ((found, "") for found in _VERSION.finditer(text))


def _is_amount(text: str, at: int) -> bool:
    return _MONEY_BEFORE.search(text, max(0, at - 5), at) is not None


def _filled(template: str, found: re.Match[str]) -> str:
    if "{" not in template:
        return template
    groups = {str(at): _cased(group or "", template) for at, group in enumerate((found[0], *found.groups()))}
    name = re.sub(r"\{(\d)\}", lambda slot: groups.get(slot[1], ""), template)
    name = re.sub(r"(?<=\d) (?=[BbMm](?![A-Za-z]))", "", name)
    name = re.sub(r"(?<=\d)[bm](?![A-Za-z])", lambda size: size[0].upper(), name)
    return re.sub(r"[ -]+$|(?<=[ -])[ -]+", "", name)


def _cased(kind: str, template: str) -> str:
    """A kind of a family as its maker writes it: "gpt-4-turbo" is GPT-4 Turbo, "GPT-4o Mini" GPT-4o mini."""
    if template.startswith("GPT") and kind in ("Mini", "Nano"):
        return kind.lower()
    is_name = kind in _CAPITALISED and template[0].isupper()
    return kind.title() if is_name else kind


@lru_cache(maxsize=5000)
def _alone(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _by_rule(text: str, at: int, names: lexicon.Names) -> tuple[lexicon.NameRule, re.Match[str]] | None:
    """The rule that fits at a position, and where it ends."""
    either = names.beginning_with(text[at : at + lexicon.LONGEST_BEGINNING].lower())
    hit = either.match(text, at) if either else None
    return (either.rules[hit[0]], hit[1]) if either and hit else None


def _follows_count(text: str, at: int) -> bool:
    return at > 1 and text[at - 1] in "xX" and text[at - 2].isdigit()


def _model_at(text: str, at: int, context: str) -> Name | None:
    hit = None if _follows_count(text, at) else _rule_said(text, at, context)
    if hit is None:
        return None
    rule, found = hit
    if _CODE.fullmatch(found[0]) and _is_of_another(text, at):
        return None
    name = _filled(rule.name, found)
    is_small = not any(c.isupper() or c.isdigit() or c > "\u0370" for c in found[0])
    if is_small and found[0] not in (rule.name.lower(), rule.pattern.removeprefix("(?-i:").removesuffix(")")):
        return None
    is_printed = _size_in(found[0]) is not None
    whole = _with_tail(
        Name("model", name, at, found.end(), rule.organisation, _size_in(name)), text, is_printed=is_printed
    )
    return _with_prefix(_with_suffix(whole, text), text)


def _rule_said(text: str, at: int, context: str) -> tuple[lexicon.NameRule, re.Match[str]] | None:
    """The first rule that fits at a position and whose needed word the document says."""
    either = lexicon.models().beginning_with(text[at : at + lexicon.LONGEST_BEGINNING].lower())
    hit = either.match(text, at) if either else None
    for rule in either.rules[hit[0] :] if either and hit else ():
        found = _alone(rule.pattern + lexicon.END_OF_NAME).match(text, at)
        if found and (rule.needs is None or _is_said(rule.needs, context)):
            return rule, found
    return None


def _is_of_another(text: str, at: int) -> bool:
    """Whether a version stands behind something else's name: "the Stack V2"."""
    before = _CAPITAL_BEFORE.search(text, max(0, at - LONGEST_PREFIX), at)
    return before is not None and not is_dated(before[1]) and not _organisation_at(text, before.start(1))


def _with_tail(name: Name, text: str, *, is_printed: bool) -> Name:
    """A name with what stands right behind it and is part of it: "Qwen3-Next" and "-80B-A3B"."""
    for _ in range(MOST_TAILS):
        own = _OWN_SIZE.match(text, name.end)
        if own and not is_printed:
            size = f"{own[1]}B"
            full = name.name.replace(name.size, size) if name.size else f"{name.name} {size}"
            name, is_printed = name._replace(name=full, size=size, end=own.end()), True
        elif (tail := _tail_of(name, text)) is not None:
            name = name._replace(name=_joined(name.name, tail[0]) if tail[0] else name.name, end=tail[1])
        else:
            break
    return _with_size_in_words(name, text)


def _tail_of(name: Name, text: str) -> tuple[str, int] | None:
    """What a tail adds to a name, if anything, and where it ends."""
    has_digit = any(c.isdigit() for c in name.name)
    sign = text[name.end : name.end + 1]
    if not has_digit and (found := _BASE.match(text, name.end)):
        return "Base", found.end()
    found = _HYPHENED.match(text, name.end) if sign == "-" else _SPACED.match(text, name.end) if has_digit else None
    if found is None:
        return None
    kind = _KINDS.get((found["kind"] or "").lower(), found["kind"] or "")
    kind = "" if kind.startswith("v0") else kind  # "Mistral-7B-v0.1": the first weights, and the only ones
    return None if kind in _PLANS and not has_digit else (kind, found.end())


def _joined(name: str, tail: str) -> str:
    return f"{name}{' ' if ' ' in name else '-'}{tail}"


def _with_size_in_words(name: Name, text: str) -> Name:
    """A name with the size that is said of it: "Llama 2, the 7B parameter version", "GPT-2 (124M)"."""
    if name.size is None and (own := _APPOSED_SIZE.match(text, name.end)):
        size = f"{own[1]}B"
        return name._replace(name=f"{name.name} {size}", size=size, end=own.end())
    if name.size is None and (small := _SIZE_IN_BRACKETS.match(text, name.end)):
        size = small[1] or small[2]
        return name._replace(name=f"{name.name} {size}", size=size, end=small.end())
    return name


def _with_prefix(name: Name | None, text: str) -> Name | None:
    """Another name, where a word before a hyphen makes one: "Light-R1-32B" is no R1."""
    if name is None or not text.startswith("-", name.start - 1):
        return name
    before = _PREFIX.search(text, max(0, name.start - LONGEST_PREFIX), name.start)
    if before is None or before[0][:-1] in _NO_PREFIX or _is_maker(text, before):
        return name
    return Name("model", text[before.start() : name.end], before.start(), name.end, None, name.size)


def _is_maker(text: str, before: re.Match[str]) -> bool:
    found = _organisation_at(text, before.start())
    return found is not None and not (found.kind == "state" and _OF_A_STATE.search(before[0]))


def _with_suffix(name: Name, text: str) -> Name | None:
    """Another name, where a word behind a hyphen makes one: "LLaMA-Adapter" is no Llama; none if that is a tool's."""
    behind = _SUFFIX.match(text, name.end) if text.startswith("-", name.end) else None
    if behind is None:
        return name
    printed = text[name.start : name.end]
    if f"{printed}-{behind['word']}" in lexicon.things():
        return None
    is_end = name.name.lower().endswith(printed.lower().replace(" ", "-"))  # "R1-Distill" is DeepSeek-R1-Distill
    whole = name.name if is_end else printed
    return Name("model", whole + behind[0], name.start, behind.end(), None, behind["size"] or name.size)


@lru_cache(maxsize=32)
def _is_said(needed: re.Pattern[str], document: str) -> bool:
    """Whether a document says the word that a spelling needs; asked once, however often the spelling comes."""
    return needed.search(document) is not None


def _size_in(name: str) -> str | None:
    size = re.search(r"(?<![\dA-Za-z.])\d+(?:\.\d+)?B(?![A-Za-z])", name)
    return size[0] if size else None


def _hardware_at(text: str, at: int) -> Name | None:
    hit = _by_rule(text, at, lexicon.hardware())
    if hit is None:
        return None
    alone = _alone(hit[0].pattern).match(text, at)
    tail = _HARDWARE_TAIL.match(text, hit[1].end())
    name = _filled(hit[0].name, alone).strip() if alone else hit[0].name
    return Name("hardware", name, at, tail.end() if tail else hit[1].end())


def _organisation_at(text: str, at: int) -> Name | None:
    hit = _by_rule(text, at, lexicon.organisations())
    if hit is None:
        return None
    rule, found = hit
    if text[found.end() : found.end() + 1] == "$" or (rule.kind == "state" and _NO_STATE.match(text, found.end())):
        return None
    return Name(rule.kind, rule.name, at, found.end(), rule.organisation)


@lru_cache(maxsize=2_000)
def canonical(name: str) -> str:
    """A family's name and a size put together, as the lexicon has the member: "Vicuna 13B" is Vicuna-13B."""
    found = [one for one in names_in(name, name) if one.kind == "model"]
    return found[0].name if len(found) == 1 and found[0].end == len(name) else name


@lru_cache(maxsize=2_000)
def is_spelled(name: str) -> bool:
    """Whether a rule of the lexicon spells a whole name, with its size or version."""
    hit = _by_rule(name, 0, lexicon.models())
    return hit is not None and hit[1].end() == len(name)
