"""What is known of the licence or terms page of a source: every look at it, and where it read otherwise than before.

Each look is a line of ``terms.jsonl`` beside the source's log of visits; `pipeline.watch` makes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline import decisions
from pipeline.archive import Sha256
from pipeline.durable import read_lines
from pipeline.facts import Issue
from pipeline.source import Source

LOG = "terms.jsonl"
VISIT = "terms"  # where an issue names its visit
CHANGED = "terms_changed"
SHORT = 12  # letters of a hash for people


class Look(BaseModel):
    """One look at the page: what was there, or why it could not be had."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    url: str
    seen_at: datetime
    sha256: Sha256 | None = None
    """Of the page's words, however they are spaced."""
    body_sha256: Sha256 | None = None
    """Of the page as received, under which it is kept."""
    error: str | None = None


class Change(BaseModel):
    """The page reads otherwise than at the look before."""

    model_config = ConfigDict(defer_build=True, frozen=True)

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
        return decisions.item_of(self.source, VISIT, self.now.url, CHANGED, self.issue.raw_value or "")


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
