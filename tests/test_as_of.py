"""Past states out of the archive: what was published then, row for row; and what changed since, folded into one."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import as_of, decisions, difference, publishes, warehouse
from pipeline.errors import ArchiveError, Exit, UsageError
from pipeline.paths import Home
from pipeline.place import Place
from tests.support import small_world
from tests.support.command import Aicost
from tests.support.small_world import NOON, SmallWorld
from tests.test_changes import DOUBLED, LATEST, write

Tables = dict[str, list[tuple[Any, ...]]]


def later(hours: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(hours=hours)


def marts(path: Place) -> Tables:
    """Every row of every public table of a warehouse, in order."""
    with warehouse.attached(path) as reader:
        return {name: reader.execute(f'from main."{name}"').fetchall() for name in warehouse.tables(reader)}


@pytest.fixture(scope="module")
def lived_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Tables]]:
    """The folder of a world with a past, and what each of its publishes held, by snapshot; to be copied."""
    root = tmp_path_factory.mktemp("lived")
    with pytest.MonkeyPatch.context() as patch:
        return root, _live(small_world.make(root, patch))


@pytest.fixture
def lived(
    lived_once: tuple[Path, dict[str, Tables]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[SmallWorld, dict[str, Tables]]:
    """A copy of it, to do with as one likes."""
    root, held = lived_once
    shutil.copytree(root, tmp_path, dirs_exist_ok=True, symlinks=True)
    return small_world.make(tmp_path, monkeypatch), held


def _live(world: SmallWorld) -> dict[str, Tables]:
    write(world, LATEST)
    world.bundle("prices", "2025-12-01", 3)
    held: dict[str, Tables] = {}

    def publish(hour: float) -> None:
        done = world.publish(now=later(hour))
        held[done.snapshot_id] = marts(done.path)

    world.receive("list", "2026-01-01,5", *(f"2025-01-0{day},{day}" for day in (1, 2, 3)), "not a number")
    publish(1)
    world.receive("list", "2026-01-01,6", "2026-01-02,7", "2025-01-01,1", at=later(2))
    world.receive("prices", "2026-01-01,1", at=later(2))
    publish(3)
    world.fail("list", later(4))
    publish(5)
    decisions.record(world.home.archive, "0123456789ab", "reject", reason="wrong", by="me")
    publish(6)
    world.receive("prices", "2026-01-01,2", at=later(-9), via="ingest")  # an older page, known only now
    publish(7)
    world.receive("list", "changed", at=later(8))  # refused
    world.receive("prices", "2026-01-05,9", at=later(8))
    publish(30)
    return held


# --- past states ----------------------------------------------------------------------------------


def test_every_past_state_equals_what_was_published_then(lived: tuple[SmallWorld, dict[str, Tables]]) -> None:
    """New pages, a failed visit, a decision, a page ingested later for an earlier day: row for row."""
    world, held = lived
    for snapshot_id, then in held.items():
        past = as_of.state(world.home, snapshot_id)
        assert marts(past.path) == then, snapshot_id
        assert (past.is_as_published, past.moved, past.said) == (True, {}, [])

    assert len(held) == 6
    assert len({json.dumps(then, default=str) for then in held.values()}) == 5  # a decision about nothing


def test_a_past_state_is_built_once_and_carries_its_own_name(lived: tuple[SmallWorld, dict[str, Tables]]) -> None:
    """The file is kept; the served one is not built at all."""
    world, held = lived
    first, *_, newest = held
    path = Path(str(as_of.state(world.home, first).path))
    made = path.stat().st_mtime_ns, path.stat().st_ino
    again = Path(str(as_of.state(world.home, first).path))

    assert (again, again.stat().st_ino) == (path, made[1])
    assert warehouse.query(path, "select snapshot_id from meta.snapshot").rows == [(first,)]
    assert as_of.state(world.home, newest).path == world.home.warehouse
    assert {file.suffix for file in world.home.past.iterdir()} == {".duckdb", ".json"}


def test_a_day_is_what_was_served_at_its_end(lived: tuple[SmallWorld, dict[str, Tables]]) -> None:
    """Noon is the 23rd; thirty hours later is the 24th."""
    world, held = lived
    ids = list(held)

    assert as_of.find(world.home, "2026-11-23").snapshot_id == ids[4]
    assert as_of.find(world.home, "2026-11-24").snapshot_id == ids[5]
    assert as_of.find(world.home, "2026-11-23T16:00Z").snapshot_id == ids[1]
    with pytest.raises(UsageError, match="nothing was published by 2026-11-22"):
        as_of.state(world.home, "2026-11-22")


def test_where_code_has_moved_the_content_of_then_is_shown_under_todays_and_named(
    lived: tuple[SmallWorld, dict[str, Tables]], aicost: Aicost
) -> None:
    """Another name, the tables that differ, and what moved."""
    world, held = lived
    first = next(iter(held))
    write(world, DOUBLED)
    past = as_of.state(world.home, first)

    assert past.differing == ["latest"]
    assert past.moved == {"sql": ["main/latest.sql"]}
    assert warehouse.query(past.path, "select value from latest where period_on = '2026-01-01'").rows == [(10.0,)]
    named = warehouse.query(past.path, "select snapshot_id from meta.snapshot").rows[0][0]
    assert str(named).startswith(f"{first}+")
    said = aicost("query", "from latest", "--as-of", first, "--home", world.home.root)
    assert said.code == 0
    assert "1 tables differ from what was published then (latest)" in said.err
    assert "moved since: sql (main/latest.sql)" in said.err
    write(world, LATEST)
    assert as_of.state(world.home, first).is_as_published  # another version of the code, another file


def test_code_that_moved_and_changes_nothing_keeps_the_name(lived: tuple[SmallWorld, dict[str, Tables]]) -> None:
    """A comment is not a content."""
    world, held = lived
    first = next(iter(held))
    write(world, LATEST.replace("The newest value", "The very newest value"))
    past = as_of.state(world.home, first)

    assert past.is_as_published
    assert past.moved == {"sql": ["main/latest.sql"]}
    assert warehouse.query(past.path, "select snapshot_id from meta.snapshot").rows == [(first,)]


def test_a_log_that_was_edited_is_named_not_believed(lived: tuple[SmallWorld, dict[str, Tables]]) -> None:
    """Logs are only appended to; a state that rests on another past is refused."""
    world, held = lived
    log = world.home.archive / "list" / "visits.jsonl"
    log.write_bytes(log.read_bytes().replace(b"site.test", b"evil.test", 1))

    with pytest.raises(ArchiveError, match=r"list/visits.jsonl is not what it was"):
        as_of.state(world.home, next(iter(held)))
    assert not list(world.home.past.glob("*"))


def test_a_record_that_is_gone_is_named(lived: tuple[SmallWorld, dict[str, Tables]]) -> None:
    """Nothing is guessed from the other publishes."""
    world, held = lived
    first = next(iter(held))
    (world.home.archive / publishes.RECORDS / f"{publishes.slug(first)}.json.gz").unlink()

    with pytest.raises(ArchiveError, match=r"the record of .* is gone"):
        as_of.state(world.home, first)


def test_a_body_that_was_lost_shows_in_the_past_state(lived: tuple[SmallWorld, dict[str, Tables]]) -> None:
    """What cannot be read any more is not made up: the state differs, and says so."""
    world, held = lived
    first = next(iter(held))
    for body in (world.home.archive / "list").glob("*.gz"):
        body.unlink()
    past = as_of.state(world.home, first)

    assert "latest" in past.differing
    assert past.said[1] == "moved since: nothing that is logged"


def test_only_the_last_few_past_states_are_kept(
    lived: tuple[SmallWorld, dict[str, Tables]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder does not grow."""
    world, held = lived
    monkeypatch.setattr(as_of, "MOST_KEPT", 2)
    for snapshot_id in list(held)[:4]:
        as_of.state(world.home, snapshot_id)

    kept = {path.name.split("Z-")[0] for path in world.home.past.iterdir()}
    assert kept == {publishes.slug(snapshot_id).removesuffix("Z") for snapshot_id in list(held)[2:4]}


