"""Many workers and one lake: a real Prefect server on PostgreSQL, a work pool, two workers, and one that is killed."""

from __future__ import annotations

import contextlib
import http.server
import itertools
import json
import os
import shutil
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

from pipeline import lake, publish, warehouse
from pipeline.archive import Archive
from pipeline.paths import Home
from pipeline.place import Lake
from pipeline.source import HOURS
from tests.support import worker_hosts
from tests.support.postgres import Postgres
from tests.support.prefect_home import ROOT, PrefectHome, free_port

pytestmark = [pytest.mark.prefect, pytest.mark.slow(seconds=35)]

PATIENCE = 600.0  # seconds for what takes ten on an idle machine
LIST_OF_WORKERS = "raw.githubusercontent.com"
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
        with urllib.request.urlopen(request, timeout=300) as answer:
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

    def until(self, done: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Wait for it; the logs tell why it is not so."""
        deadline = time.monotonic() + seconds
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
            PREFECT_SERVER_ANALYTICS_ENABLED="false", DO_NOT_TRACK="1",
            PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT="false", AICOST_CHECKOUT=str(ROOT),
            AICOST_HOME=str(place.home.root), AICOST_WAREHOUSE=f"{target}?data_path={target.data_path}",
            WORLD=str(folder / "world"), WORLD_PORT=str(site.port),
        )  # fmt: skip
        made = Cluster(place, site, target, api, env, folder)
        try:
            _start_server(made, port)
            made.run("work-pool", "create", "aicost", "--type", "process")
            _deploy(made)
            yield made
        finally:
            for process in made.processes.values():
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _start_server(cluster: Cluster, port: int) -> None:
    command = ("server", "start", "--host", "127.0.0.1", "--port", str(port))
    cluster.start("server", *command)
    try:
        cluster.until(lambda: _answers(cluster.api), "the server does not answer", seconds=PATIENCE / 2)
    except AssertionError:  # one start in six, on a machine that did much else, was never heard of
        cluster.kill("server")
        cluster.start("server", *command)
        cluster.until(lambda: _answers(cluster.api), "the server does not answer, started twice")


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


def test_two_workers_one_killed_nothing_lost_nothing_twice(cluster: Cluster, tmp_path: Path) -> None:
    """Disjoint sources, one host of both: no two requests at once at a host; the lake is what one machine builds."""
    for name in ("first", "second"):
        cluster.start(name, "worker", "start", "--pool", "aicost", "--type", "process", "--limit", "1", "--name", name)
    left = cluster.begin("aicost-visit/daily", sources=["one", "three"], cadence=None, then=None)
    cluster.until(lambda: cluster.site.has_begun("/three"), "nobody asks for three")
    killed = _worker_of(cluster, left)
    right = cluster.begin("aicost-visit/weekly", sources=["two", "four"], cadence=None, then=None)
    cluster.until(lambda: cluster.state(right) == "COMPLETED", "the other worker does not end")
    assert cluster.state(left) == "RUNNING"
    run_process = _process_of(cluster, left)
    cluster.kill(killed)
    with contextlib.suppress(ProcessLookupError):
        os.kill(run_process, signal.SIGKILL)  # the machine is gone, and what ran on it
    cluster.site.held.set()

    again = cluster.begin("aicost-visit/monthly", sources=["one", "three"], cadence=None, then="aicost-publish/publish")
    cluster.until(lambda: cluster.state(again) == "COMPLETED", "what the killed worker had is not done by the other")
    home = cluster.place.home
    cluster.until(lambda: _is_published(home, cluster.lake), "nobody publishes")

    archive = Archive(home.archive)
    for name in worker_hosts.HOSTS:
        visits = archive.visits(name)
        assert [visit.outcome for visit in visits].count("new") == 1, name
        assert len({visit.visit_id for visit in visits}) == len(visits)
        assert archive.damage(name) == []
    _one_at_a_time(cluster.site)
    assert {limit["name"] for limit in cluster.ask("v2/concurrency_limits/filter", {})} >= {
        f"aicost-host:{host}" for host in worker_hosts.HOSTS.values()
    }
    _equals_one_machine(cluster, tmp_path)
    # A server whose work pools are made asks for a list of worker types, and takes its own where it gets no answer.
    outside = cluster.place.calls_outside().splitlines()
    assert [line for line in outside if "'server', 'start'" not in line or LIST_OF_WORKERS not in line] == []


def _worker_of(cluster: Cluster, run: str) -> str:
    """The worker that started the run's process."""
    cluster.until(lambda: bool(cluster.ask(f"flow_runs/{run}")["infrastructure_pid"]), "no worker has the run")
    process = _process_of(cluster, run)
    parents = {process, *_parents(process)}
    return next(name for name, worker in cluster.processes.items() if worker.pid in parents)


def _process_of(cluster: Cluster, run: str) -> int:
    return int(str(cluster.ask(f"flow_runs/{run}")["infrastructure_pid"]).rpartition(":")[2])


def _parents(process: int) -> Iterator[int]:
    while process > 1:
        status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        process = int(status[1])
        yield process


def _is_published(home: Home, place: Lake) -> bool:
    served = warehouse.snapshot_of(place)
    return served is not None and len(warehouse.query(place, "select distinct source from readings").rows) == 4


def _one_at_a_time(site: Site) -> None:
    """No two requests overlap at a host, and the pause between them is kept, also between machines."""
    whole = [call for call in site.asked if not call[1].endswith("begun")]
    for host in set(worker_hosts.HOSTS.values()):
        spans = sorted((began, ended) for name, _, began, ended in whole if name == host)
        gaps = [later - ended for (_, ended), (later, _) in itertools.pairwise(spans)]
        assert all(gap >= 0 for gap in gaps), (host, spans)
    shared = sorted((began, ended) for name, _, began, ended in whole if name == "shared.test")
    assert len(shared) >= 4
    assert all(
        later - ended >= worker_hosts.PAUSE_SECONDS * 0.9 for (_, ended), (later, _) in itertools.pairwise(shared)
    )


def _equals_one_machine(cluster: Cluster, tmp_path: Path) -> None:
    """The same archive, published by one process into a file: every public table, row for row."""
    alone = Home(tmp_path / "alone")
    shutil.copytree(cluster.place.home.archive, alone.archive)
    shutil.rmtree(alone.archive / "publishes", ignore_errors=True)
    (alone.archive / "publishes.jsonl").unlink(missing_ok=True)
    code = (
        "import sys; from pathlib import Path; from tests.support import worker_flows; from pipeline import refresh;"
        "from pipeline.paths import Home; refresh.publish_archived(Home(Path(sys.argv[1])))"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(alone.root)], cwd=ROOT, env=cluster.env, check=True, timeout=PATIENCE
    )
    for table in ("readings", "sources"):
        ours, theirs = (
            warehouse.query(place, f"from {table} order by all").rows for place in (alone.warehouse, cluster.lake)
        )
        assert ours == theirs != []
    assert publish.is_as_published(alone)
