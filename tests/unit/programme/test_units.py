"""Units that merge, split and change their codes."""

from __future__ import annotations

from datetime import date

import pytest

from parindex.programme.units import UnitChange, origins

CHANGES = (
    UnitChange("A", "AB", "merged", date(2023, 7, 1)),
    UnitChange("B", "AB", "merged", date(2023, 7, 1)),
    UnitChange("AB", "ABC", "merged", date(2025, 7, 1)),
    UnitChange("C", "ABC", "merged", date(2025, 7, 1)),
    UnitChange("D", "D", "merged", date(2025, 7, 1)),
    UnitChange("E", "D", "merged", date(2025, 7, 1)),
    UnitChange("F", "F1", "split", date(2025, 7, 1)),
    UnitChange("F", "F2", "split", date(2025, 7, 1)),
)


@pytest.mark.parametrize(
    ("unit", "after", "until", "came_from"),
    [
        ("ABC", date(2022, 12, 31), date(2025, 12, 31), ["A", "B", "C"]),
        ("ABC", date(2024, 12, 31), date(2025, 12, 31), ["AB", "C"]),
        ("ABC", date(2025, 12, 31), date(2026, 12, 31), []),
        ("ABC", date(2022, 12, 31), date(2024, 12, 31), []),
        ("AB", date(2022, 12, 31), date(2024, 12, 31), ["A", "B"]),
        ("D", date(2024, 12, 31), date(2025, 12, 31), ["D", "E"]),
        ("F2", date(2024, 12, 31), date(2025, 12, 31), ["F"]),
        ("G", date(2022, 12, 31), date(2025, 12, 31), []),
    ],
)
def test_the_units_that_were_there_first(unit, after, until, came_from):
    assert [each.predecessor for each in origins(CHANGES, unit, after=after, until=until)] == came_from


def test_a_circle_ends():
    circle = (UnitChange("A", "B", "unchanged", None), UnitChange("B", "A", "unchanged", None))
    assert [each.predecessor for each in origins(circle, "A")] == ["A"]
