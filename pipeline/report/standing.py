"""Whether the report that lies there says what a new one would: what it rests on is kept beside it.

A report follows from the answers it asked for, the states of the sources, its day, and the code that draws it. Asking
again takes an eighth of the time of drawing. Where all is the same, only name and time of the snapshot would be others.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import date, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pipeline import paths
from pipeline.durable import plain_bytes, whole_file
from pipeline.place import Place
from pipeline.report import evidence
from pipeline.report.evidence import Evidence
from pipeline.warehouse import Snapshot

LIBRARIES = ("altair", "vl-convert-python", "duckdb")
MOMENT, DAY = "@moment", "@day"  # of the publish, where a question was asked until then
Parameters = dict[str, str | int | float | bool | None]


class Basis(BaseModel):
    """What a report rests on."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    report_sha256: str
    """Hash of the file itself: one that was changed or cut is no report of ours."""
    made_with: str
    """Hash of the code, the questions and the versions of the libraries."""
    on: date
    """The day it is of: ages and weeks are counted to it."""
    asked: list[tuple[str, Parameters]]
    answers: str
    """Hash of all answers, and of the states of the sources."""


def beside(report: Path) -> Path:
    """Where it is kept what a report rests on."""
    return report.with_name(f".{report.name}.basis.json")


def keep(report: Path, found: Evidence) -> None:
    """Keep what a report that was just written rests on.

    Raises:
        StorageError: It cannot be written.
    """
    asked = [(one.question, _stored(one.parameters, found.snapshot)) for one in found.asked]
    basis = _basis(report, found, asked)
    with whole_file(beside(report)) as partial:
        partial.write_text(basis.model_dump_json() + "\n", encoding="utf-8")


def stands(report: Path, path: Place, snapshot: Snapshot) -> bool:
    """Whether the report is there, whole, and says of this snapshot what a new one would say."""
    try:
        kept = Basis.model_validate_json(plain_bytes(beside(report)))
        if (kept.report_sha256, kept.made_with, kept.on) != (
            _sha256(report),
            made_with(),
            snapshot.published_at.date(),
        ):
            return False
    except (OSError, ValueError):  # absent, or not as it was written: the report is made anew
        return False
    found = evidence.read(path, snapshot)
    for question, parameters in kept.asked:
        found.ask(question, **_filled(parameters, snapshot))
    return _basis(report, found, kept.asked) == kept


@cache
def made_with() -> str:
    """Hash of what draws reports: our code, the questions and the versions of the libraries."""
    digest = hashlib.sha256(json.dumps([version(name) for name in LIBRARIES]).encode())
    code, sql = Path(evidence.__file__).parents[1], paths.sql_dir()
    files = [*code.glob("**/*.py"), *code.glob("report/page.*"), *sql.glob("report/*.sql"), *sql.glob("answers/*.sql")]
    for file in sorted(files):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _basis(report: Path, found: Evidence, asked: list[tuple[str, Parameters]]) -> Basis:
    told: list[object] = [found.snapshot.version, sorted(found.tables)]
    told += [[one.question, one.answer.columns, one.answer.rows] for one in found.asked]
    told += [{**asdict(source), "age_days": None} for source in found.sources]  # goes on by itself; the state tells
    return Basis(
        report_sha256=_sha256(report), made_with=made_with(), on=found.snapshot.published_at.date(), asked=asked,
        answers=hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest(),
    )  # fmt: skip


def _sha256(report: Path) -> str:
    return hashlib.sha256(plain_bytes(report)).hexdigest()


def _stored(parameters: dict[str, object], snapshot: Snapshot) -> Parameters:
    at = snapshot.published_at
    marks = {at: MOMENT, at.date(): DAY}
    found: Parameters = {}
    for name, value in parameters.items():
        if isinstance(value, str | int | float | bool | None):
            found[name] = value
        elif isinstance(value, date | datetime):
            found[name] = marks[value]  # of no other day is anything asked
        else:
            raise TypeError(f"{name} is a {type(value).__name__}")
    return found


def _filled(parameters: Parameters, snapshot: Snapshot) -> dict[str, object]:
    marks: dict[object, object] = {MOMENT: snapshot.published_at, DAY: snapshot.published_at.date()}
    return {name: marks.get(value, value) for name, value in parameters.items()}
