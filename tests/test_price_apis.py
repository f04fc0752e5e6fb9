"""What only one publisher's prices have: the questions asked, the pages that follow, the traps of its shape."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline.errors import PageChanged
from pipeline.facts import GpuPrice, IndexValue, Issue
from pipeline.source import Page, find_source
from pipeline.sources import gpuhunt_catalog, runpod, vast, vultr
from tests.support.paging import asked

PAGES = Path(__file__).parent / "pages"


def answer_of(name: str) -> Any:
    """A practice page as Python objects."""
    return json.loads((PAGES / name).read_text(encoding="utf-8"))


def read(name: str, answer: object, url: str | None = None) -> tuple[list[Any], list[Issue]]:
    """Facts and issues of an answer."""
    source = find_source(name)
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    found = list(source.parse(Page(name, url or source.url, body)))
    return [item for item in found if not isinstance(item, Issue)], [item for item in found if isinstance(item, Issue)]


def changed(name: str, change: Callable[[Any], object]) -> Any:
    """The practice page with a change."""
    answer = copy.deepcopy(answer_of(name))
    change(answer)
    return answer


# --- OCI ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["OCI - Compute - GPU - H200", "OCI - Compute - GPU - H100 - v2", "Something else"])
def test_a_part_of_oracle_s_that_is_called_something_else_stops_the_source(name: str) -> None:
    """A part number that is given to another GPU would carry on its history."""
    with pytest.raises(PageChanged, match="B98415 is called"):
        read("oci", changed("oci.json", lambda answer: answer["items"][1].update(displayName=name)))


def test_a_part_of_oracle_s_may_be_named_with_or_without_the_company() -> None:
    """OCI, Oracle Cloud Infrastructure or neither stands before the name."""
    for name in (
        "OCI - Compute - GPU - H100",
        "Compute - GPU - H100",
        "Oracle Cloud Infrastructure - Compute - GPU - H100",
    ):
        facts, _ = read(
            "oci", changed("oci.json", lambda answer, name=name: answer["items"][1].update(displayName=name))
        )
        assert [(fact.gpu, fact.price) for fact in facts if fact.sku == "B98415"] == [("H100", 10.0)]


def test_customers_own_rooms_nodes_and_devices_of_oracle_are_not_read() -> None:
    """Only GPUs by the hour in Oracle's own regions."""
    facts, _ = read("oci", answer_of("oci.json"))

    assert {"B110965", "B108806", "B109493"}.isdisjoint({fact.sku for fact in facts})
    assert {fact.gpu for fact in facts if fact.sku == "B88518"} == {None}


# --- RunPod ---------------------------------------------------------------------------------------


def test_runpod_is_asked_one_question_by_post() -> None:
    """The question names every key that is read."""
    (request,) = asked(runpod.pages(), [b"{}"])

    assert (request.method, request.url) == ("POST", "https://api.runpod.io/graphql")
    assert ("content-type", "application/json") in request.headers
    question = json.loads(request.body or b"")["query"]
    assert all(key in question.split() for key in (*runpod.KEYS, *runpod.SURFACES))


def test_runpod_s_prices_that_changed_places_stop_the_source() -> None:
    """Community hosts ask less than RunPod's own, and what may be taken away costs less than what may not."""
    for lower, upper in runpod.CHEAPER:
        answer = answer_of("runpod.json")
        for kind in answer["data"]["gpuTypes"]:
            kind[lower], kind[upper] = kind[upper], kind[lower]
        with pytest.raises(PageChanged, match="is above"):
            read("runpod", answer)


def test_a_slice_of_a_card_is_never_a_gpu_hour() -> None:
    """A MIG slice is priced by the slice, with the slice's memory."""
    facts, _ = read("runpod", answer_of("runpod.json"))
    slices = [fact for fact in facts if "MIG" in fact.gpu]

    assert [(fact.price_unit, fact.gpu_memory_gb, fact.vram_gb, fact.gpu_count) for fact in slices] == [
        ("instance_hour", 24.0, None, None)
    ]


# --- Vast.ai --------------------------------------------------------------------------------------


