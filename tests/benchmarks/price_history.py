"""A home whose one price source has been visited every hour: ten million prices on file without waiting for them.

``python -m tests.benchmarks.price_history make HOME DAYS`` writes the archive's log and the warehouse that hourly
visits to 10,000 offers would have left, a twentieth of the prices changing from one hour to the next; the pages of the
last day but its last hour are real, and read. ``visit HOME`` receives the page of the last hour and publishes.
``raw HOME PAGE`` makes the same tables from the served warehouse and that page with bare SQL, and no pipeline.
"""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipeline import build, load, publish, schema
from pipeline.durable import sync
from pipeline.paths import Home
from tests.support import price_world
from tests.support.price_world import PriceWorld

OFFERS, HOURS = 10_000, 24
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
# The price of an offer at an hour: it moves at every twentieth hour of its own.
LEVEL = "((hour + offer * 7) // 20)"
PRICE = f"round(2 + (offer % 100) / 100 + (({LEVEL} * 7) % 11) / 100, 2)"


def world(home: Home, patch: pytest.MonkeyPatch) -> PriceWorld:
    """The price models over one shop with many offers."""
    shop = price_world.made_source(least=1, most=2 * OFFERS)
    made = price_world.make(home, patch)
    made.sources[shop.name] = shop
    return made


def page(hour: int) -> bytes:
    """The shop's page at an hour, as bytes."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select offer, {PRICE} from range({OFFERS}) as offers (offer), (select {hour} as hour) order by 1"
        ).fetchall()
    return "\n".join(f"offer {offer},H100 SXM,8,on_demand,{usd}" for offer, usd in rows).encode()


def make(home: Home, days: int) -> None:
    """Fill the home with all but the last hour of so many days."""
    with pytest.MonkeyPatch.context() as patch:
        shop = world(home, patch)
        _seed(home, (days - 1) * HOURS)
        for hour in range((days - 1) * HOURS, days * HOURS - 1):
            shop.receive(price_world.SHOP, FIRST + timedelta(hours=hour), page(hour))
        shop.publish()
    ((rows, seen),) = shop.ask("select count(*), (select sum(facts) from meta.visits) from raw.gpu_prices")
    print(rows, seen)  # noqa: T201 - for who made it


def visit(home: Home, days: int) -> None:
    """Receive the page of the last hour, and publish."""
    with pytest.MonkeyPatch.context() as patch:
        shop = world(home, patch)
        shop.receive(price_world.SHOP, FIRST + timedelta(hours=days * HOURS - 1), page(days * HOURS - 1))
        shop.publish()


def pages(home: Home, days: int) -> None:
    """Receive a page for every hour of so many days, and publish nothing."""
    with pytest.MonkeyPatch.context() as patch:
        shop = world(home, patch)
        for hour in range(days * HOURS):
            shop.receive(price_world.SHOP, FIRST + timedelta(hours=hour), page(hour))


def rebuild(home: Home) -> None:
    """Publish from the archive alone."""
    with pytest.MonkeyPatch.context() as patch:
        world(home, patch).publish(from_scratch=True)


def _visit_id(hour: int) -> str:
    at = FIRST + timedelta(hours=hour)
    return f"{at:%Y%m%dT%H%M%S.%fZ}-{hashlib.sha256(str(hour).encode()).hexdigest()[:8]}"


def _seed(home: Home, hours: int) -> None:
    """Log the visits of so many hours, and write the warehouse that they would have left, but for its models."""
    log = home.archive / price_world.SHOP / "visits.jsonl"
    log.parent.mkdir(parents=True, exist_ok=True)
    names = [_visit_id(hour) for hour in range(hours)]
    with log.open("w", encoding="utf-8") as lines:
        for hour, name in enumerate(names):
            at, sha256 = (FIRST + timedelta(hours=hour)).isoformat(), hashlib.sha256(str(hour).encode()).hexdigest()
            address = f"http://shop.test/{price_world.SHOP}"
            lines.write(json.dumps({
                "visit_id": name, "source": price_world.SHOP, "outcome": "new", "via": "fetch", "visited_at": at,
                "logged_at": at, "pages": [{"url": address, "final_url": address, "status": 200, "headers": [],
                "sha256": sha256, "bytes": 400_000, "fetched_at": at}],
            }) + "\n")  # fmt: skip
    with duckdb.connect(str(home.warehouse)) as seed:
        seed.execute("set timezone = 'UTC'")
        schema.create(seed)
        seed.execute("create table visited as select unnest(range(?)) as hour, unnest(?) as visit_id", [hours, names])
        seed.execute(
            "insert into meta.visits by name select 'shop' as source, visit_id, 'fetch' as via, 'loaded' as state, "
            f"? as version, {OFFERS} as facts, 0 as issues, ?::timestamptz + to_hours(hour) as observed_at "
            "from visited",
            [load.readers_version(), FIRST],
        )
        seed.execute(_RAW, [FIRST])
        seed.execute("drop table visited")
        seed.execute(
            "insert into meta.snapshot by name select '2026-01-01T00:00:00.000000Z' as snapshot_id, "
            "?::timestamptz as published_at, '' as inputs_sha256, '' as version, ? as layout", [FIRST, schema.LAYOUT],
        )  # fmt: skip
    sha256 = hashlib.sha256(home.warehouse.read_bytes()).hexdigest()
    home.checksum.write_text(f"{sha256}  {home.warehouse.name}\n", encoding="utf-8")


# A row for each run of one price within a day.
_RAW = f"""
    insert into raw.gpu_prices by name
    select
        'shop' as source, first.visit_id, last.visit_id as last_visit_id,
        ?::timestamptz + to_hours(runs.hour) as observed_at, offer as row, 0 as page_number, 'Shop' as provider,
        concat('offer ', offer) as offer, 'H100 SXM' as gpu, 8 as gpu_count, 'on_demand' as pricing_type,
        {PRICE.replace("hour", "runs.hour")} as price, 'USD' as currency, 'gpu_hour' as price_unit,
        false as is_gpu_only, false as is_floor
    from (
        select offer, min(hour) as hour, max(hour) as last_hour
        from (select hour from visited), range({OFFERS}) as offers (offer)
        group by offer, hour // {HOURS}, {LEVEL}
    ) as runs
    join visited as first on first.hour = runs.hour
    join visited as last on last.hour = runs.last_hour
    order by all
