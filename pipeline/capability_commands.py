"""What the verbs about capability do: ask the answers of ``sql/answers``, and show them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pipeline import answers, show, warehouse
from pipeline.errors import UsageError
from pipeline.place import Place

_LEVELS = "select distinct level from cheapest_training_runs order by level"
_METHODS = "select distinct method from cheapest_training_runs order by method"
_BOARDS = "select distinct benchmark from cost_frontier order by benchmark"
_BENCHMARKS = (
    "select benchmark, min(coalesce(score_share, score)), max(coalesce(score_share, score)), "
    "bool_or(score_share is not null) from capability_prices group by benchmark order by benchmark"
)
_NEWEST = "select max(observed_at)::date from meta.visits"


def capability(path: Place, level: str, method: str, *, as_json: bool) -> None:
    """What training runs and list prices reached a level, over time."""
    _known(path, _LEVELS, level, "level")
    _known(path, _METHODS, method, "method")
    rows = answers.answer(path, "capability", level=level, method=method)
    if as_json:
        show.as_json(rows)
        return
    first = rows[0]
    show.line(f"{level} level: ECI {float(str(first['level_eci'])):.1f} in the fit of {first['level_on']}\n")
    for part, title in (
        ("training", f"Cheapest training run published in each quarter ({method}; fine-tunes left out)"),
        ("inference", "Cheapest list price of the tokens, whenever it fell"),
    ):
        cells = [
            (
                row["from_on"], row["what"], row["score"] if row["value"] else "", _amount(row),
                _interval(row), row["scope"], row["basis"], row["as_of"], row["source_url"],
            )
            for row in rows
            if row["part"] == part
        ]  # fmt: skip
        columns = ("from", "model", "score", "value", "interval", "scope", "basis", "as of", "source")
        show.table(columns, cells, title=title, right=("value",))
        show.line()


def frontier(path: Place, benchmark: str, *, as_json: bool) -> None:
    """Which runs of a benchmark no other beats in both score and cost."""
    _known(path, _BOARDS, benchmark, "benchmark with measured costs")
    rows = answers.answer(path, "frontier", benchmark=benchmark)
    if as_json:
        show.as_json(rows)
        return
    columns = (
        "",
        "model",
        "score",
        "90 %",
        "value",
        "per solved task",
        "P(frontier)",
        "scope",
        "basis",
        "as of",
        "source",
    )
    cells = [
        (
            "*" if row["is_on_frontier"] else "", row["model"], _share(row["score"]),
            f"{_share(row['score_low'])} to {_share(row['score_high'])}", _amount(row),
            show.money(row["usd_per_solved"]), f"{row['frontier_probability']:.2f}", row["scope"], row["basis"],
            row["as_of"], row["source_url"],
        )
        for row in rows
    ]  # fmt: skip
    show.table(columns, cells, right=("value", "per solved task", "P(frontier)"))
    show.line("\n* on the frontier: no other run scores as much for less. Costs are as printed, without an interval.")


def cheapest(path: Place, benchmark: str, min_score: float, as_of: date | None, *, as_json: bool) -> None:
    """The cheapest models that reach a score, by run cost and by list price."""
    _fits_scale(path, benchmark, min_score)
    day = as_of or warehouse.query(path, _NEWEST).rows[0][0]
    rows = answers.answer(path, "cheapest", benchmark=benchmark, min_score=min_score, as_of=day)
    if as_json:
        warnings = [] if rows else [f"no priced model had reached {min_score:g} on {benchmark} by {day}"]
        show.as_json(rows, warnings=warnings)
        return
    show.line(f"{benchmark}, score of at least {min_score:g}, as of {day}\n")
    if not rows:
        show.line("no priced model had reached it")
    for basis in dict.fromkeys(row["price"] for row in rows):
        cells = [
            (
                row["model"], _share(row["score"]), _amount(row), _interval(row), row["scope"],
                row["basis"], row["as_of"], row["recipe"], row["source_url"],
            )
            for row in rows
            if row["price"] == basis
        ]  # fmt: skip
        title = "By what a run cost" if basis == "run_cost" else "By list price (three parts input, one part output)"
        columns = ("model", "score", "value", "interval", "scope", "basis", "as of", "how", "source")
        show.table(columns, cells, title=title, right=("value",))
        show.line()


def _known(path: Place, sql: str, given: str, what: str) -> None:
    known = [str(row[0]) for row in warehouse.query(path, sql).rows]
    if given not in known:
        raise UsageError(f"{given!r} is no {what}", fix=f"one of {', '.join(known)}")


def _fits_scale(path: Place, benchmark: str, min_score: float) -> None:
    found = {str(row[0]): row for row in warehouse.query(path, _BENCHMARKS).rows}
    if benchmark not in found:
        raise UsageError(f"no model with a price is scored on {benchmark!r}", fix=f"one of {', '.join(found)}")
    _, low, high, is_share = found[benchmark]
    if is_share and not 0 <= min_score <= 1:
        raise UsageError(
            f"a score of {min_score:g} lies outside the scale of {benchmark}: shares from 0 to 1",
            fix=f"for {min_score:g} % write {min_score / 100:g}",
        )
    if not is_share and not 0 < min_score < 2 * float(str(high)):
        raise UsageError(f"a score of {min_score:g} lies outside the scale of {benchmark}: {low:g} to {high:g} so far")


def _amount(cells: Mapping[str, object]) -> str:
    """A figure with its unit: $5.58M, $0.0039 per task."""
    return show.money(cells["value"]) + str(cells["unit"]).removeprefix("USD")


def _interval(cells: Mapping[str, object]) -> str:
    return show.interval(cells["value_low"], cells["value_high"])


def _share(value: object) -> str:
    if not isinstance(value, int | float):
        return show.MISSING
    return f"{100 * value:.1f} %" if value <= 1 else f"{value:.1f}"
