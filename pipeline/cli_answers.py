"""The verbs that answer questions, added to the command line; what each does is in ``answer_commands``."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from pipeline.cli_options import HomeOption, JsonOption, QuietOption, WarehouseOption
from pipeline.paths import Home

ModelArgument = Annotated[str, typer.Argument(help="Name or id of the model, with or without blanks and hyphens.")]
MethodOption = Annotated[
    Literal["cloud", "amortised", "acquisition"], typer.Option("--method", help="Renting, depreciation, or buying.")
]
AsOfOption = Annotated[str | None, typer.Option("--as-of", help="Day whose prices are taken; else today.")]


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    for verb, examples in _EXAMPLES.items():
        app.command(epilog=f"Examples: {examples}")(globals()[verb])


_EXAMPLES = {
    "ladder": "aicost ladder DeepSeek   |   aicost ladder GPT-4 --json",
    "check": "aicost check deepseek-v3-final-run-usd   |   "
    "aicost check --usd 5.576M --hours 2.788M --gpu H800 --on 2024-12-27",
    "explain": "aicost explain GPT-4   |   "
    "aicost explain GPT-4 --from gpt-4-epoch-amortised-40-6m --to gpt-4-epoch-cluster-778m",
    "reprice": "aicost reprice GPT-4   |   aicost reprice DeepSeek-V3 --as-of 2025-03-01",
    "sensitivity": "aicost sensitivity GPT-4   |   "
    "aicost sensitivity GPT-4 --method amortised --rival gpt-4-altman-100m",
    "breakeven": "aicost breakeven --gpu H100 --years 4   |   "
    "aicost breakeven --gpu H100 --price 30000 --interest 0.07",
    "thresholds": 'aicost thresholds --status above   |   aicost thresholds --at "USD 50M" --model GPT-4',
    "spend": "aicost spend   |   aicost spend OpenAI --json",
    "trend": "aicost trend   |   aicost trend --method amortised --top 10",
}


def ladder(
    about: Annotated[str, typer.Argument(help="Model, organisation or programme.")],
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Every figure on file for a model or organisation, by scope, from one run to national programmes."""
    from pipeline import answer_commands as commands

    commands.ladder(commands.served(Home.find(home), warehouse), about, as_json=json)


