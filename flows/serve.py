"""Schedules: one a cadence that a fetched source has, run by Prefect for as long as ``aicost serve`` runs.

Nothing is listed by hand: a new source file is in its cadence's schedule the next time this starts. There is at
most one run a schedule (a second one is cancelled, not queued), and our own lock between schedules and
``aicost refresh``. What was missed while nobody served is not made up for run by run: what is overdue by the
archive is visited once, at the start.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit
from uuid import UUID

from flows import settings
from flows.settings import PrefectUnavailable
from pipeline.archive import Archive
from pipeline.errors import ArchiveError, Exit
from pipeline.paths import Home
from pipeline.refresh import chosen_sources
from pipeline.source import HOURS, Source

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient
    from prefect.deployments.runner import RunnerDeployment
    from prefect.runner import Runner

START_SECONDS = 120.0  # a first start makes Prefect's database: 13 s on two idle cores
STOP_SECONDS = 10.0
LOCK_SECONDS = 900.0  # how long a scheduled run waits for another refresh of the home
OVERDUE = "overdue-at-start"
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})

_log = logging.getLogger(__name__)
Say = Callable[[str], object]


@dataclass(frozen=True)
class Plan:
    """One schedule: which sources, and when."""

    name: str
    sources: tuple[str, ...]
    when: str | timedelta
    """A cron line in UTC, or an interval."""

    def __str__(self) -> str:
        when = f"{self.when} UTC" if isinstance(self.when, str) else f"every {self.when}"
        return f"{self.name} ({when}): {', '.join(self.sources)}"


def plans(home: Home, every: timedelta | None = None) -> list[Plan]:
    """A schedule for each cadence that fetched sources have; or one for all of them, at an interval."""
    sources = chosen_sources(())
    if every is not None:
        return [Plan("interval", _names(sources), every)]
    by_cadence = {cadence: _names(s for s in sources if s.cadence == cadence) for cadence in HOURS}
    return [Plan(cadence, names, cron(cadence, home)) for cadence, names in by_cadence.items() if names]


def _names(sources: Iterable[Source]) -> tuple[str, ...]:
    return tuple(source.name for source in sources)


def cron(cadence: str, home: Home) -> str:
    """The cron line of a cadence, in UTC: at a time of this home's own, the same at each start.

    Publishers should not hear from every installation at once, on the hour.
    """
    digest = hashlib.sha256(f"{home.root} {cadence}".encode()).digest()
    minute, hour, weekday, day = 1 + digest[0] % 59, digest[1] % 24, digest[2] % 7, 1 + digest[3] % 28
    return {
        "hourly": f"{minute} * * * *",
        "daily": f"{minute} {hour} * * *",
        "weekly": f"{minute} {hour} * * {weekday}",
        "monthly": f"{minute} {hour} {day} * *",
    }[cadence]


def overdue(home: Home, now: datetime) -> list[str]:
    """Sources that nobody has visited for longer than their cadence: never, or while nothing was served."""
    archive = Archive(home.archive)
    return [source.name for source in chosen_sources(()) if _is_overdue(source, archive, now)]


def _is_overdue(source: Source, archive: Archive, now: datetime) -> bool:
    try:
        last = max((visit.logged_at for visit in archive.visits(source.name)), default=None)
    except ArchiveError:
        return True  # the run will say what is wrong with it
    return last is None or now - last > timedelta(hours=HOURS[source.cadence])


def serve(
    home: Home,
    *,
    port: int | None = None,
    every: timedelta | None = None,
    offline: bool = False,
    say: Say = lambda line: sys.stderr.write(f"{line}\n"),
) -> Exit:
    """Run the schedules until SIGINT or SIGTERM, with a Prefect server of our own if none answers.

    Args:
        home: The folder that holds all state.
        port: Where our own server listens on the loopback, without ``PREFECT_API_URL``; None: Prefect's 4200.
        every: One schedule for all sources at this interval, instead of each at its own cadence.
        offline: Visit nobody: only build and publish what is archived or bundled.
        say: Prints a line for people.

    Returns:
        `Exit.INTERRUPTED` after Ctrl-C; `Exit.DONE` after SIGTERM, for a service that is told to stop and does
        has not failed.

    Raises:
        PrefectUnavailable: Prefect cannot be imported, or no server answers and none can be started.
        Busy: Another process serves this home.
    """
    with settings.importing(home):
        from prefect.settings import PREFECT_API_URL, temporary_settings
    try:
        with (
            _sigterm_raises(),
            settings.serving(home) as announce,
            _server(home, port, say) as server,
            temporary_settings({PREFECT_API_URL: server.address}),
        ):
            announce(server.address)
            return asyncio.run(_until_stopped(home, plans(home, every), server, offline, say))
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except _TerminatedError:
        return Exit.DONE


class _TerminatedError(BaseException):
    """SIGTERM, before and after the loop that waits for it."""


@contextlib.contextmanager
def _sigterm_raises() -> Generator[None]:
    def terminate(*_: object) -> NoReturn:
        raise _TerminatedError

    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@dataclass(frozen=True)
class Server:
    """The server that plans the runs."""

    address: str
    log: Path
    process: subprocess.Popen[bytes] | None = None
    """Our own child; None when it was there before us."""

    def has_ended(self) -> bool:
        """Whether it was ours and is gone."""
        return self.process is not None and self.process.poll() is not None

    def failure(self, what: str) -> PrefectUnavailable:
        """The error, with what the server said last."""
        said = self.log.read_text(encoding="utf-8", errors="replace").split("\n") if self.log.exists() else []
        last = " ".join([line for line in said if line.strip()][-2:])
        error = settings.unavailable(last or "it said nothing", what)
        error.page = str(self.log)
        return error


@contextlib.contextmanager
def _server(home: Home, port: int | None, say: Say) -> Generator[Server]:
    from prefect.settings import PREFECT_API_URL, PREFECT_SERVER_API_PORT

    address = PREFECT_API_URL.value() or f"http://127.0.0.1:{port or PREFECT_SERVER_API_PORT.value()}/api"
    server = Server(address, home.logs / "prefect-server.log")
    if _answers(address):
        say(f"using the Prefect server at {address}")
        yield server
        return
    if urlsplit(address).hostname not in LOCAL_HOSTS:
        raise settings.unavailable(address, "the server of PREFECT_API_URL does not answer")
    refuse_taken(address)
    say(f"starting a Prefect server at {address}")
    server = _started(server)
    try:
        wait_until_it_answers(server)
        yield server
    finally:
        _stop(server)


def refuse_taken(address: str) -> None:
    """Say at once that a port is somebody else's: the server would need ten seconds to find out."""
    where = urlsplit(address)
    try:
        for family, kind, _, _, place in socket.getaddrinfo(where.hostname, where.port or 80, type=socket.SOCK_STREAM):
            with socket.socket(family, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
                probe.bind(place)
    except OSError as error:
        raise settings.unavailable(error.strerror or error, f"no Prefect server can be started at {address}") from error


def _answers(address: str) -> bool:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: address}):
        return settings.probe() is None


