"""The five headline cards, each made from the values, each leading to its chart."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.report import quality, words
from pipeline.report.capability import LEVEL, METHOD
from pipeline.report.evidence import Evidence


@dataclass(frozen=True)
class Card:
    """One headline figure."""

    topic: str
    figure: str
    said: str
    fine: str
    """Interval, day, number and whatever else belongs to it."""
    leads_to: str


def cards(evidence: Evidence) -> list[Card]:
    """All five, in order."""
    return [_gpu(evidence), _run(evidence), _level(evidence), _claims(evidence), _changes(evidence)]


def _gpu(evidence: Evidence) -> Card:
    topic = "An hour of an H100"
    rows = evidence.rows("report/gpu_now")
    if not rows:
        return Card(topic, words.MISSING, "no on-demand price is on file", "", "gpu-prices")
    row = rows[0]
    moved = (
        f"same providers {words.signed_share(row['change_share'])} since {words.day(row['compared_with'])}"
        if row["change_share"] is not None
        else "no earlier price of the same providers on file"
    )
    return Card(
        topic,
        words.hourly(row["usd_per_gpu_hour"]),
        f"median on demand, {words.count(row['providers'], 'provider')}",
        f"{words.hourly(row['low_usd_per_gpu_hour'])} to {words.hourly(row['high_usd_per_gpu_hour'])}; {moved};"
        f" {words.day(row['as_of'])}",
        "gpu-prices",
    )


def _run(evidence: Evidence) -> Card:
    topic = "The costliest training run"
    rows = [
        row for row in evidence.rows("report/cost_points") if row["method"] == "cloud" and row["basis"] == "derived"
    ]
    if not rows:
        return Card(topic, words.MISSING, "no derived cost of a frontier run", "", "training-cost")
    row = max(rows, key=lambda row: (row["cost_usd"], row["model_id"]))
    return Card(
        topic,
        words.usd(row["cost_usd"]),
        f"{words.text(row['model_name'])}, final run, chips rented",
        f"{words.usd_range(row['cost_usd_low'], row['cost_usd_high'])} (90%), derived; published"
        f" {words.day(row['published_on'])}",
        "training-cost",
    )


def _level(evidence: Evidence) -> Card:
    topic = "A GPT-4-level answer"
    rows = words.pick(evidence.rows("capability", level=LEVEL, method=METHOD), part="inference")
    if len(rows) < 2:
        return Card(topic, words.MISSING, "fewer than two list prices at the level", "", "capability")
    first, last = rows[0], rows[-1]
    return Card(
        topic,
        f"{words.times(first['value'] / last['value'])}×",
        f"cheaper: {words.price(first['value'])} then, {words.price(last['value'])} now, per million tokens",
        f"{words.month(first['from_on'])} to {words.month(last['from_on'])}; list price, inference only;"
        f" {words.text(last['what'])}",
        "capability",
    )


def _claims(evidence: Evidence) -> Card:
    topic = "Claims checked"
    tally: dict[str, int] = {}
    for row in evidence.rows("report/verdicts"):
        tally[row["verdict"]] = tally.get(row["verdict"], 0) + row["claims"]
    if not tally:
        return Card(topic, words.MISSING, "no claim is on file", "", "claim")
    return Card(
        topic,
        f"{sum(tally.values()):,}",
        f"{tally.get('consistent', 0):,} consistent, {tally.get('inconsistent', 0):,} not",
        f"of {tally.get('cannot tell', 0):,} it cannot be told: no hours, no chip, or no price is on file",
        "claim",
    )


def _changes(evidence: Evidence) -> Card:
    topic = "What changed this week"
    asked, week = quality.of_the_week(evidence), f"in the week to {words.day(evidence.snapshot.published_at)}"
    if asked is None:
        return Card(topic, words.MISSING, "no earlier publish to compare with", "", "changes")
    if not asked.rows:
        return Card(topic, "nothing", "moved since the publishes before", week, "changes")
    total = sum(row["changes"] for row in asked.rows)
    tables = len({row["table_name"] for row in asked.rows})
    causes: dict[str, int] = {}
    for row in asked.rows:
        causes[quality.cause(row["cause"])] = causes.get(quality.cause(row["cause"]), 0) + row["changes"]
    return Card(
        topic,
        f"{total:,}",
        f"rows and cells in {words.count(tables, 'table')}, most because {max(causes, key=lambda n: (causes[n], n))}",
        week,
        "changes",
    )
