"""What ``aicost models`` does: say which model a printed name means and why, and list the names that nobody knows."""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from pipeline import export as exporting
from pipeline import show, warehouse
from pipeline.errors import UsageError
from pipeline.identity import ModelMatch, resolve_model
from pipeline.paths import Home, reference_dir
from pipeline.place import Place
from pipeline.registry import Entry, meanings, suggestions

ASKED = ("source", "source_name", "as_of")  # the columns of a batch
TOLD = (
    "model_id", "configuration", "host", "offer", "family_id", "rule", "reason", "valid_from", "valid_to", "citation",
)  # fmt: skip
FEW = 3  # suggestions
HOW = "to add one: a row in data/reference/model_aliases.csv (a new model first in models.csv), with its citation"


def resolve(name: str, source: str, on: str | None, host: str | None, *, as_json: bool) -> None:
    """Explain one name."""
    day = _day(on, "--on") if on else None
    match = resolve_model(name, source=source, on=day, host=host)
    known = _moving(name)
    like = suggestions(name, FEW) if match.rule == "unmatched" else []
    if as_json:
        data = {"source": source, "source_name": name, "as_of": on, **_plain(match), "members": match.members}
        data |= {"stripped": match.stripped, "meanings": [_meaning(entry) for entry in known], "suggestions": like}
        show.as_json(data)
        return
    show.line(f"{name} ({f'as {source} prints it' if source else 'no source given'}, {day or 'no day given'})")
    for label, said in _explained(match):
        show.line(f"  {label:<10} {said}")
    for number, entry in enumerate(known):
        label = "" if number else "meanings"
        show.line(f"  {label:<10} {_span(entry)}  {entry.model_id or 'no model'}{_scope(entry)}")
    if like:
        show.line(f"  {'perhaps':<10} {', '.join(like)} (by likeness of spelling: a suggestion, never joined)")
    if match.rule == "unmatched":
        show.note(HOW)


def _explained(match: ModelMatch) -> list[tuple[str, object]]:
    until = f"{match.valid_from or 'always'} to {match.valid_to or 'now'}"
    held = f" (the name meant this from {until})" if match.valid_from or match.valid_to else ""
    said: list[tuple[str, object]] = [
        ("model", f"{match.model_id}{held}" if match.model_id else "none"),
        ("why none", match.reason),
        ("family", match.family_id),
        ("run with", match.configuration),
        ("served by", match.host),
        ("offer", match.offer),
        ("rule", _RULES[match.rule]),
        ("taken off", "; ".join(match.stripped)),
        ("source", match.citation),
    ]
    return [(label, text) for label, text in said if text]


_RULES = {
    "registry": "registry: the registered name of the model, with the date of the build or its only one",
    "alias": "alias: a reviewed row",
    "composite": "composite: several models that worked together; neither a score nor a price of one of them",
    "unmatched": "unmatched: no rule knows every word of the name",
    "ambiguous": "ambiguous: it may be several models",
    "several_snapshots": "several snapshots: the model is known, which build is not",
    "reviewed_family": "reviewed alias: the name covers several builds",
    "reviewed_none": "reviewed alias: the name means no model",
    "too_early": "too early: the name is older than the model",
}


def _moving(name: str) -> list[Entry]:
    """The meanings of a name that had several, in order."""
    found = sorted(meanings(name), key=lambda entry: (entry.sources, entry.valid_from or date.min))
    return found if any(entry.is_dated for entry in found) else []


def _span(entry: Entry) -> str:
    if not entry.is_dated:
        return f"{'always':<24}"
    return f"{entry.valid_from or 'always'!s:<10} to {entry.valid_to or 'now'!s:<10}"


def _scope(entry: Entry) -> str:
    ran = f" ({entry.configuration})" if entry.configuration else ""
    return ran + (f", in {' and '.join(entry.sources)} only" if entry.sources else "")


def _meaning(entry: Entry) -> dict[str, Any]:
    cells = asdict(entry)
    names = ("model_id", "configuration", "valid_from", "valid_to", "sources", "citation")
    return {name: exporting.plain(cells[name]) if name != "sources" else entry.sources for name in names}


def _plain(match: ModelMatch) -> dict[str, Any]:
    cells = asdict(match)
    return {name: exporting.plain(cells[name]) for name in TOLD}


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{text!r} is not a day", page=where, fix="write 2025-05-01") from None


# --- a list ---------------------------------------------------------------------------------------


def resolve_batch(file: Path, *, as_json: bool) -> None:
    """Answer a list of names, row by row, in its order."""
    answered = [
        {name: row[name] or "" for name in ASKED}
        | _plain(resolve_model(row["source_name"] or "", source=row["source"] or "", on=day))
        for row, day in _questions(file)
    ]
    if as_json:
        show.as_json(answered)
        return
    out = io.StringIO()
    writer = csv.DictWriter(out, [*ASKED, *TOLD], lineterminator="\n")
    writer.writeheader()
    writer.writerows(answered)
    show.emit(out.getvalue())


def _questions(file: Path) -> list[tuple[dict[str, str | None], date | None]]:
    rows = csv.DictReader(io.StringIO(_read(file)), strict=True)
    try:
        missing = [name for name in ASKED if name not in (rows.fieldnames or ())]
        if missing:
            raise UsageError(
                f"no column {', '.join(missing)}", page=str(file), fix=f"give a header line with {','.join(ASKED)}"
            )
        return [
            (row, _day(row["as_of"], f"{file}, line {rows.line_num}") if (row["as_of"] or "").strip() else None)
            for row in rows
        ]
    except csv.Error as error:
        raise UsageError(f"line {rows.line_num} is not CSV: {error}", page=str(file)) from None


def _read(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot read the list: {error.strerror}", page=str(file)) from None
    except UnicodeDecodeError:
        raise UsageError("the list is not UTF-8 text", page=str(file)) from None


# --- the queue ------------------------------------------------------------------------------------

_QUEUE = """
    select source, printed, uses, reason from meta.unmatched_names
    where kind = 'model' order by uses desc, source, printed
"""


def review(home: Home, given: Place | None, source: str | None, limit: int, *, as_json: bool, quiet: bool) -> None:
    """List the open names of the published warehouse, the most used first, with suggestions that join nothing."""
    path = given or home.served
    queue = [row for row in warehouse.query(path, _QUEUE).rows if source in (None, row[0])]
    shown = [(*row, suggestions(str(row[1]), FEW)) for row in queue[: limit or None]]
    left = len(queue) - len(shown)
    if as_json:
        names = ("source", "printed", "uses", "reason", "suggestions")
        show.as_json(
            [dict(zip(names, row, strict=True)) for row in shown],
            warnings=[f"cut at {limit} of {len(queue)} names"] if left else [],
        )
        return
    show.table(
        ("uses", "source", "printed", "why it is open", "perhaps (by likeness, never joined)"),
        [(uses, printer, printed, reason, ", ".join(like)) for printer, printed, uses, reason, like in shown],
        right=("uses",),
    )
    if not quiet:
        more = f"; {left} more, and --limit 0 lists all" if left else ""
        show.note(f"{len(shown)} of {len(queue)} open names{more}")
        show.note(HOW)
        show.note(f"the files are in {reference_dir()}; then aicost refresh --offline")
