"""Accelerator names resolve to one id or to none, whatever decorates them, and never to another card."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Iterator
from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.normalise import (
    ALSO,
    FORMS,
    MAKERS,
    WORDS,
    AcceleratorMatch,
    accelerators,
    known_ids,
    resolve_accelerator,
)

NOTEBOOK = Path(__file__).resolve().parents[1] / "data" / "reference"
SHARED = Path(__file__).resolve().parents[2] / "shared"

RULES = {"pattern", "alias", "memory", "ambiguous", "unknown_variant"}
FORM_FACTORS = {"sxm", "sxm3", "pcie", "nvl", "sff", "dgxs", "oam", "apu", "superchip", "tpu", "custom"}

# Spellings of the kinds that providers print, written for this test.
KNOWN = {
    "gpu_8x_h100_sxm5": "nvidia-h100-sxm-80gb",
    "1x H100 80GB PCIe": "nvidia-h100-pcie-80gb",
    "H100-SXM5-80GB x8": "nvidia-h100-sxm-80gb",
    "HGX H100": "nvidia-h100-sxm-80gb",
    "NVIDIA® H100 Tensor Core GPU": "nvidia-h100-unknown-80gb",
    "H100 NVLink": "nvidia-h100-unknown-80gb",
    "H100-80G-PCIe-NVLink": "nvidia-h100-pcie-80gb",
    "NVIDIA H100 94GB NVL": "nvidia-h100-nvl-94gb",
    "H100NVL": "nvidia-h100-nvl-94gb",
    "BM.GPU.H100.8": "nvidia-h100-sxm-80gb",
    "8xH200": "nvidia-h200-sxm-141gb",
    "H200 NVL 143GB": "nvidia-h200-nvl-141gb",
    "GH200_SXM 96GB": "nvidia-gh200-96gb",
    "GH200 (Grace Hopper)": "nvidia-gh200-unknown",
    "NVIDIA GH200 480GB": "nvidia-gh200-unknown",
    "B200 192 GB": "nvidia-b200-sxm-180gb",
    "1x B300 SXM6 268GB": "nvidia-b300-sxm-270gb",
    "GB200 NVL72": "nvidia-gb200-186gb",
    "GB300 SXM6": "nvidia-gb300-279gb",
    "2048x H800": "nvidia-h800-unknown-80gb",
    "NVIDIA HGX H20": "nvidia-h20-96gb",
    "H20 141GB": "nvidia-h20-unknown",
    "NVIDIA-A100-SXM4-80GB": "nvidia-a100-sxm-80gb",
    "a100-80gb-sxm-ib.8x": "nvidia-a100-sxm-80gb",
    "A100 PCIE 40GB": "nvidia-a100-pcie-40gb",
    "A100_80G": "nvidia-a100-unknown-80gb",
    "A100-80Gx8": "nvidia-a100-unknown-80gb",
    "A100 SXM": "nvidia-a100-sxm-unknown",
    "Nvidia A100s": "nvidia-a100-unknown",
    "A800 40GB": "nvidia-a800-pcie-40gb",
    "V100-32Gx4": "nvidia-v100-unknown-32gb",
    "Tesla V100-SXM2-16GB": "nvidia-v100-sxm2-16gb",
    "Tesla V100 SXM2": "nvidia-v100-sxm2-unknown",
    "nvidia-tesla-p100": "nvidia-p100-unknown",
    "tesla t4": "nvidia-t4-16gb",
    "T4g": "nvidia-t4g-16gb",
    "nvidia_l40s": "nvidia-l40s-48gb",
    "gpu-l40sx1-48gb": "nvidia-l40s-48gb",
    "L4-1-24G": "nvidia-l4-24gb",
    "A10G": "nvidia-a10g-24gb",
    "VM.GPU.A10.2": "nvidia-a10-24gb",
    "RTX4090": "nvidia-rtx-4090-24gb",
    "4090": "nvidia-rtx-4090-24gb",
    "geforcertx4090-pcie-24gb": "nvidia-rtx-4090-24gb",
    "RTX 4090 (48 GB mod)": "nvidia-rtx-4090-unknown",
    "RTX_4070S_Ti": "nvidia-rtx-4070-ti-super-16gb",
    "RTX 3060": "nvidia-rtx-3060-unknown",
    "RTX 3060 12GB": "nvidia-rtx-3060-12gb",
    "3090TiX8": "nvidia-rtx-3090-ti-24gb",
    "GTX1660S": "nvidia-gtx-1660-super-6gb",
    "RTX6000Ada": "nvidia-rtx-6000-ada-48gb",
    "RTX 6000 24GB": "nvidia-rtx-6000-turing-24gb",
    "RTX 6000 96GB": "nvidia-rtx-pro-6000-blackwell-96gb",
    "RTXPRO6000WS": "nvidia-rtx-pro-6000-blackwell-96gb",
    "RTX PRO-A6000 SE": "nvidia-rtx-pro-6000-blackwell-96gb",
    "Q_RTX_8000": "nvidia-rtx-8000-turing-48gb",
    "A6000": "nvidia-rtx-a6000-48gb",
    "A4000x2": "nvidia-rtx-a4000-16gb",
    "NVIDIA RTX 4000 Ada Generation": "nvidia-rtx-4000-ada-20gb",
    "GTX TITAN X": "nvidia-gtx-titan-x-12gb",
    "MI300X OAM 192GB": "amd-mi300x-192gb",
    "AMD Instinct™ MI300X": "amd-mi300x-192gb",
    "Gaudi 2": "intel-gaudi2-96gb",
    "Gaudi HL-205": "intel-gaudi-32gb",
    "trn1": "aws-trainium1-32gb",
    "Standard_ND96isr_H100_v5": "nvidia-h100-sxm-80gb",
    "p5en.48xlarge": "nvidia-h200-sxm-141gb",
    "a2-ultragpu-8g": "nvidia-a100-sxm-80gb",
    "BM.GPU.A100-v2.8": "nvidia-a100-sxm-80gb",
    "inf2": "aws-inferentia2-32gb",
    "v5litepod-8": "google-tpu-v5e",
    "ct5lp-hightpu-4t": "google-tpu-v5e",
    "tpu-v5-lite-podslice": "google-tpu-v5e",
    "v5p-8": "google-tpu-v5p",
    "v3-8": "google-tpu-v3",
    "TPU v4-4096": "google-tpu-v4",
    "TPUv4 chips": "google-tpu-v4",
    "tpu7x-standard-4t": "google-tpu-v7",
    "Trillium": "google-tpu-v6e",
}

# Names that are no whole card, more than one, or none that is known; and the rule that says so.
NONE = {
    "L40S-48Q": "vgpu",
    "A10-4Q": "vgpu",
    "NVIDIA A100-SXM4-40GB MIG 1g.5gb": "mig",
    "1g.10gb": "mig",
    "g6f.large": "vgpu",
    "Standard_NV6ads_A10_v5": "vgpu",
    "f2.12xlarge": "code",
    "AMD EPYC 7413": "cpu",
    "Intel Xeon Phi 31S1P": "cpu",
    "NVIDIA Grace CPU": "cpu",
    "1/2 A100": "unmatched",
    "½ A100": "unmatched",
    "0.5x A10": "unmatched",
    "A100X": "unknown_variant",
    "A100 X": "unmatched",
    "H100T": "unknown_variant",
    "Ascend 910B3": "unknown_variant",
    "RTX 4090D": "unknown_variant",
    "RTX 4090 Super": "unmatched",
    "RTX 3080 Laptop GPU": "unmatched",
    "RTX 2080 Max-Q": "unmatched",
    "Tesla V100-FHHL-16GB": "unmatched",
    "RTX6000": "ambiguous",
    "RTX 4000": "ambiguous",
    "RTX 6000 32GB": "ambiguous",
    "Titan X": "ambiguous",
    "Trainium": "ambiguous",
    "TPU v5": "ambiguous",
    "TPU v4i": "ambiguous",
    "MI300": "ambiguous",
    "Gaudi 4": "unmatched",
    "MI250X8": "unmatched",
    "H100/A100": "unmatched",
    "A100 or H100": "unmatched",
    "H100 equivalent": "unmatched",
    "AMD H100": "unmatched",
    "L40S SXM": "unmatched",
    "\u041d100": "lookalike",
    "A100\u0425": "lookalike",
    "H1OO": "unmatched",
    "unknown": "unmatched",
    "": "unmatched",
}

# The hardware names of Epoch AI's model and price tables (CC BY 4.0).
EPOCH = {
    "AMD EPYC 7413": None,
    "AMD Instinct MI300A": "amd-mi300a-128gb",
    "AMD Instinct MI300X": "amd-mi300x-192gb",
    "AMD Radeon Instinct MI250": "amd-mi250-128gb",
    "AMD Radeon Instinct MI250X": "amd-mi250x-128gb",
    "Amazon Trainium1": "aws-trainium1-32gb",
    "Cerebras CS-1": "cerebras-cs-1",
    "Cerebras CS-2": "cerebras-cs-2",
    "Google TPU v1": "google-tpu-v1",
    "Google TPU v2": "google-tpu-v2",
    "Google TPU v3": "google-tpu-v3",
    "Google TPU v4": "google-tpu-v4",
    "Google TPU v5e": "google-tpu-v5e",
    "Google TPU v5p": "google-tpu-v5p",
    "Google TPU v6e Trillium": "google-tpu-v6e",
    "GroqChip LPU v1": "groq-lpu-v1",
    "Huawei Ascend 910": "huawei-ascend-910-32gb",
    "Huawei Ascend 910B": "huawei-ascend-910b-unknown",
    "Intel A100": "nvidia-a100-unknown",
    "Intel Core 2 Quad Q9450": None,
    "Intel Core i5-11600K": None,
    "Intel Data Center GPU Max 1550": "intel-max-1550-128gb",
    "Intel Habana Gaudi2": "intel-gaudi2-96gb",
    "Intel Xeon Phi 31S1P": None,
    "NVIDIA A10 PCIe": "nvidia-a10-24gb",
    "NVIDIA A100": "nvidia-a100-unknown",
    "NVIDIA A100 PCIe": "nvidia-a100-pcie-unknown",
    "NVIDIA A100 SXM4 40 GB": "nvidia-a100-sxm-40gb",
    "NVIDIA A100 SXM4 80 GB": "nvidia-a100-sxm-80gb",
    "NVIDIA A10G": "nvidia-a10g-24gb",
    "NVIDIA A30 PCIe": "nvidia-a30-24gb",
    "NVIDIA A40 PCIe": "nvidia-a40-48gb",
    "NVIDIA A800 PCIe": "nvidia-a800-pcie-unknown",
    "NVIDIA A800 PCIe 40 GB": "nvidia-a800-pcie-40gb",
    "NVIDIA A800 PCIe 80 GB": "nvidia-a800-pcie-80gb",
    "NVIDIA A800 SXM": "nvidia-a800-sxm-80gb",
    "NVIDIA B200": "nvidia-b200-sxm-180gb",
    "NVIDIA GH200": "nvidia-gh200-unknown",
    "NVIDIA GTX Titan Black": "nvidia-gtx-titan-black-6gb",
    "NVIDIA GeForce GTX 1080": "nvidia-gtx-1080-8gb",
    "NVIDIA GeForce GTX 1080 Ti": "nvidia-gtx-1080-ti-11gb",
    "NVIDIA GeForce GTX 280": "nvidia-gtx-280-1gb",
    "NVIDIA GeForce GTX 285": "nvidia-gtx-285",
    "NVIDIA GeForce GTX 580": "nvidia-gtx-580",
    "NVIDIA GeForce GTX 780": "nvidia-gtx-780-3gb",
    "NVIDIA GeForce GTX 980": "nvidia-gtx-980-4gb",
    "NVIDIA GeForce GTX TITAN": "nvidia-gtx-titan-6gb",
    "NVIDIA GeForce GTX TITAN BLACK": "nvidia-gtx-titan-black-6gb",
    "NVIDIA GeForce GTX TITAN X": "nvidia-gtx-titan-x-12gb",
    "NVIDIA GeForce RTX 2080": "nvidia-rtx-2080-8gb",
    "NVIDIA GeForce RTX 2080 Ti 11GB": "nvidia-rtx-2080-ti-11gb",
    "NVIDIA GeForce RTX 3060": "nvidia-rtx-3060-unknown",
    "NVIDIA GeForce RTX 3060 Ti": "nvidia-rtx-3060-ti-8gb",
    "NVIDIA GeForce RTX 3070": "nvidia-rtx-3070-8gb",
    "NVIDIA GeForce RTX 3070 Ti": "nvidia-rtx-3070-ti-8gb",
    "NVIDIA GeForce RTX 3080": "nvidia-rtx-3080-unknown",
    "NVIDIA GeForce RTX 3080 Ti": "nvidia-rtx-3080-ti-12gb",
    "NVIDIA GeForce RTX 3090": "nvidia-rtx-3090-24gb",
    "NVIDIA GeForce RTX 3090 Ti": "nvidia-rtx-3090-ti-24gb",
    "NVIDIA GeForce RTX 4060 Ti": "nvidia-rtx-4060-ti-unknown",
    "NVIDIA GeForce RTX 4070 Ti": "nvidia-rtx-4070-ti-12gb",
    "NVIDIA GeForce RTX 4080": "nvidia-rtx-4080-16gb",
    "NVIDIA GeForce RTX 4090": "nvidia-rtx-4090-24gb",
    "NVIDIA H100 NVL": "nvidia-h100-nvl-94gb",
    "NVIDIA H100 PCIe": "nvidia-h100-pcie-80gb",
    "NVIDIA H100 SXM5 80GB": "nvidia-h100-sxm-80gb",
    "NVIDIA H200 SXM": "nvidia-h200-sxm-141gb",
    "NVIDIA H800 PCIe": "nvidia-h800-pcie-80gb",
    "NVIDIA H800 SXM5": "nvidia-h800-sxm-80gb",
    "NVIDIA HGX H20": "nvidia-h20-96gb",
    "NVIDIA L4": "nvidia-l4-24gb",
    "NVIDIA L40": "nvidia-l40-48gb",
    "NVIDIA L40S": "nvidia-l40s-48gb",
    "NVIDIA M40": "nvidia-m40-12gb",
    "NVIDIA P100": "nvidia-p100-unknown",
    "NVIDIA P40": "nvidia-p40",
    "NVIDIA Quadro GP100": "nvidia-quadro-gp100",
    "NVIDIA Quadro K4000": "nvidia-quadro-k4000-3gb",
    "NVIDIA Quadro K6000": "nvidia-quadro-k6000-12gb",
    "NVIDIA Quadro P600": "nvidia-quadro-p600-2gb",
    "NVIDIA Quadro RTX 4000": "nvidia-rtx-4000-turing-8gb",
    "NVIDIA Quadro RTX 5000": "nvidia-rtx-5000-turing-16gb",
    "NVIDIA Quadro RTX 6000": "nvidia-rtx-6000-turing-24gb",
    "NVIDIA Quadro RTX 8000": "nvidia-rtx-8000-turing-48gb",
    "NVIDIA RTX 4000 SFF Ada Generation": "nvidia-rtx-4000-sff-ada-20gb",
    "NVIDIA RTX 6000 Ada Generation": "nvidia-rtx-6000-ada-48gb",
    "NVIDIA RTX A1000": "nvidia-rtx-a1000",
    "NVIDIA RTX A4000": "nvidia-rtx-a4000-16gb",
    "NVIDIA RTX A4500": "nvidia-rtx-a4500-20gb",
    "NVIDIA RTX A5000": "nvidia-rtx-a5000-24gb",
    "NVIDIA RTX A6000": "nvidia-rtx-a6000-48gb",
    "NVIDIA TITAN Xp": "nvidia-titan-xp-12gb",
    "NVIDIA Tesla C2050": "nvidia-c2050",
    "NVIDIA Tesla C2075": "nvidia-c2075",
    "NVIDIA Tesla K20X": "nvidia-k20x",
    "NVIDIA Tesla K20c": "nvidia-k20c-5gb",
    "NVIDIA Tesla K40s": "nvidia-k40-12gb",
    "NVIDIA Tesla K40t": "nvidia-k40-12gb",
    "NVIDIA Tesla K80": "nvidia-k80",
    "NVIDIA Tesla P100 PCIe 16GB": "nvidia-p100-pcie-16gb",
    "NVIDIA Tesla P100 SXM2": "nvidia-p100-sxm2-16gb",
    "NVIDIA Tesla P4": "nvidia-p4-8gb",
    "NVIDIA Tesla T4": "nvidia-t4-16gb",
    "NVIDIA Tesla V100 DGXS 16 GB": "nvidia-v100-dgxs-16gb",
    "NVIDIA Tesla V100 DGXS 32 GB": "nvidia-v100-dgxs-32gb",
    "NVIDIA Tesla V100 PCIe 16 GB": "nvidia-v100-pcie-16gb",
    "NVIDIA Tesla V100 PCIe 32 GB": "nvidia-v100-pcie-32gb",
    "NVIDIA Tesla V100 SXM2": "nvidia-v100-sxm2-unknown",
    "NVIDIA Tesla V100 SXM2 16 GB": "nvidia-v100-sxm2-16gb",
    "NVIDIA Tesla V100 SXM2 32 GB": "nvidia-v100-sxm2-32gb",
    "NVIDIA Tesla V100 SXM3 32 GB": "nvidia-v100-sxm3-32gb",
    "NVIDIA Tesla V100S PCIe 32 GB": "nvidia-v100s-pcie-32gb",
    "NVIDIA Titan V": "nvidia-titan-v-12gb",
    "NVIDIA V100": "nvidia-v100-unknown",
}

FAMILIES = list(dict.fromkeys(row.family for row in accelerators()))


def _id(printed: str, memory_gb: float | None = None) -> str | None:
    return resolve_accelerator(printed, memory_gb=memory_gb).accelerator_id


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("printed", "expected"), (KNOWN | EPOCH).items())
def test_a_printed_name_resolves(printed: str, expected: str | None) -> None:
    """Each reviewed spelling gives its id; a CPU gives none."""
    assert _id(printed) == expected


@pytest.mark.parametrize(("printed", "rule"), NONE.items())
def test_a_name_that_is_no_whole_known_card_has_no_id(printed: str, rule: str) -> None:
    """What is no whole known card has no part of an answer, and says why."""
    match = resolve_accelerator(printed)
    assert (match.accelerator_id, match.vendor, match.family, match.form_factor, match.memory_gb) == (None,) * 5
    assert match.rule == rule
    assert match.reason


@pytest.mark.parametrize(
    ("printed", "memory_gb", "expected"),
    [
        ("A100 SXM4", 39, "nvidia-a100-sxm-40gb"),  # usable, as Vast prints it
        ("A100", 85.9, "nvidia-a100-unknown-80gb"),  # 80 GiB
        ("L4", 22, "nvidia-l4-24gb"),
        ("L40S", 45, "nvidia-l40s-48gb"),
        ("H100 SXM", 81.559, "nvidia-h100-sxm-80gb"),
        ("B200", 192, "nvidia-b200-sxm-180gb"),
        ("B300", 262, "nvidia-b300-sxm-270gb"),
        ("B300", 288, "nvidia-b300-sxm-270gb"),
        ("H200 NVL", 143, "nvidia-h200-nvl-141gb"),
        ("RTX6000", 48, "nvidia-rtx-6000-ada-48gb"),
        ("RTX 5000", 16, "nvidia-rtx-5000-turing-16gb"),
        ("RTX 4000", 8, "nvidia-rtx-4000-turing-8gb"),
        ("RTX 4000", 20, None),  # the small form has 20 GB too
        ("Trainium", 32, "aws-trainium1-32gb"),
        ("A100 80GB", 40, "nvidia-a100-unknown-40gb"),  # the field goes before the name
        ("A16", 16, "nvidia-a16-unknown"),  # one of the board's four dies
        ("K80", 12, "nvidia-k80-unknown"),
        ("RTX 4090", 48, "nvidia-rtx-4090-unknown"),  # a conversion
        ("H100", 94, "nvidia-h100-unknown"),  # perhaps an NVL: not said
        ("A100", 640, "nvidia-a100-unknown"),  # the whole server's
        ("A100", 0, "nvidia-a100-unknown"),
        ("A100", float("nan"), "nvidia-a100-unknown"),
        ("H100 80GB 640GB", None, "nvidia-h100-unknown"),
    ],
)
def test_the_stated_memory_decides_only_where_it_fits(
    printed: str, memory_gb: float | None, expected: str | None
) -> None:
    """Memory picks the card within the tolerance of usable and binary sizes, else stays open."""
    assert _id(printed, memory_gb) == expected


def test_a_partly_known_card_says_what_is_open() -> None:
    """Family and vendor are known, the open parts are unknown or None, and the reason names them."""
    assert resolve_accelerator("NVIDIA A100") == AcceleratorMatch(
        "nvidia-a100-unknown", "nvidia", "A100", "unknown", None, "pattern", "left open: form factor, memory"
    )
    assert resolve_accelerator("H100 SXM").reason is None


def test_a_form_factor_that_the_family_does_not_have_stays_open() -> None:
    """No NVL card of the B200 is known, so the printed form is not taken over."""
    match = resolve_accelerator("NVIDIA B200 NVL", memory_gb=180)
    assert (match.accelerator_id, match.form_factor) == ("nvidia-b200-unknown-180gb", "unknown")


CONTRARY = {  # a memory or a form factor that the card does not have, in the name or in the field beside it
    ("RTX 4090 48GB", None): "GeForce RTX 4090",  # a conversion
    ("Tesla M60", 8): "M60",  # one of a board's two GPUs
    ("NVIDIA_A16", 16): "A16",  # one of four
    ("NVIDIA_A100", 20): "A100",  # a slice
    ("A100 10240MiB", None): "A100",
    ("A100", 640): "A100",  # a whole server's
    ("H100 SXM5 96GB", None): "H100",
    ("NVIDIA B200 NVL", 180): "B200",
    ("H100 80GB 640GB", None): "H100",
    ("2x RTX 4090 48GB", None): "GeForce RTX 4090",  # two conversions, or the memory of both
}
AGREEING = [
    ("A100 SXM4", 40),
    ("NVIDIA A100", None),
    ("H100x8 640GB", None),
    ("L4", 22),
    ("B300", 288),
    ("GH200", None),
]


@pytest.mark.parametrize(("printed", "memory_gb", "family"), [(*key, family) for key, family in CONTRARY.items()])
def test_what_a_card_cannot_be_is_flagged(printed: str, memory_gb: float | None, family: str) -> None:
    """The family stays known, so that a person finds it; the flag keeps its price out of the family's prices."""
    match = resolve_accelerator(printed, memory_gb=memory_gb)
    assert (match.family, match.is_contrary) == (family, True)
    assert "not known of this card" in (match.reason or "")


