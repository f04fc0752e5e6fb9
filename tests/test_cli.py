"""The command line: data on stdout, the rest on stderr, one JSON object, stable exit codes, and never a traceback."""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import flows
from pipeline import __main__ as cli
from pipeline import commands, paths, publish, show, status, summary
from pipeline import refresh as steps
from pipeline.errors import Busy, Exit
from pipeline.fetch import Fetcher, Limits
from pipeline.paths import Home
from pipeline.source import all_sources
from tests.support.command import Aicost, Said
from tests.support.small_world import NOON, SmallWorld

AICOST = [sys.executable, "-m", "pipeline"]
VERBS = sorted(command.callback.__name__ for command in cli.app.registered_commands if command.callback)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]")


def in_a_process(*given: str | Path) -> Said:
    """Run it as a person does, from another directory."""
    done = subprocess.run(
        [*AICOST, *map(str, given)], capture_output=True, text=True, check=False, timeout=600, cwd="/"
    )
    return Said(done.returncode, done.stdout, done.stderr)


# --- help -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_two_examples(aicost: Aicost, verb: str) -> None:
    """A sentence, the options, and how it is used."""
    said = aicost(verb, "--help")

    assert said.code == 0
    assert " ".join(said.out.split()).count(f"aicost {verb}") >= 2 + 1  # the usage line, and two examples
    assert said.err == ""


@pytest.mark.parametrize("verb", sorted({*VERBS} - {"serve", "bundle"}))
def test_every_verb_that_answers_has_json_and_quiet(aicost: Aicost, verb: str) -> None:
    """Scripts can pass both to any of them."""
    said = aicost(verb, "--help")

    assert "--json" in said.out
    assert "--quiet" in said.out


