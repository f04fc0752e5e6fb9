"""From sums of cues to a scope: what the kind of a figure, its neighbours, its size and its owner add."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from pipeline.claims import currencies, learned
from pipeline.claims.actors import actors_of
from pipeline.claims.attributes import noun_of
from pipeline.claims.doubts import SERVED
from pipeline.claims.figures import Figure
from pipeline.claims.frames import leaves_out, subject_of
from pipeline.claims.governed import CLOSE, OF_A_MODEL, Frame, frame_of
from pipeline.claims.learned import LARGEST_RUN
from pipeline.claims.lexicon import chip_signs, machines, price_signs, scope_signs
from pipeline.claims.linker import Link
from pipeline.claims.opinion import Opinion
from pipeline.claims.parts import is_part, is_worth
from pipeline.claims.purchases import acquires, builds_machine, buys, is_for, is_on_chips, machine_with, runs_machines
from pipeline.claims.rates import price_by_hour, price_of_other
from pipeline.claims.scope import (
    MARKS,
    PREVIOUS,
    Decision,
    Sentence,
    Sums,
    cue_for,
    decide,
    weighed,
)
from pipeline.claims.signs import Heard, signs_of
from pipeline.facts import Scope

# What the cues of a sentence get besides, each with its reason.
WITH_MODEL = 1.1  # a model in the sentence: its training is meant unless words say otherwise
WITH_REMEMBERED_MODEL = 0.5
_SEARCHES = re.compile(
    r"\b(?:hyper-?parameter|ablations?|experiments?|sweeps?|preliminary|exploratory|prototyp\w+|failed|crashed"
    r"|aborted|trial runs"
    r"|including (?:ablations|experiments))\b",
    re.IGNORECASE,
)
WITH_MODEL_ALONE, ACQUISITION = 0.6, 3.4
_SPENDS = re.compile(
    r"\b(?:costs?|costing|spen[dt]\w*|price tag|bill(?:ed|s)?\b(?!ion)|budgets?|invoice\w*|paid|pays?|pay"
    r"|expens\w*|train\w*|entra[iî]n\w*"
    r"|entren\w*|addestra\w*|trein\w*|build(?:s|ing)?|built|develop\w*|comput\w*|gpus?|gpu-hours|run|runs"
    r"|estimat\w*|put (?:at|\w+ at)"
    r"|puts|price|sum|figure|money|kost\w*|co[uû]t\w*|cost[oóe]\w*|outlay\w*|tab|for just|for only|for under"
    r"|made|mak(?:e|es|ing))"
    r"|训练|成本|花费|学習|費用",
    re.IGNORECASE,
)
OF_ITS_NOUN = 6.0  # "a $4.2 billion valuation", "a gift of $50 million"
NAMED_FOR_SURE = ("other_not_cost", "funding", "hardware_capex")  # scopes that an amount's own noun says
OF_ITS_SUBJECT = 2.2  # "the clusters cost $600 million": what the verb before the amount is said of
RUNS_MACHINES = 4.5
LEAVES_OUT = 3.0  # what is left out is said: the rest is the run
FOR_A_PURPOSE = 2.5  # "builds a cluster of 200,000 GPUs to train Grok": the chips are there for more than the run
SPOKEN_OF = {"passage": 0.9, "heading": 0.9, "title": 0.5, "table": 1.1, "clause": 1.1, "sentence": 1.1}
BESIDE_HOURS = 1.8  # the amount stands beside GPU-hours or a price per hour: their product
BESIDE_UNIT_PRICE = 1.8  # beside a price per chip: the chips bought
LEAST_OWN = 0.8  # cues that weigh less leave an amount to the amount it follows: "$6.2bn in all, Cerebras alone $1.1bn"
STATE_ACTS = 2.2  # the nearest actor before the amount is a state
PER_DAY, DAILY_OF_MODEL = 2.0, 1.5
_DAILY = ("day", "daily")
FOR_CHIPS, BESIDE_CHIPS = 2.4, 0.6
BUYS_CHIPS = 3.0  # "$40bn on 400,000 GB200 chips", "50,000 GPUs, an investment of $500 million"
OF_A_COMPANY, LEAST_INVESTMENT = 0.5, 1e7
LARGE, LARGE_RUN = 3e9, 1e9  # USD: no single model, and few runs, are said to have cost so much by 2026
TOO_LARGE = -2.0
LEAST_PLAN, TOO_SMALL = 2e7, -1.2  # USD: no company's plan for AI as a whole is as small
FLEET_UNLESS_SAID = 0.7


_MAKES = re.compile(
    r"\b(?:(?:pre-?|re)?train(?:s|ed|ing)?|buil[dt](?:s|ing)?|develop(?:s|ed|ing)?|creat(?:e[sd]?|ing)|ma(?:de"
    r"|k(?:es?|ing))"
    r"|fine-?tun(?:e[sd]?|ing)|produc(?:e[sd]?|ing)|making of|creation of|development of|training of"
    r"|comput(?:e|ing)(?: power)? (?:behind|for)"
    r"|entra[iî]n\w*|entrena\w*|train(?:iert|ieren)|addestra\w*)"
    r"(?: (?:the|its|their|a|an|our|new|flagship|own|of|for|de|la|le|von|del|original|first|last|model|system"
    r"|large|largest"
    r"|smaller|bigger|entire|whole|full|big|little|famous|latest|all-new)){0,4} ?$",
    re.IGNORECASE,
)
_WAS_MADE = re.compile(
    r"(?:,? (?:which|that))? (?:was|were|is|has been|had been|been|being) (?:\w+ly )?(?:pre-?)?(?:trained|built"
    r"|developed|made|created)",
    re.IGNORECASE,
)
_SPENT_ON = re.compile(
    r",? (?:on|for|into) (?:which|whom) (?:[\w'-]+ ){0,5}(?:spen[dt]s?|paid|poured|sank|put|laid out)\b"
)
MAKING = 1.3  # the model stands where the verb of its making wants it: "spent on building DBRX"
A_STAGE = 1.0  # a stage that weighs so much is what was made
BUILT_IS_MODEL = 0.4  # "building" speaks of the model then, and of no cluster
SUBSCRIPTION, LEAST_RUN = 3.0, 1.0  # USD a month a person may pay; no run costs less than the second
MOST_SUBSCRIPTION = 2_000
_PER_MONTH_OR_YEAR = ("month", "year", "mo", "yr", "monthly", "annually")


def opinion_of(
    figure: Figure, sentence: Sentence, link: Link | None, around: Sequence[Sentence], before: Figure | None = None
) -> Opinion:
    """What a figure covers.

    Args:
        figure: The figure.
        sentence: Its sentence.
        link: The model it would be linked to.
        around: Sentences that speak where its own is silent: the one before, the heading, the title.
        before: The amount of money before it in the sentence.
    """
    if figure.kind == "price_per_gpu":
        return Opinion(Decision("hardware_capex"))
    if figure.kind == "tokens" and (served := SERVED.match(sentence.text, figure.end)):
        return Opinion(Decision("inference", served[0].strip()))
    if figure.kind in ("duration", "tokens"):
        return Opinion(Decision("final_run"))
    if figure.kind == "money":
        return _money(figure, sentence, link, around, before)
    if figure.kind == "gpu_count" and (machine := machine_with(figure, sentence)):
        return Opinion(Decision("fleet", machine))
    if figure.kind == "gpu_count":
        by_rules, sums, known = *_count(figure, sentence, link, around), chip_signs()
    else:
        by_rules, sums, known = _price(figure, sentence, link), {}, price_signs()
    heard = Heard(sums, link, figure.high, {"rules": by_rules.scope})
    signs = signs_of(figure, sentence, heard, around)
    scope = learned.likeliest(learned.shares_of(signs.strengths, known))
    if scope not in (by_rules.scope, "unknown"):
        by_rules = Decision(scope, cue_for(scope, sums) or learned.words_for(scope, signs, known))
    return Opinion(by_rules, signs=signs)


def _price(figure: Figure, sentence: Sentence, link: Link | None) -> Decision:
    """What rules make of a price or of accelerator hours."""
    if figure.kind == "gpu_hours":
        return _hours(figure, sentence, link)
    return price_of_other(figure, sentence) if figure.kind == "price_other" else price_by_hour(sentence, link)


def _hours(figure: Figure, sentence: Sentence, link: Link | None) -> Decision:
    near = sentence.text[max(sentence.start, figure.start - 60) : figure.end + 80]
    if (
        link
        and link.name.size is None
        and (
            said := re.search(
                r"cumulative|together|combined|altogether|in total, of which|all (?:\w+ )?models|family", near
            )
        )
    ):
        return Decision("training_total", said[0])
    behind = sentence.text[figure.end : min(sentence.end, figure.end + 50)]
    if said := re.search(r"experiments?|research|ablations?|failed", behind):
        return Decision("rnd_total", said[0])
    lead = sentence.text[max(sentence.start, figure.start - 80) : figure.start]
    if (said := _SEARCHES.search(lead)) and sentence.clause_of(figure.start) == sentence.clause_of(
        figure.start - len(lead) + said.start()
    ):
        return Decision("rnd_total", said[0])
    if said := re.search(r"inference|serving", near):
        return Decision("inference", said[0])
    return Decision("final_run")


def _count(figure: Figure, sentence: Sentence, link: Link | None, around: Sequence[Sentence]) -> tuple[Decision, Sums]:
    """What rules make of a count of accelerators, and what its cues weigh."""
    sums = weighed(figure, sentence, "count")
    beside = [other.kind for other in sentence.figures]
    if link and link.place in ("clause", "sentence"):
        _add(sums, "final_run", WITH_MODEL)
    elif link:
        _add(sums, "final_run", SPOKEN_OF[link.place])
    if (
        "gpu_hours" in beside
        or "duration" in beside
        or _KEY_OF_CHIPS.search(sentence.text, max(0, figure.start - 60), figure.start)
    ):
        _add(sums, "final_run", BESIDE_HOURS)
    purpose = _BUILT_TO_TRAIN.search(sentence.text, max(sentence.start, figure.start - 90), figure.start)
    if purpose and _TO_TRAIN.match(sentence.text, figure.end, sentence.end):
        _add(sums, "fleet", FOR_A_PURPOSE, purpose[0])
    if link and _is_making(link, figure, sentence):
        _add(sums, "final_run", MAKING)
        sums["fleet"] = [(weight * BUILT_IS_MODEL, cue) for weight, cue in sums.get("fleet", ())]
    _add(sums, "fleet", FLEET_UNLESS_SAID * (1.6 if figure.low >= 60_000 else 1.0))
    for other in around:
        _weigh_whole(sums, other, "count", PREVIOUS)
    decision = decide(sums)
    if decision.scope == "final_run" and link is None and not _says_training(sentence, around):
        return Decision("fleet"), sums  # chips that somebody is said to use, for no model in sight
    return decision, sums


_TRAINING_WORD = re.compile(
    r"train|\bruns?\b|\bran\b|fine-?tun|distil|stages?\b|phase|entra[iî]n|entren|addestr|trein|обуч|训练|学習|학습",
    re.IGNORECASE,
)


def _says_training(sentence: Sentence, around: Sequence[Sentence]) -> bool:
    """Whether a sentence, or the one before it, has a word of training, or hours and days beside the chips."""
    if any(other.kind in ("gpu_hours", "duration") for other in sentence.figures):
        return True
    near = (sentence, *around[:1])
    return any(_TRAINING_WORD.search(one.text, one.start, one.end) for one in near)


_BUILT_TO_TRAIN = re.compile(
    r"\b(?:buil(?:d|ds|ding|t)|buy(?:s|ing)?|bought|assembl\w+|expand\w*|construct\w*|plans?|owns?|operat\w+"
    r"|order(?:ed|s|ing)?"
    r"|acquir\w+|install\w*|deploy\w*|secur\w+|amass\w*)\b[^,;.]{0,60}$",
    re.IGNORECASE,
)
_KEY_OF_CHIPS = re.compile(
    r"(?:^|[\n|-] ?)\W{0,3}(?:number of )?(?:gpus?|hardware(?: type)?|devices|accelerators?|chips"
    r"|training hardware)\W{1,4}$",
    re.IGNORECASE,
)
_TO_TRAIN = re.compile(
    r"[^,;.]{0,50} (?:to|that will|which will) (?:be used to )?(?:train|develop|power|run)\b", re.IGNORECASE
)


def _money(
    figure: Figure, sentence: Sentence, link: Link | None, around: Sequence[Sentence], before: Figure | None
) -> Opinion:
    noun = noun_of(figure, sentence)
    if sure := _surely(figure, sentence, noun):
        return Opinion(sure)
    sums = weighed(figure, sentence, "money")
    subject = subject_of(figure, sentence)
    _add_neighbours(sums, figure, sentence)
    _add_owner(sums, figure, sentence, link)
    if subject:
        _add(sums, subject.scope, OF_ITS_SUBJECT, subject.cue or "")
    if noun:
        _add(sums, noun.scope, OF_ITS_NOUN, noun.cue or "")
    if denial := leaves_out(figure, sentence, sentence.following):
        _add(sums, "final_run", LEAVES_OUT, denial)
    _add_actor(sums, figure, sentence)
    _add_size(sums, figure)
    if acquires(figure, sentence):
        _add(sums, "other_not_cost", ACQUISITION, "bought")
    usd = dollars(figure, figure.high)
    said: dict[str, Scope | None] = {
        "noun": noun.scope if noun else None,
        "subject": subject.scope if subject else None,
    }
    holds = {
        "machines": runs_machines(figure, sentence),
        "says little": _own(sums) < LEAST_OWN,
        "part": before is not None and is_part(before, figure, sentence),
        "worth": before is not None and is_worth(before, figure, sentence),
    }
    frame = frame_of(figure, sentence, is_linked=link is not None)
    if framed := _by_frame(frame, sentence, usd, is_first=before is None):
        return Opinion(framed)
    heard = Heard(sums, link, usd, said, frozenset(rule for rule, is_so in holds.items() if is_so), frame)
    signs = signs_of(figure, sentence, heard, around)
    shares: dict[Scope, float] = learned.shares_of(signs.strengths, scope_signs())
    if usd >= LARGEST_RUN:
        shares["final_run"] = 0.0
    is_subject_made = frame.making >= CLOSE and subject is not None and subject.scope in OF_A_MODEL
    if is_subject_made or frame.making >= SURELY_MADE or _IN_TRAINING_COSTS.match(sentence.text, figure.end):
        of_model = sum(shares[scope] for scope in OF_A_MODEL)
        shares = {scope: share / of_model if scope in OF_A_MODEL else 0.0 for scope, share in shares.items()}
    has_cue = any(cue for scope in OF_A_MODEL for _, cue in sums.get(scope, ()))
    is_bare = link is None and not has_cue and frame.making == 0
    opinion = Opinion(
        Decision("unknown"), shares, sums, signs, frame, is_bare=is_bare, is_of_machines=holds["machines"]
    )
    return replace(opinion, decision=opinion.decided_on(opinion.likeliest(shares)))


def _by_frame(frame: Frame, sentence: Sentence, usd: float, *, is_first: bool) -> Decision | None:
    """What an amount covers by its frame alone: what one run costs, or what goes on with a cost told before."""
    if frame.goes_on and is_first and sentence.told in OF_A_MODEL:
        return Decision(sentence.told, frame.cue)
    return Decision("final_run", frame.run) if frame.run and usd < LARGEST_RUN else None


_EVALUATING = re.compile(r" on (evaluating|benchmarking)\b", re.IGNORECASE)
_APPOSED = re.compile(r", (?:now )?at (?:about |around |some |nearly )?$")  # "the economy, at $2 trillion, is small"
SURELY_MADE = 2.0  # what is made stands right behind: "$200 fine-tuning it"
_IN_TRAINING_COSTS = re.compile(r" (?:in|of) (?:\w+ )?(?:training|pre-?training) (?:costs?|compute)\b", re.IGNORECASE)


def _surely(figure: Figure, sentence: Sentence, noun: Decision | None) -> Decision | None:
    """What an amount covers whatever stands around: a difference, a valuation, a loan, a machine."""
    if figure.is_difference:
        return Decision("other_not_cost", "difference")
    if said := _EVALUATING.match(sentence.text, figure.end):
        return Decision("inference", said[1])
    if (thing := _APPOSED.search(sentence.text, sentence.start, figure.start)) and any(
        head.end == thing.start() and head.entry.part in ("act", "thing") for head in sentence.heads
    ):
        return Decision("other_not_cost", sentence.text[sentence.start : thing.start()].split()[-1])
    if noun and noun.scope in NAMED_FOR_SURE:
        return noun
    machine = builds_machine(figure, sentence)
    return Decision("hardware_capex", machine) if machine else None


def dollars(figure: Figure, amount: float) -> float:
    """An amount in US dollars, near enough for bounds."""
    return amount * currencies.IN_USD.get(figure.currency or "USD", 1.0)


def size_of(figure: Figure) -> tuple[bool, ...]:
    """All that an amount's size has to do with its scope: figures alike in it and in their words cover the same."""
    bounds = (LEAST_RUN, MOST_SUBSCRIPTION, LEAST_INVESTMENT, LEAST_PLAN, LARGEST_RUN, LARGE, 60_000)
    return (*(figure.high < bound for bound in bounds), *(figure.low < bound for bound in bounds))


