"""Where the warehouse is: what a person writes, and what of it is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline import paths, place
from pipeline.errors import UsageError
from pipeline.paths import Home
from pipeline.place import Lake

TEXT = "ducklake:postgres:dbname=lake host=db.test"


@pytest.mark.parametrize(
    ("text", "options", "password", "data_path"),
    [
        ("dbname=lake host=db.test", {"dbname": "lake", "host": "db.test"}, None, None),
        ("dbname = 'my lake'  user='o\\'neill'", {"dbname": "my lake", "user": "o'neill"}, None, None),
        ("dbname=lake password='a b?c'?data_path=/srv/a b", {"dbname": "lake"}, "a b?c", "/srv/a b"),
        ("dbname=lake?data_path=s3://bucket/lake", {"dbname": "lake"}, None, "s3://bucket/lake"),
        (
            "postgresql://me:p%40ss@db.test:5433/lake?sslmode=require&data_path=/srv/lake",
            {"dbname": "lake", "host": "db.test", "port": "5433", "sslmode": "require", "user": "me"},
            "p@ss", "/srv/lake",
        ),
        ("postgres:///lake", {"dbname": "lake"}, None, None),
        ("dbname=lake password=a://b", {"dbname": "lake"}, "a://b", None),
        ("dbname=lake password='x?data_path=/y'?data_path=/srv", {"dbname": "lake"}, "x?data_path=/y", "/srv"),
    ],
)  # fmt: skip
def test_a_lake_is_read_from_keywords_or_an_address(
    text: str, options: dict[str, str], password: str | None, data_path: str | None
) -> None:
    """As libpq writes them; the place of the files is ours."""
    lake = Lake.parse(f"ducklake:postgres:{text}")

    assert (dict(lake.options), lake.password, lake.data_path) == (options, password, data_path)


@pytest.mark.parametrize("text", ["dbname", "dbname=lake oops", "postgresql://db.test:port/lake"])
def test_what_cannot_be_read_is_not_repeated(text: str) -> None:
    """It may hold a password."""
    with pytest.raises(UsageError) as raised:
        Lake.parse(f"ducklake:postgres:{text} password=hush")
    assert "hush" not in str(raised.value)
    assert raised.value.exit == 2


@pytest.mark.parametrize("text", ["ducklake:lake.ducklake", "ducklake:sqlite:lake.db", "ducklake:mysql:db=lake"])
def test_other_catalogs_are_not_offered(text: str) -> None:
    """SQLite loses commits under two writers."""
    with pytest.raises(UsageError, match="PostgreSQL"):
        place.parse(text)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1).filter(lambda s: s not in TEXT))
def test_a_password_is_never_shown(password: str) -> None:
    """Neither by what people see, nor by what programmers see."""
    quoted = password.replace("\\", r"\\").replace("'", r"\'")
    lake = Lake.parse(f"{TEXT} password='{quoted}'")

    assert lake.password == password
    assert str(lake) == TEXT
    assert "password" not in repr(lake)


@example({"a": "://"})
@example({"dbname": "postgresql://y?data_path=/srv"})
@example({"user": "?data_path=/srv"})
@example({"user": "\\\n'"})
@given(st.dictionaries(st.from_regex(r"[a-z]+", fullmatch=True), st.text(min_size=1)))
def test_options_survive_being_written(options: dict[str, str]) -> None:
    """Whatever characters they have."""
    options.pop("password", None)
    lake = Lake(tuple(sorted(options.items())))

    assert Lake.parse(str(lake)) == lake


def test_everything_else_is_a_file() -> None:
    """As ever."""
    assert place.parse("out/warehouse.duckdb") == Path("out/warehouse.duckdb")


def test_a_home_serves_its_file_unless_told_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An option goes before the environment, and that before the file in the home."""
    home = Home.find(tmp_path)
    assert home.served == home.warehouse

    monkeypatch.setenv("AICOST_WAREHOUSE", TEXT)
    monkeypatch.setenv("AICOST_LAKE_DATA", "/srv/lake")
    assert Home.find(tmp_path).served == Lake.parse(TEXT, "/srv/lake")
    assert Home.find(tmp_path, Path("other.duckdb")).served == Path("other.duckdb")
    assert Home.find(tmp_path).warehouse == home.warehouse
    assert paths.find_place(f"{TEXT}?data_path=/mine") == Lake.parse(TEXT, "/mine")


def test_a_lake_of_an_earlier_time_is_the_same_lake() -> None:
    """Only what is read of it differs."""
    lake = Lake.parse(TEXT)
    then = datetime(2026, 11, 23, tzinfo=UTC)

    assert lake.at(then).as_of == then
    assert str(lake.at(then)) == str(lake)
