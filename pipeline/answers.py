"""Questions that come with the product: one documented SELECT each in ``sql/answers``, with ``$names`` to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline import export, paths, warehouse


def answer(path: Path, name: str, /, **parameters: object) -> list[dict[str, Any]]:
    """The rows of ``sql/answers/<name>.sql`` over the published warehouse, as records.

    Args:
        path: The published file.
        name: The answer's file.
        parameters: A value for every ``$name`` in it.

    Raises:
        StorageError: There is no warehouse.
    """
    sql = (paths.sql_dir() / "answers" / f"{name}.sql").read_text(encoding="utf-8")
    return export.records(warehouse.query(path, sql, parameters))
