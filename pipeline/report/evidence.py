"""What the report rests on: answers over the public tables of one published file, each asked once, and who it is of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pipeline import answers, warehouse
from pipeline.place import Place
from pipeline.status import SourceStatus, of_sources

Row = dict[str, Any]
Key = tuple[str, tuple[tuple[str, object], ...]]


@dataclass(frozen=True)
class Asked:
    """An answer with the question that gave it, so that anybody can ask it again."""

    question: str
    """As ``report/cost_points`` or ``ladder``: the file below ``sql``."""
    parameters: dict[str, object]
    answer: warehouse.Rows

    @property
    def rows(self) -> list[Row]:
        """The rows by the names of their columns."""
        return [dict(zip(self.answer.columns, row, strict=True)) for row in self.answer.rows]


@dataclass(frozen=True)
class Evidence:
    """The published file, and everything that was asked of it."""

    path: Place
    snapshot: warehouse.Snapshot
    sources: list[SourceStatus]
    tables: frozenset[str]
    """The public tables."""
    _asked: dict[Key, Asked] = field(default_factory=dict[Key, Asked])

    @property
    def asked(self) -> list[Asked]:
        """Everything that was asked, in order."""
        return list(self._asked.values())

    def ask(self, question: str, **parameters: object) -> Asked:
        """The answer to a question of ``sql/report`` or ``sql/answers``."""
        key = (question, tuple(sorted(parameters.items())))
        if key not in self._asked:
            self._asked[key] = Asked(question, parameters, answers.ask(self.path, question, **parameters))
        return self._asked[key]

    def rows(self, question: str, **parameters: object) -> list[Row]:
        """The rows of that answer."""
        return self.ask(question, **parameters).rows


def read(path: Place, snapshot: warehouse.Snapshot) -> Evidence:
    """The evidence of a published file; ages are as of its publishing, so that a report is of its snapshot alone."""
    at = snapshot.published_at if snapshot.published_at.tzinfo else snapshot.published_at.replace(tzinfo=UTC)
    with warehouse.reading(path) as connection:
        tables = frozenset(warehouse.tables(connection))
    return Evidence(path, snapshot, of_sources(path, now=datetime.fromtimestamp(at.timestamp(), UTC)), tables)
