title = "Bands: a ratio earns the points of the band it falls in"

INSPECTED = """
    kind: percentage_bands
    inputs:
      numerator: {type: count, label: {vi: "Đã kiểm tra", en: "Inspected"}, unit: {vi: "cơ quan", en: "agencies"}}
      denominator: {type: count, label: {vi: "Tổng số", en: "All"}, unit: {vi: "cơ quan", en: "agencies"}}
    bands:
      - {from: 30, points: 0.5}
      - {from: 20, points: 0.25}
      - {from: 0, points: 0}
"""


def test_twelve_of_forty_eight_is_a_quarter(rule):
    assert rule(INSPECTED, max_points=0.5)(numerator=12, denominator=48) == (
        "0.25",
        "band_20",
        "Đã kiểm tra: 12/48 cơ quan = 25 %, mức từ 20 % đến dưới 30 %: 0,25/0,50 điểm.",
        "Inspected: 12 of 48 agencies = 25 %, band 20 to under 30 %: 0.25 of 0.50.",
    )


def test_the_highest_band_is_open_upward(rule):
    assert rule(INSPECTED, max_points=0.5)(numerator=50, denominator=48) == (
        "0.5",
        "band_30",
        "Đã kiểm tra: 50/48 cơ quan = 104,17 %, mức từ 30 % trở lên: 0,50/0,50 điểm.",
        "Inspected: 50 of 48 agencies = 104.17 %, band from 30 %: 0.50 of 0.50.",
    )


def test_an_edge_belongs_to_the_upper_band(rule):
    inspected = rule(INSPECTED, max_points=0.5)

    assert inspected.points(numerator=20, denominator=100) == "0.25"
    assert inspected.points(numerator=199, denominator=1000) == "0"


def test_an_edge_is_met_exactly_or_not_at_all(rule):
    # 333,333 of 1,000,000 prints as 33.33 % and is still below a third.
    third = rule(INSPECTED.replace("from: 30", "from: 33.3334"), max_points=0.5)

    assert third.points(numerator=333334, denominator=1000000) == "0.5"
    assert third.points(numerator=333333, denominator=1000000) == "0.25"


def test_a_denominator_of_zero_gives_no_points(rule):
    scored = rule(INSPECTED, max_points=0.5)(numerator=0, denominator=0)

    assert scored[:2] == (None, None)
    assert scored.en.startswith("The denominator is 0, so no points can be given")
    assert scored.vi.startswith("Mẫu số bằng 0, chưa tính được điểm")


def test_a_decimal_edge_has_a_name_without_a_point(rule):
    fine = rule(INSPECTED.replace("from: 30", "from: 97.5"), max_points=0.5)

    assert fine(numerator=975, denominator=1000).branch == "band_97_5"
