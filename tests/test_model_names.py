"""Names of the real facts: each is read once, in its source, on its day and at its host, and open ones are seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline import warehouse

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def ask(offline_warehouse: Path) -> Ask:
    """Rows of a query of the bundled facts."""

    def rows(sql: str) -> list[tuple[Any, ...]]:
        return warehouse.query(offline_warehouse, sql).rows

    return rows


def test_every_printed_name_is_answered_once(ask: Ask) -> None:
    """Scores and prices find their name with source, host and day, and find it once."""
    ((lost,),) = ask("""
        select count(*) from raw.token_prices as prices
        where 1 <> (
            select count(*) from meta.model_names as names
            where names.source = prices.source and names.printed = prices.model
              and names.printed_host is not distinct from prices.host
              and names.named_on = coalesce(prices.effective_on, prices.observed_at::date)
        )
    """)
    ((missing,),) = ask("""
        select count(*) from raw.scores as scores
        where 1 <> (
            select count(*) from meta.model_names as names
            where names.source = scores.source and names.printed = scores.model and names.printed_host is null
              and names.named_on is not distinct from scores.run_on
        )
    """)
    assert (lost, missing) == (0, 0)


def test_the_same_word_is_another_model_on_another_day(ask: Ask) -> None:
    """Aider called deepseek-chat on several days; each run is of the build of its day."""
    found = dict(ask("""
        select named_on::varchar, model_id from meta.model_names
        where source = 'aider_polyglot' and printed = 'deepseek/deepseek-chat'
    """))  # fmt: skip

    assert found["2024-12-21"] == "deepseek/deepseek-v2.5@2024-12-10"
    assert found["2025-03-24"] == "deepseek/deepseek-v3@2025-03-24"
    assert found["2025-10-03"] == "deepseek/deepseek-v3.2-exp@2025-09-29"


def test_open_names_are_those_that_nothing_settles(ask: Ask) -> None:
    """Each with its uses and the reason; stealth names and composites are settled, and in no queue."""
    rows = ask("select source, printed, uses, reason from meta.unmatched_names where kind = 'model'")
    names = {printed for _, printed, _, _ in rows}

    assert rows
    assert len({row[:2] for row in rows}) == len(rows)
    assert all(uses > 0 and reason for _, _, uses, reason in rows)
    assert not names & {"Quasar Alpha", "o3 (high) + gpt-4.1", "gpt-5 (high)"}
    ((resolved,),) = ask("""
        select count(*) from meta.unmatched_names as open
        join meta.model_names as names on names.source = open.source and names.printed = open.printed
        where open.kind = 'model' and names.uses > 0 and names.model_id is not null
          and not exists (
            from meta.model_names as other
            where other.source = open.source and other.printed = open.printed and other.model_id is null
          )
    """)
    assert resolved == 0


def test_aider_s_board_is_known_but_for_what_no_one_knows(ask: Ask) -> None:
    """Every label of the leaderboard is a model, a composite, or settled by review as none."""
    found = ask("select printed, rule from meta.model_names where source = 'aider_polyglot' and not is_settled")

    assert [printed for printed, _ in found] in ([], ["chatgpt-4o-latest"])  # as called on 2025-02-15


def test_the_catalogue_meets_the_registry(ask: Ask) -> None:
    """Training costs are linked to models whose scores and prices are known; a name of many builds to their family."""
    links = {
        name: (model, family)
        for name, model, family in ask("""
            select models.model_name, links.registry_model_id, links.family_id
            from core.catalogue_links as links join core.models as models on models.model_id = links.catalogue_model_id
        """)
    }

    assert len(links) >= 100
    assert links["GPT-4"] == ("openai/gpt-4@2023-03-14", "openai/gpt-4")
    assert links["DeepSeek-V3"] == ("deepseek/deepseek-v3@2024-12-26", "deepseek/deepseek-v3")
    assert links["GPT-4o"] == (None, "openai/gpt-4o")
    assert links["Llama 3.1-405B"][1] == "meta/llama-3.1-405b"
