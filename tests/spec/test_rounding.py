from decimal import Decimal
from fractions import Fraction

from parindex.language import half_up, number

title = "Rounding: half up, once, from the exact fraction"

TASKS = """
    kind: proportional
    inputs:
      numerator: {type: count, label: {vi: "Hoàn thành", en: "Completed"}, unit: {vi: "việc", en: "tasks"}}
      denominator: {type: count, label: {vi: "Đề ra", en: "Planned"}, unit: {vi: "việc", en: "tasks"}}
"""


def test_points_are_rounded_to_four_decimals(rule):
    tasks = rule(TASKS)

    assert tasks.points(numerator=1, denominator=3) == "0.3333"
    assert tasks.points(numerator=2, denominator=3) == "0.6667"


def test_half_goes_up(rule):
    # 1 of 32 is 0.03125 exactly: rounding to even would give 0.0312.
    assert rule(TASKS).points(numerator=1, denominator=32) == "0.0313"


def test_rounding_happens_once():
    # Through three decimals on the way, 0.00045 would become 0.0005 and then 0.001.
    assert half_up(Fraction(45, 100_000), 3) == Decimal("0.000")


def test_a_sum_of_points_is_exact(rule):
    third = Decimal(rule(TASKS).points(numerator=1, denominator=3))

    assert 3 * third == Decimal("0.9999")


def test_79_125_prints_79_13():
    assert number(Decimal("79.125"), "en", 2) == "79.13"
    assert number(Decimal("79.125"), "vi", 2) == "79,13"
    assert round(79.125, 2) == 79.12  # what must not be used


def test_halves_below_zero_go_away_from_zero():
    assert half_up(Decimal("-0.125"), 2) == Decimal("-0.13")
    assert half_up(Fraction(-1, 8), 2) == Decimal("-0.13")


def test_sentences_show_two_decimals_unless_there_are_more(rule):
    assert rule(TASKS)(numerator=9, denominator=10).en.endswith("0.90 of 1.00.")
    assert rule(TASKS)(numerator=1, denominator=32).en.endswith("0.0313 of 1.00.")


def test_percents_in_sentences_are_rounded_and_thresholds_are_not(rule):
    almost = rule(TASKS + "    zero_below: 78.335")

    assert almost(numerator=47, denominator=60).en == (
        "Completed: 47 of 60 tasks = 78.33 %, under the floor of 78.335 %: 0.00."
    )
