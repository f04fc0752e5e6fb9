"""Amazon publishes the on-demand prices of EC2 as one JSON file a region: what its own price page shows.

Oddities: the files are undocumented, in place of the documented price list of hundreds of megabytes a region. Their
addresses have the region's display name, and older European regions are still called EU there; a region without a
page answers 404 and costs only itself. Which rows are accelerators follows from the instance type: the family
column calls them GPU or ASIC, or leaves it out. Local zones stand under names of their own and are not read, nor
are rows with paid software. Currency and operating system are in the address alone; that a price is an on-demand
hour is in its rate code. Not here: Capacity Blocks, spot, reservations, savings plans, GovCloud and China.
"""

import re
from collections.abc import Iterator, Mapping
from typing import cast
from urllib.parse import quote

from pipeline.errors import PageChanged
from pipeline.facts import Fact, GpuPrice, Issue, PricingType
from pipeline.money import each_once
from pipeline.read import LONGEST_RAW, Unreadable, clean, fact_or_issue, json_of, positive
from pipeline.read_json import new_keys
from pipeline.source import Page, Request, Requests, source

FILES = "https://b0.p.awsstatic.com/pricing/2.0/meteredUnitMaps/ec2/USD/current/ec2-ondemand-without-sec-sel/"
REGIONS = (
    "US East (N. Virginia)", "US East (Ohio)", "US West (N. California)", "US West (Oregon)", "Canada (Central)",
    "Canada West (Calgary)", "Mexico (Central)", "South America (Sao Paulo)", "EU (Ireland)", "EU (London)",
    "EU (Paris)", "EU (Frankfurt)", "EU (Milan)", "EU (Stockholm)", "Europe (Spain)", "Europe (Zurich)",
    "Israel (Tel Aviv)", "Middle East (Bahrain)", "Middle East (UAE)", "Africa (Cape Town)", "Asia Pacific (Mumbai)",
    "Asia Pacific (Hyderabad)", "Asia Pacific (Singapore)", "Asia Pacific (Jakarta)", "Asia Pacific (Malaysia)",
    "Asia Pacific (Thailand)", "Asia Pacific (Hong Kong)", "Asia Pacific (Taipei)", "Asia Pacific (Tokyo)",
    "Asia Pacific (Osaka)", "Asia Pacific (Seoul)", "Asia Pacific (Sydney)", "Asia Pacific (Melbourne)",
    "Asia Pacific (New Zealand)",
)  # fmt: skip
# P and G are GPUs, DL is Gaudi, Trn and Inf are Amazon's own; F (FPGA) and VT (video) are none.
ACCELERATED = re.compile(r"(?:p|cg|gr?|dl|trn|inf)\d[a-z0-9-]*\.[a-z0-9-]+|u-p\d[a-z0-9-]*")
ACCELERATED_FAMILY = re.compile(r"GPU|Machine Learning|Accelerated", re.IGNORECASE)
HOURLY_ON_DEMAND = ".JRTCKXETXF.6YS6EN2CT7"  # the end of every rate code of an hour on demand, in all price lists
NEEDED = {"Instance Family", "Operating System", "Pre Installed S/W", "rateCode", "price"}
IGNORED = (
    "Instance Type", "Location", "License Model", "Memory", "Network Performance", "Storage", "vCPU",
    "plc:InstanceFamily", "plc:OperatingSystem",
)  # fmt: skip
NO_PRICE = re.compile(r"0+(?:\.0+)?|N/A\*?")

Row = Mapping[str, object]


def _pages() -> Requests:
    for region in REGIONS:
        yield Request(f"{FILES}{quote(region)}/Linux/index.json", optional=True)


