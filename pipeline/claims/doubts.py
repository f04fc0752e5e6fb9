"""What looks like a figure and is another thing: a context length, a contract's term, the time of building, sales."""

from __future__ import annotations

import re

from pipeline.claims.claim import Kind
from pipeline.claims.labels import kind_by_key
from pipeline.claims.spans import is_of_no_run

# --- tokens ---------------------------------------------------------------------------------------

_NO_TOKENS_BEFORE = re.compile(
    r"(?:context|window|length|vocabular\w{0,6}|batch(?:es)?|batch size|prompts?|inputs?|outputs?|memory"
    r"|up to)(?: \w{1,16}){0,2} $"
    r"|(?:per|each|every|\$[\d.]+ (?:a|per|for)|/) ?$|上下文\w{0,6}$|generat\w{0,6} (?:up to |over |about )?$",
    re.IGNORECASE,
)
_NO_TOKENS_AFTER = re.compile(
    r"[ -]?(?:of )?(?:context|window|vocabular|length|per (?:second|million|request|query|batch|step|parameter|gpu)"
    r"|/ ?s\b"
    r"|a second|(?:a|per) batch|的?上下文)",
    re.IGNORECASE,
)
SERVED = re.compile(r" (?:(?:a|per|each|every) (?:day|week|month|minute)|daily|monthly)\b", re.IGNORECASE)
"""Behind tokens: they are served, and no model was trained on them."""
_OF_PROMPTS = re.compile(r".{0,12}\b(?:input|output|prompt|completion) tokens", re.IGNORECASE)
LEAST_SERVED = 1e8  # fewer a day are said of a user, or of a quota
LEAST_TRAINED = 1e8  # fewer are of a run only where one is spoken of
_TRAINED_ON = re.compile(
    r"tokens? ?:|train|saw|seen|corpus|dataset|data ?set|consum|process|\bon |over |fed|训练|learn|total of"
    r"|token budget"
    r"|ingest|tun(?:e|ed|ing)\b|sample|cost|billed|steps?\b|for \$",
    re.IGNORECASE,
)


def _is_no_token_count(before: str, said: str, after: str, value: float) -> bool:
    if _NO_TOKENS_BEFORE.search(before) and value < LEAST_READ:
        return True
    is_served = SERVED.match(after) or _OF_PROMPTS.match(f" {after}")
    if _NO_TOKENS_AFTER.match(after) or (is_served and value < LEAST_SERVED):
        return True
    return value < LEAST_TRAINED and not _TRAINED_ON.search(before + said + after)


LEAST_READ = 1e10  # no context, batch or vocabulary is as long

# --- accelerators ---------------------------------------------------------------------------------

_RANKED = re.compile(r"(?:top|rank|no\.|number|#|version|step|figure|table|section|chapter|page) ?$", re.IGNORECASE)
# "The three most common GPU tiers": what is counted are kinds of chips, and who makes or rents them.
_KINDS_OF = re.compile(
    r"s?[ -](?:tiers?|types?|models?|options?|families|generations?|vendors?|makers?|brands?|classes|variants?|skus?"
    r"|suppliers?|designs?|lines|providers?|clouds|startups|companies)\b",
    re.IGNORECASE,
)
MOST_KINDS = 20
_STOP = re.compile(r"[.!?] |[。！？]")  # noqa: RUF001


def is_refused(text: str, start: int, end: int, kind: Kind, value: float) -> bool:
    """Whether the words around say that the figure is another thing: context length, building time, sales."""
    if kind_by_key(text, start, end):
        return False
    before, after = text[max(0, start - 90) : start], text[end : end + 60]
    if kind == "gpu_count":
        return _RANKED.search(before) is not None or (value < MOST_KINDS and _KINDS_OF.match(after) is not None)
    before, after = _STOP.split(before)[-1], re.split(r"[.!?](?: |$)|[。！？]", after)[0]  # noqa: RUF001
    said = text[start:end]
    if kind == "tokens":
        return _is_no_token_count(before, said, after, value)
    return kind == "duration" and is_of_no_run(before, said, after, value)
