"""The watch on licence and terms pages: looked at once a week, kept as received, and compared.

What has changed is for a person to read. The visit that notices still brings its data; the ones after it do not, until
somebody has decided: ``aicost quarantine release`` goes on, ``aicost quarantine reject`` ends it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from pipeline import decisions, warehouse
from pipeline.archive import Archive
from pipeline.durable import append_line
from pipeline.errors import FetchError
from pipeline.fetch import Fetcher, Limits
from pipeline.place import Place
from pipeline.source import Request, Source
from pipeline.terms import CHANGED, Look, changes, log_of, looks

EVERY = timedelta(days=7)
LIMITS = Limits(tries=2, max_body_bytes=2**20)


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
