"""The contract of a source: what a file in ``pipeline/sources`` declares and offers.

A source is a value and a function. The value says where the pages are and what is expected of them;
the function ``parse(page)`` is pure: same bytes, same facts. Nothing here touches network, clock or disk.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import sys
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from pipeline.errors import ContractBroken, UsageError
from pipeline.facts import Fact, Issue

if TYPE_CHECKING:
    from pipeline.read_catalogue import Catalogue

Cadence = Literal["hourly", "daily", "weekly", "monthly"]
HOURS: dict[str, int] = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 744}


@dataclass(frozen=True)
class Request:
    """A page to ask for."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    optional: bool = False
    """Whether the publisher may have no such page: a 404 or 410 is then ``send(None)``, and the visit goes on."""
    clue: Callable[[Page], str] | None = None
    """Reads in the page what the next request depends on; by a process of its own, as everything that reads a page."""


@dataclass(frozen=True)
class Page:
    """A body as received, with what is needed to read it."""

    source: str
    url: str
    body: bytes
    content_type: str = ""


Parse = Callable[[Page], Iterator[Fact | Issue]]
Requests = Generator[Request, str | None, None]
"""The requests of one visit; each is sent what its clue reads in the page: no text where it has none, None where an
optional page is not there."""
Pages = Callable[[], Requests]


@dataclass(frozen=True)
class Source:
    """One publisher's page or pages, and how to read them. Made by the decorator `source`."""

    name: str
    sentence: str
    """The first sentence of the file: what the publisher publishes."""
    parse: Parse
    title: str
    publisher: str
    url: str
    """Address of the page; the first one where there are several. ``reference:`` for our own ledger, ``listed:`` for
    unrelated pages whose addresses stand in a table of ``data/reference``."""
    licence: str
    """Licence or terms under which the facts are used."""
    attribution: str
    robots: str
    """What robots.txt and terms say, and when that was looked at."""
    cadence: Cadence
    least: int
    """Fewest facts that a good visit has."""
    most: int
    """Most facts that a good visit has."""
    facts: tuple[type[Fact], ...]
    currency: str | None = None
    """The one currency that its prices must be in."""
    unit: str | None = None
    """The unit, or comma-separated units, that its prices must be per."""
    hosts: frozenset[str] = frozenset()
    """Hosts that its pages may be on, redirects included."""
    pages: Pages | None = None
    """Yields the requests of one visit and is sent each page's clue; None: one GET of `url`."""
    history: bool = False
    """Whether every visit stays in force as an observation (prices), or only the latest one (catalogues)."""
    disabled: str | None = None
    """Why it is not fetched: robots or terms."""
    not_bundled: str | None = None
    """Why no facts of it come with the project, where none do."""
    cross_check: bool = False
    """Whether it repeats what others publish: compared with them, never counted beside them."""
    terms: str | None = None
    """Address of its licence or terms page, where one is watched: a plain text that changes only in what it says."""
    catalogue: Catalogue | None = field(default=None, repr=False)
    """How its pages are read where they are large catalogues, of which most rows differ in place and price alone."""
    files: tuple[Path, ...] = field(default=(), repr=False)

    @property
    def cadence_hours(self) -> int:
        """Hours from one visit to the next."""
        return HOURS[self.cadence]

    @property
    def is_reference(self) -> bool:
        """Whether its page is a file of ours in ``data/reference``."""
        return self.url.startswith("reference:")

    @property
    def listed_in(self) -> str | None:
        """The table of ``data/reference`` whose ``address`` column lists its pages; None: they belong together.

        Listed pages stand alone, and `least` and `most` hold for each: one that cannot be had or read is named, and
        the others go on.
        """
        return self.url.removeprefix("listed:") if self.url.startswith("listed:") else None

    def requests(self) -> Requests:
        """The requests of one visit; each is answered by ``send(clue)``, None for an optional page not there."""
        if self.pages is not None:
            yield from self.pages()
        else:
            yield Request(self.url)

    @property
    def version(self) -> str:
        """Hash of the code that reads its pages: facts of another version are parsed again."""
        return _version(self.files)


@cache
def _version(files: tuple[Path, ...]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def source(
    *,
    title: str,
    publisher: str,
    url: str,
    licence: str,
    attribution: str,
    robots: str,
    cadence: Cadence,
    least: int,
    most: int,
    facts: tuple[type[Fact], ...],
    currency: str | None = None,
    unit: str | None = None,
    also_hosts: tuple[str, ...] = (),
    pages: Pages | None = None,
    history: bool = False,
    disabled: str | None = None,
    not_bundled: str | None = None,
    cross_check: bool = False,
    terms: str | None = None,
    catalogue: Catalogue | None = None,
) -> Callable[[Parse], Source]:
    """Declare the module's ``parse`` function as a source named after the file."""

    def declare(parse: Parse) -> Source:
        module = sys.modules[parse.__module__]
        name = parse.__module__.rpartition(".")[2]
        sentence = (module.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
        if not sentence:
            raise ContractBroken(
                "a source file opens with a sentence on what is published", source=name,
                likely="Python was told to leave such sentences out" if sys.flags.optimize > 1 else None,
                fix="run Python without -OO" if sys.flags.optimize > 1 else None,
            )  # fmt: skip
        host = urlsplit(url).hostname
        here = Path(__file__).parent
        common = (*sorted(here.glob("read*.py")), here / "money.py", *sorted(here.glob("facts*.py")), Path(__file__))
        files = (Path(str(module.__file__)), *common)
        return Source(
            name=name, sentence=sentence, parse=parse, title=title, publisher=publisher, url=url,
            licence=licence, attribution=attribution, robots=robots, cadence=cadence, least=least, most=most,
            facts=facts, currency=currency, unit=unit,
            hosts=frozenset({host, *also_hosts} if host else also_hosts),
            pages=pages, history=history, disabled=disabled, not_bundled=not_bundled,
            cross_check=cross_check, terms=terms, catalogue=catalogue, files=files,
        )  # fmt: skip

    return declare


@cache
def all_sources() -> dict[str, Source]:
    """Every source by name: the files of ``pipeline/sources``, nothing listed by hand."""
    package = importlib.import_module("pipeline.sources")
    found: dict[str, Source] = {}
    for entry in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"pipeline.sources.{entry.name}")
        declared = getattr(module, "parse", None)
        if not isinstance(declared, Source):
            raise ContractBroken(f"pipeline/sources/{entry.name}.py does not declare parse with @source")
        found[declared.name] = declared
    return dict(sorted(found.items()))


def find_source(name: str) -> Source:
    """The source of that name.

    Raises:
        UsageError: There is none; the nearest names are given.
    """
    known = all_sources()
    if name in known:
        return known[name]
    import difflib

    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else "aicost sources lists them"
    raise UsageError(f"no source is called {name!r}", fix=hint)
