"""What facts of every kind are made of: their fields' types, their position, and the row that cannot be read."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

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

# A line of JSON on its way to the warehouse has at most 16 MB, and a column of whole numbers 64 bits: one fact that has
# more would stop every publish.
LONGEST_TEXT, LONGEST_SAID, LARGEST_WHOLE = 100_000, 4000, 2**53
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
# From 1e-30 to 1e40 products and ratios of some numbers stay numbers: what gets lost is 0, and has no logarithm.
Positive = Annotated[float, Field(gt=1e-30, lt=1e40, allow_inf_nan=False)]
Real = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=LARGEST_WHOLE)]
Whole = Annotated[int, Field(ge=0, le=LARGEST_WHOLE)]
NotNegative = Annotated[float, Field(ge=0, lt=1e40, allow_inf_nan=False)]
# Up to a century: days are counted back by them.
Hours = Annotated[float, Field(gt=1e-30, lt=1_000_000, allow_inf_nan=False)]
UsdPerHour = Annotated[float, Field(gt=1e-30, lt=10_000, allow_inf_nan=False)]


class Fact(BaseModel):
    """One thing that one page says."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")
    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]] = ()
    """Fields that name the thing, for comparing two states of a catalogue."""
    lasting: ClassVar[bool] = False
    """Whether a thing once listed stays listed, with what was printed of it: boards and price lists of models do."""

    offered_as: ClassVar[tuple[str, ...]] = ()
    """Fields that name an offer which stands until another is seen: what a later page of the same day repeats of it is
    a further sighting, and no further row."""

    row: Whole
    """Position on the page: the first data row is 0."""
    page_number: Whole = 0
    """Which page of the visit: the first one is 0."""


def _cut(text: object) -> object:
    return text[:LONGEST_SAID] if isinstance(text, str) else text


Said = Annotated[str, BeforeValidator(_cut)]


class Issue(BaseModel):
    """One row of a page that could not be read: quarantined, visible in SQL, never dropped silently."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    row: Whole | None
    """Position on the page, where there is one."""
    rule: Text
    """Name of the rule it broke."""
    field: Said | None = None
    """Field or column."""
    raw_value: Said | None = None
    """What was printed."""
    what: Annotated[Said, Field(min_length=1)]
    """What is wrong with it, for a person."""
    kept: bool = False
    """Whether the row was loaded without the field (True) or not at all (False)."""
    page: Said | None = None
    """Address of the page; filled in when the visit is read."""


class Extra(Issue):
    """A cell of a column that no reader knows yet: kept as printed, beside the issue that names the column."""

    rule: Text = "new_column"
    what: Text = "a cell of a column that is not known"
    kept: bool = True

    @property
    def cell(self) -> dict[str, object]:
        """The row of ``raw.extra``, but for where it comes from."""
        return {"row": self.row, "field": self.field, "raw_value": self.raw_value}


SCOPES: tuple[str, ...] = get_args(Scope)
PRICING_TYPES: tuple[str, ...] = get_args(PricingType)
