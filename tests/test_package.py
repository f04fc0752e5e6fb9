"""The data package and the workbook: whole or not there, the same bytes anywhere, valid, and harmless."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from pipeline import about, excel, export, package
from pipeline.errors import Exit, StorageError, UsageError
from pipeline.paths import Home
from tests.support.command import Aicost

SOME = ["sources", "reported_claims", "gpu_price_now", "changes"]
DATE = datetime(2026, 11, 23, 6, 0, 0, 123456, tzinfo=UTC)
HOSTILE = (
    "=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", '=HYPERLINK("https://evil.test","x")',
    "=cmd|' /C calc'!A0",
    "https://site.test/x", "\x1b[31mred\x00", "</script><script>", "a,b;c\"d'e", "\U0001f600 ü 漢", "", " ", "_x0041_",
)  # fmt: skip


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with what no publisher should write, and what a file format cannot hold."""
    path = tmp_path_factory.mktemp("strange") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as writer:
        writer.execute("set timezone = 'UTC'")
        writer.execute("create schema meta")
        writer.execute("create table meta.snapshot as select 's1' as snapshot_id, ?::timestamptz as published_at, "
                       "'0.1.0' as version", [DATE])  # fmt: skip
        writer.execute("create table sources (source varchar, publisher varchar, title varchar, url varchar, "
                       "licence varchar, attribution varchar, observed_at timestamptz)")  # fmt: skip
        writer.execute("insert into sources values ('a', '=1', '[x](javascript:y)', 'https://site.test', 'CC BY 4.0', "
                       "'| <b>', '2026-01-01')")  # fmt: skip
        writer.execute("create table texts (k bigint, said varchar)")
        writer.executemany("insert into texts values (?, ?)", [[n, text] for n, text in enumerate(HOSTILE)])
        writer.execute(
            "create table kinds as select 1::bigint as k, true as yes, date '2026-01-02' as day, "
            "date '1815-12-10' as old_day, timestamptz '2026-01-02 03:04:05+00' as at, "
            "9007199254740993::bigint as big, 170141183460469231731687303715884105727::hugeint as huge, "
            "1.5::decimal(9, 2) as exact, 'nan'::double as nan, 'inf'::double as inf, [1, 2] as list, "
            "['=1'] as said, map {'a': 'b'} as pairs, repeat('ü', 40000) as long, repeat('😀', 20000) as wide, "
            "null::varchar as nothing, 0.1::double as tenth"
        )
        writer.execute('create table "../../escape" as select 1 as k')
        writer.execute('create table "con" as select 1 as k')
        writer.execute('create table "a""; drop table texts; --" as select 1 as k')
        writer.execute(f'create table "{"n" * 300}" as select 1 as k')
        writer.execute(f'create table "{"m" * 40}_1" as select 1 as k')
        writer.execute(f'create table "{"M" * 40}_2" as select 1 as k')
    return path


# --- the package ----------------------------------------------------------------------------------


def test_a_package_holds_what_it_says(offline_warehouse: Path, tmp_path: Path) -> None:
    """Every file is named with its hash; every table stands twice; machines and people find licence and source."""
    made = package.write(offline_warehouse, tmp_path / "data", SOME).files
    found = files(tmp_path / "data")
    sums = dict(line.split("  ")[::-1] for line in found["SHA256SUMS"].decode().splitlines())
    document = json.loads(found["datapackage.json"])
    claims = next(resource for resource in document["resources"] if resource["path"] == "data/reported_claims.csv")

    assert {path.name for path in made} == {Path(name).name for name in found}
    assert sums == {name: hashlib.sha256(body).hexdigest() for name, body in found.items() if name != "SHA256SUMS"}
    assert {f"data/{name}.{form}" for name in SOME for form in ("csv", "parquet")} <= found.keys()
    assert claims["schema"]["primaryKey"] == ["claim_id"]
    assert {"name": "claimed_on", "type": "date"}.items() <= claims["schema"]["fields"][20].items() or any(
        field["name"] == "claimed_on" and field["type"] == "date" for field in claims["schema"]["fields"]
    )
    assert claims["hash"] == f"sha256:{sums['data/reported_claims.csv']}"
    assert any(licence["name"] == "CC-BY-4.0" for licence in claims["licenses"])
    assert all(resource["licenses"] and resource["description"] for resource in document["resources"])
    prices = next(resource for resource in document["resources"] if resource["path"] == "data/gpu_price_now.csv")
    units = {field["name"]: field.get("unit") for field in prices["schema"]["fields"]}
    assert units["usd_per_gpu_hour"] == "USD per GPU-hour"
    assert "Epoch AI" in found["LICENSES.md"].decode()
    assert "scope | covers" in found["README.md"].decode()
    assert found["CITATION.cff"].decode().startswith("cff-version: 1.2.0\n")


