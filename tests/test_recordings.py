"""The publishers' real files, as received: kept beside the checkout where there is one, never in it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from pipeline import bundle, drift
from pipeline.errors import PageChanged
from pipeline.facts import Accelerator, Fact, HardwarePrice, Issue, ModelRelease, TrainingRun
from pipeline.load import parse_pages
from pipeline.source import Page, find_source

RECORDINGS = Path(__file__).resolve().parents[2] / "shared" / "recordings" / "epoch"
FILES = {
    "epoch_models": "all_ml_systems_2025-06.csv",
    "epoch_hardware": "chip_dataset.csv",
    "epoch_hardware_prices": "hardware_prices.csv",
    "price_index": "ppi_PCU518210518210.csv",
}

pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason=f"no recordings at {RECORDINGS}")

every_file = pytest.mark.parametrize("name", FILES)


def body_of(name: str) -> bytes:
    """The file as received."""
    return (RECORDINGS / FILES[name]).read_bytes()


@cache
def parsed(name: str) -> tuple[list[Fact], list[Issue]]:
    """Facts and issues of the file, within the source's bounds."""
    source = find_source(name)
    return parse_pages(source, [Page(name, source.url, body_of(name))])


@every_file
def test_a_recorded_file_gives_the_bundled_facts_row_for_row(name: str) -> None:
    """The larder was written by this very parser from this very file."""
    *_, bundled = bundle.find_all(name)

    assert bundled.header.page_sha256 == sha256(body_of(name)).hexdigest()
    assert parsed(name)[0] == list(bundled.facts())


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("epoch_models", {"ModelRelease": 1892, "TrainingRun": 1892}),
        ("epoch_hardware", {"Accelerator": 5774}),
        ("epoch_hardware_prices", {"HardwarePrice": 590}),
        ("price_index", {"IndexValue": 295}),
    ],
)
def test_a_recorded_file_has_all_its_rows(name: str, counts: dict[str, int]) -> None:
    """As many as other readers of the files have counted; one of 591 price rows has no price."""
    assert Counter(type(fact).__name__ for fact in parsed(name)[0]) == counts


@pytest.mark.parametrize(
    ("name", "issues"),
    [
        (
            "epoch_models",
            {
                ("placeholder", "finetune_compute_flop", True): 75,
                ("missing_column", "is_frontier", True): 1,
                ("missing_column", "hfu_share", True): 1,
                ("not_an_address", "address", True): 1,
            },
        ),
        (
            "epoch_hardware",
            {("not_an_address", "address", True): 1, ("no_line_end", "FP4 performance (FLOP/s)", True): 1},
        ),
        (
            "epoch_hardware_prices",
            {
                ("repeated_row", None, True): 11,
                ("not_an_address", "address", True): 6,
                ("prose", "description", True): 1,
                ("no_line_end", "Number of GPUs", True): 1,
                ("not_a_fact", None, False): 1,
            },
        ),
        ("price_index", {}),
    ],
)
def test_a_recorded_file_leaves_these_issues_and_no_other(name: str, issues: dict[object, int]) -> None:
    """Known blemishes of the files; a new one is a change of the reader."""
    assert Counter((issue.rule, issue.field, issue.kept) for issue in parsed(name)[1]) == issues


def models(name: str) -> tuple[ModelRelease, TrainingRun]:
    """The release and the run of a model, by its printed name."""
    facts = [
        fact for fact in parsed("epoch_models")[0] if isinstance(fact, ModelRelease | TrainingRun) and fact.name == name
    ]
    release, run = facts
    assert isinstance(release, ModelRelease)
    assert isinstance(run, TrainingRun)
    return release, run


