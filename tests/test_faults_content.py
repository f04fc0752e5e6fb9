"""Lines 24 to 42 of the fault matrix: pages that came whole and say something else than they did.

Here each line goes through the command line, with some real sources. That every mutation of every source is caught is
counted in test_mutations.py.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import __main__ as cli
from pipeline import apart, days, summary
from pipeline import refresh as steps
from pipeline.errors import PageChanged
from pipeline.facts import Extra, Fact, IndexValue, Issue, TrainingRun
from pipeline.paths import Home
from pipeline.read import Column, csv_rows, json_of, number, text_of
from pipeline.read_html import html_of
from pipeline.read_yaml import yaml_records
from pipeline.read_zip import members_of
from pipeline.source import Page, Source, all_sources, find_source
from tests.support import price_world
from tests.support.command import Aicost
from tests.support.fake_door import FakeDoor
from tests.support.mutations import mutations
from tests.support.price_world import PriceWorld
from tests.support.small_world import bytes_below, small_source
from tests.test_mutations import pages_of

NOW = datetime.now(UTC)
OFFER = "a,H100 SXM,8,on_demand,{}"
IN_FORCE = (
    "select source, list_sort(list(concat_ws('|', offer_id, price))) from gpu_price_history "
    "where status <> 'superseded' group by 1"
)


def quiet_headline(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worlds of these tests have no training costs."""

    def nothing(path: Path) -> Any:
        return summary.warehouse.Rows((), (), [])

    monkeypatch.setattr(summary, "show_headline", nothing)
    monkeypatch.setattr(summary, "headline", nothing)


# --- 24 to 30: mutated pages of real sources --------------------------------------------------------------

TRIED = ("lambda_cloud", "azure_retail_prices")
KINDS = {
    24: ("drop every row",), 25: ("drop half of the rows",), 26: ("duplicate table", "duplicate rows"),
    27: ("swap columns",), 28: ("insert column", "rename column"), 29: ("currency",), 30: ("x60 of", "x8 of", "/8 of"),
    33: ("0 of",),
}  # fmt: skip
AT_MOST = 2  # mutations of one kind of one page


@dataclass
class Mutated:
    """What one refresh made of all mutated pages."""

    code: int
    said: str
    noticed: dict[str, str]
    """By clone of a source: how it was noticed."""
    before: dict[str, Any]
    after: dict[str, Any]
    only_grew: bool

    def of(self, number: int) -> list[str]:
        """The clones of a line."""
        return [name for name in self.before if name.startswith(f"f{number}_")]


def _cases() -> Iterator[tuple[int, Source, bytes, bytes]]:
    for name in TRIED:
        source = find_source(name)
        for path in pages_of(source)[:1]:
            made = [*mutations(path), ("rename column", _renamed(path))]
            for line, kinds in KINDS.items():
                chosen = [body for kind, body in made if kind.startswith(kinds)][:AT_MOST]
                yield from ((line, source, path.read_bytes(), body) for body in chosen)


