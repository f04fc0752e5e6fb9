"""Names that no lexicon has: by their shape ("Foo-7B"), and by what the document itself does with them.

A document that trains Kestrel 3, calls a model Osprey or says how many parameters PLLuM has uses these names as models,
and they are names wherever it says them. What is an organisation, a machine, a benchmark, a tool or a chip is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias

from pipeline.claims import lexicon

_WEIGHTS = r"(?:\d{1,2}x)?\d{1,4}(?:\.\d{1,2})?[BbMT]"
_TAIL = (
    r"(?:-(?i:Instruct|Base|Chat|Preview|Thinking|Flash|Math|Coder|Vision|VL|it|A\d{1,3}B|\d{2,3}K|v\d(?:\.\d)?)){0,2}"
)
_NOT_BEFORE_SIZE = (
    r"(?!(?:The|An?|Our|Its|This|That|These|Both|All|Each|Any|Only|For|And|With|From|Than|Over|About|Nearly|Around"
    r"|Under|Some|Two|Three|Four|New|Open|Dense|Sparse|Total|Model|Models|Variant|Size|Series|Round|Another|Nvidia"
    r"|Google|Meta|Microsoft|Amazon|OpenAI|Alphabet|Apple|USD|EUR|GBP|CNY|RMB|JPY|INR|CAD|AUD|SGD|HKD|KRW|CHF|SEK|AED"
    r"|Rs|Params|Parameters|Pretrain|Finetune|Medical|Vision|Text|Teacher|Student|Up|To|Of|In|At|On|By|Is|Raised|Raises|Year|Capex|Revenue|Cost|Costs)\b|[A-Z][a-z]+(?:ing|ed)\b)"
)
UNLISTED = re.compile(
    rf"(?<![A-Za-z0-9])(?<![A-Za-z0-9]-)(?:(?=[a-z]{{0,4}}[A-Z])[A-Za-z][A-Za-z0-9]{{1,20}}(?:\.\d)?"
    rf"(?:-[A-Za-z][A-Za-z0-9]{{0,15}}|-v?\d{{1,2}}(?:\.\d)?){{0,2}}-({_WEIGHTS}){_TAIL}(?![A-Za-z0-9])"
    rf"|{_NOT_BEFORE_SIZE}[A-Z][A-Za-z]{{2,20}}(?:-[A-Z][A-Za-z]{{0,12}})?(?:[- ]v?\d(?:\.\d)?)?"
    rf" ((?:\d{{1,2}}x)?\d{{1,4}}(?:\.\d{{1,2}})?B){_TAIL}(?![A-Za-z0-9])"
    rf"|[A-Z][A-Za-z]{{0,14}}[A-Za-z](?:GPT|LLM|BERT)"
    rf"(?:-\d|-(?!like|style|based|class|level|type|sized|scale|driven|ready)[a-z]{{2,5}}"
    rf"|(?: \d(?:\.\d)?(?: (?:Pro|Lite|Max))?(?![\d.,%]|\.\d| (?:million|billion|trillion|GPU|[A-Z]{{0,2}}\d))))?"
    rf"(?![A-Za-z0-9])|[a-z]{{2,15}}(?:-[a-z0-9.]{{1,10}}){{0,3}}-(\d{{1,3}}(?:\.\d)?b)(?![A-Za-z0-9]))"
)

# --- shapes ---------------------------------------------------------------------------------------

_NO_FIRST = (
    r"(?!(?:What|How|Why|When|Where|While|Since|After|Before|If|Now|Then|So|But|For|With"
    r"|Train|Pre|Fine|Model|Build|Run|The|Our|Its|Serv|Das|Die|Der|Le|La) ?[a-z]* )"
)
_KIND = r"(?:v?\d{1,2}(?:\.\d{1,2})?|XX?L|Large|Small|Base|Medium|Ultra|Pro|Mini|Nano|Max|Next|Core|Coder)"
_END = r"(?![A-Za-z\xc0-\xff\d_%]|[.,]\d|-[A-Za-z\d]| (?:million|billion|trillion|thousand|percent|GPUs?|H\d))"
_VERSIONED = rf"{_NO_FIRST}[A-Z][A-Za-z]{{2,20}}(?:[ -][A-Z][a-z]{{2,20}})?[ -]{_KIND}{_END}"  # Kestrel 3, Foo Large
_GLUED = (  # Open-RS, Param-1
    r"[A-Z][A-Za-z0-9]{0,15}(?:-[A-Z][A-Za-z0-9]{0,12}){0,2}-(?:[A-Z]{1,4}\d{0,2}|v?\d[A-Za-z0-9.]{0,6}|[A-Z][A-Za-z]*\d)"
    rf"(?:-[A-Za-z0-9.]{{1,12}}){{0,2}}(?<!\.){_END}"
)
_MIXED = (  # TinyMix, PLLuM, xFinance, MiniMind2
    r"(?:[A-Z]?[a-z]{1,12}[A-Z][A-Za-z0-9]{1,20}|[A-Z]{2,12}[a-z][A-Za-z0-9]{1,20}|[A-Z][a-z]{2,20}\d(?:\.\d)?)"
    rf"(?:-[A-Za-z0-9.]{{1,12}}){{0,3}}(?<!\.){_END}"
)
_CAPITALS = rf"[A-Z]{{3,8}}(?:-?\d{{1,2}}(?:\.\d)?)?{_END}"  # PRX, ALIA
_CODE = rf"[A-Z]\d{{1,2}}{_END}"  # T1
_PLAIN = rf"[A-Z][a-z\xe0-\xff]{{2,15}}{_END}"  # Malibu
_DISTINCT = rf"{_VERSIONED}|{_GLUED}|{_MIXED}"
_ANY = rf"{_DISTINCT}|{_CAPITALS}|{_PLAIN}"
_PLAIN_PAIR = rf"[A-Z][a-z]{{2,15}} [A-Z][a-z]{{2,15}}{_END}"  # Fanar Star
_START = r"(?<![A-Za-z\xc0-\xff\d_.-])"

# --- what a document does with a name -------------------------------------------------------------

_SIZE = (
    r"~?\d{1,4}(?:[.,]\d{1,2})?(?:[ -]?[BMT]|[ -](?:billion|million|trillion|bn|Milliarden|milliards?|miliardi|bilhões"
    r"|mil millones|млрд))"
)
_OF_AI = (
    r"(?:language|foundation|AI|reasoning|diffusion|speech|video|image|vision|code|coding|weather|protein|world"
    r"|text-to-\w+|multimodal|generative|frontier|open-weights?|open-source|voice|biology|robot(?:ics)?|MoE|base"
    r"|mixture-of-experts|transformer)"
)
_CALLED = r"(?:called|named|dubbed|christened|code-?named|known as|llamad[oa]|chiamat[oa]|appelée?|chamad[oa]|namens)"
_HOLDS = r"(?:has|have|with|counts|holds)"
_AMONG = r"(?:about |around |roughly |some |over |only |just |nearly |approximately )?"
_BY_COMPUTE = (
    r"(?: itself| model)? (?:on|with|for|using|in|from|over) [^.;|]{0,50}?"
    r"(?:GPU|TPU|\b[HAB]\d{3}|tokens|compute\b|scratch|\b\d+ (?:days|weeks|hours)|reinforcement)"
)
_TIMES = (
    r"(?:was|were|is|are|has been|had been|is being|will be)(?: (?:first|then|initially|only|also|just|originally))?"
)


_ASIDE = r"(?:,[^.;|,]{3,60},|(?: \([^()]{2,40}\)))?"


class _Use(NamedTuple):
    """A word of making models, and where a name that it is said of stands."""

    word: str
    before: str = ""
    """Pattern of what ends where the word begins; its group is the name."""
    behind: str = ""
    """Pattern of what begins with the word; its group is the name, where none stands before."""


def _before(word: str, names: str, between: str, behind: str = "") -> _Use:
    """A name, what may stand between it and the word, and what must begin with the word."""
    return _Use(word, f"{_START}({names}){between}$", behind)


def _behind(word: str, between: str, names: str, behind: str = "") -> _Use:
    """A word, what may stand between it and a name, and what must stand behind that."""
    return _Use(word, behind=rf"{word}{between}[\"'\u201c\u201e\xab《「『]?({names}){behind}")


_NOT_ITS_MAKER = r" model(?! (?:maker|developer|company|start-?up|provider|builder|lab|firm|card))\b"
_ARTICLE = r"(?:(?:the|our|its|their|a|own|new|small) ){0,2}"
_OTHER_MODEL = r"(?!role|business|pricing|fashion|economic|operating|revenue|financial|scale|weather)"
_SHAPED = f"{_DISTINCT}|{_CAPITALS}"
_OF_CHIPS = r" [^.;|]{0,40}?(?:GPU|TPU|\b[HABV]\d{2,3}|tokens|chips|Ascend)"
_USES = (
    _before("param", _ANY, rf"{_ASIDE},? (?:{_HOLDS} {_AMONG}|\(?(?:an? |the )?){_SIZE}[ -]?(?:de |di )?"),
    _before("Param", _ANY, rf",? \(?{_SIZE}[ -]?"),
    _before("B)", f"{_ANY}|{_PLAIN_PAIR}", r" \(~?\d{1,4}(?:\.\d)?"),
    _before(" model", _DISTINCT, rf"(?: {_OF_AI})?", _NOT_ITS_MAKER),
    _before(" model", _ANY, r"[,:] (?:an?|the|its|our|their|[A-Z][\w-]{2,15}'s) "
            rf"(?:[\w-]{{1,15}} ){{0,5}}?{_OF_AI}(?: [\w-]{{1,15}}){{0,2}}?", _NOT_ITS_MAKER),
    _before(" model", _SHAPED, r"[,:] (?:an?|the|its|our|their|[A-Z][\w-]{2,15}'s) "
            rf"(?:[\w-]{{1,15}} ){{0,4}}?{_OTHER_MODEL}[\w-]{{1,15}}",
            r" model(?=[.,:]| (?:of|that|which|from|by|trained|for|in)\b)"),
    _behind(" model", rf"s?,? (?:(?:is|was|has been) )?{_CALLED} ", f"{_PLAIN_PAIR}|{_ANY}"),
    _before(" LLM", _DISTINCT, ""),
    _before(" LLM", _ANY, r"[,:] (?:an?|the|its)(?: [\w-]{1,15}){0,3}"),
    _behind(" LLM", rf"s?,? (?:(?:is|was) )?{_CALLED} ", _ANY),
    _before("trained", _SHAPED, rf"{_ASIDE},? {_TIMES} (?:(?:pre|post)-?)?"),
    _before("trained", _SHAPED, r", (?:pre-?)?", f"trained{_BY_COMPUTE}"),
    _before("trained", _PLAIN, rf" {_TIMES} (?:pre-?)?", f"trained{_BY_COMPUTE}"),
    _before("tuned", _SHAPED, rf"{_ASIDE} {_TIMES} (?:fine-?|instruction-)?"),
    _before(" models", _ANY, "", rf" models {_TIMES} (?:pre-?)?trained"),
    _before(" model", f"{_CODE}|{_CAPITALS}", "", rf" model {_TIMES} (?:pre-?)?trained"),
    _behind("trained", rf" {_ARTICLE}", _DISTINCT),
    _behind("trained", rf" {_ARTICLE}", _ANY, _BY_COMPUTE),
    _before("train", _DISTINCT, r"'s (?:(?:final|own|whole|first|full) )?(?:pre-?)?", "training"),
    _behind("raining", rf" (?:of )?{_ARTICLE}", _DISTINCT),
    _behind("to train", f" {_ARTICLE}", _DISTINCT),
    *(_before(f" {verb}", rf"(?<='s )(?:{_SHAPED})", "", f" {verb}{_OF_CHIPS}") for verb in
      ("needed", "took", "used", "occupied", "consumed", "absorbed", "required")),
    _before("odel card", f"{_DISTINCT}|{_CAPITALS}", r" \(?[Mm]"),
    _behind("odel card", "(?: for|:) ", f"{_DISTINCT}|{_CAPITALS}"),
    _before("echnical report", f"{_DISTINCT}|{_CAPITALS}", " [Tt]"),
    _before("echnical Report", f"{_DISTINCT}|{_CAPITALS}", " T"),
    _behind("odell", ",? (?:namens )?", f"{_DISTINCT}|{_CAPITALS}"),
    _behind("odello", f" (?:linguistico )?(?:{_CALLED} )?", f"{_DISTINCT}|{_CAPITALS}"),
    _behind("odelo", f" (?:de lenguaje |de linguagem )?(?:{_CALLED} )?", f"{_DISTINCT}|{_CAPITALS}"),
    _behind("odèle", f" (?:de langage )?(?:{_CALLED} )?", f"{_DISTINCT}|{_CAPITALS}"),
    _behind("модел", "[ьи] ", f"{_DISTINCT}|{_CAPITALS}"),
    _before("训练", _DISTINCT, " ?的?(?:预|后)?"),
    _behind("训练", "(?:出|了)? ?", _DISTINCT),
    _before("模型", _DISTINCT, " ?的?(?:大语言|大)?"),
    _behind("模型", " ?", f"{_DISTINCT}|{_CAPITALS}"),
    _before("모델", _DISTINCT, " ?(?:의 )?"),
    _behind("모델", " ?", f"{_DISTINCT}|{_CAPITALS}"),
    _before("학습", _DISTINCT, "(?:의|는|은|을|를)? ?"),
    _before("モデル", _DISTINCT, "の?(?:大規模言語)?"),
    _behind("モデル", "", f"{_DISTINCT}|{_CAPITALS}"),
)  # fmt: skip
# Looked for at capitals: a pattern that begins with one is tried there only, one that begins with words everywhere.
_VERSIONED_AT = re.compile(rf"[A-Z](?<=(?=({_VERSIONED}))[A-Z])")
_LONGEST_LEAD = 60
_LEADS = re.compile(
    r"(?:[Tt]rain(?:ed|ing|s)?|[Pp]re-?train(?:ed|ing)?|[Mm]odels?|called|named|[Ff]ine-?tun(?:ed|ing)|run (?:of"
    r"|for)|[Ss]erving|训练|LLM|reasoner|assistant|[Rr]eleas(?:e|ed|es|ing)|[Ll]aunch(?:ed|es|ing)?"
    r"|[Uu]nveil(?:ed|s|ing)?"
    r"|[Ii]ntroduc(?:e|ed|es|ing)|[Bb]uil(?:t|d|ds|ding)|behind"
    r"|(?:[Cc]osts?|[Pp]rice|[Bb]udget|[Bb]ill|[Cc]ompute|[Hh]ours|[Pp]ower) (?:of|for))"
    r" ?(?:of |for |on |von |des |de |für |the |its |a |our |model |flagship |new |called |named |, ){0,2} ?\Z"
)
_TRAINS_AT = re.compile(
    rf"[A-Z](?<=(?<![A-Za-z0-9-])(?=({_VERSIONED})(?:'s)?,? (?:was|were|had been|has been|model|itself|took|needed|cost"
    rf"|costs|ran|run|saw|used|consumed|required|training|train|pre-?training|LLM"
    rf"|(?i:technical report|tech report|model card|release|paper|weights|checkpoint))\b)[A-Z])"
)

# --- what a page of code is of ---------------------------------------------------------------------

_HOST = re.compile(r"\b(?:github|gitlab|huggingface|modelscope)[ .](?:com|co|cn)[ /]([\w ./-]{3,150})")
_NO_CARD = ("datasets", "spaces", "blog", "papers", "docs", "learn", "collections")
_REPOSITORY = rf"({_DISTINCT}|{_CAPITALS}|{_PLAIN})"
_OF_REPOSITORY = re.compile(  # "owner/Name, issue 5", "Issue #5 · owner/Name · GitHub", "Name issue: training cost"
    rf"(?:^|[·|-] )[\w.-]{{2,40}}/{_REPOSITORY}|^{_REPOSITORY}(?=[:,]? (?:issue|discussion|model card|README|议题))"
)
_WORKSHOP = re.compile(  # what is made for many models: a library, a benchmark, a list
    r"(?:LLMs?|Awesome|Open|Auto)-|.{0,80}(?:[Pp]y[Tt]orch|Factory|Bench|Eval|Gym|Kit|Hub|Lab|Tools?|Trainer|[Tt]raining|AI"
    r"|Data|RLHF|Serve|Server|Chat|Arena|Speedrun|Book|Course|Cookbook|Recipes|Utils|Fusion)$"
)
SHORT = 500  # characters of a text that is no document
HEAD = 500  # characters of a document that hold its title and its address

# --- what is no model -----------------------------------------------------------------------------

_NO_MODEL = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun"
    r"|Jul|Aug|Sept?|Oct|Nov|Dec|Figure|Fig|Table|Chapter"
    r"|Phase|Section|Version|Level|Windows|Gen|Top|Step|Stage|Part|Appendix|Day|Week|Month|Year|Article|Act|Tier|Web"
    r"|Covid|COVID|Page|Note|Class|Group|Round|Season|Formula"
    r"|Route|Room|Line|Zone|Unit|Site|Building|Hall|Grade|Type|Plan|Option|Scenario|Case|Exhibit|Item|Rule|Law|Bill"
    r"|Form|Euro|Nvidia|NVIDIA|Hopper|Ampere|Blackwell|The|About"
    r"|Around|Some|Over|Only|Nearly|Series|CUDA|PyTorch|Python|DGX|HGX|Tesla|Fiscal|Quarter|Between|From|With|And"
    r"|Opus|Xeon|EPYC|Report|Paper|Abstract|Params|Pretrain|Benchmarking|Vision)\b|(?:Mc|Mac|Le|La|Van|Fitz)[A-Z][a-z]{1,15}$"
)
_NO_PLAIN = frozenset(
    """It Its They Their This That These Those Each Which Who One Both All Many Most Some Several Other Others Another
    Such Every Any Here There We Our You He She What When While Where Then Now But And With For From After Before Since
    Model Models Training Trained Researchers Scientists Engineers Staff Students Teams Team People Company Companies
    Version Versions Data Results Systems Software Chinese American Japanese Korean French German Indian European
    English Spanish Large Small Base Medium Mini Nano Ultra Pro Language Foundation Teacher Teachers Student
    Experts Expert Agents Agent Robots Robot Workers Doctors Nurses Network Networks Transformers Only Also Not Its
    Today Yesterday Later Earlier Meanwhile However Still Even Just Between Total Active Dense Sparse""".split()  # noqa: SIM905
)
MOST_USES = 300  # of a word are looked at: a name that a document uses comes again and again
LONGEST_BEFORE = 110  # characters that a name and what stands between it and the word may take
MOST_COINED = 50


def is_dated(word: str) -> bool:
    """Whether a word with a capital is a month, a figure's label or the like, and no name."""
    return _NO_MODEL.match(word) is not None


