"""LMArena publishes the ratings of its text leaderboard as a dataset: who wins how often in people's blind comparisons.

Oddities: ratings are relative and are anchored anew, so every visit stays under its own day; a category is a board of
its own, and only the overall one is read; 400 points more are odds of ten to one. The rows come in pages of a hundred.
"""

from collections.abc import Iterator, Mapping
from typing import cast
from urllib.parse import urlencode

from pipeline.errors import PageChanged
from pipeline.facts import Fact, Issue, Score
from pipeline.read import LARGEST_COUNT, Unreadable, fact_or_issue, iso_date, json_of
from pipeline.read_json import new_keys
from pipeline.source import Page, Request, Requests, source

ROWS = "https://datasets-server.huggingface.co/filter"
LENGTH, MOST_PAGES = 100, 30
QUERY = {
    "dataset": "lmarena-ai/leaderboard-dataset", "config": "text", "split": "latest",
    "where": "\"category\"='overall'", "length": str(LENGTH),
}  # fmt: skip
KEYS = (
    "model_name", "organization", "rating", "rating_lower", "rating_upper", "leaderboard_publish_date", "category",
    "license", "rank", "variance", "vote_count",
)  # fmt: skip
Json = Mapping[str, object]


def address(offset: int) -> str:
    """The page that begins with that row."""
    return f"{ROWS}?{urlencode({**QUERY, 'offset': str(offset)})}"


def pages() -> Requests:
    """A hundred rows a page, until all rows that the first page announces are there."""
    offset, total = 0, 1
    while offset < min(total, LENGTH * MOST_PAGES):
        total = int((yield Request(address(offset), clue=_total)) or 0)
        offset += LENGTH


def _total(page: Page) -> str:
    found = json_of(page)
    total = cast("Json", found).get("num_rows_total") if isinstance(found, dict) else None
    return str(total) if type(total) is int else "0"  # the parser says what is wrong with this page


@source(
    title="LMArena text leaderboard",
    publisher="LMArena",
    url=address(0),
    licence="CC BY 4.0",
    attribution="LMArena, leaderboard-dataset, https://huggingface.co/datasets/lmarena-ai/leaderboard-dataset",
    robots="a public dataset and its programming interface; looked at 2026-11-23 from a description",
    cadence="weekly",
    least=100,
    most=3000,
    facts=(Score,),
    currency="USD",
    pages=pages,
    history=True,
    not_bundled="no page of it was had yet",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each model's overall rating."""
    found = json_of(page)
    rows = cast("Json", found).get("rows") if isinstance(found, dict) else None
    items = cast("list[object]", rows) if isinstance(rows, list) else []
    cells = [cast("Json", item).get("row") if isinstance(item, dict) else None for item in items]
    if not cells or not all(isinstance(row, dict) and "rating" in row and "model_name" in row for row in cells):
        likely = "the dataset's columns changed, or an error was served"
        raise PageChanged("the page has no rows of ratings", source=page.source, page=page.url, likely=likely)
    yield from new_keys(cast("list[Json]", items), ("row_idx", "row", "truncated_cells"), of="item")
    yield from new_keys(cast("list[Json]", cells), KEYS)
    seen: set[str] = set()
    for place, (item, row) in enumerate(zip(cast("list[Json]", items), cast("list[Json]", cells), strict=True)):
        position = item.get("row_idx")
        if type(position) is not int or not 0 <= position < LARGEST_COUNT:
            what = "the row does not say which it is"
            yield Issue(row=place, rule="no_position", field="row_idx", raw_value=str(position)[:200], what=what)
            continue
        if (named := str(row.get("model_name"))) in seen:
            what = "the same model stands before"
            yield Issue(row=position, rule="repeated_run", field="model_name", raw_value=named[:200], what=what)
            continue
        seen.add(named)
        day = None
        try:
            day = iso_date(str(row.get("leaderboard_publish_date") or "")[:10])
        except Unreadable as error:
            yield error.issue(position, "run_on", kept=True)
        low, high = row.get("rating_lower"), row.get("rating_upper")
        yield fact_or_issue(
            Score, position, benchmark="lmarena_text", model=row.get("model_name"),
            organisation=row.get("organization"), run_on=day, metric="rating", scale="rating", score=row.get("rating"),
            score_low=low, score_high=high, interval_percent=None if low is None else 95,
            address="https://lmarena.ai/leaderboard/text",
        )  # fmt: skip
