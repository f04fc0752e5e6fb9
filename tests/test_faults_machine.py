"""Faults of the machine beyond the matrix: streams, limits, odd files and names, and what they end with."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pipeline import durable, memory, paths
from pipeline import refresh as steps
from pipeline.archive import Archive
from pipeline.doctor import examine
from pipeline.errors import ArchiveError, Exit, StorageError, UsageError
from pipeline.paths import Home
from tests.support import crashes
from tests.support.command import Aicost
from tests.support.small_world import NOON, SmallWorld

ROOT = Path(__file__).parents[1]


def shell(command: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A line of a shell in which $AICOST is the command line, and --home the one given."""
    aicost = f"{sys.executable} -m pipeline"
    return subprocess.run(
        ["bash", "-c", command.replace("$AICOST", aicost).replace("$HOME_OF_DATA", str(home))],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip


# --- streams ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("command", "code"), [
    ("$AICOST status --home $HOME_OF_DATA >/dev/full", 7),
    ("$AICOST query 'from sources' --json --home $HOME_OF_DATA >/dev/full", 7),
    ("$AICOST query 'from sources' --home $HOME_OF_DATA >&-", 0),
    ("$AICOST query 'from sources' --home $HOME_OF_DATA <&- >&- 2>&-", 0),
    ("$AICOST nonsense 2>/dev/full", 2),
])  # fmt: skip
def test_streams_that_are_full_or_closed(offline_home: Path, command: str, code: int) -> None:
    """What cannot be printed is no bug; a closed stream's place is taken by no file of ours."""
    done = shell(command, offline_home)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    if code == Exit.STORAGE:
        assert "error: the answer cannot be written: No space left on device" in done.stderr
        assert "unexpected" not in done.stderr


def test_a_small_alphabet_loses_no_answer(offline_home: Path) -> None:
    """Signs that a terminal cannot show are spelt out; JSON stays JSON; words of the command line are UTF-8."""
    sql = "select '€ 数据' as x"
    bare = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    shown = shell(f'$AICOST query "{sql}" --home $HOME_OF_DATA', offline_home, **bare)
    assert shown.returncode == 0, shown.stderr
    assert "\\u20ac" in shown.stdout
    told = shell(f'$AICOST query "{sql}" --json --home $HOME_OF_DATA', offline_home, PYTHONIOENCODING="ascii")
    assert "€ 数据" in str(json.loads(told.stdout)["data"])
    bad = shell("$AICOST status --home $'/tmp/\\xff'", offline_home)
    assert (bad.returncode, "is not UTF-8" in bad.stderr) == (Exit.USAGE, True)


# --- limits -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", ["-v 300000", "-v 430000", "-d 100000", "-s 200", "-n 16", "-f 10"])
def test_little_of_everything(offline_home: Path, limit: str) -> None:
    """It works, or it says that there is too little; it is never ended without a word."""
    done = shell(f"ulimit {limit}; $AICOST query 'from sources' --home $HOME_OF_DATA", offline_home)
    assert done.returncode in (Exit.DONE, Exit.STORAGE), (done.returncode, done.stderr)
    assert "unexpected" not in done.stderr
    assert done.returncode == Exit.DONE or "memory" in done.stderr


