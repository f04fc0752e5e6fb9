"""Thirty sources on hosts of their own, each answering after 50 ms that its page is as it was.

``python -m tests.benchmarks.unchanged plain HOME`` refreshes them in this process, ``prefect HOME`` by the flow, with
Prefect's embedded server. Prints the seconds of the first refresh and the median of those that find nothing changed.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.fetch import Fetcher
from pipeline.refresh import Refreshed, refresh
from tests.support import small_world
from tests.support.fault_server import FaultServer, Peer, Reply, page

LATENCY_SECONDS, SOURCES, TIMES = 0.05, 30, 3


def measured(side: str, folder: Path) -> dict[str, float]:
    """Seconds of the first refresh, and of one that finds nothing changed: by the clock, and of this processor."""
    with pytest.MonkeyPatch.context() as patch, FaultServer() as server:
        patch.setenv("AICOST_AFTER", "none")
        world = small_world.make(folder, patch)
        kind = world.sources["list"]
        world.sources.clear()
        for number in range(SOURCES):
            name, tag = f"s{number}", (("ETag", '"1"'),)
            url = server.url(f"/{name}", host=f"{name}.test")
            world.sources[name] = replace(kind, name=name, url=url, hosts=frozenset({f"{name}.test"}))
            server.add(f"/{name}", _late(page(b"2026-01-01,1", headers=tag)), _late(page(b"", status=304, headers=tag)))
        run = _by_prefect(world) if side == "prefect" else _in_process(world)
        took, outcomes = list[tuple[float, float]](), set[str]()
        for _ in range(1 + TIMES):
            began, used = time.perf_counter(), time.process_time()
            done = run(Fetcher(allow_private=True, resolver=lambda host, port: ["127.0.0.1"]))
            took.append((time.perf_counter() - began, time.process_time() - used))
            outcomes = {visit.outcome for visit in done.visits.values()}
        assert outcomes == {"unchanged"}, outcomes
    wall, cpu = (statistics.median(column) for column in zip(*took[1:], strict=True))
    return {"first": took[0][0], "wall": wall, "cpu": cpu}


def _in_process(world: small_world.SmallWorld) -> Callable[[Fetcher], Refreshed]:
    return lambda door: refresh(world.home, fetcher=door)


def _by_prefect(world: small_world.SmallWorld) -> Callable[[Fetcher], Refreshed]:
    from flows import settings

    settings.prepare(world.home)
    from flows.refresh import run

    return lambda door: run(world.home, fetcher=door)


def _late(reply: Reply) -> Reply:
    def later(peer: Peer) -> None:
        peer.wait(LATENCY_SECONDS)
        reply(peer)

    return later


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], Path(sys.argv[2]))))  # noqa: T201 - for who measures