def _renamed(path: Path) -> bytes:
    """The page with another word in its headings, or for the key of its prices."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        return re.sub(r"(<th[^>]*>)([^<]*)", r"\1New \2", text).encode()
    return re.sub(r'"(retailPrice|prices|price)":', r'"new_\1":', text).encode()


@pytest.fixture(scope="module")
def mutated(tmp_path_factory: pytest.TempPathFactory) -> Mutated:
    """Good pages of three days ago, and one refresh that finds every one of them mutated."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        clones: dict[str, Source] = {}
        bodies: dict[str, tuple[bytes, bytes]] = {}
        for count, (line, source, whole, broken) in enumerate(_cases()):
            facts = sum(isinstance(item, Fact) for item in source.parse(Page(source.name, source.url, whole)))
            name = f"f{line}_{source.name}_{count}"
            clones[name] = replace(
                source, name=name, url=f"https://{count}.test/", pages=None, hosts=frozenset({f"{count}.test"}),
                least=max(1, int(0.8 * facts)), most=2 * facts, disabled=None, cross_check=False,
            )  # fmt: skip
            bodies[name] = whole, broken
        world = price_world.make(Home(tmp_path_factory.mktemp("mutated")), monkeypatch, *clones.values())
        quiet_headline(monkeypatch)
        for name in ("ANNOUNCED", "SOMEWHERE"):  # practice pages are of days to come
            monkeypatch.setattr(days, name, timedelta(days=5000))
        for name, (whole, _) in bodies.items():
            world.receive(name, NOW - timedelta(days=3), whole)
        world.see((NOW - timedelta(days=3)).isoformat()[:19], OFFER.format(2))
        world.publish()
        before, kept = dict(world.ask(IN_FORCE)), bytes_below(world.home.archive)
        served = {clones[name].url: broken for name, (_, broken) in bodies.items()}
        served[world.sources[price_world.SHOP].url] = OFFER.format(2.1).encode()
        monkeypatch.setattr(steps, "Fetcher", lambda: FakeDoor(served))
        err = io.StringIO()
        with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.StringIO()):
            code = cli.run(["refresh", "--home", str(world.home.root)])
        now = bytes_below(world.home.archive)
        return Mutated(
            code, err.getvalue(), _noticed(world), before, dict(world.ask(IN_FORCE)),
            all(now[name].startswith(body) for name, body in kept.items()),
        )  # fmt: skip


def _noticed(world: PriceWorld) -> dict[str, str]:
    found = {source: reason for source, reason in world.ask("select source, rejected_reason from sources") if reason}
    for source, state, rule in world.ask("select source, state, rule from meta.quarantine where state <> 'kept'"):
        found.setdefault(source, f"{state} {rule}")
    for check in ("coverage_drops", "new_gpus"):
        for (source,) in world.check(check, "source"):
            found.setdefault(source, check)
    for (sources,) in world.check("spot_above_on_demand", "sources"):
        found.setdefault(str(sources), "spot_above_on_demand")
    return found


def holds(mutated: Mutated, number: int) -> None:
    """Every clone of the line is noticed or unharmed, the archive only grew, and the others went on."""
    names = mutated.of(number)
    assert len(names) >= len(TRIED) - 1
    assert (mutated.code, mutated.only_grew) == (3, True)
    for name in names:
        unharmed = mutated.after.get(name) == mutated.before[name]
        assert name in mutated.noticed or unharmed, name
    assert [price.rpartition("|")[2] for price in mutated.after[price_world.SHOP]] == ["2.1"]


@pytest.mark.fault(24)
def test_fault_24_no_rows(mutated: Mutated) -> None:
    """Refused; the last good rows stay, every one of them, and the page is archived."""
    holds(mutated, 24)
    assert set(mutated.of(24)) <= mutated.noticed.keys()


@pytest.mark.fault(25)
def test_fault_25_half_of_the_rows(mutated: Mutated) -> None:
    """Fewer than four fifths of what was there: all is kept."""
    holds(mutated, 25)
    assert set(mutated.of(25)) <= mutated.noticed.keys()


@pytest.mark.fault(26)
def test_fault_26_rows_without_end(mutated: Mutated) -> None:
    """A repeated table is refused or folded, and never counted."""
    holds(mutated, 26)


@pytest.mark.fault(27)
def test_fault_27_columns_swapped(mutated: Mutated) -> None:
    """Headers are matched by name, and values by what their column may hold."""
    holds(mutated, 27)


@pytest.mark.fault(28)
def test_fault_28_columns_renamed_added_removed(mutated: Mutated) -> None:
    """A renamed one stops the source; a new one does no harm or is said."""
    holds(mutated, 28)


def with_new_keys() -> list[Any]:
    """Every page of records with keys, in JSON, YAML, a callback or lines."""
    forms = (".json", ".yml", ".js", ".txt")
    found = [(source, path) for source in all_sources().values() for path in pages_of(source) if path.suffix in forms]
    return [pytest.param(*case, id=case[1].name) for case in found]


