"""Vultr publishes its plans as JSON, cloud GPUs and bare metal apart, each at one price wherever it is offered.

Oddities: both lists come in pages, led on by a cursor in ``meta.links.next``. A cloud GPU plan names its card
("NVIDIA_A100") and the GPU memory of the whole plan, which may be a slice of a card or several cards; how many is
never said. A bare-metal plan has only its id ("vbm-112c-2048gb-8-h100-gpu"); which GPUs it holds is written down in
``data/reference/instances.csv``. A plan is rented by the hour and costs no more in a month than its monthly price,
which is a cap and no commitment. How many hours that month has follows from the two prices: 672 in the published
terms, 730 in the prices of 2026; a plan whose prices fit neither is set aside. A plan may be listed with no location
at all, or only by prior reservation (``deploy_ondemand`` false): both are no offers, and named. Where a plan
costs otherwise in some locations (``location_cost``), that is named and not read.

Not read: plans without a GPU.
"""

from collections.abc import Iterator
from urllib.parse import quote

from pipeline.errors import PageChanged
from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.money import each_once
from pipeline.read import fact_or_issue, json_of
from pipeline.read_json import (
    Item,
    UnreadableKey,
    inner,
    items_of,
    new_keys,
    number_at,
    object_of,
    printed,
    summary,
    text_at,
    there,
)
from pipeline.source import Page, Request, Requests, source

URL = "https://api.vultr.com/v2"
LISTS = {"plans": "plans?type=all&per_page=500", "plans_metal": "plans-metal?per_page=500"}
KEYS = ("id", "hourly_cost", "monthly_cost", "locations")
IGNORED = (
    "type", "gpu_type", "gpu_vram_gb", "deploy_ondemand", "bandwidth", "cpu_cores", "cpu_count", "cpu_manufacturer",
    "cpu_model", "cpu_threads", "cpu_vendor", "deploy_preemptible", "disk", "disk_count", "disk_type", "gpu_count",
    "hourly_cost_preemptible", "invoice_type", "location_cost", "monthly_cost_preemptible", "name", "physical_cpus",
    "ram", "storage_type", "vcpu_count", "vcpu_type",
)  # fmt: skip
CLOUD_GPU = "vcg"  # the type of plans with a GPU
MONTHS = (672, 730)  # hours
TOLERANCE, ROUNDED = 0.01, 0.0005  # a share of the price, and half a tenth of a cent
MOST_PAGES = 50


def pages() -> Requests:
    """Both lists, each as long as it says that there is more."""
    for address in LISTS.values():
        cursor = yield Request(f"{URL}/{address}", clue=_cursor)
        for _ in range(MOST_PAGES):
            if not cursor:
                break
            cursor = yield Request(f"{URL}/{address}&cursor={quote(cursor, safe='')}", clue=_cursor)
        else:
            raise _changed(
                Page("vultr", f"{URL}/{address}", b""), f"more than {MOST_PAGES} pages lead on to another one"
            )


def _cursor(page: Page) -> str:
    links = inner(object_of(page, json_of(page)), "meta", "links")
    return str(links.get("next") or "")


