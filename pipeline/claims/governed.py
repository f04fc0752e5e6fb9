"""Whether an amount may be filed as what a model cost: only where a frame of cost governs it.

The rule. An amount is governed by the word whose object or complement it is: the verb before it ("spent $5 million"),
the noun before "of" or a colon ("a budget of $5 million"), the verb that "for", "at" or "with" belongs to ("trained for
$5 million"), what stands right behind it ("a $5 million run"), or, where it begins its clause, the verb behind it ("$5
million went into the run"). Where that word is one of making, paying or costing, said of a model or a run, the amount
may be filed as a model's cost. Where it is a word of something else (a fine, a share, a wage, a lease), or one that is
not known here and no making stands near, it may not, however prominently a model is named around it. The words stand
in ``claim_frames.csv``; a weight above 1 says that the amount is that word's own whatever it is for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.claims.elsewhere import elsewhere, listed_behind
from pipeline.claims.figures import Figure
from pipeline.claims.hanging import BEFORE_VERB, VERBS, Hanging, Parts
from pipeline.claims.lexicon import FramePart
from pipeline.claims.scope import Sentence
from pipeline.claims.subjects import subject_of
from pipeline.facts import Scope

OF_A_MODEL: tuple[Scope, ...] = ("final_run", "training_total", "rnd_total")
"""The scopes that are a model's cost."""
MOST_LISTED = 3
CLOSE, NEAR = 0.5, 0.35  # how much a making must count that stands for what is not said
_MAKES: Parts = frozenset[FramePart](("make", "build", "run", "compute", "research"))
_COMPUTING: Parts = frozenset[FramePart](("compute",))
_MADE: Parts = _MAKES | frozenset[FramePart](("model",))
_OF_COST: Parts = _MADE | frozenset[FramePart](("pay", "sum"))
_OF_A_RUN: Parts = frozenset[FramePart](("make", "run", "research", "model"))
_OF_SOME_MODEL: Parts = frozenset[FramePart](("model",))
_ALIEN: Parts = frozenset[FramePart](("act", "thing"))
_ADJUNCT = frozenset(["for", "with", "at", "on", "under", "within", "below", "by"])
_OF = frozenset(["of", "von", "de", "di"])
_LABEL = re.compile(r"[:=(\u2014]|, ?$")
_MORE = re.compile(
    r"\b(?:more|greater|larger|exceed\w*|above|over|beyond|at least|pass\w*|threshold|upwards?)\b", re.IGNORECASE
)
LONGEST_BOUND = 40  # characters before an amount in which a law says that it begins there
_PER = re.compile(
    r" (?:per|each|an?) (?!half\b|day\b|week\b|month\b|quarter\b|year\b|hour\b|gpu\b)(?=\w)", re.IGNORECASE
)
_BEFORE_NOUN = frozenset(["a", "an", "the", "my", "our", "its", "their", "his", "her", "s", "another"])
# "It" stands for whatever the linker finds; these stand for an amount.
_SAID_BEFORE = frozenset(["this", "that", "figure", "number", "sum", "bill", "cost", "costs", "price", "total"])
_BRINGS_IT_TO = re.compile(
    r"\b(?:br(?:ings?|ought)|cuts?|push(?:es|ed)?|drives?|drove|lowers?|lowered|gets?|reduces?|takes?|took)"
    r" (?:it|that|this|the (?:cost|bill|price|figure|total))(?: (?:down|up))? to (?:\w+ ){0,3}$",
    re.IGNORECASE,
)
_WHO_SAYS = frozenset(["everyone", "everybody", "people", "many", "some", "most", "we", "you", "he", "she", "i"])
_ASKS = frozenset(["demand", "demands", "demanded", "demanding", "want", "wants", "wanted", "ask", "asks", "asked"])
_GIVES = frozenset(["give", "gives", "gave", "given", "giving"])
_OWN = frozenset(["s", "own", "our", "its", "their", "my", "his", "her"])
_MONEYS = frozenset(["money", "cash", "funds", "fund"])  # "$12 million of the firm's money"
_GOES_ON = frozenset(["total", "totals", "sum", "all"])  # of what stood before
_PAYS = frozenset(["pay", "pays", "paid", "paying", "invest", "invests", "invested"])  # for anything at all
_SAID_OF_ITS_SUBJECT = frozenset(
    """cost costs costing priced worth went goes came comes runs ran is was were are fetched hit reached totalled
    totaled amounted works worked added adds swallowed took takes""".split()  # noqa: SIM905
)
_SPENDS = frozenset(
    """spend spends spent spending paid put puts poured dropped sank sunk sink sinks shelled burned burnt burns blew
    splashed ploughed plowed lavished laid""".split()  # noqa: SIM905
)
_HANDLES = frozenset(["getting", "bringing", "taking", "turning", "teaching", "shipping", "finishing"])
_STANDS_FOR = frozenset(
    "it they this that one ones both which them its their each former latter all others".split()  # noqa: SIM905
)
# What stands behind one of these within three words is no head: "the programme, with salaries and compute, cost".
_CASES = frozenset(
    ["with", "for", "of", "by", "from", "to", "against", "not", "in", "on", "without", "including", "excluding"]
)


