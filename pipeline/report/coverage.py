"""How far the data can be trusted: each source day by day, and which inputs of a model's cost nobody published."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import altair as alt

from pipeline.report import look, words
from pipeline.report.evidence import Evidence, Row
from pipeline.report.exhibit import Column, Drawing, Exhibit, Table, drawing
from pipeline.report.look import Size, millis
from pipeline.report.markup import web_address

STATES = {
    "fresh": (look.BLUE, "fresh from the web"),
    "bundled": (look.SKY, "facts that come with the project"),
    "stale": (look.ORANGE, "stale: visits were missed"),
    "quarantined": (look.PURPLE, "fresh, with rows in quarantine"),
    "failed": (look.VERMILION, "the newest visit failed"),
}
COUNTED = {
    "fresh": "fresh", "bundled": "on facts that come with the project", "stale": "stale",
    "quarantined": "with rows in quarantine", "failed": "without a good newest visit",
}  # fmt: skip
INPUTS = {
    "compute": "compute", "chip": "chip", "chips": "number of chips", "chip_hours": "chip-hours",
    "utilisation": "utilisation", "start": "start", "dollars": "dollars",
}  # fmt: skip
KNOWN = {"on file": look.BLUE, "derived": look.SKY, "assumed": look.ORANGE, "missing": look.GRID}
SIGNS = {"on file": "●", "derived": "◐", "assumed": "○"}
INKS = {"on file": look.PAPER, "derived": look.UPON, "assumed": look.UPON}
ROOM = 6.4  # pixels of a letter


def coverage(evidence: Evidence) -> Exhibit:
    """The sources' days, then the inputs of the newest frontier models."""
    until = evidence.snapshot.published_at.date()
    asked = evidence.ask("report/source_days", until=until)
    inputs = evidence.ask("report/inputs_by_model")
    missing = evidence.ask("report/missing_inputs")
    drawings = ([_days(asked.rows, until)] if asked.rows else []) + ([_inputs(inputs.rows)] if inputs.rows else [])
    captions = ([_days_caption(asked.rows, until)] if asked.rows else []) + (
        [_inputs_caption(inputs.rows)] if inputs.rows else []
    )
    return Exhibit(
        name="coverage",
        topic="Coverage and quality",
        title=_title(evidence, missing.rows),
        subtitle=(
            "Days: each source over the last sixty days, by what was known of it on that day. Inputs: what is on file"
            " of the newest models that were among the ten with most compute."
        ),
        note=_note(evidence, asked.rows),
        drawings=drawings,
        captions=captions,
        legend=[
            *(
                ("box", colour, text)
                for state, (colour, text) in STATES.items()
                if any(row["state"] == state for row in asked.rows)
            ),
            *(("box", colour, f"input {text}") for text, colour in KNOWN.items()),
        ],
        tables=[
            Table(asked, DAY_COLUMNS, "Each source by days of one state"),
            Table(inputs, INPUT_COLUMNS, "Inputs of each model"),
            Table(missing, MISSING_COLUMNS, "What is missing, by number of models"),
        ],
    )


def _title(evidence: Evidence, missing: list[Row]) -> str:
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


def _note(evidence: Evidence, rows: list[Row]) -> str:
    bundled = sum(state.state == "bundled" for state in evidence.sources)
    aside = sum(state.quarantined for state in evidence.sources)
    return (
        f"n = {len({row['source'] for row in rows})} sources with a visit; {words.count(bundled, 'source')} in force"
        " from the facts that come with the project, each as of the day in its bar. A source is stale when more than"
        f" two of its visits were missed. {aside:,} rows and cells are set aside; aicost quarantine lists them."
        " Each bar leads to its source, each row of inputs to the document that announced the model."
    )


# --- days -----------------------------------------------------------------------------------------


def _days_caption(rows: list[Row], until: date) -> str:
    now = [row for row in rows if row["to_on"] == until]
    said = [
        f"{len(names)} {COUNTED[state]}"
        for state in STATES
        if (names := [row["source"] for row in now if row["state"] == state])
    ]
    return f"Sources day by day, to {words.day(until)}: {words.listed(said)}"


