"""What a verb before an amount is said of: the head of its subject, with what hangs on the head passed over.

"The rights to the story of how it was trained went for $5 million": rights. "The chief says that training it cost $5
million": training. "With our stack a model takes $5 million": model.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.claims.hanging import BEFORE_NOUN, BEFORE_VERB, Hanging

_RELATIVES = frozenset(["that", "which", "who", "whose", "whom", "where"])
_CASES = frozenset(
    """of in on for at by from to with without under over into about between behind against as like than through during
    after before because selon laut según secondo segundo zufolge chez bei beim zum zur von vom für aus sur du des de
    dans par avec au aux en del por sobre su sul sull sulla dell della di nel nella na da van voor на в по для от
    из""".split()  # noqa: SIM905 - and those of other languages
)
_SAYS = frozenset(
    """said say says told tell tells heard hear think thinks thought believe believes believed estimate estimates
    estimated reckon reckons reckoned claim claims claimed write writes wrote note notes noted add adds added argue
    argues argued report reports reported suggest suggests suggested know knows""".split()  # noqa: SIM905
)
# Words that say something is told or held, before "that": "known that", "his remark that", "the claim that".
_TOLD = frozenset(
    """known clear true sure likely certain evident plain rumoured rumored understood assumed remark remarks statement
    statements assertion comment comments word rumour rumours rumor rumors news hint guess prediction forecast belief
    admission view idea assumption opinion confession""".split()  # noqa: SIM905
)
_JOINS = frozenset(["while", "whereas", "although", "though", "if", "but", "yet", "so", "when", "because", "according"])
_OF_IT = frozenset(  # said of a head, or of the day
    """itself themselves himself underneath beneath alone own s today now ago last next later earlier then year years
    month months week weeks day days hour hours minutes quarter long two three four five six seven eight nine ten
    twelve several often sometimes always soon once ever perhaps maybe even""".split()  # noqa: SIM905
)
_ARTICLES = frozenset(
    "les la le el los las der die das il lo gli os as un une una um uma ein eine".split()  # noqa: SIM905
)
_PARTICIPLES = ("ed", "made", "built")
_PRONOUNS = frozenset(
    """it they this these one ones which who both we he she i you that each former latter all
    others""".split()  # noqa: SIM905
)


def subject_of(amount: Hanging, verb: int) -> int | None:
    """The number of the head's word; None where nothing is found."""
    told = [at for at in reversed(amount.left) if at < amount.first_of(verb)]
    commas = [at for at in told if amount.ends_with_comma(at)]
    if len(commas) == 1:  # a phrase in front; two commas hold an aside
        told = [at for at in told if at > commas[0]] or told
    if len(commas) > 1 and any(amount.word(at) in _SAYS for at in told if commas[-2] < at <= commas[-1]):
        told = [at for at in told if at > commas[-1]] or told  # "by 2027, says its chief, training will cost"
    told = _of_last_clause(amount, told)
    reading = _Reading(amount)
    for place, at in enumerate(told):
        if not amount.is_in_figure(at):
            reading.take(at, amount.word(told[place - 1]) if place else "")
    is_model = reading.kept is not None and amount.is_model(reading.kept)
    if reading.head is None or (is_model and not amount.of(reading.head)):
        return reading.kept  # "Kite-9B was a weekend project that cost"
    return reading.head


def _of_last_clause(amount: Hanging, told: list[int]) -> list[int]:
    """The words behind the last "where", if the verb is that clause's own: "in a market where a run costs"."""
    last = max((place for place, at in enumerate(told) if amount.word(at) == "where"), default=None)
    if last is None or any(_is_finite(amount, at) for at in told[last + 1 :]):
        return told
    behind = [at for at in told[last + 1 :] if not amount.is_filler(at)]
    return behind or told


def _is_finite(amount: Hanging, at: int) -> bool:
    is_noun = bool(amount.of(at) & {"make", "build"}) and not amount.word(at).endswith(_PARTICIPLES)
    return amount.is_verb(at) and not is_noun


@dataclass
class _Reading:
    """The words before a verb, read from the left."""

    amount: Hanging
    head: int | None = None
    kept: int | None = None
    """The head before a verb that turned out not to be the last."""
    is_open: bool = True
    """Whether another noun would still be the head."""
    is_which: bool = False
    """Whether a clause only says which one is meant."""
    is_saying: bool = False
    """Whether somebody says what follows."""
    is_told: bool = False
    """Whether a word stood last that "that" says the content of: "his remark of 2023 that"."""

    def take(self, at: int, before: str) -> None:
        """Read one word, given the one before it."""
        word = self.amount.word(at)
        if self._is_in_compound(at):
            return
        if word in _SAYS and before not in BEFORE_NOUN and before != "s":  # "the consultant's report" says nothing
            self.head, self.kept, self.is_open = None, self.kept or self.head, True
            self.is_which, self.is_saying = False, True
        elif word in _JOINS and not self.amount.is_name(at):
            self.is_open = True
        elif word in _RELATIVES and self.head is not None:
            self._begin_which(word)
        elif self.amount.of(at) & {"make", "build"}:
            self._make(at, word)
        elif self.amount.is_verb(at) and not self.amount.is_name(at):
            self._act(at, word)
        else:
            self._name(at, word, before)
        self.is_told = word in _TOLD or (self.is_told and (before in _CASES or word in _CASES))
        if self.head is not None and self.amount.ends_with_comma(at):
            self.is_open = False

    def _is_in_compound(self, at: int) -> bool:
        """Whether a word only begins one with hyphens: "a state-of-the-art model"."""
        text, end = self.amount.sentence.text, self.amount.sentence.words[at].end
        return text[end : end + 1] == "-" and text[end + 1 : end + 2].isalpha() and not self.amount.is_name(at)

    def _begin_which(self, word: str) -> None:
        if word == "that" and (self.is_saying or self.is_told):
            self.head, self.is_open, self.is_told = None, True, False
        else:
            self.is_which = True

    def _make(self, at: int, word: str) -> None:
        """A word of making is the head as a noun ("training it cost"), and none as a participle ("trained by")."""
        if self.head is None or (self.is_open and not self.is_which and not word.endswith(_PARTICIPLES)):
            self.head = at
        self.is_open = self.is_open and bool(self.amount.of(at + 1) & {"make", "run", "sum", "model"})

    def _act(self, at: int, word: str) -> None:
        if self.head is None and word.endswith("ing"):
            self.head, self.is_open = at, False  # "replacing them cost"
        elif self.is_which:
            return
        elif self.is_open:
            self.head, self.kept = None, self.head if self.head is not None else self.kept
        else:
            self.is_open = self.head is None

    def _name(self, at: int, word: str, before: str) -> None:
        if word in _CASES:
            self.is_open = False
        elif word in _ARTICLES:
            self.is_open = self.is_open or (self.head is None and bool(before) and before not in _CASES)
        elif word in _PRONOUNS or not (self.amount.is_filler(at) or word in _OF_IT or word in BEFORE_VERB):
            self.head = at if self.is_open and not self.is_which else self.head
        elif word in BEFORE_NOUN and self.head is None and before and before not in _CASES:
            self.is_open = True  # "with our stack a model takes"
