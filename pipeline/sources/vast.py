"""Vast.ai publishes what the machines of its marketplace are offered for, hour by hour, as the answer to a question.

Oddities: prices are asks of thousands of hosts, not deals and no list price; the mart counts them and shows minimum
and median. The price is for the whole offer (``dph_total``: all its GPUs, with the host's processors, memory and the
small disk that the question assumes), so it is per instance-hour with a number of GPUs. ``min_bid`` is the least bid
that an interruptible rental of the same offer must make: a lower bound, without the disk. A machine is offered as a
whole and in shares at the same time: its largest offer counts, once. Memory is printed in MiB and given here in GB,
because 81559 MiB is what an 80 GB card has; prices are not converted.

The answer holds at most 64 offers whatever limit is asked for, cheapest whole offers first, so GPUs are asked for one
kind at a time, and a full answer is named: large machines may be missing from it. A ``verified`` filter in the
question is known to drop hosts that should stay; the word in the answer is read instead. Offers of unverified machines,
offers that are bids, and rented ones are not read.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator
from urllib.parse import parse_qs, quote, urlsplit

from pipeline.errors import PageChanged
from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.money import each_once
from pipeline.read import fact_or_issue, json_of
from pipeline.read_json import (
    Item,
    UnreadableKey,
    check_order,
    count_at,
    inner,
    is_number,
    items_of,
    new_keys,
    number_at,
    object_of,
    printed,
    summary,
    text_at,
    there,
)  # fmt: skip
from pipeline.source import Page, Request, Requests, source

URL = "https://console.vast.ai/api/v0/bundles/?q="
GPUS = (
    "H100 SXM", "H100 PCIE", "H100 NVL", "H200", "H200 NVL", "B200", "B300", "GH200", "A100 SXM4", "A100 PCIE",
    "A800 PCIE", "L40S", "L40", "L4", "A40", "A10", "RTX PRO 6000 S", "RTX PRO 6000 WS", "RTX 6000Ada", "RTX A6000",
    "RTX 5090", "RTX 4090", "RTX 3090", "Tesla V100", "Tesla T4", "InstinctMI300X",
)  # fmt: skip
MOST_ANSWERED = 64
KEYS = ("id", "machine_id", "gpu_name", "num_gpus", "gpu_ram", "dph_total", "min_bid", "geolocation", "verification")
IGNORED = (
    "gpu_total_ram", "search", "is_bid", "rentable", "rented", "ask_contract_id", "bundle_id", "bw_nvlink",
    "cluster_id", "compute_cap", "cpu_arch", "cpu_cores", "cpu_cores_effective", "cpu_ghz", "cpu_name", "cpu_ram",
    "credit_balance", "credit_discount", "credit_discount_max", "cuda_max_good", "datacenter", "direct_port_count",
    "discount_rate", "discounted_dph_total", "discounted_hourly", "disk_bw", "disk_name", "disk_space", "dlperf",
    "dlperf_per_dphtotal", "dph_base", "dph_total_adj", "driver_vers", "driver_version", "duration", "end_date",
    "expected_reliability", "external", "flops_per_dphtotal", "geolocode", "gpu_arch", "gpu_display_active",
    "gpu_frac", "gpu_ids", "gpu_lanes", "gpu_max_power", "gpu_max_temp", "gpu_mem_bw", "has_avx", "host_id",
    "host_run_time", "hosting_type", "inet_down", "inet_down_cost", "inet_up", "inet_up_cost", "instance",
    "internet_down_cost_per_tb", "internet_up_cost_per_tb", "is_vm_deverified", "logo", "min_chunk", "mobo_name",
    "nw_disk_avg_bw", "nw_disk_max_bw", "nw_disk_min_bw", "os_version", "pci_gen", "pcie_bw", "public_ipaddr",
    "reliability", "reliability2", "reliability_mult", "resource_type", "rn", "score", "start_date", "static_ip",
    "storage_cost", "storage_total_cost", "time_remaining", "time_remaining_isbid", "total_flops", "vericode",
    "vms_enabled", "vram_costperhour", "webpage",
)  # fmt: skip
STATES = {"verified", "unverified", "deverified"}
GB_PER_MIB = 2**20 / 1e9


def address(gpu: str) -> str:
    """Where the offers of one kind of GPU are asked for."""
    question = {
        "gpu_name": {"eq": gpu}, "rentable": {"eq": True}, "rented": {"eq": False}, "type": "on-demand",
        "order": [["dph_total", "asc"]], "limit": 500,
    }  # fmt: skip
    return URL + quote(json.dumps(question))


def pages() -> Requests:
    """One question for each kind of GPU."""
    for gpu in GPUS:
        yield Request(address(gpu))


@source(
    title="Vast.ai marketplace offers",
    publisher="Vast.ai",
    url=address(GPUS[0]),
    licence="Facts of a public marketplace",
    attribution="Vast.ai, https://cloud.vast.ai/create/",
    robots="the public API behind the search page, no key needed; one question a second, once a day",
    cadence="daily",
    least=60,
    most=6_000,
    facts=(GpuPrice,),
    currency="USD",
    unit="instance_hour",
    pages=pages,
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each verified machine of one kind of GPU: what it asks, and the least bid."""
    answer = object_of(page, json_of(page))
    if answer.get("offers") == []:
        yield summary("no_offers", "offers", f"nobody offers {_asked_for(page)} now")
        return
    offers = items_of(page, answer.get("offers"), "offers", needs=KEYS)
    check_order(page, offers, "min_bid", "dph_total")
    yield from new_keys(offers, (*KEYS, *IGNORED))
    if len(offers) >= MOST_ANSWERED:
        what = f"{len(offers)} offers fill the answer: larger machines may be missing"
        yield summary("full_answer", "offers", what)
    yield from each_once(page, _facts(page, offers))


