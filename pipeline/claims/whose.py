"""Which model a figure is of, among all that its text speaks of: what many labelled figures have shown of it.

`linker` says by rules whose a figure is. Here every model that the sentence, the passage, the headings and the title
name is a candidate, and so is none at all. How a candidate stands to the figure (where, how far, what is between, what
is said of it, what the rules make of it, what the figure counts and covers) are signs; each has one weight in
``claim_link_signs.csv``, fitted by ``python -m tests.support.claim_links`` to the labelled texts beside the tests. The
candidate with the greatest sum has the figure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pipeline.claims import linker, owners
from pipeline.claims.actors import CLOUDS, actors_of
from pipeline.claims.claim import Place
from pipeline.claims.comparison import BASIS, COMPARED, EXAMPLE, LEAD, LEFT_OUT, is_aside, is_of_kin, is_only_compared
from pipeline.claims.figures import Figure
from pipeline.claims.lexicon import link_signs
from pipeline.claims.linker import Link, Memory
from pipeline.claims.names import Name
from pipeline.claims.records import Record, agreeing
from pipeline.claims.scope import MONEY_KINDS, Sentence
from pipeline.claims.signs import classes_of, stem
from pipeline.facts import Scope

BETWEEN, BESIDE, REACH = 6, 2, 8  # words looked at: from each end of a gap, at a name, on each side of a figure
# What the ledger's figures of models may be: a lab's research, a plan or a fleet is none, though a number agrees.
OF_RECORDS: tuple[Scope, ...] = ("final_run", "training_total", "hardware_capex", "unknown")
STEPS = (1, 3, 6, 10, 16, 25)  # words between a name and a figure: told apart at these


@dataclass(frozen=True)
class Candidate:
    """A model that a figure may be of, or none, with what speaks for and against it whatever the figure covers."""

    link: Link | None
    place: str
    """Where it stands: before or behind the figure, in the passage, later, a heading, the title, a record; or none."""
    signs: Mapping[str, float]

    @cached_property
    def total(self) -> float:
        """What its own signs weigh."""
        weights = link_signs()
        return sum(weights[sign] * strength for sign, strength in self.signs.items() if sign in weights)

    @property
    def name(self) -> str | None:
        """The model's name."""
        return self.link.name.name if self.link else None


def chosen(found: Sequence[Candidate], figure: Figure, scope: Scope, by_rules: Link | None) -> Link | None:
    """The model that a figure is of.

    Args:
        found: The candidates.
        figure: The figure.
        scope: What it covers.
        by_rules: The model that the rules give it.
    """
    weights = link_signs()
    found = [one for one in found if one.place != "record" or scope in OF_RECORDS]
    sums = [
        one.total
        + sum(weights.get(sign, 0.0) * strength for sign, strength in _signs_for(one, figure, scope, by_rules).items())
        for one in found
    ]
    best = likeliest([one.name for one in found], sums)
    if best is None or (by_rules and by_rules.name.name == best):
        return by_rules if best else None
    of_best = [at for at, one in enumerate(found) if one.name == best]
    return found[max(of_best, key=lambda at: sums[at])].link


def likeliest(names: Sequence[str | None], sums: Sequence[float]) -> str | None:
    """The name whose candidates have the greatest share together; a model that stands in two places has two."""
    top = max(sums)
    shares: dict[str | None, float] = {}
    for name, total in zip(names, sums, strict=True):
        shares[name] = shares.get(name, 0.0) + math.exp(total - top)
    return max(shares, key=lambda name: shares[name])


def signs_of(one: Candidate, figure: Figure, scope: Scope, by_rules: Link | None) -> dict[str, float]:
    """All that speaks for and against a candidate."""
    return _signs_for(one, figure, scope, by_rules) | dict(one.signs)


def _signs_for(one: Candidate, figure: Figure, scope: Scope, by_rules: Link | None) -> dict[str, float]:
    """What speaks for and against a candidate where a figure covers this."""
    signs = {f"{one.place} {sign}": strength for sign, strength in _common(figure, scope).items()}
    if one.link is None:
        signs[f"none rules {by_rules is None}"] = 1.0
    else:
        signs[f"rules {_agrees(by_rules, one.link)}"] = 1.0
    return signs


