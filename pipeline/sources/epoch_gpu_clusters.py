"""Epoch AI publishes a catalogue of GPU clusters and AI supercomputers with their chips, power and hardware cost.

Oddities: planned and rumoured systems stand beside existing ones (status and certainty say which); Chinese systems
are anonymised and rounded; counts are often inferred from power. Costs are adjusted for inflation to a price year
that the column does not state. Quotations and notes are not kept.
"""

from collections.abc import Callable, Iterator

from pipeline.facts import Cluster, Fact, Issue
from pipeline.read import (
    Column,
    Unreadable,
    clean,
    count,
    csv_rows,
    fact_or_issue,
    iso_date,
    one_of,
    positive,
    web_address,
    words,
)
from pipeline.source import Page, source

MOST_CHIPS = 1e8  # more than all accelerators that were ever made
MOST_MEGAWATTS = 2e4
LEAST_USD = 1e5


def within(read: Callable[[str], float | None], least: float, most: float) -> Callable[[str], float | None]:
    """A reader of numbers between limits of nature: what lies outside belongs to another column."""

    def checked(text: str) -> float | None:
        value = read(text)
        if value is not None and not least <= value <= most:
            raise Unreadable("out_of_range", text, f"{clean(text)[:40]!r} is not between {least:g} and {most:g}")
        return value

    return checked


COLUMNS = {
    "name": Column("Name", holds=("xAI Colossus Memphis Phase 1",)),
    "status": Column("Status", one_of("Existing", "Planned", "Decommissioned", "Under construction", "Canceled")),
    "certainty": Column("Certainty", one_of("Confirmed", "Likely", "Unlikely")),
    "h100_equivalents": Column("H100 equivalents", within(positive, 0, MOST_CHIPS)),
    "chips": Column("Chip type (primary)", holds=("NVIDIA H100 SXM5 80GB",)),
    "chip_count": Column("Chip quantity (primary)", within(count, 1, MOST_CHIPS), holds=(24576,)),
    "country": Column("Country", holds=("United States of America",)),
    "owner": Column("Owner", holds=("xAI", "Meta AI")),
    "operational_on": Column("First Operational Date", iso_date),
    "power_megawatts": Column("Power Capacity (MW)", within(positive, 0, MOST_MEGAWATTS)),
    "cost_usd": Column("Hardware Cost", within(positive, LEAST_USD, 1e13)),
    "users": Column("Users", holds=("Cloud",)),
    "address": Column("Source 1", web_address),
}
IGNORED = (
    "Single cluster?", "Max OP/s (log)", "Note", "Sector", "Location", "Hardware note", "Quote",
    "First Operational Date Note", "Certainty Note", "Energy Efficiency (log)", "Builds Upon", "Superseded by",
    "Possible Duplicate", "Possible Duplicate Of", "Chip type (secondary)", "Chip quantity (secondary)",
    "Total number of AI chips", "GPU Supplier (primary)", "GPU supplier (secondary)", "Include in Standard Analysis",
    "Exclude", "Rank when first operational", "16-bit OP/s (log)", "Max OP/s", "8-bit OP/s", "16-bit OP/s",
    "32-bit OP/s", "Calculated Power Capacity (MW)", "Reported Power Capacity (MW)", "Energy Efficiency",
    "Calculated Cost", "Reported Cost", "Reported Cost (Inflation adjusted)", "Cost Quote", "Noteworthy",
    "Decommissioned Date (if applicable)", "Largest existing cluster when first operational",
    "% of largest cluster when first operational", "Source 2", "Source 3", "Source 4", "Source 5",
)  # fmt: skip


@source(
    title="Data on GPU clusters",
    publisher="Epoch AI",
    url="https://epoch.ai/data/gpu_clusters.csv",
    licence="CC BY 4.0",
    attribution="Epoch AI, 'Data on GPU Clusters'. Published online at epoch.ai. "
    "Retrieved from https://epoch.ai/data/gpu-clusters",
    robots="published for download; looked at 2026-11-23 from a description, to be seen on first contact",
    cadence="weekly",
    least=300,
    most=5000,
    facts=(Cluster,),
    currency="USD",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each row that names a cluster."""
    for row in csv_rows(page, COLUMNS, ignored=IGNORED):
        if isinstance(row, Issue):
            yield row
        else:
            name = words(clean(str(row.cells["name"] or "")).strip('" '))
            yield fact_or_issue(Cluster, row.position, **(dict(row.cells) | {"name": name, "kind": "cluster"}))