def _days(rows: list[Row], until: date) -> Drawing:
    names = sorted({words.text(row["source"]) for row in rows})
    first = min(row["from_on"] for row in rows)
    last = {row["source"]: row["from_on"] for row in rows}  # in order of days
    spans: list[Row] = []
    for row in rows:
        good = f"as of {words.day(row['good_on'])}" if row["good_on"] else "nothing good on file"
        days = words.count(row["days"], "day")
        spans.append({
            "source": words.text(row["source"]), "from": millis(row["from_on"]),
            "to": millis(row["to_on"] + timedelta(days=1)), "colour": STATES[row["state"]][0],
            "state": STATES[row["state"]][1], "good": good, "url": web_address(row["url"]) or "",
            "said": f"{days}, {words.day(row['from_on'])} to {words.day(row['to_on'])}",
            "aside": f"{row['quarantined'] or 0:,}", "days": row["days"],
            "label": good if last[row["source"]] == row["from_on"] and row["days"] * 10 > len(good) * ROOM else "",
        })  # fmt: skip

    def build(size: Size) -> Any:
        base = alt.Chart(alt.NamedData(name="days"))
        when = look.days("from", [first, until + timedelta(days=1)], size, room=0)
        y = alt.Y(
            "source:N",
            sort=names,
            axis=look.names(names, size, 130),
        )
        cell = base.mark_rect(cornerRadius=2, stroke=look.PAPER, strokeWidth=1.2, opacity=0.9).encode(
            x=when.across(),
            x2="to:T",
            y=y,
            color=alt.Color("colour:N", scale=None),
            href="url:N",
            tooltip=look.tooltip(source="Source", state="State", said="Days", good="Facts", aside="Set aside"),
        )
        layers: list[Any] = [cell]
        if size.is_wide:
            layers.append(
                base.transform_filter("datum.label != ''")
                .mark_text(align="right", dx=-6, fontSize=10, color=look.UPON)
                .encode(x=when.across("to"), y=y, text="label:N")
            )
        return alt.layer(*layers).properties(width=size.width, height=17 * len(names), autosize=look.FIT)

    described = (
        f"Heat map of {len(names)} sources by day, {words.day(first)} to {words.day(until)}."
        f" {_days_caption(rows, until)}."
    )
    return drawing("coverage", described, {"days": spans}, build)


# --- inputs ---------------------------------------------------------------------------------------


def _inputs_caption(rows: list[Row]) -> str:
    hours = sum(row["chip_hours"] == "on file" for row in rows)
    chip = sum(row["chip"] == "on file" for row in rows)
    return (
        f"Inputs of the {len(rows)} newest frontier models: of {words.count(chip, 'model')} the chip is on file, of"
        f" {words.count(hours, 'model')} the chip-hours"
    )


def _inputs(rows: list[Row]) -> Drawing:
    names = [words.cut(row["model_name"], 26) for row in rows]
    cells: list[Row] = [
        {"model": name, "input": title, "colour": KNOWN[row[key]], "sign": SIGNS[row[key]], "ink": INKS[row[key]]}
        for name, row in zip(names, rows, strict=True)
        for key, title in INPUTS.items()
        if row[key] != "missing"
    ]
    models: list[Row] = [
        {
            "model": name, "on": words.day(row["published_on"]), "url": web_address(row["source_url"]) or "",
            **{state.replace(" ", "_"): words.listed([t for key, t in INPUTS.items() if row[key] == state])
               for state in KNOWN},
        }
        for name, row in zip(names, rows, strict=True)
    ]  # fmt: skip

    def build(size: Size) -> Any:
        base = alt.Chart(alt.NamedData(name="inputs"))
        x = alt.X(
            "input:N",
            sort=list(INPUTS.values()),
            axis=alt.Axis(
                title=None,
                orient="top",
                labelAngle=size.pick(0, -90),
                labelOverlap=False,
                labelColor=look.INK,
                domain=False,
                ticks=False,
            ),
        )
        y = alt.Y(
            "model:N",
            sort=None,  # as in the data: names that were read from pages are no part of a program
            axis=look.names(names, size, 120),
        )
        whole = alt.Chart(alt.NamedData(name="models"))
        empty = whole.mark_rect(color=KNOWN["missing"], stroke=look.PAPER, strokeWidth=1.5, opacity=0.7).encode(y=y)
        cell = base.mark_rect(stroke=look.PAPER, strokeWidth=1.5, opacity=0.9).encode(
            x=x, y=y, color=alt.Color("colour:N", scale=None)
        )
        sign = base.mark_text(fontSize=10).encode(x=x, y=y, text="sign:N", color=alt.Color("ink:N", scale=None))
        # one link a row, upon all of it: one a cell would make the file larger than all other charts
        link = whole.mark_rect(opacity=0).encode(
            y=y,
            href="url:N",
            tooltip=look.tooltip(
                model="Model",
                on="Published",
                on_file="On file",
                derived="Derived",
                assumed="Assumed",
                missing="Missing",
            ),
        )
        layers = [empty, cell, sign, link]
        return alt.layer(*layers).properties(width=size.width, height=18 * len(names), autosize=look.FIT)

    described = (
        f"Matrix of {len(rows)} models and {len(INPUTS)} inputs of a cost, each on file, derived, assumed or missing."
    )
    return drawing("coverage-inputs", described, {"inputs": cells, "models": models}, build)


DAY_COLUMNS = [
    Column("Source", "source", words.text, link="url"),
    Column("Publisher", "publisher", words.text),
    Column("State", "state", lambda value: STATES[value][1] if value in STATES else words.text(value)),
    Column("From", "from_on", words.iso),
    Column("To", "to_on", words.iso),
    Column("Days", "days", words.number, is_number=True),
    Column("Last good", "good_on", words.iso),
    Column("Set aside", "quarantined", words.number, is_number=True),
]
INPUT_COLUMNS = [
    Column("Model", "model_name", words.text, link="source_url"),
    Column("Organisation", "organisation", words.text),
    Column("Published", "published_on", words.iso),
    *(Column(words.sentence(title), key, words.text) for key, title in INPUTS.items()),
    Column("Renting it is priced by", "rests_on", words.text),
]
MISSING_COLUMNS = [
    Column("What is missing", "missing", words.text),
    Column("Models", "models", words.number, is_number=True),
]