@dataclass(frozen=True)
class Frame:
    """What governs an amount."""

    is_of_cost: bool
    cue: str | None = None
    """The word that governs it, where it is no word of cost."""
    is_known: bool = False
    """Whether that word is known to be one of something else."""
    making: float = 0.0
    """How surely it is a model's: 2 where what is made stands right behind ("$200 fine-tuning it"), 1 where a word of
    making governs it or it is spent on a model ("trained for", "spent on GPT-4"), less where a verb of costing is said
    of a model or a run, 0 where only nothing speaks against it."""
    run: str | None = None
    """The word for one run where the amount is said to be what a run costs: "each training run costs"."""
    goes_on: bool = False
    """Whether its verb is said of what was spoken of before: "this could jump to $10 billion", "brings it to $15"."""


def frame_of(figure: Figure, sentence: Sentence, *, is_linked: bool, depth: int = MOST_LISTED) -> Frame:
    """What governs an amount, and whether that lets it be a model's cost.

    Args:
        figure: The amount.
        sentence: Its sentence.
        is_linked: Whether a model is spoken of, here or before.
        depth: How many amounts before it in a list may be asked what governs them.
    """
    amount = Hanging(figure, sentence, is_linked)
    making = amount.nearness(_MAKES)
    if _BRINGS_IT_TO.search(sentence.text, sentence.start, figure.start):
        return Frame(is_of_cost=True, goes_on=True)
    is_said = amount.is_worked_out or _is_attribute_of_making(amount) or _is_spent_on_model(amount)
    found = _by_rule(amount) or _by_trail(amount) or (None if is_said else _by_governor(amount, making))
    if found is None and not is_said:
        found = _of_listed(amount, depth) or _of_others(amount)
    if found is not None:
        return found
    return Frame(is_of_cost=True, making=_making_of(amount), run=_run_of(amount), goes_on=_is_of_what_was_said(amount))


def _of_listed(amount: Hanging, depth: int) -> Frame | None:
    """What governs the amount that this one says again, or that it follows in a list, if that is nothing of cost."""
    listed = listed_behind(amount) if depth else None
    if listed is None:
        return None
    before, is_same = listed
    found = frame_of(before, amount.sentence, is_linked=amount.is_linked, depth=depth - 1)
    return found if not found.is_of_cost and (is_same or found.is_known) else None


def _of_others(amount: Hanging) -> Frame | None:
    found = elsewhere(amount)
    return None if found is None else Frame(is_of_cost=False, cue=amount.word(found), is_known=True)


def _is_of_what_was_said(amount: Hanging) -> bool:
    """Whether the amount is what something spoken of before comes to, and the sentence does not say what."""
    verb = next((one for one in amount.left if amount.is_verb(one)), None)
    if verb is None or not amount.of(verb) & {"pay", "be"}:
        return False
    first = amount.first_of(verb)
    head = subject_of(amount, verb)
    if head is None:  # "by 2027 this could jump to": what stands right before the verb
        head = next((at for at in amount.left if at < first and amount.word(at) not in BEFORE_VERB), None)
    if head is None:
        return False
    return amount.word(head) in _SAID_BEFORE or (amount.word(head) == "it" and not amount.is_linked)


SAID_OF_MODEL = 0.5
_RUNS = frozenset(["run", "runs", "cycle", "cycles"])
_RUNS_APART = frozenset(  # runs that are the way to a model, not the one that made it
    [
        "failed",
        "failing",
        "unsuccessful",
        "aborted",
        "experimental",
        "test",
        "trial",
        "smaller",
        "exploratory",
        "all",
        "benchmark",
        "evaluation",
        "eval",
        "inference",
    ]
)


