"""What each verb of the command line does: ask the pipeline, show the answer, say the exit code."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline import after as following
from pipeline import alerts, load, paths, runs, settings, show, summary, warehouse, watch
from pipeline import bundle as larder
from pipeline import export as exporting
from pipeline import refresh as steps
from pipeline.archive import Archive, Visit
from pipeline.doctor import examine
from pipeline.errors import Exit, UsageError
from pipeline.paths import Home
from pipeline.place import Place
from pipeline.source import Source, all_sources, find_source
from pipeline.status import of_sources
from pipeline.values import plain

OUTCOMES = {"new": "new page", "unchanged": "unchanged", "failed": "failed"}


# --- refresh --------------------------------------------------------------------------------------


def refresh(
    home: Home,
    names: list[str],
    *,
    offline: bool,
    prefect: bool,
    strict: bool,
    lock_timeout: float,
    after: str | None,
    as_json: bool,
    quiet: bool,
) -> Exit:
    """Refresh, then say what is in force, what was published, and the headline answer."""
    run = _with_prefect if prefect or (paths.environment("PREFECT_API_URL") and not offline) else steps.refresh
    with _progress(names, quiet=quiet or offline) as told:
        done = run(home, names, offline=offline, strict=strict, lock_timeout=lock_timeout, told=told, after=after)
    states = of_sources(home.served, visits=done.visits)
    warnings = [*summary.warnings(done, states), *summary.raised(home, done)]
    if as_json:
        show.as_json(summary.as_data(done, states), warnings=warnings)
        return summary.exit_code(done, states)
    summary.show_states(states)
    show.line()
    summary.show_counts(done.published)
    show.line()
    summary.show_headline(home.served)
    for text in warnings:
        show.note(text)
    if not quiet:
        for text in [*summary.made_after(done.after), *_next_step(home)]:
            show.note(text)
    return summary.exit_code(done, states)


def _with_prefect(home: Home, names: list[str], **options: Any) -> steps.Refreshed:
    from flows import run_refresh

    return run_refresh(home, names, warn=lambda text: show.note(f"warning: {text}"), **options)


@contextmanager
def _progress(names: list[str], *, quiet: bool) -> Generator[Callable[[Source, Visit], None] | None]:
    """A moving bar on a terminal, one line a source in a pipe, nothing when quiet."""
    console = show.console(stderr=True)
    if quiet:
        yield None
    elif not console.is_terminal or console.is_dumb_terminal:
        yield lambda source, visit: show.note(f"{source.name}: {_said_of(visit)}")
    else:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("visiting sources", total=len(steps.chosen_sources(names)))
            yield lambda source, visit: bar.update(
                task, advance=1, description=f"{source.name}: {OUTCOMES[visit.outcome]}"
            )


def _said_of(visit: Visit) -> str:
    why = f" ({(visit.error or {}).get('message')})" if visit.error else ""
    return OUTCOMES[visit.outcome] + why


def _next_step(home: Home) -> list[str]:
    where = "" if home == Home.find() else f" --home {shlex.quote(str(home.root))}"
    return [
        f"warehouse {home.served}",
        f"next      aicost query{where} \"select * from training_costs where model_name = 'GPT-4'\"",
    ]


def rebuild(home: Home, *, lock_timeout: float, as_json: bool, quiet: bool) -> Exit:
    """Publish from the archive alone; 3 when something archived could not be read."""
    if not quiet:
        show.note("reading every archived page again")
    published = steps.rebuild(home, lock_timeout=lock_timeout)
    lost = summary.lost(published.path)
    if as_json:
        data = {"snapshot_id": published.snapshot_id, "warehouse": str(published.path), "rows": published.rows}
        show.as_json(data, warnings=lost)
    else:
        summary.show_counts(published)
        for text in lost:
            show.note(text)
    return Exit.DEGRADED if lost else Exit.DONE


# --- archive --------------------------------------------------------------------------------------


def ingest(
    home: Home, name: str, file: Path, *, url: str | None, fetched_at: datetime | None, as_json: bool, quiet: bool
) -> None:
    """Archive a saved page, and say whether it can be read."""
    visit = steps.ingest(home, name, file, url=url, fetched_at=fetched_at)
    reading = load.read_visit(find_source(name), Archive(home.archive), visit)
    problem = f"it cannot be put in force: {reading.rejected}" if reading.rejected else None
    if as_json:
        page = visit.pages[0]
        data = {
            "source": name, "visit_id": visit.visit_id, "sha256": page.sha256, "bytes": page.bytes,
            "fetched_at": plain(page.fetched_at), "facts": len(reading.facts), "issues": len(reading.issues),
        }  # fmt: skip
        show.as_json(data, warnings=[problem] if problem else [])
        return
    counted = f"{len(reading.facts):,} facts, {len(reading.issues):,} cells or rows set aside"
    show.line(f"archived {file} as {name} {visit.visit_id}: {counted}")
    if problem:
        show.note(f"warning: {problem}")
    elif not quiet:
        show.note("next  aicost refresh --offline")


def bundle(home: Home, name: str, *, as_of: datetime, address: str | None, via: str | None, dated: bool) -> None:
    """Write a source's bundled file from its newest archived page; of prices only those of registered models."""
    source, archive = find_source(name), Archive(home.archive)
    visit = archive.latest(name)
    if visit is None:
        raise UsageError(f"no page of {name} is archived", fix=f"aicost refresh {name}, or aicost ingest {name} FILE")
    reading = load.read_visit(source, archive, visit)
    if reading.rejected:
        raise reading.rejected
    facts = [fact for fact in reading.facts if larder.is_carried(fact, name, as_of.date())]
    header = larder.Header(
        source=name, as_of=as_of.date(), address=address or source.url, publisher=source.publisher,
        licence=source.licence, attribution=source.attribution, page_sha256=visit.pages[0].sha256, via=via,
        facts=len(facts),
    )  # fmt: skip
    path = larder.place(name, header.as_of if dated else None)
    larder.write(path, header, facts)
    show.line(f"wrote {path}: {header.facts:,} facts as of {header.as_of}")


