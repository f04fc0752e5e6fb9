"""Let a person review the claims read out of articles: list them, show each with its sentence, take the decision."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import zip_longest
from typing import Any

from pipeline import export as exporting
from pipeline import publish, reviews, show, warehouse
from pipeline.archive import Archive
from pipeline.claims import read_page
from pipeline.errors import AicostError, UsageError
from pipeline.extract import figure
from pipeline.paths import Home
from pipeline.place import Place
from pipeline.source import Page

WAIT_SECONDS = 10.0
ANSWERS: dict[str, reviews.Status] = {"c": "confirmed", "d": "disputed", "s": "superseded"}
QUIT, NEXT = "q", "n"
INDENT = 14  # columns before the text of a label

_CLAIMS = """
    select claims.*, sightings.title, sightings.address, sightings.starts_at, sightings.visit_id, sightings.printed,
        sightings.scope_cue, sightings.source
    from extracted_claims as claims
    join claim_sightings as sightings
        on sightings.claim_id = claims.claim_id and sightings.address = claims.source_url
"""


def listed(home: Home, given: Place | None, status: str | None) -> list[dict[str, Any]]:
    """The extracted claims of that status, or all, most often seen first; money before the rest.

    What was decided since the last publish counts already: nobody is asked twice.
    """
    order = "claims.scope = 'other_not_cost', claims.kind <> 'money', claims.sightings desc, claims.claim_id"
    found: list[dict[str, Any]] = exporting.records(
        warehouse.query(given or home.served, f"{_CLAIMS} order by {order}")
    )
    decided = reviews.latest()
    for claim in found:
        if (last := decided.get(claim["claim_id"])) is not None:
            claim["status"] = last["status"]
            claim["ledger_claim_id"] = last["ledger_claim_id"] or claim["ledger_claim_id"]
            claim["superseded_by"] = last["superseded_by"] or None
    return [claim for claim in found if status in (None, claim["status"])]


def review_list(home: Home, given: Place | None, status: str | None, *, as_json: bool) -> None:
    """Print the extracted claims of that status."""
    claims = listed(home, given, status)
    if as_json:
        show.as_json(claims)
        return
    columns = ("claim_id", "status", "figure", "scope", "model", "organisation", "sightings", "earliest page")
    rows = [(c["claim_id"], c["status"], figure(c), c["scope"], c["model_name"], c["organisation"],
             c["sightings"], c["source_url"]) for c in claims]  # fmt: skip
    show.table(columns, rows, right=["figure", "sightings"])


def review_one(
    home: Home,
    given: Place | None,
    decision: reviews.Decision,
    citation: reviews.Citation | None,
    *,
    as_json: bool,
    quiet: bool,
) -> None:
    """Write one decision down."""
    claims = {claim["claim_id"]: claim for claim in listed(home, given, None)}
    if decision.claim_id not in claims:
        raise UsageError(f"no extracted claim is called {decision.claim_id}", fix="aicost claims review --list")
    row = _decide(home, claims, decision, citation)
    if as_json:
        show.as_json({**asdict(decision), "ledger_claim_id": row})
        return
    show.line(_done(decision, row))
    if not quiet:
        show.note("next  aicost refresh --offline")


def _decide(
    home: Home, claims: Mapping[str, reviews.Claim], decision: reviews.Decision, citation: reviews.Citation | None
) -> str | None:
    if (decision.status == "superseded") != (decision.superseded_by is not None):
        raise UsageError("a superseded claim, and no other, names the claim that took its place")
    if decision.superseded_by is not None and decision.superseded_by not in claims.keys() - {decision.claim_id}:
        raise UsageError(
            f"no other extracted claim is called {decision.superseded_by}", fix="aicost claims review --list"
        )
    with publish.refresh_lock(home, wait_seconds=WAIT_SECONDS):
        return reviews.decide(claims[decision.claim_id], decision, citation)


def _done(decision: reviews.Decision, row: str | None) -> str:
    said = f"{decision.claim_id} is {decision.status}"
    return f"{said}; data/reference/{reviews.LEDGER} holds it as {row}" if decision.status == "confirmed" else said


def review_all(home: Home, given: Place | None, *, by: str, only: str | None = None) -> None:
    """Show one new claim after the other on a terminal, or the one named, and ask what becomes of it."""
    if not sys.stdin.isatty():
        raise UsageError("nobody can answer here", fix="aicost claims review --list, or name a claim and a decision")
    every = {claim["claim_id"]: claim for claim in listed(home, given, None)}
    if only is not None and only not in every:
        raise UsageError(f"no extracted claim is called {only}", fix="aicost claims review --list --status all")
    claims = [claim for claim in every.values() if claim["claim_id"] == only or (not only and claim["status"] == "new")]
    decided = 0
    for number, claim in enumerate(claims, start=1):
        show.line(f"\n{number} of {len(claims)}  {claim['claim_id']}" + (f" ({claim['status']})" if only else ""))
        for label, text in _described(home, given, claim):
            show.line(_folded(label, text))
        answer = _choice()
        if answer == QUIT:
            break
        if answer in ANSWERS:
            decided += _answered(home, every, claim, ANSWERS[answer], by)
    show.note(f"{decided} of {len(claims)} decided" + ("; next  aicost refresh --offline" if decided else ""))


def _choice() -> str:
    while True:
        answer = _ask("[c]onfirm, [d]ispute, [s]upersede, [n]ext, [q]uit", NEXT)[:1].lower()
        if answer in (*ANSWERS, NEXT, QUIT):
            return answer
        show.note(f"{answer} is none of these")


def _answered(
    home: Home, claims: Mapping[str, reviews.Claim], claim: reviews.Claim, status: reviews.Status, by: str
) -> bool:
    """Ask what the decision needs, and write it down; False where it was not taken."""
    is_new = status == "confirmed" and claim["ledger_claim_id"] is None
    try:
        citation = _ask_citation(claim) if is_new else None
        superseded_by = _ask_successor(claims, claim) if status == "superseded" else None
        decision = reviews.Decision(claim["claim_id"], status, by, _ask_words("why", ""), superseded_by)
        show.line(_done(decision, _decide(home, claims, decision, citation)))
    except UsageError as error:
        show.note(f"not done: {error.what}" + (f"; {error.fix}" if error.fix else ""))
        return False
    return True


def _ask_citation(claim: reviews.Claim) -> reviews.Citation:
    day = str(claim["claimed_on"] or "")
    return reviews.Citation(
        claimant=_ask_words("who states it", str(claim["organisation"] or "")),
        basis="reported" if _ask("is that the maker itself, [y]es or [n]o", "n")[:1].lower() == "y" else "estimated",
        title=_ask("title of the page", str(claim["title"] or "")),
        claimed_on=None if day else _ask("day of the page, as 2026-05-24", ""),
    )


def _ask_successor(claims: Mapping[str, reviews.Claim], claim: reviews.Claim) -> str:
    """The claim that took a claim's place; those about the same thing are shown, and no other id is taken than one."""
    about = claim["model_name"] or claim["organisation"]
    for other in claims.values():
        same = about and about == (other["model_name"] or other["organisation"]) and other["kind"] == claim["kind"]
        if same and other["claim_id"] != claim["claim_id"]:
            show.line(_folded(other["claim_id"], f"{figure(other)}, {other['scope']}, {other['address']}"))
    while True:
        answer = _ask("by which claim (nothing: by none, leave it)", "")
        if answer in claims.keys() - {claim["claim_id"]}:
            return answer
        if not answer:
            raise UsageError("no claim was named that took its place")
        show.note(f"no other extracted claim is called {answer}")


