"""Where the names of points go: beside them, over no other name, within the frame; one without room is left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

LETTER = 0.56  # width of a letter over its height, on average of the fonts used
# Where a name may stand: beside its point, above, below, then a little farther; beyond that it seems another's.
PLACES = [
    (dx * far, dy * far, align)
    for far in (1.0, 1.7)
    for dx, dy, align in (
        (9, 0, "left"), (-9, 0, "right"), (0, -13, "center"), (0, 13, "center"), (8, -11, "left"), (8, 11, "left"),
        (-8, -11, "right"), (-8, 11, "right"),
    )
]  # fmt: skip


@dataclass(frozen=True)
class Frame:
    """A plot's size in pixels and its two scales, from a value to a share of the axis."""

    width: float
    height: float
    across: Callable[[Any], float]
    up: Callable[[Any], float]
    letters: float

    def at(self, x: Any, y: Any) -> tuple[float, float]:
        """Pixels from the left and from the top."""
        return self.across(x) * self.width, (1 - self.up(y)) * self.height


@dataclass(frozen=True)
class Label:
    """A name, its point, and where it went: offsets in pixels, and which end stands there."""

    text: str
    x: Any
    y: Any
    dx: float
    dy: float
    align: str


Box = tuple[float, float, float, float]


def log_share(domain: tuple[float, float]) -> Callable[[float], float]:
    """A value's place on a logarithmic axis."""
    low, high = math.log(domain[0]), math.log(domain[1])
    return lambda value: (math.log(value) - low) / (high - low)


def linear_share(domain: tuple[float, float]) -> Callable[[float], float]:
    """A value's place on a linear axis."""
    low, high = domain
    return lambda value: (value - low) / (high - low)


def along(path: Sequence[tuple[Any, Any]], steps: int = 24) -> list[tuple[Any, Any]]:
    """Points along a line of steps, so that no name is put upon it: level to the next place, then up or down to it."""
    found: list[tuple[Any, Any]] = []
    for (x, y), (next_x, next_y) in pairwise(path):
        found += [(x + (next_x - x) * number / steps, y) for number in range(1, steps + 1)]
        found += [(next_x, y * (next_y / y) ** (number / steps)) for number in range(1, steps)]
    return found


def place(
    wanted: Iterable[tuple[str, Any, Any]], others: Sequence[tuple[Any, Any]], frame: Frame, *, pad: float = 3
) -> list[Label]:
    """Place names in the order of their importance; one for which there is no room is left out.

    Args:
        wanted: Text, x and y of each.
        others: Points that a name should not cover.
        frame: The plot.
        pad: Pixels between names.
    """
    points = [frame.at(x, y) for x, y in others]
    taken: list[Box] = []
    placed: list[Label] = []
    for text, x, y in wanted:
        left, top = frame.at(x, y)
        options = [
            (_cost(box, points, far), box, spot)
            for far, (box, spot) in enumerate(_options(text, left, top, frame))
            if _is_free(box, taken, frame, pad)
        ]
        if not options:
            continue
        _, box, (dx, dy, align) = min(options, key=lambda option: option[0])
        taken.append(box)
        placed.append(Label(text, x, y, dx, dy, align))
    return placed


def _options(text: str, left: float, top: float, frame: Frame) -> list[tuple[Box, tuple[float, float, str]]]:
    width, height = len(text) * frame.letters * LETTER, frame.letters * 1.1
    found: list[tuple[Box, tuple[float, float, str]]] = []
    for dx, dy, align in PLACES:
        x = left + dx - {"left": 0, "right": width, "center": width / 2}[align]
        y = top + dy - height / 2
        found.append(((x, y, x + width, y + height), (dx, dy, align)))
    return found


def _is_free(box: Box, taken: list[Box], frame: Frame, pad: float) -> bool:
    inside = box[0] >= 0 and box[1] >= -4 and box[2] <= frame.width + 4 and box[3] <= frame.height
    return inside and not any(
        box[0] < other[2] + pad and other[0] < box[2] + pad and box[1] < other[3] + pad and other[1] < box[3] + pad
        for other in taken
    )


def _cost(box: Box, points: list[tuple[float, float]], far: int) -> float:
    covered = sum(box[0] - 3 < x < box[2] + 3 and box[1] - 3 < y < box[3] + 3 for x, y in points)
    return covered * 10 + far
