"""Signs right beside an amount that it is no model's cost, whatever verb it stands with; what it shares with another.

Money that comes "from" somebody, goes "to" a firm, is put "into" one or held "in" one, is what somebody has, gets or
announces, or what something is worth, was spent on no model. Neither is one in whose clause something else is spoken
of and nothing is paid. None of these says anything where the clause speaks of a model or of making one.

An amount in brackets is the one before it in another currency, and those of a list are of one sort: "$15 billion in
2025 and $20 billion in 2026".
"""

from __future__ import annotations

import re
from itertools import pairwise

from pipeline.claims.figures import Figure
from pipeline.claims.hanging import SAME, Hanging, Parts
from pipeline.claims.lexicon import FramePart
from pipeline.claims.subjects import subject_of

_MADE: Parts = frozenset[FramePart](("make", "build", "run", "compute", "research", "model"))
_MODEL: Parts = frozenset[FramePart](("model",))
_PAID: Parts = frozenset[FramePart](("pay", "sum"))
_DECIDES: Parts = _MADE | _PAID | frozenset[FramePart](("thing", "act"))
_IS_CJK = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
_FIRMS = frozenset(["organisation", "state", "programme"])
_TOWARDS = frozenset(["to", "into", "in", "for", "at", "on", "by", "behind"])
_HAS = frozenset(["has", "have", "had", "holds", "hold", "held", "owns"])
_GETS = frozenset(
    "get gets got gotten getting obtain obtains obtained secure secures secured land lands".split()  # noqa: SIM905
)
_PUTS = frozenset(
    """put puts putting pour pours poured pouring plough ploughs ploughed plow plowed inject injects injected pump pumps
    pumped""".split()  # noqa: SIM905
)
_TELLS = frozenset(["announced", "announces", "unveiled", "unveils"])
_OF_OTHERS = frozenset(["worth", *_TELLS, *_HAS, *_GETS, *_PUTS])
# Words between such a verb and its amount: "has more than $5 billion", but not "has put aside $5 billion".
_MEASURE = frozenset(
    """a an the more less than over as little much few at least most up to well above or so perhaps maybe just another
    additional further some mere about around""".split()  # noqa: SIM905
)
# What a firm says of an amount that may be its model's cost: "DeepSeek spoke of under $6 million".
_NAMES_IT = frozenset(
    """said say says spoke speaks spoken speaking disclosed disclose discloses named names quoted quotes quote cited
    cites cite reported reports claimed claims estimates estimated doubt doubts hablado habla habló parle parlait parla
    spricht sprach fala falou as of de von""".split()  # noqa: SIM905
)
_OF_A_RUN = frozenset(["gpu_count", "gpu_hours", "duration", "tokens", "price_per_gpu_hour"])
LONGEST_GAP = 8  # words between two amounts of a list
NEAR = 4  # words behind an amount that may say what it is of
_FLOWS = frozenset("came come comes coming went go goes going flowed flows gone".split())  # noqa: SIM905
_LISTS = frozenset(
    """and or to then in for this last next year years after before against versus vs quarter half first second third
    fourth january february march april may june july august september october november december until through later
    earlier now plus again same time y e et und o ou oder en dann während em im 年""".split()  # noqa: SIM905
)


def elsewhere(amount: Hanging) -> int | None:
    """The word by which an amount is no model's cost; None where nothing beside it says so."""
    if (found := _nearest_in_chinese(amount)) is not None:
        return found
    if any(_is_of_making(amount, at) for at in (*amount.left, *amount.right)):
        return None
    for found in (_behind(amount), _before(amount), _verb_of_firm(amount), _in_clause(amount)):
        if found is not None:
            return found
    return None


def _nearest_in_chinese(amount: Hanging) -> int | None:
    """Where words are not parted by blanks: the nearest word before it that is one of cost or of something else."""
    if not amount.left or not _IS_CJK.match(amount.word(amount.left[0])):
        return None
    near = next((at for at in amount.left if amount.of(at) & _DECIDES), None)
    return near if near is not None and not amount.of(near) & (_MADE | _PAID) else None


