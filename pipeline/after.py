"""What runs when a publish is done: alerts, the feed, the webhook, the export and the report; none can undo it.

Each step fails alone. How it ended is kept in ``after.json`` of the home, written before the first and after each,
so that one that a crash or a fault cut short is seen in ``aicost status`` and is run again by the next refresh.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline import alerts, as_of, export, feed, warehouse, webhook
from pipeline.alerts import Alert
from pipeline.durable import plain_bytes, whole_file
from pipeline.errors import AicostError, CheckFailed, StorageError
from pipeline.paths import Home
from pipeline.settings import Settings

_log = logging.getLogger(__name__)

State = Literal["pending", "done", "skipped", "failed"]
LONGEST_REASON = 500  # characters


class Outcome(BaseModel):
    """How one step ended."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    step: str
    state: State
    snapshot_id: str
    """The publish that it was run for."""
    at: datetime
    said: str = ""
    """What it made, or why it failed or was skipped."""
    tries: int = 0
    """Runs that have failed in a row."""
    done_for: str | None = None
    """The last publish that it was done for."""
    done_at: datetime | None = None
    """When that was: what was raised later is still to be told."""

    @property
    def is_owed(self) -> bool:
        """Whether it is to be run again."""
        return self.state in ("pending", "failed")


@dataclass(frozen=True)
class _Work:
    """What a step gets."""

    home: Home
    settings: Settings
    snapshot_id: str
    last_done: str | None
    untold: Sequence[Alert]
    """Alerts raised since the step was done last."""


class Skipped(Exception):
    """A step that has nothing to do, or cannot do it here; that is no failure."""


# --- the steps ------------------------------------------------------------------------------------


def _feed(work: _Work) -> str:
    return str(feed.write(work.home, most=work.settings.feed_entries))


def _webhook(work: _Work) -> str:
    if not work.settings.webhook:
        raise Skipped("AICOST_WEBHOOK is not set")
    known = {line.snapshot_id for line in as_of.history(work.home)}
    body = webhook.message(work.home, work.last_done if work.last_done in known else None, work.untold)
    if body is None:
        raise Skipped("nothing changed")
    return f"told {webhook.send(work.settings, body)}"


def _export(work: _Work) -> str:
    forms: Any = work.settings.export_forms
    made = export.export(work.home.served, work.home.exports, (), forms)
    return f"{len(made.files)} files in {work.home.exports}" + "".join(f"; {note}" for note in made.notes)


def _report(work: _Work) -> str:
    from pipeline import report

    if lacking := report.missing():
        raise Skipped(f"{' and '.join(lacking)} are not installed: {report.INSTALL}")
    if report.stands(work.home):
        return f"unchanged: {work.home.report}"
    return str(report.write(work.home))


def _alerts(work: _Work) -> str:
    return f"{len(alerts.look(work.home, work.settings))} new"


ALERTS = "alerts"  # looked for first, where anything runs at all: feed and webhook tell of them
STEPS: dict[str, Callable[[_Work], str]] = {
    ALERTS: _alerts, "feed": _feed, "webhook": _webhook, "export": _export, "report": _report,
}  # fmt: skip


TELLING = ("feed", "webhook")  # what tells of alerts


# --- running them ---------------------------------------------------------------------------------


def run(home: Home, settings: Settings, *, told: Callable[[Outcome], None] = lambda outcome: None) -> list[Outcome]:
    """Run the steps that are on for the state that is served; how each ended.

    The caller holds the home's lock. Nothing but an interrupt leaves here; the data is published whatever happens.

    Args:
        home: The home.
        settings: Which steps are on, and how.
        told: Called after each step.
    """
    if not settings.after:
        return []
    snapshot_id = begin(home, settings)
    return [one(home, settings, name, snapshot_id, told=told) for name in steps_of(settings)]


def steps_of(settings: Settings) -> list[str]:
    """The steps that are on, in the order in which they run."""
    return [name for name in STEPS if name in settings.after or (name == ALERTS and settings.after)]


def begin(home: Home, settings: Settings) -> str:
    """Note that the steps are owed for the state that is served, and what is new in it; its name."""
    served = warehouse.served_snapshot(home)
    snapshot_id = served.snapshot_id if served else ""
    before, now = read(home), datetime.now(UTC)
    _keep(home, {
        **before,
        **{name: _owed(name, snapshot_id, before.get(name), now) for name in steps_of(settings)},
    })  # fmt: skip
    return snapshot_id


