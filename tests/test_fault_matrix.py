"""The fault matrix itself: every line has a test, and the table says what the tests said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.fault_matrix import LINES, NAME, lines_with_a_test, marked_tests
from tests.support.shares import dealt

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[1]

SAMPLE = """
import pytest

@pytest.mark.fault(1)
def test_fault_01_passes(): ...

@pytest.mark.fault(2)
@pytest.mark.parametrize("fails", [False, True])
def test_fault_02_fails_once(fails):
    assert not fails

@pytest.mark.fault(3)
@pytest.mark.skip(reason="no such file system here")
def test_fault_03_cannot_be_tried(): ...

@pytest.mark.fault(4)
def test_fault_04_passes(): ...

@pytest.mark.fault(4)
def test_fault_04_is_skipped():
    pytest.skip("no second disk")

@pytest.fixture
def broken():
    raise OSError("no server")

@pytest.mark.fault(5)
def test_fault_05_has_no_server(broken): ...

def test_of_no_line(): ...
"""


def test_the_matrix_has_66_lines() -> None:
    """As in the specification."""
    assert list(LINES) == list(range(1, 67))
    assert len({line.title for line in LINES.values()}) == 66


def test_every_line_has_a_test() -> None:
    """A fault that nobody tries is a promise that nobody keeps."""
    assert [f"{number}: {LINES[number].title}" for number in sorted(LINES.keys() - lines_with_a_test())] == []


def test_a_test_is_named_after_its_line() -> None:
    """The number of the name is the number of the mark, and of the matrix."""
    wrong = [
        (name, number)
        for name, number in marked_tests()
        if number not in LINES or not (found := NAME.fullmatch(name)) or int(found[1]) != number
    ]

    assert wrong == []


@pytest.mark.parametrize("processes", [0, 2])
def test_the_table(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, processes: int) -> None:
    """Passed, failed, skipped with its reason, in part, without a test; in one process and in several."""
    pytester.makepyfile(test_sample=SAMPLE)
    pytester.makeconftest("from tests.support.fault_matrix import FaultMatrix\n\n"
                          "def pytest_configure(config):\n"
                          "    config.pluginmanager.register(FaultMatrix())\n")  # fmt: skip
    pytester.syspathinsert(ROOT)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # Prefect's and others take seconds to start
    if processes:
        done = pytester.runpytest_subprocess("-p", "xdist", "-n", str(processes))
    else:
        done = pytester.runpytest_inprocess()
    text = done.stdout.str()
    table = {line[:3].strip(): line[5:] for line in text.splitlines() if line[:3].strip().isdigit()}

    assert list(table) == ["1", "2", "3", "4", "5"]
    assert re.search(r"(not run|NO TEST): .*\b66\b", text)
    assert table["1"].split()[0] == "pass"
    assert table["2"].startswith("FAIL")
    assert "test_fault_02_fails_once[True]" in table["2"]
    assert table["3"].startswith("skipped")
    assert table["3"].endswith("no such file system here")
    assert table["4"].startswith("in part")
    assert table["4"].endswith("no second disk")
    assert table["5"].startswith("FAIL")
    assert "fault matrix: 1 of 66 lines pass, 5 were tried" in text


def test_no_table_where_no_line_was_tried(pytester: pytest.Pytester) -> None:
    """A run of other tests ends as it did before."""
    pytester.makepyfile("def test_of_no_line(): ...")

    assert "fault matrix" not in pytester.runpytest_inprocess("-n", "0").stdout.str()


@pytest.mark.parametrize("shares", [1, 2, 8, 100])
def test_shares_have_each_test_once_and_are_alike(shares: int) -> None:
    """None lacks what another has twice, and none is longer than the mean and its longest test together."""
    seconds = [6.0] * 70 + [70.0] * 4 + [30.0] * 9 + [55.0, 45.0]
    to = dealt(seconds, shares)
    taken = [sum(took for took, share in zip(seconds, to, strict=True) if share == number) for number in range(shares)]
    assert sum(taken) == sum(seconds)
    assert max(taken) <= sum(seconds) / shares + max(seconds)
    assert dealt(seconds, shares) == to
    if shares == 8:
        assert max(taken) - min(taken) <= 12