def _run_of(amount: Hanging) -> str | None:
    """The word for a run that a verb of costing is said of, or that the amount is for one of: "per model run"."""
    words = amount.sentence.words
    behind = next((at for at in amount.right[:3] if amount.word(at) in _RUNS), None)
    if behind is not None and any(amount.word(at) == "per" for at in amount.right[: amount.right.index(behind)]):
        return amount.word(behind)
    verb = next((one for one in amount.left if amount.is_verb(one)), None)
    if verb is None or not amount.of(verb) & {"pay", "be"}:
        return None
    head = subject_of(amount, verb)
    if head is None or amount.word(head) not in _RUNS or not amount.of(head) & _OF_A_RUN:
        return None
    if any(words[at].text.lower() in _RUNS_APART for at in range(max(0, head - 3), head)):
        return None
    return amount.word(head)


def _making_of(amount: Hanging) -> float:
    at = amount.governor
    if at is not None and "make" in amount.of(at) and not amount.of(at) & _ALIEN:
        return 1.0
    if _is_for_making(amount) or _is_spent_on_model(amount):
        return 1.0 + _is_right_before_making(amount)
    verb = next((one for one in amount.left if amount.is_verb(one)), None)
    if verb is None or not amount.of(verb) & {"pay", "be"}:
        return 0.0
    head = subject_of(amount, verb)
    if head is None:
        return 0.0
    is_said = bool(amount.of(head) & _OF_A_RUN) or amount.is_model(head)
    return SAID_OF_MODEL if is_said or (amount.is_linked and amount.word(head) in _STANDS_FOR) else 0.0


def _is_right_before_making(amount: Hanging) -> bool:
    """Whether its making stands right behind: "burned through $200 fine-tuning seven models"."""
    if not amount.right:
        return False
    at = amount.right[0]
    is_gerund = "make" in amount.of(at) and amount.word(at).endswith(("ing", "fine", "pre"))
    return is_gerund and amount.sentence.text[amount.figure.end : amount.sentence.words[at].start] == " "


def _is_spent_on_model(amount: Hanging) -> bool:
    """Whether it is said to be spent on a model by its name: "the $100 million spent on GPT-4"."""
    if _is_opened_by_model(amount):
        return True
    spent = next((at for at in (*amount.right[:2], *amount.left) if amount.word(at) in _SPENDS), None)
    on = next((at for at in amount.right if amount.word(at) in ("on", "into", "for")), None)
    if spent is None or on is None:
        return False
    return any(amount.is_model(at) for at in amount.right if at > on)


def _is_opened_by_model(amount: Hanging) -> bool:
    """Whether its clause begins with a model that something was spent for: "For the original GPT-2 they had to pay"."""
    words = [amount.word(at) for at in amount.left]
    if not words or words[-1] != "for" or not any(word in _SPENDS or word == "pay" for word in words):
        return False
    return any(amount.is_model(at) for at in amount.left[-4:-1])


def _other(amount: Hanging, at: int) -> Frame:
    return Frame(is_of_cost=False, cue=amount.word(at), is_known=bool(amount.of(at) & {*_ALIEN, "people"}))


def _is_alien(parts: Parts) -> bool:
    return bool(parts & _ALIEN) and not parts & _OF_COST


def _is_for_making(amount: Hanging) -> bool:
    """Whether what stands behind says that it is for making: "to train", "on the training of", "in compute"."""
    for at in amount.right:
        parts = amount.of(at)
        if "sum" in parts and amount.word(at).startswith(("train", "pretrain")):
            return True  # "in training costs"
        if parts & _MAKES == _COMPUTING and not amount.is_linked:
            return False  # a state's or a firm's money for computing, and no model in sight
        if parts & _MAKES:
            return bool(parts & (_MAKES - {"build"})) or _is_built(amount, at)
        if parts & VERBS:
            return False
    return False


def _is_built(amount: Hanging, verb: int) -> bool:
    """Whether what is built is a model, or nothing else is said: "to build a chatbot", not "to build a cluster"."""
    objects = [at for at in amount.right if at > verb and not amount.is_filler(at)]
    if not objects:
        return True
    return any(amount.of(at) & {"model", "run", "make"} or amount.is_model(at) for at in objects[:3])


def _is_attribute_of_making(amount: Hanging) -> bool:
    """Whether a run or a model stands right behind: "the $1 billion model", "a $6 million training run"."""
    if not amount.right or not amount.of(amount.right[0]) & _OF_A_RUN:
        return False
    return amount.sentence.text[amount.figure.end : amount.sentence.words[amount.right[0]].start] in (" ", "-")


