"""Lines 44 to 49 of the fault matrix: names on a page that are made to be more than names."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import export, feed, schema, show, webhook
from pipeline.alerts import Alert
from pipeline.archive import Archive
from pipeline.errors import ArchiveError, UsageError
from pipeline.paths import Home
from pipeline.source import find_source
from pipeline.warehouse import Rows
from tests.support import price_world
from tests.support.command import Aicost
from tests.support.price_world import PriceWorld
from tests.support.small_world import SmallWorld

FORMULAS = [
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://evil.test")', "'=1",
    "\n=1", "--x", "=1,2", '="a"', " =1+1", "\u00a0=1+1", "\u200b=1+1", "\u202e=1+1", "\uff1d1+1", "\uff20SUM(A1)",
]  # fmt: skip
SCRIPTS = [
    "<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
    "javascript:alert(1)", "<!--", "]]>", "&lt;b&gt;", "<a href='javascript:alert(1)'>x</a>", "{{7*7}}", "${7*7}",
]  # fmt: skip
STATEMENTS = [
    "x'; drop table gpu_prices; --", '"; delete from raw.gpu_prices; --', "' or 1=1 --", "$1", "?", "\\'; x",
    "/* x", "name' union select * from meta.sources --", "');copy gpu_prices to '/tmp/x",
]  # fmt: skip
ESCAPES = [
    "\x1b[2J\x1b[31mred", "\x1b]0;title\x07", "\x1b]8;;http://evil.test\x07link\x1b]8;;\x07", "\x9b31m", "a\rb",
    "a\x08b", "\u202egnp.exe", "\u2066x\u2069", "\u200bzero", "\x7f", "\u2028line", "\x1bP1$r\x1b\\", "\u061c",
    "\x85next",
]  # fmt: skip
MARKUP = [
    "*bold*", "_it_", "~~gone~~", "`code`", "[x](javascript:alert(1))", "![x](http://evil.test/x.png)", "<b>x</b>",
    "a | b", "a\n\n# heading", "\\", "&copy;", "http://evil.test", "<!channel>", "***", "a\n---",
    "<http://evil.test>",
]  # fmt: skip
NAMES = [*FORMULAS, *SCRIPTS, *STATEMENTS, *ESCAPES, *MARKUP]
RUN = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff20",
    " =",
    "\u00a0=",
    "\u200b=",
)  # how a cell begins that a spreadsheet runs
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


def lines_of(names: list[str], price: float = 2.0) -> list[str]:
    """A page of offers of these names."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(
        [name, "H100 SXM", 8, "on_demand", price] for name in names
    )
    return [out.getvalue().removesuffix("\n")]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> PriceWorld:
    """A warehouse whose offers have every one of these names, published twice: once at another price."""
    monkeypatch = pytest.MonkeyPatch()
    world = price_world.make(Home(tmp_path_factory.mktemp("strings")), monkeypatch)
    world.sources[price_world.SHOP] = price_world.made_source(parse=price_world.parse, most=1000)
    now = datetime.now(UTC)
    world.see((now - timedelta(days=2)).isoformat()[:19], *lines_of(NAMES))
    world.publish()
    world.see((now - timedelta(days=1)).isoformat()[:19], *lines_of(NAMES, 2.2), *lines_of(["later <i>"], 2.0))
    world.publish()
    monkeypatch.undo()
    assert len(offers(world)) > len(NAMES) - 5  # some are one name once what is invisible is taken off
    return world


def offers(world: PriceWorld) -> list[str]:
    """What became of the names."""
    return [str(name) for (name,) in world.ask("select distinct offer from gpu_price_history order by 1")]


# --- 44: formulas -----------------------------------------------------------------------------------------


