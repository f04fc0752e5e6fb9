"""How a text bounds a figure: by a sign, or by words close before or behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.claims import lexicon
from pipeline.claims.figures import Figure
from pipeline.claims.words import Found, Word, words_of
from pipeline.facts import Hedge

NEXT_TO = 3  # characters
WINDOW_BEFORE = 4  # words between cue and figure; more, and the cue bounds something else
# Between "over" and "$5 million" such a word starts a new thought: "over five years, $5 million".
_BREAKS = frozenset(",;:()[]—–%")  # noqa: RUF001
_LINKING = frozenset(
    """为 達 达 到 要 合 值 需 只 有 出 折 了 就 仅 僅
    a an the of to at in us total cost costs costing price just only is was be be are were
    spend spent spending pay as for by worth its their his with hold nvidia what amounts comes come
    roughly about around approximately some nearly almost estimated perhaps even between from possibly
    maybe probably sum budget rented up you took take go goes sell sells fetch
    staggering whopping mere mighty cool paltry eye-watering jaw-dropping hefty modest astonishing""".split()  # noqa: SIM905
)


_TOOK = frozenset(
    ["took", "takes", "take", "lasted", "for", "in", "just", "needed", "of", "to", "well", "is", "was", "be", "with"]
)


def hedge_of(figure: Figure, text: str, start: int, end: int, others: Sequence[Figure]) -> tuple[Hedge, str | None]:
    """The hedge of a figure in the sentence from ``start`` to ``end``, and the words that say so.

    A sign goes before words; of words the nearest goes first, and a bound goes before "about" beside it.
    """
    before = max([start, *(other.end for other in others if other.end <= figure.start)])
    after = min([end, *(other.start for other in others if other.start >= figure.head_end)])
    cue = _before(text, before, figure) or _after(text, figure, after)
    if figure.is_vague or figure.is_range:
        return "range", cue[1] if cue else None
    if figure.hedge and figure.hedge != "approx":
        return figure.hedge, None
    inside = text[figure.start : figure.end].lower()
    if _AND_MORE.search(inside) or " or more " in inside or "이상" in inside:
        return "at_least", None
    if inside.endswith(("or so", "ish")):
        return "approx", None
    if inside.endswith(("or more", "or higher", "or above", "and up", "plus")):
        return "at_least", None
    if inside.endswith("or less"):
        return "at_most", None
    if cue and (figure.hedge is None or cue[0] != "approx"):
        return cue
    if figure.hedge is None and (est := _EST.search(text, start, figure.start)):
        return "approx", est[0].strip()
    return figure.hedge or "exact", None


# Behind these a word bounds nothing: "adds up to some $1.6 billion", "on top of nearly $4 billion".
_NO_BOUND: dict[str, frozenset[str]] = {
    "up": frozenset(
        """add adds added adding sum sums summed mount mounts mounted went gone shot moved rose risen climbed
        jumped crept pile piles piled""".split()  # noqa: SIM905
    ),
    "top": frozenset(["on", "the", "at"]),
    "over": frozenset(["turned", "turns", "turn", "spread", "rule"]),
    "about": frozenset(["talks", "talk", "talked", "talking", "discussions", "investors", "asked", "banks", "lenders"]),
}
# "About a $40bn loan", "under a $1.6 billion plan", "was over in three weeks": the word is none of bounds.
_NO_BOUND_BEFORE = {
    **dict.fromkeys(("about", "under", "over", "above", "below", "within"), frozenset(["a", "an", "its", "their"])),
}
_RUN_OVER = frozenset(
    """run runs ran running train trains trained training pretrained pass passes epoch epochs hours days weeks months
    steps attention""".split()  # noqa: SIM905
)
_EST = re.compile(r"\best\.,? ?$", re.IGNORECASE)
_NOT = re.compile(r"(?:n't|\bnot|\bnever|\bhardly)(?: \w+){0,3} ?$", re.IGNORECASE)
# Inside a number: "3万多片", "1만 3000여 장", some more than it.
_AND_MORE = re.compile(r"[\d万亿萬億千百만억] ?[多余餘여]")
# Korean words between a figure and what bounds it: "1조원을 넘는다".
_PARTICLES = " (이가을를은는도의로에"


def _before(text: str, start: int, figure: Figure) -> tuple[Hedge, str] | None:
    words = words_of(text, max(start, figure.start - 90), figure.start)
    best: tuple[int, int, Hedge, str] | None = None
    for cue in lexicon.hedges().find(words):
        if cue.entry.after:
            continue
        if cue.first and words[cue.first - 1].text in _NO_BOUND.get(words[cue.first].text, ()):
            continue
        gap = len(words) - 1 - cue.last
        if not _is_bound(text, words, cue):
            continue
        if gap > WINDOW_BEFORE or not _reaches(text, words, cue, figure.start) or _is_span(words, cue, figure):
            continue
        rank = (1 if cue.entry.hedge == "approx" else 0, gap, -(cue.last - cue.first))
        if best is None or (rank[1] - (rank[0] == 0) * 2, rank[2]) < (best[0], best[1]):
            best = (rank[1] - (rank[0] == 0) * 2, rank[2], _unless_denied(text, cue), text[cue.start : cue.end])
    return (best[2], best[3]) if best else None


def _unless_denied(text: str, cue: Found[lexicon.HedgeCue]) -> Hedge:
    """What a cue bounds: "can't have more than", "may not exceed" bound from above."""
    is_denied = cue.entry.hedge == "at_least" and _NOT.search(text, max(0, cue.start - 30), cue.start)
    return "at_most" if is_denied else cue.entry.hedge


# "Eine Finanzierungsrunde über 500 Mio. Dollar" is one of so much: behind such a noun the word is none of bounds.
_OVER_A_SUM = re.compile(
    r"(?:runde|spritze|finanzierung|kredit|darlehen|vertrag|auftrag|abkommen|deal|scheck|rechnung|anleihe|paket"
    r"|investition|beteiligung|förderung|zusage|bestellung|programm|strafe|summe|betrag)(?:e|en|s|es)?,? $",
    re.IGNORECASE,
)


def _is_bound(text: str, words: Sequence[Word], cue: Found[lexicon.HedgeCue]) -> bool:
    """Whether a word that means other things too bounds what follows it."""
    if words[cue.last].text == "über" and _OVER_A_SUM.search(text, max(0, cue.start - 30), cue.start):
        return False
    following = words[cue.last + 1].text if cue.last + 1 < len(words) else ""
    if following in _NO_BOUND_BEFORE.get(words[cue.last].text, ()):
        return False
    return not (words[cue.last].text == "over" and following == "in")


def _reaches(text: str, words: Sequence[Word], cue: Found[lexicon.HedgeCue], until: int) -> bool:
    between = text[cue.end : until]
    if any(sign in _BREAKS for sign in between):
        return False
    rest = [word.text for word in words[cue.last + 1 :]]
    if cue.entry.hedge != "approx" and "the" in rest:
        return False  # "less than the $5.6 million of V3" compares
    return all(word in _LINKING or word.isdigit() for word in rest)


def _is_span(words: Sequence[Word], cue: Found[lexicon.HedgeCue], figure: Figure) -> bool:
    """Whether "over" says during: "trained over 54 days", "over 400 billion tokens"."""
    if words[cue.first].text != "over" or cue.first != cue.last or figure.kind not in ("duration", "tokens"):
        return False
    if figure.kind == "tokens":
        return cue.first > 0 and words[cue.first - 1].text in _RUN_OVER
    return cue.first == 0 or words[cue.first - 1].text not in _TOOK


_OF_NEXT = re.compile(r" ?(?:[~$€£\xa5]|\d)")  # "23 days, approximately $30 million"


def _after(text: str, figure: Figure, end: int) -> tuple[Hedge, str] | None:
    words = words_of(text, figure.end, min(end, figure.end + 60))
    if words and words[0].text in _PARTICLES:
        words = words[1:]
    for cue in lexicon.hedges().find(words):
        if cue.first > 0:
            break
        between = text[figure.end : cue.start].strip(_PARTICLES)
        if cue.entry.hedge == "approx" and _OF_NEXT.match(text, cue.end):
            continue
        if "(" in text[figure.end : cue.start] and end - cue.end < NEXT_TO:
            continue  # "(approximately $273 million)" bounds what it opens
        if cue.entry.after and (not between or (between == "," and cue.entry.hedge != "at_least")):
            return cue.entry.hedge, text[cue.start : cue.end]
    return None
