"""A catalogue of 500,000 offers: loaded and asked, against gpuhunt. Run: ``pytest -m benchmark -s``.

Needs the extra ``benchmark``. Both sides start from the same archives on disk, as gpuhunt publishes them. gpuhunt's
load ends with its items in memory; ours with every row read strictly, its accelerator resolved and its USD per
GPU-hour derived, in a file on disk. Each side runs in a process of its own, in turn, and the best of the rounds counts.

Memory is the most that a process held (VmHWM). Of whoever asks, all of it is compared. Of whoever loads, what the work
took is: the peak less what each process held when all was imported and nothing read, on both sides.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.benchmark
OFFERS = 500_000
ROUNDS = 3
LOAD, QUERY, MEMORY = 4, 10, 4  # times faster, and times less


def _measure(side: str, folder: Path, file: Path) -> dict[str, Any]:
    program = Path(__file__).with_name("catalogue_sides.py")
    command = [sys.executable, str(program), side, str(folder), str(file)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_a_catalogue_is_loaded_and_asked_faster_than_by_gpuhunt(tmp_path: Path) -> None:
    """Load 4 times faster, queries 10 times faster, a fifth of the memory to load and to ask; the same answers."""
    pytest.importorskip("gpuhunt", reason="pip install 'ai-model-costs[benchmark]'")
    from tests.benchmarks import catalogue_maker

    catalogue_maker.make(tmp_path / "catalogue", OFFERS)
    rounds = [
        {
            side: _measure(side, tmp_path / "catalogue", tmp_path / "offers.duckdb")
            for side in ("gpuhunt", "load", "ask")
        }
        for _ in range(ROUNDS)
    ]

    theirs, loaded, asked = (
        {name: min(part[side][name] for part in rounds) for name in names}
        for side, names in (
            ("gpuhunt", ("load", "filter", "min", "peak_mb", "work_mb")),
            ("load", ("load", "peak_mb", "work_mb")),
            ("ask", ("filter", "min", "peak_mb", "work_mb")),
        )
    )
    for part in rounds:
        assert part["gpuhunt"]["offers"] == part["ask"]["offers"] == OFFERS
        assert part["gpuhunt"]["chosen"] == part["ask"]["chosen"]
        assert _named_alike(part["gpuhunt"]["least"]) == part["ask"]["least"]
        assert part["load"]["issues"] == 0
    ratios = {
        "load": theirs["load"] / loaded["load"],
        "filter": theirs["filter"] / asked["filter"],
        "min": theirs["min"] / asked["min"],
        "memory to ask": theirs["peak_mb"] / asked["peak_mb"],
        "memory to load": theirs["work_mb"] / loaded["work_mb"],
    }
    print(f"\n{OFFERS:,} offers, best of {ROUNDS} rounds: gpuhunt, aicost, times better")  # noqa: T201
    for name, ours in {**loaded, **asked}.items():
        print(f"  {name:8} {theirs[name]:9.3f} {ours:9.3f}")  # noqa: T201
    for name in ("peak_mb", "work_mb"):
        print(f"  {name} of the process that loads: {loaded[name]:.0f}")  # noqa: T201
    print("  " + ", ".join(f"{name} {ratio:.1f}x" for name, ratio in ratios.items()))  # noqa: T201
    assert ratios["load"] >= LOAD
    assert ratios["filter"] >= QUERY
    assert ratios["min"] >= QUERY
    assert ratios["memory to ask"] >= MEMORY
    assert ratios["memory to load"] >= MEMORY


def _named_alike(least: list[list[Any]]) -> list[list[Any]]:
    """As we call the providers."""
    from pipeline.sources.gpuhunt_catalog import PROVIDERS

    return sorted([PROVIDERS[provider], gpu, usd] for provider, gpu, usd in least)
