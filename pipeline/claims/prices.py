"""What a small amount buys where no unit stands behind it: tokens, a month, a share, one accelerator, one node."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.claims import currencies
from pipeline.claims.figures import Figure
from pipeline.claims.scope import Sentence

MOST_TOKEN_PRICE = 700  # USD; a million tokens of no model costs more
MOST_SHARE, MOST_UNIT, MOST_A_MONTH = 5_000, 10_000, 1_000  # USD: of a share, of a task or seat, of a subscription
MOST_GPU_HOUR, MOST_NODE_HOUR = 15, 1_000  # USD: more for an hour is a node's; still more is no rent
LONGEST_LEAD = 70  # characters
_MAGNITUDE = re.compile(r"[a-z]{4}|[KMB]\b|[万亿萬億만억]", re.IGNORECASE)

# --- tokens ---
# "Input tokens are priced at $2.50 per million": the noun stands before, or is understood.
_PER_MILLION = re.compile(
    r" ?(?:(?:per|/|a|por|par|pro|je|for) ?(?:1 ?|one |un |ein )?(?:million|millón|million|mio\.?|m|mm|milhão)(?![a-z])"
    r"(?! (?:people|users|customers|cars|homes|lines|miles))|[/每] ?(?:百万|百萬|1M)|/1 ?[mk]\b)",
    re.IGNORECASE,
)
_MILLION_BEFORE = re.compile(
    r"(?:[每一](?:百万|百萬|1M|1000|千)(?: ?个?(?:tokens?|词元))?|tokens?[每/]?(?:百万|百萬))[^,，。;；]{0,14}$"  # noqa: RUF001
    r"|\bper 1 ?[MK]:? (?:[\w.,/$ -]{0,40})?$",
    re.IGNORECASE,
)
_IN_OR_OUT = re.compile(
    r" ?(?:/ ?\$?[\d.]+ ?)?\(?(?:in|out|input|output|uncached|cached|on a (?:hit|miss)|for (?:input|output"
    r"|completions?))\b",
    re.IGNORECASE,
)
# "$0.27 in and $0.28 out": of nothing else is there one price in and another out.
_IN_AND_OUT = re.compile(r"[$€£][\d.]+ ?(?:in|input)\b[^.;]{1,24}[$€£][\d.]+ ?(?:out|output)\b(?! of)", re.IGNORECASE)
_SOLD = re.compile(
    r"\b(?:input|output|cached|cache|tokens?|api|prompt|completion|lists?|priced?|sells?|sold|asks?|against|versus"
    r"|vs\.?"
    r"|charges?|than|to|and|at|is|for|/)\b[^;。]{0,40}$|[/／]\s?$",  # noqa: RUF001
    re.IGNORECASE,
)
_OF_API = re.compile(r"\bapis?\b|\btokens?\b|\binput\b|\boutput\b|词元|トークン|入力|出力|输入|输出", re.IGNORECASE)
# --- shares ---
_SHARE_BEFORE = re.compile(
    r"(?:\bEPS|\b(?:price )?target|\bclos(?:ed|es|ing)|\btrad(?:ed|es|ing)|\bshares?|\bstocks?|\bopened"
    r"|\bconversion price"
    r"|\b(?:jumped|fell|rose|slid|dropped|climbed|soared|gained|lost|up|down)(?: by)? \d[\d.]*%|\blifted \w+"
    r"|每股\w{0,4})(?:(?! billion| million| of )[^.;$€£]){0,32}$",
    re.IGNORECASE,
)
_OF_SHARES = re.compile(r"\bshares?\b|\bstocks?\b|\bEPS\b|\bprice target|\bTop Pick\b|closed at|每股", re.IGNORECASE)
_EACH = re.compile(r" (?:apiece|each|a share|per share)\b", re.IGNORECASE)
# --- other units ---
_UNIT = (
    r"interaction|device|book|work|infringement|session|test|task|call|dbu|worker|generation|clip|video|page"
    r"|characters?"
    r"|queries|query|searches|search|request|requests|use|head|payer|developer|employee|seat|user|conversation|message"
    r"|image|song|student|customer|subscriber|core|acu|answer|experiment|sample"
)
_PER_UNIT = re.compile(
    rf" ?(?:(?:(?:per|for (?:an?|one|each|every)|la|le|une|pro|je|por|al?)\b|/|-a-) ?(?:\d?k |1,?000 |single |complex "
    rf"|active |more )?"
    rf"(?:[\w-]{{1,16}} )??(?P<per>{_UNIT})s?\b|/(?P<per2>session|core|dbu|query|image|gb|go|seat|user|sec)\b)",
    re.IGNORECASE,
)
_UNIT_BEFORE = re.compile(
    r"\b(?:an?|one|each|the average|per|une|chaque|every) (?:\w+ )?(?P<per>task|query|request|clip|conversation|mot"
    r"|word"
    r"|answer|experiment|search|recherche|payer|seat|subscription|subscriber|user)\b[^.;$€£]{0,40}$",
    re.IGNORECASE,
)
_BY_THE_HEAD = re.compile(
    r"\b(?:workers?|annotators?|contractors?|wages?|label(?:l?ers?|s|ed)?|freelanc\w+)\b", re.IGNORECASE
)
_CHIPS = r"(?:gpus?|chips?|cards?|accelerators?|[abhv]\d{2,3}s?|b?gb?[23]00s?|mi\d{3}x?|rtx ?\d{4}s?|tpus?|h20s?)"
_CHIP = re.compile(rf"\b{_CHIPS}\b|显卡|[ABH][128]00", re.IGNORECASE)
# --- one accelerator ---
_ONE_CHIP = re.compile(
    rf"(?:\b(?:an?|one|each|every|single|eine?r?|un|une|the|das|die|le) (?:[\w-]{{1,16}} ){{0,3}}?{_CHIPS}"
    r"(?:[ -](?:sxm\d?|pcie|\d{2,3} ?gb|module|card|chip|gpu|from nvidia|von nvidia|de nvidia|nvidia)){0,2}"
    r"(?:,? (?:is|are|was|costs?|takes?|at|around|might be|may be|retails? (?:at|for)|retailing (?:at|for)|starts? at"
    r"|goes for"
    r"|sells for|kostet|se paie|s'achète|vale|cuesta|now takes|now costs|sets you back|have|has a)|:| ?\()"
    r"|[一每][块塊张張枚顆颗][^,，。;；]{0,16}|单[颗顆张張块]|单价|單價|개당|한 장에|하나에"  # noqa: RUF001
    rf"|\d[\d,.]{{0,12}}k? (?:[\w-]{{1,16}} ){{0,2}}?{_CHIPS} (?:x|at|@|zu je|je|times) ?(?:an? |between )?)"
    r"(?: ?(?:about|around|roughly|nearly|some|over|up to|approximately|about|etwa|rund|environ|约|約|大约|超过"
    r"|between|~|an?"
    r"|estimated|a whopping)){0,3} ?$",
    re.IGNORECASE,
)
_FOR_RENT = re.compile(r"hour|/ ?h|month|hr\b|rent|lease|train|fine-?tun|小时|월|月", re.IGNORECASE)
LEAST_CHIP, MOST_CHIP = 200, 100_000  # USD
# --- nodes ---
_NODE_BEFORE = re.compile(
    r"(?:\bv\d[ep]?-\d{1,4}|\b\d{1,2} ?x ?[a-z]?\w{2,6}(?: gpus?)?(?: at)?|\b(?:box|node|pod|slice)(?: of \w+)?(?: is"
    r"| at| for)?"
    r"|\bp[45]\w{0,3}(?:\.\w+)?:?)(?: (?:about|around|roughly|~|is|at))* ?$",
    re.IGNORECASE,
)
_NODE_BEHIND = re.compile(
    r" ?(?:for (?:an?|one|the|four|eight|about the same|two) ?(?:p[45]\w?|node|box|pod|machine)\b|for (?:four|eight"
    r"|two)\b)",
    re.IGNORECASE,
)


def in_usd(figure: Figure) -> float:
    """About how many dollars a figure's upper end is."""
    return figure.high * currencies.IN_USD.get(figure.currency or "USD", 1.0)


