"""Figures: a number under the head that says what it counts.

A number without a head that is known here (parameters, watts, gigabytes, percent, people) is no figure.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.claims import currencies, devices, doubts, elliptic, heads, money
from pipeline.claims.claim import Kind
from pipeline.claims.labels import kind_by_key
from pipeline.claims.names import Name
from pipeline.claims.numbers import BEGINNINGS_IN_WORDS, NUMBER_WORD, Number, number_at
from pipeline.claims.style import Style
from pipeline.facts import Hedge

# Where a number may begin: at digits (`_begins_number` drops those that are part of a word) or at a number word.
_CANDIDATE = re.compile(
    rf"[0-9][0-9.,']*|\b{BEGINNINGS_IN_WORDS}|(?:[一两兩二三四五六七八九十半]|[三四五六七八](?=[四五六七八九]))"
    rf"(?=[个個周週天年月百千万萬亿億小四五六七八九])|(?<![\d.])[百千](?=[万萬亿億])"
    rf"|[数數几幾上수](?=[十百千万萬亿億兆십백천만억조])"
)
_BEFORE_DIGITS = frozenset(")$€£\xa5₹₩~<>≥≤*+/|([{\"'=:;&@# -–—…·•≲≳±\n\t!?,")  # noqa: RUF001
_DIGIT = re.compile(r"\d|[一两二三四五六七八九十半]|[数几上][十百千万亿億]")
# Without a digit a number needs one of these.
_SPELLED = (
    "illi", "thousand", "hundred", "crore", "lakh", "figure", "weeks", "months", "days", "hours", "dozen", "woche",
    "monat", "tage", "semana", "meses", "semaine", "mois", "gpus", "chips", "a100", "h100", "millon", "millón", "milia",
    "milio", "miljo", "milj", "bilh", "milh", "a week", "a month", "half a year", "single", "a day on", "a day of",
)  # fmt: skip
_AND = "and|und|et|y|e|и"
# Between the ends of a range: what joins them, and words that only say how far the second reaches.
_EVEN = (
    r"(?:as (?:much|many|high|far) as|as (?:little|low) as|all the way|up|to|maybe|perhaps|possibly|around|about|over"
    r"|nearly|almost|roughly|even|well|just|more than|in excess of|upwards? of|potentially|los|les|i|gli|le|sogar"
    r"|gar|rund"
    r"|etwa|über"
    r"|jusqu'à|même|hasta|incluso)"
)
_ASIDE = r"(?:, (?:on|by|in|at|according) [^,;.()$€£\d]{3,30},)"
_JOINT = rf"(?:(?:all the way )?(?:up )?to|bis|hasta|à|or|oder|ou|{_AND})"
_SEPARATOR = re.compile(
    rf" ?(?:-|–|—|~|至|到|{_JOINT}){_ASIDE}?(?: {_EVEN}){{0,4}} ?"  # noqa: RUF001
    rf"(?:(?:{currencies.SIGN}) ?)?(?=[\d])"
    rf"| {_JOINT}(?: {_EVEN}){{0,4}} (?=(?:{NUMBER_WORD}|half an?|an? (?:half|few|[mb]illion)|several|tens"
    rf"|hundreds)\b)",
    re.IGNORECASE,
)
_OR = ("or", "oder", "ou")
_TO = ("to", "bis", "hasta", "à", "a", "all", "up")
_FAR = re.compile(r"\bas \w+ as\b|all the way")
_NEARLY = r"(?:(?:about|around|roughly|an estimated|some|approximately|perhaps|nearly|just|over) )?"
_BETWEEN = re.compile(
    rf"\b(?:between|within|(?:some|any)where from|zwischen|entre|tra|fra|tussen|между) (?:los |les |i |gli "
    rf"|le )?{_NEARLY}~?(?:(?:{currencies.SIGN}) ?)?$",
    re.IGNORECASE,
)
# "Went from nearly $2B to $6B", "swelled by $89 billion to $383 billion": where it went is no other end of a range.
_MOVED = re.compile(
    rf"\b(?:from|by) (?:(?!is |was |are |for |in |on |at |which )[\w'-]+ ){{0,4}}~?(?:(?:{currencies.SIGN}) ?)?$",
    re.IGNORECASE,
)
_RANGE_OF = re.compile(rf"\b(?:range|band|bracket|guidance|window) of (?:(?:{currencies.SIGN}) ?)?$", re.IGNORECASE)
_UP_TO = re.compile(r"\b(?:even|sogar|gar|même|incluso)\b")  # "$10 billion or even $100 billion" says how far it goes
_SPREAD = re.compile(
    r"(?:rang(?:e|es|ed|ing)|anywhere|somewhere|vary|varies|var(?:y|ied|ying)|costs?|prices?|estimates?"
    r"|anything|figures?|numbers|guesses|spans?)(?: go| run)? (?:\w+ ){0,2}from ",
    re.IGNORECASE,
)
_SYMBOL = re.compile(rf"(?:~|<=?|(?<![-=])>=?|≤|≥|≲|≳|±|c\. ?|ca\. ?) ?(?:(?:{currencies.SIGN}) ?)?$")
SYMBOLS: dict[str, Hedge] = {
    "~": "approx", "<": "at_most", ">": "at_least", "≤": "at_most", "≥": "at_least", "≲": "at_most", "≳": "at_least",
    "±": "approx", "c": "approx",
}  # fmt: skip
_AFTERWORD = re.compile(
    r" (?:or so|or more|or less|or higher|or above|and up|plus(?= ?(?:[.,;:)]|$|in|to|per))|ish)(?![a-z])",
    re.IGNORECASE,
)
_IN_YEAR = re.compile(
    r"(?:.{0,2}[(,] ?|.{0,1}in )(?:19|20)\d\d(?: US| U\.S\.)?[ -](?:dollars|euros|pounds|usd)$", re.IGNORECASE
)
_YEAR = re.compile(r"(?:19|20)\d\d$")
_OF_RATE = re.compile(
    r" ?(?:to (?:the |one |a |an |each )(?:us )?(?:dollar|euro|pound|yuan|rupee|usd|yen)\b|[~=] ?(?:\$ ?1(?![\d.,])"
    r"|1 (?:usd"
    r"|dollar|euro))\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its head, where it stands in a plain text."""

    kind: Kind
    low: float
    high: float
    start: int
    end: int
    head_end: int
    """Where the words end that belong to the figure, the unit included."""
    currency: str | None = None
    per: str | None = None
    hardware: str | None = None
    hedge: Hedge | None = None
    """The hedge that a sign states: ~, <, a plus."""
    is_range: bool = False
    is_vague: bool = False
    is_elliptic: bool = False
    """Whether its head stands with another figure of the sentence."""
    is_difference: bool = False
    """Whether it says by how much two others differ."""


