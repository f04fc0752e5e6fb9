"""One model's many figures, and the steps from one to another."""

from __future__ import annotations

from typing import Any

import altair as alt

from pipeline import show
from pipeline.report import labels, look, words
from pipeline.report.evidence import Evidence, Row
from pipeline.report.exhibit import Column, Drawing, Exhibit, Table, drawing
from pipeline.report.look import Size
from pipeline.report.markup import web_address
from pipeline.report.training import SCOPE_COLOURS

FAR_RIGHT = 0.6  # share of the axis from which a name stands on the left of its amount


def _usd(value: object) -> str:
    return words.usd(value)


def many_figures(evidence: Evidence) -> Exhibit:
    """All figures of one model by scope, and the steps from the lowest to the highest of them."""
    found = evidence.rows("report/compared_model")
    if not found:
        return Exhibit(
            "figures", "One model, many figures", "No model with several published figures is on file", "", ""
        )
    model_id, name = found[0]["model_id"], words.text(found[0]["model_name"])
    asked = evidence.ask("figures", model_id=model_id)
    rows = asked.rows
    steps = _longest_walk(evidence, model_id)
    low, high = min(row["value"] for row in rows), max(row["value"] for row in rows)
    drawings = [_figures(name, rows)]
    if steps:
        drawings.append(_waterfall(name, steps))
    tables = [Table(asked, FIGURE_COLUMNS, f"Figures on file for {name}")]
    if steps:
        tables.append(Table(evidence.ask("explain", **_walk_ends(model_id, steps)), STEP_COLUMNS, "The steps"))
    return Exhibit(
        name="figures",
        topic="One model, many figures",
        title=_figures_title(name, rows, low, high),
        subtitle=(
            "US dollars on a logarithmic scale; dollars of the year that each figure names, or of the day where it"
            " names none. One dot a figure; different colours are different things and cannot stand for one another."
        ),
        note=_figures_note(name, rows, steps),
        drawings=drawings,
        captions=["The figures", _walk_caption(steps)] if steps else [],
        legend=[
            *(("circle", SCOPE_COLOURS.get(scope, look.FAINT), words.scope(scope)) for scope in _in_order(rows)),
            ("circle", look.SOFT, "stated by somebody"),
            ("ring", look.SOFT, "computed here"),
            ("arrow", look.SOFT, "or more"),
        ],
        tables=tables,
    )


def _in_order(rows: list[Row]) -> list[str]:
    return list(dict.fromkeys(str(row["scope"]) for row in rows))


def _figures_title(name: str, rows: list[Row], low: float, high: float) -> str:
    dearest = max(rows, key=lambda row: row["value"])
    run = [row["value"] for row in rows if row["scope"] == "final_run"]
    if dearest["scope"] == "hardware_capex" and run:
        return (
            f"{name} “cost” {words.usd(low)} or {words.usd(high)}: the figures run from using the chips to buying them."
            f" The final run alone is put at {words.usd_range(min(run), max(run))}"
        )
    return f"{name} “cost” from {words.usd(low)} to {words.usd(high)}, depending on what is counted and how"


def _longest_walk(evidence: Evidence, model_id: str) -> list[Row]:
    """The steps from the lowest stated figure to the highest one that is no mere bound."""
    rows = evidence.rows("explain", model_id=model_id)
    bounds = {
        row["figure_id"]
        for row in evidence.rows("figures", model_id=model_id)
        if row["hedge"] in ("at_least", "at_most")
    }
    ends = [row for row in rows if row["to_figure_id"] not in bounds]
    if not ends:
        return []
    last = max(ends, key=lambda row: (row["to_usd"], row["to_figure_id"]))
    return [
        row
        for row in rows
        if (row["from_figure_id"], row["to_figure_id"]) == (last["from_figure_id"], last["to_figure_id"])
    ]


def _walk_ends(model_id: str, steps: list[Row]) -> dict[str, object]:
    return {"model_id": model_id, "from_id": steps[0]["from_figure_id"], "to_id": steps[0]["to_figure_id"]}


def _walk_caption(steps: list[Row]) -> str:
    if not steps:
        return ""
    widest = max(steps, key=lambda row: abs(row["value"]))
    total = steps[0]["to_usd"] - steps[0]["from_usd"]
    return (
        f"From {words.usd(steps[0]['from_usd'])} to {words.usd(steps[0]['to_usd'])}, step by step: {widest['step']}"
        f" makes {words.share(widest['value'] / total)} of the difference"
    )


