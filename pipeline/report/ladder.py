"""The ladder of scopes from thousands to trillions, and a claim beside the market's prices."""

from __future__ import annotations

import math
from typing import Any, Literal

import altair as alt

from pipeline.report import labels, look, words
from pipeline.report.evidence import Evidence, Row
from pipeline.report.exhibit import Column, Drawing, Exhibit, Table, drawing
from pipeline.report.look import Size
from pipeline.report.markup import web_address

ABOUT = "DeepSeek"
APART = 0.3  # share of the axis between two names in one row
CLAIM = "deepseek-v3-final-run-usd"
MAGNITUDES = {1e3: "thousand", 1e6: "million", 1e9: "billion", 1e12: "trillion"}


def _usd(value: object) -> str:
    return words.usd(value)


# --- the ladder -----------------------------------------------------------------------------------


def ladder(evidence: Evidence) -> Exhibit:
    """Every figure on the rung of its scope."""
    asked = evidence.ask("report/ladder")
    rows = [row for row in asked.rows if _middle(row)]
    return Exhibit(
        name="ladder",
        topic="Million, billion, trillion",
        title=_ladder_title(rows),
        subtitle=(
            "US dollars on a logarithmic scale, every gridline ten times the last; dollars of the day. Each row is a"
            " different thing that is called “the cost of AI”; nothing is added or averaged across rows."
        ),
        note=_ladder_note(rows),
        drawings=[_ladder(rows)] if rows else [],
        legend=[
            ("circle", look.VERMILION, f"about {ABOUT}"),
            ("circle", look.FAINT, "all others"),
            ("ring", look.INK, "the claim checked below"),
            ("arrow", look.SOFT, "or more"),
        ],
        tables=[Table(asked, LADDER_COLUMNS, "Every figure on the ladder")],
    )


def _middle(row: Row) -> float | None:
    """Where a figure stands: itself, the middle of a range on this scale, or its bound."""
    low, value, high = row["usd_low"], row["usd"], row["usd_high"]
    if value is not None:
        return value
    return math.sqrt(low * high) if low and high else low or high


def _is_about(row: Row) -> bool:
    return ABOUT.lower() in f"{row['organisation']} {row['subject']}".lower()


def _ladder_title(rows: list[Row]) -> str:
    claim = next((row for row in rows if row["entry_id"] == CLAIM), None)
    totals = [row for row in rows if not row["per"]]
    if not totals:
        return "No figures are on file for the ladder of scopes"
    top = max(totals, key=lambda row: _middle(row) or 0)
    if claim is None:
        return (
            f"From {words.usd(min(_middle(row) or 0 for row in totals))} to {words.usd(_middle(top))}: figures of"
            " different scopes"
        )
    factor = (_middle(top) or 0) / claim["usd"]
    return (
        f"{words.usd(claim['usd'])} for one run and {words.usd(_middle(top))} for {words.text(top['subject'])} are not"
        f" two prices of one thing: they stand {_rungs(claim, top)} and a factor of {words.times(factor)} apart"
    )


def _rungs(low: Row, high: Row) -> str:
    return words.count(high["rung"] - low["rung"], "rung")


def _ladder_note(rows: list[Row]) -> str:
    if not rows:
        return "Nothing is on file."
    converted = sum(row["usd_basis"] != "stated in USD" for row in rows)
    return (
        f"n = {len(rows)} figures that somebody stated or listed, dated up to"
        f" {words.day(max(row['dated_on'] for row in rows if row['dated_on']))}; {converted} were converted from other"
        " currencies for their place here alone. Per-model estimates are in the chart of training cost. Each dot leads"
        " to its source."
    )


