"""The house rules of the design, held by reading the code: who may import what, and nothing listed twice."""

from __future__ import annotations

import ast
import csv
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from pipeline import bundle, paths
from pipeline.normalise import known_ids
from pipeline.source import all_sources

ROOT = Path(__file__).parents[1]
CODE = sorted([*ROOT.glob("pipeline/**/*.py"), *ROOT.glob("flows/**/*.py")])
SQL = sorted(paths.sql_dir().glob("*/*.sql"))

# The design's table of rooms: a library, and the only files that may import it.
ONLY = {
    "httpx": {"pipeline/fetch.py"},
    "httpcore": {"pipeline/fetch.py", "pipeline/_net.py"},
    "protego": {"pipeline/_net.py", "pipeline/fetch.py"},
    "bs4": {"pipeline/read_html.py", "pipeline/sources/"},
    "lxml": {"pipeline/read_html.py"},
    "yaml": {"pipeline/read_yaml.py"},
    "zipfile": {"pipeline/read_zip.py"},
    "prefect": {"flows/"},
    "duckdb": {"pipeline/lake.py", "pipeline/tidy.py", "pipeline/load.py", "pipeline/schema.py", "pipeline/build.py",
               "pipeline/publish.py",
               "pipeline/warehouse.py", "pipeline/export.py", "pipeline/doctor.py", "pipeline/inputs.py",
               "pipeline/changes.py", "pipeline/chronicle.py", "pipeline/spool.py", "pipeline/contents.py",
               "pipeline/catalogue.py", "pipeline/report/notebook.py"},
    "rich": {"pipeline/show.py", "pipeline/commands.py"},
    "typer": {"pipeline/__main__.py", "pipeline/cli_"},
    "platformdirs": {"pipeline/paths.py"},
    "altair": {"pipeline/report/"},
    "marimo": {"pipeline/report/notebook.py"},
    "vl_convert": {"pipeline/report/"},
    "xlsxwriter": {"pipeline/excel.py"},
}  # fmt: skip
# Rooms that parse touch neither network, clock, disk nor database, and know nothing of the rooms after them.
READING = ("pipeline/sources/", "pipeline/claims/", "pipeline/read", "pipeline/money.py", "pipeline/facts")
NOTEBOOK = "pipeline/claims/lexicon.py"  # the one file of the reader that opens the notebook, and reads nothing else
READING_MAY_IMPORT = {
    "pipeline.facts",
    "pipeline.facts_base",
    "pipeline.facts_capability",
    "pipeline.facts_claims",
    "pipeline.read",
    "pipeline.read_catalogue",
    "pipeline.read_html",
    "pipeline.read_json",
    "pipeline.read_yaml",
    "pipeline.read_zip",
    "pipeline.money",
    "pipeline.source",
    "pipeline.errors",
    "pipeline.sources",
    "pipeline.claims",
}
READING_MAY_NOT = {"os", "io.open", "pathlib", "time", "socket", "random", "duckdb", "subprocess"}

TOP_LEVEL = {"pyproject.toml", "README.md", "LICENSE", "constraints.txt", "pipeline", "sql", "data", "tests", "flows"}
# Lines below the header; a file beyond it holds two things.
LONGEST_FILE = {"pipeline": 520, "flows": 420, "sql": 120}
LONGEST_FUNCTION = 30  # lines, for nine functions in ten
# Positions, unit conversions and the digits of a rounding need no citation.
NUMBERS_WITH_A_NAME = {"0", "1", "2", "3", "4", "5", "9", "10", "12", "24", "60", "100", "1000", "3600", "86400"}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", CODE, ids=_name)
def test_a_library_is_imported_only_in_its_room(path: Path) -> None:
    """Only fetch.py opens the network, only flows/ knows about time, and so on."""
    roots = {module.split(".")[0] for module in _imports(path)}
    trespassing = {lib for lib in roots & ONLY.keys() if not any(_name(path).startswith(room) for room in ONLY[lib])}

    assert trespassing == set()


@pytest.mark.parametrize(
    "path", [path for path in CODE if _name(path).startswith(READING) and _name(path) != NOTEBOOK], ids=_name
)
def test_reading_touches_neither_network_clock_disk_nor_database(path: Path) -> None:
    """A parser is a pure function of a page; it can be run on any page of any day."""
    modules = set(_imports(path))
    ours = {module for module in modules if module.startswith("pipeline")}
    far = {module for module in ours if not any(f"{module}.".startswith(f"{may}.") for may in READING_MAY_IMPORT)}

    assert far == set()
    assert modules & READING_MAY_NOT == set()
    # a member of an archive in memory is opened where no file is
    assert not re.search(r"datetime\.now|date\.today|(?<!archive\.)open\(", path.read_text(encoding="utf-8"))


def test_the_environment_is_read_in_one_place() -> None:
    """Settings have one door, pipeline/paths.py."""
    readers = {_name(path) for path in CODE if re.search(r"os\.(environ|getenv)", path.read_text(encoding="utf-8"))}

    assert readers <= {"pipeline/paths.py", "flows/settings.py"}


