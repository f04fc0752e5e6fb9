"""Boards of benchmarks: how LiveBench's newest table is found, and what SWE-bench's single tasks are worth."""

from __future__ import annotations

import hashlib
import json
import random
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import PageChanged
from pipeline.facts import Score
from pipeline.paths import Home
from pipeline.refresh import ingest, refresh
from pipeline.source import Page
from pipeline.sources import livebench_table
from pipeline.sources.livebench_table import CATEGORIES, HOME, pages
from tests.support.paging import clue

TABLE = (Path(__file__).parent / "pages" / "livebench_table.csv").read_bytes()
SITE = {
    HOME: b'<html><script defer="defer" src="/static/js/main.0a1b.js"></script></html>',
    f"{HOME}static/js/main.0a1b.js": b'const releases=["2030-01-02","2030_06_25"],built="2031-01-01";',
    f"{HOME}table_2030_06_25.csv": TABLE,
    f"{HOME}categories_2030_06_25.json": json.dumps(CATEGORIES).encode(),
}


def walked(site: dict[str, bytes]) -> list[str]:
    """Addresses that a visit asks for, in order."""
    asked: list[str] = []
    requests = pages()
    request = next(requests)
    try:
        while True:
            asked.append(request.url)
            request = requests.send(clue(request, site.get(request.url)))
    except StopIteration:
        return asked


def test_the_newest_release_with_a_table_is_found() -> None:
    """The script names days that are no releases; the first one with a table is the newest."""
    assert walked(SITE) == [
        HOME, f"{HOME}static/js/main.0a1b.js", f"{HOME}table_2031_01_01.csv", f"{HOME}table_2030_06_25.csv",
        f"{HOME}categories_2030_06_25.json",
    ]  # fmt: skip


@pytest.mark.parametrize("gone", [HOME, f"{HOME}static/js/main.0a1b.js", f"{HOME}table_2030_06_25.csv"])
def test_a_site_that_was_rebuilt_stops_the_source(gone: str) -> None:
    """Without script, release or table there is nothing to read, and the source says so."""
    with pytest.raises(PageChanged):
        walked({url: body for url, body in SITE.items() if url != gone})


def test_each_release_is_a_benchmark_and_its_average_the_mean_of_the_categories_means() -> None:
    """Releases have other questions; tasks of a small category weigh more."""
    header, first = TABLE.decode().splitlines()[:2]
    cells = dict(zip(header.split(","), first.split(","), strict=True))
    means = [sum(float(cells[task]) for task in tasks) / len(tasks) for tasks in CATEGORIES.values()]

    fact = next(iter(livebench_table.parse.parse(Page("livebench_table", f"{HOME}table_2030_06_25.csv", TABLE))))

    assert isinstance(fact, Score)
    assert fact.benchmark == "livebench_2030_06_25"
    assert fact.score == pytest.approx(sum(means) / 7, abs=1e-6)


KNOWN: dict[str, list[str]] = {name: list(tasks) for name, tasks in CATEGORIES.items()}


@pytest.mark.parametrize(
    "printed", [KNOWN | {"Coding": KNOWN["Coding"][:1]}, KNOWN | {"New": ["a"]}, KNOWN | {"IF": 1}, {}, []]
)
def test_categories_that_changed_stop_the_source(printed: object) -> None:
    """Another grouping is another average."""
    page = Page("livebench_table", f"{HOME}categories_2030_06_25.json", json.dumps(KNOWN).encode())
    moved = Page("livebench_table", page.url, json.dumps(printed).encode())

    assert list(livebench_table.parse.parse(page)) == []
    with pytest.raises(PageChanged):
        list(livebench_table.parse.parse(moved))


# --- single tasks of SWE-bench --------------------------------------------------------------------

N, DRAWS = 200, 1000
MODELS = {"claude-opus-4-5-20251101": (0.8, 0.7), "gpt-5-mini-2025-08-07": (0.6, 0.04), "gemini-2.5-pro": (0.55, 0.3)}


def _board() -> tuple[bytes, dict[str, list[tuple[bool, float]]]]:
    """A leaderboard in the publisher's shape, and what each run did on each task."""
    chance = random.Random(7)
    tasks = {
        model: [(chance.random() < share, round(chance.uniform(0.5, 1.5) * usd, 4)) for _ in range(N)]
        for model, (share, usd) in MODELS.items()
    }
    results: list[dict[str, object]] = []
    for model, done in tasks.items():
        spent = sum(usd for _, usd in done)
        results.append({
            "name": model, "date": "2026-01-10", "resolved": 100 * sum(solved for solved, _ in done) / N,
            "cost": spent, "instance_cost": spent / N, "tags": [f"Model: {model}"],
            "per_instance_details": {
                f"task-{n:03}": {"resolved": solved, "cost": usd} for n, (solved, usd) in enumerate(done)
            },
        })  # fmt: skip
    fillers: list[dict[str, object]] = [
        {
            "name": f"filler {n}", "date": "2026-01-10", "resolved": 1.0, "cost": 9e4, "tags": [f"Model: filler-{n}"],
            "per_instance_details": {f"task-{m:03}": {"resolved": m < 2, "cost": 450} for m in range(N)},
        }
        for n in range(4)
    ]  # fmt: skip
    return json.dumps({"leaderboards": [{"name": "bash-only", "results": results + fillers}]}).encode(), tasks


def test_runs_are_compared_task_by_task_where_the_tasks_are_printed(tmp_path: Path) -> None:
    """Frontier probabilities and intervals of the cost per solved task equal a bootstrap written here in Python."""
    body, tasks = _board()
    page, home = tmp_path / "leaderboards.json", Home(tmp_path / "home")
    page.write_bytes(body)
    ingest(home, "swe_bench", page, fetched_at=datetime(2026, 1, 12, tzinfo=UTC))
    refresh(home, offline=True)
    with duckdb.connect(str(home.warehouse), read_only=True) as reader:
        found = {
            model: (probability, low, high)
            for model, probability, low, high in reader.execute(
                "select model, frontier_probability, per_task.usd_per_solved_low, per_task.usd_per_solved_high "
                "from cost_frontier join cost_per_task as per_task using (score_id, model) "
                "where cost_frontier.source = 'swe_bench'"
            ).fetchall()
        }

    drawn = [[int(hashlib.md5(f"{b}-{i}".encode()).hexdigest()[:8], 16) % N for i in range(1, N + 1)]
             for b in range(1, DRAWS + 1)]  # fmt: skip
    costs = {model: [sum(done[i][1] for i in draw) for draw in drawn] for model, done in tasks.items()}
    scores = {model: [sum(done[i][0] for i in draw) for draw in drawn] for model, done in tasks.items()}
    for model, (probability, low, high) in ((m, found[m]) for m in MODELS):
        others = [other for other in MODELS if other != model]
        on = [
            not any(
                scores[o][b] >= scores[model][b] and costs[o][b] <= costs[model][b]
                and (scores[o][b] > scores[model][b] or costs[o][b] < costs[model][b])
                for o in others
            )
            for b in range(DRAWS)
        ]  # fmt: skip
        ratios = sorted(c / s for c, s in zip(costs[model], scores[model], strict=True))
        assert probability == pytest.approx(sum(on) / DRAWS), model
        for value, share in ((low, 0.05), (high, 0.95)):
            place = share * (DRAWS - 1)
            below = ratios[int(place)]
            assert value == pytest.approx(below + (place % 1) * (ratios[int(place) + 1] - below)), model