def _figures_note(name: str, rows: list[Row], steps: list[Row]) -> str:
    stated = sum(row["basis"] == "stated" for row in rows)
    walk = " The steps add up to the cent; what nobody explained is a step of its own." if steps else ""
    return (
        f"n = {stated} stated and {len(rows) - stated} computed figures of {name}, stated up to "
        f"{words.day(max(row['as_of'] for row in rows if row['as_of']))}.{walk} Each dot leads to its source."
    )


def _figures(name: str, rows: list[Row]) -> Drawing:
    domain = look.padded([row["value"] for row in rows], 0.06)
    across = labels.log_share(domain)
    points: list[Row] = [
        {
            "row": f"{number:02}",
            "usd": row["value"],
            "who": _who(row),
            "said": _said(row),
            "method": words.text(row["method"], "–"),
            "covers": words.scope(row["scope"]),
            "colour": SCOPE_COLOURS.get(row["scope"], look.FAINT),
            "fill": SCOPE_COLOURS.get(row["scope"], look.FAINT) if row["basis"] == "stated" else look.PAPER,
            "more": row["hedge"] == "at_least",
            "is_right": across(row["value"]) > FAR_RIGHT,
            "basis": row["basis"],
            "on": words.day(row["as_of"]),
            "dollars": words.month(row["price_level_on"], "the day"),
            "url": web_address(row["source_url"]) or "",
        }
        for number, row in enumerate(rows)
    ]

    def build(size: Size) -> Any:
        base = alt.Chart(alt.NamedData(name="figures"))
        y = alt.Y("row:N", axis=None, sort=None)
        room = (domain[0] / size.pick(1.25, 1.55), domain[1] * size.pick(1.15, 1.1))
        x = look.money("usd", room, most=size.pick(8, 5), orient="top", grid=True).across()
        colour = alt.Color("colour:N", scale=None)
        dots = base.mark_point(size=size.pick(90, 70), strokeWidth=2, filled=False, opacity=1).encode(
            x=x,
            y=y,
            color=colour,
            fill=alt.Fill("fill:N", scale=None),
            href="url:N",
            tooltip=look.tooltip(
                who="Who", said="Figure", covers="Covers", method="Method", dollars="Dollars of", on="As of"
            ),
        )
        arrows = (
            base.transform_filter("datum.more").mark_text(text="→", dx=15, fontSize=16).encode(x=x, y=y, color=colour)
        )
        amounts = base.mark_text(align="right", dx=-10, fontWeight="bold").encode(x=x, y=y, text="said:N")
        if size.is_wide:
            beside = base.transform_filter("!datum.is_right").mark_text(
                align="left", color=look.SOFT, dx=alt.expr("datum.more ? 28 : 11")
            )
            # where the frame ends soon, the name stands before the amount
            before = base.transform_filter("datum.is_right").mark_text(
                align="right", color=look.SOFT, dx=alt.expr("-20 - 8.6 * length(datum.said)")
            )
            who = [mark.encode(x=x, y=y, text="who:N") for mark in (beside, before)]
        else:
            above = base.mark_text(align="left", color=look.SOFT, dx=0, dy=-13)
            who = [above.encode(x=alt.value(0), y=y, text="who:N")]
        layers = alt.layer(dots, arrows, amounts, *who)
        return layers.properties(width=size.width, height=size.pick(27, 38) * len(points), autosize=look.FIT)

    described = (
        f"Dot chart of {len(rows)} figures of what {name} cost, from lowest to highest, coloured by what they cover."
    )
    return drawing("figures", described, {"figures": points}, build)


def _who(row: Row) -> str:
    claimant = "this project" if row["claimant"] == "aicost" else words.text(row["claimant"])
    method = {"amortised": "use of own chips", "cloud": "rented", "acquisition": "buying the chips"}.get(
        row["method"], ""
    )
    unsaid = words.scope(row["scope"]) if row["scope"] != "final_run" and not method else ""
    return ", ".join(part for part in (claimant, method, unsaid) if part)


