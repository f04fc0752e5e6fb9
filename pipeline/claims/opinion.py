"""What a figure covers as far as its own sentence says, with the shares that a second look can weigh again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.claims import learned
from pipeline.claims.governed import CLOSE, OF_A_MODEL, Frame
from pipeline.claims.lexicon import scope_signs
from pipeline.claims.scope import Decision, Sums, cue_for
from pipeline.claims.signs import Signs
from pipeline.facts import Scope

# The share of a model's scopes together, of what may be no cost at all: to file that as a model's cost is worse.
LEAST_OF_COST, LEAST_OF_BARE = 0.6, 0.7
MAY_BE_NO_COST = 0.4  # the share of what is no cost to that of a model's scopes


@dataclass(frozen=True)
class Opinion:
    """What a figure covers by its own sentence and what was said before."""

    decision: Decision
    shares: Mapping[Scope, float] | None = None
    """Of an amount of money, the share of each scope; None of what leaves no choice."""
    sums: Sums = field(default_factory=dict[Scope, "list[tuple[float, str]]"])
    """What its cues weigh."""
    signs: Signs | None = None
    """What speaks for a scope; None where nothing was asked."""
    frame: Frame | None = None
    """What governs an amount."""
    is_bare: bool = False
    """Whether no model is in view, no making and no cue of a cost: that it is a model's is a guess by what is usual."""
    is_of_machines: bool = False
    """Whether an amount is what machines that run are said to cost."""

    def likeliest(self, shares: Mapping[Scope, float]) -> Scope:
        """The scope that shares speak for, as far as what governs the amount lets it be that."""
        if self.frame is None or self.frame.is_of_cost or self.is_of_machines:
            scope = learned.likeliest(shares)
            if scope not in OF_A_MODEL or self._may_be_of_model(shares):
                return scope
            others: dict[Scope, float] = {one: share for one, share in shares.items() if one not in OF_A_MODEL}
            return "unknown" if self.is_bare else learned.likeliest(others)
        return learned.likeliest_of_others(shares, is_known=self.frame.is_known)

    def _may_be_of_model(self, shares: Mapping[Scope, float]) -> bool:
        """Whether shares are enough to file an amount as a model's cost."""
        if self.frame is not None and self.frame.making >= CLOSE:
            return True
        of_model = sum(shares.get(one, 0.0) for one in OF_A_MODEL)
        if self.is_bare:
            return of_model >= LEAST_OF_BARE
        return of_model >= LEAST_OF_COST or shares.get("other_not_cost", 0.0) < MAY_BE_NO_COST * of_model

    def decided_on(self, scope: Scope) -> Decision:
        """The decision for a scope, with the words that speak most for it."""
        if scope == self.decision.scope or self.signs is None:
            return self.decision
        return Decision(scope, cue_for(scope, self.sums) or learned.words_for(scope, self.signs, scope_signs()))
