"""Epoch AI publishes a catalogue of AI models with their training compute, hardware and time, refreshed daily.

Oddities: names are not unique and carry blanks and tabs; lists are comma-separated in one cell; cost cells
are text ("$6770000.00"); fine-tune compute holds placeholders such as 1; one utilisation is a percentage.
The older export (All ML Systems, June 2025) and the current file name some columns differently. A wrong
path answers 404 with an HTML page.
"""

from collections.abc import Iterator

from pipeline.facts import Fact, Issue, ModelRelease, TrainingRun
from pipeline.read import Column, Unreadable, csv_rows, fact_or_issue, flag, iso_date, money, number, positive, web_address
from pipeline.source import Page, source

SMALLEST_FINETUNE_FLOP = 1e6  # 1, 2, 4 ... stand there for "there was one, size unknown"


def finetune_flop(text: str) -> float | None:
    """Fine-tune compute in FLOP; placeholders are unreadable, not small."""
    value = number(text)
    if value is not None and value < SMALLEST_FINETUNE_FLOP:
        raise Unreadable("placeholder", text, f"{text!r} FLOP is a placeholder")
    return value


def usd(text: str) -> float | None:
    """An amount in US dollars; the column says so when the cell does not."""
    if text.strip()[:1].isdigit():
        return positive(text)
    amount = money(text, currency="USD")
    return amount.value if amount else None


RELEASE = {
    "name": Column("Model", str),
    "organisations": Column("Organization"),
    "countries": Column("Country (of organization)", required=False),
    "published_on": Column("Publication date", iso_date),
    "domain": Column("Domain", required=False),
    "parameters": Column("Parameters", positive),
    "base_model": Column("Base model"),
    "accessibility": Column("Model accessibility", required=False),
    "is_notable": Column("Notability criteria", lambda text: bool(text.strip())),
    "compute_rank": Column("Compute rank when published", positive, required=False),
    "is_frontier": Column("Frontier model", flag, required=False),
    "address": Column("Link", web_address),
}
RUN = {
    "compute_flop": Column("Training compute (FLOP)", positive),
    "compute_flop_low": Column("Training compute lower bound", positive, required=False),
    "compute_flop_high": Column("Training compute upper bound", positive, required=False),
    "finetune_compute_flop": Column("Finetune compute (FLOP)", finetune_flop),
    "post_training_compute_flop": Column("Post-training compute (FLOP)", positive, required=False),
    "hardware": Column("Training hardware"),
    "hardware_quantity": Column("Hardware quantity", positive),
    "training_hours": Column("Training time (hours)", positive),
    "chip_hours": Column("Training chip-hours", positive, required=False),
    "mfu_share": Column("Hardware utilization (MFU)", positive),
    "hfu_share": Column("Hardware utilization (HFU)", positive, required=False),
    "number_format": Column("Numerical format", required=False),
    "cloud_vendor": Column("Training cloud compute vendor", required=False),
    "power_watts": Column("Training power draw (W)", positive, required=False),
    "confidence": Column("Confidence"),
    "estimation_method": Column("Training compute estimation method", required=False),
    "catalogue_cost_usd": Column("Training compute cost (2023 USD)", usd, required=False),
}
IGNORED = (
    "Task", "Authors", "Reference", "Citations", "Notability criteria notes", "Parameters notes",
    "Training compute notes", "Training dataset", "Training dataset notes", "Training dataset size (datapoints)",
    "Training dataset size (total)", "Training dataset size (gradients)", "Dataset size notes",
    "Training time notes", "Approach", "Abstract", "Epochs", "Benchmark data",
    "WikiText and Penn Treebank data", "Finetune compute notes", "Last modified", "Training data center",
    "Archived links", "Batch size", "Batch size notes", "Organization categorization", "Foundation model",
    "Training code accessibility", "Inference code accessibility", "Accessibility notes",
    "Organization categorization (from Organization)", "Possibly over 1e23 FLOP", "Utilization notes",
    "Hugging Face developer id", "Post-training compute notes", "Open model weights?", "Compute cost notes",
    "Hardware acquisition cost", "Training compute cost (cloud)", "Training compute cost (upfront)",
)  # fmt: skip


@source(
    title="Data on AI models",
    publisher="Epoch AI",
    url="https://epoch.ai/data/all_ai_models.csv",
    licence="CC BY 4.0",
    attribution="Epoch AI, 'Data on AI Models'. Published online at epoch.ai. Retrieved from https://epoch.ai/data/ai-models",
    robots="published for download; looked at 2026-11-23 from a description, to be seen on first contact",
    cadence="daily",
    least=3000,
    most=20000,
    facts=(ModelRelease, TrainingRun),
    currency="USD",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each row as the model and its training run."""
    for row in csv_rows(page, RELEASE | RUN, ignored=IGNORED):
        if isinstance(row, Issue):
            yield row
            continue
        # A year at the exchange's face value: the column's header states it, whatever the cell's price level.
        year = 2023 if row.cells.get("catalogue_cost_usd") else None
        release = {key: row.cells.get(key) for key in RELEASE} | {"is_notable": bool(row.cells.get("is_notable"))}
        run = {key: row.cells.get(key) for key in RUN} | {"catalogue_cost_price_year": year}
        yield fact_or_issue(ModelRelease, row.position, **release)
        yield fact_or_issue(TrainingRun, row.position, name=row.cells["name"], **run)
