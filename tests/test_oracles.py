"""The answers against figures that were worked out elsewhere: the published script's, the paper's, DeepSeek's own.

Tests that need the published files skip where ``../shared`` is not there; the others run from a bare clone.
"""

from __future__ import annotations

import csv
import math
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.paths import Home
from pipeline.refresh import ingest, refresh
from tests.support import published_method

SHARED = Path(__file__).parents[2] / "shared"
ORACLES = SHARED / "oracles"
FILES = {
    "epoch_models": "all_ml_systems_2025-06.csv",
    "epoch_hardware": "chip_dataset.csv",
    "epoch_hardware_prices": "hardware_prices.csv",
    "price_index": "ppi_PCU518210518210.csv",
}
needs_oracles = pytest.mark.skipif(not ORACLES.is_dir(), reason="../shared/oracles is not there")
METHODS = ("amortised", "acquisition", "cloud")
REAL = {"amortised": "amortised_capex_energy_total", "acquisition": "acquisition_cost", "cloud": "cloud_cost"}
HOURS_FROM = {
    "reported": "reported",
    "quantity*time": "quantity x time",
    "compute/(flops*mfu)": "compute / (speed x utilisation)",
}
# Columns of the oracle, and where the warehouse has them.
NUMBERS = {
    "chip_hours": "components.chip_hours",
    "flop_per_s_used": "runs.flop_per_second",
    "mfu_used": "runs.mfu_share",
    "purchase_price_per_chip_incl_server": "components.purchase_usd_per_chip",
    "years_depreciated": "components.years_depreciated",
    "value_per_chip_at_start": "components.value_usd_per_chip",
    "amortised_server_capex": "components.server_capex_usd",
    "amortised_interconnect": "components.interconnect_usd",
    "chip_to_server_power": "energy.server_power_multiplier",
    "tdp_fraction": "energy.average_power_share",
    "pue": "energy.pue",
    "electricity_usd_per_kwh": "energy.electricity_usd_per_kwh",
    "energy_cost": "components.energy_usd",
    "cloud_usd_per_chip_hour_3yCUD": "components.cloud_usd_per_chip_hour",
}
TEXTS = {
    "training_start_date": "components.started_at",
    "cloud_acquisition_date": "runs.procured_at",
    "price_available_from": "components.available_on",
    "cloud_price_date": "components.cloud_priced_on",
    "cloud_vendor": "components.cloud_vendor",
}
EVERY = f"""
    select models.source_row, components.chip_hours_method,
        {", ".join(f"{place} as {name}" for name, place in (NUMBERS | TEXTS).items())}
    from cottier_2024_components as components
    join core.models as models using (model_id)
    join core.cottier_2024_runs as runs using (model_id)
    join core.cottier_2024_energy as energy using (model_id)
"""


