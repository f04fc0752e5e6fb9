"""CoreWeave publishes its cloud prices as one HTML page: instances on demand and as spot, and GPUs for inference.

Oddities: the tables are drawn with div elements, one a region under a heading "REGION: ..."; tables of CPU
instances have the same shape and are not read, nor is the page of classic (legacy) instances. Each row holds
itself a second time for small screens: its labelled prices must be those of the columns. A count of "4^1" is 4
with a footnote (two superchips of 2 GPUs); VRAM is per GPU. The inference price is for one GPU and for customers
of the inference platform only, so it is serverless; times the GPUs it is about the on-demand price, which is
checked. An empty cell, "N/A" and "Contact sales" are offers without a price.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.money import each_once, listed
from pipeline.read import Unreadable, changed, fact_or_issue, one_or_more, positive
from pipeline.read_html import cell_text, html_of, one
from pipeline.source import Page, source

if TYPE_CHECKING:
    from bs4 import Tag

HEADERS = (
    "GPU Model", "GPU Count", "VRAM (GB)", "vCPUs", "System RAM (GB)", "Local Storage (TB)",
    "On-Demand Price (Per Hour)", "Spot Price (Per Hour)", "Inference Single GPU Price (Per Hour)",
)  # fmt: skip
# A column of prices: its pricing type, what a price is per, and the copy of it for small screens.
PriceColumn = tuple[Literal["on_demand", "spot", "serverless"], Literal["instance_hour", "gpu_hour"], str]
PRICES: dict[str, PriceColumn] = {
    HEADERS[6]: ("on_demand", "instance_hour", ".instance-price .item-value"),
    HEADERS[7]: ("spot", "instance_hour", ".spot-price .item-value"),
    HEADERS[8]: ("serverless", "gpu_hour", ".inference-price .item-value"),
}
FARTHEST = 1.5  # from one GPU's inference price, times the GPUs, to the on-demand price; more is another unit or count


@source(
    title="CoreWeave cloud pricing",
    publisher="CoreWeave",
    url="https://www.coreweave.com/pricing",
    licence="Facts of a public price list",
    attribution="CoreWeave, https://www.coreweave.com/pricing",
    robots="read before every visit; another collector found robots.txt and terms without a bar in October 2026",
    cadence="daily",
    least=20,
    most=150,
    facts=(GpuPrice,),
    currency="USD",
    unit="instance_hour, gpu_hour",
    also_hosts=("coreweave.com",),
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """On-demand and spot instances of every region, and single GPUs for inference."""
    yield from each_once(page, _prices(page))


def _prices(page: Page) -> Iterator[GpuPrice | Issue]:
    tree, position = html_of(page), 0
    rows_of_gpus = len(tree.select(".table-row-v2[class*=gpu-pricing]"))
    for head in tree.select(".table-v2-header"):
        headers = [_header(cell) for cell in head.select(".table-v2-cell")]
        if not any("gpu" in header.lower() for header in headers):
            continue  # CPU instances, storage
        table = head.find_parent(class_="table-v2")
        if headers not in (list(HEADERS), list(HEADERS[:-1])) or table is None:
            raise changed(page, f"a table of GPUs has the columns {headers}, which are not known")
        if not (rows := table.select(".table-row-v2")):
            raise changed(page, "a table of GPUs has no rows")
        for row in rows:
            yield from _row(row, headers, _region(table, page), position, page)
            position += len(headers) - HEADERS.index(HEADERS[6])
            rows_of_gpus -= 1
    if not position or rows_of_gpus > 0:
        raise changed(page, "no table of GPU instances, or rows of GPUs outside of it")


def _header(cell: Tag) -> str:
    return re.sub(r"\s*\(", " (", cell_text(cell)).rstrip("*†^ 123456789\xb2\xb3\xb9")


def _region(table: Tag, page: Page) -> str:
    heading = table.find_previous_sibling("h5")
    found = re.fullmatch(r"REGION: (\S.*)", cell_text(heading) if heading is not None else "")
    if found is None:
        raise changed(page, "a table of GPU instances has no heading that says REGION")
    return found[1]


def _row(row: Tag, headers: list[str], region: str, position: int, page: Page) -> Iterator[GpuPrice | Issue]:
    cells = row.select(".table-v2-cell")
    if len(cells) != len(headers):
        raise changed(page, f"a row has {len(cells)} cells under {len(headers)} headers: {cell_text(row)[:80]!r}")
    name, printed = one(cells[0], "h3[data-product]", page=page), dict(zip(headers, cells, strict=True))
    gpu, gpus = cell_text(name), cell_text(printed[HEADERS[1]])
    found: dict[str, GpuPrice] = {}
    for place, header in enumerate(header for header in headers if header in PRICES):
        pricing_type, unit, copy = PRICES[header]
        _same_as_copy(row, copy, printed[header], page)
        is_single = pricing_type == "serverless"
        item = _offer(
            position + place, cell_text(printed[header]), "1" if is_single else gpus, cell_text(printed[HEADERS[2]]),
            offer=f"{gpu}, single GPU for inference" if is_single else f"{_count(gpus)}x {gpu}",
            gpu=gpu, sku=str(name["data-product"]), region=region, pricing_type=pricing_type, price_unit=unit,
        )  # fmt: skip
        if isinstance(item, GpuPrice):
            found[pricing_type] = item
        yield item
    _compare(found.get("on_demand"), found.get("serverless"), page)


def _same_as_copy(row: Tag, selector: str, cell: Tag, page: Page) -> None:
    wide = [cell_text(part) for part in cell.find_all("div")]
    if (small := [cell_text(copy) for copy in row.select(selector)]) != wide:
        raise changed(page, f"a row prints {wide} in its column and {small} in its copy for small screens")


def _compare(instance: GpuPrice | None, single: GpuPrice | None, page: Page) -> None:
    if instance is None or single is None:
        return
    ratio = single.price * (instance.gpu_count or 1) / instance.price
    if not 1 / FARTHEST <= ratio <= FARTHEST:
        what = f"{instance.offer} cost {instance.price:g} and one of them for inference {single.price:g}"
        raise changed(page, what, "the GPU count or a unit is not what it was")


def _count(printed: str) -> str:
    return re.sub(r"(?:\^\d+|[\xb2\xb3\xb9])$", "", printed)  # the mark of a footnote: 4^1


def _offer(position: int, price: str, gpus: str, memory: str, **fields: object) -> GpuPrice | Issue:
    amount = listed(price, row=position, offer=str(fields["offer"]), currency="USD", unit=str(fields["price_unit"]))
    if isinstance(amount, Issue):
        return amount
    field = "gpu_count"
    try:
        gpu_count = one_or_more(_count(gpus))
        field = "vram_gb"
        vram_gb = positive(memory)
    except Unreadable as error:
        return error.issue(position, field)
    return fact_or_issue(
        GpuPrice, position, provider="coreweave", gpu_count=gpu_count, vram_gb=vram_gb, price=amount.value,
        currency=amount.currency, is_floor=amount.is_floor, **fields,
    )  # fmt: skip
