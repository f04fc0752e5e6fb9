"""OVHcloud publishes the order catalogue of its public cloud as JSON, in euros without tax (France).

Oddities: a price is printed as a whole number of hundred-millionths of a euro (280000000 is 2.80 EUR), with the same
amount in words beside it ("2.80 €", rounded to cents): it is read from the number, moved by eight places, and must
agree with the words. A plan is an addon whose code ends in ".consumption" and whose brick is "gpu"; other bricks carry
the same description of a GPU and are priced by the minute ("ai-..."). ``gpu.memory.size`` is per GPU. Flavours
with "-le-" are offered in local zones. A plan tagged "coming_soon" has a price and cannot be rented: it is named, not
loaded. The price holds in every region of the subsidiary; the separate company in the US has a catalogue of its own.

Not read: monthly plans (".monthly.postpaid"), savings plans, Windows flavours, managed services. The answer has about
8 MB.
"""

import re
from collections.abc import Iterator
from typing import cast

from pipeline.errors import PageChanged
from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.money import each_once
from pipeline.read import fact_or_issue, json_of
from pipeline.read_json import (
    Item,
    UnreadableKey,
    count_at,
    inner,
    items_of,
    new_keys,
    number_at,
    object_of,
    objects_at,
    only_at,
    summary,
    text_at,
    there,
)
from pipeline.source import Page, source

SUBSIDIARY, CURRENCY = "FR", "EUR"
PLACES = 10**8  # the printed number counts hundred-millionths of the currency
NEEDS = ("planCode", "pricings", "blobs")
IGNORED = (
    "addonFamilies", "configurations", "consumptionConfiguration", "family", "invoiceName", "pricingType", "product",
)  # fmt: skip
PRICING = (
    "price", "formattedPrice", "interval", "intervalUnit", "capacities", "commitment", "description",
    "engagementConfiguration", "mode", "mustBeCompleted", "phase", "promotions", "quantity", "repeat", "strategy",
    "tax", "type",
)  # fmt: skip
HALF_A_CENT = 0.005 + 1e-9
ANNOUNCED = "coming_soon"
SHOWN = re.compile(r"(\d+(?:[.,]\d{1,2})?)\s?€")


@source(
    title="OVHcloud public cloud catalogue, GPU instances",
    publisher="OVHcloud",
    url=f"https://api.ovh.com/1.0/order/catalog/public/cloud?ovhSubsidiary={SUBSIDIARY}",
    licence="Facts of a public price list",
    attribution="OVHcloud, https://www.ovhcloud.com/fr/public-cloud/prices/",
    robots="a documented API that needs no key for its catalogue; robots.txt is read before every visit",
    cadence="daily",
    least=8,
    most=200,
    facts=(GpuPrice,),
    currency=CURRENCY,
    unit="instance_hour",
    also_hosts=("eu.api.ovh.com",),
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each GPU flavour by the hour."""
    catalogue = object_of(page, json_of(page))
    locale = inner(catalogue, "locale")
    if (locale.get("subsidiary"), locale.get("currencyCode")) != (SUBSIDIARY, CURRENCY):
        found = f"{locale.get('subsidiary')} in {locale.get('currencyCode')}"
        raise _changed(page, f"the catalogue is of {found}, not of {SUBSIDIARY} in {CURRENCY}")
    addons = items_of(page, catalogue.get("addons"), "addons", needs=NEEDS)
    yield from new_keys(addons, (*NEEDS, *IGNORED))
    flavours = [(n, addon) for n, addon in enumerate(addons) if _is_ours(addon)]
    if not flavours:
        raise _changed(page, "no addon of the brick gpu has a code that ends in .consumption")
    pricings = [pricing for _, addon in flavours for pricing in objects_at(addon, "pricings")]
    yield from new_keys(pricings, PRICING, of="pricing")
    announced = sorted(str(addon["planCode"]) for _, addon in flavours if ANNOUNCED in _tags(addon))
    yield from each_once(page, (_flavour(addon, n) for n, addon in flavours if ANNOUNCED not in _tags(addon)))
    if announced:
        what = f"{len(announced)} plans are announced and not for rent: {', '.join(announced)[:150]}"
        yield summary("coming_soon", "blobs.tags", what)


def _is_ours(addon: Item) -> bool:
    technical = inner(addon, "blobs", "technical")
    is_windows = inner(technical, "os").get("family") == "windows" or str(addon.get("planCode")).startswith("win-")
    is_hourly = str(addon.get("planCode")).endswith(".consumption")
    return is_hourly and not is_windows and inner(addon, "blobs", "commercial").get("brick") == "gpu"


def _tags(addon: Item) -> list[object]:
    tags = inner(addon, "blobs").get("tags")
    return cast("list[object]", tags) if isinstance(tags, list) else []


def _flavour(addon: Item, row: int) -> GpuPrice | Issue:
    try:
        if not _tags(addon) or not all(isinstance(tag, str) for tag in _tags(addon)):
            raise _untagged(addon)
        code = there(addon, "planCode", text_at(addon, "planCode"))
        gpu = inner(addon, "blobs", "technical", "gpu")
        return fact_or_issue(
            GpuPrice, row, provider="ovh", offer=code, sku=code.removesuffix(".consumption"),
            gpu=there(gpu, "model", text_at(gpu, "model")), gpu_count=there(gpu, "number", count_at(gpu, "number")),
            vram_gb=number_at(inner(gpu, "memory"), "size"), pricing_type="on_demand", price=_price(addon),
            currency=CURRENCY, price_unit="instance_hour",
        )  # fmt: skip
    except UnreadableKey as error:
        return error.at(row)


def _untagged(addon: Item) -> UnreadableKey:
    tags = inner(addon, "blobs").get("tags")
    return UnreadableKey("no_state", "tags", tags, "the tags do not say whether the plan can be rented")


def _price(addon: Item) -> float:
    pricing = only_at(addon, "pricings")
    if (unit := pricing.get("intervalUnit")) != "hour" or pricing.get("interval") != 1:
        raise UnreadableKey("wrong_unit", "intervalUnit", unit, f"the price is per {pricing.get('interval')} {unit}")
    price = there(pricing, "price", count_at(pricing, "price")) / PLACES
    words = there(pricing, "formattedPrice", text_at(pricing, "formattedPrice"))
    shown = SHOWN.fullmatch(words)
    if shown is None or abs(float(shown[1].replace(",", ".")) - price) > HALF_A_CENT:
        raise UnreadableKey("prices_disagree", "formattedPrice", words, f"{words!r} is not {price:g} EUR")
    return price


def _changed(page: Page, what: str) -> PageChanged:
    return PageChanged(
        what, source=page.source, page=page.url, likely="another catalogue was served, or its parts were renamed",
        fix="read the archived page and teach pipeline/sources/ovh.py",
    )  # fmt: skip
