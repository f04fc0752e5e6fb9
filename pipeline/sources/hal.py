"""Princeton's Holistic Agent Leaderboard publishes one HTML table a benchmark: agent, model, accuracy, cost of the run.

Oddities: there is no file, only tables; cells of several runs carry a spread, "6.67% (-2.22/+2.22)"; "High" and "Low"
in a name are its reasoning effort; boards have 33 to 50 tasks, so most differences are noise; months are the models'.
"""

import re
from collections.abc import Iterator

from pipeline.errors import PageChanged
from pipeline.facts import Fact, Issue, Score
from pipeline.read import Unreadable, fact_or_issue
from pipeline.read_html import html_of, tables
from pipeline.read_json import new_keys
from pipeline.source import Page, Request, Requests, source

HOME = "https://hal.cs.princeton.edu/"
BOARDS = (
    "corebench_hard", "gaia", "swebench_verified_mini", "taubench_airline", "usaco", "scicode", "scienceagentbench",
    "assistantbench", "online_mind2web",
)  # fmt: skip
COLUMNS = {"Scaffold", "Primary Model", "Accuracy", "Cost (USD)"}
IGNORED = ("Rank", "Verified", "Runs", "Traces")
SPREAD = re.compile(r"\$?(?P<value>\d[\d,]*(?:\.\d+)?)%?(?: \(-(?P<below>[\d.]+)/\+(?P<above>[\d.]+)\))?")


def pages() -> Requests:
    """One page a benchmark."""
    for board in BOARDS:
        yield Request(HOME + board)


def spread(text: str) -> tuple[float, float | None, float | None]:
    """A figure and the ends of its spread, where one is printed."""
    found = SPREAD.fullmatch(text)
    if found is None:
        raise Unreadable("not_a_figure", text, f"{text[:40]!r} is no figure with or without a spread")
    value = float(found["value"].replace(",", ""))
    if found["below"] is None:
        return value, None, None
    return value, round(value - float(found["below"]), 6), round(value + float(found["above"]), 6)


@source(
    title="Holistic Agent Leaderboard",
    publisher="Princeton University",
    url=HOME + BOARDS[0],
    licence="not stated",
    attribution="Princeton University, Holistic Agent Leaderboard, https://hal.cs.princeton.edu/",
    robots="read before every visit; nothing in the terms we know of forbids one visit a week",
    cadence="weekly",
    least=40,
    most=2000,
    facts=(Score,),
    currency="USD",
    pages=pages,
    not_bundled="no licence is stated",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each row of the board."""
    found = [table for table in tables(html_of(page), page=page) if set(table.headers) >= COLUMNS]
    if len(found) != 1 or not found[0].rows:
        what = f"{len(found)} tables have the columns {', '.join(sorted(COLUMNS))}, expected one with rows"
        raise PageChanged(
            what, source=page.source, page=page.url, likely="the layout changed, or a script draws it now"
        )
    yield from new_keys(found[0].rows, (*COLUMNS, *IGNORED))
    for row, cells in enumerate(found[0].rows):
        field = "score"
        try:
            score, low, high = spread(cells["Accuracy"])
            field = "run_cost_usd"
            cost, _, _ = spread(cells["Cost (USD)"])
        except Unreadable as error:
            yield error.issue(row, field)
            continue
        yield fact_or_issue(
            Score, row, benchmark=f"hal_{page.url.rstrip('/').rpartition('/')[2]}", model=cells["Primary Model"],
            configuration=f"scaffold={cells['Scaffold']}", metric="Accuracy", scale="percent", score=score,
            score_low=low, score_high=high, run_cost_usd=cost or None, address=page.url,
        )  # fmt: skip