@pytest.mark.fault(44)
def test_fault_44_formulas_in_csv(shop: PriceWorld, aicost: Aicost, tmp_path: Path) -> None:
    """Nothing that a spreadsheet would run; taking the one apostrophe away gives every name back; numbers stay bare."""
    said = aicost("export", "gpu_price_history", "--format", "csv", "--to", tmp_path, "--home", shop.home.root)
    with (tmp_path / "gpu_price_history.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert said.code == 0
    assert not [cell for row in rows for cell in row.values() if cell.startswith(RUN)]
    assert {row["offer"].removeprefix("'") for row in rows} == set(offers(shop))
    assert {float(row["price"]) for row in rows} == {2.0, 2.2}
    moved = export.as_csv(Rows(("a", "b"), ("DOUBLE", "VARCHAR"), [(-0.5, "-0.5")]))
    assert moved == "a,b\n-0.5,'-0.5\n"


@pytest.mark.fault(44)
def test_fault_44_formulas_printed_as_csv(shop: PriceWorld, aicost: Aicost) -> None:
    """The answer of a query is opened in a spreadsheet, too."""
    said = aicost("query", "select distinct offer from gpu_price_history", "--format", "csv", "--home", shop.home.root)
    rows = [row for (row,) in list(csv.reader(io.StringIO(said.out)))[1:]]

    assert said.code == 0
    assert len(rows) == len(offers(shop))
    assert not [cell for cell in rows if cell.startswith(RUN)]


@pytest.mark.fault(44)
def test_fault_44_formulas_in_a_workbook(shop: PriceWorld, aicost: Aicost, tmp_path: Path) -> None:
    """Every cell is a text or a number, as it is in the table; no formula, no link."""
    said = aicost("export", "gpu_price_history", "--format", "xlsx", "--to", tmp_path, "--home", shop.home.root)
    book = openpyxl.load_workbook(tmp_path / "aicost.xlsx")
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    sheet = book["gpu_price_history"]
    heads = [cell.value for cell in sheet[1]]
    column = [row[heads.index("offer")].value for row in sheet.iter_rows(min_row=2)]

    assert said.code == 0
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b", "inlineStr"}
    assert not [cell for cell in cells if cell.hyperlink]
    unprinted = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]|_x[0-9A-F]{4}_")
    plain = {name for name in offers(shop) if not unprinted.search(name) and "\r" not in name}
    assert plain <= set(column)
    with zipfile.ZipFile(tmp_path / "aicost.xlsx") as archive:
        assert not [name for name in archive.namelist() if b"<f>" in archive.read(name)]


# --- 45: HTML and scripts ---------------------------------------------------------------------------------


@pytest.mark.fault(45)
def test_fault_45_html_and_scripts(shop: PriceWorld, aicost: Aicost) -> None:
    """In JSON and Markdown they are text; the browser's part is test_report_browser.py."""
    said = aicost("query", "select distinct offer from gpu_price_history", "--format", "json", "--home", shop.home.root)
    assert {row["offer"] for row in json.loads(said.out)} == set(offers(shop))

    for name in SCRIPTS:
        assert "<" not in export.inert(name)
        assert "](" not in export.inert(name)


# --- 46: SQL ----------------------------------------------------------------------------------------------

TAKES_A_NAME = (
    ("refresh", "{}"), ("refresh", "--offline", "{}"), ("ingest", "{}", "x"), ("export", "{}"), ("schema", "{}"),
    ("diff", "--since", "{}"), ("quarantine", "show", "{}"), ("quarantine", "list", "--source", "{}"),
    ("quarantine", "release", "{}", "--reason", "x"), ("query", "from sources", "--as-of", "{}"), ("prices", "{}"),
    ("check", "{}"), ("ladder", "{}"), ("explain", "{}"), ("reprice", "{}"), ("quote", "{}", "--hours", "1"),
)  # fmt: skip


@pytest.mark.fault(46)
@pytest.mark.parametrize("words", TAKES_A_NAME, ids=" ".join)
def test_fault_46_statements_as_arguments(aicost: Aicost, offline_home: Path, words: tuple[str, ...]) -> None:
    """A name is looked up, never run: no such thing, or nothing found; and the file is what it was."""
    before = Home(offline_home).warehouse.read_bytes()
    number = TAKES_A_NAME.index(words)
    for statement in (STATEMENTS[number % len(STATEMENTS)], "x'; drop table sources; --"):
        said = aicost(*(word.format(statement) for word in words), "--home", offline_home)
        assert said.code in (0, 2), (said.code, said.err)
        assert "Parser Error" not in said.err
    assert Home(offline_home).warehouse.read_bytes() == before


