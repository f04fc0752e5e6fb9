"""A column of a catalogue that moves as a whole is another quantity; single corrections are not."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.drift import moved_columns
from pipeline.facts import Fact, GpuPrice, IndexValue, Score, TrainingRun

KNOWN = [TrainingRun(row=n, name=f"m{n}", compute_flop=10.0**n, training_hours=100) for n in range(20, 26)]


def changed(factor: float, many: int = len(KNOWN)) -> list[Fact]:
    """The known runs with the compute of so many of them multiplied."""
    return [
        run.model_copy(update={"compute_flop": (run.compute_flop or 0) * (factor if n < many else 1)})
        for n, run in enumerate(KNOWN)
    ]


@pytest.mark.parametrize("factor", [8, 1 / 8, 60, 1e12, 1.6])
def test_a_column_that_moved_is_named(factor: float) -> None:
    """By what it moved does not matter, nor the order of the rows."""
    assert moved_columns(changed(factor), KNOWN) == ["TrainingRun.compute_flop"]
    assert moved_columns(changed(factor)[::-1], KNOWN) == ["TrainingRun.compute_flop"]


def test_swapped_columns_are_both_named() -> None:
    """Hours under compute and compute under hours."""
    swapped = [
        run.model_copy(update={"compute_flop": run.training_hours, "training_hours": run.compute_flop}) for run in KNOWN
    ]

    assert moved_columns(swapped, KNOWN) == ["TrainingRun.compute_flop", "TrainingRun.training_hours"]


def test_corrections_new_rows_and_small_moves_are_none() -> None:
    """Half of the values may be corrected; a few values in common cannot tell."""
    assert moved_columns(changed(8, many=3), KNOWN) == []
    assert moved_columns(changed(1.4), KNOWN) == []
    assert moved_columns([*KNOWN, TrainingRun(row=99, name="new", compute_flop=1)], KNOWN) == []
    assert moved_columns(changed(8)[:2], KNOWN) == []
    assert moved_columns([run.model_copy(update={"row": run.row * 9}) for run in KNOWN], KNOWN) == []
    assert moved_columns([], KNOWN) == moved_columns(changed(8), []) == []


def test_months_are_compared_by_their_day_and_offers_by_their_name() -> None:
    """A price index of the same month may not halve; a catalogue of prices may not as a whole either."""
    months = [
        IndexValue(row=n, series="s", period_on=date(2026, n + 1, 1), value=100 + n, unit="index") for n in range(5)
    ]
    halved = [month.model_copy(update={"value": month.value / 2}) for month in months]
    prices = [
        GpuPrice(
            row=n, provider="p", offer=f"o{n}", gpu="H100", pricing_type="on_demand", price=n + 1, currency="USD",
            price_unit="gpu_hour",
        )
        for n in range(5)
    ]  # fmt: skip

    assert moved_columns(halved, months) == ["IndexValue.value"]
    assert moved_columns([price.model_copy(update={"price": price.price * 8}) for price in prices], prices) == [
        "GpuPrice.price"
    ]


SCORED = [
    Score(row=n, benchmark="quiz", model=f"m{n}", metric="accuracy", scale="percent", score=50 + n, run_cost_usd=9 + n)
    for n in range(9)
]


def test_a_board_that_lost_a_third_of_its_runs_or_most_of_a_field_has_moved() -> None:
    """Boards only grow; single runs go."""
    free = [fact.model_copy(update={"run_cost_usd": None}) for fact in SCORED]

    assert moved_columns(SCORED[1:], SCORED) == []
    assert moved_columns([*SCORED[3:], *SCORED[:3]], SCORED) == []
    assert moved_columns(SCORED[4:], SCORED) == ["Score"]
    assert moved_columns([*SCORED[:5], *free[5:]], SCORED) == []
    assert moved_columns(free, SCORED) == ["run_cost_usd"]
