"""What a person decided about rows that were held or set aside: an append-only log beside the archived pages.

The published state follows from it as from the pages: the same decisions give the same warehouse, and a decision is
undone by a later one about the same item.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.durable import append_line, read_lines
from pipeline.errors import ArchiveError

Verdict = Literal["release", "reject"]


class Decision(BaseModel):
    """One verdict of one person on one item of the quarantine."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    item_id: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
    verdict: Verdict
    reason: Annotated[str, Field(min_length=1)]
    decided_by: str
    decided_at: datetime


def item_of(source: str, visit_id: str, page: str, rule: str, raw_value: str = "") -> str:
    """The name of an item about a whole page, as ``sql/meta/quarantine.sql`` makes it."""
    parts = (source, visit_id, page, "-1", rule, "", raw_value, "1")
    return hashlib.md5("|".join(parts).encode(), usedforsecurity=False).hexdigest()[:12]


def path_of(archive: Path) -> Path:
    """The log below the archive's folder."""
    return archive / "decisions.jsonl"


def read(archive: Path) -> list[Decision]:
    """Every decision, oldest first; one that a crash tore off was never told to be made.

    Raises:
        ArchiveError: A line cannot be read: a decision that was forgotten would publish what a person refused.
    """
    path = path_of(archive)
    decisions: list[Decision] = []
    for number, line in read_lines(path):
        try:
            decisions.append(Decision.model_validate_json(line))
        except ValidationError as error:
            raise ArchiveError(
                f"line {number} of the log of decisions cannot be read", page=str(path),
                likely="the file was edited or damaged", kept="the version published before",
                fix="mend or remove that line, and decide again with aicost quarantine",
            ) from error  # fmt: skip
    return decisions


def record(archive: Path, item_id: str, verdict: Verdict, *, reason: str, by: str) -> Decision:
    """Append a decision, durably; the caller holds the home's lock."""
    made = Decision(item_id=item_id, verdict=verdict, reason=reason, decided_by=by, decided_at=datetime.now(UTC))
    append_line(path_of(archive), made.model_dump_json(), stage="decision")
    return made
