"""What is worth telling unasked: a source gone stale, a price that moved, a new claim, a check that found rows.

`alerts.jsonl` of the home is an append-only log of what was raised and what has ended, so that nothing is told twice.
A stale source or a check with rows lasts until it is mended; a price move or a new claim is told once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline import answers, export, show, warehouse
from pipeline.durable import append_line, plain_bytes, storing
from pipeline.errors import CheckFailed
from pipeline.paths import Home
from pipeline.place import Place
from pipeline.settings import Settings
from pipeline.source import HOURS

Kind = Literal["stale", "price", "claim", "check"]
LASTING: tuple[Kind, ...] = ("stale", "check")
MOST_OF_A_KIND = 20  # told of one publish; what is beyond is counted
REFUSED = "publish refused"


class Alert(BaseModel):
    """One thing worth telling, raised or ended."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    kind: Kind
    subject: str
    """What it is about: with the kind, its name."""
    title: str
    detail: str
    at: datetime
    snapshot_id: str | None
    state: Literal["raised", "ended"] = "raised"

    @property
    def name(self) -> tuple[str, str]:
        """What tells it from others."""
        return self.kind, self.subject


def path_of(home: Home) -> Path:
    """The log."""
    return home.root / "alerts.jsonl"


def read(home: Home) -> list[Alert]:
    """Every line of the log that can be read, oldest first; a torn one was never told."""
    path = path_of(home)
    if not path.exists():
        return []
    with storing(path, "read"):
        lines = plain_bytes(path).splitlines()
    return [alert for alert in map(_alert, lines) if alert is not None]


def _alert(line: bytes) -> Alert | None:
    try:
        return Alert.model_validate_json(line)
    except ValidationError:
        return None


def standing(home: Home) -> list[Alert]:
    """What was raised and has not ended."""
    latest = {alert.name: alert for alert in read(home) if alert.kind in LASTING}
    return [alert for alert in latest.values() if alert.state == "raised"]


def look(home: Home, settings: Settings, *, now: datetime | None = None) -> list[Alert]:
    """Look at the published state, write down what is new and what has ended; what is new.

    Raises:
        StorageError: The log cannot be written.
    """
    at = now or datetime.now(UTC)
    ((snapshot_id,),) = warehouse.query(home.served, "select snapshot_id from meta.snapshot").rows
    found = list(_found(home.served, settings, str(snapshot_id), at))
    known = {alert.name: alert for alert in standing(home)}
    told = {(*alert.name, alert.snapshot_id) for alert in read(home) if alert.kind not in LASTING}
    new = [alert for alert in found if alert.name not in known and (*alert.name, alert.snapshot_id) not in told]
    ended = [alert for name, alert in known.items() if name not in {alert.name for alert in found}]
    for alert in new:
        append_line(path_of(home), alert.model_dump_json())
    for alert in ended:
        over = alert.model_copy(update={"state": "ended", "at": at, "snapshot_id": str(snapshot_id)})
        append_line(path_of(home), over.model_dump_json())
    return new


def refused(home: Home, error: CheckFailed, *, now: datetime | None = None) -> list[Alert]:
    """Write down that a check refused the publish; it lasts until one is made."""
    alert = Alert(
        kind="check", subject=REFUSED, title=f"nothing was published: {error.what}", detail=error.page or "",
        at=now or datetime.now(UTC), snapshot_id=None,
    )  # fmt: skip
    if alert.name in {known.name for known in standing(home)}:
        return []
    append_line(path_of(home), alert.model_dump_json())
    return [alert]


# --- the rules ------------------------------------------------------------------------------------


def _found(path: Place, settings: Settings, snapshot_id: str, at: datetime) -> Iterator[Alert]:
    rules = {
        "stale": lambda: _stale(path, settings.stale_visits, at),
        "price": lambda: _prices(path, settings.price_move),
        "claim": lambda: _claims(path),
        "check": lambda: _checks(path),
    }
    for kind in settings.alerts:
        for subject, title, detail in _limited(kind, rules[kind]()):
            yield Alert.model_validate(
                {
                    "kind": kind,
                    "subject": subject,
                    "title": title,
                    "detail": detail,
                    "at": at,
                    "snapshot_id": snapshot_id,
                }
            )


def _limited(kind: str, found: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    told = list(found)
    yield from told[:MOST_OF_A_KIND]
    if len(told) > MOST_OF_A_KIND:
        more = len(told) - MOST_OF_A_KIND
        yield f"{more} more", f"{more} more of the kind {kind}", "aicost diff and aicost status show all"


def _records(path: Place, sql: str, parameters: Any = ()) -> list[dict[str, Any]]:
    return export.records(warehouse.query(path, sql, parameters))


def _stale(path: Place, visits: float, at: datetime) -> Iterator[tuple[str, str, str]]:
    rows = _records(
        path,
        "select source, cadence, epoch(?::timestamptz - last_seen_at) / 86400 as days from sources "
        "where via in ('fetch', 'ingest') and disabled is null and last_seen_at is not null order by source",
        [at],
    )
    for row in rows:
        if row["days"] * 24 > visits * HOURS[row["cadence"]]:
            yield (
                row["source"], f"{row['source']} is stale: last seen {show.age(row['days'])} ago",
                f"visited {row['cadence']}; its last good facts stay in force, marked with their age",
            )  # fmt: skip


def _prices(path: Place, move: float) -> Iterator[tuple[str, str, str]]:
    if not _has(path, "gpu_price_now") or not _has(path, "token_prices"):
        return
    for row in answers.answer(path, "price_moves", move=move):
        yield (
            f"{row['what']} {row['per']}",
            f"{row['what']}: {row['before']:g} to {row['now']:g} {row['per']} ({row['change_share']:+.1%})",
            f"source: {row['source']}",
        )


def _claims(path: Place) -> Iterator[tuple[str, str, str]]:
    rows = _records(
        path,
        "select distinct table_name, row_key, cause_detail from changes where change = 'added' and row_key <> '*' "
        "and table_name in ('reported_claims', 'extracted_claims') "
        "and snapshot_id = (select snapshot_id from meta.snapshot) order by all",
    )
    for row in rows:
        claim = str(json.loads(row["row_key"])["claim_id"])
        yield (
            claim,
            f"new claim: {_said(path, row['table_name'], claim)}",
            f"{row['table_name']}, {row['cause_detail']}",
        )


def _said(path: Place, table: str, claim: str) -> str:
    rows = _records(path, f"from {table} where claim_id = ?", [claim])
    row = rows[0] if rows else {}
    figure = next((row.get(name) for name in ("value", "value_low", "value_high") if row.get(name) is not None), None)
    subject = row.get("model_name") or row.get("subject") or row.get("model") or row.get("organisation") or claim
    said = show.money(figure, str(row.get("unit") or row.get("currency") or "")) if figure is not None else "no figure"
    return f"{subject}, {row.get('scope') or 'scope unknown'}: {said}"


def _checks(path: Place) -> Iterator[tuple[str, str, str]]:
    for row in _records(path, "select check_name, sentence, row_count from meta.checks where row_count > 0 order by 1"):
        yield row["check_name"], f"check {row['check_name']}: {row['row_count']:,} rows", row["sentence"]


def _has(path: Place, table: str) -> bool:
    sql = "select count(*) from duckdb_tables() where schema_name = 'main' and table_name = ?"
    return bool(warehouse.query(path, sql, [table]).rows[0][0])
