"""A small message to one address after a publish: what changed and what is worth an alert. One try, five seconds.

It goes through the street door, which pins the address it has checked: nothing in a private network or on this machine
is called unless a setting allows it. The address may hold a secret, so errors name its host alone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict
from urllib.parse import urlsplit

from pipeline import difference
from pipeline.alerts import Alert
from pipeline.errors import FetchError, UsageError
from pipeline.fetch import DoorError, Fetcher
from pipeline.paths import Home
from pipeline.settings import Settings

SECONDS = 5.0
MOST_ALERTS = 50
SCHEMA_VERSION = 1


def message(home: Home, since: str | None, new: Sequence[Alert]) -> bytes | None:
    """What is told: the counts of what changed since a snapshot, and the new alerts; None where there is neither."""
    found = difference.since(home, since)
    if not found.rows and not new:
        return None
    counts = {count.table: {name: n for name, n in asdict(count).items() if name != "table"} for count in found.counts}
    document = {
        "schema_version": SCHEMA_VERSION, "snapshot_id": found.new.snapshot_id,
        "previous_snapshot_id": found.old.snapshot_id, "published_at": found.new.published_at.isoformat(),
        "changes": counts, "alerts": [alert.model_dump(mode="json") for alert in new[:MOST_ALERTS]],
        "alerts_left_out": max(0, len(new) - MOST_ALERTS),
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False).encode()


def send(settings: Settings, body: bytes, *, fetcher: Fetcher | None = None) -> str:
    """Send it once; the host that took it.

    Raises:
        UsageError: The address is none, or not https.
        FetchError: It was not taken; says why without the address.
    """
    address = settings.webhook or ""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("https", "http") or not host:
        raise UsageError("AICOST_WEBHOOK is not a web address", fix="give one that begins with https://")
    if parts.scheme == "http" and not settings.webhook_private:
        raise UsageError(
            "AICOST_WEBHOOK is not encrypted", fix="give an https address, or set AICOST_WEBHOOK_PRIVATE=1"
        )
    headers = {"content-type": "application/json"}
    if settings.webhook_secret:
        signed = hmac.new(settings.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
        headers["x-aicost-signature"] = f"sha256={signed}"
    try:
        with fetcher or Fetcher(allow_private=settings.webhook_private) as door:
            door.post(address, body, headers=tuple(headers.items()), seconds=SECONDS)
    except DoorError as error:
        answered = f"it answered {error.status}" if error.status else error.reason.replace("_", " ")
        private = "set AICOST_WEBHOOK_PRIVATE=1 if that is meant" if error.reason == "blocked_address" else None
        raise FetchError(
            f"the webhook at {host} was not told: {answered}", likely=error.likely,
            kept="the published data, and what is to be told",
            fix=private or "mend the receiver or AICOST_WEBHOOK; the next refresh tells it again",
        ) from None  # fmt: skip
    return host