def _ladder(rows: list[Row]) -> Drawing:
    scopes = list(dict.fromkeys(row["scope"] for row in sorted(rows, key=lambda row: row["rung"])))
    points: list[Row] = [
        {
            "scope": words.scope(row["scope"]),
            "usd": _middle(row),
            "about": _is_about(row),
            "subject": words.text(row["subject"]),
            "said": _amount(row),
            "who": words.text(row["claimant"]),
            "on": words.day(row["dated_on"]),
            "basis": words.text(row["basis"]),
            "more": row["usd"] is None and row["usd_high"] is None,
            "url": web_address(row["source_url"]) or "",
            "colour": look.VERMILION if _is_about(row) else look.FAINT,
            "order": int(_is_about(row)),
            "is_claim": row["entry_id"] == CLAIM,
        }
        for row in rows
    ]
    points.sort(key=lambda row: (row["order"], row["usd"]))
    names = [words.scope(scope) for scope in scopes]
    domain = look.decades([max(row["usd"], 1e3) for row in points])

    def build(size: Size) -> Any:
        step = size.pick(54, 62)
        x = look.money("usd", domain, most=size.pick(11, 4), orient="top", grid=True).across()
        y = alt.Y(
            "scope:N",
            sort=names,
            axis=(
                alt.Axis(title=None, domain=False, ticks=False, labelColor=look.INK, labelLimit=200, labelPadding=10)
                if size.is_wide
                else None
            ),
        )
        base = alt.Chart(alt.NamedData(name="ladder")).transform_filter(f"datum.usd >= {domain[0]}")
        lines = (
            base.transform_aggregate(low="min(usd)", high="max(usd)", groupby=["scope"])
            .mark_rule(color=look.GRID, strokeWidth=8, strokeCap="round")
            .encode(x=alt.X("low:Q"), x2="high:Q", y=y)
        )
        dots = base.mark_circle(size=size.pick(75, 60), opacity=0.8).encode(
            x=x,
            y=y,
            color=alt.Color("colour:N", scale=None),
            href="url:N",
            tooltip=look.tooltip(subject="What", said="Figure", scope="Covers", who="Who", basis="Basis", on="As of"),
        )
        more = base.transform_filter("datum.more").mark_text(text="→", dx=11, fontSize=14, baseline="middle")
        ring = base.transform_filter("datum.is_claim").mark_point(
            size=size.pick(240, 190), color=look.INK, strokeWidth=1.6, filled=False, opacity=1
        )
        layers = [lines, dots, more.encode(x=x, y=y, color=alt.Color("colour:N", scale=None)), ring.encode(x=x, y=y)]
        layers += _ladder_names(points, names, domain, size, x, y)
        if not size.is_wide:
            heads = (
                base.transform_aggregate(n="count()", groupby=["scope"])
                .mark_text(align="left", dy=-22, fontWeight="bold", color=look.INK)
                .encode(x=alt.value(0), y=y, text="scope:N")
            )
            layers.append(heads)
        return alt.layer(*layers).properties(width=size.width, height=step * len(names), autosize=look.FIT)

    described = (
        f"Strip chart of {len(points)} figures in {len(names)} rows by what they cover, from {words.usd(domain[0])} to"
        f" {words.usd(domain[1])}."
    )
    return drawing("ladder", described, {"ladder": points}, build)


def _amount(row: Row) -> str:
    per = f" a {row['per']}" if row["per"] else ""
    value = words.usd(row["usd"]) if row["usd"] is not None else words.usd_range(row["usd_low"], row["usd_high"])
    converted = "" if row["usd_basis"] == "stated in USD" else ", converted"
    return value + per + converted


def _ladder_names(
    points: list[Row], names: list[str], domain: tuple[float, float], size: Size, x: alt.X, y: alt.Y
) -> list[Any]:
    """In each row the name of its highest figure, and of the highest about the one in question, where there is room."""
    share = labels.log_share(domain)
    told: dict[Literal["left", "center", "right"], list[Row]] = {"left": [], "center": [], "right": []}
    for scope in names:
        row = [point for point in points if point["scope"] == scope and point["usd"] >= domain[0]]
        about = [point for point in row if point["is_claim"]] or [point for point in row if point["about"]]
        ends = [
            max(part, key=lambda point: point["usd"])
            for part in ((about, row) if size.is_wide else (about or row,))
            if part
        ]
        if len(ends) > 1 and share(ends[1]["usd"]) - share(ends[0]["usd"]) < APART:
            ends = ends[:1]
        for point in ends:
            at = share(point["usd"])
            align = "left" if at < size.pick(0.12, 0.3) else "right" if at > size.pick(0.88, 0.6) else "center"
            name = words.cut(f"{point['subject']} {point['said']}", size.pick(44, 34))
            told[align].append({"usd": point["usd"], "scope": scope, "name": name})
    return [
        alt.Chart(alt.InlineData(values=values))
        .mark_text(dy=17, align=align, color=look.SOFT, fontSize=size.letters - 1)
        .encode(x=x, y=y, text="name:N")
        for align, values in told.items()
        if values
    ]