def _by_rule(amount: Hanging) -> Frame | None:
    """A law's threshold is nobody's cost: "would apply to models that cost more than $100 million"."""
    sentence, start = amount.sentence, amount.figure.start
    law = next((head for head in sentence.heads if head.entry.part == "law"), None)
    if law is None or not _MORE.search(sentence.text, max(sentence.start, start - LONGEST_BOUND), start):
        return None
    return Frame(is_of_cost=False, cue=sentence.text[law.start : law.end], is_known=True)


def _by_trail(amount: Hanging) -> Frame | None:
    """What stands right behind: "the $64,000 question", "$5 million in damages", "$3,000 a work"."""
    if not amount.right or _is_for_making(amount):
        return None
    first, end = amount.right[0], amount.figure.end
    if amount.sentence.text[end : amount.sentence.words[first].start] not in (" ", "-"):
        return None
    behind = [at for at in amount.right[1:3] if amount.word(at) not in _BEFORE_NOUN]
    second = behind[0] if behind and amount.word(first) in ("in", "of", "worth") else first
    if _is_alien(amount.of(second)) and "act" not in amount.of(second):
        return _other(amount, second)
    if amount.word(first) in ("say", "says") and not amount.left:
        return _other(amount, first)
    if _is_of_unknown_noun(amount, first):
        return _other(amount, first)
    if (thing := _worth_of(amount)) is not None:
        return _other(amount, thing)
    governor = amount.governor
    costs = governor is not None and bool(amount.of(governor) & {"pay", "sum"})
    if costs or len(amount.right) < 2 or not _PER.match(amount.sentence.text, end):
        return None
    thing = amount.right[1]
    return None if amount.of(thing) & {*_OF_COST, "be"} or amount.is_name(thing) else _other(amount, thing)


def _worth_of(amount: Hanging) -> int | None:
    """What the amount is worth of, where that is not known here: "$80,000 of memory sticks"."""
    if amount.word(amount.right[0]) != "of":
        return None
    things = [at for at in amount.right[1:] if not amount.is_filler(at)]
    if not things or amount.word(amount.right[-1]) in _STANDS_FOR:
        return None
    if any(amount.word(at) in _MONEYS and amount.word(at - 1) in _OWN for at in things):
        return None
    is_known = any(amount.of(at) - _ALIEN or amount.is_name(at) for at in things)
    return None if is_known else things[0]


def _is_of_unknown_noun(amount: Hanging, noun: int) -> bool:
    """Whether the amount only says how dear something is that is not known here: "a $50 hat", "the $20 pizza"."""
    if not amount.left or amount.word(amount.left[0]) not in _BEFORE_NOUN:
        return False
    if amount.of(noun) or amount.is_filler(noun) or amount.is_name(noun) or amount.is_verb(noun):
        return False
    if amount.word(noun) in _WHO_SAYS or (amount.word(noun) in _STANDS_FOR and _is_of_some_model(amount)):
        return False  # "the $5 million everyone quotes", "a $50M one"
    return not any(amount.of(at) & _MADE for at in amount.right[:3])


def _by_governor(amount: Hanging, making: float) -> Frame | None:
    at = amount.governor
    if at is None:
        return _by_verb_behind(amount, making)
    lead = amount.sentence.text[amount.sentence.words[at].end : amount.figure.start]
    between = [amount.word(one) for one in amount.left[: amount.left.index(at)]]
    preposition = next((word for word in between if word in _OF or word in _ADJUNCT), None)
    if _LABEL.search(lead):  # what stands before a colon or a bracket
        is_bought = lead.rstrip().endswith("(") and _is_object_of_another(amount, at)
        return _other(amount, at) if is_bought or (_is_alien(amount.of(at)) and making < NEAR) else None
    end = amount.sentence.words[at].end
    if "," in lead and not any(end <= begins <= amount.figure.start for begins in amount.sentence.breaks):
        return None  # an aside between commas would have parted the clause
    if preposition in _OF:
        return _by_noun(amount, at, making)
    if preposition in _ADJUNCT and "sum" not in amount.of(at):
        return _by_adjunct(amount, making)
    return _by_verb(amount, at, making)


def _is_object_of_another(amount: Hanging, at: int) -> bool:
    """Whether what a bracket prices is the object of a verb of something else: "would buy a Picasso ($67 million)"."""
    verb = next((one for one in amount.left if amount.is_verb(one)), None)
    return verb is not None and verb < at and _is_alien(amount.of(verb)) and not amount.of(at) & _OF_COST


