"""A pipeline in small: two sources of a few lines, two models and a check, so that a publish takes a tenth of a second.

Everything but sources, SQL, carried facts and the tables' sentences is the real thing. The pages are lines of
``day,value``; a line of words is an issue, the line ``crash`` a bug of the reader, ``changed`` a page that is not as
known.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import load, paths, publish, refresh, schema, source, warehouse
from pipeline.archive import Archive, ArchivedPage, Visit, new_visit_id
from pipeline.errors import PageChanged
from pipeline.facts import Fact, IndexValue, Issue
from pipeline.paths import Home
from pipeline.source import Page, Request, Source

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

READINGS = """-- Every value that is in force.
-- grain: source, visit_id, period_on
-- unit: as printed
-- sources: raw.index_values
-- column source: source
-- column visit_id: visit
-- column period_on: day
-- column value: value
select source, visit_id, period_on, value from core.readings order by all
"""
CORE = """-- Every value, as parsed.
-- grain: source, visit_id, period_on
-- unit: as printed
-- sources: raw.index_values
select source, visit_id, period_on, value from raw.index_values order by all
"""
QUARANTINE = """-- Every row, cell or page that was set aside.
-- grain: source, visit_id, what
-- unit: none
-- sources: meta.issues
-- column source: source
-- column visit_id: visit
-- column page: page
-- column row: position
-- column rule: rule
-- column state: set_aside or kept
-- column field: field
-- column raw_value: as printed
-- column what: what is wrong
select
    source, visit_id, page, "row", rule, case when kept then 'kept'
    when rule = 'batch_size' then 'held' else 'set_aside' end as state, field, raw_value,
    what
from meta.issues order by all
"""
CHECK = """-- No value is above a thousand.
-- severity: stop
select source, period_on, value from readings where value > 1000
"""


def parse(page: Page) -> Iterator[Fact | Issue]:
    """Lines of ``day,value``."""
    for row, line in enumerate(page.body.decode().splitlines()):
        if line == "changed":
            raise PageChanged("the heading is not as known", source=page.source, page=page.url)
        if line == "crash":
            raise ZeroDivisionError("a bug in the reader")
        day, _, value = line.partition(",")
        if value:
            yield IndexValue.model_validate({"row": row, "series": "s", "unit": "u", "period_on": day, "value": value})
        else:
            yield Issue(row=row, rule="not_a_number", raw_value=line, what="no value")


def small_source(name: str, **changes: Any) -> Source:
    """A source with an address that leads nowhere."""
    made = Source(
        name=name, sentence="Lines.", parse=parse, title="Lines", publisher="us", url=f"http://site.test/{name}",
        licence="ours", attribution="us", robots="none", cadence="daily", least=1, most=5, facts=(IndexValue,),
        hosts=frozenset({"site.test"}),
    )  # fmt: skip
    return replace(made, **changes)


@dataclass
class SmallWorld:
    """Where the small pipeline's things are, and short words for what tests do with it."""

    home: Home
    sql: Path
    bundled: Path
    sources: dict[str, Source] = field(default_factory=dict[str, Source])

    @property
    def archive(self) -> Archive:
        """The archive of the home."""
        return Archive(self.home.archive)

    def receive(self, name: str, *lines: str, at: datetime = NOON, via: str = "fetch") -> Visit:
        """Archive a page as a visit at that time."""
        return self.receive_pages(name, "\n".join(lines), at=at, via=via)

    def receive_pages(self, name: str, *texts: str, at: datetime = NOON, via: str = "fetch") -> Visit:
        """Archive several pages as one visit at that time."""
        address, pages = self.sources[name].url, list[ArchivedPage]()
        for body in (text.encode() for text in texts):
            pages.append(ArchivedPage(
                url=address, final_url=address, status=200, headers=(), sha256=self.archive.keep(name, body),
                bytes=len(body), fetched_at=at,
            ))  # fmt: skip
        visit = Visit.model_validate({
            "visit_id": new_visit_id(at, tuple(pages)), "source": name, "outcome": "new", "via": via,
            "visited_at": at, "logged_at": NOON, "pages": tuple(pages),
        })  # fmt: skip
        self.archive.log(visit)
        return visit

    def fail(self, name: str, at: datetime) -> None:
        """Log a visit that brought nothing."""
        visit = Visit.model_validate({
            "visit_id": new_visit_id(at, ()), "source": name, "outcome": "failed", "via": "fetch",
            "visited_at": at, "logged_at": NOON, "error": {"message": "no answer in time"},
        })  # fmt: skip
        self.archive.log(visit)

    def bundle(self, name: str, day: str, value: float) -> None:
        """Write a bundled file with one value."""
        header = {"source": name, "as_of": day, "address": "https://site.test", "publisher": "us",
                  "licence": "ours", "attribution": "us", "facts": 1}  # fmt: skip
        fact = {"fact": "IndexValue", "row": 0, "series": "s", "unit": "u", "period_on": day, "value": value}
        text = f"{json.dumps(header)}\n{json.dumps(fact)}\n"
        (self.bundled / f"{name}.jsonl").write_text(text, encoding="utf-8")

    def publish(self, **options: Any) -> publish.Published:
        """Load, build, check and publish."""
        with publish.refresh_lock(self.home):
            return publish.make_and_publish(self.home, **options)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the published file."""
        with _attached(self.home.warehouse) as reader:
            return reader.execute(sql).fetchall()

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table of the published file, in the order of the file, but for the publish itself.

        What changed since the publish before belongs to the publish, too.
        """
        with _attached(self.home.warehouse) as reader:
            tables = reader.execute(
                "select concat(schema_name, '.', table_name) from duckdb_tables() "
                "where database_name = current_database() "
                "and table_name not in ('snapshot', 'changes', 'runs') order by 1"
            ).fetchall()
            return {table: reader.execute(f"from {table}").fetchall() for (table,) in tables}

    def values(self) -> list[tuple[str, float]]:
        """What is in force: source and value."""
        return self.ask("select source, value from readings order by all")

    def states(self, name: str) -> list[tuple[str, str]]:
        """Via and state of every visit of a source, oldest first."""
        return self.ask(f"select via, state from meta.visits where source = '{name}' order by observed_at")


