title = "Binary: all points when the condition holds, otherwise none"


def test_a_question_is_answered_yes_or_no(rule):
    plan = rule(
        """
        kind: binary
        inputs:
          met: {type: yes_no, label: {vi: "Ban hành kế hoạch đúng hạn", en: "Plan issued on time"}}
        """,
        max_points=0.5,
    )

    assert plan(met="yes") == (
        "0.5",
        "met",
        "Ban hành kế hoạch đúng hạn: có. 0,50/0,50 điểm.",
        "Plan issued on time: yes. 0.50 of 0.50.",
    )
    assert plan(met="no") == (
        "0",
        "not_met",
        "Ban hành kế hoạch đúng hạn: không. 0,00/0,50 điểm.",
        "Plan issued on time: no. 0.00 of 0.50.",
    )


POSTS = """
    kind: binary
    inputs:
      used: {type: count, label: {vi: "Biên chế sử dụng", en: "Posts used"}, unit: {vi: "người", en: "posts"}}
      assigned: {type: count, label: {vi: "Biên chế giao", en: "Posts assigned"}, unit: {vi: "người", en: "posts"}}
    holds_when: "used <= assigned"
"""


def test_two_figures_are_compared(rule):
    assert rule(POSTS)(used=1980, assigned=2000) == (
        "1",
        "met",
        "Biên chế sử dụng: 1.980 người; Biên chế giao: 2.000 người: đạt điều kiện (1.980 ≤ 2.000). 1,00/1,00 điểm.",
        "Posts used: 1,980 posts; Posts assigned: 2,000 posts: the condition holds (1,980 ≤ 2,000). 1.00 of 1.00.",
    )
    assert rule(POSTS)(used=2013, assigned=2000) == (
        "0",
        "not_met",
        "Biên chế sử dụng: 2.013 người; Biên chế giao: 2.000 người: không đạt điều kiện (2.013 ≤ 2.000). "
        "0,00/1,00 điểm.",
        "Posts used: 2,013 posts; Posts assigned: 2,000 posts: the condition does not hold (2,013 ≤ 2,000). "
        "0.00 of 1.00.",
    )


def test_the_edge_belongs_to_the_sign_that_was_written(rule):
    assert rule(POSTS).points(used=2000, assigned=2000) == "1"
    assert rule(POSTS.replace("<=", "<")).points(used=2000, assigned=2000) == "0"


def test_a_condition_that_divides_by_zero_gives_no_points(rule):
    share = rule(POSTS.replace("used <= assigned", "used / assigned <= 1"))

    assert share(used=0, assigned=0) == (
        None,
        None,
        "Không tính được điều kiện vì có phép chia cho 0.",
        "The condition cannot be decided: it divides by 0.",
    )