@lru_cache(maxsize=2048)
def speaks_of_training(text: str) -> bool:
    """Whether a header's words are those of making a model."""
    cues = Sentence.of(text, 0, len(text), (), ()).cues
    return any(cue.entry.scope in ("final_run", "training_total", "rnd_total") for cue in cues)


_FIRM = re.compile(
    r"\b(?:the (?:firm|company|lab|start-?up|group|fund)|its parent|parent company|as a company|company's"
    r"|over its history|wants?|by the end of (?:the year|20\d\d|this year|next year)"
    r"|everything|owns|itself|whole fleet|fleet|total server|all its|construction|data cent(?:re|er))\b",
    re.IGNORECASE,
)


def is_of_a_firm(figure: Figure, sentence: Sentence) -> bool:
    """Whether a sentence speaks of what a firm has, by its name or as the firm."""
    if any(name.end <= figure.start for name in actors_of(sentence) if name.kind == "organisation"):
        return True
    if machines(surely=True).search(sentence.text, sentence.start, sentence.end):
        return True  # a machine has a life beyond the model that was spoken of
    return _FIRM.search(sentence.text, sentence.start, sentence.end) is not None


def _is_making(link: Link, figure: Figure, sentence: Sentence) -> bool:
    """Whether the model is the object of a verb of making, near the figure."""
    if (
        link.place not in ("clause", "sentence")
        or abs(sentence.clause_of(link.name.start) - sentence.clause_of(figure.start)) > 1
    ):
        return False
    lead = sentence.text[max(sentence.start, link.name.start - 50) : link.name.start]
    behind = link.name.end
    return bool(
        _MAKES.search(lead)
        or _WAS_MADE.match(sentence.text, behind)
        or _SPENT_ON.match(sentence.text, behind, figure.start + 1)
    )