Coined: TypeAlias = tuple[list[str], re.Pattern[str]]


def coined_in(document: str) -> Coined | None:
    """Names that a document itself uses as models: "training Kestrel 3", "PLLuM has 12 billion parameters"."""
    return (_coined_in_short if len(document) < SHORT else _coined_in_long)(document)


def _coined_in(document: str) -> Coined | None:
    coined = {*_versioned(document), *_used(document), *_repository(document[:HEAD])}
    coined = {name for name in coined if may_be_model(name)}
    names = sorted(coined, key=lambda name: (-len(name), name))[:MOST_COINED]
    if not names:
        return None
    either = "|".join(map(re.escape, names))
    return names, re.compile(rf"(?<![A-Za-z0-9-])(?:{either})(?![A-Za-z0-9]|[.,]\d|-\d)")


# Names and titles that are read by themselves must not push out a page, which takes longer to look through.
_coined_in_short = lru_cache(maxsize=256)(_coined_in)
_coined_in_long = lru_cache(maxsize=4)(_coined_in)


def _versioned(document: str) -> Iterator[str]:
    """Names with a version or a size that words of training stand before or behind."""
    for found in _VERSIONED_AT.finditer(document):
        if _LEADS.search(document, max(0, found.start() - _LONGEST_LEAD), found.start()):
            yield found[1]
    yield from (found[1] for found in _TRAINS_AT.finditer(document))


