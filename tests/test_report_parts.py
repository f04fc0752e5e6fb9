"""What the parts of the report say when data move: header, what changed, days of sources, parts of a cost, sources."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from bs4 import BeautifulSoup

from pipeline import warehouse
from pipeline.errors import StorageError
from pipeline.report import Edition

pytest.importorskip("altair", reason="the extra [report] is not installed")
pytest.importorskip("vl_convert", reason="the extra [report] is not installed")

from pipeline.report import breakdown, cards, coverage, evidence, markup, page, quality, words

# What is made of several sources, and what holds no figure: the table below has the sources of the first.
MADE_OF_SEVERAL = {"area", "nominal_trend", "real_trend", "months", "basket", "path", "edge"}
NO_FIGURE = {("thresholds", "lines"), ("capability-training", "gaps")}


def _evidence(published: Path, folder: Path, *statements: str) -> evidence.Evidence:
    """The evidence of a copy of a published file after some statements."""
    copy = folder / "warehouse.duckdb"
    shutil.copy(published, copy)
    with duckdb.connect(str(copy)) as connection:
        for statement in statements:
            connection.execute(statement)
    snapshot = warehouse.snapshot_of(copy)
    if snapshot is None:
        raise StorageError("the copy holds no snapshot")
    return evidence.read(copy, snapshot)


# --- every mark has its source --------------------------------------------------------------------


def _units(spec: dict[str, Any], data: str = "") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each mark of a specification: its data, its kind and what it shows."""
    data = spec.get("data", {}).get("name", data)
    for part in (*spec.get("layer", ()), *spec.get("vconcat", ())):
        yield from _units(part, data)
    if "mark" in spec:
        yield data, spec["mark"]["type"], spec["encoding"]


def test_every_mark_leads_to_its_source(offline_edition: Edition) -> None:
    """A mark is a link, or belongs to one that is, or is made of several figures, and then a table has their pages."""
    linked = 0
    for exhibit in offline_edition.exhibits:
        for drawing in exhibit.drawings:
            marks = list(_units(drawing.wide))
            with_link = {data for data, _, shown in marks if "href" in shown}
            for data, kind, _ in marks:
                several = data.partition("_")[2] in MADE_OF_SEVERAL or data in MADE_OF_SEVERAL
                named = kind == "text" or data in with_link or (drawing.name, data) in NO_FIGURE
                assert named or several or (drawing.name, data) == ("coverage-inputs", "inputs"), (drawing.name, data)
            for data in with_link:
                rows = drawing.data[data]
                linked += sum(bool(row.get("url")) for row in rows)
                assert all(row["url"] == "" or markup.web_address(row["url"]) for row in rows), drawing.name
                assert sum(bool(row["url"]) for row in rows) >= 0.85 * len(rows), (drawing.name, data)
    assert linked > 1000


def test_every_chart_s_table_names_the_pages_of_its_figures(offline_edition: Edition) -> None:
    """A column of links, and nearly every row has one."""
    for exhibit in (exhibit for exhibit in offline_edition.exhibits if exhibit.drawings):
        links = [(table, column.link) for table in exhibit.tables for column in table.columns if column.link]
        assert links, exhibit.name
        for table, link in links:
            found = [markup.web_address(row[link]) for row in table.asked.rows]
            assert sum(address is not None for address in found) >= 0.6 * len(found), (exhibit.name, table.caption)


# --- the header -----------------------------------------------------------------------------------


def _header(found: evidence.Evidence) -> list[str]:
    made = BeautifulSoup(page.page(found, [], [], is_static=True), "lxml")
    (states,) = [row.select("dd p") for row in made.select(".facts > div") if row.get_text().startswith("Sources")]
    return [paragraph.get_text() for paragraph in states]


def test_the_header_says_which_sources_are_fresh_stale_and_set_aside(offline_warehouse: Path, tmp_path: Path) -> None:
    """Numbers, names and days; one is one."""
    found = _evidence(
        offline_warehouse, tmp_path,
        "update sources set via = 'fetch', observed_at = (select published_at from meta.snapshot), "
        "last_seen_at = (select published_at from meta.snapshot) where source in ('vast', 'oci')",
        "update sources set via = 'fetch', observed_at = '2026-10-01', last_seen_at = '2026-10-01' "
        "where source = 'runpod'",
        "update sources set last_outcome = 'failed', last_error = 'no answer' where source = 'vultr'",
        "update sources set quarantined = 12 where source = 'nebius'",
    )  # fmt: skip
    total = len(found.sources)
    fresh, bundled, stale, failed, aside = _header(found)

    assert fresh == f"2 of {total} sources are fresh from the web: oci and vast."
    assert bundled.startswith(f"{sum(state.state == 'bundled' for state in found.sources)} of {total} sources stand on")
    assert "17 Mar 2025 (epoch_hardware_prices) to" in bundled
    assert stale == f"1 of {total} sources is stale: runpod, last good 2026-10-01."
    assert failed.startswith(f"1 of {total} sources is without a good newest visit: vultr, last good 2026-")
    assert aside == f"1 of {total} sources has rows in quarantine: nebius (12)."


