"""The clock: schedules and lateness without Prefect, and a few real flows, servers and schedules with it."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import flows
from flows import serve, settings
from pipeline import after, summary, warehouse
from pipeline.archive import Archive, Visit, new_visit_id
from pipeline.errors import Busy, Exit, UsageError
from pipeline.paths import Home
from pipeline.refresh import chosen_sources
from pipeline.settings import Settings
from pipeline.source import HOURS, Source
from tests.support import fault_server
from tests.support.command import Aicost
from tests.support.prefect_home import ROOT, PrefectHome, free_port
from tests.support.prefect_runs import small_of
from tests.support.small_world import SmallWorld

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FIELDS = {"minute": (0, 59), "hour": (0, 23), "day of month": (1, 28), "month": (1, 12), "day of week": (0, 6)}


# --- without Prefect ------------------------------------------------------------------------------


def test_importing_flows_imports_no_prefect() -> None:
    """``aicost --help`` does not pay for Prefect, and its settings are set before it reads them."""
    code = "import sys, os, flows, flows.serve; print('prefect' in sys.modules, os.environ['DO_NOT_TRACK'])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=600
    )

    assert done.stdout.split() == ["False", "1"]


def test_schedules_cover_every_fetched_source_once(tmp_path: Path) -> None:
    """Each source is in the schedule of its own cadence, and in no other."""
    planned = serve.plans(Home(tmp_path))
    by_source = {name: plan.name for plan in planned for name in plan.sources}

    assert sum(len(plan.sources) for plan in planned) == len(by_source)
    assert by_source == {source.name: source.cadence for source in chosen_sources(())}


def test_an_interval_is_one_schedule_for_all(tmp_path: Path) -> None:
    """``every`` replaces the cadences."""
    (only,) = serve.plans(Home(tmp_path), timedelta(hours=6))

    assert only.sources == tuple(source.name for source in chosen_sources(()))
    assert only.when == timedelta(hours=6)


@pytest.mark.parametrize("cadence", HOURS)
def test_cron_lines_are_valid_and_off_the_hour(cadence: str) -> None:
    """Five fields within their bounds, whatever the home; never minute 0, when everybody calls."""
    for number in range(300):
        line = serve.cron(cadence, Home(Path(f"/srv/{number}")))
        for value, (low, high) in zip(line.split(), FIELDS.values(), strict=True):
            assert value == "*" or low <= int(value) <= high, line
        assert line.split()[0] not in {"*", "0"}
        assert line.count("*") == {"hourly": 4, "daily": 3, "weekly": 2, "monthly": 2}[cadence]


def test_a_home_keeps_its_times_and_homes_differ() -> None:
    """Fixed jitter: the same after a restart, another one elsewhere."""
    lines = [serve.cron("daily", Home(Path(f"/srv/{number}"))) for number in range(20)]

    assert lines == [serve.cron("daily", Home(Path(f"/srv/{number}"))) for number in range(20)]
    assert len(set(lines)) > 15


def test_overdue_is_what_nobody_visited_for_its_cadence(tmp_path: Path) -> None:
    """Never visited, or longer ago than the cadence; a failed visit counts as a visit."""
    home = Home(tmp_path)
    first, *others = chosen_sources(())
    for source in others:
        _log_failed_visit(home, source.name, NOON - timedelta(hours=HOURS[source.cadence] - 0.5))
    assert serve.overdue(home, NOON) == [first.name]

    _log_failed_visit(home, first.name, NOON - timedelta(hours=HOURS[first.cadence] + 0.5))
    assert serve.overdue(home, NOON) == [first.name]
    assert serve.overdue(home, NOON + timedelta(hours=1)) == [source.name for source in chosen_sources(())]


def _log_failed_visit(home: Home, name: str, at: datetime) -> None:
    Archive(home.archive).log(
        Visit(visit_id=new_visit_id(at, ()), source=name, outcome="failed", via="fetch", visited_at=at, logged_at=at)
    )


def test_a_home_is_served_once_and_says_where(tmp_path: Path) -> None:
    """A second ``aicost serve`` is refused; a refresh finds the first one's server, and only while it runs."""
    home = Home(tmp_path)
    assert settings.served_address(home) is None
    with settings.serving(home) as announce:
        assert settings.served_address(home) is None
        announce("http://127.0.0.1:4200/api")
        assert settings.served_address(home) == "http://127.0.0.1:4200/api"
        with pytest.raises(Busy), settings.serving(home):
            pass
    assert settings.served_address(home) is None


