"""Answers: the documented SELECTs of ``sql/answers``, asked with named parameters and shown the same way everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeline import export, paths, show, warehouse

Cells = Mapping[str, object]


def answer(path: Path, name: str, **parameters: object) -> list[dict[str, object]]:
    """The rows of an answer, by column.

    Args:
        path: The published warehouse.
        name: The answer: its file in ``sql/answers``.
        parameters: For its ``$name`` placeholders.
    """
    sql = (paths.sql_dir() / "answers" / f"{name}.sql").read_text(encoding="utf-8")
    return export.records(warehouse.query(path, sql, parameters))


def amount(cells: Cells, value: str = "value") -> str:
    """A figure with its unit, for people: $5.58M, $0.0039 per task."""
    unit = str(cells["unit"])
    return show.money(cells[value]) + unit.removeprefix("USD")


def interval(cells: Cells) -> str:
    """Its interval, for people."""
    return show.interval(cells["value_low"], cells["value_high"])