class Atoms:
    """Spans in which no number begins."""

    def __init__(self, names: Sequence[Name]) -> None:
        atoms = [name for name in names if name.kind in ("model", "size", "hardware", "address")]
        self._starts = [name.start for name in atoms]
        self._atoms = atoms

    def covers(self, at: int) -> bool:
        """Whether a position lies inside a name."""
        index = bisect_right(self._starts, at) - 1
        return index >= 0 and at < self._atoms[index].end

    def hardware_from(self, at: int, gap: int = 2) -> Name | None:
        """The accelerator whose name begins at a position, or a blank or two after it."""
        index = bisect_right(self._starts, at + gap) - 1
        while index >= 0 and self._starts[index] >= at:
            if self._atoms[index].kind == "hardware":
                return self._atoms[index]
            index -= 1
        return None

    def hardware_in(self, start: int, end: int) -> Name | None:
        """The first accelerator named between two positions."""
        index = bisect_right(self._starts, start - 1)
        while index < len(self._atoms) and self._starts[index] < end:
            if self._atoms[index].kind == "hardware":
                return self._atoms[index]
            index += 1
        return None


@lru_cache(maxsize=16)
def may_hold_figures(text: str) -> bool:
    """Whether a number in a text may be a figure: quick, and never wrongly no."""
    lower = text.lower()
    if not _DIGIT.search(text) and not any(word in lower for word in _SPELLED):
        return False
    return any(not _is_bare(text, found) for found in _CANDIDATE.finditer(lower if len(lower) == len(text) else text))


SHORT = 80  # characters; looking over a shorter text first costs more than it saves
# Most cells of most tables: digits without a unit or a currency count nothing by themselves.
_NUMBERS_ALONE = re.compile(r"[-+0-9.,:/()' ]{1,40}%?")


def figures_in(text: str, names: Sequence[Name], style: Style) -> list[Figure]:
    """The figures of a text, left to right."""
    if _NUMBERS_ALONE.fullmatch(text) or (len(text) > SHORT and not may_hold_figures(text)):
        return []
    atoms = Atoms(names)
    found: list[Figure] = []
    at = 0
    lower = text.lower()
    for candidate in _CANDIDATE.finditer(lower if len(lower) == len(text) else text):
        begin = candidate.start()
        if begin < at or _is_bare(text, candidate) or not _begins_number(text, begin):
            continue
        if atoms.covers(begin) and not _is_of_tokens(text, begin, candidate.end()):
            continue
        figures, end = _figures_at(text, begin, atoms, style, found)
        if figures and (earlier := _in_front(text, figures[0], found)):
            found.append(earlier)
        if figures and figures[0].kind == "duration":
            found += elliptic.listed_before(text, figures[0])
        found += figures
        at = max(at, end)
        at = max([at, *(figure.head_end for figure in figures)])
    return found


