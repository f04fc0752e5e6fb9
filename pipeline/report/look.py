"""How charts look: colours, type, axes and scales that every chart shares. Times are UTC everywhere."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import altair as alt

from pipeline import show

# Okabe and Ito's colours, which people with any colour vision tell apart. The page's style sheet knows them by these
# very values, and turns ink and the darkest of them into lighter ones on a dark screen.
BLUE, ORANGE, GREEN, VERMILION = "#0072b2", "#e69f00", "#009e73", "#d55e00"
SKY, PURPLE, YELLOW = "#56b4e9", "#cc79a7", "#f0e442"
INK, SOFT, FAINT, GRID, PAPER = "#1b2733", "#55626f", "#9aa5b1", "#dde2e7", "#ffffff"
UPON = "#1b2734"  # letters upon a colour: dark on a dark screen, too, where ink turns light
FONT = "Helvetica Neue, Helvetica, Arial, sans-serif"

FIT = alt.AutoSizeParams(type="fit-x", contains="padding")  # the whole chart is as wide as it says, labels included
WIDE, NARROW = 860, 350  # pixels of a whole chart on a screen and on a phone
TYPE = {True: 12, False: 11}  # pixels of letters, by whether it is wide
BROAD, BROADER = 0.6, 1.15  # width of a letter over its height in broad fonts, and over that in the font measured with
MILLISECONDS = 1000
YEAR = 365 * 86_400 * MILLISECONDS


@dataclass(frozen=True)
class Size:
    """What a chart has room for."""

    is_wide: bool

    @property
    def width(self) -> int:
        """Pixels from edge to edge."""
        return WIDE if self.is_wide else NARROW

    @property
    def letters(self) -> int:
        """Pixels of letters."""
        return TYPE[self.is_wide]

    def pick(self, wide: Any, narrow: Any) -> Any:
        """The one for this size."""
        return wide if self.is_wide else narrow


def millis(day: date) -> int:
    """A day as the milliseconds that Vega counts in, at midnight UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * MILLISECONDS


def configured(chart: Any, size: Size) -> dict[str, Any]:
    """The specification with type, colours and lines; ARIA labels are the page's."""
    letters = size.letters
    spec: dict[str, Any] = chart.configure(
        font=FONT, background="transparent", aria=False, padding={"left": 2, "right": 6, "top": 6, "bottom": 4},
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelColor=SOFT, labelFontSize=letters, titleColor=SOFT, titleFontSize=letters, titleFontWeight="normal",
            gridColor=GRID, domainColor=FAINT, tickColor=FAINT, labelFlush=False, titlePadding=8,
        ),
        text=alt.MarkConfig(fontSize=letters, color=INK, font=FONT),
        title=alt.TitleConfig(
            anchor="start", color=INK, fontSize=letters + 1, fontWeight="bold", subtitleColor=SOFT,
            subtitleFontSize=letters, offset=8, subtitlePadding=3,
        ),
    ).to_dict()  # fmt: skip
    return spec


# --- axes -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Channel:
    """A field with its scale and axis, to be drawn across or up; layers of one chart share it."""

    field: str
    scale: alt.Scale
    axis: alt.Axis | None
    kind: str = "Q"

    def across(self, field: str | None = None, **more: Any) -> alt.X:
        """As the channel across, for another field of the same scale where one is named."""
        drawn: dict[str, Any] = {"scale": self.scale, "axis": self.axis, **more}
        return alt.X(f"{field or self.field}:{self.kind}", **drawn)

    def up(self, field: str | None = None, **more: Any) -> alt.Y:
        """As the channel up."""
        drawn: dict[str, Any] = {"scale": self.scale, "axis": self.axis, **more}
        return alt.Y(f"{field or self.field}:{self.kind}", **drawn)


def decades(values: Iterable[float], *, least: int = 1) -> tuple[float, float]:
    """The whole powers of ten that hold the values, at least so many apart."""
    found = [value for value in values if value > 0]
    low = math.floor(math.log10(min(found))) if found else 0
    high = math.ceil(math.log10(max(found))) if found else 0
    return 10.0**low, 10.0 ** max(high, low + least)


