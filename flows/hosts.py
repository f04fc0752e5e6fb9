"""One machine at a time at a host: a global concurrency limit of Prefect's for each host that a source declares.

Nothing is listed by hand: limits that are missing are made from the sources' own declarations when they are visited.
A worker that dies gives its slots back when their lease ends.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterable

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.concurrency.sync import concurrency
from prefect.exceptions import ObjectAlreadyExists, PrefectHTTPStatusError

from pipeline import refresh as steps
from pipeline.source import Source

PREFIX = "aicost-host:"
LEASE_SECONDS = 60.0  # the shortest that Prefect takes; renewed while the visit lasts
AT_ONCE = 200  # limits in one answer of the server


def declare(sources: Iterable[Source]) -> list[str]:
    """Make the limits of these sources' hosts that are not there yet, one slot each; all their names."""
    wanted = sorted({limit_of(host) for source in sources for host in steps.hosts_of(source)})
    with get_client(sync_client=True) as client:
        known, offset = set[str](), 0
        while found := client.read_global_concurrency_limits(limit=AT_ONCE, offset=offset):
            known |= {limit.name for limit in found}
            offset += len(found)
        for name in wanted:
            if name not in known:
                # another worker may be making the same one
                with contextlib.suppress(ObjectAlreadyExists, PrefectHTTPStatusError):
                    client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name=name, limit=1))
    return wanted


def limit_of(host: str) -> str:
    """The name of a host's limit."""
    return f"{PREFIX}{host}"


@contextlib.contextmanager
def alone_at(source: Source) -> Generator[None]:
    """Be the only one, of all workers of this server, who asks the source's hosts."""
    names = [limit_of(host) for host in steps.hosts_of(source)]
    with concurrency(names, lease_duration=LEASE_SECONDS, strict=True) if names else contextlib.nullcontext():
        yield
