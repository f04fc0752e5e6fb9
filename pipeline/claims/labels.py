"""What a label says of the numbers beside it: the header of a column or row, or a key before a colon."""

from __future__ import annotations

import re

from pipeline.claims.claim import Kind

_NODE = r"(?:instance|node|server|machine|box|vm|pod|slice|rack)"
_CHIP = r"(?:gpu|tpu|chip|card|accelerator|xpu|npu|[abhv]\d{2,3}s?|gb?[23]00)"
# A header that is nothing but the word for chips, with what they are in front or behind in brackets.
_CHIPS_ALONE = (
    r"^\W*(?:(?:nvidia|amd|total|training|all) )*(?:gpus?|chips|tpus?|accelerators|cards|hardware quantity"
    r"|[abhv]\d{2,3}s|gb?[23]00s|mi\d{3}xs)(?: \((?!.*(?:gb|memory|vram|hour|type|model)\b)[^()]{2,30}\))?"
    r"(?: (?:used|needed|owned|deployed|installed|in use|total))?\W*$"
)
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    ("price_per_node_hour",
     rf"(?:per|/|an?) ?{_NODE}[ /-]{{0,2}}(?:hour|hr|h)\b|(?:hourly|per hour).{{0,12}}(?:per|/) ?{_NODE}\b"
     rf"|{_NODE} (?:price|rate|cost)s? per hour"),
    ("price_per_gpu_hour",
     r"(?:[$€£\xa5元]|usd|price|rate|cost|pricing|rent(?:al)?|lease|on[- ]demand|spot|reserved|价格|租金|preis|prix"
     r"|precio).{0,24}(?:/|per |a )(?:gpu|chip|card"
     r"|accelerator|h100"
     r"|a100)?[ /-]{0,2}(?:(?:hour|hr|h)\b|小时|时薪|時間|stunde|heure|hora)|hourly|/ ?gpu[ /-]?(?:hour|hr|h)\b"
     r"|\$/(?:hr|h)\b|(?:spot|on[- ]demand|reserved|list).{0,12}/ ?(?:hour|hr|h)\b|(?:per|/) ?(?:gpu"
     r"|chip|card|[ah]\d00)[ -]hours?\b"
     rf"|(?:per|/) ?{_CHIP} ?(?:and|per|/|an?) ?(?:hour|hr|h)\b"
     r"|(?:per|/) ?(?:accelerator|tpu|device)[ -](?:hour|hr|h)s?\b"
     r"|^\W*(?:per|an?|/) ?(?:hour|hr)\W*$"),
    ("price_per_gpu",
     r"(?:price|cost|\$).{0,12}(?:/|per )(?:gpu|chip|card|unit|accelerator)|unit price|price each|msrp"),
    ("gpu_hours",
     r"(?:gpu|tpu|chip|accelerator|device|card|[ahv]\d{2,3}|h800|core|卡)s?[ ·*-]{0,3}(?:stunden|hours?|hrs?|h|days?|时"
     r"|小时|時間|시간)\b|gpu ?time|GPU ?小时|heures? gpu|horas? (?:de )?gpu"
     rf"|\b(?:hours?|hrs) (?:of |on )(?:an? |the )?(?:nvidia |amd )?{_CHIP}s?\b|\b{_CHIP}s? \(?(?:in )?hours?\b"),
    ("gpu_count",
     r"(?:number|#|no\.?|num\.?|count|quantity) ?(?:of )?(?:\w+ )?(?:gpu|chip|accelerator|tpu|device"
     r"|card|[abhv]\d{2,3})'?s?\b|(?:gpu|chip|accelerator|tpu)s? (?:count|used|number|quantity|required)"
     rf"|{_CHIPS_ALONE}|gpu ?(?:数量|数|个数)|卡数|\b(?:gpu|chip|{_CHIP}) (?:order|fleet|cluster)s? (?:volume|size)\b"
     r"|(?:anzahl|nombre de|número de|numero di) (?:der )?(?:gpu|chip)s?"),
    ("tokens", r"\btokens?\b(?!.{0,12}(?:/|per |price|window|length))"),
    ("duration",
     r"\b(?:duration|training time|train time|(?:total )?(?:reserved|running|fine-?tuning|elapsed"
     r"|run) time|wall[- ]?clock|time to train|time per epoch|epoch time|training duration|hours used"
     r"|days|weeks"
     r"|hours|train(?:ed|ing) (?:for|in)|(?:training|running|run) (?:period|length)"
     r"|(?:length|days|weeks|months|time) of (?:the )?(?:pre-?)?training)\b"
     r"|^\W*(?:time|record(?: time)?)\W*$|(?:trainings|lauf)(?:dauer|zeit)|^\W*dauer\W*$"
     r"|训练时[间长]|訓練時間|学習時間|학습 ?시간|durée|duración"),
    ("money",
     r"\bcosts?\b|price|budget|spen[dt]|capex|capital exp|investment|raised|funding|valuation|revenue|amount"
     r"|\busd\b|[$€£]|expens|kosten|coût|coste|costo|custo|成本|费用|预算|金额|費用|コスト"),
)  # fmt: skip
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _PATTERNS
)
_NOT_A_COST = re.compile(
    r"\bratio\b|change|growth|%|params|parameters|per (?:1m|million|m) tok|/m(?:tok)?\b|\$/1m|input|output|context"
    r"|score|accuracy|rank|year|date|memory|tdp|watts?|layers|batch|learning rate|flops?\b",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"(?:^|[.;|,()\n-])\W{0,3}([A-Za-z][A-Za-z0-9 /#-]{2,40})(?: ?\([^()]{0,30}\))?\W{0,3}[:=] ?[~<>]{0,2} ?$"
)
_KEYED_END = re.compile(
    r"\s{0,2}(?:$|[,.;|()\n\[](?!\d)|(?:in total|gpu|gpus|tokens?|hours?|total|with|on|at|and|for|to)\b)", re.IGNORECASE
)


