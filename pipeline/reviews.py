"""What a person decides about claims that were read out of articles: a cited line a decision, and the ledger's new row.

Both are files of ``data/reference``, so that a decision is reviewed and dated like everything else known by hand. An
installed wheel carries them read-only: decisions are made in a checkout. A curated row is never changed here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pipeline import paths, show
from pipeline.archive import whole_file
from pipeline.errors import UsageError
from pipeline.facts import Issue
from pipeline.source import Page, find_source

Status = Literal["new", "confirmed", "disputed", "superseded"]
LEDGER, REVIEWS = "reported_claims.csv", "extracted_claim_reviews.csv"
LONGEST_NOTE = 200  # characters of our own words
SOURCE = LEDGER.removesuffix(".csv")  # the source that reads the ledger
NOT_OURS = '"\u201c\u201d\u201e'  # quotation marks: notes are our own words


@dataclass(frozen=True)
class Decision:
    """What a person decided about one claim."""

    claim_id: str
    status: Status
    decided_by: str
    reason: str
    superseded_by: str | None = None


@dataclass(frozen=True)
class Citation:
    """What the ledger asks of a claim besides what the article's text gave: who states it, and how near we read it."""

    claimant: str
    basis: Literal["reported", "estimated"]
    scope_note: str | None = None
    source_kind: Literal["primary", "secondary", "mirror"] = "secondary"
    ledger_claim_id: str | None = None
    title: str | None = None
    claimed_on: str | None = None
    note: str | None = None


Claim = Mapping[str, Any]
"""A row of ``extracted_claims``, with the title of its earliest page."""


def decide(claim: Claim, decision: Decision, citation: Citation | None = None) -> str | None:
    """Write a decision down; a confirmed claim gets its row in the ledger, unless it stands there. The row's claim_id.

    Raises:
        UsageError: Not in a checkout, a cell that the ledger does not take, or no citation for a new row.
        StorageError: A file cannot be written; each is whole, before or after.
    """
    folder = _writable_reference()
    hold_words(reason=decision.reason, decided_by=decision.decided_by)
    # The warehouse may be older than the last decision: a claim is never given a second row.
    known: str | None = claim["ledger_claim_id"] or _row_given(folder / REVIEWS, decision.claim_id)
    if decision.status == "confirmed" and known is None:
        if citation is None:
            raise UsageError("a new row of the ledger needs who states the figure, and whether on its own account",
                             fix="add --claimant NAME and --basis reported or estimated")  # fmt: skip
        # The ledger first: torn off here, the claim counts as confirmed, for the ledger holds it.
        known = _add_to_ledger(folder / LEDGER, claim, citation)
    _add_review(folder / REVIEWS, decision, known)
    return known


def latest() -> dict[str, Mapping[str, str]]:
    """The last decision about each claim, by its id: the published tables may be older."""
    header, rows = _read(paths.reference_dir() / REVIEWS)
    decided = (dict(zip(header, row, strict=True)) for row in rows)
    return {row["claim_id"]: row for row in decided}


def _writable_reference() -> Path:
    if not paths.in_checkout():
        raise UsageError(
            "the ledger of an installed aicost cannot be changed",
            fix="review in a checkout of the project (pip install -e .), where the decision can be read and dated",
        )
    return paths.reference_dir()


def hold_words(**cells: str | None) -> None:
    """Hold free text to what the notebook keeps.

    Raises:
        UsageError: A quotation, a long text, stray blanks or nothing.
    """
    for name, text in cells.items():
        wrong = None
        if text is not None and set(text) & set(NOT_OURS):
            wrong = "has quotation marks: use your own words"
        elif text is not None and len(text) > LONGEST_NOTE:
            wrong = f"has {len(text)} characters, at most {LONGEST_NOTE} are kept"
        elif text is not None and text != " ".join(text.split()):
            wrong = "has stray blanks or line breaks"
        elif text == "":
            wrong = "is empty"
        if wrong:
            raise UsageError(f"{name.replace('_', ' ')} {wrong}")


# --- the two files --------------------------------------------------------------------------------


def _add_review(path: Path, decision: Decision, ledger_claim_id: str | None) -> None:
    header, rows = _read(path)
    cells = {
        "decision": str(len(rows) + 1), "claim_id": decision.claim_id, "status": decision.status,
        "ledger_claim_id": (decision.status == "confirmed" and ledger_claim_id) or "",
        "superseded_by": decision.superseded_by or "", "decided_on": datetime.now(UTC).date().isoformat(),
        "decided_by": decision.decided_by, "reason": decision.reason,
    }  # fmt: skip
    _write(path, header, [*rows, [cells[name] for name in header]])


def _row_given(path: Path, claim_id: str) -> str | None:
    header, rows = _read(path)
    decided = [dict(zip(header, row, strict=True)) for row in rows]
    given = [row["ledger_claim_id"] for row in decided if row["claim_id"] == claim_id and row["ledger_claim_id"]]
    return given[-1] if given else None