def test_a_person_s_own_prefect_settings_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our folder is a default, and no folder is set beside a profile that the person has chosen."""
    monkeypatch.setenv("PREFECT_HOME", "/elsewhere")
    settings.prepare(Home(tmp_path))
    assert os.environ["PREFECT_HOME"] == "/elsewhere"

    monkeypatch.delenv("PREFECT_HOME")
    monkeypatch.setenv("PREFECT_PROFILE", "work")
    settings.prepare(Home(tmp_path))
    assert "PREFECT_HOME" not in os.environ


@pytest.mark.fault(65)
@pytest.mark.parametrize("how", ["not installed", "of another version", "profile that is not there"])
def test_fault_65_the_command_goes_on_without_prefect(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch, aicost: Aicost, how: str
) -> None:
    """Asked to go through Prefect where there is none that works: one warning, and all that a refresh does, exit 0."""
    monkeypatch.delitem(sys.modules, "flows.refresh", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(world.home.root / "prefect"))
    monkeypatch.setattr(summary, "show_headline", _nobody)  # the small world has no training costs
    world.bundle("list", "2026-01-01", 1)
    world.bundle("prices", "2026-01-01", 2)
    if how == "profile that is not there":
        monkeypatch.setattr(settings, "through_prefect", _no_such_profile)
    else:
        monkeypatch.setitem(sys.modules, "prefect", None if how == "not installed" else ModuleType("prefect"))
    said = aicost("refresh", "--offline", "--prefect", "--after", "feed", "--home", world.home.root)

    assert said.code == 0, said.err
    assert said.err.count("warning: going on without Prefect") == 1
    assert _served(world.home) is not None
    assert world.home.feed.exists()


def _no_such_profile(*_: object) -> None:
    raise settings.unavailable("Profile 'nosuch' not found.", "Prefect cannot be used")


@pytest.mark.fault(65)
def test_fault_65_both_ways_take_the_same_options() -> None:
    """What the command says to one it can say to the other."""
    from flows.refresh import run
    from pipeline.refresh import refresh

    plain, flow, outer = (set(inspect.signature(made).parameters) for made in (refresh, run, flows.run_refresh))
    assert plain == flow == outer - {"warn"}


@pytest.mark.fault(65)
def test_fault_65_without_prefect_a_refresh_runs_with_one_warning(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prefect is a convenience: where it cannot be imported, the same steps run in this process."""
    monkeypatch.setenv("PREFECT_HOME", str(world.home.root / "prefect"))
    monkeypatch.setitem(sys.modules, "prefect", None)
    monkeypatch.delitem(sys.modules, "flows.refresh", raising=False)
    warned: list[str] = []
    done = flows.run_refresh(world.home, offline=True, warn=warned.append)

    assert _served(world.home) == done.published.snapshot_id
    assert len(warned) == 1
    assert "Prefect cannot be imported" in warned[0]


def test_serve_without_prefect_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Schedules do need Prefect."""
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    for name in [name for name in sys.modules if name.startswith("prefect.")]:  # what other tests have imported
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "prefect", None)
    with pytest.raises(flows.PrefectUnavailable, match="cannot be imported"):
        serve.serve(Home(tmp_path / "home"))


def _python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def _served(home: Home) -> str | None:
    found = warehouse.served_snapshot(home)
    return found.snapshot_id if found else None


# --- with Prefect's embedded server ---------------------------------------------------------------


@pytest.fixture(scope="module")
def prefect_home(tmp_path_factory: pytest.TempPathFactory, offline_home: Path) -> PrefectHome:
    """A home that knows no Prefect yet, in a path that is not plain."""
    return PrefectHome(tmp_path_factory.mktemp("ai cost ü"), offline_home)


@pytest.fixture(scope="module")
def runs(prefect_home: PrefectHome) -> dict[str, Any]:
    """What ``tests.support.prefect_runs`` saw: several flows with one embedded server, in a process of their own."""
    command = _python("-m", "tests.support.prefect_runs", str(prefect_home.home.root))
    done = subprocess.run(
        command, cwd=ROOT, env=prefect_home.environment(), capture_output=True, text=True, check=False, timeout=1200
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)  # and nothing else is on stdout, which is data
    return {**found, "stderr": done.stderr}


@pytest.mark.prefect
def test_a_flow_publishes_and_leaves_artifacts(runs: dict[str, Any], prefect_home: PrefectHome) -> None:
    """End to end with Prefect's own default server, in a home that it has never seen, without a network."""
    small = small_of(prefect_home.home)
    assert runs["offline"]["snapshot"] < runs["broken"]["snapshot"] < runs["rebuilt"] == _served(small)
    assert {row["table"]: row["rows"] for row in runs["recorded"]["rows"]}.keys() == runs["offline"]["rows"].keys()
    assert runs["recorded"]["flow_runs"] == ["Completed", "Completed", "Completed", "Failed"]
    assert (prefect_home.home.root / "prefect" / "prefect.db").exists()


