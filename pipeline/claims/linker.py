"""Whose figure it is: the model and the organisation, from the clause outwards to the title. None is an answer.

In a sentence the nearest name wins, less what stands between: another amount of the kind, a clause, a comparison
("than", "versus"), the base of another model ("built on"). Beyond the sentence the last model spoken of counts,
then the heading, then the title; but not where the sentence speaks of somebody else, or of models in general.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.claims import firms, ordered, owners
from pipeline.claims.actors import CLOUDS, actors_of
from pipeline.claims.claim import Place
from pipeline.claims.comparison import (
    BASIS,
    COMPARED,
    EXAMPLE,
    LEAD,
    LEFT_OUT,
    OWN_VERB,
    POSSESSIVE,
    RELATIVE,
    is_aside,
    is_basis,
    is_made_from,
    is_of_kin,
    is_only_compared,
)
from pipeline.claims.figures import Figure
from pipeline.claims.firms import ANALYSTS
from pipeline.claims.members import family_name
from pipeline.claims.names import Name
from pipeline.claims.scope import MONEY_KINDS, Sentence

ITS_OWN = 2.0
MOST_SPOKEN_OF = 12  # models of a passage that are kept in mind
ONLY_NAME = -0.9  # a sentence that names one model speaks of it, unless as base or comparison
BASE, PER_WORD, PER_RIVAL, PER_CLAUSE, SUBJECT, OBJECT = 3.0, 0.07, 1.6, 0.5, 0.6, 1.0

_OBJECT = re.compile(
    r"(?:to (?:train|build|develop|create|make|run|serve|operate|produce|pre-?train|fine-?tune)|training|building"
    r"|developing|for|of|on|behind|in)(?: (?:the|its|their|a|original|full|new|final|run of)){0,3} ?$",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"\b(?:rival models?|rivals?|competitors?|other (?:labs|companies|models|ai)|foundation(?:al)? models?"
    r"|frontier models?|(?:a|any|one) (?:large|frontier|typical|similar|state-of-the-art|competitive|comparable"
    r"|leading|foundation) (?:\w+ )?model"
    r"|large (?:language )?models\b|such models|american models?|us models?|western (?:models?|labs|rivals|peers)"
    r"|(?:leading|top|early|next[- ]generation|future|today's|current|cutting-edge|advanced|most) (?:\w+ )?models"
    r"|(?:its|their|our|the company's) (?:[a-z-]+ )?models\b"
    r"|models (?:(?:on|of|at|with) (?:the|a) (?:scale|size|level|class)|like|such as|today|in training"
    r"|currently|that cost)|next (?:generation|one)\b|(?:a|any"
    r"|one) model (?:in|by) 20\d\d"
    r"|[$€£][\d.,]+ ?(?:b|m|bn|billion|million|trillion) (?:model|run|training run)s?\b"
    r"|(?:the )?(?:largest|biggest|frontier|future|next) (?:training )?runs|(?:a|an"
    r"|another) [\w.-]+[- ](?:billion|trillion)"
    r"-?(?: |-)parameter|tech giants|us (?:tech )?(?:giants|companies|peers|rivals)|silicon valley|industry"
    r"|start-?ups|hyperscalers)",
    re.IGNORECASE,
)
_CLASS: dict[str, str] = dict.fromkeys(MONEY_KINDS, "money") | {
    "price_per_gpu_hour": "hourly",
    "price_per_node_hour": "hourly",
}


@dataclass
class Memory:
    """What the document has spoken of before the sentence at hand."""

    title: Sequence[Name] = ()
    headings: list[tuple[int, Sequence[Name], str]] = field(default_factory=list[tuple[int, Sequence[Name], str]])
    """Level, names and text of the headings above, the outermost first."""
    model: Name | None = None
    """The model that the passage speaks of."""
    organisation: Name | None = None
    topic: Name | None = None
    """The one model that the document has spoken of under other headings; none once it spoke of two."""
    seen: set[str] = field(default_factory=set[str])
    maker: str | None = None
    """Whose the model is: its own organisation, else the one that its sentence named."""
    last: Sequence[Name] = ()
    """The models of the last sentence that named any."""
    is_far: bool = False
    """Whether the model was named in another paragraph than the one at hand."""
    makers: set[str] = field(default_factory=set[str])
    """The organisations that the document has named."""
    spoken: dict[str, Name] = field(default_factory=dict[str, Name])
    """The models that the passage has named, by name, the first named first."""
    aside: Name | None = None
    """The model that the last sentence spoke of, where that was only set beside the one the passage is about."""
    by_maker: dict[str, Name] = field(default_factory=dict[str, Name])
    """The model of each organisation that was spoken of last."""
    amounts: dict[tuple[object, ...], Name] = field(default_factory=dict[tuple[object, ...], Name])
    """Whose each amount was where it was first told: "the $4.6 million figure" is the same model's."""
    moved_to: str | None = None
    """The organisation that was spoken of since the model, where that is not the model's."""

    def spoken_of(self) -> Spoken:
        """All that the reading of a text depends on; what only grows in a document is told by its size."""
        return (
            self.model, self.organisation, self.topic, self.maker, tuple(self.last), self.is_far, self.aside,
            self.moved_to, tuple(self.spoken.values()), tuple(self.by_maker.items()),
            tuple((level, text) for level, _, text in self.headings),
            (len(self.seen), len(self.makers), len(self.amounts)),
        )  # fmt: skip

    def go_on(self, spoken: Spoken) -> None:
        """Go on as after a text that was read before, and that named nobody new."""
        (
            self.model, self.organisation, self.topic, self.maker, self.last, self.is_far, self.aside,
            self.moved_to, names, by_maker, *_,
        ) = spoken  # fmt: skip
        self.spoken, self.by_maker = {name.name: name for name in names}, dict(by_maker)

    def enter(self, level: int, names: Sequence[Name], text: str) -> None:
        """Go on below a heading: what the passage before spoke of is over."""
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        self.headings.append((level, names, text))
        self.topic = self.topic or self.model
        self.model = self.organisation = None
        self.last, self.spoken = (), {}
        self.maker, self.is_far = None, False

    def begin_paragraph(self) -> None:
        """Go on to another paragraph: its sentences inherit less."""
        self.is_far = self.model is not None


