"""What would come out the same is copied, and nothing else: a build in steps equals one that makes everything."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import build, warehouse
from pipeline.contents import DIGEST, Contents, in_order
from pipeline.paths import Home
from pipeline.refresh import refresh
from tests.support import small_world
from tests.support.small_world import NOON, SmallWorld


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tables that were taken from the served build; to be cleared between two builds."""
    taken: list[str] = []
    real = Contents.copy

    def copy(self: Contents, table: str, made_from: str, **how: str) -> bool:
        is_copied = real(self, table, made_from, **how)
        taken.extend([table] if is_copied else [])
        return is_copied

    monkeypatch.setattr(Contents, "copy", copy)
    return taken


def test_a_first_build_copies_nothing(world: SmallWorld, copied: list[str]) -> None:
    """There is nothing to copy from; nor is there in a rebuild."""
    world.receive("list", "2026-01-01,1")
    world.publish()
    world.publish(from_scratch=True)

    assert copied == []


def test_what_is_made_from_the_same_is_copied(world: SmallWorld, copied: list[str]) -> None:
    """With no news at all, every model is; a failed visit remakes what shows it, and nothing else."""
    world.receive("list", "2026-01-01,1")
    world.publish()
    before = world.everything()
    world.publish()
    assert set(copied) == {"meta.model_names", *build.models()}
    assert world.everything() == before

    copied.clear()
    world.fail("list", NOON + timedelta(days=1))
    world.publish()
    assert {"meta.model_names", *build.models()} - set(copied) == {"main.sources"}
    assert world.ask("select last_outcome from sources where source = 'list'") == [("failed",)]


def test_a_model_that_makes_the_same_spares_what_reads_it(world: SmallWorld, copied: list[str]) -> None:
    """Another text, the same rows: it is made again, and its reader is not."""
    world.receive("list", "2026-01-01,1")
    world.publish()
    copied.clear()
    path = world.sql / "core" / "readings.sql"
    path.write_text(path.read_text(encoding="utf-8") + "-- a word\n", encoding="utf-8")
    world.publish()

    assert "core.readings" not in copied
    assert "main.readings" in copied


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("value from raw", "value + 1 as value from raw"),
        ("order by all", "order by all desc"),
        ("period_on, value from raw", "period_on, value::float as value from raw"),
    ],
)
def test_another_value_order_or_type_is_another_content(
    world: SmallWorld, copied: list[str], was: str, becomes: str
) -> None:
    """Whatever its reader could see of a table is in the hash."""
    world.receive("list", "2026-01-01,1", "2026-01-02,2")
    world.publish()
    copied.clear()
    path = world.sql / "core" / "readings.sql"
    path.write_text(path.read_text(encoding="utf-8").replace(was, becomes), encoding="utf-8")
    world.publish()

    assert {"core.readings", "main.readings"} & set(copied) == set()


def test_a_changed_table_of_the_notebook_remakes_names(
    world: SmallWorld, copied: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code that looks names up is part of what they are made from."""
    world.publish()
    monkeypatch.setattr("pipeline.model_names.version", lambda: "another")
    copied.clear()
    world.publish()

    assert "meta.model_names" not in copied


@contextmanager
def fresh_world() -> Generator[SmallWorld]:
    """A small world for each example."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        yield small_world.make(Path(folder), patch)


LINES = st.sampled_from(["2026-01-01,1", "2026-01-01,2", "2026-01-02,3", "2026-01-03,-4", "no value"])
PAGES = st.one_of(
    st.just("changed"),
    st.just("crash"),
    st.lists(LINES, min_size=1, max_size=4, unique_by=lambda line: line[:10]).map(";".join),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("receive"), st.sampled_from(["list", "prices"]), st.integers(-3, 9), PAGES),
        st.tuples(st.just("fail"), st.sampled_from(["list", "prices"]), st.integers(0, 9)),
        st.tuples(st.just("bundle"), st.sampled_from(["list", "prices"]), st.integers(1, 9)),
        st.just(("publish",)),
    ),
    min_size=2,
    max_size=9,
)


def play(world: SmallWorld, steps: list[tuple[object, ...]]) -> None:
    """Visits in any order of days, lost and found pages, bundled facts, and a publish here and there."""
    for step in steps:
        match step:
            case ("receive", str(name), int(day), str(lines)):
                world.receive(name, *lines.split(";"), at=NOON + timedelta(days=day))
            case ("fail", str(name), int(day)):
                world.fail(name, NOON + timedelta(days=day, minutes=1))
            case ("bundle", str(name), int(value)):
                world.bundle(name, "2026-01-01", value)
            case _:
                world.publish()


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_increments_equal_a_rebuild(steps: list[tuple[object, ...]]) -> None:
    """Every row of every table, in its order, whatever came before."""
    with fresh_world() as world:
        play(world, steps)
        world.publish()
        in_steps = world.everything()
        world.publish(from_scratch=True)

        assert world.everything() == in_steps


def test_the_real_models_are_copied_whole(built_home: Home, offline_warehouse: Path, copied: list[str]) -> None:
    """A second refresh of the bundled facts makes the tables of the first, without running a model."""
    refresh(built_home, offline=True)

    assert {"meta.model_names", *build.models()} - set(copied) == set()
    assert everything(built_home.warehouse) == everything(offline_warehouse)


def everything(path: Path) -> dict[str, object]:
    """Rows and digest of every table, but for the publish itself."""
    with warehouse.attached(path) as reader:
        tables = reader.execute(
            "select concat(schema_name, '.\"', table_name, '\"') from duckdb_tables() "
            "where database_name = current_database() and table_name not in ('snapshot', 'runs') order by 1"
        ).fetchall()
        digest = f"select count(*), {DIGEST} from "
        return {table: reader.execute(digest + in_order(table)).fetchall() for (table,) in tables}
