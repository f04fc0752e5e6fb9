"""The larder: facts in our own schema, whole, dated and attributed, and nothing of a publisher's prose."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from pipeline import bundle, paths
from pipeline.facts import Fact
from pipeline.source import Source, all_sources

LARGEST_LARDER = 8_000_000  # bytes of all files together, a tenth of it packed: what a clone and a wheel can carry

# Characters of the longest text in a field. A name, a list of organisations or an address can be long; a label is
# short, and nothing is as long as a paragraph.
LONGEST_LABEL = 100
LONGEST = {
    "name": 150, "organisations": 800, "countries": 800, "address": 400,
    "organisation": 400, "upstream": 250, "configuration": 200,
}  # fmt: skip
PROSE = re.compile(r"[.!?] +[A-Z][a-z]+ [a-z]+ ")  # one sentence after another
PROSE_FIELDS = {"notes", "note", "abstract", "summary", "text", "quote", "comment"}

BUNDLES = [(source, found) for source in all_sources().values() for found in bundle.find_all(source.name)]
every_bundle = pytest.mark.parametrize(("source", "found"), BUNDLES, ids=[found.path.name for _, found in BUNDLES])


def test_every_source_that_is_fetched_has_bundled_facts_and_no_other_file_is_there() -> None:
    """A first run without a network has every source; a file without a source would be data of nobody."""
    fetched = [source for source in all_sources().values() if not source.is_reference and not source.disabled]
    wanted = {source.name for source in fetched if not source.not_bundled}
    found = {path.name.split(".")[0] for path in paths.bundled_dir().iterdir()}

    assert wanted <= found <= {source.name for source in fetched}
    assert {bundled.path for _, bundled in BUNDLES} == set(paths.bundled_dir().iterdir())


def test_only_a_source_that_keeps_history_has_bundles_of_several_days() -> None:
    """Of a catalogue only the newest state is in force."""
    several = {source.name for source, _ in BUNDLES if len(bundle.find_all(source.name)) > 1}

    assert several <= {name for name, source in all_sources().items() if source.history}


def test_the_larder_is_small() -> None:
    """It travels with every clone and every wheel."""
    assert sum(path.stat().st_size for path in paths.bundled_dir().iterdir()) < LARGEST_LARDER


@every_bundle
def test_a_bundle_says_whose_it_is_of_which_day_and_from_where(source: Source, found: bundle.Bundle) -> None:
    """Publisher, licence and attribution are the source's own; the day is past; the page can be named."""
    header = found.header

    assert header.source == source.name
    assert (header.publisher, header.licence, header.attribution) == (
        source.publisher,
        source.licence,
        source.attribution,
    )
    assert header.as_of < datetime.now(UTC).date()
    assert urlsplit(header.address).scheme == "https" or header.address == source.url == f"listed:{source.listed_in}"
    assert header.via
    assert header.page_sha256 is None or re.fullmatch("[0-9a-f]{64}", header.page_sha256)


@every_bundle
def test_a_bundle_is_whole_and_of_the_declared_kinds(source: Source, found: bundle.Bundle) -> None:
    """As many facts as announced, every one valid, each row once for each kind, in the order of the page."""
    facts = list(found.facts())
    rows: dict[type[Fact], list[tuple[int, int]]] = defaultdict(list)
    for fact in facts:
        rows[type(fact)].append((fact.page_number, fact.row))

    assert len(facts) == found.header.facts
    assert set(rows) == set(source.facts)
    assert all(positions == sorted(set(positions)) for positions in rows.values())


@every_bundle
def test_a_bundle_holds_facts_and_no_prose(source: Source, found: bundle.Bundle) -> None:
    """Names, labels, addresses and numbers; no field for notes or abstracts, and no sentences in any other."""
    prose: set[tuple[str, int, str]] = set()
    for fact in found.facts():
        for name, value in fact:
            assert name not in PROSE_FIELDS, f"{type(fact).__name__}.{name}"
            long = isinstance(value, str) and len(value) > LONGEST.get(name, LONGEST_LABEL)
            if isinstance(value, str) and (long or (PROSE.search(value) and name != "address")):
                prose.add((source.name, fact.row, name))

    assert prose == set()
