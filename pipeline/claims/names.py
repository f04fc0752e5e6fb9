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
from pipeline.claims.lexicon import NameKind

_WEIGHTS = r"(?:\d{1,2}x)?\d{1,4}(?:\.\d{1,2})?[BbMT]"
_TAIL = r"(?:-(?:Instruct|Base|Chat|Preview|Thinking|Flash|Math|Coder|Vision|VL|it|A\d{1,3}B|v\d(?:\.\d)?)){0,2}"
_UNLISTED = re.compile(
    rf"(?<![A-Za-z0-9])(?:[A-Z][A-Za-z]*[A-Za-z](?:[-.]?\d(?:\.\d)?)?-({_WEIGHTS}){_TAIL}(?![A-Za-z0-9])"
    rf"|(?!(?:The|An?|Our|Its|This|That|These|Both|All|Each|Any|Only|For|And|With|From|Than|Over|About|Nearly"
    rf"|Around|Under"
    rf"|Some|Two|Three|Four|New|Open|Dense|Sparse|Total|Model|Models|Variant|Size|Series|Round|Another|Nvidia"
    rf"|Google|Meta"
    rf"|Microsoft|Amazon|OpenAI|Alphabet|Apple|USD|EUR|GBP|CNY|RMB|JPY|INR|CAD|AUD|SGD|HKD|KRW|CHF|SEK|AED|Rs"
    rf"|Up|To|Of|In|At|On|By|Is|Raised|Raises|Year|Capex|Revenue|Cost|Costs)\b"
    rf"|[A-Z][a-z]+(?:ing|ed)\b)"
    rf"[A-Z][A-Za-z]{{2,20}}(?: v?\d(?:\.\d)?)? ((?:\d{{1,2}}x)?\d{{1,4}}(?:\.\d{{1,2}})?B){_TAIL}(?![A-Za-z0-9])"
    rf"|[A-Z][A-Za-z]{{0,14}}[A-Za-z](?:GPT|LLM|BERT)(?:-\d)?(?![A-Za-z0-9]))"
)
_MAY_BE_NAME = re.compile(
    r"(?:(?<![A-Za-z0-9])|(?<=[0-9][xX])|(?<=[\u4e00-\u9fff]))[A-Z0-9\xc0-\xde\u0370-\uffff]|(?<![A-Za-z0-9])[a-z](?=[A-Z])"
)
_DIGIT_BEHIND_SMALL = re.compile(r"(?<=[a-z -])[0-9]")
_SMALL_WORD = re.compile(
    r"(?<![A-Za-z0-9])[a-z]{1,20}(?: (?:opus|sonnet|haiku|flash|pro|ultra|large|mini))?[ -]?[a-z]?$"
)
_SMALL_LETTERS = re.compile(r"(?<![A-Za-z0-9])[a-z]{1,20}-?$")
_SLUG = re.compile(r"(?<![A-Za-z0-9-])(?:[a-z]{1,20}-){1,3}[a-z]{0,4}$")
_HAS_SIZE = re.compile(r"[0-9][BbMT](?![a-z])|GPT|LLM|BERT")
_SIZE = re.compile(
    r"(?<![A-Za-z0-9.,])(\d{1,4}(?:\.\d{1,2})?)[Bb](?![A-Za-z0-9%$])(?![- ]?(?:\w+[- ])?(?:param|token|dollar|weight"
    r"|active))"
)
_SMALL_SIZE = re.compile(
    r"(?<![A-Za-z0-9.,])(\d{2,3}M)(?= (?:models?|version|variant|one"
    r"|checkpoint)\b)"
)  # "the 350M model"
SIZE_ALONE = re.compile(r"\d{1,4}(?:\.\d{1,2})?[BM]")  # a cell beside that of a family, which spans its sizes
_COINED = (
    r"((?!(?:What|How|Why|When|Where|While|Since|After|Before|If|Now|Then|So|But|For|With"
    r"|Train|Pre|Fine|Model|Build|Run|The|Our|Its|Serv|Das|Die|Der|Le|La) ?[a-z]* )"
    r"[A-Z][A-Za-z]{2,20}(?:[ -][A-Z][a-z]{2,20})?[ -](?:v?\d{1,2}(?:\.\d{1,2})?|XX?L|Large|Small|Base|Medium"
    r"|Ultra|Pro"
    r"|Mini|Nano|Max|Next|Core|Coder)"
    r"(?![\w%]|[.,]\d|-\w| (?:million|billion|trillion|thousand|percent|GPUs?|H\d)))"
)
_TRAINED = re.compile(
    r"(?:[Tt]rain(?:ed|ing|s)?|[Pp]re-?train(?:ed|ing)?|[Mm]odels?|called|named|[Ff]ine-?tun(?:ed|ing)|run (?:of"
    r"|for)|[Ss]erving|训练|LLM|reasoner|assistant|[Rr]eleas(?:e|ed|es|ing)|[Ll]aunch(?:ed|es|ing)?"
    r"|[Uu]nveil(?:ed|s|ing)?"
    r"|[Ii]ntroduc(?:e|ed|es|ing)|[Bb]uil(?:t|d|ds|ding)|behind"
    r"|(?:[Cc]osts?|[Pp]rice|[Bb]udget|[Bb]ill|[Cc]ompute|[Hh]ours|[Pp]ower) (?:of|for))"
    rf" ?(?:of |for |on |von |des |de |für |the |its |a |our |model |flagship |new |called |named "
    rf"|, ){{0,2}} ?{_COINED}"
)
_TRAINS = re.compile(
    rf"(?<![A-Za-z0-9-]){_COINED}(?:'s)?,? (?:was|were|had been|has been|model|itself|took|needed|cost|costs|ran|run"
    rf"|saw|used|consumed|required|training|train|pre-?training|LLM"
    rf"|(?i:technical report|tech report|model card|release|paper|weights|checkpoint))\b"
)
_NO_MODEL = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun"
    r"|Jul|Aug|Sept?|Oct|Nov|Dec|Figure|Fig|Table|Chapter"
    r"|Phase|Section|Version|Level|Windows|Gen|Top|Step|Stage|Part|Appendix|Day|Week|Month|Year|Article|Act|Tier|Web"
    r"|Covid|COVID|Page|Note|Class|Group|Round|Season|Formula"
    r"|Route|Room|Line|Zone|Unit|Site|Building|Hall|Grade|Type|Plan|Option|Scenario|Case|Exhibit|Item|Rule|Law|Bill"
    r"|Form|Euro|Nvidia|NVIDIA|Hopper|Ampere|Blackwell|The|About"
    r"|Around|Some|Over|Only|Nearly|Series|CUDA|PyTorch|Python|DGX|HGX|Tesla|Fiscal|Quarter|Between|From|With|And"
    r"|Opus|Xeon|EPYC)\b"
)
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


