"""Plain text and Markdown as blocks: paragraphs, headings, list items, pipe tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from pipeline.claims.blocks import Block, Cell, Reading, tables_of, with_leads
from pipeline.claims.furniture import is_citation
from pipeline.claims.plain import PlainText

_HEADING = re.compile(r" {0,3}(#{1,6}) +(?=\S)")
_NOTE = re.compile(r" {0,3}\[\^[^\]\n]{1,20}\]: +(?=\S)")
_BULLET = re.compile(r"\s{0,12}(?:[-*•–+]|\d{1,3}[.)]) +(?=\S)")  # noqa: RUF001
_RULE = re.compile(r"(?:^|(?<=\n))[\s|:+=-]+$")
_LONG_LINE = 60  # a longer line without a full stop is wrapped, not ended


def reading_of_text(text: str, title: str | None = None) -> Reading:
    """The blocks of a text."""
    blocks: list[Block] = []
    whole = [(found.start(), found.end()) for found in re.finditer(r"[^\n]+", text)]
    lines = [part for line in whole for part in _unfolded(text, *line)]
    gaps = {end for (_, end), (start, _) in pairwise(lines) if text[end:start].count("\n") > 1}
    at, tables = 0, 0
    while at < len(lines):
        last = _table_end(text, lines, at)
        if last > at + 1:
            blocks += _pipe_cells(text, lines[at:last], tables)
            tables, at = tables + 1, last
            continue
        last = _paragraph_end(text, lines, at, gaps)
        blocks += _text_block(text, lines[at][0], lines[last - 1][1])
        at = last
    return Reading(with_leads(blocks), tables_of(blocks), title)


def _text_block(text: str, start: int, end: int) -> Iterator[Block]:
    heading = _HEADING.match(text, start, end)
    bullet = _BULLET.match(text, start, end)
    note = _NOTE.match(text, start, end)
    begin = next((mark.end() for mark in (heading, bullet, note) if mark), start)
    folded = PlainText()
    folded.fold(text, begin, end, markdown=True)
    plain = folded.done()
    if plain.text.strip():
        kind = "heading" if heading else "note" if note else "text"
        level = len(heading[1]) if heading else 0
        leads_away = kind == "note" and is_citation(plain.text)
        yield Block(kind, plain, level, leads_away=leads_away, is_item=bullet is not None and kind == "text")


def _paragraph_end(text: str, lines: list[tuple[int, int]], at: int, gaps: set[int]) -> int:
    """The line behind the paragraph: a blank line, a heading, a list item or a finished line ends it."""
    last = at + 1
    while last < len(lines) and lines[last - 1][1] not in gaps:
        start, end = lines[last - 1]
        before = text[start:end].rstrip()
        if _HEADING.match(before) or any(mark.match(text, *lines[last]) for mark in (_HEADING, _BULLET, _NOTE)):
            break
        if before.endswith((".", "!", "?", ":", "。")) or (len(before) < _LONG_LINE and text[lines[last][0]].isupper()):
            break
        if _table_end(text, lines, last) > last + 1:
            break
        last += 1
    return last


def _bars(line: str) -> int:
    if "|" in line and _RULE.fullmatch(line):
        return line.count("|")
    return line.count("|") if " | " in line or line.strip().startswith("|") else line.count("\t")


def _table_end(text: str, lines: list[tuple[int, int]], at: int) -> int:
    """The line behind the table that begins here; the same line where none does."""
    bars, last = 0, at
    while last < len(lines) and last - at < 2000:
        count = _bars(text[slice(*lines[last])])
        if not count or (bars and abs(count - bars) > max(2, bars // 2) and not _RULE.match(text, *lines[last])):
            break
        bars, last = bars or count, last + 1
    return last


def _pipe_cells(text: str, lines: list[tuple[int, int]], table: int) -> Iterator[Block]:
    rows = [line for line in lines if not _RULE.fullmatch(text[slice(*line)])]
    parted = [_parted(text, start, end) for start, end in rows]
    usual = Counter(len(spans) for spans in parted).most_common(1)[0][0] if parted else 0
    for row, ((start, _), spans) in enumerate(zip(rows, parted, strict=True)):
        if len(spans) + 1 == usual and text[start:].startswith("|"):
            spans = [(start, start), *spans]  # the rows below begin with a name, and this bar parts an empty corner
        for column, (left, right) in enumerate(spans):
            folded = PlainText()
            folded.fold(text, left, right, markdown=True)
            yield Block("cell", folded.done(), cell=Cell(table, row, column))


def _parted(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the cells of a line stand."""
    line = text[start:end]
    mark = "|" if _bars(line) and "|" in line else "\t"
    edges = [start - 1, *(start + at for at, sign in enumerate(line) if sign == mark), end]
    spans = [(left + 1, right) for left, right in pairwise(edges)]
    if mark == "|" and line.strip().startswith("|"):
        spans = spans[1:]
    if mark == "|" and line.strip().endswith("|"):
        spans = spans[:-1]
    return spans


# A table that lost its line breaks: the rule below its header says how many cells a row has.
_RULE_INSIDE = re.compile(r"\|(?: ?:?-{3,40}:? ?\|){2,30}")


def _unfolded(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The lines of a table that stands on one line, with what is in front of it and behind; else the line itself."""
    rule = _RULE_INSIDE.search(text, start, end)
    if rule is None or rule.start() - start < LEAST_HEADER:
        return [(start, end)]
    width = rule[0].count("|") - 1
    bars = [at for at in range(start, rule.start()) if text[at] == "|"]
    if len(bars) < width + 1 or text[bars[-1] : rule.start()].strip(" |"):
        return [(start, end)]
    lines = [(start, bars[-width - 1])] if text[start : bars[-width - 1]].strip() else []
    lines += [(bars[-width - 1], bars[-1] + 1), (rule.start(), rule.end())]
    at = rule.end()
    while (row := _row_end(text, at, end, width)) is not None:
        lines.append((text.index("|", at), row))
        at = row
    return [*lines, (at, end)] if text[at:end].strip() else lines


LEAST_HEADER = 5  # characters


def _row_end(text: str, start: int, end: int, width: int) -> int | None:
    """Where a row of so many cells ends that begins at a bar behind a position."""
    at = start
    while at < end and text[at] == " ":
        at += 1
    for _ in range(width + 1):
        if at < 0 or at >= end or text[at] != "|":
            at = text.find("|", at, end)
        if at < 0:
            return None
        at += 1
    return at
