"""Reads passages whose amounts are marked where they stand: ``{{$5 million|money|USD 5e6|final_run|GPT-4}}``.

The fields are the quote, the kind, the value, the scope and the model. A value has its hedge and currency in front
(``~USD 6e6``, ``>=512``, ``<=EUR 1e6``; ``USD 8e6..1e7`` is a range; ``vague`` has none); of kinds, scopes and models
that the rules leave open both stand there, with a slash; ``-`` is no model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Label = dict[str, Any]

_MARK = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_VALUE = re.compile(r"(?P<hedge>~|>=|<=)?(?:(?P<currency>[A-Z]{3}) )?(?P<low>[0-9.e+-]+?)(?:\.\.(?P<high>[0-9.e+-]+))?")
_HEDGES = {"~": "approx", ">=": "at_least", "<=": "at_most"}


def rows(file: Path) -> Iterator[dict[str, Any]]:
    """Each line with its ``text`` and ``claims``, as the other collections have them."""
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text, claims = unmarked(row["marked"])
        yield {"id": row["id"], "theme": "web", "title": row["title"], "text": text, "claims": claims}


def unmarked(marked: str) -> tuple[str, list[Label]]:
    """The text without its marks, and a label for each."""
    text, at = "", 0
    labels: list[Label] = []
    for found in _MARK.finditer(marked):
        text += marked[at : found.start()]
        quote, kind, value, scope, model = found[1].rsplit("|", 4)
        labels.append({
            "quote": quote, "start": len(text), "end": len(text) + len(quote), "kind": kind.split("/"), **_said(value),
            "scope": scope.split("/"), "model": [None if one == "-" else one for one in model.split("/")],
        })  # fmt: skip
        text, at = text + quote, found.end()
    return text + marked[at:], labels


def _said(value: str) -> dict[str, Any]:
    if value == "vague":
        return {"optional": True, "hedge": "range", "low": 0.0, "high": 0.0}
    found = _VALUE.fullmatch(value)
    if found is None:
        raise ValueError(f"{value!r} is no value")
    currency = {"currency": found["currency"]} if found["currency"] else {}
    if found["high"]:
        return {"hedge": "range", "low": float(found["low"]), "high": float(found["high"]), **currency}
    return {"hedge": _HEDGES.get(found["hedge"], "exact"), "value": float(found["low"]), **currency}
