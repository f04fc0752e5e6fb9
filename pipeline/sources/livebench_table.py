"""LiveBench publishes one CSV table a release: what each model scored on each of 23 tasks, in per cent.

Oddities: the file's name holds the release, which only the site's script names; releases are other questions, so each
is a benchmark of its own; models are added to an old release; the average is the mean of the categories' means and is
not printed; an empty cell stands where a task was not run, and now and then a zero does, among models that all score
well; zeros of weak models are real; the site's script replaces the scores of two models by constants, which the table
does not. Costs stand in a file beside it that does not say of how many questions they are; it is not read.
"""

import re
from collections.abc import Iterator
from statistics import fmean
from typing import cast

from pipeline.errors import PageChanged
from pipeline.facts import Fact, Issue, Score
from pipeline.read import Column, Row, Unreadable, csv_rows, fact_or_issue, json_of, number, words
from pipeline.source import Page, Request, Requests, source

HOME = "https://livebench.ai/"
CATEGORIES: dict[str, tuple[str, ...]] = {
    "Reasoning": ("theory_of_mind", "zebra_puzzle", "spatial", "logic_with_navigation"),
    "Coding": ("code_generation", "code_completion"),
    "Agentic Coding": ("javascript", "typescript", "python"),
    "Mathematics": ("AMPS_Hard", "integrals_with_game", "math_comp", "olympiad"),
    "Data Analysis": ("consecutive_events", "tablejoin", "tablereformat"),
    "Language": ("connections", "plot_unscrambling", "typos"),
    "IF": ("paraphrase", "simplify", "story_generation", "summarize"),
}
TASKS = [task for tasks in CATEGORIES.values() for task in tasks]
SCRIPT = re.compile(r'src="(/?static/js/main[\w.-]*\.js)"')
RELEASE = re.compile(r"\b(20\d\d)[-_]([01]\d)[-_]([0-3]\d)\b")
TABLE = re.compile(r"table_(20\d\d_\d\d_\d\d)\.csv$")
FULL = 100  # per cent
BELIEVED = 15  # per cent: where another model scores less than that, a zero may be a score
TRIED = 4  # newest days that the script names; not each is a release


class _Printed(float):
    """A score that remembers how it was printed."""

    text: str = ""


def share(text: str) -> _Printed | None:
    """A score from 0 to 100; None for an empty cell."""
    value = number(text)
    if value is not None and not 0 <= value <= FULL:
        raise Unreadable("outside_scale", text, f"a score of {value:g} lies outside its scale: percent is 0 to 100")
    if value is None:
        return None
    score = _Printed(value)
    score.text = text
    return score


COLUMNS = {"model": Column("model", words), **{task: Column(task, share) for task in TASKS}}


def pages() -> Requests:
    """The site, its script, and the table and categories of the newest release that the script names."""
    script = yield Request(HOME, clue=_script)
    days = ((yield Request(f"{HOME}{script}", clue=_releases)) or "").split()
    for day in days:
        if (yield Request(f"{HOME}table_{day}.csv", optional=True)) is not None:
            yield Request(f"{HOME}categories_{day}.json", optional=True)
            return
    raise PageChanged(f"no table of {days}", source="livebench_table", page=HOME, likely="the tables have moved")


def _script(page: Page) -> str:
    found = SCRIPT.search(page.body.decode("utf-8", "replace"))
    if found is None:
        what, likely = "the site names no script", "the site was rebuilt"
        raise PageChanged(what, source=page.source, page=page.url, likely=likely)
    return found[1].lstrip("/")


def _releases(page: Page) -> str:
    """The newest days that the script names."""
    days = {"_".join(day) for day in RELEASE.findall(page.body.decode("utf-8", "replace"))}
    return " ".join(sorted(days, reverse=True)[:TRIED])


@source(
    title="LiveBench leaderboard",
    publisher="LiveBench",
    url=f"{HOME}table_2026_06_25.csv",
    licence="not stated for the tables; the benchmark is Apache-2.0",
    attribution="LiveBench, https://livebench.ai/",
    robots="read before every visit; nothing in the terms we know of forbids one visit a week",
    cadence="weekly",
    least=15,
    most=1500,
    facts=(Score,),
    currency="USD",
    pages=pages,
    not_bundled="no licence is stated for the tables",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each model's average; the pages that lead to the table hold none."""
    if page.url.endswith(".json"):
        _hold_categories(page)
    release = TABLE.search(page.url)
    if release is None:
        return
    found = list(csv_rows(page, COLUMNS))
    floors = _floors([row for row in found if isinstance(row, Row)])
    seen: set[str] = set()
    for row in found:
        if isinstance(row, Issue):
            yield row
        elif (model := str(row.cells["model"])) in seen:
            yield Issue(
                row=row.position, rule="repeated_run", field="model", raw_value=model[:200],
                what="the same model stands before",
            )  # fmt: skip
        else:
            seen.add(model)
            yield from _average(row, release[1], floors)


def _floors(rows: list[Row]) -> dict[str, float]:
    """The least score of each task that is not zero: how hard a zero is to believe."""
    return {
        task: min((score for row in rows if (score := cast("float | None", row.cells[task]))), default=0.0)
        for task in TASKS
    }


def _hold_categories(page: Page) -> None:
    printed = json_of(page)
    named = cast("dict[str, object]", printed) if isinstance(printed, dict) else {}
    found = {
        name: sorted(map(str, cast("list[object]", tasks))) for name, tasks in named.items() if isinstance(tasks, list)
    }
    if found != {name: sorted(tasks) for name, tasks in CATEGORIES.items()}:
        likely = "a release with other tasks: its average is made in another way"
        raise PageChanged("the categories are not as known", source=page.source, page=page.url, likely=likely)


def _average(row: Row, release: str, floors: dict[str, float]) -> Iterator[Fact | Issue]:
    scores = {task: cast("_Printed | None", row.cells[task]) for task in TASKS}
    for task, zero in [(task, score) for task, score in scores.items() if score is not None and score == 0]:
        believed = floors[task] < BELIEVED
        what = "a zero; others score as little" if believed else f"a zero where no other is below {floors[task]:g}"
        yield Issue(row=row.position, rule="zero", field=task, raw_value=zero.text, what=what, kept=believed)
        scores[task] = scores[task] if believed else None
    missing = [task for task, score in scores.items() if score is None]
    if missing:
        what = f"no average without {', '.join(missing)}"
        yield Issue(row=row.position, rule="task_missing", field=missing[0], raw_value="", what=what)
        return
    means = [fmean(cast("float", scores[task]) for task in tasks) for tasks in CATEGORIES.values()]
    yield fact_or_issue(
        Score, row.position, benchmark=f"livebench_{release}", model=row.cells["model"],
        metric="mean of the categories' means", scale="percent", score=round(fmean(means), 6), address=HOME,
    )  # fmt: skip
