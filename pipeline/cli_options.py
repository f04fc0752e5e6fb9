"""Options that many verbs of the command line share."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.errors import UsageError
from pipeline.paths import find_place

if TYPE_CHECKING:
    from pipeline.place import Place
else:
    Place = Any  # typer knows no unions; the parser says what it is

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of archive and warehouse; else AICOST_HOME.")]
WarehouseOption = Annotated[
    Place | None,
    typer.Option(
        "--warehouse", parser=find_place, metavar="FILE|LAKE",
        help="A file, or ducklake:postgres:...?data_path=...; else AICOST_WAREHOUSE, else the home's.",
    ),
]  # fmt: skip
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no hints; warnings stay.")]
LockOption = Annotated[float, typer.Option("--lock-timeout", min=0, help="Seconds to wait for another refresh to end.")]
AsOfOption = Annotated[str | None, typer.Option("--as-of", help="Day, as 2025-06-30. [default: the newest on file]")]
PublishedOption = Annotated[
    str | None,
    typer.Option("--as-of", help="What was published then: a day (its end), a time, an age as 7d, or a snapshot."),
]


def moment(text: str) -> datetime:
    """A time in UTC.

    Raises:
        UsageError: The text is neither a day nor a time.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is not a time", fix="write 2026-05-24 or 2026-05-24T06:00:00Z") from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def day(text: str | None) -> date | None:
    """A day, or None where none is given.

    Raises:
        UsageError: The text is no day.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is not a day", fix="write 2026-05-24") from None