# A size right behind a name: of a family whose rule knows no sizes, or one other than the usual ("OPT-66B").
_OWN_SIZE = re.compile(
    r"[- ](\d{1,4}(?:\.\d{1,2})?)[Bb](?![A-Za-z0-9%$-])(?![- ]?(?:\w+[- ])?(?:param|token|dollar|weight|active))"
)
# "Llama 2, the 7B parameter version": the family and its member in one breath.
_SIZE_IN_BRACKETS = re.compile(r" ?\((\d{2,4}(?:\.\d)?M)\)| (?:of|with) (\d{2,4}M)(?! tokens)\b")  # "GPT-2 (124M)"
_APPOSED_SIZE = re.compile(
    r",? (?:the|in its|with|at)? ?(\d{1,4}(?:\.\d{1,2})?)[- ]?[Bb](?:illion)?(?: \(billion\))?[- ]?(?:parameters?)?"
    r" (?:version|model|variant|size)\b"
)
LONGEST_AMOUNT = 40
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
            found.append(name)
            at = name.end
    return sorted([*found, *_unlisted(text, found, context)], key=lambda name: name.start)


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
    """Names that no lexicon has: a word with a size behind it, a name the document coins, a size alone, an address."""
    taken = {at for name in listed for at in range(name.start, name.end)}
    has_size = _HAS_SIZE.search(text) is not None
    for found in _UNLISTED.finditer(text) if has_size else ():
        if found.start() not in taken and not _MONEY_BEFORE.search(text, max(0, found.start() - 5), found.start()):
            taken.update(range(*found.span()))
            yield Name("model", found[0], found.start(), found.end(), None, found[1] or found[2])
    coined = coined_in(context)
    for found in coined[1].finditer(text) if coined and any(name in text for name in coined[0]) else ():
        if found.start() not in taken:
            taken.update(range(*found.span()))
            yield Name("model", found[0], found.start(), found.end(), None, None)
    for found in _SIZE.finditer(text) if has_size else ():
        if found.start() not in taken and not _MONEY_BEFORE.search(text, max(0, found.start() - 5), found.start()):
            yield Name("size", found[1] + "B", found.start(), found.end(), None, found[1] + "B")
    for found in _SMALL_SIZE.finditer(text) if "M" in text else ():
        if found.start() not in taken and not _MONEY_BEFORE.search(text, max(0, found.start() - 5), found.start()):
            yield Name("size", found[1], found.start(), found.end(), None, found[1])
    for found in _ADDRESS.finditer(text) if "://" in text or "www." in text else ():
        yield Name("address", found[0], found.start(), found.end())


