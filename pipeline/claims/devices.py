"""Accelerators that a number counts: their names, the words between, counters, and nodes times accelerators."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.claims.numbers import Number, number_at

if TYPE_CHECKING:
    from pipeline.claims.figures import Atoms

_MAKER = r"nvidia|amd|google|intel|huawei|aws|amazon|apple|meta|microsoft|tesla|openai|dgx|hgx"
# Words that may stand between a number and the chips that it counts.
_ADJECTIVE = re.compile(
    rf"(?:{_MAKER})(?:['\u2019]s)?(?: corp\.?| inc\.?)?(?: \((?:nasdaq: ?)?\w{{2,5}}\)(?:'s)?| \w{{2,5}}(?='s))?[ -]"
    r"|(?:of|the|its|their|his|our|own|such|these|those|more|additional|extra|other|new|newer|newest|latest|current"
    r"|ai|top[ -]end|top|advanced|powerful|flagship|pricey|expensive|coveted|precious|individual|single|physical"
    r"|dedicated"
    r"|interconnected|networked|data ?cent(?:er|re)|enterprise|server|consumer|gaming|graphics|training|inference"
    r"|tensor(?: core)?|most"
    r"|compute|specialized|specialised|custom|rented|leased|borrowed|spare|used|idle|cloud|spot|domestic|chinese"
    r"|american|older|specialist|special|computer|computing|high[ -]end|low[ -]end|solcher|solche|이상의"
    r"|less powerful|slower|weaker|restricted|about|or so|or more|x|stück|sogenannte|kinds? of|types? of"
    r"|equivalent"
    r"|pieces? of|units? of|worth of|state of the art|best|instinct|radeon|geforce|quadro"
    r"|next|last|first|second|third|fourth|fifth|generation|gen|undisclosed|active|accelerated|proprietary|nvidian)[ -]"
    r"|(?-i:[a-z]{1,12}(?:-[a-z]{2,12}){1,3})[ ]"  # last-generation, water-cooled, top-of-the-line
    r"|[多余餘]?[张張块塊枚颗顆个個片基台](?:の|輝達|英伟达|英偉達|国产|國產)?[ -]?(?=[A-Za-z\u0370-\u9fff「]"
    r"|\d{2,3} ?GB)"
    r"|(?:여 ?)?(?:개|장|대)의? (?=[A-Za-z]|이상|고성능|첨단|칩|반도체)|(?:고성능|첨단) |의 |輝達|英伟达|英偉達"
    r"|(?:puces|chips?|gpus?|tarjetas|schede|placas|czipów|čipova|графических процессоров|видеокарт|ускорителей"
    r"|чипов)[ -]"
    r"(?=(?:nvidia )?[a-z]{1,3}\d{2})"
    r"|(?:speziell|eigens|extra) [^,.;()\d]{3,50}? (?:entwickelte|gefertigte|hergestellte|angepasste)n? "
    r"|\d{2,3} ?gb[ -]|\d{2,4} ?w (?:tdp )?|(?:de|di) |d'|[,.]? ?(?=x\b)|[\"「“]|» ",
    re.IGNORECASE,
)
# Any one word more, where what follows is surely an accelerator; none that turns the number to something else.
_UNKNOWN = re.compile(
    r"(?!(?:in|to|and|or|for|on|with|by|from|at|per|an?|each|than|as|is|was|were|are|will|would|can|out|via|using"
    r"|into|over"
    r"|but|if|while|when|so|because|not|no|hours?|days?|weeks?|months?|years?|times|million|billion|percent|pct"
    r"|parameters?"
    r"|tokens?|nodes?|servers?|racks?|machines?|hosts?|clusters?|systems?|boxes|instances?|companies|people|models?"
    r"|runs?"
    r"|watts?|gb|tb|mw|gw|usd|dollars?|euros?|yuan|cpus?|cores?)\b)(?:[a-z]{4,16}|[A-Z][A-Za-z]{2,14}\d?)(?<!s) ",
)
_SURE = re.compile(
    r"(?:gpus?|tpus?|graphics? (?:processing units?|cards?|chips?|processors?)|(?:ai|accelerator) (?:chips?"
    r"|processors?)"
    r"|accelerators?|(?:tensor |graphics? )processing units?)(?![a-z])",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"(?:gpus?|(?:ki|ai|hochleistungs|grafik|nvidia)-?(?:beschleuniger|chips|prozessoren)n?|beschleuniger"
    r"|v\d[ep]? tpus?|grafikkarten|(?:spezial|grafik|ki-?)prozessoren|xpus?|akcelerator(?:ów|y|ach)"
    r"|graphics? processing units?|graphics? (?:cards?|chips?|processors?)|tpus?|npus?"
    r"|ai accelerators?|accelerators?|accelerator (?:chips?|cards?)|ai (?:chips?|processors?|semiconductors?)"
    r"|superchips?"
    r"|(?:chips?|processors?)(?! ?-?(?:mak|hous|firm|design|giant|stock|compan|plant|fab|factor|deal|order|export|war"
    r"|sector"
    r"|business|start|licen|suppl|vendor|architect|engineer|group|unit\b))|cards?"
    r"|h100[ -]equivalents?|(?:tensor )?processing units?|puces d'ia|gpu[ -]equivalents?|karten|puces?"
    r"|processeurs graphiques"
    r"|procesadores gráficos|aceleradores|czipów|procesorów graficznych|grafických procesorů|grafiske prosessorer"
    r"|čipova"
    r"|графическ(?:их|ие|ого|ими) процессор(?:ов|ы|а|ах|ами)|видеокарт(?:ы|а|ах|ами)?|ускорител(?:ей|я|и|ях)"  # noqa: RUF001
    r"|чип(?:ов|а|ы|ах))"  # noqa: RUF001
    r"(?![a-zа-яčćšž])|(?:[张張块塊枚颗顆个個片基]|枚の|基の|개의?"  # noqa: RUF001
    r"|장의?)?[ ]?(?:[^\W\d次年月日天时時元亿億买買花比等和与與只用の]{0,8}"
    r"(?:GPU|显卡|顯卡|加速卡|芯片|晶片|卡|칩(?!셋)))",
    re.IGNORECASE,
)
_LOOSE = re.compile(r"(?:cards?|chips?|processors?|accelerators?|units?|karten|puces?)$", re.IGNORECASE)
_OF_COMPUTING = re.compile(
    r"nvidia|amd|ai |ai-|gpu|huawei|hopper|blackwell|google|graphics|superchip|[abhv]\d{2,3}|nvl\d|gigafactor"
    r"|supercomputer"
    r"|comput|trainium|tranium|tpu|tensor|graphic|cluster|data ?cent|train|\bki\b|\bki-|\bai\b|\bllm|claude|gpt",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(
    r"(?:[ -](?:series|generation|class|grade|type|era|architecture|based|powered)(?=[ -]))?"
    r"(?:[ -](?:nvidia |tensor core |sxm\d? |pcie |hopper |blackwell |ai |graphics |cloud )?(?:gpus?|tpus?|chips?"
    r"|cards?"
    r"|accelerators?|units?|boards?|modules?|superchips?|processors?|cores?(?= gpu)|graphics(?: cards?)?"
    r"|devices?|systems?(?= ?-)))?"
    r"(?:[ -]equivalents?(?: gpus?)?)?(?![a-z])",
    re.IGNORECASE,
)
_ALSO = re.compile(r" (?:and|or|/) ")
_NODES = (
    r"(?:[\w.-]{1,16} ){0,2}(?:nodes|servers|systems|machines|hosts|instances|boxes|pods|vms|cabinets|racks|nœuds|nodos"
    r"|servern)"
)
_NODES_OF = re.compile(
    rf" {_NODES},?(?: each)?(?: \(?(?:of|with|having|containing|holding|comprising|equipped with|packing|x|at"
    rf"|featuring|mit je|de)| x| \*|, each (?:with|having|containing|holding|of)|,? \()(?: a total of)? ?(?=[\d a-z])",
    re.IGNORECASE,
)
_TIMES = re.compile(r" ?[x*] ?(?=\d)")
_SUCH_BOXES = re.compile(r" such (?=\d{1,2} ?x)", re.IGNORECASE)
_MARKS = re.compile(r" ?[x*] ?")
_OF_MACHINES = re.compile(r" (?:[dh]gx[ -])(?:\w{1,6}) of ", re.IGNORECASE)
_PER_NODE = re.compile(
    r" (?:per|in each|on each|a|in every|each|in one|in an?) (?:[\w-]+ )?(?:node|server|machine|host|instance|box"
    r"|rack|pod|system"
    r"|cabinet)",
    re.IGNORECASE,
)
# Counters of Chinese, Japanese and Korean, whose noun stands before the number: "H800を2,048基", "GPU 20만장".
_COUNTER = re.compile(
    r" ?(?:여 ?)?(?:[基枚台张張块塊颗顆片](?![の万亿])|[个個卡](?=[，。、,;；)）\s增提扩擴减到至]|$)"  # noqa: RUF001
    r"|[개장대](?![월년])|個(?=[とがのをはでにもつ]))"
)
_MACHINES = re.compile(r"サーバ|服务器|伺服器|서버|主机")
_COUNTED_BEFORE = 24  # characters from the name of what is counted
_NAMED_BEFORE = re.compile(r"(?:GPU|TPU|显卡|顯卡|加速卡|AI ?칩|チップ|芯片|晶片)[^。！？.!?]{0,24}$", re.IGNORECASE)  # noqa: RUF001
_EACH = re.compile(
    r"each (?:with|having|of|containing|has|holds?|packs?)(?: a total of)? $|\b(?:per|each|one) (?:node|server"
    r"|rack)\W{1,4}$",
    re.IGNORECASE,
)
# Counters of flat things: of a hundred and more, where accelerators are spoken of, they count those.
_SHEETS, LEAST_SHEETS = frozenset("张張块塊片枚基장"), 100
_SPOKEN_OF = re.compile(r"GPU|TPU|엔비디아|AI ?칩|[ABH][12]00|显卡|顯卡|加速卡|英伟达|輝達|芯片|晶片", re.IGNORECASE)
# What one node or rack holds: "a DGX H100 with 8 GPUs", "racks of 72 GPUs", "p5.48xlarge (8x H100)".
_IN_A_NODE = re.compile(
    r"(?:\b(?:nodes?|servers?|systems?|racks?|box(?:es)?|machines?|instances?|cabinets?|slice|chassis|board"
    r"|dgx(?:[ -]\w{2,5})?"
    r"|hgx(?:[ -]\w{2,5})?))"
    r"(?: (?:with|mit(?: je)?|of|for|holding|holds?|has|have|having|contain(?:s|ing)|packs?|packing|carr(?:y|ies"
    r"|ying)|is|are)|,"
    r"| ?\()"
    r"(?: (?:\d{1,3} \w+ )?CPUs? and)? ?$",
    re.IGNORECASE,
)
# Names of machines for rent say what they hold, whatever is done with them.
_INSTANCE = re.compile(
    r"(?:\b[apgv]\d\w{0,4}[.-]\w{2,12}(?:(?:,| with| has) | ?\()|(?:cpus? and|\bper) )$", re.IGNORECASE
)
_OF_EACH = re.compile(r" each\b", re.IGNORECASE)
_IN_YEAR = re.compile(
    r"\b(?:in|of|by|since|sejak|desde|depuis|seit|od|dal|until|early|late|mid|spring|summer|fall|autumn|winter|end|jan\w*|feb\w*|march|april|may"
    r"|june|july"
    r"|aug\w*|sept?\w*|oct\w*|nov\w*|dec\w*)[ -]$",
    re.IGNORECASE,
)
_DIES = re.compile(r"[ -]dies?\b", re.IGNORECASE)
LEAST_CHIPS = 1_000  # so many are nobody's crisps
_ARE_CHIPS = re.compile(r"\b(?:chips|accelerators|processors)$", re.IGNORECASE)
MOST_DIES = 10  # of a package
MOST_IN_A_NODE, MOST_IN_BRACKETS, MOST_IN_A_CLUSTER = 144, 16, 1024
_RUN_ON = re.compile(
    r"train|fine-?tun|tun(?:ed|ing)\b|\bran\b|\brun\b|\bruns\b|took|lasted|hours|\bon (?:an? |one )?(?:rack|node|box"
    r"|machine|server)s? of $"
    r"|played|making|machine with",
    re.IGNORECASE,
)
_SYSTEMS = re.compile(
    r" ?(?:\((?P<chips>\d{1,2}) ?[x*] ?[\w-]*\) ?)?(?:gpu |server )?(?:nodes|servers|systems|machines|instances|boxes"
    r"|racks)(?![a-z])",
    re.IGNORECASE,
)
_XGX = re.compile(r"[dh]gx", re.IGNORECASE)
_CORES = re.compile(r"[ -](?:\w+ )?cores?(?! gpu)\b", re.IGNORECASE)
_FACTOR = re.compile(
    r" ?x (?:our|the|more|less|fewer|as|that|its|of)\b| ?x more", re.IGNORECASE
)  # "15,000x our GPU time"
_BARE_YEAR = re.compile(r"(?:199|20[0123])\d$")
_NAMED_BEHIND = re.compile(r" ?\(|,? (?:of|namely|type)")


# One accelerator, in words or as a factor: "on a single A100", "1x H100". What it costs or holds is no count of a run.
_ONE = re.compile(r"(?:an? |one )?(?:single|lone|solitary) |one (?=[a-z0-9])|1 ?x ?(?=[a-z])", re.IGNORECASE)
_ONE_USED = re.compile(
    r"(?:\b(?:on|with|using|uses?|used|needs?|needed|requir\w+|takes?|took|only|just|rent(?:ed|ing)?|hired?|and|to|by|be"
    r"|from|is|was|wants?|(?:second|minute|hour|day|week|month|time|rest)s? of)|(?:^|[\n.;:,(•*|-]))[ \"']{0,2}$",
    re.IGNORECASE,
)
_ONE_ENOUGH = re.compile(
    r" (?:is|was|would be) (?:busy|enough|sufficient|all)\b| (?:suffic\w+|will do|does it)\b", re.IGNORECASE
)
_ONE_PRICED = re.compile(
    r"(?: ?\([^()]{0,20}\))?(?:[ -]?(?:instances?|nodes?|box(?:es)?|machines?|servers?|systems?|hosts?|hours?"
    r"|days?|clusters?"
    r"|cloud|slices?|years?|pods?|racks?)\b|,? (?:is|was|costs?|can cost|sells?|goes|retails?|draws|has|bought|for"
    r"|offered)\b[^.;,]{0,24}[$€£₹\d]|,? bought\b|[:,]? (?:an|one|per) hour|[-a-z])",
    re.IGNORECASE,
)
_ON = re.compile(r"\b(?:on|using) $", re.IGNORECASE)
_RUN_BESIDE = re.compile(
    r"\b(?:hours?|minutes|days?|weeks?|h|train\w*|fine-?tun\w*|tuned|q?lora|epochs?)\b", re.IGNORECASE
)
# "An H100 costs $30,000, and it takes 512 of them": what they are was named before, and no other things since.
_THEM = re.compile(r" of them\b", re.IGNORECASE)
_OTHER_THINGS = re.compile(
    r"\b(?:tokens?|people|users?|employees|companies|firms|models|papers|images|questions|jobs|staff|countries|servers"
    r"|nodes|racks|sites|cent(?:er|re)s|dollars|students|engineers|researchers|parameters|hours|days)\b",
    re.IGNORECASE,
)
_ANY_CHIPS = re.compile(r"\b(?:gpus?|tpus?|chips|accelerators)\b", re.IGNORECASE)
THEM_REACH = 110  # characters
LEAST_THEM, MOST_THEM = 32, 1e8  # fewer are in a box, or are people; more are no chips


@dataclass(frozen=True, slots=True)
class Devices:
    """The accelerators that a number counts, and where the words for them end."""

    end: int
    factor: float = 1.0
    hardware: str | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """Accelerators given as factors: nodes times accelerators of each."""

    value: float
    end: int
    hardware: str | None


def skip_adjectives(text: str, at: int) -> int:
    """Behind the words that may stand between a number and what it counts."""
    at += text[at : at + 1] in (" ", "-")
    for _ in range(6):
        found = _ADJECTIVE.match(text, at)
        if found is None or not found[0]:
            break
        at = found.end()
    return at


def chips_at(text: str, at: int, atoms: Atoms) -> tuple[int, str | None]:
    """End and name of the accelerators that begin at a position; 0 where none do."""
    at = skip_adjectives(text, at)
    found = _known(text, at, atoms)
    if found[0]:
        return found
    for _ in range(2):  # words that nobody listed
        unknown = _UNKNOWN.match(text, at)
        if unknown is None:
            return 0, None
        at = skip_adjectives(text, unknown.end() - 1)
        if atoms.hardware_from(at, 1) or _SURE.match(text, at):
            return _known(text, at, atoms)
    return 0, None


def _known(text: str, at: int, atoms: Atoms) -> tuple[int, str | None]:
    if name := atoms.hardware_from(at, 1):
        name = atoms.hardware_from(name.end, 1) or name  # "Hopper H100 GPUs"
        tail = _AFTER_NAME.match(text, name.end)
        end = tail.end() if tail else name.end
        other = _ALSO.match(text, end)
        if other and (also := atoms.hardware_from(other.end(), 1)) and (more := _AFTER_NAME.match(text, also.end)):
            return more.end(), f"{name.name}, {also.name}"
        return end, name.name
    device = _DEVICE.match(text, at)
    return (device.end(), None) if device else (0, None)


def devices_behind(text: str, number: Number, atoms: Atoms) -> Devices | None:
    """The accelerators that a number counts."""
    if number.value != int(number.value) or number.value < 2 or _FACTOR.match(text, number.end):
        return None
    hyphen = text[number.end : number.end + 1] == "-"
    end, hardware = chips_at(text, number.end, atoms)
    if not end:
        return _of_them(text, number, atoms) or _counted_before(text, number, atoms)
    if (hyphen and number.value < 100) or _PER_NODE.match(text, end) or _CORES.match(text, end):
        return None
    lead = text[max(0, number.start - 90) : number.start]
    if number.value <= MOST_IN_A_NODE and _is_in_a_node(text, lead, end):
        return None  # of one node; the total is elsewhere
    if number.value <= MOST_DIES and _DIES.match(text, end):
        return None
    words = text[number.end : end]
    is_year = _BARE_YEAR.match(text, number.start, number.end) is not None
    if is_year and (_IN_YEAR.search(lead) or not _known(text, skip_adjectives(text, number.end), atoms)[0]):
        return None  # "early in 2023 spot H100s"
    if systems := _SYSTEMS.match(text, end):
        return _systems(systems, words, hardware)
    around = text[max(0, number.start - 240) : end + 60]
    is_loose = hardware is None and _LOOSE.search(words) is not None
    if is_loose and not _OF_COMPUTING.search(around) and not (number.value >= LEAST_CHIPS and _ARE_CHIPS.search(words)):
        return None
    if hardware is None and _NAMED_BEHIND.match(text, end) and (named := atoms.hardware_in(end, end + 30)):
        hardware = named.name
    return Devices(end, 1.0, hardware)


def one_at(text: str, at: int, atoms: Atoms) -> Devices | None:
    """The one accelerator that words at a position name as what something ran on."""
    found = _ONE.match(text, at)
    if found is None:
        return None
    end, hardware = chips_at(text, found.end(), atoms)
    is_enough = end > 0 and _ONE_ENOUGH.match(text, end) is not None
    if not (is_enough or _ONE_USED.search(text, max(0, at - 16), at)):
        return None
    if not end or (hardware is None and _SURE.search(text, found.end(), end) is None):
        return None
    if text[end - 1] == "s" or _PER_NODE.match(text, end) or _CORES.match(text, end):
        return None
    if not is_enough and _ONE_PRICED.match(text, end):
        return None
    is_bare = found[0].lower() == "one "
    if is_bare and not _ON.search(text, max(0, at - 8), at):
        return None
    if is_bare and not (_RUN_BESIDE.search(text, max(0, at - 60), at) or _RUN_BESIDE.search(text, end, end + 40)):
        return None
    return Devices(end, 1.0, hardware)


def _of_them(text: str, number: Number, atoms: Atoms) -> Devices | None:
    """Accelerators that "of them" says again, named shortly before."""
    them = _THEM.match(text, number.end)
    if them is None or not LEAST_THEM <= number.value <= MOST_THEM:
        return None
    begin = max(0, number.start - THEM_REACH)
    named = atoms.hardware_in(begin, number.start)
    chips = [found.end() for found in _ANY_CHIPS.finditer(text, begin, number.start)]
    last = max([*chips, named.end if named else 0])
    if not last or _OTHER_THINGS.search(text, last, number.start):
        return None
    return Devices(number.end, 1.0, named.name if named else None)


def _is_in_a_node(text: str, lead: str, end: int) -> bool:
    """Whether accelerators are those of one node or rack, as its description says."""
    if _EACH.search(lead) or _INSTANCE.search(lead):
        return True
    return _IN_A_NODE.search(lead) is not None and (_OF_EACH.match(text, end) is not None or not _RUN_ON.search(lead))


def _systems(found: re.Match[str], words: str, hardware: str | None) -> Devices | None:
    """Machines named by their accelerators: eight each of DGX and HGX."""
    chips = int(found["chips"]) if found["chips"] else 8 if _XGX.search(words) else 0
    if hardware in ("GB200", "GB300") and "NVL" not in words:
        chips = 1  # the press calls the superchips systems
    return Devices(found.end(), float(chips), hardware) if chips else None


def _counted_before(text: str, number: Number, atoms: Atoms) -> Devices | None:
    """Accelerators whose name stands before the number that counts them, and a counter behind it."""
    counter = _COUNTER.match(text, number.end)
    if counter is None:
        return None
    named = atoms.hardware_in(number.start - _COUNTED_BEFORE, number.start)
    if counter[0].strip() == "台" and _MACHINES.search(text, max(0, number.start - _COUNTED_BEFORE), number.start):
        return None  # servers
    is_named = named or _NAMED_BEFORE.search(text, max(0, number.start - _COUNTED_BEFORE - 4), number.start)
    are_sheets = counter[0].strip()[-1] in _SHEETS and number.value >= LEAST_SHEETS
    if is_named or (are_sheets and _SPOKEN_OF.search(text, max(0, number.start - 160), counter.end() + 80)):
        return Devices(counter.end(), 1.0, named.name if named else None)
    return None


def product_at(text: str, number: Number, atoms: Atoms) -> Product | None:
    """Nodes times accelerators: "64 nodes of 8 A100s", "32 x 8 x A100", "16 x 8xH100", "64 such 8xV100 machines"."""
    found = (
        _NODES_OF.match(text, number.end) or _TIMES.match(text, number.end) or _SUCH_BOXES.match(text, number.end)
        or _OF_MACHINES.match(text, number.end)
    )  # fmt: skip
    if found is None or number.value != int(number.value) or number.value > 1e6:
        return None
    at = found.end()
    second = number_at(text, at) if text[at : at + 1].isalnum() else None
    most = MOST_IN_BRACKETS if found[0].rstrip().endswith("(") else MOST_IN_A_CLUSTER
    if second is None or not 1 <= second.value <= most or second.value != int(second.value):
        return None  # "64 nodes (512 GPUs)" has them all in brackets
    end = second.end
    marks = _MARKS.match(text, end)
    end, hardware = chips_at(text, marks.end() if marks else end, atoms)
    if not end:
        return None
    return Product(number.value * second.value, end, hardware)
