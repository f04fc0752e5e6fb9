"""One side of the benchmark of catalogues, in a process of its own.

Run by test_catalogue_speed.py with the side, the folder of the catalogue and the file of offers. Prints what it
measured as a line of JSON. Times are of the work alone, without starting Python and importing. Memory is the most that
the process has held in all, and beside it how much of that the work took: what was held before it began taken away.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

TRIES = 5  # of a query; the best counts
FRUGAL: dict[str, Any] = {  # as pipeline.catalogue.ALONE; whoever asks needs DuckDB alone
    "threads": 1, "allocator_flush_threshold": "1MB", "allocator_bulk_deallocation_flush_threshold": "1MB",
}  # fmt: skip
Measured = dict[str, Any]


def gpuhunt(folder: Path, _: Path) -> Measured:
    """Load the catalogue as gpuhunt does, and ask it."""
    os.environ["GPUHUNT_CATALOG_URL"] = folder.as_uri()
    made: Any = importlib.import_module("gpuhunt._internal.catalog").Catalog(auto_reload=False)
    idle = _peak()
    load = _seconds(made.load)
    chosen, filtering = _best(lambda: made.query(gpu_name="H100", min_gpu_count=8))

    def cheapest() -> dict[tuple[str, str], float]:
        least: dict[tuple[str, str], float] = {}
        for item in made.query(min_gpu_count=1):
            key = (item.provider, item.gpu_name)
            least[key] = min(item.price / item.gpu_count, least.get(key, math.inf))
        return least

    least, grouping = _best(cheapest)
    return {
        **_memory(idle), "load": load, "filter": filtering, "min": grouping,
        "offers": sum(len(part.items) for part in made.catalog.values()),
        "chosen": sorted(round(item.price, 4) for item in chosen),
        "least": sorted((provider, gpu, round(usd, 6)) for (provider, gpu), usd in least.items()),
    }  # fmt: skip


def load(folder: Path, file: Path) -> Measured:
    """Read the catalogue as the source gpuhunt_catalog does, strictly, into a file of offers with dollars."""
    import duckdb

    from pipeline import catalogue
    from pipeline.source import Page
    from pipeline.sources.gpuhunt_catalog import CATALOGUE, PROVIDERS, URL

    file.unlink(missing_ok=True)
    issues, idle = 0, _peak()

    def work() -> None:
        nonlocal issues
        with duckdb.connect(str(file), config=catalogue.ALONE) as connection:
            catalogue.start(connection, keep=True)
            for number, provider in enumerate(PROVIDERS):
                version = (folder / provider / "version").read_text().strip()
                body = (folder / provider / version / "catalog.zip").read_bytes()
                page = Page("gpuhunt_catalog", f"{URL}/{provider}/{version}/catalog.zip", body)
                issues += len(catalogue.read(connection, CATALOGUE, page, number).issues)
            catalogue.make_offers(connection)

    spent = _seconds(work)
    return {"load": spent, "issues": issues, **_memory(idle)}


def ask(_: Path, file: Path) -> Measured:
    """Ask the file of offers."""
    import duckdb

    idle = _peak()
    with duckdb.connect(str(file), read_only=True, config=FRUGAL) as connection:
        chosen, filtering = _best(
            lambda: connection.sql(
                "select provider, sku, accelerator_id, gpus, region, pricing_type, usd_per_gpu_hour, price "
                "from catalogue_offers where family = 'H100' and gpus >= 8"
            ).fetchall()
        )
        least, grouping = _best(
            lambda: connection.sql(
                "select provider, gpu, min(usd_per_gpu_hour) from catalogue_offers group by all"
            ).fetchall()
        )
        memory = _memory(idle)
        offers = connection.execute("select count(*) from catalogue_offers where usd_per_gpu_hour > 0").fetchall()[0][0]
    return {
        **memory, "filter": filtering, "min": grouping, "offers": offers,
        "chosen": sorted(round(row[-1], 4) for row in chosen),
        "least": sorted((provider, gpu, round(usd, 6)) for provider, gpu, usd in least),
    }  # fmt: skip


def _memory(idle: float) -> Measured:
    peak = _peak()
    return {"peak_mb": peak, "work_mb": peak - idle}


def _peak() -> float:
    """The most memory that the process has held, in MB; the system's own figure begins with what the parent held."""
    status = Path("/proc/self/status").read_text()
    return float(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _best(work: Callable[[], Any]) -> tuple[Any, float]:
    best, result = float("inf"), None
    for _ in range(TRIES):
        result = None  # of the try before
        started = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - started)
    return result, best


def main() -> None:
    """Run the side that is named, over the folder and file that are named."""
    # pandas is not a dependency of either; where it lies about, DuckDB would import it for the asking
    sys.modules["pandas"] = sys.modules["numpy"] = None  # pyright: ignore[reportArgumentType]
    side = {"gpuhunt": gpuhunt, "load": load, "ask": ask}[sys.argv[1]]
    sys.stdout.write(json.dumps(side(Path(sys.argv[2]), Path(sys.argv[3]))) + "\n")


if __name__ == "__main__":
    main()
