"""Amazon's files of prices: on demand, one a region, and spot, one for all; and the names of the regions in them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import PageChanged
from pipeline.facts import GpuPrice, Issue
from pipeline.normalise import resolve_sku
from pipeline.source import Page, Source, find_source
from pipeline.sources.aws_on_demand import ACCELERATED, REGIONS
from tests.test_instances import rows, spelled_out

HERE = Path(__file__).parent
ON_DEMAND, SPOT = find_source("aws_on_demand"), find_source("aws_spot")
VIRGINIA = "US East (N. Virginia)"


def on_demand() -> dict[str, Any]:
    """The practice file of a region."""
    return json.loads((HERE / "pages" / "aws_on_demand.json").read_text("utf-8"))


def spot() -> dict[str, Any]:
    """The practice file of spot prices, without its wrapping."""
    text = (HERE / "pages" / "aws_spot.js").read_text("utf-8")
    return json.loads(text.strip().removeprefix("callback(").removesuffix(");"))


def read(source: Source, changed: object, wrapping: str = "{}") -> tuple[list[GpuPrice], list[Issue]]:
    """Facts and issues of a file."""
    text = wrapping.replace("{}", json.dumps(changed))
    found = list(source.parse(Page(source.name, source.url, text.encode())))
    return [one for one in found if isinstance(one, GpuPrice)], [one for one in found if isinstance(one, Issue)]


# --- regions --------------------------------------------------------------------------------------


def test_every_region_is_asked_for_and_may_be_without_a_page() -> None:
    """One file each, at an address without blanks; the first one is the source's own."""
    requests = ON_DEMAND.requests()
    asked = [next(requests), *(requests.send("") for _ in REGIONS[1:])]
    with pytest.raises(StopIteration):
        requests.send("")

    assert len({request.url for request in asked}) == len(asked) == len(REGIONS)
    assert asked[0].url == ON_DEMAND.url
    assert all(request.optional and " " not in request.url for request in asked)
    assert not [name for name in REGIONS if "Gov" in name or "China" in name]


def test_every_name_of_a_region_has_one_code() -> None:
    """What Amazon prints in one file and in the other can be compared."""
    with (HERE.parent / "data" / "reference" / "regions.csv").open(encoding="utf-8", newline="") as lines:
        named = list(csv.DictReader(lines))
    codes = {(row["provider"], row["printed"]): row["region"] for row in named}
    old = {name for (_, name) in codes if name not in REGIONS}

    assert len(codes) == len(named)
    assert {name for (_, name) in codes if name in REGIONS} == set(REGIONS)
    assert len({codes["aws", name] for name in REGIONS}) == len(REGIONS)
    assert {codes["aws", name] for name in old} <= {codes["aws", name] for name in REGIONS}
    assert old == {"us-east", "us-west", "eu-ireland", "apac-sin", "apac-syd", "apac-tokyo"}


def test_local_zones_are_not_read() -> None:
    """They stand in a file under a name of their own; a file of nothing else is not the one asked for."""
    facts, _ = read(ON_DEMAND, on_demand())
    assert {fact.region for fact in facts} == {VIRGINIA}

    changed = on_demand()
    del changed["regions"][VIRGINIA]
    with pytest.raises(PageChanged, match="US East \\(Boston\\)"):
        read(ON_DEMAND, changed)


# --- which rows -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sku", "is_one"),
    [
        *(
            (sku, True)
            for sku in ("p2.xlarge", "p4de.24xlarge", "p6-b200.48xlarge", "p6e-gb200.36xlarge", "g4ad.8xlarge")
        ),
        *((sku, True) for sku in ("gr6f.4xlarge", "g5g.metal", "trn1n.32xlarge", "inf2.48xlarge", "dl1.24xlarge")),
        *((sku, True) for sku in ("u-p6e-gb200x72", "cg1.4xlarge", "g4ad.8xlarge")),
        *((sku, False) for sku in ("m7g.xlarge", "f1.2xlarge", "vt1.3xlarge", "u-6tb1.metal", "i4g.large")),
    ],
)
def test_an_instance_type_says_whether_it_has_accelerators(sku: str, is_one: bool) -> None:
    """By its letters; what Amazon calls its family is wrong or missing at times."""
    assert bool(ACCELERATED.fullmatch(sku)) == is_one


def test_every_known_code_of_an_accelerator_is_read() -> None:
    """The map of instance types and the letters agree."""
    known = [row for row in rows() if row["provider"] == "aws" and row["accelerator_id"]]
    codes = [code for row in known for code in spelled_out(row["pattern"])]
    assert [code for code in codes if not ACCELERATED.fullmatch(code)] == []
    facts = read(ON_DEMAND, on_demand())[0] + read(SPOT, spot())[0]
    assert all(resolve_sku("aws", str(fact.sku)).accelerator_id for fact in facts)


# --- on demand ------------------------------------------------------------------------------------


def test_rows_with_paid_software_are_not_read() -> None:
    """The same instance type with a database in its price stands before the bare one."""
    facts, _ = read(ON_DEMAND, on_demand())

    assert [fact.price for fact in facts if fact.sku == "g6.xlarge"] == [0.82]


