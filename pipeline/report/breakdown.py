"""What a final run's cost on its maker's own chips is made of: one bar a model, and one for those nobody can split."""

from __future__ import annotations

from typing import Any

import altair as alt

from pipeline.report import look, words
from pipeline.report.evidence import Row
from pipeline.report.exhibit import Column, Drawing, drawing
from pipeline.report.look import Size
from pipeline.report.markup import web_address

PARTS = {"chips": look.BLUE, "servers": look.SKY, "interconnect": look.GREEN, "energy": look.YELLOW}
UNKNOWN = look.GRID
SHOWN = {True: 12, False: 8}  # models; the table has all
BEYOND = 1.24  # where a bar's open end stops: what a run does not hold has no size
NEWEST, ALWAYS = 0, ("GPT-4", "DeepSeek-V3")


def title(rows: list[Row]) -> str:
    """The largest part of the newest run that can be split, and what no run holds."""
    known = [row for row in rows if row["chips"] is not None]
    if not known:
        return ""
    row = next((row for row in known if row["model_name"] == ALWAYS[0]), known[NEWEST])
    return (
        f"Chips make {words.share(row['chips'])} of what {words.text(row['model_name'])}’s final run cost on its"
        f" maker’s own hardware, servers {words.share(row['servers'])}, network {words.share(row['interconnect'])},"
        f" electricity {words.share(row['energy'])}; staff is in no run’s price"
    )


def caption(rows: list[Row]) -> str:
    """How many runs can be split, and how many cannot."""
    known = sum(row["chips"] is not None for row in rows)
    return f"A final run: {known} of {len(rows)} frontier models can be taken apart"


def runs(rows: list[Row]) -> Drawing:
    """The newest runs that can be split, two in any case, and a bar of its own for those that cannot."""
    known = [row for row in rows if row["chips"] is not None]
    always = [row for row in known if row["model_name"] in ALWAYS]
    others = [row for row in known if row not in always]
    chosen = {
        is_wide: sorted([*always, *others[: most - len(always)]], key=lambda row: row["published_on"], reverse=True)
        for is_wide, most in SHOWN.items()
    }
    bars: list[Row] = []
    heads: list[Row] = []
    for row in chosen[True]:
        place = {"head": _unlike(words.cut(row["model_name"], 24), heads), "narrow": row in chosen[False]}
        heads.append(place)
        bars += [{**bar, **place} for bar in _bars(row)]
    unsplit = [row for row in rows if row["chips"] is None]
    if unsplit:
        place = {"head": f"{len(unsplit)} more models", "narrow": True}
        heads.append(place)
        bars.append({**_whole(unsplit), **place})

    def build(size: Size) -> Any:
        x = alt.X(
            "from:Q",
            scale=alt.Scale(domain=[0, BEYOND], nice=False),
            axis=alt.Axis(
                title=None, format=".0%", values=[0, 0.25, 0.5, 0.75, 1], orient="top", domain=False, ticks=False
            ),
        )
        named = look.names([head["head"] for head in heads], size, 0) if size.is_wide else None
        y = alt.Y("head:N", sort=None, axis=named, scale=alt.Scale(paddingInner=0.2))
        base, names = alt.Chart(alt.NamedData(name="parts")), alt.Chart(alt.NamedData(name="runs"))
        if not size.is_wide:
            base, names = base.transform_filter("datum.narrow"), names.transform_filter("datum.narrow")
        rects = base.mark_bar(height=size.pick(20, 18), stroke=look.PAPER, strokeWidth=1.2).encode(
            x=x,
            x2="to:Q",
            y=y,
            color=alt.Color("colour:N", scale=None),
            opacity=alt.Opacity("fade:Q", scale=None),
            href="url:N",
            tooltip=look.tooltip(model="Model", part="Part", said="Share", cost="Run", basis="Basis"),
        )
        said = base.mark_text(baseline="middle").encode(
            x=alt.X("middle:Q"), y=y, text=size.pick("label:N", "brief:N"), color=alt.Color("ink:N", scale=None)
        )
        layers = [rects, said]
        if not size.is_wide:
            layers.append(
                names.mark_text(align="left", dy=-18, color=look.INK, fontWeight="bold").encode(
                    x=alt.value(0), y=y, text="head:N"
                )
            )
        drawn = [head for head in heads if size.is_wide or head["narrow"]]
        return alt.layer(*layers).properties(width=size.width, height=size.pick(27, 44) * len(drawn), autosize=look.FIT)

    described = (
        f"Stacked bars of what the final runs of {len(chosen[True])} models are made of: chips, servers, interconnect"
        f" and energy, with intervals; {len(unsplit)} models cannot be taken apart."
    )
    return drawing("cost-parts", described, {"parts": bars, "runs": heads}, build)


