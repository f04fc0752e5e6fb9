"""Where the warehouse is: a DuckDB file, or a lake that many machines share."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from pipeline.errors import UsageError

LAKE = "ducklake:"
POSTGRES = f"{LAKE}postgres:"
DATA_PATH = "data_path"
REMOTE = "://"
SECRET = "password"
PLACED = f"?{DATA_PATH}="
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
KEYWORD = re.compile(rf"\s*(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|(?:(?!{re.escape(PLACED)})[^\s'])*)\s*", re.DOTALL)
EXAMPLE = "ducklake:postgres:dbname=aicost host=db.example?data_path=/srv/lake"


@dataclass(frozen=True)
class Lake:
    """A DuckLake: its tables are Parquet files in one place, and PostgreSQL knows which of them count."""

    options: tuple[tuple[str, str], ...]
    """libpq's options for the catalog, without secrets."""
    password: str | None = field(default=None, repr=False)
    """Never shown; better left to ``PGPASSWORD`` or ``~/.pgpass``."""
    data_path: str | None = None
    """Folder or ``s3://`` address of the Parquet files; the catalog knows it once the lake is made."""
    as_of: datetime | None = None
    """Read what was published at this time; None: what is published now."""

    @classmethod
    def parse(cls, text: str, data_path: str | None = None) -> Self:
        """The lake of ``ducklake:postgres:OPTIONS?data_path=PLACE``; options as keywords of libpq, or as its URL.

        Raises:
            UsageError: The catalog is not in PostgreSQL, or an option cannot be read. The text is not repeated: it
                may hold a password.
        """
        if not text.startswith(POSTGRES):
            what = "a lake's catalog is in PostgreSQL; files of other kinds lose commits when two write at once"
            raise UsageError(what, fix=f"write {EXAMPLE}")
        rest = text.removeprefix(POSTGRES)
        given = _of_url(rest) if URL.match(rest) else _of_keywords(rest)
        where, password = given.pop(DATA_PATH, None) or data_path, given.pop(SECRET, None)
        return cls(tuple(sorted(given.items())), password, _absolute(where))

    def __str__(self) -> str:
        """As it was given, without secrets and data path."""
        return POSTGRES + self.connection

    @property
    def connection(self) -> str:
        """Libpq's connection string, without secrets."""
        return " ".join(f"{name}={_quoted(value)}" for name, value in self.options)

    def at(self, moment: datetime) -> Lake:
        """The same lake as it was published at that time."""
        return replace(self, as_of=moment)


Place = Path | Lake


def parse(text: str, data_path: str | None = None) -> Place:
    """The place that the text names: a lake where it says so, else a file."""
    return Lake.parse(text, data_path) if text.startswith(LAKE) else Path(text).expanduser()


def _of_url(text: str) -> dict[str, str]:
    try:
        url = urlsplit(text)
        port = str(url.port or "")
    except ValueError:
        raise _unreadable() from None
    named = {
        "host": url.hostname, "port": port, "user": url.username, "password": url.password,
        "dbname": url.path.removeprefix("/"),
    }  # fmt: skip
    found = {name: unquote(value) for name, value in named.items() if value}
    return found | dict(parse_qsl(url.query))


def _of_keywords(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        if text.startswith(PLACED, at):  # not within quotes, for those are read whole
            found[DATA_PATH] = text[at + len(PLACED) :]
            break
        option = KEYWORD.match(text, at)
        if option is None:
            raise _unreadable()
        value = option[2]
        found[option[1]] = re.sub(r"(?s)\\(.)", r"\1", value[1:-1] if value.startswith("'") else value)
        at = option.end()
    return found


def _unreadable() -> UsageError:
    return UsageError("the lake's connection cannot be read", fix=f"write {EXAMPLE}")


def _quoted(value: str) -> str:
    plain = re.fullmatch(r"[^\s'\\]+", value) and PLACED not in value
    return value if plain else "'{}'".format(value.replace("\\", r"\\").replace("'", r"\'"))


def _absolute(data_path: str | None) -> str | None:
    if data_path is None or REMOTE in data_path:
        return data_path
    return str(Path(data_path).expanduser().resolve())