def _facts(page: Page, offers: list[Item]) -> Iterator[GpuPrice | Issue]:
    found: list[GpuPrice | Issue] = []
    whole: dict[str, GpuPrice] = {}
    left_out: Counter[str] = Counter()
    for position, offer in _apart(page, offers, found):
        try:
            if not _is_verified(page, offer):
                left_out["unverified"] += 1
                continue
            ask = _ask(page, 2 * position, offer)
        except UnreadableKey as error:
            found.append(error.at(2 * position))
            continue
        if isinstance(ask, Issue):
            found.append(ask)
            continue
        left_out["share"] += ask.offer in whole
        if ask.offer not in whole or _size(ask) > _size(whole[ask.offer]):
            whole[ask.offer] = ask
    for ask in whole.values():
        found += (ask, *_bid(ask, offers[ask.row // 2]))
    yield from sorted(found, key=lambda item: item.row or 0)
    if number := left_out["unverified"]:
        yield summary("unverified", "verification", f"{number} offers of machines that are not verified are not read")
    if number := left_out["share"]:
        yield summary("share", "machine_id", f"{number} offers are shares of machines that count once, as a whole")


def _apart(page: Page, offers: list[Item], found: list[GpuPrice | Issue]) -> Iterator[tuple[int, Item]]:
    """The offers with their positions, each id once; a copy leaves an issue."""
    seen: dict[str, Item] = {}
    for position, offer in enumerate(offers):
        key = printed(offer.get("id"))
        first = seen.setdefault(key, offer)
        if {name: offer.get(name) for name in KEYS} != {name: first.get(name) for name in KEYS}:
            raise _changed(page, f"offer {key} stands twice with other values")
        if first is offer:
            yield position, offer
            continue
        what = "the same offer stands before"
        found.append(Issue(row=2 * position, rule="repeated_row", field="id", raw_value=key, what=what))


def _size(ask: GpuPrice) -> tuple[int, float]:
    return ask.gpu_count or 0, -ask.price


def _is_verified(page: Page, offer: Item) -> bool:
    state = text_at(offer, "verification")
    if state not in STATES:
        raise _changed(page, f"verification {state!r} is none of {', '.join(sorted(STATES))}")
    for key, wrong in (("is_bid", True), ("rentable", False), ("rented", True)):
        if offer.get(key) is wrong:
            raise UnreadableKey("not_an_ask", key, wrong, f"{key} is {wrong}: nobody can rent at this price now")
    return state == "verified"


def _ask(page: Page, row: int, offer: Item) -> GpuPrice | Issue:
    gpu = there(offer, "gpu_name", text_at(offer, "gpu_name"))
    if gpu != _asked_for(page):
        raise _changed(page, f"an offer of {gpu!r} answers the question for {_asked_for(page)!r}")
    machine = there(offer, "machine_id", count_at(offer, "machine_id"))
    gpus = there(offer, "num_gpus", count_at(offer, "num_gpus"))
    price = there(offer, "dph_total", number_at(offer, "dph_total"))
    memory = number_at(offer, "gpu_ram")
    _check(offer, gpus, price, memory)
    return fact_or_issue(
        GpuPrice, row, provider="vast", offer=f"{gpu}, machine {machine}", sku=f"machine {machine}", gpu=gpu,
        gpu_count=gpus, vram_gb=None if memory is None else round(memory * GB_PER_MIB, 1),
        region=text_at(offer, "geolocation"), pricing_type="community", price=price,
        currency="USD", price_unit="instance_hour",
    )  # fmt: skip


def _check(offer: Item, gpus: int, price: float, memory: float | None) -> None:
    """What the answer says a second time must agree."""
    total, of_all = inner(offer, "search").get("totalHour"), offer.get("gpu_total_ram")
    if is_number(total) and not math.isclose(total, price, rel_tol=1e-6):
        raise UnreadableKey("not_the_total", "dph_total", price, f"search.totalHour is {total:g}, not {price:g}")
    if memory is not None and is_number(of_all) and round(of_all / memory) != gpus:
        what = f"{gpus} GPUs of {memory:g} MiB are not {of_all:g} MiB together"
        raise UnreadableKey("not_the_sum", "num_gpus", gpus, what)


def _bid(ask: GpuPrice, offer: Item) -> tuple[GpuPrice | Issue, ...]:
    try:
        least = number_at(offer, "min_bid")
    except UnreadableKey as error:
        return (error.at(ask.row + 1),)
    if least is None:
        return ()
    same = ask.model_dump(exclude={"row", "page_number", "pricing_type", "price", "is_floor"})
    return (fact_or_issue(GpuPrice, ask.row + 1, pricing_type="spot", price=least, is_floor=True, **same),)


def _asked_for(page: Page) -> str:
    try:
        return str(json.loads(parse_qs(urlsplit(page.url).query)["q"][0])["gpu_name"]["eq"])
    except (KeyError, ValueError, TypeError) as error:
        raise _changed(page, "the address does not say which GPU was asked for") from error


def _changed(page: Page, what: str) -> PageChanged:
    return PageChanged(what, source=page.source, page=page.url, likely="the API changed its filters or its words")
