title = "Deduction: something is taken off for every event, never below a minimum"

REPORTS = """
    kind: deduction
    inputs:
      late: {type: count, label: {vi: "Báo cáo chậm", en: "Late reports"}, unit: {vi: "báo cáo", en: "reports"}}
    minus: {late: 0.25}
    minimum: 0
"""


def test_no_event_leaves_all_points(rule):
    assert rule(REPORTS, max_points=0.5)(late=0) == (
        "0.5",
        "none",
        "Báo cáo chậm: 0 báo cáo: không bị trừ, 0,50/0,50 điểm.",
        "Late reports: 0 reports: nothing taken off, 0.50 of 0.50.",
    )


def test_each_event_takes_something_off(rule):
    assert rule(REPORTS, max_points=0.5)(late=1) == (
        "0.25",
        "deducted",
        "Báo cáo chậm: 1 báo cáo: 0,50 − 0,25 = 0,25/0,50 điểm.",
        "Late reports: 1 reports: 0.50 − 0.25 = 0.25 of 0.50.",
    )


def test_points_stop_at_the_minimum(rule):
    assert rule(REPORTS, max_points=0.5)(late=3) == (
        "0",
        "at_minimum",
        "Báo cáo chậm: 3 báo cáo: 0,50 − 0,75, không dưới 0: tính 0,00/0,50 điểm.",
        "Late reports: 3 reports: 0.50 − 0.75, not below 0: counted as 0.00 of 0.50.",
    )
    assert rule(REPORTS, max_points=0.5)(late=2)[:2] == ("0", "at_minimum")
    assert rule(REPORTS.replace("minimum: 0", "minimum: 0.1"), max_points=0.5).points(late=3) == "0.1"


def test_several_kinds_of_events_add_up(rule):
    both = rule(
        """
        kind: deduction
        inputs:
          late: {type: count, label: {vi: "Chậm", en: "Late"}, unit: {vi: "báo cáo", en: "reports"}}
          poor: {type: count, label: {vi: "Thiếu nội dung", en: "Incomplete"}, unit: {vi: "báo cáo", en: "reports"}}
        minus: {late: 0.1, poor: 0.05}
        """
    )

    assert both(late=2, poor=3) == (
        "0.65",
        "deducted",
        "Chậm: 2 báo cáo; Thiếu nội dung: 3 báo cáo: 1,00 − 0,35 = 0,65/1,00 điểm.",
        "Late: 2 reports; Incomplete: 3 reports: 1.00 − 0.35 = 0.65 of 1.00.",
    )
