"""Frames of a clause: what the verb before an amount is said of, "the clusters cost", "the run came to"."""

from __future__ import annotations

import re
from operator import itemgetter

from pipeline.claims.figures import Figure
from pipeline.claims.scope import Decision, Sentence
from pipeline.facts import Scope

LONGEST_ANTECEDENT = 60
LONGEST_SUBJECT = 140  # characters before the verb
_VERB = re.compile(
    r"\b(?:costs?|costing|had cost|came to|comes? to|amount(?:s|ed) to|ran to|runs? to|tot(?:als?|alled|aled)"
    r"|was|were|is"
    r"|are|added up to|adds? up to|works? out (?:at|to)|worked out (?:at|to)|(?:is|was|were|are) (?:put"
    r"|estimated|priced) at"
    r"|required|swallow(?:s|ed)|consum(?:es|ed)|pass(?:es|ed)?|exceed(?:s|ed)?|top(?:s|ped)?|reach(?:es|ed)?|hit)"
    r"(?: (?:an?|the|them|it|him|her|us|about|around|roughly|some|nearly|almost|over|more|less|than|at|least|up|to|just"
    r"|only|estimated|approximately|an estimated|well|under|perhaps|maybe|probably|as|much|little|in|region|of|its"
    r"|maker|company|owner|lab|customer|another|further|close|out|cost|close to"
    r"|(?-i:[A-Z][\w.-]*))){0,6} ?[(~<>]{0,2}$",
    re.IGNORECASE,
)
# A clause that only says which one is meant, and what it was there for: "the cluster on which it trains", "used for".
_RELATIVE = re.compile(
    r",? (?:(?:on|in|with|for|by|from|to) (?:which|whom)|which|who|whose|where|used (?:for|to|in|by)|needed (?:for|to)"
    r"|required (?:for|to)|powering|meant (?:for|to)|on which|in use)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_WORDS: dict[Scope, str] = {
    "hardware_capex": (
        r"clusters?|chips?|gpus?|graphics cards|servers?|machines?|supercomputers?|hardware|accelerators?|racks?"
        r"|super-?pods?|tpus?|purchases?|installation"
    ),
    "final_run": (
        r"runs?|(?:pre|post|mid)-?training|fine-?tun\w+|rentals?|rent|renting|leasing|gpu[- ]hours|stages?"
        r"|phases?|gpu time"
        r"|compute time|lease|hire|reinforcement learning|distillation|attempts? at"
    ),
    "training_total": (
        r"training|to train|making|development of|building|models?|llms?|versions?|predecessor|successor|system"
        r"|capability|language model|chatbot"
    ),
    "rnd_total": (
        r"experiments?|experimentation|ablations?|failed (?:runs?|attempts?)|failures|research|trials|false starts"
        r"|dead ends|operating (?:them|it|the \w+|costs?)|r&d"
    ),
    "inference": (
        r"inference|evaluat\w+|benchmark\w*|testing|grading|serving|queries|query|running (?:it|them"
        r"|the (?:model|service|chatbot|site))|evaluations?"
        r"|operating the (?:service|chatbot)|responses?|answers?|video clips?|benchmarks?"
    ),
    "other_not_cost": (
        r"subscriptions?|plans?|tiers?|seats?|electricity|power bill|salar(?:y|ies)|wages|shares|stock"
        r"|market (?:value|cap\w*)|valuation|revenues?|sales|profits?|loss(?:es)?|turnover|earnings|fines?|penalty"
        r"|settlement|damages|deficit|bonus(?:es)?|packages?|api|orders? for h20"
    ),
    "funding": (r"loans?|rounds?|series [a-h]|debt|bonds?|credit line|seed"),
    "national_programme": r"subsid(?:y|ies)|grants?|programme|strategy",
    "company_investment": (r"capital expenditures?|capex|capital spending|outlays|contracts?|commitments?"),
}
_NOUNS: dict[Scope, re.Pattern[str]] = {
    scope: re.compile(rf"\b(?:{words})(?![\w-])", re.IGNORECASE) for scope, words in _WORDS.items()
}


