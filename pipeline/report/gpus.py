"""What an hour of a GPU costs: over time, with an index over the same providers, and at each provider now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import altair as alt

from pipeline.report import look, words
from pipeline.report.evidence import Evidence, Row
from pipeline.report.exhibit import Column, Drawing, Exhibit, Table, drawing
from pipeline.report.look import Size, millis
from pipeline.report.markup import web_address

FAMILIES = ("H100", "A100", "H200", "B200")
HEADLINE = "H100"
MONTH = look.YEAR // 12
TYPES = {
    "on_demand": "on demand",
    "spot": "spot",
    "community": "community",
    "reserved": "reserved",
    "cluster": "cluster",
    "serverless": "serverless",
    "low_priority": "low priority",
}


# --- over time ------------------------------------------------------------------------------------


def over_time(evidence: Evidence) -> Exhibit:
    """Each chip's on-demand price by month: providers, band, median; the fixed basket with entries and exits."""
    series, index = evidence.ask("report/gpu_series"), evidence.ask("report/gpu_index")
    families = [family for family in FAMILIES if words.pick(index.rows, family=family)]
    return Exhibit(
        name="gpu-prices",
        topic="GPU rental price",
        title=_trend_title(index.rows),
        subtitle=(
            "On-demand list price of one GPU-hour at the end of each month, US dollars of the day. Spot, reserved and"
            " other types of price are not in these lines. Below each: index over the same providers’ same chips, 100"
            " at the start of each chain."
        ),
        note=_trend_note(series.rows, index.rows),
        drawings=[
            _family(family, words.pick(series.rows, family=family), words.pick(index.rows, family=family))
            for family in families
        ],
        captions=[_family_caption(family, words.pick(index.rows, family=family)) for family in families],
        legend=[
            ("line", look.BLUE, "median of providers"),
            ("band", look.BLUE, "lowest to highest tenth of providers"),
            ("line", look.FAINT, "one provider"),
            ("line", look.VERMILION, "fixed-basket index"),
            ("up", look.GREEN, "providers enter"),
            ("down", look.PURPLE, "providers leave"),
        ],
        tables=[
            Table(index, INDEX_COLUMNS, "Median and index by month"),
            Table(series, SERIES_COLUMNS, "Each provider’s price by month"),
        ],
    )


def _trend_title(index: list[Row]) -> str:
    rows = words.pick(index, family=HEADLINE)
    if len(rows) < 2:
        return f"How the {HEADLINE}’s price moves is not on file"
    last = rows[-1]
    chain = [row for row in rows if row["chain"] == last["chain"]]
    first = chain[0]
    raw = last["usd_per_gpu_hour"] / first["usd_per_gpu_hour"] - 1
    same = last["fixed_basket_index"] / first["fixed_basket_index"] - 1
    return (
        f"The {HEADLINE}’s median price {_moved(raw)} from {words.month(first['period_on'])} to"
        f" {words.month(last['period_on'])}; the same providers’ same chips {_moved(same)}. The rest is who is in the"
        " list"
    )


def _moved(change: float) -> str:
    if round(abs(change), 2) == 0:
        return "did not change"
    return f"{'rose' if change > 0 else 'fell'} {words.share(abs(change))}"


def _trend_note(series: list[Row], index: list[Row]) -> str:
    if not series:
        return "No price is on file."
    providers = {row["provider"] for row in series}
    return (
        f"n = {words.count(len(providers), 'provider')}, {len(series):,} provider-months,"
        f" {words.month(min(row['period_on'] for row in series))} to"
        f" {words.month(max(row['period_on'] for row in series))}. A price is carried for three months after it was"
        " last seen, then it drops out. Where no provider is left to compare, the index starts again at 100, and the"
        " line breaks. Months without a price are gaps."
        + (
            " Moves of the median with many entries or exits are changes of the list, not of the market. Each thin line"
            " leads to its provider’s price; median and index are made of those in the second table."
            if index
            else ""
        )
    )


def _family_caption(family: str, rows: list[Row]) -> str:
    last = rows[-1]
    return (
        f"{family}: {words.hourly(last['usd_per_gpu_hour'])} in {words.month(last['period_on'])},"
        f" {words.hourly(last['low_usd_per_gpu_hour'])} to {words.hourly(last['high_usd_per_gpu_hour'])}"
    )


def _runs(rows: Iterable[Row], key: str = "period_on") -> list[Row]:
    """The rows with the number of their unbroken run of months, so that a line breaks where a month is missing."""
    numbered: list[Row] = []
    run, before = 0, None
    for row in rows:
        at = row[key].year * 12 + row[key].month
        run += before is not None and at != before + 1
        before = at
        numbered.append({**row, "run": run})
    return numbered


