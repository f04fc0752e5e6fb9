"""The whole warehouse over one made-up price page, so that what happens to a price from visit to visit can be tried.

A page is lines of ``offer,gpu,count,pricing_type,price`` and, where wanted, ``effective_on``; everything else is real.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline import changes, load, paths, publish, refresh, schema, source, warehouse
from pipeline.archive import Archive, ArchivedPage, Visit, new_visit_id
from pipeline.facts import Fact, GpuPrice, IndexValue, Issue
from pipeline.paths import Home
from pipeline.read import fact_or_issue
from pipeline.source import Page, Source
from tests.support import part_of_sql

SHOP = "shop"


def parse(page: Page) -> Iterator[Fact | Issue]:
    """Lines of an offer, or of an exchange rate: ``EUR/USD,2026-01-01,1.1``."""
    for row, cells in enumerate(csv.reader(io.StringIO(page.body.decode()))):
        if cells[0].startswith("EUR/"):
            series, day, value = cells
            yield fact_or_issue(
                IndexValue, row, series=series, period_on=day, value=value, unit=f"{series[4:]} per EUR"
            )
            continue
        offer, gpu, count, pricing_type, price, *effective_on = cells
        yield fact_or_issue(
            GpuPrice, row, provider=page.source.title(), offer=offer, gpu=gpu, gpu_count=count, price=price,
            pricing_type=pricing_type, currency="USD", price_unit="gpu_hour",
            effective_on=effective_on[0] if effective_on else None,
        )  # fmt: skip


def made_source(name: str = SHOP, **changes: Any) -> Source:
    """The made-up price page."""
    declared: dict[str, Any] = {
        "name": name, "sentence": "A shop.", "parse": parse, "title": "Shop", "publisher": "Shop",
        "url": f"http://shop.test/{name}", "licence": "ours", "attribution": "Shop", "robots": "none",
        "cadence": "daily", "least": 1, "most": 100, "facts": (GpuPrice, IndexValue), "currency": "USD",
        "unit": "gpu_hour", "hosts": frozenset({"shop.test"}), "history": True,
    }  # fmt: skip
    return Source(**declared | changes)


@dataclass
class PriceWorld:
    """A home with one price source, and short words for what tests do with it."""

    home: Home
    sources: dict[str, Source]

    def see(self, at: str, *lines: str, source: str = SHOP) -> Visit:
        """Archive a page as fetched at that time (UTC); the same lines as before are an unchanged page."""
        return self.receive(source, datetime.fromisoformat(at).replace(tzinfo=UTC), "\n".join(lines).encode())

    def receive(self, source: str, moment: datetime, body: bytes) -> Visit:
        """Archive a body as fetched at that time."""
        archive = Archive(self.home.archive)
        page = ArchivedPage(
            url=self.sources[source].url, final_url=self.sources[source].url, status=200, headers=(),
            sha256=archive.keep(source, body), bytes=len(body), fetched_at=moment,
        )  # fmt: skip
        earlier = archive.latest(source)
        same = earlier is not None and earlier.pages[0].sha256 == page.sha256
        visit = Visit.model_validate({
            "visit_id": new_visit_id(moment, (page,)), "source": source, "outcome": "unchanged" if same else "new",
            "via": "fetch", "visited_at": moment, "logged_at": moment, "pages": () if same else (page,),
            "same_as": earlier.visit_id if same and earlier else None,
        })  # fmt: skip
        archive.log(visit)
        return visit

    def publish(self, **options: Any) -> None:
        """Load, build, check and publish."""
        with publish.refresh_lock(self.home):
            publish.make_and_publish(self.home, **options)

    def ask(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Rows of the published file."""
        return warehouse.query(self.home.warehouse, sql, parameters).rows

    def check(self, name: str, column: str) -> list[tuple[Any, ...]]:
        """A column of all rows that a check finds in the published file, which keeps only the first few."""
        sql = (paths.sql_dir() / "checks" / f"{name}.sql").read_text(encoding="utf-8")
        return self.ask(f"select {column} from ({sql.rstrip()})")

    def history(self, columns: str = "price, valid_from::date::varchar, valid_to::date::varchar, status") -> list[Any]:
        """The intervals of all offers."""
        return self.ask(f"select {columns} from gpu_price_history order by offer, valid_from")


def make(home: Home, monkeypatch: pytest.MonkeyPatch, *more: Source) -> PriceWorld:
    """A world with the shop and further sources, nothing seen yet and nothing bundled."""
    sources = {made.name: made for made in (made_source(), *more)}
    part_of_sql.use(part_of_sql.PRICES, home.root / "sql", monkeypatch, beside=("macros", "answers"))
    for module in (changes, load, refresh, source):
        monkeypatch.setattr(module, "all_sources", lambda: sources)
    monkeypatch.setattr(schema, "comment", _say_nothing)
    return PriceWorld(home, sources)


def _say_nothing(*_: object) -> None:
    """The sentences of tables and columns, in what would take a tenth of the time of a publish."""
