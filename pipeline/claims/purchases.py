"""What an amount buys, by the words between: chips, their keep, a company."""

from __future__ import annotations

import re
from functools import cache

from pipeline.claims.figures import Figure
from pipeline.claims.lexicon import machines
from pipeline.claims.names import Name
from pipeline.claims.scope import Sentence

_ACQUIRES = re.compile(
    r"\b(?:[Bb]ought|[Bb]uys?|[Bb]uying|[Aa]cquir(?:es?|ed|ing)|snapped up|[Ss]old|[Ss]ells?|takeover of"
    r"|acquisition of)"
    r"(?: (?:\d+%|of|the|its|his|her|their|a|an|rival|maker|chip|designer|previous|first|last|old|earlier|once"
    r"|ai|all)){0,5}"
    r" (?:start-?ups?|company|firm|business|stake|shares|[A-Z][a-z]+[A-Za-z]*)\b",
)
_PAID_FOR = re.compile(r"\b(?:paid|pays?|paying|offered|offering)(?: [\w$.]+){0,3} ?$", re.IGNORECASE)
_FOR_NAME = re.compile(r" (?:in (?:cash|stock) )?for (?=[A-Z][a-z])")
_TO_RUN = re.compile(
    r"(?: an? year)?,? (?:to (?:run|operate|power|keep running)|in (?:operating"
    r"|running) costs)\b(?! chatgpt)"
)
_MACHINES = re.compile(r"\b(?:fleet|clusters?|gpus|chips|servers|machines|hardware)\b", re.IGNORECASE)
_FOR_CHIPS = re.compile(
    r" (?:to nvidia |worth )?(?:on|for|of|in|to buy|to purchase|buying|purchasing)(?: (?!and\b|or\b|which\b"
    r"|who\b|that\b)"
    r"[\w'-]+){0,4} ?$",
    re.IGNORECASE,
)
_IS_WORTH = re.compile(
    r",? (?:which|that)(?: \w+){0,5} (?:is|are|was|were) worth|,? (?:an? |at an? )?(?:investment|outlay|bill"
    r"|price|cost|value|hardware cost)s? of|,? (?:worth|costing"
    r"|valued at|priced at)",
    re.IGNORECASE,
)
_TRAINING = re.compile(r"train|run\b|ran\b|model|reproduc|replicat|fine-?tun|distil|develop", re.IGNORECASE)
_ON_CHIPS = re.compile(
    r" (?:on|for|of|in|into|worth of)(?: (?:the|its|their|own|ai|new|more|advanced|high-end|expensive|nvidia"
    r"|such)){0,3}"
    r" (?:gpus|chips|graphics (?:cards|processors)|servers|accelerators|processors|hardware|machines|tpus|cards)\b",
    re.IGNORECASE,
)


_TO_BUILD = re.compile(
    r" (?:to|for|on) (?:the )?(?:build|building|construct|constructing|construction of|upgrade|upgrading"
    r"|assemble|assembling|install"
    r"|installing|acquire|acquiring|expand|expanding|mejorar|ampliar|construir|comprar|construire|acheter|acquistare|costruire)"
    r"(?: (?!and\b|or\b|that\b|which\b|to\b)[\w'-]+){0,4}? "
    r"(?P<what>supercomput\w*|super-?pods?|superclusters?|clusters?|machines?|servers|superordenador|supercomputador|supercalculateur"
    r"|supercomputer)",
    re.IGNORECASE,
)


_MACHINE_WITH = re.compile(
    r"(?:supercomputers?|super-?pods?|data ?cent(?:er|re)s?|facility|campus|site|supercluster|superordenador"
    r"|superrechner)"
    r",? (?:(?:is )?(?:made up|built|composed|consist(?:s|ing)) (?:of|from|with)|with|of|having|has|featuring"
    r"|comprising|housing"
    r"|houses|containing|contains|packing|holding|holds|running|runs|mit|con|avec)(?: (?:its|the|over|some"
    r"|about|around|more than"
    r"|up to|roughly|nearly|initial|total of|a|more|than|an|estimated)){0,4} ?[~<>]?$",
    re.IGNORECASE,
)


