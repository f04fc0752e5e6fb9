"""The notebook and the DuckDB command line, as somebody meets them who has only files, and none of our code."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import answers, export, warehouse

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "pipeline" / "report" / "notebook.py"
TABLES = ("reported_claims", "training_costs", "frontier_ranks", "gpu_price_index")
RUN = """
import json, sys
from pathlib import Path
from pipeline.report.notebook import app
_, made = app.run(defs={"folder": Path(sys.argv[1])})
print(json.dumps({name: made[name] for name in ("claims", "runs", "prices")}, default=str))
"""
DUCKDB = shutil.which("duckdb") or shutil.which("duckdb", path=str(Path(sys.executable).parent))


@pytest.fixture(scope="module")
def exported(offline_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables that the notebook reads, as Parquet."""
    folder = tmp_path_factory.mktemp("exports")
    for name in TABLES:
        with warehouse.attached(offline_warehouse) as connection:
            connection.execute(f"copy \"{name}\" to '{folder / name}.parquet' (format parquet)")
    return folder


def _run(*given: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *map(str, given)], cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_notebook_runs_and_says_what_the_tables_hold(exported: Path, offline_warehouse: Path) -> None:
    """Its cells give what the same statements give over the published file."""
    pytest.importorskip("marimo", reason="the extra [notebook] is not installed")
    ran = _run("-c", RUN, exported)
    assert ran.returncode == 0, ran.stderr
    made = json.loads(ran.stdout.splitlines()[-1])

    claims = warehouse.query(
        offline_warehouse,
        "select value from reported_claims where organisation = 'DeepSeek' and kind = 'money' and per is null "
        "order by scope, coalesce(value, value_low), claim_id",
    )
    assert [row["value"] for row in made["claims"]] == [value for (value,) in claims.rows]
    index = answers.answer(offline_warehouse, "report/gpu_index")
    assert [row["fixed_basket_index"] for row in made["prices"]] == [
        row["fixed_basket_index"] for row in index if row["family"] == "H100"
    ]
    named = {row["model_name"] for row in made["runs"]}
    assert {"GPT-4", "Grok-3"} <= named


def test_the_notebook_is_a_script_too(exported: Path) -> None:
    """Without a server or a browser: it ends well, and with a message where the files are not."""
    pytest.importorskip("marimo", reason="the extra [notebook] is not installed")
    ran = _run(NOTEBOOK, "--", "--data", exported)
    assert ran.returncode == 0, ran.stderr

    nothing = _run(NOTEBOOK, "--", "--data", exported / "nowhere")
    assert nothing.returncode != 0
    assert "reported_claims" in nothing.stderr


def test_the_duckdb_command_line_reads_the_published_file(offline_warehouse: Path) -> None:
    """The recipe of the README to the letter: read-only, and the same figure."""
    if DUCKDB is None:
        pytest.skip("no duckdb command line (pip install duckdb-cli)")
    sql = "select usd from claim_checks where claim_id = 'deepseek-v3-final-run-usd'"
    asked = subprocess.run(
        [DUCKDB, "-readonly", "-json", str(offline_warehouse), sql], capture_output=True, text=True, check=True
    )
    refused = subprocess.run(
        [DUCKDB, "-readonly", str(offline_warehouse), "drop table runs"], capture_output=True, text=True, check=False
    )

    assert json.loads(asked.stdout) == [{"usd": 5576000.0}]
    assert refused.returncode != 0
    assert "read-only" in refused.stderr
    assert export.records(warehouse.query(offline_warehouse, sql)) == json.loads(asked.stdout)


def test_the_duckdb_command_line_reads_the_exported_files(exported: Path) -> None:
    """Parquet needs no warehouse."""
    if DUCKDB is None:
        pytest.skip("no duckdb command line (pip install duckdb-cli)")
    sql = f"select count(*) > 100 as many from '{exported}/training_costs.parquet'"
    asked = subprocess.run([DUCKDB, "-json", "-c", sql], capture_output=True, text=True, check=True)

    assert json.loads(asked.stdout) == [{"many": True}]
