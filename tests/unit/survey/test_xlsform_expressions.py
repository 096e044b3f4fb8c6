"""Skips and bounds as XLSForm expressions: what is read, and what is left to a person."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parindex.survey.questionnaire import Condition
from parindex.survey.xlsform_expressions import Constraint, Referred, conditions_in, constraint_in

KNOWN = {
    "a": Referred("a", "choice"),
    "m": Referred("m", "choices"),
    "n": Referred("n", "count", ("98",)),
    "x": Referred("x", "number"),
    "t": Referred("t", "text"),
}


def number(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("${a} = '1'", [Condition("a", ("1",))]),
        ("${a}=1", [Condition("a", ("1",))]),
        ('${a} = "1"', [Condition("a", ("1",))]),
        ("( ${a} = '1' )", [Condition("a", ("1",))]),
        ("${a} = '1' or ${a} = '2'", [Condition("a", ("1", "2"))]),
        ("selected(${m}, 'p') or selected( ${m} , 'q')", [Condition("m", ("p", "q"))]),
        ("${a} = '1' and selected(${m}, 'p')", [Condition("a", ("1",)), Condition("m", ("p",))]),
        ("(${a} = '1') and (${n} >= 2)", [Condition("a", ("1",)), Condition("n", (), number("2"))]),
        ("${a} = '1' and (selected(${m}, 'p') and ${n} > 2)", [Condition("a", ("1",)), Condition("m", ("p",)), Condition("n", (), number("3"))]),
        ("${n} < 5", [Condition("n", (), None, number("4"))]),
        ("${n} > 2.5", [Condition("n", (), number("3"))]),
        ("${n} = 3", [Condition("n", (), number("3"), number("3"))]),
        ("(${n} >= 1 and ${n} <= 4)", [Condition("n", (), number("1"), number("4"))]),
        ("(${n} >= 1 and ${n} != 98)", [Condition("n", (), number("1"))]),
        ("${n} >= 1 and ${n} != 98", [Condition("n", (), number("1"))]),
        ("${x} <= -1.5", [Condition("x", (), None, number("-1.5"))]),
        ("${a} = 'b and c'", [Condition("a", ("b and c",))]),
    ],
)  # fmt: skip
def test_skips_that_are_read(text, conditions):
    assert conditions_in(text, KNOWN.get) == tuple(conditions)


@pytest.mark.parametrize(
    "text",
    [
        "${a} != '1'",  # also true of who did not answer
        "not(${a} = '1')",
        "${a} = '1' or ${m} = 'p'",  # two questions
        "${n} != 98",  # everybody else, also without an answer
        "${a} = '1' and ${n} != 98",
        "${n} != 5 and ${n} >= 1",
        "${x} > 2",  # the bound itself is left out of the decimal numbers
        "${n} * 2 > 4",
        "${t} = 'x'",
        "${unknown} = '1'",
        "${a} = ${m}",
        "true()",
        "(" * 50,
        "${a} = '1' and " * 2000,
    ],
)
def test_skips_that_are_not_guessed_at(text):
    assert conditions_in(text, KNOWN.get) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (". >= 0 and . <= 120", Constraint(number("0"), number("120"))),
        ("(.>=18)", Constraint(number("18"))),
        (". > 0 and . < 10", Constraint(number("1"), number("9"))),
        ("(. >= 0 and . <= 60) or . = 98 or . = 99", Constraint(number("0"), number("60"), ("98", "99"))),
        ("count-selected(.) <= 3", Constraint(at_most=3)),
        ("not(selected(., 'none') and count-selected(.) > 1)", Constraint(alone=("none",))),
        ("count-selected(.)<=2 and not(selected(.,'0') and count-selected(.)>1)", Constraint(at_most=2, alone=("0",))),
        (". = 1 or . = 2", None),
        (". >= 1 or . >= 5", None),
        ("regex(., '[0-9]+')", None),
        (". <= ${n}", None),
        (". >= 1 and " * 2000, None),
    ],
)
def test_bounds(text, found):
    assert constraint_in(text, whole=True) == found


def test_a_bound_that_is_left_out_is_known_for_whole_numbers_only():
    assert constraint_in(". > 0", whole=True) == Constraint(number("1"))
    assert constraint_in(". > 0", whole=False) is None
