"""What a page says, as typed facts: as printed, in the unit that the field's name states.

A fact's class becomes the table ``raw.<table>``; its docstring and its fields' sentences become the
table's and the columns' comments. Numbers are finite, money is never zero by default, and an empty
cell is None: missing is missing.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import model_validator

from pipeline.facts_base import PRICING_TYPES as PRICING_TYPES
from pipeline.facts_base import SCOPES as SCOPES
from pipeline.facts_base import Count, Hours, Positive, PriceUnit, Real, Text, UsdPerHour
from pipeline.facts_base import Currency as Currency
from pipeline.facts_base import Extra as Extra
from pipeline.facts_base import Fact as Fact
from pipeline.facts_base import Hedge as Hedge
from pipeline.facts_base import Issue as Issue
from pipeline.facts_base import PricingType as PricingType
from pipeline.facts_base import Scope as Scope
from pipeline.facts_capability import InputKind as InputKind
from pipeline.facts_capability import Offer as Offer
from pipeline.facts_capability import Scale as Scale
from pipeline.facts_capability import Score as Score
from pipeline.facts_capability import TaskResult as TaskResult
from pipeline.facts_capability import TokenPrice as TokenPrice
from pipeline.facts_claims import ExtractedClaim as ExtractedClaim
from pipeline.facts_claims import ReportedClaim as ReportedClaim


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
    training_hours: Hours | None = None
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
    offered_as = ("provider", "offer", "sku", "region", "pricing_type", "commitment", "price_unit", "currency")

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


class Cluster(Fact):
    """A computer or a site full of chips as a catalogue lists it: a fleet and what it cost, never a training cost."""

    table = "clusters"
    key = ("name",)
    lasting = True

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
    key = ("name",)
    lasting = True

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
    TaskResult,
    TokenPrice,
)
