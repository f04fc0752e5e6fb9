"""Line 50 of the fault matrix: SQL of a user that reaches out of the warehouse, or never ends."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from pipeline import warehouse
from pipeline.errors import UsageError
from tests.support.command import Aicost
from tests.support.small_world import SmallWorld, bytes_below

ROOT = Path(__file__).parents[1]
OUT = "aicost-fault-50"  # what a statement would write, wherever it could


@pytest.fixture
def published(world: SmallWorld) -> SmallWorld:
    """A small warehouse."""
    world.bundle("list", "2026-01-01", 1)
    world.publish()
    return world


REFUSED = f"""
    copy readings to '/tmp/{OUT}.csv'
    copy (select 1) to '/dev/stdout'
    copy readings from '/etc/passwd'
    export database '/tmp/{OUT}'
    import database '/tmp'
    attach '/tmp/{OUT}.duckdb'
    attach ':memory:' as mine
    attach if not exists 'https://example.org/x.duckdb' as far (read_only)
    detach warehouse
    use memory
    install httpfs
    force install httpfs from 'http://example.org'
    load httpfs
    load '/tmp/x.duckdb_extension'
    update extensions
    set enable_external_access = true
    set lock_configuration = false
    set global memory_limit = '1TB'
    set temp_directory = '/tmp'
    set variable x = 1
    set schema = 'meta'
    reset memory_limit
    pragma enable_external_access
    pragma memory_limit = '1TB'
    pragma enable_profiling
    pragma profiling_output = '/tmp/{OUT}.json'
    pragma add_parquet_key('a', '0123456789112345')
    create table mine as select 1
    create temp table mine as select 1
    create temp view mine as select 1
    create temp macro mine() as 1
    create or replace table readings as select 1
    create secret s (type http)
    create persistent secret s (type http)
    insert into readings values (1)
    update readings set value = 0
    delete from readings
    merge into readings using readings as r on true when matched then delete
    drop table readings
    alter table readings add column x int
    comment on table readings is 'x'
    truncate readings
    begin
    commit
    checkpoint
    force checkpoint
    vacuum
    analyze
    prepare p as select 1
    execute p
    call pragma_version()
    call add_parquet_key('a', '0123456789112345')
    select 1; drop table readings
    from read_text('/etc/passwd')
    from read_blob('/etc/passwd')
    from read_csv('/etc/passwd')
    from read_csv_auto('/etc/passwd')
    from read_json('/etc/passwd')
    from read_ndjson_objects('/etc/passwd')
    from read_parquet('/tmp/x.parquet')
    from read_parquet('https://example.org/x.parquet')
    from read_csv('s3://bucket/x.csv')
    from parquet_metadata('/tmp/x.parquet')
    from parquet_schema('/tmp/x.parquet')
    from parquet_file_metadata('/tmp/x.parquet')
    from sniff_csv('/etc/passwd')
    from glob('/etc/*')
    from read_duckdb('/tmp/x.duckdb')
    from '/etc/passwd'
    from 'file:///etc/passwd'
    from "/etc/passwd"
    from query('from read_text(''/etc/passwd'')')
    from query_table('/etc/passwd')
    select getenv('HOME')
    select read_text('/etc/passwd')
    explain analyze copy readings to '/tmp/{OUT}.csv'
    explain analyze create temp table mine as select 1
    /* x */ explain /* y */ analyze create temp table mine as select 1
    explain (analyze) create temp table mine as select 1
    explain (format json) set threads = 1
    explain analyze from read_text('/etc/passwd')
    with x as (from read_text('/etc/passwd')) from x
    select (select content from read_text('/etc/passwd'))
    from duckdb_secrets()
    from which_secret('/tmp/x', 'http')
    from httpfs_version()
    from json_execute_serialized_sql(json_serialize_sql('from read_text(''/etc/passwd'')'))
