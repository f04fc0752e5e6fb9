"""What a page is about by its title, or by its address and a card's own name where the title names no model."""

from __future__ import annotations

import re

from pipeline.claims.comparison import is_example
from pipeline.claims.names import Name, names_in

_CARD = re.compile(r"^[\w.-]{2,40}/([\w.-]{2,60})(?= |$)")  # "bigscience/bloom"
_PATH = re.compile(r"^\w+://[^/]+/([^?#]+)")


def titled(title: str, url: str, words: str) -> list[Name]:
    """The names of a title; where it names no model, those that the page's address or a card's own name spells."""
    names = [name for name in names_in(title, words) if not is_example(name, title)]
    if any(name.kind == "model" for name in names):
        return names
    card = _CARD.search(title)
    path = _PATH.search(url[:300])
    slugs = [part for part in (card and card[1], path and re.sub(r"[-_/.]+", " ", path[1])) if part]
    for slug in (spelled for part in slugs for spelled in (part.title(), part.upper())):
        found = [name for name in names_in(slug, words) if name.kind == "model" and name.organisation]
        if len({name.name for name in found}) == 1:
            return [*names, found[0]]
    return names
