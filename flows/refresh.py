"""A refresh as a Prefect flow: the very steps of ``pipeline.refresh``, one task run a source.

Retries belong to the street door, so no task has any. Only names and paths travel through Prefect; the door,
the progress lines and the result stay in this process, in `_Aside`.
"""

from __future__ import annotations

import contextlib
import html
import logging
import re
import sys
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.context import TaskRunContext
from prefect.futures import PrefectFuture
from prefect.states import Failed

from flows import settings
from pipeline import after as following
from pipeline import publish, runs
from pipeline import refresh as steps
from pipeline import settings as settings_of
from pipeline.archive import Archive, Visit, new_visit_id
from pipeline.errors import AicostError, CheckFailed, StorageError
from pipeline.fetch import Fetcher
from pipeline.paths import Home
from pipeline.redact import redacted
from pipeline.running import run_of
from pipeline.source import Source, find_source

FLOW = "aicost-refresh"
PUBLISH = "load, build, check and publish"
STATUS_KEY = "aicost-status"
ROWS_KEY = "aicost-rows"
LONGEST_REASON = 300

_log = logging.getLogger(__name__)
settings.keep_off_the_terminal()


@dataclass
class _Aside:
    """What a run has beside its parameters: things that cannot or need not go through Prefect."""

    told: Callable[[Source, Visit], None] | None = None
    fetcher: Fetcher | None = None
    ended: Callable[[str], None] = lambda line: None
    refreshed: steps.Refreshed | None = None


_aside: ContextVar[_Aside | None] = ContextVar("aside", default=None)
_door: ContextVar[Fetcher] = ContextVar("door")
"""One for all sources of a run, for it keeps each host to one polite request at a time."""


def run(
    home: Home,
    names: Iterable[str] = (),
    *,
    offline: bool = False,
    strict: bool = False,
    lock_timeout: float = 0.0,
    told: Callable[[Source, Visit], None] | None = None,
    fetcher: Fetcher | None = None,
    after: str | None = None,
) -> steps.Refreshed:
    """Run the flow in this process and return what `pipeline.refresh.refresh` would.

    Raises:
        PrefectUnavailable: Prefect failed before anything was published; take the steps without it.
        AicostError: The original one: a wrong name, a busy home, a refused publish, a full disk.
    """
    chosen = [source.name for source in steps.chosen_sources(names)]  # a wrong name needs no server
    where = str(home.root)
    aside = _Aside(told, fetcher)
    token = _aside.set(aside)
    try:
        settings.through_prefect(home, lambda: refresh_flow(chosen, offline, where, lock_timeout, strict, after))
    except settings.PrefectUnavailable as error:
        if aside.refreshed is None:
            raise
        _log.warning("published, but not recorded by Prefect: %s", error.what)
    finally:
        _aside.reset(token)
    if aside.refreshed is None:
        raise settings.unavailable("the flow was not run", "Prefect failed")
    return aside.refreshed


@flow(name=FLOW, retries=0, persist_result=False)
def refresh_flow(
    sources: list[str] | None = None,
    offline: bool = False,
    home: str | None = None,
    lock_timeout: float = 0.0,
    strict: bool = False,
    after: str | None = None,
) -> dict[str, object]:
    """Visit each source, then load, build, check and publish; a refused publish fails the run.

    Args:
        sources: Names of the sources to visit; None: all that are fetched.
        offline: Use what is archived or bundled, and call no publisher.
        home: The folder that holds all state; None: as ``aicost`` finds it.
        lock_timeout: Seconds to wait for another refresh of the same home to end.
        strict: Publish only if every visited source could be read and is in force.
        after: What runs after the publish, as ``AICOST_AFTER``; None: as that says.
    """
    aside = _aside.get() or _Aside(told=_tell_failure, ended=_tell)
    where = Home.find(home)
    chosen, wanted = steps.chosen_sources(sources or ()), settings_of.read(after=after)
    visits: dict[str, Visit] = {}
    try:
        with run_of(where, "refresh", offline=offline, lock_timeout=lock_timeout) as taken:
            if not offline:
                visits = _visit_all(chosen, where, aside)
                runs.record(where, taken.counting(visits))
            known, arrived = steps.aside(where.served), steps.unseen(where)
            strict_about = list(visits) if strict else []
            published = publish_warehouse(str(where.root), strict_about=strict_about, run_id=taken.run_id)
            taken.snapshot_id = published.snapshot_id
            outcomes = follow(where, wanted)
    except CheckFailed as error:
        following.refused(where, wanted, error)
        _give_up(visits, error, aside)
        raise
    except Exception as error:
        _give_up(visits, error, aside)
        raise
    newly, brought = steps.newly(published.path, known, arrived | visits), frozenset(arrived)
    aside.refreshed = steps.Refreshed(visits, published, offline, taken.notes, *newly, tuple(outcomes), brought)
    leave_artifacts(visits, published)
    aside.ended(f"published {published.snapshot_id}")
    return _summary(aside.refreshed)