def test_a_package_holds_the_formats_that_were_asked_for_too(aicost: Aicost, strange: Path, tmp_path: Path) -> None:
    """JSON and a workbook beside CSV and Parquet, described, with their sums; what did not fit is said."""
    folder = tmp_path / "data"
    said = aicost("export", "texts", "kinds", "--warehouse", strange, "--package", folder, "--format", "json,xlsx")
    document = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    resources = {resource["path"]: resource for resource in document["resources"]}
    sums = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines())

    assert said.code == 0
    assert {f"data/{name}.{form}" for name in ("texts", "kinds") for form in ("csv", "parquet", "json")} | {
        "data/aicost.xlsx"
    } == resources.keys()
    for path, resource in resources.items():
        assert resource["hash"] == f"sha256:{sums[path]}", path
        assert resource["bytes"] == (folder / path).stat().st_size, path
    assert "cannot hold" in said.err
    assert openpyxl.load_workbook(folder / "data" / "aicost.xlsx", read_only=True).sheetnames[0] == "README"


VALIDATE = """
import json, sys
from pathlib import Path
from frictionless import system, validate
import mlcroissant

folder = Path(sys.argv[1])
with system.use_context(trusted=True):
    report = validate(str(folder / "datapackage.json"))
problems = [error.message for error in report.errors] + [e.message for task in report.tasks for e in task.errors]
data = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
issues = data.metadata.ctx.issues
rows = {records.id: sum(1 for _ in data.records(record_set=records.id)) for records in data.metadata.record_sets}
print(json.dumps({"problems": problems, "issues": [*issues.errors, *issues.warnings], "rows": rows,
                  "resources": len(report.tasks)}))
"""


