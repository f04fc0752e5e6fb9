"""Where a laboratory's money goes, and which models laws' thresholds meet."""

from __future__ import annotations

import re
from typing import Any

import altair as alt

from pipeline.report import breakdown, look, words
from pipeline.report.evidence import Evidence, Row
from pipeline.report.exhibit import Column, Drawing, Exhibit, Table, drawing
from pipeline.report.look import Size
from pipeline.report.markup import web_address

THRESHOLD, LOWER_THRESHOLD = "USD 100M", "USD 5M"
ADDRESS = re.compile(r",? https?://[^\s:]*")
SHOWN_MODELS = {True: 30, False: 18}
LETTER = 6.8  # pixels


def _usd(value: object) -> str:
    return words.usd(value)


# --- where the money goes -------------------------------------------------------------------------

PART_COLOURS = {
    "chips": look.BLUE,
    "servers": look.SKY,
    "interconnect": look.GREEN,
    "energy": look.YELLOW,
    "final run": look.BLUE,
    "experiments": look.SKY,
    "research and training": look.GREEN,
    "inference": look.ORANGE,
    "staff": look.PURPLE,
    "computing": look.VERMILION,
    "unknown": look.GRID,
}


def spend(evidence: Evidence) -> Exhibit:
    """Published shares of spending, with what is unknown as a part of its own."""
    asked, split = evidence.ask("spend"), evidence.ask("report/cost_breakdown")
    rows, runs = asked.rows, split.rows
    has_runs = any(row["chips"] is not None for row in runs)
    drawn = {*(breakdown.PARTS if has_runs else ()), *(row["part"] for row in rows)}
    return Exhibit(
        name="spend",
        topic="Cost breakdown",
        title=breakdown.title(runs) or _spend_title(rows),
        subtitle=(
            "In per cent, with 90% intervals or the published range in brackets. Above: parts of the cost of one final"
            " run, hardware depreciated over the run. Below: parts of the wholes that each row names, as far as"
            " published; a pale part is known only as a bound or a range. What nobody published stays unknown."
        ),
        note=_spend_note(rows),
        drawings=([breakdown.runs(runs)] if has_runs else []) + ([_spend(rows)] if rows else []),
        captions=([breakdown.caption(runs)] if has_runs else []) + ([_spend_title(rows)] if rows else []),
        legend=[("box", PART_COLOURS[part], part) for part in PART_COLOURS if part in drawn],
        tables=[
            Table(split, breakdown.COLUMNS, "Each run, with its intervals"),
            Table(asked, SPEND_COLUMNS, "Each published share, with its range and source"),
        ],
    )


def _spend_title(rows: list[Row]) -> str:
    runs = [row for row in rows if row["part"] == "final run"]
    if not runs:
        return "What share of a laboratory’s money goes into final runs is not on file"
    known = [row for row in runs if row["value"] is not None]
    if known:
        newest = max(known, key=lambda row: (row["as_of"], row["subject"]))
        return (
            f"Of {words.text(newest['subject'])}’s {newest['scope']} in {newest['as_of']}, final runs took"
            f" {words.share(newest['value'])}: the price of a run is not the price of a laboratory"
        )
    high = max(row["value_high"] for row in runs if row["value_high"] is not None)
    return f"No laboratory on file put more than {words.share(high)} of its computing into final runs"


def _spend_note(rows: list[Row]) -> str:
    wholes = {(row["subject"], row["as_of"], row["scope"]) for row in rows}
    estimated = sum(row["basis"] == "estimated" for row in rows)
    years = [row["as_of"] for row in rows]
    span = f", {min(years)} to {max(years)}" if years else ""
    return (
        f"n = {len(rows)} shares of {words.count(len(wholes), 'whole')}{span}; {estimated} are estimates by others."
        " Wholes differ (all expenses, computing, development, one run) and cannot be compared across rows. Of a run"
        " the shares of servers and interconnect are assumed alike for all models, within the ranges given; only the"
        " share of energy differs by chip, site and year. Each part leads to where the chip’s price, or the share, was"
        " read."
    )


