"""Epoch AI publishes the Epoch Capabilities Index (ECI): one number per model, fitted from many benchmarks.

Oddities: the index is fitted anew whenever scores come in, and old models move too (up to 8 points in half a year), so
every visit stays, under its own day, and two days are never mixed. Two pages hold it: a table of models with 90 %
intervals, and, in the benchmark archive, a list of versions with training compute and without intervals, in which
each version of a model carries the model's index. Versions that were tested too little have none. By construction
Claude 3.5 Sonnet (June 2024) is 130 and GPT-5 is 150.
"""

from collections.abc import Iterator

from pipeline.errors import PageChanged
from pipeline.facts import Fact, Issue, Score
from pipeline.read import Column, Columns, csv_rows, fact_or_issue, iso_date, positive, text_of
from pipeline.read_zip import members_of
from pipeline.source import Page, Request, Requests, source

INDEX = "epoch_capabilities_index.csv"
ARCHIVE = "https://epoch.ai/data/benchmark_data.zip"
SCORES = "https://epoch.ai/data/eci_scores.csv"

MODELS = {
    "model": Column("Model", holds=("Claude 3.5 Sonnet",)),
    "score": Column("eci", positive, holds=(130.0,)),
    "score_low": Column("eci_ci_low", positive),
    "score_high": Column("eci_ci_high", positive),
    "model_released_on": Column("date", iso_date),
    "organisation": Column("Organization", holds=("OpenAI", "Anthropic")),
}
VERSIONS = {
    "model": Column("Model version", holds=("claude-3-5-sonnet-20240620",)),
    "score": Column("ECI Score", positive, holds=(130.0,)),
    "model_released_on": Column("Release date", iso_date),
    "organisation": Column("Organization", holds=("OpenAI", "Anthropic")),
    "training_compute_flop": Column("Training compute (FLOP)", positive, holds=(3.8e25, 6.6e25, 2.1e25)),
    "model_group": Column("Model name", holds=("Claude 3.5 Sonnet",)),
}
IGNORED = (
    "Country", "Country (of organization)", "Model accessibility", "Accessibility group", "Confidence",
    "Description", "Display name", "model_versions",
)  # fmt: skip


def pages() -> Requests:
    """Both pages of a visit."""
    yield Request(SCORES)
    yield Request(ARCHIVE)


@source(
    title="Epoch Capabilities Index",
    publisher="Epoch AI",
    url=SCORES,
    licence="CC BY 4.0",
    attribution="Epoch AI, 'Epoch Capabilities Index'. Published online at epoch.ai. Retrieved from "
    "https://epoch.ai/benchmarks/eci",
    robots="published for download; looked at 2026-11-23 from a description, to be seen on first contact",
    cadence="weekly",
    least=100,
    most=5000,
    facts=(Score,),
    currency="USD",
    pages=pages,
    history=True,
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each model, or each version, that has an index."""
    if not page.body.startswith(b"PK"):
        table, columns = page, _columns_of(page)
    else:
        found = [member for member in members_of(page) if member.url.endswith(f"#{INDEX}")]
        if not found:
            likely = "the publisher renamed it"
            raise PageChanged(f"the archive has no {INDEX}", source=page.source, page=page.url, likely=likely)
        table, columns = found[0], VERSIONS
    yield from _scores(table, columns)


def _columns_of(page: Page) -> Columns:
    """The columns of the one of the two tables that the page's heading is more like."""
    heading = text_of(page).partition("\n")[0].split(",")
    return max((MODELS, VERSIONS), key=lambda columns: sum(column.header in heading for column in columns.values()))


def _scores(page: Page, columns: Columns) -> Iterator[Fact | Issue]:
    for row in csv_rows(page, columns, ignored=IGNORED):
        if isinstance(row, Issue):
            yield row
        elif row.cells["score"] is not None:
            cells = {"model_group": row.cells["model"], **row.cells}
            percent = 90 if cells.get("score_low") is not None else None
            yield fact_or_issue(
                Score, row.position, benchmark="eci", metric=columns["score"].header, scale="index",
                interval_percent=percent, address="https://epoch.ai/benchmarks/eci", **cells,
            )  # fmt: skip
