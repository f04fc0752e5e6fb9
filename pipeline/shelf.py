"""What was read from pages, as lines to load, and the shelf where it is kept so that no code reads one page twice.

A page's facts follow from its bytes and from the code that reads it. The shelf keeps them under a hash of both, so it
serves a refresh and a rebuild alike. It is bounded, and safe to delete: what is missing or damaged is read again.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pipeline.facts import Extra, Fact, Issue

MOST_BYTES = 512 * 2**20  # on the shelf; what was not asked for longest goes first


class Line(NamedTuple):
    """A fact on its way into its table, as JSON without braces."""

    table: str
    offer: str
    """The offer, as JSON, where the fact stands until another is seen; otherwise empty."""
    position: str
    cells: str


def lines_of(facts: Iterable[Fact]) -> list[Line]:
    """Facts as lines."""
    return [
        Line(
            fact.table,
            json.dumps([getattr(fact, name) for name in fact.offered_as]) if fact.offered_as else "",
            f'"row":{fact.row},"page_number":{fact.page_number}',
            fact.model_dump_json(exclude={"row", "page_number"}, exclude_none=True)[1:-1],
        )
        for fact in facts
    ]


@dataclass
class Row:
    """A line that becomes a row, and the newest visit that shows it."""

    line: Line
    last_visit_id: str


def standing(visits: Iterable[tuple[str, Sequence[Line]]]) -> list[list[Row]]:
    """Of each of one day's visits the lines that become rows; an offer that stands as it stood is seen again in one.

    Args:
        visits: Name and lines of each visit, oldest first. What a page lists twice stands for itself.
    """
    found: list[list[Row]] = []
    stood: dict[tuple[str, str], Row] = {}
    for visit_id, lines in visits:
        times = Counter((line.table, line.offer) for line in lines if line.offer)
        stands: dict[tuple[str, str], Row] = {}
        fresh: list[Row] = []
        for line in lines:
            offer = line.table, line.offer
            is_one = times.get(offer) == 1
            row = stood.get(offer) if is_one else None
            if row is not None and row.line.cells == line.cells:
                row.last_visit_id = visit_id
            else:
                fresh.append(row := Row(line, visit_id))
            if is_one:
                stands[offer] = row
        stood = stands
        found.append(fresh)
    return found


@dataclass(frozen=True)
class Shelf:
    """The readings below one folder."""

    folder: Path

    def find(self, *key: object) -> tuple[list[Line], list[Issue]] | None:
        """What was read under that key; None where it is not there, or not whole."""
        path = self._path(key)
        try:
            head, *rows = gzip.decompress(path.read_bytes()).decode().split("\n")
            lines = [Line(*row.split("\t")) for row in rows]
            issues = [(Issue if "what" in issue else Extra).model_validate(issue) for issue in json.loads(head)]
            os.utime(path)
        except (OSError, EOFError, zlib.error, ValueError, TypeError):  # absent, or damaged: it is read again
            return None
        return lines, issues

    def keep(self, lines: Sequence[Line], issues: Sequence[Issue], *key: object) -> None:
        """Keep what was read under that key.

        Raises:
            OSError: The folder cannot be written.
        """
        path = self._path(key)
        head = json.dumps([issue.model_dump(mode="json", exclude_none=True, exclude_unset=True) for issue in issues])
        text = "\n".join([head, *map("\t".join, lines)])  # JSON has no tab and no line break of its own
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_bytes(gzip.compress(text.encode(), compresslevel=1, mtime=0))
        partial.replace(path)  # not synced: what a power cut tears is not whole, and is read again

    def tidy(self) -> None:
        """Keep the shelf within its bounds."""
        if not self.folder.is_dir():
            return
        held = sorted((entry.stat().st_mtime_ns, entry.stat().st_size, entry.path) for entry in os.scandir(self.folder))
        too_many = sum(size for _, size, _ in held) - MOST_BYTES
        for _, size, path in held:
            if too_many <= 0:
                break
            Path(path).unlink(missing_ok=True)
            too_many -= size

    def _path(self, key: tuple[object, ...]) -> Path:
        return self.folder / f"{hashlib.sha256(json.dumps(key).encode()).hexdigest()[:32]}.gz"
