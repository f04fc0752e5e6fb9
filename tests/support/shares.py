"""Which tests of a long list make a share of it, so that shares take about as long as one another."""

from __future__ import annotations

from collections.abc import Sequence


def dealt(seconds: Sequence[float], shares: int) -> list[int]:
    """The share of each test, by how long it takes: the longest first, each to the share that has least to do."""
    taken, found = [0.0] * shares, [0] * len(seconds)
    for number in sorted(range(len(seconds)), key=lambda number: -seconds[number]):
        found[number] = taken.index(min(taken))
        taken[found[number]] += seconds[number]
    return found
