import pytest

title = "In words: a rule is a table that can be read before any figure is known"

RATIO = """
    inputs:
      numerator: {type: count, label: {vi: "Đã kiểm tra", en: "Inspected"}, unit: {vi: "cơ quan", en: "agencies"}}
      denominator: {type: count, label: {vi: "Tổng số", en: "All"}, unit: {vi: "cơ quan", en: "agencies"}}
"""
BANDS = f"""
    kind: percentage_bands{RATIO}
    bands:
      - {{from: 30, points: 0.5}}
      - {{from: 20, points: 0.25}}
      - {{from: 0, points: 0}}
"""
FLOOR = f"""
    kind: proportional{RATIO}
    full_at: 90
    zero_below: 80
"""
GROWTH = """
    kind: year_on_year
    inputs:
      current: {type: count, label: {vi: "Doanh nghiệp mới", en: "New firms"}, unit: {vi: "DN", en: "firms"}}
      previous: {type: count, label: {vi: "Năm trước", en: "Year before"}, unit: {vi: "DN", en: "firms"}}
    change: percent
    levels:
      - {at_least: 2.5, points: 1}
      - {above: 0, points: 0.5}
      - {points: 0}
"""
TASKS = """
    kind: formula
    inputs:
      on_time: {type: count, label: {vi: "Đúng hạn", en: "On time"}, unit: {vi: "việc", en: "tasks"}}
      due: {type: count, label: {vi: "Đến hạn", en: "Due"}, unit: {vi: "việc", en: "tasks"}}
    value: "max_points * min(on_time / due, 1)"
"""
PLAN = """
    kind: tiers
    inputs:
      late: {type: count, label: {vi: "Chậm", en: "Late by"}, unit: {vi: "ngày", en: "days"}}
    levels:
      - {level: late, when: "late > 0", label: {vi: "ban hành chậm", en: "issued late"}, points: 0.25}
      - {level: on_time, label: {vi: "ban hành đúng hạn", en: "issued on time"}, points: 0.5}
"""
LATE = """
    kind: deduction
    inputs:
      late: {type: count, label: {vi: "Báo cáo chậm", en: "Late reports"}, unit: {vi: "báo cáo", en: "reports"}}
    minus: {late: 0.1}
"""


@pytest.mark.parametrize(
    ("text", "judged", "vi", "en"),
    [
        (
            BANDS,
            "Đã kiểm tra / Tổng số",
            ["từ 30 % trở lên: 0,50 điểm", "từ 20 % đến dưới 30 %: 0,25 điểm", "dưới 20 %: 0,00 điểm"],
            ["from 30 %: 0.50 points", "from 20 % to below 30 %: 0.25 points", "below 20 %: 0.00 points"],
        ),
        (
            FLOOR,
            "Đã kiểm tra / Tổng số",
            ["từ 90 % trở lên: 0,50 điểm", "từ 80 % đến dưới 90 %: 0,50 điểm × tỷ lệ / 90 %", "dưới 80 %: 0,00 điểm"],
            ["from 90 %: 0.50 points", "from 80 % to below 90 %: 0.50 points × ratio / 90 %", "below 80 %: 0.00 points"],
        ),
        (
            GROWTH.replace("1}", "0.5}").replace("above: 0, points: 0.5", "above: 0, points: 0.25"),
            "mức tăng so với năm trước: Doanh nghiệp mới",
            ["từ 2,5 %: 0,50 điểm", "trên 0 %: 0,25 điểm", "trường hợp khác: 0,00 điểm"],
            ["at least 2.5 %: 0.50 points", "more than 0 %: 0.25 points", "otherwise: 0.00 points"],
        ),
        (
            TASKS,
            None,
            ["theo công thức: 0,5 × min(“Đúng hạn” / “Đến hạn”, 1) (từ 0 đến 0,50 điểm)"],
            ["by the formula: 0.5 × min(“On time” / “Due”, 1) (0 to 0.50 points)"],
        ),
        (
            PLAN,
            None,
            ["ban hành chậm: “Chậm” > 0: 0,25 điểm", "ban hành đúng hạn: 0,50 điểm"],
            ["issued late: “Late by” > 0: 0.25 points", "issued on time: 0.50 points"],
        ),
        (
            LATE,
            None,
            ["không có trường hợp nào: 0,50 điểm", "mỗi trường hợp: Báo cáo chậm: − 0,10 điểm", "thấp nhất: 0,00 điểm"],
            ["none: 0.50 points", "each of: Late reports: − 0.10 points", "never below: 0.00 points"],
        ),
    ],
)  # fmt: skip
def test_every_row_says_when_it_applies_and_what_it_earns(rule, text, judged, vi, en):
    written = rule(text, max_points=0.5).rule

    assert (written.judged and written.judged.vi) == judged
    assert [f"{case.when.vi}: {case.earns.vi}" for case in written.cases] == vi
    assert [f"{case.when.en}: {case.earns.en}" for case in written.cases] == en


def test_a_line_on_which_nothing_may_arise_says_so(rule):
    written = rule(BANDS, max_points=0.5, allows="full_points_when_none_arise").rule

    assert written.cases[-1].when.vi == "không phát sinh (Tổng số bằng 0)"
