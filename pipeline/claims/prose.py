"""The figures of a block of prose: for each its model, what it covers, its hedge and its organisation."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from pipeline.claims import covers, firms, linker, neighbours, whose
from pipeline.claims.figures import Figure, figures_in
from pipeline.claims.hedging import hedge_of
from pipeline.claims.linker import Link, Memory
from pipeline.claims.made import Parts
from pipeline.claims.names import Name
from pipeline.claims.neighbours import Amount, sure
from pipeline.claims.opinion import Opinion
from pipeline.claims.parts import is_gloss, is_part, is_worth
from pipeline.claims.refine import refined
from pipeline.claims.scope import Decision, Sentence, flags_of
from pipeline.claims.style import Style
from pipeline.claims.whose import Candidate
from pipeline.claims.words import sentences_of
from pipeline.facts import Scope

# Kinds of amounts that are a model's only where the text says so itself.
_NO_MODEL = ("company_investment", "national_programme", "funding", "fleet", "other_not_cost")
_OWN_WORDS = ("hardware_capex", "rnd_total")
LONGEST_START = 200  # characters of the sentence behind that may say what an amount leaves out
MOST_LATER = 6  # names behind a sentence that its figures may be of


def read(text: str, names: Sequence[Name], style: Style, memory: Memory, title: str | None) -> list[Parts]:
    """What the figures of a block say, in its order.

    Args:
        text: The block's.
        names: Its names.
        style: How the document writes numbers.
        memory: What the document has spoken of before; what the block speaks of is added.
        title: The document's.
    """
    seen = list(_figures(text, names, style, memory, title))
    place = {id(one.figure): at for at, one in enumerate(seen)}
    return [
        _parts(one, decision, place.get(id(one.before)))
        for one, decision in zip(seen, decisions(seen), strict=True)
    ]  # fmt: skip


def _parts(one: Seen, decision: Decision, before: int | None) -> Parts:
    figure, sentence = one.figure, one.sentence
    link = one.link_for(decision.scope)
    hedge = hedge_of(figure, sentence.text, sentence.start, sentence.end, sentence.figures)
    organisation = (link.name.organisation if link else None) or (
        None
        if figure.kind == "price_per_gpu"
        else firms.organisation_of(
            figure, sentence, states=decision.scope in ("national_programme", "hardware_capex", "fleet")
        )
    )
    printed = " ".join(sentence.text[sentence.start : sentence.end].split())
    is_again = one.before is not None and is_gloss(figure, one.before, sentence.text)
    return Parts(
        figure, decision, hedge, link, organisation, printed, flags_of(figure, sentence), before if is_again else None
    )


def _figures(text: str, names: Sequence[Name], style: Style, memory: Memory, title: str | None) -> Iterator[Seen]:
    figures = figures_in(text, names, style)
    around = surroundings(memory, title)
    memory.begin_paragraph()
    previous: list[Sentence] = []
    told: Scope | None = None
    spans = sentences_of(text)
    for at, (start, end) in enumerate(spans):
        sentence = Sentence.of(text, start, end, figures, names)
        if not sentence.figures:
            linker.remember(memory, sentence, None)
            previous, told = [sentence], None
            continue
        sentence = refined(sentence, previous[0] if previous else None)
        following = text[slice(*spans[at + 1])][:LONGEST_START] if at + 1 < len(spans) else ""
        behind = bisect_left(names, end, key=attrgetter("start"))
        later = tuple(names[behind : behind + MOST_LATER])
        sentence = replace(sentence, following=following, owner=linker.owner(memory), later=later, told=told)
        if text[start:end].rstrip().endswith("?") and at + 1 < len(spans):  # the answer says what it is about
            previous = [Sentence.of(text, *spans[at + 1], (), names)]
        for seen in _sentence_figures(sentence, memory, [*previous, *around]):
            told = seen.opinion.decision.scope if seen.figure.kind == "money" else told
            yield seen
        previous = [sentence]


def surroundings(memory: Memory, title: str | None) -> list[Sentence]:
    """The heading above and the title, for what a sentence does not say itself."""
    texts = [memory.headings[-1][2] if memory.headings else "", title or ""]
    return [Sentence.of(text, 0, len(text), (), ()) for text in texts]


@dataclass(frozen=True)
class Seen:
    """A figure of prose, with what was made of it in its place; what it covers is seen when its neighbours are."""

    figure: Figure
    sentence: Sentence
    before: Figure | None
    """The amount of money before it in the sentence."""
    opinion: Opinion
    link: Link | None
    """The model that the rules would give it if it covered a model's cost."""
    candidates: Sequence[Candidate]
    links: dict[Scope, Link | None] = field(default_factory=dict["Scope", "Link | None"])
    """The model that it is of by what it covers, as far as that was asked."""

    def by_rules(self, scope: Scope) -> Link | None:
        """The model that the rules give it, if it covers this."""
        if self.link is None:
            return None
        is_of_a_firm = covers.is_of_a_firm(self.figure, self.sentence)
        return self.link if is_linked(self.figure, scope, self.link, is_of_a_firm=is_of_a_firm) else None

    def link_for(self, scope: Scope) -> Link | None:
        """The model that it is of, if it covers this."""
        if self.figure.kind == "price_per_gpu" or not self.candidates:
            return None
        if self.link and self.link.name.size is None and linker.speaks_of_family(self.sentence):
            return self.by_rules(scope)  # a sum over all sizes is the family's
        if scope not in self.links:
            self.links[scope] = whose.chosen(self.candidates, self.figure, scope, self.by_rules(scope))
        return self.links[scope]


