"""The tables that are not SQL models: ``raw.*`` from the fact classes, ``meta.*`` by hand, with their comments."""

from __future__ import annotations

import ast
import inspect
import sys
import types
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

import duckdb

if TYPE_CHECKING:
    from pipeline.facts import Fact

LAYOUT = 10  # raised when raw or meta change shape; a warehouse of another layout is not copied from

PROVENANCE = {
    "source": ("VARCHAR", "Source the fact was read from."),
    "visit_id": ("VARCHAR", "Visit the page was received in, as in meta.visits; bundled or reference besides."),
    "observed_at": ("TIMESTAMPTZ", "When the page was received (UTC)."),
}

SEEN_TO = {"last_visit_id": ("VARCHAR", "Newest visit of the same day that shows the same offer at the same price.")}

EXTRA = (
    "Cells of columns that a publisher has added and that no reader knows yet, as printed.",
    PROVENANCE
    | {
        "page": ("VARCHAR", "Address of the page."),
        "row": ("BIGINT", "Position on the page: the first data row is 0."),
        "field": ("VARCHAR", "Header of the column."),
        "raw_value": ("VARCHAR", "What was printed."),
    },
)

SCHEMAS = ("reference", "raw", "core", "meta")

META: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
    "snapshot": (
        "Which build this file is.",
        {
            "snapshot_id": ("VARCHAR", "Name of the published state; strictly increasing."),
            "published_at": ("TIMESTAMPTZ", "When it was published (UTC)."),
            "inputs_sha256": ("VARCHAR", "Hash of code, SQL, reference, bundled facts, loaded visits and verdicts."),
            "version": ("VARCHAR", "Version of aicost."),
            "layout": ("INTEGER", "Layout of raw and meta."),
        },
    ),
    "runs": (
        "Every refresh and rebuild of this home until now, as its journal tells, also those that published nothing.",
        {
            "run_id": ("VARCHAR", "Name of the run."),
            "verb": ("VARCHAR", "refresh or rebuild."),
            "started_at": ("TIMESTAMPTZ", "When it began (UTC)."),
            "ended_at": (
                "TIMESTAMPTZ",
                "When it ended (UTC); NULL for one that died, and for the one that made this file.",
            ),
            "outcome": (
                "VARCHAR",
                "published; interrupted; died, where nothing tells of its end; bug; or why nothing was published: "
                "check, contract, storage, archive, usage or busy.",
            ),
            "error": ("VARCHAR", "What a person was told."),
            "snapshot_id": ("VARCHAR", "What it published."),
            "offline": ("BOOLEAN", "Whether no publisher was asked."),
            "visits_new": ("BIGINT", "Visits that brought a new page."),
            "visits_unchanged": ("BIGINT", "Visits that found the page unchanged."),
            "visits_failed": ("BIGINT", "Visits that brought nothing."),
            "notes": ("VARCHAR", "What was found and mended at its start."),
            "process": ("VARCHAR", "Process and machine."),
            "version": ("VARCHAR", "Version of aicost."),
        },
    ),
    "sources": (
        "What each source declares, and how its last visit ended.",
        {
            "source": ("VARCHAR", "Name of the source: its file, archive folder and bundled file."),
            "sentence": ("VARCHAR", "What the publisher publishes."),
            "title": ("VARCHAR", "Title of the page."),
            "publisher": ("VARCHAR", "Publisher."),
            "url": ("VARCHAR", "Address."),
            "licence": ("VARCHAR", "Licence or terms."),
            "attribution": ("VARCHAR", "How to cite it."),
            "robots": ("VARCHAR", "What robots.txt and terms say."),
            "cadence": ("VARCHAR", "How often it is visited."),
            "least": ("BIGINT", "Fewest facts of a good visit."),
            "most": ("BIGINT", "Most facts of a good visit."),
            "currency": ("VARCHAR", "Currency its prices must be in."),
            "unit": ("VARCHAR", "Unit, or comma-separated units, its prices must be per."),
            "not_bundled": ("VARCHAR", "Why no facts of it come with the project, where none do."),
            "cadence_hours": ("BIGINT", "Hours from one visit to the next."),
            "cross_check": ("BOOLEAN", "Whether it repeats what others publish, and is only compared with them."),
            "disabled": ("VARCHAR", "Why it is not fetched, if it is not."),
            "last_attempt_at": ("TIMESTAMPTZ", "Newest visit, however it ended (UTC)."),
            "last_seen_at": ("TIMESTAMPTZ", "Newest visit that reached the page, changed or not (UTC)."),
            "last_outcome": ("VARCHAR", "new, unchanged or failed."),
            "last_error": ("VARCHAR", "Why the last visit failed, if it did."),
            "last_error_page": ("VARCHAR", "Which page that was, as far as known."),
            "last_error_likely": ("VARCHAR", "The likely cause."),
            "last_error_fix": ("VARCHAR", "What to do about it."),
        },
    ),
    "attempts": (
        "Every visit that was tried, as logged.",
        {
            "source": ("VARCHAR", "Source."),
            "attempt": ("BIGINT", "Position in the source's log, from 0; lines that cannot be read are not counted."),
            "visit_id": ("VARCHAR", "Name of the visit."),
            "visited_at": ("TIMESTAMPTZ", "When (UTC)."),
            "via": ("VARCHAR", "fetch or ingest."),
            "outcome": ("VARCHAR", "new, unchanged or failed."),
            "error": ("VARCHAR", "Why it failed."),
            "retries": ("BIGINT", "How often its pages were asked for again before they came."),
        },
    ),
    "visits": (
        "What was made of every visit that brought a page, of the bundled facts and of our own ledger.",
        {
            "source": ("VARCHAR", "Source."),
            "visit_id": ("VARCHAR", "Name of the visit."),
            "observed_at": ("TIMESTAMPTZ", "When the page was received, or the day a bundle stands for (UTC)."),
            "via": ("VARCHAR", "fetch, ingest, bundled, excerpt (bundled, some of a page) or reference."),
            "state": ("VARCHAR", "loaded; superseded by a later visit; or rejected, with the reason."),
            "version": ("VARCHAR", "Hash of the code that turns pages into rows."),
            "facts": ("BIGINT", "Facts loaded."),
            "facts_read": ("BIGINT", "Facts on its pages, loaded or not; NULL where they were not counted."),
            "issues": ("BIGINT", "Issues found."),
            "pages": (
                "STRUCT(url VARCHAR, final_url VARCHAR, status INTEGER, sha256 VARCHAR, bytes BIGINT, "
                "fetched_at TIMESTAMPTZ, via VARCHAR)[]",
                "The bodies, by address and hash.",
            ),
            "reason": ("VARCHAR", "Why it was rejected."),
            "likely": ("VARCHAR", "The likely cause."),
            "page": ("VARCHAR", "Which page it was rejected for, as far as known."),
            "fix": ("VARCHAR", "What to do about it."),
        },
    ),
    "decisions": (
        "What a person decided about items of the quarantine, the latest decision on each.",
        {
            "item_id": ("VARCHAR", "Item, as in meta.quarantine."),
            "verdict": ("VARCHAR", "release or reject."),
            "reason": ("VARCHAR", "Why."),
            "decided_by": ("VARCHAR", "Who."),
            "decided_at": ("TIMESTAMPTZ", "When (UTC)."),
        },
    ),
    "issues": (
        "Rows and cells that could not be read, and visits that were refused, with the rule they broke.",
        {
            "source": ("VARCHAR", "Source."),
            "visit_id": (
                "VARCHAR",
                "Visit; log where a line of the log itself cannot be read, terms of a page of terms.",
            ),
            "page": ("VARCHAR", "Address of the page, or the damaged file."),
            "row": ("BIGINT", "Position on the page."),
            "rule": ("VARCHAR", "Rule it broke."),
            "field": ("VARCHAR", "Field."),
            "raw_value": ("VARCHAR", "What was printed."),
            "what": ("VARCHAR", "What is wrong."),
            "kept": ("BOOLEAN", "Whether the row was loaded without the field."),
        },
    ),
    "names": (
        "Printed accelerator names and what they were resolved to.",
        {
            "printed": ("VARCHAR", "Name as printed."),
            "memory_gb": ("DOUBLE", "Memory per chip printed beside it, in GB."),
            "accelerator_id": ("VARCHAR", "Accelerator; NULL where unknown."),
            "vendor": ("VARCHAR", "Maker of the chip."),
            "family": ("VARCHAR", "Chip family without form factor and memory."),
            "form_factor": ("VARCHAR", "Form factor; unknown where several exist and none is stated."),
            "chip_memory_gb": ("DOUBLE", "Memory of the chip in GB; NULL where several exist and none is stated."),
            "rule": ("VARCHAR", "Rule that decided."),
            "reason": ("VARCHAR", "Why it was not resolved, or what the id leaves open."),
            "is_contrary": (
                "BOOLEAN",
                "Whether memory or form factor are printed that this card does not have (a slice, a die, a "
                "conversion): not a price of the whole card.",
            ),
        },
    ),
    "skus": (
        "Providers' codes of what is rented, and the accelerators in it, by reference.instances.",
        {
            "provider": ("VARCHAR", "Provider."),
            "sku": ("VARCHAR", "Code as printed."),
            "accelerator_id": ("VARCHAR", "Accelerator."),
            "family": ("VARCHAR", "Chip family."),
            "gpus": ("DOUBLE", "Accelerators in one; below 1 for a share of a card."),
            "reason": ("VARCHAR", "Why there is none, or what the id leaves open."),
        },
    ),
    "model_names": (
        "Printed model names, and the model that each means in its source, on its day and at its host.",
        {
            "source": ("VARCHAR", "Source that printed it."),
            "printed": ("VARCHAR", "Name as printed."),
            "printed_host": ("VARCHAR", "Host printed beside it; NULL where there is no such field."),
            "named_on": ("DATE", "Day of the run, of the price or of the release; NULL where there is none."),
            "uses": ("BIGINT", "Scores, prices and claims under the name; 0 for a name of the catalogue alone."),
            "model_id": ("VARCHAR", "Model of the registry; NULL where the name means none, or several."),
            "organisation": ("VARCHAR", "Who made it."),
            "model": ("VARCHAR", "Name without organisation and snapshot."),
            "snapshot": ("VARCHAR", "Build."),
            "family_id": ("VARCHAR", "Family; also where the name covers several of its snapshots."),
            "configuration": ("VARCHAR", "How it was run, as far as the name says: effort, thinking, edit format."),
            "host": ("VARCHAR", "Who serves it, by the name or the field beside it; NULL: its maker, or not said."),
            "offer": ("VARCHAR", "Terms that the name states, for instance free."),
            "rule": ("VARCHAR", "Rule that decided."),
            "reason": ("VARCHAR", "Why there is no model."),
            "valid_from": ("DATE", "First day the name means this model; NULL: always."),
            "valid_to": ("DATE", "Last day the name means this model; NULL: still."),
            "citation": ("VARCHAR", "Where that is said."),
            "is_settled": ("BOOLEAN", "Whether nobody need look at it."),
        },
    ),
    "unmatched_names": (
        "Printed names that no rule or alias knows: for a person to read; nothing is joined by likeness.",
        {
            "kind": ("VARCHAR", "accelerator or model."),
            "source": ("VARCHAR", "Source that printed it."),
            "printed": ("VARCHAR", "Name as printed."),
            "uses": ("BIGINT", "How often."),
            "reason": ("VARCHAR", "Why it was not resolved."),
        },
    ),
    "changes": (
        "What changed from publish to publish, with its cause, 92 days back; see the table changes.",
        {
            "changed_at": ("TIMESTAMPTZ", "When the new state was published (UTC)."),
            "snapshot_id": ("VARCHAR", "Publish that brought the change."),
            "previous_snapshot_id": ("VARCHAR", "Publish it is compared with."),
            "table_name": ("VARCHAR", "Public table."),
            "row_key": ("VARCHAR", "Key of the row as JSON; * for a whole table, or what is beyond the rows listed."),
            "change": ("VARCHAR", "added, removed or changed."),
            "column_name": ("VARCHAR", "Column; empty for a whole row."),
            "old_value": ("VARCHAR", "Cell as text before, or the row that went as JSON."),
            "new_value": ("VARCHAR", "Cell as text now, or the row that came as JSON."),
            "change_share": ("DOUBLE", "New over old, less one."),
            "cause": ("VARCHAR", "source, decision, bundled, method, reference, engine or both."),
            "cause_detail": ("VARCHAR", "Which source, SQL, code or file."),
        },
    ),
    "contents": (
        "What each table was made from and what it holds, so that the next build copies what would be the same.",
        {
            "table_name": ("VARCHAR", "Table, as schema.name."),
            "made_from": ("VARCHAR", "Hash of its SQL and of what the tables it reads hold; empty for what is loaded."),
            "content": ("VARCHAR", "Hash of its columns, and of its rows in their order."),
        },
    ),
    "checks": (
        "The data checks of this build and how many rows each found.",
        {
            "check_name": ("VARCHAR", "Name: the file in sql/checks."),
            "sentence": ("VARCHAR", "What should not exist."),
            "severity": ("VARCHAR", "stop: nothing is published; warn: published, and said."),
            "row_count": ("BIGINT", "Rows found."),
            "sample": ("VARCHAR", "The first of them, as JSON."),
        },
    ),
}


