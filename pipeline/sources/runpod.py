"""RunPod publishes what a GPU of each kind costs an hour, on secure and community hosts, as the answer to a question.

Oddities: the question is GraphQL, sent by POST, and an error comes with status 200. Each kind has up to four prices
per GPU-hour: on RunPod's own hosts ("secure"), on hosts of others ("community", asks rather than list prices), and
what either costs when it may be taken away. 0 and null mean that this kind is not offered there; so does 0.5, which
stands where nothing is offered and for cards from 8 to 192 GB alike: it is not read as a price, and if a card really
costs 0.50 USD it is missed, visibly. The id tells cards apart that the short name does not ("NVIDIA H100 80GB HBM3"
is the SXM card, "H100 PCIe" is not). Slices of a card (MIG) are listed as kinds of their own, by the slice. There are
no regions. Prices do not hold for Savings Plans, serverless workers and clusters, which are not in this answer.
"""

import json
from collections.abc import Iterator

from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.money import each_once
from pipeline.read import fact_or_issue, json_of
from pipeline.read_json import (
    Item,
    UnreadableKey,
    check_order,
    items_of,
    new_keys,
    number_at,
    object_of,
    printed,
    summary,
    text_at,
    there,
)  # fmt: skip
from pipeline.source import Page, Request, Requests, source

URL = "https://api.runpod.io/graphql"
KEYS = ("id", "displayName", "memoryInGb")
SURFACES = {
    "securePrice": ("secure cloud", "on_demand"),
    "communityPrice": ("community cloud", "community"),
    "secureSpotPrice": ("secure cloud", "spot"),
    "communitySpotPrice": ("community cloud", "spot"),
}
CHEAPER = (
    ("communityPrice", "securePrice"),
    ("secureSpotPrice", "securePrice"),
    ("communitySpotPrice", "communityPrice"),
)
NOT_OFFERED = 0.5  # USD; what the answer holds where there is no price
QUESTION = f"{{ gpuTypes {{ {' '.join((*KEYS, *SURFACES))} }} }}"


def pages() -> Requests:
    """The one question."""
    body = json.dumps({"query": QUESTION}).encode()
    yield Request(URL, "POST", (("content-type", "application/json"), ("accept", "application/json")), body)


@source(
    title="RunPod GPU types and prices",
    publisher="RunPod",
    url=URL,
    licence="Facts of a public price list",
    attribution="RunPod, https://www.runpod.io/pricing",
    robots="the public API behind the price page, no key needed; one question a day; robots.txt is read before it",
    cadence="daily",
    least=40,
    most=400,
    facts=(GpuPrice,),
    currency="USD",
    unit="gpu_hour, instance_hour",
    pages=pages,
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each kind of GPU on each surface that offers it."""
    data = object_of(page, object_of(page, json_of(page)).get("data"), "data")
    items = items_of(page, data.get("gpuTypes"), "data.gpuTypes", needs=(*KEYS, "securePrice", "communityPrice"))
    yield from new_keys(items, (*KEYS, *SURFACES))
    for lower, upper in CHEAPER:
        check_order(page, items, lower, upper, but=NOT_OFFERED)
    for key in SURFACES:
        if not any(key in item for item in items):
            yield summary("missing_key", key, f"no kind of GPU has {key}")
    yield from each_once(page, (found for n, item in enumerate(items) for found in _kind(item, n * len(SURFACES))))


def _kind(item: Item, row: int) -> Iterator[GpuPrice | Issue]:
    # True and false are neither 1 nor 0: such a price is not passed over.
    priced = [key for key in SURFACES if isinstance(item.get(key), bool) or item.get(key) not in (None, 0)]
    try:
        gpu = there(item, "id", text_at(item, "id"))
        memory = number_at(item, "memoryInGb") if priced else None
    except UnreadableKey as error:
        yield error.at(row)
        return
    for place, key in enumerate(SURFACES):
        if key in priced:
            yield _offer(item, key, row + place, gpu, memory)
    if not priced:
        shown = ", ".join(printed(item.get(key)) for key in SURFACES)
        what = f"{gpu} is listed and offered nowhere"
        yield Issue(row=row, rule="no_price", field="securePrice", raw_value=shown, what=what)


def _offer(item: Item, key: str, row: int, gpu: str, memory: float | None) -> GpuPrice | Issue:
    surface, pricing_type = SURFACES[key]
    try:
        price = number_at(item, key)
    except UnreadableKey as error:
        return error.at(row)
    if price == NOT_OFFERED:
        what = f"{gpu} on {surface} is at the placeholder {NOT_OFFERED}"
        return Issue(row=row, rule="no_price", field=key, raw_value=printed(item[key]), what=what)
    is_slice = " MIG " in f" {gpu} "
    return fact_or_issue(
        GpuPrice, row, provider="runpod", offer=f"{gpu}, {surface}", sku=gpu, gpu=gpu,
        vram_gb=None if is_slice else memory, gpu_memory_gb=memory if is_slice else None,
        pricing_type=pricing_type, price=price, currency="USD", price_unit="instance_hour" if is_slice else "gpu_hour",
    )  # fmt: skip