def machine_with(figure: Figure, sentence: Sentence) -> str | None:
    """The words that make chips those of a machine or a site: "a supercomputer with 100,000 GPUs"."""
    found = _MACHINE_WITH.search(sentence.text, max(sentence.start, figure.start - 60), figure.start)
    return found[0].strip() if found else None


@cache
def on_machine() -> re.Pattern[str]:
    """What follows an amount that goes into a machine: "on the supercomputer", "for MareNostrum"."""
    return re.compile(
        r"(?: in (?:all|total))?,? (?:(?:on|into|for|in|to|go to|goes to|went to|irán al|al|au|a|für den|in den"
        r"|dans) )(?:(?:one of )?(?:the|its|their|an?|this)"
        r" )?(?:[\"']?[\w-]+[\"']? ){0,3}?(?P<what>supercomputers?(?! (?:cent|maker|firm|company))|superrechner"
        rf"|superordenador|{machines(surely=True).pattern})\b"
    )


def builds_machine(figure: Figure, sentence: Sentence) -> str | None:
    """The machine that an amount is to build or to better: "$20 million to build an AI supercomputing centre"."""
    found = _TO_BUILD.match(sentence.text, figure.end, sentence.end) or on_machine().match(
        sentence.text, figure.end, sentence.end
    )
    return found["what"] if found else None


def runs_machines(figure: Figure, sentence: Sentence) -> bool:
    """Whether an amount keeps machines running: "the fleet cost $1.6 billion to acquire and $944 million to run"."""
    if _TO_RUN.match(sentence.text, figure.end, sentence.end) is None:
        return False
    return _MACHINES.search(sentence.text, sentence.start, figure.start) is not None


def is_on_chips(figure: Figure, sentence: Sentence) -> bool:
    """Whether an amount goes into chips that no name is given for: "well over $500 million into graphics cards"."""
    lead = sentence.text[max(sentence.start, figure.start - 60) : figure.start]
    return bool(_ON_CHIPS.match(sentence.text, figure.end, sentence.end)) and not _TRAINING.search(lead)


_TIME_ON = re.compile(r"(?:'s)?[ -](?:gpu )?(?:time|hours?|compute|credits|capacity|rental)\b", re.IGNORECASE)


def is_for(amount: Figure, chips: Name, text: str) -> bool:
    """Whether an amount is for chips that are not counted: "spent $138 million on A100s"."""
    between = text[amount.end : chips.start]
    if not 0 < len(between) < 40 or not _FOR_CHIPS.match(between) or _TIME_ON.match(text, chips.end):
        return False  # "$3,000 of A100 time" buys none
    return not _TRAINING.search(text[max(0, amount.start - 60) : chips.start])


def buys(amount: Figure, chips: Figure, text: str) -> bool:
    """Whether the words between say that the amount is for the chips, and none of training."""
    if amount.end <= chips.start:
        between = text[amount.end : chips.start]
        return (
            len(between) < 50
            and bool(_FOR_CHIPS.match(between))
            and not _TRAINING.search(text[max(0, amount.start - 60) : chips.start])
        )
    between = text[chips.end : amount.start]
    return len(between) < 45 and bool(_IS_WORTH.match(between))


def acquires(figure: Figure, sentence: Sentence) -> bool:
    """Whether the amount is paid for a company: "bought MosaicML for $1.3 billion"."""
    if _PAID_FOR.search(sentence.text, max(sentence.start, figure.start - 40), figure.start):
        bought = _FOR_NAME.match(sentence.text, figure.end, sentence.end)
        named = bought and any(
            name.start == bought.end() for name in sentence.names if name.kind in ("hardware", "model")
        )
        if bought and not named:
            return True
    found = next((hit for hit in _ACQUIRES.finditer(sentence.text, sentence.start, figure.start)), None)
    if found is None or figure.start - found.end() > 80:
        return False
    if sentence.clause_of(found.end() - 1) != sentence.clause_of(figure.start):
        return False
    return not any(name.kind in ("hardware", "model") and abs(name.start - found.end()) < 12 for name in sentence.names)
