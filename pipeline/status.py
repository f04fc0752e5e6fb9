"""Is today's data to be trusted: each source's state and age, against what it promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pipeline import warehouse
from pipeline.archive import Visit
from pipeline.source import HOURS

State = Literal["fresh", "unchanged", "stale", "bundled", "ledger", "disabled", "awaited", "failed"]
PATIENCE = 2  # visits that may be missed before a source is stale
HELD = {"fetch": "fetched page", "ingest": "ingested page", "bundled": "bundled facts", "reference": "our ledger"}


@dataclass(frozen=True)
class SourceStatus:
    """One source as a person wants to know it."""

    source: str
    publisher: str
    state: State
    """failed: the newest visit brought nothing, or a page that was refused; stale: no visit for too long;
    awaited: nothing of it travels with the project, and it was never visited."""
    in_force: str
    """What the facts come from: a page, the bundled facts, our ledger or nothing."""
    observed_at: datetime | None
    """When the facts in force were received, or the day they stand for."""
    age_days: float | None
    facts: int
    quarantined: int
    licence: str
    cadence: str
    problem: str | None
    """Why the newest visit is not in force, where it is not."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing of the source is in force."""
        return self.observed_at is None and self.state not in ("disabled", "awaited")

    @property
    def is_degraded(self) -> bool:
        """Whether a person should look at it."""
        return self.state in ("stale", "failed")


def of_sources(
    path: Path, *, now: datetime | None = None, visits: Mapping[str, Visit] | None = None
) -> list[SourceStatus]:
    """The state of every source in the warehouse.

    Args:
        path: The published warehouse.
        now: Time to measure age at; None: now.
        visits: The visits of the refresh that was just made, if there was one.
    """
    at = now or datetime.now(UTC)
    found = warehouse.query(
        path,
        "select source, publisher, via, observed_at, last_seen_at, last_outcome, last_error, facts, quarantined, "
        "licence, cadence, disabled, unbundled, rejected_reason from sources order by source",
    )
    rows: list[dict[str, Any]] = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    return [_status(row, at, (visits or {}).get(row["source"])) for row in rows]


def _status(row: dict[str, Any], at: datetime, visit: Visit | None) -> SourceStatus:
    observed_at: datetime | None = row["observed_at"]
    problem: str | None = row["rejected_reason"] or (row["last_error"] if row["last_outcome"] == "failed" else None)
    return SourceStatus(
        source=row["source"], publisher=row["publisher"], state=_state(row, at, visit, failed=problem is not None),
        in_force=HELD.get(row["via"], "nothing"), observed_at=observed_at,
        age_days=None if observed_at is None else (at - observed_at).total_seconds() / 86400,
        facts=row["facts"], quarantined=row["quarantined"], licence=row["licence"], cadence=row["cadence"],
        problem=problem,
    )  # fmt: skip


def _state(row: dict[str, Any], at: datetime, visit: Visit | None, *, failed: bool) -> State:
    if row["disabled"]:
        return "disabled"
    if row["via"] == "reference":
        return "ledger"
    if row["via"] is None and row["unbundled"] and row["last_outcome"] is None:
        return "awaited"
    if failed or row["via"] is None:
        return "failed"
    if row["via"] == "bundled":
        return "bundled"
    if (at - row["last_seen_at"]).total_seconds() / 3600 > PATIENCE * HOURS[row["cadence"]]:
        return "stale"
    return "unchanged" if visit is not None and visit.outcome == "unchanged" else "fresh"
