"""What a page says, as typed facts: as printed, in the unit that the field's name states.

A fact's class becomes the table ``raw.<table>``; its docstring and its fields' sentences become the
table's and the columns' comments. Numbers are finite, money is never zero by default, and an empty
cell is None: missing is missing.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

Scope = Literal[
    "final_run",
    "post_training",
    "training_total",
    "rnd_total",
    "hardware_capex",
    "fleet",
    "company_investment",
    "funding",
    "national_programme",
    "inference",
    "other_not_cost",
    "unknown",
]
PricingType = Literal["on_demand", "spot", "community", "reserved", "cluster", "serverless", "low_priority"]
Hedge = Literal["exact", "approx", "at_least", "at_most", "range"]
PriceUnit = Literal[
    "gpu_second", "gpu_minute", "gpu_hour", "gpu_month", "gpu_term",
    "instance_second", "instance_minute", "instance_hour", "instance_month", "instance_term",
]  # fmt: skip
Currency = Literal["USD", "EUR", "GBP", "CNY", "JPY", "INR"]
Scale = Literal["share", "percent", "points", "index", "rating", "minutes"]
SCALES: dict[str, tuple[float, float]] = {
    "share": (0, 1), "percent": (0, 100), "points": (0, 1e6), "index": (-1e3, 1e3), "rating": (0, 5e3),
    "minutes": (0, 1e6),
}  # fmt: skip
Offer = Literal[
    "standard", "batch", "priority", "flex", "balanced", "ultrafast", "decisions", "off_peak", "free"
]  # fmt: skip
InputKind = Literal["prompt", "cache_read", "cache_write", "cache_write_1h", "cache_write_12h"]

Text = Annotated[str, Field(min_length=1)]
Positive = Annotated[float, Field(gt=0, lt=1e40, allow_inf_nan=False)]
Real = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]
NotNegative = Annotated[float, Field(ge=0, lt=1e40, allow_inf_nan=False)]
UsdPerHour = Annotated[float, Field(gt=0, lt=10_000, allow_inf_nan=False)]


class Fact(BaseModel):
    """One thing that one page says."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]] = ()
    """Fields that name the thing, for comparing two states of a catalogue."""

    row: int = Field(ge=0)
    """Position on the page: the first data row is 0."""
    page_number: int = Field(default=0, ge=0)
    """Which page of the visit: the first one is 0."""


class ModelRelease(Fact):
    """An AI model as a catalogue lists it."""

    table = "model_releases"
    key = ("name",)

    name: Text
    """Model name as printed, blanks and line breaks included."""
    organisations: Text | None = None
    """Developing organisations as printed, comma-separated."""
    countries: Text | None = None
    """Countries of the organisations as printed, comma-separated."""
    published_on: date | None = None
    """Day the model was published; catalogues use the 1st or 15th where only the month is known."""
    domain: Text | None = None
    """Domain as printed, for instance Language."""
    parameters: Positive | None = None
    """Number of trainable parameters."""
    base_model: Text | None = None
    """Model or models it was fine-tuned from, as printed."""
    accessibility: Text | None = None
    """Access to the weights as printed."""
    is_notable: bool = False
    """Whether the catalogue gives it a notability criterion."""
    compute_rank: Positive | None = None
    """Rank by training compute among notable models on the day of publication, as the catalogue gives it."""
    is_frontier: bool | None = None
    """Whether the catalogue flags it as a frontier model; None where the column is absent."""
    address: Text | None = None
    """Address of the document that announced it."""


