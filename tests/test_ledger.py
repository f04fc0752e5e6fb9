"""The ledger of reported claims is well formed, cited, and agrees with its own arithmetic."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from math import isclose
from pathlib import Path
from urllib.parse import urlsplit

import pytest

LEDGER = Path(__file__).parents[1] / "data" / "reference" / "reported_claims.csv"

Row = dict[str, str]

COLUMNS = [
    *("claim_id", "subject", "subject_kind", "model_name", "organisation", "claimant"),
    *("kind", "value_low", "value", "value_high", "unit", "per", "price_year", "hardware", "stage"),
    *("scope", "scope_note", "basis", "hedge", "claimed_on", "claimed_on_precision"),
    *("source_title", "source_url", "source_kind", "verified", "seen_at", "group_id", "disputed", "note"),
]

CLOSED_SETS = {
    "subject_kind": "model|model_family|organisation|cluster|programme|market|other",
    "kind": "money|gpu_hours|gpu_count|price_per_gpu_hour|duration_days",
    "per": "|day|year|run|1e12 tokens",
    "stage": "|pre_training|context_extension|post_training|rl|rl_zero|sft_data|total",
    "scope": "final_run|post_training|training_total|rnd_total|hardware_capex|fleet|company_investment"
    "|funding|national_programme|inference|other_not_cost|unknown",
    "basis": "reported|estimated",
    "hedge": "exact|approx|at_least|at_most|range",
    "claimed_on_precision": "day|month|year",
    "source_kind": "primary|secondary|mirror",
    "verified": "yes|secondary|no",
    "disputed": "|yes",
}

UNITS = {
    "money": {"USD", "CNY", "EUR", "GBP", "JPY", "INR"},
    "gpu_hours": {"GPU-hours"},
    "gpu_count": {"GPUs"},
    "price_per_gpu_hour": {"USD/GPU-hour"},
    "duration_days": {"days"},
}

NUMBERS = ("value_low", "value", "value_high")

FILLED_BY_HEDGE = {
    "exact": {"value"},
    "approx": {"value"},
    "at_least": {"value_low"},
    "at_most": {"value_high"},
    "range": {"value_low", "value_high"},
}

REQUIRED = ("subject", "claimant", "unit", "scope_note", "claimed_on", "source_title")

# Copies that no reader should be sent to: proxies, hosting domains, disguised mirrors.
BANNED_HOSTS = ("fastly.net", "vuink.com", "cloudfront.net", "pages.dev", "web.app", "101101.best", "fcc.cc")

# Totals that DeepSeek prints beside their parts; the parts share the total's last word.
STAGES_OF = {
    "deepseek-v3-final-run": (
        "deepseek-v3-pre-training",
        "deepseek-v3-context-extension",
        "deepseek-v3-post-training",
    ),
    "deepseek-r1-post-training": ("deepseek-r1-zero", "deepseek-r1-sft-data", "deepseek-r1-rl"),
}

# The cards round a family's total to three digits.
SIZES_OF = {
    "llama-3-family": ("llama-3-8b", "llama-3-70b"),
    "llama-3-1-family": ("llama-3-1-8b", "llama-3-1-70b", "llama-3-1-405b"),
    "llama-3-2-vision-family": ("llama-3-2-11b-vision", "llama-3-2-90b-vision"),
    "llama-4-family": ("llama-4-scout", "llama-4-maverick"),
}

PRINTED = {
    "deepseek-r1-press-6m": 6_000_000,
    "deepseek-v3-final-run-usd": 5_576_000,
    "deepseek-v3-final-run-hours": 2_788_000,
    "deepseek-v3-rental-price": 2,
    "deepseek-r1-post-training-usd": 294_000,
    "deepseek-r1-post-training-hours": 147_000,
    "deepseek-inference-day-usd": 87_072,
    "gpt-4-epoch-amortised-40-6m": 40_586_592.58,
    "gpt-4-ai-index-2024": 78_000_000,
}


def read_ledger() -> list[Row]:
    """Read the rows as text."""
    with LEDGER.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


ROWS = read_ledger()
BY_ID = {row["claim_id"]: row for row in ROWS}


def faults(is_right: Callable[[Row], bool]) -> list[str]:
    """Name the claims for which something does not hold."""
    return [row["claim_id"] for row in ROWS if not is_right(row)]


def value_of(claim_id: str) -> float:
    """Give the figure of a claim that states one."""
    return float(BY_ID[claim_id]["value"])


def rows_by_group() -> dict[str, list[Row]]:
    """Collect the rows of each computation."""
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in ROWS:
        if row["group_id"]:
            groups[row["group_id"]].append(row)
    return dict(groups)


def single_figures(rows: list[Row], kind: str) -> list[Row]:
    """Pick the rows of one kind that state a single figure."""
    return [row for row in rows if row["kind"] == kind and row["value"]]


def price_for(rows: list[Row]) -> Row | None:
    """Find a computation's hourly price: its own, or the one its source states for all its parts."""
    address = rows[0]["source_url"]
    same_source = [row for row in ROWS if row["source_url"] == address]
    stated = single_figures(rows, "price_per_gpu_hour") or single_figures(same_source, "price_per_gpu_hour")
    return stated[0] if len(stated) == 1 else None


