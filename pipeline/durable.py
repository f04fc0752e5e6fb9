"""Durable writes: a file that is whole or not there, a line that is in the log or not, and what the disk said if not.

Everything that must outlive the process goes through here, in the order that survives a power cut: contents, then
the name, then the folder. Each of those points is a `step` at which a test can end the process or fail the disk.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import shutil
import signal
import stat
import tempfile
import threading
import time
from array import array
from collections.abc import Generator, Iterator
from pathlib import Path

from pipeline.errors import StorageError, UsageError
from pipeline.paths import environment

SCRATCH = ".aicost-scratch-"  # how folders begin that hold nothing beyond the process, in the system's place for them
PARTIAL = ".partial"  # a file under way is ".NAME.PID.partial"
DAY_SECONDS = 86400
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)  # of JSON
FAULTS = {"kill": 0, "enospc": errno.ENOSPC, "eio": errno.EIO, "erofs": errno.EROFS}
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
LIMITS = frozenset({errno.EFBIG, errno.EMFILE})
LIKELY = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota on this disk is used up",
    errno.EFBIG: "a limit on the size of files is reached",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "the folder belongs to someone else",
    errno.EPERM: "the file is immutable (chattr -i lifts that), or belongs to someone else",
    errno.EIO: "the disk itself fails: look at the system's log before anything else",
    errno.EMFILE: "this process has too many files open (ulimit -n)",
    errno.ENOTDIR: "a file stands where a folder should be",
    errno.EEXIST: "a file, or a link that leads nowhere, stands where a folder should be",
    errno.EISDIR: "a folder stands where a file should be",
    errno.EINVAL: "something else stands where a file should be",
    errno.ENXIO: "something else stands where a file should be",
    errno.ESTALE: "the network file system lost the file",
}
_GET_FLAGS, _IMMUTABLE, _APPEND_ONLY = 0x80086601, 0x10, 0x20  # of Linux's FS_IOC_GETFLAGS

_passed: list[str] = []
_passing = threading.Lock()


@contextlib.contextmanager
def whole_file(path: Path, *, stage: str = "file", needed: int | None = None) -> Generator[Path]:
    """A partial file to fill: it durably takes the name of `path` if the block ends well, and is gone if not.

    Raises:
        StorageError: The folder or the file cannot be written.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}{PARTIAL}")
    with storing(path, needed=needed):
        try:
            make_folder(path.parent)
            step(f"{stage} begun")
            yield partial
            step(f"{stage} written")
            sync(partial)
            step(f"{stage} synced")
            partial.replace(path)
            step(f"{stage} renamed")
            sync(path.parent)
        finally:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)


def append_line(path: Path, line: str, *, stage: str = "line") -> None:
    """Append a line to a log, durably. What a crash tore off stays apart; what a full disk cut short is taken back.

    Raises:
        StorageError: The log cannot be written.
    """
    with storing(path, needed=len(line) + 1):
        make_folder(path.parent)
        with open(_appending(path), "ab", buffering=0) as log:
            size = log.seek(0, os.SEEK_END)
            step(f"{stage} begun")
            try:
                _write_all(log.fileno(), _torn_end(path, size) + line.encode() + b"\n")
                step(f"{stage} written")
                os.fsync(log.fileno())
            except OSError:
                with contextlib.suppress(OSError):
                    log.truncate(size)
                raise
        step(f"{stage} synced")
        sync(path.parent)


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a log with their numbers, but for empty ones and those that a crash tore: they never counted.

    Raises:
        StorageError: The log cannot be read.
    """
    with storing(path, "read"):
        try:
            content = plain_bytes(path)
        except FileNotFoundError:
            return
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line and not _is_torn(line):
            yield number, line


def plain_bytes(path: Path) -> bytes:
    """The bytes of a plain file; to read a pipe that stands in its place would be to wait for ever.

    Raises:
        OSError: It cannot be read, or is none.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb") as file:  # noqa: PTH123 - a handle has no path
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "not a plain file")
        return file.read()


