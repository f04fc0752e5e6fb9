"""Read the claims of one page, or of many texts, and print them with what each figure covers and does not.

``read_given`` is also where other verbs begin that judge a page: it hands over the page's claims, unconfirmed.
"""

from __future__ import annotations

import contextlib
import csv
import json
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pipeline import bounds, paths, show
from pipeline.claims import Document, ExtractedClaim, is_markup, read_html, read_page, read_text
from pipeline.errors import Exit, PageChanged, UsageError
from pipeline.source import Page, Request
from pipeline.values import plain

if TYPE_CHECKING:
    from pipeline.fetch import Fetcher

LARGEST_FILE = 64 * 2**20  # bytes
READING_SECONDS, READING_BYTES = 120, 2**30  # one page or one line: the largest known take two seconds and a tenth
# How files begin that people have at hand and that are no text.
_NO_TEXT = (
    (b"%PDF", "a PDF"), (b"PK\x03\x04", "a Word or zip file"), (b"\xd0\xcf\x11\xe0", "an old Word file"),
    (b"\x1f\x8b", "compressed"), (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"GIF8", "a picture"),
    (b"{\\rtf", "an RTF file"),
)  # fmt: skip
NAMES = {"gpus": "GPUs", "gpu_hours": "GPU-hours", "gpu_hour": "GPU-hour", "node_hour": "node-hour", "gpu": "GPU"}


# --- what a scope means, in plain words -----------------------------------------------------------


@dataclass(frozen=True)
class ScopeWords:
    """A scope in plain words, from ``data/reference/scopes.csv``."""

    scope: str
    rung: str
    """Place on the ladder of cost_ladder."""
    short: str
    covers: str
    leaves_out: str


@cache
def scope_words() -> dict[str, ScopeWords]:
    """Every scope in plain words, in the order of the file."""
    with (paths.reference_dir() / "scopes.csv").open(encoding="utf-8", newline="") as file:
        return {row["scope"]: ScopeWords(**row) for row in csv.DictReader(file, strict=True)}


# --- extract --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """One claim of a page, stated once or several times."""

    claim: ExtractedClaim
    mentions: int


def read_given(given: str, *, title: str | None = None, fetcher: Fetcher | None = None) -> Document:
    """The page at a web address, fetched politely and not archived, or in a file: HTML or plain text.

    Raises:
        UsageError: No such file, or nothing in it.
        DoorError: The address could not be had.
        PageChanged: The bytes are not text.
    """
    if given.startswith(("https://", "http://")):
        page = _fetched(given, fetcher)
    else:
        page = Page("extract", given, _bytes_of(Path(given)))
    if (form := next((name for start, name in _NO_TEXT if page.body.startswith(start)), None)) is not None:
        raise PageChanged(
            f"{given} is {form}, and only HTML and plain text are read", fix="save its text and give that file"
        )
    with _bounded(given):
        return read_page(page, title=title)


def _fetched(address: str, fetcher: Fetcher | None) -> Page:
    from pipeline.fetch import DoorError, Fetcher  # a file need not wait until they are there

    host = urlsplit(address).hostname or ""
    try:
        with fetcher or Fetcher() as door:
            answer = door.get(Request(address), hosts=frozenset({host, f"www.{host}", host.removeprefix("www.")}))
    except DoorError as error:
        if error.reason not in ("tls", "stopped", "blocked_address"):  # these advise for themselves
            error.fix = "open it in a browser, save the page, and give the file"
        raise
    return Page("extract", answer.final_url, answer.body, answer.header("content-type") or "")


@contextlib.contextmanager
def _bounded(what: str) -> Generator[None]:
    """Read a stranger's text within bounds: too much memory is an error like any other, too much time ends the command.

    Raises:
        PageChanged: It needed more memory than a text may, or is nested deeper than can be followed.
    """

    def say() -> None:
        show.note(f"reading {what} took longer than {READING_SECONDS} s; nothing of it was kept")

    try:
        with bounds.added_memory(READING_BYTES), bounds.ended_after(READING_SECONDS, Exit.DEGRADED, say):
            yield
    except (MemoryError, RecursionError) as error:
        raise PageChanged(
            f"reading {what} needed more than {READING_BYTES // 2**20} MiB of memory ({type(error).__name__})",
            likely="it is broken, or made to harm", fix="look at the file; give the article alone as text",
        ) from error  # fmt: skip


def _bytes_of(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise UsageError(f"{path} is a folder", fix="give one page; --jsonl FILE reads many texts")
        if size == 0 and path.is_file():
            raise UsageError(f"{path} is empty")
        if not path.is_file() or size > LARGEST_FILE:
            raise UsageError(f"{path} is not a file of 1 byte to {LARGEST_FILE // 2**20} MiB")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"cannot read {path}: {error.strerror}", fix="give a file, or an address with https://"
        ) from error