def computations() -> list[tuple[str, Row, Row, Row]]:
    """List the groups that state hours, an hourly price and dollars."""
    found: list[tuple[str, Row, Row, Row]] = []
    for group_id, rows in rows_by_group().items():
        hours, dollars, price = (
            single_figures(rows, "gpu_hours"),
            single_figures(rows, "money"),
            price_for(rows),
        )
        if len(hours) == 1 and len(dollars) == 1 and price is not None:
            found.append((group_id, hours[0], price, dollars[0]))
    return found


def test_the_file_is_plain_utf8_text_with_line_feeds() -> None:
    """The file ends its lines with a line feed, has no byte order mark and closes with a line end."""
    body = LEDGER.read_bytes()
    assert not body.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in body
    assert body.endswith(b"\n")


def test_the_header_and_the_width_of_every_row_are_as_agreed() -> None:
    """Each row has one cell for each agreed column."""
    with LEDGER.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file, strict=True))
    assert lines[0] == COLUMNS
    assert {len(line) for line in lines} == {len(COLUMNS)}


def test_claim_ids_are_unique_sorted_slugs() -> None:
    """Claim ids are unique, sorted, and made of small letters, digits and hyphens."""
    ids = [row["claim_id"] for row in ROWS]
    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids)
    assert faults(lambda row: bool(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row["claim_id"]))) == []


def test_no_claim_of_the_starting_ledger_was_dropped() -> None:
    """The ledger holds no fewer rows than the 121 it grew from."""
    assert len(ROWS) >= 121


def test_no_cell_has_stray_white_space() -> None:
    """Cells carry no white space at their ends, none doubled, and no line break."""
    assert faults(lambda row: all(cell == " ".join(cell.split()) for cell in row.values())) == []


def test_required_cells_are_filled() -> None:
    """A claim says what it is about, who states it, what it covers and what document it is in."""
    assert faults(lambda row: all(row[column] for column in REQUIRED)) == []


@pytest.mark.parametrize("column", CLOSED_SETS)
def test_closed_sets_are_kept(column: str) -> None:
    """Every word of a closed set is one of its words."""
    words = CLOSED_SETS[column].split("|")
    assert faults(lambda row: row[column] in words) == []


def test_the_unit_fits_the_kind() -> None:
    """Money is in a currency, everything else in its own unit."""
    assert faults(lambda row: row["unit"] in UNITS[row["kind"]]) == []


def test_just_the_numbers_that_the_hedge_asks_for_are_filled() -> None:
    """An exact or rounded figure has a value, a bound its end, a range both ends."""
    assert faults(lambda row: {c for c in NUMBERS if row[c]} == FILLED_BY_HEDGE[row["hedge"]]) == []


