"""What a refresh ends with: the state of every source, row counts, the headline answer, and the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from pipeline import after, alerts, answers, export, publish, show, warehouse, watch
from pipeline.errors import ArchiveError, Exit
from pipeline.paths import Home
from pipeline.place import Place
from pipeline.refresh import Refreshed
from pipeline.status import SourceStatus
from pipeline.values import plain

PARTS = {
    1: "What the press said, without what it covers",
    2: "What the figure is: one final run, at an assumed rental price",
    3: "What it leaves out of R1: the training on top of V3",
    4: "What it compares with: other final runs, rented at the market price of their day",
    5: "What it does not compare with: other scopes",
}
HEADLINE = ("figure of", "scope", "figure", "interval", "month", "basis, who says so")
OPENED = ("export", "report")  # of the steps after a publish, those that leave something for a person to open
MOST_NAMED = 5  # names in one line
PEOPLE_SAY = " says so"  # in the answer's column `how`, after the claimant


def exit_code(done: Refreshed, states: list[SourceStatus]) -> Exit:
    """Degraded is what this run brought and could not put in force, whole pages or rows, or a source without any."""
    if done.reached_nothing:
        return Exit.NOTHING_FETCHED
    failed = [
        state for state in states if state.source in done.brought | done.visits.keys() and state.state == "failed"
    ]
    empty = [state for state in states if state.is_empty]
    broken = [outcome for outcome in done.after if outcome.is_owed]
    newly = done.newly_aside or done.newly_unmatched
    return Exit.DEGRADED if failed or empty or newly or broken else Exit.DONE


def lost(path: Place) -> list[str]:
    """What of the archive could not be read: bodies, and lines of logs."""
    rows = warehouse.query(
        path, "select distinct source, what from meta.quarantine where rule = ? order by all", [ArchiveError.code]
    ).rows
    return [f"warning: {source}: {what}" for source, what in rows]


def warnings(done: Refreshed, states: list[SourceStatus]) -> list[str]:
    """What a person should look at, one line each."""
    said = [f"warning: {note}" for note in done.notes]
    said += [
        f"warning: {state.error or f'{state.source}: nothing is in force'}"
        for state in states
        if state.state == "failed"
    ]
    said += [
        f"warning: {source}: {rows} rows are held or set aside that were not before: aicost quarantine list"
        for source, rows in sorted(done.newly_aside.items())
    ]
    said += [
        f"warning: {source}: no rule knows {len(names)} names that were not there before, and none is guessed: "
        f'{", ".join(map(show.printable, names[:MOST_NAMED]))}: aicost query "from meta.unmatched_names"'
        for source, names in sorted(done.newly_unmatched.items())
    ]
    said += watch.warnings(done.published.path)
    said += lost(done.published.path)
    said += [
        f"warning: check {check.name}: {check.rows} rows. {check.sentence}"
        for check in done.published.checks
        if check.rows and check.severity == "warn"
    ]
    if done.reached_nothing:
        said.append(
            "warning: not one source could be reached; published from the archive and the bundled facts. "
            "Without a network, aicost refresh --offline does the same and exits 0"
        )
    return said


def raised(home: Home, done: Refreshed) -> list[str]:
    """The alerts of this publish, and what came after it and failed, one line each."""
    new = [alert for alert in alerts.read(home) if alert.snapshot_id == done.published.snapshot_id]
    said = [f"alert: {alert.title}" for alert in new if alert.state == "raised"]
    return said + [f"warning: {said_of_step(outcome)}" for outcome in done.after if outcome.is_owed]


def said_of_step(outcome: after.Outcome) -> str:
    """A step after the publish that is owed, in one line."""
    times = f" ({outcome.tries} times)" if outcome.tries > 1 else ""
    why = f": {outcome.said}" if outcome.said else ""
    return (
        f"after the publish: {outcome.step} {outcome.state}{times}{why}; the data is published; retried at the next run"
    )


def made_after(outcomes: Iterable[after.Outcome]) -> list[str]:
    """What a person can open now that the steps after the publish have run, or why it was not made; one line each."""
    mark = {"done": "", "skipped": "not made: "}
    return [
        f"{outcome.step:9} {mark[outcome.state]}{outcome.said}"
        for outcome in outcomes
        if outcome.step in OPENED and outcome.state in mark
    ]


def as_data(done: Refreshed, states: list[SourceStatus]) -> dict[str, Any]:
    """All of it as plain JSON values."""
    published = done.published
    return {
        "exit_code": int(exit_code(done, states)),
        "snapshot_id": published.snapshot_id,
        "warehouse": str(published.path),
        "offline": done.offline,
        "sources": [state_as_data(state) for state in states],
        "rows": published.rows,
        "checks": [{"name": check.name, "severity": check.severity, "rows": check.rows} for check in published.checks],
        "headline": export.records(headline(published.path)),
        "after": [outcome.model_dump(mode="json") for outcome in done.after],
    }


def state_as_data(state: SourceStatus) -> dict[str, Any]:
    """A source's state as plain JSON values."""
    return {name: plain(value) for name, value in asdict(state).items()}