def _by_noun(amount: Hanging, at: int, making: float) -> Frame | None:
    """The noun before "of": a lease of, a fund of; "a cost of" is one of costs."""
    parts = amount.of(at)
    if parts & _OF_COST or (_is_for_making(amount) and not amount.is_hard(at)):
        found = _by_subject(amount, at) if "sum" in parts else None
        return found if found is not None and found.is_known else None
    is_one = amount.word(at) in _STANDS_FOR and _is_of_some_model(amount)  # "a $10M model, and one of $100M"
    is_unknown = not (parts or is_one or amount.is_name(at) or amount.is_definite) and making < CLOSE
    return _other(amount, at) if _is_alien(parts) or is_unknown else None


def _by_adjunct(amount: Hanging, making: float) -> Frame | None:
    """The verb that "for", "at" or "with" belongs to."""
    verb = next((one for one in amount.left if amount.is_verb(one)), None)
    if verb is None or (_is_for_making(amount) and not amount.is_hard(verb)):
        return None
    parts = amount.of(verb)
    if "make" in parts:
        return None
    if parts & {"build", "pay", "be"}:
        is_any = "build" in parts and not _is_of_model(amount)  # "the bridge was built for"
        return _by_subject(amount, verb) or (_other(amount, verb) if is_any else None)
    is_unknown = not parts and making < CLOSE and not (_is_said_of_model(amount, verb) or _is_budget(amount))
    return _other(amount, verb) if _is_alien(parts) or is_unknown else None


def _is_of_model(amount: Hanging) -> bool:
    """Whether something of a model, or a word that stands for one, is in the amount's clause."""
    return amount.is_linked or any(
        amount.is_name(at) or amount.of(at) & (_MADE - {"build"}) or amount.word(at) in _STANDS_FOR
        for at in (*amount.left, *amount.right)
    )


def _by_verb(amount: Hanging, at: int, making: float) -> Frame | None:
    """The verb right before the amount, or beyond whom it is done to: "fined the lab $5 million"."""
    verbs = [one for one in amount.left if amount.is_verb(one)]
    if verbs and amount.is_name(at) and "make" in amount.of(verbs[0]):
        verbs = verbs[1:]  # "lent the lab that trained GPT-4 $5 million": its verb of making has its object already
    verb = verbs[0] if verbs else None
    if _is_for_making(amount) and not (verb is not None and amount.is_hard(verb)):
        made = {part for one in amount.right for part in amount.of(one) & _MAKES}
        is_loose = verb is not None and made <= {
            "build",
            "compute",
        }  # "a desk costs $5 to make", "a task took $5 of compute"
        return _by_subject(amount, verb) if is_loose and verb is not None else None
    if verb is not None and (_is_asked_by_model(amount, verb) or _is_given_as_cost(amount, verb)):
        return None
    if _is_alien(amount.of(at)) and (making < NEAR or verb == at):
        return _other(amount, at)
    if verb is None:
        return None
    parts = amount.of(verb)
    is_unknown = not parts and not amount.is_definite and not _is_said_of_making(amount, verb)
    is_of_any = amount.word(verb) in _PAYS and making < CLOSE and not (amount.is_timed or amount.is_of_tokens)
    if _is_alien(parts) or is_unknown or is_of_any or _is_on_another(amount, verb):
        return _other(amount, verb)
    return _by_subject(amount, verb) if parts & {"pay", "be", "sum"} else None


def _by_subject(amount: Hanging, verb: int) -> Frame | None:
    """What a verb of costing is said of: "the film cost", "the film rights to its story went for"."""
    head = subject_of(amount, verb)
    if head is None:
        return _by_first(amount, verb)
    if amount.is_name(head) or amount.word(head) in (*_STANDS_FOR, "project"):
        return None
    parts = amount.of(head)
    if parts & {*_MADE, "sum", "figure", "people", "pay"}:
        return None
    if amount.word(head) in _HANDLES and any(amount.is_model(at) for at in range(head, verb)):
        return None  # "getting Llama 3 out of the door took"
    if parts & _ALIEN:
        is_also_making = amount.word(head + 1) == "and" and bool(amount.of(head + 2) & {"make", "build"})
        return None if is_also_making else _other(amount, head)  # "testing and developing new models"
    is_said_of_it = amount.word(amount.first_of(verb)) in _SAID_OF_ITS_SUBJECT and not parts
    return _other(amount, head) if is_said_of_it else _by_first(amount, verb)


