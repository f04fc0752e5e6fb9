"""HTML made of parts: text is escaped, always; only what was made here is markup."""

from __future__ import annotations

import html
from collections.abc import Iterable

VOID = frozenset({"meta", "br", "input", "link", "col"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = str | Markup | None | Iterable["Child"]


def markup(child: Child) -> Markup:
    """A child as HTML: strings escaped, None nothing, several one after the other."""
    if child is None:
        return Markup("")
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return Markup(html.escape(child, quote=False))
    return Markup("".join(markup(part) for part in child))


def tag(name: str, /, *children: Child, **attributes: str | bool | None) -> Markup:
    """An element; ``class_`` is written class, ``data_x`` data-x; None and False leave an attribute out."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{html.escape(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Markup(f"<{name}{written}>" if name in VOID else f"<{name}{written}>{markup(children)}</{name}>")


def web_address(value: object) -> str | None:
    """The address where it leads to a page on the web; anything else, such as a script, is no link."""
    text = str(value or "").strip()
    return text if text.startswith(("https://", "http://")) and not any(sign in text for sign in ' "<>\\\n') else None


def link(text: str, address: object) -> Markup:
    """Text that leads to its source, or the text alone where there is none."""
    found = web_address(address)
    return tag("a", text, href=found) if found else markup(text)
