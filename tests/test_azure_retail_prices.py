"""Azure's price API: how its pages follow each other, and what becomes of an answer that is not as known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline.errors import PageChanged
from pipeline.facts import GpuPrice, Issue
from pipeline.load import parse_pages
from pipeline.source import Page, find_source
from tests.support.paging import asked

PAGE = Path(__file__).parent / "pages" / "azure_retail_prices.json"
AZURE = find_source("azure_retail_prices")


def answer() -> dict[str, Any]:
    """The practice page as an object."""
    return json.loads(PAGE.read_text("utf-8"))


def read(changed: dict[str, Any]) -> tuple[list[GpuPrice], list[Issue]]:
    """Facts and issues of an answer."""
    found = list(AZURE.parse(Page(AZURE.name, AZURE.url, json.dumps(changed).encode())))
    return [one for one in found if isinstance(one, GpuPrice)], [one for one in found if isinstance(one, Issue)]


def body(following: str | None, **more: object) -> bytes:
    """An answer without items, and where the next one is."""
    return json.dumps({"BillingCurrency": "USD", "Items": [], "NextPageLink": following, "Count": 0, **more}).encode()


# --- pages ----------------------------------------------------------------------------------------


def test_every_family_is_asked_for_and_its_pages_are_followed() -> None:
    """Three runs of pages; a link that asks for no items is asked for the default number."""
    bodies = [
        body(following)
        for following in (
            "https://prices.azure.com:443/api/retail/prices?$filter=x&$skip=1000",
            "https://prices.azure.com/api/retail/prices?$filter=x&$top=0&$skip=2000",
            "https://prices.azure.com/api/retail/prices?$filter=x&$skip=3000&%24top=0",
            None,
            None,
            None,
        )
    ]
    urls = [request.url for request in asked(AZURE.requests(), bodies)]

    assert len(urls) == len(bodies)
    filters = [parse_qs(urlsplit(url).query)["$filter"][0] for url in (urls[0], *urls[4:])]
    assert [found.rpartition("contains(")[2] for found in filters] == [
        f"armSkuName,'Standard_{family}')" for family in ("NC", "ND", "NV")
    ]
    assert all("serviceName eq 'Virtual Machines'" in found for found in filters)
    assert {parse_qs(urlsplit(urls[0]).query)[key][0] for key in ("currencyCode", "api-version")} == {
        "USD",
        "2023-01-01-preview",
    }
    assert [url.partition("?")[2] for url in urls[1:4]] == [
        "$filter=x&$skip=1000",
        "$filter=x&$skip=2000",
        "$filter=x&$skip=3000",
    ]


@pytest.mark.parametrize(
    "broken",
    [
        b'{"Error": {"Code": "BadRequest", "Message": "Invalid OData parameters supplied"}}',
        b"[]",
        b"<html></html>",
        body(None, BillingCurrency="EUR"),
        body(None, Count=1000),
        body(None, Items={}),
        body(None, NextPageLink=7),
    ],
)
def test_an_answer_that_is_none_ends_the_visit(broken: bytes) -> None:
    """An error with status 200 is not taken for the last page, neither while paging nor while reading."""
    with pytest.raises(PageChanged):
        asked(AZURE.requests(), [broken])
    with pytest.raises(PageChanged):
        list(AZURE.parse(Page(AZURE.name, AZURE.url, broken)))


def price_issues(changed: dict[str, Any]) -> list[Issue]:
    """The issues of an answer that are about one of its prices."""
    return [issue for issue in read(changed)[1] if issue.row is not None]


# --- items ----------------------------------------------------------------------------------------


def test_what_is_not_read_is_not_read() -> None:
    """Windows, Cloud Services, Dedicated Host, DevTest, government, edge, internal codes and FPGAs leave nothing."""
    items = answer()["Items"]
    passed_over = [item for item in items if read(with_items([item]))[0] == [] == price_issues(with_items([item]))]
    facts, _ = read(answer())

    assert [(item["armSkuName"], item["armRegionName"]) for item in passed_over] == [
        ("Standard_ND96isr_H100_v5", "eastus"),  # Windows
        ("Standard_ND96isr_H100_v5", "eastus"),  # DevTest
        ("Standard_ND96isr_H100_v5", "eastus"),  # Dedicated Host
        ("Standard_NC24ads_A100_v4", "eastus"),  # Cloud Services
        ("Standard_ND96isr_H100_v5", "usgovvirginia"),
        ("Standard_NC4as_T4_v3", "attatlanta1"),
        ("NDSH100v5_Type1", "eastus"),
        ("Standard_NP10s", "eastus"),
    ]
    assert all(fact.offer == fact.sku and not fact.sku.endswith(" ") for fact in facts if fact.sku)


def test_a_price_keeps_the_day_from_which_it_holds() -> None:
    """Superseded and future prices stand beside the one that holds; which is which is a question of the day asked."""
    facts, _ = read(answer())
    europe = [(fact.price, str(fact.effective_on)) for fact in facts if fact.region == "westeurope"]

    assert europe == [(120.25, "2023-12-01"), (104.0, "2025-07-01"), (99.0, "2027-01-01")]


def test_each_commitment_has_its_own_unit() -> None:
    """A reservation is the price of its term, a savings plan that of an hour; in both, the length is known."""
    facts, _ = read(answer())
    committed = {fact.commitment: (fact.price_unit, fact.term_months) for fact in facts if fact.commitment}

    assert committed == {
        "savings plan, 3 Years": ("instance_hour", 36),
        "savings plan, 1 Year": ("instance_hour", 12),
        "reservation, 1 Year": ("instance_term", 12),
        "reservation, 3 Years": ("instance_term", 36),
    }
    assert {fact.pricing_type for fact in facts if fact.commitment} == {"reserved"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("currencyCode", "EUR"),
        ("unitOfMeasure", "1/Month"),
        ("unitOfMeasure", "100 Hours"),
        ("serviceName", "Cloud Services"),
        ("type", "Subscription"),
        ("armSkuName", ""),
        ("armRegionName", None),
        ("meterName", 5),
        ("productName", None),
        ("effectiveStartDate", None),
        ("savingsPlan", [{"retailPrice": 5.0, "term": "18 Months"}]),
        ("savingsPlan", [{"retailPrice": 5.0}]),
        ("savingsPlan", {"retailPrice": 5.0}),
        ("savingsPlan", ["1 Year"]),
    ],
)
def test_an_item_of_another_kind_stops_the_source(key: str, value: object) -> None:
    """Another currency, unit, service or kind of price, or a name that is gone."""
    changed = answer()
    changed["Items"][0][key] = value

    with pytest.raises(PageChanged):
        read(changed)
    changed["Items"][0].pop(key)
    if key != "savingsPlan":  # an item without savings plans has none
        with pytest.raises(PageChanged):
            read(changed)


def test_a_price_that_ends_is_named_and_not_loaded() -> None:
    """Whether it has ended is a question of the day asked, and a price has no last day here."""
    changed = answer()
    changed["Items"][1]["effectiveEndDate"] = "2025-12-31T00:00:00Z"
    facts, issues = read(changed)

    assert [(issue.rule, issue.field, issue.raw_value) for issue in issues if issue.row == 3] == [
        ("price_ends", "effectiveEndDate", "2025-12-31T00:00:00Z")
    ]
    assert 3 not in {fact.row for fact in facts}


def test_a_key_that_not_every_item_has_is_missed() -> None:
    """Nothing says that an item without savings plans should have had some; that none has, and another key, does."""
    renamed = json.dumps(answer()).replace('"savingsPlan"', '"savingsPlans"')
    _, issues = read(json.loads(renamed))

    assert [(issue.rule, issue.field, issue.kept) for issue in issues if issue.row is None] == [
        ("new_key", "savingsPlans", True), ("missing_column", "savingsPlan", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("price", "rule"),
    [
        (None, "not_a_number"),
        ("90.5", "not_a_number"),
        (True, "not_a_number"),
        ([], "not_a_number"),
        (0, "no_price"),
        (0.01, "no_price"),
        (-90.5, "not_a_fact"),
    ],
)
def test_a_price_that_is_none_is_named_and_not_loaded(price: object, rule: str) -> None:
    """Of the item itself, and of a savings plan in it."""
    changed = answer()
    changed["Items"][1]["retailPrice"] = price
    changed["Items"][0]["savingsPlan"][0]["retailPrice"] = price
    facts, issues = read(changed)

    assert [(issue.row, issue.rule, issue.field) for issue in issues if issue.row in (1, 3)] == [
        (1, rule, "price"),
        (3, rule, "price"),
    ]
    assert {fact.commitment for fact in facts if fact.row in (0, 1, 2, 3)} == {None, "savings plan, 1 Year"}


@pytest.mark.parametrize("day", ["yesterday", "2025-02-30T00:00:00Z", "1601-01-01T00:00:00Z"])
def test_a_day_that_is_none_is_named_and_not_loaded(day: str) -> None:
    """A price of no day would hold for ever."""
    changed = answer()
    changed["Items"][1]["effectiveStartDate"] = day
    facts, issues = read(changed)

    assert [(issue.row, issue.field) for issue in issues if issue.row == 3] == [(3, "effective_on")]
    assert 3 not in {fact.row for fact in facts}


def with_items(items: list[Any]) -> dict[str, Any]:
    """The practice page with other items."""
    return answer() | {"Items": items, "Count": len(items)}


def test_items_twice_are_counted_once() -> None:
    """Every copy leaves an issue; a whole list twice is refused by the share of rows that are no facts."""
    facts, issues = read(answer())
    twice = with_items(answer()["Items"] * 2)
    again, more = read(twice)

    assert again == facts
    assert sum(issue.rule == "repeated_row" for issue in more) == len(facts) + 2 * len(
        [issue for issue in issues if issue.rule == "repeated_row"]
    )
    with pytest.raises(PageChanged):
        parse_pages(AZURE, [Page(AZURE.name, AZURE.url, json.dumps(twice).encode())] * 400)


def test_a_region_has_one_name() -> None:
    """Codes and names of regions that have come apart stop the source; an answer without names is read as before."""
    items = answer()["Items"]
    other = {**items[1], "armRegionName": "swedencentral"}
    for wrong in (other, {**items[1], "armRegionName": "US East"}):
        with pytest.raises(PageChanged, match="region"):
            read(with_items([*items, wrong]))
    without = [{key: value for key, value in item.items() if key != "location"} for item in items]
    assert read(with_items(without))[0] == read(with_items(items))[0]


def test_an_offer_at_two_prices_is_not_believed_and_many_stop_the_source() -> None:
    """One contradiction in hundreds costs that offer alone; more are a change of the list."""
    items = answer()["Items"][:3]
    many = [{**items[1], "armRegionName": f"region{number}", "location": f"R {number}"} for number in range(200)]
    contrary = [{**item, "retailPrice": item["retailPrice"] * 8} for item in many]
    facts, issues = read(with_items([*items, *many, contrary[0], contrary[7]]))

    assert {issue.rule for issue in issues} == {"two_prices"}
    assert len(issues) == 4
    assert {fact.region for fact in facts} == {"eastus", *(f"region{n}" for n in range(200) if n not in (0, 7))}
    with pytest.raises(PageChanged, match="200 of 205 offers stand at two prices"):
        read(with_items([*items, *many, *contrary]))
    with pytest.raises(PageChanged):
        read(with_items([items[1], {**items[1], "retailPrice": 5.0}]))
