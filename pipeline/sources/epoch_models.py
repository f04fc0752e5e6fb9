"""Epoch AI publishes a catalogue of AI models with their training compute, hardware and time, refreshed daily.

Oddities: names are not unique and carry blanks and tabs; lists are comma-separated in one cell; cost cells
are text ("$6770000.00"); fine-tune compute holds placeholders such as 1; one utilisation is a percentage.
The older export (All ML Systems, June 2025) and the current file have columns that the other one lacks. A
wrong path answers 404 with an HTML page.
"""

from collections.abc import Callable, Iterator

from pipeline.facts import Fact, Issue, ModelRelease, TrainingRun
from pipeline.money import usd
from pipeline.read import (
    Column,
    Row,
    Unreadable,
    count,
    csv_rows,
    fact_or_issue,
    flag,
    iso_date,
    number,
    one_of,
    positive,
    web_address,
)
from pipeline.source import Page, source

SMALLEST_EXTRA_FLOP = 1e6  # 1, 2, 4 ... stand there for "there was one, size unknown"
LARGEST_WATTS = 1e11  # what all data centres of the world draw
LARGEST_HOURS = 876_600  # a century
LARGEST_SHARE = 100  # percentages slip in among shares
WIDEST_BOUND = 100  # a bound further than this factor from its estimate belongs to something else
ROUNDING = 1.01  # bounds and estimate are rounded each on their own


def extra_flop(text: str) -> float | None:
    """Compute of fine-tuning or post-training in FLOP; placeholders are unreadable, not small."""
    value = number(text)
    if value is not None and value < SMALLEST_EXTRA_FLOP:
        raise Unreadable("placeholder", text, f"{text!r} FLOP is a placeholder")
    return value


def up_to(most: float) -> Callable[[str], float | None]:
    """A reader of positive numbers up to a limit of nature: what is above it belongs to another column."""

    def read(text: str) -> float | None:
        value = positive(text)
        if value is not None and value > most:
            raise Unreadable("too_large", text, f"{text!r} is above {most:g}, the most there can be")
        return value

    return read


RELEASE = {
    "name": Column("Model", holds=("AlexNet", "BERT-Large")),
    "organisations": Column("Organization", holds=("OpenAI", "Google DeepMind")),
    "countries": Column("Country (of organization)", required=False, holds=("China",)),
    "published_on": Column("Publication date", iso_date),
    "domain": Column("Domain", required=False, holds=("Language",)),
    "parameters": Column("Parameters", positive, holds=(7e9, 1.3e10)),
    "base_model": Column("Base model", holds=("Llama 2-70B", "LLaMA-7B")),
    "accessibility": Column(
        "Model accessibility",
        one_of(
            "API access",
            "Hosted access (no API)",
            "Open weights (non-commercial)",
            "Open weights (restricted use)",
            "Open weights (unrestricted)",
            "Unreleased",
        ),
        required=False,
    ),
    "is_notable": Column("Notability criteria", lambda text: bool(text.strip())),
    "compute_rank": Column("Compute rank when published", count, required=False),
    "is_frontier": Column("Frontier model", flag, required=False),
    "address": Column("Link", web_address),
}
RUN = {
    "compute_flop": Column("Training compute (FLOP)", positive, holds=(3.14e23, 3.8e25)),
    "compute_flop_low": Column("Training compute lower bound", positive, required=False),
    "compute_flop_high": Column("Training compute upper bound", positive, required=False),
    "finetune_compute_flop": Column("Finetune compute (FLOP)", extra_flop),
    "post_training_compute_flop": Column("Post-training compute (FLOP)", extra_flop, required=False),
    "hardware": Column("Training hardware", holds=("NVIDIA A100", "NVIDIA V100")),
    "hardware_quantity": Column("Hardware quantity", count, holds=(2048,)),
    "training_hours": Column("Training time (hours)", up_to(LARGEST_HOURS), holds=(168.0, 720.0)),
    "chip_hours": Column("Training chip-hours", positive, required=False, holds=(2_788_000.0, 57_000_000.0)),
    "mfu_share": Column("Hardware utilization (MFU)", up_to(LARGEST_SHARE), holds=(0.462, 0.302)),
    "hfu_share": Column("Hardware utilization (HFU)", up_to(LARGEST_SHARE), required=False),
    "number_format": Column("Numerical format", required=False, holds=("BF16",)),
    "cloud_vendor": Column(
        "Training cloud compute vendor", required=False, holds=("Google Cloud", "Amazon Web Services")
    ),
    "power_watts": Column("Training power draw (W)", up_to(LARGEST_WATTS), required=False),
    "confidence": Column("Confidence", one_of("Confident", "Likely", "Speculative", "Unknown")),
    "estimation_method": Column("Training compute estimation method", required=False, holds=("Operation counting",)),
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
        release = {key: row.cells.get(key) for key in RELEASE}
        run = {key: row.cells.get(key) for key in RUN} | {"catalogue_cost_price_year": year}
        for bound in _wrong_bounds(row):
            run[bound.field or ""] = None
            yield bound
        yield fact_or_issue(ModelRelease, row.position, **release)
        yield fact_or_issue(TrainingRun, row.position, name=row.cells["name"], **run)


def _wrong_bounds(row: Row) -> Iterator[Issue]:
    estimate = row.cells["compute_flop"]
    for field, least, most in (
        ("compute_flop_low", 1 / WIDEST_BOUND, ROUNDING),
        ("compute_flop_high", 1 / ROUNDING, WIDEST_BOUND),
    ):
        bound = row.cells.get(field)
        if isinstance(bound, float) and isinstance(estimate, float) and not least <= bound / estimate <= most:
            what = f"no such bound of the estimate {estimate:g}"
            yield Issue(row=row.position, rule="wrong_bound", field=field, raw_value=str(bound), what=what, kept=True)