def _strongest(sums: Sums, scope: Scope) -> float:
    return max((weight for weight, _ in sums.get(scope, ())), default=0.0)


def _own(sums: Sums) -> float:
    """The weight of the strongest cue that is words."""
    return max((weight for parts in sums.values() for weight, cue in parts if cue), default=0.0)


def _add(sums: Sums, scope: Scope, weight: float, cue: str = "") -> None:
    if weight < 0:
        sums[scope] = [(part + weight / max(1, len(sums[scope])), words) for part, words in sums.get(scope, [])]
    else:
        sums.setdefault(scope, []).append((weight, cue))


def _add_neighbours(sums: Sums, figure: Figure, sentence: Sentence) -> None:
    beside = {other.kind for other in sentence.figures if abs(other.start - figure.start) < 110}
    is_hourly = bool(beside & {"gpu_hours", "price_per_gpu_hour", "price_per_node_hour"})
    if is_hourly and not _joined_with_hours(figure, sentence):
        _add(sums, "final_run", BESIDE_HOURS)
    if runs_machines(figure, sentence):
        _add(sums, "rnd_total", RUNS_MACHINES, "to run")
    if "price_per_gpu" in beside:
        _add(sums, "hardware_capex", BESIDE_UNIT_PRICE)
    if any(other.kind == "gpu_count" and buys(figure, other, sentence.text) for other in sentence.figures):
        _add(sums, "hardware_capex", BUYS_CHIPS)
    elif is_on_chips(figure, sentence) or any(
        name.kind == "hardware" and is_for(figure, name, sentence.text) for name in sentence.names
    ):
        _add(sums, "hardware_capex", FOR_CHIPS)
    elif "gpu_count" in beside and not beside & {"gpu_hours", "duration", "price_per_gpu_hour"}:
        _add(sums, "hardware_capex", BESIDE_CHIPS)


