"""Every SQL model and check does what its header says, on a few rows made for the purpose.

A case is a folder ``tests/sql/<room>/<name>/<case>`` whose name is a sentence. Its files ``schema.table.csv`` become
the tables that the SQL reads (columns left out are NULL, tables left out are empty, types are the real ones), and
``expect.csv`` is what must come out: the columns it names, in order. An empty cell is NULL; ``''`` is the empty text.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path

import duckdb
import pytest

from pipeline import build, paths

CASES = Path(__file__).parent / "sql"
FOUND = sorted(path.parent for path in CASES.glob("*/*/*/expect.csv"))
EMPTY = "''"


@pytest.fixture(scope="session")
def real_tables(offline_warehouse: Path) -> dict[str, dict[str, str]]:
    """Columns and types of every table of a real warehouse, by ``schema.table``."""
    tables: dict[str, dict[str, str]] = {}
    with duckdb.connect(str(offline_warehouse), read_only=True) as reader:
        rows = reader.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() "
            "where not internal order by schema_name, table_name, column_index"
        ).fetchall()
    for schema, table, column, kind in rows:
        tables.setdefault(f"{schema}.{table}", {})[column] = kind
    return tables


@pytest.mark.parametrize("case", FOUND, ids=lambda case: str(case.relative_to(CASES)))
def test_sql_gives_what_the_case_expects(case: Path, real_tables: dict[str, dict[str, str]]) -> None:
    """The SQL of the folder's name gives the rows of expect.csv."""
    room, name = case.parts[-3:-1]
    model = build.read_model(paths.sql_dir() / room / f"{name}.sql")
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        given = _fill(connection, case, model, real_tables)
        cursor = connection.execute(model.sql)
        columns = [column[0] for column in cursor.description or []]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    wanted = _read(case / "expect.csv")
    assert given <= model.reads, f"{case.name} gives tables that {name} does not read: {given - model.reads}"
    assert _header(case / "expect.csv") <= set(columns), "expect.csv names unknown columns"
    assert len(wanted) == len(rows), rows
    for expected, actual in zip(wanted, rows, strict=True):
        wrong = {key: (text, actual[key]) for key, text in expected.items() if not _same(text, actual[key])}
        assert not wrong, f"expected, got: {wrong} in {actual}"


def _fill(
    connection: duckdb.DuckDBPyConnection, case: Path, model: build.Model, real: dict[str, dict[str, str]]
) -> set[str]:
    for schema in ("reference", "raw", "core", "meta"):
        connection.execute(f"create schema {schema}")
    for table in model.reads:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in real[table].items())
        connection.execute(f"create table {table} ({columns})")
    given: set[str] = set()
    for path in sorted(case.glob("*.*.csv")):
        table = path.stem
        given.add(table)
        for row in _read(path):
            names = ", ".join(f'"{name}"' for name in row)
            cells = ", ".join(f"?::{real[table][name]}" for name in row)
            values = ["" if text == EMPTY else text or None for text in row.values()]
            connection.execute(f"insert into {table} ({names}) values ({cells})", values)
    return given


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def _header(path: Path) -> set[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return set(csv.DictReader(file).fieldnames or ())


def _same(text: str, value: object) -> bool:
    if value is None or text == "":
        return value is None and text == ""
    if isinstance(value, bool):
        return text == str(value).lower()
    if isinstance(value, int | float):
        return math.isclose(float(text), float(value), rel_tol=1e-9, abs_tol=1e-15)
    return ("" if text == EMPTY else text) == str(value)


def test_every_model_and_check_has_a_case() -> None:
    """A SQL file without a case is not finished."""
    covered = {case.parts[-3:-1] for case in FOUND}
    rooms = [paths.sql_dir() / room for room in ("core", "meta", "main", "checks")]
    written = {(path.parent.name, path.stem) for room in rooms for path in room.glob("*.sql")}

    assert written == covered


@pytest.mark.parametrize("check", [check.name for check in build.checks()])
def test_every_check_can_fail(check: str) -> None:
    """Each check has a case in which it finds rows, and one in which it finds none."""
    sizes = {len(_read(case / "expect.csv")) > 0 for case in FOUND if case.parts[-3:-1] == ("checks", check)}

    assert sizes == {True, False}
