"""CSV: the tables themselves, as the computation writes them. All other formats are made from these."""

from __future__ import annotations

from parindex.publication.release import Release


def files(release: Release) -> dict[str, bytes]:
    return dict(release.tables)
