"""What each verb loads before it answers: a question needs the database, and neither the network nor a page reader."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "prefect",
    "duckdb",
    "httpx",
    "bs4",
    "lxml",
    "pydantic",
    "sqlglot",
    "rich",
    "fastapi",
    "pandas",
    "numpy",
    "yaml",
    "pipeline.facts",
    "pipeline.sources",
)
MAY = {
    "--help": set[str](),
    "query": {"duckdb", "pydantic", "rich"},
    "sources": set(HEAVY) - {"prefect", "fastapi", "pandas", "numpy", "sqlglot", "bs4", "lxml"},
    "status": set(HEAVY) - {"prefect", "fastapi", "sqlglot", "bs4", "lxml"},
}  # fmt: skip
GIVEN = {"query": ["select 1"]}
ASK = """
import sys
from pipeline.__main__ import run
code = run(sys.argv[1:])
print(code, *(name for name in {heavy} if name in sys.modules), file=sys.stderr)
"""


@pytest.mark.parametrize("verb", MAY)
def test_a_verb_loads_what_it_needs(verb: str, offline_home: Path) -> None:
    """A second of imports is a second of everybody's time, at every question."""
    where = [] if verb in ("--help", "sources") else ["--home", str(offline_home)]
    command = [sys.executable, "-c", ASK.format(heavy=HEAVY), verb, *GIVEN.get(verb, []), *where]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    code, *loaded = done.stderr.splitlines()[-1].split()

    assert code == "0", done.stderr
    assert set(loaded) <= MAY[verb]


EXPLAIN = """
import sys
import typer
from pipeline.__main__ import app, run
verbs = sorted(typer.main.get_command(app).commands)
codes = {{run([verb, "--help"]) for verb in verbs}}
print(len(verbs), *codes, *(name for name in {heavy} if name in sys.modules), file=sys.stderr)
"""


def test_no_verb_loads_what_it_needs_before_it_is_run() -> None:
    """All verbs that there are explain themselves, in one process."""
    command = [sys.executable, "-c", EXPLAIN.format(heavy=HEAVY)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    verbs, code, *loaded = done.stderr.splitlines()[-1].split()

    assert int(verbs) >= 25
    assert code == "0"
    assert set(loaded) <= {"pydantic"}  # of Typer's own, to read what is given to a verb