def test_query_refuses_a_file_and_a_day_at_once(built_home: Home, aicost: Aicost) -> None:
    """One question has one warehouse."""
    said = aicost("query", "from sources", "--as-of", "1d", "--warehouse", built_home.warehouse, "--json")

    assert said.code == Exit.USAGE
    assert "--as-of reads the home's archive" in said.error["message"]


# --- what changed since ---------------------------------------------------------------------------


def test_diff_folds_the_publishes_between(lived: tuple[SmallWorld, dict[str, Tables]]) -> None:
    """From the first to the last: the net, with its causes."""
    world, held = lived
    found = difference.since(world.home, next(iter(held)), ["latest"])
    rows = {(json.loads(row["row_key"])["period_on"], row["change"]): row for row in found.rows}

    assert found.publishes == 5
    assert rows["2026-01-01", "changed"]["old_value"] == "5.0"
    assert rows["2026-01-01", "changed"]["new_value"] == "6.0"
    assert {change for _, change in rows} == {"added", "removed", "changed"}
    (count,) = found.counts
    then, now = held[found.old.snapshot_id]["latest"], held[found.new.snapshot_id]["latest"]
    assert count.rows == len(now)
    assert count.added == len({row[:2] for row in now} - {row[:2] for row in then})


def _told(change: str, old: str | None = None, new: str | None = None, **more: Any) -> dict[str, Any]:
    column = "value" if change == "changed" else ""
    return {"table_name": "t", "row_key": '{"k":1}', "change": change, "column_name": column, "old_value": old,
            "new_value": new, "change_share": None, "cause": "source", "cause_detail": "a", **more}  # fmt: skip