@pytest.mark.prefect
def test_one_source_s_error_does_not_stop_the_others(runs: dict[str, Any]) -> None:
    """An error that nobody foresaw is reported as that source's, and the rest is visited and published."""
    broken, names = runs["broken"], [source.name for source in chosen_sources(())]
    outcome, message = broken["visits"].pop(broken["breaks"])
    assert (outcome, message) == ("failed", "unexpected error: ZeroDivisionError: nobody foresaw this")
    assert broken["visits"].pop(broken["shut_to"])[0] == "failed"
    assert broken["visits"]
    assert {outcome for outcome, _ in broken["visits"].values()} == {"new"}
    assert broken["told"] == names
    assert runs["stderr"].count("ZeroDivisionError: nobody foresaw this") == 1  # the traceback, once


@pytest.mark.prefect
def test_each_source_is_a_tagged_task_run(runs: dict[str, Any]) -> None:
    """The UI shows which source failed, by name, colour and tag."""
    tasks = runs["recorded"]["tasks"]
    failed = {runs["broken"]["breaks"], runs["broken"]["shut_to"]}
    for source in chosen_sources(()):
        state = "Failed" if source.name in failed else "Completed"
        assert tasks[f"visit {source.name}"] == [state, f"source:{source.name}"]


@pytest.mark.prefect
def test_what_follows_a_publish_is_a_task_run_each(runs: dict[str, Any], prefect_home: PrefectHome) -> None:
    """After the publish task, and the home keeps how they ended; one that fails fails nothing else."""
    tasks, home = runs["recorded"]["tasks"], small_of(prefect_home.home)
    (owed,) = after.owed(home, Settings(after=("feed", "export")))

    assert [tasks[f"after: {name}"][0] for name in ("alerts", "feed", "export")] == ["Completed", "Completed", "Failed"]
    assert home.feed.exists()
    assert (owed.step, owed.state) == ("export", "failed")
    assert "exports" in owed.said
    assert warehouse.served_snapshot(home) is not None


@pytest.mark.prefect
def test_what_a_publisher_wrote_is_escaped_in_artifacts(runs: dict[str, Any]) -> None:
    """No tag, link, table cell or control character of a page reaches the UI."""
    lines = [line for line in runs["broken"]["status"].split("\n") if "script" in line]
    assert lines
    for line in lines:
        assert "<" not in line
        assert line.isprintable()
        assert not re.search(r"(?<!\\)[\[\]()]", line)
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines if line.startswith("|")} == {5}


@pytest.mark.prefect
def test_a_refused_publish_fails_the_run_with_the_original_error(runs: dict[str, Any]) -> None:
    """The command line prints the check's own message, not Prefect's account of it."""
    assert runs["refused"]["is_the_original"]
    assert runs["refused"]["status"].startswith("**Not published:** 3 prices are negative")


