title = "Year on year: points by the change against the year before"

FIRMS = """
    kind: year_on_year
    inputs:
      current: {type: count, label: {vi: "Doanh nghiệp mới", en: "New firms"}, unit: {vi: "DN", en: "firms"}}
      previous: {type: count, label: {vi: "Năm trước", en: "Year before"}, unit: {vi: "DN", en: "firms"}}
    change: percent
    levels:
      - {at_least: 10, points: 1}
      - {above: 0, points: 0.5}
      - {points: 0}
"""


def test_fifteen_percent_more_firms(rule):
    assert rule(FIRMS)(current=1150, previous=1000) == (
        "1",
        "at_least_10",
        "Doanh nghiệp mới: 1.150, năm trước 1.000 DN, tăng 15 %: 1,00/1,00 điểm.",
        "New firms: 1,150 after 1,000 firms, up 15 %: 1.00 of 1.00.",
    )


def test_at_least_holds_at_its_bound_and_above_does_not(rule):
    assert rule(FIRMS)(current=1100, previous=1000)[:2] == ("1", "at_least_10")
    assert rule(FIRMS)(current=1001, previous=1000)[:2] == ("0.5", "above_0")
    assert rule(FIRMS)(current=1000, previous=1000) == (
        "0",
        "otherwise",
        "Doanh nghiệp mới: 1.000, năm trước 1.000 DN, thay đổi 0 %: 0,00/1,00 điểm.",
        "New firms: 1,000 after 1,000 firms, change of 0 %: 0.00 of 1.00.",
    )


def test_a_fall_is_said_as_a_fall(rule):
    assert rule(FIRMS)(current=900, previous=1000).vi == (
        "Doanh nghiệp mới: 900, năm trước 1.000 DN, giảm 10 %: 0,00/1,00 điểm."
    )


def test_from_zero_there_is_no_change_in_percent(rule):
    assert rule(FIRMS)(current=5, previous=0) == (
        None,
        None,
        "Số liệu năm trước bằng 0, không tính được tỷ lệ thay đổi.",
        "The figure of the year before is 0, so there is no change in percent.",
    )


ONLINE = """
    kind: year_on_year
    inputs:
      current: {type: percent, label: {vi: "Hồ sơ trực tuyến", en: "Online dossiers"}}
      previous: {type: percent, label: {vi: "Năm trước", en: "Year before"}}
    change: difference
    levels:
      - {at_least: 2.5, points: 1}
      - {at_least: -1, points: 0.5}
      - {points: 0}
"""


def test_shares_are_compared_by_their_difference(rule):
    assert rule(ONLINE)(current="52.5", previous=50) == (
        "1",
        "at_least_2_5",
        "Hồ sơ trực tuyến: 52,5, năm trước 50 %, tăng 2,5: 1,00/1,00 điểm.",
        "Online dossiers: 52.5 after 50 %, up 2.5: 1.00 of 1.00.",
    )
    assert rule(ONLINE)(current=49, previous=50)[:2] == ("0.5", "at_least_minus_1")
    assert rule(ONLINE)(current="48.99", previous=50)[:2] == ("0", "otherwise")


def test_growth_from_a_negative_figure_is_growth(rule):
    balance = rule(FIRMS.replace("type: count", "type: number"))

    assert balance(current=-50, previous=-100)[:2] == ("1", "at_least_10")
