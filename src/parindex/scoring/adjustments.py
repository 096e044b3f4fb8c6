"""Bonus and penalty: counted things worth points each, outside the framework's total and under a cap.

The cap holds for all items of a kind together and is applied where the index is put together; a row here carries
the points of one item.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from parindex.language import Text
from parindex.programme.framework import Adjustment, AdjustmentItem
from parindex.scoring.rule import Outcome
from parindex.tables.flow import POINTS_INPUT, Accepted

ADJUSTMENT_SENTENCES: Mapping[str, Text] = {
    "bonus": Text("{name}: {count} {unit} × {each} = cộng {points} điểm (tất cả điểm thưởng không quá {max}).", "{name}: {count} {unit} × {each} = {points} added (all bonus points capped at {max})."),
    "penalty": Text("{name}: {count} {unit} × {each} = trừ {points} điểm (tất cả điểm trừ không quá {max}).", "{name}: {count} {unit} × {each} = {points} taken off (all penalty points capped at {max})."),
    "adjustment_decided": Text("{name}: quyết định ghi {points} điểm: {reason}", "{name}: set to {points} by decision: {reason}"),
}  # fmt: skip


def score_adjustment(adjustment: Adjustment, item: AdjustmentItem, row: Accepted) -> Outcome:
    """Points of one item, before the cap: count x points each, or what a decision set."""
    if row.input == POINTS_INPUT:
        numbers = {"points": row.value, "reason": row.reason or "", "decision": row.decision or ""}
        return Outcome(Fraction(row.value), "decided", "adjustment_decided", numbers)
    points = Decimal(row.value) * item.points_each
    numbers = {"count": row.value, "each": format(item.points_each, "f"), "points": format(points, "f")}
    return Outcome(Fraction(points), "counted", adjustment.kind, numbers)