def _spend(rows: list[Row]) -> Drawing:
    wholes = sorted(
        {(row["subject"], row["as_of"], row["scope"]) for row in rows},
        key=lambda whole: (-whole[1], whole[0], whole[2]),
    )
    bars: list[Row] = []
    for number, whole in enumerate(wholes):
        parts = [row for row in rows if (row["subject"], row["as_of"], row["scope"]) == whole]
        known = sorted(
            (row for row in parts if row["part"] != "unknown"), key=lambda row: list(PART_COLOURS).index(row["part"])
        )
        at = 0.0
        for row in known:
            size = next(value for value in (row["value"], row["value_low"], row["value_high"]) if value is not None)
            bars.append(_bar(row, number, at, at + size, is_bound=row["value"] is None))
            at += size
        if at < 0.999:
            rest = next((row for row in parts if row["part"] == "unknown"), parts[0])
            bars.append(
                {
                    **_bar(rest, number, at, 1.0, is_bound=False),
                    "part": "unknown",
                    "colour": PART_COLOURS["unknown"],
                    "ink": look.INK,
                    "label": _fit(1 - at, "not known", "?"),
                    "brief": _fit((1 - at) * 0.4, "not known", "?"),
                }
            )
    heads: list[Row] = [
        {
            "row": f"{number:02}",
            "head": f"{words.cut(subject, 46)} {year}: {whole}",
            "brief": words.cut(f"{words.cut(subject, 22)} {year}: {whole}", 46),
        }
        for number, (subject, year, whole) in enumerate(wholes)
    ]

    def build(size: Size) -> Any:
        base = alt.Chart(alt.NamedData(name="shares"))
        x = alt.X(
            "from:Q",
            scale=alt.Scale(domain=[0, 1], nice=False),
            axis=alt.Axis(
                title=None, format=".0%", tickCount=size.pick(10, 4), orient="top", domain=False, ticks=False, offset=14
            ),
        )
        y = alt.Y("row:N", axis=None)
        rects = base.mark_bar(height=20, stroke=look.PAPER, strokeWidth=1.2).encode(
            x=x,
            x2="to:Q",
            y=y,
            color=alt.Color("colour:N", scale=None),
            opacity=alt.Opacity("fade:Q", scale=None),
            href="url:N",
            tooltip=look.tooltip(part="Part", said="Share", basis="Basis", what="Made of"),
        )
        texts = base.mark_text(baseline="middle").encode(
            x=alt.X("middle:Q"), y=y, text=size.pick("label:N", "brief:N"), color=alt.Color("ink:N", scale=None)
        )
        titles = (
            alt.Chart(alt.NamedData(name="wholes"))
            .mark_text(align="left", dy=-19, color=look.INK, fontWeight="bold")
            .encode(x=alt.value(0), y=y, text=size.pick("head:N", "brief:N"))
        )
        return alt.layer(rects, texts, titles).properties(width=size.width, height=52 * len(wholes), autosize=look.FIT)

    described = f"Stacked bars of the shares of {len(wholes)} wholes, with the unknown part kept."
    return drawing("spend", described, {"shares": bars, "wholes": heads}, build)


def _bar(row: Row, number: int, start: float, end: float, *, is_bound: bool) -> Row:
    low, high = row["value_low"], row["value_high"]
    if row["value"] is not None:
        said = words.share(row["value"])
    elif low is not None and high is not None:
        said = f"{words.share(low)} to {words.share(high)}"
    else:
        said = f"at most {words.share(high)}" if low is None else f"at least {words.share(low)}"
    return {
        "row": f"{number:02}",
        "from": start,
        "to": end,
        "middle": (start + end) / 2,
        "part": row["part"],
        "said": said,
        "fade": 0.45 if is_bound else 0.9,
        "ink": look.INK if is_bound else look.PAPER if PART_COLOURS.get(row["part"]) == look.BLUE else look.UPON,
        "colour": PART_COLOURS.get(row["part"], look.FAINT),
        "basis": words.text(row["basis"]),
        "what": words.cut(row["what"], 160),
        "url": web_address(row["source_url"]) or "",
        "label": _fit(end - start, f"{row['part']} {said}", row["part"], said),
        "brief": _fit((end - start) * 0.4, said),
    }


def _fit(share: float, *texts: str) -> str:
    """The first of the texts that a part of the bar has room for, or none."""
    return next((text for text in texts if len(text) * LETTER < share * look.WIDE * 0.95), "")


SPEND_COLUMNS = [
    Column("Of", "subject", words.text, link="source_url"),
    Column("Year", "as_of", lambda value: words.text(value), is_number=True),
    Column("Whole", "scope", words.text),
    Column("Part", "part", words.text),
    Column("Low", "value_low", lambda value: words.share(value, "not reported"), is_number=True),
    Column("Share", "value", lambda value: words.share(value, "not reported"), is_number=True),
    Column("High", "value_high", lambda value: words.share(value, "not reported"), is_number=True),
    Column("Basis", "basis", words.text),
    Column("Made of", "what", words.text),
]


# --- thresholds -----------------------------------------------------------------------------------


def thresholds(evidence: Evidence) -> Exhibit:
    """Models whose cost is above a law's threshold, or may be."""
    asked = evidence.ask("report/thresholds", threshold=THRESHOLD)
    counts = evidence.ask("report/threshold_counts")
    rows, tally = asked.rows, counts.rows
    return Exhibit(
        name="thresholds",
        topic="Thresholds of laws",
        title=_threshold_title(tally),
        subtitle=(
            "Cost of renting the run’s GPU-hours on demand at average cloud prices when training began: US dollars of"
            " that day, logarithmic scale, 90% interval. Not legal advice."
        ),
        note=_threshold_note(rows, tally),
        drawings=[_thresholds(rows, tally)] if rows else [],
        legend=[
            ("circle", look.VERMILION, "above: the whole interval"),
            ("circle", look.BLUE, "straddles: cannot be told"),
            ("bar", look.INK, "thresholds"),
        ],
        tables=[
            Table(asked, THRESHOLD_COLUMNS, f"Models above {THRESHOLD}, or straddling it"),
            Table(counts, TALLY_COLUMNS, "All thresholds"),
        ],
    )


