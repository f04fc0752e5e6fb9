"""How fast it is beside what does the same without it: ``pytest -m benchmark -n 0 -s tests/benchmarks/test_speed.py``.

Each bar is a ratio of two sides that take turns in one run, or the time of a whole process. Time on a processor is what
counts where others use the machine too; wall time stands beside it.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from pipeline import build, schema
from pipeline.fetch import Fetcher
from pipeline.load import parse_pages
from pipeline.refresh import Refreshed, refresh
from pipeline.source import Page, find_source
from tests.benchmarks import measure
from tests.benchmarks.measure import Cost
from tests.support.fault_server import FaultServer, Peer, Reply, page
from tests.support.small_world import SmallWorld

pytestmark = pytest.mark.benchmark
SHARED = Path(__file__).parents[3] / "shared" / "recordings"
HELP_SECONDS, QUERY_SECONDS = 0.25, 0.5
CHECKED_TO_RAW, PUBLISH_TO_RAW, TENFOLD = 1.2, 1.5, 8.0
SHARE_OF_PANDAS = 1 / 3
UNCHANGED_SECONDS = 2.0
MOST_MIB = 1024

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
    """A row of the table."""
    _found.append((what, cost, beside))


def test_help_and_query_answer_at_once(offline_home: Path) -> None:
    """A whole process each."""
    aicost = [sys.executable, "-m", "pipeline"]
    costs = measure.in_turn({
        "`aicost --help`": lambda: measure.of_process([*aicost, "--help"]),
        "`aicost query`": lambda: measure.of_process([*aicost, "query", "from sources", "--home", str(offline_home)]),
        "`python -c pass`": lambda: measure.of_python("pass"),
    })  # fmt: skip
    for what, cost in costs.items():
        found(what, cost)

    assert costs["`aicost --help`"].cpu_seconds < HELP_SECONDS
    assert costs["`aicost query`"].cpu_seconds < QUERY_SECONDS


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
    found("all models and checks, bare SQL", costs["raw"])
    found("the same, built", costs["checked"], f"{ratio:.2f} of bare SQL")

    assert ratio <= CHECKED_TO_RAW


PARSED = {
    "CSV": ("epoch_models", "epoch/all_ml_systems_2025-06.csv"),
    "JSON": ("litellm_prices", "litellm/model_prices_and_context_window_backup.json"),
}


@pytest.mark.parametrize("form", PARSED)
def test_parsing_keeps_pace(form: str) -> None:
    """Facts, validated, from a recorded page; beside it the library that only splits the bytes."""
    name, path = PARSED[form]
    if not (SHARED / path).is_file():
        pytest.skip(f"../shared/recordings/{path} is not there")
    body, source = (SHARED / path).read_bytes(), find_source(name)
    alone = {"CSV": lambda: list(csv.reader(io.StringIO(body.decode()))), "JSON": lambda: json.loads(body)}
    costs = measure.in_turn({
        "facts": lambda: measure.of_call(lambda: parse_pages(source, [Page(name, source.url, body)])),
        "alone": lambda: measure.of_call(alone[form]),
    })  # fmt: skip
    speed = {side: len(body) / 1e6 / cost.cpu_seconds for side, cost in costs.items()}
    found(
        f"{form} of {len(body) / 1e6:.1f} MB to facts",
        costs["facts"],
        f"{speed['facts']:.1f} MB/s; split alone {speed['alone']:.0f} MB/s",
    )

    assert speed["facts"] > 1


LATENCY_SECONDS, SOURCES = 0.05, 30


def _to_this_machine(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def _late(reply: Reply) -> Reply:
    def later(peer: Peer) -> None:
        peer.wait(LATENCY_SECONDS)
        reply(peer)

    return later


def test_where_nothing_changed_a_refresh_is_done_at_once(world: SmallWorld) -> None:
    """Thirty sources on hosts of their own, each answering after 50 ms that its page is as it was."""
    kind = world.sources["list"]
    world.sources.clear()
    with FaultServer() as server:
        for number in range(SOURCES):
            name = f"s{number}"
            url = server.url(f"/{name}", host=f"{name}.test")
            world.sources[name] = replace(kind, name=name, url=url, hosts=frozenset({f"{name}.test"}))
            tag = (("ETag", '"1"'),)
            server.add(f"/{name}", _late(page(b"2026-01-01,1", headers=tag)), _late(page(b"", status=304, headers=tag)))

        def visit() -> None:
            door = Fetcher(allow_private=True, resolver=_to_this_machine)
            done.append(refresh(world.home, fetcher=door))

        done: list[Refreshed] = []
        visit()
        costs = [measure.of_call(visit) for _ in range(3)]
    outcomes = {visit.outcome for refreshed in done[1:] for visit in refreshed.visits.values()}
    cost = sorted(costs, key=lambda cost: cost.wall_seconds)[1]
    found(f"refresh of {SOURCES} sources, none changed", cost, "50 ms to each answer")

    assert outcomes == {"unchanged"}
    assert cost.wall_seconds < UNCHANGED_SECONDS


BY_SQL = """
import sys, duckdb
from pathlib import Path
from pipeline import build
from tests.benchmarks.test_speed import given, needed_for
with duckdb.connect() as connection:
    given(Path(sys.argv[1]), connection)
    for model in needed_for("main.cottier_2024_costs"):
        build.make(connection, model)
    print(connection.execute("select count(*) from cottier_2024_costs").fetchall()[0][0])
