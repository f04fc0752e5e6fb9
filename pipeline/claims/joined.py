"""The tokens of a sentence, joined to the words that the classes know.

Chinese is read sign by sign and Japanese in odd runs, Korean words carry their particles, and some words have a blank
within. The longest listed word wins at each place, from left to right; what no list knows stays as it was cut.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from pipeline.claims.lexicon import spaced_words, unspaced_words

_SIGNS = re.compile("[\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_KOREAN = re.compile("[\uac00-\ud7a3]+")
LONGEST_PARTICLE = 2  # signs at the end of a Korean word that say nothing by themselves


class Token(NamedTuple):
    """A word of a sentence, or a name or number by its kind."""

    text: str
    start: int
    end: int


def joined(tokens: Sequence[Token]) -> list[Token]:
    """The tokens, those of a listed word as one."""
    found: list[Token] = []
    run: list[Token] = []
    for token in tokens:
        is_of_signs = not token.text.isascii() and _SIGNS.search(token.text) is not None
        if run and not (is_of_signs and token.start == run[-1].end):
            found += _cut(run)
            run = []
        if is_of_signs:
            run.append(token)
        else:
            found.append(token)
    return _spaced(found + _cut(run) if run else found)


def _cut(run: Sequence[Token]) -> list[Token]:
    """Tokens with nothing between them, cut anew: listed words, and what stands between those as it was."""
    text, start = "".join(token.text for token in run), run[0].start
    if len(text) != run[-1].end - start:  # signs that are longer in small letters
        return list(run)
    starts = {token.start - start for token in run}
    found: list[Token] = []
    for first, last, is_listed in _pieces(text, starts):
        if not is_listed and first not in starts and _is_particle(text[first:last], found[-1].text):
            found[-1] = found[-1]._replace(end=start + last)
        else:
            found.append(Token(text[first:last], start + first, start + last))
    return found


def _pieces(text: str, starts: Container[int]) -> Iterator[tuple[int, int, bool]]:
    """Start and end of each listed word, and of what is between them as far as it was one token."""
    listed = unspaced_words()
    at = begun = 0
    while at < len(text):
        word = next((word for word in listed.get(text[at], ()) if text.startswith(word, at)), None)
        if begun < at and (word is not None or at in starts):
            yield begun, at, False
            begun = at
        if word is None:
            at += 1
        else:
            yield at, at + len(word), True
            at = begun = at + len(word)
    if begun < at:
        yield begun, at, False


def _is_particle(text: str, before: str) -> bool:
    """Whether it is the end of a Korean word that was cut off."""
    return len(text) <= LONGEST_PARTICLE and _KOREAN.fullmatch(before + text) is not None


def _spaced(tokens: list[Token]) -> list[Token]:
    """The tokens, listed words with a blank within as one."""
    listed = spaced_words()
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        rests = listed.get(tokens[at].text, ())
        size = next((len(rest) for rest in rests if _goes_on(tokens, at, rest)), 0)
        words = tokens[at : at + size + 1]
        found.append(Token(" ".join(word.text for word in words), words[0].start, words[-1].end) if size else words[0])
        at += size + 1
    return found


def _goes_on(tokens: Sequence[Token], at: int, rest: Sequence[str]) -> bool:
    """Whether just these words follow, a sign apart each."""
    following = tokens[at + 1 : at + 1 + len(rest)]
    return len(following) == len(rest) and all(
        token.text == word and token.start == tokens[at + number].end + 1
        for number, (token, word) in enumerate(zip(following, rest, strict=True))
    )
