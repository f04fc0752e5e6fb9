"""The larder: facts in our own schema, one file a source, so that a first run works with no network.

A bundled file is JSON lines: a header that says from which page and day the facts were read, then one fact a
line. It is written by ``aicost bundle`` from an archived page, by the same parser as everything else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline import paths
from pipeline.archive import write_durably
from pipeline.errors import ContractBroken
from pipeline.facts import FACTS, Fact

KINDS = {kind.__name__: kind for kind in FACTS}


class Header(BaseModel):
    """Where a bundled file's facts come from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    as_of: date
    """The day the facts were as published."""
    address: str
    """The page they were read from."""
    publisher: str
    licence: str
    attribution: str
    page_sha256: str | None = None
    """Hash of the page as received."""
    via: str | None = None
    """Who had kept the page, where it was not ourselves."""
    facts: int


class Bundle(BaseModel):
    """A bundled file's header and its place; the facts are read when asked for."""

    model_config = ConfigDict(frozen=True)

    header: Header
    path: Path

    def facts(self) -> Iterator[Fact]:
        """The facts, validated.

        Raises:
            ContractBroken: A line is not a fact of our schema.
        """
        with self.path.open(encoding="utf-8") as lines:
            next(lines)
            for number, line in enumerate(lines, start=2):
                cells = json.loads(line)
                try:
                    yield KINDS[cells.pop("fact")].model_validate(cells)
                except (KeyError, ValidationError) as error:
                    raise ContractBroken(f"line {number} of {self.path.name} is not a fact: {error}") from error


def find(source: str) -> Bundle | None:
    """The bundled file of a source, if there is one."""
    path = paths.bundled_dir() / f"{source}.jsonl"
    if not path.exists():
        return None
    with path.open(encoding="utf-8") as lines:
        return Bundle(header=Header.model_validate_json(next(lines)), path=path)


def write(path: Path, header: Header, facts: Iterable[Fact]) -> None:
    """Write a bundled file; fields that are None are left out."""
    lines = [header.model_dump_json(exclude_none=True)]
    for fact in facts:
        cells = {"fact": type(fact).__name__, **fact.model_dump(mode="json", exclude_defaults=True)}
        lines.append(json.dumps(cells, ensure_ascii=False, separators=(",", ":")))
    write_durably(path, lambda: ("\n".join(lines) + "\n").encode())
