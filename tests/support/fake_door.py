"""A street door that hands out pages from memory, for tests of what happens behind it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self

from pipeline.fetch import Answer, DoorError, Limits, Request, Validators


class FakeDoor:
    """Answers for the addresses that it knows; 404 for all others."""

    def __init__(self, bodies: dict[str, bytes], content_type: str = "") -> None:
        self.bodies, self.content_type = bodies, content_type

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to shut."""

    def close(self) -> None:
        """Nothing to shut."""

    def get(
        self,
        request: Request,
        *,
        hosts: frozenset[str],
        validators: Validators | None = None,
        source: str | None = None,
        limits: Limits | None = None,
    ) -> Answer:
        """The body that is known for an address."""
        if request.url not in self.bodies:
            raise DoorError("the site answered 404", reason="status", status=404, source=source, page=request.url)
        headers = (("content-type", self.content_type),) if self.content_type else ()
        body = self.bodies[request.url]
        return Answer(request, request.url, 200, headers, body, datetime.now(UTC), tries=1)
