"""Lines 44 to 49 of the fault matrix: names on a page that are made to be more than names."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.refresh import status_markdown
from pipeline import export, feed, show, warehouse, webhook
from pipeline.archive import Archive
from pipeline.errors import ArchiveError, FetchError, UsageError
from pipeline.paths import Home
from pipeline.source import find_source
from tests.support import price_world
from tests.support.command import Aicost
from tests.support.price_world import PriceWorld
from tests.support.small_world import SmallWorld

FORMULAS = [
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://evil.test")', "'=1",
    "\n=1", "--x", "=1,2", '="a"',
]  # fmt: skip
SCRIPTS = [
    "<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
    "javascript:alert(1)", "<!--", "]]>", "&lt;b&gt;", "<a href='javascript:alert(1)'>x</a>", "{{7*7}}", "${7*7}",
]  # fmt: skip
STATEMENTS = [
    "x'; drop table gpu_prices; --", '"; delete from raw.gpu_prices; --', "' or 1=1 --", "$1", "?", "\\'; x",
    "/* x", "name' union select * from meta.sources --", "');copy gpu_prices to '/tmp/x",
]  # fmt: skip
ESCAPES = [
    "\x1b[2J\x1b[31mred", "\x1b]0;title\x07", "\x1b]8;;http://evil.test\x07link\x1b]8;;\x07", "\x9b31m", "a\rb",
    "a\x08b", "\u202egnp.exe", "\u2066x\u2069", "\u200bzero", "\x7f", "\u2028line", "\x1bP1$r\x1b\\", "\u061c",
    "\x85next",
]  # fmt: skip
MARKUP = [
    "*bold*", "_it_", "~~gone~~", "`code`", "[x](javascript:alert(1))", "![x](http://evil.test/x.png)", "<b>x</b>",
    "a | b", "a\n\n# heading", "\\", "&copy;", "http://evil.test", "<!channel>", "***", "a\n---",
    "<http://evil.test>",
]  # fmt: skip
NAMES = [*FORMULAS, *SCRIPTS, *STATEMENTS, *ESCAPES, *MARKUP]
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


def lines_of(names: list[str], price: float = 2.0) -> list[str]:
    """A page of offers of these names."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([name, "H100 SXM", 8, "on_demand", price] for name in names)
    return [out.getvalue()]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> PriceWorld:
    """A warehouse whose offers have every one of these names, published twice: once at another price."""
    monkeypatch = pytest.MonkeyPatch()
    world = price_world.make(Home(tmp_path_factory.mktemp("strings")), monkeypatch)
    world.sources[price_world.SHOP] = price_world.made_source(parse=price_world.parse, most=1000)
    now = datetime.now(UTC)
    world.see((now - timedelta(days=2)).isoformat()[:19], *lines_of(NAMES))
    world.publish()
    world.see((now - timedelta(days=1)).isoformat()[:19], *lines_of(NAMES, 2.2), *lines_of(["later <i>"], 2.0))
    world.publish()
    monkeypatch.undo()
    return world


def offers(world: PriceWorld) -> list[str]:
    """What became of the names."""
    return [str(name) for (name,) in world.ask("select distinct offer from gpu_price_history order by 1")]


@pytest.mark.fault(44)
def test_fault_44_formulas(shop: PriceWorld, tmp_path: Path, aicost: Aicost) -> None:
    """No text cell of a CSV begins as a formula, numbers are numbers, and every name comes back whole."""
    printed = aicost("query", "select offer, price, -price as negative from gpu_price_history", "--format", "csv",
                     "--home", shop.home.root)  # fmt: skip
    export.export(shop.home.warehouse, tmp_path, ["gpu_price_history"], ["csv", "parquet", "xlsx", "json"])
    rows = list(
        csv.DictReader(io.StringIO((tmp_path / "gpu_price_history.csv").read_text(encoding="utf-8", newline="")))
    )

    assert printed.code == 0
    for row in rows:
        assert not row["offer"].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        assert float(row["price"]) > 0
    assert {re.sub("^'", "", row["offer"]) for row in rows} == set(offers(shop))
    assert all(float(row["negative"]) < 0 for row in csv.DictReader(io.StringIO(printed.out)))
    workbook = (tmp_path / "aicost.xlsx").read_bytes()
    import zipfile

    sheets = zipfile.ZipFile(io.BytesIO(workbook))
    assert not [name for name in sheets.namelist() if b"<f>" in sheets.read(name) or b"<hyperlink" in sheets.read(name)]


@pytest.mark.fault(45)
def test_fault_45_html_and_scripts(shop: PriceWorld, aicost: Aicost) -> None:
    """In JSON and Markdown they are text; the browser's part is test_report_browser.py."""
    said = aicost("query", "select distinct offer from gpu_price_history", "--format", "json", "--home", shop.home.root)
    assert {row["offer"] for row in json.loads(said.out)} == set(offers(shop))

    for name in SCRIPTS:
        assert "<" not in export.inert(name)
        assert "](" not in export.inert(name)


@pytest.mark.fault(46)
def test_fault_46_sql_in_names(shop: PriceWorld, aicost: Aicost) -> None:
    """A name is a value wherever it goes, and an argument is looked up, not run."""
    assert set(STATEMENTS) <= set(offers(shop))
    before = shop.home.warehouse.read_bytes()
    for text in STATEMENTS:
        home = ("--home", shop.home.root)
        for words in (("refresh", text), ("export", text), ("schema", text), ("quarantine", "show", text)):
            assert aicost(*words, *home).code == 2, words
        assert aicost("prices", text, *home).code in (0, 2)
        assert aicost("prices", "H100", "--provider", text, *home).code in (0, 2)
    assert shop.home.warehouse.read_bytes() == before