@pytest.mark.parametrize(("printed", "memory_gb"), AGREEING)
def test_what_is_only_left_open_is_not_contrary(printed: str, memory_gb: float | None) -> None:
    """Unknown is not wrong: a bare A100 counts in its family."""
    match = resolve_accelerator(printed, memory_gb=memory_gb)
    assert match.family
    assert not match.is_contrary


@pytest.mark.parametrize(("printed", "share"), [("A100 x8 640GB", 80), ("8x A100 320GB", 40), ("gpu-h100x8-640gb", 80)])
def test_the_memory_of_all_cards_is_shared_out_where_the_name_counts_them(printed: str, share: float) -> None:
    """DigitalOcean and others print the server's GPU memory; a field beside the name is of one GPU and is not."""
    assert resolve_accelerator(printed).memory_gb == share
    assert resolve_accelerator(printed, memory_gb=640).is_contrary


def _own_spellings() -> list[dict[str, str]]:
    folder = Path(__file__).with_name("names")
    return _rows(folder / "own_spellings.csv") + _rows(folder / "later_spellings.csv")


@pytest.mark.parametrize("row", _own_spellings(), ids=lambda row: f"{row['printed']}|{row['memory_gb']}")
def test_a_spelling_of_our_own_resolves(row: dict[str, str]) -> None:
    """Written as providers print them, before the dictionary was asked; an empty id means that none is right."""
    assert _id(row["printed"], float(row["memory_gb"] or 0) or None) == (row["accelerator_id"] or None)


