"""A warehouse in which what publishers write is called like a script: it must stay text wherever it is shown."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

NAME = '</script><script>window.PWNED=1</script><img src=x onerror=window.PWNED=1>=HYPERLINK("x")\u202e&amp;\''
STATEMENTS = (
    "update training_costs set model_name = $1, source_url = 'javascript:x()' where model_name in ('GPT-4', 'Grok-3')",
    "update runs set model_name = $1 where model_name = 'GPT-4.5'",
    "update gpu_price_now set provider = $1, source_url = 'javascript:x()' where provider = 'Nebius'",
    "update claim_markets set provider = $1, source_url = 'file:///etc/passwd' where provider = 'RunPod'",
    "update cost_ladder set subject = $1, source_url = 'data:text/html,x' where subject = 'Stargate'",
    "insert into changes select published_at, 's', 'r', 't', $1, 'changed', 'c', $1, '2', 0.5, 'source', $1 "
    "from meta.snapshot",
)


def warehouse(published: Path, folder: Path) -> Path:
    """A copy of a published file with such names."""
    copy = folder / "warehouse.duckdb"
    shutil.copy(published, copy)
    with duckdb.connect(str(copy)) as connection:
        for statement in STATEMENTS:
            connection.execute(statement, [NAME])
    return copy
