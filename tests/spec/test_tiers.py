title = "Tiers: exactly one described level applies, and its points are the score"

RATING = """
    kind: tiers
    inputs:
      level:
        type: choice
        label: {vi: "Mức đánh giá", en: "Rating"}
        options:
          a: {vi: "Mức A", en: "Rating A"}
          b: {vi: "Mức B", en: "Rating B"}
          c: {vi: "Mức C", en: "Rating C"}
          d: {vi: "Mức D", en: "Rating D"}
    points: {a: 1, b: 0.6, c: 0.2, d: 0}
"""


def test_a_level_is_chosen(rule):
    # The weights of one province's survey: A 100, B 60, C 20, D 0 percent.
    rating = rule(RATING)

    assert [rating.points(level=level) for level in "abcd"] == ["1", "0.6", "0.2", "0"]
    assert rating(level="b") == ("0.6", "b", "Mức B: 0,60/1,00 điểm.", "Rating B: 0.60 of 1.00.")


PLAN = """
    kind: tiers
    inputs:
      issued: {type: yes_no, label: {vi: "Đã ban hành kế hoạch", en: "Plan issued"}}
      late: {type: count, label: {vi: "Chậm", en: "Late by"}, unit: {vi: "ngày", en: "days"}}
    levels:
      - {level: missing, when: "not issued", label: {vi: "không ban hành", en: "not issued"}, points: 0}
      - {level: late, when: "late > 0", label: {vi: "ban hành chậm", en: "issued late"}, points: 0.25}
      - {level: on_time, label: {vi: "ban hành đúng hạn", en: "issued on time"}, points: 0.5}
"""


def test_levels_are_tried_from_the_top(rule):
    plan = rule(PLAN, max_points=0.5)

    assert plan(issued="yes", late=5) == (
        "0.25",
        "late",
        "Đã ban hành kế hoạch: có; Chậm: 5 ngày: ban hành chậm. 0,25/0,50 điểm.",
        "Plan issued: yes; Late by: 5 days: issued late. 0.25 of 0.50.",
    )
    assert plan.points(issued="no", late=5) == "0"


def test_the_last_level_is_the_remaining_case(rule):
    assert rule(PLAN, max_points=0.5)(issued="yes", late=0)[:2] == ("0.5", "on_time")


def test_a_level_that_divides_by_zero_gives_no_points(rule):
    plan = rule(PLAN.replace("late > 0", "10 / late > 0"), max_points=0.5)

    assert plan(issued="yes", late=0) == (
        None,
        None,
        "Không tính được vì có phép chia cho 0.",
        "It cannot be decided: a condition divides by 0.",
    )
    # The first level holds already, so the division is never made.
    assert plan.points(issued="no", late=0) == "0"
