"""Is today's data to be trusted: each source's state and age, against what it promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from pipeline import warehouse
from pipeline.archive import Visit
from pipeline.errors import AicostError
from pipeline.place import Place
from pipeline.source import HOURS

State = Literal["fresh", "unchanged", "stale", "bundled", "ledger", "disabled", "unvisited", "failed"]
PATIENCE = 2  # visits that may be missed before a source is stale
HELD = {"fetch": "fetched page", "ingest": "ingested page", "bundled": "bundled facts", "reference": "our ledger"}


@dataclass(frozen=True)
class SourceStatus:
    """One source as a person wants to know it."""

    source: str
    publisher: str
    state: State
    """failed: the newest visit brought nothing, or a page that was refused; stale: no visit for too long; unvisited:
    nothing of it comes with the project, and it was never asked."""
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
    """Why the newest visit is not in force, where it is not, or which of its pages could not be had."""
    page: str | None = None
    """Which page or file that is about."""
    likely: str | None = None
    """Its likely cause."""
    fix: str | None = None
    """What to do about it."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing of the source is in force."""
        return self.observed_at is None and self.state not in ("disabled", "unvisited")

    @property
    def is_degraded(self) -> bool:
        """Whether a person should look at it."""
        return self.state in ("stale", "failed")

    @property
    def kept(self) -> str:
        """What is in force, for the error that says why it is no newer page."""
        if self.observed_at is None:
            return "nothing: there never was a good page"
        return f"{self.in_force} of {self.observed_at:%Y-%m-%d %H:%M} UTC, facts: {self.facts:,}"

    @property
    def error(self) -> AicostError | None:
        """The problem in its five parts."""
        if self.problem is None:
            return None
        return AicostError(
            self.problem, source=self.source, page=self.page, likely=self.likely, kept=self.kept, fix=self.fix
        )


def of_sources(
    path: Place, *, now: datetime | None = None, visits: Mapping[str, Visit] | None = None
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
        "licence, cadence, disabled, not_bundled, last_attempt_at, rejected_reason, "
        "problem_page, problem_likely, problem_fix from sources order by source",
    )
    rows: list[dict[str, Any]] = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    return [_status(row, at, (visits or {}).get(row["source"])) for row in rows]


def _status(row: dict[str, Any], at: datetime, visit: Visit | None) -> SourceStatus:
    observed_at: datetime | None = row["observed_at"]
    problem: str | None = row["rejected_reason"] or row["last_error"]
    is_failed = row["rejected_reason"] is not None or row["last_outcome"] == "failed"
    return SourceStatus(
        source=row["source"], publisher=row["publisher"], state=_state(row, at, visit, failed=is_failed),
        in_force=HELD.get(row["via"], "nothing"), observed_at=observed_at,
        age_days=None if observed_at is None else (at - observed_at).total_seconds() / 86400,
        facts=row["facts"], quarantined=row["quarantined"], licence=row["licence"], cadence=row["cadence"],
        problem=problem, page=row["problem_page"], likely=row["problem_likely"], fix=row["problem_fix"],
    )  # fmt: skip


def _state(row: dict[str, Any], at: datetime, visit: Visit | None, *, failed: bool) -> State:
    if row["disabled"]:
        return "disabled"
    if row["via"] == "reference":
        return "ledger"
    if row["via"] is None and row["not_bundled"] and row["last_attempt_at"] is None:
        return "unvisited"
    if failed or row["via"] is None:
        return "failed"
    if row["via"] == "bundled":
        return "bundled"
    if (at - row["last_seen_at"]).total_seconds() / 3600 > PATIENCE * HOURS[row["cadence"]]:
        return "stale"
    return "unchanged" if visit is not None and visit.outcome == "unchanged" else "fresh"
