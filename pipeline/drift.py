"""Whether a catalogue still says what it said: a column in another unit, or under another header, moves as a whole.

Publishers of catalogues correct single values all the time; half of a column at once is a unit, a currency or a swap.
Prices that are observed day by day are watched offer by offer in SQL instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from pipeline.facts import Fact

DAYS_MOVED = timedelta(days=180)  # either way: no correction but another calendar, or another column
MOVED = 1.5  # times, either way: no correction but another quantity
LEAST_KNOWN = 3  # values in common that are needed to tell
SHARE_MOVED = 0.5
SHARE_LOST = 1 / 3  # of what lasts: catalogues drop single models

Key = tuple[type[Fact], tuple[object, ...]]


def moved_columns(facts: Sequence[Fact], known: Sequence[Fact], *, least: int = LEAST_KNOWN) -> list[str]:
    """Fields of which more than half of the values moved by a factor, or, where facts last, are gone.

    Args:
        facts: Facts of a page as just read.
        known: Facts of an earlier state of the same page, which a person has looked at.
        least: Values in common that are needed to tell.
    """
    pairs = list(_pairs(facts, known))
    moved: list[str] = []
    parts: dict[tuple[type[Fact], str | None], list[tuple[Fact, Fact]]] = {}
    for now, before in pairs:
        parts.setdefault(_part(now), []).append((now, before))
    for (kind, _), alike in sorted(parts.items(), key=lambda part: str(part[0])):
        for name in [name for name in kind.model_fields if name not in Fact.model_fields]:
            values = [(getattr(now, name), getattr(before, name)) for now, before in alike]
            both = [(new, old) for new, old in values if _can_compare(new, old, kind)]
            if len(both) >= least and sum(map(_has_moved, both)) > SHARE_MOVED * len(both):
                moved.append(f"{kind.__name__}.{name}")
    return list(dict.fromkeys(moved + _lost(pairs, facts, known, least)))


def _part(fact: Fact) -> tuple[type[Fact], str | None]:
    """Where a fact stands: prices on demand, as spot and of a tier have columns, benchmarks have files of their own."""
    tier = "tier" if getattr(fact, "tier_from_tokens", None) else None
    return type(fact), getattr(fact, "pricing_type", None) or getattr(fact, "benchmark", None) or tier


def _lost(pairs: Sequence[tuple[Fact, Fact]], facts: Sequence[Fact], known: Sequence[Fact], least: int) -> list[str]:
    """Of kinds that last: a part where much of what was listed is gone. Of all: fields whose values mostly are."""
    lost = list[str]()
    found = Counter(_part(before) for _, before in pairs)
    there = {_part(fact) for fact in facts}
    lasting = Counter(_part(fact) for fact in known if fact.lasting)
    if sum(lasting.values()) >= least and sum(found[part] for part in lasting) < (1 - SHARE_LOST) * sum(
        lasting.values()
    ):
        return sorted({kind.__name__ for kind, _ in lasting})
    # a part that is gone as a whole, such as a file of an archive, is for its source to say
    lost += sorted(
        f"{kind.__name__} ({part})"
        for (kind, part), many in lasting.items()
        if many >= least and (kind, part) in there and found[kind, part] < (1 - SHARE_LOST) * many
    )
    by_part: dict[tuple[type[Fact], str | None], list[tuple[Fact, Fact]]] = {}
    for now, before in pairs:
        by_part.setdefault(_part(before), []).append((now, before))
    return lost + [name for alike in by_part.values() for name in _lost_fields(alike, least)]


def _lost_fields(pairs: Sequence[tuple[Fact, Fact]], least: int) -> Iterator[str]:
    for name in type(pairs[0][1]).model_fields:
        both = [(getattr(now, name, None), getattr(before, name, None)) for now, before in pairs]
        had = [(new, old) for new, old in both if old is not None]
        gone = sum(new is None or (is_number(old) and not is_number(new)) for new, old in had)
        if len(had) >= least and gone > SHARE_MOVED * len(had):
            yield name


def _pairs(facts: Sequence[Fact], known: Sequence[Fact]) -> Iterator[tuple[Fact, Fact]]:
    before = dict(_by_key(known))
    for key, fact in _by_key(facts):
        if key in before:
            yield fact, before[key]


def _by_key(facts: Sequence[Fact]) -> Iterator[tuple[Key, Fact]]:
    seen: dict[Key, int] = {}
    for fact in facts:
        if fact.key:
            key: Key = (type(fact), tuple(getattr(fact, name) for name in fact.key))
            seen[key] = seen.get(key, 0) + 1
            yield (key[0], (*key[1], seen[key])), fact  # rows of one key are told apart by their order


def is_number(value: object) -> bool:
    """Whether it is an amount that can be compared."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _can_compare(new: object, old: object, kind: type[Fact]) -> bool:
    """Amounts, days and flags; and what is printed of things that stay listed."""
    alike = (date, bool, str) if kind.lasting else (date, bool)
    return (is_number(new) and is_number(old)) or any(isinstance(new, t) and isinstance(old, t) for t in alike)


def _has_moved(pair: tuple[Any, Any]) -> bool:
    new, old = pair
    if isinstance(new, date):
        return abs(new - old) > DAYS_MOVED
    if isinstance(new, bool | str):
        return new != old
    return not old / MOVED <= new <= old * MOVED