def test_well_known_models_have_their_published_numbers() -> None:
    """GPT-4's 57 million chip-hours, DeepSeek-V3's 2.788 million, and what else anybody can look up."""
    gpt_4, gpt_4_run = models("GPT-4")
    _, deepseek_run = models("DeepSeek-V3")
    gpt_3, gpt_3_run = models("GPT-3 175B (davinci)")

    assert gpt_4_run.chip_hours == 57_000_000
    assert (gpt_4_run.hardware_quantity, gpt_4_run.hardware) == (25_000, "NVIDIA A100 SXM4 40 GB")
    assert (gpt_4.published_on, gpt_4.is_notable) == (date(2023, 3, 15), True)
    assert (deepseek_run.chip_hours, deepseek_run.hardware_quantity) == (2_788_000, 2048)
    assert deepseek_run.catalogue_cost_usd == 5_390_000
    assert (gpt_3.parameters, gpt_3_run.compute_flop) == (175e9, 3.14e23)


def test_the_row_with_a_lone_carriage_return_is_whole() -> None:
    """Readers that take it for a line end lose five chips, or make one up."""
    chips = [fact for fact in parsed("epoch_hardware")[0] if isinstance(fact, Accelerator)]
    found = [chip for chip in chips if chip.name.startswith("NVIDIA GeForce RTX 2080 Ti Founders Edition")]

    assert [(chip.name, chip.released_on, chip.tdp_watts, chip.kind) for chip in found] == [
        ("NVIDIA GeForce RTX 2080 Ti Founders Edition ", date(2018, 9, 20), 250.0, "GPU")
    ]
    assert sum(chip.is_ml_hardware for chip in chips) == 161
    assert len({chip.name for chip in chips}) == len(chips) - 6


def test_prices_have_their_terms() -> None:
    """465 on demand, 107 for one year, 110 for three, 122 to buy; a longer commitment is never dearer."""
    prices = [fact for fact in parsed("epoch_hardware_prices")[0] if isinstance(fact, HardwarePrice)]
    terms = [
        (price.on_demand_usd_per_chip_hour, price.one_year_usd_per_chip_hour, price.three_year_usd_per_chip_hour)
        for price in prices
    ]

    assert [sum(term[n] is not None for term in terms) for n in range(3)] == [465, 107, 110]
    assert sum(price.purchase_usd is not None for price in prices) == 122
    assert all(
        stated == sorted(stated, reverse=True) for term in terms for stated in [[p for p in term if p is not None]]
    )


@every_file
def test_a_recorded_file_cut_or_doubled_is_refused(name: str) -> None:
    """At full size, too: a file cut inside a row has no end, and twice the rows are seen."""
    source, body = find_source(name), body_of(name)
    head, _, rest = body.partition(b"\n")
    for broken in (body[: len(body) // 2], body.rstrip(b"\n") + b"\n" + rest, head + b"\n"):
        with pytest.raises(PageChanged):
            parse_pages(source, [Page(name, source.url, broken)])


@pytest.mark.parametrize(
    "name", sorted(FILES.keys() - {"epoch_hardware"})
)  # its bounds span 176 chips now and 5,774 then
def test_a_recorded_file_cut_between_two_rows_is_refused(name: str) -> None:
    """Half the rows, each of them whole: too few, or without what every whole file holds."""
    source, body = find_source(name), body_of(name)
    with pytest.raises(PageChanged):
        parse_pages(source, [Page(name, source.url, body[: body.rindex(b"\n", 0, len(body) // 2) + 1])])


@every_file
def test_every_column_in_another_unit_is_noticed(name: str) -> None:
    """Each column of numbers, eightfold, moves as a whole against the facts as they are."""
    facts, _ = parsed(name)
    for kind in {type(fact) for fact in facts}:
        of_kind = [fact for fact in facts if type(fact) is kind]
        for field in set(kind.model_fields) - set(Fact.model_fields):
            values = [value for fact in of_kind if drift.is_number(value := getattr(fact, field))]
            if len(values) < drift.LEAST_KNOWN:
                continue
            eightfold = [
                fact.model_copy(update={field: value * 8}) if drift.is_number(value := getattr(fact, field)) else fact
                for fact in of_kind
            ]
            assert drift.moved_columns(eightfold, of_kind) == [f"{kind.__name__}.{field}"]