@source(
    title="Amazon EC2 on-demand prices of accelerated instances",
    publisher="Amazon Web Services",
    url=f"{FILES}{quote(REGIONS[0])}/Linux/index.json",
    licence="Facts of a public price list",
    attribution="Amazon Web Services, https://aws.amazon.com/ec2/pricing/on-demand/",
    robots="read before every visit; the files behind the public price page, one small file a region, once a day",
    cadence="daily",
    least=400,
    most=6_000,
    facts=(GpuPrice,),
    currency="USD",
    unit="instance_hour",
    pages=_pages,
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """One price for each accelerated instance type of the region; every other instance type is passed over."""
    yield from each_once(page, _offers(page))


def _offers(page: Page) -> Iterator[GpuPrice | Issue]:
    families: set[str] = set()
    rows = _rows(page)
    yield from new_keys([row for _, row in rows], (*NEEDED, *IGNORED))
    for position, (region, row) in enumerate(rows):
        sku, family = text_at(row, "Instance Type", page), clean(str(row.get("Instance Family", "")))
        if not ACCELERATED.fullmatch(sku):
            families |= {family} if ACCELERATED_FAMILY.search(family) and "FPGA" not in family else set()
            continue
        if gone := NEEDED - row.keys():
            raise changed(page, f"{sku} has no {', '.join(sorted(gone))}")
        if (system := text_at(row, "Operating System", page)) != "Linux":
            raise changed(page, f"{sku} is priced for {system!r}, not Linux")
        code = str(row["rateCode"])
        if not code.endswith(HOURLY_ON_DEMAND):
            what = f"{sku} in {region} has a rate code that is not of an on-demand hour"
            yield Issue(row=position, rule="wrong_unit", field="rateCode", raw_value=code[:LONGEST_RAW], what=what)
        elif text_at(row, "Pre Installed S/W", page) == "NA":
            yield offer(row["price"], sku, region, position, "on_demand")
    for family in sorted(families):
        what = f"{family!r} has instance types whose names say nothing of an accelerator"
        yield Issue(row=None, rule="new_category", field="Instance Family", raw_value=family, what=what, kept=True)


def changed(page: Page, what: str) -> PageChanged:
    """The stop of a source whose file is not as known."""
    return PageChanged(
        what, source=page.source, page=page.url, likely="the file behind the price page changed its shape",
        fix=f"read the archived page and teach pipeline/sources/{page.source}.py",
    )  # fmt: skip


def text_at(row: Row, key: str, page: Page) -> str:
    """The words under a key that every row has."""
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise changed(page, f"a row has no {key}, but {str(value)[:40]!r}")
    return clean(value)


def offer(printed: object, sku: str, region: str, position: int, pricing_type: PricingType) -> GpuPrice | Issue:
    """The hour of an instance type in a region, or why it has no price: Amazon prints 0 or N/A* where there is none."""
    text = printed if isinstance(printed, str) else str(printed)
    if NO_PRICE.fullmatch(text.strip()):
        what = f"{sku} in {region} is listed without a price"
        return Issue(row=position, rule="no_price", field="price", raw_value=text, what=what)
    try:
        price = positive(text)
    except Unreadable as error:
        return error.issue(position, "price")
    return fact_or_issue(
        GpuPrice, position, provider="aws", offer=sku, sku=sku, region=region, pricing_type=pricing_type, price=price,
        currency="USD", price_unit="instance_hour",
    )  # fmt: skip


def _rows(page: Page) -> list[tuple[str, Row]]:
    """The rows of the regions that were asked for, with the region's name; a file is of one region."""
    answer = json_of(page)
    if isinstance(answer, dict) and "errors" in answer:
        raise changed(page, f"the file is an error: {str(cast('Row', answer)['errors'])[:200]}")
    regions = cast("Row", answer).get("regions") if isinstance(answer, dict) else None
    if not isinstance(regions, dict) or not regions:
        raise changed(page, "the file has no regions")
    named = cast("dict[str, object]", regions)
    listed: list[tuple[str, Row]] = []
    for name in REGIONS:
        rows = named.get(name, {})
        if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in cast("Row", rows).values()):
            raise changed(page, f"the rows of {name} are no objects")
        listed += [(name, row) for row in cast("dict[str, Row]", rows).values()]
    if not listed:
        raise changed(page, f"the file is of {', '.join(named)[:200]}, which was not asked for, or is empty")
    return listed
