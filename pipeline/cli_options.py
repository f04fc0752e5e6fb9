"""Options that many verbs of the command line share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of archive and warehouse; else AICOST_HOME.")]
WarehouseOption = Annotated[Path | None, typer.Option("--warehouse", help="Read this file, not the home's warehouse.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no hints; warnings stay.")]
LockOption = Annotated[float, typer.Option("--lock-timeout", min=0, help="Seconds to wait for another refresh to end.")]
