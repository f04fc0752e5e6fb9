"""Articles that state what AI models cost, at the addresses of our own list, read for the figures in their prose.

The pages have nothing in common but that list: each stands alone, and one that is gone or cannot be read is named while
the others go on. What is kept is each figure, what it covers and where on the page it stands; the sentences stay in
the archive. A page without a single figure is not the article that was listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.errors import PageChanged
from pipeline.facts import ExtractedClaim, Fact, Issue
from pipeline.read import fact_or_issue, text_of
from pipeline.read_html import html_of
from pipeline.source import Page, source

if TYPE_CHECKING:
    from pipeline.claims import ExtractedClaim as Found

KINDS = {"duration": "duration_days"}
UNITS = {"gpu_hours": "GPU-hours", "gpus": "GPUs"}
PER = {"price_per_gpu_hour": "GPU-hour", "price_per_node_hour": "node-hour", "price_per_gpu": "GPU"}


@source(
    title="Articles about the cost of AI models",
    publisher="Several publishers",
    url="listed:articles.csv",
    licence="Facts read from public articles; no sentence is kept",
    attribution="Several publishers; each figure names the address it was read at",
    robots="each site's robots.txt is read before its article; one that forbids it is left out",
    cadence="weekly",
    least=1,
    most=400,
    facts=(ExtractedClaim,),
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each figure of the article, in its order."""
    from pipeline.claims import read_page  # a fifth of a second, which is left until there is an article to read

    if text_of(page).lstrip()[:1] == "<":
        html_of(page)  # a page that was cut off would end inside a figure
    document = read_page(page)
    if not document.claims:
        raise PageChanged(
            "no figure is on the page", source=page.source, page=page.url,
            likely="the article moved, or needs a program or a subscription to be shown",
            fix="look at the address, and mend its row in data/reference/articles.csv",
        )  # fmt: skip
    for row, found in enumerate(document.claims):
        yield fact_or_issue(
            ExtractedClaim, row, address=page.url, title=document.title, published_on=document.published_on,
            **as_fields(found),
        )  # fmt: skip


def as_fields(found: Found) -> dict[str, object]:
    """A figure in the words of our facts; its sentence is left behind."""
    copied = ("value_low", "value", "value_high", "per", "hedge", "hedge_cue", "is_vague", "scope", "scope_cue",
              "model_from", "organisation", "hardware", "printed")  # fmt: skip
    fields: dict[str, object] = {name: getattr(found, name) for name in copied}
    return fields | {
        "kind": KINDS.get(found.kind, found.kind), "unit": _unit(found), "model_name": found.model,
        "standing": ", ".join(found.flags) or None, "starts_at": found.start, "ends_at": found.end,
    }  # fmt: skip


def _unit(found: Found) -> str:
    if found.unit in UNITS or found.kind in ("duration", "tokens"):
        return UNITS.get(found.unit, found.unit)
    return "/".join(part for part in (found.currency or "unknown", PER.get(found.kind)) if part)
