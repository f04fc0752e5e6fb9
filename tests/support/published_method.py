"""The training-cost method of Cottier et al. 2024 in plain Python, written from its description alone.

A second opinion on the SQL: it shares no code, no constants and no data but the parsed facts with it. Section
numbers are those of the description (``training_cost_method.md``): inputs, start, hours, purchase, cloud, inflation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

TPU_USD = {"Google TPU v1": 5463, "Google TPU v2": 5054, "Google TPU v3": 5276, "Google TPU v4": 5167}
ALIASES = ("A100", "V100", "H100", "P100", "K80", "K40", "Titan X", "GTX 580", "GTX TITAN", "Titan Black")
SERVER_PRICE = {"A100": 1.66, "V100": 1.69, "P100": 1.54}
TPU_SERVER_POWER = {"v1": 2.93, "v2": 1.64, "v3": 1.47}
GPU_SERVER_POWER = {"H100": 10.2 / 8 / 0.7, "A100": 6.5 / 8 / 0.4, "V100": (10 / 16 / 0.3 + 1.5 / 4 / 0.3) / 2}
OWN_DATA_CENTRES = ("google", "deepmind", "microsoft", "amazon", "meta", "facebook")
CENTS_PER_KWH = dict(
    zip(
        range(2010, 2026),
        (6.77, 6.82, 6.67, 6.89, 7.10, 6.91, 6.76, 6.88, 6.92, 6.81, 6.67, 7.18, 8.32, 8.06, 7.71, 8.26),
        strict=True,
    )
)
AWS, AZURE, GOOGLE = "Amazon Web Services", "Microsoft Azure", "Google Cloud"
DISCOUNT = {
    AWS: (0.0, 0.41, 0.64),
    GOOGLE: (0.0, 0.37, 0.56),
    AZURE: (0.0, 0.25, 0.49),
    "Lambda Labs": (0.0, 0.34, 0.56),
}
SIMPLER = {
    "NVIDIA Tesla V100 DGXS 16 GB": "NVIDIA V100",
    "NVIDIA Tesla V100 DGXS 32 GB": "NVIDIA V100",
    "NVIDIA Tesla V100S PCIe 32 GB": "NVIDIA V100",
    "NVIDIA V100": "NVIDIA V100",
    "NVIDIA A100 PCIe": "NVIDIA A100",
    "NVIDIA A100 SXM4 40 GB": "NVIDIA A100",
    "NVIDIA A100 SXM4 80 GB": "NVIDIA A100",
    "NVIDIA A100": "NVIDIA A100",
    "NVIDIA H100 PCIe": "NVIDIA H100",
    "NVIDIA H100 SXM5": "NVIDIA H100",
    "NVIDIA H100": "NVIDIA H100",
}


@dataclass(frozen=True)
class Run:
    """A model and its run, as the catalogue has them."""

    row: int
    name: str
    organisations: str | None
    published_on: date
    base_model: str | None
    flop: float | None
    hardware: str | None
    quantity: float | None
    hours: float | None
    chip_hours: float | None
    mfu: float | None


@dataclass(frozen=True)
class Chip:
    """A chip of the hardware catalogue."""

    name: str
    released_on: date | None
    tdp_watts: float | None
    tensor: float | None
    tf32: float | None
    fp16: float | None
    fp32: float | None
    int8: float | None


@dataclass(frozen=True)
class Price:
    """A row of the price table, in its order; rents are on demand, for one year, for three years."""

    hardware: str
    priced_on: date
    vendor: str | None
    rents: tuple[float | None, float | None, float | None]
    purchase_usd: float | None
    is_dgx: bool
    is_single_unit: bool


@dataclass(frozen=True)
class Costs:
    """The three costs of a model in dollars of the month it was published, and what makes them dollars of June 2025."""

    amortised: float | None
    acquisition: float | None
    cloud: float | None
    inflation: float


@dataclass(frozen=True)
class Facts:
    """Everything that the method reads."""

    runs: Sequence[Run]
    chips: Mapping[str, Chip]
    prices: Sequence[Price]
    index: Mapping[date, float]


def read_facts(warehouse: Path) -> Facts:
    """The facts as parsed: the tables of the schema ``raw``, which no SQL model has touched."""
    with duckdb.connect(str(warehouse), read_only=True) as reader:
        runs = reader.execute(
            "select m.row, m.name, organisations, published_on, base_model, compute_flop, hardware, hardware_quantity, "
            "training_hours, chip_hours, mfu_share from raw.model_releases m "
            "join raw.training_runs r on r.source = m.source and r.visit_id = m.visit_id and r.row = m.row "
            "where published_on is not null order by m.row"
        ).fetchall()
        chips = reader.execute(
            "select name, released_on, tdp_watts, tensor_fp16_flop_per_second, tf32_flop_per_second, "
            "fp16_flop_per_second, fp32_flop_per_second, int8_op_per_second from raw.accelerators order by row desc"
        ).fetchall()
        prices = reader.execute(
            "select hardware, priced_on, vendor, on_demand_usd_per_chip_hour, one_year_usd_per_chip_hour, "
            "three_year_usd_per_chip_hour, purchase_usd, is_dgx_share, is_single_unit from raw.hardware_prices "
            "where priced_on is not null order by row"
        ).fetchall()
        index = reader.execute("select period_on, value from raw.index_values where source = 'price_index'").fetchall()
    return Facts(
        [Run(*row) for row in runs],
        {row[0]: Chip(*row) for row in chips},  # of a name that stands twice the first row stays
        [Price(row[0], row[1], row[2], (row[3], row[4], row[5]), *row[6:]) for row in prices],
        dict(index),
    )


def costs_of(run: Run, facts: Facts) -> Costs:
    """Sections 6 to 9; a fine-tune has no cost, and neither has what lacks an input."""
    month = run.published_on.replace(day=1)
    inflation = facts.index[date(2025, 6, 1)] / facts.index[month] if month in facts.index else 1.0
    chip = facts.chips.get(run.hardware or "")
    start = _start(run)
    if run.base_model is not None or chip is None or start is None:
        return Costs(None, None, None, inflation)
    hours = _chip_hours(run, chip)
    bought = _purchase(chip, facts.prices)
    rent = _rent(run, start - timedelta(days=60), facts.prices)
    return Costs(
        None if hours is None or bought is None else _amortised(run, chip, start, hours, bought),
        None if run.quantity is None or bought is None else run.quantity * bought[0] / 0.81,
        None if hours is None or rent is None else hours * rent,
        inflation,
    )


def _start(run: Run) -> datetime | None:
    if "Gemini 1.0 Ultra" in run.name:
        return datetime(2023, 5, 10)  # noqa: DTZ001 - the method knows no time zones
    if run.name == "GPT-4":
        return None if run.hours is None else datetime(2022, 8, 15) - timedelta(hours=int(run.hours))  # noqa: DTZ001
    if "GPT-3.5" in run.name:
        return datetime(2022, 3, 14)  # noqa: DTZ001
    if "GPT-3" in run.name:
        return datetime(2019, 10, 1)  # noqa: DTZ001
    hours = 793.5 if run.hours is None else int(run.hours)
    return datetime.combine(run.published_on, datetime.min.time()) - timedelta(days=60, hours=hours)


def _chip_hours(run: Run, chip: Chip) -> float | None:
    if run.chip_hours is not None:
        return run.chip_hours
    if run.quantity is not None and run.hours is not None:
        return run.quantity * run.hours
    speeds = (chip.tensor, chip.tf32, chip.fp16 if "TPU" in chip.name else None, chip.fp32)
    speed = chip.int8 if "TPU v1" in chip.name else next((speed for speed in speeds if speed is not None), None)
    if run.flop is None or speed is None:
        return None
    return run.flop / (speed * (0.375 if run.mfu is None else run.mfu)) / 3600


def _purchase(chip: Chip, prices: Sequence[Price]) -> tuple[float, date] | None:
    """Section 4: price of a chip with its server, and the day it could be had."""
    multiplier = next((factor for word, factor in SERVER_PRICE.items() if word in chip.name), 1.64)
    if "TPU" in chip.name:
        usd = TPU_USD.get(chip.name)
        return None if usd is None or chip.released_on is None else (usd * multiplier, chip.released_on)
    alias = next((alias for alias in ALIASES if alias in chip.name), None)
    rows = [price for price in prices if alias and price.purchase_usd is not None and alias in price.hardware]
    rows = [price for price in rows if price.is_dgx] or rows
    if not rows:
        return None
    first = min(rows, key=lambda price: price.priced_on)  # of several on one day, the first of the file
    usd = (first.purchase_usd or 0.0) * (multiplier if first.is_single_unit else 1.0)
    released = first.priced_on if chip.released_on is None else chip.released_on + timedelta(days=90)
    return usd, max(first.priced_on, released)


def _amortised(run: Run, chip: Chip, start: datetime, hours: float, bought: tuple[float, date]) -> float | None:
    """Sections 5 and 6: depreciation of cluster and interconnect, and electricity."""
    usd, available_on = bought
    available = datetime.combine(available_on, datetime.min.time())
    is_tpu = "TPU" in chip.name
    years = ((start if is_tpu else max(start, available)) - available).days / 365.25
    capital = usd * 10 ** (-0.14 * years) * 0.14 * math.log(10) / 8766 * hours / 0.81
    watts = 373 if chip.tdp_watts is None and "TPU v4" in chip.name else chip.tdp_watts
    cents = CENTS_PER_KWH.get(run.published_on.year)
    if watts is None or cents is None:
        return None
    words, other = (TPU_SERVER_POWER, 1.56) if is_tpu else (GPU_SERVER_POWER, 1.8)
    server = next((factor for word, factor in words.items() if word in chip.name), other)
    cooling = 1.1 if any(word in (run.organisations or "").lower() for word in OWN_DATA_CENTRES) else 1.25
    average = 0.43 if is_tpu else 0.75
    return capital + watts / 1000 * server * average * cooling * hours * cents / 100


def _rent(run: Run, procured: datetime, prices: Sequence[Price]) -> float | None:
    """Section 8: of the longest term that any cloud has a price of, the first cloud's."""
    hardware = run.hardware or ""
    rows = {vendor: _near(_sold(hardware, vendor, prices), procured) for vendor in _clouds(run, prices)}
    for term in (2, 1, 0):
        for vendor, row in rows.items():
            usd = row.rents[term] if row else None
            if usd is None:
                continue
            if term == 2:
                return usd
            off = DISCOUNT.get(vendor)
            return None if off is None else usd * (1 - off[2]) / (1 - off[term])
    return None


