"""Values in words: amounts, days, counts and lists as a newspaper prints them. Missing is said, never blank or zero."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pipeline import show
from pipeline.values import plain

MISSING = "not on file"
THIN = "\u202f"  # a narrow no-break space
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
SMALL_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
SCOPES = {
    "post_training": "post-training",
    "final_run": "final run",
    "training_total": "training, total",
    "inference": "inference",
    "rnd_total": "R&D, total",
    "hardware_capex": "hardware purchase",
    "fleet": "fleet",
    "company_investment": "company investment",
    "funding": "funding",
    "national_programme": "national programme",
    "other_not_cost": "not a cost",
    "unknown": "scope not stated",
}


def usd(value: object, missing: str = MISSING) -> str:
    """$5.58M, in three significant figures."""
    return show.money(value) if isinstance(value, int | float) else missing


def usd_range(low: object, high: object) -> str:
    """$4.7M to $9.5M; an open end is said."""
    if low is None and high is None:
        return MISSING
    if low is None or high is None:
        return f"at least {usd(low)}" if high is None else f"at most {usd(high)}"
    return f"{usd(low)} to {usd(high)}"


def estimate(value: object, low: object, high: object) -> str:
    """$5.58M (4.7–9.5): a figure with its interval, whose ends repeat the unit only where it is another."""  # noqa: RUF002
    said = usd(value)
    ends = [usd(end) for end in (low, high)]
    if value is None or low is None or high is None:
        return f"{said} ({usd_range(low, high)})"
    if all(end[-1:] == said[-1:] and end[-1:].isalpha() for end in ends):
        ends = [end.rstrip("KMBT") for end in ends]
    return f"{said} ({ends[0].removeprefix('$')}–{ends[1].removeprefix('$')})"


def hourly(value: object, missing: str = MISSING) -> str:
    """$3.42, a price of a GPU-hour to the cent."""
    return f"${value:,.2f}" if isinstance(value, int | float) else missing


def price(value: object, missing: str = MISSING) -> str:
    """$37.50 and $0.074: to the cent from a dollar on, in two figures below."""
    if not isinstance(value, int | float):
        return missing
    return hourly(value) if value >= 1 else usd(float(f"{value:.2g}"))


def share(value: object, missing: str = MISSING) -> str:
    """58%, or 5.8% where that says more."""
    if not isinstance(value, int | float):
        return missing
    digits = 0 if abs(value) >= 1 / 10 or value == 0 else 1
    return f"{100 * value:.{digits}f}%"


def signed_share(value: float) -> str:
    """+3.2%, or the same with a true minus."""
    text = share(abs(value))
    return text if float(text.rstrip("%")) == 0 else ("+" if value > 0 else "\u2212") + text


def times(value: object) -> str:
    """2.7x, 19x: a factor."""
    if not isinstance(value, int | float):
        return MISSING
    rounded = float(f"{value:.2g}") if value < 100 else float(f"{value:.3g}")
    return f"{rounded:,.1f}".removesuffix(".0") if rounded < 10 else f"{rounded:,.0f}"


def day(value: object, missing: str = MISSING) -> str:
    """24 Dec 2024."""
    if isinstance(value, datetime):
        value = datetime.fromisoformat(str(plain(value))).date()
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}" if isinstance(value, date) else missing


def iso(value: object, missing: str = MISSING) -> str:
    """2024-12-24, for tables: it sorts as it stands."""
    return str(plain(value))[:10] if isinstance(value, date) else missing


def month(value: object, missing: str = MISSING) -> str:
    """Dec 2024."""
    return f"{MONTHS[value.month - 1]} {value.year}" if isinstance(value, date) else missing


def quarter(value: object, missing: str = MISSING) -> str:
    """Q4 2024."""
    return f"Q{(value.month + 2) // 3} {value.year}" if isinstance(value, date) else missing


def count(number: int, thing: str, things: str | None = None) -> str:
    """One provider, three providers, 1,204 rows."""
    said = SMALL_NUMBERS[number] if 0 <= number < len(SMALL_NUMBERS) else f"{number:,}"
    return f"{said} {thing if number == 1 else things or thing + 's'}"


def sentence(text: str) -> str:
    """The same with a capital letter."""
    return text[:1].upper() + text[1:]


def listed(names: Sequence[str], most: int = 8) -> str:
    """A, B and C; a long list is cut, and says how many more there are."""
    if not names:
        return "none"
    shown = list(names[:most]) + ([f"{len(names) - most} more"] if len(names) > most else [])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def scope(value: object) -> str:
    """A scope in words."""
    return SCOPES.get(str(value), text(value).replace("_", " "))


def text(value: object, missing: str = MISSING) -> str:
    """Any text on one line, without control characters."""
    return missing if value is None or value == "" else show.printable(value)


def number(value: object, missing: str = MISSING) -> str:
    """A number as it is, with commas."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return missing
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"


def cut(value: object, most: int) -> str:
    """Text that is no longer than that."""
    said = text(value)
    return said if len(said) <= most else f"{said[: most - 1].rstrip()}…"


def pick(rows: Sequence[dict[str, Any]], **cells: object) -> list[dict[str, Any]]:
    """The rows whose cells are those."""
    return [row for row in rows if all(row[key] == value for key, value in cells.items())]
