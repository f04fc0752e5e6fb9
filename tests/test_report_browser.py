"""The report as people see it: in a real browser, offline, on a screen and a phone, with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from pipeline.report import Edition
from tests.support import hostile
from tests.support.browser import Reader, browsing, hindrances, reading

pytest.importorskip("altair", reason="the extra [report] is not installed")

from pipeline.report import words

UTC, ANGELES = "UTC", "America/Los_Angeles"
ALL = [Reader(*parts) for parts in product((1280, 390), ("light", "dark"), (True, False), (UTC, ANGELES))]
# Every pair of two properties is among these; the rest take longer and find little more.
FEW = [
    Reader(1280, "light", True, ANGELES), Reader(1280, "dark", False, UTC), Reader(390, "light", False, ANGELES),
    Reader(390, "dark", True, UTC),
]  # fmt: skip
readers = pytest.mark.parametrize(
    "reader", [pytest.param(reader, id=str(reader), marks=[] if reader in FEW else pytest.mark.slow) for reader in ALL]
)
# Of each chart: name, whether it is shown, and each picture of it that is shown: place, width, number of marks.
CHARTS = """[...document.querySelectorAll('[data-chart]')].map(chart => [
    chart.dataset.chart,
    chart.getClientRects().length > 0,
    [...chart.querySelectorAll('svg')].filter(one => one.getClientRects().length > 0).map(one => {
        const box = one.getBoundingClientRect();
        return [box.left, box.width, one.querySelectorAll('path, line, text').length];
    }),
])"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for all tests of this file."""
    with browsing() as running:
        yield running