def as_price(figure: Figure, sentence: Sentence, before: Sequence[Figure]) -> Figure:
    """The figure as the price that the words around say it is, and the prices before it."""
    lead = sentence.text[max(sentence.start, figure.start - LONGEST_LEAD) : figure.start]
    after = sentence.text[figure.end : min(sentence.end, figure.end + LONGEST_LEAD)]
    if figure.kind == "price_per_gpu_hour":
        return _by_the_hour(figure, sentence, lead, after)
    if figure.kind not in ("money", "price_per_gpu") or figure.is_vague or figure.is_difference:
        return figure
    if figure.kind == "money":
        unit = _unit_of(figure, sentence, before, lead, after)
        if unit:
            return replace(figure, kind="price_other", per=unit)
    if figure.kind == "price_per_gpu" and _SHARE_BEFORE.search(lead) and not _CHIP.search(lead):
        return replace(figure, kind="price_other", per="share")
    is_chip = figure.kind == "money" and figure.per is None and LEAST_CHIP <= in_usd(figure) <= MOST_CHIP
    if is_chip and _ONE_CHIP.search(lead) and not _FOR_RENT.search(f"{lead[-30:]} {after[:16]}"):
        return replace(figure, kind="price_per_gpu")
    return figure


def _unit_of(figure: Figure, sentence: Sentence, before: Sequence[Figure], lead: str, after: str) -> str | None:
    """What a small amount is the price of, where it is one."""
    amount, printed = in_usd(figure), sentence.text[figure.start : figure.end]
    is_plain = figure.low < 1000 and not re.search(r"illi|[KMBkmb]\b|[万亿萬億만억]|thousand|crore|mil\b", printed)
    if figure.per:
        return figure.per if amount < MOST_A_MONTH else None
    if is_plain and amount < MOST_TOKEN_PRICE and _is_of_tokens(sentence, before, figure.start, (lead, after)):
        return "1m tokens"
    is_share = _SHARE_BEFORE.search(lead) or (before and before[-1].per == "share" and _SOLD.search(lead))
    if is_plain and amount < MOST_SHARE and is_share and _OF_SHARES.search(sentence.text):
        return "share"
    if amount < MOST_UNIT:
        if found := _PER_UNIT.match(after):
            return (found["per"] or found["per2"]).lower()
        if is_plain and (found := _UNIT_BEFORE.search(lead)):
            return found["per"].lower()
    return None