@cache
def raw_columns(kind: type[Fact]) -> dict[str, tuple[str, str]]:
    """Columns of a fact's raw table: name to DuckDB type and sentence."""
    columns = PROVENANCE | (SEEN_TO if kind.offered_as else {})
    for name, info in kind.model_fields.items():
        columns[name] = (_duckdb_type(info.annotation), _sentence(kind, name))
    return columns


def _sentence(kind: type[Fact], field: str) -> str:
    """The sentence below a field in the source, on one line; empty where there is none."""
    ours = kind.__mro__[:-2]  # without pydantic's own, and object
    said = (_sentences(parent.__module__).get((parent.__name__, field)) for parent in ours)
    return " ".join(next(filter(None, said), "").split())


@cache
def _sentences(module: str) -> dict[tuple[str, str], str]:
    # Once a file: pydantic can do it too, but class by class and at every import, which takes ten times as long.
    found: dict[tuple[str, str], str] = {}
    for part in ast.parse(inspect.getsource(sys.modules[module])).body:
        if isinstance(part, ast.ClassDef):
            for field, below in pairwise(part.body):
                match field, below:
                    case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                        found[part.name, name] = text
                    case _:
                        pass
    return found


def create(draft: duckdb.DuckDBPyConnection) -> None:
    """Create the schemas, and the empty tables of raw and meta."""
    made = [f"create schema {name}" for name in SCHEMAS]
    for table, _, columns in _given():
        made.append(f"create table {table} ({', '.join(f'{name} {kind}' for name, (kind, _) in columns.items())})")
    draft.execute(";\n".join(made))


