"""What an amount is to the one before it in its sentence: the same again, a part of it, or the worth of a firm."""

from __future__ import annotations

import re

from pipeline.claims.figures import Figure
from pipeline.claims.scope import Sentence

_GLOSS = re.compile(
    r" ?[(\[] ?(?:(?:about|around|roughly|approximately|or|some|equivalent to|equal to|nearly|over|more than|up to"
    r"|at least|=) ?){0,3}[~<>]?$"
    r"|[\uff08(](?:约合|折合|约|合|相当于|約|相当)?(?:人民币|约)?$|,? or (?:about |around |roughly )?$",
    re.IGNORECASE,
)
_RATHER = re.compile(
    r"[^;:.]{0,90}?(?:,? (?:and |but )?not|,? rather than|,? instead of|,? as opposed to|,? (?:down|up) from)"
    r"(?: (?:the|just|a mere|only|about|some)){0,3} ?$",
    re.IGNORECASE,
)
_SAME = re.compile(
    r"(?:,? (?:down |up )?(?:to|from)|降到|降至|到| vs\.?| versus) ?(?:about |around |roughly |just )?$", re.IGNORECASE
)
_SHARE = re.compile(
    r",? (?:in \w+ ?,? )?(?:and |of which |including |of it )?(?:[\w.'-]+ ){1,3}alone(?: another)? $", re.IGNORECASE
)
_OF_IT = re.compile(r" of (?:it|that|this|them)\b")
_IN_ALL = re.compile(r" (?:in total|in all|altogether|all told|to date|so far|overall)\b")
_AT = re.compile(r"[^.;]{0,70}\bat (?:an? |about |around |roughly |some )?$")
LEAST_MULTIPLE = 1.5  # of what was raised; a firm is worth more


def is_gloss(figure: Figure, earlier: Figure, text: str) -> bool:
    """Whether a figure repeats the amount before it in another currency."""
    if figure.kind != "money" or earlier.kind != "money" or figure.currency == earlier.currency:
        return False
    gap = text[earlier.end : figure.start]
    return len(gap) < 34 and bool(_GLOSS.match(gap))


def is_part(earlier: Figure, figure: Figure, sentence: Sentence) -> bool:
    """Whether an amount goes on with what the one before it covers: "down to", "Cerebras alone", "in total"."""
    between = sentence.text[earlier.end : figure.start]
    if (
        _OF_IT.match(sentence.text, figure.end)
        or _SAME.match(between)
        or _SHARE.match(between)
        or _RATHER.match(between)
    ):
        return True
    return len(between) < 12 and _IN_ALL.match(sentence.text, figure.end) is not None


def is_worth(earlier: Figure, figure: Figure, sentence: Sentence) -> bool:
    """Whether an amount may be what a firm is worth: "raised $600 million at $5.6 billion"."""
    between = sentence.text[earlier.end : figure.start]
    return figure.low > earlier.high * LEAST_MULTIPLE and _AT.fullmatch(between) is not None