@pytest.mark.skipif(
    "VALIDATORS_PYTHON" not in os.environ and not (find_spec("frictionless") and find_spec("mlcroissant")),
    reason="frictionless and mlcroissant are not installed; .ci/run has them in a venv of their own",
)
def test_frictionless_and_mlcroissant_find_nothing_wrong(offline_warehouse: Path, tmp_path: Path) -> None:
    """Other people's validators read schema, keys, types and hashes, and every row."""
    package.write(offline_warehouse, tmp_path / "data", SOME)
    done = subprocess.run(
        [os.environ.get("VALIDATORS_PYTHON", sys.executable), "-c", VALIDATE, str(tmp_path / "data")],
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    told = {table.name: table.rows for table in about.of_file(offline_warehouse, SOME).tables}

    assert found["problems"] == []
    assert found["issues"] == []
    assert found["rows"] == told
    assert found["resources"] == 2 * len(SOME)


@pytest.mark.parametrize(("day", "version"), [((2026, 12, 1), "2026.12.1"), ((2027, 1, 31), "2027.1.31")])
def test_the_version_is_the_day_without_leading_zeros(day: tuple[int, int, int], version: str) -> None:
    """Those who read Croissant want MAJOR.MINOR.PATCH, in which 01 is no number; it is tried on every day."""
    assert about.About("id", datetime(*day, tzinfo=UTC), "aicost", (), (), ()).version == version


MAKE = """
import sys
from pathlib import Path
from pipeline import export, package

path, folder, names = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3].split(",")
package.write(path, folder / "package", names)
export.export(path, folder / "files", names, ["csv", "parquet", "json", "xlsx"])
"""


def test_the_same_snapshot_gives_the_same_bytes_in_three_zones_and_as_many_processes(
    offline_warehouse: Path, tmp_path: Path
) -> None:
    """Package, CSV, Parquet, JSON and workbook: zone, seed, folder, process and hour leave no trace."""
    package.write(offline_warehouse, tmp_path / "here" / "package", SOME)
    export.export(offline_warehouse, tmp_path / "here" / "files", SOME, ["csv", "parquet", "json", "xlsx"])
    made = [files(tmp_path / "here")]
    zones = (("America/Los_Angeles", "1"), ("Pacific/Kiritimati", "0"))
    for number, (zone, seed) in enumerate(zones):
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed}
        folder = tmp_path / str(number)
        subprocess.run(
            [sys.executable, "-c", MAKE, str(offline_warehouse), str(folder), ",".join(SOME)],
            env=environment,
            check=True,
        )
        made.append(files(folder))

    assert made[0].keys() == made[1].keys() == made[2].keys()
    for other in made[1:]:
        assert {name for name in other if other[name] != made[0][name]} == set()
    assert {Path(name).suffix for name in made[0]} >= {".csv", ".parquet", ".json", ".xlsx", ".cff", ".md"}


def test_a_package_that_cannot_be_finished_is_not_there(
    offline_warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, a bug or Ctrl-C half-way: the old package stays whole, and nothing is left beside it."""
    package.write(offline_warehouse, tmp_path / "data", ["sources"])
    before = files(tmp_path)
    real = export.write_table
    for error, expected in (
        (OSError(28, "No space left on device"), StorageError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ):

        def fail(*given: Any, error: BaseException = error, **named: Any) -> None:
            if given[2].name == "reported_claims":
                raise error
            real(*given, **named)

        monkeypatch.setattr(export, "write_table", fail)
        with pytest.raises(expected):
            package.write(offline_warehouse, tmp_path / "data", ["sources", "reported_claims"])
        assert files(tmp_path) == before
        with pytest.raises(expected):
            package.write(offline_warehouse, tmp_path / "other", ["sources", "reported_claims"])
        assert not (tmp_path / "other").exists()
    monkeypatch.undo()
    package.write(offline_warehouse, tmp_path / "data", ["reported_claims"])
    assert "data/data/sources.csv" not in files(tmp_path)  # the old one was replaced, not added to


def test_a_folder_that_is_no_package_is_not_touched(offline_warehouse: Path, tmp_path: Path, aicost: Aicost) -> None:
    """A person's own files, a file of that name, a link: refused before anything is written."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years", encoding="utf-8")
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    before = files(tmp_path)
    for name in ("mine", "file", "link"):
        with pytest.raises(UsageError, match="not a data package"):
            package.write(offline_warehouse, tmp_path / name, ["sources"])
    said = aicost("export", "--package", tmp_path / "mine", "--warehouse", offline_warehouse, "sources")

    assert said.code == Exit.USAGE
    assert files(tmp_path) == before


# --- hostile names and texts ----------------------------------------------------------------------


def test_names_of_tables_never_leave_the_folder(strange: Path, tmp_path: Path) -> None:
    """Line 47 of the fault matrix: traversal, devices, 300 characters, SQL in a name, cases that clash."""
    made = export.export(strange, tmp_path / "out", (), ["csv", "parquet", "json", "xlsx"])
    package.write(strange, tmp_path / "package")

    assert {path.name for path in tmp_path.iterdir()} == {"out", "package"}
    assert all(path.parent == tmp_path / "out" and path.is_file() for path in made.files)
    names = [path.name.lower() for path in made.files]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 80 for name in names)
    assert not {"con.csv", "escape.csv"} & set(names)
    with duckdb.connect(str(strange), read_only=True) as reader:
        assert reader.execute("select count(*) from texts").fetchone() == (len(HOSTILE),)


