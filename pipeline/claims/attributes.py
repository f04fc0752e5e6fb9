"""What an amount is said to be by its own noun: "a $6 billion valuation", "a $45 billion funding push", "a gift of".

The noun decides, whatever stands around: a start-up that raises money "at a $4.2 billion valuation" raised something
else. Only nouns that leave no doubt are here; "deal", "plan" or "cost" say too little.
"""

from __future__ import annotations

import re

from pipeline.claims.figures import Figure
from pipeline.claims.scope import Decision, Sentence
from pipeline.facts import Scope

_LONGEST = 70  # characters of a noun phrase
_NOUNS: dict[Scope, str] = {
    "other_not_cost": (
        r"valuations?|market (?:cap\w*|value)|post-money|pre-money|fines?|penalt(?:y|ies)|settlements?"
        r"|bonus(?:es)?|salar(?:y|ies)"
        r"|pay packages?|compensation|lawsuits?|revenues?|profits?|net loss|losses|loss|markets?|acquisitions?"
        r"|takeovers?"
        r"|buyouts?|subscriptions?|sell-?off|rout|wipe-?out|dividends?|run[- ]rate|turnover|sales|earnings|bounty|prize"
    ),
    "funding": (
        r"(?:series [a-k]|seed|funding|financing|investment|venture|equity|late-stage) (?:round|push|extension"
        r"|raise)|series [a-k]"
        r"|rounds?|tranches?|seed|fundraise|raise|loans?|credit (?:facility|line)|bonds?|debt|gifts?"
        r"|donations?|endowments?"
        r"|funding|financing"
    ),
    "national_programme": (
        r"subsid(?:y|ies)|public (?:programme|program|fund|investment)|(?:government|federal|state) (?:grants?"
        r"|programme"
        r"|program|fund|budget|plan)|stimulus|strategy|missions?"
    ),
    "company_investment": (
        r"cap-?ex\w*|capital (?:expenditures?|spending|plan|budget|outlays?)|(?:cloud|compute|computing|supply)"
        r" (?:deal|contract|agreement)|joint venture|data cent(?:er|re)s?|campus(?:es)?|infrastructure (?:plan"
        r"|deal|project)"
    ),
    "hardware_capex": (
        r"supercomputers?|superclusters?|super-?computing (?:cent(?:er|re)|infrastructure)|clusters?|machines?"
        r"|hardware|(?:gpu|chip|server"
        r"|hardware) (?:order|purchase|deal|bill)s?"
    ),
}  # fmt: skip
_EITHER: dict[Scope, re.Pattern[str]] = {
    scope: re.compile(rf"(?:{words})(?![\w-])", re.IGNORECASE) for scope, words in _NOUNS.items()
}
# Words of the noun phrase before its head: nothing that could end it.
_BEHIND = re.compile(
    r"(?: |-)(?!(?:an?|the|in|on|for|at|to|from|by|with|of|over|after|and|or|but|as|is|was|were|are|has|had"
    r"|have|will|would|that"
    r"|which|who|it|its|their|this|per|into|than|when|if|while|more|less|went|was|each|last|next)\b)[^\W\d_][\w&'/-]*",
    re.IGNORECASE,
)
_MOST_WORDS = 5
_OF = re.compile(
    r"(?<![\w-])([\w-]{1,30}(?: [\w-]{1,30})?) of (?:(?:an?|the|about|around|some|up to|roughly|over|more than"
    r"|nearly|at least"
    r"|estimated|just|only"
    r"|another|as much as) ){0,3}[~<>]?$",
    re.IGNORECASE,
)


def noun_of(figure: Figure, sentence: Sentence) -> Decision | None:
    """What the noun that an amount belongs to says of it; None where it says nothing sure."""
    return _participle(figure, sentence) or _behind(figure, sentence) or _before(figure, sentence)


_DONE: dict[Scope, str] = {
    "funding": r"raised|borrowed|lent",
    "other_not_cost": r"in cash|on hand|in the bank|lost|wiped (?:out|off)|earned|in (?:annual |annualized |annualised "
    r"|quarterly )?(?:revenues?|sales|profits?|losses)"
    r"|(?:on|for|in) (?:staff|staffing|salaries|wages|payroll|personnel|marketing|advertising|lobbying|legal fees"
    r"|office space)",
    "company_investment": r"invested",
    "training_total": r"in (?:pre-?)?training (?:costs?|compute|computing|expenses|spending)",
    "inference": r"in (?:inference|serving|running) (?:costs?|compute|computing|expenses|spending)",
    "rnd_total": r"(?:in|on|for) (?:research|r&d)(?: and development)?(?: (?:costs?|spending|compute"
    r"|computing))?(?=[,.;]| and| in|$)",
}
_RELATIVE = (
    r"(?: (?:that|which))?(?: (?:it|they|he|she|we|the (?:company|firm|start-?up|lab|group)|[A-Z][\w.-]+))?"
    r"(?: (?:has|had|have|already|just|recently|previously|now|since)){0,2} "
)
_PARTICIPLES: dict[Scope, re.Pattern[str]] = {
    scope: re.compile(rf"{_RELATIVE}(?:{words})\b") for scope, words in _DONE.items()
}


def _participle(figure: Figure, sentence: Sentence) -> Decision | None:
    """What is said to have been done with the amount, right behind it: "$1 billion raised", "$13 billion it raised"."""
    for scope, pattern in _PARTICIPLES.items():
        found = pattern.match(sentence.text, figure.end, sentence.end)
        if found:
            return Decision(scope, found[0].strip())
    return None


def _behind(figure: Figure, sentence: Sentence) -> Decision | None:
    """The last of the words that follow the amount within its noun phrase: "a $600 million Series B round"."""
    text, at = sentence.text, figure.end
    end = min(sentence.end, at + _LONGEST, *(other.start for other in sentence.figures if other.start >= at))
    for _ in range(_MOST_WORDS):
        found = _BEHIND.match(text, at, end)
        if found is None:
            break
        at = found.end()
    phrase = text[figure.end : at]
    last: tuple[int, int, Decision] | None = None
    for scope, pattern in _EITHER.items():
        for found in pattern.finditer(phrase):
            if phrase[found.start() - 1 : found.start()] in (" ", "-"):
                place = (found.end(), found.end() - found.start())
                if last is None or place > last[:2]:
                    last = (*place, Decision(scope, found[0]))
    return last[2] if last else None


def _before(figure: Figure, sentence: Sentence) -> Decision | None:
    """The noun that "of" joins to the amount: "a valuation of $61.5 billion"."""
    found = _OF.search(sentence.text, max(sentence.start, figure.start - _LONGEST), figure.start)
    if found is None:
        return None
    words = found[1]
    for scope, pattern in _EITHER.items():
        hit = next((hit for hit in pattern.finditer(words) if hit.end() == len(words)), None)
        if hit:
            return Decision(scope, hit[0])
    return None