@pytest.mark.fault(46)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(st.characters(codec="utf-8"), max_size=40))
def test_fault_46_any_text_is_a_value(offline_warehouse: Path, name: str) -> None:
    """Whatever stands in a parameter or a literal comes back as it is."""
    quoted = name.replace("'", "''")
    if "\x00" not in name:
        assert warehouse.query(offline_warehouse, f"select '{quoted}' as name").rows == [(name,)]
    assert warehouse.query(offline_warehouse, "select ? as name", [name]).rows == [(name,)]


PATHS = [
    "../../etc/passwd", "/etc/passwd", "..", ".", "con", "CON", "nul", "aux.csv", "a/b", "a\\b", "a" * 300, "A",
    "a\x00b", "~", "", "-rf", "a b", "C:evil", "\u2024\u2024/x", "%2e%2e%2fx", "prices\n",
]  # fmt: skip


@pytest.mark.fault(47)
def test_fault_47_paths_in_names(shop: PriceWorld, tmp_path: Path, aicost: Aicost) -> None:
    """Tables and sources are looked up among those there are; nothing is written outside, or at all."""
    folder = tmp_path / "deep" / "out"
    for name in PATHS:
        if name.startswith("-"):
            continue
        assert aicost("export", name, "--to", folder, "--home", shop.home.root).code == 2, name
        assert aicost("refresh", name, "--home", shop.home.root).code == 2, name
        assert aicost("ingest", name, __file__, "--home", tmp_path / "home").code == 2, name
    assert not list(tmp_path.rglob("*.csv"))
    archive = Archive(tmp_path / "archive")
    for name in (name for name in PATHS if not re.fullmatch("[a-z]+", name)):
        with pytest.raises(ArchiveError):
            archive.keep(name, b"x")
    assert not (tmp_path / "archive").exists()


@pytest.mark.fault(48)
def test_fault_48_terminal_escapes(shop: PriceWorld, aicost: Aicost) -> None:
    """No control character, and no sign that turns text around, reaches a terminal or a pipe."""
    home = ("--home", shop.home.root)
    asked = "select distinct offer from gpu_price_history"
    said = [aicost("query", asked, "--format", form, *home) for form in ("table", "csv", "json", "md")]
    said += [aicost("status", *home), aicost("quarantine", "list", "--all", *home), aicost("schema", *home)]
    said += [aicost("prices", "H100", *home)]
    for text in ESCAPES:
        for words in (("refresh", text), ("export", text), ("query", text), (text,), ("refresh", f"--{text}")):
            if "\x00" not in text:
                said.append(aicost(*words, *home))
    for one in said:
        assert not CONTROL.search(one.out + one.err), repr(CONTROL.findall(one.out + one.err)[:5])
    assert not any(CONTROL.search(show.printable(text)) for text in ESCAPES)


@pytest.mark.fault(48)
def test_fault_48_terminal_escapes_in_errors_of_sources(world: SmallWorld, aicost: Aicost) -> None:
    """Also where an error repeats what a server said."""
    world.bundle("list", "2026-01-01", 1)
    world.receive("list", "changed")
    visit = world.archive.visits("list")[-1]
    world.archive.log(visit.model_copy(update={
        "visit_id": f"{visit.visit_id}x", "outcome": "failed", "pages": (),
        "error": FetchError(f"the site said {''.join(ESCAPES)}", page=ESCAPES[1], fix=ESCAPES[2]).as_json(),
    }))  # fmt: skip
    world.publish()
    for form in ((), ("--json",)):
        said = aicost("status", *form, "--home", world.home.root)
        assert not CONTROL.search(said.out + said.err)


@pytest.mark.fault(49)
def test_fault_49_markup(shop: PriceWorld, aicost: Aicost) -> None:
    """Markdown, the feed, the webhook and Prefect's artifact each show the text and do nothing else."""
    said = aicost("query", "select distinct offer from gpu_price_history", "--format", "md", "--home", shop.home.root)
    table = said.out.splitlines()
    assert len(table) == 2 + len(offers(shop))
    for line in table[2:]:
        cell = line.removeprefix("| ").removesuffix(" |")
        assert not re.search(r"(?<!\\)[*`\[|~]", cell), cell
        assert not re.search(r"<|&(?!amp;|lt;)", cell), cell

    document = ElementTree.fromstring(feed.write(shop.home, most=1000).read_bytes())
    texts = [element.text or "" for element in document.iter()]
    assert any("<i>" in text for text in texts)
    assert {element.tag.rpartition("}")[2] for element in document.iter()} <= {
        "feed", "id", "title", "updated", "author", "name", "generator", "entry", "category", "content",
    }  # fmt: skip
    sent = webhook.message(shop.home, None, [])
    assert sent is None or json.loads(sent)


@pytest.mark.fault(49)
@pytest.mark.parametrize("text", MARKUP + SCRIPTS)
def test_fault_49_artifacts(world: SmallWorld, text: str) -> None:
    """What a server said is shown in Prefect's UI as text, and the table stays a table."""
    world.fail("list", datetime(2026, 1, 1, tzinfo=UTC))
    visit = world.archive.visits("list")[-1].model_copy(update={"error": {"message": text}})
    rows = status_markdown({"list": visit}, UsageError(text)).splitlines()
    line = rows[-1]

    assert line.startswith("| list | failed | 0 | ")
    assert "<" not in line
    assert not re.search(r"(?<!\\)[*`\[!~]", line)


def test_sources_are_found_by_their_whole_name() -> None:
    """And by nothing that looks like it."""
    with pytest.raises(UsageError):
        find_source("Coreweave")