def _give_up(visits: Mapping[str, Visit], error: Exception, aside: _Aside) -> None:
    leave_artifacts(visits, error)
    aside.ended(f"nothing published: {_said(error)}")


def follow(home: Home, wanted: settings_of.Settings) -> list[following.Outcome]:
    """Each step after the publish as a task run of its own; one that fails fails nothing else."""
    if not wanted.after:
        return []
    snapshot_id = following.begin(home, wanted)
    return [_followed(home, wanted, name, snapshot_id) for name in following.steps_of(wanted)]


def _followed(home: Home, wanted: settings_of.Settings, name: str, snapshot_id: str) -> following.Outcome:
    ended = run_after(name, str(home.root), snapshot_id, wanted.after, return_state=True)
    outcome = following.read(home).get(name)
    if outcome is None or outcome.state == "pending":  # Prefect itself failed on the way
        outcome = following.one(home, wanted, name, snapshot_id)
    _log.info("after the publish: %s: %s (%s)", name, outcome.state, ended.name)
    return outcome


@task(name="after", task_run_name="after: {name}", retries=0, cache_policy=NO_CACHE, persist_result=False)
def run_after(name: str, home: str, snapshot_id: str, after: Sequence[str]) -> str | State[str]:
    """One step after the publish; how it ended is kept in the home, so that ``aicost status`` shows it."""
    wanted = settings_of.read(after=",".join(after))
    outcome = following.one(Home(Path(home)), wanted, name, snapshot_id)
    said = _plain(f"{outcome.state}: {outcome.said}")
    return Failed(message=said, data=said) if outcome.state == "failed" else said


def _visit_all(chosen: list[Source], home: Home, aside: _Aside) -> dict[str, Visit]:
    visits: dict[str, Visit] = {}
    with _one_door(aside):
        running = {source.name: _start_visit(source, home) for source in chosen}
        for source in chosen:
            visits[source.name] = result_of(source, home, running[source.name])
            if aside.told is not None:
                aside.told(source, visits[source.name])
    return visits


@contextlib.contextmanager
def _one_door(aside: _Aside) -> Generator[None]:
    with aside.fetcher or Fetcher() as fetcher:
        token = _door.set(fetcher)
        try:
            yield
        finally:
            _door.reset(token)


def _start_visit(source: Source, home: Home) -> PrefectFuture[Any]:
    # An overload of Prefect's has untyped arguments.
    return visit_source.submit(source.name, str(home.root))  # pyright: ignore[reportUnknownMemberType]


@task(name="visit", task_run_name="visit {name}", retries=0, cache_policy=NO_CACHE, persist_result=False)
def visit_source(name: str, home: str) -> Visit | State[Visit]:
    """Fetch and archive one source; a failed visit is a failed task run, which fails nothing else."""
    _tag(f"source:{name}")
    made = steps.visit(find_source(name), Archive(Home(Path(home)).archive), _door.get())
    if made.outcome != "failed":
        return made
    return Failed(message=reason_of(made), data=made)


def _tag(tag: str) -> None:
    """Tag the task run that is under way; Prefect records it with the next change of state.

    For a tag given beforehand Prefect asks its server for a concurrency slot at the start of the task run. A
    dozen of these writes at once lock its SQLite database: a wait of 2 to 7 s in one run of 25, and of a minute
    in one of 100 (measured); without them none in 340.
    """
    context = TaskRunContext.get()
    if context is not None:
        context.task_run.tags = [*context.task_run.tags, tag]