def candidates(figure: Figure, sentence: Sentence, unchecked: Link | None, memory: Memory) -> list[Candidate]:
    """None first, then all models that are spoken of and not only compared with, each with its signs.

    Without any the list is empty.

    Args:
        figure: The figure.
        sentence: Its sentence.
        unchecked: The model that the rules would give it if it covered a model's cost.
        memory: What the document has spoken of before.
    """
    models = [
        name
        for name in sentence.names
        if name.kind == "model" and name.name and not is_only_compared(figure, name, sentence)
    ]
    recorded = {record.model: record for record in agreeing(figure)}
    links = list(_links(figure, sentence, models, memory))
    known = {link.name.name for link in links}
    links += _of_record(figure, sentence, recorded, known, memory)
    links += [link for link in (unchecked,) if link and link.name.name and link.name.name not in known]
    if not links:
        return []
    around = _Around(figure, sentence, memory)
    found = [Candidate(None, "none", _of_none(figure, sentence, unchecked, len(models), len(links), around))]
    by_place: dict[str, dict[str, float]] = {}
    for link in links:
        is_here = link.place in ("clause", "sentence") and link.name in models
        side = "before" if link.name.end <= figure.start else "behind"
        place = side if is_here else link.place
        if is_here:
            signs = _in_sentence(link.name, figure, sentence, models)
        else:
            if place not in by_place:
                by_place[place] = _elsewhere(link.place, sentence, models, memory)
            signs = dict(by_place[place])
            _add_of_passage(link, signs, models, memory)
        _add_of_name(link.name, place, models, around, signs)
        signs[f"unchecked {_agrees(unchecked, link)} {unchecked.place if unchecked else None}"] = 1.0
        signs[f"{place} of {min(len(known), 4)}"] = 0.5
        if record := recorded.get(link.name.name):
            signs["agrees with the record"] = 1.0
            signs[f"{place} agrees {record.is_primary}"] = 0.7
        elif recorded:
            signs[f"{place} another agrees"] = 0.5
        found.append(Candidate(link, place, signs))
    return found


def _links(figure: Figure, sentence: Sentence, models: Sequence[Name], memory: Memory) -> Iterator[Link]:
    """Where each model stands that is spoken of: in the sentence, before it, behind it, in headings, in the title."""
    clause = sentence.clause_of(figure.start)
    for name in models:
        yield Link(name, "clause" if sentence.clause_of(name.start) == clause else "sentence")
    seen = {name.name for name in models}
    above = [name for _, names, _ in reversed(memory.headings) for name in names]
    places: tuple[tuple[Place, Iterable[Name]], ...] = (
        ("passage", memory.spoken.values()), ("later", sentence.later), ("heading", above), ("title", memory.title)
    )  # fmt: skip
    for place, names in places:
        for name in names:
            if name.kind == "model" and name.name and name.name not in seen:
                seen.add(name.name)
                yield Link(name, place)


def _of_record(
    figure: Figure, sentence: Sentence, recorded: Mapping[str, Record], known: Set[str], memory: Memory
) -> Iterator[Link]:
    """Models that nothing names, whose maker is named and whose own figure in the ledger this is."""
    makers = {name.organisation for name in (*sentence.names, *memory.title) if name.organisation} | memory.makers
    for record in recorded.values():
        if record.model not in known and record.organisation in makers:
            yield Link(Name("model", record.model, figure.start, figure.start, record.organisation), "record")


class _Around:
    """Who acts in a sentence, and what it and the title speak of, as far as links ask."""

    def __init__(self, figure: Figure, sentence: Sentence, memory: Memory) -> None:
        self.titled = {name.name for name in memory.title if name.kind == "model"}
        self.is_of_family = linker.speaks_of_family(sentence)
        actors = actors_of(sentence)
        if figure.kind in ("price_per_gpu_hour", "price_per_node_hour"):
            actors = [name for name in actors if name.name not in CLOUDS]
        self.makers = {name.organisation for name in actors if name.start < figure.start}
        self.behind = {name.organisation for name in actors if name.start >= figure.start}
        self.is_state = any(name.kind == "state" for name in actors)

    def stands_to(self, maker: str | None) -> str:
        """How a model's maker stands to who acts."""
        if not self.makers and not self.behind:
            return "nobody"
        if maker is None:
            return "unknown"
        return "same" if maker in self.makers else "same behind" if maker in self.behind else "other"


