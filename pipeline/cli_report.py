"""The verb ``report``: one HTML file from the published warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_options import HomeOption, JsonOption, QuietOption, WarehouseOption
from pipeline.paths import Home


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command(epilog="Examples: aicost report   |   aicost report --static --to report.html")(report)


def report(
    static: Annotated[
        bool, typer.Option("--static", help="Pictures only: without Vega, a quarter of the size.")
    ] = False,
    to: Annotated[
        Path | None, typer.Option("--to", help="File to write; else report.html of the home.", show_default=False)
    ] = None,
    home: HomeOption = None,
    warehouse: WarehouseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write the report: one HTML file with charts, tables and sources, to be read offline."""
    from pipeline import show
    from pipeline.report import write

    written = write(Home.find(home), path=warehouse, to=to, is_static=static)
    if json:
        show.as_json({"file": str(written), "bytes": written.stat().st_size})
        return
    show.line(str(written))
    if not quiet:
        show.note(f"{written.stat().st_size:,} bytes; open it in any browser")
