"""The report as a file: it says what the tables hold, needs nothing besides itself, and nothing foreign in it runs."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import html
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import unquote

import duckdb
import lxml.html  # pyright: ignore[reportMissingTypeStubs] - a tenth of the time that BeautifulSoup takes
import pytest
import sqlglot
from bs4 import BeautifulSoup, Tag
from sqlglot import exp

from pipeline import answers, build, export
from pipeline.answers import Answer
from pipeline.paths import Home
from pipeline.report import Edition
from tests.support.command import Aicost
from tests.test_house import NUMBERS_WITH_A_NAME

pytest.importorskip("altair", reason="the extra [report] is not installed")
pytest.importorskip("vl_convert", reason="the extra [report] is not installed")

from pipeline import report
from pipeline.report import draw, evidence, labels, look, markup, standing, words

QUESTIONS = answers.all_answers("report")
ORDER = [
    "training-cost", "figures", "ladder", "claim", "gpu-prices", "price-spread", "capability", "frontier", "changes",
    "spend", "thresholds", "coverage", "all-costs", "method", "sources",
]  # fmt: skip
MOST_BYTES = 1_950_000  # of two million: there is room for more prices


@pytest.fixture
def text(offline_report: str) -> str:
    """The report of the offline warehouse."""
    return offline_report


@pytest.fixture(scope="module")
def page(offline_report: str) -> BeautifulSoup:
    """The same, parsed."""
    return BeautifulSoup(offline_report, "lxml")


@pytest.fixture(scope="module")
def charts(page: BeautifulSoup) -> dict[str, Any]:
    """The specifications that the page carries, by the names of their charts."""
    return json.loads(_unpacked(page, "charts"))


def _unpacked(page: BeautifulSoup, name: str) -> str:
    script = page.find("script", id=name)
    assert script is not None
    return gzip.decompress(base64.b64decode(script.get_text())).decode()


def _tags(page: BeautifulSoup | Tag, selector: str) -> list[Tag]:
    return list(page.select(selector))


# --- the questions --------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", QUESTIONS, ids=[found.name for found in QUESTIONS])
def test_what_the_report_shows_is_one_select_over_public_tables(asked: Answer) -> None:
    """Whoever has the file can ask for the figures behind each chart in any SQL tool."""
    (tree,) = [part for part in sqlglot.parse(asked.sql, read="duckdb") if part is not None]
    local = {cte.alias for cte in tree.find_all(exp.CTE)}
    read = {table.name for table in tree.find_all(exp.Table) if table.name and table.name not in local}
    public = {model.name for model in build.models().values() if model.schema == "main"}

    assert isinstance(tree, exp.Query)
    assert {table.db for table in tree.find_all(exp.Table)} <= {""}
    assert read <= public | {"changes"}
    assert {found.this for found in tree.find_all(exp.Literal) if not found.is_string} <= NUMBERS_WITH_A_NAME
    assert tree.args.get("order") or tree.args.get("limit") or asked.name == "gpu_now"


# --- the page -------------------------------------------------------------------------------------


def test_the_page_has_its_parts_in_order(page: BeautifulSoup) -> None:
    """Head, five cards, then every section of the field knowledge, one heading of the first rank."""
    assert page.html is not None
    assert page.html["lang"] == "en"
    assert len(_tags(page, "h1")) == 1
    assert len(_tags(page, ".cards > li")) == 5
    assert [section["id"] for section in _tags(page, "main > section.exhibit")] == ORDER
    assert {str(link["href"])[1:] for link in _tags(page, "nav a, .cards a, a.skip")} <= {
        str(tag["id"]) for tag in _tags(page, "[id]")
    }
    assert [tag.get_text() for tag in _tags(page, ".facts dt")] == [
        "As of",
        "Snapshot",
        "Sources",
        "Cite as",
        "Licence",
    ]


def test_every_chart_has_its_finding_measure_note_table_and_file(page: BeautifulSoup) -> None:
    """A chart never stands alone."""
    drawn = [section for section in _tags(page, "section.exhibit") if section.select("figure")]

    assert len(drawn) >= 10
    for section in drawn:
        for part in ("h2", ".measure", ".note", ".legend li", "table", "a[download]"):
            assert section.select(part), (section["id"], part)
        assert re.search(r"dollars|per cent|Days", section.select(".measure")[0].get_text()), section["id"]
        assert re.search(r"\bn = \S", section.select(".note")[0].get_text()), section["id"]
        for figure in section.select("[data-chart]"):
            assert len(str(figure["aria-label"])) > 40
            assert figure.select("svg"), section["id"]


def test_every_number_of_every_table_is_the_tables_own(offline_edition: Edition, offline_report: str) -> None:
    """A cell holds what the SQL that the page names gives, as the page writes it; the file has it to the digit."""
    seen = 0
    page = cast("Any", lxml.html).fromstring(offline_report.partition("\n")[2])
    for exhibit in offline_edition.exhibits:
        for number, table in enumerate(exhibit.tables, 1):
            given = page.get_element_by_id(f"{exhibit.name}-table-{number}")
            raw = answers.ask(offline_edition.evidence.path, table.asked.question, **table.asked.parameters)
            cells = [[cell.text_content() for cell in row.findall("td")] for row in given.iterfind(".//tbody/tr")]
            values = [dict(zip(raw.columns, row, strict=True)) for row in raw.rows]
            assert cells == [[column.show(row[column.key]) for column in table.columns] for row in values]
            (link,) = given.xpath(".//a[@download]")
            assert _file(str(link.get("href"))) == list(csv.reader(io.StringIO(export.as_csv(raw))))
            seen += len(raw.rows) * len(table.columns)
    assert seen > 5000


def _file(address: str) -> list[list[str]]:
    head, _, body = address.partition(",")
    packed = head == "data:application/gzip;base64"
    text = gzip.decompress(base64.b64decode(body)).decode() if packed else unquote(body)
    assert packed or head == "data:text/csv;charset=utf-8"
    return list(csv.reader(io.StringIO(text)))


def test_a_table_says_as_much_as_it_shows(page: BeautifulSoup) -> None:
    """No cell is blank: what is missing is said."""
    blank = [cell for cell in _tags(page, "tbody td") if not cell.get_text().strip()]

    assert blank == []


def test_the_page_asks_nothing_of_the_network(text: str, page: BeautifulSoup) -> None:
    """No address is loaded; links lead to pages on the web and nowhere else, and no style stands on an element."""
    for tag in _tags(page, "[src], link, iframe, object, embed, form, base"):
        raise AssertionError(tag)
    links = [str(tag.get("href") or tag.get("xlink:href")) for tag in page.find_all("a")]
    assert {link.split(":")[0] for link in links if not link.startswith("#")} <= {"http", "https", "data"}
    assert not _tags(page, "[style], [onclick], [onload], [onerror]")
    assert "@import" not in text
    assert "url(" not in text.replace("url(#", "")


def test_only_its_own_scripts_and_style_run(page: BeautifulSoup) -> None:
    """The policy names the hash of each script and of the style, and allows nothing else."""
    policy = str(_tags(page, "meta[http-equiv]")[0]["content"])
    allowed = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    running = [script.get_text() for script in _tags(page, "script[type=module]")] + [_unpacked(page, "vega")]

    assert allowed["default-src"] == "'none'"
    assert sorted(allowed["script-src"].split()) == sorted(_hash(code) for code in running)
    assert allowed["style-src"].split() == [_hash(style.get_text()) for style in _tags(page, "style")]
    assert "unsafe" not in policy
    assert {str(script.get("type")) for script in _tags(page, "script")} == {"module", "text/plain"}


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_page_is_small(text: str, offline_edition: Edition) -> None:
    """Two megabytes at most; without Vega a good deal less, and with the same pictures."""
    static = offline_edition.text(is_static=True)

    assert len(text.encode()) <= MOST_BYTES
    assert len(static.encode()) < len(text.encode()) - 400_000
    assert re.findall(r"<svg.*?</svg>", static, re.DOTALL) == re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert "vegaEmbed=" not in static
    assert 'id="vega"' not in static


# --- the charts -----------------------------------------------------------------------------------


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        node = cast("dict[str, Any]", value)
        yield node
        for part in node.values():
            yield from _nodes(part)
    elif isinstance(value, list):
        for part in cast("list[Any]", value):
            yield from _nodes(part)


def test_every_day_is_drawn_in_utc(charts: dict[str, Any]) -> None:
    """A reader in California sees the same day: no time scale without UTC, no time unit or format of the local zone."""
    times = 0
    for name, chart in charts.items():
        for node in (node for size in ("wide", "narrow") for node in _nodes(chart.get(size))):
            if node.get("type") == "temporal":
                times += 1
                assert node["scale"]["type"] == "utc", (name, node)
            assert not str(node.get("timeUnit", "utc")).startswith(("year", "month", "day", "date", "hour")), (
                name,
                node,
            )
            assert node.get("formatType") != "time", name
            assert "timeFormat(" not in json.dumps(node.get("labelExpr", "")), name
    assert times > 10


def test_no_chart_names_a_billion_g_or_draws_bars_on_a_logarithm(charts: dict[str, Any]) -> None:
    """Labels of dollars are our own; a bar needs a zero, which a logarithm has not."""
    for name, chart in charts.items():
        for node in (node for size in ("wide", "narrow") for node in _nodes(chart.get(size))):
            assert "~s" not in str(node.get("format", "")), name
            if node.get("type") == "log" and "domain" in node:
                assert min(node["domain"]) > 0, name
        kinds = {str(node["mark"]["type"]) for node in _nodes(chart.get("wide")) if "mark" in node}
        scales = {node.get("type") for node in _nodes(chart.get("wide"))}
        assert not ("bar" in kinds and "log" in scales), name


def test_the_charts_hold_no_text_of_a_page_but_in_their_data(charts: dict[str, Any], offline_warehouse: Path) -> None:
    """A specification is a program: names read from pages stand in data alone, never in an expression."""
    names = {row["model_name"] for row in answers.answer(offline_warehouse, "report/cost_points")}
    programs = {
        name: json.dumps([part for key in ("wide", "narrow") for part in _without_data(chart.get(key))])
        for name, chart in charts.items()
    }

    assert not [
        (chart, name) for chart, program in programs.items() for name in names if len(name) > 6 and name in program
    ]


def _without_data(chart: dict[str, Any] | None) -> list[dict[str, Any]]:
    return [{key: value for key, value in (chart or {}).items() if key != "datasets"}]


def test_points_lead_to_their_sources(page: BeautifulSoup, offline_warehouse: Path) -> None:
    """The addresses in the picture are those of the table, to the letter."""
    rows = answers.answer(offline_warehouse, "report/cost_points")
    wanted = {row["source_url"] for row in rows if markup.web_address(row["source_url"])}
    drawn = {
        html.unescape(str(link.get("xlink:href")))
        for link in _tags(page, '[data-chart="training-cost-nominal"] .wide a')
    }

    assert drawn == wanted
    assert len(drawn) > 50


def test_pricing_types_never_share_a_line(charts: dict[str, Any]) -> None:
    """The lines over time are on-demand prices alone; where types stand in one chart, each has its own row."""
    rows = charts["price-types"]["data"]["spreads"]

    assert all(row["row"].endswith(row["type"]) for row in rows)


def test_gaps_stay_gaps(charts: dict[str, Any]) -> None:
    """A quarter without a run is marked, and a month without a price breaks the line."""
    assert len(charts["capability-training"]["data"]["gaps"]) == 2
    assert len({row["run"] for row in charts["gpu-h100"]["data"]["H100_months"]}) > 1


# --- determinism ----------------------------------------------------------------------------------


def test_the_command_writes_one_file_the_same_anywhere(offline_home: Path, tmp_path: Path, text: str) -> None:
    """In another time zone, with another hash seed, in another process: to where it is told, and says where."""
    target = tmp_path / "out" / "report.html"
    environment = {
        "TZ": "America/Los_Angeles",
        "PYTHONHASHSEED": "7",
        "PATH": "/usr/bin:/bin",
        "PYTHONIOENCODING": "utf-8",
    }
    again = subprocess.run(
        [sys.executable, "-m", "pipeline", "report", "--home", offline_home, "--to", target, "--json"],
        capture_output=True, check=True, env=environment, cwd=Path(__file__).parents[1],
    )  # fmt: skip

    assert json.loads(again.stdout)["data"] == {"file": str(target), "bytes": target.stat().st_size}
    assert target.read_text(encoding="utf-8") == text
    assert [path.name for path in target.parent.iterdir()] == ["report.html"]


# --- a hostile and an empty warehouse -------------------------------------------------------------


def _changed(warehouse: Path, folder: Path, *statements: str) -> Path:
    copy = folder / "warehouse.duckdb"
    shutil.copy(warehouse, copy)
    with duckdb.connect(str(copy)) as connection:
        for statement in statements:
            connection.execute(statement)
    return copy


def test_a_hostile_name_is_text_everywhere(hostile_report: str) -> None:
    """A model, provider, claimant or changed cell that is called like a script is printed, its address is no link."""
    page = BeautifulSoup(hostile_report, "lxml")

    assert not _tags(page, "img")
    assert {str(script.get("type")) for script in _tags(page, "script")} == {"module", "text/plain"}
    links = [str(link.get("href") or link.get("xlink:href")) for link in page.find_all("a")]
    assert not [
        link for link in links if not re.match(r"https?:|#|data:text/csv;charset=utf-8,|data:application/gzip;", link)
    ]
    for name in ("all-costs", "coverage", "price-spread", "claim", "ladder", "changes"):
        assert "window.PWNED=1" in _tags(page, f"#{name}")[0].get_text(), name
    assert "\u202e" not in page.get_text()


def test_a_warehouse_without_data_is_told_as_such(offline_warehouse: Path, tmp_path: Path) -> None:
    """No title claims what the tables do not hold; nothing fails where there is nothing."""
    tables = [
        model.name
        for model in build.models().values()
        if model.schema == "main" and model.name not in ("sources", "assumptions")
    ]
    path = _changed(offline_warehouse, tmp_path, *(f'delete from "{name}"' for name in tables))
    page = BeautifulSoup(report.render(path), "lxml")

    assert [section["id"] for section in _tags(page, "main > section.exhibit")] == ORDER
    assert not _tags(page, "figure")
    titles = {str(section["id"]): section.select("h2")[0].get_text() for section in _tags(page, "section.exhibit")}
    for name in (
        "training-cost",
        "figures",
        "ladder",
        "claim",
        "gpu-prices",
        "price-spread",
        "capability",
        "frontier",
        "changes",
        "spend",
        "all-costs",
    ):
        assert re.search(r"\bnot? .*on file", titles[name], re.IGNORECASE), (name, titles[name])
    assert [card.get_text() for card in _tags(page, ".cards strong")] == ["not on file"] * 5


# --- the command ----------------------------------------------------------------------------------


def test_the_report_lies_in_the_home_unless_told_otherwise(
    home: Home, offline_warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What runs after a publish finds it there."""
    asked: list[object] = []

    def edition(path: object) -> SimpleNamespace:
        def text(*, is_static: bool) -> str:
            return f"page {is_static}\n"

        asked.append(path)
        return SimpleNamespace(text=text, evidence="evidence")

    monkeypatch.setattr(report, "edition", edition)
    monkeypatch.setattr(standing, "keep", lambda *given: asked.append(given))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]

    assert report.write(home, path=offline_warehouse, is_static=True) == home.report
    assert home.report.read_text(encoding="utf-8") == "page True\n"
    assert report.write(home) == home.report
    assert asked == [offline_warehouse, home.served, (home.report, "evidence")]