def _sentence_figures(sentence: Sentence, memory: Memory, around: Sequence[Sentence]) -> Iterator[Seen]:
    linked: Name | None = None
    before: Figure | None = None
    for figure in sentence.figures:
        found = linker.model_of(figure, sentence, memory)
        opinion = covers.opinion_of(figure, sentence, found, around, before)
        seen = Seen(figure, sentence, before, opinion, found, whose.candidates(figure, sentence, found, memory))
        if figure.kind == "money" and not figure.is_difference:
            before = figure
        if link := seen.link_for(opinion.decision.scope):
            linked = linked or link.name
            if figure.kind in KNOWN_AGAIN and figure.low >= LEAST_KNOWN_AGAIN:
                memory.amounts.setdefault(linker.amount_of(figure), link.name)
        yield seen
    linker.remember(memory, sentence, linked)


KNOWN_AGAIN = ("money", "gpu_hours", "gpu_count", "tokens")  # kinds of figures that are hardly two models' by chance
LEAST_KNOWN_AGAIN = 1_000


def decisions(seen: Sequence[Seen]) -> list[Decision]:
    """What each figure covers, by a second look at the amounts of money: with their neighbours in view."""
    decided = [one.opinion.decision for one in seen]
    money = [(at, one) for at, one in enumerate(seen) if one.figure.kind == "money"]
    amounts = [Amount(one.figure, one.sentence, one.opinion.shares or sure(one.opinion.decision)) for _, one in money]
    at_of = {id(one.figure): at for at, one in money}
    for place, (at, one) in enumerate(money):
        if one.opinion.shares is None:
            continue
        before = decided[at_of[id(one.before)]] if one.before else None
        if one.before and before and (same := _goes_on(one.before, before, one)):
            decided[at] = same
            continue
        if len(amounts) == 1:
            continue
        shares = neighbours.second_shares(amounts, place)
        decided[at] = one.opinion.decided_on(one.opinion.likeliest(shares))
    return decided


def _goes_on(before: Figure, decision: Decision, one: Seen) -> Decision | None:
    """What an amount covers that goes on with the one before it, or is what somebody is worth who raised that."""
    if is_part(before, one.figure, one.sentence):
        return decision
    is_value = decision.scope == "funding" or (decision.cue or "").lower().startswith("valu")
    return Decision("other_not_cost", "at") if is_value and is_worth(before, one.figure, one.sentence) else None


def is_linked(figure: Figure, scope: Scope, link: Link | None, *, is_of_a_firm: bool = False) -> bool:
    """Whether a figure that covers this is the model's that is spoken of."""
    if link is None or figure.kind == "price_per_gpu":
        return False
    if figure.kind == "price_other" and "tok" in (figure.per or ""):
        return link.place in ("clause", "sentence", "table")  # what a model's tokens are sold for: no cost of it
    if scope in _NO_MODEL or (figure.kind == "price_other" and scope == "hardware_capex"):
        return False
    if figure.kind == "money" and scope == "unknown":
        return False  # an amount that nothing says the purpose of is no model's
    if scope == "rnd_total" and link.place == "sentence":
        return False
    if scope == "hardware_capex" and link.place == "passage" and is_of_a_firm:
        return False  # a firm's machines serve more than the model that was spoken of
    return not (scope in _OWN_WORDS and link.place not in ("clause", "sentence", "passage", "table"))
