"""Several refreshes of one home at once, each a fork of one process: each waits its turn, all tell what they published.

``python -m tests.support.turns FOLDER MANY`` prints the snapshot of each as a line.
"""

from __future__ import annotations

import os
import sys
import traceback
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline import refresh as steps
from tests.support import crashes, small_world


def fork(world: small_world.SmallWorld, version: int) -> int:
    """A refresh with that version of every page; the process it goes on in."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        at = small_world.NOON + timedelta(days=1, hours=version)
        done = steps.refresh(world.home, fetcher=crashes.door(10 + version, at), lock_timeout=100)
        os.write(1, f"{done.published.snapshot_id}\n".encode())
        code = 0
    except BaseException:  # noqa: BLE001 - told by the exit code, and by what is written
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as patch:
        world = small_world.make(Path(sys.argv[1]), patch)
        children = [fork(world, version) for version in range(int(sys.argv[2]))]
        failed = [os.waitpid(child, 0)[1] for child in children]
        sys.exit(any(failed))
