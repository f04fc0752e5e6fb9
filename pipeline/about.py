"""What a person must know beside the numbers: which state, what each table and column means, whose data, how to cite.

Read from the warehouse itself, so that an export says the same as the file it was made from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pipeline import build, changes, schema, warehouse
from pipeline.errors import UsageError
from pipeline.place import Place

TITLE = "aicost: what AI models cost"
SENTENCE = "What AI models are said to cost, what they can be shown to cost, and what each figure covers."
RULE = "No number without its scope, basis, interval, date and source; never an average across scopes."
LICENCES = {  # of sources, to what a program can follow
    "CC BY 4.0": ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC BY-NC 4.0": ("CC-BY-NC-4.0", "https://creativecommons.org/licenses/by-nc/4.0/"),
    "Apache-2.0": ("Apache-2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
    "MIT": ("MIT", "https://opensource.org/license/mit"),
}
UNITS = {  # by the end of a column's name, the longest first
    "_usd_per_gpu_hour": "USD per GPU-hour", "_usd_per_mtok": "USD per million tokens",
    "_usd_per_flop": "USD per FLOP", "_real_usd": "USD of the price year", "_usd": "USD, nominal",
    "_gpu_hours": "GPU-hours", "_days": "days", "_flop": "FLOP", "_watts": "W", "_share": "share, 0 to 1",
    "_on": "date", "_at": "time, UTC",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column of a public table."""

    name: str
    kind: str
    """Type, as DuckDB names it."""
    meaning: str
    unit: str | None


@dataclass(frozen=True)
class Table:
    """One public table."""

    name: str
    sentence: str
    rows: int
    columns: tuple[Column, ...]
    grain: tuple[str, ...]
    """Columns that together are unique; empty where today's code does not know the table."""
    sources: tuple[str, ...]
    """Sources whose facts its SQL reads, however far, of those in force."""


@dataclass(frozen=True)
class Source:
    """One source, as it declares itself and stands in this state."""

    name: str
    publisher: str
    title: str
    url: str
    licence: str
    attribution: str
    observed_at: datetime | None

    @property
    def licence_name(self) -> str:
        """Short name of the licence; ``other`` where it is terms in words."""
        return LICENCES.get(self.licence, ("other", ""))[0]

    @property
    def licence_url(self) -> str | None:
        """Where the licence can be read, if it is a known one."""
        return LICENCES.get(self.licence, ("", None))[1]


@dataclass(frozen=True)
class About:
    """A warehouse, in words."""

    snapshot_id: str
    published_at: datetime
    made_by: str
    tables: tuple[Table, ...]
    sources: tuple[Source, ...]
    scopes: tuple[dict[str, Any], ...]

    @property
    def version(self) -> str:
        """The data's version: the day it was published, in three numbers as https://semver.org wants them."""
        return f"{self.published_at.year}.{self.published_at.month}.{self.published_at.day}"

    @property
    def cite_as(self) -> str:
        """A line to cite it by."""
        return f"aicost, data of {self.published_at:%Y-%m-%d}, snapshot {self.snapshot_id}."

    def sources_of(self, table: Table) -> list[Source]:
        """The sources of one table."""
        return [source for source in self.sources if source.name in table.sources]


def read(reader: Any, names: Iterable[str] = ()) -> About:
    """Describe an attached warehouse and the named public tables, or all.

    Raises:
        UsageError: No public table has that name.
    """
    known = warehouse.tables(reader)
    wanted = list(dict.fromkeys(names)) or known
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise UsageError(f"no public table is called {', '.join(unknown)}", fix=f"there are {', '.join(known)}")
    snapshot_id, at, version = reader.execute("select snapshot_id, published_at, version from meta.snapshot").fetchone()
    sources = _sources(reader)
    return About(
        snapshot_id=snapshot_id, published_at=at.astimezone(UTC), made_by=f"aicost {version}",
        tables=tuple(_tables(reader, wanted, {source.name for source in sources})), sources=sources,
        scopes=_scopes(reader),
    )  # fmt: skip


def of_file(path: Place, names: Iterable[str] = ()) -> About:
    """The same of a warehouse file."""
    with warehouse.attached(path) as reader:
        return read(reader, names)


def _tables(reader: Any, names: list[str], in_force: set[str]) -> Iterable[Table]:
    models, lineage = build.models(), changes.Lineage()
    told = reader.execute(
        "select t.table_name, t.comment, c.column_name, c.data_type, c.comment from duckdb_tables() as t "
        "join duckdb_columns() as c using (database_name, schema_name, table_name) "
        "where database_name = current_database() and schema_name = 'main' order by t.table_name, c.column_index"
    ).fetchall()
    for name in names:
        own = [row for row in told if row[0] == name]
        rows = reader.execute(f"select count(*) from main.{schema.identifier(name)}").fetchone()[0]
        columns = tuple(Column(row[2], row[3], row[4] or "", unit_of(row[2])) for row in own)
        model = models.get(f"main.{name}")
        grain = model.grain if model and set(model.grain) <= {column.name for column in columns} else ()
        yield Table(name, own[0][1] or "", rows, columns, grain, tuple(sorted(lineage.facts_of(name) & in_force)))


def unit_of(column: str) -> str | None:
    """The unit that the end of a column's name says."""
    return next((unit for end, unit in UNITS.items() if f"_{column}".endswith(end)), None)


def _sources(reader: Any) -> tuple[Source, ...]:
    rows = reader.execute(
        "select source, publisher, title, url, licence, attribution, observed_at from main.sources "
        "where observed_at is not null order by source"
    ).fetchall()
    return tuple(Source(*row[:6], observed_at=row[6].astimezone(UTC)) for row in rows)


def _scopes(reader: Any) -> tuple[dict[str, Any], ...]:
    has_scopes = reader.execute(
        "select count(*) from duckdb_tables() where database_name = current_database() "
        "and schema_name = 'core' and table_name = 'scopes'"
    ).fetchone()[0]
    if not has_scopes:
        return ()
    rows = reader.execute("select scope, covers, leaves_out from core.scopes order by rung").fetchall()
    return tuple({"scope": scope, "covers": covers, "leaves out": leaves_out} for scope, covers, leaves_out in rows)
