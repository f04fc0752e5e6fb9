"""Tables, lists and keys: what headers, captions and the lines above say of the numbers below them.

``claims/tables`` holds tables and lists composed in the manner of model cards, papers, leaderboards, price lists and
news graphics; every figure in them has its label, and nothing else may be read there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.claims import read_html, read_text
from pipeline.claims.claim import ExtractedClaim
from pipeline.claims.labels import kind_of
from tests.support import claim_marks

COMPOSED = [
    json.loads(line)
    for line in (Path(__file__).parent / "claims" / "tables" / "t1.jsonl").read_text(encoding="utf-8").splitlines()
]


def ends(claim: ExtractedClaim) -> tuple[float, float]:
    """The figure's low and high end, whatever its hedge."""
    known = [end for end in (claim.value_low, claim.value, claim.value_high) if end is not None]
    return known[0], known[-1]


@pytest.mark.parametrize("row", COMPOSED, ids=lambda row: row["id"])
def test_a_table_is_read_as_it_is_labelled(row: dict[str, Any]) -> None:
    """Kind, value, hedge, scope and model of each figure, and no others."""
    text, labels = claim_marks.unmarked(row["marked"])
    told = {"title": row["title"], "url": row["url"]}
    found = list(read_html(text, **told).claims if row["html"] else read_text(text, **told))

    assert [claim.printed for claim in found if not any(_meets(claim, label) for label in labels)] == []
    for label in labels:
        (claim,) = [one for one in found if _meets(one, label)]
        assert claim.kind in label["kind"], label
        assert ends(claim)[0] == pytest.approx(label.get("value", label.get("low")), rel=0.01), label
        assert (claim.currency, claim.hedge) == (label.get("currency"), label["hedge"]), label
        assert claim.scope in label["scope"], label
        assert claim.model in label["model"], label


def _meets(claim: ExtractedClaim, label: dict[str, Any]) -> bool:
    return claim.start < label["end"] and label["start"] < claim.end


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Duration", "duration"), ("Record time", "duration"), ("Days of training", "duration"), ("Dauer", "duration"),
        ("trained for", "duration"), ("Hours of A100 GPU", "gpu_hours"), ("H100 hours", "gpu_hours"),
        ("GPUs (H100 equivalents)", "gpu_count"), ("A100s used", "gpu_count"), ("H200s", "gpu_count"),
        ("GPU数量", "gpu_count"), ("$ per GPU and hour", "price_per_gpu_hour"), ("Rent per hour", "price_per_gpu_hour"),
        ("per accelerator hour", "price_per_gpu_hour"), ("per instance hour", "price_per_node_hour"),
        ("Price per node-hour", "price_per_node_hour"), ("Shared (CNY/Card/Hour)", "price_per_gpu_hour"),
        ("Cost ratio", None), ("GPUs (80GB)", None), ("GPU memory", None), ("GPU type", None), ("Records", None),
        ("MI300X", None), ("H100", None),
    ],
)  # fmt: skip
def test_a_header_says_what_its_numbers_count(label: str, kind: str | None) -> None:
    """In many wordings; what only names the hardware counts nothing."""
    assert kind_of(label) == kind


@pytest.mark.parametrize(
    "text",
    [
        "| Model | Latency | Uptime |\n| GPT-4 | 45 minutes | 3d 4h |",
        "| Model | Input | Output |\n| GPT-4 | 128,000 | 4,096 |",
        "| GPU | Memory (GB) | TDP |\n| H100 | 80 | 700 |\n| B200 | 192 | 1000 |",
        "| GPU | Grid | Batch |\n| A100 | 8 x 4 | 16 x 2 |",
        "- Hours used: 96\n- Cloud: none",
        "Tokens per second: 40B is the size of the model.",
        "The model comes in 7B, 13B and 40B.",
        "35,000: so many people came.",
        "| Benchmark | Time | Memory |\n| attention forward | 3 min | 12 GB |",
        "| Opened | From 9:00 | To 17:30 |\n| Monday | 9h 30m | 8h 15m |",
    ],
)  # fmt: skip
def test_other_tables_claim_nothing(text: str) -> None:
    """Latencies, sizes of grids and contexts, opening hours, what an instance holds."""
    assert [claim.printed for claim in read_text(text)] == []


def test_the_chips_of_an_instance_are_nobody_s_count() -> None:
    """Whatever their number, where the row is of what is rented by the hour."""
    found = read_text("| Slice | Chips | Memory | On demand |\n| v4-64 | 32 | 1 TB | $103.04 / hour |")
    runs = read_text("| Run | Chips | Time | Rate |\n| Tern | 32 | 20 hours | $3.22 / hour |")

    assert [claim.kind for claim in found] == ["price_per_node_hour"]
    assert [claim.kind for claim in runs] == ["gpu_count", "duration", "price_per_gpu_hour"]


@pytest.mark.parametrize(
    ("printed", "days"),
    [
        ("69d 23h", 69 + 23 / 24), ("1 day, 4 hours", 1 + 4 / 24), ("2h30m", 2.5 / 24), ("~3 days", 3),
        ("2 weeks", 14), ("90 min", 90 / 1440), ("3天", 3), ("1.5 Monate", 45),
    ],
)  # fmt: skip
def test_a_run_s_time_in_a_cell(printed: str, days: float) -> None:
    """In one unit or several; the same below a header of something else is none."""
    (claim,) = read_text(f"| Model | Training time |\n| Tern-7B | {printed} |")

    assert (claim.kind, claim.model) == ("duration", "Tern-7B")
    assert ends(claim) == pytest.approx((days, days))
    assert read_text(f"| Model | Support window |\n| Tern-7B | {printed} |") == []


