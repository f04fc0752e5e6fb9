"""Visits alone, as a Prefect flow that many workers may run at once; what they archive is published by another flow.

Workers share the home's folder: two never visit one source at the same time, by a lock beside its log, and never ask
one host at the same time, by a limit of Prefect's.
"""

from __future__ import annotations

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.deployments import run_deployment
from prefect.states import Failed

from flows import hosts, settings
from flows.refresh import leave_artifacts, reason_of, result_of
from pipeline import refresh as steps
from pipeline.archive import Archive, Visit
from pipeline.durable import check_writable
from pipeline.fetch import Fetcher
from pipeline.paths import Home
from pipeline.source import HOURS, find_source

settings.keep_off_the_terminal()


@flow(name="aicost-visit", retries=0, persist_result=False)
def visit_flow(
    sources: list[str] | None = None, cadence: str | None = None, home: str | None = None, then: str | None = None
) -> dict[str, str]:
    """Visit each source, and publish nothing; how each visit ended.

    Args:
        sources: Names of the sources to visit; None: all that are fetched.
        cadence: Of these, only the ones with this cadence.
        home: The folder that all workers share; None: as ``aicost`` finds it.
        then: A deployment to start at the end, such as ``aicost-publish/publish``; not where nothing was visited.
    """
    if cadence is not None and cadence not in HOURS:
        raise ValueError(f"no cadence is called {cadence!r}; there are {', '.join(HOURS)}")
    where = Home.find(home)
    chosen = [source for source in steps.chosen_sources(sources or ()) if cadence in (None, source.cadence)]
    if not chosen:
        return {}  # of a cadence that no source has: there is nothing to publish either
    check_writable(where.archive)
    hosts.declare(chosen)
    visits: dict[str, Visit] = {}
    running = {source.name: visit_apart.submit(source.name, str(where.root)) for source in chosen}  # pyright: ignore[reportUnknownMemberType] - an overload of Prefect's has untyped arguments
    for source in chosen:
        visits[source.name] = result_of(source, where, running[source.name])
    leave_artifacts(visits, None)
    if then is not None:
        run_deployment(then, timeout=0, as_subflow=False)
    return {name: made.outcome for name, made in visits.items()}


@task(name="visit", task_run_name="visit {name}", retries=0, cache_policy=NO_CACHE, persist_result=False)
def visit_apart(name: str, home: str) -> Visit | State[Visit]:
    """Fetch and archive one source while no other worker asks its hosts; a failed visit is a failed task run."""
    source = find_source(name)
    with hosts.alone_at(source), Fetcher() as door:
        made = steps.visit(source, Archive(Home.find(home).archive), door)
        door.settle(steps.hosts_of(source))
    return made if made.outcome != "failed" else Failed(message=reason_of(made), data=made)
