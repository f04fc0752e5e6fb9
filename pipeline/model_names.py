"""Every model name that the facts print, and what the registry makes of it: the rows of ``meta.model_names``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from pipeline.identity import resolve_model
from pipeline.paths import reference_dir

# A name is read in its source, on its day, at its host: the same word means other models elsewhere and later.
# Of the catalogue of all models only those with prices, scores or claims are registered: its names are no use.
PRINTED = """
    select source, printed, printed_host, named_on, sum(uses)::bigint as uses
    from (
        select source, name as printed, null::varchar as printed_host, published_on as named_on, 0 as uses
        from raw.model_releases
        union all select source, model, null, run_on, 1 from raw.scores
        union all select source, api_model, null, run_on, 1 from raw.scores where api_model is not null
        union all select source, model, host, coalesce(effective_on, observed_at::date), 1 from raw.token_prices
        union all select source, model_name, null, null, 1 from raw.reported_claims where model_name is not null
        union all select source, model_name, null, null, 1 from raw.extracted_claims where model_name is not null
    )
    group by all order by all
"""
# A name that nothing settles goes where a person sees it; a claim's name may also be the catalogue's, word for word.
OPEN = """
    insert into meta.unmatched_names
    select 'model', source, printed, sum(uses), max_by(reason, coalesce(named_on, date '0001-01-01'))
    from meta.model_names as names
    where uses > 0 and not is_settled and not (
        names.source in (select source from raw.reported_claims union select source from raw.extracted_claims)
        and printed in (select trim(regexp_replace(name, '\\s+', ' ', 'g')) from raw.model_releases)
    )
    group by source, printed order by all
"""
# Names that nobody need look at: the model is known, or a person has said that there is none.
SETTLED = frozenset({"registry", "alias", "composite", "reviewed_family", "reviewed_none"})
SHOWN = (
    "model_id", "organisation", "model", "snapshot", "family_id", "configuration", "host", "offer", "rule", "reason",
    "valid_from", "valid_to", "citation",
)  # fmt: skip

CODE = ("identity.py", "registry.py", "model_names.py")
NOTEBOOK = "model*.csv"  # of data/reference: models, aliases, hosts

Printed = tuple[str, str, str | None, date | None, int]


def version() -> str:
    """Hash of the code that looks names up, and of the tables that it looks into."""
    here = Path(__file__).parent
    files = [*(here / name for name in CODE), *sorted(reference_dir().glob(NOTEBOOK))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def resolved(printed: Iterable[Printed]) -> Iterator[dict[str, object]]:
    """A row of ``meta.model_names`` for each printed name."""
    for source, name, host, on, uses in printed:
        match = resolve_model(name, source=source, on=on, host=host)
        row: dict[str, object] = {"source": source, "printed": name, "printed_host": host, "named_on": on, "uses": uses}
        yield row | {column: getattr(match, column) for column in SHOWN} | {"is_settled": match.rule in SETTLED}