@pytest.mark.fault(28)
@pytest.mark.parametrize(("source", "path"), with_new_keys())
def test_fault_28_a_new_key_is_told_by_every_source(source: Source, path: Path) -> None:
    """Once, with a first value; not a fact changes, and a page as it is has none."""

    def read(body: bytes) -> tuple[list[Fact], list[Issue]]:
        found = list(source.parse(Page(source.name, source.url, body)))
        news = [item for item in found if isinstance(item, Issue) and item.rule == "new_key"]
        return [item for item in found if isinstance(item, Fact)], news

    facts, news = read(path.read_bytes())
    assert not news
    wider, told = read(next(body for name, body in mutations(path) if name == "insert column"))
    assert wider == facts
    named = [issue.field or "" for issue in told if not isinstance(issue, Extra)]
    assert named == sorted(set(named))
    assert named[0].lower().endswith(("newcolumn", "new_column"))
    assert [(issue.field, (issue.raw_value or "").strip()) for issue in told if isinstance(issue, Extra)] == [
        (name, "1") for name in named
    ]


@pytest.mark.fault(28)
def test_fault_28_a_new_column_of_a_board_is_told() -> None:
    """Of the tables in HTML this is the one that is not refused with a header that is not known."""
    source = find_source("hal")
    (path,) = pages_of(source)
    body = path.read_text(encoding="utf-8").replace("<th>Traces", "<th>Badge")
    told = [item for item in source.parse(Page(source.name, source.url, body.encode())) if isinstance(item, Issue)]
    assert [(issue.rule, issue.field) for issue in told if issue.field == "Badge"] == [("new_key", "Badge")] * 2


@pytest.mark.fault(29)
def test_fault_29_another_currency(mutated: Mutated) -> None:
    """No euro is ever read as a dollar."""
    holds(mutated, 29)


@pytest.mark.fault(29)
@pytest.mark.parametrize("cell", ["1,99", "1.234,56", "0,123", "1.234.567", "1 234", "1'234.5", "1,23,456", "CA$2"])
def test_fault_29_decimal_comma(cell: str) -> None:
    """Not a number here: no locale is guessed."""
    with pytest.raises(ValueError, match="is not a number"):
        number(cell)


@pytest.mark.fault(30)
def test_fault_30_another_unit(mutated: Mutated) -> None:
    """Sixty times, eight times or an eighth: held, refused, and not in force."""
    holds(mutated, 30)


# --- 31 to 34: prices -------------------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PriceWorld:
    """A shop that was seen three days ago at $2.00."""
    world = price_world.make(Home(tmp_path), monkeypatch)
    quiet_headline(monkeypatch)
    world.see((NOW - timedelta(days=3)).isoformat()[:19], OFFER.format("2.00"), "b,H200 SXM,8,on_demand,3.00")
    world.publish()
    return world


def refreshed(world: PriceWorld, monkeypatch: pytest.MonkeyPatch, aicost: Aicost, *lines: str) -> Any:
    """The command, when the shop's page has these lines."""
    door = FakeDoor({world.sources[price_world.SHOP].url: "\n".join(lines).encode()})
    monkeypatch.setattr(steps, "Fetcher", lambda: door)
    return aicost("refresh", "--home", world.home.root)


def now_in_force(world: PriceWorld) -> dict[str, float]:
    """Offer to price."""
    return dict(world.ask("select offer, price from gpu_price_history where status <> 'superseded'"))


@pytest.mark.fault(31)
@pytest.mark.parametrize("price", ["20.00", "0.20"])
def test_fault_31_ten_times_and_a_tenth(
    shop: PriceWorld, monkeypatch: pytest.MonkeyPatch, aicost: Aicost, price: str
) -> None:
    """Held, the old price stays; a person may release it, and then it counts."""
    said = refreshed(shop, monkeypatch, aicost, OFFER.format(price), "b,H200 SXM,8,on_demand,3.10")
    assert (said.code, now_in_force(shop)) == (3, {"a": 2.0, "b": 3.1})
    assert "aicost quarantine list" in said.err

    ((item, what),) = shop.ask("select item_id, what from meta.quarantine where state = 'held'")
    assert "unconfirmed change: the price before stays" in what
    listed = aicost("quarantine", "list", "--home", shop.home.root).out
    assert (item in listed, "held" in listed) == (True, True)
    assert aicost("quarantine", "release", item, "--reason", "announced", "--home", shop.home.root).code == 0
    assert aicost("refresh", "--offline", "--home", shop.home.root).code == 0
    assert now_in_force(shop) == {"a": float(price), "b": 3.1}


