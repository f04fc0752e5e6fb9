"""YAML, read strictly: every scalar as printed, no key twice, and none of the references that make small files huge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import yaml

from pipeline.errors import PageChanged
from pipeline.read import LONGEST_RAW, text_of
from pipeline.source import Page


class _Strict(yaml.BaseLoader):
    """A loader that makes texts, lists and mappings only: `5e10` as a commit and `no` as a word stay what they are."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Refuse references: nested ones unfold a kilobyte to gigabytes."""
        if self.check_event(yaml.AliasEvent):  # pyright: ignore[reportUnknownMemberType] - untyped stub
            raise yaml.YAMLError("the file refers back to parts of itself")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that stands twice: which of its values is meant cannot be known."""
        keys = [key.value for key, _ in node.value]
        if len(set(map(str, keys))) != len(keys):
            raise yaml.YAMLError(f"a key stands twice in one mapping, line {node.start_mark.line + 1}")
        return super().construct_mapping(node, deep)


def yaml_records(page: Page) -> list[Mapping[str, str]]:
    """The page as a list of flat records, every value the text that is printed.

    Raises:
        PageChanged: Not YAML, not such a list, a key twice, or references.
    """
    text = text_of(page)
    try:
        found: object = yaml.load(text, _Strict)
    except (yaml.YAMLError, RecursionError) as error:
        what = f"not readable as YAML: {' '.join(str(error).split())[:LONGEST_RAW]}"
        raise _changed(page, what, "the file was cut off, or is an error page") from error
    records = cast("list[object]", found) if isinstance(found, list) else []
    flat = [cast("dict[str, str]", record) for record in records if _is_flat(record)]
    if not flat or len(flat) != len(records):
        raise _changed(page, "the page is no list of flat records", "the layout changed, or it is an error page")
    return list(flat)


def _is_flat(record: object) -> bool:
    return isinstance(record, dict) and all(
        isinstance(cell, str) for pair in cast("dict[object, object]", record).items() for cell in pair
    )


def _changed(page: Page, what: str, likely: str) -> PageChanged:
    return PageChanged(what, source=page.source, page=page.url, likely=likely)
