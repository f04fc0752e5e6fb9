"""A claim from its parts: a figure, what it covers, how it is bounded, whose it is, and where the page has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from pipeline.claims.blocks import Block
from pipeline.claims.claim import PER, UNITS, ExtractedClaim, Flag
from pipeline.claims.figures import Figure
from pipeline.claims.linker import Link
from pipeline.claims.scope import Decision
from pipeline.facts import Hedge


class Parts(NamedTuple):
    """What a figure says, wherever the page has it."""

    figure: Figure
    decision: Decision
    hedge: tuple[Hedge, str | None]
    link: Link | None
    organisation: str | None
    printed: str
    """The sentence or table row around it."""
    flags: tuple[Flag, ...] = ()
    gloss_of: int | None = None
    """Place in its block of the figure whose amount it repeats in another currency."""


def claims_of(given: str, block: Block, parts: Sequence[Parts], day: date | None) -> list[ExtractedClaim]:
    """The claims of a block.

    Args:
        given: The text or page that their quotes are cut from.
        block: Where they stand.
        parts: What its figures say.
        day: The document's.
    """
    claims: list[ExtractedClaim] = []
    for one in parts:
        claim = claim_of(given, block, one, day)
        claims.append(claim if one.gloss_of is None else _as_gloss(claim, claims[one.gloss_of]))
    return claims


def _as_gloss(claim: ExtractedClaim, of: ExtractedClaim) -> ExtractedClaim:
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


def claim_of(given: str, block: Block, parts: Parts, day: date | None) -> ExtractedClaim:
    """The claim of a figure; ``given`` is the text or page that its quote is cut from."""
    figure, link, hedge = parts.figure, parts.link, parts.hedge
    if hedge[0] == "range" and figure.low == figure.high:
        hedge = ("exact", hedge[1])
    start, end = block.plain.span(figure.start, figure.end)
    value, low, high = _values(hedge[0], figure.low, figure.high)
    per = PER.get(figure.kind)
    unit = UNITS.get(figure.kind) or f"{figure.currency or 'unknown'}{f'/{per}' if per else ''}"
    return ExtractedClaim(
        figure.kind, value, low, high, figure.currency, unit, hedge[0], parts.decision.scope, given[start:end], start,
        end, " ".join(block.text[figure.start : figure.end].split()), parts.printed[:600], hedge[1],
        parts.decision.cue, figure.per, figure.is_vague, link.name.name if link else None,
        link.place if link else None, parts.organisation, figure.hardware, day, parts.flags,
    )  # fmt: skip
