"""dstack publishes the catalogue of cloud offers that its gpuhunt collects, one zipped CSV file for each provider.

It repeats what the providers publish, so it is a cross-check: compared with their own pages, never counted beside
them, and only its latest state is in force.

Oddities: a file names its version ("20261104-2") beside it, and is fetched by that version. The CSV has 14 columns;
which provider it is of stands in its name and address alone. The price is for the whole instance in USD; ``gpu_memory``
is per GPU. Spot rows are the provider's spot market, or half the list price where the provider says so (Oracle). Offers
of one type repeat per zone. Names are gpuhunt's own and drop the form factor ("H100" is SXM at one provider and PCIe
at another): the instance type says more. Rows before 2025 have no vendor and mark TPUs by "tpu-".

Not read: rows without a GPU, TPUs (their names count chips or cores), Verda (its terms forbid collecting) and the
providers that gpuhunt asks live and does not publish. The data carry no licence of their own.
"""

import re
from collections.abc import Iterator

from pipeline.errors import PageChanged
from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.read import (
    LONGEST_RAW,
    Column,
    Row,
    Unreadable,
    clean,
    count,
    fact_or_issue,
    flag,
    one_of,
    positive,
    text_of,
    words,
)
from pipeline.read_catalogue import Catalogue, by_rows
from pipeline.read_zip import is_zip, zip_members
from pipeline.source import Page, Request, Requests, source

URL = "https://dstack-gpu-pricing.s3.eu-west-1.amazonaws.com/v3"
PROVIDERS = {
    "aws": "aws", "azure": "azure", "gcp": "gcp", "lambdalabs": "lambda", "nebius": "nebius", "oci": "oci",
    "runpod": "runpod",
}  # fmt: skip
VERSION = re.compile(r"\d{8}(?:-\d{1,4})?")
ADDRESS = re.compile(r".*/v3/([a-z]+)/(version|[0-9-]+/catalog\.zip)")
LARGEST = 64 * 2**20  # bytes of one provider's CSV


def money_of(text: str) -> float | None:
    """A price in the digits of a program: a point, no currency; the publisher's documentation says USD."""
    if not re.fullmatch(r"\d+\.\d+(?:[eE]-?\d+)?", clean(text)):
        raise Unreadable("not_a_price", text, f"{clean(text)[:40]!r} is no price as a program prints it")
    return positive(text)


def gpus(text: str) -> int | None:
    """The number of GPUs; 0 is a machine without one."""
    return 0 if clean(text) == "0" else count(text)


def code(text: str) -> str | None:
    """An instance type: one word with a letter and a digit or dot."""
    if words(text) is not None and not re.fullmatch(r"(?=.*[A-Za-z])(?=.*[\d._-]).{2,100}", clean(text)):
        raise Unreadable("not_a_code", text, f"{clean(text)[:40]!r} is no instance type")
    return words(text)


KNOWN_GPUS = ("H100", "A100", "V100", "T4", "A10", "H200")
PLACES = (
    "us-east-1", "eastus", "us-central1-a", "us-central1", "eu-north1", "us-ashburn-1", "eu-frankfurt-1", "US",
    "US-KS-2", "CA-MTL-1", "EU-RO-1",
)  # fmt: skip
COLUMNS = {
    "sku": Column("instance_name", code),
    "region": Column("location", holds=PLACES),
    "price": Column("price", money_of),
    "gpu_count": Column("gpu_count", gpus, holds=(1,)),
    "gpu": Column("gpu_name", holds=KNOWN_GPUS),
    "vram_gb": Column("gpu_memory", positive, holds=(80.0, 40.0, 16.0, 24.0)),
    "is_spot": Column("spot", flag),
    "vendor": Column("gpu_vendor", one_of("nvidia", "amd", "google", "intel", "tenstorrent"), holds=("nvidia",)),
}
IGNORED = ("cpu", "memory", "disk_size", "flags", "cpu_arch", "provider_data")


