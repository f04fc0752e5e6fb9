"""Second thoughts on a sentence's figures: what its other words and figures make of an amount."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.claims.figures import Figure
from pipeline.claims.money import per_after
from pipeline.claims.prices import MOST_TOKEN_PRICE, as_price, in_usd
from pipeline.claims.scope import Sentence

LEAST_CHIP_USD, MOST_CHIP_USD = 200, 400_000  # what one accelerator may cost; a system of eight costs more
MOST_SOLD_USD = 80_000
_PLAIN = ("USD", "EUR", "GBP")  # currencies whose unit is near enough to a dollar for that
_CHIP = (
    r"(?:gpus?|chips?|cards?|accelerators?|units?|superchips?|[abhv]\d{2,3}s?|gb?h?[23]00s?|mi\d{3}x?"
    r"|rtx ?\d{4}s?|tpus?)"
)
_PRICED = re.compile(
    rf"{_CHIP}['\"]?(?: (?:gpus?|chips?|cards?|units?|prices?|is|are|was|were|with|its|share|of"
    rf"|infrastructure|now|may|will|would"
    rf"|might|can|could|reportedly|currently|each|typically|alone|often|usually)){{0,7}}"
    r" ?(?:costs?|costing|go(?:es)?|sells?|selling|retails?|priced|prices?|runs?|fetch(?:es)?|is|are|was|were"
    r"|list(?:s|ed)?)(?: \w+){0,4} ?$"
    rf"|\b(?:buying|purchasing) (?:one|an? (?:\w+ ){{0,2}}{_CHIP})(?: \w+){{0,3}} costs?(?: \w+){{0,3}} ?$"
    rf"|(?:price|cost) (?:of|for|per) (?:an? |one |each |a single )?(?:\w+ ){{0,2}}{_CHIP}(?: \w+){{0,4}} ?$|(?:at"
    rf"|for) (?:nearly |about |around |roughly )?$",
    re.IGNORECASE,
)
_FOR_ONE = re.compile(
    rf" for (?:an?|each|one|every|a single) (?:\w+ ){{0,2}}{_CHIP}(?![a-z0-9])| (?:each|apiece|a piece|a pop"
    rf"|a unit|per unit)\b",
    re.IGNORECASE,
)
# "An H200 carries 141 GB and sells for around $32,000": nothing between turns the price to a machine or its hours.
_SOLD = re.compile(
    rf"(?<!on )(?<!with )(?<!using )\b(?:an?|each|every|one|the|this|that|used|new|refurbished|smuggled)"
    rf" (?:(?!on |with )[\w-]{{1,16}} ){{0,3}}?{_CHIP}(?![a-z0-9])(?P<between>[^.;$€£\xa5]{{0,60}}?)"
    r"\b(?:sells?|goes|go|going|retails?|retailing|fetch(?:es)?|is priced|are priced|trades?|lists?|listed)"
    r" (?:new |used )?(?:for|at|from)(?: (?:about|around|roughly|nearly|some|over|up to|approximately|between"
    r"|upwards of"
    r"|more than|almost|only|just)){0,2} ?$"
    rf"|\bchips? that costs? (?:about |around |roughly )?$|{_CHIP} that costs? (?:about |around |roughly |over )?$",
    re.IGNORECASE,
)
_NOT_ONE = re.compile(
    r"\b(?:servers?|racks?|systems?|nodes?|clusters?|box(?:es)?|machines?|pods?|hours?|rent\w*|month|train\w*|run|fleet"
    r"|companies|firms?|dgx|hgx|laptop|pc|each month)\b",
    re.IGNORECASE,
)
_SHARES = re.compile(r"\b(?:(?<!its )(?<!their )share|shares|stocks?|tickets?|licen[cs]es|seats)\b", re.IGNORECASE)
_BRACKET = re.compile(r" ?\([^()]{0,40}\)")
_EACH_AT = re.compile(
    r"\b(?:each|apiece)(?: (?:of (?:them|which|these)|one))?(?: (?:is|was|costs?|costing|priced|goes))?"
    r"(?: (?:at|for))?(?: (?:about|around|roughly|nearly|some|over|up|to|approximately)){0,2} ?$",
    re.IGNORECASE,
)
_CHIPS = re.compile(rf"\b{_CHIP}(?![a-z0-9])", re.IGNORECASE)
_RATE = re.compile(
    r"\b(?:rate|price|rates|prices|rented|leased|hire|pay|paying|charged?|charges|costs?)(?: (?:of|at|for|is|was|them"
    r"|it|each|an?|market|rental|cloud|about|around|roughly|some|only|just)){0,4} ?$|\b(?:times|x|at|@|of"
    r"|zu je|zu|je|à|a)"
    r"(?: (?:about|around|roughly|some|an?|the|assumed|average|rate)){0,4} ?$",
    re.IGNORECASE,
)
LEAST_RATE, MOST_RATE = 0.2, 15  # USD for an hour of one accelerator
_CHIP_HOUR = re.compile(
    rf"(?:(?:an|one|each|per) hour (?:on|of|with|for) (?:an?|one|a single) (?:\w+ ){{0,2}}{_CHIP}"
    rf"|(?:{_CHIP})[ -]hours?)"
    r"(?: (?!hours|took|of|used)\w+){0,5} ?$",
    re.IGNORECASE,
)
MOST_AN_HOUR = 100  # USD
_AN_HOUR_ABROAD = re.compile(r"(?:1|一|每)?(?:時間|小时|시간)(?:あたり|当たり|につき|당)?(?:約|约)?$")
_TOKEN_PRICE = re.compile(r"(?:a|per|1|one) ?(?:million|m|billion|thousand) (?:input |output )?tokens\b", re.IGNORECASE)
_PER_TOKENS = re.compile(
    r"(?:per|/|a|je|pro|por|par) ?(?:1 ?|one |un )?(?:million|m|mio\.?|millón de|million de) ?(?:input "
    r"|output )?(?:tokens?|tok)\b|/mtok",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"\b(?:total|together|altogether|cluster|all|worth|combined)\b", re.IGNORECASE)


def refined(sentence: Sentence, previous: Sentence | None) -> Sentence:
    """The sentence with the kinds of its amounts corrected and the counts added that its words leave out."""
    hourly = [_as_hourly(figure, sentence) for figure in sentence.figures if not _is_offer(figure, sentence)]
    figures = [_of_node(_priced(figure, sentence), sentence) for figure in hourly]
    earlier = previous.figures if previous else ()
    for at, figure in enumerate(figures):
        figures[at] = as_price(figure, sentence, (*earlier, *figures[:at]))
    figures = [_as_listed(figure, sentence, previous) for figure in figures]
    hours = [other for around in (sentence, previous) if around for other in around.figures]
    figures = [_as_rate(figure, sentence, hours) for figure in figures]
    figures = [_as_sibling(figure, figures) for figure in figures]
    figures = [_as_priced_beside(figure, figures, sentence) for figure in figures]
    figures = [_as_bracketed(figure, figures, sentence) for figure in figures]
    figures = [_difference(figure, sentence) for figure in figures]
    return replace(sentence, figures=tuple(figures))


_PER_HOUR_BEHIND = re.compile(r" ?\([^()]{0,24}\d[^()]{0,16}\)")  # "$14 (about 2,200 yen) per hour"


def _as_hourly(figure: Figure, sentence: Sentence) -> Figure:
    """An amount whose gloss stands between it and its hour, and the gloss: "$14 (about 2,200 yen) per hour"."""
    if figure.kind != "money" or figure.per:
        return figure
    behind = _PER_HOUR_BEHIND.match(sentence.text, figure.end, sentence.end)
    close = sentence.text.find(")", figure.end, figure.end + 2)
    end = behind.end() if behind else close + 1
    per = per_after(sentence.text, end) if end > 0 else None
    if per is None or not per.kind.endswith("_hour"):
        return figure
    return replace(figure, kind=per.kind, per=per.per)


_EACH_NAMED = re.compile(rf"\b(?:an? )?{_CHIP} ?(?:[≈:=~@]|is|was|at|costs?|about)? ?$", re.IGNORECASE)


def _as_priced_beside(figure: Figure, figures: list[Figure], sentence: Sentence) -> Figure:
    """An amount right behind a chip's name, beside a price per chip: "H100 ≈ $30,000, B200 ≈ $40,000 per GPU"."""
    if figure.kind != "money" or figure.per or not LEAST_CHIP_USD <= in_usd(figure) <= MOST_SOLD_USD:
        return figure
    lead = sentence.text[max(sentence.start, figure.start - 30) : figure.start]
    is_beside = any(other.kind == "price_per_gpu" for other in figures)
    return replace(figure, kind="price_per_gpu") if is_beside and _EACH_NAMED.search(lead) else figure