def check(
    claim: Annotated[str | None, typer.Argument(help="Id of a claim, as in reported_claims.")] = None,
    usd: Annotated[str | None, typer.Option("--usd", help="Dollars, as 5.6M.")] = None,
    hours: Annotated[str | None, typer.Option("--hours", help="GPU-hours, as 2.788M.")] = None,
    price: Annotated[str | None, typer.Option("--price", help="USD per GPU-hour.")] = None,
    gpu: Annotated[str | None, typer.Option("--gpu", help="Chip, as H800.")] = None,
    flop: Annotated[str | None, typer.Option("--flop", help="Compute of the run, as 3.3e24.")] = None,
    on: Annotated[str | None, typer.Option("--on", help="Day of the figures; else today.")] = None,
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Whether a claim can be true: what it implies, beside market and chip, and what it leaves out."""
    from pipeline import answer_commands as commands

    path = commands.served(Home.find(home), warehouse)
    if claim is not None:
        commands.check(path, claim, as_json=json)
    else:
        commands.check_figures(path, usd=usd, hours=hours, price=price, gpu=gpu, flop=flop, on=on, as_json=json)


def explain(
    model: ModelArgument,
    from_: Annotated[str | None, typer.Option("--from", help="Figure to begin at; else the lowest stated.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Figure to end at; else each higher stated one.")] = None,
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Why the figures of a model differ: step by step from one to another, adding up to the difference."""
    from pipeline import answer_commands as commands

    commands.explain(commands.served(Home.find(home), warehouse), model, from_, to, as_json=json)


def reprice(
    model: ModelArgument,
    as_of: AsOfOption = None,
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """What the same run would cost at another day's prices, on its own chip and on the best-value chip."""
    from pipeline import answer_commands as commands

    commands.reprice(commands.served(Home.find(home), warehouse), model, as_of, as_json=json)


def sensitivity(
    model: ModelArgument,
    method: MethodOption = "cloud",
    rival: Annotated[str | None, typer.Option("--rival", help="Figure to reach, as in cost_figures.")] = None,
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Which inputs move a cost most, and what each would have to be for a rival figure to be right."""
    from pipeline import answer_commands as commands

    commands.sensitivity(commands.served(Home.find(home), warehouse), model, method, rival, as_json=json)


def breakeven(
    gpu: Annotated[str, typer.Option("--gpu", help="Chip, as H100.")],
    years: Annotated[float, typer.Option("--years", min=0.5, max=20, help="Years the chip is kept.")] = 4.0,
    as_of: AsOfOption = None,
    price: Annotated[float | None, typer.Option("--price", min=0, help="USD per chip with server and network.")] = None,
    rent: Annotated[float | None, typer.Option("--rent", min=0, help="USD per GPU-hour.")] = None,
    interest: Annotated[float | None, typer.Option("--interest", min=0, max=1, help="Per year, as 0.09.")] = None,
    residual: Annotated[float | None, typer.Option("--residual", min=0, max=1, help="Share left at the end.")] = None,
    maintenance: Annotated[float | None, typer.Option("--maintenance", min=0, help="Share of price a year.")] = None,
    hosting: Annotated[float | None, typer.Option("--hosting", min=0, help="USD per kW and month.")] = None,
    power: Annotated[float | None, typer.Option("--power", min=0, help="kW per chip with its server.")] = None,
    load: Annotated[float | None, typer.Option("--load", min=0, max=1, help="Share of full power in use.")] = None,
    pue: Annotated[float | None, typer.Option("--pue", min=1, help="Site power over server power.")] = None,
    electricity: Annotated[float | None, typer.Option("--electricity", min=0, help="USD per kWh.")] = None,
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Rent or buy: from which use on owning costs less, with every assumption printed; each can be given."""
    from pipeline import answer_commands as commands

    given = {
        "purchase_usd": price, "rent_usd_per_gpu_hour": rent, "interest": interest, "residual": residual,
        "maintenance": maintenance, "hosting": hosting, "power_kw": power, "load": load, "pue": pue,
        "electricity": electricity,
    }  # fmt: skip
    path = commands.served(Home.find(home), warehouse)
    commands.breakeven(path, gpu, years, as_of, given, as_json=json)


def thresholds(
    at: Annotated[
        str | None, typer.Option("--at", help="One threshold, as USD 100M or FLOP 1e26; else all on file.")
    ] = None,
    status: Annotated[
        Literal["above", "below", "straddles", "cannot tell"] | None, typer.Option("--status", help="Only these.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", help="One model.")] = None,
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Models against thresholds of cost and compute, at average cloud prices when training began. Not legal advice."""
    from pipeline import answer_commands as commands

    commands.thresholds(commands.served(Home.find(home), warehouse), at, status, model, as_json=json)


def spend(
    about: Annotated[str | None, typer.Argument(help="Laboratory; all when none is named.")] = None,
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Where a laboratory's money goes, as far as published, with what is unknown as its own row."""
    from pipeline import answer_commands as commands

    commands.spend(commands.served(Home.find(home), warehouse), about, as_json=json)


def trend(
    method: Annotated[
        Literal["cloud", "amortised", "acquisition"] | None, typer.Option("--method", help="One method.")
    ] = None,
    top: Annotated[int | None, typer.Option("--top", min=1, help="Rank up to which models count: 5 or 10.")] = None,
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """How fast the cost of frontier training grows, by method, with its 90 % interval."""
    from pipeline import answer_commands as commands

    commands.trend(commands.served(Home.find(home), warehouse), method, top, as_json=json)