def _until(rows: list[Row], line: str) -> list[Row]:
    """The same with the end of each unbroken line: a price stands to the end of its month."""
    ended: list[Row] = []
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        ended.append(row)
        if after is None or after[line] != row[line]:
            ended.append({**row, "on": row["on"] + MONTH})
    return ended


def _family(family: str, series: list[Row], index: list[Row]) -> Drawing:
    months = sorted({row["period_on"] for row in series})
    ends = {row["period_on"]: (row["tenth_low_usd_per_gpu_hour"], row["tenth_high_usd_per_gpu_hour"]) for row in series}
    middles: list[Row] = [
        {
            "on": millis(row["period_on"]),
            "run": row["run"],
            "low": ends[row["period_on"]][0],
            "high": ends[row["period_on"]][1],
            "usd": row["usd_per_gpu_hour"],
            "month": words.month(row["period_on"]),
            "said": words.hourly(row["usd_per_gpu_hour"]),
        }
        for row in _runs(index)
    ]
    middles = _until(middles, "run")
    lines: list[Row] = []
    for provider in sorted({row["provider"] for row in series}):
        held = [
            {
                "on": millis(row["period_on"]),
                "usd": round(row["usd_per_gpu_hour"], 4),
                "provider": words.text(provider),
                "line": f"{provider}|{row['run']}",
                "url": web_address(row["source_url"]) or "",
            }
            for row in _runs(words.pick(series, provider=provider))
        ]
        lines += _until(held, "line")
    chains: list[Row] = [
        {
            "on": millis(row["period_on"]),
            "index": round(row["fixed_basket_index"], 2),
            "chain": f"{row['chain']}|{row['run']}",
            "month": words.month(row["period_on"]),
            "entries": row["entries"],
            "exits": row["exits"],
            "said": f"{row['fixed_basket_index']:.1f}",
            "came": f"{row['entries']}: {words.cut(row['entered'] or 'none', 90)}",
            "went": f"{row['exits']}: {words.cut(row['left_behind'] or 'none', 90)}",
        }
        for row in _runs(index)
    ]
    top = max(row["usd"] for row in lines)
    low_index, high_index = min(row["index"] for row in chains), max(row["index"] for row in chains)
    margin = max(high_index - low_index, 20) * 0.25
    days = [*months, months[-1] + timedelta(days=31)]

    def build(size: Size) -> Any:
        width = look.NARROW - 50
        when = look.days("on", days, Size(is_wide=False), room=0.03)
        x, bare = when.across(), when.across(axis=alt.Axis(labels=False, ticks=False, grid=False, title=None))
        price = look.Channel(
            "usd",
            alt.Scale(domain=[0, top * 1.05], nice=True),
            alt.Axis(title=None, tickCount=4, format="$,d", domain=False, ticks=False, minExtent=34, maxExtent=34),
        )
        y = price.up()
        base, each = (
            alt.Chart(alt.NamedData(name=f"{family}_months")),
            alt.Chart(alt.NamedData(name=f"{family}_providers")),
        )
        band = base.mark_area(color=look.BLUE, opacity=0.15, interpolate="step-after").encode(
            x=bare, y=price.up("low"), y2="high:Q", detail="run:N"
        )
        thin = each.mark_line(color=look.FAINT, strokeWidth=0.8, opacity=0.7, interpolate="step-after").encode(
            x=bare, y=y, detail="line:N", href="url:N", tooltip=look.tooltip(provider="Provider")
        )
        middle = base.mark_line(color=look.BLUE, strokeWidth=2.4, interpolate="step-after").encode(
            x=bare, y=y, detail="run:N", tooltip=look.tooltip(month="Month", said="Median")
        )
        upper = alt.layer(band, thin, middle).properties(width=width, height=190)
        basket = alt.Chart(alt.NamedData(name=f"{family}_basket"))
        yi = alt.Y(
            "index:Q",
            scale=alt.Scale(domain=[low_index - margin, high_index + margin], nice=False),
            axis=alt.Axis(title=None, tickCount=3, domain=False, ticks=False, minExtent=34, maxExtent=34),
        )
        tips = look.tooltip(month="Month", said="Index", came="Entered", went="Left")
        chain = basket.mark_line(
            color=look.VERMILION,
            strokeWidth=1.8,
            strokeDash=[5, 2],
            point=alt.OverlayMarkDef(size=10, color=look.VERMILION),
        ).encode(x=x, y=yi, detail="chain:N", tooltip=tips)
        came = (
            basket.transform_filter("datum.entries > 0")
            .mark_point(shape="triangle-up", filled=True, color=look.GREEN, size=34)
            .encode(x=x, y=alt.value(64), tooltip=tips)
        )
        went = (
            basket.transform_filter("datum.exits > 0")
            .mark_point(shape="triangle-down", filled=True, color=look.PURPLE, size=34)
            .encode(x=x, y=alt.value(71), tooltip=tips)
        )
        lower = alt.layer(chain, came, went).properties(width=width, height=74)
        return alt.vconcat(upper, lower, spacing=8)

    last = middles[-1]
    described = (
        f"Line chart of the on-demand price of an {family} hour by month, {last['said']} in {last['month']}, with each"
        " provider, and an index over the same providers below."
    )
    data = {f"{family}_months": middles, f"{family}_providers": lines, f"{family}_basket": chains}
    return drawing(f"gpu-{family.lower()}", described, data, build, one_size=True)


