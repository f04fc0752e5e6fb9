"""Errors a person can act on: what, which page, why, what was kept, what to do; and the exit codes."""

from __future__ import annotations

from enum import IntEnum

LONGEST = 4000  # characters of a part of an error


class Exit(IntEnum):
    """What a command's exit code says. Documented and stable; see the README."""

    DONE = 0  # also: nothing changed
    BUG = 1  # an unexpected error; the traceback is in the log file
    USAGE = 2  # a wrong argument or setting
    DEGRADED = 3  # published, but a source kept its last good data or rows were quarantined
    REFUSED = 4  # a contract or a check failed; the previous version is still served
    NOTHING_FETCHED = 5  # no source could be reached
    BUSY = 6  # another refresh holds the lock
    STORAGE = 7  # disk full, read-only, corrupt, or a newer warehouse
    DIFFERENT = 9  # diff --exit-code: there are differences
    INTERRUPTED = 130


class AicostError(Exception):
    """An error with the five parts a person needs, and the exit code it leads to.

    Args:
        what: One line that says what went wrong, without the source's name.
        source: The source it happened in, when there is one.
        page: Which page, file or table, with status and size when known.
        likely: The likely reason.
        kept: What was kept and is still served.
        fix: The command or change that comes next.
    """

    code = "error"
    exit = Exit.BUG

    def __init__(
        self,
        what: str,
        *,
        source: str | None = None,
        page: str | None = None,
        likely: str | None = None,
        kept: str | None = None,
        fix: str | None = None,
    ) -> None:
        self.what = _short(what) or ""
        super().__init__(self.what)
        self.source = source
        self.page = _short(page)
        self.likely = _short(likely)
        self.kept = _short(kept)
        self.fix = _short(fix)

    def __reduce__(self) -> tuple[object, ...]:
        """Survive pickling: Prefect and process pools carry errors between processes."""
        return (rebuilt, (type(self), dict(self.__dict__)))

    def __str__(self) -> str:
        head = f"{self.source}: {self.what}" if self.source else self.what
        parts = (("page", self.page), ("likely", self.likely), ("kept", self.kept), ("next", self.fix))
        return "\n".join([head, *(f"  {name:<7}{text}" for name, text in parts if text)])

    def as_json(self) -> dict[str, str | None]:
        """The error as the ``error`` object of ``--json`` output."""
        return {
            "code": self.code,
            "message": self.what,
            "hint": self.fix,
            "source": self.source,
            "page": self.page,
            "likely": self.likely,
            "kept": self.kept,
        }


def _short(text: str | None) -> str | None:
    """A part of an error, cut: what a page calls itself may be as long as the page."""
    return text if text is None or len(text) <= LONGEST else f"{text[:LONGEST]}..."


def rebuilt(kind: type[AicostError], parts: dict[str, str | None]) -> AicostError:
    """The error that another process had."""
    return kind(str(parts["what"]), **{name: text for name, text in parts.items() if name != "what"})


class UsageError(AicostError):
    """A wrong argument, name or setting."""

    code = "usage"
    exit = Exit.USAGE


class FetchError(AicostError):
    """A page could not be had: network, robots, limits, or an answer that is not the page."""

    code = "fetch"
    exit = Exit.DEGRADED


class ArchiveError(AicostError):
    """An archived body is missing, unreadable, or not what its name says."""

    code = "archive"
    exit = Exit.STORAGE


class PageChanged(AicostError):
    """A page's heading, column, category, unit or currency is not as known: the source stops."""

    code = "page_changed"
    exit = Exit.DEGRADED


class PageBlocked(PageChanged):
    """Not the page came but one that stands in for it: a captcha, a login, a cookie wall, maintenance."""

    code = "blocked_page"


class ContractBroken(AicostError):
    """A SQL model does not keep its own header, or the code contradicts itself."""

    code = "contract"
    exit = Exit.REFUSED


class CheckFailed(AicostError):
    """A data check found rows that should not exist; nothing was published."""

    code = "check"
    exit = Exit.REFUSED


class Busy(AicostError):
    """Another refresh holds the lock."""

    code = "busy"
    exit = Exit.BUSY


class StorageError(AicostError):
    """Disk full, not writable, corrupt, or written by a newer version."""

    code = "storage"
    exit = Exit.STORAGE
