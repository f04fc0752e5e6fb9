"""Tables as files: whole, all of one snapshot, the same bytes every time, and harmless to whoever opens them."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipeline import about, export, warehouse
from pipeline.errors import StorageError, UsageError
from pipeline.export import as_csv, as_json, as_markdown, plain
from pipeline.warehouse import Rows

SHORT = 500  # rows
FORMS: tuple[export.Format, ...] = ("csv", "parquet", "json")
BUILD = """
import sys
from pathlib import Path
from pipeline import export
from pipeline.paths import Home
from pipeline.refresh import refresh

home = Home(Path(sys.argv[1]))
refresh(home, offline=True)
export.export(home.warehouse, home.exports, (), ["parquet"])
export.export(home.warehouse, home.exports, sys.argv[2].split(","), ["csv", "json"])
"""


def rows(*cells: object) -> Rows:
    """An answer of one row."""
    return Rows(tuple(f"c{number}" for number in range(len(cells))), ("VARCHAR",) * len(cells), [cells])


# --- the same bytes -------------------------------------------------------------------------------


def test_two_builds_in_two_time_zones_export_the_same_bytes(offline_warehouse: Path, tmp_path: Path) -> None:
    """Every public table, the short ones in every format: zone, seed, folder, process and hour leave no trace."""
    short = [table.name for table in about.of_file(offline_warehouse).tables if table.rows < SHORT]
    environment = {**os.environ, "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"}  # here: another zone, a random seed
    subprocess.run([sys.executable, "-c", BUILD, str(tmp_path / "there"), ",".join(short)], env=environment, check=True)
    export.export(offline_warehouse, tmp_path / "here", (), ["parquet"])
    export.export(offline_warehouse, tmp_path / "here", short, ["csv", "json"])
    here, there = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("here", "there/exports")
    )

    assert time.timezone != -14 * 3600
    assert {name for name in here if here[name] != there.get(name)} == set()
    assert here.keys() == there.keys()
    assert {Path(name).suffix for name in here} == {".csv", ".parquet", ".json"}
    assert len(here) >= 3 * 20
    assert all(here.values())


def test_parquet_csv_and_json_hold_the_same_rows(offline_warehouse: Path, tmp_path: Path) -> None:
    """Three ways to the same table, in the same order."""
    for form in FORMS:
        export.export(offline_warehouse, tmp_path, ["reported_claims"], [form])
    with duckdb.connect() as reader:
        parquet = reader.execute(
            "select claim_id, value from read_parquet(?)", [str(tmp_path / "reported_claims.parquet")]
        ).fetchall()
    with (tmp_path / "reported_claims.csv").open(encoding="utf-8", newline="") as lines:
        table = [(row["claim_id"], float(row["value"]) if row["value"] else None) for row in csv.DictReader(lines)]
    records = json.loads((tmp_path / "reported_claims.json").read_text(encoding="utf-8"))

    assert len(parquet) > 100
    assert table == parquet
    assert [(record["claim_id"], record["value"]) for record in records] == parquet


# --- whole, and of one snapshot -------------------------------------------------------------------


def test_all_files_are_of_the_snapshot_that_was_opened(
    offline_warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A publish between two tables does not mix versions: the file is opened once."""
    opened: list[Path] = []
    real = warehouse.attached
    monkeypatch.setattr(warehouse, "attached", lambda path: (opened.append(path), real(path))[1])  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    files = export.export(offline_warehouse, tmp_path, ["sources", "reported_claims"], ["csv"]).files

    assert len(files) == 2
    assert opened == [offline_warehouse]


def test_a_name_that_is_no_public_table_is_said_before_anything_is_written(
    offline_warehouse: Path, tmp_path: Path
) -> None:
    """Tables of other rooms are not exported, names are never SQL or paths."""
    for name in ("raw.visits", "price_index", "../sources", 'sources"; drop table sources; --'):
        with pytest.raises(UsageError, match="no public table is called"):
            export.export(offline_warehouse, tmp_path / "out", ["sources", name], ["csv"])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("form", FORMS)
def test_a_folder_that_cannot_be_written_is_named(offline_warehouse: Path, tmp_path: Path, form: export.Format) -> None:
    """Exit 7 with the path, in every format."""
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(StorageError, match="file/sources") as raised:
        export.export(offline_warehouse, tmp_path / "file", ["sources"], [form])
    assert raised.value.exit == 7


FULL_DISK = """
import resource, sys
from pathlib import Path
from pipeline import export
from pipeline.errors import StorageError

resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
for form in ("csv", "parquet", "json"):
    try:
        export.export(Path(sys.argv[1]), Path(sys.argv[2]), ["reported_claims"], [form])
    except StorageError as error:
        print(error.exit)
"""


