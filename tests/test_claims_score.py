"""The reader against the project's development passages, scored by their own scorer; skipped where they are not."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.claims import read_text

FOLDER = Path(__file__).parents[2] / "shared" / "claims"

pytestmark = pytest.mark.skipif(not (FOLDER / "dev.jsonl").is_file(), reason=f"no development passages in {FOLDER}")


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    """What the scorer says."""
    spec = importlib.util.spec_from_file_location("claims_scorer", FOLDER / "score.py")
    assert spec
    assert spec.loader
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    gold = scorer.load(FOLDER / "dev.jsonl")
    names: dict[str, dict[str, list[str]]] = json.loads((FOLDER / "aliases.json").read_text(encoding="utf-8"))
    aliases = {
        scorer.norm_model(spelling, {}): scorer.norm_model(name, {})
        for kind in ("organisations", "models")
        for name, spellings in names[kind].items()
        for spelling in (name, *spellings)
    }
    predicted = [{"id": passage["id"], "claims": _claims(passage)} for passage in gold]
    return scorer.score(gold, predicted, aliases)[0]


def _claims(passage: dict[str, Any]) -> list[dict[str, object]]:
    return [claim.prediction for claim in read_text(passage["text"], title=passage["title"], url=passage["url"])]


def test_figures_are_found(figures: dict[str, Any]) -> None:
    """Money with its currency, counts of accelerators, device-hours."""
    assert figures["a_money_value_currency"]["F1"] >= 0.98
    assert figures["b_by_kind"]["gpu_count"]["F1"] >= 0.95
    assert figures["b_by_kind"]["gpu_hours"]["F1"] >= 0.92


def test_they_are_understood(figures: dict[str, Any]) -> None:
    """What they cover, whose they are, how they are bounded, and all of it at once."""
    assert figures["c_scope"]["money_only_accuracy"] >= 0.85
    assert figures["d_model_link"]["pairs"]["F1"] >= 0.80
    assert figures["e_hedge_accuracy_on_matched"] >= 0.96
    assert figures["g_value_scope_model_all_right"]["F1"] >= 0.70
