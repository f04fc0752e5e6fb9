"""Every page of every source, gone wrong in every way we know: each is caught, or nothing that counts has changed.

A page was seen as it should be; a day later it is seen mutated. Caught is: the visit is refused, an issue is left that
the whole page does not leave, a price is held, or a check finds something. Harmless is: every price that counts is
as it was before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline import drift
from pipeline.errors import PageChanged
from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.load import SHARE_UNREADABLE
from pipeline.paths import Home
from pipeline.source import Page, Source, all_sources
from tests.support import price_world
from tests.support.mutations import mutations

PAGES = Path(__file__).parent / "pages"
# prose is read for what it says, and what it says is new until a person has looked
SOURCES = [source for source in all_sources().values() if not (source.is_reference or source.listed_in)]
MANY = 10**6
# What is not noticed yet: one or two mutations of each of these, and none of a page that prices are counted from.
GAPS = {
    "epoch_company_funding": "three swaps of a second source's address with columns that are not read",
    "skypilot_catalog": "a cross-check without bundled facts: half of its rows gone, or spot prices at an eighth",
    "together": "not fetched: one swap of two price columns whose prices lie close together",
}
FEWER_LASTING = 0.75  # half of a price list of models, whose practice pages also hold models that are not read
FEWER = 0.6  # of a practice page: about what a real page falls below its declared least by


@dataclass(frozen=True)
class Outcome:
    """What a source makes of a page."""

    facts: tuple[Fact, ...]
    complaints: frozenset[tuple[str, int | None, str | None, str | None]]
    stopped: bool

    @property
    def content(self) -> frozenset[Fact]:
        """The facts, wherever they stand on the page."""
        return frozenset(fact.model_copy(update={"row": 0}) for fact in self.facts)


def read(source: Source, body: bytes) -> Outcome:
    """Read one page."""
    found: list[Fact | Issue] = []
    stopped = False
    try:
        for item in source.parse(Page(source.name, source.url, body)):
            found.append(item)  # noqa: PERF402 - what came before the stop counts
    except PageChanged:
        stopped = True
    issues = [item for item in found if isinstance(item, Issue)]
    facts = tuple(item for item in found if isinstance(item, Fact))
    lost = sum(not issue.kept and issue.rule != "no_price" for issue in issues)
    return Outcome(
        facts,
        frozenset((issue.rule, issue.row, issue.field, issue.raw_value) for issue in issues),
        stopped or lost > SHARE_UNREADABLE * (len(facts) + lost) or not facts,
    )


def at_once(source: Source, whole: Outcome, mutated: Outcome) -> bool:
    """Whether the page alone shows it, or it does no harm."""
    if mutated.stopped or mutated.complaints - whole.complaints or mutated.content == whole.content:
        return True
    if source.history and GpuPrice in source.facts:
        return False
    # a catalogue is compared with what it said before, and has at least as many facts as declared
    # a practice page has few values in a column; test_recordings.py tries the publishers' whole files
    fewer = FEWER_LASTING if any(kind.lasting for kind in source.facts) else FEWER
    moved = drift.moved_columns(mutated.facts, whole.facts, least=1)
    return bool(moved) or len(mutated.facts) <= fewer * len(whole.facts)


def pages_of(source: Source) -> list[Path]:
    """The practice pages of a source."""
    found = sorted(path for path in PAGES.glob(f"{source.name}.*") if path.suffix != ".jsonl")
    return [path for path in found if not path.is_dir()]


@dataclass(frozen=True)
class Case:
    """A mutation that the page alone does not show."""

    name: str
    source: Source
    whole: bytes
    mutated: bytes


def unseen(source: Source) -> Iterator[Case]:
    """What has to be caught by comparing with the visit before."""
    for path in pages_of(source):
        whole = read(source, path.read_bytes())
        for name, body in mutations(path):
            if not at_once(source, whole, read(source, body)):
                yield Case(f"{path.name}: {name}", source, path.read_bytes(), body)


@pytest.fixture(scope="module")
def uncaught(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """By source, the mutations that change what counts and that nothing notices."""
    monkeypatch = pytest.MonkeyPatch()
    cases = [case for source in SOURCES for case in unseen(source)]
    # every case is a source of its own, so that one publish tries them all
    clones = {
        f"case_{number}": replace(
            case.source, name=f"case_{number}", least=1, most=MANY, disabled=None, cross_check=False
        )
        for number, case in enumerate(cases)
    }
    shop = price_world.make(Home(tmp_path_factory.mktemp("mutations")), monkeypatch, *clones.values())
    for name, case in zip(clones, cases, strict=True):
        _see(shop, name, "2026-03-01T06:00", case.whole)
        _see(shop, name, "2026-03-02T06:00", case.mutated)
    shop.see("2026-03-02T06:00", "a,H100 SXM,8,on_demand,2.00")
    shop.publish()
    noticed = _noticed(shop, list(clones))
    monkeypatch.undo()
    found: dict[str, list[str]] = {}
    for name, case in zip(clones, cases, strict=True):
        if name not in noticed:
            found.setdefault(case.source.name, []).append(case.name)
    return found


def _see(shop: price_world.PriceWorld, source: str, at: str, body: bytes) -> None:
    shop.receive(source, datetime.fromisoformat(f"{at}+00:00"), body)


def _noticed(shop: price_world.PriceWorld, clones: list[str]) -> set[str]:
    """The sources that were refused, held, or found by a check, or whose prices count as before."""
    named: set[Any] = {row[0] for row in shop.ask("select source from meta.visits where state = 'rejected'")}
    named |= {row[0] for row in shop.ask("select source from meta.quarantine where state = 'held'")}
    for check in ("coverage_drops", "new_gpus", "announcements_changed"):
        named |= {row[0] for row in shop.check(check, "source")}
    named |= {row[0] for row in shop.check("spot_above_on_demand", "sources")}
    same = shop.ask(
        """
        select source from (
            select
                source, observed_at::date as day,
                list_sort(list(
                    concat_ws('|', offer_id, usd_per_gpu_hour, gpus, accelerator_id, effective_on)
                )) as counted
            from gpu_prices where status = 'accepted' group by all
        )
        group by source having count(distinct counted) = 1 and count(*) = 2
        """
    )
    return named | {row[0] for row in same} & set(clones)


def tried_sources() -> list[Any]:
    """Every source; those with a known gap are expected to fail, and tell when the gap is closed."""
    return [
        pytest.param(
            source, id=source.name,
            marks=[pytest.mark.xfail(reason=GAPS[source.name], strict=True)] if source.name in GAPS else [],
        )
        for source in SOURCES
    ]  # fmt: skip


@pytest.mark.parametrize("source", tried_sources())
def test_every_mutation_is_caught_or_harmless(source: Source, uncaught: dict[str, list[str]]) -> None:
    """The count of uncaught ones is 0."""
    if not pages_of(source):
        pytest.skip("its page is an archive, for which there is no mutator yet")
    tried = sum(1 for path in pages_of(source) for _ in mutations(path))

    assert tried >= 6
    assert uncaught.get(source.name, []) == [], f"{len(uncaught[source.name])} of {tried} mutations are not noticed"
