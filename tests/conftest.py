"""What every test gets: a clean environment, no network beyond this machine, fresh homes and one built warehouse."""

from __future__ import annotations

import fcntl
import ipaddress
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import hypothesis
import pytest

from pipeline import lake
from pipeline.paths import Home
from pipeline.place import Lake
from pipeline.report import Edition
from tests.support import hostile, small_world
from tests.support.command import Aicost
from tests.support.fault_matrix import FaultMatrix
from tests.support.postgres import Postgres, programs, running
from tests.support.shares import dealt
from tests.support.small_world import SmallWorld

OF_THE_PERSON = ("AICOST_", "PREFECT_", "NO_COLOR", "FORCE_COLOR", "CI", "COLUMNS", "PYTHONDONTWRITEBYTECODE")
CONNECTING = ("socket.connect", "socket.sendto", "socket.sendmsg")

_refused: list[str] = []


def pytest_configure(config: pytest.Config) -> None:
    """Forget the person's settings before anything is imported; a home that a test leaves unsaid is a throw-away."""
    for name in [name for name in os.environ if name.startswith(OF_THE_PERSON)]:
        del os.environ[name]
    for ignored in (signal.SIGINT, signal.SIGHUP):  # nohup, or a shell for what it starts in the background, sees to it
        if signal.getsignal(ignored) is signal.SIG_IGN:
            signal.signal(ignored, signal.default_int_handler if ignored is signal.SIGINT else signal.SIG_DFL)
    sys.dont_write_bytecode = False  # else each of hundreds of processes compiles all that it imports, Prefect too
    if find_spec("pandas") is None:
        sys.modules["pandas"] = None  # pyright: ignore[reportArgumentType] - DuckDB looks for it at every parameter
    os.environ["AICOST_AFTER"] = "none"  # tests of what follows a publish turn it on
    os.environ["AICOST_HOME"] = tempfile.mkdtemp(prefix="aicost-tests-")
    sys.addaudithook(_guard)
    config.pluginmanager.register(FaultMatrix())
    # A machine that does something else as well makes no example wrong.
    slowly = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
    hypothesis.settings.register_profile("aicost", slowly)
    hypothesis.settings.load_profile("aicost")


def pytest_addoption(parser: pytest.Parser) -> None:
    """A share of the tests, for those that are too long to be run every time."""
    parser.addoption("--share", metavar="K/N", help="run the K-th of N shares (from 0) of what is chosen, no more")


@pytest.hookimpl(trylast=True)  # of what -m and -k have left
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the share that was asked for: N runs have run each test once, and take about as long as one another."""
    if asked := config.getoption("--share"):
        share, shares = map(int, asked.split("/"))
        if not 0 <= share < shares:
            raise pytest.UsageError(f"--share {asked}: K of K/N is from 0 to N - 1")
        of_share = dealt([_seconds(item) for item in items], shares)
        left_out = [item for item, to in zip(items, of_share, strict=True) if to != share]
        items[:] = [item for item, to in zip(items, of_share, strict=True) if to == share]
        config.hook.pytest_deselected(items=left_out)


def _seconds(item: pytest.Item) -> float:
    """How long a test keeps a processor busy, as its mark says; most take a few seconds."""
    mark = item.get_closest_marker("slow")
    return float(mark.kwargs.get("seconds", 6)) if mark else 1.0


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(os.environ["AICOST_HOME"], ignore_errors=True)


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    # An audit hook sees every connection of this process, whichever library opens it.
    if event in CONNECTING and not _stays_here(arguments[1]):
        _refused.append(f"{event} {arguments[1]}")
        raise PermissionError(f"tests do not leave this machine: {arguments[1]}")


def _stays_here(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a socket file, or a socket that is connected already
    host = str(address[0])  # pyright: ignore[reportUnknownArgumentType] - a tuple of the socket module
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture
def refused_connections() -> list[str]:
    """What the guard has refused; a test that means to be refused clears it."""
    return _refused


@pytest.fixture(autouse=True)
def _stay_on_this_machine() -> Iterator[None]:
    """Fail a test that tried to reach another machine, even where the code under test swallowed the refusal."""
    yield
    tried, _refused[:] = _refused[:], []
    assert not tried, f"a connection left this machine: {tried}"


@contextmanager
def once_a_run(tmp_path_factory: pytest.TempPathFactory, name: str) -> Generator[tuple[Path, bool]]:
    """A folder that all workers of a run share, and whether one of them has filled it; the others wait for it."""
    base = tmp_path_factory.getbasetemp()
    root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with root.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = root.with_suffix(".made")
        yield root, made.exists()
        made.touch()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home that does not exist yet."""
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def offline_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a home refreshed offline, from the bundled facts alone; to be read, not changed."""
    from pipeline.refresh import refresh

    with once_a_run(tmp_path_factory, "offline") as (root, is_made):
        if not is_made:
            refresh(Home(root), offline=True)
    return root


@pytest.fixture(scope="session")
def offline_warehouse(offline_home: Path) -> Path:
    """The warehouse of `offline_home`; to be read, not changed."""
    return Home(offline_home).warehouse


@pytest.fixture(scope="session")
def offline_edition(offline_warehouse: Path) -> Edition:
    """What the report of `offline_warehouse` says, before it is a page."""
    pytest.importorskip("altair", reason="the extra [report] is not installed")
    from pipeline import report

    return report.edition(offline_warehouse)


@pytest.fixture(scope="session")
def offline_report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of `offline_warehouse`."""
    with once_a_run(tmp_path_factory, "report") as (file, is_made):
        if not is_made:
            edition: Edition = request.getfixturevalue("offline_edition")
            file.write_bytes(edition.text().encode())
    return file.read_bytes().decode()


@pytest.fixture(scope="session")
def hostile_report(offline_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of the same warehouse with a model, a provider and a subject that are called like a script."""
    pytest.importorskip("altair", reason="the extra [report] is not installed")
    from pipeline import report

    with once_a_run(tmp_path_factory, "hostile-report") as (file, is_made):
        if not is_made:
            file.write_bytes(report.render(hostile.warehouse(offline_warehouse, tmp_path_factory.mktemp("h"))).encode())
    return file.read_bytes().decode()


@pytest.fixture
def built_home(offline_home: Path, tmp_path: Path) -> Home:
    """A copy of `offline_home` to do with as one likes."""
    return Home(Path(shutil.copytree(offline_home, tmp_path / "built")))


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallWorld:
    """The pipeline in small; see tests/support/small_world.py."""
    return small_world.make(tmp_path, monkeypatch)


@pytest.fixture
def aicost(capsys: pytest.CaptureFixture[str]) -> Aicost:
    """The command line."""
    return Aicost(capsys)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL for all tests of this process; each takes a database of its own."""
    if programs() is None:
        pytest.skip("no PostgreSQL on this machine: apt-get install postgresql")
    with running() as server:
        yield server


@pytest.fixture
def new_lake(postgres: Postgres, tmp_path: Path) -> Lake:
    """A lake that does not exist yet."""
    if lake.missing():
        pytest.skip(f"no extension of DuckDB {duckdb.__version__}: {', '.join(lake.missing())}; see the extra lake")
    options = postgres.new_database(f"lake_{tmp_path.name}")
    return Lake.parse(f"ducklake:postgres:{options}?data_path={tmp_path / 'lake'}")
