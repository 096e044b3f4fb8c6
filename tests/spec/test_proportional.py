title = "Proportional: points grow with a ratio up to full, and are 0 below a floor"

TASKS = """
    kind: proportional
    inputs:
      numerator: {type: count, label: {vi: "Hoàn thành", en: "Completed"}, unit: {vi: "nhiệm vụ", en: "tasks"}}
      denominator: {type: count, label: {vi: "Đề ra", en: "Planned"}, unit: {vi: "nhiệm vụ", en: "tasks"}}
    full_at: 100
    zero_below: 80
"""


def test_below_the_floor_nothing_is_earned(rule):
    assert rule(TASKS)(numerator=47, denominator=60) == (
        "0",
        "below_floor",
        "Hoàn thành: 47/60 nhiệm vụ = 78,33 %, dưới mức sàn 80 %: 0,00 điểm.",
        "Completed: 47 of 60 tasks = 78.33 %, under the floor of 80 %: 0.00.",
    )


def test_from_the_floor_on_points_follow_the_ratio(rule):
    assert rule(TASKS)(numerator=54, denominator=60) == (
        "0.9",
        "proportional",
        "Hoàn thành: 54/60 nhiệm vụ = 90 %, đủ điểm từ 100 %: 0,90/1,00 điểm.",
        "Completed: 54 of 60 tasks = 90 %, full from 100 %: 0.90 of 1.00.",
    )
    assert rule(TASKS)(numerator=48, denominator=60)[:2] == ("0.8", "proportional")


def test_full_points_are_reached_at_full(rule):
    assert rule(TASKS)(numerator=60, denominator=60) == (
        "1",
        "full",
        "Hoàn thành: 60/60 nhiệm vụ = 100 %, đạt mức đủ điểm 100 %: 1,00/1,00 điểm.",
        "Completed: 60 of 60 tasks = 100 %, full from 100 %: 1.00 of 1.00.",
    )


def test_full_may_come_earlier(rule):
    ninety = rule(TASKS.replace("full_at: 100", "full_at: 90"))

    assert ninety.points(numerator=54, denominator=60) == "1"
    assert ninety.points(numerator=53, denominator=60) == "0.9815"


def test_without_a_floor_every_ratio_counts(rule):
    assert rule(TASKS.replace("zero_below: 80", "zero_below: 0")).points(numerator=1, denominator=60) == "0.0167"
