"""models.dev publishes models and API prices of about 150 providers as one JSON file that anybody may mend.

Oddities: prices are in USD per million tokens; a cost of 0, or none, means free, a preview or not known; names are the
provider's own, and moving ones (`deepseek-chat`) have the price of what is behind them on the day of the visit; a
release date may be a month, which is then not read as a day; `base_model`, where it is given, says which model it is.
"""

from collections.abc import Iterator, Mapping
from typing import cast

from pipeline.errors import PageChanged
from pipeline.facts import Fact, InputKind, Issue, TokenPrice
from pipeline.read import Unreadable, fact_or_issue, iso_date, json_of
from pipeline.read_json import is_number, new_keys
from pipeline.source import Page, source

SIDES: dict[str, tuple[InputKind, str]] = {
    "input": ("prompt", "input_usd_per_mtok"),
    "output": ("prompt", "output_usd_per_mtok"),
    "cache_read": ("cache_read", "input_usd_per_mtok"),
    "cache_write": ("cache_write", "input_usd_per_mtok"),
}
TIER, TIER_FROM = "context_over_200k", 200_000
NOT_READ = {"reasoning", "input_audio", "output_audio", "tiers"}
OF_PROVIDERS = ("models", "id", "api", "doc", "env", "name", "npm")
OF_MODELS = (
    "release_date", "base_model", "cost", "id", "attachment", "description", "experimental", "family", "interleaved",
    "knowledge", "last_updated", "limit", "modalities", "name", "open_weights", "provider", "reasoning",
    "reasoning_options", "status", "structured_output", "temperature", "tool_call",
)  # fmt: skip
MONTH = len("2025-06")
Json = Mapping[str, object]


@source(
    title="models.dev",
    publisher="models.dev",
    url="https://models.dev/api.json",
    licence="MIT",
    attribution="models.dev, https://models.dev, https://github.com/anomalyco/models.dev",
    robots="an address published for programs; looked at 2026-11-23 from a description",
    cadence="weekly",
    least=300,
    most=30_000,
    facts=(TokenPrice,),
    currency="USD",
    unit="mtok",
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Every price of every model of every provider, in the order of the file."""
    row = 0
    providers = _objects(page, json_of(page))
    models = {host: _objects(page, provider.get("models")) for host, provider in providers.items()}
    yield from new_keys(providers.values(), OF_PROVIDERS, of="provider")
    yield from new_keys((model for listed in models.values() for model in listed.values()), OF_MODELS, of="model")
    for host, listed in models.items():
        for name, model in listed.items():
            for found in _model(row, host, name, model):
                yield found
                row += isinstance(found, TokenPrice)


def _objects(page: Page, value: object) -> Mapping[str, Json]:
    found = cast("dict[str, object]", value) if isinstance(value, dict) and value else {"": None}
    if not all(isinstance(item, dict) for item in found.values()):
        what, likely = "the page is not providers with their models", "the layout changed, or an error was served"
        raise PageChanged(what, source=page.source, page=page.url, likely=likely)
    return cast("Mapping[str, Json]", found)


def _model(row: int, host: str, name: str, model: Json) -> Iterator[Fact | Issue]:
    released = str(model.get("release_date") or "")
    common: dict[str, object] = {
        "model": name, "host": host, "base_model": model.get("base_model"),
        "offer": "free" if name.endswith((":free", "-free")) else "standard",
    }  # fmt: skip
    try:
        common["model_released_on"] = None if len(released) <= MONTH else iso_date(released)
    except Unreadable as error:
        yield error.issue(row, "model_released_on", kept=True)
    slots: dict[tuple[int, InputKind], dict[str, float]] = {(0, "prompt"): {}}
    cost = model.get("cost")
    if cost is not None and not isinstance(cost, dict):
        yield Issue(row=row, rule="unknown_price", field="cost", raw_value=str(cost)[:200], what="no object of prices")
        return
    for start, key, value in _costs(cast("Json", cost or {})):
        if key not in SIDES or not is_number(value) or value < 0:
            what, raw = "a price that is not known", f"{host}/{name}: {value}"
            yield Issue(row=row, rule="unknown_price", field=key, raw_value=raw[:200], what=what, kept=True)
            if key in SIDES:
                return  # half a price is none
            continue
        kind, side = SIDES[key]
        slots.setdefault((start, kind), {})[side] = float(value)
    for (start, kind), sides in slots.items():
        priced = {side: value for side, value in sides.items() if value}
        if priced or (start, kind) == (0, "prompt"):
            state = "priced" if priced else "printed_zero" if sides else "not_printed"
            cells = {"tier_from_tokens": start, "input_kind": kind, "price_state": state, **common, **priced}
            yield fact_or_issue(TokenPrice, row, **cells)
            row += 1


def _costs(cost: Json) -> Iterator[tuple[int, str, object]]:
    for key, value in cost.items():
        if key == TIER and isinstance(value, dict):
            yield from ((TIER_FROM, k, v) for k, v in cast("Json", value).items() if k not in NOT_READ)
        elif key not in NOT_READ:
            yield 0, key, value
