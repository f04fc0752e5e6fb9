"""Amounts of money: the sign or word that makes a number one, and what one amount buys."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.claims import currencies
from pipeline.claims.claim import Kind
from pipeline.claims.numbers import Number

LONGEST_SIGN = max(map(len, currencies.SIGNS)) + len(" –")  # noqa: RUF001
_BEFORE = re.compile(rf"(?<![A-Za-z0-9])(?P<sign>{currencies.SIGN})(?: ?[-–])? ?$")  # noqa: RUF001
_CODE = re.compile(r" ?(USD|CAD|AUD|NZD|SGD|HKD|TWD|MXN|CNY|RMB|JPY)\b")
# Cells of a table that lost what parted them: "Series G$30B$380B".
_GLUED = re.compile(r"(?<=[A-Za-z0-9%)])[$€£]$")
_OF_ROUND = re.compile(r"[Ss]eries [A-Z]\$$")
_FAR_EAST = "\u2e80"
_LETTERS = sorted((re.escape(word) for word in currencies.WORDS if word[0].isalpha() and word < _FAR_EAST), key=len)
_MARKS = sorted((re.escape(word) for word in currencies.WORDS if not word[0].isalpha()), key=len)
_HAN = sorted((word for word in currencies.WORDS if word > _FAR_EAST), key=len)
_AFTER = re.compile(
    r"[ -]?(?:in |worth of |of |sums? (?:of|in) )?"
    r"(?:U\.?S\.? ?|US-|american |chinese |d'|de los |de |di )?"
    rf"(?P<word>(?:{'|'.join(reversed(_LETTERS))})(?![a-zß-ɏа-яё]|(?<=cents) mil)"
    rf"|(?:{'|'.join(reversed(_MARKS))})(?! ?\d|\w))"
    rf"|(?P<han> ?(?:{'|'.join(reversed(_HAN))}))",
    re.IGNORECASE,
)
_DEVICE = (
    r"(?:gpus?|tpus?|cards?|chips?|accelerators?|units?|npus?|processors?|gcds?|pieces?|superchips?|hopper|blackwell"
    r"|(?:nvidia )?(?:[abhlv]\d{2,3}s?|gb?h?[23]00s?|mi\d{3}x?|rtx ?\d{4}s?|tpu ?v\d\w?|trainium\d?|ascend ?\w*|h20))"
)
_NODE = (
    r"(?:nodes?|servers?|instances?|machines?|systems?|clusters?|box(?:es)?|vms?|dgx\w*|hgx\w*"
    r"|p\d\w*\.\w+(?: \(\w+\))?|8 ?x ?\w+|\w+ ?x ?8)"
)
_HOUR = r"(?:(?:hours?|hrs?|h|stunden?|heure|hora|ora|uur|час)(?![a-zа-я0-9])|小时|小時|時間|시간)"  # noqa: RUF001
_LINK = (
    r"(?:/ ?| ?per | ?an? | each | every |-per-| pro | par | por | la | al?l'| je | в | for (?:an?|each|one|every) "
    r"| for every |/ )"
)
_SKIP = r"(?:(?:nvidia|amd|single|one|of|such|\d{2,3}gb|sxm\d?|pcie|pro) ){0,2}"
_PER_GPU_HOUR = re.compile(
    rf" ?{_LINK}{_SKIP}{_DEVICE}(?:[ -]?(?:gpus?|chips?))?(?:[ /-]{{1,2}}|{_LINK}){_HOUR}"
    rf"|{_LINK}{_HOUR}{_LINK}{_SKIP}{_DEVICE}",
    re.IGNORECASE,
)
_PER_NODE_HOUR = re.compile(
    rf" ?{_LINK}(?:[abhlv]\d{{2,3}} )?{_NODE}(?:[ /-]{{1,2}}|{_LINK}){_HOUR}|{_LINK}{_HOUR}(?:{_LINK}"
    rf"| for (?:an? )?(?:\w+ )?){_NODE}",
    re.IGNORECASE,
)
_PER_HOUR = re.compile(rf" ?(?:{_LINK}| hourly|-an-){_HOUR}| hourly", re.IGNORECASE)
_PER_GPU = re.compile(
    rf" ?{_LINK}{_SKIP}{_DEVICE}(?![a-z0-9])(?![ -](?:hour|cluster|server|node|system|fleet|order|deal))"
    rf"| (?:each|apiece|a pop|per unit)(?![a-z])(?! (?:day|week|month|quarter|year)\b)",
    re.IGNORECASE,
)
_PER_TOKENS = re.compile(
    r" ?(?:/ ?|per |for (?:every |each |a |one )?|a |each )(?P<per>(?:1 ?|one |a )?(?:m|mm|million|1k|k|thousand"
    r"|1,?000(?:,000)?|billion)? ?"
    r"(?:(?:input|output|cached|blended|prompt|completion|generated)[ -]){0,2}(?:tokens?|tok|mtok|токен\w*"
    r"|jetons?)(?![a-z])"
    r"|(?:1 ?)?m(?:tok)?(?![a-z]))| ?(?:/|每) ?(?P<per2>(?:1 ?)?(?:百万|百萬|100万|千|万|[mk])? ?(?:个|輸入|输入|输出"
    r"|出力)?(?:tokens?"
    r"|词元"
    r"|トークン))",
    re.IGNORECASE,
)
_PER_OTHER = re.compile(
    r" ?(?:/ ?|per |an? |each )(?P<per>kwh|kw|kilowatt(?:-hour)?|mwh|mw|gw|megawatt|gigawatt|watt|gb|tb|gigabyte"
    r"|query|queries|request|prompt"
    r"|server(?![ -]hour)|rack(?![ -]hour)|image|user|seat|person|employee|head|share|barrel|tonne?|question"
    r"|task|problem|call|minute|second|word|page"
    r"|song|video)s?(?![a-z])",
    re.IGNORECASE,
)
_PER_TIME = re.compile(
    r" ?(?:/ ?|per |an? |each |every |pro |je |par |por |al |im |на |в |l'|-an?-)(?P<abroad>monat|mois|mes\b|mese|mês"
    r"|jahr"
    r"|an\b|año|anno"
    r"|ano\b|tag\b|jour|día|dia\b|giorno|месяц|день|год)|[/每] ?(?P<far>月|天|日|年|월|년)| (?P<late>monatlich"
    r"|täglich|mensuales"
    r"|al mes)| ?(?:/ ?|per |an? |each |every |-an?-)(?P<per>day|week|month|year|quarter|annum|yr"
    r"|mo)(?![a-z])(?! (?:earlier"
    r"|ago|later|before|after|from))| (?P<adverb>daily"
    r"|weekly|monthly|annually|yearly)",
    re.IGNORECASE,
)


def sign_before(text: str, at: int) -> tuple[str, int] | None:
    """Currency and start of the sign that ends at a position."""
    found = _BEFORE.search(text, max(0, at - LONGEST_SIGN - 1), at)
    if found is None or _OF_ROUND.search(text, max(0, at - 9), at):
        found = _GLUED.search(text, max(0, at - 2), at)
        return (currencies.SIGNS[found[0]], found.start()) if found else None
    return currencies.SIGNS[found["sign"]], found.start()


def word_after(text: str, number: Number) -> tuple[str, int, float] | None:
    """Currency and end of the currency word behind a number, and the factor where it is a hundredth."""
    found = _AFTER.match(text, number.end)
    if found is None:
        return None
    word = (found["word"] or found["han"]).strip().lower()
    known = currencies.WORDS.get(word)
    is_doubtful = word in currencies.DOUBTFUL and number.magnitude is None and not number.is_grouped
    return None if known is None or is_doubtful else (known[0], found.end(), known[1])


def code_behind(text: str, number: Number, sign: str) -> tuple[str, int, float] | None:
    """The code behind an amount with a sign that says which of the sign's currencies it is: "$240 million CAD"."""
    found = _CODE.match(text, number.end) if sign in ("$", "\xa5") else None
    return (currencies.SIGNS[found[1]], found.end(), 1.0) if found else None


