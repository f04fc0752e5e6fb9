"""What training cost over time, with its trend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from pipeline.report import labels, look, words
from pipeline.report.evidence import Evidence, Row
from pipeline.report.exhibit import Column, Drawing, Exhibit, Table, drawing
from pipeline.report.look import Size, millis
from pipeline.report.markup import web_address

SCOPE_COLOURS = {
    "final_run": look.BLUE,
    "training_total": look.ORANGE,
    "hardware_capex": look.VERMILION,
    "post_training": look.GREEN,
    "rnd_total": look.PURPLE,
    "unknown": look.FAINT,
}
BASIS_SHAPES = {"reported": "square", "derived": "circle", "estimated": "diamond"}
ALWAYS_NAMED = ("DeepSeek-V3", "GPT-4")
MOST_NAMED = {True: 16, False: 5}


# --- over time ------------------------------------------------------------------------------------


def over_time(evidence: Evidence) -> Exhibit:
    """Frontier runs and reported costs by day of publication, with intervals and the trend."""
    rows, trend = evidence.rows("report/cost_points"), evidence.rows("report/cost_trend")
    named = {"nominal": "Dollars of the day", "real": f"Dollars of {_base(rows)}"}
    bases = {dollars: words.pick(trend, dollars=dollars) for dollars in named}
    drawings = [_over_time(dollars, rows, bases[dollars]) for dollars in named] if rows else []
    return Exhibit(
        name="training-cost",
        topic="Training cost over time",
        title=_growth(bases["real"]),
        subtitle=(
            "Cost of one training run on a logarithmic scale: US dollars, with 90% intervals. Every gridline is ten"
            " times the one below. Band: 90% interval of the trend line."
        ),
        note=_points_note(rows, trend),
        drawings=drawings,
        choices=list(named.values()),
        legend=[
            ("circle", look.BLUE, "final run, derived from recorded hours"),
            ("diamond", look.BLUE, "final run, estimated"),
            ("square", look.BLUE, "final run, reported by its maker"),
            ("square", look.ORANGE, "all of training, reported"),
            ("band", look.BLUE, "trend of the frontier, 90% interval"),
        ],
        tables=[Table(evidence.ask("report/cost_points"), COST_COLUMNS, "Each point of the chart")],
    )


def _base(rows: list[Row]) -> str:
    found = [row["price_base_month"] for row in rows if row["price_base_month"]]
    return words.month(max(found)) if found else "one month"


def _growth(trend: list[Row]) -> str:
    if not trend:
        return "How fast training cost grows is not on file"
    line = trend[-1]
    first, last = line["first_on"].year, line["last_on"].year
    if line["growth_per_year_low"] > 1:
        return (
            "The cost of renting the chips for a frontier training run grew"
            f" {words.times(line['growth_per_year'])}-fold a year, from {first} to {last}"
        )
    if line["growth_per_year_high"] < 1:
        return f"Frontier training runs became cheaper from {first} to {last}"
    return f"No clear trend in what frontier training runs cost from {first} to {last}"


def _points_note(rows: list[Row], trend: list[Row]) -> str:
    if not rows:
        return "No training cost is on file."
    runs = words.pick(rows, method="cloud")
    slope = (
        f" The trend is through {trend[-1]['models']} of them: {words.times(trend[-1]['growth_per_year_low'])} to "
        f"{words.times(trend[-1]['growth_per_year_high'])} times a year (90%)."
        if trend
        else ""
    )
    return (
        f"n = {len(runs)} final runs, of models that were among the ten with most compute when published (DeepSeek-V3"
        f" and GPT-4 in any case), at cloud prices of the day training began; and {len(rows) - len(runs)} figures that"
        f" makers reported.{slope} Published {words.day(rows[0]['published_on'])} to"
        f" {words.day(rows[-1]['published_on'])}. Wide intervals are runs of which only the compute, or not even that,"
        " is known. Scopes differ by colour and are not averaged. Each point leads to the document that announced the"
        " model."
    )


def _over_time(dollars: str, rows: list[Row], trend: list[Row]) -> Drawing:
    infix = "" if dollars == "nominal" else "_real"
    kept = [row for row in rows if row[f"cost{infix}_usd"] is not None]
    points: list[Row] = [_point(row, infix) for row in kept]
    values = [row["usd"] for row in points]
    domain = (
        look.decades(values)[0],
        look.decades([*values, *(row["high"] for row in points if row["basis"] == "derived")])[1],
    )
    for row in points:
        row["low"], row["high"] = max(row["low"], domain[0]), min(row["high"], domain[1])
    line = [{"on": millis(t["on_day"]), "low": t["usd_low"], "usd": t["usd"], "high": t["usd_high"]} for t in trend]
    days = [row["published_on"] for row in kept]

    def build(size: Size) -> Any:
        height = size.pick(470, 380)
        x, y = look.days("on", days, size), look.money("usd", domain, most=9)
        frame = labels.Frame(
            size.width - size.pick(62, 56),
            height,
            labels.linear_share(look.day_domain(days)),
            labels.log_share(domain),
            size.letters,
        )
        named = labels.place(_wanted(points, size), [(row["on"], row["usd"]) for row in points], frame)
        marks = [*_trend_marks(dollars, x, y), *_cost_marks(dollars, x, y, size), *named_points(named, x, y, size)]
        return alt.layer(*marks).properties(width=size.width, height=height, autosize=look.FIT)

    described = (
        f"Scatter chart of {len(points)} training costs by day of publication, {words.usd(min(values))} to "
        f"{words.usd(max(values))}, with intervals and a trend line. All values are in the table below."
    )
    return drawing(
        f"training-cost-{dollars}", described, {f"{dollars}_points": points, f"{dollars}_trend": line}, build
    )


def _trend_marks(dollars: str, x: look.Channel, y: look.Channel) -> list[Any]:
    base = alt.Chart(alt.NamedData(name=f"{dollars}_trend"))
    band = base.mark_area(color=look.BLUE, opacity=0.13).encode(x=x.across(), y=y.up("low"), y2="high:Q")
    return [band, base.mark_line(color=look.BLUE, strokeWidth=1.6, opacity=0.75).encode(x=x.across(), y=y.up())]


def _cost_marks(dollars: str, x: look.Channel, y: look.Channel, size: Size) -> list[Any]:
    base = alt.Chart(alt.NamedData(name=f"{dollars}_points"))
    colour = alt.Color("colour:N", scale=None)
    rules = base.mark_rule(strokeWidth=1, opacity=0.28).encode(x=x.across(), y=y.up("low"), y2="high:Q", color=colour)
    dots = base.mark_point(
        filled=True, size=size.pick(58, 40), opacity=0.92, stroke=look.PAPER, strokeWidth=0.7
    ).encode(x=x.across(), y=y.up(), color=colour, shape=alt.Shape("shape:N", scale=None), href="url:N", tooltip=TIPS)
    return [rules, dots]


def _point(row: Row, infix: str) -> Row:
    low, value, high = (row[f"cost{infix}_usd{end}"] for end in ("_low", "", "_high"))
    return {
        "on": millis(row["published_on"]),
        "low": low,
        "usd": value,
        "high": high,
        "colour": SCOPE_COLOURS.get(row["scope"], look.FAINT),
        "shape": BASIS_SHAPES[row["basis"]],
        "basis": row["basis"],
        "name": words.text(row["model_name"]),
        "said": words.estimate(value, low, high),
        "covers": words.scope(row["scope"]),
        "published": words.day(row["published_on"]),
        "half": f"{row['published_on'].year} {row['published_on'].month > 6}",
        "url": web_address(row["source_url"]) or "",
    }


TIPS = look.tooltip(name="Model", published="Published", said="Cost", covers="Covers", basis="Basis")


def _wanted(points: list[Row], size: Size) -> list[tuple[str, Any, Any]]:
    """Names worth having: the two that are always named, then the costliest run of each half year, the newest first."""
    always = [row for row in points if row["name"] in ALWAYS_NAMED and row["basis"] != "reported"]
    by_time: dict[str, Row] = {}
    for row in points:
        half = row["half"]
        if row["covers"] == words.scope("final_run") and row["usd"] > by_time.get(half, {"usd": 0})["usd"]:
            by_time[half] = row
    others = [by_time[half] for half in sorted(by_time, reverse=True) if by_time[half] not in always]
    others.sort(key=lambda row: -row["usd"])
    most = MOST_NAMED[size.is_wide]
    return [(words.cut(row["name"], 24), row["on"], row["usd"]) for row in (always + others)[:most]]


def named_points(named: Sequence[labels.Label], x: look.Channel, y: look.Channel, size: Size) -> list[Any]:
    """The names of points as marks, each where it was placed.

    Args:
        named: Placed names.
        x: The channel across, whose scale they share.
        y: The channel up.
        size: Size of the chart.
    """
    halos: list[Any] = []
    names: list[Any] = []
    for align in dict.fromkeys(label.align for label in named):
        values = [
            {x.field: label.x, y.field: label.y, "name": label.text, "dx": label.dx, "dy": label.dy}
            for label in named
            if label.align == align
        ]
        base = alt.Chart(alt.InlineData(values=values)).encode(x=x.across(), y=y.up(), text="name:N")
        style: dict[str, Any] = {"dx": alt.expr("datum.dx"), "dy": alt.expr("datum.dy"), "align": align}
        style |= {"baseline": "middle", "fontSize": size.letters}
        halos.append(base.mark_text(**style, color=look.PAPER, stroke=look.PAPER, strokeWidth=3, strokeJoin="round"))
        names.append(base.mark_text(**style, color=look.INK))
    return [*halos, *names]


def _usd(value: object) -> str:
    return words.usd(value)


COST_COLUMNS = [
    Column("Model", "model_name", words.text, link="source_url"),
    Column("Organisation", "organisation", words.text),
    Column("Published", "published_on", words.iso),
    Column("Covers", "scope", words.scope),
    Column("Basis", "basis", words.text),
    Column("Low", "cost_usd_low", _usd, is_number=True),
    Column("Cost", "cost_usd", _usd, is_number=True),
    Column("High", "cost_usd_high", _usd, is_number=True),
    Column("In constant dollars", "cost_real_usd", _usd, is_number=True),
    Column("How", "price_basis", words.text),
]
