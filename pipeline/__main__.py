"""The command line: ``aicost VERB``. Commands import what they need when they run, so that help is instant."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from pipeline import (
    __version__,
    cli_answers,
    cli_capability,
    cli_handover,
    cli_models,
    cli_prices,
    cli_report,
    kept,
    memory,
    stopping,
    streams,
)
from pipeline.cli_options import (
    HomeOption,
    JsonOption,
    LockOption,
    PublishedOption,
    QuietOption,
    WarehouseOption,
    moment,
)
from pipeline.durable import FULL
from pipeline.errors import AicostError, Exit, UsageError
from pipeline.paths import Home, environment, set_default_environment
from pipeline.redact import redacted

app = typer.Typer(
    name="aicost",
    help="What AI models are said to cost, what they can be shown to cost, and what each figure covers.",
    epilog="Examples: aicost refresh --offline   |   aicost query \"from sources\"\n\n"
    "Exit codes: 0 done, 1 bug, 2 usage, 3 published but degraded, 4 refused to publish, 5 nothing fetched, "
    "6 busy, 7 storage, 9 differences, 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)  # fmt: skip


def _version(value: bool) -> None:
    if value:
        sys.stdout.write(f"aicost {__version__}\n")
        raise typer.Exit


def _no_color(value: bool) -> None:
    if value:
        set_default_environment({"NO_COLOR": "1"})


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    no_color: Annotated[
        bool, typer.Option("--no-color", callback=_no_color, help="No colour, as with NO_COLOR.")
    ] = False,
) -> None:
    """What AI models cost, with scope, basis, interval, date and source."""
    memory.check()


@app.command(epilog="Examples: aicost refresh   |   aicost refresh lambda_cloud --strict")
def refresh(
    sources: Annotated[list[str] | None, typer.Argument(help="Sources to visit; all when none is named.")] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Use what is archived or bundled; open no socket.")
    ] = False,
    prefect: Annotated[
        bool, typer.Option("--prefect", help="Run as the Prefect flow, with its UI and artifacts.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Publish nothing, and exit 4, if one is not up to date.")
    ] = False,
    after: Annotated[
        str | None,
        typer.Option("--after", help="What runs after it: feed, webhook, export, report by commas, or none."),
    ] = None,
    lock_timeout: LockOption = 0.0,
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Visit the sources, build the warehouse, check it and publish it."""
    from pipeline import commands

    code = commands.refresh(
        Home.find(home, warehouse), sources or [], offline=offline, prefect=prefect, strict=strict,
        lock_timeout=lock_timeout, after=after, as_json=json, quiet=quiet,
    )  # fmt: skip
    raise typer.Exit(code)


