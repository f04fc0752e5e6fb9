"""Verda (formerly DataCrunch) publishes its instance types with prices as JSON; its terms forbid collecting them.

Oddities: amounts are printed as text ("2.29"), for the whole instance with all its GPUs; the number of GPUs and the
memory of all of them stand beside the card's name ("8x H100 SXM5 80GB"). The spot price has a key of its own and is
left out where an instance has none. Types without GPUs are not read.

It is not fetched. A page that Verda's permission covers can be read with ``aicost ingest verda FILE``.
"""

from collections.abc import Iterator

from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.money import each_once
from pipeline.read import Unreadable, fact_or_issue, json_of, positive
from pipeline.read_json import (
    Item,
    UnreadableKey,
    count_at,
    inner,
    items_of,
    new_keys,
    number_at,
    printed,
    text_at,
    there,
)
from pipeline.source import Page, source

NEEDS = ("instance_type", "price_per_hour", "spot_price", "gpu", "gpu_memory")
IGNORED = (
    "currency", "best_for", "cpu", "deploy_warning", "description", "display_name", "dynamic_price", "id",
    "manufacturer", "max_dynamic_price", "memory", "model", "name", "p2p", "serverless_price",
    "serverless_spot_price", "storage", "supported_os",
)  # fmt: skip
PRICES = {"price_per_hour": "on_demand", "spot_price": "spot"}


@source(
    title="Verda instance types",
    publisher="Verda",
    url="https://api.verda.com/v1/instance-types",
    licence="Facts of a price list, under terms that forbid collecting them",
    attribution="Verda, https://verda.com/pricing",
    robots="the terms of use forbid scrapers and automatic collection, of the pages and the API alike",
    cadence="daily",
    least=15,
    most=300,
    facts=(GpuPrice,),
    currency="USD",
    unit="instance_hour",
    history=True,
    disabled="Verda's terms of use forbid automatic collection of its prices",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each instance type with GPUs, on demand and as spot."""
    types = items_of(page, json_of(page), "the answer", needs=NEEDS)
    yield from new_keys(types, (*NEEDS, *IGNORED))
    yield from each_once(page, (item for n, one in enumerate(types) for item in _type(one, 2 * n)))


def _type(one: Item, row: int) -> Iterator[GpuPrice | Issue]:
    gpu = inner(one, "gpu")
    if gpu.get("number_of_gpus") == 0:
        return
    if (currency := one.get("currency", "usd")) != "usd":
        yield UnreadableKey("wrong_currency", "currency", currency, "the price is not in USD").at(row)
        return
    try:
        code = there(one, "instance_type", text_at(one, "instance_type"))
        common: dict[str, object] = {
            "provider": "verda", "offer": code, "sku": code, "currency": "USD", "price_unit": "instance_hour",
            "gpu": there(gpu, "description", text_at(gpu, "description")),
            "gpu_count": there(gpu, "number_of_gpus", count_at(gpu, "number_of_gpus")),
            "gpu_memory_gb": number_at(inner(one, "gpu_memory"), "size_in_gigabytes"),
        }  # fmt: skip
    except UnreadableKey as error:
        yield error.at(row)
        return
    for place, (key, pricing_type) in enumerate(PRICES.items()):
        if one.get(key) is not None or key == "price_per_hour":
            yield _offer(one, key, row + place, pricing_type=pricing_type, **common)


def _offer(one: Item, key: str, row: int, **fields: object) -> GpuPrice | Issue:
    try:
        text = there(one, key, text_at(one, key))
        return fact_or_issue(GpuPrice, row, price=positive(text), **fields)
    except UnreadableKey as error:
        return error.at(row)
    except Unreadable as error:
        return Issue(row=row, rule=error.rule, field=key, raw_value=printed(one.get(key)), what=error.what)