def describe(draft: duckdb.DuckDBPyConnection) -> None:
    """Put its sentence to each table of raw and meta, and to each of its columns."""
    for table, sentence, columns in _given():
        comment(draft, table, sentence, {name: text for name, (_, text) in columns.items()})


def _given() -> Iterator[tuple[str, str, dict[str, tuple[str, str]]]]:
    from pipeline.facts import FACTS  # a tenth of a second, which readers of a warehouse need not spend

    for kind in FACTS:
        yield f"raw.{kind.table}", (kind.__doc__ or "").strip().split("\n")[0], raw_columns(kind)
    yield "raw.extra", *EXTRA
    for name, (sentence, columns) in META.items():
        yield f"meta.{name}", sentence, columns


def comment(draft: duckdb.DuckDBPyConnection, table: str, sentence: str, columns: dict[str, str]) -> None:
    """Put the sentences where every SQL tool shows them."""
    said = [f"comment on table {table} is {quoted(sentence)}"]
    said += [f'comment on column {table}."{name}" is {quoted(text)}' for name, text in columns.items()]
    draft.execute(";\n".join(said))


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Column names and types of a table, in order."""
    rows = connection.execute(f"describe {table}").fetchall()
    return {str(column): str(kind) for column, kind, *_ in rows}


def quoted(text: str) -> str:
    """Text as a SQL literal, where a parameter is not allowed."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name as a SQL identifier, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def _duckdb_type(annotation: Any) -> str:
    bare = _bare(annotation)
    if get_origin(bare) is Literal:
        return "VARCHAR"
    known = {str: "VARCHAR", float: "DOUBLE", int: "BIGINT", bool: "BOOLEAN", date: "DATE", datetime: "TIMESTAMPTZ"}
    return known[bare]


def _bare(annotation: Any) -> Any:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _bare(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        (inner,) = (part for part in get_args(annotation) if part is not type(None))
        return _bare(inner)
    return annotation