@pytest.fixture(scope="session")
def ingested_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse from the four published files, handed in as a person would."""
    recordings = SHARED / "recordings" / "epoch"
    if not recordings.is_dir():
        pytest.skip("../shared/recordings is not there")
    home = Home(tmp_path_factory.mktemp("ingested"))
    for source, file in FILES.items():
        ingest(home, source, recordings / file)
    refresh(home, offline=True)
    return home.warehouse


def _ask(warehouse: Path, sql: str) -> list[dict[str, Any]]:
    with duckdb.connect(str(warehouse), read_only=True) as reader:
        reader.execute("set timezone = 'UTC'")
        cursor = reader.execute(sql)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _oracle(path: str) -> list[dict[str, str]]:
    with (ORACLES / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _costs(warehouse: Path, variant: str = "cottier_2024") -> dict[tuple[int, str], dict[str, Any]]:
    rows = _ask(warehouse, f"from training_costs where variant = '{variant}' and method <> 'reported'")
    return {(row["source_row"], row["method"]): row for row in rows}


def _close(expected: float | None, found: float | None) -> bool:
    if expected is None or found is None:
        return expected is found
    return math.isclose(expected, found, rel_tol=1e-9)


def _number(text: str) -> float | None:
    return float(text) if text else None


# --- the published script -------------------------------------------------------------------------


@needs_oracles
def test_costs_of_the_frontier_models_are_the_published_ones(ingested_warehouse: Path) -> None:
    """All costs of the 52 models, nominal and in dollars of June 2025, and the same ones missing."""
    costs = _costs(ingested_warehouse)
    rows = _oracle("training_cost/frontier_52_models.csv")

    assert len(rows) == 52
    for row in rows:
        for method in METHODS:
            found = costs[int(row["source_row"]), method]
            assert _close(_number(row[f"{REAL[method]}_nominal"]), found["cost_usd"]), (row["model"], method, found)
            assert _close(_number(row[f"{REAL[method]}_2025_06_usd"]), found["cost_real_usd"]), (row["model"], method)
            assert found["model_name"] == " ".join(row["model"].split())


@needs_oracles
def test_components_of_the_frontier_models_are_the_published_ones(ingested_warehouse: Path) -> None:
    """Start, hours, prices with their days and cloud, value and every component of the 52 models."""
    found = {row["source_row"]: row for row in _ask(ingested_warehouse, EVERY)}
    for row in _oracle("training_cost/frontier_52_models.csv"):
        ours = found[int(row["source_row"])]
        for name in NUMBERS:
            if row[name]:
                assert _close(float(row[name]), ours[name]), (row["model"], name, row[name], ours[name])
        for name in TEXTS:
            if row[name]:
                assert str(ours[name]) == row[name], (row["model"], name, row[name], ours[name])
        assert HOURS_FROM.get(row["chip_hours_method"]) == ours["chip_hours_method"], row["model"]


def test_as_many_models_have_a_cost_as_published(offline_warehouse: Path) -> None:
    """406 amortised, 306 acquisition and 394 cloud costs of 1,892 models."""
    counted = _ask(
        offline_warehouse,
        "select method, count(*) as models, count(cost_usd) as costed from training_costs "
        "where variant = 'cottier_2024' group by method",
    )

    assert {row["method"]: (row["models"], row["costed"]) for row in counted} == {
        "amortised": (1892, 406),
        "acquisition": (1892, 306),
        "cloud": (1892, 394),
    }


def _disagreements(warehouse: Path) -> list[tuple[str, str, float | None, float | None]]:
    facts = published_method.read_facts(warehouse)
    costs = _costs(warehouse)
    found: list[tuple[str, str, float | None, float | None]] = []
    assert len(facts.runs) == 1892
    for run in facts.runs:
        ours = published_method.costs_of(run, facts)
        for method, usd in zip(METHODS, (ours.amortised, ours.acquisition, ours.cloud), strict=True):
            row = costs[run.row, method]
            real = None if usd is None else usd * ours.inflation
            if not _close(usd, row["cost_usd"]) or not _close(real, row["cost_real_usd"]):
                found.append((run.name, method, usd, row["cost_usd"]))
    return found


def test_a_second_implementation_agrees_on_every_model(offline_warehouse: Path) -> None:
    """Plain Python, written from the description, gives every cost of all 1,892 models to 1e-9, and the same gaps."""
    assert _disagreements(offline_warehouse) == []


def test_a_second_implementation_agrees_on_the_published_files(ingested_warehouse: Path) -> None:
    """So it does on the files themselves."""
    assert _disagreements(ingested_warehouse) == []


def test_bundled_facts_give_the_costs_of_the_published_files(ingested_warehouse: Path, offline_warehouse: Path) -> None:
    """Row for row and in every column but the time of reading, for both variants."""
    sql = "select * exclude (observed_at) from training_costs order by model_id, variant, method"
    published, bundled = _ask(ingested_warehouse, sql), _ask(offline_warehouse, sql)

    assert len(published) == len(bundled)
    different = [(one, other) for one, other in zip(published, bundled, strict=True) if not _same(one, other)]
    assert different[:1] == []


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    # Sums may be added up in another order, which moves the last bits.
    return all(
        _close(value, other[name]) if isinstance(value, float) else value == other[name] for name, value in one.items()
    )


# --- the worked example ---------------------------------------------------------------------------


def test_gpt_4_component_by_component(offline_warehouse: Path) -> None:
    """The worked example of the method's description, to the digits it prints."""
    [row] = [row for row in _ask(offline_warehouse, EVERY) if row["source_row"] == 1027]
    costs = {method: _costs(offline_warehouse)[1027, method] for method in METHODS}

    assert costs["cloud"]["model_name"] == "GPT-4"
    assert row["training_start_date"] == datetime(2022, 5, 12)  # noqa: DTZ001 - stored without a zone
    assert (row["chip_hours"], row["chip_hours_method"]) == (57_000_000, "reported")
    assert row["purchase_price_per_chip_incl_server"] == 24_875
    assert row["price_available_from"] == date(2020, 8, 12)
    assert row["years_depreciated"] == pytest.approx(638 / 365.25, rel=1e-12)
    assert row["value_per_chip_at_start"] == pytest.approx(14_165.05, abs=0.005)
    assert row["amortised_server_capex"] == pytest.approx(29_691_721, abs=0.5)
    assert row["amortised_interconnect"] == pytest.approx(6_964_725, abs=0.5)
    assert row["energy_cost"] == pytest.approx(3_499_488, abs=0.5)
    assert (row["cloud_vendor"], row["cloud_usd_per_chip_hour_3yCUD"]) == ("Microsoft Azure", 1.36)
    assert row["cloud_price_date"] == date(2022, 1, 20)
    nominal = {method: cost["cost_usd"] for method, cost in costs.items()}
    real = {method: cost["cost_real_usd"] for method, cost in costs.items()}
    assert nominal == pytest.approx({"amortised": 40_155_934, "acquisition": 767_746_914, "cloud": 77_520_000}, abs=0.5)
    assert real == pytest.approx({"amortised": 42_165_333, "acquisition": 806_164_900, "cloud": 81_399_094}, abs=0.5)
    assert nominal["amortised"] * 119.029 / 117.766 == pytest.approx(40_586_593, abs=0.5), "the paper's 40.6 million"


