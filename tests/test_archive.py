"""The cellar: what was received once can always be read again, and whatever is lost is named."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.archive import Archive, Visit, in_time, new_visit_id, whole_file
from pipeline.durable import check_writable
from pipeline.errors import ArchiveError, StorageError
from tests.support.small_world import NOON, SmallWorld, bytes_below

BODY = b"2026-01-01,1"
SHA256 = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive whose folder does not exist yet."""
    return Archive(tmp_path / "archive")


def body_path(archive: Archive) -> Path:
    """Where the body of these tests is."""
    return archive.root / "list" / f"{SHA256}.gz"


# --- bodies ---------------------------------------------------------------------------------------


def test_a_body_is_named_by_its_hash_and_given_back_as_received(archive: Archive) -> None:
    """Content-addressed, compressed the same way at any time of day."""
    assert archive.keep("list", BODY) == SHA256
    assert archive.body("list", SHA256) == BODY
    assert body_path(archive).read_bytes() == gzip.compress(BODY, compresslevel=6, mtime=0)


def test_a_body_that_is_whole_is_not_written_again(archive: Archive) -> None:
    """The same page every day is one file, untouched."""
    archive.keep("list", BODY)
    os.utime(body_path(archive), (1, 1))
    archive.keep("list", BODY)

    assert body_path(archive).stat().st_mtime == 1


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        (None, "is missing"),
        (b"", "does not have the hash"),
        (gzip.compress(BODY, mtime=0)[:-5], "cannot be read"),
        (b"not gzip", "cannot be read"),
        (gzip.compress(b"another page", mtime=0), "does not have the hash"),
    ],
)
def test_a_lost_body_is_named_exactly(archive: Archive, instead: bytes | None, said: str) -> None:
    """Missing, empty, cut, overwritten: hash, reason and file are said."""
    archive.keep("list", BODY)
    body_path(archive).unlink()
    if instead is not None:
        body_path(archive).write_bytes(instead)

    with pytest.raises(ArchiveError, match=f"{SHA256} {said}") as raised:
        archive.body("list", SHA256)
    assert raised.value.page == str(body_path(archive))
    assert not archive.holds("list", SHA256)


def test_a_damaged_body_is_mended_when_the_page_comes_again(archive: Archive) -> None:
    """Keeping a body checks the one that is there."""
    archive.keep("list", BODY)
    body_path(archive).write_bytes(b"damaged")
    archive.keep("list", BODY)

    assert archive.body("list", SHA256) == BODY


@pytest.mark.parametrize("name", ["../list", "/etc", "list/../x", "", ".", "List", "a" * 65, "list\n"])
def test_names_that_are_not_slugs_reach_no_file(archive: Archive, name: str) -> None:
    """A source's name becomes a folder and can be nothing else."""
    with pytest.raises(ArchiveError, match="is not the name of a source"):
        archive.keep(name, BODY)


def test_a_log_cannot_name_a_body_outside_the_archive(archive: Archive) -> None:
    """A hash is 64 hexadecimal digits, whoever has written the line."""
    line = '{"visit_id":"x","source":"list","outcome":"new","via":"fetch","visited_at":"2026-01-01T00:00:00Z",'
    line += '"logged_at":"2026-01-01T00:00:00Z","pages":[{"url":"u","final_url":"u","status":200,"headers":[],'
    line += '"sha256":"../../etc/passwd","bytes":1,"fetched_at":"2026-01-01T00:00:00Z"}]}'
    body_path(archive).parent.mkdir(parents=True)
    (archive.root / "list" / "visits.jsonl").write_text(line + "\n", encoding="utf-8")

    assert archive.visits("list") == []
    assert "line 1" in archive.damage("list")[0].what


# --- durability -----------------------------------------------------------------------------------


