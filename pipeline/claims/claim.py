"""What the reader of prose hands over: a figure as a text states it, with the words that say what it covers.

The form follows `pipeline.facts.ReportedClaim` (value or bounds by hedge) and the scorer's prediction lines
(`ExtractedClaim.prediction`), so neither needs a translation table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipeline.facts import Hedge, Scope

Kind = Literal[
    "money",
    "price_per_gpu_hour",
    "price_per_node_hour",
    "price_per_gpu",
    "price_other",
    "gpu_count",
    "gpu_hours",
    "duration",
    "tokens",
]
Flag = Literal["disputed", "superseded", "hypothetical", "forecast", "gloss"]
Place = Literal["clause", "sentence", "passage", "later", "heading", "table", "title", "record"]

UNITS: dict[str, str] = {"gpu_count": "gpus", "gpu_hours": "gpu_hours", "duration": "days", "tokens": "tokens"}
PER: dict[str, str] = {"price_per_gpu_hour": "gpu_hour", "price_per_node_hour": "node_hour", "price_per_gpu": "gpu"}


@dataclass(frozen=True, slots=True)
class ExtractedClaim:
    """One figure of a text. What the text does not say is None, or the scope ``unknown``."""

    kind: Kind
    """What is counted; ``price_other`` is a price per something else (tokens, kWh)."""
    value: float | None
    """The figure, where the hedge is exact or approx."""
    value_low: float | None
    """Lower end, where the hedge is at_least or range."""
    value_high: float | None
    """Upper end, where the hedge is at_most or range."""
    currency: str | None
    """ISO 4217 code of an amount of money; None for counts, and for a sign that several currencies use."""
    unit: str
    """USD, USD/gpu_hour, USD/node_hour, USD/gpu, gpus, gpu_hours, days, tokens."""
    hedge: Hedge
    scope: Scope
    """What the figure covers, by the words of the text alone; ``unknown`` where they do not say."""
    quote: str
    """The characters of the given text or page that hold the figure: ``text[start:end]``, markup included."""
    start: int
    end: int
    printed: str
    """The quote as a reader sees it: without markup, blanks folded."""
    sentence: str
    """The sentence or table row around it, as a reader sees it."""
    hedge_cue: str | None = None
    """The words that hedge it, where they stand outside the quote."""
    scope_cue: str | None = None
    """The words that decided the scope; None where only the kind of figure did."""
    per: str | None = None
    """What one amount buys, for instance day, year, kWh, 1M tokens; None for a total."""
    is_vague: bool = False
    """Whether the text gives no number ("tens of millions"): the interval is how such words are read here."""
    model: str | None = None
    """Canonical name of the model the figure is about."""
    model_from: Place | None = None
    """Where the name of the model stands; ``record`` where only its maker is named and the figure is the ledger's."""
    organisation: str | None = None
    """Canonical name of the organisation the figure is about."""
    hardware: str | None = None
    """Accelerator as printed, plural and maker taken off; ``pipeline.normalise`` gives its id."""
    claimed_on: date | None = None
    """Day of the document, where it says one or the caller knows it."""
    flags: tuple[Flag, ...] = ()
    """What the text says about its standing: disputed, superseded, hypothetical, forecast, gloss."""
    gloss_of: int | None = None
    """``start`` of the claim whose amount this one repeats in another currency."""

    @property
    def prediction(self) -> dict[str, object]:
        """The claim in the scorer's form."""
        names = (
            "kind", "value", "value_low", "value_high", "currency", "unit", "hedge", "scope", "model",
            "organisation", "hardware", "quote", "start", "end", "per",
        )  # fmt: skip
        form: dict[str, object] = {name: getattr(self, name) for name in names}
        return form | {"cue": self.hedge_cue, "vague": self.is_vague}
