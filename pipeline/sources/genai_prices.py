"""Pydantic publishes API prices of models at about 36 providers as one JSON file, with price cuts dated where known.

Oddities: prices are in USD per million tokens; the file under `prices/data.json` that most write-ups name is frozen,
this one (v2) is live; a value is a number, or a base with tiers by context length; of several prices the first, without
a constraint, is the oldest, and later ones begin at their `start_date` (some lie in the future); where the constraint
is a time of the day, the first is the off-peak price. A price of 0, or none, is not a price.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TypeGuard, cast

from pipeline.errors import PageChanged
from pipeline.facts import Fact, InputKind, Issue, TokenPrice
from pipeline.read import Unreadable, fact_or_issue, iso_date, json_of
from pipeline.read_json import is_number, new_keys
from pipeline.source import Page, source

SIDES: dict[str, tuple[InputKind, str]] = {
    "input_mtok": ("prompt", "input_usd_per_mtok"),
    "output_mtok": ("prompt", "output_usd_per_mtok"),
    "cache_read_mtok": ("cache_read", "input_usd_per_mtok"),
    "cache_write_mtok": ("cache_write", "input_usd_per_mtok"),
    "cache_write_1h_mtok": ("cache_write_1h", "input_usd_per_mtok"),
}
# Prices of other things than text tokens.
NOT_READ = {
    "web_searches_kcount", "requests_kcount", "input_audio_mtok", "output_audio_mtok", "cache_audio_read_mtok",
    "input_image_mtok", "output_image_mtok", "cache_image_read_mtok", "input_video_mtok", "output_video_mtok",
    "output_reasoning_mtok", "output_citation_mtok",
}  # fmt: skip
# Keys of providers and models, by the schema that is published beside the file.
OF_PROVIDERS = (
    "id", "models", "name", "api_pattern", "description", "extractors", "fallback_model_providers", "model_match",
    "price_comments", "pricing_urls", "provider_match",
)  # fmt: skip
OF_MODELS = ("id", "prices", "name", "context_window", "deprecated", "description", "match", "price_comments")
LARGEST_STEP = 5  # between the prices of two tiers
Json = Mapping[str, object]


@source(
    title="genai-prices",
    publisher="Pydantic",
    url="https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json",
    licence="MIT",
    attribution="Pydantic, genai-prices, https://github.com/pydantic/genai-prices",
    robots="a file of a public repository, published for reuse; looked at 2026-11-23 from a description",
    terms="https://raw.githubusercontent.com/pydantic/genai-prices/main/LICENSE",
    cadence="daily",
    least=200,
    most=20_000,
    facts=(TokenPrice,),
    currency="USD",
    unit="mtok",
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Every price of every model, in the order of the file."""
    row = 0
    providers = _objects(page, json_of(page), "a list of providers")
    models = [_objects(page, one.get("models"), f"the models of {one.get('id')}") for one in providers]
    yield from new_keys(providers, OF_PROVIDERS, of="provider")
    yield from new_keys(chain.from_iterable(models), OF_MODELS, of="model")
    for provider, listed in zip(providers, models, strict=True):
        for model in listed:
            for found in _model(row, str(provider.get("id")), model, page):
                yield found
                row += isinstance(found, TokenPrice)


def _objects(page: Page, value: object, what: str) -> list[Json]:
    found = cast("list[object]", value) if isinstance(value, list) else []
    if not found or not all(isinstance(item, dict) for item in found):
        likely = "the layout changed, or an error was served"
        raise PageChanged(f"this is not {what}", source=page.source, page=page.url, likely=likely)
    return cast("list[Json]", found)


def _object(page: Page, value: object, what: str) -> Json:
    empty: Json = {}
    return _objects(page, [empty if value is None else value], what)[0]


def _model(row: int, host: str, model: Json, page: Page) -> Iterator[Fact | Issue]:
    prices = model.get("prices")
    only: object = [model] if isinstance(prices, dict) else prices  # a variant has its prices under the same key
    variants = _objects(page, only, f"the prices of {model.get('id')}")
    constraints = [
        _object(page, variant.get("constraint"), f"a condition of {model.get('id')}") for variant in variants
    ]
    starts = [str(constraint.get("start_date") or "") for constraint in constraints]
    by_the_clock = any("start_time" in constraint for constraint in constraints)
    for number, (variant, constraint) in enumerate(zip(variants, constraints, strict=True)):
        common: dict[str, object] = {"model": model.get("id"), "host": host}
        try:
            common["effective_on"] = iso_date(starts[number])
            common["effective_to"] = iso_date(starts[number + 1]) if number + 1 < len(starts) else None
        except Unreadable as error:
            yield error.issue(row, "effective_on")
            continue
        if strange := sorted(constraint.keys() - {"start_date", "start_time", "end_time"}):
            yield _unknown(row, strange[0], f"{model.get('id')}: {constraint}", "a condition that is not known")
            continue
        common["offer"] = "off_peak" if by_the_clock and "start_time" not in constraint else _offer(model)
        for found in _variant(row, _object(page, variant.get("prices"), f"the prices of {model.get('id')}"), common):
            yield found
            row += isinstance(found, TokenPrice)


def _offer(model: Json) -> str:
    return "free" if str(model.get("id")).endswith(":free") else "standard"


def _variant(row: int, prices: Json, common: Json) -> Iterator[Fact | Issue]:
    slots: dict[tuple[int, InputKind], dict[str, float]] = {(0, "prompt"): {}}
    for key, value in prices.items():
        if key in NOT_READ:
            continue
        tiers = _tiers(value) if key in SIDES else None
        if tiers is None:
            yield _unknown(row, key, f"{common['model']}: {value}", "a price that is not known")
            if key in SIDES:
                return  # half a price is none
            continue
        kind, side = SIDES[key]
        for start, price in tiers.items():
            slots.setdefault((start, kind), {})[side] = price
    for (start, kind), sides in slots.items():
        priced = {side: value for side, value in sides.items() if value}
        if priced or (start, kind) == (0, "prompt"):
            state = "priced" if priced else "printed_zero" if sides else "not_printed"
            cells = {"tier_from_tokens": start, "input_kind": kind, "price_state": state, **common, **priced}
            yield fact_or_issue(TokenPrice, row, **cells)
            row += 1


def _tiers(value: object) -> dict[int, float] | None:
    """Prices by the context length they begin at; None where it is none of the known forms."""
    if _is_price(value):
        return {0: float(value)}
    if not isinstance(value, dict):
        return None
    found = cast("Json", value)
    tiers: list[tuple[object, object]] = [(0, found.get("base"))]
    listed = found.get("tiers") or None
    if listed is not None and not isinstance(listed, list):
        return None
    steps = cast("list[object]", listed or [])
    if not all(isinstance(step, dict) for step in steps):
        return None
    tiers += [(step.get("start"), step.get("price")) for step in cast("list[Json]", steps)]
    if all(type(start) is int and _is_price(price) for start, price in tiers) and _are_alike(tiers):
        return {cast("int", start): float(cast("float", price)) for start, price in tiers}
    return None


def _are_alike(tiers: list[tuple[object, object]]) -> bool:
    """Whether prices of long prompts are near the first one: they are up to twice as high."""
    prices = [cast("float", price) for _, price in tiers if price]
    return not prices or max(prices) <= LARGEST_STEP * min(prices)


def _is_price(value: object) -> TypeGuard[float]:
    return is_number(value) and value >= 0


def _unknown(row: int, field: str, raw: str, what: str) -> Issue:
    return Issue(row=row, rule="unknown_price", field=field, raw_value=raw[:200], what=what, kept=True)