"""
BY_PANDAS = """
import sys
from pathlib import Path
from tests.support import published_method
from tests.benchmarks import pandas_method
facts = published_method.read_facts(Path(sys.argv[1]))
print(3 * len(pandas_method.costs(facts, *pandas_method.frames_of(facts))))
"""


def needed_for(table: str) -> list[build.Model]:
    """The models that a table is made from, in order."""
    models, wanted, rest = build.models(), set[str](), [table]
    while rest:
        name = rest.pop()
        if name in models and name not in wanted:
            wanted.add(name)
            rest += models[name].reads
    return [model for name, model in models.items() if name in wanted]


def test_the_costs_of_all_models_take_a_third_of_pandas(offline_warehouse: Path) -> None:
    """The published method's three costs of every model, from the catalogue's facts on file: two whole processes."""
    pytest.importorskip("pandas", reason="pip install 'ai-model-costs[benchmark]'")
    costs = measure.in_turn({
        "SQL": lambda: measure.of_python(BY_SQL, offline_warehouse),
        "pandas": lambda: measure.of_python(BY_PANDAS, offline_warehouse),
    })  # fmt: skip
    ratio = costs["SQL"].cpu_seconds / costs["pandas"].cpu_seconds
    found("costs of all models by pandas", costs["pandas"])
    found("the same by the build", costs["SQL"], f"{ratio:.2f} of pandas")

    assert costs["SQL"].said == costs["pandas"].said
    assert ratio <= SHARE_OF_PANDAS


def _history(home: Path, days: int) -> tuple[Cost, Cost]:
    """One more hour of 10,000 prices onto a history of so many days: by a publish, and by bare SQL."""
    ours = [sys.executable, "-m", "tests.benchmarks.price_history"]
    measure.of_process([*ours, "make", str(home), str(days)])
    by_sql = measure.of_process([*ours, "raw", str(home), str(home / "raw.duckdb")])
    return measure.of_process([*ours, "visit", str(home), str(days)]), by_sql


def test_a_publish_onto_ten_million_prices(tmp_path: Path) -> None:
    """10,000 offers every hour for 4 and for 42 days: one million prices seen, and ten."""
    million, raw_million = _history(tmp_path / "million", 4)
    ten, raw_ten = _history(tmp_path / "ten", 42)
    for size, publish, raw in (("1 M", million, raw_million), ("10 M", ten, raw_ten)):
        found(f"10,000 prices onto {size}, bare SQL", raw)
        found(
            f"10,000 prices onto {size}, published", publish, f"{publish.cpu_seconds / raw.cpu_seconds:.2f} of bare SQL"
        )

    assert ten.cpu_seconds <= PUBLISH_TO_RAW * raw_ten.cpu_seconds
    assert ten.cpu_seconds <= TENFOLD * million.cpu_seconds
    assert ten.peak_mib <= MOST_MIB