def subject_of(figure: Figure, sentence: Sentence) -> Decision | None:
    """What the noun covers that the verb right before an amount is said of; None where it is none of these."""
    begin = max(sentence.start, figure.start - LONGEST_SUBJECT)
    verb = _VERB.search(sentence.text, begin, figure.start)
    if verb is None or any(verb.start() < other.start < figure.start for other in sentence.figures):
        return None
    begin = max(
        [begin, *(other.end for other in sentence.figures if other.kind == "money" and other.end <= verb.start())]
    )
    if re.search(r"spending|expenditure|investment|outlay", sentence.text[begin : verb.start()], re.IGNORECASE):
        return None
    opening = max(begin, _clause_start(sentence, verb.start()))
    lead = sentence.text[opening : verb.start()]
    if lead.strip().lower() in ("", "which", "that", "which had", "which has", "which would have"):
        return _antecedent(sentence, begin, opening)
    subject = _RELATIVE.sub("", re.split(r"[;:]", lead)[-1])
    found = [
        (hit.start(), Decision(scope, hit[0])) for scope, pattern in _NOUNS.items() if (hit := pattern.search(subject))
    ]
    # The head of a subject stands before what is said of it.
    return min(found, key=itemgetter(0))[1] if found else None


def _antecedent(sentence: Sentence, begin: int, end: int) -> Decision | None:
    """What "which" stands for: the last such noun before it."""
    lead = sentence.text[max(begin, end - LONGEST_ANTECEDENT) : end]
    found = [
        (hit.start(), Decision(scope, hit[0])) for scope, pattern in _NOUNS.items() for hit in pattern.finditer(lead)
    ]
    return max(found, key=itemgetter(0))[1] if found else None


def _clause_start(sentence: Sentence, position: int) -> int:
    return max((at for at in sentence.breaks if at <= position), default=sentence.start)


# What an amount is said to leave out makes it the run's alone, here or in a sentence on "that figure".
_DENIES = (
    r"(?:(?:also|however|deliberately|explicitly|notably|of course|only|just|therefore"
    r"|still) ){0,3}(?:covers? only|exclud(?:es?|ed)"
    r"|leaves? (?:out|aside|the following|\w{1,15} (?:out|aside))|omit(?:s|ted)?|ignores?|(?:does|do|did)(?: not"
    r"|n't) (?:include|count"
    r"|cover|capture|reflect|contain|take)|says? nothing (?:of|about)|(?:is|are|was|were) (?:only|just|merely|solely)"
    r" (?:the|for|what)|(?:refers?|relates?|applies|reflects?|represents?|accounts?|covers?|includes?|counts?"
    r"|measures?|prices?)"
    r" (?:only|just|merely|solely|exclusively)|only (?:covers?|includes?|counts?|reflects?|prices?|refers?|represents?)"
    r"|(?:is|are) exclusive of)\b"
)
_LEAVES_OUT = re.compile(rf"[^,;.()]{{0,45}}?,? {_DENIES}", re.IGNORECASE)
_THAT_LEAVES_OUT = re.compile(
    r"\s{0,3}(?:But |And |Yet |However, |Note that |Crucially, |Importantly, )?(?:that|this|the|these|those|it"
    r"|such|which)"
    r"(?: (?:published|quoted|headline|official|reported|stated|last|latter|widely \w{1,15}|much-\w{1,15}"
    r"|\$[\d.,]{1,12} ?\w{0,8})){0,3}"
    r"(?: (?:figures?|numbers?|sums?|costs?|amounts?|totals?|estimates?|prices?|bills?|tally|calculation|budget))?,? "
    + _DENIES
    + r"|\s{0,3}(?:that|this|it)(?:'s| is| was) (?:(?:only|just|merely|simply|really|all) )?(?:the|what"
    r"|for)\b[^.]{0,40}"
    r"\b(?:run|pre-?training|rental|gpu time|compute|rl|fine-?tuning)\b",
    re.IGNORECASE,
)


def leaves_out(figure: Figure, sentence: Sentence, following: str) -> str | None:
    """The words that say what an amount leaves out: behind it in its clause, or of "that figure" in the next one."""
    if own := _LEAVES_OUT.match(sentence.text, figure.end, sentence.end):
        return own[0].strip()
    last = max((other.start for other in sentence.figures if other.kind == "money"), default=-1)
    said = _THAT_LEAVES_OUT.match(following) if figure.start == last else None
    return said[0].strip() if said else None
