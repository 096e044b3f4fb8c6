"""design.yaml: what it may hold, and what is said where it is wrong."""

from __future__ import annotations

import pytest

from parindex.problems import Problems
from parindex.survey.design import Calibration, RatioItem, SurveyDesign
from parindex.survey.design_reading import read_design

GOOD = """
design: sipas
columns: {stratum: tầng, psu: commune, ssu: village, weight: w, record: id}
population: {psus: communes, units: villages}
nested: true
lonely_psu: average
domains: [province, sex]
calibration: {margins: [province_sex, province_age], base_weight: w0}
items:
  - {code: "q1", kind: scale, lowest: 1, highest: 5, top: ["4", "5"]}
  - {code: "paid", kind: yes_no, "yes": "co", "no": "khong"}
  - {code: "office", column: noi, kind: choice, answers: ["a", "b"]}
  - {code: "needs", kind: choices, answers: ["x", "z"]}
  - {code: "visits", kind: count, highest: 60}
  - {code: "spent", kind: number, decimals: 2, lowest: -5}
ratios:
  - {code: "price", numerator: "spent", denominator: "visits"}
"""


def read(text: str) -> tuple[SurveyDesign | None, Problems]:
    problems = Problems()
    return read_design(text.encode(), "design.yaml", problems), problems


def test_a_full_design() -> None:
    design, problems = read(GOOD)
    assert not list(problems)
    assert design is not None
    assert design.key_columns == ("tầng", "commune", "village", "province", "sex", "province_sex", "province_age")
    assert [item.code for item in design.items] == ["q1", "paid", "office", "needs.x", "needs.z", "visits", "spent"]
    assert design.item("q1").answers == {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}
    assert design.item("q1").top == ("4", "5")
    assert design.item("paid").answers == {"khong": 0, "co": 1}
    assert (design.item("office").column, design.item("spent").lowest, design.item("visits").lowest) == ("noi", -5, 0)
    assert design.ratios == (RatioItem("price", "spent", "visits"),)
    assert design.calibration == Calibration(("province_sex", "province_age"), "w0")
    assert (design.lonely_psu, design.nested, design.element_stage) == ("average", True, False)
    assert "w0" in design.columns


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("weight: w, ", "", "KEY-MISSING"),
        ("psu: commune", "psus: commune", "KEY-UNKNOWN"),
        ("kind: scale", "kind: likert", "WORD-UNKNOWN"),
        ("lonely_psu: average", "lonely_psu: mean", "WORD-UNKNOWN"),
        ('"paid", kind', '"q1", kind', "ITEM-TWICE"),
        (', answers: ["x", "z"]', "", "ITEM-NEEDS"),
        ("highest: 60", "decimals: 2", "ITEM-KEY"),
        ("lowest: 1, highest: 5", "lowest: 5, highest: 1", "SCALE-ORDER"),
        ('["4", "5"]', '["4", "6"]', "TOP-UNKNOWN"),
        ('denominator: "visits"', 'denominator: "visit"', "RATIO-ITEM"),
        ("psus: communes, ", "", "POPULATION-STAGES"),
    ],
)
def test_mistakes_are_named(old: str, new: str, code: str) -> None:
    assert old in GOOD
    design, problems = read(GOOD.replace(old, new))
    assert design is None
    assert code in [problem.code for problem in problems]
    assert all(problem.where.line for problem in problems)