INDEX_COLUMNS = [
    Column("Chip", "family", words.text),
    Column("Month", "period_on", words.month),
    Column("Low", "low_usd_per_gpu_hour", words.hourly, is_number=True),
    Column("Median", "usd_per_gpu_hour", words.hourly, is_number=True),
    Column("High", "high_usd_per_gpu_hour", words.hourly, is_number=True),
    Column("Index", "fixed_basket_index", words.number, is_number=True),
    Column("Chain", "chain", words.number, is_number=True),
    Column("On file", "elements", words.number, is_number=True),
    Column("Compared", "matched", words.number, is_number=True),
    Column("Enter", "entries", words.number, is_number=True),
    Column("Leave", "exits", words.number, is_number=True),
]
SERIES_COLUMNS = [
    Column("Chip", "family", words.text),
    Column("Month", "period_on", words.month),
    Column("Provider", "provider", words.text, link="source_url"),
    Column("USD per GPU-hour", "usd_per_gpu_hour", words.hourly, is_number=True),
    Column("Offers", "offers", words.number, is_number=True),
]


# --- now ------------------------------------------------------------------------------------------


def spread_now(evidence: Evidence) -> Exhibit:
    """Each provider's price now, by chip and pricing type."""
    asked = evidence.ask("report/price_spread")
    rows = asked.rows
    demand = words.pick(rows, family=HEADLINE, pricing_type="on_demand")
    return Exhibit(
        name="price-spread",
        topic="Price spread now",
        title=_spread_title(demand),
        subtitle=(
            "US dollars per GPU-hour on a logarithmic scale, list prices in force; each dot is the median of one"
            " provider’s offers of one chip. Paler dots are older quotes. Types of price are kept apart."
        ),
        note=_spread_note(rows),
        drawings=[_headline_spread(demand), _all_spreads(rows)] if demand else [],
        captions=[f"{HEADLINE} on demand, provider by provider", "All four chips by type of price"] if demand else [],
        legend=[
            ("circle", look.BLUE, "seen within a week"),
            ("faded", look.BLUE, "older, the paler the older"),
            ("line", look.BLUE, "lowest to highest offer"),
        ],
        tables=[Table(asked, SPREAD_COLUMNS, "Each provider’s price now", is_sortable=True)],
    )


def _spread_title(rows: list[Row]) -> str:
    if not rows:
        return f"What an {HEADLINE} hour costs now is not on file"
    low, high = rows[0], rows[-1]
    factor = high["usd_per_gpu_hour"] / low["usd_per_gpu_hour"]
    return (
        f"The same hour of an {HEADLINE} costs {words.hourly(low['usd_per_gpu_hour'])} at {words.text(low['provider'])}"
        f" and {words.hourly(high['usd_per_gpu_hour'])} at {words.text(high['provider'])}: {words.times(factor)} times"
        " as much"
    )


def _spread_note(rows: list[Row]) -> str:
    if not rows:
        return "No price is on file."
    old = max(row["age_days"] for row in rows)
    return (
        f"n = {len(rows)} prices of {words.count(len({row['provider'] for row in rows}), 'provider')}, last seen up to"
        f" {words.day(max(row['last_seen'] for row in rows))}; the oldest quote is {old} days older than the newest"
        " visit. Offers that say only “from” are left out. List prices: nothing says that so many are to be had. Chip"
        " forms (SXM, PCIe) differ and are named in the table. Each dot leads to the price’s page."
    )


def _faded(age: int) -> float:
    return 0.95 if age <= 7 else 0.6 if age <= 31 else 0.35


def _spot(row: Row) -> Row:
    chip = row["accelerator_id"].removeprefix("nvidia-")
    return {
        "usd": row["usd_per_gpu_hour"],
        "low": row["low_usd_per_gpu_hour"],
        "high": row["high_usd_per_gpu_hour"],
        "provider": words.text(row["provider"]),
        "chip": words.text(chip),
        "said": words.hourly(row["usd_per_gpu_hour"]),
        "fade": _faded(row["age_days"]),
        "age": (
            "seen at the newest visit"
            if row["age_days"] == 0
            else f"{row['age_days']} days older than the newest visit"
        ),
        "type": TYPES.get(row["pricing_type"], row["pricing_type"]),
        "url": web_address(row["source_url"]) or "",
    }