Spoken = tuple[
    Name | None, Name | None, Name | None, str | None, tuple[Name, ...], bool, Name | None, str | None,
    tuple[Name, ...], tuple[tuple[str, Name], ...], tuple[tuple[int, str], ...], tuple[int, int, int],
]  # fmt: skip
"""A memory at one moment, to compare and to go on with."""


@dataclass(frozen=True)
class Link:
    """A model and where its name stands."""

    name: Name
    place: Place

    def with_name(self, name: Name) -> Link:
        """The same place with another name."""
        return self if name is self.name else Link(name, self.place)


def model_of(figure: Figure, sentence: Sentence, memory: Memory) -> Link | None:
    """The model a figure is about, by the text alone."""
    listed = ordered.respective(figure, sentence) or owners.in_order(figure, sentence)
    found = Link(listed, "sentence") if listed else _found(figure, sentence, memory)
    return found and found.with_name(_as_titled(found.name, sentence, memory))


def _as_titled(name: Name, sentence: Sentence, memory: Memory) -> Name:
    """The member of a family that the title names, where the text has the family's name alone."""
    titled = {one.name: one for one in memory.title if one.kind == "model"}
    is_printed = re.search(r"\d ?[BMbm]\b", sentence.text[name.start : name.end]) is not None
    if name.size or is_printed or len(titled) != 1 or _OF_FAMILY.search(sentence.text, sentence.start, sentence.end):
        return name
    (one,) = titled.values()
    is_member = one.size is not None and stem_of(one) == name.name
    return name._replace(name=one.name, size=one.size) if is_member else name


