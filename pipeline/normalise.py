"""The dictionary of accelerators: a printed name to one id, or to none with the reason why.

Nothing is guessed. Every word of a name must be known: as a card (``accelerator_names.csv``; at one place of
a name the first rule wins), as its form factor or memory, or as a word that changes nothing (a count, "GPU",
a cloud). So "RTX 3080 Laptop" is no RTX 3080, "A100X" no A100, and a name of two cards neither of them.

An id is ``vendor-model[-form][-memory]``, as in ``accelerators.csv``. What a name leaves open is ``unknown``,
once if both parts are: ``nvidia-a100-sxm-unknown`` (40 or 80 GB), ``nvidia-h100-unknown-80gb`` (SXM or PCIe),
``nvidia-a100-unknown``. A stated memory that is none of the card's sizes (a conversion, one die of a board)
leaves the memory open, a stated form factor that the family does not have leaves that. `known_ids` lists all.
"""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from typing import TypeVar

from pipeline.errors import ContractBroken
from pipeline.paths import reference_dir
from pipeline.read import clean

Value = TypeVar("Value")

# A stated size fits from usable memory (an L4 of 24 GB shows 22) to binary units (80 GiB are 85.9 GB).
LEAST_SHARE, MOST_SHARE = 0.91, 1.075

# NVLink is no form: PCIe cards are bridged with it ("H100 NVLink" at Hyperstack), so it decides nothing.
FORMS = dict.fromkeys(("HGX", "SXM", "SXM2", "SXM4", "SXM5", "SXM6"), "sxm") | {
    "SXM3": "sxm3", "PCIE": "pcie", "PCLE": "pcie", "NVL": "nvl", "OAM": "oam", "DGXS": "dgxs",
}  # fmt: skip
# Printed beside it without contradiction: NVL and small cards are PCIe cards, clouds print "GB300 SXM6".
ALSO = {"nvl": {"pcie"}, "sff": {"pcie"}, "superchip": {"sxm", "nvl"}}
MAKERS = {"nvidia": {"NVIDIA"}, "amd": {"AMD"}, "intel": {"INTEL", "HABANA"}, "huawei": {"HUAWEI"}}
WORDS = frozenset(
    """, GPU GPUS ACCELERATOR ACCELERATORS CARD CARDS CHIP CHIPS TENSOR CORE NODE NODES SERVER SERVERS MACHINE
    INSTANCE INSTANCES CLUSTER VM VMS BM BARE METAL BAREMETAL COMPUTE DEDICATED ON DEMAND ONDEMAND SPOT OF
    PREEMPTIBLE RESERVED COMMUNITY SECURE MARKETPLACE PER HOUR EACH VRAM MEMORY HBM HBM2 HBM2E HBM3 HBM3E
    GDDR5 GDDR5X GDDR6 GDDR6X GDDR7 NVLINK NVSWITCH INFINIBAND IB GEN3 GEN4 GEN5 DGX CLOUD INFRASTRUCTURE
    AWS AMAZON EC2 AZURE GOOGLE GCP OCI ORACLE VWS DATACENTER DATA CENTER ULTRASERVER AI GEN WITH
    SMALL MEDIUM LARGE STANDARD HIGH MODE GRAPHICS""".split()  # noqa: SIM905 - reads better
)
# The host that a card is sold with ("L40S with Intel CPU") is no part of its name.
_HOST = re.compile(
    r"(?<!\S)WITH (?:INTEL|AMD|ARM)(?: (?:CPUS?|PROCESSORS?|XEON|EPYC|SCALABLE|RAPIDS|LAKE|SAPPHIRE|EMERALD|GRANITE|"
    r"ICE|CASCADE|ROME|MILAN|GENOA|TURIN))+(?!\S)"
)
_ENDS = tuple(  # words that end the match, wherever they stand
    (rule, re.compile(rf"(?<!\S)(?:{words})(?!\S)"), reason)
    for rule, words, reason in (
        ("cpu", r"CPUS?|EPYC|XEON|GRAVITON\d?|RYZEN|THREADRIPPER|OPTERON|CORE (?:2|I[3579])", "names a CPU"),
        ("mig", r"MIG|[1-7]G \d{1,3}GB?", "a MIG slice is not a whole card"),
        ("vgpu", r"VGPU|GRID|\d{1,2}[QBCA]", "a vGPU profile is not a whole card"),
    )
)

