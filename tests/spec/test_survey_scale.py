title = "Survey scale: the mean weight of the valid answers, times the maximum"

SCALE = """
    scales:
      officials_5:
        - {option: very_good, label: {vi: "Rất tốt", en: "Very good"}, weight: 1}
        - {option: good, label: {vi: "Tốt", en: "Good"}, weight: 0.8}
        - {option: fair, label: {vi: "Khá", en: "Fair"}, weight: 0.6}
        - {option: average, label: {vi: "Trung bình", en: "Average"}, weight: 0.3}
        - {option: poor, label: {vi: "Kém", en: "Poor"}, weight: 0}
"""
OFFICIALS = """
    kind: survey_scale
    scale: officials_5
    respondents: [department_leaders, district_leaders]
"""


def test_a_hundred_and_fifty_answers(rule):
    officials = rule(OFFICIALS, beside=SCALE)

    assert officials(very_good=40, good=80, fair=20, average=8, poor=2) == (
        "0.7893",
        "value",
        "150 phiếu hợp lệ, trung bình 78,93 %: 0,7893/1,00 điểm.",
        "150 valid answers, mean weight 78.93 %: 0.7893 of 1.00.",
    )


def test_an_estimate_of_the_mean_weight_serves_too(rule):
    assert rule(OFFICIALS, 22, beside=SCALE)(mean_percent="83.5") == (
        "18.37",
        "value",
        "Điều tra xã hội học, trung bình 83,5 %: 18,37/22,00 điểm.",
        "Survey, mean weight 83.5 %: 18.37 of 22.00.",
    )


def test_without_answers_there_are_no_points(rule):
    assert rule(OFFICIALS, beside=SCALE)(very_good=0, good=0, fair=0, average=0, poor=0) == (
        None,
        None,
        "Không có phiếu hợp lệ nào.",
        "There is no valid answer.",
    )
