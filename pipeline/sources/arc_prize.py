"""ARC Prize publishes its leaderboard's evaluations as JSON: score and cost per task of each model and setting.

Oddities: the public set is about 11 points easier under the same model names, so only the semi-private set is read;
humans, purpose-built systems and hidden rows stand between the models; only runs under 10,000 dollars are shown.
"""

from collections.abc import Iterator, Mapping
from typing import cast

from pipeline.errors import PageChanged
from pipeline.facts import Fact, Issue, Score
from pipeline.read import Unreadable, fact_or_issue, iso_date, json_of
from pipeline.read_json import new_keys
from pipeline.source import Page, source

DATASET = "v2_Semi_Private"
NOT_MODELS = {"Human", "Custom", "estimated", "preview"}
KEYS = (
    "datasetId", "display", "modelType", "modelId", "modelReleaseDate", "modelDisplayName", "providerId", "score",
    "costPerTask", "resultsUrl", "providerDisplayName",
)  # fmt: skip
Json = Mapping[str, object]


@source(
    title="ARC-AGI-2 leaderboard",
    publisher="ARC Prize",
    url="https://arcprize.org/media/data/leaderboard/v2.json",
    licence="not stated; the terms of use speak against automated copies",
    attribution="ARC Prize, https://arcprize.org/leaderboard",
    robots="terms of use with a clause against scraping; looked at 2026-11-23 from a description",
    cadence="weekly",
    least=20,
    most=2000,
    facts=(Score,),
    currency="USD",
    disabled="the publisher's terms of use forbid automated copies; a page saved by hand can be ingested",
    not_bundled="no licence is stated",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each shown run of a model on the semi-private set."""
    found = json_of(page)
    rows = cast("Json", found).get("evaluations") if isinstance(found, dict) else None
    items = cast("list[object]", rows) if isinstance(rows, list) else [None]
    if not all(isinstance(item, dict) for item in items):
        likely = "the layout changed, or an error was served"
        raise PageChanged("the page has no list of evaluations", source=page.source, page=page.url, likely=likely)
    yield from new_keys(cast("list[Json]", items), KEYS)
    seen: set[str] = set()
    for row, run in enumerate(cast("list[Json]", items)):
        if run.get("datasetId") != DATASET or not run.get("display") or str(run.get("modelType")) in NOT_MODELS:
            continue
        if (named := str(run.get("modelId"))) in seen:
            what = "the same model stands before"
            yield Issue(row=row, rule="repeated_run", field="modelId", raw_value=named[:200], what=what)
            continue
        seen.add(named)
        released = None
        try:
            released = iso_date(str(run.get("modelReleaseDate") or "")[:10])
        except Unreadable as error:
            yield error.issue(row, "model_released_on", kept=True)
        yield fact_or_issue(
            Score, row, benchmark="arc_agi_2", model=run.get("modelDisplayName") or run.get("modelId"),
            api_model=run.get("modelId"), organisation=run.get("providerId"), model_released_on=released,
            metric="score", scale="share", score=run.get("score"), task_cost_usd=run.get("costPerTask") or None,
            address=run.get("resultsUrl") or None,
        )  # fmt: skip