def _owed(name: str, snapshot_id: str, before: Outcome | None, now: datetime) -> Outcome:
    kept = {"done_for": before.done_for, "done_at": before.done_at, "tries": before.tries} if before else {}
    return Outcome.model_validate({"step": name, "state": "pending", "snapshot_id": snapshot_id, "at": now, **kept})


def one(
    home: Home,
    settings: Settings,
    name: str,
    snapshot_id: str,
    *,
    told: Callable[[Outcome], None] = lambda outcome: None,
) -> Outcome:
    """Run one step and keep how it ended."""
    started = datetime.now(UTC)
    before = read(home).get(name) or _owed(name, snapshot_id, None, started)
    state, said = _ended(home, settings, before, snapshot_id)
    has_failed = state == "failed"
    made = before.model_copy(update={
        "state": state, "said": said[:LONGEST_REASON], "at": datetime.now(UTC), "snapshot_id": snapshot_id,
        "tries": before.tries + 1 if has_failed else 0,
        "done_for": before.done_for if has_failed else snapshot_id,
        "done_at": before.done_at if has_failed else started,
    })  # fmt: skip
    _keep(home, {**read(home), name: made})
    told(made)
    return made


def _ended(home: Home, settings: Settings, before: Outcome, snapshot_id: str) -> tuple[State, str]:
    try:
        raised = [alert for alert in alerts.read(home) if alert.state == "raised"]
        untold = [alert for alert in raised if before.done_at is None or alert.at > before.done_at]
        return "done", STEPS[before.step](_Work(home, settings, snapshot_id, before.done_for, untold))
    except Skipped as skipped:
        return "skipped", str(skipped)
    except AicostError as error:
        return "failed", error.what + (f"; next: {error.fix}" if error.fix else "")
    except Exception as error:  # noqa: BLE001 - a bug in an export must not look like a failed publish
        _log.exception("after the publish: %s", before.step)
        return "failed", f"unexpected {type(error).__name__}: {error}"


def refused(home: Home, settings: Settings, error: CheckFailed) -> None:
    """Tell that a check has refused a publish, and run what is owed for the one before. Raises nothing of its own."""
    try:
        if settings.after and "check" in settings.alerts:
            alerts.refused(home, error)
        served = warehouse.served_snapshot(home)
        late = {outcome.step for outcome in owed(home, settings)}
        for name in steps_of(settings) if served else ():
            if name in TELLING or name in late:
                one(home, settings, name, served.snapshot_id if served else "")
    except AicostError as failed:
        _log.warning("after a refused publish: %s", failed)


# --- how they ended -------------------------------------------------------------------------------


def read(home: Home) -> dict[str, Outcome]:
    """How each step ended last, by name; nothing where none was ever run."""
    try:
        told: Mapping[str, Any] = json.loads(plain_bytes(home.after))
        return {name: Outcome.model_validate(outcome) for name, outcome in told.items() if name in STEPS}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, ValidationError):
        _log.warning("%s cannot be read; the steps after a publish are run anew", home.after)
        return {}


def owed(home: Home, settings: Settings) -> list[Outcome]:
    """What is on, and did not end well for the state that is served: what ``aicost status`` shows."""
    known = read(home)
    served = warehouse.served_snapshot(home)
    if not known or served is None:
        return []
    found: list[Outcome] = []
    for name in steps_of(settings):
        outcome = known.get(name) or _owed(name, served.snapshot_id, None, served.published_at)
        if outcome.is_owed:
            found.append(outcome)
        elif outcome.snapshot_id != served.snapshot_id:
            said = f"not run for {served.snapshot_id}; last for {outcome.snapshot_id}"
            found.append(outcome.model_copy(update={"state": "pending", "said": said}))
    return found


def _keep(home: Home, outcomes: Mapping[str, Outcome]) -> None:
    text = json.dumps({name: outcome.model_dump(mode="json") for name, outcome in outcomes.items()}, indent=1)
    try:
        with whole_file(home.after) as partial:
            partial.write_text(text + "\n", encoding="utf-8")
    except StorageError as error:  # the disk is full: the publish stands, and what is owed is found by its snapshot
        _log.warning("how the steps after the publish ended could not be kept: %s", error.what)
