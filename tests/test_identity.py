"""The dictionary of models: labelled names, what must never be joined, and how the notebook itself must look."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.identity import SETTINGS, ModelMatch, resolve_model
from pipeline.registry import (
    EVERY_BUILD,
    Alias,
    Entry,
    Model,
    aliases,
    book,
    hosts,
    key,
    registry,
    spelt_out,
    suggestions,
)

HERE = Path(__file__).parent
SHARED = HERE.parents[1] / "shared"
GOLD = SHARED / "reference" / "model_aliases_gold_dev.csv"
OWN = HERE / "names" / "model_pairs.csv"  # labelled by hand from recordings before the rules were run on it

# Words that make another model of a name; none of them is ever taken off.
MARKERS = (
    "mini nano lite pro plus codex chat fast turbo distill base preview exp speciale safeguard nemotron vl coder "
    "deep-research audio realtime search image tts instruct-v9 beta2 70b 8b v9 vision air flash ultra guard r1 next"
)


def _pairs(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def _resolved(pair: dict[str, str]) -> ModelMatch:
    on = date.fromisoformat(pair["as_of"]) if pair["as_of"] else None
    return resolve_model(pair["source_name"], source=pair["source"], on=on)


def _scored(pairs: list[dict[str, str]]) -> tuple[list[str], list[str], float]:
    """Names joined to a wrong model, hard negatives joined, and the share of positives that were found."""
    right = [pair for pair in pairs if pair["label"] == "1"]
    found = [(pair, _resolved(pair).model_id) for pair in right]
    wrong = [f"{p['source']} {p['source_name']} -> {got}" for p, got in found if got not in (None, p["canonical_id"])]
    joined = [
        f"{p['source']} {p['source_name']} -> {p['canonical_id']}"
        for p in pairs
        if p["label"] == "0" and _resolved(p).model_id == p["canonical_id"]
    ]
    return wrong, joined, sum(got == pair["canonical_id"] for pair, got in found) / len(right)


@pytest.mark.skipif(not GOLD.exists(), reason="../shared is not here")
def test_the_labelled_development_names() -> None:
    """Precision 1.00, recall at least 0.95, no hard negative joined."""
    wrong, joined, recall = _scored(_pairs(GOLD))

    assert (wrong, joined) == ([], [])
    assert recall >= 0.95


def test_our_own_labelled_names() -> None:
    """The same on more than three hundred names labelled by ourselves, with days."""
    pairs = _pairs(OWN)
    wrong, joined, recall = _scored(pairs)

    assert len(pairs) >= 300
    assert sum(pair["label"] == "0" for pair in pairs) >= 100
    assert sum(bool(pair["as_of"]) for pair in pairs) >= 60
    assert (wrong, joined) == ([], [])
    assert recall == 1


@pytest.mark.parametrize(
    "path", [pytest.param(GOLD, marks=pytest.mark.skipif(not GOLD.exists(), reason="no shared")), OWN]
)
def test_how_a_model_was_run_is_read_off_its_name(path: Path) -> None:
    """Effort, thinking budget, edit format: in the configuration, not in the id."""
    for pair in _pairs(path):
        if pair["label"] == "1" and "host=" not in pair["config"]:
            assert (_resolved(pair).configuration or "") == pair["config"], pair


# --- what must hold of every name -----------------------------------------------------------------


def _positives() -> list[dict[str, str]]:
    return [pair for pair in _pairs(OWN) if pair["label"] == "1"]


def test_case_and_separators_change_nothing() -> None:
    """GPT_5 (High) is gpt-5-high; only letter-for-letter aliases look at the case."""
    exact = {alias.alias for alias in aliases() if alias.is_exact}
    for pair in _positives():
        name = pair["source_name"]
        if name in exact or not re.fullmatch(r"[\w .()-]+", name) or name.startswith("parasail-"):
            continue  # an address: there every sign counts
        want = _resolved(pair).model_id
        for other in (name.upper(), name.lower(), name.replace("-", "_"), name.replace("-", " "), f"  {name} "):
            again = resolve_model(other, source=pair["source"], on=_day(pair))
            assert again.model_id == want, (name, other, again)


def _day(pair: dict[str, str]) -> date | None:
    return date.fromisoformat(pair["as_of"]) if pair["as_of"] else None


@pytest.mark.parametrize("word", ["zzz", "uncensored", "ii", "x9", "lora", "abliterated", "merged"])
def test_a_word_that_nobody_knows_never_yields_a_match(word: str) -> None:
    """Before, behind or within the name."""
    for pair in _positives():
        name = pair["source_name"]
        if " + " in name:
            continue
        head, slash, tail = name.rpartition("/")
        for other in (f"{name}-{word}", f"{name} ({word})", f"{head}{slash}{word}-{tail}"):
            got = resolve_model(other, source=pair["source"], on=_day(pair))
            assert got.model_id is None, (other, got)


@pytest.mark.parametrize("marker", MARKERS.split(" "))
def test_a_word_of_another_model_never_falls_back_to_the_model_before_it(marker: str) -> None:
    """gpt-5-mini is not gpt-5, claude-opus-4-1 is not claude-opus-4; unless a cited alias says just that."""
    said = {(key(spelt_out(alias.alias)), alias.model_id) for alias in aliases()}
    for model in registry().values():
        spelt = f"{model.model}-{marker}"
        got = resolve_model(spelt, source="litellm").model_id
        if (key(spelt_out(spelt)), model.model_id) not in said:
            assert got is None or registry()[got].model == _without_family(got, spelt), (spelt, got)
            assert got != model.model_id, spelt


def _without_family(got: str, spelt: str) -> str:
    """The model's own name where the spelling is its own: what was found must have been meant."""
    model = registry()[got]
    own = {key(spelt_out(model.model))} | {key(spelt_out(one.alias)) for one in aliases() if one.model_id == got}
    dated = {key(spelt_out(f"{model.model}-{model.snapshot}"))} if model.snapshot else set[str]()
    return model.model if key(spelt_out(spelt)) in own | dated else "another"


