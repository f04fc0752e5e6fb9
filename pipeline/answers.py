"""The questions that come with the product: each is one SELECT over the public tables, in ``sql/answers``.

A file opens with the sentence that it answers; lines ``-- parameter name: meaning`` say what is filled in as ``$name``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pipeline import export, paths, warehouse
from pipeline.errors import ContractBroken, UsageError
from pipeline.place import Place


@dataclass(frozen=True)
class Answer:
    """A question and its SQL."""

    name: str
    sentence: str
    parameters: dict[str, str]
    """What is filled in, with its meaning."""
    sql: str


def read_answer(name: str, room: str = "answers") -> Answer:
    """The answer of that name; those of the room ``report`` are what its charts show.

    Raises:
        ContractBroken: It has no sentence, or its parameters are not those of its header.
    """
    path = paths.sql_dir() / room / f"{name}.sql"
    text = path.read_text(encoding="utf-8")
    head = [line.removeprefix("--").strip() for line in text.splitlines() if line.startswith("--")]
    named = [(line, re.fullmatch(r"parameter (\w+): (.+)", line)) for line in head]
    parameters = {found[1]: found[2] for _, found in named if found}
    sentence = " ".join(line for line, found in named if line and not found)
    code = re.sub(r"(?m)--.*$", "", text)
    used = set(re.findall(r"\$([a-z_]\w*)", code))
    if not sentence or used != parameters.keys():
        raise ContractBroken(
            f"the header of {room}/{path.name} is not its question and its parameters", page=str(path),
            likely=f"header {sorted(parameters)}, SQL {sorted(used)}",
        )  # fmt: skip
    return Answer(name, sentence, parameters, text)


def all_answers(room: str = "answers") -> list[Answer]:
    """Every answer of a room, by name."""
    return [read_answer(path.stem, room) for path in sorted((paths.sql_dir() / room).glob("*.sql"))]


def answer(path: Place, name: str, /, **parameters: object) -> list[dict[str, Any]]:
    """Answer one of the questions from the published file, as records; parameters that are left out are NULL.

    Raises:
        UsageError: A parameter that the question does not have.
    """
    return export.records(ask(path, name, **parameters))


def ask(path: Place, name: str, /, **parameters: object) -> warehouse.Rows:
    """The same as rows with their columns and types; ``room/name`` asks a question of another room than ``answers``.

    Raises:
        UsageError: A parameter that the question does not have.
    """
    room, _, asked_name = name.rpartition("/")
    asked = read_answer(asked_name, room or "answers")
    unknown = parameters.keys() - asked.parameters.keys()
    if unknown:
        raise UsageError(f"the answer {name} has no parameter {', '.join(sorted(unknown))}")
    filled = {key: parameters.get(key) for key in asked.parameters}
    return warehouse.query(path, asked.sql, filled)