def test_bodies_and_lines_are_on_disk_before_they_count(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The body is synced under a partial name, renamed, its folder synced; then the log's line is synced."""
    steps: list[str] = []
    real_replace, real_fsync = Path.replace, os.fsync

    def fsync(handle: int) -> None:
        steps.append(f"sync {Path(f'/proc/self/fd/{handle}').readlink().name}")
        real_fsync(handle)

    def rename(self: Path, target: Path) -> Path:
        steps.append(f"rename to {target.name}")
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", rename)
    world.archive.root.joinpath("list").mkdir(parents=True)
    world.receive("list", "2026-01-01,1")

    assert steps == [
        f"sync .{SHA256}.gz.{os.getpid()}.partial", f"rename to {SHA256}.gz", "sync list",
        "sync visits.jsonl", "sync list",
    ]  # fmt: skip


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    """Neither the file nor its partial, and the error says which path."""

    def fill() -> None:
        with whole_file(tmp_path / "file") as partial:
            partial.write_bytes(b"half")
            raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match="No space left on device") as raised:
        fill()
    assert raised.value.page == str(tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_a_page_comes_before_its_line(world: SmallWorld) -> None:
    """A visit cannot be logged without its bodies."""
    visit = world.receive("list", "2026-01-01,1")
    (world.archive.root / "list" / f"{SHA256}.gz").unlink()

    with pytest.raises(ArchiveError, match="was not kept before its visit"):
        world.archive.log(visit.model_copy(update={"visit_id": "another"}))


def test_a_crash_between_body_and_line_loses_nothing(world: SmallWorld) -> None:
    """A body without a line changes nothing, and is not written twice when the page comes again."""
    first = world.receive("list", "2026-01-01,1")
    world.archive.keep("list", b"2026-01-02,2")  # and the process ends here

    assert world.archive.visits("list") == [first]
    second = world.receive("list", "2026-01-02,2", at=NOON + timedelta(hours=1))
    assert world.archive.visits("list") == [first, second]


# --- the log --------------------------------------------------------------------------------------


def log_of(world: SmallWorld) -> Path:
    """The log of the source of these tests."""
    return world.home.archive / "list" / "visits.jsonl"


def test_a_line_torn_by_a_crash_is_passed_over(world: SmallWorld) -> None:
    """At whatever byte it was torn, the visits before it and after it stay readable, and nothing is called damaged."""
    first = world.receive("list", "2026-01-01,1")
    whole = log_of(world).read_bytes()
    for cut in (1, 10, len(whole) // 2, len(whole) - 2):
        log_of(world).write_bytes(whole + whole[:cut])
        assert (world.archive.visits("list"), world.archive.damage("list")) == ([first], []), cut
        second = world.receive("list", "2026-01-02,2", at=NOON + timedelta(hours=1))
        assert (world.archive.visits("list"), world.archive.damage("list")) == ([first, second], []), cut


def test_zeros_after_a_power_cut_are_a_torn_line(world: SmallWorld) -> None:
    """Some file systems leave zeros where a line was to be."""
    first = world.receive("list", "2026-01-01,1")
    whole = log_of(world).read_bytes()
    for tail in (bytes(50), whole[:70] + bytes(50)):
        log_of(world).write_bytes(whole + tail)
        assert (world.archive.visits("list"), world.archive.damage("list")) == ([first], [])


@pytest.mark.parametrize("line", [b'{"visit_id": "x"}', b"[]", b"garbage", b'{"visit_id": "\xff"}'])
def test_any_other_unreadable_line_is_named(world: SmallWorld, line: bytes) -> None:
    """An edited line is told by its number; the other visits stay in force."""
    first = world.receive("list", "2026-01-01,1")
    second = world.receive("list", "2026-01-02,2", at=NOON + timedelta(hours=1))
    lines = log_of(world).read_bytes().splitlines()
    log_of(world).write_bytes(b"\n".join([lines[0], line, lines[1], b""]))

    assert world.archive.visits("list") == [first, second]
    (error,) = world.archive.damage("list")
    assert "line 2" in error.what
    assert error.page == str(log_of(world))


def test_the_same_page_at_the_same_time_is_one_visit(world: SmallWorld) -> None:
    """Ingesting a file twice adds nothing; the same page at another time does."""
    world.receive("list", "2026-01-01,1")
    before = bytes_below(world.home.archive)
    world.receive("list", "2026-01-01,1")

    assert bytes_below(world.home.archive) == before
    world.receive("list", "2026-01-01,1", at=NOON + timedelta(seconds=1))
    assert len(world.archive.visits("list")) == 2


def test_the_newest_page_is_the_latest_visit_whenever_it_was_logged(world: SmallWorld) -> None:
    """A page of last year that is ingested today does not become what today's page is compared with."""
    newest = world.receive("list", "2026-01-01,1")
    world.receive("list", "2025-01-01,1", at=NOON - timedelta(days=365), via="ingest")
    world.fail("list", NOON + timedelta(hours=1))

    assert world.archive.latest("list") == newest


def test_visits_survive_the_way_to_disk_and_back(world: SmallWorld) -> None:
    """Headers in order, times with their zone, errors with their parts."""
    world.fail("list", NOON)
    logged = world.receive("list", "2026-01-01,1", at=NOON + timedelta(microseconds=1))

    failed, received = world.archive.visits("list")
    assert received == logged
    assert received.visited_at.utcoffset() == timedelta(0)
    assert failed.error == {"message": "no answer in time"}
    assert Visit.model_validate_json(failed.model_dump_json()) == failed


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file stands where the archive should be: as clear as a read-only disk."""
    (tmp_path / "file").write_text("", encoding="utf-8")

    for attempt in (
        lambda: Archive(tmp_path / "file").keep("list", BODY),
        lambda: check_writable(tmp_path / "file"),
    ):
        with pytest.raises(StorageError, match=str(tmp_path / "file")):
            attempt()


# --- what a look costs ----------------------------------------------------------------------------


def test_an_unchanged_page_costs_a_stat(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that nobody wrote to since its visit was logged is not read; one that was, or is empty, is."""
    visit = world.receive("list", "2026-01-01,1").model_copy(update={"logged_at": datetime.now(UTC)})
    read = list[str]()
    body = Archive.body
    monkeypatch.setattr(Archive, "body", lambda self, source, sha256: read.append(sha256) or body(self, source, sha256))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    assert world.archive.still_holds(visit)
    assert read == []

    path = world.archive.root / "list" / f"{visit.pages[0].sha256}.gz"
    later = visit.logged_at.timestamp() + 1
    os.utime(path, (later, later))
    assert world.archive.still_holds(visit)
    assert len(read) == 1
    path.write_bytes(b"")
    assert not world.archive.still_holds(visit)
    path.unlink()
    assert not world.archive.still_holds(visit)


def test_the_latest_visit_is_found_from_the_end_of_the_log(world: SmallWorld) -> None:
    """As in the whole log in order of time: with clocks that were wrong, failures, and pages brought in by hand."""
    kept = world.receive("list", "2026-01-01,1").pages
    chance = random.Random(7)
    for number in range(60):
        name, visits = f"log{number}", list[Visit]()
        world.archive.keep(name, b"2026-01-01,1")
        for _ in range(chance.randrange(1, 9)):
            at, new = NOON + timedelta(hours=chance.randrange(-50, 50)), chance.random() < 0.5
            visits.append(Visit.model_validate({
                "visit_id": new_visit_id(at, kept if new else ()), "source": name, "visited_at": at, "logged_at": NOON,
                "outcome": "new" if new else chance.choice(("unchanged", "failed")), "pages": kept if new else (),
                "via": "ingest" if new and chance.random() < 0.4 else "fetch",
            }))  # fmt: skip
            world.archive.log(visits[-1])
        received = [visit for visit in in_time(world.archive.visits(name)) if visit.outcome == "new"]

        assert world.archive.latest(name) == (received[-1] if received else None)
