"""Charts as pictures: vl-convert renders each specification, and what it wrote is made small, linked and safe."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import vl_convert

from pipeline.report.exhibit import Drawing
from pipeline.report.markup import Markup

MOST_KEPT = 64  # pictures of one edition, and a few more
DIALECT = "6.4"  # of Vega-Lite: what the installed Altair writes
PLACED = re.compile(
    r' (?:d|transform|[xy][12]?|width|height|r|font-size)="[^"]*"'
)  # what may be rounded: never text or address
LONG_NUMBER = re.compile(r"(-?\d+\.\d)\d+")
IDLE = re.compile(  # what says nothing in a picture that is hidden from screen readers
    r' (?:aria-[a-z]+|role|font-family|pointer-events)="[^"]*"|'
    r' (?:opacity|stroke-miterlimit|stroke-opacity|fill-opacity)="10?"'
    r'|<path class="(?:background|foreground)"[^>]* d="(?:M0,0h0v0h0Z)?"[^>]*/>'
)
GROUP = re.compile(r'(<g class="mark-[^>]*)>((?:(?!</?g\b).)*)</g>', re.DOTALL)
MEMBER = re.compile(r"<(?:path|line|text|rect)\b[^>]*>")
HANDED_DOWN = (
    "fill|stroke|stroke-width|stroke-linejoin|stroke-linecap|stroke-dasharray|font-size|font-weight|text-anchor"
)
INHERITED = re.compile(rf' (?:{HANDED_DOWN})="[^"]*"')
SVG_TAG = re.compile(r"<svg [^>]*>")


@lru_cache(maxsize=MOST_KEPT)
def svg(drawing: Drawing, *, is_wide: bool) -> Markup:
    """The chart as a picture that scales, hidden from screen readers, which get its description and its table.

    Kept for the page without scripts, which has the same pictures.
    """
    text = vl_convert.vegalite_to_svg(drawing.spec(is_wide=is_wide), vl_version=DIALECT)
    size = re.search(r'viewBox="([^"]*)"', text)
    if size is None:
        raise ValueError(f"{drawing.name}: the picture has no size")
    opening = (
        f'<svg class="marks" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="{size[1]}" aria-hidden="true"'
        ' focusable="false">'
    )
    body = IDLE.sub("", SVG_TAG.sub("", text, count=1))
    text = opening + GROUP.sub(_hoisted, PLACED.sub(lambda found: LONG_NUMBER.sub(r"\1", found[0]), body))
    return Markup(text.replace("<a xlink:href=", '<a tabindex="-1" xlink:href='))


def _hoisted(found: re.Match[str]) -> str:
    """A group whose members share what is inherited: said once, of the group."""
    opening, members = found[1], found[2]
    said = [set(INHERITED.findall(member)) for member in MEMBER.findall(members)]
    shared = sorted(set[str].intersection(*said)) if len(said) > 1 else []
    for part in shared:
        members = members.replace(part, "")
    return f"{opening}{''.join(shared)}>{members}</g>"


@cache
def bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one module, which sets ``window.vegaEmbed`` and says so."""
    return vl_convert.javascript_bundle(
        "window.vegaEmbed = vegaEmbed; dispatchEvent(new Event('vega'));", vl_version=DIALECT
    )


def embedded(drawings: Sequence[Drawing]) -> str:
    """The specifications and data of all charts, by their names, as JSON."""
    charts: dict[str, Any] = {}
    for drawing in drawings:
        narrow = {} if drawing.is_one_size else {"narrow": drawing.narrow}
        charts[drawing.name] = {"wide": drawing.wide, **narrow, "data": drawing.data}
    return json.dumps(charts, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def packed(text: str) -> str:
    """Text by gzip and base64, the same every time: letters, digits and signs that mean nothing in HTML."""
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()
