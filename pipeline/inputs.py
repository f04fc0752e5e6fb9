"""What the published state follows from besides the archive: code, SQL, reference, bundled facts and engine, by hash.

Two states can only differ in what moved between them. Files that make no row (the command line, the feed, an export)
are left out: the code that counts is what ``load`` and ``build`` import, however far, and every reader of a page.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path

import duckdb

from pipeline import paths

Inputs = dict[str, dict[str, str]]
"""Group (code, sql, reference, bundled, engine) to file (or part of the engine) to its hash (or version)."""

MAKERS = ("load", "build", "changes")  # modules of ours that make rows
READERS = ("sources/*.py", "claims/*.py")  # found at run time, not imported by name
IMPORTED = re.compile(r"^\s*(?:from (pipeline[\w.]*) import (\([^)]*\)|[^\n]*)|import (pipeline[\w.]+))", re.MULTILINE)
DIGITS = 12  # of a file's hash: enough to tell two versions of one file apart


def of_today() -> Inputs:
    """Hashes of everything that this program makes rows with."""
    here = Path(__file__).parent
    return {
        "code": _hashes(here, (here / name for name in _makers())),
        "sql": _hashes(paths.sql_dir(), paths.sql_dir().glob("*/*.sql"), leave_out="answers"),
        "reference": _hashes(paths.reference_dir(), paths.reference_dir().glob("*.csv")),
        "bundled": _hashes(paths.bundled_dir(), paths.bundled_dir().glob("*.jsonl")),
        "engine": {"duckdb": duckdb.__version__, "python": ".".join(platform.python_version_tuple()[:2])},
    }


def digest(inputs: Inputs) -> str:
    """One name for all of it."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:16]


def moved(before: Inputs, after: Inputs) -> dict[str, list[str]]:
    """Group to the files that came, went or changed; a group where nothing moved is left out."""
    found = {group: _moved_files(before.get(group, {}), after.get(group, {})) for group in sorted({*before, *after})}
    return {group: names for group, names in found.items() if names}


def _moved_files(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def _hashes(root: Path, files: Iterable[Path], leave_out: str = "") -> dict[str, str]:
    named = {path.relative_to(root).as_posix(): path for path in files if path.parent.name != leave_out}
    return {name: sha256_of(path)[:DIGITS] for name, path in sorted(named.items())}


def sha256_of(path: Path) -> str:
    """Hash of a file, which is read once for each version of it: a publish asks twice."""
    at = path.stat()
    return _sha256_of(path, (at.st_ino, at.st_mtime_ns, at.st_ctime_ns, at.st_size))


@lru_cache(maxsize=4096)
def _sha256_of(path: Path, _: tuple[int, ...]) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _makers() -> tuple[str, ...]:
    """Files below ``pipeline/`` that make rows: the makers, the readers, and all that they import."""
    here = Path(__file__).parent
    found, left = set[str](), [f"{name}.py" for name in MAKERS]
    left += [path.relative_to(here).as_posix() for pattern in READERS for path in here.glob(pattern)]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += _imported(here, (here / name).read_text(encoding="utf-8"))
    return tuple(sorted(found))


def _imported(here: Path, text: str) -> list[str]:
    wanted: list[str] = []
    for module, names, plain in IMPORTED.findall(text):
        wanted += [plain or module, *(f"{module}.{name}" for name in re.findall(r"\w+", names) if module)]
    files = [f"{name.removeprefix('pipeline').removeprefix('.').replace('.', '/')}.py" for name in wanted]
    return [name for name in files if name != ".py" and (here / name).is_file()]