def test_the_spellings_of_our_own_are_many_and_name_known_ids() -> None:
    """A spelling stands once; ids are those that the notebook describes."""
    rows = _own_spellings()
    keys = {(row["printed"], row["memory_gb"]) for row in rows}
    assert len(keys) == len(rows) > 800
    assert {row["accelerator_id"] for row in rows} - {""} <= {row.accelerator_id for row in known_ids()}
    assert sum(not row["accelerator_id"] for row in rows) >= 200


# --- properties -----------------------------------------------------------------------------------

PREFIXES = ["", "8x ", "8x", "1 x ", "2048x ", "8 × ", "gpu_", "GPU: ", "NODE 2x", "Dedicated "]  # noqa: RUF001 - as printed
SUFFIXES = [
    "",
    " x8",
    " X 4",
    " 8x",
    " GPU",
    " (8 GPUs)",
    "_",
    " - on demand",
    " Tensor Core GPU",
    "\u200b",
    "\t",
]
SEPARATORS = [" ", "-", "_", "/", "  ", "\u00a0", " - ", ", "]
DECORATIONS = st.tuples(*(st.sampled_from(words) for words in (PREFIXES, SEPARATORS, SUFFIXES)))
# A sign or an X in these says what a decoration says: 1/2, v3-8 and 8xH200; "GTX TITAN X 4" is four TITAN X.
UNFIT = re.compile(r"\d/|/\d|\.|½|\bv\d-|^\d+x[A-Z]|A100 X$|TITAN$|^$")
BASES = sorted(
    name
    for name in (KNOWN | NONE | EPOCH)
    if not UNFIT.search(name) and resolve_accelerator(name).rule != "code"  # a provider's code is one word
)


