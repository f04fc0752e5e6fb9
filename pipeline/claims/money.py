"""Amounts of money: the sign or word that makes a number one, and what one amount buys."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.claims.claim import Kind

_SIGNS = {
    "US$": "USD", "U.S.$": "USD", "$": "USD", "USD": "USD", "US": "USD", "A$": "AUD", "AU$": "AUD", "AUD": "AUD",
    "C$": "CAD", "CA$": "CAD", "CAD": "CAD", "NZ$": "NZD", "HK$": "HKD", "HKD": "HKD", "NT$": "TWD", "S$": "SGD",
    "SGD": "SGD", "R$": "BRL", "€": "EUR", "EUR": "EUR", "£": "GBP", "GBP": "GBP", "₹": "INR", "INR": "INR", "RS":
    "INR", "RS.": "INR", "₩": "KRW", "KRW": "KRW", "CHF": "CHF", "SEK": "SEK", "CNY": "CNY", "RMB": "CNY", "CN\xa5":
    "CNY", "RMB\xa5": "CNY", "JPY": "JPY", "JP\xa5": "JPY", "\xa5": "\xa5", "AED": "AED", "₽": "RUB",
}  # fmt: skip
_WORDS = {
    "dollar": "USD", "dollars": "USD", "usd": "USD", "bucks": "USD", "$": "USD", "us$": "USD", "dólares": "USD", "美元":
    "USD", "美金": "USD", "euro": "EUR", "euros": "EUR", "eur": "EUR", "€": "EUR", "欧元": "EUR", "pounds": "GBP",
    "pound": "GBP", "sterling": "GBP", "gbp": "GBP", "£": "GBP", "yuan": "CNY", "rmb": "CNY", "renminbi": "CNY",
    "cny": "CNY", "元": "CNY", "人民币": "CNY", "块钱": "CNY", "yen": "JPY", "jpy": "JPY", "日元": "JPY", "円": "JPY",
    "rupees": "INR", "rupee": "INR", "inr": "INR", "won": "KRW", "krw": "KRW", "韩元": "KRW", "港元": "HKD", "francs":
    "CHF", "chf": "CHF", "kronor": "SEK", "dirhams": "AED", "dirham": "AED", "dólar": "USD", "dollari": "USD",
    "dollaro": "USD", "ドル": "USD", "米ドル": "USD", "달러": "USD", "долларов": "USD", "доллара": "USD", "долл": "USD",
    "ユーロ": "EUR", "евро": "EUR", "원": "KRW", "рублей": "RUB", "रुपये": "INR", "रुपए": "INR",
    "reais": "BRL", "francos": "CHF", "franken": "CHF",
}  # fmt: skip
_BEFORE = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:CN|RMB|JP)?\xa5|(?:US?|U\.S\.|AU?|CA?|NZ|HK|NT|S|R)?\$|[€£₹₩₽]"
    r"|(?:USD|EUR|GBP|CNY|RMB|JPY|INR|AUD|CAD|SGD|HKD|KRW|CHF|SEK|AED|Rs\.?)) ?$"
)
# Cells of a table that lost what parted them: "Series G$30B$380B".
_GLUED = re.compile(r"(?<=[A-Za-z0-9%)])[$€£]$")
_OF_ROUND = re.compile(r"[Ss]eries [A-Z]\$$")
_AFTER = re.compile(
    r"[ -]?(?:in |worth of |of |sums? (?:of|in) )?"
    r"(?:U\.?S\.? ?|US-|american |canadian |australian |singapore |hong kong |chinese |swiss |d'|de los |"
    r"|de |di )?"
    r"(?P<word>dollars?|dollar[io]|dólar(?:es)?|usd|bucks|dólares|us\$|\$(?![\d\w])|euros?|eur|€|sterling"
    r"|pounds?|gbp|£|yuan|rmb|renminbi"
    r"|cny|yen"
    r"|jpy|rupees?|inr|won|krw|francs|francos|franken|reais|chf|kronor|dirhams?)(?![a-zäöüß])"
    r"|(?P<han> ?(?:人民币|美元|美金|欧元|日元|韩元|港元|块钱|元|米ドル"
    r"|ドル|円|ユーロ|달러|원|долларов|доллара|долл|евро|рублей|रुपये|रुपए))",
    re.IGNORECASE,
)
_OTHER_DOLLARS = (("canadian", "CAD"), ("australian", "AUD"), ("singapore", "SGD"), ("hong kong", "HKD"))

_DEVICE = (
    r"(?:gpus?|tpus?|cards?|chips?|accelerators?|units?|npus?|processors?|gcds?|pieces?|superchips?|hopper|blackwell"
    r"|(?:nvidia )?(?:[abhlv]\d{2,3}s?|gb?h?[23]00s?|mi\d{3}x?|rtx ?\d{4}s?|tpu ?v\d\w?|trainium\d?|ascend ?\w*|h20))"
)
_NODE = (
    r"(?:nodes?|servers?|instances?|machines?|systems?|clusters?|box(?:es)?|vms?|dgx\w*|hgx\w*"
    r"|p\d\w*\.\w+(?: \(\w+\))?|8 ?x ?\w+|\w+ ?x ?8)"
)
_HOUR = r"(?:hours?|hrs?|h|stunden?|heure)(?![a-z0-9])"
_LINK = r"(?:/ ?| ?per | ?an? | each | every |-per-| pro | par | for (?:an?|each|one|every) | for every |/ )"
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
    r"(?:(?:input|output|cached|blended|prompt|completion|generated)[ -]){0,2}(?:tokens?|tok|mtok)(?![a-z])"
    r"|m(?:tok)?(?![a-z]))| ?(?:/|每) ?(?P<per2>(?:1 ?)?(?:百万|千|万|[mk])? ?(?:个|輸入|输入|输出|出力)?(?:tokens?"
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
    r" ?(?:/ ?|per |an? |each |every )(?P<per>day|week|month|year|quarter|annum|yr|mo)(?![a-z])(?! (?:earlier"
    r"|ago|later|before|after|from))| (?P<adverb>daily"
    r"|weekly|monthly|annually|yearly)",
    re.IGNORECASE,
)


def sign_before(text: str, at: int) -> tuple[str, int] | None:
    """Currency and start of the sign that ends at a position."""
    found = _BEFORE.search(text, max(0, at - 7), at)
    if found is None or _OF_ROUND.search(text, max(0, at - 9), at):
        found = _GLUED.search(text, max(0, at - 2), at)
    if found is None:
        return None
    return _SIGNS[found[0].strip().upper() if found[0].strip().upper() in _SIGNS else found[0].strip()], found.start()


def word_after(text: str, at: int) -> tuple[str, int] | None:
    """Currency and end of the currency word that begins at a position."""
    found = _AFTER.match(text, at)
    if found is None:
        return None
    printed = found[0].lower()
    word = (found["word"] or found["han"]).strip().lower()
    code = next((code for start, code in _OTHER_DOLLARS if start in printed), _WORDS[word])
    return code, found.end()


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
            return Per(kind, named.strip().lower() if named else None, found.end())  # type: ignore[arg-type]
    return None