def listed_behind(amount: Hanging) -> tuple[Figure, bool] | None:
    """The amount before this one that it says again in brackets (True), or that it follows in a list (False)."""
    sentence, start = amount.sentence, amount.figure.start
    before = next((one for one in reversed(sentence.figures) if one.kind == "money" and one.end <= start), None)
    if before is None:
        return None
    if SAME.fullmatch(sentence.text, before.end, start):
        return before, True
    gap = [at for at, word in enumerate(sentence.words) if before.end <= word.start and word.end <= start]
    if len(gap) > LONGEST_GAP or any(_is_of_making(amount, at) for at in (*gap, *amount.right)):
        return None
    is_list = all(amount.is_filler(at) or amount.is_name(at) or amount.word(at) in _LISTS for at in gap)
    return (before, False) if is_list else None


def _is_of_making(amount: Hanging, at: int) -> bool:
    parts = amount.of(at) & _MADE
    if parts == _MODEL and (amount.word(at) == "ai" or _is_firm(amount, at)):
        return False  # "Empire AI", "the AI fund": where an AI model is meant, "model" stands there too
    is_cost = "sum" in amount.of(at) and amount.word(at).startswith(("train", "pretrain"))  # "in training costs"
    return bool(parts) or is_cost or amount.is_model(at)


def _is_firm(amount: Hanging, at: int) -> bool:
    """Whether a word belongs to the name of a firm, a state or a programme."""
    start = amount.sentence.words[at].start
    return any(name.kind in _FIRMS and name.start <= start < name.end for name in amount.sentence.names)


def _behind(amount: Hanging) -> int | None:
    """What stands right behind: "$5 billion from investors", "into data centres", "the $500 billion Stargate"."""
    if not amount.right:
        return None
    first, end = amount.right[0], amount.figure.end
    if amount.sentence.text[end : amount.sentence.words[first].start] not in (" ", "-"):
        return None
    word = amount.word(first)
    if word in ("off", "into"):
        return first
    if word == "from" and len(amount.right) > 1:  # not "from $5 million to $6 million"
        return first
    if not amount.is_linked and _is_firm(amount, first):
        return first
    if word in _TOWARDS and len(amount.right) > 1 and _is_firm(amount, amount.right[1]):
        return first
    return _flows(amount)


def _flows(amount: Hanging) -> int | None:
    """The verb behind by which it came from somebody or went to somebody: "$4 billion came in from Google"."""
    verb = next((at for at in amount.right[:3] if amount.word(at) in _FLOWS), None)
    if verb is None:
        return None
    behind = [at for at in amount.right if at > verb]
    if behind and amount.word(behind[0]) in ("in", "from"):
        return verb
    is_to_firm = any(
        amount.word(one) in ("from", "to", "into") and _is_firm(amount, other) for one, other in pairwise(behind)
    )
    return verb if is_to_firm else None


def _before(amount: Hanging) -> int | None:
    """What stands right before: "chips worth $5 billion", "has $5 billion", "gets $5 billion", "puts $5 billion"."""
    if amount.right and "sum" in amount.of(amount.right[0]):
        return None  # "has a $10 million budget"
    near = next((at for at in amount.left if not amount.is_hedge(at) and amount.word(at) not in _MEASURE), None)
    return near if near is not None and amount.word(near) in _OF_OTHERS else None


def _verb_of_firm(amount: Hanging) -> int | None:
    """The verb by which a firm or a state did something with it, where nothing in the sentence is of a run."""
    verb = next((one for one in amount.left if amount.is_verb(one)), None)
    if verb is None or amount.is_linked or amount.word(verb) in _NAMES_IT:
        return None
    if any(one.kind in _OF_A_RUN for one in amount.sentence.figures):
        return None
    head = subject_of(amount, verb)
    return verb if head is not None and _is_firm(amount, head) else None


def _in_clause(amount: Hanging) -> int | None:
    """The nearest word of something else, where its clause has none of paying and no model is spoken of."""
    if amount.is_linked or any(amount.of(at) & _PAID for at in (*amount.left, *amount.right)):
        return None
    near = (*amount.right[:NEAR], *amount.left)
    things = (at for at in near if "thing" in amount.of(at))
    acts = (at for at in (*amount.left, *amount.right) if "act" in amount.of(at))
    return next(things, None) or next(acts, None)
