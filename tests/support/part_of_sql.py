"""Some of the SQL: what a test asks, and all that it is made from, so that a publish takes a part of its time."""

from __future__ import annotations

import shutil
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

from pipeline import build, paths

# What people decide about claims, and what they decide it by.
CLAIMS = ("main.extracted_claims", "main.claim_sightings", "main.reported_claims")
# What becomes of a price.
PRICES = (
    *("main.provider_coverage", "main.sources", "main.accelerator_equivalents", "main.assumptions"),
    *("core.gpu_prices", "core.newest_visits", "main.gpu_price*"),
)


@cache
def _files_for(_: Path, wanted: tuple[str, ...]) -> tuple[Path, ...]:
    """The models of these tables and of ``meta``, all that they read, and the checks that read nothing else."""
    models = build.models()
    tables = {name for name in models if any(fnmatch(name, one) for one in (*wanted, "meta.*"))}
    while more := {name for table in tables for name in models[table].reads & models.keys()} - tables:
        tables |= more
    checks = [
        check.path
        for check in build.checks()
        if {name for name in check.reads if name.split(".")[0] in ("core", "main")} <= tables
    ]
    return (*(models[name].path for name in sorted(tables)), *checks)


def use(
    wanted: tuple[str, ...], folder: Path, monkeypatch: pytest.MonkeyPatch, *, beside: tuple[str, ...] = ()
) -> None:
    """Let only these tables be made, from copies in that folder; whole rooms of the SQL may stand beside them."""
    real = paths.sql_dir()
    files = [*_files_for(real, wanted), *(file for room in beside for file in sorted((real / room).glob("*.sql")))]
    for file in files:
        (folder / file.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(file, folder / file.parent.name)
    monkeypatch.setattr(paths, "sql_dir", lambda: folder)