def _unlike(name: str, heads: list[Row]) -> str:
    """The name, or one that no row has yet: two rows of one name would lie upon each other."""
    alike = sum(head["head"].partition(" #")[0] == name for head in heads)
    return f"{name} #{alike + 1}" if alike else name


def _bars(row: Row) -> list[Row]:
    said = {"model": words.text(row["model_name"])}
    said |= {"basis": words.text(row["basis"]), "url": web_address(row["source_url"]) or ""}
    said |= {"cost": f"{words.estimate(row['cost_usd'], row['cost_usd_low'], row['cost_usd_high'])} in all"}
    bars: list[Row] = []
    at = 0.0
    for part, colour in PARTS.items():
        share, ends = row[part], f"{_number(row[f'{part}_low'])}–{_number(row[f'{part}_high'])}"
        texts = (f"{words.share(share)} ({ends})", words.share(share), "")
        bars.append({
            **said, "from": at, "to": at + share, "middle": at + share / 2, "part": part, "colour": colour,
            "fade": 0.9, "ink": look.PAPER if colour == look.BLUE else look.UPON,
            "said": f"{words.share(share)} ({ends}%)",
            "label": next(text for text in texts if len(text) * 7 < share * 520),
            "brief": next(text for text in texts[1:] if len(text) * 7 < share * 260),
        })  # fmt: skip
        at += share
    return [*bars, _open(said, words.text(row["staff"]))]


def _open(said: Row, why: str) -> Row:
    return {
        **said, "from": 1.0, "to": BEYOND, "middle": (1 + BEYOND) / 2, "part": "staff and experiments", "said": why,
        "colour": UNKNOWN, "ink": look.INK, "fade": 0.5, "label": "staff: not known", "brief": "?",
    }  # fmt: skip


def _whole(unsplit: list[Row]) -> Row:
    reasons: dict[str, int] = {}
    for row in unsplit:
        reason = words.text(row["missing_reason"])
        reasons[reason] = reasons.get(reason, 0) + 1
    first = max(reasons, key=lambda reason: (reasons[reason], reason))
    names = words.listed([words.text(row["model_name"]) for row in unsplit], 6)
    return {
        "model": names, "from": 0.0, "to": BEYOND, "middle": BEYOND / 2,
        "part": "unknown", "said": f"{first}: {reasons[first]} of {len(unsplit)}", "cost": "not known", "basis": "none",
        "colour": UNKNOWN, "ink": look.INK, "fade": 0.85, "url": "",
        "label": f"not known; of {reasons[first]}: {first}", "brief": "not known",
    }  # fmt: skip


def _number(share: float) -> str:
    return words.share(share).rstrip("%")


def _missing_share(value: object) -> str:
    return words.share(value, "not known")


COLUMNS = [
    Column("Model", "model_name", words.text, link="source_url"),
    Column("Published", "published_on", words.iso),
    Column("Cost", "cost_usd", lambda value: words.usd(value, "not known"), is_number=True),
    *(
        Column(f"{words.sentence(part)}{end}", f"{part}{key}", _missing_share, is_number=True)
        for part in PARTS
        for end, key in ((", low", "_low"), ("", ""), (", high", "_high"))
    ),
    Column("Staff", "staff", lambda value: words.text(value, "not known")),
    Column("Basis", "basis", lambda value: words.text(value, "none")),
    Column("Why not known", "missing_reason", lambda value: words.text(value, "–")),
]
