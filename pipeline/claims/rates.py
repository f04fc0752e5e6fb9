"""What a price covers: one per hour is part of a run's sum or of a list, one per token what serving costs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.claims.figures import Figure
from pipeline.claims.lexicon import ScopeCue
from pipeline.claims.linker import Link
from pipeline.claims.scope import Decision, Sentence, weighed
from pipeline.claims.words import Found


def price_of_other(figure: Figure, sentence: Sentence) -> Decision:
    """A price of tokens or the like is what serving costs where that is spoken of; else it is a list price."""
    if "server" in (figure.per or "") or "rack" in (figure.per or ""):
        return Decision("hardware_capex", figure.per)
    sums = weighed(figure, sentence, "money")
    serving = [cue for weight, cue in sums.get("inference", ()) if weight > 1]
    listed = [
        cue
        for weight, cue in sums.get("other_not_cost", ())
        if weight > 2 and re.match(r"api|price|pric|charg|list", cue, re.IGNORECASE)
    ]
    if serving and not listed:
        return Decision("inference", serving[0])
    return Decision("other_not_cost", listed[0] if listed else None)


def price_by_hour(sentence: Sentence, link: Link | None) -> Decision:
    """A price per hour is part of a run's sum where a run is spoken of; else it is a list price."""
    run = any(other.kind in ("gpu_hours", "duration") for other in sentence.figures)
    sum_beside = any(other.kind == "money" for other in sentence.figures)
    spoken = any(cue.entry.scope == "final_run" and cue.entry.figures == "money" for cue in _outside_prices(sentence))
    own = link is not None and link.place not in ("title", "passage")
    if own or run or ((sum_beside or spoken) and link) or (sum_beside and spoken):
        return Decision("final_run")
    return Decision("other_not_cost")


def _outside_prices(sentence: Sentence) -> Iterator[Found[ScopeCue]]:
    """The cues of a sentence that are no part of an amount ("per GPU-hour")."""
    amounts = [(figure.start, figure.end) for figure in sentence.figures]
    return (cue for cue in sentence.cues if not any(start <= cue.start < end for start, end in amounts))