LADDER_COLUMNS = [
    Column("What", "subject", words.text, link="source_url"),
    Column("Covers", "scope", words.scope),
    Column("Low", "usd_low", _usd, is_number=True),
    Column("Figure", "usd", lambda value: words.usd(value, "bound only"), is_number=True),
    Column("High", "usd_high", _usd, is_number=True),
    Column("Per", "per", lambda value: words.text(value, "in all")),
    Column("Basis", "basis", words.text),
    Column("Who", "claimant", words.text),
    Column("As of", "dated_on", words.iso),
]


# --- the claim ------------------------------------------------------------------------------------


def claim(evidence: Evidence) -> Exhibit:
    """A claim among the prices that clouds asked for the same hours."""
    checks = evidence.rows("check", claim_id=CLAIM)
    asked = evidence.ask("report/claim_market", claim_id=CLAIM)
    if not checks or not asked.rows:
        return Exhibit(
            "claim", "Can the claim be true?", "The claim, or a market price to set it against, is not on file", "", ""
        )
    check, market = checks[0], asked.rows
    return Exhibit(
        name="claim",
        topic="Can the claim be true?",
        title=_claim_title(check, market),
        subtitle=(
            f"What {check['gpu_hours']:,.0f} GPU-hours would cost at each cloud’s on-demand price around the day of the"
            " claim, in US dollars of that day, on a logarithmic scale."
        ),
        note=_claim_note(check, market),
        drawings=[_claim(check, market)],
        legend=[
            ("circle", look.BLUE, "price of the very chip"),
            ("ring", look.BLUE, "price of an equivalent chip"),
            ("bar", look.VERMILION, "the claim"),
            ("band", look.FAINT, "our 90% interval for the same scope"),
        ],
        tables=[
            Table(asked, MARKET_COLUMNS, "Each cloud’s price"),
            Table(evidence.ask("check", claim_id=CLAIM), CHECK_COLUMNS, "The check"),
        ],
    )


def _claim_title(check: Row, market: list[Row]) -> str:
    verdict = {"consistent": "adds up", "inconsistent": "does not add up"}.get(check["verdict"], "cannot be checked")
    below = sum(row["usd_per_gpu_hour"] < check["implied_usd_per_gpu_hour"] for row in market)
    where = (
        "less than any cloud on file asked"
        if below == 0
        else f"more than {below} of {words.count(len(market), 'cloud')} asked"
    )
    return (
        f"{words.text(check['subject'])}’s {words.usd(check['usd'])} {verdict}: it is its GPU-hours at "
        f"{words.hourly(check['implied_usd_per_gpu_hour'])}, {where}, and it covers one {words.scope(check['scope'])}"
    )


def _claim_note(check: Row, market: list[Row]) -> str:
    flags = f" Flags: {check['flags']}." if check["flags"] else ""
    return (
        f"n = {words.count(len(market), 'cloud')} within {check['market_window_days']} days of"
        f" {words.day(check['claimed_on'])}; median {words.hourly(check['market_usd_per_gpu_hour'])} a GPU-hour."
        f" The claim implies {_place(check, market)}. Verdict: {check['verdict']}, by the rule"
        f" “{check['rule']}”.{flags} Scope: {words.scope(check['scope'])}. It leaves out:"
        f" {words.text(check['scope_leaves_out'])}. List prices on demand; a large buyer or an owner of chips"
        " pays less."
    )


def _place(check: Row, market: list[Row]) -> str:
    """Where the claim's own price of an hour stands among the market's."""
    implied = f"{words.hourly(check['implied_usd_per_gpu_hour'])} an hour"
    percentile = check["market_percentile_share"]
    if percentile is None:
        return implied
    return f"{implied}: percentile {round(100 * percentile)} of {words.count(len(market), 'cloud')}"