@app.command(
    epilog="Examples: aicost ingest epoch_models all_ai_models.csv   |   "
    "aicost ingest lambda_cloud page.html --fetched-at 2026-05-24"
)
def ingest(
    source: Annotated[str, typer.Argument(help="Source that the page is of.")],
    file: Annotated[Path, typer.Argument(help="The page, saved by hand.")],
    url: Annotated[
        str | None, typer.Option("--url", help="Where it was saved from; else the source's address.")
    ] = None,
    fetched_at: Annotated[
        str | None, typer.Option("--fetched-at", help="When, as 2026-05-24 or 2026-05-24T06:00Z; else now.")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Archive a page saved by hand as if it had been fetched; the next refresh reads it."""
    from pipeline import commands

    at = None if fetched_at is None else moment(fetched_at)
    commands.ingest(Home.find(home), source, file, url=url, fetched_at=at, as_json=json, quiet=quiet)


@app.command(epilog="Examples: aicost status   |   aicost status --json")
def status(
    home: HomeOption = None, warehouse: WarehouseOption = None, json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Each source's state, age and problems; exit 3 when one needs attention."""
    from pipeline import commands

    raise typer.Exit(commands.status(Home.find(home), warehouse, as_json=json))


@app.command(epilog="Examples: aicost sources   |   aicost sources --json")
def sources(json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Every source with its licence, robots note, cadence and bounds."""
    from pipeline import commands

    commands.sources(as_json=json)


@app.command(
    epilog="Examples: aicost query \"from sources\"   |   "
    "aicost query \"select * from training_costs limit 5\" --format csv"
)  # fmt: skip
def query(
    sql: Annotated[str, typer.Argument(help="One SQL statement; - reads it from standard input.")],
    form: Annotated[Literal["table", "csv", "json", "md"], typer.Option("--format", help="How to print it.")] = "table",
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=0, help="Most rows to print; 0 is all. [default: 1000 of a table, else all]"),
    ] = None,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds it may run.")] = 60.0,
    as_of: PublishedOption = None,
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Ask the published warehouse in SQL: read-only, without access to files or network."""
    from pipeline import query_command

    found, given = Home.find(home), warehouse
    if as_of is not None:
        from pipeline import handover_commands

        given = handover_commands.published(found, warehouse, as_of, quiet=quiet).path
    query_command.query(
        found, given, sql, form=form, limit=limit, timeout=timeout, as_json=json, quiet=quiet
    )  # fmt: skip


@app.command(
    epilog="Examples: aicost extract article.html   |   aicost extract https://example.org/article --json   |   "
    "aicost extract --jsonl texts.jsonl"
)
def extract(
    page: Annotated[
        str | None, typer.Argument(help="Web address, or file of HTML or text.", show_default=False)
    ] = None,
    jsonl: Annotated[
        Path | None, typer.Option("--jsonl", help="Read lines of {id, url, title, text}; print {id, claims} for each.")
    ] = None,
    title: Annotated[
        str | None, typer.Option("--title", help="Title of the text, where it does not say its own.")
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Read the claims of one page: each figure, what it covers and what it does not."""
    from pipeline import extract as reader

    if (page is None) == (jsonl is None):
        raise UsageError("give one page, or --jsonl FILE", fix="aicost extract --help")
    if jsonl is not None:
        reader.extract_lines(jsonl)
    else:
        reader.extract(str(page), title=title, as_json=json, quiet=quiet)


claims_app = typer.Typer(help="Claims read out of articles: list them and decide about them.", no_args_is_help=True)
app.add_typer(claims_app, name="claims")


@claims_app.command(
    epilog="Examples: aicost claims review   |   aicost claims review --list   |   "
    "aicost claims review x0123456789 --decision disputed --reason 'taken back by the lab'"
)  # fmt: skip
def review(
    claim_id: Annotated[str | None, typer.Argument(help="Claim to show or decide; else each new one.")] = None,
    decision: Annotated[
        Literal["confirmed", "disputed", "superseded", "new"] | None, typer.Option("--decision", help="What it is.")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why, in your own words.")] = None,
    superseded_by: Annotated[str | None, typer.Option("--superseded-by", help="The claim that took its place.")] = None,
    claimant: Annotated[str | None, typer.Option("--claimant", help="Who states it (new row of the ledger).")] = None,
    basis: Annotated[
        Literal["reported", "estimated"] | None,
        typer.Option("--basis", help="Whether the claimant is the maker itself (reported) or someone else."),
    ] = None,
    source_kind: Annotated[
        Literal["primary", "secondary", "mirror"], typer.Option("--source-kind", help="How near the page is to it.")
    ] = "secondary",
    ledger_id: Annotated[
        str | None, typer.Option("--ledger-id", help="Name of the ledger's row; else made up.")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="Title of the page, where it has none.")] = None,
    claimed_on: Annotated[str | None, typer.Option("--claimed-on", help="Day of the claim, where not known.")] = None,
    note: Annotated[str | None, typer.Option("--note", help="What a reader must know besides.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who decides; else USER.")] = None,
    list_only: Annotated[bool, typer.Option("--list", help="List the claims, and ask nothing.")] = False,
    status: Annotated[
        Literal["new", "confirmed", "disputed", "superseded", "all"], typer.Option("--status", help="Which to list.")
    ] = "new",
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Confirm, dispute or supersede claims read out of articles; a confirmed one gets its row in the ledger."""
    from pipeline import review_commands, reviews

    found = Home.find(home)
    if list_only:
        review_commands.review_list(found, warehouse, None if status == "all" else status, as_json=json)
        return
    who = by or environment("USER")
    if not who:
        raise UsageError("nobody is named who decides", fix="add --by NAME")
    if claim_id is None or (decision is None and reason is None):
        review_commands.review_all(found, warehouse, by=who, only=claim_id)
        return
    if decision is None or reason is None:
        raise UsageError("a decision and its reason are needed", fix="add --decision and --reason")
    citation = None
    if claimant is not None and basis is not None:
        citation = reviews.Citation(
            claimant=claimant, basis=basis, source_kind=source_kind, ledger_claim_id=ledger_id, title=title,
            claimed_on=claimed_on, note=note,
        )  # fmt: skip
    made = reviews.Decision(claim_id, decision, who, reason, superseded_by)
    review_commands.review_one(found, warehouse, made, citation, as_json=json, quiet=quiet)


@app.command(epilog="Examples: aicost schema   |   aicost schema --format md training_costs")
def schema(
    tables: Annotated[list[str] | None, typer.Argument(help="Tables; all public ones when none is named.")] = None,
    form: Annotated[Literal["table", "md", "json"], typer.Option("--format", help="How to print it.")] = "table",
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """The data dictionary, read from the warehouse itself."""
    from pipeline import commands

    commands.schema(Home.find(home), warehouse, tables or [], form, as_json=json)


@app.command(epilog="Examples: aicost doctor   |   aicost doctor --json")
def doctor(home: HomeOption = None, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Look at versions, folders, disk, lock, archive and warehouse; exit 7 when something is broken."""
    from pipeline import commands

    raise typer.Exit(commands.doctor(Home.find(home), as_json=json))


@app.command(epilog="Examples: aicost rebuild   |   aicost rebuild --home /srv/aicost")
def rebuild(
    lock_timeout: LockOption = 0.0,
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make the warehouse from the archive alone, reading every page again."""
    from pipeline import commands

    raise typer.Exit(commands.rebuild(Home.find(home, warehouse), lock_timeout=lock_timeout, as_json=json, quiet=quiet))


@app.command(epilog="Examples: aicost serve   |   aicost serve --home /srv/aicost")
def serve(home: HomeOption = None) -> None:
    """Serve the schedules with Prefect, starting its local server if none is there; until interrupted."""
    from flows.serve import serve as serve_schedules

    raise typer.Exit(serve_schedules(Home.find(home)))


@app.command(
    hidden=True,
    epilog="For maintainers: aicost bundle epoch_models --as-of 2025-06-10   |   "
    "aicost bundle price_index --as-of 2025-07-15 --via FRED",
)
def bundle(
    source: Annotated[str, typer.Argument(help="Source whose newest archived page is read.")],
    as_of: Annotated[str, typer.Option("--as-of", help="The day that the page was as published.")],
    address: Annotated[
        str | None, typer.Option("--address", help="Address a reader can open; else the source's.")
    ] = None,
    via: Annotated[str | None, typer.Option("--via", help="Who had kept the page, where it was not ourselves.")] = None,
    dated: Annotated[
        bool,
        typer.Option("--dated", help="Beside the others of the source, as SOURCE.DAY.jsonl: one more observation."),
    ] = False,
    home: HomeOption = None,
) -> None:
    """Write data/bundled/SOURCE.jsonl from the newest archived page."""
    from pipeline import commands

    commands.bundle(Home.find(home), source, as_of=moment(as_of), address=address, via=via, dated=dated)


for _more in (cli_prices, cli_answers, cli_models, cli_capability, cli_handover, cli_report):
    _more.register(app)


# --- the doors ------------------------------------------------------------------------------------


def main() -> None:
    """Run the command line and exit with its code; no traceback ever reaches a person."""
    memory.collect_seldom()
    streams.prepare()
    stopping.listen()
    set_default_environment({"DO_NOT_TRACK": "1"})  # for whatever a library would tell its makers
    sys.exit(run(sys.argv[1:]))


def run(given: list[str]) -> int:
    """Run the command line; its exit code."""
    try:
        with kept.one_reader():
            code = _parser().main(args=streams.words(given), prog_name="aicost", standalone_mode=False)
        _flush()
    except BrokenPipeError:
        return _closed_pipe()
    except BaseException as error:  # noqa: BLE001 - the last door: no traceback reaches a person
        return _ended_by(error, given)
    return _interrupted(given) if code == Exit.INTERRUPTED else int(code or 0)


@cache
def _parser() -> Any:
    """The parser of all verbs and their options, which takes as long to make as a question to answer."""
    return typer.main.get_command(app)


def _flush() -> None:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise streams.broken(error) from error


def _ended_by(error: BaseException, given: list[str]) -> int:
    """The exit code of what ended the program, and its message where there is one."""
    if type(error).__name__ == "ClosedPipe":
        return _closed_pipe()
    if isinstance(error, AicostError):
        if error.page == "standard output":
            streams.silence()
        return _say(error.exit, str(error), error.as_json(), given)
    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "start new thread" in str(error)):
        return _ended_by(memory.too_little(error), given)
    # DuckDB turns Ctrl-C into a RuntimeError, some versions of the parser of arguments into an Abort.
    if isinstance(error, KeyboardInterrupt) or isinstance(error.__cause__, KeyboardInterrupt):
        return _interrupted(given)
    if isinstance(error, OSError) and error.errno in FULL and error.filename is None:
        return _ended_by(streams.broken(error), given)
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stdout.write(f"{error}\n")
        return int(Exit.USAGE)
    if hasattr(error, "format_message"):
        return _misused(error, given)
    return _unexpected(error, given)


def _say(code: int, text: str, parts: dict[str, Any], given: list[str]) -> int:
    from pipeline import show

    if "--json" in given:
        show.error_json(parts)
    show.note(f"error: {text}")
    return int(code)


def _interrupted(given: list[str]) -> int:
    text = "interrupted; the version published before is still served"
    parts = {"code": "interrupted", "message": text, "hint": None, "source": None}
    return _say(Exit.INTERRUPTED, text, parts, given)


def _closed_pipe() -> int:
    streams.silence()
    return 141


def _misused(error: Any, given: list[str]) -> int:
    """A wrong argument, in the words of the parser."""
    verbs = {command.callback.__name__ for command in app.registered_commands if command.callback}
    verb = next((f"{word} " for word in given if word in verbs), "")
    text, hint = str(error.format_message()), f"aicost {verb}--help"
    parts = {"code": UsageError.code, "message": text, "hint": hint, "source": None}
    return _say(Exit.USAGE, f"{text}\n  next   {hint}", parts, given)


def _unexpected(error: BaseException, given: list[str]) -> int:
    what, where = f"unexpected {type(error).__name__}: {str(error)[:300]}", _write_report(error, given)
    parts = {"code": "bug", "message": what, "hint": where, "source": None}
    return _say(Exit.BUG, f"{what}\n  report {where}\n  next   send the report to the maintainers", parts, given)


def _write_report(error: BaseException, given: list[str]) -> str:
    import tempfile
    import traceback

    text = redacted(f"aicost {__version__} {given}\n" + "".join(traceback.format_exception(error)))
    home = next((after for word, after in pairwise(given) if word == "--home"), None)
    for find in (lambda: Home.find(home).logs, lambda: Path(tempfile.gettempdir())):
        try:
            folder = find()
            path = folder / f"aicost-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.log"
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except (OSError, AicostError):
            continue
        return str(path)
    return "could not be written anywhere"


if __name__ == "__main__":
    main()
