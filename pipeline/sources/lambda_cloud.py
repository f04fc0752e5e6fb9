"""Lambda publishes its GPU cloud prices as one HTML page: committed clusters first, then on-demand instances.

Oddities: the first tables are 1-Click Clusters, whose price holds only with a commitment; the instances come
after, by GPUs per instance; both are per GPU-hour before tax. A dash is an offer without a price. Class names
are hashed and change: only data attributes and header texts are read. A script on the page repeats the tables.
"""

import re
from collections.abc import Iterator

from bs4 import Tag

from pipeline.errors import PageChanged
from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.money import money
from pipeline.read import Unreadable, cell_text, clean, count, fact_or_issue, html_of, one, positive
from pipeline.source import Page, source

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
    offers: dict[str, GpuPrice] = {}
    for found in _lines(page):
        if isinstance(found, GpuPrice):
            known = offers.setdefault(found.offer, found)
            if known.price != found.price:
                raise _changed(page, f"{found.offer} stands twice, at {known.price:g} and at {found.price:g}")
            if known is not found:
                what = "the same offer stands before"
                yield Issue(row=found.row, rule="repeated_row", field="offer", raw_value=found.offer, what=what)
                continue
        yield found


def _lines(page: Page) -> Iterator[GpuPrice | Issue]:
    tree = html_of(page)
    kinds: set[str] = set()
    for position, line in enumerate(tree.select("tr[data-plan], tr:has(td[data-label])")):
        labelled = line.select("td[data-label]")
        cells = {_label(str(cell["data-label"])): cell_text(cell) for cell in labelled}
        if len(cells) != len(labelled) or not line.get("data-plan"):
            raise _changed(page, f"a row names no plan, or a cell twice: {cell_text(line)[:80]!r}")
        if set(cells) == CLUSTER_CELLS:
            kinds.add("cluster")
            yield _cluster(line, cells, position)
        elif set(cells) == INSTANCE_CELLS:
            kinds.add("instance")
            yield _instance(line, cells, position, tree, page)
        else:
            raise _changed(page, f"a row has the cells {sorted(cells)}, which are not known")
    if kinds != {"cluster", "instance"}:
        raise _changed(page, f"expected cluster and instance rows, found {sorted(kinds) or 'none'}")


def _changed(page: Page, what: str) -> PageChanged:
    return PageChanged(
        what, source=page.source, page=page.url,
        likely="the page layout changed, or its tables are now drawn by a script",
        fix="read the archived page and teach pipeline/sources/lambda_cloud.py",
    )  # fmt: skip


def _label(text: str) -> str:
    return clean(text).upper().rstrip("*† ")


def _cluster(line: Tag, cells: dict[str, str], position: int) -> GpuPrice | Issue:
    gpu, term, least = clean(str(line["data-plan"])), cells["DURATION"], cells["GPU COUNT"]
    return _offer(
        position, cells[PRICE], least.rstrip("+"), "",
        gpu=gpu, offer=f"1-Click Cluster, {gpu}, {term}, from {least} GPUs", pricing_type="cluster", commitment=term,
    )  # fmt: skip


def _instance(line: Tag, cells: dict[str, str], position: int, tree: Tag, page: Page) -> GpuPrice | Issue:
    gpu, size = clean(str(line["data-plan"])), _instance_size(line, tree, page)
    memory = cells["VRAM/GPU"]
    return _offer(
        position, cells[PRICE], size, memory,
        gpu=gpu, offer=f"Instance, {size}x {gpu}, {memory}", pricing_type="on_demand", commitment=None,
    )  # fmt: skip


def _instance_size(line: Tag, tree: Tag, page: Page) -> str:
    # The number of GPUs stands only on the tab ("8x") that shows the panel with the table.
    panel = line.find_parent(attrs={"role": "tabpanel"})
    if panel is None or not panel.get("id"):
        raise _changed(page, "an instance row is in no tab panel: its number of GPUs is not known")
    tab = one(tree, f'[role="tab"][aria-controls={tree.css.escape(str(panel["id"]))}]', page=page)
    return cell_text(tab).lower().removesuffix("x")


def _gigabytes(text: str) -> float | None:
    found = re.fullmatch(r"(\S+) ?GB", text)
    if text and found is None:
        raise Unreadable("not_a_size", text, f"{text!r} is no number of GB")
    return positive(found[1]) if found else None


def _offer(position: int, price: str, gpus: str, memory: str, **fields: object) -> GpuPrice | Issue:
    field = "price"
    try:
        amount = money(price, currency="USD", unit="gpu_hour")
        field = "gpu_count"
        gpu_count = count(gpus)
        field = "vram_gb"
        vram_gb = _gigabytes(memory)
    except Unreadable as error:
        return error.issue(position, field)
    if amount is None:
        what = f"{fields['offer']} is listed without a price"
        return Issue(row=position, rule="no_price", field="price", raw_value=price, what=what)
    return fact_or_issue(
        GpuPrice, position, provider="lambda", gpu_count=gpu_count, vram_gb=vram_gb, price=amount.value,
        currency=amount.currency, price_unit="gpu_hour", is_floor=amount.is_floor, **fields,
    )  # fmt: skip
