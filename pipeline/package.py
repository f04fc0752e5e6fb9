"""The data package: the public tables as CSV and Parquet, described for machines and people, with whose data it is.

A folder that appears whole or not at all, and holds the same bytes for the same state wherever and whenever it is
made: `datapackage.json` (Frictionless), `croissant.json` (Croissant), `CITATION.cff`, `LICENSES.md`, `README.md`,
`CHANGELOG.md` and `SHA256SUMS` beside `data/`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline import about, croissant, export, warehouse
from pipeline.about import About, Column, Source, Table
from pipeline.durable import storing, sync
from pipeline.errors import UsageError
from pipeline.export import Exported
from pipeline.place import Place

SUMS = "SHA256SUMS"
DESCRIPTION = "datapackage.json"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"
TYPES = {  # of DuckDB, to those of Table Schema; lists and maps stand as JSON
    "BOOLEAN": "boolean", "TINYINT": "integer", "SMALLINT": "integer", "INTEGER": "integer", "BIGINT": "integer",
    "HUGEINT": "integer", "UBIGINT": "integer", "FLOAT": "number", "DOUBLE": "number", "DATE": "date",
    "TIMESTAMP WITH TIME ZONE": "datetime", "TIMESTAMP": "datetime", "TIME": "time",
}  # fmt: skip
MEDIA = {  # of a table's files, and of the workbook
    "csv": "text/csv", "parquet": "application/vnd.apache.parquet", "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
ALWAYS: tuple[export.Format, ...] = ("csv", "parquet")  # what every package holds of each table
CHANGES_TOLD = 20  # snapshots in the change log


def write(
    path: Place,
    folder: Path,
    names: Iterable[str] = (),
    step: Callable[[str], None] = lambda name: None,
    *,
    forms: Sequence[export.Format] = (),
) -> Exported:
    """Write the package of a warehouse's public tables, or of the named ones, into a folder of its own.

    Args:
        path: The warehouse.
        folder: The folder; a package that is there is replaced, anything else is not touched.
        names: Public tables; all when none is named.
        step: Called before each table with its name.
        forms: What it holds besides CSV and Parquet: json, xlsx.

    Returns:
        The files, and what did not fit into a workbook.

    Raises:
        UsageError: No public table has that name, or the folder holds something else.
        StorageError: The folder cannot be written; what was there stays.
    """
    place = folder.absolute()  # not resolved: what a link leads to is somebody else's
    if _is_something_else(place):
        raise UsageError(
            f"{place} is not empty and not a data package", fix="name a folder that is not there, or an old package"
        )
    partial, old = (place.with_name(f".{place.name}.{os.getpid()}.{kind}") for kind in ("partial", "old"))
    with storing(place):
        try:
            partial.mkdir(parents=True)
            notes = _fill(path, partial, names, step, tuple(dict.fromkeys((*ALWAYS, *forms))))
            for file in (*_files(partial), partial / SUMS, partial / "data", partial):
                sync(file)
            if place.exists():
                place.rename(old)
            _take_place(partial, place, old)
            sync(place.parent)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)
    return Exported([*_files(place), place / SUMS], notes)


def _is_something_else(place: Path) -> bool:
    if place.is_symlink() or (place.exists() and not place.is_dir()):
        return True
    return place.is_dir() and any(place.iterdir()) and not ((place / SUMS).exists() and (place / DESCRIPTION).exists())


def _take_place(partial: Path, place: Path, old: Path) -> None:
    try:
        partial.rename(place)
    except BaseException:
        if old.exists() and not place.exists():
            old.rename(place)
        raise


def _fill(
    path: Place, folder: Path, names: Iterable[str], step: Callable[[str], None], forms: Sequence[export.Format]
) -> list[str]:
    with export.opened(path) as reader:
        told = about.read(reader, names)
        notes = export.write_tables(reader, folder / "data", told, forms, step).notes
        history = _history(reader)
    sizes = {file.relative_to(folder).as_posix(): _sized(file) for file in _files(folder)}
    texts = {
        DESCRIPTION: _as_json(_datapackage(told, sizes)),
        "croissant.json": _as_json(croissant.describe(told, {name: sha256 for name, (_, sha256) in sizes.items()})),
        "CITATION.cff": _citation(told), "LICENSES.md": _licences(told), "README.md": _readme(told),
        "CHANGELOG.md": _changelog(told, history),
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    sums = "".join(f"{_sized(file)[1]}  {file.relative_to(folder).as_posix()}\n" for file in _files(folder))
    (folder / SUMS).write_text(sums, encoding="utf-8", newline="\n")
    return notes


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SUMS)


def _sized(file: Path) -> tuple[int, str]:
    with file.open("rb") as stream:
        return file.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest()


def _as_json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


# --- for machines ---------------------------------------------------------------------------------


def _datapackage(told: About, sizes: dict[str, tuple[int, str]]) -> dict[str, Any]:
    resources: list[dict[str, Any]] = []
    for table in told.tables:
        resources += _resources(table, told, sizes)
    if (workbook := f"data/{export.WORKBOOK}") in sizes:
        said = {"title": "workbook", "description": "Every table as a sheet.", "licenses": [_collection()]}
        resources.append({"name": "workbook", "type": "file", **_stored(workbook, sizes), **said})
    return {
        "name": "aicost", "id": told.snapshot_id, "title": about.TITLE, "version": told.version,
        "created": f"{told.published_at:%Y-%m-%dT%H:%M:%SZ}",
        "description": f"{about.SENTENCE} {about.RULE} {told.cite_as}",
        "keywords": ["AI", "training cost", "GPU prices", "token prices"],
        "licenses": [_collection()],
        "sources": [_source(source) for source in told.sources],
        "resources": resources,
    }  # fmt: skip


def _collection() -> dict[str, str]:
    return {"name": "CC-BY-4.0", "path": CC_BY, "title": "the collection; each source has its own, see LICENSES.md"}


def _resources(table: Table, told: About, sizes: dict[str, tuple[int, str]]) -> Iterator[dict[str, Any]]:
    sources = told.sources_of(table)
    licences = {source.licence: _licence(source) for source in sources}
    common = {
        "title": table.name, "description": table.sentence, "licenses": list(licences.values()) or [_collection()],
        **({"sources": [_source(source) for source in sources]} if sources else {}),
    }  # fmt: skip
    for form in ("csv", "parquet", "json"):
        path = f"data/{export.file_name(table.name)}.{form}"
        if path not in sizes:
            continue
        made: dict[str, Any] = {
            "name": export.file_name(table.name).replace("_", "-") + ("" if form == "csv" else f"-{form}"),
            "type": "table" if form == "csv" else "file", **_stored(path, sizes), **common,
        }  # fmt: skip
        if form == "csv":
            made |= {"profile": "tabular-data-resource", "encoding": "utf-8",
                     "dialect": {"delimiter": ",", "lineTerminator": "\n", "doubleQuote": True},
                     "schema": _schema(table)}  # fmt: skip
        yield made


def _stored(path: str, sizes: dict[str, tuple[int, str]]) -> dict[str, Any]:
    size, sha256 = sizes[path]
    form = path.rpartition(".")[2]
    return {"path": path, "format": form, "mediatype": MEDIA[form], "bytes": size, "hash": f"sha256:{sha256}"}


def _licence(source: Source) -> dict[str, str]:
    url = {"path": source.licence_url} if source.licence_url else {}
    return {"name": source.licence_name, **url, "title": source.licence}


def _source(source: Source) -> dict[str, str]:
    return {"title": f"{source.title} ({source.publisher})", "path": source.url}


def _schema(table: Table) -> dict[str, Any]:
    made: dict[str, Any] = {"fields": [_field(column) for column in table.columns], "missingValues": [""]}
    return {**made, "primaryKey": list(table.grain)} if table.grain else made


def _field(column: Column) -> dict[str, Any]:
    made: dict[str, Any] = {"name": column.name, "type": type_of(column.kind), "description": column.meaning}
    return {**made, "unit": column.unit} if column.unit else made


def type_of(kind: str) -> str:
    """A type of DuckDB in the words of Table Schema."""
    if kind.endswith("[]"):
        return "array"
    if kind.startswith(("MAP", "STRUCT")):
        return "object"
    return "number" if kind.startswith("DECIMAL") else TYPES.get(kind, "string")


# --- for people -----------------------------------------------------------------------------------


def _citation(told: About) -> str:
    lines = [
        "cff-version: 1.2.0", "message: Cite the data with its snapshot, and the sources that the figures are of.",
        "type: dataset", f"title: {_yaml(about.TITLE)}", f"version: {_yaml(told.version)}",
        f"date-released: {told.published_at:%Y-%m-%d}", f"abstract: {_yaml(f'{about.SENTENCE} {about.RULE}')}",
        "license: CC-BY-4.0", "authors:", "  - name: aicost", "identifiers:", "  - type: other",
        f"    value: {_yaml(told.snapshot_id)}", "    description: snapshot", "references:",
    ]  # fmt: skip
    for source in told.sources:
        lines += [
            "  - type: data", f"    title: {_yaml(source.title)}", "    authors:",
            f"      - name: {_yaml(source.publisher)}", f"    url: {_yaml(source.url)}",
            f"    notes: {_yaml(f'{source.attribution} Licence: {source.licence}.')}",
        ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _yaml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a YAML string


def _licences(told: About) -> str:
    text = f"""# Whose data this is

