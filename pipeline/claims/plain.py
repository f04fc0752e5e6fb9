"""Text as a reader sees it, with the way back: every character knows where it stood in the source.

Blanks and dashes of all kinds become plain ones, invisible characters and Markdown marks go, full-width
signs become ASCII. Runs of characters that stay as they are keep one entry in the map, not one each.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from html import unescape
from typing import NamedTuple
from unicodedata import normalize

# Letters that a pattern without regard to case takes for these, and whose small form is another letter still.
SAME_WITHOUT_CASE = {
    "\u017f": "s", "\u0131": "i", "\u0130": "I", "\u212a": "K", "\u212b": "\xc5", "\u1e9e": "\xdf",
    "\u1c80": "\u0432", "\u1c81": "\u0434", "\u1c82": "\u043e", "\u1c83": "\u0441", "\u1c84": "\u0442",
    "\u1c85": "\u0442", "\u1c86": "\u044a",
}  # fmt: skip
_FOLDS = {
    **{ord(letter): plain for letter, plain in SAME_WITHOUT_CASE.items()},
    **{ord(c): " " for c in "\t\r\f\v\xa0\u1680\u2007\u202f\u205f\u3000"},
    **dict.fromkeys(range(0x2000, 0x200B), " "),
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},  # full-width signs and digits
    **{ord(c): "" for c in "\u200b\u200c\u200d\u2060\ufeff\xad\x00"},
    **{ord(c): "-" for c in "\u2010\u2011\u2212\ufe63\u2043"},
    **{ord(c): "'" for c in "\u2018\u2019\u02bc\u2032"},
    **{ord(c): '"' for c in "\u201c\u201d\u201e\u201f"},
    **{ord(c): "~" for c in "\u2248\u223c\u2243\uff5e\u301c\u3030\u2245"},
    0xD7: "x",
    0x2715: "x",
    0x2044: "/",
    0xFFE5: "\xa5",
    0xFFE1: "\xa3",
    # Letters and digits that are bold or italic by themselves.
    **{code: normalize("NFKC", chr(code)) for code in range(0x1D400, 0x1D800)},
}

_ODD = re.compile(r"[^\x20-\x7e]|  +")
_ODD_MARKDOWN = re.compile(
    r"[^\x20-\x7e]|  +|\*{1,3}(?=\S)|(?<=\S)\*{1,3}|`{1,3}|\\(?=[$*_~#<>|\[\]-])"
    r"|\[\[|\]\]|!?\[(?=[^\[\]\n]{1,300}\]\()|\]\([^()\s]{0,500}\)|&(?=\w)"
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")


class Plain(NamedTuple):
    """Folded text and its map: run i of the text starts at ``at[i]`` and came from ``source[i]``."""

    text: str
    at: tuple[int, ...]
    source: tuple[int, ...]
    widths: tuple[int, ...]
    """Characters of the source behind the run; 0 for a run that stands as it stood."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters ``start`` to ``end`` stood in the source."""
        return self._where(start)[0], self._where(max(start, end - 1))[1]

    def _where(self, position: int) -> tuple[int, int]:
        run = bisect_right(self.at, position) - 1
        if self.widths[run]:
            return self.source[run], self.source[run] + self.widths[run]
        begin = self.source[run] + position - self.at[run]
        return begin, begin + 1


def joined(parts: Sequence[Plain]) -> Plain:
    """Pieces of one source as one text, a blank between them."""
    texts: list[str] = []
    runs: list[tuple[int, int, int]] = []
    length = 0
    for part in parts:
        if texts:
            runs.append((length, part.source[0], 0))
            texts.append(" ")
            length += 1
        text = part.text.rstrip()
        runs += [
            (length + at, source, width)
            for at, source, width in zip(part.at, part.source, part.widths, strict=True)
            if at < len(text)
        ]
        texts.append(text)
        length += len(text)
    at, source, widths = zip(*runs, strict=True)
    return Plain("".join(texts), at, source, widths)


class PlainText:
    """Gathers a `Plain` from pieces of one source, left to right."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._runs: list[tuple[int, int, int]] = []
        self.length = 0
        """Characters gathered."""
        self._blank = True

    def ends_small(self) -> bool:
        """Whether the last character is a small letter."""
        return bool(self._parts) and self._parts[-1][-1].islower()

    def keep(self, piece: str, source: int) -> None:
        """Characters that stay as they are."""
        if piece:
            self._runs.append((self.length, source, 0))
            self._parts.append(piece)
            self.length += len(piece)
            self._blank = piece[-1] == " "

    def put(self, piece: str, source: int, width: int) -> None:
        """Characters that stand for ``width`` others; a blank beside a blank is left out."""
        if piece == " " and self._blank:
            return
        if piece:
            self._runs.append((self.length, source, width))
            self._parts.append(piece)
            self.length += len(piece)
            self._blank = piece[-1] == " "

    def fold(self, given: str, start: int, end: int, *, markdown: bool = False) -> None:
        """A stretch of the source, folded."""
        odd, at = (_ODD_MARKDOWN if markdown else _ODD), start
        if self._blank and start < end and given[start] == " ":
            at += 1
        for found in odd.finditer(given, at, end):
            self.keep(given[at : found.start()], at)
            self.put(_folded(found[0]), found.start(), len(found[0]))
            at = found.end()
        self.keep(given[at:end], at)

    def fold_entities(self, given: str, start: int, end: int) -> None:
        """A stretch of HTML text: entities are what they stand for."""
        at = start
        while (ampersand := given.find("&", at, end)) >= 0:
            self.fold(given, at, ampersand)
            entity = _ENTITY.match(given, ampersand, end)
            width = len(entity[0]) if entity else 1
            self.put(_unescaped(entity[0]) if entity else "&", ampersand, width)
            at = ampersand + width
        self.fold(given, at, end)

    def done(self) -> Plain:
        """The text and its map."""
        at, source, widths = zip(*self._runs, strict=True) if self._runs else ((0,), (0,), (0,))
        return Plain("".join(self._parts), at, source, widths)


def folded(text: str) -> str:
    """A text as a reader sees it, where nobody asks for the way back."""
    plain = PlainText()
    plain.fold(text, 0, len(text))
    return plain.done().text


def _folded(piece: str) -> str:
    if piece[0] == " " or piece == "\n":
        return " "
    if piece[0] in "*`\\[!]":
        return ""
    return piece.translate(_FOLDS)


def _unescaped(entity: str) -> str:
    text = unescape(entity).translate(_FOLDS)
    return " " if text == "\n" else text
