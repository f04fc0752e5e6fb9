"""Names that a sentence speaks of only beside its subject: what it compares with, builds on, leaves out, or replaces.

"Far less than GPT-4" names GPT-4 and says nothing of what GPT-4 cost; "than GPT-4's $100 million" does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.claims.figures import Figure
from pipeline.claims.names import Name
from pipeline.claims.scope import Sentence

LEAD = 45  # characters before a name that say what it is there for

COMPARED = re.compile(
    r"(?<![a-z])(?:than|vs\.?|versus|compared (?:to|with)|against|unlike|like|as \w+ as|such as|including|similar to"
    r"|comparable (?:to|with)|(?:size|scale|quality|level|compute|parameters|capacity) of|equivalent (?:to|of)"
    r"|likes of|competitor"
    r"|alternative to|answer to|on par with|far below|below|fraction of|better than"
    r"|instead of|over|vergleichbar mit|verglichen mit|im vergleich (?:zu|mit)|ähnlich wie|anders als|comparable à"
    r"|par rapport à|comparado con|comparable (?:a|al|con)|rispetto a|paragonabile a)"
    r"(?: (?:the|its|their) [^,]{3,25},)?(?: [^\s,]+){0,3} ?$",
    re.IGNORECASE,
)
# Verbs whose subject, not their object, has the figure behind them: "matched GPT-4o for $534,700".
_OUTDONE = re.compile(
    r"\b(?:beat(?:s|en|ing)?|rival(?:s|l?ed|l?ing)|to rival|match(?:es|ed|ing)?|outperform(?:s|ed|ing)?"
    r"|surpass(?:es|ed|ing)?|challeng(?:e|es|ed|ing)|equal(?:s|l?ed|l?ing)?|(?:tak(?:e|es|ing)|took) on|topp(?:ed|ing)"
    r"|overt(?:akes?|ook|aking)|approach(?:es|ed|ing)|bests?|bested)(?: [^\s,]+){0,3} ?$",
    re.IGNORECASE,
)
# The same where another model does it; "anyone can reproduce MPT-30B for" speaks of MPT-30B.
_COPIED = re.compile(
    r"\b(?:reproduc(?:es?|ed|ing)|replicat(?:es?|ed|ing)|recreat(?:es?|ed|ing)|imitat(?:es?|ed|ing)|mimic(?:s|ked|king)?)"
    r"(?: [^\s,]+){0,2} ?$",
    re.IGNORECASE,
)
BASIS = re.compile(
    r"(?:based on|built (?:on|upon|atop|from)|fine-?tun(?:ed|ing) (?:from|of|on)?|on top of|distill(?:ed"
    r"|ation|ing)(?: (?:from|of))?|start(?:ed|ing) from|derived from"
    r"|fine-?tun(?:ed|ing)(?: [\w-]+){0,3}|using|from|rests on|initiali[sz]ed (?:from|with)|underlying"
    r"|base model(?:,| is| was)?|data from"
    r"|generated (?:by|with|from)|outputs of|trained on outputs? (?:of|from))"
    r"(?: (?:the|a|an|its|open-source|open|meta's|google's|openai's|alibaba's|base|existing|model)){0,3} ?$",
    re.IGNORECASE,
)
EXAMPLE = re.compile(
    r"(?<![a-z])(?:such as|for example|e\.g\.|including|like|wie|comme|como|zoals|вроде)(?: the)?(?: [^\s,]+){0,2} ?$",
    re.IGNORECASE,
)
# One of a kind that the sentence speaks of: "a model like GPT-4 takes", "systems such as GPT-4".
_OF_A_KIND = re.compile(
    r"\b(?:models?|systems?|llms?|ones?|rivals?|competitors?|modelle?|modèles?|modelos?|modelli) (?:like"
    r"|such as|wie|comme|como|come)"
    r"(?: [^\s,]+){0,2} ?$",
    re.IGNORECASE,
)
# Behind a name: what was made from it, "a Llama-3.3-70B full fine-tune".
_MADE_FROM = re.compile(
    r" (?:full |lora |qlora |partial )?(?:fine-?tunes?|finetunes?|derivatives?|distills?)\b(?! (?:cost|took|on))",
    re.IGNORECASE,
)
LEFT_OUT = re.compile(
    r"(?:leav(?:es|ing) out|exclud(?:es|ing)|without|not counting|apart from|aside from|not|except)"
    r"(?: [^\s,]+){0,3} ?$",
    re.IGNORECASE,
)
_SINCE = re.compile(r"(?:^|[.,;] )(?:after|before|since|following|until) (?:[^\s,]+ ){0,2}$", re.IGNORECASE)
RELATIVE = re.compile(
    r",? (?:(?:on|for|in|into|to) )?(?:whose|which|that|where)\b"
    r"|(?: (?:d['\u2019]|de |von |di )[A-Z]\w+)?(?:,? (?:qui|dont|que|che|cui)|, (?:der|die|das|dessen|deren))\b"
)
OWN_VERB = re.compile(
    r"(?: ?\([^()]{0,20}\))?(?: (?:by|from|von|de|di) [A-Z][\w.-]+)?(?:, [^,;:()$\u20ac\xa3]{3,40},)?(?:['\u2019]s)?"
    r" (?:(?:was|were|is|are|had|has|would|will|ran|took|used|cost|costs|needed"
    r"|uses|takes|needs|required|requires|consumed|swallowed|reportedly|allegedly|only|mere|sits|stands|set|back|then"
    r"|came|at|for|with|about|around|some|roughly|nearly|over|to|put|an?|estimated|just|only|more|than"
    r"|kam|auf|schon|kostete|kostet|rund|etwa|knapp|mehr|als|a|coûté|coûte|plus|de|costó|cuesta|costato|è|custou|cerca"
    r"|unos|circa|itself|train|build|develop|trained|pre-trained|on|using) ){0,5}[~<>$\u20ac\xa3]{0,2}$"
    r"|的?(?:训练|訓練)?(?:成本|费用|花费|費用)?(?:高达|约为|约|为|是|超过|仅为|仅花费|仅|大约|达到|达|近|接近|の学習には|には|は|に){0,2}$"
)
POSSESSIVE = re.compile(r"['\u2019]s [~\u2248<>$\u20ac\xa3]{0,2}")
OWN_SIGN = re.compile(
    r"s?(?:['\u2019]s)? ?[(:=\u2013-]? ?[~\u2248<>$\u20ac\xa3]{0,2}| (?:and|with) (?:its"
    r"|their) (?:[\w-]+ ){0,3}[~$\u20ac\xa3]{0,2}|['\u2019]s (?!(?:\w+ )?(?:maker|owner"
    r"|creator|parent|developer|author|team|backer|builder)s?\b)(?:[^\s,;]+ ){0,4}"
)
_OWN_VERB_OBJECT = re.compile(r"['\u2019]s (?:[^\s,;]+ ){0,4}|,? (?:whose|which|that)\b.*")
_OWN_OBJECT = re.compile(
    r"\b(?:for|of|on|in|into|behind|train(?:ing)?|build(?:ing)?|develop(?:ing)?)(?: [^\s,]+){0,2} ?$", re.IGNORECASE
)
_JOINED = re.compile(r",? (?:(?:and|or) )?(?:[\w.-]+['\u2019]s )?", re.IGNORECASE)
# Another model, whose name is not here: "GPT-4's successor", "but its successor cost", "on the next model".
_KIN = (
    r"(?:successor|predecessor|next (?:big |flagship |frontier |large )?(?:model|one)|follow-?up|replacement|sequel)s?"
)
_OTHERS = re.compile(
    rf"['\u2019]s (?:\w+ ){{0,2}}(?:{_KIN}|(?:rival|competitor|challenger|alternative)s?)\b", re.IGNORECASE
)
# "A GPT-4-class system", "to GPT-3 quality": what another is like.
_OF_ITS_CLASS = re.compile(
    r"[- ](?:class|level|scale|style|like|sized?|quality|type|calib(?:er|re)|grade|competitive)\b"
    r"|['\u2019]s (?:level|class|grade|standard|quality)\b",
    re.IGNORECASE,
)
# "With a twentieth of R1's parameters", "the Qwen team": a measure of another model, or who made several.
_OWNED = re.compile(
    r"['\u2019]s (?:parameters?|size|scores?|performance|weights|capabilities|abilities|architecture)\b"
    r"| (?:team|researchers|authors|developers)\b"
)
_UNNAMED = re.compile(rf"\b(?:its|their|his|the) (?:\w+ ){{0,2}}{_KIN}\b(?! to\b)", re.IGNORECASE)
_FOR_KIN = re.compile(
    rf" (?:on|for|in|into|to (?:train|build|develop|make|create)) (?:its|their|the) (?:\w+ ){{0,2}}{_KIN}\b",
    re.IGNORECASE,
)
NEXT_TO = 4  # characters from a word to the name that it announces: "its successor, GPT-5"


def is_aside(name: Name, sentence: Sentence) -> bool:
    """Whether a name is a comparison, an example, a base, or a date's: not what the sentence speaks of."""
    lead = _lead(name, sentence)
    if _is_kin(name, sentence) or _OF_ITS_CLASS.match(sentence.text, name.end, sentence.end):
        return True
    return any(said.search(lead) for said in (EXAMPLE, COMPARED, _OUTDONE, BASIS, _SINCE))


