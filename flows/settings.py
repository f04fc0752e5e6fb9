"""What Prefect must be told before it is imported, and a server that answers before a flow runs.

Prefect reads its settings once, when it is first imported. So importing ``flows`` sets the defaults, `prepare`
says where Prefect keeps its own files, and nothing here imports Prefect before it is called. Every value is a
default: what a person has set in the environment wins.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TypeVar

from pipeline.errors import AicostError, Busy, Exit, StorageError
from pipeline.paths import Home, environment, set_default_environment

DEFAULTS = {
    # Nothing is sent to anyone; measured: with these two no name is looked up.
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # With its own values a burst of tasks locks Prefect's SQLite database, and the next flow waits up to 32 s.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "50",
    # A server of our own when none is named, also under a profile that says otherwise. A first start makes a
    # database: 13 s on two idle cores, and Prefect allows 20.
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "true",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "60",
    "PREFECT_TASK_RUNNER_THREAD_POOL_MAX_WORKERS": "32",  # as many visits at once as `pipeline.refresh` makes
    # Pages are in our archive, results in our warehouse.
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    # The terminal gets what matters, on stderr; the UI gets every line.
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "WARNING",
}
PROBE_SECONDS = 5.0
PROBES = 6  # of a server that takes its time: one that is making its database, on a busy machine, is not gone

_T = TypeVar("_T")


class PrefectUnavailable(AicostError):
    """Prefect cannot be imported, or no server of it answers. Nothing of ours is lost by that."""

    code = "prefect"
    exit = Exit.USAGE


def prepare(home: Home) -> None:
    """Let Prefect keep its files below the home, unless the person has chosen a place or a profile."""
    # Prefect makes its folder, but not the folder's parent. Where that fails, the lock says so more clearly.
    with contextlib.suppress(OSError):
        home.root.mkdir(parents=True, exist_ok=True)
    if not environment("PREFECT_PROFILE") and not environment("PREFECT_PROFILES_PATH"):
        set_default_environment({"PREFECT_HOME": str(_folder(home))})


@contextlib.contextmanager
def importing(home: Home) -> Generator[None]:
    """Import Prefect in this block, with its files below `home`.

    Raises:
        PrefectUnavailable: It cannot be imported. Versions that do not fit fail with errors of every kind.
    """
    prepare(home)
    try:
        yield
    except Exception as error:
        raise unavailable(error, "Prefect cannot be imported") from error


def keep_off_the_terminal() -> None:
    """Leave Prefect's account of a run to its UI; on the terminal it tells each failure three times.

    The command line, or the flow where there is none, prints what happened once.
    """
    for name in ("prefect.flow_runs", "prefect.task_runs"):
        logging.getLogger(name).propagate = False


def unavailable(error: BaseException | str, what: str) -> PrefectUnavailable:
    """The error as ours, in one line."""
    why = " ".join(str(error).split()) or type(error).__name__
    return PrefectUnavailable(
        f"{what}: {why[:300]}",
        kept="everything: archive and warehouse do not depend on Prefect",
        fix="aicost refresh works without it; see PREFECT_API_URL and the versions in pyproject.toml",
    )


def through_prefect(home: Home, run: Callable[[], _T]) -> _T:
    """Run a flow in this process, with the server of ``PREFECT_API_URL``, of ``aicost serve``, or a new one.

    Raises:
        PrefectUnavailable: There is no server, or Prefect failed on the way. An error in our own steps that is
            no `AicostError` comes as this too: running the steps without Prefect then shows it as it is.
    """
    with _server_that_answers(home):
        try:
            return run()
        except AicostError:
            raise
        except Exception as error:
            if isinstance(error.__cause__, KeyboardInterrupt):  # Ctrl-C in the words of DuckDB
                raise error.__cause__ from None
            raise unavailable(error, "Prefect failed during the run") from error


@contextlib.contextmanager
def _server_that_answers(home: Home) -> Generator[None]:
    from prefect.settings import (
        PREFECT_API_URL,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        PREFECT_SERVER_LOGGING_LEVEL,
        temporary_settings,
    )

    address = PREFECT_API_URL.value() or served_address(home)
    with temporary_settings({
        PREFECT_API_URL: address,
        # The heartbeat costs a second a flow, to tell a server about dead runs; here a person is watching.
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
        # The embedded server shares our terminal, and complains of being stopped when we are done.
        PREFECT_SERVER_LOGGING_LEVEL: "CRITICAL",
    }):  # fmt: skip
        problem = probe_patiently(is_own=address is None)
        if problem is not None:
            raise unavailable(problem, f"no Prefect server answers at {address or 'this machine'}")
        yield


def probe_patiently(*, is_own: bool) -> Exception | None:
    """Ask again while there is somebody who is slow; a server that refuses is not there.

    Prefect gives the embedded server five seconds for its first answer once it listens, and takes it for broken
    when those are over, as a busy machine easily makes them.
    """
    problem = None
    for _ in range(PROBES):
        problem = probe()
        if problem is None or not type(problem).__name__.endswith("Timeout"):
            break
        if is_own:
            end_embedded()
    return problem


def end_embedded() -> None:
    """End an embedded server that was not waited for, so that it is not left running beside the next."""
    from prefect.server.api.server import SubprocessASGIServer

    SubprocessASGIServer().stop()


def probe() -> Exception | None:
    """Why the configured server does not answer, or None; starts the embedded one when none is configured."""
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_REQUEST_TIMEOUT, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

    try:
        with (
            temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0, PREFECT_API_REQUEST_TIMEOUT: PROBE_SECONDS}),
            get_client(sync_client=True) as client,
        ):
            problem = client.api_healthcheck()
            if problem is None:
                client.api_version()  # what answers and is no Prefect, or is shut or stalled, is not there either
            return problem
    except Exception as error:  # noqa: BLE001 - a server fails to start in as many ways as there are versions
        return error


@contextlib.contextmanager
def serving(home: Home) -> Generator[Callable[[str], None]]:
    """Be the one process that serves this home; yields a function that announces where its server answers.

    Raises:
        Busy: Another process serves this home.
        StorageError: The home cannot be written.
    """
    path = _announcement(home)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror}", fix="choose another --home") from error
    with file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            what = "another aicost serve serves this home"
            raise Busy(what, page=str(path), fix="stop that one first") from None
        file.truncate(0)

        def announce(address: str) -> None:
            file.write(address)
            file.flush()

        yield announce
        file.truncate(0)


def served_address(home: Home) -> str | None:
    """The address that a running ``aicost serve`` of this home has announced."""
    # Two servers on one SQLite database would lock each other out, so a refresh goes to the one that runs.
    with contextlib.suppress(OSError), _announcement(home).open(encoding="utf-8") as file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return file.read().strip() or None
    return None


def _announcement(home: Home) -> Path:
    return _folder(home) / "aicost-serve.address"


def _folder(home: Home) -> Path:
    return home.root / "prefect"
