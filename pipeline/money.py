"""Money as pages print it: an amount with its currency, what it is per, and whether it is a lower bound."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import get_args

from pipeline.facts import Currency
from pipeline.read import GROUPED, NOTHING, Unreadable, clean, positive

_CURRENCIES = {
    "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "¥": "CNY or JPY",
    "CA$": "CAD", "C$": "CAD", "A$": "AUD", "R$": "BRL", **{code: code for code in get_args(Currency)},
}  # fmt: skip
_THINGS = {
    "gpu": "gpu", "accelerator": "gpu", "chip": "gpu",
    "instance": "instance", "node": "instance", "vm": "instance", "server": "instance",
}  # fmt: skip
_TIMES = {
    "s": "second", "sec": "second", "second": "second", "min": "minute", "minute": "minute",
    "h": "hour", "hr": "hour", "hrs": "hour", "hour": "hour", "mo": "month", "month": "month",
    "yr": "year", "year": "year",
}  # fmt: skip
_SIGN = "|".join(re.escape(sign) for sign in sorted(_CURRENCIES, key=len, reverse=True))
_MONEY = re.compile(
    rf"(?P<floor>from |starting at )?(?P<before>{_SIGN})?\s?(?P<digits>{GROUPED}|\d+(?:\.\d+)?)\s?(?P<after>{_SIGN})?"
    r"(?:\s?(?:/|per)\s?(?P<unit>[a-z]+(?:\s?[/-]\s?[a-z]+)?))?(?:\s?[*†‡]+)?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True)
class Money:
    """An amount as printed: value, currency, what it is per, and whether it is a lower bound."""

    value: float
    currency: str
    unit: str | None
    is_floor: bool


def money(text: str, *, currency: str, unit: str | None = None, decimal_comma: bool = False) -> Money | None:
    """Read an amount such as ``$2.99/hr*``, ``from US$0.79`` or ``12 EUR``; a dash is None.

    Its currency must be stated and be `currency`; its unit, if printed, must be `unit`, such as ``gpu_hour`` or
    ``instance_month`` (None: a total, per nothing). With `decimal_comma`, "1.234,50 €" is 1234.5 and "1.50 €" is
    no amount.

    Raises:
        Unreadable: No or another currency, another unit, zero or less, words such as "Contact us".
    """
    bare = clean(text)
    if bare.lower() in NOTHING:
        return None
    if decimal_comma:
        bare = _with_decimal_point(bare, text)
    found = _MONEY.fullmatch(bare)
    if found is None:
        raise Unreadable("not_money", text, f"{bare[:40]!r} is not an amount of money")
    stated = {_CURRENCIES[sign.upper()] for sign in found.group("before", "after") if sign}
    if stated != {currency}:
        names = " and ".join(sorted(stated)) or "no stated currency"
        raise Unreadable("wrong_currency", text, f"{bare[:40]!r} is in {names}, not {currency}")
    value = float(found["digits"].replace(",", ""))
    if not 0 < value < math.inf:
        raise Unreadable("not_positive", text, f"{bare[:40]!r} is no amount above zero")
    return Money(value, currency, _stated_unit(found["unit"], unit, text), found["floor"] is not None)


def _with_decimal_point(bare: str, text: str) -> str:
    if re.search(r"\.\d{1,2}(?!\d)", bare):  # a point with one or two digits is no thousands' mark
        raise Unreadable("not_money", text, f"{bare[:40]!r} has a decimal point where the page prints commas")
    return bare.translate(str.maketrans(".,", ",."))


def _stated_unit(printed: str | None, wanted: str | None, text: str) -> str | None:
    if printed is None:
        return None
    words = re.split(r"[\s/-]+", printed.lower())
    thing = "".join(_THINGS.get(word, "") for word in words)
    time = "".join(_TIMES.get(word, "") for word in words)
    known = len(words) == bool(thing) + bool(time)
    # "$2.99 / hr" under a header that says PRICE/GPU/HR is per GPU-hour; the header has stated the rest.
    if not known or wanted is None or (thing or wanted.partition("_")[0], time) != tuple(wanted.split("_")):
        raise Unreadable("wrong_unit", text, f"{clean(text)[:40]!r} is per {printed}, not {wanted or 'a total'}")
    return f"{thing}_{time}" if thing else time


def usd(text: str) -> float | None:
    """An amount in US dollars, of what the header says; a bare number is in dollars because the publisher says so.

    Raises:
        Unreadable: Another currency, a unit of its own, a lower bound ("from"), or no amount above zero.
    """
    if clean(text)[:1].isdigit():
        return positive(text)
    amount = money(text, currency="USD")
    if amount is not None and amount.is_floor:
        raise Unreadable("lower_bound", text, f"{clean(text)[:40]!r} is a lower bound, not an amount")
    return amount.value if amount else None
