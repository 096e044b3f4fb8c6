"""JSON: a file per table, one row a line, decimals as text so that no digit is lost."""

from __future__ import annotations

import json
from collections.abc import Iterable

from parindex.publication.release import PUBLIC_TABLES, Release


def files(release: Release) -> dict[str, bytes]:
    """`json/<table>.json`: the head of the publication, then `rows`."""
    return {
        f"json/{spec.name}.json": lines(
            {**release.head, "table": spec.name, "key": list(spec.key)},
            "rows",
            (written(record) for record in spec.as_records(release.result.table(spec))),
        )
        for spec in PUBLIC_TABLES
    }


def lines(head: dict[str, object], name: str, items: Iterable[str]) -> bytes:
    """An object whose last entry is a list with each item on a line: small differences stay small."""
    opened = written(head)[:-1]
    joined = ",\n".join(items)
    return f'{opened},\n"{name}":[{chr(10) if joined else ""}{joined}\n]}}\n'.encode()


def written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