def is_basis(name: Name, sentence: Sentence) -> bool:
    """Whether a name is that of a model that another was made from, and that is all that is named of it."""
    if is_made_from(name, sentence):
        return True
    return BASIS.search(_lead(name, sentence)) is not None and not COMPARED.search(_lead(name, sentence))


def is_made_from(name: Name, sentence: Sentence) -> bool:
    """Whether a name only says what the thing spoken of was made from: "ATLAS is a Llama-3.3-70B fine-tune"."""
    return _MADE_FROM.match(sentence.text, name.end, sentence.end) is not None


def is_example(name: Name, text: str) -> bool:
    """Whether a title or heading names a model as one of many: "what models like GPT-4 cost"."""
    return EXAMPLE.search(text, max(0, name.start - LEAD), name.start) is not None


def is_only_compared(figure: Figure, name: Name, sentence: Sentence) -> bool:
    """Whether a name is there to be compared with, and the figure is not its own: "$6 million, far less than GPT-4"."""
    if _is_kin(name, sentence) or _OF_ITS_CLASS.match(sentence.text, name.end, sentence.end):
        return True
    if _OWNED.match(sentence.text, name.end, sentence.end):
        return True
    lead = _lead(name, sentence, figure)
    if _OF_A_KIND.search(lead):
        return True
    is_copied = _COPIED.search(lead) and any(other.end < name.start for other in _models(sentence))
    if is_copied or _OUTDONE.search(lead) or _SINCE.search(lead):
        return not _has_behind(figure, name, sentence, _OWN_VERB_OBJECT)
    if not COMPARED.search(lead) or EXAMPLE.search(lead):
        return False
    return not (
        _has_behind(figure, name, sentence, OWN_VERB, OWN_SIGN, _OWN_VERB_OBJECT) or _is_object(figure, name, sentence)
    )


