"""An amount in its sentence: the words of frames by their place, those before it and behind it, and which are verbs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from pipeline.claims.figures import Figure
from pipeline.claims.lexicon import FramePart, FrameWord
from pipeline.claims.scope import MONEY_KINDS, Sentence
from pipeline.claims.words import Found

Parts = frozenset[FramePart]

VERBS: Parts = frozenset[FramePart](("make", "build", "pay", "act", "be"))
HALVED = 8.0  # words at which a word counts half
OTHER_CLAUSE, BEYOND_AMOUNT = 0.6, 0.4
TRAIL = 6  # words behind an amount that may say what it is for
# Words between an amount and what governs it that govern nothing themselves.
_FILLERS = frozenset(
    """a an the about around roughly approximately nearly almost some just only merely mere more less than over as
    little much few at least most up to well below above or so perhaps maybe probably possibly us u s additional another
    such top be been being further extra full whole of in region neighborhood neighbourhood between from and close
    somewhere
    anywhere its their his her our it him them you we they i that this which who even still now then also already there
    alone whopping staggering cool paltry modest tidy meagre record combined respectively by for with on within under
    per what did not has had have having would could might may will can should like something ca circa rd etwa rund
    knapp mehr als unter près de plus moins menos más unos von bis zu über des du d
    la le el hasta jusqu à env 约 为 达 至 了 到 高 超
    过 近 仅 只 的 大 是 每 maximum minimum average north south upwards
    bien algo poco apenas solo sólo tan circa qualche oltre meno più quasi cerca alrededor torno seulement environ
    quelque autour presque uniquement weniger lediglich gerade höchstens mindestens über ungefähr zirka meno
    zaledwie około ponad ok 約 為 達 過 僅 只 每 略 逾 将 将近 は が を に で も と の
    et y por pour für mit im em 약 최대 최소 무려 단 겨우""".split()  # noqa: SIM905
)
_OF_OTHERS = frozenset(  # participles said of another thing than the amount: "a run called Orion, for $500 million"
    """called named known based using used said released announced unveiled launched introduced published dubbed
    compared according including excluding claimed given reported estimated alleged rumored rumoured thought believed
    supposed expected considering following open large""".split()  # noqa: SIM905
)
_VERB_ENDINGS, SHORTEST_VERB = ("ed", "ing"), 4
SHORTEST_ADVERB = 5  # letters; "only" and "daily" are no such words
_PLAIN_VERBS = frozenset(
    """wrote sold bought won got ran gave kept held lost left drew hid saw drove grew threw chose ate fed expects expect
    forecasts hopes intends aims""".split()  # noqa: SIM905
)
BEFORE_VERB = frozenset(["can", "could", "would", "will", "to", "must", "should", "may", "might", "ll"])
BEFORE_NOUN = frozenset(["a", "an", "the", "of", "its", "their", "this", "that", "our"])
_OPENS = re.compile(r"[:(=] ?[~<>]? ?$")
# A word that begins another thought behind an amount: "$3,000, and then trained it", "if I had $5 I would train it".
_JOINTS = frozenset(
    """and but then so while whereas or i we they he she you would will could can when before after until
    who whose that which""".split()  # noqa: SIM905
)
_RUNNING = frozenset(["run", "runs", "running"])
_AMOUNTS_OF_TEXT = frozenset(
    "trillion billion million t b m k the of more training extra many text".split()  # noqa: SIM905
)
_WHO_RUNS = frozenset("i you we they he she users people can could to will would".split())  # noqa: SIM905
_HEDGES = frozenset(["about", "around", "some", "circa", "ca", "near", "over"])
# What stands between an amount and the same in another currency.
SAME = re.compile(
    r" ?[(\[\uff08](?:(?:or|about|around|some|roughly|approximately|approx\.?|equivalent|equal|to|over|more than"
    r"|nearly|at|the|time|rund|etwa|umgerechnet|soit|environ|env\.?|unos|cerca de|aprox\.?|circa|ca\.?|約合|約|约合|约"
    r"|合|折合|折成|相当于|人民币|人民幣|한화|약) ?){0,4}[~≈]? ?",
    re.IGNORECASE,
)
_CLOSED = re.compile(r"[^()]{0,12}[)\]\uff09] ?(?=\w)")
_DEFINITE = frozenset(["the", "that", "this", "those"])


@dataclass(frozen=True)
class Hanging:
    """An amount and the words that it may hang on."""

    figure: Figure
    sentence: Sentence
    is_linked: bool
    """Whether a model is spoken of, here or before."""

    @cached_property
    def parts(self) -> dict[int, Parts]:
        """Parts of each word of frames, by its number."""
        found: dict[int, set[FramePart]] = {}
        for head in self.sentence.heads:
            for at in range(head.first, head.last + 1):
                found.setdefault(at, set()).add(head.entry.part)
        return {at: frozenset(parts) for at, parts in found.items()}

    def of(self, at: int) -> Parts:
        """The parts of a word."""
        parts = self.parts.get(at, frozenset())
        word, before = self.word(at), self.word(at - 1)
        if word == "tokens" and (before[:1].isdigit() or before in _AMOUNTS_OF_TEXT):
            return frozenset()  # trained on, not sold
        if word not in _RUNNING or (at + 1 < len(self.sentence.words) and self.word(at + 1) == "to"):
            return parts  # "would run to $20 million"
        is_verb = word == "running" or before in _WHO_RUNS
        return frozenset[FramePart](("act",)) if is_verb else parts  # "you can run it on a laptop" is no run

    def is_hard(self, at: int) -> bool:
        """Whether a word's amount is its own whatever it is for: "raised $2 billion to train a model"."""
        return any(head.entry.weight > 1 for head in self.sentence.heads if head.first <= at <= head.last)

    def word(self, at: int) -> str:
        """A word by its number; empty before the first."""
        return self.sentence.words[at].text if at >= 0 else ""

    def is_name(self, at: int) -> bool:
        """Whether a word belongs to a name."""
        start = self.sentence.words[at].start
        return any(name.start <= start < name.end for name in self.sentence.names)

    def is_model(self, at: int) -> bool:
        """Whether a word belongs to the name of a model."""
        start = self.sentence.words[at].start
        return any(name.kind == "model" and name.start <= start < name.end for name in self.sentence.names)

    def is_verb(self, at: int) -> bool:
        """Whether a word is a verb, one of the frames or by its look."""
        if self.of(at) & VERBS:
            return not (self.of(at) & {"thing"} and self.word(at - 1) in BEFORE_NOUN)  # "a donation", "the bet"
        word, before = self.word(at), self.word(at - 1)
        if self.is_name(at) or word in _OF_OTHERS or word in _FILLERS:
            return False
        looks = word in _PLAIN_VERBS or (
            len(word) >= SHORTEST_VERB and word.endswith(_VERB_ENDINGS) and before not in BEFORE_NOUN
        )
        return looks or before in BEFORE_VERB

    # --- where it stands --------------------------------------------------------------------------

    @cached_property
    def _clause(self) -> float:
        return self.sentence.clause_of(self.figure.start)

    @cached_property
    def _money(self) -> list[Figure]:
        return [other for other in self.sentence.figures if other.kind in MONEY_KINDS]

    @cached_property
    def _rivals(self) -> tuple[int, int]:
        """Where the amount before it ends and the one behind it begins."""
        others = self._money
        low = max((other.end for other in others if other.end <= self.figure.start), default=self.sentence.start)
        high = min((other.start for other in others if other.start >= self.figure.end), default=self.sentence.end)
        return low, high

    @cached_property
    def left(self) -> list[int]:
        """The words before the amount in its clause, the nearest first; another amount ends them."""
        words, low = self.sentence.words, self._rivals[0]
        found = [at for at, word in enumerate(words) if low <= word.start and word.end <= self.figure.start]
        clauses = {self._clause}
        if found and _OPENS.search(self.sentence.text, words[found[-1]].end, self.figure.start):
            clauses.add(self.sentence.clause_of(words[found[-1]].start))  # a label, or what a bracket is said of
        for at in reversed(found[1:]):  # a clause that only says which one: "the hall in which it was trained costs"
            if words[at].text == "which" and self.sentence.text[words[at - 1].end] != ",":
                clauses.add(self.sentence.clause_of(words[at - 1].start))
        return [at for at in reversed(found) if self.sentence.clause_of(words[at].start) in clauses]

    @cached_property
    def right(self) -> list[int]:
        """The words behind the amount in its clause; another amount or another thought ends them."""
        words, begin = self.sentence.words, self._end
        clause = self._clause if begin == self.figure.end else self.sentence.clause_of(begin)
        found = [at for at, word in enumerate(words) if begin <= word.start < self._high_behind(begin)][:TRAIL]
        stop = next((at for at in found if words[at].text in _JOINTS), len(words))
        return [at for at in found if at < stop and self.sentence.clause_of(words[at].start) == clause]

    @cached_property
    def _end(self) -> int:
        """Where the amount ends, with the same in another currency behind it: "6.35 million yuan ($880,000)"."""
        other = next((one for one in self._money if one.start >= self.figure.end), None)
        if other is None or not SAME.fullmatch(self.sentence.text, self.figure.end, other.start):
            return self.figure.end
        closed = _CLOSED.match(self.sentence.text, other.end)
        return closed.end() if closed else self.figure.end

    def _high_behind(self, begin: int) -> int:
        return min((other.start for other in self._money if other.start >= begin), default=self.sentence.end)

    def first_of(self, at: int) -> int:
        """The first word of the phrase of frames that a word belongs to."""
        return min((head.first for head in self.sentence.heads if head.first <= at <= head.last), default=at)

    def ends_with_comma(self, at: int) -> bool:
        """Whether a comma stands right behind a word."""
        end = self.sentence.words[at].end
        return self.sentence.text[end : end + 1] == ","

    def is_in_figure(self, at: int) -> bool:
        """Whether a word belongs to another figure: "took three hours and came to"."""
        start = self.sentence.words[at].start
        return any(other.start <= start < other.end for other in self.sentence.figures)

    @cached_property
    def governor(self) -> int | None:
        """The first word before the amount that is no filler."""
        return next((at for at in self.left if self.of(at) or not self.is_filler(at)), None)

    def is_filler(self, at: int) -> bool:
        """Whether a word governs nothing itself."""
        word = self.word(at)
        return word in _FILLERS or word[0].isdigit() or (len(word) > SHORTEST_ADVERB and word.endswith(("ly", "mente")))

    def nearness(self, parts: Parts) -> float:
        """How much the nearest word of some parts counts for the amount; 0 where there is none."""
        return max((self._counts(head) for head in self.sentence.heads if head.entry.part in parts), default=0.0)

    def _counts(self, head: Found[FrameWord]) -> float:
        if self.figure.start <= head.start < self.figure.end:
            return 0.0
        behind = head.start >= self.figure.end
        low, high = (self.figure.end, head.start) if behind else (head.end, self.figure.start)
        counts = min(1.0, head.entry.weight) / (1 + self.sentence.words_between(low, high) / HALVED)
        if not self._rivals[0] <= head.start < self._rivals[1]:
            counts *= BEYOND_AMOUNT
        return counts * OTHER_CLAUSE ** min(2, abs(self.sentence.clause_of(head.start) - self._clause))

    # --- what stands beside it --------------------------------------------------------------------

    @cached_property
    def is_worked_out(self) -> bool:
        """Whether device-hours or their price stand beside it: it is what a run's hours come to."""
        hourly = ("gpu_hours", "price_per_gpu_hour", "price_per_node_hour")
        return any(other.kind in hourly for other in self.sentence.figures)

    @cached_property
    def is_timed(self) -> bool:
        """Whether it says beside how long something ran: "let it run for 42 hours and you pay $1000"."""
        return any(other.kind == "duration" for other in self.sentence.figures)

    @cached_property
    def is_of_tokens(self) -> bool:
        """Whether it says beside on how much text: "paid $880,000 for one trillion tokens"."""
        return any(other.kind == "tokens" for other in self.sentence.figures)

    @cached_property
    def is_definite(self) -> bool:
        """Whether it is spoken of as known: "they doubt the $6 million"."""
        first = next((at for at in self.left if not self.is_hedge(at)), None)
        return first is not None and self.word(first) in _DEFINITE

    def is_hedge(self, at: int) -> bool:
        """Whether a word only says how nearly: "the approximately $5 million"."""
        return self.word(at) in _HEDGES or self.word(at).endswith("ly")
