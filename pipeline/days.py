"""Days that cannot be: of what is yet to come, or from before the thing existed.

A row with such a day is set aside: whether it is a typing error, a count from another year or day and month swapped
cannot be told, and what the rest of the row says is then in doubt as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from pipeline.facts import ExtractedClaim, Fact, GpuPrice, HardwarePrice, Issue, ReportedClaim, Score, TokenPrice

RULE = "unreasonable_day"
SOMEWHERE = timedelta(days=1)  # it is tomorrow somewhere
ANNOUNCED = timedelta(days=732)  # a price or a model may be announced; for later years nobody does
EPOCH = date(1970, 1, 1)  # what programs print for "no day"
# The first that there can be: rented clouds of 2006, sellers of tokens of 2020, boards of today's benchmarks.
EARLIEST: dict[tuple[type[Fact], str], date] = {
    (GpuPrice, "effective_on"): date(2006, 1, 1),
    (TokenPrice, "effective_on"): date(2020, 1, 1),
    (TokenPrice, "model_released_on"): date(2018, 1, 1),
    (Score, "run_on"): date(2015, 1, 1),
    (ExtractedClaim, "published_on"): date(2000, 1, 1),
    (HardwarePrice, "priced_on"): date(1990, 1, 1),
}
MEASURED: dict[type[Fact], str] = {
    Score: "run_on", ReportedClaim: "claimed_on", ExtractedClaim: "published_on",
    HardwarePrice: "priced_on",
}  # fmt: skip
ANNOUNCES: dict[type[Fact], tuple[str, ...]] = {
    GpuPrice: ("effective_on",), TokenPrice: ("effective_on", "model_released_on"), Score: ("model_released_on",),
}  # fmt: skip


def parted(facts: Iterable[Fact], observed_at: datetime) -> tuple[list[Fact], list[Issue]]:
    """The facts whose days can be, and an issue for each of the others."""
    kept: list[Fact] = []
    aside: list[Issue] = []
    for fact in facts:
        found = wrong(fact, observed_at.date())
        if found is None:
            kept.append(fact)
        else:
            name, why = found
            day = str(getattr(fact, name))
            aside.append(Issue(row=fact.row, rule=RULE, field=name, raw_value=day, what=f"{name} {day} {why}"))
    return kept, aside


def wrong(fact: Fact, observed_on: date) -> tuple[str, str] | None:
    """The first field of a fact whose day cannot be, and why."""
    kind = type(fact)
    measured = MEASURED.get(kind)
    limits = [(measured, SOMEWHERE)] if measured else []
    limits += [(name, ANNOUNCED) for name in ANNOUNCES.get(kind, ())]
    for name, ahead in limits:
        day: date | None = getattr(fact, name)
        if day is None:
            continue
        if day > observed_on + ahead:
            return name, f"is yet to come on {observed_on}, when the page was received"
        if day == EPOCH:
            return name, "is the day that programs print for none"
        if day < EARLIEST.get((kind, name), date.min):
            return name, "is before there was any such thing"
    return None
