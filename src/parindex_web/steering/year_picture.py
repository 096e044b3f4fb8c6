"""The year of an edition as a picture: its days and deadlines on a line of time, and today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from parindex.language import Text

WIDTH = 900
MARGIN = 70
"""Room at both ends, so that the first and last label stay inside."""
ROW = 34
"""Height of a row of labels. Labels that would overlap go to the next row."""
LABEL = 150
"""How wide a label is at most."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One day on the line; `x` and `y` of its label. `kind`: passed, ahead or today."""

    at: date
    says: Text
    kind: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class YearPicture:
    """The marks, the first days of months, and how high the picture is. `line`: the height of the line of time."""

    marks: tuple[Mark, ...]
    months: tuple[tuple[int, str], ...]
    line: int
    height: int
    today: int


def year_picture(days: Sequence[tuple[date, Text]], today: date) -> YearPicture | None:
    """The picture of some days; None where there is none."""
    if not days:
        return None
    first = min(today, *(day for day, _ in days))
    last = max(today, *(day for day, _ in days))
    span = max((last - first).days, 1)

    def x(day: date) -> int:
        return MARGIN + round((day - first).days * (WIDTH - 2 * MARGIN) / span)

    line = 26
    ends: list[int] = []
    marks = []
    for day, says in sorted(days, key=lambda each: each[0]):
        left = x(day) - LABEL // 2
        row = next((at for at, end in enumerate(ends) if left >= end), len(ends))
        if row == len(ends):
            ends.append(0)
        ends[row] = left + LABEL
        marks.append(Mark(day, says, "passed" if day < today else "ahead", x(day), line + 30 + row * ROW))
    months = []
    month = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while month <= last:
        months.append((x(month), f"{month.month}/{month.year}" if month.month == 1 else str(month.month)))
        month = (month + timedelta(days=32)).replace(day=1)
    # Names of months stand apart from each other also over several years.
    step = max(1, len(months) * 40 // (WIDTH - 2 * MARGIN) + 1)
    return YearPicture(tuple(marks), tuple(months[::step]), line, line + 44 + len(ends) * ROW, x(today))
