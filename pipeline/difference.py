"""What changed from one published state to the one served now: the changes of every publish between, folded into one.

A cell that moved and moved back is no difference, a row that came and went none either. Causes are those that each
publish recorded; where several moved one cell, all are named, the first first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline import as_of, changes, publishes
from pipeline.errors import UsageError
from pipeline.paths import Home
from pipeline.publishes import Line

COUNTED = re.compile(r"([\d,]+) (rows|more changes)")

Row = dict[str, Any]


@dataclass(frozen=True)
class Count:
    """A public table now, and how many of its rows came, went and changed."""

    table: str
    rows: int
    added: int
    removed: int
    changed: int


@dataclass(frozen=True)
class Difference:
    """What changed between two publishes."""

    old: Line
    new: Line
    publishes: int
    counts: list[Count]
    rows: list[Row]
    """As in the table ``changes``, without the columns that say when."""


@dataclass
class _Fate:
    """What became of one row, from the first change to the last."""

    existed: bool
    exists: bool = True
    before: dict[str, Any] = field(default_factory=dict[str, Any])
    now: dict[str, Any] = field(default_factory=dict[str, Any])
    causes: dict[str, str] = field(default_factory=dict[str, str])


def since(home: Home, text: str | None = None, tables: Collection[str] = ()) -> Difference:
    """What changed from then to now.

    Args:
        home: Where archive and warehouse are.
        text: The publish to start from: a day, time, age or name; None: the one before the newest. An age beyond the
            first publish means that one.
        tables: Public tables; all when none is named.

    Raises:
        UsageError: There is no such publish, or no such table.
    """
    lines = as_of.history(home)
    if not lines:
        raise UsageError("no publish is logged yet", fix="aicost refresh publishes one")
    old = lines[max(0, len(lines) - 2)] if text is None else publishes.find(lines, text, is_age_capped=True)
    steps = lines[lines.index(old) + 1 :]
    record = publishes.record_of(home.archive, lines[-1].snapshot_id)
    held = record.tables if record else {}
    told = [json.loads(row) for line in steps for row in publishes.changes_of(home.archive, line).split("\n") if row]
    known = {*held, *(str(row["table_name"]) for row in told)}
    unknown = [name for name in tables if name not in known]
    if unknown:
        raise UsageError(f"no public table is called {', '.join(unknown)}", fix=f"there are {', '.join(sorted(known))}")
    rows = fold(row for row in told if not tables or row["table_name"] in tables)
    counts = [_count(name, held[name].rows if name in held else 0, rows) for name in sorted(known)]
    return Difference(old, lines[-1], len(steps), [count for count in counts if _any(count)], rows)


def _any(count: Count) -> bool:
    return bool(count.added or count.removed or count.changed)


def _count(table: str, rows: int, told: Iterable[Row]) -> Count:
    own = [row for row in told if row["table_name"] == table]
    numbers = dict.fromkeys(("added", "removed"), 0)
    for change in numbers:
        for row in own:
            if row["change"] == change and not row["column_name"]:
                numbers[change] += 1 if row["row_key"] != changes.WHOLE else _number(row)
    changed = {row["row_key"] for row in own if row["change"] == "changed" or row["column_name"]}
    beyond = sum(_number(row) for row in own if row["change"] == "changed" and row["row_key"] == changes.WHOLE)
    return Count(table, rows, numbers["added"], numbers["removed"], len(changed - {changes.WHOLE}) + beyond)


def _number(row: Row) -> int:
    found = COUNTED.fullmatch(str(row.get("new_value") or row.get("old_value") or ""))
    return int(found[1].replace(",", "")) if found else 1


def fold(told: Iterable[Row]) -> list[Row]:
    """The changes of several publishes, oldest first, as one."""
    fates: dict[tuple[str, str], _Fate] = {}
    whole: dict[tuple[str, ...], Row] = {}
    for row in told:
        if row["row_key"] == changes.WHOLE:
            _add_up(whole, row)
        else:
            _follow(fates, row)
    made = [row for (table, key), fate in fates.items() for row in _ended(table, key, fate)]
    ordered = [*whole.values(), *made]
    return sorted(ordered, key=lambda r: (r["table_name"], r["row_key"] != "*", r["row_key"], r["column_name"]))


def _add_up(whole: dict[tuple[str, ...], Row], row: Row) -> None:
    named = ("table_name", "change", "column_name", "cause", "cause_detail")
    key = tuple(str(row.get(name)) for name in named)
    side = "old_value" if row["change"] == "removed" else "new_value"
    found = COUNTED.fullmatch(str(row.get(side) or ""))
    if found and key in whole:
        total = _number(whole[key]) + _number(row)
        whole[key] = {**whole[key], side: f"{total:,} {found[2]}"}
    else:
        whole[key] = {**_plain(row), "old_value": row.get("old_value"), "new_value": row.get("new_value")}


def _plain(row: Row) -> Row:
    return {name: row.get(name) for name in (*changes.COLUMNS, "cause", "cause_detail")}


def _follow(fates: dict[tuple[str, str], _Fate], row: Row) -> None:
    fate = fates.setdefault((row["table_name"], row["row_key"]), _Fate(existed=row["change"] != "added"))
    fate.causes.setdefault(row["cause"], row["cause_detail"])
    if row["change"] == "changed":
        fate.before.setdefault(row["column_name"], row.get("old_value"))
        fate.now[row["column_name"]] = row.get("new_value")
    elif row["change"] == "removed":
        gone = _cells(row.get("old_value"))
        fate.exists, fate.before, fate.now = False, {**gone, **fate.before}, {}
    else:
        fate.exists, fate.now = True, _cells(row.get("new_value"))


def _cells(text: str | None) -> dict[str, Any]:
    """Cells of a row that came or went, as text: numbers as they are printed, nothing as None."""
    cells: dict[str, Any] = json.loads(text) if text else {}
    return {
        name: value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in cells.items()
    }


def _ended(table: str, key: str, fate: _Fate) -> Iterator[Row]:
    cause = next(iter(fate.causes)) if len(fate.causes) == 1 else "both"
    detail = "; then ".join(f"{kind}: {why}" if len(fate.causes) > 1 else why for kind, why in fate.causes.items())
    common: Row = {"table_name": table, "row_key": key, "cause": cause, "cause_detail": detail, "change_share": None}
    if fate.existed != fate.exists:
        side = {"old_value": _as_json(fate.before)} if fate.existed else {"new_value": _as_json(fate.now)}
        change = "removed" if fate.existed else "added"
        yield {**common, "change": change, "column_name": "", "old_value": None, "new_value": None, **side}
    elif fate.existed:
        for name in sorted({*fate.before, *fate.now}):
            old, new = fate.before.get(name), fate.now.get(name)
            if name in fate.now and not _same(old, new):
                share = _share(old, new)
                yield {**common, "change": "changed", "column_name": name, "old_value": old, "new_value": new,
                       "change_share": share}  # fmt: skip


def _as_json(cells: dict[str, Any]) -> str:
    return json.dumps(cells, ensure_ascii=False)


def _same(old: Any, new: Any) -> bool:
    if old == new:
        return True
    numbers = _as_number(old), _as_number(new)
    if None in numbers:
        return False
    one, two = (float(number) for number in numbers if number is not None)
    return abs(one - two) <= changes.NOISE * max(abs(one), abs(two))


def _share(old: Any, new: Any) -> float | None:
    one, two = _as_number(old), _as_number(new)
    return None if one is None or two is None or not one else two / one - 1


def _as_number(text: Any) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None