def test_real_dollars_are_of_june_2025(offline_warehouse: Path) -> None:
    """Both variants give dollars of June 2025, by the price index of the month of publication."""
    rows = _ask(
        offline_warehouse,
        "select variant, price_base_month, cost_real_usd / cost_usd as factor, "
        "cost_real_usd_high / cost_usd_high as high "
        "from training_costs where source_row = 1027 and method = 'cloud' order by variant",
    )

    assert [row["variant"] for row in rows] == ["aicost", "cottier_2024"]
    for row in rows:
        assert row["price_base_month"] == date(2025, 6, 1)
        assert row["factor"] == pytest.approx(123.659 / 117.766, rel=1e-12)
        assert row["high"] == pytest.approx(row["factor"], rel=1e-12)


@needs_oracles
def test_every_model_is_inflated_as_published(ingested_warehouse: Path) -> None:
    """The factor of each of the 52 models, also of those without a cost."""
    rows = _ask(
        ingested_warehouse,
        "select source_row, index_factor from core.index_factors join core.models using (model_id) "
        "where variant = 'cottier_2024'",
    )
    factors = {row["source_row"]: row["index_factor"] for row in rows}

    for row in _oracle("training_cost/frontier_52_models.csv"):
        assert _close(float(row["inflation_factor_to_2025_06"]), factors[int(row["source_row"])]), row["model"]


# --- DeepSeek's own figures -----------------------------------------------------------------------

STAGES = {
    ("DeepSeek-R1", "R1 RL (512 GPUs x 80 h)"): ("DeepSeek-R1", "rl"),
    ("DeepSeek-R1", "R1-Zero RL (512 GPUs x 198 h)"): ("DeepSeek-R1-Zero", "rl_zero"),
    ("DeepSeek-R1", "SFT data creation"): ("DeepSeek-R1", "sft_data"),
    ("DeepSeek-R1", "TOTAL"): ("DeepSeek-R1", "total"),
    ("DeepSeek-V3", "TOTAL"): ("DeepSeek-V3", "total"),
    ("DeepSeek-V3", "context extension"): ("DeepSeek-V3", "context_extension"),
    ("DeepSeek-V3", "post-training"): ("DeepSeek-V3", "post_training"),
    ("DeepSeek-V3", "pre-training"): ("DeepSeek-V3", "pre_training"),
}
STATED = "from reported_vs_implied where price_basis = 'stated' and claimant = 'DeepSeek'"


