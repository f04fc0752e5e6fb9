"""The recorded score boards and price catalogues, as received: kept beside the checkout where there is one."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

from pipeline import bundle
from pipeline.errors import PageChanged
from pipeline.facts import Fact, Score, TokenPrice
from pipeline.load import parse_pages
from pipeline.source import Page, find_source

RECORDINGS = Path(__file__).resolve().parents[2] / "shared" / "recordings"
FILES = {
    "aider_polyglot.2025-06-10": "aider/polyglot_leaderboard_rev47ddce3e1_2025-06.yml",
    "aider_polyglot.2025-10-04": "aider/polyglot_leaderboard.yml",
    "epoch_eci.2025-11-15": "epoch_hub/eci/epoch_capabilities_index_2025-11.csv",
    "epoch_eci.2025-12-19": "epoch_hub/eci/eci_scores_2025-12-19.csv",
    "epoch_eci.2026-01-09": "epoch_hub/hub_zip_2026/epoch_capabilities_index.csv",
    "epoch_eci.2026-07-01": "epoch_hub/eci/epoch_capabilities_index_2026-07-01.csv",
    "genai_prices.2026-08-21": "genai_prices/v2_data.json",
    "litellm_prices.2024-01-01": "litellm/history/litellm_1.14.4.json",
    "litellm_prices.2025-01-01": "litellm/history/litellm_1.56.5.json",
    "litellm_prices.2025-07-01": "litellm/history/litellm_1.73.6.json",
    "litellm_prices.2026-01-01": "litellm/history/litellm_1.80.11.json",
    "litellm_prices.2026-07-01": "litellm/history/litellm_1.90.2.json",
    "litellm_prices.2026-11-20": "litellm/model_prices_and_context_window_backup.json",
}

pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason=f"no recordings at {RECORDINGS}")
every_file = pytest.mark.parametrize("name", FILES)


def body_of(name: str) -> bytes:
    """The file as received."""
    return (RECORDINGS / FILES[name]).read_bytes()


def parsed(name: str) -> list[Fact]:
    """The facts of the file, within the source's bounds."""
    source = find_source(name.partition(".")[0])
    return parse_pages(source, [Page(source.name, source.url, body_of(name))])[0]


@every_file
def test_a_recorded_file_gives_the_bundled_facts(name: str) -> None:
    """The larder was written by this very parser from this very file; of prices, those of registered models."""
    source = name.partition(".")[0]
    [found] = [found for found in bundle.find_all(source) if found.path.stem == name]
    facts, bundled = parsed(name), found.facts()

    assert found.header.page_sha256 == sha256(body_of(name)).hexdigest()
    assert not Counter(bundled) - Counter(facts)
    assert len(bundled) == len(facts) or all(isinstance(fact, TokenPrice) for fact in facts)


@every_file
def test_a_recorded_file_cut_is_refused(name: str) -> None:
    """In the middle, or one byte before its end: it stops, or the last record is named."""
    source, body = find_source(name.partition(".")[0]), body_of(name)
    with pytest.raises(PageChanged):
        parse_pages(source, [Page(source.name, source.url, body[: len(body) // 2])])


def test_known_traps_of_the_files() -> None:
    """Zero costs are unknown; a tenfold slip is kept as printed; prices stand per million tokens."""
    runs = [fact for fact in parsed("aider_polyglot.2025-10-04") if isinstance(fact, Score)]
    prices = [fact for fact in parsed("litellm_prices.2024-01-01") if isinstance(fact, TokenPrice)]
    instant = next(price for price in prices if price.model == "claude-instant-1.2")

    assert len(runs) == 69
    assert sum(run.run_cost_usd is None for run in runs) == 18
    assert (instant.input_usd_per_mtok, instant.output_usd_per_mtok) == (0.163, 0.551)
    assert sum(price.price_state == "printed_zero" for price in prices) == 22


def test_the_archive_of_the_hub_gives_its_scores() -> None:
    """Five of its files carry costs or a scale of their own; every share lies between 0 and 1."""
    from tests.test_sources import zipped

    source = find_source("epoch_benchmarks")
    body = zipped(RECORDINGS / "epoch_hub" / "hub_zip_2026")
    facts, _ = parse_pages(source, [Page(source.name, source.url, body)])
    scores = [fact for fact in facts if isinstance(fact, Score)]
    [found] = bundle.find_all("epoch_benchmarks")

    assert list(found.facts()) == scores
    assert {score.benchmark for score in scores if score.task_cost_usd or score.run_cost_usd} == {
        "aider_polyglot", "swe_bench_bash", "the_agent_company", "weirdml",
    }  # fmt: skip
    assert {score.scale for score in scores} == {"share", "percent", "points", "rating", "minutes"}
