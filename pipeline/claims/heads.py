"""What a number without a currency counts: accelerators, device-hours, days, tokens; and what it must not."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.claims.claim import Kind
from pipeline.claims.devices import chips_at, devices_behind, skip_adjectives
from pipeline.claims.labels import kind_by_key
from pipeline.claims.numbers import Number

if TYPE_CHECKING:
    from pipeline.claims.figures import Atoms

# Hours of each unit of time, under every word for it that is read: the only list of them.
HOURS = {
    word: hours
    for hours, words in (
        (1 / 3600, "second seconds sec secs секунд 秒"),
        (1 / 60, "minute minutes min mins minuten minuto minutos minut минут 分钟 分鐘 分間 분"),
        (
            1,
            "hour hours hr hrs h stunde stunden heure heures hora horas ora ore uur uren час часа часов godzin godziny",
        ),
        (1, "hodin hodiny timmar jam giờ saat 小时 小時 个小时 個小時 时 時間 시간"),
        (24, "day days tag tage tagen jour jours día días dia dias giorno giorni dag dagen dager dagar день дня дней"),
        (24, "суток dni dní hari ngày gün 天 日間 日 일"),
        (168, "week weeks woche wochen semaine semaines semana semanas settimana settimane weken uker veckor неделя"),
        (168, "недели недель неделю tygodnie tygodni týdny týdnů minggu tuần hafta 周 週 个星期 個星期 星期 週間 주"),
        (336, "fortnight fortnights quinzaine"),
        (720, "month months monat monate monaten mois mes mês meses maand maanden måneder månader месяц месяца"),
        (720, "месяцев miesiące miesięcy měsíce měsíců bulan tháng 个月 個月 か月 ヶ月 カ月 개월"),
        (8760, "year years jahr jahre jahren année années année ans año años ano anos anni лет года tahun 年 년"),
    )
    for word in words.split()
}
_WORDS = sorted((word for word in HOURS if word < "\u3000"), key=len, reverse=True)
_SIGNS = sorted((word for word in HOURS if word > "\u3000"), key=len, reverse=True)

_TIME = rf"(?P<time>{'|'.join([*_WORDS, *_SIGNS])})(?![a-z0-9])"
_CHIP = r"(?:compute|computing|gpu|tpu|chip|accelerator|device|card|xpu|npu|karten|grafikkarten)s?"
_DEVICE_TIME = re.compile(
    rf"[ ·*_-]{{0,2}}(?:(?:gpu|tpu|chip|card|accelerator|core|device|node|karten|卡)[ ·*_-]{{0,3}})?{_TIME}",
    re.IGNORECASE,
)
_GPU_TIME = re.compile(
    rf" ?(?:(?:of|total|cumulative|aggregate|combined|nvidia|amd|single"
    rf"|wall-clock) ){{0,2}}{_CHIP}[ ·*_-]{{1,3}}{_TIME}"
    rf"| ?[个個]? ?(?:gpu|卡)[ -]?(?P<han>{'|'.join(_SIGNS)})"
    rf"|[ -]?(?:de |d')?(?P<time2>heures?|horas?|ore|uur|hours?)[ -](?:de |di |da |of )?(?:calcul |cálculo |calcolo )?"
    rf"(?:gpu|tpu)s?(?![a-z0-9])"
    rf"|(?: de| di| d')? ?(?P<time3>heures?|horas?|ore) (?:de |di )?(?:calcul|cálculo|cómputo|computación|computação"
    rf"|calcolo|proceso|procesamiento|processamento|processing)"
    rf"(?: (?:em|en|sur|su|auf|on) (?:(?:placas|tarjetas|cartes|schede) )?(?:gpu|tpu)s?)?(?![a-z0-9])",
    re.IGNORECASE,
)
_GPU_H = re.compile(r" ?(?:GPU|TPU|[AHBV]\d{2,3})(?:[- ]?GPU)?[- ]?(?:h|hrs?|hours?)(?![A-Za-z])")
# "8 million computational hours", "100,000 combined hours": of many machines, or it would not be said.
_POOLED = re.compile(
    r" ?(?:combined|cumulative|aggregate|aggregated|computational|computing|compute|machine|accelerator|supercomputer"
    r"|cluster)[ -](?P<time>hours?|hrs?|days|years)(?![a-z])",
    re.IGNORECASE,
)
_HOURS_OF = re.compile(
    r" ?(?:hours?|hrs?|h|stunden) (?:of |on |auf )(?:(?:compute|computing|training|run"
    r"|processing)(?: time)? on )?(?P<rest>)",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"[ -]?(?:de |d'|di )?(?:full |straight |calendar |consecutive |wall-clock |short |entire |whole |single |good "
    r"|business |training "
    r"|additional |more |further |realtime |real-time |real |gpu-free |elapsed |uninterrupted |solid |long )?"
    rf"(?P<unit>{'|'.join(word for word in _WORDS if len(word) > 1)}|(?<=\d)h|(?<=\d )h)(?![a-zа-я0-9/*·])"  # noqa: RUF001
    rf"| ?(?P<han>{'|'.join(_SIGNS)})",
    re.IGNORECASE,
)
# Up to four words may say what kind of tokens they are; none of them a small word, which would begin another thought.
_NO_KIND = (
    r"(?:of|in|to|and|or|for|on|with|by|from|at|per|than|as|is|was|were|are|into|over|but|if|while|when|so|because"
    r"|not|no"
    r"|parameters?|params|model|models|gpus?|hours?|days?|context|window)"
)
_TOKENS = re.compile(
    rf"(?:[ -]?(?:d[eiu] |da |von "
    rf"|d')?(?:(?!{_NO_KIND}\b)[^\W\d_][\w.&/-]{{1,20}} (?:and (?!{_NO_KIND}\b)\w{{2,20}} )?){{0,4}}"
    r"[\"']?(?:tokens?|токен\w*|jetons?|tokenów|tokenů|tokenach)(?![a-z])|[个個]? ?(?:token|词元|詞元|トークン"
    r"|토큰)s?)",
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
    kind = kind_by_key(text, number.start, number.end, number.value)
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
    if (found := _GPU_TIME.match(text, at)) and not (found["time3"] and number.value < LEAST_OF_CHIPS):
        named = atoms.hardware_in(found.end(), found.end() + 40)
        word = found["time"] or found["han"] or found["time2"] or found["time3"]
        return Head("gpu_hours", found.end(), _hours(word), named.name if named else None)
    if (found := _POOLED.match(text, at)) and number.value >= LEAST_OF_CHIPS:
        return Head("gpu_hours", found.end(), _hours(found["time"]))
    if _TOTALLED.search(text, max(0, number.start - 60), number.start) and number.value >= LEAST_OF_CHIPS:
        return Head("gpu_hours", number.end) if _ENDS.match(text, at) else None
    if (of := _HOURS_OF.match(text, at)) and (number.value >= LEAST_OF_CHIPS or number.magnitude):
        end, hardware = chips_at(text, of.end(), atoms)
        if end:
            time = _TIME_BEHIND.match(text, end)
            return Head("gpu_hours", time.end() if time else end, 1.0, hardware)
    skipped = _WALL_CLOCK.match(text, at)
    name = atoms.hardware_from(skip_adjectives(text, skipped.end() if skipped else at))
    if name and (found := _DEVICE_TIME.match(text, name.end)) and text[name.end - 1] != "s":
        return Head("gpu_hours", found.end(), _hours(found["time"]), name.name)
    return None


# "GPU hours come to 2.7 million", "gpu时为31360".
_TOTALLED = re.compile(
    r"(?:(?:gpu|tpu|accelerator|[ahbv]\d{2,3})[ -]?hours\b(?: (?:spent|used|needed|required|consumed|for|on|of|in))?"
    r"(?: [\w.-]{1,20}){0,4}? (?:(?:come|came|amount|amounted|add up|added up|pile up|piled up|sum|summed|run|ran)s? to"
    r"|total(?:led|ed|s)?|are put at|were|are)(?: (?:about|around|roughly|some|nearly|over|approximately)|~)? ?"
    r"|(?:gpu|显卡|卡)(?:小)?时(?:数|总数|合计|总计|共计)?[为約约共达是计][约約共]?)$",
    re.IGNORECASE,
)
_ENDS = re.compile(r" ?(?:$|[,.;:)，。；、]|(?:in|for|on|with|at|and|to|by|when)\b)", re.IGNORECASE)  # noqa: RUF001
_LISTED = re.compile(r":(?= )")
LEAST_OF_CHIPS = 500  # hours "of calculation"; fewer may be those of the clock
_TIME_BEHIND = re.compile(r"(?:'s)?(?:[ -]gpu)? (?:compute )?time", re.IGNORECASE)
_WALL_CLOCK = re.compile(r" wall-clock(?= )", re.IGNORECASE)


def _devices(text: str, number: Number, atoms: Atoms) -> Head | None:
    if _LISTED.match(text, number.end) and not text[max(0, number.start - 4) : number.start].strip(" ~*-•<>"):
        number = replace(number, end=number.end + 1)  # "35,000: chips that may be exported", in a list of numbers
    found = devices_behind(text, number, atoms)
    return Head("gpu_count", found.end, found.factor, found.hardware) if found else None


def _tokens(text: str, number: Number) -> Head | None:
    found = _TOKENS.match(text, number.end)
    return Head("tokens", found.end()) if found and number.value >= LEAST_TOKENS else None


LEAST_TOKENS = 1e7  # fewer are a batch, a context or an answer


def _duration(text: str, number: Number) -> Head | None:
    found = _DURATION.match(text, number.end)
    if found is None or (found["han"] in ("日", "일", "年", "년", "时") and _is_date(text, number)):
        return None  # 11月6日 is a date
    hours = _hours(found["unit"] or found["han"])
    if hours == 1.0 and number.value >= MOST_HOURS:  # no run lasts as long: they are the hours of all chips together
        around = text[max(0, number.start - 160) : number.start], text[found.end() : found.end() + 80]
        of_chips = _OF_CHIPS.search(" ".join(around)) and not _OF_OTHERS.search(" ".join(around))
        return Head("gpu_hours", found.end()) if of_chips else None
    if hours == HOURS["year"] and number.value == 1 / 2:
        hours = 12 * HOURS["month"]  # half a year is six months
    return Head("duration", found.end(), hours / 24)


_OF_CHIPS = re.compile(
    r"gpu|tpu|[ahbv]\d00|[$€£][\d.]+ ?/ ?h(?:ou)?r ?[*x]|chip|comput|calcul|cálcul|cómput|proces|cluster|node"
    r"|accelerator|marenostrum|leonardo"
    r"|supercomput"
    r"|card|karten|训练|显卡|train",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(
    r"video|audio|speech|footage|music|whisper|voice|\btts\b|transcri|spoken|film|podcast|gameplay|vorführ",
    re.IGNORECASE,
)
LEAST_YEAR = 1900


def _is_date(text: str, number: Number) -> bool:
    return number.value >= LEAST_YEAR or text[number.start - 1 : number.start] in ("月", "년", "年", "월")


_SPENT = re.compile(
    r"(?:cost|costs|costing|costed|spent|spend|paid|pay|burns?|budget of|for under|for about|price tag of"
    r"|priced at)(?: \w+){0,3} ?~?$",
    re.IGNORECASE,
)


def unsigned_money(text: str, number: Number) -> str | None:
    """Whether a number with a magnitude and no sign is money: "cost 250k to train"."""
    if number.magnitude is None or number.magnitude < 1000 or number.in_words:
        return None
    spent = _SPENT.search(text, max(0, number.start - 40), number.start)
    rest = re.compile(r"(?=$|[.,;)]| (?:to|for|on|in|per|and|to train|just|of)\b)").match(text, number.end)
    return "" if spent and rest else None