def _found(figure: Figure, sentence: Sentence, memory: Memory) -> Link | None:
    models = [name for name in sentence.names if name.kind == "model"]
    if name := owners.bound_model(figure, sentence):
        return Link(_family_of(figure, name, models, sentence), "clause")
    if name := ordered.one_of_two(figure, sentence, memory.last):
        return Link(name, "sentence")
    models = [name for name in models if not is_only_compared(figure, name, sentence)]
    models = [name for name in models if not owners.is_of_another(figure, name, sentence)]
    best = _best_of(figure, models, sentence)
    if best is not None:
        return _of_sentence(figure, best, models, sentence, memory)
    if speaks_of_models(figure, sentence) or is_of_kin(figure, sentence, sentence.start):
        return None
    told = memory.amounts.get(amount_of(figure))
    if told and (not models or told.name in {name.name for name in models}):
        return Link(told, "passage")
    is_lone = len({name.name for name in models}) == 1 and not is_aside(models[0], sentence)
    if is_lone and models[0].end <= figure.start and not actors_of(sentence):
        return Link(models[0], "sentence")  # far off, but nothing else is named
    found = _recalled(figure, sentence, memory)
    if found and found.name.size and _OF_FAMILY.search(sentence.text, sentence.start, figure.start):
        return Link(found.name._replace(name=stem_of(found.name), size=None), found.place)
    return found


def says_the_model(text: str) -> bool:
    """Whether a sentence speaks of "the model", which was named before."""
    return _SAYS_THE_MODEL.search(text) is not None


def speaks_of_family(sentence: Sentence) -> bool:
    """Whether a sentence speaks of all sizes of a model together."""
    return _OF_FAMILY.search(sentence.text, sentence.start, sentence.end) is not None


def class_of(figure: Figure) -> str:
    """What a figure counts, as far as others of its sentence are rivals."""
    return _CLASS.get(figure.kind, figure.kind)


def _best_of(figure: Figure, models: Sequence[Name], sentence: Sentence) -> Name | None:
    """The model of a sentence that a figure is most likely of; without a name where it is one that has none."""
    rivals = [*models, *(_unnamed(figure, sentence) if models else ())]
    ranked = sorted(
        ((score_of(figure, name, sentence), -name.start, name) for name in rivals), key=lambda item: item[:2]
    )
    least = ONLY_NAME if len({name.name for name in models}) == 1 else 0.0
    return ranked[-1][2] if ranked and (ranked[-1][0] > least or not ranked[-1][2].name) else None


def _of_sentence(figure: Figure, best: Name, models: Sequence[Name], sentence: Sentence, memory: Memory) -> Link | None:
    """The best model of a sentence, unless it is only what the model spoken of was made from, or has a successor."""
    is_lonely = len({name.name for name in models}) == 1
    if not best.name or (best.end <= figure.start and is_of_kin(figure, sentence, best.end)):
        return None
    if is_lonely and is_made_from(best, sentence):
        return Link(memory.model, "passage") if memory.model and not memory.is_far else None
    if is_lonely and memory.model and not memory.is_far and _is_base(best, sentence, memory.model):
        return Link(memory.model, "passage")
    same = sentence.clause_of(best.start) == sentence.clause_of(figure.start)
    return Link(_family_of(figure, best, models, sentence), "clause" if same else "sentence")


def speaks_of_models(figure: Figure, sentence: Sentence) -> bool:
    """Whether a figure is said of models in general: "rivals spend $100 million training their models"."""
    if _GENERIC.search(sentence.text, sentence.start, figure.start):
        return True
    low, high = figure.end, min(sentence.end, figure.end + LONGEST_PURPOSE)
    for other in sentence.figures:
        if other.start > figure.start and other.kind == figure.kind:
            if not _UP_TO.fullmatch(sentence.text, low, other.start):
                high = min(high, other.start)
                break
            low, high = other.end, min(sentence.end, other.end + LONGEST_PURPOSE)  # the other end of a range
    found = _FOR_MODELS.match(sentence.text, low, high)
    return found is not None and sentence.clause_of(found.end() - 1) == sentence.clause_of(figure.start)