def test_no_error_is_swallowed() -> None:
    """No bare except, and none whose body is only pass."""
    silent = [
        f"{_name(path)}:{node.lineno}"
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or all(isinstance(line, ast.Pass) for line in node.body))
    ]

    assert silent == []


def test_the_top_level_is_the_design_s() -> None:
    """Nothing lies beside the rooms."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode or not listed.stdout:
        pytest.skip("not a git checkout")
    top = {line.split("/")[0] for line in listed.stdout.splitlines()}

    assert {name for name in top if not name.startswith(".")} <= TOP_LEVEL


@pytest.mark.parametrize("path", [*CODE, *SQL], ids=_name)
def test_no_file_holds_two_things(path: Path) -> None:
    """A file that outgrows its budget is split, not scrolled."""
    lines = sum(not line.startswith("-- ") for line in path.read_text(encoding="utf-8").splitlines())

    assert lines <= LONGEST_FILE[_name(path).split("/")[0]]


def test_functions_are_short() -> None:
    """Nine functions in ten have at most 30 lines."""
    lengths = sorted((node.end_lineno or 0) - node.lineno + 1 for path in CODE for node in _functions(path))

    assert lengths[int(len(lengths) * 0.9)] <= LONGEST_FUNCTION


def test_every_source_declares_itself_and_has_its_files() -> None:
    """A source has a licence, an attribution, a test page, reviewed facts and bundled facts (or is our own file)."""
    for source in all_sources().values():
        assert all((source.licence, source.attribution, source.robots)), source.name
        assert list((ROOT / "tests" / "pages").glob(f"{source.name}*.facts.jsonl")), f"{source.name}: no reviewed facts"
        has_reason = source.is_reference or source.disabled or source.not_bundled
        assert has_reason or bundle.find_all(source.name), f"{source.name}: nothing bundled"


def test_no_list_of_sources_is_kept_by_hand() -> None:
    """Outside its own file, a source is named only where a rule is about that very source."""
    allowed = {"price_index", "together"}  # core.price_index reads that one series; a host of models has the name, too
    names = set(all_sources()) - allowed - {"reported_claims"}  # a table of the same name
    for path in [*CODE, *SQL]:
        if _name(path).startswith("pipeline/sources/") or _name(path) == "pipeline/__main__.py":
            continue  # help texts give examples
        code = re.sub(r"(?m)^\s*(--|#).*$", "", path.read_text(encoding="utf-8"))
        named = {name for name in names if re.search(rf"['\"]{name}['\"]", code)}
        assert named == set(), f"{_name(path)} names {named}"


def _reference(name: str) -> list[dict[str, str]]:
    with (paths.reference_dir() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_assumption_is_cited_ranged_and_used() -> None:
    """A constant stands once, with its source, in order low, central, high, and some SQL reads it."""
    sql = "\n".join(path.read_text(encoding="utf-8") for path in SQL)
    rows = _reference("assumptions")
    keys = [(row["variant"], row["assumption"], row["key"]) for row in rows]

    assert len(keys) == len(set(keys))
    for row in rows:
        assert all((row["citation"], row["unit"])), row
        ordered = [float(row[name]) for name in ("low", "central", "high") if row[name]]
        assert ordered == sorted(ordered), row
        stem = re.sub(r"_(amortised|acquisition|cloud|on_demand|one_year|three_year)$", "", row["assumption"])
        assert f"'{row['assumption']}'" in sql or f"'{stem}_" in sql, f"{row['assumption']} is used nowhere"


def test_every_assumption_that_sql_names_exists() -> None:
    """A misspelt constant would be NULL, and every cost with it."""
    known = {row["assumption"] for row in _reference("assumptions")}
    for path in SQL:
        text = path.read_text(encoding="utf-8")
        named = set(re.findall(r"assumption (?:=|<>) '(\w+)'", text))
        for group in re.findall(r"assumption in \(([^)]*)\)", text):
            named |= set(re.findall(r"'(\w+)'", group))
        assert named <= known, f"{_name(path)}: {named - known}"


@pytest.mark.parametrize("path", [path for path in SQL if path.parent.name != "checks"], ids=_name)
def test_no_number_stands_in_sql_without_a_name(path: Path) -> None:
    """Constants of a formula are cited rows of core.assumptions; what is left are positions and unit conversions."""
    tree = sqlglot.parse_one(path.read_text(encoding="utf-8"), read="duckdb")
    numbers = {literal.this for literal in tree.find_all(exp.Literal) if not literal.is_string}

    assert numbers <= NUMBERS_WITH_A_NAME


def test_every_alias_leads_to_a_known_accelerator() -> None:
    """The dictionary never returns an id that no row describes."""
    ids = {row.accelerator_id for row in known_ids()}
    exact = {row["accelerator_id"] for row in _reference("accelerators")}

    assert exact <= ids


def test_the_lock_file_carries_no_address() -> None:
    """Versions only: an index address would tie the project to one registry."""
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")

    assert "://" not in text
    pins = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.\[\]-]+==[\w.+!]+( ;.*)?", pin) for pin in pins)