@pytest.mark.fault(32)
def test_fault_32_a_true_cut(shop: PriceWorld, monkeypatch: pytest.MonkeyPatch, aicost: Aicost) -> None:
    """Held once, accepted at the second sighting more than six hours later, and the history tells."""
    cut = (OFFER.format("1.12"), "b,H200 SXM,8,on_demand,3.00")
    shop.see((NOW - timedelta(hours=7)).isoformat()[:19], *cut)
    shop.publish()
    assert now_in_force(shop) == {"a": 2.0, "b": 3.0}

    said = refreshed(shop, monkeypatch, aicost, *cut)
    assert (said.code, now_in_force(shop)) == (0, {"a": 1.12, "b": 3.0})
    assert [price for price, *_ in shop.history()][:2] == [2.0, 1.12]
    ended = [(row["old_value"], row["new_value"]) for row in aicost("diff", "--json", "--home", shop.home.root).data[
        "changes"] if row["table_name"] == "gpu_price_history" and row["column_name"] == "status"]  # fmt: skip
    assert ("stale", "superseded") in ended


NO_PRICES = ["-1", "0", "-0.0", "nan", "NaN", "inf", "-inf", "Infinity", "1e999", "1e-400", "1e308e1", "Contact us",
             "free", "from $1.99", "$2.00", "2.00*", "2.00¹", "~2", "2-3", "<2", "", " ", "\u221e", "0x10",
             "1_000"]  # fmt: skip


@pytest.mark.fault(33)
def test_fault_33_on_real_pages(mutated: Mutated) -> None:
    """A zero in a price list means unknown."""
    holds(mutated, 33)


@pytest.mark.fault(33)
def test_fault_33_what_is_no_price(shop: PriceWorld, monkeypatch: pytest.MonkeyPatch, aicost: Aicost) -> None:
    """Each is set aside with what was printed; none is in force, as a zero least of all; the good rows are read."""
    shop.sources[price_world.SHOP] = price_world.made_source(most=1000)
    none = [price for price in NO_PRICES if price != "1_000"]  # the shop reads it as Python does; `number` does not
    good = [f"good {number},H100 SXM,8,on_demand,2.{number:02}" for number in range(99)]
    bad = [f"bad {number},H100 SXM,8,on_demand,{price}" for number, price in enumerate(none)]
    said = refreshed(shop, monkeypatch, aicost, OFFER.format("2.00"), "b,H200 SXM,8,on_demand,3.00", *good, *bad)
    in_force = now_in_force(shop)

    assert said.code == 3
    assert len(in_force) == len(good) + 2
    assert not [offer for offer in in_force if offer.startswith("bad")]
    aside = shop.ask("select rule, raw_value, what from meta.quarantine where state = 'set_aside'")
    assert len(aside) == len(none)
    assert all(rule and what for rule, _, what in aside)
    assert {raw for _, raw, _ in aside} >= {"-1", "0", "nan", "1e999", "Contact us", "from $1.99"}
    with pytest.raises(ValueError, match="is not a number"):
        number("1_000")
    for hidden in ("1e-400", "\u202e21", "\u206621"):  # told from zero by nobody; shown as 12
        with pytest.raises(ValueError, match="is not a"):
            number(hidden)


@pytest.mark.fault(34)
def test_fault_34_one_key_and_two_prices(shop: PriceWorld, monkeypatch: pytest.MonkeyPatch, aicost: Aicost) -> None:
    """The same row twice is one and counted; two prices of one offer are both set aside, and neither wins."""
    twice, good = "b,H200 SXM,8,on_demand,3.10", [f"good {number},H100 SXM,8,on_demand,2" for number in range(9)]
    said = refreshed(shop, monkeypatch, aicost, OFFER.format("2.20"), OFFER.format("2.40"), twice, twice, *good)
    in_force = now_in_force(shop)

    assert said.code == 3
    assert (in_force["a"], in_force["b"], len(in_force)) == (2.0, 3.1, 11)
    found = shop.ask("select state, rule, raw_value from meta.quarantine order by all")
    assert found == [
        ("kept", "repeated_row", "b"), ("set_aside", "two_prices", "2.2"), ("set_aside", "two_prices", "2.4"),
    ]  # fmt: skip


