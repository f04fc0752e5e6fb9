"""Money as pages print it: an amount with its currency, what it is per, and whether it is a lower bound.

And prices as lists hold them: an offer has one price, or an issue that says why it has none, and counts once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

from pipeline.facts import Currency, Fact, GpuPrice, Issue
from pipeline.read import GROUPED, NOTHING, TURNED, Unreadable, changed, clean, positive
from pipeline.source import Page

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
    r"(?:\s?(?:/|per)\s?(?P<unit>[a-z]+(?:\s?[/-]\s?[a-z]+)?))?(?:\s?[*†‡])*",
    re.ASCII | re.IGNORECASE,
)

_ON_REQUEST = re.compile(r"(?:please )?(?:contact|talk to|ask) (?:us|sales)|request a quote", re.IGNORECASE)


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
    if found is None or TURNED.search(text):
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


# --- lists of prices ------------------------------------------------------------------------------


def listed(text: str, *, row: int, offer: str, currency: str, unit: str) -> Money | Issue:
    """The price in a cell of a list, or the issue that the cell leaves: unreadable, or listed without a price."""
    if not _ON_REQUEST.fullmatch(clean(text)):
        try:
            amount = money(text, currency=currency, unit=unit)
        except Unreadable as error:
            return error.issue(row, "price")
        if amount is not None:
            return amount
    return Issue(row=row, rule="no_price", field="price", raw_value=text, what=f"{offer} is listed without a price")


def each_once(page: Page, found: Iterable[Fact | Issue]) -> Iterator[Fact | Issue]:
    """What is found, a repeated offer (a copy for small screens, a table twice) once and with an issue for the rest.

    Raises:
        PageChanged: An offer stands twice, and not at the same price and terms.
    """
    known: dict[tuple[object, ...], GpuPrice] = {}
    for item in found:
        if not isinstance(item, GpuPrice):
            yield item
            continue
        key = (item.provider, item.offer, item.region, item.pricing_type, item.commitment, item.effective_on)
        before = known.setdefault(key, item)
        if before is item:
            yield item
        elif before.model_dump(exclude={"row"}) == item.model_dump(exclude={"row"}):
            what = f"the same offer stands before, in row {before.row}"
            yield Issue(
                row=item.row, rule="repeated_row", field="offer", raw_value=item.offer, what=what, kept=True
            )  # fmt: skip
        else:
            prices = f"{item.offer} ({item.pricing_type}) stands twice, at {before.price:g} and at {item.price:g}"
            raise changed(page, prices, "one of the two is out of date, or two offers got the same name")