@pytest.fixture(scope="module")
def kept(offline_edition: Edition, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a report, whatever it looks like, and what it rests on."""
    home = Home(tmp_path_factory.mktemp("kept"))
    shutil.copy(str(offline_edition.evidence.path), home.warehouse)
    home.report.write_text("a report", encoding="utf-8")
    standing.keep(home.report, offline_edition.evidence)
    return home


LATER = "update meta.snapshot set snapshot_id = snapshot_id || '-later', published_at = {}"


@pytest.mark.parametrize(
    ("what", "stands"),
    [
        ("", True),
        # another refresh on that day, which found nothing new
        (LATER.format("date_trunc('day', published_at) + interval 1439 minute"), True),
        ("update main.sources set robots = 'looked at again'", True),  # which it does not show
        # what stood on bundled facts was seen, and is fresh
        ("update main.sources set last_seen_at = now(), last_attempt_at = now(), last_outcome = 'unchanged'", False),
        (LATER.format("published_at + interval 1 day"), False),
        ("update main.sources set facts = facts + 1 where source = (select min(source) from main.sources)", False),
        ("update main.claim_checks set verdict = 'odd'", False),
        ("create table main.one_more as select 1 as one", False),
        ("update meta.snapshot set version = '0.0.1'", False),
    ],
)  # fmt: skip
def test_a_report_stands_while_a_new_one_would_say_the_same(
    kept: Home, tmp_path: Path, what: str, stands: bool
) -> None:
    """It is made anew for whatever it shows, and for the day that its ages are counted to."""
    home = Home(shutil.copytree(kept.root, tmp_path / "home"))
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(f"set timezone = 'UTC'; {what}")

    assert report.stands(home) is stands


@pytest.mark.parametrize("lost", ["report", "cut", "basis", "damaged", "code", "warehouse"])
def test_a_report_that_is_lost_or_of_other_code_does_not_stand(
    kept: Home, tmp_path: Path, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not there as it was written is made anew."""
    home = Home(shutil.copytree(kept.root, tmp_path / "home"))
    if lost == "report":
        home.report.unlink()
    elif lost == "cut":
        home.report.write_text("a rep", encoding="utf-8")
    elif lost == "basis":
        standing.beside(home.report).unlink()
    elif lost == "damaged":
        standing.beside(home.report).write_text('{"on": "today"}', encoding="utf-8")
    elif lost == "code":
        monkeypatch.setattr(standing, "made_with", lambda: "another")
    else:
        home.warehouse.unlink()

    assert not report.stands(home)


def test_without_a_warehouse_the_command_says_what_to_do(aicost: Aicost, home: Home) -> None:
    """Not a traceback, and no file."""
    said = aicost("report", "--home", home.root)

    assert said.code == 7
    assert "aicost refresh" in said.err
    assert not home.report.exists()


def test_without_the_extra_the_command_says_how_to_install_it(
    aicost: Aicost, offline_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing, and the command that brings it."""
    monkeypatch.setattr(report, "NEEDS", ("altair", "no_such_library"))
    said = aicost("report", "--home", offline_home, "--to", tmp_path / "report.html")

    assert said.code == 2
    assert "no_such_library" in said.err
    assert "pip install" in said.err
    assert "[report]" in said.err


# --- the parts ------------------------------------------------------------------------------------


def test_labels_never_cover_each_other_nor_leave_the_frame() -> None:
    """Forty names at nearly one point: those that find room are apart and inside."""
    frame = labels.Frame(600, 300, labels.linear_share((0, 10)), labels.log_share((1, 1000)), 12)
    wanted = [(f"model number {number}", 5 + number / 100, 30 + number) for number in range(40)]
    placed = labels.place(wanted, [(x, y) for _, x, y in wanted], frame)
    boxes = [_box(label, frame) for label in placed]

    assert len(placed) >= 5
    for number, box in enumerate(boxes):
        assert box[0] >= 0
        assert box[2] <= frame.width + 4
        assert not any(
            box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
            for other in boxes[:number]
        )


def _box(label: labels.Label, frame: labels.Frame) -> tuple[float, float, float, float]:
    x, y = frame.at(label.x, label.y)
    width = len(label.text) * frame.letters * labels.LETTER
    left = x + label.dx - {"left": 0, "right": width, "center": width / 2}[label.align]
    return left, y + label.dy - 6, left + width, y + label.dy + 6


@pytest.mark.parametrize(
    ("domain", "most", "ticks"),
    [
        ((1e3, 1e10), 9, [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10]),
        ((2, 20), 9, [2, 5, 10, 20]),
        ((1e-3, 1), 4, [1e-3, 1e-2, 1e-1, 1]),
        ((1e3, 1e12), 4, [1e3, 1e6, 1e9, 1e12]),
    ],
)  # fmt: skip
def test_ticks_are_round_and_few(domain: tuple[float, float], most: int, ticks: list[float]) -> None:
    """Powers of ten, with twos and fives where there is room."""
    assert look.log_ticks(domain, most) == pytest.approx(ticks)


def test_amounts_and_days_are_written_as_a_newspaper_does() -> None:
    """Three significant figures, B for billions, real minus signs, UTC days, and words for what is missing."""
    assert words.usd(930e6) == "$930M"
    assert words.usd(1.2e9) == "$1.2B"
    assert words.usd(None) == "not on file"
    assert words.usd_range(None, 5e6) == "at most $5M"
    assert words.hourly(3.4) == "$3.40"
    assert words.signed_share(-0.031) == "\u22123.1%"
    assert words.signed_share(0.0001) == "0.0%"
    assert words.times(19.04) == "19"
    assert words.times(2.66) == "2.7"
    assert words.day(date(2024, 12, 24)) == "24 Dec 2024"
    assert words.day(datetime(2024, 12, 24, 23, 30, tzinfo=UTC)) == "24 Dec 2024"
    assert words.count(2, "model is", "models are") == "two models are"
    assert words.listed(["a", "b", "c"], 2) == "a, b and 1 more"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", 'https://x/"onload=', "", None, "file:///etc/passwd"]
)
def test_only_an_address_on_the_web_is_a_link(address: object) -> None:
    """Anything else is printed as text."""
    assert markup.web_address(address) is None
    assert markup.link("text", address) == "text"


def test_text_is_escaped_and_markup_is_not() -> None:
    """In elements and in attributes."""
    made = markup.tag("p", "<b>", markup.tag("i", "&"), title='"<', hidden=False, data_x="1")

    assert made == '<p title="&quot;&lt;" data-x="1">&lt;b&gt;<i>&amp;</i></p>'


def test_a_picture_is_rounded_where_it_is_drawn_and_nowhere_else() -> None:
    """Digits of an address or of a text are not those of a path."""
    given = ' d="M1.2345,6.789" x="3.14159" xlink:href="https://arxiv.org/abs/2405.21015"'
    made = draw.PLACED.sub(lambda found: draw.LONG_NUMBER.sub(r"\1", found[0]), given)

    assert made == ' d="M1.2,6.7" x="3.1" xlink:href="https://arxiv.org/abs/2405.21015"'


def test_the_evidence_asks_each_question_once(offline_warehouse: Path) -> None:
    """Cards and charts rest on the same rows."""
    from pipeline import warehouse

    snapshot = warehouse.snapshot_of(offline_warehouse)
    assert snapshot is not None
    found = evidence.read(offline_warehouse, snapshot)

    assert found.ask("report/verdicts") is found.ask("report/verdicts")
    assert found.rows("report/verdicts") == found.ask("report/verdicts").rows
