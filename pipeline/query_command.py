"""What ``aicost query`` does, in a file of its own: it answers at once, as it reads no page and opens no connection."""

from __future__ import annotations

import sys

from pipeline import bounds, show, warehouse
from pipeline import export as exporting
from pipeline.errors import Exit
from pipeline.paths import Home
from pipeline.place import Place

QUERY_BYTES = 2 * 2**30  # that a question may add to this process: some functions of DuckDB count nothing
GRACE_SECONDS = 5.0  # after the time of a question is over: some of them look at nothing until they are done
ROWS_FOR_PEOPLE = 1000  # of a table, unless told otherwise; programs get all
NUMBERS = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "REAL")  # in the names of types whose columns are set to the right


def query(
    home: Home,
    given: Place | None,
    sql: str,
    *,
    form: str,
    limit: int | None,
    timeout: float,
    as_json: bool,
    quiet: bool,
) -> None:
    """Answer one statement."""
    text = sys.stdin.read() if sql == "-" else sql
    if limit is None:
        limit = 0 if as_json or form != "table" else ROWS_FOR_PEOPLE
    with bounds.added_memory(QUERY_BYTES), bounds.ended_after(timeout + GRACE_SECONDS, Exit.USAGE, _unstoppable):
        answer = warehouse.query(given or home.served, text, limit=limit, seconds=timeout)
    if as_json:
        show.as_json(exporting.records(answer), warnings=[f"cut at {limit} rows"] if answer.is_cut else [])
        return
    if form == "table":
        right = [name for name, kind in zip(answer.columns, answer.types, strict=True) if kind.startswith(NUMBERS)]
        show.table(answer.columns, [[exporting.plain(cell) for cell in row] for row in answer.rows], right=right)
    else:
        show.emit(exporting.AS_TEXT[form](answer), is_json=form == "json")
    if answer.is_cut and not quiet:
        show.note(f"the first {limit:,} rows; there are more, and --limit 0 prints all")


def _unstoppable() -> None:
    show.note(
        "error: the query ran longer than allowed, and could not be stopped\n  next   narrow it, or give --timeout"
    )