# --- 35 and 36: names -------------------------------------------------------------------------------------


# --- 37 to 40: bytes ---------------------------------------------------------------------------------------


def page(body: bytes, content_type: str = "") -> Page:
    """A page of nobody."""
    return Page("list", "http://site.test/list", body, content_type)


GOOD_CSV = "Name,Price\nCafé,2\n"
WRONGLY_ENCODED = {
    "cp1252 as utf-8": page(GOOD_CSV.encode("cp1252"), "text/csv; charset=utf-8"),
    "cp1252 unlabelled": page(GOOD_CSV.encode("cp1252")),
    "cp1252 by meta": page(b'<html><meta charset="utf-8">\x802.49</html>', "text/html"),
    "utf-16 without mark": page(GOOD_CSV.encode("utf-16-le")),
    "utf-16 as utf-8": page(GOOD_CSV.encode("utf-16-be"), "text/csv; charset=utf-8"),
    "utf-16 cut": page(GOOD_CSV.encode("utf-16")[:-1]),
    "utf-32": page(GOOD_CSV.encode("utf-32")),
    "nul": page(b"Name,Price\nA\x00B,2\n"),
    "replacement sign": page("Name,Price\nCaf\ufffd,2\n".encode()),
    "no such charset": page(GOOD_CSV.encode(), "text/csv; charset=x-none"),
    "a codec that is no charset": page(GOOD_CSV.encode(), "text/csv; charset=rot13"),
    "another that is none": page(b"4e616d65", "text/csv; charset=hex"),
    "overlong": page(b"Name,Price\n\xc0\xaf,2\n"),
    "surrogate": page(b"Name,Price\n\xed\xa0\x80,2\n"),
    "utf-7": page(b"Name,Price\n+AGEAYgBj-\xff,2\n", "text/csv; charset=utf-7"),
}


@pytest.mark.fault(37)
@pytest.mark.parametrize("name", WRONGLY_ENCODED)
def test_fault_37_wrong_encodings(name: str) -> None:
    """Strict, by mark, header or meta: a sign that is lost could be a currency."""
    with pytest.raises(PageChanged):
        text_of(WRONGLY_ENCODED[name])


@pytest.mark.fault(37)
def test_fault_37_marks() -> None:
    """A byte-order mark is no part of a header, and says which encoding it is."""
    for body in (GOOD_CSV.encode("utf-8-sig"), GOOD_CSV.encode("utf-16"), b"\xfe\xff" + GOOD_CSV.encode("utf-16-be")):
        assert text_of(page(body, "text/csv; charset=utf-8")) == GOOD_CSV
    assert text_of(page(GOOD_CSV.encode("cp1252"), "text/csv; charset=windows-1252")) == GOOD_CSV
    labelled_otherwise = b'<html><meta charset="utf-8">\x80</html>'
    assert "\u20ac" in text_of(page(labelled_otherwise, "text/html; charset=cp1252"))  # the header goes before meta


