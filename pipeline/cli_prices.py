"""Verbs about prices: ``prices``, ``quote`` and ``quarantine``."""

from __future__ import annotations

from typing import Annotated, get_args

import typer

from pipeline.cli_options import AsOfOption, HomeOption, JsonOption, QuietOption, WarehouseOption, day
from pipeline.errors import UsageError
from pipeline.paths import Home

GpuArgument = Annotated[str, typer.Argument(help="Accelerator, as H100, H100-SXM or A100-SXM-80GB.")]
TypeOption = Annotated[str | None, typer.Option("--pricing-type", help="One of them, as on_demand, spot or reserved.")]
ItemArgument = Annotated[str, typer.Argument(help="Item, or the beginning of its name.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept with the decision.")]
ByOption = Annotated[str | None, typer.Option("--by", help="Who decides. [default: the user's name]")]

quarantine = typer.Typer(name="quarantine", help="What was set aside or held, and a person's verdict on it.")


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command(epilog="Examples: aicost prices H100-SXM --gpus 8   |   aicost prices A100 --as-of 2024-06-30")(prices)
    app.command(
        epilog="Examples: aicost quote --gpu H800 --count 2048 --days 55   |   "
        "aicost quote --gpu B200 --count 64 --days 30 --by provider --pricing-type on_demand"
    )(quote)
    quarantine.command("list", epilog="Examples: aicost quarantine list   |   aicost quarantine list --all")(_list)
    quarantine.command("show", epilog="Example: aicost quarantine show 3f2a")(_show)
    quarantine.command("release", epilog='Example: aicost quarantine release 3f2a --reason "price cut announced"')(
        _release
    )
    quarantine.command("reject", epilog='Example: aicost quarantine reject 3f2a --reason "per node, not per GPU"')(
        _reject
    )
    app.add_typer(quarantine, no_args_is_help=True)


def _known_type(pricing_type: str | None) -> str | None:
    from pipeline.facts import PricingType

    known = get_args(PricingType)
    if pricing_type not in (None, *known):
        raise UsageError(f"{pricing_type!r} is no pricing type", fix=f"one of {', '.join(known)}")
    return pricing_type


def prices(
    gpu: GpuArgument,
    gpus: Annotated[int | None, typer.Option("--gpus", min=1, help="Only offers of at least so many.")] = None,
    pricing_type: TypeOption = None,
    provider: Annotated[str | None, typer.Option("--provider", help="Only this provider, by name or code.")] = None,
    as_of: AsOfOption = None,
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """What an hour of an accelerator costs, by provider and pricing type: low, median and high of the list prices."""
    from pipeline import prices as asking

    asking.prices(
        warehouse or Home.find(home).served, gpu, gpus=gpus, pricing_type=_known_type(pricing_type),
        provider=provider, day=day(as_of), as_json=json, quiet=quiet,
    )  # fmt: skip


def quote(
    gpu: Annotated[str, typer.Option("--gpu", help="Accelerator, as H100 or H100-SXM.")],
    count: Annotated[int, typer.Option("--count", min=1, max=100_000_000, help="How many of them.")],
    days: Annotated[float, typer.Option("--days", min=0.01, max=36_525, help="For how many days.")],
    by: Annotated[str | None, typer.Option("--by", help="provider: a line for each.")] = None,
    pricing_type: TypeOption = None,
    as_of: AsOfOption = None,
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """What renting so many accelerators for so many days costs at list prices: low, median and high by pricing type."""
    from pipeline import prices as asking

    if by not in (None, "provider"):
        raise UsageError(f"--by {by!r} is not known", fix="--by provider, or leave it out")
    asking.quote(
        warehouse or Home.find(home).served, gpu, count=count, days=days, pricing_type=_known_type(pricing_type),
        by_provider=by == "provider", day=day(as_of), as_json=json, quiet=quiet,
    )  # fmt: skip


def _list(
    source: Annotated[str | None, typer.Option("--source", help="Only of this source.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also what was kept, released or rejected.")] = False,
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """What waits for a person: rows set aside, and prices held after a jump."""
    from pipeline import quarantine as rows

    rows.list_items(Home.find(home), source=source, every=every, as_json=json, quiet=quiet)


def _show(item: ItemArgument, home: HomeOption = None, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Everything about one item: rule, raw value, source and page."""
    from pipeline import quarantine as rows

    rows.show_item(Home.find(home), item, as_json=json)


def _release(
    item: ItemArgument,
    reason: ReasonOption,
    by: ByOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Let a held price count from its first sighting on."""
    from pipeline import quarantine as rows

    rows.decide(Home.find(home), item, "release", reason=reason, by=by, as_json=json, quiet=quiet)


def _reject(
    item: ItemArgument,
    reason: ReasonOption,
    by: ByOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Never let a held price count, or take a row that was set aside off the list."""
    from pipeline import quarantine as rows

    rows.decide(Home.find(home), item, "reject", reason=reason, by=by, as_json=json, quiet=quiet)
