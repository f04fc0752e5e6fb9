"""Questions about cost per capability, as a person and as a program ask them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import __main__ as cli

QUESTIONS = {
    "capability": ("--level", "gpt-4"),
    "frontier": ("--benchmark", "aider_polyglot"),
    "cheapest": ("--benchmark", "gpqa_diamond", "--min-score", "0.5", "--as-of", "2025-06-30"),
}
NEVER_WITHOUT = {"value", "value_low", "value_high", "unit", "scope", "basis", "as_of", "recipe", "source_url"}


def said(capsys: pytest.CaptureFixture[str], *given: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    capsys.readouterr()
    code = cli.run([str(word) for word in given])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return code, out, err


def data(capsys: pytest.CaptureFixture[str], home: Path, verb: str, *given: str) -> list[dict[str, Any]]:
    """The rows that a command answers a program with."""
    code, out, _ = said(capsys, verb, *given, "--json", "--home", home)
    assert code == 0, out
    document = json.loads(out)
    assert document.keys() == {"schema_version", "data", "warnings"}
    return document["data"]


@pytest.mark.parametrize("verb", QUESTIONS)
def test_no_figure_without_its_scope_basis_interval_day_and_source(
    capsys: pytest.CaptureFixture[str], offline_home: Path, verb: str
) -> None:
    """Every row with a value has all of them; the interval holds the value; a gap has none and says so."""
    rows = data(capsys, offline_home, verb, *QUESTIONS[verb])

    assert rows
    for row in rows:
        assert row.keys() >= NEVER_WITHOUT
        if row["value"] is None:
            assert row["what"].startswith("gap")
            continue
        assert all(row[name] is not None for name in NEVER_WITHOUT), row
        assert row["value_low"] <= row["value"] <= row["value_high"]


@pytest.mark.parametrize("verb", QUESTIONS)
def test_a_person_gets_the_same_as_a_table(capsys: pytest.CaptureFixture[str], offline_home: Path, verb: str) -> None:
    """Value, interval, scope, basis, day and source are columns."""
    code, out, err = said(capsys, verb, *QUESTIONS[verb], "--home", offline_home)

    assert (code, err) == (0, "")
    for heading in ("value", "scope", "basis", "as of", "source"):
        assert heading in out
    assert "inference" in out


def test_the_answer_to_which_model_is_cheapest_holds_on_that_day(
    capsys: pytest.CaptureFixture[str], offline_home: Path
) -> None:
    """Nothing later than the day, nothing below the score, cheapest first."""
    rows = data(capsys, offline_home, "cheapest", *QUESTIONS["cheapest"])
    listed = [row for row in rows if row["price"] == "list_price"]

    assert all(row["as_of"] <= "2025-06-30" and row["score"] >= 0.5 for row in rows)
    assert [row["value"] for row in listed] == sorted(row["value"] for row in listed)
    earlier = data(capsys, offline_home, "cheapest", *QUESTIONS["cheapest"][:-1], "2024-06-30")
    assert min(row["value"] for row in earlier) > listed[0]["value"]


def test_a_level_is_reached_by_training_and_by_inference_with_gaps_marked(
    capsys: pytest.CaptureFixture[str], offline_home: Path
) -> None:
    """GPT-4 itself comes first, at its launch price of 30 and 60 dollars; quarters without a run stay empty."""
    rows = data(capsys, offline_home, "capability", *QUESTIONS["capability"])
    training = [row for row in rows if row["part"] == "training"]
    inference = [row for row in rows if row["part"] == "inference"]

    assert training[0]["what"] == "GPT-4"
    assert any(row["value"] is None for row in training)
    assert {row["scope"] for row in training} <= {"final_run", "training_total", None}
    assert (inference[0]["value"], inference[0]["as_of"]) == (37.5, "2023-03-14")
    assert [row["value"] for row in inference] == sorted((row["value"] for row in inference), reverse=True)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("capability", "--level", "gpt-9"), ("'gpt-9' is no level", "gpt-4")),
        (("capability", "--method", "guess"), ("'guess' is no method", "cloud")),
        (("frontier", "--benchmark", "mmlu"), ("no benchmark with measured costs", "aider_polyglot")),
        (("cheapest", "--benchmark", "gpqa", "--min-score", "0.5"), ("'gpqa'", "gpqa_diamond")),
        (("cheapest", "--benchmark", "gpqa_diamond", "--min-score", "50"), ("outside the scale", "write 0.5")),
        (("cheapest", "--benchmark", "eci", "--min-score", "0.5x"), ("valid number",)),
        (("cheapest", "--benchmark", "eci", "--min-score", "1000"), ("outside the scale",)),
        (("cheapest", "--benchmark", "eci", "--min-score", "140", "--as-of", "soon"), ("'soon' is not a day",)),
    ],
)  # fmt: skip
def test_a_wrong_question_is_answered_with_what_can_be_asked(
    capsys: pytest.CaptureFixture[str], offline_home: Path, given: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """Exit code 2, and the known words."""
    code, out, err = said(capsys, *given, "--home", offline_home)

    assert (code, out) == (2, "")
    assert all(word in err for word in words), err


def test_nothing_reached_is_no_error(capsys: pytest.CaptureFixture[str], offline_home: Path) -> None:
    """An empty answer says so, to a person and to a program."""
    given = ("cheapest", "--benchmark", "gpqa_diamond", "--min-score", "0.99", "--home", str(offline_home))

    assert "no priced model had reached it" in said(capsys, *given)[1]
    assert "no priced model had reached" in json.loads(said(capsys, *given, "--json")[1])["warnings"][0]
