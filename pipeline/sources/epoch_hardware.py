"""Epoch AI publishes a catalogue of machine-learning chips with their speeds, memory, power and release dates.

Oddities: the older chip file (June 2025) starts with a byte-order mark, has a lone carriage return inside a
field, lists mostly CPUs and marks machine-learning chips by a check mark; the current file lists those only.
Names stand twice in six cases (the first row counts). Power ratings are revised between releases.
"""

from collections.abc import Iterator

from pipeline.facts import Accelerator, Fact, Issue
from pipeline.money import usd
from pipeline.read import Column, csv_rows, fact_or_issue, flag, iso_date, one_of, positive, web_address
from pipeline.source import Page, source

COLUMNS = {
    "name": Column("Hardware name", holds=("Google TPU v4", "NVIDIA A100")),
    "manufacturer": Column("Manufacturer", holds=("NVIDIA",)),
    "kind": Column(
        "Type",
        one_of(
            "CPU",
            "GPU",
            "TPU",
            "NPU",
            "ASIC",
            "SoC",
            "LPU",
            "XPU",
            "XPU-R",
            "GPGPU",
            "DCU (GPGPU)",
            "Hybrid CPU",
            "Other",
        ),
    ),
    "released_on": Column("Release date", iso_date),
    "release_price_usd": Column("Release price (USD)", usd),
    "tensor_fp16_flop_per_second": Column("Tensor-FP16/BF16 performance (FLOP/s)", positive, holds=(3.12e14, 9.894e14)),
    "tf32_flop_per_second": Column(
        "TF32 (TensorFloat-32) performance (FLOP/s)",
        positive,
        ("TF32 performance (FLOP/s)",),
        holds=(1.56e14, 4.947e14),
    ),
    "fp16_flop_per_second": Column(
        "FP16 (half precision) performance (FLOP/s)",
        positive,
        ("FP16 performance (FLOP/s)",),
        holds=(7.797e13, 1.338e14),
    ),
    "fp32_flop_per_second": Column(
        "FP32 (single precision) performance (FLOP/s)",
        positive,
        ("FP32 performance (FLOP/s)",),
        holds=(1.95e13, 1.949e13),
    ),
    "fp8_flop_per_second": Column("FP8 performance (FLOP/s)", positive, holds=(4.5e15, 5e15)),
    "int8_op_per_second": Column("INT8 performance (OP/s)", positive, holds=(6.24e14, 1.979e15)),
    "memory_bytes": Column("Memory (bytes)", positive, ("Memory size per board (Byte)",), holds=(3.2e10, 8e10)),
    "memory_bytes_per_second": Column("Memory bandwidth (byte/s)", positive, holds=(3.35e12, 1.2e12)),
    "tdp_watts": Column("TDP (W)", positive, holds=(700.0, 400.0)),
    "is_ml_hardware": Column("ML hardware", flag, required=False),
    "address": Column("Link to datasheet", web_address),
}
IGNORED = (
    "Notes", "FP4 performance (FLOP/s)", "FP64 (double precision) performance (FLOP/s)", "FP64 performance (FLOP/s)",
    "INT16 performance (OP/s)", "INT4 performance (OP/s)", "Intranode bandwidth (byte/s)",
    "Internode bandwidth (bit/s)", "LambdaLabs FP32 ResNet-50 Pytorch throughput (samples/s)", "Die Size (mm^2)",
    "Die size (mm^2)", "Base clock (MHz)", "Boost clock (MHz)", "Memory clock (MHz)", "Memory bus (bit)",
    "Shading units", "TMUs", "ROPs", "SM count", "Tensor cores", "RT cores", "Process size (nm)", "Foundry",
    "Number of transistors (millions)", "Transistors (millions)", "Prominent years of usage",
    "Google Cloud pricing ($ per hour) data from 17 dec 2022", "Source for the price", "ML models",
    "All ML Systems copy", "Hardware prices", "Last modified", "Number of ML models trained", "Max performance",
    "Energy efficiency", "Created by", "Unverified", "Datasheet", "Bit length", "Performance (TOPS)",
    "Energy efficiency (16-bit)", "Total processing performance (bit-OP/s)", "Price-performance", "ML OP/s",
)  # fmt: skip


@source(
    title="Machine Learning Hardware",
    publisher="Epoch AI",
    url="https://epoch.ai/data/ml_hardware.csv",
    licence="CC BY 4.0",
    attribution="Epoch AI, 'Data on Machine Learning Hardware'. Published online at epoch.ai. "
    "Retrieved from https://epoch.ai/data/machine-learning-hardware",
    robots="published for download; looked at 2026-11-23 from a description, to be seen on first contact",
    cadence="weekly",
    least=150,
    most=12000,
    facts=(Accelerator,),
    currency="USD",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each row as a chip; where there is no check-mark column, the file lists machine-learning chips only."""
    for row in csv_rows(page, COLUMNS, ignored=IGNORED):
        if isinstance(row, Issue):
            yield row
            continue
        marked = bool(row.cells["is_ml_hardware"]) if "is_ml_hardware" in row.cells else True
        yield fact_or_issue(Accelerator, row.position, **(dict(row.cells) | {"is_ml_hardware": marked}))
