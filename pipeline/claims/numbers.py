"""The grammar of numbers: digits in the styles of several countries, magnitudes, number words, vague words, ranges.

``5.576M``, ``$8-10 million``, ``2,048``, ``534.700`` (German), ``8'404'992``, ``1,00,000``, ``half a billion``,
``tens of millions``, ``1万亿``. Each piece is matched at its place by a bounded pattern; nothing searches ahead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from unicodedata import normalize

_DIGITS = re.compile(
    r"(?P<zero>0,\d{3,6}(?!\d))|(?P<grouped>\d{1,3}(?:,\d{3}){1,5}(?!\d)(?:\.\d{1,6})?)"
    r"|(?P<indian>\d{1,2}(?:,\d{2}){1,3},\d{3}(?!\d)(?:\.\d{1,4})?)"
    r"|(?P<swiss>\d{1,3}(?:'\d{3}){1,5}(?!\d)(?:\.\d{1,4})?)|(?P<blanks>\d{1,3}(?: \d{3}){1,4}(?![\d.,]\d|\d))"
    r"|(?P<points>\d{1,3}(?:\.\d{3}){2,5}(?!\d)(?:,\d{1,4})?|\d{1,3}\.\d{3},\d{1,2}(?!\d))"
    r"|(?P<point3>\d{1,3}\.\d{3}(?!\d|\.\d))|(?P<comma>\d{1,6},\d{1,2}(?![\d]))|(?P<plain>\d{1,18}(?:\.\d{1,12})?)"
)
# Magnitudes by their factor, under every word for them that is read: the only list of them.
_MAGNITUDES = {
    word.replace("_", " "): factor
    for factor, words in (
        (1e2, "hundred 百 백"),
        (1e3, "thousand thousands tausend tsd mille mil mila grand k 千 천 тыс тысяч тысяча тысячи тисяч tysięcy"),
        (1e3, "tysiące tysiąc tys tisíc tisíce tusen tusind ribu ezer mii nghìn duizend हज़ार हजार"),
        (1e4, "万 萬 만"),
        (1e5, "lakh lakhs lac लाख"),
        (1e6, "million millions mn mln mio m mm mill millón millones millionen milhão milhões milione"),
        (1e6, "milioni миллион миллиона миллионов млн мільйон мільйонів मिलियन"),
        (1e6, "miljoen miljoenen millioner miljoner miljon milion miliony milionów milionů milionu miliónov"),
        (1e6, "milijuna milijona millió milioane juta milyon triệu"),
        (1e6, "百万 百萬 백만"),
        (1e7, "crore crores cr करोड़ 千万 千萬 천만"),
        (1e8, "亿 億 억 个亿 個億"),
        (1e9, "billion billions bn bln b milliard milliards milliarde milliarden mrd md mds mld miliardo miliardi"),
        (1e9, "miljard miljarden milliarder miljarder miliard miliardy miliardów miliarda milijardi milijarde"),
        (1e9, "miliardzie milijarda milliárd miliarde miliar milyar tỷ tỉ bilhão bilhões"),
        (1e9, "миллиард миллиарда миллиардов млрд мільярд мільярдів अरब बिलियन 十亿 十億 십억"),
        (1e10, "thousand_crore 百亿 百億 백억"),
        (1e11, "千亿 千億 천억"),
        (1e12, "trillion trillions tn trn t lakh_crore लाख_करोड़ billón billones billionen billioner biljoen"),
        (1e12, "bilion biliony bilionów trilhão trilhões triliun trilyon trilijuna bilioni"),
        (1e12, "триллион триллиона триллионов ट्रिलियन трлн 万亿 萬億 兆 조"),
    )
    for word in words.split()
}  # fmt: skip
# Words whose factor depends on the language: "1 Billion Yuan" of a German text is a million millions, and "mil" behind
# digits without a blank is short for a million where it is not Spanish.
_ABROAD = {"billion": 1e12, "billions": 1e12}
_CHAT = {"w": 1e4}
_ATTACHED = {"mil": 1e6}
_EASTERN = "\u0900"
_LONG = "|".join(
    sorted((re.escape(word) for word in _MAGNITUDES if len(word) > 2 and word < _EASTERN), key=len, reverse=True)
)
_FAR_EAST = "|".join(sorted((word for word in _MAGNITUDES if word > _EASTERN), key=len, reverse=True))
_LETTER = r"[^\W\d_\u0900-\uffff]"
# "2W刀", "9w块": ten thousands, as Chinese chats write them; before other words the letter means watts.
_W = r"w(?=[多余]?(?:刀|块|塊|元|美[元金刀]|人民币|日元|欧元|张|卡|个(?:小时|GPU)))"
_MAGNITUDE = re.compile(
    rf"[ -]?(?:({_LONG})(?!{_LETTER})|(mn|mm|bn|tn|md|cr|tỷ|tỉ)\b)|(?:[ ]?(?-i:([KMBT]))"
    rf"|((?-i:[kmbt]| k(?= ?(?:[.,;:)]|$|to |in |on )))))(?:(?![A-Za-z0-9&']|/(?!(?:year|yr|mo|month|week|quarter|day"
    rf"|annum|m|q|unit|card|gpu|chip|node|server|rack|piece|run|user|seat|hour|hr|h)(?![a-z])))"
    rf"|(?=tokens?))|[ ]?({_FAR_EAST})|({_W})",
    re.IGNORECASE,
)
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8,
    "neun": 9, "zehn": 10, "zwölf": 12, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "dix": 10, "dos": 2, "tres": 3,
    "cuatro": 4, "cinco": 5, "diez": 10, "dozen": 12, "elf": 11, "два": 2, "две": 2, "три": 3, "четыре": 4, "пять": 5,
    "шесть": 6, "семь": 7, "восемь": 8, "девять": 9, "десять": 10,
}  # fmt: skip
# Read as numbers before a magnitude only: alone they are words of other languages too ("due", "per cent").
_BEFORE_MAGNITUDES = {
    "score": 20, "zwanzig": 20, "dreißig": 30, "vierzig": 40, "fünfzig": 50, "hundert": 100, "vingt": 20, "trente": 30,
    "quarante": 40, "cinquante": 50, "cent": 100, "veinte": 20, "treinta": 30, "cincuenta": 50, "cien": 100,
    "doscientos": 200, "quinientos": 500, "due": 2, "tre": 3, "quattro": 4, "cinque": 5, "dieci": 10, "cento": 100,
    "dois": 2, "três": 3, "quatro": 4, "dez": 10, "cem": 100, "twee": 2, "drie": 3, "vijf": 5, "tien": 10,
    "honderd": 100, "mil": 1000, "nueve": 9, "ocho": 8, "siete": 7, "seis": 6, "nove": 9, "otto": 8, "sei": 6,
    "sette": 7, "huit": 8, "neuf": 9, "sept": 7, "sto": 100, "dwa": 2, "trzy": 3, "cztery": 4, "pięć": 5,
}  # fmt: skip
_WORDS.update(_BEFORE_MAGNITUDES)
# "One" and "a" of other languages: numbers before a magnitude only, or a span of time.
_ARTICLES = r"(?:an?|eine[mnr]?|ein|une?|una|uno|een|um|uma|один|одну|jeden)"
_HALVES = (
    r"(?:a )?half(?: an?| of an?)?|(?:an? |eine[rn]? )?halbe[nrs]?|(?:un )?demi|(?:un |en )?medio|mezzo|meio|pół|пол"
)
_MORE_THAN_ONE = r"anderthalb|eineinhalb|полтора|półtora"
_HAN = {
    "一": 1,
    "两": 2,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "半": 0.5,
    "兩": 2,
}
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_UNITS = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_WORD_NUMBER = re.compile(
    rf"(?:(?P<tens>{_TENS})[- ](?P<unit>{_UNITS})"
    rf"|(?P<dozen>(?:half )?a dozen)|(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
    rf"|(?P<half>{_HALVES})|(?P<more>{_MORE_THAN_ONE})"
    rf"|(?P<three>three quarters of an?)|(?P<quarter>a quarter(?: of an?)?|un (?:quarto|quart|cuarto) d[ei])"
    rf"|(?P<article>{_ARTICLES}))(?![a-zäöüßéèêãõ])"
    rf"(?P<hundred> hundred(?! (?:of|millions))(?:(?: and)? (?P<rest>(?:{_TENS})(?:[- ](?:{_UNITS}))?|{_TEENS}"
    rf"|{_UNITS})"
    rf"(?![a-z]| hundred))?)?(?P<part> and an? (?:half|quarter))?",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"(?P<many>tens|dozens|hundreds|thousands|several|a few|few|many|multiple|some|a couple(?: of)?)"
    r"(?: (?P<ten>tens|hundreds|hundred|ten|dozen))?(?: of)? (?P<size>thousand|million|billion|trillion|crore"
    r"|lakh)s?(?![a-z-])",
    re.IGNORECASE,
)
# The same in other languages: "quelques dizaines de millions", "varios millones", "mehrere Millionen".
_VAGUE_ABROAD = re.compile(
    r"(?P<many>(?:quelques|plusieurs|varios|varias|unos|algunos|alcuni|diversi|alguns|vários|mehrere|einige|enkele"
    r"|tientallen"
    r"|honderden)|(?:des|de|muchas|some)?(?= ?(?:dizaines|centaines|decenas|cientos|decine|centinaia|dezenas"
    r"|centenas|dutzende|hunderte)))"
    r" ?(?:(?P<ten>dizaines|decenas|decine|dezenas|dutzende|centaines|cientos|centinaia|centenas|hunderte"
    r"|hundert) ?)?(?:de |di |von )?"
    r"(?P<size>millions|milliards|millones|milioni|miliardi|milhões|bilhões|millionen|milliarden|miljoenen"
    r"|miljarden)(?![a-zà-ÿ])",
    re.IGNORECASE,
)
_TENS_ABROAD = {"diz": 10, "dec": 10, "dez": 10, "dut": 10, "tie": 10, "cen": 100, "cie": 100, "hun": 100, "hon": 100}
# "数百万", "几十亿", "上亿": some of them.
_VAGUE_HAN = re.compile(
    r"(?P<many>[数數几幾上수])(?P<size>十|百|千|십|백|천)?(?P<of>万亿|萬億|万|萬|亿|億|兆|만|억|조)"
)
_HAN_SIZES = {
    "十": 10, "百": 100, "千": 1000, "万": 1e4, "亿": 1e8, "億": 1e8, "万亿": 1e12, "萬": 1e4, "萬億": 1e12, "兆": 1e12,
    "십": 10, "백": 100, "천": 1000, "만": 1e4, "억": 1e8, "조": 1e12,
}  # fmt: skip
# "三四百万": three or four of them. "百萬片", "千億": a hundred, a thousand, with nothing before it.
_HAN_EITHER = re.compile(r"(?P<low>[一二两兩三四五六七八])(?P<high>[二三四五六七八九])(?=[十百千]?(?:万|萬|亿|億))")
_HAN_ALONE = re.compile(r"(?P<size>[百千])(?P<of>万|萬|亿|億)")
# "High single-digit millions": from seven to ten of them.
_DIGIT_SHARE = re.compile(
    r"(?P<lead>low |mid-? ?|high )?(?P<digits>single|double|triple|two|three)[- ](?:digit|figure)s?"
    r" (?P<size>thousand|million|billion)s(?![a-z-])",
    re.IGNORECASE,
)
# "$10s of millions", "100s of thousands of GPUs".
_TENS_IN_DIGITS = re.compile(r"(?P<digits>10{1,2})'?s of (?P<size>thousand|million|billion)s?(?![a-z-])", re.IGNORECASE)
_FEW_SIGN = re.compile(r"(?:a few|several|some) \$(?P<digits>10{0,2})(?P<size>[KMB])'?s(?![A-Za-z])")
_FIGURES = re.compile(
    r"(?P<lead>low |mid |high )?(?P<count>four|five|six|seven|eight|nine|ten)[- ]figures?(?![a-z])", re.IGNORECASE
)
_BARE_PLURAL = re.compile(
    r"(?P<size>thousands|millions|billions|trillions) of (?=dollars|euros|pounds|yuan|yen|rupees|us dollars|u\.s\.)",
    re.IGNORECASE,
)
_UNIT_BEFORE = re.compile(r"(?:\bin |[(\[,] ?)$")  # "(in millions of dollars)" is the unit of other numbers
_PARTS = {"low": (1, 3), "mid": (3, 7), "high": (7, 10), "": (1, 10)}  # of a power of ten
_SMALLER_PART = re.compile(
    r" ?(\d{1,3},\d{3}|\d{1,4})(?:(億|亿|万|萬|억|만)"
    r"|(?=여?[ 여]{0,2}(?:[개장대기基枚台个個张張片块塊颗顆円元원]|달러|유로|위안|엔|ドル|美元|美金|ユーロ"
    r"|刀|GPU|TPU|시간|時間|小时|小時)))"
)
_PLUS = re.compile(r"\+(?![A-Za-z0-9])|-plus(?![a-z])| \+(?= [a-z])")
_AND_HALF = re.compile(r" and an? half")
_NO_MARKS = {ord(mark): None for mark in ",' "}
VAGUE_FACTORS = {  # how such words are read: low and high, as multiples of what they count
    "tens": (10, 100), "dozens": (12, 100), "hundreds": (100, 1000), "thousands": (1000, 10_000), "several": (3, 10),
    "a few": (2, 10), "few": (2, 10), "many": (2, 100), "multiple": (2, 10), "some": (2, 100), "a couple": (2, 3),
    "a couple of": (2, 3),
}  # fmt: skip


_COUNTING = """half tens dozens hundreds thousands millions billions trillions quelques plusieurs dizaines centaines
varios varias unos algunos decenas cientos alcuni decine centinaia alguns dezenas centenas mehrere einige dutzende
enkele tientallen honderden several few many multiple some low mid high single double triple"""


def _told_apart(words: Iterable[str]) -> str:
    """A pattern for words, by their first letters: at a word that is none of them one letter is looked at, not all."""
    by_first: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        by_first.setdefault(word[0], []).append(re.escape(word[1:]))
    return "(?:" + "|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in by_first.items()) + ")"


# Where a number may begin that has no digits: what `number_at` reads as words.
BEGINNINGS_IN_WORDS = (
    rf"(?:an?(?= (?:half|quarter|few|couple|hundred|thousand|million|billion|trillion|crore|lakh|dozen|day|week|month"
    rf"|year|fortnight|single|full|whole|good)\b)"
    rf"|{_ARTICLES}(?= (?:mill?i|milj|mill[oó]|bill?[io]|bilh|tri|halb|demi|medio|quart|cuarto|mois|semai?n|jour|mes"
    rf"|mês"
    rf"|monat|woche|tag|jahr|месяц|недел))|пол(?=доллара|миллион|миллиард)|demi(?=-mil)|mezzo|meio|medio"
    rf"|{_MORE_THAN_ONE}"
    rf"|{_told_apart([*_WORDS, *_COUNTING.split()])}(?=[ -]))"
)
NUMBER_WORD = rf"(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})"


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text."""

    value: float
    start: int
    end: int
    magnitude: float | None = None
    """The magnitude word's factor, counted in ``value``."""
    in_words: bool = False
    vague: tuple[float, float] | None = None
    """Low and high, where no number is given."""
    is_grouped: bool = False
    """Whether it is written with marks between thousands."""
    plus: bool = False

    def times(self, factor: float) -> Number:
        """The number with the magnitude of its neighbour."""
        return replace(self, value=self.value * factor, magnitude=factor)


