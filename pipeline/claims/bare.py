"""A number alone in its cell, read as the headers have it; a run's time, and chips as a product."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.claims.claim import Kind
from pipeline.claims.columns import TOKEN_HEAD, Head, day_factor
from pipeline.claims.figures import SYMBOLS, Figure
from pipeline.claims.heads import HOURS, MOST_HOURS
from pipeline.claims.numbers import Number, number_at
from pipeline.claims.style import Style
from pipeline.facts import Hedge

_WORDS = sorted(HOURS, key=len, reverse=True)
_TIME_UNIT = re.compile(rf"(?:\b|(?<=\d))({'|'.join(_WORDS)})(?![a-zà-ÿ])", re.IGNORECASE)
# In a header a word may be another: "Time on an A100", "Min", and 时间 is time, not hours, unless in brackets.
_NOT_IN_HEADS = ("an", "jam", "min", "sec", "second", "seconds", "secs")
_LATIN = "|".join(word for word in _WORDS if word < "\u3000" and word not in _NOT_IN_HEADS)
_IN_BRACKETS = "|".join(word for word in _WORDS if word > "\u3000" or word == "min")
_UNIT_IN_HEAD = re.compile(
    rf"\b({_LATIN})(?![a-zà-ÿ])|[(（]({_IN_BRACKETS})[)）]",  # noqa: RUF001
    re.IGNORECASE,
)
_DASH = re.compile(r" ?[-–~] ?(?=\d)")  # noqa: RUF001
_BARE = re.compile(
    r"[^\w~<>≥≤≈]{0,3}(?P<words>(?:up to|over|under|about|around|roughly|more than|less than|at least|ca\.?|c\.) )?"
    r"(?P<sign>[~<>≥≤≈])?[^\w\d~<>]{0,3}(?=\d)"
)
_HEDGES: dict[str, Hedge] = {**SYMBOLS, "≈": "approx"}
_REST = re.compile(
    rf"\W*(?:\((?:est\.?|estimated|approx\.?|reported)\)|est\.?|gpus?|chips|cards|devices|units|[张块卡枚台]"
    rf"|tokens?|(?:wall[- ]clock )?(?:{'|'.join(_WORDS)}))?\W*(?:\[\d+\]|\([^()]{{0,30}}\))?(?:[,;] [^|]{{0,120}})?\W*",
    re.IGNORECASE,
)
# "69d 23h", "2 days, 4 hours", "1h30m": a time in two or three units, the largest first.
_PART = r"(?P<n{0}>\d{{1,4}}(?:\.\d{{1,2}})?) ?(?:{1})\.?"
_COMPOUND = re.compile(
    rf"\W{{0,3}}(?P<sign>[~<>≈])? ?(?:{_PART.format(1, 'd|days?')}(?:,? (?:and )?|))?"
    rf"(?:{_PART.format(2, 'h|hrs?|hours?')}(?:,? (?:and )?|))?"
    rf"(?:{_PART.format(3, 'm|mins?|minutes?')}(?:,? (?:and )?|))?"
    rf"(?:{_PART.format(4, 's|secs?|seconds?')})?\W{{0,3}}",
    re.IGNORECASE,
)
_IN_DAYS = (1.0, 1 / 24, 1 / 1440, 1 / 86400)
_PRODUCT = re.compile(r"\W{0,3}(\d{1,5}) ?[x×*] ?(\d{1,5})(?: ?[x×*] ?(\d{1,5}))?\W{0,3}", re.IGNORECASE)  # noqa: RUF001
MOST_PARTS = 5_000  # of nodes, or of chips in one


def bare(text: str, head: Head, header: str, style: Style) -> Figure | None:
    """A number alone in its cell, as its header says; None where the header does not."""
    if head.kind == "duration" and (time := whole_time(text)):
        return time
    if head.kind == "gpu_count" and (product := _product(text)):
        return product
    lead = _BARE.match(text)
    if head.kind is None or lead is None:
        return None
    number = number_at(text, lead.end(), continental=style.continental)
    if number is None or number.value <= 0:
        return None
    gap = _DASH.match(text, number.end)
    second = number_at(text, gap.end(), continental=style.continental) if gap else None
    last = second or number
    if not _REST.fullmatch(text, last.end):
        return None
    kind, factor, end = _kind_and_factor(text, number, last, head, header)
    is_money = kind is not None and kind.startswith(("money", "price"))
    currency = (head.currency or style.only_currency) if is_money else None
    shared = last.magnitude if second and number.magnitude is None and last.magnitude else 1.0
    low, high = number.value * shared, last.value
    is_whole = number.value == int(number.value)
    if kind is None or (is_money and currency is None) or (kind == "gpu_count" and not is_whole) or low > high:
        return None
    hedge = "at_least" if last.plus else _HEDGES.get(lead["sign"] or "")
    start = lead.start("sign") if lead["sign"] else number.start
    figure = Figure(
        kind, low * factor, high * factor, start, end, end, currency, hedge=hedge, is_range=second is not None
    )  # fmt: skip
    is_of_tokens = kind == "price_other" and TOKEN_HEAD.search(header)
    return replace(figure, per="1m tokens") if is_of_tokens else figure


def _kind_and_factor(
    text: str, number: Number, last: Number, head: Head, header: str
) -> tuple[Kind | None, float, int]:
    """What a number is, what its unit makes of it, and where the unit ends."""
    kind, factor = head.kind, 1.0 if last.magnitude else head.factor
    if kind == "gpu_hours":
        return kind, factor * day_factor(header), last.end
    if kind != "duration":
        return kind, factor, last.end
    own = _TIME_UNIT.search(text, last.end)
    unit = own or _UNIT_IN_HEAD.search(header)
    if unit is None:
        return None, 1.0, last.end
    end = own.end() if own and own.start() - last.end <= 1 else last.end
    hours = HOURS[next(word for word in unit.groups() if word).lower()]
    if hours == 1.0 and number.value >= MOST_HOURS:
        return "gpu_hours", 1.0, end  # those of all chips together
    return kind, hours / 24, end


def whole_time(text: str) -> Figure | None:
    """A time in two units or more that fills its cell: "69d 23h"."""
    found = _COMPOUND.fullmatch(text)
    parts = [found[f"n{at}"] for at in range(1, 5)] if found else []
    if found is None or sum(part is not None for part in parts) < LEAST_PARTS:
        return None
    days = sum(float(part) * unit for part, unit in zip(parts, _IN_DAYS, strict=True) if part)
    start, end = _filled(text)
    return Figure("duration", days, days, start, end, end, hedge=_HEDGES.get(found["sign"] or "")) if days else None


LEAST_PARTS = 2


def _product(text: str) -> Figure | None:
    """Chips as nodes times chips: "8 x 4"."""
    found = _PRODUCT.fullmatch(text)
    factors = [int(part) for part in found.groups() if part] if found else []
    if not factors or max(factors) > MOST_PARTS:
        return None
    count = 1
    for factor in factors:
        count *= factor
    start, end = _filled(text)
    return Figure("gpu_count", count, count, start, end, end) if count else None


def _filled(text: str) -> tuple[int, int]:
    """Where what a cell holds begins and ends."""
    return len(text) - len(text.lstrip(" *_`")), len(text.rstrip(" *_`"))
