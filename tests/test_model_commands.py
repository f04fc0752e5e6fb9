"""``aicost models``: a name explains itself, a list is answered, the open names are listed, and nothing is joined."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import __main__ as cli
from pipeline.errors import Exit

Ran = tuple[int, str, str]


class Aicost:
    """Runs the command line within this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *given: str | Path) -> Ran:
        """Exit code, stdout, stderr."""
        self.capsys.readouterr()
        code = cli.run(["models", *(str(word) for word in given)])
        out, err = self.capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    def data(self, *given: str | Path) -> Any:
        """The data of the one JSON object."""
        code, out, err = self(*given, "--json")
        assert (code, err) == (0, "")
        assert out.count("\n") == 1
        return json.loads(out)["data"]


@pytest.fixture
def aicost(capsys: pytest.CaptureFixture[str]) -> Aicost:
    """The command line."""
    return Aicost(capsys)


@pytest.mark.parametrize("verb", ["resolve", "review"])
def test_help_has_two_examples(aicost: Aicost, verb: str) -> None:
    """A sentence, the options, and how it is used."""
    code, out, _ = aicost(verb, "--help")

    assert code == 0
    assert " ".join(out.split()).count(f"aicost models {verb}") == 2 + 1
    assert {"--json", "--quiet"} <= set(out.split())


def test_a_moving_name_explains_itself(aicost: Aicost) -> None:
    """Which model, by which rule, from when to when, where that is said, and what it meant on other days."""
    code, out, err = aicost("resolve", "deepseek-chat", "--source", "aider", "--on", "2025-05-01")

    assert (code, err) == (0, "")
    assert "deepseek/deepseek-v3@2025-03-24 (the name meant this from 2025-03-24 to 2025-08-20)" in out
    assert "alias: a reviewed row" in out
    assert "https://api-docs.deepseek.com" in out
    assert "2025-09-29 to 2025-11-30  deepseek/deepseek-v3.2-exp@2025-09-29 (thinking=off)" in out
    assert "deepseek/deepseek-v3@2024-12-26, in openrouter only" in out


def test_what_was_taken_off_and_how_it_was_run_is_told(aicost: Aicost) -> None:
    """Path, packaging, billing, effort."""
    out = aicost("resolve", "openrouter/anthropic/claude-3.7-sonnet:free", "--source", "litellm")[1]
    assert all(text in out for text in ("offer :free", "host openrouter/", "maker anthropic/", "served by  openrouter"))

    data = aicost.data("resolve", "gpt-5 (high)", "--source", "aider")
    assert (data["model_id"], data["configuration"]) == ("openai/gpt-5@2025-08-07", "effort=high")
    assert data["stripped"] == ["high (how it was run)"]


def test_a_name_that_is_not_known_says_why_and_suggestions_are_called_so(aicost: Aicost) -> None:
    """Nothing is joined; a person reads what to do on stderr."""
    code, out, err = aicost("resolve", "claude-opus-4-9", "--source", "lmarena")

    assert code == 0
    assert "model      none" in out
    assert "neither a registered name nor a reviewed alias" in out
    assert "a suggestion, never joined" in out
    assert "model_aliases.csv" in err
    assert aicost.data("resolve", "claude-opus-4-9")["model_id"] is None


def test_without_its_day_a_moving_name_shows_its_days(aicost: Aicost) -> None:
    """So that the person can say which."""
    out = aicost("resolve", "deepseek-reasoner")[1]

    assert "the day it is from decides" in out
    assert "2025-01-20 to 2025-05-27  deepseek/deepseek-r1@2025-01-20" in out


LIST = 'source,source_name,as_of,label\naider,deepseek/deepseek-chat,2025-05-01,1\nepoch_name,GPT-4o,,0\nx,"a, b",,\n'


def test_a_list_is_answered_row_by_row(aicost: Aicost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As CSV or JSON, in its order, also from standard input; other columns are left alone."""
    file = tmp_path / "names.csv"
    file.write_text(LIST, encoding="utf-8")
    code, out, err = aicost("resolve", "--batch", file)
    rows = list(csv.DictReader(io.StringIO(out)))

    assert (code, err) == (0, "")
    assert [row["model_id"] for row in rows] == ["deepseek/deepseek-v3@2025-03-24", "", ""]
    assert [row["rule"] for row in rows] == ["alias", "reviewed_family", "unmatched"]
    assert rows[1]["family_id"] == "openai/gpt-4o"
    assert rows[2]["source_name"] == "a, b"
    told = [{name: value or "" for name, value in row.items()} for row in aicost.data("resolve", "--batch", file)]
    assert told == rows
    monkeypatch.setattr("sys.stdin", io.StringIO(LIST))
    assert aicost("resolve", "--batch", "-")[1] == out


@pytest.mark.parametrize(
    ("words", "text", "said"),
    [
        ([], None, "give a name, or --batch FILE"),
        (["gpt-5", "--batch", "FILE"], LIST, "give a name, or --batch FILE"),
        (["gpt-5", "--on", "yesterday"], None, "'yesterday' is not a day"),
        (["--batch", "/nowhere.csv"], None, "cannot read the list"),
        (["--batch", "FILE"], "name\ngpt-5\n", "no column source, source_name, as_of"),
        (["--batch", "FILE"], "source,source_name,as_of\naider,gpt-5,May\n", "'May' is not a day"),
        (["--batch", "FILE"], 'source,source_name,as_of\naider,"gpt-5,\n', "is not CSV"),
        (["--batch", "FILE"], b"\xff\xfe\x00", "not UTF-8"),
    ],
)
def test_a_wrong_question_is_refused_with_its_place(
    aicost: Aicost, tmp_path: Path, words: list[str], text: str | bytes | None, said: str
) -> None:
    """Exit code 2, and what to write instead."""
    file = tmp_path / "names.csv"
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    code, _, err = aicost("resolve", *(str(file) if word == "FILE" else word for word in words))

    assert code == Exit.USAGE
    assert said in err


def test_the_open_names_are_listed_most_used_first(aicost: Aicost, offline_home: Path) -> None:
    """With why, and with suggestions that join nothing; limited, and of one source where asked."""
    rows = aicost.data("review", "--home", offline_home, "--limit", "0")
    uses = [row["uses"] for row in rows]

    assert uses == sorted(uses, reverse=True)
    assert all(row["reason"] for row in rows)
    (first, *_) = rows
    (alone,) = aicost.data("review", "--home", offline_home, "--source", first["source"], "--limit", "1")
    assert alone == first
    code, out, err = aicost("review", "--home", offline_home, "--limit", "2")
    assert code == 0
    assert "never joined" in out
    assert f"2 of {len(rows)} open names" in err
    assert "model_aliases.csv" in err
    assert aicost("review", "--home", offline_home, "--quiet")[2] == ""