def number_at(text: str, at: int, *, continental: bool = False) -> Number | None:
    """The number that begins at a position, with its magnitude."""
    if text[at].isdigit():
        return _tens_at(text, at) or _digits_at(text, at, continental=continental)
    if text[at] > _EASTERN:
        return _far_east_at(text, at)
    return _vague_at(text, at) or _words_at(text, at)


def _far_east_at(text: str, at: int) -> Number | None:
    """A number in Chinese, Japanese or Korean signs."""
    if found := _VAGUE_HAN.match(text, at):
        size = (_HAN_SIZES[found["size"]] if found["size"] else 1) * _HAN_SIZES[found["of"]]
        if found["many"] == "上":
            return Number(size, at, found.end(), size, in_words=True, plus=True)
        low = size if found["size"] else 2 * size
        return Number(low, at, found.end(), size, in_words=True, vague=(low, 10 * size))
    if found := _HAN_EITHER.match(text, at):
        magnitude, end = _magnitude_at(text, found.end())
        low, high = (_HAN[found[part]] * (magnitude or 1) for part in ("low", "high"))
        return Number(low, at, end, magnitude, in_words=True, vague=(low, high))
    if found := _HAN_ALONE.match(text, at):
        value = _HAN_SIZES[found["size"]] * _HAN_SIZES[found["of"]]
        return Number(value, at, found.end(), value, in_words=True)
    return _han_at(text, at) if text[at] in _HAN else _words_at(text, at)