def test_a_letter_of_another_alphabet_is_another_letter() -> None:
    """It never vanishes; accents, signs and odd hyphens do."""
    for name in ("gpt-4\u043e", "gpt-5 \u0441", "\u0441laude-opus-4-1", "gpt-5\u4e2d"):
        assert resolve_model(name, source="epoch_name", on=date(2026, 1, 1)).model_id is None, name
    for name in ("GPT\u20115", "gpt\u20135\u2122", "\uff27\uff30\uff34-5", "GPT-5 \U0001f948"):
        assert resolve_model(name, source="epoch_name").model_id == "openai/gpt-5@2025-08-07", name


def test_a_configuration_that_the_model_does_not_have_is_another_name() -> None:
    """GPT-4o has no effort, Kimi K2 no thinking, OpenAI's models no budget, and max is not everybody's."""
    for name in ("gpt-4o-2024-08-06-high", "kimi-k2-0711-preview-thinking", "gpt-5_16K", "o3-max", "gpt-4.1_32K"):
        assert resolve_model(name, source="epoch_benchmarks").model_id is None, name


def test_a_finetune_of_another_maker_is_not_the_model() -> None:
    """A maker before the name must be the model's; an unknown one ends the match."""
    assert resolve_model("deepseek-ai/DeepSeek-V3", source="litellm").model_id == "deepseek/deepseek-v3@2024-12-26"
    for name in ("nvidia/DeepSeek-V3", "unsloth/DeepSeek-V3", "somebody/deepseek-ai/DeepSeek-V3"):
        assert resolve_model(name, source="litellm").model_id is None, name


# --- days -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("gpt-4o", {"2024-05-13": "2024-05-13", "2024-10-01": "2024-05-13", "2024-10-02": "2024-08-06"}),
        ("claude-3-5-sonnet-latest", {"2024-10-22": "2024-10-22", "2026-01-01": "2024-10-22"}),
        ("gemini-2.5-pro", {
            "2025-04-01": "2025-03-25", "2025-05-06": "2025-05-06", "2025-06-16": "2025-06-05",
            "2025-06-17": "2025-06-17",
        }),
        ("deepseek-chat", {"2024-12-24": "2024-12-10", "2024-12-25": "2024-12-26", "2025-10-03": "2025-09-29"}),
    ],
)  # fmt: skip
def test_a_moving_name_means_what_it_meant_on_that_day(name: str, days: dict[str, str]) -> None:
    """The day decides; the interval is told."""
    for on, snapshot in days.items():
        got = resolve_model(name, source="aider", on=date.fromisoformat(on))
        assert got.snapshot == snapshot, (on, got)
        assert got.valid_from is not None
        assert got.valid_from <= date.fromisoformat(on) <= (got.valid_to or date.max)


