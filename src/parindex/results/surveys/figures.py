"""From an estimate to a row of the table: digits, what a missing figure means, and no error that is only rounding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from parindex.language import Text
from parindex.results.surveys.tables import CROSSED, WHOLE, EstimateRow
from parindex.survey.estimate import published

ROUNDING: Final = 1e-12
"""A standard error below this part of its value is what is left of 0 by rounding."""

_DECIMALS: Final = Decimal("1e-16")

KNOWN = Text(
    "sai số tính ra bằng 0: quyền số đã hiệu chỉnh theo đúng tổng này, hoặc mọi trả lời như nhau",
    "the error comes out as 0: the weights are calibrated to this very total, or all answers are the same",
)
ALL_THE_SAME = Text(
    "mọi trả lời trong mẫu như nhau, nên mẫu không cho biết sai số và không có khoảng tin cậy",
    "all answers in the sample are the same, so that it tells nothing of the error, and there is no interval",
)


class Told(NamedTuple):
    """A figure before it is written: what a row needs, whatever it was estimated by."""

    value: float | None
    se: float | None
    lower: float | None
    upper: float | None
    n: int
    deff: float | None
    df: float | None
    method: str
    reason: Text | None


def figure(value: float | None) -> Decimal | None:
    """10 significant digits, and no more than 16 decimals: what a CSV file of this programme may hold."""
    found = published(value)
    return found if found is None or found == found.quantize(_DECIMALS) else found.quantize(_DECIMALS).normalize()


def row_of(
    columns: Sequence[str], domain: Sequence[str], code: str, answers: str | None, measure: str, told: Told
) -> EstimateRow:
    """The row of a figure; an error that is rounding only becomes 0, and the note says why."""
    value, se, lower, upper, deff, reason = told.value, told.se, told.lower, told.upper, told.deff, told.reason
    if value is not None and se is not None and se <= ROUNDING * max(abs(value), ROUNDING):
        same = measure == "share" and min(abs(value), abs(value - 1)) < ROUNDING
        se, deff, reason = 0.0, None, reason or (ALL_THE_SAME if same else KNOWN)
        lower = upper = None if same or lower is None else value
    shown = figure(value)
    return EstimateRow(
        CROSSED.join(columns) or WHOLE,
        CROSSED.join(domain) or WHOLE,
        code,
        answers,
        measure,
        shown,
        figure(se),
        figure(lower),
        figure(upper),
        told.n,
        figure(deff),
        figure(told.df) if told.df is not None and math.isfinite(told.df) else None,
        told.method,
        "empty" if shown is None else "published",
        None if reason is None else reason.vi,
        None if reason is None else reason.en,
    )