@given(st.sampled_from(BASES), DECORATIONS)
@settings(max_examples=800, deadline=None)
def test_decorations_never_change_the_answer(name: str, around: tuple[str, str, str]) -> None:
    """Counts, case, separators, blanks and harmless words around a name change nothing."""
    prefix, separator, suffix = around
    decorated = prefix + re.sub(r"[ _-]+", separator, name) + suffix
    for spelling in (decorated, decorated.upper(), decorated.lower()):
        assert _id(spelling) == _id(name), spelling


@given(st.sampled_from(sorted(KNOWN)))
@settings(max_examples=100, deadline=None)
def test_full_width_letters_and_zero_width_characters_are_folded(name: str) -> None:
    """Full-width characters are the same letters, and invisible ones are nothing."""
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)
    assert _id(wide) == _id(name)
    assert _id("\u200b".join(name)) == _id(name)


@given(st.sampled_from(sorted(KNOWN)), st.data())
@settings(max_examples=200, deadline=None)
def test_letters_that_only_look_latin_are_never_matched(name: str, data: st.DataObject) -> None:
    """One Cyrillic or Greek look-alike in a name is enough for no id."""
    look = dict(zip("ABEHKMOPTX", "\u0410\u0412\u0415\u041d\u041a\u039c\u041e\u0420\u0422\u0425", strict=True))
    places = [i for i, c in enumerate(name.upper()) if c in look]
    assume(places)
    place = data.draw(st.sampled_from(places))
    match = resolve_accelerator(name[:place] + look[name[place].upper()] + name[place + 1 :])
    assert (match.accelerator_id, match.rule) == (None, "lookalike")


