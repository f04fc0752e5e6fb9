"""What changed, every model in one table, method and sources."""

from __future__ import annotations

import json
from typing import cast

from pipeline.report import words
from pipeline.report.evidence import Asked, Evidence
from pipeline.report.exhibit import Column, Exhibit, Table
from pipeline.report.markup import Markup, tag

LONG_NUMBER = 8  # characters

# --- what changed ---------------------------------------------------------------------------------


CAUSES = {
    "source": "a source moved",
    "decision": "a person decided",
    "bundled": "the facts that come with the project moved",
    "method": "our method moved",
    "reference": "reference data were mended",
    "engine": "the database engine moved",
}


def of_the_week(evidence: Evidence) -> Asked | None:
    """What moved in the week before the publish; None where no change was ever put on file."""
    if "changes" not in evidence.tables or not evidence.rows("report/changes_ever")[0]["changes"]:
        return None
    return evidence.ask("report/changes", until=evidence.snapshot.published_at)


def changes(evidence: Evidence) -> Exhibit:
    """What moved in the week before the newest publish, by table and cause."""
    topic, until = "What changed", evidence.snapshot.published_at
    asked = of_the_week(evidence)
    if asked is None:
        return Exhibit(
            "changes",
            topic,
            "Changes are not on file: there is no earlier publish that differs",
            "",
            "The first publish has nothing before it.",
        )
    if not asked.rows:
        since = evidence.rows("report/changes_ever")[0]["first_at"]
        note = f"Every change since {words.day(since)} is a row of the table changes."
        return Exhibit("changes", topic, f"Nothing changed in the week to {words.day(until)}", "", note)
    rows = asked.rows
    causes: dict[str, int] = {}
    for row in rows:
        causes[cause(row["cause"])] = causes.get(cause(row["cause"]), 0) + row["changes"]
    total = sum(causes.values())
    shares = [
        f"{words.share(causes[name] / total)} because {name}" for name in sorted(causes, key=lambda n: -causes[n])
    ]
    tables = words.count(len({row["table_name"] for row in rows}), "table")
    return Exhibit(
        name="changes",
        topic=topic,
        title=(
            f"{words.sentence(words.count(total, 'cell or row', 'cells and rows'))} moved in the week to"
            f" {words.day(until)}: {words.listed(shares, 2)}"
        ),
        subtitle=(
            "Rows added and removed, and cells changed, old and new, by table and by what caused it: a source, a"
            " person’s decision, our method, or reference data."
        ),
        note=f"n = {total:,} changes in {tables}. Each of them, old and new, is a row of the table changes.",
        tables=[
            Table(
                evidence.ask("report/changed_cells", until=until), CELL_COLUMNS, "Cells that moved most", is_open=True
            ),
            Table(asked, CHANGE_COLUMNS, "All changes by table and cause"),
        ],
    )


def cause(value: object) -> str:
    """Why a cell moved, in words; where two steps moved it, both."""
    return CAUSES.get(str(value), words.text(value))


def row_of(key: object) -> str:
    """The key of a row as its values."""
    try:
        found: object = json.loads(str(key))
    except ValueError:
        return words.text(key)
    if not isinstance(found, dict):
        return words.text(key)
    return words.text(" · ".join(str(part) for part in cast("dict[str, object]", found).values()))


def cell(value: object) -> str:
    """A cell as text: of a long number the first digits, the file has them all."""
    said = words.text(value, "nothing")
    try:
        number = float(said)
    except ValueError:
        return words.cut(said, 80)
    return f"{number:,.5g}" if "." in said and len(said) > LONG_NUMBER else said


def _unbroken(value: object) -> str:
    """The cause on one line: rows stay low."""
    return cause(value).replace(" ", "\u00a0")


CELL_COLUMNS = [
    Column("Row", "row_key", row_of),
    Column("Column", "column_name", words.text),
    Column("Old", "old_value", cell, is_number=True),
    Column("New", "new_value", cell, is_number=True),
    Column("Change", "change_share", lambda value: words.signed_share(value) if value is not None else "–",
           is_number=True),
    Column("Because", "cause", _unbroken),
    Column("Which", "cause_detail", lambda value: words.cut(value, 60)),
    Column("Table", "table_name", words.text),
]  # fmt: skip
CHANGE_COLUMNS = [
    Column("Table", "table_name", words.text),
    Column("Because", "cause", cause),
    Column("Change", "change", words.text),
    Column("Cells and rows", "changes", words.number, is_number=True),
    Column("Rows", "rows", words.number, is_number=True),
    Column("Last", "last_at", words.iso),
    Column("Which", "which", lambda value: words.cut(value, 120)),
]


# --- everything -----------------------------------------------------------------------------------


