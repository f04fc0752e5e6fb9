"""Verbs about models' names: ``models resolve`` and ``models review``; what each does is in ``model_commands``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_options import HomeOption, JsonOption, QuietOption, WarehouseOption
from pipeline.errors import UsageError
from pipeline.paths import Home

models = typer.Typer(name="models", help="Which model a printed name means, and the names that nobody knows.")


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    models.command(
        "resolve",
        epilog="Examples: aicost models resolve deepseek-chat --source aider --on 2025-05-01   |   "
        "aicost models resolve --batch names.csv --json",
    )(_resolve)
    models.command(
        "review", epilog="Examples: aicost models review   |   aicost models review --source litellm_prices --limit 0"
    )(_review)
    app.add_typer(models, no_args_is_help=True)


def _resolve(
    name: Annotated[str | None, typer.Argument(help="The name as printed.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="Who prints it, for instance aider, litellm.")] = None,
    on: Annotated[str | None, typer.Option("--on", help="The day it is from, as 2025-05-01.")] = None,
    host: Annotated[str | None, typer.Option("--host", help="Who serves it, where the page says so beside it.")] = None,
    batch: Annotated[
        Path | None, typer.Option("--batch", help="A CSV file of source,source_name,as_of; - is standard input.")
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say which model a printed name means, by which rule, and from when to when."""
    from pipeline import model_commands

    if (name is None) == (batch is None):
        raise UsageError("give a name, or --batch FILE", fix="aicost models resolve deepseek-chat --source aider")
    if batch is not None:
        model_commands.resolve_batch(batch, as_json=json)
    elif name is not None:
        model_commands.resolve(name, source or "", on, host, as_json=json)


def _review(
    source: Annotated[str | None, typer.Option("--source", help="Names of this source only.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Most names to list; 0 is all.")] = 50,
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """List the model names that no rule knows, the most used first; suggestions join nothing."""
    from pipeline import model_commands

    model_commands.review(Home.find(home), warehouse, source, limit, as_json=json, quiet=quiet)