def is_of_kin(figure: Figure, sentence: Sentence, low: int) -> bool:
    """Whether a figure is another model's that has no name here: "but its successor cost", "on its next model".

    Args:
        figure: The figure.
        sentence: Its sentence.
        low: Where the looking begins: behind the name that would be taken otherwise.
    """
    high = figure.start
    behind = _FOR_KIN.match(sentence.text, figure.end, sentence.end)
    if behind and not any(0 <= name.start - behind.end() < NEXT_TO for name in _models(sentence)):
        return True
    found = list(_UNNAMED.finditer(sentence.text, low, high))
    return bool(found) and not any(found[-1].end() <= name.start < high for name in _models(sentence))


def _models(sentence: Sentence) -> Sequence[Name]:
    return [name for name in sentence.names if name.kind == "model"]


def _lead(name: Name, sentence: Sentence, figure: Figure | None = None) -> str:
    """What stands before a name, or before the first of the names that it is listed with."""
    models = _models(sentence) if name.name else [name]  # one without a name stands alone
    at = models.index(name) if name in models else 0
    while at and _JOINED.fullmatch(sentence.text, models[at - 1].end, models[at].start):
        at -= 1
    start = models[at].start if models else name.start
    low = max(sentence.start, start - LEAD)
    if figure and figure.end <= start:
        low = max(low, figure.end)
    return sentence.text[low:start]


def _is_kin(name: Name, sentence: Sentence) -> bool:
    """Whether a name only says whose successor or rival is meant."""
    return _OTHERS.match(sentence.text, name.end, sentence.end) is not None


def _has_behind(figure: Figure, name: Name, sentence: Sentence, *ways: re.Pattern[str]) -> bool:
    """Whether a figure behind a name is said to be the name's own."""
    if name.end > figure.start:
        return False
    return any(way.fullmatch(sentence.text, name.end, figure.start) for way in ways)


def _is_object(figure: Figure, name: Name, sentence: Sentence) -> bool:
    """Whether a name behind a figure is what the money went to: "the $100 million spent on GPT-4"."""
    return figure.end <= name.start and _OWN_OBJECT.search(sentence.text, figure.end, name.start) is not None