def _by_first(amount: Hanging, verb: int) -> Frame | None:
    """The first word of frames before a verb, where no head is found."""
    for at in reversed(amount.left[amount.left.index(verb) + 1 :]):
        parts = amount.of(at)
        if parts & (_MADE | {"sum"}) or amount.is_name(at):
            return None
        is_subject = "thing" in parts or ("act" in parts and amount.word(at).endswith("ing"))
        if is_subject and not any(amount.word(one) in _CASES for one in range(max(0, at - 3), at)):
            return _other(amount, at)
    return None


def _is_said_of_making(amount: Hanging, verb: int) -> bool:
    """Whether an unlisted verb is said of a model or a run, or its amount is for one: "training it devoured $4m"."""
    if any(amount.of(at) & _MADE or amount.is_model(at) for at in amount.right):
        return True
    head = subject_of(amount, verb)
    if head is None:
        return False
    return bool(amount.of(head) & (_MADE | {"sum"})) or amount.is_name(head) or amount.word(head) in _STANDS_FOR


def _is_asked_by_model(amount: Hanging, verb: int) -> bool:
    """Whether a model or a run asks for it, as a plaintiff would: "the largest model now demands $100 million"."""
    return amount.word(verb) in _ASKS and _is_said_of_model(amount, verb)


def _is_given_as_cost(amount: Hanging, verb: int) -> bool:
    """Whether it is given for an answer, not to somebody: "gave $5.6 million as the bill for training"."""
    if amount.word(verb) not in _GIVES or not amount.right or amount.word(amount.right[0]) != "as":
        return False
    return any(amount.of(at) & {"sum", "pay", "figure", "make", "run"} for at in amount.right)


def _is_given_for_model(amount: Hanging, verb: int) -> bool:
    """The same where it begins its clause: "the $5.6 million given for DeepSeek-R1 covers only"."""
    behind = [at for at in amount.right if at > verb]
    if amount.word(verb) not in _GIVES or not behind or amount.word(behind[0]) not in ("for", "as"):
        return False
    return any(amount.is_model(at) or amount.of(at) & {"make", "run", "sum"} for at in behind[1:])


def _is_budget(amount: Hanging) -> bool:
    """Whether it is the budget of something with models: "finished in two months with a $6 million budget"."""
    return bool(amount.right) and "sum" in amount.of(amount.right[0]) and _is_of_some_model(amount)


def _is_of_some_model(amount: Hanging) -> bool:
    return amount.is_linked or amount.nearness(_OF_SOME_MODEL) > 0


def _is_said_of_model(amount: Hanging, verb: int) -> bool:
    """Whether a verb is said of training or of a model: "training occupied 512 GPUs for three weeks at $500,000"."""
    head = subject_of(amount, verb)
    return head is not None and (bool(amount.of(head) & {"make", "run", "model"}) or amount.is_model(head))


def _is_on_another(amount: Hanging, verb: int) -> bool:
    """Whether what is spent goes on something that is not known here: "spends $500 million a year on falconry"."""
    if amount.word(verb) not in _SPENDS or any(amount.of(at) & _MADE or amount.is_model(at) for at in amount.right):
        return False
    on = next((place for place, at in enumerate(amount.right) if amount.word(at) in ("on", "for")), None)
    if on is None:
        return False
    thing = next(
        (at for at in amount.right[on + 1 :] if not amount.is_filler(at) or amount.word(at) in _STANDS_FOR), None
    )
    return thing is not None and amount.word(thing) not in _STANDS_FOR


def _by_verb_behind(amount: Hanging, making: float) -> Frame | None:
    """An amount that begins its clause is what the verb behind it is said of: "$500 bought the samples"."""
    verb = next((one for one in amount.right[:3] if amount.is_verb(one)), None)
    if verb is None:
        return None
    aim = next((at for at in amount.right if at > verb and amount.of(at) - {"pay", "be"}), None)
    if _is_for_making(amount) or (aim is not None and amount.of(aim) & _MAKES) or _is_given_for_model(amount, verb):
        return None
    parts = amount.of(verb)
    if verb == amount.right[0] and (_is_alien(parts) or (not parts and making < NEAR)):
        return _other(amount, verb)
    if aim is not None and "pay" in parts and _is_alien(amount.of(aim)):  # "went into inference"
        return _other(amount, aim)
    return None
