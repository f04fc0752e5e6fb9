"""The README says what is so: its generated blocks are fresh, its commands exist."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.__main__ import app
from tests.benchmarks.measure import ROWS
from tests.support import readme


def test_generated_blocks_are_fresh(offline_home: Path) -> None:
    """Tables and answers in the README equal what code and bundled facts give today."""
    text = readme.README.read_text(encoding="utf-8")

    assert readme.render(text, offline_home) == text, "run: python -m tests.support.readme"


def test_every_command_in_the_readme_exists() -> None:
    """Each ``aicost VERB`` that the README names is a verb."""
    text = readme.README.read_text(encoding="utf-8")
    verbs = {str(command.name or getattr(command.callback, "__name__", "")) for command in app.registered_commands}
    # a group's own name is kept by its application, unless it was given when it was added
    groups = [(group.name, group.typer_instance) for group in app.registered_groups]
    verbs |= {str(name if isinstance(name, str) else made.info.name) for name, made in groups if made is not None}
    named = set(re.findall(r"(?m)(?:^\$ |`)aicost ([a-z]+)", text))

    assert named, "the README names no command"
    assert named <= verbs


def test_the_two_commands_stand_on_the_first_screen() -> None:
    """A newcomer sees within forty lines how to run the main job and the tests."""
    first = "\n".join(readme.README.read_text(encoding="utf-8").splitlines()[:40])

    assert re.search(r"python3 -m venv .venv && .*aicost refresh", first)
    assert re.search(r"python3 -m venv .venv && .*pytest", first)
    assert "uv " in first


def test_the_table_of_benchmarks_has_a_row_for_each() -> None:
    """What is measured is told: the rows are those that the benchmarks print, in their order."""
    text = readme.README.read_text(encoding="utf-8")

    assert re.findall(r"(?m)^\| (\([a-h]\) .+?) \|", text) == list(ROWS)