def _claim(check: Row, market: list[Row]) -> Drawing:
    points: list[Row] = [
        {
            "row": words.text(row["provider"]),
            "usd": row["usd"],
            "said": words.usd(row["usd"]),
            "price": words.hourly(row["usd_per_gpu_hour"]),
            "chip": words.text(row["priced_family"]) + (" as equivalent" if row["is_equivalent"] else ""),
            "on": words.day(row["priced_on"]),
            "fill": look.PAPER if row["is_equivalent"] else look.BLUE,
            "url": web_address(row["source_url"]) or "",
        }
        for row in market
    ]
    names = [row["row"] for row in points]
    bounds = [check["own_usd_low"], check["own_usd_high"]] if check["own_usd_low"] and check["own_usd_high"] else []
    domain = look.padded([*(row["usd"] for row in points), check["usd"], *bounds], 0.06)
    whole: list[Row] = [
        {
            "usd": check["usd"],
            "name": f"claimed: {words.usd(check['usd'])}, {_place(check, market)}",
            "brief": f"claimed: {words.usd(check['usd'])} at {words.hourly(check['implied_usd_per_gpu_hour'])}",
            "url": web_address(check["source_url"]) or "",
            "low": bounds[0] if bounds else check["usd"],
            "high": bounds[1] if bounds else check["usd"],
        }
    ]

    def build(size: Size) -> Any:
        height = size.pick(32, 34) * len(points)
        room = (domain[0], domain[1] * size.pick(1.45, 2.3))  # for the amount beside the last dot
        x = look.money("usd", room, most=size.pick(8, 3), orient="top", grid=True).across()
        y = alt.Y(
            "row:N",
            sort=None,
            axis=look.names(names, size, 120),
        )
        base, one = alt.Chart(alt.NamedData(name="market")), alt.Chart(alt.NamedData(name="claim"))
        band = one.mark_rect(color=look.FAINT, opacity=0.18).encode(x="low:Q", x2="high:Q")
        line = one.mark_rule(color=look.VERMILION, strokeWidth=2.5).encode(x=x, href="url:N")
        dots = base.mark_point(size=90, strokeWidth=2, filled=False, color=look.BLUE, opacity=1).encode(
            x=x,
            y=y,
            fill=alt.Fill("fill:N", scale=None),
            href="url:N",
            tooltip=look.tooltip(
                row="Cloud",
                price="USD per GPU-hour",
                said="The run at that price",
                chip="Price of",
                on="Price of the day",
            ),
        )
        amounts = base.mark_text(align="left", dx=10).encode(x=x, y=y, text=size.pick("label:N", "said:N"))
        name = one.mark_text(align=size.pick("center", "left"), dx=size.pick(0, -60), baseline="top", fontWeight="bold")
        name = name.encode(
            x=x, y=alt.value(height + 8), text=size.pick("name:N", "brief:N"), color=alt.value(look.VERMILION)
        )
        return alt.layer(band, line, dots, amounts, name).properties(width=size.width, height=height, autosize=look.FIT)

    for point in points:
        point["label"] = f"{point['said']} at {point['price']}"
    described = (
        f"Dot chart of what the run would cost at {len(points)} clouds, {points[0]['said']} to {points[-1]['said']},"
        f" with the claim of {words.usd(check['usd'])} marked."
    )
    return drawing("claim", described, {"market": points, "claim": whole}, build)


MARKET_COLUMNS = [
    Column("Cloud", "provider", words.text, link="source_url"),
    Column("Chip priced", "priced_family", words.text),
    Column("USD per GPU-hour", "usd_per_gpu_hour", words.hourly, is_number=True),
    Column("The run at that price", "usd", _usd, is_number=True),
    Column("Priced on", "priced_on", words.iso),
    Column("Days from the claim", "days_apart", words.number, is_number=True),
]
CHECK_COLUMNS = [
    Column("Claim", "subject", words.text, link="source_url"),
    Column("Dollars", "usd", _usd, is_number=True),
    Column("GPU-hours", "gpu_hours", words.number, is_number=True),
    Column("Implied per hour", "implied_usd_per_gpu_hour", words.hourly, is_number=True),
    Column("Market median", "market_usd_per_gpu_hour", words.hourly, is_number=True),
    Column("Percentile", "market_percentile_share", words.share, is_number=True),
    Column("Utilisation", "implied_mfu_share", words.share, is_number=True),
    Column("Verdict", "verdict", words.text),
    Column("Rule", "rule", words.text),
    Column("Leaves out", "scope_leaves_out", words.text),
]