def kind_of(label: str) -> Kind | None:
    """What the numbers under a label count; None where it says nothing that is known."""
    kind: Kind | None = next((kind for kind, pattern in _KINDS if pattern.search(label)), None)
    if kind in ("money", "tokens", "duration") and _NOT_A_COST.search(label):
        return None
    return kind


def kind_by_key(text: str, start: int, end: int, value: float = 0.0) -> Kind | None:
    """What a number counts that stands alone behind its key: "GPU hours: 141,312", "Tokens: 2.6T"."""
    if not _KEYED_END.match(text, end):
        return None
    key = _KEY.search(text, max(0, start - 60), start) or _KEY_OF_LIST.fullmatch(text, 0, min(start, LONGEST_LIST))
    if key is None or key.endpos < start:
        return None
    if _HOURS_USED.fullmatch(key[1].strip()) and value >= LEAST_USED:
        return "gpu_hours"  # as the calculator of emissions asks for them, below the type of hardware
    kind = kind_of(key[1])
    return kind if kind in ("gpu_hours", "gpu_count", "tokens") else None


_HOURS_USED = re.compile(r"(?:total |training )?hours (?:used|spent|of use|of training)", re.IGNORECASE)
LEAST_USED = 1_000  # fewer may be hours of the clock
# "Hours used: 22,000 for ViT-g, 4,500 for ViT-S": a key with a number for each of several.
_KEY_OF_LIST = re.compile(
    r"\W{0,4}([A-Za-z][A-Za-z -]{2,30})\W{0,3}: "
    r"(?:[\d.,]{1,12}[KMBT]? (?:on|for|in|with) [^,;:]{2,40}[,;] (?:and )?){1,9}",
    re.IGNORECASE,
)
LONGEST_LIST = 400  # characters