def test_a_disk_that_is_full_leaves_the_old_file_and_no_half(offline_warehouse: Path, tmp_path: Path) -> None:
    """The export of yesterday stays whole until today's is."""
    for form in FORMS:
        (tmp_path / f"reported_claims.{form}").write_text("yesterday", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(offline_warehouse), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "7\n7\n7\n", done.stderr
    assert {path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {"yesterday"}
    assert len(list(tmp_path.iterdir())) == 3


# --- progress -------------------------------------------------------------------------------------


def _on_a_terminal(*given: str | Path, **environment: str) -> tuple[str, str]:
    """What the command writes to stdout, a pipe, and to stderr, a terminal."""
    ours, its = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", "export", *map(str, given)], stdout=subprocess.PIPE, stderr=its,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **environment}, text=True,
        cwd=Path(__file__).parents[1],
    ) as running:  # fmt: skip
        os.close(its)
        shown = b""
        with contextlib.suppress(OSError):  # the terminal is closed at the other end
            while part := os.read(ours, 65536):
                shown += part
        assert running.stdout is not None
        data = running.stdout.read()
    os.close(ours)
    assert running.returncode == 0, shown
    return data, shown.decode()


def test_a_terminal_gets_a_progress_bar_and_a_pipe_none(offline_warehouse: Path, tmp_path: Path) -> None:
    """It moves from table to table on stderr, and is gone at the end; stdout has the files alone."""
    given = ("sources", "assumptions", "--warehouse", offline_warehouse, "--to", tmp_path, "--format", "csv,json")
    data, shown = _on_a_terminal(*given)
    quiet, unshown = _on_a_terminal(*given, "--quiet")
    _, in_ci = _on_a_terminal(*given, CI="1")

    files = [str(tmp_path / f"{name}.{form}") for form in ("csv", "json") for name in ("sources", "assumptions")]
    assert sorted(data.split()) == sorted(quiet.split()) == sorted(files)
    assert "exporting" in shown
    assert "━" in shown
    assert "0/4" in shown or "1/4" in shown
    assert shown.rstrip().endswith("4 files written")
    assert unshown == ""
    assert "━" not in in_ci


# --- cells ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\tx", "\rx", "\nx", "'quoted", '=HYPERLINK("http://x")'])
def test_text_that_a_spreadsheet_would_run_is_made_text(text: str) -> None:
    """An apostrophe goes in front; taking the first one away gives the text back."""
    cell = next(csv.reader(io.StringIO(as_csv(rows(text)).partition("\n")[2], newline="")))[0]

    assert cell == f"'{text}"


def test_numbers_and_plain_text_are_left_alone() -> None:
    """A negative number is no formula; missing is empty; a comma is quoted."""
    answer = rows(-1.5, -2, None, "a, b", 'say "x"', "x=1", True, date(2026, 1, 2))

    assert as_csv(answer).splitlines()[1] == '-1.5,-2,,"a, b","say ""x""",x=1,true,2026-01-02'


@pytest.mark.parametrize("text", ["a\rb", "a\r\nb", "a\nb", "", " ", "\x0b", "\u2028", '"', ",", "''"])
def test_every_text_survives_csv(text: str) -> None:
    """Carriage returns, line feeds, separators, quotes, nothing: read back as written, row by row."""
    answer = Rows(("a",), ("VARCHAR",), [(text,), (None,), ("end",)])
    read = list(csv.reader(io.StringIO(as_csv(answer), newline="")))

    assert [row[0].removeprefix("'") if row[0].startswith("'") else row[0] for row in read] == ["a", text, "", "end"]


def test_csv_is_utf_8_with_line_feeds(offline_warehouse: Path, tmp_path: Path) -> None:
    """No carriage return of any platform, no byte-order mark."""
    (file,) = export.export(offline_warehouse, tmp_path, ["sources"], ["csv"]).files
    content = file.read_bytes()

    assert content.startswith(b"source,")
    assert b"\r" not in content
    assert content.endswith(b"\n")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00Z"),
        (datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))), "2026-01-01T00:00:00Z"),
        (datetime(2026, 1, 1, 0, 0, 0, 5), "2026-01-01T00:00:00.000005Z"),  # noqa: DTZ001 - a TIMESTAMP is UTC here
        (date(2026, 1, 1), "2026-01-01"),
        (float("nan"), None),
        (float("inf"), None),
        (Decimal("1.50"), 1.5),
        ([date(2026, 1, 1), {"a": Decimal(1)}], ["2026-01-01", {"a": 1.0}]),
        (True, True),
        (2**70, 2**70),
    ],
)
def test_values_are_written_as_json_has_them(cell: object, written: object) -> None:
    """UTC with a Z, ISO days, numbers as numbers, no NaN."""
    assert plain(cell) == written


def test_json_is_an_array_with_an_object_a_line() -> None:
    """Readable by eye and by every program, empty or not."""
    answer = Rows(("a", "b"), ("INTEGER", "VARCHAR"), [(1, "ä"), (2, None)])

    assert as_json(answer) == '[\n{"a": 1, "b": "ä"},\n{"a": 2, "b": null}\n]\n'
    assert json.loads(as_json(Rows(("a",), ("INTEGER",), []))) == []


def test_lists_and_structs_are_json_in_csv() -> None:
    """Not the notation of the language that wrote them."""
    assert next(csv.reader([as_csv(rows([{"a": None, "b": True}])).splitlines()[1]])) == ['[{"a": null, "b": true}]']


def test_markdown_shows_text_and_does_nothing_else() -> None:
    """No cell breaks out of its place, opens a link or becomes a tag."""
    hostile = "a|b\n<script>[x](javascript:1)`c`\\"

    assert as_markdown(rows(hostile, None)).splitlines()[2] == r"| a\|b &lt;script>\[x](javascript:1)\`c\`\\ |  |"
