"""A data package in the words of Croissant: JSON-LD that data set search engines and machine learning tools read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from pipeline import about
from pipeline.about import About, Column, Table
from pipeline.export import file_name

CONTEXT: dict[str, Any] = {
    "@language": "en", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs", "column": "cr:column",
    "conformsTo": "dct:conformsTo", "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"}, "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/", "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"}, "extract": "cr:extract",
    "field": "cr:field", "fileObject": "cr:fileObject", "fileProperty": "cr:fileProperty", "fileSet": "cr:fileSet",
    "format": "cr:format", "includes": "cr:includes", "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath", "key": "cr:key", "md5": "cr:md5", "parentField": "cr:parentField", "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/", "recordSet": "cr:recordSet", "references": "cr:references",
    "regex": "cr:regex", "repeated": "cr:repeated", "replace": "cr:replace", "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField", "transform": "cr:transform",
}  # fmt: skip
TYPES = {
    "BOOLEAN": "sc:Boolean", "TINYINT": "sc:Integer", "SMALLINT": "sc:Integer", "INTEGER": "sc:Integer",
    "BIGINT": "sc:Integer", "HUGEINT": "sc:Integer", "UBIGINT": "sc:Integer", "FLOAT": "sc:Float",
    "DOUBLE": "sc:Float", "DATE": "sc:Date", "TIMESTAMP WITH TIME ZONE": "sc:DateTime", "TIMESTAMP": "sc:DateTime",
}  # fmt: skip
FORMS = {"csv": "text/csv", "parquet": "application/x-parquet"}
OF = "csv"  # the files that the record sets read


def describe(told: About, sums: Mapping[str, str]) -> dict[str, Any]:
    """The package as a Croissant document.

    Args:
        told: What it holds.
        sums: SHA-256 of each file, by its path in the package.
    """
    licences = dict.fromkeys(["https://creativecommons.org/licenses/by/4.0/"])
    licences |= dict.fromkeys(source.licence_url for source in told.sources if source.licence_url)
    return {
        "@context": CONTEXT, "@type": "sc:Dataset", "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "aicost", "description": f"{about.SENTENCE} {about.RULE}", "version": told.version,
        "identifier": told.snapshot_id, "datePublished": f"{told.published_at:%Y-%m-%d}", "license": list(licences),
        "citeAs": told.cite_as, "url": _name_of(sums), "isLiveDataset": False,
        "creator": {"@type": "sc:Organization", "name": "aicost"},
        "distribution": [_file(table, form, sums) for table in told.tables for form in FORMS],
        "recordSet": [_records(table) for table in told.tables],
    }  # fmt: skip


def _name_of(sums: Mapping[str, str]) -> str:
    """What stands for an address, which a package has only where somebody serves it: a name that its content makes."""
    return uuid5(UUID(int=0), "\n".join(f"{sha256}  {path}" for path, sha256 in sorted(sums.items()))).urn


def _file(table: Table, form: str, sums: Mapping[str, str]) -> dict[str, Any]:
    path = f"data/{file_name(table.name)}.{form}"
    return {
        "@type": "cr:FileObject", "@id": path, "name": path, "description": table.sentence, "contentUrl": path,
        "encodingFormat": FORMS[form], "sha256": sums[path],
    }  # fmt: skip


def _records(table: Table) -> dict[str, Any]:
    made: dict[str, Any] = {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.sentence,
    }
    if table.grain:
        made["key"] = [{"@id": f"{table.name}/{name}"} for name in table.grain]
    return {**made, "field": [_field(table, column) for column in table.columns]}


def _field(table: Table, column: Column) -> dict[str, Any]:
    return {
        "@type": "cr:Field", "@id": f"{table.name}/{column.name}", "name": column.name,
        "description": column.meaning + (f" ({column.unit})" if column.unit else ""),
        "dataType": TYPES.get(column.kind, "sc:Text"),
        "source": {"fileObject": {"@id": f"data/{file_name(table.name)}.{OF}"}, "extract": {"column": column.name}},
    }  # fmt: skip