_OPENS_GLOSS = re.compile(r" ?\((?:about |around |roughly |approximately |or |some |~){0,2}")


def _as_bracketed(figure: Figure, figures: list[Figure], sentence: Sentence) -> Figure:
    """An amount in brackets behind a price per chip says the same in another currency."""
    said = next((other for other in figures if other.kind == "price_per_gpu" and other.end <= figure.start), None)
    if figure.kind != "money" or said is None or said.currency == figure.currency:
        return figure
    is_gloss = _OPENS_GLOSS.fullmatch(sentence.text, said.end, figure.start)
    return replace(figure, kind="price_per_gpu") if is_gloss else figure


_LESS = re.compile(
    r" (?:(?:less|cheaper|lower|higher|fewer)\b(?! or)|more (?:than|expensive|costly)\b|more(?=[.,;]|$))"
    r"|を?(?:節約|削減|節減)|[을를]? ?(?:절감|절약)|的?(?:节省|节约)",
    re.IGNORECASE,
)


# "Would cut the cost of training by $40 million".
_CUT_BY = re.compile(
    r"\b(?:cut(?:s|ting)?|lower(?:s|ed|ing)?|reduc(?:e[sd]?|ing)|trim(?:s|med|ming)?|slash(?:es|ed|ing)?|shav(?:e[sd]?|ing))"
    r"\b[^.;,$€£]{1,60} by (?:about |around |roughly |some |nearly |over |more than |up to |almost )?$",
    re.IGNORECASE,
)