@pytest.mark.prefect
def test_deployments_are_in_utc_one_run_at_a_time(runs: dict[str, Any]) -> None:
    """As Prefect has them: a cron line in UTC each, and a second run is cancelled, not queued."""
    assert sorted(name for made in runs["deployments"] for name in made["parameters"]["sources"]) == sorted(
        source.name for source in chosen_sources(())
    )
    for made in runs["deployments"]:
        (schedule,) = made["schedules"]
        assert schedule["schedule"]["timezone"] == "UTC"
        assert len(schedule["schedule"]["cron"].split()) == 5
        assert made["concurrency_limit"] == 1
        assert made["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"


@pytest.mark.prefect
def test_nothing_leaves_the_machine(runs: dict[str, Any], prefect_home: PrefectHome) -> None:
    """No name is looked up and no address called, by us, by Prefect or by its server."""
    assert runs
    assert prefect_home.calls_outside() == ""


def test_the_guard_sees_a_call(tmp_path: Path) -> None:
    """The test before this one can fail."""
    place = PrefectHome(tmp_path)
    code = "import socket; socket.getaddrinfo('example.test', 443)"
    done = subprocess.run(_python("-c", code), env=place.environment(), capture_output=True, check=False, timeout=300)

    assert done.returncode != 0
    assert "example.test" in place.calls_outside()


# In a process of its own, of the small world: what a refresh makes of a Prefect that does not work is the same there.
SMALL_REFRESH = """
import sys
from pathlib import Path

import pytest

import flows
from tests.support import small_world

flows.run_refresh(small_world.make(Path(sys.argv[1]), pytest.MonkeyPatch()).home, offline=True)
"""


@pytest.mark.prefect
@pytest.mark.fault(65)
def test_fault_65_a_server_that_does_not_answer_costs_one_warning(tmp_path: Path) -> None:
    """``PREFECT_API_URL`` leads nowhere: the refresh runs here, at once."""
    place = PrefectHome(tmp_path)
    env = place.environment(PREFECT_API_URL=f"http://127.0.0.1:{free_port()}/api")
    started = time.monotonic()
    done = subprocess.run(
        _python("-c", SMALL_REFRESH, str(tmp_path)), cwd=ROOT, env=env, capture_output=True, text=True,
        check=False, timeout=600,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert _served(place.home) is not None
    (line,) = done.stderr.strip().split("\n")
    assert "going on without Prefect: no Prefect server answers at http://127.0.0.1:" in line
    assert time.monotonic() - started < 150  # where Prefect waited for a server, it took six minutes
    assert place.calls_outside() == ""


@pytest.mark.prefect
@pytest.mark.fault(65)
@pytest.mark.parametrize("reply", [
    fault_server.page(b"<html>Please log in</html>"), fault_server.page(b"no", status=500),
    fault_server.page(b'{"detail":"Unauthorized"}', status=401), fault_server.raw(b"\x00garbage\r\n\r\n"),
    fault_server.stall(),
])  # fmt: skip
def test_fault_65_what_says_that_it_is_well_and_is_no_prefect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply: fault_server.Reply
) -> None:
    """A page of a login, errors, noise, silence: told before a run is given to it."""
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.setattr(settings, "PROBE_SECONDS", 0.5)
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with fault_server.FaultServer() as server:
        server.add("/api/health", fault_server.page(b"true"))
        server.add("/api/admin/version", reply)
        with temporary_settings({PREFECT_API_URL: server.url("/api", "127.0.0.1")}):
            assert settings.probe() is not None
            server.add("/api/admin/version", fault_server.page(b'"3.8.1"'))
            assert any(settings.probe() is None for _ in range(5))  # who hangs up with a request unread may reset it


@pytest.mark.slow(seconds=30)
@pytest.mark.prefect
@pytest.mark.fault(65)
def test_fault_65_a_database_that_somebody_locks_costs_one_warning(tmp_path: Path) -> None:
    """Prefect's own server cannot start on it, and gives up after a minute: the refresh runs here."""
    place = PrefectHome(tmp_path)
    (place.home.root / "prefect").mkdir(parents=True)
    database = sqlite3.connect(place.home.root / "prefect" / "prefect.db", isolation_level=None)
    with contextlib.closing(database):
        database.execute("begin exclusive")
        done = subprocess.run(
            _python("-c", SMALL_REFRESH, str(tmp_path)), cwd=ROOT, env=place.environment(), capture_output=True,
            text=True, check=False, timeout=900,
        )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert _served(place.home) is not None
    assert done.stderr.count("going on without Prefect: no Prefect server answers at this machine") == 1


# --- served ---------------------------------------------------------------------------------------

SERVE = """
import sys
from datetime import timedelta
from flows.serve import serve
from pipeline.paths import Home

every = timedelta(seconds=int(sys.argv[3]))
sys.exit(serve(Home.find(sys.argv[1]), port=int(sys.argv[2]), every=every, offline=True))
"""


COMPLETED: dict[str, object] = {"flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}}


class Serving:
    """``aicost serve`` with an interval of seconds, as a child process that is always ended."""

    def __init__(self, place: PrefectHome, port: int, seconds: int) -> None:
        self._place = place
        self.api = f"http://127.0.0.1:{port}/api"
        self.log = place.home.root.parent / "serve.log"
        with self.log.open("wb") as log:
            # The runner asks for due runs every 10 s, the server plans them every 5 s: a test need not wait that long.
            self.process = subprocess.Popen(
                _python("-c", SERVE, str(place.home.root), str(port), str(seconds)), cwd=ROOT, stdout=log, stderr=log,
                env=place.environment(
                    AICOST_AFTER="none", PREFECT_RUNNER_POLL_FREQUENCY="1",
                    PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS="1",
                    PREFECT_SERVER_SERVICES_SCHEDULER_MIN_RUNS="1", PREFECT_SERVER_SERVICES_SCHEDULER_MAX_RUNS="2",
                ),
            )  # fmt: skip

    def wait_for(self, done: Callable[[], bool], *, seconds: float) -> None:
        """Until it is so; the log tells why it is not."""
        deadline = time.monotonic() + seconds
        while not done():
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, self.log.read_text(encoding="utf-8")
            time.sleep(0.2)

    def asked(self, what: str, wanted: dict[str, object]) -> list[dict[str, Any]]:
        """What Prefect has of that kind."""
        body = json.dumps(wanted).encode()
        request = urllib.request.Request(f"{self.api}/{what}/filter", body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=100) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return found

    def is_registered(self) -> bool:
        """Whether it says that it serves."""
        return f"serving {self._place.home.root}" in self.log.read_text(encoding="utf-8")

    def stop(self, number: signal.Signals) -> int:
        """End it as a person or a service manager does; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(400)

    def has_no_server(self) -> bool:
        """Whether nobody answers at its address."""
        try:
            urllib.request.urlopen(f"{self.api}/health", timeout=5).close()
        except OSError:
            return True
        return False


@pytest.fixture
def serving(prefect_home: PrefectHome) -> Iterator[Callable[[int], Serving]]:
    """Starts ``aicost serve`` on a home that has been used before, which spares Prefect's migrations."""
    started: list[Serving] = []
    port = free_port()

    def start(seconds: int) -> Serving:
        started.append(Serving(prefect_home, port, seconds))
        return started[-1]

    yield start
    for served in started:
        if served.process.poll() is None:
            served.process.terminate()
            try:
                served.process.wait(300)
            except subprocess.TimeoutExpired:
                served.process.kill()
                served.process.wait()


@pytest.mark.prefect
def test_a_served_schedule_fires(
    runs: dict[str, Any], serving: Callable[[int], Serving], prefect_home: PrefectHome
) -> None:
    """A schedule fires and publishes the real thing; Ctrl-C pauses it and ends the server."""
    before = _served(prefect_home.home)
    first = serving(3)
    first.wait_for(lambda: _served(prefect_home.home) != before, seconds=900)  # of a busy machine
    first.wait_for(lambda: any(run["auto_scheduled"] for run in first.asked("flow_runs", COMPLETED)), seconds=300)
    assert first.stop(signal.SIGINT) == 130
    assert first.has_no_server()
    assert _paused_in(prefect_home.home) == [True]
    assert "Traceback" not in first.log.read_text(encoding="utf-8")
    assert prefect_home.calls_outside() == ""


@pytest.mark.slow(seconds=45)
@pytest.mark.prefect
def test_a_paused_schedule_is_resumed_by_the_next_start(serving: Callable[[int], Serving]) -> None:
    """Paused by Ctrl-C, resumed by a start; told to stop by a service manager, it has not failed."""
    for ended_by, code in ((signal.SIGINT, 130), (signal.SIGTERM, 0)):
        served = serving(3600)  # no run need be under way
        served.wait_for(served.is_registered, seconds=600)
        assert [made["paused"] for made in served.asked("deployments", {})] == [False]
        assert served.stop(ended_by) == code
        assert served.has_no_server()
        assert "Traceback" not in served.log.read_text(encoding="utf-8")


@pytest.mark.prefect
def test_a_start_resumes_what_a_stop_has_paused(runs: dict[str, Any]) -> None:
    """The same schedule, registered again: not paused, and there once."""
    assert runs["paused"] == [True, False]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, Exit.INTERRUPTED), (signal.SIGTERM, Exit.DONE)])
