"""The flows as a worker runs them, over four small sources on a loopback server: two on one host, two on others.

Prefect loads this file in the worker's own process. ``WORLD`` names the folder of the small world, ``WORLD_PORT`` the
server's port.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import flows.publish
import flows.visit
from pipeline.fetch import Fetcher, Limits
from tests.support import small_world
from tests.support.worker_hosts import HOSTS, PAUSE_SECONDS


def make(folder: Path, port: str) -> small_world.SmallWorld:
    """The world of this process."""
    patch = pytest.MonkeyPatch()
    folder.mkdir(parents=True, exist_ok=True)
    world = small_world.make(folder, patch)
    world.sources.clear()
    for name, host in HOSTS.items():
        url = f"http://{host}:{port}/{name}"
        world.sources[name] = small_world.small_source(name, url=url, hosts=frozenset({host}), history=True)
    return world


def door() -> Fetcher:
    """A door to this machine alone."""
    return Fetcher(
        allow_private=True, resolver=lambda host, port: ["127.0.0.1"], limits=Limits(pause_seconds=PAUSE_SECONDS)
    )


if "WORLD" in os.environ:
    make(Path(os.environ["WORLD"]) / f"process-{os.getpid()}", os.environ["WORLD_PORT"])
    flows.visit.Fetcher = door

visit_flow = flows.visit.visit_flow
publish_flow = flows.publish.publish_flow
