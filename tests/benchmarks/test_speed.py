"""How fast it is beside what does the same without it: ``pytest -m benchmark -n 0 -s tests/benchmarks/test_speed.py``.

Each bar is a ratio of two sides that take turns in one run, or the time of a whole process. Time on a processor is what
counts where others use the machine too; wall time stands beside it. (d) is ``test_catalogue_speed.py``.
"""

from __future__ import annotations

import csv
import importlib
import io
import json
import math
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline import build, schema
from pipeline.source import Page, find_source
from tests.benchmarks import measure
from tests.benchmarks.measure import Cost

pytestmark = pytest.mark.benchmark
SHARED = Path(__file__).parents[3] / "shared" / "recordings"
HELP_SECONDS, QUERY_SECONDS = 0.25, 0.5
CHECKED_TO_RAW, PUBLISH_TO_RAW, TENFOLD = 1.2, 1.5, 8.0
SHARE_OF_PANDAS = 1 / 3  # 0.28, 0.28, 0.30 and 0.30 in four runs in a row
UNCHANGED_SECONDS = 2.0
MOST_MIB = 1024
LEAST_OF_ALONE = {"HTML": 1 / 120, "CSV": 1 / 7, "JSON": 1 / 30}  # of the speed of what only takes bytes apart
REBUILT_DAYS, A_PAGE_SECONDS = 2, 2.0

_found: list[tuple[str, Cost, str]] = []


@pytest.fixture(scope="module", autouse=True)
def _table() -> Iterator[None]:
    """Print what was found, as a table of the README."""
    yield
    lines = ["", "| what | wall s | CPU s | peak MiB | beside |", "| --- | --- | --- | --- | --- |"]
    lines += [
        f"| {what} | {c.wall_seconds:.2f} | {c.cpu_seconds:.2f} | {c.peak_mib:.0f} | {beside} |"
        for what, c, beside in _found
    ]
    print("\n".join(lines))  # noqa: T201 - it is what was asked for


def found(what: str, cost: Cost, beside: str = "") -> None:
    """A row of the table, one of those that the README has."""
    assert what in measure.ROWS, what
    _found.append((what, cost, beside))


def test_help_and_query_answer_at_once(offline_home: Path) -> None:
    """A whole process each."""
    aicost = [sys.executable, "-m", "pipeline"]
    costs = measure.in_turn({
        "(g) `aicost --help`": lambda: measure.of_process([*aicost, "--help"]),
        "(g) `aicost query`": lambda: measure.of_process([*aicost, "query", "select 1", "--home", str(offline_home)]),
    })  # fmt: skip
    for what, cost in costs.items():
        found(what, cost)

    assert costs["(g) `aicost --help`"].wall_seconds < HELP_SECONDS
    assert costs["(g) `aicost query`"].wall_seconds < QUERY_SECONDS