def _tens_at(text: str, at: int) -> Number | None:
    found = _TENS_IN_DIGITS.match(text, at)
    if found is None:
        return None
    size = float(found["digits"]) * _MAGNITUDES[found["size"].lower()]
    return Number(size, at, found.end(), size, in_words=True, vague=(size, 10 * size))


def _digits_at(text: str, at: int, *, continental: bool) -> Number | None:
    found = _DIGITS.match(text, at)
    if found is None:
        return None
    style, digits = found.lastgroup or "plain", found[0]
    magnitude, end = _magnitude_at(text, found.end(), continental=continental)
    if power := _POWER.match(text, found.end()):
        return _finished(
            text, float(digits.translate(_NO_MARKS)) * 10.0 ** int(normalize("NFKC", power[1])), at, power.end(), None
        )
    is_at_least = _PLUS_INSIDE.match(text, found.end())
    if is_at_least:  # "$3+ billion", "300-plus million"
        magnitude, end = _magnitude_at(text, found.end() + len(is_at_least[1]), continental=continental)
    grouped = style in ("grouped", "indian", "swiss", "blanks", "points")
    if (
        style == "point3"
        and continental
        and not digits.startswith("0")
        and (magnitude is None or digits.endswith("00"))
    ):
        grouped, digits = (
            True,
            digits.replace(".", ""),
        )  # 1.500 millones; nobody writes 1,5 so, and 5.576 Mio. is not 5576
    elif style == "points" or (style == "grouped" and _is_decimal(text, found.end(), digits, magnitude, continental)):
        digits = digits.replace(".", "").replace(",", ".")
    elif style in ("comma", "zero"):
        digits = digits.replace(",", ".")
    else:
        digits = digits.translate(_NO_MARKS)
    number = _finished(text, float(digits), at, end, magnitude, is_grouped=grouped)
    number = replace(number, plus=True) if is_at_least else number
    return _with_rest(text, number) if magnitude in (1e4, 1e8, 1e12) else number