_SIZE_END = re.compile(r" ?[BT]\b")


def _is_of_tokens(text: str, start: int, end: int) -> bool:
    """Whether what looks like a model's size is keyed as tokens: "Tokens: 40B"."""
    size = _SIZE_END.match(text, end)
    return size is not None and kind_by_key(text, start, size.end()) == "tokens"


# Behind a short number without a sign these say that it counts something else: years, people, per cent.
_BARE_BEHIND = re.compile(
    r" ?%|[.,;)]? ?$|[;)]|[.,] (?![\d$€£])"
    r"| (?:the|people|users|per ?cent|times|said|says|was|is|were|are|had|has|have|who|which|that|it|he|she|they|we"
    r"|when|since"
    r"|employees|customers|countries|languages|parameters|questions|papers|authors|researchers|engineers|companies)\b",
    re.IGNORECASE,
)


def _is_bare(text: str, candidate: re.Match[str]) -> bool:
    """Whether digits are plainly no figure: a year, a share, a number of people. Quick; what is unsure is looked at."""
    at, digits = candidate.start(), candidate[0].rstrip(".,'")
    if not digits.isdigit() or len(digits) > 4 or at == 0:
        return False
    return (
        text[at - 1] in " ("
        and text[max(0, at - 2) : at - 1] not in _UNITS_BEFORE
        and bool(_BARE_BEHIND.match(text, at + len(digits)))
        and not (text[max(0, at - 2)] in _MAY_END_SIGN and _SIGN_BEFORE.search(text, max(0, at - 12), at))
    )


_UNITS_BEFORE = frozenset(":=~<>$€£\xa5₹₩")
_MAY_END_SIGN = frozenset("$€£\xa5₹₩₽~<>=:.sdro-ABCDEFGHIJKLMNOPQRSTUVWXYZ")  # asked first: it is quicker
_SIGN_BEFORE = re.compile(r"(?:[$€£\xa5₹₩₽~<>=:]|\b[A-Z]{2,3}\.?|[Rr]s\.?|(?:and|or|to|-)) ?$")


_SLICE = re.compile(r"v\d[ep]?-$")  # v3-256, of TPUs
_CHIPS_BEFORE = re.compile(r"(?:GPU|TPU)s?$", re.IGNORECASE)  # GPU10万基


def _begins_number(text: str, at: int) -> bool:
    """Whether digits at a position begin a number: not those of "v2", "3.5" after its point, "Q3"."""
    if not text[at].isdigit() or at == 0:
        return True
    before = text[at - 1]
    if before in "-'":
        if _SLICE.search(text, max(0, at - 6), at):
            return False
        return at < 2 or not text[at - 2].isalnum() or text[at - 2].isdigit()
    if before in ".,":
        return at > 1 and (text[at - 2].isalpha() or (before == "," and not text[at - 2].isdigit()))  # Rs.5000; 17%,300
    if before in "xX":
        return at > 1 and (text[at - 2].isdigit() or text[at - 2] == " ")
    return (
        before in _BEFORE_DIGITS
        or before > "\u2e80"
        or any(text[max(0, at - size) : at] in currencies.SIGNS for size in (1, 2, 3))
        or (before in "UuSs" and _CHIPS_BEFORE.search(text, max(0, at - 4), at) is not None)
        or (before == "R" and not text[at - 2 : at - 1].isalnum())  # R14 billion
    )


def _in_front(text: str, figure: Figure, found: list[Figure]) -> Figure | None:
    """The count in front of a figure that leaves to it what both count."""
    if figure.kind not in elliptic.COUNTED or figure.is_range or figure.is_elliptic:
        return None
    earlier = elliptic.in_front(text, figure, found[-1].head_end if found else 0)
    return replace(earlier, hedge=_symbol(text, earlier.start)[0]) if earlier else None


