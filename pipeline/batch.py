"""A visit as a whole: whether it brings about as much as the ones before, and prices and memories in their places.

Half a price list is a list whose other half would go missing, and three times as much is a table that was repeated, or
another one: such a visit is held, and what was good stays in force. It is taken for what it is when it is seen again
hours later, or when a person releases it. What is in force follows from the archive and the decisions alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from pipeline import decisions
from pipeline.archive import Archive, Visit, in_time
from pipeline.errors import PageChanged
from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.normalise import is_known_memory
from pipeline.source import Source
from pipeline.spool import Reading

RULE = "batch_size"
# Times the facts of the visit before: the margins that other keepers of catalogues found usable.
FEWEST, MOST = 0.8, 2.0
LEAST_COMPARED = 10  # facts: of fewer, one row more or less is a large share
CONFIRMED_AFTER = timedelta(hours=6)  # a second sighting so much later is no echo of the same broken page
FAR_BACK = 20  # visits that are looked at, at the most
LEAST_PAIRS, MOST_ODD = 3, 0.5  # a few odd rows are the publisher's, more than half of them are a column


class BatchHeld(PageChanged):
    """A visit that brings far fewer or far more facts than the one before."""

    code = RULE


@dataclass(frozen=True)
class Size:
    """How much a visit brought."""

    at: datetime
    facts: int

    def is_like(self, other: Size) -> bool:
        """Whether this visit brings about as much as an earlier one."""
        if other.facts < LEAST_COMPARED:
            return True
        return FEWEST * other.facts <= self.facts <= MOST * other.facts


def item_id(source: Source, visit_id: str) -> str:
    """The name of the item that a visit which is held is in the quarantine."""
    return decisions.item_of(source.name, visit_id, source.url, RULE)


def out_of_step(visit: Size, earlier: Iterator[Size]) -> Size | None:
    """The earlier visit that this one does not keep step with, if it is to be held.

    Args:
        visit: The visit.
        earlier: The good visits before it, newest first; no more of them are asked for than are needed.
    """
    base, held = _judged(visit, earlier, FAR_BACK)
    return base if visit in held else None


def _judged(visit: Size, earlier: Iterator[Size], left: int) -> tuple[Size, list[Size]]:
    """The newest visit that counts once this one is there, and those that have been held since."""
    before = next(earlier, None) if left else None
    if before is None or (visit.is_like(before) and visit.at - before.at >= CONFIRMED_AFTER):
        return visit, []
    base, held = _judged(before, earlier, left - 1)
    if visit.is_like(base) or any(visit.is_like(one) and visit.at - one.at >= CONFIRMED_AFTER for one in held):
        return visit, []
    return base, [*held, visit]


def too_few_or_many(source: Source, visit: Size, base: Size) -> BatchHeld:
    """The error of a visit that is held."""
    likely = "a part of the page is missing" if visit.facts < base.facts else "rows were repeated, or others were added"
    return BatchHeld(
        f"{visit.facts} facts where the visit of {base.at:%Y-%m-%d %H:%M} UTC had {base.facts}: held until it is seen "
        "again hours later, or released",
        source=source.name, page=source.url, likely=likely, kept="every fact of the visits before",
        fix=f"read the archived page; if it is right, aicost quarantine list --source {source.name}, and release it",
    )  # fmt: skip


def each_at_one_price(facts: Sequence[Fact]) -> tuple[list[Fact], list[tuple[GpuPrice, Issue]]]:
    """The facts of a visit, whichever of its pages they stand on, without what is left out and its issue.

    An offer that stands twice is folded into one; of an offer at two prices neither wins.
    """
    offers: dict[tuple[object, ...], list[GpuPrice]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact, GpuPrice):
            offers[_offer_of(fact)].append(fact)
    found = [(price, issue) for prices in offers.values() if len(prices) > 1 for price, issue in _left_out(prices)]
    gone = {id(price) for price, _ in found}
    return [fact for fact in facts if id(fact) not in gone], found


def _offer_of(price: GpuPrice) -> tuple[object, ...]:
    # capitals make no other offer, as in core.gpu_price_rows
    offer = (price.provider, price.offer.lower(), price.sku, price.region, price.pricing_type, price.commitment)
    return *offer, price.price_unit, price.currency, price.effective_on


def _left_out(prices: Sequence[GpuPrice]) -> Iterator[tuple[GpuPrice, Issue]]:
    first, *others = prices
    if any(price.price != first.price for price in others):
        said = " and ".join(f"{amount:g}" for amount in sorted({price.price for price in prices}))
        for price in prices:
            what = f"{price.offer} ({price.pricing_type}) stands at {said} in one visit: neither counts"
            raw = f"{price.price:g}"
            yield price, Issue(row=price.row, rule="two_prices", field="price", raw_value=raw, what=what)
        return
    place = {"row", "page_number"}
    for price in others:
        if price.model_dump(exclude=place) == first.model_dump(exclude=place):
            what, raw = f"the same offer stands before, in row {first.row}", price.offer
            yield price, Issue(row=price.row, rule="repeated_row", field="offer", raw_value=raw, what=what, kept=True)


def check_places(source: Source, facts: Sequence[Fact]) -> None:
    """Make sure that prices and memories stand where they belong.

    Raises:
        PageChanged: Most spot prices are above the price on demand of the same offer, or most memories are none that
            a known accelerator has.
    """
    prices = [fact for fact in facts if isinstance(fact, GpuPrice)]
    above, pairs = _above_on_demand(prices)
    if pairs >= LEAST_PAIRS and above > MOST_ODD * pairs:
        what, likely = f"{above} of {pairs} spot prices are above the price on demand", "the two changed places"
        raise PageChanged(what, source=source.name, page=source.url, likely=likely)
    memories = {(price.gpu, price.vram_gb) for price in prices if price.vram_gb}
    odd = sum(not is_known_memory(memory) for _, memory in memories)
    if len(memories) >= LEAST_PAIRS and odd > MOST_ODD * len(memories):
        what = f"{odd} of {len(memories)} cards have a memory that no known accelerator has"
        likely = "another column stands where the memory stood, or it is in another unit"
        raise PageChanged(what, source=source.name, page=source.url, likely=likely)


def _above_on_demand(prices: Sequence[GpuPrice]) -> tuple[int, int]:
    sides: dict[tuple[object, ...], dict[str, list[float]]] = defaultdict(lambda: {"spot": [], "on_demand": []})
    for price in prices:
        if price.pricing_type in ("spot", "on_demand") and not price.commitment:
            offer = (price.provider, price.sku, price.gpu, price.gpu_count, price.vram_gb, price.gpu_memory_gb)
            sides[*offer, price.region, price.price_unit, price.currency][price.pricing_type].append(price.price)
    pairs = [(min(side["spot"]), max(side["on_demand"])) for side in sides.values() if all(side.values())]
    return sum(round(spot, 4) > round(on_demand, 4) for spot, on_demand in pairs), len(pairs)


# --- the visits of a source ---------------------------------------------------------------------


class Readers(Protocol):
    """Who reads the visits of a source."""

    source: Source
    archive: Archive

    def of_visit(self, visit: Visit) -> Reading:
        """What the archived pages of a visit say."""
        ...


class Earlier(NamedTuple):
    """What the code of today has made of a visit before."""

    state: str
    size: int | None
    """How many facts its pages have, where they could be read."""


class Steps:
    """A source's visits, each beside the ones before it: which of them are held for bringing too much or too little."""

    def __init__(self, readers: Readers, earlier: dict[tuple[str, str], Earlier]) -> None:
        self._readers, self._earlier, source = readers, earlier, readers.source
        received = [visit for visit in in_time(readers.archive.visits(source.name)) if visit.outcome == "new"]
        self._ordered = [] if source.listed_in else received
        self._places = {visit.visit_id: place for place, visit in enumerate(self._ordered)}
        self._sizes: dict[str, int | None] = {}
        verdicts = {decision.item_id: decision.verdict for decision in decisions.read(readers.archive.root)}
        released = {item for item, verdict in verdicts.items() if verdict == "release"}
        self._released = {v.visit_id for v in received if released and item_id(source, v.visit_id) in released}

    def known(self, visit: Visit) -> str | None:
        """What was made of the visit by the code of today, where that still holds."""
        before = self._earlier.get((visit.source, visit.visit_id))
        if before is None or before.state == "superseded":
            return None
        # asked in any case, so that the same sizes are known as to a reader
        base = self._out_of_step(visit, before.size)
        return None if before.state == "loaded" and base else before.state

    def judged(self, reading: Reading, visit: Visit) -> Reading:
        """The reading, held where it does not keep step and nobody has released it."""
        self._sizes[visit.visit_id] = reading.size
        base = self._out_of_step(visit, reading.size)
        if base is None or reading.size is None:
            return reading
        error = too_few_or_many(reading.source, Size(visit.visited_at, reading.size), base)
        return replace(reading, facts=(), lines=(), issues=(), offers=None, rejected=error)

    def _out_of_step(self, visit: Visit, size: int | None) -> Size | None:
        if size is None or visit.visit_id not in self._places or visit.visit_id in self._released:
            return None
        return out_of_step(Size(visit.visited_at, size), self._before(self._places[visit.visit_id]))

    def _before(self, place: int) -> Iterator[Size]:
        for visit in reversed(self._ordered[:place]):
            size = self._size(visit)
            if size is not None:
                yield Size(visit.visited_at, size)

    def size_if_asked(self, visit: Visit) -> int | None:
        """How many facts a visit has that is not in force, where another one was judged by that.

        What only an earlier publish had to know is left out: what is published follows from the archive.
        """
        return self._sizes.get(visit.visit_id)

    def _size(self, visit: Visit) -> int | None:
        if visit.visit_id not in self._sizes:
            before = self._earlier.get((visit.source, visit.visit_id))
            self._sizes[visit.visit_id] = before.size if before else self._readers.of_visit(visit).size
        return self._sizes[visit.visit_id]
