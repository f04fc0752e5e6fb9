"""The published training-cost method the way a notebook would write it: pandas frames, one model after another.

It exists to be timed against the SQL. Rules and constants are those of ``tests/support/published_method.py``; look-ups
are boolean masks over frames, as in the published script, with price rows split by cloud and chip once beforehand.
"""

from __future__ import annotations

import importlib
from datetime import timedelta
from typing import Any

from tests.support import published_method as method

pd: Any = importlib.import_module("pandas")  # an extra, whose types strict checking cannot use
Frame = Any


def frames_of(facts: method.Facts) -> tuple[Frame, Frame, Frame]:
    """Models, chips and prices as frames."""
    runs = pd.DataFrame([vars(run) for run in facts.runs])
    chips = pd.DataFrame([vars(chip) for chip in facts.chips.values()]).set_index("name", drop=False)
    prices = pd.DataFrame([vars(price) for price in facts.prices])
    prices["priced_on"] = pd.to_datetime(prices["priced_on"])
    rents = pd.DataFrame(prices["rents"].tolist(), columns=["on_demand", "one_year", "three_year"])
    return runs, chips, pd.concat([prices.drop(columns="rents"), rents], axis=1)


def costs(facts: method.Facts, runs: Frame, chips: Frame, prices: Frame) -> Frame:
    """A row of three costs for each model."""
    rented = prices[prices["vendor"].notna()].groupby(["vendor", "hardware"], sort=False)
    sold = {(vendor, hardware): rows for (vendor, hardware), rows in rented}
    vendors = [vendor for vendor in prices["vendor"].unique() if vendor]
    rows = [_costs_of(run, facts, chips, prices, sold, vendors) for run in runs.itertuples()]
    return pd.DataFrame(rows, columns=["row", "amortised", "acquisition", "cloud"])


def _costs_of(run: Any, facts: method.Facts, chips: Frame, prices: Frame, sold: Any, vendors: list[str]) -> Any:
    # Rules that touch one model's own cells are shared; whatever searches a table is done by pandas.
    own: method.Run = facts.runs[int(run.Index)]
    start = method._start(own)  # pyright: ignore[reportPrivateUsage]
    if own.base_model is not None or own.hardware not in chips.index or start is None:
        return (run.row, None, None, None)
    chip = facts.chips[str(chips.loc[own.hardware, "name"])]
    hours = method._chip_hours(own, chip)  # pyright: ignore[reportPrivateUsage]
    bought = _purchase(chip, prices)
    rent = _rent(own, start - timedelta(days=60), sold, vendors)
    return (
        run.row,
        None if hours is None or bought is None else method._amortised(own, chip, start, hours, bought),  # pyright: ignore[reportPrivateUsage]
        None if own.quantity is None or bought is None else own.quantity * bought[0] / 0.81,
        None if hours is None or rent is None else hours * rent,
    )


def _purchase(chip: method.Chip, prices: Frame) -> Any:
    multiplier = next((factor for word, factor in method.SERVER_PRICE.items() if word in chip.name), 1.64)
    if "TPU" in chip.name:
        usd = method.TPU_USD.get(chip.name)
        return None if usd is None or chip.released_on is None else (usd * multiplier, chip.released_on)
    alias = next((alias for alias in method.ALIASES if alias in chip.name), None)
    if alias is None:
        return None
    rows = prices[prices["purchase_usd"].notna() & prices["hardware"].str.contains(alias, regex=False)]
    rows = rows[rows["is_dgx"]] if rows["is_dgx"].any() else rows
    if rows.empty:
        return None
    first = rows.sort_values("priced_on", kind="stable").iloc[0]
    usd = first["purchase_usd"] * (multiplier if first["is_single_unit"] else 1.0)
    priced_on = first["priced_on"].date()
    released = priced_on if chip.released_on is None else chip.released_on + timedelta(days=90)
    return usd, max(priced_on, released)


def _rent(run: method.Run, procured: Any, sold: Any, vendors: list[str]) -> float | None:
    hardware = run.hardware or ""
    clouds = method._clouds(run, [])  # pyright: ignore[reportPrivateUsage]
    if "TPU" not in hardware:
        clouds = list(dict.fromkeys([*clouds, *vendors]))
    simple = method.SIMPLER.get(hardware)
    long = [] if simple is None else [name for name in method.SIMPLER if all(word in name for word in simple.split())]
    names = (hardware, *([] if simple is None else [simple]), *long)
    nearest = {vendor: _near(vendor, names, sold, procured) for vendor in clouds}
    for term in ("three_year", "one_year", "on_demand"):
        for vendor, row in nearest.items():
            if row is None or pd.isna(row[term]):
                continue
            if term == "three_year":
                return float(row[term])
            off = method.DISCOUNT.get(vendor)
            place = ("on_demand", "one_year", "three_year").index(term)
            return None if off is None else float(row[term]) * (1 - off[2]) / (1 - off[place])
    return None


def _near(vendor: str, names: tuple[str, ...], sold: Any, procured: Any) -> Any:
    rows = next((sold[vendor, name] for name in names if (vendor, name) in sold), None)
    if rows is None:
        return None
    before = rows[rows["priced_on"] <= procured]
    if before.empty:
        return rows.sort_values("priced_on", kind="stable").iloc[0]
    return before[before["priced_on"] == before["priced_on"].max()].iloc[0]