_UP_TO = re.compile(
    r" ?(?:to|or|and|-|\u2013)(?: (?:even|as much as|well over|over|about"
    r"|around)){0,2} ?",
    re.IGNORECASE,
)
LONGEST_PURPOSE = 80  # characters behind a figure that may say what it is for
_FOR_MODELS = re.compile(
    r"[^,;:.()]{0,30}?(?:\b(?:per|each|any|every) (?:new |frontier |large )?model\b"
    r"|\b(?:train|build|develop|creat|mak|on|for)(?:e|ing)? (?:(?:their|such|these|other|most|future|new"
    r"|next-generation"
    r"|competing|frontier|large|foundation|leading|comparable|similar|state-of-the-art|advanced|ai|language"
    r"|[\w-]+-class) ){1,4}(?:models|llms)\b)",
    re.IGNORECASE,
)


def amount_of(figure: Figure) -> tuple[object, ...]:
    """A figure as it is known again."""
    return figure.kind, figure.currency, figure.low, figure.high


def _recalled(figure: Figure, sentence: Sentence, memory: Memory) -> Link | None:
    """The model spoken of before, where the sentence goes on with it; else the one of whoever acts in it."""
    if memory.aside and _PRONOUN.match(sentence.text, sentence.start, sentence.end):
        return Link(memory.aside, "passage")
    found = remembered(memory)
    if found is None or _SAYS_THE_MODEL.search(sentence.text, sentence.start, sentence.end):
        return found
    other = _other_actor(sentence, found, memory, figure)
    if other is None:
        return found
    own = memory.by_maker.get(other)
    return Link(own, "passage") if own and own.name != found.name.name else None


_PRONOUN = re.compile(r"\W{0,3}(?:It|Its (?!maker|owner|rival)|That (?:model|one|run)\b)", re.IGNORECASE)
_SAYS_THE_MODEL = re.compile(
    r"\b(?:the|this|that) (?:new |final |full |whole |latest |reasoning |language |open-source |open "
    r"|large )?(?:model|llm|chatbot)\b(?!s)"
    r"(?! (?:of|from|by|called|named)\b)",
    re.IGNORECASE,
)


_OF_FAMILY = re.compile(
    r"\b(?:cumulative|for both|both (?:models|sizes|together)|all (?:two|three|four|five|six)|the (?:whole "
    r"|entire )?family|all (?:the )?sizes)\b",
    re.IGNORECASE,
)


# A model that has no name: "a 30-billion-parameter model", unless it says what a name before or behind it is.
_NO_NAME = re.compile(
    r"\b(?:an?|another|any|each|every|such an?) (?:[a-z-]+ )?(?:\d[\d.,]{0,6}|one|ten|hundred"
    r"|multi)[- ]?(?:million|billion"
    r"|trillion|[MBT])?(?:[- ](?:million|billion"
    r"|trillion))?[- ](?:parameters?[- ])?(?:[a-z-]+ ){0,2}(?:models?|LLMs?|networks?)\b"
    r"|\b(?:(?:even|still) )?(?:larger|bigger|newer|future|other|rival|similar|comparable|competing|today's"
    r"|current|most|such|these"
    r"|frontier|next-generation) (?:[a-z-]+ ){0,2}(?:models|LLMs)\b|(?:更大|其他|类似|同类|下一代)的?(?:大|语言)?模型",
)
_IS_WHAT = re.compile(r"(?:,|\(| is| was|:| -) ?(?:now |also |only |just )?$")
_CALLED = re.compile(r",? (?:called|named|dubbed|known as|like|\()|,? (?=[A-Z][\w-]*\d)")


def _unnamed(figure: Figure, sentence: Sentence) -> list[Name]:
    """The models of a sentence that are spoken of and not named."""
    ends = [name.end for name in sentence.names if name.kind == "model"]
    return [
        Name("model", "", *found.span())
        for found in _NO_NAME.finditer(sentence.text, sentence.start, sentence.end)
        if not is_only_compared(figure, Name("model", "", *found.span()), sentence)
        and not any(
            end <= found.start() and _IS_WHAT.fullmatch(sentence.text, end, found.start()) for end in ends
        )
        and not _CALLED.match(sentence.text, found.end(), sentence.end)
    ]  # fmt: skip


