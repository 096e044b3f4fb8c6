"""datapackage.json: the CSV tables described for machines (Frictionless Data Package, version 1)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from parindex.language import Text, fold
from parindex.publication.release import PUBLIC_TABLES, Release
from parindex.sources import digest_of
from parindex.tables.columns import Column, ColumnType, TableSpec

_TYPES: Mapping[ColumnType, str] = {
    "text": "string",
    "decimal": "number",
    "whole": "integer",
    "flag": "boolean",
    "json": "object",
}


def files(release: Release) -> dict[str, bytes]:
    edition = release.result.edition
    label = release.label
    package: dict[str, object] = {
        **release.head,
        "profile": "tabular-data-package",
        "name": _name(f"{edition.programme}-{release.version}"),
        "title": edition.name.both(),
        **({"description": label.both()} if label else {}),
        "licenses": _licences(release),
        "sources": _sources(release),
        "resources": [_resource(release, spec, release.tables[spec.file_name]) for spec in PUBLIC_TABLES],
    }
    # The standard wants a list that is not empty, or none at all.
    package = {key: value for key, value in package.items() if value != []}
    return {"datapackage.json": (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()}


def _resource(release: Release, spec: TableSpec[Any], content: bytes) -> dict[str, object]:
    title = spec.says.both()
    return {
        "profile": "tabular-data-resource",
        "name": _name(spec.name),
        "path": spec.file_name,
        "title": f"{title} ({release.label.both()})" if release.label else title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{digest_of(content)}",
        "schema": {
            "fields": [_field(column) for column in spec.columns],
            "primaryKey": list(spec.key),
            "missingValues": [""],
        },
    }


def _field(column: Column) -> dict[str, object]:
    empty = column.null_means
    says = Text(
        column.says.vi + (f"; để trống: {empty.vi}" if empty else ""),
        column.says.en + (f"; empty: {empty.en}" if empty else ""),
    )
    return {
        "name": column.name,
        "type": _TYPES[column.type],
        "title": column.says.both(),
        "description": says.both(),
        **({"unit": column.unit} if column.unit else {}),
        # A text that is never null may still be empty, which the standard cannot tell apart in CSV.
        **({"constraints": {"required": True}} if empty is None and column.type != "text" else {}),
    }


def _licences(release: Release) -> list[dict[str, str]]:
    if release.licence is None:
        return []
    key = "path" if release.licence.startswith(("http://", "https://")) else "name"
    return [{key: release.licence, "title": release.licence}]


def _sources(release: Release) -> list[dict[str, str]]:
    """The legal basis and the named sources of every framework."""
    texts: dict[str, None] = {}
    for each in release.result.edition.lists:
        framework = each.framework
        for text in (framework.legal_basis, *framework.sources.values()):
            if text is not None and text.both():
                texts[text.both()] = None
    return [{"title": text} for text in texts]


def _name(text: str) -> str:
    """Lower-case ASCII letters, digits, dots, dashes and lines, as the standard wants."""
    return re.sub(r"[^a-z0-9._-]+", "-", fold(text)).strip("-")