def given(warehouse: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """An empty database with what was loaded, and none of the models."""
    connection.execute("set timezone = 'UTC'; set threads = 1")
    connection.execute(f"attach {schema.quoted(str(warehouse))} as served (read_only)")
    for room in schema.SCHEMAS:
        connection.execute(f"create schema {room}")
    made = {model.table for model in build.models().values()} | {"meta.contents", "meta.checks"}
    tables = connection.execute(
        "select concat(schema_name, '.', table_name) from duckdb_tables() where database_name = 'served' order by 1"
    ).fetchall()
    for (table,) in tables:
        if table not in made:
            connection.execute(f"create table {table} as from served.{table}")
    for name in ("contents", "checks"):
        columns = ", ".join(f"{column} {kind}" for column, (kind, _) in schema.META[name][1].items())
        connection.execute(f"create table meta.{name} ({columns})")


def test_a_checked_build_costs_little_more_than_its_sql(offline_warehouse: Path) -> None:
    """Order, headers, comments, grains and hashes of contents on top of the same models and checks."""

    def checked() -> Cost:
        with duckdb.connect() as connection:
            given(offline_warehouse, connection)
            connection.execute("begin")
            return measure.of_call(lambda: (build.build(connection), build.run_checks(connection)))

    def raw() -> Cost:
        models, checks = list(build.models().values()), build.checks()
        with duckdb.connect() as connection:
            given(offline_warehouse, connection)
            made = [f"create table {model.table} as {model.sql}" for model in models]
            asked = [check.sql for check in checks]
            return measure.of_call(
                lambda: (
                    [connection.execute(sql) for sql in made],
                    [connection.execute(sql).fetchall() for sql in asked],
                )
            )

    costs = measure.in_turn({"raw": raw, "checked": checked}, rounds=5)
    ratio = costs["checked"].cpu_seconds / costs["raw"].cpu_seconds
    found("(b) all models and checks, bare SQL", costs["raw"])
    found("(b) the same, built and checked", costs["checked"], f"{ratio:.2f} of bare SQL")

    assert ratio <= CHECKED_TO_RAW


PAGES = Path(__file__).parents[1] / "pages"
PARSED: dict[str, tuple[str, Path, Callable[[bytes], object]]] = {
    "HTML": ("coreweave", PAGES / "coreweave.html", lambda body: importlib.import_module("lxml.html").fromstring(body)),
    "CSV": (
        "epoch_models",
        SHARED / "epoch/all_ml_systems_2025-06.csv",
        lambda body: list(csv.reader(io.StringIO(body.decode()))),
    ),
    "JSON": ("litellm_prices", SHARED / "litellm/model_prices_and_context_window_backup.json", json.loads),
}
PARSED_BYTES = 2_000_000  # at least: a small page is parsed again and again


@pytest.mark.parametrize("form", PARSED)
def test_parsing_keeps_pace(form: str) -> None:
    """Facts, validated, from a page; beside it the library that only takes its bytes apart."""
    name, path, alone = PARSED[form]
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    body, source = path.read_bytes(), find_source(name)
    page = Page(name, source.url, body)
    times = math.ceil(PARSED_BYTES / len(body))
    costs = measure.in_turn({
        "facts": lambda: measure.of_call(lambda: [list(source.parse(page)) for _ in range(times)]),
        "alone": lambda: measure.of_call(lambda: [alone(body) for _ in range(times)]),
    })  # fmt: skip
    speed = {side: times * len(body) / 1e6 / cost.cpu_seconds for side, cost in costs.items()}
    with_what = {"HTML": "lxml", "CSV": "csv", "JSON": "json"}[form]
    found(
        f"(e) {form} to facts",
        costs["facts"],
        f"{speed['facts']:.1f} MB/s; {with_what} alone {speed['alone']:.0f} MB/s",
    )

    assert speed["facts"] >= LEAST_OF_ALONE[form] * speed["alone"]


def test_where_nothing_changed_a_refresh_is_done_at_once(tmp_path: Path) -> None:
    """Beside Prefect, and what Prefect adds to it: once for a server of its own, and to each refresh."""
    took: dict[str, dict[str, float]] = {}
    for side in ("plain", "prefect"):
        code = "from tests.benchmarks import unchanged; import json, sys; from pathlib import Path; "
        code += "print(json.dumps(unchanged.measured(sys.argv[1], Path(sys.argv[2]))))"
        cost = measure.of_python(code, side, tmp_path / side)
        took[side] = json.loads(cost.said.splitlines()[-1])
        what = {"plain": "(f) refresh of 30 sources, none changed", "prefect": "(f) the same by Prefect"}[side]
        added = took[side]["wall"] - took["plain"]["wall"]
        beside = "50 ms to each answer" if side == "plain" else (
            f"{added:.1f} s more; the first one, which starts a server, {took[side]['first']:.0f} s"
        )  # fmt: skip
        found(what, Cost(took[side]["wall"], took[side]["cpu"], cost.peak_mib), beside)

    assert took["plain"]["wall"] < UNCHANGED_SECONDS


def test_the_costs_of_all_models_from_epoch_s_files(tmp_path: Path) -> None:
    """The published method's three costs of every model from three CSV files: two whole processes, the same sums."""
    pytest.importorskip("pandas", reason="pip install 'ai-model-costs[benchmark]'")
    if not (SHARED / "epoch").is_dir():
        pytest.skip(f"{SHARED / 'epoch'} is not there")
    module, folder = [sys.executable, "-m", "tests.benchmarks.cost_sides"], str(SHARED / "epoch")
    # As pip leaves it, the code of both is compiled: the first round does that, where it is not; and the least counts.
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(tmp_path)}
    sides = ("sql", "pandas")
    costs = measure.in_turn(
        {side: lambda side=side: measure.of_process([*module, side, folder], **compiled) for side in sides},
        rounds=6, of=min,
    )  # fmt: skip
    ratio = costs["sql"].wall_seconds / costs["pandas"].wall_seconds
    found("(a) costs of all models by pandas", costs["pandas"])
    found("(a) the same by our sources and SQL", costs["sql"], f"{ratio:.2f} of pandas")

    assert costs["sql"].said == costs["pandas"].said
    assert ratio <= SHARE_OF_PANDAS


def _history(home: Path, size: str, days: int) -> tuple[Cost, Cost, Cost]:
    """One more hour of 10,000 prices onto a history of so many days: by bare SQL, by a publish, by a rebuild."""
    ours = [sys.executable, "-m", "tests.benchmarks.price_history"]
    measure.of_process([*ours, "make", str(home), str(days)])
    by_sql = measure.of_process([*ours, "raw", str(home), str(home / "raw.duckdb")])
    published = measure.of_process([*ours, "visit", str(home), str(days)])
    ratio = published.cpu_seconds / by_sql.cpu_seconds
    found(f"(c) 10,000 prices onto {size} million, bare SQL", by_sql, "as durable: checkpoint, fsync, rename")
    found(f"(c) 10,000 prices onto {size} million, published", published, f"{ratio:.2f} of bare SQL in CPU")
    return by_sql, published, _share_of_copying(home)


def _share_of_copying(home: Path) -> Cost:
    """What it takes to write, sync and rename a file as large as the one that is published."""
    body = (home / "warehouse.duckdb").read_bytes()

    def copy() -> None:
        with (home / "copy").open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())

    return measure.of_call(copy)


def test_a_publish_onto_ten_million_prices(tmp_path: Path) -> None:
    """10,000 offers every hour for 4 and for 42 days: one million prices seen, and ten."""
    _, million, _ = _history(tmp_path / "million", "1", 4)
    raw_ten, ten, copying = _history(tmp_path / "ten", "10", 42)
    found("(c) writing and syncing that file alone", copying)

    assert ten.cpu_seconds <= PUBLISH_TO_RAW * raw_ten.cpu_seconds
    assert ten.cpu_seconds <= TENFOLD * million.cpu_seconds
    assert ten.peak_mib <= MOST_MIB


def test_a_rebuild_costs_so_much_a_page(tmp_path: Path) -> None:
    """Four days of hourly pages, read from the archive by code that has never seen them."""
    ours = [sys.executable, "-m", "tests.benchmarks.price_history"]
    measure.of_process([*ours, "pages", str(tmp_path), str(REBUILT_DAYS)])
    cost = measure.of_process([*ours, "rebuild", str(tmp_path)])
    each = cost.cpu_seconds / (24 * REBUILT_DAYS)
    found("(c) rebuild of 48 pages of 10,000 prices", cost, f"{each:.2f} s of CPU a page")

    assert each < A_PAGE_SECONDS