def _started(server: Server) -> Server:
    where = urlsplit(server.address)
    place = ["--host", str(where.hostname), "--port", str(where.port or 80)]
    server.log.parent.mkdir(parents=True, exist_ok=True)
    with server.log.open("wb") as log:
        # A session of its own: Ctrl-C is for us, and to stop in good order we still need the server.
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", "server", "start", *place],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    return replace(server, process=process)


def wait_until_it_answers(server: Server) -> None:
    """Wait for a server that was started; one that ends, or takes two minutes, is an error with its own last words."""
    deadline = time.monotonic() + START_SECONDS
    while not _answers(server.address):
        if server.has_ended():
            raise server.failure("the Prefect server ended at its start")
        if time.monotonic() > deadline:
            raise server.failure(f"the Prefect server did not answer within {START_SECONDS:g} s")
        time.sleep(0.5)  # each look makes a client anew


def _stop(server: Server) -> None:
    if server.process is None:
        return
    server.process.terminate()
    try:
        server.process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        _log.warning("the Prefect server did not stop within %g s and was killed", STOP_SECONDS)
    finally:  # also after a second Ctrl-C
        server.process.kill()
        server.process.wait()


async def _until_stopped(home: Home, planned: list[Plan], server: Server, offline: bool, say: Say) -> Exit:
    """Register the schedules and run them until a signal; fail when the server or the runner ends by itself."""
    from prefect.runner import Runner

    runner = Runner(name="aicost", limit=None, pause_on_shutdown=True)
    stop = _stop_signal(runner)
    gone = asyncio.create_task(_end_of(server))
    work = asyncio.create_task(_work(home, planned, runner, offline, say))
    try:
        await asyncio.wait({work, stop, gone}, return_when=asyncio.FIRST_COMPLETED)
        if stop.done():
            say("stopping")
            return stop.result()
        failed = work.exception() if work.done() else None
        raise server.failure(
            f"the schedules ended: {failed!r}" if work.done() else "the Prefect server ended"
        ) from failed
    finally:
        await _end(runner, work, in_good_order=not gone.done())
        gone.cancel()