class TrainingRun(Fact):
    """What a catalogue records about the training of one model (the row of the same position)."""

    table = "training_runs"
    key = ("name",)

    name: Text
    """Model name as printed."""
    compute_flop: Positive | None = None
    """Training compute in FLOP."""
    compute_flop_low: Positive | None = None
    """Lower bound of the training compute in FLOP."""
    compute_flop_high: Positive | None = None
    """Upper bound of the training compute in FLOP."""
    finetune_compute_flop: Positive | None = None
    """Compute of the fine-tuning alone in FLOP; placeholders below 1e6 are quarantined."""
    post_training_compute_flop: Positive | None = None
    """Compute of post-training in FLOP."""
    hardware: Text | None = None
    """Training hardware as printed; a comma separates several kinds."""
    hardware_quantity: Positive | None = None
    """Number of chips in the run."""
    training_hours: Positive | None = None
    """Wall-clock training time in hours."""
    chip_hours: Positive | None = None
    """Chip-hours of the run as reported."""
    mfu_share: Real | None = None
    """Model FLOP utilisation as printed (a share, 0 to 1; percentages slip in and are flagged later)."""
    hfu_share: Real | None = None
    """Hardware FLOP utilisation as printed (a share, 0 to 1)."""
    number_format: Text | None = None
    """Number format of the training, for instance BF16."""
    cloud_vendor: Text | None = None
    """Cloud the run was made on, as printed."""
    power_watts: Positive | None = None
    """Power drawn by the training hardware in watts, as the catalogue estimates it."""
    confidence: Text | None = None
    """The catalogue's confidence in compute and parameters: Confident, Likely, Speculative or Unknown."""
    estimation_method: Text | None = None
    """How the catalogue got the compute, as printed."""
    catalogue_cost_usd: Positive | None = None
    """The catalogue's own cost estimate in USD of ``catalogue_cost_price_year``; one more claim, never truth."""
    catalogue_cost_price_year: Count | None = None
    """Price year that the catalogue's column states."""


class Accelerator(Fact):
    """A chip as a hardware catalogue lists it; speeds are dense."""

    table = "accelerators"
    key = ("name",)

    name: Text
    """Chip name as printed."""
    manufacturer: Text | None = None
    """Manufacturer as printed."""
    kind: Text | None = None
    """GPU, TPU, CPU or other, as printed."""
    released_on: date | None = None
    """Release day."""
    release_price_usd: Positive | None = None
    """Launch price of one unit in USD."""
    tensor_fp16_flop_per_second: Positive | None = None
    """Peak tensor FP16 or BF16 speed."""
    tf32_flop_per_second: Positive | None = None
    """Peak TF32 speed."""
    fp16_flop_per_second: Positive | None = None
    """Peak non-tensor FP16 speed."""
    fp32_flop_per_second: Positive | None = None
    """Peak FP32 speed."""
    fp8_flop_per_second: Positive | None = None
    """Peak FP8 speed."""
    int8_op_per_second: Positive | None = None
    """Peak INT8 speed."""
    memory_bytes: Positive | None = None
    """Memory of the board."""
    memory_bytes_per_second: Positive | None = None
    """Memory bandwidth."""
    tdp_watts: Positive | None = None
    """Thermal design power in watts."""
    is_ml_hardware: bool = False
    """Whether the catalogue marks it as machine-learning hardware."""
    address: Text | None = None
    """Address of the data sheet."""


class HardwarePrice(Fact):
    """Prices of one chip on one day: rented by the hour in up to three terms, or bought."""

    table = "hardware_prices"
    key = ("hardware", "priced_on", "vendor", "location")

    hardware: Text
    """Chip name as printed."""
    priced_on: date | None = None
    """Day the price was in force."""
    vendor: Text | None = None
    """Cloud that rents it; None for a purchase."""
    location: Text | None = None
    """Region as printed."""
    on_demand_usd_per_chip_hour: UsdPerHour | None = None
    """On-demand price in USD per chip-hour."""
    one_year_usd_per_chip_hour: UsdPerHour | None = None
    """Price with a one-year commitment in USD per chip-hour."""
    three_year_usd_per_chip_hour: UsdPerHour | None = None
    """Price with a three-year commitment in USD per chip-hour."""
    purchase_usd: Positive | None = None
    """Price to buy, in USD per chip."""
    is_dgx_share: bool = False
    """Whether the purchase price is a chip's share of a DGX server (server and interconnect included)."""
    is_single_unit: bool = False
    """Whether the purchase price is for the bare chip."""
    is_estimate: bool = False
    """Whether the catalogue calls it an estimate, not a price that was asked or paid."""
    chips_per_instance: Count | None = None
    """Chips in the rented instance."""
    description: Text | None = None
    """The vendor's short label of the chip, for instance A100 (80 GB)."""
    address: Text | None = None
    """Address of the page the price was read from."""

    @model_validator(mode="after")
    def _something_priced(self) -> HardwarePrice:
        prices = (
            self.on_demand_usd_per_chip_hour,
            self.one_year_usd_per_chip_hour,
            self.three_year_usd_per_chip_hour,
            self.purchase_usd,
        )
        if all(price is None for price in prices):
            raise ValueError("no price in the row")
        return self