def _known_words() -> set[str]:
    rows = _rows(NOTEBOOK / "accelerator_names.csv")
    words = {word for row in rows for word in re.findall(r"[A-Z]+", row["pattern"] + " " + row["words"])}
    return words | WORDS | set(FORMS) | {word for words in MAKERS.values() for word in words}


KNOWN_WORDS = _known_words()


@given(st.text("ABCDEFGHIKLMNOPQRSTUVWYZ", min_size=3, max_size=12), st.sampled_from([*KNOWN, *EPOCH]))
@settings(max_examples=500, deadline=None)
def test_unknown_words_never_resolve(word: str, name: str) -> None:
    """A word that is not known has no id alone, and takes it from any name it stands beside."""
    assume(word not in KNOWN_WORDS)
    assert _id(word) is None
    assert _id(f"{name} {word}") is None
    assert _id(f"{word} {name}") is None


@given(st.text(max_size=40), st.floats() | st.none())
@settings(max_examples=500, deadline=None)
def test_any_text_has_an_answer(text: str, memory_gb: float | None) -> None:
    """No text and no memory raises, and an id comes with all of its parts."""
    match = resolve_accelerator(text, memory_gb=memory_gb)
    assert (match.accelerator_id is None) == (match.family is None) == (match.form_factor is None)


