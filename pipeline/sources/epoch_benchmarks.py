"""Epoch AI publishes benchmark scores as one archive of CSV files: its own runs, and results that others published.

Oddities: each file has its own heading and scale for the score (shares, per cent, ratings, minutes); a model stands
once for each effort or budget; `deepseek-chat` and other names mean what was behind them on the day of the run; results
of others keep their source and often have no day; names carry blanks; notes run over several lines. Costs stand in four
files: of the whole run for Aider, of one task on average elsewhere; zero or nothing means that the cost is not known.
The Epoch Capabilities Index is in the same archive and is read by a source of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.errors import PageChanged
from pipeline.facts import Fact, Issue, Scale, Score
from pipeline.read import (
    Column,
    Columns,
    Row,
    Unreadable,
    clean,
    csv_rows,
    fact_or_issue,
    iso_date,
    number,
    positive,
)
from pipeline.read_zip import members_of
from pipeline.source import Page, source

LEAST_FLOP = 1e12


def day(text: str) -> object:
    """The day of a moment such as 2025-12-17T22:39:00.278Z."""
    return iso_date(text.partition("T")[0])


def cost(text: str) -> float | None:
    """An amount in USD; zero is printed where it is not known."""
    return number(text.removeprefix("$")) or None


def compute(text: str) -> float | None:
    """Operations of a training run; less than a million million belongs to another column."""
    value = positive(text)
    if value is not None and value < LEAST_FLOP:
        raise Unreadable("too_small", text, f"{clean(text)[:40]!r} is no compute of a training run, in FLOP")
    return value


COMMON = {
    "model": Column("Model version"),
    "name": Column("Name", required=False),
    "model_released_on": Column("Release date", iso_date),
    "organisation": Column("Organization"),
    "training_compute_flop": Column("Training compute (FLOP)", compute),
    "upstream": Column("Source", required=False),
    "address": Column("Source link", formerly=("Source link (site from table)", "Source Link"), required=False),
    "run_id": Column("id", formerly=("ID", "UUID"), required=False),
    "standard_error": Column("stderr", number, formerly=("Accuracy SE", "Average Standard error"), required=False),
    "run_on": Column("Started at", day, formerly=("Date run", "Run date", "Date"), required=False),
    "score_low": Column("CI_low", number, required=False),
    "score_high": Column("CI_high", number, required=False),
}
# Headings whose cells say how a model was run.
SETTINGS = (
    "Shots", "Edit format", "Agent", "Scaffold", "Tools", "SWE-Agent Release Version", "LiveBench Version", "Frames",
    "Environment model",
)  # fmt: skip


@dataclass(frozen=True)
class Board:
    """A file of the archive: heading and scale of its score, and what a printed cost is of."""

    metric: str
    scale: Scale = "share"
    cost: str = ""
    cost_of: str = "task_cost_usd"

    @property
    def columns(self) -> Columns:
        """The columns that are read."""
        extra = {"score": Column(self.metric, number)}
        if self.cost:
            extra[self.cost_of] = Column(self.cost, cost)
        return COMMON | extra | {name: Column(name, required=False) for name in SETTINGS}


OWN = Board("mean_score")
BOARDS: dict[str, Board] = {
    **dict.fromkeys(
        ("gpqa_diamond", "math_level_5", "otis_mock_aime_2024_2025", "frontiermath", "frontiermath_tier_4",
         "swe_bench_verified", "simpleqa_verified", "chess_puzzles"), OWN),
    **dict.fromkeys(
        ("adversarial_nli", "arc_agi", "bool_q", "common_sense_qa_2", "lambada", "piqa", "science_qa", "superglue"),
        Board("Score")),
    **dict.fromkeys(("gsm8k", "mmlu", "trivia_qa"), Board("EM")),
    **dict.fromkeys(("open_book_qa", "wino_grande"), Board("Accuracy")),
    "aider_polyglot": Board("Percent correct", "percent", "Cost", "run_cost_usd"),
    "swe_bench_bash": Board("% Resolved", cost="Avg. Cost ($)"),
    "weirdml": Board("Accuracy", cost="Cost per run"),
    "the_agent_company": Board("% Score", cost="Average costs"),
    "arc_ai2": Board("Challenge score"),
    "balrog": Board("Average progress"),
    "bbh": Board("Average"),
    "cad_eval": Board("Overall pass (%)"),
    "cybench": Board("Unguided % Solved"),
    "deepresearchbench": Board("Average score"),
    "fictionlivebench": Board("120k token score"),
    "geobench": Board("ACW Avg Score", "points"),
    "gso": Board("Score OPT@1"),
    "hella_swag": Board("Overall accuracy"),
    "lech_mazur_writing": Board("Mean score", "points"),
    "live_bench": Board("Global average", "percent"),
    "metr_time_horizons": Board("Time horizon", "minutes"),
    "os_world": Board("Score", "percent"),
    "simplebench": Board("Score (AVG@5)"),
    "terminalbench": Board("Accuracy mean"),
    "video_mme": Board("Overall (no subtitles)"),
    "vpct": Board("Correct"),
    "webdev_arena": Board("Arena Score", "rating"),
}  # fmt: skip
# Files that are known and hold no scores, or the index, which is a source of its own.
OTHER = {"epoch_capabilities_index", "eci_scaling", "eci_benchmark_difficulties_and_slopes", "benchmark_metadata",
         "eci_model_versions"}  # fmt: skip
REQUIRED = {"gpqa_diamond", "math_level_5", "swe_bench_verified", "mmlu"}
SPARE = {"new_column", "missing_column"}  # files differ in what they print besides


@source(
    title="Benchmarking hub",
    publisher="Epoch AI",
    url="https://epoch.ai/data/benchmark_data.zip",
    licence="CC BY 4.0",
    attribution="Epoch AI, 'Data on AI Benchmarking'. Published online at epoch.ai. Retrieved from "
    "https://epoch.ai/benchmarks",
    robots="published for download; looked at 2026-11-23 from a description, to be seen on first contact",
    cadence="daily",
    least=1500,
    most=100_000,
    facts=(Score,),
    currency="USD",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Every score of every file; positions are counted through the archive."""
    members = {member.url.rpartition("#")[2].removesuffix(".csv"): member for member in members_of(page)}
    gone = {name for name in REQUIRED if not members.keys() & {name, f"{name}_external"}}
    if gone:
        likely = "the publisher renamed or removed them"
        raise PageChanged(
            f"files are missing: {', '.join(sorted(gone))}", source=page.source, page=page.url, likely=likely
        )
    there = {name.removesuffix("_external") for name in members}
    for benchmark in sorted(BOARDS.keys() - there):
        yield Issue(
            row=None, rule="missing_file", field=benchmark, what="there is no file of this benchmark", kept=True
        )
    first, rows = 0, sum(member.body.count(b"\n") for member in members.values())
    for name, member in members.items():
        benchmark = name.removesuffix("_external")
        if benchmark in BOARDS:
            last, scores = first, 0
            for found in _scores(member, benchmark, BOARDS[benchmark], first, rows):
                last = max(last, (found.row or 0) + 1)
                scores += isinstance(found, Score)
                yield found
            if not scores:
                yield Issue(row=None, rule="no_scores", field=benchmark, what="the file holds no score", kept=True)
            first = last
        elif name not in OTHER:
            yield Issue(row=None, rule="new_file", field=name, what="a file that is not known", kept=True)


