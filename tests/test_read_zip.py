"""ZIP archives from outside: within bounds, whole, and nothing that unpacks to more than it may."""

from __future__ import annotations

import io
import resource
import struct
import warnings
import zipfile

import pytest

from pipeline.errors import PageChanged
from pipeline.read_zip import is_zip, zip_members
from pipeline.source import Page


def page_of(body: bytes) -> Page:
    """A page with that body."""
    return Page("practice", "https://example.org/catalog.zip", body, "application/zip")


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()


def test_members_are_pages_of_their_own() -> None:
    """Their address names the member; folders and members that are not wanted are left."""
    page = page_of(packed({"a.csv": b"x,y\n1,2\n", "notes/": b"", "b.txt": b"no"}))
    members = zip_members(page, lambda name: name.endswith(".csv"))

    assert is_zip(page)
    assert {name: member.body for name, member in members.items()} == {"a.csv": b"x,y\n1,2\n"}
    assert members["a.csv"].url == "https://example.org/catalog.zip#a.csv"
    assert members["a.csv"].source == "practice"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_stored_and_deflated_members_are_read(method: int) -> None:
    """The two methods that every program can unpack."""
    assert zip_members(page_of(packed({"a": b"1234" * 9}, method)))["a"].body == b"1234" * 9


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_are_refused(method: int) -> None:
    """Their ratios have no end."""
    with pytest.raises(PageChanged, match="packed by method"):
        zip_members(page_of(packed({"a": b"1234" * 9}, method)))


@pytest.mark.parametrize(
    "body", [b"", b"PK", b"<html></html>", b"PK\x03\x04" + b"\0" * 40, b"PK\x05\x06" + b"\xff" * 18]
)
def test_what_is_no_archive_is_refused(body: bytes) -> None:
    """An error page, or the first bytes of a download."""
    with pytest.raises(PageChanged, match="not readable as a ZIP archive"):
        zip_members(page_of(body))


def test_an_archive_cut_anywhere_or_with_a_flipped_byte_is_refused_or_the_same() -> None:
    """A checksum stands beside every member."""
    body = packed({"a.csv": b"name,price\n" + b"".join(b"x%d,%d\n" % (n, n) for n in range(200))})
    whole = zip_members(page_of(body))["a.csv"].body
    for cut in range(1, len(body), 7):
        with pytest.raises(PageChanged):
            zip_members(page_of(body[:cut]))
    for place in range(0, len(body), 5):
        flipped = bytearray(body)
        flipped[place] ^= 0x55
        try:
            members = zip_members(page_of(bytes(flipped)), lambda name: name == "a.csv")
        except PageChanged:
            continue
        assert all(member.body == whole for member in members.values()), place


def test_a_bomb_costs_no_memory() -> None:
    """A gigabyte of zeros in a megabyte is refused by what its header says."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb.csv", "w") as member:
        for _ in range(256):
            member.write(bytes(2**20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(PageChanged, match="unpacks to 268,435,456 bytes"):
        zip_members(page_of(out.getvalue()))
    with pytest.raises(PageChanged, match=r"unpacks .* bytes to 268,435,456"):
        zip_members(page_of(out.getvalue()), largest_member=2**30, largest_all=2**30)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000  # KB


@pytest.mark.parametrize("said", [1, 1000])
def test_a_member_that_lies_about_its_size_is_refused(said: int) -> None:
    """No more is read than the header says, and then the checksum does not fit."""
    body = bytearray(packed({"a.csv": bytes(range(256)) * 100}))
    directory = body.index(b"PK\x01\x02")
    body[directory + 24 : directory + 28] = struct.pack("<I", said)
    with pytest.raises(PageChanged):
        zip_members(page_of(bytes(body)))


def test_several_members_have_one_bound_together() -> None:
    """Many members that are each small enough are too much together."""
    page = page_of(packed({f"{n}.csv": bytes(range(256)) * 4 for n in range(30)}))

    assert len(zip_members(page)) == 30
    with pytest.raises(PageChanged, match="more than 20,000 bytes"):
        zip_members(page, largest_all=20_000)
    with pytest.raises(PageChanged, match="30 members"):
        zip_members(page, most_members=20)


def test_a_name_that_stands_twice_is_refused() -> None:
    """Which of the two is meant cannot be known; programs disagree."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("a.csv", b"1")
        archive.writestr("a.csv", b"2")
    with pytest.raises(PageChanged, match="1 of them named apart"):
        zip_members(page_of(out.getvalue()))


def test_an_encrypted_member_is_refused() -> None:
    """There is no password to public data."""
    body = bytearray(packed({"a.csv": b"12"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(mark) + place] |= 1
    with pytest.raises(PageChanged, match="encrypted"):
        zip_members(page_of(bytes(body)))


def test_a_name_with_a_path_is_only_a_name() -> None:
    """Nothing is written: a name cannot lead out of a folder."""
    members = zip_members(page_of(packed({"../../etc/passwd": b"x", "/abs": b"y"})))

    assert {name: member.body for name, member in members.items()} == {"../../etc/passwd": b"x", "/abs": b"y"}
