"""audit_heads.csv: the ends of the chains of the record of acts, where the publisher keeps one."""

from __future__ import annotations

from collections.abc import Mapping

from parindex.publication.audit_trail import HEADS_FILE, heads_csv
from parindex.publication.release import Release


def files(release: Release) -> Mapping[str, bytes]:
    """One file; none where the release carries no heads."""
    return {HEADS_FILE: heads_csv(release.heads)} if release.heads else {}
