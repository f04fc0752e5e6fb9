"""What capability costs: to reach a level, in training and in tokens, and the frontier of score and cost."""

from __future__ import annotations

from datetime import date
from typing import Any

import altair as alt

from pipeline.report import labels, look, words
from pipeline.report.evidence import Evidence, Row
from pipeline.report.exhibit import Column, Drawing, Exhibit, Table, drawing
from pipeline.report.look import Size, millis
from pipeline.report.markup import web_address
from pipeline.report.training import BASIS_SHAPES, named_points

LEVEL, METHOD = "gpt-4", "cloud"
LIKELY = 0.1  # probability from which a run is drawn as perhaps on the frontier


def _usd(value: object) -> str:
    return words.usd(value)


# --- a level --------------------------------------------------------------------------------------


def to_reach(evidence: Evidence) -> Exhibit:
    """The cheapest training run of each quarter at the level, and the list price of tokens, apart."""
    asked = evidence.ask("capability", level=LEVEL, method=METHOD)
    training = words.pick(asked.rows, part="training")
    tokens = words.pick(asked.rows, part="inference")
    drawings = ([_training(training)] if any(row["value"] for row in training) else []) + (
        [_tokens(tokens)] if tokens else []
    )
    captions = ([_training_caption(training)] if any(row["value"] for row in training) else []) + (
        ["Tokens: the least list price of a model at the level"] if tokens else []
    )
    return Exhibit(
        name="capability",
        topic="Cost to reach a level",
        title=_level_title(training, tokens),
        subtitle=(
            "US dollars of the day on logarithmic scales. Above: cheapest costed training run published in each quarter"
            " that reached GPT-4’s score on the Epoch Capabilities Index, with 90% interval. Below: cheapest list price"
            " per million tokens, three parts input to one part output."
        ),
        note=_level_note(training, tokens),
        drawings=drawings,
        captions=captions,
        legend=[
            ("line", look.BLUE, "cheapest run so far"),
            ("circle", look.BLUE, "cheapest run of a quarter, derived"),
            ("diamond", look.BLUE, "the same, estimated"),
            ("cross", look.VERMILION, "quarter without a costed run"),
            ("line", look.GREEN, "cheapest tokens so far"),
        ],
        tables=[Table(asked, LEVEL_COLUMNS, "Training by quarter, and each cheaper list price")],
    )


def _level_title(training: list[Row], tokens: list[Row]) -> str:
    runs = [row for row in training if row["value"]]
    said: list[str] = []
    if len(tokens) > 1:
        fall = tokens[0]["value"] / tokens[-1]["value"]
        said.append(
            f"GPT-4-level answers cost {words.times(fall)} times less per token than in"
            f" {words.month(tokens[0]['from_on'])}"
        )
    if len(runs) > 1:
        first, cheapest = runs[0], min(runs, key=lambda row: row["value"])
        said.append(
            f"the cheapest training run to that level fell from {words.usd(first['value'])} to"
            f" {words.usd(cheapest['value'])} ({words.text(cheapest['what'])})"
        )
    return words.sentence("; ".join(said)) if said else "What it took to reach GPT-4’s level is not on file"


def _training_caption(training: list[Row]) -> str:
    gaps = sum(row["value"] is None for row in training)
    return "Training: one run at cloud prices" + (
        f"; in {words.count(gaps, 'quarter')} no costed run at the level was published" if gaps else ""
    )


def _level_note(training: list[Row], tokens: list[Row]) -> str:
    level = (training or tokens or [None])[0]
    if level is None:
        return "Nothing is on file."
    return (
        f"n = {sum(row['value'] is not None for row in training)} quarters with a run,"
        f" {words.count(len(tokens), 'list price')}. Level: {level['level_eci']:.1f} points, fit of"
        f" {words.day(level['level_on'])}. Steps hold until something cheaper came; nothing is interpolated, and the"
        " line ends at the last quarter with a run. Training cost is of the final run; fine-tunes are left out, as"
        " their base is not in the figure. Reasoning models use many more tokens than a price per token shows. Scopes:"
        " final run above, inference below."
    )


