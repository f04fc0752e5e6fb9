"""Our own ledger of first-party list prices that catalogues have wrong, late or not at all, each with its source.

It is a file in ``data/reference``, written by hand: nothing is fetched. A row goes before every catalogue, from the day
the price holds to the day it ends. ``printed_zero`` says that the model is served free of charge as a preview: whatever
a catalogue prints for it is a placeholder. Models are named by their ids in the registry.
"""

from collections.abc import Callable, Iterator
from typing import get_args

from pipeline.facts import Fact, InputKind, Issue, Offer, TokenPrice
from pipeline.read import Column, count, csv_rows, fact_or_issue, iso_date, one_of, positive, web_address, words
from pipeline.source import Page, source

READERS: dict[str, Callable[[str], object]] = {
    "input_usd_per_mtok": positive, "output_usd_per_mtok": positive, "effective_on": iso_date,
    "effective_to": iso_date, "address": web_address, "offer": one_of(*get_args(Offer)),
    "input_kind": one_of(*get_args(InputKind)), "price_state": one_of("priced", "printed_zero"),
    "tier_from_tokens": count,
}  # fmt: skip
# What everybody knows: under another header, it shows that columns were mixed up.
HOLDS: dict[str, object] = {
    "model": "google/gemini-1.5-flash@2024-05-14",
    "host": "deepseek",
    "configuration": "thinking=off",
    "input_usd_per_mtok": 0.28,
    "output_usd_per_mtok": 0.42,
}
COLUMNS = {
    name: Column(name, READERS.get(name, words), holds=(HOLDS[name],) if name in HOLDS else ())
    for name in (
        "model", "host", "offer", "input_kind", "tier_from_tokens", "configuration", "input_usd_per_mtok",
        "output_usd_per_mtok", "price_state", "effective_on", "effective_to", "address",
    )
}  # fmt: skip


@source(
    title="Ledger of list prices",
    publisher="aicost",
    url="reference:list_prices.csv",
    licence="Facts with their sources; the collection CC BY 4.0",
    attribution="aicost ledger of list prices; each row names its source",
    robots="our own file",
    cadence="monthly",
    least=10,
    most=1000,
    facts=(TokenPrice,),
    currency="USD",
    unit="mtok",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each row as a price."""
    for row in csv_rows(page, COLUMNS):
        if isinstance(row, Issue):
            yield row
            continue
        first = row.cells["tier_from_tokens"] or 0  # empty: the first tier
        yield fact_or_issue(TokenPrice, row.position, **{**row.cells, "tier_from_tokens": first})
