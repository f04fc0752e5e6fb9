"""What changed, how far the data can be trusted, every model in one table, method and sources."""

from __future__ import annotations

from datetime import date
from typing import Any

import altair as alt

from pipeline.report import look, words
from pipeline.report.evidence import Evidence, Row
from pipeline.report.exhibit import Column, Drawing, Exhibit, Table, drawing
from pipeline.report.look import Size
from pipeline.report.markup import Markup, tag

# --- what changed ---------------------------------------------------------------------------------


def changes(evidence: Evidence) -> Exhibit:
    """What moved in the week before the newest publish, by table and cause."""
    topic = "What changed"
    if "changes" not in evidence.tables or not evidence.rows("report/changes"):
        return Exhibit(
            "changes",
            topic,
            "Changes are not on file: there is no earlier publish to compare with",
            "",
            "The first publish has nothing before it.",
        )
    asked = evidence.ask("report/changes")
    rows = asked.rows
    causes: dict[str, int] = {}
    for row in rows:
        causes[words.text(row["cause"])] = causes.get(words.text(row["cause"]), 0) + row["changes"]
    total = sum(causes.values())
    first = max(causes, key=lambda cause: (causes[cause], cause))
    return Exhibit(
        name="changes",
        topic=topic,
        title=(
            f"{words.sentence(words.count(total, 'cell or row', 'cells and rows'))} moved in the week to"
            f" {words.day(max(row['last_at'] for row in rows))}; {words.share(causes[first] / total)} because of:"
            f" {first}"
        ),
        subtitle=(
            "Rows added and removed, and cells changed, by table and by what caused it: a source, our method, or"
            " reference data."
        ),
        note=(
            f"n = {total:,} changes in {words.count(len({row['table_name'] for row in rows}), 'table')}. Each of them,"
            " old and new, is a row of the table changes."
        ),
        tables=[
            Table(evidence.ask("report/changed_cells"), CELL_COLUMNS, "Cells that moved most, old and new"),
            Table(asked, CHANGE_COLUMNS, "Changes by table and cause"),
        ],
    )


CELL_COLUMNS = [
    Column("Table", "table_name", words.text),
    Column("Row", "row_key", words.text),
    Column("Column", "column_name", words.text),
    Column("Old", "old_value", words.text),
    Column("New", "new_value", words.text),
    Column("Change", "change_share", lambda value: words.share(value, "–"), is_number=True),
    Column("Cause", "cause", words.text),
    Column("Which", "cause_detail", words.text),
]
CHANGE_COLUMNS = [
    Column("Table", "table_name", words.text),
    Column("Cause", "cause", words.text),
    Column("Change", "change", words.text),
    Column("Cells and rows", "changes", words.number, is_number=True),
    Column("Rows", "rows", words.number, is_number=True),
    Column("Last", "last_at", words.iso),
]


# --- coverage -------------------------------------------------------------------------------------

STATES = {
    "read": (look.BLUE, "read"),
    "seen": (look.SKY, "seen, unchanged"),
    "part": (look.ORANGE, "read, rows set aside"),
    "failed": (look.VERMILION, "failed or rejected"),
}


def coverage(evidence: Evidence) -> Exhibit:
    """Each source by month: what it brought, failed, or set aside; and the inputs that nobody published."""
    asked = evidence.ask("report/source_days")
    missing = evidence.ask("report/missing_inputs")
    rows = asked.rows
    return Exhibit(
        name="coverage",
        topic="Coverage and quality",
        title=_coverage_title(evidence, missing.rows),
        subtitle=(
            "Months in which each source was read, over the last two years on file. White is a month without a visit."
        ),
        note=_coverage_note(evidence, rows),
        drawings=[_coverage(rows)] if rows else [],
        legend=[("box", colour, text) for colour, text in STATES.values()],
        tables=[
            Table(missing, MISSING_COLUMNS, "Inputs that are missing, by number of models"),
            Table(asked, VISIT_COLUMNS, "Each source by month"),
        ],
    )