def _cell(value: object) -> str:
    """An amount, or a dash, which the note explains: the words would fill the table."""
    return words.usd(value, "–")


def all_costs(evidence: Evidence) -> Exhibit:
    """One row per model with any cost on file."""
    asked = evidence.ask("report/all_costs")
    rows = asked.rows
    reported = sum(row["reported_usd"] is not None for row in rows)
    return Exhibit(
        name="all-costs",
        topic="Every model",
        title=(
            f"Costs of {len(rows):,} models can be estimated; of {reported:,} of them the maker has said one"
            if rows
            else "No training cost is on file"
        ),
        subtitle=(
            "US dollars of the month of publication. Renting and using one’s own chips are two ways to cost a run;"
            " buying the cluster is another thing."
        ),
        note=f"n = {len(rows):,} models, intervals 90%. A dash: not on file. Press a heading to sort.",
        tables=[Table(asked, ALL_COLUMNS, "Every model with a cost on file", is_sortable=True)],
    )


ALL_COLUMNS = [
    Column("Model", "model_name", words.text, link="source_url"),
    Column("Organisation", "organisation", words.text),
    Column("Published", "published_on", words.iso),
    Column("Reported", "reported_usd", _cell, is_number=True),
    Column("Rented, low", "cloud_usd_low", _cell, is_number=True),
    Column("Rented", "cloud_usd", _cell, is_number=True),
    Column("Rented, high", "cloud_usd_high", _cell, is_number=True),
    Column("Own chips used", "amortised_usd", _cell, is_number=True),
    Column("Chips bought", "acquisition_usd", _cell, is_number=True),
    Column("Covers", "scope", words.scope),
    Column("Basis", "basis", words.text),
]

METHOD = (
    (
        "Scope",
        (
            "What a figure covers is part of the figure. A final run is not research, not the cluster, not a company’s"
            " budget. No chart adds or averages across scopes."
        ),
    ),
    (
        "Basis",
        (
            "Reported: its maker said so. Derived: computed from recorded hours or chips. Estimated: an input had to be"
            " assumed, or only the compute is known."
        ),
    ),
    (
        "Intervals",
        (
            "90%. They hold the spread of each input (hours, utilisation, price) added as variances of logarithms."
            " Where only the compute is known they span an order of magnitude or two."
        ),
    ),
    (
        "Rented",
        (
            "The run’s GPU-hours at the median on-demand price of the clouds when training began, brought to a one-year"
            " term. Own chips used: depreciation of chips and servers, and energy. Chips bought: the whole cluster."
        ),
    ),
    (
        "Prices",
        (
            "List prices as printed, in dollars at the reference rate of the day. Types of price are never mixed. The"
            " index compares the same provider’s same chip from one month to the next, so that a newcomer does not"
            " move it."
        ),
    ),
    (
        "Missing",
        "Missing is said: not on file, or not reported. Nothing is interpolated, and no gap is filled with a guess.",
    ),
    (
        "Limits",
        (
            "Makers seldom publish hours or chips. List prices are not what a large buyer pays. An index without an"
            " interval is shown without one. Bundled facts are as of their own day, which the list of sources gives."
        ),
    ),
)


def method(_: Evidence) -> Exhibit:
    """How figures are made, and what they cannot say."""
    parts = [Markup("").join([tag("dt", name), tag("dd", text)]) for name, text in METHOD]
    return Exhibit(
        name="method",
        topic="Method and limits",
        title="How the figures are made, and what they cannot say",
        subtitle="",
        note="Every formula is SQL over the published file, every constant a cited row of the table assumptions.",
        body=[tag("dl", [Markup(part) for part in parts], class_="method")],
    )


def sources(evidence: Evidence) -> Exhibit:
    """Every source with its licence and state."""
    asked = evidence.ask("report/sources")
    used = sum(bool(row["facts"]) for row in asked.rows)
    return Exhibit(
        name="sources",
        topic="Sources and licences",
        title=f"{words.sentence(words.count(used, 'source'))} of {len(asked.rows)} have facts in this edition",
        subtitle="Who publishes each, under which licence, and how to attribute it.",
        note="",
        tables=[Table(asked, SOURCE_COLUMNS, "Sources")],
    )


SOURCE_COLUMNS = [
    Column("Source", "source", words.text, link="url"),
    Column("Publisher", "publisher", words.text),
    Column("In force from", "via", lambda value: words.text(value, "nothing in force")),
    Column("As of", "observed_at", words.iso),
    Column("Facts", "facts", words.number, is_number=True),
    Column("Set aside", "quarantined", words.number, is_number=True),
    Column("Licence", "licence", words.text),
    Column("Attribution", "attribution", words.text),
]