@pytest.mark.parametrize(
    ("key", "value"),
    [("Operating System", "Windows"), ("Operating System", None), ("Instance Type", None), ("Instance Type", " ")],
)
def test_a_row_of_another_kind_stops_the_source(key: str, value: object) -> None:
    """The address says Linux; a row that does not is of another file."""
    changed = on_demand()
    changed["regions"][VIRGINIA]["p5 48xlarge"][key] = value
    with pytest.raises(PageChanged):
        read(ON_DEMAND, changed)


READ = ("Instance Type", "Instance Family", "Operating System", "Pre Installed S/W", "rateCode", "price")


@pytest.mark.parametrize("key", READ)
def test_a_key_of_another_name_stops_the_source(key: str) -> None:
    """What is read, and what decides which rows are read, has to be there."""
    text = json.dumps(on_demand()).replace(f'"{key}"', f'"{key} "')
    with pytest.raises(PageChanged):
        read(ON_DEMAND, json.loads(text))


@pytest.mark.parametrize(
    ("price", "rule"),
    [
        ("0.0000000000", "no_price"),
        ("-54.32", "not_positive"),
        ("54,32", "not_a_number"),
        ("$54.32", "not_a_number"),
        ("NaN", "not_a_number"),
        (None, "not_a_number"),
        ("", "not_a_fact"),
    ],
)
def test_a_price_that_is_none_is_named_and_not_loaded(price: object, rule: str) -> None:
    """In both files; missing is never zero."""
    changed, other = on_demand(), spot()
    changed["regions"][VIRGINIA]["p5 48xlarge"]["price"] = price
    other["config"]["regions"][0]["instanceTypes"][1]["sizes"][0]["valueColumns"][0]["prices"]["USD"] = price
    for source, answer in ((ON_DEMAND, changed), (SPOT, other)):
        facts, issues = read(source, answer)
        assert [(issue.rule, issue.field) for issue in issues if issue.row == 1] == [(rule, "price")]
        assert 1 not in {fact.row for fact in facts}


def test_an_instance_type_at_two_prices_stops_the_source() -> None:
    """A contradiction is for a person to look at."""
    changed, other = on_demand(), spot()
    changed["regions"][VIRGINIA]["g5g xlarge again"]["price"] = "0.9900000000"
    other["config"]["regions"][1]["instanceTypes"][0]["sizes"][3]["valueColumns"][0]["prices"]["USD"] = "9.9"
    for source, answer in ((ON_DEMAND, changed), (SPOT, other)):
        with pytest.raises(PageChanged, match="stands twice"):
            read(source, answer)


@pytest.mark.parametrize(
    "answer", [{}, [], {"regions": {}}, {"regions": []}, {"errors": ["x"]}, {"regions": {VIRGINIA: {}}}]
)
def test_a_file_without_prices_stops_the_source(answer: object) -> None:
    """With status 200 and well-formed."""
    with pytest.raises(PageChanged):
        read(ON_DEMAND, answer)


# --- spot -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrapping", ["{}", "callback({})", "callback({});\n", "/* licence */\ncallback({});"])
def test_the_file_is_read_with_and_without_its_wrapping(wrapping: str) -> None:
    """The same data lie as JSON beside it."""
    assert read(SPOT, spot(), wrapping) == read(SPOT, spot())


@pytest.mark.parametrize("wrapping", ["callback({}", "other({});", "callback({});callback({});", "var x = {};"])
def test_another_wrapping_stops_the_source(wrapping: str) -> None:
    """A cut file, or another program."""
    with pytest.raises(PageChanged):
        read(SPOT, spot(), wrapping)


def without(*path: str | int) -> Callable[[dict[str, Any]], None]:
    """A change that takes away what lies at a path."""

    def change(answer: dict[str, Any]) -> None:
        node: Any = answer
        for step in path[:-1]:
            node = node[step]
        del node[path[-1]]

    return change


def saying(**words: object) -> Callable[[dict[str, Any]], None]:
    """A change of what the file says of itself."""

    def change(answer: dict[str, Any]) -> None:
        answer["config"] |= words

    return change


SIZE = ("config", "regions", 0, "instanceTypes", 1, "sizes", 0)


@pytest.mark.parametrize(
    "change",
    [
        without("config"),
        without("config", "rate"),
        without("config", "currencies"),
        without("config", "regions"),
        without("config", "regions", 0, "region"),
        without("config", "regions", 0, "instanceTypes"),
        without("config", "regions", 0, "instanceTypes", 0, "sizes"),
        without(*SIZE, "size"),
        without(*SIZE, "valueColumns"),
        without(*SIZE, "valueColumns", 0),
        without(*SIZE, "valueColumns", 0, "name"),
        without(*SIZE, "valueColumns", 0, "prices"),
        without(*SIZE, "valueColumns", 0, "prices", "USD"),
        saying(rate="permonth"),
        saying(currencies=["CNY"]),
        saying(currencies=["USD", "CNY"]),
        saying(regions={}),
    ],
)
def test_a_spot_file_of_another_shape_stops_the_source(change: Callable[[dict[str, Any]], None]) -> None:
    """Every level that is read has to be there, per hour and in USD."""
    changed = spot()
    change(changed)
    with pytest.raises(PageChanged):
        read(SPOT, changed)


def test_the_windows_column_and_govcloud_are_not_read() -> None:
    """Whatever they hold."""
    changed = spot()
    changed["config"]["regions"].pop()
    text = json.dumps(changed).replace('{"USD": "30.5600"}', '{"USD": "0.01"}')
    assert read(SPOT, json.loads(text)) == read(SPOT, spot())
