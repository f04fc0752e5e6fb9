"""What a person sees: tables, amounts and errors on a terminal or in a pipe. Data to stdout, the rest to stderr."""

from __future__ import annotations

import contextlib
import json
import math
import sys
import unicodedata
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline import streams
from pipeline.paths import environment
from pipeline.redact import redacted

SCHEMA_VERSION = 1
WIDE = 10_000  # columns of a pipe: nothing is folded there
MISSING = "–"  # noqa: RUF001 - an en dash reads as "nothing here"
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
SIZES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))
SIGNIFICANT = 3  # digits of an amount for people


class ClosedPipe(Exception):
    """Nobody reads our output any more, as behind ``| head``."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Say so instead of ending the program with the exit code of a bug."""
        raise ClosedPipe


def console(*, stderr: bool = False) -> Console:
    """A console that is plain in pipes, and honours NO_COLOR, TERM=dumb and CI."""
    stream = sys.stderr if stderr else sys.stdout
    plain = not stream.isatty() or environment("CI") is not None
    return _Console(
        stderr=stderr, highlight=False, soft_wrap=plain, width=WIDE if plain else None,
        no_color=True if plain else None, force_terminal=False if plain else None,
    )  # fmt: skip


class _Translation(dict[int, str]):
    """What becomes of each character, found out when it is first met."""

    def __init__(self, kept: str, instead: Callable[[str], str]) -> None:
        super().__init__()
        self._kept, self._instead = kept, instead

    def __missing__(self, code: int) -> str:
        char = chr(code)
        is_control = unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp")
        self[code] = self._instead(char) if is_control and char not in self._kept else char
        return self[code]


# A name on a page must not drive a terminal.
_IN_LINES = _Translation("\n\t", lambda _: " ")
_IN_CELLS = _Translation("", lambda _: " ")
_IN_JSON = _Translation("\n", lambda char: json.dumps(char)[1:-1])


def emit(text: str, *, is_json: bool = False) -> None:
    """Write text to stdout, without control characters; in JSON they are escaped.

    Raises:
        ClosedPipe: Nobody reads it any more.
    """
    _write(text.translate(_IN_JSON if is_json else _IN_LINES))


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
    except BrokenPipeError as error:
        raise ClosedPipe from error
    except OSError as error:
        raise streams.broken(error) from error


def table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None, right: Iterable[str] = ()
) -> None:
    """Print a table to stdout: folded to the width of a terminal, aligned and nothing else in a pipe."""
    cells = [[printable(cell) for cell in row] for row in rows]
    alignment = ["right" if name in set(right) else "left" for name in columns]
    columns = [printable(name) for name in columns]  # a query may give them any name
    out = console()
    if out.is_terminal:
        _write(_folded(out, columns, cells, alignment, title))
    else:
        _write("".join(f"{text.rstrip()}\n" for text in _aligned(columns, cells, alignment, title)))


def _aligned(columns: Sequence[str], cells: list[list[str]], alignment: list[str], title: str | None) -> Iterator[str]:
    # By hand: rich takes a minute for what a pipe may ask for.
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    if title:
        yield title
    for row in (columns, *cells):
        yield " ".join(
            cell.rjust(width) if side == "right" else cell.ljust(width)
            for cell, width, side in zip(row, widths, alignment, strict=True)
        )


def _folded(
    out: Console, columns: Sequence[str], cells: list[list[str]], alignment: list[str], title: str | None
) -> str:
    drawn = Table(
        title=title, title_justify="left", title_style="bold", header_style="bold", box=None, pad_edge=False,
        collapse_padding=True,
    )  # fmt: skip
    for name, side in zip(columns, alignment, strict=True):
        drawn.add_column(name, justify="right" if side == "right" else "left", overflow="fold")
    for row in cells:
        drawn.add_row(*map(Text, row))
    with out.capture() as drawing:
        out.print(drawn)
    return drawing.get()


def line(text: str = "") -> None:
    """Print one line of data to stdout."""
    emit(f"{text}\n")


def note(text: str, *, end: str = "\n") -> None:
    """Print progress, a hint, a warning or a question to stderr."""
    with contextlib.suppress(OSError):  # nobody can be told that nobody can be told
        console(stderr=True).print(Text(redacted(text).translate(_IN_LINES)), end=end)


@contextlib.contextmanager
def progress(what: str, total: int, *, quiet: bool) -> Generator[Callable[[str], None]]:
    """A moving bar on stderr where that is a terminal, nothing in a pipe; yields what is called before each step."""
    out = console(stderr=True)
    if quiet or not out.is_terminal or out.is_dumb_terminal:
        yield lambda name: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda name: bar.update(task, advance=1, description=f"{what}: {printable(name)}")


def as_json(data: object, *, warnings: Iterable[str] = ()) -> None:
    """Print the one object of ``--json``."""
    _emit_json({"schema_version": SCHEMA_VERSION, "data": data, "warnings": list(warnings)})


def error_json(error: dict[str, Any]) -> None:
    """Print the error object of ``--json`` to stdout, where a program looks for its answer."""
    hidden = {name: redacted(said) if isinstance(said, str) else said for name, said in error.items()}
    _emit_json({"schema_version": SCHEMA_VERSION, "error": hidden})


def _emit_json(document: dict[str, Any]) -> None:
    takes_all = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().startswith("utf")
    emit(json.dumps(document, ensure_ascii=not takes_all, allow_nan=False) + "\n", is_json=True)


def printable(value: object) -> str:
    """A value on one line, without control characters."""
    return MISSING if value is None else str(value).translate(_IN_CELLS)


def money(value: object, unit: str = "USD") -> str:
    """An amount for people: $5.58M, €109B; other units behind the number."""
    if not isinstance(value, int | float):
        return MISSING
    rounded = float(f"{value:.{SIGNIFICANT}g}")
    size, suffix = next(((size, suffix) for size, suffix in SIZES if abs(rounded) >= size), (1, ""))
    digits = max(0, SIGNIFICANT - 1 - _magnitude(rounded / size))
    number = f"{rounded / size:,.{digits}f}"
    number = number.rstrip("0").rstrip(".") if "." in number else number
    sign = SIGNS.get(unit, "")
    return f"{sign}{number}{suffix}" + ("" if sign else f" {unit}")


def _magnitude(value: float) -> int:
    return math.floor(math.log10(abs(value))) if value else 0


def interval(low: object, high: object, unit: str = "USD") -> str:
    """An interval for people; a missing end is open."""
    if low is None and high is None:
        return MISSING
    if high is None:
        return f"at least {money(low, unit)}"
    if low is None:
        return f"at most {money(high, unit)}"
    return "as stated" if low == high else f"{money(low, unit)}–{money(high, unit)}"  # noqa: RUF001 - a range


def age(days: float | None) -> str:
    """An age for people."""
    if days is None:
        return MISSING
    if days < 1 / 24:
        return "now"
    return f"{days * 24:.0f} h" if days < 2 else f"{days:.0f} d"
