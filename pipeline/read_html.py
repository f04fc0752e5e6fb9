"""Strict reading of HTML: exactly one element, tables by header text.

BeautifulSoup takes a tenth of a second to import, so it is left until there is a page to read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.read import changed, clean, text_of
from pipeline.source import Page

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

LONGEST_AFTERWORD = 2000  # characters that servers append after the end of a page


def html_of(page: Page) -> BeautifulSoup:
    """The page as a tree; scripts and styles removed, so that no price is read out of a program.

    Raises:
        PageChanged: The page has no end: it was cut off, or is not HTML.
    """
    text = text_of(page)
    if "</html" not in text[-LONGEST_AFTERWORD:].lower():
        raise changed(page, "the page does not end with </html>", "it was cut off, or is no HTML page")
    from bs4 import BeautifulSoup

    tree = BeautifulSoup(text, "lxml")
    for element in tree.find_all(["script", "style", "template", "noscript"]):
        element.decompose()
    if any("\ufffd" in text for text in tree.strings):  # as a reference to no sign
        raise changed(page, "the page refers to a sign that does not exist", "the bytes were decoded wrongly before")
    return tree


def one(parent: Tag, selector: str, *, page: Page) -> Tag:
    """The one element that the CSS selector finds below `parent`.

    Raises:
        PageChanged: None or several.
    """
    found = parent.select(selector)
    if len(found) != 1:
        raise changed(page, f"selector {selector!r} found {len(found)} elements, expected exactly 1")
    return found[0]


def cell_text(element: Tag) -> str:
    """The element's text, cleaned; parts of it are kept apart by blanks."""
    return clean(element.get_text(" "))


@dataclass(frozen=True)
class Table:
    """An HTML table: the heading before it, its header texts, and each row's cells by header text."""

    heading: str
    headers: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]


def tables(tree: Tag, *, page: Page) -> Iterator[Table]:
    """Every table with a header row, with the heading that stands before it.

    Raises:
        PageChanged: A header stands twice, a row has another number of cells than the header, a cell spans
            others, or a table stands inside another.
    """
    for element in tree.find_all("table"):
        lines = [line.find_all(["th", "td"]) for line in element.find_all("tr")]
        if not lines or all(cell.name == "td" for cell in lines[0]):
            continue
        before = element.find_previous(["h1", "h2", "h3", "h4", "h5"])
        heading = cell_text(before) if before is not None else ""
        headers = tuple(cell_text(cell) for cell in lines[0])
        spans = any(cell.get(name, "1") != "1" for cells in lines for cell in cells for name in ("colspan", "rowspan"))
        uneven = {len(cells) for cells in lines} != {len(headers)}
        if spans or uneven or len(set(headers)) != len(headers):  # a table inside another makes its rows uneven
            raise changed(page, f"table {heading!r} has uneven rows, cells that span, or a header twice")
        rows = [dict(zip(headers, map(cell_text, cells), strict=True)) for cells in lines[1:]]
        yield Table(heading, headers, tuple(rows))