def test_without_a_day_a_moving_name_is_its_family_at_most() -> None:
    """gpt-4o is some GPT-4o, deepseek-chat may be anything; gemini-2.5-pro is what its maker calls so for good."""
    got = resolve_model("gpt-4o", source="litellm")
    assert (got.model_id, got.family_id, got.rule) == (None, "openai/gpt-4o", "several_snapshots")
    assert resolve_model("deepseek-chat", source="litellm").rule == "ambiguous"
    assert resolve_model("gemini-2.5-pro", source="litellm").snapshot == "2025-06-17"


def test_after_its_end_and_before_its_begin_a_name_means_nothing() -> None:
    """DeepSeek's moving names end in July 2026; a name is no older than its model, but for a month of tests."""
    assert resolve_model("deepseek-chat", source="litellm", on=date(2026, 7, 25)).model_id is None
    assert resolve_model("deepseek-chat", source="litellm", on=date(2024, 1, 1)).model_id is None
    early = resolve_model("gpt-5", source="aider", on=date(2025, 7, 1))
    assert (early.model_id, early.rule) == (None, "too_early")
    assert resolve_model("gpt-5", source="aider", on=date(2025, 8, 1)).model_id == "openai/gpt-5@2025-08-07"


def test_on_another_s_service_a_moving_name_does_not_move_along() -> None:
    """OpenRouter pins deepseek-chat, Azure sets its own default for gpt-4o; the field beside the name counts too."""
    on = date(2025, 7, 1)
    pinned = "deepseek/deepseek-v3@2024-12-26"
    assert resolve_model("openrouter/deepseek/deepseek-chat", source="litellm", on=on).model_id == pinned
    assert resolve_model("deepseek/deepseek-chat", source="models_dev", on=on, host="openrouter").model_id == pinned
    assert resolve_model("deepseek-chat", source="models_dev", on=on, host="deepseek").snapshot == "2025-03-24"
    elsewhere = resolve_model("deepseek-chat", source="models_dev", on=on, host="302ai")
    assert (elsewhere.model_id, elsewhere.host) == (None, "302ai")
    assert "which build 302ai means" in str(elsewhere.reason)
    assert resolve_model("azure/gpt-4o", source="litellm", on=on).model_id is None


def test_who_serves_it_and_how_it_is_billed_is_told() -> None:
    """Host and offer are columns of their own; a maker is no host of its own model."""
    free = resolve_model("deepseek/deepseek-r1:free", source="openrouter")
    assert (free.model_id, free.offer, free.host) == ("deepseek/deepseek-r1@2025-01-20", "free", None)
    assert resolve_model("us.anthropic.claude-opus-4-1-20250805-v1:0", source="litellm").host == "bedrock"
    assert resolve_model("gpt-5", source="genai_prices", host="openai").host is None
    assert resolve_model("deepseek-v3.2", source="genai_prices", host="together").host == "together"


# --- the notebook ---------------------------------------------------------------------------------


def test_every_model_is_well_formed_and_cited() -> None:
    """org/model@snapshot, settings that exist, a family, a citation."""
    for model in registry().values():
        assert re.fullmatch(r"[a-z0-9-]+/[a-z0-9.-]+(@(\d{4}-\d\d(-\d\d)?|\d{3}|beta))?", model.model_id)
        assert model.settings <= {"effort", "thinking", "max", "reasoning", "budget"}, model
        assert model.citation, model
        assert re.fullmatch(r"[a-z0-9-]+/[a-z0-9.-]+", model.family_id)
        assert model.released_on is None or date(2019, 1, 1) < model.released_on < date(2027, 1, 1)


def test_every_alias_leads_somewhere_and_is_cited() -> None:
    """To a registered model, to a family (it covers several builds), or by a stated reason to none."""
    families = {f"{model.family_id}{EVERY_BUILD}" for model in registry().values()}
    for alias in aliases():
        assert alias.citation, alias
        assert alias.model_id in {None, *registry(), *families}, alias
        settings = [part.partition("=")[0] for part in (alias.configuration or "").split(";") if part]
        assert set(settings) <= set(SETTINGS), alias
        assert alias.valid_from is None or alias.valid_to is None or alias.valid_from <= alias.valid_to, alias


def test_times_of_a_moving_name_follow_each_other() -> None:
    """No day on which a name means two models in one source."""
    names: dict[tuple[str, tuple[str, ...]], list[Alias]] = {}
    for alias in aliases():
        if alias.valid_from or alias.valid_to:
            names.setdefault((key(spelt_out(alias.alias)), alias.sources), []).append(alias)
    for rows in names.values():
        ordered = sorted(rows, key=lambda alias: alias.valid_from or date.min)
        for before, after in pairwise(ordered):
            assert before.valid_to is not None, before
            assert after.valid_from is not None, after
            assert before.valid_to < after.valid_from, (before, after)