def test_numbers_are_plain_positive_digits() -> None:
    """Numbers have no sign, separator or exponent, and none is zero."""
    for column in NUMBERS:
        assert faults(lambda row, c=column: not row[c] or bool(re.fullmatch(r"\d+(\.\d+)?", row[c]))) == []
        assert faults(lambda row, c=column: not row[c] or float(row[c]) > 0) == []


def test_a_range_rises() -> None:
    """The low end of a range is below its high end."""
    assert faults(lambda r: r["hedge"] != "range" or float(r["value_low"]) < float(r["value_high"])) == []


def test_only_models_name_a_model() -> None:
    """A model name is given if and only if the subject is one model."""
    assert faults(lambda row: bool(row["model_name"]) == (row["subject_kind"] == "model")) == []


def test_dates_are_iso_and_no_finer_than_known() -> None:
    """A date known to the month stands on its first day, one known to the year on the first of January."""
    ending = {"day": r"\d\d-\d\d", "month": r"\d\d-01", "year": "01-01"}
    for row in ROWS:
        claimed = date.fromisoformat(row["claimed_on"])
        assert date(2017, 1, 1) <= claimed <= date(2030, 1, 1), row["claim_id"]
    assert faults(lambda r: bool(re.fullmatch(rf"\d{{4}}-{ending[r['claimed_on_precision']]}", r["claimed_on"]))) == []


def test_a_price_year_is_a_year_of_money() -> None:
    """A price year is four digits, and only money has one."""
    assert faults(lambda row: bool(re.fullmatch(r"(20\d\d)?", row["price_year"]))) == []
    assert faults(lambda row: row["kind"] == "money" or not row["price_year"]) == []


def test_addresses_can_be_opened() -> None:
    """An address is https with a host and something behind it."""

    def opens(row: Row) -> bool:
        parts = urlsplit(row["source_url"])
        return parts.scheme == "https" and "." in parts.netloc and bool(parts.path.strip("/") or parts.query)

    assert faults(lambda row: not row["source_url"] or opens(row)) == []
    assert faults(lambda row: " " not in row["source_url"]) == []


def test_a_claim_without_an_address_says_where_it_was_read_and_why() -> None:
    """Where no address is known, the place of reading and a note are given."""
    assert faults(lambda row: bool(row["source_url"] or (row["seen_at"] and row["note"]))) == []


def test_no_reader_is_sent_to_a_proxy() -> None:
    """No cell names the host of a proxy, a hosting domain or a disguised mirror."""
    assert faults(lambda row: not any(host in cell for host in BANNED_HOSTS for cell in row.values())) == []


def test_second_hand_figures_say_where_they_were_read() -> None:
    """A figure not read at its address says where it was read, and no row repeats its address."""
    assert faults(lambda row: row["verified"] != "secondary" or bool(row["seen_at"])) == []
    assert faults(lambda row: row["seen_at"] != row["source_url"]) == []


def test_notes_are_short_and_no_quotations() -> None:
    """Notes are our own short words."""
    for column in ("note", "scope_note"):
        assert faults(lambda row, c=column: len(row[c]) <= 200) == []
        assert faults(lambda row, c=column: not set('"\u201c\u201d\u201e') & set(row[c])) == []


def test_a_group_has_more_than_one_row() -> None:
    """A computation is several claims, or it needs no group."""
    assert [group_id for group_id, rows in rows_by_group().items() if len(rows) < 2] == []


def test_hours_and_dollars_of_a_group_cover_the_same_thing() -> None:
    """Within a computation, hours and dollars have one scope, one stage and one model."""
    for group_id, hours, _, dollars in computations():
        for column in ("scope", "stage", "model_name"):
            assert hours[column] == dollars[column], group_id


