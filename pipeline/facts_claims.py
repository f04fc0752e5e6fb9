"""Figures that somebody stated: rows of our ledger, and what the reader of prose found."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import model_validator

from pipeline.facts_base import Count, Fact, Hedge, Positive, Scope, Text, Whole

_FILLED: dict[Hedge, tuple[bool, bool, bool]] = {
    "exact": (False, True, False),
    "approx": (False, True, False),
    "at_least": (True, False, False),
    "at_most": (False, False, True),
    "range": (True, False, True),
}


def _hold_hedge(hedge: Hedge, *values: float | None) -> None:
    filled = tuple(value is not None for value in values)
    if filled != _FILLED[hedge]:
        raise ValueError(f"hedge {hedge} does not fit the filled values (low, value, high) {filled}")


class ReportedClaim(Fact):
    """A figure that somebody stated, with what it covers: what was said, not what is true."""

    table = "reported_claims"

    claim_id: Text
    """Stable name of the claim."""
    subject: Text
    """Model, cluster, company or programme, as printed."""
    subject_kind: Literal["model", "model_family", "organisation", "cluster", "programme", "market", "other"]
    """What the subject is."""
    model_name: Text | None = None
    """Name of the model in the model catalogue, where the subject is one model."""
    organisation: Text | None = None
    """Organisation the figure is about."""
    claimant: Text | None = None
    """Who states it."""
    kind: Literal["money", "gpu_hours", "gpu_count", "price_per_gpu_hour", "duration_days"]
    """What is counted."""
    value_low: Positive | None = None
    """Lower end, for at_least and range."""
    value: Positive | None = None
    """The figure, for exact and approx."""
    value_high: Positive | None = None
    """Upper end, for at_most and range."""
    unit: Text
    """Currency, or GPU-hours, GPUs, USD/GPU-hour, days."""
    per: Text | None = None
    """What the amount is per, for instance day; None for a total."""
    price_year: Count | None = None
    """Price year where the source states one."""
    hardware: Text | None = None
    """Accelerator as printed."""
    stage: (
        Literal["pre_training", "context_extension", "post_training", "rl", "rl_zero", "sft_data", "total"] | None
    ) = None
    """Stage of training the figure is for."""
    scope: Scope
    """What the figure covers."""
    scope_note: Text | None = None
    """What it covers and leaves out, in our words."""
    basis: Literal["reported", "estimated"]
    """Reported by the organisation or its people, or estimated by somebody else."""
    hedge: Hedge
    """How the figure was bounded by its claimant."""
    claimed_on: date | None = None
    """Day of the claim."""
    claimed_on_precision: Literal["day", "month", "year"] | None = None
    """How much of that day is known."""
    source_title: Text | None = None
    """Title of the document."""
    source_url: Text | None = None
    """Address of the document; the primary source wherever known."""
    source_kind: Literal["primary", "secondary", "mirror"]
    """How near the document is to the claimant."""
    verified: Literal["yes", "secondary", "no"]
    """Whether the figure was read in that very document, in another that repeats it, or not at all."""
    seen_at: Text | None = None
    """Where it was read, when not at the address."""
    group_id: Text | None = None
    """Claims of one computation share it: hours, price and dollars."""
    disputed: bool = False
    """Whether the claimant or others took it back."""
    note: Text | None = None
    """What a reader must know besides, in our words."""

    @model_validator(mode="after")
    def _value_fits_hedge(self) -> ReportedClaim:
        _hold_hedge(self.hedge, self.value_low, self.value, self.value_high)
        return self


class ExtractedClaim(Fact):
    """A figure as the reader of prose found it on a page, with what it covers; nobody has confirmed it."""

    table = "extracted_claims"

    address: Text
    """Address of the page."""
    title: Text | None = None
    """Title of the page."""
    published_on: date | None = None
    """Day of the page, where it says one."""
    kind: Literal[
        "money", "gpu_hours", "gpu_count", "price_per_gpu_hour", "price_per_node_hour", "price_per_gpu",
        "price_other", "duration_days", "tokens",
    ]  # fmt: skip
    """What is counted; price_other is a price per something else."""
    value_low: Positive | None = None
    """Lower end, for at_least and range."""
    value: Positive | None = None
    """The figure, for exact and approx."""
    value_high: Positive | None = None
    """Upper end, for at_most and range."""
    unit: Text
    """Currency, alone or per GPU-hour, node-hour or GPU; GPU-hours, GPUs, days or tokens; unknown for a sign that
    several currencies use."""
    per: Text | None = None
    """What the amount is per, for instance day; None for a total."""
    hedge: Hedge
    """How the text bounds the figure."""
    hedge_cue: Text | None = None
    """The words that bound it, where they stand outside the figure."""
    is_vague: bool = False
    """Whether the text gives no number (tens of millions): the interval is how such words are read here."""
    scope: Scope
    """What the figure covers, by the words of the text alone."""
    scope_cue: Text | None = None
    """The words that decided the scope; None where only the kind of figure did."""
    model_name: Text | None = None
    """Model the figure is about."""
    model_from: Literal["clause", "sentence", "passage", "later", "heading", "table", "title", "record"] | None = None
    """Where the name of the model stands; ``record``: only its maker is named, and the figure is the ledger's."""
    organisation: Text | None = None
    """Organisation the figure is about."""
    hardware: Text | None = None
    """Accelerator as printed, without its maker."""
    standing: Text | None = None
    """What the text says about its standing: disputed, superseded, hypothetical, forecast, gloss; comma-separated."""
    printed: Text
    """The figure as printed, for instance $6 million."""
    starts_at: Whole | None = None
    """Where the figure begins in the page as archived, in characters; None where we did not keep the page."""
    ends_at: Count | None = None
    """Where it ends: the page's text from starts_at up to ends_at is the figure, markup included."""

    @model_validator(mode="after")
    def _value_fits_hedge(self) -> ExtractedClaim:
        _hold_hedge(self.hedge, self.value_low, self.value, self.value_high)
        return self