def test_a_signal_ends_the_schedules_with_its_own_code(number: signal.Signals, code: Exit) -> None:
    """Ctrl-C is an interruption; a service that is told to stop and does has not failed."""

    async def until_stopped() -> Exit:
        runner: Any = SimpleNamespace(handle_sigterm=None)
        stop = serve._stop_signal(runner)  # pyright: ignore[reportPrivateUsage]
        signal.signal(signal.SIGTERM, runner.handle_sigterm)  # as the runner does when it starts
        signal.raise_signal(number)
        return await asyncio.wait_for(stop, 100)

    before = signal.getsignal(signal.SIGTERM)
    try:
        assert asyncio.run(until_stopped()) is code
    finally:
        signal.signal(signal.SIGTERM, before)


def _paused_in(home: Home) -> list[bool]:
    with contextlib.closing(sqlite3.connect(home.root / "prefect" / "prefect.db")) as database:
        return [bool(paused) for (paused,) in database.execute("select paused from deployment")]


def test_serve_says_at_once_why_no_server_can_be_started() -> None:
    """A port that something else holds is named, and nothing was started."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"http://127.0.0.1:{other.getsockname()[1]}/api"
        with pytest.raises(flows.PrefectUnavailable, match=f"can be started at {address}: Address already in use"):
            serve.refuse_taken(address)

    serve.refuse_taken(address)


def _nobody(_: object) -> bool:
    return False


def test_serve_says_what_a_server_said_that_ended_at_its_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last lines, and where the others are."""
    monkeypatch.setattr(serve, "_answers", _nobody)
    log = tmp_path / "server.log"
    log.write_text("first\nno such table\n", encoding="utf-8")
    with subprocess.Popen(_python("-c", "pass")) as process:
        server = serve.Server("http://127.0.0.1:1/api", log, process)
        with pytest.raises(flows.PrefectUnavailable, match="ended at its start: first no such table") as raised:
            serve.wait_until_it_answers(server)

    assert raised.value.page == str(log)