def _is_base(name: Name, sentence: Sentence, spoken_of: Name) -> bool:
    """Whether the one name of a sentence is what the model spoken of was made from: "they fine-tuned Qwen2.5-32B"."""
    lead = sentence.text[max(sentence.start, name.start - LEAD) : name.start]
    return name.name != spoken_of.name and BASIS.search(lead) is not None


def remembered(memory: Memory) -> Link | None:
    """The model spoken of before: in the passage, the headings above, the title."""
    if memory.model:
        return Link(memory.model, "passage")
    for _, names, _ in reversed(memory.headings):
        models = [name for name in names if name.kind == "model"]
        if models:
            return Link(models[0], "heading") if len({name.name for name in models}) == 1 else None
    models = [name for name in memory.title if name.kind == "model"]
    if not models and memory.topic and len(memory.seen) == 1:
        return Link(memory.topic, "heading")
    return Link(models[0], "title") if models else None


def _other_actor(sentence: Sentence, link: Link, memory: Memory, figure: Figure) -> str | None:
    """The organisation that acts in the sentence, where it is another one than the model's.

    A model of unknown maker may be anybody's within its paragraph; beyond it an actor is taken to be another.
    """
    actors = [name for name in actors_of(sentence) if name.organisation not in ANALYSTS]
    if figure.kind in ("price_per_gpu_hour", "price_per_node_hour"):
        actors = [name for name in actors if name.name not in CLOUDS]  # who rents out, not who trains
    actors = [name for name in actors if name.start < figure.start or _acts_behind(name, figure, sentence)]
    is_passage = link.place == "passage"
    maker = link.name.organisation or (memory.maker if is_passage else None)
    if maker is None and not (is_passage and memory.is_far):
        return None
    if not actors:
        return memory.moved_to if is_passage and maker else None
    if any(name.organisation == maker for name in actors):
        return None
    return actors[-1].organisation or ""


def _acts_behind(name: Name, figure: Figure, sentence: Sentence) -> bool:
    """Whether a name behind a figure says who paid: "$40 billion was ordered by Oracle"."""
    same = sentence.clause_of(name.start) == sentence.clause_of(figure.start)
    return same and sentence.text.endswith(" by ", figure.end, name.start)


def score_of(figure: Figure, name: Name, sentence: Sentence) -> float:
    """How much the place of a name in a sentence speaks for a figure's being its own."""
    before = name.end <= figure.start
    low, high = (name.end, figure.start) if before else (figure.end, name.start)
    words = sum(low <= word.start < high for word in sentence.words)
    kind = _CLASS.get(figure.kind, figure.kind)
    rivals = sum(_CLASS.get(other.kind, other.kind) == kind and low <= other.start < high for other in sentence.figures)
    clauses = abs(sentence.clause_of(name.start) - sentence.clause_of(figure.start))
    score = BASE - PER_WORD * words - PER_RIVAL * rivals - PER_CLAUSE * clauses
    lead = sentence.text[max(sentence.start, name.start - LEAD) : name.start]
    if before and name == next((other for other in sentence.names if other.kind == "model"), None):
        score += SUBJECT
    if not before and _OBJECT.search(lead) and clauses == 0 and not rivals:
        score += OBJECT
    if (
        before
        and clauses <= 1
        and not rivals
        and (RELATIVE.match(sentence.text, name.end) or POSSESSIVE.fullmatch(sentence.text, name.end, figure.start))
    ):
        return score + OBJECT
    if EXAMPLE.search(lead) or LEFT_OUT.search(lead):
        score -= 3.5
    elif COMPARED.search(lead):
        score -= 2.2
    elif not before and _has_own(figure, name, sentence):
        score -= ITS_OWN
    elif BASIS.search(lead):
        score -= 2.4
    return score


def _has_own(figure: Figure, name: Name, sentence: Sentence) -> bool:
    """Whether a name behind a figure has a figure of its own behind it: "PaLM cost $8 million, and MT-NLG cost $11"."""
    kind = _CLASS.get(figure.kind, figure.kind)
    behind = next((other for other in sentence.figures if other.start >= name.end), None)
    if behind is None or _CLASS.get(behind.kind, behind.kind) != kind:
        return False
    return OWN_VERB.fullmatch(sentence.text, name.end, behind.start) is not None