def _common(figure: Figure, scope: Scope) -> dict[str, float]:
    """What a figure is, whosever it is."""
    signs = {f"kind {figure.kind}": 0.7, f"scope {scope}": 0.7, f"{figure.kind} {scope}": 0.7}
    if figure.is_difference:
        signs["difference"] = 1.0
    if figure.is_vague:
        signs["vague"] = 0.5
    return signs


def _of_none(
    figure: Figure, sentence: Sentence, unchecked: Link | None, models: int, links: int, around: _Around
) -> dict[str, float]:
    signs = {
        "none": 1.0,
        f"none unchecked {unchecked.place if unchecked else None}": 0.7,
        f"none models {min(models, 3)}": 0.5,
        f"none of {min(links, 4)}": 0.5,
        f"none models {min(models, 2)} of {min(links, 3)}": 0.5,
        f"none acting {bool(around.makers)} {around.is_state}": 0.5,
        f"none figures {min(len(sentence.figures), 4)}": 0.3,
    }
    if linker.speaks_of_models(figure, sentence):
        signs["none in general"] = 1.0
    if is_of_kin(figure, sentence, sentence.start):
        signs["none of kin"] = 1.0
    size = int(math.log10(max(figure.high, 1.0)))
    signs[f"none {'money' if figure.kind in MONEY_KINDS else figure.kind} size {size}"] = 0.3
    before, after = sentence.around(figure)
    for side, words in (("before", before), ("after", after)):
        for at, word in enumerate(words[:REACH]):
            strength = 0.6 / (1 + at / 4)
            for sign in _signs_at(f"none {side}", word.text):
                if signs.get(sign, 0.0) < strength:
                    signs[sign] = strength
    return signs


def _agrees(rules: Link | None, link: Link) -> str:
    """How a candidate stands to what the rules say."""
    if rules is None:
        return "none"
    if rules.name.name == link.name.name:
        return "this"
    stems = linker.stem_of(rules.name), linker.stem_of(link.name)
    return "kin" if stems[0] == stems[1] else "another"


def _add_of_name(name: Name, place: str, models: Sequence[Name], around: _Around, signs: dict[str, float]) -> None:
    """Add whose the model is, whether the title names it, and whether it is a member of a family."""
    signs[f"{place} maker {around.stands_to(name.organisation)}"] = 0.7
    if around.titled:
        signs[f"{place} titled {name.name in around.titled} {min(len(around.titled), 2)}"] = 0.7
    if name.size:
        signs[f"{place} sized"] = 0.5
        signs["sized"] = 0.5
    if around.is_of_family:
        signs[f"{place} together {bool(name.size)}"] = 1.0
    if any(other.size and not name.size and linker.stem_of(other) == name.name for other in models):
        signs["family of one here"] = 0.7


def _in_sentence(name: Name, figure: Figure, sentence: Sentence, models: Sequence[Name]) -> dict[str, float]:
    is_before = name.end <= figure.start
    side = "before" if is_before else "behind"
    low, high = (name.end, figure.start) if is_before else (figure.end, name.start)
    words = sentence.words_between(low, high)
    kind = linker.class_of(figure)
    rivals = sum(linker.class_of(other) == kind and low <= other.start < high for other in sentence.figures)
    any_figure = sum(low <= other.start < high for other in sentence.figures)
    others = sum(low <= other.start < high and other.name != name.name for other in models)
    clauses = int(min(abs(sentence.clause_of(name.start) - sentence.clause_of(figure.start)), 3))
    step = next((at for at, most in enumerate(STEPS) if words <= most), len(STEPS))
    signs = {
        side: 1.0,
        f"{side} words {step}": 0.8,
        f"{side} rivals {min(rivals, 2)}": 0.8,
        f"{side} figures {min(any_figure, 2)}": 0.5,
        f"{side} names {min(others, 2)}": 0.8,
        f"{side} clauses {clauses}": 0.6,
        f"{side} rivals {min(rivals, 1)} names {min(others, 1)} clauses {min(clauses, 1)}": 0.8,
        f"{side} first {models[0] is name}": 0.5,
        f"{side} alone {len({one.name for one in models}) == 1}": 0.5,
        "score": max(-3.0, min(4.0, linker.score_of(figure, name, sentence))) / 3,
    }
    lead = sentence.text[max(sentence.start, name.start - LEAD) : name.start]
    for sign, said in (("compared", COMPARED), ("basis", BASIS), ("example", EXAMPLE), ("left out", LEFT_OUT)):
        if said.search(lead):
            signs[f"{side} {sign}"] = 1.0
    if is_aside(name, sentence):
        signs[f"{side} aside"] = 0.7
    if owners.is_of_another(figure, name, sentence):
        signs["of another"] = 1.0
    bound = owners.bound_model(figure, sentence)
    if bound is not None:
        signs[f"bound {bound is name}"] = 1.0
    _add_between(signs, side, low, high, sentence)
    for end, tokens in (("lead", _before(name, sentence)), ("tail", _behind(name, sentence))):
        for at, token in enumerate(tokens):
            signs[f"{side} {end} {at} {token}"] = 0.5
            signs |= {f"{side} {end} {at} <{one}>": 0.5 for one in classes_of(token)}
    return signs