def test_vast_is_asked_for_one_kind_of_gpu_at_a_time() -> None:
    """No filter on the host's verification, which the API misreads; every address is another one."""
    requests = list(vast.pages())
    questions = [json.loads(parse_qs(urlsplit(request.url).query)["q"][0]) for request in requests]

    assert [question["gpu_name"]["eq"] for question in questions] == list(vast.GPUS)
    assert len({request.url for request in requests}) == len(vast.GPUS)
    assert all("verified" not in question and question["rentable"] == {"eq": True} for question in questions)


def test_a_kind_that_nobody_offers_on_vast_is_named_and_stops_nothing() -> None:
    """An empty market is an answer; an answer without a market is none."""
    facts, issues = read("vast", {"offers": []})

    assert facts == []
    assert [(issue.rule, issue.kept) for issue in issues] == [("no_offers", True)]


def test_offers_of_another_gpu_stop_the_source() -> None:
    """The filter of the question would have stopped working, and every page would hold the same offers."""
    with pytest.raises(PageChanged, match="answers the question for 'H100 SXM'"):
        read("vast", changed("vast.json", lambda answer: answer["offers"][0].update(gpu_name="H100 PCIE")))
    with pytest.raises(PageChanged, match="answers the question for 'B200'"):
        read("vast", answer_of("vast.json"), vast.address("B200"))


def test_a_full_answer_of_vast_is_named() -> None:
    """At 64 offers the larger machines are cut off."""

    def fill(answer: Any) -> None:
        offer = answer["offers"][6]
        answer["offers"] = [{**offer, "id": n, "machine_id": n, "min_bid": 1.5} for n in range(1, 65)]

    facts, issues = read("vast", changed("vast.json", fill))

    assert len(facts) == 128
    assert [issue.rule for issue in issues] == ["full_answer"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"num_gpus": 4}, "not_the_sum"),
        ({"dph_total": 2.203}, "not_the_total"),
        ({"is_bid": True}, "not_an_ask"),
        ({"rentable": False}, "not_an_ask"),
        ({"rented": True}, "not_an_ask"),
        ({"machine_id": None}, "no_value"),
        ({"gpu_ram": "81559"}, "not_a_number"),
    ],
)
def test_an_offer_of_vast_that_contradicts_itself_is_set_aside(change: dict[str, object], rule: str) -> None:
    """The number of GPUs and the total stand in the answer twice."""
    facts, issues = read("vast", changed("vast.json", lambda answer: answer["offers"][1].update(change)))

    assert rule in {issue.rule for issue in issues if issue.row == 2}
    assert 2 not in {fact.row for fact in facts}


def test_a_new_word_for_verification_stops_the_source() -> None:
    """Whether such hosts count is for a person to decide."""
    with pytest.raises(PageChanged, match="verification 'gold'"):
        read("vast", changed("vast.json", lambda answer: answer["offers"][0].update(verification="gold")))


# --- Vultr ----------------------------------------------------------------------------------------


def page_with(cursor: object) -> bytes:
    """A page of plans that leads on to another one."""
    return json.dumps({"plans": [{"id": "x"}], "meta": {"links": {"next": cursor}}}).encode()


def test_vultr_s_lists_are_followed_to_their_ends() -> None:
    """A cursor leads on; an empty one ends the list; it cannot lead elsewhere, nor in a circle for ever."""
    requests = asked(
        vultr.pages(), [page_with("bmV4dA=="), page_with(""), page_with("a&b=https://x/"), page_with(None)]
    )

    assert [request.url.removeprefix(f"{vultr.URL}/") for request in requests] == [
        "plans?type=all&per_page=500",
        "plans?type=all&per_page=500&cursor=bmV4dA%3D%3D",
        "plans-metal?per_page=500",
        "plans-metal?per_page=500&cursor=a%26b%3Dhttps%3A%2F%2Fx%2F",
    ]
    with pytest.raises(PageChanged, match="50 pages lead on"):
        asked(vultr.pages(), [page_with("same")] * 500)


def test_a_slice_and_several_cards_are_told_by_memory_alone() -> None:
    """The count is not in the answer: it is not made up."""
    facts, _ = read("vultr", answer_of("vultr.json"))
    hourly = {fact.sku: fact for fact in facts if fact.price_unit == "instance_hour"}

    assert [hourly[code].gpu_memory_gb for code in sorted(hourly)] == [80.0, 2.0, 640.0]
    assert {(fact.gpu_count, fact.vram_gb) for fact in facts} == {(None, None)}