def test_exact_hours_times_price_are_the_dollars() -> None:
    """Hours times the hourly price give the dollars to a tenth of a percent, where all three are exact."""
    exact = [c for c in computations() if {row["hedge"] for row in c[1:]} == {"exact"}]
    assert len(exact) == 8
    for group_id, hours, price, dollars in exact:
        product = float(hours["value"]) * float(price["value"])
        assert isclose(product, float(dollars["value"]), rel_tol=0.001), group_id


def test_rounded_hours_times_price_are_near_the_dollars() -> None:
    """Hours times the hourly price come within two percent of the dollars, where one of them is rounded."""
    rounded = [c for c in computations() if {row["hedge"] for row in c[1:]} != {"exact"}]
    assert {group_id for group_id, *_ in rounded} == {"gpt-2-2019-run", "nanochat-gpt-2-grade-run"}
    for group_id, hours, price, dollars in rounded:
        product = float(hours["value"]) * float(price["value"])
        assert isclose(product, float(dollars["value"]), rel_tol=0.02), group_id


@pytest.mark.parametrize("total", STAGES_OF)
@pytest.mark.parametrize("measure", ["hours", "usd"])
def test_stages_sum_to_the_total(total: str, measure: str) -> None:
    """DeepSeek's stages sum to the totals that it prints, all in one scope."""
    parts = [f"{part}-{measure}" for part in STAGES_OF[total]]
    assert sum(map(value_of, parts)) == value_of(f"{total}-{measure}")
    assert {BY_ID[part]["scope"] for part in parts} == {BY_ID[f"{total}-{measure}"]["scope"]}


@pytest.mark.parametrize("family", SIZES_OF)
def test_sizes_sum_to_the_family(family: str) -> None:
    """The sizes of a Llama family sum to its total, within the rounding of the card."""
    sizes = sum(value_of(f"{size}-hours") for size in SIZES_OF[family])
    assert isclose(sizes, value_of(f"{family}-hours"), rel_tol=0.001)


def test_a_day_of_serving_is_its_gpus_times_its_price() -> None:
    """DeepSeek's day of serving costs its GPUs, for 24 hours, at its price."""
    gpus, price = value_of("deepseek-inference-day-gpus"), value_of("deepseek-inference-rental-price")
    assert gpus * price * 24 == value_of("deepseek-inference-day-usd")


@pytest.mark.parametrize("part", ["deepseek-r1-zero", "deepseek-r1-rl"])
def test_r1_hours_are_its_gpus_times_its_time(part: str) -> None:
    """The hours of R1-Zero and R1 are 512 GPUs for the time that the text gives, within one percent."""
    product = value_of("deepseek-r1-gpus") * value_of(f"{part}-days") * 24
    assert isclose(product, value_of(f"{part}-hours"), rel_tol=0.01)


@pytest.mark.parametrize("claim_id", PRINTED)
def test_the_figures_everybody_quotes_are_there(claim_id: str) -> None:
    """The figures of the article, of DeepSeek and of GPT-4 stand as printed."""
    assert value_of(claim_id) == PRINTED[claim_id]


def test_the_press_figure_and_the_final_run_are_not_one_claim() -> None:
    """The article's six million and the report's 5.576 million differ in model, claimant and scope."""
    press, run = BY_ID["deepseek-r1-press-6m"], BY_ID["deepseek-v3-final-run-usd"]
    assert all(press[column] != run[column] for column in ("model_name", "claimant", "scope", "source_kind"))


def test_r1_comes_on_top_of_v3() -> None:
    """No row of R1's own training is in the scope of a final run."""
    assert {row["scope"] for row in ROWS if row["group_id"].startswith("deepseek-r1")} == {"post_training"}


def test_altman_on_gpt_4_is_a_lower_bound() -> None:
    """More than a hundred million stays a lower bound."""
    row = BY_ID["gpt-4-altman-100m"]
    assert (row["hedge"], row["value_low"], row["value_high"]) == ("at_least", "100000000", "")
