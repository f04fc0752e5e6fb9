"""SWE-bench publishes its leaderboards as one JSON file; the bash-only board is the one whose costs can be compared.

Oddities: a cost of 0 means that it is not known; the printed share and the results of the single tasks may differ, and
then only the share is kept; the label names a build, the run may have called a moving name; agent versions differ.
Which tasks a run solved, and what each cost, is printed for most runs: runs can be compared task by task.
"""

from collections.abc import Iterator, Mapping
from typing import cast

from pipeline.errors import PageChanged
from pipeline.facts import Fact, Issue, Score, TaskResult
from pipeline.read import Unreadable, fact_or_issue, iso_date, json_of
from pipeline.read_json import is_number, new_keys
from pipeline.source import Page, source

BOARD = "bash-only"
LEAST_RUNS = 5
ROUNDING = 0.11  # percentage points between the printed share and the tasks solved
KEYS = (
    "name", "tags", "per_instance_details", "resolved", "date", "cost", "instance_cost", "agent", "agent_org",
    "checked", "folder", "instance_calls", "logo", "logs", "mini-swe-agent_version", "model_display", "model_org",
    "model_release_date", "os_model", "os_system", "reasoning_effort", "site", "trajs", "trajs_docent", "warning",
)  # fmt: skip
TASK_KEYS = ("resolved", "cost", "api_calls")
Json = Mapping[str, object]


@source(
    title="SWE-bench leaderboards",
    publisher="SWE-bench",
    url="https://raw.githubusercontent.com/SWE-bench/swe-bench.github.io/master/data/leaderboards.json",
    licence="CC BY-NC 4.0",
    attribution="SWE-bench leaderboards, https://www.swebench.com/",
    robots="a file of a public repository; not for commercial use; looked at 2026-11-23 from a description",
    cadence="weekly",
    least=1000,  # single tasks are facts, too
    most=100_000,
    facts=(Score, TaskResult),
    currency="USD",
    not_bundled="the licence forbids commercial use, so nothing of it travels with the project",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each run of the bash-only board."""
    found = json_of(page)
    boards = cast("Json", found).get("leaderboards") if isinstance(found, dict) else None
    named = [board.get("results") for board in _objects(boards) if board.get("name") == BOARD]
    if len(named) != 1 or not isinstance(named[0], list):
        likely = "the layout changed, or an error was served"
        raise PageChanged(f"there is not one board {BOARD}", source=page.source, page=page.url, likely=likely)
    runs = _objects(cast("object", named[0]))
    if len(runs) < LEAST_RUNS:  # single tasks count as facts too, so that the bounds would not notice
        raise PageChanged(f"only {len(runs)} runs on board {BOARD}", source=page.source, page=page.url)
    yield from new_keys(runs, KEYS)
    yield from new_keys((task for run in runs for task in _details(run).values()), TASK_KEYS, of="task")
    seen: set[str] = set()
    for row, run in enumerate(runs):
        if (name := str(run.get("name"))) in seen:
            what = "the same run stands before"
            yield Issue(row=row, rule="repeated_run", field="run_id", raw_value=name[:200], what=what)
            continue
        seen.add(name)
        yield from _run(row, run)


def _objects(value: object) -> list[Json]:
    items = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("Json", item) for item in items if isinstance(item, dict)]


def _details(run: Json) -> dict[str, Json]:
    """What is printed of each task of a run."""
    single = run.get("per_instance_details")
    given: Json = cast("Json", single) if isinstance(single, dict) else {}
    return {task: cast("Json", one) for task, one in given.items() if isinstance(one, dict)}


def _run(row: int, run: Json) -> Iterator[Fact | Issue]:
    listed = run.get("tags")
    tags = [tag for tag in cast("list[object]", listed if isinstance(listed, list) else []) if isinstance(tag, str)]
    model = next((tag.removeprefix("Model: ") for tag in tags if tag.startswith("Model: ")), run.get("name"))
    details = _details(run)
    tasks, solved = len(details), sum(one.get("resolved") is True for one in details.values())
    share = run.get("resolved")
    if tasks and is_number(share) and abs(100 * solved / tasks - share) > ROUNDING:
        what = f"{solved} of {tasks} single tasks are not {share:g} %: only the share is kept"
        yield Issue(row=row, rule="wrong_share", field="solved", raw_value=str(solved), what=what, kept=True)
        tasks, details = 0, {}
    day = None
    try:
        day = iso_date(str(run.get("date") or ""))
    except Unreadable as error:
        yield error.issue(row, "run_on", kept=True)
    yield fact_or_issue(
        Score, row, benchmark="swe_bench_bash", model=model, run_on=day, metric="resolved", scale="percent",
        score=share, tasks=tasks or None, solved=solved if tasks else None, run_cost_usd=run.get("cost") or None,
        task_cost_usd=run.get("instance_cost") or None, run_id=run.get("name"), address="https://www.swebench.com/",
    )  # fmt: skip
    for task, one in sorted(details.items()):
        solved_it = one.get("resolved")
        yield fact_or_issue(
            TaskResult, row, benchmark="swe_bench_bash", run_id=run.get("name"), task=task,
            solved=solved_it if isinstance(solved_it, bool) else None, cost_usd=one.get("cost"),
        )  # fmt: skip
