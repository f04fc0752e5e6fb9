"""Lines 44 to 49 of the fault matrix: names on a page that are made to be more than names."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from flows.refresh import status_markdown
from pipeline import export
from pipeline.errors import UsageError
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


@pytest.mark.fault(45)
def test_fault_45_html_and_scripts(shop: PriceWorld, aicost: Aicost) -> None:
    """In JSON and Markdown they are text; the browser's part is test_report_browser.py."""
    said = aicost("query", "select distinct offer from gpu_price_history", "--format", "json", "--home", shop.home.root)
    assert {row["offer"] for row in json.loads(said.out)} == set(offers(shop))

    for name in SCRIPTS:
        assert "<" not in export.inert(name)
        assert "](" not in export.inert(name)


PATHS = [
    "../../etc/passwd", "/etc/passwd", "..", ".", "con", "CON", "nul", "aux.csv", "a/b", "a\\b", "a" * 300, "A",
    "a\x00b", "~", "", "-rf", "a b", "C:evil", "\u2024\u2024/x", "%2e%2e%2fx", "prices\n",
]  # fmt: skip


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
