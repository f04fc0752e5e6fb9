"""HTML as a stream of tags and text, with the position of each in the page.

A tag ends where the HTML standard ends it, so the scanner only ever moves forward: work is linear in the page,
whatever the page holds. BeautifulSoup keeps no positions of text, which the quotes need.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:-]{0,60})")
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]{1,60})(?:\s{0,8}=\s{0,8}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]{1,2000})))?")
_UNTIL = re.compile(r"[\"'>]")
# Their content is no markup: it ends at the very end tag.
_RAW = ("script", "style", "textarea", "title", "noscript", "template", "iframe", "svg", "math", "select")
KEPT_ATTRIBUTES = frozenset(
    (
        "class",
        "id",
        "role",
        "property",
        "name",
        "content",
        "datetime",
        "itemprop",
        "colspan",
        "rowspan",
        "type",
        "href",
        "hidden",
        "aria-hidden",
        "style",
    )
)


@dataclass(frozen=True)
class Tag:
    """A start or end tag."""

    name: str
    is_end: bool
    start: int
    end: int
    attributes: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Text:
    """Characters between tags; ``of`` is the raw element they fill (script, title), else empty."""

    start: int
    end: int
    of: str = ""
    attributes: dict[str, str] = field(default_factory=dict[str, str])


def scan(page: str) -> Iterator[Tag | Text]:
    """Tags and text in the order of the page; comments and declarations are left out."""
    at, length, lower = 0, len(page), ""
    while at < length:
        opening = page.find("<", at)
        if opening < 0:
            yield Text(at, length)
            return
        if opening > at:
            yield Text(at, opening)
        if page.startswith("<!--", opening):
            at = _after(page, "-->", opening + 4)
        elif page.startswith(("<!", "<?"), opening):
            at = _after(page, ">", opening + 2)
        elif name := _NAME.match(page, opening + 1):
            tag = _tag(page, opening, name)
            at = tag.end
            yield tag
            if tag.name in _RAW and not tag.is_end:
                lower = lower or page.lower()
                closing = lower.find(f"</{tag.name}", at)
                closing = length if closing < 0 else closing
                yield Text(at, closing, tag.name, tag.attributes)
                at = closing
        else:
            yield Text(opening, opening + 1)
            at = opening + 1


def _after(page: str, mark: str, at: int) -> int:
    found = page.find(mark, at)
    return len(page) if found < 0 else found + len(mark)


def _tag(page: str, opening: int, name: re.Match[str]) -> Tag:
    end = _end_of_tag(page, name.end())
    is_end = page[opening + 1] == "/"
    attributes = {} if is_end or end - name.end() < 4 else _attributes(page, name.end(), end)
    return Tag(name[1].lower(), is_end, opening, end, attributes)


def _end_of_tag(page: str, at: int) -> int:
    """Behind the > that is in no quoted value; a value that never closes takes the rest, as the standard says."""
    first = page.find(">", at)
    if first >= 0 and page.count('"', at, first) % 2 == 0 and page.find("'", at, first) < 0:
        return first + 1  # whatever was quoted is closed: nearly every tag of every page
    while found := _UNTIL.search(page, at):
        at = found.end()
        if found[0] == ">":
            return at
        if page[max(0, at - 9) : at - 1].rstrip().endswith("="):
            closing = page.find(found[0], at)
            if closing < 0:
                break
            at = closing + 1
    return len(page)


def _attributes(page: str, start: int, end: int) -> dict[str, str]:
    return {
        name: unescape(value) if "&" in (value := found[2] or found[3] or found[4] or "") else value
        for found in _ATTRIBUTE.finditer(page, start, min(end, start + 20_000))
        if (name := found[1].lower()) in KEPT_ATTRIBUTES
    }
