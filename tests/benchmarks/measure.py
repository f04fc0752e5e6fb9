"""What the benchmarks are made of: processes and calls that are timed side by side, and the table of what was found."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = (
    "(a) costs of all models by pandas",
    "(a) the same by our sources and SQL",
    "(b) all models and checks, bare SQL",
    "(b) the same, built and checked",
    "(c) 10,000 prices onto 1 million, bare SQL",
    "(c) 10,000 prices onto 1 million, published",
    "(c) 10,000 prices onto 10 million, bare SQL",
    "(c) 10,000 prices onto 10 million, published",
    "(c) writing and syncing that file alone",
    "(c) rebuild of 48 pages of 10,000 prices",
    "(d) 500,000 offers loaded and asked",
    "(e) HTML to facts",
    "(e) CSV to facts",
    "(e) JSON to facts",
    "(f) refresh of 30 sources, none changed",
    "(f) the same by Prefect",
    "(g) `aicost --help`",
    "(g) `aicost query`",
)
"""What the README's table has; (h), the peak of memory, is a column of it."""


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    wall_seconds: float
    cpu_seconds: float
    peak_mib: float = 0.0
    said: str = ""


def of_call(work: Callable[[], object]) -> Cost:
    """A call in this process; its peak of memory is that of the process until now."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    took, used = time.perf_counter() - wall, time.process_time() - cpu
    return Cost(took, used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


# Runs a command and says what it took, as the memory of a process is known only to its parent.
_WATCH = """
import json, resource, subprocess, sys, time
wall = time.perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
took, used = time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_CHILDREN)
cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
print(json.dumps([done.returncode, took, cpu, peak, done.stdout, done.stderr]))
"""


def of_process(command: Sequence[str], **environment: str) -> Cost:
    """A whole process, and those that it starts."""
    own = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run([sys.executable, "-c", _WATCH, *command], capture_output=True, text=True, check=True, env=own)
    code, wall, cpu, peak, out, err = json.loads(done.stdout)
    assert code == 0, err[-3000:]
    return Cost(wall, cpu, peak, out)


def of_python(code: str, *given: object) -> Cost:
    """A whole Python process that runs some code."""
    return of_process([sys.executable, "-c", code, *map(str, given)])


def in_turn(
    sides: Mapping[str, Callable[[], Cost]], rounds: int = 3, of: Callable[[Iterable[float]], float] = statistics.median
) -> dict[str, Cost]:
    """Each side's median or least cost over rounds in which they take turns: other work weighs on all alike."""
    found: dict[str, list[Cost]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, run in sides.items():
            found[name].append(run())
    return {
        name: Cost(
            of(cost.wall_seconds for cost in costs),
            of(cost.cpu_seconds for cost in costs),
            max(cost.peak_mib for cost in costs),
            costs[-1].said,
        )
        for name, costs in found.items()
    }
