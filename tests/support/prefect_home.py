"""A Prefect of its own for a test: fresh folders, none of the machine's settings, and no way off the loopback."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

from pipeline.paths import Home

ROOT = Path(__file__).parents[2]

# Runs at the start of every Python process below the test, Prefect's server included.
_GUARD = """
import os
import sys

LOCAL = {None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0"}


def guard(event, arguments):
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in LOCAL:
        with open(os.environ["CALLS_OUTSIDE"], "a") as calls:
            calls.write(f"{sys.argv[:4]} {event} {host}\\n")
        raise ConnectionRefusedError(f"a test may not call {host}")


sys.addaudithook(guard)
"""


class PrefectHome:
    """Folders and environment of one aicost home whose processes are watched."""

    def __init__(self, folder: Path, used: Path | None = None) -> None:
        """In a folder; with a copy of a used home, whose facts and models need not be made again."""
        self.home = Home(folder / "home")
        if used is not None:
            shutil.copytree(used, self.home.root)
        self._calls = folder / "calls-outside.txt"
        self._site = folder / "site"
        self._site.mkdir(parents=True)
        (self._site / "sitecustomize.py").write_text(_GUARD, encoding="utf-8")

    def environment(self, **more: str) -> dict[str, str]:
        """The machine's environment without its Prefect settings, and with the guard."""
        foreign = ("PREFECT", "AICOST", "DO_NOT_TRACK")
        own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        own["AICOST_AFTER"] = "feed,export"
        guarded = {"PYTHONPATH": f"{self._site}{os.pathsep}{ROOT}", "CALLS_OUTSIDE": str(self._calls)}
        return {**own, **guarded, **more}

    def calls_outside(self) -> str:
        """Every attempt to leave the loopback, one a line."""
        return self._calls.read_text(encoding="utf-8") if self._calls.exists() else ""


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
