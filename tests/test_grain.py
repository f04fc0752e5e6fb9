"""A grain is held whatever the order of the rows and however many parts they are told apart in."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import build
from pipeline.build import Model
from pipeline.errors import ContractBroken

ROW = st.tuples(st.one_of(st.none(), st.integers(0, 3)), st.one_of(st.none(), st.sampled_from(["", "a", "B", "é"])))
MODEL = Model(
    Path("made.sql"), "core", "made", "Made.", {"grain": "key, this", "unit": "none"}, {}, "from given", frozenset()
)


@pytest.fixture(scope="module")
def draft() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database to make a table in, again and again."""
    with duckdb.connect() as connection:
        connection.execute("create schema core")
        yield connection


@settings(deadline=None, max_examples=60)
@given(rows=st.lists(ROW, max_size=9), at_once=st.sampled_from([1, 2, 100]), is_ordered=st.booleans())
def test_a_grain_is_unique_and_not_null_in_any_order(
    draft: duckdb.DuckDBPyConnection, rows: list[tuple[int | None, str | None]], at_once: int, is_ordered: bool
) -> None:
    """Refused where a row stands twice, next to itself or far off, or has a part that is missing; else counted."""
    kept = sorted(rows, key=repr) if is_ordered else rows
    is_sound = len(set(rows)) == len(rows) and not any(None in row for row in rows)
    draft.execute('create or replace table given (key integer, "this" varchar)')
    draft.execute("insert into given select unnest(?), unnest(?)", [[row[at] for row in kept] for at in (0, 1)])

    with (
        patch.object(build, "ROWS_TOLD_APART", at_once),
        contextlib.nullcontext() if is_sound else pytest.raises(ContractBroken, match="not unique and not null"),
    ):
        assert build.make(draft, MODEL) == len(rows)
