"""Refresh, crash, read, export, decide, ingest, migrate, rebuild, in any order and under any clock: one thing holds.

What is published is a function of archive, code and reference: after every publish a fresh home with a copy of the
archive alone, read from scratch, publishes the same rows in the same order, in every table but those that tell of the
publishing itself (``meta.snapshot``, ``meta.runs``, ``changes``).
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pipeline import batch, decisions, durable, export, publish
from pipeline import refresh as steps
from pipeline.errors import CheckFailed, StorageError
from pipeline.paths import Home
from tests.support import crashes, small_world
from tests.support.small_world import NOON, SmallWorld, small_source

VERSIONS = st.integers(1, 4)
TOO_HIGH = 2000  # a value that a check stops


class Crash(BaseException):
    """The process is gone: nothing of ours may catch it and tidy up."""


def one_thread(*_: object, thread_name_prefix: str = "", **__: object) -> ThreadPoolExecutor:
    """A pool of one."""
    return ThreadPoolExecutor(1, thread_name_prefix)


class Pipeline(RuleBasedStateMachine):
    """A home, its publishers and its person."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="aicost-tests-"))
        self.patch = pytest.MonkeyPatch()
        self.world = small_world.make(self.folder, self.patch)
        self.now = NOON
        self.compared: str | None = None
        self.world.sources["lots"] = small_source("lots", most=1000)
        self.many = 20
        for module in (steps, decisions):
            self.patch.setattr(module, "datetime", crashes.Clock)
        # One visit after the other: what lies on the disk when the process dies is then one thing.
        self.patch.setattr(steps, "ThreadPoolExecutor", one_thread)
        self.patch.setattr(steps, "find_source", self.world.sources.__getitem__)

    def teardown(self) -> None:
        """Leave nothing."""
        self.patch.undo()
        shutil.rmtree(self.folder)

    def _tick(self) -> None:
        self.now += timedelta(minutes=1)
        crashes.Clock.stands_at = self.now

    def _pages(self, version: int) -> Any:
        self._tick()
        door = crashes.door(version, self.now)
        door.pages["lots"] = "\n".join(f"2026-01-{day + 1:02},{version}" for day in range(self.many)).encode()
        return door

    def _published(self, work: Callable[[], object]) -> None:
        """Do what publishes; a page that a check refuses changes nothing that is served."""
        before = self.world.home.warehouse.read_bytes() if self.world.home.warehouse.exists() else None
        try:
            work()
        except CheckFailed:
            assert before is None or self.world.home.warehouse.read_bytes() == before
            assert crashes.leftovers(self.world.home) == []

    @initialize(version=VERSIONS)
    def first(self, version: int) -> None:
        """There is something to serve."""
        steps.refresh(self.world.home, fetcher=self._pages(version))

    @rule(version=st.one_of(VERSIONS, st.just(TOO_HIGH)))
    def refresh(self, version: int) -> None:
        """Every publisher has that page."""
        self._published(lambda: steps.refresh(self.world.home, fetcher=self._pages(version)))

    @rule()
    def offline(self) -> None:
        """Nobody is asked."""
        self._tick()
        self._published(lambda: steps.refresh(self.world.home, offline=True))

    @rule()
    def rebuild(self) -> None:
        """Every page is read again."""
        self._tick()
        self._published(lambda: steps.rebuild(self.world.home))

    @rule(version=VERSIONS, step=st.integers(1, 60), kind=st.sampled_from(["enospc", "eio"]))
    def disk_fails(self, version: int, step: int, kind: str) -> None:
        """At any of the durable steps of a refresh; before it builds, what an earlier crash has left lies there yet."""
        lay = set(crashes.leftovers(self.world.home))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(durable, "_passed", list[str]())
            patch.setenv("AICOST_FAULT", f"any:{step}:{kind}")
            try:
                self._published(lambda: steps.refresh(self.world.home, fetcher=self._pages(version)))
            except StorageError:
                assert set(crashes.leftovers(self.world.home)) <= lay

    @rule(version=VERSIONS, step=st.integers(1, 60))
    def crash(self, version: int, step: int) -> None:
        """The process dies at any of the durable steps: what it would have tidied up stays as it lies."""
        self._tick()
        before, kill = self.folder / "before", os.kill
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(durable, "_passed", list[str]())
            patch.setenv("AICOST_FAULT", f"any:{step}:kill")

            def die(process: int, sign: int) -> None:
                if process != os.getpid():  # who reads pages for us dies in earnest
                    return kill(process, sign)
                shutil.copytree(self.world.home.root, before)  # what is on the disk at this moment
                raise Crash

            patch.setattr(durable.os, "kill", die)
            try:
                self._published(lambda: steps.refresh(self.world.home, fetcher=self._pages(version)))
            except Crash:
                shutil.rmtree(self.world.home.root)
                before.rename(self.world.home.root)

    @rule(verdict=st.sampled_from(["release", "reject"]), item=st.sampled_from(["0123456789ab", "ba9876543210"]))
    def decide(self, verdict: Any, item: str) -> None:
        """A person decides about something held; the next publish goes by it."""
        self._tick()
        with publish.refresh_lock(self.world.home):
            decisions.record(self.world.home.archive, item, verdict, reason="because", by="us")

    @rule(many=st.sampled_from([10, 20, 28]), version=VERSIONS)
    def more_or_less(self, many: int, version: int) -> None:
        """A publisher lists half as much from now on, or twice as much again: its next page is held."""
        self.many = many
        self.refresh(version)

    @rule()
    def release_what_is_held(self) -> None:
        """A person releases the newest page of that publisher, whether it is held or not."""
        self._tick()
        newest = self.world.archive.visits("lots")[-1]
        with publish.refresh_lock(self.world.home):
            item = batch.item_id(self.world.sources["lots"], newest.visit_id)
            decisions.record(self.world.home.archive, item, "release", reason="so it is", by="us")
        self.offline()

    @rule(version=VERSIONS, days=st.integers(0, 500), source=st.sampled_from(["list", "prices"]))
    def ingest(self, version: int, days: int, source: str) -> None:
        """A page saved by hand, of that many days ago."""
        self._tick()
        file = self.folder / "saved"
        file.write_bytes(crashes.page(version))
        steps.ingest(self.world.home, source, file, fetched_at=self.now - timedelta(days=days))

    @rule(hours=st.integers(-400 * 24, 400 * 24))
    def clock(self, hours: int) -> None:
        """Somebody sets the clock."""
        self.now += timedelta(hours=hours)
        crashes.Clock.stands_at = self.now

    @rule()
    def migrate(self) -> None:
        """What is served is of an older layout, as after an upgrade."""
        with duckdb.connect(str(self.world.home.warehouse)) as writer:
            writer.execute(
                "update meta.snapshot set layout = 1; drop table if exists meta.decisions; "
                "drop table if exists meta.runs"
            )
        self.compared = self._snapshot()
        self.offline()

    @rule(damage=st.sampled_from(["cut", "empty", "lost"]))
    def break_the_warehouse(self, damage: str) -> None:
        """It is lost, or a power cut breaks it; a refresh goes on from the version before, or from nothing."""
        content = self.world.home.warehouse.read_bytes()
        self.world.home.warehouse.unlink()
        if damage != "lost":
            self.world.home.warehouse.write_bytes(content[: len(content) // 2] if damage == "cut" else b"")
        try:
            self.offline()
        except StorageError:  # there is no version before to fall back to
            assert not self.world.home.previous.exists() or not publish.is_previous_whole(self.world.home)
            self.world.home.warehouse.unlink()
            self.offline()
        for aside in self.world.home.root.glob("*.damaged-*"):
            aside.unlink()
        if not self.world.home.warehouse.exists():  # a page that a check refuses, and nothing to go back to
            self.world.home.warehouse.write_bytes(content)

    @rule()
    def read_and_export(self) -> None:
        """Readers change nothing."""
        before = self.world.home.warehouse.read_bytes()
        export.export(self.world.home.warehouse, self.folder / "out", ["readings"], ["csv"])
        assert len({value for source, value in self.world.values() if source == "list"}) <= 1
        assert self.world.home.warehouse.read_bytes() == before

    def _snapshot(self) -> str:
        return str(self.world.ask("select snapshot_id from meta.snapshot")[0][0])

    @invariant()
    @precondition(lambda self: self.world.home.warehouse.exists())
    def what_is_published_follows_from_the_archive(self) -> None:
        """Compared after each publish: with what the archive alone gives."""
        snapshot = self._snapshot()
        if snapshot == self.compared:
            return
        self.compared = snapshot
        fresh = SmallWorld(Home(self.folder / "fresh"), self.world.sql, self.world.bundled, self.world.sources)
        shutil.copytree(self.world.home.archive, fresh.home.archive)
        try:
            fresh.publish(from_scratch=True)
            assert fresh.everything() == self.world.everything()
        finally:
            shutil.rmtree(fresh.home.root)


def explore(examples: int, length: int) -> None:
    """So many stories of so many steps."""
    run_state_machine_as_test(
        Pipeline,
        settings=settings(
            max_examples=examples, stateful_step_count=length, deadline=None, derandomize=True, database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )  # fmt: skip


@pytest.mark.fault(53)
def test_fault_53_published_is_a_function_of_archive_code_and_reference() -> None:
    """Two stories, the same ones each time."""
    explore(2, 6)


@pytest.mark.slow(seconds=55)
@pytest.mark.fault(53)
def test_fault_53_published_is_a_function_in_longer_stories() -> None:
    """Some of them; ``python -m tests.test_state_machine 40 20`` tells many and longer ones."""
    explore(10, 12)


if __name__ == "__main__":
    explore(*map(int, sys.argv[1:3]))
