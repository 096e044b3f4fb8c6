import pytest

from parindex.problems import ProblemsFound

title = "Formula: arithmetic over the inputs, kept between 0 and the maximum"

TASKS = """
    kind: formula
    inputs:
      on_time: {type: count, label: {vi: "Đúng hạn", en: "On time"}, unit: {vi: "việc", en: "tasks"}}
      late: {type: count, label: {vi: "Quá hạn", en: "Late"}, unit: {vi: "việc", en: "tasks"}}
      due: {type: count, label: {vi: "Đến hạn", en: "Due"}, unit: {vi: "việc", en: "tasks"}}
    value: "max_points * min((on_time + late / 2) / due, 1)"
"""


def test_a_late_task_counts_half(rule):
    assert rule(TASKS)(on_time=40, late=10, due=50) == (
        "0.9",
        "value",
        "Đúng hạn: 40 việc; Quá hạn: 10 việc; Đến hạn: 50 việc: 1 × min((40 + 10 / 2) / 50, 1) = 0,90/1,00 điểm.",
        "On time: 40 tasks; Late: 10 tasks; Due: 50 tasks: 1 × min((40 + 10 / 2) / 50, 1) = 0.90 of 1.00.",
    )


def value(formula: str) -> str:
    """A formula over the percent `x`."""
    return f"""
        kind: formula
        inputs:
          x: {{type: number, label: {{vi: "Số", en: "Figure"}}, unit: {{vi: "điểm", en: "points"}}}}
          ok: {{type: yes_no, label: {{vi: "Được duyệt", en: "Approved"}}}}
        value: "{formula}"
    """


@pytest.mark.parametrize(
    ("formula", "x", "points"),
    [
        ("x", 3, "3"),
        ("2 + x * 3", 2, "8"),
        ("(2 + x) * 3", 1, "9"),
        ("10 - x - 3", 2, "5"),
        ("8 / x / 2", 2, "2"),
        ("-x + 5", 2, "3"),
        ("--x", 2, "2"),
        ("min(x, 4, 6)", 5, "4"),
        ("max(x, 4, 6)", 5, "6"),
        ("x / 3", 1, "0.3333"),
        ("if x >= 5 then 4 else x / 5", 5, "4"),
        ("if x > 5 then 4 else x / 5", 5, "1"),
        ("if x = 5 then 1 else if x < 5 then 2 else 3", 6, "3"),
        ("if x != 5 and not x > 8 then 1 else 0", 7, "1"),
        ("if x < 1 or x > 9 then 1 else 0", 5, "0"),
        ("if x > 0 and 10 / x > 2 then 1 else 0", 0, "0"),
        ("if ok then x else 0", 5, "0"),
    ],
)
def test_the_language(rule, formula, x, points):
    assert rule(value(formula), max_points=10).points(x=x, ok="no") == points


def test_the_result_is_kept_within_what_the_leaf_can_earn(rule):
    assert rule(value("x * 2"), max_points=10)(x=7, ok="no") == (
        "10",
        "at_maximum",
        "Số: 7 điểm; Được duyệt: không: 7 × 2 = 14, tối đa 10,00/10,00 điểm.",
        "Figure: 7 points; Approved: no: 7 × 2 = 14, at most 10.00 of 10.00.",
    )
    assert rule(value("x * 2"), max_points=10)(x=-7, ok="no") == (
        "0",
        "at_zero",
        "Số: -7 điểm; Được duyệt: không: -7 × 2 = -14, tính 0,00/10,00 điểm.",
        "Figure: -7 points; Approved: no: -7 × 2 = -14, counted as 0.00 of 10.00.",
    )


def test_its_words_are_translated(rule):
    scored = rule(value("if ok and not x < 2 then x else 0"), max_points=10)(x=3, ok="yes")

    assert "nếu có và (không phải (3 < 2)) thì 3 nếu không thì 0 = 3,00/10,00 điểm." in scored.vi
    assert "if yes and (not (3 < 2)) then 3 else 0 = 3.00 of 10.00." in scored.en


def test_a_division_by_zero_gives_no_points(rule):
    assert rule(value("1 / x"))(x=0, ok="no") == (
        None,
        None,
        "Không tính được công thức vì có phép chia cho 0.",
        "The formula has no value: it divides by 0.",
    )


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("x +", "character 4: a number or the name of an input is missing here"),
        ("y", 'character 1: there is no input "y" (there are: max_points, x, ok)'),
        ("x > 1", "character 1: the formula must give a number"),
        ("x + ok", "character 5: a number is needed here"),
        ("1 < x < 3", 'character 7: "<" is too much here'),
        ("x; import os", 'character 2: ";" may not stand here'),
        ("x.real", 'character 2: "." may not stand here'),
    ],
)
def test_what_is_no_formula_is_refused_with_its_place(rule, formula, says):
    with pytest.raises(ProblemsFound) as found:
        rule(value(formula))

    assert says in str(found.value)
