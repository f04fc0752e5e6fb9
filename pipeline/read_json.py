"""Strict reading of JSON answers: objects and lists where they are known, values of the type that their key promises.

JSON has types of its own, so nothing is converted: a number in quotes is no number, true is not 1, and a key that
is gone is not a null. What is wrong with the whole answer raises `PageChanged`, what is wrong with one value
raises `UnreadableKey`, which a source turns into an `Issue` for that item alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeGuard, TypeVar, cast

from pipeline.errors import PageChanged
from pipeline.facts import Extra, Issue
from pipeline.read import LARGEST_COUNT, LONGEST_RAW, Unreadable, clean
from pipeline.source import Page

MOST_NEW = 20  # keys that are named of one kind of object; where there are more, names of things stand as keys
BEYOND = 1e40  # as in the facts; a whole number may be beyond what a float holds
Item = Mapping[str, object]
Value = TypeVar("Value")


class UnreadableKey(Unreadable):
    """A value that is not what its key promises."""

    def __init__(self, rule: str, key: str, value: object, what: str) -> None:
        super().__init__(rule, "" if rule == "missing_key" else printed(value), what)
        self.key = key

    def at(self, row: int, *, kept: bool = False) -> Issue:
        """What the value leaves behind; `kept` where the item is loaded without it."""
        return self.issue(row, self.key, kept=kept)


def object_of(page: Page, value: object, what: str = "the answer") -> Item:
    """The value as an object.

    Raises:
        PageChanged: It is something else, or an object that carries errors (as GraphQL does, with status 200).
    """
    if not isinstance(value, dict):
        raise _changed(page, f"{what} is {_kind(value)}, not an object")
    item = cast("Item", value)
    if errors := item.get("errors") or item.get("error"):
        raise _changed(page, f"{what} carries errors: {printed(errors)}", "the publisher refused the question")
    return item


def items_of(page: Page, value: object, what: str, *, needs: Iterable[str] = ()) -> list[Item]:
    """The value as a list of objects; every key of `needs` occurs in one of them at least.

    Raises:
        PageChanged: It is no list, is empty, holds something else, or a key occurs nowhere: it was renamed.
    """
    items = cast("list[object]", value if isinstance(value, list) else [])
    if not items:
        raise _changed(page, f"{what} is {_kind(cast('object', value))}, not a list of objects")
    if strange := [item for item in items if not isinstance(item, dict)]:
        raise _changed(page, f"{what} holds {_kind(strange[0])} beside objects")
    found = cast("list[Item]", items)
    if gone := [key for key in needs if not any(key in item for item in found)]:
        raise _changed(page, f"no item of {what} has {' or '.join(gone)}", "the publisher renamed or removed it")
    return found


def is_number(value: object) -> TypeGuard[float]:
    """Whether it is a number, and one that can be counted with: JSON has whole ones of thousands of digits."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < BEYOND


def number_at(item: Item, key: str) -> float | None:
    """The number above zero under the key; None where it is null.

    Raises:
        UnreadableKey: The key is gone, or holds something else: text, true, zero or less.
    """
    value = _at(item, key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnreadableKey("not_a_number", key, value, f"{key} is {_kind(value)}, not a number")
    if value <= 0:
        raise UnreadableKey("not_positive", key, value, f"{key} is {printed(value)}, not above zero")
    if value >= BEYOND:
        raise UnreadableKey("not_finite", key, value, f"{key} is beyond all numbers that a fact may have")
    return float(value)


def count_at(item: Item, key: str) -> int | None:
    """The whole number of at least 1 under the key; None where it is null.

    Raises:
        UnreadableKey: The key is gone, or holds something else.
    """
    value = number_at(item, key)
    if value is not None and (value != int(value) or value > LARGEST_COUNT):
        raise UnreadableKey("not_a_count", key, item[key], f"{key} is {printed(item[key])}, not a whole number")
    return None if value is None else int(value)


def text_at(item: Item, key: str) -> str | None:
    """The text under the key, cleaned; None where it is null or blank.

    Raises:
        UnreadableKey: The key is gone, or holds something else.
    """
    value = _at(item, key)
    if value is not None and not isinstance(value, str):
        raise UnreadableKey("not_text", key, value, f"{key} is {_kind(value)}, not text")
    return clean(value or "") or None


def there(item: Item, key: str, value: Value | None) -> Value:
    """The value read from under the key, which must not be null.

    Raises:
        UnreadableKey: It is null or blank.
    """
    if value is None:
        raise UnreadableKey("no_price" if "price" in key.lower() else "no_value", key, item[key], f"{key} is empty")
    return value


def inner(item: Item, *keys: str) -> Item:
    """The object under a path of keys; empty where a part of the path is absent or is something else."""
    for key in keys:
        value = item.get(key)
        item = cast("Item", value) if isinstance(value, dict) else {}
    return item


def objects_at(item: Item, key: str) -> list[Item]:
    """The objects of the list under the key; none where it is absent or is something else."""
    value = item.get(key)
    found = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("Item", one) for one in found if isinstance(one, dict)]