Each figure keeps the licence of its source. The collection, the ledgers and the estimates are of aicost, under
[CC BY 4.0]({CC_BY}): use them for any purpose, name aicost and the snapshot, and say what you changed.

{told.cite_as}
"""
    return text + "".join(_licence_of(told, source) for source in told.sources)


def _licence_of(told: About, source: Source) -> str:
    tables = [table.name for table in told.tables if source.name in table.sources]
    licence = f"[{source.licence}]({source.licence_url})" if source.licence_url else export.inert(source.licence)
    when = f"{source.observed_at:%Y-%m-%d}" if source.observed_at else "unknown"
    return f"""
## {export.inert(source.title)}

- source: `{source.name}`, {export.inert(source.publisher)}
- address: {f"<{source.url}>" if source.url.startswith(("https://", "http://")) else source.url}
- licence or terms: {licence}
- to be named as: {export.inert(source.attribution)}
- as of: {when}
- read, directly or not, by: {", ".join(tables) or "none of these tables"}
"""


def _readme(told: About) -> str:
    text = f"""# {about.TITLE}

{about.SENTENCE} {about.RULE}

- as of: {told.published_at:%Y-%m-%d %H:%M:%S} UTC
- snapshot: `{told.snapshot_id}`, version {told.version}
- made by: {told.made_by}
- to cite: {told.cite_as} See CITATION.cff.
- licences: LICENSES.md, source by source
- what changed: CHANGELOG.md

