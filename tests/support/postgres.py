"""A PostgreSQL of its own for the tests, from Debian's package: in a temporary folder, by a user that is not root."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from tests.support.prefect_home import free_port

START_SECONDS = 200
ROLE = "aicost"
FASTER = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=200",
)


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest version's; None where there is none."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = str(packaged[-1]) if packaged else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@dataclass(frozen=True)
class Postgres:
    """A running server: its socket's folder, its port on the loopback, and who may log in to it without a password."""

    bin: Path
    folder: Path
    port: int
    user: str | None
    """The user of the system that it runs as; None: the test's own."""

    def ask(self, sql: str, database: str = "postgres") -> str:
        """Rows of one statement as psql prints them bare."""
        command = [str(self.bin / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder)]
        command += ["-p", str(self.port), "-U", ROLE, "-d", database, "-c", sql]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout.strip()

    def new_database(self, name: str) -> str:
        """An empty database, as libpq's options for it."""
        self.ask(f'drop database if exists "{name}" with (force)')
        self.ask(f'create database "{name}"')
        return f"dbname={name} host={self.folder} port={self.port} user={ROLE}"


@contextlib.contextmanager
def running() -> Generator[Postgres]:
    """A new server, stopped and gone at the end. `programs` must have found it."""
    found = programs()
    assert found is not None
    folder = Path(tempfile.mkdtemp(prefix="aicost-pg-", dir="/tmp"))  # short: a socket's path has 107 characters
    user = "postgres" if os.geteuid() == 0 else None
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    server = Postgres(found, folder, free_port(), user)
    log = folder / "log"
    settings = " ".join(f"-c {setting}" for setting in FASTER)
    settings += f" -c listen_addresses=127.0.0.1 -c port={server.port} -c unix_socket_directories={folder}"
    control = [str(found / "pg_ctl"), "-D", str(folder / "data"), "-w", "-t", str(START_SECONDS)]
    try:
        _run([str(found / "initdb"), "-D", str(folder / "data"), "-A", "trust", "-N", "-U", ROLE, "-E", "UTF8"], user)
        _run([*control, "-o", settings, "-l", str(log), "start"], user)
        yield server
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            _run([*control, "-m", "immediate", "stop"], user)
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str], user: str | None) -> None:
    done = subprocess.run(
        command, user=user, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True, check=False, timeout=START_SECONDS * 2,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