def test_help_is_instant_because_it_imports_nothing_heavy() -> None:
    """Neither the database nor the network, the models, the page reader or the scheduler."""
    heavy = ["prefect", "duckdb", "httpx", "bs4", "pydantic", "sqlglot", "rich", "lxml", "fastapi"]
    code = (
        "import sys; from pipeline.__main__ import run; code = run(['--help']); "
        f"print(code, [name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stderr == "0 []\n"
    assert "Exit codes" in done.stdout


def test_the_version_is_told(aicost: Aicost) -> None:
    """One line."""
    assert re.fullmatch(r"aicost \d+\.\d+\.\d+\n", aicost("--version").out)


def test_no_verb_at_all_shows_the_help(aicost: Aicost) -> None:
    """As a usage error, and without the word error."""
    said = aicost()

    assert (said.code, said.err) == (2, "")
    assert "refresh" in said.out


# --- refresh --------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def refreshed(offline_home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    """An offline refresh with --json in a home with blanks and umlauts, as a person would run it, the second one."""
    home = Path(shutil.copytree(offline_home, tmp_path_factory.mktemp("cli") / "my höme & data"))
    return home, in_a_process("refresh", "--offline", "--json", "--home", home)


def test_refresh_prints_one_object_and_nothing_else(refreshed: tuple[Path, Said]) -> None:
    """`aicost refresh --offline --json 2>/dev/null | python -m json.tool` works."""
    home, said = refreshed

    assert (said.code, said.err) == (0, "")
    assert said.out.count("\n") == 1
    assert said.data["exit_code"] == 0
    assert said.data["warehouse"] == str(home / "warehouse.duckdb")
    assert said.data["rows"]["main.training_costs"] > 1000
    assert {source["source"] for source in said.data["sources"]} == set(all_sources())
    assert {row["part"] for row in said.data["headline"]} == {1, 2, 3, 4, 5}


def test_a_refresh_ends_with_sources_rows_and_the_headline(
    capsys: pytest.CaptureFixture[str], offline_warehouse: Path
) -> None:
    """For people: what is in force, what was published, what DeepSeek's figure covers; a hundred columns, no blanks."""
    published = publish.Published(offline_warehouse, "2026-11-23T12:00:00Z", {"main.sources": 6, "core.models": 1}, [])
    summary.show_states(status.of_sources(offline_warehouse))
    summary.show_counts(published)
    summary.show_headline(offline_warehouse)
    lines = capsys.readouterr().out.splitlines()

    assert lines[0] == "Sources"
    assert "sources    6" in lines
    figure = re.compile(r"  DeepSeek-V3 +final_run +\$5\.58M +as stated +2024-12 reported, DeepSeek")
    assert any(figure.fullmatch(line) for line in lines)
    assert lines[-1].startswith("Its own arithmetic: 2,788,000 GPU-hours x $2.00 = $5.58M")
    assert all(len(line) <= 100 and line == line.rstrip() for line in lines)


def test_a_live_refresh_that_reaches_nobody_publishes_warns_and_exits_5(
    aicost: Aicost, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line a source while it goes, the warning at the end, and a warehouse all the same."""

    def nowhere(host: str, port: int) -> Sequence[str]:
        raise OSError("no network")

    once = Limits(pause_seconds=0.0, tries=1)
    monkeypatch.setattr(steps, "Fetcher", lambda: Fetcher(resolver=nowhere, limits=once))
    said = aicost("refresh", "--json", "--home", home.root)

    assert said.code == said.data["exit_code"] == Exit.NOTHING_FETCHED
    warnings = json.loads(said.out)["warnings"]
    assert "not one source could be reached" in warnings[-1]
    fetched = {source.name for source in steps.chosen_sources(())}
    assert {line.partition(":")[0] for line in said.err.splitlines()} == fetched
    assert {source["state"] for source in said.data["sources"]} == {"failed", "ledger", "disabled"}
    assert home.warehouse.exists()


@pytest.mark.parametrize(
    ("words", "server", "through"),
    [([], None, False), (["--prefect"], None, True), ([], "http://127.0.0.1:1/api", True),
     (["--offline"], "http://127.0.0.1:1/api", False), (["--offline", "--prefect"], None, True)],
)  # fmt: skip
def test_when_a_refresh_goes_through_prefect(
    aicost: Aicost, home: Home, monkeypatch: pytest.MonkeyPatch, words: list[str], server: str | None, through: bool
) -> None:
    """Asked for, or where a server is named; every option goes along."""
    asked: list[tuple[bool, dict[str, Any]]] = []

    def refuse(*_: object, **options: Any) -> None:
        asked.append(("warn" in options, options))
        raise Busy("enough is known")

    monkeypatch.setattr(flows, "run_refresh", refuse)
    monkeypatch.setattr(steps, "refresh", refuse)
    if server is not None:
        monkeypatch.setenv("PREFECT_API_URL", server)
    said = aicost("refresh", *words, "--strict", "--lock-timeout", "7", "--home", home.root)

    assert said.code == Exit.BUSY
    ((with_warnings, options),) = asked
    assert with_warnings == through
    assert (options["strict"], options["lock_timeout"], options["offline"]) == (True, 7.0, "--offline" in words)


# --- one object -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", [["status"], ["sources"], ["query", "from sources"], ["schema"], ["schema", "meta.visits"], ["doctor"]]
)
def test_json_is_one_object(aicost: Aicost, offline_home: Path, words: list[str]) -> None:
    """schema_version, data, warnings; on one line, with nothing beside it."""
    where = [] if words == ["sources"] else ["--home", str(offline_home)]
    said = aicost(*words, "--json", *where)

    assert (said.code, said.err) == (0, "")
    assert said.out.count("\n") == 1
    assert said.data


def test_json_of_export_and_rebuild(aicost: Aicost, world: SmallWorld, tmp_path: Path) -> None:
    """What was written, and where."""
    world.receive("list", "2026-01-01,1")
    said = aicost("rebuild", "--json", "--quiet", "--home", world.home.root)
    assert (said.code, said.err) == (0, "")
    assert said.data["rows"]["main.readings"] == 1

    (file,) = aicost("export", "readings", "--json", "--to", tmp_path / "out", "--home", world.home.root).data
    assert Path(file["file"]).stat().st_size == file["bytes"] > 20


def test_ingest_says_what_it_found(aicost: Aicost, home: Home, tmp_path: Path) -> None:
    """Archived even where it cannot be read, with a warning that says why."""
    page = tmp_path / "page.csv"
    page.write_text("observation_date,PCU518210518210\n2026-01-01,1.5\n", encoding="utf-8")
    words = ["ingest", "price_index", page, "--fetched-at", "2026-05-24", "--home", home.root]
    said = aicost(*words, "--json")

    assert said.code == 0
    assert said.data["fetched_at"] == "2026-05-24T00:00:00Z"
    assert said.data["bytes"] == page.stat().st_size
    assert "cannot be put in force" in json.loads(said.out)["warnings"][0]
    again = aicost(*words)
    assert "archived" in again.out
    assert "cannot be put in force" in again.err


@pytest.mark.parametrize(
    ("words", "code", "kind", "message"),
    [
        (["refresh", "lamda_cloud"], 2, "usage", "lamda_cloud"),
        (["refresh", "reported_claims"], 2, "usage", "is not fetched"),
        (["refresh", "--nope"], 2, "usage", "--nope"),
        (["refresh", "--lock-timeout", "-1"], 2, "usage", "lock-timeout"),
        (["ingest", "lambda_cloud"], 2, "usage", "Missing argument"),
        (["ingest", "lambda_cloud", "/nowhere/page.html"], 2, "usage", "cannot read"),
        (["ingest", "lambda_cloud", "/dev/null", "--fetched-at", "yesterday"], 2, "usage", "is not a time"),
        (["query", "selec"], 2, "usage", "the query failed"),
        (["query", "select 1", "--timeout", "0"], 2, "usage", "timeout"),
        (["query", "select 1", "--format", "xml"], 2, "usage", "xml"),
        (["query", "from read_csv('/etc/passwd')"], 2, "usage", "file system operations are disabled"),
        (["export", "nothing"], 2, "usage", "no public table is called nothing"),
        (["schema", "nothing"], 2, "usage", "no table is called nothing"),
        (["status", "--warehouse", "/nowhere/warehouse.duckdb"], 7, "storage", "there is no warehouse yet"),
        (["query", "select 1", "--warehouse", "/etc/hostname"], 7, "storage", "cannot be opened"),
    ],
)
def test_an_error_is_an_object_too(
    aicost: Aicost, offline_home: Path, words: list[str], code: int, kind: str, message: str
) -> None:
    """With its exit code on stdout, and for people on stderr."""
    said = aicost(*words, "--json", "--home", offline_home)

    assert (said.code, said.error["code"]) == (code, kind)
    assert message in said.error["message"]
    assert said.err.startswith("error: ")


def test_an_unknown_verb_or_source_names_the_nearest(aicost: Aicost) -> None:
    """A typo costs one look."""
    assert "refresh" in aicost("refesh").err
    assert aicost("refesh").code == 2
    assert "did you mean lambda_cloud" in aicost("ingest", "lamda_cloud", "page").err
    assert "aicost query --help" in aicost("query").err


# --- exit codes -----------------------------------------------------------------------------------


def test_an_unexpected_error_is_a_report_and_not_a_traceback(
    aicost: Aicost, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 1, what it was in one line, and the file that has the rest."""

    def bug(**_: object) -> None:
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr(commands, "sources", bug)
    monkeypatch.setenv("AICOST_HOME", str(home.root))
    said = aicost("sources", "--json")

    assert (said.code, said.error["code"]) == (Exit.BUG, "bug")
    assert said.error["message"] == "unexpected ZeroDivisionError: a bug of ours"
    (report,) = home.logs.iterdir()
    assert str(report) in said.err
    assert "Traceback" in report.read_text(encoding="utf-8")


def test_status_exits_3_when_a_source_needs_a_look(aicost: Aicost, world: SmallWorld) -> None:
    """For a monitor: 0 or 3."""
    world.bundle("prices", "2025-06-10", 9)
    world.bundle("list", "2025-06-10", 9)
    world.publish()
    assert aicost("status", "--home", world.home.root).code == Exit.DONE

    world.fail("list", NOON)
    world.publish()
    said = aicost("status", "--home", world.home.root)
    assert said.code == Exit.DEGRADED
    assert "list: no answer in time" in said.out


def test_a_rebuild_over_a_hole_in_the_archive_names_it_and_exits_3(aicost: Aicost, world: SmallWorld) -> None:
    """What is lost is said exactly, and the rest is published."""
    visit = world.receive("list", "2026-01-01,1")
    world.receive("prices", "2026-01-01,2")
    (world.home.archive / "list" / f"{visit.pages[0].sha256}.gz").unlink()
    said = aicost("rebuild", "--home", world.home.root)

    assert said.code == Exit.DEGRADED
    assert f"list: archived body {visit.pages[0].sha256} is missing" in said.err
    assert world.values() == [("prices", 2.0)]
    assert aicost("doctor", "--home", world.home.root).code == Exit.STORAGE


def test_a_refused_publish_exits_4_with_the_rows(aicost: Aicost, world: SmallWorld) -> None:
    """And says what is still served."""
    world.receive("list", "2026-01-01,1001")
    said = aicost("rebuild", "--json", "--home", world.home.root)

    assert (said.code, said.error["code"]) == (Exit.REFUSED, "check")
    assert "1001.0" in said.error["page"]
    assert "still served" in said.error["kept"]


def test_a_busy_home_exits_6(aicost: Aicost, home: Home) -> None:
    """With who is at it."""
    with publish.refresh_lock(home):
        said = aicost("refresh", "--offline", "--lock-timeout", "0.1", "--home", home.root)

    assert said.code == Exit.BUSY
    assert f"process {os.getpid()} since" in said.err


def test_a_home_that_cannot_be_written_exits_7(aicost: Aicost) -> None:
    """/dev/null is no folder."""
    said = aicost("refresh", "--offline", "--home", "/dev/null/home")

    assert said.code == Exit.STORAGE
    assert "/dev/null/home" in said.err


def test_ctrl_c_in_a_query_exits_130(offline_home: Path) -> None:
    """Soon, without a traceback, and without a process that counts on."""
    sql = "select count(*) from range(100000000000) as t (i) where i % 7 = 3"
    running = subprocess.Popen(
        [*AICOST, "query", sql, "--home", str(offline_home)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        open_files = Path(f"/proc/{running.pid}/fd")
        while running.poll() is None and not any(
            "warehouse.duckdb" in str(file.resolve()) for file in open_files.iterdir()
        ):
            time.sleep(0.1)
        time.sleep(0.5)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=200)
    finally:
        running.kill()

    assert (running.returncode, out) == (Exit.INTERRUPTED, "")
    assert err == "error: interrupted; the version published before is still served\n"


def test_a_refresh_that_is_stopped_clears_up_and_exits_130(built_home: Home) -> None:
    """A stop in the middle of a build: no draft is left, the version before is as it was."""
    before = built_home.warehouse.read_bytes()
    running = subprocess.Popen(
        [*AICOST, "refresh", "--offline", "--home", str(built_home.root)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    draft = built_home.root / ".warehouse.draft"
    while not draft.exists() and running.poll() is None:
        time.sleep(0.01)
    running.send_signal(signal.SIGTERM)
    out, err = running.communicate(timeout=200)

    assert (running.returncode, out) == (Exit.INTERRUPTED, ""), err
    assert "Traceback" not in err
    assert not list(built_home.root.glob(".*"))
    assert built_home.warehouse.read_bytes() == before


# --- output ---------------------------------------------------------------------------------------

HOSTILE = "select 'a' || chr(27) || '[31mred' || chr(155) || '2J' || chr(8238) || chr(13) || 'b' as name, 1 as n"


@pytest.mark.parametrize("form", ["table", "csv", "json", "md"])
def test_a_name_cannot_drive_a_terminal(aicost: Aicost, offline_home: Path, form: str) -> None:
    """Escapes, C1 controls, text direction: none gets through, in no format."""
    said = aicost("query", HOSTILE, "--format", form, "--home", offline_home)

    assert said.code == 0
    assert "red" in said.out
    assert not CONTROL.search(said.out)


def test_json_keeps_the_name_as_it_is(aicost: Aicost, offline_home: Path) -> None:
    """Escaped, not lost."""
    (row,) = aicost("query", HOSTILE, "--json", "--home", offline_home).data

    assert row["name"] == "a\x1b[31mred\x9b2J\u202e\rb"


def test_formats_of_a_query(aicost: Aicost, offline_home: Path) -> None:
    """Table, CSV, JSON, Markdown of the same rows."""
    sql = "select 'x' as a, 2.5 as b, null as c union all select 'y', 10, null order by a"

    def ask(*words: str) -> str:
        return aicost("query", sql, *words, "--home", offline_home).out

    assert ask() == "a    b c\nx  2.5 –\ny 10.0 –\n"  # noqa: RUF001 - the sign for nothing
    assert ask("--format", "csv") == "a,b,c\nx,2.5,\ny,10.0,\n"
    assert ask("--format", "md") == "| a | b | c |\n| --- | --- | --- |\n| x | 2.5 |  |\n| y | 10.0 |  |\n"
    assert json.loads(ask("--format", "json")) == [{"a": "x", "b": 2.5, "c": None}, {"a": "y", "b": 10.0, "c": None}]


def test_a_query_may_come_from_standard_input(
    aicost: Aicost, offline_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For queries of many lines."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("select\n  42 as answer\n"))

    assert aicost("query", "-", "--format", "csv", "--home", offline_home).out == "answer\n42\n"


def test_a_cut_answer_says_so(aicost: Aicost, offline_home: Path) -> None:
    """On stderr, so that the data stays data; in JSON as a warning."""
    words = ["query", "from range(100)", "--limit", "3", "--home", offline_home]
    said = aicost(*words, "--format", "csv")

    assert said.out == "range\n0\n1\n2\n"
    assert said.err == "the first 3 rows; there are more, and --limit 0 prints all\n"
    assert aicost(*words, "--quiet").err == ""
    assert json.loads(aicost(*words, "--json").out)["warnings"] == ["cut at 3 rows"]


def test_the_dictionary_as_table_and_markdown(aicost: Aicost, offline_home: Path) -> None:
    """From the file itself: a heading a table, a row a column."""
    table = aicost("schema", "sources", "meta.visits", "--home", offline_home).out
    markdown = aicost("schema", "sources", "--format", "md", "--home", offline_home).out

    assert "meta.visits: " in table
    assert markdown.startswith("### sources\n\n")
    assert "| licence | VARCHAR | licence or terms |" in markdown


@pytest.mark.parametrize(
    "words",
    [["query", "from range(50000)", "--format", "csv"], ["query", "from range(50000)", "--limit", "0"],
     ["query", "select 1", "--json"], ["schema"]],
)  # fmt: skip
def test_a_closed_pipe_ends_quietly(offline_home: Path, words: list[str]) -> None:
    """`| head -1` is no error: 141 as of any program that nobody reads, and nothing on stderr."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*AICOST, *words, "--home", str(offline_home)], stdout=writing, stderr=subprocess.PIPE, check=False, timeout=600
    )
    os.close(writing)

    assert (done.returncode, done.stderr) == (141, b"")


def on_a_terminal(words: list[str], columns: int) -> str:
    """What a terminal of that width gets to see."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    settings = {**os.environ, "TERM": "xterm-256color"}
    running = subprocess.Popen([*AICOST, *words], stdout=slave, stderr=slave, stdin=slave, env=settings)
    os.close(slave)
    seen = b""
    with contextlib.suppress(OSError):  # Linux says so when the other end has closed
        while more := os.read(master, 65536):
            seen += more
    os.close(master)
    assert running.wait(timeout=600) == 0
    return seen.decode().replace("\r\n", "\n")


def test_a_refresh_fits_a_terminal_of_a_hundred_columns(built_home: Home) -> None:
    """Bold on a terminal, and no line is folded in the middle of a table."""
    seen = on_a_terminal(["refresh", "--offline", "--home", str(built_home.root)], 100)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", seen)

    assert "\x1b[1mSources" in seen
    assert "OpenAI R&D compute 2024 rnd_total" in plain
    assert max(len(line) for line in plain.splitlines()) <= 100
    assert "next      aicost query" in plain
    for source in all_sources():
        assert re.search(rf"(?m)^{source} +(bundled|ledger|disabled|unvisited) ", plain), source


class FakeTerminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.mark.parametrize(
    ("settings", "words", "escapes"),
    [
        ({}, [], r"\x1b\[1m"),
        ({"NO_COLOR": "1"}, [], r"\x1b\[1m"),
        ({}, ["--no-color"], r"\x1b\[1m"),
        ({"TERM": "dumb"}, [], None),
        ({"CI": "true"}, [], None),
    ],
)
def test_what_a_terminal_gets(
    monkeypatch: pytest.MonkeyPatch,
    offline_home: Path,
    settings: dict[str, str],
    words: list[str],
    escapes: str | None,
) -> None:
    """Bold headings and no colour; nothing at all for a dumb terminal, and for a build server that acts as one."""
    terminal = FakeTerminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in ({"TERM": "xterm-256color"} | settings).items():
        monkeypatch.setenv(name, value)

    assert cli.run([*words, "status", "--home", str(offline_home)]) == 0
    seen = terminal.getvalue()
    assert "Sources" in seen
    assert not re.search(r"\x1b\[[0-9;]*[34]\dm", seen)
    if escapes is None:
        assert "\x1b" not in seen
    else:
        assert re.search(escapes, seen)


def test_a_table_is_folded_on_a_terminal_and_cut_at_a_thousand_rows(
    monkeypatch: pytest.MonkeyPatch, offline_home: Path
) -> None:
    """A wide cell takes more lines, not more columns; a person is not buried in rows."""
    terminal = FakeTerminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "40")
    assert cli.run(["query", "select repeat('word ', 30) as text from range(2000)", "--home", str(offline_home)]) == 0
    lines = terminal.getvalue().splitlines()

    assert max(len(line) for line in lines) <= 40 + len("\x1b[1m\x1b[0m")
    assert sum(line.count("word") for line in lines) == 1000 * 30


# --- the rest -------------------------------------------------------------------------------------


def test_where_the_home_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The option, else AICOST_HOME, else data/ of the checkout, else the user's data folder."""
    monkeypatch.setenv("AICOST_HOME", str(tmp_path / "named"))
    assert Home.find(tmp_path / "given").root == tmp_path / "given"
    assert Home.find().root == tmp_path / "named"
    monkeypatch.delenv("AICOST_HOME")
    assert Home.find().root == Path(paths.__file__).parents[1] / "data"
    monkeypatch.setattr(paths, "in_checkout", lambda: False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    assert Home.find().root == tmp_path / "share" / "aicost"


def test_doctor_finds_what_is_wrong(aicost: Aicost, built_home: Home) -> None:
    """A log beside the warehouse, a damaged line, a refresh under way, a file that is no warehouse."""
    assert aicost("doctor", "--home", built_home.root).code == Exit.DONE
    with publish.refresh_lock(built_home):
        said = aicost("doctor", "--home", built_home.root)
        assert said.code == Exit.DONE
        assert "another refresh is running" in said.out

    log = built_home.root / "warehouse.duckdb.wal"
    log.write_bytes(b"")
    (built_home.archive / "price_index").mkdir(parents=True)
    (built_home.archive / "price_index" / "visits.jsonl").write_text("garbage\n", encoding="utf-8")
    found = {finding["what"]: finding for finding in aicost("doctor", "--json", "--home", built_home.root).data}
    assert {what for what, finding in found.items() if not finding["ok"]} == {"archive", "checksum", "write-ahead log"}
    assert "line 1" in found["archive"]["said"]

    log.unlink()
    built_home.warehouse.write_bytes(b"not a database" * 1000)
    said = aicost("doctor", "--home", built_home.root)
    assert said.code == Exit.STORAGE
    assert "cannot be opened" in said.out


def test_a_bundled_file_is_written_from_the_newest_page(
    aicost: Aicost, world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And read back as the facts that it was made of."""
    monkeypatch.setattr(commands, "find_source", lambda name: world.sources[name])  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    words = ["bundle", "list", "--as-of", "2026-11-23", "--home", world.home.root]
    assert aicost(*words).code == Exit.USAGE  # nothing is archived yet

    world.receive("list", "2026-01-01,1", at=NOON - timedelta(days=1))
    world.receive("list", "2026-01-01,2")
    said = aicost(*words)
    assert (said.code, said.out.strip()) == (0, f"wrote {world.bundled / 'list.jsonl'}: 1 facts as of 2026-11-23")
    world.home = Home(world.home.root / "empty")
    world.publish()
    assert world.values() == [("list", 2.0)]


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (5_576_000.0, "USD", "$5.58M"), (109e9, "EUR", "€109B"), (999_600, "USD", "$1M"), (999.4, "USD", "$999"),
        (0.0142, "USD", "$0.0142"), (0, "USD", "$0"), (2_788_000, "GPU-hours", "2.79M GPU-hours"),
        (1e15, "USD", "$1,000T"),        (None, "USD", show.MISSING), (100, "JPY", "¥100"), (1200, "USD", "$1.2K"),
    ],
)  # fmt: skip
def test_amounts_for_people(value: object, unit: str, written: str) -> None:
    """Three digits that count, and the size as a letter."""
    assert show.money(value, unit) == written


@pytest.mark.parametrize(
    ("low", "high", "written"),
    [(1e6, 2.5e6, "$1M\N{EN DASH}$2.5M"), (1e6, None, "at least $1M"), (None, 1e6, "at most $1M"),
     (1e6, 1e6, "as stated"), (None, None, show.MISSING)],
)  # fmt: skip
def test_intervals_for_people(low: object, high: object, written: str) -> None:
    """An end that is missing is open."""
    assert show.interval(low, high) == written


@pytest.mark.parametrize(
    ("days", "written"), [(None, show.MISSING), (0.01, "now"), (0.5, "12 h"), (1.9, "46 h"), (2, "2 d")]
)
def test_ages_for_people(days: float | None, written: str) -> None:
    """Hours below two days."""
    assert show.age(days) == written