ROW = '{"value":5.0,"name":"x"}'


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([_told("changed", "5.0", "6.0"), _told("changed", "6.0", "5.0")], []),
        ([_told("changed", "5.0", "6.0"), _told("changed", "6.0", "7.5")], [("changed", "value", "5.0", "7.5")]),
        ([_told("added", None, ROW), _told("removed", ROW)], []),
        ([_told("removed", ROW), _told("added", None, ROW)], []),
        ([_told("removed", ROW), _told("added", None, '{"value":6.0,"name":"x"}')],
         [("changed", "value", "5.0", "6.0")]),
        ([_told("added", None, ROW), _told("changed", "5.0", "6.0")],
         [("added", "", None, '{"value": "6.0", "name": "x"}')]),
        ([_told("changed", "4.0", "5.0"), _told("removed", ROW)],
         [("removed", "", '{"value": "4.0", "name": "x"}', None)]),
        ([_told("changed", "0.3", "1.0"), _told("changed", "1.0", "0.30000000000000004")], []),
        ([_told("changed", None, "1.0"), _told("changed", "1.0", None)], []),
    ],
)  # fmt: skip
def test_a_row_s_fate_is_told_once(told: list[dict[str, Any]], expected: list[tuple[Any, ...]]) -> None:
    """There and back is nothing; two moves are one; what came and changed came as it is now."""
    rows = difference.fold(told)

    assert [(r["change"], r["column_name"], r["old_value"], r["new_value"]) for r in rows] == expected


def test_causes_of_a_fate_are_all_named_and_counted_rows_add_up() -> None:
    """A cell that a source and then we moved has both."""
    moved = [_told("changed", "5", "6"), _told("changed", "6", "8", cause="method", cause_detail="sql x")]
    whole = [_told("added", None, f"{count} rows", row_key="*") for count in ("1,200", "3")]
    rows = difference.fold([*moved, *whole])

    assert [(r["row_key"], r["cause"], r["cause_detail"], r["new_value"]) for r in rows] == [
        ("*", "source", "a", "1,203 rows"),
        ('{"k":1}', "both", "source: a; then method: sql x", "8"),
    ]
    assert rows[1]["change_share"] == pytest.approx(0.6)


def test_diff_prints_counts_rows_and_causes_and_exits_9_when_asked(
    lived: tuple[SmallWorld, dict[str, Tables]], aicost: Aicost
) -> None:
    """Data on stdout; the exit code says whether there is any."""
    world, held = lived
    first = next(iter(held))
    said = aicost("diff", "--since", first, "--exit-code", "--home", world.home.root)
    one = aicost("diff", "latest", "--since", first, "--home", world.home.root, "--json")
    same = aicost("diff", "--since", list(held)[-1], "--exit-code", "--home", world.home.root)

    assert said.code == Exit.DIFFERENT == 9
    assert "5 publishes" in said.out
    assert "+20.0%" in said.out
    assert "source: list" in said.out
    assert one.code == 0
    assert {row["table_name"] for row in one.data["changes"]} == {"latest"}
    assert (same.code, "nothing changed" in same.out) == (0, True)


def test_diff_of_an_unknown_table_or_day_is_a_usage_error(
    lived: tuple[SmallWorld, dict[str, Tables]], aicost: Aicost
) -> None:
    """Said before anything is printed."""
    world, _ = lived
    for given in (["nothing"], ["--since", "last week"], ["--since", "2020-01-01"], ['x"; drop table sources; --']):
        said = aicost("diff", *given, "--home", world.home.root)
        assert said.code == Exit.USAGE, given
        assert said.out == ""