def _training(rows: list[Row]) -> Drawing:
    runs = [row for row in rows if row["value"] is not None]
    domain = look.decades(
        [
            *(row["value"] for row in runs),
            *(row["value_low"] for row in runs if row["basis"] == "derived"),
            *(row["value_high"] for row in runs if row["basis"] == "derived"),
        ]
    )
    points: list[Row] = []
    path: list[Row] = []
    least: float | None = None
    for row in rows:
        if row["value"] is not None:
            least = row["value"] if least is None else min(least, row["value"])
            points.append(_run_point(row, domain))
        path.append({"on": millis(row["from_on"]), "usd": least})
    gaps: list[Row] = [
        {"on": millis(row["from_on"]), "quarter": words.quarter(row["from_on"]), "why": words.text(row["what"])}
        for row in rows
        if row["value"] is None
    ]
    days = [row["from_on"] for row in rows]
    end = _next_quarter(max(days))
    path.append({"on": millis(end), "usd": least})

    def build(size: Size) -> Any:
        height = size.pick(300, 300)
        x, y = look.days("on", [*days, end], size), look.money("usd", domain, most=8)
        base, steps, holes = (alt.Chart(alt.NamedData(name=name)) for name in ("runs", "path", "gaps"))
        line = steps.mark_line(interpolate="step-after", color=look.BLUE, strokeWidth=2).encode(x=x.across(), y=y.up())
        rules = base.mark_rule(color=look.BLUE, opacity=0.35).encode(x=x.across(), y=y.up("low"), y2="high:Q")
        dots = base.mark_point(
            filled=True, size=80, color=look.BLUE, stroke=look.PAPER, strokeWidth=0.8, opacity=1
        ).encode(
            x=x.across(),
            y=y.up(),
            shape=alt.Shape("shape:N", scale=None),
            href="url:N",
            tooltip=look.tooltip(name="Cheapest run", quarter="Quarter", said="Cost", basis="Basis", score="Score"),
        )
        missing = holes.mark_point(shape="cross", angle=45, filled=True, color=look.VERMILION, size=60).encode(
            x=x.across(), y=alt.value(height - 10), tooltip=look.tooltip(quarter="Quarter", why="Gap")
        )
        across = labels.linear_share(look.day_domain([*days, end]))
        frame = labels.Frame(size.width - 60, height, across, labels.log_share(domain), size.letters)
        wanted = [
            (words.cut(row["name"], 20), row["on"], row["usd"]) for row in sorted(points, key=lambda row: row["usd"])
        ]
        taken = [(row["on"], row["usd"]) for row in points] + labels.along([(row["on"], row["usd"]) for row in path])
        named = labels.place(wanted[: size.pick(12, 5)], taken, frame)
        return alt.layer(rules, line, dots, missing, *named_points(named, x, y, size)).properties(
            width=size.width, height=height, autosize=look.FIT
        )

    described = (
        f"Step chart of the cheapest training run at the level by quarter, {words.usd(runs[0]['value'])} in"
        f" {words.quarter(runs[0]['from_on'])}, {words.usd(least)} at the end; {len(gaps)} quarters are gaps."
    )
    return drawing("capability-training", described, {"runs": points, "path": path, "gaps": gaps}, build)


def _run_point(row: Row, domain: tuple[float, float]) -> Row:
    return {
        "on": millis(row["from_on"]),
        "usd": row["value"],
        "low": max(row["value_low"], domain[0]),
        "high": min(row["value_high"], domain[1]),
        "name": words.text(row["what"]),
        "shape": BASIS_SHAPES.get(row["basis"], "circle"),
        "quarter": words.quarter(row["from_on"]),
        "said": words.estimate(row["value"], row["value_low"], row["value_high"]),
        "basis": words.text(row["basis"]),
        "score": words.text(row["score"]),
        "url": web_address(row["source_url"]) or "",
    }


def _next_quarter(day: date) -> date:
    return day.replace(year=day.year + 1, month=1) if day.month > 9 else day.replace(month=day.month + 3)