def _joined_with_hours(figure: Figure, sentence: Sentence) -> bool:
    """Whether hours only stand beside an amount, and it is no product of them: "$6M and 2788K hours"."""
    return any(
        other.kind == "gpu_hours"
        and re.match(r" and (?:about |some |roughly )?$", sentence.text[figure.end : other.start])
        for other in sentence.figures
        if other.start > figure.end
    )


def _add_owner(sums: Sums, figure: Figure, sentence: Sentence, link: Link | None) -> None:
    """A model's amount is taken for the cost of its training, a company's for an outlay, unless words weigh more."""
    if link and figure.per in _DAILY and link.place in ("clause", "sentence"):
        _add(sums, "inference", DAILY_OF_MODEL)  # what a model costs by the day is running it
    if link:
        _add(sums, "training_total", _prior_of(link, sentence))
        if _is_making(link, figure, sentence) and _strongest(sums, "final_run") < A_STAGE:
            _add(sums, "training_total", MAKING, sentence.text[link.name.start : link.name.end])
    elif actors_of(sentence) and figure.high >= LEAST_INVESTMENT:
        _add(sums, "company_investment", OF_A_COMPANY)


def _prior_of(link: Link, sentence: Sentence) -> float:
    """How far a model that is spoken of makes an amount its own, where no word says that it paid for anything."""
    spends = _SPENDS.search(sentence.text, sentence.start, sentence.end) is not None
    if link.place in ("clause", "sentence"):
        return WITH_MODEL if spends else WITH_MODEL_ALONE
    return WITH_REMEMBERED_MODEL if spends or link.place == "table" else 0.0


