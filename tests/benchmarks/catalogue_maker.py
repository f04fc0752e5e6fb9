"""A catalogue of half a million GPU offers, written by gpuhunt itself in the format that it publishes and loads."""

from __future__ import annotations

import importlib
import random
import zipfile
from pathlib import Path
from typing import Any

PROVIDERS = ("aws", "azure", "gcp", "lambdalabs", "nebius", "oci", "runpod")
EMPTY = ("verda", "cloudrift")  # gpuhunt loads these, too; aicost does not read them
VERSION = "20261104-2"
PLACES = {
    "aws": "us-east-1", "azure": "eastus", "gcp": "us-central1-a", "lambdalabs": "us-east-1", "nebius": "eu-north1",
    "oci": "us-ashburn-1", "runpod": "US-KS-2",
}  # fmt: skip
CARDS = (
    ("H100", 80.0, "nvidia"), ("A100", 80.0, "nvidia"), ("A100", 40.0, "nvidia"), ("H200", 141.0, "nvidia"),
    ("B200", 180.0, "nvidia"), ("V100", 16.0, "nvidia"), ("T4", 16.0, "nvidia"), ("L4", 24.0, "nvidia"),
    ("L40S", 48.0, "nvidia"), ("A10", 24.0, "nvidia"), ("A10G", 24.0, "nvidia"), ("H100NVL", 94.0, "nvidia"),
    ("MI300X", 192.0, "amd"),
)  # fmt: skip
TYPES = 300  # of instances, each on demand and as spot, in as many places as it takes


def make(folder: Path, offers: int) -> None:
    """Write the archives and versions of all providers below the folder, as they lie in gpuhunt's bucket."""
    models: Any = importlib.import_module("gpuhunt._internal.models")
    storage: Any = importlib.import_module("gpuhunt._internal.storage")
    numbers = random.Random(7)  # the same catalogue every time
    for place, provider in enumerate((*PROVIDERS, *EMPTY)):
        share = 0 if provider in EMPTY else offers // len(PROVIDERS) + (place < offers % len(PROVIDERS))
        items = [models.CatalogItem(**_item(provider, number, numbers, models)) for number in range(share)]
        home = folder / provider / VERSION
        home.mkdir(parents=True)
        (folder / provider / "version").write_text(f"{VERSION}\n")
        storage.dump(items, str(home / f"{provider}.csv"))
        with zipfile.ZipFile(home / "catalog.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(home / f"{provider}.csv", f"{provider}.csv")
        (home / f"{provider}.csv").unlink()


def _item(provider: str, number: int, numbers: random.Random, models: Any) -> dict[str, Any]:
    place, kind = divmod(number, 2 * TYPES)
    kind, spot = divmod(kind, 2)
    card, memory, vendor = CARDS[kind % len(CARDS)]
    gpus = (1, 2, 4, 8, 16)[kind // len(CARDS) % 5]
    price = (0.4 + kind % 37 / 10) * gpus * numbers.uniform(0.8, 1.3) * (0.4 if spot else 1.0)
    return {
        "provider": provider, "instance_name": f"{provider[:2]}{kind}-{card.lower()}.{gpus}x",
        "location": f"{PLACES[provider]}{'' if place == 0 else f'-{place}'}", "price": round(price, 4),
        "cpu": 12 * gpus, "memory": 96.0 * gpus, "gpu_vendor": models.AcceleratorVendor(vendor), "gpu_count": gpus,
        "gpu_name": card, "gpu_memory": memory, "spot": bool(spot), "disk_size": None if kind % 3 else 100.0 * gpus,
    }  # fmt: skip