def _scores(page: Page, benchmark: str, board: Board, first: int, rows: int) -> Iterator[Fact | Issue]:
    seen: set[object] = set()
    for row in csv_rows(page, board.columns, rows_of_all=rows):
        if isinstance(row, Issue):
            if row.rule not in SPARE or row.field in COMMON.keys() & {"model", "score"}:
                yield row.model_copy(update={"row": None if row.row is None else row.row + first})
        elif row.cells["score"] is not None:
            run = row.cells.get("run_id")
            if run is not None and run in seen:
                what = f"the same run of {benchmark} stands before"
                yield Issue(
                    row=row.position + first, rule="repeated_run", field="run_id", raw_value=str(run), what=what
                )
                continue
            seen.add(run)
            yield _score(replace(row, position=row.position + first), benchmark, board)


def _score(row: Row, benchmark: str, board: Board) -> Fact | Issue:
    cells = {name: value for name, value in row.cells.items() if name not in {*SETTINGS, "name"}}
    cells["model"] = cells["model"] or row.cells.get("name")  # results from papers have only the paper's name
    settings = ", ".join(f"{name}={clean(str(row.cells[name]))}" for name in SETTINGS if row.cells.get(name))
    return fact_or_issue(
        Score, row.position, benchmark=benchmark, metric=board.metric, scale=board.scale,
        configuration=settings or None, **cells,
    )  # fmt: skip
