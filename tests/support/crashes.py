"""A small pipeline broken at its k-th durable step, for k = 1 until it is not broken any more, and then run again.

Run as a program, in a process of its own that has no threads: each attempt is a fork of it, which dies or fails
alone. ``python -m tests.support.crashes FOLDER KIND [STRIDE]`` prints one JSON object a line: what was found.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest

from pipeline import decisions, durable, publish, runs
from pipeline import refresh as steps
from pipeline.archive import Archive
from pipeline.errors import AicostError
from pipeline.fetch import Answer
from pipeline.paths import Home
from pipeline.source import Request
from tests.support import small_world
from tests.support.small_world import NOON, SmallWorld

LATER = NOON + timedelta(days=1)
BUG = 99  # exit code of an attempt that ended in no error of ours
LEFT = (".*", "**/.*.partial", "*.damaged-*")  # what no run may leave for ever
OF_VISITS = ("meta.attempts", "meta.sources", "main.sources", "meta.contents")  # a visit made twice is told twice


class Door:
    """A street door behind which every source has the page that it is given."""

    def __init__(self, pages: dict[str, bytes], at: datetime) -> None:
        self.pages, self.at = pages, at

    def get(self, request: Request, *, source: str, **_: object) -> Answer:
        """The page, received at the time that the door was made for."""
        return Answer(request, request.url, 200, (), self.pages[source], self.at, 1)

    def close(self) -> None:
        """Nothing to close."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""


class Clock(datetime):
    """A clock that stands still."""

    stands_at = LATER

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        """The one time there is."""
        return cls.stands_at.astimezone(tz)


def page(version: int) -> bytes:
    """A page whose lines all hold the version."""
    return "\n".join(f"2026-01-0{day},{version}" for day in range(1, 6)).encode()


def door(version: int, at: datetime = LATER) -> Any:
    """The door of that version of every page."""
    return Door({"list": page(version), "prices": page(version)}, at)


def a_day_s_work(world: SmallWorld) -> None:
    """A verdict of a person, new pages of both sources, and what becomes of them: every durable step there is."""
    with publish.refresh_lock(world.home):
        decisions.record(world.home.archive, "0123456789ab", "reject", reason="a { brace", by="us")
    steps.refresh(world.home, fetcher=door(2))


@dataclass
class Forked:
    """How a fork ended."""

    code: int
    """Its exit code; -9 where it was killed."""
    said: Any
    """What it had to say."""


def forked(work: Callable[[], Any], fault: str | None = None) -> Forked:
    """Do the work in a fork of this process, with that fault; its exit code is that of the error it ends with."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _work(work, fault, writing)
    os.close(writing)
    with open(reading, encoding="utf-8") as said:  # noqa: PTH123 - a pipe has no path
        text = said.read()
    _, status = os.waitpid(child, 0)
    return Forked(os.waitstatus_to_exitcode(status), json.loads(text) if text else None)


def _work(work: Callable[[], Any], fault: str | None, writing: int) -> None:
    code, said = BUG, None
    try:
        os.environ |= {"AICOST_FAULT": fault or "any:0"}
        try:
            said, code = work(), 0
        except AicostError as error:
            code, said = int(error.exit), str(error)
        except BaseException:  # noqa: BLE001 - told by the parent
            said = traceback.format_exc()
        os.write(writing, json.dumps({"said": said, "steps": durable.steps_passed()}, default=str).encode())
    finally:
        os._exit(code)


def contents(world: SmallWorld) -> dict[str, str]:
    """Every row of what is published, but for the tables on visits and runs."""
    return {name: repr(rows) for name, rows in world.everything().items() if name not in OF_VISITS}


def made_from_scratch(world: SmallWorld, folder: Path) -> bool:
    """Whether a fresh home with a copy of the archive publishes the same rows in the same order, in every table.

    But for the tables on publishing itself: when, by which run, and what had been published before.
    """
    fresh = SmallWorld(Home(folder), world.sql, world.bundled, world.sources)
    shutil.copytree(world.home.archive, fresh.home.archive)
    fresh.publish(from_scratch=True)
    return fresh.everything() == world.everything()


def leftovers(home: Home) -> list[str]:
    """What a run may not leave."""
    return sorted({str(path.relative_to(home.root)) for sign in LEFT for path in home.root.glob(sign)})


def archived(home: Home) -> list[tuple[str, str]]:
    """Every archived page that a visit tells of and that can be read."""
    archive = Archive(home.archive)
    visits = [visit for source in archive.sources() for visit in archive.visits(source)]
    return sorted({(v.source, p.sha256) for v in visits for p in v.pages if archive.holds(v.source, p.sha256)})


def look(world: SmallWorld) -> dict[str, Any]:
    """What lies in the home: which version is served, whether all of it, what is left beside it, what is archived."""
    try:
        served = world.ask("select source, value, count(*) from readings group by all order by all")
    except AicostError as error:
        served = str(error)
    return {"served": served, "left": leftovers(world.home), "archived": archived(world.home)}


def broken_at(template: SmallWorld, folder: Path, fault: str, expected: dict[str, str]) -> dict[str, Any]:
    """Break a day's work by that fault, look, do it again without, and look again."""
    world = SmallWorld(Home(folder / "home"), template.sql, template.bundled, template.sources)
    shutil.copytree(template.home.root, world.home.root)
    broken = forked(lambda: a_day_s_work(world), fault)
    after = forked(lambda: look(world)).said["said"]

    def again() -> dict[str, Any]:
        a_day_s_work(world)
        is_function = not fault.endswith("kill") or made_from_scratch(world, folder / "scratch")
        return {**look(world), "is_same": contents(world) == expected, "is_function": is_function}

    repaired = forked(again)
    journal = [run.outcome for run in runs.read(world.home)]
    shutil.rmtree(folder)
    return {
        "code": broken.code, "said": broken.said and broken.said["said"], "after": after,
        # two sources are visited side by side, so the k-th step is another one in some runs; a killed one cannot tell
        "steps": broken.said and broken.said["steps"],
        "again": repaired.code, "found": repaired.said and repaired.said["said"], "journal": journal,
    }  # fmt: skip


def main(folder: Path, kind: str, first: int = 1, stride: int = 1) -> None:
    """Every k of one kind, from the first on."""
    with pytest.MonkeyPatch.context() as patch:
        template = small_world.make(folder, patch)
        for module in (steps, decisions):
            patch.setattr(module, "datetime", Clock)
        forked(lambda: steps.refresh(template.home, fetcher=door(1, NOON)))
        whole = SmallWorld(Home(folder / "whole"), template.sql, template.bundled, template.sources)
        shutil.copytree(template.home.root, whole.home.root)
        unbroken = forked(lambda: a_day_s_work(whole))
        names: list[str] = unbroken.said["steps"]
        expected: dict[str, str] = forked(lambda: contents(whole)).said["said"]
        tell({"steps": names, "code": unbroken.code, **forked(lambda: look(whole)).said["said"]})
        for k in [*range(first, len(names) + 1, stride), len(names) + 1]:
            name = names[k - 1] if k <= len(names) else None
            found = broken_at(template, folder / f"broken-{k}", f"any:{k}:{kind}", expected)
            passed: list[str] = found.pop("steps") or []
            tell({"k": k, "step": passed[k - 1] if k <= len(passed) else name, **found})


def tell(found: dict[str, Any]) -> None:
    """One line for the test that asked."""
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))