def distinct(claims: Iterable[ExtractedClaim]) -> list[Found]:
    """The same figure for the same thing in the same scope once, in the words of a mention that bounds it."""
    mentions: dict[tuple[object, ...], list[ExtractedClaim]] = {}
    for claim in claims:
        figures = (claim.value_low, claim.value, claim.value_high)
        about = claim.model or claim.organisation or claim.hardware or claim.start
        mentions.setdefault((claim.kind, claim.unit, claim.per, figures, claim.scope, about), []).append(claim)
    return [Found(min(same, key=lambda claim: claim.hedge == "exact"), len(same)) for same in mentions.values()]


def extract(given: str, *, title: str | None, as_json: bool, quiet: bool) -> None:
    """Print the claims of one page, and what each figure covers and does not."""
    document = read_given(given, title=title)
    found = distinct(document.claims)
    if as_json:
        show.as_json({
            "page": given, "title": document.title, "published_on": plain(document.published_on),
            "claims": [_as_data(one) for one in found],
        })  # fmt: skip
        return
    if document.title:
        show.line(" ".join(document.title.split()))
    if not found:
        show.line("no figure that looks like a claim")
        return
    columns = ("figure", "as printed", "scope", "model", "organisation", "hardware", "decided by")
    show.table(columns, [_as_row(one) for one in found], right=["figure"])
    show.line()
    for words in _words_of(found):
        show.line(f"{words.scope}: {words.short}\n  covers      {words.covers}\n  leaves out  {words.leaves_out}")
    if not quiet:
        show.note("read out of the text, confirmed by nobody; figures of different scopes are different things")


def _as_data(found: Found) -> dict[str, Any]:
    words = scope_words()[found.claim.scope]
    parts = {name: plain(value) for name, value in asdict(found.claim).items()}
    return {**parts, "flags": list(found.claim.flags), "mentions": found.mentions,
            "covers": words.covers, "leaves_out": words.leaves_out}  # fmt: skip


def _as_row(found: Found) -> tuple[object, ...]:
    claim = found.claim
    often = f" ({found.mentions} times)" if found.mentions > 1 else ""
    return (figure(asdict(claim)), f"{claim.printed}{often}", claim.scope, claim.model, claim.organisation,
            claim.hardware, claim.scope_cue)  # fmt: skip


def _words_of(found: Sequence[Found]) -> list[ScopeWords]:
    scopes = {one.claim.scope for one in found}
    return [words for scope, words in scope_words().items() if scope in scopes]


def figure(claim: Mapping[str, Any]) -> str:
    """A figure with its hedge, for people: about $6M; at least $100M; $30M to $50M."""
    unit, _, per = str(claim["unit"]).partition("/")
    unit, per = NAMES.get(unit, unit), NAMES.get(per, per) or claim["per"]
    low, value, high = claim["value_low"], claim["value"], claim["value_high"]
    per = f" per {per}" if per else ""
    if claim["hedge"] in ("exact", "approx"):
        about = "about " if claim["hedge"] == "approx" else ""
        return f"{about}{show.money(value, unit)}{per}"
    ends = {"at_least": (low, None), "at_most": (None, high), "range": (low, high)}[claim["hedge"]]
    return f"{show.interval(*ends, unit)}{per}"


# --- many texts -----------------------------------------------------------------------------------


def extract_lines(file: Path) -> None:
    """Read lines of {id, url, title, text}, and print one line of {id, claims} for each, in the scorer's form."""
    for number, line in enumerate(_bytes_of(file).split(b"\n"), start=1):
        if line.strip():
            row = _row_of(file, number, line)
            with _bounded(f"line {number}"):
                claims = _claims_of(row)
            answer = {"id": row["id"], "claims": [claim.prediction for claim in claims]}
            show.emit(json.dumps(answer, ensure_ascii=False, allow_nan=False) + "\n", is_json=True)


def _claims_of(row: Mapping[str, Any]) -> Sequence[ExtractedClaim]:
    """The claims of a line's text, which may be the HTML of a page."""
    read = {"title": row.get("title"), "url": row.get("url")}
    return read_html(row["text"], **read).claims if is_markup(row["text"]) else read_text(row["text"], **read)


def _row_of(file: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
        if isinstance(row["text"], str) and "id" in row:
            return row
        what = "no id, or a text that is none"
    except (ValueError, KeyError, TypeError) as error:
        what = f"{type(error).__name__} {error}"
    raise UsageError(
        f"line {number} of {file} is no object with id and text: {what}", fix='write {"id": "a", "text": "..."}'
    )