@pytest.mark.fault(46)
def test_fault_46_statements_as_names(shop: PriceWorld, aicost: Aicost) -> None:
    """On a page they are names like others, on their way in and out."""
    assert {clean for clean in STATEMENTS if " " not in clean} <= set(offers(shop))
    for statement in STATEMENTS:
        said = aicost("prices", "H100", "--json", "--home", shop.home.root)
        assert said.code == 0, said.err
        found = shop.ask("select count(*) from gpu_price_history where offer = ?", statement)
        assert found[0][0] >= 1, statement


@pytest.mark.fault(46)
@settings(max_examples=30, deadline=None, derandomize=True, database=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.text(alphabet="'\";\\-/*$?%\n xsourcedptab()", min_size=1, max_size=40))
def test_fault_46_whatever_is_given_for_a_name(offline_warehouse: Path, tmp_path: Path, text: str) -> None:
    """It is the name of nothing; and where a name must stand in a statement, it is one text, and one identifier."""
    with pytest.raises(UsageError):
        find_source(f"{text};")
    with pytest.raises(UsageError):
        export.export(offline_warehouse, tmp_path / "out", [f"{text};"], ["csv"])
    assert duckdb.sql(f"select {schema.quoted(text)}").fetchall() == [(text,)]
    assert not (tmp_path / "out").exists()


# --- 47: paths --------------------------------------------------------------------------------------------

PATHS = [
    "../../etc/passwd", "/etc/passwd", "..", ".", "con", "CON", "nul", "aux.csv", "a/b", "a\\b", "a" * 300, "A",
    "a\x00b", "~", "", "-rf", "a b", "C:evil", "\u2024\u2024/x", "%2e%2e%2fx", "prices\n",
]  # fmt: skip


