"""What no page may do: one fact at an end of what its field allows must not stop the publish of all the others.

Single facts of the bundled files are put to the ends of their fields; the build of the real SQL has to go through.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from pipeline import paths
from pipeline.bundle import KINDS
from pipeline.paths import Home
from pipeline.refresh import refresh

SIGNS = ["/", " ", ":free", "x" * 99_000, "'; drop table x; --", "\u202egpj", "=1+1", "NULL", "a\nb\tc", "%s{}$1"]
ENDS: dict[str, dict[str, Callable[[Any], list[Any]]]] = {
    "a million times": {
        "float": lambda value: [1e6 * value, 1e3 * value],
        "int": lambda value: [10**6 * value, 20_000],
    },
    "a millionth": {"float": lambda value: [1e-6 * value], "int": lambda value: [1, 0]},
    "days": {"date": lambda _: ["2099-12-31", "1940-01-01"]},
    "names": {"str": lambda _: SIGNS},
}
SHARE = 0.03  # of the facts that have the field
STOPPED = ("score", "score_low", "score_high")  # a board on two scales is refused on purpose


def put_to_an_end(line: str, ends: dict[str, Callable[[Any], list[Any]]], chance: random.Random) -> tuple[str, int]:
    """A fact with some of its fields at an end that they allow, and how many."""
    fact, moved = json.loads(line), 0
    kind = KINDS[fact["fact"]]
    for name, field in kind.model_fields.items():
        of_type = next((ends[word] for word in ends if word in str(field.annotation)), None)
        printed = fact.get(name)
        is_fixed = "Literal" in str(field.annotation) or name in ("row", "page_number") or name in STOPPED
        if of_type is None or printed is None or is_fixed or chance.random() > SHARE:
            continue
        found = of_type(printed)
        for end in chance.sample(found, len(found)):
            fact[name] = end
            try:
                kind.model_validate({key: value for key, value in fact.items() if key != "fact"})
            except ValidationError:
                fact[name] = printed
            else:
                moved += 1
                break
    return json.dumps(fact), moved


@pytest.mark.slow(seconds=25)
@pytest.mark.fault(33)
@pytest.mark.parametrize("what", ENDS)
def test_fault_33_facts_at_the_ends_of_their_fields_build(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hours before all days, logarithms of nothing, whole numbers beyond 64 bits, names of signs alone."""
    chance, moved = random.Random(what), 0
    bundled = Path(shutil.copytree(paths.bundled_dir(), tmp_path / "bundled"))
    for file in sorted(bundled.glob("*.jsonl")):
        header, *lines = file.read_text(encoding="utf-8").splitlines()
        changed = [put_to_an_end(line, ENDS[what], chance) for line in lines]
        moved += sum(many for _, many in changed)
        file.write_text("\n".join([header, *(line for line, _ in changed), ""]), encoding="utf-8")
    assert moved > 100
    monkeypatch.setattr(paths, "bundled_dir", lambda: bundled)

    home = Home(tmp_path / "home")
    refresh(home, offline=True)
    assert home.warehouse.exists()
