"""Changes with their signs, and dots on the axis of a ranking."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parindex.language import Text
from parindex.programme.edition import Group
from parindex.sources import Place
from parindex_web.results.ranking import axis_of
from parindex_web.results.templatetags.changes import change


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        ("1.854", 2, "+1,85"),
        ("-0.755", 2, "\u22120,76"),
        ("0.0000", 2, "0"),
        ("-0.0043", 2, "≈ 0"),
        ("-0.0043", None, "\u22120,0043"),
        (None, 2, "–"),
    ],
)
def test_a_change_has_its_sign_and_no_false_nought(value, decimals, shown):
    assert change(None if value is None else Decimal(value), decimals) == shown


def test_dots_lie_on_the_axis_by_their_values():
    groups = [Group(code, Text(code, code), Decimal(start), Place("")) for code, start in (("A", "90"), ("B", "80"))]
    axis = axis_of([Decimal("91.95"), Decimal("81.32")], groups)
    assert axis.low == 80 and axis.edges == ("80.0",)
    assert (axis.at(Decimal(80)), axis.at(Decimal(90)), axis.at(Decimal(100))) == ("6.0", "80.0", "154.0")
    assert axis_of([], groups).low == 0 and axis_of([Decimal(100)], groups).low == 90
