"""Standard input, output and error, as whoever starts us may leave them: closed, full, or of a small alphabet."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable

from pipeline.errors import StorageError, UsageError


def prepare() -> None:
    """Have all three, and let no sign stop a message.

    Where one was closed, the next file that is opened would take its place, and what is printed would go into it.
    """
    for handle in range(3):
        try:
            os.fstat(handle)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_RDWR), handle)
    sys.stdin = sys.stdin or open(0, encoding="utf-8")  # noqa: SIM115 - a handle has no path
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # and no stream of somebody who runs us within his program
            stream.reconfigure(errors="backslashreplace")


def words(given: Iterable[str]) -> list[str]:
    """The arguments as text, whatever the locale made of them.

    Raises:
        UsageError: One is not UTF-8.
    """
    found: list[str] = []
    for word in given:
        try:
            found.append(os.fsencode(word).decode("utf-8"))
        except UnicodeError as error:
            raise UsageError(f"the argument {word!r} is not UTF-8", fix="write names and paths in UTF-8") from error
    return found


def broken(error: OSError) -> StorageError:
    """What is said where the answer cannot be written to its end."""
    return StorageError(
        f"the answer cannot be written: {error.strerror or error}", page="standard output",
        likely="the disk that it goes to is full", kept="everything published", fix="send it elsewhere",
    )  # fmt: skip


def silence() -> None:
    """Let what is still to be written to standard output go nowhere: Python writes it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