_ENGLISH = {
    word: unit
    for unit, words in (
        ("day", "tag jour día dia giorno день 天 日 täglich"), ("year", "jahr an año anno ano год 年 년"),
        ("month", "monat mois mes mese mês месяц 月 월 monatlich mensuales"),
    )
    for word in words.split()
} | {"al mes": "month"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Per:
    """What one amount buys."""

    kind: Kind
    per: str | None
    end: int


def per_after(text: str, at: int) -> Per | None:
    """The unit that an amount is per, where one follows."""
    for pattern, kind, per in (
        (_PER_GPU_HOUR, "price_per_gpu_hour", None),
        (_PER_NODE_HOUR, "price_per_node_hour", None),
        (_PER_HOUR, "price_per_gpu_hour", "hour"),
        (_PER_TOKENS, "price_other", ""),
        (_PER_OTHER, "price_other", ""),
        (_PER_GPU, "price_per_gpu", None),
        (_PER_TIME, "money", ""),
    ):
        if found := pattern.match(text, at):
            named = next((value for value in found.groupdict().values() if value), None) if per == "" else per
            word = named.strip().lower() if named else None
            if word and word.endswith("m") and pattern is _PER_TOKENS:
                word = f"{word} tokens"  # "$3/M"
            return Per(kind, _ENGLISH.get(word or "", word), found.end())  # type: ignore[arg-type]
    return None
