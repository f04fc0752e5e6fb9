"""SkyPilot publishes the catalogue of cloud offers that its optimizer uses, one CSV file for each cloud.

It repeats what the clouds publish, so it is a cross-check: compared with their own pages, never counted beside them,
and only its latest state is in force.

Oddities: on-demand and spot stand in one row, each of them may be empty. Rows repeat per zone where the cloud has
zones. On Google a row without an instance type is the GPU alone, for all GPUs of the row, without the machine that
carries it. ``AcceleratorCount`` is printed as "8.0". The total memory in
``GpuInfo`` is in truth one GPU's: it is not read. Names are SkyPilot's own ("H100" for SXM, "H100-PCIE").

Not read: rows without a GPU, TPUs (a name counts chips or cores), and clouds that are marketplaces or aggregators
(Vast, Shadeform), forbid collecting (Verda) or have no file in this version (Azure).
"""

import re
from collections.abc import Iterator

from pipeline.errors import PageChanged
from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.money import each_once
from pipeline.read import LONGEST_RAW, Column, Row, Unreadable, clean, count, csv_rows, fact_or_issue, positive, words
from pipeline.source import Page, Request, Requests, source

URL = "https://raw.githubusercontent.com/skypilot-org/skypilot-catalog/master/catalogs/v8"
CLOUDS = ("lambda", "aws", "gcp", "hyperstack", "nebius", "oci", "runpod")
ADDRESS = re.compile(r".*/catalogs/v\d+/([a-z]+)/vms\.csv")


def gpus(text: str) -> int | None:
    """The number of GPUs, printed as 8.0."""
    if clean(text) and not re.fullmatch(r"\d{1,3}\.0", clean(text)):
        raise Unreadable("not_a_count", text, f"{clean(text)[:40]!r} is no count as SkyPilot prints it (8.0)")
    return count(text)


def code(text: str) -> str | None:
    """An instance type: it has a letter, and a digit or sign; never only a place or a name."""
    if words(text) is not None and not re.fullmatch(r"(?=.*[A-Za-z])(?=.*[\d._])\S.{1,100}", clean(text)):
        raise Unreadable("not_a_code", text, f"{clean(text)[:40]!r} is no instance type")
    return words(text)


KNOWN_GPUS = ("H100", "A100", "A100-80GB", "A100-80GB-SXM", "V100", "T4", "A10", "H200", "L40S")
PLACES = ("us-east-1", "us-central1", "US", "CANADA-1", "eu-north1", "us-sanjose-1", "eu-frankfurt-1")
COLUMNS = {
    "sku": Column("InstanceType", code),
    "gpu": Column("AcceleratorName", holds=KNOWN_GPUS),
    "gpu_count": Column("AcceleratorCount", gpus, holds=(1,)),
    "price": Column("Price", positive),
    "spot": Column("SpotPrice", positive),
    "region": Column("Region", holds=PLACES),
    "zone": Column("AvailabilityZone", required=False),
}
IGNORED = ("vCPUs", "MemoryGiB", "GpuInfo", "Generation", "Arch", "LocalDiskType", "NVMeSupported", "NVMeSizeGiB")


def pages() -> Requests:
    """One file for each cloud."""
    for cloud in CLOUDS:
        yield Request(f"{URL}/{cloud}/vms.csv")


@source(
    title="SkyPilot catalogue of cloud offers",
    publisher="SkyPilot",
    url=f"{URL}/{CLOUDS[0]}/vms.csv",
    licence="Apache-2.0",
    attribution="SkyPilot, skypilot-catalog, https://github.com/skypilot-org/skypilot-catalog",
    robots="raw files of a public repository",
    cadence="weekly",
    least=2_000,
    most=150_000,
    facts=(GpuPrice,),
    currency="USD",
    unit="instance_hour",
    pages=pages,
    cross_check=True,
    not_bundled="it repeats what others publish, and is only compared with them",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each instance type with GPUs in each zone, on demand and as spot."""
    cloud = ADDRESS.fullmatch(page.url)
    if cloud is None or cloud[1] not in CLOUDS:
        raise _changed(page, "the address does not say of which cloud the catalogue is")
    yield from each_once(page, _rows(page, cloud[1]))


def _rows(page: Page, cloud: str) -> Iterator[GpuPrice | Issue]:
    zones = fitting = 0
    for row in csv_rows(page, COLUMNS, ignored=IGNORED):
        if isinstance(row, Issue):
            yield row
            continue
        region, zone = str(row.cells["region"] or ""), str(row.cells.get("zone") or "")
        zones, fitting = zones + bool(zone), fitting + (bool(zone) and zone.lower().startswith(region.lower()))
        if row.cells["gpu"] is not None and not str(row.cells["gpu"]).startswith("tpu-"):
            yield from _offers(row, cloud, zone or region)
    if zones and not fitting and cloud != "oci":  # whose zones have names of their own
        raise _changed(page, "no zone begins with the name of its region")


def _offers(row: Row, cloud: str, place: str) -> Iterator[GpuPrice | Issue]:
    cells = row.cells
    sku, gpu, number, spot = cells["sku"], cells["gpu"], cells["gpu_count"], cells["spot"]
    is_gpu_only = sku is None and cloud == "gcp"
    raw = ", ".join(f"{key}={value}" for key, value in cells.items() if value is not None)[:LONGEST_RAW]
    if not place or number is None or (sku is None and not is_gpu_only):
        what = "the row lacks a place, the number of GPUs or the instance type"
        yield Issue(row=row.position, rule="not_a_fact", field="sku", raw_value=raw, what=what)
        return
    if cells["price"] is None and spot is None:
        what = f"{sku or gpu} in {place} is listed without a price"
        yield Issue(row=row.position, rule="no_price", field="price", raw_value=raw, what=what)
    common: dict[str, object] = {
        "provider": cloud, "offer": f"{number}x {gpu} without its machine" if is_gpu_only else sku, "sku": sku,
        "gpu": gpu, "gpu_count": number, "region": place, "is_gpu_only": is_gpu_only, "currency": "USD",
        "price_unit": "instance_hour",
    }  # fmt: skip
    if isinstance(cells["price"], float):
        yield fact_or_issue(GpuPrice, row.position, pricing_type="on_demand", price=cells["price"], **common)
        if isinstance(spot, float) and spot > cells["price"]:
            what = f"the spot price of {sku or gpu} in {place} is above its price on demand"
            yield Issue(row=row.position, rule="spot_above_on_demand", field="spot", raw_value=raw, what=what)
            return
    if spot is not None:
        yield fact_or_issue(GpuPrice, row.position, pricing_type="spot", price=spot, **common)


def _changed(page: Page, what: str) -> PageChanged:
    return PageChanged(what, source=page.source, page=page.url, likely="the catalogue has another layout")