def _said(row: Row) -> str:
    return (">" if row["hedge"] == "at_least" else "") + words.usd(row["value"])


def _waterfall(name: str, steps: list[Row]) -> Drawing:
    bars: list[Row] = [
        {
            "row": "00",
            "step": words.text(steps[0]["from_claimant"]),
            "from": 0,
            "to": steps[0]["from_usd"],
            "kind": "end",
            "said": words.usd(steps[0]["from_usd"]),
            "how": words.scope(steps[0]["from_scope"]),
            "url": web_address(steps[0]["from_source_url"]) or "",
        }
    ]
    for number, row in enumerate(steps, 1):
        before = row["after_usd"] - row["value"]
        sign = "+" if row["value"] >= 0 else "\u2212"
        bars.append(
            {
                "row": f"{number:02}",
                "step": words.text(row["step"]),
                "from": before,
                "to": row["after_usd"],
                "kind": "more" if row["value"] >= 0 else "less",
                "said": f"{sign}{show.money(abs(row['value']))}",
                "how": words.text(row["how"]),
                "url": web_address(row["to_source_url"]) or "",
            }
        )
    last = steps[-1]
    bars.append(
        {
            "row": f"{len(steps) + 1:02}",
            "step": words.text(last["to_claimant"]),
            "from": 0,
            "to": last["to_usd"],
            "kind": "end",
            "said": words.usd(last["to_usd"]),
            "how": words.scope(last["to_scope"]),
            "url": web_address(last["to_source_url"]) or "",
        }
    )
    for bar in bars:
        bar["right"] = max(bar["from"], bar["to"])
        bar["colour"] = {"end": look.SOFT, "more": look.VERMILION, "less": look.GREEN}[str(bar["kind"])]
    top = max(bar["right"] for bar in bars)

    def build(size: Size) -> Any:
        base = alt.Chart(alt.NamedData(name="steps"))
        y = alt.Y("row:N", axis=None, sort=None)
        room = top * size.pick(1.16, 1.3)
        x = alt.X(
            "from:Q",
            scale=alt.Scale(domain=[0, room], nice=False),
            axis=alt.Axis(labels=False, ticks=False, grid=False, title=None, domain=False),
        )
        rects = base.mark_bar(height=16 if size.is_wide else 13).encode(
            x=x,
            x2="to:Q",
            y=y,
            color=alt.Color("colour:N", scale=None),
            href="url:N",
            tooltip=look.tooltip(step="Step", said="Change", how="How"),
        )
        amounts = base.mark_text(align="left", dx=6, fontWeight="bold").encode(x="right:Q", y=y, text="said:N")
        label = base.mark_text(align="left", baseline="bottom", dy=-10, color=look.SOFT).encode(
            x=alt.value(0), y=y, text="label:N" if size.is_wide else "brief:N"
        )
        return alt.layer(rects, amounts, label).properties(width=size.width, height=44 * len(bars), autosize=look.FIT)

    for bar in bars:
        told = f"{words.sentence(str(bar['step']))}: {bar['how']}"
        bar |= {"label": words.cut(told, 130), "brief": words.cut(told, 60)}
    described = f"Waterfall chart from {bars[0]['said']} to {bars[-1]['said']} for {name} in {len(steps)} steps."
    return drawing("figures-steps", described, {"steps": bars}, build)


FIGURE_COLUMNS = [
    Column("Figure", "value", _usd, is_number=True, link="source_url"),
    Column("Who", "claimant", words.text),
    Column("Covers", "scope", words.scope),
    Column("Method", "method", words.text),
    Column("Basis", "basis", words.text),
    Column("Bound", "hedge", words.text),
    Column("Dollars of", "price_level_on", lambda value: words.month(value, "the day")),
    Column("GPU-hours", "gpu_hours", words.number, is_number=True),
    Column("Per GPU-hour", "usd_per_gpu_hour", words.hourly, is_number=True),
    Column("As of", "as_of", words.iso),
]
STEP_COLUMNS = [
    Column("From", "from_claimant", words.text, link="from_source_url"),
    Column("To", "to_claimant", words.text, link="to_source_url"),
    Column("Step", "step", words.text),
    Column("Change", "value", _usd, is_number=True),
    Column("After", "after_usd", _usd, is_number=True),
    Column("How", "how", words.text),
]