class IndexValue(Fact):
    """One value of a published series: a price index, an exchange rate, an electricity price."""

    table = "index_values"
    key = ("series", "period_on")

    series: Text
    """The publisher's name of the series."""
    period_on: date
    """First day of the period the value is for."""
    value: Positive
    """The value."""
    unit: Text
    """What the value is in, for instance index (December 2000 = 100)."""


class GpuPrice(Fact):
    """A price that a cloud asks, as printed; what a GPU-hour costs is derived once, in SQL."""

    table = "gpu_prices"
    key = ("provider", "offer", "region", "pricing_type", "commitment")

    provider: Text
    """The cloud."""
    offer: Text
    """The publisher's label of the offer: what stays the same when the price moves."""
    sku: Text | None = None
    """The provider's code of what is rented (instance type, machine type, part number), as printed."""
    gpu: Text | None = None
    """Accelerator as printed; None where only the code says which it is."""
    gpu_count: Count | None = None
    """GPUs in the offer as printed: the instance's own, or the least number that must be rented."""
    vram_gb: Positive | None = None
    """Memory per GPU in GB as printed."""
    gpu_memory_gb: Positive | None = None
    """GPU memory of the whole offer in GB as printed, where it may be a slice of a card or several cards."""
    region: Text | None = None
    """Region as printed; None where the price holds everywhere."""
    pricing_type: PricingType
    """How the price is bound."""
    commitment: Text | None = None
    """The commitment as printed, for instance 2 weeks - 1 year."""
    term_months: Positive | None = None
    """Length of the commitment in months, where the page states one length."""
    price: Positive
    """The price as printed, in ``currency`` per ``price_unit``."""
    currency: Currency
    """Currency of the price."""
    price_unit: PriceUnit
    """What one price buys: a GPU or an instance (a whole node included), for how long; term: the whole commitment."""
    month_hours: Positive | None = None
    """Hours that the publisher counts as a month, where it says so."""
    is_gpu_only: bool = False
    """Whether the host's processors and memory are priced apart."""
    is_floor: bool = False
    """Whether the page says "from": the price is a lower bound."""
    effective_on: date | None = None
    """Day from which the page says the price holds; None: now."""

    @model_validator(mode="after")
    def _named_and_timed(self) -> GpuPrice:
        if self.gpu is None and self.sku is None:
            raise ValueError("neither a GPU nor a code is named")
        if self.price_unit.endswith("_term") and self.term_months is None:
            raise ValueError("the price of a term whose length is not known")
        return self


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
    model_from: Literal["clause", "sentence", "passage", "heading", "table", "title"] | None = None
    """Where the name of the model stands."""
    organisation: Text | None = None
    """Organisation the figure is about."""
    hardware: Text | None = None
    """Accelerator as printed, without its maker."""
    standing: Text | None = None
    """What the text says about its standing: disputed, superseded, hypothetical, forecast, gloss; comma-separated."""
    printed: Text
    """The figure as printed, for instance $6 million."""
    starts_at: int | None = Field(default=None, ge=0)
    """Where the figure begins in the page as archived, in characters; None where we did not keep the page."""
    ends_at: int | None = Field(default=None, ge=1)
    """Where it ends: the page's text from starts_at up to ends_at is the figure, markup included."""

    @model_validator(mode="after")
    def _value_fits_hedge(self) -> ExtractedClaim:
        _hold_hedge(self.hedge, self.value_low, self.value, self.value_high)
        return self


