"""The ledger's own figures, for links: whose a figure is that a text states without the model's name.

"DeepSeek's $5.6 million" is V3's, as the ledger has it. Only links ask this, and they say so (``record``); what a
figure covers is by the text alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline.claims.figures import Figure
from pipeline.claims.lexicon import ledger
from pipeline.claims.names import names_in

NEAR = {1: 0.09, 2: 0.05}  # how far a figure of so many digits may be from the record's, as a share
NEAREST = 0.01  # the same of more digits: "6,080 GPUs" are no 6,144
_KINDS = ("money", "gpu_count", "gpu_hours")


@dataclass(frozen=True)
class Record:
    """A figure of a model in the ledger."""

    printed: str
    """The model's name in the ledger."""
    organisation: str
    kind: str
    currency: str | None
    low: float
    high: float
    is_primary: bool
    """Whether its source is the maker's own."""

    @property
    def model(self) -> str:
        """Canonical name of the model, as the reader writes it."""
        return _canonical(self.printed)

    def agrees(self, figure: Figure) -> bool:
        """Whether a figure of its kind is this one, but for rounding."""
        return self.is_near(figure, _rounding(figure))

    def is_near(self, figure: Figure, near: float) -> bool:
        """Whether a figure is this one, but for a share of it."""
        return self.low * (1 - near) <= figure.low and figure.high <= self.high * (1 + near)


def _rounding(figure: Figure) -> float:
    """How far a figure may be from what it was rounded from, as a share: by the digits it is printed with."""
    return NEAR.get(len(f"{figure.high:.6g}".replace(".", "").split("e")[0].strip("0")), NEAREST)


@cache
def records() -> dict[tuple[str, str | None], list[Record]]:
    """The figures of models in the ledger by kind and currency, those from their makers first."""
    rows = [row for row in ledger() if row["subject_kind"] == "model" and row["kind"] in _KINDS]
    found = [_record(row) for row in rows]
    of_kind: dict[tuple[str, str | None], list[Record]] = {}
    for record in sorted(found, key=lambda record: not record.is_primary):
        of_kind.setdefault((record.kind, record.currency), []).append(record)
    return of_kind


def _record(row: dict[str, str]) -> Record:
    ends = [float(row[end]) for end in ("value_low", "value", "value_high") if row[end]]
    return Record(
        row["model_name"], row["organisation"], row["kind"],
        row["unit"] if row["kind"] == "money" else None, ends[0], ends[-1], row["source_kind"] == "primary",
    )  # fmt: skip


@cache
def _canonical(printed: str) -> str:
    """Asked for only where a figure agrees: to read all names of the ledger takes longer than a short text."""
    return next((name.name for name in names_in(printed, printed) if name.kind == "model"), printed)


def agreeing(figure: Figure) -> list[Record]:
    """The records that a figure agrees with, one a model."""
    near = _rounding(figure)
    found: dict[str, Record] = {}
    for record in records().get((figure.kind, figure.currency), ()):
        if record.is_near(figure, near):
            found.setdefault(record.model, record)
    return list(found.values())