@pytest.mark.parametrize(
    ("monthly", "month"), [(1647.07, 672), (1789.23, 730), (1789.0, 730), (1764.72, None), (2.451, None)]
)
def test_the_month_follows_from_the_two_prices_or_the_plan_is_set_aside(monthly: float, month: int | None) -> None:
    """672 or 730 hours; anything else says that one of the prices is not what it was."""
    facts, issues = read("vultr", changed("vultr.json", lambda answer: answer["plans"][2].update(monthly_cost=monthly)))
    months = {fact.month_hours for fact in facts if fact.sku == "vcg-a100-12c-120g-80vram"} - {None}

    assert months == ({month} if month else set())
    assert month or "prices_disagree" in {issue.rule for issue in issues if issue.row == 4}


# --- OVH ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", [{"currencyCode": "USD"}, {"subsidiary": "US"}, {"subsidiary": "DE"}])
def test_another_catalogue_of_ovh_stops_the_source(locale: dict[str, str]) -> None:
    """The companies sell other machines at other prices."""
    with pytest.raises(PageChanged, match="not of FR in EUR"):
        read("ovh", changed("ovh.json", lambda answer: answer["locale"].update(locale)))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"intervalUnit": "minute"}, "wrong_unit"),
        ({"intervalUnit": "month"}, "wrong_unit"),
        ({"interval": 24}, "wrong_unit"),
        ({"formattedPrice": "2.91 $"}, "prices_disagree"),
        ({"formattedPrice": "$2.91"}, "prices_disagree"),
        ({"formattedPrice": "2.92 €"}, "prices_disagree"),
        ({"price": 2.91}, "not_a_count"),
        ({"price": 2910000000}, "prices_disagree"),
    ],
)
def test_a_price_of_ovh_is_read_from_the_number_and_agrees_with_its_words(change: dict[str, object], rule: str) -> None:
    """The scale of 1e-8, the currency and the hour are each said twice."""
    answer = changed("ovh.json", lambda answer: answer["addons"][1]["pricings"][0].update(change))
    facts, issues = read("ovh", answer)

    assert [issue.rule for issue in issues if issue.row == 1] == [rule]
    assert 1 not in {fact.row for fact in facts}


def test_services_by_the_minute_windows_months_and_announcements_of_ovh_are_not_read() -> None:
    """They carry the same description of a GPU."""
    facts, issues = read("ovh", answer_of("ovh.json"))

    assert [fact.sku for fact in facts] == ["h100-380", "h200-1920", "t2-le-45"]
    assert [issue.what for issue in issues if issue.rule == "coming_soon"] == [
        "1 plans are announced and not for rent: a10-45.consumption"
    ]


# --- exchange rates -------------------------------------------------------------------------------


def test_a_rate_the_other_way_round_stops_the_source() -> None:
    """Euros per dollar look like a rate, too."""
    text = (PAGES / "ecb_exchange_rates.csv").read_text(encoding="utf-8")
    for rate in ("0.8590", "11.641", "116.41"):
        with pytest.raises(PageChanged, match=r"USD went from 1\.1561"):
            read("ecb_exchange_rates", text.replace("2026-03-10,1.1641", f"2026-03-10,{rate}").encode())
    for rate in ("18.251", "1825.1"):  # a series that is wrong as a whole has no step
        with pytest.raises(PageChanged, match=f"a euro is worth {rate} JPY"):
            read("ecb_exchange_rates", text.replace("182.51", rate).encode())


def test_the_question_to_the_central_bank_names_every_currency_that_a_price_may_be_in() -> None:
    """A new currency of prices is asked for by being one."""
    source = find_source("ecb_exchange_rates")
    facts, _ = read("ecb_exchange_rates", (PAGES / "ecb_exchange_rates.csv").read_bytes())

    assert "/D.CNY+GBP+INR+JPY+USD.EUR.SP00.A?" in source.url
    assert {fact.unit for fact in facts if isinstance(fact, IndexValue)} == {
        f"{currency} per EUR" for currency in ("CNY", "GBP", "INR", "JPY", "USD")
    }
    assert date(2026, 3, 9) not in {fact.period_on for fact in facts}


# --- catalogues -----------------------------------------------------------------------------------