def _ask_words(question: str, default: str) -> str:
    """Words that the notebook takes; asked again until they are, so that nothing typed before is lost."""
    while True:
        answer = _ask(question, default)
        try:
            reviews.hold_words(answer=answer)
        except UsageError as error:
            show.note(error.what)
        else:
            return answer


def _ask(question: str, default: str) -> str:
    """The answer, or the default; the end of input ends the review."""
    show.note(f"{question}{f' [{default}]' if default else ''}:", end=" ")
    line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt
    return line.strip() or default


def _folded(label: str, text: str) -> str:
    """A label and its text, folded between words to the width of the terminal; an address stays in one piece."""
    lines = textwrap.wrap(
        text, max(40, show.console().width - INDENT), break_long_words=False, break_on_hyphens=False
    )  # fmt: skip
    return "\n".join(f"{name:<{INDENT}}{part}" for name, part in zip_longest([f"  {label}"], lines, fillvalue=""))


def _described(home: Home, given: Place | None, claim: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    about = ", ".join(str(claim[name]) for name in ("model_name", "organisation", "hardware") if claim[name])
    pages = "1 page" if claim["sightings"] == 1 else f"{claim['sightings']} pages, first"
    yield "figure", f"{figure(claim)} ({claim['kind']}, printed {claim['printed']})"
    yield "about", about or "nothing that the text names"
    yield "scope", f"{claim['scope']}, decided by {claim['scope_cue'] or 'the kind of figure'}"
    yield "covers", str(claim["covers"])
    yield "leaves out", str(claim["leaves_out"])
    yield "seen on", f"{pages} {claim['address']} ({claim['title'] or 'no title'})"
    yield "sentence", _sentence(home, given or home.served, claim)


def _sentence(home: Home, path: Place, claim: Mapping[str, Any]) -> str:
    """The sentence around the figure, read again from the archived page; it is kept nowhere else."""
    source, address = str(claim["source"]), str(claim["address"])
    found = warehouse.query(
        path,
        "select kept.body.sha256 from meta.visits cross join unnest(pages) as kept (body) "
        "where source = ? and visit_id = ? and kept.body.url = ? and kept.body.sha256 is not null",
        [source, claim["visit_id"], address],
    )
    if not found.rows:
        return "the page is not in the archive; open its address"
    try:
        body = Archive(home.archive).body(source, str(found.rows[0][0]))
        document = read_page(Page(source, address, body))
    except AicostError as error:
        return f"cannot be shown: {error.what}"
    here = (one.sentence for one in document.claims if one.start == claim["starts_at"])
    return next(here, "the reader finds the figure no more")