def test_an_estimate_in_the_header_is_one_in_the_cells() -> None:
    """Of amounts; a column beside it is exact."""
    found = read_text("| Model | Cost (est.) | Paid |\n| Tern-7B training | $40,000 | $41,210 |")

    assert [claim.hedge for claim in found] == ["approx", "exact"]


def test_token_prices_by_the_words_around() -> None:
    """By short headers, by the caption, by another cell of the column, or by being a list of models and small sums."""
    short = read_text("| Name | In | Out |\n| GPT-4.1 | $2.00 | $8.00 |")
    signs = read_text("| Model | MMLU | Price ($/M in) |\n| GPT-4.1 | 90.2 | 2 |\n| o3 | 92.1 | 2.5 |")
    column = read_text("| Model | Rate |\n| GPT-4.1 | $2/1M tokens |\n| o3 | $3 |")
    rows = read_text("| 1 | GPT-4.1 | $2.00 | $8.00 |\n| 2 | o3-mini | $1.10 | $4.40 |")

    found = {(claim.kind, claim.scope) for claim in (*short, *signs, *column, *rows)}
    assert found == {("price_other", "other_not_cost")}
    assert [claim.value for claim in signs] == [2, 2.5]
    assert [claim.model for claim in column] == ["GPT-4.1", "o3"]


def test_small_sums_of_training_are_no_token_prices() -> None:
    """Nor is a bill for a month of use."""
    rows = read_text("| Model | Training cost |\n| Tern-7B | $40 |\n| Tern-1B | $12 |")
    bill = read_text("| Model | Input / 1M | 10M tokens a day, per month |\n| GPT-5 | $1.25 | $168 |")

    assert [claim.kind for claim in rows] == ["money", "money"]
    assert [(claim.kind, claim.scope) for claim in bill] == [("price_other", "other_not_cost"), ("money", "inference")]


def test_a_line_above_a_list_names_its_model() -> None:
    """For the list alone: neither the next list nor the text behind it is that model's."""
    found = read_text(
        "GPT-4 (OpenAI):\n- Training cost: $90 million\n- 25,000 A100s\n\nSome other plan:\n- Budget: $3 million\n\n"
        "A school spent $2 million on desks."
    )

    assert [claim.model for claim in found] == ["GPT-4", "GPT-4", None, None]


def test_a_term_is_the_key_of_what_stands_behind_it() -> None:
    """Of short terms; a question and its answer stay two texts."""
    keyed = read_html("<article><dl><dt>GPU hours<dd>120,000<dt>Context<dd>4,096</dl></article>").claims
    asked = read_html(
        "<article><dl><dt>How much did it cost to train the new model of the university?</dt>"
        "<dd>It cost $3 million.</dd></dl></article>"
    ).claims

    assert [(claim.kind, claim.value) for claim in keyed] == [("gpu_hours", 120_000)]
    assert [claim.sentence for claim in asked] == ["It cost $3 million."]


def test_keys_of_model_cards() -> None:
    """One number for each of several models; tokens that look like a size; chips behind their number."""
    hours = read_text("- Hours used: 22,000 for ViT-g, 4,500 for ViT-S, 8,000 for ViT-L")
    tokens = read_text("- Model: Tern-7B\n- Tokens: 40B\n- GPUs: 8 x 4 A100")
    numbers = read_text("- 35,000: GB300 chips that may be exported")

    assert [(claim.kind, claim.value) for claim in hours] == [("gpu_hours", value) for value in (22_000, 4_500, 8_000)]
    assert (tokens[0].kind, tokens[0].value) == ("tokens", 4e10)
    assert [(claim.kind, claim.value) for claim in numbers] == [("gpu_count", 35_000)]


def test_a_table_that_lost_its_line_breaks() -> None:
    """Its rule says how wide it is; an empty cell is one all the same."""
    text = "See: | Model | Note | Training cost | |---|---|---| | GPT-3 | | $4M | | GPT-4 | big | $78M | That is all."

    found = read_text(text)

    assert [(claim.printed, claim.model) for claim in found] == [("$4M", "GPT-3"), ("$78M", "GPT-4")]
    assert all(text[claim.start : claim.end] == claim.quote for claim in found)


def test_a_corner_may_be_left_empty_by_one_bar() -> None:
    """Where the rows have no bar in front, that of the header parts an empty cell."""
    found = read_text("| GPU hours | Power (W)\nTern 8B | 1.46M | 700\nTern 70B | 7.0M | 700")

    assert [(claim.value, claim.model) for claim in found] == [(1.46e6, "Tern 8B"), (7e6, "Tern 70B")]


def test_what_chips_cost_in_millions_is_no_price_of_one() -> None:
    """A column in dollars prices one of each row's chips; a column in millions says what many cost together."""
    rows = "<tr><td>H100</td><td>30.72</td></tr><tr><td>B200</td><td>40.96</td></tr>"
    many = read_html(f"<table><tr><th>GPU</th><th>Acquisition cost (USD million)</th></tr>{rows}</table>").claims
    one = read_html(f"<table><tr><th>GPU</th><th>Price (USD thousand)</th></tr>{rows}</table>").claims

    assert [(claim.kind, claim.value) for claim in many] == [("money", 30.72e6), ("money", 40.96e6)]
    assert [(claim.kind, claim.value) for claim in one] == [("price_per_gpu", 30_720), ("price_per_gpu", 40_960)]