@needs_oracles
def test_deepseek_s_dollars_are_its_hours_at_two_dollars(offline_warehouse: Path) -> None:
    """Every stage of V3 and R1: hours stated, at the price stated, give the dollars stated."""
    found = {(row["model_name"], row["stage"]): row for row in _ask(offline_warehouse, STATED)}
    wanted = [row for row in _oracle("capability/deepseek_reported_vs_implied.csv") if row["usd_per_gpu_hour"] == "2.0"]

    assert {(row["model"], row["stage"]) for row in wanted} == STAGES.keys()
    for row in wanted:
        ours = found[STAGES[row["model"], row["stage"]]]
        for name in ("gpu_hours", "usd_per_gpu_hour", "implied_usd", "reported_usd", "reported_over_implied"):
            assert ours[name] == pytest.approx(float(row[name]), rel=1e-9), (row["stage"], name)


def test_deepseek_v3_in_a_bare_clone(offline_warehouse: Path) -> None:
    """2,788,000 hours at $2.00 are $5,576,000, ratio 1; its parts add up to it; R1 comes on top."""
    rows = {(row["model_name"], row["stage"]): row for row in _ask(offline_warehouse, STATED)}
    total = rows["DeepSeek-V3", "total"]
    parts = [row for (model, stage), row in rows.items() if model == "DeepSeek-V3" and stage != "total"]

    assert (total["gpu_hours"], total["usd_per_gpu_hour"], total["reported_usd"]) == (2_788_000, 2.0, 5_576_000)
    assert total["reported_over_implied"] == pytest.approx(1, rel=1e-12)
    assert sum(row["gpu_hours"] for row in parts) == 2_788_000
    assert sum(row["reported_usd"] for row in parts) == 5_576_000
    assert {row["scope"] for row in parts} == {"final_run"}
    assert rows["DeepSeek-R1", "total"]["scope"] == "post_training"
    assert rows["DeepSeek-R1", "total"]["reported_usd"] == 294_000


@needs_oracles
def test_deepseek_v3_s_compute_fits_its_hours(offline_warehouse: Path) -> None:
    """Dollars per FLOP and the speed implied by the hours, at 37e9 active parameters and 14.8e12 tokens."""
    [wanted] = _oracle("capability/deepseek_v3_flop_check.csv")
    claims = {row["stage"]: row for row in _ask(offline_warehouse, STATED) if row["model_name"] == "DeepSeek-V3"}
    [run] = _ask(
        offline_warehouse,
        "select own_flop, chip_hours, peak_flop_per_second from core.run_hours join core.models using (model_id) "
        "where model_name = 'DeepSeek-V3'",
    )
    flop = 6 * 37e9 * 14.8e12
    speed = flop / (claims["pre_training"]["gpu_hours"] * 3600)
    usd = claims["total"]["reported_usd"]

    assert flop == pytest.approx(float(wanted["train_flop"]), rel=1e-9)
    assert speed == pytest.approx(float(wanted["flop_per_gpu_s"]), rel=1e-9)
    # 989.4 TFLOP/s there, 989 in the chip catalogue
    assert speed / run["peak_flop_per_second"] == pytest.approx(float(wanted["mfu_vs_bf16_peak"]), rel=1e-3)
    assert usd / flop == pytest.approx(float(wanted["usd_per_flop"]), rel=1e-9)
    assert flop / usd == pytest.approx(float(wanted["flop_per_usd"]), rel=1e-9)
    assert run["own_flop"] == pytest.approx(flop, rel=0.05), "the catalogue counts the attention besides"
    assert run["chip_hours"] == claims["total"]["gpu_hours"]


# --- the aicost variant against what developers said ----------------------------------------------


def test_intervals_hold_what_developers_stated_of_a_run(offline_warehouse: Path) -> None:
    """Where a developer states the cost of a run whose hardware is known, the rental's 90 % interval holds it."""
    rows = _ask(
        offline_warehouse,
        "select stated.model_name, stated.cost_usd between cloud.cost_usd_low and cloud.cost_usd_high as is_held "
        "from training_costs as stated join training_costs as cloud using (model_id, variant) "
        "where stated.method = 'reported' and cloud.method = 'cloud' and not cloud.is_finetune "
        "and stated.cost_usd is not null and cloud.cost_usd is not null",
    )
    held = {row["model_name"]: row["is_held"] for row in rows}

    assert held["DeepSeek-V3"]
    assert len(held) >= 6
    assert sum(held.values()) >= 0.9 * len(held), held


