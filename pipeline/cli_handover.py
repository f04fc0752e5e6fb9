"""The verbs that hand data over: ``export``, ``diff``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_options import HomeOption, JsonOption, PublishedOption, QuietOption, WarehouseOption
from pipeline.paths import Home


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command(
        epilog="Examples: aicost export   |   aicost export training_costs --format parquet --to out   |   "
        "aicost export --as-of 2026-11-23 --package aicost-data   |   aicost export --format xlsx,csv"
    )(export)
    app.command(
        epilog="Examples: aicost diff   |   aicost diff --since 7d gpu_price_now   |   aicost diff --exit-code"
    )(diff)


def export(
    tables: Annotated[list[str] | None, typer.Argument(help="Public tables; all when none is named.")] = None,
    form: Annotated[
        str, typer.Option("--format", help="csv, parquet, json or xlsx; several by commas.", metavar="FORMAT,…")
    ] = "csv",
    to: Annotated[Path | None, typer.Option("--to", help="Folder to write into; else exports/ of the home.")] = None,
    package: Annotated[
        Path | None,
        typer.Option(
            "--package",
            help="Write a whole data package into this folder: CSV, Parquet, formats named, descriptions.",
        ),
    ] = None,
    as_of: PublishedOption = None,
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write public tables as files; the same snapshot gives the same bytes."""
    from pipeline import handover_commands, settings

    found, forms = Home.find(home), settings.chosen("--format", form, settings.FORMS)
    past = handover_commands.published(found, warehouse, as_of, quiet=quiet)
    handover_commands.export(
        past, tables or [], forms, to or found.exports, package, as_json=json, quiet=quiet
    )  # fmt: skip


def diff(
    tables: Annotated[list[str] | None, typer.Argument(help="Public tables; all when none is named.")] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", help="Start: 7d, a day, a time or a snapshot. [default: the publish before the newest]"
        ),
    ] = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 9 where there are differences.")] = False,
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """What changed between two publishes: rows and cells, old and new, percent, and the cause."""
    from pipeline import handover_commands

    code = handover_commands.diff(
        Home.find(home), tables or [], since, exit_code=exit_code, as_json=json, quiet=quiet
    )  # fmt: skip
    raise typer.Exit(code)