def test_two_cards_in_one_name_are_neither() -> None:
    """No pair of families resolves, in either order."""
    pairs = ((one, two) for one, two in product(FAMILIES, repeat=2) if one != two)
    assert [f"{one} {two}" for one, two in pairs if _id(f"{one} {two}")] == []


def _spelled_out() -> Iterator[tuple[str, str, str]]:
    for row in accelerators():
        form = row.form_factor if row.form_factor in {*FORMS.values(), "sff"} else ""
        memory = f"{row.memory_gb:g} GB" if row.memory_gb else ""
        yield f"{row.family} {form} {memory}", row.family, row.accelerator_id


def test_every_card_resolves_to_itself() -> None:
    """Family, form factor and memory written out, and the id itself, lead to the card."""
    for printed, family, accelerator_id in _spelled_out():
        assert (resolve_accelerator(printed).family, _id(printed)) == (family, accelerator_id), printed
        assert _id(accelerator_id) == accelerator_id


def test_every_answer_is_a_known_id_with_the_same_parts() -> None:
    """A join on the id finds vendor, family, form factor and memory of every answer."""
    known = {row.accelerator_id: row for row in known_ids()}
    names = [f"{family} {form}" for family in FAMILIES for form in ("", *FORMS)]
    for name, memory_gb in product([*names, *KNOWN, *EPOCH], (None, 1, 12, 24, 48, 80, 94)):
        match = resolve_accelerator(name, memory_gb=memory_gb)
        if match.accelerator_id is not None:
            row = known[match.accelerator_id]
            parts = (row.vendor, row.family, row.form_factor, row.memory_gb, row.is_exact)
            assert parts == (*_parts(match), match.reason is None)