# --- what changed ---------------------------------------------------------------------------------

CHANGED = """insert into changes select published_at - interval {age}, 's2', 's1', '{table}', '{key}', '{change}',
    '{column}', '{old}', '{new}', {share}, '{cause}', '{detail}' from meta.snapshot"""


def _change(**given: object) -> str:
    key = json.dumps({"accelerator_id": "nvidia-h100-sxm-80gb", "provider": "Nebius"})
    row: dict[str, object] = {
        "age": "0 day", "table": "gpu_price_now", "key": key, "change": "changed", "column": "usd_per_gpu_hour",
        "old": "4.5000000000000001", "new": "3.15", "share": -0.3, "cause": "source", "detail": "nebius",
    }  # fmt: skip
    return CHANGED.format(**{**row, **given})


def test_what_changed_tells_rows_cells_and_causes(offline_warehouse: Path, tmp_path: Path) -> None:
    """Of the week before the publish, old and new, in words; what is older is not of this week."""
    found = _evidence(
        offline_warehouse, tmp_path, _change(), _change(key='{"n":1}', cause="method", detail="sql main/x.sql"),
        _change(key='{"n":2}', age="6 day"), _change(key='{"n":3}', age="8 day"),
        _change(key='{"n":4}', change="added", column="", share="null", cause="reference", table="reported_claims"),
    )  # fmt: skip
    told, (card,) = quality.changes(found), [card for card in cards.cards(found) if card.leads_to == "changes"]
    cells, counts = told.tables
    shown = [[column.show(row[column.key]) for column in cells.columns] for row in cells.asked.rows]

    day = words.day(found.snapshot.published_at)
    assert told.title.startswith(f"Four cells and rows moved in the week to {day}: 50% because a source moved, 25%")
    assert "our method moved" in told.title
    assert told.title.endswith(" and 1 more")
    assert "reference data were mended" in [
        row[1] for row in ([c.show(r[c.key]) for c in counts.columns] for r in counts.asked.rows)
    ]
    assert (card.figure, card.fine) == ("4", f"in the week to {day}")
    assert card.said == "rows and cells in two tables, most because a source moved"
    assert ["nvidia-h100-sxm-80gb · Nebius", "usd_per_gpu_hour", "4.5", "3.15", "\u221230%",
            "a\u00a0source\u00a0moved", "nebius", "gpu_price_now"] in shown  # fmt: skip
    assert len(shown) == 3
    assert sum(row["changes"] for row in counts.asked.rows) == 4
    assert cells.is_open


def test_a_week_without_a_change_is_said(offline_warehouse: Path, tmp_path: Path) -> None:
    """Which is another thing than no publish to compare with."""
    found = _evidence(offline_warehouse, tmp_path, _change(age="9 day"))
    (card,) = [card for card in cards.cards(found) if card.leads_to == "changes"]

    assert quality.changes(found).title.startswith("Nothing changed in the week to")
    assert quality.changes(found).tables == ()
    assert card.figure == "nothing"


# --- days of sources ------------------------------------------------------------------------------


def test_days_of_a_source_are_spans_of_one_state(offline_warehouse: Path, tmp_path: Path) -> None:
    """Fresh until two visits were missed, then stale; failed, set aside and well again; what is older carries in."""
    until = datetime(2026, 11, 29).date()  # noqa: DTZ001 - a day

    def visit(source: str, back: int, counts: str) -> str:
        return f"insert into source_visits by name select '{source}' as source, date '{until - timedelta(back)}' as visited_on, {counts}"  # noqa: E501

    read = "1 as loaded, 0 as unchanged, 0 as failed, 0 as bundled, 9 as facts, {} as quarantined"
    found = _evidence(
        offline_warehouse, tmp_path, "delete from source_visits",
        "update sources set cadence = 'daily' where source in ('vast', 'oci')",
        visit("vast", 30, read.format(0)),
        visit("vast", 10, "0 as loaded, 0 as unchanged, 1 as failed, 0 as bundled, 0 as facts, 0 as quarantined"),
        visit("vast", 5, read.format(3)),
        visit("vast", 3, "0 as loaded, 1 as unchanged, 0 as failed, 0 as bundled, 0 as facts, 0 as quarantined"),
        visit("oci", 200, "1 as loaded, 0 as unchanged, 0 as failed, 1 as bundled, 9 as facts, 0 as quarantined"),
    )  # fmt: skip
    rows = found.rows("report/source_days", until=until)
    spans = {
        name: [(row["state"], (until - row["from_on"]).days, row["days"]) for row in words.pick(rows, source=name)]
        for name in ("vast", "oci")
    }

    assert spans["oci"] == [("bundled", 60, 61)]
    assert spans["vast"] == [
        ("fresh", 30, 3), ("stale", 27, 17), ("failed", 10, 5), ("quarantined", 5, 5), ("stale", 0, 1),
    ]  # fmt: skip
    assert {row["source"] for row in rows} == {"vast", "oci"}


