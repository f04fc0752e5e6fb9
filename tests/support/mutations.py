"""Ways in which a publisher's page goes wrong, for pages of any source: CSV, JSON, JSON in a callback, and HTML.

Each gives ``(name, body)``. Nothing here knows a source: rows are the elements that repeat most, prices are what
stands behind a dollar sign, or under a key or header that speaks of money.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, cast

from bs4 import BeautifulSoup, Tag

WIDE = 16  # columns
Mutation = tuple[str, bytes]
FACTORS = {"x60": 60.0, "x8": 8.0, "/8": 0.125, "0": 0.0, "x730": 730.0, "x24": 24.0, "x0.5": 0.5, "x1000": 1000.0}
MONEY = re.compile(
    r"price|cost|usd|hourly|monthly|dph|bid|hour|amount|per_h|value|(?:^|_)rate|^rating",
    re.IGNORECASE,
)
NO_MONEY = re.compile(r"date|updated|\bid|_id\b|version|schema|vers$|count", re.IGNORECASE)
DOLLARS = re.compile(r"(?<=\$)(\s?)(\d[\d,]*(?:\.\d+)?)")
CURRENCIES = (("$", "€"), ("$", "£"), ("$", "C$"), ("USD", "EUR"), ("USD", "CAD"), ("EUR", "GBP"), ("€", "£"))
# What a price is per, as pages print it; the numbers stay as they are.
TIMES = re.compile(
    r"(?<=[/ ])(?:h|hr|hour)(?![a-z0-9])|(?<=per )hour|(?<=per_)hour|(?<=1 )hour|hourly(?=[ _])|(?<=gpu-)(?:hr|hour)",
    re.IGNORECASE,
)
ON_DEMAND = re.compile(r"on[- ]?demand", re.IGNORECASE)
SPOT = re.compile(r"\b(?:spot|preemptible)\b", re.IGNORECASE)
YEAR = re.compile(r"\b20(\d\d)(?=-\d\d-\d\d)|(?<=[a-z] \d, )20(\d\d)|(?<=[a-z] \d\d, )20(\d\d)")
CARD = re.compile(r"(?<![\w.-])(?:NVIDIA )?[A-Z]{1,2}\d{2,3}[A-Z]?(?=[ <,\"])")


def mutations(path: Path) -> Iterator[Mutation]:
    """Every mutation of the page that changes it."""
    if path.is_dir():
        yield from _of_archive(path)
        return
    body = path.read_bytes()
    by_form = {
        ".csv": _of_csv,
        ".json": _of_json,
        ".yml": _of_yaml,
        ".js": partial(in_callback, of_json=_of_json),
        ".html": _of_html,
        ".txt": partial(in_lines, of_json=_of_json),
    }
    for name, mutated in (*by_form[path.suffix](body.decode("utf-8-sig")), *_of_any(body)):
        if mutated != body:
            yield name, mutated


def _of_any(body: bytes) -> Iterator[Mutation]:
    text = body.decode("utf-8-sig")
    for sign, other in CURRENCIES:
        whole_word = rf"\b{sign}\b" if sign.isalpha() else re.escape(sign)
        yield f"currency {sign} to {other}", re.sub(whole_word, other, text).encode()
    yield "cp1252", _with_a_letter(text, "é").encode("cp1252", errors="replace")
    for name, share in (("cut in half", 0.5), ("cut after a quarter", 0.25), ("cut near the end", 0.9)):
        yield name, body[: int(len(body) * share)]
    yield "two pages, one after the other", body + body
    yield "Windows line ends", text.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    yield "byte-order mark", b"\xef\xbb\xbf" + text.encode()
    for unit in ("month", "minute", "second"):
        yield f"per {unit}", TIMES.sub(unit, text).encode()
    once = len(TIMES.findall(text)) // 2
    places = iter(range(10**6))
    yield "one price per month", TIMES.sub(lambda f: "month" if next(places) == once else f[0], text).encode()
    yield "spot and on demand change names", _exchanged(text).encode()
    yield "years are one later", YEAR.sub(lambda f: f"20{int(f[1] or f[2] or f[3]) + 1:02d}", text).encode()
    for name, sign in (("zero-width spaces in names", "\u200b"), ("soft hyphens in names", "\u00ad")):
        yield name, CARD.sub(lambda f, sign=sign: f"{f[0][:1]}{sign}{f[0][1:]}", text).encode()


def _exchanged(text: str) -> str:
    """What was called spot is called on demand, and the other way round."""
    return SPOT.sub("On-Demand", ON_DEMAND.sub("\x00", text)).replace("\x00", "Spot")


# --- archives -------------------------------------------------------------------------------------


def archive_of(members: dict[str, bytes]) -> bytes:
    """The ZIP archive of these files, the same every time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), body)
    return out.getvalue()


