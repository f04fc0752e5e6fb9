"""The order of the reading: blocks, atoms, figures, then for each figure hedge, scope and names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.claims.claim import ExtractedClaim
from pipeline.source import Page


@dataclass(frozen=True)
class Document:
    """What a page says, and what it says of itself."""

    claims: tuple[ExtractedClaim, ...]
    title: str | None
    published_on: date | None
    text: str
    """The text that ``start`` and ``end`` count in."""


def read_text(
    text: str, *, title: str | None = None, url: str | None = None, published_on: date | None = None
) -> list[ExtractedClaim]:
    """The claims of a text, in its order. Any text at all can be given; none raises."""
    raise NotImplementedError


def read_html(
    markup: str, *, title: str | None = None, url: str | None = None, published_on: date | None = None
) -> Document:
    """The claims of a page's article; title and date are the page's own unless given."""
    raise NotImplementedError


def read_page(page: Page, *, title: str | None = None, published_on: date | None = None) -> Document:
    """The claims of a page as archived.

    Raises:
        PageChanged: The bytes are not the encoding that the page declares.
    """
    raise NotImplementedError
