"""All training costs of the catalogue in one warm build, timed against pandas. Run: ``pytest -m benchmark -s``.

Needs the extra ``benchmark``; both sides start from parsed facts in memory or in the file, are run in turn, and the
best of several rounds counts, so that other work on the machine weighs on both alike.
"""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipeline import build
from tests.support import published_method

pytestmark = pytest.mark.benchmark
ROUNDS = 5
AT_MOST = 1 / 3  # of the wall time of pandas


def _needed_for(table: str) -> list[build.Model]:
    models = build.models()
    wanted: set[str] = set()
    rest = [table]
    while rest:
        name = rest.pop()
        if name in models and name not in wanted:
            wanted.add(name)
            rest += models[name].reads
    return [model for name, model in models.items() if name in wanted]


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def test_the_warm_build_takes_a_third_of_pandas(offline_warehouse: Path, tmp_path: Path) -> None:
    """The published method's three costs of all 1,892 models; the same figures, in at most a third of the time."""
    pytest.importorskip("pandas", reason="pip install 'ai-model-costs[benchmark]'")
    from tests.benchmarks import pandas_method

    facts = published_method.read_facts(offline_warehouse)
    frames = pandas_method.frames_of(facts)
    copy = Path(shutil.copy(offline_warehouse, tmp_path / "copy.duckdb"))
    models = _needed_for("main.cottier_2024_costs")
    by_pandas, by_sql = list[float](), list[float]()
    with duckdb.connect(str(copy)) as connection:
        connection.execute("set timezone = 'UTC'")
        for _ in range(ROUNDS):
            by_sql.append(_seconds(lambda: [build.make(connection, model) for model in models]))
            by_pandas.append(_seconds(lambda: pandas_method.costs(facts, *frames)))
        wanted = connection.execute(
            "select models.source_row, max(cost_usd) filter (where method = 'amortised'), "
            "max(cost_usd) filter (where method = 'acquisition'), max(cost_usd) filter (where method = 'cloud') "
            "from cottier_2024_costs join core.models using (model_id) group by all order by all"
        ).fetchall()

    found = sorted(pandas_method.costs(facts, *frames).itertuples(index=False, name=None))
    assert len(found) == len(wanted) == 1892
    for (row, *ours), (other, *theirs) in zip(wanted, found, strict=True):
        assert row == other
        for one, two in zip(ours, theirs, strict=True):
            expected = None if two is None or math.isnan(two) else pytest.approx(two, rel=1e-9)
            assert one == expected, row
    ratio = min(by_sql) / min(by_pandas)
    print(f"\n{len(models)} SQL models {min(by_sql):.2f} s, pandas {min(by_pandas):.2f} s, ratio {ratio:.2f}")  # noqa: T201
    assert ratio <= AT_MOST