"""


def raw(home: Home, to: Path) -> None:
    """The same tables and checks from the same rows by bare SQL, and as durable a publish; nothing is noted."""
    with pytest.MonkeyPatch.context() as patch:
        world(home, patch)
        models = list(build.models().values())
        checks = build.checks()
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'; set threads = 1")
        connection.execute(f"attach {schema.quoted(str(home.warehouse))} as served (read_only)")
        connection.execute(f"attach {schema.quoted(str(to))} as made (storage_version '{publish.STORAGE_VERSION}')")
        connection.execute("use made; begin")
        for room in schema.SCHEMAS:
            connection.execute(f"create schema {room}")
        made = {model.table for model in models}
        tables = connection.execute(
            "select concat(schema_name, '.', table_name) from duckdb_tables() where database_name = 'served' order by 1"
        ).fetchall()
        for (table,) in tables:
            if table not in made:
                connection.execute(f"create table {table} as from served.{table}")
        for model in models:
            connection.execute(f"create table {model.table} as {model.sql}")
        for check in checks:
            connection.execute(check.sql).fetchall()
        connection.execute("commit; checkpoint made")
    sync(to)
    to.replace(to.with_suffix(".published"))
    sync(to.parent)


def main() -> None:
    """One of them, in a process of its own."""
    verb, home, *more = sys.argv[1:]
    if verb == "raw":
        raw(Home(Path(home)), Path(more[0]))
    elif verb == "rebuild":
        rebuild(Home(Path(home)))
    else:
        {"make": make, "visit": visit, "pages": pages}[verb](Home(Path(home)), int(more[0]))


if __name__ == "__main__":
    main()
