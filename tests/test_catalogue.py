"""A catalogue read by kinds of rows holds what it holds read row by row, whatever is wrong with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipeline import catalogue, schema
from pipeline.errors import PageChanged
from pipeline.facts import GpuPrice, Issue
from pipeline.paths import Home
from pipeline.source import Page
from pipeline.sources import gpuhunt_catalog
from tests.support import price_world
from tests.support.mutations import mutations

PAGE = Path(__file__).parent / "pages" / "gpuhunt_catalog.csv"
ADDRESS = f"{gpuhunt_catalog.URL}/aws/20261104-2/catalog.zip"
Found = tuple[list[dict[str, object]], Counter[Issue]] | str


def page_of(body: bytes) -> Page:
    """The practice page, or a wrong one, as the catalogue of Amazon."""
    return Page("gpuhunt_catalog", ADDRESS, body)


def by_rows(body: bytes) -> Found:
    """What the source's own parse makes of it."""
    try:
        found = list(gpuhunt_catalog.parse.parse(page_of(body)))
    except PageChanged as error:
        return error.what
    facts = [item.model_dump(mode="json", exclude_none=True) for item in found if isinstance(item, GpuPrice)]
    return sorted(facts, key=lambda fact: fact["row"]), Counter(item for item in found if isinstance(item, Issue))


def by_kinds(body: bytes, folder: Path) -> Found:
    """What the columns say."""
    file = folder / "offers.parquet"
    try:
        offers = catalogue.read_pages(gpuhunt_catalog.CATALOGUE, [page_of(body)], file)
    except PageChanged as error:
        return error.what
    with duckdb.connect() as connection:
        cursor = connection.execute(f"from read_parquet({schema.quoted(str(file))})")
        names = [column[0] for column in cursor.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    facts = [{name: value for name, value in row.items() if value is not None} for row in rows]
    assert len(facts) == offers.facts
    return facts, Counter(issue.model_copy(update={"page": None}) for issue in offers.issues)


def many(rows: int = 400) -> str:
    """A catalogue whose kinds of rows have many rows each."""
    header, *lines = PAGE.read_text(encoding="utf-8").splitlines()
    first = next(line for line in lines if ",8,H100," in line)
    place = first.split(",")[1]
    more = [first.replace(f",{place},", f",{place}-{number},", 1) for number in range(rows)]
    return "\n".join([header, *lines, *more]) + "\n"


def test_the_practice_page_holds_the_same_either_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts in order of their rows, with all of their fields, and no row is read by itself that is plain."""
    bodies = [PAGE.read_bytes(), many().encode()]
    wanted = [by_rows(body) for body in bodies]
    monkeypatch.setattr(catalogue, "by_rows", _not_wanted)

    assert [by_kinds(body, tmp_path) for body in bodies] == wanted


def _not_wanted(*_: object) -> None:
    pytest.fail("read row by row")


@pytest.mark.slow
def test_every_mutation_holds_the_same_either_way(tmp_path: Path) -> None:
    """What stops one reader stops the other, in the same words; what leaves an issue leaves the same one."""
    for name, body in mutations(PAGE):
        assert by_kinds(body, tmp_path) == by_rows(body), name


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("-7,", "-7 ,"),  # a label that is not as its column prints it
        ("p5.48xlarge,us-east-1-7,", "p5.48xlarge,,"),  # no place
        ("us-east-1-7,", "us-east-1-7,1"),  # another price
        (",us-east-1-9,", ",us-east-1-8,"),  # one offer, one place, twice at one price
        ("us-east-1-9,", '"us-east-1-9",'),  # needless quotes
        ("us-east-1-9,", '"us-east-1-9"x,'),
        ("us-east-1-9,", "us-east-1-9,,"),  # a cell too many
        ("us-east-1-9,", "us\neast-1-9,"),
        ("us-east-1-9,", '"us\neast-1-9",'),
        ("us-east-1-9,", "us-east-1-é,"),
        ("us-east-1-9,", "us-east-1-\u200b9,"),
        ("instance_name", " instance_name\u00a0"),
        ("H100", "\uff28\uff11\uff10\uff10")  ,  # full width
        ("\n", "\r\n"),
        ("\n", "\n\n"),
    ],
)  # fmt: skip
def test_rows_that_are_not_plain_are_named_as_always(tmp_path: Path, old: str, new: str) -> None:
    """Blanks, quotes, missing places, repeated offers and other line ends."""
    text = many()
    assert old in text
    for body in (text.replace(old, new).encode(), text.replace(old, new, 1).encode()):
        assert by_kinds(body, tmp_path) == by_rows(body)


@pytest.mark.parametrize(
    "price", ["0.0", "-98.32", "1e3", "9.832E1", "98", "98,32", "", "nan", "$98.32", "1e400", "0.0000"]
)
def test_amounts_in_other_digits_are_read_one_by_one(tmp_path: Path, price: str) -> None:
    """A price that is none is an issue of its row; one in other digits is the same price."""
    header, *lines = many().splitlines()
    place = header.split(",").index("price")
    cells = lines[-5].split(",")
    lines[-5] = ",".join([*cells[:place], f'"{price}"' if "," in price else price, *cells[place + 1 :]])
    body = ("\n".join([header, *lines]) + "\n").encode()

    assert by_kinds(body, tmp_path) == by_rows(body)


def test_the_dollars_of_the_view_are_those_of_the_sources_facts(tmp_path: Path) -> None:
    """A price of an instance, shared out among its accelerators."""
    with duckdb.connect(str(tmp_path / "offers.duckdb")) as connection:
        catalogue.start(connection, keep=True)
        catalogue.read(connection, gpuhunt_catalog.CATALOGUE, page_of(many().encode()))
        catalogue.make_offers(connection)
        rows = connection.execute(
            "select distinct accelerator_id, gpus, price, usd_per_gpu_hour from catalogue_offers "
            "where sku = 'p5.48xlarge'"
        ).fetchall()

    assert rows
    for accelerator_id, gpus, price, usd in rows:
        assert (accelerator_id, gpus, usd) == ("nvidia-h100-sxm-80gb", 8, pytest.approx(price / 8))


def test_a_visit_is_loaded_by_kinds_and_priced_like_any_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its facts end in ``raw.gpu_prices``; names, dollars and the mark of a cross-check follow."""
    shop = price_world.make(Home(tmp_path), monkeypatch, replace(gpuhunt_catalog.parse, least=1))
    monkeypatch.setattr(catalogue, "by_rows", _not_wanted)
    shop.see("2026-03-01T06:00", "a,H100 SXM,8,on_demand,2.00")
    shop.receive("gpuhunt_catalog", datetime(2026, 3, 1, 7, tzinfo=UTC), many(50).encode())
    shop.publish()

    rows = shop.ask(
        "select count(*), count(distinct region), any_value(provider), bool_and(is_cross_check), "
        "min(usd_per_gpu_hour - price / gpus), max(observed_at)::date::varchar "
        "from gpu_prices where source = 'gpuhunt_catalog' and accelerator_id = 'nvidia-h100-sxm-80gb'"
    )
    assert rows == [(52, 51, "Amazon Web Services", True, 0.0, "2026-03-01")]
    facts = len([line for line in many(50).splitlines()[1:] if ",google," not in line and ",0,," not in line])
    assert shop.ask("select facts from meta.visits where source = 'gpuhunt_catalog' and state = 'loaded'") == [(facts,)]