def _tokens(rows: list[Row]) -> Drawing:
    points: list[Row] = [
        {
            "on": millis(row["from_on"]),
            "usd": row["value"],
            "name": words.text(row["what"]),
            "said": f"{words.usd(row['value'])} per million tokens",
            "day": words.day(row["from_on"]),
            "score": words.text(row["score"]),
            "url": web_address(row["source_url"]) or "",
        }
        for row in rows
    ]
    domain = look.padded([row["value"] for row in rows], 0.15)
    days = [row["from_on"] for row in rows]
    days = days if len(days) > 1 else [*days, _next_quarter(days[0])]

    def build(size: Size) -> Any:
        height = size.pick(240, 240)
        x, y = look.days("on", days, size, room=0.06), look.money("usd", domain, most=7)
        base = alt.Chart(alt.NamedData(name="tokens"))
        line = base.mark_line(interpolate="step-after", color=look.GREEN, strokeWidth=2, strokeDash=[6, 2]).encode(
            x=x.across(), y=y.up()
        )
        dots = base.mark_point(
            filled=True, size=70, color=look.GREEN, stroke=look.PAPER, strokeWidth=0.8, opacity=1
        ).encode(
            x=x.across(),
            y=y.up(),
            href="url:N",
            tooltip=look.tooltip(name="Model", day="From", said="List price", score="Score"),
        )
        across = labels.linear_share(look.day_domain(days, 0.06))
        frame = labels.Frame(size.width - 60, height, across, labels.log_share(domain), size.letters)
        ordered = [points[-1], points[0], *points[1:-1]]
        wanted = [(words.cut(row["name"], 22), row["on"], row["usd"]) for row in ordered]
        taken = [(row["on"], row["usd"]) for row in points]
        named = labels.place(wanted[: size.pick(10, 4)], taken + labels.along(taken), frame)
        return alt.layer(line, dots, *named_points(named, x, y, size)).properties(
            width=size.width, height=height, autosize=look.FIT
        )

    described = (
        f"Step chart of the least list price of a model at the level, {points[0]['said']} on {points[0]['day']},"
        f" {points[-1]['said']} on {points[-1]['day']}."
    )
    return drawing("capability-tokens", described, {"tokens": points}, build)


LEVEL_COLUMNS = [
    Column("Cost of", "part", words.text),
    Column("From", "from_on", words.iso),
    Column("Cheapest", "what", words.text, link="source_url"),
    Column("Low", "value_low", _usd, is_number=True),
    Column("Cost", "value", _usd, is_number=True),
    Column("High", "value_high", _usd, is_number=True),
    Column("Unit", "unit", words.text),
    Column("Covers", "scope", words.scope),
    Column("Basis", "basis", words.text),
    Column("Score", "score", words.text),
]


# --- the frontier ---------------------------------------------------------------------------------


def frontier(evidence: Evidence) -> Exhibit:
    """Runs of a benchmark by cost and score; how sure it is that a run is on the frontier is how dark it is."""
    asked = evidence.ask("report/frontier")
    rows = asked.rows
    return Exhibit(
        name="frontier",
        topic="Score for the money",
        title=_frontier_title(rows),
        subtitle=(
            f"Share of the tasks of the benchmark {_benchmark(rows)} that were solved, against what a task cost in API"
            " tokens: US dollars of the day of the run, logarithmic scale. Vertical bars: 90% interval of the score."
        ),
        note=_frontier_note(rows),
        drawings=[_frontier(rows)] if rows else [],
        legend=[
            ("circle", look.BLUE, "on the frontier: no run scores as much for less"),
            ("faded", look.BLUE, f"perhaps, probability from {words.share(LIKELY)}"),
            ("circle", look.FAINT, "beaten"),
        ],
        tables=[Table(asked, FRONTIER_COLUMNS, "Every run", is_sortable=True)],
    )


def _benchmark(rows: list[Row]) -> str:
    return words.text(rows[0]["benchmark"]).replace("_", " ") if rows else words.MISSING


def _frontier_title(rows: list[Row]) -> str:
    on = [row for row in rows if row["is_on_frontier"]]
    if len(on) < 2:
        return "A frontier of score and cost is not on file"
    best = max(on, key=lambda row: row["score_share"])
    cheaper = [row for row in on if row["score_share"] >= best["score_share"] * 0.8 and row is not best]
    if not cheaper:
        return (
            f"{words.text(best['model'])} scores most, {words.share(best['score_share'])}, at"
            f" {words.usd(best['usd_per_task'])} a task"
        )
    near = min(cheaper, key=lambda row: row["usd_per_task"])
    return (
        f"The best score, {words.share(best['score_share'])}, costs"
        f" {words.times(best['usd_per_task'] / near['usd_per_task'])} times as much per task as"
        f" {words.share(near['score_share'])} from {words.text(near['model'])}"
    )


def _frontier_note(rows: list[Row]) -> str:
    if not rows:
        return "Nothing is on file."
    on, perhaps = (
        sum(row["is_on_frontier"] for row in rows),
        sum(row["frontier_probability"] >= LIKELY and not row["is_on_frontier"] for row in rows),
    )
    return (
        f"n = {len(rows)} runs, {words.day(min(row['run_on'] for row in rows))} to"
        f" {words.day(max(row['run_on'] for row in rows))}; {on} on the frontier, {perhaps} more perhaps. Probability:"
        " share of redrawn sets of tasks in which the run is on it. Scope: inference, API tokens of the run and"
        f" nothing else. Source: {words.listed(sorted({words.text(row['publisher']) for row in rows}))}."
    )