class ReadTimeout(Exception):
    """What the client's library raises when an answer takes too long, by its name."""


@pytest.mark.parametrize(("slow", "ended"), [(2, 2), (99, settings.PROBES)])
def test_a_server_that_is_slow_to_answer_is_asked_again(slow: int, ended: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine's embedded server is started anew, and none is left behind; one that refuses is not there."""
    told = list[str]()
    answers: list[Exception | None] = [*(ReadTimeout() for _ in range(slow)), None]
    monkeypatch.setattr(settings, "probe", lambda: answers.pop(0))
    monkeypatch.setattr(settings, "end_embedded", lambda: told.append("ended"))
    problem = settings.probe_patiently(is_own=True)
    assert (problem is None, len(told)) == (slow < settings.PROBES, ended)

    answers[:] = [ConnectionError("refused"), None]
    assert isinstance(settings.probe_patiently(is_own=True), ConnectionError)


def test_a_cadence_that_no_source_has_publishes_nothing(monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    """The visits of an empty schedule end at once, and start no publish."""
    from flows import visit

    def none(_: object) -> list[Source]:
        return []

    monkeypatch.setattr(visit.steps, "chosen_sources", none)
    monkeypatch.setattr(visit, "run_deployment", None)
    assert visit.visit_flow.fn(cadence="hourly", home=str(home.root), then="aicost-publish/publish") == {}
    assert not home.root.exists()


def test_a_wrong_name_needs_no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt source is a usage error at once, with or without Prefect."""
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.setitem(sys.modules, "prefect", None)
    monkeypatch.delitem(sys.modules, "flows.refresh", raising=False)
    with pytest.raises(UsageError):
        flows.run_refresh(Home(tmp_path / "home"), ["no such source"], warn=lambda _: None)