@pytest.mark.fault(37)
@pytest.mark.parametrize(
    ("body", "header", "told"),
    [
        (b"\xef\xbb\xbf2.49 \xe2\x82\xac", "windows-1252", "utf-8"),  # as cp1252: three signs, and no error
        (b"\xef\xbb\xbf2.49 \xe2\x82\xac", "no-such-encoding", "utf-8"),
        ("\ufeff2.49 \u20ac".encode("utf-16-le"), "utf-8", "utf-16"),
        ("\ufeff2.49 \u20ac".encode("utf-16-le"), "utf-16be", "utf-16"),
        ("\ufeff2.49 \u20ac".encode("utf-16-le"), "utf-16", ""),
        ("\ufeff2.49 \u20ac".encode("utf-16-be"), "UTF-16BE", ""),
        (b"\xef\xbb\xbf2.49 \xe2\x82\xac", '"UTF8"', ""),
        (b"2.49 \xe2\x82\xac", "utf-8", ""),
    ],
)
def test_fault_37_a_mark_goes_before_the_header_and_a_dispute_is_told(body: bytes, header: str, told: str) -> None:
    """As in every browser. The matrix has it the other way round, by which the first of these would lose its euro."""
    disputed = page(body, f"text/csv; charset={header}")
    assert text_of(disputed) == "2.49 \u20ac"
    source = small_source("list", parse=parse_a_day)
    issues = [item for item in apart.found_on(source, disputed) if isinstance(item, Issue)]
    assert [(issue.rule, issue.kept) for issue in issues] == ([("disputed_encoding", True)] if told else [])
    assert all(f"says {told}: the mark counts" in issue.what for issue in issues)


def parse_a_day(_: Page) -> Iterator[Fact | Issue]:
    """Some fact."""
    yield IndexValue(row=0, series="s", period_on=NOW.date(), value=1, unit="u")


@pytest.mark.fault(37)
def test_fault_37_every_source() -> None:
    """A NUL, a lost sign, or bytes of another encoding in the middle of its page stop every source."""
    for source in all_sources().values():
        for path in pages_of(source)[:1] if not source.is_reference else ():
            if path.is_dir():  # the files of an archive, which has marks of its own
                continue
            body = path.read_bytes()
            for mark in (b"\x00", b"\xff\xfe", "\ufffd".encode()):
                middle = len(body) // 2
                while body[middle] & 0xC0 == 0x80:
                    middle += 1
                with pytest.raises(PageChanged):
                    list(source.parse(Page(source.name, source.url, body[:middle] + mark + body[middle:])))


@pytest.mark.fault(37)
@pytest.mark.parametrize("reference", ["&#0;", "&#x110000;", "&#xFFFD;", "&#65533;", "&#xd800;"])
def test_fault_37_references_to_no_sign(reference: str) -> None:
    """What is lost may be spelt out in HTML, too."""
    with pytest.raises(PageChanged, match="a sign that does not exist"):
        html_of(page(f"<html><td>{reference}2.49</td></html>".encode()))


COLUMNS = {"name": Column("Name"), "price": Column("Price", number)}
BROKEN_CSV = {
    "unclosed quote": b'Name,Price\nA,1\n"B,2\nC,3\n',
    "quote in a cell": b'Name,Price\nA,1\n"B"x,2\n',
    "field of 10 MB": b'Name,Price\n"' + b"x" * 10**7 + b'",1\n',
    "line of 10 MB": b"Name,Price\n" + b"x" * 10**7 + b",1\n",
    "ragged": b"Name,Price\n" + b"A,1,2\n" * 50,
    "short": b"Name,Price\n" + b"A\n" * 50,
    "header twice": b"Name,Name,Price\nA,B,1\n",
    "no header": b"",
    "blanks": b"\n\n\n",
    "html": b"<html>Name,Price</html>",
    "other delimiter": b"Name;Price\nA;1\n",
    "tabs": b"Name\tPrice\nA\t1\n",
    "million columns": b"Name,Price" + b",x" * 10**6 + b"\n",
    "old mac": b"Name,Price\rA,1\rB,2\r",
    "nul": b"Name,Price\nA\x00,1\n",
    "repeated": b"Name,Price\n" + b"A,1\n" * 50,
}


@pytest.mark.fault(38)
@pytest.mark.parametrize("name", BROKEN_CSV)
def test_fault_38_broken_csv(name: str) -> None:
    """The whole file is refused, soon."""
    begun = time.process_time()
    with pytest.raises(PageChanged):
        list(csv_rows(page(BROKEN_CSV[name]), COLUMNS))
    assert time.process_time() - begun < 30


