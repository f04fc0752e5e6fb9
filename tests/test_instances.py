"""A provider's code means one accelerator and one number of them, or none for a reason that is written down."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.errors import ContractBroken
from pipeline.normalise import known_ids, resolve_sku

HERE = Path(__file__).resolve()
NOTEBOOK = HERE.parents[1] / "data" / "reference"
SHARED = HERE.parents[2] / "shared"

# What a person looks up first, and what other catalogues have wrong.
KNOWN = {
    ("aws", "p2.16xlarge"): ("nvidia-k80", 16),
    ("aws", "g3.8xlarge"): ("nvidia-m60-16gb", 2),
    ("aws", "p5.48xlarge"): ("nvidia-h100-sxm-80gb", 8),
    ("aws", "p5.4xlarge"): ("nvidia-h100-sxm-80gb", 1),
    ("aws", "p5e.48xlarge"): ("nvidia-h200-sxm-141gb", 8),
    ("aws", "p5en.48xlarge"): ("nvidia-h200-sxm-141gb", 8),
    ("aws", "p6e-gb200.36xlarge"): ("nvidia-gb200-186gb", 4),
    ("aws", "g5.16xlarge"): ("nvidia-a10g-24gb", 1),
    ("aws", "g5g.metal"): ("nvidia-t4g-16gb", 2),
    ("aws", "g6f.large"): ("nvidia-l4-24gb", 0.125),
    ("aws", "gr6f.4xlarge"): ("nvidia-l4-24gb", 0.5),
    ("aws", "trn1n.32xlarge"): ("aws-trainium1-32gb", 16),
    ("azure", "Standard_NC24r_Promo"): ("nvidia-k80", 4),
    ("azure", "Standard_ND96isr_H100_v5 "): ("nvidia-h100-sxm-80gb", 8),
    ("azure", "Standard_NC80adis_H100_v5"): ("nvidia-h100-nvl-94gb", 2),
    ("azure", "Standard_ND96isr_MI300X_v5"): ("amd-mi300x-192gb", 8),
    ("azure", "Standard_NV6ads_A10_v5"): ("nvidia-a10-24gb", 1 / 6),
    ("azure", "Standard_NV12ads_A10_v5"): ("nvidia-a10-24gb", 1 / 3),
    ("azure", "Standard_NV4as_v4"): ("amd-mi25-16gb", 1 / 8),
    ("gcp", "a2-megagpu-16g"): ("nvidia-a100-sxm-40gb", 16),
    ("gcp", "a3-ultragpu-8g-nolssd"): ("nvidia-h200-sxm-141gb", 8),
    ("gcp", "g2-standard-32"): ("nvidia-l4-24gb", 1),
    ("gcp", "g4-standard-6"): ("nvidia-rtx-pro-6000-blackwell-96gb", 1 / 8),
    ("gcp", "ct5p-hightpu-4t"): ("google-tpu-v5p", 4),
    ("oci", "BM.GPU.GB200.4"): ("nvidia-gb200-186gb", 4),
    ("oci", "B98415"): ("nvidia-h100-sxm-80gb", 1),
    ("lambda", "gpu_1x_a100"): ("nvidia-a100-unknown-40gb", 1),
    ("lambda", "gpu_1x_rtx6000"): ("nvidia-rtx-6000-turing-24gb", 1),
    ("vultr", "vcg-a100-1c-6g-4vram"): ("nvidia-a100-unknown-80gb", 0.05),
    ("vultr", "vbm-72c-480gb-gh200-gpu"): ("nvidia-gh200-96gb", 1),
}

# Codes that are no GPU, or none of the dictionary: known, and left out with a reason.
NONE = {
    ("aws", "f1.2xlarge"): "FPGA",
    ("aws", "g4ad.xlarge"): "Radeon",
    ("aws", "inf1.xlarge"): "Inferentia1",
    ("azure", "Standard_NP10s"): "FPGA",
    ("azure", "Standard_NV4ads_V710_v5"): "V710",
    ("azure", "Standard_NC24lds_xl_RTXPRO6000BSE_v6"): "share",
    ("oci", "B109480"): "H100T",
}

# Codes that look like one that is known, and are not.
STRANGE = (
    ("aws", "p5.24xlarge"),
    ("aws", "m5.xlarge"),
    ("aws", "xp5.48xlarge"),
    ("aws", "p5x48xlarge"),
    ("azure", "p5.48xlarge"),
    ("azure", "Standard_ND96isr_H100_v5_Type1"),
    ("azure", "Standard_ND_H100_v5"),
    ("azure", "NC6"),
    ("gcp", "a2-highgpu-3g"),
    ("gcp", "n1-standard-8"),
    ("oci", "BM.GPU.H100T.8"),
    ("nobody", "p5.48xlarge"),
)


@cache
def rows() -> list[dict[str, str]]:
    """The rows of the notebook's page."""
    with (NOTEBOOK / "instances.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(("provider", "sku", "expected"), [(*key, value) for key, value in KNOWN.items()])
def test_a_code_means_one_accelerator_and_one_number(provider: str, sku: str, expected: tuple[str, float]) -> None:
    """As the provider's own documents say, shares of a card included."""
    found = resolve_sku(provider, sku)

    assert (found.accelerator_id, found.gpus) == expected


@pytest.mark.parametrize(("provider", "sku", "why"), [(*key, value) for key, value in NONE.items()])
def test_a_code_that_is_left_out_says_why(provider: str, sku: str, why: str) -> None:
    """No accelerator, no number, and a reason that names what it is."""
    found = resolve_sku(provider, sku)

    assert (found.accelerator_id, found.family, found.gpus) == (None, None, None)
    assert why in (found.reason or "")


@pytest.mark.parametrize(("provider", "sku"), STRANGE)
def test_a_code_like_a_known_one_is_not_known(provider: str, sku: str) -> None:
    """The whole code decides, never its beginning."""
    found = resolve_sku(provider, sku)

    assert (found.accelerator_id, found.reason) == (None, "no row of data/reference/instances.csv matches")


def test_every_row_is_well_formed() -> None:
    """A pattern that compiles, an accelerator of the dictionary with a number, or a reason; and where it stands."""
    ids = {row.accelerator_id for row in known_ids()}
    for row in rows():
        assert re.compile(row["pattern"]), row
        assert urlsplit(row["citation"]).scheme == "https", row
        if row["accelerator_id"]:
            assert row["accelerator_id"] in ids, row
            assert 0 < float(row["gpus"]) <= 72, row
            assert float(row["gpus"]) == int(float(row["gpus"])) or float(row["gpus"]) < 1, row
        else:
            assert row["gpus"] == "", row
            assert row["note"], row
    keys = [(row["provider"], row["pattern"]) for row in rows()]
    assert len(set(keys)) == len(keys)


def spelled_out(pattern: str) -> Iterator[str]:
    """Every code that a pattern of the notebook's few forms matches; a number stands for all numbers."""
    plain = pattern.replace("\\.", "\0").replace("\\d+", "7")
    found = re.search(r"\((?:\?:)?([^()]*)\)(\?)?|\[([^\]]*)\](\?)?|([A-Za-z0-9_])(\?)", plain)
    if found is None:
        if "|" in plain:
            for one in plain.split("|"):
                yield from spelled_out(one.replace("\0", "\\."))
            return
        yield plain.replace("\0", ".")
        return
    group, group_maybe, letters, letters_maybe, letter, letter_maybe = found.groups()
    choices = group.split("|") if group is not None else list(letters or letter)
    choices = [*choices, *([""] if group_maybe or letters_maybe or letter_maybe else [])]
    for choice in choices:
        yield from spelled_out((plain[: found.start()] + choice + plain[found.end() :]).replace("\0", "\\."))


def test_no_two_rows_match_one_code() -> None:
    """For every code that any row matches, exactly that row does."""
    codes = {(row["provider"], code): row["pattern"] for row in rows() for code in spelled_out(row["pattern"])}
    patterns: dict[str, list[re.Pattern[str]]] = {}
    for row in rows():
        patterns.setdefault(row["provider"], []).append(re.compile(row["pattern"]))
    for (provider, code), pattern in codes.items():
        matching = [found.pattern for found in patterns[provider] if found.fullmatch(code)]
        assert matching == [pattern], (provider, code)
    assert len(codes) > len(rows())


def test_a_code_that_two_rows_match_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The notebook contradicts itself: neither row wins."""
    row = {"accelerator_id": "nvidia-k80", "gpus": "1", "note": ""}
    twice = {"aws": [(re.compile("p2.*"), row), (re.compile("p.*"), row)]}
    monkeypatch.setattr("pipeline.normalise._skus", lambda: twice)

    with pytest.raises(ContractBroken):
        resolve_sku("aws", "p2.xlarge")


# --- what was handed over, and what the recordings hold -------------------------------------------


def shared(*parts: str) -> Path:
    """A file beside the checkout, or a visible skip."""
    path = SHARED.joinpath(*parts)
    if not path.is_file():
        pytest.skip(f"not there: {path}")
    return path


def test_gpu_codes_of_azure_are_all_answered() -> None:
    """Every SKU that Azure's catalogue calls accelerated has a row: an accelerator, or why there is none."""
    listed = json.loads(shared("recordings", "azure_retail_prices", "skus.json").read_text("utf-8"))["skus"]
    codes = [row["sku"] for row in listed if row["category"] in ("GPU accelerated", "FPGA accelerated")]
    unknown = [code for code in codes if (resolve_sku("azure", code).reason or "").startswith("no row")]

    assert len(codes) > 100
    assert unknown == []


def test_counts_agree_with_azure_wherever_it_sells_whole_cards() -> None:
    """Azure prints 1 for every share of a card; where it prints more, or we know a whole card, it is the same."""
    listed = json.loads(shared("recordings", "azure_retail_prices", "skus.json").read_text("utf-8"))["skus"]
    printed = {row["sku"]: row["gpuCount"] for row in listed if row["gpuCount"]}
    known = {code: resolve_sku("azure", code) for code in printed}

    assert {
        code: (found.gpus, printed[code])
        for code, found in known.items()
        if found.gpus is not None and found.gpus >= 1 and found.gpus != printed[code]
    } == {}
    assert {
        code for code, found in known.items() if found.gpus is not None and found.gpus < 1 and printed[code] != 1
    } == set()


def test_gpu_codes_of_aws_of_2017_are_all_answered_with_their_counts() -> None:
    """The EC2 list of 2017 prints GPUs and FPGAs."""
    listed = json.loads(shared("recordings", "aws_ec2", "instances.json").read_text("utf-8"))
    with_gpus = {row["instance_type"]: row["GPU"] for row in listed if row.get("GPU")}
    found = {code: resolve_sku("aws", code).gpus for code in with_gpus}

    assert found == with_gpus
    assert {row["instance_type"] for row in listed if row.get("FPGA")} == {"f1.2xlarge", "f1.16xlarge"}


def test_codes_of_the_recorded_aws_page_are_all_answered() -> None:
    """The awsstatic page of us-east-1."""
    page = json.loads(shared("recordings", "aws_ec2", "ec2-ondemand-us-east-1.json").read_text("utf-8"))
    codes = {row["Instance Type"] for region in page["regions"].values() for row in region.values()}

    assert len(codes) == 10
    assert all(resolve_sku("aws", code).accelerator_id for code in codes)


def test_accelerator_machine_types_of_gcp_are_all_answered() -> None:
    """Every A, G, CT and TPU type of Google's list; a number before g or t is the number of chips."""
    with shared("recordings", "gcp", "machinetypes.csv").open(encoding="utf-8", newline="") as lines:
        codes = [row["NAME"] for row in csv.DictReader(lines, delimiter=";")]
    codes = [code for code in codes if re.match(r"a[2-9]|g[2-9]|ct\d|tpu", code)]
    found = {code: resolve_sku("gcp", code) for code in codes}

    assert len(codes) > 40
    assert [code for code, sold in found.items() if sold.accelerator_id is None] == []
    for code, sold in found.items():
        if named := re.search(r"-(\d+)[gt](?:-|$)", code):
            assert sold.gpus == int(named[1]), code


def test_parts_of_the_oracle_price_list_are_all_answered() -> None:
    """Every part that is sold per GPU-hour in its own region, one GPU each."""
    page = json.loads(shared("recordings", "oci", "products_usd.json").read_text("utf-8"))
    parts = [
        item["partNumber"]
        for item in page["items"]
        if item["metricName"] == "GPU Per Hour" and "Customer" not in item["displayName"]
    ]
    found = {part: resolve_sku("oci", part) for part in parts}

    assert len(parts) > 15
    assert [part for part, sold in found.items() if (sold.reason or "").startswith("no row")] == []
    assert {sold.gpus for sold in found.values()} == {1, None}


# Rows handed over that say what is not so, and why ours differs.
OTHERWISE = {"gpu_1x_a100": "lambda prints the PCIe and the SXM card; the bare code does not say which"}


def handed_over() -> Iterator[tuple[str, str, str, float]]:
    """Codes of the handed-over table that are written out in full, with accelerator and count."""
    with shared("reference", "instances.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            codes, counts = re.sub(r" \(part.*\)", "", row["pattern_or_sku"]).split("|"), row["gpu_count"].split("|")
            if len(counts) == 1:
                counts *= len(codes)
            for code, count in zip(codes, counts, strict=False):
                if re.fullmatch(r"[A-Za-z0-9_.-]+", code) and ".." not in code and "/" not in count + code:
                    yield row["provider"], code, row["accelerator_id"], float(count or 0)


def test_the_table_that_was_handed_over_is_answered_the_same() -> None:
    """Whole codes; the abbreviated ones are spelled out in the tests above."""
    tried = 0
    for provider, code, accelerator_id, count in handed_over():
        code = code if provider != "azure" or code.startswith("Standard_") else f"Standard_{code}"
        found = resolve_sku(provider, code)
        if code in OTHERWISE or (found.accelerator_id is None and (found.reason or "").startswith("no row")):
            assert code in OTHERWISE or code.count("_") < 2, code  # "NC48ads": cut short in the table
            continue
        tried += 1
        assert (found.accelerator_id or "", round(found.gpus or 0, 4)) == (accelerator_id, count), code

    assert tried > 60


def test_no_pair_of_providers_shares_a_code() -> None:
    """A code alone does not say whose it is; the provider must be asked for."""
    whose: dict[str, set[str]] = {}
    for row in rows():
        for code in spelled_out(row["pattern"]):
            whose.setdefault(code, set()).add(row["provider"])
    assert [code for code, providers in whose.items() for _ in combinations(providers, 2)] == []
