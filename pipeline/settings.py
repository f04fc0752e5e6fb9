"""What a person may set in the environment besides the home: memory, what runs after a publish, what is worth an alert.

Every value has a default that does no harm; a value that is not understood is a usage error, not a default.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.errors import UsageError
from pipeline.paths import environment

AFTER = ("feed", "webhook", "export", "report")
ALERTS = ("stale", "price", "claim", "check")
FORMS = ("csv", "parquet", "json", "xlsx")
NONE = "none"
UNITS = {"mb": 10**6, "gb": 10**9, "mib": 2**20, "gib": 2**30}
LEAST_MEMORY = 64 * 2**20  # bytes; with less, DuckDB finishes nothing
_SIZE = re.compile(rf"(\d{{1,6}}(?:\.\d+)?) ?({'|'.join(UNITS)})", re.ASCII)
YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


@dataclass(frozen=True)
class Settings:
    """As read from the environment; the defaults are those of a person who has set nothing."""

    after: tuple[str, ...] = AFTER
    """``AICOST_AFTER``: what runs after a publish, by commas, or none."""
    export_forms: tuple[str, ...] = ("parquet",)
    """``AICOST_AFTER_FORMATS``: files that the export after a publish writes."""
    feed_entries: int = 100
    """``AICOST_FEED_ENTRIES``: newest entries of the feed."""
    webhook: str | None = field(default=None, repr=False)
    """``AICOST_WEBHOOK``: address that is told of changes and alerts; it may hold a secret, and is never printed."""
    webhook_secret: str | None = field(default=None, repr=False)
    """``AICOST_WEBHOOK_SECRET``: key that signs each message; never printed."""
    webhook_private: bool = False
    """``AICOST_WEBHOOK_PRIVATE``: whether the address may lie in a private network or on this machine."""
    alerts: tuple[str, ...] = ALERTS
    """``AICOST_ALERTS``: rules that are on, by commas, or none."""
    price_move: float = 0.2
    """``AICOST_ALERT_PRICE_MOVE``: share by which a price must move, either way."""
    stale_visits: float = 2.0
    """``AICOST_ALERT_STALE_VISITS``: visits that a source may miss."""
    memory_limit: int | None = None
    """``AICOST_MEMORY_LIMIT``: bytes that DuckDB may use for a publish; None: as much as `pipeline.memory` thinks."""


def read(*, after: str | None = None) -> Settings:
    """The settings of the environment.

    Args:
        after: What runs after a publish, as ``AICOST_AFTER``; it goes before the environment.

    Raises:
        UsageError: A value is not one of those that there are; it is named, unless it may be a secret.
    """
    default = Settings()
    return Settings(
        after=_some("AICOST_AFTER", after or environment("AICOST_AFTER"), AFTER, default.after),
        export_forms=_some("AICOST_AFTER_FORMATS", environment("AICOST_AFTER_FORMATS"), FORMS, default.export_forms),
        feed_entries=int(_number("AICOST_FEED_ENTRIES", default.feed_entries, least=1)),
        webhook=environment("AICOST_WEBHOOK"),
        webhook_secret=environment("AICOST_WEBHOOK_SECRET"),
        webhook_private=_switch("AICOST_WEBHOOK_PRIVATE"),
        alerts=_some("AICOST_ALERTS", environment("AICOST_ALERTS"), ALERTS, default.alerts),
        price_move=_number("AICOST_ALERT_PRICE_MOVE", default.price_move, least=0),
        stale_visits=_number("AICOST_ALERT_STALE_VISITS", default.stale_visits, least=0),
        memory_limit=_bytes("AICOST_MEMORY_LIMIT", least=LEAST_MEMORY),
    )


def chosen(name: str, text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Words by commas, each once, in the order given.

    Raises:
        UsageError: One is not known.
    """
    words = tuple(dict.fromkeys(word.strip().lower() for word in text.split(",") if word.strip()))
    strange = [word for word in words if word not in known]
    if strange or not words:
        raise UsageError(
            f"{name} does not know {', '.join(strange) or 'an empty list'}", fix=f"there are {', '.join(known)}"
        )
    return words


def _some(name: str, text: str | None, known: tuple[str, ...], default: tuple[str, ...]) -> tuple[str, ...]:
    if text is None:
        return default
    return () if text.strip().lower() == NONE else chosen(name, text, known)


def _number(name: str, default: float, *, least: float) -> float:
    text = environment(name)
    if text is None:
        return default
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not least <= number < float("inf"):
        raise UsageError(
            f"{name} is {text[:40]!r}, not a number of {least:g} or more", fix=f"the default is {default:g}"
        )
    return number


def _bytes(name: str, *, least: int) -> int | None:
    text = environment(name)
    if text is None:
        return None
    said = _SIZE.fullmatch(text.strip().lower())
    size = int(float(said[1]) * UNITS[said[2]]) if said else 0
    if size < least:
        raise UsageError(
            f"{name} is {text[:40]!r}, not a size of {least // 2**20} MiB or more", fix="write it as 800MB or 2GiB"
        )
    return size


def _switch(name: str) -> bool:
    text = (environment(name) or NO[0]).strip().lower()
    if text not in (*YES, *NO):
        raise UsageError(f"{name} is {text[:40]!r}", fix="write 1 or 0")
    return text in YES