def _headline_spread(rows: list[Row]) -> Drawing:
    points: list[Row] = [{**_spot(row), "row": f"{number:02}"} for number, row in enumerate(rows)]
    for point, row in zip(points, rows, strict=True):
        form = point["chip"].split("-")[1].upper().replace("PCIE", "PCIe").replace("UNKNOWN", "form not stated")
        point["name"] = f"{point['provider']}, {form}"
        point["label"] = f"{point['said']}" + (f" · {row['age_days']} d" if row["age_days"] else "")
    domain = look.padded([*(row["low"] for row in points), *(row["high"] for row in points)], 0.04)

    def build(size: Size) -> Any:
        room = (domain[0] * size.pick(0.97, 0.95), domain[1] * size.pick(1.22, 1.75))
        base = alt.Chart(alt.NamedData(name="spread"))
        x = look.money("usd", room, most=size.pick(9, 4), orient="top", grid=True).across()
        y = alt.Y("row:N", axis=None)
        fade = alt.Opacity("fade:Q", scale=None)
        rules = base.mark_rule(color=look.BLUE, strokeWidth=3, strokeCap="round").encode(
            x="low:Q", x2="high:Q", y=y, opacity=alt.value(0.28)
        )
        dots = base.mark_circle(color=look.BLUE, size=85).encode(
            x=x,
            y=y,
            opacity=fade,
            href="url:N",
            tooltip=look.tooltip(provider="Provider", chip="Chip", said="Median", age="Age"),
        )
        amounts = base.mark_text(align="left", dx=8).encode(x="high:Q", y=y, text="label:N")
        names = (
            alt.Chart(alt.NamedData(name="spread"))
            .mark_text(
                align="left",
                dx=size.pick(-190, -2),
                dy=size.pick(0, -14),
                color=look.SOFT if not size.is_wide else look.INK,
            )
            .encode(x=alt.value(0), y=y, text="name:N")
        )
        chart = alt.layer(rules, dots, amounts, names)
        return chart.properties(
            width=size.pick(look.WIDE - 200, look.NARROW - 12), height=size.pick(26, 36) * len(points)
        )

    described = (
        f"Dot chart of the on-demand price of an {HEADLINE} hour at {len(points)} offers, {points[0]['said']} to"
        f" {points[-1]['said']}."
    )
    return drawing("price-spread", described, {"spread": points}, build)


def _all_spreads(rows: list[Row]) -> Drawing:
    points: list[Row] = [
        {**_spot(row), "row": f"{row['family']} {TYPES.get(row['pricing_type'], row['pricing_type'])}"} for row in rows
    ]
    order = [f"{family} {kind}" for family in FAMILIES for kind in TYPES.values()]
    names = [name for name in order if any(point["row"] == name for point in points)]
    domain = look.padded([row["usd"] for row in points], 0.05)

    def build(size: Size) -> Any:
        base = alt.Chart(alt.NamedData(name="spreads"))
        x = look.money("usd", domain, most=size.pick(9, 4), orient="top", grid=True).across()
        y = alt.Y(
            "row:N",
            sort=names,
            axis=alt.Axis(title=None, domain=False, ticks=False, labelColor=look.INK, labelPadding=10, grid=True),
        )
        ticks = base.mark_circle(color=look.BLUE, size=62).encode(
            x=x,
            y=y,
            opacity=alt.Opacity("fade:Q", scale=None),
            href="url:N",
            tooltip=look.tooltip(provider="Provider", chip="Chip", type="Type of price", said="Median", age="Age"),
        )
        return ticks.properties(width=size.width, height=24 * len(names), autosize=look.FIT)

    described = f"Strip chart of {len(points)} prices in {len(names)} rows by chip and type of price."
    return drawing("price-types", described, {"spreads": points}, build)


SPREAD_COLUMNS = [
    Column("Chip", "accelerator_id", words.text),
    Column("Provider", "provider", words.text, link="source_url"),
    Column("Type of price", "pricing_type", lambda value: TYPES.get(value, words.text(value))),
    Column("Commitment", "commitment", words.text),
    Column("Low", "low_usd_per_gpu_hour", words.hourly, is_number=True),
    Column("Median", "usd_per_gpu_hour", words.hourly, is_number=True),
    Column("High", "high_usd_per_gpu_hour", words.hourly, is_number=True),
    Column("Offers", "offers", words.number, is_number=True),
    Column("Last seen", "last_seen", words.iso),
    Column("Age, days", "age_days", words.number, is_number=True),
    Column("Sources", "sources", words.text),
]
