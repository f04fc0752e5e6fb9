"""Members of a ZIP archive, read within bounds: what the archive says of itself is checked against what comes out."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import IO

from pipeline.errors import PageChanged
from pipeline.source import Page

MOST_MEMBERS = 500
LARGEST_MEMBER = 64 * 2**20  # bytes, unpacked
LARGEST_ALL = 128 * 2**20
LARGEST_RATIO = 200  # unpacked to packed; text packs 5 to 20 times, a bomb a thousand times
_CHUNK = 2**16
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def is_zip(page: Page) -> bool:
    """Whether the body begins as a ZIP archive does."""
    return page.body.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def zip_members(
    page: Page,
    wanted: Callable[[str], bool] = lambda name: True,
    *,
    most_members: int = MOST_MEMBERS,
    largest_member: int = LARGEST_MEMBER,
    largest_all: int = LARGEST_ALL,
) -> Mapping[str, Page]:
    """The wanted members of the archive as pages of their own, by name; nothing is written to disk.

    A member is read in pieces and given up as soon as it is larger than allowed or than its header says, so that
    a bomb costs no more memory than the bounds. Names are only compared, never used as paths.

    Raises:
        PageChanged: No or a broken archive, a checksum that does not fit, a name twice, an encrypted member, another
            method than deflate, or more than the bounds allow.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(page.body)) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if len(names) > most_members or len(set(names)) != len(names):
                raise _changed(page, f"the archive has {len(names)} members, {len(set(names))} of them named apart")
            chosen = [entry for entry in entries if not entry.is_dir() and wanted(entry.filename)]
            for entry in chosen:
                _check(page, entry, largest_member)
            if sum(entry.file_size for entry in chosen) > largest_all:
                raise _changed(page, f"the archive unpacks to more than {largest_all:,} bytes", BOMB)
            return {entry.filename: _read(page, archive, entry) for entry in chosen}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise _changed(page, f"not readable as a ZIP archive: {str(error)[:200]}") from error


def members_of(page: Page, suffix: str = ".csv") -> Iterator[Page]:
    """The members of that suffix, in order of their names, where a name is the last part of its path.

    Raises:
        PageChanged: As above, or two folders hold a member of the same name.
    """
    members = zip_members(page, lambda name: name.endswith(suffix))
    named = {name.rpartition("/")[2]: name for name in members}
    if len(named) != len(members):
        raise _changed(page, "two members have the same name", "two archives were joined")
    for short, name in sorted(named.items()):
        yield replace(members[name], url=f"{page.url}#{short}")


BOMB = "the archive is a bomb, or of another kind than before"


def _check(page: Page, entry: zipfile.ZipInfo, largest: int) -> None:
    label = repr(entry.filename[:80])
    if entry.flag_bits & 0x1:
        raise _changed(page, f"member {label} is encrypted")
    if entry.compress_type not in _PLAIN:
        raise _changed(page, f"member {label} is packed by method {entry.compress_type}", BOMB)
    if entry.file_size > largest:
        raise _changed(page, f"member {label} unpacks to {entry.file_size:,} bytes, allowed are {largest:,}", BOMB)
    if entry.file_size > LARGEST_RATIO * max(entry.compress_size, 1):
        what = f"member {label} unpacks {entry.compress_size:,} bytes to {entry.file_size:,}"
        raise _changed(page, what, BOMB)


def _read(page: Page, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Page:
    with archive.open(entry) as member:
        body = _bounded(member, entry.file_size)
    if len(body) != entry.file_size:
        raise _changed(page, f"member {entry.filename[:80]!r} is not of the {entry.file_size:,} bytes it announces")
    return replace(page, url=f"{page.url}#{entry.filename[:200]}", body=body, content_type="")


def _bounded(member: IO[bytes], size: int) -> bytes:
    pieces, held = list[bytes](), 0
    while held <= size and (piece := member.read(_CHUNK)):
        pieces.append(piece)
        held += len(piece)
    return b"".join(pieces)


def _changed(page: Page, what: str, likely: str = "it was cut off, or something else is served") -> PageChanged:
    return PageChanged(what, source=page.source, page=page.url, likely=likely)