def pages() -> Requests:
    """For each provider the version, then the catalogue of that version."""
    for provider in PROVIDERS:
        address = f"{URL}/{provider}/version"
        version = yield Request(address, clue=_version)
        yield Request(f"{URL}/{provider}/{version}/catalog.zip")


def _version(page: Page) -> str:
    version = page.body[:LONGEST_RAW].decode("ascii", "replace").strip()
    if not VERSION.fullmatch(version):
        what = f"the version is {version[:40]!r}"
        raise PageChanged(what, source=page.source, page=page.url, likely="the catalogue has moved")
    return version


def opened(page: Page) -> tuple[Page, str] | None:
    """The provider's CSV file, out of its archive, and whose it is; None where the page is the version alone.

    Raises:
        PageChanged: The address does not name the provider, or the archive does not hold its file.
    """
    asked = ADDRESS.fullmatch(page.url)
    if asked is None or asked[1] not in PROVIDERS:
        raise _changed(page, "the address does not say of which provider the catalogue is")
    if is_zip(page):
        name = f"{asked[1]}.csv"
        members = zip_members(page, lambda member: member == name, largest_member=LARGEST)
        if name not in members:
            raise _changed(page, f"the archive holds no {name}")
        return members[name], PROVIDERS[asked[1]]
    if len(page.body) < 20 and VERSION.fullmatch(clean(text_of(page))):  # what the next page is asked by
        return None
    return page, PROVIDERS[asked[1]]


def offers(row: Row, provider: str) -> Iterator[GpuPrice | Issue]:
    """The offer of a row with GPUs, or why it is none."""
    cells = {key: value for key, value in row.cells.items() if key not in ("is_spot", "vendor")}
    is_spot = row.cells["is_spot"]
    if row.cells["gpu_count"] == 0 and row.cells["gpu"]:
        what = f"a machine without GPUs has a {row.cells['gpu']}"
        yield Issue(row=row.position, rule="not_positive", field="gpu_count", raw_value="0", what=what)
    elif not _is_gpu(row):
        return
    elif is_spot is None or None in (cells["price"], cells["region"], cells["gpu_count"]):
        what = "the row lacks a price, a place, the number of GPUs, or whether it is spot"
        raw = ", ".join(f"{key}={value}" for key, value in cells.items())
        yield Issue(row=row.position, rule="not_a_fact", field="price", raw_value=raw[:LONGEST_RAW], what=what)
    else:
        yield fact_or_issue(
            GpuPrice, row.position, provider=provider, offer=str(cells["sku"]), currency="USD",
            price_unit="instance_hour", pricing_type="spot" if is_spot else "on_demand", **cells,
        )  # fmt: skip


def _is_gpu(row: Row) -> bool:
    is_tpu = row.cells["vendor"] == "google" or str(row.cells["gpu"] or "").startswith("tpu-")
    return row.cells["gpu_count"] != 0 and not is_tpu


def _changed(page: Page, what: str) -> PageChanged:
    return PageChanged(what, source=page.source, page=page.url, likely="the catalogue has another layout")


CATALOGUE = Catalogue(
    columns=COLUMNS,
    ignored=IGNORED,
    amount="price",
    place="region",
    plain=r"[0-9]+\.[0-9]+",
    opened=opened,
    offers=offers,
)


@source(
    title="gpuhunt catalogue of cloud offers",
    publisher="dstack",
    url=f"{URL}/aws/version",
    licence="Terms of the data unstated (the code is MPL-2.0); used to compare, not republished",
    attribution="dstack, gpuhunt, https://github.com/dstackai/gpuhunt",
    robots="the public files that the gpuhunt package downloads; a bucket without robots.txt",
    cadence="weekly",
    least=1_500,
    most=150_000,
    facts=(GpuPrice,),
    currency="USD",
    unit="instance_hour",
    pages=pages,
    cross_check=True,
    catalogue=CATALOGUE,
    not_bundled="it repeats what others publish, and is only compared with them",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each instance type with GPUs in each place, on demand and as spot."""
    yield from by_rows(CATALOGUE, page)