@pytest.mark.fault(38)
def test_fault_38_one_bad_row() -> None:
    """A bare CR within a cell is a blank, a ragged row of many is set aside, and the others are read."""
    body = b"Name,Price\n" + b"".join(b"A%d,%d\n" % (n, n + 1) for n in range(300)) + b"B\rC,5\nD,1,2\n"
    found = list(csv_rows(page(body), COLUMNS))
    rows = [item for item in found if not isinstance(item, Issue)]

    assert len(rows) == 301
    assert rows[-1].cells == {"name": "B C", "price": 5.0}
    assert [(issue.rule, issue.kept) for issue in found if isinstance(issue, Issue)] == [("ragged_row", False)]


@pytest.mark.fault(38)
@pytest.mark.parametrize("rows", [1, 2, 20, 99, 100, 101, 250])
def test_fault_38_a_ragged_row_is_set_aside_under_one_in_a_hundred(rows: int) -> None:
    """Else the file fails; of an archive's files the rows of all count, as one row must not cost forty boards."""
    records = [b"A%d,%d" % (number, number + 1) for number in range(rows)]
    records[rows // 2] = b"D,1,2"
    ragged = page(b"\n".join([b"Name,Price", *records, b""]))

    def rules(rows_of_all: int) -> list[str]:
        return [item.rule for item in csv_rows(ragged, COLUMNS, rows_of_all=rows_of_all) if isinstance(item, Issue)]

    if rows > 100:
        assert rules(0) == ["ragged_row"]
    else:
        with pytest.raises(PageChanged, match="1 rows have another number of cells"):
            rules(0)
    assert rules(5000) == ["ragged_row"]
    with pytest.raises(PageChanged, match="2 rows have another number of cells"):
        list(csv_rows(page(b"Name,Price\nA,1\nB\nC\n"), COLUMNS, rows_of_all=5000))


@pytest.mark.fault(33)
def test_fault_33_a_duration_beyond_all_days_costs_its_cell() -> None:
    """A day so long before that there is no such day stopped the model that counts back, and with it the publish."""
    source = find_source("epoch_models")
    path = pages_of(source)[0]
    (_, *rows) = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    hours = next(row["Training time (hours)"] for row in rows if row["Training time (hours)"] not in ("", "168", "720"))
    body = path.read_bytes().replace(f",{hours},".encode(), b",1e15,", 1)
    found = list(source.parse(Page(source.name, source.url, body)))
    assert ("too_large", "training_hours") in {(one.rule, one.field) for one in found if isinstance(one, Issue)}
    with pytest.raises(ValueError, match="less than 1000000"):
        TrainingRun(row=0, name="a model", training_hours=1e15)


@pytest.mark.fault(39)
@pytest.mark.parametrize(("source", "path"), [case for case in with_new_keys() if case.values[1].suffix == ".json"])
def test_fault_39_whole_numbers_beyond_all_floats(source: Source, path: Path) -> None:
    """A value of four hundred digits costs its item, or stops the source by name; it is no fault of the reader."""
    answer, digits = path.read_text(encoding="utf-8"), "9" * 400
    numbers = re.compile(r"(?<=: )-?\d+(?:\.\d+)?(?=[,}\s])")
    pages = [f"{answer[: one.start()]}{digits}{answer[one.end() :]}" for one in list(numbers.finditer(answer))[:40]]
    for body in (*pages, numbers.sub(digits, answer)):
        with contextlib.suppress(PageChanged):
            for item in source.parse(Page(source.name, source.url, body.encode())):
                assert isinstance(item, Issue) or digits[:50] not in item.model_dump_json()


BROKEN_JSON = {
    "cut": b'{"a": [1, 2', "cut text": b'{"a": "b', "empty": b"", "duplicate keys": b'{"a": 1, "a": 2}',
    "duplicate inside": b'[{"a": {"b": 1, "b": 1}}]', "nan": b'{"a": NaN}', "infinity": b"[Infinity]",
    "minus infinity": b"[-Infinity]", "1e-999": b"[1e-999]", "1e999": b"[1e999]", "digits": b"[" + b"9" * 10**6 + b"]",
    "trailing": b"{} {}", "comment": b"{} // x", "single quotes": b"{'a': 1}", "comma": b"[1,]",
    "html": b"<html></html>", "control": b'["\x01"]', "deep": b"[" * 200_000 + b"]" * 200_000,
    "deep objects": b'{"a":' * 200_000 + b"1" + b"}" * 200_000, "half a pair": b'["\\ud800"]x',
    "nul spelt out": b'["a\\u0000b"]', "lost sign spelt out": b'["\\uFFFD2.49"]',
    "half a pair alone": b'["\\ud83d x"]', "other half": b'{"\\uDE00": 1}',
    "halves turned round": b'["\\ude00\\ud83d"]', "jsonp": b"callback({})", "lines": b"{}\n{}\n",
}  # fmt: skip


@pytest.mark.fault(39)
@pytest.mark.parametrize("name", BROKEN_JSON)
def test_fault_39_broken_json(name: str) -> None:
    """Not one of them is an answer."""
    with pytest.raises(PageChanged):
        json_of(page(BROKEN_JSON[name]))


@pytest.mark.fault(39)
def test_fault_39_signs_that_are_spelt_out_well() -> None:
    """A pair of surrogates is one sign, and a backslash is no escape."""
    body = b'["\\ud83d\\ude00", "\\\\u0000", "\\\\ud83d", "\\\\\\u00e9"]'
    assert json_of(page(body)) == ["\U0001f600", "\\u0000", "\\ud83d", "\\\u00e9"]


def _members(found: Page) -> object:
    return list(members_of(found))


def parse_deep(found: Page) -> Iterator[Fact | Issue]:
    """Reads whatever it is: by its first letter."""
    readers: dict[bytes, Callable[[Page], object]] = {
        b"[": json_of, b"<": html_of, b"-": yaml_records, b"P": _members,
    }  # fmt: skip
    readers[found.body[:1]](found)
    yield from ()


def parse_well(found: Page) -> Iterator[Fact | Issue]:
    """A good reader."""
    yield IndexValue.model_validate({"row": 0, "series": "s", "unit": "u", "period_on": "2026-01-01", "value": 1})


def zipped(body: bytes, times: int = 1) -> bytes:
    """The body as a member of an archive of its own, again and again."""
    for _ in range(times):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.csv", body)
        body = out.getvalue()
    return body


DEEP: dict[str, Callable[[], bytes]] = {
    "json": lambda: b"[" * 200_000 + b"]" * 200_000,
    "html": lambda: b"<b>" * 20_000 + b"</html>",
    "yaml": lambda: b"- " * 100_000 + b"a",
    "yaml flow": lambda: b"- " + b"[" * 100_000,
    "yaml references": lambda: b"- &a [x,x]\n" + b"".join(b"- &b%d [*a,*a]\n" % n for n in range(99)),
    "zip bomb": lambda: zipped(b"0" * 10**8),
    "zip in zip": lambda: zipped(b"0" * 10**6, 5),
}


@pytest.mark.fault(40)
@pytest.mark.parametrize("name", DEEP)
def test_fault_40_nested_deep(name: str) -> None:
    """Too deep is said, not suffered; where the depth does no harm, there is nothing to say."""
    source, deep = small_source("list", parse=parse_deep), DEEP[name]()
    begun = time.monotonic()
    with contextlib.suppress(PageChanged):
        assert list(apart.found_on(source, page(deep))) == []
    assert time.monotonic() - begun < 100
    assert len(apart.found_on(small_source("list", parse=parse_well), page(b"x"))) == 1


@pytest.mark.fault(40)
@pytest.mark.slow
@pytest.mark.parametrize("body", [b"[" + b"[]," * 5_000_000 + b"[]]", b"<html>" + b"<b>x" * 5_000_000 + b"</html>"])
def test_fault_40_five_million_elements(body: bytes) -> None:
    """They are read within the bounds, or given up at the bounds."""
    with contextlib.suppress(PageChanged):
        list(apart.found_on(small_source("list", parse=parse_deep), page(body)))
    assert len(apart.found_on(small_source("list", parse=parse_well), page(b"x"))) == 1


# --- 41 and 42 ---------------------------------------------------------------------------------------------
