"""What changed between publishes: which rows and cells, by how much, and because of what."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import changes, decisions, inputs, load, paths, publishes, refresh, warehouse
from pipeline import source as sources
from pipeline.facts import Fact, IndexValue, Issue
from pipeline.paths import Home
from pipeline.publishes import Line
from pipeline.source import Page, Source
from tests.support.command import Aicost
from tests.support.small_world import NOON, READINGS, SmallWorld

# One value a series and day, whichever visit brought it: what a person means by a price.
LATEST = """-- The newest value of each source and day.
-- grain: source, period_on
-- unit: as printed
-- sources: core.readings
-- column source: source
-- column period_on: day
-- column value: value
-- column as_of: when it was last seen
select source, period_on, max_by(value, visit_id) as value, max(visit_id) as as_of
from core.readings group by source, period_on order by all
"""
DOUBLED = LATEST.replace("max_by(value, visit_id) as value", "2 * max_by(value, visit_id) as value")


@pytest.fixture
def latest(world: SmallWorld) -> SmallWorld:
    """The small world with a table that has one row a day."""
    write(world, LATEST)
    return world


def write(world: SmallWorld, text: str, name: str = "main/latest.sql") -> None:
    """Change a model."""
    (world.sql / name).write_text(text, encoding="utf-8")


def later(hours: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(hours=hours)


def changed(world: SmallWorld, table: str = "latest") -> list[dict[str, Any]]:
    """The newest publish's changes of a table."""
    columns = "row_key, change, column_name, old_value, new_value, change_share, cause, cause_detail"
    rows = world.ask(
        f"select {columns} from changes where table_name = '{table}' "
        "and snapshot_id = (select snapshot_id from meta.snapshot) order by all"
    )
    return [dict(zip(columns.split(", "), row, strict=True)) for row in rows]


# --- rows and cells -------------------------------------------------------------------------------


def test_the_first_publish_has_no_changes_and_the_same_again_has_none_either(latest: SmallWorld) -> None:
    """Nothing came before, and then nothing moved."""
    latest.receive("list", "2026-01-01,5")
    latest.publish(now=later(1))
    first = latest.ask("from changes")
    latest.publish(now=later(2))

    assert first == []
    assert latest.ask("from changes") == []


def test_a_row_added_a_row_gone_and_a_cell_changed_are_told_with_old_new_and_share(latest: SmallWorld) -> None:
    """The three kinds, each with its cause."""
    latest.receive("list", "2026-01-01,5", "2026-01-02,8")
    latest.publish(now=later(1))
    latest.receive("list", "2026-01-02,10", "2026-01-03,7", at=later(2))
    latest.publish(now=later(3))

    gone, moved, came = changed(latest)
    assert json.loads(gone["row_key"]) == {"source": "list", "period_on": "2026-01-01"}
    assert (gone["change"], json.loads(gone["old_value"]), gone["new_value"]) == ("removed", {"value": 5.0}, None)
    assert (moved["change"], moved["column_name"], moved["old_value"], moved["new_value"]) == (
        "changed", "value", "8.0", "10.0",
    )  # fmt: skip
    assert moved["change_share"] == pytest.approx(0.25)
    assert (came["change"], came["old_value"], json.loads(came["new_value"])) == ("added", None, {"value": 7.0})
    assert {(row["cause"], row["cause_detail"]) for row in (gone, moved, came)} == {("source", "list")}


def test_noise_in_the_last_digits_and_columns_of_seeing_are_no_change(latest: SmallWorld) -> None:
    """The same page a day later moves ages and visits; a sum in another order moves the sixteenth digit."""
    latest.receive("list", "2026-01-01,0.3")
    latest.publish(now=later(1))
    latest.receive("list", f"2026-01-01,{0.1 + 0.2!r}", at=later(2))
    latest.publish(now=later(3))

    assert latest.values()[0][1] != 0.3
    assert changed(latest) == []


def test_rows_whose_key_is_a_moment_are_counted_not_listed(latest: SmallWorld) -> None:
    """A table of observations grows with each visit; that is no news, row by row."""
    latest.receive("prices", "2026-01-01,5")
    latest.publish(now=later(1))
    latest.receive("prices", "2026-01-02,5", "2026-01-03,5", at=later(2))
    latest.publish(now=later(3))

    (row,) = changed(latest, "readings")
    assert (row["row_key"], row["change"], row["new_value"]) == ("*", "added", "2 rows")
    assert (row["cause"], row["cause_detail"]) == ("source", "prices")