def _difference(figure: Figure, sentence: Sentence) -> Figure:
    """The amount, told apart where it is by how much something is less or more than another."""
    if figure.kind != "money":
        return figure
    lead = sentence.text[max(sentence.start, figure.start - LONGEST_CUT) : figure.start]
    is_difference = _LESS.match(sentence.text, figure.end) or _CUT_BY.search(lead)
    return replace(figure, is_difference=True) if is_difference else figure


LONGEST_CUT = 90  # characters


_MACHINES_EACH = re.compile(
    r"\b(?:boxes|servers|racks|nodes|machines|pods)\b(?:(?!gpu|chip|card|\d)[^.;]){0,40}$", re.IGNORECASE
)
_ONLY_EACH = re.compile(r" (?:each|apiece|a pop)$", re.IGNORECASE)


def _is_of_no_chip(figure: Figure, sentence: Sentence) -> bool:
    """Whether "each" is said of something else: of models for $1 billion, of shares for $165, of servers."""
    if figure.low > MOST_CHIP_USD and figure.currency in _PLAIN:
        return True
    lead = sentence.text[max(sentence.start, figure.start - 60) : figure.start]
    if _ONLY_EACH.search(sentence.text, figure.start, figure.head_end) and _MACHINES_EACH.search(lead):
        return True
    return _SHARES.search(sentence.text, sentence.start, sentence.end) is not None


# "A server with eight H100 cards goes for": the price is the server's.
_MACHINE_WITH = re.compile(
    r"\b(?:server|box|machine|node|rack|system|workstation)s? (?:with|of|holding|that holds) (?:[\w-]+ ){0,3}$",
    re.IGNORECASE,
)


def _priced_alone(before: str) -> re.Match[str] | None:
    """The words in front of an amount that price an accelerator, where it is not that of a machine with several."""
    found = _PRICED.search(before)
    return None if found and _MACHINE_WITH.search(before, 0, found.start()) else found


def _is_sold_for(figure: Figure, before: str, after: str) -> bool:
    """Whether an amount is what the one accelerator in front of it sells for."""
    sold = _SOLD.search(before)
    if sold is None or _NOT_ONE.search(sold[0]) or _NOT_ONE.match(after.lstrip(" ")):
        return False
    return LEAST_CHIP_USD <= in_usd(figure) <= MOST_SOLD_USD


def _priced(figure: Figure, sentence: Sentence) -> Figure:
    if figure.kind == "price_per_gpu" and _is_of_no_chip(figure, sentence):
        return replace(figure, kind="money")
    if figure.kind != "money" or figure.per:
        return figure
    before = sentence.text[max(sentence.start, figure.start - 90) : figure.start]
    behind = _BRACKET.match(sentence.text, figure.end, sentence.end)
    begin = behind.end() if behind else figure.end
    after = sentence.text[begin : min(sentence.end, begin + 50)]
    if _PER_TOKENS.search(sentence.text, sentence.start, sentence.end) and figure.high < MOST_TOKEN_PRICE:
        return replace(figure, kind="price_other", per="1m tokens")
    if _TOKEN_PRICE.search(before) and re.search(r"\b(?:is|are|costs?|at|for)\b", before) and figure.high < 10_000:
        return replace(figure, kind="price_other", per="1m tokens")
    if _AN_HOUR_ABROAD.search(before) or (figure.high < MOST_AN_HOUR and _CHIP_HOUR.search(before)):
        return replace(figure, kind="price_per_gpu_hour")
    if _is_sold_for(figure, before, after):
        return replace(figure, kind="price_per_gpu")
    if not LEAST_CHIP_USD <= figure.high <= MOST_CHIP_USD or figure.currency not in _PLAIN:
        return figure
    if _FOR_ONE.match(after) or (_EACH_AT.search(before) and _CHIPS.search(before)):
        return replace(figure, kind="price_per_gpu")
    found = _priced_alone(before)
    if found and not found[0].lower().startswith(("at", "for")) and not _TOTAL.search(found[0]) and figure.high >= 1000:
        counted = any(
            other.kind == "gpu_count" and other.end > figure.start - len(before) + found.start()
            for other in sentence.figures
            if other.start < figure.start
        )
        return figure if counted else replace(figure, kind="price_per_gpu")
    return figure


