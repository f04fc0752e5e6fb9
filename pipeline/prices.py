"""What GPU-hours cost: ``aicost prices`` and ``aicost quote``, by the answers in ``sql/answers``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from pipeline import show
from pipeline.answers import answer
from pipeline.errors import UsageError
from pipeline.normalise import accelerators, resolve_accelerator
from pipeline.place import Place

HOURS_PER_DAY = 24
MONTH_DAYS = 31
YEAR_DAYS = 365
SCOPE = "rental at list price; nothing says that so many are to be had"


def card_of(printed: str) -> dict[str, object]:
    """Family, form factor and memory that a name states; what it leaves open is None.

    Raises:
        UsageError: The name is of no known accelerator.
    """
    match = resolve_accelerator(printed)
    if match.family is None:
        near = "; near it: " + ", ".join(sorted(likely)) if (likely := _likely(printed)) else ""
        raise UsageError(
            f"{printed!r} is no known accelerator: {match.reason}",
            fix=f"write it as H100, H100-SXM or A100-SXM-80GB{near}",
        )
    form = None if match.form_factor == "unknown" else match.form_factor
    # a family with one form or size states it without being asked for it
    forms = {card.form_factor for card in accelerators() if card.family == match.family}
    sizes = {card.memory_gb for card in accelerators() if card.family == match.family}
    return {
        "family": match.family,
        "form_factor": form if len(forms) > 1 else None,
        "memory_gb": match.memory_gb if len(sizes) > 1 else None,
    }


def _known_provider(path: Place, name: str) -> str:
    """The one provider that a name or code means.

    Raises:
        UsageError: None, or several.
    """
    found = [str(row["provider"]) for row in answer(path, "find_provider", name=name)]
    if len(found) == 1:
        return found[0]
    known = found or [str(row["provider"]) for row in answer(path, "find_provider", name="")]
    what = f"{name!r} may be several providers" if found else f"no price of a provider {name!r} is on file"
    raise UsageError(what, fix=f"one of {', '.join(known)}")


def _likely(printed: str) -> set[str]:
    digits = "".join(char for char in printed if char.isdigit())
    return {card.family for card in accelerators() if digits and digits in card.family}


def prices(
    path: Place, gpu: str, *, gpus: int | None, pricing_type: str | None, provider: str | None, day: date | None,
    as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """What an hour of one accelerator costs, by provider and pricing type."""
    card = card_of(gpu)
    provider = provider and _known_provider(path, provider)
    rows = answer(path, "prices", **card, gpus=gpus, pricing_type=pricing_type, provider=provider, day=day)
    excluded = answer(path, "prices_excluded", **card, gpus=gpus, day=day)
    if as_json:
        show.as_json({"accelerator": card, "unit": "USD per GPU-hour", "prices": rows, "excluded": excluded})
        return
    show.line(f"{_named(card)}: USD per GPU-hour, as of {_as_of(rows, day)}; list prices, pricing types never averaged")
    show.table(
        ("pricing type", "commitment", "provider", "accelerator", "low", "median", "high", "offers", "GPUs", "age"),
        [
            (
                row["pricing_type"], row["commitment"], row["provider"], row["accelerator_id"],
                _dollars(row["low_usd_per_gpu_hour"], floor=row["floors"] == row["offers"]),
                _dollars(row["usd_per_gpu_hour"]), _dollars(row["high_usd_per_gpu_hour"]),
                row["offers"], _sizes(row), show.age(row["age_days"]) + (" stale" if row["is_stale"] else ""),
            )
            for row in rows
        ],
        right=("low", "median", "high", "offers"),
    )  # fmt: skip
    _show_end(rows, excluded, quiet=quiet)


def quote(
    path: Place, gpu: str, *, count: int, days: float, pricing_type: str | None, by_provider: bool, day: date | None,
    as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """What so many accelerators for so many days cost at list prices."""
    card, gpu_hours = card_of(gpu), count * days * HOURS_PER_DAY
    rows = answer(
        path, "quote", **card, pricing_type=pricing_type, gpu_hours=gpu_hours, by_provider=by_provider, day=day
    )
    excluded = answer(path, "prices_excluded", **card, gpus=None, day=day)
    rules = sorted({str(row["equivalence"]) for row in rows if row["equivalence"]})
    if as_json:
        show.as_json({
            "accelerator": card, "gpu_hours": gpu_hours, "scope": SCOPE, "unit": "USD", "quotes": rows,
            "equivalence": rules, "excluded": excluded,
        })  # fmt: skip
        return
    show.line(f"{count:,} x {_named(card)} for {days:g} days = {gpu_hours:,.0f} GPU-hours, as of {_as_of(rows, day)}")
    show.line(f"{SCOPE}; pricing types never averaged")
    for rule in rules:
        show.line(f"no price of {card['family']} itself: {rule}")
    if longer := sorted({row["commitment"] for row in rows if (row["term_months"] or 0) * YEAR_DAYS / 12 > days}):
        show.line(f"binds for longer than {days:g} days, and the whole term is to be paid: {'; '.join(longer)}")
    show.table(
        (
            *("pricing type", "commitment", "provider", "USD/GPU-hour", "low", "median", "high"),
            *("providers", "offers", "age"),
        ),
        [
            (
                row["pricing_type"], row["commitment"], row["provider"] or "all", _dollars(row["usd_per_gpu_hour"]),
                show.money(row["low_usd"]), show.money(row["usd"]), show.money(row["high_usd"]),
                row["providers"], row["offers"], show.age(row["age_days"]),
            )
            for row in rows
        ],
        right=("USD/GPU-hour", "low", "median", "high", "providers", "offers"),
    )  # fmt: skip
    _show_end(rows, excluded, quiet=quiet)


def _show_end(rows: list[dict[str, Any]], excluded: list[dict[str, Any]], *, quiet: bool) -> None:
    if not rows:
        show.line("no price is on file for that")
    for left in excluded:
        show.line(f"left out: {left['offers']:,} offers, {left['reason']} ({left['providers']})")
    if not quiet:
        if rows and (old := (datetime.now(UTC).date() - date.fromisoformat(str(rows[0]["as_of"]))).days) > MONTH_DAYS:
            show.note(f"the prices are as of {rows[0]['as_of']}, {old} days ago; aicost refresh fetches newer ones")
        for address in sorted({url for row in rows for url in str(row["sources"] or "").split()}):
            show.note(f"source  {address}")


def _named(card: Mapping[str, object]) -> str:
    memory = card["memory_gb"]
    size = f" {memory:g} GB" if isinstance(memory, float) else ""
    return f"{card['family']}{' ' + str(card['form_factor']) if card['form_factor'] else ''}{size}"


def _as_of(rows: list[dict[str, Any]], day: date | None) -> str:
    return str(day or (rows[0]["as_of"] if rows else "now"))


def _dollars(value: object, *, floor: bool = False) -> str:
    return f"{'from ' if floor else ''}{value:,.2f}" if isinstance(value, int | float) else show.MISSING


def _sizes(row: Mapping[str, Any]) -> str:
    least, most = row["gpus_least"], row["gpus_most"]
    if least is None:
        return "any"
    return f"{least:g}" if least == most else f"{least:g} to {most:g}"