IN_AND_OUT_REACH = 40  # characters


def _is_of_tokens(sentence: Sentence, before: Sequence[Figure], start: int, beside_it: tuple[str, str]) -> bool:
    lead, after = beside_it
    if _PER_MILLION.match(after) or _MILLION_BEFORE.search(lead):
        return True
    beside = [other for other in before if other.kind == "price_other" and "tok" in (other.per or "")]
    words = sentence.text[max(sentence.start, start - IN_AND_OUT_REACH) : min(sentence.end, start + IN_AND_OUT_REACH)]
    of_api = _IN_AND_OUT.search(words) or _OF_API.search(sentence.text, sentence.start, sentence.end)
    if _IN_OR_OUT.match(after) and (beside or of_api):
        return True
    return bool(beside and beside[-1].start >= sentence.start and _SOLD.search(lead))


# "One gets 4xA100 for around $8 per hour": the price of all four, where a share of it is what one may cost.
_SEVERAL = re.compile(
    rf"\b(?P<count>\d{{1,2}}) ?x ?(?:nvidia |tesla )?{_CHIPS}(?:[ -]?\d{{2,3}} ?gb)?(?: gpus?)?(?! ?(?:hours?|h\b))"
    r"[^.;$€£]{0,30}$",
    re.IGNORECASE,
)
_APIECE = re.compile(r" ?(?:per |/ ?|an? |for )?(?:each|apiece|gpu|card|chip)\b", re.IGNORECASE)
LEAST_SHARE = 0.5  # USD an hour; no accelerator that is rented by the several is cheaper


def _is_of_all(figure: Figure, lead: str) -> bool:
    """Whether a price per hour is that of the several accelerators in front of it."""
    several = _SEVERAL.search(lead)
    if several is None:
        return False
    count = int(several["count"])
    return count > 1 and in_usd(figure) / count >= LEAST_SHARE


def by_its_amount(figure: Figure) -> Figure:
    """A price per hour that is too high for one accelerator: a node's, or none."""
    if figure.kind != "price_per_gpu_hour" or in_usd(figure) <= MOST_GPU_HOUR:
        return figure
    if in_usd(figure) >= MOST_NODE_HOUR:
        return replace(figure, kind="money", per="hour")
    return replace(figure, kind="price_per_node_hour", per=None)


def _by_the_hour(figure: Figure, sentence: Sentence, lead: str, after: str) -> Figure:
    """A price per hour: of a node where it is too high for one accelerator's or names one, of a worker, or no price."""
    if in_usd(figure) >= MOST_NODE_HOUR:
        return by_its_amount(figure)
    words = sentence.text[sentence.start : sentence.end]
    if _BY_THE_HEAD.search(words) and not _CHIP.search(f"{lead[-40:]}{after[:30]}"):
        return replace(figure, kind="price_other", per="hour")
    if _CHIP.search(sentence.text, figure.start, figure.end):
        return figure
    is_of_node = _NODE_BEFORE.search(lead) or _NODE_BEHIND.match(after) or _is_of_all(figure, lead)
    if is_of_node and not _APIECE.match(after):
        return replace(figure, kind="price_per_node_hour", per=None)
    return by_its_amount(figure)