def _add_between(signs: dict[str, float], side: str, low: int, high: int, sentence: Sentence) -> None:
    words = [token.text for token in sentence.tokens if low <= token.start < high]
    near_name, near_figure = (words[:BETWEEN], words[::-1][:BETWEEN]) if side == "before" else (
        words[::-1][:BETWEEN], words[:BETWEEN]
    )  # fmt: skip
    for end, found in (("name", near_name), ("figure", near_figure)):
        for at, word in enumerate(found):
            strength = 0.6 / (1 + at / 3)
            for sign in _signs_at(f"{side} {end}", word):
                if signs.get(sign, 0.0) < strength:
                    signs[sign] = strength
    if len(words) <= BESIDE + 1:
        signs[f"{side} only {' '.join(words)}"] = 1.0
    for mark in ",;:(":
        if mark in sentence.text[low:high]:
            signs[f"{side} {mark}"] = 0.5


@lru_cache(maxsize=20_000)
def _signs_at(place: str, word: str) -> tuple[str, ...]:
    """What a word at a place says: itself and its classes."""
    return f"{place} {stem(word)}", *(f"{place} <{one}>" for one in classes_of(word))


def _before(name: Name, sentence: Sentence) -> list[str]:
    found = [token.text for token in sentence.tokens if token.end <= name.start]
    return [stem(word) for word in found[::-1][:BESIDE]]


def _behind(name: Name, sentence: Sentence) -> list[str]:
    found = [token.text for token in sentence.tokens if token.start >= name.end]
    return [stem(word) for word in found[:BESIDE]]


def _elsewhere(place: Place, sentence: Sentence, models: Sequence[Name], memory: Memory) -> dict[str, float]:
    """What speaks for and against any model that stands somewhere else."""
    here = _here(models)
    signs = {
        place: 1.0,
        f"{place} here {here}": 0.8,
        f"{place} spoken {min(len(memory.spoken), 3)}": 0.5,
    }
    if place == "title":
        signs[f"title of {min(sum(one.kind == 'model' for one in memory.title), 3)}"] = 0.7
        signs[f"title spoken {min(len(memory.spoken), 2)} here {here}"] = 0.7
    text = sentence.text[sentence.start : sentence.end]
    for at, token in enumerate(sentence.tokens[:2]):
        signs[f"{place} opens {at} {stem(token.text)}"] = 0.5
    if linker.says_the_model(text):
        signs[f"{place} says the model"] = 0.8
    return signs


def _add_of_passage(link: Link, signs: dict[str, float], models: Sequence[Name], memory: Memory) -> None:
    """Add whether a model that the passage has spoken of is what it speaks of."""
    if link.place != "passage":
        return
    name, here = link.name, _here(models)
    is_topic = memory.model is not None and memory.model.name == name.name
    is_last = any(one.name == name.name for one in memory.last)
    first = next(iter(memory.spoken), None) == name.name
    signs[f"passage topic {is_topic} {memory.is_far}"] = 0.8
    signs[f"passage last {is_last} {min(len(memory.last), 2)}"] = 0.8
    signs[f"passage topic {is_topic} last {is_last} here {here}"] = 0.8
    signs[f"passage first {first}"] = 0.5
    if memory.moved_to:
        signs["passage moved"] = 0.7
    if memory.aside is not None:
        signs[f"passage aside {memory.aside.name == name.name}"] = 0.7


def _here(models: Sequence[Name]) -> int:
    """How many models the sentence names, two at most."""
    return min(len({one.name for one in models}), 2)