def _figures_at(text: str, at: int, atoms: Atoms, style: Style, found: list[Figure]) -> tuple[list[Figure], int]:
    """The figures that begin at a number, and where what was read ends, also where it is no figure."""
    if one := devices.one_at(text, at, atoms):
        return [Figure("gpu_count", 1.0, 1.0, at, one.end, one.end, hardware=one.hardware)], one.end
    number = number_at(text, at, continental=style.continental)
    if number is None:
        return [], at
    if product := devices.product_at(text, number, atoms):
        value, end = product.value, product.end
        return [Figure("gpu_count", value, value, at, end, end, hardware=product.hardware)], end
    sign = money.sign_before(text, at)
    if number.vague and "$" in text[number.start : number.end]:
        sign = ("$", at)  # a few $10Ms
    if text[at - 1 : at] == "R" and (number.magnitude or 0) >= LEAST_RAND and text[number.end - 1].isalpha():
        sign = ("ZAR", at - 1)
    second, second_sign = _second(text, number, sign, atoms, style)
    last = second or number
    word = money.code_behind(text, last, sign[0]) if sign else money.word_after(text, last)
    if sign or second_sign or word:
        figures = list(_money(text, number, second, sign or second_sign, word, style))
        return [_in_own_dollars(figure, text, found) for figure in figures], at
    figures = list(_counted(text, number, second, atoms, style))
    if not figures and (other := elliptic.left_out(text, _whole(text, number), second, found)):
        hedge, start = _symbol(text, other.start)
        figures = [replace(other, start=start, hedge=other.hedge or hedge)]
    return figures, last.end if second and not figures else at


LEAST_RAND = 1e6  # R14 billion; R1 and the like are names
_OPENS = re.compile(r" ?\((?:about |around |roughly |approximately |or |~){0,2}")


def _in_own_dollars(figure: Figure, text: str, found: list[Figure]) -> Figure:
    """An amount in brackets behind one in another currency, with a bare dollar sign: American ones."""
    before = found[-1] if found else None
    if before is None or before.kind != "money" or not _OPENS.fullmatch(text, before.end, figure.start):
        return figure
    is_bare = text[figure.start] == "$" and text[figure.start + 1 : figure.start + 2].isdigit()
    if is_bare and before.currency != "USD":
        return replace(figure, currency="USD")
    if is_bare and text[before.start : before.start + 4].strip("$ ").startswith("US") and figure.high != before.high:
        return replace(figure, currency=_dollars_at(before.high / figure.high))
    return figure


def _dollars_at(rate: float) -> str:
    """Whose dollars are worth about so many American ones: "US$30 billion ($37.9 billion)" is said in Singapore."""
    return min(currencies.DOLLARS, key=lambda code: abs(math.log(currencies.IN_USD[code] / rate)))


def _second(
    text: str, first: Number, sign: tuple[str, int] | None, atoms: Atoms, style: Style
) -> tuple[Number | None, tuple[str, int] | None]:
    """The other end of a range, if one follows."""
    unit = money.word_after(text, first) if sign is None else None
    gap = _SEPARATOR.match(text, unit[1] if unit else first.end)
    if gap is None or first.vague or atoms.covers(gap.end()):
        return None, None
    number = number_at(text, gap.end(), continental=style.continental)
    if number and number.vague:
        number = replace(number, value=number.vague[1], vague=None)  # "$100 million to several billion dollars"
    if number is None:
        return None, None
    if number.in_words and sign and first.magnitude is None and money.word_after(text, number) is None:
        return None, None  # "gave $5 to half a million people"
    other_sign = money.sign_before(text, gap.end())
    if other_sign and not sign and unit is None and _YEAR.fullmatch(text[first.start : first.end]):
        return None, None  # "from $4.6 million in 2020 to $450,000"
    joint = gap[0].strip().lower()
    if sign and other_sign and sign[0] != other_sign[0] and joint.startswith(_OR):
        return None, None  # "US$1.6 billion or $2.1 billion"
    begin = sign[1] if sign else first.start
    if not _is_range(text, first, number, joint, begin, end_of_second=number.end):
        return None, None
    return number, other_sign


def _is_range(text: str, first: Number, second: Number, joint: str, begin: int, *, end_of_second: int) -> bool:
    low = _shared(first, second)
    if low.value > second.value:
        return False
    lead = text[max(0, begin - 45) : begin]
    first_word = joint.split()[0].rstrip(",")
    if first_word in _AND.split("|"):
        is_range = re.match(r" (?:price )?(?:range|band)\b", text[end_of_second : end_of_second + 14])
        return bool(_BETWEEN.search(lead) or is_range)
    if first_word in _TO and _MOVED.search(lead) and not _RANGE_OF.search(lead):
        return _SPREAD.search(lead) is not None or _FAR.search(joint) is not None
    is_whole = first.magnitude is not None or second.magnitude is None  # each end says its own size
    most = MOST_APART if first.is_grouped and second.is_grouped else 10
    apart = second.value / max(low.value, 1e-9)
    if first_word in _OR and is_whole and (apart > most or (apart == most and not _UP_TO.search(joint))):
        return False
    is_year = begin == first.start and _YEAR.fullmatch(text[first.start : first.end]) is not None
    is_span = is_year and (second.magnitude is not None or _YEAR.fullmatch(text[second.start : second.end]))
    most = MOST_OF_PRICES if text[begin] in "$€£" else MOST_OF_COUNTS
    return not is_span and second.value <= most * max(low.value, 1e-9)


