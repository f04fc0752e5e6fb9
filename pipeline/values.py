"""Single values as JSON and CSV have them; imports nothing large, so that verbs that print no table start quickly."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import cast


def plain(cell: object) -> object:
    """A value as JSON and CSV have it: ISO dates, UTC times, numbers as numbers, no NaN."""
    if cell is None or isinstance(cell, str | int):  # nearly all cells
        return cell
    match cell:
        case datetime():
            at = cell.replace(tzinfo=UTC) if cell.tzinfo is None else cell.astimezone(UTC)
            return at.isoformat().replace("+00:00", "Z")
        case date() | time():
            return cell.isoformat()
        case float() if not math.isfinite(cell):
            return None
        case Decimal():
            return float(cell)
        case list() | tuple():
            return [plain(part) for part in cast("Iterable[object]", cell)]
        case dict():
            return {str(key): plain(part) for key, part in cast("dict[object, object]", cell).items()}
        case float():
            return cell
        case _:
            return str(cell)
