"""Which finding counts on each line, for many units at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from parindex_web.appraise.marking import Blind, marks_from
from parindex_web.appraise.models import Finding


def counting_findings(
    findings: Iterable[Finding], blind: Blind, lines: Mapping[int, tuple[str, datetime | None]]
) -> dict[tuple[int, str], Finding]:
    """The finding that counts by line and round, from all findings of an edition, oldest first.

    `lines`: node and time of the last claim, by line. Lines on which none counts yet are absent.
    """
    by_line: dict[tuple[int, str], list[Finding]] = {}
    for finding in findings:
        by_line.setdefault((finding.line_id, finding.round), []).append(finding)
    found = {}
    for (line, round_), rows in by_line.items():
        node, claimed_at = lines[line]
        counts = marks_from(rows, blind.holds(node, round_), claimed_at).counts
        if counts is not None:
            found[line, round_] = counts
    return found
