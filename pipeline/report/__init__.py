"""The report: one HTML file, from the published warehouse alone, that works offline, on paper and without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import kept, warehouse
from pipeline.archive import whole_file
from pipeline.errors import StorageError, UsageError
from pipeline.paths import Home
from pipeline.place import Place

if TYPE_CHECKING:
    from pipeline.report.cards import Card
    from pipeline.report.evidence import Evidence
    from pipeline.report.exhibit import Exhibit

NEEDS = ("altair", "vl_convert")
INSTALL = ".venv/bin/pip install -q -c constraints.txt -e '.[report]'"


def write(home: Home, *, path: Place | None = None, to: Path | None = None, is_static: bool = False) -> Path:
    """Write the report of a published warehouse, whole or not at all; the same snapshot gives the same bytes.

    Args:
        home: Where the warehouse is, and where the report goes.
        path: Another published warehouse to report on.
        to: Another file to write.
        is_static: Leave out Vega and the data of the charts: pictures only, a quarter of the size.

    Returns:
        The file written.

    Raises:
        StorageError: There is no warehouse yet, or the file cannot be written.
        UsageError: Altair or vl-convert is not installed.
    """
    made = edition(path or home.served)
    target = to or home.report
    with whole_file(target) as partial:
        partial.write_text(made.text(is_static=is_static), encoding="utf-8", newline="")
    if path is None and to is None and not is_static:
        from pipeline.report import standing

        standing.keep(target, made.evidence)
    return target


@kept.one_reader()
def stands(home: Home) -> bool:
    """Whether the home's report is there, whole, and says what a new one would say but for the snapshot's name."""
    from pipeline.report import standing

    snapshot = warehouse.snapshot_of(home.served)
    return snapshot is not None and standing.stands(home.report, home.served, snapshot)


def render(path: Place, *, is_static: bool = False) -> str:
    """The report of a published warehouse, as text."""
    return edition(path).text(is_static=is_static)


@dataclass(frozen=True)
class Edition:
    """All that the report of one published warehouse says, before it is a page."""

    evidence: Evidence
    cards: Sequence[Card]
    exhibits: Sequence[Exhibit]
    """The charts and tables, in order, for whoever wants to use them elsewhere, too."""

    def text(self, *, is_static: bool = False) -> str:
        """The page; with and without scripts it has the same pictures."""
        from pipeline.report import page

        return page.page(self.evidence, self.cards, self.exhibits, is_static=is_static)


@kept.one_reader()
def edition(path: Place) -> Edition:
    """Ask the published warehouse all that the report tells.

    Raises:
        StorageError: There is no warehouse yet.
        UsageError: Altair or vl-convert is not installed.
    """
    _require()
    from pipeline.report import capability, cards, coverage, evidence, figures, gpus, ladder, money, quality, training

    snapshot = warehouse.snapshot_of(path)
    if snapshot is None:
        raise StorageError("there is no warehouse yet", page=str(path), fix="aicost refresh makes one")
    found = evidence.read(path, snapshot)
    exhibits = [
        training.over_time(found), figures.many_figures(found), ladder.ladder(found), ladder.claim(found),
        gpus.over_time(found), gpus.spread_now(found), capability.to_reach(found), capability.frontier(found),
        quality.changes(found), money.spend(found), money.thresholds(found), coverage.coverage(found),
        quality.all_costs(found), quality.method(found), quality.sources(found),
    ]  # fmt: skip
    return Edition(found, cards.cards(found), exhibits)


def _require() -> None:
    """Say how to install what is missing, before anything is done.

    Raises:
        UsageError: It is missing.
    """
    if lacking := missing():
        raise UsageError(
            f"the report needs {' and '.join(lacking)}, which are not installed", likely="they come with an extra",
            kept="the published warehouse, untouched", fix=INSTALL,
        )  # fmt: skip


def missing() -> list[str]:
    """The packages that the report needs and that are not installed."""
    from importlib.util import find_spec

    return [name for name in NEEDS if find_spec(name) is None]
