"""One of several refreshes of one home at once, in a process of its own: waits its turn, prints what it published."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline import refresh as steps
from tests.support import crashes, small_world

if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as patch:
        world = small_world.make(Path(sys.argv[1]), patch)
        version = int(sys.argv[2])
        at = small_world.NOON + timedelta(days=1, hours=version)
        done = steps.refresh(world.home, fetcher=crashes.door(10 + version, at), lock_timeout=100)
        sys.stdout.write(f"{done.published.snapshot_id}\n")
