"""LiteLLM publishes API prices of thousands of model names at their hosts as one JSON file, changed almost daily.

Oddities: prices are in USD per token; a price of 0, or none, means free, a preview or not known, and is never a price;
names are keys of this program (`host/model`, several spellings a model); retired models are deleted, so only dated
visits hold their prices; corrections come months after a price cut; `sample_spec` is a description, not a model; a key
may stand twice, and programs take the last. Longer contexts, batches, priorities and caches stand in the same entry as
keys of their own, and are rows of their own here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast, get_args

from pipeline.errors import PageChanged
from pipeline.facts import Fact, InputKind, Issue, Offer, TokenPrice
from pipeline.read import Unreadable, fact_or_issue, iso_date, json_of
from pipeline.read_json import new_keys
from pipeline.source import Page, source

PER_MTOK = 1e6
SIGNIFICANT = 12  # digits: a product of doubles has more, a price list has not
LARGEST_USD_PER_TOKEN = 0.01  # ten thousand dollars per million tokens: a price per request, or in other money
MODES = {"chat", "completion", "responses"}
OTHER_MODES = {
    "embedding", "image_generation", "image_edit", "video_generation", "audio_transcription", "audio_speech",
    "moderation", "moderations", "rerank", "search", "ocr", "realtime", "evaluation", "vector_store", "guardrail",
    "extraction", "decisions",
}  # fmt: skip
KINDS: dict[str, InputKind] = {
    "input_cost_per_token": "prompt", "output_cost_per_token": "prompt", "cache_read_input_token_cost": "cache_read",
    "cache_creation_input_token_cost": "cache_write", "cache_creation_input_token_cost_above_1hr": "cache_write_1h",
    "cache_creation_input_token_cost_above_12hr": "cache_write_12h",
}  # fmt: skip
OFFERS = {"batches": "batch"} | {name: name for name in get_args(Offer)}
_KEY = re.compile(
    r"(?P<stem>(?:input|output)_cost_per_token|cache_(?:read|creation)_input_token_cost(?:_above_1\d?hr)?)"
    r"(?:_above_(?P<thousands>\d{1,4})k_tokens)?(?:_(?P<offer>[a-z]+))?"
)
# Prices of other things than tokens, and a second name of the cache's price.
NOT_READ = re.compile(
    r"audio|image|video|character|second|query|session|request|page|dbu|db_cost|reasoning|citation|pixel"
    r"|input_cost_per_token_cache_hit|explicit_cache"
)

# Keys that say nothing of a price of tokens, or hold prices under keys of their own; new ones come every month. What
# speaks of costs is told one by one, and what a model can do is not looked at.
IGNORED = (
    "mode", "litellm_provider", "deprecation_date", "audio_transcription_config", "comment",
    "bedrock_output_config_effort_ceiling", "default_reasoning_effort", "gemini_audio_only_live",
    "gemini_native_audio", "metadata", "off_peak_pricing", "output_vector_size", "prompt_cache_min_tokens",
    "provider_specific_entry", "reasoning_contexts", "reasoning_effort_levels", "reasoning_modes",
    "regional_endpoint_uplift_multiplier", "regional_processing_uplift_multiplier_eu",
    "regional_processing_uplift_multiplier_us", "rpd", "rpm", "rules", "search_free_requests", "source",
    "thinking_always_on", "tiered_pricing", "token_count_framing", "token_count_model", "token_count_tokenizer",
    "tool_use_system_prompt_tokens", "tpm", "use_openai_responses_path", "uses_embed_content", "vertex_ai_audio_api",
    "web_search_billing_unit",
)  # fmt: skip
IGNORED_KINDS = r".*cost.*|(?:[a-z]+_)*support(?:s|ed)_.*|max_.*"


@dataclass(frozen=True)
class _Slot:
    """What one row of prices is for."""

    offer: str
    tier_from_tokens: int
    input_kind: InputKind


@source(
    title="LiteLLM model prices",
    publisher="BerriAI",
    url="https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json",
    licence="MIT",
    attribution="BerriAI, LiteLLM, model_prices_and_context_window.json, https://github.com/BerriAI/litellm",
    robots="a file of a public repository, published for reuse; looked at 2026-11-23 from a description",
    terms="https://raw.githubusercontent.com/BerriAI/litellm/main/LICENSE",
    cadence="daily",
    least=100,
    most=10_000,
    facts=(TokenPrice,),
    currency="USD",
    unit="mtok",
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Every price of every chat model, in the order of the file."""
    repeated: list[str] = []
    row = 0
    entries = {
        name: entry
        for name, entry in _entries(page, repeated).items()
        if name != "sample_spec" and str(entry.get("mode")) not in OTHER_MODES
    }
    yield from new_keys(entries.values(), IGNORED, but=IGNORED_KINDS)
    for name, entry in entries.items():
        if entry.get("mode") is not None and str(entry["mode"]) not in MODES:
            yield _unknown(row, "mode", f"{name}: {entry['mode']}", "a kind of model that is not known")
        for found in _prices(name, entry, row):
            yield found
            row += isinstance(found, TokenPrice)
    for key in repeated:
        yield Issue(
            row=None, rule="repeated_key", field=key, what="stands twice and differs; the last is read", kept=True
        )