@pytest.fixture(scope="module")
def file(browser: Any, offline_report: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report, as a file."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(offline_report, encoding="utf-8", newline="")
    return path


def _charts(seen: Any) -> int:
    return int(seen.page.locator("html").get_attribute("data-charts"))


@readers
def test_the_page_is_whole_for_every_reader(browser: Any, file: Path, reader: Reader) -> None:
    """No request but for the file itself, nothing on the console, each chart drawn and visible, no sideways scroll."""
    with reading(browser, file, reader) as seen:
        assert [url for url in seen.requests if not url.startswith(("file:", "data:"))] == []
        assert seen.complaints == []
        width = seen.page.evaluate("document.documentElement.scrollWidth")
        assert width <= reader.width
        charts = seen.page.evaluate(CHARTS)
        assert len(charts) == _charts(seen) >= 15
        for name, is_shown, pictures in charts:
            assert len(pictures) == int(is_shown), name
            for left, width, marks in pictures:
                assert width > 250, name
                assert left >= 0, name
                assert left + width <= reader.width, name
                assert marks > 10, name
        assert sum(is_shown for _, is_shown, _ in charts) == len(charts) - 1  # of the two price levels one is seen
        if reader.has_scripts:
            assert seen.page.locator("html").get_attribute("data-ready") == str(_charts(seen))
            assert seen.page.locator("[data-drawn]").count() == _charts(seen)


@pytest.mark.parametrize("reader", [reader for reader in FEW if reader.has_scripts], ids=str)
def test_nothing_hinders_people(browser: Any, file: Path, reader: Reader) -> None:
    """Axe-core finds nothing serious: texts, colours, names, landmarks, tables, focus. Pictures are hidden from it."""
    with reading(browser, file, reader, bypass_csp=True) as seen:
        # every table open, of the long ones the first rows: the others are of the same kind
        seen.page.evaluate(
            "for (const part of document.querySelectorAll('details')) part.open = true;"
            "for (const row of document.querySelectorAll('tbody tr:nth-child(n + 4)')) row.remove();"
            "for (const mark of document.querySelectorAll('svg.marks g g, [data-drawn] svg g g')) mark.remove();"
        )

        assert hindrances(seen.page) == []


def test_tables_and_links_are_reached_by_keyboard(browser: Any, file: Path) -> None:
    """The first stop skips to the figures; a table's region takes the focus and scrolls; a choice is made by arrows."""
    with reading(browser, file, FEW[0]) as seen:
        page = seen.page
        page.keyboard.press("Tab")
        assert page.locator(":focus").get_attribute("href") == "#main"
        page.locator("#training-cost-table-1 summary").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.locator(":focus").get_attribute("role") == "region"
        shown = page.locator('[data-chart="training-cost-real"]')
        assert not shown.is_visible()
        page.locator("#training-cost-choice-0").focus()
        page.keyboard.press("ArrowRight")
        assert shown.is_visible()
        assert shown.locator("svg").first.is_visible()


def test_a_table_sorts_by_its_values(browser: Any, file: Path) -> None:
    """$690M comes before $3.2B, and what is missing comes last."""
    with reading(browser, file, FEW[0]) as seen:
        table = seen.page.locator("#all-costs-table-1")
        table.locator("summary").click()
        table.locator("th button", has_text="Reported").click()
        cells = [text for text in table.locator("td:nth-child(4)").all_inner_texts() if text.startswith("$")]
        values = [_amount(text) for text in cells]
        assert values == sorted(values, reverse=True)
        assert len(values) >= 5
        assert table.locator("td:nth-child(4)").first.inner_text() == cells[0]
        table.locator("th button", has_text="Published").click()
        days = table.locator("td:nth-child(3)").all_inner_texts()
        assert days == sorted(days)


def _amount(text: str) -> float:
    found = re.fullmatch(r"\$([\d.,]+)([KMBT]?)", text)
    assert found, text
    return float(found[1].replace(",", "")) * {"": 1, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}[found[2]]


def test_the_page_shows_what_the_tables_hold(browser: Any, file: Path, offline_edition: Edition) -> None:
    """Every cell of every table in the browser is the value of the SQL that the page names."""
    with reading(browser, file, FEW[0]) as seen:
        for exhibit in offline_edition.exhibits:
            for number, table in enumerate(exhibit.tables, 1):
                cells = seen.page.locator(f"#{exhibit.name}-table-{number} td").evaluate_all(
                    "all => all.map(cell => cell.textContent)"
                )
                assert cells == [column.show(row[column.key]) for row in table.asked.rows for column in table.columns]


TEXTS = """[...document.querySelectorAll('[data-chart]')].map(chart => {
    const one = [...chart.querySelectorAll('svg')].find(svg => !svg.closest('.narrow'));
    const across = mark => Math.round(mark.getCTM().e / one.getBoundingClientRect().width * 200);
    const marks = [...one.querySelectorAll('.mark-symbol path')].map(across).sort((a, b) => a - b);
    const texts = [...one.querySelectorAll('text')].map(text => text.textContent).filter(text => text);
    return [chart.dataset.chart, texts.sort(), [...new Set(marks)].length];
})"""


def test_scripts_draw_what_the_pictures_show(browser: Any, file: Path) -> None:
    """To the letter, in Los Angeles as in Greenwich, and marks at as many places: where days are lost, it collapses."""
    static: list[Any] = []
    greenwich: list[Any] = []
    angeles: list[Any] = []
    for drawn, scripts, zone in ((static, False, UTC), (greenwich, True, UTC), (angeles, True, ANGELES)):
        with reading(browser, file, Reader(1280, "light", scripts, zone)) as seen:
            drawn += seen.page.evaluate(TEXTS)

    assert greenwich == angeles
    for (name, texts, places), (_, scripted, scripted_places) in zip(static, greenwich, strict=True):
        assert scripted == texts, name
        assert places == 0 or abs(scripted_places - places) <= 2 + places // 10, name
    assert {name: places for name, _, places in greenwich}["training-cost-nominal"] > 40


def test_a_point_tells_itself_and_leads_to_its_source(browser: Any, file: Path) -> None:
    """A tooltip with cost, scope and basis; a press opens the page that the pictures without scripts link to."""
    with reading(browser, file, FEW[1]) as seen:
        linked = set(seen.page.locator("svg a").evaluate_all("all => all.map(one => one.href.baseVal)"))
    assert len(linked) > 100
    assert all(address.startswith(("https://", "http://")) for address in linked)

    with reading(browser, file, FEW[0]) as seen:
        point = seen.page.locator('[data-chart="training-cost-nominal"] [data-drawn] .mark-symbol path').last
        point.scroll_into_view_if_needed()
        box = point.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        seen.page.mouse.move(x - 40, y)
        seen.page.mouse.move(x, y)
        seen.page.locator("#tip").wait_for(state="visible")
        told = seen.page.locator("#tip b").all_inner_texts()
        assert {"Model", "Published", "Cost", "Covers", "Basis"} <= set(told)
        with seen.page.context.expect_page():
            seen.page.mouse.click(x, y)


def test_a_hostile_name_runs_nothing(browser: Any, hostile_report: str, tmp_path: Path) -> None:
    """In the table, in the chart and in its tooltip it is text."""
    path = tmp_path / "report.html"
    path.write_text(hostile_report, encoding="utf-8", newline="")
    with reading(browser, path, FEW[0]) as seen:
        # the pointer goes over every mark
        seen.page.evaluate(
            "for (const mark of document.querySelectorAll('[data-drawn] :is(.mark-symbol path, .mark-text text)'))"
            " mark.dispatchEvent(new MouseEvent('mousemove', {bubbles: true, clientX: 300, clientY: 300}))"
        )
        assert seen.page.evaluate("typeof window.PWNED") == "undefined"
        assert seen.page.locator("img").count() == 0
        assert words.text(hostile.NAME) in seen.page.locator("#all-costs-table-1").text_content()
        assert seen.complaints == []
        assert [url for url in seen.requests if not url.startswith("file:")] == []


def test_the_page_prints(browser: Any, file: Path) -> None:
    """On paper: black on white even for a reader of dark screens, charts whole, tables left out."""
    with reading(browser, file, FEW[3]) as seen:
        seen.page.emulate_media(media="print")

        assert seen.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert not seen.page.locator("#training-cost details").first.is_visible()
        assert seen.page.locator('[data-chart="ladder"] svg').first.is_visible()
        assert len(seen.page.pdf()) > 50_000
