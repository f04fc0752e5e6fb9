"""What the disk does and what ends a process: lines 51 to 53 of the fault matrix, at every durable step there is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from pipeline import durable
from pipeline.errors import UsageError

ROOT = Path(__file__).parents[1]
NEEDED_STEPS = {
    "decision", "journal", "body", "visit", "draft", "previous", "checksums", "swap",
}  # fmt: skip


def test_the_beginning_of_an_object_is_torn_at_whatever_byte(tmp_path: Path) -> None:
    """Whatever its texts hold; an object that is whole is not, nor is a line that never was one."""
    log = tmp_path / "log.jsonl"
    made: list[dict[str, Any]] = [{"a": 'say "}\\"', "b": [{"c": "}]"}, []]}, {"\\": "{[", "n": 1}]
    whole = [json.dumps(one).encode() for one in made]
    for begun in [one[:cut] for one in whole for cut in range(1, len(one))]:
        log.write_bytes(b"\n".join([*whole, begun, begun + bytes(3), b"no object {", *whole]))
        read = [line for _, line in durable.read_lines(log)]
        assert read == [*whole, b"no object {", *whole], begun


PARTS = range(1, 5)  # of the dense loops: together they try every step, and each is short enough for a commit's share


def broken_everywhere(folder: Path, kind: str, first: int, stride: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The unbroken run, and what was found for each k."""
    command = [sys.executable, "-m", "tests.support.crashes", str(folder), kind, str(first), str(stride)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr
    unbroken, *found = [json.loads(line) for line in done.stdout.splitlines()]
    # The steps are counted, not listed; that the count means something is held by the names that must be among them.
    assert {name.split()[0] for name in unbroken["steps"]} >= NEEDED_STEPS
    assert (found[-1]["k"], found[-1]["step"], found[-1]["code"]) == (len(unbroken["steps"]) + 1, None, 0)
    return unbroken, found


def hold_what_every_fault_leaves(unbroken: dict[str, Any], one: dict[str, Any]) -> None:
    """Served is a whole version, before or after; the next run finishes; nothing archived is lost, nothing is left."""
    old = [["list", 1.0, 5], ["prices", 1.0, 5]]
    assert one["after"]["served"] in (old, unbroken["served"])
    assert (one["again"], one["found"]["served"], one["found"]["left"]) == (0, unbroken["served"], [])
    assert {tuple(page) for page in one["after"]["archived"]} <= {tuple(page) for page in one["found"]["archived"]}
    assert one["found"]["is_same"]
    assert one["found"]["is_function"]
    assert one["journal"][0] == one["journal"][-1] == "published"


def hold_killed(folder: Path, first: int, stride: int) -> None:
    """Kill at each of these steps."""
    unbroken, found = broken_everywhere(folder, "kill", first, stride)
    for one in found[:-1]:
        assert one["code"] == -signal.SIGKILL, one
        hold_what_every_fault_leaves(unbroken, one)
        before_it_began = one["step"].split()[0] == "decision" or (one["step"] == "journal begun" and one["k"] < 10)
        assert before_it_began or "running" in one["journal"] or one["step"].startswith("journal"), one


def hold_failing(folder: Path, kind: str, first: int, stride: int) -> None:
    """Let the disk fail at each of these steps."""
    unbroken, found = broken_everywhere(folder, kind, first, stride)
    for one in found[:-1]:
        hold_what_every_fault_leaves(unbroken, one)
        assert one["after"]["left"] == [], one
        if one["code"] == 0:  # what is told of a run that ended well is no reason to call it failed
            assert one["step"].startswith("journal")
            assert one["after"]["served"] == unbroken["served"]
            continue
        assert one["code"] == 7, one
        assert os.strerror(durable.FAULTS[kind]) in one["said"]
        if kind == "enospc":
            assert "bytes free" in one["said"], one
        if one["step"] in ("body written", "visit begun", "draft built", "journal begun"):
            assert kind != "enospc" or "bytes needed" in one["said"], one


@pytest.mark.fault(53)
def test_fault_53_killed_at_durable_steps(tmp_path: Path) -> None:
    """Kill -9 at every twentieth durable step; the dense loop is marked slow."""
    hold_killed(tmp_path, 4, 20)


@pytest.mark.slow(seconds=70)
@pytest.mark.fault(53)
@pytest.mark.parametrize("first", PARTS)
def test_fault_53_killed_at_every_durable_step(tmp_path: Path, first: int) -> None:
    """Kill -9: the next run publishes the bytes that archive, journal and code alone give."""
    hold_killed(tmp_path, first, len(PARTS))


@pytest.mark.fault(51)
def test_fault_51_disk_full_at_durable_steps(tmp_path: Path) -> None:
    """No space at every twenty-fourth durable step; the dense loop is marked slow."""
    hold_failing(tmp_path, "enospc", 8, 24)


@pytest.mark.slow(seconds=30)
@pytest.mark.fault(51)
@pytest.mark.parametrize(
    ("kind", "first"),
    [*product(("enospc", "eio"), PARTS), ("erofs", 2)],  # as on a disk that is read-only now
)
def test_fault_51_disk_fails_at_every_durable_step(tmp_path: Path, kind: str, first: int) -> None:
    """No space, an error of the device, or no more writing: exit 7, and as if nothing had been tried."""
    hold_failing(tmp_path, kind, first, len(PARTS))


@pytest.mark.parametrize("text", ["", "any", "any:", "any:x", "any:1:burn", ":1", "any:1:kill:2"])
def test_a_fault_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """A misspelt fault would make a test that cannot fail; unset or empty, there is none."""
    monkeypatch.setenv("AICOST_FAULT", text)
    if not text:
        durable.step("body begun")
        return
    with pytest.raises(UsageError, match="is not STAGE:K"):
        durable.step("body begun")