def test_the_90_percent_interval_of_computed_hours_is_one(offline_warehouse: Path) -> None:
    """Hours computed from FLOP alone, where recorded ones are there to compare: nine in ten intervals hold them."""
    [row] = _ask(
        offline_warehouse,
        "with spread as (select sqrt(sum(power(ln(high / low), 2))) / 2 as width from core.assumptions "
        "where variant = 'aicost' and assumption in ('utilisation', 'peak_speed')) "
        "select count(*) as models, avg((abs(ln(hours.chip_hours * inputs.mfu_used / inputs.perfect_hours)) "
        "<= sqrt(power(width, 2) + power(1.6449 * inputs.compute_log_sd, 2)))::int) as held "
        "from core.run_hours as hours join core.run_inputs as inputs using (model_id) cross join spread "
        "where hours.hours_source in ('reported', 'quantity x time') and inputs.perfect_hours is not null",
    )

    assert row["models"] > 200
    assert row["held"] >= 0.9


# --- accuracy where the truth is known ------------------------------------------------------------

# Cases: a developer's own dollars beside our interval for the same model, by method.
TRUTH = """
    select stated.model_name, ours.method, stated.scope, ours.scope = stated.scope as is_same_scope,
        stated.cost_usd / ours.cost_usd as ratio, ours.chip_hours_basis = 'reported' as are_hours_reported,
        stated.cost_usd between ours.cost_usd_low and ours.cost_usd_high as is_held
    from training_costs as stated
    join training_costs as ours using (model_id, variant)
    where stated.method = 'reported' and stated.variant = 'aicost' and stated.cost_usd is not null
      and ours.method in ('cloud', 'amortised') and ours.cost_usd is not null and not ours.is_finetune
"""


