"""Microsoft publishes every retail price of Azure as a paged JSON API, without a key.

Asked for are the virtual machines of the families NC, ND and NV (cards for computing, training and display); read
are the Linux meters of public regions, by what a row says of itself:

- A meter that ends in Spot or in Low Priority (the old Batch tier) is that; any other is on demand.
- A reservation's price is of its whole term, not of an hour; savings plans stand inside the on-demand row, by the hour.
- The number of GPUs is nowhere: it follows from ``armSkuName`` (which has trailing blanks at times).
- A price superseded or yet to come is a row like any other: ``effectiveStartDate`` tells them apart, and is kept.
- 0 and 0.01 are placeholders. Spot equals on demand where Azure gives no discount (H200); it is printed so.

Not read, on purpose: Windows (a licence is in the price), Cloud Services and Dedicated Host (they share the code),
DevTest, internal ``_Type1`` codes, government (usgov, usdod) and AT&T edge regions, NP (FPGA), NG (gaming), and prices
in other currencies, which Microsoft gives for reference only.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import cast

from pipeline.errors import PageChanged
from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.read import LONGEST_RAW, Unreadable, clean, fact_or_issue, iso_date, json_of
from pipeline.read_json import is_number, new_keys
from pipeline.source import Page, Request, Requests, source

API = "https://prices.azure.com/api/retail/prices"
FAMILIES = ("NC", "ND", "NV")
QUERY = "api-version=2023-01-01-preview&currencyCode=USD&$filter="
NOT_READ = re.compile(r"\bWindows\b|\bCloud ?Services\b|\bDedicated Host\b")
REGION = re.compile(r"[a-z][a-z0-9]+")
CLOSED_REGION = re.compile(r"(?:usgov|usdod|att)[a-z0-9]*")
INTERNAL_SKU = re.compile(r".*_Type\d+|Standard_(?:NP|PB|NG)\d.*")
TYPES = {"Consumption", "Reservation", "DevTestConsumption"}
METERS = {"Spot": "spot", "Low Priority": "low_priority"}
PLACEHOLDERS = {0.0, 0.01}
KEYS = (  # https://learn.microsoft.com/en-us/rest/api/cost-management/retail-prices/azure-retail-prices
    "currencyCode", "tierMinimumUnits", "reservationTerm", "retailPrice", "unitPrice", "armRegionName", "location",
    "effectiveStartDate", "effectiveEndDate", "meterId", "meterName", "productId", "skuId", "availabilityId",
    "productName", "skuName", "serviceName", "serviceId", "serviceFamily", "unitOfMeasure", "type",
    "isPrimaryMeterRegion", "armSkuName", "savingsPlan",
)  # fmt: skip
PLAN_KEYS = ("unitPrice", "retailPrice", "term")
MOST_CONTRADICTED = 0.01  # share of the offers of one answer that may stand at two prices before nothing is believed

Item = Mapping[str, object]


def _pages() -> Requests:
    for family in FAMILIES:
        wanted = f"serviceName eq 'Virtual Machines' and contains(armSkuName,'Standard_{family}')"
        url = f"{API}?{QUERY}{wanted}".replace(" ", "%20").replace("'", "%27")
        while url:
            following = yield Request(url, clue=_following)
            # The preview's link may ask for no items at all, which it then refuses.
            url = re.sub(r"(?<=[?&])(?:\$|%24)top=0(?:&|$)", "", following or "").rstrip("?&")


def _following(page: Page) -> str:
    return _envelope(page)[1]


@source(
    title="Azure Retail Prices API: virtual machines with GPUs",
    publisher="Microsoft",
    url=API,
    licence="Facts of a public price list; the API is documented for use without an account",
    attribution="Microsoft, Azure Retail Prices API, https://prices.azure.com/api/retail/prices",
    robots="an API made for programs; robots.txt is read before every visit; three short runs of pages a day",
    cadence="daily",
    least=4_300,  # all without the savings plans would be 4,100
    most=25_000,
    facts=(GpuPrice,),
    currency="USD",
    unit="instance_hour, instance_term",
    pages=_pages,
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """On-demand, spot and low-priority hours, reservations and savings plans."""
    items, _ = _envelope(page)
    _check_places(items, page)
    yield from new_keys(items, KEYS)
    yield from new_keys([plan for item in items for plan in _plans(item, page)], PLAN_KEYS, of="savingsPlan")
    yield from _once(list(_offers(items, page)), page)
    if not any("savingsPlan" in item for item in items):  # which a short last page may well be without
        yield Issue(row=None, rule="missing_column", field="savingsPlan", what="no item has savings plans", kept=True)


def _offers(items: list[Item], page: Page) -> Iterator[GpuPrice | Issue]:
    row = 0  # counts the prices of the answer, read or not: an item's own, then those of its savings plans
    for item in items:
        plans = _plans(item, page)
        for place, line in enumerate(_lines(item, plans, page)):
            yield _offer(line, row + place)
        if "savingsPlan" in item and not plans:
            what = f"{item['armSkuName']} lists savings plans, and there are none"
            yield Issue(row=row, rule="no_price", field="savingsPlan", raw_value=str(item["savingsPlan"]), what=what)
        row += 1 + len(plans)


def _changed(page: Page, what: str) -> PageChanged:
    return PageChanged(
        what, source=page.source, page=page.url, likely="the API changed its answer, or answered with an error",
        fix="read the archived page and teach pipeline/sources/azure_retail_prices.py",
    )  # fmt: skip


def _envelope(page: Page) -> tuple[list[Item], str]:
    """The items of one answer, and the address of the next one; empty after the last."""
    answer = json_of(page)
    if not isinstance(answer, dict):
        raise _changed(page, "the answer is no object")
    parts = cast("dict[str, object]", answer)
    if said := [parts[key] for key in ("Error", "error", "errors") if key in parts]:
        raise _changed(page, f"the answer is an error: {str(said[0])[:200]}")
    if not parts.keys() >= {"BillingCurrency", "Items", "NextPageLink", "Count"}:
        raise _changed(page, f"the answer has the keys {', '.join(sorted(parts))[:200]}")
    items, following = parts["Items"], parts["NextPageLink"] or ""
    if parts["BillingCurrency"] != "USD":
        raise _changed(page, f"prices are in {parts['BillingCurrency']!r}, not USD")
    if not isinstance(items, list) or not isinstance(following, str) or parts["Count"] != len(cast("Item", items)):
        raise _changed(page, f"the answer announces {parts['Count']!r} items and holds others")
    if not all(isinstance(item, dict) for item in cast("list[object]", items)):
        raise _changed(page, "an item is no object")
    return cast("list[Item]", items), following


# --- one item -------------------------------------------------------------------------------------


def _check_places(items: list[Item], page: Page) -> None:
    """A region's code stands beside one name, and a name beside one code.

    Raises:
        PageChanged: Codes that are no codes, or a name of another region beside them.
    """
    beside: dict[str, set[str]] = defaultdict(set)
    for item in items:
        code, name = item.get("armRegionName"), item.get("location")
        if isinstance(code, str) and not REGION.fullmatch(clean(code)):
            raise _changed(page, f"{code[:40]!r} is no code of a region")
        if isinstance(code, str) and isinstance(name, str):
            beside[f"code {clean(code)}"].add(clean(name))
            beside[f"name {clean(name)}"].add(clean(code))
    if several := [f"{key} beside {' and '.join(sorted(names))}" for key, names in beside.items() if len(names) > 1]:
        raise _changed(page, f"regions change names: {several[0][:150]}")


def _text(item: Item, key: str, page: Page) -> str:
    value = item.get(key)
    if not isinstance(value, str) or not value.strip():
        raise _changed(page, f"an item has no {key}, but {str(value)[:40]!r}")
    return clean(value)


def _plans(item: Item, page: Page) -> list[Item]:
    """The savings plans of an item; most have none."""
    plans = cast("object", item.get("savingsPlan") or [])
    if not isinstance(plans, list) or not all(isinstance(plan, dict) for plan in cast("list[object]", plans)):
        raise _changed(page, "savings plans are no list of objects")
    return cast("list[Item]", plans)


def _lines(item: Item, plans: list[Item], page: Page) -> Iterator[dict[str, object]]:
    """What one item offers: its own price and those of its savings plans; nothing if it is not read."""
    names = ("armSkuName", "armRegionName", "productName", "meterName")
    sku, region, product, meter = (_text(item, name, page) for name in names)
    known = {"serviceName": {"Virtual Machines"}, "currencyCode": {"USD"}, "unitOfMeasure": {"1 Hour"}, "type": TYPES}
    for key, values in known.items():
        if not isinstance(item.get(key), str) or item[key] not in values:
            raise _changed(page, f"{sku} has the {key} {item.get(key)!r}")
    if item["type"] == "DevTestConsumption" or NOT_READ.search(product):
        return
    if CLOSED_REGION.fullmatch(region) or INTERNAL_SKU.fullmatch(sku):
        return
    named = {"offer": sku, "sku": sku, "region": region, "since": _text(item, "effectiveStartDate", page)}
    named |= {"until": item.get("effectiveEndDate"), "price": item.get("retailPrice"), "price_unit": "instance_hour"}
    if item["type"] == "Reservation":
        yield {**named, **_committed("reservation", item.get("reservationTerm"), page), "price_unit": "instance_term"}
        return
    bound = next((kind for ending, kind in METERS.items() if meter.endswith(f" {ending}")), "on_demand")
    yield {**named, "pricing_type": bound}
    for plan in plans:
        yield {**named, **_committed("savings plan", plan.get("term"), page), "price": plan.get("retailPrice")}


def _committed(kind: str, term: object, page: Page) -> dict[str, object]:
    found = re.fullmatch(r"([1-9]) Years?", str(term))
    if found is None:
        raise _changed(page, f"a {kind} has the term {str(term)[:40]!r}")
    return {"pricing_type": "reserved", "commitment": f"{kind}, {term}", "term_months": 12 * int(found[1])}


def _offer(line: dict[str, object], row: int) -> GpuPrice | Issue:
    price, until, since = line.pop("price"), line.pop("until"), cast("str", line.pop("since"))
    name = f"{line['offer']} in {line['region']}"
    if not is_number(price):
        what = f"{name} has no number for a price"
        return Issue(row=row, rule="not_a_number", field="price", raw_value=str(price)[:LONGEST_RAW], what=what)
    if price in PLACEHOLDERS:
        what = f"{name} is listed at {price:g}, which stands for no price"
        return Issue(row=row, rule="no_price", field="price", raw_value=str(price), what=what)
    if until is not None:
        what = f"{name} is listed at a price that ends"
        return Issue(
            row=row, rule="price_ends", field="effectiveEndDate", raw_value=str(until)[:LONGEST_RAW], what=what
        )
    try:
        day = iso_date(since.partition("T")[0])
    except Unreadable as error:
        return error.issue(row, "effective_on")
    return fact_or_issue(GpuPrice, row, provider="azure", price=price, currency="USD", effective_on=day, **line)


def _once(found: list[GpuPrice | Issue], page: Page) -> Iterator[GpuPrice | Issue]:
    """Each offer once; of one that stands at two prices from the same day, neither is believed.

    Raises:
        PageChanged: More than one in a hundred do.
    """
    prices: dict[tuple[object, ...], set[float]] = defaultdict(set)
    for fact in found:
        if isinstance(fact, GpuPrice):
            prices[_key(fact)].add(fact.price)
    contradicted = sum(len(asked) > 1 for asked in prices.values())
    if contradicted > MOST_CONTRADICTED * len(prices):
        raise _changed(page, f"{contradicted} of {len(prices)} offers stand at two prices from the same day")
    seen: set[tuple[object, ...]] = set()
    for fact in found:
        if not isinstance(fact, GpuPrice):
            yield fact
            continue
        key, asked = _key(fact), sorted(prices[_key(fact)])
        name = f"{fact.offer}, {fact.region}, {fact.commitment or fact.pricing_type}"
        if len(asked) > 1:
            what = f"{name} stands at {' and at '.join(f'{price:g}' for price in asked)} from one day"
            yield Issue(row=fact.row, rule="two_prices", field="price", raw_value=f"{fact.price:g}", what=what)
        elif key in seen:
            what = "the same offer stands before"
            yield Issue(row=fact.row, rule="repeated_row", field="offer", raw_value=name, what=what)
        else:
            seen.add(key)
            yield fact


def _key(fact: GpuPrice) -> tuple[object, ...]:
    return (fact.offer, fact.region, fact.pricing_type, fact.commitment, fact.effective_on)