def test_no_spelling_stands_for_two_models_at_once() -> None:
    """A registered spelling is of one build; one that would be of two must be left to an alias."""
    for spelling, entries in book().items():
        lasting = {e.model_id for e in entries if not e.sources and not e.is_dated and e.rule == "registry"}
        if len(lasting) > 1:
            assert resolve_model(spelling, source="litellm").model_id is None, (spelling, lasting)


def test_every_registered_model_is_found_under_its_own_name() -> None:
    """As id, and as model with its day in the common forms."""
    for model in registry().values():
        assert resolve_model(model.model_id, source="list_prices").model_id == model.model_id
        for spelt in _own_names(model):
            assert resolve_model(spelt, source="litellm").model_id == model.model_id, spelt


def _own_names(model: Model) -> Iterator[str]:
    if model.snapshot is None:
        yield model.model
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", model.snapshot):
        yield from (f"{model.model}-{model.snapshot}", f"{model.model}-{model.snapshot.replace('-', '')}")
    else:
        yield f"{model.model}-{model.snapshot}"


def test_hosts_and_makers_are_known_kinds() -> None:
    """Makers make registered models."""
    made_by = {model.organisation for model in registry().values()}
    for prefix, (kind, stands_for) in hosts().items():
        assert kind in ("maker", "host", "route"), prefix
        assert kind != "maker" or stands_for in made_by, prefix


def test_a_suggestion_joins_nothing() -> None:
    """It is for people: the name stays open."""
    assert suggestions("claude-opus-4-9", 3)
    assert resolve_model("claude-opus-4-9", source="litellm").model_id is None
    assert suggestions("qqqqqq", 3) == []


def test_an_entry_without_end_holds_without_a_day() -> None:
    """And one that ended does not."""
    entry = Entry("x/y", "alias", valid_from=date(2025, 1, 1))
    assert entry.holds(None)
    assert not replace(entry, valid_to=date(2025, 1, 1) + timedelta(1)).holds(None)


# --- the real names -------------------------------------------------------------------------------

_LITELLM = SHARED / "recordings" / "litellm"
_MARKS = re.compile(
    r"(?<![a-z])(mini|nano|lite|codex|distill|speciale|safeguard|nemotron|vl|coder|max|opus|sonnet|haiku|"
    r"\d+(?:\.\d+)?b|flash|terminus|air)(?![a-z])"
)


@pytest.mark.skipif(not _LITELLM.exists(), reason="../shared is not here")
def test_no_real_name_of_a_price_list_loses_or_gains_a_telling_word() -> None:
    """Sizes and words such as mini, codex, coder in the name are in one of the model's own names."""
    seen = resolved = 0
    for path in sorted(_LITELLM.glob("**/*.json")):
        rows: dict[str, dict[str, object]] = json.loads(path.read_text(encoding="utf-8"))
        for name, row in rows.items():
            if row.get("mode") != "chat":
                continue
            seen += 1
            match = resolve_model(name, source="litellm_prices", on=date(2026, 6, 1))
            if match.model_id is None:
                continue
            resolved += 1
            last = re.sub(r"(?<=\d)p(?=\d)", ".", name.lower().rpartition("/")[2])
            own = [match.model or "", *(one.alias for one in aliases() if one.model_id == match.model_id)]
            assert any(_marks(last) == _marks(one) for one in own), (name, match.model_id)
    assert resolved > seen / 3


def _marks(name: str) -> set[str]:
    return set(_MARKS.findall(name.lower().replace("_", "-")))


SIGNS = "/:-. @()[]~^$%_aA10\n\u200b\u202e"


@pytest.mark.fault(35)
@settings(max_examples=400, deadline=None)
@given(st.text(SIGNS, max_size=8), st.sampled_from(["aider_polyglot", "models_dev", "epoch_eci"]))
@example("/", "models_dev")
@example(" // ", "aider_polyglot")
@example("/:free", "litellm_prices")
@example("", "livebench_table")
def test_fault_35_a_name_of_signs_alone_is_no_model_and_no_error(printed: str, source: str) -> None:
    """One such label must not stop a refresh."""
    assert resolve_model(printed, source=source).model_id is None or any(map(str.isalnum, printed))
