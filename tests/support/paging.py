"""The requests of a visit, answered by a test: each page's clue is read here as the other process reads it."""

from __future__ import annotations

from pipeline.source import Page, Request, Requests


def clue(request: Request, body: bytes | None) -> str | None:
    """What the body says of where to go next; None where there is no such page."""
    if body is None:
        return None
    return request.clue(Page("any", request.url, body)) if request.clue else ""


def asked(requests: Requests, bodies: list[bytes]) -> list[Request]:
    """The requests of one visit, answered by these bodies in turn."""
    found = [next(requests)]
    for body in bodies:
        try:
            found.append(requests.send(clue(found[-1], body)))
        except StopIteration:
            break
    return found
