title = "Target ratio: the share of an assigned target that was reached, at most the maximum"

REVENUE = """
    kind: target_ratio
    inputs:
      actual: {type: amount, label: {vi: "Thu ngân sách", en: "Revenue"}, unit: {vi: "tỷ đồng", en: "billion VND"}}
      target: {type: amount, label: {vi: "Chỉ tiêu", en: "Target"}, unit: {vi: "tỷ đồng", en: "billion VND"}}
"""


def test_eight_of_ten_is_four_fifths_of_the_points(rule):
    assert rule(REVENUE, max_points=1.5)(actual=8, target=10) == (
        "1.2",
        "short",
        "Thu ngân sách: 8/10 tỷ đồng = 80 % chỉ tiêu: 1,20/1,50 điểm.",
        "Revenue: 8 of 10 billion VND = 80 % of the target: 1.20 of 1.50.",
    )


def test_more_than_the_target_earns_no_more(rule):
    assert rule(REVENUE, max_points=1.5)(actual=10, target=10)[:2] == ("1.5", "reached")
    assert rule(REVENUE, max_points=1.5)(actual="12.5", target=10) == (
        "1.5",
        "reached",
        "Thu ngân sách: 12,5/10 tỷ đồng = 125 % chỉ tiêu: 1,50/1,50 điểm.",
        "Revenue: 12.5 of 10 billion VND = 125 % of the target: 1.50 of 1.50.",
    )


def test_a_loss_earns_nothing(rule):
    growth = rule(REVENUE.replace("actual: {type: amount", "actual: {type: number"), max_points=1.5)

    assert growth(actual=-3, target=10)[:2] == ("0", "short")
