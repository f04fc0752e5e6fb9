"""Archives in the ZIP format, read in memory and within bounds: no bomb, no member twice, nothing written to a disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace

from pipeline.errors import PageChanged
from pipeline.source import Page

MOST_MEMBERS = 500
MOST_BYTES = 64_000_000  # of all members together, unpacked
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1
CHUNK = 1 << 16


def members_of(page: Page, suffix: str = ".csv") -> Iterator[Page]:
    """The archive's members of that suffix as pages of their own, in order of their names.

    A member's address is the archive's with the member's name after ``#``. A name is its last part, without folders.

    Raises:
        PageChanged: Not a ZIP archive, cut off, damaged, encrypted, too large, or with a name twice.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(page.body)) as archive:
            yield from _members(page, archive, suffix)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise _changed(page, f"no readable ZIP archive: {error}", "it was cut off, or is an error page") from error


def _members(page: Page, archive: zipfile.ZipFile, suffix: str) -> Iterator[Page]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_MEMBERS:
        raise _changed(page, f"{len(infos)} members, expected at most {MOST_MEMBERS}", "another archive")
    named = {_name(info): info for info in infos if _name(info).endswith(suffix)}
    if len(named) != sum(_name(info).endswith(suffix) for info in infos):
        raise _changed(page, "two members have the same name", "two archives were joined")
    left = MOST_BYTES
    for name, info in sorted(named.items()):
        body = _unpacked(page, archive, info, left)
        left -= len(body)
        yield replace(page, url=f"{page.url}#{name}", body=body, content_type="")


def _name(info: zipfile.ZipInfo) -> str:
    return info.filename.rpartition("/")[2]


def _unpacked(page: Page, archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """A member's bytes, checked against its checksum; no more than `most`, whatever the archive says of itself."""
    if info.flag_bits & ENCRYPTED or info.compress_type not in PLAIN:
        raise _changed(page, f"{info.filename} is encrypted or packed in an unknown way", "another archive")
    if info.file_size > most:
        raise _changed(page, f"more than {MOST_BYTES:,} bytes unpacked", "the archive is a bomb, or grew out of bounds")
    parts, size = list[bytes](), 0
    with archive.open(info) as member:  # in pieces: a member that is larger than it says ends here, not in memory
        while part := member.read(CHUNK):
            size += len(part)
            if size > most:
                raise _changed(page, f"more than {MOST_BYTES:,} bytes unpacked", "the archive is a bomb")
            parts.append(part)
    return b"".join(parts)


def _changed(page: Page, what: str, likely: str) -> PageChanged:
    return PageChanged(what, source=page.source, page=page.url, likely=likely)