def test_texts_come_back_from_every_form_as_they_were(strange: Path, tmp_path: Path) -> None:
    """Line 44: CSV with an apostrophe in front, Parquet and JSON as they are, and no form in which they run."""
    import csv as reading

    export.export(strange, tmp_path, ["texts"], ["csv", "parquet", "json", "xlsx"])
    with (tmp_path / "texts.csv").open(encoding="utf-8", newline="") as lines:
        as_csv = [row["said"] for row in reading.DictReader(lines)]
    with duckdb.connect() as reader:
        as_parquet = [said for (said,) in reader.execute("select said from read_parquet(?) order by k", [
            str(tmp_path / "texts.parquet")]).fetchall()]  # fmt: skip
    as_json = [row["said"] for row in json.loads((tmp_path / "texts.json").read_text(encoding="utf-8"))]

    assert as_parquet == as_json == list(HOSTILE)
    assert [text[1:] if text.startswith("'") else text for text in as_csv] == list(HOSTILE)
    assert not any(text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for text in as_csv)


# --- the workbook ---------------------------------------------------------------------------------


def test_no_cell_of_a_workbook_computes_or_links(strange: Path, tmp_path: Path) -> None:
    """Texts are texts, whatever they begin with."""
    export.export(strange, tmp_path, ["texts"], ["xlsx"])
    book = openpyxl.load_workbook(tmp_path / "aicost.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]

    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n"}
    assert not any(cell.hyperlink for cell in cells)
    said = [unescape(str(book["texts"].cell(row, 2).value or "")) for row in range(2, 2 + len(HOSTILE))]
    assert said[0] == "=1+1"
    assert {text for text in HOSTILE if text.isprintable() and text} <= set(said)


def test_dates_numbers_and_truth_are_typed_and_what_does_not_fit_is_said(strange: Path, tmp_path: Path) -> None:
    """Excel has 15 digits, 32,767 characters and no day before 1900; no value is lost silently."""
    made = export.export(strange, tmp_path, ["kinds"], ["xlsx"])
    sheet = openpyxl.load_workbook(tmp_path / "aicost.xlsx")["kinds"]
    names = [cell.value for cell in sheet[1]]
    row: dict[Any, Any] = dict(zip(names, [cell.value for cell in sheet[2]], strict=True))

    assert row["yes"] is True
    assert row["day"] == datetime(2026, 1, 2)  # noqa: DTZ001 - a cell has no zone
    assert row["at"] == datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001
    assert (row["old_day"], row["big"]) == ("1815-12-10", "9007199254740993")
    assert row["huge"] == "170141183460469231731687303715884105727"
    assert (row["exact"], row["tenth"], row["nan"], row["inf"], row["nothing"]) == (1.5, 0.1, None, None, None)
    assert (row["list"], row["said"], row["pairs"]) == ("[1, 2]", '["=1"]', '{"a": "b"}')
    assert len(row["long"]) == excel.LONGEST_TEXT
    assert len(row["wide"].encode("utf-16-le")) // 2 <= excel.LONGEST_TEXT
    assert row["long"].endswith("[cut]")
    assert row["wide"].endswith("[cut]")
    assert made.notes == [
        "kinds: 2 texts are cut at 32,767 characters",
        "kinds: 3 numbers or days that Excel cannot hold are written as text",
    ]


def test_rows_beyond_a_sheet_are_left_out_and_said(
    strange: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sheet ends at row 1,048,576; the first sheet and the terminal say what is missing."""
    monkeypatch.setattr(excel, "MOST_ROWS", 4)
    made = export.export(strange, tmp_path, ["texts"], ["xlsx"])
    book = openpyxl.load_workbook(tmp_path / "aicost.xlsx")

    assert book["texts"].max_row == 4
    assert made.notes == [f"texts: the last {len(HOSTILE) - 3} rows are left out: a sheet ends at row 4"]
    assert made.notes[0] in [row[1] for row in book["README"].iter_rows(values_only=True)]


def test_sheet_names_fit_and_never_clash() -> None:
    """31 characters, no signs that Excel forbids, no two alike in any case of letters, and no reserved one."""
    long = "n" * 40
    made = excel.names([f"{long}_1", f"{long.upper()}_2", "README", "history", "a/b[c]:*?", "a_b_c____", "'", ""])

    assert all(0 < len(name) <= 31 for name in made)
    assert len({name.lower() for name in made}) == len(made)
    assert not any(set(name) & set("[]:*?/\\'") for name in made)
    assert {"readme", "history"}.isdisjoint(name.lower() for name in made)


def test_the_first_sheet_says_what_a_reader_must_know(offline_warehouse: Path, tmp_path: Path) -> None:
    """Scope words, as-of, snapshot, licence, how to cite, every column; headers frozen, widths sensible."""
    export.export(offline_warehouse, tmp_path, SOME, ["xlsx"])
    book = openpyxl.load_workbook(tmp_path / "aicost.xlsx")
    cells = [str(cell) for row in book["README"].iter_rows(values_only=True) for cell in row if cell is not None]
    told = about.of_file(offline_warehouse, SOME)

    assert book.sheetnames == ["README", *SOME]
    assert {"final_run", "company_investment", told.snapshot_id, told.cite_as, "CC BY 4.0", "claimed_on"} <= set(cells)
    assert all(book[name].freeze_panes == "B2" for name in SOME)
    assert all(8 <= book["sources"].column_dimensions[letter].width <= 50 for letter in "ABCDEF")
    assert book["reported_claims"].max_row == next(t.rows for t in told.tables if t.name == "reported_claims") + 1
    assert book.properties.created == told.published_at.replace(tzinfo=None, microsecond=0)


# --- parquet --------------------------------------------------------------------------------------


def test_parquet_says_itself_what_it_holds(offline_warehouse: Path, tmp_path: Path) -> None:
    """The meaning of table and columns, units and sources travel in the file's own metadata."""
    export.export(offline_warehouse, tmp_path, ["gpu_price_now"], ["parquet"])
    with duckdb.connect() as reader:
        rows = reader.execute(
            "select decode(key), decode(value) from parquet_kv_metadata(?)", [str(tmp_path / "gpu_price_now.parquet")]
        ).fetchall()
    said = dict(rows)
    (table,) = about.of_file(offline_warehouse, ["gpu_price_now"]).tables

    assert said["description"] == table.sentence
    assert json.loads(said["columns"]) == {column.name: column.meaning for column in table.columns}
    assert json.loads(said["units"])["usd_per_gpu_hour"] == "USD per GPU-hour"
    assert all(json.loads(said["sources"]).values())


# --- the command ----------------------------------------------------------------------------------


def test_several_forms_and_a_package_by_one_command(built_home: Home, tmp_path: Path, aicost: Aicost) -> None:
    """Formats by commas; paths on stdout, and nothing moves in a pipe."""
    given = ("export", "sources", "--home", built_home.root)
    files_said = aicost(*given, "--format", "csv,parquet,CSV", "--to", tmp_path / "out")
    packaged = aicost(*given, "--package", tmp_path / "package", "--json")
    wrong = aicost(*given, "--format", "csv,xls")

    assert files_said.out.split() == [str(tmp_path / "out" / f"sources.{form}") for form in ("csv", "parquet")]
    assert files_said.err == "2 files written\n"
    assert {Path(row["file"]).name for row in packaged.data} >= {"SHA256SUMS", "sources.csv", "croissant.json"}
    assert packaged.err == ""
    assert wrong.code == Exit.USAGE
    assert "does not know xls" in wrong.err