def _is_decimal(text: str, end: int, digits: str, magnitude: float | None, continental: bool) -> bool:
    """Whether the comma of "5,576 mln" parts decimals: in such a language, or before its word for the magnitude."""
    if magnitude is None or digits.count(",") != 1:
        return False
    return continental or (magnitude >= LEAST_MILLIONS and _MILLIONS_ABROAD.match(text, end) is not None)


LEAST_MILLIONS = 1e6
_MILLIONS_ABROAD = re.compile(
    r" ?(?:mill?ion(?:en|er|ów|y|i|es)|mill[oó]n(?:es)?|mili|milj|milh|miljard|milliard|milyon|milyar|mln|mld|mrd|mio"
    r"|triệu|tỷ|tỉ|bilh|млн|млрд|милли)",
    re.IGNORECASE,
)
_POWER = re.compile(
    r"(?: ?[\xd7x*\xb7] ?10(?:\^\{?|(?=[⁰-⁹¹²³]))|[eE]\+?)([\d⁰-⁹¹²³]{1,2})(?![\d.])\}?"
)  # "1.2 x 10^6", "2.57E+11"
_PLUS_INSIDE = re.compile(r"(\+|-plus) ?(?:[mbt]n|[mbtr]illion|thousand|[KMBT]\b)", re.IGNORECASE)