@source(
    title="Vultr plans with GPUs",
    publisher="Vultr",
    url=f"{URL}/{LISTS['plans']}",
    licence="Facts of a public price list",
    attribution="Vultr, https://www.vultr.com/pricing/",
    robots="a documented API that needs no key for its plans; robots.txt is read before every visit",
    cadence="daily",
    least=12,
    most=400,
    facts=(GpuPrice,),
    currency="USD",
    unit="instance_hour, instance_month",
    pages=pages,
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each plan with GPUs by the hour, and at its monthly cap."""
    answer = object_of(page, json_of(page))
    lists = [name for name in LISTS if name in answer]
    if len(lists) != 1:
        raise _changed(page, f"the answer holds {', '.join(sorted(answer)) or 'nothing'}, not plans")
    plans = items_of(page, answer[lists[0]], lists[0], needs=KEYS)
    yield from new_keys(plans, (*KEYS, *IGNORED))
    is_metal = lists[0] == "plans_metal"
    if not is_metal and not any("type" in plan for plan in plans):
        raise _changed(page, "no plan has a type")
    says_state = any("deploy_ondemand" in plan for plan in plans)
    found = (item for n, plan in enumerate(plans) for item in _plan(plan, 2 * n, is_metal, says_state))
    yield from each_once(page, found)
    if not says_state:
        yield summary(
            "missing_key", "deploy_ondemand", "no plan says whether it is deployed on demand: all are taken to be"
        )
    if inner(answer, "meta", "links").get("next") is None:
        yield summary("no_cursor", "meta.links.next", "the answer does not say whether there is more")


def _plan(plan: Item, row: int, is_metal: bool, says_state: bool) -> Iterator[GpuPrice | Issue]:
    try:
        code = there(plan, "id", text_at(plan, "id"))
        is_cloud_gpu = plan.get("type") == CLOUD_GPU or bool(plan.get("gpu_type"))
        if not (is_cloud_gpu or (is_metal and "gpu" in code.split("-"))):
            return
        gpu = there(plan, "gpu_type", text_at(plan, "gpu_type")) if is_cloud_gpu else None
        if says_state and "deploy_ondemand" not in plan:
            raise _stateless(code)
        yield from _out_of_reach(plan, row, code)
        if plan.get("deploy_ondemand") is False:
            return
        memory = number_at(plan, "gpu_vram_gb") if gpu else None
        hourly = there(plan, "hourly_cost", number_at(plan, "hourly_cost"))
        monthly = there(plan, "monthly_cost", number_at(plan, "monthly_cost"))
        month = _hours(hourly, monthly)
    except UnreadableKey as error:
        yield error.at(row)
        return
    common: dict[str, object] = {
        "provider": "vultr", "offer": code, "sku": code, "gpu": gpu, "gpu_memory_gb": memory,
        "pricing_type": "on_demand", "currency": "USD",
    }  # fmt: skip
    yield fact_or_issue(GpuPrice, row, price=hourly, price_unit="instance_hour", **common)
    yield fact_or_issue(
        GpuPrice,
        row + 1,
        price=monthly,
        price_unit="instance_month",
        month_hours=month,
        commitment="monthly cap",
        **common,
    )


def _out_of_reach(plan: Item, row: int, code: str) -> Iterator[Issue]:
    locations = plan.get("locations")
    if not isinstance(locations, list):
        raise UnreadableKey("not_a_list", "locations", locations, "locations is no list")
    if not isinstance(plan.get("deploy_ondemand", True), bool):
        raise UnreadableKey("not_a_flag", "deploy_ondemand", plan["deploy_ondemand"], "deploy_ondemand is no yes or no")
    if plan.get("deploy_ondemand") is False:
        what = f"{code} is not deployed on demand"
        yield Issue(row=row, rule="no_price", field="deploy_ondemand", raw_value="false", what=what)
    elif elsewhere := plan.get("location_cost"):
        what = f"{code} costs otherwise in some locations, where its price is not read"
        yield Issue(
            row=row, rule="other_price", field="location_cost", raw_value=printed(elsewhere), what=what, kept=True
        )
    elif not locations:
        what = f"{code} has a price and is offered nowhere now"
        yield Issue(row=row, rule="no_location", field="locations", raw_value="[]", what=what, kept=True)


def _stateless(code: str) -> UnreadableKey:
    return UnreadableKey(
        "missing_key", "deploy_ondemand", None, f"{code} alone does not say whether it can be deployed"
    )


def _hours(hourly: float, monthly: float) -> int:
    fitting = [hours for hours in MONTHS if abs(hourly - monthly / hours) <= TOLERANCE * hourly + ROUNDED]
    if not fitting:
        what = f"a month at {monthly:g} is {monthly / hourly:.0f} hours at {hourly:g}, which is no month of Vultr's"
        raise UnreadableKey("prices_disagree", "monthly_cost", monthly, what)
    return fitting[0]


def _changed(page: Page, what: str) -> PageChanged:
    return PageChanged(what, source=page.source, page=page.url, likely="the API changed its shape")