def show_states(states: list[SourceStatus]) -> None:
    """The table of sources."""
    show.table(
        ("source", "state", "in force", "age", "facts", "set aside"),
        [(s.source, s.state, s.in_force, show.age(s.age_days), f"{s.facts:,}", s.quarantined or "") for s in states],
        title="Sources", right=("age", "facts", "set aside"),
    )  # fmt: skip


def show_counts(published: publish.Published) -> None:
    """The public tables and their rows."""
    public = {name.removeprefix("main."): rows for name, rows in published.rows.items() if name.startswith("main.")}
    show.table(
        ("table", "rows"), [(name, f"{rows:,}") for name, rows in sorted(public.items())],
        title=f"Published {published.snapshot_id}", right=("rows",),
    )  # fmt: skip


def headline(path: Place) -> warehouse.Rows:
    """What DeepSeek's figure covers, and how it compares, by ``sql/answers/headline.sql``."""
    return answers.ask(path, "headline")


def show_headline(path: Place) -> None:
    """The same for people: under each heading the figures with scope, interval, month, basis and who says so."""
    rows = export.records(headline(path))
    cells = [_headline_cells(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(HEADLINE, *cells, strict=True)]
    show.line('DeepSeek\'s "$6 million": what it covers, and how it compares')
    show.line(_headline_line(HEADLINE, widths))
    for part, heading in PARTS.items():
        show.line(f"{heading}:")
        for row, cell in zip(rows, cells, strict=True):
            if row["part"] == part:
                show.line(_headline_line(cell, widths))
    for text in _arithmetic(path):
        show.line(text)


def _headline_line(cells: tuple[str, ...], widths: list[int]) -> str:
    subject, scope, figure, interval, month, basis = (
        f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)
    )
    return f"  {subject} {scope} {figure.strip():>{widths[2]}}  {interval} {month} {basis}".rstrip()


def _headline_cells(row: dict[str, Any]) -> tuple[str, ...]:
    who = str(row["how"]).partition(PEOPLE_SAY)[0].rpartition("; ")[2]
    value = row["value_low"] if row["value"] is None else row["value"]
    span = show.interval(row["value_low"], row["value_high"], row["unit"])
    cells = (row["subject"], row["scope"], show.money(value, row["unit"]), span, str(row["dated_on"])[:7])
    return tuple(show.printable(cell) for cell in (*cells, f"{row['basis']}, {who}"))


def _arithmetic(path: Place) -> Iterator[str]:
    rows = warehouse.query(
        path,
        "select gpu_hours, usd_per_gpu_hour, implied_usd, reported_usd, reported_over_implied from reported_vs_implied "
        "where claim_id = 'deepseek-v3-final-run-usd' and price_basis = 'stated'",
    ).rows
    for hours, price, implied, reported, ratio in rows:
        yield (
            f"Its own arithmetic: {hours:,.0f} GPU-hours x ${price:.2f} = {show.money(implied)}; "
            f"stated: {show.money(reported)}; ratio {ratio:.3f}"
        )
