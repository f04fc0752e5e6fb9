"""Every page of every source, gone wrong in every way we know: each is caught, or nothing that counts has changed.

A sample of the ways is tried in every run, all of them in the slow one.

A page was seen as it should be; a day later it is seen mutated. Caught is: the visit is refused, an issue is left that
the whole page does not leave, a price is held, or a check finds something. Harmless is: every price that counts is
as it was before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from pipeline import days, drift
from pipeline.errors import PageChanged
from pipeline.facts import Fact, GpuPrice, IndexValue, Issue
from pipeline.load import SHARE_UNREADABLE
from pipeline.paths import Home
from pipeline.source import Page, Source, all_sources
from tests.support import price_world
from tests.support.mutations import Mutation, archive_of, members_of, mutations
from tests.support.sly_mutations import sly_mutations

PAGES = Path(__file__).parent / "pages"
# prose is read for what it says, and what it says is new until a person has looked
SOURCES = [source for source in all_sources().values() if not (source.is_reference or source.listed_in)]
MANY = 10**6
FIRST, ONE_IN = 6, 4  # of a page's mutations, in the sample
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
    return sorted(path for path in PAGES.glob(f"{source.name}.*") if path.suffix != ".jsonl")


def body_of(path: Path) -> bytes:
    """A practice page; a folder of them is one archive."""
    return archive_of(members_of(path)) if path.is_dir() else path.read_bytes()


def every_mutation(source: Source, path: Path) -> Iterator[Mutation]:
    """Those of form; and of a page of prices or rates, whose numbers have a history, those of meaning."""
    yield from mutations(path)
    if {GpuPrice, IndexValue} & set(source.facts):
        yield from sly_mutations(path)


def of_the_sample(source: Source, path: Path) -> Iterator[Mutation]:
    """The first ones, and of the others one in so many by its name: a mixture of all kinds."""
    for number, mutation in enumerate(every_mutation(source, path)):
        if number < FIRST or crc32(mutation[0].encode()) % ONE_IN == 0:
            yield mutation


@dataclass(frozen=True)
class Case:
    """A mutation that the page alone does not show."""

    name: str
    source: Source
    whole: bytes
    mutated: bytes


Mutations = Callable[[Source, Path], Iterator[Mutation]]


def unseen(source: Source, mutations_of: Mutations) -> Iterator[Case]:
    """What has to be caught by comparing with the visit before."""
    for path in pages_of(source):
        whole = read(source, body_of(path))
        for name, body in mutations_of(source, path):
            if not at_once(source, whole, read(source, body)):
                yield Case(f"{path.name}: {name}", source, body_of(path), body)


@pytest.fixture(scope="module")
def uncaught(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """By source, the mutations of the sample that change what counts and that nothing notices."""
    cases = [case for source in SOURCES for case in unseen(source, of_the_sample)]
    return not_noticed(cases, tmp_path_factory.mktemp("mutations"))


def not_noticed(cases: list[Case], folder: Path) -> dict[str, list[str]]:
    """By source, the cases that change what counts and that no publish notices."""
    # every case is a source of its own, so that one publish tries them all
    clones = {
        f"case_{number}": replace(case.source, name=f"case_{number}", least=1, most=MANY, disabled=None)
        for number, case in enumerate(cases)
    }
    with pytest.MonkeyPatch.context() as monkeypatch:
        shop = price_world.make(Home(folder), monkeypatch, *clones.values())
        for name in ("ANNOUNCED", "SOMEWHERE"):  # practice pages are of days to come
            monkeypatch.setattr(days, name, timedelta(days=5000))
        for name, case in zip(clones, cases, strict=True):
            _see(shop, name, "2026-11-27T06:00", case.whole)
            _see(shop, name, "2026-11-28T06:00", case.mutated)
        shop.see("2026-11-28T06:00", "a,H100 SXM,8,on_demand,2.00")
        shop.publish()
        noticed = _noticed(shop, list(clones))
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
    for check in (
        "coverage_drops",
        "new_gpus",
        "announcements_changed",
        "offers_replaced",
        "effective_days_moved",
        "prices_change_places",
        "offers_renamed",
    ):
        named |= {row[0] for row in shop.check(check, "source")}
    named |= {row[0] for row in shop.check("spot_above_on_demand", "sources")}
    same = shop.ask(
        """
        select source from (
            select
                source, observed_at::date as day,
                list(concat_ws('|', offer_id, usd_per_gpu_hour, gpus, accelerator_id, effective_on)) as counted
            from gpu_prices
            -- an announced price that is announced again counts as of the newer page
            where status = 'accepted' or (status = 'repeated' and effective_on > observed_at::date)
            group by all
        )
        group by source
        -- few offers are missing, which makes them stale, and no other has come or changed
        having count(*) = 2 and list_has_all(arg_min(counted, day), arg_max(counted, day))
            and len(arg_max(counted, day)) > 0.8 * len(arg_min(counted, day))
        """
    )
    # what only repeats others is compared with them; the test below holds that no price of it counts
    never = shop.ask("select source from meta.sources where cross_check")
    return named | {row[0] for row in [*same, *never]} & set(clones)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_mutations_are_caught_or_harmless(source: Source, uncaught: dict[str, list[str]]) -> None:
    """The count of uncaught ones is 0."""
    assert uncaught.get(source.name, []) == []


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_every_mutation_is_caught_or_harmless(source: Source, tmp_path: Path) -> None:
    """The same of all that there are."""
    tried = sum(1 for path in pages_of(source) for _ in every_mutation(source, path))
    uncaught = not_noticed(list(unseen(source, every_mutation)), tmp_path)

    assert tried >= 6
    assert uncaught == {}, f"{len(uncaught[source.name])} of {tried} mutations are not noticed"


def test_no_price_of_a_cross_check_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prices now, on any day, and the index are the same, whatever a catalogue that repeats others says."""
    seen: list[Any] = []
    for number, price in enumerate(("2.00", "0.25", "1000.00")):
        check = price_world.made_source("check", cross_check=True, history=False)
        shop = price_world.make(Home(tmp_path / str(number)), monkeypatch, check)
        shop.see("2026-03-01T06:00", "a,H100 SXM,8,on_demand,2.00")
        shop.see(
            "2026-03-01T07:00", f"b,H100 SXM,8,on_demand,{price}", f"c,A100 SXM4 80GB,8,spot,{price}", source="check"
        )
        shop.publish()
        tables = ("gpu_price_now", "gpu_price_index", "gpu_prices_as_of(date '2026-03-01')")
        assert shop.ask("select count(*) from gpu_prices where source = 'check' and usd_per_gpu_hour > 0") == [(2,)]
        seen.append([shop.ask(f"from {table}") for table in tables])

    assert all(all(tables) for tables in seen)
    assert [[len(rows) for rows in tables] for tables in seen] == [[len(rows) for rows in seen[0]]] * 3
    assert str(seen[0]).count("check") == 0
    assert seen[0] == seen[1] == seen[2]
