"""The larder: facts in our own schema, one file a source, so that a first run works with no network.

A bundled file is JSON lines: a header that says from which page and day the facts were read, then one fact a
line; a source that keeps history may have files of several days. It is written by ``aicost bundle`` from an
archived page, by the same parser as everything else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline import paths
from pipeline.archive import whole_file
from pipeline.errors import ContractBroken
from pipeline.facts import FACTS, Fact, TokenPrice
from pipeline.identity import resolve_model

KINDS = {kind.__name__: kind for kind in FACTS}


class Header(BaseModel):
    """Where a bundled file's facts come from."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

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
    is_excerpt: bool = False
    """Whether these are some of the page's offers: what is absent may stand on it all the same."""
    facts: int


class Bundle(BaseModel):
    """A bundled file's header and its place; the facts are read when asked for."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    header: Header
    path: Path

    @property
    def visit_id(self) -> str:
        """The visit that it stands for."""
        is_dated = self.path.name != f"{self.header.source}.jsonl"
        return f"bundled-{self.header.as_of}" if is_dated else "bundled"

    @property
    def sha256(self) -> str:
        """Hash of the file."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    def facts(self) -> list[Fact]:
        """The facts, validated, as many as the header says.

        Raises:
            ContractBroken: A line is not a fact of our schema, or lines are missing.
        """
        with self.path.open(encoding="utf-8") as lines:
            facts = [_fact(self.path, number, line) for number, line in enumerate(lines, start=1) if number > 1]
        if len(facts) != self.header.facts:
            raise ContractBroken(
                f"{self.path.name} holds {len(facts)} facts and announces {self.header.facts}", page=str(self.path)
            )
        return facts


def _fact(path: Path, number: int, line: str) -> Fact:
    try:
        cells = json.loads(line)
        return KINDS[cells.pop("fact")].model_validate(cells)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ContractBroken(f"line {number} of {path.name} is not a fact: {error}", page=str(path)) from error


def find_all(source: str) -> tuple[Bundle, ...]:
    """The bundled files of a source, oldest first: ``<source>.jsonl``, and ``<source>.<day>.jsonl`` of earlier days.

    Raises:
        ContractBroken: A first line is not a header, a file's day is not its header's, or two are of one day.
    """
    paths_found = [*paths.bundled_dir().glob(f"{source}.jsonl"), *paths.bundled_dir().glob(f"{source}.*-*-*.jsonl")]
    found = sorted(map(_open, paths_found), key=lambda bundle: bundle.header.as_of)
    if len({bundle.header.as_of for bundle in found}) != len(found):
        raise ContractBroken(f"two bundled files of {source} are of one day", page=str(paths.bundled_dir()))
    return tuple(found)


def _open(path: Path) -> Bundle:
    with path.open(encoding="utf-8") as lines:
        try:
            found = Bundle(header=Header.model_validate_json(lines.readline()), path=path)
        except ValidationError as error:
            raise ContractBroken(f"{path.name} does not begin with a header: {error}", page=str(path)) from error
    _, *day = path.name.removesuffix(".jsonl").split(".")
    if day not in ([], [found.header.as_of.isoformat()]):
        raise ContractBroken(f"{path.name} holds facts of {found.header.as_of}", page=str(path))
    return found


def place(source: str, day: date | None = None) -> Path:
    """Where a source's bundled file stands: the one file, or the file of that day."""
    return paths.bundled_dir() / (f"{source}.{day}.jsonl" if day else f"{source}.jsonl")


def is_carried(fact: Fact, source: str, day: date) -> bool:
    """Whether a fact travels with the project: of prices, only those of models that the registry knows by that name."""
    if not isinstance(fact, TokenPrice):
        return True
    match = resolve_model(fact.model, source=source, on=fact.effective_on or day)
    return match.model_id is not None and not match.members and fact.price_state != "not_printed"


def write(path: Path, header: Header, facts: Iterable[Fact]) -> None:
    """Write a bundled file; fields that are None are left out."""
    lines = [header.model_dump_json(exclude_defaults=True)]
    for fact in facts:
        cells = {"fact": type(fact).__name__, **fact.model_dump(mode="json", exclude_defaults=True)}
        lines.append(json.dumps(cells, ensure_ascii=False, separators=(",", ":")))
    with whole_file(path) as partial:
        partial.write_text("\n".join(lines) + "\n", encoding="utf-8")
