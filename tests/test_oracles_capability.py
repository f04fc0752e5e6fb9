"""Cost per capability held against results computed elsewhere: kept beside the checkout where there is one."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from pipeline import export, warehouse

ORACLES = Path(__file__).resolve().parents[2] / "shared" / "oracles" / "capability"

pytestmark = pytest.mark.skipif(not ORACLES.is_dir(), reason=f"no oracles at {ORACLES}")


def oracle(name: str) -> list[dict[str, str]]:
    """The rows of an expected result."""
    with (ORACLES / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def ask(path: Path, sql: str) -> list[dict[str, Any]]:
    """The answer of the warehouse."""
    return export.records(warehouse.query(path, sql))


def near(wanted: str) -> Any:
    """The number, to a millionth, or to the digits that were printed."""
    digits = len(wanted.partition(".")[2])
    return pytest.approx(float(wanted), rel=1e-6, abs=0.5001 * 10.0**-digits if digits < 9 else 1e-12)


def test_the_frontier_of_aider_is_the_expected_one(offline_warehouse: Path) -> None:
    """Eight runs, with cost per case and per solved case; a cost of zero is no cost."""
    rows = ask(
        offline_warehouse,
        "select * from cost_frontier where benchmark = 'aider_polyglot' and is_on_frontier order by score_share",
    )
    wanted = oracle("aider_pareto_frontier")

    assert [row["model"] for row in rows] == [row["model"] for row in wanted]
    for row, expected in zip(rows, wanted, strict=True):
        assert 100 * row["score_share"] == near(expected["score"])
        assert row["run_cost_usd"] == near(expected["total_cost"])
        assert row["usd_per_task"] == near(expected["usd_per_case"])
        assert row["usd_per_solved"] == near(expected["usd_per_solved"])
        assert str(row["run_on"]) == expected["run_date"]
        assert str(row["is_composite"]).lower() == expected["is_composite"]


def test_the_frontier_that_takes_zero_for_a_cost_is_not_made(offline_warehouse: Path) -> None:
    """With zeros kept, a free preview would beat all cheaper runs."""
    wrong = {row["model"] for row in oracle("aider_pareto_frontier_WRONG_zero_cost_kept")}
    rows = ask(offline_warehouse, "select model, usd_per_task, is_on_frontier from cost_frontier "
                                  "where benchmark = 'aider_polyglot'")  # fmt: skip

    assert {row["model"] for row in rows if row["is_on_frontier"]} != wrong
    assert "Gemini 2.5 Pro Preview 03-25" not in {row["model"] for row in rows}
    assert all(row["usd_per_task"] > 0 for row in rows)


def test_the_cheapest_run_at_every_score(offline_warehouse: Path) -> None:
    """Of 49 to 2 runs that reach it."""
    for expected in oracle("aider_cheapest_at_threshold"):
        [row] = ask(
            offline_warehouse,
            "select * from cheapest_at_threshold where benchmark = 'aider_polyglot' and basis = 'run_cost' "
            f"and reasoning = 'included' and threshold_kind = 'grid' and threshold = {expected['threshold']} / 100 "
            "order by from_on desc limit 1",
        )
        assert row["model"] == expected["model"]
        assert row["total_usd"] == near(expected["total_cost"])
        assert 100 * row["score"] == near(expected["score"])
        assert row["eligible"] == int(expected["n_eligible"])


def test_the_cheapest_run_at_every_score_over_time(offline_warehouse: Path) -> None:
    """One row whenever a cheaper one came."""
    wanted = oracle("aider_cheapest_at_threshold_over_time")
    thresholds = ", ".join(sorted({f"{row['threshold']} / 100" for row in wanted}))
    rows = ask(
        offline_warehouse,
        "select * from cheapest_at_threshold where benchmark = 'aider_polyglot' and basis = 'run_cost' "
        f"and reasoning = 'included' and threshold_kind = 'grid' and threshold in ({thresholds}) "
        "order by threshold, from_on",
    )

    assert [(round(100 * row["threshold"]), str(row["from_on"]), row["model"]) for row in rows] == [
        (int(row["threshold"]), row["run_date"], row["model"]) for row in wanted
    ]
    for row, expected in zip(rows, wanted, strict=True):
        assert row["total_usd"] == near(expected["total_cost"])
        assert 100 * row["score"] == near(expected["score"])


def test_runs_are_priced_with_the_list_price_of_their_day(offline_warehouse: Path) -> None:
    """18 of 19 runs of one model within 0.85 to 1.10, and each equal to the expected recomputation."""
    found = {
        (row["model"], str(row["run_on"])): row
        for row in ask(offline_warehouse, "select * from cost_per_task where source = 'aider_polyglot' "
                                          "and recomputed_usd is not null")
    }  # fmt: skip
    wanted = [
        row for row in oracle("aider_cost_recompute") if row["recomputed_point_in_time"] and "+" not in row["model"]
    ]
    wanted = [row for row in wanted if float(row["recomputed_point_in_time"]) > 0]
    ratios: list[float] = []
    for expected in wanted:
        row = found.pop((expected["model"], expected["run_date"]))
        assert row["recomputed_usd"] == near(expected["recomputed_point_in_time"]), expected["model"]
        if expected["ratio_point_in_time"]:
            assert row["reported_over_recomputed"] == near(expected["ratio_point_in_time"]), expected["model"]
            ratios.append(row["reported_over_recomputed"])

    assert not found, f"priced, although no price of that host and day is known: {sorted(found)}"
    assert len(ratios) == 19
    assert sum(0.85 <= ratio <= 1.10 for ratio in ratios) == 18
    exp = [row for row in oracle("aider_cost_recompute") if row["model"] == "DeepSeek-V3.2-Exp (Reasoner)"]
    assert [row["recomputed_point_in_time"] for row in exp] == ["1.3046"]


def test_no_known_bad_price_is_joined(offline_warehouse: Path) -> None:
    """A tenfold slip, a moving alias, two placeholders, two prices back-dated over a cut."""
    models = {
        "claude-instant-1.2": "anthropic/claude-instant-1.2",
        "deepseek-chat": "deepseek/deepseek-v3.2@2025-12-01",
        "gemini-exp-1206": "google/gemini-exp-1206",
        "gemini-2.0-flash-exp": "google/gemini-2.0-flash-exp",
        "gemini-1.5-flash-001": "google/gemini-1.5-flash@2024-05-23",
        "gemini-1.5-pro-001": "google/gemini-1.5-pro@2024-05-14",
    }
    for expected in oracle("known_bad_price_joins"):
        rows = ask(
            offline_warehouse,
            "select usd, from_on from capability_prices where basis = 'list_price' "
            f"and model_id = '{models[expected['key']]}' order by from_on, usd",
        )
        if not expected["fix_in"]:
            assert rows == [], expected["key"]
            continue
        right = (3 * float(expected["fix_in"]) + float(expected["fix_out"])) / 4
        assert rows, expected["key"]
        first = {row["usd"] for row in rows if row["from_on"] == rows[0]["from_on"]}
        assert list(first) == [pytest.approx(right)], (expected["key"], expected["problem"])


def test_catalogues_that_contradict_each_other_are_a_table(offline_warehouse: Path) -> None:
    """The tenfold slip and the stale price of the moving alias are there, with both prices."""
    rows = ask(offline_warehouse, "select * from price_disagreements where is_first_party")
    instant = [row for row in rows if row["model_id"] == "anthropic/claude-instant-1.2"]

    assert {(row["input_usd_per_mtok"], row["other_source"]) for row in instant} == {(0.163, "list_prices")}
    assert {"google/gemini-1.5-pro@2024-05-14", "deepseek/deepseek-v3.2@2025-12-01"} <= {
        row["model_id"] for row in rows
    }


def test_the_index_rose_as_expected(offline_warehouse: Path) -> None:
    """Slopes of the frontier and of training compute in the fit of January 2026, its known wrong date mended."""
    names = {
        "frontier, all": "frontier",
        "frontier, <2024-04-08": "frontier before",
        "frontier, >=2024-04-08": "frontier since",
        "ECI per OOM of training FLOP (all models)": "training compute",
    }
    found = {
        row["series"]: row for row in ask(offline_warehouse, "select * from eci_trend where observed_on = '2026-01-09'")
    }
    for expected in oracle("eci_slopes_2026-01"):
        row = found[names[expected["s"]]]
        assert row["models"] == int(expected["n"])
        assert row["eci_per_step"] == near(expected["eci_per_year"])


def test_hosts_ask_as_different_prices_as_expected(offline_warehouse: Path) -> None:
    """Five open models at up to 36 price rows of LiteLLM's file of November 2026."""
    for expected in oracle("host_price_spread"):
        [row] = ask(
            offline_warehouse,
            "select * from host_price_spread where source = 'litellm_prices' "
            f"and model_id in ('{expected['canonical_id']}')",
        )
        assert row["prices"] == int(expected["n_hosts"])
        assert row["low_usd_per_mtok"] == near(expected["min_blended"])
        assert row["low_key"] == expected["min_key"]
        assert row["median_usd_per_mtok"] == near(expected["median_blended"])
        assert row["high_usd_per_mtok"] == near(expected["max_blended"])
        assert row["high_key"] == expected["max_key"]
        assert row["high_over_low"] == near(expected["max_over_min"])
