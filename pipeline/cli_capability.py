"""Verbs about capability: ``capability``, ``frontier`` and ``cheapest``; what they do is in ``capability_commands``."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli_options import AsOfOption, HomeOption, JsonOption, QuietOption, WarehouseOption, day
from pipeline.paths import Home


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command(
        epilog="Examples: aicost capability --level gpt-4   |   aicost capability --level gpt-4o --method amortised"
    )(capability)
    app.command(
        epilog="Examples: aicost frontier --benchmark aider_polyglot   |   aicost frontier --benchmark weirdml --json"
    )(frontier)
    app.command(
        epilog="Examples: aicost cheapest --benchmark gpqa_diamond --min-score 0.5 --as-of 2025-06-30   |   "
        "aicost cheapest --benchmark eci --min-score 140"
    )(cheapest)


def capability(
    level: Annotated[str, typer.Option("--level", help="Level, named for a model: gpt-4, gpt-4o, o1.")] = "gpt-4",
    method: Annotated[
        str, typer.Option("--method", help="How training is costed: amortised, acquisition, cloud or reported.")
    ] = "cloud",
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """What reached a level of capability, and for how little: training runs by quarter, and list prices."""
    from pipeline import capability_commands

    capability_commands.capability(warehouse or Home.find(home).served, level, method, as_json=json)


def frontier(
    benchmark: Annotated[str, typer.Option("--benchmark", help="A benchmark with measured costs.")],
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """The runs that no other run beats in both score and cost, and how sure that is."""
    from pipeline import capability_commands

    capability_commands.frontier(warehouse or Home.find(home).served, benchmark, as_json=json)


def cheapest(
    benchmark: Annotated[str, typer.Option("--benchmark", help="A benchmark.")],
    min_score: Annotated[
        float, typer.Option("--min-score", help="Score to reach: a share from 0 to 1, or points of an index.")
    ],
    as_of: AsOfOption = None,
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """The cheapest models that had reached a score by a day."""
    from pipeline import capability_commands

    capability_commands.cheapest(
        warehouse or Home.find(home).served, benchmark, min_score, day(as_of), as_json=json
    )  # fmt: skip
