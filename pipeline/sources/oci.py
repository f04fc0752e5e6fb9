"""Oracle publishes the list prices of its cloud as JSON, one product for each part number, the same in every region.

Oddities: the address needs its trailing slash. A GPU's price is per GPU-hour (metric "GPU Per Hour"), although GPUs
are rented by the shape of one to eight. The name is the part's and not always the GPU's: the older ones ("V2", "E3",
"X7") are known by part number alone (``data/reference/instances.csv``). Known parts are pinned to their names: a part
that is called something else stops the source, a new one is loaded and named. The model PAY_AS_YOU_GO is on demand.
Preemptible capacity costs half by Oracle's documentation, but is not in this list: it is not made up here.

Not read: Cloud@Customer and Roving Edge (in the customer's own rooms), VMware (per node, with a commitment),
managed services on GPUs. The same address serves other currencies; the one asked for is US dollars.
"""

import re
from collections.abc import Iterator

from pipeline.errors import PageChanged
from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.money import each_once
from pipeline.read import fact_or_issue, json_of
from pipeline.read_json import (
    Item,
    UnreadableKey,
    items_of,
    new_keys,
    number_at,
    object_of,
    objects_at,
    only_at,
    text_at,
    there,
)
from pipeline.source import Page, source

METRIC, MODEL, CATEGORY = "GPU Per Hour", "PAY_AS_YOU_GO", "Compute - GPU"
PER_GPU = "GPU Per "
PRICE_KEYS = ("model", "value", "rangeMin", "rangeMax", "rangeUnit")
KEYS = ("partNumber", "displayName", "metricName", "serviceCategory", "currencyCodeLocalizations")
NAME = re.compile(
    r"(?:(?:OCI|Oracle Cloud Infrastructure) ?- )?Compute - (?:Bare Metal |Virtual Machine )?GPU(?: Standard)? - (.+)"
)
BY_PART_ALONE = {"X7", "V2", "E3", "E4"}  # a generation of shapes, not the name of a GPU
PARTS = {
    "B88517": "X7", "B88518": "X7", "B89734": "V2", "B92740": "E3", "B93544": "E4", "B95907": "A100 - v2",
    "B95909": "A10", "B98415": "H100", "B109479": "L40S", "B109480": "H100T", "B109485": "MI300X", "B110519": "H200",
    "B110978": "B200", "B110979": "GB200", "B111758": "MI355X", "B112140": "GB300", "B112237": "B300",
    "B112613": "RTX PRO 6000",
}  # fmt: skip


@source(
    title="Oracle Cloud price list, GPUs",
    publisher="Oracle",
    url="https://apexapps.oracle.com/pls/apex/cetools/api/v1/products/?currencyCode=USD",
    licence="Facts of a public price list",
    attribution="Oracle, https://www.oracle.com/cloud/price-list/",
    robots="a public API that Oracle documents for its price list; robots.txt is read before every visit",
    cadence="daily",
    least=10,
    most=60,
    facts=(GpuPrice,),
    currency="USD",
    unit="gpu_hour",
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each GPU part at its pay-as-you-go price."""
    yield from each_once(page, _parts(page))


def _parts(page: Page) -> Iterator[GpuPrice | Issue]:
    answer = object_of(page, json_of(page))
    items = items_of(page, answer.get("items"), "items", needs=KEYS)
    yield from new_keys(items, KEYS)
    priced = [one for item in items for one in objects_at(item, "currencyCodeLocalizations")]
    yield from new_keys((price for one in priced for price in objects_at(one, "prices")), PRICE_KEYS, of="price")
    read = 0
    for position, item in enumerate(items):
        try:
            category = text_at(item, "serviceCategory") or ""
            metric, part = text_at(item, "metricName"), there(item, "partNumber", text_at(item, "partNumber"))
            if metric != METRIC and (part in PARTS or (metric or "").startswith(PER_GPU)):
                what = f"part {part} is priced per {metric!r}"
                yield UnreadableKey("wrong_unit", "metricName", metric, what).at(position)
                continue
            if metric != METRIC or not category.startswith(CATEGORY):
                continue
            gpu = _gpu(page, part, there(item, "displayName", text_at(item, "displayName")))
            price = _price(page, item)
        except UnreadableKey as error:
            yield error.at(position)
            continue
        read += 1
        if part not in PARTS:
            what = f"{part} ({gpu}) is new: pin it in pipeline/sources/oci.py"
            yield Issue(row=position, rule="new_part", field="partNumber", raw_value=part, what=what, kept=True)
        yield fact_or_issue(
            GpuPrice, position, provider="oci", offer=f"part {part}", sku=part,
            gpu=None if gpu in BY_PART_ALONE else gpu, pricing_type="on_demand", price=price, currency="USD",
            price_unit="gpu_hour",
        )  # fmt: skip
    if not read:
        raise _changed(page, f"no item has the metric {METRIC!r} in a category that begins with {CATEGORY!r}")


def _gpu(page: Page, part: str, name: str) -> str:
    found = NAME.fullmatch(name)
    gpu = found[1] if found else None
    if part in PARTS and gpu != PARTS[part]:
        raise _changed(page, f"part {part} is called {name!r}, which is not known as {PARTS[part]!r}")
    if gpu is None:
        raise UnreadableKey("new_name", "displayName", name, f"{name!r} does not say which GPU it is")
    return gpu


def _price(page: Page, item: Item) -> float:
    priced = only_at(item, "currencyCodeLocalizations")
    if priced.get("currencyCode") != "USD":
        raise _changed(page, f"part {item['partNumber']} is priced in {priced.get('currencyCode')}, not in USD")
    prices = items_of(page, priced.get("prices"), "prices", needs=("model", "value"))
    due = [price for price in prices if price.get("model") == MODEL]
    if len(due) != 1:
        models = [price.get("model") for price in prices]
        raise UnreadableKey("not_one_price", "model", models, f"{len(due)} prices are {MODEL}, expected exactly 1")
    price = number_at(due[0], "value")
    if price is None:
        raise UnreadableKey("no_price", "value", None, f"part {item['partNumber']} is listed without a price")
    others = [number_at(other, "value") for other in prices if other is not due[0]]
    if dearer := [other for other in others if other is not None and other > price]:
        what = f"who commits to nothing pays {price:g}, less than {dearer[0]:g}: the models may have changed places"
        raise UnreadableKey("prices_disagree", "value", price, what)
    return price


def _changed(page: Page, what: str) -> PageChanged:
    return PageChanged(
        what, source=page.source, page=page.url, likely="Oracle renamed parts, metrics or categories",
        fix="read the archived page and teach pipeline/sources/oci.py",
    )  # fmt: skip
