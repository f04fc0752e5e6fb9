"""Recorded answers of APIs with prices, as received: kept beside the checkout where there is one, never in it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from pipeline import bundle
from pipeline.errors import PageChanged
from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.load import parse_pages
from pipeline.source import Page, find_source

RECORDINGS = Path(__file__).resolve().parents[2] / "shared" / "recordings"
FILES = {"oci": "oci/products_usd.json", "runpod": "runpod/gputypes.json"}
TRACKED = ("H100_80GB_SXM5", "B200_180GB", "GH200_96GB")

pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason=f"no recordings at {RECORDINGS}")


@cache
def parsed(name: str) -> tuple[list[Fact], list[Issue]]:
    """Facts and issues of the answer, within the source's bounds."""
    source = find_source(name)
    return parse_pages(source, [Page(name, source.url, (RECORDINGS / FILES[name]).read_bytes())])


def prices(name: str) -> dict[tuple[str, str], float]:
    """The prices by offer and pricing type."""
    return {(fact.offer, fact.pricing_type): fact.price for fact in parsed(name)[0] if isinstance(fact, GpuPrice)}


@pytest.mark.parametrize("name", FILES)
def test_a_recorded_answer_gives_the_bundled_facts_row_for_row(name: str) -> None:
    """The larder was written by this very parser from this very answer."""
    bundled = next(found for found in bundle.find_all(name) if found.header.page_sha256)

    assert bundled.header.page_sha256 == sha256((RECORDINGS / FILES[name]).read_bytes()).hexdigest()
    assert parsed(name)[0] == list(bundled.facts())


def test_oracle_s_list_has_its_gpus_and_nothing_else() -> None:
    """18 parts by the GPU-hour; VMware, Cloud@Customer and edge devices are not among them."""
    facts, issues = parsed("oci")
    listed = {fact.sku: (fact.gpu, fact.price) for fact in facts if isinstance(fact, GpuPrice)}

    assert (len(facts), issues) == (18, [])
    assert listed["B98415"] == ("H100", 10.0)
    assert listed["B95907"] == ("A100 - v2", 4.0)
    assert listed["B112140"] == ("GB300", 18.0)
    assert listed["B92740"] == (None, 3.05)
    assert not {"B110965", "B111455", "B108806"} & listed.keys()


def test_runpod_s_answer_has_its_prices_and_none_of_its_placeholders() -> None:
    """12 placeholders of 0.5, one kind that is offered nowhere, and no spot prices in the question of that day."""
    facts, issues = parsed("runpod")

    assert Counter(fact.pricing_type for fact in facts if isinstance(fact, GpuPrice)) == {
        "on_demand": 35,
        "community": 41,
    }
    assert Counter((issue.rule, issue.field) for issue in issues) == {
        ("no_price", "communityPrice"): 6, ("no_price", "securePrice"): 7,
        ("missing_key", "secureSpotPrice"): 1, ("missing_key", "communitySpotPrice"): 1,
    }  # fmt: skip
    assert prices("runpod")["NVIDIA H100 80GB HBM3, secure cloud", "on_demand"] == 3.49
    assert prices("runpod")["NVIDIA H100 PCIe, community cloud", "community"] == 1.99
    assert 0.5 not in prices("runpod").values()
    slices = [fact for fact in facts if isinstance(fact, GpuPrice) and fact.price_unit == "instance_hour"]
    assert [(fact.gpu_memory_gb, fact.price) for fact in slices] == [(24.0, 0.59), (48.0, 1.09), (48.0, 1.0)]


def test_the_same_offers_have_prices_of_two_days() -> None:
    """Bundles of another day name their offers as the answer does: they are one history."""
    earlier, later, newest = bundle.find_all("runpod")
    names = [
        {(fact.offer, fact.pricing_type) for fact in found.facts() if isinstance(fact, GpuPrice)}
        for found in (earlier, later, newest)
    ]

    assert (earlier.header.as_of, later.header.as_of) == (date(2026, 5, 24), date(2026, 9, 29))
    assert names[0] | names[2] <= names[1]
    assert newest.header.is_excerpt


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("share", [0.25, 0.5, 0.99])
def test_a_recorded_answer_cut_or_with_half_its_items_is_refused(name: str, share: float) -> None:
    """At full size, too: half an answer is no JSON, and half the items are too few."""
    source, body = find_source(name), (RECORDINGS / FILES[name]).read_bytes()
    with pytest.raises(PageChanged):
        parse_pages(source, [Page(name, source.url, body[: int(share * len(body))])])


def test_an_offer_without_its_machine_is_refused() -> None:
    """The recorded offers of Vast have lost the keys that tell machines apart: they are counted by nobody."""
    source = find_source("vast")
    offers = json.loads((RECORDINGS / "vast" / "offers_subset.json").read_bytes())
    body = json.dumps({"offers": [offer for offer in offers if offer["gpu_name"] == "H100 SXM"]}).encode()
    with pytest.raises(PageChanged, match="no item of offers has id or machine_id"):
        parse_pages(source, [Page("vast", source.url, body)])


def test_the_tracker_s_files_have_their_newest_readings_and_their_weeks() -> None:
    """957 readings of an H100 in four weeks; one reading a week is bundled."""
    source = find_source("gpu_price_tracker")
    folder = RECORDINGS / "price_trackers"
    pages = [Page(source.name, source.url, (folder / f"{card}.jsonl").read_bytes()) for card in TRACKED]
    facts, issues = parse_pages(source, pages)
    least = {(fact.provider, fact.gpu): fact.price for fact in facts if isinstance(fact, GpuPrice)}

    assert (len(facts), issues) == (10, [])
    assert least["runpod", "H100_80GB SXM5"] == 2.69
    assert least["lambdalabs", "GH200_96GB"] == 1.49
    for bundled in bundle.find_all(source.name):
        assert _read_on(bundled.header.as_of) == [fact.model_dump(exclude={"row"}) for fact in bundled.facts()]


def _read_on(day: date) -> list[dict[str, object]]:
    source = find_source("gpu_price_tracker")
    found: list[dict[str, object]] = []
    for card in TRACKED:
        lines = (RECORDINGS / "price_trackers" / f"{card}.jsonl").read_bytes().splitlines(keepends=True)
        that_day = [line for line in lines if json.loads(line)["timestamp"].startswith(day.isoformat())]
        for line in that_day[-1:]:
            facts = source.parse(Page(source.name, source.url, line))
            found += [fact.model_dump(exclude={"row"}) for fact in facts if isinstance(fact, GpuPrice)]
    return found