# --- reading --------------------------------------------------------------------------------------


def status(home: Home, given: Place | None, *, as_json: bool) -> Exit:
    """Print every source's state; 3 when one is stale, failed or was refused."""
    path = given or home.served
    states = of_sources(path)
    owed = [] if given else following.owed(home, settings.read())
    standing = [] if given else alerts.standing(home)
    changed = watch.warnings(path)
    degraded = owed or changed or any(state.is_degraded or state.is_empty for state in states)
    code = Exit.DEGRADED if degraded else Exit.DONE
    snapshot = exporting.records(warehouse.query(path, "select snapshot_id, published_at, version from meta.snapshot"))[
        0
    ]
    found = warehouse.query(
        path, "select check_name, severity, row_count, sentence from meta.checks where row_count > 0"
    )
    checks = exporting.records(found)
    newest = runs.newest(home)
    if as_json:
        data = {"snapshot": snapshot, "sources": [summary.state_as_data(s) for s in states], "checks_with_rows": checks,
                "runs": [run.model_dump(mode="json") for run in newest]}  # fmt: skip
        data |= {"after": [outcome.model_dump(mode="json") for outcome in owed]}
        data |= {"alerts": [alert.model_dump(mode="json") for alert in standing]}
        show.as_json(data, warnings=[*changed, *summary.lost(path)])
        return code
    show.line(f"published {snapshot['snapshot_id']} by aicost {snapshot['version']}")
    for run in newest[-1:]:
        show.line(f"last run  {run.told()}")
    show.line()
    summary.show_states(states)
    for state in states:
        if state.problem:
            show.line(str(state.error))
    for check in checks:
        show.line(f"check {check['check_name']} ({check['severity']}): {check['row_count']} rows. {check['sentence']}")
    for alert in standing:
        show.line(f"alert since {alert.at:%Y-%m-%d %H:%M}: {alert.title}")
    for outcome in owed:
        show.line(summary.said_of_step(outcome))
    for text in (*changed, *summary.lost(path)):
        show.line(text)
    return code


def sources(*, as_json: bool) -> None:
    """Print what every source declares; needs no warehouse."""
    names = ("sentence", "publisher", "url", "licence", "attribution", "robots", "cadence", "least", "most", "disabled",
             "not_bundled")  # fmt: skip
    declared: list[dict[str, Any]] = [
        {"source": source.name, **{name: getattr(source, name) for name in names}} for source in all_sources().values()
    ]
    if as_json:
        show.as_json(declared)
        return
    show.table(
        ("source", "publisher", "cadence", "facts of a visit", "licence", "address"),
        [
            (d["source"], d["publisher"], d["disabled"] or d["cadence"], f"{d['least']:,} to {d['most']:,}",
             d["licence"], d["url"])
            for d in declared
        ],
    )  # fmt: skip


def schema(home: Home, given: Place | None, names: list[str], form: str, *, as_json: bool) -> None:
    """Print the data dictionary of the public tables, or of the named ones."""
    found = warehouse.dictionary(given or home.served, names)
    if as_json:
        show.as_json(exporting.records(found))
        return
    if form == "json":
        show.emit(exporting.as_json(found), is_json=True)
        return
    for (room, name, sentence), cells in _by_table(found.rows):
        title = name if room == "main" else f"{room}.{name}"
        described = warehouse.Rows(("column", "type", "meaning"), ("VARCHAR",) * 3, cells)
        if form == "md":
            show.emit(f"### {title}\n\n{sentence or ''}\n\n{exporting.as_markdown(described)}\n")
        else:
            show.table(described.columns, [(n, k, m or "") for n, k, m in cells], title=f"{title}: {sentence or ''}")
            show.line()


def _by_table(rows: Iterable[tuple[object, ...]]) -> list[tuple[tuple[object, ...], list[tuple[object, ...]]]]:
    grouped: dict[tuple[object, ...], list[tuple[object, ...]]] = {}
    for row in rows:
        grouped.setdefault(row[:3], []).append(row[3:])
    return list(grouped.items())


def doctor(home: Home, *, as_json: bool) -> Exit:
    """Look at everything a refresh needs; 7 when something is broken."""
    findings = examine(home)
    if as_json:
        show.as_json([asdict(finding) for finding in findings])
    else:
        show.table(("", "what", "finding"), [("ok" if f.ok else "!!", f.what, f.said) for f in findings])
    return Exit.DONE if all(finding.ok for finding in findings) else Exit.STORAGE