@cache
def _asking(_process: int, _thread: int) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config=warehouse.ALONE)


@contextmanager
def _attached(path: Path) -> Generator[duckdb.DuckDBPyConnection]:
    """As `warehouse.attached`, on one connection a thread: to make one takes as long as to ask ten times."""
    reader = _asking(os.getpid(), threading.get_ident())
    try:
        reader.execute(f"set timezone = 'UTC'; attach {schema.quoted(str(path))} as warehouse (type duckdb, read_only)")
    except duckdb.Error:
        with warehouse.attached(path) as other:  # which says what is wrong, as to any reader
            yield other
        return
    try:
        reader.execute("use warehouse")
        yield reader
    finally:
        reader.execute("use memory; detach warehouse")


def make(root: Path, monkeypatch: pytest.MonkeyPatch) -> SmallWorld:
    """The small world below a folder: a catalogue and a source of observations; what it holds already stays."""
    real = paths.sql_dir()
    world = SmallWorld(Home(root / "home"), root / "sql", root / "bundled")
    for path, text in (
        ("core/readings.sql", CORE),
        ("meta/quarantine.sql", QUARANTINE),
        ("main/readings.sql", READINGS),
        ("main/sources.sql", (real / "main" / "sources.sql").read_text(encoding="utf-8")),
        ("main/changes.sql", (real / "main" / "changes.sql").read_text(encoding="utf-8")),
        ("checks/not_too_high.sql", CHECK),
    ):
        (world.sql / path).parent.mkdir(parents=True, exist_ok=True)
        (world.sql / path).write_text(text, encoding="utf-8")
    world.bundled.mkdir(exist_ok=True)
    world.sources |= {"list": small_source("list"), "prices": small_source("prices", history=True)}
    monkeypatch.setattr(paths, "sql_dir", lambda: world.sql)
    monkeypatch.setattr(paths, "bundled_dir", lambda: world.bundled)
    monkeypatch.setattr(schema, "describe", _say_nothing)
    reference = root / "reference"
    reference.mkdir(exist_ok=True)
    monkeypatch.setattr(paths, "reference_dir", lambda: reference)
    _know_only(world.sources, monkeypatch)
    return world


def _say_nothing(_: duckdb.DuckDBPyConnection) -> None:
    """The sentences of raw and meta, in what would take a fourth of the time of a publish in small."""


def _know_only(sources: dict[str, Source], monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (load, refresh, source):
        monkeypatch.setattr(module, "all_sources", lambda: sources)


def bytes_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def endless_pages(bodies: Iterable[bytes] = ()) -> Callable[[], Any]:
    """A ``pages`` generator whose "next" leads in a circle."""

    def pages() -> Any:
        while True:
            yield Request("http://site.test/again")

    return pages
