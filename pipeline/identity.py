"""The registry of models: a printed name, its source and its day to one model, or to none with the reason why.

Nothing is guessed and nothing is joined by likeness. Signatures first; the rules follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ModelMatch:
    """What a printed model name says: one registered model and how it was run, or none and the reason."""

    model_id: str | None
    """``org/model@snapshot``; ``composite:A+B`` where the name is of two models that worked together."""
    organisation: str | None
    model: str | None
    """Name without organisation and snapshot: the roll-up is ``organisation/model``."""
    snapshot: str | None
    """Day, month or stage (``beta``) of the build; None where the model has one build and none is named."""
    family_id: str | None
    """``org/family``: what was pre-trained once (base, instruct and later snapshots of one pre-training share it)."""
    configuration: str | None
    """How it was run, ``key=value;key=value``: effort, thinking, edit, precision ...; never part of the identity."""
    host: str | None
    """Who serves it, where the name says so and it is not the maker."""
    offer: str | None
    """``free``, ``batch``, ``priority`` ... where the name says so: another price of the same model."""
    rule: str
    """alias, exact, stripped, composite; or unmatched, ambiguous, not_a_model, too_early."""
    reason: str | None
    """Why it was not resolved."""
    valid_from: date | None = None
    valid_to: date | None = None
    """Last day that the name means this model; None: still, or always."""
    citation: str | None = None
    stripped: tuple[str, ...] = ()
    """What was taken off the name, in order, in words."""
    members: tuple[str, ...] = ()
    """The models of a composite."""


def resolve_model(printed: str, *, source: str, on: date | None = None) -> ModelMatch:
    """The model that a printed name means in that source on that day.

    Args:
        printed: The name as the page prints it.
        source: Who prints it; an alias of ``epoch`` also holds for ``epoch_models`` and so on.
        on: The day the name is from: the run of a score, the day a price holds. None: not known; a name whose
            meaning moved is then not resolved.
    """
    raise NotImplementedError
