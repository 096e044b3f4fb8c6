"""What was found, asked and answered."""

from __future__ import annotations

from parindex_web.appraise.models import Explanation, Finding
from parindex_web.editions.models import UnitFile


def newest_findings(unit_file: UnitFile, round_: str, marker: int = 1) -> dict[int, Finding]:
    """The finding that counts in a round, by line."""
    rows = Finding.objects.filter(line__unit_file=unit_file, round=round_, marker=marker).order_by("pk")
    return {row.line_id: row for row in rows}


def newest_replies(unit_file: UnitFile) -> dict[int, Explanation]:
    """The explanation that counts, by line."""
    return {row.line_id: row for row in Explanation.objects.filter(line__unit_file=unit_file).order_by("pk")}