def test_the_inputs_of_a_model_are_on_file_derived_assumed_or_missing(offline_edition: Edition) -> None:
    """Of a model whose maker says nothing, all but the compute is missing."""
    rows = {row["model_name"]: row for row in offline_edition.evidence.rows("report/inputs_by_model")}

    assert {row[key] for row in rows.values() for key in coverage.INPUTS} == set(coverage.KNOWN)
    assert [rows["GPT-4.5"][key] for key in coverage.INPUTS] == [
        "on file", "missing", "missing", "missing", "missing", "assumed", "missing"
    ]  # fmt: skip
    assert rows["Gemini 1.0 Ultra"]["chip_hours"] == "on file"
    assert all((row["chip"] == "missing") <= (row["chip_hours"] == "missing") for row in rows.values())


# --- parts of a cost ------------------------------------------------------------------------------


def test_parts_of_a_run_sum_to_it_and_what_is_unknown_stays(offline_warehouse: Path) -> None:
    """Chips, servers, interconnect and energy with intervals, staff never, and a reason where nothing can be split."""
    rows = warehouse.query(offline_warehouse, "from cost_components")
    parts: dict[str, dict[str, dict[str, Any]]] = {}
    for values in rows.rows:
        row: dict[str, Any] = dict(zip(rows.columns, values, strict=True))
        parts.setdefault(row["model_id"], {})[row["component"]] = row
    known = [made for made in parts.values() if "unknown" not in made]
    costs = warehouse.query(
        offline_warehouse, "select model_id, cost_usd is not null from aicost_components where method = 'amortised'"
    )

    told = {(model_id, "unknown" not in made) for model_id, made in parts.items()}
    assert told == {(model_id, is_known) for model_id, is_known in costs.rows}
    assert len(known) > 300
    for made in known:
        assert made.keys() == {*breakdown.PARTS, "staff"}
        assert sum(made[part]["share"] for part in breakdown.PARTS) == pytest.approx(1)
        assert all(0 < made[p]["share_low"] < made[p]["share"] < made[p]["share_high"] <= 1 for p in breakdown.PARTS)
        assert (made["staff"]["share"], bool(made["staff"]["missing_reason"])) == (None, True)
    assert all(made["unknown"]["missing_reason"] for made in parts.values() if "unknown" in made)


def test_the_published_method_splits_the_same_run_alike(offline_warehouse: Path) -> None:
    """Its parts of GPT-4, Llama and Gemini lie within our intervals: the network's 19 % of hardware, and the energy."""
    pairs = warehouse.query(
        offline_warehouse,
        "select ours.component, ours.share_low, ours.share_high, case ours.component when 'energy' then energy_usd "
        "else interconnect_usd end / (server_capex_usd + interconnect_usd + energy_usd) from cost_components as ours "
        "join cottier_2024_components as theirs using (model_id) "
        "where ours.component in ('energy', 'interconnect') and theirs.amortised_usd is not null",
    ).rows
    inside = sum(float(str(low)) <= float(str(share)) <= float(str(high)) for _, low, high, share in pairs)

    assert len(pairs) > 50
    assert inside >= 0.9 * len(pairs)


def test_an_estimate_is_written_with_its_interval() -> None:
    """The ends repeat the unit only where it is another."""
    assert words.estimate(5.58e6, 4.7e6, 9.5e6) == "$5.58M (4.7\u20139.5)"
    assert words.estimate(690e6, 233e6, 2.05e9) == "$690M (233M\u20132.05B)"
    assert words.estimate(12.5, 2.0, 300.0) == "$12.5 (2\u2013300)"
    assert words.estimate(5e6, None, None) == "$5M (not on file)"
