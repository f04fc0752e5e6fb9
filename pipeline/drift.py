"""Whether a catalogue still says what it said: a column in another unit, or under another header, moves as a whole.

Publishers of catalogues correct single values all the time; half of a column at once is a unit, a currency or a swap.
Prices that are observed day by day are watched offer by offer in SQL instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.facts import Fact

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
    for kind in sorted({type(now) for now, _ in pairs}, key=lambda kind: kind.__name__):
        alike = [(now, before) for now, before in pairs if type(now) is kind]
        for name in [name for name in kind.model_fields if name not in Fact.model_fields]:
            values = [(getattr(now, name), getattr(before, name)) for now, before in alike]
            both = [(new, old) for new, old in values if is_number(new) and is_number(old)]
            if len(both) >= least and sum(map(_has_moved, both)) > SHARE_MOVED * len(both):
                moved.append(f"{kind.__name__}.{name}")
    return moved + _lost(facts, known, least)


def _lost(facts: Sequence[Fact], known: Sequence[Fact], least: int) -> list[str]:
    """Of kinds that last: the kind where much of what was listed is gone, and fields whose values mostly are."""
    lasting = [fact for fact in known if fact.lasting]
    if len(lasting) < least:
        return []
    pairs = list(_pairs(facts, lasting))
    if len(pairs) < (1 - SHARE_LOST) * len(lasting):
        return sorted({type(fact).__name__ for fact in lasting})
    lost: list[str] = []
    for name in sorted({name for fact in lasting for name in type(fact).model_fields}):
        both = [(getattr(now, name, None), getattr(before, name, None)) for now, before in pairs]
        had = [(new, old) for new, old in both if old is not None]
        gone = sum(new is None or (is_number(old) and not is_number(new)) for new, old in had)
        if len(had) >= least and gone > SHARE_MOVED * len(had):
            lost.append(name)
    return lost


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


def _has_moved(pair: tuple[float, float]) -> bool:
    new, old = pair
    return not old / MOVED <= new <= old * MOVED