def _with_rest(text: str, number: Number) -> Number:
    """A number whose smaller part follows its magnitude: 1兆5000億, 2億3000万, 1만4000개."""
    rest = _SMALLER_PART.match(text, number.end)
    size = _MAGNITUDES[rest[2]] if rest and rest[2] else 1.0
    if rest is None or size >= (number.magnitude or 0) or text[number.end - 1] < "\u2e80":
        return number
    added = float(rest[1].replace(",", "")) * size
    if size == 1.0 and added * 10 < (number.magnitude or 0):
        return number  # "1万 8 张" is two numbers
    whole = replace(number, value=number.value + added, end=rest.end())
    return whole if size == 1.0 else _with_rest(text, replace(whole, magnitude=size))


def _finished(
    text: str,
    value: float,
    at: int,
    end: int,
    magnitude: float | None,
    *,
    is_grouped: bool = False,
    words: bool = False,
) -> Number:
    sign = _PLUS.match(text, end)
    plus = len(sign[0]) if sign else 0
    exact = round(value * (magnitude or 1), 6)  # 5.6 * 1e6 is not 5600000.000000001
    return Number(exact, at, end + plus, magnitude, in_words=words, is_grouped=is_grouped, plus=plus > 0)


def _magnitude_at(text: str, at: int, *, continental: bool = False) -> tuple[float | None, int]:
    """Factor and end of the magnitude words at a position; two may follow each other (lakh crore)."""
    factor, end = None, at
    local = _ABROAD if continental else _ATTACHED if text[at : at + 1].isalpha() else {}
    while (found := _MAGNITUDE.match(text, end)) is not None and (factor is None or found[1] or found[5]):
        word = next(group for group in found.groups() if group).lower().strip()
        factor, end = (factor or 1) * (local.get(word) or _CHAT.get(word) or _MAGNITUDES[word]), found.end()
        if (
            text[end : end + 1] == "."
            and word in ("mio", "mrd", "mn", "bn", "mill", "tsd", "тыс", "tys", "mln", "mld", "млн", "млрд", "трлн")
            and end + 1 < len(text)
        ):
            end += 1
        if factor >= 1e12:
            break
    return factor, end