def _frontier(rows: list[Row]) -> Drawing:
    points: list[Row] = [
        {
            "usd": row["usd_per_task"],
            "score": row["score_share"],
            "low": row["score_share_low"],
            "high": row["score_share_high"],
            "name": words.text(row["model"]),
            "said": (
                f"{words.share(row['score_share'])} ({words.share(row['score_share_low'])} to"
                f" {words.share(row['score_share_high'])})"
            ),
            "cost": f"{words.usd(row['usd_per_task'])} a task",
            "sure": f"{words.share(row['frontier_probability'])}",
            "on": words.day(row["run_on"]),
            "run": words.text(row["configuration"], "–"),
            "is_on": row["is_on_frontier"],
            "colour": look.BLUE if row["is_on_frontier"] or row["frontier_probability"] >= LIKELY else look.FAINT,
            "fade": (
                1.0
                if row["is_on_frontier"]
                else max(0.25, row["frontier_probability"])
                if row["frontier_probability"] >= LIKELY
                else 0.55
            ),
            "url": web_address(row["source_url"]) or "",
        }
        for row in rows
    ]
    edge: list[Row] = sorted((point for point in points if point["is_on"]), key=lambda point: point["usd"])
    costs = look.padded([point["usd"] for point in points], 0.06)
    path: list[Row] = [{"usd": point["usd"], "score": point["score"]} for point in edge]
    if path:
        path.append({"usd": costs[1], "score": path[-1]["score"]})

    def build(size: Size) -> Any:
        height = size.pick(400, 360)
        x = look.money("usd", costs, most=size.pick(9, 4), title="USD per task", grid=False)
        y = look.Channel(
            "score",
            alt.Scale(domain=[0, 1]),
            alt.Axis(title=None, format=".0%", tickCount=5, domain=False, ticks=False),
        )
        base, steps = alt.Chart(alt.NamedData(name="frontier")), alt.Chart(alt.NamedData(name="edge"))
        line = steps.mark_line(interpolate="step-after", color=look.BLUE, strokeWidth=1.6).encode(
            x=x.across(), y=y.up()
        )
        rules = base.mark_rule(strokeWidth=1, opacity=0.3).encode(
            x=x.across(), y=y.up("low"), y2="high:Q", color=alt.Color("colour:N", scale=None)
        )
        dots = base.mark_circle(size=size.pick(80, 60)).encode(
            x=x.across(),
            y=y.up(),
            color=alt.Color("colour:N", scale=None),
            opacity=alt.Opacity("fade:Q", scale=None),
            href="url:N",
            tooltip=look.tooltip(
                name="Model", run="Run with", said="Score", cost="Cost", sure="On the frontier", on="Run on"
            ),
        )
        frame = labels.Frame(
            size.width - 50, height, labels.log_share(costs), labels.linear_share((0, 1)), size.letters
        )
        ordered = sorted(edge, key=lambda point: -point["score"])
        named = labels.place(
            [
                (words.cut(point["name"], size.pick(30, 22)), point["usd"], point["score"])
                for point in ordered[: size.pick(12, 3)]
            ],
            [(point["usd"], point["score"]) for point in points]
            + labels.along([(point["usd"], point["score"]) for point in path]),
            frame,
        )
        return alt.layer(rules, line, dots, *named_points(named, x, y, size)).properties(
            width=size.width, height=height, autosize=look.FIT
        )

    described = (
        f"Scatter chart of {len(points)} runs by cost per task and score; {len(edge)} of them form the frontier."
    )
    return drawing("frontier", described, {"frontier": points, "edge": path}, build)


FRONTIER_COLUMNS = [
    Column("Model", "model", words.text, link="source_url"),
    Column("Run with", "configuration", words.text),
    Column("Run on", "run_on", words.iso),
    Column("Score", "score_share", words.share, is_number=True),
    Column("Low", "score_share_low", words.share, is_number=True),
    Column("High", "score_share_high", words.share, is_number=True),
    Column("USD per task", "usd_per_task", _usd, is_number=True),
    Column("USD per solved task", "usd_per_solved", _usd, is_number=True),
    Column("Probability", "frontier_probability", words.share, is_number=True),
]
