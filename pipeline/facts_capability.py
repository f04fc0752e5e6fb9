"""What models score on benchmarks, and what their tokens cost."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipeline.facts_base import Count, Fact, NotNegative, Positive, Real, Text, Whole

Scale = Literal["share", "percent", "points", "index", "rating", "minutes"]
SCALES: dict[str, tuple[float, float]] = {
    "share": (0, 1), "percent": (0, 100), "points": (0, 1e6), "index": (-1e3, 1e3), "rating": (0, 5e3),
    "minutes": (0, 1e6),
}  # fmt: skip
MOST_TASKS = 20_000  # a thousand draws of so many are made again in each build; the largest board has 225
Tasks = Annotated[int, Field(ge=1, le=MOST_TASKS)]
Offer = Literal[
    "standard", "batch", "priority", "flex", "balanced", "ultrafast", "decisions", "off_peak", "free"
]  # fmt: skip
InputKind = Literal["prompt", "cache_read", "cache_write", "cache_write_1h", "cache_write_12h"]


class Score(Fact):
    """What one run of a model on one benchmark scored, in the scale that the page uses."""

    table = "scores"
    key = ("benchmark", "model", "configuration", "metric", "run_on", "run_id")
    lasting = True

    benchmark: Text
    """The benchmark, by its short name in this project; the page's own name is in the source's file."""
    model: Text
    """Model as printed, configuration words included."""
    api_model: Text | None = None
    """Name of the model as it was called, where the page prints that too."""
    model_group: Text | None = None
    """Model without version and configuration as printed: what an index is fitted for."""
    organisation: Text | None = None
    """Developing organisation as printed."""
    model_released_on: date | None = None
    """Day the model was released, as the page prints it."""
    configuration: Text | None = None
    """How it was run, as printed beside the name: effort, thinking, edit format, scaffold, shots."""
    run_on: date | None = None
    """Day of the run."""
    metric: Text
    """What is measured, by the page's heading of it."""
    scale: Scale
    """share: 0 to 1; percent: 0 to 100; the others have no end, or one of their own."""
    score: Real
    """The score as printed, in ``scale``."""
    score_low: Real | None = None
    """Lower end of the page's own interval, in ``scale``."""
    score_high: Real | None = None
    """Upper end of the page's own interval, in ``scale``."""
    interval_percent: Count | None = None
    """What that interval covers: 90 or 95 per cent."""
    standard_error: NotNegative | None = None
    """Standard error as printed, in ``scale``."""
    tasks: Tasks | None = None
    """Number of tasks in the run."""
    solved: Whole | None = None
    """Number of tasks solved, where it is printed."""
    run_cost_usd: Positive | None = None
    """What the whole run cost in USD; a printed zero means not known."""
    task_cost_usd: Positive | None = None
    """What one task cost on average in USD; a printed zero means not known."""
    prompt_tokens: Count | None = None
    """Tokens sent in the whole run."""
    completion_tokens: Count | None = None
    """Tokens received in the whole run."""
    training_compute_flop: Positive | None = None
    """Training compute in FLOP that the page prints beside the score."""
    run_id: Text | None = None
    """The publisher's name of the run."""
    upstream: Text | None = None
    """Whose number it is, where the page repeats another publisher's."""
    address: Text | None = None
    """Address of the run, or of the document that the page repeats."""

    @model_validator(mode="after")
    def _score_fits_scale(self) -> Score:
        low, high = SCALES[self.scale]
        for value in (self.score, self.score_low, self.score_high):
            if value is not None and not low <= value <= high:
                raise ValueError(f"a score of {value:g} lies outside its scale: {self.scale} is {low:g} to {high:g}")
        low, high = self.score_low, self.score_high
        if (low is not None and low > self.score) or (high is not None and high < self.score):
            raise ValueError(f"the interval {low} to {high} does not hold the score {self.score:g}")
        if self.solved is not None and (self.tasks is None or self.solved > self.tasks):
            raise ValueError(f"{self.solved} tasks solved of {self.tasks}")
        return self


class TaskResult(Fact):
    """What one run did on one task of a benchmark, where the publisher prints that."""

    table = "task_results"
    key = ("benchmark", "run_id", "task")
    lasting = True

    benchmark: Text
    """The benchmark, as in the run's score."""
    run_id: Text
    """The publisher's name of the run, as in the run's score."""
    task: Text
    """The publisher's name of the task."""
    solved: bool
    """Whether the task was solved."""
    cost_usd: NotNegative | None = None
    """What the task cost in USD."""


class TokenPrice(Fact):
    """What a host asks for the tokens of one model: one row for each offer, context tier and kind of input."""

    table = "token_prices"
    key = ("model", "host", "offer", "input_kind", "tier_from_tokens", "configuration", "effective_on")
    lasting = True

    model: Text
    """Model as printed: the catalogue's key."""
    host: Text | None = None
    """Who serves it, as printed."""
    offer: Offer = "standard"
    """Terms of the price; ``free`` where the name says so."""
    input_kind: InputKind = "prompt"
    """Whether the input is a fresh prompt, or is read from or written to a cache."""
    tier_from_tokens: Whole = 0
    """Context length from which the price holds; 0: the first tier."""
    configuration: Text | None = None
    """How the model is run, where the price depends on it."""
    input_usd_per_mtok: Positive | None = None
    """USD per million input tokens; None where nothing or zero is printed."""
    output_usd_per_mtok: Positive | None = None
    """USD per million output tokens; None for cache rows and where nothing or zero is printed."""
    price_state: Literal["priced", "printed_zero", "not_printed"] = "priced"
    """Whether there is a price; a zero means free, a preview or not known, and is never a price."""
    effective_on: date | None = None
    """Day from which the page says the price holds; None: when the page was received."""
    effective_to: date | None = None
    """Day from which it no longer holds, where the page says so."""
    model_released_on: date | None = None
    """Day the model was released, as the page prints it."""
    retires_on: date | None = None
    """Day the host stops serving it, as the page prints it."""
    base_model: Text | None = None
    """The model that the catalogue says it is, by the catalogue's own name."""
    address: Text | None = None
    """Address of the price list or announcement."""

    @model_validator(mode="after")
    def _price_fits_state(self) -> TokenPrice:
        if (self.price_state == "priced") == (self.input_usd_per_mtok is None and self.output_usd_per_mtok is None):
            raise ValueError(f"price_state {self.price_state} does not fit the prices")
        if self.effective_on and self.effective_to and self.effective_to <= self.effective_on:
            raise ValueError("the price ends before it begins")
        return self