def _han_at(text: str, at: int) -> Number | None:
    value, end = 0.0, at
    while end < len(text) and end - at < 3 and text[end] in _HAN:
        digit = _HAN[text[end]]
        value = (value or 1) * 10 if digit == 10 else value + digit
        end += 1
    magnitude, end = _magnitude_at(text, end)
    return _finished(text, value, at, end, magnitude, words=True)


def _words_at(text: str, at: int) -> Number | None:
    if pointed := _POINTED.match(text, at):
        digits = "".join(str(_DIGIT_WORDS.index(word)) for word in re.split("[- ]", pointed["part"].lower()))
        magnitude, end = _magnitude_at(text, pointed.end())
        value = _WORDS[pointed["whole"].lower()] + float(f"0.{digits}")
        return _finished(text, value, at, end, magnitude, words=True) if magnitude else None
    found = _WORD_NUMBER.match(text, at)
    if found is None:
        return None
    value = _spelled(found)
    magnitude, end = _magnitude_at(text, found.end(), continental=_GERMAN.match(found[0]) is not None)
    if found["hundred"] and magnitude is None:
        magnitude = 1.0
    is_time = magnitude is None and _SPAN.match(text, found.end()) is not None
    is_whole = found["word"] or found["tens"] or found["dozen"] or found[0].lower() == "пол"
    if magnitude is None and not (is_whole or is_time):
        return None  # "a" and "half" are numbers before a magnitude only
    is_english = found["hundred"] and found[0][:1] in "aA"
    is_before_magnitude = found["article"] or (found["word"] or "").lower() in _BEFORE_MAGNITUDES
    if is_before_magnitude and (magnitude or 0) < 1000 and not (is_time or is_english):
        return None
    if is_time and found["article"] and (single := _SINGLE.match(text, end)):
        end = single.end()
    tail = _AND_HALF.match(text, end)
    if tail and magnitude:
        value, end = value + 0.5, tail.end()
    return _finished(text, value, at, end, None if magnitude == 1.0 else magnitude, words=True)


