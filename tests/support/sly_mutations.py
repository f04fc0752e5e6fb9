"""Ways in which a page goes wrong that look like a page: what stands where is moved, and every word is one it had.

As ``mutations.py``, whose mutations are of form; these are of meaning: regions change names, labels slip by a row, one
price of many is wrong, a header says another unit, half of the prices are in another currency.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import combinations
from pathlib import Path
from typing import Any, cast

from bs4 import BeautifulSoup, Tag

from pipeline import paths
from tests.support.mutations import Mutation, in_callback, in_lines

Word = Callable[[str], str]
FACTORS = {
    "x30": 30.0, "x10": 10.0, "x100": 100.0, "x672": 672.0, "x8760": 8760.0, "/60": 1 / 60, "/24": 1 / 24,
    "/730": 1 / 730, "/10": 0.1, "/100": 0.01, "/2": 0.5, "x3": 3.0,
}  # fmt: skip
MOST_REGIONS = 4  # the names that stand most often on a page; every two of them change places
PLACE_KEY = re.compile(r"region|location|zone", re.IGNORECASE)
PRICE_KEY = re.compile(r"price|cost|usd|dph|bid|hourly|rating|score|value", re.IGNORECASE)
PLACEHOLDERS = {"0.5", "0.01"}  # no prices at their publishers: ten times as much is an offer that has come
ONE_WRONG = (("x10", 10.0), ("/10", 0.1), ("/60", 1 / 60))
NUMBER = re.compile(r"\d+(?:\.\d+)?")
DOLLARS = re.compile(r"(?<=\$)(\s?)(\d[\d,]*(?:\.\d+)?)")
SYNONYMS = (
    ("On-Demand", "Pay as you go"), ("Price", "Rate"), ("price", "rate"), ("GPU", "Accelerator"), ("VRAM", "Memory"),
    ("Region", "Location"), ("Spot", "Interruptible"), ("Instance", "Machine"), ("hour", "h"),
)  # fmt: skip
HEADER_UNITS = (
    ("hour", "month"), ("hr", "mo"), ("GPU", "node"), ("instance", "GPU"), ("USD", "EUR"), ("GB", "MB"),
)  # fmt: skip


def sly_mutations(path: Path) -> Iterator[Mutation]:
    """Every such mutation of the page that changes it."""
    if path.is_dir():
        return
    text = path.read_text(encoding="utf-8-sig")
    by_form = {
        ".csv": _of_csv,
        ".json": _of_json,
        ".js": partial(in_callback, of_json=_of_json),
        ".html": _of_html,
        ".txt": partial(in_lines, of_json=_of_json),
    }
    for name, mutated in (*by_form.get(path.suffix, _of_nothing)(text), *_of_any(text)):
        if mutated != text.encode():
            yield name, mutated


def _of_nothing(_: str) -> Iterator[Mutation]:
    yield from ()


def _of_any(text: str) -> Iterator[Mutation]:
    for one, other in combinations(_regions(text), 2):
        yield f"regions {one} and {other} change names", _exchanged(text, one, other).encode()
    for share in (0.3, 0.55, 0.8, 0.97):
        whole = text.rfind("\n", 0, int(len(text) * share)) + 1
        middle = whole + (text.find("\n", whole) - whole) // 2
        yield f"cut in the middle of a line, at {share:.0%}", text[: max(middle, 1)].encode()
    for sign, other in (("$", "€"), ("USD", "EUR"), ("EUR", "USD"), ("€", "$")):
        yield f"every third {sign} is {other}", _every_third(text, sign, other).encode()


def _every_third(text: str, sign: str, other: str) -> str:
    places = iter(range(10**6))
    return re.sub(re.escape(sign), lambda found: other if next(places) % 3 == 1 else found[0], text)


@cache
def _known_regions() -> tuple[str, ...]:
    with (paths.reference_dir() / "regions.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    names = {row[key] for row in rows for key in ("printed", "region")} - {""}
    return tuple(sorted(names, key=len, reverse=True))


def _regions(text: str) -> list[str]:
    """The known names of regions that stand most often on the page."""
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, _known_regions()))})(?![\w-])")
    return sorted(name for name, _ in Counter(pattern.findall(text)).most_common(MOST_REGIONS))


def _exchanged(text: str, one: str, other: str) -> str:
    pattern = re.compile(rf"(?<![\w-])(?:{re.escape(one)}|{re.escape(other)})(?![\w-])")
    return pattern.sub(lambda found: other if found[0] == one else one, text)


def _scaled(number: str, factor: float) -> str:
    value = float(number.replace(",", "")) * factor
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _thousands_swapped(number: str) -> str:
    return number.translate({ord(","): ".", ord("."): ","})


# --- CSV ------------------------------------------------------------------------------------------


def _of_csv(text: str) -> Iterator[Mutation]:
    header, *rows = [row for row in csv.reader(io.StringIO(re.sub(r"\r(?!\n)", " ", text), newline="")) if row]
    rows = [row for row in rows if len(row) == len(header)]
    for place, title in enumerate(header):
        slipped = [row[place] for row in rows[-1:] + rows[:-1]]
        yield f"{title} slips by a row", _csv(header, _with_cells(rows, place, slipped))
        yield f"column {title} twice", _csv([*header, title], [[*row, row[place]] for row in rows])
        if not PRICE_KEY.search(title):
            continue
        for name, factor in FACTORS.items():
            changed = [_scaled(row[place], factor) if NUMBER.fullmatch(row[place]) else row[place] for row in rows]
            yield f"{name} of {title}", _csv(header, _with_cells(rows, place, changed))
        for name, factor in ONE_WRONG:
            yield from _one_wrong(header, rows, place, name, factor)
    for one, other in (*SYNONYMS, *HEADER_UNITS):
        renamed = [re.sub(re.escape(one), other, title, flags=re.IGNORECASE) for title in header]
        yield f"headers say {other} for {one}", _csv(renamed, rows)


def _one_wrong(header: list[str], rows: list[list[str]], place: int, name: str, factor: float) -> Iterator[Mutation]:
    for number in range(len(rows)):
        if NUMBER.fullmatch(rows[number][place]) and float(rows[number][place]):
            changed = [row[place] for row in rows]
            changed[number] = _scaled(changed[number], factor)
            yield f"{name} of {header[place]} in row {number + 1}", _csv(header, _with_cells(rows, place, changed))


def _with_cells(rows: list[list[str]], place: int, cells: list[str]) -> list[list[str]]:
    return [[*row[:place], cell, *row[place + 1 :]] for row, cell in zip(rows, cells, strict=True)]


def _csv(header: list[str], rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue().encode()


# --- JSON -----------------------------------------------------------------------------------------


def _of_json(text: str) -> Iterator[Mutation]:
    whole = json.loads(text)
    holders = _holders(whole)
    for key in sorted(holders):
        yield f"{key} slips by a row", _changed_json(whole, key, _slipped)
        if not PRICE_KEY.search(key):
            continue
        for name, factor in FACTORS.items():
            yield f"{name} of {key}", _changed_json(whole, key, _times(factor))
        for number in range(holders[key]):
            for name, factor in ONE_WRONG:
                yield f"{name} of {key} {number + 1}", _changed_json(whole, key, _times(factor, only=number))
    for one, other in combinations(_places(whole), 2):
        yield f"places {one} and {other} change names", _exchanged_values(whole, one, other)


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield cast("dict[str, Any]", node)
        for value in cast("dict[str, Any]", node).values():
            yield from _objects(value)
    elif isinstance(node, list):
        for row in cast("list[Any]", node):
            yield from _objects(row)


def _holders(whole: Any) -> Counter[str]:
    """How many objects have a plain value below each key."""
    found = Counter[str]()
    for row in _objects(whole):
        found.update(key for key, value in row.items() if not isinstance(value, dict | list | None))
    return Counter({key: many for key, many in found.items() if many > 1})


def _changed_json(whole: Any, key: str, change: Callable[[list[Any]], list[Any]]) -> bytes:
    answer = copy.deepcopy(whole)
    rows = [row for row in _objects(answer) if not isinstance(row.get(key), dict | list | None)]
    for row, value in zip(rows, change([row[key] for row in rows]), strict=True):
        row[key] = value
    return json.dumps(answer).encode()


def _slipped(values: list[Any]) -> list[Any]:
    return values[-1:] + values[:-1]


def _times(factor: float, only: int | None = None) -> Callable[[list[Any]], list[Any]]:
    def change(values: list[Any]) -> list[Any]:
        return [
            _product(v, factor) if only is None or (n == only and str(v) not in PLACEHOLDERS) else v
            for n, v in enumerate(values)
        ]

    return change


def _product(value: Any, factor: float) -> Any:
    if isinstance(value, bool) or not NUMBER.fullmatch(str(value)):
        return value
    if isinstance(value, str):
        return _scaled(value, factor)
    return type(value)(value * factor)


def _places(whole: Any) -> list[str]:
    found = Counter(
        value
        for row in _objects(whole)
        for key, value in row.items()
        if PLACE_KEY.search(key) and isinstance(value, str) and value
    )
    return sorted(name for name, _ in found.most_common(MOST_REGIONS))


def _exchanged_values(whole: Any, one: str, other: str) -> bytes:
    answer = copy.deepcopy(whole)
    for row in _objects(answer):
        for key, value in row.items():
            if value in (one, other) and PLACE_KEY.search(key):
                row[key] = other if value == one else one
    return json.dumps(answer).encode()


# --- HTML -----------------------------------------------------------------------------------------


def _of_html(text: str) -> Iterator[Mutation]:
    yield "thousands separators swapped", DOLLARS.sub(lambda f: f[1] + _thousands_swapped(f[2]), text).encode()
    yield "points in whole numbers", DOLLARS.sub(lambda f: f[1] + f[2].replace(",", "."), text).encode()
    for name, factor in FACTORS.items():
        yield f"{name} of every price", DOLLARS.sub(lambda f, by=factor: f[1] + _scaled(f[2], by), text).encode()
    prices = len(DOLLARS.findall(_without_scripts(text)))
    for number in range(prices):
        for name, factor in ONE_WRONG:
            yield f"{name} of price {number + 1}", _one_price(text, number, factor).encode()
    for number in range(0, prices, 3):
        yield f"a cut in price {number + 1}", _cut_in_price(text, number).encode()
    for one, other in (*SYNONYMS, *HEADER_UNITS):
        yield f"headers say {other} for {one}", _headers(text, one, other)
    yield from _of_rows(text)


def _without_scripts(text: str) -> str:
    return re.sub(r"(?s)<(script|style|template)\b.*?</\1>", lambda found: " " * len(found[0]), text)


def _price_places(text: str) -> list[re.Match[str]]:
    return list(DOLLARS.finditer(_without_scripts(text)))


def _one_price(text: str, number: int, factor: float) -> str:
    found = _price_places(text)[number]
    return text[: found.start()] + found[1] + _scaled(found[2], factor) + text[found.end() :]


def _cut_in_price(text: str, number: int) -> str:
    found = _price_places(text)[number]
    return text[: found.start() + 1 + len(found[2]) // 2]


def _headers(text: str, one: str, other: str) -> bytes:
    """Header cells, and what stands for them, say another word."""
    tree = BeautifulSoup(text, "lxml")
    _drop_scripts(tree)
    for header in tree.find_all(
        lambda tag: tag.name == "th" or "header" in " ".join(map(str, tag.get_attribute_list("class")))
    ):
        for string in header.find_all(string=True):
            string.replace_with(
                re.sub(rf"(?<![a-z]){re.escape(one)}(?![a-z])", other, str(string), flags=re.IGNORECASE)
            )
    return str(tree).encode()


def _drop_scripts(tree: BeautifulSoup) -> None:
    for element in tree.find_all(["script", "style", "template"]):
        element.decompose()


def _of_rows(text: str) -> Iterator[Mutation]:
    """What happens to the parts of rows that repeat: labels slip, a cell stands twice, two tables become one."""

    def changed(change: Callable[[list[list[Tag]]], object]) -> bytes:
        tree = BeautifulSoup(text, "lxml")
        _drop_scripts(tree)
        change(_tables(tree))
        return str(tree).encode()

    tree = BeautifulSoup(text, "lxml")
    _drop_scripts(tree)
    tables = _tables(tree)
    for number, rows in enumerate(tables):
        for place in range(max(len(_cells(row)) for row in rows)):
            for name, change in (("slips by a row", _slip), ("twice", _double)):
                yield (
                    f"column {place + 1} of table {number + 1} {name}",
                    changed(lambda found, n=number, at=place, by=change: by(found[n], at)),
                )
    for one, other in combinations(range(len(tables)), 2):
        if _are_apart(tables[one], tables[other]):
            yield (
                f"rows of table {other + 1} stand in table {one + 1}",
                changed(lambda found, a=one, b=other: _merge(found[a], found[b])),
            )
            yield (
                f"tables {one + 1} and {other + 1} change rows",
                changed(lambda found, a=one, b=other: _change_rows(found[a], found[b])),
            )


def _are_apart(rows: list[Tag], others: list[Tag]) -> bool:
    """Whether no row of one is inside a row of the other."""
    return not any(
        inner is outer
        for group, inside in ((rows, others), (others, rows))
        for outer in group
        for row in inside
        for inner in row.parents
    )


def _tables(tree: Tag) -> list[list[Tag]]:
    """The rows of each parent that has several alike with a price inside."""
    parents: dict[int, list[Tag]] = {}
    for element in tree.find_all(True):
        if element.parent is not None and "$" in element.get_text() and len(_cells(element)) > 1:
            parents.setdefault(id(element.parent), []).append(element)
    shapes = [[row for row in rows if _shape(row) == _shape(rows[0])] for rows in parents.values()]
    return [rows for rows in shapes if len(rows) > 1 and rows[0].name not in ("body", "main", "html")]


def _shape(element: Tag) -> tuple[str, str]:
    return element.name, " ".join(map(str, element.get_attribute_list("class")))


def _cells(row: Tag) -> list[Tag]:
    return row.find_all(True, recursive=False)


def _fill(cell: Tag, contents: list[Any]) -> None:
    cell.clear()
    cell.extend(contents)


def _slip(rows: list[Tag], place: int) -> None:
    cells = [_cells(row)[place] for row in rows if place < len(_cells(row))]
    contents = [[copy.copy(child) for child in cell.contents] for cell in cells]
    for cell, held in zip(cells, contents[-1:] + contents[:-1], strict=True):
        _fill(cell, held)


def _double(rows: list[Tag], place: int) -> None:
    for row in rows:
        if place < len(_cells(row)):
            _cells(row)[place].insert_after(copy.copy(_cells(row)[place]))


def _merge(rows: list[Tag], others: list[Tag]) -> None:
    for row in reversed(others):
        rows[-1].insert_after(row.extract())


def _change_rows(rows: list[Tag], others: list[Tag]) -> None:
    copies, other_copies = [copy.copy(row) for row in rows], [copy.copy(row) for row in others]
    for group, held in ((rows, other_copies), (others, copies)):
        for row in reversed(held):
            group[-1].insert_after(row)
        for row in group:
            row.decompose()