MOST_OF_PRICES, MOST_OF_COUNTS = 10_000, 1_000  # times, from end to end of a range
MOST_APART = 2  # times: "is it 200,000 or 555,000 GPUs?" names two numbers


def _shared(first: Number, second: Number) -> Number:
    """The first number with the second's magnitude, where it has none and is small enough to share it."""
    if first.magnitude is not None or not second.magnitude or (first.is_grouped and not second.is_grouped):
        return first
    shared = first.times(second.magnitude)
    return shared if shared.value <= second.value else first  # "$500-50K"


def _ends(first: Number, second: Number | None) -> tuple[float, float]:
    if first.vague:
        return first.vague
    if second is None:
        return first.value, first.value
    return _shared(first, second).value, second.value


def _symbol(text: str, begin: int) -> tuple[Hedge | None, int]:
    found = _SYMBOL.search(text, max(0, begin - 8), begin)
    return (SYMBOLS[found[0][0]], found.start()) if found else (None, begin)


def _money(
    text: str,
    first: Number,
    second: Number | None,
    sign: tuple[str, int] | None,
    word: tuple[str, int, float] | None,
    style: Style,
) -> Iterator[Figure]:
    low, high = (end * (word[2] if word else 1) for end in _ends(first, second))
    if low <= 0:
        return
    begin = min(first.start, sign[1]) if sign else first.start
    end = max(word[1] if word else 0, (second or first).end)
    if (
        not sign
        and re.match(
            r"[ -](?:dollar|euro|pound|yuan)-|-(?:dollar|euro|pound|yuan)(?![a-z])", text[(second or first).end :][:12]
        )
        and first.in_words
        and (first.value <= (first.magnitude or 0) or first.vague)
    ):
        return  # a billion-dollar bet
    if word and not sign and first.magnitude is None and _IN_YEAR.match(text, max(0, first.start - 3), end):
        return  # "(2023 dollars)" says in whose prices a sum is
    if _OF_RATE.match(text, end):
        return  # "at Rs 83 to the dollar"
    if text[end : end + 1] == "^":
        return  # $10^{15}$ is a formula
    currency = style.currency((word or sign or ("", 0))[0])
    hedge, start = _symbol(text, begin)
    if first.plus or (second and second.plus) or text[end : end + 1] == "+":
        hedge = "at_least"
    after = _AFTERWORD.match(text, end)
    per = money.per_after(text, after.end() if after else end)
    quote_end = after.end() if after else end
    if per and per.kind != "money":
        quote_end = per.end
    yield Figure(
        per.kind if per else "money", low, high, start, quote_end, per.end if per else quote_end, currency,
        per.per if per else None, hedge=hedge, is_range=second is not None or first.vague is not None,
        is_vague=first.vague is not None,
    )  # fmt: skip


def _counted(text: str, first: Number, second: Number | None, atoms: Atoms, style: Style) -> Iterator[Figure]:
    first, second = _whole(text, first), second and _whole(text, second)
    last = second or first
    low, high = _ends(first, second)
    head = heads.head_at(text, last, atoms)
    if head is None or low <= 0:
        if head is None and (bare := heads.unsigned_money(text, last)) and style.only_currency:
            yield Figure(
                "money",
                low,
                high,
                first.start,
                last.end,
                last.end,
                style.only_currency,
                bare,
                is_range=second is not None,
            )
        return
    hedge, start = _symbol(text, first.start)
    if last.plus or first.plus:
        hedge = "at_least"
    figure = Figure(
        head.kind, low * head.factor, high * head.factor, start, head.end, head.end, hardware=head.hardware,
        hedge=hedge, is_range=second is not None or first.vague is not None, is_vague=first.vague is not None,
    )  # fmt: skip
    if doubts.is_refused(text, figure.start, figure.end, head.kind, figure.low):
        return
    yield figure


def _whole(text: str, number: Number) -> Number:
    """22.000 of things that are counted is 22,000: nobody has a thousandth of a chip or states its hours so."""
    parts = re.fullmatch(r"([1-9]\d{0,2})\.(\d{3})", text[number.start : number.end])
    return replace(number, value=float(parts[1] + parts[2])) if parts else number