""".strip().splitlines()


@pytest.mark.fault(50)
def test_fault_50_nothing_beyond_the_warehouse(published: SmallWorld, aicost: Aicost) -> None:
    """Files, network, extensions, settings, changes, environment: exit 2, an error, nothing written anywhere."""
    before = bytes_below(published.home.root)
    for sql in map(str.strip, REFUSED):
        with pytest.raises(UsageError):
            warehouse.query(published.home.warehouse, sql)
    for sql in map(str.strip, REFUSED[::8]):
        said = aicost("query", sql, "--home", published.home.root)
        assert (said.code, said.out) == (2, ""), sql
        assert said.err.startswith("error: "), sql
        assert "root:" not in said.err, sql
    assert bytes_below(published.home.root) == before
    assert not list(Path("/tmp").glob(f"{OUT}*"))
    asked = aicost("query", "select value from readings", "--format", "csv", "--home", published.home.root)
    assert (asked.code, asked.out) == (0, "value\n1.0\n")


@pytest.mark.fault(50)
def test_fault_50_no_function_reads_a_file(published: SmallWorld, tmp_path: Path) -> None:
    """Every function of DuckDB is tried with a path, those of tomorrow too: none shows what is in the file."""
    secret = tmp_path / "secret.csv"
    secret.write_text("hidden,treasure\n1,2\n", encoding="utf-8")
    path = published.home.warehouse
    names = warehouse.query(
        path, "select distinct function_name, function_type from duckdb_functions() where function_type in "
        "('table', 'scalar', 'pragma') and regexp_matches(function_name, '^[a-z_]\\w*$') order by all",
    ).rows  # fmt: skip
    assert len(names) > 500
    with warehouse.reading(path) as reader:
        for name, kind in names:
            asked = f"from {name}(?)" if kind == "table" else f"select {name}(?)"
            try:
                answer = reader.execute(asked, [str(secret)]).fetchmany(100)
            except duckdb.Error:
                continue
            assert "treasure" not in str(answer), name


@pytest.mark.fault(50)
def test_fault_50_questions_are_still_answered(published: SmallWorld, aicost: Aicost) -> None:
    """Everything that only asks."""
    for sql in (
        "from readings", "values (1)", "table readings", "describe readings", "summarize readings", "show tables",
        "explain from readings", "with x as (select 1) from x", "select * from duckdb_columns() limit 1",
        "/* why */ select 1 -- because", "select 1;", "(select 1) union all (select 2)",
    ):  # fmt: skip
        assert aicost("query", sql, "--home", published.home.root).code == 0, sql


def in_a_process(home: Path, sql: str, *words: str) -> tuple[int, str, float, int]:
    """Exit code, last words, seconds and the peak of memory in MB."""
    code = (
        "import os, re, sys\nfrom pipeline import __main__ as cli\n"
        "end = os._exit\n"
        "def last(code):\n"
        "    sys.stdout.flush(); sys.stderr.flush()\n"
        "    sys.stderr.write(re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read())[1])\n"
        "    sys.stderr.flush(); end(code)\n"
        "os._exit = last\n"
        "last(cli.run(sys.argv[1:]))\n"
    )
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code, "query", sql, "--home", str(home), *words],
        capture_output=True, text=True, check=False, timeout=600, cwd=ROOT, env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    text, _, peak = done.stderr.rpartition("\n")
    return done.returncode, text, time.monotonic() - begun, int(peak) // 1024


@pytest.mark.fault(50)
@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("select levenshtein(repeat('a', 400000), repeat('b', 400000))", "longer than"),
        ("select count(*) from range(100000) a, range(100000) b, range(99999) c", "longer than"),
        ("select length(md5(repeat('x', 3000000000)))", "memory"),
        ("select * from range(100000000000) order by random()", "memory|longer than"),
        ("from range(100000000000)", "more than|longer than"),
    ],
)  # fmt: skip
def test_fault_50_no_question_takes_all(published: SmallWorld, sql: str, says: str) -> None:
    """Time, memory and output have an end, also where DuckDB itself cannot be stopped and does not count."""
    code, text, seconds, peak = in_a_process(published.home.root, sql, "--timeout", "1", "--format", "csv")

    assert code == 2
    assert re.search(f"error: .*({says})", text), text
    assert peak < 2500
    assert seconds < 120  # 1 for the question, 5 for one that cannot be stopped, the rest is a slow machine


@pytest.mark.fault(50)
def test_fault_50_output_has_an_end(published: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows and text are counted while they are fetched."""
    monkeypatch.setattr(warehouse, "MOST_CELLS", 10_000)
    monkeypatch.setattr(warehouse, "MOST_TEXT", 10_000)
    path = published.home.warehouse
    for sql in ("from range(100000)", "select repeat('x', 6000) from range(9)", "select range(20000)"):
        with pytest.raises(UsageError, match="more than"):
            warehouse.query(path, sql)
    assert len(warehouse.query(path, "from range(9000)").rows) == 9000
    cut = warehouse.query(path, "from range(100000)", limit=3)
    assert (len(cut.rows), cut.is_cut) == (3, True)
