"""Where things are: the carried files (SQL, reference, bundled) and the one home that holds state.

The only module that reads the environment.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pipeline import place
from pipeline.errors import UsageError
from pipeline.place import Place

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent


def in_checkout() -> bool:
    """Whether this code runs from a checkout (or an editable install of one)."""
    return (_CHECKOUT / "sql" / "main").is_dir() and (_CHECKOUT / "pyproject.toml").is_file()


def _carried(*parts: str) -> Path:
    root = _CHECKOUT if in_checkout() else _PACKAGE / "_carried"
    return root.joinpath(*parts)


def sql_dir() -> Path:
    """The folder of SQL models: ``core``, ``main`` and ``checks``."""
    return _carried("sql")


def reference_dir() -> Path:
    """The notebook: tables known by hand, each row cited."""
    return _carried("data", "reference")


def bundled_dir() -> Path:
    """The larder: facts in our own schema for a first run without a network."""
    return _carried("data", "bundled")


def environment(name: str) -> str | None:
    """An environment variable, or None when unset or empty."""
    return os.environ.get(name) or None


def environment_names() -> list[str]:
    """Names of the variables that are set."""
    return list(os.environ)


def user_name() -> str | None:
    """The name that the person is logged in by, if the system says."""
    return environment("USER") or environment("LOGNAME") or environment("USERNAME")


def set_default_environment(values: dict[str, str]) -> None:
    """Set environment variables that are not set yet; a person's own settings win."""
    for name, value in values.items():
        os.environ.setdefault(name, value)


def find_place(text: str) -> Place:
    """The warehouse that the text names: a file, or a lake, whose files are at ``AICOST_LAKE_DATA`` unless it says."""
    return place.parse(text, environment("AICOST_LAKE_DATA"))


def _resolved(named: str | Path) -> Path:
    try:
        path = Path(named).expanduser().resolve()
        str(path).encode()
    except (OSError, RuntimeError, ValueError) as error:  # no such user, a folder that is gone, a NUL, no UTF-8
        raise UsageError(
            f"the home {str(named)!r} is no folder's name here: {error}", fix="give a whole path"
        ) from error
    if "?" in str(path):  # DuckDB takes what follows for options of an address, and puts its log elsewhere
        raise UsageError(
            f"the home {str(named)!r} has a question mark in its path, and DuckDB cannot keep a file there",
            fix="choose a folder whose path has none",
        )  # fmt: skip
    return path


@dataclass(frozen=True)
class Home:
    """The one folder that holds all state: archive, warehouse, logs, exports."""

    root: Path
    target: Place | None = None
    """The warehouse that is published to and read instead of the one in this folder."""

    @classmethod
    def find(cls, given: str | Path | None = None, target: Place | None = None) -> Home:
        """The home given, else ``AICOST_HOME``, else ``data/`` of the checkout, else the user's data folder.

        Its warehouse is the target given, else ``AICOST_WAREHOUSE``, else the file in the home.
        """
        named, chosen = given or environment("AICOST_HOME"), environment("AICOST_WAREHOUSE")
        aimed = target or (find_place(chosen) if chosen else None)
        if named:
            return cls(_resolved(named), aimed)
        if in_checkout():
            return cls(_CHECKOUT / "data", aimed)
        import platformdirs  # only an installed copy asks, and each command would wait for it

        try:
            return cls(_resolved(platformdirs.user_data_dir("aicost", appauthor=False)), aimed)
        except RuntimeError as error:  # no HOME, and no entry among the users: some containers
            raise UsageError(f"nobody's home is known here: {error}", fix="give --home, or set AICOST_HOME") from error

    @property
    def served(self) -> Place:
        """The warehouse that readers read."""
        return self.target or self.warehouse

    @property
    def warehouse(self) -> Path:
        """The DuckDB file of this folder; where a lake is published to, a copy of what was published from here."""
        return self.root / "warehouse.duckdb"

    @property
    def checksum(self) -> Path:
        """SHA-256 of the published file, as ``sha256sum --check`` reads it."""
        return self.root / "warehouse.duckdb.sha256"

    @property
    def previous(self) -> Path:
        """The version published before, whole: what is fallen back to if the published file is damaged."""
        return self.root / "warehouse.previous.duckdb"

    @property
    def journal(self) -> Path:
        """Every run, and how it ended."""
        return self.root / "runs.jsonl"

    @property
    def archive(self) -> Path:
        """Every body as received, one folder a source."""
        return self.root / "archive"

    @property
    def readings(self) -> Path:
        """What pages were read as, by hash of page and code: safe to delete."""
        return self.root / "readings"

    @property
    def logs(self) -> Path:
        """Tracebacks of unexpected errors."""
        return self.root / "logs"

    @property
    def exports(self) -> Path:
        """Where ``aicost export`` writes unless told otherwise."""
        return self.root / "exports"

    @property
    def feed(self) -> Path:
        """What changed, as an Atom file."""
        return self.root / "feed.xml"

    @property
    def after(self) -> Path:
        """How the steps after the newest publish ended."""
        return self.root / "after.json"

    @property
    def past(self) -> Path:
        """Past states that were rebuilt, to be looked at again; may be emptied at any time."""
        return self.root / "past"

    @property
    def report(self) -> Path:
        """The report, one HTML file."""
        return self.root / "report.html"

    @property
    def lock(self) -> Path:
        """The file whose lock says that a refresh is running."""
        return self.root / "refresh.lock"
