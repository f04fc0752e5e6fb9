"""The journal: every refresh and rebuild, how it ended and why, also where nothing was published.

``runs.jsonl`` lies beside the archive, not in it: it tells of the publishing itself, and no published number follows
from it. A run writes a line when it begins and one when it ends; the later line counts. A publish carries the journal
into ``meta.runs``, where a run that began and never ended is one that died.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

import pipeline
from pipeline.archive import Visit
from pipeline.durable import append_line, read_lines
from pipeline.errors import AicostError
from pipeline.paths import Home
from pipeline.redact import redacted

LONGEST_ERROR = 2000  # characters
SHOWN = 10


class Run(BaseModel):
    """One refresh or rebuild."""

    model_config = ConfigDict(defer_build=True, extra="forbid", validate_assignment=True)

    run_id: str
    verb: Literal["refresh", "rebuild"]
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str = "running"
    """running, published, interrupted, bug, or the error's code: check, contract, storage, archive, busy, usage."""
    error: str | None = None
    snapshot_id: str | None = None
    offline: bool = False
    visits_new: int = 0
    visits_unchanged: int = 0
    visits_failed: int = 0
    notes: tuple[str, ...] = ()
    """What was found and mended at the start."""
    process: str
    version: str

    def counting(self, visits: Mapping[str, Visit]) -> Self:
        """The same run, with how its visits ended."""
        ended = [visit.outcome for visit in visits.values()]
        self.visits_new, self.visits_unchanged = ended.count("new"), ended.count("unchanged")
        self.visits_failed = ended.count("failed")
        return self

    def told(self) -> str:
        """The run in a line."""
        seconds = f", {(self.ended_at - self.started_at).total_seconds():.1f} s" if self.ended_at else ""
        made = f"{self.visits_new} new, {self.visits_unchanged} unchanged, {self.visits_failed} failed"
        visits = f"; visits: {made}" if self.visits_new + self.visits_unchanged + self.visits_failed else ""
        why = f"; {self.error.splitlines()[0]}" if self.error else ""
        when = f"{self.started_at:%Y-%m-%d %H:%M:%S} UTC"
        return f"{self.verb}{' --offline' * self.offline} of {when}: {self.outcome}{seconds}{visits}{why}"


def begin(verb: Literal["refresh", "rebuild"], *, offline: bool) -> Run:
    """A run that begins now, in this process; it is not recorded yet."""
    now, process = datetime.now(UTC), f"process {os.getpid()} on {socket.gethostname()}"
    return Run(
        run_id=f"{now:%Y%m%dT%H%M%S.%fZ}-{os.getpid()}", verb=verb, started_at=now, offline=offline,
        process=process, version=pipeline.__version__,
    )  # fmt: skip


def end(run: Run, error: BaseException | None) -> Run:
    """The same run, ended: by that error, or well."""
    if error is None:
        outcome, said = "published", None
    elif isinstance(error, KeyboardInterrupt) or isinstance(error.__cause__, KeyboardInterrupt):
        outcome, said = "interrupted", None
    elif isinstance(error, AicostError):
        outcome, said = error.code, str(error)
    else:
        outcome, said = "bug", f"{type(error).__name__}: {error}"
    said = redacted(said)[:LONGEST_ERROR] if said else None
    # The clock may have been set back meanwhile; no run ends before it began.
    ended_at = max(datetime.now(UTC), run.started_at)
    return run.model_copy(update={"outcome": outcome, "error": said, "ended_at": ended_at})


def record(home: Home, run: Run) -> None:
    """Append the run as it is now, durably.

    Raises:
        StorageError: The journal cannot be written.
    """
    append_line(home.journal, run.model_dump_json(exclude_defaults=True), stage="journal")


def read(home: Home) -> list[Run]:
    """Every run, in the order in which they began; lines that cannot be read are left out and counted by `damage`."""
    known = {run.run_id: run for run in _lines(home) if isinstance(run, Run)}
    return list(known.values())


def newest(home: Home, number: int = SHOWN) -> list[Run]:
    """The last runs, the newest last; one that is `running` and holds no lock has died (``aicost doctor`` tells)."""
    return read(home)[-number:]


def damage(home: Home) -> list[int]:
    """Numbers of the lines that cannot be read, but for those that a crash tore."""
    return [number for number in _lines(home) if isinstance(number, int)]


def _lines(home: Home) -> list[Run | int]:
    found: list[Run | int] = []
    for number, line in read_lines(home.journal):
        try:
            found.append(Run.model_validate_json(line))
        except ValidationError:
            found.append(number)
    return found


def as_published(runs: list[Run], run_id: str | None, snapshot_id: str) -> list[Run]:
    """The journal as the file says it that this run publishes: the run itself has published, others under way died."""
    return [
        run if run.outcome != "running"
        else run.model_copy(update={"outcome": "published", "snapshot_id": snapshot_id}) if run.run_id == run_id
        else run.model_copy(update={"outcome": "died"})
        for run in runs
    ]  # fmt: skip