def _repository(head: str) -> Iterator[str]:
    """The name of the repository that a page of code is of, where title and address both say it."""
    host = _HOST.search(head)
    if host is None or host[1].startswith(_NO_CARD):
        return
    found = _OF_REPOSITORY.search(head[: host.start()])
    name = (found[1] or found[2]) if found else ""
    if name and not _WORKSHOP.match(name) and re.sub("[-_/.]", " ", name) in re.sub("[-_/.]", " ", host[1]):
        yield name


def _used(document: str) -> Iterator[str]:
    """The names beside the words of making models."""
    for use in _USES:
        for at in _places(document, use.word):
            behind = _compiled(use.behind).match(document, at) if use.behind else None
            if not use.before:
                if behind:
                    yield behind[1]
            elif not use.behind or behind:
                found = _compiled(use.before).search(document, max(0, at - LONGEST_BEFORE), at)
                if found:
                    yield found[1]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled where a document has its word: most have few of them."""
    return re.compile(pattern)


def _places(document: str, word: str) -> Iterator[int]:
    at = -1
    for _ in range(MOST_USES):
        at = document.find(word, at + 1)
        if at < 0:
            return
        yield at


@lru_cache(maxsize=2_000)
def may_be_model(name: str) -> bool:
    """Whether a name is no month's, machine's, organisation's, benchmark's or other thing's."""
    first = re.split(r"[ -]", name)[0]
    if name in _NO_PLAIN or _NO_MODEL.match(name) or lexicon.machines().match(name):
        return False
    if name in lexicon.things() or (first in lexicon.things() and first == name.split(" ")[0]):
        return False
    return not any(_is_whole(name, known) for known in (lexicon.organisations(), lexicon.hardware()))


def _is_whole(name: str, known: lexicon.Names) -> bool:
    """Whether a name is one of these, or one of these and a number; "Krutrim-2" is not."""
    either = known.beginning_with(name[: lexicon.LONGEST_BEGINNING].lower())
    found = either.match(name) if either else None
    rest = name[found[1].end() :] if found else ""
    return found is not None and not re.search(r"^-|[A-Za-z]", rest)
