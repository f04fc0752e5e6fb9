"""What changed, as an Atom file: an entry a changed row, and one an alert. Any feed reader follows it.

The file is made anew from the log of publishes and the log of alerts each time. An entry's id follows from its
snapshot, table and row, so that no reader sees one twice; what a publisher has written stays text.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from pipeline import alerts, as_of, publishes
from pipeline.changes import WHOLE
from pipeline.durable import whole_file
from pipeline.paths import Home
from pipeline.publishes import Line

ATOM = "http://www.w3.org/2005/Atom"
NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "aicost/feed")
ROWS_OF_A_TABLE = 10  # entries that one table gets of one publish; beyond, one entry says how many
LONGEST_TITLE, LONGEST_TEXT = 200, 2000  # characters
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Entry:
    """One entry."""

    entry_id: str
    at: datetime
    title: str
    text: str
    topic: str


def write(home: Home, *, most: int) -> Path:
    """Write ``feed.xml`` of the home, whole; the newest entries first.

    Raises:
        StorageError: It cannot be written.
    """
    lines = as_of.history(home)
    told = sorted(
        [*islice(_of_publishes(home, lines), most), *_of_alerts(home)], key=lambda entry: (entry.at, entry.entry_id)
    )  # fmt: skip
    newest = lines[-1].published_at if lines else datetime(1970, 1, 1, tzinfo=UTC)
    path = home.feed
    with whole_file(path) as partial:
        partial.write_bytes(render(told[-most:][::-1], max([newest, *(entry.at for entry in told)])))
    return path


def _of_publishes(home: Home, lines: list[Line]) -> Iterator[Entry]:
    for line in reversed(lines):
        rows = [json.loads(row) for row in publishes.changes_of(home.archive, line).split("\n") if row]
        tables: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for row in rows:
            tables.setdefault(row["table_name"], {}).setdefault(row["row_key"], []).append(row)
        for table, by_key in tables.items():
            yield from _of_table(line, table, by_key)


def _of_table(line: Line, table: str, by_key: dict[str, list[dict[str, Any]]]) -> Iterator[Entry]:
    if len(by_key) > ROWS_OF_A_TABLE:
        changed = [row for rows in by_key.values() for row in rows]
        by_cause = sorted({f"{row['cause']}: {row['cause_detail']}" for row in changed})
        text = f"{len(changed):,} changes; {'; '.join(by_cause)[:LONGEST_TEXT]}"
        title = f"{table}: {len(by_key):,} rows changed"
        yield Entry(_id(line.snapshot_id, table, WHOLE), line.published_at, title, text, table)
        return
    for key, rows in by_key.items():
        name = "" if key == WHOLE else ", ".join(str(part) for part in json.loads(key).values())
        said = [_said(row) for row in rows]
        title = f"{table}{f' ({name})' if name else ''}: {said[0]}" + (f" and {len(said) - 1} more" if said[1:] else "")
        why = dict.fromkeys(f"cause: {row['cause']}, {row['cause_detail']}" for row in rows)
        yield Entry(_id(line.snapshot_id, table, key), line.published_at, title, "\n".join([*said, *why]), table)


def _said(row: dict[str, Any]) -> str:
    if row["change"] != "changed":
        counted = (row.get("new_value") or row.get("old_value")) if row["row_key"] == WHOLE else None
        return f"{row['column_name'] or counted or 'row'} {row['change']}"
    share = row.get("change_share")
    percent = f" ({share:+.1%})" if share is not None else ""
    if row["row_key"] == WHOLE:
        return str(row.get("new_value"))
    return f"{row['column_name']} {_shown(row.get('old_value'))} → {_shown(row.get('new_value'))}{percent}"


def _shown(value: str | None) -> str:
    return "nothing" if value is None else value[:LONGEST_TITLE]


def _of_alerts(home: Home) -> Iterator[Entry]:
    for alert in alerts.read(home):
        if alert.state == "raised":
            name = (alert.kind, alert.subject, alert.snapshot_id or alert.at.isoformat())
            yield Entry(_id("alert", *name), alert.at, f"Alert: {alert.title}", alert.detail, f"alert-{alert.kind}")


def _id(*parts: str) -> str:
    return uuid.uuid5(NAMES, json.dumps(parts)).urn


def render(entries: list[Entry], updated: datetime) -> bytes:
    """The entries as an Atom document."""
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed")
    for name, text in (("id", NAMES.urn), ("title", "aicost: what changed"), ("updated", _time(updated))):
        _add(feed, name, text)
    _add(_add(feed, "author"), "name", "aicost")
    _add(feed, "generator", "aicost")
    for entry in entries:
        made = _add(feed, "entry")
        for name, text in (
            ("id", entry.entry_id),
            ("title", entry.title[:LONGEST_TITLE]),
            ("updated", _time(entry.at)),
        ):
            _add(made, name, text)
        _add(made, "category").set("term", _plain(entry.topic))
        _add(made, "content", entry.text[:LONGEST_TEXT]).set("type", "text")
    ElementTree.indent(feed)
    return ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True) + b"\n"


def _add(parent: ElementTree.Element, name: str, text: str | None = None) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}")
    made.text = None if text is None else _plain(text)
    return made


def _plain(text: str) -> str:
    return NOT_XML.sub(" ", text)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
