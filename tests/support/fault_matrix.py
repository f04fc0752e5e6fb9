"""The fault matrix: 66 faults, how each must end, and which of them the tests have tried.

A pytest plugin, loaded by ``tests/conftest.py``. A test of a line carries its number and is named after it::

    @pytest.mark.fault(11)
    def test_fault_11_truncated_gzip(...): ...

Behind a run that tried at least one line comes a table of all of them, also where the tests were spread over
processes. A line passes when every one of its tests in this run passed; one of which a test was skipped does not
count as passed, and says why.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PROPERTY = "fault"  # of a report, which is how a number travels from a worker to the controller
NAME = re.compile(r"test_fault_(\d\d)_\w+")
TESTS = Path(__file__).parents[1]


@dataclass(frozen=True)
class Line:
    """One fault, and the exit codes that the command may end with."""

    number: int
    title: str
    exits: tuple[int, ...]


_TITLES: dict[str, tuple[tuple[str, tuple[int, ...]], ...]] = {
    "network": (
        ("429 with a wait that is asked for", (0, 3)),
        ("429 without a wait, or with an absurd one", (3,)),
        ("500 to 504, then an answer", (0,)),
        ("500 to 504 for ever", (3,)),
        ("401, 403, 404, 410, 451", (3,)),
        ("no connection, no such name, refused", (3, 5)),
        ("body that dribbles", (3,)),
        ("headers that dribble", (3,)),
        ("body shorter than announced", (3,)),
        ("body cut off without a length, or longer than it", (3,)),
        ("compressed body cut off", (3,)),
        ("gzip bomb, two layers, a coding not asked for", (3,)),
        ("body of a gigabyte, chunks without end", (3,)),
        ("headers without end, 10,000 cookies", (3,)),
        ("redirects in a circle, or too many", (3,)),
        ("redirect into a private network", (3,)),
        ("redirect to http, to a file, to another host", (3,)),
        ("certificate expired, self-signed, of another host", (3,)),
        ("robots.txt forbids", (3,)),
        ("robots.txt that fails, is huge, or is a web page", (0, 3)),
        ("200 with a captcha, login, cookie wall, maintenance page", (3,)),
        ("nothing changed: 304, or the same bytes", (0,)),
        ("proxy variables; no network at all", (0, 5)),
    ),
    "content": (
        ("layout changed: no rows", (3,)),
        ("half of the rows", (3,)),
        ("three times the rows", (3,)),
        ("columns swapped", (3,)),
        ("column renamed, added, removed", (3,)),
        ("another currency, decimal comma", (3,)),
        ("price per minute, month or node", (3,)),
        ("jump to ten times or a tenth", (3,)),
        ("a true cut by 44%", (0, 3)),
        ("price that is no positive number", (3,)),
        ("rows twice; one key, two prices", (3,)),
        ("names unknown, look-alike, with invisible characters", (3,)),
        ("alias that leads to another model now", (3,)),
        ("encoding mislabelled, byte-order marks", (3,)),
        ("malformed CSV", (3,)),
        ("malformed JSON", (3,)),
        ("nested deep, or of millions of elements", (3,)),
        ("day in the future, in 1970, not there, swapped", (3,)),
        ("claim edited at its source", (0,)),
        ("licence or terms page changed", (3,)),
    ),
    "strings": (
        ("formula in a name", (0,)),
        ("HTML and scripts in names", (0,)),
        ("SQL in names and arguments", (0, 2)),
        ("paths, device names, lengths and case in names", (2,)),
        ("terminal escapes in names", (0,)),
        ("markup in Markdown, feed, webhook, artifact", (0,)),
        ("SQL of a user that reaches out", (2,)),
    ),
    "storage": (
        ("disk full at each write", (7,)),
        ("read-only, no permission, immutable", (7,)),
        ("killed at each durable step", (0,)),
        ("SIGTERM and Ctrl-C", (130,)),
        ("power loss between file and pointer", (0,)),
        ("two refreshes at once", (6,)),
        ("readers during a refresh", (0,)),
        ("reader in the same process", (0,)),
        ("published file opened for writing, log left behind", (0,)),
        ("archived body corrupt, missing, of another hash", (3, 7)),
        ("warehouse of an older, newer or foreign layout", (0, 7)),
        ("export or report fails after the swap", (3,)),
        ("clock, zones, leap day, 2038", (0,)),
        ("no locks, links, odd paths", (0, 7)),
        ("Prefect down, locked, or not installed", (0,)),
        ("512 MB of memory, five years of archive", (0,)),
    ),
}

LINES: dict[int, Line] = {
    number: Line(number, *line)
    for number, line in enumerate((line for part in _TITLES.values() for line in part), start=1)
}


# --- what the tests say -------------------------------------------------------------------------------


@dataclass
class _Outcomes:
    """What became of the tests of one line in this run."""

    passed: int = 0
    failed: set[str] = field(default_factory=set[str])
    skipped: list[str] = field(default_factory=list[str])

    @property
    def state(self) -> str:
        if self.failed:
            return "FAIL"
        if self.skipped:
            return "skipped" if not self.passed else "in part"
        return "pass" if self.passed else ""


class FaultMatrix:
    """Collects the outcomes of marked tests and prints the table."""

    def __init__(self) -> None:
        self._outcomes = {number: _Outcomes() for number in LINES}

    def pytest_configure(self, config: pytest.Config) -> None:
        """Make the marker known."""
        config.addinivalue_line("markers", "fault(number): tries that line of the fault matrix")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Write each number where it travels with the report."""
        for item in items:
            for number in sorted({number for mark in item.iter_markers("fault") for number in mark.args}):
                item.user_properties.append((PROPERTY, number))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count; with several processes, this is called in the controller for each report that comes in."""
        for name, number in report.user_properties:
            if name == PROPERTY:
                _count(self._outcomes[int(str(number))], report)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table, where a line was tried."""
        tried = {number: outcomes for number, outcomes in self._outcomes.items() if outcomes.state}
        if not tried:
            return
        terminalreporter.write_sep("=", "fault matrix")
        for number, outcomes in tried.items():
            line, exits = LINES[number], "/".join(map(str, LINES[number].exits))
            why = f"  {'; '.join([*sorted(outcomes.failed), *dict.fromkeys(outcomes.skipped)])}".rstrip()
            terminalreporter.write_line(f"{number:>3}  {outcomes.state:<8} {line.title} (exit {exits}){why}")
        tested = lines_with_a_test()
        for what, numbers in (("not run", tested - tried.keys()), ("NO TEST", LINES.keys() - tested - tried.keys())):
            if numbers:
                terminalreporter.write_line(f"     {what}: {', '.join(map(str, sorted(numbers)))}")
        passed = sum(outcomes.state == "pass" for outcomes in tried.values())
        terminalreporter.write_line(f"fault matrix: {passed} of {len(LINES)} lines pass, {len(tried)} were tried")


def _count(outcomes: _Outcomes, report: pytest.TestReport) -> None:
    if report.failed:
        outcomes.failed.add(report.nodeid.rpartition("::")[2])
    elif report.skipped:
        outcomes.skipped.append(_why(report))
    elif report.when == "call":
        outcomes.passed += 1


def _why(report: pytest.TestReport) -> str:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else getattr(report, "wasxfail", "")
    return str(reason).removeprefix("Skipped: ")


# --- what the files say -------------------------------------------------------------------------------


def marked_tests() -> Iterator[tuple[str, int]]:
    """Name and number of every test that carries a number, by the files alone."""
    for path in sorted(TESTS.rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "mark.fault" in text else ():
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield from ((node.name, number) for part in node.decorator_list for number in _numbers(part))


def _numbers(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.fault":
            yield from (int(ast.literal_eval(argument)) for argument in node.args)


def lines_with_a_test() -> set[int]:
    """The lines that some test tries, whether it was run or not."""
    return {number for _, number in marked_tests()}
