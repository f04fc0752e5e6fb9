"""A rebuild as a Prefect flow: publish from the archive alone, parsing every page anew, and what follows a publish."""

from __future__ import annotations

from prefect import flow

from flows import settings
from flows.refresh import follow, leave_artifacts, publish_warehouse
from pipeline import publish
from pipeline import settings as settings_of
from pipeline.paths import Home
from pipeline.running import run_of


def run(home: Home, *, lock_timeout: float = 0.0) -> publish.Published:
    """Run the flow in this process and return what `pipeline.refresh.rebuild` would.

    Raises:
        PrefectUnavailable: Prefect failed; run the step without it.
        AicostError: The original one.
    """
    return settings.through_prefect(home, lambda: rebuild_flow(str(home.root), lock_timeout))


@flow(name="aicost-rebuild", retries=0, persist_result=False)
def rebuild_flow(home: str | None = None, lock_timeout: float = 0.0) -> publish.Published:
    """Load, build, check and publish from the archive alone.

    Args:
        home: The folder that holds all state; None: as ``aicost`` finds it.
        lock_timeout: Seconds to wait for a refresh of the same home to end.
    """
    where = Home.find(home)
    try:
        with run_of(where, "rebuild", offline=True, lock_timeout=lock_timeout) as taken:
            published = publish_warehouse(str(where.root), from_scratch=True, run_id=taken.run_id)
            taken.snapshot_id = published.snapshot_id
            follow(where, settings_of.read())
    except Exception as error:
        leave_artifacts({}, error)
        raise
    leave_artifacts({}, published)
    return published
