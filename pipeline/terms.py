"""The licence or terms page of a source: looked at once a week, kept as received, and its hash compared.

What has changed is for a person to read. The visit that notices still brings its data; the ones after it do not, until
somebody has decided: ``aicost quarantine release`` goes on, ``aicost quarantine reject`` ends it. Each look is a line
of ``terms.jsonl`` beside the source's log of visits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline import decisions, warehouse
from pipeline.archive import Archive, Sha256
from pipeline.durable import append_line, read_lines
from pipeline.errors import FetchError
from pipeline.facts import Issue
from pipeline.fetch import Fetcher, Limits
from pipeline.place import Place
from pipeline.source import Request, Source

EVERY = timedelta(days=7)
LOG = "terms.jsonl"
VISIT = "terms"  # where an issue names its visit
CHANGED = "terms_changed"
LIMITS = Limits(tries=2, max_body_bytes=2**20)
SHORT = 12  # letters of a hash for people


class Look(BaseModel):
    """One look at the page: what was there, or why it could not be had."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    seen_at: datetime
    sha256: Sha256 | None = None
    """Of the page's words, however they are spaced."""
    body_sha256: Sha256 | None = None
    """Of the page as received, under which it is kept."""
    error: str | None = None


class Change(BaseModel):
    """The page reads otherwise than at the look before."""

    model_config = ConfigDict(frozen=True)

    source: str
    before: Look
    now: Look

    @property
    def issue(self) -> Issue:
        """What a person is asked to look at."""
        was, new = (str(look.sha256)[:SHORT] for look in (self.before, self.now))
        what = (
            f"the licence or terms page reads otherwise since {self.now.seen_at:%Y-%m-%d}: read it, then release the "
            "source, or reject it; it is not fetched until then"
        )
        return Issue(row=None, rule=CHANGED, raw_value=f"{was} to {new}", what=what, page=self.now.url)

    @property
    def item_id(self) -> str:
        """Its name in ``meta.quarantine``, as ``sql/meta/quarantine.sql`` makes it."""
        parts = (self.source, VISIT, self.now.url, "-1", CHANGED, "", self.issue.raw_value or "", "1")
        return hashlib.md5("|".join(parts).encode(), usedforsecurity=False).hexdigest()[:12]


def log_of(archive: Path, source: str) -> Path:
    """The log of looks."""
    return archive / source / LOG


def looks(archive: Path, source: str) -> list[Look]:
    """Every look that can be read, oldest first."""
    return [look for look in map(_look, read_lines(log_of(archive, source))) if look is not None]


def _look(line: tuple[int, bytes]) -> Look | None:
    try:
        return Look.model_validate_json(line[1])
    except ValidationError:  # a line that cannot be read is as a look that was not made: the next one is soon
        return None


def changes(archive: Path, source: Source) -> Iterator[Change]:
    """Every time that the page came and read otherwise than before."""
    seen = [look for look in looks(archive, source.name) if look.sha256 and look.url == source.terms]
    for before, now in pairwise(seen):
        if before.sha256 != now.sha256:
            yield Change(source=source.name, before=before, now=now)


def mind(source: Source, archive: Path) -> None:
    """Raise where the page changed and nobody has said since that the source may go on.

    Raises:
        FetchError: It did.
    """
    changed = list(changes(archive, source))
    if not changed:
        return
    last = changed[-1]
    verdicts = {decision.item_id: decision.verdict for decision in decisions.read(archive)}
    if verdicts.get(last.item_id) == "release":
        return
    is_rejected = last.item_id in verdicts
    raise FetchError(
        "its licence or terms page changed, and was rejected" if is_rejected
        else f"its licence or terms page changed on {last.now.seen_at:%Y-%m-%d}, and nobody has looked at it yet",
        source=source.name, page=last.now.url, likely="other terms, or only other words for the same",
        kept="the pages fetched before it", fix=f"read it; then aicost quarantine release {last.item_id} --reason WHY",
    )  # fmt: skip


def look(source: Source, archive: Archive, fetcher: Fetcher, now: datetime) -> None:
    """Look at the page, where the last look is long enough ago. A page that cannot be had stops nothing.

    Raises:
        StorageError: The archive cannot be written.
    """
    known = looks(archive.root, source.name)
    if source.terms is None or (known and now - known[-1].seen_at < EVERY):
        return
    host = frozenset({urlsplit(source.terms).hostname or ""})
    try:
        answer = fetcher.get(Request(source.terms), hosts=host, source=source.name, limits=LIMITS)
    except FetchError as error:
        made = Look(url=source.terms, seen_at=now, error=error.what)
    else:
        words = hashlib.sha256(b" ".join(answer.body.split())).hexdigest()
        made = Look(url=source.terms, seen_at=now, sha256=words, body_sha256=archive.keep(source.name, answer.body))
    append_line(log_of(archive.root, source.name), made.model_dump_json(exclude_none=True), stage="terms")


def issues(source: Source, archive: Path) -> Iterator[Issue]:
    """What the log of looks has to say in ``meta.issues``."""
    if source.terms is None:
        return
    for change in changes(archive, source):
        yield change.issue
    for last in looks(archive, source.name)[-1:]:
        if last.error:
            what = f"the licence or terms page could not be had: {last.error}"
            yield Issue(row=None, rule="terms_unread", what=what, page=last.url, kept=True)


def warnings(place: Place) -> list[str]:
    """The pages that changed and that nobody has released, one line each."""
    rows = warehouse.query(
        place, "select source, page, state from meta.quarantine where rule = ? and state <> 'released' order by all",
        [CHANGED],
    ).rows  # fmt: skip
    return [
        f"warning: {source}: its licence or terms page {page} reads otherwise than before ({state}): "
        "aicost quarantine list"
        for source, page, state in rows
    ]
