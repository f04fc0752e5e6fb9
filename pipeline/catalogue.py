"""The freight door: a catalogue of hundreds of thousands of offers, read column by column instead of row by row.

Most rows of a catalogue differ in place and price alone. DuckDB splits the file and finds the kinds of rows; the
source says once for each kind what it means, reads each distinct label once, and all rows of the kind follow. Rows
that are not plain (an amount in other digits, a label that its column cannot read, a row that is no fact) are read
one by one, by the same source, and named as always. A file that is not plain (ragged, repeated, broken, cut off) is
read row by row as a whole. Either way the facts and issues are those of the source's ``parse``; a test holds that.

`read` leaves the offers of a page in three temporary tables: ``catalogue_kinds`` (a fact without its row, place and
price), ``catalogue_places``, and ``catalogue_rows`` (a row's kind, place and price). `read_pages` writes the facts of a
visit for ``load.py``; `make_offers` shows the tables with accelerators and dollars, for whoever wants no more.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from pathlib import Path

import duckdb

from pipeline import schema
from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.normalise import resolve_accelerator, resolve_sku
from pipeline.read import Columns, Row, Unreadable, clean, csv_rows
from pipeline.read_catalogue import Catalogue, by_rows
from pipeline.source import Page

PLACE = "\ue000 the place of the row"  # stands for it where a kind is read
AMOUNT = 1.0
MOST_ODD = 0.05  # share of rows; above it the file is read row by row
BUFFER_BYTES = 2 * 2**20  # of the CSV reader; its own choice takes 16 times the memory and is no faster
ALONE: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1, "allocator_flush_threshold": "8MB", "allocator_bulk_deallocation_flush_threshold": "8MB",
}  # fmt: skip
"""Settings of a connection that reads catalogues: their pieces are too small to be worth waiting for each other, and
what a page took is given back before the next."""
OWN = ("row", "region", "price")  # fields of a fact that belong to the row, not to its kind


@dataclass(frozen=True)
class Read:
    """What a page holds: how many offers went into the tables, and what is not readable."""

    facts: int
    issues: tuple[Issue, ...]


@dataclass(frozen=True)
class Offers:
    """What a visit to a catalogue holds."""

    file: Path
    """Its facts as a Parquet file of the columns of ``raw.gpu_prices``."""
    facts: int
    """How many they are."""
    issues: tuple[Issue, ...]
    one_of_each: tuple[GpuPrice, ...]
    """A fact of each currency and unit that prices are in."""


@dataclass(frozen=True)
class _Kind:
    """A kind of rows: its hash, and what the source makes of them; nothing where they are to be read one by one."""

    hash: int
    offer: GpuPrice | None
    is_odd: bool = False


class _NotPlainError(Exception):
    """The file is to be read row by row."""


def start(draft: duckdb.DuckDBPyConnection, *, keep: bool = False) -> None:
    """Make the three tables, empty; with `keep` they stay in the file."""
    kept = "" if keep else "temp"
    columns = ", ".join(f'"{name}" {kind}' for name, kind in _columns().items())
    draft.execute(f"create or replace {kept} table catalogue_kinds (kind integer, {columns})")
    draft.execute(f"create or replace {kept} table catalogue_places (place integer, region varchar)")
    draft.execute(
        f'create or replace {kept} table catalogue_rows (kind integer, "row" integer, place integer, price double)'
    )


def _columns() -> dict[str, str]:
    """Columns of a kind of rows: those of a fact without its row, place and price."""
    columns = schema.raw_columns(GpuPrice).items()
    return {name: kind for name, (kind, _) in columns if name not in {*OWN, *schema.PROVENANCE, *schema.SEEN_TO}}


def read(draft: duckdb.DuckDBPyConnection, catalogue: Catalogue, page: Page, number: int = 0) -> Read:
    """Add the offers of one page to the tables, as page `number` of its visit.

    Raises:
        PageChanged: As the source's ``parse``.
    """
    opened = catalogue.opened(page)
    if opened is None:
        return Read(0, ())
    try:
        with tempfile.TemporaryDirectory(prefix="aicost-") as folder:
            scan = _Scan.of(draft, Path(folder) / "page.csv", *opened, catalogue)
            return _put(draft, *_understood(scan), number)
    except (_NotPlainError, duckdb.Error):
        return _put(draft, [], list(by_rows(catalogue, page)), number)
    finally:
        draft.execute("drop table if exists catalogue_scan")  # before the next page takes as much


# --- column by column -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Scan:
    """The file as DuckDB sees it: the table ``catalogue_scan`` has the kind, place and amount of each row."""

    draft: duckdb.DuckDBPyConnection
    page: Page
    provider: str
    catalogue: Catalogue
    header: list[str]
    places: Mapping[str, int]
    """Where the column of each key stands."""
    issues: tuple[Issue, ...]
    """What is new or absent among the columns."""

    @classmethod
    def of(cls, draft: duckdb.DuckDBPyConnection, file: Path, page: Page, provider: str, catalogue: Catalogue) -> _Scan:
        """Scan a page by way of a file."""
        if not _is_plain(page):
            raise _NotPlainError
        header = next(csv.reader([page.body[: page.body.index(b"\n") + 1].decode()]))
        bare = {key: replace(column, holds=()) for key, column in catalogue.columns.items()}
        said = csv_rows(_csv(page, [header]), bare, ignored=catalogue.ignored)
        issues = tuple(item for item in said if isinstance(item, Issue))
        if any(issue.rule == "new_column" for issue in issues):
            raise _NotPlainError  # whose cells are kept
        found = _places(header, catalogue.columns)
        scan = cls(draft, page, provider, catalogue, header, found, issues)
        file.write_bytes(page.body)
        scan._make(file)
        return scan

    @property
    def labels(self) -> list[str]:
        """Keys of the columns that make the kind."""
        return [key for key in self.places if key not in (self.catalogue.amount, self.catalogue.place)]

    def _make(self, file: Path) -> None:
        columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(self.header)))
        amount, place = (f"c{self.places[key]}" for key in (self.catalogue.amount, self.catalogue.place))
        texts = [f"c{self.places[key]}" for key in self.labels]
        self.draft.execute(
            f"""
            create or replace temp table catalogue_scan as
            select
                "row", case when amount > 0 and place is not null then kind end as kind,
                kind_again, place, amount
            from (
                select
                    (row_number() over () - 1)::integer as "row", hash({", ".join(texts)}) as kind,
                    hash({", ".join(reversed(texts))}) as kind_again, {place} as place,
                    case when regexp_full_match({amount}, ?) then try_cast({amount} as double) end as amount
                from read_csv(
                    ?, header = true, auto_detect = false, columns = {{{columns}}},
                    delim = ',', quote = '"', escape = '"', strict_mode = true, nullstr = '',
                    buffer_size = {BUFFER_BYTES}
                )
            )
            """,
            [self.catalogue.plain, str(file)],
        )
        if _count(self.draft, "catalogue_scan") != self.page.body.count(b"\n") - 1:
            raise _NotPlainError  # a record of several lines, or a line that is no record

    def kinds(self) -> dict[int, int]:
        """The first row of each kind, by its hash."""
        found = self.draft.execute(
            'select kind, min("row"), min(kind_again) = max(kind_again) from catalogue_scan '
            "where kind is not null group by kind order by 2"
        ).fetchall()
        if not all(alike for *_, alike in found):  # two kinds of one hash
            raise _NotPlainError
        return {kind: first for kind, first, _ in found}

    def odd_rows(self, kinds: list[int], places: list[str]) -> list[int]:
        """Positions of the rows that are to be read one by one: they are marked as of no kind."""
        if kinds or places:
            self.draft.execute(
                "update catalogue_scan set kind = null "
                "where kind in (select unnest(?::ubigint[])) or place in (select unnest(?::varchar[]))",
                [kinds, places],
            )
        rows = self.draft.execute('select "row" from catalogue_scan where kind is null order by 1').fetchall()
        if len(rows) > MOST_ODD * _count(self.draft, "catalogue_scan"):
            raise _NotPlainError
        return [row for (row,) in rows]

    def records(self, rows: Collection[int]) -> dict[int, list[str]]:
        """The cells of some rows."""
        wanted = frozenset(rows)
        lines = {row: line.decode() for row, line in enumerate(io.BytesIO(self.page.body), -1) if row in wanted}
        return dict(zip(lines, csv.reader(lines.values(), strict=True), strict=True))


def _is_plain(page: Page) -> bool:
    """Whether it is text in UTF-8, a record a line, each line once."""
    body = page.body
    marks = (b"\0", b"\xef\xbf\xbd", b"\xef\xbb\xbf", PLACE[0].encode())
    if (
        page.content_type
        or not body.endswith(b"\n")
        or body.lstrip()[:1] == b"<"
        or any(mark in body for mark in marks)
    ):
        return False
    try:
        if not body.isascii():  # which takes no memory
            body.decode()
    except UnicodeError:
        return False
    lines = io.BytesIO(body)
    return body.count(b"\r") == body.count(b"\r\n") and len(set(map(hash, lines))) == body.count(b"\n")


def _places(header: list[str], columns: Columns) -> dict[str, int]:
    names = [clean(name) for name in header]
    return {
        key: names.index(name)
        for key, column in columns.items()
        for name in (*column.formerly, column.header)
        if name in names
    }


def _csv(page: Page, records: Iterable[Sequence[str]]) -> Page:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(records)
    return replace(page, body=out.getvalue().encode(), content_type="")


def _understood(scan: _Scan) -> tuple[list[_Kind], list[GpuPrice | Issue]]:
    """What each kind of rows means, and what the rows say that are of none."""
    columns, place = scan.catalogue.columns, scan.catalogue.place
    held: dict[str, set[object]] = {key: set() for key in scan.places}
    odd_places = list[str]()
    for (text,) in scan.draft.execute("select distinct place from catalogue_scan where place is not null").fetchall():
        value = _value(columns, place, text)
        held[place].add(value)
        odd_places += [] if value == text else [text]
    firsts, kinds, read = scan.kinds(), list[_Kind](), cache(partial(_value, columns))
    records, labels = scan.records(firsts.values()), scan.labels
    for kind, first in firsts.items():
        cells = {key: read(key, records[first][scan.places[key]]) for key in labels}
        for key, value in cells.items():
            held[key].add(value)
        kinds.append(_kind(kind, Row(first, cells), scan))
    if any(column.holds and not held[key] & set(column.holds) for key, column in columns.items() if key in held):
        raise _NotPlainError  # the reader of rows says what is wrong
    odd = scan.odd_rows([kind.hash for kind in kinds if kind.is_odd], odd_places)
    return kinds, [*scan.issues, *_one_by_one(scan, odd)]


def _value(columns: Columns, key: str, text: str) -> object:
    try:
        return columns[key].read(text)
    except Unreadable as error:
        return error


def _kind(kind: int, row: Row, scan: _Scan) -> _Kind:
    if any(isinstance(value, Unreadable) for value in row.cells.values()):
        return _Kind(kind, None, is_odd=True)
    cells = {**row.cells, scan.catalogue.place: PLACE, scan.catalogue.amount: AMOUNT}
    said = list(scan.catalogue.offers(Row(row.position, cells), scan.provider))
    offer = said[0] if said else None
    if offer is None or (
        len(said) == 1 and isinstance(offer, GpuPrice) and (offer.price, offer.region) == (AMOUNT, PLACE)
    ):
        return _Kind(kind, offer)
    return _Kind(kind, None, is_odd=True)


def _one_by_one(scan: _Scan, odd: list[int]) -> Iterator[GpuPrice | Issue]:
    if not odd:
        return
    bare = {key: replace(column, holds=()) for key, column in scan.catalogue.columns.items()}
    records = scan.records(odd)
    page = _csv(scan.page, [scan.header, *(records[row] for row in odd)])
    for item in csv_rows(page, bare, ignored=scan.catalogue.ignored):
        if isinstance(item, Row):
            yield from scan.catalogue.offers(Row(odd[item.position], item.cells), scan.provider)
        elif item.row is not None:  # what there is to say of the header has been said
            yield item.model_copy(update={"row": odd[item.row]})


# --- tables ---------------------------------------------------------------------------------------


def _put(draft: duckdb.DuckDBPyConnection, kinds: Sequence[_Kind], found: Sequence[Fact | Issue], number: int) -> Read:
    """Add what was understood to the tables.

    Raises:
        _NotPlainError: An offer of the kinds has two prices in one place; nothing was added.
    """
    first, before = _count(draft, "catalogue_kinds"), _count(draft, "catalogue_rows")
    plain = [(kind.hash, kind.offer) for kind in kinds if kind.offer is not None]
    alone = [item for item in found if isinstance(item, GpuPrice)]
    bare = [offer.model_copy(update=dict(zip(OWN, (0, PLACE, AMOUNT), strict=True))) for offer in alone]
    further = {offer: first + len(plain) + place for place, offer in enumerate(dict.fromkeys(bare))}
    _add_kinds(draft, [*(offer for _, offer in plain), *further], first, number)
    if plain:
        _add_scanned(draft, [kind for kind, _ in plain], first)
    if alone:
        _add_alone(draft, alone, [further[offer] for offer in bare])
    if plain and not _has_each_once(draft, first):
        draft.execute(
            "delete from catalogue_rows where kind >= $1; delete from catalogue_kinds where kind >= $1", [first]
        )
        raise _NotPlainError
    facts = _count(draft, "catalogue_rows") - before
    return Read(facts, tuple(item for item in found if isinstance(item, Issue)))


def _add_kinds(draft: duckdb.DuckDBPyConnection, offers: Iterable[GpuPrice], first: int, number: int) -> None:
    own: set[str] = {*OWN}
    rows = (
        {"kind": first + place, **offer.model_dump(mode="json", exclude_none=True, exclude=own), "page_number": number}
        for place, offer in enumerate(offers)
    )
    lines = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    if not lines:
        return
    with tempfile.TemporaryDirectory(prefix="aicost-") as folder:
        file = Path(folder) / "kinds.jsonl"
        file.write_text(lines, encoding="utf-8")
        typed = ", ".join(
            f'"{name}": {schema.quoted(kind)}' for name, kind in {"kind": "INTEGER", **_columns()}.items()
        )
        draft.execute(
            "insert into catalogue_kinds by name "
            f"from read_json(?, format = 'newline_delimited', columns = {{{typed}}})",
            [str(file)],
        )


def _add_places(draft: duckdb.DuckDBPyConnection, places: str, *parameters: object) -> None:
    draft.execute(
        "insert into catalogue_places "
        "select row_number() over (order by region) + (select count(*) from catalogue_places), region "
        f"from ({places}) as found where region is not null and region not in (select region from catalogue_places)",
        list(parameters),
    )


def _add_scanned(draft: duckdb.DuckDBPyConnection, kinds: list[int], first: int) -> None:
    _add_places(draft, "select distinct place as region from catalogue_scan where kind is not null")
    draft.execute(
        """
        insert into catalogue_rows
        select kinds.number, scan."row", places.place, scan.amount
        from catalogue_scan as scan
        join (select unnest(?::ubigint[]) as kind, unnest(?::integer[]) as number) as kinds on kinds.kind = scan.kind
        join catalogue_places as places on places.region = scan.place
        """,
        [kinds, list(range(first, first + len(kinds)))],
    )


def _add_alone(draft: duckdb.DuckDBPyConnection, offers: list[GpuPrice], kinds: list[int]) -> None:
    regions = [offer.region for offer in offers]
    _add_places(draft, "select distinct unnest(?::varchar[]) as region", regions)
    draft.execute(
        """
        insert into catalogue_rows
        select rows.kind, rows."row", places.place, rows.price
        from (
            select unnest(?::integer[]) as kind, unnest(?::integer[]) as "row", unnest(?::varchar[]) as region,
                unnest(?::double[]) as price
        ) as rows
        left join catalogue_places as places using (region)
        """,
        [kinds, [offer.row for offer in offers], regions, [offer.price for offer in offers]],
    )


def _has_each_once(draft: duckdb.DuckDBPyConnection, first: int) -> bool:
    rows, distinct = draft.execute(
        """
        select count(*), count(distinct offers.number * (select count(*) + 1 from catalogue_places) + rows.place)
        from catalogue_rows as rows
        join (
            select kind, dense_rank() over (order by provider, offer, pricing_type, commitment, effective_on) as number
            from catalogue_kinds where kind >= $1
        ) as offers using (kind)
        """,
        [first],
    ).fetchall()[0]
    return bool(rows == distinct)


def _count(draft: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(draft.execute(f"select count(*) from {table}").fetchall()[0][0])


def read_pages(catalogue: Catalogue, pages: Iterable[Page], file: Path) -> Offers:
    """Read the pages of one visit into a Parquet file of the columns of ``raw.gpu_prices``, without provenance.

    Raises:
        PageChanged: As the source's ``parse``.
    """
    issues = list[Issue]()
    with duckdb.connect(config=ALONE) as own:
        start(own)
        for number, page in enumerate(pages):
            issues += [
                issue.model_copy(update={"page": page.url}) for issue in read(own, catalogue, page, number).issues
            ]
        own.execute(
            f"""
            copy (
                select kinds.* exclude (kind), rows."row", places.region, rows.price
                from catalogue_rows as rows
                join catalogue_kinds as kinds using (kind)
                left join catalogue_places as places using (place)
                order by kinds.page_number, rows."row", kinds.pricing_type
            ) to {schema.quoted(str(file))} (format parquet)
            """
        )
        kinds = own.execute(
            "select distinct on (currency, price_unit) provider, offer, sku, gpu, pricing_type, price_unit, currency, "
            "term_months from catalogue_kinds order by currency, price_unit, kind"
        ).fetchall()
        names = ("provider", "offer", "sku", "gpu", "pricing_type", "price_unit", "currency", "term_months")
        one_of_each = tuple(
            GpuPrice.model_validate({"row": 0, "price": AMOUNT, **dict(zip(names, kind, strict=True))})
            for kind in kinds
        )
        return Offers(file, _count(own, "catalogue_rows"), tuple(issues), one_of_each)


def make_offers(draft: duckdb.DuckDBPyConnection) -> None:
    """The view ``catalogue_offers``: what was read, with the accelerator that is meant and its USD per GPU-hour.

    For a catalogue in USD per hour of an instance, as its source declares, in tables that are kept.
    """
    found = draft.execute("select kind, provider, sku, gpu, vram_gb, gpu_count from catalogue_kinds").fetchall()
    names = [(kind, *_accelerator(*said)) for kind, *said in found]
    columns = [list(column) for column in zip(*names, strict=True)] or [[]] * 4
    draft.execute(
        "create or replace table catalogue_names as select unnest(?::integer[]) as kind, "
        "unnest(?::varchar[]) as accelerator_id, unnest(?::varchar[]) as family, unnest(?::double[]) as gpus",
        columns,
    )
    draft.execute(
        """
        create or replace view catalogue_offers as
        select
            kinds.provider, kinds.sku, kinds.gpu, names.accelerator_id, names.family, names.gpus, places.region,
            kinds.pricing_type, rows.price, rows.price / names.gpus as usd_per_gpu_hour
        from catalogue_rows as rows
        join catalogue_kinds as kinds using (kind)
        join catalogue_names as names using (kind)
        left join catalogue_places as places using (place)
        """
    )


@lru_cache(maxsize=65_536)
def _accelerator(
    provider: str, sku: str | None, gpu: str | None, vram_gb: float | None, gpu_count: int | None
) -> tuple[str | None, str | None, float | None]:
    """The provider's code goes before the name that it prints."""
    sold = resolve_sku(provider, sku) if sku else None
    if sold is not None and sold.accelerator_id is not None:
        return sold.accelerator_id, sold.family, sold.gpus
    match = resolve_accelerator(gpu, memory_gb=vram_gb) if gpu else None
    if match is None:
        return None, None, gpu_count
    return match.accelerator_id, match.family, None if match.is_contrary else gpu_count