def result_of(source: Source, home: Home, running: PrefectFuture[Any]) -> Visit:
    """The visit that a task made, or a failed one that says what nobody foresaw.

    Raises:
        StorageError: The archive cannot be written.
    """
    result: object = running.result(raise_on_failure=False)
    if isinstance(result, Visit):
        return result
    if isinstance(result, StorageError):
        raise result  # no source's fault: the archive cannot be written
    return _unexpected(source, home, result)


def _unexpected(source: Source, home: Home, error: object) -> Visit:
    """A failed visit for an error that nobody foresaw: reported like any other, and the others go on."""
    _log.error("%s: unexpected error", source.name, exc_info=error if isinstance(error, Exception) else None)
    what = AicostError(
        f"unexpected error: {type(error).__name__}: {error}", source=source.name,
        kept="the last good pages", fix="please report it, with the traceback",
    )  # fmt: skip
    now = datetime.now(UTC)
    made = Visit(
        visit_id=new_visit_id(now, ()), source=source.name, outcome="failed", via="fetch",
        visited_at=now, logged_at=now, error=what.as_json(),
    )  # fmt: skip
    with contextlib.suppress(AicostError):  # the archive may be what failed
        Archive(home.archive).log(made)
    return made


@task(name=PUBLISH, task_run_name=PUBLISH, retries=0, cache_policy=NO_CACHE, persist_result=False)
def publish_warehouse(
    home: str, *, from_scratch: bool = False, strict_about: Sequence[str] = (), run_id: str | None = None
) -> publish.Published:
    """`pipeline.publish.make_and_publish`: DuckDB is opened and closed within this task."""
    where = Home(Path(home))
    return publish.make_and_publish(where, from_scratch=from_scratch, strict_about=strict_about, run_id=run_id)


def _summary(refreshed: steps.Refreshed) -> dict[str, object]:
    return {
        "snapshot_id": refreshed.published.snapshot_id,
        "warehouse": str(refreshed.published.path),
        "offline": refreshed.offline,
        "visits": {name: made.outcome for name, made in refreshed.visits.items()},
        "rows": refreshed.published.rows,
    }


def _tell(line: str) -> None:
    """A line on the terminal of ``aicost serve``, where no command line prints any."""
    sys.stderr.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC  {line}\n")


def _tell_failure(source: Source, made: Visit) -> None:
    if made.outcome == "failed":
        _tell(f"{source.name} failed: {_plain(reason_of(made))}")


def leave_artifacts(visits: Mapping[str, Visit], ending: publish.Published | Exception | None) -> None:
    """Show in Prefect's UI how each source fared and what was published; each key is a series of runs."""
    try:
        create_markdown_artifact(status_markdown(visits, ending), key=STATUS_KEY)
        if isinstance(ending, publish.Published):
            rows: list[dict[str, Any]] = [{"table": name, "rows": n} for name, n in ending.rows.items()]
            create_table_artifact(rows, key=ROWS_KEY, description=f"Rows of {ending.snapshot_id}")
    except Exception as error:  # noqa: BLE001 - a courtesy: what it tells is in the warehouse too
        _log.warning("Prefect kept no artifacts: %s", error)


def status_markdown(visits: Mapping[str, Visit], ending: publish.Published | Exception | None) -> str:
    """The run in a page; everything that a publisher could have written is escaped."""
    if isinstance(ending, publish.Published):
        lines = [f"**Published** {escaped(ending.snapshot_id)}, {len(ending.checks)} checks"]
    elif ending is None:
        lines = ["**Archived**, and not published by this run"]
    else:
        lines = [f"**Not published:** {escaped(_said(ending))}", "", "The version before is still served."]
    if visits:
        lines += ["", "| source | outcome | pages | reason |", "|---|---|---|---|"]
    for name, made in visits.items():
        lines.append(f"| {escaped(name)} | {made.outcome} | {len(made.pages)} | {escaped(reason_of(made))} |")
    return "\n".join(lines)


def reason_of(made: Visit) -> str:
    """Why a visit failed; empty where it did not."""
    return str((made.error or {}).get("message") or "")


def _said(error: Exception) -> str:
    return _plain(redacted(error.what if isinstance(error, AicostError) else f"{type(error).__name__}: {error}"))


def escaped(text: str) -> str:
    """Text as Markdown that only shows it: no tags, links, table cells or control characters."""
    return re.sub(r"([\\`*_{}\[\]()#+!|~:])", r"\\\1", html.escape(_plain(text), quote=False))


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_REASON]
