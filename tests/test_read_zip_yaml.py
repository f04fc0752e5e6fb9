"""Archives and YAML: read within bounds, whole or not at all."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from pipeline import read_zip
from pipeline.errors import PageChanged
from pipeline.read_yaml import yaml_records
from pipeline.read_zip import members_of
from pipeline.source import Page

CSV = b"a,b\n" + b"1,2\n" * 500


def archive(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        for name, body in members:
            packed.writestr(name, body)
    return out.getvalue()


def page(body: bytes) -> Page:
    """A page of that body."""
    return Page("some_source", "https://site.example/a.zip", body)


def read(body: bytes) -> dict[str, bytes]:
    """Members by name."""
    return {member.url.rpartition("#")[2]: member.body for member in members_of(page(body))}


def test_members_of_a_suffix_are_pages_in_order_of_their_names() -> None:
    """Folders are no part of a name, and a path that climbs leads nowhere: nothing is written."""
    body = archive(("b/z.csv", CSV), ("../../etc/a.csv", b"x\n"), ("readme.md", b"#"), ("empty.csv", b""))

    assert read(body) == {"a.csv": b"x\n", "empty.csv": b"", "z.csv": CSV}
    assert list(read(body)) == ["a.csv", "empty.csv", "z.csv"]


def test_an_archive_cut_anywhere_or_with_any_byte_changed_is_refused_or_the_same() -> None:
    """The directory stands at the end, and every member has a checksum."""
    body = archive(("a.csv", CSV), ("b.csv", b"c,d\n3,4\n"))
    whole = read(body)
    for cut in range(1, len(body)):
        with pytest.raises(PageChanged):
            read(body[:cut])
    for place in range(len(body)):
        changed = bytearray(body)
        changed[place] ^= 0x10
        try:
            found = read(bytes(changed))
        except PageChanged:
            continue
        assert set(found.values()) <= set(whole.values()), f"byte {place} changed what is read"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    """By what it says of its size, and, where that is a lie, by what comes out."""
    bomb = archive(("a.csv", bytes(5_000_000)))
    with pytest.raises(PageChanged, match="5,000,000"):
        read(bomb)
    lying = bomb.replace(struct.pack("<L", 5_000_000), struct.pack("<L", 900_000))
    with pytest.raises(PageChanged):
        read(lying)


def test_members_that_share_their_bytes_are_counted_each() -> None:
    """An archive whose directory names one body thousands of times has too many members."""
    with pytest.raises(PageChanged, match="501 members"):
        read(archive(*((f"{n}.csv", b"") for n in range(read_zip.MOST_MEMBERS + 1))))


def test_a_name_twice_another_packing_or_a_password_is_refused() -> None:
    """Which of two is meant cannot be known; what cannot be read is said."""
    with pytest.raises(PageChanged, match="same name"):
        read(archive(("x/a.csv", b"1\n"), ("y/a.csv", b"2\n")))
    with pytest.raises(PageChanged, match="packed by method"):
        read(archive(("a.csv", CSV), method=zipfile.ZIP_LZMA))
    locked = bytearray(archive(("a.csv", CSV), method=zipfile.ZIP_STORED))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1
    with pytest.raises(PageChanged, match="encrypted"):
        read(bytes(locked))


@pytest.mark.parametrize("body", [b"", b"PK", b"<html></html>", b'{"error": 1}', CSV])
def test_what_is_no_archive_is_refused(body: bytes) -> None:
    """An error page with status 200."""
    with pytest.raises(PageChanged, match="not readable as a ZIP archive"):
        read(body)


# --- YAML -----------------------------------------------------------------------------------------


def records(text: str) -> list[dict[str, str]]:
    """The records of a YAML text."""
    return [dict(record) for record in yaml_records(page(text.encode()))]


def test_every_value_is_the_text_that_is_printed() -> None:
    """A commit such as 5e10 is no number, no is no truth value, and a day stays as written."""
    text = '- {commit: 5e10, word: no, day: 2025-02-25, cost: 0.0000, empty: , quoted: "a: b"}\n'

    assert records(text) == [
        {"commit": "5e10", "word": "no", "day": "2025-02-25", "cost": "0.0000", "empty": "", "quoted": "a: b"}
    ]


@pytest.mark.parametrize(
    "text",
    [
        "", "just words\n", "a: 1\n", "- 1\n- 2\n", "- {a: {b: 1}}\n", "- {a: [1]}\n", "- {a: 1}\n- 2\n",
        "- {a: 1, a: 2}\n", "- &x {a: 1}\n- *x\n", "- a: 1\n b: 2\n", "- !!python/object/apply:os.system [ls]\n",
        "<html></html>\n", "- {a: 1\n", "--- \n- {a: 1}\n---\n- {a: 2}\n", "- {a: \x07}\n",
    ],
)  # fmt: skip
def test_what_is_no_list_of_flat_records_is_refused(text: str) -> None:
    """Keys twice, references, nested values, several documents, objects, and pages that are something else."""
    with pytest.raises(PageChanged):
        records(text)


def test_references_that_unfold_to_gigabytes_are_refused_at_once() -> None:
    """A billion laughs."""
    laughs = "\n".join(f"- &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))

    with pytest.raises(PageChanged, match="refers back"):
        records(f"- &a0 ha\n{laughs}\n")