def padded(values: Sequence[float], share: float = 0.12) -> tuple[float, float]:
    """The values' ends on a log scale with a margin, so that nothing touches the frame."""
    low, high = min(values), max(values)
    room = (math.log10(high / low) or 1) * share
    return 10 ** (math.log10(low) - room), 10 ** (math.log10(high) + room)


def log_ticks(domain: tuple[float, float], most: int) -> list[float]:
    """Labelled ticks: 1, 2 and 5 of each decade where there is room, else decades, else every second or third."""
    low, high = domain
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [step * 10.0**power for power in powers for step in steps]
        ticks = [tick for tick in ticks if low * 0.999 <= tick <= high * 1.001]
        if len(ticks) <= most:
            return ticks
    every = math.ceil(len(ticks) / most)
    return [tick for tick in ticks if round(math.log10(tick)) % every == 0]


def labelled(ticks: Iterable[float], text: Any = show.money) -> str:
    """A label expression that prints each tick as we print amounts: B for billions, never Vega's G."""
    cases = " : ".join(f"abs(datum.value - {tick!r}) < {abs(tick) * 1e-6!r} ? '{text(tick)}'" for tick in ticks)
    return f"{cases} : ''"


def names(texts: Iterable[str], size: Size, narrow: int) -> alt.Axis:
    """An axis of names down the left, with room for the longest in fonts wider than the one that is measured with."""
    limit = size.pick(200, narrow)
    room = min(limit * BROADER, max((len(text) for text in texts), default=0) * size.letters * BROAD)
    return alt.Axis(
        title=None, domain=False, ticks=False, grid=False, labelColor=INK, labelLimit=limit, labelPadding=8,
        minExtent=room + 8,
    )  # fmt: skip


def money(
    field: str, domain: tuple[float, float], *, most: int, title: str | None = None, text: Any = show.money, **more: Any
) -> Channel:
    """Dollars on a logarithmic scale, with at most so many labels."""
    ticks = log_ticks(domain, most)
    scale = alt.Scale(type="log", domain=list(domain), nice=False, clamp=True)
    style: dict[str, Any] = {"title": title, "tickSize": 0, "labelPadding": 6, "domain": False, **more}
    return Channel(field, scale, alt.Axis(values=ticks, labelExpr=labelled(ticks, text), **style))


def days(field: str, on: Sequence[date], size: Size, *, room: float = 0.04) -> Channel:
    """Days on a scale in UTC, with years or months named."""
    low, high = day_domain(on, room)
    months = (high - low) / YEAR * 12
    fitting = [
        step for step in (1, 2, 3, 6, 12, 24, 60) if months / step * (66 if step < 12 else 44) <= size.width - 60
    ]
    step = fitting[0] if fitting else 120
    every = (
        alt.TimeIntervalStep(interval="month", step=step) if step < 12
        else alt.TimeIntervalStep(interval="year", step=step // 12)
    )  # fmt: skip
    written = "%b %Y" if step < 12 else "%Y"
    axis = alt.Axis(title=None, grid=False, format=written, tickSize=4, labelPadding=4, tickCount=every)
    # an expression: a list of times becomes code that Vega's interpreter, which the page's policy asks for, cannot run
    return Channel(field, alt.Scale(type="utc", domain=alt.expr(f"[{low}, {high}]"), nice=False), axis, "T")


def day_domain(on: Sequence[date], room: float = 0.04) -> tuple[int, int]:
    """The ends of an axis of days with a margin, as Vega counts."""
    low, high = millis(min(on)), millis(max(on))
    margin = max(high - low, YEAR / 12) * room
    return round(low - margin), round(high + margin)


def tooltip(**titles: str) -> list[alt.Tooltip]:
    """Fields of text and their titles."""
    return [alt.Tooltip(f"{field}:N", title=title) for field, title in titles.items()]