def sync(path: Path) -> None:
    """Make what was written to a file, or renamed in a folder, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder, durably, where there is none."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        sync(folder.parent)


def clear_partials(folder: Path, *, deep: bool) -> None:
    """Remove what killed processes left half-written; the caller holds the lock, so nobody is writing there now."""
    for left in (folder.rglob if deep else folder.glob)(f".*{PARTIAL}"):
        with contextlib.suppress(OSError):
            left.unlink()


def clear_scratch() -> None:
    """Remove what processes that were killed a day ago or more left in the system's place for temporary files.

    Raises:
        StorageError: There is no such place, as in a container whose disk is read-only.
    """
    try:
        place = Path(tempfile.gettempdir())
    except FileNotFoundError as error:
        raise StorageError(
            "there is no place for temporary files", kept="everything written before",
            likely="each place for them is read-only or full", fix="set TMPDIR to a folder that can be written",
        ) from error  # fmt: skip
    for left in place.glob(f"{SCRATCH}*"):
        with contextlib.suppress(OSError):
            known = left.lstat()
            if known.st_uid == os.geteuid() and known.st_mtime < time.time() - DAY_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


# --- before anything is done ----------------------------------------------------------------------


def check_writable(folder: Path, *, needed: int = 0) -> None:
    """Make sure of a folder, and of so many bytes on its disk, before any work is done for it.

    Raises:
        StorageError: It cannot be made or written, or the disk has no room.
    """
    with storing(folder, needed=needed):
        make_folder(folder)
        with tempfile.TemporaryFile(dir=folder):
            pass
        if shutil.disk_usage(folder).free < needed:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def check_replaceable(path: Path) -> None:
    """Make sure that a file can be replaced by a new one, where it is there.

    Raises:
        StorageError: It is no plain file, or may not be changed.
    """
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise _said(path, "read", error, None) from error
    if not stat.S_ISREG(kind):
        what = "a symbolic link, which a new version would replace" if stat.S_ISLNK(kind) else "not a plain file"
        raise StorageError(
            f"{path} is {what}", page=str(path), kept="it, untouched",
            fix="move it away; to keep the data elsewhere, let the whole home be a link, or give --home",
        )  # fmt: skip
    if _flags(path) & (_IMMUTABLE | _APPEND_ONLY):
        raise _said(path, "replace", OSError(errno.EPERM, os.strerror(errno.EPERM)), None)


def check_appendable(path: Path) -> None:
    """Make sure that a log can be appended to, where it is there; it is not changed.

    Raises:
        StorageError: It cannot.
    """
    with storing(path), contextlib.suppress(FileNotFoundError):
        os.close(_appending(path, flags=0))


def _appending(path: Path, flags: int = os.O_CREAT) -> int:
    # a pipe that stands in its place would be waited for, for ever
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | os.O_CLOEXEC | flags, 0o666)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a plain file")
    return handle


def _flags(path: Path) -> int:
    # Immutable files can be told by their flags alone; file systems without them have no such files.
    flags = array("l", [0])
    with contextlib.suppress(OSError), path.open("rb") as file:
        fcntl.ioctl(file.fileno(), _GET_FLAGS, flags)
    return flags[0]


# --- what the disk says ---------------------------------------------------------------------------


@contextlib.contextmanager
def storing(path: Path, doing: str = "write", *, needed: int | None = None) -> Generator[None]:
    """Turn what the file system says into a StorageError that names the path and, where known, the bytes needed."""
    try:
        yield
    except OSError as error:
        raise _said(path, doing, error, needed) from error


def _said(path: Path, doing: str, error: OSError, needed: int | None) -> StorageError:
    return StorageError(
        f"cannot {doing} {path}: {error.strerror or error}", page=str(path), likely=why(error, path, needed),
        kept="everything written before",
        fix="free space, or choose another folder with --home or AICOST_HOME" if error.errno in FULL
        else "see to that, or choose another folder with --home or AICOST_HOME",
    )  # fmt: skip


def why(error: OSError, path: Path, needed: int | None = None) -> str:
    """The likely reason of what the file system said; of a full disk, what is needed and what is free."""
    text = LIKELY.get(error.errno or 0, "the disk is full, read-only, or the folder belongs to someone else")
    if error.errno == errno.ENOSPC and _has_no_inode(path):
        return "the disk has room for bytes, and for no further file (df -i): too many small files are on it"
    return f"{text}: {room(path, needed)}" if error.errno in FULL else text


def next_step(error: BaseException) -> str:
    """What to do about it."""
    if isinstance(error, OSError) and error.errno in LIMITS:
        return "raise that limit (ulimit), and try again"
    return "free space or memory, or choose another folder with --home"


def _has_no_inode(path: Path) -> bool:
    there = next((folder for folder in (path, *path.parents) if folder.is_dir()), Path("/"))
    try:
        disk = os.statvfs(there)
    except OSError:
        return False
    return disk.f_files > 0 and disk.f_favail == 0


def room(path: Path, needed: int | None = None) -> str:
    """How many bytes are needed, where known, and how many are free at a path."""
    there = next((folder for folder in (path, *path.parents) if folder.is_dir()), Path("/"))
    try:
        free = f"{shutil.disk_usage(there).free:,} bytes free"
    except OSError:
        free = "how many are free is not known"
    return f"{needed:,} bytes needed, {free}" if needed else free


# --- logs -----------------------------------------------------------------------------------------


def _write_all(handle: int, content: bytes) -> None:
    while content:
        content = content[os.write(handle, content) :]


def _torn_end(path: Path, size: int) -> bytes:
    """What keeps a new line apart from one that a crash tore."""
    if not size:
        return b""
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return b"" if file.read(1) == b"\n" else b"\n"


def _is_torn(line: bytes) -> bool:
    """Whether a line is the beginning of an object, and perhaps zeros: what a crash or a power cut leaves."""
    written = line.rstrip(b"\x00")
    if not written:
        return True
    rest = _STRING.sub(b"", written)  # a quote that is left begins a text without an end
    depth = sum(map(rest.count, (b"{", b"["))) - sum(map(rest.count, (b"}", b"]")))
    return written.startswith(b"{") and (b'"' in rest or depth > 0)


# --- faults on purpose ----------------------------------------------------------------------------


def step(name: str) -> None:
    """A durable step is reached. ``AICOST_FAULT=STAGE:K[:KIND]`` breaks the K-th whose name begins with STAGE.

    A stage of ``any`` counts every step; the kinds are kill (the process dies at once, as by kill -9; the default),
    enospc, eio and erofs (the disk says so). For tests; unset, this does nothing.

    Raises:
        OSError: The fault that was asked for.
        UsageError: AICOST_FAULT is not of that form.
    """
    wanted = environment("AICOST_FAULT")
    if wanted is None:
        return
    stage, number, kind = _fault(wanted)
    with _passing:
        _passed.append(name)
        passed = sum(stage in ("any", one[: len(stage)]) for one in _passed)
        is_it = stage in ("any", name[: len(stage)]) and passed == number
    if is_it and kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if is_it:
        raise OSError(FAULTS[kind], f"{os.strerror(FAULTS[kind])} (AICOST_FAULT at {name!r})")


def _fault(text: str) -> tuple[str, int, str]:
    form = re.fullmatch(rf"([^:]+):(\d+)(?::({'|'.join(FAULTS)}))?", text)
    if form is None:
        raise UsageError(
            f"AICOST_FAULT={text!r} is not STAGE:K or STAGE:K:KIND", fix=f"KIND is {' or '.join(FAULTS)}; or unset it"
        )
    return form[1], int(form[2]), form[3] or "kill"


def steps_passed() -> list[str]:
    """The steps that this process has reached since AICOST_FAULT was set."""
    return list(_passed)