ZIPPED = f"{gpuhunt_catalog.URL}/aws/20261104-2/catalog.zip"


def zipped(name: str, body: bytes) -> bytes:
    """A catalogue as it is published."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return out.getvalue()


def test_gpuhunt_is_asked_for_the_version_and_then_for_that_version() -> None:
    """The version becomes part of an address, so nothing but a version is accepted."""
    requests = asked(gpuhunt_catalog.pages(), [b"20261104-2\n", b"zip", b"20261103", b"zip"])

    assert [request.url.removeprefix(f"{gpuhunt_catalog.URL}/") for request in requests] == [
        "aws/version", "aws/20261104-2/catalog.zip", "azure/version", "azure/20261103/catalog.zip", "gcp/version",
    ]  # fmt: skip
    for bad in (b"", b"../../other", b"<Error>", b"20261104-2/../x", b"\xff\xfe"):
        with pytest.raises(PageChanged, match="the version is"):
            asked(gpuhunt_catalog.pages(), [bad])


def test_a_zipped_catalogue_holds_the_same_facts_as_its_file() -> None:
    """The provider is known from the address, and the member must have its name."""
    body = (PAGES / "gpuhunt_catalog.csv").read_bytes()

    assert read("gpuhunt_catalog", zipped("aws.csv", body), ZIPPED) == read("gpuhunt_catalog", body, ZIPPED)
    assert {
        fact.provider for fact in read("gpuhunt_catalog", zipped("lambdalabs.csv", body), _of("lambdalabs"))[0]
    } == {"lambda"}
    for wrong in ("gcp.csv", "x/aws.csv", "AWS.csv"):
        with pytest.raises(PageChanged, match=r"holds no aws\.csv"):
            read("gpuhunt_catalog", zipped(wrong, body), ZIPPED)
    with pytest.raises(PageChanged, match="does not say of which provider"):
        read("gpuhunt_catalog", body, _of("vastai"))
    assert read("gpuhunt_catalog", b"20261104-2\n", f"{gpuhunt_catalog.URL}/aws/version") == ([], [])


def _of(provider: str) -> str:
    return f"{gpuhunt_catalog.URL}/{provider}/20261104-2/catalog.zip"


def test_a_gpu_without_its_machine_is_said_to_be_one() -> None:
    """Google prices the GPUs of a row apart from the machine that carries them; elsewhere a type must be named."""
    text = (PAGES / "skypilot_catalog.csv").read_text(encoding="utf-8").replace("gpu_8x_h100_sxm5,H100", ",H100")
    google = find_source("skypilot_catalog").url.replace("/lambda/", "/gcp/")
    facts, _ = read("skypilot_catalog", text.encode(), google)
    alone = [fact for fact in facts if isinstance(fact, GpuPrice) and fact.is_gpu_only]

    assert [(fact.provider, fact.offer, fact.sku, fact.gpu_count) for fact in alone] == [
        ("gcp", "8x H100 without its machine", None, 8)
    ]
    facts, issues = read("skypilot_catalog", text.encode())
    assert 1 not in {fact.row for fact in facts}
    assert ("not_a_fact", 1) in {(issue.rule, issue.row) for issue in issues}


def test_zones_that_are_none_of_their_regions_stop_the_catalogue() -> None:
    """Two columns of places that have changed places."""
    text = (PAGES / "skypilot_catalog.csv").read_text(encoding="utf-8")
    with pytest.raises(PageChanged, match="no zone begins"):
        read("skypilot_catalog", text.replace("us-west-1a", "eu-west-1a").replace("us-west-1b", "eu-west-1b").encode())


# --- the tracker ----------------------------------------------------------------------------------


def test_the_newest_reading_of_the_tracker_counts_and_readings_must_be_in_order() -> None:
    """A file that stands twice, or was sorted the other way, would give an old price as the newest."""
    lines = (PAGES / "gpu_price_tracker.txt").read_bytes().splitlines(keepends=True)

    assert {fact.price for fact in read("gpu_price_tracker", lines[0])[0]} == {2.71, 2.2}
    for wrong in (lines[::-1], [*lines, lines[1]], [*lines, *lines]):
        with pytest.raises(PageChanged, match="order of their times"):
            read("gpu_price_tracker", b"".join(wrong))