def members_of(folder: Path) -> dict[str, bytes]:
    """The files of a practice archive."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def _of_archive(folder: Path) -> Iterator[Mutation]:
    """Each file of it mutated in turn, and the archive itself."""
    whole = members_of(folder)
    names = [name for name in whole if name.endswith(".csv")]
    for name in names:
        for kind, body in _of_csv(whole[name].decode("utf-8-sig")):
            if body != whole[name]:
                yield f"{name}: {kind}", archive_of({**whole, name: body})
        yield f"{name}: gone", archive_of({other: body for other, body in whole.items() if other != name})
        yield f"{name}: renamed", archive_of({f"new_{o}" if o == name else o: body for o, body in whole.items()})
    for one, other in pairwise(names):
        yield f"{one} and {other} change names", archive_of({**whole, one: whole[other], other: whole[one]})
    body = archive_of(whole)
    yield "cut in half", body[: len(body) // 2]
    yield "two archives, one after the other", body + body
    yield "a page in its place", b"<!doctype html><html><body>Not found</body></html>"


def _with_a_letter(text: str, letter: str) -> str:
    # somewhere in a word that is printed: behind the first letter after the middle that stands between two letters
    middle = len(text) // 2
    found = re.compile(r"(?<=[a-z])(?=[a-z]{3})").search(text, middle)
    place = found.start() if found else middle
    return f"{text[:place]}{letter}{text[place:]}"


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


# --- CSV ------------------------------------------------------------------------------------------


def _of_csv(text: str) -> Iterator[Mutation]:
    header, *rows = [row for row in csv.reader(io.StringIO(re.sub(r"\r(?!\n)", " ", text), newline="")) if row]
    yield "drop half of the rows", _csv([header, *rows[: len(rows) // 2]])
    yield "drop every row", _csv([header])
    yield "duplicate table", _csv([header, *rows, *rows])
    yield "duplicate table with header", _csv([header, *rows, header, *rows])
    yield "header in the middle", _csv([header, *rows[: len(rows) // 2], header, *rows[len(rows) // 2 :]])
    yield "rows in another order", _csv([header, *rows[::-1]])
    yield "header in capitals", _csv([[title.upper() for title in header], *rows])
    yield "blanks in the header", _csv([[f" {title.replace(' ', chr(160))} " for title in header], *rows])
    yield "insert column", _csv([[header[0], "New", *header[1:]], *([row[0], "1", *row[1:]] for row in rows)])
    yield "insert column without header", _csv([header, *([row[0], "1", *row[1:]] for row in rows)])
    # every pair of columns of the wide catalogues is swapped on the publisher's real file, in test_recordings.py
    for one, other in combinations(range(len(header)), 2) if len(header) <= WIDE else ():
        swapped = [_swapped(row, one, other) for row in rows]
        yield f"swap columns {header[one]} and {header[other]}", _csv([header, *swapped])
    for place, title in enumerate(header):
        if MONEY.search(title) and not NO_MONEY.search(title):
            for name, factor in FACTORS.items():
                yield f"{name} of {title}", _csv([header, *(_scaled_cell(row, place, factor) for row in rows)])
            yield f"{title} has another name", _csv([[*header[:place], "Cost, new", *header[place + 1 :]], *rows])
            for name, change in CELLS.items():
                changed = [[*row[:place], change(row[place]), *row[place + 1 :]] for row in rows]
                yield f"{name} in {title}", _csv([header, *changed])


def _comma(text: str) -> str:
    return text.replace(",", "").replace(".", ",") if re.search(r"\d", text) else text


# What becomes of the text of a price.
CELLS: dict[str, Callable[[str], str]] = {
    "decimal commas": _comma,
    "negative numbers": lambda text: re.sub(r"(?<![\d.])(?=\d)", "-", text, count=1),
    "contact us": lambda text: "Contact us" if re.search(r"\d", text) else text,
}


def _swapped(row: list[str], one: int, other: int) -> list[str]:
    changed = list(row)
    changed[one], changed[other] = row[other], row[one]
    return changed


def _scaled_cell(row: list[str], place: int, factor: float) -> list[str]:
    found = re.fullmatch(r"([$€]?)(\d[\d,]*(?:\.\d+)?)", row[place].strip())
    if not found:
        return row
    return [*row[:place], found[1] + _number(float(found[2].replace(",", "")) * factor), *row[place + 1 :]]


def _csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


# --- YAML -----------------------------------------------------------------------------------------


def _of_yaml(text: str) -> Iterator[Mutation]:
    """A list of flat records, one line a key."""
    rows = [f"- {part}" for part in re.split(r"(?m)^- ", text) if part.strip()]
    keys = sorted(set(re.findall(r"(?m)^(?:- |  )(\w+):", text)))

    def changed(change: Callable[[dict[str, str]], None]) -> bytes:
        records = [dict(re.findall(r"(?m)^(?:- |  )(\w+):(.*)$", row)) for row in rows]
        for record in records:
            change(record)
        return "".join(
            "".join(f"{'  ' if n else '- '}{key}:{value}\n" for n, (key, value) in enumerate(record.items()))
            for record in records
        ).encode()

    yield "drop half of the rows", "".join(rows[: len(rows) // 2]).encode()
    yield "drop every row", b"[]\n"
    yield "duplicate table", "".join([*rows, *rows]).encode()
    yield "insert column", changed(lambda record: record.update(new_column=" 1"))
    for key in keys:
        if MONEY.search(key):
            for name, factor in FACTORS.items():
                yield f"{name} of {key}", changed(_scaled_text(key, factor))
    # a key that stands in few records is no column: its swap is a change of single rows
    common = [
        key for key in keys if 2 * sum(bool(re.search(rf"(?m)^(?:- |  ){key}:", row)) for row in rows) > len(rows)
    ]
    for one, other in combinations(common, 2):
        yield f"swap columns {one} and {other}", changed(_swapped_text(one, other))


def _scaled_text(key: str, factor: float) -> Callable[[dict[str, str]], None]:
    def change(record: dict[str, str]) -> None:
        if re.fullmatch(r" ?\d+(?:\.\d+)?", record.get(key, "")):
            record[key] = f" {_number(float(record[key]) * factor)}"

    return change


def _swapped_text(one: str, other: str) -> Callable[[dict[str, str]], None]:
    def change(record: dict[str, str]) -> None:
        if one in record and other in record:
            record[one], record[other] = record[other], record[one]

    return change


# --- JSON -----------------------------------------------------------------------------------------


def in_callback(text: str, of_json: Callable[[str], Iterator[Mutation]]) -> Iterator[Mutation]:
    """Mutations of the JSON that a script hands to a function."""
    found = re.fullmatch(r"(?s)(\s*\w+\()(.*)(\);?\s*)", text)
    assert found, "no callback"
    for name, body in of_json(found[2]):
        yield name, found[1].encode() + body + found[3].encode()


def in_lines(text: str, of_json: Callable[[str], Iterator[Mutation]]) -> Iterator[Mutation]:
    """Mutations of a file with an object a line."""
    for name, body in of_json(f"[{','.join(text.splitlines())}]"):
        yield name, "".join(f"{json.dumps(row)}\n" for row in json.loads(body)).encode()


def _of_json(text: str) -> Iterator[Mutation]:
    whole = json.loads(text)

    def changed(change: Callable[[Any], object]) -> bytes:
        answer = copy.deepcopy(whole)
        for rows in _tables(answer):
            change(rows)
        return json.dumps(answer).encode()

    yield "drop half of the rows", changed(lambda rows: _keep(rows, len(rows) // 2))
    yield "drop every row", changed(lambda rows: rows.clear())
    yield "duplicate table", changed(_twice)
    yield "insert column", changed(_with_a_new_key)
    yield "rows in another order", changed(_backwards)
    money, keys = _keys(whole)
    for key in sorted(money):
        for name, factor in FACTORS.items():
            yield f"{name} of {key}", json.dumps(_scaled(copy.deepcopy(whole), key, factor)).encode()
        for name, change in VALUES.items():
            yield f"{name} in {key}", json.dumps(_changed_values(copy.deepcopy(whole), key, change)).encode()
        yield f"{key} has another name", json.dumps(_renamed(copy.deepcopy(whole), key)).encode()
        for other in sorted(keys - {key}):
            yield f"swap columns {key} and {other}", json.dumps(_swap_keys(copy.deepcopy(whole), key, other)).encode()


def _tables(node: Any) -> list[Any]:
    """The lists of objects, or objects of objects, that have the most of them in all: the rows of the answer."""
    found: dict[str, list[Any]] = {}

    def walk(part: Any, way: str) -> None:
        if not isinstance(part, dict | list):
            return
        inner = list(cast("dict[str, Any]", part).values()) if isinstance(part, dict) else cast("list[Any]", part)
        leaves = all(isinstance(row, dict) for row in inner) and (isinstance(part, list) or _are_rows(inner))
        if inner and leaves:
            found.setdefault(way, []).append(part)
        for key, value in cast("dict[str, Any]", part).items() if isinstance(part, dict) else enumerate(inner):
            walk(value, f"{way}.{key}" if isinstance(part, dict) and isinstance(value, list) else way)

    walk(node, "")
    if not found:  # an object of objects, each of keys of its own
        return [node]
    return max(found.values(), key=lambda tables: sum(map(len, tables)))


def _are_rows(inner: list[Any]) -> bool:
    """Whether objects below keys are rows: of alike keys, with a value among them."""
    keys = {frozenset(row) for row in inner}
    return len(inner) > 1 and len(keys) <= len(inner) / 2 and any(not isinstance(v, dict) for v in inner[0].values())


Rows = dict[str, dict[str, Any]] | list[dict[str, Any]]


def _with_a_new_key(rows: Rows) -> None:
    for row in rows.values() if isinstance(rows, dict) else rows:
        row["newColumn"] = 1


def _keep(rows: Rows, many: int) -> None:
    if isinstance(rows, dict):
        for key in list(rows)[many:]:
            del rows[key]
    else:
        del rows[many:]


def _twice(rows: Rows) -> None:
    if isinstance(rows, dict):
        rows.update({f"{key} again": copy.deepcopy(row) for key, row in rows.items()})
    else:
        rows.extend(copy.deepcopy(rows))


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield cast("dict[str, Any]", node)
        for value in cast("dict[str, Any]", node).values():
            yield from _objects(value)
    elif isinstance(node, list):
        for row in cast("list[Any]", node):
            yield from _objects(row)


def _amount(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    return float(value) if re.fullmatch(r"\d+(?:\.\d+)?", str(value)) else None


def _keys(whole: Any) -> tuple[set[str], set[str]]:
    beside: dict[str, set[str]] = {}
    for row in _objects(whole):
        for key, value in row.items():
            speaks = MONEY.search(key) or key in ("USD", "EUR")
            if speaks and not NO_MONEY.search(key) and _amount(value) is not None:
                beside.setdefault(key, set()).update(k for k, v in row.items() if not isinstance(v, dict | list))
    return set(beside), set[str]().union(*beside.values())


def _scaled(whole: Any, key: str, factor: float) -> Any:
    for row in _objects(whole):
        amount = _amount(row.get(key))
        if amount is not None:
            value = amount * factor
            number = int(value) if isinstance(row[key], int) else value
            row[key] = _number(value) if isinstance(row[key], str) else number
    return whole


VALUES: dict[str, Callable[[float, object], object]] = {
    "negative numbers": lambda amount, value: f"-{value}" if isinstance(value, str) else -amount,
    "contact us": lambda amount, value: "Contact us",
    "decimal commas": lambda amount, value: str(value).replace(".", ",") if "." in str(value) else value,
    "null": lambda amount, value: None,
}


def _changed_values(whole: Any, key: str, change: Callable[[float, object], object]) -> Any:
    for row in _objects(whole):
        amount = _amount(row.get(key))
        if amount is not None:
            row[key] = change(amount, row[key])
    return whole


def _renamed(whole: Any, key: str) -> Any:
    for row in _objects(whole):
        if key in row:
            row[f"new_{key}"] = row.pop(key)
    return whole


def _backwards(rows: Rows) -> None:
    if isinstance(rows, dict):
        for key in list(rows)[::-1]:
            rows[key] = rows.pop(key)
    else:
        rows.reverse()


def _swap_keys(whole: Any, one: str, other: str) -> Any:
    for row in _objects(whole):
        if one in row and other in row:
            row[one], row[other] = row[other], row[one]
    return whole


# --- HTML -----------------------------------------------------------------------------------------


def _of_html(text: str) -> Iterator[Mutation]:
    def changed(change: Callable[[list[Tag]], object]) -> bytes:
        tree = BeautifulSoup(text, "lxml")
        change(_rows(tree))
        return str(tree).encode()

    yield "drop half of the rows", changed(lambda rows: [row.decompose() for row in rows[len(rows) // 2 :]])
    yield "drop every row", changed(lambda rows: [row.decompose() for row in rows])
    yield "duplicate table", changed(lambda rows: [_double(parent) for parent in _parents(rows)])
    yield "duplicate rows", changed(lambda rows: [_double(row) for row in rows])
    yield "insert column", changed(lambda rows: [row.insert(1, _new_cell(row)) for row in rows])
    yield "rows in another order", changed(_reversed_rows)
    yield "a header in the middle", changed(_header_again)
    yield "no tbody", re.sub(r"</?tbody[^>]*>", "", text).encode()
    yield "a table inside a cell", changed(_nested_table)
    yield "headers in capitals", _with_headers(text, str.upper)
    yield "blanks in headers", _with_headers(text, lambda title: f" {title.replace(' ', chr(160))} ")
    yield "headers renamed", _with_headers(text, lambda title: f"New {title}")
    yield "entities in names", CARD.sub(lambda found: f"{found[0][:1]}&#x200B;{found[0][1:]}", text).encode()
    for name, change in (("decimal commas", _comma), ("negative numbers", "-{}".format)):
        yield name, DOLLARS.sub(lambda found, change=change: found[1] + change(found[2]), text).encode()
    yield "contact us", re.sub(r"\$\s?\d[\d,]*(?:\.\d+)?[^<]*", "Contact us", text).encode()
    width = max(len(_cells(row)) for row in _rows(BeautifulSoup(text, "lxml")))
    for one, other in combinations(range(width), 2):
        yield (
            f"swap columns {one + 1} and {other + 1}",
            changed(lambda rows, a=one, b=other: [_swap_cells(row, a, b) for row in rows]),
        )
    for name, factor in FACTORS.items():
        yield (
            f"{name} of every price",
            DOLLARS.sub(
                lambda found, by=factor: found[1] + _number(float(found[2].replace(",", "")) * by), text
            ).encode(),
        )


def _rows(tree: Tag) -> list[Tag]:
    """The elements that repeat most among those that hold a price and are not inside another such element."""
    for element in tree.find_all(["script", "style", "template"]):
        element.decompose()
    shapes: Counter[tuple[str, str]] = Counter()
    holders = [element for element in tree.find_all(True) if "$" in element.get_text() and len(_cells(element)) > 1]
    for element in holders:
        shapes[_shape(element)] += 1
    most = max(shapes.values())
    shape = next(shape for shape, count in shapes.items() if count == most)
    return [element for element in holders if _shape(element) == shape]


def _shape(element: Tag) -> tuple[str, str]:
    classes = element.get("class")
    return element.name, " ".join(classes) if isinstance(classes, list) else str(classes)


def _cells(row: Tag) -> list[Tag]:
    return row.find_all(True, recursive=False)


def _reversed_rows(rows: list[Tag]) -> None:
    """Rows of one parent change places among themselves."""
    for parent in _parents(rows):
        inside = [row for row in rows if row.parent is parent]
        copies = [copy.copy(row) for row in reversed(inside)]
        for row, other in zip(inside, copies, strict=True):
            row.replace_with(other)


def _header_again(rows: list[Tag]) -> None:
    table = rows[0].find_parent("table")
    header = table.find("tr") if table is not None else None
    if header is not None:
        rows[len(rows) // 2].insert_before(copy.copy(header))


def _nested_table(rows: list[Tag]) -> None:
    cell = _cells(rows[len(rows) // 2])[-1]
    cell.append(copy.copy(rows[0].find_parent("table") or rows[0]))


def _with_headers(text: str, change: Callable[[str], str]) -> bytes:
    """Header cells, and headings, in other words."""
    tree = BeautifulSoup(text, "lxml")
    for element in tree.find_all(["script", "style", "template"]):
        element.decompose()
    for header in tree.find_all(["th", "h2", "h3"]):
        for string in header.find_all(string=True):
            if string.strip():
                string.replace_with(change(str(string)))
    return str(tree).encode()


def _parents(rows: list[Tag]) -> list[Tag]:
    parents: dict[int, Tag] = {}
    for row in rows:
        if row.parent is not None and row.parent.name not in ("body", "html"):
            parents[id(row.parent)] = row.parent
    return list(parents.values())


def _double(element: Tag) -> None:
    element.insert_after(copy.copy(element))


def _new_cell(row: Tag) -> Tag:
    cell = copy.copy(_cells(row)[0])
    cell.string = "New"
    return cell


def _swap_cells(row: Tag, one: int, other: int) -> None:
    cells = _cells(row)
    if other < len(cells):
        first, second = cells[one], cells[other]
        inner, outer = list(first.contents), list(second.contents)
        first.clear()
        second.clear()
        first.extend(outer)
        second.extend(inner)
