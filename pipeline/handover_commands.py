"""What the verbs do that hand data over: export, diff, and reading a past state."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from pipeline import about, as_of, difference, publishes, show
from pipeline import export as exporting
from pipeline import package as packaging
from pipeline.as_of import Past
from pipeline.changes import WHOLE
from pipeline.errors import Exit, UsageError
from pipeline.lake import history
from pipeline.paths import Home
from pipeline.place import Lake, Place

LINES_FOR_PEOPLE = 40  # changes of one table on a terminal or in a pipe; --json has all
LONGEST_CELL = 60  # characters


def published(home: Home, given: Place | None, when: str | None, *, quiet: bool = False) -> Past:
    """The warehouse to read: the file given, the one served now, or a past state; says what differs from then.

    Raises:
        UsageError: A file and a day are both given, or nothing was published then.
    """
    if when is None:
        return Past(given or home.served, "", "")
    place = given or home.target
    if isinstance(place, Lake):
        return _published_in(place, when, quiet=quiet)
    if given is not None:
        raise UsageError("--as-of reads the home's archive, --warehouse a file", fix="give one of the two")
    past = as_of.state(home, when)
    for line in past.said:
        show.note(f"warning: {line}")
    if not past.said and not quiet:
        show.note(f"as published at {past.snapshot_id}")
    return past


def _published_in(lake: Lake, when: str, *, quiet: bool) -> Past:
    """What a lake served then; it keeps every version itself."""
    lines = [
        publishes.Line(
            snapshot_id=one.snapshot_id, published_at=one.published_at, previous_snapshot_id=None, version="", changes=0
        )
        for one in history(lake)
    ]  # fmt: skip
    found = publishes.find(lines, when)
    if not quiet:
        show.note(f"as published at {found.snapshot_id}")
    return Past(lake.at(found.published_at), found.snapshot_id, found.published_at.isoformat())


def export(
    past: Past,
    names: list[str],
    forms: tuple[str, ...],
    to: Path,
    package: Path | None,
    *,
    as_json: bool,
    quiet: bool,
) -> None:
    """Write tables as files, or a data package, and list the files."""
    about_tables = len(names) or len(about.of_file(past.path).tables)
    chosen = cast("tuple[exporting.Format, ...]", forms)
    forms_made = {*forms, *packaging.ALWAYS} if package else {*forms}
    with show.progress("exporting", about_tables * len(forms_made), quiet=quiet) as step:
        if package is not None:
            made = packaging.write(past.path, package, names, step, forms=chosen)
        else:
            made = exporting.export(past.path, to, names, chosen, step)
    warnings = [*past.said, *made.notes]
    if as_json:
        show.as_json([{"file": str(file), "bytes": file.stat().st_size} for file in made.files], warnings=warnings)
        return
    for file in made.files:
        show.line(str(file))
    for note in made.notes:
        show.note(f"warning: {note}")
    if not quiet:
        show.note(f"{len(made.files)} files written")


def diff(
    home: Home, tables: list[str], since: str | None, *, exit_code: bool, as_json: bool, quiet: bool
) -> Exit:  # fmt: skip
    """Print what changed, table by table; 9 where something did and it is asked for."""
    found = difference.since(home, since, tables)
    code = Exit.DIFFERENT if exit_code and found.rows else Exit.DONE
    if as_json:
        show.as_json(_as_data(found))
        return code
    show.line(f"from {found.old.snapshot_id} to {found.new.snapshot_id}, {found.publishes} publishes")
    if not found.rows:
        show.line("nothing changed")
        return code
    show.line()
    counted = [
        (count.table, f"{count.rows:,}", count.added or "", count.removed or "", count.changed or "", _of_rows(count))
        for count in found.counts
    ]
    show.table(
        ("table", "rows", "added", "removed", "changed", "of the rows"), counted,
        right=("rows", "added", "removed", "changed", "of the rows"),
    )  # fmt: skip
    for count in found.counts:
        _show_table(count.table, [row for row in found.rows if row["table_name"] == count.table], quiet=quiet)
    return code


def _of_rows(count: difference.Count) -> str:
    touched = count.added + count.changed
    return f"{touched / count.rows:.2%}" if count.rows else ""


def _show_table(table: str, rows: list[dict[str, Any]], *, quiet: bool) -> None:
    show.line()
    show.table(
        ("row", "what", "before", "now", "change", "cause"),
        [
            (_key(row["row_key"]), row["column_name"] or row["change"], *_values(row), _percent(row["change_share"]),
             f"{row['cause']}: {row['cause_detail']}")
            for row in rows[:LINES_FOR_PEOPLE]
        ],
        title=table, right=("change",),
    )  # fmt: skip
    if len(rows) > LINES_FOR_PEOPLE and not quiet:
        show.note(f"{table}: {len(rows) - LINES_FOR_PEOPLE:,} more; aicost diff {table} --json prints all")


def _key(text: str) -> str:
    if text == WHOLE:
        return "the table"
    return _cut(", ".join(str(part) for part in json.loads(text).values()))


def _values(row: dict[str, Any]) -> tuple[str, str]:
    if row["row_key"] != WHOLE and not row["column_name"]:
        return ("a row", "") if row["change"] == "removed" else ("", "a row")
    old, new = row["old_value"], row["new_value"]
    missing = "" if row["change"] != "changed" else show.MISSING
    return (_cut(old) if old is not None else missing), (_cut(new) if new is not None else missing)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:+.1%}"


def _as_data(found: difference.Difference) -> dict[str, Any]:
    return {
        "from": found.old.snapshot_id, "to": found.new.snapshot_id, "publishes": found.publishes,
        "tables": [asdict(count) for count in found.counts], "changes": found.rows,
    }  # fmt: skip