def _parts(match: AcceleratorMatch) -> tuple[str | None, str | None, str | None, float | None]:
    return match.vendor, match.family, match.form_factor, match.memory_gb


def test_thousands_of_names_take_a_moment() -> None:
    """Two thousand names never seen before take a second, ten on a slow machine, and not minutes."""
    names = [f"{count}x {name}" for count, name in product(range(100, 120), KNOWN)] + [*EPOCH]
    start = time.process_time()
    for name in names:
        resolve_accelerator(name)
    assert time.process_time() - start < len(names) / 50


# --- the notebook ---------------------------------------------------------------------------------


def test_the_cards_are_well_formed() -> None:
    """Ids are unique, built from their parts and cited; form factors are a closed set, figures positive."""
    rows = _rows(NOTEBOOK / "accelerators.csv")
    ids = [row["accelerator_id"] for row in rows]
    assert len(ids) == len(set(ids))
    for row in rows:
        assert re.fullmatch(rf"{row['vendor']}(-[a-z0-9]+)+", row["accelerator_id"])
        assert row["form_factor"] in FORM_FACTORS
        assert row["source"]
        size = re.search(r"-(\d+)gb$", row["accelerator_id"])
        assert size is None or float(size[1]) == float(row["memory_gb"])
        figures = [row[name] for name in row if name.endswith(("_gb", "_second", "_watts"))]
        assert all(float(figure) > 0 for figure in figures if figure)


def test_known_ids_are_unique_and_say_unknown_where_they_are_not_exact() -> None:
    """Each id stands once, each combination of parts too, and the word unknown marks the partly known."""
    rows = known_ids()
    assert len({row.accelerator_id for row in rows}) == len(rows)
    assert len({(row.family, row.form_factor, row.memory_gb) for row in rows}) == len(rows)
    assert all(row.is_exact == ("unknown" not in row.accelerator_id) for row in rows)
    assert [row for row in rows if row.is_exact] == list(accelerators())


def test_a_partly_known_card_has_the_figures_that_its_cards_share() -> None:
    """All A100 make 312 TFLOP/s in BF16, but differ in power and date."""
    row = next(row for row in known_ids() if row.accelerator_id == "nvidia-a100-unknown")
    assert (row.bf16_flop_per_second, row.tdp_watts, row.released_on) == (312e12, None, None)


def test_sizes_of_one_family_lie_too_far_apart_to_be_mistaken() -> None:
    """The tolerance for a stated memory never covers two sizes of a family."""
    for family in FAMILIES:
        sizes = sorted({row.memory_gb or 0 for row in accelerators() if row.family == family})
        assert all(larger * 0.91 > smaller * 1.075 for smaller, larger in pairwise(sizes))


