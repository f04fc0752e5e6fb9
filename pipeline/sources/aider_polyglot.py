"""Aider publishes its polyglot leaderboard as YAML: one run a record, with score, tokens, and what the run cost.

Oddities: a cost of 0, or none, means that it is not known (free previews, prices that Aider did not know); records are
overwritten when a model is run again, so earlier visits stay as history; `deepseek/deepseek-chat` and other names are
moving, and only the day of the run says which model was meant; a few runs lack one case of the 225, and their pass
rate is of 225 or of 224; "A + B" are two models that worked together. Runs have no error bars.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from pipeline.errors import PageChanged
from pipeline.facts import Fact, Issue, Score
from pipeline.read import Unreadable, clean, count, fact_or_issue, iso_date, number, text_of, words
from pipeline.read_json import new_keys
from pipeline.read_yaml import yaml_records
from pipeline.source import Page, source

ADDRESS = "https://aider.chat/docs/leaderboards/"
ROUNDING = 0.11  # percentage points between the pass rate and cases passed of all: it is cut, not rounded


def cost(text: str) -> float | None:
    """What the run cost; zero is printed where it is not known."""
    return number(text) or None


# Our field to their key and its reader. What stands in REQUIRED is in every record; records end with total_cost.
READERS: dict[str, tuple[str, Callable[[str], object]]] = {
    "run_id": ("dirname", words),
    "model": ("model", words),
    "run_on": ("date", iso_date),
    "score": ("pass_rate_2", number),
    "solved": ("pass_num_2", lambda text: int(number(text) or 0)),
    "tasks": ("total_tests", count),
    "run_cases": ("test_cases", count),
    "run_cost_usd": ("total_cost", cost),
    "prompt_tokens": ("prompt_tokens", count),
    "completion_tokens": ("completion_tokens", count),
}
REQUIRED = (
    "dirname",
    "model",
    "date",
    "pass_rate_2",
    "pass_num_2",
    "total_tests",
    "test_cases",
    "command",
    "edit_format",
)
CONFIGURATION = ("reasoning_effort", "thinking_tokens", "edit_format", "editor_model", "editor_edit_format")
KNOWN = {
    *REQUIRED, *CONFIGURATION, "total_cost", "prompt_tokens", "completion_tokens", "commit_hash",
    "pass_rate_1", "pass_num_1", "percent_cases_well_formed", "error_outputs", "num_malformed_responses",
    "num_with_malformed_responses", "user_asks", "lazy_comments", "syntax_errors", "indentation_errors",
    "exhausted_context_windows", "test_timeouts", "versions", "seconds_per_case",
}  # fmt: skip


@source(
    title="Aider polyglot leaderboard",
    publisher="Aider",
    url="https://raw.githubusercontent.com/Aider-AI/aider/main/aider/website/_data/polyglot_leaderboard.yml",
    licence="Apache-2.0",
    attribution="Aider, polyglot leaderboard, https://aider.chat/docs/leaderboards/",
    robots="a file of a public repository, published for reuse; looked at 2026-11-23 from a description",
    terms="https://raw.githubusercontent.com/Aider-AI/aider/main/LICENSE.txt",
    cadence="weekly",
    least=50,
    most=1000,
    facts=(Score,),
    currency="USD",
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each record as one run."""
    records = yaml_records(page)
    if not any("--model " in record.get("command", "") for record in records):
        what = "no run was called with a model"
        raise PageChanged(what, source=page.source, page=page.url, likely="another value stands under command")
    has_end = text_of(page).endswith("\n")
    yield from new_keys(records, KNOWN)
    seen: set[str] = set()
    for position, record in enumerate(records):
        gone = [key for key in REQUIRED if key not in record]
        if gone or (position == len(records) - 1 and "total_cost" not in record):
            what = f"record {position} ends without {', '.join(gone or ['total_cost'])}"
            raise PageChanged(what, source=page.source, page=page.url, likely="the layout changed, or it was cut off")
        if record is records[-1] and not has_end:  # as in some revisions, and in every file cut off
            what, (key, raw) = "the last line has no end: its value may be cut", list(record.items())[-1]
            yield Issue(row=position, rule="no_line_end", field=key, raw_value=raw, what=what, kept=True)
        if record["dirname"] in seen:
            what = "the same run stands before"
            yield Issue(row=position, rule="repeated_run", field="run_id", raw_value=record["dirname"], what=what)
            continue
        seen.add(record["dirname"])
        yield from _run(record, position)


def _run(record: Mapping[str, str], position: int) -> Iterator[Fact | Issue]:
    cells = dict[str, object]()
    for field, (key, read) in READERS.items():
        try:
            cells[field] = None
            cells[field] = read(record[key]) if key in record else None
        except Unreadable as error:
            yield error.issue(position, field, kept=True)
    wrong = _settle_tasks(cells)
    if wrong:
        yield Issue(row=position, rule="wrong_share", field="score", raw_value=record["pass_rate_2"], what=wrong)
        return
    called = re.search(r"(?<!\S)--model (\S+)", record["command"])
    configuration = ", ".join(f"{key}={clean(record[key])}" for key in CONFIGURATION if record.get(key))
    yield fact_or_issue(
        Score, position, benchmark="aider_polyglot", metric="pass_rate_2", scale="percent", address=ADDRESS,
        api_model=called[1] if called else None, configuration=configuration or None, **cells,
    )  # fmt: skip


def _settle_tasks(cells: dict[str, object]) -> str | None:
    """Of how many cases the pass rate is, left in the cells; or why it is of none."""
    score, solved, all_cases, run = (cells.get(name) for name in ("score", "solved", "tasks", "run_cases"))
    del cells["run_cases"]
    if not isinstance(score, float) or not isinstance(solved, int):
        return None
    for tasks in (all_cases, run):
        if isinstance(tasks, int) and abs(100 * solved / tasks - score) <= ROUNDING:
            cells["tasks"] = tasks
            return None
    return f"{solved} of {all_cases} cases is not {score:g} %: another scale, or another run"
