"""All training costs of the published method from Epoch's three CSV files, as whole processes of two kinds.

``python -m tests.benchmarks.cost_sides sql FOLDER`` reads them with our sources, loads the facts and runs the SQL
models that the costs need; ``pandas FOLDER`` does the same rules the way a notebook would. Both print how many models
have each of the three costs, and their sums.
"""

from __future__ import annotations

import math
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILES = {
    "epoch_models": "all_ml_systems_2025-06.csv",
    "epoch_hardware": "chip_dataset.csv",
    "epoch_hardware_prices": "hardware_prices.csv",
}
COSTS = "main.cottier_2024_costs"
METHODS = ("amortised", "acquisition", "cloud")


def by_sql(folder: Path) -> dict[str, list[float]]:
    """By our own way."""
    sys.modules["pandas"] = sys.modules["numpy"] = None  # pyright: ignore[reportArgumentType] - aicost comes without
    import duckdb

    from pipeline import build, load, memory, paths, schema
    from pipeline.facts import Fact
    from pipeline.source import Page
    from pipeline.sources import epoch_hardware, epoch_hardware_prices, epoch_models
    from pipeline.spool import Reading, Spool

    memory.collect_seldom()  # as the command does
    models = needed_for(COSTS)
    with duckdb.connect() as draft:
        draft.execute("set timezone = 'UTC'; set threads = 1")
        draft.execute("begin")
        schema.create(draft)
        for name in sorted({read for model in models for read in model.reads if read.startswith("reference.")}):
            load.load_reference(draft, paths.reference_dir() / f"{name.removeprefix('reference.')}.csv")
        with Spool(None) as spool:
            for source in (epoch_models.parse, epoch_hardware.parse, epoch_hardware_prices.parse):
                page = Page(source.name, source.url, (folder / FILES[source.name]).read_bytes())
                facts = [fact for fact in source.parse(page) if isinstance(fact, Fact)]
                spool.add_source(source, [], [], [])
                spool.add(Reading(source, "v", datetime(2025, 6, 10, tzinfo=UTC), "fetch", "", facts=facts), "loaded")
            spool.write_to(draft)
        load._resolve_names(draft, None)  # pyright: ignore[reportPrivateUsage]
        for model in models:
            build.make(draft, model)
        rows = draft.execute(f"select method, cost_usd from {COSTS} where cost_usd is not null").fetchall()
    return {method: [usd for which, usd in rows if which == method] for method in METHODS}


def needed_for(table: str) -> list[Any]:
    """The models that a table is made from, in order."""
    from pipeline import build, paths

    found: dict[str, Any] = {}

    def add(name: str) -> None:
        path = paths.sql_dir() / f"{name.replace('.', '/')}.sql"
        if name not in found and path.exists():
            model = build.read_model(path)
            for read in sorted(model.reads):
                add(read)
            found[name] = model

    add(table)
    return list(found.values())


RUN = (
    "Model", "Organization", "Publication date", "Base model", "Training compute (FLOP)", "Training hardware",
    "Hardware quantity", "Training time (hours)", "Training chip-hours", "Hardware utilization (MFU)",
)  # fmt: skip
CHIP = (
    "Hardware name", "Release date", "TDP (W)", "Tensor-FP16/BF16 performance (FLOP/s)",
    "TF32 (TensorFloat-32) performance (FLOP/s)", "FP16 (half precision) performance (FLOP/s)",
    "FP32 (single precision) performance (FLOP/s)", "INT8 performance (OP/s)",
)  # fmt: skip
RENTS = ("Price per chip-hour (on-demand)", "Price per chip-hour (1-year CUD)", "Price per chip-hour (3-year CUD)")
PRICE = ("Hardware model", "Price date", "Vendor", *RENTS, "Price (hardware purchase)", "Notes")


def by_pandas(folder: Path) -> dict[str, list[float]]:
    """As a notebook would."""
    from tests.benchmarks import pandas_method
    from tests.support import published_method as method

    def read(name: str, columns: tuple[str, ...]) -> list[list[Any]]:
        frame: Any = pandas_method.pd.read_csv(folder / FILES[name], usecols=list(columns), encoding="utf-8-sig")[
            list(columns)
        ]
        for column in columns:
            if column.endswith("ate"):
                frame[column] = pandas_method.pd.to_datetime(frame[column]).dt.date
        cells: Any = frame.astype(object)
        return cells.where(cells.notna(), None).to_numpy().tolist()

    runs = [method.Run(row, *cells) for row, cells in enumerate(read("epoch_models", RUN)) if cells[2] is not None]
    chips = {cells[0]: method.Chip(*cells) for cells in reversed(read("epoch_hardware", CHIP)) if cells[0] is not None}
    prices = [
        method.Price(
            hardware,
            day,
            vendor,
            (usd(now), usd(one_year), usd(three_years)),
            usd(bought),
            "DGX" in (notes or ""),
            "single-unit" in (notes or "").lower(),
        )
        for hardware, day, vendor, now, one_year, three_years, bought, notes in read("epoch_hardware_prices", PRICE)
        if day is not None and hardware is not None
    ]
    facts = method.Facts(runs, chips, prices, {})
    made = pandas_method.costs(facts, *pandas_method.frames_of(facts))
    return {name: [usd for usd in made[name].tolist() if usd is not None and not math.isnan(usd)] for name in METHODS}


def usd(cell: object) -> float | None:
    """An amount as the file prints it."""
    return None if cell is None else float(str(cell).replace("$", "").replace(",", ""))


def main() -> None:
    """One side, in a process of its own."""
    side, folder = sys.argv[1:]
    found = {"sql": by_sql, "pandas": by_pandas}[side](Path(folder))
    for name, costs in found.items():
        print(name, len(costs), f"{sum(costs):.6e}")  # noqa: T201 - what the two sides are compared by


if __name__ == "__main__":
    main()