def _family_of(figure: Figure, chosen: Name, models: Sequence[Name], sentence: Sentence) -> Name:
    """The family, where the figure is a sum over members: "for the 8B, 70B and 405B together"."""
    stem = stem_of(chosen)
    members = {name.name for name in models if name.size and stem_of(name) == stem}
    lead = max([sentence.start, *(other.end for other in sentence.figures if other.end <= figure.start)])
    if chosen.size and chosen.start > figure.end and _OF_FAMILY.search(sentence.text, lead, figure.start):
        return Name("model", stem, chosen.start, chosen.end, chosen.organisation)
    if chosen.size is None or len(members) < 2 or _ALONE.match(sentence.text, chosen.end, sentence.end):
        return chosen
    low = max((other.end for other in sentence.figures if other.end <= figure.start), default=sentence.start)
    high = min((other.start for other in sentence.figures if other.start >= figure.end), default=sentence.end)
    near = sentence.text[max(low, figure.start - 60) : min(high, figure.end + 90)]
    of_figure = {name.name for name in models if stem_of(name) == stem and low <= name.start < high}
    together = re.search(
        r"\b(?:together|combined|in total|altogether|all (?:three|four|five|models|sizes)|cumulative|total|overall"
        r"|family)\b",
        near,
    )
    if together and len(of_figure) > 1:
        return Name("model", stem, chosen.start, chosen.end, chosen.organisation)
    return chosen


_ALONE = re.compile(r" (?:alone|only|by itself|on its own)\b")


def stem_of(name: Name) -> str:
    """A name without the size of a member: Llama 3.1 for Llama 3.1 405B."""
    return family_name(name.name)


def owner(memory: Memory) -> Name | None:
    """The organisation or state that was spoken of last, else the first of the title."""
    titled = (name for name in memory.title if name.kind in ("organisation", "programme", "state"))
    return memory.organisation or next(titled, None)


# A sentence that only sets another model beside the one that the passage is about.
_BESIDE = re.compile(
    r"\W{0,3}(?:(?:for|by|in|as a) comparison|(?:by|in) contrast|to compare|compare (?:that|this|it)|zum vergleich"
    r"|im vergleich|à titre de comparaison|en comparación|a modo de comparación|per confronto|相比之下|作为对比"
    r"|相较之下"
    r"|作为参考)",
    re.IGNORECASE,
)


def remember(memory: Memory, sentence: Sentence, linked: Name | None) -> None:
    """What the passage speaks of after a sentence: its linked model, else its first."""
    models = [name for name in sentence.names if name.kind == "model"]
    first = next((name for name in models if not is_aside(name, sentence)), None)
    if first is None and memory.model is None and linked is None:
        first = next((name for name in models if is_basis(name, sentence)), None)
    actor = next((name for name in actors_of(sentence) if name.name not in ANALYSTS), None)
    memory.last = models or memory.last
    memory.seen.update(name.name for name in models)
    for name in models:
        if len(memory.spoken) < MOST_SPOKEN_OF:
            memory.spoken.setdefault(name.name, name)
    memory.makers.update(name.organisation for name in sentence.names if name.organisation)
    memory.by_maker.update((name.organisation, name) for name in models if name.organisation)
    memory.aside = None
    if memory.model and _BESIDE.match(sentence.text, sentence.start, sentence.end):
        memory.aside = linked or first
        return
    if linked and memory.model and not memory.is_far and is_aside(linked, sentence):
        linked = first = None  # what a paragraph compares its model with is not what it speaks of
    if model := linked or first:
        known = memory.maker if memory.model and memory.model.name == model.name else None
        memory.maker = model.organisation or known or (actor.organisation if actor else None)
        memory.is_far = memory.is_far and model is memory.model
        memory.model = model
        memory.moved_to = None
    elif actor and firms.opens(actor, sentence):
        memory.moved_to = actor.organisation if actor.organisation != memory.maker else None
    if actor and not (memory.organisation and firms.is_beside(actor, sentence)):
        memory.organisation = actor
