"""Recorded prices of Azure and AWS: read by the sources' own readers where the shape is live, and what is bundled."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import bundle
from pipeline.facts import GpuPrice, Issue
from pipeline.normalise import resolve_sku
from pipeline.source import Page, find_source

RECORDINGS = Path(__file__).resolve().parents[2] / "shared" / "recordings"
REGIONS = Path(__file__).resolve().parents[1] / "data" / "reference" / "regions.csv"

pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason=f"no recordings at {RECORDINGS}")


def bundled(name: str, number: int = -1) -> list[GpuPrice]:
    """The facts of a bundled file of a source; the newest one unless said otherwise."""
    return [fact for fact in bundle.find_all(name)[number].facts() if isinstance(fact, GpuPrice)]


def test_the_recorded_aws_page_is_read_whole() -> None:
    """Ten GPU instance types of us-east-1, and nothing to complain of."""
    source = find_source("aws_on_demand")
    body = (RECORDINGS / "aws_ec2" / "ec2-ondemand-us-east-1.json").read_bytes()
    found = list(source.parse(Page(source.name, source.url, body)))
    prices = {fact.sku: fact.price for fact in found if isinstance(fact, GpuPrice)}

    assert len(found) == len(prices) == 10
    assert prices["p5.48xlarge"] == 55.04
    assert prices["p4d.24xlarge"] == 21.957642
    assert prices["p6-b300.48xlarge"] == 142.416
    here = [fact for fact in bundled(source.name) if fact.region == "US East (N. Virginia)"]
    assert {fact.sku: round(fact.price, 4) for fact in here} == {sku: round(price, 4) for sku, price in prices.items()}


def test_the_prices_of_2017_are_those_of_the_recorded_list() -> None:
    """K80 and M60 in every public region; another extract of the list says the same."""
    with REGIONS.open(encoding="utf-8", newline="") as lines:
        codes = {row["printed"]: row["region"] for row in csv.DictReader(lines)}
    with (RECORDINGS / "aws_ec2" / "gpu_prices.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if "gov" not in row["region"]]
    then = {(fact.sku, codes[str(fact.region)]): fact.price for fact in bundled("aws_on_demand", 0)}

    assert then == {(row["instance_type"], row["region"]): float(row["ondemand_usd"]) for row in rows}
    assert then["p2.xlarge", "us-east-1"] == 0.9
    assert {resolve_sku("aws", str(sku)).accelerator_id for sku, _ in then} == {"nvidia-k80", "nvidia-m60-16gb"}


PLACES: dict[tuple[str, str | None], str] = {
    ("on_demand", None): "p0",
    ("spot", None): "p1",
    ("low_priority", None): "p2",
    ("reserved", "reservation, 1 Year"): "p4",
    ("reserved", "reservation, 3 Years"): "p5",
    ("reserved", "savings plan, 1 Year"): "p6",
    ("reserved", "savings plan, 3 Years"): "p7",
}


def test_the_bundled_azure_prices_are_those_recorded() -> None:
    """Each from its place in the extract; no government, no edge, no Windows, no share that is not known."""
    with (RECORDINGS / "azure_retail_prices" / "gpu_vm_prices_flat.csv").open(encoding="utf-8", newline="") as lines:
        recorded = {(row["sku"], row["region"]): row for row in csv.DictReader(lines)}
    facts = bundled("azure_retail_prices")

    assert len(facts) > 1000
    for fact in facts:
        row = recorded[str(fact.sku), str(fact.region)]
        recorded_price = float(row[PLACES[fact.pricing_type, fact.commitment]])
        # the extract has reservations by the hour; Microsoft prices the whole term, in whole dollars
        hours = 730 * (fact.term_months or 0) if fact.price_unit == "instance_term" else 1
        assert fact.price == pytest.approx(recorded_price * hours, abs=0.02 if hours > 1 else 0), fact
        assert (fact.price_unit == "instance_term") == str(fact.commitment).startswith("reservation"), fact
        assert resolve_sku("azure", str(fact.sku)).accelerator_id, fact
        assert not str(fact.region).startswith(("usgov", "att")), fact
    h100 = {fact.region for fact in facts if fact.sku == "Standard_ND96isr_H100_v5"}
    assert h100 == {region for sku, region in recorded if sku == "Standard_ND96isr_H100_v5" and "gov" not in region}


def test_recorded_azure_items_are_read_as_what_they_are() -> None:
    """The extract has seven of the API's keys; with the others filled in, Windows and gov rows leave nothing."""
    source = find_source("azure_retail_prices")
    recorded: list[dict[str, Any]] = json.loads(
        (RECORDINGS / "azure_retail_prices" / "retail_items_subset.json").read_text("utf-8")
    )
    more = {"currencyCode": "USD", "serviceName": "Virtual Machines", "effectiveStartDate": "2026-08-01T00:00:00Z"}
    items = [{**item, **more} for item in recorded]
    answer = {"BillingCurrency": "USD", "Items": items, "NextPageLink": None, "Count": len(items)}
    found = list(source.parse(Page(source.name, source.url, json.dumps(answer).encode())))
    facts = [fact for fact in found if isinstance(fact, GpuPrice)]
    kinds = {(fact.sku, fact.region): fact.pricing_type for fact in facts}

    linux = [item for item in recorded if "Windows" not in item["productName"] and "gov" not in item["armRegionName"]]
    assert [issue.field for issue in found if isinstance(issue, Issue)] == ["savingsPlan"]  # the extract has none
    assert len(facts) == len(linux)
    assert sorted(fact.price for fact in facts) == sorted(float(item["retailPrice"]) for item in linux)
    assert kinds["Standard_NC80adis_H100_v5", "germanywestcentral"] == "low_priority"
    assert kinds["Standard_ND96isr_H200_v5", "uksouth"] == "spot"
    assert kinds["Standard_ND96isr_H100_v5", "japaneast"] == "on_demand"
