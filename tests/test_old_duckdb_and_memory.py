"""Lines 61 and 66 of the fault matrix: the published file in an old DuckDB, and little memory."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from pipeline import memory
from pipeline.errors import UsageError

ROOT = Path(__file__).parents[1]

# --- 61: an older DuckDB -----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.fault(61)
def test_fault_61_duckdb_1_2_reads_the_published_file(offline_warehouse: Path, tmp_path: Path) -> None:
    """What BI tools of last year are built on opens the real warehouse, every table of it."""
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(tmp_path), "duckdb==1.2.2"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        pytest.skip(f"no wheel of duckdb 1.2.2 can be had here: {done.stderr.strip().splitlines()[-1]}")
    code = """
        import sys
        sys.path.insert(0, sys.argv[1])
        import duckdb
        reader = duckdb.connect(sys.argv[2], read_only=True)
        tables = reader.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        read = [reader.execute(f'select count(*), max(hash(t)) from "{s}"."{n}" as t').fetchall() for s, n in tables]
        print(duckdb.__version__, len(read), sum(row[0][0] for row in read))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path), str(offline_warehouse)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    version, tables, rows = done.stdout.split()
    assert version == "1.2.2"
    assert int(tables) > 50
    assert int(rows) > 10_000


# --- 66: little memory -------------------------------------------------------------------------------------

SMALL = """
import json, resource, sys, time
from datetime import timedelta
from pathlib import Path
import pytest
from pipeline.archive import Visit, ArchivedPage, new_visit_id
from tests.support import small_world

LIMIT = 512 * 2**20
resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT))
years, rows = int(sys.argv[2]), int(sys.argv[3])
world = small_world.make(Path(sys.argv[1]), pytest.MonkeyPatch())
world.sources["prices"] = small_world.small_source("prices", history=True, most=10**6)
for day in range(365 * years):
    at = small_world.NOON - timedelta(days=day)
    first = small_world.NOON.date() - timedelta(days=365 * years + rows)
    lines = [f"{first + timedelta(days=row)},{1 + (row * 7 + day) % 900}" for row in range(rows)]
    body = "\\n".join(lines).encode()
    page = ArchivedPage(url="http://site.test/prices", final_url="http://site.test/prices", status=200, headers=(),
                        sha256=world.archive.keep("prices", body), bytes=len(body), fetched_at=at)
    visit = Visit.model_validate({"visit_id": new_visit_id(at, (page,)), "source": "prices", "outcome": "new",
                                  "via": "fetch", "visited_at": at, "logged_at": at, "pages": (page,)})
    log = world.home.archive / "prices" / "visits.jsonl"
    with log.open("a") as file:
        file.write(visit.model_dump_json(exclude_none=True) + "\\n")
started = time.monotonic()
world.publish()
cold = time.monotonic() - started
world.publish()
(count,), = world.ask("select count(*) from readings")
said = Path("/proc/self/status").read_text()  # what getrusage says has the peak of the parent in it
peak = int(said.partition("VmHWM:")[2].split()[0]) * 1024
print(json.dumps({"rows": count, "peak": peak, "cold": cold, "all": time.monotonic() - started}))
"""


@pytest.mark.slow
@pytest.mark.fault(66)
def test_fault_66_five_years_of_pages_in_512_mb(tmp_path: Path) -> None:
    """A page a day for five years, with 512 MB for all data of the process: twice published."""
    years, rows = 5, 50
    command = [sys.executable, "-c", SMALL, str(tmp_path), str(years), str(rows)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)

    assert found["rows"] == 365 * years * rows
    assert found["peak"] < 512 * 2**20


LIMITED = """
import resource, sys
from pipeline import memory
before = memory.allowed()
resource.setrlimit(resource.RLIMIT_DATA, (2 * 2**30, 2 * 2**30))
sizes = [memory.limit(served_bytes) for served_bytes in (0, 800 * 2**20, 2**40)]
resource.setrlimit(resource.RLIMIT_DATA, (512 * 2**20, 512 * 2**20))
print(before, memory.allowed(), *sizes, memory.limit(2**40))
"""


@pytest.mark.fault(66)
def test_fault_66_memory_is_limited_on_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB gets as much as the served file is large, within bounds; at most half of what the process may have."""
    monkeypatch.delenv("AICOST_MEMORY_LIMIT", raising=False)
    done = subprocess.run([sys.executable, "-c", LIMITED], cwd=ROOT, capture_output=True, text=True, check=True)
    before, allowed, *limits = done.stdout.split()

    assert int(before) >= int(allowed) == 512 * 2**20
    assert limits == ["400MiB", "800MiB", "1024MiB", "256MiB"]


@pytest.mark.parametrize(("said", "limit"), [("800MB", "762MiB"), ("1.5 GiB", "1536MiB"), ("64mib", "64MiB")])
def test_a_person_may_set_the_memory_of_a_publish(monkeypatch: pytest.MonkeyPatch, said: str, limit: str) -> None:
    """In the units that DuckDB has; what the machine does not have is refused."""
    monkeypatch.setattr(memory, "allowed", lambda: 3 * 2**30)
    monkeypatch.setenv("AICOST_MEMORY_LIMIT", said)
    assert memory.limit() == memory.limit(2**40) == limit

    monkeypatch.setenv("AICOST_MEMORY_LIMIT", "4GiB")
    with pytest.raises(UsageError, match=r"more than the 3,221,225,472 bytes"):
        memory.limit()
