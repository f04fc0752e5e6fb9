"""The clock: when, in which order, how often. The only package that imports Prefect, and only when called.

Importing this package sets the defaults that Prefect reads when it is imported itself. `run_refresh` and
`run_rebuild` go through Prefect and, where there is no Prefect to be had, take the same steps in this process
with one warning: the state of record is the archive and the warehouse, never Prefect's database.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flows import settings
from flows.settings import PrefectUnavailable
from pipeline.paths import Home, set_default_environment

if TYPE_CHECKING:
    from pipeline.archive import Visit
    from pipeline.fetch import Fetcher
    from pipeline.publish import Published
    from pipeline.refresh import Refreshed
    from pipeline.source import Source

__all__ = ["PrefectUnavailable", "run_rebuild", "run_refresh"]

set_default_environment(settings.DEFAULTS)
_log = logging.getLogger(__name__)


def run_refresh(
    home: Home,
    names: Iterable[str] = (),
    *,
    offline: bool = False,
    strict: bool = False,
    lock_timeout: float = 0.0,
    told: Callable[[Source, Visit], None] | None = None,
    fetcher: Fetcher | None = None,
    after: str | None = None,
    warn: Callable[[str], object] = _log.warning,
) -> Refreshed:
    """`pipeline.refresh.refresh` as a flow; without Prefect, in this process and with one warning.

    Raises:
        AicostError: The original one, as `pipeline.refresh.refresh` raises it.
    """
    from pipeline.refresh import refresh

    chosen = tuple(names)
    given: dict[str, Any] = {
        "offline": offline, "strict": strict, "lock_timeout": lock_timeout, "told": told, "fetcher": fetcher,
        "after": after,
    }  # fmt: skip
    try:
        with settings.importing(home):
            from flows.refresh import run
        return run(home, chosen, **given)
    except PrefectUnavailable as why:
        warn(f"going on without Prefect: {why.what}")
    return refresh(home, chosen, **given)


def run_rebuild(home: Home, *, lock_timeout: float = 0.0, warn: Callable[[str], object] = _log.warning) -> Published:
    """`pipeline.refresh.rebuild` as a flow; without Prefect, in this process and with one warning.

    Raises:
        AicostError: The original one, as `pipeline.refresh.rebuild` raises it.
    """
    from pipeline.refresh import rebuild

    try:
        with settings.importing(home):
            from flows.rebuild import run
        return run(home, lock_timeout=lock_timeout)
    except PrefectUnavailable as why:
        warn(f"going on without Prefect: {why.what}")
    return rebuild(home, lock_timeout=lock_timeout)