async def _work(home: Home, planned: list[Plan], runner: Runner, offline: bool, say: Say) -> None:
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        ids = {plan.name: await _registered(plan, home, offline, runner, client) for plan in planned}
        await _clear(client, ids.values())
        await _catch_up(client, home, planned, ids)
        ui = client.api_url.copy_with(path="/")
    for plan in planned:
        say(str(plan))
    say(f"serving {home.root}; to look on: {ui} (Ctrl-C stops)")
    await runner.start()


async def _end(runner: Runner, work: asyncio.Task[None], *, in_good_order: bool) -> None:
    """End the run that is under way and pause the schedules; a server that is gone is not told."""
    try:
        async with asyncio.timeout(STOP_SECONDS):
            if in_good_order and runner.started:
                await runner.astop()
            else:
                runner.pause_on_shutdown = False
                work.cancel()
            await asyncio.wait({work})
    except Exception as error:  # noqa: BLE001 - we go anyway; the next start puts in order what this one left
        _log.warning("the schedules did not stop in good order: %r", error)
        work.cancel()


def _stop_signal(runner: Runner) -> asyncio.Future[Exit]:
    loop = asyncio.get_running_loop()
    stop: asyncio.Future[Exit] = loop.create_future()

    def end(code: Exit) -> None:
        if not stop.done():
            stop.set_result(code)
        loop.remove_signal_handler(signal.SIGINT)  # a second Ctrl-C waits for nothing

    def terminate(*_: object, **__: object) -> None:
        loop.call_soon_threadsafe(end, Exit.DONE)

    loop.add_signal_handler(signal.SIGINT, end, Exit.INTERRUPTED)
    loop.add_signal_handler(signal.SIGTERM, terminate)
    runner.handle_sigterm = terminate  # it takes SIGTERM for itself when it starts, and would exit half-way
    return stop


async def _end_of(server: Server) -> None:
    while not server.has_ended():
        await asyncio.sleep(1.0)


async def _registered(plan: Plan, home: Home, offline: bool, runner: Runner, client: PrefectClient) -> UUID:
    deployment = await runner.aadd_deployment(await deployment_of(plan, home, offline=offline))
    # Pausing drops the runs that were missed while nobody served, which would all fire at once. Resuming undoes
    # the pause of the last stop as well.
    await client.pause_deployment(deployment)
    await client.resume_deployment(deployment)
    return deployment


async def deployment_of(plan: Plan, home: Home, *, offline: bool = False) -> RunnerDeployment:
    """The schedule as a Prefect deployment: at most one run at a time, a second one is cancelled."""
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.schedules import Cron, Interval
    from prefect.types.entrypoint import EntrypointType

    from flows.refresh import refresh_flow

    own = hashlib.sha256(str(home.root).encode()).hexdigest()[:6]  # two homes may share a server
    schedule = Cron(plan.when, "UTC") if isinstance(plan.when, str) else Interval(plan.when, timezone="UTC")
    return await refresh_flow.ato_deployment(
        name=f"{plan.name}-{own}",
        description=f"{', '.join(plan.sources)} into {home.root}",
        schedule=schedule,
        paused=False,
        parameters={
            "sources": list(plan.sources), "offline": offline, "home": str(home.root), "lock_timeout": LOCK_SECONDS,
        },
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
        tags=["aicost"],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )  # fmt: skip


async def _clear(client: PrefectClient, deployments: Iterable[UUID]) -> None:
    """Put in order what the last stop, a kill or a power cut has left."""
    from prefect.client.schemas.filters import FlowRunFilter
    from prefect.states import Crashed

    ours = {"deployment_id": {"any_": list(deployments)}}
    dead = {**ours, "state": {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}}
    for run in await client.read_flow_runs(flow_run_filter=FlowRunFilter.model_validate(dead)):
        # Each holds the only slot of its schedule, which would never run again.
        await client.set_flow_run_state(run.id, Crashed(message="nobody was serving it any more"), force=True)
    waiting = {**ours, "state": {"type": {"any_": ["SCHEDULED"]}}, "name": {"any_": [OVERDUE]}}
    for run in await client.read_flow_runs(flow_run_filter=FlowRunFilter.model_validate(waiting)):
        await client.delete_flow_run(run.id)


async def _catch_up(client: PrefectClient, home: Home, planned: list[Plan], ids: dict[str, UUID]) -> None:
    """Plan one run for all that is overdue. An interval comes round soon enough by itself."""
    late = overdue(home, datetime.now(UTC))
    for plan in planned:
        if isinstance(plan.when, str) and set(late) & set(plan.sources):
            await client.create_flow_run_from_deployment(ids[plan.name], name=OVERDUE, parameters={"sources": late})
            return
