"""Amazon publishes the current spot price of every EC2 instance type and region as one JavaScript file.

Oddities: the file is JSON inside ``callback(...)``. The oldest regions have names of before there were codes
(us-east, eu-ireland, apac-sin); data/reference/regions.csv says which is which. "N/A*" is an instance type that
cannot be had there. The price is of one Linux instance-hour, as it is now, in the cheapest zone of the region; the
dearer Windows column is not read, nor is GovCloud. Which rows are accelerators follows from the instance type.
The same data lie as plain JSON at https://website.spot.ec2.aws.a2z.com/spot.json, which this reader reads too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.money import each_once
from pipeline.read import json_of, text_of
from pipeline.read_json import new_keys
from pipeline.source import Page, source
from pipeline.sources.aws_on_demand import ACCELERATED, changed, offer, text_at

KEYS = ("size", "valueColumns")
WRAPPED = re.compile(r"(?s)\s*(?:/\*.*?\*/\s*)?callback\s*\((?P<json>.*)\)\s*;?\s*")

Node = Mapping[str, object]


@source(
    title="Amazon EC2 spot prices of accelerated instances",
    publisher="Amazon Web Services",
    url="https://spot-price.s3.amazonaws.com/spot.js",
    licence="Facts of a public price list",
    attribution="Amazon Web Services, https://aws.amazon.com/ec2/spot/pricing/",
    robots="read before every visit; the file behind the public price page, once a day",
    cadence="daily",
    least=150,
    most=6_000,
    facts=(GpuPrice,),
    currency="USD",
    unit="instance_hour",
    also_hosts=("website.spot.ec2.aws.a2z.com",),
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """One spot price for each accelerated instance type and region; every other instance type is passed over."""
    yield from each_once(page, _offers(page))


def _offers(page: Page) -> Iterator[GpuPrice | Issue]:
    sizes = list(_sizes(page))
    yield from new_keys([size for _, size in sizes], KEYS)
    columns = (column for _, size in sizes for column in _list(size, "valueColumns", page))
    yield from new_keys(columns, ("name", "prices"), of="valueColumn")
    for position, (region, size) in enumerate(sizes):
        sku = text_at(size, "size", page)
        if ACCELERATED.fullmatch(sku) and not region.startswith("us-gov"):
            yield offer(_linux_usd(size, page), sku, region, position, "spot")


def _sizes(page: Page) -> Iterator[tuple[str, Node]]:
    """Every size of every region, with the region's name."""
    wrapped = WRAPPED.fullmatch(text := text_of(page))
    answer = json_of(replace(page, body=(wrapped["json"] if wrapped else text).encode(), content_type=""))
    config = cast("Node", answer).get("config") if isinstance(answer, dict) else None
    if not isinstance(config, dict):
        raise changed(page, "the file has no config")
    said = {key: cast("Node", config).get(key) for key in ("rate", "currencies")}
    if said != {"rate": "perhr", "currencies": ["USD"]}:
        raise changed(page, f"prices are {said}, not per hour in USD")
    for region in _list(cast("Node", config), "regions", page):
        for kind in _list(region, "instanceTypes", page):
            for size in _list(kind, "sizes", page):
                yield text_at(region, "region", page), size


def _list(node: Node, key: str, page: Page) -> list[Node]:
    found = node.get(key)
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in cast("list[object]", found)):
        raise changed(page, f"there is no list of {key}")
    return cast("list[Node]", found)


def _linux_usd(size: Node, page: Page) -> object:
    columns = {text_at(column, "name", page): column.get("prices") for column in _list(size, "valueColumns", page)}
    prices = columns.get("linux")
    if not isinstance(prices, dict) or set(cast("Node", prices)) != {"USD"}:
        raise changed(page, f"{size.get('size')} has no one price in USD for Linux")
    return cast("Node", prices)["USD"]