`data/` holds each table as CSV and as Parquet, and where they were asked for as JSON and in one Excel workbook.

CSV is UTF-8 with LF, a header, ISO dates, UTC times and nothing for what is missing. A text that a spreadsheet would
run as a formula has an apostrophe in front, and so has a text that begins with one: take the first apostrophe away to
have the text back. Lists stand as JSON.

Parquet holds every text as it is, and what table and columns mean in its own metadata:
`select decode(key), decode(value) from parquet_kv_metadata('data/{told.tables[0].name}.parquet')` in DuckDB.

Types, units and keys: datapackage.json (Frictionless) and croissant.json (Croissant). `sha256sum --check SHA256SUMS`
tells whether a file was changed.
"""
    if told.scopes:
        rows = ["| " + " | ".join(export.inert(str(cell)) for cell in scope.values()) + " |" for scope in told.scopes]
        head = "\n## What a figure covers\n\n| scope | covers | leaves out |\n| --- | --- | --- |\n"
        text += head + "\n".join(rows) + "\n"
    rows = [f"| `{table.name}` | {table.rows:,} | {export.inert(table.sentence)} |" for table in told.tables]
    return text + "\n## Tables\n\n| table | rows | what it holds |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n"


def _history(reader: Any) -> list[tuple[Any, ...]]:
    if "changes" not in warehouse.tables(reader):
        return []
    return reader.execute(
        "select snapshot_id, table_name, change, count(*) as n, string_agg(distinct cause, ', ' order by cause) "
        "from main.changes group by all order by snapshot_id desc, table_name, change"
    ).fetchall()


def _changelog(told: About, history: list[tuple[Any, ...]]) -> str:
    lines = [
        "# What changed",
        "",
        "By snapshot, the newest first, from the table `changes`, which has every row and cell.",
        "",
    ]
    snapshots = list(dict.fromkeys(row[0] for row in history))
    if told.snapshot_id not in snapshots:
        lines += [f"## {told.snapshot_id}", "", "Nothing changed since the snapshot before, or none is on record.", ""]
    for snapshot in snapshots[:CHANGES_TOLD]:
        lines += [f"## {snapshot}", ""]
        lines += [f"- `{table}`: {n:,} {change} ({cause})" for at, table, change, n, cause in history if at == snapshot]
        lines.append("")
    if len(snapshots) > CHANGES_TOLD:
        lines += [f"{len(snapshots) - CHANGES_TOLD} earlier snapshots are in the table.", ""]
    return "\n".join(lines)