def test_no_thread_and_no_memory_are_the_machine_s(
    aicost: Aicost, offline_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a bug to be reported."""
    for error in (RuntimeError("can't start new thread"), MemoryError()):

        def fail(*_: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr("pipeline.commands.of_sources", fail)
        said = aicost("status", "--home", offline_home)
        assert said.code == Exit.STORAGE
        assert "too little memory" in said.err
    assert memory.allowed() > memory.LEAST_ADDRESSES


# --- names of homes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["~nosuchuser/x", "\udcff", "a\x00b"])
def test_a_home_of_an_impossible_name(aicost: Aicost, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """By option or by environment."""
    with pytest.raises(UsageError, match="is no folder's name"):
        Home.find(name)
    if "\x00" not in name:
        monkeypatch.setenv("AICOST_HOME", name)
        assert aicost("status").code == Exit.USAGE


def test_a_person_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """No HOME and no entry among the users, as in some containers: said, and no folder is called ~."""

    def nobody(_: int) -> None:
        raise KeyError

    monkeypatch.setattr(paths, "in_checkout", lambda: False)
    for name in ("HOME", "XDG_DATA_HOME", "AICOST_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with pytest.raises(UsageError, match=r"nobody's home is known|is no folder's name"):  # by the age of platformdirs
        Home.find()


def test_a_relative_home_where_the_folder_is_gone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Also the report of a bug finds another place."""
    (tmp_path / "gone").mkdir()
    done = shell("cd $HOME_OF_DATA/gone; rmdir ../gone; PYTHONPATH=" + str(ROOT) + " $AICOST status --home h", tmp_path)
    assert done.returncode == Exit.USAGE
    assert "Traceback" not in done.stderr


# --- other things in the place of files -------------------------------------------------------------------


@pytest.fixture
def served(world: SmallWorld) -> SmallWorld:
    """A small world that has published."""
    steps.refresh(world.home, fetcher=crashes.door(1, NOON))
    return world


PLACES = ["warehouse.duckdb", "warehouse.duckdb.sha256", "runs.jsonl", "archive/decisions.jsonl", "refresh.lock",
          "archive/list/visits.jsonl", "archive/publishes.jsonl"]  # fmt: skip


@pytest.mark.parametrize("kind", ["pipe", "folder"])
@pytest.mark.parametrize("name", PLACES)
def test_a_pipe_or_folder_in_the_place_of_a_file(served: SmallWorld, aicost: Aicost, name: str, kind: str) -> None:
    """Nothing waits for a pipe for ever: exit 7 with its name, and doctor does not hang either."""
    path = served.home.root / name
    path.unlink(missing_ok=True)
    os.mkfifo(path) if kind == "pipe" else path.mkdir()
    with pytest.raises(StorageError) as raised:
        steps.refresh(served.home, fetcher=crashes.door(2, NOON))
    assert str(path) in str(raised.value)
    assert examine(served.home)
    if name == "warehouse.duckdb":
        assert aicost("query", "from sources", "--home", served.home.root).code == Exit.STORAGE


def test_a_pipe_in_the_place_of_a_body(tmp_path: Path) -> None:
    """It is lost, and named."""
    archive = Archive(tmp_path)
    sha256 = archive.keep("list", b"body")
    path = tmp_path / "list" / f"{sha256}.gz"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ArchiveError, match="not a plain file"):
        archive.body("list", sha256)
    assert not archive.holds("list", sha256)


def test_plain_bytes_are_all_of_them(tmp_path: Path) -> None:
    """However many."""
    (tmp_path / "file").write_bytes(b"x" * 3_000_000)
    assert len(durable.plain_bytes(tmp_path / "file")) == 3_000_000
    assert paths.environment("AICOST_NO_SUCH_THING") is None


def test_a_disk_without_room_for_another_file(world: SmallWorld) -> None:
    """Bytes are free and names are not: that is said, and nothing else."""
    home = world.home.root
    home.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64m,nr_inodes=6", "tmpfs", str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this process may not mount: {done.stderr.strip()}")
    try:
        with pytest.raises(StorageError) as raised:
            steps.refresh(world.home, fetcher=crashes.door(1, NOON))
        assert "no further file (df -i)" in str(raised.value.likely)
    finally:
        subprocess.run(["umount", str(home)], check=True)


def test_a_machine_without_a_place_for_temporary_files(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch, aicost: Aicost
) -> None:
    """A container whose disk is read-only but for the home: said at the start, with what to set."""
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["/proc/nowhere"])
    said = aicost("refresh", "--offline", "--home", world.home.root)
    assert (said.code, "set TMPDIR" in said.err) == (Exit.STORAGE, True), said.err


def test_time_of_the_processor_that_is_used_up(tmp_path: Path) -> None:
    """The soft limit ends a run as Ctrl-C does: with a word, its lock free, and nothing left half."""
    code = "import pipeline.__main__ as cli, pipeline.commands as c\n"
    code += "c.of_sources = lambda *_, **__: [0 for _ in iter(int, 1)]\n"
    code += "import sys; sys.argv[1:] = ['status', '--home', sys.argv[1]]; cli.main()"
    given = f'ulimit -St 2; exec {sys.executable} -c "$0" $1'
    done = subprocess.run(["bash", "-c", given, code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True,
                          check=False, timeout=600)  # fmt: skip
    assert (done.returncode, "interrupted" in done.stderr) == (Exit.INTERRUPTED, True), done.stderr
