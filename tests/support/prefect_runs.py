"""Runs flows as the command line does, in a process of its own, and prints what a test wants to know as JSON.

``python -m tests.support.prefect_runs HOME`` takes one embedded server for all of it. Prefect's files are in that home;
the flows are the real ones, of small sources under the real ones' names in a home beside it: an offline refresh, one in
which a source's visit breaks, one whose publish is refused, a rebuild. And the deployments of ``aicost serve``.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

import flows
from flows import serve, settings
from pipeline import publish
from pipeline import refresh as steps
from pipeline.archive import Archive, Visit
from pipeline.errors import AicostError, CheckFailed, FetchError
from pipeline.fetch import Answer, Fetcher, Limits, Request, Validators
from pipeline.paths import Home
from pipeline.source import Source
from tests.support import small_world

CATCH_UP_SECONDS = 300.0
# Four publishes, one round of visits, and after two of the publishes the alerts, the feed and the export.
EXPECTED_TASKS = 4 + len(steps.chosen_sources(())) + 2 * 3
HOSTILE = "<script>alert(1)</script> | [x](javascript:y) \u202e\x1b[31m"


class Door(Fetcher):
    """A door that is shut to one source, and behind which the others find a page of one line."""

    shut_to = ""

    def get(
        self,
        request: Request,
        *,
        hosts: frozenset[str],
        validators: Validators | None = None,
        source: str | None = None,
        limits: Limits | None = None,
    ) -> Answer:
        """Answer without a network."""
        if source == self.shut_to:
            raise FetchError(HOSTILE, source=source)
        return Answer(request, request.url, 200, (), b"2026-01-01,1", datetime.now(UTC), 1)


def small_of(home: Home) -> Home:
    """The home of the small sources, beside the real one."""
    return Home(home.root.parent / "small" / "home")


def main(home: Home) -> dict[str, object]:
    """All the runs, in turn."""
    settings.prepare(home)
    planned = serve.plans(home)
    small = _small_world(small_of(home))
    return {
        "offline": offline(small),
        "deployments": asyncio.run(deployments(home, planned)),
        "paused": asyncio.run(paused(home, planned[0])),
        "broken": broken(small),
        "refused": refused(small),
        "rebuilt": flows.run_rebuild(small, warn=_must_not_warn).snapshot_id,
        "recorded": recorded(),
    }


def _small_world(home: Home) -> Home:
    """As many sources as there are, each of a line."""
    names = [source.name for source in steps.chosen_sources(())]
    world = small_world.make(home.root.parent, pytest.MonkeyPatch())
    world.sources.clear()
    world.sources |= {name: small_world.small_source(name) for name in names}
    return world.home


def offline(home: Home) -> dict[str, object]:
    """A first refresh without a network, after which the export fails: a file lies where its folder would."""
    home.root.mkdir(parents=True, exist_ok=True)
    home.exports.write_text("", encoding="utf-8")
    done = flows.run_refresh(home, offline=True, warn=_must_not_warn)
    return {"snapshot": done.published.snapshot_id, "rows": done.published.rows}


def broken(home: Home) -> dict[str, object]:
    """A refresh in which the task of one source raises what nobody foresaw, and another one cannot be fetched."""
    breaks, door, told = steps.chosen_sources(())[0].name, Door(), list[str]()
    door.shut_to = steps.chosen_sources(())[1].name
    visit = steps.visit

    def break_one(source: Source, archive: Archive, fetcher: Fetcher) -> Visit:
        if source.name == breaks:
            raise ZeroDivisionError("nobody foresaw this")
        return visit(source, archive, fetcher)

    with mock.patch.object(steps, "visit", break_one):
        done = flows.run_refresh(
            home, fetcher=door, told=lambda source, _: told.append(source.name), warn=_must_not_warn
        )
    visits = {name: [made.outcome, (made.error or {}).get("message")] for name, made in done.visits.items()}
    return {
        "breaks": breaks, "shut_to": door.shut_to, "visits": visits, "told": told,
        "snapshot": done.published.snapshot_id, "status": _artifact("aicost-status"),
    }  # fmt: skip


def refused(home: Home) -> dict[str, object]:
    """A refresh whose publish is refused by a check."""
    refusal = CheckFailed("3 prices are negative", fix="aicost query")
    with mock.patch.object(publish, "make_and_publish", side_effect=refusal):
        try:
            flows.run_refresh(home, offline=True, warn=_must_not_warn)
        except AicostError as error:
            return {"is_the_original": error is refusal, "status": _artifact("aicost-status")}
    return {}


async def deployments(home: Home, planned: list[serve.Plan]) -> list[dict[str, object]]:
    """What ``aicost serve`` would register."""
    made = [await serve.deployment_of(plan, home) for plan in planned]
    return [deployment.model_dump(mode="json", include=SHOWN) for deployment in made]


async def paused(home: Home, plan: serve.Plan) -> list[bool]:
    """Whether a schedule is paused: after a stop has paused it, and after the next start has registered it."""
    from prefect.client.orchestration import get_client
    from prefect.runner import Runner

    register, found = serve._registered, list[bool]()  # pyright: ignore[reportPrivateUsage]
    async with get_client() as client:
        made = await register(plan, home, True, Runner(name="test"), client)
        await client.pause_deployment(made)
        found.append((await client.read_deployment(made)).paused)
        again = await register(plan, home, True, Runner(name="test"), client)
        found.append((await client.read_deployment(again)).paused)
        await client.delete_deployment(made)  # whose runs nobody is there for
    return found


SHOWN = {"name", "schedules", "parameters", "concurrency_limit", "concurrency_options", "entrypoint"}


def recorded() -> dict[str, object]:
    """What Prefect has in its database, once its recorder has caught up."""
    from prefect.client.orchestration import get_client

    deadline = time.monotonic() + CATCH_UP_SECONDS
    with get_client(sync_client=True) as client:
        while True:
            runs: list[Any] = client.read_flow_runs()
            tasks: list[Any] = client.read_task_runs()
            done = len(tasks) >= EXPECTED_TASKS and all(task.state.is_final() for task in tasks)
            if done or time.monotonic() > deadline:
                break
            time.sleep(0.5)
    return {
        "flow_runs": sorted(run.state_name for run in runs),
        "tasks": {task.name: [task.state_name, *task.tags] for task in tasks},
        "rows": json.loads(_artifact("aicost-rows")),
    }


def _artifact(key: str) -> str:
    from prefect.artifacts import Artifact

    found = Artifact.get(key)
    return str(getattr(found, "data", ""))


def _must_not_warn(line: str) -> None:
    raise AssertionError(line)


if __name__ == "__main__":
    json.dump(main(Home(Path(sys.argv[1]))), sys.stdout)
