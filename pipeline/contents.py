"""What each table of a build was made from and what it holds: what would come out the same is copied, not made again.

A model is a function of its SQL and of the tables that it reads. ``meta.contents`` notes for each table a hash of
those (`made_from`) and one of its own rows (`content`). Where the warehouse served now has a table made from the
same, its rows are taken as they stand there; a table that was made again and holds the same as before spares
whatever is made from it. A build that copies therefore equals one that makes everything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

import duckdb

from pipeline import schema

DIGEST = "sum(hash(number, cells))"


@dataclass
class Contents:
    """The tables of the build that a connection makes, beside those of the build that it has attached as ``served``."""

    draft: duckdb.DuckDBPyConnection
    earlier: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Table to `made_from` and `content` in the served build; empty: nothing is copied."""
    _noted: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])

    @classmethod
    def beside_served(cls, draft: duckdb.DuckDBPyConnection, *, is_served: bool) -> Contents:
        """With what the served build notes of itself, if there is one that may be copied from."""
        rows = draft.execute("from served.meta.contents").fetchall() if is_served else []
        return cls(draft, {table: (made_from, content) for table, made_from, content in rows})

    def made_from(self, recipe: str, reads: Iterable[str] = ()) -> str:
        """Hash of a recipe and of what the tables that it reads hold."""
        parts = [duckdb.__version__, recipe, *(self._content(table) for table in sorted(reads))]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def copy(self, table: str, made_from: str, *, into: str = "create table {} as") -> bool:
        """Take a table from the served build, if there it was made from the same."""
        before, content = self.earlier.get(table, ("", ""))
        if before != made_from:
            return False
        self.draft.execute(f"{into.format(table)} from served.{table}")
        self._noted[table] = (made_from, content)
        return True

    def note(self, table: str, made_from: str, content: str | None = None) -> None:
        """Note what a table that was just made holds; None: look."""
        self._noted[table] = (made_from, content or self._look(table))

    def write(self) -> None:
        """Write ``meta.contents``."""
        noted = [(table, *hashes) for table, hashes in sorted(self._noted.items())]
        columns = [list(column) for column in zip(*noted, strict=True)]  # one statement: a row at a time takes 40 ms
        if columns:
            self.draft.execute("insert into meta.contents select unnest(?), unnest(?), unnest(?)", columns)

    def _content(self, table: str) -> str:
        if table not in self._noted:
            self.note(table, "")
        return self._noted[table][1]

    def _look(self, table: str) -> str:
        ((rows, digest),) = self.draft.execute(f"select count(*), {DIGEST} from {in_order(table)}").fetchall()
        return content(schema.columns_of(self.draft, table), rows, digest)


def in_order(table: str) -> str:
    """A table as something to select `DIGEST` from; its columns are there by their names, too."""
    return f"(select *, row_number() over () as number, cells from {table} as cells)"


def content(columns: dict[str, str], rows: int, digest: int | None) -> str:
    """Hash of what a table holds: columns, and rows in their order."""
    return hashlib.sha256(json.dumps([columns, rows, str(digest)]).encode()).hexdigest()