_SIGNS = str.maketrans({"®": None, "™": None, "©": None, "×": "x", "✕": "x"})  # noqa: RUF001 - as printed
# What Chinese clouds print around a card's name; any other letter that is not Latin ends the match.
_TRANSLATED = {
    "英伟达": "NVIDIA", "輝達": "NVIDIA", "华为": "HUAWEI", "昇腾": "ASCEND", "显卡": "GPU", "顯卡": "GPU",
    "显存": "VRAM", "顯存": "VRAM", "单卡": "1X GPU", "双卡": "2X GPU", "四卡": "4X GPU", "八卡": "8X GPU",
    "卡": "X GPU",
    "服务器": "SERVER", "伺服器": "SERVER", "实例": "INSTANCE", "裸金属": "BARE METAL", "每小时": "PER HOUR",
}  # fmt: skip
_CHINESE = re.compile("|".join(_TRANSLATED))  # the longer words stand first
_FRACTION = re.compile(r"(?<!\w)\d{1,2}\s*[/\u2044]\s*\d{1,2}(?!\w)")  # 1/2, also from one character
_FOOTNOTE = re.compile(r"(?<=[\w)])\s?[(\u207d]?[\xb2\xb3\xb9\u2070-\u2089\u2460-\u2473]+[)\u207e]?(?!\w)")  # H100¹
_CODE = re.compile(r"(?=.*\d)(?=.*[._-])[\w.-]{5,60}", re.ASCII)  # an instance type: one word, with a digit and a sign
_BREAK = re.compile(r"[^A-Z0-9.]+")
_POINT = re.compile(r"(?<!\S)(\d+\.\d+(?:GI?B?|X)?)(?!\S)|\.")  # 1.5 GB keeps its point, GPU.H100.8 does not
_SIZE = re.compile(r"(?<!\S)(\d+(?:\.\d+)?) (?=[GM]I?B(?!\S))")  # 80 GB
_MEGABYTES = re.compile(r"(?<!\S)(\d{3,7})M(I?)B(?!\S)")  # 81559MiB, as nvidia-smi prints
_PCI_E = re.compile(r"\bPCI E(?:XPRESS)?\b")
_GLUE_BEFORE = re.compile(r"(?<!\S)(\d{1,3}X(?=[A-Z0-9])|\d{4,6}X(?=[A-Z]))")  # 8XH100
_GLUE_AFTER = re.compile(  # H100X8, but not RTX4090, MAX1550, MI250X8; H100SXM5
    r"(?<=[A-Z0-9])(?<![RG]T)(?<!MA)(?<!MI\d{3})(?=X\d{1,4}(?!\S))"
    r"|(?<=MI3\d\dX)(?=\d{1,2}(?!\S))"  # no card is called MI300: MI300X8 are eight MI300X
    r"|(?<=[\dB])(?=(?:SXM|PCI|NVL|OAM)[A-Z0-9]*(?!\S))"
)
_MEMORY = re.compile(r"(?<!\S)(\d+(?:\.\d+)?)(?:GI?B|G)(?!\S)")  # a number of its own: never A10G
_COUNT = re.compile(r"(?<!\S)(?:(\d{1,6}) ?X|X ?(\d{1,6})|(\d{1,3}))(?!\S)")


@dataclass(frozen=True)
class AcceleratorMatch:
    """What a printed name says: an id and its parts, or none and the reason."""

    accelerator_id: str | None
    vendor: str | None
    family: str | None
    """The roll-up: the column ``model`` of ``accelerators.csv``."""
    form_factor: str | None
    """``unknown`` where several exist and none is stated."""
    memory_gb: float | None
    """Canonical, not as printed; None where several exist and none is stated."""
    rule: str
    """pattern, alias, memory, code; or cpu, mig, vgpu, lookalike, ambiguous, unknown_variant, unmatched."""
    reason: str | None
    """Why there is no id, or what the id leaves open."""
    is_contrary: bool = False
    """Whether memory or form factor are printed that this card does not have: a slice, a die, a conversion, or
    another card. The family is known, but a price of it is no price of the whole card."""


