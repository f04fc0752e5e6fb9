"""A claim from its parts: a figure, what it covers, how it is bounded, whose it is, and where the page has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pipeline.claims.blocks import Block
from pipeline.claims.claim import PER, UNITS, ExtractedClaim
from pipeline.claims.figures import Figure
from pipeline.claims.linker import Link
from pipeline.claims.scope import Decision
from pipeline.facts import Hedge


def as_gloss(claim: ExtractedClaim, of: ExtractedClaim) -> ExtractedClaim:
    """The same amount in another currency: what it covers and how it is bounded is said once."""
    if claim.hedge == "exact" and of.hedge != "range":
        amount = claim.value or 0
        value, low, high = _values(of.hedge, amount, amount)
        claim = replace(claim, value=value, value_low=low, value_high=high, hedge=of.hedge)
    return replace(
        claim,
        scope=of.scope, scope_cue=of.scope_cue, model=of.model, model_from=of.model_from, organisation=of.organisation,
        flags=tuple(dict.fromkeys((*of.flags, "gloss"))), gloss_of=of.start,
    )  # fmt: skip


def _values(hedge: Hedge, low: float, high: float) -> tuple[float | None, float | None, float | None]:
    """Value, low and high, as the hedge has them filled."""
    if hedge == "range":
        return None, low, high
    if hedge == "at_least":
        return None, low, None
    return (None, None, high) if hedge == "at_most" else (high, None, None)


def made(
    given: str, block: Block, figure: Figure, decision: Decision, hedge: tuple[Hedge, str | None], link: Link | None,
    organisation: str | None, printed: str, day: date | None, flags: tuple[str, ...],
) -> ExtractedClaim:  # fmt: skip
    """The claim of a figure; ``given`` is the text or page that its quote is cut from."""
    if hedge[0] == "range" and figure.low == figure.high:
        hedge = ("exact", hedge[1])
    start, end = block.plain.span(figure.start, figure.end)
    value, low, high = _values(hedge[0], figure.low, figure.high)
    per = PER.get(figure.kind)
    unit = UNITS.get(figure.kind) or f"{figure.currency or 'unknown'}{f'/{per}' if per else ''}"
    return ExtractedClaim(
        figure.kind, value, low, high, figure.currency, unit, hedge[0], decision.scope, given[start:end], start, end,
        " ".join(block.text[figure.start : figure.end].split()), printed[:600], hedge[1], decision.cue, figure.per,
        figure.is_vague,
        link.name.name if link else None, link.place if link else None, organisation, figure.hardware, day, flags,  # type: ignore[arg-type]
    )  # fmt: skip
