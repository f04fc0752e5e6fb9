"""Lambda publishes its GPU cloud prices as one HTML page: committed clusters first, then on-demand instances.

Oddities: the first tables are 1-Click Clusters, whose price holds only with a commitment; the instances come
after, by GPUs per instance; both are per GPU-hour before tax. A dash is an offer without a price. Class names
are hashed and change: only data attributes and header texts are read. A script on the page repeats the tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.money import each_once, listed
from pipeline.read import Unreadable, changed, clean, fact_or_issue, one_or_more, positive
from pipeline.read_html import cell_text, html_of, one
from pipeline.source import Page, source

if TYPE_CHECKING:
    from bs4 import Tag

PRICE = "PRICE/GPU/HR"
CLUSTER_CELLS = {"DURATION", "GPU COUNT", PRICE}
INSTANCE_CELLS = {"VRAM/GPU", "VCPUS", "RAM", "STORAGE", PRICE}


@source(
    title="Lambda GPU cloud pricing",
    publisher="Lambda",
    url="https://lambda.ai/pricing",
    licence="Facts of a public price list",
    attribution="Lambda, https://lambda.ai/pricing",
    robots="read before every visit; nothing in the terms we know of forbids one visit a day",
    cadence="daily",
    least=10,
    most=80,
    facts=(GpuPrice,),
    currency="USD",
    unit="gpu_hour",
    also_hosts=("www.lambda.ai",),
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Committed clusters and on-demand instances, each with its own pricing type."""
    yield from each_once(page, _lines(page))


def _lines(page: Page) -> Iterator[GpuPrice | Issue]:
    tree = html_of(page)
    kinds: set[str] = set()
    for position, line in enumerate(tree.select("tr[data-plan], tr:has(td[data-label])")):
        labelled = line.select("td[data-label]")
        cells = {_label(str(cell["data-label"])): cell_text(cell) for cell in labelled}
        if len(cells) != len(labelled) or not line.get("data-plan"):
            raise changed(page, f"a row names no plan, or a cell twice: {cell_text(line)[:80]!r}")
        if set(cells) == CLUSTER_CELLS:
            kinds.add("cluster")
            yield _cluster(line, cells, position)
        elif set(cells) == INSTANCE_CELLS:
            kinds.add("instance")
            yield _instance(line, cells, position, tree, page)
        else:
            raise changed(page, f"a row has the cells {sorted(cells)}, which are not known")
    if kinds != {"cluster", "instance"}:
        raise changed(page, f"expected cluster and instance rows, found {sorted(kinds) or 'none'}")


def _label(text: str) -> str:
    return clean(text).upper().rstrip("*† ")


def _cluster(line: Tag, cells: dict[str, str], position: int) -> GpuPrice | Issue:
    gpu, term, least = clean(str(line["data-plan"])), cells["DURATION"], cells["GPU COUNT"]
    return _offer(
        position, cells[PRICE], least.rstrip("+"), "",
        gpu=gpu, offer=f"1-Click Cluster, {gpu}, {term}, from {least} GPUs", pricing_type="cluster", commitment=term,
        term_months=_months(term),
    )  # fmt: skip


def _months(term: str) -> int | None:
    """The length of a term that has one; ranges ("2 weeks - 1 year") and least lengths ("3+ years") have none."""
    found = re.fullmatch(r"([1-9]\d?) (month|year)s?", term)
    return int(found[1]) * (12 if found[2] == "year" else 1) if found else None


def _instance(line: Tag, cells: dict[str, str], position: int, tree: Tag, page: Page) -> GpuPrice | Issue:
    gpu, size = clean(str(line["data-plan"])), _instance_size(line, tree, page)
    memory = cells["VRAM/GPU"]
    return _offer(
        position, cells[PRICE], size, memory,
        gpu=gpu, offer=f"Instance, {size}x {gpu}, {memory}", pricing_type="on_demand",
    )  # fmt: skip


def _instance_size(line: Tag, tree: Tag, page: Page) -> str:
    # The number of GPUs stands only on the tab ("8x") that shows the panel with the table.
    panel = line.find_parent(attrs={"role": "tabpanel"})
    if panel is None or not panel.get("id"):
        raise changed(page, "an instance row is in no tab panel: its number of GPUs is not known")
    tab = one(tree, f'[role="tab"][aria-controls={tree.css.escape(str(panel["id"]))}]', page=page)
    return cell_text(tab).lower().removesuffix("x")


def _gigabytes(text: str) -> float | None:
    found = re.fullmatch(r"(\S+) ?GB", text)
    if text and found is None:
        raise Unreadable("not_a_size", text, f"{text!r} is no number of GB")
    return positive(found[1]) if found else None


def _offer(position: int, price: str, gpus: str, memory: str, **fields: object) -> GpuPrice | Issue:
    amount = listed(price, row=position, offer=str(fields["offer"]), currency="USD", unit="gpu_hour")
    if isinstance(amount, Issue):
        return amount
    field = "gpu_count"
    try:
        gpu_count = one_or_more(gpus)
        field = "vram_gb"
        vram_gb = _gigabytes(memory)
    except Unreadable as error:
        return error.issue(position, field)
    return fact_or_issue(
        GpuPrice, position, provider="lambda", gpu_count=gpu_count, vram_gb=vram_gb, price=amount.value,
        currency=amount.currency, price_unit="gpu_hour", is_floor=amount.is_floor, **fields,
    )  # fmt: skip
