"""What a number without a currency counts: accelerators, device-hours, days, tokens; and what it must not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.claims.claim import Kind
from pipeline.claims.labels import kind_by_key
from pipeline.claims.numbers import Number, number_at

if TYPE_CHECKING:
    from pipeline.claims.figures import Atoms

# Hours of each unit of time, under every word for it that is read: the only list of them.
HOURS = {
    word: hours
    for hours, words in (
        (1 / 60, "minute minutes min mins"),
        (1, "hour hours hr hrs h stunde stunden heure heures hora horas ora ore uur час часа часов 小时 時間 시간"),
        (24, "day days tag tage tagen jour jours día días dia dias giorno giorni dag dagen день дня дней суток"),
        (24, "天 日間 日 일"),
        (168, "week weeks woche wochen semaine semaines semana semanas settimana settimane weken неделя недели недель"),
        (168, "周 週間"),
        (720, "month months monat monate monaten mois mes mês meses maand maanden месяц месяца месяцев"),
        (720, "个月 か月 ヶ月 カ月 개월"),
        (8760, "year years jahr jahre jahren année années año años ano anos"),
    )
    for word in words.split()
}
_WORDS = sorted((word for word in HOURS if word < "\u3000"), key=len, reverse=True)
_SIGNS = sorted((word for word in HOURS if word > "\u3000"), key=len, reverse=True)

# Words that may stand between a number and the chips that it counts.
_ADJECTIVE = re.compile(
    r"(?:nvidia|amd|google|intel|huawei|aws|amazon|apple|meta|microsoft|tesla|openai|dgx"
    r"|hgx)(?:'s)?(?: \(?\w{2,5}\)?(?='s))?[ -]"
    r"|(?:of|the|its|their|his|our|own|such|these|those|more|additional|extra|other|new|newer|newest|latest|current"
    r"|next-generation|ai|high-end"
    r"|high-performance|high-powered|top|top-end|top-of-the-line|top-tier|advanced|powerful|cutting-edge"
    r"|state-of-the-art|flagship|pricey"
    r"|expensive|coveted|precious|individual|single|physical|dedicated|interconnected|networked|data ?cent(?:er|re)"
    r"|enterprise|server|consumer"
    r"|gaming|graphics|training|inference|tensor|compute|liquid-cooled|specialized"
    r"|specialised|custom"
    r"|in-house|rented|leased|borrowed|spare|used|second-hand|idle|cloud|on-demand|spot|domestic|chinese"
    r"|american|older|less powerful|slower|weaker|export-compliant|restricted|about|or so"
    r"|x|stück|sogenannte"
    r"|so-called|kinds? of|types? of|ai-focused|ai-specific|equivalent|pieces? of|units? of|worth of"
    r"|state of the art|best|best-in-class"
    r"|张|块|枚|颗|个|片)[ -]"
    r"|[张块枚颗个片](?=[A-Za-z])"
    r"|(?:puces|chips?|gpus?|tarjetas|schede|placas|графических процессоров|видеокарт|ускорителей|чипов)[ -]"
    r"(?=(?:nvidia )?[a-z]{1,3}\d{2})"
    r"|(?:speziell|eigens|extra) [^,.;()\d]{3,50}? (?:entwickelte|gefertigte|hergestellte|angepasste)n? "
    r"|\d{2,3} ?gb[ -]|[,.]? ?(?=x\b)|\"|» ",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"(?:gpus?|(?:ki|ai|hochleistungs|grafik|nvidia)-?(?:beschleuniger|chips|prozessoren)n?|beschleuniger"
    r"|v\d[ep]? tpus?|grafikkarten|graphics? processing units?|graphics? (?:cards?|chips?|processors?)"
    r"|tpus?|npus?"
    r"|ai accelerators?|accelerators?"
    r"|accelerator (?:chips?|cards?)|ai (?:chips?|processors?|semiconductors?)|chips?|superchips?|cards?|processors?"
    r"|h100[ -]equivalents?"
    r"|(?:tensor )?processing units?|puces d'ia|gpu[ -]equivalents?|karten|puces?|processeurs graphiques"
    r"|procesadores gráficos"
    r"|aceleradores"
    r"|графическ(?:их|ие|ого|ими) процессор(?:ов|ы|а|ах|ами)|видеокарт(?:ы|а|ах|ами)?|ускорител(?:ей|я|и|ях)"  # noqa: RUF001
    r"|чип(?:ов|а|ы|ах))"  # noqa: RUF001
    r"(?![a-zа-я])|(?:张|块|枚|颗|个|片|基|枚の|基の)?(?:\w{0,8}(?:GPU|显卡|加速卡|芯片|卡))",  # noqa: RUF001
    re.IGNORECASE,
)
_LOOSE = re.compile(r"(?:cards?|chips?|processors?|accelerators?|units?|karten|puces?)$", re.IGNORECASE)
_AFTER_NAME = re.compile(
    r"(?:[ -](?:series|generation|class|grade|type|era|architecture|based|powered)(?=[ -]))?"
    r"(?:[ -](?:nvidia |tensor core |sxm\d? |pcie |hopper |blackwell |ai |graphics )?(?:gpus?|tpus?|chips?|cards?"
    r"|accelerators?|units?|superchips?|processors?|cores?(?= gpu)|graphics cards?|systems?(?= ?-)))?"
    r"(?:[ -]equivalents?(?: gpus?)?)?(?![a-z])",
    re.IGNORECASE,
)
_TIME = rf"(?P<time>{'|'.join([*_WORDS, *_SIGNS])})(?![a-z0-9])"
_DEVICE_TIME = re.compile(
    rf"[ ·*-]{{0,2}}(?:(?:gpu|tpu|chip|card|accelerator|core|device|node|karten|卡)[ ·*-]{{0,3}})?{_TIME}|卡?时|(?:gpu"
    rf"|卡)?小时",
    re.IGNORECASE,
)
_GPU_TIME = re.compile(
    rf" ?(?:(?:total|cumulative|aggregate|combined|nvidia|amd|single) ){{0,2}}(?:compute|computing|gpu|tpu"
    rf"|chip|accelerator|device"
    rf"|card|xpu|npu|karten|grafikkarten)s?[ ·*-]{{1,3}}{_TIME}|(?:万|亿)?(?:个)?(?:gpu|卡)[ -]?(?:小时|时|時間)"
    rf"|[ -]?(?P<time2>heures?|horas?|ore|uur|hours?)[ -](?:de |di |da |of )?(?:calcul |cálculo "
    rf"|calcolo )?(?:gpu|tpu)s?(?![a-z0-9])"
    rf"|(?: de| di| d')? ?(?P<time3>heures?|horas?|ore) (?:de |di )?(?:calcul|cálculo|cómputo|computación"
    rf"|computação|calcolo"
    rf"|procesamiento|processamento) (?:em|en|sur|su|auf|on) (?:(?:placas|tarjetas|cartes|schede) )?(?:gpu"
    rf"|tpu)s?(?![a-z0-9])",
    re.IGNORECASE,
)
_GPU_H = re.compile(r" ?(?:GPU|TPU|A100|H100|H800)[- ]?(?:h|hrs?)(?![A-Za-z])")
_HOURS_OF = re.compile(
    r" ?(?:hours?|hrs?|h|stunden) (?:of |on |auf )(?:(?:compute|computing|training|run"
    r"|processing)(?: time)? on )?(?P<rest>)",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"[ -]?(?:full |straight |calendar |consecutive |wall-clock |short |entire |business )?"
    rf"(?P<unit>{'|'.join(word for word in _WORDS if len(word) > 1)}|(?<=\d)h)(?![a-zа-я0-9/*·-])"  # noqa: RUF001
    rf"|(?P<han>{'|'.join(_SIGNS)})",
    re.IGNORECASE,
)
_TOKENS = re.compile(
    r"[ -]?(?:d[eiu] |da |von )?(?:(?:python|java|arabic|hindi|korean|spanish|russian|chinese|english|german"
    r"|french|japanese|math|training|text"
    r"|unique|high-quality|multimodal|multilingual|language|data"
    r"|raw|total|additional|clean"
    r"|curated|english|synthetic|visual|mixed|pre-training|code|web) (?:and \w+ )?){0,3}tokens?(?![a-z])|个?(?:token"
    r"|词元|トークン)s?",
    re.IGNORECASE,
)
_NODES = r"(?:[\w.-]{1,16} ){0,2}(?:nodes|servers|machines|hosts|instances|boxes|pods|vms)"
_NODES_OF = re.compile(
    rf" {_NODES},?(?: each)?(?: \(?(?:of|with|having|containing|holding|comprising|equipped with|packing|x|at"
    rf"|featuring)| x| \*|, each (?:with|having|containing|holding|of)|\()(?: a total of)? ?(?=[\d a-z])",
    re.IGNORECASE,
)
_TIMES = re.compile(r" ?[x*] ?(?=\d)")
_PER_NODE = re.compile(
    r" (?:per|in each|on each|a|in every|each) (?:\w+ )?(?:node|server|machine|host|instance|box|rack|pod|system"
    r"|cabinet)",
    re.IGNORECASE,
)


# Counters of Japanese and Korean, whose noun stands before the number: "H800を2,048基".
_COUNTER = re.compile(r" ?(?:基|枚|台|개|장|대)(?![の個월])")
_COUNTED_BEFORE = 12  # characters from the name of what is counted

_EACH = re.compile(r"each (?:with|having|of|containing|has|holds?|packs?)(?: a total of)? $", re.IGNORECASE)
_SYSTEMS = re.compile(
    r" ?(?:\((?P<chips>\d{1,2}) ?[x*] ?[\w-]*\) ?)?(?:gpu )?(?:nodes|servers|systems|machines|instances|boxes"
    r"|racks)(?![a-z])",
    re.IGNORECASE,
)


MOST_HOURS = 20_000


@dataclass(frozen=True, slots=True)
class Head:
    """What a number counts, and where the words for it end."""

    kind: Kind
    end: int
    factor: float = 1.0
    hardware: str | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """Accelerators given as factors: nodes times accelerators of each."""

    value: float
    end: int
    hardware: str | None


def head_at(text: str, number: Number, atoms: Atoms) -> Head | None:
    """What the number before a position counts."""
    return (
        _device_time(text, number, atoms)
        or _devices(text, number, atoms)
        or _tokens(text, number)
        or _duration(text, number)
        or _keyed(text, number)
    )


def _keyed(text: str, number: Number) -> Head | None:
    """What the key before a number says, where nothing behind it does."""
    kind = kind_by_key(text, number.start, number.end)
    whole = number.value == int(number.value)
    if (
        kind is None
        or (kind == "gpu_count" and not (whole and number.value >= 2))
        or (kind == "tokens" and number.value < 1e8)
    ):
        return None
    return Head(kind, number.end)


def _hours(word: str) -> float:
    return HOURS[word.lower()]


def _device_time(text: str, number: Number, atoms: Atoms) -> Head | None:
    at = number.end
    if found := _GPU_H.match(text, at):
        return Head("gpu_hours", found.end())
    if found := _GPU_TIME.match(text, at):
        named = atoms.hardware_in(found.end(), found.end() + 40)
        word = found["time"] or found["time2"] or found["time3"] or "hour"
        return Head("gpu_hours", found.end(), _hours(word), named.name if named else None)
    if (of := _HOURS_OF.match(text, at)) and (number.value >= 500 or number.magnitude):
        end, hardware = _chips(text, of.end(), atoms)
        if end:
            time = re.compile(r"(?:'s)?(?:[ -]gpu)? (?:compute )?time", re.IGNORECASE).match(text, end)
            return Head("gpu_hours", time.end() if time else end, 1.0, hardware)
    name = atoms.hardware_from(_skip_adjectives(text, at))
    if name and (found := _DEVICE_TIME.match(text, name.end)) and text[name.end - 1] != "s":
        return Head("gpu_hours", found.end(), _hours(found["time"] or "hour"), name.name)
    return None


def _skip_adjectives(text: str, at: int) -> int:
    at += text[at : at + 1] in (" ", "-")
    for _ in range(6):
        found = _ADJECTIVE.match(text, at)
        if found is None or not found[0]:
            break
        at = found.end()
    return at


def _chips(text: str, at: int, atoms: Atoms) -> tuple[int, str | None]:
    """End and name of the accelerators that begin at a position; 0 where none do."""
    at = _skip_adjectives(text, at)
    if name := atoms.hardware_from(at, 1):
        name = atoms.hardware_from(name.end, 1) or name  # "Hopper H100 GPUs"
        tail = _AFTER_NAME.match(text, name.end)
        end = tail.end() if tail else name.end
        other = re.compile(r" (?:and|or|/) ").match(text, end)
        if other and (also := atoms.hardware_from(other.end(), 1)) and (more := _AFTER_NAME.match(text, also.end)):
            return more.end(), f"{name.name}, {also.name}"
        return end, name.name
    device = _DEVICE.match(text, at)
    return (device.end(), None) if device else (0, None)


def _devices(text: str, number: Number, atoms: Atoms) -> Head | None:
    if number.value != int(number.value) or number.value < 2:
        return None
    hyphen = text[number.end : number.end + 1] == "-"
    end, hardware = _chips(text, number.end, atoms)
    counter = None if end else _COUNTER.match(text, number.end)
    if counter and (named := atoms.hardware_in(number.start - _COUNTED_BEFORE, number.start)):
        return Head("gpu_count", counter.end(), 1.0, named.name)
    if not end or (hyphen and number.value < 100) or _PER_NODE.match(text, end):
        return None
    if _EACH.search(text, max(0, number.start - 24), number.start):
        return None  # of one node; the total is elsewhere
    words = text[number.end : end]
    if systems := _SYSTEMS.match(text, end):
        chips = int(systems["chips"]) if systems["chips"] else 8 if re.search(r"[dh]gx", words, re.IGNORECASE) else 0
        if hardware in ("GB200", "GB300") and "NVL" not in words:
            chips = 1  # the press calls the superchips systems
        return Head("gpu_count", systems.end(), float(chips), hardware) if chips else None
    if (
        hardware is None
        and _LOOSE.search(words)
        and not re.search(
            r"nvidia|amd|ai |ai-|gpu|huawei|hopper|blackwell|google|graphics|superchip|[ahv]\d{2,3}|gigafactor"
            r"|supercomputer|comput",
            text[max(0, number.start - 240) : end + 60],
            re.IGNORECASE,
        )
    ):
        return None
    if (
        hardware is None
        and (named := atoms.hardware_in(end, end + 30))
        and re.match(r" ?\(|,? (?:of|namely|type)", text[end : end + 6])
    ):
        hardware = named.name
    return Head("gpu_count", end, 1.0, hardware)


def product_at(text: str, number: Number, atoms: Atoms) -> Product | None:
    """Nodes times accelerators: "64 nodes of 8 A100s", "32 x 8 x A100", "16 x 8xH100"."""
    found = _NODES_OF.match(text, number.end) or _TIMES.match(text, number.end)
    if found is None or number.value != int(number.value) or number.value > 1e6:
        return None
    at = found.end()
    second = number_at(text, at) if text[at : at + 1].isalnum() else None
    if second is None or second.value > 1024 or second.value != int(second.value):
        return None
    end = second.end
    marks = re.compile(r" ?[x*] ?").match(text, end)
    end, hardware = _chips(text, marks.end() if marks else end, atoms)
    if not end:
        return None
    return Product(number.value * second.value, end, hardware)


def _tokens(text: str, number: Number) -> Head | None:
    found = _TOKENS.match(text, number.end)
    return Head("tokens", found.end()) if found and number.value >= 1e8 else None


def _duration(text: str, number: Number) -> Head | None:
    found = _DURATION.match(text, number.end)
    if found is None or (found["han"] == "日" and text[number.start - 1 : number.start] == "月"):
        return None  # 11月6日 is a date
    is_hours = (found["unit"] or "").lower().startswith(("hour", "hr"))
    if is_hours and number.value >= MOST_HOURS and not _NOT_RUN_AFTER.match(text, found.end()):
        return Head("gpu_hours", found.end())  # no run lasts as long: they are the hours of all chips together
    return Head("duration", found.end(), _hours(found["unit"] or found["han"]) / 24)


_NOT_TRAINING_TOKENS = re.compile(
    r"context|window|per second|/s\b|inputs? of|prompts?\b|output tokens|input tokens|per million"
    r"|a million tokens (?:of|cost)|price|vocabular|generat(?:e|ed|ing) (?:up to|over|about)|"
    r"per (?:day|week|month|minute)|a (?:day|month|week)|daily|monthly|served|length|max(?:imum)? ",
    re.IGNORECASE,
)
_TRAINED_ON = re.compile(
    r"tokens? ?:|train|saw|seen|corpus|dataset|data ?set|pre-?train|consum|process|on |over |fed|训练"
    r"|learn|total of|token budget"
    r"|ingest|trainiert",
    re.IGNORECASE,
)
_NOT_RUN = re.compile(
    r"(?:made|built|developed) (?:\w+ ){0,3}models?\b|(?:next|last|past|coming|previous|first|every|each"
    r"|within|ago|earlier|later|after|before|old|decade|since"
    r"|until|per|for the|(?<!for )(?<!took )another|in the) (?:\w+ )?$",
    re.IGNORECASE,
)
_NOT_RUN_AFTER = re.compile(
    r"[ -]?(?:'|ago|earlier|later|old|after|before|of (?:video|audio|speech|footage|music|build|construct|work"
    r"|age|experiment|research|trial|fail|prepar|debug"
    r"|data|human)|per (?:day|week|year)|a (?:day|week|year)"
    r"|from now|since|into(?! (?:the )?(?:pre-?)?train)|beforehand|prior|warranty|contract|commitment"
    r"|reservation|reserved|subscription|rental|notice|lease|deal|plan|agreement|out\b|ahead|away"
    r"|behind|period|term|horizon|in a row|on the job|of experience|streak|-long (?:deal|lease|contract))",
    re.IGNORECASE,
)
_RUN = re.compile(
    r"\b(?:time|duration) ?:|train|rebuil|re-?creat|reproduc|replicat|tokens?,|\b(?:models?|version|run"
    r"|\d[BM]) need(?:s|ed)\b|\bran\b|\brun(?:s|ning)?\b|took"
    r"|tak(?:es|ing|e)\b|lasted|lasting"
    r"|finish|complet|pre-?train|phase|stage"
    r"|gpus?\b|h[128]00|a100|[345]090|rtx|v100|b[23]00|mi\d{3}|tpu|wall-?clock|duration|dauer|fertig|lief|训练"
    r"|phase|duré|entra|entren|trein|duur|addestr|allenament|обуч|заня|学習|학습",
    re.IGNORECASE,
)
_DONE_AFTER = re.compile(
    r"(?:finish|complet|train|done|converg|end)\w{0,8} (?:\w{1,20} ){0,2}(?:after|within|in the) (?:\w{1,20} )?$",
    re.IGNORECASE,
)
_OF_TRAINING = re.compile(r" of (?:(?:pre-?)?training|fine-?tuning|self-play|compute)\b", re.IGNORECASE)
_RUN_VERB = re.compile(
    r"train|\bran\b|\brun\b|took|lasted|finish|complet|phase|stage|lief|训练|gpus? for", re.IGNORECASE
)
_NOT_OURS = re.compile(
    r"(?<!re)build|(?<!re)built|construct|erect|sell|sold|ship|shipments?|sales|export|import|smuggl|delivery|deliver(?:ed|ing)"
    r"|produc(?:e|ed|tion|ing) |output|manufactur|capacity of \d|(?:was|were|is|are"
    r"|got) up (?:and running )?in|went live"
    r"|brought online|assembl|erected|came online|stood up|doubling (?:it|them|that)",
    re.IGNORECASE,
)


_FOR_MONEY = re.compile(r",? (?:for |at |and )?(?:about |under |only |just )?[~<]?[$\u20ac\xa3]\d", re.IGNORECASE)
_MONEY_IN = re.compile(r"[$\u20ac\xa3][\d.,]+[kK]?,? (?:and|in) (?:about |under |only |just )?[~<]?$", re.IGNORECASE)


# "An hour 300 yen", in that order in Japanese and Chinese.
_PRICED = re.compile(r"(?:あたり|当たり|につき)?(?:約|约)?[\d.,]{1,12}(?:円|元|ドル|美元)")


def is_refused(text: str, start: int, end: int, kind: Kind, value: float) -> bool:
    """Whether the words around say that the figure is another thing: context length, building time, sales."""
    before, after = text[max(0, start - 90) : start], text[end : end + 60]
    sentence_before = re.split(r"[.!?] ", before)[-1]
    sentence_after = re.split(r"[.!?](?: |$)", after)[0]
    if kind_by_key(text, start, end):
        return False
    if kind == "tokens":
        near = text[max(0, start - 30) : start] + text[start : end + 25]
        said = sentence_before + text[start:end] + sentence_after
        return bool(_NOT_TRAINING_TOKENS.search(near)) or not _TRAINED_ON.search(said)
    if kind == "duration" and _PRICED.match(after):
        return True
    if kind == "duration":
        if (
            (_NOT_RUN.search(before) and not _DONE_AFTER.search(before) and not _OF_TRAINING.match(after))
            or _NOT_RUN_AFTER.match(after)
            or re.search(r"year|jahr", text[start:end], re.IGNORECASE)
        ):
            return True
        built = max((found.end() for found in _NOT_OURS.finditer(sentence_before)), default=0)
        ran = max((found.end() for found in _RUN_VERB.finditer(sentence_before)), default=0)
        if built > ran:
            return True
        is_short = HOURS.get(re.sub(r"[^a-z]", "", text[start:end].lower()), 0) in (1 / 60, 1)
        if is_short and (_FOR_MONEY.match(after) or _MONEY_IN.search(before)):
            return False  # "in 90 minutes for $20"
        return not _RUN.search(sentence_before + " " + sentence_after)
    if kind == "gpu_count":
        return bool(
            re.search(
                r"(?:top|rank|no\.|number|#|version|step|figure|table|section|chapter|page) ?$", before, re.IGNORECASE
            )
        )
    return False


_SPENT = re.compile(
    r"(?:cost|costs|costing|costed|spent|spend|paid|pay|budget of|for under|for about|price tag of"
    r"|priced at)(?: \w+){0,3} ?~?$",
    re.IGNORECASE,
)


def unsigned_money(text: str, number: Number) -> str | None:
    """Whether a number with a magnitude and no sign is money: "cost 250k to train"."""
    if number.magnitude is None or number.magnitude < 1000 or number.in_words:
        return None
    spent = _SPENT.search(text, max(0, number.start - 40), number.start)
    rest = re.compile(r"(?=$|[.,;)]| (?:to|for|on|in|per|and|to train|just)\b)").match(text, number.end)
    return "" if spent and rest else None
