"""What is installed, what is told to whom: lock files, imports, telemetry and secrets."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pipeline import __main__ as cli
from pipeline import refresh as steps
from pipeline import runs
from pipeline.errors import FetchError
from pipeline.redact import HIDDEN, redacted
from tests.support import constraints, crashes
from tests.support.small_world import NOON, SmallWorld

ROOT = Path(__file__).parents[1]

# --- what is installed ------------------------------------------------------------------------------------


def locked() -> dict[str, list[Requirement]]:
    """The pins of the lock file, by name."""
    found: dict[str, list[Requirement]] = {}
    for pin in constraints.pins(constraints.VERSIONS.read_text(encoding="utf-8")):
        found.setdefault(canonicalize_name(Requirement(pin).name), []).append(Requirement(pin))
    return found


def asked_for() -> list[Requirement]:
    """What pyproject.toml asks for, with every extra."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    return [one for one in map(Requirement, lines) if one.name != project["name"]]


def brought(root: Requirement, seen: set[tuple[str, str]]) -> set[str]:
    """Names of all that a requirement brings along on this machine, by what is installed."""
    names: set[str] = {canonicalize_name(root.name)}
    for extra in ("", *root.extras):
        if (root.name, extra) in seen:
            continue
        seen.add((root.name, extra))
        try:
            lines = requires(root.name) or []
        except PackageNotFoundError:
            continue
        for line in map(Requirement, lines):
            if line.marker is None or line.marker.evaluate({"extra": extra}):
                names |= brought(line, seen)
    return names


def test_the_lock_files_pin_all_that_is_asked_for() -> None:
    """Everything that the README's commands and the extras install is pinned, to a version that is asked for."""
    pins, seen = locked(), set[tuple[str, str]]()
    for wanted in asked_for():
        (pin, *_) = pins[canonicalize_name(wanted.name)]
        (exact,) = pin.specifier
        assert wanted.specifier.contains(exact.version), f"{wanted}: locked is {pin}"
        missing = brought(wanted, seen) - pins.keys()
        assert missing == set(), f"{wanted} brings {missing}; python -m tests.support.constraints locks them"


def test_every_pin_has_the_hashes_of_its_files() -> None:
    """Both files pin the same, each file of a release is held by SHA-256, and no address ties them to an index."""
    texts = [path.read_text(encoding="utf-8") for path in (constraints.VERSIONS, constraints.HASHES)]
    versions, hashes = map(constraints.pins, texts)

    assert list(versions) == list(hashes)
    for pin, known in hashes.items():
        assert known, pin
        assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in known), pin
    assert not any("://" in text for text in texts)


# --- what is done and told without being asked ---------------------------------------------------------------

WATCHED = """
import importlib, os, pkgutil, sys

FORBIDDEN = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind", "subprocess.Popen",
             "os.system", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "urllib.Request")
done = []
sys.addaudithook(lambda event, arguments: done.append(f"{event} {arguments}"[:200]) if event in FORBIDDEN else None)
before = set(os.listdir("."))
import flows, pipeline
names = [m.name for p in (pipeline, flows) for m in pkgutil.walk_packages(p.__path__, f"{p.__name__}.")]
for name in names:
    if not name.endswith(("__main__", "notebook")):  # the notebook is a program of marimo's, an extra
        importlib.import_module(name)
import pipeline.__main__
print(len(names), done, set(os.listdir(".")) - before, os.environ["DO_NOT_TRACK"],
      os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"], sep="\\n")
"""


def test_importing_opens_no_socket_and_starts_no_process(tmp_path: Path) -> None:
    """Every module of both packages, Prefect's wrappers included: no connection, no name, no process, no file."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "HOME": str(tmp_path),
    }
    environment.pop("DO_NOT_TRACK", None)
    (tmp_path / "here").mkdir()
    done = subprocess.run(
        [sys.executable, "-B", "-c", WATCHED],
        cwd=tmp_path / "here", env=environment, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    number, events, files, tracking, analytics = done.stdout.splitlines()

    assert int(number) > 50
    assert (events, files) == ("[]", "set()")
    assert (tracking, analytics) == ("1", "false")


def test_duckdb_is_never_opened_so_that_it_would_fetch_an_extension() -> None:
    """Every connection of ours says so, before it is opened."""
    for path in sorted((ROOT / "pipeline").rglob("*.py")):
        for call in re.findall(r"duckdb\.connect\([^)]*\)", path.read_text(encoding="utf-8")):
            assert "config=" in call, f"{path.name}: {call}"


# --- secrets -------------------------------------------------------------------------------------------------

KEY, PASSWORD, TOKEN = "pnu_0123456789abcdef", "correct-horse", "xoxb-battery-staple"
SAID = (
    f"proxy http://someone:{PASSWORD}@proxy.test:8080 said no; key {KEY}; posted to "
    f"https://hooks.slack.test/services/T0/B0/{TOKEN} and https://site.test/x?page=2&token={TOKEN}&b=1; "
    f"Authorization: Bearer {TOKEN}"
)


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_KEY", KEY)
    monkeypatch.setenv("HTTPS_PROXY", f"http://someone:{PASSWORD}@proxy.test:8080")
    monkeypatch.setenv("AICOST_WEBHOOK", f"https://hooks.slack.test/services/T0/B0/{TOKEN}")


def none_in(text: str) -> bool:
    """Whether no secret is in a text."""
    return not any(secret in text for secret in (KEY, PASSWORD, TOKEN))


def test_secrets_are_taken_out_and_the_rest_stays() -> None:
    """What a person needs to find the fault is still there."""
    told = redacted(SAID)

    assert none_in(told)
    for kept in ("proxy.test:8080 said no", "https://site.test/x?page=2&token=", "&b=1", HIDDEN):
        assert kept in told
    plain = "https://site.test/list?page=2#top: 404; 3 of 5 rows; a@b.test; C:\\key=x"
    assert redacted(plain).startswith("https://site.test/list?page=2#top: 404; 3 of 5 rows; a@b.test")


@pytest.mark.parametrize("kind", [FetchError, RuntimeError])
def test_no_secret_is_printed_archived_or_published(world: SmallWorld, kind: type[Exception]) -> None:
    """An error of a visit goes into the log of visits, the warehouse, the journal: without what it must not tell."""
    steps.refresh(world.home, fetcher=crashes.door(1, NOON))

    class Leaking(crashes.Door):
        def get(self, *_: object, **__: object) -> Any:
            raise kind(SAID)

    door: Any = Leaking({}, NOON)
    steps.refresh(world.home, fetcher=door)
    written = [path for path in world.home.root.rglob("*") if path.is_file()]

    assert "said no" in str(world.ask("select last_error from sources"))
    assert written
    for path in written:
        assert none_in(path.read_bytes().decode("latin-1")), path
    assert none_in(str(world.everything()))


@pytest.mark.parametrize("given", [[], ["--json"]])
def test_no_secret_is_in_a_message_or_a_report(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: list[str]
) -> None:
    """An unexpected error with its traceback: neither what is printed nor the file of the report has one."""

    def fail(*_: object) -> None:
        raise RuntimeError(SAID)

    monkeypatch.setattr(steps, "Fetcher", fail)
    code = cli.run(["refresh", "--home", str(world.home.root), *given])
    out, err = capsys.readouterr()
    (report,) = world.home.logs.iterdir()

    assert code == 1
    assert "said no" in err
    assert none_in(out + err)
    assert "Traceback" in report.read_text(encoding="utf-8")
    assert none_in(report.read_text(encoding="utf-8"))
    (run,) = runs.read(world.home)
    assert run.outcome == "bug"
    assert none_in(str(run))
