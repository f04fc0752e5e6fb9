"""Many workers and one lake: a real Prefect server on PostgreSQL, a work pool, two workers, and one that is killed."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import lake
from pipeline.place import Lake
from pipeline.source import HOURS
from tests.support.postgres import Postgres
from tests.support.prefect_home import ROOT, PrefectHome, free_port

pytestmark = [pytest.mark.prefect, pytest.mark.slow]

PATIENCE = 240.0  # seconds for what takes ten on an idle machine
BUSY_SECONDS = 1.0  # that a page takes to be served
DEPLOYMENTS = {*(f"aicost-visit/{cadence}" for cadence in HOURS), "aicost-publish/publish"}


@dataclass
class Site:
    """A loopback server that remembers when each request to each host began and ended."""

    asked: list[tuple[str, str, float, float]] = field(default_factory=list[tuple[str, str, float, float]])
    held: threading.Event = field(default_factory=threading.Event)
    """Cleared: the page of ``three`` is not answered until it is set."""
    port: int = 0

    def answer(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        """A page of one line; none of robots.txt."""
        began, host = time.monotonic(), handler.headers["host"].partition(":")[0]
        time.sleep(BUSY_SECONDS)
        if handler.path == "/three":
            self.asked.append((host, "/three begun", began, began))
            self.held.wait(PATIENCE)
        body = b"2026-01-01,%d" % len(handler.path)
        self.asked.append((host, handler.path, began, time.monotonic()))
        handler.send_response(404 if handler.path == "/robots.txt" else 200)
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def has_begun(self, path: str) -> bool:
        """Whether somebody is waiting for that page."""
        return any(what == f"{path} begun" for _, what, _, _ in self.asked)


@contextlib.contextmanager
def _serving(site: Site) -> Generator[Site]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with contextlib.suppress(OSError):  # the one who asked was killed
                site.answer(self)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        site.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield site
        site.held.set()
        server.shutdown()


@dataclass
class Cluster:
    """Everything that runs: server, workers, site, home and lake."""

    place: PrefectHome
    site: Site
    lake: Lake
    api: str
    env: dict[str, str]
    folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict[str, "subprocess.Popen[bytes]"])

    def start(self, name: str, *command: str) -> None:
        """Start a Prefect command as a process of its own, with its log beside the home."""
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "prefect", *command], cwd=ROOT, env=self.env, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def run(self, *command: str) -> str:
        """Run a Prefect command to its end; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "prefect", *command], cwd=ROOT, env=self.env, capture_output=True, text=True,
            check=False, timeout=PATIENCE,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def kill(self, name: str) -> None:
        """As when the machine goes: the worker and what it runs."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes.pop(name).wait()

    def ask(self, path: str, body: dict[str, object] | None = None) -> Any:
        """The server's answer."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.api}/{path}", data, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def begin(self, deployment: str, **parameters: object) -> str:
        """Plan a run for now; its id."""
        found = self.ask(f"deployments/name/{deployment}")
        made = self.ask(
            f"deployments/{found['id']}/create_flow_run", {"parameters": parameters, "state": {"type": "SCHEDULED"}}
        )
        return str(made["id"])

    def state(self, run: str) -> str:
        """Of a run."""
        return str(self.ask(f"flow_runs/{run}")["state_type"])

    def until(self, done: Callable[[], bool], what: str) -> None:
        """Wait for it; the logs tell why it is not so."""
        deadline = time.monotonic() + PATIENCE
        while not done():
            logs = {path.stem: path.read_text(encoding="utf-8")[-3000:] for path in self.folder.glob("*.log")}
            assert time.monotonic() < deadline, f"{what}\n{logs}"
            time.sleep(0.3)


@pytest.fixture(scope="module")
def cluster(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A server on PostgreSQL, the deployments of flows/prefect.yaml over the small world, and no worker yet."""
    if lake.missing():
        pytest.skip(f"no extension of DuckDB {duckdb.__version__}: {', '.join(lake.missing())}; see the extra lake")
    folder = tmp_path_factory.mktemp("cluster")
    postgres.new_database("prefect")
    place, target = (
        PrefectHome(folder),
        Lake.parse(f"ducklake:postgres:{postgres.new_database('workers')}?data_path={folder / 'lake'}"),
    )
    port = free_port()
    api = f"http://127.0.0.1:{port}/api"
    with _serving(Site()) as site:
        env = place.environment(
            PREFECT_HOME=str(folder / "prefect"), PREFECT_API_URL=api, PREFECT_WORKER_QUERY_SECONDS="1",
            PREFECT_API_DATABASE_CONNECTION_URL=f"postgresql+asyncpg://aicost@127.0.0.1:{postgres.port}/prefect",
            PREFECT_SERVER_ANALYTICS_ENABLED="false", DO_NOT_TRACK="1", AICOST_CHECKOUT=str(ROOT),
            AICOST_HOME=str(place.home.root), AICOST_WAREHOUSE=f"{target}?data_path={target.data_path}",
            WORLD=str(folder / "world"), WORLD_PORT=str(site.port),
        )  # fmt: skip
        made = Cluster(place, site, target, api, env, folder)
        try:
            made.start("server", "server", "start", "--host", "127.0.0.1", "--port", str(port))
            made.until(lambda: _answers(api), "the server does not answer")
            made.run("work-pool", "create", "aicost", "--type", "process")
            _deploy(made)
            yield made
        finally:
            for process in made.processes.values():
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _answers(api: str) -> bool:
    try:
        with urllib.request.urlopen(f"{api}/health", timeout=5):
            return True
    except OSError:
        return False


def _deploy(cluster: Cluster) -> None:
    text = (ROOT / "flows" / "prefect.yaml").read_text(encoding="utf-8")
    for flow in ("visit", "publish"):
        text = text.replace(f"flows/{flow}.py:", "tests/support/worker_flows.py:")
    file = cluster.folder / "prefect.yaml"
    file.write_text(text.replace("timezone: UTC", "timezone: UTC, active: false"), encoding="utf-8")
    cluster.run("--no-prompt", "deploy", "--all", "--prefect-file", str(file))


def test_every_cadence_and_the_publish_are_deployed(cluster: Cluster) -> None:
    """One deployment a cadence, in UTC, one run at a time; two publishes are queued and not dropped."""
    flows = {flow["id"]: flow["name"] for flow in cluster.ask("flows/filter", {})}
    made = {f"{flows[one['flow_id']]}/{one['name']}": one for one in cluster.ask("deployments/filter", {})}
    assert made.keys() == DEPLOYMENTS
    for name, one in made.items():
        (schedule,) = one["schedules"]
        assert schedule["schedule"]["timezone"] == "UTC"
        assert one["global_concurrency_limit"]["limit"] == 1
        queued = "ENQUEUE" if name.endswith("publish") else "CANCEL_NEW"
        assert one["concurrency_options"]["collision_strategy"] == queued
