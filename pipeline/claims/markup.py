"""HTML as a stream of tags and text, with the position of each in the page.

A tag ends where the HTML standard ends it, so the scanner only ever moves forward: work is linear in the page,
whatever the page holds. BeautifulSoup keeps no positions of text, which the quotes need.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:-]{0,60})")
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]{1,60})(?:\s{0,8}=\s{0,8}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]{1,2000})))?")
_BARE_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,60})>")  # nothing but its name: most tags, all of a plain table
_UNTIL = re.compile(r"[\"'>]")
# Their content is no markup: it ends at the very end tag.
_RAW = ("script", "style", "textarea", "title", "noscript", "template", "iframe", "svg", "math", "select")
_RAW_END = {name: re.compile(f"</{name}", re.IGNORECASE | re.ASCII) for name in _RAW}
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


_NO_ATTRIBUTES: dict[str, str] = {}  # shared by the tags without any: nobody writes into what a tag holds


class Tag(NamedTuple):
    """A start or end tag."""

    name: str
    is_end: bool
    start: int
    end: int
    attributes: dict[str, str] = _NO_ATTRIBUTES


class Text(NamedTuple):
    """Characters between tags; ``of`` is the raw element they fill (script, title), else empty."""

    start: int
    end: int
    of: str = ""
    attributes: dict[str, str] = _NO_ATTRIBUTES


def scan(page: str) -> Iterator[Tag | Text]:
    """Tags and text in the order of the page; comments and declarations are left out."""
    at, length = 0, len(page)
    while at < length:
        opening = page.find("<", at)
        if opening < 0:
            yield Text(at, length)
            return
        if opening > at:
            yield Text(at, opening)
        if bare := _BARE_TAG.match(page, opening):
            at, name = bare.end(), bare[2].lower()
            yield Tag(name, bare[1] == "/", opening, at)
            if name in _RAW and not bare[1]:
                yield (raw := _raw(page, name, at, _NO_ATTRIBUTES))
                at = raw.end
        elif page.startswith("<!--", opening):
            at = _after(page, "-->", opening + 4)
        elif page.startswith(("<!", "<?"), opening):
            at = _after(page, ">", opening + 2)
        elif named := _NAME.match(page, opening + 1):
            tag = _tag(page, opening, named)
            at = tag.end
            yield tag
            if tag.name in _RAW and not tag.is_end:
                yield (raw := _raw(page, tag.name, at, tag.attributes))
                at = raw.end
        else:
            yield Text(opening, opening + 1)
            at = opening + 1


def _raw(page: str, name: str, at: int, attributes: dict[str, str]) -> Text:
    """What fills an element whose content is no markup."""
    closing = _RAW_END[name].search(page, at)
    return Text(at, closing.start() if closing else len(page), name, attributes)


def _after(page: str, mark: str, at: int) -> int:
    found = page.find(mark, at)
    return len(page) if found < 0 else found + len(mark)


def _tag(page: str, opening: int, name: re.Match[str]) -> Tag:
    end = _end_of_tag(page, name.end())
    is_end = page[opening + 1] == "/"
    attributes = _NO_ATTRIBUTES if is_end or end - name.end() < 4 else _attributes(page, name.end(), end)
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
