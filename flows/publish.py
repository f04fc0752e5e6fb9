"""A publish alone, as a Prefect flow: of what the workers have archived by now. One at a time, by our own locks."""

from __future__ import annotations

from prefect import flow

from flows import settings
from flows.refresh import leave_artifacts
from flows.serve import LOCK_SECONDS
from pipeline import refresh as steps
from pipeline.paths import Home

settings.keep_off_the_terminal()


@flow(name="aicost-publish", retries=0, persist_result=False)
def publish_flow(home: str | None = None, lock_timeout: float = LOCK_SECONDS) -> str:
    """Load, build, check and publish; the snapshot's name. A refused publish fails the run.

    Args:
        home: The folder that all workers share; None: as ``aicost`` finds it.
        lock_timeout: Seconds to wait for another publish of the same home to end.
    """
    try:
        published = steps.publish_archived(Home.find(home), lock_timeout=lock_timeout)
    except Exception as error:
        leave_artifacts({}, error)
        raise
    leave_artifacts({}, published)
    return published.snapshot_id