def test_a_column_and_a_table_that_come_or_go_are_one_row_each(latest: SmallWorld) -> None:
    """A method that tells more is not as many changes as there are rows."""
    latest.receive("list", "2026-01-01,5")
    latest.publish(now=later(1))
    write(latest, LATEST.replace("-- column as_of", "-- column twice: twice\n-- column as_of").replace(
        "as value,", "as value, 2 * max(value) as twice,"))  # fmt: skip
    write(latest, READINGS.replace("Every value", "All values"), "main/more.sql")
    latest.publish(now=later(2))

    (row,) = changed(latest)
    (more,) = changed(latest, "more")
    assert (row["row_key"], row["change"], row["column_name"], row["cause"]) == ("*", "added", "twice", "method")
    assert (more["row_key"], more["change"], more["new_value"], more["cause"]) == ("*", "added", "1 rows", "method")


def test_beyond_a_thousand_changes_of_a_table_the_rest_is_counted(
    latest: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that changes from top to bottom does not fill the history."""
    monkeypatch.setattr("pipeline.changes.MOST_LISTED", 2)
    latest.receive("list", *(f"2026-01-0{day},{day}" for day in range(1, 5)))
    latest.publish(now=later(1))
    write(latest, DOUBLED)
    latest.publish(now=later(2))

    rows = changed(latest)
    assert len(rows) == 3
    assert rows[0]["row_key"] == "*"
    assert rows[0]["new_value"] == "2 more changes"
    record = publishes.record_of(latest.home.archive, publishes.served(latest.home.archive)[-1].snapshot_id)
    assert record is not None
    assert record.tables["latest"].changed == 4


# --- causes ---------------------------------------------------------------------------------------


def test_new_sql_is_method_and_names_the_file(latest: SmallWorld) -> None:
    """Nothing came from outside."""
    latest.receive("list", "2026-01-01,5")
    latest.publish(now=later(1))
    write(latest, DOUBLED)
    latest.publish(now=later(2))

    (row,) = changed(latest)
    assert (row["cause"], row["cause_detail"]) == ("method", "sql main/latest.sql")


def test_where_both_moved_each_cell_has_its_own_cause(latest: SmallWorld) -> None:
    """The old archive under the new code stands between: what it changes is ours, what is left the source's."""
    latest.receive("list", "2026-01-01,5", "2026-01-02,8", "2026-01-04,3")
    latest.publish(now=later(1))
    doubled = "case when period_on < date '2026-01-03' then 2 else 1 end * max_by(value, visit_id) as value"
    write(latest, LATEST.replace("max_by(value, visit_id) as value", doubled))
    latest.receive("list", "2026-01-01,5", "2026-01-02,9", "2026-01-03,1", "2026-01-04,4", at=later(2))
    latest.publish(now=later(3))

    ours, both, came, source = changed(latest)
    assert (ours["old_value"], ours["new_value"], ours["cause"]) == ("5.0", "10.0", "method")
    assert (both["old_value"], both["new_value"], both["cause"]) == ("8.0", "18.0", "both")
    assert both["cause_detail"] == "method: sql main/latest.sql, to 16.0; then source: list"
    assert (source["old_value"], source["new_value"], source["cause"]) == ("3.0", "4.0", "source")
    assert (came["change"], came["cause"], came["cause_detail"]) == ("added", "source", "list")
    assert not list(latest.home.root.glob("*.middle*"))


def test_what_cannot_be_told_apart_says_so(latest: SmallWorld) -> None:
    """Where today's code refuses the old archive there is no state between, and no cause is made up."""
    latest.receive("list", "2026-01-01,5", "2026-01-02,1")
    latest.publish(now=later(1))
    write(latest, DOUBLED.replace("2 * max_by(value, visit_id)", "sqrt(max_by(value, visit_id) - 3)"))  # no root of -2
    latest.receive("list", "2026-01-01,6", at=later(2))
    latest.publish(now=later(3))

    assert {row["cause"] for row in changed(latest)} == {"both"}
    assert all("cannot be built" in row["cause_detail"] for row in changed(latest))


def test_each_source_that_moved_is_named_for_its_own_rows(latest: SmallWorld) -> None:
    """Two sources move at once; a row that says whose it is has one cause."""
    latest.receive("list", "2026-01-01,5")
    latest.receive("prices", "2026-01-01,6")
    latest.publish(now=later(1))
    latest.receive("list", "2026-01-01,7", at=later(2))
    latest.receive("prices", "2026-01-01,8", at=later(2))
    latest.publish(now=later(3))

    assert [row["cause_detail"] for row in changed(latest)] == ["list", "prices"]


def test_reference_bundled_facts_and_reader_code_are_told_apart(
    latest: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is ours has more than one name."""
    reference = refresh.paths.reference_dir() / "names.csv"
    reference.write_text("name,factor\nlist,1\n", encoding="utf-8")
    text = LATEST.replace("from core.readings", "from core.factored").replace("core.readings", "core.factored")
    write(latest, text)
    write(latest, (
        "-- Every value.\n-- grain: source, visit_id, period_on\n-- unit: none\n-- sources: core.readings\n"
        "select source, visit_id, period_on, value * coalesce(factor::double, 1) as value from core.readings "
        "left join reference.names on name = source\n"), "core/factored.sql")  # fmt: skip
    latest.receive("list", "2026-01-01,5")
    latest.bundle("prices", "2026-01-01", 4)
    latest.publish(now=later(1))
    reference.write_text("name,factor\nlist,3\n", encoding="utf-8")
    latest.publish(now=later(2))
    by_reference = changed(latest)
    latest.bundle("prices", "2026-01-01", 9)
    latest.publish(now=later(3))
    by_bundle = changed(latest)
    today = {**inputs.of_today(), "code": {"read.py": "new"}}
    monkeypatch.setattr(inputs, "of_today", lambda: today)
    monkeypatch.setattr("pipeline.load.readers_version", lambda: "new")
    latest.sources["list"] = _reading_twice(latest)
    latest.publish(now=later(4))
    by_code = changed(latest)

    assert [(row["cause"], row["cause_detail"]) for row in by_reference] == [("reference", "reference names.csv")]
    assert [(row["cause"], row["cause_detail"]) for row in by_bundle] == [("bundled", "bundled prices.jsonl")]
    assert [(row["old_value"], row["new_value"], row["cause"]) for row in by_code] == [("15.0", "30.0", "method")]
    assert by_code[0]["cause_detail"].startswith("code ")


def _reading_twice(world: SmallWorld) -> Source:
    source = world.sources["list"]

    def parse(page: Page) -> Iterator[Fact | Issue]:
        for fact in source.parse(page):
            yield fact.model_copy(update={"value": 2 * fact.value}) if isinstance(fact, IndexValue) else fact

    return replace(source, parse=parse)


def test_a_decision_is_its_own_cause(latest: SmallWorld) -> None:
    """Nothing was fetched and no code moved: a person decided."""
    write(latest, LATEST.replace("from core.readings", "from core.decided").replace("core.readings", "core.decided"))
    write(latest, (
        "-- Values that nobody rejected.\n-- grain: source, visit_id, period_on\n-- unit: none\n"
        "-- sources: core.readings, meta.decisions\n"
        "select * from core.readings where not exists (from meta.decisions where verdict = 'reject')\n"
        ), "core/decided.sql")  # fmt: skip
    latest.receive("list", "2026-01-01,5")
    latest.publish(now=later(1))
    decisions.record(latest.home.archive, "0123456789ab", "reject", reason="wrong", by="me")
    latest.publish(now=later(2))

    assert [(row["change"], row["cause"]) for row in changed(latest)] == [("removed", "decision")]


# --- the log --------------------------------------------------------------------------------------


def test_changes_are_kept_from_publish_to_publish(latest: SmallWorld) -> None:
    """The table goes back in time, the newest first, each with its two snapshots."""
    for hour, value in ((1, 5), (2, 6), (3, 7)):
        latest.receive("list", f"2026-01-01,{value}", at=later(hour))
        latest.publish(now=later(hour))

    rows = latest.ask("select old_value, new_value, snapshot_id, previous_snapshot_id from changes "
                      "where table_name = 'latest'")  # fmt: skip
    ids = [line.snapshot_id for line in publishes.served(latest.home.archive)]
    assert rows == [("6.0", "7.0", ids[2], ids[1]), ("5.0", "6.0", ids[1], ids[0])]


def test_a_rebuild_from_scratch_keeps_the_history_and_changes_nothing(latest: SmallWorld) -> None:
    """The log is part of the archive."""
    for hour, value in ((1, 5), (2, 6)):
        latest.receive("list", f"2026-01-01,{value}", at=later(hour))
        latest.publish(now=later(hour))
    before = latest.ask("from changes")
    latest.publish(now=later(3), from_scratch=True)
    kept = latest.ask("from changes")
    latest.home.warehouse.unlink()
    latest.publish(now=later(4))

    assert len(before) >= 1
    assert kept == before
    assert latest.ask("from changes") == before


def test_a_line_whose_warehouse_never_came_is_left_out(latest: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash between the log and the swap: the next publish names the one that was really served."""
    latest.receive("list", "2026-01-01,5")
    latest.publish(now=later(1))
    latest.receive("list", "2026-01-01,6", at=later(2))
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.publish._swap_in", _crash)
        with pytest.raises(KeyboardInterrupt):
            latest.publish(now=later(3))
    lines = (latest.home.archive / publishes.LOG).read_text(encoding="utf-8").splitlines()
    latest.publish(now=later(4))

    chain = publishes.served(latest.home.archive)
    assert len(lines) == 2
    assert [line.published_at for line in chain] == [later(1), later(4)]
    assert [(row["old_value"], row["new_value"]) for row in changed(latest)] == [("5.0", "6.0")]
    assert len(latest.ask("from changes where table_name = 'latest'")) == 1


def _crash(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_torn_line_and_a_circle_in_the_log_harm_nothing(latest: SmallWorld) -> None:
    """What a crash or a bad copy leaves is read past."""
    latest.receive("list", "2026-01-01,5")
    latest.publish(now=later(1))
    log = latest.home.archive / publishes.LOG
    line = Line.model_validate_json(log.read_text(encoding="utf-8"))
    circle = line.model_copy(update={"previous_snapshot_id": line.snapshot_id})
    log.write_text(f"{circle.model_dump_json()}\n{line.model_dump_json()[:40]}", encoding="utf-8")
    latest.publish(now=later(2))

    assert [line.published_at for line in publishes.served(latest.home.archive)] == [later(1), later(2)]


@pytest.mark.parametrize(
    ("text", "hour"),
    [("2026-11-23", 9), ("2026-11-24", 30), ("2026-11-23T15:30Z", 3), ("2026-11-23T17:30+02:00", 3), ("1d", 9),
     ("24h", 9), ("2026-11-23T15:00:00.0000", 3)],
)  # fmt: skip
def test_a_publish_is_found_by_day_time_age_and_name(text: str, hour: int) -> None:
    """A day means what was served at its end."""
    lines = [_line(later(hours)) for hours in (3, 9, 30)]
    assert publishes.find(lines, text, now=later(35)) == _line(later(hour))
    assert publishes.find(lines, lines[1].snapshot_id) == lines[1]


@pytest.mark.parametrize("text", ["yesterday", "2026-13-45", "", "7x", "../x", "-1d", "99999999999999999999d"])
def test_what_names_no_publish_is_refused(text: str) -> None:
    """With what can be written instead."""
    with pytest.raises(refresh.UsageError, match="neither a snapshot"):
        publishes.find([_line(NOON)], text)


def test_a_day_before_the_first_publish_names_the_first() -> None:
    """Nothing is extrapolated."""
    with pytest.raises(refresh.UsageError, match="nothing was published by 2026-11-22 23:59"):
        publishes.find([_line(NOON)], "2026-11-22")
    with pytest.raises(refresh.UsageError, match="no publish is logged"):
        publishes.find([], "2026-11-22")


def test_an_age_beyond_the_first_publish_may_mean_the_first() -> None:
    """The changes of a week of a project of three days are those since it began; a day is still a day."""
    lines = [_line(later(hours)) for hours in (3, 9)]

    assert publishes.find(lines, "7d", now=later(35), is_age_capped=True) == lines[0]
    assert publishes.find(lines, "1d", now=later(35), is_age_capped=True) == lines[1]
    with pytest.raises(refresh.UsageError, match="nothing was published by"):
        publishes.find(lines, "7d", now=later(35))
    with pytest.raises(refresh.UsageError, match="nothing was published by"):
        publishes.find(lines, "2026-11-22", is_age_capped=True)


# --- the real tables ------------------------------------------------------------------------------


def _of_the_newest(home: Home, columns: str) -> set[tuple[object, ...]]:
    newest = "snapshot_id = (select snapshot_id from meta.snapshot)"
    return set(warehouse.query(home.served, f"select distinct {columns} from changes where {newest}").rows)


@pytest.mark.slow(seconds=40)
def test_each_cause_is_told_of_the_real_tables(
    built_home: Home, aicost: Aicost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A formula, a reference row, a fact that comes with us, a page: four publishes, each told by its own cause."""
    for name, finder in (("sql", paths.sql_dir), ("reference", paths.reference_dir), ("bundled", paths.bundled_dir)):
        copy = Path(shutil.copytree(finder(), tmp_path / name))
        monkeypatch.setattr(paths, finder.__name__, lambda copy=copy: copy)

    def edit(file: str, old: str, new: str) -> None:
        text = (tmp_path / file).read_text(encoding="utf-8")
        assert old in text, (file, old)
        (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8")
        refresh.refresh(built_home, offline=True)

    edit("sql/main/claim_markets.sql", "median(usd_per_gpu_hour) as", "max(usd_per_gpu_hour) as")
    assert {("claim_markets", "usd_per_gpu_hour", "method", "sql main/claim_markets.sql")} <= _of_the_newest(
        built_home, "table_name, column_name, cause, cause_detail"
    )
    assert {cause for (cause,) in _of_the_newest(built_home, "cause")} == {"method"}

    edit("reference/accelerator_equivalents.csv", "H20,H100,0.15,0.42,", "H20,H100,0.15,0.5,")
    told = _of_the_newest(built_home, "table_name, cause, cause_detail")
    assert {(cause, which) for _, cause, which in told} == {("reference", "reference accelerator_equivalents.csv")}
    assert "accelerator_equivalents" in {table for table, _, _ in told}

    edit("bundled/vultr.jsonl", '"currency":"USD"', '"currency":"EUR"')
    assert {cause for (cause,) in _of_the_newest(built_home, "cause")} == {"bundled"}
    assert ("gpu_prices", "bundled vultr.jsonl") in _of_the_newest(built_home, "table_name, cause_detail")

    known = {**sources.all_sources()}
    known["crusoe"] = replace(known["crusoe"], least=1)  # our page in its shape is a short one
    for module in (load, refresh, sources):
        monkeypatch.setattr(module, "all_sources", lambda: known)
    page = Path(__file__).parent / "pages" / "crusoe.html"
    assert aicost("ingest", "crusoe", page, "--home", built_home.root).code == 0
    refresh.refresh(built_home, offline=True)
    told = _of_the_newest(built_home, "table_name, cause, cause_detail")
    assert {(cause, which) for _, cause, which in told} == {("source", "crusoe")}
    assert {"gpu_prices", "gpu_price_now", "sources"} <= {table for table, _, _ in told}


def _line(at: datetime) -> Line:
    return Line(
        snapshot_id=f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}", published_at=at, previous_snapshot_id=None,
        version="1", changes=0,
    )  # fmt: skip


def test_inputs_are_the_code_that_makes_rows_and_nothing_else() -> None:
    """A reader, the loader and what they import count; the command line does not."""
    code = inputs.of_today()["code"]

    assert {"load.py", "build.py", "schema.py", "archive.py", "normalise.py", "sources/lambda_cloud.py"} <= code.keys()
    assert code.keys().isdisjoint({"__main__.py", "commands.py", "show.py", "export.py", "fetch.py", "refresh.py"})
    assert inputs.moved(inputs.of_today(), inputs.of_today()) == {}


@pytest.mark.parametrize("after", ["1, 2, 3", "2, 3, 4", "5", "1, 1, 2"])
def test_content_by_the_rows_that_differ_is_that_of_all_rows(after: str) -> None:
    """Also where rows came, went, or stand twice, which the shorter way does not know."""
    with duckdb.connect() as connection:
        for name, values in (("old", "1, 2, 3"), ("new", after)):
            connection.execute(f"attach ':memory:' as {name}")
            connection.execute(f"create table {name}.main.t as select unnest([{values}]) as i, i::varchar as s")
        known = changes.contents(connection, "old")

        assert changes.contents(connection, "new", known, "old") == changes.contents(connection, "new")