def _entries(page: Page, repeated: list[str]) -> Mapping[str, Mapping[str, object]]:
    def last_of(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        repeated.extend(sorted({key for key, value in pairs if found[key] != value}))
        return found

    catalogue = json_of(page, pairs=last_of)
    entries = cast("dict[str, object]", catalogue) if isinstance(catalogue, dict) else {}
    if not entries or not all(isinstance(entry, dict) for entry in entries.values()):
        likely = "the layout changed, or an error was served"
        raise PageChanged("the page is not an object of models", source=page.source, page=page.url, likely=likely)
    return cast("dict[str, dict[str, object]]", entries)


def _prices(name: str, entry: Mapping[str, object], row: int) -> Iterator[Fact | Issue]:
    slots: dict[_Slot, dict[str, float]] = {_Slot("standard", 0, "prompt"): {}}
    broken: set[_Slot] = set()  # half a price is none
    for key, value in entry.items():
        if "cost" not in key or NOT_READ.search(key):
            continue
        parts = _KEY.fullmatch(key)
        offer = OFFERS.get(parts["offer"] or "standard") if parts else None
        if parts is None or offer is None or parts["stem"] not in KINDS:
            yield _unknown(row, key, f"{name}: {value}", "a price that is not known")
            continue
        slot = _Slot(offer, 1000 * int(parts["thousands"] or 0), KINDS[parts["stem"]])
        side = "output_usd_per_mtok" if parts["stem"].startswith("output") else "input_usd_per_mtok"
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LARGEST_USD_PER_TOKEN:
            yield _unknown(row, key, f"{name}: {value}", "no price in USD per token")
            broken.add(slot)
            continue
        slots.setdefault(slot, {})[side] = float(f"{value * PER_MTOK:.{SIGNIFICANT}g}")
    common: dict[str, object] = {"model": name, "host": entry.get("litellm_provider")}
    try:
        common["retires_on"] = iso_date(str(entry.get("deprecation_date") or ""))
    except Unreadable as error:
        yield error.issue(row, "retires_on", kept=True)
    for slot, sides in slots.items():
        if slot not in broken and (slot.offer == "standard" or any(sides.values())):
            yield _price(row, slot, sides, common)
            row += 1


def _price(row: int, slot: _Slot, sides: Mapping[str, float], common: Mapping[str, object]) -> Fact | Issue:
    priced = {side: value for side, value in sides.items() if value}
    state = "priced" if priced else "printed_zero" if sides else "not_printed"
    offer = "free" if re.search(r"[:\-/]free$", str(common["model"])) else slot.offer
    return fact_or_issue(
        TokenPrice, row, offer=offer, tier_from_tokens=slot.tier_from_tokens, input_kind=slot.input_kind,
        price_state=state, **common, **priced,
    )  # fmt: skip


def _unknown(row: int, field: str, raw: str, what: str) -> Issue:
    return Issue(row=row, rule="unknown_price", field=field, raw_value=raw[:200], what=what, kept=True)