_LISTED = re.compile(
    r"\b(?:expensive|cheap\w*|dear\w*|charges?|asks?|costs?|priced|sells?|output|input|against|versus|to"
    r"|than)\b(?:[^.;]|\.(?=\d)){0,25}$",
    re.IGNORECASE,
)


def _as_listed(figure: Figure, sentence: Sentence, previous: Sentence | None) -> Figure:
    """A small amount behind a price per million tokens is another such price: "o1 is 27 times as expensive at $15"."""
    prices = [
        other for around in (sentence, previous) if around for other in around.figures if other.kind == "price_other"
    ]
    if figure.kind != "money" or figure.per or figure.high >= MOST_TOKEN_PRICE / 4 or not prices:
        return figure
    lead = sentence.text[max(sentence.start, figure.start - 40) : figure.start]
    if "tok" not in (prices[-1].per or "") or not _LISTED.search(lead):
        return figure
    return replace(figure, kind="price_other", per=prices[-1].per)


def _as_rate(figure: Figure, sentence: Sentence, around: list[Figure]) -> Figure:
    """A small amount beside GPU-hours is what one of them costs: "0.9 million GPU-hours, at a rate of $2.20"."""
    if figure.kind not in ("money", "price_per_gpu") or figure.per or not LEAST_RATE <= figure.high <= MOST_RATE:
        return figure
    if figure.kind == "price_per_gpu" and any(other.kind == "gpu_hours" for other in around):
        return replace(figure, kind="price_per_gpu_hour")  # "at two dollars apiece"
    lead = sentence.text[max(sentence.start, figure.start - 60) : figure.start]
    is_rate = any(other.kind == "gpu_hours" for other in around) and _RATE.search(lead) is not None
    return replace(figure, kind="price_per_gpu_hour") if is_rate else figure


_NODE = re.compile(
    r"\b(?:nodes?|servers?|instances?|machines?|dgx \w+|hgx \w+|p\d\w*\.\w+|8 ?x ?[a-z]{1,2}\d{2,3})\b", re.IGNORECASE
)
_ONE_NODE = re.compile(r"[ -]?(?:gpu )?(?:node|server|instance|machine|box|system)\b", re.IGNORECASE)
_RUN = re.compile(
    r"\b(?:train|run|ran|took|using|used|on a single|on one|in \d|hours|minutes|days|\d hour)", re.IGNORECASE
)


def _of_node(figure: Figure, sentence: Sentence) -> Figure:
    """A price per hour is a node's where the words before it in the clause name a node last."""
    if figure.kind != "price_per_gpu_hour" or figure.per != "hour":
        return figure
    lead = sentence.text[max(sentence.start, figure.start - 60) : figure.start]
    named = _NODE.search(lead)
    if named and named[0].lower().startswith("instance") and figure.high < MOST_RATE:
        named = None  # the clouds' instances have one accelerator too
    return replace(figure, kind="price_per_node_hour", per=None) if named else replace(figure, per=None)


def _is_offer(figure: Figure, sentence: Sentence) -> bool:
    """Whether a count only says what a node for rent holds: "an 8xH100 node costs $98 per hour"."""
    if figure.kind != "gpu_count" or figure.high > 16 or not _ONE_NODE.match(sentence.text, figure.end):
        return False
    return not _RUN.search(sentence.text, sentence.start, sentence.end)


def _as_sibling(figure: Figure, figures: list[Figure]) -> Figure:
    """An amount that shares an end with a price per chip beside it: "$25,000 a card, of a $25,000 to $30,000 range"."""
    if figure.kind != "money":
        return figure
    hourly = [other for other in figures if other.kind == "price_per_gpu_hour" and other.currency == figure.currency]
    if (
        hourly
        and not figure.per
        and max(other.high for other in hourly) * 4 >= figure.high >= min(h.low for h in hourly) / 4
    ):
        return replace(figure, kind="price_per_gpu_hour")  # "$1.10 per GPU-hour on contract, $1.79 on demand"
    ends = {end for other in figures if other.kind == "price_per_gpu" for end in (other.low, other.high)}
    return replace(figure, kind="price_per_gpu") if {figure.low, figure.high} & ends else figure