def _add_to_ledger(path: Path, claim: Claim, citation: Citation) -> str:
    header, rows = _read(path)
    place = header.index("claim_id")
    taken = {row[place] for row in rows}
    cells = _ledger_row(claim, citation, taken)
    if cells["claim_id"] in taken:
        raise UsageError(f"the ledger has a row {cells['claim_id']} already", fix="choose another --ledger-id")
    row = [cells.get(name, "") for name in header]
    _hold_ledger_row(path, row)
    _write(path, header, sorted([*rows, row], key=lambda line: line[place]))
    return cells["claim_id"]


def _hold_ledger_row(path: Path, row: Sequence[str]) -> None:
    """Read the row as the ledger's own source would."""
    source, body = find_source(SOURCE), path.read_bytes()
    before = set(source.parse(Page(SOURCE, source.url, body)))
    new = [item for item in source.parse(Page(SOURCE, source.url, body + _line(row))) if item not in before]
    issues = [item for item in new if isinstance(item, Issue)]
    if issues or not new:
        said = "; ".join(f"{issue.field}: {issue.what}" for issue in issues)
        raise UsageError(f"the ledger does not take this row: {said or 'it is not read back'}")


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, strict=True)
    return header, rows


def _line(row: Sequence[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerow(row)
    return out.getvalue().encode()


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with whole_file(path) as partial:
        partial.write_bytes(b"".join(_line(row) for row in (header, *rows)))


# --- a row of the ledger --------------------------------------------------------------------------


def _ledger_row(claim: Claim, citation: Citation, taken: set[str]) -> dict[str, str]:
    subject = claim["model_name"] or claim["organisation"]
    if not subject:
        raise UsageError("the claim names neither a model nor an organisation", fix="write its ledger row by hand")
    if claim["is_vague"]:
        raise UsageError("the text gives no number, and the ledger holds what was printed", fix="find a page with one")
    kind = "model" if claim["model_name"] else "organisation"
    day, precision = _day(claim, citation)
    note = citation.scope_note or claim["covers"]
    title = " ".join((citation.title or claim["title"] or "").split())
    if not title:
        raise UsageError("the page has no title", fix="add --title")
    hold_words(claimant=citation.claimant, scope_note=note, note=citation.note)
    cells: dict[str, Any] = {
        "claim_id": citation.ledger_claim_id or _slug(subject, claim, taken), "subject": subject, "subject_kind": kind,
        "model_name": claim["model_name"], "organisation": claim["organisation"], "claimant": citation.claimant,
        "kind": claim["kind"], "unit": claim["unit"], "per": claim["per"], "hardware": claim["hardware"],
        "scope": claim["scope"], "scope_note": note, "basis": citation.basis, "hedge": claim["hedge"],
        "claimed_on": day, "claimed_on_precision": precision, "source_title": title,
        "source_url": claim["source_url"], "source_kind": citation.source_kind, "verified": "yes",
        "note": citation.note,
    } | _figures(claim)  # fmt: skip
    _hold_ledger_words(cells)
    return {name: str(cell) for name, cell in cells.items() if cell is not None}


def _figures(claim: Claim) -> dict[str, str | None]:
    # The interval of the hedge is computed anew from the ledger's row; only what was printed goes into it.
    wanted = {"at_least": {"value_low"}, "at_most": {"value_high"}, "range": {"value_low", "value_high"}}
    filled = wanted.get(claim["hedge"], {"value"})
    return {name: _digits(claim[name]) if name in filled else None for name in ("value_low", "value", "value_high")}


def _digits(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else format(Decimal(repr(value)), "f")


def _day(claim: Claim, citation: Citation) -> tuple[str, str]:
    if citation.claimed_on is not None:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", citation.claimed_on):
            raise UsageError(f"{citation.claimed_on!r} is not a day", fix="write 2026-05-24")
        return citation.claimed_on, "day"
    if claim["claimed_on"] is None:
        raise UsageError("the day of the page is not known", fix="add --claimed-on 2026-05-24")
    return str(claim["claimed_on"]), claim["claimed_on_precision"] or "day"


def _slug(subject: str, claim: Claim, taken: set[str]) -> str:
    figure = next(claim[name] for name in ("value", "value_low", "value_high") if claim[name] is not None)
    words = f"{subject} {show.money(figure, claim['unit'])} {claim['scope']}".replace(".", "-")
    stem = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
    return next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, 1000))) if name not in taken)


def _hold_ledger_words(cells: Mapping[str, Any]) -> None:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cells["claim_id"]):
        raise UsageError(f"{cells['claim_id']!r} is not a name for a row", fix="use a-z, 0-9 and single hyphens")
    if not str(cells["source_url"]).startswith("https://"):
        raise UsageError(f"{cells['source_url']} is no https address", fix="write its ledger row by hand")
