"""What a document says once about its numbers: how it parts thousands, and which currency its signs stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# Small words of languages that part thousands by points and decimals by a comma: German, French, Spanish, Portuguese,
# Italian, Dutch, Russian.
_CONTINENTAL = re.compile(
    r"\b(?:der|die|das|und|mit|für|von|auf|nicht|wurde|ist|ein|eine|kosten|des|dem|lief|nach|le|la|les|et|du|une|pour"
    r"|est|que|qui|dans|sur|el|los|las|del|una|por|con|para|costó|según|em|um|uma|não|dos|il|di|che|per|della"
    r"|sono|het"
    r"|og|som|av|til|er|på|och|att|är|w|z|na|się|że|jest|yang|dan|untuk|dari|bir|için|se|su|mindestens|davon|sind|zu"
    r"|een|voor|van|met|niet|и|на|что|для|составила)\b",
    re.IGNORECASE,
)
_ENGLISH = re.compile(r"\b(?:the|of|and|to|for|with|that|is|are|has|its)\b", re.IGNORECASE)


def is_continental(text: str) -> bool:
    """Whether points part thousands in this text: its small words are those of such a language."""
    head = text[:4000]
    return len(_CONTINENTAL.findall(head)) > 2 * len(_ENGLISH.findall(head))


@dataclass(frozen=True, slots=True)
class Style:
    """What a document says once about its numbers."""

    continental: bool = False
    """Whether a point parts thousands and a comma decimals."""
    meant: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])
    """The currency that a sign of several stands for here; None where that is open."""
    only_currency: str | None = None
    """Its one currency, for amounts printed without a sign."""

    def currency(self, sign: str) -> str | None:
        """The currency of a sign."""
        return self.meant.get(sign, sign)


# Countries whose own dollars are meant in what is written on them, unless American ones are spoken of.
_DOLLARS = (("CAD", re.compile(r"Canad")), ("AUD", re.compile(r"Australia")), ("NZD", re.compile(r"New Zealand")))
_AMERICAN = re.compile(
    r"US ?\$|\bUSD\b|\bU\.?S\.?\b|America|White House|Silicon Valley|OpenAI|Nvidia|Microsoft|Google|Anthropic|Claude"
    r"|GPT-|Llama"
    r"|Gemini|[A-Z]A?\$"
)
_OTHER_DOLLARS = ("CAD", "AUD", "NZD", "SGD")  # where one of them is named, and no dollars are told apart by their sign
_SIGNED = re.compile(r"\bUSD\b|US ?\$|\$US|\b[ACNS][AGUZ]?\$")
_JAPANESE = re.compile(r"\byen\b|Japan|SoftBank|Tokyo|JPY|円")
_CHINESE = re.compile(r"yuan|RMB|Chin(?:a|ese)|Beijing|Alibaba|DeepSeek|Tencent|Baidu|renminbi|元|CNY")
_TAIWANESE = re.compile(r"新台[币幣]|台[币幣]|NT\$|[台臺][湾灣]|行政院|立法院|立委|數發部|国科会|國科會|卓榮泰|賴清德")
_KANA, _HAN = re.compile(r"[\u3040-\u30ff]"), re.compile(r"[\u4e00-\u9fff]")
_HONG_KONG = re.compile(r"港[元币幣府]|HK\$|特首")
_MAINLAND = re.compile(r"人民[币幣]|RMB|CNY|\xa5|国务院|國務院")
_NORDIC = (
    ("NOK", re.compile(r"\b(?:og|som|norsk\w*|Norge|Norway|Norwegian|Oslo|Narvik|er på)\b")),
    ("DKK", re.compile(r"\b(?:og|dansk\w*|Danmark|Denmark|Danish|DKK|København|Copenhagen|Gefion)\b")),
    ("SEK", re.compile(r"\b(?:och|svensk\w*|Sverige|Sweden|Swedish|SEK)\b")),
)
_SIGNS = (
    ("USD", "$"), ("EUR", "€"), ("GBP", "£"), ("CNY", "yuan"), ("CNY", "RMB"), ("USD", "dollar"), ("USD", "USD"),
    ("EUR", "euro"), ("JPY", "yen"), ("INR", "₹"), ("INR", "rupee"), ("KRW", "won "),
)  # fmt: skip


def style_of(words: str, title: str) -> Style:
    """The style of a document, by all its words."""
    signs = {code for code, sign in _SIGNS if sign in words}
    own = next((code for code, country in _DOLLARS if country.search(title)), "USD")
    said = [code for code in _OTHER_DOLLARS if code in words and re.search(rf"\b{code}\b", words)]
    dollar = said[0] if len(said) == 1 and not _SIGNED.search(words) else "USD" if _AMERICAN.search(words) else own
    meant = {"$": dollar, "\xa5": _yen(words), "元": _yuan(words), "kr": _krone(words)}
    only = signs.pop() if len(signs) == 1 else None
    return Style(is_continental(words), meant, dollar if only == "USD" else only)


def _yen(words: str) -> str | None:
    if "\xa5" not in words and "￥" not in words:
        return None
    japan, china = len(_JAPANESE.findall(words)), len(_CHINESE.findall(words))
    if japan == china:
        return "JPY" if _KANA.search(words) else "CNY" if _HAN.search(words) else None
    return None if japan == china else "JPY" if japan > china else "CNY"


def _yuan(words: str) -> str:
    """The currency of 元: of Taiwan or Hong Kong where they are spoken of and the mainland's money is not."""
    if "元" not in words or _MAINLAND.search(words):
        return "CNY"
    taiwan, hong_kong = len(_TAIWANESE.findall(words)), len(_HONG_KONG.findall(words))
    return "CNY" if taiwan == hong_kong else "TWD" if taiwan > hong_kong else "HKD"


def _krone(words: str) -> str | None:
    if "kr" not in words:
        return None
    counts = [(len(sign.findall(words)), code) for code, sign in _NORDIC]
    return max(counts)[1] if max(counts)[0] else None