# "Eine Billion Dollar": the words in front say in whose billions.
_GERMAN = re.compile(
    r"(?:eine[rn]?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|zwanzig|hundert|halbe|en|to|tre)$",
    re.IGNORECASE,
)
# "One-point-two-five billion".
_DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_POINTED = re.compile(
    rf"(?P<whole>{_UNITS}|{_TEENS}|{_TENS})[- ]point[- ](?P<part>(?:zero|{_UNITS})(?:[- ](?:zero|{_UNITS}))*)",
    re.IGNORECASE,
)
# "A week", "half a year", "un mois": of numbers without a magnitude, those of time.
_SINGLE = re.compile(r" (?:single|full|whole|entire|good)(?= )")
_SPAN = re.compile(
    r"(?: (?:single|full|whole|entire|good))? (?:hours?|days?|weeks?|fortnight|months?|years?|mois|semaines?|jours?"
    r"|an\b"
    r"|mes\b|semanas?|días?|año|monate?s?\b|woche|tage?s?\b|jahr|mese|settimana|giorno|mês|dia\b|месяц|неделю|сутки)",
    re.IGNORECASE,
)


def _spelled(found: re.Match[str]) -> float:
    if found["tens"]:
        value = float(_WORDS[found["tens"].lower()] + _WORDS[found["unit"].lower()])
    elif found["dozen"]:
        value = 6.0 if found["dozen"].lower().startswith("half") else 12.0
    elif found["word"]:
        value = float(_WORDS[found["word"].lower()])
    else:
        parts = (("half", 0.5), ("more", 1.5), ("three", 0.75), ("quarter", 0.25), ("article", 1.0))
        value = next(part for group, part in parts if found[group])
    if found["hundred"]:
        value = value * 100 + sum(_WORDS[word] for word in re.split("[- ]", (found["rest"] or "").lower()) if word)
    if found["part"]:
        value += 0.25 if found["part"].endswith("quarter") else 0.5
    return value


def _vague_at(text: str, at: int) -> Number | None:
    if found := _VAGUE.match(text, at):
        low, high = VAGUE_FACTORS[" ".join(found["many"].lower().split())]
        inner = {"tens": 10, "ten": 10, "hundreds": 100, "hundred": 100, "dozen": 12}.get(
            (found["ten"] or "").lower(), 1
        )
        size = _MAGNITUDES[found["size"].lower()] * inner
        return Number(low * size, at, found.end(), size, in_words=True, vague=(low * size, high * size))
    if found := _VAGUE_ABROAD.match(text, at):
        ten = _TENS_ABROAD.get((found["ten"] or found["many"] or "")[:3].lower(), 1)
        size = ten * _MAGNITUDES.get(found["size"].lower(), 1e6)
        low = size if ten > 1 else 2 * size
        return Number(low, at, found.end(), size, in_words=True, vague=(low, 10 * size))
    if found := _DIGIT_SHARE.match(text, at):
        ten = {"single": 1, "double": 10, "two": 10, "triple": 100, "three": 100}[found["digits"].lower()]
        size = ten * _MAGNITUDES[found["size"].lower()]
        low, high = _PARTS[(found["lead"] or "").lower().strip(" -")]
        return Number(low * size, at, found.end(), size, in_words=True, vague=(low * size, high * size))
    if found := _FEW_SIGN.match(text, at):
        size = float(found["digits"]) * _MAGNITUDES[found["size"].lower()]
        return Number(2 * size, at, found.end(), size, in_words=True, vague=(2 * size, 10 * size))
    if found := _FIGURES.match(text, at):
        low = 10.0 ** (_WORDS[found["count"].lower()] - 1)
        ends = _PARTS[(found["lead"] or "").lower().strip(" -")]
        return Number(low * ends[0], at, found.end(), low, in_words=True, vague=(low * ends[0], low * ends[1]))
    if (found := _BARE_PLURAL.match(text, at)) and not _UNIT_BEFORE.search(text, max(0, at - 4), at):
        size = _MAGNITUDES[found["size"].lower()]
        return Number(2 * size, at, found.end(), size, in_words=True, vague=(size, 1000 * size))
    return None