def only_at(item: Item, key: str) -> Item:
    """The one object of the list under the key.

    Raises:
        UnreadableKey: The key is gone, or holds no list, or a list of none, several or something else.
    """
    value = _at(item, key)
    found = cast("list[object]", value if isinstance(value, list) else [])
    if len(found) != 1 or not isinstance(found[0], dict):
        raise UnreadableKey("not_one", key, found or cast("object", value), f"{key} does not hold exactly one object")
    return cast("Item", found[0])


def new_keys(items: Iterable[Item], known: Iterable[str], *, of: str = "", but: str = "") -> Iterator[Issue]:
    """An issue for each key of these objects that no reader knows, with the first value under it as printed.

    Args:
        items: The objects, at the level of the page that records are read from.
        known: Keys that are read, or known and not read.
        of: What the objects are called, where the page has several kinds.
        but: A pattern of further keys that are known.
    """
    listed, is_known = list(items), re.compile(but)
    found = set[str]().union(*listed).difference(known)
    new = sorted(key for key in found if not (but and is_known.fullmatch(key)))
    for key in new[:MOST_NEW]:
        row, value = next((row, item[key]) for row, item in enumerate(listed) if key in item)
        field = f"{of}{'.' if of else ''}{clean(key)[:LONGEST_RAW] or 'no name'}"
        what = f"a key that is not known: {field[:80]}"
        yield Issue(row=None, rule="new_key", field=field, what=what, kept=True)
        raw = value if isinstance(value, str) else printed(value)
        yield Extra(row=row, rule="new_key", field=field, raw_value=raw[:LONGEST_RAW])
    if len(new) > MOST_NEW:
        yield summary("new_key", of or "keys", f"{len(new) - MOST_NEW} further keys are not known")


def check_order(page: Page, items: Iterable[Item], lower: str, upper: str, *, but: float | None = None) -> None:
    """The price under `lower` is not above the one under `upper` in half of the items that have both, `but` aside.

    Raises:
        PageChanged: It is: the two keys changed their meaning.
    """
    pairs = [(item.get(lower), item.get(upper)) for item in items]
    both = [low > high for low, high in pairs if _is_price(low, but) and _is_price(high, but)]
    above = sum(both)
    if above * 2 > len(both):
        raise _changed(page, f"{lower} is above {upper} in {above} of {len(both)} items", "the two changed places")


def _is_price(value: object, but: float | None) -> TypeGuard[float]:
    return is_number(value) and value > 0 and value != but


def printed(value: object) -> str:
    """A value as JSON prints it, for an issue."""
    return json.dumps(value, ensure_ascii=False)[:LONGEST_RAW]


def summary(rule: str, field: str, what: str) -> Issue:
    """One issue for what a whole page leaves out by a stated rule; no row is lost by mistake."""
    return Issue(row=None, rule=rule, field=field, what=what, kept=True)


def _at(item: Item, key: str) -> object:
    if key not in item:
        raise UnreadableKey("missing_key", key, None, f"there is no {key!r}")
    return item[key]


_NAMES = {bool: "true or false", str: "text", int: "a number", float: "a number", list: "a list", dict: "an object"}


def _kind(value: object) -> str:
    return "an empty list" if value == [] else _NAMES.get(cast("type[str]", type(value)), "nothing")


def _changed(page: Page, what: str, likely: str = "the answer has another shape than it had") -> PageChanged:
    return PageChanged(
        what, source=page.source, page=page.url, likely=likely,
        fix=f"read the archived page and teach pipeline/sources/{page.source}.py",
    )  # fmt: skip
