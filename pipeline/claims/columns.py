"""What the header of a column or row, or the caption, says of the numbers below: their kind, scale and currency."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.claims.claim import Kind
from pipeline.claims.labels import kind_of

_MAGNITUDE = (
    r"(?:in )?(?:us ?)?(?P<sign>[$€£\xa5]|usd|eur|rmb|cny|gbp)? ?"
    r"(?P<size>k|m|mn|mio\.?|mill\.?|millions?|millionen|millones|millionen|b|bn|billions?|mrd\.?|milliarden|t|tn"
    r"|trillions?|thousands?|lakh|crore|[百千]?万|[百千]?萬|亿|億|百万)"
)
_SCALE = re.compile(
    rf"[(（\[,/] ?{_MAGNITUDE}(?:\b|(?=[元美円人]))(?: (?P<word>usd|us dollars|dollars|euros?|eur|yuan|rmb|yen"  # noqa: RUF001
    rf"|rupees))?|\b(?:in|of) {_MAGNITUDE.replace('P<sign>', 'P<sign2>').replace('P<size>', 'P<size2>')}"
    rf"(?:\b|(?=[元美円人]))|(?P<signed>[$€£]) ?(?P<size3>k|m|mn|b|bn|t|tn|millions?|billions?|trillions?)\b"
    rf"|\b(?P<size4>k|m|mn|b|bn)(?:[$€£]|(?: (?:usd|eur|gbp)\b))"
    rf"|^\W*(?:us)?[$€£] ?\(?(?P<size5>millions?|billions?|thousands?)\b",
    re.IGNORECASE,
)
_SIZES = {
    "k": 1e3, "thousand": 1e3, "lakh": 1e5, "m": 1e6, "mn": 1e6, "mio": 1e6, "mill": 1e6, "million": 1e6, "crore": 1e7,
    "millionen": 1e6, "millones": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9, "mrd": 1e9, "milliarden": 1e9, "t": 1e12,
    "tn": 1e12, "trillion": 1e12, "万": 1e4, "萬": 1e4, "百万": 1e6, "百萬": 1e6, "千万": 1e7, "千萬": 1e7, "亿": 1e8,
    "億": 1e8,
}  # fmt: skip
_CURRENCIES = tuple(
    (code, re.compile(pattern, re.IGNORECASE))
    for code, pattern in (
        ("USD", r"\$|\busd\b|dollar|美元|美金|ドル|달러"),
        ("EUR", r"€|\beur|欧元|歐元|ユーロ|유로"),
        ("GBP", r"£|\bgbp\b|英镑"),
        ("JPY", r"\bjpy\b|\byen\b|円|日元"),
        ("KRW", r"₩|\bkrw\b|원\b"),
        ("CNY", r"\brmb\b|\bcny\b|yuan|元"),
        ("INR", r"₹|\binr\b|rupee|\brs\b"),
    )
)
# A table of prices per token says so above its columns.
_PER_TOKENS = (
    r"(?:per|/|a|每|pro|por|par) ?(?:1 ?|one )?(?:million|m|mio\.?|1k|k)?[ -]?(?:tokens?|tok)\b|/mtok|/ ?1 ?m\b"
    r"|[$€£] ?/ ?(?-i:M)\b"
    r"|[每/] ?(?:百万|1M) ?(?:tokens?|词元)?|100万トークン"
)
TOKEN_HEAD = re.compile(
    rf"{_PER_TOKENS}|\b(?:input|output|cached|prompt|completion)\b|\bin ?/ ?out\b"
    r"|^\W*(?:in|out|blended)(?: ?[,(/].{0,30})?\W*$|\b(?:cache|prefix) (?:read|write|hit|miss|creation)s?\b"
    r"|(?:entrée|sortie|entrada|salida|saída|eingabe|ausgabe)\b|入力|出力|输入|输出|輸入|輸出|缓存|입력|출력",
    re.IGNORECASE,
)
_OF_ALL_TOKENS = re.compile(_PER_TOKENS, re.IGNORECASE)
# What else the prices below a header are for.
PER_HEAD = re.compile(
    r"(?:\b(?:per|each|one|for an?)\b|/|每) ?(?:\w+ )?(?P<per>query|test|task|request|prompt|image|seat|user|month|mo"
    r"|call"
    r"|session|page|video|clip|gb|kwh|dbu|week|day)\b|(?P<monthly>\bmonthly\b)",
    re.IGNORECASE,
)
ONE_OF = re.compile(
    r"(?:an?|one|each|per) (?:\w+ )?(?P<per>query|test|task|request|prompt|image|call|session|page|video|clip)",
    re.IGNORECASE,
)
# Beside prices by the hour these are the same for longer; elsewhere such a header may stand above any sum.
PERIOD_HEAD = re.compile(
    r"(?:\d{2,4} ?(?:h|hrs?|hours)\W{1,3}(?:i\.e\. )?)?(?:an?|one|1)? ?(?P<per>month|year|week|day|monthly|yearly"
    r"|annual(?:ly)?|weekly|daily)(?: ?\(.{0,20}\)| (?:cost|price|rate|bill))?",
    re.IGNORECASE,
)
PERIODS = {"monthly": "month", "yearly": "year", "annual": "year", "annually": "year", "weekly": "week", "daily": "day"}
_UNIT = re.compile(r"[$€£\xa5]|dollars|\busd\b|euros?\b|\beur\b|yuan|rmb|millions?\b|billions?\b", re.IGNORECASE)
# The line above a table that says its prices are by the hour.
_HOURLY = re.compile(r"(?:\b(?:per|an)|/) ?(?:gpu[- ]?)?(?:hour|hr)\b|\bhourly\b", re.IGNORECASE)
_ESTIMATED = re.compile(
    r"\b(?:est\b\.?|estimate[ds]?|estimation|approx\b\.?|approximate(?:ly)?|rough(?:ly)?|ca\.|guess(?:es)?"
    r"|geschätzte?|estimée?|estimad[oa]|stimat[oa])|估计|估算|推定|预估|추정",
    re.IGNORECASE,
)


class Head(NamedTuple):
    """What a header says of the numbers that stand below it or beside it."""

    kind: Kind | None
    factor: float
    currency: str | None


NO_HEAD = Head(None, 1.0, None)


@lru_cache(maxsize=4096)
def head_of(text: str) -> Head:
    """What a header says."""
    kind = kind_of(text) or ("price_other" if TOKEN_HEAD.search(text) and _UNIT.search(text) else None)
    scale = _SCALE.search(text)
    sizes = [part for name, part in scale.groupdict().items() if name.startswith("size") and part] if scale else []
    size = sizes[0].lower().rstrip(".") if sizes else ""
    factor = _SIZES.get(size) or _SIZES.get(size.rstrip("s")) or 1.0
    if kind and kind.startswith("price"):
        factor = 1.0  # "$/M" is the price of a million
    currency = next((code for code, pattern in _CURRENCIES if pattern.search(text)), None) if kind else None
    return Head(kind, factor, currency)


def above(caption: str) -> Head:
    """What a caption says of all columns that say nothing themselves: their kind and unit."""
    head = head_of(caption)
    if _HOURLY.search(caption):
        return head._replace(kind="price_per_gpu_hour")
    if _OF_ALL_TOKENS.search(caption):
        currency = next((code for code, pattern in _CURRENCIES if pattern.search(caption)), None)
        return Head("price_other", 1.0, currency)
    is_of_all = head.kind == "gpu_hours" or (head.kind == "money" and _UNIT.search(caption) is not None)
    return head if is_of_all else NO_HEAD


def is_estimated(headers: str) -> bool:
    """Whether headers say that the numbers are estimates: "Cost (est.)"."""
    return _ESTIMATED.search(headers) is not None


def day_factor(header: str) -> float:
    """How many hours the unit of device time in a header is: 24 for GPU-days."""
    return 24.0 if re.search(r"(?:gpu|chip|tpu|[ahv]\d{2,3})s?[ -]{0,2}days?\b", header, re.IGNORECASE) else 1.0
