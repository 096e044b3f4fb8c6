"""CSV: the tables themselves, as the computation writes them. All other formats are made from these."""

from __future__ import annotations

from parindex.publication.release import PUBLIC_TABLES, Release


def files(release: Release) -> dict[str, bytes]:
    return {spec.file_name: spec.csv_bytes(release.result.table(spec)) for spec in PUBLIC_TABLES}