def test_intervals_are_calibrated_where_truth_is_known(
    offline_warehouse: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The 90 % interval of a rental holds what developers stated in at least 80 % of cases; the figures are printed.

    Developers state rentals, so that is the method that must hold them; depreciation is printed beside it. Of runs
    with recorded hours the price alone is tested: its middle lies near one.
    """
    rows = _ask(offline_warehouse, TRUTH)
    with capsys.disabled():
        for method in ("cloud", "amortised"):
            for name, wanted in (("same scope", (True,)), ("same scope or training in total", (True, False))):
                cases = [row for row in rows if row["method"] == method and row["is_same_scope"] in wanted]
                held = sum(row["is_held"] for row in cases)
                print(f"\n{method}, {name}: {held} of {len(cases)} held by the 90 % interval", end="")  # noqa: T201
        print()  # noqa: T201

    rented = [row for row in rows if row["method"] == "cloud"]
    assert len(rented) >= 8
    assert sum(row["is_held"] for row in rented) >= 0.8 * len(rented)
    agreeing = [row for row in rented if row["is_same_scope"]]
    assert len(agreeing) >= 2
    assert sum(row["is_held"] for row in agreeing) >= 0.8 * len(agreeing)
    known = [math.log(row["ratio"]) for row in rented if row["are_hours_reported"]]
    assert len(known) >= 3
    assert abs(sum(known) / len(known)) < math.log(1.5), "the central price lies on one side of what was paid"


# --- frontier and trend ---------------------------------------------------------------------------


def test_the_frontier_rank_is_the_catalogue_s(offline_warehouse: Path) -> None:
    """The rule gives the catalogue's rank for 133 of its 136 models."""
    [row] = _ask(
        offline_warehouse,
        "select count(*) as ranked, count(*) filter (where frontier_rank = catalogue_rank) as equal "
        "from frontier_ranks where catalogue_rank is not null",
    )

    assert (row["ranked"], row["equal"]) == (136, 133)


def _growth(points: list[tuple[date, float]]) -> float:
    """Least squares on the logarithms, in plain Python."""
    xs = [day.toordinal() / 365.25 for day, _ in points]
    ys = [math.log10(usd) for _, usd in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return 10 ** (sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs))


@needs_oracles
@pytest.mark.parametrize("method", METHODS)
def test_the_published_growth_is_reproduced_on_its_own_inputs(ingested_warehouse: Path, method: str) -> None:
    """2.4x a year since 2016, 90 % interval 2.0 to 2.9: the line through the published script's own costs."""
    since = date(2016, 1, 1)
    points = [
        (date.fromisoformat(row["publication_date"]), float(row[f"{REAL[method]}_2025_06_usd"]))
        for row in _oracle("training_cost/frontier_52_models.csv")
        if row[f"{REAL[method]}_2025_06_usd"] and date.fromisoformat(row["publication_date"]) >= since
    ]
    [ours] = _ask(
        ingested_warehouse,
        "from training_cost_trend where variant = 'cottier_2024' and rank_by = 'catalogue' and top = 5 "
        f"and method = '{method}'",
    )

    assert ours["models"] == len(points)
    assert ours["growth_per_year"] == pytest.approx(_growth(points), rel=1e-9)
    if method == "amortised":
        assert round(ours["growth_per_year"], 1) == 2.4
        assert 2.0 <= ours["growth_per_year_low"] < ours["growth_per_year_high"] <= 2.9


def test_growth_on_today_s_inputs_has_an_interval(offline_warehouse: Path) -> None:
    """Ours, by method and frontier; the published 2.4x lies in the interval of the same method and frontier."""
    rows = {
        (row["method"], row["top"]): row
        for row in _ask(offline_warehouse, "from training_cost_trend where variant = 'aicost' and rank_by = 'computed'")
    }

    assert rows.keys() == {(method, top) for method in METHODS for top in (5, 10)}
    for row in rows.values():
        assert row["growth_per_year_low"] < row["growth_per_year"] < row["growth_per_year_high"]
        assert row["models"] >= 20
    assert rows["amortised", 5]["growth_per_year_low"] < 2.4 < rows["amortised", 5]["growth_per_year_high"]


@needs_oracles
def test_claim_checks_give_deepseek_s_oracle(offline_warehouse: Path) -> None:
    """Utilisation and dollars per FLOP as worked out elsewhere, and every stage's ratio."""
    [flop] = _oracle("capability/deepseek_v3_flop_check.csv")
    stages = [row for row in _oracle("capability/deepseek_reported_vs_implied.csv") if row["usd_per_gpu_hour"] == "2.0"]
    checks = _ask(
        offline_warehouse,
        "select * from claim_checks where claimant = 'DeepSeek' and kind = 'money' and gpu_hours is not null "
        "and scope <> 'inference'",
    )
    [v3] = [row for row in checks if row["claim_id"] == "deepseek-v3-final-run-usd"]

    assert v3["training_flop"] == pytest.approx(float(flop["train_flop"]), rel=1e-9)
    assert v3["usd_per_flop"] == pytest.approx(float(flop["usd_per_flop"]), rel=1e-9)
    assert v3["implied_mfu_share"] == pytest.approx(float(flop["mfu_vs_bf16_peak"]), rel=1e-3)
    assert {(row["gpu_hours"], row["usd"]) for row in checks} == {
        (float(row["gpu_hours"]), float(row["reported_usd"])) for row in stages
    }
    assert {row["verdict"] for row in checks} == {"consistent"}
    assert all(row["usd_over_product"] == pytest.approx(1, rel=1e-9) for row in checks)


FAMILIAR = {
    "DeepSeek-V2 (MoE-236B)": "recorded chip-hours contradict compute and chip, not used",
    "GRITLM 8x7B": "recorded chip-hours contradict quantity x time: the interval reaches both",
    "GRITLM 7B": "recorded chip-hours contradict quantity x time: the interval reaches both",
    "GPT3-2.7B (FlashAttention-2)": "recorded utilisation outside the plausible range, not used",
    "s1-32B": "recorded compute too small for the parameters, not used",
}


@pytest.mark.parametrize("name", FAMILIAR)
def test_known_bad_inputs_are_flagged(offline_warehouse: Path, name: str) -> None:
    """The catalogue's known errors are said on the model's own row, and none is used silently."""
    [row] = _ask(offline_warehouse, f"select flags from training_costs where model_name = '{name}' "
                                    "and variant = 'aicost' and method = 'cloud'")  # fmt: skip

    assert FAMILIAR[name] in row["flags"]