def _clouds(run: Run, prices: Sequence[Price]) -> list[str]:
    if "TPU" in (run.hardware or ""):
        return [GOOGLE]
    preferred = AWS
    for part in (run.organisations or "").lower().split(","):
        if "google" in part or "deepmind" in part:
            preferred = GOOGLE
        elif "microsoft" in part or "openai" in part:
            preferred = AZURE
    return list(dict.fromkeys([preferred, AWS, AZURE, GOOGLE, *(price.vendor for price in prices if price.vendor)]))


def _sold(hardware: str, vendor: str, prices: Sequence[Price]) -> list[Price]:
    """What a cloud sells of the very chip, else by its simpler name, else by the first long name with all its words."""
    simple = SIMPLER.get(hardware)
    long = [] if simple is None else [name for name in SIMPLER if all(word in name for word in simple.split())]
    for name in (hardware, *([] if simple is None else [simple]), *long):
        rows = [price for price in prices if price.vendor == vendor and price.hardware == name]
        if rows:
            return rows
    return []


def _near(rows: list[Price], procured: datetime) -> Price | None:
    """The last row on or before the day, else the first after it; of several, the first of the file."""
    day = {id(row): datetime.combine(row.priced_on, datetime.min.time()) for row in rows}
    before = [row for row in rows if day[id(row)] <= procured]
    if before:
        return max(before, key=lambda row: day[id(row)])
    return min(rows, key=lambda row: day[id(row)], default=None)