@dataclass(frozen=True)
class Accelerator:
    """A card; or (``is_exact`` false) a partly known one, with the figures that all cards it may be share."""

    accelerator_id: str
    vendor: str
    family: str
    form_factor: str
    memory_gb: float | None
    is_exact: bool
    released_on: date | None
    source: str
    tdp_watts: float | None
    bf16_flop_per_second: float | None
    fp16_flop_per_second: float | None
    fp8_flop_per_second: float | None
    fp4_flop_per_second: float | None
    fp32_flop_per_second: float | None
    memory_bytes_per_second: float | None


_FIGURES = [name for name in Accelerator.__annotations__ if name.endswith(("_watts", "_per_second"))]


# --- the notebook ---------------------------------------------------------------------------------


def _rows(file: str) -> list[dict[str, str]]:
    with (reference_dir() / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def accelerators() -> tuple[Accelerator, ...]:
    """The cards of ``accelerators.csv``, in its order."""
    return tuple(_accelerator(row) for row in _rows("accelerators.csv"))


def _accelerator(row: dict[str, str]) -> Accelerator:
    numbers = {name: float(row[name]) if row[name] else None for name in ("memory_gb", *_FIGURES)}
    released_on = date.fromisoformat(row["released_on"]) if row["released_on"] else None
    return Accelerator(
        row["accelerator_id"], row["vendor"], row["model"], row["form_factor"], numbers.pop("memory_gb"),
        True, released_on, row["source"], **numbers,
    )  # fmt: skip


@cache
def _families() -> dict[str, list[Accelerator]]:
    families: dict[str, list[Accelerator]] = {}
    for row in accelerators():
        families.setdefault(row.family, []).append(row)
    return families


@cache
def _by_parts() -> dict[tuple[str, str, float | None], Accelerator]:
    found = {(row.family, row.form_factor, row.memory_gb): row for row in accelerators()}
    for family, rows in _families().items():
        for row in _partly_known(rows):
            found.setdefault((family, row.form_factor, row.memory_gb), row)
    return found


def known_ids() -> tuple[Accelerator, ...]:
    """Every id that `resolve_accelerator` can return: the cards, then the partly known ones."""
    return tuple(_by_parts().values())


@cache
def _by_id() -> dict[str, Accelerator]:
    return {row.accelerator_id: row for row in known_ids()}


def _partly_known(rows: list[Accelerator]) -> Iterator[Accelerator]:
    for form in dict.fromkeys(row.form_factor for row in rows):
        alike = [row for row in rows if row.form_factor == form]
        yield _shared(alike, f"{_without_memory(alike[0])}-unknown", form, None)
    stem = re.sub(r"-(?:sxm\d?|pcie|dgxs)$", "", _without_memory(rows[0]))
    if stem == _without_memory(rows[0]):
        return  # the ids name no form: the family has one, or its names always say which
    for size in dict.fromkeys((None, *(row.memory_gb for row in rows))):
        alike = [row for row in rows if size in (None, row.memory_gb)]
        yield _shared(alike, f"{stem}-unknown" + (f"-{size:g}gb" if size else ""), "unknown", size)


def _without_memory(row: Accelerator) -> str:
    return re.sub(r"-\d+gb$", "", row.accelerator_id)


def _shared(rows: list[Accelerator], new_id: str, form: str, memory_gb: float | None) -> Accelerator:
    figures = {name: _only({getattr(row, name) for row in rows}) for name in (*_FIGURES, "released_on")}
    source = "shared by " + ", ".join(row.accelerator_id for row in rows)
    parts = {"accelerator_id": new_id, "form_factor": form, "memory_gb": memory_gb, "is_exact": False}
    return replace(rows[0], source=source, **parts, **figures)


def _only(values: set[Value]) -> Value | None:
    return next(iter(values)) if len(values) == 1 else None


@cache
def _names() -> tuple[re.Pattern[str], list[dict[str, str]]]:
    rows = sorted(_rows("accelerator_names.csv"), key=lambda row: int(row["position"]))
    # An empty group after each rule tells which one matched; groups around them would slow the search.
    rules = "|".join(f"(?:{row['pattern']})()" for row in rows)
    return re.compile(rf"(?<!\S)(?:{rules})(?!\S)"), rows


# --- a provider's code ----------------------------------------------------------------------------


@dataclass(frozen=True)
class SkuMatch:
    """What a provider's code stands for: an accelerator and how many, or none and the reason."""

    accelerator_id: str | None
    family: str | None
    gpus: float | None
    """Accelerators in one; below 1 for a share of a card."""
    reason: str | None
    """Why there is none, or what the row of ``instances.csv`` remarks."""


@cache
def _skus() -> dict[str, list[tuple[re.Pattern[str], dict[str, str]]]]:
    found: dict[str, list[tuple[re.Pattern[str], dict[str, str]]]] = {}
    for row in _rows("instances.csv"):
        found.setdefault(row["provider"], []).append((re.compile(row["pattern"]), row))
    return found


def resolve_sku(provider: str, sku: str) -> SkuMatch:
    """The accelerator and their number behind an instance type, machine type or part number, by ``instances.csv``.

    Raises:
        ContractBroken: Two rows of the file match the code.
    """
    rows = [row for pattern, row in _skus().get(provider, ()) if pattern.fullmatch(sku.strip())]
    if len(rows) > 1:
        raise ContractBroken(f"{len(rows)} rows of data/reference/instances.csv match {provider} {sku!r}")
    if not rows:
        return SkuMatch(None, None, None, "no row of data/reference/instances.csv matches")
    row = rows[0]
    if not row["accelerator_id"]:
        return SkuMatch(None, None, None, row["note"] or "no accelerator")
    return SkuMatch(
        row["accelerator_id"], _by_id()[row["accelerator_id"]].family, float(row["gpus"]), row["note"] or None
    )


@cache
def _codes() -> list[tuple[re.Pattern[str], dict[str, str]]]:
    return [(re.compile(row["pattern"], re.IGNORECASE), row) for row in _rows("instances.csv")]


def _of_code(text: str) -> AcceleratorMatch | None:
    """What a provider's code means that is printed as a name, where every provider that has it means the same."""
    rows = [row for pattern, row in _codes() if pattern.fullmatch(text)]
    sold = {(row["accelerator_id"], float(row["gpus"] or 0) >= 1) for row in rows}
    if len(sold) != 1:
        return None
    accelerator_id, is_whole = sold.pop()
    if not accelerator_id:
        return _none("code", rows[0]["note"] or "no accelerator")
    if not is_whole:
        return _none("vgpu", rows[0]["note"] or "a share of a card is not a whole card")
    row = _by_id()[accelerator_id]
    return AcceleratorMatch(
        accelerator_id, row.vendor, row.family, row.form_factor, row.memory_gb, "code",
        None if row.is_exact else rows[0]["note"] or "left open by the provider's code",
    )  # fmt: skip


# --- a name ---------------------------------------------------------------------------------------


def is_known_memory(memory_gb: float) -> bool:
    """Whether some accelerator of the reference tables has about so much memory; any, where there are no tables."""
    sizes = {row.memory_gb for row in accelerators()} - {None}
    return not sizes or any(LEAST_SHARE <= memory_gb / size <= MOST_SHARE for size in sizes if size)


def resolve_accelerator(printed: str, *, memory_gb: float | None = None) -> AcceleratorMatch:
    """The card that a printed name means, as far as the name and the memory stated beside it say.

    Args:
        printed: The name as a page prints it, with or without count, form factor and memory.
        memory_gb: Memory of one GPU where the page has a field for it; it goes before the name's.
    """
    return _resolve(printed, memory_gb if memory_gb is not None and memory_gb > 0 else None)


@lru_cache(maxsize=65_536)
def _resolve(printed: str, memory_gb: float | None) -> AcceleratorMatch:
    text = clean(_FOOTNOTE.sub(" ", printed.translate(_SIGNS)))
    if _CODE.fullmatch(text) and (coded := _of_code(text)) is not None:
        return coded
    text = _CHINESE.sub(lambda found: f"{_TRANSLATED[found[0]]} ", text)
    strange = [c for c in text if not c.isascii() and unicodedata.category(c)[0] not in "PSZ"]
    if strange:
        return _none("lookalike", f"{strange[0]!r} is {unicodedata.name(strange[0], 'not ASCII')}")
    if _FRACTION.search(text):
        return _none("unmatched", "a fraction of a card is not a whole card")
    text = _HOST.sub(" ", _plain(text))
    for rule, pattern, reason in _ENDS:
        if pattern.search(text):
            return _none(rule, reason)
    pattern, names = _names()
    found = pattern.search(text)
    if found is None or found.lastindex is None:
        return _none("unmatched", "no known card in the name")
    name = names[found.lastindex - 1]
    if not name["family"]:
        return _none(name["rule"], name["note"])
    return _with_rest(name, f"{text[: found.start()]} , {text[found.end() :]}", memory_gb)


def _plain(text: str) -> str:
    """Upper-case words with one blank between them; what is glued together is parted where that is safe."""
    text = _POINT.sub(lambda found: found[1] or " ", _BREAK.sub(" ", text.upper()))
    text = _PCI_E.sub("PCIE", _SIZE.sub(r"\1", text))
    text = _MEGABYTES.sub(lambda found: f"{int(found[1]) / (1024 if found[2] else 1000):g}GB", text)
    return _GLUE_AFTER.sub(" ", _GLUE_BEFORE.sub(r"\1 ", text))


def _with_rest(name: dict[str, str], rest: str, memory_gb: float | None) -> AcceleratorMatch:
    """The card, if every other word is known too."""
    sizes = {float(size) for size in _MEMORY.findall(rest)}
    rest = _MEMORY.sub(" ", rest)
    counts = {int(count) for found in _COUNT.findall(rest) for count in found if count}
    words = _COUNT.sub(" ", rest).split()
    known = WORDS.union(FORMS, name["words"].split(), MAKERS.get(name["vendor"], ()))
    unknown = [word for word in words if word not in known]
    if unknown:
        return _none("unmatched", f"not part of a known name: {' '.join(unknown)}")
    forms = {FORMS[word] for word in words if word in FORMS}
    if memory_gb is not None or not sizes:
        return _card(name, forms, memory_gb)
    stated = max(sizes) if max(sizes) <= min(sizes) * MOST_SHARE / LEAST_SHARE else math.nan  # two sizes: neither
    match = _card(name, forms, stated)
    whole = _only(counts) or 0  # "H100x8 640GB": the memory of all eight; "2x 4090 48GB" may be two conversions
    of_one = _card(name, forms, stated / whole) if match.is_contrary and whole > 2 else match
    return match if of_one.is_contrary else of_one


def _card(name: dict[str, str], forms: set[str], memory_gb: float | None) -> AcceleratorMatch:
    families = name["family"].split("|")
    if "nvl" in forms and f"{families[0]} NVL" in _families():
        families = [f"{families[0]} NVL"]
    rows = [row for family in families for row in _families()[family]]
    rows = [row for row in rows if name["form_factor"] in ("", row.form_factor)]
    of_form = [row for row in rows if all(_is_form(row, form) for form in forms)]
    of_size = [row for row in of_form or rows if memory_gb is None or _is_size(row, memory_gb)]
    if name["rule"] == "memory" and not (of_form and len(of_size) == 1):
        return _none("ambiguous", name["note"])
    left = of_size or of_form or rows
    form = _only({row.form_factor for row in left}) if of_form else None
    size = _only({row.memory_gb for row in left}) if of_size else None
    row = _by_parts().get((left[0].family, form or "unknown", size))
    if row is None:
        return _none("unmatched", f"no {left[0].family} is known as {' and '.join(sorted(forms))}")
    left_open = [part for part, value in (("form factor", form), ("memory", size)) if value is None]
    is_contrary = not (of_form and of_size)
    contrary = "; what is printed is not known of this card" if is_contrary else ""
    return AcceleratorMatch(
        row.accelerator_id, row.vendor, row.family, row.form_factor, row.memory_gb, name["rule"],
        None if row.is_exact else f"left open: {', '.join(left_open)}{contrary}", is_contrary,
    )  # fmt: skip


def _is_form(row: Accelerator, form: str) -> bool:
    return form == row.form_factor or form in ALSO.get(row.form_factor, ())


def _is_size(row: Accelerator, memory_gb: float) -> bool:
    return row.memory_gb is None or LEAST_SHARE <= memory_gb / row.memory_gb <= MOST_SHARE


def _none(rule: str, reason: str) -> AcceleratorMatch:
    return AcceleratorMatch(None, None, None, None, None, rule, reason)