@pytest.mark.fault(47)
@pytest.mark.parametrize("words", [
    ("refresh", "{}"), ("ingest", "{}", "{}"), ("export", "{}"), ("query", "from sources", "--as-of", "{}"),
    ("quarantine", "show", "{}"), ("export", "--as-of", "{}", "sources"), ("schema", "{}"),
], ids=" ".join)  # fmt: skip
def test_fault_47_names_that_are_paths(
    aicost: Aicost, offline_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """No source, table, snapshot or item is called so: exit 2, and no file is made anywhere."""
    monkeypatch.chdir(tmp_path)
    before = sorted(path for path in offline_home.rglob("*") if "refresh.lock" not in path.name)
    for name in PATHS:
        if name.startswith("-") or (not name and words[0] in ("quarantine", "export", "query")):
            continue  # an option, or no name at all
        said = aicost(*(word.format(name) for word in words), "--home", offline_home)
        assert said.code == 2, (name, said.code, said.err)
    assert list(tmp_path.iterdir()) == []
    assert sorted(path for path in offline_home.rglob("*") if "refresh.lock" not in path.name) == before


@pytest.mark.fault(47)
def test_fault_47_names_of_files() -> None:
    """Whatever a table is called, its file has a plain name of its own, also where case does not count."""
    names = [*PATHS, *(name.upper() for name in PATHS), "a", "sources"]
    files = [export.file_name(name) for name in dict.fromkeys(names)]

    assert all(re.fullmatch(r"[a-z0-9_-]{1,64}", name) for name in files)
    assert not {"con", "nul", "aux", "prn"} & set(files)
    assert len({name.casefold() for name in files}) == len(files)


@pytest.mark.fault(47)
@pytest.mark.parametrize("name", PATHS)
def test_fault_47_the_archive_keeps_to_itself(tmp_path: Path, name: str) -> None:
    """A source is a short plain word, or it is none."""
    if not re.fullmatch("[a-z0-9][a-z0-9_-]{0,63}", name):
        with pytest.raises(ArchiveError, match="is not the name of a source"):
            Archive(tmp_path / "archive").keep(name, b"body")
        with pytest.raises(ArchiveError):
            Archive(tmp_path / "archive").visits(name)
    assert list(tmp_path.iterdir()) == []


# --- 48: terminals ----------------------------------------------------------------------------------------


@pytest.mark.fault(48)
@pytest.mark.parametrize("words", [
    ("query", "select offer, provider from gpu_price_history"), ("status",), ("quarantine", "list", "--all"),
    ("diff", "--since", "2d"), ("diff",), ("prices", "H100"), ("query", "from changes", "--format", "md"),
    ("query", "select offer from gpu_price_history", "--format", "csv"),
], ids=" ".join)  # fmt: skip
def test_fault_48_terminal_escapes(shop: PriceWorld, aicost: Aicost, words: tuple[str, ...]) -> None:
    """Nothing that moves a cursor, turns a line round or hides is printed, whatever a name holds."""
    said = aicost(*words, "--home", shop.home.root)
    assert said.code in (0, 2, 3)
    assert not CONTROL.search(said.out.replace("\t", " "))
    assert not CONTROL.search(said.err.replace("\t", " "))


@pytest.mark.fault(48)
@pytest.mark.parametrize("text", ESCAPES)
def test_fault_48_errors_and_arguments(aicost: Aicost, offline_home: Path, text: str) -> None:
    """What a person typed, and what a message repeats of it."""
    for words in (("refresh", text), ("query", f"select '{text}' as x", "--json")):
        said = aicost(*words, "--home", offline_home)
        assert said.code in (0, 2)
        assert not CONTROL.search(said.out + said.err)


@pytest.mark.fault(48)
def test_fault_48_progress(world: SmallWorld, capsys: pytest.CaptureFixture[str]) -> None:
    """What a server said goes by on the way."""
    show.note("\x1b[2Jgone")
    show.line("\x1b]0;title\x07")
    show.table(("\x1b[31ma",), [("\x1b[2J",)])
    out, err = capsys.readouterr()
    assert not CONTROL.search((out + err).replace("\n", ""))


# --- 49: markup -------------------------------------------------------------------------------------------


@pytest.mark.fault(49)
def test_fault_49_the_feed_of_such_names(shop: PriceWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is XML that a reader takes, also where a name has a line end of its own kind in it."""
    atom = "{http://www.w3.org/2005/Atom}"
    monkeypatch.setattr(feed, "ROWS_OF_A_TABLE", 1000)
    entries = ElementTree.parse(feed.write(shop.home, most=1000)).getroot().findall(f"{atom}entry")
    kinds = {f"{atom}{name}" for name in ("id", "title", "updated", "category", "content")}
    assert {part.tag for entry in entries for part in entry.iter()} == {f"{atom}entry", *kinds}
    assert {part.get("type") for entry in entries for part in entry.iter(f"{atom}content")} == {"text"}


@pytest.mark.fault(49)
def test_fault_49_tables_in_markdown(shop: PriceWorld, aicost: Aicost) -> None:
    """Each name is one cell of one line, and nothing in it is markup."""
    said = aicost("query", "select distinct offer from gpu_price_history", "--format", "md", "--home", shop.home.root)
    rows = said.out.rstrip("\n").split("\n")[2:]
    assert len(rows) == len(offers(shop))
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {2}
    assert not [row for row in rows if re.search(r"<|(?<!\\)[*`\[~]", row)]


@pytest.mark.fault(49)
def test_fault_49_the_message_of_a_webhook(shop: PriceWorld) -> None:
    """It is JSON, whatever an alert repeats of a page: the same text comes out."""
    told = [Alert(kind="stale", subject=text, title=text, detail=text, at=datetime.now(UTC), snapshot_id=None)
            for text in MARKUP + SCRIPTS]  # fmt: skip
    body = webhook.message(shop.home, None, told)
    assert body is not None
    assert [alert["title"] for alert in json.loads(body)["alerts"]] == MARKUP + SCRIPTS


@pytest.mark.fault(49)
@pytest.mark.parametrize("text", MARKUP + SCRIPTS)
def test_fault_49_artifacts(world: SmallWorld, text: str) -> None:
    """What a server said is shown in Prefect's UI as text, and the table stays a table."""
    from flows.refresh import status_markdown  # loads Prefect, which takes longer than to find all other tests

    world.fail("list", datetime(2026, 1, 1, tzinfo=UTC))
    visit = world.archive.visits("list")[-1].model_copy(update={"error": {"message": text}})
    rows = status_markdown({"list": visit}, UsageError(text)).splitlines()
    line = rows[-1]

    assert line.startswith("| list | failed | 0 | ")
    assert "<" not in line
    assert not re.search(r"(?<!\\)[*`\[!~]", line)


def test_sources_are_found_by_their_whole_name() -> None:
    """And by nothing that looks like it."""
    with pytest.raises(UsageError):
        find_source("Coreweave")