def _filled(template: str, found: re.Match[str]) -> str:
    if "{" not in template:
        return template
    groups = {str(at): group or "" for at, group in enumerate((found[0], *found.groups()))}
    name = re.sub(r"\{(\d)\}", lambda slot: groups.get(slot[1], ""), template)
    name = re.sub(r"(?<=\d) (?=[BbMm](?![A-Za-z]))", "", name)
    name = re.sub(r"(?<=\d)[bm](?![A-Za-z])", lambda size: size[0].upper(), name)
    return re.sub(r"[ -]+$|(?<=[ -])[ -]+", "", name)


@lru_cache(maxsize=4)
def coined_in(document: str) -> tuple[list[str], re.Pattern[str]] | None:
    """Names with a number that a document itself uses as models: "training Kestrel 3", "Osprey-2 was trained"."""
    coined = {found[1] for pattern in (_TRAINED, _TRAINS) for found in pattern.finditer(document)}
    coined = {name for name in coined if not _NO_MODEL.match(name) and not lexicon.machines().match(name)}
    names = sorted(coined, key=lambda name: (-len(name), name))[:50]
    if not names:
        return None
    either = "|".join(map(re.escape, names))
    return names, re.compile(rf"(?<![A-Za-z0-9-])(?:{either})(?![A-Za-z0-9]|[.,]\d|-\d)")


@lru_cache(maxsize=5000)
def _alone(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _by_rule(text: str, at: int, names: lexicon.Names) -> tuple[lexicon.NameRule, re.Match[str]] | None:
    """The rule that fits at a position, and where it ends."""
    either = names.by_sign.get(text[at].lower())
    hit = either[0].match(text, at) if either else None
    if either is None or hit is None or hit.lastgroup is None:
        return None
    return either[1][int(hit.lastgroup.removeprefix("rule"))], hit


def _follows_count(text: str, at: int) -> bool:
    return at > 1 and text[at - 1] in "xX" and text[at - 2].isdigit()


def _model_at(text: str, at: int, context: str) -> Name | None:
    hit = _by_rule(text, at, lexicon.models())
    if hit is None or _follows_count(text, at):
        return None
    rule, found = hit
    alone = _alone(rule.pattern + lexicon.END_OF_NAME).match(text, at)
    if alone is None or (rule.needs and not _is_said(rule.needs, context)):
        return None
    name = _filled(rule.name, alone)
    if not any(c.isupper() or c.isdigit() or c > "\u0370" for c in found[0]) and rule.name.lower() != found[0]:
        return None
    size, end = _size_in(name), found.end()
    own = _OWN_SIZE.match(text, end) or (None if size else _APPOSED_SIZE.match(text, end))
    if own and f"{own[1]}B" != size:
        name = name.replace(size, f"{own[1]}B") if size else f"{name} {own[1]}B"
        size, end = f"{own[1]}B", own.end()
    if size is None and (small := _SIZE_IN_BRACKETS.match(text, end)):
        size, end = small[1] or small[2], small.end()
        name = f"{name} {size}"
    return Name("model", name, at, end, rule.organisation, size)


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


def resolved_sizes(names: list[Name], families: list[Name]) -> list[Name]:
    """Bare sizes ("the 405B") as members of the family named last; those without one are dropped."""
    known: list[Name] = []
    models = {name.start for name in names if name.kind == "model"}
    family = families[-1] if families else None
    for name in names:
        if name.kind == "model":
            family = name
        if name.kind != "size":
            known.append(name)
        elif not models.isdisjoint(range(name.end, name.end + 3)):
            continue  # "a 7B LLaMA model": the size is said of the name behind it
        elif family and family.organisation:
            stem = re.sub(r"[ -]{0,3}\(?\d{1,4}(?:\.\d{1,2})?[BM]\b.*$", "", family.name)
            full = canonical(f"{stem} {name.name}")
            known.append(Name("model", full, name.start, name.end, family.organisation, name.size))
    return known


@lru_cache(maxsize=2_000)
def canonical(name: str) -> str:
    """A family's name and a size put together, as the lexicon has the member: "Vicuna 13B" is Vicuna-13B."""
    found = [one for one in names_in(name, name) if one.kind == "model"]
    return found[0].name if len(found) == 1 and found[0].end == len(name) else name