def _add_size(sums: Sums, figure: Figure) -> None:
    """What the size of an amount, and the time it is for, rule out."""
    low, high = dollars(figure, figure.low), dollars(figure, figure.high)
    if figure.per in _DAILY:
        _add(sums, "inference", PER_DAY)
    if figure.per in _PER_MONTH_OR_YEAR and high < MOST_SUBSCRIPTION:
        _add(sums, "other_not_cost", SUBSCRIPTION)
    if high < LEAST_RUN:
        _add(sums, "other_not_cost", SUBSCRIPTION)
    if high >= LARGEST_RUN:
        _add(sums, "final_run", TOO_LARGE)
    if high < LEAST_PLAN:
        _add(sums, "company_investment", TOO_SMALL)
    if high >= LARGE_RUN:
        _add(sums, "final_run", TOO_LARGE / 2)
        _add(sums, "training_total", TOO_LARGE / 4)
    if low >= LARGE:
        computing = [part for part in sums.get("training_total", ()) if "comput" in part[1].lower()]
        sums.setdefault("rnd_total", []).extend(computing)  # a year's computing, not one model's
        _add(sums, "training_total", TOO_LARGE)


def _add_actor(sums: Sums, figure: Figure, sentence: Sentence) -> None:
    """What it says that the actor before an amount, or else the one spoken of before, is a state or a programme."""
    actors = actors_of(sentence)
    before = [name for name in actors if name.end <= figure.start]
    if not before and actors and actors[0].kind == "state":
        _add(sums, "national_programme", STATE_ACTS / 2, sentence.text[actors[0].start : actors[0].end])
    speaks_of_models = any(name.kind == "model" for name in sentence.names)
    owner = sentence.owner if not actors and not speaks_of_models else None
    actor = before[-1] if before else owner
    if actor is None:
        return
    named = sentence.text[actor.start : actor.end] if before else ""
    if actor.kind == "state" and not _PRIVATE.search(sentence.text, sentence.start, sentence.end):
        company = sums.pop("company_investment", [])  # a state's pledge is no company's
        sums.setdefault("national_programme", []).extend((weight * 0.5, cue) for weight, cue in company)
        sums["company_investment"] = [(weight * 0.6, cue) for weight, cue in company]
        if not _NAMED_MACHINE.search(sentence.text, sentence.start, sentence.end):
            sums["hardware_capex"] = [(weight * 0.5, cue) for weight, cue in sums.get("hardware_capex", ())]
        _add(sums, "national_programme", STATE_ACTS, named)
    if before and actor.kind == "programme":
        _add(sums, "company_investment", STATE_ACTS, named)


_PRIVATE = re.compile(r"\bprivate(?:ly)?\b", re.IGNORECASE)
_NAMED_MACHINE = re.compile(
    r"cluster|supercomput|machine|system|servers|superordenador|superrechner|supercalculateur|supercomputador"
    r"|スーパーコンピュータ|超级计算机",
    re.IGNORECASE,
)


def _weigh_whole(sums: Sums, sentence: Sentence, figures: str, factor: float) -> None:
    """The cues of another sentence, at a part of their weight, wherever they stand in it."""
    for cue in sentence.cues:
        if cue.entry.figures == figures and cue.entry.scope not in MARKS:
            _add(sums, cue.entry.scope, cue.entry.weight * factor, sentence.text[cue.start : cue.end])