class Cluster(Fact):
    """A computer or a site full of chips as a catalogue lists it: a fleet and what it cost, never a training cost."""

    table = "clusters"

    name: Text
    """Name as printed."""
    kind: Literal["cluster", "site"]
    """One computer, or a site with its buildings and power supply."""
    owner: Text | None = None
    """Owners as printed."""
    users: Text | None = None
    """Who uses it, as printed."""
    country: Text | None = None
    """Country as printed."""
    status: Text | None = None
    """Existing, planned and so on, as printed."""
    certainty: Text | None = None
    """The catalogue's confidence that it is what the row says, as printed."""
    operational_on: date | None = None
    """Day it first ran."""
    chips: Text | None = None
    """Kinds of chip as printed."""
    chip_count: Count | None = None
    """Number of chips of the main kind."""
    h100_equivalents: Positive | None = None
    """Its speed, in H100s."""
    power_megawatts: Positive | None = None
    """Power capacity in megawatts."""
    cost_usd: Positive | None = None
    """What it cost in USD of ``cost_price_year``: chips and servers of a cluster, buildings and power too of a site."""
    cost_price_year: Count | None = None
    """Price year that the column states; None where it states none."""
    address: Text | None = None
    """Address of the first document named."""


class CompanySpend(Fact):
    """What a company spent on computing in a period, or was given in a round of funding, as a catalogue lists it."""

    table = "company_spend"

    name: Text
    """The catalogue's name of the row."""
    company: Text
    """Company as printed."""
    kind: Literal["compute", "funding"]
    """Money spent on computing, or money raised."""
    covers: Text | None = None
    """What of it: the catalogue's categories of computing, or kinds of funding, as printed."""
    period: Literal["Year", "Annualized"] | None = None
    """Whether the amount is a year's or a rate per year at that day; None for a round."""
    period_on: date | None = None
    """Last day of the period, or the day the round closed."""
    reported_on: date | None = None
    """Day it was reported."""
    status: Text | None = None
    """How far a round has come, as printed."""
    confidence: Text | None = None
    """The catalogue's confidence, as printed."""
    amount_usd: Positive | None = None
    """All of it, in USD."""
    rnd_compute_usd: Positive | None = None
    """Computing for research and training, in USD."""
    inference_compute_usd: Positive | None = None
    """Computing for inference, in USD."""
    equity_usd: Positive | None = None
    """Of a round: shares, in USD."""
    debt_usd: Positive | None = None
    """Of a round: debt, in USD."""
    valuation_usd: Positive | None = None
    """Value of the company after the round, in USD; not a cost."""
    is_left_out: bool = False
    """Whether the catalogue leaves the row out of its own charts, as it does with repeated rows."""
    address: Text | None = None
    """Address of the first document named."""

    @model_validator(mode="after")
    def _some_amount(self) -> CompanySpend:
        amounts = (self.amount_usd, self.rnd_compute_usd, self.inference_compute_usd, self.equity_usd, self.debt_usd)
        if all(amount is None for amount in amounts) and self.valuation_usd is None:
            raise ValueError("no amount in the row")
        return self


class Score(Fact):
    """What one run of a model on one benchmark scored, in the scale that the page uses."""

    table = "scores"

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
    tasks: Count | None = None
    """Number of tasks in the run."""
    solved: int | None = Field(default=None, ge=0)
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


class TokenPrice(Fact):
    """What a host asks for the tokens of one model: one row for each offer, context tier and kind of input."""

    table = "token_prices"

    model: Text
    """Model as printed: the catalogue's key."""
    host: Text | None = None
    """Who serves it, as printed."""
    offer: Offer = "standard"
    """Terms of the price; ``free`` where the name says so."""
    input_kind: InputKind = "prompt"
    """Whether the input is a fresh prompt, or is read from or written to a cache."""
    tier_from_tokens: int = Field(default=0, ge=0)
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


FACTS: tuple[type[Fact], ...] = (
    ModelRelease,
    TrainingRun,
    Accelerator,
    HardwarePrice,
    IndexValue,
    GpuPrice,
    ReportedClaim,
    ExtractedClaim,
    Cluster,
    CompanySpend,
    Score,
    TokenPrice,
)
SCOPES: tuple[str, ...] = get_args(Scope)
PRICING_TYPES: tuple[str, ...] = get_args(PricingType)


class Issue(BaseModel):
    """One row of a page that could not be read: quarantined, visible in SQL, never dropped silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: int | None
    """Position on the page, where there is one."""
    rule: Text
    """Name of the rule it broke."""
    field: str | None = None
    """Field or column."""
    raw_value: str | None = None
    """What was printed."""
    what: Text
    """What is wrong with it, for a person."""
    kept: bool = False
    """Whether the row was loaded without the field (True) or not at all (False)."""
    page: str | None = None
    """Address of the page; filled in when the visit is read."""