def _coverage_title(evidence: Evidence, missing: list[Row]) -> str:
    total = sum(row["models"] for row in missing)
    known = sum(row["models"] for row in missing if row["missing"].startswith("none"))
    live = sum(state.state in ("fresh", "unchanged") for state in evidence.sources)
    bundled = sum(state.state == "bundled" for state in evidence.sources)
    share = f"; the cost of {words.share(known / total)} of {total:,} models can be estimated" if total else ""
    if live == 0:
        return (
            f"None of this was fetched: {bundled} of {len(evidence.sources)} sources stand on the facts that come with"
            f" the project{share}"
        )
    return (
        f"{words.sentence(words.count(live, 'source'))} of {len(evidence.sources)} {'is' if live == 1 else 'are'} fresh"
        f" from the web{share}"
    )


def _coverage_note(evidence: Evidence, rows: list[Row]) -> str:
    bundled = sum(state.state == "bundled" for state in evidence.sources)
    aside = sum(row["quarantined"] for row in rows)
    return (
        f"n = {len({row['source'] for row in rows})} sources with a visit; {words.count(bundled, 'source')} in force"
        f" from the facts that come with the project, each as of its own day. {aside:,} rows and cells were set aside;"
        " aicost quarantine lists them."
    )


def _state(row: Row) -> str:
    if row["quarantined"]:
        return "part"
    if row["loaded"]:
        return "read"
    return "seen" if row["unchanged"] else "failed"


def _coverage(rows: list[Row]) -> Drawing:
    cells: list[Row] = [
        {
            "source": words.text(row["source"]),
            "month": f"{row['month']:%Y-%m}",
            "colour": STATES[_state(row)][0],
            "said": STATES[_state(row)][1],
            "facts": f"{row['facts']:,}",
            "aside": f"{row['quarantined']:,}",
            "on": words.month(row["month"]),
        }
        for row in rows
    ]
    first, last = min(row["month"] for row in rows), max(row["month"] for row in rows)
    months = [_month(first, number) for number in range((last.year - first.year) * 12 + last.month - first.month + 1)]
    named = {
        f"{month:%Y-%m}": f"{words.MONTHS[month.month - 1]} {month.year}" for month in months if month.month in (1, 7)
    }
    label = " : ".join(f"datum.value == '{key}' ? '{text}'" for key, text in named.items()) + " : ''" if named else "''"

    def build(size: Size) -> Any:
        base = alt.Chart(alt.NamedData(name="visits"))
        x = alt.X(
            "month:N",
            scale=alt.Scale(domain=[f"{month:%Y-%m}" for month in months]),
            axis=alt.Axis(
                title=None, orient="top", labelExpr=label, labelAngle=0, labelOverlap=False, domain=False, ticks=False
            ),
        )
        y = alt.Y(
            "source:N",
            axis=alt.Axis(
                title=None,
                domain=False,
                ticks=False,
                labelColor=look.INK,
                labelPadding=8,
                labelLimit=size.pick(200, 130),
                grid=False,
            ),
        )
        cell = base.mark_rect(cornerRadius=2, stroke=look.PAPER, strokeWidth=1.5).encode(
            x=x,
            y=y,
            color=alt.Color("colour:N", scale=None),
            tooltip=look.tooltip(source="Source", on="Month", said="State", facts="Facts", aside="Set aside"),
        )
        return cell.properties(width=size.width, height=17 * len({cell["source"] for cell in cells}), autosize=look.FIT)

    described = (
        f"Heat map of {len({cell['source'] for cell in cells})} sources by month, {words.month(first)} to"
        f" {words.month(last)}."
    )
    return drawing("coverage", described, {"visits": cells}, build)


def _month(first: date, number: int) -> date:
    months = first.year * 12 + first.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)


MISSING_COLUMNS = [
    Column("What is missing", "missing", words.text),
    Column("Models", "models", words.number, is_number=True),
]
VISIT_COLUMNS = [
    Column("Source", "source", words.text),
    Column("Month", "month", words.month),
    Column("Read", "loaded", words.number, is_number=True),
    Column("Unchanged", "unchanged", words.number, is_number=True),
    Column("Failed", "failed", words.number, is_number=True),
    Column("Facts", "facts", words.number, is_number=True),
    Column("Set aside", "quarantined", words.number, is_number=True),
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