def test_the_rules_are_well_formed() -> None:
    """Positions rise, patterns compile without groups, families exist, and every row has its note or card."""
    rows = _rows(NOTEBOOK / "accelerator_names.csv")
    positions = [int(row["position"]) for row in rows]
    assert positions == sorted(set(positions))
    for row in rows:
        assert re.compile(row["pattern"]).groups == 0
        assert row["rule"] in RULES
        assert row["source"]
        families = [family for family in row["family"].split("|") if family]
        assert set(families) <= set(FAMILIES)
        assert bool(families) == (row["rule"] in {"pattern", "alias", "memory"})
        assert families or row["note"]
        assert row["form_factor"] in {"", *FORM_FACTORS}


def test_every_family_has_a_rule() -> None:
    """A card that no name can reach is a mistake; an NVL card is reached by the word NVL."""
    named = {name for row in _rows(NOTEBOOK / "accelerator_names.csv") for name in row["family"].split("|")}
    assert {family.removesuffix(" NVL") for family in FAMILIES} <= named


def test_forms_beside_each_other_are_form_factors() -> None:
    """The closed sets of the code and of the notebook are one."""
    assert set(FORMS.values()) | set(ALSO) | set().union(*ALSO.values()) <= FORM_FACTORS


# --- recordings beside the project ----------------------------------------------------------------

# Rows of gpu_aliases.csv that are answered otherwise, reviewed one by one.
REVIEWED = {
    "GTX1660S": ("GeForce GTX 1660 Super", "pcie"),  # the file has no name for it
    "M4000": ("Quadro M4000", "pcie"),
    "NVIDIA RTX 5000 Ada Generation": ("RTX 5000 Ada", "pcie"),  # the file: RTX 5000, which is Turing
    "RTX 5000 Ada": ("RTX 5000 Ada", "pcie"),
    "NVIDIA RTX PRO 4000 Blackwell": ("RTX PRO 4000 Blackwell", "pcie"),  # the file: two cards in one
    "RTX PRO 4000": ("RTX PRO 4000 Blackwell", "pcie"),
    "NVIDIA RTX PRO 5000 Blackwell": ("RTX PRO 5000 Blackwell", "pcie"),
    "RTX PRO 5000": ("RTX PRO 5000 Blackwell", "pcie"),
    "GB300 SXM6": ("GB300", "superchip"),  # the file: sxm, but the card is the superchip
    "NVIDIA GB300 SXM6": ("GB300", "superchip"),
    "NVIDIA B200 NVL": ("B200", "unknown"),  # no such card is known
}


def _shared(*parts: str) -> Path:
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is not beside this checkout")
    return path


def _same_family(mine: str | None, theirs: str) -> bool:
    def bare(name: str) -> str:
        return re.sub(r"[^A-Z0-9]", "", name.upper().replace("GEFORCE", ""))

    return bare(mine or "") == bare(theirs)


def test_spellings_seen_at_providers() -> None:
    """Every recorded spelling gets its model and form factor; slices, CPUs and unclear names get none."""
    several = {row.family for row in known_ids() if row.form_factor == "unknown"} - {"H200", "B200", "B300"}
    several -= {"V100S"}  # these four have one form, which the id names all the same
    for row in _rows(_shared("reference", "gpu_aliases.csv")):
        match = resolve_accelerator(row["raw"], memory_gb=float(row["memory_given_gb"] or 0) or None)
        if row["raw"] in REVIEWED:
            assert (match.family, match.form_factor) == REVIEWED[row["raw"]], row
            continue
        assert _same_family(match.family, row["model"]), row
        assert (match.accelerator_id is None) == (not row["model"]), row
        if row["form_factor"] in {"sxm", "pcie", "oam"}:
            assert match.form_factor == row["form_factor"], row
        elif row["form_factor"] == "pcie-nvl":
            assert match.form_factor == "nvl", row
        elif match.family in several:  # unknown, and "nvlink?"
            assert match.form_factor == "unknown", row


def test_the_hardware_names_of_epoch_are_all_reviewed() -> None:
    """Every name in Epoch's model and price tables is in this file's table."""
    models = _rows(_shared("recordings", "epoch", "all_ml_systems_2025-06.csv"))
    prices = _rows(_shared("recordings", "epoch", "hardware_prices.csv"))
    names = {name.strip() for row in models for name in row["Training hardware"].split(",")}
    assert (names | {row["Hardware model"] for row in prices}) - {""} == set(EPOCH)


def test_instance_maps_name_known_ids() -> None:
    """Every accelerator of the instance table is a card of the notebook."""
    rows = _rows(_shared("reference", "instances.csv"))
    assert {row["accelerator_id"] for row in rows} - {""} <= {row.accelerator_id for row in accelerators()}
