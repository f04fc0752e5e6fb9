"""tugot17's tracker publishes statistics of the GPU offers that the aggregator Prime Intellect lists.

It says what the cheapest of each provider's listed offers was, seen through an aggregator: a cross-check with a long
memory (October and November 2025 are bundled, one reading a week), never counted beside a provider's own page.

Oddities: one file for each card, JSON lines, one reading a line, several a day, oldest first; the newest is read.
``by_provider`` holds the number of offers, the lowest price and the mean, per GPU-hour in USD. Whether the lowest offer
is spot or on demand is not told: it is loaded as an ask of a marketplace ("community") and as a lower bound. The mean
over offers of all kinds is no price of anything and is not read, nor are the quantiles over all providers.
Providers have the aggregator's names ("lambdalabs", "datacrunch", "dc_roan").
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from pipeline.errors import PageChanged
from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.read import fact_or_issue, json_of, text_of
from pipeline.read_json import (
    Item,
    UnreadableKey,
    count_at,
    inner,
    new_keys,
    number_at,
    object_of,
    summary,
    text_at,
    there,
)
from pipeline.source import Page, Request, Requests, source

URL = "https://raw.githubusercontent.com/tugot17/gpu-price-tracker/main/data/summary"
CARDS = (
    "H100_80GB_SXM5", "H100_80GB_PCIe", "A100_80GB_SXM4", "A100_80GB_PCIe", "H200_141GB", "B200_180GB", "GH200_96GB",
)  # fmt: skip
KEYS = ("timestamp", "gpu_type", "socket_type", "by_provider", "price_stats", "availability", "by_config")
NAME = re.compile(r"[A-Z]{1,2}\d{2,3}_\d{2,3}GB")


def pages() -> Requests:
    """One file for each card."""
    for card in CARDS:
        yield Request(f"{URL}/{card}.jsonl")


@source(
    title="GPU price tracker (offers listed by Prime Intellect)",
    publisher="tugot17",
    url=f"{URL}/{CARDS[0]}.jsonl",
    licence="MIT",
    attribution="tugot17, gpu-price-tracker, https://github.com/tugot17/gpu-price-tracker",
    robots="raw files of a public repository",
    cadence="weekly",
    least=8,
    most=300,
    facts=(GpuPrice,),
    currency="USD",
    unit="gpu_hour",
    pages=pages,
    history=True,
    cross_check=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """The cheapest offer of each provider in the newest reading."""
    readings = [object_of(page, reading, f"line {n}") for n, reading in enumerate(_lines(page))]
    times = [_time(page, reading) for reading in readings]
    if any(later <= earlier for earlier, later in pairwise(times)):
        raise _changed(page, "the readings are not in the order of their times, or one stands twice")
    newest = readings[-1]
    card, socket = text_at(newest, "gpu_type") or "", newest.get("socket_type")
    if not NAME.fullmatch(card) or not (socket is None or isinstance(socket, str)):
        raise _changed(page, f"the card is {card!r} {socket!r}")
    providers = inner(newest, "by_provider")
    if not providers:
        yield summary("no_offers", "by_provider", f"nobody offers {card} in the newest reading")
    yield from new_keys([newest], KEYS)
    yield from new_keys([inner(providers, name) for name in sorted(providers)], ("count", "min", "avg"), of="provider")
    gpu = f"{card} {socket}" if socket else card
    for row, provider in enumerate(sorted(providers)):
        yield _cheapest(inner(providers, provider), row, provider, gpu)


def _lines(page: Page) -> Iterator[object]:
    text = text_of(page)
    if not text.endswith("\n"):
        raise _changed(page, "the last line has no end")
    for line in text.splitlines():
        yield json_of(Page(page.source, page.url, line.encode()))


def _time(page: Page, reading: Item) -> datetime:
    try:
        return datetime.fromisoformat(there(reading, "timestamp", text_at(reading, "timestamp")))
    except (UnreadableKey, ValueError) as error:
        raise _changed(page, f"a reading has no time: {json.dumps(reading)[:80]}") from error


def _cheapest(found: Item, row: int, provider: str, gpu: str) -> GpuPrice | Issue:
    try:
        there(found, "count", count_at(found, "count"))
        least, mean = number_at(found, "min"), number_at(found, "avg")
        if least is not None and mean is not None and least > mean:
            raise _unlike(least, mean)
    except UnreadableKey as error:
        return error.at(row)
    return fact_or_issue(
        GpuPrice, row, provider=provider, offer=f"cheapest listed offer of {gpu}", gpu=gpu, pricing_type="community",
        price=least, currency="USD", price_unit="gpu_hour", is_floor=True,
    )  # fmt: skip


def _unlike(least: float, mean: float) -> UnreadableKey:
    return UnreadableKey("prices_disagree", "min", least, f"the lowest price {least:g} is above the mean {mean:g}")


def _changed(page: Page, what: str) -> PageChanged:
    return PageChanged(what, source=page.source, page=page.url, likely="the tracker changed its files")