def _number_of(tally: list[Row], threshold: str, status: str) -> int:
    return sum(row["models"] for row in words.pick(tally, threshold=threshold, status=status))


def _threshold_title(tally: list[Row]) -> str:
    if not tally:
        return "No model is set against a law’s threshold"
    above, across = _number_of(tally, THRESHOLD, "above"), _number_of(tally, THRESHOLD, "straddles")
    return (
        f"{words.sentence(words.count(above, 'model is', 'models are'))} above $100M with the whole interval; of"
        f" {across:,} more it cannot be told. Above $5M:"
        f" {words.count(_number_of(tally, LOWER_THRESHOLD, 'above'), 'model')}"
    )


def _threshold_note(rows: list[Row], tally: list[Row]) -> str:
    unknown = _number_of(tally, THRESHOLD, "cannot tell")
    below = _number_of(tally, THRESHOLD, "below")
    laws = words.listed(sorted({ADDRESS.sub("", words.text(row["law"])) for row in tally if row["unit"] == "USD"}))
    return (
        f"n = {len(rows)} models above or across {THRESHOLD}, of which the costliest are drawn; {below:,} are below,"
        f" and for {unknown:,} no cost can be computed, which is not the same as below. Scope: final run. Thresholds:"
        f" {laws}. The start of training is"
        " often assumed. The table has the tests in FLOP beside those in dollars."
    )


def _thresholds(rows: list[Row], tally: list[Row]) -> Drawing:
    points: list[Row] = [
        {
            "row": f"{number:03}",
            "usd": row["value"],
            "low": row["value_low"],
            "high": row["value_high"],
            "name": words.cut(row["model_name"], 26),
            "said": words.estimate(row["value"], row["value_low"], row["value_high"]),
            "status": row["status"],
            "start": words.day(row["started_on"]),
            "basis": words.text(row["basis"]),
            "colour": look.VERMILION if row["status"] == "above" else look.BLUE,
            "url": web_address(row["source_url"]) or "",
            "is_above": row["status"] == "above",
        }
        for number, row in enumerate(
            sorted(rows, key=lambda row: (row["status"] != "above", -row["value"], row["model_id"]))
        )
    ]
    lines: list[Row] = [
        {"usd": row["threshold_value"], "name": f"law: {words.usd(row['threshold_value'])}"}
        for row in {row["threshold"]: row for row in tally if row["unit"] == "USD"}.values()
    ]
    shown = points[: SHOWN_MODELS[True]]
    domain = look.decades([*(point["usd"] for point in shown), *(line["usd"] for line in lines), 1e10])
    domain = (1e6, min(domain[1], 1e11))
    for point in points:
        point["low"], point["high"] = max(point["low"], domain[0]), min(point["high"], domain[1])

    def build(size: Size) -> Any:
        most = SHOWN_MODELS[size.is_wide]
        base = alt.Chart(alt.NamedData(name="models")).transform_filter(f"datum.row < '{most:03}'")
        x = look.money("usd", domain, most=size.pick(6, 4), orient="top", grid=True).across()
        y = alt.Y(
            "name:N",
            sort=None,
            axis=look.names([point["name"] for point in points[:most]], size, 105),
        )
        colour = alt.Color("colour:N", scale=None)
        marks = alt.Chart(alt.NamedData(name="lines"))
        bars = marks.mark_rule(color=look.INK, strokeWidth=1.4, strokeDash=[4, 3]).encode(x=x)
        names = marks.mark_text(dy=size.pick(-24, -22), color=look.INK, fontWeight="bold").encode(
            x=x, y=alt.value(0), text="name:N"
        )
        rules = base.mark_rule(strokeWidth=3, opacity=0.35, strokeCap="round").encode(
            x=alt.X("low:Q"), x2="high:Q", y=y, color=colour
        )
        dots = base.mark_circle(size=70, opacity=1).encode(
            x=x,
            y=y,
            color=colour,
            href="url:N",
            tooltip=look.tooltip(name="Model", said="Cost", status="Status", basis="Basis", start="Training began"),
        )
        return alt.layer(bars, names, rules, dots).properties(
            width=size.width, height=20 * min(most, len(points)), autosize=look.FIT
        )

    described = (
        f"Dot chart with intervals of {len(points)} models against the thresholds"
        f" {words.listed([line['name'] for line in lines])}."
    )
    return drawing("thresholds", described, {"models": points, "lines": lines}, build)


THRESHOLD_COLUMNS = [
    Column("Model", "model_name", words.text, link="source_url"),
    Column("Organisation", "organisation", words.text),
    Column("Status", "status", words.text),
    Column("Low", "value_low", _usd, is_number=True),
    Column("Cost", "value", _usd, is_number=True),
    Column("High", "value_high", _usd, is_number=True),
    Column("Basis", "basis", words.text),
    Column("Training began", "started_on", words.iso),
    Column("How known", "start_basis", words.text),
]
TALLY_COLUMNS = [
    Column("Threshold", "threshold", words.text),
    Column("Status", "status", words.text),
    Column("Models", "models", words.number, is_number=True),
    Column("Law", "law", words.text),
]
