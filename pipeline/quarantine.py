"""``aicost quarantine``: what was set aside or held, why, and a person's verdict on it."""

from __future__ import annotations

from typing import Any

from pipeline import batch, decisions, publish, show, terms, warehouse
from pipeline.errors import UsageError
from pipeline.export import records
from pipeline.paths import Home, user_name

LOCK_SECONDS = 10.0
RELEASED = ("price_jump", batch.RULE, terms.CHANGED)  # rules whose items wait for a verdict
_LIST = """
    select item_id, state, source, rule, field, raw_value, what, page, "row", seen_at, decision_reason
    from meta.quarantine
    where ($every or state in ('set_aside', 'held')) and ($source::varchar is null or source = $source)
    -- what a person can do most about stands first; what is listed without a price asks for nothing
    order by state = 'held' desc, rule = 'no_price', source, seen_at, "row", item_id
"""
_SHOW = "select * from meta.quarantine where item_id like $item || '%' order by item_id"


def list_items(home: Home, *, source: str | None, every: bool, as_json: bool, quiet: bool) -> None:
    """What waits for a person; with `every`, also what was kept, released or rejected."""
    rows = records(warehouse.query(home.served, _LIST, {"every": every, "source": source}))
    if as_json:
        show.as_json(rows)
        return
    show.table(
        ("item", "state", "source", "rule", "value", "what"),
        [(r["item_id"], r["state"], r["source"], r["rule"], r["raw_value"], r["what"]) for r in rows],
    )
    if not quiet:
        many = f"{len(rows)} item{'' if len(rows) == 1 else 's'}"
        show.note(f"{many}; aicost quarantine show ITEM tells all of one")


def show_item(home: Home, item: str, *, as_json: bool) -> None:
    """Everything about one item."""
    found = _find(home, item)
    if as_json:
        show.as_json(found)
        return
    for name, value in found.items():
        show.line(f"{name:<16} {show.printable(value)}")


def decide(
    home: Home, item: str, verdict: decisions.Verdict, *, reason: str, by: str | None, as_json: bool, quiet: bool
) -> None:
    """Record a verdict on one item; the next refresh publishes by it.

    Raises:
        UsageError: There is no such item, or it holds nothing that could be released.
        Busy: A refresh is running.
    """
    found = _find(home, item)
    if verdict == "release" and found["rule"] not in RELEASED:
        raise UsageError(
            f"{found['item_id']} holds nothing that could be released: {found['what']}",
            fix=f"correct the page or teach pipeline/sources/{found['source']}.py; reject it to take it off the list",
        )
    with publish.refresh_lock(home, wait_seconds=LOCK_SECONDS):
        made = decisions.record(
            home.archive, str(found["item_id"]), verdict, reason=reason, by=by or user_name() or "unnamed"
        )
    if as_json:
        show.as_json(made.model_dump(mode="json"))
        return
    show.line(f"{verdict}: {made.item_id}, {found['what']}")
    if not quiet:
        show.note("next  aicost refresh --offline")


def _find(home: Home, item: str) -> dict[str, Any]:
    rows = records(warehouse.query(home.served, _SHOW, {"item": item.lower()}))
    if len(rows) != 1:
        what = "several items begin" if rows else "no item begins"
        raise UsageError(f"{what} with {item!r}", fix="aicost quarantine list --all shows them")
    return rows[0]
