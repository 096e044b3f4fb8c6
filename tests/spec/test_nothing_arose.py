import pytest

title = "Nothing arose: full points where the leaf allows it, otherwise none yet"

PETITIONS = """
    kind: proportional
    inputs:
      numerator: {type: count, label: {vi: "Đã trả lời", en: "Answered"}, unit: {vi: "kiến nghị", en: "petitions"}}
      denominator: {type: count, label: {vi: "Nhận được", en: "Received"}, unit: {vi: "kiến nghị", en: "petitions"}}
"""
BANDS = f"""{PETITIONS.replace("proportional", "percentage_bands")}
    bands: [{{from: 50, points: 1}}, {{from: 0, points: 0}}]
"""
TARGET = (
    PETITIONS.replace("proportional", "target_ratio").replace("numerator", "actual").replace("denominator", "target")
)


def test_no_petition_came_in_and_the_leaf_gives_full_points(rule):
    petitions = rule(PETITIONS, allows="full_points_when_none_arise")

    assert petitions(numerator=0, denominator=0) == (
        "1",
        "none_arose",
        "Không phát sinh trong năm, được tính đủ 1,00/1,00 điểm.",
        "Nothing arose in the year: full 1.00 of 1.00.",
    )


@pytest.mark.parametrize("allows", ["", "exclude_from_denominator"])
def test_no_petition_came_in_and_the_leaf_does_not_say_so(rule, allows):
    assert rule(PETITIONS, allows=allows)(numerator=0, denominator=0) == (
        None,
        None,
        "Mẫu số bằng 0, chưa tính được điểm; cần ghi nhận không phát sinh hoặc sửa số liệu.",
        "The denominator is 0, so no points can be given; record that nothing arose, or correct the figures.",
    )


def test_answers_without_petitions_are_an_error_and_earn_nothing_yet(rule):
    petitions = rule(PETITIONS, allows="full_points_when_none_arise")

    assert petitions(numerator=3, denominator=0)[:2] == (None, None)


@pytest.mark.parametrize(
    ("text", "names"), [(BANDS, ("numerator", "denominator")), (TARGET, ("actual", "target"))], ids=["bands", "target"]
)
def test_other_ratios_do_the_same(rule, text, names):
    nothing = dict.fromkeys(names, 0)

    assert rule(text, allows="full_points_when_none_arise")(**nothing)[:2] == ("1", "none_arose")
    assert rule(text)(**nothing)[:2] == (None, None)


def test_a_formula_that_divides_by_zero_needs_all_figures_to_be_zero(rule):
    text = PETITIONS.replace("proportional", "formula") + '    value: "numerator / denominator"'
    petitions = rule(text, allows="full_points_when_none_arise")

    assert petitions(numerator=0, denominator=0)[:2] == ("1", "none_arose")
    assert petitions(numerator=3, denominator=0)[:2] == (None, None)
