"""Figures that leave out what they count, as it stands with another: "100,000 GPUs, of these 50,000 in Memphis"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.claims.claim import Kind
from pipeline.claims.numbers import Number, number_at

if TYPE_CHECKING:
    from pipeline.claims.figures import Figure

LEAST_SPELLED = 1e6  # "a thousand" counts all things
COUNTED: tuple[Kind, ...] = ("gpu_count", "gpu_hours", "tokens")
LONGEST_GAP = 220  # characters from a figure to one that goes on with it
LONGEST_LIST = 30  # to a small number of the same list
LONGEST_REACH = 120  # where figures of another kind stand between
MOST_APART = 1e3  # times, of what two figures of one kind count
LEAST_COUNT, LEAST_TOKENS, LEAST_PLAIN = 100, 1e9, 1000
_SENTENCE_END = re.compile(r"[.!?][\"')]? +[A-Z]|[。！？]")  # noqa: RUF001

# Small words, which a number that counts nothing of its own stands before; nouns would say what it counts.
_SMALL = (
    r"and|or|by|in|to|at|on|for|with|while|when|from|as|is|was|are|were|has|had|have|will|would|may|might|could|can"
    r"|went|goes"
    r"|came|comes|come|if|but|than|after|before|into|so|too|already|today|now|later|next|this|last|each|more|less"
    r"|instead"
    r"|among|under|over|out|against|versus|per|through|between|during|within|because|since|until|where|which|that|did"
    r"|do"
    r"|does|should|must|it|they|he|she|we|once|follow|serve|stand|remain|arrive|reach|planned|foreseen|installed"
    r"|worldwide|altogether|apiece|alone|only|just|first|again|of (?:it"
    r"|them|that"
    r"|this|these|those|which|whom|the (?:same|chips|gpus|cards|money|sum|total))"
    r"|und|oder|von|für|aus|davon|bei|im|am|an|auf|als|sind|ist|war|waren|kommen|kamen|kommt|hat|haben|trägt|tragen"
    r"|zu|zur"
    r"|zum|sowie|weitere|zusammen|teilen|übernimmt|will|wird|werden|durch|nach|noch|mehr|gehen|geht|fließen|pro|je"
    r"|à|au|aux|pour|par|en|dans|sur|et|ou|est|sont|chez|dont|contre|plus|environ|viennent|seront|sera|annoncés"
    r"|apportés?"
    r"|engagés?|para|por|a|al|y|o|más|menos|desde|hasta|según|son|es|fue|serán|será|provienen|vienen|entre|del total"
    r"|que|qui|dass|che|l'|al|all'|da|e|dal|dai|nel|nei|più|va|vanno|sono|em|no|na|são|vai|vão|uit|van|voor|het|naar"
    r"|komt|komen|na"
    r"|(?-i:[zwi])"
)
_GOES_ON = re.compile(
    rf"\s?(?:$|[,.;:)\]/\"'»。、；](?!\d)|\(|[—–](?!\d)|-(?=[A-ZÄÖÜ][a-zäöüß]{{3}})|[的增减降升比占]|(?:{_SMALL})(?:\b"  # noqa: RUF001
    rf"|(?<=')))",
    re.IGNORECASE,
)
_UNITS = re.compile(r" (?:[\w-]+ ){0,2}units?\b")
_OTHER = re.compile(
    r"context|window|param|download|vocab|batch|sequence|length|users?\b|score|employee|people|steps?\b|sample|question"
    r"|pages?\b|[$€£\xa5₹%#]|\b(?:gb|tb|mw|gw|kwh|mwh|tco2\w*)\b|watt|arxiv|rank|\bno\.|squar|acres|homes|visit"
    r"|customers|jobs"
    r"|engineers|employ|public\b|speak|population|inhabit|economy|every |output|shipments|参数|參數|cores|cpus?\b"
    r"|miles|km\b|litres|tons|tonnes|flop|examples|images|hours of",
    re.IGNORECASE,
)
_TOKENS = re.compile(r"tokens?\b", re.IGNORECASE)
_NO_MONEY = re.compile(
    r"\b(?:users?|people|employees|customers|downloads?|views?|visitors|param\w*|tokens?|questions|examples|images"
    r"|videos"
    r"|homes|square|acres|gpus?|chips?|cards?|units|records|sentences|words|rows|books|km|tonnes|tons|litres|barrels"
    r"|hours"
    r"|nutzer\w*|menschen|utilisateurs|usuarios|usuários|personas|habitants|clients|stunden|wörter|mots|palabras|parole"
    r"|parametri|paramètres|parámetros|parâmetros|parameter\w*|subscribers|accounts|queries|requests)\b|用户|参数|人次",
    re.IGNORECASE,
)
_SPELLED = re.compile(r"(?:[^\W\d_]{4}|\b(?:mln|mld|mio|mrd|млн|млрд|mds)\.?|[亿億兆억조]|(?<=\d)bn)$", re.IGNORECASE)
_PER_SECOND = re.compile(r" ?(?:a|per|/) ?(?:second|minute|hour)\b", re.IGNORECASE)
# A small number is of the same list where it is said of somebody: "1,000 GPUs: 700 for companies and 300 for schools".
_LISTED = re.compile(r" (?:for|in|will|would|to|went|go|are|were)\b", re.IGNORECASE)
_NO_LIST = re.compile(r"\d|\bat $|\bof $|\bin $|\bby $", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")


def left_out(text: str, number: Number, second: Number | None, found: Sequence[Figure]) -> Figure | None:
    """The figure that a number without a head is, where it goes on with one before it."""
    tried: set[str] = set()
    for before in reversed(found):
        gap = number.start - before.head_end
        if gap > (LONGEST_REACH if tried else LONGEST_GAP):
            return None
        if before.kind in tried or before.is_vague or _is_gloss(text, before):
            continue
        tried.add(before.kind)
        if before.kind in COUNTED and _goes_on_counting(text, second or number, before):
            return _made(before, second or number, number.value, (second or number).value, start=number.start)
        if (
            before.kind == "money"
            and second is None
            and (_says_again(text, number, before) or _comes_back(text, number, before))
        ):
            return _made(before, number, number.value, number.value, start=number.start)
        if before.kind == "money" and not before.per and _goes_on_paying(text, number, second, before):
            low = number.value if second is None or number.magnitude else number.value * (second.magnitude or 1)
            return _made(before, second or number, low, (second or number).value, start=number.start)
    return None


# "Six hundred billion." as a sentence of its own.
_OPENS, _CLOSES = re.compile(r"(?:[.!?:]|[—–]) ?[\"']?$"), re.compile(r"[\"']?(?:[.!?]|$)")  # noqa: RUF001


def _says_again(text: str, number: Number, before: Figure) -> bool:
    """Whether a number that is a sentence of its own says the amount before it once more."""
    if number.value not in (before.low, before.high) or (number.magnitude or 0) < LEAST_PLAIN:
        return False
    return (
        _OPENS.search(text, max(0, number.start - 3), number.start) is not None
        and _CLOSES.match(text, number.end) is not None
    )


# "These 40 billion", "la somme": the same sum under a word that points back.
_POINTS_BACK = re.compile(
    r"(?:\b(?:these|those|that|ces|cette somme de|diese[rnms]?|questi|quei|estos|esos|aqueles|estes|deze|die)|[这該该])"
    r"(?: same| mêmes)? ?$",
    re.IGNORECASE,
)


def _comes_back(text: str, number: Number, before: Figure) -> bool:
    """Whether a number points back to the amount before it: the same, and nothing else that it counts."""
    if number.value not in (before.low, before.high) or (number.magnitude or 0) < LEAST_SPELLED:
        return False
    if _SPELLED.search(text[number.start : number.end]) is None or _NO_MONEY.search(text[number.end : number.end + 30]):
        return False
    return _POINTS_BACK.search(text, max(0, number.start - 20), number.start) is not None


def _is_gloss(text: str, figure: Figure) -> bool:
    """Whether an amount stands in brackets, which say another again: what follows goes on with that one."""
    return figure.kind == "money" and text[max(0, figure.start - 1) : figure.start] == "("


def _made(before: Figure, last: Number, low: float, high: float, *, start: int | None = None) -> Figure:
    begin = last.start if start is None else start
    return replace(
        before, low=low, high=high, start=begin, end=last.end, head_end=last.end, is_range=low != high,
        is_elliptic=True, hedge="at_least" if last.plus else None, is_difference=False,
    )  # fmt: skip


def _goes_on_counting(text: str, number: Number, before: Figure) -> bool:
    gap = text[before.head_end : number.start]
    is_large = number.is_grouped or (number.magnitude or 0) >= LEAST_PLAIN
    is_beside = len(gap) <= LONGEST_LIST and _LISTED.match(text, number.end) and not _NO_LIST.search(gap)
    if not (is_large or is_beside) or number.value < LEAST_COUNT or number.vague:
        return False
    if before.kind == "tokens" and (number.magnitude or number.value) < LEAST_TOKENS:
        return False
    is_of_kind = before.kind == "gpu_count" and _UNITS.match(text, number.end)
    if not (is_of_kind or _GOES_ON.match(text, number.end)) or len(_SENTENCE_END.findall(gap)) > 1:
        return False
    around = (
        text[max(before.head_end, number.start - 40) : number.start]
        + re.split(r"[.,;] ", text[number.end : number.end + 25])[0]
    )
    if (
        _PER_SECOND.match(text, number.end)
        or _OTHER.search(around)
        or (before.kind != "tokens" and _TOKENS.search(around))
    ):
        return False
    return 1 / MOST_APART <= number.value / before.low <= MOST_APART


def _goes_on_paying(text: str, number: Number, second: Number | None, before: Figure) -> bool:
    last = second or number
    if (
        (last.magnitude or 0) < (LEAST_SPELLED if last.in_words else LEAST_PLAIN)
        or number.vague
        or _SPELLED.search(text[last.start : last.end]) is None
    ):
        return False
    gap = text[before.head_end : number.start]
    if len(_SENTENCE_END.findall(gap)) > 1 or not _GOES_ON.match(text, last.end) or gap.strip() == "(":
        return False  # in brackets it is the same again, in another currency
    if _NO_MONEY.search(gap[-40:]) or _NO_MONEY.search(text[last.end : last.end + 16]):
        return False
    return 1 / MOST_APART <= last.value / before.low <= MOST_APART


# In front of a figure, its own kind without the words: "3,072 of the machine's 37,888 GPUs", "675 vs. 6,250 GPU days".
_TO_COME = re.compile(
    r"(?<![\w.,$€£\xa5-])(?P<number>\d[\d,.]{0,14}\d ?(?:k\b|[KMBT]\b|million|billion|trillion|millones|billones"
    r"|milliards)?)"
    r"(?:(?: [\w-]+){0,3} (?:out of|of)(?: (?:the|its|their|our|those))?(?: [^\W\d]+(?:'s)?){0,2}? |(?: to|,? and"
    r"|,? or| vs\.?"
    r"| versus"
    r"| against) |,? and [A-Z][\w.-]{1,20} (?:on|with|used|took) | von (?:den )?| de (?:los|les|las) )"
    r"(?:about |around |roughly |over |more than |nearly |some |a total of |~){0,2}$"
)


def in_front(text: str, figure: Figure, at: int) -> Figure | None:
    """The count in front of another whose words are those of both; it begins at ``at`` or behind it."""
    found = _TO_COME.search(text, max(at, figure.start - 90), figure.start)
    number = number_at(text, found.start("number")) if found else None
    if found is None or number is None or number.end < found.end("number") or _YEAR.fullmatch(found["number"]):
        return None
    own = _own_number(text, figure)
    if figure.kind == "tokens" and (own is None or own.magnitude != number.magnitude):
        return None  # "37B and 15.5T tokens": the first are parameters
    is_large = number.is_grouped or number.magnitude or (figure.kind == "gpu_hours" and number.value >= LEAST_COUNT)
    value = number.value * (figure.low / own.value if own and figure.kind == "gpu_hours" else 1.0)
    if not is_large or not 1 / MOST_APART <= value / figure.low <= MOST_APART:
        return None
    return _made(figure, number, value, value)


# "Runs of 1.5, 2.8, and 2 days": the unit of all stands behind the last.
_LISTED_SPANS = re.compile(
    r"(?<![\w.,$€£\xa5-])(?:\d{1,3}(?:\.\d{1,2})?, ){1,4}(?:and|or|und|oder|et|ou|y|o|e) (?:about |around |~)?$"
)
_SPAN = re.compile(r"\d{1,3}(?:\.\d{1,2})?")


def listed_before(text: str, figure: Figure) -> list[Figure]:
    """The spans of a list that leave their unit to the last one."""
    listed = _LISTED_SPANS.search(text, max(0, figure.start - 40), figure.start)
    own = _own_number(text, figure)
    if listed is None or own is None or figure.is_range or not own.value:
        return []
    unit = figure.low / own.value
    return [
        replace(
            figure, low=float(one[0]) * unit, high=float(one[0]) * unit, start=one.start(), end=one.end(),
            head_end=one.end(), is_elliptic=True, hedge=None,
        )
        for one in _SPAN.finditer(text, listed.start(), listed.end())
    ]  # fmt: skip


def _own_number(text: str, figure: Figure) -> Number | None:
    """The number of a figure as printed, without the factor of its unit."""
    digits = re.search(r"\d", text[figure.start : figure.end])
    return number_at(text, figure.start + digits.start()) if digits else None
